//! What was fitted to a column: how its values become numbers, as plain data.

use serde::{Deserialize, Serialize};

use super::recipe::{Scale, Transform};

/// The name of the level that rare ones merge into.
pub const OTHER: &str = "Other";

/// One column of a table and how its values are encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedColumn {
    /// The column's name in the table.
    pub name: String,
    /// How its values become numbers.
    #[serde(flatten)]
    pub coding: Coding,
}

/// How the values of a column become numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Coding {
    /// A number becomes one encoded column.
    Number(NumberCoding),
    /// A date becomes one encoded column, in days since 1970-01-01.
    Date(NumberCoding),
    /// A category becomes one encoded column for each of its common levels.
    Category(LevelCoding),
}

/// Missing values, transform and scale of a number: ((transform(x) - centre) / spread).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberCoding {
    /// Stands in for missing values, in the column's units: the median.
    pub stand_in: f64,
    /// The transform.
    pub transform: Transform,
    /// The smallest value there was; only kept for log1p, where smaller ones count as this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// Winsorizing bounds (P1, P99), in the column's units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<(f64, f64)>,
    /// What centre and spread are.
    pub scale: Scale,
    /// Subtracted after the transform; 0 without a scale.
    pub centre: f64,
    /// Divided by after the centre was subtracted; 1 without a scale.
    pub spread: f64,
}

/// The levels of a category. Of a level with share s the encoded column is 1 / sqrt(s) - sqrt(s) where it holds and -sqrt(s) elsewhere (FAMD).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelCoding {
    /// The encoded columns: each stands for one common level, or for all rare ones together ("Other").
    pub indicators: Vec<Indicator>,
    /// Every level that was seen, commonest first.
    pub levels: Vec<SeenLevel>,
    /// The indicator of a missing value, by its place in `indicators`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<usize>,
    /// The indicator of a level that was never seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<usize>,
}

/// An encoded column of a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// The level, "Other" or "(missing)".
    pub name: String,
    /// Share of the customers it held for while fitting, above 0 and below 1.
    pub share: f64,
}

/// A level as it is written in the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeenLevel {
    /// Its text.
    pub text: String,
    /// Its place in `indicators`; none where it is too rare to have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<usize>,
}

impl NumberCoding {
    /// The value after the transform, in no units.
    #[inline]
    pub(super) fn transformed(&self, value: f64) -> f64 {
        match self.transform {
            Transform::None => value,
            Transform::Log1p => self.least.filter(|&least| value < least).unwrap_or(value).ln_1p(),
            Transform::Asinh => value.asinh(),
            Transform::Winsorized => self.bounds.map_or(value, |(low, high)| value.clamp(low, high)),
        }
    }

    /// A transformed value after the scale.
    #[inline]
    pub(super) fn scaled(&self, transformed: f64) -> f64 {
        (transformed - self.centre) / self.spread
    }

    /// The encoded value of a cell; NaN is a missing one.
    #[inline]
    pub(super) fn encoded(&self, value: f64) -> f64 {
        self.scaled(self.transformed(if value.is_nan() { self.stand_in } else { value }))
    }
}

impl FittedColumn {
    /// Encoded columns it becomes.
    pub fn width(&self) -> usize {
        match &self.coding {
            Coding::Number(_) | Coding::Date(_) => 1,
            Coding::Category(category) => category.indicators.len(),
        }
    }

    /// Names of its encoded columns: "income", or "channel = web".
    pub fn encoded_names(&self) -> Vec<String> {
        match &self.coding {
            Coding::Number(_) | Coding::Date(_) => vec![self.name.clone()],
            Coding::Category(category) => category.indicators.iter().map(|level| format!("{} = {}", self.name, level.name)).collect(),
        }
    }

    /// Whether it is a number or a date, and no category.
    pub fn is_number(&self) -> bool {
        !matches!(self.coding, Coding::Category(_))
    }

    /// Whether its numbers can be computed with; a file may have been changed by hand.
    pub(super) fn is_sound(&self) -> bool {
        match &self.coding {
            Coding::Number(number) | Coding::Date(number) => {
                let bounds = number.bounds.is_none_or(|(low, high)| low.is_finite() && high.is_finite() && low <= high);
                let least = number.transform != Transform::Log1p || number.least.is_some_and(|least| least > -1.0 && least.is_finite());
                let finite = [number.stand_in, number.centre, number.spread].iter().all(|value| value.is_finite());
                finite && number.spread != 0.0 && bounds && least && (number.transform != Transform::Winsorized || number.bounds.is_some())
            }
            Coding::Category(LevelCoding { indicators, levels, missing, unseen }) => {
                let mut places = levels.iter().filter_map(|level| level.indicator).chain(*missing).chain(*unseen);
                let shares = indicators.iter().all(|level| level.share > 0.0 && level.share < 1.0);
                !indicators.is_empty() && shares && places.all(|place| place < indicators.len())
            }
        }
    }
}
