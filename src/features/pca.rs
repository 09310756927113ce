//! Principal components: the directions in which customers differ most.
//!
//! In: the encoded matrix (n x p). Out: eigenvalues, loadings, scores. The p x p covariance (divisor n) is summed over fixed blocks of rows, folded in
//! order, and taken apart by linfa-linalg's symmetric eigen decomposition: the same bytes on any number of threads. A wide table with fewer rows than
//! columns is taken apart by its rows instead (n x n). Signs are fixed so that each component's largest weight is positive (ties: the first).
//! O(n p^2 + p^3), or O(n^2 p + n^3).

use std::sync::Arc;

use linfa_linalg::eigh::{EigSort, Eigh};
use ndarray::Array2;
use rayon::prelude::*;

use crate::base::{Ctx, Matrix, Stopped};

use super::projection::{Projection, centre, score};

/// Components whose scores are kept for the map, at most.
pub const MAX_SCORES: usize = 10;

/// Columns up to which the covariance is taken apart even if there are fewer rows: it costs nothing, and every column is compared with every other.
const WIDE: usize = 256;

/// The plane in which the rows of a matrix differ most, for a picture of rows that come later: O(n p^2 + p^3). The second direction of a single column is nothing.
///
/// None where its numbers are too large to square, or there is no row; fails when stopped.
pub fn plane(matrix: &Matrix, ctx: &Ctx) -> Result<Option<Projection>, Stopped> {
    if matrix.n_rows() == 0 || matrix.n_cols() == 0 {
        return Ok(None);
    }
    let Some(found) = components(matrix, ctx)? else { return Ok(None) };
    let mut weights: Vec<Vec<f64>> = found.loadings.into_iter().take(2).collect();
    weights.resize(2, vec![0.0; matrix.n_cols()]);
    Ok(Some(Projection { means: found.means, weights }))
}

/// The decomposition of a matrix.
pub(super) struct Components {
    /// Column means of the matrix.
    pub means: Vec<f64>,
    /// The covariance the components come from, row by row (p x p); none of a wide table with fewer rows than columns.
    pub covariance: Option<Vec<f64>>,
    /// Eigenvalues, largest first, none negative.
    pub eigenvalues: Vec<f64>,
    /// Weights at `[component][column]`.
    pub loadings: Vec<Vec<f64>>,
}

/// Decomposes the covariance of `matrix`; `None` if its numbers are too large to square.
pub(super) fn components(matrix: &Matrix, ctx: &Ctx) -> Result<Option<Components>, Stopped> {
    let p = matrix.n_cols();
    let means = means(matrix, ctx)?;
    if p > WIDE && matrix.n_rows() < p {
        return by_rows(matrix, means, ctx);
    }
    let covariance = covariance(matrix, &means, ctx)?;
    if p == 1 {
        let eigenvalues = vec![covariance[0]];
        return Ok(covariance[0].is_finite().then(|| Components {
            means,
            covariance: Some(covariance),
            eigenvalues,
            loadings: vec![vec![1.0]],
        }));
    }
    if !covariance.iter().all(|v| v.is_finite()) {
        return Ok(None);
    }
    ctx.check()?;
    let Ok(square) = Array2::from_shape_vec((p, p), covariance.clone()) else { return Ok(None) };
    let Ok(decomposed) = square.eigh() else { return Ok(None) };
    let (values, vectors) = decomposed.sort_eig_desc();
    let eigenvalues: Vec<f64> = values.iter().map(|&v| v.max(0.0)).collect();
    let loadings = (0..p).map(|c| positive(vectors.column(c).to_vec())).collect();
    Ok(Some(Components { means, covariance: Some(covariance), eigenvalues, loadings }))
}

/// As [`components`], from the products of the rows with each other: X X' / n has the eigenvalues of the covariance X' X / n that are not zero, and its
/// eigenvectors u give the weights X' u / sqrt(n eigenvalue). At most n - 1 components, since the rows are centred.
fn by_rows(matrix: &Matrix, means: Vec<f64>, ctx: &Ctx) -> Result<Option<Components>, Stopped> {
    let (n, p) = (matrix.n_rows(), matrix.n_cols());
    let centred: Vec<Vec<f64>> = (0..n).map(|row| matrix.row(row).iter().zip(&means).map(|(v, mean)| v - mean).collect()).collect();
    // Each product is one sum in the order of the columns, whoever computes it.
    let products = |i: usize| -> Result<Vec<f64>, Stopped> {
        ctx.check()?;
        Ok((0..n).map(|j| centred[i.min(j)].iter().zip(&centred[i.max(j)]).map(|(a, b)| a * b).sum::<f64>() / n as f64).collect())
    };
    let rows: Vec<Vec<f64>> = (0..n).into_par_iter().map(products).collect::<Result<_, _>>()?;
    let gram: Vec<f64> = rows.concat();
    if !gram.iter().all(|v| v.is_finite()) {
        return Ok(None);
    }
    ctx.check()?;
    let Ok(square) = Array2::from_shape_vec((n, n), gram) else { return Ok(None) };
    let Ok(decomposed) = square.eigh() else { return Ok(None) };
    let (values, vectors) = decomposed.sort_eig_desc();
    // Below this an eigenvalue is what rounding left of nothing, and its direction is any.
    let least = values.iter().fold(0.0f64, |most, &v| most.max(v)) * 1e-12;
    let n_kept = values.iter().take_while(|&&v| v > least).count().max(1);
    let eigenvalues: Vec<f64> = values.iter().take(n_kept).map(|&v| v.max(0.0)).collect();
    let weights = |c: usize| -> Result<Vec<f64>, Stopped> {
        ctx.check()?;
        let length = (n as f64 * eigenvalues[c]).sqrt();
        let mut weights = vec![0.0; p];
        for (row, u) in centred.iter().zip(vectors.column(c)) {
            weights.iter_mut().zip(row).for_each(|(weight, v)| *weight += v * u);
        }
        weights.iter_mut().for_each(|weight| *weight /= length);
        Ok(positive(weights))
    };
    let loadings = (0..n_kept).into_par_iter().map(weights).collect::<Result<_, _>>()?;
    Ok(Some(Components { means, covariance: None, eigenvalues, loadings }))
}

impl Components {
    /// Every row's place on the first `k` components, component by component. O(n p k).
    pub(super) fn scores(&self, matrix: &Matrix, k: usize, ctx: &Ctx) -> Result<Vec<Arc<[f64]>>, Stopped> {
        let size = block(matrix.n_rows());
        let of_block = |first: usize| -> Result<Vec<f64>, Stopped> {
            ctx.check()?;
            let rows = first..(first + size).min(matrix.n_rows());
            let mut scores = vec![0.0; k * rows.len()];
            let mut centred = vec![0.0; self.means.len()];
            let n = rows.len();
            for (at, row) in rows.enumerate() {
                centre(matrix.row(row), &self.means, &mut centred);
                for (component, weights) in self.loadings.iter().take(k).enumerate() {
                    scores[component * n + at] = score(&centred, weights);
                }
            }
            Ok(scores)
        };
        let blocks: Vec<Vec<f64>> = starts(matrix.n_rows()).into_par_iter().map(of_block).collect::<Result<_, _>>()?;
        let component =
            |c: usize| blocks.iter().flat_map(move |block| block[c * block.len() / k..(c + 1) * block.len() / k].iter().copied());
        Ok((0..k).into_par_iter().map(|c| component(c).collect()).collect())
    }
}

/// Rows in a block: depends on the number of rows alone. At most 64 blocks keep the partial sums small.
fn block(n_rows: usize) -> usize {
    (n_rows / 64 + 1).max(1024)
}

fn starts(n_rows: usize) -> Vec<usize> {
    (0..n_rows).step_by(block(n_rows)).collect()
}

fn means(matrix: &Matrix, ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let (n, p, size) = (matrix.n_rows(), matrix.n_cols(), block(matrix.n_rows()));
    let of_block = |first: usize| -> Result<Vec<f64>, Stopped> {
        ctx.check()?;
        let mut sums = vec![0.0; p];
        for row in first..(first + size).min(n) {
            sums.iter_mut().zip(matrix.row(row)).for_each(|(sum, v)| *sum += v);
        }
        Ok(sums)
    };
    let blocks: Vec<Vec<f64>> = starts(n).into_par_iter().map(of_block).collect::<Result<_, _>>()?;
    Ok(folded(blocks, p).iter().map(|sum| sum / n as f64).collect())
}

fn covariance(matrix: &Matrix, means: &[f64], ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let (n, p, size) = (matrix.n_rows(), matrix.n_cols(), block(matrix.n_rows()));
    let of_block = |first: usize| -> Result<Vec<f64>, Stopped> {
        let mut sums = vec![0.0; p * p];
        let mut centred = vec![0.0; p];
        for row in first..(first + size).min(n) {
            if (row - first).is_multiple_of(512) {
                ctx.check()?;
            }
            centred.iter_mut().zip(matrix.row(row)).zip(means).for_each(|((c, v), mean)| *c = v - mean);
            for (i, &a) in centred.iter().enumerate() {
                sums[i * p + i..(i + 1) * p].iter_mut().zip(&centred[i..]).for_each(|(sum, b)| *sum += a * b);
            }
        }
        Ok(sums)
    };
    let blocks: Vec<Vec<f64>> = starts(n).into_par_iter().map(of_block).collect::<Result<_, _>>()?;
    let mut square = folded(blocks, p * p);
    for i in 0..p {
        for j in i..p {
            square[i * p + j] /= n as f64;
            square[j * p + i] = square[i * p + j];
        }
    }
    Ok(square)
}

/// The blocks' sums, added in order.
fn folded(blocks: Vec<Vec<f64>>, len: usize) -> Vec<f64> {
    blocks.iter().fold(vec![0.0; len], |mut all, block| {
        all.iter_mut().zip(block).for_each(|(sum, v)| *sum += v);
        all
    })
}

/// The weights, turned so that the largest in size is positive.
fn positive(mut weights: Vec<f64>) -> Vec<f64> {
    let largest = weights.iter().fold(0.0f64, |best, w| if w.abs() > best.abs() + 1e-12 { *w } else { best });
    if largest < 0.0 {
        weights.iter_mut().for_each(|w| *w = -*w);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 30 rows of 300 columns without any order, never the same.
    fn wide() -> Matrix {
        let value = |at: usize| ((at * at + 7 * at) as f64 * 0.618_033).sin() * (1.0 + (at % 5) as f64);
        Matrix::new((0..30 * 300).map(value).collect(), 30, 300).unwrap()
    }

    #[test]
    fn rows_and_columns_find_the_same_components() {
        let (matrix, ctx) = (wide(), Ctx::new());
        let found = components(&matrix, &ctx).unwrap().unwrap();
        assert!(found.covariance.is_none() && found.eigenvalues.len() == 29 && found.loadings.len() == 29);
        let covariance = covariance(&matrix, &found.means, &ctx).unwrap();
        let trace: f64 = (0..300).map(|i| covariance[i * 300 + i]).sum();
        assert!((found.eigenvalues.iter().sum::<f64>() / trace - 1.0).abs() < 1e-10, "all of the variance");
        for (value, weights) in found.eigenvalues.iter().zip(&found.loadings) {
            assert!((weights.iter().map(|w| w * w).sum::<f64>() - 1.0).abs() < 1e-9);
            for (row, weight) in covariance.chunks(300).zip(weights) {
                let turned: f64 = row.iter().zip(weights).map(|(a, b)| a * b).sum();
                assert!((turned - value * weight).abs() < 1e-8, "an eigenvector of the covariance: {turned} {value} {weight}");
            }
            let largest = weights.iter().fold(0.0f64, |most, w| if w.abs() > most.abs() { *w } else { most });
            assert!(largest > 0.0);
        }
        let on_one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let again = on_one.install(|| components(&matrix, &ctx)).unwrap().unwrap();
        assert!(again.loadings == found.loadings && again.eigenvalues == found.eigenvalues, "the same on one thread");
    }

    #[test]
    fn the_plane_of_rows_by_hand() {
        let x = Matrix::from_rows(&[[0.0, 1.0, 0.0], [4.0, 1.0, 0.0], [2.0, 1.0, 1.0], [2.0, 1.0, -1.0]]).unwrap();
        let plane = plane(&x, &Ctx::new()).unwrap().unwrap();
        assert_eq!(plane.place(&[4.0, 7.0, 0.0]).map(|at| (at * 1e9).round() / 1e9), [2.0, 0.0]);
        assert_eq!(plane.place(&[2.0, 1.0, 1.0])[1].abs(), 1.0);
        let line = super::plane(&Matrix::from_rows(&[[1.0], [3.0]]).unwrap(), &Ctx::new()).unwrap().unwrap();
        assert_eq!(line.place(&[3.0]), [1.0, 0.0]);
        assert!(super::plane(&Matrix::new(Vec::new(), 0, 2).unwrap(), &Ctx::new()).unwrap().is_none());
    }

    #[test]
    fn a_wide_table_of_twins_has_one_component() {
        let values = [vec![1.0; 400], vec![3.0; 400], vec![3.0; 400]].concat();
        let found = components(&Matrix::new(values, 3, 400).unwrap(), &Ctx::new()).unwrap().unwrap();
        assert_eq!(found.eigenvalues.len(), 1);
        assert!(found.loadings[0].iter().all(|w| (w - 0.05).abs() < 1e-12));
    }
}
