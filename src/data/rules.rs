//! What must hold for data to be trusted? Rules as plain data; `crate::customers::health` checks them.
//!
//! The dimensions are those of DAMA UK (2013), "The six primary dimensions for data quality assessment"; accuracy needs a reference to
//! compare with, which is what [`Predicate::FoundIn`] does.

use serde::{Deserialize, Serialize};

use super::sourcing::IsoDay;

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
    /// The number lies between the two, both included.
    Between(f64, f64),
    /// The day lies between the two, both included; `None` is the snapshot day.
    DayBetween(IsoDay, Option<IsoDay>),
    /// It is one of these.
    OneOf(Vec<String>),
    /// No other row has the same values in these columns.
    Unique,
    /// No other spelling of the same value is commoner ("berlin", "Berlin ").
    SameSpelling,
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
