//! Do the conditions hold at a moment, and what was measured?
//!
//! In: conditions, and times that never fall, for one customer. Out: the measured value at each, from all events up to and including that millisecond.
//! O(rows of the customer) for all times together.
//!
//! A window of n days is the n x 24 hours up to the moment: an event exactly as old as the window has left it. Counted "since" an event is what comes
//! after it in the table; where there is no such event, the number is unknown, and neither a condition nor an exception holds with it.

use std::collections::HashMap;
use std::ops::Range;

use super::language::{DistinctOf, Op, Over, TriggerAudience, TriggerCondition, Value};
use super::matcher::{EventMatcher, compare, compare_value};
use super::measure::{millionths, of_millionths, tally};
use super::world::World;
use crate::events::table::{DAY, Time};

/// A condition, ready to be measured.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    event: Option<EventMatcher>,
    window: Option<Time>,
    since: Option<EventMatcher>,
    what: What,
    op: Op,
    value: Value,
}

#[derive(Debug, Clone)]
enum What {
    Count,
    Days,
    Sum,
    Distinct(DistinctOf),
    Column(String),
}

impl Ready {
    pub fn of(condition: &TriggerCondition, world: &World) -> Ready {
        let of_events = |event, over: &Over, what, op, value| {
            let (window, since) = match over {
                Over::Ever => (None, None),
                Over::Last(span) => (Some(span.ms()), None),
                Over::Since(since) => (None, Some(EventMatcher::of(since, world))),
            };
            Ready { event: Some(EventMatcher::of(event, world)), window, since, what, op, value: Value::Number(value) }
        };
        match condition {
            TriggerCondition::Count { event, over, op, value } => of_events(event, over, What::Count, *op, *value),
            TriggerCondition::DaysSince { event, op, value } => of_events(event, &Over::Ever, What::Days, *op, *value),
            TriggerCondition::Sum { event, over, op, value } => of_events(event, over, What::Sum, *op, *value),
            TriggerCondition::Distinct { of, event, over, op, value } => of_events(event, over, What::Distinct(*of), *op, *value),
            TriggerCondition::Column { name, op, value } => {
                Ready { event: None, window: None, since: None, what: What::Column(name.clone()), op: *op, value: value.clone() }
            }
        }
    }

    /// Whether it reads a column and no events.
    pub fn is_column(&self) -> bool {
        matches!(self.what, What::Column(_))
    }

    /// Whether it holds of what was measured; an unknown value never does.
    pub fn holds(&self, measured: &Option<Value>) -> bool {
        match (measured, &self.value) {
            (Some(Value::Number(a)), Value::Number(b)) => compare(self.op, *a, *b),
            (Some(a), b) => compare_value(self.op, a, b),
            (None, _) => false,
        }
    }
}

/// How far the events of a customer were read for one condition.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    of: &'a Ready,
    first: usize,
    end: usize,
    /// Rows before it have come.
    come: usize,
    /// Rows before it have left.
    left: usize,
    is_known: bool,
    count: i64,
    sum: i128,
    keys: HashMap<u32, u32>,
    last: Option<Time>,
}

impl<'a> Cursor<'a> {
    pub fn new(of: &'a Ready, rows: Range<usize>) -> Cursor<'a> {
        Cursor {
            of,
            first: rows.start,
            end: rows.end,
            come: rows.start,
            left: rows.start,
            is_known: of.since.is_none(),
            count: 0,
            sum: 0,
            keys: HashMap::new(),
            last: None,
        }
    }

    /// What is measured at `time`, which is no earlier than at the call before.
    pub fn measure(&mut self, world: &World, customer: usize, time: Time) -> Option<Value> {
        if let What::Column(name) = &self.of.what {
            let columns = &world.known_at(time)?.columns;
            return columns.iter().find(|column| column.name == *name).and_then(|column| column.at(customer));
        }
        let events = world.events;
        while self.come < self.end && events.times[self.come] <= time {
            self.pass(world, self.come, true);
            self.come += 1;
        }
        if let Some(window) = self.of.window {
            while self.left < self.come && events.times[self.left] <= time - window {
                self.pass(world, self.left, false);
                self.left += 1;
            }
        }
        let number = match self.of.what {
            _ if !self.is_known => return None,
            What::Count => self.count as f64,
            What::Sum => of_millionths(self.sum),
            What::Distinct(_) => self.keys.len() as f64,
            What::Days => (time - self.last?) as f64 / DAY as f64,
            What::Column(_) => return None,
        };
        Some(Value::Number(number))
    }

    fn pass(&mut self, world: &World, row: usize, comes: bool) {
        let events = world.events;
        if comes && self.of.since.as_ref().is_some_and(|since| since.is(events, row, self.first)) {
            (self.is_known, self.count, self.sum) = (true, 0, 0);
            self.keys.clear();
            return;
        }
        if !self.of.event.as_ref().is_some_and(|event| event.is(events, row, self.first)) {
            return;
        }
        match self.of.what {
            What::Count => self.count += if comes { 1 } else { -1 },
            What::Sum => self.sum += millionths(events.values[row]) * if comes { 1 } else { -1 },
            What::Distinct(DistinctOf::Page) => tally(&mut self.keys, events.pages[row], comes),
            What::Distinct(DistinctOf::Kind) => tally(&mut self.keys, events.kinds[row], comes),
            What::Days => self.last = Some(events.times[row]),
            What::Column(_) => {}
        }
    }
}

/// Whom a trigger is for, ready to be asked.
#[derive(Debug, Clone)]
pub(super) enum Whom {
    Everyone,
    /// Per snapshot and persona.
    Personas(Vec<Vec<bool>>),
    /// Per snapshot and segment.
    Segments(Vec<Vec<bool>>),
    /// Indices of customers, ascending.
    List(Vec<u32>),
}

impl Whom {
    pub fn of(audience: &TriggerAudience, world: &World) -> Whom {
        let chosen = |of: &[String], names: &[String]| of.iter().map(|name| names.contains(name)).collect();
        match audience {
            TriggerAudience::Everyone => Whom::Everyone,
            TriggerAudience::Personas(names) => {
                Whom::Personas(world.snapshots.iter().map(|of| chosen(&of.personas.names, names)).collect())
            }
            TriggerAudience::Segments(names) => {
                Whom::Segments(world.snapshots.iter().map(|of| chosen(&of.segments.names, names)).collect())
            }
            TriggerAudience::List { customers, .. } => {
                let mut rows: Vec<u32> =
                    customers.iter().filter_map(|id| world.events.customers.binary_search(id).ok()).map(|at| at as u32).collect();
                rows.sort_unstable();
                rows.dedup();
                Whom::List(rows)
            }
        }
    }

    /// Whether a customer belongs to it at a moment, as it was known then.
    pub fn has(&self, world: &World, customer: usize, time: Time) -> bool {
        let after = || world.snapshots.partition_point(|of| of.from <= time);
        let is_of = |chosen: &[Vec<bool>], group: fn(&super::world::Snapshot) -> &super::world::CustomerGroups| {
            let at = after();
            at > 0
                && group(&world.snapshots[at - 1])
                    .at(customer)
                    .is_some_and(|group| chosen[at - 1].get(group as usize).is_some_and(|is| *is))
        };
        match self {
            Whom::Everyone => true,
            Whom::Personas(chosen) => is_of(chosen, |of| &of.personas),
            Whom::Segments(chosen) => is_of(chosen, |of| &of.segments),
            Whom::List(rows) => rows.binary_search(&(customer as u32)).is_ok(),
        }
    }

    /// Whether a customer belongs to it at any time. Saves the walk for all others.
    pub fn ever_has(&self, world: &World, customer: usize) -> bool {
        match self {
            Whom::Everyone => true,
            Whom::List(_) => self.has(world, customer, 0),
            Whom::Personas(_) | Whom::Segments(_) => world.snapshots.iter().any(|of| self.has(world, customer, of.from)),
        }
    }
}
