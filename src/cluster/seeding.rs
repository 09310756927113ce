//! Where do the first centroids go? Far apart, and where many rows are.
//!
//! In: rows in blocks, k, a seeded generator. Out: k rows as centroids. O(n p k log k).
//!
//! k-means++ (Arthur, Vassilvitskii 2007, "k-means++: the advantages of careful seeding") in the greedy variant the authors tried and
//! scikit-learn uses: each step draws 2 + ln k candidates and keeps the one that lowers the sum of squares most; the first drawn wins ties.

use rayon::prelude::*;

use super::lanes::{Blocks, LANES, squared_distances, vectorised};
use crate::base::seed::{Random, RngExt};
use crate::base::{Ctx, Stopped};

/// Blocks in one parallel piece of work: a fixed number, so sums are folded alike on any number of threads.
pub const CHUNK: usize = 128;

/// Draws `k` rows as first centroids, one after the other in one vector of k x p values.
pub fn greedy_plus_plus(blocks: &Blocks, n_cols: usize, k: usize, random: &mut Random, ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let n_candidates = 2 + (k as f64).ln() as usize;
    let mut centroids = vec![0.0; k * n_cols];
    if n_cols == 0 {
        return Ok(centroids);
    }
    blocks.copy_row(random.random_range(0..blocks.n_rows()), &mut centroids[..n_cols]);
    let mut nearest = vec![[f64::INFINITY; LANES]; blocks.len()];
    let mut chunk_sums = lower(blocks, &mut nearest, &centroids[..n_cols], ctx)?;
    for step in 1..k {
        let next = next_centroid(blocks, n_cols, (&nearest, &chunk_sums), n_candidates, random, ctx)?;
        centroids[step * n_cols..][..n_cols].copy_from_slice(&next);
        chunk_sums = lower(blocks, &mut nearest, &next, ctx)?;
    }
    Ok(centroids)
}

/// A row far from all `centroids`, drawn as the next one would be. O(n p k).
pub fn far_row(blocks: &Blocks, n_cols: usize, centroids: &[f64], random: &mut Random, ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let mut nearest = vec![[f64::INFINITY; LANES]; blocks.len()];
    let mut chunk_sums = Vec::new();
    for centroid in centroids.chunks_exact(n_cols) {
        chunk_sums = lower(blocks, &mut nearest, centroid, ctx)?;
    }
    let n_candidates = 2 + ((centroids.len() / n_cols + 1) as f64).ln() as usize;
    next_centroid(blocks, n_cols, (&nearest, &chunk_sums), n_candidates, random, ctx)
}

/// The best of several rows drawn by their squared distances to the nearest centroid.
fn next_centroid(
    blocks: &Blocks,
    n_cols: usize,
    (nearest, chunk_sums): (&[[f64; LANES]], &[f64]),
    n_candidates: usize,
    random: &mut Random,
    ctx: &Ctx,
) -> Result<Vec<f64>, Stopped> {
    let total: f64 = chunk_sums.iter().sum();
    let mut candidates = vec![0.0; n_candidates * n_cols];
    for candidate in candidates.chunks_exact_mut(n_cols) {
        let row = draw(nearest, chunk_sums, random.random::<f64>() * total, blocks.n_rows());
        blocks.copy_row(row, candidate);
    }
    let best = best_candidate(blocks, nearest, &candidates, n_cols, ctx)?;
    Ok(candidates[best * n_cols..][..n_cols].to_vec())
}

/// Lowers every row's squared distance to its nearest centroid by a new centroid; gives the sums of the chunks.
fn lower(blocks: &Blocks, nearest: &mut [[f64; LANES]], centroid: &[f64], ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let chunks = nearest.par_chunks_mut(CHUNK).enumerate();
    chunks
        .map(|(chunk, nearest)| {
            ctx.check()?;
            Ok(vectorised(
                #[inline(always)]
                || {
                    let mut sums = [0.0; LANES];
                    for (offset, nearest) in nearest.iter_mut().enumerate() {
                        let b = chunk * CHUNK + offset;
                        let distances = squared_distances(blocks.block(b), centroid);
                        for lane in 0..LANES {
                            nearest[lane] = if distances[lane] < nearest[lane] { distances[lane] } else { nearest[lane] };
                        }
                        add_filled(&mut sums, nearest, blocks.n_rows(), b);
                    }
                    sums.iter().sum()
                },
            ))
        })
        .collect()
}

/// The candidate under which the sum of squares would be least.
fn best_candidate(blocks: &Blocks, nearest: &[[f64; LANES]], candidates: &[f64], n_cols: usize, ctx: &Ctx) -> Result<usize, Stopped> {
    let n_candidates = candidates.len() / n_cols;
    let chunks = nearest.par_chunks(CHUNK).enumerate();
    let potentials: Vec<Vec<f64>> = chunks
        .map(|(chunk, nearest)| {
            ctx.check()?;
            Ok(vectorised(
                #[inline(always)]
                || {
                    let mut sums = vec![[0.0; LANES]; n_candidates];
                    for (offset, nearest) in nearest.iter().enumerate() {
                        let b = chunk * CHUNK + offset;
                        let block = blocks.block(b);
                        for (sums, candidate) in sums.iter_mut().zip(candidates.chunks_exact(n_cols)) {
                            let mut distances = squared_distances(block, candidate);
                            for lane in 0..LANES {
                                distances[lane] = if distances[lane] < nearest[lane] { distances[lane] } else { nearest[lane] };
                            }
                            add_filled(sums, &distances, blocks.n_rows(), b);
                        }
                    }
                    sums.iter().map(|lanes| lanes.iter().sum()).collect()
                },
            ))
        })
        .collect::<Result<_, Stopped>>()?;
    let potential = |candidate: usize| potentials.iter().map(|chunk| chunk[candidate]).sum::<f64>();
    let mut best = (0, potential(0));
    for candidate in 1..n_candidates {
        let potential = potential(candidate);
        if potential < best.1 {
            best = (candidate, potential);
        }
    }
    Ok(best.0)
}

/// Adds the lanes that hold rows; the filling of the last block is infinitely far and counts nothing.
#[inline(always)]
fn add_filled(sums: &mut [f64; LANES], values: &[f64; LANES], n_rows: usize, block: usize) {
    if (block + 1) * LANES <= n_rows {
        for lane in 0..LANES {
            sums[lane] += values[lane];
        }
    } else {
        for lane in 0..n_rows - block * LANES {
            sums[lane] += values[lane];
        }
    }
}

/// The row at which the running sum of squared distances passes `target`.
fn draw(nearest: &[[f64; LANES]], chunk_sums: &[f64], mut target: f64, n_rows: usize) -> usize {
    let mut chunk = 0;
    while chunk + 1 < chunk_sums.len() && target >= chunk_sums[chunk] {
        target -= chunk_sums[chunk];
        chunk += 1;
    }
    let first = chunk * CHUNK * LANES;
    let last = (first + CHUNK * LANES).min(n_rows) - 1;
    for row in first..last {
        target -= nearest[row / LANES][row % LANES];
        if target < 0.0 {
            return row;
        }
    }
    last
}
