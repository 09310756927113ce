//! How is something asked for? The runtime looks into the cache, then at the jobs under way, and only then starts a job.
//!
//! In: a key and the step that makes its value. Out: at once what is known: the value, how far its job is, or the problem.
//! One round is everything asked for one frame. Cost: a hash look-up per question.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::{Ctx, Key, Note, Progress};
use crate::session::Command;

use super::answer::{Answer, JobView, Problem, STOPPED, StepError};
use super::jobs::{Jobs, Lane, Order, Urgency, Workers};
use super::memo::{Memo, Store, tidy};

/// A value and its key.
#[derive(Debug)]
pub struct Made<T> {
    /// Names it by everything it depends on.
    pub key: Key,
    /// The value.
    pub value: Arc<T>,
}

impl<T> Clone for Made<T> {
    fn clone(&self) -> Made<T> {
        Made { key: self.key, value: self.value.clone() }
    }
}

/// What the runtime knows at once.
#[derive(Debug)]
pub enum Asked<T> {
    /// It is there.
    Ready(Made<T>),
    /// Its job is queued or runs.
    Cooking(Progress),
    /// It waits for something else, in words, or nobody needs it yet.
    Waiting(String),
    /// It cannot be had.
    Failed(Problem),
}

impl<T> Clone for Asked<T> {
    fn clone(&self) -> Asked<T> {
        match self {
            Asked::Ready(made) => Asked::Ready(made.clone()),
            Asked::Cooking(progress) => Asked::Cooking(progress.clone()),
            Asked::Waiting(why) => Asked::Waiting(why.clone()),
            Asked::Failed(problem) => Asked::Failed(problem.clone()),
        }
    }
}

impl<T> Asked<T> {
    /// Goes on with the value; whoever needs it waits, or fails for the same reason.
    pub fn and<U>(&self, waits_for: &str, next: impl FnOnce(&Made<T>) -> Asked<U>) -> Asked<U> {
        match self {
            Asked::Ready(made) => next(made),
            Asked::Cooking(_) => Asked::Waiting(waits_for.to_owned()),
            Asked::Waiting(why) => Asked::Waiting(why.clone()),
            Asked::Failed(problem) => Asked::Failed(problem.clone()),
        }
    }

    /// What is said of something that needs this value, while it is not there.
    pub fn blocks<U>(&self, waits_for: &str) -> Asked<U> {
        self.and(waits_for, |_| Asked::Waiting(waits_for.to_owned()))
    }

    /// The same, with how far this value is in place of words, while it is computed.
    pub fn passes_on<U>(&self, waits_for: &str) -> Asked<U> {
        match self {
            Asked::Cooking(progress) => Asked::Cooking(progress.clone()),
            other => other.blocks(waits_for),
        }
    }

    /// The name of the value, if it is there.
    pub fn key(&self) -> Option<Key> {
        self.ready().map(|made| made.key)
    }

    /// The value, if it is there.
    pub fn ready(&self) -> Option<&Made<T>> {
        match self {
            Asked::Ready(made) => Some(made),
            _ => None,
        }
    }

    /// What a page sees: what is known now, with the last value beside it, which this becomes once it is there. A stale value is shown dimmed
    /// while the next is computed, never a blank.
    pub fn settled(self, last: &mut Option<Arc<T>>) -> Answer<T> {
        match (self, last.clone()) {
            (Asked::Ready(made), _) => {
                *last = Some(made.value.clone());
                Answer::Ready(made.value)
            }
            (Asked::Cooking(progress), previous) => Answer::Cooking { progress, previous },
            (Asked::Waiting(stage), Some(previous)) => {
                Answer::Cooking { progress: Progress { stage, fraction: 0.0 }, previous: Some(previous) }
            }
            (Asked::Waiting(why), None) => Answer::Waiting(why),
            (Asked::Failed(problem), previous) => Answer::Failed { problem, previous },
        }
    }

    /// Whether nothing more will come: there, or impossible.
    pub fn is_settled(&self) -> bool {
        matches!(self, Asked::Ready(_) | Asked::Failed(_))
    }
}

/// Whether, and how soon, a value is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Start it, in this order of urgency.
    Start(Urgency),
    /// Only look whether it is there.
    Look,
}

/// Told where nothing was asked for.
const NOT_ASKED: &str = "Not computed yet";

/// What becomes of an errand that was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnStop {
    /// Nobody hears of it any more.
    IsForgotten,
    /// It tells how far it came.
    IsTold,
}

/// What an errand brought, once it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The errand's title.
    pub title: String,
    /// What is to be done now, or why there is nothing.
    pub result: Result<Vec<Command>, String>,
}

/// Caches and jobs together.
pub struct RuntimeOf<S: Store + 'static> {
    store: Kept<S>,
    jobs: Jobs<Kept<S>>,
    round: u64,
    notes: Vec<Note>,
    stopped: HashSet<Key>,
    halted: bool,
    budget_bytes: usize,
}

/// What deliveries reach: the caches, the present round, and the errands that ended.
struct Kept<S> {
    caches: S,
    round: u64,
    done: Vec<Done>,
}

impl<S: Store + 'static> RuntimeOf<S> {
    /// A runtime with empty caches. `wake` is called from other threads whenever something can be taken.
    pub fn new(caches: S, workers: Workers, budget_bytes: usize, wake: impl Fn() + Send + Sync + 'static) -> RuntimeOf<S> {
        RuntimeOf {
            store: Kept { caches, round: 0, done: Vec::new() },
            jobs: Jobs::start(workers, wake),
            round: 0,
            notes: Vec::new(),
            stopped: HashSet::new(),
            halted: false,
            budget_bytes,
        }
    }

    /// Puts finished results on their caches; whether there were any.
    pub fn take_finished(&mut self) -> bool {
        let finished = self.jobs.take_finished();
        let any = !finished.is_empty();
        finished.into_iter().for_each(|delivery| delivery(&mut self.store));
        any
    }

    /// Starts a round: everything asked from here on is for one frame.
    pub fn begin_round(&mut self) {
        self.round += 1;
        self.store.round = self.round;
        self.notes.clear();
    }

    /// Ends it: forgets jobs nobody asked for, keeps to the budget, and returns the notes of all values asked for, without repeats.
    pub fn end_round(&mut self) -> Vec<Note> {
        self.jobs.end_round(self.round);
        tidy(&mut self.store.caches, self.budget_bytes, self.round);
        std::mem::take(&mut self.notes)
    }

    /// Asks for the value of `key`, which `step` makes.
    pub fn ask<T: Send + Sync + 'static>(
        &mut self,
        cache: fn(&mut S) -> &mut Memo<T>,
        key: Key,
        need: Need,
        (title, lane): (impl FnOnce() -> String, Lane),
        step: impl FnOnce(&Ctx) -> Result<T, StepError> + Send + 'static,
    ) -> Asked<T> {
        self.ask_many(cache, &[key], need, (title, lane), |_| move |ctx: &Ctx| Ok(vec![step(ctx)?])).swap_remove(0)
    }

    /// Asks for several values that one job makes best together. `step` is told which of them (by index) nobody has made or is making.
    pub fn ask_many<T: Send + Sync + 'static, F: FnOnce(&Ctx) -> Result<Vec<T>, StepError> + Send + 'static>(
        &mut self,
        cache: fn(&mut S) -> &mut Memo<T>,
        keys: &[Key],
        need: Need,
        (title, lane): (impl FnOnce() -> String, Lane),
        step: impl FnOnce(&[usize]) -> F,
    ) -> Vec<Asked<T>> {
        let mut answers: Vec<Asked<T>> = keys.iter().map(|&key| self.look(cache, key, need)).collect();
        let Need::Start(urgency) = need else { return answers };
        let missing: Vec<usize> = (0..keys.len()).filter(|&at| matches!(answers[at], Asked::Waiting(_))).collect();
        if missing.is_empty() {
            return answers;
        }
        let makes: Vec<Key> = missing.iter().map(|&at| keys[at]).collect();
        let title = title();
        for &at in &missing {
            answers[at] = Asked::Cooking(Progress { stage: title.clone(), fraction: 0.0 });
        }
        let step = step(&missing);
        let order = Order { title: title.clone(), urgency, lane, errand: false };
        let keys = makes.clone();
        let name = cache(&mut self.store.caches).name();
        let work = move |ctx: &Ctx| {
            let started = Instant::now();
            let done = guarded(&title, || step(ctx));
            log_end(name, started, done.as_ref());
            let results = each_result(done?, keys.len());
            let seconds = started.elapsed().as_secs_f64();
            let notes = ctx.notes();
            let put = move |store: &mut Kept<S>| {
                cache(&mut store.caches).spent(seconds);
                for (key, result) in keys.into_iter().zip(results) {
                    cache(&mut store.caches).put(key, result.map(Arc::new), notes.clone(), store.round);
                }
            };
            Some(Box::new(put) as Box<dyn FnOnce(&mut Kept<S>) + Send>)
        };
        self.jobs.submit(makes, order, self.round, Box::new(work));
        answers
    }

    /// Asks for a value so cheap that it is made on the spot.
    pub fn at_once<T: Send + Sync + 'static>(&mut self, cache: fn(&mut S) -> &mut Memo<T>, key: Key, make: impl FnOnce() -> T) -> Made<T> {
        if let Asked::Ready(made) = self.look(cache, key, Need::Look) {
            return made;
        }
        let value = Arc::new(make());
        cache(&mut self.store.caches).put(key, Ok(value.clone()), Vec::new(), self.round);
        Made { key, value }
    }

    /// Adds notes to the round's, without repeats.
    pub fn tell(&mut self, notes: &[Note]) {
        for note in notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
    }

    /// Takes back notes told in this round that no longer hold, and tells the others.
    pub fn tell_instead(&mut self, before: &[Note], after: &[Note]) {
        self.notes.retain(|note| after.contains(note) || !before.contains(note));
        self.tell(after);
    }

    /// The notes told in this round so far.
    pub fn told(&self) -> &[Note] {
        &self.notes
    }

    /// Runs `work` once, whoever asks meanwhile; told to stop it ends at its next look at the flag. What it returns is applied like a click, see
    /// [`RuntimeOf::take_done`]. Its number.
    pub fn errand(
        &mut self,
        title: &str,
        stopped: OnStop,
        work: impl FnOnce(&Ctx) -> Result<Vec<Command>, StepError> + Send + 'static,
    ) -> u64 {
        let order = Order { title: title.to_owned(), urgency: Urgency::Chosen, lane: Lane::Long, errand: true };
        let title = title.to_owned();
        let work = move |ctx: &Ctx| {
            let started = Instant::now();
            let done = guarded(&title, || work(ctx));
            log_end("errand", started, done.as_ref());
            let result = done?.map_err(|problem| problem.0.to_string());
            if ctx.is_stopped() && stopped == OnStop::IsForgotten {
                return None;
            }
            let put = move |store: &mut Kept<S>| store.done.push(Done { title, result });
            Some(Box::new(put) as Box<dyn FnOnce(&mut Kept<S>) + Send>)
        };
        self.jobs.submit(Vec::new(), order, self.round, Box::new(work))
    }

    /// The errands that ended since the last call.
    pub fn take_done(&mut self) -> Vec<Done> {
        std::mem::take(&mut self.store.done)
    }

    /// Stops a job on the user's wish: what it makes is a problem until [`RuntimeOf::resume`].
    pub fn stop_job(&mut self, id: u64) {
        self.stopped.extend(self.jobs.stop(id));
    }

    /// Stops everything and starts nothing until [`RuntimeOf::resume`].
    pub fn stop_all(&mut self) {
        self.jobs.stop_all();
        self.halted = true;
    }

    /// Forgets what the user stopped.
    pub fn resume(&mut self) {
        self.stopped.clear();
        self.halted = false;
    }

    /// Forgets failures too, so that everything is tried again.
    pub fn retry(&mut self) {
        self.resume();
        self.store.caches.caches().into_iter().for_each(|cache| cache.forget_failures());
    }

    /// Bytes on all caches.
    pub fn held_bytes(&mut self) -> usize {
        self.store.caches.caches().iter().map(|cache| cache.bytes()).sum()
    }

    /// Whether something is pending, running or to be taken.
    pub fn is_busy(&self) -> bool {
        self.jobs.is_busy()
    }

    /// The same, leaving out what only refines in the background.
    pub fn is_busy_in_front(&self) -> bool {
        self.jobs.is_busy_in_front()
    }

    /// The caches, to be read.
    pub fn caches(&self) -> &S {
        &self.store.caches
    }

    /// Like [`RuntimeOf::wait`], but no longer than `most`.
    pub fn wait_for(&self, most: Duration) {
        self.jobs.wait_for(most);
    }

    /// Blocks until something can be taken or nothing is under way.
    pub fn wait(&self) {
        self.jobs.wait();
    }

    /// Jobs under way.
    pub fn views(&self) -> Vec<JobView> {
        self.jobs.views()
    }

    /// What is known of `key` without starting anything; a job under way for it goes on if it is needed. `Waiting` when nobody made it or is making it.
    pub fn look<T>(&mut self, cache: fn(&mut S) -> &mut Memo<T>, key: Key, need: Need) -> Asked<T> {
        if let Some(entry) = cache(&mut self.store.caches).get(key, self.round) {
            let answer = match &entry.result {
                Ok(value) => Asked::Ready(Made { key, value: value.clone() }),
                Err(problem) => Asked::Failed(problem.clone()),
            };
            let notes = entry.notes.clone();
            self.tell(&notes);
            return answer;
        }
        let Need::Start(urgency) = need else { return Asked::Waiting(NOT_ASKED.to_owned()) };
        if self.halted || self.stopped.contains(&key) {
            return Asked::Failed(Problem(STOPPED.into()));
        }
        match self.jobs.ask(key, urgency, self.round) {
            Some(progress) => Asked::Cooking(progress),
            None => Asked::Waiting(NOT_ASKED.to_owned()),
        }
    }
}

/// Runs a step; `None` when it stopped, a problem when it panicked. A bug in one step must not take the window and the user's work along.
pub fn guarded<T>(title: &str, step: impl FnOnce() -> Result<T, StepError>) -> Option<Result<T, Problem>> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(value)) => Some(Ok(value)),
        Ok(Err(StepError::Stopped)) => None,
        Ok(Err(StepError::Problem(problem))) => Some(Err(problem)),
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            let said = said.unwrap_or_else(|| "no message".to_owned());
            let text = format!("{title} failed inside Personae ({said}). Your work is safe; try another setting, and please report this.");
            Some(Err(Problem(text.into())))
        }
    }
}

/// Logs how a step ended, by its name in the code: titles and problems may hold what is the customers'.
fn log_end<T>(name: &str, started: Instant, done: Option<&Result<T, Problem>>) {
    let ms = started.elapsed().as_millis();
    match done {
        Some(Ok(_)) => log::debug!("step {name}: {ms} ms"),
        Some(Err(_)) => log::info!("step {name}: a problem after {ms} ms"),
        None => log::debug!("step {name}: stopped after {ms} ms"),
    }
}

/// One result per key: the values in order, or the same problem for all.
fn each_result<T>(results: Result<Vec<T>, Problem>, n: usize) -> Vec<Result<T, Problem>> {
    match results {
        Ok(values) => values.into_iter().map(Ok).collect(),
        Err(problem) => std::iter::repeat_with(|| Err(problem.clone())).take(n).collect(),
    }
}
