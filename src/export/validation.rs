//! What was found when personas were tried on other customers and other days, as far as it leaves.
//!
//! In: what was found. Out: JSON, whose field names are promises. What cannot be told is `null`, and a sentence says why.

use serde::Serialize;

use crate::evaluate::WithBand;

/// Do the personas come back, stay and foretell?
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Validation {
    /// What was analysed: the names of the files.
    pub source: String,
    /// What they foretell; none where that cannot be told.
    pub foretells: Option<ForetoldFound>,
    /// Who moved between one snapshot and the next; empty where that cannot be told.
    pub stays: Vec<Stay>,
    /// What would become of customers that had not been seen; none where that cannot be told.
    pub folds: Option<FoldsFound>,
    /// What it comes to, and what cannot be told, in sentences.
    pub sentences: Vec<String>,
    /// What was survived, and what to know about the columns.
    pub notes: Vec<String>,
    /// How long it took.
    pub seconds: ValidationSeconds,
}

/// What the personas of one day foretell of the days after it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ForetoldFound {
    /// The last day that the personas know; none of a table without days.
    pub cut: Option<String>,
    /// Days after it that are foretold.
    pub horizon_days: Option<u32>,
    /// What: "buys_again" and the like.
    pub outcome: String,
    /// Customers it is known of.
    pub customers: usize,
    /// Customers with the rarer outcome; of numbers those with any.
    pub events: usize,
    /// Its share among them, or its mean.
    pub rate: f64,
    /// The method that made the personas.
    pub method: String,
    /// The columns that the personas are made of.
    pub columns: Vec<String>,
    /// The share of pairs of customers in the right order; none of numbers.
    pub auc: Option<ForetoldBy>,
    /// The share of the spread that is explained.
    pub r2: Option<ForetoldBy>,
    /// How much of the power of all columns the personas keep; 1 is all.
    pub power_kept: Option<WithBand>,
    /// What personas add to RFM.
    pub adds_to_rfm: Option<WithBand>,
    /// Per persona, in the order of their numbers.
    pub personas: Vec<PersonaHolds>,
    /// The same from one horizon earlier on, with nothing changed in between; none where the orders do not go back so far.
    pub walked_forward: Option<WalkedForward>,
    /// What it comes to.
    pub sentence: String,
}

/// One measure by what is foretold from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ForetoldBy {
    /// Recency, frequency and money.
    pub rfm: Option<WithBand>,
    /// The persona alone.
    pub persona: Option<WithBand>,
    /// Both.
    pub rfm_and_persona: Option<WithBand>,
    /// All prepared columns.
    pub all: Option<WithBand>,
}

/// One persona. What was not looked at, or cannot be told, is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PersonaHolds {
    /// "C1".
    pub persona: String,
    /// Its name; empty where nobody asked for it.
    pub name: String,
    /// Its customers.
    pub customers: usize,
    /// Of a persona of another day: the one of today that most of its customers are in; none where there is no such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<String>,
    /// The same by its place among today's segments, whatever their numbers.
    #[serde(skip)]
    pub cluster_today: Option<usize>,
    /// Foretelling: its rate over everyone's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lift: Option<f64>,
    /// Foretelling: its rate over that of the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against_rest: Option<WithBand>,
    /// Foretelling: the outcome's share among them, or its mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Folds: Jaccard's coefficient of its customers and those sent to it by data without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jaccard: Option<f64>,
    /// Folds: the share of its customers that data without them would send to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same: Option<f64>,
    /// Folds: the least and the largest of that share over the rounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_range: Option<[f64; 2]>,
    /// Folds: the column without which most of its customers change company, where clearly more do than change it anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hangs_on: Option<HangsOn>,
    /// Folds: how much of it is together where the other half of the customers decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prediction_strength: Option<f64>,
    /// Staying: the share of its customers still in it, among those who are there on both days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stay: Option<WithBand>,
    /// Staying: the share of its customers that would leave it by chance alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_chance: Option<f64>,
    /// Staying: whether each word of its name still passes its test on the later day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<WordHolds>,
}

/// One word of a persona's name on a later day.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WordHolds {
    /// The word as the name has it.
    pub word: String,
    /// The column it rests on.
    pub column: String,
    /// The level of it, for categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Whether it would still be let into a name.
    pub holds: bool,
    /// How far the persona was from all others on the first day; none where that may not be told.
    pub effect_then: Option<f64>,
    /// How far it is on this one.
    pub effect_now: Option<f64>,
}

/// A persona's mean as it was foretold, against what came.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CalibrationPoint {
    /// "C1", of the earlier day.
    pub persona: String,
    /// Its name then.
    pub name: String,
    /// The persona of today that it is, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<String>,
    /// The same by its place among today's segments.
    #[serde(skip)]
    pub cluster_today: Option<usize>,
    /// Its mean in the horizon before the cut.
    pub foretold: f64,
    /// Its mean in the horizon after it.
    pub seen: f64,
    /// Its customers on the day of the cut.
    pub customers: usize,
}

/// What was learnt one horizon before the cut, scored unchanged on the cut's customers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WalkedForward {
    /// The day it was learnt on.
    pub learnt_on: String,
    /// Customers scored.
    pub customers: usize,
    /// The share of pairs of customers in the right order; none of numbers.
    pub auc: Option<ForetoldBy>,
    /// The share of the spread that is explained.
    pub r2: Option<ForetoldBy>,
    /// How much of the power of all columns the personas keep.
    pub power_kept: Option<WithBand>,
    /// What personas add to RFM.
    pub adds_to_rfm: Option<WithBand>,
    /// Slope of seen on foretold over the personas: 1 where what differed goes on to.
    pub slope: Option<f64>,
    /// Foretold against seen.
    pub personas: Vec<CalibrationPoint>,
    /// What it comes to.
    pub sentence: String,
}

impl WalkedForward {
    /// What was foretold and what came altogether, each persona counted by its customers: a slope of 1 does not show that everything was foretold too
    /// high. None without customers.
    pub fn means(&self) -> Option<[f64; 2]> {
        let all: usize = self.personas.iter().map(|point| point.customers).sum();
        let mean = |of: fn(&CalibrationPoint) -> f64| {
            self.personas.iter().map(|point| of(point) * point.customers as f64).sum::<f64>() / all as f64
        };
        (all > 0).then(|| [mean(|point| point.foretold), mean(|point| point.seen)])
    }
}

/// A column that a persona hangs on.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HangsOn {
    /// Its name in the file.
    pub column: String,
    /// The share of the persona's customers' company that changes without it.
    pub changed: f64,
    /// The same with nothing left out.
    pub anyway: f64,
}

/// What becomes of the personas without one column.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ColumnLeftOut {
    /// Its name in the file.
    pub column: String,
    /// The share of everyone's company that changes; none where it is the only column.
    pub changed: Option<f64>,
    /// Per persona, in the order of their numbers.
    pub personas: Vec<Option<f64>>,
}

/// Who moved from one day to the next. Segments are those of the first snapshot.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stay {
    /// The earlier day.
    pub from: String,
    /// The later day.
    pub to: String,
    /// Customers there on both.
    pub customers: usize,
    /// The share of them in the same persona on both.
    pub stay: f64,
    /// Its 95 % interval.
    pub stay_interval: [f64; 2],
    /// The same without what would agree by dealing out at random.
    pub kappa: Option<f64>,
    /// The share that would have moved with nothing changed: each customer's own orders drawn anew, on the earlier day.
    pub by_chance: Option<f64>,
    /// Where the middle 95 % of the draws are.
    pub by_chance_interval: Option<[f64; 2]>,
    /// Draws behind it, and customers who were drawn for.
    pub draws: usize,
    /// Customers drawn for.
    pub customers_drawn: usize,
    /// Customers who were not there on the earlier day: new, or back after a window without a purchase.
    pub newborn: usize,
    /// Customers who bought nothing in the later day's window.
    pub gone: usize,
    /// What the columns of the matrix of moves are called; the rows are the same with "newborn" in place of "gone".
    pub to_names: Vec<String>,
    /// Customers from each row to each column.
    pub moves: Vec<Vec<usize>>,
    /// Per persona.
    pub personas: Vec<PersonaHolds>,
    /// "21 % moved, 4 % would by chance alone."
    pub sentence: String,
}

/// What would become of customers if only the others had been seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FoldsFound {
    /// Personas.
    pub k: usize,
    /// The least over the personas of one half, foretold by the other half, on average (R. Tibshirani, G. Walther 2005); from 0.8 on it is called stable.
    pub prediction_strength: Option<f64>,
    /// Jaccard's coefficient per persona, in the order of `personas`.
    pub jaccard: Vec<f64>,
    /// Per persona, in the order of their numbers.
    pub personas: Vec<PersonaHolds>,
    /// Folds of a round, and rounds.
    pub folds: usize,
    /// Rounds.
    pub rounds: usize,
    /// Splits into halves.
    pub splits: usize,
    /// The share of everyone's company that changes with no column left out, as fits on part of the customers differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_anyway: Option<f64>,
    /// Without each single column, in their order; empty where nobody looked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnLeftOut>,
    /// The method that made the personas.
    pub method: String,
}

/// Wall-clock seconds of the parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ValidationSeconds {
    /// Reading the sources.
    pub read: f64,
    /// Folds and halves.
    pub folds: f64,
    /// Snapshots, transitions and what would be by chance.
    pub stays: f64,
    /// Foretelling.
    pub foretells: f64,
    /// From start to end.
    pub total: f64,
}

/// What was found, for other programs.
pub fn validation_json(found: &Validation) -> String {
    let mut text = serde_json::to_string_pretty(found).unwrap_or_default();
    text.push('\n');
    text
}
