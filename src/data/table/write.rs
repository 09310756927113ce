//! Tables leave as they came: every cell as it stood in the file, then the columns Personae adds.
//!
//! In: a table, extra columns, a writer. Out: CSV (comma, UTF-8, quoted where needed) or Parquet (whole numbers, numbers, days, times and text have
//! their types).
//! Names: an extra column always gets the name it asks for, because programs look for it; an input column of the same name, as in a file that
//! was labelled before, is written as "persona (input)". Formulas: texts in extra columns are typed by people and get a leading apostrophe when
//! they begin like a formula, so that a spreadsheet shows them instead of running them (OWASP, "CSV injection"); cells of the input get one where
//! the file is made for spreadsheets, and leave as they came where programs compare them. O(n p); blocks of rows are formatted side by side and written in order.

use std::io::Write;

use polars::prelude::{DataFrame, DataType, IntoColumn, IntoSeries, NamedFrom, ParquetCompression, ParquetWriter, Series, TimeUnit};
use rayon::prelude::*;

use crate::base::{Ctx, Stopped};
use crate::data::cells::dates::{self, DAY_MILLIS, Order};
use crate::data::error::DataError;

use super::{Column, Kind, Table, Values};

/// A column added to the table on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Extra {
    /// Its name.
    pub name: String,
    /// One value per row.
    pub values: ExtraValues,
}

/// The values of an added column; `None` is an empty cell.
#[derive(Debug, Clone, PartialEq)]
pub enum ExtraValues {
    /// Whole numbers, such as a persona's number.
    Whole(Vec<Option<i64>>),
    /// Numbers, such as a distance.
    Number(Vec<Option<f64>>),
    /// Texts, such as a persona's name.
    Text(Vec<Option<String>>),
}

const BLOCK: usize = 4096;

/// Blocks formatted before they are written: bounds the memory.
const BLOCKS_AT_ONCE: usize = 32;

/// Writes the table as CSV. The writer is flushed, but not closed.
pub fn csv(table: &Table, extras: &[Extra], out: impl Write, ctx: &Ctx) -> Result<(), DataError> {
    csv_of(table, extras, false, out, ctx).map(|_| ())
}

/// Writes the table as CSV for people who open it in a spreadsheet: cells of the input that it would run as formulas get an apostrophe before them,
/// which it does not show. Returns how many; names of columns count too.
pub fn csv_without_formulas(table: &Table, extras: &[Extra], out: impl Write, ctx: &Ctx) -> Result<usize, DataError> {
    csv_of(table, extras, true, out, ctx)
}

/// Some rows of a table that is written bit by bit; the first of them with the names of its columns.
pub(in crate::data) fn csv_part(table: &Table, extras: &[Extra], is_first: bool, mut out: impl Write, ctx: &Ctx) -> Result<(), DataError> {
    if is_first {
        header(table, extras, false, &mut out)?;
    }
    body(table, extras, false, out, ctx).map(drop)
}

/// The columns of a batch in the types they came in, then the added ones.
pub(in crate::data) fn with_extras(frame: &DataFrame, table: &Table, extras: &[Extra]) -> Result<DataFrame, DataError> {
    let named = input_names(table, extras).into_iter().zip(frame.columns());
    let mut columns: Vec<polars::prelude::Column> = named.map(|(name, column)| column.clone().with_name(name.as_str().into())).collect();
    columns.extend(extras.iter().map(|extra| added(extra).into_column()));
    DataFrame::new(frame.height(), columns).map_err(unwritable)
}

fn added(extra: &Extra) -> Series {
    let name = extra.name.as_str().into();
    match &extra.values {
        ExtraValues::Whole(values) => Series::new(name, values),
        ExtraValues::Number(values) => Series::new(name, values),
        ExtraValues::Text(values) => Series::new(name, values),
    }
}

fn csv_of(table: &Table, extras: &[Extra], marks: bool, mut out: impl Write, ctx: &Ctx) -> Result<usize, DataError> {
    let n_marked = header(table, extras, marks, &mut out)?;
    Ok(n_marked + body(table, extras, marks, out, ctx)?)
}

/// The names of the columns. Returns how many were marked.
fn header(table: &Table, extras: &[Extra], marks: bool, out: &mut impl Write) -> Result<usize, DataError> {
    let mut line = Vec::new();
    let input_names = input_names(table, extras);
    let mut n_marked = 0;
    for (at, name) in input_names.iter().map(String::as_str).chain(extras.iter().map(|extra| extra.name.as_str())).enumerate() {
        comma(&mut line, at);
        n_marked += input(&mut line, name, marks);
    }
    line.push(b'\n');
    out.write_all(&line).map_err(unwritable)?;
    Ok(n_marked)
}

/// The rows. Returns how many cells were marked.
fn body(table: &Table, extras: &[Extra], marks: bool, mut out: impl Write, ctx: &Ctx) -> Result<usize, DataError> {
    let mut n_marked = 0;
    let starts: Vec<usize> = (0..table.n_rows).step_by(BLOCK).collect();
    for starts in starts.chunks(BLOCKS_AT_ONCE) {
        ctx.progress("Writing customers", starts[0] as f32 / table.n_rows as f32);
        let block = |&first: &usize| -> Result<(Vec<u8>, usize), Stopped> {
            ctx.check()?;
            Ok(rows(table, extras, marks, first..(first + BLOCK).min(table.n_rows)))
        };
        let blocks: Vec<(Vec<u8>, usize)> = starts.par_iter().map(block).collect::<Result<_, _>>()?;
        for (block, n) in blocks {
            out.write_all(&block).map_err(unwritable)?;
            n_marked += n;
        }
    }
    out.flush().map_err(unwritable)?;
    Ok(n_marked)
}

/// Writes the table as Parquet.
pub fn parquet(table: &Table, extras: &[Extra], out: impl Write, ctx: &Ctx) -> Result<(), DataError> {
    parquet_writer(out).finish(&mut frame(table, extras, ctx)?).map_err(unwritable)?;
    Ok(())
}

/// A writer of Parquet. Packed as most programs pack theirs, and readable by all: polars' own choice, zstd, took half the time of scoring, since pages are
/// packed one after the other.
pub(in crate::data) fn parquet_writer<W: Write>(out: W) -> ParquetWriter<W> {
    ParquetWriter::new(out).with_compression(ParquetCompression::Snappy)
}

/// The table as a polars frame: numbers, days and text keep their types.
pub(super) fn frame(table: &Table, extras: &[Extra], ctx: &Ctx) -> Result<DataFrame, DataError> {
    let named: Vec<(String, &Column)> = input_names(table, extras).into_iter().zip(&table.columns).collect();
    let column = |(name, column): (String, &Column)| -> Result<polars::prelude::Column, DataError> {
        ctx.check()?;
        Ok(series(name, column)?.into_column())
    };
    let mut columns = named.into_par_iter().map(column).collect::<Result<Vec<_>, DataError>>()?;
    for extra in extras {
        ctx.check()?;
        columns.push(added(extra).into_column());
    }
    DataFrame::new(table.n_rows, columns).map_err(unwritable)
}

/// The input columns' names as they are written: those an extra column takes get " (input)" behind them.
fn input_names(table: &Table, extras: &[Extra]) -> Vec<String> {
    let taken = |name: &str| extras.iter().any(|extra| extra.name == name) || table.column(name).is_some();
    let rename = |column: &Column| {
        if !extras.iter().any(|extra| extra.name == column.name) {
            return column.name.clone();
        }
        let mut name = format!("{} (input)", column.name);
        let mut n = 1;
        while taken(&name) {
            n += 1;
            name = format!("{} (input {n})", column.name);
        }
        name
    };
    table.columns.iter().map(rename).collect()
}

fn series(name: String, column: &Column) -> Result<Series, DataError> {
    let name = name.as_str().into();
    Ok(match &column.values {
        Values::Number(values) if is_whole(values) => {
            let present: Vec<Option<i64>> = values.iter().map(|&v| (!v.is_nan()).then_some(v as i64)).collect();
            Series::new(name, present)
        }
        Values::Number(values) => {
            let present: Vec<Option<f64>> = values.iter().map(|&v| (!v.is_nan()).then_some(v)).collect();
            Series::new(name, present)
        }
        Values::Date(days) => match moments(column, days) {
            Some(moments) => Series::new(name, moments).cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).map_err(unwritable)?,
            None => Series::new(name, days.as_ref()).cast(&DataType::Date).map_err(unwritable)?,
        },
        // Blanks around a text and several spellings of it stay as they stood in the file.
        Values::Text(texts) => column.original.as_ref().unwrap_or(texts).chunked().clone().into_series().with_name(name),
    })
}

/// Whether all numbers are whole and fit an `i64` exactly; no number at all is no whole one.
fn is_whole(values: &[f64]) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let mut present = values.iter().filter(|value| !value.is_nan()).peekable();
    present.peek().is_some() && present.all(|value| value.fract() == 0.0 && value.abs() < EXACT)
}

/// The milliseconds of a column of days whose cells have times of day as they stood in the file; nothing where none has.
fn moments(column: &Column, days: &[Option<i32>]) -> Option<Vec<Option<i64>>> {
    let original = column.original.as_ref()?;
    let mut has_time = false;
    let moment = |(row, day): (usize, &Option<i32>)| {
        let day = (*day)?;
        // The day is decided already; of the cell only the time is asked, in whatever order day and month stand.
        let read = |cell: &str| dates::parse(cell, Order::DayFirst).or_else(|| dates::serial_day(cell.parse().ok()?));
        let time = original.get(row).and_then(|cell| read(cell.trim())).and_then(|day| day.time);
        let millis = time.map_or(0, |time| i64::from(time.millis));
        has_time |= millis > 0;
        Some(i64::from(day) * DAY_MILLIS + millis)
    };
    let moments: Vec<Option<i64>> = days.iter().enumerate().map(moment).collect();
    has_time.then_some(moments)
}

/// Some rows as text, and how many cells of them were marked.
fn rows(table: &Table, extras: &[Extra], marks: bool, range: std::ops::Range<usize>) -> (Vec<u8>, usize) {
    let n_columns = table.columns.len() + extras.len();
    let mut text = Vec::with_capacity(range.len() * n_columns * 10);
    let mut n_marked = 0;
    for row in range {
        let start = text.len();
        for (at, column) in table.columns.iter().enumerate() {
            comma(&mut text, at);
            match &column.values {
                Values::Number(values) if column.original.is_none() => number(&mut text, values[row]),
                // A number or a date that was understood is none, whatever sign or currency it begins with.
                _ => n_marked += input(&mut text, &column.cell(row), marks && (column.kind() == Kind::Text || column.is_missing(row))),
            }
        }
        for (at, extra) in extras.iter().enumerate() {
            comma(&mut text, table.columns.len() + at);
            match &extra.values {
                // Writing into memory cannot fail.
                ExtraValues::Whole(values) => drop(values[row].map(|value| write!(text, "{value}"))),
                ExtraValues::Number(values) => number(&mut text, values[row].unwrap_or(f64::NAN)),
                ExtraValues::Text(values) => quoted(&mut text, &harmless(values[row].as_deref().unwrap_or_default())),
            }
        }
        // A blank line would be skipped when the file is read again.
        if text.len() == start {
            text.extend_from_slice(b"\"\"");
        }
        text.push(b'\n');
    }
    (text, n_marked)
}

/// Writes a cell of the input; 1 if it got an apostrophe.
fn input(text: &mut Vec<u8>, cell: &str, marks: bool) -> usize {
    if marks && is_formula(cell) {
        quoted(text, &format!("'{cell}"));
        return 1;
    }
    quoted(text, cell);
    0
}

/// Whether a spreadsheet would run a cell: what begins with a sign and goes on as a number or a telephone number does is none.
fn is_formula(cell: &str) -> bool {
    let mut rest = cell.chars();
    match rest.next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !rest.all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ',' | '-' | '/' | '(' | ')' | '%')),
        _ => false,
    }
}

fn comma(text: &mut Vec<u8>, at: usize) {
    if at > 0 {
        text.push(b',');
    }
}

/// As `Column::cell` shows it, without an allocation; whole numbers take the short way.
fn number(text: &mut Vec<u8>, value: f64) {
    let written = if value.is_nan() {
        Ok(())
    } else if value.fract() == 0.0 && value.abs() < 1e15 && value.to_bits() != (-0.0f64).to_bits() {
        write!(text, "{}", value as i64)
    } else {
        write!(text, "{value}")
    };
    debug_assert!(written.is_ok(), "memory takes every byte");
}

/// Cells as one line of CSV, for lists that are appended to. Cells that a spreadsheet would run stay as they are: another program reads it.
pub fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = Vec::new();
    for (at, cell) in cells.into_iter().enumerate() {
        comma(&mut line, at);
        quoted(&mut line, cell);
    }
    // A line of one empty cell would be no line.
    if line.is_empty() {
        line.extend_from_slice(b"\"\"");
    }
    line.push(b'\n');
    String::from_utf8_lossy(&line).into_owned()
}

fn quoted(text: &mut Vec<u8>, cell: &str) {
    let odd = cell.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) || cell.starts_with(' ') || cell.ends_with(' ');
    if !odd {
        text.extend_from_slice(cell.as_bytes());
        return;
    }
    text.push(b'"');
    for &byte in cell.as_bytes() {
        if byte == b'"' {
            text.push(b'"');
        }
        text.push(byte);
    }
    text.push(b'"');
}

fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    if is_formula(cell) { format!("'{cell}").into() } else { cell.into() }
}

pub(in crate::data) fn unwritable(error: impl std::fmt::Display) -> DataError {
    DataError::Unwritable { why: error.to_string() }
}
