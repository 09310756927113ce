//! Is every row nearer to its own cluster than to the next one?
//!
//! In: a matrix and any number of labelings. Out: for each labeling the silhouette of every row, every cluster and the whole.
//! O(n² p) for all labelings together, O(m n p) from a sample of m rows; memory O(n) for each labeling.
//!
//! Rousseeuw 1987, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis": s = (b - a) / max(a, b), 0 for a
//! cluster of one row. Noise is left out on both sides. All labelings share one pass over the pairs: rows with the same labels everywhere form
//! a cell, each row sums its distances cell by cell, and every labeling adds up its cells. Sampled rows are measured against all rows, so their
//! values are exact and only the mean over them is uncertain; the other rows are measured against the sampled ones, which estimates their values.

use std::sync::Arc;

use rayon::prelude::*;

use super::silhouette_values::Silhouettes;
use super::strata::{Sample, stratified_sample, summary};
use crate::base::{Ctx, Labels, Matrix, Stopped};
use crate::cluster::lanes::{Blocks, LANES, squared_distances, vectorised};

/// Rows that are measured together, in blocks of [`LANES`]: what they are measured against is then read once for all of them.
const TEAM: usize = 4;
/// Rows of one cell that are measured against between two looks at the stop flag: with a team less than a millisecond for few columns.
const RUN: usize = 512;
/// Teams between two chances to give way, and how many numbers each is measured against: some hundredths of a second together.
const TEAMS: usize = 32;
const NUMBERS: usize = 1 << 16;
const STAGE: &str = "Measuring silhouettes";

/// The exact silhouettes of all labelings in one pass over the pairs of rows.
pub fn silhouettes(x: &Matrix, labelings: &[&Labels], ctx: &Ctx) -> Result<Vec<Silhouettes>, Stopped> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let against = Against::new(x, labelings, 0..x.n_rows() as u32, |l, row| labelings[l].get(row), ctx)?;
    let rows: Vec<u32> = (0..x.n_rows() as u32).collect();
    let values = against.values_of(x, &rows, |_, own| own - 1, (0.0, 1.0), ctx)?;
    let of = |l: usize| rows.iter().map(move |&row| (row as usize, row as usize * labelings.len() + l));
    let measured: Arc<[u32]> = Arc::new([]);
    let all = |l: usize| {
        let per_row = of(l).map(|(_, at)| values[at] as f32).collect();
        summary(labelings[l], of(l).map(|(row, at)| (row, values[at])), per_row, measured.clone())
    };
    Ok((0..labelings.len()).map(all).collect())
}

/// The silhouettes of about `sample_size` rows, with a 95 % band for the mean over all, and estimates for the other rows. Exact when the
/// sample would be everything. O(m n p), twice: the sample against all rows, and all rows against the sample.
pub fn silhouettes_sampled(
    x: &Matrix,
    labelings: &[&Labels],
    sample_size: usize,
    seed: u64,
    ctx: &Ctx,
) -> Result<Vec<Silhouettes>, Stopped> {
    if sample_size >= x.n_rows() {
        return silhouettes(x, labelings, ctx);
    }
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let Sample { rows, is_base, extra } = stratified_sample(labelings, x.n_rows(), sample_size, seed);
    let n = labelings.len();
    let against_all = Against::new(x, labelings, 0..x.n_rows() as u32, |l, row| labelings[l].get(row), ctx)?;
    let measured = against_all.values_of(x, &rows, |_, own| own - 1, (0.0, 0.5), ctx)?;
    // A row drawn for the sake of one labeling would weigh too much in the others.
    let counts = |l: usize, row: usize| is_base[row] || extra[l].binary_search(&(row as u32)).is_ok();
    let label = |l: usize, row: usize| labelings[l].get(row).filter(|_| counts(l, row));
    let against_sample = Against::new(x, labelings, rows.iter().copied(), label, ctx)?;
    let others: Vec<u32> = (0..x.n_rows() as u32).filter(|row| rows.binary_search(row).is_err()).collect();
    let estimated = against_sample.values_of(x, &others, |_, own| own, (0.5, 1.0), ctx)?;
    let shared: Arc<[u32]> = rows.clone().into();
    let all = |l: usize| {
        let mut per_row = vec![f32::NAN; x.n_rows()];
        for (rows, values) in [(&rows, &measured), (&others, &estimated)] {
            rows.iter().enumerate().for_each(|(i, &row)| per_row[row as usize] = values[i * n + l] as f32);
        }
        let values = rows.iter().enumerate().map(|(i, &row)| (row as usize, measured[i * n + l]));
        summary(labelings[l], values.filter(|&(row, _)| counts(l, row)), per_row, shared.clone())
    };
    Ok((0..n).map(all).collect())
}

/// What rows are measured against: some or all rows, sorted into cells.
struct Against<'a> {
    labelings: &'a [&'a Labels],
    /// Sorted by cell.
    sorted: Matrix,
    runs: Vec<Run>,
    /// The cluster of cell c in labeling l, at c * labelings + l.
    clusters: Vec<Option<usize>>,
    /// One vector of clusters for each labeling behind the other: where each begins.
    offsets: Vec<usize>,
    /// Rows in each cluster of all labelings.
    sizes: Vec<usize>,
    /// See [`rounding`].
    rounding: f64,
}

/// Rows `from..to` of one cell, at most [`RUN`].
struct Run {
    cell: usize,
    from: usize,
    to: usize,
}

impl<'a> Against<'a> {
    fn new(
        x: &Matrix,
        labelings: &'a [&'a Labels],
        rows: impl Iterator<Item = u32>,
        label: impl Fn(usize, usize) -> Option<usize> + Sync,
        ctx: &Ctx,
    ) -> Result<Against<'a>, Stopped> {
        let n = labelings.len();
        // Rows that are noise everywhere are nobody's neighbours.
        let mut rows: Vec<u32> = rows.filter(|&row| (0..n).any(|l| label(l, row as usize).is_some())).collect();
        let compare = |a: u32, b: u32| {
            let differ = (0..n).map(|l| label(l, a as usize).cmp(&label(l, b as usize)));
            differ.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        };
        rows.par_sort_unstable_by(|&a, &b| compare(a, b).then(a.cmp(&b)));
        ctx.check()?;
        let mut offsets = vec![0];
        labelings.iter().for_each(|labels| offsets.push(offsets[offsets.len() - 1] + labels.n_clusters()));
        let mut against = Against {
            labelings,
            sorted: x.select_rows(&[]),
            runs: Vec::new(),
            clusters: Vec::new(),
            sizes: vec![0; offsets[n]],
            offsets,
            rounding: rounding(x),
        };
        for (at, &row) in rows.iter().enumerate() {
            let is_new_cell = at == 0 || compare(rows[at - 1], row).is_ne();
            if is_new_cell {
                against.clusters.extend((0..n).map(|l| label(l, row as usize)));
            }
            let cell = against.clusters.len() / n - 1;
            for l in 0..n {
                if let Some(cluster) = against.clusters[cell * n + l] {
                    against.sizes[against.offsets[l] + cluster] += 1;
                }
            }
            match against.runs.last_mut().filter(|run| !is_new_cell && run.to - run.from < RUN) {
                Some(run) => run.to += 1,
                None => against.runs.push(Run { cell, from: at, to: at + 1 }),
            }
        }
        ctx.check()?;
        against.sorted = x.select_rows(&rows.iter().map(|&row| row as usize).collect::<Vec<_>>());
        ctx.check()?;
        Ok(against)
    }

    /// The silhouettes of `rows` in every labeling, one row after the other; NaN where it is noise. `neighbours` tells from a row's cluster
    /// size among those measured against how many of them are others. The order of all sums is fixed, so threads do not matter.
    fn values_of(
        &self,
        x: &Matrix,
        rows: &[u32],
        neighbours: impl Fn(usize, usize) -> usize + Sync,
        share: (f32, f32),
        ctx: &Ctx,
    ) -> Result<Vec<f64>, Stopped> {
        let blocks = Blocks::new(rows.len(), x.n_cols(), |i| x.row(rows[i] as usize));
        let n_sums = self.sizes.len();
        let runs_a_span = (NUMBERS / (x.n_cols().max(1) * RUN)).max(1);
        let mut values = Vec::with_capacity(rows.len() * self.labelings.len());
        for first in (0..blocks.len()).step_by(TEAMS * TEAM) {
            let last = blocks.len().min(first + TEAMS * TEAM);
            let mut sums = vec![[0.0; LANES]; (last - first) * n_sums];
            for span in self.runs.chunks(runs_a_span) {
                ctx.give_way()?;
                let teams = sums.par_chunks_mut((TEAM * n_sums).max(1)).enumerate();
                teams.try_for_each(|(team, sums)| self.add_distances(&blocks, first + team * TEAM, span, sums, ctx))?;
            }
            let some = first * LANES..rows.len().min(last * LANES);
            let of_row = |i: usize| {
                let (block, lane) = (i / LANES - first, i % LANES);
                self.values_of_row(&sums[block * n_sums..][..n_sums], lane, rows[i] as usize, &neighbours)
            };
            values.extend(some.flat_map(of_row));
            ctx.progress(STAGE, share.0 + (share.1 - share.0) * last as f32 / blocks.len() as f32);
        }
        Ok(values)
    }

    /// Adds the distances from the rows of a team to those of some runs to the sums of their clusters.
    fn add_distances(&self, blocks: &Blocks, first: usize, runs: &[Run], sums: &mut [[f64; LANES]], ctx: &Ctx) -> Result<(), Stopped> {
        let n = self.labelings.len();
        for run in runs {
            ctx.check()?;
            let clusters = &self.clusters[run.cell * n..][..n];
            for (block, sums) in sums.chunks_mut(self.sizes.len()).enumerate() {
                let distances = vectorised(
                    #[inline(always)]
                    || distances_to(blocks.block(first + block), &self.sorted, run.from, run.to, self.rounding),
                );
                for (&offset, cluster) in self.offsets.iter().zip(clusters) {
                    if let Some(cluster) = cluster {
                        sums[offset + cluster].iter_mut().zip(distances).for_each(|(sum, part)| *sum += part);
                    }
                }
            }
        }
        Ok(())
    }

    fn values_of_row<'b>(
        &'b self,
        sums: &'b [[f64; LANES]],
        lane: usize,
        row: usize,
        neighbours: &'b impl Fn(usize, usize) -> usize,
    ) -> impl Iterator<Item = f64> + 'b {
        self.labelings.iter().zip(self.offsets.windows(2)).map(move |(labels, bounds)| {
            let Some(own) = labels.get(row) else { return f64::NAN };
            let sizes = &self.sizes[bounds[0]..bounds[1]];
            if sizes.len() < 2 || labels.sizes()[own] == 1 {
                return 0.0;
            }
            let sum = |cluster: usize| sums[bounds[0] + cluster][lane];
            let within = sum(own) / neighbours(row, sizes[own]) as f64;
            let others = (0..sizes.len()).filter(|&other| other != own);
            let next = others.map(|other| sum(other) / sizes[other] as f64).fold(f64::INFINITY, f64::min);
            let larger = within.max(next);
            if larger == 0.0 { 0.0 } else { (next - within) / larger }
        })
    }
}

/// Added to a distance and taken away again, this rounds it to a multiple of a power of two so large that sums of as many distances as there are
/// rows are exact. Then the order of summing does not matter, which depends on the labelings that share a pass, and a labeling's silhouettes
/// are the same bytes whoever was measured with it. What is lost is about the number of rows times 1e-16 of the largest distance.
fn rounding(x: &Matrix) -> f64 {
    let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); x.n_cols()];
    for row in 0..x.n_rows() {
        for (range, &value) in ranges.iter_mut().zip(x.row(row)) {
            *range = (range.0.min(value), range.1.max(value));
        }
    }
    let widest = ranges.iter().map(|(low, high)| (high - low) * (high - low)).sum::<f64>().sqrt();
    let total = widest * x.n_rows() as f64;
    // 2^52 steps of the last place make the sum; half as much again keeps the exponent where it is.
    if total > 0.0 && total.is_finite() { 1.5 * total.log2().ceil().exp2() } else { 0.0 }
}

/// For every row of a block the sum of its distances to rows `from..to`.
#[inline(always)]
fn distances_to(block: &[[f64; LANES]], sorted: &Matrix, from: usize, to: usize, rounding: f64) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for row in from..to {
        let squared = squared_distances(block, sorted.row(row));
        for lane in 0..LANES {
            sums[lane] += (squared[lane].sqrt() + rounding) - rounding;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_whoever_is_measured_with_it() {
        let x = Matrix::from_rows(
            &(0..600).map(|i| [(i as f64 * 0.37).sin() * 3.1, (i % 7) as f64 / 3.0, (i as f64).sqrt()]).collect::<Vec<_>>(),
        )
        .unwrap();
        let labelings: Vec<Labels> = (2..9).map(|k| Labels::from_ids(&(0..600).map(|i| i * i % 11 % k).collect::<Vec<_>>())).collect();
        let all: Vec<&Labels> = labelings.iter().collect();
        let together = silhouettes(&x, &all, &Ctx::new()).unwrap();
        for (labels, together) in all.into_iter().zip(together) {
            let alone = silhouettes(&x, &[labels], &Ctx::new()).unwrap().remove(0);
            assert_eq!((alone.mean, &alone.by_cluster, &alone.per_row), (together.mean, &together.by_cluster, &together.per_row));
        }
    }

    #[test]
    fn by_hand() {
        // 0 and 1 against 4: for 0 a = 1, b = 4; for 1 a = 1, b = 3; a single row counts 0. The last row is noise.
        let x = Matrix::from_rows(&[[0.0], [1.0], [4.0], [99.0]]).unwrap();
        let labels = Labels::from_options(&[Some(0), Some(0), Some(1), None]);
        let one = Labels::from_ids(&[0, 0, 0, 0]);
        let found = silhouettes(&x, &[&labels, &one], &Ctx::new()).unwrap();
        assert!((found[0].mean.unwrap() - (0.75 + 2.0 / 3.0) / 3.0).abs() < 1e-15);
        assert_eq!(found[0].by_cluster.len(), 2);
        assert_eq!((found[0].per_row[0], found[0].per_row[2], found[0].per_row[3].is_nan()), (0.75, 0.0, true));
        assert_eq!((found[1].mean, found[1].exact, found[1].band), (None, true, None));
    }
}
