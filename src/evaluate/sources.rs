//! Which independent causes could these columns be mixtures of?
//!
//! In: a matrix. Out: as many sources as columns, as independent of each other as rotating can make them, and the way back. O(n p²) for each of at most
//! [`MOST_ROUNDS`] rounds.
//!
//! FastICA (Hyvärinen 1999, "Fast and robust fixed-point algorithms for independent component analysis") with the tanh contrast, all sources at once: the
//! rows are whitened by the Cholesky root of their covariance, and the rotation is made orthogonal by Newton's and Schulz's iteration. Where columns are
//! normal any rotation is as good as another, and so are the sources.

use crate::base::seed::{self, RngExt};
use crate::base::stats::normal_quantile;
use crate::base::{Ctx, Matrix, Stopped};

/// Rounds at most: it settles after about ten where there is something to find.
const MOST_ROUNDS: usize = 40;
/// The rotation has settled when no source turns by more.
const SETTLED: f64 = 1e-4;
/// Added to every variance, as a share of the mean one, so that columns which follow from others have a root too.
const RIDGE: f64 = 1e-6;
const SALT: u64 = 0x536F_7572_6365_7321;

/// Sources and the way back to the columns.
pub struct Sources {
    /// Every source, row by row within.
    pub values: Vec<Vec<f64>>,
    means: Vec<f64>,
    /// What a unit of each source (inner) is in each column (outer).
    back: Vec<Vec<f64>>,
}

impl Sources {
    /// The sources of a matrix.
    pub fn of(x: &Matrix, seed: u64, ctx: &Ctx) -> Result<Sources, Stopped> {
        let (n, p) = (x.n_rows(), x.n_cols());
        let (means, covariance) = covariance(x, ctx)?;
        let root = cholesky(&covariance);
        let white: Vec<Vec<f64>> = (0..n).map(|row| solve(&root, x.row(row), &means)).collect();
        let mut random = seed::random(seed ^ SALT, 0);
        let mut number = || normal_quantile(random.random_range(f64::EPSILON..1.0));
        let mut rotation: Vec<Vec<f64>> = (0..p).map(|_| (0..p).map(|_| number()).collect()).collect();
        orthogonal(&mut rotation);
        for _ in 0..MOST_ROUNDS {
            ctx.check()?;
            let mut next: Vec<Vec<f64>> = rotation.iter().map(|weights| turned(weights, &white)).collect();
            orthogonal(&mut next);
            let turns = rotation.iter().zip(&next).map(|(old, new)| 1.0 - dot(old, new).abs()).fold(0.0, f64::max);
            rotation = next;
            if turns < SETTLED {
                break;
            }
        }
        let values = rotation.iter().map(|weights| white.iter().map(|row| dot(weights, row)).collect()).collect();
        let back = root.iter().map(|row| rotation.iter().map(|weights| dot(row, weights)).collect()).collect();
        Ok(Sources { values, means, back })
    }

    /// The rows that other values of the sources give.
    pub fn mixed(&self, values: &[Vec<f64>]) -> Matrix {
        let n = values.first().map_or(0, Vec::len);
        let mut rows = Vec::with_capacity(n * self.means.len());
        for row in 0..n {
            let mixed = |(mean, weights): (&f64, &Vec<f64>)| mean + weights.iter().zip(values).map(|(w, of)| w * of[row]).sum::<f64>();
            rows.extend(self.means.iter().zip(&self.back).map(mixed));
        }
        Matrix::new(rows, n, self.means.len()).expect("finite sources give finite rows")
    }
}

/// One step of the fixed point: E[z tanh(w z)] - E[1 - tanh²(w z)] w.
fn turned(weights: &[f64], white: &[Vec<f64>]) -> Vec<f64> {
    let n = white.len().max(1) as f64;
    let (mut next, mut slope) = (vec![0.0; weights.len()], 0.0);
    for row in white {
        let tanh = dot(weights, row).tanh();
        slope += 1.0 - tanh * tanh;
        next.iter_mut().zip(row).for_each(|(sum, value)| *sum += tanh * value);
    }
    next.iter().zip(weights).map(|(sum, weight)| (sum - slope * weight) / n).collect()
}

/// Makes the rows orthogonal and of length one, all treated alike: w <- 1.5 w - 0.5 w w' w, from a start whose largest singular value is below one.
fn orthogonal(rows: &mut [Vec<f64>]) {
    const STEPS: usize = 80;
    let p = rows.len();
    let norm = rows.iter().map(|row| dot(row, row)).sum::<f64>().sqrt();
    if norm > 0.0 {
        rows.iter_mut().flatten().for_each(|value| *value /= norm);
    }
    for _ in 0..STEPS {
        let products: Vec<Vec<f64>> = rows.iter().map(|a| rows.iter().map(|b| dot(a, b)).collect()).collect();
        let off: f64 = (0..p).map(|i| (0..p).map(|j| (products[i][j] - f64::from(u8::from(i == j))).powi(2)).sum::<f64>()).sum();
        if off < 1e-20 {
            break;
        }
        let old: Vec<Vec<f64>> = rows.to_vec();
        for (row, (own, products)) in rows.iter_mut().zip(old.iter().zip(&products)) {
            for (col, value) in row.iter_mut().enumerate() {
                *value = 1.5 * own[col] - 0.5 * products.iter().zip(&old).map(|(product, other)| product * other[col]).sum::<f64>();
            }
        }
    }
}

/// Column means and covariance (divisor n). O(n p²).
fn covariance(x: &Matrix, ctx: &Ctx) -> Result<(Vec<f64>, Vec<Vec<f64>>), Stopped> {
    let (n, p) = (x.n_rows().max(1) as f64, x.n_cols());
    let means: Vec<f64> = (0..p).map(|col| (0..x.n_rows()).map(|row| x.at(row, col)).sum::<f64>() / n).collect();
    let mut covariance = vec![vec![0.0; p]; p];
    for row in 0..x.n_rows() {
        if row % 256 == 0 {
            ctx.check()?;
        }
        let off: Vec<f64> = x.row(row).iter().zip(&means).map(|(value, mean)| value - mean).collect();
        for (i, sums) in covariance.iter_mut().enumerate() {
            // Up to the diagonal: the rest is its mirror image.
            sums.iter_mut().zip(&off[..=i]).for_each(|(sum, other)| *sum += off[i] * other / n);
        }
    }
    let mean = (0..p).map(|i| covariance[i][i]).sum::<f64>() / p.max(1) as f64;
    for i in 0..p {
        covariance[i][i] += RIDGE * mean + f64::MIN_POSITIVE;
        let (above, below) = covariance.split_at_mut(i);
        above.iter_mut().zip(&below[0]).for_each(|(row, &mirrored)| row[i] = mirrored);
    }
    Ok((means, covariance))
}

/// The lower triangle whose product with its transpose is the matrix; zeros above.
pub(super) fn cholesky(of: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let p = of.len();
    let mut root = vec![vec![0.0; p]; p];
    for i in 0..p {
        for j in 0..=i {
            let rest = of[i][j] - dot(&root[i][..j], &root[j][..j]);
            root[i][j] = if i == j { rest.max(1e-12 * of[i][i]).sqrt() } else { rest / root[j][j] };
        }
    }
    root
}

/// The row that the root turns into this one, without its mean.
fn solve(root: &[Vec<f64>], row: &[f64], means: &[f64]) -> Vec<f64> {
    let mut solved: Vec<f64> = Vec::with_capacity(row.len());
    for (i, weights) in root.iter().enumerate() {
        solved.push((row[i] - means[i] - dot(&weights[..i], &solved)) / weights[i]);
    }
    solved
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_of_even_columns_is_taken_apart_and_put_together_again() {
        let mut random = seed::random(5, 0);
        let causes: Vec<[f64; 3]> = (0..1500).map(|_| [0, 1, 2].map(|_| random.random_range(-1.0..1.0))).collect();
        let rows: Vec<[f64; 3]> = causes.iter().map(|[a, b, c]| [2.0 * a + b, a - b + 0.5 * c, 3.0 + c + 0.3 * a]).collect();
        let x = Matrix::from_rows(&rows).unwrap();
        let sources = Sources::of(&x, 0, &Ctx::new()).unwrap();
        let again = sources.mixed(&sources.values);
        assert!(x.values().iter().zip(again.values()).all(|(a, b)| (a - b).abs() < 1e-4));
        for cause in 0..3 {
            let own: Vec<f64> = causes.iter().map(|row| row[cause]).collect();
            let r = |source: &Vec<f64>| (dot(source, &own) / (dot(source, source) * dot(&own, &own)).sqrt()).abs();
            let best = sources.values.iter().map(r).fold(0.0, f64::max);
            assert!(best > 0.98, "cause {cause} is found with {best}");
        }
    }
}
