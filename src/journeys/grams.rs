//! What has a customer done, as short patterns?
//!
//! In: the classes of a customer's events in a window. Out: the code of every pattern the customer has at least once: one to four kinds in a row within a
//! visit, and "a, then b within so many days". O(events × kinds).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::events::table::{Events, Time};

use super::kinds::Kinds;

/// Kinds that fit into a code: five bits, of which 0 stands for none.
pub(super) const MOST_KINDS: usize = 31;
const IN_A_ROW: usize = 1 << 20;
/// Codes there are.
pub(super) const CODES: usize = IN_A_ROW + (1 << 10);

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// These kinds directly after one another in a visit.
    InARow(Vec<u8>),
    /// The first, and the second some time later.
    Then(u8, u8),
}

impl Pattern {
    pub(super) fn of(code: u32) -> Pattern {
        let symbol = |at: u32| (code >> (5 * at) & 31) as u8;
        if (code as usize) < IN_A_ROW {
            Pattern::InARow((0..4).rev().map(symbol).filter(|&symbol| symbol > 0).map(|symbol| symbol - 1).collect())
        } else {
            Pattern::Then(symbol(1).saturating_sub(1), symbol(0).saturating_sub(1))
        }
    }

    /// The classes in it, in order.
    pub fn kinds(&self) -> Vec<u8> {
        match self {
            Pattern::InARow(kinds) => kinds.clone(),
            Pattern::Then(a, b) => vec![*a, *b],
        }
    }

    /// In words.
    pub fn words(&self, names: &[String]) -> String {
        let name = |kind: &u8| names.get(usize::from(*kind)).map_or("?", String::as_str);
        match self {
            Pattern::InARow(kinds) => kinds.iter().map(name).collect::<Vec<_>>().join(" → "),
            Pattern::Then(a, b) => format!("{} … {}", name(a), name(b)),
        }
    }
}

/// The code of the pattern that is one kind alone.
pub(super) fn alone(kind: u8) -> u32 {
    u32::from(kind) + 1
}

/// Space that is used again for the next customer.
pub(super) struct Seen {
    by_code: Vec<u32>,
    last: [Time; MOST_KINDS + 1],
    /// By the later kind: a bit for every earlier one.
    pairs: [u32; MOST_KINDS + 1],
}

impl Seen {
    pub(super) fn new() -> Seen {
        Seen { by_code: vec![u32::MAX; IN_A_ROW], last: [Time::MIN; MOST_KINDS + 1], pairs: [0; MOST_KINDS + 1] }
    }

    /// Adds the codes of a customer's events in `range`, each once.
    pub(super) fn codes(&mut self, events: &Events, kinds: &Kinds, customer: u32, range: Range<usize>, how: How, found: &mut Vec<u32>) {
        (self.last, self.pairs) = ([Time::MIN; MOST_KINDS + 1], [0; MOST_KINDS + 1]);
        let (mut row, mut visit, mut before) = (0u32, u32::MAX, 0u32);
        for event in range {
            let class = usize::from(kinds.class[events.kinds[event] as usize]);
            // What is together in `other` is no kind.
            let symbol = if class < MOST_KINDS && Some(class) != kinds.other() { class as u32 + 1 } else { 0 };
            if events.visits[event] != visit {
                (visit, row, before) = (events.visits[event], 0, 0);
            }
            if symbol == 0 {
                (row, before) = (0, 0);
                continue;
            }
            let time = events.times[event];
            if !(how.repeats_are_one && symbol == before) {
                row = (row << 5 | symbol) & (IN_A_ROW as u32 - 1);
                for n in 1..=4u32 {
                    let code = row & ((1 << (5 * n)) - 1);
                    // Shorter than so many where the row has only begun.
                    if code >> (5 * (n - 1)) == 0 {
                        break;
                    }
                    self.add(code, customer, found);
                }
                // A bit per kind that was there not long ago, and that was not yet seen before this one.
                let since = time.saturating_sub(how.within);
                let recent = self.last.iter().enumerate().fold(0u32, |bits, (first, &last)| bits | u32::from(last >= since) << first);
                let mut new = recent & !self.pairs[symbol as usize];
                self.pairs[symbol as usize] |= recent;
                while new != 0 {
                    found.push(IN_A_ROW as u32 + (new.trailing_zeros() << 5 | symbol));
                    new &= new - 1;
                }
            }
            self.last[symbol as usize] = time;
            before = symbol;
        }
    }

    fn add(&mut self, code: u32, customer: u32, found: &mut Vec<u32>) {
        if std::mem::replace(&mut self.by_code[code as usize], customer) != customer {
            found.push(code);
        }
    }
}

/// What counts as a pattern.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    pub repeats_are_one: bool,
    /// Longest time from a to b.
    pub within: Time,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journeys::made::{HOUR, events_of};

    #[test]
    fn patterns_by_hand() {
        let events = events_of(&[("a", 0, "x"), ("a", 1, "x"), ("a", 2, "y"), ("a", 3, "z"), ("a", 30 * HOUR, "x")]);
        let kinds = Kinds { class: vec![0, 1, 2], names: vec!["x".into(), "y".into(), "z".into()], others: 0 };
        let of = |repeats_are_one, within| {
            let mut found = Vec::new();
            Seen::new().codes(&events, &kinds, 0, 0..5, How { repeats_are_one, within }, &mut found);
            found.sort_unstable();
            found.iter().map(|&code| Pattern::of(code).words(&kinds.names)).collect::<Vec<String>>()
        };
        assert_eq!(of(true, HOUR), ["x", "y", "z", "x → y", "y → z", "x → y → z", "x … y", "x … z", "y … z"]);
        let more = of(false, 40 * HOUR);
        for pattern in ["x → x", "x → x → y → z", "x … x", "z … x"] {
            assert!(more.contains(&pattern.to_owned()), "{pattern}: {more:?}");
        }
        assert!(!more.contains(&"z → x".to_owned()), "it is another visit");
        assert_eq!(Pattern::of(alone(2)), Pattern::InARow(vec![2]));
    }
}
