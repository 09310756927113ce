//! From several files to the customer table, step by step: each file, what it holds, the table.
//!
//! Every source has a key of its own, so that one that changed is read alone, and a changed column of the table reads nothing anew.

use std::sync::Arc;

use crate::base::Key;
use crate::customers::{self, Built, Freshness, Health, Rfm, Tried, Understood, UnderstoodSource, rfm};
use crate::data::day::IsoDay;
use crate::data::sourcing::{Field, RecipeColumn, RfmRules};
use crate::data::{self, Loaded, Raw, SourceFile, Sourcing, Table, Unprofiled};
use crate::session::CustomerIds;

use super::answers::{PREVIEW_ROWS, SourcesAnswer};
use super::caches::Runtime;
use super::run::answer::Answer;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};
use super::wanted::{SourcesUntil, Wanted};

/// What was shown of the sources last.
#[derive(Debug, Default)]
pub(super) struct Last {
    understood: Option<Arc<Understood>>,
    built: Option<Arc<Built>>,
    preview: Option<Arc<Table>>,
    draft: Option<Arc<Tried>>,
    rfm: Option<Arc<Rfm>>,
    health: Option<Arc<Health>>,
}

/// What is asked of the sources in a round.
pub(super) struct Sourced {
    raws: Vec<Asked<Raw>>,
    understood: Asked<Understood>,
    built: Asked<Built>,
    freshness: Vec<Asked<Freshness>>,
    today: Option<IsoDay>,
    row_ids: Asked<CustomerIds>,
    preview: Asked<Table>,
    draft: Asked<Tried>,
    /// Who is scored how; waits for ever where nobody is to be.
    pub rfm: Asked<Rfm>,
    health: Asked<Health>,
    /// The table as the rest of the analysis sees it.
    pub loaded: Asked<Loaded>,
}

/// Asks for the customer table and everything on the way to it.
pub(super) fn sourced(runtime: &mut Runtime, sourcing: &Arc<Sourcing>, wanted: &Wanted, need: Need) -> Sourced {
    let until = wanted.sources.until;
    let need_of = |stage: SourcesUntil| if stage <= until { need } else { Need::Look };
    let raws: Vec<Asked<Raw>> = sourcing.sources.iter().map(|source| raw(runtime, source, wanted, need)).collect();
    let all = all(&raws);
    let understood = all.and("Reading the sources", |_| Asked::Waiting(String::new()));
    let (understood, built, draft) = match &all {
        Asked::Ready(all) => {
            let understood = understand(runtime, sourcing, &all.value, need_of(SourcesUntil::Table));
            let build =
                |understood: &Made<Understood>| build(runtime, sourcing, &all.value, understood, wanted, need_of(SourcesUntil::Table));
            let built = understood.and("Looking at the sources", build);
            let draft = match (&wanted.sources.draft, understood.ready()) {
                (Some(draft), Some(understood)) => try_column(runtime, sourcing, draft, &all.value, understood, wanted.sources.clock, need),
                _ => understood.blocks("Looking at the sources"),
            };
            (understood, built, draft)
        }
        _ => (understood, all.blocks("Reading the sources"), all.blocks("Reading the sources")),
    };
    let health = match (&all, understood.ready()) {
        (Asked::Ready(all), Some(understood)) => health(runtime, sourcing, &all.value, understood, wanted, need),
        _ => understood.blocks("Looking at the sources"),
    };
    let rfm = match sourcing.rfm.enabled {
        true => built.and(BUILDING, |built| scored(runtime, built, &sourcing.rfm, need_of(SourcesUntil::Table))),
        false => Asked::Waiting("RFM scores are switched off".into()),
    };
    let need_of_loaded = need_of(SourcesUntil::Analysis);
    let loaded = built.and(BUILDING, |built| profiled(runtime, built, need_of_loaded));
    let loaded = match &rfm {
        // A table without scores is still a table.
        Asked::Failed(_) => loaded,
        _ if !sourcing.rfm.enabled => loaded,
        rfm => rfm.and("Scoring customers", |rfm| loaded.and(BUILDING, |loaded| with_scores(runtime, loaded, rfm, need_of_loaded))),
    };
    if let Some(loaded) = loaded.ready() {
        runtime.tell(&loaded.value.notes);
    }
    let preview = match wanted.sources.preview.and_then(|(at, first)| Some((raws.get(at)?, first))) {
        Some((raw, first)) => raw.and("Reading the source", |raw| preview(runtime, raw, first, need)),
        None => Asked::Waiting("No source is looked at".into()),
    };
    let freshness = raws.iter().enumerate().map(|(at, raw)| match (raw.ready(), understood.ready()) {
        (Some(raw), Some(understood)) => {
            let of = &understood.value.sources[at];
            freshness(runtime, raw, of, sourcing.stale_after_days(at, of.kind), need_of(SourcesUntil::Page))
        }
        _ => raw.blocks("Reading the source"),
    });
    let freshness = freshness.collect();
    let row_ids = built.and(BUILDING, |built| row_ids(runtime, built, need_of(SourcesUntil::Page)));
    Sourced { raws, understood, built, freshness, today: wanted.sources.today, row_ids, preview, draft, rfm, health, loaded }
}

const BUILDING: &str = "Building the customer table";

impl Sourced {
    /// The rows of all sources, where all are there.
    pub(super) fn raws_ready(&self) -> Option<Vec<Made<Raw>>> {
        self.raws.iter().map(|raw| raw.ready().cloned()).collect()
    }

    /// What the pages see of it.
    pub fn answer(self, last: &mut Last) -> SourcesAnswer {
        let raws = self.raws.into_iter().map(|raw| raw.settled(&mut None)).collect::<Vec<Answer<Raw>>>();
        SourcesAnswer {
            raws,
            understood: self.understood.settled(&mut last.understood),
            built: self.built.settled(&mut last.built),
            freshness: self.freshness.into_iter().map(|freshness| freshness.settled(&mut None)).collect(),
            today: self.today,
            row_ids: self.row_ids.settled(&mut None),
            preview: self.preview.settled(&mut last.preview),
            draft: self.draft.settled(&mut last.draft),
            rfm: self.rfm.settled(&mut last.rfm),
            health: self.health.settled(&mut last.health),
        }
    }
}

/// The rows of one source, once its bytes are known.
fn raw(runtime: &mut Runtime, source: &SourceFile, wanted: &Wanted, need: Need) -> Asked<Raw> {
    let title = format!("Reading {}", source.name);
    let key = Key::of("stamp of a source", 1, &(&source.path, &source.read_as, wanted.reload), &[]);
    let (path, read_as) = (source.path.clone(), source.read_as.clone());
    let stamp = if wanted.reads_once() {
        Asked::Ready(Made { key, value: Arc::new(key) })
    } else {
        runtime.ask(|s| &mut s.stamps, key, need, (|| title.clone(), Lane::Long), move |ctx| Ok(data::stamp_raw_as(&path, &read_as, ctx)?))
    };
    let raw = stamp.and(&title, |stamp| {
        let key = Key::of("source", 1, &source.path, &[*stamp.value]);
        let (path, read_as) = (source.path.clone(), source.read_as.clone());
        runtime.ask(|s| &mut s.raws, key, need, (|| title.clone(), Lane::Long), move |ctx| Ok(data::read_raw_as(&path, &read_as, ctx)?))
    });
    if let Some(raw) = raw.ready() {
        runtime.tell(&raw.value.notes);
    }
    raw
}

/// All sources, or why one of them is missing.
fn all(raws: &[Asked<Raw>]) -> Asked<Vec<Made<Raw>>> {
    let mut ready = Vec::with_capacity(raws.len());
    for raw in raws {
        match raw {
            Asked::Ready(raw) => ready.push(raw.clone()),
            Asked::Failed(problem) => return Asked::Failed(problem.clone()),
            other => return other.passes_on("Reading the sources"),
        }
    }
    let keys: Vec<Key> = ready.iter().map(|raw| raw.key).collect();
    Asked::Ready(Made { key: Key::of("sources", 1, &(), &keys), value: Arc::new(ready) })
}

fn understand(runtime: &mut Runtime, sourcing: &Arc<Sourcing>, raws: &Arc<Vec<Made<Raw>>>, need: Need) -> Asked<Understood> {
    // Only what is said about the sources matters here, so that a changed column of the table does not compare all keys again.
    let key = Key::of("understood sources", 1, &sourcing.sources, &keys(raws));
    let (sourcing, raws) = (sourcing.clone(), raws.clone());
    let title = || "Looking at the sources".into();
    runtime.ask(
        |s| &mut s.understood,
        key,
        need,
        (title, Lane::Long),
        move |ctx| Ok(customers::understand(&sourcing, &values(&raws), ctx)?),
    )
}

fn build(
    runtime: &mut Runtime,
    sourcing: &Arc<Sourcing>,
    raws: &Arc<Vec<Made<Raw>>>,
    understood: &Made<Understood>,
    wanted: &Wanted,
    need: Need,
) -> Asked<Built> {
    let today = wanted.sources.clock;
    let key = Key::of("customer table on a day", 1, &today, &[customers::stamp(sourcing, &values(raws))]);
    let (sourcing, raws, understood) = (sourcing.clone(), raws.clone(), understood.value.clone());
    let title = || "Building the customer table".into();
    let step = move |ctx: &crate::base::Ctx| Ok(customers::build(&sourcing, &understood, &values(&raws), today, ctx)?);
    let built = runtime.ask(|s| &mut s.built, key, need, (title, Lane::Long), step);
    if let Some(built) = built.ready() {
        runtime.tell(&built.value.notes);
    }
    built
}

fn freshness(runtime: &mut Runtime, raw: &Made<Raw>, of: &UnderstoodSource, limit_days: Option<f64>, need: Need) -> Asked<Freshness> {
    let key = Key::of("freshness", 2, &(of.fields.get(&Field::Date), of.kind, limit_days), &[raw.key]);
    let (title, raw, of) = (format!("How fresh is {}?", of.name), raw.value.clone(), of.clone());
    runtime.ask(|s| &mut s.freshness, key, need, (|| title, Lane::Quick), move |_| Ok(customers::freshness(&raw, &of, limit_days)?))
}

fn row_ids(runtime: &mut Runtime, built: &Made<Built>, need: Need) -> Asked<CustomerIds> {
    let key = Key::of("row ids", 1, &(), &[built.key]);
    let built = built.value.clone();
    runtime.ask(
        |s| &mut s.row_ids,
        key,
        need,
        (|| "Looking who is who".into(), Lane::Quick),
        move |ctx| Ok(CustomerIds(customers::row_ids(&built.table, ctx)?.into())),
    )
}

fn preview(runtime: &mut Runtime, raw: &Made<Raw>, first: usize, need: Need) -> Asked<Table> {
    let key = Key::of("rows of a source", 1, &first, &[raw.key]);
    let raw = raw.value.clone();
    let title = format!("Rows of {}", raw.title);
    runtime.ask(
        |s| &mut s.previews,
        key,
        need,
        (|| title, Lane::Quick),
        move |ctx| Ok(raw.page(first..raw.n_rows.min(first + PREVIEW_ROWS), ctx)?),
    )
}

fn try_column(
    runtime: &mut Runtime,
    sourcing: &Arc<Sourcing>,
    draft: &RecipeColumn,
    raws: &Arc<Vec<Made<Raw>>>,
    understood: &Made<Understood>,
    today: Option<IsoDay>,
    need: Need,
) -> Asked<Tried> {
    let key = Key::of("tried column", 1, &(draft, &sourcing.recipe, sourcing.snapshot, today), &[understood.key]);
    let (sourcing, draft, raws, understood) = (sourcing.clone(), draft.clone(), raws.clone(), understood.value.clone());
    let title = format!("Trying {}", draft.name);
    runtime.ask(
        |s| &mut s.tried,
        key,
        need,
        (|| title, Lane::Quick),
        move |ctx| Ok(customers::try_column(&sourcing, &draft, &understood, &values(&raws), today, ctx)?),
    )
}

/// Checks the rules, where the page shows them.
fn health(
    runtime: &mut Runtime,
    sourcing: &Arc<Sourcing>,
    raws: &Arc<Vec<Made<Raw>>>,
    understood: &Made<Understood>,
    wanted: &Wanted,
    need: Need,
) -> Asked<Health> {
    let today = wanted.sources.today;
    let key = Key::of("health", 1, &(&sourcing.rules, today), &[understood.key]);
    let need = if wanted.sources.health { need } else { Need::Look };
    let (sourcing, raws, understood) = (sourcing.clone(), raws.clone(), understood.value.clone());
    let title = || "Checking the data".into();
    let step = move |ctx: &crate::base::Ctx| Ok(customers::health::check(&sourcing, &understood, &values(&raws), today, ctx)?);
    runtime.ask(|s| &mut s.healths, key, need, (title, Lane::Long), step)
}

fn profiled(runtime: &mut Runtime, built: &Made<Built>, need: Need) -> Asked<Loaded> {
    let key = Key::of("customers", 1, &(), &[built.key]);
    let (stamp, built) = (built.value.stamp, built.value.clone());
    let title = || "Looking at the columns".into();
    runtime.ask(
        |s| &mut s.loaded,
        key,
        need,
        (title, Lane::Long),
        move |ctx| Ok(Unprofiled::made(customers::TITLE.into(), built.table.clone(), built.notes.clone(), stamp).profiled(ctx)?),
    )
}

/// Everyone's scores. They depend on the table and on their own rules, so that a cut point that moves reads and builds nothing anew.
fn scored(runtime: &mut Runtime, built: &Made<Built>, rules: &RfmRules, need: Need) -> Asked<Rfm> {
    let key = Key::of("rfm", 1, rules, &[built.key]);
    let (stamp, built, rules) = (built.value.stamp, built.value.clone(), rules.clone());
    let step = move |ctx: &crate::base::Ctx| Ok(rfm::score(&built.table, &rules, stamp, ctx)?);
    let scored = runtime.ask(|s| &mut s.rfms, key, need, (|| "Scoring customers".into(), Lane::Quick), step);
    if let Some(scored) = scored.ready() {
        runtime.tell(&scored.value.notes);
    }
    scored
}

/// The table with the columns of the scores; the profiles of all others are kept.
fn with_scores(runtime: &mut Runtime, loaded: &Made<Loaded>, rfm: &Made<Rfm>, need: Need) -> Asked<Loaded> {
    let key = Key::of("customers with scores", 1, &(), &[loaded.key, rfm.key]);
    let (loaded, rfm) = (loaded.value.clone(), rfm.value.clone());
    let step = move |ctx: &crate::base::Ctx| Ok(loaded.with_columns(rfm.columns(&loaded.table), &rfm.notes, ctx)?);
    runtime.ask(|s| &mut s.loaded, key, need, (|| "Scoring customers".into(), Lane::Quick), step)
}

fn keys(raws: &[Made<Raw>]) -> Vec<Key> {
    raws.iter().map(|raw| raw.key).collect()
}

fn values(raws: &[Made<Raw>]) -> Vec<&Raw> {
    raws.iter().map(|raw| &*raw.value).collect()
}

/// The day it is (UTC). What is computed is told the day by whoever asks, so that the floors below have no clock.
pub fn today() -> IsoDay {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    IsoDay((since.as_secs() / 86_400) as i32)
}
