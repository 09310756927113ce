//! What should the user hear about how a column was read?
//!
//! In: what was counted over its cells, and how they were read. Out: one sentence for everything that was decided or lost. O(1).

use crate::base::Note;
use crate::base::text::count as grouped;
use crate::data::cells::dates::{self, Order, Written};
use crate::data::cells::habits::{Habits, WhyGroups};
use crate::data::table::{Kind, day_text};

use super::{DayNumbers, Reading, Tally};

impl Tally {
    /// What the user should hear about the column.
    pub(in crate::data) fn notes(&self, name: &str, reading: &Reading, habits: Habits) -> Vec<Note> {
        match reading.kind {
            Kind::Number => self.number_notes(name, reading, habits),
            Kind::Date => self.date_notes(name, reading),
            Kind::Text if reading.lists => vec![self.list_note(name)],
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
            notes.push(with_example(example, |such| format!("The comma in {name}{such} could mean two things; it is read {other}.")));
        } else if let Some(example) = self.unclear_point.as_ref().filter(|_| self.points_are_unclear() && habits.doubts_points()) {
            let other = match habits.groups_by_points(name) {
                Some(WhyGroups::Semicolons) => "as separating thousands, as usual in files with semicolons",
                Some(WhyGroups::Names) => "as separating thousands, as usual in the language of the file's column names",
                None => "as a decimal point",
            };
            notes.push(with_example(example, |such| format!("The point in {name}{such} could mean two things; it is read {other}.")));
        } else if reading.comma && !habits.decimal_comma {
            notes.push(Note::new(format!("{name} uses a decimal comma.")));
        }
        let units = self.sorted_units();
        if units.len() > 1 {
            let examples: Vec<(&str, usize)> = units.iter().map(|(_, _, example)| (example.as_ref(), 1)).collect();
            notes.push(Note::quoting(&examples, |told| {
                let such = |at: usize| told.get(at).map_or_else(String::new, |example| format!(", such as \"{example}\""));
                let each = units.iter().enumerate().map(|(at, (unit, count, _))| format!("{unit} ({}{})", cells(*count), such(at)));
                format!(
                    "{name} mixes {}; the numbers are taken as they stand, nothing is converted, and {} is shown.",
                    listed(&each.collect::<Vec<_>>()),
                    units[0].0
                )
            }));
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
            let why = self.why_running().map_or(String::new(), |why| format!("{why}, so "));
            notes.push(Note::quoting(&[(example, 1)], |told| match told.first() {
                Some(example) => {
                    format!("Dates of {name} such as {example} could be read two ways; {why}the {first} is taken first ({read}).")
                }
                None => format!("Dates of {name} could be read two ways; {why}the {first} is taken first."),
            }));
        }
        // What each is like, an example, and what that means.
        let mut shapes: Vec<(String, &str, &str)> = Vec::new();
        for (&written, (count, example)) in &self.written {
            let meaning = match written {
                Written::DayFirst => ", day first",
                Written::MonthFirst => ", month first",
                Written::YearFirst | Written::Points | Written::Named | Written::Compact => "",
                Written::Serial => ", days as Excel counts them",
                Written::Either if day || month => continue,
                Written::Either => ", either first",
            };
            shapes.push((cells(*count), example.as_ref(), meaning));
        }
        if reading.turned {
            notes.extend(self.damage_note(name));
        } else if shapes.len() > 1 {
            let either = either.filter(|_| day && month);
            let examples: Vec<(&str, usize)> =
                shapes.iter().map(|shape| (shape.1, 1)).chain(either.map(|(_, example)| (example.as_ref(), 1))).collect();
            notes.push(Note::quoting(&examples, |told| {
                let mut done = "each is read by its own format".to_owned();
                if let Some((count, _)) = either {
                    let read = if *count == 1 { "is" } else { "are" };
                    let such = told.last().map_or_else(String::new, |example| format!(", such as {example},"));
                    done += &format!("; {} that could be either{such} {read} read with the {first} first", cells(*count));
                }
                let like = |at: usize| told.get(at).map_or_else(String::new, |example| format!(" like {example}"));
                let each = shapes.iter().enumerate().map(|(at, (cells, _, meaning))| format!("{cells}{}{meaning}", like(at)));
                format!("{name} mixes date formats: {}; {done}.", listed(&each.collect::<Vec<_>>()))
            }));
        }
        if let (true, Some((_, example))) = (shapes.len() == 1, self.written.get(&Written::Serial))
            && let Some(day) = example.parse().ok().and_then(|number| DayNumbers::Serial.day(number))
        {
            let day = day_text(day.days);
            notes.push(Note::quoting(&[(format!("; {example} is read as {day}"), 1)], |told| {
                format!("{name} holds days as Excel counts them{}.", told.concat())
            }));
        }
        let n_moments: usize = self.offsets.iter().filter(|(offset, _)| offset.is_some()).map(|(_, n)| n).sum();
        if let Some(zone) = reading.zone.filter(|_| n_moments > 0) {
            let (times, they_are) =
                if n_moments == 1 { ("time", "has a UTC offset; it is") } else { ("times", "have a UTC offset; they are") };
            notes.push(Note::new(format!("{} {times} of {name} {they_are} converted to {zone}.", grouped(n_moments))));
        }
        if reading.has_time && reading.zone.is_none() && self.offsets.len() > 1 {
            let each =
                self.offsets.iter().filter_map(|(offset, &count)| offset.map(|offset| format!("{} in {}", cells(count), zone(offset))));
            let mut each: Vec<String> = each.collect();
            each.extend(self.offsets.get(&None).map(|&count| format!("{} without one", cells(count))));
            let list = listed(&each);
            notes.push(Note::new(format!("{name} has times in several time zones ({list}); each cell's own day and hour are used.")));
        }
        if self.with_time > 0 && !reading.has_time {
            notes.push(Note::new(format!("{name}{ONLY_THE_DAY}")));
        }
        notes
    }

    /// What the numbers of dates that could be read two ways have in common.
    fn why_running(&self) -> Option<String> {
        let (same, stays, runs, other) = match self.running()? {
            Order::MonthFirst => (self.first_numbers, "first", "second", self.second_numbers),
            Order::DayFirst => (self.second_numbers, "second", "first", self.first_numbers),
        };
        Some(format!(
            "the {stays} number is always {} while the {runs} takes {} values",
            same.trailing_zeros(),
            grouped(other.count_ones() as usize)
        ))
    }

    fn damage_note(&self, name: &str) -> Option<Note> {
        let known = |written: Written| self.written.get(&written);
        let (n, text) = known(Written::DayFirst).or_else(|| known(Written::MonthFirst))?;
        let example = self.could_be_turned.as_ref()?;
        let n_true = self.count(Written::YearFirst) + self.count(Written::Serial);
        let day =
            dates::parse(example, Order::DayFirst).or_else(|| example.parse().ok().and_then(|number| DayNumbers::Serial.day(number)))?;
        let (was, is) = (day_text(day.days), day_text(day.turned().days));
        let example = if *example == was { was } else { format!("{example}, which is {was},") };
        let examples = [(format!(" (such as {text})"), 1), (format!(" ({example} is read as {is})"), 1)];
        Some(Note::quoting(&examples, |told| {
            let told = |at: usize| told.get(at).map_or("", String::as_str);
            format!(
                "A spreadsheet has damaged {name}: all {} that are true dates lie in days 1 to 12 and all {} that are text{} in days \
                 13 to 31, so day and month of the true dates were changed for each other; they are changed back{}.",
                cells(n_true),
                cells(*n),
                told(0),
                told(1)
            )
        }))
    }

    fn list_note(&self, name: &str) -> Note {
        let example = self.list.as_deref().unwrap_or_default();
        Note::quoting(&[(format!(", such as \"{example}\""), 1)], |told| {
            format!(
                "{name} looks like several answers per cell ({}{}); it is read as text, not as numbers with decimals.",
                cells(self.lists),
                told.concat()
            )
        })
    }

    fn wrong_note(&self, name: &str, what: &str) -> Option<Note> {
        if self.wrong == 0 {
            return None;
        }
        let quoted: Vec<(String, usize)> = self.wrong_examples.iter().take(3).map(|example| (format!("\"{example}\""), 1)).collect();
        let more = if self.wrong > quoted.len() { ", …" } else { "" };
        let (they, count) = if self.wrong == 1 { ("is", "it counts") } else { ("are", "they count") };
        Some(Note::quoting(&quoted, |told| {
            let list = if told.is_empty() { String::new() } else { format!(" ({}{more})", told.join(", ")) };
            format!("{} of {name} {they} no {what}{list}; {count} as missing.", cells(self.wrong))
        }))
    }
}

/// How the sentence about dropped times of day goes on behind the column's name.
pub(in crate::data) const ONLY_THE_DAY: &str = " holds times of day; only the day is used.";

/// A sentence with one cell as an example, in brackets behind the column's name.
fn with_example(example: &str, say: impl Fn(&str) -> String) -> Note {
    Note::quoting(&[(format!(" (\"{example}\")"), 1)], |told| say(&told.concat()))
}

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
