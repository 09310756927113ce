//! Who is unusual, how much and why, for other programs: every customer with all scores, what the line says, and the niches.
//!
//! In: the report with what was found. Out: CSV and JSON. O(n p).
//!
//! Columns added to the input's rows: `persona` and `persona_name`; `lof` (the largest local outlier factor over the neighbourhoods), `isolation` and `isolation_se` (isolation score and
//! how far it may be off), `glosh` (how far out in the dense group); `unusual` (the three together, 0 to 1); `is_unusual` (1 above the line); `reason_1` to `reason_3`. Empty where a
//! customer was left out, or a score is not made. Where niches were confirmed a last column `niche` has the number of the one a customer is in, as in the report.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::base::Ctx;
use crate::data::write::{self, Extra, ExtraValues};
use crate::evaluate::unusual::{UnusualLine, UnusualScore};

use super::Report;
use super::belonging::{belonging_value, bic_value};
use super::niches_json::{list, search};
use super::table::persona_columns;
use super::unusual_found::UnusualFound;

/// The input's rows in order with every score.
pub fn unusual_csv(report: &Report, found: &UnusualFound, to: impl Write, ctx: &Ctx) -> io::Result<()> {
    let mut extras = persona_columns(report);
    let rows = &report.prepared.table_rows;
    let n = report.loaded.table.n_rows;
    let spread = |of: &[f64]| {
        let mut values = vec![None; n];
        rows.iter().zip(of).for_each(|(&row, &value)| values[row] = Some(value));
        values
    };
    let of = |score: UnusualScore| found.unusual.by(score).map_or_else(|| vec![None; n], |measured| spread(&measured.scores));
    let mut number =
        |name: &str, values: Vec<Option<f64>>| extras.push(Extra { name: name.to_owned(), values: ExtraValues::Number(values) });
    number("lof", of(UnusualScore::Local));
    number("isolation", of(UnusualScore::Isolated));
    number("isolation_se", spread(&found.unusual.isolation_errors));
    number("glosh", of(UnusualScore::Density));
    number("unusual", of(UnusualScore::Overall));
    let mut is_unusual = vec![None; n];
    rows.iter().for_each(|&row| is_unusual[row] = Some(0));
    let mut reasons = [vec![None; n], vec![None; n], vec![None; n]];
    for customer in found.customers.iter() {
        is_unusual[customer.table_row] = Some(1);
        for (reason, column) in customer.reasons.iter().zip(&mut reasons) {
            column[customer.table_row] = Some(reason.text.clone());
        }
    }
    extras.push(Extra { name: "is_unusual".to_owned(), values: ExtraValues::Whole(is_unusual) });
    for (nth, texts) in reasons.into_iter().enumerate() {
        extras.push(Extra { name: format!("reason_{}", nth + 1), values: ExtraValues::Text(texts) });
    }
    if let Some(Ok(niches)) = report.niches.as_ref().map(|reported| &reported.outcome)
        && !niches.niches.is_empty()
    {
        let of = niches.of_rows(n).into_iter().map(|niche| niche.map(|niche| niche as i64 + 1)).collect();
        extras.push(Extra { name: "niche".to_owned(), values: ExtraValues::Whole(of) });
    }
    write::csv(&report.loaded.table, &extras, to, ctx).map_err(io::Error::other)
}

/// What the line says, by every score, with the seconds.
pub fn niches_json(report: &Report, found: &UnusualFound) -> String {
    let counts = |line: Option<UnusualLine>| match line {
        Some(UnusualLine { threshold, real, expected, excess }) => {
            json!({ "threshold": threshold, "real": real, "expected": expected, "excess": excess })
        }
        None => json!({ "threshold": null, "real": 0, "expected": null, "excess": 0.0 }),
    };
    let Value::Object(mut all) = counts(found.line()) else { return String::new() };
    let by_score: serde_json::Map<String, Value> = UnusualScore::ALL
        .into_iter()
        .filter(|&score| found.unusual.by(score).is_some())
        .map(|score| (score.name().to_lowercase(), counts(found.unusual.line(score, None))))
        .collect();
    let customers = report.prepared.table_rows.len();
    let unusual = &found.unusual;
    for (key, value) in [
        ("score", json!(found.score.name().to_lowercase())),
        ("sentence", json!(unusual.sentence(found.score, found.threshold))),
        ("customers", json!(customers)),
        ("by_score", Value::Object(by_score)),
        ("neighbors", json!(unusual.sizes)),
        ("trees", json!(unusual.n_trees)),
        ("copies", json!({ "number": unusual.n_copies, "customers": unusual.rows_a_copy })),
        ("method", json!(report.method_text)),
        ("notes", json!(report.notes)),
        ("niches", report.niches.as_ref().map_or_else(|| json!([]), list)),
        ("niche_search", report.niches.as_ref().map_or(Value::Null, search)),
        ("belonging", report.belonging.as_deref().map_or(Value::Null, belonging_value)),
        ("bic", report.bic.as_deref().map_or(Value::Null, bic_value)),
        ("seconds", json!(found.seconds)),
    ] {
        all.insert(key.to_owned(), value);
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default();
    text.push('\n');
    text
}
