//! JSON for other programs: report.json (the run) and personas.json (the cards with their evidence).
//!
//! In: the report. Out: indented text that ends with a line break. Field names are promises.

use serde::Serialize;
use serde_json::{Value, json};

use crate::base::FEWEST_TOLD;
use crate::base::part::SeenNumber;
use crate::evaluate::Stability;
use crate::persona::{Direction, Drawing, Evidence, Explained, OutcomeLine, Persona};

use super::holds::HoldsLine;
use super::holds_sheet::holds_of;
use super::sheets::sheets;
use super::text::without_folders;
use super::{ChosenResult, FoundStructure, Report, RunResult, Seconds};

/// Fewer customers than this are not described by values: they could be recognised.
pub(super) const FEWEST_DESCRIBED: usize = FEWEST_TOLD;

/// What was run and what came out, for `--report`.
pub fn report_json(report: &Report) -> String {
    #[derive(Serialize)]
    struct Run<'a> {
        rows: usize,
        rows_left_out: usize,
        features: Vec<&'a str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        columns: Vec<Value>,
        method: &'a str,
        results: &'a [RunResult],
        chosen: &'a ChosenResult,
        structure: &'a FoundStructure,
        #[serde(skip_serializing_if = "Option::is_none")]
        stability: Option<Vec<Value>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        holds: Vec<Value>,
        notes: &'a [String],
        seconds: Option<Seconds>,
    }
    let missing = |cluster: usize| report.personas.personas.get(cluster).map_or(0.0, Persona::headline_missing);
    let run = Run {
        rows: report.loaded.table.n_rows,
        rows_left_out: rows_left_out(report),
        features: features(report),
        columns: columns(report),
        method: &report.method,
        results: &report.results,
        chosen: &report.chosen,
        structure: &report.structure,
        stability: report
            .known_stability()
            .map(|stability| (0..stability.sizes.len()).map(|cluster| stability_value(stability, cluster, missing(cluster))).collect()),
        holds: report.personas.personas.iter().map(|persona| holds_value(persona, report)).collect(),
        notes: &report.notes,
        seconds: report.seconds,
    };
    text(&run)
}

/// Every card: name and its evidence, statements, distributions, what the user added, and how it was made.
pub fn cards_json(report: &Report) -> String {
    let personas = &report.personas;
    let notes: Vec<&str> = report.notes.iter().map(String::as_str).chain(personas.notes.iter().map(|note| note.outside())).collect();
    text(&json!({
        "source": without_folders(&report.loaded.title),
        "rows": report.loaded.table.n_rows,
        "rows_left_out": rows_left_out(report),
        "in_no_group": personas.n_noise,
        "method": report.method,
        "method_text": report.method_text,
        "chosen": report.chosen,
        "structure": report.structure,
        "features": features(report),
        "columns": columns(report),
        "drivers": report.known_explained().map(|explained| drivers(explained, report)),
        "noun": report.noun(),
        "revenue_column": personas.revenue_column,
        "personas": personas.personas.iter().map(|persona| persona_value(persona, report)).collect::<Vec<_>>(),
        "sheets": sheets(report),
        "notes": notes,
    }))
}

/// Rows of the table that took no part.
pub(super) fn rows_left_out(report: &Report) -> usize {
    report.loaded.table.n_rows.saturating_sub(report.prepared.table_rows.len())
}

/// The columns that entered, in the table's order.
fn features(report: &Report) -> Vec<&str> {
    report.prepared.columns.iter().filter(|column| column.enters).map(|column| column.name.as_str()).collect()
}

/// The columns that entered or are told of, with their names as they are shown and their units; no identifier is among them.
fn columns(report: &Report) -> Vec<Value> {
    let told = |name: &str| {
        let of_evidence = report.personas.personas.iter().flat_map(|persona| &persona.evidence);
        features(report).contains(&name) || of_evidence.into_iter().any(|row| row.column == name)
    };
    let columns = report.loaded.table.columns.iter().filter(|column| told(&column.name));
    let unit = |column| report.dictionary.unit(column);
    columns.map(|column| json!({ "column": column.name, "label": report.dictionary.name(&column.name), "unit": unit(column) })).collect()
}

/// Shares of bins; null where they may not be told.
fn told(shares: &[f64], withheld: &[bool]) -> Vec<Option<f64>> {
    let is_told = |at: usize| !withheld.get(at).copied().unwrap_or_default();
    shares.iter().enumerate().map(|(at, share)| is_told(at).then_some(*share)).collect()
}

fn persona_value(persona: &Persona, report: &Report) -> Value {
    let described = persona.n >= FEWEST_DESCRIBED;
    let statements = persona.statements.iter().map(|statement| {
        json!({
            "text": statement.text,
            "value": described.then_some(&statement.value),
            "everyone": statement.everyone,
            "direction": match statement.direction { Direction::More => "more", Direction::Less => "less" },
            "evidence": statement.evidence,
        })
    });
    let distributions = persona.distributions.iter().filter(|_| described).map(|distribution| match &distribution.drawing {
        Drawing::Bins { edges, persona, everyone, middle, is_date, tails, withheld: [of_persona, of_everyone] } => {
            let [of_the_persona, of_all] = if middle.is_mean { ["persona_mean", "everyone_mean"] } else { ["persona_median", "everyone_median"] };
            json!({
            "column": distribution.column, "label": distribution.shown, "unit": distribution.unit, "edges": edges, "persona": told(persona, of_persona), "everyone": told(everyone, of_everyone),
            of_the_persona: middle.persona, of_all: middle.everyone, "days_since_1970": is_date, "outer_bins_hold_beyond": tails,
            })
        }
        Drawing::Levels { names, labels, persona, everyone } => json!({
            "column": distribution.column, "label": distribution.shown, "unit": distribution.unit, "levels": names, "level_labels": labels, "persona": persona, "everyone": everyone,
        }),
    });
    json!({
        "persona": SeenNumber(persona.number),
        "name": persona.name,
        "automatic_name": persona.automatic_name,
        "renamed": persona.is_renamed,
        "name_may_be_out_of_date": persona.may_be_out_of_date,
        "name_parts": persona.name_parts.iter().map(|part| json!({ "word": part.word, "evidence": part.evidence, "also": part.also })).collect::<Vec<_>>(),
        "summary": persona.summary,
        "customers": persona.n,
        "share": persona.share,
        "revenue_share": persona.revenue_share,
        "is_a_choice": report.structure.is_a_choice(report.personas.personas.len()),
        "outcomes": persona.outcomes().iter().filter(|_| described).map(|line| outcome_value(line, report)).collect::<Vec<_>>(),
        "stability": report.known_stability().map(|stability| stability_value(stability, persona.cluster, persona.headline_missing())),
        "holds": holds_value(persona, report),
        "did": report.did.as_ref().map(|did| did.on_card(persona.cluster)),
        "match_all_headline_traits": persona.match_all_share,
        "statements": statements.collect::<Vec<_>>(),
        "distributions": distributions.collect::<Vec<_>>(),
        "evidence": persona.evidence.iter().enumerate().map(|(row, evidence)| evidence_of(persona, row, evidence)).collect::<Vec<_>>(),
        "added_by_you": persona.added,
    })
}

/// What drives the grouping, by two witnesses: what a forest loses without a column, and the weight a regression gives it.
fn drivers(explained: &Explained, report: &Report) -> Value {
    let numbers: Vec<Value> = report.labels.numbers().iter().map(|number| json!(SeenNumber(*number))).collect();
    let line = |line: &crate::persona::Importance| {
        let toward = numbers
            .iter()
            .zip(&line.toward)
            .map(|(number, weight)| json!({ "persona": number, "weight": weight.weight, "level": weight.level }));
        json!({
            "column": line.column,
            "label": line.shown,
            "decides": line.enters,
            "association": line.association,
            "measure": if line.is_levels { "cramers_v" } else { "eta_squared" },
            "accuracy_lost": line.loss,
            "accuracy_lost_sd": line.loss_sd,
            "share_of_weight": line.weight,
            "weights": toward.collect::<Vec<_>>(),
        })
    };
    json!({
        "columns": explained.importance.iter().map(line).collect::<Vec<_>>(),
        "forest": explained.forest.as_ref().map(|forest| json!({ "accuracy": forest.accuracy, "by_chance": forest.chance, "customers": forest.n_held_out })),
        "regression": explained.weighed.as_ref().map(|weighed| json!({ "accuracy": weighed.accuracy, "customers_learnt_from": weighed.n_learnt })),
        "disagreement": explained.weighed.as_ref().and_then(|weighed| weighed.disagreement.as_ref()),
    })
}

/// What came of a persona's customers.
fn outcome_value(line: &OutcomeLine, report: &Report) -> Value {
    json!({ "text": line.text(&report.noun()), "value": line.value, "everyone": line.everyone, "evidence": line.evidence })
}

/// How often one segment came back, and what chance gives.
fn stability_value(stability: &Stability, cluster: usize, missing: f64) -> Value {
    json!({
        "confidence": stability.trust_with(cluster, missing).word(),
        "mean_jaccard": stability.jaccard(cluster),
        "shuffled_columns_mean_jaccard": stability.null_of(cluster),
        "draws": stability.draws.len(),
        "found_again": stability.n_found(cluster),
        "reasons": stability.reasons_with(cluster, missing),
    })
}

/// How well one persona holds: word, number and sentence of each question.
fn holds_value(persona: &Persona, report: &Report) -> Value {
    let lines = holds_of(report).lines(persona.cluster, persona.headline_missing());
    let told = |line: &HoldsLine| {
        let mark = line.mark.as_ref();
        let value = mark.map(|mark| mark.value);
        json!({ "word": line.word, "value": value, "interval": mark.and_then(|mark| mark.interval), "sentence": line.sentence })
    };
    let [comes_back, same, stays, foretells] = &lines;
    json!({
        "persona": SeenNumber(persona.number),
        "comes_back": told(comes_back),
        "same_without_them": told(same),
        "stays": told(stays),
        "foretells": told(foretells),
    })
}

/// A row with what on the card rests on it.
pub(super) fn evidence_of(persona: &Persona, row: usize, evidence: &Evidence) -> Value {
    let mut value = evidence_value(evidence);
    value["in_name"] = json!(persona.name_parts.iter().any(|part| part.evidence == Some(row) || part.also == Some(row)));
    value["in_statements"] = json!(persona.statements.iter().any(|statement| statement.evidence == row));
    value
}

fn evidence_value(evidence: &Evidence) -> Value {
    let hidden = evidence.hidden();
    let [persona, everyone, rest] = &evidence.texts;
    let is_told = evidence.n >= FEWEST_DESCRIBED;
    json!({
        "column": evidence.column,
        "label": evidence.shown.column,
        "level": evidence.level,
        "level_label": evidence.shown.level,
        "persona": (!hidden.persona).then_some(evidence.persona),
        "everyone": (!hidden.everyone).then_some(evidence.everyone),
        "rest": (!hidden.rest).then_some(evidence.rest),
        "texts": [is_told.then_some(persona), Some(everyone), is_told.then_some(rest)],
        "effect": (!hidden.effect()).then_some(evidence.effect),
        "v_test": (!hidden.effect()).then_some(evidence.v_test),
        "percentile": evidence.percentile.filter(|_| !hidden.persona),
        "index": evidence.index.filter(|_| !hidden.effect()),
        "coverage": (!hidden.persona).then_some(evidence.coverage),
        "customers": evidence.n,
        "missing_share": evidence.missing_share,
        "may_be_in_name": evidence.passes_name,
        "may_be_in_statements": evidence.passes_statement,
    })
}

/// Plain data always serialises; what does not is a programming error that every test of this file would meet.
fn text(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a report is plain data");
    text.push('\n');
    text
}
