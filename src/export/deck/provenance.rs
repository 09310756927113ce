//! Method, parameters, columns, what was survived and what was left out, so that the work can be repeated and judged; and what drives the grouping.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::may_be_told;
use crate::cluster::Chosen;
use crate::data::{Dictionary, Kind, Loaded, Noun, Role};
use crate::features::{InputColumn, Prepared, Scale, Transform};
use crate::persona::Personas;

use crate::export::Report;
use crate::export::text::{count, percent, three_digits, withheld_values, without_folders};

/// Lines of importance worth showing.
const IMPORTANCE_LINES: usize = 12;
/// Names of columns in one sentence.
const NAMES: usize = 8;

/// The last sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Provenance {
    /// Titles and texts.
    pub facts: Vec<(String, String)>,
    /// The columns that decided who is alike: name, transform, scale, missing values.
    pub columns: Vec<[String; 4]>,
    /// What reading, preparing and describing changed or noticed.
    pub notes: Vec<String>,
    /// What is kept out of cards and files on purpose.
    pub left_out: Vec<String>,
}

/// How much one column has to do with the grouping.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportanceLine {
    /// The column.
    pub what: String,
    /// Whether it decided who is alike.
    pub enters: bool,
    /// "eta² 0.62" or "V 0.41".
    pub association: String,
    /// "21.0 points" of accuracy that are lost when it is shuffled, if a forest looked.
    pub loss: Option<String>,
    /// "34 %": its share of all weight in a regression, if one was made of it.
    pub weight: Option<String>,
    /// Length of its bar, 0 to 1.
    pub fraction: f64,
}

/// What the sheet is made from: a report, or what a window shows.
#[derive(Debug, Clone, Copy)]
pub struct ProvenanceOf<'a> {
    /// The data.
    pub loaded: &'a Loaded,
    /// How it was prepared.
    pub prepared: &'a Prepared,
    /// The roles the user gave, by column.
    pub roles: &'a BTreeMap<String, Role>,
    /// What the user calls columns, levels and rows.
    pub dictionary: &'a Dictionary,
    /// The cards.
    pub personas: &'a Personas,
    /// The method with its parameters in words.
    pub method_text: &'a str,
    /// What speaks for the number of segments.
    pub reasons: &'a [String],
    /// Mean silhouette of the segments.
    pub silhouette: Option<f64>,
    /// The stability that segments of shuffled columns reach.
    pub null: Option<f64>,
    /// What reading and preparing changed or left out.
    pub notes: &'a [String],
}

/// The sheet of a report.
pub(in crate::export) fn provenance(report: &Report) -> Provenance {
    provenance_of(&ProvenanceOf {
        loaded: &report.loaded,
        prepared: &report.prepared,
        roles: &report.roles,
        dictionary: &report.dictionary,
        personas: &report.personas,
        method_text: &report.method_text,
        reasons: &report.chosen.reasons,
        silhouette: chosen_silhouette(report),
        null: report.known_stability().and_then(|stability| stability.null()),
        notes: &report.notes,
    })
}

/// How it was made, in plain words. How long it took is not told: the same plan is the same page, on whatever machine.
pub fn provenance_of(from: &ProvenanceOf) -> Provenance {
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |title: &str, text: String| facts.push((title.to_owned(), text));
    let noun = from.dictionary.noun_of(from.loaded);
    let (rows, analysed) = (from.loaded.table.n_rows, from.prepared.table_rows.len());
    fact("Source", without_folders(&from.loaded.title).to_owned());
    fact(&noun.title(), format!("{} of {} rows, {} left out", count(analysed), count(rows), count(rows.saturating_sub(analysed))));
    fact("Method", from.method_text.to_owned());
    fact("Distances on", from.prepared.pca.choice.clone());
    if !from.reasons.is_empty() {
        fact("Reasons", noun.in_text(&from.reasons.join(" ")));
    }
    if let Some(silhouette) = from.silhouette {
        fact("Mean silhouette", format!("{silhouette:.3} (1 well apart, 0 touching)"));
    }
    if let Some(null) = from.null {
        fact("By chance alone", format!("Segments of shuffled columns reach a stability (Jaccard) of {null:.2}"));
    }
    if from.personas.personas.iter().any(|persona| persona.match_all_share.is_some()) {
        let means = "Everything a name says. A number counts as more from the value on at which everyone's upper third begins, and as less up to where the lower third ends.";
        fact("Headline traits", means.to_owned());
    }
    fact("Made with", concat!("Personae ", env!("CARGO_PKG_VERSION")).to_owned());
    let notes = from.notes.iter().map(String::as_str).chain(from.personas.notes.iter().map(|note| note.outside()));
    let notes: Vec<String> = notes.map(|note| from.dictionary.in_text(&noun.in_text(note), from.loaded)).collect();
    let entered = from.prepared.columns.iter().filter(|column| column.enters);
    let columns = entered.map(|input| column(input, analysed, from.personas, from.dictionary)).collect();
    Provenance { facts, columns, notes, left_out: left_out(from, &noun) }
}

/// The silhouette of the result that the labels are from.
fn chosen_silhouette(report: &Report) -> Option<f64> {
    let chosen = report.chosen.by.as_ref();
    let same = report.results.iter().find(|result| match (chosen.and_then(Chosen::k), chosen.and_then(Chosen::epsilon)) {
        (Some(k), _) => result.k == Some(k),
        (None, Some(epsilon)) => result.epsilon == Some(epsilon),
        (None, None) => report.results.len() == 1,
    });
    same?.silhouette
}

fn column(column: &InputColumn, n_rows: usize, personas: &Personas, dictionary: &Dictionary) -> [String; 4] {
    let (transform, scale) = match column.kind {
        Kind::Text => (levels(column, n_rows, personas, dictionary), "by level".to_owned()),
        Kind::Number | Kind::Date => (transform(column), scale(column)),
    };
    [dictionary.name(&column.name), transform, scale, column.missing.name().to_owned()]
}

fn transform(column: &InputColumn) -> String {
    match (column.transform, column.fitted.bounds) {
        (Transform::Winsorized, Some((low, high))) => format!("Capped at {} and {}", three_digits(low), three_digits(high)),
        (transform, _) => transform.name().to_owned(),
    }
}

fn scale(column: &InputColumn) -> String {
    match column.scale {
        Scale::None => Scale::None.name().to_owned(),
        scale => format!("{}: (x − {}) / {}", scale.name(), three_digits(column.fitted.centre), three_digits(column.fitted.spread)),
    }
}

/// The levels of a category that may be told, with their shares.
fn levels(column: &InputColumn, n_rows: usize, personas: &Personas, dictionary: &Dictionary) -> String {
    let is_told = |share: f64| may_be_told((share * n_rows as f64).round() as usize);
    let levels = column.fitted.levels.iter().filter(|(_, share)| is_told(*share));
    // What the evidence withholds of everyone cannot be read here either.
    let evidence = || personas.personas.iter().flat_map(|persona| &persona.evidence);
    let is_withheld =
        |level: &str| evidence().any(|row| row.withheld.everyone && row.column == column.name && row.level.as_deref() == Some(level));
    let name = |level: &str| dictionary.level(&column.name, level).to_owned();
    let text = |level: &String, share: f64| if is_withheld(level) { name(level) } else { format!("{} {}", name(level), percent(share)) };
    let told: Vec<String> = levels.map(|(level, share)| text(level, *share)).collect();
    if told.is_empty() { "levels".into() } else { told.join(", ") }
}

/// What is kept out of cards and files on purpose.
fn left_out(from: &ProvenanceOf, noun: &Noun) -> Vec<String> {
    let of = |wanted: Role| -> Vec<String> {
        let columns = from.loaded.table.columns.iter().zip(&from.loaded.profile.columns);
        let role = |name: &str, guessed: Role| from.roles.get(name).copied().unwrap_or(guessed);
        columns
            .filter(|(column, profile)| role(&column.name, profile.guessed_role) == wanted)
            .map(|(column, _)| from.dictionary.name(&column.name))
            .collect()
    };
    let mut left_out = Vec::new();
    let (identifiers, sensitive) = (of(Role::Identifier), of(Role::Sensitive));
    if !identifiers.is_empty() {
        left_out.push(format!("Identifiers are never on a card: {}.", names(&identifiers)));
    }
    if !sensitive.is_empty() {
        left_out.push(format!("Sensitive columns decide neither segments nor names: {}.", names(&sensitive)));
    }
    let outcomes: Vec<String> = of(Role::Outcome);
    if !outcomes.is_empty() {
        left_out.push(format!("Outcomes are told of every segment and decide none: {}.", names(&outcomes)));
    }
    let too_empty: Vec<String> = from
        .prepared
        .columns
        .iter()
        .filter(|column| !column.enters && column.reason.contains("missing"))
        .map(|column| from.dictionary.name(&column.name))
        .collect();
    if !too_empty.is_empty() {
        left_out.push(format!("Too many values are missing to decide who is alike: {}.", names(&too_empty)));
    }
    // Who looks for a column that says nothing should not wonder where it went.
    let columns = from.loaded.table.columns.iter().zip(&from.loaded.profile.columns);
    let constant: Vec<String> = columns
        .filter(|(_, profile)| profile.n_distinct == 1 && profile.n_missing == 0)
        .map(|(column, _)| from.dictionary.name(&column.name))
        .collect();
    if !constant.is_empty() {
        left_out.push(format!("The same in every row: {}.", names(&constant)));
    }
    left_out.push(withheld_values(&noun.many));
    left_out
}

fn names(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMES)].join(", ");
    if names.len() > NAMES { format!("{shown} and {} more", names.len() - NAMES) } else { shown }
}

/// What drives the grouping, and what that rests on.
pub(super) fn importance(report: &Report) -> (Vec<ImportanceLine>, Option<String>) {
    let Some(explained) = report.known_explained() else { return (Vec::new(), None) };
    // One group is driven by nothing.
    if report.personas.personas.len() < 2 {
        return (Vec::new(), None);
    }
    let strength = |line: &crate::persona::Importance| explained.bar(line);
    let most = explained.importance.iter().map(strength).fold(f64::MIN_POSITIVE, f64::max);
    let lines = explained.importance.iter().take(IMPORTANCE_LINES).map(|line| ImportanceLine {
        what: line.shown.clone(),
        enters: line.enters,
        association: format!("{} {:.2}", if line.is_levels { "V" } else { "eta²" }, line.association),
        // Less than nothing is chance.
        loss: line.loss.map(|loss| format!("{:.1} points", (100.0 * loss).max(0.0))),
        weight: line.weight.map(percent),
        fraction: strength(line) / most,
    });
    let of_forest = explained.forest.as_ref().map(|forest| {
        format!(
            "A random forest of {} trees put {} of {} it had not seen into the right segment (always naming the largest: {}). \
             A column is worth the accuracy that is lost when its values are shuffled.",
            forest.n_trees,
            percent(forest.accuracy),
            report.noun().counted(forest.n_held_out),
            percent(forest.chance)
        )
    });
    let notes: Vec<String> = of_forest.into_iter().chain(explained.weighed_note()).collect();
    (lines.collect(), (!notes.is_empty()).then(|| notes.join(" ")))
}
