//! Where does a fitted column find its values in a table, and what does it meet there that it never met while it was fitted?
//!
//! In: a fitted column and a table. Out: its encoded values, block by block, and what was unusual. Levels are looked up once for each level where the
//! table knows its levels, and once for each row otherwise. O(n).

use rustc_hash::FxHashMap;

use crate::base::Note;
use crate::base::text::few_digits;
use crate::data::profile::Levels;
use crate::data::{Column, Loaded, Values, grouped};

use super::encoder_error::EncodeError;
use super::fitted_column::{Coding, FittedColumn, LevelCoding, NumberCoding, OTHER};

/// Levels that a note shows, at most.
const SHOWN: usize = 3;

/// A fitted column and where its values are.
pub(super) enum Reading<'a> {
    Numbers(&'a NumberCoding, &'a [f64]),
    Days(&'a NumberCoding, &'a [Option<i32>]),
    /// A number of which the table holds nothing at all.
    Nothing(&'a NumberCoding),
    Levels(&'a LevelCoding, &'a Levels, Vec<Found>),
    Texts(&'a LevelCoding, &'a Column, FxHashMap<&'a str, Option<usize>>),
}

/// What a level was while fitting: one of those seen, with its indicator or none; or never seen.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Seen(Option<usize>),
    Unseen,
}

/// What a column met in a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Unusual {
    missing: usize,
    below: usize,
    unseen: usize,
    /// The first levels never seen.
    levels: Vec<String>,
}

impl Unusual {
    /// Adds what a later block met.
    pub(super) fn add(&mut self, other: Unusual) {
        self.missing += other.missing;
        self.below += other.below;
        self.unseen += other.unseen;
        other.levels.into_iter().for_each(|level| self.show(&level));
    }

    fn show(&mut self, level: &str) {
        // One more than is shown, to know whether there are more.
        if self.levels.len() <= SHOWN && !self.levels.iter().any(|shown| shown == level) {
            self.levels.push(level.to_owned());
        }
    }
}

impl<'a> Reading<'a> {
    /// Finds the column in the table. Fails when it is not there or its cells are of another kind.
    pub(super) fn new(fitted: &'a FittedColumn, loaded: &'a Loaded) -> Result<Reading<'a>, EncodeError> {
        let at = loaded.table.position(&fitted.name).ok_or_else(|| EncodeError::no_column(&fitted.name, loaded))?;
        let column = &loaded.table.columns[at];
        let is_empty = || (0..loaded.table.n_rows).all(|row| column.is_missing(row));
        match (&fitted.coding, &column.values) {
            (Coding::Number(coding), Values::Number(values)) => Ok(Reading::Numbers(coding, values)),
            (Coding::Date(coding), Values::Date(days)) => Ok(Reading::Days(coding, days)),
            (Coding::Number(coding) | Coding::Date(coding), _) if is_empty() => Ok(Reading::Nothing(coding)),
            (Coding::Number(_), _) => Err(EncodeError::other_kind(column, "numbers", loaded.table.n_rows)),
            (Coding::Date(_), _) => Err(EncodeError::other_kind(column, "dates", loaded.table.n_rows)),
            (Coding::Category(coding), values) => {
                let of: FxHashMap<&str, Option<usize>> = coding.levels.iter().map(|level| (level.text.as_str(), level.indicator)).collect();
                let levels = loaded.profile.columns.get(at).and_then(|profile| profile.levels.as_deref());
                match (values, levels) {
                    (Values::Text(_), Some(levels)) => {
                        let found = |name: &String| of.get(name.as_str()).map_or(Found::Unseen, |&seen| Found::Seen(seen));
                        Ok(Reading::Levels(coding, levels, levels.names.iter().map(found).collect()))
                    }
                    _ => Ok(Reading::Texts(coding, column, of)),
                }
            }
        }
    }

    /// Encoded columns it writes.
    pub(super) fn width(&self) -> usize {
        match self {
            Reading::Numbers(..) | Reading::Days(..) | Reading::Nothing(_) => 1,
            Reading::Levels(coding, ..) | Reading::Texts(coding, ..) => coding.indicators.len(),
        }
    }

    /// Writes the encoded values of `rows` from column `first` on into rows of `width` values.
    pub(super) fn write(&self, rows: &[usize], out: &mut [f64], width: usize, first: usize) -> Unusual {
        match self {
            Reading::Numbers(coding, values) => write_numbers(coding, rows, out, width, first, |row| values[row]),
            Reading::Days(coding, days) => write_numbers(coding, rows, out, width, first, |row| days[row].map_or(f64::NAN, f64::from)),
            Reading::Nothing(coding) => write_numbers(coding, rows, out, width, first, |_| f64::NAN),
            Reading::Levels(coding, levels, found) => write_levels(coding, rows, out, width, first, |row, unusual| match levels.get(row) {
                None => None,
                Some(level) => {
                    if matches!(found[level], Found::Unseen) {
                        unusual.show(&levels.names[level]);
                    }
                    Some(found[level])
                }
            }),
            Reading::Texts(coding, column, of) => write_levels(coding, rows, out, width, first, |row, unusual| {
                if column.is_missing(row) {
                    return None;
                }
                // A table of other customers may hold nothing but numbers in a column of codes.
                let text = column.cell(row);
                let text = column.text(row).unwrap_or(&text);
                let Some(&seen) = of.get(text) else {
                    unusual.show(text);
                    return Some(Found::Unseen);
                };
                Some(Found::Seen(seen))
            }),
        }
    }
}

fn write_numbers(
    coding: &NumberCoding,
    rows: &[usize],
    out: &mut [f64],
    width: usize,
    first: usize,
    value: impl Fn(usize) -> f64,
) -> Unusual {
    let mut unusual = Unusual::default();
    let least = coding.least.unwrap_or(f64::NEG_INFINITY);
    for (&row, out) in rows.iter().zip(out.chunks_exact_mut(width)) {
        let value = value(row);
        unusual.missing += usize::from(value.is_nan());
        unusual.below += usize::from(value < least);
        out[first] = coding.encoded(value);
    }
    unusual
}

/// `found` gives the level of a row; `None` is a missing value.
fn write_levels(
    coding: &LevelCoding,
    rows: &[usize],
    out: &mut [f64],
    width: usize,
    first: usize,
    found: impl Fn(usize, &mut Unusual) -> Option<Found>,
) -> Unusual {
    let mut unusual = Unusual::default();
    let roots: Vec<f64> = coding.indicators.iter().map(|level| level.share.sqrt()).collect();
    for (&row, out) in rows.iter().zip(out.chunks_exact_mut(width)) {
        let indicator = match found(row, &mut unusual) {
            None => {
                unusual.missing += 1;
                coding.missing
            }
            Some(Found::Seen(indicator)) => indicator,
            Some(Found::Unseen) => {
                unusual.unseen += 1;
                coding.unseen
            }
        };
        let out = &mut out[first..first + roots.len()];
        out.iter_mut().zip(&roots).for_each(|(value, root)| *value = -root);
        if let Some(at) = indicator {
            out[at] = 1.0 / roots[at] - roots[at];
        }
    }
    unusual
}

impl FittedColumn {
    /// What its values met, in sentences.
    pub(super) fn notes(&self, met: &Unusual, n_rows: usize) -> Vec<Note> {
        let name = &self.name;
        let share = |n: usize| 100.0 * n as f64 / n_rows.max(1) as f64;
        let sentence = |what: &str, n: usize, then: &str| {
            format!("{what} for {} of {} customers ({:.1} %): {then}.", grouped(n), grouped(n_rows), share(n))
        };
        let told = |what: String, n: usize, then: String| Note::new(sentence(&what, n, &then));
        let mut notes = Vec::new();
        match &self.coding {
            Coding::Number(coding) | Coding::Date(coding) => {
                if met.missing > 0 {
                    let shown = match self.coding {
                        Coding::Date(_) => crate::data::table::day_text(coding.stand_in.round() as i32),
                        _ => few_digits(coding.stand_in),
                    };
                    let then = format!("the median from when the segments were made, {shown}, is used instead");
                    notes.push(told(format!("No {name}"), met.missing, then));
                }
                if met.below > 0 {
                    let least = coding.least.unwrap_or_default();
                    let what = format!("{name} is below {least}, the smallest where the segments were made,");
                    notes.push(told(what, met.below, format!("it counts as {least}")));
                }
            }
            Coding::Category(coding) => {
                let as_level = |place: Option<usize>| match place {
                    Some(at) if coding.indicators[at].name == OTHER => format!("it counts as \"{OTHER}\""),
                    Some(_) => "it counts as the level of missing values".to_owned(),
                    None => "it counts as none of the levels".to_owned(),
                };
                if met.missing > 0 {
                    notes.push(told(format!("No {name}"), met.missing, as_level(coding.missing)));
                }
                if met.unseen > 0 {
                    let shown: Vec<(&String, usize)> = met.levels.iter().take(SHOWN).map(|level| (level, 1)).collect();
                    let more = if met.levels.len() > SHOWN { ", …" } else { "" };
                    notes.push(Note::quoting(&shown, |told| {
                        let list = if told.is_empty() { String::new() } else { format!(" ({}{more})", told.join(", ")) };
                        sentence(
                            &format!("{name} is a level that the segments do not tell apart{list}"),
                            met.unseen,
                            &as_level(coding.unseen),
                        )
                    }));
                }
            }
        }
        notes
    }
}
