//! Which columns are described, how are they read, and what are they called?
//!
//! In: the table, its profile, the preparation and the lexicon. Out: one [`Described`] per column, in the table's order. Left out are
//! identifiers, ignored columns and free text. Numbers that are only 0 and 1 are read as levels "no" and "yes". O(n) per column
//! for that check; values are borrowed. Numbers that the user gave labels, most of them, are levels too: codes of a survey.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::stats::skewness;
use crate::data::{Column, ColumnProfile, Dictionary, Loaded, Role, Values, is_no_measure, is_rfm_score, profile, quotient};
use crate::features::{Prepared, Transform};

use super::lexicon::{Columns, Entry, Lexicon};
use super::sense::{Looks, Sense, Sensed, sense_of};
use super::text::{NumberFormat, PERCENT, is_plural, number_format, tokens};
use super::yes_no::yes_or_no;

/// A column that cards may speak of.
pub struct Described<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its name as it is shown: "Total charges".
    pub shown: String,
    /// Its name within a sentence: "total charges".
    pub human: String,
    /// Whether the user gave it that name.
    pub is_labelled: bool,
    /// What it is for.
    pub role: Role,
    /// Its unit, where the user or the file says so.
    pub unit: Option<&'a str>,
    /// Its words, if the lexicon has any.
    pub entry: Option<&'a Entry>,
    /// How its values are read.
    pub reading: Reading<'a>,
    /// What its values stand for.
    pub sense: Sense,
    /// Whether its name without the words of its unit would be another column's.
    pub needs_its_unit: bool,
    /// Whether it is the logarithm or the square of another described column, which says the same in numbers that people know. It stays in the evidence.
    pub is_retold: bool,
    /// Whether its few whole numbers may as well stand for something: nothing says that 3 is more than 1.
    pub may_be_codes: bool,
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
    /// Whether all values are whole.
    is_whole: bool,
}

/// Levels and every row's level.
pub struct LevelReading<'a> {
    /// The levels as the file has them.
    pub names: Cow<'a, [String]>,
    /// The levels as they are shown.
    pub labels: Cow<'a, [String]>,
    codes: Codes<'a>,
}

enum Codes<'a> {
    Text(&'a profile::Levels),
    ZeroOne(&'a [f64]),
    /// Numbers that stand for levels; the different ones, ascending.
    Numbers(&'a [f64], &'a [f64]),
}

impl Described<'_> {
    /// Whether it is a score that the program made: told on cards, but no outcome of the business.
    pub fn is_own_score(&self) -> bool {
        is_rfm_score(self.name)
    }

    /// Whether a name may speak of it: what the business wants to know, what is sensitive, logarithms, squares and possible codes stay out of names.
    pub fn may_name(&self) -> bool {
        !self.is_retold && !self.may_be_codes && !matches!(self.role, Role::Outcome | Role::Sensitive)
    }
}

impl ScaleReading<'_> {
    /// Whether the values may be counts of a few things.
    fn counts(&self) -> bool {
        const MOST: f64 = 200.0;
        self.is_whole && !self.is_date && self.range.0 >= 0.0 && self.range.1 <= MOST
    }

    /// Whether the values are a few whole numbers from 1 on: three or four answers, regions, kinds or grades. A longer scale is rather one of marks.
    fn is_few_from_one(&self) -> bool {
        self.is_whole && !self.is_date && self.range.0 == 1.0 && (3.0..=4.0).contains(&self.range.1)
    }

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
            Codes::Numbers(values, codes) => codes.binary_search_by(|code| code.total_cmp(&values[row])).ok(),
        }
    }
}

/// The columns to describe. `roles` are the user's own, by column name; all others are the guessed ones.
pub fn described<'a>(loaded: &'a Loaded, prepared: &Prepared, roles: &BTreeMap<String, Role>, lexicon: &'a Lexicon) -> Vec<Described<'a>> {
    let dictionary = &**lexicon.dictionary();
    let noun = dictionary.noun_of(loaded);
    // Tenure in a table about work, which nobody calls a list of customers, is time in a job.
    let is_of_work = !dictionary.knows_noun(loaded) && loaded.table.columns.iter().any(|column| speaks_of_work(&column.name));
    let one = |(column, profile): (&'a Column, &'a ColumnProfile)| {
        let role = roles.get(&column.name).copied().unwrap_or(profile.guessed_role);
        if matches!(role, Role::Identifier | Role::Ignored) {
            return None;
        }
        let (reading, mut sensed) = reading(column, profile, prepared, dictionary)?;
        let human = dictionary.in_sentence(&column.name);
        if matches!(&reading, Reading::Scale(scale) if scale.counts()) && sensed.sense == Sense::Plain && is_counted(&human) {
            sensed = Sensed { sense: Sense::Count, word: None };
        }
        if is_lifetime_recency(loaded, &column.name) {
            sensed = Sensed { sense: Sense::Plain, word: None };
        }
        let kind = match (&reading, sensed.sense) {
            (Reading::Levels(_), _) => Columns::Levels,
            (Reading::Scale(_), Sense::Date) => Columns::Date,
            (Reading::Scale(_), _) => Columns::Number,
        };
        // What the user calls a column says more of it than its header.
        let label = dictionary.label(&column.name);
        let fitting = |name: &str| lexicon.fitting(name, kind, &sensed, &noun.many);
        let entry = label.and_then(fitting).or_else(|| fitting(&column.name));
        let entry = entry.filter(|_| !is_lifetime_recency(loaded, &column.name));
        // Nobody is satisfied by 522 points: a rating beyond ten or a hundred is somebody's credit.
        let is_credit = profile.numeric.as_ref().is_some_and(|numeric| numeric.max > 100.0);
        let entry = entry.filter(|entry| !(is_credit && entry.tag == "satisfaction"));
        let entry = entry.filter(|entry| !(is_of_work && entry.tag == "tenure" && human == "tenure"));
        // Three or four whole numbers from 1 may count from the highest degree down.
        let is_few = matches!(&reading, Reading::Scale(scale) if scale.is_few_from_one());
        let entry = entry.filter(|entry| !(is_few && entry.tag == "schooling"));
        // Nobody spends what is sold by square metre.
        let entry = entry.filter(|entry| entry.tag != "spend" || quotient(loaded, &column.name).is_none());
        let unit = dictionary.unit(column);
        let says_nothing = label.is_none() && unit.is_none() && entry.is_none() && sensed.word.is_none() && !is_counted(&human);
        let may_be_codes = says_nothing && is_few;
        Some(Described {
            name: &column.name,
            shown: dictionary.name(&column.name),
            human,
            is_labelled: label.is_some(),
            role,
            unit,
            entry,
            reading: with_unit(reading, column, dictionary, entry),
            sense: sensed.sense,
            needs_its_unit: false,
            is_retold: false,
            may_be_codes,
        })
    };
    let mut all: Vec<Described> = loaded.table.columns.par_iter().zip(&loaded.profile.columns).filter_map(one).collect();
    let names: BTreeSet<String> = loaded.table.columns.iter().map(|column| dictionary.in_sentence(&column.name)).collect();
    for column in &mut all {
        let bare = without_units(&column.human);
        column.needs_its_unit = bare != column.human && names.contains(&bare);
    }
    all
}

/// Whether a name is of things that are counted: a plural, and no sum of money.
fn is_counted(human: &str) -> bool {
    const MONEY: [&str; 9] = ["expenses", "earnings", "assets", "savings", "charges", "costs", "wages", "funds", "debts"];
    is_plural(human) && !MONEY.contains(&human.rsplit(' ').next().unwrap_or(human))
}

/// A name without words of percent.
fn without_units(human: &str) -> String {
    human.split_whitespace().filter(|word| !PERCENT.contains(word)).collect::<Vec<_>>().join(" ")
}

/// Whether a recency is the one of lifetime-value models: last minus first purchase, beside their `T`. There a small value does not
/// say that somebody was here lately, so the words of recency would lie (methods, section 6).
fn is_lifetime_recency(loaded: &Loaded, name: &str) -> bool {
    name.eq_ignore_ascii_case("recency") && loaded.table.position("T").is_some()
}

/// How the values are read, before the lexicon is asked for words and a unit.
fn reading<'a>(
    column: &'a Column,
    profile: &'a ColumnProfile,
    prepared: &Prepared,
    dictionary: &'a Dictionary,
) -> Option<(Reading<'a>, Sensed)> {
    let by_values = |sense: Sense| Sensed { sense, word: None };
    match &column.values {
        Values::Text(_) => {
            let levels: &profile::Levels = profile.levels.as_deref()?;
            // Where most texts occur once they are comments, however short the table is.
            let n_present: usize = levels.counts.iter().sum();
            if levels.names.len() > 20 && levels.names.len() * 2 > n_present {
                return None;
            }
            let names = Cow::Borrowed(&levels.names[..]);
            let labels = levels.names.iter().map(|name| dictionary.level(&column.name, name).to_owned()).collect();
            Some(of_levels(LevelReading { names, labels, codes: Codes::Text(levels) }))
        }
        Values::Number(values) if is_zero_one(values) => {
            let names = vec!["no".to_owned(), "yes".to_owned()];
            let label = |code: usize| dictionary.code(&column.name, code as f64).unwrap_or(&names[code]).to_owned();
            let labels = Cow::Owned(vec![label(0), label(1)]);
            Some(of_levels(LevelReading { names: Cow::Owned(names), labels, codes: Codes::ZeroOne(values) }))
        }
        Values::Number(values) if let Some(codes) = coded_levels(profile, dictionary) => {
            let names: Vec<String> = codes.iter().map(f64::to_string).collect();
            let labels = names.iter().map(|name| dictionary.level(&column.name, name).to_owned()).collect();
            Some(of_levels(LevelReading { names: Cow::Owned(names), labels, codes: Codes::Numbers(values, codes) }))
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
            let sensed = match is_date {
                true => by_values(Sense::Date),
                false => sensed(column, dictionary, Looks { min, max, is_whole }),
            };
            let format = if is_date { NumberFormat::Date } else { format(column, dictionary, None, (min, max)) };
            let range = (min, max);
            Some((
                Reading::Scale(ScaleReading { column, transform, bounds, format, is_date, is_never_negative: min >= 0.0, range, is_whole }),
                sensed,
            ))
        }
    }
}

/// Whether the name of a column speaks of somebody's work.
fn speaks_of_work(name: &str) -> bool {
    const BEGINS: [&str; 6] = ["job", "unemp", "employ", "occupation", "wage", "bluecol"];
    tokens(name).iter().any(|token| BEGINS.iter().any(|word| token.starts_with(word)))
}

/// Levels, and whether they are the answers to a question.
fn of_levels(levels: LevelReading) -> (Reading, Sensed) {
    let is_question = levels.labels.iter().all(|label| yes_or_no(label).is_some());
    (Reading::Levels(levels), Sensed { sense: if is_question { Sense::YesNo } else { Sense::Level }, word: None })
}

/// The different numbers of a column, where the user gave most of them labels.
fn coded_levels<'a>(profile: &'a ColumnProfile, dictionary: &Dictionary) -> Option<&'a [f64]> {
    let codes = &profile.numeric.as_ref().filter(|_| dictionary.has_levels(&profile.name))?.codes;
    let n_labelled = codes.iter().filter(|code| dictionary.code(&profile.name, **code).is_some()).count();
    (2 * n_labelled > codes.len()).then_some(codes)
}

/// What the numbers stand for: the header says it, and of a header that says nothing the user's label.
fn sensed(column: &Column, dictionary: &Dictionary, looks: Looks) -> Sensed {
    let unit = dictionary.unit(column);
    let sensed = sense_of(&column.name, unit, looks);
    let label = dictionary.label(&column.name).filter(|_| sensed.word.is_none());
    label.map(|label| sense_of(label, unit, looks)).filter(|of_label| of_label.word.is_some()).unwrap_or(sensed)
}

/// How the numbers are written. A unit of % on parts of one changes nothing: they are written as percent anyway.
fn format(column: &Column, dictionary: &Dictionary, lexicon_unit: Option<&str>, (min, max): (f64, f64)) -> NumberFormat {
    let of = |name: &str, unit: Option<&str>| number_format(name, unit, lexicon_unit, min, max);
    let own = dictionary.own_unit(&column.name);
    let names = std::iter::once(column.name.as_str()).chain(dictionary.label(&column.name));
    let is_plain = own.is_none_or(|unit| unit == "%") && column.unit.is_none();
    let mut found = names.filter(|_| is_plain).map(|name| of(name, None));
    let found = found.find(|format| matches!(format, NumberFormat::Share) || (own.is_none() && matches!(format, NumberFormat::Year)));
    found.unwrap_or_else(|| of(&column.name, dictionary.unit(column)))
}

/// The reading with the unit of the lexicon, where neither user nor file has one.
fn with_unit<'a>(reading: Reading<'a>, column: &Column, dictionary: &Dictionary, entry: Option<&Entry>) -> Reading<'a> {
    match (reading, entry.and_then(|entry| entry.unit.as_deref())) {
        (Reading::Scale(scale), Some(unit)) if !scale.is_date => {
            let format = format(column, dictionary, Some(unit), scale.range);
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
