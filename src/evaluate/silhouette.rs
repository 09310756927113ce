//! Is every row nearer to its own cluster than to the next one?
//!
//! In: a matrix and any number of labelings. Out: for each labeling the silhouette of every row, every cluster and the whole.
//! O(n² p) for all labelings together, O(m n p) from a sample of m rows; memory O(n) for each labeling.
//!
//! Rousseeuw 1987, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis": s = (b - a) / max(a, b), 0 for a
//! cluster of one row. Noise is left out on both sides. All labelings share one pass over the pairs: rows with the same labels everywhere form
//! a cell, each row sums its distances cell by cell, and every labeling adds up its cells. The sampled rows are measured against all rows, so their
//! values are exact and only the mean over them is uncertain.

use rayon::prelude::*;

use crate::base::seed::{self, RngExt};
use crate::base::{Ctx, Labels, Matrix, Stopped};
use crate::cluster::lanes::{Blocks, LANES, squared_distances, vectorised};

/// How well one labeling separates.
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouettes {
    /// Mean over all rows that are no noise; none with fewer than two clusters.
    pub mean: Option<f64>,
    /// Each row's value; NaN for noise and for rows outside the sample.
    pub per_row: Vec<f32>,
    /// Mean of each cluster; 0 with fewer than two clusters.
    pub by_cluster: Vec<f64>,
    /// Whether all rows were measured.
    pub exact: bool,
    /// Where the exact mean lies with 95 % confidence; none when it is exact.
    pub band: Option<(f64, f64)>,
}

/// Rows a parallel piece measures between two looks at the stop flag, with as many others as keep it below a few milliseconds.
const PAIRS_BETWEEN_CHECKS: usize = 1 << 18;
/// A sample holds at least so many rows of every cluster, or all of them.
const LEAST_OF_CLUSTER: usize = 30;
const STAGE: &str = "Measuring silhouettes";

/// The exact silhouettes of all labelings in one pass over the pairs of rows.
pub fn silhouettes(x: &Matrix, labelings: &[&Labels], ctx: &Ctx) -> Result<Vec<Silhouettes>, Stopped> {
    let rows: Vec<u32> = (0..x.n_rows() as u32).collect();
    measure(x, labelings, &Sample { extra: vec![Vec::new(); labelings.len()], is_base: vec![true; rows.len()], rows }, ctx)
}

/// The silhouettes of about `sample_size` rows, with a 95 % band for the mean over all. Exact when the sample would be everything.
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
    ctx.check()?;
    let sample = stratified_sample(labelings, x.n_rows(), sample_size, seed);
    measure(x, labelings, &sample, ctx)
}

/// The rows that are measured.
struct Sample {
    /// Ascending.
    rows: Vec<u32>,
    /// For every row of the matrix whether it was drawn for all labelings alike.
    is_base: Vec<bool>,
    /// For each labeling the rows drawn on top, so that its small clusters are seen too. They count in this labeling only: a small cluster
    /// here is an odd corner of a large one there, and would weigh too much in it.
    extra: Vec<Vec<u32>>,
}

/// Rows at even steps through the cells, so that every cluster of every labeling gets its share; small clusters are filled up.
fn stratified_sample(labelings: &[&Labels], n_rows: usize, sample_size: usize, seed: u64) -> Sample {
    let mut random = seed::random(seed, 0);
    let mut shuffled: Vec<u32> = (0..n_rows as u32).collect();
    for i in (1..n_rows).rev() {
        shuffled.swap(i, random.random_range(0..=i));
    }
    let mut by_cell = shuffled.clone();
    // Stable, so rows of one cell stay shuffled.
    by_cell.sort_by(|&a, &b| compare_labels(labelings, a, b));
    let step = n_rows as f64 / sample_size.max(1) as f64;
    let start = random.random::<f64>() * step;
    let mut is_base = vec![false; n_rows];
    for i in 0..sample_size {
        is_base[by_cell[((start + i as f64 * step) as usize).min(n_rows - 1)] as usize] = true;
    }
    let mut taken = is_base.clone();
    let extra: Vec<Vec<u32>> = labelings
        .iter()
        .map(|labels| {
            let mut of_cluster = vec![0; labels.n_clusters()];
            let base = (0..n_rows).filter(|&row| is_base[row]);
            base.filter_map(|row| labels.get(row)).for_each(|cluster| of_cluster[cluster] += 1);
            let mut extra = Vec::new();
            for &row in shuffled.iter().filter(|&&row| !is_base[row as usize]) {
                if let Some(cluster) = labels.get(row as usize).filter(|&cluster| of_cluster[cluster] < LEAST_OF_CLUSTER) {
                    of_cluster[cluster] += 1;
                    taken[row as usize] = true;
                    extra.push(row);
                }
            }
            extra.sort_unstable();
            extra
        })
        .collect();
    Sample { rows: (0..n_rows as u32).filter(|&row| taken[row as usize]).collect(), is_base, extra }
}

fn compare_labels(labelings: &[&Labels], a: u32, b: u32) -> std::cmp::Ordering {
    let differ = labelings.iter().map(|labels| labels.get(a as usize).cmp(&labels.get(b as usize)));
    differ.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

/// Rows sorted into cells: rows of one cell have the same label in every labeling.
struct Cells {
    rows: Vec<u32>,
    /// Where each cell starts in `rows`, and where the last ends.
    starts: Vec<usize>,
    /// The cluster of cell c in labeling l, at c * labelings + l.
    clusters: Vec<Option<u32>>,
}

impl Cells {
    fn new(labelings: &[&Labels], n_rows: usize) -> Cells {
        // Rows that are noise everywhere are nobody's neighbours.
        let mut rows: Vec<u32> =
            (0..n_rows as u32).filter(|&row| labelings.iter().any(|labels| labels.get(row as usize).is_some())).collect();
        rows.par_sort_unstable_by(|&a, &b| compare_labels(labelings, a, b).then(a.cmp(&b)));
        let starts_cell = |at: &usize| *at == 0 || compare_labels(labelings, rows[at - 1], rows[*at]).is_ne();
        let mut starts: Vec<usize> = (0..rows.len()).filter(starts_cell).collect();
        let of = |row: u32| labelings.iter().map(move |labels| labels.get(row as usize).map(|cluster| cluster as u32));
        let clusters = starts.iter().flat_map(|&at| of(rows[at])).collect();
        starts.push(rows.len());
        Cells { rows, starts, clusters }
    }
}

/// Measures the rows in `sample` against all rows.
fn measure(x: &Matrix, labelings: &[&Labels], sample: &Sample, ctx: &Ctx) -> Result<Vec<Silhouettes>, Stopped> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let cells = Cells::new(labelings, x.n_rows());
    ctx.check()?;
    let sorted = x.select_rows(&cells.rows.iter().map(|&row| row as usize).collect::<Vec<_>>());
    // One vector of clusters for each labeling behind the other: where each begins.
    let offsets: Vec<usize> = labelings
        .iter()
        .scan(0, |next, labels| {
            let offset = *next;
            *next += labels.n_clusters();
            Some(offset)
        })
        .collect();
    let n_sums = labelings.iter().map(|labels| labels.n_clusters()).sum();
    let work = Work { labelings, cells: &cells, sorted: &sorted, offsets: &offsets, n_sums };
    let rows = &sample.rows;
    let exact = rows.len() == x.n_rows();
    let blocks = Blocks::new(rows.len(), x.n_cols(), |i| x.row(rows[i] as usize));
    let done = std::sync::atomic::AtomicUsize::new(0);
    let values: Vec<Vec<f64>> = (0..blocks.len())
        .into_par_iter()
        .map(|b| {
            let sums = work.distance_sums(blocks.block(b), ctx)?;
            let rows = &rows[b * LANES..rows.len().min((b + 1) * LANES)];
            let finished = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            if finished.is_multiple_of(16) {
                ctx.progress(STAGE, finished as f32 / blocks.len() as f32);
            }
            Ok(rows.iter().enumerate().flat_map(|(lane, &row)| work.values_of(&sums, lane, row as usize)).collect())
        })
        .collect::<Result<_, Stopped>>()?;
    let values: Vec<f64> = values.concat();
    let of_labeling = |l: usize| {
        let counts = move |row: u32| exact || sample.is_base[row as usize] || sample.extra[l].binary_search(&row).is_ok();
        let measured = rows.iter().enumerate().map(move |(i, &row)| (row, i * labelings.len() + l));
        measured.filter(move |&(row, _)| counts(row))
    };
    let values = &values;
    Ok((0..labelings.len())
        .map(|l| summary(labelings[l], x.n_rows(), of_labeling(l).map(|(row, at)| (row as usize, values[at])), exact))
        .collect())
}

/// What all blocks share.
struct Work<'a> {
    labelings: &'a [&'a Labels],
    cells: &'a Cells,
    sorted: &'a Matrix,
    offsets: &'a [usize],
    n_sums: usize,
}

impl Work<'_> {
    /// For every cluster of every labeling the sums of distances from the rows of one block.
    fn distance_sums(&self, block: &[[f64; LANES]], ctx: &Ctx) -> Result<Vec<[f64; LANES]>, Stopped> {
        let mut sums = vec![[0.0; LANES]; self.n_sums];
        let mut since_check = usize::MAX / 2;
        for (cell, bounds) in self.cells.starts.windows(2).enumerate() {
            let mut cell_sums = [0.0; LANES];
            for from in (bounds[0]..bounds[1]).step_by(PAIRS_BETWEEN_CHECKS / LANES) {
                let to = bounds[1].min(from + PAIRS_BETWEEN_CHECKS / LANES);
                since_check += (to - from) * LANES;
                if since_check >= PAIRS_BETWEEN_CHECKS {
                    ctx.check()?;
                    since_check = 0;
                }
                vectorised(|| add_distances(&mut cell_sums, block, self.sorted, from, to));
            }
            let clusters = &self.cells.clusters[cell * self.labelings.len()..][..self.labelings.len()];
            for (&offset, cluster) in self.offsets.iter().zip(clusters) {
                if let Some(cluster) = cluster {
                    let sum = &mut sums[offset + *cluster as usize];
                    sum.iter_mut().zip(cell_sums).for_each(|(sum, part)| *sum += part);
                }
            }
        }
        Ok(sums)
    }

    /// The silhouette of one row in every labeling; NaN where it is noise.
    fn values_of(&self, sums: &[[f64; LANES]], lane: usize, row: usize) -> impl Iterator<Item = f64> {
        self.labelings.iter().zip(self.offsets).map(move |(labels, &offset)| {
            let Some(own) = labels.get(row) else { return f64::NAN };
            let sizes = labels.sizes();
            if sizes.len() < 2 || sizes[own] == 1 {
                return 0.0;
            }
            let within = sums[offset + own][lane] / (sizes[own] - 1) as f64;
            let others = (0..sizes.len()).filter(|&other| other != own);
            let next = others.map(|other| sums[offset + other][lane] / sizes[other] as f64).fold(f64::INFINITY, f64::min);
            let larger = within.max(next);
            if larger == 0.0 { 0.0 } else { (next - within) / larger }
        })
    }
}

#[inline(always)]
fn add_distances(sums: &mut [f64; LANES], block: &[[f64; LANES]], sorted: &Matrix, from: usize, to: usize) {
    let mut local = *sums;
    for row in from..to {
        let squared = squared_distances(block, sorted.row(row));
        for lane in 0..LANES {
            local[lane] += squared[lane].sqrt();
        }
    }
    *sums = local;
}

/// Means of the clusters, weighted by their sizes to the mean of all. The band treats clusters as strata (Cochran 1977, "Sampling techniques").
fn summary(labels: &Labels, n_rows: usize, values: impl Iterator<Item = (usize, f64)>, exact: bool) -> Silhouettes {
    let n_clusters = labels.n_clusters();
    let mut per_row = vec![f32::NAN; n_rows];
    // Count, sum and sum of squares of each cluster.
    let mut moments = vec![(0.0f64, 0.0f64, 0.0f64); n_clusters];
    for (row, value) in values {
        per_row[row] = value as f32;
        if let Some(cluster) = labels.get(row) {
            let (count, sum, squares) = &mut moments[cluster];
            *count += 1.0;
            *sum += value;
            *squares += value * value;
        }
    }
    let by_cluster: Vec<f64> = moments.iter().map(|&(count, sum, _)| if count > 0.0 { sum / count } else { 0.0 }).collect();
    if n_clusters < 2 {
        return Silhouettes { mean: None, per_row, by_cluster, exact, band: None };
    }
    let clustered = labels.sizes().iter().sum::<usize>() as f64;
    let share = |cluster: usize| labels.sizes()[cluster] as f64 / clustered;
    let mean: f64 = (0..n_clusters).map(|cluster| share(cluster) * by_cluster[cluster]).sum();
    let variance: f64 = (0..n_clusters)
        .map(|cluster| {
            let (count, _, squares) = moments[cluster];
            if count < 2.0 {
                return 0.0;
            }
            let spread = ((squares - count * by_cluster[cluster] * by_cluster[cluster]) / (count - 1.0)).max(0.0);
            let unseen = 1.0 - count / labels.sizes()[cluster] as f64;
            share(cluster) * share(cluster) * spread / count * unseen
        })
        .sum();
    let margin = 1.959_963_984_540_054 * variance.sqrt();
    let band = (!exact).then_some(((mean - margin).max(-1.0), (mean + margin).min(1.0)));
    Silhouettes { mean: Some(mean), per_row, by_cluster, exact, band }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_sample_holds_rows_of_every_cluster() {
        let ids: Vec<usize> = (0..5000).map(|row| usize::from(row % 100 == 0) + usize::from(row % 500 == 7) * 2).collect();
        let labels = Labels::from_ids(&ids);
        let sample = stratified_sample(&[&labels], ids.len(), 400, 3);
        let mut counts = vec![0; labels.n_clusters()];
        sample.rows.iter().for_each(|&row| counts[labels.get(row as usize).unwrap()] += 1);
        assert!(counts.iter().zip(labels.sizes()).all(|(&count, &size)| count >= size.min(LEAST_OF_CLUSTER)), "{counts:?}");
        assert!(sample.rows.len() < 470);
    }
}
