//! The customer table: named columns of numbers, dates or text, one row per customer.
//!
//! In: what a reader parsed. Out: cheap random access by row, for the table view, preparation, description and export.
//! Cells that were cleaned on reading ("€ 1.234,50" to 1234.5) keep their original text, so that what leaves is what came in.
//!
//! What is in it: `profile` (taken by `profiling`, which sorts by `radix`), what a column is for: `role` (guessed by `roles`, and by `codes` where numbers are
//! names), what things are called: `dictionary`, its file, `display_name` and `noun`; and what cells mean beyond their letters: `meaning`, which asks `answers`, `ordered`, `spellings`, `panel` and `no_answer`. `revenue` says whose sum is revenue (no `quotient`). `loaded` is a table with its profile,
//! `write` brings one into a file.

mod answers;
pub(super) mod codes;
pub mod dictionary;
pub mod dictionary_file;
pub mod display_name;
pub(super) mod loaded;
pub(super) mod meaning;
pub(super) mod no_answer;
pub mod noun;
mod ordered;
pub(super) mod panel;
mod people;
pub mod profile;
pub(super) mod profiling;
pub(super) mod quotient;
mod radix;
pub(super) mod revenue;
pub(super) mod role;
pub(super) mod roles;
mod spellings;
pub mod write;

use std::borrow::Cow;
use std::sync::Arc;

use polars::prelude::StringChunked;
use serde::{Deserialize, Serialize};

use crate::base::text::few_digits;

/// How the values of a column behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers on a scale.
    Number,
    /// Days.
    Date,
    /// Text; few distinct values are levels of a category, many are free text.
    Text,
}

/// One row per customer.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The columns in the file's order; their names are unique and not empty.
    pub columns: Vec<Column>,
    /// Number of rows.
    pub n_rows: usize,
}

/// A named column of `n_rows` values.
#[derive(Debug, Clone)]
pub struct Column {
    /// The header, made unique ("amount", "amount (2)") or given ("column 3") where the file left it out.
    pub name: String,
    /// The values as they are computed with.
    pub values: Values,
    /// What one means, where the file's cells said so ("€", "%").
    pub unit: Option<String>,
    /// The cells as they stood in the file, kept where reading changed their form.
    pub original: Option<Texts>,
}

/// The values of a column.
#[derive(Debug, Clone)]
pub enum Values {
    /// NaN is missing; never infinite.
    Number(Arc<[f64]>),
    /// Days since 1970-01-01; `None` is missing.
    Date(Arc<[Option<i32>]>),
    /// Missing cells are `None`, never empty strings.
    Text(Texts),
}

/// A column of optional strings with random access.
#[derive(Debug, Clone)]
pub struct Texts {
    /// One chunk, so that a row is found without a search.
    chunk: StringChunked,
}

impl Texts {
    /// Takes a string column in as few copies as polars needs to make it contiguous.
    pub fn new(column: StringChunked) -> Texts {
        Texts { chunk: if column.chunks().len() == 1 { column } else { column.rechunk().into_owned() } }
    }

    /// Collects optional strings. O(n).
    pub fn collect<S: AsRef<str>>(cells: impl IntoIterator<Item = Option<S>>) -> Texts {
        use polars::prelude::NewChunkedArray;
        Texts::new(StringChunked::from_iter_options("".into(), cells.into_iter()))
    }

    /// The cell of `row`; `None` is missing.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.chunk.get(row)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.chunk.len()
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.chunk.is_empty()
    }

    /// Bytes held, roughly: 16 per cell and the longer texts.
    pub fn bytes(&self) -> usize {
        self.chunk.len() * 16 + self.chunk.downcast_iter().map(|array| array.total_bytes_len()).sum::<usize>()
    }

    /// Every cell in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The polars column, for writing it out.
    pub(crate) fn chunked(&self) -> &StringChunked {
        &self.chunk
    }
}

impl Table {
    /// Bytes held, roughly.
    pub fn bytes(&self) -> usize {
        let columns = self.columns.iter().map(|column| {
            let values = match &column.values {
                Values::Number(_) | Values::Date(_) => self.n_rows * 8,
                Values::Text(texts) => texts.bytes(),
            };
            values + column.original.as_ref().map_or(0, |texts| texts.bytes())
        });
        columns.sum()
    }

    /// These rows alone, in the order given; rows beyond the table are left out. Copies their cells.
    pub fn only(&self, rows: impl IntoIterator<Item = usize>) -> Table {
        let rows: Vec<usize> = rows.into_iter().filter(|&row| row < self.n_rows).collect();
        let texts = |texts: &Texts| Texts::collect(rows.iter().map(|&row| texts.get(row)));
        let of = |column: &Column| Column {
            name: column.name.clone(),
            values: match &column.values {
                Values::Number(values) => Values::Number(rows.iter().map(|&row| values[row]).collect()),
                Values::Date(days) => Values::Date(rows.iter().map(|&row| days[row]).collect()),
                Values::Text(cells) => Values::Text(texts(cells)),
            },
            unit: column.unit.clone(),
            original: column.original.as_ref().map(texts),
        };
        Table { columns: self.columns.iter().map(of).collect(), n_rows: rows.len() }
    }

    /// The place of the column called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.position(name).map(|at| &self.columns[at])
    }
}

/// Nobody writes more than six decimals into a file: a column in which one of the first numbers has more was computed, and all of it reads the same.
fn is_computed(values: &[f64]) -> bool {
    let beyond = |value: &f64| {
        let millionths = value * 1e6;
        // What is left of six decimals must be the very number: 14.890999999999998 is none that anybody wrote.
        millionths.abs() < 1e15 && (millionths.round() / 1e6).to_bits() != value.to_bits()
    };
    values.iter().take(512).any(beyond)
}

impl Column {
    /// How its values behave.
    pub fn kind(&self) -> Kind {
        match self.values {
            Values::Number(_) => Kind::Number,
            Values::Date(_) => Kind::Date,
            Values::Text(_) => Kind::Text,
        }
    }

    /// Whether the value of `row` is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            Values::Number(values) => values[row].is_nan(),
            Values::Date(days) => days[row].is_none(),
            Values::Text(texts) => texts.get(row).is_none(),
        }
    }

    /// The cell of `row` as the file had it; empty when missing.
    pub fn cell(&self, row: usize) -> Cow<'_, str> {
        if let Some(text) = self.original.as_ref().and_then(|original| original.get(row)) {
            return Cow::Borrowed(text);
        }
        match &self.values {
            Values::Number(values) if values[row].is_nan() => Cow::Borrowed(""),
            Values::Number(values) => Cow::Owned(format!("{}", values[row])),
            Values::Date(days) => Cow::Owned(days[row].map(day_text).unwrap_or_default()),
            Values::Text(texts) => Cow::Borrowed(texts.get(row).unwrap_or("")),
        }
    }

    /// The cell of `row` as people read it: of a column that was computed, no more digits than mean something.
    pub fn shown_cell(&self, row: usize) -> Cow<'_, str> {
        let is_written = || self.original.as_ref().is_some_and(|original| original.get(row).is_some());
        match &self.values {
            Values::Number(values) if !values[row].is_nan() && is_computed(values) && !is_written() => Cow::Owned(few_digits(values[row])),
            _ => self.cell(row),
        }
    }

    /// The value of `row` as a number: days for a date, `None` for text and missing cells.
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.values {
            Values::Number(values) => Some(values[row]).filter(|v| !v.is_nan()),
            Values::Date(days) => days[row].map(f64::from),
            Values::Text(_) => None,
        }
    }

    /// The text of `row`, if this is a text column and the cell is not missing.
    pub fn text(&self, row: usize) -> Option<&str> {
        match &self.values {
            Values::Text(texts) => texts.get(row),
            _ => None,
        }
    }
}

/// A day as people sort it: 2026-11-23.
pub fn day_text(day: i32) -> String {
    chrono::NaiveDate::from_num_days_from_ce_opt(day + 719_163).map_or_else(String::new, |date| date.format("%Y-%m-%d").to_string())
}
