//! The rows of a Parquet or Arrow file, kept in memory while there is room, else in a temporary file: never the file itself, which somebody may
//! cut short or replace while it is mapped.
//!
//! In: a path. Out: a lazy frame whose numbers are `Int64` or `Float64`, whose days are `Date` and times `Datetime` of milliseconds, and whose
//! other columns are `String`; what nests or is binary is left out with a note. Cost: one pass over the file by the guest, a pass over columns
//! of times (do they have any?) and of unsigned numbers (do they fit?), and the stamp of the bytes.

use std::path::Path;

use polars::prelude::*;

use crate::base::{Ctx, Key, Note};
use crate::data::columnar::{self, Columnar};
use crate::data::error::DataError;
use crate::data::guest::What;
use crate::data::header::make_unique;
use crate::data::table::Kind;
use crate::data::zones::Zone;

use super::RawColumn;
use super::part::{Part, PartColumn};
use super::store::{Held, Store};

/// Reads a file. `stamp` names its bytes; of its rows, `keep_bytes` may stay in memory.
pub(super) fn read(
    path: &Path,
    title: &str,
    format: Columnar,
    zone: Option<Zone>,
    stamp: Key,
    keep_bytes: u64,
    ctx: &Ctx,
) -> Result<Part, DataError> {
    let damaged = |error: PolarsError| DataError::damaged(title, format.name(), error);
    let mut store = Store::new(title, keep_bytes);
    let told = columnar::ask(path, title, What::Columns { format, whole: false }, zone, &mut |rows, _| store.push(rows), ctx)?;
    let Some(Held { mut frame, bytes, aside }) = store.finish()? else { return Err(DataError::Empty { title: title.to_owned() }) };
    let schema = frame.collect_schema().map_err(damaged)?;
    let n_rows = number(&frame, len()).map_err(damaged)?.unwrap_or(0.0) as usize;
    if schema.is_empty() && told.left_out.is_empty() {
        return Err(DataError::Empty { title: title.to_owned() });
    }
    if n_rows == 0 {
        return Err(DataError::HeaderOnly { title: title.to_owned() });
    }
    let mut names: Vec<String> = schema.iter_names().map(|name| name.to_string()).collect();
    let mut notes = make_unique(&mut names);
    notes.extend(told.notes);
    let left_out = |(name, dtype): &(String, String)| {
        Note::new(format!("{name} holds {dtype}, which is neither a number, a date nor text; it is left out."))
    };
    notes.extend(told.left_out.iter().map(left_out));
    let mut columns = Vec::with_capacity(names.len());
    let mut selected = Vec::with_capacity(names.len());
    for (name, (stored, dtype)) in names.into_iter().zip(schema.iter()) {
        ctx.check()?;
        let (expression, held) = normalised(&frame, stored.as_str(), dtype).map_err(damaged)?;
        selected.push(expression.alias(name.as_str()));
        let kind = match held {
            DataType::Int64 | DataType::Float64 => Kind::Number,
            DataType::Date | DataType::Datetime(..) => Kind::Date,
            _ => Kind::Text,
        };
        let has_time = matches!(held, DataType::Datetime(..));
        let column = RawColumn { name, kind, has_time, n_unreadable: 0, unreadable: Vec::new() };
        columns.push(PartColumn { column, is_whole: held == DataType::Int64, is_blank: *dtype == DataType::Null });
    }
    Ok(Part { columns, n_rows, notes, frame: frame.select(selected), bytes, aside, stamp, sheets: Vec::new() })
}

/// A column in one of the types that queries know, and which.
fn normalised(frame: &LazyFrame, name: &str, dtype: &DataType) -> PolarsResult<(Expr, DataType)> {
    // A name in a file is a name, not a pattern of names.
    let column = || by_name([name], true, false).as_expr();
    Ok(match dtype {
        DataType::UInt64 => {
            let fits = number(frame, column().max().cast(DataType::Float64))?.is_none_or(|max| max < 9.2e18);
            let held = if fits { DataType::Int64 } else { DataType::String };
            (column().cast(held.clone()), held)
        }
        dtype if dtype.is_integer() => (column().cast(DataType::Int64), DataType::Int64),
        DataType::Null => (column().cast(DataType::Int64), DataType::Int64),
        dtype if dtype.is_primitive_numeric() || dtype.is_decimal() => {
            let value = column().cast(DataType::Float64);
            (when(value.clone().is_finite()).then(value).otherwise(lit(NULL)), DataType::Float64)
        }
        DataType::Date => (column(), DataType::Date),
        DataType::Datetime(unit, _) => {
            let millis = column().cast(DataType::Datetime(TimeUnit::Milliseconds, None));
            let behind_midnight = column().neq(column().cast(DataType::Date).cast(DataType::Datetime(*unit, None)));
            let has_time = number(frame, behind_midnight.sum().cast(DataType::Float64))?.is_some_and(|n| n > 0.0);
            if has_time {
                (millis, DataType::Datetime(TimeUnit::Milliseconds, None))
            } else {
                (millis.cast(DataType::Date), DataType::Date)
            }
        }
        DataType::String => {
            let text = column();
            let blank = text.clone().str().len_bytes().eq(lit(0u32));
            (when(blank).then(lit(NULL)).otherwise(text), DataType::String)
        }
        _ => (column().cast(DataType::String), DataType::String),
    })
}

/// The one number a query over all rows gives.
fn number(frame: &LazyFrame, expression: Expr) -> PolarsResult<Option<f64>> {
    let found = frame.clone().select([expression]).collect()?;
    Ok(found.columns().first().and_then(|column| column.get(0).ok()).and_then(|value| value.extract::<f64>()))
}
