//! What can be asked of the events of these data, beside their kind?
//!
//! In: the event table. Out: for every field of an event the names that it has, the commonest first, and whether events have values. O(events + names log names).

use super::terms::EventField;
use crate::events::table::{Context, Events, NONE};

/// Names of a field, at most: a list that is longer is not read.
pub const MOST_NAMES: usize = 60;
/// Values that are looked at for a usual one.
const MOST_VALUES: usize = 100_000;

/// The fields whose names the data have.
const NAMED: [EventField; 7] = [
    EventField::Page,
    EventField::Device,
    EventField::System,
    EventField::Browser,
    EventField::Country,
    EventField::Region,
    EventField::City,
];

/// The fields that every event has, since it has a time.
const TIMES: [EventField; 4] = [EventField::DayPart, EventField::Weekday, EventField::Hour, EventField::Weekend];

/// What events are told apart by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventDetails {
    names: Vec<(EventField, Vec<String>)>,
    /// The middle one of the values of events; none where they have none.
    pub usual_value: Option<f64>,
}

impl EventDetails {
    /// The fields of which these data know something, in the order they are asked about. Holidays and the beginnings of visits are no matter of the events alone.
    pub fn fields(&self) -> Vec<EventField> {
        let value = self.usual_value.map(|_| EventField::Value);
        value.into_iter().chain(self.names.iter().map(|(field, _)| *field)).chain(TIMES).collect()
    }

    /// The names that a field has, the commonest first; none where the data know nothing of it.
    pub fn names(&self, field: EventField) -> &[String] {
        self.names.iter().find(|(of, _)| *of == field).map_or(&[], |(_, names)| names)
    }
}

/// Goes through all events once.
pub fn details(events: &Events) -> EventDetails {
    let mut pages = vec![0usize; events.page_names.len()];
    let mut contexts = vec![0usize; events.context_names.len()];
    for (&page, &context) in events.pages.iter().zip(&events.contexts) {
        if page != NONE
            && let Some(n) = pages.get_mut(page as usize)
        {
            *n += 1;
        }
        if let Some(n) = contexts.get_mut(context as usize) {
            *n += 1;
        }
    }
    let names = |field: EventField| {
        let counted: Vec<(&str, usize)> = match field {
            EventField::Page => events.page_names.iter().map(String::as_str).zip(pages.iter().copied()).collect(),
            field => events.context_names.iter().map(|context| of_context(context, field)).zip(contexts.iter().copied()).collect(),
        };
        (field, commonest(counted))
    };
    // Evenly from all of them: the first would be those of the first customers.
    let step = (events.values.len() / MOST_VALUES).max(1);
    let mut values: Vec<f64> = events.values.iter().copied().step_by(step).filter(|value| value.is_finite()).collect();
    let middle = values.len() / 2;
    let usual_value = (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1);
    EventDetails { names: NAMED.into_iter().map(names).filter(|(_, names)| !names.is_empty()).collect(), usual_value }
}

fn of_context(context: &Context, field: EventField) -> &str {
    match field {
        EventField::Device => &context.device,
        EventField::System => &context.system,
        EventField::Browser => &context.browser,
        EventField::Country => &context.country,
        EventField::Region => &context.region,
        EventField::City => &context.city,
        _ => "",
    }
}

/// The names with the most events; those of as many in their order.
fn commonest(counted: Vec<(&str, usize)>) -> Vec<String> {
    let mut all: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    counted.into_iter().filter(|(name, n)| !name.is_empty() && *n > 0).for_each(|(name, n)| *all.entry(name).or_default() += n);
    let mut all: Vec<(&str, usize)> = all.into_iter().collect();
    all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all.truncate(MOST_NAMES);
    all.into_iter().map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::made::events;

    #[test]
    fn the_commonest_names_come_first_and_what_is_unknown_is_not_there() {
        let mut events = events(&[("a", 0, "view"), ("a", 1, "view"), ("b", 2, "buy"), ("c", 3, "buy")]);
        events.page_names = vec!["/rare".into(), "/often".into(), "/never".into()];
        events.pages = vec![1, 1, 0, NONE];
        events.context_names = vec![
            Context { device: "mobile".into(), ..Context::default() },
            Context { device: "desktop".into(), browser: "Firefox".into(), ..Context::default() },
            Context { device: "desktop".into(), ..Context::default() },
        ];
        events.contexts = vec![0, 1, 2, 2];
        events.values = vec![f64::NAN, 10.0, 30.0, 20.0];
        let found = details(&events);
        assert_eq!(found.names(EventField::Page), ["/often", "/rare"]);
        assert_eq!(found.names(EventField::Device), ["desktop", "mobile"], "added up over all circumstances");
        assert_eq!(found.names(EventField::Browser), ["Firefox"]);
        assert!(found.names(EventField::Country).is_empty() && found.names(EventField::Hour).is_empty());
        assert_eq!(found.usual_value, Some(20.0));
        let fields = [EventField::Value, EventField::Page, EventField::Device, EventField::Browser];
        assert_eq!(found.fields()[..4], fields);
        assert_eq!(found.fields()[4..], TIMES);
        events.values = vec![f64::NAN; 4];
        assert_eq!((details(&events).usual_value, details(&events).fields()[0]), (None, EventField::Page));
    }
}
