//! Excel and OpenDocument workbooks: the sheet that is most like a table, or the one that was chosen.
//!
//! In: a path. Out: the table, and the names of all sheets. The guest ([`super::guest`]) turns a sheet into rows of cells, which are then decided
//! like a CSV file's, so that numbers stored as text, percent signs and missing spellings mean the same everywhere. A merged cell stands for all
//! its rows. O(cells).

use std::borrow::Cow;
use std::path::Path;

use polars::prelude::{DataFrame, StringChunked};

use crate::base::{Ctx, Note};
use crate::data::cells::cell::Cell;
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;
use crate::data::table::Table;

use super::guest::request::{Request, Told, What};
use super::{csv, guest};

/// Reads the sheet called `wanted`, or the one with the most columns and rows of values. Also all its sheets.
pub(super) fn read(
    path: &Path,
    title: &str,
    wanted: Option<&str>,
    zone: Option<Zone>,
    ctx: &Ctx,
) -> Result<(Table, Vec<Note>, Vec<String>), DataError> {
    let request = Request::new(path, title, What::Cells { sheet: wanted.map(str::to_owned) })?;
    let mut frames = Vec::new();
    let mut take = |rows: DataFrame, _: f32| {
        frames.push(rows);
        Ok(())
    };
    let Told { mut notes, sheet, sheets, .. } = guest::read(&request, &mut take, ctx)?;
    let mut rows: Vec<Vec<Cell>> = Vec::with_capacity(frames.iter().map(DataFrame::height).sum());
    for frame in &frames {
        ctx.check()?;
        let columns: Vec<&StringChunked> = frame
            .columns()
            .iter()
            .map(|column| column.str())
            .collect::<Result<_, _>>()
            .map_err(|error| DataError::damaged(title, "Excel", error))?;
        rows.extend((0..frame.height()).map(|row| columns.iter().map(|column| Cow::Borrowed(column.get(row).unwrap_or(""))).collect()));
    }
    let (table, more) = csv::from_rows(rows, &sheet, title, zone, ctx)?;
    notes.extend(more);
    Ok((table, notes, sheets))
}
