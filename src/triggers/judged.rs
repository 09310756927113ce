//! How often does a trigger fire, and how often does the goal follow?
//!
//! In: the fires of a trigger and the times of its goal. Out: volume by week, hit rate with its interval, recall and the time it was ahead. O(fires +
//! goals of who it fired for).
//!
//! A fire is judged where the whole time in which the goal counts lies in the data; the others are too recent. It is a hit if the goal comes after it
//! and in time. Nothing here says that the trigger did anything: no message was sent.

use serde::Serialize;

use super::language::Trigger;
use super::occurrences::Occurrences;
use super::replay::{Fires, Period};
use super::resample::{Adding, interval, resampled};
use super::world::World;
use crate::base::stats::{Z_95, median_sorted, quantile_sorted, sorted};
use crate::base::{Ctx, Stopped};
use crate::events::table::{DAY, Time};

const WEEK: Time = 7 * DAY;

/// What became of a fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// The goal came, so many milliseconds later.
    Hit(Time),
    /// It did not come in time.
    Miss,
    /// The data end too early to say.
    TooRecent,
    /// A message was sent in that time, and such fires are left out.
    Messaged,
}

impl Became {
    /// Whether it counts.
    pub fn is_judged(self) -> bool {
        matches!(self, Became::Hit(_) | Became::Miss)
    }

    /// Whether the goal came.
    pub fn is_hit(self) -> bool {
        matches!(self, Became::Hit(_))
    }
}

/// What is done with fires after which a message was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Messaged {
    /// They count, and how many there are is told.
    #[default]
    Marked,
    /// They are left out.
    LeftOut,
}

/// The results of one trigger.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// Per fire.
    #[serde(skip)]
    pub became: Vec<Became>,
    /// Customers it fired for.
    pub customers: usize,
    /// Median fires in a whole week of seven days from the first moment on.
    pub per_week: f64,
    /// Most fires in such a week.
    pub worst_week: usize,
    /// Fires by week, the last one perhaps short.
    pub weeks: Vec<usize>,
    /// Fires that are judged.
    pub judged: usize,
    /// Fires too recent to be judged.
    pub too_recent: usize,
    /// Fires after which a message was sent in the time in which the goal counts.
    pub messaged: usize,
    /// Judged fires that the goal followed in time.
    pub hits: usize,
    /// Share of hits; none without judged fires.
    pub hit_rate: Option<f64>,
    /// Its 95 % interval, by drawing customers.
    pub interval: Option<[f64; 2]>,
    /// Goals in the period.
    pub goals: usize,
    /// Those of them that a fire came before, in time.
    pub goals_foreseen: usize,
    /// Their share.
    pub recall: Option<f64>,
    /// Days from fire to goal of the hits: quartiles.
    pub lead_days: Option<[f64; 3]>,
    /// Per persona: its name, its customers, and those of them it fired for.
    pub reached: Vec<Reached>,
}

/// Whom of a persona a trigger reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reached {
    /// Name of the persona.
    pub persona: String,
    /// Customers in it on the first day.
    pub customers: usize,
    /// Of them, those it fired for.
    pub fired: usize,
}

/// What else is needed to judge.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// Times of the goal.
    pub goals: &'a Occurrences,
    /// Times of messages, if they are known.
    pub sent: Option<(&'a Occurrences, Messaged)>,
    /// Seed of the interval.
    pub seed: u64,
}

/// Judges the fires of a trigger.
pub fn judged(world: &World, trigger: &Trigger, fires: &Fires, period: &Period, judge: &Judge, ctx: &Ctx) -> Result<Judged, Stopped> {
    let within = trigger.goal.within.ms();
    let fires = &fires.fires;
    let mut messaged = 0;
    let mut became = Vec::with_capacity(fires.len());
    for (at, fire) in fires.iter().enumerate() {
        if at % 65_536 == 0 {
            ctx.check()?;
        }
        let (customer, upto) = (fire.customer as usize, fire.time + within);
        let was_sent = judge.sent.is_some_and(|(sent, _)| sent.first_in(customer, fire.time - 1, upto).is_some());
        messaged += usize::from(was_sent);
        became.push(if upto > period.end {
            Became::TooRecent
        } else if was_sent && judge.sent.is_some_and(|(_, how)| how == Messaged::LeftOut) {
            Became::Messaged
        } else {
            judge.goals.first_in(customer, fire.time, upto).map_or(Became::Miss, |goal| Became::Hit(goal - fire.time))
        });
    }
    let mut adding = Adding::<2>::new();
    let mut customers = 0;
    for of_one in fires.iter().zip(&became).collect::<Vec<_>>().chunk_by(|a, b| a.0.customer == b.0.customer) {
        customers += 1;
        let n = of_one.iter().filter(|(_, became)| became.is_judged()).count();
        let hits = of_one.iter().filter(|(_, became)| became.is_hit()).count();
        if n > 0 {
            *adding.entry([n as i64, hits as i64]).or_default() += 1;
        }
    }
    let judged = became.iter().filter(|became| became.is_judged()).count();
    let hits = became.iter().filter(|became| became.is_hit()).count();
    let leads =
        sorted(became.iter().filter_map(|became| if let Became::Hit(lead) = became { Some(*lead as f64 / DAY as f64) } else { None }));
    let (goals, goals_foreseen) = foreseen(judge.goals, fires, world.events.n_customers(), period, within);
    let weeks = by_week(fires.iter().map(|fire| fire.time), period);
    let whole = ((period.end - period.from) / WEEK) as usize;
    let per_week = match sorted(weeks.iter().take(whole).map(|n| *n as f64)) {
        // Less than a week: as many as there would be in one at this rate.
        none if none.is_empty() => fires.len() as f64 * WEEK as f64 / (period.end - period.from).max(DAY) as f64,
        ascending => median_sorted(&ascending),
    };
    Ok(Judged {
        customers,
        per_week,
        worst_week: weeks.iter().copied().max().unwrap_or_default(),
        weeks,
        judged,
        too_recent: became.iter().filter(|became| **became == Became::TooRecent).count(),
        messaged,
        hits,
        hit_rate: (judged > 0).then(|| hits as f64 / judged as f64),
        interval: rate_interval(&adding, judge.seed, ctx)?,
        goals,
        goals_foreseen,
        recall: (goals > 0).then(|| goals_foreseen as f64 / goals as f64),
        lead_days: (!leads.is_empty()).then(|| [0.25, 0.5, 0.75].map(|q| quantile_sorted(&leads, q))),
        reached: reached(world, fires, period),
        became,
    })
}

/// The interval of a share from what customers add to its denominator and numerator. Where all or none are hits, drawing them anew shows no spread;
/// Wilson's interval of as many customers stands in.
pub fn rate_interval(adding: &Adding<2>, seed: u64, ctx: &Ctx) -> Result<Option<[f64; 2]>, Stopped> {
    let sum = |at: usize| adding.iter().map(|(adds, customers)| adds[at] as f64 * *customers as f64).sum::<f64>();
    let (n, hits) = (sum(0), sum(1));
    let customers = adding.values().sum::<u64>() as f64;
    if n == 0.0 {
        return Ok(None);
    }
    if hits == 0.0 || hits == n {
        let edge = Z_95 * Z_95 / (customers + Z_95 * Z_95);
        return Ok(Some(if hits == 0.0 { [0.0, edge] } else { [1.0 - edge, 1.0] }));
    }
    Ok(interval(resampled(adding, seed, ctx)?.into_iter().map(|[n, hits]| hits / n)))
}

fn by_week(times: impl Iterator<Item = Time>, period: &Period) -> Vec<usize> {
    let mut weeks = vec![0; ((period.end - period.from).max(0) / WEEK) as usize + 1];
    for time in times {
        if let Some(week) = weeks.get_mut(((time - period.from) / WEEK) as usize) {
            *week += 1;
        }
    }
    weeks
}

/// All goals after the first moment, and those with a fire before them in time.
fn foreseen(goals: &Occurrences, fires: &[super::replay::Fire], customers: usize, period: &Period, within: Time) -> (usize, usize) {
    let all = (0..customers)
        .map(|customer| {
            let times = goals.of_customer(customer);
            times.len() - times.partition_point(|time| *time <= period.from)
        })
        .sum();
    let mut foreseen = 0;
    for of_one in fires.chunk_by(|a, b| a.customer == b.customer) {
        for &goal in goals.of_customer(of_one[0].customer as usize) {
            let before = of_one.partition_point(|fire| fire.time < goal);
            foreseen += usize::from(before > 0 && goal - of_one[before - 1].time <= within);
        }
    }
    (all, foreseen)
}

fn reached(world: &World, fires: &[super::replay::Fire], period: &Period) -> Vec<Reached> {
    let Some(snapshot) = world.known_at(period.from).or(world.snapshots.first()) else { return Vec::new() };
    let personas = &snapshot.personas;
    let mut reached: Vec<Reached> = personas.names.iter().map(|name| Reached { persona: name.clone(), customers: 0, fired: 0 }).collect();
    for customer in 0..world.events.n_customers() {
        if let Some(of) = personas.at(customer).and_then(|persona| reached.get_mut(persona as usize)) {
            of.customers += 1;
        }
    }
    for of_one in fires.chunk_by(|a, b| a.customer == b.customer) {
        if let Some(of) = personas.at(of_one[0].customer as usize).and_then(|persona| reached.get_mut(persona as usize)) {
            of.fired += 1;
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::table::Events;
    use crate::triggers::language::Moment;
    use crate::triggers::made::{e, events, trigger};
    use crate::triggers::matcher::EventMatcher;
    use crate::triggers::replay::replay;

    fn judge_(events: &Events, sent: Option<Messaged>) -> Judged {
        let world = World::of(events);
        let rule = trigger("visit", Moment::On(e("visit")));
        let period = Period { from: 10 * DAY, end: events.span.unwrap().1, gaps: Vec::new() };
        let fires = replay(&world, std::slice::from_ref(&rule), &period, &Ctx::new()).unwrap().remove(0);
        let times = |kind| Occurrences::of(&EventMatcher::of(&e(kind), &world), &world, &Ctx::new()).unwrap();
        let (goals, messages) = (times("purchase"), times("sent"));
        judged(&world, &rule, &fires, &period, &Judge { goals: &goals, sent: sent.map(|how| (&messages, how)), seed: 1 }, &Ctx::new())
            .unwrap()
    }

    #[test]
    fn hits_recall_and_lead_by_hand() {
        let events = events(&[
            ("a", 5 * DAY, "visit"),     // before the first day
            ("a", 10 * DAY, "visit"),    // the goal exactly 14 days later is in time
            ("a", 24 * DAY, "purchase"), //
            ("b", 10 * DAY, "visit"),    // one millisecond later is not
            ("b", 24 * DAY + 1, "purchase"),
            ("c", 12 * DAY, "purchase"), // at the very moment of the fire is not after it
            ("c", 12 * DAY, "visit"),
            ("d", 36 * DAY, "visit"),     // judged: 36 + 14 = 50, the end
            ("d", 36 * DAY + 1, "visit"), // too recent
            ("d", 37 * DAY, "purchase"),
            ("z", 50 * DAY, "end"),
        ]);
        let found = judge_(&events, None);
        assert_eq!((found.became.len(), found.judged, found.too_recent, found.hits), (5, 4, 1, 2));
        assert_eq!(found.hit_rate, Some(0.5));
        // Goals of a, b, c and d; fires came before those of a and d.
        assert_eq!((found.goals, found.goals_foreseen), (4, 2));
        assert_eq!(found.lead_days.unwrap()[1], 7.5);
        assert_eq!((found.customers, found.weeks.clone(), found.worst_week), (4, vec![3, 0, 0, 2, 0, 0], 3));
        assert_eq!(found.per_week, 0.0, "the median of five whole weeks");
    }

    #[test]
    fn ten_like_fires_of_one_customer_are_one_witness() {
        let mut rows: Vec<(String, Time, &str)> = Vec::new();
        for customer in 0..40 {
            for n in 0..10 {
                rows.push((format!("c{customer:02}"), (10 + n) * DAY, "visit"));
            }
            if customer % 4 == 0 {
                rows.push((format!("c{customer:02}"), 20 * DAY, "purchase"));
            }
        }
        rows.push(("z".to_owned(), 60 * DAY, "end"));
        let rows: Vec<(&str, Time, &str)> = rows.iter().map(|(id, time, kind)| (id.as_str(), *time, *kind)).collect();
        let found = judge_(&events(&rows), None);
        let [low, high] = found.interval.unwrap();
        assert_eq!((found.judged, found.hits), (400, 100));
        // Four hundred independent ones would give 21 to 29 %.
        assert!(low < 0.16 && high > 0.36, "{low} {high}");
    }

    #[test]
    fn what_was_sent_is_marked_or_left_out() {
        let events = events(&[
            ("a", 10 * DAY, "visit"),
            ("a", 11 * DAY, "sent"),
            ("a", 12 * DAY, "purchase"),
            ("b", 10 * DAY, "visit"),
            ("z", 60 * DAY, "end"),
        ]);
        let found = judge_(&events, Some(Messaged::Marked));
        assert_eq!((found.messaged, found.judged, found.hits), (1, 2, 1));
        let found = judge_(&events, Some(Messaged::LeftOut));
        assert_eq!((found.messaged, found.judged, found.hits), (1, 1, 0));
        let [low, high] = found.interval.unwrap();
        assert!(low == 0.0 && (0.79..0.8).contains(&high), "a single miss says next to nothing: {high}");
    }
}
