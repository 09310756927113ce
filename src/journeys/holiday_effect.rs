//! What do holidays change?
//!
//! In: the event table, which events count, the days that are holidays. Out: how many customers are there on a holiday, against the same weekdays of the four weeks before and
//! after it, as a mean log ratio over the holidays with a 95 % interval. The first and the last day of the data are left out, since they may be broken off, and so are days of
//! which there is nothing at all: they were not exported. O(events).

use serde::{Deserialize, Serialize};

use super::JourneysError;
use super::which::{Which, WhichMatcher};
use crate::base::Ctx;
use crate::base::stats::{mean_sd, normal_quantile};
use crate::events::table::Events;

/// Weeks before and after a holiday.
const WEEKS: i64 = 4;
/// Days to compare a holiday with on each side of it, at least: with one side alone a shop that grows would seem to lose on holidays.
const FEWEST_DAYS: usize = 2;
/// Customers expected on it, at least.
const LEAST_EXPECTED: f64 = 5.0;
/// Holidays that tell what holidays change, at least.
const FEWEST_HOLIDAYS: usize = 5;
/// Customers between looks at whether to stop.
const CHUNK: usize = 1 << 14;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HolidayEffect {
    /// Holidays that can be compared.
    pub holidays: usize,
    /// Customers on holidays by those on the days they are compared with, as the geometric mean; none of too few holidays.
    pub ratio: Option<f64>,
    /// 95 % interval of it.
    pub interval: Option<[f64; 2]>,
}

/// Compares the holidays (local days since 1970, ascending) with the days around them.
///
/// Fails where a choice names what the data do not have, and when stopped.
pub fn holiday_effect(events: &Events, which: &Which, holidays: &[i64], ctx: &Ctx) -> Result<HolidayEffect, JourneysError> {
    let day_of = |event: usize| events.local_minute(event).div_euclid(24 * 60);
    let bounds = (0..events.n_events())
        .map(day_of)
        .fold(None, |bounds: Option<(i64, i64)>, day| Some(bounds.map_or((day, day), |(first, last)| (first.min(day), last.max(day)))));
    let (first, last) = bounds.ok_or(JourneysError::NoEvents)?;
    let matcher = WhichMatcher::new([which], events)?;
    let (mut customers, mut has_any) = (vec![0u32; (last - first + 1) as usize], vec![false; (last - first + 1) as usize]);
    for customer in 0..events.n_customers() {
        if customer % CHUNK == 0 {
            ctx.check()?;
        }
        events.of(customer).for_each(|event| has_any[(day_of(event) - first) as usize] = true);
        let mut days: Vec<i64> = events.of(customer).filter(|&event| matcher.mask(event) != 0).map(day_of).collect();
        // Offsets that differ may turn the order of two days round.
        days.sort_unstable();
        days.dedup();
        days.into_iter().for_each(|day| customers[(day - first) as usize] += 1);
    }
    let is_whole = |day: i64| day > first && day < last;
    let is_there = |day: i64| is_whole(day) && has_any[(day - first) as usize];
    // A holiday on which the shop was closed lies between days of which there is something.
    let is_exported = |day: i64| is_whole(day) && [day - 1, day, day + 1].into_iter().any(|day| has_any[(day - first) as usize]);
    let on = |day: i64| f64::from(customers[(day - first) as usize]);
    let log_ratio = |&day: &i64| {
        let side = |sign: i64| -> Vec<f64> {
            let days = (1..=WEEKS).map(|week| day + sign * 7 * week);
            days.filter(|day| is_there(*day) && holidays.binary_search(day).is_err()).map(on).collect()
        };
        let (before, after) = (side(-1), side(1));
        let expected = before.iter().chain(&after).sum::<f64>() / (before.len() + after.len()).max(1) as f64;
        let is_known = before.len() >= FEWEST_DAYS && after.len() >= FEWEST_DAYS && expected >= LEAST_EXPECTED;
        // Half a customer on both sides, so that an empty day is a number.
        is_known.then(|| ((on(day) + 0.5) / (expected + 0.5)).ln())
    };
    let ratios: Vec<f64> = holidays.iter().filter(|day| is_exported(**day)).filter_map(log_ratio).collect();
    if ratios.len() < FEWEST_HOLIDAYS {
        return Ok(HolidayEffect { holidays: ratios.len(), ratio: None, interval: None });
    }
    let (mean, sd) = mean_sd(&ratios);
    let n = ratios.len() as f64;
    // `mean_sd` divides by n.
    let error = sd / (n - 1.0).sqrt() * t_97_5(n - 1.0);
    Ok(HolidayEffect { holidays: ratios.len(), ratio: Some(mean.exp()), interval: Some([(mean - error).exp(), (mean + error).exp()]) })
}

/// The 97.5 % quantile of Student's t by its expansion around the normal (Abramowitz and Stegun 26.7.5): within 0.3 % from 4 degrees of freedom on.
fn t_97_5(degrees: f64) -> f64 {
    let z = normal_quantile(0.975);
    let terms = [
        z,
        (z.powi(3) + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| sum / degrees + term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed;
    use crate::events::table::DAY;
    use crate::journeys::made::{chance, world};

    /// Customers over 400 days, each there on a usual day with 20 in 100 and on a holiday with this.
    fn effect(on_holidays: f64, holidays: &[i64], seed: u64) -> HolidayEffect {
        let mut random = seed::random(seed, 0);
        let events = world(200, |_| {
            let p = |day: i64| if holidays.binary_search(&day).is_ok() { on_holidays } else { 0.2 };
            (0..400).filter(|day| chance(&mut random, p(*day))).map(|day| (day * DAY + DAY / 2, "buy")).collect()
        });
        holiday_effect(&events, &Which::any(), holidays, &Ctx::new()).unwrap()
    }

    #[test]
    fn quantiles_are_students() {
        for (degrees, told) in [(4.0, 2.7764), (8.0, 2.3060), (30.0, 2.0423), (1e6, 1.9600)] {
            assert!((t_97_5(degrees) / told - 1.0).abs() < 3e-3, "{degrees}: {}", t_97_5(degrees));
        }
    }

    #[test]
    fn what_was_planted_is_found_and_nothing_is_found_where_nothing_is() {
        let holidays = [45, 80, 81, 150, 199, 230, 270, 310, 358];
        let n_covered = |on: f64| {
            let truth = on / 0.2;
            let found = (0..40).map(|seed| effect(on, &holidays, seed).interval.unwrap());
            found.filter(|[low, high]| *low <= truth && truth <= *high).count()
        };
        for on in [0.2, 0.1, 0.4] {
            let covered = n_covered(on);
            assert!(covered >= 34, "{covered} of 40 hold {on}");
        }
        let found = effect(0.1, &holidays, 0);
        assert_eq!(found.holidays, 9);
        assert!(found.interval.unwrap()[1] < 0.8 && (found.ratio.unwrap() - 0.5).abs() < 0.15, "{found:?}");
    }

    #[test]
    fn what_was_not_exported_and_what_has_one_side_alone_is_not_compared() {
        let holidays = [5, 110, 180, 190, 200, 300, 310, 330, 395];
        let mut random = seed::random(1, 0);
        // From day 170 to 210 nothing was exported; the shop is closed on day 330.
        let is_there = |day: i64| !(170..=210).contains(&day) && day != 330;
        let events = world(200, |_| {
            (0..400).filter(|day| is_there(*day) && chance(&mut random, 0.2)).map(|day| (day * DAY + DAY / 2, "buy")).collect()
        });
        let found = holiday_effect(&events, &Which::any(), &holidays, &Ctx::new()).unwrap();
        // 110, 300, 310 and 330 are left: too few, but the closed day is one of them.
        assert_eq!(found, HolidayEffect { holidays: 4, ratio: None, interval: None });
    }

    #[test]
    fn few_holidays_and_those_at_the_ends_tell_nothing() {
        // The first and the last day, and one with too few comparable days after it, are none that count.
        let found = effect(0.1, &[0, 100, 200, 300, 320, 399], 1);
        assert_eq!(found, HolidayEffect { holidays: 4, ratio: None, interval: None });
        let nobody = effect(0.1, &[], 1);
        assert_eq!(nobody.holidays, 0);
    }
}
