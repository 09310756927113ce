//! In which order are customers shown one by one, and whose history stands for many?
//!
//! In: the event table, personas. Out: everyone and each persona in an order drawn by chance, so that whoever reads the first dozen has read a fair sample and not
//! the first of the file; and per group the real customer whose first twelve weeks are nearest to all others, where they stand for a quarter at least.
//! O(n log n), and what typical journeys cost. These are lines of single customers: they are for the window, and leave with no export.

use super::kinds::Kinds;
use super::resample::mixed;
use super::sequences::{JourneyPart, sequences};
use super::typical::typical;
use super::which::Which;
use super::{JourneysError, PersonaOf};
use crate::base::{Ctx, may_be_told};
use crate::events::table::Events;

/// Salt of the order.
const SALT: u64 = 0x7469_6d65_6c69_6e65;

/// Customers one by one, of everyone or of a persona.
#[derive(Debug, Clone, PartialEq)]
pub struct Timelines {
    /// The persona; none is everyone.
    pub persona: Option<usize>,
    /// Its customers who did anything, in an order drawn by chance.
    pub customers: Vec<u32>,
    /// The customer whose first twelve weeks stand for most, and for what share of them; none where they stand for fewer than a quarter.
    pub typical: Option<(u32, f64)>,
}

/// Of everyone, then of every persona. The seed decides the order.
///
/// Fails where the personas are of other customers, and when stopped.
pub fn timelines(
    events: &Events,
    personas: PersonaOf,
    kinds: &Kinds,
    purchase: Option<&Which>,
    seed: u64,
    ctx: &Ctx,
) -> Result<Vec<Timelines>, JourneysError> {
    let weeks = sequences(events, kinds, JourneyPart::Weeks, purchase, ctx)?;
    let typical = typical(&weeks, personas, seed, ctx)?;
    ctx.check()?;
    let mut order: Vec<u32> = (0..events.n_customers() as u32).filter(|&customer| !events.of(customer as usize).is_empty()).collect();
    order.sort_by_cached_key(|&customer| (mixed(seed ^ SALT ^ mixed(u64::from(customer))), customer));
    let of = |persona: Option<usize>| {
        let is_meant = |customer: &u32| persona.is_none() || personas.get(*customer as usize) == persona;
        let found = typical.iter().find(|of| of.persona == persona).filter(|of| of.is_typical);
        // What stands for a few would tell of them.
        let told = found.and_then(|of| {
            of.journeys.first().filter(|journey| may_be_told(journey.covers)).map(|journey| (journey.customer, of.coverage))
        });
        Timelines { persona, customers: order.iter().copied().filter(is_meant).collect(), typical: told }
    };
    Ok(std::iter::once(None).chain((0..personas.count).map(Some)).map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::kinds::SHOWN;
    use crate::events::table::{DAY, NONE};

    /// Customers with an event per week for `weeks` weeks; every third is of persona 1.
    fn shop(n: usize, weeks: usize) -> (Events, Vec<Option<u16>>) {
        let mut events = Events {
            kind_names: vec!["view".into(), "purchase".into()],
            context_names: vec![Default::default()],
            starts: vec![0],
            ..Events::default()
        };
        for customer in 0..n {
            events.customers.push(format!("K{customer:04}"));
            for week in 0..weeks {
                events.times.push((week as i64 * 7 + 1) * DAY);
                events.kinds.push(u32::from(customer % 3 == 0));
                events.pages.push(NONE);
                events.visits.push(week as u32);
                events.values.push(f64::NAN);
                events.contexts.push(0);
            }
            events.starts.push(events.times.len());
        }
        // Nobody of this one did anything.
        events.customers.push("L".into());
        events.starts.push(events.times.len());
        events.span = Some((0, weeks as i64 * 7 * DAY));
        (events, (0..=n).map(|customer| Some(u16::from(customer % 3 == 0))).collect())
    }

    #[test]
    fn everyone_who_did_anything_is_there_once_and_the_order_is_no_order_of_the_file() {
        let (events, of) = shop(300, 14);
        let personas = PersonaOf::new(&of, 2, &events).unwrap();
        let kinds = Kinds::of(&events, SHOWN, &Ctx::new()).unwrap();
        let drawn = |seed: u64| timelines(&events, personas, &kinds, None, seed, &Ctx::new()).unwrap();
        let found = drawn(1);
        assert_eq!(found.iter().map(|of| of.persona).collect::<Vec<_>>(), [None, Some(0), Some(1)]);
        let mut all = found[0].customers.clone();
        assert_ne!(all, (0..300).collect::<Vec<u32>>());
        all.sort_unstable();
        assert_eq!(all, (0..300).collect::<Vec<u32>>(), "and not the one without events");
        assert_eq!(found[1].customers.len() + found[2].customers.len(), 300);
        assert!(found[2].customers.iter().all(|customer| customer % 3 == 0));
        // The order within a persona is that of everyone.
        let of_persona: Vec<u32> = found[0].customers.iter().copied().filter(|customer| customer % 3 == 0).collect();
        assert_eq!(found[2].customers, of_persona);
        assert_eq!(drawn(1), found, "the same seed gives the same order");
        assert_ne!(drawn(2)[0].customers, found[0].customers);
        // All of a persona have one history, so that one stands for all.
        assert!(found.iter().skip(1).all(|of| of.typical.is_some_and(|(_, coverage)| coverage > 0.99)), "{found:?}");
    }

    #[test]
    fn who_is_observed_too_short_is_shown_and_stands_for_nobody() {
        let (events, of) = shop(60, 5);
        let personas = PersonaOf::new(&of, 2, &events).unwrap();
        let kinds = Kinds::of(&events, SHOWN, &Ctx::new()).unwrap();
        let found = timelines(&events, personas, &kinds, None, 1, &Ctx::new()).unwrap();
        assert_eq!((found[0].customers.len(), found[0].typical), (60, None));
    }
}
