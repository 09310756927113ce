//! When was it?
//!
//! In: a cell. Out: milliseconds since 1970 in UTC, and what the cell says about the clock it was read from. Epochs in s, ms, µs and ns by their size, ISO 8601
//! with and without offset, days alone, and the times of web servers (`17/May/2015:10:05:03 +0000`). Times before 1990 and from 2100 on are no times of
//! events. Digits below a millisecond are dropped: within one, the order of the file counts. O(1).

use chrono::{DateTime, NaiveDate, Offset, TimeZone};
use serde::Deserialize;

use super::table::{DAY, Time};

/// 1990-01-01.
const FIRST: Time = 631_152_000_000;
/// 2100-01-01.
const END: Time = 4_102_444_800_000;

/// What an epoch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochUnit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
}

/// A time as a cell has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMoment {
    /// Milliseconds since 1970; of the local clock unless `is_zoned`.
    pub ms: Time,
    /// Whether the cell says which clock it is: an offset, a `Z`.
    pub is_zoned: bool,
    /// Local time minus UTC in minutes, where it is said and not 0: machines write UTC as 0, whoever's clock it was.
    pub offset: Option<i16>,
    /// Whether it counts seconds since 1970, which some exports do by a local clock.
    pub is_epoch: bool,
}

/// Whether events may be of this time.
pub fn is_plausible(ms: Time) -> bool {
    (FIRST..END).contains(&ms)
}

/// An epoch; its unit goes by its size, and by `unit` where the size fits none.
pub fn of_epoch(number: f64, unit: Option<EpochUnit>) -> Option<Time> {
    let by_size = [(1.0, EpochUnit::S), (1e3, EpochUnit::Ms), (1e6, EpochUnit::Us), (1e9, EpochUnit::Ns)]
        .into_iter()
        .find(|(scale, _)| (1e9 * scale..=4e9 * scale).contains(&number));
    let ms = match by_size.map(|(_, unit)| unit).or(unit)? {
        EpochUnit::S => number * 1e3,
        EpochUnit::Ms => number,
        EpochUnit::Us => number / 1e3,
        EpochUnit::Ns => number / 1e6,
    };
    // A number with three decimals of seconds must not lose a millisecond to rounding.
    let ms = if (ms - ms.round()).abs() < 5e-4 { ms.round() } else { ms.floor() };
    Some(ms as Time).filter(|&ms| is_plausible(ms))
}

/// The same of a whole number, exactly.
pub fn of_whole(number: i64, unit: Option<EpochUnit>) -> Option<Time> {
    const SIZE: i64 = 1_000_000_000;
    let by_size = match number {
        1_000_000_000..=4_000_000_000 => Some(EpochUnit::S),
        1_000_000_000_000..=4_000_000_000_000 => Some(EpochUnit::Ms),
        1_000_000_000_000_000..=4_000_000_000_000_000 => Some(EpochUnit::Us),
        SIZE.. if number / SIZE >= SIZE && number / SIZE < 4 * SIZE => Some(EpochUnit::Ns),
        _ => None,
    };
    let ms = match by_size.or(unit)? {
        EpochUnit::S => number.checked_mul(1_000)?,
        EpochUnit::Ms => number,
        EpochUnit::Us => number.div_euclid(1_000),
        EpochUnit::Ns => number.div_euclid(1_000_000),
    };
    Some(ms).filter(|&ms| is_plausible(ms))
}

/// A time in text; `unit` is what an epoch counts where its size does not say.
pub fn of_text(text: &str, unit: Option<EpochUnit>) -> Option<ReadMoment> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    let bytes = text.as_bytes();
    let n_digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if n_digits == bytes.len() || (n_digits >= 9 && bytes.get(n_digits) == Some(&b'.')) {
        if n_digits == 8 {
            return Some(ReadMoment {
                ms: day(number(bytes, 0, 4)?, number(bytes, 4, 2)?, number(bytes, 6, 2)?)?,
                is_zoned: false,
                offset: None,
                is_epoch: false,
            });
        }
        let ms = if n_digits == bytes.len() { of_whole(text.parse().ok()?, unit)? } else { of_epoch(text.parse().ok()?, unit)? };
        return Some(ReadMoment { ms, is_zoned: true, offset: None, is_epoch: true });
    }
    let (day, at) = if n_digits == 4 { calendar_day(bytes)? } else { server_day(bytes)? };
    let (time, at) = match bytes.get(at) {
        None => (0, at),
        Some(b'T' | b't' | b' ' | b':') => time_of_day(bytes, at + 1)?,
        _ => return None,
    };
    let offset = offset(text.get(at..)?.trim())?;
    let ms = day + time - i64::from(offset.unwrap_or(0)) * 60_000;
    is_plausible(ms).then_some(ReadMoment {
        ms,
        is_zoned: offset.is_some(),
        offset: offset.filter(|&minutes| minutes != 0),
        is_epoch: false,
    })
}

/// `10:05:03` of a day that stands elsewhere, in milliseconds.
pub fn of_day(text: &str) -> Option<Time> {
    let bytes = text.trim().as_bytes();
    time_of_day(bytes, 0).filter(|&(_, end)| end == bytes.len()).map(|(time, _)| time)
}

/// `2024-01-31` or `2024/01/31`, and where it ends.
fn calendar_day(bytes: &[u8]) -> Option<(Time, usize)> {
    let mark = *bytes.get(4)?;
    if !matches!(mark, b'-' | b'/' | b'.') || bytes.get(7) != Some(&mark) {
        return None;
    }
    Some((day(number(bytes, 0, 4)?, number(bytes, 5, 2)?, number(bytes, 8, 2)?)?, 10))
}

/// `31/Jan/2024`, as web servers write it.
fn server_day(bytes: &[u8]) -> Option<(Time, usize)> {
    const MONTHS: [&[u8]; 12] = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let (name, b'/', b'/') = (bytes.get(3..6)?, *bytes.get(2)?, *bytes.get(6)?) else { return None };
    let month = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month))? as i64 + 1;
    Some((day(number(bytes, 7, 4)?, month, number(bytes, 0, 2)?)?, 11))
}

fn day(year: i64, month: i64, day: i64) -> Option<Time> {
    let date = NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32)?;
    Some(i64::from(date.to_epoch_days()) * DAY)
}

/// Hours, minutes, and perhaps seconds with decimals from `at` on; and where they end.
fn time_of_day(bytes: &[u8], at: usize) -> Option<(Time, usize)> {
    let (hours, minutes) = (number(bytes, at, 2)?, number(bytes, at + 3, 2)?);
    let (mut seconds, mut ms, mut end) = (0, 0, at + 5);
    if bytes.get(end) == Some(&b':') {
        seconds = number(bytes, end + 1, 2)?;
        end += 3;
        if matches!(bytes.get(end), Some(b'.' | b',')) {
            let digits = bytes[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            ms = (0..3).fold(0, |ms, digit| ms * 10 + if digit < digits { i64::from(bytes[end + 1 + digit] - b'0') } else { 0 });
            end += 1 + digits;
        }
    }
    // 60 is a leap second.
    let fits = bytes.get(at + 2) == Some(&b':') && hours < 24 && minutes < 60 && seconds <= 60;
    fits.then_some((((hours * 60 + minutes) * 60 + seconds) * 1000 + ms, end))
}

/// Minutes of `+02:00`, `-0400`, `+02`, `Z`, `UTC`; `None` inside where nothing stands.
fn offset(text: &str) -> Option<Option<i16>> {
    let bytes = text.as_bytes();
    let sign = match bytes {
        [] => return Some(None),
        b"Z" | b"z" | b"UTC" | b"GMT" => return Some(Some(0)),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let hours = number(bytes, 1, 2)?;
    let minutes = match bytes.len() {
        3 => 0,
        5 => number(bytes, 3, 2)?,
        6 if bytes[3] == b':' => number(bytes, 4, 2)?,
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes) as i16))
}

fn number(bytes: &[u8], at: usize, n: usize) -> Option<i64> {
    let digits = bytes.get(at..at + n)?;
    digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// The clocks of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(chrono_tz::Tz);

impl Zone {
    /// The zone of a name in the IANA database, such as `Europe/Berlin`, in letters of any case.
    pub fn named(name: &str) -> Option<Zone> {
        let name = name.trim();
        let known = name.parse().ok();
        known.or_else(|| chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied()).map(Zone)
    }

    /// Local time minus UTC at a moment of UTC, in minutes.
    pub fn offset_minutes(self, utc: Time) -> Option<i16> {
        let moment = DateTime::from_timestamp_millis(utc)?.naive_utc();
        Some((self.0.offset_from_utc_datetime(&moment).fix().local_minus_utc() / 60) as i16)
    }

    /// The moment at which its clocks showed `local`. Of an hour that came twice it is the first; one that was skipped counts as if the clocks had not changed
    /// yet.
    pub fn utc(self, local: Time) -> Option<Time> {
        let clock = DateTime::from_timestamp_millis(local)?.naive_utc();
        if let Some(offset) = self.0.offset_from_local_datetime(&clock).earliest() {
            return Some(local - i64::from(offset.fix().local_minus_utc()) * 1000);
        }
        let before = self.offset_minutes(local - DAY)?;
        Some(local - i64::from(before) * 60_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Option<Time> {
        of_text(text, None).map(|moment| moment.ms)
    }

    #[test]
    fn epochs_go_by_their_size() {
        for (text, expected) in [
            ("1706695503", 1_706_695_503_000),
            ("1706695503.129", 1_706_695_503_129),
            ("1706695503123", 1_706_695_503_123),
            ("1706695503123456", 1_706_695_503_123),
            ("1706695503123999", 1_706_695_503_123),
            ("1706695503123999999", 1_706_695_503_123),
            ("1000000000", 1_000_000_000_000),
            ("4000000000", 4_000_000_000_000),
        ] {
            assert_eq!(ms(text), Some(expected), "{text}");
        }
        assert_eq!((ms("999999999"), ms("4000000001"), ms("12"), ms("5000000000000")), (None, None, None, None));
        assert_eq!(of_text("700000000", Some(EpochUnit::S)).map(|moment| moment.ms), Some(700_000_000_000), "the format says the unit");
        assert_eq!(of_epoch(f64::NAN, Some(EpochUnit::S)), None);
    }

    #[test]
    fn texts_of_all_kinds_are_times() {
        let at = 1_706_695_503_000; // 2024-01-31 10:05:03 UTC
        for (text, expected, is_zoned, offset) in [
            ("2024-01-31T10:05:03Z", at, true, None),
            ("2024-01-31 10:05:03", at, false, None),
            ("2024-01-31 10:05:03.123000", at + 123, false, None),
            ("2024-01-31T12:05:03.1+02:00", at + 100, true, Some(120)),
            ("2024-01-31 06:05:03 -0400", at, true, Some(-240)),
            ("2024-01-31T10:05:03.123456789+00", at + 123, true, None),
            ("[31/Jan/2024:10:05:03 +0000]", at, true, None),
            ("31/Jan/2024:11:05:03 +0100", at, true, Some(60)),
            ("2024-01-31 10:05:03 UTC", at, true, None),
            ("2024/01/31 10:05", at - 3_000, false, None),
            ("2024-01-31", at - 36_303_000, false, None),
            ("20240131", at - 36_303_000, false, None),
        ] {
            assert_eq!(of_text(text, None), Some(ReadMoment { ms: expected, is_zoned, offset, is_epoch: false }), "{text}");
        }
        for text in [
            "",
            "2024-02-30",
            "2024-01-31 25:00:00",
            "2024-01-31 10:05:03 CEST",
            "31/Foo/2024:10:05:03 +0000",
            "yesterday",
            "1989-12-31",
            "2100-01-01",
            "2024-01-31 1é:00",
        ] {
            assert_eq!(ms(text), None, "{text}");
        }
        assert_eq!((of_day("10:05:03"), of_day("10:05:03 x")), (Some(36_303_000), None));
    }

    #[test]
    fn zones_know_summer_and_the_hours_that_come_twice_or_never() {
        let berlin = Zone::named("europe/berlin").unwrap();
        assert_eq!((berlin.offset_minutes(1_706_695_503_000), berlin.offset_minutes(1_720_000_000_000)), (Some(60), Some(120)));
        assert_eq!(Zone::named("Mars/Crater"), None);
        let local = |text: &str| berlin.utc(ms(text).unwrap());
        assert_eq!(local("2024-07-01 12:00:00"), ms("2024-07-01 10:00:00"));
        assert_eq!(local("2024-10-27 02:30:00"), ms("2024-10-27 00:30:00"), "the first of two");
        assert_eq!(local("2024-03-31 02:30:00"), ms("2024-03-31 01:30:00"), "skipped");
    }
}
