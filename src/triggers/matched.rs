//! Who was in the same situation when a trigger fired, and had not been fired for?
//!
//! In: the fires to compare. Out: for each of them up to five customers in the same cell at the same moment. O(events + pairs of fires and customers
//! that share a cell at the moment).
//!
//! Matching in risk sets (Y. P. Li, K. J. Propert, P. R. Rosenbaum 2001, "Balanced Risk Set Matching"): who is compared is decided from what had
//! happened by then. A customer for whom the trigger fires later stays in; leaving such customers out would look ahead, and make those who wait look
//! better or worse than they were (M. A. Hernán et al. 2016, immortal time). Of all who are alike, those with the smallest hash of seed, fire and
//! customer are taken: a sample that is the same on every machine.

use std::ops::Range;

use rayon::prelude::*;

use super::cells::{CELLS, Tenure, stays};
use super::matcher::EventMatcher;
use super::replay::{Fire, parts};
use super::world::World;
use crate::base::{Ctx, Stopped};
use crate::events::table::Time;

/// The most customers a fire is compared with.
pub const CONTROLS: usize = 5;
/// Into how many parts the customers are divided at least for the search; each holds a list for every fire.
const PARTS: usize = 16;

/// Customers a fire is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Alike {
    n: usize,
    nearest: [(u64, u32); CONTROLS],
}

impl Alike {
    /// Indices of the customers.
    pub fn customers(&self) -> impl Iterator<Item = usize> + '_ {
        self.nearest[..self.n].iter().map(|(_, customer)| *customer as usize)
    }

    /// Whether there is anyone.
    pub fn is_matched(&self) -> bool {
        self.n > 0
    }

    /// Takes a customer if the hash is among the smallest. Returns the largest hash that would still be taken.
    fn offer(&mut self, hash: u64, customer: u32) -> u64 {
        let place = self.nearest[..self.n].partition_point(|other| *other < (hash, customer));
        if place < CONTROLS {
            self.n = (self.n + 1).min(CONTROLS);
            self.nearest[place..self.n].rotate_right(1);
            self.nearest[place] = (hash, customer);
        }
        if self.n < CONTROLS { u64::MAX } else { self.nearest[CONTROLS - 1].0 }
    }

    fn merge(&mut self, other: &Alike) {
        for (hash, customer) in &other.nearest[..other.n] {
            self.offer(*hash, *customer);
        }
    }
}

/// A fire in its cell.
#[derive(Debug, Clone, Copy)]
struct Placed {
    time: Time,
    at: u32,
    customer: u32,
    /// Those of the same quartile have as many customers known before them: from, to before.
    quartile: (u32, u32),
}

/// Finds them. `compared` are the fires to compare, `all` every fire of the trigger, both by customer and time.
pub(super) fn matched(
    world: &World,
    purchase: &EventMatcher,
    compared: &[Fire],
    all: &[Fire],
    within: Time,
    seed: u64,
    ctx: &Ctx,
) -> Result<Vec<Alike>, Stopped> {
    let tenure = Tenure::of(world);
    let cells = placed(world, purchase, &tenure, compared, ctx)?;
    let last = compared.iter().map(|fire| fire.time).max().unwrap_or_default();
    let first = compared.iter().map(|fire| fire.time).min().unwrap_or_default();
    let events = world.events;
    let of_part = |part: &Range<usize>| -> Result<Vec<Alike>, Stopped> {
        let mut found = vec![Alike::default(); compared.len()];
        let mut limits = vec![u64::MAX; compared.len()];
        for (nth, customer) in part.clone().enumerate() {
            if nth % 1_024 == 0 {
                ctx.check()?;
            }
            let rows = events.of(customer);
            if rows.is_empty() {
                continue;
            }
            let before = tenure.before(events.times[rows.start]) as u32;
            let own = of_customer(all, customer);
            stays(world, purchase, rows, (first, last), |stay| {
                for (persona, from, to) in personas(world, customer, stay.from, stay.to) {
                    let fires = &cells[place(persona, stay.cell)];
                    if fires.last().is_none_or(|fire| fire.time < from) {
                        continue;
                    }
                    let low = fires.partition_point(|fire| fire.time < from);
                    for fire in fires[low..].iter().take_while(|fire| fire.time < to) {
                        if !(fire.quartile.0..fire.quartile.1).contains(&before) {
                            continue;
                        }
                        // The hash first: of very many that are alike only a few come near enough, and the list of limits fits the cache.
                        let (hash, at) = (hash(seed, fire.at, customer as u32), fire.at as usize);
                        if hash <= limits[at] && fire.customer != customer as u32 && !has_fired(own, fire.time - within, fire.time) {
                            limits[at] = found[at].offer(hash, customer as u32);
                        }
                    }
                }
            });
        }
        Ok(found)
    };
    let size = (events.n_events() / PARTS).max(1 << 12);
    let parts: Vec<Vec<Alike>> = parts(events, size).par_iter().map(of_part).collect::<Result<_, _>>()?;
    let mut found = vec![Alike::default(); compared.len()];
    for part in parts {
        found.iter_mut().zip(&part).for_each(|(all, part)| all.merge(part));
    }
    Ok(found)
}

/// The fires of a customer.
pub(super) fn of_customer(fires: &[Fire], customer: usize) -> &[Fire] {
    let low = fires.partition_point(|fire| (fire.customer as usize) < customer);
    let n = fires[low..].partition_point(|fire| fire.customer as usize == customer);
    &fires[low..low + n]
}

/// Whether one of the fires of a customer is in a span, both ends included.
pub(super) fn has_fired(own: &[Fire], from: Time, to: Time) -> bool {
    own.get(own.partition_point(|fire| fire.time < from)).is_some_and(|fire| fire.time <= to)
}

/// The fires by persona and cell, ascending by time.
fn placed(world: &World, purchase: &EventMatcher, tenure: &Tenure, compared: &[Fire], ctx: &Ctx) -> Result<Vec<Vec<Placed>>, Stopped> {
    let events = world.events;
    let personas = world.snapshots.iter().map(|of| of.personas.names.len()).max().unwrap_or_default();
    let mut cells: Vec<Vec<Placed>> = vec![Vec::new(); (personas + 1) * CELLS];
    let mut at = 0;
    for own in compared.chunk_by(|a, b| a.customer == b.customer) {
        if at % 1_024 < own.len() {
            ctx.check()?;
        }
        let customer = own[0].customer as usize;
        let rows = events.of(customer);
        let before = tenure.before(events.times[rows.start]);
        let mut next = 0;
        stays(world, purchase, rows, (own[0].time, own[own.len() - 1].time), |stay| {
            while let Some(fire) = own.get(next).filter(|fire| fire.time < stay.to) {
                let quartile = Tenure::alike(before, tenure.known(fire.time));
                let placed = Placed { time: fire.time, at: (at + next) as u32, customer: fire.customer, quartile };
                cells[place(persona(world, customer, fire.time), stay.cell)].push(placed);
                next += 1;
            }
        });
        at += own.len();
    }
    for fires in &mut cells {
        fires.sort_unstable_by_key(|fire| (fire.time, fire.at));
    }
    Ok(cells)
}

/// Where the fires of a persona and cell are kept; those without a persona come first.
fn place(persona: u32, cell: usize) -> usize {
    persona.wrapping_add(1) as usize * CELLS + cell
}

/// The persona, or the number that stands for none.
fn persona(world: &World, customer: usize, time: Time) -> u32 {
    world.persona_at(customer, time).unwrap_or(u32::MAX)
}

/// The personas of a customer in a stretch of time, each with its part of it.
fn personas<'a>(world: &'a World, customer: usize, from: Time, to: Time) -> impl Iterator<Item = (u32, Time, Time)> + 'a {
    let snapshots = world.snapshots;
    let first = snapshots.partition_point(|snapshot| snapshot.from <= from);
    let last = snapshots.partition_point(|snapshot| snapshot.from < to);
    (first..=last.max(first)).map(move |at| {
        let of = if at == 0 { u32::MAX } else { snapshots[at - 1].personas.at(customer).unwrap_or(u32::MAX) };
        let begins = if at == first { from } else { snapshots[at - 1].from };
        let ends = if at >= last { to } else { snapshots[at].from };
        (of, begins, ends)
    })
}

/// A hash of three numbers (the finaliser of SplitMix64 after each).
fn hash(seed: u64, fire: u32, customer: u32) -> u64 {
    let mix = |of: u64| {
        let of = (of ^ (of >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let of = (of ^ (of >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        of ^ (of >> 31)
    };
    mix(mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ (u64::from(fire) << 32 | u64::from(customer)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::table::DAY;
    use crate::triggers::language::Moment;
    use crate::triggers::made::{anything, e, trigger};
    use crate::triggers::matcher::starts_visit;
    use crate::triggers::replay::{Period, replay};
    use crate::triggers::world::{CustomerGroups, Snapshot};

    #[test]
    fn as_searched_one_by_one() {
        let mut total = 0;
        for seed in 0..12 {
            let events = anything(seed, 60, 900, 120);
            let n = events.n_customers() as u32;
            let groups =
                |shift: u32| CustomerGroups { names: vec!["x".into(), "y".into()], of: (0..n).map(|c| (c / 3 + shift) % 2).collect() };
            let snapshots =
                [50, 80].map(|day| Snapshot { made: day * DAY, from: day * DAY, personas: groups(day as u32 / 30), ..Snapshot::default() });
            let world = World { snapshots: &snapshots, ..World::of(&events) };
            let mut rule = trigger("return", Moment::On(e("return")));
            rule.cooldown = crate::triggers::language::Span::days(3);
            let period = Period { from: 40 * DAY, end: events.span.unwrap().1, gaps: Vec::new() };
            let fires = replay(&world, &[rule], &period, &Ctx::new()).unwrap().remove(0).fires;
            let purchase = EventMatcher::of(&e("purchase"), &world);
            let within = 14 * DAY;
            let found = matched(&world, &purchase, &fires, &fires, within, seed, &Ctx::new()).unwrap();
            let known = |time: Time| (0..n as usize).filter(|&c| events.times[events.starts[c]] <= time).count();
            let situation = |customer: usize, time: Time| {
                let rows = events.of(customer);
                let first = rows.start;
                let come: Vec<usize> = rows.filter(|&row| events.times[row] <= time).collect();
                let since = time - events.times[*come.last()?];
                let visits = come.iter().filter(|&&row| starts_visit(&events, row, first) && events.times[row] > time - 30 * DAY).count();
                let before = (0..n as usize).filter(|&c| events.times[events.starts[c]] < events.times[first]).count();
                Some((
                    world.persona_at(customer, time),
                    [1, 2, 3, 5].iter().filter(|least| visits >= **least).count(),
                    [1, 3, 7, 14, 30].iter().filter(|days| since > **days * DAY).count(),
                    come.iter().filter(|&&row| purchase.is(&events, row, first)).count().min(2),
                    (before * 4 / known(time)).min(3),
                ))
            };
            for (at, (fire, alike)) in fires.iter().zip(&found).enumerate() {
                let mut slow: Vec<(u64, usize)> = (0..n as usize)
                    .filter(|&c| c != fire.customer as usize && situation(c, fire.time) == situation(fire.customer as usize, fire.time))
                    .filter(|&c| !fires.iter().any(|f| f.customer as usize == c && f.time <= fire.time && f.time >= fire.time - within))
                    .map(|c| (hash(seed, at as u32, c as u32), c))
                    .collect();
                slow.sort_unstable();
                assert_eq!(alike.is_matched(), !slow.is_empty());
                total += slow.len();
                assert_eq!(alike.customers().collect::<Vec<_>>(), slow.into_iter().take(CONTROLS).map(|(_, c)| c).collect::<Vec<_>>());
            }
        }
        assert!(total > 100, "{total}");
    }
}
