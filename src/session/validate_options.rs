//! What is tried on other days to see whether personas hold: how many, how far apart, and what is foretold? Part of the plan.

use serde::{Deserialize, Serialize};

use crate::data::Dictionary;
use crate::data::day::IsoDay;

/// What is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValidateOptions {
    /// Snapshots.
    pub snapshots: usize,
    /// How far they are apart.
    pub every: Every,
    /// Days after the cut that are foretold.
    pub horizon_days: u32,
    /// What is foretold.
    pub outcome: ToForetell,
    /// The last day the personas know; the last one that leaves a whole horizon unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<IsoDay>,
    /// Whether columns that are of today, whatever the day, take part.
    pub with_todays: bool,
}

impl Default for ValidateOptions {
    fn default() -> ValidateOptions {
        ValidateOptions {
            snapshots: 4,
            every: Every::default(),
            horizon_days: 90,
            outcome: ToForetell::BuysAgain,
            cut: None,
            with_todays: false,
        }
    }
}

impl ValidateOptions {
    pub(super) fn is_default(&self) -> bool {
        *self == ValidateOptions::default()
    }
}

/// How far snapshots are apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    /// At the end of every quarter of the calendar.
    #[default]
    Quarter,
    /// At the end of every month.
    Month,
    /// So many days, counted back from the last day.
    Days(u32),
}

impl Every {
    /// Reads "quarter", "month" or a number of days.
    pub fn parse(text: &str) -> Option<Every> {
        match text {
            "quarter" => Some(Every::Quarter),
            "month" => Some(Every::Month),
            days => days.parse().ok().filter(|days| (1..=3660).contains(days)).map(Every::Days),
        }
    }

    /// "quarter" and the like, as a sentence says it.
    pub fn word(self) -> String {
        match self {
            Every::Quarter => "quarter".into(),
            Every::Month => "month".into(),
            Every::Days(1) => "day".into(),
            Every::Days(days) => format!("{days} days"),
        }
    }
}

impl TryFrom<String> for Every {
    type Error = String;

    fn try_from(text: String) -> Result<Every, String> {
        Every::parse(&text).ok_or_else(|| format!("{text} is neither quarter, month nor a number of days"))
    }
}

impl From<Every> for String {
    fn from(every: Every) -> String {
        match every {
            Every::Days(days) => days.to_string(),
            other => other.word(),
        }
    }
}

/// What is foretold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ToForetell {
    /// Whether they buy at all.
    #[default]
    BuysAgain,
    /// On how many days.
    Purchases,
    /// For how much, net of returns.
    Spend,
    /// Whether they buy of a product group.
    Category(String),
    /// What a column of a list of customers says.
    Column(String),
}

impl ToForetell {
    /// Reads "buys_again", "purchases", "spend", "category:NAME" or "column:NAME".
    pub fn parse(text: &str) -> Option<ToForetell> {
        let named = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        match text {
            "buys_again" => Some(ToForetell::BuysAgain),
            "purchases" => Some(ToForetell::Purchases),
            "spend" => Some(ToForetell::Spend),
            _ => match text.split_once(':')? {
                ("category", name) => named(name).map(ToForetell::Category),
                ("column", name) => named(name).map(ToForetell::Column),
                _ => None,
            },
        }
    }

    /// As a sentence begins with it.
    pub fn told(&self, dictionary: &Dictionary) -> String {
        match self {
            ToForetell::BuysAgain => "Buying again".into(),
            ToForetell::Purchases => "The number of purchases".into(),
            ToForetell::Spend => "Spend".into(),
            ToForetell::Category(name) => format!("Buying {name}"),
            ToForetell::Column(name) => dictionary.name(name),
        }
    }

    /// As it is read.
    pub fn word(&self) -> String {
        match self {
            ToForetell::BuysAgain => "buys_again".into(),
            ToForetell::Purchases => "purchases".into(),
            ToForetell::Spend => "spend".into(),
            ToForetell::Category(name) => format!("category:{name}"),
            ToForetell::Column(name) => format!("column:{name}"),
        }
    }
}

impl TryFrom<String> for ToForetell {
    type Error = String;

    fn try_from(text: String) -> Result<ToForetell, String> {
        ToForetell::parse(&text).ok_or_else(|| format!("{text} is nothing that can be foretold"))
    }
}

impl From<ToForetell> for String {
    fn from(outcome: ToForetell) -> String {
        outcome.word()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_as_they_are_written() {
        for word in ["buys_again", "purchases", "spend", "category:Garden", "column:churned"] {
            assert_eq!(ToForetell::parse(word).unwrap().word(), word);
        }
        assert!(["", "buys", "category:", "column: ", "x:y"].iter().all(|word| ToForetell::parse(word).is_none()));
    }

    #[test]
    fn distances_are_read_as_they_are_written() {
        assert_eq!(Every::parse("45"), Some(Every::Days(45)));
        assert!(["", "0", "week", "-3"].iter().all(|word| Every::parse(word).is_none()));
        let options =
            ValidateOptions { every: Every::Days(1), outcome: ToForetell::Category("Garden".into()), ..ValidateOptions::default() };
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<ValidateOptions>(&text).unwrap(), options);
        assert_eq!(serde_json::from_str::<ValidateOptions>("{}").unwrap(), ValidateOptions::default());
    }
}
