//! Lloyd's iterations: every row to its nearest centroid, every centroid to the mean of its rows, until that changes little.
//!
//! In: rows and centroids. Out: the converged solution with its labels and inertia. O(n p k) per iteration, in fixed chunks folded in order.

use rayon::prelude::*;

use crate::base::seed::{Random, RngExt};
use crate::base::{Ctx, Matrix, Stopped};

use super::lanes::{Blocks, LANES, squared_distances, vectorised};
use super::seeding::CHUNK;

/// As in scikit-learn: converged once the centroids' squared moves sum up to less than this share of the mean variance of a column.
pub(super) const TOLERANCE: f64 = 1e-4;

pub(super) const MOST_ITERATIONS: usize = 300;

/// What all restarts share: the rows, and how much the columns vary.
pub(super) struct Rows {
    pub(super) blocks: Blocks,
    pub(super) n_cols: usize,
    mean_variance: f64,
}

impl Rows {
    /// One row of every stretch of equally many.
    pub(super) fn sampled(x: &Matrix, n_rows: usize, random: &mut Random, ctx: &Ctx) -> Result<Rows, Stopped> {
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
    pub(super) restart: usize,
    pub(super) centroids: Vec<f64>,
    pub(super) labels: Vec<[u32; LANES]>,
    /// Sums of the rows in each cluster, kept up to date by the rows that changed.
    pub(super) sums: Vec<f64>,
    pub(super) counts: Vec<f64>,
    /// Against the centroids as they were when labels were last assigned.
    pub(super) inertia: f64,
    pub(super) iterations: usize,
}

pub(super) const UNASSIGNED: u32 = u32::MAX;

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

    pub(super) fn centroid(&self, cluster: usize) -> &[f64] {
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
    pub(super) fn step(&mut self, rows: &Rows, ctx: &Ctx) -> Result<(usize, f64), Stopped> {
        let changed = self.assign(rows, ctx)?;
        if self.counts.contains(&0.0) {
            self.fill_empty(rows, ctx)?;
        }
        self.iterations += 1;
        Ok((changed, self.move_centroids()))
    }

    /// Gives every row its nearest centroid and brings sums, counts and inertia up to date.
    pub(super) fn assign(&mut self, rows: &Rows, ctx: &Ctx) -> Result<usize, Stopped> {
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
    pub(super) fn move_centroids(&mut self) -> f64 {
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
    pub(super) fn fill_empty(&mut self, rows: &Rows, ctx: &Ctx) -> Result<(), Stopped> {
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
pub(super) fn nearest_centroids(block: &[[f64; LANES]], centroids: &[f64], k: usize) -> ([u64; LANES], [f64; LANES]) {
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
