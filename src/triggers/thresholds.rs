//! What if the number in the rule were another one?
//!
//! In: a trigger whose moment has a number: so long without, so many times, a measure that passes a value. Out: fires and hits for every such number at
//! once. One walk, O(events + goals); each number is then a look-up.
//!
//! - A wait of n fires for every spell longer than n, so each spell counts for a range of n: two sums along n say how many ranges hold it. A hit is a
//!   range as well: from one goal back to the goal before it, as far as the goal counts. Lengths are whole steps of an hour, which makes the sums exact
//!   there and as small as the data are long; other lengths are asked of the replay.
//! - A count reaches one number at each event: a histogram.
//! - A measure that goes from one value to another passes all between them: ranges again, by their sorted ends.
//!
//! The curve is that of the moment, for whom the rule is for and with its conditions on columns. What depends on the firing time or on earlier fires
//! (other conditions, cooldown, most, hours) is not in it and is named: each number would be another history. [`by_replay`] tells those for a few numbers.
//!
//! For an absence there is no fair group to compare with, as everybody else was active by definition. The curve, and the share that comes back in the
//! following week (the hazard), stand in for it.

use rayon::prelude::*;
use serde::Serialize;

use super::gaps::{Gap, tracked, tracked_after};
use super::language::{CrossDirection, Moment, Span, Trigger, TriggerCondition};
use super::moment::{Plan, Spell};
use super::occurrences::Occurrences;
use super::ranges::{Grid, Sorted};
use super::replay::{Period, Prepared, parts, replay};
use super::scratch::Scratch;
use super::stretches::stretches;
use super::world::World;
use crate::base::{Ctx, Stopped};
use crate::events::table::{DAY, Time};

/// The step of lengths.
const STEP: Time = DAY / 24;
/// The most steps: ten years.
const MOST_STEPS: usize = 24 * 3_653;
/// The largest count that is told.
const MOST_TIMES: usize = 1_000;
/// How many days of the curve of a wait are told, and how many values of a measure.
const MOST_POINTS: usize = 365;
const VALUES: usize = 20;

/// What a trigger would have done with another number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The number: days, a count, or a value.
    pub n: f64,
    /// Fires.
    pub fires: usize,
    /// Fires too recent to be judged.
    pub too_recent: usize,
    /// Fires that are judged.
    pub judged: usize,
    /// Judged fires that the goal followed in time.
    pub hits: usize,
    /// Share of hits; none without judged fires.
    pub hit_rate: Option<f64>,
    /// Of those who had waited so long, the share that did what was waited for in the following seven days. Waits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_in_a_week: Option<f64>,
}

/// Every number at once.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdCurve {
    counts: MomentCounts,
    own: f64,
    /// What of the rule is not in the curve, in words.
    pub without: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
enum MomentCounts {
    /// Fires, judged, hits, watched for a week, back in a week; by steps.
    Waits([Grid; 5]),
    /// The same three by count.
    Times([Vec<usize>; 3]),
    /// By value.
    Values([Sorted; 3]),
}

/// Makes the curve; none for a moment without a number.
pub fn curve(world: &World, trigger: &Trigger, period: &Period, goals: &Occurrences, ctx: &Ctx) -> Result<Option<ThresholdCurve>, Stopped> {
    let prepared = Prepared::of(trigger, world);
    let own = match &trigger.when {
        Moment::Absent { days: span, .. } | Moment::NotFollowed { within: span, .. } => span.in_days(),
        Moment::Times { count, .. } => f64::from(*count),
        Moment::Crosses { threshold, .. } => *threshold,
        Moment::On(_) | Moment::Then { .. } => return Ok(None),
    };
    let walk = Walk { world, prepared: &prepared, period, goals, within: trigger.goal.within.ms() };
    let of_parts: Vec<MomentCounts> = (parts(world.events, 1 << 18).par_iter())
        .map(|part| {
            let mut counts = walk.none();
            let mut scratch = Scratch::default();
            for (at, customer) in part.clone().enumerate() {
                if at % 4_096 == 0 {
                    ctx.check()?;
                }
                walk.of_customer(customer, &mut scratch, &mut counts);
            }
            Ok(counts)
        })
        .collect::<Result<_, _>>()?;
    let mut counts = walk.none();
    of_parts.into_iter().for_each(|part| counts.add(part));
    counts.finish();
    Ok(Some(ThresholdCurve { counts, own, without: without(trigger) }))
}

/// The same by trying the whole rule, with all its conditions, for each number. As many replays as numbers.
pub fn by_replay(
    world: &World,
    trigger: &Trigger,
    numbers: &[f64],
    period: &Period,
    goals: &Occurrences,
    ctx: &Ctx,
) -> Result<Vec<Point>, Stopped> {
    let triggers: Vec<Trigger> = numbers.iter().map(|n| with_number(trigger, *n)).collect();
    let within = trigger.goal.within.ms();
    let fires = replay(world, &triggers, period, ctx)?;
    Ok((numbers.iter().zip(fires))
        .map(|(&n, fires)| {
            let judged = fires.fires.iter().filter(|fire| fire.time + within <= period.end);
            let hits =
                judged.clone().filter(|fire| goals.first_in(fire.customer as usize, fire.time, fire.time + within).is_some()).count();
            Point::of(n, fires.fires.len(), judged.count(), hits)
        })
        .collect())
}

/// The trigger with another number.
pub fn with_number(trigger: &Trigger, n: f64) -> Trigger {
    let mut trigger = trigger.clone();
    match &mut trigger.when {
        Moment::Absent { days: span, .. } | Moment::NotFollowed { within: span, .. } => *span = Span::of((n * DAY as f64).round() as Time),
        Moment::Times { count, .. } => *count = n as u32,
        Moment::Crosses { threshold, .. } => *threshold = n,
        Moment::On(_) | Moment::Then { .. } => {}
    }
    trigger
}

impl Point {
    fn of(n: f64, fires: usize, judged: usize, hits: usize) -> Point {
        let hit_rate = (judged > 0).then(|| hits as f64 / judged as f64);
        Point { n, fires, too_recent: fires - judged, judged, hits, hit_rate, back_in_a_week: None }
    }
}

impl ThresholdCurve {
    /// What the trigger would have done with `n`: days of a wait, rounded to an hour; a count; or a value.
    pub fn at(&self, n: f64) -> Point {
        match &self.counts {
            MomentCounts::Waits(grids) => {
                let step = (n * (DAY / STEP) as f64).round().max(0.0) as usize;
                let [fires, judged, hits, watched, back] = [0, 1, 2, 3, 4].map(|at| grids[at].at(step));
                let back_in_a_week = (watched > 0).then(|| back as f64 / watched as f64);
                Point { back_in_a_week, ..Point::of(n, fires, judged, hits) }
            }
            MomentCounts::Times(times) => {
                let [fires, judged, hits] = [0, 1, 2].map(|at| times[at].get(n as usize).copied().unwrap_or_default());
                Point::of(n, fires, judged, hits)
            }
            MomentCounts::Values(values) => {
                let [fires, judged, hits] = [0, 1, 2].map(|at| values[at].at(n));
                Point::of(n, fires, judged, hits)
            }
        }
    }

    /// The numbers worth telling, ascending, the rule's own among them: whole days, counts, or twenty values with equally many passes between them.
    pub fn numbers(&self) -> Vec<f64> {
        let mut numbers: Vec<f64> = match &self.counts {
            MomentCounts::Waits(grids) => {
                (1..=(grids[0].len() as Time * STEP / DAY).min(MOST_POINTS as Time)).map(|day| day as f64).collect()
            }
            MomentCounts::Times(times) => (1..times[0].len()).filter(|&k| times[0][k] > 0).map(|k| k as f64).take(MOST_POINTS).collect(),
            MomentCounts::Values(values) => values[0].quantiles(VALUES),
        };
        numbers.push(self.own);
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.dedup();
        numbers
    }

    /// All of them.
    pub fn points(&self) -> Vec<Point> {
        self.numbers().into_iter().map(|n| self.at(n)).collect()
    }
}

fn without(trigger: &Trigger) -> Vec<&'static str> {
    let is_of_events = |condition: &TriggerCondition| !matches!(condition, TriggerCondition::Column { .. });
    [
        (trigger.and.iter().any(is_of_events), "the conditions on events"),
        (trigger.unless.iter().any(is_of_events), "the exceptions"),
        (!trigger.cooldown.is_zero(), "the cooldown"),
        (trigger.most.is_some(), "the most fires"),
        (trigger.hours.is_some(), "the hours"),
    ]
    .into_iter()
    .filter_map(|(is, words)| is.then_some(words))
    .collect()
}

struct Walk<'a> {
    world: &'a World<'a>,
    prepared: &'a Prepared,
    period: &'a Period,
    goals: &'a Occurrences,
    within: Time,
}

impl Walk<'_> {
    fn none(&self) -> MomentCounts {
        match &self.prepared.plan {
            Plan::Wait(_) => {
                let first = self.world.events.span.map_or(0, |span| span.0);
                let steps = (((self.period.end - first) / STEP) as usize + 2).min(MOST_STEPS);
                MomentCounts::Waits([0; 5].map(|_| Grid::new(steps)))
            }
            Plan::Crosses { .. } => MomentCounts::Values([0; 3].map(|_| Sorted::new())),
            _ => MomentCounts::Times([0; 3].map(|_| vec![0; MOST_TIMES + 1])),
        }
    }

    fn of_customer(&self, customer: usize, scratch: &mut Scratch, counts: &mut MomentCounts) {
        let stretches = stretches(self.world, self.prepared, customer, self.period);
        if stretches.is_empty() {
            return;
        }
        let events = self.world.events;
        let rows = events.of(customer);
        let is_in = |time: Time| stretches.iter().any(|(from, to)| (*from..=*to).contains(&time));
        let is_judged = |time: Time| time + self.within <= self.period.end;
        let is_hit = |time: Time| self.goals.first_in(customer, time, time + self.within).is_some();
        match (&self.prepared.plan, counts) {
            (Plan::Wait(wait), MomentCounts::Waits(grids)) => wait.spells(events, rows, scratch, |spell| {
                stretches.iter().for_each(|&stretch| self.of_spell(customer, spell, stretch, grids));
            }),
            (Plan::Times(times), MomentCounts::Times([fires, judged, hits])) => {
                let mut reached: Vec<(u32, Time)> = Vec::new();
                times.reached(events, rows, scratch, |row, count| {
                    if count as usize <= MOST_TIMES && is_in(events.times[row]) {
                        reached.push((count, events.times[row]));
                    }
                });
                reached.sort_unstable();
                reached.dedup();
                for (count, time) in reached {
                    fires[count as usize] += 1;
                    judged[count as usize] += usize::from(is_judged(time));
                    hits[count as usize] += usize::from(is_judged(time) && is_hit(time));
                }
            }
            (Plan::Crosses { crossed, direction, .. }, MomentCounts::Values([fires, judged, hits])) => {
                crossed.steps(events, rows, self.period.end, scratch, |time, _, before, after| {
                    let (low, high) = if *direction == CrossDirection::Up { (before, after) } else { (after, before) };
                    if low < high && is_in(time) {
                        fires.push(low, high);
                        if is_judged(time) {
                            judged.push(low, high);
                            if is_hit(time) {
                                hits.push(low, high);
                            }
                        }
                    }
                });
            }
            _ => {}
        }
    }

    /// The lengths for which a spell would fire in a stretch of time, would be judged, and would be a hit.
    fn of_spell(&self, customer: usize, spell: Spell, (from, to): (Time, Time), [fires, judged, hits, watched, back]: &mut [Grid; 5]) {
        let gaps: &[Gap] = &self.period.gaps;
        let start = tracked(spell.start, gaps);
        let since = |time: Time| tracked(time, gaps) - start;
        let until = |time: Time| tracked_after(time, gaps) - start;
        let low = since(from).max(0);
        let high = until(to).min(spell.end.map_or(Time::MAX, since));
        fires.add(low, high);
        let high_judged = high.min(until(self.period.end - self.within));
        judged.add(low, high_judged);
        let high_watched = high.min(until(self.period.end - 7 * DAY));
        watched.add(low, high_watched);
        if let Some(end) = spell.end.filter(|_| spell.is_stopped) {
            back.add(low.max(since(end - 7 * DAY)), high_watched);
        }
        let goals = self.goals.of_customer(customer);
        let mut before = low;
        for &goal in &goals[goals.partition_point(|time| *time <= spell.start)..] {
            if before >= high_judged {
                break;
            }
            hits.add(before.max(since(goal - self.within)), since(goal).min(high_judged));
            before = before.max(since(goal));
        }
    }
}

impl MomentCounts {
    fn add(&mut self, other: MomentCounts) {
        match (self, other) {
            (MomentCounts::Waits(a), MomentCounts::Waits(b)) => a.iter_mut().zip(&b).for_each(|(a, b)| a.merge(b)),
            (MomentCounts::Times(a), MomentCounts::Times(b)) => {
                for (a, b) in a.iter_mut().flatten().zip(b.into_iter().flatten()) {
                    *a += b;
                }
            }
            (MomentCounts::Values(a), MomentCounts::Values(b)) => a.iter_mut().zip(b).for_each(|(a, b)| a.merge(b)),
            _ => {}
        }
    }

    fn finish(&mut self) {
        match self {
            MomentCounts::Waits(grids) => grids.iter_mut().for_each(Grid::finish),
            MomentCounts::Times(_) => {}
            MomentCounts::Values(values) => values.iter_mut().for_each(Sorted::finish),
        }
    }
}

impl Grid {
    /// Counts a range of milliseconds, up to before `high`, for all steps in it.
    fn add(&mut self, low: Time, high: Time) {
        let first = |ms: Time| (ms.max(0) + STEP - 1).div_euclid(STEP) as usize;
        if low < high {
            self.add_steps(first(low), if high == Time::MAX { usize::MAX } else { first(high) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{RngExt, random};
    use crate::triggers::language::{Event, Since, TriggerAudience};
    use crate::triggers::made::{anything, e, events, trigger};
    use crate::triggers::matcher::EventMatcher;
    use crate::triggers::naive::any_moment;
    use crate::triggers::world::{CustomerGroups, Snapshot};

    fn goals(world: &World, event: &Event) -> Occurrences {
        Occurrences::of(&EventMatcher::of(event, world), world, &Ctx::new()).unwrap()
    }

    #[test]
    fn every_number_as_its_own_replay() {
        let mut fires = 0;
        for seed in 0..150 {
            let events = anything(seed, 8, 150, 60);
            let mut random = random(seed, 4);
            let n = events.n_customers() as u32;
            let groups = |shift: u32| CustomerGroups { names: vec!["x".into(), "y".into()], of: (0..n).map(|c| (c + shift) % 2).collect() };
            let snapshots =
                [10, 30].map(|day| Snapshot { made: day * DAY, from: day * DAY, personas: groups(day as u32 / 10), ..Snapshot::default() });
            let world = World { snapshots: &snapshots, ..World::of(&events) };
            let mut rule = trigger("any", any_moment(&mut random));
            rule.goal.within = Span::hours([30, 72, 240][random.random_range(0..3)]);
            if random.random_bool(0.5) {
                rule.audience = TriggerAudience::Personas(vec!["x".into()]);
            }
            let period = Period { from: random.random_range(0..20) * DAY, end: events.span.unwrap().1, gaps: Vec::new() };
            let goals = goals(&world, &rule.goal.wanted());
            let Some(curve) = curve(&world, &rule, &period, &goals, &Ctx::new()).unwrap() else { continue };
            let mut numbers = curve.numbers();
            if matches!(rule.when, Moment::Absent { .. } | Moment::NotFollowed { .. }) {
                numbers.extend([0.25, 0.5, 1.25, 7.0 / 24.0]);
            }
            let slow = by_replay(&world, &rule, &numbers, &period, &goals, &Ctx::new()).unwrap();
            for (n, slow) in numbers.into_iter().zip(slow) {
                fires += slow.fires;
                let fast = Point { back_in_a_week: None, ..curve.at(n) };
                assert_eq!(fast, slow, "seed {seed}, {n}: {}", serde_json::to_string(&rule).unwrap());
            }
        }
        assert!(fires > 5_000, "{fires}");
    }

    #[test]
    fn gaps_too() {
        for seed in 0..60 {
            let mut events = anything(seed, 8, 150, 60);
            // Nothing is recorded on days 20 to 23 and 40: what would be there comes later.
            for time in &mut events.times {
                *time += 4 * DAY * Time::from(*time >= 20 * DAY) + DAY * Time::from(*time >= 36 * DAY);
            }
            events.span = events.times.iter().copied().min().zip(events.times.iter().copied().max());
            let gaps = vec![Gap { from: 20 * DAY, to: 24 * DAY }, Gap { from: 40 * DAY, to: 41 * DAY }];
            let world = World::of(&events);
            let period = Period { from: [5 * DAY, 21 * DAY][seed as usize % 2], end: events.span.unwrap().1, gaps };
            let since = [Since::Last, Since::FirstSeen, Since::Event(e("cart"))][seed as usize % 3].clone();
            let rule = trigger("wait", Moment::Absent { event: e("purchase"), days: Span::days(3), since });
            let goals = goals(&world, &e("purchase"));
            let curve = curve(&world, &rule, &period, &goals, &Ctx::new()).unwrap().unwrap();
            let numbers: Vec<f64> = (1..200).map(|n| f64::from(n) / 4.0).collect();
            let slow = by_replay(&world, &rule, &numbers, &period, &goals, &Ctx::new()).unwrap();
            for (n, slow) in numbers.into_iter().zip(slow) {
                assert_eq!(Point { back_in_a_week: None, ..curve.at(n) }, slow, "seed {seed}, {n}");
            }
        }
    }

    #[test]
    fn silence_by_hand() {
        // Bought on days 0, 10 and 40; the data end on day 100.
        let events = events(&[("a", 0, "purchase"), ("a", 10 * DAY, "purchase"), ("a", 40 * DAY, "purchase"), ("z", 100 * DAY, "end")]);
        let world = World::of(&events);
        let period = Period { from: 0, end: 100 * DAY, gaps: Vec::new() };
        let rule = trigger("silent", Moment::Absent { event: e("purchase"), days: Span::days(20), since: Since::Last });
        let curve = curve(&world, &rule, &period, &goals(&world, &e("purchase")), &Ctx::new()).unwrap().unwrap();
        let told = |n: f64| {
            let Point { fires, too_recent, hits, back_in_a_week, .. } = curve.at(n);
            (fires, too_recent, hits, back_in_a_week)
        };
        // Spells of 10, 30 and 60 days and more. Exactly as long does not fire.
        assert_eq!(told(9.0), (3, 0, 1, Some(1.0 / 3.0)), "after 9 days, one of three comes back within 14 days, and within 7");
        assert_eq!(told(10.0), (2, 0, 0, Some(0.0)));
        assert_eq!(told(20.0), (2, 0, 1, Some(0.0)));
        assert_eq!(told(29.0), (2, 0, 1, Some(0.5)));
        assert_eq!(told(47.0), (1, 1, 0, Some(0.0)), "day 87, 13 days before the end");
        assert_eq!(told(60.0), (1, 1, 0, None));
        assert_eq!(told(61.0), (0, 0, 0, None));
        assert!(curve.numbers().contains(&20.0) && curve.without.is_empty());
    }
}
