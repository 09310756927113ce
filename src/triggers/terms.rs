//! Of which parts is a trigger made?
//!
//! In and out: events with their filters, conditions and measures, as [`super::language`] writes them. What they mean over time is said in
//! `moment.rs` and `condition.rs`.

use serde::{Deserialize, Serialize};

use super::spans::Span;

/// The event name that stands for any event.
pub const ANY: &str = "*";

/// From when an absence is counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Since {
    /// The last such event.
    #[default]
    Last,
    /// The first event of the customer in the data.
    FirstSeen,
    /// The last event of another sort.
    Event(Event),
}

/// A running measure of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Number of events in the last so many days.
    Count {
        /// Which.
        event: Event,
        /// How far back.
        over: Span,
    },
    /// Sum of their values.
    Sum {
        /// Which.
        event: Event,
        /// How far back.
        over: Span,
    },
    /// Number of different pages or kinds among them.
    Distinct {
        /// Different what.
        of: DistinctOf,
        /// Which events.
        event: Event,
        /// How far back.
        over: Span,
    },
    /// Sum of their values as a share of the sum over the equally long time before; unknown where that is nothing.
    Change {
        /// Which.
        event: Event,
        /// How far back, and how far back from there.
        over: Span,
    },
}

/// Which way a measure passes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrossDirection {
    /// From below to at least the value.
    Up,
    /// From at least the value to below it.
    Down,
}

/// What events are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistinctOf {
    /// Their page.
    Page,
    /// Their kind.
    Kind,
}

/// A sort of events: a kind, or [`ANY`], and what must hold of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Name of the kind.
    pub event: String,
    /// All of these hold.
    pub filters: Vec<Filter>,
}

/// Something that must hold of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Of what.
    pub field: EventField,
    /// Compared how.
    pub op: Op,
    /// With what.
    pub value: Value,
}

/// What is known of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the word itself")]
pub enum EventField {
    Page,
    Value,
    Device,
    System,
    Browser,
    Country,
    Region,
    City,
    Weekend,
    Weekday,
    Hour,
    DayPart,
    Holiday,
    StartsVisit,
}

/// How two things are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is written beside it")]
pub enum Op {
    #[serde(rename = "=")]
    Is,
    #[serde(rename = "!=")]
    IsNot,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = ">")]
    Above,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "in")]
    In,
    #[serde(rename = "contains")]
    Contains,
}

/// What something is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a value is a number, a text, true or false, or a list of texts")]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// One of these.
    Texts(Vec<String>),
}

/// Over which time is counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Over {
    /// All that is in the data.
    #[default]
    Ever,
    /// The last so many days.
    Last(Span),
    /// Since the last event of another sort.
    Since(Event),
}

/// Something that must hold when a trigger fires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the same fields as of a measure: which events, over which time, compared how with what")]
pub enum TriggerCondition {
    /// Number of events.
    Count {
        event: Event,
        #[serde(default)]
        over: Over,
        op: Op,
        value: f64,
    },
    /// Days since the last of them; never true for who never had one.
    DaysSince { event: Event, op: Op, value: f64 },
    /// Sum of their values.
    Sum {
        event: Event,
        #[serde(default)]
        over: Over,
        op: Op,
        value: f64,
    },
    /// Number of different pages or kinds among them.
    Distinct {
        of: DistinctOf,
        event: Event,
        #[serde(default)]
        over: Over,
        op: Op,
        value: f64,
    },
    /// A column of the customer table.
    Column { name: String, op: Op, value: Value },
}

impl Measure {
    /// Which events it is of, and how far back it looks.
    pub fn looks_at(&self) -> (&Event, Span) {
        match self {
            Measure::Count { event, over }
            | Measure::Sum { event, over }
            | Measure::Distinct { event, over, .. }
            | Measure::Change { event, over } => (event, *over),
        }
    }
}

impl Event {
    /// All events of a kind.
    pub fn of(kind: &str) -> Event {
        Event { event: kind.to_owned(), filters: Vec::new() }
    }

    /// Those of them of which this holds as well.
    pub fn having(mut self, field: EventField, op: Op, value: Value) -> Event {
        self.filters.push(Filter { field, op, value });
        self
    }

    /// The first event of each visit.
    pub fn visit() -> Event {
        Event::of(ANY).having(EventField::StartsVisit, Op::Is, Value::Flag(true))
    }
}
