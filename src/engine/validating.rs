//! What does `personae validate` compute? Every part of `validate` for one plan, from reading the sources to the last sentence.
//!
//! In: a plan and what to try. Out: what was found, where each part that cannot be told is none and a sentence says why. One function from start to end, stopped like
//! every step.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::base::Ctx;
use crate::customers;
use crate::data::day::IsoDay;
use crate::data::{Raw, Source, SourceFile, SourceKind, Sourcing};
use crate::export::Validation;
use crate::session::{Page, Plan, ToForetell, ValidateOptions};

use super::headless::analyse_by;
use super::recipe::Engine;
use super::run::answer::{Problem, STOPPED, StepError};
use super::sources::today;
use super::validate::{
    Dated, DatedTable, NO_DAYS, OfADay, folds_of, key_of, of_orders, of_table, set_apart, stays, stays_of_tables, told_of_columns,
    told_of_folds,
};
use super::wanted::{Outputs, SourcesUntil, SourcesWanted, Wanted};

/// Tries the personas of a plan on other customers and on other days.
///
/// Fails with the first problem of reading the sources and of today's analysis, and when `ctx` is stopped.
pub fn validate(plan: &Plan, options: &ValidateOptions, ctx: &Ctx) -> Result<Validation, Problem> {
    validate_tables(plan, options, &[], ctx)
}

/// The same where `tables` are the same customers on several days: the last are today's, and the personas of the first are followed from each to the next.
///
/// Fails as [`validate`] does, and where tables of fewer than two different days are given.
pub fn validate_tables(plan: &Plan, options: &ValidateOptions, tables: &[(IsoDay, PathBuf)], ctx: &Ctx) -> Result<Validation, Problem> {
    let started = Instant::now();
    let mut found = Validation::default();
    let mut engine = Engine::headless();
    let mut plan = plan.clone();
    let given = tables;
    let tables = tables_of(&mut engine, given, ctx)?;
    if let Some((_, last)) = given.iter().max_by_key(|(day, _)| *day) {
        plan.source = Source::file(last.clone());
    } else if let Some(sourcing) = orders_alone(&mut engine, &plan.source, ctx)? {
        plan.source = Source::Sources(Arc::new(sourcing));
    }
    if let (Source::File { .. } | Source::Sample { .. }, ToForetell::Column(name)) = (&plan.source, &options.outcome) {
        set_apart(&mut plan, name)?;
    }
    let dated = match &plan.source {
        Source::Sources(sourcing) => dated_of(&mut engine, &plan, sourcing, ctx)?,
        _ => Err(NO_DAYS.to_owned()),
    };
    found.seconds.read = started.elapsed().as_secs_f64();

    let begun = Instant::now();
    ctx.progress("Today's personas", 0.0);
    let today = analyse_by(&mut engine, &plan, Outputs { personas: true, ..Outputs::default() }, ctx)?;
    drop(engine);
    found.source = match &plan.source {
        Source::Sources(sourcing) => sourcing.sources.iter().map(|source| source.name.clone()).collect::<Vec<_>>().join(", "),
        _ => today.loaded.title.clone(),
    };
    let mut of_today = OfADay::of_report(&today);
    let key = tables.as_deref().map(key_of);
    of_today.key = key.as_ref().and_then(|key| key.as_deref().ok());
    tell(&mut found, |found| {
        let parts = today.making.as_ref().and_then(|making| making.parts.as_ref());
        let folds = folds_of(&of_today, parts, &plan.clustering, today.chosen.by.as_ref(), ctx)?;
        found.sentences.push(told_of_folds(&folds));
        found.sentences.extend(told_of_columns(&folds));
        found.folds = Some(folds);
        Ok(())
    })?;
    found.seconds.folds = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    match &dated {
        Err(_) if let (Some(tables), Some(key)) = (&tables, &key) => tell(&mut found, |found| match key {
            Ok(key) => stays_of_tables(tables, key, Engine::analyse_table, &plan, &of_today, found, ctx),
            Err(StepError::Problem(problem)) => Err(StepError::Problem(problem.clone())),
            Err(StepError::Stopped) => Err(StepError::Stopped),
        })?,
        Ok(dated) => tell(&mut found, |found| stays(dated, &plan, options, Some(&of_today), found, ctx))?,
        Err(why) => found.sentences.push(why.clone()),
    }
    found.seconds.stays = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    match (&dated, &options.outcome) {
        (Ok(dated), _) => tell(&mut found, |found| of_orders(dated, &plan, options, Some(&of_today), found, ctx))?,
        (Err(_), ToForetell::Column(name)) => tell(&mut found, |found| of_table(&of_today, &plan, name, found, ctx))?,
        (Err(_), _) => {}
    }
    found.seconds.foretells = begun.elapsed().as_secs_f64();
    found.notes.splice(0..0, today.notes.iter().cloned());
    let mut seen = std::collections::BTreeSet::new();
    found.notes.retain(|note| seen.insert(note.clone()));
    found.seconds.total = started.elapsed().as_secs_f64();
    Ok(found)
}

/// Does one part; where it cannot be told, the sentence that says so is kept and the others go on.
fn tell(found: &mut Validation, part: impl FnOnce(&mut Validation) -> Result<(), StepError>) -> Result<(), Problem> {
    match part(found) {
        Ok(()) => Ok(()),
        Err(StepError::Problem(problem)) if &*problem.0 != STOPPED => {
            found.sentences.push(problem.0.to_string());
            Ok(())
        }
        Err(StepError::Problem(problem)) => Err(problem),
        Err(StepError::Stopped) => Err(Problem(STOPPED.into())),
    }
}

/// Tables of customers with their days, the earliest first; none where none were given.
///
/// Fails with the first that cannot be read, and where fewer than two days were given.
fn tables_of(engine: &mut Engine, given: &[(IsoDay, PathBuf)], ctx: &Ctx) -> Result<Option<Vec<DatedTable>>, Problem> {
    if given.is_empty() {
        return Ok(None);
    }
    let mut given = given.to_vec();
    given.sort();
    if given.len() < 2 || given.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Problem(
            "Tables of two or more different days are needed; give each as DAY=FILE, such as 2024-01-31=january.csv.".into(),
        ));
    }
    let table = |(day, path): (IsoDay, PathBuf)| {
        let (loaded, _) = engine.table_of(&Plan::new(Source::file(path)), ctx)?;
        Ok(DatedTable { day, loaded })
    };
    given.into_iter().map(table).collect::<Result<_, Problem>>().map(Some)
}

/// A file that lists orders, as the only source of a customer table.
fn orders_alone(engine: &mut Engine, source: &Source, ctx: &Ctx) -> Result<Option<Sourcing>, Problem> {
    let Source::File { path, read_as } = source else { return Ok(None) };
    let (loaded, _) = engine.table_of(&Plan::new(source.clone()), ctx)?;
    if customers::looks_like(&loaded).is_none_or(|listing| listing.kind != SourceKind::Transactions) {
        return Ok(None);
    }
    let name = path.file_stem().map_or_else(|| "orders".into(), |stem| stem.to_string_lossy().into_owned());
    let file = SourceFile { name, path: path.clone(), read_as: read_as.clone(), ..SourceFile::default() };
    Ok(Some(Sourcing { sources: vec![file], ..Sourcing::default() }))
}

/// The sources with their days; or why there are none.
fn dated_of(engine: &mut Engine, plan: &Plan, sourcing: &Arc<Sourcing>, ctx: &Ctx) -> Result<Result<Dated, String>, Problem> {
    let sources = SourcesWanted { until: SourcesUntil::Rows, clock: Some(today()), ..SourcesWanted::default() };
    let wanted = Wanted { sources, ..Wanted::on(Page::Data) };
    let answers = engine.wait_telling(plan, &wanted, ctx)?;
    let mut raws: Vec<Arc<Raw>> = Vec::new();
    for raw in &answers.sources.unwrap_or_default().raws {
        match (raw.ready(), raw.problem()) {
            (Some(raw), _) => raws.push(raw.clone()),
            (None, problem) => {
                return Err(problem.cloned().unwrap_or_else(|| Problem("The sources could not be read; please report this.".into())));
            }
        }
    }
    Dated::new(sourcing, raws, today(), Engine::analyse_table, ctx).map_err(|error| match error {
        StepError::Stopped => Problem(STOPPED.into()),
        StepError::Problem(problem) => problem,
    })
}
