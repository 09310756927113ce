//! How do event exports of any kind become one event table?
//!
//! In: files of JSON or log lines, which the event readers take themselves, and tables (CSV, Parquet, Arrow, workbooks), whose rows come through the readers of
//! sources batch by batch. Out: the table and what is told of it. O(bytes).

use std::path::{Path, PathBuf};

use crate::base::Ctx;
use crate::customers::sales;
use crate::data::day::IsoDay;
use crate::data::{NO_TEXT, Offsets, Raw, RawCells, RawColumn, ReadAs, Source, SourceFile, read_raw_as};
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

/// What is decided of the sources of a customer table.
pub fn decided_of(source: &Source) -> &[SourceFile] {
    match source {
        Source::Sources(sourcing) => &sourcing.sources,
        _ => &[],
    }
}

/// The last moment that is believed: rows after today are not, here as everywhere, by any clock a day ahead of UTC.
pub fn latest_believed(today: IsoDay) -> Time {
    (i64::from(today.0) + 2) * DAY
}

/// Reads events from files of any kind, one after the other. What was decided about a list of orders stands in `sources`, by its path; of others it is found out from the rows.
///
/// Fails with one sentence where a file is no event export, is damaged, or names no customer or no time, and when stopped.
pub fn events_of(paths: &[PathBuf], options: &EventOptions, sources: &[SourceFile], ctx: &Ctx) -> Result<Read, Problem> {
    let of_events = |error: EventsError| problem(&error, matches!(error, EventsError::Stopped(_)));
    let mut reader = Reader::new(options).map_err(of_events)?;
    let (mut questions, mut notes) = (Vec::new(), Vec::new());
    for path in paths {
        let decided = sources.iter().find(|source| source.path == *path);
        // A source of the table may stand for several files: a folder, or a pattern.
        if decided.is_some() && !path.is_file() {
            table(&mut reader, (path, decided), (options, &mut questions, &mut notes), ctx)?;
            continue;
        }
        match format_of(path) {
            Ok(_) => reader.file(path, ctx).map_err(of_events)?,
            // A table, or an archive of one, or orders that are counted like one.
            Err(EventsError::NotText { .. } | EventsError::NoMember { .. } | EventsError::Orders { .. }) => {
                table(&mut reader, (path, decided), (options, &mut questions, &mut notes), ctx)?
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
    (path, decided): (&Path, Option<&SourceFile>),
    (options, questions, notes): (&EventOptions, &mut Vec<String>, &mut Vec<String>),
    ctx: &Ctx,
) -> Result<(), Problem> {
    let read_as = decided.map_or_else(ReadAs::default, |source| source.read_as.clone());
    let raw = with_moments((path, &read_as), options, questions, ctx)?;
    // Which number of 03/04/2024 is the day decides when things happened, so it is told like everywhere.
    notes.extend(raw.notes.iter().map(|note| note.outside().to_owned()));
    let names: Vec<&str> = raw.columns.iter().map(|column| column.name.as_str()).collect();
    let cells = |rows| raw.cells(rows, ctx).map_err(|error| problem(error, ctx.is_stopped()));
    let of_events = |error: EventsError| problem(&error, matches!(error, EventsError::Stopped(_)));
    let sample = cells(0..raw.n_rows.min(SAMPLE))?;
    let source = match ColumnSource::recognise(&raw.title, &names, &batch(&sample, &raw.columns, raw.n_rows.min(SAMPLE))) {
        Err(EventsError::Orders { .. }) => {
            let source = SourceFile { name: raw.title.clone(), path: path.to_owned(), read_as, ..SourceFile::default() };
            return orders(reader, decided.unwrap_or(&source), &raw, notes, ctx);
        }
        found => found.map_err(of_events)?,
    };
    // Whatever the names say, what was decided of these orders counts.
    if let Some(decided) = decided.filter(|_| source.is_orders()) {
        return orders(reader, decided, &raw, notes, ctx);
    }
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

/// Orders, counted as the customer table counts them.
fn orders(reader: &mut Reader, source: &SourceFile, raw: &Raw, notes: &mut Vec<String>, ctx: &Ctx) -> Result<(), Problem> {
    let sold = sales(source, raw, ctx).map_err(|error| problem(error, ctx.is_stopped()))?;
    let names: Vec<&str> = sold.columns.iter().map(|(name, _)| *name).collect();
    let columns = ColumnSource::counted_orders(&names);
    // Nobody need say which zone a day is of.
    let is_utc = !sold.has_times || raw.column(&sold.time).is_some_and(|column| column.offsets == Offsets::All);
    let cells = sold.columns.iter().map(|(_, cells)| cells_of(cells, is_utc)).collect();
    reader.begin_columns(&raw.title, &columns);
    reader.columns(&columns, &ColumnBatch { columns: cells, n_rows: sold.n }, ctx).map_err(|error| {
        let is_stopped = matches!(error, EventsError::Stopped(_));
        problem(error, is_stopped)
    })?;
    notes.push(sold.told);
    Ok(())
}

/// The rows of a table, its times such that each names a moment if its cell does: with an offset from UTC they are UTC's. Where only some cells have one,
/// the others are by the clock of the zone that was chosen, and so those with an offset are brought to that clock as well; which zone that is, is asked.
fn with_moments((path, read_as): (&Path, &ReadAs), options: &EventOptions, questions: &mut Vec<String>, ctx: &Ctx) -> Result<Raw, Problem> {
    let by = |zone: &str| {
        let read_as = ReadAs { zone: Some(zone.to_owned()), ..read_as.clone() };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_of_orders_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.csv");
        let mut text = "customer_id,order_date,amount,status\n".to_owned();
        (0..60).for_each(|row| {
            let status = if row % 3 == 0 { "cancelled" } else { "completed" };
            text += &format!("K{},2024-01-{:02},5.00,{status}\n", row % 20, 1 + row % 28);
        });
        std::fs::write(&path, text).unwrap();
        let kinds = |sources: &[SourceFile]| {
            let read = events_of(std::slice::from_ref(&path), &EventOptions::default(), sources, &Ctx::new()).unwrap();
            let names = read.events.kinds.iter().map(|&kind| read.events.kind_names[kind as usize].clone());
            let n_purchases = names.filter(|name| name == "purchase").count();
            (n_purchases, read.events.n_events())
        };
        assert_eq!(kinds(&[]), (40, 60));
        let mut source = SourceFile { name: "orders".into(), path: path.clone(), ..SourceFile::default() };
        source.money.counted = Some(["cancelled".to_owned(), "completed".to_owned()].into());
        assert_eq!(kinds(&[source.clone()]), (60, 60));
        // A pattern that stands for two files is one source.
        let others = std::fs::read_to_string(&path).unwrap().replace('K', "L");
        std::fs::write(folder.path().join("orders-2.csv"), others).unwrap();
        source.path = folder.path().join("orders*.csv");
        let both =
            events_of(std::slice::from_ref(&source.path), &EventOptions::default(), std::slice::from_ref(&source), &Ctx::new()).unwrap();
        assert!(both.told.notes.iter().any(|note| note.starts_with("120 rows of ")), "{:?}", both.told.notes);
        assert_eq!(decided_of(&Source::Sample { seed: 0 }), []);
    }
}
