//! How well does one labeling separate: the silhouettes of its rows, its clusters and the whole, and how exact are they?

use std::sync::Arc;

/// How well one labeling separates.
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouettes {
    /// Mean over all rows that are no noise; none with fewer than two clusters.
    pub mean: Option<f64>,
    /// Each row's value; NaN for noise. Those outside of a sample are estimates.
    pub per_row: Vec<f32>,
    /// Mean of each cluster; 0 with fewer than two clusters.
    pub by_cluster: Vec<f64>,
    /// Whether all rows were measured.
    pub exact: bool,
    /// Where the exact mean lies with 95 % confidence; none when it is exact.
    pub band: Option<(f64, f64)>,
    /// The rows of a sample, ascending, whose values are no estimates; empty when `exact`.
    pub measured: Arc<[u32]>,
}

impl Silhouettes {
    /// Whether the value of `row` is its own and no estimate.
    pub fn is_exact_at(&self, row: usize) -> bool {
        self.exact || self.measured.binary_search(&(row as u32)).is_ok()
    }
}
