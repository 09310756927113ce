//! Would half of the customers be grouped as the other half would have it?
//!
//! In: a matrix and a number of clusters. Out: the prediction strength, 0 to 1. O(splits) fits of half the rows, and O(n k) for each split.
//!
//! Tibshirani, Walther 2005, "Cluster validation by prediction strength": both halves are grouped, and the rows of one are also given to the nearest
//! centroids of the other. For each cluster of the first half: which share of the pairs of its rows do those keep together? The strength is that of the
//! worst cluster, as the mean over all splits. The authors take the largest number of clusters whose strength is at least 0.8.

use rayon::prelude::*;

use crate::base::seed::{self, RngExt};
use crate::base::stats::mean;
use crate::base::{Ctx, Matrix};
use crate::cluster::{ClusterError, KMeansParams, kmeans};

/// The strength from which on a number of clusters counts.
pub const STRONG: f64 = 0.8;
/// Starts of k-means on each half.
const RESTARTS: usize = 2;
const SALT: u64 = 0x5072_6564_6963_7421;

/// The prediction strength of `k` clusters as the mean over `splits` splits; none where a half has too few different rows.
pub fn prediction_strength(x: &Matrix, k: usize, splits: usize, seed: u64, ctx: &Ctx) -> Result<Option<f64>, ClusterError> {
    let one = |split: usize| -> Result<Option<f64>, ClusterError> {
        ctx.check()?;
        let mut order: Vec<usize> = (0..x.n_rows()).collect();
        let mut random = seed::random(seed ^ SALT, split as u64);
        for at in (1..order.len()).rev() {
            order.swap(at, random.random_range(0..=at));
        }
        let (first, second) = order.split_at(order.len() / 2);
        let (first, second) = (x.select_rows(first), x.select_rows(second));
        let fit = |half: &Matrix| match kmeans(half, &KMeansParams { k, restarts: RESTARTS, seed }, &ctx.quiet()) {
            Err(ClusterError::TooFewDistinct { .. }) => Ok(None),
            fit => fit.map(Some),
        };
        let (Some(own), Some(other)) = (fit(&second)?, fit(&first)?) else { return Ok(None) };
        let mut shared = vec![0usize; k * k];
        for row in 0..second.n_rows() {
            let Some(cluster) = own.labels.get(row) else { continue };
            shared[cluster * k + nearest(&other.centroids, second.row(row))] += 1;
        }
        let kept = |counts: &[usize]| {
            let n: usize = counts.iter().sum();
            let together: usize = counts.iter().map(|count| count * count.saturating_sub(1)).sum();
            if n < 2 { 0.0 } else { together as f64 / (n * (n - 1)) as f64 }
        };
        Ok(Some(shared.chunks_exact(k).map(kept).fold(1.0, f64::min)))
    };
    let all: Vec<Option<f64>> = (0..splits).into_par_iter().map(one).collect::<Result<_, _>>()?;
    let known: Vec<f64> = all.into_iter().flatten().collect();
    Ok((!known.is_empty()).then(|| mean(&known)))
}

fn nearest(centroids: &Matrix, row: &[f64]) -> usize {
    let squared = |at: usize| centroids.row(at).iter().zip(row).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
    (0..centroids.n_rows()).min_by(|&a, &b| squared(a).total_cmp(&squared(b))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_groups_are_foretold_and_more_than_there_are_is_not() {
        let mut random = seed::random(1, 0);
        let rows: Vec<[f64; 2]> =
            (0..300).map(|row| [f64::from(row % 3) * 20.0 + random.random_range(-1.0..1.0), random.random_range(-1.0..1.0)]).collect();
        let x = Matrix::from_rows(&rows).unwrap();
        let strength = |k| prediction_strength(&x, k, 3, 0, &Ctx::new()).unwrap().unwrap();
        assert!(strength(3) > 0.99, "{}", strength(3));
        assert!(strength(5) < 0.7, "{}", strength(5));
        assert_eq!(prediction_strength(&x.select_rows(&[0, 0, 0, 0]), 2, 3, 0, &Ctx::new()), Ok(None));
    }
}
