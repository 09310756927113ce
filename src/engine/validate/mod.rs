//! Do the personas come back, stay and foretell? From raw orders, with nothing of a later day in what is known on an earlier one.
//!
//! In: sources, a plan and what to try. Out: what was found, part by part; what cannot be told is one sentence. Each part is stopped like every step; the analysis of each
//! day is that of the engine, handed in as a function, so that segments are made here as they are in the window. `engine/holds.rs` asks for the parts on behalf of the
//! window, `engine/validating.rs` for all of them on behalf of a command.
//!
//! `days` says when snapshots are taken, `dated` what the table was on a day, `stays` who moved from one to the next, `words` whether names still fit, `foretells` what the
//! personas of one day know of the days after it, `forward` whether that goes on, `came` what came, `by_others` what becomes of customers that had not been seen,
//! `personas` what these share, `tables` who moved between tables that the user says the days of.

mod by_others;
mod came;
mod cannot;
mod dated;
mod days;
mod foretells;
mod forward;
mod personas;
mod stays;
mod tables;
mod words;

use std::sync::Arc;

use crate::base::Ctx;
use crate::cluster::Chosen;
use crate::data::day::IsoDay;
use crate::data::{Raw, Sourcing};
use crate::evaluate::folds::FOLD_ROUNDS;
use crate::evaluate::{folds, one_column, prediction_strengths};
use crate::export::{FoldsFound, Validation};
use crate::features::Prepared;
use crate::session::{Clustering, Plan};

use super::choose;
use super::niches::spans;
use super::run::answer::StepError;
use super::wanted::AnalyseTable;

pub(super) use by_others::{SPLITS, folds_found, told_of_columns, told_of_folds};
use cannot::cannot;
pub(super) use dated::Dated;
pub use days::snapshot_days;
pub(super) use foretells::{of_orders, of_table, set_apart};
pub(super) use personas::OfADay;
pub(super) use stays::stays;
pub use tables::DatedTable;
pub(super) use tables::{key_of, stays_of_tables, tables_found};

/// What would become of today's customers if only the others had been seen.
pub(super) fn folds_of(today: &OfADay, clustering: &Clustering, by: Option<&Chosen>, ctx: &Ctx) -> Result<FoldsFound, StepError> {
    let Some(how) = by.and_then(|by| choose::regroup(clustering, by)) else { return Err(cannot(GIVEN)) };
    let (x, labels, seed) = (&today.prepared.matrix, &today.labels, clustering.seed);
    if labels.n_clusters() < 2 {
        return Err(cannot(ONE));
    }
    let folded = folds(x, labels, &how, seed, FOLD_ROUNDS, None, ctx)?;
    let halves = prediction_strengths(x, labels, &how, seed, SPLITS, None, ctx)?;
    let (columns, names) = columns_of(today.prepared);
    let without = match columns.len() {
        0 => None,
        n => Some(one_column(x, labels, &how, &columns, seed, n, None, ctx)?),
    };
    Ok(folds_found(today, &folded, Some(&halves), without.as_ref().map(|without| (without, &names[..]))))
}

/// Told where segments are the groups of a column.
pub(super) const GIVEN: &str =
    "The segments are the groups of a column. They are given, so whether other customers would make them again cannot be asked.";
/// Told of one segment.
pub(super) const ONE: &str = "Today's customers are one group, so there is nothing that other customers could change.";
/// Told of a table of one day.
pub(super) const NO_DAYS: &str = "These data do not say what customers did on which day. What stays over time needs a file beside them that does, such as their orders, or the same customers on an earlier day.";

/// Told where segments are in parts.
pub(super) const IN_PARTS: &str = "Segments that are in parts cannot be tried: parts are only known by the customers who were there. Merge them back, and the whole segments can be.";

/// The encoded columns of every column of the data, and its name; none where segments see components, which belong to no column.
pub(super) fn columns_of(prepared: &Prepared) -> (Vec<std::ops::Range<usize>>, Vec<String>) {
    let spans = spans(prepared);
    if spans.iter().any(|span| prepared.columns.iter().all(|input| input.name != span.name)) {
        return (Vec::new(), Vec::new());
    }
    spans.into_iter().map(|span| (span.columns, span.name)).unzip()
}

/// One part that looks at other days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub(super) enum Part {
    /// Who moves between snapshots.
    Stays,
    /// What is foretold.
    Foretells,
}

/// What one part finds, for the window: the others are left empty.
///
/// Fails where it cannot be told, in a sentence, and when stopped.
pub(super) fn part_found(
    part: Part,
    (sourcing, raws): (&Sourcing, Vec<Arc<Raw>>),
    (clock, analyse): (IsoDay, AnalyseTable),
    plan: &Plan,
    today: &OfADay,
    ctx: &Ctx,
) -> Result<Validation, StepError> {
    let dated = Dated::new(sourcing, raws, clock, analyse, ctx)?.map_err(cannot)?;
    let mut found = Validation::default();
    match part {
        Part::Stays => stays(&dated, plan, &plan.validation, Some(today), &mut found, ctx)?,
        Part::Foretells => of_orders(&dated, plan, &plan.validation, Some(today), &mut found, ctx)?,
    }
    Ok(found)
}

/// What the personas of a table without days foretell of one of its columns, for the window.
///
/// Fails where it cannot be told, in a sentence, and when stopped.
pub(super) fn column_foretold(plan: &Plan, name: &str, today: &OfADay, ctx: &Ctx) -> Result<Validation, StepError> {
    set_apart(&mut plan.clone(), name).map_err(StepError::Problem)?;
    if today.prepared.columns.iter().any(|column| column.enters && column.name == name) {
        return Err(cannot(format!("{name} is an input of the segments; give it the role Outcome on Prepare, and it can be foretold.")));
    }
    let mut found = Validation::default();
    of_table(today, plan, name, &mut found, ctx)?;
    Ok(found)
}
