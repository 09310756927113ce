//! Which rows speak for all of them, and how far may their mean be off?
//!
//! In: labelings, and the silhouettes of some rows. Out: a sample in which every cluster of every labeling has its share; means with a band.
//! O(n log n) for each.

use std::sync::Arc;

use super::silhouette_values::Silhouettes;
use crate::base::Labels;
use crate::base::seed::{self, RngExt};
use crate::base::stats::Z_95;

/// A sample holds at least so many rows of every cluster, or all of them.
const LEAST_OF_CLUSTER: usize = 30;

/// The rows that are measured.
pub(super) struct Sample {
    /// Ascending.
    pub rows: Vec<u32>,
    /// For every row of the matrix whether it was drawn for all labelings alike.
    pub is_base: Vec<bool>,
    /// For each labeling the rows drawn on top, so that its small clusters are seen too. They count in this labeling only: a small cluster
    /// here is an odd corner of a large one there, and would weigh too much in it.
    pub extra: Vec<Vec<u32>>,
}

/// Rows at even steps through the cells, so that every cluster of every labeling gets its share; small clusters are filled up.
pub(super) fn stratified_sample(labelings: &[&Labels], n_rows: usize, sample_size: usize, seed: u64) -> Sample {
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

/// Means of the clusters, weighted by their sizes to the mean of all. The band treats clusters as strata (Cochran 1977, "Sampling techniques").
pub(super) fn summary(labels: &Labels, values: impl Iterator<Item = (usize, f64)>, per_row: Vec<f32>, measured: Arc<[u32]>) -> Silhouettes {
    let exact = measured.is_empty();
    let n_clusters = labels.n_clusters();
    // Count, sum and sum of squares of each cluster.
    let mut moments = vec![(0.0f64, 0.0f64, 0.0f64); n_clusters];
    for (row, value) in values {
        if let Some(cluster) = labels.get(row) {
            let (count, sum, squares) = &mut moments[cluster];
            *count += 1.0;
            *sum += value;
            *squares += value * value;
        }
    }
    let by_cluster: Vec<f64> = moments.iter().map(|&(count, sum, _)| if count > 0.0 { sum / count } else { 0.0 }).collect();
    if n_clusters < 2 {
        return Silhouettes { mean: None, per_row, by_cluster, exact, band: None, measured };
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
    let margin = Z_95 * variance.sqrt();
    let band = (!exact).then_some(((mean - margin).max(-1.0), (mean + margin).min(1.0)));
    Silhouettes { mean: Some(mean), per_row, by_cluster, exact, band, measured }
}

#[cfg(test)]
mod tests {
    use super::*;

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
