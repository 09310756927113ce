//! Which k centroids lie nearest to all rows?
//!
//! In: a matrix, k, the number of restarts, a seed. Out: labels, centroids, inertia (sum of squared distances to the final centroids).
//! O(n p k) per iteration, memory O(n p).
//!
//! Lloyd 1982, "Least squares quantization in PCM", from greedy k-means++ starts. Sixteen rows at a time against every centroid: for the k
//! and p of customer data this beats the bounds of Hamerly 2010, whose branches keep the vector units idle. With many rows every restart
//! first converges on a sample of its own, the better of two starts (Bradley, Fayyad 1998, "Refining initial points for k-means clustering"), then all meet on
//! the full data and the worse half leaves after 1, 2, 4, ... iterations until one is left: successive halving (Jamieson, Talwalkar 2016, "Non-stochastic best
//! arm identification and hyperparameter optimization", AISTATS). Swaps of single centroids may lead it out of a local optimum (see `swaps`), and it runs to the
//! end.
//! A row midway between centroids goes to the lower numbered; of equal restarts the first wins. An empty cluster moves to the row that is
//! farthest from its centroid.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::lanes::LANES;
use super::lloyd::{Lloyd, Rows, TOLERANCE};
use super::seeding::greedy_plus_plus;
use super::{ClusterError, swaps};
use crate::base::{Ctx, Labels, Matrix, Stopped, seed};

/// What the user may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KMeansParams {
    /// Number of clusters.
    pub k: usize,
    /// Starts from different seeds, of which the best result is kept.
    pub restarts: usize,
    /// Seed of all randomness.
    pub seed: u64,
}

impl Default for KMeansParams {
    fn default() -> Self {
        KMeansParams { k: 4, restarts: 10, seed: 0 }
    }
}

/// The best of all restarts.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeansFit {
    /// The nearest centroid of every row.
    pub labels: Labels,
    /// k x p, in the order of the labels.
    pub centroids: Matrix,
    /// Sum of squared distances of all rows to their centroids.
    pub inertia: f64,
    /// The restart that won, from 0.
    pub restart: usize,
    /// Iterations of the winner over all rows.
    pub iterations: usize,
}

/// Rows in a restart's own sample, at least.
const LEAST_SAMPLE: usize = 8_192;
/// One row in so many is in a restart's own sample, when that is more.
const SAMPLE_SHARE: usize = 8;
/// Starts on one sample: they cost little, and what they find is better on average than one start on all rows.
const SAMPLE_STARTS: usize = 2;
/// The winner goes on to this finer tolerance.
const FINE_TOLERANCE: f64 = 1e-6;
/// Rounds of swaps at the end, and swaps tried in each.
const SWAPS_ON_ALL: (usize, usize) = (4, 12);
/// The same on a sample of many rows.
const SWAPS_ON_SAMPLE: (usize, usize) = (1, 4);
/// Sets the draws of swaps apart from those of the starts.
const SWAP_SEED: u64 = 0x5377_6170;
const STAGE: &str = "Moving centroids";

/// Finds `params.k` clusters. The same matrix and parameters give the same bytes on any number of threads.
pub fn kmeans(x: &Matrix, params: &KMeansParams, ctx: &Ctx) -> Result<KMeansFit, ClusterError> {
    let KMeansParams { k, restarts, seed } = *params;
    for (knob, value) in [("The number of segments", k), ("The number of restarts", restarts)] {
        if value == 0 {
            return Err(ClusterError::KnobTooSmall { knob, value, least: 1 });
        }
    }
    super::validate(x)?;
    ctx.progress(STAGE, 0.0);
    let distinct = distinct_up_to(x, k, ctx)?;
    if distinct < k {
        return Err(ClusterError::TooFewDistinct { distinct, k });
    }
    let all = Rows::new(x.n_rows(), x.n_cols(), |i| x.row(i), ctx)?;
    let sample_size = sample_size(x);
    let starts: Vec<Lloyd> = (0..restarts)
        .into_par_iter()
        .map(|restart| {
            let mut random = seed::random(seed, restart as u64);
            if x.n_rows() < 2 * sample_size {
                let centroids = greedy_plus_plus(&all.blocks, x.n_cols(), k, &mut random, ctx)?;
                return Lloyd::new(&all, restart, centroids).run(&all, TOLERANCE, ctx);
            }
            let sample = Rows::sampled(x, sample_size, &mut random, ctx)?;
            let mut best: Option<Lloyd> = None;
            for _ in 0..SAMPLE_STARTS {
                let centroids = greedy_plus_plus(&sample.blocks, x.n_cols(), k, &mut random, ctx)?;
                let converged = Lloyd::new(&sample, restart, centroids).run(&sample, TOLERANCE, ctx)?;
                if best.as_ref().is_none_or(|best| converged.inertia < best.inertia) {
                    best = Some(converged);
                }
            }
            Ok(Lloyd::new(&all, restart, best.expect("a sample has at least one start").centroids))
        })
        .collect::<Result<_, Stopped>>()?;
    ctx.progress(STAGE, 0.7);
    let best = successive_halving(starts, &all, ctx)?;
    ctx.progress(STAGE, 0.8);
    let best = swap(best, x, &all, params, ctx)?;
    ctx.progress(STAGE, 0.9);
    finish(best.run(&all, FINE_TOLERANCE, ctx)?, &all, k, ctx)
}

/// Leads the winner out of a local optimum, if a few swaps can. With many rows they are tried on a sample, and what is found there must
/// hold on all rows. One re-run is one start and no more.
fn swap(best: Lloyd, x: &Matrix, all: &Rows, params: &KMeansParams, ctx: &Ctx) -> Result<Lloyd, Stopped> {
    let KMeansParams { restarts, seed, .. } = *params;
    let seed = seed.wrapping_add(SWAP_SEED);
    let sample_size = sample_size(x);
    if restarts == 1 {
        return Ok(best);
    }
    if x.n_rows() < 2 * sample_size {
        let best = best.run(all, TOLERANCE, ctx)?;
        return swaps::improve(best, all, SWAPS_ON_ALL, seed, ctx);
    }
    let sample = Rows::sampled(x, sample_size, &mut seed::random(seed, u64::MAX), ctx)?;
    let on_sample = Lloyd::new(&sample, best.restart, best.centroids.clone()).run(&sample, TOLERANCE, ctx)?;
    let before = on_sample.inertia;
    let improved = swaps::improve(on_sample, &sample, SWAPS_ON_SAMPLE, seed, ctx)?;
    if improved.inertia >= before {
        return Ok(best);
    }
    let best = best.run(all, TOLERANCE, ctx)?;
    let other = Lloyd::new(all, best.restart, improved.centroids).run(all, TOLERANCE, ctx)?;
    Ok(if other.inertia < best.inertia { other } else { best })
}

fn sample_size(x: &Matrix) -> usize {
    LEAST_SAMPLE.max(x.n_rows() / SAMPLE_SHARE)
}

/// Number of different rows, counted no further than `enough`. O(n p) at worst, O(k p) for rows that all differ.
fn distinct_up_to(x: &Matrix, enough: usize, ctx: &Ctx) -> Result<usize, Stopped> {
    let mut seen = std::collections::HashSet::<Vec<u64>>::new();
    let mut bits = Vec::with_capacity(x.n_cols());
    for i in 0..x.n_rows() {
        if i % 4096 == 0 {
            ctx.check()?;
        }
        bits.clear();
        // Adding zero makes -0.0 and 0.0 one value.
        bits.extend(x.row(i).iter().map(|value| (value + 0.0).to_bits()));
        if !seen.contains(&bits) {
            seen.insert(bits.clone());
        }
        if seen.len() >= enough {
            break;
        }
    }
    Ok(seen.len())
}

/// Halves the field after 1, 2, 4, ... iterations until the best is left (Jamieson, Talwalkar 2016).
fn successive_halving(mut field: Vec<Lloyd>, rows: &Rows, ctx: &Ctx) -> Result<Lloyd, Stopped> {
    let mut iterations = 1;
    while field.len() > 1 {
        for _ in 0..iterations {
            for runner in &mut field {
                runner.step(rows, ctx)?;
            }
        }
        field.sort_by(|a, b| a.inertia.total_cmp(&b.inertia).then(a.restart.cmp(&b.restart)));
        field.truncate(field.len().div_ceil(2));
        iterations *= 2;
    }
    Ok(field.remove(0))
}

/// Leaves no cluster empty, then numbers the clusters.
fn finish(mut best: Lloyd, rows: &Rows, k: usize, ctx: &Ctx) -> Result<KMeansFit, ClusterError> {
    // Each round lowers the inertia, as a row away from its centroid becomes one; k rounds are plenty.
    for _ in 0..=k {
        best.assign(rows, ctx)?;
        if best.counts.iter().all(|&count| count > 0.0) {
            break;
        }
        best.fill_empty(rows, ctx)?;
        best.move_centroids();
        best = best.run(rows, FINE_TOLERANCE, ctx)?;
    }
    let n_cols = rows.n_cols;
    let id = |row: usize| best.labels[row / LANES][row % LANES] as usize;
    let labels = Labels::canonical(rows.blocks.n_rows(), k, |row| Some(id(row)));
    let mut centroids = vec![0.0; k * n_cols];
    for row in 0..labels.n_rows() {
        let new = labels.get(row).expect("k-means knows no noise");
        centroids[new * n_cols..][..n_cols].copy_from_slice(best.centroid(id(row)));
    }
    let centroids = Matrix::new(centroids, k, n_cols).expect("means of finite rows are finite");
    Ok(KMeansFit { labels, centroids, inertia: best.inertia, restart: best.restart, iterations: best.iterations })
}
