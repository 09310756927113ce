//! Parquet and Arrow: the file says what its columns are.
//!
//! In: the bytes. Out: the table. Numbers become `f64`, dates and timestamps days, everything else text as polars prints it.
//! Cost: polars' own reader, then one copy a column.

use std::io::Cursor;

use polars::prelude::*;

use crate::base::{Ctx, Note};

use super::error::DataError;
use super::header::make_unique;
use super::table::{Column as TableColumn, Table, Texts, Values};
use crate::base::text::count as grouped;

/// Reads a Parquet file.
pub(super) fn parquet(bytes: &[u8], title: &str, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    ctx.check()?;
    let frame = ParquetReader::new(Cursor::new(bytes)).finish().map_err(|error| DataError::damaged(title, "Parquet", error))?;
    table(frame, ctx)
}

/// Reads an Arrow IPC file (Feather 2).
pub(super) fn arrow_file(bytes: &[u8], title: &str, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    ctx.check()?;
    let frame = IpcReader::new(Cursor::new(bytes)).finish().map_err(|error| DataError::damaged(title, "Arrow", error))?;
    table(frame, ctx)
}

/// The table of a frame, with notes on what changed.
pub(crate) fn table(frame: DataFrame, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    let n_rows = frame.height();
    let mut names: Vec<String> = frame.columns().iter().map(|column| column.name().to_string()).collect();
    let mut notes = make_unique(&mut names);
    let mut columns = Vec::with_capacity(names.len());
    for (name, column) in names.into_iter().zip(frame.columns()) {
        ctx.check()?;
        let (values, note) = values(&name, column.as_materialized_series(), ctx)?;
        notes.extend(note);
        columns.push(TableColumn { name, values, unit: None, original: None });
    }
    Ok((Table { columns, n_rows }, notes))
}

fn values(name: &str, series: &Series, ctx: &Ctx) -> Result<(Values, Option<Note>), DataError> {
    let strange = |error: PolarsError| DataError::damaged(name, "columnar", error);
    Ok(match series.dtype() {
        DataType::Int64 | DataType::UInt64 if has_huge(series) => (Values::Text(texts(series, ctx)?), None),
        dtype if dtype.is_primitive_numeric() => {
            let floats = series.cast(&DataType::Float64).map_err(strange)?;
            let floats = floats.f64().map_err(strange)?;
            let mut infinite = 0;
            let values: Vec<f64> = floats
                .iter()
                .map(|value| {
                    let value = value.unwrap_or(f64::NAN);
                    infinite += usize::from(value.is_infinite());
                    if value.is_finite() { value } else { f64::NAN }
                })
                .collect();
            let (cells, they) = if infinite == 1 { ("cell", "is infinite; it counts") } else { ("cells", "are infinite; they count") };
            let note = (infinite > 0).then(|| Note::new(format!("{} {cells} of {name} {they} as missing.", grouped(infinite))));
            (Values::Number(values.into()), note)
        }
        DataType::Date | DataType::Datetime(..) => {
            let note = matches!(series.dtype(), DataType::Datetime(..))
                .then(|| Note::new(format!("{name} holds times of day; only the day is used.")));
            let dates = series.cast(&DataType::Date).map_err(strange)?;
            let days = dates.to_physical_repr();
            let days: Vec<Option<i32>> = days.i32().map_err(strange)?.iter().collect();
            (Values::Date(days.into()), note)
        }
        DataType::String => {
            let texts = series.str().map_err(strange)?;
            (Values::Text(Texts::collect(texts.iter().map(|text| text.filter(|text| !text.trim().is_empty())))), None)
        }
        _ => (Values::Text(texts(series, ctx)?), None),
    })
}

/// Whole numbers an `f64` cannot hold exactly: long identifiers, which must not change their last digits.
fn has_huge(series: &Series) -> bool {
    let max = series
        .cast(&DataType::Float64)
        .ok()
        .and_then(|floats| floats.f64().ok().and_then(|floats| floats.iter().flatten().map(f64::abs).reduce(f64::max)));
    max.is_some_and(|max| max >= 9_007_199_254_740_992.0)
}

/// Anything else as text, cell by cell ("true", "[1, 2]").
fn texts(series: &Series, ctx: &Ctx) -> Result<Texts, DataError> {
    let mut cells = Vec::with_capacity(series.len());
    for (row, value) in series.iter().enumerate() {
        if row % (16 << 10) == 0 {
            ctx.check()?;
        }
        cells.push(match value {
            AnyValue::Null => None,
            AnyValue::List(items) => Some(items.iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")),
            value => Some(value.to_string()),
        });
    }
    Ok(Texts::collect(cells))
}
