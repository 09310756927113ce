//! A day of the calendar, as plans and files write it.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::data::table::day_text;

use super::dates;

/// A calendar day; written as 1997-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoDay(
    /// Days since 1970-01-01.
    pub i32,
);

impl IsoDay {
    /// Reads "1997-12-31".
    pub fn parse(text: &str) -> Option<IsoDay> {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().map(|date| IsoDay(dates::days(date)))
    }
}

impl std::fmt::Display for IsoDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&day_text(self.0))
    }
}

impl Serialize for IsoDay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IsoDay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<IsoDay, D::Error> {
        let text = String::deserialize(from)?;
        IsoDay::parse(&text).ok_or_else(|| de::Error::custom(format!("{text:?} is no day like 1997-12-31")))
    }
}
