//! Which customers are alike at a moment?
//!
//! In: the events of a customer. Out: the cell of the customer at a moment, from what had happened by then, and the stretches of time in which it stays
//! the same. O(events of the customer).
//!
//! Coarsened exact matching (S. Iacus, G. King, G. Porro 2012, "Causal Inference without Balance Checking") on visits in the last 30 days (0, 1, 2,
//! 3-4, 5 and more), days since the last event (up to 1, 3, 7, 14, 30, more), purchases so far (0, 1, 2 and more) and the quartile of how long the
//! customer is known, among those known by then.

use std::ops::Range;

use super::matcher::{EventMatcher, starts_visit};
use super::world::World;
use crate::events::table::{DAY, Time};

/// Upper ends of the classes of days since the last event.
const RECENT: [Time; 5] = [DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY];
/// How far back visits are counted.
const VISITS_OVER: Time = 30 * DAY;
/// Number of cells without persona and quartile.
pub(super) const CELLS: usize = 5 * 6 * 3;

/// How long customers are known, in order.
#[derive(Debug, Clone)]
pub(super) struct Tenure {
    /// First events of all customers, ascending.
    firsts: Vec<Time>,
}

impl Tenure {
    pub fn of(world: &World) -> Tenure {
        let events = world.events;
        let mut firsts: Vec<Time> =
            (0..events.n_customers()).filter(|&c| !events.of(c).is_empty()).map(|c| events.times[events.starts[c]]).collect();
        firsts.sort_unstable();
        Tenure { firsts }
    }

    /// How many customers are known at a moment.
    pub fn known(&self, time: Time) -> usize {
        self.firsts.partition_point(|first| *first <= time)
    }

    /// How many were known before a customer whose first event was then.
    pub fn before(&self, first: Time) -> usize {
        self.firsts.partition_point(|other| *other < first)
    }

    /// How many are known before those of the same quarter among `known`: from, to before. The last quarter has no end.
    pub fn alike(before: usize, known: usize) -> (u32, u32) {
        let quarter = (before * 4 / known.max(1)).min(3);
        let from = |quarter: usize| (quarter * known).div_ceil(4) as u32;
        (from(quarter), if quarter == 3 { u32::MAX } else { from(quarter + 1) })
    }
}

/// A stretch of time, up to before `to`, and the cell in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stay {
    pub from: Time,
    pub to: Time,
    pub cell: usize,
}

/// Walks through the cells of a customer between two moments: all stays that reach into that time. At a moment everything of that millisecond has
/// happened.
pub(super) fn stays(world: &World, purchase: &EventMatcher, rows: Range<usize>, (begin, end): (Time, Time), mut each: impl FnMut(Stay)) {
    let events = world.events;
    let first = rows.start;
    // The visits that are not yet 30 days old: from `oldest` to before `row`.
    let (mut row, mut oldest, mut visits, mut purchases, mut last) = (rows.start, rows.start, 0usize, 0usize, Time::MIN);
    let mut open: Option<Stay> = None;
    let mut recent = 0;
    // Of what is long past only the purchases are remembered.
    while row < rows.end && events.times[row] < begin - VISITS_OVER {
        purchases += usize::from(purchase.is(events, row, first));
        (last, oldest) = (events.times[row], row + 1);
        row += 1;
    }
    if last > Time::MIN {
        let (from, all) = (last, RECENT.len());
        recent = all;
        open = Some(Stay { from, to: Time::MAX, cell: cell(0, all, purchases) });
    }
    loop {
        let next_event = (row < rows.end).then(|| events.times[row]);
        // One millisecond after the end of a class the next one begins.
        let next_class = RECENT.get(recent).filter(|_| last > Time::MIN).map(|end| last + end + 1);
        while oldest < row && !starts_visit(events, oldest, first) {
            oldest += 1;
        }
        let next_leave = (oldest < row).then(|| events.times[oldest] + VISITS_OVER);
        let next = [next_event, next_class, next_leave].into_iter().flatten().min();
        let Some(time) = next.filter(|time| *time <= end) else { break };
        while row < rows.end && events.times[row] == time {
            visits += usize::from(starts_visit(events, row, first));
            purchases += usize::from(purchase.is(events, row, first));
            (last, recent) = (time, 0);
            row += 1;
        }
        while oldest < row && events.times[oldest] + VISITS_OVER <= time {
            visits -= usize::from(starts_visit(events, oldest, first));
            oldest += 1;
        }
        while RECENT.get(recent).is_some_and(|end| last + end < time) {
            recent += 1;
        }
        let cell = cell(visits, recent, purchases);
        if open.is_none_or(|open| open.cell != cell) {
            if let Some(open) = open.filter(|_| time > begin) {
                each(Stay { to: time, ..open });
            }
            open = Some(Stay { from: time, to: Time::MAX, cell });
        }
    }
    open.into_iter().for_each(each);
}

fn cell(visits: usize, recent: usize, purchases: usize) -> usize {
    let visits = match visits {
        0..=2 => visits,
        3..=4 => 3,
        _ => 4,
    };
    (visits * 6 + recent) * 3 + purchases.min(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::made::{anything, e};

    #[test]
    fn as_counted_anew_at_every_moment() {
        for seed in 0..20 {
            let events = anything(seed, 5, 60, 90);
            let world = World::of(&events);
            let purchase = EventMatcher::of(&e("purchase"), &world);
            let end = 110 * DAY;
            for customer in 0..events.n_customers() {
                let rows = events.of(customer);
                let mut found = Vec::new();
                let begin = [-100, 0, 55][customer % 3] * DAY;
                stays(&world, &purchase, rows.clone(), (begin, end), |stay| found.push(stay));
                assert!(found.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].cell != pair[1].cell));
                let moments = (0..110 * 4).flat_map(|quarter| [-1, 0, 1].map(|ms| quarter * DAY / 4 + ms));
                for time in moments.filter(|time| *time >= events.times[rows.start].max(begin)) {
                    let known: Vec<usize> = rows.clone().filter(|&row| events.times[row] <= time).collect();
                    let visits =
                        known.iter().filter(|&&row| starts_visit(&events, row, rows.start) && events.times[row] > time - 30 * DAY).count();
                    let since = time - events.times[*known.last().unwrap()];
                    let recent = RECENT.iter().filter(|end| since > **end).count();
                    let purchases = known.iter().filter(|&&row| events.kind_names[events.kinds[row] as usize] == "purchase").count();
                    let stay = found.iter().find(|stay| stay.from <= time && time < stay.to).unwrap();
                    assert_eq!(stay.cell, cell(visits, recent, purchases), "seed {seed} customer {customer} at {time}");
                    assert!(stay.cell < CELLS);
                }
            }
        }
    }
}
