//! Which events do the views of Journeys look at? All of them, or those on a device, at a place, at a time.
//!
//! In: the event table and what must hold of an event. Out: the table of the events of which it does, and what is told of it. Whatever is asked later is asked of these
//! alone. O(events).

use crate::base::Ctx;
use crate::base::text::count;
use crate::engine::run::answer::Problem;
use crate::events::Read;
use crate::events::table::Events;
use crate::triggers::checks::ask_for_holidays;
use crate::triggers::details::{MOST_NAMES, details};
use crate::triggers::holidays::none_known_in;
use crate::triggers::matcher::EventMatcher;
use crate::triggers::sentence::filter_words;
use crate::triggers::terms::{ANY, Event, Filter, Op, Value};
use crate::triggers::world::World;

use super::problem;

/// Names that a sentence lists.
const FIRST_NAMES: usize = 8;

/// What is read, without the events of which a filter does not hold. `holidays` are local days since 1970, ascending; empty where none are known.
///
/// Fails with one sentence where no event is left, where holidays are asked for and none are known, and when stopped.
pub(in crate::engine) fn only(read: &Read, filters: &[Filter], holidays: &[i64], ctx: &Ctx) -> Result<Read, Problem> {
    let events = &read.events;
    ctx.check().map_err(|stopped| problem(stopped, true))?;
    let by_holidays = ask_for_holidays(filters);
    if by_holidays && holidays.is_empty() {
        return Err(Problem("Which days are holidays is not known; name a country or a file of dates.".into()));
    }
    let wanted = Event { event: ANY.to_owned(), filters: filters.to_vec() };
    let matcher = EventMatcher::of(&wanted, &World { holidays, ..World::of(events) });
    let kept = events.keeping(|row, first| matcher.is(events, row, first));
    ctx.check().map_err(|stopped| problem(stopped, true))?;
    let words = filters.iter().map(filter_words).collect::<Vec<_>>().join(", ");
    if kept.n_events() == 0 {
        return Err(Problem(nothing_left(events, filters, &words).into()));
    }
    let mut told = read.told.clone();
    told.notes.push(format!(
        "Only some events are looked at ({words}): {} of {}, by {} of {} customers.",
        count(kept.n_events()),
        count(events.n_events()),
        count(kept.n_customers()),
        count(events.n_customers())
    ));
    told.notes.extend(events.span.filter(|_| by_holidays).and_then(|span| none_known_in(holidays, span)));
    Ok(Read { events: kept, told })
}

/// The sentence where no event fits, with the names there are in the place of one that is not there.
fn nothing_left(events: &Events, filters: &[Filter], words: &str) -> String {
    let known = details(events);
    let unknown = filters.iter().find_map(|filter| {
        let names = known.names(filter.field);
        let Value::Text(text) = &filter.value else { return None };
        // A list that is cut says nothing of what is not on it.
        let is_whole = !names.is_empty() && names.len() < MOST_NAMES;
        (filter.op == Op::Is && is_whole && !names.contains(text)).then_some((filter.field, names))
    });
    let instead = unknown.map(|(field, names)| {
        let mut listed: Vec<&str> = names.iter().take(FIRST_NAMES).map(String::as_str).collect();
        listed.sort_unstable();
        let others = if names.len() > FIRST_NAMES { " and others" } else { "" };
        format!(" In these data, {} is one of: {}{others}.", field.word(), listed.join(", "))
    });
    format!("No event fits ({words}).{}", instead.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::table::{Context, DAY, NONE};
    use crate::triggers::holidays::holidays_of;
    use crate::triggers::terms::EventField;

    /// Two customers; the first on two devices, the second on a desktop alone.
    fn read() -> Read {
        let context = |device: &str| Context { device: device.into(), ..Context::default() };
        let events = Events {
            customers: vec!["a".into(), "b".into()],
            starts: vec![0, 4, 6],
            // 2024-12-24 and the days after it.
            times: [0, 1, 1, 2, 1, 3].map(|day| 20_081 * DAY + day * DAY).to_vec(),
            kinds: vec![0, 1, 0, 1, 0, 1],
            kind_names: vec!["view".into(), "buy".into()],
            pages: vec![NONE; 6],
            visits: vec![0, 1, 2, 3, 0, 1],
            values: vec![f64::NAN; 6],
            contexts: vec![0, 1, 0, 0, 1, 1],
            context_names: vec![context("mobile"), context("desktop")],
            span: Some((20_081 * DAY, 20_084 * DAY)),
            ..Events::default()
        };
        Read { events, told: Default::default() }
    }

    fn filter(field: EventField, op: Op, value: Value) -> Filter {
        Filter { field, op, value }
    }

    #[test]
    fn only_what_fits_is_left_with_its_customers_and_visits() {
        let of = |filters: &[Filter], country: Option<&str>| {
            only(&read(), filters, &country.map_or_else(Vec::new, |country| holidays_of(country).unwrap()), &Ctx::new())
        };
        let mobile = filter(EventField::Device, Op::Is, Value::Text("mobile".into()));
        let found = of(std::slice::from_ref(&mobile), None).unwrap();
        assert_eq!((&found.events.customers[..], &found.events.starts[..]), (&["a".to_owned()][..], &[0, 3][..]));
        assert_eq!((&found.events.kinds[..], &found.events.visits[..]), (&[0, 0, 1][..], &[0, 1, 2][..]));
        assert_eq!(found.events.span, read().events.span, "what the data cover is the same");
        assert_eq!(found.told.notes, ["Only some events are looked at (device is mobile): 3 of 6, by 1 of 2 customers."]);
        let desktop = filter(EventField::Device, Op::IsNot, Value::Text("mobile".into()));
        assert_eq!(of(&[desktop], None).unwrap().events.starts, [0, 1, 3]);
        // The 25th and the 26th are holidays in Germany; the second customer was there on the 25th and the 27th.
        let holiday = filter(EventField::Holiday, Op::Is, Value::Flag(true));
        let found = of(std::slice::from_ref(&holiday), Some("DE")).unwrap();
        assert_eq!((found.events.starts, found.events.kinds), (vec![0, 3, 4], vec![1, 0, 1, 0]));
        let both = of(&[mobile, holiday], Some("DE")).unwrap();
        assert_eq!(both.told.notes, ["Only some events are looked at (device is mobile, on a holiday): 2 of 6, by 1 of 2 customers."]);
    }

    #[test]
    fn what_leaves_nothing_is_one_sentence() {
        let of = |filter: Filter| only(&read(), &[filter], &[], &Ctx::new()).unwrap_err().0.to_string();
        let phone = filter(EventField::Device, Op::Is, Value::Text("phone".into()));
        assert_eq!(of(phone), "No event fits (device is phone). In these data, device is one of: desktop, mobile.");
        let late = filter(EventField::Hour, Op::AtLeast, Value::Number(5.0));
        assert_eq!(of(late), "No event fits (hour is at least 5).");
        let holiday = filter(EventField::Holiday, Op::Is, Value::Flag(true));
        assert_eq!(of(holiday), "Which days are holidays is not known; name a country or a file of dates.");
    }
}
