//! The rows of a Parquet or Arrow file, kept in memory while there is room, else in a temporary file: never the file itself, which somebody may
//! cut short or replace while it is mapped.
//!
//! In: a path. Out: a lazy frame whose numbers are `Int64` or `Float64`, whose days are `Date` and times `Datetime` of milliseconds, and whose
//! other columns are `String`, those that nest JSON; what is binary is left out with a note. Cost: one pass over the file by the guest, a pass over columns
//! of times (do they have any?) and of unsigned numbers (do they fit?), and the stamp of the bytes.

use std::path::Path;

use polars::prelude::*;

use crate::base::{Ctx, Key, Note};
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;
use crate::data::read::columnar;
use crate::data::read::format::Columnar;
use crate::data::read::guest::request::{UseOf, What};
use crate::data::read::header::make_unique;
use crate::data::table::Kind;

use super::part::{Offsets, Part, PartColumn, RawColumn};
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
    let mut met: Vec<bool> = Vec::new();
    let mut take = |rows: DataFrame, _| {
        met.resize(rows.width(), false);
        met.iter_mut().zip(rows.columns()).for_each(|(met, column)| *met = *met || has_odd(column));
        store.push(rows)
    };
    let told = columnar::ask(path, title, What::Columns { format, use_of: UseOf::Queries, only: Vec::new() }, zone, &mut take, ctx)?;
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
    for ((name, (stored, dtype)), has_odd) in names.into_iter().zip(schema.iter()).zip(met) {
        let (expression, held) = normalised(stored.as_str(), dtype, has_odd);
        selected.push(expression.alias(name.as_str()));
        let kind = match held {
            DataType::Int64 | DataType::Float64 => Kind::Number,
            DataType::Date | DataType::Datetime(..) => Kind::Date,
            _ => Kind::Text,
        };
        let has_time = matches!(held, DataType::Datetime(..));
        let offsets = Offsets::of(Some(told.zoned.iter().any(|zoned| zoned == stored.as_str())));
        let column = RawColumn { name, kind, has_time, offsets, n_unreadable: 0, unreadable: Vec::new() };
        columns.push(PartColumn { column, is_whole: held == DataType::Int64, is_blank: *dtype == DataType::Null });
    }
    Ok(Part { columns, n_rows, notes, frame: frame.select(selected), bytes, aside, stamp, sheets: Vec::new() })
}

/// Whether a column holds a value that its type's own way of reading has to treat: a text without letters, a number that is none, a time
/// behind midnight, an unsigned number beyond the signed ones. Values behind missing ones may count, but for times, where it would show.
fn has_odd(column: &Column) -> bool {
    let column = column.as_materialized_series();
    let of_float = |series: &Series| series.is_finite().is_ok_and(|finite| !finite.all());
    match column.dtype() {
        DataType::String => column.str().is_ok_and(|texts| texts.downcast_iter().any(|texts| texts.len_iter().any(|length| length == 0))),
        DataType::UInt64 => column.u64().is_ok_and(|numbers| numbers.max().is_some_and(|max| max as f64 >= 9.2e18)),
        DataType::Datetime(unit, _) => {
            let day = ticks_of_day(*unit);
            column.datetime().is_ok_and(|times| times.physical().iter().flatten().any(|ticks| ticks % day != 0))
        }
        dtype if dtype.is_float() => of_float(column),
        _ => false,
    }
}

fn ticks_of_day(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => 86_400_000_000_000,
        TimeUnit::Microseconds => 86_400_000_000,
        TimeUnit::Milliseconds => 86_400_000,
    }
}

/// A column in one of the types that queries know, and which. What [`has_odd`] found nothing of is not asked for again in every query.
fn normalised(name: &str, dtype: &DataType, has_odd: bool) -> (Expr, DataType) {
    // A name in a file is a name, not a pattern of names.
    let column = by_name([name], true, false).as_expr();
    match dtype {
        DataType::UInt64 => {
            let held = if has_odd { DataType::String } else { DataType::Int64 };
            (column.cast(held.clone()), held)
        }
        dtype if dtype.is_integer() => (column.cast(DataType::Int64), DataType::Int64),
        DataType::Null => (column.cast(DataType::Int64), DataType::Int64),
        dtype if dtype.is_primitive_numeric() || dtype.is_decimal() => {
            let value = column.cast(DataType::Float64);
            let value = if has_odd { when(value.clone().is_finite()).then(value).otherwise(lit(NULL)) } else { value };
            (value, DataType::Float64)
        }
        DataType::Date => (column, DataType::Date),
        DataType::Datetime(..) => {
            let millis = column.cast(DataType::Datetime(TimeUnit::Milliseconds, None));
            if has_odd { (millis, DataType::Datetime(TimeUnit::Milliseconds, None)) } else { (millis.cast(DataType::Date), DataType::Date) }
        }
        DataType::String => {
            let blank = column.clone().str().len_bytes().eq(lit(0u32));
            (if has_odd { when(blank).then(lit(NULL)).otherwise(column) } else { column }, DataType::String)
        }
        _ => (column.cast(DataType::String), DataType::String),
    }
}

/// The one number a query over all rows gives.
fn number(frame: &LazyFrame, expression: Expr) -> PolarsResult<Option<f64>> {
    let found = frame.clone().select([expression]).collect()?;
    Ok(found.columns().first().and_then(|column| column.get(0).ok()).and_then(|value| value.extract::<f64>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_are_seen_wherever_they_stand_and_missing_ones_are_none() {
        let day = 86_400_000i64;
        let times =
            |values: &[Option<i64>]| Series::new("t".into(), values).cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
        let all: [(Series, bool); 8] = [
            (Series::new("a".into(), [Some("x"), Some("")]), true),
            (Series::new("a".into(), ["x", "y"]), false),
            (Series::new("a".into(), [Some(1.0), None, Some(2.0)]), false),
            (Series::new("a".into(), [1.0, f64::NAN]), true),
            (Series::new("a".into(), [1.0f32, f32::INFINITY]), true),
            (times(&[Some(day), None, Some(2 * day)]), false),
            (times(&[Some(day), Some(2 * day + 1)]), true),
            (Series::new("a".into(), [1i64, i64::MIN]), false),
        ];
        for (series, is_odd) in all {
            assert_eq!(has_odd(&series.clone().into_column()), is_odd, "{series}");
        }
    }
}
