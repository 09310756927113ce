//! When did each customer do this?
//!
//! In: a sort of events. Out: the times of all of them, customer by customer, and quick answers about a span. O(events) to make, O(log) to ask.

use rayon::prelude::*;

use super::matcher::EventMatcher;
use super::replay::parts;
use super::world::World;
use crate::base::{Ctx, Stopped};
use crate::events::table::Time;

/// Times of events of one sort.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Occurrences {
    starts: Vec<usize>,
    times: Vec<Time>,
}

impl Occurrences {
    /// Finds them.
    pub(super) fn of(matcher: &EventMatcher, world: &World, ctx: &Ctx) -> Result<Occurrences, Stopped> {
        let events = world.events;
        let of_part = |part: &std::ops::Range<usize>| -> Result<(Vec<usize>, Vec<Time>), Stopped> {
            ctx.check()?;
            let (mut sizes, mut times, mut rows) = (Vec::with_capacity(part.len()), Vec::new(), Vec::new());
            for customer in part.clone() {
                matcher.rows(events, events.of(customer), &mut rows);
                times.extend(rows.iter().map(|&row| events.times[row]));
                sizes.push(rows.len());
            }
            Ok((sizes, times))
        };
        let parts: Vec<_> = parts(events, 1 << 18).par_iter().map(of_part).collect::<Result<_, _>>()?;
        let mut all = Occurrences { starts: vec![0], times: Vec::new() };
        for (sizes, times) in parts {
            for size in sizes {
                all.starts.push(all.starts.last().copied().unwrap_or_default() + size);
            }
            all.times.extend(times);
        }
        Ok(all)
    }

    /// Those of a customer, ascending.
    pub fn of_customer(&self, customer: usize) -> &[Time] {
        &self.times[self.starts[customer]..self.starts[customer + 1]]
    }

    /// The first one after `after`, if it is not after `upto`.
    pub fn first_in(&self, customer: usize, after: Time, upto: Time) -> Option<Time> {
        let times = self.of_customer(customer);
        times.get(times.partition_point(|time| *time <= after)).copied().filter(|time| *time <= upto)
    }
}
