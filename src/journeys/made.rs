//! Events made up for tests, with a known truth.

use std::collections::BTreeMap;

use crate::base::seed::{Random, RngExt};
use crate::events::table::{Context, Events, NONE, Time};

pub const HOUR: Time = 3_600_000;

/// The table of (customer, time, kind); kinds are numbered by name. Visits end at gaps of more than 30 minutes.
pub fn events_of(rows: &[(&str, Time, &str)]) -> Events {
    let mut of_customer: BTreeMap<&str, Vec<(Time, &str)>> = BTreeMap::new();
    rows.iter().for_each(|&(customer, time, kind)| of_customer.entry(customer).or_default().push((time, kind)));
    let lists: Vec<(String, Vec<(Time, &str)>)> = of_customer.into_iter().map(|(customer, list)| (customer.to_owned(), list)).collect();
    table(lists)
}

/// The table of lists of events; customers must come in the order of their names.
pub fn table(lists: Vec<(String, Vec<(Time, &str)>)>) -> Events {
    let mut names: Vec<String> = lists.iter().flat_map(|(_, list)| list.iter().map(|(_, kind)| (*kind).to_owned())).collect();
    names.sort();
    names.dedup();
    let mut events = Events { starts: vec![0], kind_names: names, context_names: vec![Context::default()], ..Events::default() };
    for (customer, mut list) in lists {
        list.sort_by_key(|(time, _)| *time);
        events.customers.push(customer);
        let mut visit = 0;
        for (at, (time, kind)) in list.iter().enumerate() {
            visit += u32::from(at > 0 && time - list[at - 1].0 > super::VISIT_GAP);
            events.times.push(*time);
            events.kinds.push(events.kind_names.binary_search_by(|name| name.as_str().cmp(kind)).unwrap() as u32);
            events.pages.push(NONE);
            events.visits.push(visit);
            events.values.push(f64::NAN);
            events.contexts.push(0);
        }
        events.starts.push(events.times.len());
    }
    events.span = events.times.iter().min().copied().zip(events.times.iter().max().copied());
    events
}

/// Customers `c00000`, ... each with what `list` draws for it.
pub fn world<'a>(n: usize, mut list: impl FnMut(usize) -> Vec<(Time, &'a str)>) -> Events {
    table((0..n).map(|customer| (format!("c{customer:05}"), list(customer))).collect())
}

/// True with this probability.
pub fn chance(random: &mut Random, p: f64) -> bool {
    random.random::<f64>() < p
}

/// The same computation on one and on eight threads.
pub fn on_1_and_8_threads<T: Send>(compute: impl Fn() -> T + Sync + Send) -> (T, T) {
    let on = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(&compute);
    (on(1), on(8))
}
