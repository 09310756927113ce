//! How many get through a funnel, how fast, where did the others go, and does a persona do it differently?
//!
//! In: the entries of a funnel and the persona of every customer. Out: per step counts, shares, times and what came instead, for everyone and per persona,
//! and each persona against the rest. O(entries × steps × log entries), without another look at the events.
//!
//! Times of those who got there are too short near the end of the data, where only the fast ones have arrived. Kaplan and Meier's quantiles stand beside
//! them: of all who entered, those still inside the window counted as far as they were seen.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::funnel::{FunnelOrder, FunnelStanding, FunnelWalk, INSTEAD, NOT_DONE, WindowFrom};
use super::gate::ShareGap;
use super::survival::{SurvivalCurve, Wait};
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::base::stats::quantile_sorted;
use crate::evaluate::Rate;
use crate::events::table::NONE;

/// The quantiles of times that are told.
pub const QUANTILES: [f64; 4] = [0.25, 0.5, 0.75, 0.9];
/// Kinds that are named of what came instead.
const MOST_INSTEAD: usize = 8;

/// A step of a funnel, of everyone or of one persona. Counts are units: customers, or visits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StepResult {
    /// Name of the step.
    pub name: String,
    /// Whether it could be left out.
    pub is_optional: bool,
    /// Judged units that got here or further.
    pub reached: usize,
    /// The customers among them.
    pub customers: usize,
    /// Judged units that did this very step: fewer than `reached` where it is optional.
    pub did: usize,
    /// Units still inside the window that got here or further.
    pub open: usize,
    /// `reached` by the judged units that entered.
    pub conversion: Option<f64>,
    /// `reached` by the judged units that got to the required step before.
    pub step_conversion: Option<f64>,
    /// 1 minus that.
    pub drop_off: Option<f64>,
    /// Seconds from the first step of the chain, of those who got here: the quantiles 25, 50, 75 and 90 %.
    pub seconds: Option<[f64; 4]>,
    /// Seconds from the step before.
    pub step_seconds: Option<[f64; 4]>,
    /// Kaplan and Meier's quantiles of the seconds from the first step, of all who entered; none where fewer than so many ever get here.
    pub seconds_of_all: [Option<f64>; 4],
    /// Of those who got here and no further: the kinds of their first, second and third event after it, most frequent first.
    pub instead: [Vec<Instead>; INSTEAD],
    /// Of those who got here and no further: for whom nothing came within the window.
    pub nothing_more: usize,
}

/// A kind that came instead of the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instead {
    /// The kind; [`NONE`] for all others together.
    pub kind: u32,
    /// Units.
    pub n: usize,
}

/// A funnel of everyone or of one persona.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FunnelResult {
    /// Units that did the first step.
    pub entered: usize,
    /// Of those: judged.
    pub judged: usize,
    /// Of those: less than a window before the end of the data.
    pub open: usize,
    /// Of those: an exclusion fell into the furthest chain.
    pub excluded: usize,
    /// The steps.
    pub steps: Vec<StepResult>,
}

/// A persona against the rest at one step. Of visits only the first judged one of each customer counts: those of one customer are not independent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepDifference {
    /// The persona.
    pub persona: usize,
    /// The step, counted from 1.
    pub step: usize,
    /// Of those who entered: who got here.
    pub conversion: ShareGap,
    /// Of those who got to the required step before: who got here.
    pub step_conversion: ShareGap,
}

/// A funnel with its personas.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FunnelSummary {
    /// All customers.
    pub everyone: FunnelResult,
    /// Per persona.
    pub personas: Vec<FunnelResult>,
    /// Per persona and required step after the first, corrected for steps × personas.
    pub differences: Vec<StepDifference>,
}

impl FunnelSummary {
    /// The largest difference from one step to the next for which all gates hold.
    pub fn largest(&self) -> Option<&StepDifference> {
        let told = self.differences.iter().filter(|difference| difference.step_conversion.is_told);
        told.max_by(|a, b| {
            a.step_conversion.h.abs().total_cmp(&b.step_conversion.h.abs()).then(b.step.cmp(&a.step)).then(b.persona.cmp(&a.persona))
        })
    }
}

/// Which units of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelPart {
    /// Judged, got here or further.
    Reached,
    /// Judged, got to the step before and no further.
    Dropped,
    /// Still inside the window, got here or further.
    Open,
}

impl FunnelWalk {
    /// The customers behind a part of a step (counted from 1), ascending.
    pub fn customers(&self, step: usize, part: FunnelPart) -> Vec<u32> {
        let is_in = |reached: usize, standing: FunnelStanding| match part {
            FunnelPart::Reached => standing == FunnelStanding::Judged && reached >= step,
            FunnelPart::Dropped => standing == FunnelStanding::Judged && reached + 1 == step,
            FunnelPart::Open => standing == FunnelStanding::Open && reached >= step,
        };
        let chosen = self.entries.iter().filter(|entry| is_in(usize::from(entry.reached), entry.standing));
        let mut customers: Vec<u32> = chosen.map(|entry| entry.customer).collect();
        customers.dedup();
        customers
    }

    /// Counts, times and differences. Fails where personas are of other customers.
    pub fn summary(&self, personas: PersonaOf, ctx: &Ctx) -> Result<FunnelSummary, JourneysError> {
        let mut of_group: Vec<Vec<u32>> = vec![Vec::new(); personas.count];
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some(persona) = personas.get(entry.customer as usize) {
                of_group[persona].push(at as u32);
            }
        }
        let all: Vec<u32> = (0..self.entries.len() as u32).collect();
        let groups: Vec<&[u32]> = std::iter::once(&all[..]).chain(of_group.iter().map(Vec::as_slice)).collect();
        let jobs: Vec<(usize, usize)> = (0..groups.len()).flat_map(|group| (1..=self.n_steps()).map(move |step| (group, step))).collect();
        let results = jobs.par_iter().map(|&(group, step)| {
            ctx.check()?;
            Ok(self.step(groups[group], step))
        });
        let steps = results.collect::<Result<Vec<StepResult>, JourneysError>>()?;
        let mut of_groups = groups.iter().zip(steps.chunks(self.n_steps())).map(|(group, steps)| self.result(group, steps.to_vec()));
        let everyone = of_groups.next().unwrap_or_default();
        let found: Vec<FunnelResult> = of_groups.collect();
        Ok(FunnelSummary { everyone, personas: found, differences: self.differences(&groups) })
    }

    fn n_steps(&self) -> usize {
        self.funnel.steps.len()
    }

    /// The last required step before this one, counted from 1.
    fn step_before(&self, step: usize) -> usize {
        (1..step).rev().find(|&before| !self.funnel.steps[before - 1].is_optional).unwrap_or(1)
    }

    fn judged<'a>(&'a self, group: &'a [u32]) -> impl Iterator<Item = (usize, usize)> + 'a {
        let entries = group.iter().map(|&at| (at as usize, &self.entries[at as usize]));
        entries.filter(|(_, entry)| entry.standing == FunnelStanding::Judged).map(|(at, entry)| (at, usize::from(entry.reached)))
    }

    fn times_of(&self, entry: usize) -> &[i64] {
        &self.times[entry * self.n_steps()..][..self.n_steps()]
    }

    fn result(&self, group: &[u32], steps: Vec<StepResult>) -> FunnelResult {
        let n = |standing| group.iter().filter(|&&at| self.entries[at as usize].standing == standing).count();
        FunnelResult {
            entered: group.len(),
            judged: n(FunnelStanding::Judged),
            open: n(FunnelStanding::Open),
            excluded: n(FunnelStanding::Excluded),
            steps,
        }
    }

    fn step(&self, group: &[u32], step: usize) -> StepResult {
        let before = self.step_before(step);
        let (mut judged, mut got_before, mut did) = (0, 0, 0);
        let mut customers: Vec<u32> = Vec::new();
        let (mut seconds, mut step_seconds) = (Vec::new(), Vec::new());
        let mut reached_here = 0;
        for (at, reached) in self.judged(group) {
            judged += 1;
            got_before += usize::from(reached >= before);
            if reached >= step {
                reached_here += 1;
                customers.push(self.entries[at].customer);
                let times = self.times_of(at);
                if times[step - 1] != NOT_DONE {
                    did += 1;
                    seconds.push(seconds_between(times[0], times[step - 1]));
                    let previous = times[..step - 1].iter().rev().find(|&&time| time != NOT_DONE);
                    step_seconds.extend(previous.map(|&previous| seconds_between(previous, times[step - 1])));
                }
            }
        }
        customers.dedup();
        let is_open = |at: &&u32| {
            self.entries[**at as usize].standing == FunnelStanding::Open && usize::from(self.entries[**at as usize].reached) >= step
        };
        let share = |hits: usize, n: usize| (n > 0).then(|| Rate { hits, n }.share());
        let (instead, nothing_more) = self.instead(group, step);
        StepResult {
            name: self.name(step),
            is_optional: self.funnel.steps[step - 1].is_optional,
            reached: reached_here,
            customers: customers.len(),
            did,
            open: group.iter().filter(is_open).count(),
            conversion: share(reached_here, judged),
            step_conversion: (step > 1).then(|| share(reached_here, got_before)).flatten(),
            drop_off: (step > 1).then(|| share(got_before - reached_here, got_before)).flatten(),
            seconds: (step > 1).then(|| quantiles(seconds)).flatten(),
            step_seconds: quantiles(step_seconds),
            seconds_of_all: if step > 1 { self.seconds_of_all(group, step) } else { [None; 4] },
            instead,
            nothing_more,
        }
    }

    fn name(&self, step: usize) -> String {
        match self.funnel.order {
            FunnelOrder::Any => format!("any {step}"),
            _ => self.funnel.steps[step - 1].which.name.clone(),
        }
    }

    fn seconds_of_all(&self, group: &[u32], step: usize) -> [Option<f64>; 4] {
        let longest = match self.funnel.window_from {
            WindowFrom::StepBefore => self.funnel.window.saturating_mul(step as i64 - 1),
            WindowFrom::FirstStep => self.funnel.window,
        };
        let entries = group.iter().map(|&at| at as usize).filter(|&at| self.entries[at].standing != FunnelStanding::Excluded);
        let waits = entries.map(|at| {
            let (entry, times) = (&self.entries[at], self.times_of(at));
            match times[step - 1] {
                NOT_DONE => {
                    Wait { time: seconds_between(entry.entered, self.end.min(entry.entered.saturating_add(longest))), has_ended: false }
                }
                time => Wait { time: seconds_between(times[0], time), has_ended: true },
            }
        });
        let curve = SurvivalCurve::of(waits);
        QUANTILES.map(|q| curve.quantile(q))
    }

    fn instead(&self, group: &[u32], step: usize) -> ([Vec<Instead>; INSTEAD], usize) {
        let stopped: Vec<usize> = if step == self.n_steps() {
            Vec::new()
        } else {
            self.judged(group).filter(|(_, reached)| *reached == step).map(|(at, _)| at).collect()
        };
        let place = |place: usize| {
            let mut kinds: Vec<u32> = stopped.iter().map(|&at| self.entries[at].instead[place]).filter(|&kind| kind != NONE).collect();
            kinds.sort_unstable();
            let mut counted: Vec<Instead> = kinds.chunk_by(|a, b| a == b).map(|same| Instead { kind: same[0], n: same.len() }).collect();
            counted.sort_by_key(|instead| (std::cmp::Reverse(instead.n), instead.kind));
            let others: usize = counted.iter().skip(MOST_INSTEAD).map(|instead| instead.n).sum();
            counted.truncate(MOST_INSTEAD);
            counted.extend((others > 0).then_some(Instead { kind: NONE, n: others }));
            counted
        };
        (std::array::from_fn(place), stopped.iter().filter(|&&at| self.entries[at].instead[0] == NONE).count())
    }

    fn differences(&self, groups: &[&[u32]]) -> Vec<StepDifference> {
        // Per group: how many customers' first judged entries reached each step.
        let reached: Vec<Vec<usize>> = groups
            .iter()
            .map(|group| {
                let (mut counts, mut last) = (vec![0; self.n_steps() + 1], u32::MAX);
                for (at, reached) in self.judged(group) {
                    let customer = self.entries[at].customer;
                    if std::mem::replace(&mut last, customer) != customer {
                        counts[1..=reached].iter_mut().for_each(|count| *count += 1);
                    }
                }
                counts
            })
            .collect();
        let required: Vec<usize> = (2..=self.n_steps()).filter(|&step| !self.funnel.steps[step - 1].is_optional).collect();
        let tests = required.len() * (groups.len() - 1);
        let against_rest = |persona: usize, step: usize, before: usize| {
            let (own, all) = (&reached[persona + 1], &reached[0]);
            ShareGap::new(
                Rate { hits: own[step], n: own[before] },
                Rate { hits: all[step] - own[step], n: all[before] - own[before] },
                tests,
            )
        };
        let pairs = (0..groups.len() - 1).flat_map(|persona| required.iter().map(move |&step| (persona, step)));
        pairs
            .map(|(persona, step)| StepDifference {
                persona,
                step,
                conversion: against_rest(persona, step, 1),
                step_conversion: against_rest(persona, step, self.step_before(step)),
            })
            .collect()
    }
}

fn seconds_between(from: i64, to: i64) -> f64 {
    (to - from) as f64 / 1000.0
}

fn quantiles(mut values: Vec<f64>) -> Option<[f64; 4]> {
    values.sort_unstable_by(f64::total_cmp);
    (!values.is_empty()).then(|| QUANTILES.map(|q| quantile_sorted(&values, q)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed;
    use crate::events::table::{DAY, Events};
    use crate::journeys::funnel::{Funnel, funnel};
    use crate::journeys::made::{HOUR, chance, events_of, on_1_and_8_threads, world};
    use crate::journeys::which::Which;

    fn summed(events: &Events, names: &[&str], of: &[Option<u16>], count: usize) -> (FunnelWalk, FunnelSummary) {
        let ask = Funnel::of(names.iter().map(|name| Which::named(name, events).unwrap()));
        let walk = funnel(events, &ask, &Ctx::new()).unwrap();
        let summary = walk.summary(PersonaOf::new(of, count, events).unwrap(), &Ctx::new()).unwrap();
        (walk, summary)
    }

    #[test]
    fn counts_by_hand() {
        let events = events_of(&[
            ("a", 0, "view"),
            ("a", 2 * HOUR, "cart"),
            ("a", 3 * HOUR, "buy"),
            ("b", 0, "view"),
            ("b", 4 * HOUR, "cart"),
            ("b", 5 * HOUR, "help"),
            ("c", 0, "view"),
            ("d", 999 * HOUR, "view"),
            ("d", 1000 * HOUR, "cart"),
            ("e", 0, "cart"),
            ("e", 1000 * HOUR, "help"),
        ]);
        let (walk, summary) = summed(&events, &["view", "cart", "buy"], &[None; 5], 0);
        let all = &summary.everyone;
        assert_eq!((all.entered, all.judged, all.open, all.excluded), (4, 3, 1, 0));
        assert_eq!(all.steps.iter().map(|step| (step.reached, step.open)).collect::<Vec<_>>(), [(3, 1), (2, 1), (1, 0)]);
        assert_eq!((all.steps[2].conversion, all.steps[2].step_conversion, all.steps[2].drop_off), (Some(1.0 / 3.0), Some(0.5), Some(0.5)));
        assert_eq!(all.steps[1].seconds.unwrap()[1], 3.0 * 3600.0, "two and four hours");
        // d after 1, a after 2, b after 4 hours, c never: half of all had a cart after two hours, three quarters after four.
        assert_eq!(all.steps[1].seconds_of_all, [Some(3600.0), Some(7200.0), Some(4.0 * 3600.0), None]);
        assert_eq!(all.steps[1].instead[0], [Instead { kind: events.kind("help").unwrap(), n: 1 }]);
        assert_eq!(all.steps[0].nothing_more, 1);
        let customers = |step, part| walk.customers(step, part);
        assert_eq!(
            (customers(2, FunnelPart::Reached), customers(2, FunnelPart::Dropped), customers(2, FunnelPart::Open)),
            (vec![0, 1], vec![2], vec![3])
        );
    }

    /// Customers of three personas; one of them goes on from the cart less often.
    fn shop(lower: f64, seed: u64) -> (Events, Vec<Option<u16>>) {
        let mut random = seed::random(seed, 0);
        let of: Vec<Option<u16>> = (0..3_000).map(|customer| Some((customer % 3) as u16)).collect();
        let events = world(3_000, |customer| {
            let goes_on = if customer % 3 == 1 { lower } else { 0.76 };
            let mut list = vec![(0, "view")];
            if chance(&mut random, 0.7) {
                list.push((HOUR, "cart"));
                if chance(&mut random, goes_on) {
                    list.push((2 * HOUR, "buy"));
                }
            }
            list.push((100 * DAY, "late"));
            list
        });
        (events, of)
    }

    #[test]
    fn a_planted_difference_is_found_and_nothing_else() {
        let (events, of) = shop(0.59, 1);
        let (_, summary) = summed(&events, &["view", "cart", "buy"], &of, 3);
        let largest = summary.largest().unwrap();
        assert_eq!((largest.persona, largest.step), (1, 3));
        let [low, high] = largest.step_conversion.interval;
        assert!(low < -0.17 && high > -0.17, "the truth is inside: {low} {high}");
        let told = |difference: &&StepDifference| difference.step_conversion.is_told && difference.persona != 1;
        assert_eq!(summary.differences.iter().filter(told).count(), 0);
        assert_eq!(summary.differences.len(), 6);
    }

    #[test]
    fn true_differences_are_covered() {
        let covered = (0..100)
            .filter(|&seed| {
                let (events, of) = shop(0.71, seed);
                let (_, summary) = summed(&events, &["view", "cart", "buy"], &of, 3);
                let found = summary.differences.iter().find(|difference| (difference.persona, difference.step) == (1, 3)).unwrap();
                let [low, high] = found.step_conversion.interval;
                low <= -0.05 && -0.05 <= high
            })
            .count();
        assert!(covered >= 90, "{covered} of 100");
    }

    #[test]
    fn nothing_planted_nothing_told_and_threads_do_not_matter() {
        let (events, of) = shop(0.76, 3);
        let (walk, summary) = summed(&events, &["view", "cart", "buy"], &of, 3);
        assert_eq!(summary.largest(), None);
        let personas = PersonaOf::new(&of, 3, &events).unwrap();
        let (one, eight) = on_1_and_8_threads(|| walk.summary(personas, &Ctx::new()).unwrap());
        assert!(one == eight && one == summary);
        for result in std::iter::once(&summary.everyone).chain(&summary.personas) {
            assert_eq!(result.judged + result.open + result.excluded, result.entered);
            let judged_on = |at: usize| result.steps.get(at).map_or(0, |step| step.reached);
            // Who stops at a step goes somewhere, or nowhere.
            for at in 0..2 {
                let instead: usize = result.steps[at].instead[0].iter().map(|instead| instead.n).sum();
                assert_eq!(instead + result.steps[at].nothing_more, judged_on(at) - judged_on(at + 1));
            }
        }
    }
}
