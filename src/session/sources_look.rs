//! How the Data page is looked at when its table is built from several files.

use serde::{Deserialize, Serialize};

use crate::customers::RfmSegment;
use crate::data::day::IsoDay;
use crate::data::sourcing::RecipeColumn;

/// View state of sources.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourcesLook {
    /// What the page shows.
    pub view: DataView,
    /// The source shown, by its place.
    pub source: usize,
    /// The first row of the page of rows shown.
    #[serde(skip)]
    pub first_row: usize,
    /// A path being typed, while one is.
    #[serde(skip)]
    pub path_draft: Option<String>,
    /// The source that path is for, by its place; `None` for a further one.
    #[serde(skip)]
    pub path_of: Option<usize>,
    /// The scores of the sources as they were checked, oldest first: kept with the project for the eye, nothing is computed from them.
    pub health_history: Vec<HealthEntry>,
    /// Whether the rules were asked for: from then on they are checked whatever is seen, so that leaving the view loses nothing.
    #[serde(skip)]
    pub checks_health: bool,
    /// The health rule shown, by its place.
    #[serde(skip)]
    pub rule: Option<usize>,
    /// A health rule being written, while one is: its source and its formula.
    #[serde(skip)]
    pub rule_draft: Option<(String, String)>,
    /// A column being written, while one is.
    #[serde(skip)]
    pub column_draft: Option<RecipeColumn>,
    /// The column that is being changed by it; `None` for a further one.
    #[serde(skip)]
    pub column_of: Option<String>,
    /// The snapshot day being typed, while one is.
    #[serde(skip)]
    pub snapshot_draft: Option<String>,
    /// Whether a file that seems to list transactions is to stay as it is.
    pub keeps_listing: bool,
    /// How the RFM heat map is looked at.
    pub rfm: RfmLook,
}

/// View state of the RFM heat map.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RfmLook {
    /// Whether cells tell their revenue instead of their customers.
    pub by_revenue: bool,
    /// The segment under the pointer, kept for one frame.
    #[serde(skip)]
    pub segment: Option<RfmSegment>,
    /// The cell under the pointer (scores of recency and frequency), kept for one frame.
    #[serde(skip)]
    pub cell: Option<[u8; 2]>,
}

/// How healthy a source was on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthEntry {
    /// Names the bytes that were checked.
    pub stamp: String,
    /// When.
    pub day: IsoDay,
    /// The source's name.
    pub source: String,
    /// Its score, 0 to 1.
    pub score: f64,
}

/// What the Data page shows of a customer table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataView {
    /// The files, what each holds and how they join.
    #[default]
    Sources,
    /// How every column comes to be.
    Recipe,
    /// The customers.
    Table,
    /// Scores by recency, frequency and monetary value.
    Rfm,
    /// Rules, what fails them, and what is done about it.
    Health,
}

impl DataView {
    /// The views there are, in the order they are offered.
    pub const ALL: &'static [DataView] = &[DataView::Sources, DataView::Recipe, DataView::Table, DataView::Rfm, DataView::Health];
}
