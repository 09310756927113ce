//! Would the same customers be sent to the same segment if only the others had been seen?
//!
//! In: rows, their segments, how they were made. Out: for every segment how much of it comes back when each customer is placed by what was learnt of
//! others. Cost: rounds x [`FOLDS_A_ROUND`] times the method on the rows of all other folds, and placing the rest.
//!
//! In every round the customers are dealt into folds. Each fold is left out once: the others are grouped by the same method, their clusters are
//! matched with the segments in force on those very rows (the matching that keeps the most together, Kuhn 1955), and the customers left out are
//! placed by the rule of [`Assign`](crate::cluster::Assign). So every customer has a segment in force and one by data without them. Agreement is told
//! as Jaccard's coefficient per segment, as the share of its customers sent to it, and overall as the adjusted Rand index (Hubert, Arabie 1985).
//!
//! Two training parts share (K - 2) / (K - 1) of their customers, so this flatters; [`super::prediction`] is the strict number. Of more rows than
//! [`Regroup::most_rows`] so many are learnt from.

use rayon::prelude::*;

use super::Regroup;
use super::agreement::{adjusted_rand, best_matching};
use crate::base::seed::{self, RngExt};
use crate::base::stats::mean;
use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::ClusterError;

/// Folds of a round.
pub const FOLDS_A_ROUND: usize = 5;
/// Rounds, unless asked otherwise.
pub const FOLD_ROUNDS: usize = 4;
/// Above this many rows folds are grouped one at a time, so that something more urgent need not wait.
const MOST_ROWS_SIDE_BY_SIDE: usize = 20_000;
const SALT: u64 = 0x4f75_744f_6646_6f6c;
const STAGE: &str = "Grouping without some customers";

/// How much of each segment comes back out of fold.
#[derive(Debug, Clone, PartialEq)]
pub struct FoldLabels {
    /// One per round.
    pub rounds: Vec<FoldRound>,
    /// Customers learnt from for each fold.
    pub learnt: usize,
}

/// One round: every customer placed once by data without them.
#[derive(Debug, Clone, PartialEq)]
pub struct FoldRound {
    /// Per segment: customers in both over customers in either.
    pub jaccard: Vec<f64>,
    /// Per segment: the share of its customers sent to it.
    pub same: Vec<f64>,
    /// Agreement over all customers; those sent to no segment count as one group more.
    pub adjusted_rand: f64,
}

impl FoldLabels {
    /// The mean coefficient of one segment.
    pub fn jaccard(&self, segment: usize) -> f64 {
        mean(&self.rounds.iter().map(|round| round.jaccard[segment]).collect::<Vec<_>>())
    }

    /// The mean share of a segment's customers who would be sent to it by data without them.
    pub fn same(&self, segment: usize) -> f64 {
        mean(&self.rounds.iter().map(|round| round.same[segment]).collect::<Vec<_>>())
    }

    /// The mean agreement over all customers.
    pub fn adjusted_rand(&self) -> f64 {
        mean(&self.rounds.iter().map(|round| round.adjusted_rand).collect::<Vec<_>>())
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.rounds.iter().map(|round| size_of::<FoldRound>() + 2 * round.same.len() * size_of::<f64>()).sum()
    }
}

/// The folds after `rounds` rounds; those of `before` are taken over, and the result is the same as without them.
///
/// Fails as the method does, with `TooFewRows` below [`FOLDS_A_ROUND`] rows, and when stopped.
pub fn folds(
    x: &Matrix,
    labels: &Labels,
    how: &Regroup,
    seed: u64,
    rounds: usize,
    before: Option<&FoldLabels>,
    ctx: &Ctx,
) -> Result<FoldLabels, ClusterError> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let n = x.n_rows();
    if n < FOLDS_A_ROUND {
        return Err(ClusterError::TooFewRows { rows: n, needed: FOLDS_A_ROUND });
    }
    let learnt = (n - n.div_ceil(FOLDS_A_ROUND)).min(how.most_rows().unwrap_or(usize::MAX));
    let mut made = before.map_or_else(Vec::new, |before| before.rounds.clone());
    let known = made.len();
    for round in known..rounds {
        let mut order: Vec<usize> = (0..n).collect();
        let mut random = seed::random(seed ^ SALT, round as u64);
        for at in (1..n).rev() {
            order.swap(at, random.random_range(0..=at));
        }
        let batch = if learnt > MOST_ROWS_SIDE_BY_SIDE { 1 } else { FOLDS_A_ROUND };
        let mut placed = vec![None; n];
        for first in (0..FOLDS_A_ROUND).step_by(batch) {
            ctx.give_way()?;
            let some = first..(first + batch).min(FOLDS_A_ROUND);
            let of_folds = some.clone().into_par_iter().map(|fold| left_out(x, labels, how, &order, fold, learnt, ctx));
            for (row, segment) in of_folds.collect::<Result<Vec<_>, ClusterError>>()?.into_iter().flatten() {
                placed[row] = segment;
            }
            let done = (round - known) * FOLDS_A_ROUND + some.end;
            ctx.progress(STAGE, done as f32 / ((rounds - known) * FOLDS_A_ROUND) as f32);
        }
        made.push(compared(labels, &placed));
    }
    Ok(FoldLabels { rounds: made, learnt })
}

/// The customers of one fold with the segments that the others would send them to.
fn left_out(
    x: &Matrix,
    labels: &Labels,
    how: &Regroup,
    order: &[usize],
    fold: usize,
    learnt: usize,
    ctx: &Ctx,
) -> Result<Vec<(usize, Option<usize>)>, ClusterError> {
    ctx.check()?;
    let of = |is_left_out: bool| {
        order.iter().enumerate().filter(move |(at, _)| (at % FOLDS_A_ROUND == fold) == is_left_out).map(|(_, &row)| row)
    };
    let rows: Vec<usize> = of(false).take(learnt).collect();
    let (found, rule) = how.learn_from(x, &rows, order.len(), ctx)?;
    let mut shared = vec![vec![0usize; labels.n_clusters()]; rule.n_clusters().max(1)];
    for (&row, found) in rows.iter().zip(&found) {
        if let (Some(found), Some(segment)) = (*found, labels.get(row)) {
            shared[found][segment] += 1;
        }
    }
    let segment_of = best_matching(&shared);
    let others: Vec<usize> = of(true).collect();
    let sent = rule.clusters(&x.select_rows(&others), &ctx.quiet())?;
    Ok(others.into_iter().zip(sent.into_iter().map(|cluster| cluster.and_then(|cluster| segment_of[cluster]))).collect())
}

/// The segments in force against those by data without each customer.
fn compared(labels: &Labels, placed: &[Option<usize>]) -> FoldRound {
    let (mut both, mut sent) = (vec![0usize; labels.n_clusters()], vec![0usize; labels.n_clusters()]);
    for (segment, placed) in labels.iter().zip(placed) {
        if let Some(placed) = *placed {
            sent[placed] += 1;
            both[placed] += usize::from(segment == Some(placed));
        }
    }
    let jaccard = |(segment, &size): (usize, &usize)| both[segment] as f64 / (size + sent[segment] - both[segment]) as f64;
    FoldRound {
        jaccard: labels.sizes().iter().enumerate().map(jaccard).collect(),
        same: labels.sizes().iter().zip(&both).map(|(&size, &both)| both as f64 / size as f64).collect(),
        adjusted_rand: adjusted_rand(labels, &Labels::from_options(placed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Linkage;

    #[test]
    fn agreement_by_hand() {
        let labels = Labels::from_options(&[Some(0), Some(0), Some(0), Some(0), Some(1), Some(1), None]);
        let round = compared(&labels, &[Some(0), Some(0), Some(0), Some(1), Some(1), None, Some(0)]);
        // Of segment 0 three come back and one more is sent to it; of 1 one does, with one of the other and one sent nowhere.
        assert_eq!((round.jaccard, round.same), (vec![3.0 / 5.0, 1.0 / 3.0], vec![0.75, 0.5]));
        assert!(round.adjusted_rand < 0.5);
    }

    /// Two far groups, and a third that fades into the second.
    fn rows() -> Matrix {
        let mut random = seed::random(11, 0);
        let rows: Vec<[f64; 2]> = (0..400)
            .map(|row| [[0.0, 30.0, 0.0, 33.0][row % 4] + random.random_range(-2.5..2.5), random.random_range(-2.5..2.5)])
            .collect();
        Matrix::from_rows(&rows).unwrap()
    }

    #[test]
    fn far_groups_come_back_and_a_cut_through_one_does_less() {
        let x = rows();
        for how in [
            Regroup::KMeans { k: 3, restarts: 4, seed: 1 },
            Regroup::Tree { linkage: Linkage::Ward, k: 3 },
            Regroup::Density { min_samples: 4, epsilon: 2.0 },
            Regroup::Hdbscan { min_samples: 4, min_cluster_size: 40 },
        ] {
            let labels = how.group(&x, &Ctx::new()).unwrap();
            let few = folds(&x, &labels, &how, 3, 1, None, &Ctx::new()).unwrap();
            let more = folds(&x, &labels, &how, 3, 4, Some(&few), &Ctx::new()).unwrap();
            assert_eq!(more, folds(&x, &labels, &how, 3, 4, None, &Ctx::new()).unwrap());
            assert_eq!(more.learnt, 320);
            assert!(more.jaccard(0) > 0.9 && more.same(0) > 0.9, "{how:?} {more:?}");
        }
        let how = Regroup::KMeans { k: 6, restarts: 2, seed: 1 };
        let labels = how.group(&x, &Ctx::new()).unwrap();
        let found = folds(&x, &labels, &how, 3, 2, None, &Ctx::new()).unwrap();
        let worst = (0..6).map(|segment| found.jaccard(segment)).fold(1.0, f64::min);
        assert!(worst < 0.85, "{found:?}");
        assert!(matches!(folds(&x, &labels, &how, 3, 2, None, &Ctx::stopping_after(12)), Err(ClusterError::Stopped(_))));
        // Where nothing is dense without a fifth of the customers, nobody comes back, and nothing breaks.
        let nothing = Regroup::Density { min_samples: 4, epsilon: 1e-6 };
        let found = folds(&x, &labels, &nothing, 3, 1, None, &Ctx::new()).unwrap();
        assert!((0..6).all(|segment| (found.jaccard(segment), found.same(segment)) == (0.0, 0.0)));
        let four = x.select_rows(&[0, 1, 2, 3]);
        let labels = Labels::from_ids(&[0, 1, 0, 1]);
        assert_eq!(folds(&four, &labels, &how, 3, 1, None, &Ctx::new()), Err(ClusterError::TooFewRows { rows: 4, needed: 5 }));
    }
}
