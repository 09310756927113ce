//! What did every customer do, in order?
//!
//! The event table: one row per event, customers one after the other, the events of a customer in the order they happened. Everything that is asked of
//! events is one walk along it. Between 40 and 48 bytes per event; texts are dictionaries.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970 in UTC.
pub type Time = i64;
/// Milliseconds of a day of 24 hours.
pub const DAY: Time = 86_400_000;
/// Stands for "none" where an index into a dictionary is kept.
pub const NONE: u32 = u32::MAX;

/// The events of all customers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Events {
    /// Customer ids, ascending.
    pub customers: Vec<String>,
    /// The events of customer `c` are `starts[c]..starts[c + 1]`; one longer than `customers`.
    pub starts: Vec<usize>,
    /// When, per event; never falling within a customer.
    pub times: Vec<Time>,
    /// What, per event: an index into `kind_names`.
    pub kinds: Vec<u32>,
    /// Names of kinds: event names, and for page views the cleaned path of the page.
    pub kind_names: Vec<String>,
    /// Where, per event: an index into `page_names`, or [`NONE`].
    pub pages: Vec<u32>,
    /// Cleaned paths of pages.
    pub page_names: Vec<String>,
    /// The visit, per event: numbered from 0 within each customer, never falling.
    pub visits: Vec<u32>,
    /// Money or another amount, per event; NaN where there is none.
    pub values: Vec<f64>,
    /// The circumstances, per event: an index into `contexts`.
    pub contexts: Vec<u32>,
    /// Every combination of circumstances there is.
    pub context_names: Vec<Context>,
    /// From the first to the last event in the data, whoever's.
    pub span: Option<(Time, Time)>,
}

/// The circumstances of an event. Empty texts where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Context {
    /// `desktop`, `mobile`, `tablet`, `tv`, `console`.
    pub device: String,
    /// Operating system.
    pub system: String,
    /// Browser.
    pub browser: String,
    /// Country, as the data have it.
    pub country: String,
    /// Region.
    pub region: String,
    /// City.
    pub city: String,
    /// Local time minus UTC, in minutes, where it is known for this event.
    pub offset_minutes: Option<i16>,
}

impl Events {
    /// Number of customers.
    pub fn n_customers(&self) -> usize {
        self.customers.len()
    }

    /// Number of events.
    pub fn n_events(&self) -> usize {
        self.times.len()
    }

    /// The rows of a customer.
    pub fn of(&self, customer: usize) -> Range<usize> {
        self.starts[customer]..self.starts[customer + 1]
    }

    /// The index of a kind by its name.
    pub fn kind(&self, name: &str) -> Option<u32> {
        self.kind_names.iter().position(|of| of == name).map(|at| at as u32)
    }

    /// The events of which `keep` holds, by their row and the first row of the same customer. Customers without any are gone, visits are numbered anew, and the
    /// time that the data cover stays. O(events).
    pub fn keeping(&self, keep: impl Fn(usize, usize) -> bool + Sync) -> Events {
        let fit = |customer: usize| -> Vec<usize> {
            let range = self.of(customer);
            let first = range.start;
            range.filter(|&row| keep(row, first)).collect()
        };
        let by_customer: Vec<Vec<usize>> = (0..self.n_customers()).into_par_iter().map(fit).collect();
        let (mut customers, mut starts, mut rows, mut visits) = (Vec::new(), vec![0], Vec::new(), Vec::new());
        for (customer, fit) in by_customer.iter().enumerate().filter(|(_, fit)| !fit.is_empty()) {
            customers.push(self.customers[customer].clone());
            let mut visit = 0;
            for (nth, &row) in fit.iter().enumerate() {
                visit += u32::from(nth > 0 && self.visits[row] != self.visits[fit[nth - 1]]);
                visits.push(visit);
            }
            rows.extend_from_slice(fit);
            starts.push(rows.len());
        }
        fn taken<T: Copy + Send + Sync>(of: &[T], rows: &[usize]) -> Vec<T> {
            rows.par_iter().map(|&row| of[row]).collect()
        }
        Events {
            customers,
            starts,
            times: taken(&self.times, &rows),
            kinds: taken(&self.kinds, &rows),
            kind_names: self.kind_names.clone(),
            pages: taken(&self.pages, &rows),
            page_names: self.page_names.clone(),
            visits,
            values: taken(&self.values, &rows),
            contexts: taken(&self.contexts, &rows),
            context_names: self.context_names.clone(),
            span: self.span,
        }
    }

    /// Where each customer of these events is among those of others. O(n log n).
    pub fn customers_in<'a>(&'a self, others: &'a Events) -> impl Iterator<Item = Option<usize>> + 'a {
        self.customers.iter().map(|id| others.customers.binary_search(id).ok())
    }

    /// Local minute of an event since 1970: UTC where no offset is known.
    pub fn local_minute(&self, event: usize) -> i64 {
        let offset = self.context_names.get(self.contexts[event] as usize).and_then(|context| context.offset_minutes).unwrap_or(0);
        self.times[event].div_euclid(60_000) + i64::from(offset)
    }
}
