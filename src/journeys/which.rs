//! Which events are meant?
//!
//! In: kinds, pages, circumstances, a range of values, hours of the week. Out: for every event a bit per choice it fits. O(1) per event.

use serde::{Deserialize, Serialize};

use super::JourneysError;
use crate::events::table::Events;

/// Choices at once: one bit each.
pub const MOST_CHOICES: usize = 32;
/// Minutes of a week.
const WEEK: i64 = 7 * 24 * 60;

/// A choice of events. What is empty or none excludes nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Which {
    /// What it is called.
    pub name: String,
    /// Any of these kinds.
    pub kinds: Vec<u32>,
    /// Any of these pages.
    pub pages: Vec<u32>,
    /// Any of these circumstances, as places in the table's dictionary: "device = mobile" is every combination with that device.
    pub contexts: Vec<u32>,
    /// Values from here on, this one included. An event without a value does not fit.
    pub value_from: Option<f64>,
    /// Values up to here, this one included. An event without a value does not fit.
    pub value_to: Option<f64>,
    /// Hours of the local week, from Monday 0:00: 168 of them.
    pub hours: Vec<bool>,
}

impl Which {
    /// All events of one kind. Fails where no event is called so; the message names the first kinds there are.
    pub fn named(name: &str, events: &Events) -> Result<Which, JourneysError> {
        let Some(kind) = events.kind(name) else {
            let first: Vec<&str> = events.kind_names.iter().take(8).map(String::as_str).collect();
            return Err(JourneysError::NoSuchEvent { name: name.chars().take(80).collect(), instead: first.join(", ") });
        };
        Ok(Which { name: name.to_owned(), kinds: vec![kind], ..Which::default() })
    }

    /// Every event.
    pub fn any() -> Which {
        Which { name: "any event".into(), ..Which::default() }
    }

    fn asks_more_than_kinds(&self) -> bool {
        !(self.pages.is_empty() && self.contexts.is_empty() && self.hours.is_empty())
            || self.value_from.is_some()
            || self.value_to.is_some()
    }
}

/// Several choices, ready to be asked of events.
#[derive(Debug)]
pub struct WhichMatcher<'a> {
    events: &'a Events,
    /// By kind: a bit per choice.
    by_kind: Vec<u32>,
    /// The bits of choices that ask for more than kinds.
    more: u32,
    details: Vec<Details>,
}

#[derive(Debug)]
struct Details {
    pages: Option<Vec<bool>>,
    contexts: Option<Vec<bool>>,
    from: f64,
    to: f64,
    asks_value: bool,
    hours: Vec<bool>,
}

impl<'a> WhichMatcher<'a> {
    /// Fails where a choice names what the data do not have, or there are more than [`MOST_CHOICES`].
    pub fn new<'w>(choices: impl IntoIterator<Item = &'w Which>, events: &'a Events) -> Result<WhichMatcher<'a>, JourneysError> {
        let choices: Vec<&Which> = choices.into_iter().collect();
        if choices.len() > MOST_CHOICES {
            return Err(JourneysError::TooMany { given: choices.len(), most: MOST_CHOICES });
        }
        let mut matcher = WhichMatcher { events, by_kind: vec![0; events.kind_names.len()], more: 0, details: Vec::new() };
        for (bit, which) in choices.iter().enumerate() {
            let outside = || JourneysError::NotInTheseData { name: which.name.clone() };
            if !(which.hours.is_empty() || which.hours.len() == 168) {
                return Err(outside());
            }
            if which.kinds.is_empty() {
                matcher.by_kind.iter_mut().for_each(|mask| *mask |= 1 << bit);
            }
            for &kind in &which.kinds {
                *matcher.by_kind.get_mut(kind as usize).ok_or_else(outside)? |= 1 << bit;
            }
            matcher.more |= u32::from(which.asks_more_than_kinds()) << bit;
            matcher.details.push(Details {
                pages: set(&which.pages, events.page_names.len()).ok_or_else(outside)?,
                contexts: set(&which.contexts, events.context_names.len()).ok_or_else(outside)?,
                from: which.value_from.unwrap_or(f64::NEG_INFINITY),
                to: which.value_to.unwrap_or(f64::INFINITY),
                asks_value: which.value_from.is_some() || which.value_to.is_some(),
                hours: which.hours.clone(),
            });
        }
        Ok(matcher)
    }

    /// A bit for every choice the event fits.
    #[inline]
    pub fn mask(&self, event: usize) -> u32 {
        let mask = self.by_kind[self.events.kinds[event] as usize];
        if mask & self.more == 0 { mask } else { self.looked_at_closely(event, mask) }
    }

    fn looked_at_closely(&self, event: usize, mut mask: u32) -> u32 {
        let mut left = mask & self.more;
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            if !self.details[bit as usize].fits(self.events, event) {
                mask &= !(1 << bit);
            }
        }
        mask
    }
}

impl Details {
    fn fits(&self, events: &Events, event: usize) -> bool {
        let is_in = |set: &Option<Vec<bool>>, at: u32| set.as_ref().is_none_or(|set| set.get(at as usize) == Some(&true));
        let value = events.values[event];
        is_in(&self.pages, events.pages[event])
            && is_in(&self.contexts, events.contexts[event])
            // NaN, which stands for no value, is in no range.
            && (!self.asks_value || (value >= self.from && value <= self.to))
            && (self.hours.is_empty() || self.hours[hour_of_week(events.local_minute(event))])
    }
}

/// Which of the 168 hours from Monday 0:00 on a minute since 1970 falls into.
pub fn hour_of_week(minute: i64) -> usize {
    // 1970 began on a Thursday, three days after a Monday.
    ((minute + 3 * 24 * 60).rem_euclid(WEEK) / 60) as usize
}

/// Members of a dictionary; none stands for all of it, and there is no answer where one is beyond it.
fn set(members: &[u32], size: usize) -> Option<Option<Vec<bool>>> {
    if members.is_empty() {
        return Some(None);
    }
    let mut is_in = vec![false; size];
    for &member in members {
        *is_in.get_mut(member as usize)? = true;
    }
    Some(Some(is_in))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journeys::made::{HOUR, events_of};

    #[test]
    fn every_part_of_a_choice_counts() {
        let mut events = events_of(&[("a", 0, "view"), ("a", HOUR, "buy"), ("a", 2 * HOUR, "buy")]);
        events.values[1] = 20.0;
        events.page_names = vec!["/price".into()];
        events.pages[2] = 0;
        let named = |name| Which::named(name, &events).unwrap();
        let choices = [
            named("buy"),
            Which { value_from: Some(20.0), value_to: Some(20.0), ..named("buy") },
            Which { pages: vec![0], ..Which::any() },
            // Thursday 1:00 to 2:00.
            Which { hours: (0..168).map(|hour| hour == 73).collect(), ..Which::any() },
        ];
        let matcher = WhichMatcher::new(&choices, &events).unwrap();
        assert_eq!((0..3).map(|event| matcher.mask(event)).collect::<Vec<_>>(), [0, 0b1011, 0b101]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let events = events_of(&[("a", 0, "view"), ("a", 1, "buy")]);
        let message = Which::named("cart", &events).unwrap_err().to_string();
        assert_eq!(message, "No event is called “cart”: choose one of buy, view.");
        let beyond = Which { name: "old".into(), kinds: vec![7], ..Which::default() };
        assert_eq!(WhichMatcher::new([&beyond], &events).unwrap_err(), JourneysError::NotInTheseData { name: "old".into() });
        assert!(matches!(WhichMatcher::new(&vec![Which::any(); 33], &events), Err(JourneysError::TooMany { given: 33, most: 32 })));
    }

    #[test]
    fn weeks_begin_on_monday() {
        // Monday, 5 January 1970, 0:00, and the minute before.
        assert_eq!((hour_of_week(4 * 24 * 60), hour_of_week(4 * 24 * 60 - 1), hour_of_week(-1)), (0, 167, 71));
    }
}
