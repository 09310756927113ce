//! Which columns are described, how are they read, and what are they called?
//!
//! In: the table, its profile, the preparation and the lexicon. Out: one [`Described`] per column, in the table's order. Left out are
//! identifiers, ignored columns and free text. Numbers that are only 0 and 1 are read as levels "no" and "yes". O(n) per column
//! for that check; values are borrowed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::stats::skewness;
use crate::data::{Column, ColumnProfile, Loaded, Role, Values, is_no_measure, profile};
use crate::features::{Prepared, Transform};

use super::lexicon::{Columns, Entry, Lexicon};
use super::noun::Noun;
use super::sense::{Looks, Sense, Sensed, sense_of};
use super::text::{NumberFormat, humanised, number_format};
use super::yes_no::yes_or_no;

/// A column that cards may speak of.
pub struct Described<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its name in words.
    pub human: String,
    /// What it is for.
    pub role: Role,
    /// Its unit, where the file says so.
    pub unit: Option<&'a str>,
    /// Its words, if the lexicon has any.
    pub entry: Option<&'a Entry>,
    /// How its values are read.
    pub reading: Reading<'a>,
    /// What its values stand for.
    pub sense: Sense,
}

/// How the values of a column are read.
pub enum Reading<'a> {
    /// On a scale.
    Scale(ScaleReading<'a>),
    /// As levels.
    Levels(LevelReading<'a>),
}

/// Numbers or days, and the transform effects are measured on.
pub struct ScaleReading<'a> {
    column: &'a Column,
    transform: Transform,
    bounds: Option<(f64, f64)>,
    /// How values are written.
    pub format: NumberFormat,
    /// Whether values are days.
    pub is_date: bool,
    /// Whether no value is below zero.
    pub is_never_negative: bool,
    /// The smallest and largest value.
    range: (f64, f64),
}

/// Levels and every row's level.
pub struct LevelReading<'a> {
    /// The levels' texts.
    pub names: Cow<'a, [String]>,
    codes: Codes<'a>,
}

enum Codes<'a> {
    Text(&'a profile::Levels),
    ZeroOne(&'a [f64]),
}

impl Described<'_> {
    /// Whether it is a score that the program made: told on cards, but no outcome of the business.
    pub fn is_own_score(&self) -> bool {
        is_rfm(self.name)
    }

    /// Whether a name may speak of it: what the business wants to know, and what is sensitive, stays out of names.
    pub fn may_name(&self) -> bool {
        !matches!(self.role, Role::Outcome | Role::Sensitive)
    }
}

impl ScaleReading<'_> {
    /// The value of a table row in original units.
    pub fn value(&self, row: usize) -> Option<f64> {
        self.column.number(row)
    }

    /// A value on the scale that effects are measured on.
    pub fn transformed(&self, value: f64) -> f64 {
        match (self.transform, self.bounds) {
            (Transform::None, _) | (Transform::Winsorized, None) => value,
            (Transform::Log1p, _) => value.max(0.0).ln_1p(),
            (Transform::Asinh, _) => value.asinh(),
            (Transform::Winsorized, Some((low, high))) => value.max(low).min(high),
        }
    }
}

impl LevelReading<'_> {
    /// The level of a table row.
    pub fn level(&self, row: usize) -> Option<usize> {
        match &self.codes {
            Codes::Text(levels) => levels.get(row),
            Codes::ZeroOne(values) => Some(values[row]).filter(|value| !value.is_nan()).map(|value| value as usize),
        }
    }
}

/// What RFM scoring adds to a table.
fn is_rfm(name: &str) -> bool {
    ["r_score", "f_score", "m_score", "rfm_segment"].contains(&name)
}

/// The columns to describe. `roles` are the user's own, by column name; all others are the guessed ones.
pub fn described<'a>(loaded: &'a Loaded, prepared: &Prepared, roles: &BTreeMap<String, Role>, lexicon: &'a Lexicon) -> Vec<Described<'a>> {
    let noun = Noun::of(loaded);
    let one = |(column, profile): (&'a Column, &'a ColumnProfile)| {
        let role = roles.get(&column.name).copied().unwrap_or(profile.guessed_role);
        if matches!(role, Role::Identifier | Role::Ignored) {
            return None;
        }
        let (reading, mut sensed) = reading(column, profile, prepared)?;
        if is_lifetime_recency(loaded, &column.name) {
            sensed = Sensed { sense: Sense::Plain, word: None };
        }
        let kind = match (&reading, sensed.sense) {
            (Reading::Levels(_), _) => Columns::Levels,
            (Reading::Scale(_), Sense::Date) => Columns::Date,
            (Reading::Scale(_), _) => Columns::Number,
        };
        let entry = lexicon.fitting(&column.name, kind, &sensed, noun.many);
        let entry = entry.filter(|_| !is_lifetime_recency(loaded, &column.name));
        let human = humanised(&column.name);
        Some(Described {
            name: &column.name,
            human,
            role,
            unit: column.unit.as_deref(),
            entry,
            reading: with_unit(reading, column, entry),
            sense: sensed.sense,
        })
    };
    loaded.table.columns.par_iter().zip(&loaded.profile.columns).filter_map(one).collect()
}

/// Whether a recency is the one of lifetime-value models: last minus first purchase, beside their `T`. There a small value does not
/// say that somebody was here lately, so the words of recency would lie (methods, section 6).
fn is_lifetime_recency(loaded: &Loaded, name: &str) -> bool {
    name.eq_ignore_ascii_case("recency") && loaded.table.position("T").is_some()
}

/// How the values are read, before the lexicon is asked for words and a unit.
fn reading<'a>(column: &'a Column, profile: &'a ColumnProfile, prepared: &Prepared) -> Option<(Reading<'a>, Sensed)> {
    let by_values = |sense: Sense| Sensed { sense, word: None };
    match &column.values {
        Values::Text(_) => {
            let levels: &profile::Levels = profile.levels.as_deref()?;
            // Where most texts occur once they are comments, however short the table is.
            let n_present: usize = levels.counts.iter().sum();
            if levels.names.len() > 20 && levels.names.len() * 2 > n_present {
                return None;
            }
            let is_question = levels.names.iter().all(|name| yes_or_no(name).is_some());
            let reading = LevelReading { names: Cow::Borrowed(&levels.names), codes: Codes::Text(levels) };
            Some((Reading::Levels(reading), by_values(if is_question { Sense::YesNo } else { Sense::Level })))
        }
        Values::Number(values) if is_zero_one(values) => {
            let names = Cow::Owned(vec!["no".to_owned(), "yes".to_owned()]);
            let reading = LevelReading { names, codes: Codes::ZeroOne(values) };
            Some((Reading::Levels(reading), by_values(Sense::YesNo)))
        }
        // Nobody is low in postcode or high in member number.
        Values::Number(values)
            if let Some(numeric) = &profile.numeric
                && is_no_measure(&column.name, numeric, profile.n_distinct, values.len() - profile.n_missing) =>
        {
            None
        }
        Values::Number(_) | Values::Date(_) => {
            let is_date = matches!(column.values, Values::Date(_));
            let (min, max) = range(column, prepared)?;
            let (transform, bounds) = transform_of(column, prepared, min);
            let is_whole = profile.numeric.as_ref().is_some_and(|numeric| numeric.whole);
            let sensed =
                if is_date { by_values(Sense::Date) } else { sense_of(&column.name, column.unit.as_deref(), Looks { min, max, is_whole }) };
            let format = if is_date { NumberFormat::Date } else { number_format(&column.name, column.unit.as_deref(), None, min, max) };
            let range = (min, max);
            Some((
                Reading::Scale(ScaleReading { column, transform, bounds, format, is_date, is_never_negative: min >= 0.0, range }),
                sensed,
            ))
        }
    }
}

/// The reading with the unit of the lexicon, where the file has none.
fn with_unit<'a>(reading: Reading<'a>, column: &Column, entry: Option<&Entry>) -> Reading<'a> {
    match (reading, entry.and_then(|entry| entry.unit.as_deref())) {
        (Reading::Scale(scale), Some(unit)) if !scale.is_date => {
            let (min, max) = scale.range;
            let format = number_format(&column.name, column.unit.as_deref(), Some(unit), min, max);
            Reading::Scale(ScaleReading { format, ..scale })
        }
        (reading, _) => reading,
    }
}

fn is_zero_one(values: &Arc<[f64]>) -> bool {
    let mut seen = [false; 2];
    for value in values.iter().filter(|value| !value.is_nan()) {
        if *value != 0.0 && *value != 1.0 {
            return false;
        }
        seen[*value as usize] = true;
    }
    seen == [true, true]
}

/// The smallest and largest value that takes part; `None` where there is none.
fn range(column: &Column, prepared: &Prepared) -> Option<(f64, f64)> {
    let present = prepared.table_rows.iter().filter_map(|&row| column.number(row));
    present.fold(None, |range, v| Some(range.map_or((v, v), |(min, max): (f64, f64)| (min.min(v), max.max(v)))))
}

/// The transform in force with its bounds. A column that did not enter the clustering is treated as it would have been by default:
/// skewness above 1 asks for log1p, or asinh where negatives occur.
fn transform_of(column: &Column, prepared: &Prepared, min: f64) -> (Transform, Option<(f64, f64)>) {
    if let Some(input) = prepared.columns.iter().find(|input| input.name == column.name && input.enters) {
        return (input.transform, input.fitted.bounds);
    }
    let present: Vec<f64> = prepared.table_rows.iter().filter_map(|&row| column.number(row)).collect();
    let is_skewed = matches!(column.values, Values::Number(_)) && skewness(&present) > 1.0;
    let transform = match is_skewed {
        true if min >= 0.0 => Transform::Log1p,
        true => Transform::Asinh,
        false => Transform::None,
    };
    (transform, None)
}
