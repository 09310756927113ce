//! What do events look like whose truth is known?
//!
//! In: seeds and settings of a test. Out: event tables. For tests only.

use super::language::{Event, Goal, Moment, Span, Trigger};
use super::world::{CustomerGroups, Snapshot};
use crate::base::seed::{Random, RngExt, random};
use crate::events::table::{Context, DAY, Events, NONE, Time};

/// A row by hand: customer, time, kind.
pub fn events(rows: &[(&str, Time, &str)]) -> Events {
    let rows: Vec<MadeRow> = rows
        .iter()
        .map(|(customer, time, kind)| MadeRow {
            customer: (*customer).to_owned(),
            time: *time,
            kind: (*kind).to_owned(),
            ..MadeRow::default()
        })
        .collect();
    table(rows)
}

/// A row with all there is.
#[expect(missing_docs, reason = "as in the table")]
#[derive(Debug, Clone, Default)]
pub struct MadeRow {
    pub customer: String,
    pub time: Time,
    pub kind: String,
    pub page: Option<String>,
    pub value: Option<f64>,
    pub device: String,
    pub offset: Option<i16>,
}

/// The table of rows in any order; rows of the same time stay in the order given. Visits end after 30 minutes.
pub fn table(mut rows: Vec<MadeRow>) -> Events {
    rows.sort_by(|a, b| (&a.customer, a.time).cmp(&(&b.customer, b.time)));
    let mut events = Events::default();
    fn code<T: PartialEq>(names: &mut Vec<T>, name: T) -> u32 {
        names.iter().position(|of| *of == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        }) as u32
    }
    for row in rows {
        if events.customers.last() != Some(&row.customer) {
            events.customers.push(row.customer.clone());
            events.starts.push(events.times.len());
        }
        let first = events.starts.last().copied().unwrap();
        let visit = match events.times[first..].last() {
            None => 0,
            Some(last) => events.visits.last().copied().unwrap() + u32::from(row.time - last > 1_800_000),
        };
        events.times.push(row.time);
        events.kinds.push(code(&mut events.kind_names, row.kind));
        events.pages.push(row.page.map_or(NONE, |page| code(&mut events.page_names, page)));
        events.visits.push(visit);
        events.values.push(row.value.unwrap_or(f64::NAN));
        events
            .contexts
            .push(code(&mut events.context_names, Context { device: row.device, offset_minutes: row.offset, ..Context::default() }));
    }
    events.starts.push(events.times.len());
    events.span = events.times.iter().copied().min().zip(events.times.iter().copied().max());
    events
}

/// A trigger that wants a purchase within 14 days.
pub fn trigger(name: &str, when: Moment) -> Trigger {
    Trigger {
        name: name.to_owned(),
        when,
        and: Vec::new(),
        audience: super::language::TriggerAudience::Everyone,
        unless: Vec::new(),
        cooldown: Span::default(),
        most: None,
        hours: None,
        then: String::new(),
        goal: Goal { event: "purchase".to_owned(), filters: Vec::new(), within: Span::days(14) },
    }
}

/// What is true of a world of [`shop`].
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is said beside it")]
pub struct Truth {
    pub customers: usize,
    pub days: i64,
    /// By how much a look at the price page raises the share that buys within 14 days.
    pub effect: f64,
    /// Who visits more buys more.
    pub selection: bool,
    /// Purchases come right after a look at the price page instead, for this share of looks.
    pub already_buying: f64,
}

/// A shop with two personas: regulars, who visit every six days, and others, who do every fifteen; each customer between half and twice as often. At 4 %
/// of visits they look at the price page. The personas are known from the beginning.
pub fn shop(seed: u64, truth: Truth) -> (Events, Snapshot) {
    let mut random = random(seed, 11);
    let mut rows = Vec::new();
    let mut personas = Vec::new();
    let end = truth.days * DAY;
    let at = |random: &mut Random, rate: f64, from: Time| {
        let mut times = Vec::new();
        let mut time = from as f64;
        loop {
            time -= (1.0 - random.random::<f64>()).ln() / rate * DAY as f64;
            if time as Time >= end {
                return times;
            }
            times.push(time as Time);
        }
    };
    for customer in 0..truth.customers {
        let persona = usize::from(random.random_bool(0.5));
        personas.push(persona as u32);
        let often = 2f64.powf(random.random_range(-1.0..1.0));
        let visits = often * [1.0 / 6.0, 1.0 / 15.0][persona];
        let buys = if truth.selection { visits * 0.15 } else { 0.015 };
        let first = random.random_range(0..40 * DAY);
        let mut push = |time: Time, kind: &str| {
            rows.push(MadeRow { customer: format!("c{customer:05}"), time, kind: kind.into(), ..MadeRow::default() })
        };
        push(first, "visit");
        at(&mut random, buys, first).into_iter().for_each(|time| push(time, "purchase"));
        let mut quiet_until = 0;
        for time in at(&mut random, visits, first) {
            push(time, "visit");
            if !random.random_bool(0.04) {
                continue;
            }
            push(time + 60_000, "price");
            if random.random_bool(truth.already_buying) {
                push(time + 120_000, "purchase");
            }
            // Without the look, `1 - exp(-14 buys)` would buy; so many of the others have to be won to add the effect.
            if time >= quiet_until {
                quiet_until = time + 14 * DAY;
                if random.random_bool((truth.effect * (14.0 * buys).exp()).min(1.0)) {
                    let bought = time + 120_000 + random.random_range(0..13 * DAY);
                    if bought <= end {
                        push(bought, "purchase");
                    }
                }
            }
        }
    }
    rows.push(MadeRow { customer: "c00000".into(), time: end, kind: "visit".into(), ..MadeRow::default() });
    let groups = CustomerGroups { names: vec!["Regulars".into(), "Others".into()], of: personas };
    (table(rows), Snapshot { personas: groups, ..Snapshot::default() })
}

/// Any events of many customers, with ties and with repeats: for laws.
pub fn anything(seed: u64, n_customers: usize, n_events: usize, days: i64) -> Events {
    let mut random = random(seed, 1);
    let kinds = ["purchase", "cart", "view", "login", "return"];
    // Few different times, so that windows end exactly at events and events share a millisecond.
    let grain = DAY / 4;
    let rows = (0..n_events).map(|_| {
        let kind = kinds[random.random_range(0..kinds.len())];
        MadeRow {
            customer: format!("c{:04}", random.random_range(0..n_customers)),
            time: random.random_range(0..days * 4) * grain,
            kind: kind.to_owned(),
            page: (kind == "view").then(|| format!("/p{}", random.random_range(0..4))),
            value: (kind == "purchase" || kind == "return").then(|| f64::from(random.random_range(1..2_000)) / 100.0),
            device: ["mobile", "desktop"][random.random_range(0..2)].to_owned(),
            offset: Some([-300, 0, 570][random.random_range(0..3)]),
        }
    });
    table(rows.collect())
}

/// The event a name stands for.
pub fn e(kind: &str) -> Event {
    Event::of(kind)
}
