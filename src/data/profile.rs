//! What is in each column? Type, missing share, distinct values, range, a small histogram, and what the column seems to be for.
//!
//! In: a table. Out: one profile a column. O(n p), columns side by side.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::table::Kind;

/// What a column is for. Guessed from its name and values; the user may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names a customer; never an input, never on a card.
    Identifier,
    /// Who they are: age, job, place.
    Demographic,
    /// What they do: spend, visits, clicks.
    Behavioural,
    /// What they think: attitudes, satisfaction, interests.
    Psychographic,
    /// What the business wants to know afterwards: churned, lifetime value. Described, never an input by default.
    Outcome,
    /// Gender, health, religion and the like: no input and no name unless the user says so.
    Sensitive,
    /// Left alone.
    Ignored,
}

impl Role {
    /// All roles, in the order menus show them.
    pub const ALL: [Role; 7] =
        [Role::Identifier, Role::Demographic, Role::Behavioural, Role::Psychographic, Role::Outcome, Role::Sensitive, Role::Ignored];

    /// The role's name.
    pub fn name(self) -> &'static str {
        match self {
            Role::Identifier => "Identifier",
            Role::Demographic => "Demographic",
            Role::Behavioural => "Behavioural",
            Role::Psychographic => "Psychographic",
            Role::Outcome => "Outcome",
            Role::Sensitive => "Sensitive",
            Role::Ignored => "Ignored",
        }
    }

    /// What the role means for the analysis, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Role::Identifier => "Names a customer. Carried through to the exports, never an input and never on a card.",
            Role::Demographic => "Who they are, such as age, job or place. An input by default.",
            Role::Behavioural => "What they do, such as spend, visits or clicks. An input by default.",
            Role::Psychographic => "What they think, such as attitudes or satisfaction. An input by default.",
            Role::Outcome => "What you want to know afterwards, such as churn. Described on cards, no input by default.",
            Role::Sensitive => "Gender, health, religion and the like. No input and no part of a name unless you say so.",
            Role::Ignored => "Left alone: no input and not on cards.",
        }
    }

    /// Whether columns of this role enter the clustering unless the user decides otherwise.
    pub fn is_input_by_default(self) -> bool {
        matches!(self, Role::Demographic | Role::Behavioural | Role::Psychographic)
    }
}

/// One profile a column, in the table's order.
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
