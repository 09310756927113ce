//! How do event exports of any kind become one event table?
//!
//! In: files of JSON or log lines, which the event readers take themselves, and tables (CSV, Parquet, Arrow, workbooks), whose rows come through the readers of
//! sources batch by batch. Out: the table and what is told of it. O(bytes).

use std::path::{Path, PathBuf};

use crate::base::Ctx;
use crate::data::day::IsoDay;
use crate::data::{NO_TEXT, Offsets, Raw, RawCells, RawColumn, ReadAs, read_raw_as};
use crate::engine::run::answer::Problem;
use crate::events::table::{DAY, NONE, Time};
use crate::events::{Cells, ColumnBatch, ColumnSource, EventOptions, EventsError, Read, Reader, format_of};

use super::problem;

/// Rows of a table at a time.
const BATCH: usize = 1 << 18;
/// The zone that moments are kept in.
const UTC: &str = "UTC";
/// Rows that a format is recognised by.
const SAMPLE: usize = 1_000;

/// The last moment that is believed: rows after today are not, here as everywhere, by any clock a day ahead of UTC.
pub fn latest_believed(today: IsoDay) -> Time {
    (i64::from(today.0) + 2) * DAY
}

/// Reads events from files of any kind, one after the other.
///
/// Fails with one sentence where a file is no event export, is damaged, or names no customer or no time, and when stopped.
pub fn events_of(paths: &[PathBuf], options: &EventOptions, ctx: &Ctx) -> Result<Read, Problem> {
    let of_events = |error: EventsError| problem(&error, matches!(error, EventsError::Stopped(_)));
    let mut reader = Reader::new(options).map_err(of_events)?;
    let (mut questions, mut notes) = (Vec::new(), Vec::new());
    for path in paths {
        match format_of(path) {
            Ok(_) => reader.file(path, ctx).map_err(of_events)?,
            // A table, or an archive of one.
            Err(EventsError::NotText { .. } | EventsError::NoMember { .. }) => {
                table(&mut reader, path, (options, &mut questions, &mut notes), ctx)?
            }
            Err(error) => return Err(of_events(error)),
        }
    }
    let mut read = reader.finish(ctx).map_err(of_events)?;
    read.told.open_questions.extend(questions);
    read.told.notes.extend(notes);
    Ok(read)
}

fn table(
    reader: &mut Reader,
    path: &Path,
    (options, questions, notes): (&EventOptions, &mut Vec<String>, &mut Vec<String>),
    ctx: &Ctx,
) -> Result<(), Problem> {
    let raw = with_moments(path, options, questions, ctx)?;
    // Which number of 03/04/2024 is the day decides when things happened, so it is told like everywhere.
    notes.extend(raw.notes.iter().map(|note| note.outside().to_owned()));
    let names: Vec<&str> = raw.columns.iter().map(|column| column.name.as_str()).collect();
    let cells = |rows| raw.cells(rows, ctx).map_err(|error| problem(error, ctx.is_stopped()));
    let of_events = |error: EventsError| problem(&error, matches!(error, EventsError::Stopped(_)));
    let sample = cells(0..raw.n_rows.min(SAMPLE))?;
    let source = ColumnSource::recognise(&raw.title, &names, &batch(&sample, &raw.columns, raw.n_rows.min(SAMPLE))).map_err(of_events)?;
    reader.begin_columns(&raw.title, &source);
    let mut first = 0;
    while first < raw.n_rows {
        let last = (first + BATCH).min(raw.n_rows);
        let cells = cells(first..last)?;
        reader.columns(&source, &batch(&cells, &raw.columns, last - first), ctx).map_err(of_events)?;
        first = last;
    }
    Ok(())
}

/// The rows of a table, its times such that each names a moment if its cell does: with an offset from UTC they are UTC's. Where only some cells have one,
/// the others are by the clock of the zone that was chosen, and so those with an offset are brought to that clock as well; which zone that is, is asked.
fn with_moments(path: &Path, options: &EventOptions, questions: &mut Vec<String>, ctx: &Ctx) -> Result<Raw, Problem> {
    let by = |zone: &str| {
        let read_as = ReadAs { zone: Some(zone.to_owned()), ..ReadAs::default() };
        read_raw_as(path, &read_as, ctx).map_err(|error| problem(error, ctx.is_stopped()))
    };
    let raw = by(UTC)?;
    let Some(mixed) = raw.columns.iter().find(|column| column.offsets == Offsets::Some) else { return Ok(raw) };
    match &options.zone {
        Some(zone) => {
            let mut raw = by(zone)?;
            raw.columns.iter_mut().for_each(|column| column.offsets = Offsets::None);
            Ok(raw)
        }
        None => {
            questions.push(format!(
                "Some times of {} say how far they are from UTC and others do not; which zone are the others in?",
                mixed.name
            ));
            Ok(raw)
        }
    }
}

fn batch<'a>(cells: &'a [RawCells], columns: &[RawColumn], n_rows: usize) -> ColumnBatch<'a> {
    let columns = cells.iter().zip(columns).map(|(cells, column)| cells_of(cells, column.offsets == Offsets::All)).collect();
    ColumnBatch { columns, n_rows }
}

fn cells_of(cells: &RawCells, is_utc: bool) -> Cells<'_> {
    match cells {
        RawCells::Coded { codes, texts } => {
            let codes = codes.iter().map(|&code| if code == NO_TEXT { NONE } else { code }).collect();
            Cells::Coded { codes, texts: texts.iter().map(String::as_str).collect() }
        }
        RawCells::Number(values) => Cells::Number(values.clone()),
        RawCells::Whole(values) => Cells::Whole(values.clone()),
        // Otherwise by the clock of the cell, which the options may name.
        RawCells::Times(values) => Cells::Times { ms: values.clone(), is_utc },
    }
}
