//! What is in each column? Type, missing share, distinct values, range, a small histogram, and what the column seems to be for.
//!
//! In: a table. Out: one profile per column. O(n p), columns side by side.

use std::sync::Arc;

use super::Kind;
use super::role::Role;

/// One profile per column, in the table's order.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// The profiles.
    pub columns: Vec<ColumnProfile>,
}

/// What is in one column.
#[derive(Debug, Clone)]
pub struct ColumnProfile {
    /// The column's name.
    pub name: String,
    /// How its values behave.
    pub kind: Kind,
    /// Rows without a value.
    pub n_missing: usize,
    /// Share of rows without a value, 0 to 1.
    pub missing_share: f64,
    /// Number of different values, missing not counted.
    pub n_distinct: usize,
    /// Numbers and dates (as days): moments and quantiles of the values present; `None` for text or when nothing is present.
    pub numeric: Option<NumericSummary>,
    /// Text with at most [`MAX_LEVELS`] different values: the levels and every row's level.
    pub levels: Option<Arc<Levels>>,
    /// Counts for the small histogram: equal-width bins from min to max, or the commonest levels.
    pub histogram: Vec<usize>,
    /// What the column seems to be for.
    pub guessed_role: Role,
    /// Why, in one sentence, shown on hover.
    pub guess_reason: String,
}

/// More different texts than this are free text, not levels.
pub const MAX_LEVELS: usize = 1_000;

/// More different numbers are a scale, and no coded levels.
pub const MAX_CODES: usize = 20;

/// Moments and quantiles of the values present.
#[derive(Debug, Clone, PartialEq)]
pub struct NumericSummary {
    /// Smallest value.
    pub min: f64,
    /// First quartile.
    pub q1: f64,
    /// Median.
    pub median: f64,
    /// Third quartile.
    pub q3: f64,
    /// Largest value.
    pub max: f64,
    /// Mean.
    pub mean: f64,
    /// Population standard deviation.
    pub sd: f64,
    /// Skewness, see [`crate::base::stats::skewness`].
    pub skewness: f64,
    /// Whether every value is a whole number.
    pub whole: bool,
    /// The different values, ascending, where they are whole and at most [`MAX_CODES`]: what may be levels in numbers.
    pub codes: Vec<f64>,
}

/// The levels of a categorical column, commonest first (ties by first row), and each row's level.
#[derive(Debug, Clone)]
pub struct Levels {
    /// The levels' texts.
    pub names: Vec<String>,
    /// Rows of each level.
    pub counts: Vec<usize>,
    /// The level of every row; [`Levels::MISSING`] where there is none.
    pub codes: Vec<u32>,
}

impl Levels {
    /// The code of a missing cell.
    pub const MISSING: u32 = u32::MAX;

    /// The level of `row`.
    pub fn get(&self, row: usize) -> Option<usize> {
        Some(self.codes[row]).filter(|&code| code != Levels::MISSING).map(|code| code as usize)
    }
}

impl Profile {
    /// The profile of the column called `name`.
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Bins of a numeric histogram.
pub const HISTOGRAM_BINS: usize = 12;

/// Levels a categorical histogram shows at most.
pub const HISTOGRAM_LEVELS: usize = 8;
