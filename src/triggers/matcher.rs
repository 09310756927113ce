//! Is this event of the sort a rule speaks of?
//!
//! In: a sort of events and the event table. Out: a test of a row that looks nothing up by name. O(names) to make, O(filters) a row.

use super::clock;
use super::language::{ANY, Event, EventField, Filter, Op, Value};
use super::world::World;
use crate::events::table::{Context, Events, NONE};

/// A sort of events, ready to be asked.
#[derive(Debug, Clone)]
pub struct EventMatcher {
    kind: Kind,
    tests: Vec<Test>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Any,
    Only(u32),
    Nothing,
}

#[derive(Debug, Clone)]
enum Test {
    /// Per page, the last entry for events without one.
    Page(Vec<bool>),
    /// Per combination of circumstances.
    Context(Vec<bool>),
    Value(Op, f64),
    Hour(Op, f64),
    /// Per weekday or part of a day.
    Weekday([bool; 7]),
    DayPart([bool; 4]),
    Holiday(Vec<i64>, bool),
    StartsVisit(bool),
}

impl EventMatcher {
    /// Makes it. A kind that is not in the data matches nothing.
    pub fn of(event: &Event, world: &World) -> EventMatcher {
        let events = world.events;
        let kind = if event.event == ANY { Kind::Any } else { events.kind(&event.event).map_or(Kind::Nothing, Kind::Only) };
        EventMatcher { kind, tests: event.filters.iter().map(|filter| test(filter, world)).collect() }
    }

    /// Whether the event in a row is one of them; `first` is the first row of the same customer.
    #[inline]
    pub fn is(&self, events: &Events, row: usize, first: usize) -> bool {
        let is_kind = match self.kind {
            Kind::Only(kind) => events.kinds[row] == kind,
            Kind::Any => true,
            Kind::Nothing => false,
        };
        is_kind && (self.tests.is_empty() || self.tests.iter().all(|test| test.holds(events, row, first)))
    }

    /// The matching rows of a customer, ascending; what was in `to` is replaced.
    pub fn rows(&self, events: &Events, range: std::ops::Range<usize>, to: &mut Vec<usize>) {
        to.clear();
        match self.kind {
            Kind::Nothing => {}
            // The commonest case by far, and the only one that has to be as fast as memory.
            Kind::Only(kind) if self.tests.is_empty() => {
                let first = range.start;
                to.extend(events.kinds[range].iter().enumerate().filter(|(_, of)| **of == kind).map(|(at, _)| first + at));
            }
            _ => {
                let first = range.start;
                to.extend(range.filter(|row| self.is(events, *row, first)));
            }
        }
    }
}

impl Test {
    fn holds(&self, events: &Events, row: usize, first: usize) -> bool {
        match self {
            Test::Page(pages) => pages[(events.pages[row] as usize).min(pages.len() - 1)],
            Test::Context(contexts) => contexts.get(events.contexts[row] as usize).is_some_and(|is| *is),
            Test::Value(op, value) => compare(*op, events.values[row], *value),
            Test::Hour(op, value) => compare(*op, clock::hour(events.local_minute(row)) as f64, *value),
            Test::Weekday(days) => days[clock::weekday(events.local_minute(row))],
            Test::DayPart(parts) => parts[clock::day_part(events.local_minute(row))],
            Test::Holiday(days, wanted) => days.binary_search(&events.local_minute(row).div_euclid(24 * 60)).is_ok() == *wanted,
            Test::StartsVisit(wanted) => starts_visit(events, row, first) == *wanted,
        }
    }
}

/// Whether a row is the first of a visit; `first` is the first row of the same customer.
pub fn starts_visit(events: &Events, row: usize, first: usize) -> bool {
    row == first || events.visits[row] != events.visits[row - 1]
}

/// Compares numbers; with an unknown one nothing holds.
pub fn compare(op: Op, a: f64, b: f64) -> bool {
    match op {
        Op::Is => a == b,
        Op::IsNot => a != b && !a.is_nan(),
        Op::AtLeast => a >= b,
        Op::Above => a > b,
        Op::AtMost => a <= b,
        Op::Below => a < b,
        Op::In | Op::Contains => false,
    }
}

/// Compares what is known with what a rule says; different sorts of values differ.
pub fn compare_value(op: Op, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(op, *a, *b),
        (Value::Text(a), b) => compare_text(op, a, b),
        (Value::Flag(a), Value::Flag(b)) => (a == b) == (op == Op::Is),
        _ => op == Op::IsNot,
    }
}

fn compare_text(op: Op, a: &str, b: &Value) -> bool {
    match (op, b) {
        (Op::Is, Value::Text(b)) => a == b,
        (Op::IsNot, Value::Text(b)) => a != b,
        (Op::Contains, Value::Text(b)) => a.contains(b.as_str()),
        (Op::In, Value::Texts(texts)) => texts.iter().any(|b| a == b),
        _ => op == Op::IsNot,
    }
}

fn test(filter: &Filter, world: &World) -> Test {
    let Filter { field, op, value } = filter;
    let events = world.events;
    // An unknown text is nothing: "is not" does not hold of it either, as with numbers.
    let text = |known: &str| !known.is_empty() && compare_text(*op, known, value);
    let wanted = *value == Value::Flag(*op == Op::Is);
    let number = if let Value::Number(number) = value { *number } else { f64::NAN };
    let context = |of: fn(&Context) -> &str| Test::Context(events.context_names.iter().map(|context| text(of(context))).collect());
    match field {
        EventField::Page => {
            // One more than there are pages: NONE falls on it.
            debug_assert!(events.page_names.len() < NONE as usize);
            Test::Page(events.page_names.iter().map(|page| text(page)).chain([false]).collect())
        }
        EventField::Value => Test::Value(*op, number),
        EventField::Device => context(|of| &of.device),
        EventField::System => context(|of| &of.system),
        EventField::Browser => context(|of| &of.browser),
        EventField::Country => context(|of| &of.country),
        EventField::Region => context(|of| &of.region),
        EventField::City => context(|of| &of.city),
        EventField::Weekend => Test::Weekday([0, 1, 2, 3, 4, 5, 6].map(|day| (day >= 5) == wanted)),
        EventField::Weekday => Test::Weekday(clock::WEEKDAYS.map(text)),
        EventField::Hour => Test::Hour(*op, number),
        EventField::DayPart => Test::DayPart(clock::DAY_PARTS.map(text)),
        EventField::Holiday => Test::Holiday(world.holidays.to_vec(), wanted),
        EventField::StartsVisit => Test::StartsVisit(wanted),
    }
}
