//! What did every customer do, in order?
//!
//! The event table: one row per event, customers one after the other, the events of a customer in the order they happened. Everything that is asked of
//! events is one walk along it. Between 40 and 48 bytes per event; texts are dictionaries.

use std::ops::Range;

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

    /// Local minute of an event since 1970: UTC where no offset is known.
    pub fn local_minute(&self, event: usize) -> i64 {
        let offset = self.context_names.get(self.contexts[event] as usize).and_then(|context| context.offset_minutes).unwrap_or(0);
        self.times[event].div_euclid(60_000) + i64::from(offset)
    }
}
