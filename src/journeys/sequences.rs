//! Which sequence of kinds stands for each customer?
//!
//! In: the event table, kinds, which part of the history. Out: a short sequence of symbols per customer. O(events).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::JourneysError;
use super::kinds::Kinds;
use super::walk::{visits, walk};
use super::which::{Which, WhichMatcher};
use crate::base::Ctx;
use crate::events::table::{DAY, Events, Time};

/// Symbols kept of a sequence; what is longer is cut and counted.
pub const LONGEST: usize = 200;
/// Weeks of a sequence of weeks. Only customers who are observed for all of them have one.
pub const WEEKS: usize = 12;
/// From how many events on a visit is deep.
const DEEP: usize = 5;
/// What a visit or a week was, from least to most.
pub const VISIT_TYPES: [&str; 5] = ["no visit", "single event", "short visit", "deep visit", "visit with a goal"];

/// Which part of a history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JourneyPart {
    /// The kinds of the first visit.
    #[default]
    FirstVisit,
    /// Of the last visit.
    LastVisit,
    /// Of the visit of middle length; of several the first.
    TypicalVisit,
    /// The most that happened in each of the first twelve weeks, as types of visits.
    Weeks,
}

/// A sequence per customer; empty for those who have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequences {
    /// What the symbols are called.
    pub names: Vec<String>,
    /// The sequence of customer `c` is `symbols[starts[c]..starts[c + 1]]`.
    pub starts: Vec<usize>,
    /// All symbols.
    pub symbols: Vec<u8>,
    /// Customers whose sequence was longer than [`LONGEST`].
    pub cut: usize,
}

impl Sequences {
    /// The sequence of a customer.
    pub fn of(&self, customer: usize) -> &[u8] {
        &self.symbols[self.starts[customer]..self.starts[customer + 1]]
    }
}

/// The type of a visit, as a place in [`VISIT_TYPES`].
pub(super) fn visit_type(n_events: usize, has_goal: bool) -> usize {
    match n_events {
        _ if has_goal => 4,
        0 => 0,
        1 => 1,
        n if n < DEEP => 2,
        _ => 3,
    }
}

/// A sequence for every customer; repeats in a row are one symbol, except of weeks. `goal` are the events that make a visit one with a goal.
pub fn sequences(events: &Events, kinds: &Kinds, part: JourneyPart, goal: Option<&Which>, ctx: &Ctx) -> Result<Sequences, JourneysError> {
    let (_, end) = events.span.ok_or(JourneysError::NoEvents)?;
    let matcher = WhichMatcher::new(goal, events)?;
    let has_goal = |visit: Range<usize>| visit.into_iter().any(|event| matcher.mask(event) & 1 == 1);
    let parts = walk(
        events.n_customers(),
        ctx,
        || (),
        |(), customers| {
            let (mut symbols, mut lengths, mut cut) = (Vec::new(), Vec::new(), 0);
            for customer in customers {
                let before = symbols.len();
                let whole = events.of(customer);
                if part == JourneyPart::Weeks {
                    weeks(events, whole, end, &has_goal, &mut symbols);
                } else if let Some(visit) = chosen_visit(events, whole, part) {
                    symbols.extend(visit.map(|event| kinds.class[events.kinds[event] as usize]));
                    dedup_from(&mut symbols, before);
                }
                cut += usize::from(symbols.len() - before > LONGEST);
                symbols.truncate(before + LONGEST);
                lengths.push(symbols.len() - before);
            }
            (symbols, lengths, cut)
        },
    )?;
    let names = if part == JourneyPart::Weeks { VISIT_TYPES.map(str::to_owned).to_vec() } else { kinds.names.clone() };
    let mut all = Sequences { names, starts: vec![0], symbols: Vec::new(), cut: 0 };
    for (symbols, lengths, cut) in parts {
        for length in lengths {
            all.starts.push(all.starts[all.starts.len() - 1] + length);
        }
        all.symbols.extend(symbols);
        all.cut += cut;
    }
    Ok(all)
}

fn chosen_visit(events: &Events, whole: Range<usize>, part: JourneyPart) -> Option<Range<usize>> {
    match part {
        JourneyPart::FirstVisit => visits(&events.visits, whole).next(),
        JourneyPart::LastVisit => visits(&events.visits, whole).last(),
        _ => {
            let mut all: Vec<Range<usize>> = visits(&events.visits, whole).collect();
            let middle = all.len().checked_sub(1)? / 2;
            all.sort_by_key(|visit| (visit.len(), visit.start));
            Some(all.swap_remove(middle))
        }
    }
}

fn weeks(events: &Events, whole: Range<usize>, end: Time, has_goal: &impl Fn(Range<usize>) -> bool, symbols: &mut Vec<u8>) {
    if whole.is_empty() || end - events.times[whole.start] < WEEKS as Time * 7 * DAY {
        return;
    }
    let first = events.times[whole.start];
    let mut most = [0u8; WEEKS];
    for visit in visits(&events.visits, whole) {
        let week = ((events.times[visit.start] - first) / (7 * DAY)) as usize;
        if let Some(most) = most.get_mut(week) {
            *most = (*most).max(visit_type(visit.len(), has_goal(visit)) as u8);
        }
    }
    symbols.extend(most);
}

/// Repeats in a row from this place on are one.
fn dedup_from(symbols: &mut Vec<u8>, from: usize) {
    let mut kept = from;
    for at in from..symbols.len() {
        if kept == from || symbols[at] != symbols[kept - 1] {
            symbols[kept] = symbols[at];
            kept += 1;
        }
    }
    symbols.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journeys::made::{HOUR, events_of};

    #[test]
    fn parts_of_a_history() {
        let events = events_of(&[
            ("a", 0, "x"),
            ("a", 1, "x"),
            ("a", 2, "y"),
            ("a", HOUR, "z"),
            ("a", 8 * DAY, "y"),
            ("a", 8 * DAY + 1, "z"),
            ("a", 8 * DAY + 2, "x"),
            ("a", 8 * DAY + 3, "z"),
            ("b", 84 * DAY, "x"),
        ]);
        let kinds = Kinds { class: vec![0, 1, 2], names: vec!["x".into(), "y".into(), "z".into()], others: 0 };
        let of = |part| sequences(&events, &kinds, part, Some(&Which::named("y", &events).unwrap()), &Ctx::new()).unwrap();
        assert_eq!(of(JourneyPart::FirstVisit).of(0), [0, 1]);
        assert_eq!(of(JourneyPart::LastVisit).of(0), [1, 2, 0, 2]);
        assert_eq!(of(JourneyPart::TypicalVisit).of(0), [0, 1], "of one, three and four events: the middle one");
        let weeks = of(JourneyPart::Weeks);
        assert_eq!(weeks.of(0), [4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert!(weeks.of(1).is_empty(), "not observed that long");
    }
}
