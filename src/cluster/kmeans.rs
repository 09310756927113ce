//! Which k centroids lie nearest to all rows?
//!
//! In: a matrix, k, the number of restarts, a seed. Out: labels, centroids, inertia (sum of squared distances to the final centroids).
//! O(n p k) an iteration, memory O(n p).
//!
//! Lloyd 1982, "Least squares quantization in PCM", from greedy k-means++ starts. Sixteen rows at a time against every centroid: for the k
//! and p of customer data this beats the bounds of Hamerly 2010, whose branches keep the vector units idle. With many rows every restart
//! first converges on a sample of its own, the better of two starts (Bradley, Fayyad 1998, "Refining initial points for k-means clustering"), then all meet on
//! the full data and the worse half leaves after 1, 2, 4, ... iterations until one is left. Swaps of single centroids may lead it out of a
//! local optimum (see `swaps`), and it runs to the end.
//! A row midway between centroids goes to the lower numbered; of equal restarts the first wins. An empty cluster moves to the row that is
//! farthest from its centroid.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ClusterError;
use super::lanes::{Blocks, LANES, squared_distances, vectorised};
use super::seeding::{CHUNK, greedy_plus_plus};
use super::swaps;
use crate::base::seed::{self, Random, RngExt};
use crate::base::{Ctx, Labels, Matrix, Stopped};

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
/// As in scikit-learn: converged once the centroids' squared moves sum up to less than this share of the mean variance of a column.
pub(super) const TOLERANCE: f64 = 1e-4;
/// The winner goes on to this finer tolerance.
const FINE_TOLERANCE: f64 = 1e-6;
const MOST_ITERATIONS: usize = 300;
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
    for (knob, value) in [("The number of clusters", k), ("The number of restarts", restarts)] {
        if value == 0 {
            return Err(ClusterError::KnobTooSmall { knob, value, least: 1 });
        }
    }
    super::door(x)?;
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
    let best = race(starts, &all, ctx)?;
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

/// Halves the field after 1, 2, 4, ... iterations until the best is left.
fn race(mut field: Vec<Lloyd>, rows: &Rows, ctx: &Ctx) -> Result<Lloyd, Stopped> {
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

/// What all restarts share: the rows, and how much the columns vary.
pub(super) struct Rows {
    pub(super) blocks: Blocks,
    pub(super) n_cols: usize,
    mean_variance: f64,
}

impl Rows {
    /// One row of every stretch of equally many.
    fn sampled(x: &Matrix, n_rows: usize, random: &mut Random, ctx: &Ctx) -> Result<Rows, Stopped> {
        let stride = x.n_rows() as f64 / n_rows as f64;
        let picked: Vec<usize> = (0..n_rows).map(|i| ((i as f64 + random.random::<f64>()) * stride) as usize).collect();
        Rows::new(picked.len(), x.n_cols(), |i| x.row(picked[i]), ctx)
    }

    pub(super) fn new<'a>(n_rows: usize, n_cols: usize, row: impl Fn(usize) -> &'a [f64], ctx: &Ctx) -> Result<Rows, Stopped> {
        ctx.check()?;
        let mut means = vec![0.0; n_cols];
        for i in 0..n_rows {
            means.iter_mut().zip(row(i)).for_each(|(mean, value)| *mean += value / n_rows as f64);
        }
        ctx.check()?;
        let squares = (0..n_rows).map(|i| super::lanes::squared_distance(row(i), &means)).sum::<f64>();
        ctx.check()?;
        let blocks = Blocks::new(n_rows, n_cols, row);
        Ok(Rows { blocks, n_cols, mean_variance: squares / (n_rows * n_cols.max(1)) as f64 })
    }
}

/// One restart under way.
pub(super) struct Lloyd {
    restart: usize,
    centroids: Vec<f64>,
    labels: Vec<[u32; LANES]>,
    /// Sums of the rows in each cluster, kept up to date by the rows that changed.
    sums: Vec<f64>,
    counts: Vec<f64>,
    /// Against the centroids as they were when labels were last assigned.
    inertia: f64,
    iterations: usize,
}

const UNASSIGNED: u32 = u32::MAX;

impl Lloyd {
    pub(super) fn new(rows: &Rows, restart: usize, centroids: Vec<f64>) -> Lloyd {
        // Without columns there is one place for a centroid to be.
        let k = centroids.len().checked_div(rows.n_cols).unwrap_or(1);
        Lloyd {
            restart,
            labels: vec![[UNASSIGNED; LANES]; rows.blocks.len()],
            sums: vec![0.0; centroids.len()],
            counts: vec![0.0; k],
            centroids,
            inertia: f64::INFINITY,
            iterations: 0,
        }
    }

    pub(super) fn n_clusters(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn restart(&self) -> usize {
        self.restart
    }

    pub(super) fn inertia(&self) -> f64 {
        self.inertia
    }

    pub(super) fn centroids(&self) -> &[f64] {
        &self.centroids
    }

    fn centroid(&self, cluster: usize) -> &[f64] {
        let n_cols = self.centroids.len() / self.counts.len();
        &self.centroids[cluster * n_cols..][..n_cols]
    }

    /// Iterates until nothing changes or the centroids hardly move.
    pub(super) fn run(mut self, rows: &Rows, tolerance: f64, ctx: &Ctx) -> Result<Lloyd, Stopped> {
        for _ in 0..MOST_ITERATIONS {
            let (changed, moved) = self.step(rows, ctx)?;
            if changed == 0 || moved <= tolerance * rows.mean_variance {
                break;
            }
        }
        Ok(self)
    }

    /// One iteration: rows that changed their cluster, and the sum of the centroids' squared moves.
    fn step(&mut self, rows: &Rows, ctx: &Ctx) -> Result<(usize, f64), Stopped> {
        let changed = self.assign(rows, ctx)?;
        if self.counts.contains(&0.0) {
            self.fill_empty(rows, ctx)?;
        }
        self.iterations += 1;
        Ok((changed, self.move_centroids()))
    }

    /// Gives every row its nearest centroid and brings sums, counts and inertia up to date.
    fn assign(&mut self, rows: &Rows, ctx: &Ctx) -> Result<usize, Stopped> {
        let (centroids, k) = (&self.centroids, self.counts.len());
        let chunks = self.labels.par_chunks_mut(CHUNK).enumerate();
        let shares: Vec<Share> = chunks
            .map(|(chunk, labels)| {
                ctx.check()?;
                Ok(vectorised(
                    #[inline(always)]
                    || assign_chunk(rows, chunk * CHUNK, labels, centroids, k),
                ))
            })
            .collect::<Result<_, Stopped>>()?;
        self.inertia = 0.0;
        let mut changed = 0;
        for share in &shares {
            self.inertia += share.inertia;
            changed += share.changed;
            if share.changed > 0 {
                self.sums.iter_mut().zip(&share.sums).for_each(|(sum, part)| *sum += part);
                self.counts.iter_mut().zip(&share.counts).for_each(|(count, part)| *count += part);
            }
        }
        Ok(changed)
    }

    /// Puts the means in place; the sum of squared moves.
    fn move_centroids(&mut self) -> f64 {
        let n_cols = self.centroids.len() / self.counts.len();
        let mut moved = 0.0;
        for (cluster, &count) in self.counts.iter().enumerate() {
            if count > 0.0 {
                for at in cluster * n_cols..(cluster + 1) * n_cols {
                    let mean = self.sums[at] / count;
                    moved += (mean - self.centroids[at]) * (mean - self.centroids[at]);
                    self.centroids[at] = mean;
                }
            }
        }
        moved
    }

    /// Moves every empty cluster to the row farthest from its centroid, each to another row, as scikit-learn does.
    fn fill_empty(&mut self, rows: &Rows, ctx: &Ctx) -> Result<(), Stopped> {
        let n_cols = rows.n_cols;
        let mut row_values = vec![0.0; n_cols];
        for cluster in 0..self.counts.len() {
            if self.counts[cluster] > 0.0 {
                continue;
            }
            let mut farthest = (0.0, 0);
            for b in 0..rows.blocks.len() {
                if b % CHUNK == 0 {
                    ctx.check()?;
                }
                for lane in 0..LANES.min(rows.blocks.n_rows() - b * LANES) {
                    let own = self.labels[b][lane] as usize;
                    rows.blocks.copy_row(b * LANES + lane, &mut row_values);
                    let distance = super::lanes::squared_distance(&row_values, self.centroid(own));
                    if distance > farthest.0 && self.counts[own] > 1.0 {
                        farthest = (distance, b * LANES + lane);
                    }
                }
            }
            let (distance, row) = farthest;
            if distance == 0.0 {
                return Ok(());
            }
            rows.blocks.copy_row(row, &mut row_values);
            let old = std::mem::replace(&mut self.labels[row / LANES][row % LANES], cluster as u32) as usize;
            self.counts[old] -= 1.0;
            self.counts[cluster] = 1.0;
            for (col, &value) in row_values.iter().enumerate() {
                self.sums[old * n_cols + col] -= value;
                self.sums[cluster * n_cols + col] = value;
                self.centroids[cluster * n_cols + col] = value;
            }
        }
        Ok(())
    }
}

/// What one chunk adds to the whole.
struct Share {
    inertia: f64,
    changed: usize,
    sums: Vec<f64>,
    counts: Vec<f64>,
}

#[inline(always)]
fn assign_chunk(rows: &Rows, first_block: usize, labels: &mut [[u32; LANES]], centroids: &[f64], k: usize) -> Share {
    let n_cols = rows.n_cols;
    let mut share = Share { inertia: 0.0, changed: 0, sums: vec![0.0; k * n_cols], counts: vec![0.0; k] };
    for (offset, labels) in labels.iter_mut().enumerate() {
        let b = first_block + offset;
        let block = rows.blocks.block(b);
        let (nearest, distances) = nearest_centroids(block, centroids, k);
        for lane in 0..LANES.min(rows.blocks.n_rows() - b * LANES) {
            share.inertia += distances[lane];
            let (old, new) = (labels[lane], nearest[lane] as u32);
            if old != new {
                labels[lane] = new;
                share.changed += 1;
                share.counts[new as usize] += 1.0;
                let sums = &mut share.sums[new as usize * n_cols..][..n_cols];
                sums.iter_mut().zip(block).for_each(|(sum, column)| *sum += column[lane]);
                if old != UNASSIGNED {
                    share.counts[old as usize] -= 1.0;
                    let sums = &mut share.sums[old as usize * n_cols..][..n_cols];
                    sums.iter_mut().zip(block).for_each(|(sum, column)| *sum -= column[lane]);
                }
            }
        }
    }
    share
}

/// Number and squared distance of the nearest centroid for the rows of one block. Numbers are as wide as distances so that one mask serves both.
#[inline(always)]
fn nearest_centroids(block: &[[f64; LANES]], centroids: &[f64], k: usize) -> ([u64; LANES], [f64; LANES]) {
    let n_cols = block.len();
    let mut nearest = [0u64; LANES];
    let mut least = squared_distances(block, &centroids[..n_cols]);
    for cluster in 1..k {
        let distances = squared_distances(block, &centroids[cluster * n_cols..][..n_cols]);
        for lane in 0..LANES {
            let nearer = distances[lane] < least[lane];
            nearest[lane] = if nearer { cluster as u64 } else { nearest[lane] };
            least[lane] = if nearer { distances[lane] } else { least[lane] };
        }
    }
    (nearest, least)
}
