//! The silhouette plot: each segment's values from large to small, thinned to what can be drawn.
//!
//! In: labels and the silhouettes of the same rows. Out: one block per cluster. O(n log n).

use crate::base::Labels;
use crate::base::stats::mean;
use crate::evaluate::Silhouettes;

use super::views::{SilhouetteBars, SilhouettePlot};

/// Values kept per cluster.
const MAX_VALUES: usize = 400;

/// Sorts the silhouettes of every cluster. Rows without one (noise) are NaN there and are skipped.
pub fn silhouette(labels: &Labels, silhouettes: &Silhouettes) -> SilhouettePlot {
    let mut values: Vec<Vec<f32>> = labels.sizes().iter().map(|&size| Vec::with_capacity(size)).collect();
    for (label, &value) in labels.iter().zip(&silhouettes.per_row) {
        if let Some(cluster) = label
            && value.is_finite()
        {
            values[cluster].push(value);
        }
    }
    let clusters = values.into_iter().enumerate().map(|(cluster, mut values)| {
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        let below_zero = values.iter().filter(|&&v| v < 0.0).count() as f64 / values.len().max(1) as f64;
        let known_mean = silhouettes.by_cluster.get(cluster).copied().filter(|mean| mean.is_finite());
        SilhouetteBars {
            size: labels.sizes()[cluster],
            mean: known_mean.unwrap_or_else(|| mean(&values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>())),
            below_zero,
            values: evenly(values),
        }
    });
    SilhouettePlot {
        stamp: None,
        mean: silhouettes.mean,
        numbers: labels.numbers().to_vec(),
        clusters: clusters.collect(),
        exact: silhouettes.exact,
        band: silhouettes.band,
        sampled: (!silhouettes.exact).then_some((silhouettes.measured.len(), labels.n_rows())),
    }
}

/// At most [`MAX_VALUES`] values with equal gaps, both ends among them.
fn evenly(values: Vec<f32>) -> Vec<f32> {
    if values.len() <= MAX_VALUES {
        return values;
    }
    let last = values.len() - 1;
    (0..MAX_VALUES).map(|at| values[at * last / (MAX_VALUES - 1)]).collect()
}
