//! Whose customer is each, those in no group included?
//!
//! In: a matrix, labels, which columns of the matrix are one column of the table. Out: for every row a group of some size to measure it against. O(n p).
//!
//! Rows in no group, and those of groups too small to say what is usual there, go with the nearest larger group, by its centre: nobody is left out, and a customer who is
//! a group of one cannot be usual by being alone. Where no group is large enough, all rows are one.

use std::ops::Range;

use crate::base::distance::squared_euclidean;
use crate::base::{Labels, Matrix};

use super::UnusualError;

/// The columns of a matrix that one column of the table has become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpan {
    /// The column's name in the table.
    pub name: String,
    /// Its columns in the matrix.
    pub columns: Range<usize>,
    /// Whether it is a category, each of whose levels is its own combination of values; otherwise every column of the span is a number.
    pub is_category: bool,
}

/// The group every row is measured against.
#[derive(Debug, Clone, PartialEq)]
pub struct Peers {
    /// The group of every row: the place of a label among those that are large enough.
    pub of_row: Vec<u32>,
    /// Whether the row has that label itself, and does not just stand nearest to it.
    pub is_member: Vec<bool>,
    /// For each group the label it has; none where all rows are one.
    pub labels: Vec<Option<u32>>,
}

impl Peers {
    /// Groups of at least `least` members; others go with the nearest of these. Fails with `OtherShape` when the labels are of other rows, and with
    /// `TooFewRows` when there are none.
    pub fn of(x: &Matrix, labels: &Labels, least: usize) -> Result<Peers, UnusualError> {
        let n = x.n_rows();
        if labels.n_rows() != n {
            return Err(UnusualError::OtherShape { found: labels.n_rows(), expected: n });
        }
        if n == 0 {
            return Err(UnusualError::TooFewRows { rows: 0 });
        }
        // Labels are by size, so the large ones come first.
        let n_large = labels.sizes().iter().take_while(|&&size| size >= least.max(1)).count();
        if n_large == 0 {
            return Ok(Peers { of_row: vec![0; n], is_member: vec![labels.n_clusters() <= 1; n], labels: vec![None] });
        }
        let mut centres = vec![0.0; n_large * x.n_cols()];
        for row in 0..n {
            if let Some(label) = labels.get(row).filter(|&label| label < n_large) {
                let centre = &mut centres[label * x.n_cols()..][..x.n_cols()];
                centre.iter_mut().zip(x.row(row)).for_each(|(sum, value)| *sum += value);
            }
        }
        for (centre, &size) in centres.chunks_exact_mut(x.n_cols().max(1)).zip(labels.sizes()) {
            centre.iter_mut().for_each(|sum| *sum /= size as f64);
        }
        let nearest = |row: usize| {
            let distance = |label: usize| squared_euclidean(x.row(row), &centres[label * x.n_cols()..][..x.n_cols()]);
            (0..n_large).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
        };
        let own = |row: usize| labels.get(row).filter(|&label| label < n_large);
        let of_row = (0..n).map(|row| own(row).unwrap_or_else(|| nearest(row)) as u32).collect();
        let is_member = (0..n).map(|row| own(row).is_some()).collect();
        Ok(Peers { of_row, is_member, labels: (0..n_large as u32).map(Some).collect() })
    }

    /// Number of groups.
    pub fn n_groups(&self) -> usize {
        self.labels.len()
    }

    /// The rows of each group, ascending. O(n).
    pub fn rows(&self, and_guests: bool) -> Vec<Vec<u32>> {
        let mut rows = vec![Vec::new(); self.n_groups()];
        for (row, &group) in self.of_row.iter().enumerate() {
            if and_guests || self.is_member[row] {
                rows[group as usize].push(row as u32);
            }
        }
        rows
    }
}

/// Fails with `OtherShape` unless the spans cover columns of the matrix only.
pub(super) fn check_spans(x: &Matrix, spans: &[ColumnSpan]) -> Result<(), UnusualError> {
    match spans.iter().map(|span| span.columns.end).max() {
        Some(end) if end > x.n_cols() => Err(UnusualError::OtherShape { found: x.n_cols(), expected: end }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_no_group_goes_with_the_nearest_large_one() {
        let x = Matrix::new(vec![0.0, 1.0, 2.0, 10.0, 11.0, 12.0, 7.0, 100.0], 8, 1).unwrap();
        let ids = [Some(0), Some(0), Some(0), Some(1), Some(1), Some(1), None, Some(2)];
        let labels = Labels::from_options(&ids);
        let peers = Peers::of(&x, &labels, 2).unwrap();
        assert_eq!(peers.of_row, [0, 0, 0, 1, 1, 1, 1, 1]);
        assert_eq!(peers.is_member, [true, true, true, true, true, true, false, false]);
        assert_eq!(peers.rows(true)[1], [3, 4, 5, 6, 7]);
        assert_eq!(peers.rows(false)[1], [3, 4, 5]);
        assert_eq!(Peers::of(&x, &labels, 5).unwrap().labels, [None]);
        assert!(matches!(Peers::of(&x, &Labels::from_ids(&[0]), 2), Err(UnusualError::OtherShape { found: 1, expected: 8 })));
    }
}
