//! What is looked at on the Journeys page: which view, and whose. Nothing is computed from it but what the view shows.

use serde::{Deserialize, Serialize};

/// The views of the Journeys page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JourneysView {
    /// The ways customers take.
    #[default]
    Paths,
    /// How far they get in a chain of steps.
    Funnel,
    /// When they come back.
    Return,
    /// At which hours and on which days they are active.
    Rhythm,
    /// What a persona does more than others, and its typical journeys.
    Differences,
    /// What single customers did, a line each.
    Timelines,
    /// What rules would have set off.
    Triggers,
}

impl JourneysView {
    /// The views there are, in the order they are offered.
    pub const ALL: &'static [JourneysView] = &[
        JourneysView::Paths,
        JourneysView::Funnel,
        JourneysView::Return,
        JourneysView::Rhythm,
        JourneysView::Differences,
        JourneysView::Timelines,
        JourneysView::Triggers,
    ];
}

/// How the page is looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JourneysLook {
    /// The view.
    pub view: JourneysView,
    /// The persona that is held against everyone, by its place among the personas.
    #[serde(skip)]
    pub persona: Option<usize>,
    /// The kind of event that stands out in timelines.
    #[serde(skip)]
    pub kind: Option<String>,
    /// Whether timelines begin with the first event of each customer, rather than with the first day of the data.
    pub from_first: bool,
    /// The rule that is looked at, by its place.
    #[serde(skip)]
    pub rule: usize,
    /// Its number while it is dragged.
    #[serde(skip)]
    pub dragged: Option<f64>,
    /// The customer who is asked why a rule is due for them, or why not, as typed.
    #[serde(skip)]
    pub asked_why: String,
    /// The path of an export being typed, where the system shows no file dialog.
    #[serde(skip)]
    pub path_draft: Option<String>,
}
