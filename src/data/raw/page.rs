//! A few rows for the eye: a table whose times of day can be seen.
//!
//! In: a small frame. Out: the table; dates with times keep them as the cell's text, "2010-12-01 08:26". O(cells).

use polars::prelude::*;

use crate::base::Ctx;
use crate::data::columnar;
use crate::data::error::DataError;
use crate::data::table::{Table, Texts};

/// The table of a page of rows.
pub(super) fn table(frame: DataFrame, ctx: &Ctx) -> Result<Table, DataError> {
    let times: Vec<Option<Texts>> = frame.columns().iter().map(times).collect();
    let (mut table, _) = columnar::table(frame, ctx)?;
    for (column, times) in table.columns.iter_mut().zip(times) {
        column.original = times.or(column.original.take());
    }
    Ok(table)
}

/// The texts of a column of times: to the minute, or to the second where one of them has seconds.
fn times(column: &Column) -> Option<Texts> {
    let moments = column.as_materialized_series().datetime().ok()?;
    let millis: Vec<Option<i64>> = moments.physical().iter().collect();
    let format = if millis.iter().flatten().all(|millis| millis.rem_euclid(60_000) == 0) { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    let text = |millis: i64| chrono::DateTime::from_timestamp_millis(millis).map(|moment| moment.format(format).to_string());
    Some(Texts::collect(millis.into_iter().map(|millis| millis.and_then(text))))
}
