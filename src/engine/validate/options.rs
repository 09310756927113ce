//! What is tried on other days: how many, how far apart, and what is foretold?

use crate::data::day::IsoDay;

use super::days::Every;

/// What is tried.
#[derive(Debug, Clone, PartialEq)]
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

/// What is foretold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub(super) fn told(&self) -> String {
        match self {
            ToForetell::BuysAgain => "Buying again".into(),
            ToForetell::Purchases => "The number of purchases".into(),
            ToForetell::Spend => "Spend".into(),
            ToForetell::Category(name) => format!("Buying {name}"),
            ToForetell::Column(name) => name.clone(),
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
}
