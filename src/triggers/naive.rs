//! What would these triggers have done, by the definitions read slowly?
//!
//! The reference of tests: everything anew from all rows at every moment, quadratic and worse, and no line shared with the walk it is compared to.

use std::collections::BTreeSet;

use super::language::{
    CrossDirection, DistinctOf, Event, EventField, Measure, Moment, Op, Over, Since, Span, Trigger, TriggerCondition, Value,
};
use super::made::{e, trigger};
use crate::base::seed::{Random, RngExt};
use crate::events::table::{DAY, Events, NONE, Time};

type Rows = Vec<usize>;

fn is(events: &Events, event: &Event, row: usize) -> bool {
    (event.event == "*" || events.kind_names[events.kinds[row] as usize] == event.event)
        && event.filters.iter().all(|filter| match (filter.field, filter.op, &filter.value) {
            (EventField::Value, Op::AtLeast, Value::Number(value)) => events.values[row] >= *value,
            (EventField::Page, Op::Is, Value::Text(page)) => {
                events.pages[row] != NONE && events.page_names[events.pages[row] as usize] == *page
            }
            (EventField::Device, Op::Is, Value::Text(device)) => events.context_names[events.contexts[row] as usize].device == *device,
            (EventField::Weekend, Op::Is, Value::Flag(true)) => {
                matches!((events.local_minute(row).div_euclid(1440) + 4).rem_euclid(7), 0 | 6)
            }
            (EventField::StartsVisit, Op::Is, Value::Flag(true)) => {
                events.starts.contains(&row) || events.visits[row] != events.visits[row - 1]
            }
            other => panic!("{other:?}"),
        })
}

fn key(events: &Events, of: DistinctOf, row: usize) -> u32 {
    if of == DistinctOf::Page { events.pages[row] } else { events.kinds[row] }
}

fn counted(events: &Events, rows: &Rows, of: &Event, over: &Over, time: Time) -> Option<Rows> {
    let known: Rows = rows.iter().copied().filter(|&row| events.times[row] <= time).collect();
    let those = |from: usize| known.iter().copied().filter(|&row| row >= from && is(events, of, row)).collect::<Rows>();
    match over {
        Over::Ever => Some(those(0)),
        Over::Last(span) => Some(those(0).into_iter().filter(|&row| events.times[row] > time - span.ms()).collect()),
        Over::Since(since) => known.iter().rev().find(|row| is(events, since, **row)).map(|&row| those(row + 1)),
    }
}

fn sum(events: &Events, rows: &Rows) -> f64 {
    rows.iter().map(|&row| events.values[row]).filter(|value| !value.is_nan()).map(|value| (value * 100.0).round()).sum::<f64>() / 100.0
}

fn distinct(events: &Events, of: DistinctOf, rows: &Rows) -> f64 {
    rows.iter().map(|&row| key(events, of, row)).filter(|key| *key != NONE).collect::<BTreeSet<_>>().len() as f64
}

fn compare(op: Op, a: f64, b: f64) -> bool {
    match op {
        Op::AtLeast => a >= b,
        Op::Below => a < b,
        Op::Is => a == b,
        other => panic!("{other:?}"),
    }
}

fn holds(events: &Events, rows: &Rows, condition: &TriggerCondition, time: Time) -> bool {
    match condition {
        TriggerCondition::Count { event, over, op, value } => {
            counted(events, rows, event, over, time).is_some_and(|rows| compare(*op, rows.len() as f64, *value))
        }
        TriggerCondition::Sum { event, over, op, value } => {
            counted(events, rows, event, over, time).is_some_and(|rows| compare(*op, sum(events, &rows), *value))
        }
        TriggerCondition::Distinct { of, event, over, op, value } => {
            counted(events, rows, event, over, time).is_some_and(|rows| compare(*op, distinct(events, *of, &rows), *value))
        }
        TriggerCondition::DaysSince { event, op, value } => counted(events, rows, event, &Over::Ever, time)
            .and_then(|rows| rows.last().copied())
            .is_some_and(|row| compare(*op, (time - events.times[row]) as f64 / DAY as f64, *value)),
        TriggerCondition::Column { .. } => panic!("columns are tested by hand"),
    }
}

fn measure(events: &Events, rows: &Rows, measure: &Measure, time: Time) -> f64 {
    let within = |event: &Event, over: &Span, time: Time| counted(events, rows, event, &Over::Last(*over), time).unwrap();
    match measure {
        Measure::Count { event, over } => within(event, over, time).len() as f64,
        Measure::Sum { event, over } => sum(events, &within(event, over, time)),
        Measure::Distinct { of, event, over } => distinct(events, *of, &within(event, over, time)),
        Measure::Change { event, over } => {
            let before = sum(events, &within(event, over, time - over.ms()));
            if before > 0.0 { sum(events, &within(event, over, time)) / before } else { f64::NAN }
        }
    }
}

fn moments(events: &Events, rows: &Rows, when: &Moment, end: Time) -> BTreeSet<Time> {
    let time = |row: usize| events.times[row];
    let those = |of: &Event| rows.iter().copied().filter(|&row| is(events, of, row)).collect::<Rows>();
    let all: BTreeSet<Time> = match when {
        Moment::On(of) => those(of).into_iter().map(time).collect(),
        Moment::Absent { event, days, since } => {
            let starts: BTreeSet<Time> = match since {
                Since::Last => those(event).into_iter().map(time).collect(),
                Since::FirstSeen => rows.first().map(|&row| time(row)).into_iter().collect(),
                Since::Event(start) => those(start).into_iter().map(time).collect(),
            };
            let stops: Vec<Time> = those(event).into_iter().map(time).chain(starts.iter().copied()).collect();
            let over = |start: &Time| start + days.ms();
            starts.into_iter().filter(|start| !stops.iter().any(|at| at > start && *at <= over(start))).map(|start| over(&start)).collect()
        }
        Moment::NotFollowed { event, by, within } => {
            let stops = |row: usize| {
                rows.iter().any(|&of| of > row && time(of) <= time(row) + within.ms() && (is(events, event, of) || is(events, by, of)))
            };
            those(event).into_iter().filter(|&row| !stops(row)).map(|row| time(row) + within.ms()).collect()
        }
        Moment::Times { event, count, over, same } => (those(event).into_iter())
            .filter(|&row| {
                let upto: Rows = rows.iter().copied().filter(|&of| of <= row).collect();
                let is_own_start = matches!(over, Over::Since(since) if is(events, since, row));
                let found = counted(events, &upto, event, over, time(row)).unwrap_or_default();
                let alike = |of: &&usize| same.is_none_or(|same| key(events, same, **of) == key(events, same, row));
                !is_own_start
                    && same.is_none_or(|same| key(events, same, row) != NONE)
                    && found.iter().filter(alike).count() == *count as usize
            })
            .map(time)
            .collect(),
        Moment::Then { first, next, within, without } => (those(next).into_iter())
            .filter(|&row| {
                let matters = |of: usize| {
                    is(events, first, of) || is(events, next, of) || without.as_ref().is_some_and(|without| is(events, without, of))
                };
                let before = rows.iter().copied().rfind(|&of| of < row && matters(of));
                before.is_some_and(|of| is(events, first, of) && time(row) - time(of) <= within.ms())
            })
            .map(time)
            .collect(),
        Moment::Crosses { measure: of, threshold, direction } => {
            let (event, over) = of.looks_at();
            let instants: BTreeSet<Time> = those(event).into_iter().flat_map(|row| [0, 1, 2].map(|n| time(row) + n * over.ms())).collect();
            (instants.into_iter())
                .filter(|&at| {
                    let (before, after) = (measure(events, rows, of, at - 1), measure(events, rows, of, at));
                    match direction {
                        CrossDirection::Up => before < *threshold && after >= *threshold,
                        CrossDirection::Down => before >= *threshold && after < *threshold,
                    }
                })
                .collect()
        }
    };
    all.into_iter().filter(|at| *at <= end).collect()
}

/// Customers and times of all fires.
pub fn fires(events: &Events, trigger: &Trigger, from: Time) -> Vec<(u32, Time)> {
    let end = events.span.unwrap().1;
    let mut all = Vec::new();
    for customer in 0..events.n_customers() {
        let rows: Rows = events.of(customer).collect();
        let hold = |time: Time| {
            trigger.and.iter().all(|c| holds(events, &rows, c, time)) && !trigger.unless.iter().any(|c| holds(events, &rows, c, time))
        };
        let mut due = Vec::new();
        for at in moments(events, &rows, &trigger.when, end).into_iter().filter(|at| *at >= from && hold(*at)) {
            let mut time = at;
            if let Some(hours) = trigger.hours {
                let last = rows.iter().copied().rfind(|&row| events.times[row] <= at).unwrap();
                let offset = i64::from(events.context_names[events.contexts[last] as usize].offset_minutes.unwrap());
                let hour = |time: Time| (time.div_euclid(60_000) + offset).rem_euclid(1440) / 60;
                while !(i64::from(hours.from)..i64::from(hours.to)).contains(&hour(time)) {
                    time += 60_000;
                }
            }
            if time == at || (time <= end && hold(time)) {
                due.push(time);
            }
        }
        due.sort_unstable();
        let mut fired: Vec<Time> = Vec::new();
        for time in due {
            let is_quiet = fired.last().is_some_and(|last| time - last < trigger.cooldown.ms() || time == *last);
            if !is_quiet && fired.len() < trigger.most.unwrap_or(u32::MAX) as usize {
                fired.push(time);
            }
        }
        all.extend(fired.into_iter().map(|time| (customer as u32, time)));
    }
    all
}

fn any_event(random: &mut Random) -> Event {
    let kinds = ["purchase", "cart", "view", "login", "return", "*"];
    let event = e(kinds[random.random_range(0..kinds.len())]);
    match random.random_range(0..10) {
        0 => event.having(EventField::Device, Op::Is, Value::Text("mobile".to_owned())),
        1 => event.having(EventField::Weekend, Op::Is, Value::Flag(true)),
        2 => event.having(EventField::StartsVisit, Op::Is, Value::Flag(true)),
        3 => e("view").having(EventField::Page, Op::Is, Value::Text("/p1".to_owned())),
        4 => e("purchase").having(EventField::Value, Op::AtLeast, Value::Number(8.0)),
        _ => event,
    }
}

fn any_span(random: &mut Random) -> Span {
    Span::hours([6, 12, 24, 72, 240][random.random_range(0..5)])
}

fn any_over(random: &mut Random) -> Over {
    match random.random_range(0..3) {
        0 => Over::Ever,
        1 => Over::Since(any_event(random)),
        _ => Over::Last(any_span(random)),
    }
}

/// A moment of any sort.
pub fn any_moment(random: &mut Random) -> Moment {
    let of = [DistinctOf::Page, DistinctOf::Kind][random.random_range(0..2)];
    match random.random_range(0..6) {
        0 => Moment::On(any_event(random)),
        1 => Moment::Absent {
            event: any_event(random),
            days: any_span(random),
            since: match random.random_range(0..3) {
                0 => Since::Last,
                1 => Since::FirstSeen,
                _ => Since::Event(any_event(random)),
            },
        },
        2 => Moment::Times {
            event: any_event(random),
            count: random.random_range(1..5),
            over: any_over(random),
            same: random.random_bool(0.3).then_some(of),
        },
        3 => Moment::Then {
            first: any_event(random),
            next: any_event(random),
            within: any_span(random),
            without: random.random_bool(0.5).then(|| any_event(random)),
        },
        4 => Moment::NotFollowed { event: any_event(random), by: any_event(random), within: any_span(random) },
        _ => {
            let (event, over) = (any_event(random), any_span(random));
            let (measure, threshold) = match random.random_range(0..4) {
                0 => (Measure::Count { event, over }, random.random_range(1..4) as f64),
                1 => (Measure::Sum { event: e("purchase"), over }, 8.5),
                2 => (Measure::Distinct { of, event, over }, 2.0),
                _ => (Measure::Change { event: e("purchase"), over }, 0.5),
            };
            Moment::Crosses { measure, threshold, direction: [CrossDirection::Up, CrossDirection::Down][random.random_range(0..2)] }
        }
    }
}

fn any_condition(random: &mut Random) -> TriggerCondition {
    let (event, over) = (any_event(random), any_over(random));
    let op = [Op::AtLeast, Op::Below, Op::Is][random.random_range(0..3)];
    match random.random_range(0..4) {
        0 => TriggerCondition::Count { event, over, op, value: random.random_range(0..4) as f64 },
        1 => TriggerCondition::DaysSince { event, op, value: 1.0 },
        2 => TriggerCondition::Sum { event, over, op, value: 12.34 },
        _ => {
            TriggerCondition::Distinct { of: [DistinctOf::Page, DistinctOf::Kind][random.random_range(0..2)], event, over, op, value: 2.0 }
        }
    }
}

/// A trigger of any sort.
pub fn any_trigger(random: &mut Random) -> Trigger {
    let mut of = trigger("any", any_moment(random));
    of.and = (0..random.random_range(0..2)).map(|_| any_condition(random)).collect();
    of.unless = (0..random.random_range(0..2)).map(|_| any_condition(random)).collect();
    if random.random_bool(0.3) {
        of.cooldown = any_span(random);
    }
    of.most = random.random_bool(0.2).then_some(2);
    of.hours = random.random_bool(0.3).then_some(super::language::Hours { from: 9, to: 20 });
    of
}
