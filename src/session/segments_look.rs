//! What is looked at on the Segments page: which view. Nothing is computed from it.

use serde::{Deserialize, Serialize};

/// The views of the Segments page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentsView {
    /// The groups, with all plots.
    #[default]
    Explore,
    /// Who fits none of them.
    Niches,
    /// Whether the personas come back, stay and foretell.
    Validate,
    /// How they move while customers go on.
    Live,
}

impl SegmentsView {
    /// The views there are, in the order they are offered.
    pub const ALL: &'static [SegmentsView] = &[SegmentsView::Explore, SegmentsView::Niches, SegmentsView::Validate, SegmentsView::Live];
}
