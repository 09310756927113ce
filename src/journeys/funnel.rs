//! How far do customers get in a chain of steps?
//!
//! In: the event table and a funnel: two to sixteen steps, a window, an order, exclusions, optional steps, the unit. Out: an entry for every customer (or
//! visit) that did the first step: how far it got, when each step was, whether it is still inside the window at the end of the data, and what came instead
//! of the next step. O(events × steps).
//!
//! Per unit the chain that reached step k with the latest start is kept for every k; a later start can do whatever an earlier one can and has more of the
//! window left.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::funnel_any::AnyOrder;
use super::funnel_ask::Reached;
pub use super::funnel_ask::{Exclusion, Funnel, FunnelOrder, MOST_STEPS, StepAsk, WindowFrom};
use super::funnel_chain::Chains;
use super::walk::{visits, walk};
use super::which::WhichMatcher;
use super::{JourneyUnit, JourneysError, VISIT_GAP};
use crate::base::Ctx;
use crate::events::table::{Events, NONE, Time};

/// Stands for the time of a step that was not done.
pub const NOT_DONE: Time = Time::MIN;
/// How many of the events that came instead are kept.
pub const INSTEAD: usize = 3;

/// How an entry counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelStanding {
    /// The whole window lies before the end of the data.
    Judged,
    /// It was entered less than a window before the end of the data: whoever has not got far may still do so, and is no failure. Also left out where all
    /// steps were done: else only the fast ones among the late would count.
    Open,
    /// An exclusion happened in the furthest chain.
    Excluded,
}

/// A unit that did the first step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelEntry {
    /// The customer.
    pub customer: u32,
    /// When the first step was done for the first time.
    pub entered: Time,
    /// The furthest step of any chain, counted from 1. In any order: the number of different steps.
    pub reached: u8,
    /// How it counts.
    pub standing: FunnelStanding,
    /// Kinds of the next events after the last step within the window, repeats in a row once; [`NONE`] where nothing more came.
    pub instead: [u32; INSTEAD],
}

/// Every entry of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelWalk {
    /// What was asked.
    pub funnel: Funnel,
    /// By customer, then by time.
    pub entries: Vec<FunnelEntry>,
    /// Per entry the time of each step of its furthest chain, or [`NOT_DONE`]. In any order: of the first, the second, ... step done.
    pub times: Vec<Time>,
    /// The last moment of the data.
    pub end: Time,
}

/// Walks all events once. Fails where the funnel makes no sense or names what the data do not have.
pub fn funnel(events: &Events, funnel: &Funnel, ctx: &Ctx) -> Result<FunnelWalk, JourneysError> {
    funnel.check()?;
    let Some((_, end)) = events.span else { return Err(JourneysError::NoEvents) };
    let n_steps = funnel.steps.len();
    let choices = funnel.steps.iter().map(|step| &step.which).chain(funnel.exclusions.iter().map(|exclusion| &exclusion.which));
    let matcher = WhichMatcher::new(choices, events)?;
    let parts = walk(
        events.n_customers(),
        ctx,
        || (Chains::new(funnel), AnyOrder::new(funnel)),
        |(chains, any), customers| {
            let mut part = (Vec::new(), Vec::new());
            for customer in customers {
                let mut unit = |range: Range<usize>| {
                    let reached = match funnel.order {
                        FunnelOrder::Any => any.run(&events.times, range.clone(), |event| matcher.mask(event)),
                        _ => chains.run(&events.times, range.clone(), |event| matcher.mask(event)),
                    };
                    if let Some(reached) = reached {
                        part.0.push(entry(events, funnel, customer, range, reached, end));
                        part.1.extend((0..n_steps).map(|step| reached.chain.get(step).map_or(NOT_DONE, |&event| time(events, event))));
                    }
                };
                match funnel.unit {
                    JourneyUnit::Customer => unit(events.of(customer)),
                    JourneyUnit::Visit => visits(&events.visits, events.of(customer)).for_each(unit),
                }
            }
            part
        },
    )?;
    let mut walk = FunnelWalk { funnel: funnel.clone(), entries: Vec::new(), times: Vec::new(), end };
    for (entries, times) in parts {
        walk.entries.extend(entries);
        walk.times.extend(times);
    }
    Ok(walk)
}

fn time(events: &Events, event: usize) -> Time {
    events.times.get(event).copied().unwrap_or(NOT_DONE)
}

fn entry(events: &Events, funnel: &Funnel, customer: usize, range: Range<usize>, reached: &Reached, end: Time) -> FunnelEntry {
    let entered = events.times[reached.entered];
    // A visit that is over cannot go on, however long the window is.
    let can_go_on = funnel.unit == JourneyUnit::Customer || end - events.times[range.end - 1] <= VISIT_GAP;
    let standing = match () {
        () if end - entered < funnel.window && can_go_on => FunnelStanding::Open,
        () if reached.is_excluded => FunnelStanding::Excluded,
        () => FunnelStanding::Judged,
    };
    FunnelEntry {
        customer: customer as u32,
        entered,
        reached: reached.reached as u8,
        standing,
        instead: instead(events, funnel, range, reached),
    }
}

/// The next kinds after the last step that was reached.
fn instead(events: &Events, funnel: &Funnel, range: Range<usize>, reached: &Reached) -> [u32; INSTEAD] {
    let mut next = [NONE; INSTEAD];
    let done = || reached.chain.iter().copied().filter(|&event| event != usize::MAX);
    let (Some(first), Some(last)) = (done().next(), done().next_back()) else { return next };
    if reached.reached == funnel.steps.len() {
        return next;
    }
    let from = if funnel.window_from == WindowFrom::StepBefore && funnel.order != FunnelOrder::Any { last } else { first };
    let (mut before, mut n) = (events.kinds[last], 0);
    for event in last + 1..range.end {
        if events.times[event] - events.times[from] > funnel.window || n == INSTEAD {
            break;
        }
        if events.kinds[event] != before {
            before = events.kinds[event];
            next[n] = before;
            n += 1;
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::events::table::DAY;
    use crate::journeys::made::{HOUR, events_of, on_1_and_8_threads, world};
    use crate::journeys::which::Which;

    fn walked(events: &Events, ask: &Funnel) -> FunnelWalk {
        funnel(events, ask, &Ctx::new()).unwrap()
    }

    fn steps(events: &Events, names: &[&str]) -> Funnel {
        Funnel::of(names.iter().map(|name| Which::named(name, events).unwrap()))
    }

    /// Steps reached and the hours of the steps, of one customer "a" with these (hour, kind); the data go on for a year.
    fn chain(list: &[(Time, &str)], names: &[&str], change: impl Fn(&mut Funnel, &Events)) -> (usize, Vec<Option<Time>>, FunnelStanding) {
        let mut rows: Vec<(&str, Time, &str)> = list.iter().map(|&(hour, kind)| ("a", hour * HOUR, kind)).collect();
        rows.push(("b", 365 * DAY, "end"));
        rows.extend(names.iter().map(|&name| ("c", 365 * DAY, name)));
        let events = events_of(&rows);
        let mut ask = steps(&events, names);
        change(&mut ask, &events);
        let walk = walked(&events, &ask);
        let at = walk.entries.iter().position(|entry| entry.customer == 0).unwrap();
        let times = walk.times[at * names.len()..][..names.len()].iter().map(|&time| (time != NOT_DONE).then_some(time / HOUR)).collect();
        (usize::from(walk.entries[at].reached), times, walk.entries[at].standing)
    }

    #[test]
    fn the_latest_start_counts() {
        let list = [(0, "view"), (100, "view"), (101, "cart"), (200, "buy")];
        let (reached, times, _) = chain(&list, &["view", "cart", "buy"], |_, _| ());
        assert_eq!((reached, times), (3, vec![Some(100), Some(101), Some(200)]));
        // Exactly seven days after the start is inside, an hour more is not.
        let far = |hour| chain(&[(0, "view"), (hour, "cart")], &["view", "cart"], |_, _| ()).0;
        assert_eq!((far(168), far(169)), (2, 1));
    }

    #[test]
    fn one_event_never_serves_two_steps() {
        let twice = |n: Time| chain(&(0..n).map(|hour| (hour, "view")).collect::<Vec<_>>(), &["view", "view", "view"], |_, _| ()).0;
        assert_eq!((twice(1), twice(2), twice(3), twice(4)), (1, 2, 3, 3));
    }

    #[test]
    fn different_events_at_one_time_count_in_the_order_of_the_steps() {
        let (reached, times, _) = chain(&[(1, "buy"), (1, "cart"), (1, "view")], &["view", "cart", "buy"], |_, _| ());
        assert_eq!((reached, times), (3, vec![Some(1); 3]));
        assert_eq!(chain(&[(1, "view"), (1, "buy")], &["view", "view", "buy"], |_, _| ()).0, 1, "each is used once");
        let is_strict = |ask: &mut Funnel, _: &Events| ask.order = FunnelOrder::Strict;
        assert_eq!(
            chain(&[(1, "view"), (2, "other"), (2, "cart")], &["view", "cart"], is_strict).0,
            2,
            "within a moment nothing is between"
        );
    }

    #[test]
    fn strict_means_nothing_between() {
        let is_strict = |ask: &mut Funnel, _: &Events| ask.order = FunnelOrder::Strict;
        assert_eq!(chain(&[(1, "view"), (2, "other"), (3, "cart")], &["view", "cart"], is_strict).0, 1);
        assert_eq!(chain(&[(1, "view"), (2, "view"), (3, "cart")], &["view", "cart"], is_strict).0, 2);
    }

    #[test]
    fn an_exclusion_takes_the_furthest_chain_out() {
        let without_help = |ask: &mut Funnel, events: &Events| {
            ask.exclusions = vec![Exclusion { which: Which::named("help", events).unwrap(), after: 1, before: 2 }];
        };
        let standing = |list: &[(Time, &str)]| {
            let (reached, _, standing) = chain(list, &["view", "cart", "help"], without_help);
            (reached, standing)
        };
        assert_eq!(standing(&[(0, "view"), (1, "help"), (2, "cart")]).1, FunnelStanding::Excluded);
        assert_eq!(standing(&[(0, "view"), (1, "help")]), (1, FunnelStanding::Excluded));
        assert_eq!(
            standing(&[(0, "view"), (1, "help"), (2, "view"), (3, "cart")]),
            (2, FunnelStanding::Judged),
            "a new start is a new chain"
        );
        assert_eq!(standing(&[(0, "view"), (1, "cart"), (2, "help")]), (3, FunnelStanding::Judged), "it is no longer between these steps");
        assert_eq!(standing(&[(0, "help"), (1, "view")]), (1, FunnelStanding::Judged), "nor before them");
    }

    #[test]
    fn optional_steps_may_be_left_out() {
        let is_optional = |ask: &mut Funnel, _: &Events| ask.steps[1].is_optional = true;
        let names = ["view", "cart", "buy"];
        assert_eq!(chain(&[(0, "view"), (1, "buy")], &names, is_optional).1, [Some(0), None, Some(1)]);
        assert_eq!(chain(&[(0, "view"), (1, "cart"), (2, "buy")], &names, is_optional).1, [Some(0), Some(1), Some(2)]);
        let later = [(0, "view"), (1, "cart"), (100, "view"), (200, "buy")];
        assert_eq!(chain(&later, &names, is_optional).1, [Some(100), None, Some(200)], "the later start");
    }

    #[test]
    fn the_window_may_count_from_step_to_step() {
        let from_step = |ask: &mut Funnel, _: &Events| (ask.window, ask.window_from) = (5 * HOUR, WindowFrom::StepBefore);
        let list = [(0, "view"), (1, "cart"), (5, "cart"), (10, "buy")];
        assert_eq!(chain(&list, &["view", "cart", "buy"], from_step).1, [Some(0), Some(5), Some(10)]);
        assert_eq!(chain(&list, &["view", "cart", "buy"], |ask, _| ask.window = 5 * HOUR).0, 2);
    }

    #[test]
    fn any_order_counts_different_steps_within_a_window() {
        let any = |ask: &mut Funnel, _: &Events| (ask.order, ask.window) = (FunnelOrder::Any, 10 * HOUR);
        let names = ["view", "cart", "buy"];
        assert_eq!(chain(&[(0, "buy"), (3, "view"), (8, "cart")], &names, any).1, [Some(0), Some(3), Some(8)]);
        assert_eq!(chain(&[(0, "buy"), (11, "view"), (12, "view")], &names, any).0, 1);
        assert_eq!(chain(&[(0, "buy"), (5, "buy"), (6, "view")], &names, any).1, [Some(5), Some(6), None], "from the latest start");
        assert_eq!(chain(&[(0, "view"), (1, "view")], &["view", "view", "view"], any).0, 2, "one event is one step");
    }

    #[test]
    fn whoever_entered_less_than_a_window_ago_is_open() {
        let names = ["view", "cart"];
        let entered = |before_end: Time, list: &[(&str, Time, &str)], unit: JourneyUnit| {
            let mut rows = vec![("z", 0, "cart"), ("z", 1000 * HOUR, "end"), ("a", (1000 - before_end) * HOUR, "view")];
            rows.extend(list);
            let events = events_of(&rows);
            let walk = walked(&events, &Funnel { unit, ..steps(&events, &names) });
            walk.entries[0].standing
        };
        assert_eq!(
            (entered(168, &[], JourneyUnit::Customer), entered(167, &[], JourneyUnit::Customer)),
            (FunnelStanding::Judged, FunnelStanding::Open)
        );
        let converted = [("a", 999 * HOUR, "cart")];
        assert_eq!(
            entered(167, &converted, JourneyUnit::Customer),
            FunnelStanding::Open,
            "the fast ones among the late are not a fair sample"
        );
        assert_eq!(entered(1, &[], JourneyUnit::Visit), FunnelStanding::Judged, "a visit that is over cannot go on");
    }

    #[test]
    fn what_came_instead() {
        let events = events_of(&[
            ("a", 0, "view"),
            ("a", HOUR, "view"),
            ("a", 2 * HOUR, "help"),
            ("a", 3 * HOUR, "help"),
            ("a", 4 * HOUR, "search"),
            ("a", 300 * HOUR, "late"),
            ("b", 0, "view"),
            ("b", 1, "cart"),
            ("z", 9999 * HOUR, "end"),
        ]);
        let walk = walked(&events, &steps(&events, &["view", "cart"]));
        let kind = |name| events.kind(name).unwrap();
        assert_eq!(walk.entries[0].instead, [kind("help"), kind("search"), NONE]);
        assert_eq!(walk.entries[1].instead, [NONE; 3], "all steps were done");
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let events = events_of(&[("a", 0, "view"), ("a", 1, "cart"), ("a", 2, "buy")]);
        let ask = steps(&events, &["view", "cart", "buy"]);
        let why = |change: &dyn Fn(&mut Funnel)| {
            let mut ask = ask.clone();
            change(&mut ask);
            funnel(&events, &ask, &Ctx::new()).unwrap_err()
        };
        assert_eq!(why(&|ask| ask.steps.truncate(1)), JourneysError::TooFewSteps);
        assert_eq!(why(&|ask| ask.window = 0), JourneysError::NoWindow);
        assert_eq!(why(&|ask| ask.steps[2].is_optional = true), JourneysError::OptionalEnd { step: 3 });
        assert_eq!(
            why(&|ask| ask.exclusions = vec![Exclusion { which: Which::any(), after: 2, before: 2 }]),
            JourneysError::ExclusionOutside { steps: 3 }
        );
        assert_eq!(why(&|ask| (ask.order, ask.steps[1].is_optional) = (FunnelOrder::Any, true)), JourneysError::OptionalWithoutOrder);
        assert!(matches!(funnel(&events, &ask, &Ctx::stopping_after(1)), Err(JourneysError::Stopped(_))));
        assert_eq!(funnel(&Events::default(), &ask, &Ctx::new()).unwrap_err(), JourneysError::NoEvents);
    }

    /// By trying every start: from it each step as early as possible. Of the furthest the one that got there first, and of those the latest start.
    fn by_every_start(events: &Events, customer: usize, kinds: &[u32], window: Time, is_strict: bool) -> Option<(usize, Vec<Time>)> {
        let range = events.of(customer);
        let mut best: Option<(usize, Time, Time, Vec<Time>)> = None;
        for start in range.clone().filter(|&event| events.kinds[event] == kinds[0]) {
            let mut chain = vec![events.times[start]];
            for event in start + 1..range.end {
                if chain.len() == kinds.len() || events.times[event] - chain[0] > window {
                    break;
                }
                if events.kinds[event] == kinds[chain.len()] {
                    chain.push(events.times[event]);
                } else if is_strict && events.kinds[event] != kinds[chain.len() - 1] {
                    break;
                }
            }
            let (reached, when) = (chain.len(), chain[chain.len() - 1]);
            let is_better =
                best.as_ref().is_none_or(|best| reached > best.0 || (reached == best.0 && (when, -chain[0]) < (best.1, -best.2)));
            if is_better {
                best = Some((reached, when, chain[0], chain));
            }
        }
        best.map(|(reached, _, _, chain)| (reached, chain))
    }

    #[test]
    fn as_by_trying_every_start() {
        let mut random = seed::random(5, 0);
        let names = ["a", "b", "c", "d"];
        let events = world(3_000, |_| {
            let mut time = 0;
            (0..random.random_range(0..14))
                .map(|_| {
                    time += random.random_range(1..5 * HOUR);
                    (time, names[random.random_range(0..4)])
                })
                .chain([(0, "start"), (5000 * HOUR, "end")])
                .collect()
        });
        for asked in [vec!["a", "b", "c"], vec!["a", "a", "b"], vec!["b", "a", "b", "a"], vec!["c", "d"]] {
            for order in [FunnelOrder::Ordered, FunnelOrder::Strict] {
                let ask = Funnel { window: 12 * HOUR, order, ..steps(&events, &asked) };
                let walk = walked(&events, &ask);
                let kinds: Vec<u32> = asked.iter().map(|name| events.kind(name).unwrap()).collect();
                let slow: Vec<(u32, usize, Vec<Time>)> = (0..events.n_customers())
                    .filter_map(|customer| {
                        by_every_start(&events, customer, &kinds, ask.window, order == FunnelOrder::Strict)
                            .map(|(k, times)| (customer as u32, k, times))
                    })
                    .collect();
                let fast: Vec<(u32, usize, Vec<Time>)> = (walk.entries.iter().zip(walk.times.chunks(asked.len())))
                    .map(|(entry, times)| {
                        (entry.customer, usize::from(entry.reached), times.iter().copied().filter(|&time| time != NOT_DONE).collect())
                    })
                    .collect();
                assert!(slow.len() > 1_000);
                let first_apart = fast.iter().zip(&slow).find(|(fast, slow)| fast != slow);
                assert!(fast.len() == slow.len() && first_apart.is_none(), "{asked:?} {order:?}: {first_apart:?}");
            }
            let ask = Funnel { window: 12 * HOUR, order: FunnelOrder::Any, ..steps(&events, &asked) };
            let (one, eight) = on_1_and_8_threads(|| walked(&events, &ask));
            assert!(one == eight);
            for entry in &one.entries {
                assert_eq!(
                    usize::from(entry.reached),
                    most_in_any_window(&events, entry.customer as usize, &asked, ask.window),
                    "{asked:?}"
                );
            }
        }
    }

    /// By counting the kinds of every window.
    fn most_in_any_window(events: &Events, customer: usize, asked: &[&str], window: Time) -> usize {
        let range = events.of(customer);
        let of_window = |start: usize| {
            let inside: Vec<usize> = (start..range.end).filter(|&event| events.times[event] - events.times[start] <= window).collect();
            let mut names: Vec<&&str> = asked.iter().collect();
            names.sort();
            names.dedup();
            let of_name = |name: &&str| {
                let wanted = asked.iter().filter(|other| ***other == **name).count();
                inside.iter().filter(|&&event| events.kind_names[events.kinds[event] as usize] == **name).count().min(wanted)
            };
            names.iter().map(|name| of_name(name)).sum()
        };
        range.clone().map(of_window).max().unwrap_or(0)
    }
}
