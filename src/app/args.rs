//! The files that every command may read and write, as they are typed.

use std::path::PathBuf;

use clap::Args;

use crate::data::day::IsoDay;
use crate::triggers::checks::of_filter;
use crate::triggers::terms::{EventField, Filter, Op, Value};

/// Single files to read and write, and how much to say.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Files {
    /// All rows and columns with persona and persona_name, as CSV.
    #[arg(long, value_name = "FILE")]
    pub(super) labels: Option<PathBuf>,
    /// Results, notes and seconds, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// The merge tree in SciPy's numbering, as CSV (hierarchical methods).
    #[arg(long, value_name = "FILE")]
    pub(super) merges: Option<PathBuf>,
    /// The words personas are named with, as JSON; lexicon.json beside the project or the data unless given.
    #[arg(long, value_name = "FILE")]
    pub(super) lexicon: Option<PathBuf>,
    /// The segment model, written by `personae model`.
    #[arg(skip)]
    pub(super) model: Option<PathBuf>,
    /// Every customer with how unusual they are, written by `personae niches`.
    #[arg(skip)]
    pub(super) unusual: Option<PathBuf>,
    /// Every customer with how surely they belong, written by `personae niches`.
    #[arg(skip)]
    pub(super) belonging: Option<PathBuf>,
    /// What columns and their levels are called: a file with the columns column, label, unit, level and level_label.
    #[arg(long, value_name = "FILE")]
    pub(super) dictionary: Option<PathBuf>,
    /// No progress and no summary.
    #[arg(long)]
    pub(super) quiet: bool,
}

/// A day as it is typed.
pub(super) fn day(text: &str) -> Result<IsoDay, String> {
    IsoDay::parse(text).ok_or_else(|| "give a day such as 1997-12-31".to_owned())
}

/// A time as it is typed, in milliseconds.
pub(super) fn span(text: &str) -> Result<i64, String> {
    let wrong = || "give a time such as 30m, 24h or 7d".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let ms = match unit {
        'm' => 60_000.0,
        'h' => 3_600_000.0,
        'd' => 86_400_000.0,
        _ => return Err(wrong()),
    };
    let n: f64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    // A hundred years.
    if n > 0.0 && n * ms <= 36_525.0 * 86_400_000.0 { Ok((n * ms) as i64) } else { Err(wrong()) }
}

/// What must hold of an event, as it is typed: "device=mobile", "hour>=18", "page contains /sale".
pub(super) fn filter(text: &str) -> Result<Filter, String> {
    let ops = [">=", "<=", "!=", "=", ">", "<", " contains "];
    let (at, op) = (ops.iter())
        .filter_map(|op| Some((text.find(op)?, *op)))
        // At the same place the longer one is meant: ">=" and not ">".
        .min_by_key(|(at, op)| (*at, std::cmp::Reverse(op.len())))
        .ok_or("give what must hold, such as device=mobile or hour>=18")?;
    let (field, value) = (text[..at].trim(), text[at + op.len()..].trim());
    let field: EventField = serde_json::from_value(field.to_lowercase().into()).map_err(|error| {
        let known = error.to_string();
        let known = known.split_once("expected one of ").map_or("", |(_, known)| known);
        format!("events have no {field}; there are {}", known.replace('`', ""))
    })?;
    let op: Op = serde_json::from_value(op.trim().into()).map_err(|error| error.to_string())?;
    let value = match field {
        EventField::Value | EventField::Hour => {
            Value::Number(value.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(format!("{value} is no number"))?)
        }
        EventField::Weekend | EventField::Holiday | EventField::StartsVisit => Value::Flag(match &value.to_lowercase()[..] {
            "yes" | "true" => true,
            "no" | "false" => false,
            _ => return Err(format!("{value} is neither yes nor no")),
        }),
        EventField::Weekday | EventField::DayPart => Value::Text(value.to_lowercase()),
        _ => Value::Text(value.to_owned()),
    };
    let filter = Filter { field, op, value };
    of_filter(&filter).map_or(Ok(filter), |fault| Err(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::sentence::filter_words;

    #[test]
    fn filters_are_read_as_they_are_told_and_what_is_none_is_said() {
        let told = |text: &str| filter(text).map(|filter| filter_words(&filter));
        for (typed, words) in [
            ("device=mobile", "device is mobile"),
            ("Device = mobile", "device is mobile"),
            ("hour>=18", "hour is at least 18"),
            ("value < 50", "value is less than 50"),
            ("weekend=yes", "at the weekend"),
            ("holiday!=yes", "on no holiday"),
            ("page contains /sale?x=1", "page contains /sale?x=1"),
            ("weekday=Monday", "weekday is monday"),
            ("day_part != Evening", "part of the day is not evening"),
        ] {
            assert_eq!(told(typed).as_deref(), Ok(words), "{typed}");
        }
        for (typed, why) in [
            ("mobile", "give what must hold, such as device=mobile or hour>=18"),
            ("hour=late", "late is no number"),
            ("weekend=often", "often is neither yes nor no"),
        ] {
            assert_eq!(told(typed).unwrap_err(), why);
        }
        for (typed, why) in [
            ("weekend>yes", "it is = or != true or false"),
            ("hour>=25", "an hour is a number from 0 to 23"),
            ("weekday=someday", "weekdays are monday"),
            ("weekday contains mon", "it is = or != a text"),
        ] {
            let said = told(typed).unwrap_err();
            assert!(said.contains(why), "{typed}: {said}");
        }
        let unknown = told("colour=red").unwrap_err();
        assert!(unknown.starts_with("events have no colour; there are page, value, device"), "{unknown}");
    }
}
