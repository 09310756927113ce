//! What a step may know of the outside: has somebody stopped me, how far am I, what must the user be told.
//!
//! In: nothing. Out: a stop flag, progress and notes, shared by the step and whoever runs it. Every call is O(1).

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use serde::{Deserialize, Serialize};

/// The step was asked to stop. Never shown to the user: whoever asked knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("stopped")]
pub struct Stopped;

/// One plain sentence on what was survived: "312 rows have no income; they are left out."
///
/// It may quote what the data say. Whoever reads the data may see that; what leaves the house goes by [`Note::outside`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note(pub String, Option<String>);

/// Fewer customers than this are not told by what they have in common: they could be recognised.
pub const FEWEST_TOLD: usize = 10;

/// Whether a value that `n` customers share may be told outside. Of a cell that was looked at alone `n` is 1.
pub fn may_be_told(n: usize) -> bool {
    n >= FEWEST_TOLD
}

impl Note {
    /// Keeps the sentence as it is: it quotes nothing from the data but names of columns and files.
    pub fn new(text: impl Into<String>) -> Note {
        Note(text.into(), None)
    }

    /// A sentence that quotes values, each with how many customers share it; `say` puts it together from those that may be told, which may be none.
    pub fn quoting<T: Display>(values: &[(T, usize)], say: impl Fn(&[String]) -> String) -> Note {
        let texts = |of: &dyn Fn(usize) -> bool| -> Vec<String> {
            values.iter().filter(|(_, n)| of(*n)).map(|(value, _)| value.to_string()).collect()
        };
        let (all, told) = (texts(&|_| true), texts(&may_be_told));
        Note(say(&all), (told.len() < all.len()).then(|| say(&told)))
    }

    /// The same note with what can be done about it in the program, which paper has no use for.
    pub fn advising(self, advice: &str) -> Note {
        let outside = self.outside().to_owned();
        Note(format!("{} {advice}", self.0), Some(outside))
    }

    /// The sentence as it may leave: values of fewer than ten customers are not in it, and no advice is.
    pub fn outside(&self) -> &str {
        self.1.as_deref().unwrap_or(&self.0)
    }

    /// The same note with words before it.
    pub fn after(&self, words: &str) -> Note {
        Note(format!("{words}{}", self.0), self.1.as_ref().map(|outside| format!("{words}{outside}")))
    }
}

/// How far a step is: a stage in words and the share of the whole that is done, 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// What is being done now, in words ("Reading shop.csv").
    pub stage: String,
    /// Share of the work that is done, 0 to 1.
    pub fraction: f32,
}

/// Closed while something more urgent is under way; what runs in the background waits at it.
#[derive(Debug, Default)]
pub struct Gate {
    closed: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    /// Closes or opens it.
    pub fn set(&self, closed: bool) {
        *lock(&self.closed) = closed;
        self.changed.notify_all();
    }
}

/// The handle a step is given. Cloning shares the same flag, progress and notes.
#[derive(Debug, Clone, Default)]
pub struct Ctx {
    inner: Arc<Inner>,
    is_quiet: bool,
}

#[derive(Debug, Default)]
struct Inner {
    stop: AtomicBool,
    checks: AtomicU64,
    stop_after: Option<u64>,
    gate: Option<Arc<Gate>>,
    progress: Mutex<Progress>,
    notes: Mutex<Vec<Note>>,
}

impl Ctx {
    /// A handle that nobody has stopped.
    pub fn new() -> Ctx {
        Ctx::default()
    }

    /// A handle whose `n`-th check says stop. Tests count with it how soon a step obeys.
    pub fn stopping_after(n: u64) -> Ctx {
        Ctx { inner: Arc::new(Inner { stop_after: Some(n), ..Inner::default() }), is_quiet: false }
    }

    /// A handle for work in the background, which waits at `gate`.
    pub fn behind(gate: Arc<Gate>) -> Ctx {
        Ctx { inner: Arc::new(Inner { gate: Some(gate), ..Inner::default() }), is_quiet: false }
    }

    /// The same handle for a step inside another: it stops with it, but its progress and its notes are nobody's news.
    pub fn quiet(&self) -> Ctx {
        Ctx { inner: self.inner.clone(), is_quiet: true }
    }

    /// Asks the step to stop; it will at its next [`Ctx::check`].
    pub fn stop(&self) {
        self.inner.stop.store(true, Ordering::Relaxed);
        if let Some(gate) = &self.inner.gate {
            // Under its lock, so that a step about to wait there sees the flag.
            let _closed = lock(&gate.closed);
            gate.changed.notify_all();
        }
    }

    /// Whether somebody asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.inner.stop.load(Ordering::Relaxed)
    }

    /// `Err(Stopped)` once somebody asked to stop. Steps call it at least every 5 ms of work.
    pub fn check(&self) -> Result<(), Stopped> {
        let seen = self.inner.checks.fetch_add(1, Ordering::Relaxed) + 1;
        if self.inner.stop_after.is_some_and(|n| seen >= n) {
            self.stop();
        }
        if self.is_stopped() { Err(Stopped) } else { Ok(()) }
    }

    /// Like [`Ctx::check`], but work in the background first waits until nothing more urgent is under way. For a step's own thread,
    /// between two parallel parts: a pool whose threads wait would serve nobody.
    pub fn give_way(&self) -> Result<(), Stopped> {
        if let Some(gate) = &self.inner.gate {
            let mut closed = lock(&gate.closed);
            while *closed && !self.is_stopped() {
                closed = gate.changed.wait(closed).unwrap_or_else(|poisoned| poisoned.into_inner());
            }
        }
        self.check()
    }

    /// How often the step has asked so far.
    pub fn checks(&self) -> u64 {
        self.inner.checks.load(Ordering::Relaxed)
    }

    /// Says what is being done and which share (0 to 1) of it is behind us.
    pub fn progress(&self, stage: &str, fraction: f32) {
        if self.is_quiet {
            return;
        }
        let mut now = lock(&self.inner.progress);
        if now.stage != stage {
            now.stage = stage.to_owned();
        }
        now.fraction = fraction.clamp(0.0, 1.0);
    }

    /// The latest progress.
    pub fn latest(&self) -> Progress {
        lock(&self.inner.progress).clone()
    }

    /// Tells the user something that was survived.
    pub fn note(&self, text: impl Into<String>) {
        if !self.is_quiet {
            lock(&self.inner.notes).push(Note::new(text));
        }
    }

    /// All notes so far, in the order they were told.
    pub fn notes(&self) -> Vec<Note> {
        lock(&self.inner.notes).clone()
    }
}

/// A panic elsewhere does not spoil a progress value or a list of notes, so a poisoned lock is taken as it is.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_few_stay_in_the_house() {
        let say = |told: &[String]| format!("Levels{}.", if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) });
        let note = Note::quoting(&[("web", 10), ("relative of the board", 3)], say);
        assert_eq!((note.0.as_str(), note.outside()), ("Levels: web, relative of the board.", "Levels: web."));
        let note = Note::quoting(&[("HIV", 9)], say).after("a.csv: ");
        assert_eq!((note.0.as_str(), note.outside()), ("a.csv: Levels: HIV.", "a.csv: Levels."));
        let note = Note::quoting(&[("web", 10)], say);
        assert_eq!(note.outside(), note.0);
        let advised = Note::new("a is left out.").advising("You can switch it on under Prepare.");
        assert_eq!((advised.0.as_str(), advised.outside()), ("a is left out. You can switch it on under Prepare.", "a is left out."));
    }

    #[test]
    fn the_third_check_stops() {
        let ctx = Ctx::stopping_after(3);
        assert_eq!((ctx.check(), ctx.check(), ctx.check()), (Ok(()), Ok(()), Err(Stopped)));
        assert_eq!(ctx.check(), Err(Stopped), "stopped stays stopped");
    }

    #[test]
    fn a_closed_gate_does_not_hold_who_was_stopped() {
        let gate = Arc::new(Gate::default());
        let ctx = Ctx::behind(gate.clone());
        assert_eq!(ctx.give_way(), Ok(()), "it is open at first");
        gate.set(true);
        ctx.stop();
        assert_eq!(ctx.give_way(), Err(Stopped));
        assert_eq!(Ctx::new().give_way(), Ok(()), "without a gate there is nothing to wait for");
    }
}
