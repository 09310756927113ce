//! How do event exports of any kind become one event table?
//!
//! In: files of JSON or log lines, which the event readers take themselves, and tables (CSV, Parquet, Arrow, workbooks), whose rows come through the readers of
//! sources batch by batch. Out: the table and what is told of it. O(bytes).

use std::path::{Path, PathBuf};

use crate::base::Ctx;
use crate::data::{NO_TEXT, RawCells, read_raw};
use crate::engine::run::answer::Problem;
use crate::events::table::NONE;
use crate::events::{Cells, ColumnBatch, ColumnSource, EventOptions, EventsError, Read, Reader, format_of};

use super::problem;

/// Rows of a table at a time.
const BATCH: usize = 1 << 18;
/// Rows that a format is recognised by.
const SAMPLE: usize = 1_000;

/// Reads events from files of any kind, one after the other.
///
/// Fails with one sentence where a file is no event export, is damaged, or names no customer or no time, and when stopped.
pub fn events_of(paths: &[PathBuf], options: &EventOptions, ctx: &Ctx) -> Result<Read, Problem> {
    let of_events = |error: EventsError| problem(&error, matches!(error, EventsError::Stopped(_)));
    let mut reader = Reader::new(options).map_err(of_events)?;
    for path in paths {
        match format_of(path) {
            Ok(_) => reader.file(path, ctx).map_err(of_events)?,
            Err(EventsError::NotText { .. }) => table(&mut reader, path, ctx)?,
            Err(error) => return Err(of_events(error)),
        }
    }
    reader.finish(ctx).map_err(of_events)
}

fn table(reader: &mut Reader, path: &Path, ctx: &Ctx) -> Result<(), Problem> {
    let raw = read_raw(path, ctx).map_err(|error| problem(error, ctx.is_stopped()))?;
    let names: Vec<&str> = raw.columns.iter().map(|column| column.name.as_str()).collect();
    let cells = |rows| raw.cells(rows, ctx).map_err(|error| problem(error, ctx.is_stopped()));
    let of_events = |error: EventsError| problem(&error, matches!(error, EventsError::Stopped(_)));
    let sample = cells(0..raw.n_rows.min(SAMPLE))?;
    let source = ColumnSource::recognise(&raw.title, &names, &batch(&sample, raw.n_rows.min(SAMPLE))).map_err(of_events)?;
    reader.begin_columns(&raw.title, &source);
    let mut first = 0;
    while first < raw.n_rows {
        let last = (first + BATCH).min(raw.n_rows);
        let cells = cells(first..last)?;
        reader.columns(&source, &batch(&cells, last - first), ctx).map_err(of_events)?;
        first = last;
    }
    Ok(())
}

fn batch(cells: &[RawCells], n_rows: usize) -> ColumnBatch<'_> {
    ColumnBatch { columns: cells.iter().map(cells_of).collect(), n_rows }
}

fn cells_of(cells: &RawCells) -> Cells<'_> {
    match cells {
        RawCells::Coded { codes, texts } => {
            let codes = codes.iter().map(|&code| if code == NO_TEXT { NONE } else { code }).collect();
            Cells::Coded { codes, texts: texts.iter().map(String::as_str).collect() }
        }
        RawCells::Number(values) => Cells::Number(values.clone()),
        RawCells::Whole(values) => Cells::Whole(values.clone()),
        // By the clock of the cell, which the options may name.
        RawCells::Times(values) => Cells::Times { ms: values.clone(), is_utc: false },
    }
}
