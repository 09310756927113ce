//! What is wanted of a plan? What the page in view shows, what an export or a command is to bring, what is looked at of the sources.

use std::sync::Arc;

use crate::base::Ctx;
use crate::data::Loaded;
use crate::data::day::IsoDay;
use crate::data::sourcing::RecipeColumn;
use crate::export::{Choices, Report};
use crate::plot::{MapAxis, MapWindow};
use crate::session::{Brush, JourneysView, NicheList, Page, PageView, Plan, SegmentsView, Sort, TableFilter};

use super::run::answer::Problem;

/// The analysis of a table that is in memory, as the window and commands do it: an engine is asked, which those who need it know nothing of.
pub(super) type AnalyseTable = fn(Arc<Loaded>, &Plan, Outputs, &Ctx) -> Result<Report, Problem>;

/// What is wanted besides the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// What is seen: only what it shows is computed.
    pub view: PageView,
    /// The map's axes.
    pub map_axes: (MapAxis, MapAxis),
    /// The part of the map in view; `None` until it was drawn once.
    pub map_window: Option<MapWindow>,
    /// The customers picked out.
    pub brush: Option<Brush>,
    /// The segment whose inside is looked at.
    pub inside: Option<usize>,
    /// What the view Niches lists.
    pub niche_list: NicheList,
    /// Counts up when the file must be read again.
    pub reload: u64,
    /// The cards as pages.
    pub pages: Option<PagesWanted>,
    /// What is to be there in the end, whatever page is shown; `None` where only the page counts.
    pub outputs: Option<Outputs>,
    /// What is looked at of the sources.
    pub sources: SourcesWanted,
    /// How the table is listed.
    pub table: TableWanted,
}

impl Wanted {
    /// What a command is to bring, with nobody looking on.
    pub fn outputs(outputs: Outputs) -> Wanted {
        Wanted {
            outputs: Some(outputs),
            sources: SourcesWanted { until: SourcesUntil::Analysis, ..SourcesWanted::default() },
            ..Wanted::on(Page::Data)
        }
    }

    /// What a view shows, or the first of a page, when it is opened for the first time.
    pub fn on(view: impl Into<PageView>) -> Wanted {
        Wanted {
            view: view.into(),
            map_axes: (MapAxis::Component(0), MapAxis::Component(1)),
            map_window: None,
            brush: None,
            inside: None,
            niche_list: NicheList::default(),
            reload: 0,
            pages: None,
            outputs: None,
            sources: SourcesWanted::default(),
            table: TableWanted::default(),
        }
    }
}

impl Wanted {
    /// The segment whose inside the page shows, and nothing else is to be there.
    pub fn inside_shown(&self) -> Option<usize> {
        let shows = self.view == PageView::Segments(SegmentsView::Explore) && self.outputs.is_none() && self.pages.is_none();
        self.inside.filter(|_| shows)
    }

    /// The view of Journeys that is seen, or the first.
    pub fn journeys_shown(&self) -> JourneysView {
        match self.view {
            PageView::Journeys(view) => view,
            _ => JourneysView::default(),
        }
    }

    /// Whether cards that are seen or leave say what customers do, and whether pages say which rules are ready.
    pub fn tells_journeys(&self) -> (bool, bool) {
        let leaves = self.outputs.as_ref().is_some_and(|outputs| outputs.did) || self.pages.is_some();
        (leaves || (self.outputs.is_none() && self.view.page() == Page::Personas), leaves)
    }

    /// Whether every file is read once, as a command does: then nothing need be found again by its bytes, and the pass over them is saved.
    pub fn reads_once(&self) -> bool {
        self.sources.until != SourcesUntil::Page
    }
}

/// In which order the table is listed, which of its rows, and what is looked for among them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableWanted {
    /// The order; `None` is that of the file.
    pub sort: Option<Sort>,
    /// The rows; `None` is all.
    pub filter: Option<TableFilter>,
    /// Whether only the rows picked are listed.
    pub only_picked: bool,
    /// The text or number looked for; empty for nothing.
    pub find: String,
}

/// What is looked at of the sources of a customer table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourcesWanted {
    /// Rows for the eye: of which source, from which row on.
    pub preview: Option<(usize, usize)>,
    /// A column being written, to be tried on a few customers.
    pub draft: Option<RecipeColumn>,
    /// Whether the rules are to be checked.
    pub health: bool,
    /// The day ages are counted back from; `None` is the newest day of all sources.
    pub today: Option<IsoDay>,
    /// The day it is, after which no row is believed; `None` believes all.
    pub clock: Option<IsoDay>,
    /// How far the sources are taken.
    pub until: SourcesUntil,
}

/// How far sources are taken, each stage with all before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourcesUntil {
    /// The rows of each.
    Rows,
    /// The customer table and its scores.
    Table,
    /// What the analysis needs.
    Analysis,
    /// What the Data page tells besides: how fresh each is, and who stands in which row.
    #[default]
    Page,
}

/// What is to be there in the end, whatever page is shown; the labels and their elbow always are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outputs {
    /// Silhouettes.
    pub silhouettes: SilhouetteWish,
    /// DBSCAN: report on each of these epsilons, and choose among them.
    pub epsilons: Vec<f64>,
    /// Names and cards.
    pub personas: bool,
    /// Groups and names and nothing else: no other numbers of segments on all rows, no silhouettes, no stability. Days of the past are grouped many times, and nobody
    /// reads more of them.
    pub bare: bool,
    /// What drives the grouping, rules and typical customers.
    pub explained: bool,
    /// How stable the segments are, to the last round. Otherwise cards come with the first.
    pub stability: bool,
    /// The plots' points.
    pub plots: bool,
    /// Who is unusual, and the niches.
    pub unusual: bool,
    /// What other customers would make of the segments, to the first round.
    pub holds: bool,
    /// What customers do and what rules would have set off, where the plan has events.
    pub did: bool,
}

impl Outputs {
    /// What a folder of exported files needs.
    pub fn of_export() -> Outputs {
        Outputs { personas: true, explained: true, plots: true, holds: true, did: true, ..Outputs::default() }
    }

    /// Whether niches are looked for: by who asks for them, and by whole cards where some niches have one.
    pub fn wants_niches(&self, has_cards: bool) -> bool {
        self.unusual || (self.personas && self.explained && has_cards)
    }

    /// Whether customers are drawn anew: no card leaves without saying how far it may be relied on.
    pub fn is_shaken(&self) -> bool {
        self.stability || (self.personas && !self.bare)
    }
}

/// Over which pairs silhouettes are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SilhouetteWish {
    /// As the window does: exact while it takes about a second.
    #[default]
    AsWindow,
    /// All pairs, however long it takes.
    Exact,
    /// A sample.
    Sampled,
    /// None at all.
    None,
}

/// Which pages, and which of them is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct PagesWanted {
    /// Paper, density and personas. The template is the plan's, and the formats do not matter.
    pub choices: Choices,
    /// The page in view, from 0.
    pub page: usize,
    /// How many pixels wide it is; 0 until it was drawn once.
    pub width: u32,
    /// How many pixels wide small pictures of all pages are, if they are wanted.
    pub thumbnail_width: Option<u32>,
}
