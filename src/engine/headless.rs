//! How does a command compute? It asks the engine for everything it is to bring and waits, with nobody looking on.
//!
//! In: a plan and what is wanted of it. Out: the report with the seconds each part took, and the plots; or the first problem on the way. The
//! recipe is that of the window, so a replayed project gives the same bytes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::Ctx;
use crate::cluster::Method;
use crate::data::Loaded;
use crate::export::{NicheSeconds, Plots, Report, Seconds};
use crate::session::{Page, Plan};

use super::answers::{Answers, SourcesAnswer};
use super::behaviour::{self, JourneyWishes, JourneysFound, TriggerWishes, TriggersFound};
use super::recipe::{Engine, EngineOptions};
use super::run::answer::{Problem, STOPPED};
use super::sources::today;
use super::wanted::{Outputs, SourcesUntil, SourcesWanted, Wanted};

/// How often `ctx` is told how far the work is, and asked whether to stop.
const TICK: Duration = Duration::from_millis(20);

/// The whole analysis of a plan, as far as `wanted` says. Rows from after today are not believed.
///
/// Fails with the first problem of what is wanted, or when `ctx` is stopped.
pub fn analyse(plan: &Plan, wanted: &Wanted, ctx: &Ctx) -> Result<(Report, Plots), Problem> {
    let started = Instant::now();
    let mut wanted = wanted.clone();
    wanted.sources.clock = Some(today());
    let mut engine = Engine::headless();
    let answers = engine.wait_telling(plan, &wanted, ctx)?;
    let outputs = wanted.outputs.unwrap_or_default();
    if let Some(problem) = first_problem(plan, &answers, &outputs) {
        return Err(problem.clone());
    }
    let plots = if outputs.plots { engine.plots(plan) } else { Plots::default() };
    let mut report = engine.report(plan).ok_or_else(|| Problem("The analysis ended without a result; please report this.".into()))?;
    let total = started.elapsed().as_secs_f64();
    if let Some(found) = &mut report.unusual {
        found.seconds = Some(NicheSeconds { total, ..engine.runtime.caches().niche_seconds() });
    }
    report.seconds = Some(Seconds { total, ..engine.runtime.caches().seconds() });
    Ok((report, plots))
}

/// The analysis of a plan by an engine that may know parts of it already.
///
/// Fails with the first problem of what is wanted, or when `ctx` is stopped.
pub(super) fn analyse_by(engine: &mut Engine, plan: &Plan, outputs: Outputs, ctx: &Ctx) -> Result<Report, Problem> {
    let mut wanted = Wanted::outputs(outputs.clone());
    wanted.sources.clock = Some(today());
    let answers = engine.wait_telling(plan, &wanted, ctx)?;
    if let Some(problem) = first_problem(plan, &answers, &outputs) {
        return Err(problem.clone());
    }
    engine.report(plan).ok_or_else(|| Problem("The analysis ended without a result; please report this.".into()))
}

/// What went wrong first, in the order of the work.
fn first_problem<'a>(plan: &Plan, answers: &'a Answers, outputs: &Outputs) -> Option<&'a Problem> {
    let of_groups = [answers.loaded.problem(), answers.prepared.problem(), answers.segmentation.problem()];
    let of_personas = [answers.personas.problem(), answers.explained.problem()];
    // Groups of a column are what they are, and so is everyone; that nobody can shake them is no failure.
    let is_one = answers.segmentation.ready().is_some_and(|segmentation| segmentation.labels.n_clusters() < 2);
    let is_shaken = outputs.stability && plan.clustering.method != Method::Column && !is_one;
    let of_plots = [answers.map.problem(), answers.silhouette.problem(), answers.tree.problem()];
    let wanted = [outputs.personas, outputs.explained].into_iter().zip(of_personas);
    let of_unusual = answers.unusual.problem().or(answers.unusual_customers.problem());
    let wanted = wanted
        .chain([(is_shaken, answers.stability.problem()), (outputs.unusual, of_unusual), (outputs.did, answers.journeys.events.problem())])
        .chain(of_plots.map(|problem| (outputs.plots, problem)));
    of_groups.into_iter().flatten().chain(wanted.filter(|(is_wanted, _)| *is_wanted).filter_map(|(_, problem)| problem)).next()
}

/// Reads event exports and asks how customers move.
///
/// Fails with one sentence where the files are no events, where a name that was given is not in the data, and when stopped.
pub fn journeys_of(files: &[PathBuf], wishes: &JourneyWishes, ctx: &Ctx) -> Result<JourneysFound, Problem> {
    behaviour::journeys(files, wishes, Engine::analyse_table, ctx)
}

/// Reads event exports and rules and tries them all on the past.
///
/// Fails with one sentence where the files are no events, where a rule makes no sense or names what the data do not have, and when stopped.
pub fn triggers_of(files: &[PathBuf], wishes: &TriggerWishes, ctx: &Ctx) -> Result<TriggersFound, Problem> {
    behaviour::triggers(files, wishes, Engine::analyse_table, ctx)
}

impl Engine {
    /// The analysis of a table that is in memory, whatever the plan says it comes from.
    ///
    /// Fails with the first problem of what is wanted, or when `ctx` is stopped.
    pub(super) fn analyse_table(loaded: Arc<Loaded>, plan: &Plan, outputs: Outputs, ctx: &Ctx) -> Result<Report, Problem> {
        analyse_by(&mut Engine::over(loaded, EngineOptions::headless()), plan, outputs, ctx)
    }

    /// An engine for a command: one job at a time, nobody to wake.
    pub fn headless() -> Engine {
        Engine::new(|| {}, EngineOptions::headless())
    }

    /// The table of a plan; where it is built from several files, also how that went. Rows from after today are not believed.
    ///
    /// Fails with why there is none, and when `ctx` is stopped.
    pub fn table_of(&mut self, plan: &Plan, ctx: &Ctx) -> Result<(Arc<Loaded>, Option<SourcesAnswer>), Problem> {
        let sources = SourcesWanted { until: SourcesUntil::Analysis, clock: Some(today()), ..SourcesWanted::default() };
        let answers = self.wait_telling(plan, &Wanted { sources, ..Wanted::on(Page::Data) }, ctx)?;
        match (answers.loaded.ready(), answers.loaded.problem()) {
            (Some(loaded), _) => Ok((loaded.clone(), answers.sources)),
            (None, problem) => Err(problem.cloned().unwrap_or_else(|| Problem("The data could not be read; please report this.".into()))),
        }
    }

    /// Blocks until everything wanted is there or impossible, and passes on to `ctx` how far it is. Fails only when `ctx` is stopped.
    pub fn wait_telling(&mut self, plan: &Plan, wanted: &Wanted, ctx: &Ctx) -> Result<Answers, Problem> {
        loop {
            let answers = self.answer(plan, wanted);
            if !self.busy() {
                return Ok(answers);
            }
            if ctx.check().is_err() {
                self.stop_all();
                return Err(Problem(STOPPED.into()));
            }
            if let Some(job) = answers.jobs.first() {
                ctx.progress(&job.progress.stage, job.progress.fraction);
            }
            self.runtime.wait_for(TICK);
        }
    }
}
