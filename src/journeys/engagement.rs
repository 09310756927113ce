//! Who still comes in the weeks after the first?
//!
//! In: the event table, which events count, how weeks are counted. Out: for every week since a customer was first seen, who was active in it, and who was in
//! it or later, of those observed for all of it; for everyone and per persona. O(events).

use serde::{Deserialize, Serialize};

use super::gate::ShareGap;
use super::walk::walk;
use super::which::{Which, WhichMatcher};
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::evaluate::Rate;
use crate::events::table::{DAY, Events, Time};

const WEEK: Time = 7 * DAY;
/// Weeks that are told at most: ten years.
pub const MOST_WEEKS: usize = 520;

/// How weeks are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weeks {
    /// Of 7 × 24 hours, from the customer's first event.
    #[default]
    Rolling,
    /// From Monday to Sunday, in the local time of the events; week 0 is the one of the first event.
    Calendar,
}

/// A week of everyone or of one persona.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngagementWeek {
    /// Customers observed for all of it.
    pub observable: usize,
    /// Of those: active in it.
    pub active: usize,
    /// Of those: active in it or later.
    pub active_later: usize,
}

/// The curves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Engagement {
    /// How weeks were counted.
    pub weeks: Weeks,
    /// By week, of all customers.
    pub everyone: Vec<EngagementWeek>,
    /// By persona and week.
    pub personas: Vec<Vec<EngagementWeek>>,
    /// Per persona and week from week 1 on: active in it, against the rest; corrected for weeks × personas.
    pub differences: Vec<Vec<ShareGap>>,
}

/// Counts the weeks. Week 0 begins with the first event of any kind; `which` says what counts as active.
pub fn engagement(events: &Events, which: &Which, weeks: Weeks, personas: PersonaOf, ctx: &Ctx) -> Result<Engagement, JourneysError> {
    let (begin, end) = events.span.ok_or(JourneysError::NoEvents)?;
    let matcher = WhichMatcher::new([which], events)?;
    let n_weeks = (((end - begin) / WEEK) as usize + 1).min(MOST_WEEKS);
    let groups = personas.count + 1;
    let fresh = || vec![[0u32; 3]; groups * n_weeks];
    let parts = walk(
        events.n_customers(),
        ctx,
        || vec![false; n_weeks],
        |is_active: &mut Vec<bool>, customers| {
            // A part holds as many weeks as its customers have.
            let mut counts: Vec<[u32; 3]> = Vec::new();
            for customer in customers {
                let whole = events.of(customer);
                if whole.is_empty() {
                    continue;
                }
                let first = whole.start;
                let week_of = |event: usize| match weeks {
                    Weeks::Rolling => (events.times[event] - events.times[first]) / WEEK,
                    Weeks::Calendar => calendar_week(events.local_minute(event)) - calendar_week(events.local_minute(first)),
                };
                let observable = match weeks {
                    Weeks::Rolling => (end - events.times[first]) / WEEK,
                    // As many as have ended by the end of the data, in the customer's time.
                    Weeks::Calendar => {
                        let shift = events.local_minute(first) - events.times[first].div_euclid(60_000);
                        calendar_week(end.div_euclid(60_000) + shift + 1) - calendar_week(events.local_minute(first))
                    }
                };
                let observable = observable.clamp(0, n_weeks as i64) as usize;
                is_active.fill(false);
                let mut last = None;
                for event in whole.filter(|&event| matcher.mask(event) & 1 == 1) {
                    // A change of the clock can put an event into the week before the first.
                    let week = week_of(event).max(0) as usize;
                    last = last.max(Some(week));
                    if let Some(is_active) = is_active.get_mut(week) {
                        *is_active = true;
                    }
                }
                let group = personas.get(customer).unwrap_or(personas.count);
                if counts.is_empty() {
                    counts = fresh();
                }
                for week in 0..observable {
                    let count = &mut counts[group * n_weeks + week];
                    count[0] += 1;
                    count[1] += u32::from(is_active[week]);
                    count[2] += u32::from(last.is_some_and(|last| last >= week));
                }
            }
            counts
        },
    )?;
    let mut counts = fresh();
    for part in parts {
        counts.iter_mut().zip(part).for_each(|(all, part)| (0..3).for_each(|at| all[at] += part[at]));
    }
    let week = |[observable, active, active_later]: [u32; 3]| EngagementWeek {
        observable: observable as usize,
        active: active as usize,
        active_later: active_later as usize,
    };
    let of_group = |group: usize| (0..n_weeks).map(|at| week(counts[group * n_weeks + at])).collect::<Vec<_>>();
    let own: Vec<Vec<EngagementWeek>> = (0..personas.count).map(of_group).collect();
    let mut everyone = of_group(personas.count);
    for of_persona in &own {
        everyone.iter_mut().zip(of_persona).for_each(|(all, own)| {
            all.observable += own.observable;
            all.active += own.active;
            all.active_later += own.active_later;
        });
    }
    let told = everyone.iter().take_while(|week| week.observable > 0).count();
    everyone.truncate(told);
    let own: Vec<Vec<EngagementWeek>> = own.into_iter().map(|own| own.into_iter().take(told).collect()).collect();
    let tests = told.saturating_sub(1) * personas.count;
    let against = |own: &EngagementWeek, all: &EngagementWeek| {
        let rest = Rate { hits: all.active - own.active, n: all.observable - own.observable };
        ShareGap::new(Rate { hits: own.active, n: own.observable }, rest, tests)
    };
    let differences = own.iter().map(|own| own.iter().zip(&everyone).skip(1).map(|(own, all)| against(own, all)).collect()).collect();
    Ok(Engagement { weeks, everyone, personas: own, differences })
}

/// Weeks since the one in which 1970 began, from Monday on.
fn calendar_week(local_minute: i64) -> i64 {
    (local_minute.div_euclid(24 * 60) + 3).div_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::journeys::made::{HOUR, chance, events_of, on_1_and_8_threads, world};

    fn curve(events: &Events, weeks: Weeks) -> Vec<(usize, usize, usize)> {
        let of = vec![None; events.n_customers()];
        let found = engagement(events, &Which::any(), weeks, PersonaOf { of: &of, count: 0 }, &Ctx::new()).unwrap();
        found.everyone.iter().map(|week| (week.observable, week.active, week.active_later)).collect()
    }

    #[test]
    fn weeks_by_hand() {
        // a: weeks 0 and 2, b: week 0 only, c: first seen on day 20. The data end after exactly four weeks.
        let events = events_of(&[("a", 0, "x"), ("a", 15 * DAY, "x"), ("b", 0, "x"), ("c", 20 * DAY, "x"), ("c", 28 * DAY, "x")]);
        assert_eq!(curve(&events, Weeks::Rolling), [(3, 3, 3), (2, 0, 1), (2, 1, 1), (2, 0, 0)], "of c only week 0 is over");
    }

    #[test]
    fn calendar_weeks_begin_on_monday() {
        // Sunday, 4 January 1970, and the Monday after; the data end with Sunday the 11th.
        let events = events_of(&[("a", 3 * DAY + 23 * HOUR, "x"), ("a", 4 * DAY, "x"), ("b", 11 * DAY - 60_000, "x")]);
        assert_eq!(curve(&events, Weeks::Calendar), [(2, 2, 2), (1, 1, 1)]);
        assert_eq!(curve(&events, Weeks::Rolling), [(1, 1, 1)], "b has no whole week yet");
    }

    #[test]
    fn a_planted_difference_is_told() {
        let mut random = seed::random(2, 0);
        let of: Vec<Option<u16>> = (0..1_000).map(|at| Some((at % 2) as u16)).collect();
        let events = world(1_000, |at| {
            let comes = if at % 2 == 0 { 0.6 } else { 0.35 };
            let later = (1..6).filter(|_| chance(&mut random, comes)).collect::<Vec<Time>>();
            [0].into_iter()
                .chain(later)
                .map(|week| (week * WEEK + random.random_range(0..6 * DAY), "x"))
                .chain([(0, "x"), (60 * DAY, "x")])
                .collect()
        });
        let run = || engagement(&events, &Which::any(), Weeks::Rolling, PersonaOf::new(&of, 2, &events).unwrap(), &Ctx::new()).unwrap();
        let (one, eight) = on_1_and_8_threads(run);
        assert!(one == eight);
        assert!(
            one.differences[0][..5].iter().all(|week| week.is_told && week.h > 0.0)
                && one.differences[1][..5].iter().all(|week| week.is_told && week.h < 0.0)
        );
        for (at, week) in one.everyone.iter().enumerate() {
            assert!(week.active <= week.active_later && week.active_later <= week.observable);
            assert_eq!(one.personas[0][at].observable + one.personas[1][at].observable, week.observable);
        }
    }
}
