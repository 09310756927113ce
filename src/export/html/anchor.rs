//! What are cards and rows of evidence called within the page, so that words can link to them?

/// The anchor of an evidence row.
pub(super) fn evidence_id(cluster: usize, row: usize) -> String {
    format!("e{}-{}", cluster + 1, row + 1)
}

/// The anchor of a card.
pub(super) fn card_id(cluster: usize) -> String {
    format!("p{}", cluster + 1)
}
