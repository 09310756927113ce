//! Which weighted sum of the columns foretells an outcome best?
//!
//! In: a matrix, the rows to learn from, what came of each. Out: a [`Regression`] that scores any row of the same columns. Columns are standardised
//! by the rows learnt from, and weights are held small by a penalty of [`PENALTY`] per row, so that columns that say the same do no harm: ridge
//! regression for numbers (A. E. Hoerl, R. W. Kennard 1970), solved by Cholesky's decomposition in O(n p^2 + p^3), and logistic regression with the
//! same penalty for yes or no, by linfa-logistic in at most [`MOST_STEPS`] steps of O(n p).
//!
//! linfa-logistic cannot be stopped inside a fit, so it learns from [`MOST_LEARNT`] rows at most, which takes well under a second. It calls the
//! larger class positive, whatever the labels say, so the sign is read from what it answers. Both are deterministic and run on one thread.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use crate::base::{Ctx, Matrix, Stopped};

/// The penalty on the squared weights per row: it takes about a hundredth off the weight of a column by itself.
pub const PENALTY: f64 = 0.01;
/// Rows one fit learns from at most; of more, callers pass a random part.
pub const MOST_LEARNT: usize = 20_000;
/// Steps of the search for the best weights.
pub const MOST_STEPS: u64 = 200;
/// The search ends where no weight pulls with more than this per row.
const FLAT: f64 = 1e-7;

/// A weighted sum of columns, through the logistic curve where it answers yes or no.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// The score of a row of zeros, before the curve.
    pub intercept: f64,
    /// What one unit of each column adds.
    pub weights: Vec<f64>,
    /// Whether scores are probabilities.
    pub is_logistic: bool,
}

/// Why there is no regression. The sentences are shown as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegressionError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The search for the weights failed.
    #[error("No weights were found that foretell the outcome ({0}); leave out columns with extreme values.")]
    NoFit(String),
}

impl Regression {
    /// The score of one row: a probability, or the number expected.
    pub fn score(&self, row: &[f64]) -> f64 {
        let sum = self.intercept + self.weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>();
        if self.is_logistic { 1.0 / (1.0 + (-sum).exp()) } else { sum }
    }
}

/// Ridge regression of `outcome` on the rows named.
///
/// Fails when stopped, or with `NoFit` where values are so large that sums overflow.
pub fn least_squares(x: &Matrix, rows: &[usize], outcome: &[f64], ctx: &Ctx) -> Result<Regression, RegressionError> {
    let scale = Scale::of(x, rows);
    let (n, p) = (rows.len() as f64, x.n_cols());
    let mean = rows.iter().map(|&row| outcome[row]).sum::<f64>() / n.max(1.0);
    let (mut products, mut targets) = (vec![0.0; p * p], vec![0.0; p]);
    let mut row_now = vec![0.0; p];
    for (nth, &row) in rows.iter().enumerate() {
        if nth % 1024 == 0 {
            ctx.check()?;
        }
        scale.apply(x.row(row), &mut row_now);
        for (j, value) in row_now.iter().enumerate() {
            targets[j] += value * (outcome[row] - mean);
            products[j * p..][..=j].iter_mut().zip(&row_now).for_each(|(product, other)| *product += value * other);
        }
    }
    (0..p).for_each(|j| products[j * p + j] += PENALTY * n.max(1.0));
    let weights = solve(&mut products, targets).ok_or_else(|| RegressionError::NoFit("values are too large".into()))?;
    Ok(scale.back(mean, weights, false))
}

/// Logistic regression of `outcome` on the rows named; where all of them came out alike, everybody gets that share.
///
/// Fails when stopped before it begins, or with `NoFit` where the search found no way down even under ten times the penalty.
pub fn logistic(x: &Matrix, rows: &[usize], outcome: &[bool], ctx: &Ctx) -> Result<Regression, RegressionError> {
    ctx.check()?;
    let n_yes = rows.iter().filter(|&&row| outcome[row]).count();
    if n_yes == 0 || n_yes == rows.len() {
        // Half a customer more on either side keeps the logarithm finite.
        let odds = (n_yes as f64 + 0.5) / ((rows.len() - n_yes) as f64 + 0.5);
        return Ok(Regression { intercept: odds.ln(), weights: vec![0.0; x.n_cols()], is_logistic: true });
    }
    let scale = Scale::of(x, rows);
    let mut records = Array2::zeros((rows.len(), x.n_cols()));
    for (mut record, &row) in records.outer_iter_mut().zip(rows) {
        if let Some(record) = record.as_slice_mut() {
            scale.apply(x.row(row), record);
        }
    }
    let targets: Array1<bool> = rows.iter().map(|&row| outcome[row]).collect();
    let dataset = DatasetBase::new(records, targets);
    let n = rows.len() as f64;
    let mut why = String::new();
    for times in [1.0, 10.0] {
        ctx.check()?;
        let search = LogisticRegression::default().alpha(PENALTY * n * times).gradient_tolerance(FLAT * n).max_iterations(MOST_STEPS);
        match search.fit(&dataset) {
            Ok(found) if found.intercept().is_finite() && found.params().iter().all(|weight| weight.is_finite()) => {
                let sign = if found.labels().pos.class { 1.0 } else { -1.0 };
                let weights = found.params().iter().map(|weight| sign * weight).collect();
                return Ok(scale.back(sign * found.intercept(), weights, true));
            }
            Ok(_) => why = "weights without bound".into(),
            Err(error) => why = error.to_string(),
        }
    }
    Err(RegressionError::NoFit(why))
}

/// Mean and standard deviation of every column among the rows learnt from.
pub(super) struct Scale {
    means: Vec<f64>,
    sds: Vec<f64>,
}

impl Scale {
    pub(super) fn of(x: &Matrix, rows: &[usize]) -> Scale {
        let n = rows.len().max(1) as f64;
        let (mut means, mut sds) = (vec![0.0; x.n_cols()], vec![0.0; x.n_cols()]);
        for &row in rows {
            means.iter_mut().zip(x.row(row)).for_each(|(mean, value)| *mean += value / n);
        }
        for &row in rows {
            sds.iter_mut().zip(x.row(row).iter().zip(&means)).for_each(|(sum, (value, mean))| *sum += (value - mean) * (value - mean));
        }
        for (sd, mean) in sds.iter_mut().zip(&means) {
            let spread = (*sd / n).sqrt();
            // What differs by rounding alone does not vary.
            *sd = if spread > 1e-12 * (1.0 + mean.abs()) { spread } else { 0.0 };
        }
        Scale { means, sds }
    }

    pub(super) fn apply(&self, row: &[f64], into: &mut [f64]) {
        for (j, value) in row.iter().enumerate() {
            into[j] = if self.sds[j] > 0.0 { (value - self.means[j]) / self.sds[j] } else { 0.0 };
        }
    }

    /// How many standard deviations one unit of a column is.
    pub(super) fn per_unit(&self, col: usize) -> f64 {
        if self.sds[col] > 0.0 { self.sds[col].recip() } else { 0.0 }
    }

    /// Weights of standardised columns as weights of the columns themselves.
    fn back(&self, intercept: f64, weights: Vec<f64>, is_logistic: bool) -> Regression {
        let weights: Vec<f64> = weights.iter().zip(&self.sds).map(|(weight, sd)| if *sd > 0.0 { weight / sd } else { 0.0 }).collect();
        let shift: f64 = weights.iter().zip(&self.means).map(|(weight, mean)| weight * mean).sum();
        Regression { intercept: intercept - shift, weights, is_logistic }
    }
}

/// Solves a symmetric system given by its lower triangle; none where it is not positive definite. O(p^3).
fn solve(a: &mut [f64], mut b: Vec<f64>) -> Option<Vec<f64>> {
    let p = b.len();
    for j in 0..p {
        for i in j..p {
            let dot: f64 = a[i * p..][..j].iter().zip(&a[j * p..][..j]).map(|(x, y)| x * y).sum();
            let rest = a[i * p + j] - dot;
            if i == j && !(rest > 0.0 && rest.is_finite()) {
                return None;
            }
            a[i * p + j] = if i == j { rest.sqrt() } else { rest / a[j * p + j] };
        }
    }
    for i in 0..p {
        let dot: f64 = (0..i).map(|j| a[i * p + j] * b[j]).sum();
        b[i] = (b[i] - dot) / a[i * p + i];
    }
    for i in (0..p).rev() {
        let dot: f64 = (i + 1..p).map(|j| a[j * p + i] * b[j]).sum();
        b[i] = (b[i] - dot) / a[i * p + i];
    }
    b.iter().all(|value| value.is_finite()).then_some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look drawn, as in the script that made the constants.
    fn rows() -> (Matrix, Vec<f64>) {
        let values: Vec<[f64; 3]> =
            (0..200u32).map(|i| [f64::from(i * 37 % 101) / 10.0, f64::from(i * 53 % 89) * 3.0, f64::from(i * 29 % 7)]).collect();
        let y =
            values.iter().enumerate().map(|(i, row)| 2.0 + 0.7 * row[0] - 0.02 * row[1] + f64::from(i as u32 * 17 % 11) / 4.0).collect();
        (Matrix::from_rows(&values).unwrap(), y)
    }

    #[test]
    fn weights_are_those_of_scikit_learn() {
        let (x, y) = rows();
        let all: Vec<usize> = (0..200).collect();
        let found = least_squares(&x, &all, &y, &Ctx::new()).unwrap();
        for (weight, expected) in found.weights.iter().chain([&found.intercept]).zip(RIDGE) {
            assert!((weight - expected).abs() < 1e-9, "{found:?}");
        }
        let yes: Vec<bool> = y.iter().map(|value| *value > 6.0).collect();
        let found = logistic(&x, &all, &yes, &Ctx::new()).unwrap();
        for (weight, expected) in found.weights.iter().chain([&found.intercept]).zip(LOGISTIC) {
            assert!((weight - expected).abs() < 2e-5, "{found:?}");
        }
        // Whichever class is larger, and whichever comes first.
        let no: Vec<bool> = yes.iter().map(|yes| !yes).collect();
        let turned = logistic(&x, &all, &no, &Ctx::new()).unwrap();
        for row in [0, 17, 90] {
            assert!((found.score(x.row(row)) + turned.score(x.row(row)) - 1.0).abs() < 1e-6);
        }
    }

    // scikit-learn 1.9.1 on standardised columns: Ridge(alpha=2), LogisticRegression(C=1/2, tol=1e-12), turned back into weights of the columns.
    const RIDGE: [f64; 4] = [0.7277168339117531, -0.01976422563243981, 0.001379799622378271, 3.0708551497459053];
    const LOGISTIC: [f64; 4] = [0.8065462212041443, -0.021943760684277447, -0.10414013800767848, -3.133825452197772];

    #[test]
    fn equal_columns_and_columns_that_do_not_vary_do_no_harm() {
        let rows: Vec<[f64; 3]> = (0..60).map(|i| [f64::from(i % 10), f64::from(i % 10), 4.2]).collect();
        let x = Matrix::from_rows(&rows).unwrap();
        let y: Vec<f64> = rows.iter().map(|row| 3.0 * row[0] + 1.0).collect();
        let all: Vec<usize> = (0..60).collect();
        let found = least_squares(&x, &all, &y, &Ctx::new()).unwrap();
        assert!((found.weights[0] - found.weights[1]).abs() < 1e-9 && found.weights[2] == 0.0, "{found:?}");
        assert!((found.score(x.row(7)) - 22.0).abs() < 0.1);
        let yes: Vec<bool> = rows.iter().map(|row| row[0] > 4.0).collect();
        assert!(logistic(&x, &all, &yes, &Ctx::new()).unwrap().score(x.row(9)) > 0.95);
        let never = logistic(&x, &all, &[false; 60], &Ctx::new()).unwrap();
        assert!((never.score(x.row(0)) - 0.5 / 61.0).abs() < 1e-12, "half a customer of 61");
        let ctx = Ctx::new();
        ctx.stop();
        assert_eq!(logistic(&x, &all, &yes, &ctx), Err(RegressionError::Stopped(Stopped)));
    }
}
