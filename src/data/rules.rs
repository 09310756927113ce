//! What must hold for data to be trusted? Rules as plain data; `crate::customers::health` checks them.
//!
//! The dimensions are those of DAMA UK (2013), "The six primary dimensions for data quality assessment"; accuracy needs a reference to
//! compare with, which is what [`Predicate::FoundIn`] does.

use serde::{Deserialize, Serialize};

use super::cells::day::IsoDay;

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The source it is about, by its name.
    pub source: String,
    /// Which side of quality it looks at.
    pub dimension: Dimension,
    /// The columns it looks at.
    pub columns: Vec<String>,
    /// What must hold.
    pub predicate: Predicate,
    /// How bad it is when it does not.
    pub severity: Severity,
    /// The share of rows that may fail before the rule counts as broken, 0 to 1.
    pub threshold: f64,
    /// What happens to rows that fail.
    pub action: RowAction,
    /// Whether it is checked at all.
    pub enabled: bool,
    /// Why it was suggested, in one sentence; empty for the user's own.
    #[serde(default)]
    pub why: String,
}

impl Rule {
    /// What it demands, in words: "age lies between 13 and 110".
    pub fn words(&self) -> String {
        let (first, second) = (self.columns.first().map_or("", String::as_str), self.columns.get(1).map_or("", String::as_str));
        let all = if self.columns.len() > 4 { format!("{} columns", self.columns.len()) } else { self.columns.join(", ") };
        match &self.predicate {
            Predicate::Present => format!("{all} is there"),
            Predicate::Readable => format!("{first} can be read"),
            Predicate::Email => format!("{first} looks like an e-mail address"),
            Predicate::Phone => format!("{first} looks like a telephone number"),
            Predicate::Between(low, high) => format!("{first} lies between {low} and {high}"),
            Predicate::AtLeast(low) if *low == 0.0 => format!("{first} is not negative"),
            Predicate::AtLeast(low) => format!("{first} is at least {low}"),
            Predicate::DayBetween(low, Some(high)) => format!("{first} lies between {low} and {high}"),
            Predicate::DayBetween(low, None) => format!("{first} is neither before {low} nor in the future"),
            Predicate::OneOf(values) if values.len() <= 4 => format!("{first} is one of {}", values.join(", ")),
            Predicate::OneOf(values) => format!("{first} is one of {} known values", values.len()),
            Predicate::OneValue => format!("{first} is the same in every row"),
            Predicate::Unique if self.columns.len() > 1 => format!("No row repeats another ({all})"),
            Predicate::Unique => format!("{first} is there once"),
            Predicate::SameSpelling => format!("{first} is spelled one way"),
            Predicate::SameCountry => format!("{first} uses one name per country"),
            Predicate::FoundIn { source, .. } => format!("{first} is known in {source}"),
            Predicate::NotAfter => format!("{first} is not after {second}"),
            Predicate::AtMostDaysOld(days) if *days == 1.0 => "The newest row is at most 1 day old".to_owned(),
            Predicate::AtMostDaysOld(days) => format!("The newest row is at most {days} days old"),
            Predicate::Formula(formula) => formula.clone(),
        }
    }
}

/// A side of data quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Is it there?
    Completeness,
    /// Does it have a form that can be true?
    Validity,
    /// Is it there once?
    Uniqueness,
    /// Does it agree with the rest?
    Consistency,
    /// Is it recent enough?
    Timeliness,
}

impl Dimension {
    /// All dimensions, in the order they are shown.
    pub const ALL: [Dimension; 5] =
        [Dimension::Completeness, Dimension::Validity, Dimension::Uniqueness, Dimension::Consistency, Dimension::Timeliness];

    /// The dimension's name.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Completeness => "Completeness",
            Dimension::Validity => "Validity",
            Dimension::Uniqueness => "Uniqueness",
            Dimension::Consistency => "Consistency",
            Dimension::Timeliness => "Timeliness",
        }
    }

    /// What it asks, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Dimension::Completeness => "Is it there? The share of rows that have what they must have.",
            Dimension::Validity => "Can it be true? The share of rows whose values have a possible form and size.",
            Dimension::Uniqueness => "Is it there once? The share of rows that repeat no other.",
            Dimension::Consistency => "Does it agree with the rest? One spelling, known customers, first before last.",
            Dimension::Timeliness => "Is it recent enough? Whether the newest row is within the source's limit.",
        }
    }
}

/// What must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Predicate {
    /// The cell has a value.
    Present,
    /// The cell could be read as what the column holds (a number, a date).
    Readable,
    /// It looks like an e-mail address.
    Email,
    /// It looks like a telephone number: 7 to 15 digits, as E.164 allows.
    Phone,
    /// The number lies between the two, both included.
    Between(f64, f64),
    /// The number is not below this.
    AtLeast(f64),
    /// The day lies between the two, both included; `None` is the newest day that can be believed of all sources.
    DayBetween(IsoDay, Option<IsoDay>),
    /// It is one of these.
    OneOf(Vec<String>),
    /// No other value is commoner: amounts of one currency can be added up.
    OneValue,
    /// No row before has the same values in these columns.
    Unique,
    /// No other spelling of the same value is commoner ("berlin", "Berlin ").
    SameSpelling,
    /// No other name of the same country is commoner ("UK", "United Kingdom").
    SameCountry,
    /// The value is in that column of that source.
    FoundIn {
        /// The other source.
        source: String,
        /// Its column.
        column: String,
    },
    /// The first column's value is not above the second's.
    NotAfter,
    /// The newest day of the column is at most so many days old.
    AtMostDaysOld(f64),
    /// A polars SQL expression that is true.
    Formula(String),
}

impl Severity {
    /// All severities, the mildest first.
    pub const ALL: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

    /// The severity's name.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "Worth knowing",
            Severity::Warning => "Warning",
            Severity::Error => "Error",
        }
    }

    /// How much a rule counts in the score of its source.
    pub fn weight(self) -> f64 {
        match self {
            Severity::Info => 1.0,
            Severity::Warning => 2.0,
            Severity::Error => 3.0,
        }
    }
}

impl RowAction {
    /// All actions, the mildest first.
    pub const ALL: [RowAction; 3] = [RowAction::Flag, RowAction::NullValue, RowAction::DropRow];

    /// The action's name.
    pub fn name(self) -> &'static str {
        match self {
            RowAction::Flag => "Report only",
            RowAction::NullValue => "Take as missing",
            RowAction::DropRow => "Leave row out",
        }
    }

    /// What it does, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            RowAction::Flag => "The rows stay in the analysis and are listed here.",
            RowAction::NullValue => "The values count as missing; the rows stay in the analysis.",
            RowAction::DropRow => "The rows are kept out of the analysis, and listed here.",
        }
    }
}

/// How bad a broken rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Numbers may be off.
    Warning,
    /// Numbers are wrong.
    Error,
}

/// What happens to rows that fail a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowAction {
    /// The row is kept out of the analysis.
    DropRow,
    /// The value is taken as missing.
    NullValue,
    /// Nothing but a mark in the list.
    Flag,
}
