//! Every choice between the table and the matrix, as plain data. What the user did not choose is suggested from the data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::{ColumnProfile, Role};

/// The preparation section of a plan: defaults for all columns and the user's own choices by column name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preparation {
    /// The user's roles, by column name; all others are guessed.
    pub roles: BTreeMap<String, Role>,
    /// The columns that enter, if the user named them all (`--features a,b,c`); `None` lets roles and data decide.
    pub features: Option<Vec<String>>,
    /// The user's choices for single columns, by name.
    pub columns: BTreeMap<String, ColumnRecipe>,
    /// How columns are scaled unless chosen otherwise.
    pub scale: Scale,
    /// Whether skewed columns are transformed unless chosen otherwise.
    pub transform: TransformRule,
    /// Which coordinates the clustering sees.
    pub dimensions: Dimensions,
    /// Columns with a larger share of missing values than this are left out by default (0.20).
    pub missing_limit: f64,
    /// Levels with a smaller share than this merge into "Other" (0.05).
    pub rare_level_share: f64,
    /// Whether numbers that stand apart from all others, such as 99 beside 1 to 5, are no answer and so missing (false).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_answer_is_missing: bool,
}

impl Default for Preparation {
    fn default() -> Preparation {
        Preparation {
            roles: BTreeMap::new(),
            features: None,
            columns: BTreeMap::new(),
            scale: Scale::Standard,
            transform: TransformRule::Auto,
            dimensions: Dimensions::Auto,
            missing_limit: 0.20,
            rare_level_share: 0.05,
            no_answer_is_missing: false,
        }
    }
}

impl Preparation {
    /// Whether the user chose anything for the column called `name`.
    pub fn is_changed_for(&self, name: &str) -> bool {
        self.roles.contains_key(name) || self.columns.get(name).is_some_and(|recipe| *recipe != ColumnRecipe::default())
    }

    /// The same choices with another role of one column; `None` guesses again. Choosing what is guessed anyway is no choice to remember.
    pub fn with_role(&self, profile: &ColumnProfile, role: Option<Role>) -> Preparation {
        let mut preparation = self.clone();
        match role.filter(|role| *role != profile.guessed_role) {
            Some(role) => preparation.roles.insert(profile.name.clone(), role),
            None => preparation.roles.remove(&profile.name),
        };
        preparation
    }
}

/// The user's choices for one column; `None` means as suggested.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnRecipe {
    /// Whether it enters at all.
    pub enters: Option<bool>,
    /// Its transform.
    pub transform: Option<Transform>,
    /// Its scale.
    pub scale: Option<Scale>,
    /// What happens to missing values.
    pub missing: Option<MissingRule>,
}

/// A monotone change of a numeric column before scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// As it is.
    None,
    /// ln(1 + x), for skewed values that are never negative.
    Log1p,
    /// asinh(x), for skewed values with both signs.
    Asinh,
    /// Values beyond the 1st and 99th percentile are drawn in to them.
    Winsorized,
}

/// Whether columns are transformed without being told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransformRule {
    /// Skewness above 1: log1p, or asinh where negatives occur.
    Auto,
    /// No column.
    None,
}

/// How a numeric column is brought to a common scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// (x - mean) / population standard deviation.
    Standard,
    /// (x - median) / interquartile range.
    Robust,
    /// As it is.
    None,
}

/// What happens to rows whose value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingRule {
    /// The median (numbers, dates) stands in; for categories missing becomes a level of its own, "(missing)".
    Impute,
    /// The row is left out of the analysis.
    LeaveOutRows,
}

/// Which coordinates the clustering sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimensions {
    /// The columns themselves when all are numeric; the first components of FAMD when categories enter.
    Auto,
    /// The encoded columns themselves.
    Columns,
    /// Components with an eigenvalue above 1 (the average, for scaled columns).
    ComponentsAboveOne,
    /// As many components as explain 80 % of the variance.
    ComponentsFor80Percent,
    /// This many components.
    Components(usize),
}

macro_rules! choices {
    ($type:ident { $($variant:ident: $name:literal, $explanation:literal;)* }) => {
        impl $type {
            /// All choices, in the order menus show them.
            pub const ALL: &[$type] = &[$($type::$variant),*];

            /// The choice's name.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name),* }
            }

            /// What it means for the user, in one sentence.
            pub fn explanation(self) -> &'static str {
                match self { $($type::$variant => $explanation),* }
            }
        }
    };
}

choices!(Transform {
    None: "None", "The values enter as they are.";
    Log1p: "log1p", "ln(1 + x): calms long tails of spend and counts, so that a few big customers do not decide everything.";
    Asinh: "asinh", "Like a logarithm, but for columns that also hold negative values.";
    Winsorized: "Winsorized", "Values beyond the 1st and 99th percentiles are capped there.";
});
choices!(TransformRule {
    Auto: "Automatic", "Columns with skewness above 1 are transformed: log1p, or asinh where negatives occur.";
    None: "None", "No column is transformed unless you choose so.";
});
choices!(Scale {
    Standard: "Standard", "(x - mean) / standard deviation: every column counts the same.";
    Robust: "Robust", "(x - median) / interquartile range: outliers do not stretch the scale.";
    None: "None", "Columns keep their units, so the ones with large numbers count most.";
});
choices!(MissingRule {
    Impute: "Fill in", "The median stands in for a missing number; a missing category becomes a level of its own.";
    LeaveOutRows: "Leave rows out", "Customers without a value are left out of the analysis and stay without a persona.";
});
