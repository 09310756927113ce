//! What did the cells of a column turn out to be, read the way that was decided for it?
//!
//! In: a reading and trimmed cells, one after the other. Out: their values, counts of everything the user should hear of, the sentences
//! that say so, and the reading that would have been right. Tallies of parts of a column, added in order, are the tally of the whole.

use std::collections::BTreeMap;

use crate::base::Note;
use crate::base::text::count as grouped;

use super::cells::{Habits, WRONG_SHARE};
use super::dates::{self, Day, Order, Written};
use super::numbers::{self, Decimal, Vote};
use super::roles::{matches_word, tokens};
use super::table::{Kind, day_text};

/// How the cells of a column are read: decided once, then held for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// What they are.
    pub kind: Kind,
    /// Numbers: decimals are separated by commas.
    pub comma: bool,
    /// Dates: which number comes first where a cell does not say.
    pub order: Order,
    /// Numbers: all are whole.
    pub whole: bool,
    /// Dates: times of day are kept.
    pub has_time: bool,
    /// Dates: cells of different time zones are brought to UTC.
    pub to_utc: bool,
    /// Dates: they are written as whole numbers, 19970131.
    pub compact: bool,
}

impl Reading {
    /// Cells of `kind`, everything else as most files have it.
    pub(super) fn of(kind: Kind) -> Reading {
        Reading { kind, comma: false, order: Order::DayFirst, whole: true, has_time: false, to_utc: false, compact: false }
    }

    fn decimal(&self) -> Decimal {
        if self.comma { Decimal::Comma } else { Decimal::Point }
    }
}

/// Examples of unreadable cells that are kept.
const EXAMPLES: usize = 10;

/// Counts over the cells of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Cells that say anything.
    pub present: usize,
    /// Cells that could not be read as what the column is.
    pub wrong: usize,
    /// Different ones of them, the first ten.
    pub wrong_examples: Vec<String>,
    infinite: usize,
    codes: usize,
    fractional: usize,
    points: usize,
    commas: usize,
    unclear_comma: Option<String>,
    units: Vec<(&'static str, usize, String)>,
    /// How dates are written, how many, and the first of each.
    written: BTreeMap<Written, (usize, String)>,
    /// Offsets from UTC of cells with a time of day, in minutes.
    offsets: BTreeMap<Option<i16>, usize>,
    with_time: usize,
    no_day: usize,
    days: Option<(i32, i32)>,
}

impl Tally {
    /// Reads a cell of a column of numbers; `None` counts as missing.
    pub(super) fn number(&mut self, cell: &str, reading: &Reading) -> Option<f64> {
        self.present += 1;
        if let Some(value) = numbers::plain(cell, reading.comma) {
            if value.fract() != 0.0 || cell.contains('.') {
                self.points += usize::from(numbers::vote(cell) == Vote::Point);
            }
            return Some(self.seen(value));
        }
        self.codes += usize::from(numbers::is_code(cell));
        match numbers::vote(cell) {
            Vote::Point => self.points += 1,
            Vote::Comma => self.commas += 1,
            Vote::EitherComma if self.unclear_comma.is_none() => self.unclear_comma = Some(cell.to_owned()),
            _ => {}
        }
        match numbers::parse(cell, reading.decimal()) {
            Some((value, unit)) => {
                if let Some(unit) = unit {
                    match self.units.iter_mut().find(|known| known.0 == unit) {
                        Some(known) => known.1 += 1,
                        None => self.units.push((unit, 1, cell.to_owned())),
                    }
                }
                Some(self.seen(value))
            }
            None => {
                if numbers::is_infinite(cell) {
                    self.infinite += 1;
                } else {
                    self.add_wrong(cell);
                }
                None
            }
        }
    }

    fn seen(&mut self, value: f64) -> f64 {
        if value.fract() != 0.0 {
            self.fractional += 1;
            self.no_day += 1;
        } else if !(19_500_101.0..=21_001_231.0).contains(&value) {
            self.no_day += 1;
        } else if let Some(day) = dates::compact(value as i64) {
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        } else {
            self.no_day += 1;
        }
        value
    }

    /// Reads a cell of a column of dates; `None` counts as missing.
    pub(super) fn day(&mut self, cell: &str, reading: &Reading) -> Option<Day> {
        self.present += 1;
        if reading.compact {
            let days = numbers::plain(cell, false).filter(|value| value.fract() == 0.0).and_then(|value| dates::compact(value as i64));
            if days.is_none() {
                self.add_wrong(cell);
            }
            return days.map(|days| Day { days, written: Written::YearFirst, time: None });
        }
        let Some(day) = dates::parse(cell, reading.order) else {
            self.add_wrong(cell);
            return None;
        };
        match self.written.get_mut(&day.written) {
            Some(known) => known.0 += 1,
            None => drop(self.written.insert(day.written, (1, cell.to_owned()))),
        }
        if let Some(time) = day.time {
            self.with_time += 1;
            *self.offsets.entry(time.offset).or_default() += 1;
        }
        Some(day)
    }

    fn add_wrong(&mut self, cell: &str) {
        self.wrong += 1;
        self.keep_example(cell.chars().take(30).collect());
    }

    fn keep_example(&mut self, cell: String) {
        if self.wrong_examples.len() < EXAMPLES && !self.wrong_examples.contains(&cell) {
            self.wrong_examples.push(cell);
        }
    }

    /// Adds what was counted behind this part of the column.
    pub(super) fn add(&mut self, later: Tally) {
        self.present += later.present;
        self.wrong += later.wrong;
        later.wrong_examples.into_iter().for_each(|cell| self.keep_example(cell));
        self.infinite += later.infinite;
        self.codes += later.codes;
        self.fractional += later.fractional;
        self.points += later.points;
        self.commas += later.commas;
        self.unclear_comma = self.unclear_comma.take().or(later.unclear_comma);
        for (unit, count, example) in later.units {
            match self.units.iter_mut().find(|known| known.0 == unit) {
                Some(known) => known.1 += count,
                None => self.units.push((unit, count, example)),
            }
        }
        for (written, (count, example)) in later.written {
            self.written.entry(written).or_insert((0, example)).0 += count;
        }
        for (offset, count) in later.offsets {
            *self.offsets.entry(offset).or_default() += count;
        }
        self.with_time += later.with_time;
        self.no_day += later.no_day;
        self.days = match (self.days, later.days) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
    }

    /// The unit most cells have.
    pub(super) fn unit(&self) -> Option<&'static str> {
        self.sorted_units().first().map(|unit| unit.0)
    }

    fn sorted_units(&self) -> Vec<&(&'static str, usize, String)> {
        let mut units: Vec<_> = self.units.iter().collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.1));
        units
    }

    /// The reading that would have been right for a column called `name`, now that all of its cells are known.
    pub(super) fn better(&self, name: &str, reading: &Reading, habits: Habits) -> Reading {
        let wrong_at_most = (self.present as f64 * WRONG_SHARE).floor() as usize;
        let too_many_wrong = self.wrong > wrong_at_most;
        let mut better = *reading;
        match reading.kind {
            Kind::Text => {}
            Kind::Number => {
                better.comma = self.commas > self.points || (self.commas == self.points && habits.decimal_comma);
                better.whole = self.fractional == 0;
                if self.codes * 200 > self.present || (too_many_wrong && better.comma == reading.comma) {
                    better = Reading::of(Kind::Text);
                } else if self.is_compact_days(name) {
                    better = Reading { compact: true, ..Reading::of(Kind::Date) };
                }
            }
            Kind::Date if reading.compact => {
                if self.wrong > 0 {
                    better = Reading::of(Kind::Number);
                }
            }
            Kind::Date => {
                better.order =
                    if self.count(Written::MonthFirst) > self.count(Written::DayFirst) { Order::MonthFirst } else { Order::DayFirst };
                better.has_time = self.with_time > 0;
                better.to_utc = self.offsets.len() > 1;
                if too_many_wrong {
                    better = Reading::of(Kind::Text);
                }
            }
        }
        better
    }

    /// Whether every number is a day such as 19970131, and the name or that they reach over the end of a month says that they are meant so.
    fn is_compact_days(&self, name: &str) -> bool {
        let Some((first, last)) = self.days else { return false };
        let words = tokens(name);
        let named = ["date", "day", "datum", "fecha", "jour", "giorno", "dt"]
            .iter()
            .any(|word| words.iter().any(|token| matches_word(token, word)));
        self.no_day == 0 && self.wrong == 0 && self.infinite == 0 && (named || (self.present >= 10 && last - first > 31))
    }

    fn count(&self, written: Written) -> usize {
        self.written.get(&written).map_or(0, |known| known.0)
    }

    /// What the user should hear about the column.
    pub(super) fn notes(&self, name: &str, reading: &Reading, habits: Habits) -> Vec<Note> {
        match reading.kind {
            Kind::Number => self.number_notes(name, reading, habits),
            Kind::Date => self.date_notes(name, reading),
            Kind::Text => Vec::new(),
        }
    }

    fn number_notes(&self, name: &str, reading: &Reading, habits: Habits) -> Vec<Note> {
        let mut notes = Vec::new();
        notes.extend(self.wrong_note(name, "number"));
        if self.infinite > 0 {
            let (cells, they) = if self.infinite == 1 { ("cell", "is infinite; it counts") } else { ("cells", "are infinite; they count") };
            notes.push(Note::new(format!("{} {cells} of {name} {they} as missing.", grouped(self.infinite))));
        }
        if let Some(example) = self.unclear_comma.as_ref().filter(|_| self.points == 0 && self.commas == 0) {
            let other = if reading.comma { "as a decimal comma, as elsewhere in the file" } else { "as separating thousands" };
            notes.push(Note::new(format!("The comma in {name} (\"{example}\") could mean two things; it is read {other}.")));
        } else if reading.comma && !habits.decimal_comma {
            notes.push(Note::new(format!("{name} uses a decimal comma.")));
        }
        let units = self.sorted_units();
        if units.len() > 1 {
            let each: Vec<String> =
                units.iter().map(|(unit, count, example)| format!("{unit} ({}, such as \"{example}\")", cells(*count))).collect();
            notes.push(Note::new(format!(
                "{name} mixes {}; the numbers are taken as they stand, nothing is converted, and {} is shown.",
                listed(&each),
                units[0].0
            )));
        }
        notes
    }

    fn date_notes(&self, name: &str, reading: &Reading) -> Vec<Note> {
        let mut notes = Vec::new();
        notes.extend(self.wrong_note(name, "date"));
        let sure = |written: Written| self.count(written) > 0;
        let either = self.written.get(&Written::Either);
        let (day, month) = (sure(Written::DayFirst), sure(Written::MonthFirst));
        let first = if reading.order == Order::DayFirst { "day" } else { "month" };
        if let Some((_, example)) = either.filter(|_| !day && !month)
            && let Some(read) = dates::parse(example, reading.order)
        {
            let read = day_text(read.days);
            notes
                .push(Note::new(format!("Dates of {name} such as {example} could be read two ways; the {first} is taken first ({read}).")));
        }
        let mut shapes: Vec<String> = Vec::new();
        for (&written, (count, example)) in &self.written {
            let meaning = match written {
                Written::DayFirst => ", day first",
                Written::MonthFirst => ", month first",
                Written::YearFirst | Written::Points | Written::Named => "",
                Written::Either if day || month => continue,
                Written::Either => ", either first",
            };
            shapes.push(format!("{} like {example}{meaning}", cells(*count)));
        }
        if shapes.len() > 1 {
            let mut done = "each is read by its own format".to_owned();
            if let Some((count, example)) = either.filter(|_| day && month) {
                let read = if *count == 1 { "is" } else { "are" };
                done += &format!("; {} that could be either, such as {example}, {read} read with the {first} first", cells(*count));
            }
            notes.push(Note::new(format!("{name} mixes date formats: {}; {done}.", listed(&shapes))));
        }
        if reading.to_utc {
            let each =
                self.offsets.iter().filter_map(|(offset, &count)| offset.map(|offset| format!("{} in {}", cells(count), zone(offset))));
            let mut each: Vec<String> = each.collect();
            let silent = self.offsets.get(&None).map(|&count| format!("{} without one, taken as UTC", cells(count)));
            each.extend(silent);
            notes.push(Note::new(format!("{name} mixes time zones ({}); all are brought to UTC.", listed(&each))));
        } else if self.with_time > 0 && !reading.has_time {
            notes.push(Note::new(format!("{name}{ONLY_THE_DAY}")));
        }
        notes
    }

    fn wrong_note(&self, name: &str, what: &str) -> Option<Note> {
        if self.wrong == 0 {
            return None;
        }
        let quoted: Vec<String> = self.wrong_examples.iter().take(3).map(|example| format!("\"{example}\"")).collect();
        let more = if self.wrong > quoted.len() { ", …" } else { "" };
        let (they, count) = if self.wrong == 1 { ("is", "it counts") } else { ("are", "they count") };
        let list = quoted.join(", ");
        Some(Note::new(format!("{} of {name} {they} no {what} ({list}{more}); {count} as missing.", cells(self.wrong))))
    }
}

/// How the sentence about dropped times of day goes on behind the column's name.
pub(super) const ONLY_THE_DAY: &str = " holds times of day; only the day is used.";

fn cells(count: usize) -> String {
    format!("{} {}", grouped(count), if count == 1 { "cell" } else { "cells" })
}

/// "a, b and c"
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// "UTC+2", "UTC-5:30".
fn zone(offset: i16) -> String {
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    match (offset, minutes) {
        (0, _) => "UTC".to_owned(),
        (_, 0) => format!("UTC{}{hours}", if offset < 0 { '-' } else { '+' }),
        _ => format!("UTC{}{hours}:{minutes:02}", if offset < 0 { '-' } else { '+' }),
    }
}
