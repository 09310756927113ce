//! What day and hour is it?
//!
//! In: milliseconds or minutes since 1970. Out: dates, weekdays, hours and parts of a day, and the next allowed hour. O(1).
//!
//! Days to dates by Howard Hinnant's `civil_from_days` (2013): exact for every date of the Gregorian calendar.

use super::language::Hours;
use crate::events::table::{DAY, Time};

/// Names of weekdays as rules write them, from Monday.
pub const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Parts of a day as rules write them: 0-5, 6-11, 12-17 and 18-23 o'clock.
pub const DAY_PARTS: [&str; 4] = ["night", "morning", "afternoon", "evening"];

/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;

/// Index into [`WEEKDAYS`] of a local minute since 1970.
pub fn weekday(minute: i64) -> usize {
    // 1 January 1970 was a Thursday.
    (minute.div_euclid(DAY_MINUTES) + 3).rem_euclid(7) as usize
}

/// Local hour, 0 to 23.
pub fn hour(minute: i64) -> usize {
    (minute.rem_euclid(DAY_MINUTES) / 60) as usize
}

/// Index into [`DAY_PARTS`].
pub fn day_part(minute: i64) -> usize {
    hour(minute) / 6
}

/// The first moment from `time` on at which the local clock is within the hours; `offset` is local time minus UTC in minutes.
pub fn next_allowed(time: Time, offset: i64, hours: Hours) -> Time {
    let local = time + offset * 60_000;
    let midnight = local.div_euclid(DAY) * DAY;
    let (from, to) = (midnight + i64::from(hours.from) * DAY / 24, midnight + i64::from(hours.to) * DAY / 24);
    let allowed = if local < from {
        from
    } else if local < to {
        local
    } else {
        from + DAY
    };
    allowed - offset * 60_000
}

/// "2024-03-01", in UTC.
pub fn date(time: Time) -> String {
    let (year, month, day) = civil(time.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// "2024-03-01 14:05", in UTC.
pub fn date_time(time: Time) -> String {
    let minutes = time.rem_euclid(DAY) / 60_000;
    format!("{} {:02}:{:02}", date(time), minutes / 60, minutes % 60)
}

/// "2024-03-01T14:05:00.000Z".
pub fn iso(time: Time) -> String {
    let ms = time.rem_euclid(DAY);
    format!("{}T{:02}:{:02}:{:02}.{:03}Z", date(time), ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000)
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_the_calendar_has_them() {
        for (days, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (19_783, "2024-03-01"),
            (-25_509, "1900-02-28"),
            (-25_508, "1900-03-01"),
        ] {
            assert_eq!(date(days * DAY), text);
        }
        assert_eq!(iso(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(date_time(19_783 * DAY + 14 * 3_600_000 + 5 * 60_000), "2024-03-01 14:05");
        // 1 March 2024 was a Friday.
        assert_eq!((weekday(19_783 * 1440), hour(61), day_part(6 * 60), weekday(-1)), (4, 1, 1, 2));
    }

    #[test]
    fn hours_wait_on_the_local_clock() {
        let hours = Hours { from: 9, to: 20 };
        let at = |h: i64, m: i64| h * 3_600_000 + m * 60_000;
        for (time, offset, allowed) in [
            (at(3, 0), 0, at(9, 0)),
            (at(9, 0), 0, at(9, 0)),
            (at(19, 59), 0, at(19, 59)),
            (at(20, 0), 0, DAY + at(9, 0)),
            // 20:30 in UTC is 15:30 in New York, and 06:00 the next day in Sydney.
            (at(20, 30), -300, at(20, 30)),
            (at(20, 30), 570, at(23, 30)),
            (at(0, 0), -60, at(10, 0)),
        ] {
            assert_eq!(next_allowed(time, offset, hours), allowed, "{time} {offset}");
        }
    }
}
