//! Tables leave as they came: every cell as it stood in the file, then the columns Personae adds.
//!
//! In: a table, extra columns, a writer. Out: CSV (comma, UTF-8, quoted where needed) or Parquet (numbers, days and text keep their types).
//! Names: an extra column always gets the name it asks for, because programs look for it; an input column of the same name, as in a file that
//! was labelled before, is written as "persona (input)". Formulas: cells of the input leave as they came; texts in extra columns are typed by
//! people and get a leading apostrophe when they begin like a formula, so that a spreadsheet shows them instead of running them (OWASP, "CSV
//! injection"). O(n p); blocks of rows are formatted side by side and written in order.

use std::io::Write;

use polars::prelude::{DataFrame, DataType, IntoColumn, IntoSeries, NamedFrom, ParquetWriter, Series};
use rayon::prelude::*;

use crate::base::{Ctx, Stopped};

use super::error::DataError;
use super::table::{Column, Table, Values};

/// A column added to the table on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Extra {
    /// Its name.
    pub name: String,
    /// One value a row.
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
pub fn csv(table: &Table, extras: &[Extra], mut out: impl Write, ctx: &Ctx) -> Result<(), DataError> {
    let mut line = Vec::new();
    let input_names = input_names(table, extras);
    for (at, name) in input_names.iter().map(String::as_str).chain(extras.iter().map(|extra| extra.name.as_str())).enumerate() {
        comma(&mut line, at);
        quoted(&mut line, name);
    }
    line.push(b'\n');
    out.write_all(&line).map_err(unwritable)?;
    let starts: Vec<usize> = (0..table.n_rows).step_by(BLOCK).collect();
    for starts in starts.chunks(BLOCKS_AT_ONCE) {
        ctx.progress("Writing customers", starts[0] as f32 / table.n_rows as f32);
        let block = |&first: &usize| -> Result<Vec<u8>, Stopped> {
            ctx.check()?;
            Ok(rows(table, extras, first..(first + BLOCK).min(table.n_rows)))
        };
        let blocks: Vec<Vec<u8>> = starts.par_iter().map(block).collect::<Result<_, _>>()?;
        for block in blocks {
            out.write_all(&block).map_err(unwritable)?;
        }
    }
    out.flush().map_err(unwritable)
}

/// Writes the table as Parquet.
pub fn parquet(table: &Table, extras: &[Extra], out: impl Write, ctx: &Ctx) -> Result<(), DataError> {
    ParquetWriter::new(out).finish(&mut frame(table, extras, ctx)?).map_err(unwritable)?;
    Ok(())
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
        let name = extra.name.as_str().into();
        let series = match &extra.values {
            ExtraValues::Whole(values) => Series::new(name, values),
            ExtraValues::Number(values) => Series::new(name, values),
            ExtraValues::Text(values) => Series::new(name, values),
        };
        columns.push(series.into_column());
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
        Values::Number(values) => {
            let present: Vec<Option<f64>> = values.iter().map(|&v| (!v.is_nan()).then_some(v)).collect();
            Series::new(name, present)
        }
        Values::Date(days) => Series::new(name, days.as_ref()).cast(&DataType::Date).map_err(unwritable)?,
        Values::Text(texts) => texts.chunked().clone().into_series().with_name(name),
    })
}

fn rows(table: &Table, extras: &[Extra], range: std::ops::Range<usize>) -> Vec<u8> {
    let n_columns = table.columns.len() + extras.len();
    let mut text = Vec::with_capacity(range.len() * n_columns * 10);
    for row in range {
        let start = text.len();
        for (at, column) in table.columns.iter().enumerate() {
            comma(&mut text, at);
            match &column.values {
                Values::Number(values) if column.original.is_none() => number(&mut text, values[row]),
                _ => quoted(&mut text, &column.cell(row)),
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
    text
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
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}").into() } else { cell.into() }
}

fn unwritable(error: impl std::fmt::Display) -> DataError {
    DataError::Unwritable { why: error.to_string() }
}
