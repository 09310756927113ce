//! Which kinds of events are shown by name?
//!
//! In: the event table. Out: the kinds most customers have, and that all others are one. The kinds themselves stay as they are in the table, so that "other" can
//! always be opened. O(events + kinds x log).

use crate::base::{Ctx, Stopped};

use super::table::{Events, NONE};

/// Kinds that are shown by name.
pub const SHOWN: usize = 30;

/// A kind and how common it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindCount {
    /// Index into the kinds of the table.
    pub kind: u32,
    /// Customers who have it.
    pub n_customers: usize,
    /// Events.
    pub n_events: usize,
}

/// Kinds by how many customers have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopKinds {
    /// Those shown by name, the most common first; by events and then by name where as many have them.
    pub shown: Vec<KindCount>,
    /// Those that are "other", in the same order.
    pub other: Vec<KindCount>,
    /// Per kind of the table its place in `shown`, or [`NONE`].
    pub place: Vec<u32>,
}

/// The `most` kinds that most customers have.
///
/// Fails if the work is to stop.
pub fn top_kinds(events: &Events, most: usize, ctx: &Ctx) -> Result<TopKinds, Stopped> {
    let n_kinds = events.kind_names.len();
    let mut counts: Vec<KindCount> = (0..n_kinds).map(|kind| KindCount { kind: kind as u32, n_customers: 0, n_events: 0 }).collect();
    let mut last = vec![usize::MAX; n_kinds];
    for customer in 0..events.n_customers() {
        if customer.is_multiple_of(1024) {
            ctx.check()?;
        }
        for &kind in &events.kinds[events.of(customer)] {
            let count = &mut counts[kind as usize];
            count.n_events += 1;
            if last[kind as usize] != customer {
                last[kind as usize] = customer;
                count.n_customers += 1;
            }
        }
    }
    // Names are in the order of the alphabet, and so are the numbers.
    counts.sort_by_key(|count| (std::cmp::Reverse((count.n_customers, count.n_events)), count.kind));
    let other = counts.split_off(most.min(counts.len()));
    let mut place = vec![NONE; n_kinds];
    counts.iter().enumerate().for_each(|(at, count)| place[count.kind as usize] = at as u32);
    Ok(TopKinds { shown: counts, other, place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_count_before_events_and_names_break_ties() {
        let events = Events {
            customers: vec!["x".into(), "y".into()],
            starts: vec![0, 4, 6],
            kinds: vec![0, 0, 0, 1, 1, 2],
            kind_names: vec!["a".into(), "b".into(), "c".into()],
            ..Events::default()
        };
        let top = top_kinds(&events, 2, &Ctx::new()).unwrap();
        assert_eq!(top.shown, [KindCount { kind: 1, n_customers: 2, n_events: 2 }, KindCount { kind: 0, n_customers: 1, n_events: 3 }]);
        assert_eq!((top.other[0].kind, top.other[0].n_events, top.place), (2, 1, vec![1, 0, NONE]));
        assert_eq!(top_kinds(&events, SHOWN, &Ctx::new()).unwrap().other, []);
        assert_eq!(top_kinds(&events, 2, &Ctx::stopping_after(1)), Err(Stopped));
    }
}
