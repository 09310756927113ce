//! What did the cells of a column turn out to be, read the way that was decided for it?
//!
//! In: a reading and trimmed cells, one after the other. Out: their values, counts of everything the user should hear of, the sentences
//! that say so, and the reading that would have been right. Tallies of parts of a column, added in order, are the tally of the whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::table::Kind;

use super::dates::{self, Day, Order, Written};
use super::numbers::{self, Decimal, Vote};
use super::zones::Zone;

mod better;
mod notes;

pub(in crate::data) use better::is_called_date;
pub(in crate::data) use notes::ONLY_THE_DAY;

/// How the cells of a column are read: decided once, then held for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::data) struct Reading {
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
    /// Dates: what a bare number is.
    pub numbers: DayNumbers,
    /// Dates: a spreadsheet has changed day and month of those that are no text for each other; they are changed back.
    pub turned: bool,
    /// Text: several answers per cell, "1,2,4".
    pub lists: bool,
    /// Dates: the time zone that times with an offset are converted to, if one was chosen.
    #[serde(skip)]
    pub zone: Option<Zone>,
}

/// What a bare number in a column of dates is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::data) enum DayNumbers {
    /// No date.
    #[default]
    None,
    /// 19970131
    Compact,
    /// 45291, days as Excel counts them.
    Serial,
}

impl DayNumbers {
    fn day(self, number: f64) -> Option<Day> {
        match self {
            DayNumbers::None => None,
            DayNumbers::Compact => dates::compact_day(number),
            DayNumbers::Serial => dates::serial_day(number),
        }
    }
}

impl Reading {
    /// Cells of `kind`, everything else as most files have it.
    pub(in crate::data) fn of(kind: Kind) -> Reading {
        Reading {
            kind,
            comma: false,
            order: Order::DayFirst,
            whole: true,
            has_time: false,
            numbers: DayNumbers::None,
            turned: false,
            lists: false,
            zone: None,
        }
    }

    fn decimal(&self) -> Decimal {
        if self.comma { Decimal::Comma } else { Decimal::Point }
    }
}

/// Examples of unreadable cells that are kept.
const EXAMPLES: usize = 10;

/// Counts over the cells of a column.
#[derive(Debug, Clone, Default)]
pub(in crate::data) struct Tally {
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
    /// Cells such as 1.234, and the first.
    unclear_points: usize,
    unclear_point: Option<String>,
    /// Thousands without a sign: 1234.
    ungrouped: usize,
    /// Cells that list several answers, those of three and more, and the first.
    lists: usize,
    long_lists: usize,
    list: Option<String>,
    /// Cells with any comma.
    with_comma: usize,
    /// Numbers that are no answer: fractions, and whole ones beyond 0 to 99.
    no_answer: usize,
    /// Whole numbers behind letters that may be a code.
    lettered: usize,
    units: Vec<(&'static str, usize, String)>,
    /// How dates are written, how many, and the first of each.
    written: BTreeMap<Written, (usize, String)>,
    /// Offsets from UTC of cells with a time of day, in minutes.
    offsets: BTreeMap<Option<i16>, usize>,
    with_time: usize,
    no_day: usize,
    days: Option<(i32, i32)>,
    /// Numbers that are no day as Excel counts them, and those that are; the same of days such as 19970131, in columns of dates.
    no_serial: usize,
    serials: usize,
    compacts: usize,
    /// Dates that could be read two ways: which numbers stand first and second in them (a bit each), and the first and last day.
    first_numbers: u16,
    second_numbers: u16,
    either_days: Option<(i32, i32)>,
    /// Dates that are no text to a spreadsheet (2024-12-31, 45291) behind the twelfth of a month.
    late_in_month: usize,
    /// The first of them that is another day with day and month changed for each other.
    could_be_turned: Option<String>,
}

impl Tally {
    /// Reads a cell of a column of numbers; `None` counts as missing.
    pub(in crate::data) fn number(&mut self, cell: &str, reading: &Reading) -> Option<f64> {
        self.present += 1;
        if let Some(value) = numbers::plain(cell, reading.comma) {
            let is_fraction = value.fract() != 0.0;
            if is_fraction || cell.contains('.') {
                match numbers::vote(cell) {
                    Vote::Point => self.points += 1,
                    Vote::EitherPoint => self.add_unclear_point(cell),
                    _ => {}
                }
            } else if value.abs() >= 1000.0 {
                self.ungrouped += 1;
            }
            self.no_answer += usize::from(is_fraction || !(0.0..100.0).contains(&value));
            return Some(self.seen(value));
        }
        self.codes += usize::from(numbers::is_code(cell));
        match numbers::vote(cell) {
            Vote::Point => self.points += 1,
            Vote::Comma => self.commas += 1,
            Vote::EitherComma if self.unclear_comma.is_none() => self.unclear_comma = Some(cell.to_owned()),
            Vote::EitherPoint => self.add_unclear_point(cell),
            _ => {}
        }
        self.add_list(cell);
        self.lettered += usize::from(numbers::is_lettered_code(cell));
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

    fn add_unclear_point(&mut self, cell: &str) {
        self.unclear_points += 1;
        self.unclear_point.get_or_insert_with(|| cell.to_owned());
    }

    fn add_list(&mut self, cell: &str) {
        if !cell.contains(',') {
            return;
        }
        self.with_comma += 1;
        if let Some(n) = numbers::listed(cell) {
            self.lists += 1;
            self.long_lists += usize::from(n > 2);
            self.list.get_or_insert_with(|| cell.to_owned());
        }
    }

    /// Looks at a cell of a column of text.
    pub(in crate::data) fn text(&mut self, cell: &str, reading: &Reading) {
        self.present += 1;
        if reading.lists {
            self.add_list(cell);
        }
    }

    fn seen(&mut self, value: f64) -> f64 {
        self.no_serial += usize::from(!dates::SERIALS.contains(&value));
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
    pub(in crate::data) fn day(&mut self, cell: &str, reading: &Reading) -> Option<Day> {
        self.present += 1;
        let read = dates::parse(cell, reading.order);
        // Only what is written as no date may be a number of days.
        let number = if read.is_none() { numbers::plain(cell, false) } else { None };
        let Some(day) = read.or_else(|| reading.numbers.day(number?)) else {
            if let Some(number) = number {
                self.serials += usize::from(DayNumbers::Serial.day(number).is_some());
                self.compacts += usize::from(DayNumbers::Compact.day(number).is_some());
            }
            self.add_wrong(cell);
            return None;
        };
        self.add_date(cell, &day);
        let is_turned = reading.turned && matches!(day.written, Written::YearFirst | Written::Serial);
        let day = if is_turned { day.turned() } else { day };
        Some(reading.zone.map_or(day, |zone| day.in_zone(zone)))
    }

    /// How many of the times say how far their clock is from UTC: none, all, or (nothing) some.
    pub(in crate::data) fn share_of_offsets(&self) -> Option<bool> {
        let n_all: usize = self.offsets.values().sum();
        let n_without = self.offsets.get(&None).copied().unwrap_or(0);
        match n_without {
            n if n == n_all => Some(false),
            0 => Some(true),
            _ => None,
        }
    }

    fn add_date(&mut self, cell: &str, day: &Day) {
        match self.written.get_mut(&day.written) {
            Some(known) => known.0 += 1,
            None => drop(self.written.insert(day.written, (1, cell.to_owned()))),
        }
        if let Some(time) = day.time {
            self.with_time += 1;
            *self.offsets.entry(time.offset).or_default() += 1;
        }
        match (day.written, day.numbers) {
            (Written::Either, Some((first, second))) => {
                self.first_numbers |= 1 << first;
                self.second_numbers |= 1 << second;
                self.either_days = both(self.either_days, Some((day.days, day.days)));
            }
            (Written::YearFirst | Written::Serial, Some((month, day))) => {
                self.late_in_month += usize::from(day > 12);
                if month != day && self.could_be_turned.is_none() {
                    self.could_be_turned = Some(cell.to_owned());
                }
            }
            _ => {}
        }
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
    pub(in crate::data) fn add(&mut self, later: Tally) {
        self.present += later.present;
        self.wrong += later.wrong;
        later.wrong_examples.into_iter().for_each(|cell| self.keep_example(cell));
        self.infinite += later.infinite;
        self.codes += later.codes;
        self.fractional += later.fractional;
        self.points += later.points;
        self.commas += later.commas;
        self.unclear_comma = self.unclear_comma.take().or(later.unclear_comma);
        self.unclear_points += later.unclear_points;
        self.unclear_point = self.unclear_point.take().or(later.unclear_point);
        self.ungrouped += later.ungrouped;
        self.lists += later.lists;
        self.long_lists += later.long_lists;
        self.list = self.list.take().or(later.list);
        self.with_comma += later.with_comma;
        self.no_answer += later.no_answer;
        self.lettered += later.lettered;
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
        self.days = both(self.days, later.days);
        self.no_serial += later.no_serial;
        self.serials += later.serials;
        self.compacts += later.compacts;
        self.first_numbers |= later.first_numbers;
        self.second_numbers |= later.second_numbers;
        self.either_days = both(self.either_days, later.either_days);
        self.late_in_month += later.late_in_month;
        self.could_be_turned = self.could_be_turned.take().or(later.could_be_turned);
    }

    /// The unit most cells have.
    pub(in crate::data) fn unit(&self) -> Option<&'static str> {
        self.sorted_units().first().map(|unit| unit.0)
    }

    fn sorted_units(&self) -> Vec<&(&'static str, usize, String)> {
        let mut units: Vec<_> = self.units.iter().collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.1));
        units
    }

    fn count(&self, written: Written) -> usize {
        self.written.get(&written).map_or(0, |known| known.0)
    }
}

fn both(one: Option<(i32, i32)>, other: Option<(i32, i32)>) -> Option<(i32, i32)> {
    match (one, other) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (one, other) => one.or(other),
    }
}
