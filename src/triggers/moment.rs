//! When does the moment of a rule come, for one customer?
//!
//! In: a moment and the rows of a customer. Out: the times at which it comes, ascending and each once, with the row that set it off; and the same for
//! every threshold at once. O(rows) for each customer, O(rows log rows) where pages are told apart.
//!
//! All that happens in one millisecond is one instant: the order within it is that of the table, and a moment that comes twice in it comes once.
//! - `on`: at each such event.
//! - `absent` and `not_followed` are one timer. It starts at its event, starts again at the next one, and is stopped by the event it waits for; one
//!   that comes exactly when the timer is over stops it. An absence counts events later than its start; what `not_followed` waits for may share the
//!   millisecond if it comes later in the table, as logs often have whole seconds. A timer that would have started before the data is unknown.
//! - `times`: when the count *reaches* the number: again only after it fell below, or was set back by the event it is counted from.
//! - `then`: at the second event, if the last first one is near enough and nothing unwanted was between; that first one is used up by it.
//! - `crosses`: when the measure after an instant is on the other side than before it. What is older than the window leaves it, exactly at its end.

use std::ops::Range;

use super::gaps::{Gap, due};
use super::language::{CrossDirection, DistinctOf, Event, Moment, Over, Since};
use super::matcher::EventMatcher;
use super::measure::Crossed;
use super::scratch::Scratch;
use super::world::World;
use crate::events::table::{Events, NONE, Time};

/// A time at which the moment comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub time: Time,
    /// The event that set it off: the last one, or the one that started the timer.
    pub row: usize,
}

/// A moment, ready to be looked for.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    On(EventMatcher),
    Wait(Wait),
    Times(Times),
    Then { first: EventMatcher, next: EventMatcher, within: Time, without: Option<EventMatcher> },
    Crosses { crossed: Crossed, threshold: f64, direction: CrossDirection },
}

/// A timer.
#[derive(Debug, Clone)]
pub(super) struct Wait {
    start: Start,
    by: EventMatcher,
    pub span: Time,
    /// Whether what stops the timer may share the millisecond of its start.
    in_order: bool,
}

#[derive(Debug, Clone)]
enum Start {
    First,
    By,
    Event(EventMatcher),
}

/// From the start of a timer to what ends it, if anything does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spell {
    pub row: usize,
    pub start: Time,
    pub end: Option<Time>,
    /// Whether it ends by what was waited for, and not because it starts again.
    pub is_stopped: bool,
}

/// A count that reaches a number.
#[derive(Debug, Clone)]
pub(super) struct Times {
    event: EventMatcher,
    pub count: u32,
    window: Option<Time>,
    since: Option<EventMatcher>,
    same: Option<DistinctOf>,
}

impl Plan {
    pub fn of(moment: &Moment, world: &World) -> Plan {
        let ready = |event: &Event| EventMatcher::of(event, world);
        match moment {
            Moment::On(event) => Plan::On(ready(event)),
            Moment::Absent { event, days, since } => {
                let start = match since {
                    Since::Last => Start::By,
                    Since::FirstSeen => Start::First,
                    Since::Event(start) => Start::Event(ready(start)),
                };
                Plan::Wait(Wait { start, by: ready(event), span: days.ms(), in_order: false })
            }
            Moment::NotFollowed { event, by, within } => {
                Plan::Wait(Wait { start: Start::Event(ready(event)), by: ready(by), span: within.ms(), in_order: true })
            }
            Moment::Times { event, count, over, same } => {
                let (window, since) = match over {
                    Over::Ever => (None, None),
                    Over::Last(span) => (Some(span.ms()), None),
                    Over::Since(since) => (None, Some(ready(since))),
                };
                Plan::Times(Times { event: ready(event), count: *count, window, since, same: *same })
            }
            Moment::Then { first, next, within, without } => {
                Plan::Then { first: ready(first), next: ready(next), within: within.ms(), without: without.as_ref().map(ready) }
            }
            Moment::Crosses { measure, threshold, direction } => {
                let crossed = Crossed::of(measure, world);
                Plan::Crosses { crossed, threshold: *threshold, direction: *direction }
            }
        }
    }

    /// All times up to `end`, ascending.
    pub fn candidates(&self, events: &Events, rows: Range<usize>, end: Time, gaps: &[Gap], scratch: &mut Scratch, to: &mut Vec<Candidate>) {
        to.clear();
        match self {
            Plan::On(event) => {
                event.rows(events, rows, &mut scratch.a);
                to.extend(scratch.a.iter().map(|&row| Candidate { time: events.times[row], row }));
            }
            Plan::Wait(wait) => wait.spells(events, rows, scratch, |spell| {
                let time = due(spell.start, wait.span, gaps);
                if time <= end && spell.end.is_none_or(|end| end > time) {
                    to.push(Candidate { time, row: spell.row });
                }
            }),
            Plan::Times(times) => {
                let wanted = times.count;
                times.reached(events, rows, scratch, |row, count| {
                    if count == wanted {
                        to.push(Candidate { time: events.times[row], row });
                    }
                });
                to.sort_unstable();
            }
            Plan::Then { first, next, within, without } => {
                let mut start: Option<Time> = None;
                let from = rows.start;
                for row in rows {
                    if start.is_some() && next.is(events, row, from) {
                        let started = start.take().unwrap_or_default();
                        if events.times[row] - started <= *within {
                            to.push(Candidate { time: events.times[row], row });
                        }
                    }
                    if without.as_ref().is_some_and(|without| without.is(events, row, from)) {
                        start = None;
                    }
                    if first.is(events, row, from) {
                        start = Some(events.times[row]);
                    }
                }
            }
            Plan::Crosses { crossed, threshold, direction } => crossed.steps(events, rows, end, scratch, |time, row, before, after| {
                let has_crossed = match direction {
                    CrossDirection::Up => before < *threshold && after >= *threshold,
                    CrossDirection::Down => before >= *threshold && after < *threshold,
                };
                if has_crossed {
                    to.push(Candidate { time, row });
                }
            }),
        }
        to.dedup_by_key(|candidate| candidate.time);
    }
}

impl Wait {
    /// Whether it waits for the very event that starts it: then a customer without one is unknown.
    pub fn needs_a_start(&self) -> bool {
        !matches!(self.start, Start::First)
    }

    /// Every spell of a customer, ascending by its start; of starts in the same millisecond the last.
    pub fn spells(&self, events: &Events, rows: Range<usize>, scratch: &mut Scratch, mut each: impl FnMut(Spell)) {
        let time = |row: usize| events.times[row];
        let Scratch { a, b, .. } = scratch;
        self.by.rows(events, rows.clone(), a);
        match &self.start {
            Start::First if rows.is_empty() => {}
            Start::First => {
                let start = time(rows.start);
                let end = a.iter().map(|&row| time(row)).find(|at| *at > start);
                each(Spell { row: rows.start, start, end, is_stopped: end.is_some() });
            }
            Start::By => {
                for (at, &row) in a.iter().enumerate() {
                    let end = a.get(at + 1).map(|&next| time(next));
                    if end != Some(time(row)) {
                        each(Spell { row, start: time(row), end, is_stopped: end.is_some() });
                    }
                }
            }
            Start::Event(start) => {
                start.rows(events, rows, b);
                let mut stop = 0;
                for (at, &row) in b.iter().enumerate() {
                    let started = time(row);
                    let again = b.get(at + 1).map(|&next| time(next));
                    if again == Some(started) {
                        continue;
                    }
                    let is_before = |of: usize| if self.in_order { of <= row } else { time(of) <= started };
                    while stop < a.len() && is_before(a[stop]) {
                        stop += 1;
                    }
                    let stopped = a.get(stop).map(|&of| time(of));
                    let end = [again, stopped].into_iter().flatten().min();
                    each(Spell { row, start: started, end, is_stopped: stopped.is_some() && stopped == end });
                }
            }
        }
    }
}

impl Times {
    /// Every number that the count reaches, with the row at which it does; within a page ascending.
    pub fn reached(&self, events: &Events, rows: Range<usize>, scratch: &mut Scratch, mut each: impl FnMut(usize, u32)) {
        let Scratch { a, b, c, keyed } = scratch;
        self.event.rows(events, rows.clone(), a);
        b.clear();
        if let Some(since) = &self.since {
            since.rows(events, rows, b);
        }
        let Some(same) = self.same else { return self.reached_in(events, a, b, &mut each) };
        let key = |row: usize| if same == DistinctOf::Page { events.pages[row] } else { events.kinds[row] };
        keyed.clear();
        keyed.extend(a.iter().map(|&row| (key(row), row)).filter(|(key, _)| *key != NONE));
        keyed.sort_unstable();
        for of_one in keyed.chunk_by(|a, b| a.0 == b.0) {
            c.clear();
            c.extend(of_one.iter().map(|(_, row)| *row));
            self.reached_in(events, c, b, &mut each);
        }
    }

    fn reached_in(&self, events: &Events, counted: &[usize], set_back: &[usize], each: &mut impl FnMut(usize, u32)) {
        match (self.window, &self.since) {
            (Some(window), _) => {
                let mut oldest = 0;
                for (at, &row) in counted.iter().enumerate() {
                    while events.times[counted[oldest]] <= events.times[row] - window {
                        oldest += 1;
                    }
                    each(row, (at - oldest + 1) as u32);
                }
            }
            (None, None) => counted.iter().enumerate().for_each(|(at, &row)| each(row, at as u32 + 1)),
            (None, Some(_)) => {
                let (mut next, mut count) = (0, 0);
                for &row in counted {
                    while next < set_back.len() && set_back[next] <= row {
                        (next, count) = (next + 1, 0);
                    }
                    // Before the first of them it is unknown how many came since the one before the data; that one itself is not counted.
                    if next > 0 && set_back[next - 1] != row {
                        count += 1;
                        each(row, count);
                    }
                }
            }
        }
    }
}
