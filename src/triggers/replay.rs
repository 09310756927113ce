//! When would these triggers have fired, and for whom?
//!
//! In: rules that were checked, and the world they are tried on, from a day on. Out: every fire with its time, customer and the event that set it off,
//! and what was held back and why. One walk along the events of each customer for all triggers: O(events + timers) for each trigger. Customers are
//! taken in fixed parts that are put together in order, so the result is the same on any number of threads.
//!
//! Order of one fire: the moment comes (`moment.rs`); audience and conditions are read then, with all events up to and including that
//! millisecond; outside the allowed hours it waits for the next one on the customer's clock and the conditions are read again; then the time since
//! the last fire and the number of fires are looked at. A trigger never fires twice for a customer in the same instant.

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::clock;
use super::condition::{Cursor, Ready, Whom};
use super::gaps::Gap;
use super::language::{Hours, Trigger, Value};
use super::moment::{Candidate, Plan};
use super::scratch::Scratch;
use super::world::World;
use crate::base::{Ctx, Stopped};
use crate::events::table::{Events, Time};

/// How many events a part has at least; parts end with a customer.
const PART: usize = 1 << 16;

/// A trigger, ready to be tried.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub plan: Plan,
    pub and: Vec<Ready>,
    pub unless: Vec<Ready>,
    pub whom: Whom,
    cooldown: Time,
    most: usize,
    hours: Option<Hours>,
}

impl Prepared {
    pub fn of(trigger: &Trigger, world: &World) -> Prepared {
        Prepared {
            plan: Plan::of(&trigger.when, world),
            and: trigger.and.iter().map(|condition| Ready::of(condition, world)).collect(),
            unless: trigger.unless.iter().map(|condition| Ready::of(condition, world)).collect(),
            whom: Whom::of(&trigger.audience, world),
            cooldown: trigger.cooldown.ms(),
            most: trigger.most.map_or(usize::MAX, |most| most as usize),
            hours: trigger.hours,
        }
    }
}

/// One fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fire {
    /// Index of the customer.
    pub customer: u32,
    /// When.
    pub time: Time,
    /// The event that set it off.
    pub row: usize,
}

/// What became of the moments of a trigger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MomentCounts {
    /// Moments from the first day on, of those it is for.
    pub moments: usize,
    /// Of them, those at which a condition did not hold or an exception did.
    pub conditions: usize,
    /// Those held back because it had just fired.
    pub cooldown: usize,
    /// Those held back because it had fired often enough.
    pub most: usize,
    /// Those that would have come after the end of the data once they had waited for their hour.
    pub waiting: usize,
    /// Fires that waited for their hour.
    pub moved: usize,
    /// Customers for whom the wait began before the data, if it ever began: unknown, not absent.
    pub unknown: usize,
}

/// The fires of one trigger.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fires {
    /// By customer, then by time.
    pub fires: Vec<Fire>,
    /// What became of all moments.
    pub counts: MomentCounts,
}

/// The period a replay is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Its first moment.
    pub from: Time,
    /// The last moment of the data.
    pub end: Time,
    /// When nothing was recorded; timers stand still.
    pub gaps: Vec<Gap>,
}

/// What became of one moment.
#[derive(Debug, Clone, PartialEq)]
pub enum FireOutcome {
    /// It fired, then.
    Fired(Time),
    /// The trigger is for others.
    NotForThem,
    /// The condition of this number did not hold; what was measured, and when.
    Condition(usize, Option<Value>, Time),
    /// The exception of this number held; what was measured, and when.
    Exception(usize, Option<Value>, Time),
    /// It had fired then.
    Cooldown(Time),
    /// It had fired often enough.
    Most,
    /// It waits for an hour after the data.
    Waiting(Time),
}

/// Tries triggers on the past. One entry per trigger, in their order.
pub fn replay(world: &World, triggers: &[Trigger], period: &Period, ctx: &Ctx) -> Result<Vec<Fires>, Stopped> {
    let prepared: Vec<Prepared> = triggers.iter().map(|trigger| Prepared::of(trigger, world)).collect();
    let of_part = |part: &Range<usize>| -> Result<Vec<Fires>, Stopped> {
        ctx.check()?;
        let mut found = vec![Fires::default(); prepared.len()];
        let mut memory = Memory::default();
        for customer in part.clone() {
            for (trigger, found) in prepared.iter().zip(&mut found) {
                of_customer(world, trigger, period, customer, &mut memory, found);
            }
        }
        Ok(found)
    };
    let parts: Vec<Vec<Fires>> = parts(world.events, PART).par_iter().map(of_part).collect::<Result<_, _>>()?;
    let mut all = vec![Fires::default(); triggers.len()];
    for part in parts {
        for (all, part) in all.iter_mut().zip(part) {
            all.fires.extend(part.fires);
            all.counts.add(&part.counts);
        }
    }
    Ok(all)
}

/// Customers in parts of at least `size` events. They depend on the table alone, never on who computes.
pub(super) fn parts(events: &Events, size: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut first = 0;
    for customer in 0..events.n_customers() {
        if events.starts[customer + 1] - events.starts[first] >= size || customer + 1 == events.n_customers() {
            parts.push(first..customer + 1);
            first = customer + 1;
        }
    }
    parts
}

/// Memory that is used again for each customer.
#[derive(Debug, Default)]
pub(super) struct Memory {
    scratch: Scratch,
    candidates: Vec<Candidate>,
    held: Vec<(Time, Candidate)>,
}

fn of_customer(world: &World, trigger: &Prepared, period: &Period, customer: usize, memory: &mut Memory, found: &mut Fires) {
    if !trigger.whom.ever_has(world, customer) {
        return;
    }
    let Fires { fires, counts } = found;
    let before = fires.len();
    let any = decide(world, trigger, period, customer, memory, |candidate, outcome| {
        counts.moments += usize::from(outcome != FireOutcome::NotForThem);
        match outcome {
            FireOutcome::Fired(time) => {
                counts.moved += usize::from(time != candidate.time);
                fires.push(Fire { customer: customer as u32, time, row: candidate.row });
            }
            FireOutcome::Condition(..) | FireOutcome::Exception(..) => counts.conditions += 1,
            FireOutcome::Cooldown(_) => counts.cooldown += 1,
            FireOutcome::Most => counts.most += 1,
            FireOutcome::Waiting(_) => counts.waiting += 1,
            FireOutcome::NotForThem => {}
        }
    });
    counts.unknown += usize::from(!any);
    debug_assert!(fires[before..].is_sorted_by_key(|fire| fire.time));
}

/// What became of every moment of a customer from the first day on. `each` gets fires ascending by time. Returns whether the customer is known at all:
/// a wait that never began in the data is not.
pub(super) fn decide(
    world: &World,
    trigger: &Prepared,
    period: &Period,
    customer: usize,
    memory: &mut Memory,
    mut each: impl FnMut(Candidate, FireOutcome),
) -> bool {
    let events = world.events;
    let rows = events.of(customer);
    let Memory { scratch, candidates, held } = memory;
    trigger.plan.candidates(events, rows.clone(), period.end, &period.gaps, scratch, candidates);
    let mut is_known = true;
    if candidates.is_empty()
        && let Plan::Wait(wait) = &trigger.plan
        && wait.needs_a_start()
    {
        is_known = false;
        wait.spells(events, rows.clone(), scratch, |_| is_known = true);
    }
    held.clear();
    let mut read = Conditions::of(trigger, &rows);
    for candidate in candidates.iter().filter(|candidate| candidate.time >= period.from) {
        if !trigger.whom.has(world, customer, candidate.time) {
            each(*candidate, FireOutcome::NotForThem);
        } else if let Some(fault) = read.fault(world, customer, candidate.time) {
            each(*candidate, fault);
        } else {
            let time = trigger.hours.map_or(candidate.time, |hours| {
                // The customer's clock: that of the last event so far.
                let last = rows.start + events.times[rows.clone()].partition_point(|time| *time <= candidate.time);
                let offset =
                    events.local_minute(last.max(rows.start + 1) - 1) - events.times[last.max(rows.start + 1) - 1].div_euclid(60_000);
                clock::next_allowed(candidate.time, offset, hours)
            });
            held.push((time, *candidate));
        }
    }
    if trigger.hours.is_some() {
        // Who changes the time zone may overtake an earlier moment.
        held.sort_unstable();
    }
    let mut again = Conditions::of(trigger, &rows);
    let (mut last, mut n) = (None, 0);
    for &(time, candidate) in held.iter() {
        if time > period.end {
            each(candidate, FireOutcome::Waiting(time));
            continue;
        }
        if time != candidate.time
            && let Some(fault) = again.fault(world, customer, time)
        {
            each(candidate, fault);
            continue;
        }
        match last {
            Some(last) if time - last < trigger.cooldown || time == last => each(candidate, FireOutcome::Cooldown(last)),
            _ if n >= trigger.most => each(candidate, FireOutcome::Most),
            _ => {
                (last, n) = (Some(time), n + 1);
                each(candidate, FireOutcome::Fired(time));
            }
        }
    }
    is_known
}

/// All conditions of a trigger, read along the events of a customer.
struct Conditions<'a> {
    trigger: &'a Prepared,
    and: Vec<Cursor<'a>>,
    unless: Vec<Cursor<'a>>,
}

impl<'a> Conditions<'a> {
    fn of(trigger: &'a Prepared, rows: &Range<usize>) -> Conditions<'a> {
        let cursors = |of: &'a [Ready]| of.iter().map(|ready| Cursor::new(ready, rows.clone())).collect();
        Conditions { trigger, and: cursors(&trigger.and), unless: cursors(&trigger.unless) }
    }

    /// The first condition that does not hold, or exception that does.
    fn fault(&mut self, world: &World, customer: usize, time: Time) -> Option<FireOutcome> {
        for (at, (cursor, ready)) in self.and.iter_mut().zip(&self.trigger.and).enumerate() {
            let measured = cursor.measure(world, customer, time);
            if !ready.holds(&measured) {
                return Some(FireOutcome::Condition(at, measured, time));
            }
        }
        for (at, (cursor, ready)) in self.unless.iter_mut().zip(&self.trigger.unless).enumerate() {
            let measured = cursor.measure(world, customer, time);
            if ready.holds(&measured) {
                return Some(FireOutcome::Exception(at, measured, time));
            }
        }
        None
    }
}

impl MomentCounts {
    fn add(&mut self, other: &MomentCounts) {
        self.moments += other.moments;
        self.conditions += other.conditions;
        self.cooldown += other.cooldown;
        self.most += other.most;
        self.waiting += other.waiting;
        self.moved += other.moved;
        self.unknown += other.unknown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{RngExt, random};
    use crate::events::table::DAY;
    use crate::triggers::language::{CrossDirection, Measure, Moment, Op, Over, Since, Span, TriggerAudience, TriggerCondition};
    use crate::triggers::made::{anything, e, events, trigger};
    use crate::triggers::naive;
    use crate::triggers::world::{CustomerGroups, KnownColumn, KnownValues, Snapshot};

    fn all(world: &World, trigger: &Trigger) -> Fires {
        let period = Period { from: i64::MIN, end: world.events.span.unwrap().1, gaps: Vec::new() };
        replay(world, std::slice::from_ref(trigger), &period, &Ctx::new()).unwrap().remove(0)
    }

    fn times(rows: &[(&str, Time, &str)], trigger: &Trigger) -> Vec<Time> {
        let events = events(rows);
        all(&World::of(&events), trigger).fires.iter().map(|fire| fire.time).collect()
    }

    #[test]
    fn as_the_slow_reference() {
        for seed in 0..300 {
            let events = anything(seed, 6, 120, 40);
            let mut random = random(seed, 2);
            let from = DAY * random.random_range(0..10);
            let triggers: Vec<Trigger> = (0..8).map(|_| naive::any_trigger(&mut random)).collect();
            let period = Period { from, end: events.span.unwrap().1, gaps: Vec::new() };
            let found = replay(&World::of(&events), &triggers, &period, &Ctx::new()).unwrap();
            for (trigger, found) in triggers.iter().zip(found) {
                let fires: Vec<(u32, Time)> = found.fires.iter().map(|fire| (fire.customer, fire.time)).collect();
                assert_eq!(fires, naive::fires(&events, trigger, from), "seed {seed}: {}", serde_json::to_string(trigger).unwrap());
                let MomentCounts { moments, conditions, cooldown, most, waiting, .. } = found.counts;
                assert_eq!(moments, conditions + cooldown + most + waiting + fires.len(), "nothing is lost");
            }
        }
    }

    #[test]
    fn an_event_exactly_at_the_end_of_the_wait_stops_it() {
        let rule = trigger("silent", Moment::Absent { event: e("buy"), days: Span::days(10), since: Since::Last });
        assert_eq!(times(&[("a", 0, "buy"), ("a", 10 * DAY, "buy"), ("z", 15 * DAY, "visit")], &rule), [0; 0]);
        assert_eq!(times(&[("a", 0, "buy"), ("a", 10 * DAY + 1, "buy"), ("z", 15 * DAY, "visit")], &rule), [10 * DAY]);
        // Over exactly at the end of the data counts, one millisecond later does not.
        assert_eq!(times(&[("a", 0, "buy"), ("z", 10 * DAY, "visit")], &rule), [10 * DAY]);
        assert_eq!(times(&[("a", 1, "buy"), ("z", 10 * DAY, "visit")], &rule), [0; 0]);
        let cart = trigger("cart", Moment::NotFollowed { event: e("cart"), by: e("buy"), within: Span::hours(24) });
        assert_eq!(times(&[("a", 0, "cart"), ("a", DAY, "buy"), ("z", 9 * DAY, "visit")], &cart), [0; 0]);
        // The same millisecond, later in the log: followed. Another cart starts the wait again.
        assert_eq!(times(&[("a", 0, "cart"), ("a", 0, "buy"), ("z", 9 * DAY, "visit")], &cart), [0; 0]);
        assert_eq!(times(&[("a", 0, "cart"), ("a", DAY, "cart"), ("z", 9 * DAY, "visit")], &cart), [2 * DAY]);
    }

    #[test]
    fn a_wait_fires_once_and_what_began_before_the_data_is_unknown() {
        let rule = trigger("silent", Moment::Absent { event: e("buy"), days: Span::days(10), since: Since::Last });
        let events = events(&[("a", 0, "buy"), ("b", 0, "visit"), ("b", 60 * DAY, "visit")]);
        let found = all(&World::of(&events), &rule);
        assert_eq!(found.fires, [Fire { customer: 0, time: 10 * DAY, row: 0 }]);
        assert_eq!(found.counts.unknown, 1, "b never bought in the data");
    }

    #[test]
    fn times_fires_only_on_reaching() {
        let rule = |over| trigger("three", Moment::Times { event: e("visit"), count: 2, over, same: None });
        let rows: Vec<(&str, Time, &str)> = [0, 1, 2, 3, 9, 16, 17].map(|day| ("a", day * DAY, "visit")).to_vec();
        // Day 1 reaches two; days 2 and 3 stay above; on day 9 the others are older than 5 days; day 17 reaches two again.
        assert_eq!(times(&rows, &rule(Over::Last(Span::days(5)))), [DAY, 17 * DAY]);
        // Exactly as old as the window has left it.
        assert_eq!(times(&[("a", 0, "visit"), ("a", 5 * DAY, "visit")], &rule(Over::Last(Span::days(5)))), [0; 0]);
        let since = rule(Over::Since(e("buy")));
        let rows = [
            ("a", 0, "visit"),
            ("a", 1, "visit"),
            ("a", 2, "buy"),
            ("a", 3, "visit"),
            ("a", 4, "visit"),
            ("a", 5, "visit"),
            ("a", 6, "buy"),
            ("a", 7, "visit"),
            ("a", 8, "visit"),
        ];
        assert_eq!(times(&rows, &since), [4, 8], "nothing before the first purchase, once after each");
    }

    #[test]
    fn quiet_after_a_fire() {
        let mut rule = trigger("again", Moment::On(e("visit")));
        rule.cooldown = Span::days(7);
        let rows: Vec<(&str, Time, &str)> = [0, 3, 7, 8, 14].map(|day| ("a", day * DAY, "visit")).to_vec();
        let events = events(&rows);
        let found = all(&World::of(&events), &rule);
        assert_eq!(found.fires.iter().map(|fire| fire.time / DAY).collect::<Vec<_>>(), [0, 7, 14], "exactly seven days later it may");
        assert_eq!((found.counts.moments, found.counts.cooldown), (5, 2));
        rule.most = Some(2);
        let found = all(&World::of(&events), &rule);
        assert_eq!((found.fires.len(), found.counts.cooldown, found.counts.most), (2, 2, 1));
    }

    #[test]
    fn events_of_a_millisecond_come_before_timers_and_are_known_to_conditions() {
        let mut rule = trigger("silent", Moment::Absent { event: e("buy"), days: Span::days(10), since: Since::Last });
        rule.unless = vec![TriggerCondition::Count { event: e("complaint"), over: Over::Last(Span::days(1)), op: Op::AtLeast, value: 1.0 }];
        let rows = [("a", 0, "buy"), ("a", 10 * DAY, "complaint"), ("z", 30 * DAY, "visit")];
        assert_eq!(times(&rows, &rule), [0; 0]);
        assert_eq!(times(&[("a", 0, "buy"), ("a", 10 * DAY + 1, "complaint"), ("z", 30 * DAY, "visit")], &rule), [10 * DAY]);
    }

    #[test]
    fn hours_wait_and_conditions_are_read_again() {
        let hour = DAY / 24;
        let mut rule = trigger("visit", Moment::On(e("visit")));
        rule.hours = Some(Hours { from: 9, to: 20 });
        rule.unless = vec![TriggerCondition::Count { event: e("buy"), over: Over::Last(Span::days(1)), op: Op::AtLeast, value: 1.0 }];
        let rows =
            [("a", 3 * hour, "visit"), ("b", 3 * hour, "visit"), ("b", 8 * hour, "buy"), ("c", 21 * hour, "visit"), ("d", 20 * hour, "x")];
        let events = events(&rows);
        let found = all(&World::of(&events), &rule);
        assert_eq!(found.fires, [Fire { customer: 0, time: 9 * hour, row: 0 }]);
        assert_eq!(found.counts, MomentCounts { moments: 3, conditions: 1, waiting: 1, moved: 1, ..MomentCounts::default() });
    }

    #[test]
    fn a_gap_in_the_record_makes_nobody_absent() {
        let rows: Vec<(String, Time)> =
            (0..20).flat_map(|c| (0..100).filter(|day| !(40..50).contains(day)).map(move |day| (format!("c{c:02}"), day * DAY))).collect();
        let rows: Vec<(&str, Time, &str)> = rows.iter().map(|(id, time)| (id.as_str(), *time, "visit")).collect();
        let events = events(&rows);
        let rule = trigger("silent", Moment::Absent { event: e("visit"), days: Span::days(5), since: Since::Last });
        let world = World::of(&events);
        assert_eq!(all(&world, &rule).fires.len(), 20, "without the list of gaps it would fire for everyone");
        let gaps = super::super::gaps::gaps(&events, &Ctx::new()).unwrap();
        assert_eq!(gaps, [Gap { from: 40 * DAY, to: 50 * DAY }]);
        let period = Period { from: 0, end: events.span.unwrap().1, gaps };
        assert_eq!(replay(&world, &[rule], &period, &Ctx::new()).unwrap()[0].fires, []);
    }

    #[test]
    fn spend_that_halves() {
        let rows: Vec<_> = [(0, 100.0), (5, 100.0), (12, 80.0)]
            .map(|(day, value)| crate::triggers::made::MadeRow {
                customer: "a".into(),
                time: day * DAY,
                kind: "buy".into(),
                value: Some(value),
                ..Default::default()
            })
            .into_iter()
            .chain([crate::triggers::made::MadeRow { customer: "z".into(), time: 60 * DAY, kind: "x".into(), ..Default::default() }])
            .collect();
        let events = crate::triggers::made::table(rows);
        let rule = trigger(
            "less",
            Moment::Crosses {
                measure: Measure::Change { event: e("buy"), over: Span::days(10) },
                threshold: 0.5,
                direction: CrossDirection::Down,
            },
        );
        // Day 10: 100 / 100. Day 12: 180 / 100. Day 15: 80 / 200, less than half. Day 20: 80 / 100. Day 22: 0 / 180, again.
        let days: Vec<Time> = all(&World::of(&events), &rule).fires.iter().map(|fire| fire.time / DAY).collect();
        assert_eq!(days, [15, 22]);
    }

    #[test]
    fn audience_and_columns_are_as_of_the_day() {
        let rows: Vec<(&str, Time, &str)> =
            [0, 10, 20].iter().flat_map(|day| [("a", day * DAY, "visit"), ("b", day * DAY, "visit")]).collect();
        let events = events(&rows);
        let groups = |of: [u32; 2]| CustomerGroups { names: vec!["loyal".into(), "new".into()], of: of.to_vec() };
        let snapshot = |day: i64, of| Snapshot {
            made: day * DAY,
            from: day * DAY,
            personas: groups(of),
            columns: vec![KnownColumn { name: "age".into(), values: KnownValues::Numbers(vec![f64::NAN, 30.0 + day as f64]) }],
            ..Snapshot::default()
        };
        let snapshots = [snapshot(5, [0, 1]), snapshot(15, [1, 0])];
        let world = World { snapshots: &snapshots, ..World::of(&events) };
        let mut rule = trigger("loyal ones", Moment::On(e("visit")));
        rule.audience = TriggerAudience::Personas(vec!["loyal".into()]);
        let fired = |rule: &Trigger| all(&world, rule).fires.iter().map(|fire| (fire.customer, fire.time / DAY)).collect::<Vec<_>>();
        assert_eq!(fired(&rule), [(0, 10), (1, 20)], "on day 0 nothing was known yet");
        rule.audience = TriggerAudience::Everyone;
        rule.and = vec![TriggerCondition::Column { name: "age".into(), op: Op::Above, value: Value::Number(40.0) }];
        assert_eq!(fired(&rule), [(1, 20)], "a missing value is no value");
        rule.and.clear();
        rule.audience = TriggerAudience::List { name: "two".into(), customers: vec!["b".into(), "nobody".into()] };
        assert_eq!(fired(&rule), [(1, 0), (1, 10), (1, 20)]);
    }

    #[test]
    fn the_same_bytes_on_any_number_of_threads_and_stopped_when_asked() {
        let events = anything(7, 900, 200_000, 300);
        let world = World::of(&events);
        let mut random = random(1, 3);
        let triggers: Vec<Trigger> = (0..12).map(|_| naive::any_trigger(&mut random)).collect();
        let period = Period { from: 0, end: events.span.unwrap().1, gaps: Vec::new() };
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| replay(&world, &triggers, &period, &Ctx::new()).unwrap())
        };
        assert!(parts(&events, PART).len() > 2);
        assert_eq!(on(1), on(8));
        assert_eq!(replay(&world, &triggers, &period, &Ctx::stopping_after(2)), Err(Stopped));
    }
}
