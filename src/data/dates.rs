//! Is this cell a date, which day, and what time of day?
//!
//! In: one trimmed cell. Out: days since 1970-01-01 and milliseconds of the day as the cell says them, with the offset from UTC where it has
//! one, or nothing. O(length) each.

use chrono::{Datelike, NaiveDate};

/// Which number comes first in 03/04/2024.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The day.
    #[default]
    DayFirst,
    /// The month.
    MonthFirst,
}

/// How a date is written, and what that says about the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Written {
    /// 2024-12-31
    YearFirst,
    /// 31/12/2024: only the day can be first.
    DayFirst,
    /// 12/31/2024: only the month can be first.
    MonthFirst,
    /// 31.12.2024, which is day first everywhere.
    Points,
    /// 31 Dec 2024
    Named,
    /// 03/04/2024: both numbers could be months.
    Either,
}

/// A date as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    /// Days since 1970-01-01.
    pub days: i32,
    /// How it is written.
    pub written: Written,
    /// The time of day behind it, if there is one.
    pub time: Option<Time>,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    /// Milliseconds since midnight; up to 86 400 000, which is 24:00.
    pub millis: u32,
    /// Minutes that the clock it was read from is ahead of UTC, if the cell says so.
    pub offset: Option<i16>,
}

/// Milliseconds of a day.
pub(super) const DAY_MILLIS: i64 = 86_400_000;

impl Day {
    /// Milliseconds since 1970-01-01 by the cell's own clock, or by UTC where it says how far that is.
    pub(super) fn millis(&self, to_utc: bool) -> i64 {
        let time = self.time.map_or(0, |time| {
            let ahead = if to_utc { i64::from(time.offset.unwrap_or(0)) } else { 0 };
            i64::from(time.millis) - ahead * 60_000
        });
        i64::from(self.days) * DAY_MILLIS + time
    }
}

/// Days of a calendar date.
pub(super) fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

/// Reads one cell; `order` decides only where the cell does not.
pub(super) fn parse(cell: &str, order: Order) -> Option<Day> {
    let bytes = cell.as_bytes();
    if !(6..=45).contains(&bytes.len()) || !bytes.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let (date, time) = match cell.find(':') {
        Some(colon) => {
            let (date, rest) = split_time(cell, colon)?;
            (date, Some(time_of_day(rest)?))
        }
        None => (cell, None),
    };
    let (days, written) = if date.bytes().any(|b| b.is_ascii_alphabetic()) { named_month(date)? } else { numeric(date, order)? };
    Some(Day { days, written, time })
}

/// A whole number that is a day: 19970101, between 1950 and 2100.
pub(super) fn compact(number: i64) -> Option<i32> {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    if !(1950..=2100).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32).map(days)
}

fn numeric(date: &str, order: Order) -> Option<(i32, Written)> {
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
        return day(x, y, z, Written::YearFirst);
    }
    let year = match c.len() {
        4 => z,
        2 if z < 70 => 2000 + z,
        2 => 1900 + z,
        _ => return None,
    };
    if separator == '.' {
        return day(year, y, x, Written::Points);
    }
    match (x > 12, y > 12, order) {
        (true, _, _) => day(year, y, x, Written::DayFirst),
        (_, true, _) => day(year, x, y, Written::MonthFirst),
        (_, _, Order::DayFirst) => day(year, y, x, Written::Either),
        (_, _, Order::MonthFirst) => day(year, x, y, Written::Either),
    }
}

fn day(year: u32, month: u32, day: u32, written: Written) -> Option<(i32, Written)> {
    NaiveDate::from_ymd_opt(year as i32, month, day).map(|date| (days(date), written))
}

/// "12 Mar 2024", "March 12, 2024", "12-Mar-24", "Tue, 12 Mar 2024".
fn named_month(cell: &str) -> Option<(i32, Written)> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut parts = cell.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let (mut a, mut b, mut c) = (parts.next()?, parts.next()?, parts.next()?);
    let head = |part: &str| part.get(..3).map(str::to_ascii_lowercase);
    if let Some(fourth) = parts.next() {
        head(a).filter(|head| WEEKDAYS.contains(&head.as_str()))?;
        (a, b, c) = (b, c, fourth);
    }
    if parts.next().is_some() {
        return None;
    }
    let month = |part: &str| {
        let known = part.len() == 3 || part.chars().all(char::is_alphabetic);
        let head = head(part)?;
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
    day(year, m, d.parse().ok()?, Written::Named)
}

/// The date and the time of a cell whose first colon is at `colon`.
fn split_time(cell: &str, colon: usize) -> Option<(&str, &str)> {
    let hour = cell[..colon].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let date = cell[..hour].strip_suffix(['T', 't', ' ']).or_else(|| cell[..hour].strip_suffix(", "))?;
    Some((date.trim_end_matches([' ', ',']), &cell[hour..]))
}

/// "10:30", "10:30:00.5Z", "10:30 PM", "10:30+02:00", "10:30 UTC".
fn time_of_day(text: &str) -> Option<Time> {
    let clock_end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(text.len());
    let (clock, mut rest) = (&text[..clock_end], text[clock_end..].trim_start());
    let mut parts = clock.splitn(3, ':');
    let number = |part: &str| if matches!(part.len(), 1..=2) { part.parse::<u32>().ok() } else { None };
    let (mut hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, millis) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
            let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
            (number(whole)?, digits.parse::<u32>().ok()?)
        }
    };
    if let Some(half) = rest.get(..2).filter(|half| half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm")) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half.eq_ignore_ascii_case("pm") { 12 } else { 0 };
        rest = rest[2..].trim_start();
    }
    // A leap second is read as the last of its minute.
    let second = second.min(if second == 60 { 59 } else { second });
    let millis = ((hour * 60 + minute) * 60 + second) * 1000 + millis;
    if hour > 24 || minute > 59 || second > 59 || i64::from(millis) > DAY_MILLIS {
        return None;
    }
    Some(Time { millis, offset: offset(rest)? })
}

/// `Some(None)` where nothing is said, `None` where something else is.
fn offset(rest: &str) -> Option<Option<i16>> {
    if rest.is_empty() {
        return Some(None);
    }
    if ["z", "utc", "gmt"].iter().any(|zone| rest.eq_ignore_ascii_case(zone)) {
        return Some(Some(0));
    }
    let ahead = match rest.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = rest[1..].chars().filter(|&c| c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) =
        (digits[..2].parse::<i16>().ok()?, digits.get(2..).filter(|rest| !rest.is_empty()).unwrap_or("0").parse::<i16>().ok()?);
    (hours <= 14 && minutes < 60).then_some(Some(ahead * (hours * 60 + minutes)))
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
            ("Tue, 12 Mar 2024 08:26:00 GMT", DayFirst, Some("2024-03-12")),
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

    #[test]
    fn times_of_day() {
        let at = |hour: u32, minute: u32, second: u32, millis: u32| ((hour * 60 + minute) * 60 + second) * 1000 + millis;
        for (cell, expected) in [
            ("2010-12-01 08:26", Some((at(8, 26, 0, 0), None))),
            ("12/1/2010 8:26", Some((at(8, 26, 0, 0), None))),
            ("9/3/24 8:26PM", Some((at(20, 26, 0, 0), None))),
            ("9/3/24 12:05 am", Some((at(0, 5, 0, 0), None))),
            ("2024-03-09T10:30:15.25Z", Some((at(10, 30, 15, 250), Some(0)))),
            ("2024-03-09 10:30:15,123456", Some((at(10, 30, 15, 123), None))),
            ("2024-03-09T10:30+02:00", Some((at(10, 30, 0, 0), Some(120)))),
            ("2024-03-09 10:30:00 -0530", Some((at(10, 30, 0, 0), Some(-330)))),
            ("2024-03-09 10:30 UTC", Some((at(10, 30, 0, 0), Some(0)))),
            ("12 Mar 2024, 23:59", Some((at(23, 59, 0, 0), None))),
            ("2024-03-09 24:00", Some((at(24, 0, 0, 0), None))),
            ("2024-03-09 24:01", None),
            ("2024-03-09 13:00 PM", None),
            ("2024-03-09 10:75", None),
            ("2024-03-09 10:30 CET?", None),
            ("10:30", None),
        ] {
            let read = parse(cell, Order::DayFirst).and_then(|day| day.time);
            assert_eq!(read.map(|time| (time.millis, time.offset)), expected, "{cell:?}");
        }
        let day = parse("2024-03-09T01:30+02:00", Order::DayFirst).unwrap();
        assert_eq!(day_text(day.millis(true).div_euclid(DAY_MILLIS) as i32), "2024-03-08", "in UTC it is the day before");
        assert_eq!(day_text(day.millis(false).div_euclid(DAY_MILLIS) as i32), "2024-03-09");
    }

    #[test]
    fn days_written_as_a_number() {
        for (number, expected) in
            [(19970101, Some("1997-01-01")), (19970230, None), (18990101, None), (21010101, None), (199701, None), (-19970101, None)]
        {
            assert_eq!(compact(number).map(day_text).as_deref(), expected, "{number}");
        }
    }
}
