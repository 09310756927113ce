//! How long until the next purchase, and does a persona come back sooner?
//!
//! In: the event table and what counts as a purchase. Out: Kaplan and Meier's curve of the days from each purchase (or from the first) to the next, the last
//! one of each customer still open at the end of the data; its share at 30, 90 and 365 days, its median, the mean wait where none counts for more than a
//! year, each with an interval; personas against the rest. O(purchases log purchases), and O(draws × purchases) for the intervals.
//!
//! Several waits of one customer are not independent: their intervals come from drawing customers anew, with waits in whole days. One wait per customer has the
//! log-log interval. A persona that knows frequency or recency repeats its definition here, unless only purchases after the day it was made are looked at.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::gate::FEWEST_COMPARED;
use super::resample::middle_95;
use super::returns_drawn::{DrawnCurve, band_day, differ};
use super::survival::{SurvivalCurve, Wait};
use super::waits::Spell;
pub use super::waits::{Estimate, ReturnAsk, ReturnDifference, Returns, TOLD_DAYS, Waits};
use super::walk::walk;
use super::which::WhichMatcher;
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::events::table::{DAY, Events, Time};

/// No wait counts for more days than this in a mean.
const MEAN_TO: f64 = 365.0;
/// The 95 % interval of a curve at a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BandPoint {
    /// Days waited.
    pub days: usize,
    /// Interval of the share that waits longer.
    pub interval: [f64; 2],
}

/// The waits of everyone or of one persona.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReturnOf {
    /// Customers.
    pub customers: usize,
    /// Waits.
    pub waits: usize,
    /// Waits that ended with a purchase.
    pub ended: usize,
    /// The curve, in days. Its own intervals are log-log.
    pub curve: SurvivalCurve,
    /// Where customers have several waits, log-log intervals are too narrow: those to show instead, as far as the curve goes; else empty.
    pub band: Vec<BandPoint>,
    /// Share that still waits after 30, 90 and 365 days; none beyond what was observed.
    pub waiting: [Option<Estimate>; 3],
    /// After how many days half are back.
    pub median: Option<Estimate>,
    /// Mean days until the next purchase, none counting for more than `mean_to`.
    pub mean: Estimate,
}

/// Everyone and the personas.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReturnSummary {
    /// All customers.
    pub everyone: ReturnOf,
    /// By persona.
    pub personas: Vec<ReturnOf>,
    /// By persona.
    pub differences: Vec<ReturnDifference>,
    /// Up to how many days waits count in means: a year, or less where no side was observed for that long.
    pub mean_to: f64,
    /// How often customers were drawn for the intervals.
    pub draws: usize,
    /// Whether intervals of shares come from these draws; else they are log-log.
    pub several_waits: bool,
}

/// Finds all waits. Fails where nothing is a purchase.
pub fn returns(events: &Events, ask: &ReturnAsk, ctx: &Ctx) -> Result<Returns, JourneysError> {
    let (_, end) = events.span.ok_or(JourneysError::NoEvents)?;
    let matcher = WhichMatcher::new([&ask.purchases], events)?;
    let from = ask.from.unwrap_or(Time::MIN);
    let parts = walk(
        events.n_customers(),
        ctx,
        || (),
        |(), customers| {
            let mut spells = Vec::new();
            for customer in customers {
                let mut add = |start: Time, stop: Option<Time>| {
                    let days = (stop.unwrap_or(end) - start) as f64 / DAY as f64;
                    if start >= from {
                        spells.push(Spell { customer: customer as u32, days, has_ended: stop.is_some() });
                    }
                };
                let mut purchases = events.of(customer).filter(|&event| matcher.mask(event) & 1 == 1).map(|event| events.times[event]);
                let Some(mut last) = purchases.next() else { continue };
                if ask.waits == Waits::FromFirst {
                    add(last, purchases.next());
                    continue;
                }
                for purchase in purchases {
                    add(last, Some(purchase));
                    last = purchase;
                }
                add(last, None);
            }
            spells
        },
    )?;
    let spells = parts.concat();
    if spells.is_empty() {
        return Err(JourneysError::NothingChosen);
    }
    let mut silent: Vec<f64> = spells.iter().filter(|spell| !spell.has_ended).map(|spell| spell.days).collect();
    silent.sort_unstable_by(f64::total_cmp);
    Ok(Returns { ask: ask.clone(), spells, silent })
}

impl Returns {
    /// Who waits since their last purchase, with the days of it, by customer.
    pub fn open(&self) -> Vec<(u32, f32)> {
        self.spells.iter().filter(|spell| !spell.has_ended).map(|spell| (spell.customer, spell.days as f32)).collect()
    }

    /// Customers whose last purchase is at least so many days ago.
    pub fn silent_for(&self, days: f64) -> usize {
        self.silent.len() - self.silent.partition_point(|&silent| silent < days)
    }

    /// Of those silent for `days`, the share that comes back within as many more days as the curve says; none beyond what was observed.
    pub fn still_come_back(curve: &SurvivalCurve, days: f64, more: f64) -> Option<f64> {
        let (now, later) = (curve.at(days)?.waiting, curve.at(days + more)?.waiting);
        (now > 0.0).then(|| 1.0 - later / now)
    }

    /// Curves and differences.
    pub fn summary(&self, personas: PersonaOf, ctx: &Ctx) -> Result<ReturnSummary, JourneysError> {
        let several_waits = self.spells.windows(2).any(|pair| pair[0].customer == pair[1].customer);
        let group: Vec<usize> = self.spells.iter().map(|spell| personas.get(spell.customer as usize).unwrap_or(personas.count)).collect();
        // By time once, so that no curve has to sort again.
        let mut by_time: Vec<(Wait, usize)> =
            self.spells.iter().zip(&group).map(|(spell, &group)| (Wait { time: spell.days, has_ended: spell.has_ended }, group)).collect();
        by_time.par_sort_by(|(a, _), (b, _)| a.time.total_cmp(&b.time).then(b.has_ended.cmp(&a.has_ended)));
        let curve = |is_in: &(dyn Fn(usize) -> bool + Sync)| {
            SurvivalCurve::of(by_time.iter().filter(|(_, group)| is_in(*group)).map(|(wait, _)| *wait))
        };
        // Everyone, then every persona, then the rest of every persona.
        let n = personas.count;
        let curves: Vec<SurvivalCurve> = (0..2 * n + 1)
            .into_par_iter()
            .map(|at| match at {
                0 => curve(&|_| true),
                at if at <= n => curve(&|group| group == at - 1),
                at => curve(&|group| group != at - 1 - n),
            })
            .collect();
        let observed = curves.iter().filter(|curve| curve.n > 0).map(|curve| curve.longest).fold(MEAN_TO, f64::min);
        let drawn = self.draw(&group, n, observed, ctx)?;
        let customers = self.customers(&group, n);
        let of = |at: usize| self.of(&curves[at], customers[at], at, &drawn, observed, several_waits);
        let sides = |persona: usize| (persona + 1, persona + 1 + n);
        let difference = |persona: usize| {
            let (own, rest) = sides(persona);
            let is_enough = customers[own] >= FEWEST_COMPARED && customers[0] - customers[own] >= FEWEST_COMPARED;
            differ(persona, [&curves[own], &curves[rest]], [own, rest], &drawn, observed, is_enough, n)
        };
        Ok(ReturnSummary {
            everyone: of(0),
            personas: (1..=n).map(of).collect(),
            differences: (0..n).map(difference).collect(),
            mean_to: observed,
            draws: drawn.len(),
            several_waits,
        })
    }

    fn customers(&self, group: &[usize], n: usize) -> Vec<usize> {
        let (mut customers, mut last) = (vec![0; n + 1], u32::MAX);
        for (spell, &group) in self.spells.iter().zip(group) {
            if std::mem::replace(&mut last, spell.customer) != spell.customer {
                customers[0] += 1;
                if group < n {
                    customers[group + 1] += 1;
                }
            }
        }
        customers
    }

    fn of(
        &self,
        curve: &SurvivalCurve,
        customers: usize,
        at: usize,
        drawn: &[Vec<DrawnCurve>],
        mean_to: f64,
        several_waits: bool,
    ) -> ReturnOf {
        let of_draws = |value: &dyn Fn(&DrawnCurve) -> f64| middle_95(drawn.iter().map(|draw| value(&draw[at])).collect());
        let waiting = |nth: usize| {
            let step = curve.at(TOLD_DAYS[nth] as f64)?;
            let interval = if several_waits { of_draws(&|draw| draw.waiting[nth]) } else { Some(step.interval) };
            Some(Estimate { value: step.waiting, interval })
        };
        // A draw in which half never come back says that the median lies beyond what is known: then the interval has no upper end to tell.
        let median = curve.quantile(0.5).map(|value| {
            let is_known = drawn.iter().all(|draw| draw[at].median.is_finite());
            Estimate { value, interval: is_known.then(|| of_draws(&|draw| draw.median)).flatten() }
        });
        let n_band = drawn.iter().map(|draw| draw[at].band.len()).max().filter(|_| several_waits).unwrap_or(0);
        let point = |nth: usize| {
            let interval = of_draws(&|draw| draw.band.get(nth).map_or(f64::NAN, |&share| f64::from(share)))?;
            Some(BandPoint { days: band_day(nth, self.n_days()), interval })
        };
        ReturnOf {
            band: (0..n_band).filter_map(point).filter(|point| point.days as f64 <= curve.longest).collect(),
            customers,
            waits: curve.n,
            ended: curve.steps.iter().map(|step| step.ended).sum(),
            curve: curve.clone(),
            waiting: [0, 1, 2].map(waiting),
            median,
            mean: Estimate { value: curve.restricted_mean(mean_to), interval: of_draws(&|draw| draw.mean) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, Random, RngExt};
    use crate::journeys::made::{events_of, on_1_and_8_threads, world};
    use crate::journeys::which::Which;

    fn ask(events: &Events, waits: Waits) -> ReturnAsk {
        ReturnAsk { purchases: Which::named("buy", events).unwrap(), waits, from: None, seed: 1 }
    }

    #[test]
    fn waits_by_hand() {
        let events = events_of(&[
            ("a", 0, "buy"),
            ("a", 10 * DAY, "buy"),
            ("a", 40 * DAY, "buy"),
            ("b", 60 * DAY, "buy"),
            ("b", 61 * DAY, "view"),
            ("c", 20 * DAY, "buy"),
            ("c", 100 * DAY, "buy"),
        ]);
        let found = returns(&events, &ask(&events, Waits::FromEach), &Ctx::new()).unwrap();
        let shown: Vec<(u32, f64, bool)> = found.spells.iter().map(|spell| (spell.customer, spell.days, spell.has_ended)).collect();
        assert_eq!(shown, [(0, 10.0, true), (0, 30.0, true), (0, 60.0, false), (1, 40.0, false), (2, 80.0, true), (2, 0.0, false)]);
        assert_eq!((found.silent_for(40.0), found.silent_for(40.1), found.silent_for(61.0)), (2, 1, 0));
        let first = returns(&events, &ask(&events, Waits::FromFirst), &Ctx::new()).unwrap();
        assert_eq!(first.spells.iter().map(|spell| spell.days).collect::<Vec<_>>(), [10.0, 40.0, 80.0]);
        let later = ReturnAsk { from: Some(20 * DAY), ..ask(&events, Waits::FromEach) };
        assert_eq!(returns(&events, &later, &Ctx::new()).unwrap().spells.len(), 4);
        let of = [None; 3];
        let summary = found.summary(PersonaOf { of: &of, count: 0 }, &Ctx::new()).unwrap();
        // At risk: 5 at day 10, 4 at day 30, 1 at day 80.
        let shares: Vec<f64> = summary.everyone.curve.steps.iter().map(|step| step.waiting).collect();
        assert!(shares.iter().zip([0.8, 0.6, 0.0]).all(|(found, by_hand)| (found - by_hand).abs() < 1e-12), "{shares:?}");
        assert_eq!(
            (summary.everyone.median.map(|median| median.value), summary.everyone.customers, summary.everyone.ended),
            (Some(80.0), 3, 3)
        );
        assert!(summary.several_waits);
        assert_eq!(Returns::still_come_back(&summary.everyone.curve, 20.0, 20.0).map(|share| (share * 100.0).round()), Some(25.0));
    }

    /// Customers who come back after so many days on average, each at their own pace; two years of data.
    fn shop(random: &mut Random, mean: impl Fn(usize) -> f64) -> Events {
        world(900, |customer| {
            let pace = mean(customer) * (0.5 + random.random::<f64>());
            let (mut time, mut list) = (random.random_range(0..100) as f64, Vec::new());
            while time < 730.0 {
                list.push(((time * DAY as f64) as Time, "buy"));
                time += -pace * (1.0 - random.random::<f64>()).ln();
            }
            list.push((730 * DAY, "view"));
            list
        })
    }

    #[test]
    fn a_persona_that_comes_back_sooner_is_told() {
        let events = shop(&mut seed::random(1, 0), |at| if at % 3 == 0 { 40.0 } else { 90.0 });
        let of: Vec<Option<u16>> = (0..900).map(|at| Some((at % 3) as u16)).collect();
        let found = returns(&events, &ask(&events, Waits::FromEach), &Ctx::new()).unwrap();
        let personas = PersonaOf::new(&of, 3, &events).unwrap();
        let (one, eight) = on_1_and_8_threads(|| found.summary(personas, &Ctx::new()).unwrap());
        assert!(one == eight);
        assert_eq!(one.differences[0].is_told[..2], [true, true]);
        assert!(one.differences[0].mean.value < -20.0 && one.differences[0].mean.interval.unwrap()[1] < 0.0);
        // The same counts by days as the curve has them.
        let everyone = &one.everyone;
        let [low, high] = everyone.mean.interval.unwrap();
        assert!(low < everyone.mean.value && everyone.mean.value < high, "{:?}", everyone.mean);
        let [low, high] = everyone.waiting[1].unwrap().interval.unwrap();
        let log_log = everyone.curve.at(90.0).unwrap().interval;
        let near = everyone.band.iter().rev().find(|point| point.days <= 90).unwrap();
        let share = everyone.curve.at(near.days as f64).unwrap().waiting;
        assert!(everyone.band.len() == 60 && near.interval[0] < share && share < near.interval[1], "{near:?} {share}");
        assert!(high - low > log_log[1] - log_log[0], "customers differ in pace, so fewer are independent than there are waits");
    }

    #[test]
    fn nothing_planted_nothing_told_and_the_truth_is_covered() {
        let truth = {
            let events = shop(&mut seed::random(999, 0), |_| 60.0);
            let found = returns(&events, &ask(&events, Waits::FromEach), &Ctx::new()).unwrap();
            assert!(matches!(
                found.summary(PersonaOf { of: &[None; 900], count: 0 }, &Ctx::stopping_after(3)),
                Err(JourneysError::Stopped(_))
            ));
            0.0
        };
        let (mut told, mut covered) = (0, 0);
        for seed in 0..40 {
            let events = shop(&mut seed::random(seed, 0), |_| 60.0);
            let of: Vec<Option<u16>> = (0..900).map(|at| Some((at % 2) as u16)).collect();
            let found = returns(&events, &ask(&events, Waits::FromEach), &Ctx::new()).unwrap();
            let summary = found.summary(PersonaOf::new(&of, 2, &events).unwrap(), &Ctx::new()).unwrap();
            let difference = &summary.differences[0];
            told += difference.is_told.iter().filter(|told| **told).count();
            let [low, high] = difference.mean.interval.unwrap();
            covered += usize::from(low <= truth && truth <= high);
        }
        assert_eq!(told, 0);
        assert!(covered >= 34, "{covered} of 40");
    }

    #[test]
    fn nothing_bought_is_said() {
        let events = events_of(&[("a", 0, "view")]);
        let asked = ReturnAsk { purchases: Which::named("view", &events).unwrap(), from: Some(1), waits: Waits::FromEach, seed: 1 };
        assert_eq!(returns(&events, &asked, &Ctx::new()).unwrap_err(), JourneysError::NothingChosen);
    }
}
