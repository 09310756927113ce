//! How numbers, shares, dates and column names read on a card, in one place so that every page and file says the same.
//!
//! In: values and column names. Out: short texts: at most three significant digits, a narrow no-break space between thousands and before
//! units, months for dates, whole years for ages.

use crate::data::display_name::is_abbreviation;
use crate::data::table::day_text;

pub use crate::base::text::{SPACE, capitalised, count, percent, percents};
pub use crate::data::display_name::tokens;

use crate::base::text::{are_years, grouped};

/// How the values of one numeric column are written.
#[derive(Debug, Clone, PartialEq)]
pub enum NumberFormat {
    /// A number with what stands before and after it.
    Number {
        /// "€" and its kin.
        before: Option<String>,
        /// "days" and its kin.
        after: Option<String>,
        /// No decimals, as for ages.
        whole: bool,
    },
    /// A share of 0 to 1, written as percent.
    Share,
    /// A calendar year, written without a thousands space.
    Year,
    /// Days since 1970, written as a month.
    Date,
}

impl NumberFormat {
    /// The value as people read it.
    pub fn write(&self, value: f64) -> String {
        match self {
            NumberFormat::Number { before, after, whole } => {
                let mut text = if *whole { number(value.round()) } else { number(value) };
                if let Some(before) = before {
                    text = format!("{before}{SPACE}{text}");
                }
                if let Some(after) = after {
                    let after = if text == "1" { singular(after) } else { after };
                    text = format!("{text}{SPACE}{after}");
                }
                text
            }
            NumberFormat::Share => percent(value),
            NumberFormat::Year => format!("{value:.0}"),
            NumberFormat::Date => day_text(value.round() as i32).chars().take(7).collect(),
        }
    }

    /// The value that what [`NumberFormat::write`] prints stands for: 1236.4 reads "1 240", so a cut there is at 1240. Months start at their first day.
    pub fn rounded(&self, value: f64) -> f64 {
        match self {
            NumberFormat::Number { whole: true, .. } => three_digits(value.round()),
            NumberFormat::Number { .. } => three_digits(value),
            NumberFormat::Share if value < 0.0995 => (value * 1000.0).round() / 1000.0,
            NumberFormat::Share => (value * 100.0).round() / 100.0,
            NumberFormat::Year => value.round(),
            NumberFormat::Date => {
                let day_of_month = day_text(value.round() as i32).chars().skip(8).collect::<String>().parse().unwrap_or(1.0);
                value.round() - day_of_month + 1.0
            }
        }
    }
}

/// A number cut to the digits that [`number`] prints.
fn three_digits(value: f64) -> f64 {
    significant(value, 3).0
}

/// A number rounded to `n` significant digits and at most six decimals, and the unit it was rounded to.
pub fn significant(value: f64, n: i32) -> (f64, f64) {
    if value == 0.0 || !value.is_finite() {
        return (value, 1.0);
    }
    let digits = value.abs().log10().floor() as i32;
    let unit = 10f64.powi((digits - n + 1).max(-6));
    // Dividing by a whole number keeps 0.07 what it reads as; multiplying by 0.01 would not.
    let rounded = if unit >= 1.0 { (value / unit).round() * unit } else { (value * (1.0 / unit).round()).round() / (1.0 / unit).round() };
    (rounded, unit)
}

/// Signs that stand before the number.
const BEFORE: [&str; 8] = ["€", "$", "£", "¥", "US$", "CHF", "₹", "R$"];

/// Whether a unit stands before its number, as money does: "€ 12", but "12 days".
pub fn stands_before(unit: &str) -> bool {
    BEFORE.contains(&unit)
}

/// Units that column names carry ("recency_days").
const UNITS: [(&str, &str); 18] = [
    ("day", "days"),
    ("days", "days"),
    ("tage", "days"),
    ("week", "weeks"),
    ("weeks", "weeks"),
    ("months", "months"),
    ("monate", "months"),
    ("years", "years"),
    ("jahre", "years"),
    ("hours", "hours"),
    ("minutes", "minutes"),
    ("min", "minutes"),
    ("km", "km"),
    ("pct", "%"),
    ("percent", "%"),
    ("prozent", "%"),
    ("eur", "€"),
    ("usd", "$"),
];

/// Words of percent, which a unit says as well.
pub const PERCENT: [&str; 5] = ["percent", "pct", "percentage", "prozent", "porcentaje"];

/// "1 day".
fn singular(unit: &str) -> &str {
    match unit {
        "days" | "weeks" | "months" | "years" | "hours" | "minutes" => &unit[..unit.len() - 1],
        _ => unit,
    }
}

/// Ages below this are on another scale, such as hundreds of years, or no ages: the word's unit does not hold, nor do whole numbers.
const LEAST_OLDEST: f64 = 14.0;

/// How a numeric column is written: its unit from the file's cells, else the lexicon's, else the one in its name.
pub fn number_format(name: &str, unit: Option<&str>, lexicon_unit: Option<&str>, min: f64, max: f64) -> NumberFormat {
    let tokens = tokens(name);
    let lexicon_unit = lexicon_unit.filter(|unit| *unit != "years" || max >= LEAST_OLDEST);
    let says = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.as_str()));
    if unit.is_none()
        && min >= 0.0
        && max <= 1.0
        && says(&["share", "rate", "ratio", "pct", "percent", "percentage", "anteil", "quote", "taux", "tasa"])
    {
        return NumberFormat::Share;
    }
    if unit.is_none() && says(&["year", "yob", "geburtsjahr", "annee", "année", "jahr"]) && min >= 1800.0 && max <= 2200.0 {
        return NumberFormat::Year;
    }
    // Numbers that are all like the years of our time: to three digits 2003 and 2005 would be one and the same.
    if unit.is_none() && lexicon_unit.is_none() && are_years(min, max) && unit_of_name(&tokens).is_none() {
        return NumberFormat::Year;
    }
    let from_name = || unit_of_name(&tokens);
    // Who is called hours needs no hours behind every number.
    let is_its_unit = |unit: &&str| matches!(&tokens[..], [only] if UNITS.iter().any(|(token, of)| token == only && of == unit));
    let unit = unit.or(lexicon_unit).or_else(|| from_name().filter(|unit| !is_its_unit(unit)));
    let whole = lexicon_unit == Some("years");
    match unit {
        Some(unit) if stands_before(unit) => NumberFormat::Number { before: Some(unit.to_owned()), after: None, whole },
        unit => NumberFormat::Number { before: None, after: unit.map(str::to_owned), whole },
    }
}

/// The unit that a name carries: the last word that is one, so that "total day minutes" are minutes. In the singular it is a unit only at the end
/// ("week nights" are no weeks), and never behind "per" ("visits per week").
fn unit_of_name(tokens: &[String]) -> Option<&'static str> {
    const ONLY_LAST: [&str; 3] = ["day", "week", "min"];
    let unit = |(at, token): (usize, &String)| {
        let (word, unit) = UNITS.iter().find(|(word, _)| token == word)?;
        let is_rate = at > 0 && ["per", "pro", "par", "por"].contains(&tokens[at - 1].as_str());
        let stands_there = at + 1 == tokens.len() || !ONLY_LAST.contains(word);
        (stands_there && !is_rate).then_some(*unit)
    };
    tokens.iter().enumerate().rev().find_map(unit)
}

/// At most three significant digits: "1 240", "3.14", "0.07".
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return "–".into();
    }
    let digits = value.abs().log10().floor() as i32;
    let text = if digits >= 2 {
        let unit = 10f64.powi(digits - 2);
        grouped(&format!("{:.0}", (value.abs() / unit).round() * unit))
    } else {
        let text = format!("{:.*}", (2 - digits).clamp(0, 6) as usize, value.abs());
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    if value < 0.0 && text != "0" { format!("\u{2212}{text}") } else { text }
}

/// A ratio as it stands before "as much": "2.4x", "24x", and below one the parts that have a name, "half", "a quarter", else "41 %".
pub fn times(ratio: f64) -> String {
    let hundredths = (ratio * 100.0).round();
    if let Some((_, part)) = PARTS.iter().find(|(part, _)| *part == hundredths) {
        return (*part).to_owned();
    }
    match ratio {
        // Nobody says "0.41x as often".
        ..0.995 => percent(ratio),
        ..9.95 => format!("{ratio:.1}x"),
        _ => format!("{ratio:.0}x"),
    }
}

/// The same before "the": "half the income", "a quarter of the income", "41 % of the income".
pub fn times_the(ratio: f64) -> String {
    let times = times(ratio);
    if times.contains([' ', '%']) { format!("{times} of the") } else { format!("{times} the") }
}

/// Parts of a whole that people have a word for, in hundredths.
const PARTS: [(f64, &str); 7] = [
    (10.0, "a tenth"),
    (20.0, "a fifth"),
    (25.0, "a quarter"),
    (33.0, "a third"),
    (50.0, "half"),
    (67.0, "two thirds"),
    (75.0, "three quarters"),
];

/// "a", "a and b", "a, b and c".
pub fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// Every word with a capital first letter; the rest stays, so that "USA" does not become "Usa". Small words stay small, and "tv" is "TV".
pub fn titled(words: &str) -> String {
    let one = |(at, word): (usize, &str)| match word {
        "of" | "and" | "the" | "with" | "without" | "on" | "per" if at > 0 => word.to_owned(),
        _ if is_abbreviation(word) => word.to_uppercase(),
        _ => capitalised(word),
    };
    words.split_whitespace().enumerate().map(one).collect::<Vec<_>>().join(" ")
}

/// Whether the last word of a name is a plural.
pub fn is_plural(name: &str) -> bool {
    const SINGULAR: [&str; 6] = ["business", "process", "status", "address", "loss", "basis"];
    let last = name.rsplit(' ').next().unwrap_or(name);
    if ["children", "people", "men", "women"].contains(&last) {
        return true;
    }
    last.len() > 3 && last.ends_with('s') && !SINGULAR.contains(&last) && !last.ends_with("ss")
}

/// The last word of a name as a plural: "senior citizens", "categories".
pub fn plural(name: &str) -> String {
    if is_plural(name) {
        return name.to_owned();
    }
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| name.ends_with(end)) => format!("{name}es"),
        _ => format!("{name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let plain = |text: String| text.replace(SPACE, " ");
        for (value, text) in [
            (1236.4, "1 240"),
            (0.0, "0"),
            (999.6, "1 000"),
            (3.1259, "3.13"),
            (41.0, "41"),
            (0.0712, "0.0712"),
            (-5.5, "−5.5"),
            (1e6, "1 000 000"),
        ] {
            assert_eq!(plain(number(value)), text);
        }
        for (share, text) in [(0.62, "62 %"), (0.0, "0 %"), (1.0, "100 %"), (0.999, "> 99 %"), (0.0004, "< 0.1 %"), (0.064, "6.4 %")] {
            assert_eq!(plain(percent(share)), text);
        }
        assert_eq!((times(2.412), times(0.4149), times(24.1)), ("2.4x".into(), percent(0.4149), "24x".into()));
        assert_eq!((times(0.2513), times(0.335), times(0.5)), ("a quarter".into(), percent(0.335), "half".into()));
        assert_eq!((times_the(0.25), times_the(0.498), times_the(1.6)), ("a quarter of the".into(), "half the".into(), "1.6x the".into()));
        assert_eq!(times_the(0.41), format!("{} of the", percent(0.41)));
        assert_eq!(plain(count(1_234_567)), "1 234 567");
        assert_eq!(plain(number_format("total", Some("€"), None, 0.0, 9e3).write(1236.0)), "€ 1 240");
        assert_eq!(plain(number_format("age", None, Some("years"), 18.0, 90.0).write(33.6)), "34 years");
        let age = |oldest: f64, age: f64| plain(number_format("age", None, Some("years"), 0.0, oldest).write(age));
        assert_eq!((age(90.0, 1.2), age(0.72, 0.19)), ("1 year".into(), "0.19".into()), "ages in hundreds of years are no whole years");
        assert_eq!(plain(number_format("discount_share", None, None, 0.0, 1.0).write(0.42)), "42 %");
        assert_eq!(number_format("birth_year", None, None, 1930.0, 2005.0).write(1984.0), "1984");
        assert_eq!(number_format("earliest_credit_line", None, None, 1963.0, 2015.0).write(2003.0), "2003");
        assert_eq!(plain(number_format("monthly_fee", None, None, 3.0, 2050.0).write(2003.0)), "2 000");
        for (name, unit) in [
            ("recency_days", Some("days")),
            ("days_since_last_order", Some("days")),
            ("total_day_minutes", Some("minutes")),
            ("total_day_calls", None),
            ("stays_in_week_nights", None),
            ("hours_per_week", Some("hours")),
            ("visits_per_week", None),
            ("min_balance", None),
            ("call_min", Some("minutes")),
        ] {
            assert_eq!(unit_of_name(&tokens(name)), unit, "{name}");
        }
        assert_eq!(NumberFormat::Date.write(19_800.0), "2024-03");
        assert_eq!(NumberFormat::Date.rounded(19_800.0), 19_783.0, "the first of March 2024");
        let plain_number = number_format("x", None, None, -9.0, 9e9);
        for value in [1236.4, 999.6, 3.1259, 41.0, 0.0712, 0.071234, -5.5, 1e6, 0.0, 12345678.0, 1.0 / 3.0] {
            let rounded = plain_number.rounded(value);
            assert_eq!(plain_number.write(rounded), plain_number.write(value), "{value}");
            assert_eq!(plain_number.write(value).replace(SPACE, "").replace('\u{2212}', "-").parse::<f64>(), Ok(rounded), "{value}");
        }
        assert_eq!((NumberFormat::Share.rounded(0.4249), NumberFormat::Share.rounded(0.0312)), (0.42, 0.031));
        assert_eq!((significant(4321.0, 2), significant(0.0456, 2).0), ((4300.0, 100.0), 0.046));
    }

    #[test]
    fn names_have_capitals() {
        assert_eq!((titled("order value"), titled("streaming tv")), ("Order Value".into(), "Streaming TV".into()));
    }
}
