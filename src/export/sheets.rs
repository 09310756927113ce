//! Which topics have a page, and in which order? One list for pages, slides, texts and JSON.

use super::holds_sheet::holds_sheet;
use super::journeys_sheets::journeys_sheets;
use super::niche_sheet::niche_sheets;
use super::outcome_sheet::outcome_sheets;
use super::report::Report;
use super::sheet::TopicSheet;

/// Every page about a topic.
pub(super) fn sheets(report: &Report) -> Vec<TopicSheet> {
    let of_segments = niche_sheets(report).into_iter().chain(outcome_sheets(report));
    of_segments.chain(journeys_sheets(report)).chain(holds_sheet(report)).collect()
}
