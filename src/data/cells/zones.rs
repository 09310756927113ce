//! What did the clocks of a place show at some moment?
//!
//! In: the name of a time zone as the IANA database has it ("Europe/Berlin"), or an offset ("+02:00"). Out: moments by the clocks there, summer time
//! included. O(log changes of the zone) each.

use chrono::{DateTime, Offset, TimeZone};

use crate::data::error::DataError;

/// The clocks of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::data) enum Zone {
    /// Those of a place, with its changes.
    Place(chrono_tz::Tz),
    /// So many minutes ahead of UTC, always.
    Ahead(i32),
}

impl Zone {
    /// The zone called `name`, in letters of any case.
    pub(in crate::data) fn named(name: &str) -> Option<Zone> {
        let name = name.trim();
        if let Some(minutes) = offset(name) {
            return Some(Zone::Ahead(minutes));
        }
        // The commonest zone of exports, and no clock there ever changes.
        if ["UTC", "Etc/UTC", "Z"].iter().any(|utc| utc.eq_ignore_ascii_case(name)) {
            return Some(Zone::Ahead(0));
        }
        let known = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name));
        known.map(|&zone| Zone::Place(zone))
    }

    /// The same where the user named it.
    pub(in crate::data) fn chosen(name: &str) -> Result<Zone, DataError> {
        Zone::named(name).ok_or_else(|| DataError::NoSuchZone { zone: name.to_owned() })
    }

    /// What its clocks show at a moment, both in milliseconds since 1970-01-01, which for the moment is that of UTC.
    pub(in crate::data) fn local(self, moment: i64) -> i64 {
        let ahead = match self {
            Zone::Ahead(minutes) => i64::from(minutes) * 60,
            Zone::Place(zone) => {
                let seconds = |moment: DateTime<chrono::Utc>| zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc();
                DateTime::from_timestamp_millis(moment).map_or(0, |moment| i64::from(seconds(moment)))
            }
        };
        moment.saturating_add(ahead * 1000)
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Zone::Place(zone) => f.write_str(zone.name()),
            Zone::Ahead(0) => f.write_str("UTC"),
            Zone::Ahead(minutes) => {
                write!(f, "UTC{}{:02}:{:02}", if *minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

/// A time zone as it is written: the IANA database's own spelling, or an offset; nothing for a name nobody knows.
pub fn zone_called(name: &str) -> Option<String> {
    Some(match Zone::named(name)? {
        Zone::Place(zone) => zone.name().to_owned(),
        Zone::Ahead(_) => name.trim().to_owned(),
    })
}

/// Up to `most` time zones whose names hold what was typed, those of places first.
pub fn zones_like(typed: &str, most: usize) -> Vec<&'static str> {
    let typed = typed.trim().to_lowercase().replace(' ', "_");
    let mut found: Vec<&str> =
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| name.to_lowercase().contains(&typed)).collect();
    // Old names such as "Japan" or "US/Pacific" come behind those of continents and cities.
    let is_old = |name: &&str| {
        !name.contains('/') || ["US/", "Etc/", "Brazil/", "Canada/", "Chile/", "Mexico/"].iter().any(|old| name.starts_with(old))
    };
    found.sort_by_key(|name| (is_old(name), *name));
    found.truncate(most);
    found
}

/// The minutes of "+02:00", "-0330", "+02".
fn offset(name: &str) -> Option<i32> {
    let is_marked = name.get(..3).is_some_and(|mark| mark.eq_ignore_ascii_case("UTC") || mark.eq_ignore_ascii_case("GMT"));
    let name = if is_marked { &name[3..] } else { name };
    let (sign, rest) = match name.as_bytes().first()? {
        b'+' => (1, &name[1..]),
        b'-' => (-1, &name[1..]),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 1 | 2 | 4) {
        return None;
    }
    let (hours, minutes) = if digits.len() == 4 { digits.split_at(2) } else { (digits.as_str(), "0") };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_places_and_offsets() {
        let local = |zone: &str, moment: &str| {
            let moment = DateTime::parse_from_rfc3339(moment).unwrap().timestamp_millis();
            DateTime::from_timestamp_millis(Zone::named(zone).unwrap().local(moment)).unwrap().format("%Y-%m-%d %H:%M").to_string()
        };
        // Summer time began in Berlin on 2024-03-31 at 01:00 UTC.
        assert_eq!(local("Europe/Berlin", "2024-03-31T00:59:00Z"), "2024-03-31 01:59");
        assert_eq!(local("europe/berlin", "2024-03-31T01:00:00Z"), "2024-03-31 03:00");
        assert_eq!(local("America/St_Johns", "2024-01-01T00:00:00Z"), "2023-12-31 20:30");
        assert_eq!(local("+05:30", "2024-01-01T20:00:00Z"), "2024-01-02 01:30");
        assert_eq!(local("UTC-3", "2024-01-01T02:00:00Z"), "2023-12-31 23:00");
        assert_eq!(local("utc+2", "2024-01-01T22:00:00Z"), "2024-01-02 00:00");
        assert_eq!(local("UTC", "2024-01-01T02:00:00Z"), "2024-01-01 02:00");
        assert_eq!(Zone::named("Europe/Nowhere"), None);
        assert_eq!(Zone::named("+99:00"), None);
        assert_eq!(Zone::named("-03:30").unwrap().to_string(), "UTC-03:30");
    }

    #[test]
    fn zones_are_offered_by_what_is_typed() {
        assert_eq!(zones_like("new york", 6), ["America/New_York"]);
        assert_eq!(zones_like("berl", 6), ["Europe/Berlin"]);
        assert_eq!(zones_like("europe", 2).len(), 2);
        assert_eq!(zones_like("nowhere", 6), Vec::<&str>::new());
        assert_eq!(zone_called("europe/berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(zone_called("+02:00").as_deref(), Some("+02:00"));
        assert_eq!(zone_called("Berlin"), None);
    }
}
