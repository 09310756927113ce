//! What is known already? One cache per step: from key to value or failure, under one byte budget for all caches.
//!
//! In: finished values. Out: shared ones, as often as asked. What was asked least recently leaves first; what was asked in the
//! present round never leaves. O(1) per look-up; tidying is O(values) for each value that leaves, and values are few hundreds.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::{Key, Note};

use super::answer::Problem;

/// A value on its cache, or why there is none, with what was told while it was made.
#[derive(Debug)]
pub struct Cached<T> {
    /// The value, or the failure.
    pub result: Result<Arc<T>, Problem>,
    /// What the step told.
    pub notes: Arc<[Note]>,
    bytes: usize,
    last_asked: u64,
}

/// All values of one step.
#[derive(Debug)]
pub struct Memo<T> {
    name: &'static str,
    entries: HashMap<Key, Cached<T>>,
    weigh: fn(&T) -> usize,
    seconds: f64,
}

impl<T> Memo<T> {
    /// An empty cache; `name` is the step's, `weigh` says how many bytes a value holds.
    pub fn new(name: &'static str, weigh: fn(&T) -> usize) -> Memo<T> {
        Memo { name, entries: HashMap::new(), weigh, seconds: 0.0 }
    }

    /// What its step makes, in a word of the code.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The entry of `key`, asked for in `round`.
    pub fn get(&mut self, key: Key, round: u64) -> Option<&Cached<T>> {
        let entry = self.entries.get_mut(&key)?;
        entry.last_asked = round;
        Some(entry)
    }

    /// Counts what a job took that made values of this cache.
    pub fn spent(&mut self, seconds: f64) {
        self.seconds += seconds;
    }

    /// What all its values took to make, those that left included.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Keeps a result.
    pub fn put(&mut self, key: Key, result: Result<Arc<T>, Problem>, notes: Vec<Note>, round: u64) {
        let bytes = result.as_ref().map_or(0, |value| (self.weigh)(value));
        self.entries.insert(key, Cached { result, notes: notes.into(), bytes, last_asked: round });
    }
}

/// What the budget needs to know of a cache, whatever is on it.
pub trait Cache {
    /// Bytes held.
    fn bytes(&self) -> usize;
    /// The round in which its least recently asked value was asked for.
    fn oldest(&self) -> Option<u64>;
    /// Lets the least recently asked value go.
    fn drop_oldest(&mut self);
    /// Forgets failures, so that they are tried again.
    fn forget_failures(&mut self);
}

impl<T> Cache for Memo<T> {
    fn bytes(&self) -> usize {
        self.entries.values().map(|entry| entry.bytes).sum()
    }

    fn oldest(&self) -> Option<u64> {
        self.entries.values().map(|entry| entry.last_asked).min()
    }

    fn drop_oldest(&mut self) {
        // Ties by key, so that the order of the map decides nothing.
        if let Some(key) = self.entries.iter().min_by_key(|(key, entry)| (entry.last_asked, **key)).map(|(key, _)| *key) {
            self.entries.remove(&key);
        }
    }

    fn forget_failures(&mut self) {
        self.entries.retain(|_, entry| entry.result.is_ok());
    }
}

/// All caches of an engine.
pub trait Store {
    /// The caches, for the budget.
    fn caches(&mut self) -> Vec<&mut dyn Cache>;
}

/// Lets values go until `budget` bytes hold the rest; nothing asked for in `round` leaves.
pub fn tidy(store: &mut impl Store, budget: usize, round: u64) {
    loop {
        let mut caches = store.caches();
        if caches.iter().map(|cache| cache.bytes()).sum::<usize>() <= budget {
            return;
        }
        let oldest = caches.iter_mut().filter_map(|cache| cache.oldest().map(|asked| (asked, cache))).min_by_key(|(asked, _)| *asked);
        match oldest {
            Some((asked, cache)) if asked < round => cache.drop_oldest(),
            _ => return,
        }
    }
}
