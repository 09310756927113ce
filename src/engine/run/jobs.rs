//! Who computes what now? Worker threads that take the most urgent job, and know who still wants it.
//!
//! In: work as closures, named by the keys of what it makes. Out: deliveries, closures that put the result on its cache; they run
//! on the asker's thread, so nothing else is locked. A job's identity is its keys: asking twice shares one job.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

use crate::base::{Ctx, Gate, Key, Progress};

use super::answer::JobView;

/// Puts a finished result where it belongs.
pub type Delivery<S> = Box<dyn FnOnce(&mut S) + Send>;

/// What a worker does. `None` when it was stopped.
pub type Work<S> = Box<dyn FnOnce(&Ctx) -> Option<Delivery<S>> + Send>;

/// How soon somebody needs a value; the order in which pending jobs are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// What the user just chose.
    Chosen,
    /// Also on the page.
    Shown,
    /// Not shown yet, computed ahead.
    Ahead,
}

/// Whether a job may keep a worker for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Milliseconds: has a worker of its own, so that a knob stays live behind long jobs.
    Quick,
    /// Anything longer.
    Long,
    /// What makes a shown value better for a minute or more: has a worker of its own, and waits while anything else is under way.
    Background,
}

/// How a job is announced.
#[derive(Debug, Clone)]
pub struct Order {
    /// What it makes, in words: "k-Means, k = 5".
    pub title: String,
    /// How soon.
    pub urgency: Urgency,
    /// How long.
    pub lane: Lane,
    /// Whether it goes on when nobody asks again: an export is finished once it was started. What it makes counts even when it was told to stop.
    pub errand: bool,
}

struct Job {
    id: u64,
    makes: Vec<Key>,
    order: Order,
    ctx: Ctx,
    last_asked: u64,
}

struct State<S> {
    next_id: u64,
    pending: Vec<(Job, Work<S>)>,
    running: Vec<Job>,
    /// Results nobody took yet, with the keys of what they hold.
    finished: Vec<(Vec<Key>, Delivery<S>)>,
    closing: bool,
}

struct Shared<S> {
    state: Mutex<State<S>>,
    /// Something to do: a pending job, or the end.
    work: Condvar,
    /// A job ended.
    ended: Condvar,
    /// The first job of a while started.
    started: Condvar,
    /// What work in the background waits at.
    gate: Arc<Gate>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// The workers and their queue.
pub struct Jobs<S: 'static> {
    shared: Arc<Shared<S>>,
    workers: Workers,
}

/// Who works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// So many for jobs of any length, one for quick ones and one for the background; all behind the window, which must draw.
    BehindWindow(usize),
    /// One for everything, in the order of urgency: nobody looks on, and every job has all processors to itself.
    One,
}

/// Rounds of asking a running job survives without being asked for, when nobody waits for its worker: going back and forth
/// between two settings costs nothing. Counted in rounds, because a frame asks once and an idle window does not ask at all.
const GRACE_ROUNDS: u64 = 4;

/// Of 0 to 100, where 50 is everybody's: on Linux a nice value of about 7.
const BEHIND: u8 = 30;

/// Progress is shown this often.
const TICK: Duration = Duration::from_millis(100);

impl<S: 'static> Jobs<S> {
    /// Starts the workers. `wake` is called after every job and, behind a window, while jobs progress.
    pub fn start(workers: Workers, wake: impl Fn() + Send + Sync + 'static) -> Jobs<S> {
        let state = State { next_id: 1, pending: Vec::new(), running: Vec::new(), finished: Vec::new(), closing: false };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            work: Condvar::new(),
            ended: Condvar::new(),
            started: Condvar::new(),
            gate: Arc::default(),
            wake: Box::new(wake),
        });
        let Workers::BehindWindow(threads) = workers else {
            let shared_with = shared.clone();
            std::thread::spawn(move || serve(&shared_with, Lane::Long));
            return Jobs { shared, workers };
        };
        // The first engine of the process makes the threads of all; that others came first is no harm.
        let _ = rayon::ThreadPoolBuilder::new().start_handler(|_| behind_the_window()).build_global();
        for worker in [Lane::Quick, Lane::Background].into_iter().chain(std::iter::repeat_n(Lane::Long, threads.max(1))) {
            let shared = shared.clone();
            std::thread::spawn(move || {
                behind_the_window();
                serve(&shared, worker);
            });
        }
        let ticking = shared.clone();
        std::thread::spawn(move || tick(&ticking));
        Jobs { shared, workers }
    }

    /// The progress of the job that makes `key`, now asked for in `round`; `None` when there is none.
    pub fn ask(&self, key: Key, urgency: Urgency, round: u64) -> Option<Progress> {
        let mut state = lock(&self.shared);
        let State { pending, running, finished, .. } = &mut *state;
        // It ended after this round took what was finished: the next round finds it on its cache.
        if finished.iter().any(|(makes, _)| makes.contains(&key)) {
            return Some(Progress { stage: String::new(), fraction: 1.0 });
        }
        let mut jobs = running.iter_mut().chain(pending.iter_mut().map(|(job, _)| job));
        // One that was told to stop makes nothing any more.
        let job = jobs.find(|job| job.makes.contains(&key) && !job.ctx.is_stopped())?;
        job.order.urgency = if job.last_asked == round { job.order.urgency.min(urgency) } else { urgency };
        job.last_asked = round;
        Some(job.progress())
    }

    /// Queues work that makes `makes`.
    pub fn submit(&self, makes: Vec<Key>, mut order: Order, round: u64, work: Work<S>) -> u64 {
        if self.workers == Workers::One {
            // Nothing waits for anything else than its turn.
            order.lane = Lane::Long;
        }
        let mut state = lock(&self.shared);
        let id = state.next_id;
        state.next_id += 1;
        let ctx = if order.lane == Lane::Background { Ctx::behind(self.shared.gate.clone()) } else { Ctx::new() };
        state.pending.push((Job { id, makes, order, ctx, last_asked: round }, work));
        regulate(&self.shared, &state);
        // Every worker looks: the one woken alone might serve only the other lane.
        self.shared.work.notify_all();
        id
    }

    /// After everything of `round` was asked: drops pending jobs nobody asked for and stops such running ones after their grace,
    /// or at once when `round` left others waiting for a worker.
    pub fn end_round(&self, round: u64) {
        let mut state = lock(&self.shared);
        state.pending.retain(|(job, _)| job.order.errand || job.last_asked == round);
        for job in &state.running {
            let rounds_alone = round - job.last_asked;
            let somebody_waits = || state.pending.iter().any(|(pending, _)| pending.is_background() == job.is_background());
            if !job.order.errand && rounds_alone > 0 && (rounds_alone >= GRACE_ROUNDS || somebody_waits()) {
                job.ctx.stop();
            }
        }
        regulate(&self.shared, &state);
        if state.pending.is_empty() {
            self.shared.ended.notify_all();
        }
    }

    /// Stops one job and returns what it would have made.
    pub fn stop(&self, id: u64) -> Vec<Key> {
        let mut state = lock(&self.shared);
        if let Some(at) = state.pending.iter().position(|(job, _)| job.id == id && !job.order.errand) {
            let makes = state.pending.remove(at).0.makes;
            regulate(&self.shared, &state);
            return makes;
        }
        match state.running.iter().chain(state.pending.iter().map(|(job, _)| job)).find(|job| job.id == id) {
            // An errand that waits begins all the same, and says that it was stopped.
            Some(job) => {
                job.ctx.stop();
                job.makes.clone()
            }
            None => Vec::new(),
        }
    }

    /// Stops everything.
    pub fn stop_all(&self) {
        let mut state = lock(&self.shared);
        state.pending.retain(|(job, _)| job.order.errand);
        state.running.iter().chain(state.pending.iter().map(|(job, _)| job)).for_each(|job| job.ctx.stop());
        regulate(&self.shared, &state);
    }

    /// What finished since the last call, in the order it did.
    pub fn take_finished(&self) -> Vec<Delivery<S>> {
        std::mem::take(&mut lock(&self.shared).finished).into_iter().map(|(_, delivery)| delivery).collect()
    }

    /// Whether a job other than in the background is pending or running, or one of any kind is not taken yet.
    pub fn is_busy_in_front(&self) -> bool {
        let state = lock(&self.shared);
        let mut jobs = state.running.iter().chain(state.pending.iter().map(|(job, _)| job));
        !state.finished.is_empty() || jobs.any(|job| !job.is_background())
    }

    /// Whether a job is pending, running or not taken yet.
    pub fn is_busy(&self) -> bool {
        let state = lock(&self.shared);
        !(state.pending.is_empty() && state.running.is_empty() && state.finished.is_empty())
    }

    /// Blocks until something can be taken or no job is left.
    pub fn wait(&self) {
        let mut state = lock(&self.shared);
        while state.finished.is_empty() && !(state.pending.is_empty() && state.running.is_empty()) {
            state = self.shared.ended.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    /// Like [`Jobs::wait`], but no longer than `most`.
    pub fn wait_for(&self, most: Duration) {
        let state = lock(&self.shared);
        if state.finished.is_empty() && !(state.pending.is_empty() && state.running.is_empty()) {
            drop(self.shared.ended.wait_timeout(state, most));
        }
    }

    /// Jobs under way for the status line, oldest first, those in the background last.
    pub fn views(&self) -> Vec<JobView> {
        let state = lock(&self.shared);
        let jobs = state.running.iter().chain(state.pending.iter().map(|(job, _)| job)).filter(|job| !job.ctx.is_stopped());
        let mut jobs: Vec<&Job> = jobs.collect();
        jobs.sort_by_key(|job| (job.is_background(), job.id));
        jobs.into_iter().map(|job| JobView { id: job.id, title: job.order.title.clone(), progress: job.progress() }).collect()
    }
}

impl<S: 'static> Drop for Jobs<S> {
    /// The workers end with their present job; nobody waits for them, since closing a window must not take seconds.
    fn drop(&mut self) {
        self.stop_all();
        lock(&self.shared).closing = true;
        self.shared.work.notify_all();
        self.shared.started.notify_all();
    }
}

impl Job {
    fn is_background(&self) -> bool {
        self.order.lane == Lane::Background
    }

    fn progress(&self) -> Progress {
        let mut progress = self.ctx.latest();
        if progress.stage.is_empty() {
            progress.stage.clone_from(&self.order.title);
        }
        progress
    }
}

/// Lowers this thread's priority, so that the window draws its frame when all processors compute. Where the system does not allow it,
/// frames only come a little later.
fn behind_the_window() {
    if let Ok(priority) = ThreadPriorityValue::try_from(BEHIND) {
        let _ = set_current_thread_priority(ThreadPriority::Crossplatform(priority));
    }
}

/// A worker's life: the most urgent job, the oldest of equals, until the end.
fn serve<S>(shared: &Shared<S>, worker: Lane) {
    let mut state = lock(shared);
    while !state.closing {
        let mine = state.pending.iter().enumerate().filter(|(_, (job, _))| takes(worker, job.order.lane));
        let Some((at, _)) = mine.min_by_key(|(_, (job, _))| (job.order.urgency, job.id)) else {
            state = shared.work.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
            continue;
        };
        let (job, work) = state.pending.remove(at);
        let (id, makes, ctx, is_errand) = (job.id, job.makes.clone(), job.ctx.clone(), job.order.errand);
        if state.running.is_empty() {
            shared.started.notify_all();
        }
        state.running.push(job);
        drop(state);
        let delivery = work(&ctx);
        state = lock(shared);
        state.running.retain(|job| job.id != id);
        regulate(shared, &state);
        // A result that came after the stop might have been cut short by it, so it does not count.
        state.finished.extend(delivery.filter(|_| is_errand || !ctx.is_stopped()).map(|delivery| (makes, delivery)));
        shared.ended.notify_all();
        drop(state);
        (shared.wake)();
        state = lock(shared);
    }
}

fn takes(worker: Lane, lane: Lane) -> bool {
    match worker {
        Lane::Long => lane != Lane::Background,
        own => lane == own,
    }
}

/// Lets the background go on only while nothing else is under way: both would share the processors, and the user waits for the other.
fn regulate<S>(shared: &Shared<S>, state: &State<S>) {
    let mut all = state.running.iter().chain(state.pending.iter().map(|(job, _)| job));
    shared.gate.set(all.any(|job| !job.is_background()));
}

/// Wakes the window while jobs run, so that progress is seen; sleeps on a condition otherwise, so that idling costs nothing.
fn tick<S>(shared: &Shared<S>) {
    let mut state = lock(shared);
    while !state.closing {
        if state.running.is_empty() {
            state = shared.started.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
            continue;
        }
        // Nothing but the end notifies while jobs run, or another start, which only shortens one tick.
        state = shared.started.wait_timeout(state, TICK).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        if !state.closing && !state.running.is_empty() {
            drop(state);
            (shared.wake)();
            state = lock(shared);
        }
    }
}

/// Jobs run outside the lock, so a panic cannot leave the state half changed.
fn lock<S>(shared: &Shared<S>) -> MutexGuard<'_, State<S>> {
    shared.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
