//! In which months are purchases made, and does a persona buy in others?
//!
//! In: the event table and what counts as a purchase. Out: per month everyone's share of purchases and each persona's, its index with a 95 % interval from
//! drawing customers anew. Where the data hold two full years or more, months of the year, and the word season may be used; else the months of this period.
//! O(events), and O(draws × customers × months) for the intervals.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::gate::{FEWEST_COMPARED, LEAST_H, bonferroni_z, is_hidden};
use super::resample::{draws_for, middle_95, times_drawn};
use super::walk::walk;
use super::which::{Which, WhichMatcher};
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::base::stats::mean_sd;
use crate::evaluate::effects::cohen_h;
use crate::events::table::Events;

/// Months of a period that is shorter than two years, at most: one that is longer has months of the year.
const MOST_MONTHS: usize = 26;

/// A month of a persona.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MonthIndex {
    /// Purchases of the persona.
    pub purchases: usize,
    /// Its customers who bought then.
    pub customers: usize,
    /// Share of the persona's purchases.
    pub share: f64,
    /// 100 times that by everyone's share; none where nobody bought.
    pub index: Option<f64>,
    /// 95 % interval of the index.
    pub interval: Option<[f64; 2]>,
    /// Cohen's h against everyone's share.
    pub h: f64,
    /// Whether it may be told: at least 31 customers in all on both sides, ten of them in the month, |h| at least 0.2, more than chance after correction for
    /// months × personas.
    pub is_told: bool,
}

/// Purchases by month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Months {
    /// Whether the data hold two full years, so that months of the year are told apart from this period; else the word season is not used.
    pub is_season: bool,
    /// Month 1 to 12, and the year where the months are those of a period.
    pub months: Vec<(Option<i64>, u8)>,
    /// Purchases of everyone.
    pub purchases: Vec<usize>,
    /// Everyone's share.
    pub shares: Vec<f64>,
    /// By persona and month.
    pub personas: Vec<Vec<MonthIndex>>,
    /// How often customers were drawn.
    pub draws: usize,
}

/// A customer's purchases in a month.
#[derive(Debug, Clone, Copy)]
struct Bought {
    customer: u32,
    month: u32,
    n: u32,
}

/// Counts purchases by local month. Fails where nothing is a purchase.
pub fn months(events: &Events, purchases: &Which, personas: PersonaOf, seed: u64, ctx: &Ctx) -> Result<Months, JourneysError> {
    let (begin, end) = events.span.ok_or(JourneysError::NoEvents)?;
    let matcher = WhichMatcher::new([purchases], events)?;
    let (year, month, day) = date(begin.div_euclid(86_400_000));
    // The day after the last: two years from a day are over with the day before it.
    let (last_year, last_month, last_day) = date(end.div_euclid(86_400_000) + 1);
    let is_season = (last_year - year) * 12 + i64::from(last_month) - i64::from(month) - i64::from(last_day < day) >= 24;
    // A month early: an offset may put the first events there.
    let first = year * 12 + i64::from(month) - 2;
    let n_months = if is_season { 12 } else { MOST_MONTHS + 2 };
    let parts = walk(
        events.n_customers(),
        ctx,
        || vec![0u32; n_months],
        |counts: &mut Vec<u32>, customers| {
            let mut bought = Vec::new();
            for customer in customers {
                for event in events.of(customer).filter(|&event| matcher.mask(event) & 1 == 1) {
                    let (year, month) = local_month(events.local_minute(event));
                    let at = if is_season { i64::from(month) - 1 } else { year * 12 + i64::from(month) - 1 - first };
                    counts[(at.max(0) as usize).min(n_months - 1)] += 1;
                }
                let months = counts.iter_mut().enumerate().filter(|(_, n)| **n > 0);
                bought.extend(months.map(|(month, n)| Bought { customer: customer as u32, month: month as u32, n: std::mem::take(n) }));
            }
            bought
        },
    )?;
    let bought = parts.concat();
    if bought.is_empty() {
        return Err(JourneysError::NothingChosen);
    }
    let counted = Counted {
        bought: &bought,
        group: bought.iter().map(|one| personas.get(one.customer as usize).unwrap_or(personas.count)).collect(),
        n_months,
        n: personas.count,
    };
    let draws = (0..draws_for(bought.len()) as u64).into_par_iter().map(|draw| {
        ctx.check()?;
        Ok(counted.indices(&counted.sums(|customer| times_drawn(seed, draw, customer))))
    });
    let draws = draws.collect::<Result<Vec<Vec<f64>>, JourneysError>>()?;
    let label = |at: usize| {
        let absolute = first + at as i64;
        if is_season { (None, at as u8 + 1) } else { (Some(absolute.div_euclid(12)), absolute.rem_euclid(12) as u8 + 1) }
    };
    let found = counted.told(&draws);
    let kept: Vec<usize> = (0..n_months).filter(|&month| is_season || found.0[month] > 0).collect();
    let total: usize = found.0.iter().sum();
    Ok(Months {
        is_season,
        months: kept.iter().map(|&month| label(month)).collect(),
        purchases: kept.iter().map(|&month| found.0[month]).collect(),
        shares: kept.iter().map(|&month| found.0[month] as f64 / total as f64).collect(),
        personas: found.1.iter().map(|of| kept.iter().map(|&month| of[month]).collect()).collect(),
        draws: draws.len(),
    })
}

struct Counted<'a> {
    bought: &'a [Bought],
    group: Vec<usize>,
    n_months: usize,
    n: usize,
}

impl Counted<'_> {
    /// Purchases by group and month, each customer so often; the last group is everyone.
    fn sums(&self, times: impl Fn(u64) -> u32) -> Vec<u64> {
        let mut sums = vec![0u64; (self.n + 2) * self.n_months];
        let (mut customer, mut often) = (u32::MAX, 0);
        for (one, group) in self.bought.iter().zip(&self.group) {
            if one.customer != customer {
                customer = one.customer;
                often = times(u64::from(customer));
            }
            sums[group * self.n_months + one.month as usize] += u64::from(one.n) * u64::from(often);
        }
        for at in 0..(self.n + 1) * self.n_months {
            sums[(self.n + 1) * self.n_months + at % self.n_months] += sums[at];
        }
        sums
    }

    fn share(&self, sums: &[u64], group: usize, month: usize) -> f64 {
        let of = &sums[group * self.n_months..(group + 1) * self.n_months];
        of[month] as f64 / of.iter().sum::<u64>() as f64
    }

    /// The index of every persona and month; not finite where there is none.
    fn indices(&self, sums: &[u64]) -> Vec<f64> {
        let index =
            |at: usize| 100.0 * self.share(sums, at / self.n_months, at % self.n_months) / self.share(sums, self.n + 1, at % self.n_months);
        (0..self.n * self.n_months).map(index).collect()
    }

    /// Everyone's purchases by month, and the personas' months.
    fn told(&self, draws: &[Vec<f64>]) -> (Vec<usize>, Vec<Vec<MonthIndex>>) {
        let sums = self.sums(|_| 1);
        let indices = self.indices(&sums);
        let (mut in_month, mut in_all, mut last) = (vec![0usize; (self.n + 1) * self.n_months], vec![0usize; self.n + 1], u32::MAX);
        for (one, &group) in self.bought.iter().zip(&self.group) {
            in_month[group * self.n_months + one.month as usize] += 1;
            in_all[group] += usize::from(std::mem::replace(&mut last, one.customer) != one.customer);
        }
        let total: usize = in_all.iter().sum();
        let used = (0..self.n_months).filter(|&month| sums[(self.n + 1) * self.n_months + month] > 0).count();
        let least = bonferroni_z(used * self.n);
        let of = |persona: usize, month: usize| {
            let at = persona * self.n_months + month;
            let drawn: Vec<f64> = draws.iter().map(|draw| draw[at]).filter(|index| index.is_finite()).collect();
            let sd = mean_sd(&drawn).1;
            let index = Some(indices[at]).filter(|index| index.is_finite());
            let share = if in_all[persona] > 0 { self.share(&sums, persona, month) } else { 0.0 };
            let h = cohen_h(share, self.share(&sums, self.n + 1, month));
            let is_enough = in_all[persona] >= FEWEST_COMPARED && total - in_all[persona] >= FEWEST_COMPARED && !is_hidden(in_month[at]);
            let interval = middle_95(drawn);
            let is_sure = interval.is_some() && index.is_some_and(|index| (index - 100.0).abs() >= least * sd);
            MonthIndex {
                purchases: sums[at] as usize,
                customers: in_month[at],
                share,
                index,
                interval,
                h,
                is_told: is_enough && is_sure && h.abs() >= LEAST_H,
            }
        };
        let everyone = (0..self.n_months).map(|month| sums[(self.n + 1) * self.n_months + month] as usize).collect();
        (everyone, (0..self.n).map(|persona| (0..self.n_months).map(|month| of(persona, month)).collect()).collect())
    }
}

/// Year, month and day of a number of days since 1970 (H. Hinnant 2013, "chrono-compatible low-level date algorithms").
fn date(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u8;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 } as u8;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Year and month of a local minute since 1970.
pub(super) fn local_month(minute: i64) -> (i64, u8) {
    let (year, month, _) = date(minute.div_euclid(24 * 60));
    (year, month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::events::table::{DAY, Time};
    use crate::journeys::made::{chance, events_of, on_1_and_8_threads, world};

    #[test]
    fn dates_by_hand() {
        for (days, expected) in
            [(0, (1970, 1, 1)), (-1, (1969, 12, 31)), (59, (1970, 3, 1)), (11_016, (2000, 2, 29)), (19_723, (2024, 1, 1))]
        {
            assert_eq!(date(days), expected, "{days}");
        }
    }

    fn count(rows: &[(&str, Time, &str)]) -> Months {
        let events = events_of(rows);
        let of = vec![None; events.n_customers()];
        months(&events, &Which::named("buy", &events).unwrap(), PersonaOf { of: &of, count: 0 }, 1, &Ctx::new()).unwrap()
    }

    #[test]
    fn only_two_full_years_have_a_season() {
        let found = count(&[("a", 0, "buy"), ("a", 40 * DAY, "buy"), ("b", 41 * DAY, "buy"), ("b", 729 * DAY, "view")]);
        assert!(found.is_season, "1 January 1970 to 31 December 1971");
        assert_eq!((found.purchases[..3].to_vec(), found.months[1]), (vec![1, 2, 0], (None, 2)));
        let found = count(&[("a", 0, "buy"), ("a", 40 * DAY, "buy"), ("b", 41 * DAY, "buy"), ("b", 728 * DAY, "view")]);
        assert!(!found.is_season);
        assert_eq!((found.purchases.clone(), found.months.clone()), (vec![1, 2], vec![(Some(1970), 1), (Some(1970), 2)]));
        assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_planted_season_is_told() {
        let mut random = seed::random(4, 0);
        let of: Vec<Option<u16>> = (0..800).map(|at| Some((at % 2) as u16)).collect();
        let events = world(800, |at| {
            let december = if at % 2 == 0 { 0.4 } else { 0.08 };
            let mut list = vec![(0, "view"), (730 * DAY, "view")];
            for _ in 0..6 {
                let year = random.random_range(0..2) * 365;
                let day = if chance(&mut random, december) { 334 + random.random_range(0..31) } else { random.random_range(0..334) };
                list.push(((year + day) * DAY, "buy"));
            }
            list
        });
        let buy = Which::named("buy", &events).unwrap();
        let (one, eight) = on_1_and_8_threads(|| months(&events, &buy, PersonaOf::new(&of, 2, &events).unwrap(), 1, &Ctx::new()).unwrap());
        assert!(one == eight);
        let december = &one.personas[0][11];
        assert!(december.is_told && one.is_season && december.interval.unwrap()[0] > 130.0, "{december:?}");
        assert_eq!(one.personas[0].iter().filter(|month| month.is_told).count(), 1);
        let sum: f64 = one.personas[0].iter().map(|month| month.share).sum();
        assert!((sum - 1.0).abs() < 1e-9);
    }
}
