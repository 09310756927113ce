//! What does every part of the Segments page look at? The answers, and what is pointed at or selected.

use crate::engine::Answers;
use crate::session::{Against, KeptSelection, Selection};

/// A customer who wears a ring in the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ringed {
    /// Its row of the table.
    pub(super) table_row: usize,
    /// Its place on the map's axes.
    pub(super) at: [f64; 2],
    /// How large the ring is, 0 to 1.
    pub(super) size: f32,
}

/// What the parts of the page look at.
pub(super) struct View<'a> {
    pub(super) answers: &'a Answers,
    /// What the plan compares the segments with.
    pub(super) against: Option<&'a Against>,
    /// What the user kept.
    pub(super) kept: &'a [KeptSelection],
    /// The customers who wear a ring in the map.
    pub(super) rings: &'a [Ringed],
    /// A line around each segment in the map, by cluster.
    pub(super) outlines: &'a [Vec<[f64; 2]>],
    /// The segment to emphasise: under the pointer a frame ago, or selected.
    pub(super) focus: Option<Selection>,
    /// The number of segments under the pointer a frame ago, in whichever curve.
    pub(super) pointed_k: Option<usize>,
}

impl View<'_> {
    /// Whether the segments are compared with a column, and not with another solution.
    pub(super) fn is_against_column(&self) -> bool {
        matches!(self.against, Some(Against::Column(_)))
    }
}
