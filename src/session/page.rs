//! Which pages does the window have, and in which order?

use serde::{Deserialize, Serialize};

/// The pages, in the order of the work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// The table and its columns.
    #[default]
    Data,
    /// Which columns enter, and how.
    Prepare,
    /// Groups, with all plots.
    Segments,
    /// The cards.
    Personas,
    /// What customers do.
    Journeys,
    /// One card per slide.
    Present,
}

impl Page {
    /// All pages in order.
    pub const ALL: [Page; 6] = [Page::Data, Page::Prepare, Page::Segments, Page::Personas, Page::Journeys, Page::Present];

    /// The page's name.
    pub fn name(self) -> &'static str {
        match self {
            Page::Data => "Data",
            Page::Prepare => "Prepare",
            Page::Segments => "Segments",
            Page::Personas => "Personas",
            Page::Journeys => "Journeys",
            Page::Present => "Present",
        }
    }
}
