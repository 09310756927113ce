//! What do the columns of a source look like? Counts that tell which rules are worth suggesting.
//!
//! In: a source. Out: per column how many cells are there and how many have which form; one query per source, and one more for each column of
//! few values. Day columns of all sources together tell the newest day that can be believed.

use polars::prelude::*;

use crate::base::Ctx;
use crate::customers::understand::understood::Understood;
use crate::data::day::IsoDay;
use crate::data::sourcing::Field;
use crate::data::{Kind, Raw, SourceKind, matches_word, name_words};

use super::super::error::CustomersError;
use super::predicate::{EMAIL, PHONE, column, counts, day_of, trimmed};
use super::spelling::Counts;

/// What is counted of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Measured {
    pub n_present: usize,
    pub n_distinct: usize,
    pub n_email: usize,
    pub n_phone: usize,
    pub n_negative: usize,
    pub n_to_1: usize,
    pub n_to_100: usize,
    pub n_1_to_5: usize,
    pub n_0_to_10: usize,
    pub n_whole: usize,
    /// The values with their counts, where they are few or the column is a key.
    pub values: Option<Counts>,
}

/// At most so many different values make a column a category here.
const FEW: usize = 300;

/// Fewer values have no largest 1 %.
const FEWEST_FOR_TAIL: f64 = 100.0;
/// So many medians nobody buys of pieces: a gross beside single ones is no other unit.
const MEDIANS: f64 = 1_000.0;

/// The largest 1 % hold most of it beyond this share of the sum.
const MOST_OF_IT: f64 = 0.5;

/// Keys are looked at for variant spellings up to so many.
const MANY_KEYS: usize = 2_000_000;

/// Counts every column of a source.
pub(super) fn columns(raw: &Raw, key: Option<&str>, ctx: &Ctx) -> Result<Vec<Measured>, CustomersError> {
    let mut asked = Vec::new();
    let mut ask = |at: usize, what: &str, count: Expr| asked.push(count.cast(DataType::UInt64).alias(format!("{what}{at}")));
    for (at, of) in raw.columns.iter().enumerate() {
        ask(at, "present", column(&of.name).count());
        match of.kind {
            Kind::Text => {
                ask(at, "distinct", column(&of.name).n_unique());
                ask(at, "email", trimmed(&of.name).str().contains(lit(EMAIL), false).sum());
                ask(at, "phone", trimmed(&of.name).str().contains(lit(PHONE), false).sum());
            }
            Kind::Number => {
                let number = column(&of.name).cast(DataType::Float64);
                let within = |low: f64, high: f64| number.clone().gt_eq(lit(low)).and(number.clone().lt_eq(lit(high))).sum();
                ask(at, "negative", number.clone().lt(lit(0.0)).sum());
                ask(at, "to_1", within(0.0, 1.0));
                ask(at, "to_100", within(0.0, 100.0));
                ask(at, "1_to_5", within(1.0, 5.0));
                ask(at, "0_to_10", within(0.0, 10.0));
                ask(at, "whole", number.clone().eq(number.clone().floor()).sum());
            }
            Kind::Date => {}
        }
    }
    let frame = raw.lazy().select(asked).collect()?;
    let get = |at: usize, what: &str| -> usize {
        let value =
            frame.column(&format!("{what}{at}")).ok().and_then(|column| column.get(0).ok().and_then(|value| value.extract::<u64>()));
        value.unwrap_or(0) as usize
    };
    let mut all = Vec::with_capacity(raw.columns.len());
    for (at, of) in raw.columns.iter().enumerate() {
        ctx.check()?;
        let mut measured = Measured {
            n_present: get(at, "present"),
            n_distinct: get(at, "distinct"),
            n_email: get(at, "email"),
            n_phone: get(at, "phone"),
            n_negative: get(at, "negative"),
            n_to_1: get(at, "to_1"),
            n_to_100: get(at, "to_100"),
            n_1_to_5: get(at, "1_to_5"),
            n_0_to_10: get(at, "0_to_10"),
            n_whole: get(at, "whole"),
            values: None,
        };
        let is_category = measured.n_distinct <= FEW && measured.n_distinct * 4 <= measured.n_present;
        let is_key = key == Some(of.name.as_str()) && measured.n_distinct <= MANY_KEYS;
        if of.kind == Kind::Text && measured.n_present > 0 && (is_category || is_key) {
            measured.values = Some(counts(raw, &of.name)?);
        }
        all.push(measured);
    }
    Ok(all)
}

/// Above what the largest of a quantity lie, and the part of the sum that they hold, where that is most of it: some rows are counted in another
/// unit then, as fuel by the cent beside pieces. They are the largest 1 %, or all beyond a thousand medians where those are more.
pub(super) fn tail(raw: &Raw, name: &str) -> Result<Option<(f64, f64)>, CustomersError> {
    let number = column(name).cast(DataType::Float64);
    let positive = number.clone().filter(number.gt(lit(0.0)));
    let one = |frame: &DataFrame, name: &str| frame.column(name).ok().and_then(|column| column.get(0).ok()?.extract::<f64>());
    let asked = vec![
        positive.clone().count().cast(DataType::Float64).alias("n"),
        positive.clone().sum().alias("sum"),
        positive.clone().quantile(lit(0.99), QuantileMethod::Lower).alias("most"),
        positive.clone().quantile(lit(0.5), QuantileMethod::Lower).alias("median"),
    ];
    let frame = raw.lazy().select(asked).collect()?;
    let (Some(n), Some(sum), Some(most)) = (one(&frame, "n"), one(&frame, "sum"), one(&frame, "most")) else { return Ok(None) };
    let most = most.min(MEDIANS * one(&frame, "median").unwrap_or(most));
    if n < FEWEST_FOR_TAIL {
        return Ok(None);
    }
    let beyond = positive.clone().filter(positive.gt(lit(most))).sum().alias("beyond");
    let frame = raw.lazy().select([beyond]).collect()?;
    let share = one(&frame, "beyond").unwrap_or(0.0) / sum.max(f64::MIN_POSITIVE);
    Ok((share > MOST_OF_IT).then_some((most, share)))
}

/// The newest day that can be believed of all sources: days of purchases and events, else any. Days far after all others (2099) do not
/// count: those beyond the 99th percentile by more than a month and half of the span from the 1st to the 99th.
pub fn newest_day(understood: &Understood, raws: &[&Raw]) -> Result<Option<IsoDay>, CustomersError> {
    let mut newest = None;
    for wants_rows in [true, false] {
        for (source, raw) in understood.sources.iter().zip(raws).filter(|(source, _)| SourceKind::has_days(source.kind) == wants_rows) {
            let names: Vec<&str> = match source.fields.get(&Field::Date) {
                Some(date) if wants_rows => vec![date.as_str()],
                _ if wants_rows || source.kind == SourceKind::Reference => Vec::new(),
                _ => day_columns(raw).collect(),
            };
            for name in names {
                newest = newest.max(newest_of(raw, name)?);
            }
        }
        if newest.is_some() {
            break;
        }
    }
    Ok(newest)
}

/// Columns of days that tell when something happened.
pub(super) fn day_columns(raw: &Raw) -> impl Iterator<Item = &str> {
    let happened = raw.columns.iter().filter(|column| column.kind == Kind::Date && !is_birth(&column.name) && !is_to_come(&column.name));
    happened.map(|column| column.name.as_str())
}

fn newest_of(raw: &Raw, name: &str) -> Result<Option<IsoDay>, CustomersError> {
    if raw.column(name).is_none_or(|column| column.kind != Kind::Date) {
        return Ok(None);
    }
    let days = day_of(name).to_physical().cast(DataType::Float64);
    let at = |share: f64, called: &str| days.clone().quantile(lit(share), QuantileMethod::Nearest).alias(called);
    let frame = raw.lazy().select([at(0.01, "low"), at(0.99, "high")]).collect()?;
    let of = |name: &str| frame.column(name).ok().and_then(|column| column.get(0).ok().and_then(|value| value.extract::<f64>()));
    let (Some(low), Some(high)) = (of("low"), of("high")) else { return Ok(None) };
    let believed = high + ((high - low) / 2.0).max(31.0);
    let last = days.clone().filter(days.lt_eq(lit(believed))).max().alias("last");
    let frame = raw.lazy().select([last]).collect()?;
    let last = frame.column("last")?.get(0)?.extract::<f64>();
    Ok(last.map(|day| IsoDay(day as i32)))
}

/// Whether the day is one of birth, which may well be before 1990.
pub(super) fn is_birth(name: &str) -> bool {
    named(name, &["birth", "birthday", "birthdate", "born", "dob", "geburtstag", "geburtsdatum"])
}

/// Whether the day may be still to come.
pub(super) fn is_to_come(name: &str) -> bool {
    named(name, &["due", "expires", "expiry", "expiration", "renewal", "renews", "next", "until", "valid", "planned", "delivery"])
}

pub(super) fn named(name: &str, words: &[&'static str]) -> bool {
    let tokens = name_words(name);
    words.iter().any(|word| tokens.iter().any(|token| matches_word(token, word)))
}
