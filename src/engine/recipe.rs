//! From a plan to answers. The whole analysis is the recipe in this file; nothing else decides what is computed from what.
//!
//! In: the plan and what the page wants to see. Out: at once, what is known. What is not known yet is asked for at the runtime, which
//! looks on the cache of its step (`memo`), then at the jobs under way (`jobs`), and only then starts a job. There are no flags and
//! no invalidation: a changed key is the only invalidation there is. An unchanged question costs a comparison of the plan.

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::{Ctx, Key, memory};
use crate::data::{Loaded, Source};
use crate::export::{Choices, Plots, Report};
use crate::persona::{Niches, PersonaEdit, UnusualCustomer};
use crate::session::{Command, Parting, Plan};

use super::answers::Answers;
use super::caches::{Caches, Runtime};
use super::cards::{self, WordsInForce};
use super::exporting;
use super::groups::{self, Groups};
use super::inside::{self, World};
use super::inside_answer::Inside;
use super::needs::Needs;
use super::pages::{self, Paging};
use super::run::answer::{JobView, StepError};
use super::run::jobs::Workers;
use super::run::runtime::{Asked, Done, OnStop};
use super::wanted::Wanted;
use super::{belonging, brush, choose, comparison, evidence, holds, journeys, listing, map, niches, picking, report, sources, table};

/// How much the engine may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// Bytes for results kept in case they are asked for again.
    pub memory_budget_bytes: usize,
    /// Long jobs side by side; each may use all processors.
    pub threads: usize,
    /// Nobody looks on: one job at a time, none in the background.
    pub is_headless: bool,
}

impl EngineOptions {
    /// Those of a command.
    pub fn headless() -> EngineOptions {
        EngineOptions { threads: 1, is_headless: true, ..EngineOptions::default() }
    }
}

impl Default for EngineOptions {
    fn default() -> EngineOptions {
        // Half of what is free: the other half is for the steps themselves, which ask again before they allocate.
        EngineOptions { memory_budget_bytes: (memory::budget_bytes() / 2) as usize, threads: 2, is_headless: false }
    }
}

/// What every section showed last, which is never of another source.
#[derive(Debug, Default)]
struct Last {
    table: table::Last,
    groups: groups::Last,
    cards: cards::Last,
    comparison: comparison::Last,
    brush: brush::Last,
    map: map::Last,
    listing: listing::Last,
    holds: holds::Last,
    journeys: journeys::Last,
    /// The unusual customers told last, until those of another line are.
    unusual_customers: Option<Arc<Vec<UnusualCustomer>>>,
    /// The segment whose inside was shown.
    inside: Option<usize>,
    /// The niches found last, until those of another line are.
    niches: Option<Arc<Niches>>,
}

impl Last {
    /// Goes into a segment or out of it: what was shown of other customers would mislead.
    fn turn_to(&mut self, inside: Option<usize>) {
        if self.inside != inside {
            *self = Last { inside, table: std::mem::take(&mut self.table), ..Last::default() };
        }
    }

    /// Forgets everything when the data are not those of `stamp`: the file changed and was read again.
    fn keep_only(&mut self, stamp: Key) {
        if self.table.loaded.as_ref().is_some_and(|loaded| loaded.stamp != stamp) {
            *self = Last::default();
        }
    }
}

/// Answers questions about a plan; computes in the background.
pub struct Engine {
    pub(super) runtime: Runtime,
    /// A table made elsewhere that every plan is about.
    given: Option<Arc<Loaded>>,
    asked: Option<(Plan, Wanted)>,
    edits: (Arc<[PersonaEdit]>, Key),
    words: WordsInForce,
    /// Names the plan's numbering, since hashing it anew every frame would take too long.
    numbering_key: Option<Key>,
    /// The same for those of the plan's splits.
    split_keys: Vec<Option<Key>>,
    answers: Answers,
    /// What the last answers were made from, for reports.
    groups: Option<Groups>,
    last: Last,
    paging: Paging,
    asks_anew: bool,
    refines: bool,
    /// The job of the last export.
    exporting: Option<u64>,
}

impl Engine {
    /// An engine with empty caches. `wake` is called from other threads whenever there is something new to see.
    pub fn new(wake: impl Fn() + Send + Sync + 'static, options: EngineOptions) -> Engine {
        let workers = if options.is_headless { Workers::One } else { Workers::BehindWindow(options.threads) };
        Engine {
            runtime: Runtime::new(Caches::default(), workers, options.memory_budget_bytes, wake),
            given: None,
            asked: None,
            edits: (Arc::new([]), edits_key(&[])),
            words: cards::words_in_force(None, &Arc::default()),
            numbering_key: None,
            split_keys: Vec::new(),
            answers: Answers::default(),
            groups: None,
            last: Last::default(),
            paging: Paging::default(),
            asks_anew: false,
            refines: false,
            exporting: None,
        }
    }

    /// An engine for a table that is in memory: nothing is read, and every plan is about it.
    pub fn over(loaded: Arc<Loaded>, options: EngineOptions) -> Engine {
        Engine { given: Some(loaded), ..Engine::new(|| {}, options) }
    }

    /// Whether silhouettes from a sample go on growing in the background until they are exact, as the window wants it. Otherwise the first
    /// sample is the answer, so that [`Engine::wait_until_idle`] does not wait for minutes.
    pub fn refine(&mut self, refines: bool) {
        self.refines = refines;
        self.asks_anew = true;
    }

    /// What is known now; starts what is not and stops what nobody wants any more. Never waits.
    pub fn answer(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        let news = self.runtime.take_finished();
        let same_question = self.asked.as_ref().is_some_and(|(last_plan, last_wanted)| last_plan == plan && last_wanted == wanted);
        if same_question && !news && !self.asks_anew && !self.runtime.is_busy() {
            // A job may have ended after it was last listed; what is told to be under way must be.
            self.answers.jobs = self.runtime.views();
            return self.answers.clone();
        }
        if !same_question {
            self.turn_to(plan, wanted);
        }
        self.asks_anew = false;
        self.runtime.begin_round();
        let mut answers = self.recipe(plan, wanted);
        answers.notes = self.runtime.end_round();
        answers.jobs = self.runtime.views();
        self.answers = answers;
        self.answers.clone()
    }

    /// The recipe: what every page sees, and what it is made from.
    fn recipe(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        let Engine { runtime, given, last, edits: (edits, edits_key), words, numbering_key, split_keys, refines, paging, .. } = self;
        let table = table::of(runtime, given.as_ref(), plan, wanted);
        if let Some(loaded) = table.loaded.ready() {
            last.keep_only(loaded.value.stamp);
        }
        let needs = Needs::of(plan, wanted, *refines, table.loaded.ready().map_or(0, |loaded| loaded.value.table.n_rows));
        let prepared =
            table.loaded.and("Waiting for the data", |loaded| table::prepare(runtime, loaded, &plan.preparation, needs.prepared));
        let epsilons = wanted.outputs.as_ref().map_or(&[][..], |outputs| &outputs.epsilons);
        let base = groups::asked(runtime, &table.loaded, &prepared, (plan, None), *numbering_key, epsilons, needs);
        let of = (&table.loaded, &prepared);
        let world = wanted
            .inside_shown()
            .and_then(|number| inside::world(runtime, of, (&base.groups, &base.segmentation), (plan, split_keys), number, needs));
        // Inside a segment everything below is asked of its members alone.
        let (small, prepared, grouped, inside) = match world {
            Some(Ok(World { plan, prepared, grouped, inside })) => (Some(plan), prepared, grouped, Inside::Of(Box::new(inside))),
            gone => {
                let grouped = inside::with_kept(runtime, of, base, (plan, split_keys), needs);
                (None, prepared, grouped, gone.and_then(Result::err).map_or(Inside::No, Inside::Gone))
            }
        };
        let (everyones_plan, plan) = (plan, small.as_ref().unwrap_or(plan));
        last.turn_to(inside.answer().map(|inside| inside.segment));
        let comparison =
            comparison::of(runtime, table.loaded.ready(), &prepared, &grouped.groups, (plan.comparison.as_ref(), &plan.dictionary), needs);
        let described = cards::of(runtime, &grouped, plan, (edits, *edits_key), words, needs);
        let from = picking::From {
            loaded: &table.loaded,
            prepared: &prepared,
            segmentation: &grouped.segmentation,
            silhouettes: &grouped.groups.silhouettes,
            tree: &grouped.tree_plot,
            rfm: table.sourced.as_ref().map(|sourced| &sourced.rfm),
            roles: &plan.preparation.roles,
            words,
        };
        let (picked, brush) = brush::of(runtime, &from, wanted, &mut last.brush);
        let map = map::of(runtime, &from, wanted, picked.as_ref(), needs.plots);
        let listing = listing::of(runtime, &table.loaded, picked.as_ref(), &wanted.table, &mut last.listing);
        // Evidence comes last: what it speaks about is on the page before anything asks whether it is real. A command has no page.
        let is_drawn = grouped.segmentation.ready().is_some() && grouped.silhouette_plot.is_settled() && described.personas.is_settled();
        if let (Ok(sweep), Some(prepared), true) = (&grouped.groups.sweep, prepared.ready(), is_drawn) {
            sweep.fill_in(runtime, prepared, &plan.clustering, needs);
        }
        let evidence = evidence::of(runtime, &prepared, &grouped, &plan.clustering, is_drawn || wanted.outputs.is_some(), needs);

        let unusual = match (&grouped.groups.chosen, prepared.ready(), grouped.segmentation.ready()) {
            (Ok(chosen), Some(prepared), Some(_)) => {
                let need = (needs.unusual, wanted.outputs.is_some());
                niches::unusual(runtime, prepared, &chosen.labeling, &plan.clustering, &plan.niches, need)
            }
            _ => grouped.segmentation.blocks("Waiting for the segments"),
        };
        let unusual_customers = match (&unusual, grouped.segmentation.ready()) {
            (Asked::Ready(unusual), Some(segmentation)) => niches::customers(runtime, unusual, segmentation, plan, needs.unusual),
            (other, _) => other.blocks("Waiting for the scores"),
        };
        let niches = match (grouped.segmentation.ready(), described.personas.ready()) {
            (Some(segmentation), Some(personas)) => niches::niches(runtime, &unusual, segmentation, personas, plan, words, needs.niches),
            _ => grouped.segmentation.blocks("Waiting for the persona cards"),
        };
        let seed = plan.clustering.seed;
        let belongs = match (&grouped.groups.chosen, grouped.segmentation.ready()) {
            (Ok(_), Some(segmentation)) if choose::too_many(&segmentation.value.labels, needs.most_segments).is_none() => {
                belonging::of(runtime, segmentation, seed, needs.belonging)
            }
            _ => grouped.segmentation.blocks("Waiting for the segments"),
        };
        let bic = prepared.and("Waiting for the columns", |prepared| belonging::bic(runtime, prepared, seed, needs.bic));
        let held = holds::of(
            runtime,
            (table.sourced.as_ref(), &grouped, evidence.is_shaken()),
            &prepared,
            (plan, wanted, words, Engine::analyse_table),
            needs,
        );
        let followed = journeys::of(
            runtime,
            (&table.loaded, &grouped.segmentation, &described.personas),
            plan,
            (wanted.journeys_shown(), wanted.reload, wanted.sources.clock.unwrap_or_else(sources::today)),
            wanted.tells_journeys(),
            Engine::analyse_table,
            needs.journeys,
        );
        let known = [map.key(), evidence.stability_key(), evidence.structure_key()];
        let shown = [&grouped.keys()[..], &described.keys(), &known, &held.keys(), &followed.keys()].concat();
        let mut answers = Answers { brush, listing, ..Answers::default() };
        grouped.answer(&mut answers, &mut last.groups);
        answers.comparison = comparison::answer(comparison, plan.comparison.as_ref(), &mut last.comparison);
        described.answer(&mut answers, &mut last.cards);
        map.answer(&mut answers, &mut last.map);
        evidence.answer(&mut answers);
        // An older one speaks about other segments.
        answers.unusual = unusual.settled(&mut None);
        answers.belonging = belongs.settled(&mut None);
        answers.bic = bic.settled(&mut None);
        answers.journeys = followed.answer(&mut last.journeys);
        answers.holds = held.answer(&mut last.holds);
        answers.unusual_customers = unusual_customers.settled(&mut last.unusual_customers);
        answers.niches = niches.settled(&mut last.niches);
        table.answer(prepared, &mut answers, &mut last.table);
        answers.inside = inside;
        answers.dictionary = plan.dictionary.clone();
        answers.noun = answers.loaded.latest().map(|loaded| plan.dictionary.noun_of(loaded)).unwrap_or_default();
        // What the pages say was survived: all that was told so far.
        answers.notes = runtime.told().to_vec();
        answers.pages = pages::answers(runtime, everyones_plan, &answers, &shown, &grouped.groups, wanted.pages.as_ref(), paging);
        self.groups = Some(grouped.groups);
        answers
    }

    /// Blocks until everything wanted is there or impossible, but for what is only refined in the background.
    pub fn wait_until_idle(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        self.wait_while(plan, wanted, Runtime::is_busy_in_front)
    }

    /// Blocks until nothing is under way any more, in the background neither.
    pub fn wait_until_refined(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        self.wait_while(plan, wanted, Runtime::is_busy)
    }

    fn wait_while(&mut self, plan: &Plan, wanted: &Wanted, is_busy: fn(&Runtime) -> bool) -> Answers {
        loop {
            let answers = self.answer(plan, wanted);
            if !is_busy(&self.runtime) {
                return answers;
            }
            self.runtime.wait();
        }
    }

    /// Bytes of all results kept: within the budget, but for what the last question asked for.
    pub fn held_bytes(&mut self) -> usize {
        self.runtime.held_bytes()
    }

    /// Whether something is computed or waits to be seen.
    pub fn busy(&self) -> bool {
        self.runtime.is_busy()
    }

    /// Whether something the page waits for is computed, refinement in the background left out.
    pub fn is_busy_in_front(&self) -> bool {
        self.runtime.is_busy_in_front()
    }

    /// Stops one job; what it makes is a problem that says so, until the plan changes or [`Engine::retry`].
    pub fn stop_job(&mut self, id: u64) {
        self.runtime.stop_job(id);
        self.asks_anew = true;
    }

    /// Stops every job and starts no other, until the plan changes or [`Engine::retry`].
    pub fn stop_all(&mut self) {
        self.runtime.stop_all();
        self.asks_anew = true;
    }

    /// Tries again what was stopped or failed.
    pub fn retry(&mut self) {
        self.runtime.retry();
        self.asks_anew = true;
    }

    /// Everything an export says, if all of it is there for exactly this plan.
    pub fn report(&self, plan: &Plan) -> Option<Report> {
        let is_whole = |wanted: &Wanted| wanted.inside_shown().is_none();
        let (last_plan, wanted) = self.asked.as_ref().filter(|(last_plan, wanted)| last_plan == plan && is_whole(wanted))?;
        report::of_answers(last_plan, wanted.outputs.as_ref(), &self.answers, self.groups.as_ref()?)
    }

    /// The points of all plots there are for exactly this plan, for pictures.
    pub fn plots(&self, plan: &Plan) -> Plots {
        match &self.asked {
            Some((last_plan, _)) if last_plan == plan => report::plots(&self.answers),
            _ => Plots::default(),
        }
    }

    /// Writes what was chosen into `folder` as a job that ends by itself; what came of it is among [`Engine::take_done`].
    pub fn export(&mut self, report: Report, plots: Plots, choices: Choices, folder: PathBuf) {
        self.asks_anew = true;
        let work = exporting::export(report, plots, choices, folder);
        // Files that are complete stay, so it says which.
        self.exporting = Some(self.runtime.errand("Export", OnStop::IsTold, work));
    }

    /// The export under way.
    pub fn exporting(&self) -> Option<JobView> {
        let job = self.exporting?;
        self.runtime.views().into_iter().find(|view| view.id == job)
    }

    /// Runs any other work once, such as reading or writing a picture, shown and stoppable like every job. What it returns is applied like a click.
    pub fn errand(&mut self, title: &str, work: impl FnOnce(&Ctx) -> Result<Vec<Command>, StepError> + Send + 'static) -> u64 {
        self.asks_anew = true;
        self.runtime.errand(title, OnStop::IsForgotten, work)
    }

    /// The errands that ended since the last call.
    pub fn take_done(&mut self) -> Vec<Done> {
        self.runtime.take_done()
    }

    /// Another question than last time: forgets what belongs to the old one only.
    fn turn_to(&mut self, plan: &Plan, wanted: &Wanted) {
        if let Some((last_plan, last_wanted)) = &self.asked {
            // Another recipe of the same table is shown dimmed until the next is built; another file is not.
            let is_built = |source: &Source| matches!(source, Source::Sources(_));
            if last_plan.source != plan.source && !(is_built(&last_plan.source) && is_built(&plan.source)) {
                self.last = Last::default();
            }
            if last_plan != plan || last_wanted.reload != wanted.reload {
                self.runtime.resume();
            }
        }
        if self.asked.as_ref().is_none_or(|(last, _)| (&last.words, &last.dictionary) != (&plan.words, &plan.dictionary)) {
            self.words = cards::words_in_force(plan.words.as_ref(), &plan.dictionary);
        }
        if *self.edits.0 != *plan.personas {
            self.edits = (plan.personas.clone().into(), edits_key(&plan.personas));
        }
        if self.asked.as_ref().and_then(|(last_plan, _)| last_plan.numbering.as_ref()) != plan.numbering.as_ref() {
            self.numbering_key = plan.numbering.as_ref().map(|numbering| Key::of("numbering", 1, numbering, &[]));
        }
        if self.asked.as_ref().is_none_or(|(last_plan, _)| last_plan.splits != plan.splits) {
            let key = |split: &Parting| split.numbering.as_ref().map(|numbering| Key::of("numbering", 1, numbering, &[]));
            self.split_keys = plan.splits.iter().map(key).collect();
        }
        self.asked = Some((plan.clone(), wanted.clone()));
    }
}

fn edits_key(edits: &[PersonaEdit]) -> Key {
    Key::of("edits", 1, &edits, &[])
}
