//! How long?
//!
//! In: a number of days, or a text such as "24h", "7d", "30m", "90s", "2w". Out: whole milliseconds, and the same written one way only. O(1).
//!
//! A day is always 24 hours. Calendar days were not chosen: their length depends on the place, and a rule must mean the same for everyone.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::events::table::{DAY, Time};

const HOUR: Time = DAY / 24;
const MINUTE: Time = HOUR / 60;
const SECOND: Time = 1_000;
/// The longest span of a rule: a century. Sums of it and any date stay far from the limits of the clock.
const LONGEST: Time = 36_525 * DAY;

/// A length of time in milliseconds, never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(Time);

impl Span {
    /// So many days of 24 hours.
    pub const fn days(days: i64) -> Span {
        Span(days * DAY)
    }

    /// So many hours.
    pub const fn hours(hours: i64) -> Span {
        Span(hours * HOUR)
    }

    /// So many milliseconds; what is below zero is zero.
    pub fn of(ms: Time) -> Span {
        Span(ms.clamp(0, LONGEST))
    }

    /// Milliseconds.
    pub const fn ms(self) -> Time {
        self.0
    }

    /// Days, with their fraction.
    pub fn in_days(self) -> f64 {
        self.0 as f64 / DAY as f64
    }

    /// Whether it is no time at all.
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// Reads "24h" or "7d". The error is a sentence.
    pub fn parse(text: &str) -> Result<Span, String> {
        let wrong = || format!("“{text}” is not a length of time; write a number of days, or a text such as \"24h\", \"7d\" or \"30m\".");
        let text_ = text.trim();
        let at = text_.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text_.len());
        let number: f64 = text_[..at].trim().parse().map_err(|_| wrong())?;
        let unit = match &text_[at..] {
            "w" => 7 * DAY,
            "d" | "" => DAY,
            "h" => HOUR,
            "m" | "min" => MINUTE,
            "s" => SECOND,
            _ => return Err(wrong()),
        };
        Span::from_number(number, unit)
    }

    fn from_number(number: f64, unit: Time) -> Result<Span, String> {
        let ms = (number * unit as f64).round();
        if !(0.0..=LONGEST as f64).contains(&ms) {
            return Err(format!("a length of time of {number} is outside 0 to 100 years"));
        }
        Ok(Span(ms as Time))
    }

    /// The largest unit that leaves a whole number; a single day is told as 24 hours.
    fn unit(self) -> (Time, &'static str, &'static str) {
        match self.0 {
            ms if ms % DAY == 0 && ms != DAY => (ms / DAY, "d", "day"),
            ms if ms % HOUR == 0 => (ms / HOUR, "h", "hour"),
            ms if ms % MINUTE == 0 => (ms / MINUTE, "m", "minute"),
            // Below a second nothing is written by people; what a computation left there is told in seconds.
            ms => ((ms / SECOND).max(1), "s", "second"),
        }
    }

    /// In words: "24 hours", "7 days".
    pub fn words(self) -> String {
        let (n, _, word) = self.unit();
        format!("{n} {word}{}", if n == 1 { "" } else { "s" })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, unit, _) = self.unit();
        write!(f, "{n}{unit}")
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
        from.deserialize_any(SpanVisitor)
    }
}

struct SpanVisitor;

impl de::Visitor<'_> for SpanVisitor {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of days, or a text such as \"24h\" or \"7d\"")
    }

    fn visit_u64<E: de::Error>(self, days: u64) -> Result<Span, E> {
        Span::from_number(days as f64, DAY).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, days: i64) -> Result<Span, E> {
        Span::from_number(days as f64, DAY).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, days: f64) -> Result<Span, E> {
        Span::from_number(days, DAY).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
        Span::parse(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_one_way() {
        for (text, written, words) in [
            ("7", "7d", "7 days"),
            ("\"1d\"", "24h", "24 hours"),
            ("0.5", "12h", "12 hours"),
            ("\"48h\"", "2d", "2 days"),
            ("\"90m\"", "90m", "90 minutes"),
            ("\"2w\"", "14d", "14 days"),
            ("\"45 s\"", "45s", "45 seconds"),
            ("0", "0d", "0 days"),
        ] {
            let span: Span = serde_json::from_str(text).unwrap();
            assert_eq!((span.to_string().as_str(), span.words().as_str()), (written, words));
            assert_eq!(serde_json::from_str::<Span>(&serde_json::to_string(&span).unwrap()).unwrap(), span);
        }
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for text in ["-1", "\"-7d\"", "\"soon\"", "\"7 moons\"", "1e300", "\"nan\"", "\"infd\"", "\"\"", "true", "\"7é\""] {
            assert!(serde_json::from_str::<Span>(text).is_err(), "{text}");
        }
    }
}
