//! Which days are holidays?
//!
//! In: a country, or a file of the user's own, which wins. Out: local days since 1970, ascending. Of 45 countries the national public holidays from 2000 to 2035 are known (`assets/holidays.txt`, made
//! by the script beside it); holidays of a region, of schools, and sales are the user's to say.

use std::collections::BTreeSet;
use std::path::Path;

use crate::data::day::IsoDay;
use crate::events::table::{DAY, Time};

const KNOWN: &str = include_str!("../../assets/holidays.txt");
/// A file of dates is not larger.
const MOST_BYTES: u64 = 16 << 20;

/// Why there are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHolidays {
    /// Neither a country nor a file.
    #[error("{what} is neither a country whose holidays are known ({}) nor a file that can be read ({why}).", codes().join(", "))]
    Unknown {
        /// What was given.
        what: String,
        /// What the system said.
        why: String,
    },
    /// A file without dates.
    #[error("{file} holds no date; write a holiday per line, such as 2024-12-25.")]
    NoDates {
        /// The file's name.
        file: String,
    },
}

/// Countries whose holidays are known, by name: the code of two letters, and the name.
pub fn countries() -> impl Iterator<Item = (&'static str, &'static str)> {
    KNOWN.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase())).filter_map(|line| line.split_once(' '))
}

fn codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = countries().map(|(code, _)| code).collect();
    codes.sort_unstable();
    codes
}

/// The holidays of a country by its code, or of a file with a date per line (the first that a line holds; lines without one are passed over).
///
/// Fails where it is neither, and where the file holds no date.
pub fn holidays_of(country_or_file: &str) -> Result<Vec<i64>, NoHolidays> {
    let wanted = country_or_file.trim();
    if let Some((code, _)) = countries().find(|(code, _)| code.eq_ignore_ascii_case(wanted)) {
        return Ok(of_country(code));
    }
    let path = Path::new(wanted);
    let unknown = |why: std::io::Error| NoHolidays::Unknown { what: wanted.to_owned(), why: why.to_string() };
    let about = std::fs::metadata(path).map_err(unknown)?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return Err(unknown(std::io::Error::other("it is no file of dates")));
    }
    let text = String::from_utf8_lossy(&std::fs::read(path).map_err(unknown)?).into_owned();
    let cell = |cell: &str| IsoDay::parse(cell.trim().trim_matches(['"', '\u{feff}']));
    let mut days: Vec<i64> =
        text.lines().filter_map(|line| line.split([',', ';', '\t']).find_map(cell)).map(|day| i64::from(day.0)).collect();
    days.sort_unstable();
    days.dedup();
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if days.is_empty() { Err(NoHolidays::NoDates { file }) } else { Ok(days) }
}

/// The years from one moment to another in which no day is known to be a holiday, in one sentence; none where all have some.
pub fn none_known_in(holidays: &[i64], (from, to): (Time, Time)) -> Option<String> {
    let year = |day: i64| IsoDay(day as i32).to_string().get(..4).map(str::to_owned);
    let known: BTreeSet<String> = holidays.iter().filter_map(|day| year(*day)).collect();
    let days = from.div_euclid(DAY)..=to.div_euclid(DAY);
    let years: BTreeSet<String> = days.filter_map(year).filter(|year| !known.contains(year)).collect();
    let listed: Vec<&str> = years.iter().map(String::as_str).collect();
    (!listed.is_empty()).then(|| format!("No day of {} is known to be a holiday.", listed.join(", ")))
}

fn of_country(code: &str) -> Vec<i64> {
    let lines = KNOWN.lines().skip_while(|line| line.split_once(' ').is_none_or(|(of, _)| of != code)).skip(1);
    let years = lines.take_while(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let of_year = |line: &'static str| {
        let (year, days) = line.split_once(' ').unwrap_or((line, ""));
        days.split(' ').filter_map(move |day| IsoDay::parse(&format!("{year}-{}-{}", day.get(..2)?, day.get(2..)?)))
    };
    years.flat_map(of_year).map(|day| i64::from(day.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i64 {
        i64::from(IsoDay::parse(text).unwrap().0)
    }

    #[test]
    fn countries_have_their_holidays_in_order() {
        assert_eq!(countries().count(), 45);
        for (code, name) in countries() {
            let days = of_country(code);
            assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{code}");
            assert!(days.len() > 100 && days.contains(&day("2015-01-01")), "{code} {}", days.len());
            assert!(name.len() > 3 && code.len() == 2);
        }
        // By the calendars of their parliaments: Good Friday and Unity Day in Germany, Independence Day and Thanksgiving in the United States, the 14th of July in France.
        let has = |code: &str, of: &str| holidays_of(code).unwrap().contains(&day(of));
        for (code, of) in [
            ("de", "2024-03-29"),
            ("DE", "2019-10-03"),
            ("us", "2023-07-04"),
            ("US", "2022-11-24"),
            ("FR", "2010-07-14"),
            ("GB", "2011-04-29"),
        ] {
            assert!(has(code, of), "{code} {of}");
        }
        for (code, of) in [("DE", "2024-03-28"), ("US", "2023-07-05"), ("FR", "2010-07-04")] {
            assert!(!has(code, of), "{code} {of}");
        }
    }

    #[test]
    fn years_without_a_known_holiday_are_told() {
        let span = |from: &str, to: &str| (day(from) * DAY, (day(to) + 1) * DAY - 1);
        let ukraine = holidays_of("UA").unwrap();
        assert_eq!(none_known_in(&ukraine, span("2020-05-01", "2021-12-31")), None);
        assert_eq!(none_known_in(&ukraine, span("2021-05-01", "2024-01-01")).unwrap(), "No day of 2023, 2024 is known to be a holiday.");
    }

    #[test]
    fn a_file_of_dates_wins_and_what_is_neither_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sales.csv");
        std::fs::write(&path, "name,day\nBlack Friday,2024-11-29\n\nSpring sale;2024-03-01\n\"x\",\"2024-03-01\"\n").unwrap();
        assert_eq!(holidays_of(path.to_str().unwrap()).unwrap(), [day("2024-03-01"), day("2024-11-29")]);
        std::fs::write(&path, "name,day\nBlack Friday,the last of November\n").unwrap();
        assert_eq!(
            holidays_of(path.to_str().unwrap()).unwrap_err().to_string(),
            "sales.csv holds no date; write a holiday per line, such as 2024-12-25."
        );
        let told = holidays_of("XX").unwrap_err().to_string();
        assert!(told.starts_with("XX is neither a country whose holidays are known (AR, AT, AU,"), "{told}");
    }
}
