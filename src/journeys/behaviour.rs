//! How does each customer behave, in numbers?
//!
//! In: the event table, a day, what counts as content, purchase and goal. Out: named columns with a value per customer, for clustering as any other column.
//! NaN where there is nothing to say. Only events up to the day count. O(events), and a sort of all gaps between visits.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::JourneysError;
use super::sequences::{VISIT_TYPES, visit_type};
use super::walk::{visits, walk};
use super::which::{Which, WhichMatcher};
use crate::base::Ctx;
use crate::base::stats::mean_sd;
use crate::events::table::{DAY, Events, Time};

/// Fewer gaps than this have no rhythm.
const FEWEST_GAPS: usize = 3;
/// Names of the bands of recency, in days.
pub const RECENCY_BANDS: [&str; 4] = ["0-7 days", "8-30 days", "31-90 days", "more than 90 days"];

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BehaviourAsk {
    /// The last moment that counts; none is the end of the data.
    pub at: Option<Time>,
    /// Events that are content: articles, product pages.
    pub content: Option<Which>,
    /// Purchases.
    pub purchase: Option<Which>,
    /// What makes a visit one with a goal.
    pub goal: Option<Which>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BehaviourColumn {
    /// What it is called.
    pub name: String,
    /// Per customer; NaN where there is nothing to say.
    pub values: Vec<f64>,
    /// Where values are no amounts but places in this list.
    pub levels: Vec<String>,
}

/// What one walk finds out about a customer.
#[derive(Debug, Clone)]
struct Row {
    values: [f64; COLUMNS.len()],
    /// Days between the starts of its visits.
    gaps: Vec<f32>,
}

const COLUMNS: [&str; 13] = [
    "active days in the last 30",
    "active days in the last 90",
    "days since last event",
    "recency band",
    "irregularity of visits (sd / mean of gaps)",
    "regularity of visits (0 to 1)",
    "content share of events",
    "purchase share of events",
    "share of visits with a goal",
    "depth (events per visit)",
    "first kind of event",
    "usual type of visit",
    "different kinds of events",
];
const GAP_SPREAD: usize = 4;
const REGULARITY: usize = 5;

/// All columns. Those about content, purchases and goals are left out where nothing says what these are.
pub fn behaviour(events: &Events, ask: &BehaviourAsk, ctx: &Ctx) -> Result<Vec<BehaviourColumn>, JourneysError> {
    let (_, end) = events.span.ok_or(JourneysError::NoEvents)?;
    let at = ask.at.unwrap_or(end);
    let choices = [&ask.content, &ask.purchase, &ask.goal];
    let nothing = Which { value_from: Some(f64::INFINITY), ..Which::any() };
    let matcher = WhichMatcher::new(choices.map(|choice| choice.as_ref().unwrap_or(&nothing)), events)?;
    let parts = walk(
        events.n_customers(),
        ctx,
        || vec![u32::MAX; events.kind_names.len()],
        |seen: &mut Vec<u32>, customers| {
            let mut rows = Vec::with_capacity(customers.len());
            for customer in customers {
                let whole = events.of(customer);
                let n = events.times[whole.clone()].partition_point(|&time| time <= at);
                rows.push(row(events, &matcher, whole.start..whole.start + n, at, customer as u32, seen));
            }
            rows
        },
    )?;
    let mut rows = parts.concat();
    regularity(&mut rows);
    let given = |column: usize| match COLUMNS[column] {
        "content share of events" => ask.content.is_some(),
        "purchase share of events" => ask.purchase.is_some(),
        "share of visits with a goal" => ask.goal.is_some(),
        _ => true,
    };
    let levels = |column: usize| match COLUMNS[column] {
        "recency band" => RECENCY_BANDS.map(str::to_owned).to_vec(),
        "first kind of event" => events.kind_names.clone(),
        "usual type of visit" => VISIT_TYPES.map(str::to_owned).to_vec(),
        _ => Vec::new(),
    };
    let column = |at: usize| BehaviourColumn {
        name: COLUMNS[at].into(),
        values: rows.iter().map(|row| row.values[at]).collect(),
        levels: levels(at),
    };
    Ok((0..COLUMNS.len()).filter(|&at| given(at)).map(column).collect())
}

fn row(events: &Events, matcher: &WhichMatcher, range: Range<usize>, at: Time, customer: u32, seen: &mut [u32]) -> Row {
    let mut row = Row { values: [f64::NAN; COLUMNS.len()], gaps: Vec::new() };
    let Some(last) = range.clone().next_back() else { return row };
    let n = range.len() as f64;
    let (mut days_30, mut days_90, mut day_before) = (0, 0, i64::MIN);
    let (mut content, mut purchases, mut breadth) = (0, 0, 0);
    for event in range.clone() {
        let mask = matcher.mask(event);
        content += usize::from(mask & 1 != 0);
        purchases += usize::from(mask & 2 != 0);
        breadth += usize::from(std::mem::replace(&mut seen[events.kinds[event] as usize], customer) != customer);
        let minute = events.local_minute(event);
        let day = minute.div_euclid(24 * 60);
        if day != day_before {
            day_before = day;
            // Days by the clock of the event, the one of `at` being the last of 30.
            let today = (at.div_euclid(60_000) + minute - events.times[event].div_euclid(60_000)).div_euclid(24 * 60);
            days_30 += usize::from(today - day < 30);
            days_90 += usize::from(today - day < 90);
        }
    }
    let (mut types, mut with_goal, mut n_visits, mut before) = ([0usize; VISIT_TYPES.len()], 0, 0, None);
    for visit in visits(&events.visits, range.clone()) {
        let has_goal = visit.clone().any(|event| matcher.mask(event) & 4 != 0);
        types[visit_type(visit.len(), has_goal)] += 1;
        with_goal += usize::from(has_goal);
        n_visits += 1;
        let start = events.times[visit.start];
        row.gaps.extend(before.replace(start).map(|before: Time| (start - before) as f32 / DAY as f32));
    }
    let since = (at - events.times[last]) as f64 / DAY as f64;
    let band = [8.0, 31.0, 91.0].iter().filter(|&&from| since >= from).count();
    // Of equally usual types the one with more to it.
    let usual = (0..types.len()).max_by_key(|&kind| (types[kind], kind)).unwrap_or(0);
    row.values = [
        days_30 as f64,
        days_90 as f64,
        since,
        band as f64,
        f64::NAN,
        f64::NAN,
        content as f64 / n,
        purchases as f64 / n,
        with_goal as f64 / f64::from(n_visits),
        n / f64::from(n_visits),
        f64::from(events.kinds[range.start]),
        usual as f64,
        breadth as f64,
    ];
    row
}

/// Fills in how regular visits are: the spread of the gaps by their mean; and 1 minus their entropy over the tenths of everyone's gaps, by its maximum.
fn regularity(rows: &mut [Row]) {
    let mut all: Vec<f32> = rows.iter().flat_map(|row| row.gaps.iter().copied()).collect();
    all.sort_unstable_by(f32::total_cmp);
    let cuts: Vec<f32> = (1..10).filter_map(|tenth| all.get(all.len() * tenth / 10).copied()).collect();
    for row in rows.iter_mut().filter(|row| row.gaps.len() >= FEWEST_GAPS) {
        let gaps: Vec<f64> = row.gaps.iter().map(|&gap| f64::from(gap)).collect();
        let (mean, sd) = mean_sd(&gaps);
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        row.gaps.iter().for_each(|&gap| *counts.entry(cuts.partition_point(|&cut| cut <= gap)).or_default() += 1);
        let n = gaps.len() as f64;
        let entropy: f64 = counts.values().map(|&count| -(count as f64 / n) * (count as f64 / n).ln()).sum();
        row.values[GAP_SPREAD] = if mean > 0.0 { sd / mean } else { 0.0 };
        // A few gaps cannot fill ten tenths: the maximum is that of as many tenths as there are gaps.
        row.values[REGULARITY] = 1.0 - entropy / n.min(10.0).ln();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journeys::made::{HOUR, events_of, on_1_and_8_threads};

    #[test]
    fn columns_by_hand() {
        let mut rows = vec![("z", 100 * DAY, "buy")];
        // a comes every ten days from day 0 to day 90 and buys on the last; b comes once, on day 80, for five events.
        (0..10).for_each(|visit| rows.extend([("a", visit * 10 * DAY, "home"), ("a", visit * 10 * DAY + HOUR / 4, "list")]));
        rows.push(("a", 90 * DAY + HOUR / 3, "buy"));
        (0..5).for_each(|event| rows.push(("b", 80 * DAY + event, "list")));
        let events = events_of(&rows);
        let named = |name| Some(Which::named(name, &events).unwrap());
        let ask = BehaviourAsk { at: None, content: named("list"), purchase: named("buy"), goal: named("buy") };
        let (columns, eight) = on_1_and_8_threads(|| behaviour(&events, &ask, &Ctx::new()).unwrap());
        let bits = |columns: &[BehaviourColumn]| {
            columns.iter().flat_map(|column| column.values.iter().map(|value| value.to_bits()).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(bits(&columns), bits(&eight));
        let of = |customer: usize| columns.iter().map(|column| column.values[customer]).collect::<Vec<f64>>();
        let a = of(0);
        assert_eq!(a[..2], [2.0, 8.0], "days 80 and 90; days 20 to 90");
        assert!((a[2] - (10.0 - 1.0 / 72.0)).abs() < 1e-9 && a[3] == 1.0);
        assert!(a[4].abs() < 1e-6 && (a[5] - 1.0).abs() < 1e-9, "all gaps are ten days");
        assert!(
            (a[6] - 10.0 / 21.0).abs() < 1e-9 && (a[7] - 1.0 / 21.0).abs() < 1e-9 && (a[8] - 0.1).abs() < 1e-9 && (a[9] - 2.1).abs() < 1e-9
        );
        assert_eq!(columns[10].levels[a[10] as usize], "home");
        assert_eq!((columns[11].levels[a[11] as usize].as_str(), a[12]), ("short visit", 3.0));
        let b = of(1);
        assert!(b[4].is_nan() && b[5].is_nan(), "one visit has no rhythm");
        assert_eq!((columns[11].levels[b[11] as usize].as_str(), columns[3].levels[b[3] as usize].as_str()), ("deep visit", "8-30 days"));
    }

    #[test]
    fn only_what_was_known_on_the_day_counts() {
        let events = events_of(&[("a", 0, "x"), ("a", 10 * DAY, "y"), ("b", 20 * DAY, "x")]);
        let ask = BehaviourAsk { at: Some(5 * DAY), ..BehaviourAsk::default() };
        let columns = behaviour(&events, &ask, &Ctx::new()).unwrap();
        assert_eq!(columns.len(), 10, "nothing says what content, purchases and goals are");
        assert_eq!(columns[2].values[0], 5.0);
        assert!(columns[2].values[1].is_nan(), "b was not there yet");
    }
}
