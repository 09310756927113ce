//! What is known of the customers beside their events, and since when?
//!
//! In: personas, segments and columns, each as of a day. Out: what was known at a moment. O(number of days).
//!
//! A test on the past must not know the future. So every snapshot says which day it was made from, and from when on it is used; one that is used
//! before the day it was made from gives the future away, which [`World::knows_the_future`] tells.

use super::language::{Event, Value};
use crate::events::table::{Events, NONE, Time};

/// One name per customer, or none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerGroups {
    /// Names.
    pub names: Vec<String>,
    /// Per customer of the event table: an index into `names`, or [`NONE`].
    pub of: Vec<u32>,
}

impl CustomerGroups {
    /// The group of a customer.
    pub fn at(&self, customer: usize) -> Option<u32> {
        self.of.get(customer).copied().filter(|group| *group != NONE)
    }
}

/// A column of the customer table, one entry per customer of the event table.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownColumn {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: KnownValues,
}

/// Values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum KnownValues {
    /// Numbers; NaN where there is none.
    Numbers(Vec<f64>),
    /// Yes or no.
    Flags(Vec<Option<bool>>),
    /// Texts: names, and per customer an index into them, or [`NONE`].
    Texts(CustomerGroups),
}

impl KnownColumn {
    /// The value of a customer; none where it is missing.
    pub fn at(&self, customer: usize) -> Option<Value> {
        match &self.values {
            KnownValues::Numbers(numbers) => numbers.get(customer).filter(|number| !number.is_nan()).map(|number| Value::Number(*number)),
            KnownValues::Flags(flags) => flags.get(customer).copied().flatten().map(Value::Flag),
            KnownValues::Texts(texts) => {
                texts.at(customer).and_then(|text| texts.names.get(text as usize)).map(|text| Value::Text(text.clone()))
            }
        }
    }
}

/// What was known of the customers on a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The last moment whose events went into it.
    pub made: Time,
    /// From when on it is used, until the next one is.
    pub from: Time,
    /// Personas.
    pub personas: CustomerGroups,
    /// Segments of recency, frequency and money.
    pub segments: CustomerGroups,
    /// Columns.
    pub columns: Vec<KnownColumn>,
}

/// All that triggers are tried on.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The events.
    pub events: &'a Events,
    /// What was known when, ascending by `from`. Before the first one nothing is known.
    pub snapshots: &'a [Snapshot],
    /// Holidays as local days since 1970, ascending.
    pub holidays: &'a [i64],
    /// Which events are purchases; without it, those the goal of a trigger wants.
    pub purchase: Option<&'a Event>,
    /// Which events are messages that were sent; the history is not untreated after one.
    pub sent: Option<&'a Event>,
}

impl<'a> World<'a> {
    /// Events alone.
    pub fn of(events: &'a Events) -> World<'a> {
        World { events, snapshots: &[], holidays: &[], purchase: None, sent: None }
    }

    /// What was known at a moment.
    pub fn known_at(&self, time: Time) -> Option<&'a Snapshot> {
        let after = self.snapshots.partition_point(|snapshot| snapshot.from <= time);
        self.snapshots[..after].last()
    }

    /// The persona of a customer at a moment, as it was known then.
    pub fn persona_at(&self, customer: usize, time: Time) -> Option<u32> {
        self.known_at(time).and_then(|snapshot| snapshot.personas.at(customer))
    }

    /// Names of the personas. Snapshots of one recipe have the same ones.
    pub fn persona_names(&self) -> &'a [String] {
        self.snapshots.first().map_or(&[], |snapshot| &snapshot.personas.names)
    }

    /// Whether a snapshot is used before the day it was made from.
    pub fn knows_the_future(&self) -> bool {
        self.snapshots.iter().any(|snapshot| snapshot.made > snapshot.from)
    }
}
