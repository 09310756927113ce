//! Where is a customer placed who was there when the segments were made? Where they are: a rule that only approximates a method has its exceptions kept.
//!
//! In: the rows a rule places elsewhere than the method did, with their clusters. Out: those clusters again, for rows that are the same to the last bit.
//! A cut of a tree looks at pairs of rows and merges are never taken back, so no rule that looks at one row repeats it; nor does any say how k-means broke
//! a tie. O(1) per row; memory as the exceptions kept.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::base::{Labels, Matrix};

/// Rows that a rule would place elsewhere, and where they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// The cluster of every row; none is noise.
    pub clusters: Vec<Option<u32>>,
    /// The rows, each once.
    pub rows: Matrix,
}

impl Remembered {
    /// The rows of `x` whose `labels` are not what a rule made of them. Of equal rows in several clusters the first counts.
    pub fn new(x: &Matrix, labels: &Labels, placed: &[Option<usize>]) -> Remembered {
        let mut seen: FxHashMap<Vec<u64>, ()> = FxHashMap::default();
        let elsewhere = (0..x.n_rows()).filter(|&row| labels.get(row) != placed[row] && seen.insert(bits(x.row(row)), ()).is_none());
        let rows: Vec<usize> = elsewhere.collect();
        if rows.is_empty() {
            return Remembered::default();
        }
        Remembered { clusters: rows.iter().map(|&row| labels.get(row).map(|cluster| cluster as u32)).collect(), rows: x.select_rows(&rows) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.clusters.is_empty()
    }

    /// Puts rows that are remembered where they were.
    pub fn put_back(&self, x: &Matrix, placed: &mut [Option<usize>]) {
        if self.is_empty() {
            return;
        }
        let of: FxHashMap<Vec<u64>, Option<u32>> =
            (0..self.rows.n_rows()).map(|row| (bits(self.rows.row(row)), self.clusters[row])).collect();
        let mut key = Vec::new();
        for (row, place) in placed.iter_mut().enumerate() {
            key.clear();
            key.extend(x.row(row).iter().map(|value| value.to_bits()));
            if let Some(&cluster) = of.get(&key) {
                *place = cluster.map(|cluster| cluster as usize);
            }
        }
    }

    /// Whether its parts fit together and to a rule for rows of `n_cols` values that knows `n_clusters`.
    pub fn is_sound(&self, n_cols: usize, n_clusters: usize) -> bool {
        self.is_empty()
            || (self.clusters.len() == self.rows.n_rows()
                && self.rows.n_cols() == n_cols
                && self.clusters.iter().flatten().all(|&cluster| (cluster as usize) < n_clusters))
    }
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|value| value.to_bits()).collect()
}
