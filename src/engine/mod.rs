//! Floor 7: from a plan to answers. The whole analysis is the recipe in this file; nothing else decides what is computed from what.
//!
//! In: the plan and what the page wants to see. Out: at once, what is known. What is not known yet is asked for at the desk, which
//! looks on the shelf of its step (`memo`), then at the jobs under way (`jobs`), and only then starts a job. There are no flags and
//! no invalidation: a changed key is the only invalidation there is. An unchanged question costs a comparison of the plan.

pub mod answers;
mod brush;
pub mod choose;
pub mod comparing;
pub mod densities;
pub mod desk;
pub mod evidence;
pub mod explaining;
pub mod exporting;
mod groups;
mod headless;
pub mod jobs;
pub mod memo;
mod needs;
pub mod paging;
mod picking;
mod previous;
mod refine;
pub mod reporting;
mod sourcing;
pub mod steps;
mod sweep;
mod wanted;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::{Ctx, Key, memory};
use crate::cluster::Method;
use crate::data::Source;
use crate::export::{Choices, Plots, Report};
use crate::persona::PersonaEdit;
use crate::session::Plan;

pub use answers::{Answer, Answers, BrushAnswer, JobView, PREVIEW_ROWS, Problem, Segmentation, SourcesAnswer};
pub use desk::{Done, StepError};
pub use exporting::{Ended, Exported};
pub use headless::analyse;
pub use paging::{PageImage, PagesAnswer, PagesWanted, page_title};
pub use sourcing::today;
pub use wanted::{Outputs, SilhouetteWish, SourcesUntil, SourcesWanted, Wanted};
pub use watch::Watch;

use desk::{Asked, Desk, Need};
use explaining::WordsInForce;
use exporting::Exporting;
use groups::Groups;
use jobs::{Urgency, Workers};
use needs::Needs;
use paging::Paging;
use previous::Previous;
use steps::{Kitchen, Memos};

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

/// Answers questions about a plan; computes in the background.
pub struct Engine {
    desk: Kitchen,
    asked: Option<(Plan, Wanted)>,
    edits: (Arc<[PersonaEdit]>, Key),
    words: WordsInForce,
    /// Names the plan's numbering, since hashing it anew every frame would take too long.
    numbering_key: Option<Key>,
    answers: Answers,
    /// What the last answers were made from, for reports.
    groups: Option<Groups>,
    previous: Previous,
    paging: Paging,
    asks_anew: bool,
    refines: bool,
    /// The export under way.
    exporting: Option<Exporting>,
}

impl Engine {
    /// An engine with empty shelves. `wake` is called from other threads whenever there is something new to see.
    pub fn new(wake: impl Fn() + Send + Sync + 'static, options: EngineOptions) -> Engine {
        Engine {
            desk: Desk::new(Memos::default(), Workers::of(&options), options.memory_budget_bytes, wake),
            asked: None,
            edits: (Arc::new([]), edits_key(&[])),
            words: explaining::words_in_force(None),
            numbering_key: None,
            answers: Answers::default(),
            groups: None,
            previous: Previous::default(),
            paging: Paging::default(),
            asks_anew: false,
            refines: false,
            exporting: None,
        }
    }

    /// Whether silhouettes from a sample go on growing in the background until they are exact, as the window wants it. Otherwise the first
    /// sample is the answer, so that [`Engine::wait_until_idle`] does not wait for minutes.
    pub fn refine(&mut self, refines: bool) {
        self.refines = refines;
        self.asks_anew = true;
    }

    /// What is known now; starts what is not and stops what nobody wants any more. Never waits.
    pub fn answer(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        let news = self.desk.take_finished();
        let same_question = self.asked.as_ref().is_some_and(|(last_plan, last_wanted)| last_plan == plan && last_wanted == wanted);
        if same_question && !news && !self.asks_anew && !self.desk.is_busy() {
            return self.answers.clone();
        }
        if !same_question {
            self.turn_to(plan, wanted);
        }
        self.asks_anew = false;
        self.desk.begin_round();
        let mut answers = self.recipe(plan, wanted);
        answers.notes = self.desk.end_round();
        answers.jobs = self.desk.views();
        self.answers = answers;
        self.answers.clone()
    }

    /// The recipe: what every page sees, and what it is made from.
    fn recipe(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        let Engine { desk, previous, edits: (edits, edits_key), words, numbering_key, refines, paging, .. } = self;
        let clustering = &plan.clustering;

        let (loaded, sourced) = match &plan.source {
            Source::Sources(sourcing) => {
                let sourced = sourcing::sourced(desk, sourcing, wanted, Need::Start(Urgency::Chosen));
                (sourced.loaded.clone(), Some(sourced))
            }
            file => (steps::load(desk, file, wanted.reload, Need::Start(Urgency::Chosen)), None),
        };
        let loaded = match plan.preparation.no_answer_is_missing {
            true => loaded.and("Waiting for the data", |loaded| steps::without_no_answers(desk, loaded, Need::Start(Urgency::Chosen))),
            false => loaded,
        };
        if let Some(loaded) = loaded.ready() {
            previous.keep_only(loaded.value.stamp);
        }
        let needs = Needs::of(plan, wanted, *refines, loaded.ready().map_or(0, |loaded| loaded.value.table.n_rows));
        let prepared = loaded.and("Waiting for the data", |loaded| steps::prepare(desk, loaded, &plan.preparation, needs.prepared));

        let epsilons = wanted.outputs.as_ref().map_or(&[][..], |outputs| &outputs.epsilons);
        let groups = groups::of(desk, loaded.ready(), &prepared, clustering, epsilons, needs);
        let tree_plot = match (&groups.tree, loaded.ready(), prepared.ready()) {
            (Asked::Ready(tree), Some(loaded), Some(prepared)) => steps::tree_plot(desk, loaded, prepared, tree, needs.plots),
            _ => groups.tree.blocks("Waiting for the tree"),
        };

        let segmentation = match (&groups.chosen, loaded.ready(), prepared.ready()) {
            (Ok(chosen), Some(loaded), Some(prepared)) => Asked::Ready(chosen.segmentation(desk, loaded, prepared, plan, *numbering_key)),
            (Err(why), ..) => why.clone(),
            _ => prepared.blocks("Waiting for the columns"),
        };
        let silhouette = match (&segmentation, &groups.silhouettes) {
            (Asked::Ready(segmentation), Asked::Ready(silhouettes)) => steps::silhouette_plot(desk, segmentation, silhouettes, needs.plots),
            (_, silhouettes) => silhouettes.blocks("Waiting for the silhouettes"),
        };
        let map = segmentation.and(WAITS, |segmentation| steps::map(desk, segmentation, &wanted.map_axes, needs.plots));
        let comparison = comparing::comparison(desk, loaded.ready(), &prepared, &groups, plan.comparison.as_ref(), needs);
        let personas = segmentation.and(WAITS, |segmentation| match choose::too_many(&segmentation.value.labels, needs.most_segments) {
            Some(problem) => Asked::Failed(problem),
            None => steps::personas(
                desk,
                segmentation,
                &plan.preparation.roles,
                (edits, *edits_key),
                words,
                groups.names(clustering, &segmentation.value.loaded),
                needs.personas,
            ),
        });
        let explained = segmentation.and(WAITS, |segmentation| match choose::too_many(&segmentation.value.labels, needs.most_segments) {
            Some(problem) => Asked::Failed(problem),
            None => explaining::explained(desk, segmentation, &plan.preparation.roles, words, clustering.seed, needs.explained),
        });

        let roles = &plan.preparation.roles;
        let silhouettes = &groups.silhouettes;
        let from = brush::From {
            loaded: &loaded,
            prepared: &prepared,
            segmentation: &segmentation,
            silhouettes,
            tree: &tree_plot,
            rfm: sourced.as_ref().map(|sourced| &sourced.rfm),
            roles,
            words,
        };
        let (scene, brush) = brush::answers(desk, &from, wanted, needs.plots, previous);
        // Evidence comes last: what it speaks about is on the page before anything asks whether it is real.
        let is_shown = segmentation.ready().is_some() && silhouette.is_settled() && personas.is_settled();
        let null_band = match (&groups.sweep, prepared.ready()) {
            (Ok(sweep), Some(prepared)) if sweep.finished.is_some() => evidence::null_band(desk, prepared, clustering, needs.null_band),
            (Ok(_), _) => Asked::Waiting("Waiting for elbow and silhouette".into()),
            (Err(why), _) => why.blocks("Waiting for elbow and silhouette"),
        };
        let stability = match (&groups.chosen, segmentation.ready(), prepared.ready()) {
            (Ok(chosen), Some(segmentation), Some(prepared))
                if choose::too_many(&segmentation.value.labels, needs.most_segments).is_none() =>
            {
                match evidence::regroup(clustering, segmentation.value.k, segmentation.value.epsilon, prepared.value.matrix.n_rows()) {
                    Some(how) => {
                        let need = if is_shown || wanted.outputs.is_some() { needs.stability } else { Need::Look };
                        evidence::stability(desk, prepared, &chosen.labeling, how, clustering.seed, need)
                    }
                    None if clustering.method == Method::Column => Asked::Failed(Problem(evidence::BY_COLUMN.into())),
                    None => Asked::Waiting(WAITS.into()),
                }
            }
            _ => segmentation.blocks(WAITS),
        };

        let mut answers = Answers {
            sources: sourced.map(|sourced| sourced.answer(&mut previous.sources)),
            loaded: previous::settle(&mut previous.loaded, loaded),
            prepared: previous::settle(&mut previous.prepared, prepared),
            sweep: groups.sweep_answer(&mut previous.sweep),
            dendrogram: previous.dendrogram(&tree_plot, &groups.tree),
            tree: previous::settle(&mut previous.tree, tree_plot),
            density: previous::settle(&mut previous.density, groups.density_plot.clone()),
            condensed: previous::settle(&mut previous.condensed, groups.condensed_plot.clone()),
            segmentation: previous::settle(&mut previous.segmentation, segmentation),
            silhouette: previous::settle(&mut previous.silhouette, silhouette),
            map: previous::settle(&mut previous.map, map),
            scene,
            brush,
            personas: previous::settle(&mut previous.personas, personas),
            pages: PagesAnswer::default(),
            // What drives another grouping, or its typical customers, would mislead: it is not kept.
            explained: previous::settle(&mut None, explained),
            comparison: previous.comparison(plan.comparison.as_ref(), comparison),
            // An older one speaks about other segments, so it is not kept.
            null_band: previous::settle(&mut None, null_band),
            stability: previous::settle(&mut None, stability),
            jobs: Vec::new(),
            notes: Vec::new(),
        };
        // What the pages say was survived: all that was told so far.
        answers.notes = desk.told().to_vec();
        answers.pages = paging::answers(desk, plan, &answers, &groups, wanted.pages.as_ref(), paging);
        self.groups = Some(groups);
        answers
    }

    /// Blocks until everything wanted is there or impossible, but for what is only refined in the background.
    pub fn wait_until_idle(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        self.wait_while(plan, wanted, Desk::is_busy_in_front)
    }

    /// Blocks until nothing is under way any more, in the background neither.
    pub fn wait_until_refined(&mut self, plan: &Plan, wanted: &Wanted) -> Answers {
        self.wait_while(plan, wanted, Desk::is_busy)
    }

    fn wait_while(&mut self, plan: &Plan, wanted: &Wanted, is_busy: fn(&Kitchen) -> bool) -> Answers {
        loop {
            let answers = self.answer(plan, wanted);
            if !is_busy(&self.desk) {
                return answers;
            }
            self.desk.wait();
        }
    }

    /// Bytes of all results kept: within the budget, but for what the last question asked for.
    pub fn held_bytes(&mut self) -> usize {
        self.desk.held_bytes()
    }

    /// Whether something is computed or waits to be seen.
    pub fn busy(&self) -> bool {
        self.desk.is_busy()
    }

    /// Whether something the page waits for is computed, refinement in the background left out.
    pub fn is_busy_in_front(&self) -> bool {
        self.desk.is_busy_in_front()
    }

    /// Stops one job; what it makes is a problem that says so, until the plan changes or [`Engine::retry`].
    pub fn stop_job(&mut self, id: u64) {
        self.desk.stop_job(id);
        self.asks_anew = true;
    }

    /// Stops every job and starts no other, until the plan changes or [`Engine::retry`].
    pub fn stop_all(&mut self) {
        self.desk.stop_all();
        self.asks_anew = true;
    }

    /// Tries again what was stopped or failed.
    pub fn retry(&mut self) {
        self.desk.retry();
        self.asks_anew = true;
    }

    /// Everything an export says, if all of it is there for exactly this plan.
    pub fn report(&self, plan: &Plan) -> Option<Report> {
        let (last_plan, wanted) = self.asked.as_ref().filter(|(last_plan, _)| last_plan == plan)?;
        reporting::of_answers(last_plan, wanted.outputs.as_ref(), &self.answers, self.groups.as_ref()?)
    }

    /// The points of all plots there are for exactly this plan, for pictures.
    pub fn plots(&self, plan: &Plan) -> Plots {
        match &self.asked {
            Some((last_plan, _)) if last_plan == plan => reporting::plots(plan, &self.answers),
            _ => Plots::default(),
        }
    }

    /// Writes what was chosen into `folder` as a job that ends by itself; what came of it is told by [`Engine::take_exported`].
    pub fn export(&mut self, report: Report, plots: Plots, choices: Choices, folder: PathBuf) {
        self.asks_anew = true;
        let (work, mut exporting) = exporting::export(report, plots, choices, folder);
        exporting.job = self.desk.run_once("Export", work);
        self.exporting = Some(exporting);
    }

    /// The export under way.
    pub fn exporting(&self) -> Option<JobView> {
        let job = self.exporting.as_ref()?.job;
        self.desk.views().into_iter().find(|view| view.id == job)
    }

    /// What came of the export, once it ended.
    pub fn take_exported(&mut self) -> Option<Exported> {
        let exported = self.exporting.as_ref()?.take()?;
        self.exporting = None;
        Some(exported)
    }

    /// Runs any other work once, such as writing a project or a picture, shown and stoppable like every job.
    pub fn errand(&mut self, title: &str, work: impl FnOnce(&Ctx) -> Result<String, StepError> + Send + 'static) -> u64 {
        self.asks_anew = true;
        self.desk.errand(title, work)
    }

    /// The errands that ended since the last call.
    pub fn take_done(&mut self) -> Vec<Done> {
        self.desk.take_done()
    }

    /// Another question than last time: forgets what belongs to the old one only.
    fn turn_to(&mut self, plan: &Plan, wanted: &Wanted) {
        if let Some((last_plan, last_wanted)) = &self.asked {
            // Another recipe of the same table is shown dimmed until the next is built; another file is not.
            let is_built = |source: &Source| matches!(source, Source::Sources(_));
            if last_plan.source != plan.source && !(is_built(&last_plan.source) && is_built(&plan.source)) {
                self.previous = Previous::default();
            }
            if last_plan != plan || last_wanted.reload != wanted.reload {
                self.desk.resume();
            }
        }
        if self.asked.as_ref().is_none_or(|(last_plan, _)| last_plan.words != plan.words) {
            self.words = explaining::words_in_force(plan.words.as_ref());
        }
        if *self.edits.0 != *plan.personas {
            self.edits = (plan.personas.clone().into(), edits_key(&plan.personas));
        }
        if self.asked.as_ref().and_then(|(last_plan, _)| last_plan.numbering.as_ref()) != plan.numbering.as_ref() {
            self.numbering_key = plan.numbering.as_ref().map(|numbering| Key::of("numbering", 1, numbering, &[]));
        }
        self.asked = Some((plan.clone(), wanted.clone()));
    }
}

const WAITS: &str = "Waiting for the segments";

fn edits_key(edits: &[PersonaEdit]) -> Key {
    Key::of("edits", 1, &edits, &[])
}
