//! What is tried on other days to see whether personas hold: how many, how far apart, and what is foretold? Part of the plan.

use std::path::PathBuf;

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
    /// Tables of the same customers on earlier days, where there are no orders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierTable>,
    /// The day that the data themselves are of, where earlier tables stand beside them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_day: Option<IsoDay>,
}

/// A table of the same customers as they were on a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EarlierTable {
    /// Where it is.
    pub path: PathBuf,
    /// The day it is of; without one it is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<IsoDay>,
}

impl EarlierTable {
    /// A table of the day that its name tells, as "shop-2024-01-31.csv" does; the user reads and may change it.
    pub fn at(path: PathBuf) -> EarlierTable {
        let day = path.file_stem().and_then(|stem| day_in(&stem.to_string_lossy()));
        EarlierTable { path, day }
    }

    /// The name of the file.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }
}

/// The only day that a name tells, year first: "2024-01-31", "2024_01_31" or "20240131".
pub fn day_in(name: &str) -> Option<IsoDay> {
    let is_digit = |c: &char| c.is_ascii_digit();
    let pieces: Vec<&str> = name.split(|c: char| !is_digit(&c)).filter(|piece| !piece.is_empty()).collect();
    let whole = pieces.iter().filter(|piece| piece.len() == 8).map(|piece| format!("{}-{}-{}", &piece[..4], &piece[4..6], &piece[6..]));
    let parted =
        pieces.windows(3).filter(|three| three[0].len() == 4 && three[1].len() == 2 && three[2].len() == 2).map(|three| three.join("-"));
    let days: Vec<IsoDay> = whole.chain(parted).filter_map(|text| IsoDay::parse(&text)).collect();
    match days[..] {
        [day] => Some(day),
        _ => None,
    }
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
            earlier: Vec::new(),
            of_day: None,
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

    #[test]
    fn a_day_in_a_name_is_read_where_there_is_one_only() {
        let read = |name: &str| day_in(name).map(|day| day.to_string());
        for name in ["shop-2024-01-31", "crm_2024_01_31_final", "20240131", "export 2024.01.31 v2"] {
            assert_eq!(read(name).as_deref(), Some("2024-01-31"), "{name}");
        }
        for name in ["shop", "2024-13-31", "31-01-2024", "2024-01-31 to 2024-02-29", "customer 12345678"] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
