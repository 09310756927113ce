//! What do the cards say, page by page, in words and numbers ready to be set? One reading of the report, which every set page,
//! slide and text file is made from, so that all of them say the same.
//!
//! In: the report, the plots, the user's choices. Out: a [`Deck`]: texts with their units, places as fractions of 1, colours as "#rrggbb".
//! Values of fewer than ten customers are never in it (methods, section 4), nor are identifiers.

mod card;
mod compare;
mod overview;
mod provenance;
mod spread;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::data::Noun;

use super::choices::{Choices, Density};
use super::report::persona_names;
use super::sheet::TopicSheet;
use super::sheets::sheets;
use super::text::without_folders;
use super::{Plot, Plots, Report, plot_svg};

pub use card::{Badge, CardPage, Confidence, EvidenceLine, Fact, HeldLine, Line, ProfileLine, Rest, Strip, Tile};
pub use compare::{ComparedCell, ComparisonColumn, ComparisonRow, SideBySide};
pub use overview::{Member, Overview};
pub(super) use provenance::provenance;
pub use provenance::{ImportanceLine, Provenance, ProvenanceOf, provenance_of};
pub use spread::{Spread, SpreadBar, SpreadDrawing};

/// Everything the pages say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deck {
    /// "5 personas in 4 988 customers".
    pub title: String,
    /// What one row is and what several are: "customer", "customers".
    pub noun: Noun,
    /// The data's own name, without folders.
    pub source: String,
    /// "5 000 rows".
    pub rows: String,
    /// Whether backs, appendix and "How this was made" are wanted.
    pub with_backs: bool,
    /// The sheet with everyone.
    pub overview: Overview,
    /// A card for every wanted persona.
    pub cards: Vec<CardPage>,
    /// The personas side by side.
    pub comparison: SideBySide,
    /// Who is nobody's commonest: "65 and over (age): 214 customers, 4 % of all; most in Loyal Savers, where they are 11 %".
    pub missing: Vec<String>,
    /// Which columns that was looked for in: "Looked at: age, region."
    pub missing_note: Option<String>,
    /// What is said where values are withheld.
    pub withheld: String,
    /// What drives the grouping, most important first; empty where nobody looked.
    pub importance: Vec<ImportanceLine>,
    /// What the importance rests on, in one sentence.
    pub importance_note: Option<String>,
    /// Pages about one topic each, such as "Churn by segment".
    pub sheets: Vec<TopicSheet>,
    /// How it was made.
    ///
    /// Templates of users know it as `made`.
    #[serde(rename = "made")]
    pub provenance: Provenance,
    /// What the speaker wants to say to slides that are no card; for nobody else, so templates do not see it.
    #[serde(skip)]
    pub slide_notes: BTreeMap<String, String>,
    /// Plots worth a page, as SVG.
    pub plots: Vec<PlotPage>,
}

/// A plot with its title.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlotPage {
    /// What it shows, in words.
    pub title: String,
    /// "map", "elbow", ...
    pub id: String,
    /// The drawing; beside the deck, not in it.
    #[serde(skip)]
    pub svg: String,
}

/// The deck of a report.
pub fn deck(report: &Report, plots: &Plots, choices: &Choices) -> Deck {
    let names = persona_names(report);
    let wanted = report.personas.personas.iter().filter(|persona| choices.wants(persona.number));
    let (importance, importance_note) = provenance::importance(report);
    Deck {
        title: title(report),
        noun: report.noun(),
        source: without_folders(&report.loaded.title).to_owned(),
        rows: super::text::count(report.loaded.table.n_rows),
        with_backs: choices.density == Density::Analyst,
        overview: overview::overview(report, choices.density),
        cards: wanted.map(|persona| card::card(report, persona, choices.density)).collect(),
        comparison: compare::comparison(report, choices.density),
        missing: overview::missing(report, &names),
        missing_note: report.personas.missing_note(),
        withheld: super::text::withheld_values(&report.noun().many),
        importance,
        importance_note,
        sheets: sheets(report),
        provenance: provenance(report),
        slide_notes: report.slide_notes.clone(),
        plots: plot_pages(report, plots, &names, choices.density),
    }
}

/// "5 personas in 4 988 customers".
fn title(report: &Report) -> String {
    let analysed = report.noun().counted(report.prepared.table_rows.len());
    match report.personas.personas.len() {
        0 => format!("No persona in {analysed}"),
        1 => format!("One persona in {analysed}"),
        n => format!("{n} personas in {analysed}"),
    }
}

/// The map, and for analysts what speaks for the number of segments.
fn plot_pages(report: &Report, plots: &Plots, names: &[String], density: Density) -> Vec<PlotPage> {
    let plots = &Plots { chosen: report.chosen.by.clone(), noun: report.noun(), ..plots.clone() };
    let wanted = [Plot::Map, Plot::Elbow, Plot::SilhouetteByK, Plot::Dendrogram, Plot::EpsilonCurves, Plot::CondensedTree];
    let page = |plot: Plot| {
        plot_svg(plot, plots, names).map(|svg| PlotPage { title: plot.title_of(&plots.noun), id: plot.file_stem().to_owned(), svg })
    };
    wanted.into_iter().filter(|plot| density == Density::Analyst || *plot == Plot::Map).filter_map(page).collect()
}
