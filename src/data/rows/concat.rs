//! Several files as one: their rows below each other, columns matched by name.
//!
//! In: the rows of each file. Out: one frame per file, all with the same columns in the same types, and a note for every column that had to be
//! filled up or turned into text. O(files x columns); the rows are touched when they are asked for.

use std::collections::HashMap;

use polars::prelude::*;

use crate::base::Note;
use crate::base::text::count;
use crate::data::table::Kind;

use super::part::{Offsets, Part, PartColumn, RawColumn};

/// A type that a column has in every file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Whole,
    Number,
    Day,
    Time,
    Text,
}

impl Held {
    fn of(column: &PartColumn) -> Held {
        match column.column.kind {
            Kind::Number if column.is_whole => Held::Whole,
            Kind::Number => Held::Number,
            Kind::Date if column.column.has_time => Held::Time,
            Kind::Date => Held::Day,
            Kind::Text => Held::Text,
        }
    }

    /// The type both go into.
    fn with(self, other: Held) -> Held {
        match (self, other) {
            (one, other) if one == other => one,
            (Held::Whole | Held::Number, Held::Whole | Held::Number) => Held::Number,
            (Held::Day | Held::Time, Held::Day | Held::Time) => Held::Time,
            _ => Held::Text,
        }
    }

    fn dtype(self) -> DataType {
        match self {
            Held::Whole => DataType::Int64,
            Held::Number => DataType::Float64,
            Held::Day => DataType::Date,
            Held::Time => DataType::Datetime(TimeUnit::Milliseconds, None),
            Held::Text => DataType::String,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Held::Whole | Held::Number => "numbers",
            Held::Day | Held::Time => "dates",
            Held::Text => "text",
        }
    }
}

/// A column as all files together have it.
struct Common {
    name: String,
    held: Option<Held>,
    /// Files that hold something else than the first.
    differing: Option<(usize, usize, Held)>,
    first: usize,
    n_files: usize,
    n_unreadable: usize,
    unreadable: Vec<String>,
    offsets: Option<Offsets>,
}

/// The frames of all files with the same columns, those columns, and what is said about it. `titles` are the files' names.
pub(super) fn concat(parts: &[Part], titles: &[String]) -> (Vec<LazyFrame>, Vec<RawColumn>, Vec<Note>) {
    let mut commons: Vec<Common> = Vec::new();
    let mut place_of: HashMap<&str, usize> = HashMap::new();
    for (file, part) in parts.iter().enumerate() {
        for column in &part.columns {
            let place = *place_of.entry(&column.column.name).or_insert_with(|| {
                let name = column.column.name.clone();
                commons.push(Common {
                    name,
                    held: None,
                    differing: None,
                    first: file,
                    n_files: 0,
                    n_unreadable: 0,
                    unreadable: Vec::new(),
                    offsets: None,
                });
                commons.len() - 1
            });
            commons[place].add(column, file);
        }
    }
    let mut notes = Vec::new();
    for common in &commons {
        if common.n_files < parts.len() {
            let (missing, has) = (parts.len() - common.n_files, &common.name);
            let lacks = |part: &Part| part.columns.iter().all(|column| column.column.name != common.name);
            let example = parts.iter().position(lacks).map_or("", |at| titles[at].as_str());
            let (files, have) = if missing == 1 { ("file has", String::new()) } else { ("files have", " and others".to_owned()) };
            notes.push(Note::new(format!("{} {files} no column {has} ({example}{have}); it is missing in their rows.", count(missing))));
        }
        if let Some((one, other, held)) = common.differing {
            let (name, first) = (&common.name, parts[one].columns.iter().find(|column| column.column.name == common.name));
            let first = first.map_or("text", |column| Held::of(column).name());
            notes.push(Note::new(format!(
                "{name} holds {first} in {} and {} in {}; it is read as text.",
                titles[one],
                held.name(),
                titles[other]
            )));
        }
    }
    let frames = parts.iter().map(|part| part.frame.clone().select(commons.iter().map(|common| common.of(part)).collect::<Vec<_>>()));
    let frames = frames.collect();
    let columns = commons.into_iter().map(Common::column).collect();
    (frames, columns, notes)
}

impl Common {
    fn add(&mut self, column: &PartColumn, file: usize) {
        self.n_files += 1;
        self.n_unreadable += column.column.n_unreadable;
        for cell in &column.column.unreadable {
            if self.unreadable.len() < 10 && !self.unreadable.contains(cell) {
                self.unreadable.push(cell.clone());
            }
        }
        if column.is_blank {
            return;
        }
        let of_file = column.column.offsets;
        self.offsets = Some(self.offsets.map_or(of_file, |known| known.with(of_file)));
        let held = Held::of(column);
        let both = self.held.map_or(held, |known| known.with(held));
        if self.held.is_none() {
            self.first = file;
        } else if both == Held::Text && self.held != Some(held) && self.differing.is_none() {
            self.differing = Some((self.first, file, held));
        }
        self.held = Some(both);
    }

    /// Columns without any value are numbers, as everywhere.
    fn held(&self) -> Held {
        self.held.unwrap_or(Held::Whole)
    }

    /// The column of one file in the type of all.
    fn of(&self, part: &Part) -> Expr {
        let dtype = self.held().dtype();
        let Some(column) = part.columns.iter().find(|column| column.column.name == self.name) else {
            return lit(NULL).cast(dtype).alias(self.name.as_str());
        };
        let here = by_name([self.name.as_str()], true, false).as_expr();
        if column.is_blank {
            return lit(NULL).cast(dtype).alias(self.name.as_str());
        }
        match (Held::of(column), self.held()) {
            (one, all) if one == all => here,
            // "2010-12-01 08:26:00", as an unreadable file would have it.
            (Held::Time, Held::Text) => here.dt().to_string("%Y-%m-%d %H:%M:%S"),
            (Held::Day, Held::Text) => here.dt().to_string("%Y-%m-%d"),
            // A whole number among others with decimals is written as the file most likely had it: 5, not 5.0.
            (Held::Number, Held::Text) => {
                let whole = here.clone().cast(DataType::Int64);
                when(whole.clone().cast(DataType::Float64).eq(here.clone())).then(whole.cast(DataType::String)).otherwise(here.cast(dtype))
            }
            _ => here.cast(dtype),
        }
    }

    fn column(self) -> RawColumn {
        let (kind, has_time) = match self.held() {
            Held::Whole | Held::Number => (Kind::Number, false),
            Held::Day => (Kind::Date, false),
            Held::Time => (Kind::Date, true),
            Held::Text => (Kind::Text, false),
        };
        let offsets = self.offsets.filter(|_| has_time).unwrap_or_default();
        RawColumn { name: self.name, kind, has_time, offsets, n_unreadable: self.n_unreadable, unreadable: self.unreadable }
    }
}
