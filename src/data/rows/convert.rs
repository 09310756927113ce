//! From cells to compact columns, by a reading that was decided before.
//!
//! In: cells, one after the other, and how each column is to be read. Out: polars columns (`Int64`, `Float64`, `Date`, `Datetime` of
//! milliseconds, `String`) and what was counted on the way. One pass, no copy of a cell but the text that stays.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use polars::prelude::*;

use crate::data::cells::cell::{is_missing, is_missing_word};
use crate::data::cells::tally::{Reading, Tally};
use crate::data::read::csv::Ragged;
use crate::data::read::split::{Cutting, Passed, Row};
use crate::data::table::Kind;

/// A part of a column, being filled.
pub(super) struct Filling {
    reading: Reading,
    /// What was counted so far.
    pub tally: Tally,
    values: Values,
}

enum Values {
    Whole(PrimitiveChunkedBuilder<Int64Type>),
    Number(PrimitiveChunkedBuilder<Float64Type>),
    Day(PrimitiveChunkedBuilder<Int32Type>),
    Time(PrimitiveChunkedBuilder<Int64Type>),
    Text(StringChunkedBuilder),
}

impl Filling {
    /// An empty part with room for about `n` cells.
    pub(super) fn new(name: &str, reading: Reading, n: usize) -> Filling {
        let name: PlSmallStr = name.into();
        let values = match reading.kind {
            Kind::Number if reading.whole => Values::Whole(PrimitiveChunkedBuilder::new(name, n)),
            Kind::Number => Values::Number(PrimitiveChunkedBuilder::new(name, n)),
            Kind::Date if reading.has_time => Values::Time(PrimitiveChunkedBuilder::new(name, n)),
            Kind::Date => Values::Day(PrimitiveChunkedBuilder::new(name, n)),
            Kind::Text => Values::Text(StringChunkedBuilder::new(name, n)),
        };
        Filling { reading, tally: Tally::default(), values }
    }

    /// Takes the next cell as it stood in the file.
    pub(super) fn push(&mut self, raw: &str) {
        let cell = raw.trim();
        // No spelling of a missing value begins with a digit, and most cells do.
        let missing = !cell.as_bytes().first().is_some_and(u8::is_ascii_digit) && is_missing(cell);
        let cell = (!missing).then_some(cell);
        let (reading, tally) = (&self.reading, &mut self.tally);
        match &mut self.values {
            // A value with decimals here is counted, and the column is then read again as one that has them.
            Values::Whole(values) => values.append_option(cell.and_then(|cell| tally.number(cell, reading)).map(|value| value as i64)),
            Values::Number(values) => values.append_option(cell.and_then(|cell| tally.number(cell, reading))),
            Values::Day(values) => values.append_option(cell.and_then(|cell| tally.day(cell, reading)).map(|day| day.days)),
            Values::Time(values) => {
                values.append_option(cell.and_then(|cell| tally.day(cell, reading)).map(|day| day.millis()));
            }
            Values::Text(values) => {
                let cell = Some(raw.trim()).filter(|word| !is_missing_word(word));
                if let Some(cell) = cell {
                    tally.text(cell, reading);
                }
                values.append_option(cell);
            }
        }
    }

    /// The column and what was counted.
    pub(super) fn finish(self) -> (Column, Tally) {
        let column = match self.values {
            Values::Whole(values) => values.finish().into_column(),
            Values::Number(values) => values.finish().into_column(),
            Values::Day(values) => values.finish().into_date().into_column(),
            Values::Time(values) => values.finish().into_datetime(TimeUnit::Milliseconds, None).into_column(),
            Values::Text(values) => values.finish().into_column(),
        };
        (column, self.tally)
    }
}

/// The rows of one block of text.
pub(super) struct Block {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// What was counted, by column.
    pub tallies: Vec<Tally>,
    pub n_rows: usize,
    /// Line ends, and lines that are no rows.
    pub passed: Passed,
    /// Rows with too few cells, and with too many.
    pub ragged: [Ragged; 2],
}

/// Cuts and converts the rows in `range`.
pub(super) fn block(text: &str, cutting: &Cutting, range: Range<usize>, names: &[String], readings: &[Reading]) -> Block {
    let n_columns = names.len();
    let rows_guess = range.len() / (n_columns * 6).max(8) + 1;
    let fillings = names.iter().zip(readings).map(|(name, &reading)| Filling::new(name, reading, rows_guess));
    let fillings = RefCell::new(fillings.collect::<Vec<Filling>>());
    let (mut n_rows, mut short, mut long) = (0, Ragged::default(), Ragged::default());
    let take = |at: usize, cell: Cow<str>| {
        if at < n_columns {
            fillings.borrow_mut()[at].push(&cell);
        }
    };
    let end = |row: Row| {
        n_rows += 1;
        if row.n_cells < n_columns {
            short.add(row.line);
            fillings.borrow_mut()[row.n_cells..].iter_mut().for_each(|filling| filling.push(""));
        } else if row.n_cells > n_columns {
            long.add(row.line);
        }
    };
    let passed = cutting.each(text, range, take, end);
    let (columns, tallies) = fillings.into_inner().into_iter().map(Filling::finish).unzip();
    Block { columns, tallies, n_rows, passed, ragged: [short, long] }
}
