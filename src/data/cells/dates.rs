//! Is this cell a date, which day, and what time of day?
//!
//! In: one trimmed cell. Out: days since 1970-01-01 and milliseconds of the day as the cell says them, with the offset from UTC where it has
//! one, or nothing. O(length) each.

use chrono::{Datelike, NaiveDate};

use super::months;
use super::zones::Zone;

/// Which number comes first in 03/04/2024.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(in crate::data) enum Order {
    /// The day.
    #[default]
    DayFirst,
    /// The month.
    MonthFirst,
}

/// How a date is written, and what that says about the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::data) enum Written {
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
    /// 19970131
    Compact,
    /// 45291: days as Excel counts them.
    Serial,
    /// 03/04/2024: both numbers could be months.
    Either,
}

/// A date as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::data) struct Day {
    /// Days since 1970-01-01.
    pub days: i32,
    /// How it is written.
    pub written: Written,
    /// The two numbers that are day and month, in the order they stand in; nothing where the month has a name.
    pub numbers: Option<(u8, u8)>,
    /// The time of day behind it, if there is one.
    pub time: Option<Time>,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::data) struct Time {
    /// Milliseconds since midnight; up to 86 400 000, which is 24:00.
    pub millis: u32,
    /// Minutes that the clock it was read from is ahead of UTC, if the cell says so.
    pub offset: Option<i16>,
}

/// Milliseconds of a day.
pub(in crate::data) const DAY_MILLIS: i64 = 86_400_000;

impl Day {
    /// Milliseconds since 1970-01-01 by the clock that the cell shows, wherever that clock hangs: a shop's evening stays its evening.
    pub(in crate::data) fn millis(&self) -> i64 {
        i64::from(self.days) * DAY_MILLIS + self.time.map_or(0, |time| i64::from(time.millis))
    }

    /// The same moment in `zone`, where the cell has a UTC offset.
    pub(super) fn in_zone(self, zone: Zone) -> Day {
        let Some(Time { offset: Some(offset), .. }) = self.time else { return self };
        let local = zone.local(self.millis() - i64::from(offset) * 60_000);
        let time = Time { millis: local.rem_euclid(DAY_MILLIS) as u32, offset: Some(offset) };
        Day { days: local.div_euclid(DAY_MILLIS) as i32, time: Some(time), ..self }
    }

    /// Whether it can only be read the other way: 01/15/2024 where the day comes first.
    pub(in crate::data) fn contradicts(&self, order: Order) -> bool {
        match order {
            Order::DayFirst => self.written == Written::MonthFirst,
            Order::MonthFirst => self.written == Written::DayFirst,
        }
    }

    /// The date with day and month changed for each other; itself where there is no such day.
    pub(super) fn turned(self) -> Day {
        let turned = calendar(self.days).and_then(|date| NaiveDate::from_ymd_opt(date.year(), date.day(), date.month()));
        Day { days: turned.map_or(self.days, days), ..self }
    }
}

/// The calendar date of days since 1970-01-01.
fn calendar(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days + 719_163)
}

/// Days of a calendar date.
pub(in crate::data) fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

/// Reads one cell; `order` decides only where the cell does not.
pub(in crate::data) fn parse(cell: &str, order: Order) -> Option<Day> {
    let bytes = cell.as_bytes();
    if !(6..=80).contains(&bytes.len()) || !bytes.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let (date, time) = match cell.find(':') {
        Some(colon) => {
            let (date, rest) = split_time(cell, colon)?;
            (date, Some(time_of_day(rest)?))
        }
        None => (cell, None),
    };
    let (days, written, numbers) = if !date.bytes().any(|b| b.is_ascii_alphabetic()) {
        numeric(date, order)?
    } else if let Some(numbers) = months::behind_weekday(date) {
        numeric(numbers, order)?
    } else {
        let (year, month, day) = months::named(date)?;
        (NaiveDate::from_ymd_opt(year as i32, month, day).map(days)?, Written::Named, None)
    };
    Some(Day { days, written, numbers, time })
}

/// A whole number that is a day: 19970101, between 1950 and 2100.
pub(super) fn compact(number: i64) -> Option<i32> {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    if !(1950..=2100).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32).map(days)
}

/// The same as a date.
pub(in crate::data) fn compact_day(number: f64) -> Option<Day> {
    let days = if number.fract() == 0.0 { compact(number as i64)? } else { return None };
    Some(Day { days, written: Written::Compact, numbers: None, time: None })
}

/// Excel's numbers of 1930-01-01 to 2099-12-31.
pub(super) const SERIALS: std::ops::Range<f64> = 10_959.0..73_051.0;

/// A number that is a day as Excel counts them since 1900, with the time of day behind the point: 45291.5.
pub(in crate::data) fn serial_day(number: f64) -> Option<Day> {
    /// What Excel calls 1970-01-01.
    const EPOCH: f64 = 25_569.0;
    if !SERIALS.contains(&number) {
        return None;
    }
    // A fraction of a day is kept to about a millisecond; people write seconds.
    let seconds = (number.fract() * 86_400.0).round() as u32;
    let time = (seconds > 0).then_some(Time { millis: seconds * 1000, offset: None });
    let days = (number.trunc() - EPOCH) as i32;
    let numbers = calendar(days).map(|date| (date.month() as u8, date.day() as u8));
    Some(Day { days, written: Written::Serial, numbers, time })
}

type Numeric = (i32, Written, Option<(u8, u8)>);

fn numeric(date: &str, order: Order) -> Option<Numeric> {
    let separator = date.find(['-', '/', '.']).map(|at| date.as_bytes()[at] as char)?;
    // "3. 3. 2023", and the final point of "2023. 03. 03."
    let date = if separator == '.' { date.strip_suffix('.').unwrap_or(date) } else { date };
    let mut parts = date.split(separator).map(str::trim);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |part: &str| if matches!(part.len(), 1..=4) { part.parse::<u16>().ok().map(u32::from) } else { None };
    let (x, y, z) = (number(a)?, number(b)?, number(c)?);
    if b.len() > 2 {
        return None;
    }
    let with_numbers = |(date, written, _): Numeric, (one, other): (u32, u32)| (date, written, Some((one as u8, other as u8)));
    if a.len() == 4 {
        return day(x, y, z, Written::YearFirst).map(|read| with_numbers(read, (y, z)));
    }
    let year = match c.len() {
        4 => z,
        2 => months::century(z),
        _ => return None,
    };
    if separator == '.' {
        return day(year, y, x, Written::Points);
    }
    let read = match (x > 12, y > 12, order) {
        (true, _, _) => day(year, y, x, Written::DayFirst),
        (_, true, _) => day(year, x, y, Written::MonthFirst),
        (_, _, Order::DayFirst) => day(year, y, x, Written::Either),
        (_, _, Order::MonthFirst) => day(year, x, y, Written::Either),
    };
    read.map(|read| with_numbers(read, (x, y)))
}

fn day(year: u32, month: u32, day: u32, written: Written) -> Option<Numeric> {
    let date = NaiveDate::from_ymd_opt(year as i32, month, day).map(days)?;
    Some((date, written, None))
}

/// The date and the time of a cell whose first colon is at `colon`.
fn split_time(cell: &str, colon: usize) -> Option<(&str, &str)> {
    let hour = cell[..colon].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let date = cell[..hour].strip_suffix(['T', 't', ' ', '\u{a0}', '\u{202f}', ','])?;
    let date = date.trim_end_matches([' ', ',', '\u{a0}', '\u{202f}']);
    // "3. März 2023 um 10:30 Uhr", "3 mars 2023 à 10:30", "3 de marzo de 2023 a las 10:30"
    let date = [" um", " at", " à", " às", " a las", " alle", " om"].iter().find_map(|word| date.strip_suffix(word)).unwrap_or(date);
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
    if ["uhr", "h", "hrs"].iter().any(|word| rest.eq_ignore_ascii_case(word)) {
        rest = "";
    }
    Some(Time { millis, offset: offset(rest)? })
}

/// Zones by the names that exports write, and their minutes ahead of UTC. Names that mean two zones (IST, CST in China) are of no harm: the
/// cell's own clock counts.
const ZONES: [(&str, i16); 24] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("brt", -180),
    ("jst", 540),
    ("aest", 600),
];

/// `Some(None)` where nothing is said, `None` where something else is.
fn offset(rest: &str) -> Option<Option<i16>> {
    // "+01:00[Europe/Berlin]"
    let rest = if rest.ends_with(']') { rest[..rest.find('[')?].trim_end() } else { rest };
    if rest.is_empty() {
        return Some(None);
    }
    if let Some((_, ahead)) = ZONES.iter().find(|(zone, _)| rest.eq_ignore_ascii_case(zone)) {
        return Some(Some(*ahead));
    }
    let rest = rest.strip_prefix("UTC").or_else(|| rest.strip_prefix("GMT")).unwrap_or(rest);
    let ahead = match rest.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let rest = rest.trim_start_matches(['+', '-', '\u{2212}']);
    let digits: String = rest.chars().filter(|&c| c != ':').collect();
    if !matches!(digits.len(), 1 | 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(digits.len().min(2));
    let (hours, minutes) = (hours.parse::<i16>().ok()?, if minutes.is_empty() { 0 } else { minutes.parse::<i16>().ok()? });
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
            ("Mo., 4. März 2024", DayFirst, Some("2024-03-04")),
            ("Mo, 04.03.2024", DayFirst, Some("2024-03-04")),
            ("4. 3. 2024", DayFirst, Some("2024-03-04")),
            ("4 de marzo de 2024", DayFirst, Some("2024-03-04")),
            ("30. Februar 2024", DayFirst, None),
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
            ("2024-03-09 10:30 CET", Some((at(10, 30, 0, 0), Some(60)))),
            ("2024-03-09 10:30 GMT+2", Some((at(10, 30, 0, 0), Some(120)))),
            ("2024-03-09T10:30+01:00[Europe/Berlin]", Some((at(10, 30, 0, 0), Some(60)))),
            ("3. März 2023 um 10:30 Uhr", Some((at(10, 30, 0, 0), None))),
            ("3 mars 2023 à 10:30", Some((at(10, 30, 0, 0), None))),
            ("10:30", None),
        ] {
            let read = parse(cell, Order::DayFirst).and_then(|day| day.time);
            assert_eq!(read.map(|time| (time.millis, time.offset)), expected, "{cell:?}");
        }
        let day = parse("2024-03-09T01:30+02:00", Order::DayFirst).unwrap();
        assert_eq!(day_text(day.millis().div_euclid(DAY_MILLIS) as i32), "2024-03-09", "the day the cell shows, not the one in UTC");
    }

    #[test]
    fn days_written_as_a_number() {
        for (number, expected) in
            [(19970101, Some("1997-01-01")), (19970230, None), (18990101, None), (21010101, None), (199701, None), (-19970101, None)]
        {
            assert_eq!(compact(number).map(day_text).as_deref(), expected, "{number}");
        }
        for (number, expected) in [
            (45_291.0, Some(("2023-12-31", None))),
            (45_291.5, Some(("2023-12-31", Some(43_200_000)))),
            (40_513.351_388_888_89, Some(("2010-12-01", Some(30_360_000)))),
            (61.0, None),
            (99_999.0, None),
        ] {
            let read = serial_day(number).map(|day| (day_text(day.days), day.time.map(|time| time.millis)));
            assert_eq!(read, expected.map(|(day, time)| (day.to_owned(), time)), "{number}");
        }
    }
}
