//! How many groups does a Gaussian mixture speak for?
//!
//! In: a matrix and the numbers of groups to try. Out: Schwarz' criterion (BIC) for each; the least speaks for its number. Cost: one [`mixture`] per
//! number, on at most [`MOST_ROWS`] rows drawn once, so that all numbers are judged by the same customers.
//!
//! Groups need not be Gaussian, and BIC then asks for more of them than people would: it is one reason among others and decides nothing.

use serde::Serialize;

use crate::base::seed::{self, RngExt};
use crate::base::text::count;
use crate::base::{Ctx, Matrix, Stopped};
use crate::cluster::{MixtureError, mixture};

/// Rows looked at, at most.
pub const MOST_ROWS: usize = 5_200;
/// Numbers of groups tried.
pub const GROUPS_TRIED: std::ops::RangeInclusive<usize> = 1..=8;
/// Starts per number: the curve needs its shape, not the last digit.
const RESTARTS: usize = 2;
const SALT: u64 = 0x0042_4943;

/// The criterion for several numbers of groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BicCurve {
    /// Number of groups and criterion; none where no mixture was found.
    pub points: Vec<(usize, Option<f64>)>,
    /// Customers looked at.
    pub rows: usize,
}

impl BicCurve {
    /// The number with the least criterion.
    pub fn best(&self) -> Option<usize> {
        let known = self.points.iter().filter_map(|&(k, bic)| Some((k, bic?)));
        known.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(k, _)| k)
    }

    /// What it says, in one sentence; none where no mixture was found at all.
    pub fn sentence(&self) -> Option<String> {
        let (best, most) = (self.best()?, self.points.iter().rev().find(|point| point.1.is_some())?.0);
        let rows = count(self.rows);
        Some(if best == most {
            format!(
                "The BIC of a Gaussian mixture still falls at {most} groups, the most that were tried on {rows} customers, so it speaks for no number."
            )
        } else {
            let groups = if best == 1 { "1 group".to_owned() } else { format!("{best} groups") };
            format!("The BIC of a Gaussian mixture is least at {groups}, of 1 to {most} tried on {rows} customers.")
        })
    }

    /// The same beside `k` groups that were chosen: whether it agrees.
    pub fn sentence_beside(&self, k: usize) -> Option<String> {
        let (best, most) = (self.best()?, self.points.iter().rev().find(|point| point.1.is_some())?.0);
        let tried = format!("1 to {most} tried on {} customers", count(self.rows));
        let groups = if best == 1 { "1 group".to_owned() } else { format!("{best} groups") };
        match best {
            _ if best == k => Some(format!("A Gaussian mixture agrees: its BIC is least at {groups} ({tried}).")),
            _ if best == most => self.sentence(),
            _ => Some(format!("A Gaussian mixture would take {groups} instead, where its BIC is least ({tried}).")),
        }
    }
}

/// Tries each of `ks`, ascending. Fails when stopped, and with what stood in the way where there is no mixture for any of them.
pub fn bic_curve(x: &Matrix, ks: impl IntoIterator<Item = usize>, seed: u64, ctx: &Ctx) -> Result<BicCurve, MixtureError> {
    let mut rows: Vec<usize> = (0..x.n_rows()).collect();
    if rows.len() > MOST_ROWS {
        let mut random = seed::random(seed ^ SALT, 0);
        for at in 0..MOST_ROWS {
            let drawn = random.random_range(at..rows.len());
            rows.swap(at, drawn);
        }
        rows.truncate(MOST_ROWS);
        rows.sort_unstable();
    }
    let sample = x.select_rows(&rows);
    let quiet = ctx.quiet();
    let (mut points, mut why) = (Vec::new(), None);
    let ks: Vec<usize> = ks.into_iter().collect();
    for (nth, &k) in ks.iter().enumerate() {
        ctx.give_way()?;
        ctx.progress("Comparing mixtures", nth as f32 / ks.len() as f32);
        match mixture(&sample, k, seed, RESTARTS, &quiet) {
            Ok(found) => points.push((k, Some(found.bic))),
            Err(MixtureError::Stopped(Stopped)) => return Err(Stopped.into()),
            Err(error) => {
                points.push((k, None));
                why.get_or_insert(error);
            }
        }
    }
    match why.filter(|_| points.iter().all(|(_, bic)| bic.is_none())) {
        Some(error) => Err(error),
        None => Ok(BicCurve { points, rows: rows.len() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::normal_quantile;

    fn cloud(n_groups: usize) -> Matrix {
        let mut random = seed::random(2, 0);
        let mut normal = || normal_quantile(random.random_range(1e-9..1.0 - 1e-9));
        let rows: Vec<[f64; 2]> = (0..600)
            .map(|row| {
                let at = (row % n_groups) as f64;
                [7.0 * at + normal(), 7.0 * (at % 2.0) + normal()]
            })
            .collect();
        Matrix::from_rows(&rows).unwrap()
    }

    #[test]
    fn it_is_least_at_the_number_there_is() {
        for n_groups in [1, 2, 4] {
            let found = bic_curve(&cloud(n_groups), 1..=6, 0, &Ctx::new()).unwrap();
            assert_eq!(found.best(), Some(n_groups), "{found:?}");
            assert_eq!((found.points.len(), found.rows), (6, 600));
        }
        let sentence = bic_curve(&cloud(2), 1..=4, 0, &Ctx::new()).unwrap().sentence().unwrap();
        assert_eq!(sentence, "The BIC of a Gaussian mixture is least at 2 groups, of 1 to 4 tried on 600 customers.");
        let found = bic_curve(&cloud(2), 1..=4, 0, &Ctx::new()).unwrap();
        assert!(found.sentence_beside(2).unwrap().starts_with("A Gaussian mixture agrees: its BIC is least at 2 groups"));
        assert!(found.sentence_beside(3).unwrap().starts_with("A Gaussian mixture would take 2 groups instead"));
        let sentence = bic_curve(&cloud(4), 1..=2, 0, &Ctx::new()).unwrap().sentence().unwrap();
        assert!(sentence.contains("still falls at 2 groups"), "{sentence}");
    }

    #[test]
    fn few_rows_are_one_sentence_and_it_can_be_stopped() {
        let few = Matrix::from_rows(&[[1.0], [2.0], [3.0]]).unwrap();
        let error = bic_curve(&few, 1..=3, 0, &Ctx::new()).unwrap_err().to_string();
        assert!(error.starts_with("3 customers are too few"), "{error}");
        assert!(matches!(bic_curve(&cloud(2), 1..=6, 0, &Ctx::stopping_after(3)), Err(MixtureError::Stopped(_))));
    }
}
