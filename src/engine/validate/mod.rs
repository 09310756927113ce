//! Do the personas come back, stay and foretell? From raw orders, with nothing of a later day in what is known on an earlier one.
//!
//! In: a plan and what to try. Out: what was found, where each part that cannot be told is none and a sentence says why. One function from start to end, which
//! is stopped like every step; the analysis of each day is that of the engine, so that segments are made here as they are in the window.
//!
//! `days` says when snapshots are taken, `dated` what the table was on a day, `stays` who moved from one to the next, `foretells` what the personas of one day
//! know of the days after it, `options` what is tried, `personas` what these share, and this file what becomes of customers that had not been seen.

mod dated;
mod days;
mod foretells;
mod options;
mod personas;
mod stays;

use std::sync::Arc;
use std::time::Instant;

use crate::base::Ctx;
use crate::customers;
use crate::data::{Raw, Source, SourceFile, SourceKind, Sourcing};
use crate::evaluate::folds::{FOLD_ROUNDS, FOLDS_A_ROUND};
use crate::evaluate::{folds, prediction_strengths};
use crate::export::{FoldsFound, Report, Validation};
use crate::session::{Page, Plan};

use super::choose;
use super::headless::analyse_by;
use super::recipe::Engine;
use super::run::answer::{Problem, STOPPED, StepError};
use super::sources::today;
use super::wanted::{Outputs, SourcesUntil, SourcesWanted, Wanted};

use dated::Dated;
pub use days::{Every, snapshot_days};
pub use options::{ToForetell, ValidateOptions};
use personas::{cannot, labels_of, personas_of};

/// Splits into halves behind a prediction strength.
const SPLITS: usize = 20;
/// So much of a persona must be there without each customer for it to have come back (C. Hennig 2007).
const COMES_BACK: f64 = 0.75;
/// The prediction strength from which on segments are called stable (R. Tibshirani, G. Walther 2005).
const STRONG: f64 = 0.8;

/// Tries the personas of a plan on other customers and on other days.
///
/// Fails with the first problem of reading the sources and of today's analysis, and when `ctx` is stopped.
pub fn validate(plan: &Plan, options: &ValidateOptions, ctx: &Ctx) -> Result<Validation, Problem> {
    let started = Instant::now();
    let mut found = Validation::default();
    let mut engine = Engine::headless();
    let mut plan = plan.clone();
    if plan.kept_splits().next().is_some() {
        found
            .sentences
            .push("Segments that are in parts are tried whole: parts are only known by the customers who were there.".to_owned());
        plan.splits.clear();
    }
    if let Some(sourcing) = orders_alone(&mut engine, &plan.source, ctx)? {
        plan.source = Source::Sources(Arc::new(sourcing));
    }
    if let (Source::File { .. } | Source::Sample { .. }, ToForetell::Column(name)) = (&plan.source, &options.outcome) {
        foretells::set_apart(&mut plan, name)?;
    }
    let dated = match &plan.source {
        Source::Sources(sourcing) => dated_of(&mut engine, &plan, sourcing, ctx)?,
        _ => Err("These are customers without orders. What stays over time and whether they buy again needs a file of orders beside them."
            .to_owned()),
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
    tell(&mut found, |found| {
        let folds = folds_of(&today, &plan, ctx)?;
        found.sentences.push(told_of_folds(&folds));
        found.folds = Some(folds);
        Ok(())
    })?;
    found.seconds.folds = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    match &dated {
        Ok(dated) => tell(&mut found, |found| stays::stays(dated, &plan, options, found, ctx))?,
        Err(why) => found.sentences.push(why.clone()),
    }
    found.seconds.stays = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    match (&dated, &options.outcome) {
        (Ok(dated), _) => tell(&mut found, |found| foretells::of_orders(dated, &plan, options, found, ctx))?,
        (Err(_), ToForetell::Column(name)) => tell(&mut found, |found| foretells::of_table(&today, &plan, name, found, ctx))?,
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
    let told = |error: customers::CustomersError| Problem(error.to_string().into());
    let all: Vec<&Raw> = raws.iter().map(|raw| &**raw).collect();
    let understood = customers::understand(sourcing, &all, &ctx.quiet()).map_err(told)?;
    // Nothing after the snapshot that was chosen, and nothing after today, is believed.
    let until = sourcing.snapshot.map_or_else(today, |snapshot| snapshot.min(today()));
    let Some((first, last)) = customers::bought_between(&understood, &all, Some(until)).map_err(told)? else {
        return Ok(Err(
            "None of the sources lists orders. What stays over time and whether customers buy again needs a file of them.".to_owned()
        ));
    };
    Ok(Ok(Dated { sourcing: (**sourcing).clone(), raws, understood, first, last }))
}

/// What would become of today's customers if only the others had been seen.
fn folds_of(today: &Report, plan: &Plan, ctx: &Ctx) -> Result<FoldsFound, StepError> {
    let Some(how) = today.chosen.by.as_ref().and_then(|by| choose::regroup(&plan.clustering, by)) else {
        return Err(cannot(
            "The segments are the groups of a column. They are given, so whether other customers would make them again cannot be asked.",
        ));
    };
    let (x, labels) = (&today.prepared.matrix, labels_of(today));
    if labels.n_clusters() < 2 {
        return Err(cannot("Today's customers are one group, so there is nothing that other customers could change."));
    }
    let seed = plan.clustering.seed;
    let folded = folds(x, &labels, &how, seed, FOLD_ROUNDS, None, ctx)?;
    let halves = prediction_strengths(x, &labels, &how, seed, SPLITS, None, ctx)?;
    let mut personas = personas_of(today);
    for (cluster, persona) in personas.iter_mut().enumerate() {
        persona.jaccard = Some(folded.jaccard(cluster));
        persona.same = Some(folded.same(cluster));
        persona.prediction_strength = halves.of_segment(cluster);
    }
    Ok(FoldsFound {
        k: labels.n_clusters(),
        prediction_strength: halves.strength(),
        jaccard: (0..labels.n_clusters()).map(|cluster| folded.jaccard(cluster)).collect(),
        personas,
        folds: FOLDS_A_ROUND,
        rounds: FOLD_ROUNDS,
        splits: halves.splits(),
        method: today.method_text.clone(),
    })
}

/// "4 of 5 personas come back where other customers decide; ...".
fn told_of_folds(folds: &FoldsFound) -> String {
    let back = folds.jaccard.iter().filter(|jaccard| **jaccard >= COMES_BACK).count();
    let strength = folds.prediction_strength.map_or_else(String::new, |strength| {
        let word = if strength >= STRONG { "stable" } else { "not stable" };
        format!(" Where one half of the customers decides for the other, the weakest persona keeps {strength:.2} together, which is called {word}.")
    });
    format!("{back} of {} personas come back where only other customers decide.{strength}", folds.k)
}
