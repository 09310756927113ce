//! From a file, or the customer table of several, to the table that is analysed, and from there to the matrix.

use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::customers;
use crate::data::{self, Loaded, Source};
use crate::features::{self, Preparation, Prepared};
use crate::session::Plan;

use super::answers::Answers;
use super::caches::Runtime;
use super::model_column::with_model;
use super::run::jobs::{Lane, Urgency};
use super::run::runtime::{Asked, Made, Need};
use super::sources::{self, Sourced};
use super::wanted::Wanted;

/// What was shown last.
#[derive(Debug, Default)]
pub(super) struct Last {
    pub(super) loaded: Option<Arc<Loaded>>,
    prepared: Option<Arc<Prepared>>,
    sources: sources::Last,
}

/// What is asked of the table in a round.
pub(super) struct Tabled {
    /// The table as it is analysed.
    pub loaded: Asked<Loaded>,
    /// How it is built, where it is built from several files.
    pub sourced: Option<Sourced>,
}

/// Asks for the table. One that was `given` is there already, whatever the plan says it comes from.
pub(super) fn of(runtime: &mut Runtime, given: Option<&Arc<Loaded>>, plan: &Plan, wanted: &Wanted) -> Tabled {
    let need = Need::Start(Urgency::Chosen);
    let (loaded, sourced) = match (given, &plan.source) {
        (Some(given), _) => {
            runtime.tell(&given.notes);
            (Asked::Ready(Made { key: given.stamp, value: given.clone() }), None)
        }
        (None, Source::Sources(sourcing)) => {
            let sourced = sources::sourced(runtime, sourcing, wanted, need);
            (sourced.loaded.clone(), Some(sourced))
        }
        (None, file) => (load(runtime, file, wanted.reload, wanted.reads_once(), need), None),
    };
    let loaded = match plan.preparation.no_answer_is_missing {
        true => loaded.and("Waiting for the data", |loaded| without_no_answers(runtime, loaded, need)),
        false => loaded,
    };
    let loaded = match &plan.model {
        Some(open) => loaded.and("Waiting for the data", |loaded| with_model(runtime, loaded, open, need)),
        None => loaded,
    };
    Tabled { loaded, sourced }
}

impl Tabled {
    /// What the pages see of it, and of the matrix made from it.
    pub fn answer(self, prepared: Asked<Prepared>, answers: &mut Answers, last: &mut Last) {
        answers.sources = self.sourced.map(|sourced| sourced.answer(&mut last.sources));
        answers.loaded = self.loaded.settled(&mut last.loaded);
        answers.prepared = prepared.settled(&mut last.prepared);
    }
}

fn stamp_key(source: &Source, reload: u64) -> Key {
    Key::of("stamp", 1, &(source, reload), &[])
}

/// The source's bytes as a key; `title` says what for.
pub(super) fn stamp(runtime: &mut Runtime, source: &Source, reload: u64, need: Need, title: &str) -> Asked<Key> {
    let its_source = source.clone();
    let step = move |ctx: &Ctx| Ok(data::stamp(&its_source, ctx)?);
    runtime.ask(|s| &mut s.stamps, stamp_key(source, reload), need, (|| title.to_owned(), Lane::Long), step)
}

/// The source's bytes as a key, then the table. `reload` counts up when the file must be looked at again; a source that is read once goes by its name.
pub fn load(runtime: &mut Runtime, source: &Source, reload: u64, is_read_once: bool, need: Need) -> Asked<Loaded> {
    let title = format!("Reading {}", source.title());
    let stamp = match is_read_once {
        true => {
            let key = stamp_key(source, reload);
            Asked::Ready(Made { key, value: Arc::new(key) })
        }
        false => stamp(runtime, source, reload, need, &title),
    };
    let loaded = stamp.and(&title, |stamp| {
        let key = Key::of("read", 1, source, &[*stamp.value]);
        // The table before anybody looked at its columns is held only until that is done.
        match runtime.look(|s| &mut s.loaded, key, need) {
            Asked::Waiting(_) if need != Need::Look => {}
            known => return known,
        }
        let read_key = Key::of("read alone", 1, source, &[*stamp.value]);
        let source = source.clone();
        let read = move |ctx: &Ctx| Ok(data::read_table(&source, ctx)?);
        let table = runtime.ask(|s| &mut s.unprofiled, read_key, need, (|| title.clone(), Lane::Long), read);
        let Some(table) = table.ready() else { return table.passes_on(&title) };
        let table = table.value.clone();
        let title = || "Looking at the columns".into();
        runtime.ask(|s| &mut s.loaded, key, need, (title, Lane::Long), move |ctx| Ok(with_kind_of_rows(table.profiled(ctx)?)))
    });
    if let Some(loaded) = loaded.ready() {
        runtime.tell(&loaded.value.notes);
    }
    loaded
}

/// The table with whether its rows are customers, or what they did.
fn with_kind_of_rows(mut loaded: Loaded) -> Loaded {
    let repeats = customers::repeats(&loaded);
    // Where the same customer has several rows, nobody may call a row a customer.
    loaded.is_listing = repeats.is_some() || customers::looks_like(&loaded).is_some();
    loaded.notes.extend(repeats);
    loaded
}

/// The table in which numbers that stand apart from their scale are missing.
fn without_no_answers(runtime: &mut Runtime, loaded: &Made<Loaded>, need: Need) -> Asked<Loaded> {
    let key = Key::of("without no answers", 1, &(), &[loaded.key]);
    let (before, loaded) = (loaded.value.clone(), loaded.value.clone());
    let title = || "Looking at the columns".into();
    let without = runtime.ask(|s| &mut s.loaded, key, need, (title, Lane::Long), move |ctx| Ok(loaded.without_no_answers(ctx)?));
    if let Some(without) = without.ready() {
        runtime.tell_instead(&before.notes, &without.value.notes);
    }
    without
}

/// The matrix.
pub fn prepare(runtime: &mut Runtime, loaded: &Made<Loaded>, preparation: &Preparation, need: Need) -> Asked<Prepared> {
    let key = Key::of("prepare", 2, preparation, &[loaded.key]);
    let (loaded, preparation) = (loaded.value.clone(), preparation.clone());
    let prepared = runtime.ask(
        |s| &mut s.prepared,
        key,
        need,
        (|| "Preparing the columns".into(), Lane::Long),
        move |ctx| Ok(features::prepare(&loaded, &preparation, ctx)?),
    );
    if let Some(prepared) = prepared.ready() {
        runtime.tell(&prepared.value.notes);
    }
    prepared
}
