//! When is a customer one of those a trigger is for?
//!
//! In: a trigger and what was known when. Out: the stretches of the period in which the customer is of the audience and the conditions on columns hold.
//! O(snapshots).

use super::condition::{Cursor, Ready};
use super::replay::{Period, Prepared};
use super::world::World;
use crate::events::table::Time;

/// Stretches, both ends included, ascending.
pub(super) fn stretches(world: &World, trigger: &Prepared, customer: usize, period: &Period) -> Vec<(Time, Time)> {
    // What is known changes where a snapshot begins; before the first one nothing is.
    let mut starts: Vec<Time> = vec![period.from];
    starts.extend(world.snapshots.iter().map(|snapshot| snapshot.from).filter(|from| *from > period.from && *from <= period.end));
    let column = |ready: &&Ready| ready.is_column();
    let holds = |ready: &Ready, time: Time| ready.holds(&Cursor::new(ready, 0..0).measure(world, customer, time));
    (starts.iter().enumerate())
        .filter(|(_, from)| {
            trigger.whom.has(world, customer, **from)
                && trigger.and.iter().filter(column).all(|ready| holds(ready, **from))
                && !trigger.unless.iter().filter(column).any(|ready| holds(ready, **from))
        })
        .map(|(at, from)| (*from, starts.get(at + 1).map_or(period.end, |next| next - 1)))
        .collect()
}
