//! Which triggers fire for the same customers?
//!
//! In: the fires of several triggers. Out: for each pair, what share of the fires of one has a fire of the other for the same customer within seven days
//! before or after. O(fires x triggers).

use serde::Serialize;

use super::replay::{Fire, Fires};
use crate::base::{Ctx, Stopped};
use crate::events::table::{DAY, Time};

/// How near two fires are to count as together.
const NEAR: Time = 7 * DAY;

/// One trigger beside another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TriggerOverlap {
    /// Name of the other trigger.
    pub with: String,
    /// Fires that have one of the other near them.
    pub together: usize,
    /// Their share of all fires.
    pub share: f64,
}

/// Per trigger, all others, the largest overlap first; those without any are left out.
pub fn overlaps(names: &[&str], all: &[Fires], ctx: &Ctx) -> Result<Vec<Vec<TriggerOverlap>>, Stopped> {
    let mut found = Vec::with_capacity(all.len());
    for (at, own) in all.iter().enumerate() {
        let mut of_one = Vec::new();
        for (other, others) in all.iter().enumerate().filter(|(other, _)| *other != at) {
            ctx.check()?;
            let together = together(&own.fires, &others.fires);
            if together > 0 {
                of_one.push(TriggerOverlap { with: names[other].to_owned(), together, share: together as f64 / own.fires.len() as f64 });
            }
        }
        of_one.sort_by(|a, b| (b.together, &a.with).cmp(&(a.together, &b.with)));
        found.push(of_one);
    }
    Ok(found)
}

/// Both are ordered by customer and time, so one walk along both is enough.
fn together(own: &[Fire], others: &[Fire]) -> usize {
    let mut next = 0;
    let mut together = 0;
    for fire in own {
        while others.get(next).is_some_and(|other| (other.customer, other.time) < (fire.customer, fire.time - NEAR)) {
            next += 1;
        }
        together += usize::from(others.get(next).is_some_and(|other| other.customer == fire.customer && other.time <= fire.time + NEAR));
    }
    together
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{RngExt, random};

    #[test]
    fn as_counted_pair_by_pair() {
        let mut random = random(5, 1);
        let mut some = |n: usize| {
            let mut fires: Vec<Fire> =
                (0..n).map(|_| Fire { customer: random.random_range(0..6), time: random.random_range(0..60) * DAY, row: 0 }).collect();
            fires.sort_unstable();
            Fires { fires, ..Fires::default() }
        };
        let all = [some(40), some(8), Fires::default()];
        let found = overlaps(&["a", "b", "none"], &all, &Ctx::new()).unwrap();
        for (at, other) in [(0, 1), (1, 0)] {
            let near = |a: &Fire| all[other].fires.iter().any(|b| a.customer == b.customer && (a.time - b.time).abs() <= NEAR);
            let slow = all[at].fires.iter().filter(|fire| near(fire)).count();
            assert_eq!(
                found[at],
                [TriggerOverlap { with: ["a", "b"][other].into(), together: slow, share: slow as f64 / all[at].fires.len() as f64 }]
            );
        }
        assert!(found[2].is_empty());
    }
}
