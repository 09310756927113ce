//! How surely does a customer belong to a group?
//!
//! In: a matrix and a number of components. Out: a Gaussian mixture, and for every row the probability of each component (its responsibilities).
//! Cost: restarts x steps x O(rows k p^2) on at most [`MOST_FITTED`] rows, then O(n k p^2) once for all rows.
//!
//! Fitted by linfa-clustering's expectation maximisation, started from k-means, with full covariances. Its log-sum-exp is the logarithm of a plain
//! sum, so that a far row becomes infinite; it has no criterion, no restarts (its runs go on from the last state) and cannot be stopped. Hence what
//! is done here: it is fitted on winsorised rows, [`TAIL`] cut off on both sides of every column; every restart sees the rows in an order of its own,
//! which gives its k-means another start; a restart with a number that is not finite, or with a component of fewer than [`FEWEST_ROWS`] rows, does
//! not count; and responsibilities, likelihood and BIC of *all* rows (winsorised alike) are computed here, by log-sum-exp from means, covariances and
//! weights. The stop is looked at between restarts.
//!
//! BIC = -2 ln L + ln n x (k - 1 + k p + k p (p + 1) / 2) (G. Schwarz 1978): the least is one more reason for a number of groups. Variances have
//! [`FLOOR`] of the mean variance added, so that columns with few different values do not make needles.
//!
//! The same bytes on any number of threads: the fit's parallel parts work row by row, ours in fixed chunks folded in order.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::GaussianMixtureModel;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::gaussians::{Parts, each_row, held};
use crate::base::seed::{self, RngExt};
use crate::base::stats::{quantile_sorted, sorted};
use crate::base::{Ctx, Matrix, Stopped};

/// Rows fitted at most.
pub const MOST_FITTED: usize = 20_000;
/// Rows a component holds at least.
pub const FEWEST_ROWS: usize = 10;
/// Columns of the matrix at most.
pub const MOST_COLUMNS: usize = 30;
/// Starts, unless asked otherwise.
pub const MIXTURE_RESTARTS: usize = 5;
/// Below this probability of the likeliest component a customer is between two.
pub const BETWEEN: f64 = 0.6;
/// Share of the rows cut off on each side of a column.
const TAIL: f64 = 0.005;
/// Part of the mean variance added to every variance.
const FLOOR: f64 = 1e-3;
const MOST_STEPS: u64 = 200;
const SALT: u64 = 0x4d69_7874_7572_6521;
const STAGE: &str = "Fitting a mixture";

/// A fitted mixture, components by weight, largest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// Share of each component, all together 1.
    pub weights: Vec<f64>,
    /// k x p means.
    pub means: Matrix,
    /// Per component the p x p covariance.
    pub covariances: Vec<Matrix>,
    /// Lowest and highest value of every column; rows are held within.
    pub bounds: Vec<[f64; 2]>,
    /// ln L of all rows it was made for.
    pub log_likelihood: f64,
    /// Schwarz' criterion of all of them; less is better.
    pub bic: f64,
    /// Rows fitted.
    pub fitted: usize,
    /// Starts that counted, of those made.
    pub restarts: [usize; 2],
}

/// A customer between two components.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BetweenTwo {
    /// Row.
    pub row: usize,
    /// The likeliest component, with its probability.
    pub first: (usize, f64),
    /// The next.
    pub second: (usize, f64),
}

/// The ellipse of one component in a plane: points one standard deviation from its centre.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CovarianceEllipse {
    /// Centre.
    pub centre: [f64; 2],
    /// Half the longer and half the shorter axis.
    pub half_axes: [f64; 2],
    /// Direction of the longer one, in radians from the first coordinate.
    pub angle: f64,
}

/// Why there is no mixture. The sentences are shown as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MixtureError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Fewer rows than it takes.
    #[error("{rows} customers are too few for a mixture of {k}; at least {needed} are needed.")]
    TooFewRows {
        /// There are so many.
        rows: usize,
        /// Components asked for.
        k: usize,
        /// It takes so many.
        needed: usize,
    },
    /// There is one segment, or none.
    #[error("With one segment there is nothing to be unsure of.")]
    OneGroup,
    /// Covariances of so many columns would take minutes per start, and more customers than there are.
    #[error(
        "A mixture of groups takes at most {MOST_COLUMNS} columns and here are {columns}; let Prepare turn them into components, or leave columns out."
    )]
    TooManyColumns {
        /// There are so many.
        columns: usize,
    },
    /// No start led anywhere.
    #[error(
        "No mixture of {k} groups fits these customers ({why}), so it cannot be said how surely they belong; try fewer groups or fewer columns."
    )]
    NoFit {
        /// Components asked for.
        k: usize,
        /// What the last start ended with.
        why: String,
    },
}

/// The likeliest of `restarts` mixtures of `k` components.
///
/// Fails with `TooFewRows` below ten rows a component, with `NoFit` where no start counts, and when stopped. Starts that do not count while others do
/// are told as a note.
pub fn mixture(x: &Matrix, k: usize, seed: u64, restarts: usize, ctx: &Ctx) -> Result<Mixture, MixtureError> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let needed = FEWEST_ROWS * k.max(1);
    if x.n_rows() < needed || k == 0 || x.n_cols() == 0 {
        return Err(MixtureError::TooFewRows { rows: x.n_rows(), k, needed });
    }
    if x.n_cols() > MOST_COLUMNS {
        return Err(MixtureError::TooManyColumns { columns: x.n_cols() });
    }
    let bounds: Vec<[f64; 2]> = (0..x.n_cols())
        .map(|col| {
            let ascending = sorted((0..x.n_rows()).map(|row| x.at(row, col)));
            [quantile_sorted(&ascending, TAIL), quantile_sorted(&ascending, 1.0 - TAIL)]
        })
        .collect();
    let order = |stream: u64, n: usize| {
        let mut order: Vec<usize> = (0..n).collect();
        let mut random = seed::random(seed ^ SALT, stream);
        for at in (1..n).rev() {
            order.swap(at, random.random_range(0..=at));
        }
        order
    };
    let mut sample = order(0, x.n_rows());
    sample.truncate(MOST_FITTED);
    let floor = FLOOR * mean_variance(x, &sample, &bounds);
    let mut best: Option<(f64, Parts)> = None;
    let (mut counted, mut why) = (0, String::from("no start was made"));
    for restart in 0..restarts {
        ctx.give_way()?;
        let mut records = Array2::zeros((sample.len(), x.n_cols()));
        for (mut record, at) in records.outer_iter_mut().zip(order(restart as u64 + 1, sample.len())) {
            record.iter_mut().zip(held(x.row(sample[at]), &bounds)).for_each(|(into, value)| *into = value);
        }
        match fit(records, k, floor) {
            Ok(parts) => {
                let likelihood: f64 = each_row(&parts, x, &sample, &bounds, ctx)?.iter().map(|row| row.0).sum();
                if !likelihood.is_finite() {
                    why = "far customers have no likelihood".into();
                } else {
                    counted += 1;
                    if best.as_ref().is_none_or(|(most, _)| likelihood > *most) {
                        best = Some((likelihood, parts));
                    }
                }
            }
            Err(error) => why = error,
        }
        ctx.progress(STAGE, (restart + 1) as f32 / (restarts + 1) as f32);
    }
    let Some((_, parts)) = best else { return Err(MixtureError::NoFit { k, why }) };
    if counted < restarts {
        ctx.note(format!(
            "{} of {restarts} starts of the mixture of {k} groups led nowhere ({why}); the best of the others is shown.",
            restarts - counted
        ));
    }
    let all: Vec<usize> = (0..x.n_rows()).collect();
    let log_likelihood: f64 = each_row(&parts, x, &all, &bounds, ctx)?.iter().map(|row| row.0).sum();
    let (n, p) = (x.n_rows() as f64, x.n_cols());
    let free = (k - 1 + k * p + k * p * (p + 1) / 2) as f64;
    let Parts { weights, means, covariances, .. } = parts;
    let fitted = sample.len();
    Ok(Mixture {
        weights,
        means,
        covariances,
        bounds,
        log_likelihood,
        bic: free * n.ln() - 2.0 * log_likelihood,
        fitted,
        restarts: [counted, restarts],
    })
}

impl Mixture {
    /// Number of components, k.
    pub fn k(&self) -> usize {
        self.weights.len()
    }

    /// n x k probabilities, every row together 1. Rows must have the columns it was fitted on.
    ///
    /// Fails when stopped, and with `NoFit` where the mixture is not sound, as one from a file changed by hand.
    pub fn responsibilities(&self, x: &Matrix, ctx: &Ctx) -> Result<Matrix, MixtureError> {
        let no_fit = |why: &str| MixtureError::NoFit { k: self.k(), why: why.into() };
        if x.n_cols() != self.bounds.len() || self.means.n_cols() != x.n_cols() {
            return Err(no_fit("the columns are others"));
        }
        let parts = Parts::new(self.weights.clone(), self.means.clone(), self.covariances.clone()).map_err(|why| no_fit(&why))?;
        let all: Vec<usize> = (0..x.n_rows()).collect();
        let rows = each_row(&parts, x, &all, &self.bounds, ctx)?;
        let values: Vec<f64> = rows.into_iter().flat_map(|row| row.1).collect();
        Matrix::new(values, x.n_rows(), self.k()).map_err(|_| no_fit("far customers have no likelihood"))
    }

    /// The ellipse of a component in the plane of two directions, such as those of the map: its coordinates are `a . x` and `b . x`.
    pub fn ellipse(&self, component: usize, a: &[f64], b: &[f64]) -> CovarianceEllipse {
        let (mean, covariance) = (self.means.row(component), &self.covariances[component]);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let spread = |a: &[f64], b: &[f64]| a.iter().enumerate().map(|(i, a)| a * dot(covariance.row(i), b)).sum::<f64>();
        let (of_a, of_b, both) = (spread(a, a), spread(b, b), spread(a, b));
        let (middle, half) = ((of_a + of_b) / 2.0, (((of_a - of_b) / 2.0).powi(2) + both * both).sqrt());
        CovarianceEllipse {
            centre: [dot(mean, a), dot(mean, b)],
            half_axes: [(middle + half).max(0.0).sqrt(), (middle - half).max(0.0).sqrt()],
            angle: 0.5 * (2.0 * both).atan2(of_a - of_b),
        }
    }

    /// The ellipse of a component in the plane of two columns.
    pub fn ellipse_of_columns(&self, component: usize, first: usize, second: usize) -> CovarianceEllipse {
        let unit = |col: usize| (0..self.means.n_cols()).map(|at| f64::from(u8::from(at == col))).collect::<Vec<f64>>();
        self.ellipse(component, &unit(first), &unit(second))
    }
}

/// Customers whose likeliest component has a probability below `limit` (see [`BETWEEN`]), the least sure first. O(n k).
pub fn between_two(responsibilities: &Matrix, limit: f64) -> Vec<BetweenTwo> {
    let mut between = Vec::new();
    if responsibilities.n_cols() < 2 {
        return between;
    }
    for row in 0..responsibilities.n_rows() {
        let values = responsibilities.row(row);
        let mut two = [(0, values[0]), (1, values[1])];
        if two[1].1 > two[0].1 {
            two.swap(0, 1);
        }
        for (component, &value) in values.iter().enumerate().skip(2) {
            if value > two[0].1 {
                two = [(component, value), two[0]];
            } else if value > two[1].1 {
                two[1] = (component, value);
            }
        }
        if two[0].1 < limit {
            between.push(BetweenTwo { row, first: two[0], second: two[1] });
        }
    }
    between.sort_by(|a, b| a.first.1.total_cmp(&b.first.1).then(a.row.cmp(&b.row)));
    between
}

/// One start.
fn fit(records: Array2<f64>, k: usize, floor: f64) -> Result<Parts, String> {
    let n = records.nrows() as f64;
    let search = GaussianMixtureModel::params(k).reg_covariance(floor).max_n_iterations(MOST_STEPS);
    let found = search.fit(&DatasetBase::from(records)).map_err(|error| error.to_string())?;
    let p = found.means().ncols();
    let all = found.weights().iter().chain(found.means()).chain(found.covariances());
    if !all.into_iter().all(|value| value.is_finite()) {
        return Err("a number ran out of bounds".into());
    }
    if found.weights().iter().any(|weight| weight * n < FEWEST_ROWS as f64) {
        return Err(format!("a group has fewer than {FEWEST_ROWS} customers"));
    }
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&a, &b| found.weights()[b].total_cmp(&found.weights()[a]).then(a.cmp(&b)));
    let matrix = |values: Vec<f64>, rows: usize| Matrix::new(values, rows, p).map_err(|error| error.to_string());
    let means = matrix(order.iter().flat_map(|&at| found.means().row(at).to_vec()).collect(), k)?;
    let covariance = |&at: &usize| {
        matrix(found.covariances().outer_iter().nth(at).into_iter().flat_map(|of| of.iter().copied().collect::<Vec<f64>>()).collect(), p)
    };
    let covariances = order.iter().map(covariance).collect::<Result<Vec<Matrix>, String>>()?;
    Parts::new(order.iter().map(|&at| found.weights()[at]).collect(), means, covariances)
}

/// The mean variance of the columns; 1 where nothing varies.
fn mean_variance(x: &Matrix, rows: &[usize], bounds: &[[f64; 2]]) -> f64 {
    let (n, p) = (rows.len() as f64, x.n_cols());
    let (mut means, mut total) = (vec![0.0; p], 0.0);
    for &row in rows {
        means.iter_mut().zip(held(x.row(row), bounds)).for_each(|(mean, value)| *mean += value / n);
    }
    for &row in rows {
        total += held(x.row(row), bounds).zip(&means).map(|(value, mean)| (value - mean) * (value - mean)).sum::<f64>();
    }
    if total > 0.0 { total / n / p as f64 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::normal_quantile;

    /// `n` rows of three groups: a wide one, a narrow one, a slanted one.
    fn rows(n: usize) -> (Vec<[f64; 2]>, Vec<usize>) {
        let mut random = seed::random(4, 0);
        let mut normal = || normal_quantile(random.random_range(1e-9..1.0 - 1e-9));
        let of: Vec<usize> = (0..n).map(|row| [0, 0, 0, 1, 1, 2][row % 6]).collect();
        let row = |&of: &usize| {
            let (a, b) = (normal(), normal());
            [[2.0 * a, 2.0 * b], [9.0 + 0.5 * a, 0.5 * b], [0.0 + a, 9.0 + 0.8 * a + 0.3 * b]][of]
        };
        (of.iter().map(row).collect(), of)
    }

    #[test]
    fn groups_are_found_with_their_shape() {
        let (rows, of) = rows(1200);
        let x = Matrix::from_rows(&rows).unwrap();
        let found = mixture(&x, 3, 1, 4, &Ctx::new()).unwrap();
        for (weight, expected) in found.weights.iter().zip([0.5, 1.0 / 3.0, 1.0 / 6.0]) {
            assert!((weight - expected).abs() < 0.03, "{found:?}");
        }
        assert_eq!((found.fitted, found.k(), found.restarts[1]), (1200, 3, 4));
        let belongs = found.responsibilities(&x, &Ctx::new()).unwrap();
        let right = (0..1200).filter(|&row| belongs.at(row, of[row]) > 0.5).count();
        assert!(right > 1180, "{right}");
        assert!((0..1200).all(|row| (belongs.row(row).iter().sum::<f64>() - 1.0).abs() < 1e-12));
        let ellipse = found.ellipse_of_columns(2, 0, 1);
        assert!(
            (ellipse.angle - 0.8f64.atan()).abs() < 0.1 && (ellipse.half_axes[0] - 1.28).abs() < 0.15 && ellipse.half_axes[1] < 0.35,
            "{ellipse:?}"
        );
        assert!((ellipse.centre[1] - 9.0).abs() < 0.3);
        // BIC is least at three.
        let bic = |k| mixture(&x, k, 1, 3, &Ctx::new()).unwrap().bic;
        assert!(bic(2) > found.bic && bic(4) > found.bic - 1e-9);
        let back: Mixture = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        assert_eq!(back.responsibilities(&x, &Ctx::new()).unwrap(), belongs);
    }

    #[test]
    fn far_rows_piles_and_columns_that_do_not_vary_give_numbers_or_a_sentence() {
        let (mut rows, _) = rows(600);
        rows[5] = [1e9, -1e12];
        let x = Matrix::from_rows(&rows).unwrap();
        let found = mixture(&x, 3, 1, 3, &Ctx::new()).unwrap();
        assert!(found.log_likelihood.is_finite() && found.bic.is_finite());
        assert!(found.responsibilities(&x, &Ctx::new()).unwrap().values().iter().all(|value| value.is_finite()));
        let piles = Matrix::from_rows(&(0..90).map(|row| [f64::from(row % 3), 7.0]).collect::<Vec<_>>()).unwrap();
        let found = mixture(&piles, 3, 1, 3, &Ctx::new()).unwrap();
        assert!(found.weights.iter().all(|weight| (weight - 1.0 / 3.0).abs() < 1e-6), "{found:?}");
        for k in [2, 5] {
            let same = mixture(&Matrix::from_rows(&[[1.0]; 60]).unwrap(), k, 1, 2, &Ctx::new());
            assert!(same.as_ref().map_or_else(|error| error.to_string().contains("No mixture"), |found| found.bic.is_finite()), "{same:?}");
        }
        assert_eq!(
            mixture(&x.select_rows(&[0, 1, 2]), 2, 1, 2, &Ctx::new()).unwrap_err().to_string(),
            "3 customers are too few for a mixture of 2; at least 20 are needed."
        );
    }

    #[test]
    fn who_is_between_by_hand() {
        let x = Matrix::from_rows(&[[0.45, 0.40, 0.15], [0.1, 0.2, 0.7], [0.2, 0.3, 0.5], [0.6, 0.4, 0.0]]).unwrap();
        let found = between_two(&x, BETWEEN);
        assert_eq!(found[0], BetweenTwo { row: 0, first: (0, 0.45), second: (1, 0.40) });
        assert_eq!(found[1], BetweenTwo { row: 2, first: (2, 0.5), second: (1, 0.3) });
        assert_eq!(found.len(), 2);
        assert_eq!(between_two(&Matrix::from_rows(&[[1.0]]).unwrap(), BETWEEN), []);
    }

    #[test]
    fn the_same_on_any_number_of_threads_and_stops_between_starts() {
        let (rows, _) = rows(1500);
        let x = Matrix::from_rows(&rows).unwrap();
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| mixture(&x, 3, 9, 2, &Ctx::new())).unwrap()
        };
        assert_eq!(on(1), on(3));
        for n in [1, 2, 5] {
            assert_eq!(mixture(&x, 3, 1, 3, &Ctx::stopping_after(n)), Err(MixtureError::Stopped(Stopped)));
        }
    }
}
