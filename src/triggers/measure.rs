//! How does a running measure of a customer change?
//!
//! In: a count, a sum, a number of different pages or a change of sums, over the last so many days. Out: every change with its time and the values before
//! and after. O(rows of the customer).
//!
//! What is exactly as old as the window leaves it at that moment, so a measure also changes when nothing happens.

use std::collections::HashMap;
use std::ops::Range;

use super::language::{DistinctOf, Measure};
use super::matcher::EventMatcher;
use super::scratch::Scratch;
use super::world::World;
use crate::events::table::{Events, NONE, Time};

/// A running measure.
#[derive(Debug, Clone)]
pub(super) struct Crossed {
    event: EventMatcher,
    kind: Kind,
    window: Time,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Count,
    Sum,
    Distinct(DistinctOf),
    Change,
}

impl Crossed {
    pub fn of(measure: &Measure, world: &World) -> Crossed {
        let kind = match measure {
            Measure::Count { .. } => Kind::Count,
            Measure::Sum { .. } => Kind::Sum,
            Measure::Distinct { of, .. } => Kind::Distinct(*of),
            Measure::Change { .. } => Kind::Change,
        };
        let (event, window) = measure.looks_at();
        Crossed { event: EventMatcher::of(event, world), kind, window: window.ms() }
    }

    /// Every change of the measure up to `end`: time, row, value before and after; NaN where it is unknown.
    pub fn steps(
        &self,
        events: &Events,
        rows: Range<usize>,
        end: Time,
        scratch: &mut Scratch,
        mut each: impl FnMut(Time, usize, f64, f64),
    ) {
        let Scratch { a, .. } = scratch;
        self.event.rows(events, rows, a);
        let mut state = State::default();
        let mut before = if matches!(self.kind, Kind::Change) { f64::NAN } else { 0.0 };
        // What comes in, what leaves the window, and what leaves the one before it.
        let mut next = [0usize; 3];
        let spans = [0, self.window, 2 * self.window];
        let stages = if matches!(self.kind, Kind::Change) { 3 } else { 2 };
        loop {
            let instant = (0..stages).filter_map(|stage| a.get(next[stage]).map(|&row| events.times[row] + spans[stage])).min();
            let Some(time) = instant.filter(|time| *time <= end) else { return };
            let mut row = None;
            for stage in 0..stages {
                while let Some(&of) = a.get(next[stage]).filter(|&&of| events.times[of] + spans[stage] == time) {
                    state.change(self.kind, stage, events, of);
                    row = row.or(Some(of));
                    next[stage] += 1;
                }
            }
            let after = state.value(self.kind);
            if after != before && !(after.is_nan() && before.is_nan()) {
                each(time, row.unwrap_or_default(), before, after);
            }
            before = after;
        }
    }
}

#[derive(Debug, Default)]
struct State {
    count: i64,
    sums: [i128; 2],
    of: HashMap<u32, u32>,
}

impl State {
    fn change(&mut self, kind: Kind, stage: usize, events: &Events, row: usize) {
        match kind {
            Kind::Count => self.count += if stage == 0 { 1 } else { -1 },
            Kind::Sum | Kind::Change => {
                let amount = millionths(events.values[row]);
                if stage > 0 {
                    self.sums[stage - 1] -= amount;
                }
                if stage < 2 {
                    self.sums[stage] += amount;
                }
            }
            Kind::Distinct(of) => {
                let key = if of == DistinctOf::Page { events.pages[row] } else { events.kinds[row] };
                tally(&mut self.of, key, stage == 0);
            }
        }
    }

    fn value(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Count => self.count as f64,
            Kind::Sum => of_millionths(self.sums[0]),
            Kind::Distinct(_) => self.of.len() as f64,
            Kind::Change if self.sums[1] <= 0 => f64::NAN,
            Kind::Change => self.sums[0] as f64 / self.sums[1] as f64,
        }
    }
}

/// One more or one less of a key; keys without any leave. Events without a page are of none.
pub(super) fn tally(of: &mut HashMap<u32, u32>, key: u32, comes: bool) {
    if key == NONE {
        return;
    }
    if comes {
        *of.entry(key).or_default() += 1;
    } else if let Some(n) = of.get_mut(&key) {
        *n -= 1;
        if *n == 0 {
            of.remove(&key);
        }
    }
}

/// An amount in whole millionths, nothing for NaN. Sums of them are exact, whatever comes and leaves in which order.
pub(super) fn millionths(value: f64) -> i128 {
    i128::from((value * 1e6).round() as i64)
}

/// Back again.
pub(super) fn of_millionths(sum: i128) -> f64 {
    sum as f64 / 1e6
}
