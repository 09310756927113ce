//! In which circumstances does each customer act: on what device, where, on which days and at what hours?
//!
//! In: the event table, a day, the days that are holidays. Out: named columns with a value per customer, beside those of [`super::behaviour`]: the usual one of each
//! circumstance, and shares of the customer's events. A share is of the events of which the circumstance is known; NaN where it is known of none. Only events up to the
//! day count. O(events log events of a customer).

use rustc_hash::FxHashMap;

use super::JourneysError;
use super::behaviour::BehaviourColumn;
use super::rhythm::DayParts;
use super::walk::walk;
use crate::base::Ctx;
use crate::events::table::{Context, Events, NONE, Time};

/// Minutes of a day.
const DAY: i64 = 24 * 60;
/// So many kinds of devices have a share of their own at most, the commonest.
const MOST_DEVICES: usize = 6;

/// What a circumstance is called, and where it stands.
type Circumstance = (&'static str, fn(&Context) -> &str);

const CIRCUMSTANCES: [Circumstance; 6] = [
    ("device", |of| &of.device),
    ("operating system", |of| &of.system),
    ("browser", |of| &of.browser),
    ("country", |of| &of.country),
    ("region", |of| &of.region),
    ("city", |of| &of.city),
];

/// The names that a circumstance has in the data, the commonest first, and which of them each combination of circumstances has.
struct Named {
    names: Vec<String>,
    of_context: Vec<u32>,
}

/// All columns, up to the moment `at` or the end of the data. Circumstances of which the data know fewer than two are left out, hours where no event has one, and holidays
/// where none are given (`holidays`: local days since 1970, ascending).
///
/// Fails where there are no events, and when stopped.
pub fn circumstances(events: &Events, at: Option<Time>, holidays: &[i64], ctx: &Ctx) -> Result<Vec<BehaviourColumn>, JourneysError> {
    let (_, end) = events.span.ok_or(JourneysError::NoEvents)?;
    let at = at.unwrap_or(end);
    let found: Vec<(&str, Named)> =
        (CIRCUMSTANCES.into_iter()).map(|(name, of)| (name, named(events, of))).filter(|(_, named)| named.names.len() > 1).collect();
    let devices = found.iter().find(|(name, _)| *name == "device").map(|(_, named)| named);
    let n_devices = devices.map_or(0, |named| named.names.len().min(MOST_DEVICES));
    let parts = DayParts::default();
    let n_parts = if (0..events.n_events()).any(|event| events.local_minute(event).rem_euclid(DAY) != 0) { parts.parts.len() } else { 0 };
    let n_columns = found.len() + n_devices + n_parts + 1 + usize::from(!holidays.is_empty());
    let row = |codes: &mut Vec<u32>, customer: usize| -> Vec<f64> {
        let whole = events.of(customer);
        let n = events.times[whole.clone()].partition_point(|&time| time <= at);
        let range = whole.start..whole.start + n;
        if range.is_empty() {
            return vec![f64::NAN; n_columns];
        }
        let mut row = Vec::with_capacity(n_columns);
        for (_, named) in &found {
            codes.clear();
            codes.extend(range.clone().filter_map(|event| named.of(events, event)));
            row.push(usual(codes));
        }
        let known = devices.map_or(0, |named| range.clone().filter(|&event| named.of(events, event).is_some()).count());
        let on = |device: u32| range.clone().filter(|&event| devices.and_then(|named| named.of(events, event)) == Some(device)).count();
        row.extend((0..n_devices as u32).map(|device| if known == 0 { f64::NAN } else { on(device) as f64 / known as f64 }));
        let share =
            |holds: &dyn Fn(i64) -> bool| range.clone().filter(|&event| holds(events.local_minute(event))).count() as f64 / n as f64;
        row.extend((0..n_parts).map(|part| share(&|minute| parts.of((minute.rem_euclid(DAY) / 60) as usize) == part)));
        // 1970 began on a Thursday.
        row.push(share(&|minute| (minute.div_euclid(DAY) + 3).rem_euclid(7) >= 5));
        if !holidays.is_empty() {
            row.push(share(&|minute| holidays.binary_search(&minute.div_euclid(DAY)).is_ok()));
        }
        row
    };
    let rows =
        walk(events.n_customers(), ctx, Vec::new, |codes, customers| customers.map(|customer| row(codes, customer)).collect::<Vec<_>>())?;
    let rows: Vec<Vec<f64>> = rows.into_iter().flatten().collect();
    let share = |of: String| (format!("share of events {of}"), Vec::new());
    let mut heads: Vec<(String, Vec<String>)> = Vec::with_capacity(n_columns);
    heads.extend(found.iter().map(|(name, named)| (format!("usual {name}"), named.names.clone())));
    heads.extend(devices.iter().flat_map(|named| &named.names[..n_devices]).map(|device| share(format!("on {device}"))));
    heads.extend(parts.parts[..n_parts].iter().map(|(part, _)| share(format!("in the {part}").replace("in the night", "at night"))));
    heads.push(share("at the weekend".to_owned()));
    heads.extend((!holidays.is_empty()).then(|| share("on holidays".to_owned())));
    let column = |(at, (name, levels)): (usize, (String, Vec<String>))| BehaviourColumn {
        name,
        values: rows.iter().map(|row| row[at]).collect(),
        levels,
    };
    Ok(heads.into_iter().enumerate().map(column).collect())
}

impl Named {
    /// Which name an event has.
    fn of(&self, events: &Events, event: usize) -> Option<u32> {
        self.of_context.get(events.contexts[event] as usize).copied().filter(|name| *name != NONE)
    }
}

fn named(events: &Events, of: fn(&Context) -> &str) -> Named {
    let mut counts = vec![0usize; events.context_names.len()];
    for &context in &events.contexts {
        if let Some(n) = counts.get_mut(context as usize) {
            *n += 1;
        }
    }
    let mut by_name: FxHashMap<&str, usize> = FxHashMap::default();
    for (context, n) in events.context_names.iter().zip(&counts).filter(|(context, n)| **n > 0 && !of(context).is_empty()) {
        *by_name.entry(of(context)).or_default() += n;
    }
    let mut names: Vec<(&str, usize)> = by_name.into_iter().collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let place: FxHashMap<&str, u32> = names.iter().enumerate().map(|(at, (name, _))| (*name, at as u32)).collect();
    let of_context = events.context_names.iter().map(|context| place.get(of(context)).copied().unwrap_or(NONE)).collect();
    Named { names: names.iter().map(|(name, _)| (*name).to_owned()).collect(), of_context }
}

/// The name that stands most often; of those as often the one that is commonest among everyone. NaN where there is none.
fn usual(codes: &mut [u32]) -> f64 {
    codes.sort_unstable();
    let longest = codes.chunk_by(|a, b| a == b).min_by_key(|run| (std::cmp::Reverse(run.len()), run[0]));
    longest.map_or(f64::NAN, |run| f64::from(run[0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journeys::made::{HOUR, events_of, on_1_and_8_threads};

    /// 2024-12-24 is a Tuesday.
    const FIRST: i64 = 20_081;

    #[test]
    fn columns_by_hand() {
        let at = |day: i64, hour: i64| (FIRST + day) * 24 * HOUR + hour * HOUR;
        let mut events = events_of(&[
            // On Tuesday evening and on the three days after it, the last a Friday.
            ("a", at(0, 19), "x"),
            ("a", at(1, 7), "x"),
            ("a", at(2, 20), "x"),
            ("a", at(3, 12), "x"),
            // On a Saturday, at night.
            ("b", at(4, 2), "x"),
            // Of the third nothing is known but the time.
            ("c", at(1, 0), "x"),
        ]);
        let context = |device: &str, city: &str| Context {
            device: device.into(),
            city: city.into(),
            country: "Germany".into(),
            ..Context::default()
        };
        events.context_names = vec![context("mobile", "Ulm"), context("desktop", "Bonn"), Context::default()];
        events.contexts = vec![0, 1, 0, 2, 1, 2];
        let holidays = [FIRST + 1, FIRST + 2];
        let all = |holidays: &[i64], until| circumstances(&events, until, holidays, &Ctx::new()).unwrap();
        let (columns, eight) = on_1_and_8_threads(|| all(&holidays, None));
        let bits =
            |columns: &[BehaviourColumn]| columns.iter().flat_map(|of| of.values.iter().map(|value| value.to_bits())).collect::<Vec<_>>();
        assert_eq!(bits(&columns), bits(&eight));
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "usual device",
                "usual city",
                "share of events on desktop",
                "share of events on mobile",
                "share of events at night",
                "share of events in the morning",
                "share of events in the afternoon",
                "share of events in the evening",
                "share of events at the weekend",
                "share of events on holidays"
            ]
        );
        assert_eq!(
            (&columns[0].levels[..], &columns[1].levels[..]),
            (&["desktop", "mobile"].map(str::to_owned)[..], &["Bonn", "Ulm"].map(str::to_owned)[..])
        );
        let of = |customer: usize| columns.iter().map(|column| column.values[customer]).collect::<Vec<f64>>();
        assert_eq!(of(0), [1.0, 1.0, 1.0 / 3.0, 2.0 / 3.0, 0.0, 0.25, 0.25, 0.5, 0.0, 0.5]);
        assert_eq!(of(1), [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert!(of(2)[..4].iter().all(|value| value.is_nan()) && of(2)[4..] == [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        // Up to Wednesday, without holidays: b was not there yet, and of as many events the commonest among everyone is the usual.
        let early = all(&[], Some(at(1, 23)));
        assert_eq!((early.len(), early[0].values[0]), (9, 0.0));
        assert!(early.iter().all(|column| column.values[1].is_nan()));
    }

    #[test]
    fn days_alone_have_no_parts() {
        let events = events_of(&[("a", FIRST * 24 * HOUR, "x"), ("b", (FIRST + 4) * 24 * HOUR, "x")]);
        let columns = circumstances(&events, None, &[], &Ctx::new()).unwrap();
        assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["share of events at the weekend"]);
        assert_eq!(columns[0].values, [0.0, 1.0]);
    }
}
