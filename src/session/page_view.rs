//! What can be seen, page by page? Pages with several views carry the one that was seen last.
//!
//! The one list of them: switches, palette and what the engine is asked for follow from it. A view stands here once it works.

use super::cards_look::CardsView;
use super::journeys_look::JourneysView;
use super::page::Page;
use super::segments_look::SegmentsView;
use super::sources_look::DataView;

/// A page, and which of its views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageView {
    /// The table and what it is made from.
    Data(DataView),
    /// Which columns enter, and how.
    Prepare,
    /// Groups, with all plots, who fits none of them, and whether they hold.
    Segments(SegmentsView),
    /// The cards.
    Personas(CardsView),
    /// What customers do.
    Journeys(JourneysView),
    /// One card per slide.
    Present,
}

impl PageView {
    /// The page it is a view of.
    pub const fn page(self) -> Page {
        match self {
            PageView::Data(_) => Page::Data,
            PageView::Prepare => Page::Prepare,
            PageView::Segments(_) => Page::Segments,
            PageView::Personas(_) => Page::Personas,
            PageView::Journeys(_) => Page::Journeys,
            PageView::Present => Page::Present,
        }
    }

    /// What the palette calls it: "Data: RFM".
    pub const fn label(self) -> &'static str {
        match self {
            PageView::Data(DataView::Sources) => "Data: Sources",
            PageView::Data(DataView::Recipe) => "Data: Columns",
            PageView::Data(DataView::Table) => "Data: Customers",
            PageView::Data(DataView::Rfm) => "Data: RFM",
            PageView::Data(DataView::Health) => "Data: Health",
            PageView::Personas(CardsView::Cards) => "Personas: Cards",
            PageView::Personas(CardsView::Compare) => "Personas: Compare",
            PageView::Personas(CardsView::Overview) => "Personas: Overview",
            PageView::Prepare => "Prepare",
            PageView::Segments(SegmentsView::Explore) => "Segments: Explore",
            PageView::Segments(SegmentsView::Niches) => "Segments: Niches",
            PageView::Segments(SegmentsView::Validate) => "Segments: Validate",
            PageView::Segments(SegmentsView::Live) => "Segments: Live",
            PageView::Journeys(JourneysView::Paths) => "Journeys: Paths",
            PageView::Journeys(JourneysView::Funnel) => "Journeys: Funnel",
            PageView::Journeys(JourneysView::Return) => "Journeys: Return",
            PageView::Journeys(JourneysView::Rhythm) => "Journeys: Rhythm",
            PageView::Journeys(JourneysView::Differences) => "Journeys: Differences",
            PageView::Journeys(JourneysView::Timelines) => "Journeys: Timelines",
            PageView::Journeys(JourneysView::Triggers) => "Journeys: Triggers",
            PageView::Present => "Present",
        }
    }

    /// The name on the page's switch: "RFM".
    pub fn name(self) -> &'static str {
        let label = self.label();
        label.split_once(": ").map_or(label, |(_, name)| name)
    }

    /// What it shows, in one sentence.
    pub const fn explanation(self) -> &'static str {
        match self {
            PageView::Data(DataView::Sources) => "The files, what each of them holds, and how they join.",
            PageView::Data(DataView::Recipe) => "How every column of the customer table comes to be.",
            PageView::Data(DataView::Table) => "The customer table itself.",
            PageView::Data(DataView::Rfm) => "Scores by recency, frequency and monetary value.",
            PageView::Data(DataView::Health) => "What is wrong with the data, and what is done about it.",
            PageView::Personas(CardsView::Cards) => "One card per persona.",
            PageView::Personas(CardsView::Compare) => "The personas side by side, and what drives the grouping.",
            PageView::Personas(CardsView::Overview) => "Everyone on one sheet.",
            PageView::Prepare => "Which columns are used, and how.",
            PageView::Segments(SegmentsView::Explore) => "The groups, with all plots.",
            PageView::Segments(SegmentsView::Niches) => "Who fits none of the groups, why, and how many would by chance.",
            PageView::Segments(SegmentsView::Validate) => "Whether the personas come back, stay over time and foretell what customers do.",
            PageView::Segments(SegmentsView::Live) => "How the segments move as orders and events come in.",
            PageView::Journeys(JourneysView::Paths) => "The ways customers take, step by step.",
            PageView::Journeys(JourneysView::Funnel) => "How far customers get in a chain of steps, and where the others go.",
            PageView::Journeys(JourneysView::Return) => "How long customers stay away until the next purchase.",
            PageView::Journeys(JourneysView::Rhythm) => "At which hours and on which days customers are active.",
            PageView::Journeys(JourneysView::Differences) => "What a persona does more than everyone else, and its typical visit.",
            PageView::Journeys(JourneysView::Timelines) => {
                "What individual customers did and when: one line per customer, in random order."
            }
            PageView::Journeys(JourneysView::Triggers) => "What a rule would have set off, tried on the past before it is switched on.",
            PageView::Present => "One card per slide.",
        }
    }

    /// What it needs before it can show anything, where a table of one file lacks it; `is_listing` says that the file lists what customers did.
    pub fn needs_sources(self, is_listing: bool) -> Option<&'static str> {
        match self {
            PageView::Data(DataView::Table) => None,
            PageView::Data(_) if is_listing => {
                Some("This file lists what customers did. Press Build a customer table above its rows, and this view is there.")
            }
            PageView::Data(DataView::Rfm) => {
                Some("RFM needs orders: add a source that lists them (Ctrl+Shift+O), and a customer table is built from it.")
            }
            PageView::Data(_) => {
                Some("This file is the customer table itself. Add a source (Ctrl+Shift+O), and the table is built from several files.")
            }
            _ => None,
        }
    }
}

impl From<Page> for PageView {
    /// The first view of the page.
    fn from(page: Page) -> PageView {
        match page {
            Page::Data => PageView::Data(DataView::default()),
            Page::Prepare => PageView::Prepare,
            Page::Segments => PageView::Segments(SegmentsView::default()),
            Page::Personas => PageView::Personas(CardsView::default()),
            Page::Journeys => PageView::Journeys(JourneysView::default()),
            Page::Present => PageView::Present,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_orders_is_not_called_a_customer_table() {
        let health = PageView::Data(DataView::Health);
        assert!(health.needs_sources(false).is_some_and(|told| told.contains("is the customer table itself")));
        for view in [health, PageView::Data(DataView::Rfm)] {
            assert!(view.needs_sources(true).is_some_and(|told| told.contains("Build a customer table")));
        }
        assert_eq!(PageView::Data(DataView::Table).needs_sources(true), None);
    }
}
