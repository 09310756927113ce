//! What is looked at on the Personas page: which view, how dense, what is pointed at, what is being chosen. Nothing is computed from it.

use serde::{Deserialize, Serialize};

use crate::export::Density;
use crate::persona::quotes::Quotes;

/// The views of the Personas page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardsView {
    /// One card.
    #[default]
    Cards,
    /// Personas side by side.
    Compare,
    /// Everyone on one sheet.
    Overview,
}

impl CardsView {
    /// The views there are, in the order they are offered.
    pub const ALL: &'static [CardsView] = &[CardsView::Cards, CardsView::Compare, CardsView::Overview];
}

/// The page's view state. View and density are saved with the project; the rest starts fresh.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CardsLook {
    /// What is shown.
    pub view: CardsView,
    /// How much a card tells.
    pub density: Density,
    /// The statement, word or value last pointed at: cluster and row of its evidence.
    #[serde(skip)]
    pub pointed: Option<(usize, usize)>,
    /// The niche card that is open in the place of a persona's, by its place in the plan.
    #[serde(skip)]
    pub niche: Option<usize>,
    /// The column that evidence is ordered by, and whether the largest come first; `None` begins with the strongest.
    #[serde(skip)]
    pub evidence_order: Option<(usize, bool)>,
    /// The personas compared, by what people call them; `None` takes all.
    #[serde(skip)]
    pub compared: Option<Vec<usize>>,
    /// Whether "Who is missing?" is told.
    #[serde(skip)]
    pub missing_open: bool,
    /// The path of a picture being typed, and for which cluster.
    #[serde(skip)]
    pub picture_path: Option<(usize, String)>,
    /// Customers' own words to choose from, and of which cluster; `None` while they are looked for.
    #[serde(skip)]
    pub quotes: Option<(usize, Option<Vec<Quotes>>)>,
}
