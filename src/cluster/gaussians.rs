//! How dense is a mixture of Gaussians at a row, and which part of it is each component's?
//!
//! In: weights, means and covariances. Out: for every row the logarithm of the density, and the share of each component in it. O(n k p^2), rows in
//! fixed chunks. The largest logarithm of a row is taken out before anything is added up, so that nothing under- or overflows however far a row is.

use rayon::prelude::*;

use super::in_chunks::CHUNK;
use crate::base::{Ctx, Matrix, Stopped};

/// What densities take, ready to be used.
pub(super) struct Parts {
    pub(super) weights: Vec<f64>,
    pub(super) means: Matrix,
    pub(super) covariances: Vec<Matrix>,
    /// Per component the lower triangle L of its covariance L L^T, row by row.
    roots: Vec<Vec<f64>>,
    /// Per component ln weight - ln det L - p/2 ln 2 pi.
    constants: Vec<f64>,
}

impl Parts {
    pub(super) fn new(weights: Vec<f64>, means: Matrix, covariances: Vec<Matrix>) -> Result<Parts, String> {
        let p = means.n_cols();
        let (mut roots, mut constants) = (Vec::new(), Vec::new());
        for (weight, covariance) in weights.iter().zip(&covariances) {
            let root = root(covariance).ok_or("a group has no extent in some direction")?;
            let ln_det: f64 = (0..p).map(|i| root[i * p + i].ln()).sum();
            constants.push(weight.ln() - ln_det - 0.5 * p as f64 * (2.0 * std::f64::consts::PI).ln());
            roots.push(root);
        }
        if constants.iter().any(|constant| !constant.is_finite()) || roots.len() != means.n_rows() {
            return Err("a group is empty".into());
        }
        Ok(Parts { weights, means, covariances, roots, constants })
    }

    /// ln weight x density of one row for every component; `left` is room for p values.
    fn logs(&self, row: &[f64], left: &mut [f64], logs: &mut Vec<f64>) {
        let p = row.len();
        logs.clear();
        for (component, root) in self.roots.iter().enumerate() {
            let mean = self.means.row(component);
            let mut squares = 0.0;
            for i in 0..p {
                let line = &root[i * p..];
                let known: f64 = line[..i].iter().zip(&left[..i]).map(|(a, b)| a * b).sum();
                left[i] = (row[i] - mean[i] - known) / line[i];
                squares += left[i] * left[i];
            }
            logs.push(self.constants[component] - 0.5 * squares);
        }
    }
}

/// ln density and responsibilities of the rows named, held within the bounds, in their order.
pub(super) fn each_row(parts: &Parts, x: &Matrix, rows: &[usize], bounds: &[[f64; 2]], ctx: &Ctx) -> Result<Vec<(f64, Vec<f64>)>, Stopped> {
    let of_chunk = |rows: &[usize]| {
        ctx.check()?;
        let (mut left, mut logs) = (vec![0.0; x.n_cols()], Vec::new());
        let mut row_held = vec![0.0; x.n_cols()];
        let mut made = Vec::with_capacity(rows.len());
        for &row in rows {
            row_held.iter_mut().zip(held(x.row(row), bounds)).for_each(|(into, value)| *into = value);
            parts.logs(&row_held, &mut left, &mut logs);
            // The largest taken out first, row by row, so that the sum is at least 1.
            let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = logs.iter().map(|log| (log - most).exp()).sum();
            let total = most + sum.ln();
            made.push((total, logs.iter().map(|log| (log - total).exp()).collect()));
        }
        Ok(made)
    };
    let chunks = rows.par_chunks(CHUNK).map(of_chunk).collect::<Result<Vec<_>, Stopped>>()?;
    Ok(chunks.into_iter().flatten().collect())
}

/// A row within the bounds.
pub(super) fn held<'a>(row: &'a [f64], bounds: &'a [[f64; 2]]) -> impl Iterator<Item = f64> + 'a {
    row.iter().zip(bounds).map(|(value, [low, high])| value.clamp(*low, *high))
}

/// Cholesky's lower triangle; none where it is not positive definite.
fn root(covariance: &Matrix) -> Option<Vec<f64>> {
    let p = covariance.n_cols();
    let mut root = vec![0.0; p * p];
    for i in 0..covariance.n_rows() {
        for j in 0..=i {
            let known: f64 = (0..j).map(|t| root[i * p + t] * root[j * p + t]).sum();
            let rest = covariance.at(i, j) - known;
            if i == j && !(rest > 0.0 && rest.is_finite()) {
                return None;
            }
            root[i * p + j] = if i == j { rest.sqrt() } else { rest / root[j * p + j] };
        }
    }
    Some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_are_those_of_scikit_learn() {
        // GaussianMixture with these parameters set: score_samples and predict_proba of three rows, one of them far away.
        let square = |a: f64, b: f64, c: f64| Matrix::new(vec![a, b, b, c], 2, 2).unwrap();
        let parts = Parts::new(
            vec![0.7, 0.3],
            Matrix::from_rows(&[[0.0, 1.0], [3.0, -1.0]]).unwrap(),
            vec![square(1.0, 0.5, 2.0), square(0.3, -0.1, 0.4)],
        )
        .unwrap();
        let x = Matrix::from_rows(&[[1.5, 0.2], [3.1, -1.2], [500.0, -800.0]]).unwrap();
        let found = each_row(&parts, &x, &[0, 1, 2], &[[-1e9, 1e9]; 2], &Ctx::new()).unwrap();
        for ((total, belongs), (log, first)) in found.iter().zip(SCIKIT) {
            assert!((total / log - 1.0).abs() < 1e-9 && (belongs[0] - first).abs() < 1e-9, "{found:?}");
        }
    }

    const SCIKIT: [(f64, f64); 3] =
        [(-4.167019821982957, 0.8880132155173024), (-1.9926668553655988, 9.100917869012015e-05), (-440602.7600741899, 1.0)];
}
