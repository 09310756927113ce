//! When was each customer there, so that an hour, a day of the week or a month can be asked for its customers?
//!
//! In: the event table, what counts as a purchase, and months. Out: per customer a bit per hour of the local week and one per month. Looked up afterwards: a pointer over a plot must not wait
//! for a walk along all events. O(events); 28 bytes per customer.

use super::JourneysError;
use super::months::local_month;
use super::rhythm::HOURS;
use super::walk::walk;
use super::which::{Which, WhichMatcher, hour_of_week};
use crate::base::Ctx;
use crate::events::table::Events;

/// Months that have a bit.
const MOST_MONTHS: usize = u32::BITS as usize;
const WORDS: usize = HOURS.div_ceil(64);

/// Hours of the week with an event, and months with a purchase, per customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhenActive {
    of: Vec<([u64; WORDS], u32)>,
}

/// Walks all events once. `months` are those that are shown: month 1 to 12, and the year where they are those of a period; beyond 32 they have no customers.
///
/// Fails where a purchase is something that the data do not have, and when stopped.
pub fn when_active(
    events: &Events,
    purchases: Option<&Which>,
    months: &[(Option<i64>, u8)],
    ctx: &Ctx,
) -> Result<WhenActive, JourneysError> {
    let matcher = WhichMatcher::new(purchases, events)?;
    let months = &months[..months.len().min(MOST_MONTHS)];
    let month_of = |minute: i64| {
        let (year, month) = local_month(minute);
        months.iter().position(|(of_year, of_month)| *of_month == month && of_year.is_none_or(|of_year| of_year == year))
    };
    let of_chunk = |_: &mut (), customers: std::ops::Range<usize>| {
        let of_customer = |customer: usize| {
            let (mut hours, mut bought) = ([0u64; WORDS], 0u32);
            for event in events.of(customer) {
                let minute = events.local_minute(event);
                let hour = hour_of_week(minute);
                hours[hour / 64] |= 1 << (hour % 64);
                if purchases.is_some() && matcher.mask(event) & 1 == 1 {
                    bought |= month_of(minute).map_or(0, |month| 1 << month);
                }
            }
            (hours, bought)
        };
        customers.map(of_customer).collect::<Vec<_>>()
    };
    Ok(WhenActive { of: walk(events.n_customers(), ctx, || (), of_chunk)?.concat() })
}

impl WhenActive {
    /// The customers with an event in any of the hours that are meant, from Monday 0:00; ascending.
    pub fn in_hours(&self, is_meant: impl Fn(usize) -> bool) -> Vec<u32> {
        let mut meant = [0u64; WORDS];
        (0..HOURS).filter(|&hour| is_meant(hour)).for_each(|hour| meant[hour / 64] |= 1 << (hour % 64));
        self.with(|(hours, _)| hours.iter().zip(&meant).any(|(hours, meant)| hours & meant != 0))
    }

    /// The customers with a purchase in the month at this place; ascending.
    pub fn in_month(&self, at: usize) -> Vec<u32> {
        self.with(|(_, months)| at < MOST_MONTHS && months & (1 << at) != 0)
    }

    fn with(&self, is_meant: impl Fn(&([u64; WORDS], u32)) -> bool) -> Vec<u32> {
        self.of.iter().enumerate().filter(|(_, of)| is_meant(of)).map(|(customer, _)| customer as u32).collect()
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.of[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::table::DAY;
    use crate::journeys::made::{HOUR, events_of, on_1_and_8_threads, world};

    #[test]
    fn hours_and_months_know_their_customers() {
        // 1 January 1970 was a Thursday; a: at 10 and, in February, at 23; b: on a Friday at 10, a purchase.
        let events =
            events_of(&[("a", 10 * HOUR, "buy"), ("a", 35 * DAY + 23 * HOUR, "view"), ("b", DAY + 10 * HOUR, "buy"), ("c", 0, "view")]);
        let buys = Which::named("buy", &events).unwrap();
        let months = [(Some(1970), 1), (Some(1970), 2), (Some(1971), 1)];
        let when = when_active(&events, Some(&buys), &months, &Ctx::new()).unwrap();
        assert_eq!(when.in_hours(|hour| hour == 3 * 24 + 10), [0]);
        assert_eq!(when.in_hours(|hour| hour % 24 == 10), [0, 1]);
        assert_eq!(when.in_hours(|hour| hour / 24 == 3), [0, 2], "Thursdays");
        assert_eq!((when.in_hours(|_| true).len(), when.in_hours(|_| false).len()), (3, 0));
        assert_eq!([0, 1, 2, 40].map(|at| when.in_month(at)), [vec![0, 1], vec![], vec![], vec![]], "a view is no purchase");
        let of_any_year = when_active(&events, Some(&buys), &[(None, 1)], &Ctx::new()).unwrap();
        assert_eq!(of_any_year.in_month(0), [0, 1]);
        let without = when_active(&events, None, &months, &Ctx::new()).unwrap();
        assert_eq!((without.in_month(0), without.in_hours(|hour| hour % 24 == 10)), (vec![], vec![0, 1]));
        assert!(when_active(&events, None, &months, &Ctx::stopping_after(0)).is_err());
    }

    #[test]
    fn the_same_on_any_number_of_threads() {
        let events = world(3_000, |at| (0..5).map(|nth| ((at as i64 * 7 + nth * 31) * HOUR, "x")).collect());
        let run = || when_active(&events, None, &[(None, 1)], &Ctx::new()).unwrap();
        let (one, eight) = on_1_and_8_threads(run);
        assert_eq!(one, eight);
        // Held against a walk by hand.
        let by_hand = |hour: usize| -> Vec<u32> {
            let is_there = |customer: &usize| events.of(*customer).any(|event| hour_of_week(events.local_minute(event)) == hour);
            (0..3_000).filter(is_there).map(|customer| customer as u32).collect()
        };
        for hour in [0, 63, 64, 100, 167] {
            assert_eq!(one.in_hours(|of| of == hour), by_hand(hour), "{hour}");
        }
    }
}
