//! What is looked at: page, axes, hover, selection, drafts. Free to change; nothing is computed from it but what is drawn.

use serde::{Deserialize, Serialize};

use crate::persona::Added;
use crate::plot::{MapAxis, MapWindow};

use crate::export::{Density, Plot as PlotKind};

use super::brush::Brush;
use super::cards_look::CardsLook;
use super::checks::Checks;
use super::command::ExportRequest;
use super::database_draft::DatabaseDraft;
use super::journeys_look::JourneysLook;
use super::live_look::LiveLook;
use super::page::Page;
use super::page_view::PageView;
use super::segments_look::SegmentsView;
use super::selection::Selection;
use super::sources_look::SourcesLook;
use super::table_look::TableSeen;
use super::tree_look::TreeLook;

/// What the view Niches lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NicheList {
    /// Who fits none of the segments.
    #[default]
    Unusual,
    /// Small groups inside a segment with a need of their own.
    Niches,
    /// Who stands between two segments.
    Between,
}

/// View state. What is worth keeping is saved with the project; the rest starts fresh.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// The page shown.
    pub page: Page,
    /// What the map's axes show.
    pub map_axes: (MapAxis, MapAxis),
    /// The plot that fills the page, if any.
    pub maximised: Option<PlotKind>,
    /// Whether the map's place shows the comparison.
    pub comparing: bool,
    /// Whether the comparison is shown as a table.
    pub compares_as_table: bool,
    /// Whether a comparison with a column is a flow instead of its rates by segment.
    pub column_as_flow: bool,
    /// Whether what became of the segments at the last regrouping was told: something else was done since.
    #[serde(skip)]
    pub hides_told: bool,
    /// Whether shares in the table are of the rows instead of the segments.
    pub shares_of_rows: bool,
    /// The segment selected.
    #[serde(skip)]
    pub selection: Option<Selection>,
    /// The segment under the pointer, kept for one frame.
    #[serde(skip)]
    pub hover: Option<Selection>,
    /// The number of segments under the pointer, kept for one frame.
    #[serde(skip)]
    pub hover_k: Option<usize>,
    /// Which part of the dendrogram is seen.
    #[serde(skip)]
    pub tree: TreeLook,
    /// The customers picked out, on whatever page.
    #[serde(skip)]
    pub brush: Option<Brush>,
    /// The part of the map in view, once it was drawn.
    #[serde(skip)]
    pub map_window: Option<MapWindow>,
    /// Whether a drag in the map picks customers without Shift.
    #[serde(skip)]
    pub picks: bool,
    /// Whether the table lists picked customers only.
    #[serde(skip)]
    pub only_picked: bool,
    /// The column the Data page tells more of.
    #[serde(skip)]
    pub column: Option<String>,
    /// In which order the table is listed, and what is looked for in it.
    #[serde(skip)]
    pub table: TableSeen,
    /// The sources of the customer table, and how they are looked at.
    pub sources: SourcesLook,
    /// The persona whose card is open, by cluster.
    #[serde(skip)]
    pub card: usize,
    /// What the Segments page shows.
    pub segments: SegmentsView,
    /// The segment whose inside it shows, and those around it, outermost first, each with what it was called when it was entered.
    #[serde(skip)]
    pub inside: Vec<(usize, String)>,
    /// What was found each time the data moved. It is no choice, so undo leaves it alone.
    #[serde(skip_serializing_if = "Checks::is_empty")]
    pub checks: Checks,
    /// Whether Validate shows that in the place of the moves between snapshots.
    pub shows_checks: bool,
    /// Whether the moves between snapshots are shown as a table.
    pub moves_as_table: bool,
    /// How many snapshots before the last two the table of moves shows.
    #[serde(skip)]
    pub moves_back: usize,
    /// The dialog that brings rows of a database, while it is open.
    #[serde(skip)]
    pub database: Option<DatabaseDraft>,
    /// The path of an earlier table that is being typed, where the system shows no file dialog.
    #[serde(skip)]
    pub earlier_path_draft: Option<String>,
    /// What the view Niches lists.
    pub niche_list: NicheList,
    /// What the Personas page shows, and how.
    pub cards: CardsLook,
    /// How the Journeys page is looked at.
    pub journeys: JourneysLook,
    /// How segments that live are looked at.
    #[serde(skip)]
    pub live: LiveLook,
    /// Whether the card shows its back, the evidence.
    #[serde(skip)]
    pub evidence: bool,
    /// A name being typed: cluster and text.
    #[serde(skip)]
    pub name_draft: Option<(usize, String)>,
    /// The name of a kept selection being typed: its place and the text.
    #[serde(skip)]
    pub kept_draft: Option<(usize, String)>,
    /// Whether the name of the open card is to be typed now.
    #[serde(skip)]
    pub renames: bool,
    /// The block "Added by you" being typed: cluster and texts.
    #[serde(skip)]
    pub added_draft: Option<(usize, Added)>,
    /// The export dialog, while open.
    #[serde(skip)]
    pub export: Option<ExportRequest>,
    /// The command palette's search text, while open.
    #[serde(skip)]
    pub palette: Option<String>,
    /// Whether the keys of the page are listed.
    #[serde(skip)]
    pub keys_open: bool,
    /// Whether the notes are listed.
    #[serde(skip)]
    pub notes_open: bool,
    /// The page of the export dialog's preview.
    #[serde(skip)]
    pub preview_page: usize,
    /// How many pixels wide the preview was drawn last; 0 until it was.
    #[serde(skip)]
    pub preview_width: u32,
    /// How many pixels wide the slide was drawn last; 0 until it was.
    #[serde(skip)]
    pub slide_width: u32,
    /// The slide the list was last scrolled to.
    #[serde(skip)]
    pub slide_shown: Option<usize>,
    /// Whether slides show the evidence too.
    pub slides_with_evidence: bool,
    /// Speaker notes being typed: whose, and the text.
    #[serde(skip)]
    pub speaker_draft: Option<(String, String)>,
    /// Whether the speaker has a window of their own while presenting.
    #[serde(skip)]
    pub speaker_view: bool,
    /// The slide on screen; presenting fills the whole window.
    #[serde(skip)]
    pub slide: usize,
    /// Whether the start page is shown: nothing was chosen yet.
    #[serde(skip)]
    pub is_start: bool,
    /// Whether the presentation fills the screen.
    #[serde(skip)]
    pub presenting: bool,
}

impl Look {
    /// What is seen: the page, and of several views the one seen last.
    pub fn view(&self) -> PageView {
        match self.page {
            Page::Data => PageView::Data(self.sources.view),
            Page::Segments => PageView::Segments(self.segments),
            Page::Personas => PageView::Personas(self.cards.view),
            Page::Journeys => PageView::Journeys(self.journeys.view),
            page => page.into(),
        }
    }

    /// How much the slides on screen tell, and so what is exported from there; none on other pages.
    pub fn density_of_slides(&self) -> Option<Density> {
        let density = if self.slides_with_evidence { Density::Analyst } else { Density::Workshop };
        (self.page == Page::Present).then_some(density)
    }

    /// Turns to a view.
    pub fn show(&mut self, view: PageView) {
        self.page = view.page();
        self.maximised = None;
        self.notes_open = false;
        self.is_start = false;
        match view {
            PageView::Data(view) => self.sources.view = view,
            PageView::Personas(view) => self.cards.view = view,
            PageView::Segments(view) => self.segments = view,
            PageView::Journeys(view) => self.journeys.view = view,
            PageView::Prepare | PageView::Present => {}
        }
    }

    /// Looks inside a segment, or comes out again to one around it: everyone's without one.
    pub fn go_inside(&mut self, inside: Vec<(usize, String)>) {
        self.inside = inside;
        // What is selected and seen is another's.
        (self.selection, self.brush, self.map_window, self.maximised) = (None, None, None, None);
        (self.tree, self.comparing) = (TreeLook::default(), false);
    }

    /// Whether something lies over the page that has the keys for itself.
    pub fn is_covered(&self) -> bool {
        self.palette.is_some() || self.export.is_some() || self.database.is_some() || self.keys_open
    }

    /// Picks customers. The side panel then tells of them: what was done last is what is read.
    pub fn pick(&mut self, brush: Brush) {
        self.brush = Some(brush);
        self.selection = None;
    }
}

impl Default for Look {
    fn default() -> Look {
        Look {
            page: Page::Data,
            map_axes: (MapAxis::Component(0), MapAxis::Component(1)),
            maximised: None,
            comparing: false,
            compares_as_table: false,
            niche_list: NicheList::Unusual,
            column_as_flow: false,
            hides_told: false,
            shares_of_rows: false,
            selection: None,
            hover: None,
            hover_k: None,
            tree: TreeLook::default(),
            brush: None,
            map_window: None,
            picks: false,
            only_picked: false,
            column: None,
            table: TableSeen::default(),
            sources: SourcesLook::default(),
            card: 0,
            segments: SegmentsView::default(),
            inside: Vec::new(),
            checks: Checks::default(),
            shows_checks: false,
            moves_as_table: false,
            moves_back: 0,
            database: None,
            earlier_path_draft: None,
            cards: CardsLook::default(),
            journeys: JourneysLook::default(),
            live: LiveLook::default(),
            evidence: false,
            name_draft: None,
            kept_draft: None,
            renames: false,
            added_draft: None,
            export: None,
            palette: None,
            keys_open: false,
            notes_open: false,
            preview_page: 0,
            preview_width: 0,
            slide_width: 0,
            slide_shown: None,
            slides_with_evidence: false,
            speaker_draft: None,
            speaker_view: false,
            slide: 0,
            is_start: false,
            presenting: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_are_exported_as_they_are_shown() {
        let mut look = Look { page: Page::Present, ..Look::default() };
        assert_eq!(look.density_of_slides(), Some(Density::Workshop));
        look.slides_with_evidence = true;
        assert_eq!(look.density_of_slides(), Some(Density::Analyst));
        look.page = Page::Data;
        assert_eq!(look.density_of_slides(), None, "what was chosen last");
    }
}
