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
use crate::model::MadeParts;
use crate::session::{Clustering, Plan};

use super::choose;
use super::niches::spans;
use super::run::answer::StepError;
use super::wanted::AnalyseTable;

pub(super) use by_others::{ByOthers, SPLITS, folds_found, told_of_columns, told_of_folds};
use cannot::cannot;
pub(super) use dated::Dated;
pub use days::snapshot_days;
pub(super) use foretells::{of_orders, of_table, set_apart};
pub(super) use personas::OfADay;
pub(super) use stays::stays;
pub use tables::DatedTable;
pub(super) use tables::{key_of, stays_of_tables, tables_found};

/// What would become of today's customers if only the others had been seen. `parts` says how segments came to be in parts, where some did.
pub(super) fn folds_of(
    today: &OfADay,
    parts: Option<&MadeParts>,
    clustering: &Clustering,
    by: Option<&Chosen>,
    ctx: &Ctx,
) -> Result<FoldsFound, StepError> {
    if today.labels.n_clusters() < 2 {
        return Err(cannot(ONE));
    }
    let how = by.and_then(|by| choose::regroup(clustering, by));
    let whole = parts.map_or(&today.labels, |parts| &parts.whole);
    let mut asked = Vec::new();
    if whole.n_clusters() > 1 || whole.n_noise() > 0 {
        asked.push((None, today.prepared, whole, how, clustering.seed));
    }
    let inside = parts.iter().flat_map(|parts| &parts.inside);
    asked.extend(inside.map(|of| (Some(of.segment), &*of.prepared, &of.labels, of.how, of.seed)));
    let mut measured = Vec::with_capacity(asked.len());
    for (inside, prepared, labels, how, seed) in asked {
        let Some(how) = how else { return Err(cannot(GIVEN)) };
        let x = &prepared.matrix;
        let folded = folds(x, labels, &how, seed, FOLD_ROUNDS, None, ctx)?;
        let halves = prediction_strengths(x, labels, &how, seed, SPLITS, None, ctx)?;
        let (columns, names) = columns_of(prepared);
        let without = match columns.len() {
            0 => None,
            n => Some(one_column(x, labels, &how, &columns, seed, n, None, ctx)?),
        };
        measured.push((inside, labels, folded, halves, without, names));
    }
    let level = measured.iter().map(|(inside, labels, folds, halves, without, names)| ByOthers {
        inside: *inside,
        numbers: labels.numbers(),
        folds,
        halves: Some(halves),
        without: without.as_ref().map(|without| (without, &names[..])),
    });
    Ok(folds_found(today, &level.collect::<Vec<_>>()))
}

/// Told where segments are the groups of a column.
pub(super) const GIVEN: &str =
    "The segments are the groups of a column. They are given, so whether other customers would make them again cannot be asked.";
/// Told of one segment.
pub(super) const ONE: &str = "Today's customers are one group, so there is nothing that other customers could change.";
/// Told of a table of one day.
pub(super) const NO_DAYS: &str = "These data do not say what customers did on which day. What stays over time needs a file beside them that does, such as their orders, or the same customers on an earlier day.";

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
