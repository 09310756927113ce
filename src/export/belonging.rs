//! How surely each customer belongs, for other programs: a row per customer, and what the mixture says as a whole.
//!
//! In: the report with what was found. Out: CSV and a JSON value. O(n p).
//!
//! Columns added to the input's rows: `persona` and `persona_name`; `sureness` (the probability of that persona, 0 to 1; of the likeliest for who is in no
//! group); `next_persona`, `next_persona_name` and `next_sureness` of the likeliest other one; `is_between` (1 where no persona reaches 60 %). Empty where a
//! customer was left out.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::base::Ctx;
use crate::data::write::{self, Extra, ExtraValues};
use crate::evaluate::{Belonging, BicCurve};

use super::Report;
use super::table::{persona_columns, told};

/// The input's rows in order, with how surely each belongs.
pub fn belonging_csv(report: &Report, belonging: &Belonging, to: impl Write, ctx: &Ctx) -> io::Result<()> {
    let n = report.loaded.table.n_rows;
    let (mut own, mut other, mut next, mut between) = (vec![None; n], vec![None; n], vec![None; n], vec![None; n]);
    for (row, &table_row) in report.prepared.table_rows.iter().enumerate() {
        let sure = belonging.of(row, report.labels.get(table_row));
        own[table_row] = Some(sure.own);
        other[table_row] = Some(sure.other.1);
        next[table_row] = Some(sure.other.0);
        between[table_row] = Some(0);
    }
    belonging.between.iter().for_each(|of| between[report.prepared.table_rows[of.row]] = Some(1));
    // A millionth of a probability means nothing, and a spreadsheet shows it in fifty digits.
    let rounded = |values: Vec<Option<f64>>| values.into_iter().map(|value| value.map(|value| (value * 1e6).round() / 1e6)).collect();
    let (own, other) = (rounded(own), rounded(other));
    let mut extras = persona_columns(report);
    extras.push(Extra { name: "sureness".to_owned(), values: ExtraValues::Number(own) });
    extras.extend(told(report, &next, ["next_persona", "next_persona_name"]));
    extras.push(Extra { name: "next_sureness".to_owned(), values: ExtraValues::Number(other) });
    extras.push(Extra { name: "is_between".to_owned(), values: ExtraValues::Whole(between) });
    write::csv(&report.loaded.table, &extras, to, ctx).map_err(io::Error::other)
}

/// What the mixture says as a whole: nothing of single customers.
pub(super) fn belonging_value(belonging: &Belonging) -> Value {
    json!({
        "sentence": belonging.sentence(),
        "agreement": belonging.agreement,
        "is_told": belonging.is_told(),
        "between": belonging.is_told().then_some(belonging.between.len()),
        "fitted": belonging.mixture.fitted,
        "bic": belonging.mixture.bic,
    })
}

/// The criterion by number of groups.
pub(super) fn bic_value(curve: &BicCurve) -> Value {
    json!({
        "sentence": curve.sentence(),
        "groups": curve.best(),
        "customers": curve.rows,
        "points": curve.points.iter().map(|(k, bic)| json!({ "k": k, "bic": bic })).collect::<Vec<_>>(),
    })
}
