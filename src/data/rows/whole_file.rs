//! The rows of a workbook or a JSON file, which are read whole by the readers of tables.
//!
//! In: such a table. Out: its rows with times of day and whole numbers, by the cells as they stood in the file. O(cells).

use polars::prelude::*;
use rayon::prelude::*;

use crate::base::{Ctx, Key, Note, Stopped};
use crate::data::cells::cell::Cell;
use crate::data::cells::habits::Habits;
use crate::data::cells::tally::{ONLY_THE_DAY, Reading, Tally};
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;
use crate::data::table::{self, Table, Values};

use super::convert::Filling;
use super::part::{Part, columns_of};
use super::text;

/// The rows of a table that was read already, with the notes of reading it.
pub(super) fn part(
    title: &str,
    table: &Table,
    mut notes: Vec<Note>,
    stamp: Key,
    sheets: Vec<String>,
    zone: Option<Zone>,
    ctx: &Ctx,
) -> Result<Part, DataError> {
    let filled: Vec<(Column, Reading, Tally, Vec<Note>)> =
        table.columns.par_iter().map(|column| filled(column, table.n_rows, zone, ctx)).collect::<Result<_, Stopped>>()?;
    notes.retain(|note| !note.0.ends_with(ONLY_THE_DAY));
    let mut columns = Vec::with_capacity(filled.len());
    let mut read = Vec::with_capacity(filled.len());
    for (of, (column, reading, tally, more)) in table.columns.iter().zip(filled) {
        columns.push(column);
        read.push((of.name.as_str(), reading, tally));
        let new: Vec<Note> = more.into_iter().filter(|note| !notes.contains(note)).collect();
        notes.extend(new);
    }
    let frame = DataFrame::new(table.n_rows, columns).map_err(|error| DataError::damaged(title, "table", error))?;
    let bytes = frame.estimated_size();
    Ok(Part { columns: columns_of(read), n_rows: table.n_rows, notes, frame: frame.lazy(), bytes, aside: None, stamp, sheets })
}

fn filled(column: &table::Column, n_rows: usize, zone: Option<Zone>, ctx: &Ctx) -> Result<(Column, Reading, Tally, Vec<Note>), Stopped> {
    ctx.check()?;
    let habits = Habits { zone, ..Habits::default() };
    // Text stays text, whatever its cells look like: a workbook's or a JSON file's own types have been heard.
    let reading = match &column.values {
        Values::Text(_) => Reading::of(column.kind()),
        _ => {
            let cells: Vec<Cell> = (0..n_rows).map(|row| column.cell(row)).collect();
            text::settled(&column.name, &[cells], habits, ctx)?
        }
    };
    let mut filling = Filling::new(&column.name, reading, n_rows);
    for row in 0..n_rows {
        if row % (16 << 10) == 0 {
            ctx.check()?;
        }
        filling.push(&column.cell(row));
    }
    let (values, tally) = filling.finish();
    let notes = tally.notes(&column.name, &reading, habits);
    Ok((values, reading, tally, notes))
}
