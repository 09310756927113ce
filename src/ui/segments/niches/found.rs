//! Is what was found complete, and which rows of the table is it?

use crate::evaluate::unusual::{USUAL_COPIES, Unusual};
use crate::session::NicheOptions;

use super::super::view::View;

/// Whether the last round is there: no number will change by itself any more.
pub(super) fn is_settled(unusual: &Unusual, options: &NicheOptions) -> bool {
    unusual.n_trees >= options.trees && unusual.n_copies >= USUAL_COPIES
}

/// The rows of the table of those above the line.
pub(super) fn table_rows(view: &View, unusual: &Unusual, options: &NicheOptions) -> Vec<usize> {
    let Some(segmentation) = view.answers.segmentation.ready() else { return Vec::new() };
    let rows = unusual.rows(options.score, options.line).iter();
    rows.filter_map(|&row| segmentation.prepared.table_rows.get(row as usize).copied()).collect()
}
