//! Where does an encoded row lie on the components that the clustering sees?
//!
//! In: the means and weights that were found once. Out: a row's place on each of them. O(p k) per row, summed in the order of the columns, so that a row
//! has the same bits whenever it is placed.

use serde::{Deserialize, Serialize};

/// The components that encoded columns are turned to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// Mean of every encoded column, subtracted first; p values.
    pub means: Vec<f64>,
    /// Weight of component c on encoded column j at `[c][j]`; k x p.
    pub weights: Vec<Vec<f64>>,
}

impl Projection {
    /// Whether it is of `width` encoded columns and all its numbers are finite.
    pub(super) fn is_sound(&self, width: usize) -> bool {
        let is_row = |row: &Vec<f64>| row.len() == width && row.iter().all(|value| value.is_finite());
        !self.weights.is_empty() && is_row(&self.means) && self.weights.iter().all(is_row)
    }

    /// The place of an encoded row on the first two components.
    pub fn place(&self, row: &[f64]) -> [f64; 2] {
        let on = |weights: &Vec<f64>| row.iter().zip(&self.means).zip(weights).map(|((value, mean), weight)| (value - mean) * weight).sum();
        [0, 1].map(|component| self.weights.get(component).map_or(0.0, on))
    }

    /// Writes the place of an encoded row into `out`. `centred` is scratch space of p values.
    #[inline]
    pub(super) fn turn(&self, row: &[f64], centred: &mut [f64], out: &mut [f64]) {
        centre(row, &self.means, centred);
        out.iter_mut().zip(&self.weights).for_each(|(out, weights)| *out = score(centred, weights));
    }
}

/// The row less the means.
#[inline]
pub(super) fn centre(row: &[f64], means: &[f64], centred: &mut [f64]) {
    centred.iter_mut().zip(row).zip(means).for_each(|((c, v), mean)| *c = v - mean);
}

/// The place of a centred row on one component.
#[inline]
pub(super) fn score(centred: &[f64], weights: &[f64]) -> f64 {
    centred.iter().zip(weights).map(|(v, w)| v * w).sum()
}
