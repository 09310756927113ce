//! Would half of the customers be grouped as the other half would have it?
//!
//! In: a matrix, and a number of clusters or a method with the segments it made. Out: the prediction strength, 0 to 1, overall or of each segment.
//! Cost: two fits of half the rows and O(n k) for each split.
//!
//! Tibshirani, Walther 2005, "Cluster validation by prediction strength": both halves are grouped, and the rows of one are also sent to the clusters
//! of the other. For each cluster of the first half: which share of the pairs of its rows do those keep together? The strength is that of the worst
//! cluster, as the mean over all splits. The authors take the largest number of clusters whose strength is at least 0.8.
//!
//! [`prediction_strengths`] does so for any method and tells the strength of each segment beside the least, both ways round, as
//! `fpc::prediction.strength`: a cluster of one row counts 1. Its halves have no row in common, so it is the strict number beside [`super::folds`].

use rayon::prelude::*;

use super::agreement::best_matching;
use super::regroup::Regroup;
use crate::base::seed::{self, RngExt};
use crate::base::stats::mean;
use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::{Assign, ClusterError, KMeansParams, kmeans};

/// The strength from which on a number of clusters counts.
pub const STRONG: f64 = 0.8;
/// Starts of k-means on each half.
const RESTARTS: usize = 2;
const SALT: u64 = 0x5072_6564_6963_7421;
/// Splits made side by side between two looks at whether something is more urgent, and the rows above which one at a time is slow enough.
const SIDE_BY_SIDE: usize = 4;
const MOST_ROWS_SIDE_BY_SIDE: usize = 20_000;
const STAGE: &str = "Grouping halves of the customers";

/// The prediction strength of `k` clusters as the mean over `splits` splits; none where a half has too few different rows.
pub fn prediction_strength(x: &Matrix, k: usize, splits: usize, seed: u64, ctx: &Ctx) -> Result<Option<f64>, ClusterError> {
    let one = |split: usize| -> Result<Option<f64>, ClusterError> {
        ctx.check()?;
        let order = shuffled(x.n_rows(), seed ^ SALT, split as u64);
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
        let kept = |counts: &[usize]| kept_together(counts, counts.iter().sum()).unwrap_or(0.0);
        Ok(Some(shared.chunks_exact(k).map(kept).fold(1.0, f64::min)))
    };
    let all: Vec<Option<f64>> = (0..splits).into_par_iter().map(one).collect::<Result<_, _>>()?;
    let known: Vec<f64> = all.into_iter().flatten().collect();
    Ok((!known.is_empty()).then(|| mean(&known)))
}

/// How well each segment of one half is foretold by the other half.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionStrengths {
    /// Two per split: one half by the other, and the other way round.
    pub halves: Vec<HalfStrength>,
    /// Rows of each half.
    pub rows_a_half: usize,
    /// Rows of the data.
    pub n_rows: usize,
}

/// One half, grouped by itself and by the other.
#[derive(Debug, Clone, PartialEq)]
pub struct HalfStrength {
    /// The least over the clusters found in this half; none where there are none.
    pub least: Option<f64>,
    /// Of the cluster that is each segment in this half; 0 where no cluster is it, none where the half has no customer of it.
    pub of_segment: Vec<Option<f64>>,
}

impl PredictionStrengths {
    /// The mean of the least strengths: Tibshirani's statistic; none without any.
    pub fn strength(&self) -> Option<f64> {
        mean_of(self.halves.iter().filter_map(|half| half.least))
    }

    /// The mean strength of one segment; none where it was never there.
    pub fn of_segment(&self, segment: usize) -> Option<f64> {
        mean_of(self.halves.iter().filter_map(|half| half.of_segment[segment]))
    }

    /// Splits behind it.
    pub fn splits(&self) -> usize {
        self.halves.len() / 2
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.halves.iter().map(|half| size_of::<HalfStrength>() + half.of_segment.len() * size_of::<Option<f64>>()).sum()
    }
}

/// The strengths after `splits` splits; those of `before` are taken over, and the result is the same as without them. `labels` are the segments in
/// force and say which cluster of a half is which segment (the matching that keeps the most customers together).
///
/// Fails as the method does, and when stopped.
pub fn prediction_strengths(
    x: &Matrix,
    labels: &Labels,
    how: &Regroup,
    seed: u64,
    splits: usize,
    before: Option<&PredictionStrengths>,
    ctx: &Ctx,
) -> Result<PredictionStrengths, ClusterError> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let rows_a_half = (x.n_rows() / 2).min(how.most_rows().unwrap_or(usize::MAX));
    let mut halves = before.map_or_else(Vec::new, |before| before.halves.clone());
    let known = halves.len() / 2;
    if rows_a_half == 0 {
        return Err(ClusterError::TooFewRows { rows: x.n_rows(), needed: 2 });
    }
    let one = |split: usize| -> Result<[HalfStrength; 2], ClusterError> {
        ctx.check()?;
        let order = shuffled(x.n_rows(), seed ^ SALT, split as u64);
        let (first, second) = (&order[..rows_a_half], &order[rows_a_half..2 * rows_a_half]);
        let (of_first, by_first) = how.learn_from(x, first, x.n_rows().min(2 * rows_a_half), ctx)?;
        let (of_second, by_second) = how.learn_from(x, second, x.n_rows().min(2 * rows_a_half), ctx)?;
        Ok([half(x, labels, first, &of_first, &by_second, ctx)?, half(x, labels, second, &of_second, &by_first, ctx)?])
    };
    let batch = if rows_a_half > MOST_ROWS_SIDE_BY_SIDE { 1 } else { SIDE_BY_SIDE };
    for first in (known..splits).step_by(batch) {
        ctx.give_way()?;
        let last = (first + batch).min(splits);
        let made = (first..last).into_par_iter().map(one).collect::<Result<Vec<_>, ClusterError>>()?;
        halves.extend(made.into_iter().flatten());
        ctx.progress(STAGE, (last - known) as f32 / (splits - known) as f32);
    }
    Ok(PredictionStrengths { halves, rows_a_half, n_rows: x.n_rows() })
}

/// The strengths of one half: its `own` clusters against those the `other` half's rule sends its rows to.
fn half(
    x: &Matrix,
    labels: &Labels,
    rows: &[usize],
    own: &[Option<usize>],
    other: &Assign,
    ctx: &Ctx,
) -> Result<HalfStrength, ClusterError> {
    let sent = other.clusters(&x.select_rows(rows), &ctx.quiet())?;
    let n_own = own.iter().flatten().max().map_or(0, |most| most + 1);
    let (mut shared, mut sizes) = (vec![vec![0usize; other.n_clusters()]; n_own], vec![0usize; n_own]);
    let mut is_segment = vec![vec![0usize; n_own]; labels.n_clusters()];
    let mut is_there = vec![false; labels.n_clusters()];
    for ((&row, own), sent) in rows.iter().zip(own).zip(sent) {
        if let Some(segment) = labels.get(row) {
            is_there[segment] = true;
            own.iter().for_each(|own| is_segment[segment][*own] += 1);
        }
        if let Some(own) = *own {
            sizes[own] += 1;
            sent.iter().for_each(|sent| shared[own][*sent] += 1);
        }
    }
    // A cluster all of whose rows were drawn away by repeats, or that holds one, is kept together for want of pairs.
    let strengths: Vec<f64> = shared.iter().zip(&sizes).map(|(counts, &size)| kept_together(counts, size).unwrap_or(1.0)).collect();
    let found = best_matching(&is_segment);
    let of_segment = (0..labels.n_clusters()).map(|segment| is_there[segment].then(|| found[segment].map_or(0.0, |own| strengths[own])));
    Ok(HalfStrength { least: strengths.iter().copied().reduce(f64::min), of_segment: of_segment.collect() })
}

/// The share of the pairs of `size` rows that are in one of `counts`; none below two rows.
fn kept_together(counts: &[usize], size: usize) -> Option<f64> {
    let together: usize = counts.iter().map(|count| count * count.saturating_sub(1)).sum();
    (size > 1).then(|| together as f64 / (size * (size - 1)) as f64)
}

/// All rows in an order of their own for every stream of the seed.
fn shuffled(n_rows: usize, seed: u64, stream: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n_rows).collect();
    let mut random = seed::random(seed, stream);
    for at in (1..order.len()).rev() {
        order.swap(at, random.random_range(0..=at));
    }
    order
}

fn mean_of(values: impl Iterator<Item = f64>) -> Option<f64> {
    let known: Vec<f64> = values.collect();
    (!known.is_empty()).then(|| mean(&known))
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

    /// Three far groups of 100 rows, the second twice as near to the third.
    fn groups() -> (Matrix, Labels) {
        let mut random = seed::random(5, 0);
        let rows: Vec<[f64; 2]> =
            (0..300).map(|row| [[0.0, 40.0, 60.0][row % 3] + random.random_range(-3.0..3.0), random.random_range(-3.0..3.0)]).collect();
        (Matrix::from_rows(&rows).unwrap(), Labels::from_ids(&(0..300).map(|row| row % 3).collect::<Vec<_>>()))
    }

    #[test]
    fn every_method_foretells_far_groups_and_grows_in_rounds() {
        let (x, labels) = groups();
        for how in [
            Regroup::KMeans { k: 3, restarts: 4, seed: 1 },
            Regroup::Tree { linkage: crate::cluster::Linkage::Ward, k: 3 },
            Regroup::Density { min_samples: 4, epsilon: 2.5 },
            Regroup::Hdbscan { min_samples: 4, min_cluster_size: 30 },
        ] {
            let few = prediction_strengths(&x, &labels, &how, 3, 2, None, &Ctx::new()).unwrap();
            let more = prediction_strengths(&x, &labels, &how, 3, 5, Some(&few), &Ctx::new()).unwrap();
            assert_eq!(more, prediction_strengths(&x, &labels, &how, 3, 5, None, &Ctx::new()).unwrap());
            assert_eq!((more.splits(), more.rows_a_half), (5, 150));
            assert!(more.strength().unwrap() > 0.9, "{how:?} {more:?}");
            assert!((0..3).all(|segment| more.of_segment(segment).unwrap() > 0.9), "{how:?}");
        }
        let two = Labels::from_ids(&(0..300).map(|row| usize::from(row % 3 > 0)).collect::<Vec<_>>());
        // With one cluster too many, the lone segment is foretold and the cut one is not.
        let how = Regroup::KMeans { k: 3, restarts: 4, seed: 1 };
        let apart: Vec<usize> = (0..300).filter(|row| row % 3 < 2).collect();
        let of_two = Labels::from_ids(&apart.iter().map(|row| two.get(*row).unwrap()).collect::<Vec<_>>());
        let found = prediction_strengths(&x.select_rows(&apart), &of_two, &how, 3, 10, None, &Ctx::new()).unwrap();
        assert!(found.strength().unwrap() < 0.75, "{found:?}");
        let nothing = Regroup::Density { min_samples: 4, epsilon: 1e-6 };
        let found = prediction_strengths(&x, &labels, &nothing, 3, 1, None, &Ctx::new()).unwrap();
        assert_eq!((found.strength(), found.of_segment(1)), (None, Some(0.0)), "no cluster at all");
        let ctx = Ctx::stopping_after(9);
        assert!(matches!(prediction_strengths(&x, &labels, &how, 3, 5, None, &ctx), Err(ClusterError::Stopped(_))));
    }

    #[test]
    fn pairs_kept_together_by_hand() {
        // Five rows sent to 3 and 2: (3 x 2 + 2 x 1) of 5 x 4 ordered pairs; two of five sent nowhere: only 3 x 2 are kept.
        assert_eq!(kept_together(&[3, 2], 5), Some(0.4));
        assert_eq!(kept_together(&[3], 5), Some(0.3));
        assert_eq!(kept_together(&[1], 1), None);
    }
}
