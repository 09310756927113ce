//! Is this cell a date, and which day?
//!
//! In: one trimmed cell. Out: days since 1970-01-01, or nothing; whether a time of day was dropped. O(length) each.

use chrono::{Datelike, NaiveDate};

/// Which number comes first in 03/04/2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

/// What one cell says about the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vote {
    /// Only the day can be first.
    DayFirst,
    /// Only the month can be first.
    MonthFirst,
    /// Both numbers could be months.
    Either,
    /// The order is no question: ISO, points, or month names.
    Settled,
}

/// A date as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    /// Days since 1970-01-01.
    pub days: i32,
    /// What it says about the order.
    pub vote: Vote,
    /// Whether a time of day stood behind it.
    pub has_time: bool,
}

/// Days of a calendar date.
pub(super) fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

/// Reads one cell; `order` decides only where the cell does not.
pub(super) fn parse(cell: &str, order: Order) -> Option<Day> {
    let bytes = cell.as_bytes();
    if !(6..=40).contains(&bytes.len()) || !bytes.iter().any(u8::is_ascii_digit) {
        return None;
    }
    if bytes[0].is_ascii_alphabetic() || bytes.iter().take(12).any(u8::is_ascii_alphabetic) && !cell.contains('T') {
        return named_month(cell);
    }
    let (date, has_time) = match cell.find(['T', ' ']) {
        Some(at) => (&cell[..at], is_time(cell[at + 1..].trim())?),
        None => (cell, false),
    };
    let separator = date.find(['-', '/', '.']).map(|at| date.as_bytes()[at] as char)?;
    let mut parts = date.split(separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |part: &str| if matches!(part.len(), 1..=4) { part.parse::<u16>().ok().map(u32::from) } else { None };
    let (x, y, z) = (number(a)?, number(b)?, number(c)?);
    if b.len() > 2 {
        return None;
    }
    if a.len() == 4 {
        return day(x, y, z, Vote::Settled, has_time);
    }
    let year = match c.len() {
        4 => z,
        2 if z < 70 => 2000 + z,
        2 => 1900 + z,
        _ => return None,
    };
    if separator == '.' {
        return day(year, y, x, Vote::Settled, has_time);
    }
    match (x > 12, y > 12, order) {
        (true, _, _) => day(year, y, x, Vote::DayFirst, has_time),
        (_, true, _) => day(year, x, y, Vote::MonthFirst, has_time),
        (_, _, Order::DayFirst) => day(year, y, x, Vote::Either, has_time),
        (_, _, Order::MonthFirst) => day(year, x, y, Vote::Either, has_time),
    }
}

fn day(year: u32, month: u32, day: u32, vote: Vote, has_time: bool) -> Option<Day> {
    let date = NaiveDate::from_ymd_opt(year as i32, month, day)?;
    Some(Day { days: days(date), vote, has_time })
}

/// "12 Mar 2024", "March 12, 2024", "12-Mar-24".
fn named_month(cell: &str) -> Option<Day> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<&str> = cell.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts[..] else { return None };
    let month = |part: &str| {
        let head = part.get(..3)?.to_ascii_lowercase();
        let known = part.len() == 3 || part.chars().all(char::is_alphabetic);
        MONTHS.iter().position(|&name| known && name == head).map(|at| at as u32 + 1)
    };
    let (m, d) = match (month(a), month(b)) {
        (Some(m), None) => (m, b),
        (None, Some(m)) => (m, a),
        _ => return None,
    };
    let year = match c.len() {
        4 => c.parse::<u32>().ok()?,
        2 => c.parse::<u32>().ok().map(|year| if year < 70 { 2000 + year } else { 1900 + year })?,
        _ => return None,
    };
    day(year, m, d.parse().ok()?, Vote::Settled, false)
}

/// `Some(true)` for "10:30", "10:30:00.5Z", "10:30 PM", "10:30+02:00"; `None` for anything else.
fn is_time(rest: &str) -> Option<bool> {
    let shape = rest.len() <= 24 && rest.contains(':') && rest.starts_with(|c: char| c.is_ascii_digit());
    let known = rest.bytes().all(|b| {
        b.is_ascii_digit()
            || matches!(b, b':' | b'.' | b',' | b'+' | b'-' | b'Z' | b' ' | b'A' | b'P' | b'M' | b'a' | b'p' | b'm' | b'U' | b'T' | b'C')
    });
    (shape && known).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::day_text;

    #[test]
    fn spellings() {
        use Order::*;
        for (cell, order, expected) in [
            ("2024-03-09", DayFirst, Some("2024-03-09")),
            ("2024-03-09T10:30:00Z", DayFirst, Some("2024-03-09")),
            ("2024-03-09 10:30", DayFirst, Some("2024-03-09")),
            ("2024/3/9", DayFirst, Some("2024-03-09")),
            ("9.3.2024", MonthFirst, Some("2024-03-09")),
            ("09/03/2024", DayFirst, Some("2024-03-09")),
            ("03/09/2024", MonthFirst, Some("2024-03-09")),
            ("31/12/1999", MonthFirst, Some("1999-12-31")),
            ("12/31/99", DayFirst, Some("1999-12-31")),
            ("12 Mar 2024", DayFirst, Some("2024-03-12")),
            ("March 12, 2024", DayFirst, Some("2024-03-12")),
            ("30.02.2024", DayFirst, None),
            ("1.234.567", DayFirst, None),
            ("12.5", DayFirst, None),
            ("2024-03-09 maybe", DayFirst, None),
            ("192.168.0.1", DayFirst, None),
            ("Model 3 2020", DayFirst, None),
        ] {
            assert_eq!(parse(cell, order).map(|day| day_text(day.days)).as_deref(), expected, "{cell:?}");
        }
    }
}
