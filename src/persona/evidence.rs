//! What was measured on one column, or one level of it: a persona against everyone and against all others.

use serde::Serialize;

use crate::base::may_be_told;
use crate::data::Role;

/// More or less than the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Above everyone.
    More,
    /// Below everyone.
    Less,
}

/// What of a row of evidence no reader may see, because it tells of fewer than ten customers, or what does could be reckoned from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Withheld {
    /// The persona's value; its text is "n < 10" or a bound.
    pub persona: bool,
    /// Everyone's value; its text is a bound.
    pub everyone: bool,
    /// The value of all others.
    pub rest: bool,
}

impl Withheld {
    /// Whether effect, interval and v.test must not be told: two of the three values give the third.
    pub fn effect(self) -> bool {
        self.persona || self.everyone || self.rest
    }
}

/// What a row of evidence is about, in the words that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// "Contract".
    pub column: String,
    /// "Two year", for categories.
    pub level: Option<String>,
}

impl Shown {
    /// "Total charges", "Contract = Two year".
    pub fn title(&self) -> String {
        self.level.as_ref().map_or_else(|| self.column.clone(), |level| format!("{} = {level}", self.column))
    }
}

/// What was measured for one column, or one level of a column: persona against the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The column.
    pub column: String,
    /// The level, for categories, as the file has it.
    pub level: Option<String>,
    /// The column and the level as they are shown.
    pub shown: Shown,
    /// What the column is for; outcomes and sensitive columns are marked on cards and never in names.
    pub role: Role,
    /// Median (numbers; dates as days since 1970), mean where the texts say "avg", or share (levels) inside the persona.
    pub persona: f64,
    /// The same for everyone.
    pub everyone: f64,
    /// The same for all others.
    pub rest: f64,
    /// The same three as people read them, with units.
    pub texts: [String; 3],
    /// Hedges' g (numbers) or Cohen's h (levels).
    pub effect: f64,
    /// The 95 % interval of the effect, where there are enough values for one.
    pub interval: Option<[f64; 2]>,
    /// v.test, a gate and never a ranking.
    pub v_test: f64,
    /// Percentile of the persona's median among everyone, 0 to 100 (numbers); what is told by a mean has its place by [`Evidence::told_percentile`].
    pub percentile: Option<f64>,
    /// 100 x share inside / share of everyone (levels).
    pub index: Option<f64>,
    /// Share of members the trait holds for, 0 to 1.
    pub coverage: f64,
    /// Members with a value.
    pub n: usize,
    /// Share of members without a value, 0 to 1.
    pub missing_share: f64,
    /// What of it is for nobody's eyes.
    pub withheld: Withheld,
    /// Whether a name may rest on it.
    pub passes_name: bool,
    /// Whether a statement may rest on it.
    pub passes_statement: bool,
}

impl Evidence {
    /// The percentile, where the number that is told is the median: a mean of 2.9 beside one of 3.0 would stand above the middle for all its median does.
    /// Half of it is everyone's median itself, wherever the ties around it lie.
    pub fn told_percentile(&self) -> Option<f64> {
        let is_median = !self.texts[0].starts_with("avg ") && !self.texts[0].ends_with("above 0");
        let percentile = self.percentile.filter(|_| is_median)?;
        Some(if self.persona == self.everyone { 50.0 } else { percentile })
    }

    /// What of it may not be told, whether measured here or put together by hand: of a few members nothing is.
    pub fn hidden(&self) -> Withheld {
        if may_be_told(self.n) { self.withheld } else { Withheld { persona: true, rest: true, ..self.withheld } }
    }
}
