//! Parquet and Arrow: the file says what its columns are.
//!
//! In: a path. Out: the rows in batches, read by the guest ([`super::guest`]), and the table of them. Numbers become `f64`, dates and timestamps
//! days, everything else text as polars prints it. Cost: polars' own reader, then one copy per column.

use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;

use crate::base::text::count as grouped;
use crate::base::{Ctx, Note};
use crate::data::cells::dates::DAY_MILLIS;
use crate::data::cells::tally::ONLY_THE_DAY;
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;
use crate::data::table::Column as TableColumn;
use crate::data::table::{Table, Texts, Values};

use super::format::Columnar;
use super::guest;
use super::guest::request::{Request, Take, Told, UseOf, What};
use super::header::make_unique;

/// Reads the whole file.
pub(super) fn read(path: &Path, title: &str, format: Columnar, zone: Option<Zone>, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    let mut all: Option<DataFrame> = None;
    let mut take = |rows: DataFrame, _: f32| match &mut all {
        Some(all) => all.vstack_mut_owned(rows).map(drop).map_err(|error| DataError::damaged(title, format.name(), error)),
        None => {
            all = Some(rows);
            Ok(())
        }
    };
    let told = ask(path, title, What::Columns { format, use_of: UseOf::Whole, only: Vec::new() }, zone, &mut take, ctx)?;
    let (table, more) = table(all.unwrap_or_default(), ctx)?;
    Ok((table, told.notes.into_iter().chain(more).collect()))
}

/// Lets the guest read. Times of a zone are handed on as the local times there, or of the zone that was chosen.
pub(in crate::data) fn ask(
    path: &Path,
    title: &str,
    what: What,
    chosen: Option<Zone>,
    take: &mut Take,
    ctx: &Ctx,
) -> Result<Told, DataError> {
    let stage = format!("Reading {title}");
    let request = Request::new(path, title, what)?;
    // By column: its name, the zone it names, the one it is converted to, and how many times it has.
    let mut zoned: Option<Vec<(String, String, Zone, usize)>> = None;
    let mut local = |rows: DataFrame, fraction: f32| {
        ctx.progress(&stage, fraction);
        let of = |column: &Column| zone_of(column, chosen).map(|(named, zone)| (column.name().to_string(), named, zone, 0));
        let zoned = zoned.get_or_insert_with(|| rows.columns().iter().filter_map(of).collect());
        for (name, .., n_times) in zoned {
            *n_times += rows.column(name).map_or(0, |column| column.len() - column.null_count());
        }
        let height = rows.height();
        let columns = rows.into_columns().into_iter().map(|column| in_local_time(column, chosen)).collect::<PolarsResult<Vec<_>>>();
        let rows = columns.and_then(|columns| DataFrame::new(height, columns));
        take(rows.map_err(|error| DataError::damaged(title, "columnar", error))?, fraction)
    };
    let mut told = guest::read(&request, &mut local, ctx)?;
    told.zoned = zoned.iter().flatten().map(|(name, ..)| name.clone()).collect();
    let notes = zoned.into_iter().flatten().map(|(name, named, zone, n_times)| note_of_zone(&name, &named, zone, n_times, chosen));
    told.notes.extend(notes);
    Ok(told)
}

/// The zone that a column names and the one its times are converted to, if it names any; UTC where there is no such zone.
fn zone_of(column: &Column, chosen: Option<Zone>) -> Option<(String, Zone)> {
    let DataType::Datetime(_, Some(zone)) = column.dtype() else { return None };
    let zone = zone.to_string();
    let known = Zone::named(&zone).unwrap_or(Zone::Ahead(0));
    Some((zone, chosen.unwrap_or(known)))
}

/// What is said of the times of a column that names a zone.
fn note_of_zone(name: &str, named: &str, zone: Zone, n_times: usize, chosen: Option<Zone>) -> Note {
    let times = if n_times == 1 { "1 time".to_owned() } else { format!("{} times", grouped(n_times)) };
    let (are, their) = if n_times == 1 { ("is", "its") } else { ("are", "their") };
    Note::new(match (chosen, Zone::named(named)) {
        (Some(_), _) => format!("{times} of {name} {are} converted from {named} to {zone}."),
        (None, Some(_)) => {
            format!("{times} of {name} {are} in the time zone {named}; {their} local day and hour count, unless another is chosen.")
        }
        (None, None) => format!("{name} names a time zone that does not exist ({named}); its {times} {are} read as UTC."),
    })
}

/// A column of times of a zone as local times; any other as it is.
fn in_local_time(column: Column, chosen: Option<Zone>) -> PolarsResult<Column> {
    let Some((_, zone)) = zone_of(&column, chosen) else { return Ok(column) };
    let moments = column.as_materialized_series().datetime()?;
    let per_milli = match moments.time_unit() {
        TimeUnit::Nanoseconds => 1_000_000,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1,
    };
    let local = moments.physical().apply_values(|moment| zone.local(moment.div_euclid(per_milli)));
    Ok(local.into_datetime(TimeUnit::Milliseconds, None).into_series().with_name(column.name().clone()).into_column())
}

/// The table of a frame, with notes on what changed.
pub(crate) fn table(frame: DataFrame, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    tabled(frame, false, ctx)
}

/// The table of a few rows among others, whose times are shown even if all of them are midnight.
pub(in crate::data) fn page(frame: DataFrame, ctx: &Ctx) -> Result<Table, DataError> {
    Ok(tabled(frame, true, ctx)?.0)
}

fn tabled(frame: DataFrame, shows_midnight: bool, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    let n_rows = frame.height();
    let mut names: Vec<String> = frame.columns().iter().map(|column| column.name().to_string()).collect();
    let mut notes = make_unique(&mut names);
    let column = |(name, column): (String, &Column)| -> Result<(TableColumn, Option<Note>), DataError> {
        ctx.check()?;
        let series = column.as_materialized_series();
        let (values, note) = values(&name, series, ctx)?;
        let original = times(series, shows_midnight).map_err(|error| DataError::damaged(&name, "columnar", error))?;
        let note = original.as_ref().map(|_| Note::new(format!("{name}{ONLY_THE_DAY}"))).or(note);
        Ok((TableColumn { name, values, unit: None, original }, note))
    };
    let columns = names.into_par_iter().zip(frame.columns()).map(column).collect::<Result<Vec<_>, _>>()?;
    let (columns, more): (Vec<TableColumn>, Vec<Option<Note>>) = columns.into_iter().unzip();
    notes.extend(more.into_iter().flatten());
    Ok((Table { columns, n_rows }, notes))
}

/// The cells of a column with times of day: to the minute, or as finely as one of them is; nothing where no cell has a time.
fn times(series: &Series, shows_midnight: bool) -> PolarsResult<Option<Texts>> {
    if !matches!(series.dtype(), DataType::Datetime(..)) {
        return Ok(None);
    }
    let moments = series.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
    let millis: Vec<Option<i64>> = moments.datetime()?.physical().iter().collect();
    let all = |part: i64| millis.iter().flatten().all(|millis| millis.rem_euclid(part) == 0);
    let format = match () {
        () if all(DAY_MILLIS) && !shows_midnight => return Ok(None),
        () if all(60_000) => "%Y-%m-%d %H:%M",
        () if all(1_000) => "%Y-%m-%d %H:%M:%S",
        () => "%Y-%m-%d %H:%M:%S%.3f",
    };
    let text = |millis: i64| chrono::DateTime::from_timestamp_millis(millis).map(|moment| moment.format(format).to_string());
    Ok(Some(Texts::collect(millis.into_iter().map(|millis| millis.and_then(text)))))
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
            let dates = series.cast(&DataType::Date).map_err(strange)?;
            let days = dates.to_physical_repr();
            let days: Vec<Option<i32>> = days.i32().map_err(strange)?.iter().collect();
            (Values::Date(days.into()), None)
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
