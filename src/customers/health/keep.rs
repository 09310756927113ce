//! Which rows does the analysis go on with, and which are kept out?
//!
//! In: the rules and the sources. Out: the sources with rows filtered and values taken as missing, lazily: nothing is read here but what a
//! rule must know of other rows. And, for the eye and for a file, the rows that fail. O(rows) per list.

use std::io::Write;

use polars::prelude::*;

use crate::base::Ctx;
use crate::customers::understand::understood::Understood;
use crate::data::rules::{RowAction, Rule};
use crate::data::write::{self, Extra, ExtraValues};
use crate::data::{DataError, Raw, Sourcing, Table, table_of_frame};

use super::super::error::CustomersError;
use super::predicate::{self, Test, World, column};
use super::{ROW, changes_rows, newest_day};

/// The sources as the analysis sees them. Without rules of the user's own nothing changes: of those the data suggest only rows without a
/// key are left out, which belong to nobody anyway.
pub fn kept(sourcing: &Sourcing, understood: &Understood, raws: &[&Raw], ctx: &Ctx) -> Result<Vec<Raw>, CustomersError> {
    let mut all: Vec<Raw> = raws.iter().map(|&raw| raw.clone()).collect();
    let rules: Vec<&Rule> = sourcing.rules.iter().flatten().filter(|rule| changes_rows(rule)).collect();
    if rules.is_empty() {
        return Ok(all);
    }
    let world = World { understood, raws, newest: newest_day(understood, raws)? };
    for (at, raw) in all.iter_mut().enumerate() {
        ctx.check()?;
        // A rule that cannot be checked says so on the health page and changes nothing.
        let its = rules.iter().filter(|rule| rule.source == understood.sources[at].name);
        let tests: Vec<(&Rule, Test)> = its.filter_map(|rule| Some((*rule, predicate::test(rule, at, world).ok()??))).collect();
        let mut rows = raw.lazy();
        // Rows leave before values do, so that a rule never judges what another took away.
        let dropped = tests.iter().filter(|(rule, _)| rule.action == RowAction::DropRow).map(|(_, test)| test.fails.clone());
        let dropped = dropped.reduce(Expr::or);
        let nulled = tests.iter().filter(|(rule, _)| rule.action == RowAction::NullValue);
        let marked = nulled.enumerate().map(|(nth, (rule, test))| (format!("\u{1}fails{nth}"), *rule, test.fails.clone()));
        let marked: Vec<(String, &Rule, Expr)> = marked.collect();
        if !marked.is_empty() {
            rows = rows.with_columns(marked.iter().map(|(mark, _, fails)| fails.clone().alias(mark.as_str())).collect::<Vec<_>>());
        }
        if let Some(dropped) = dropped {
            rows = rows.filter(dropped.not());
        }
        for (mark, rule, _) in &marked {
            let missing =
                rule.columns.iter().map(|name| when(column(mark).not()).then(column(name)).otherwise(lit(NULL)).alias(name.as_str()));
            rows = rows.with_columns(missing.collect::<Vec<_>>());
        }
        if !marked.is_empty() {
            rows = rows.select(raw.columns.iter().map(|of| column(&of.name)).collect::<Vec<_>>());
        }
        *raw = raw.with_rows(rows);
    }
    Ok(all)
}

/// Rows of a source that the rules keep out of the analysis, at most `limit`, with the number of the row and the rules it fails.
pub fn kept_out(
    understood: &Understood,
    raws: &[&Raw],
    at: usize,
    rules: &[Rule],
    limit: usize,
    ctx: &Ctx,
) -> Result<Table, CustomersError> {
    let drops: Vec<Rule> = rules.iter().filter(|rule| rule.enabled && rule.action == RowAction::DropRow).cloned().collect();
    failing_rows(understood, raws, at, &drops, limit, ctx)
}

/// Rows of a source that fail any of the rules, at most `limit`: the number of the row, the rules it fails, and its cells.
pub fn failing_rows(
    understood: &Understood,
    raws: &[&Raw],
    at: usize,
    rules: &[Rule],
    limit: usize,
    ctx: &Ctx,
) -> Result<Table, CustomersError> {
    let world = World { understood, raws, newest: newest_day(understood, raws)? };
    let raw = raws[at];
    let mut tests = Vec::new();
    for rule in rules.iter().filter(|rule| rule.source == understood.sources[at].name) {
        ctx.check()?;
        tests.extend(predicate::test(rule, at, world)?.map(|test| (rule.words(), test)));
    }
    let Some(any) = tests.iter().map(|(_, test)| test.fails.clone()).reduce(Expr::or) else { return Ok(Table::default()) };
    let taken = |name: &str| raw.column(name).is_some();
    let free = |name: &str| if taken(name) { format!("{name} (health)") } else { name.to_owned() };
    let words =
        tests.iter().map(|(words, test)| when(test.fails.clone()).then(lit(words.as_str())).otherwise(lit(NULL).cast(DataType::String)));
    let words = concat_str(words.collect::<Vec<_>>(), "; ", true);
    let own = [column(ROW).alias(free("row")), words.alias(free("rule"))];
    let columns: Vec<Expr> = own.into_iter().chain(raw.columns.iter().map(|of| column(&of.name))).collect();
    // The tests see all rows, since some compare a row with those before it; they are marked first and filtered then.
    let failing = raw.lazy().with_row_index(ROW, Some(1)).with_columns([any.alias("\u{1}any")]).with_columns([columns[1].clone()]);
    let order: Vec<Expr> = [columns[0].clone(), column(&free("rule"))].into_iter().chain(columns[2..].iter().cloned()).collect();
    let frame = failing.filter(column("\u{1}any")).select(order).limit(limit as IdxSize).collect()?;
    Ok(table_of_frame(frame, ctx)?.0)
}

/// Writes such a list as CSV. Cells that begin like a formula get an apostrophe, as in every file that is made to be opened by people.
pub fn write_csv(rows: &Table, out: impl Write, ctx: &Ctx) -> Result<(), DataError> {
    let texts = |at: usize| {
        let column = &rows.columns[at];
        (0..rows.n_rows).map(|row| Some(column.cell(row).into_owned()).filter(|cell| !cell.is_empty())).collect()
    };
    let extra = |at: usize| Extra { name: rows.columns[at].name.clone(), values: ExtraValues::Text(texts(at)) };
    let extras: Vec<Extra> = (0..rows.columns.len()).map(extra).collect();
    write::csv(&Table { columns: Vec::new(), n_rows: rows.n_rows }, &extras, out, ctx)
}
