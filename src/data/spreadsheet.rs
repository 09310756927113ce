//! Excel and OpenDocument workbooks: the first sheet that holds a table.
//!
//! In: the bytes. Out: the table. A sheet is turned into rows of cells and then decided like a CSV file, so that numbers stored as text, percent
//! signs and missing spellings mean the same everywhere. O(cells).

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Data, DataType, Range, Reader, Sheets, open_workbook_auto_from_rs};

use crate::base::{Ctx, Note};

use super::cells::Cell;
use super::csv;
use super::error::DataError;
use super::table::Table;

/// Reads the first sheet with a table.
pub(super) fn read(bytes: &[u8], title: &str, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    ctx.check()?;
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| match bytes {
        // Word documents and plain archives begin like workbooks do; a cut-off archive has lost the list at its end.
        [b'P', b'K', ..] if has_archive_end(bytes) => {
            DataError::Binary { title: title.to_owned(), what: "a zip archive that is no workbook".to_owned() }
        }
        _ => DataError::damaged(title, "Excel", "its parts cannot be found"),
    })?;
    let sheets = book.sheet_names();
    let mut header_only = false;
    for name in &sheets {
        ctx.check()?;
        let Some(range) = sheet(&mut book, name, title)? else { continue };
        let (rows, mut notes) = rows(&range, name, ctx)?;
        if rows.len() < 2 {
            header_only |= !rows.is_empty();
            continue;
        }
        let (table, more) = csv::from_rows(rows, title, ctx)?;
        if sheets.len() > 1 {
            let others: Vec<&str> = sheets.iter().filter(|other| *other != name).map(String::as_str).collect();
            notes.insert(0, Note::new(format!("The sheet {name} was read; the workbook also has {}.", others.join(", "))));
        }
        notes.extend(more);
        return Ok((table, notes));
    }
    Err(if header_only { DataError::HeaderOnly { title: title.to_owned() } } else { DataError::NoSheets { title: title.to_owned() } })
}

/// The sheet's cells; `None` for chart sheets and the like.
fn sheet(book: &mut Sheets<Cursor<&[u8]>>, name: &str, title: &str) -> Result<Option<Range<Data>>, DataError> {
    match book.worksheet_range(name) {
        Ok(range) => Ok((!range.is_empty()).then_some(range)),
        Err(calamine::Error::Xlsx(calamine::XlsxError::WorksheetNotFound(_) | calamine::XlsxError::NotAWorksheet(_))) => Ok(None),
        Err(error) => Err(DataError::damaged(title, "Excel", error)),
    }
}

/// The rows with any content, without the title lines some people put above their table.
fn rows(range: &Range<Data>, sheet: &str, ctx: &Ctx) -> Result<(Vec<Vec<Cell<'static>>>, Vec<Note>), DataError> {
    let mut rows = Vec::with_capacity(range.height());
    let mut n_titles = 0;
    for (at, row) in range.rows().enumerate() {
        if at % 1024 == 0 {
            ctx.check()?;
        }
        let filled = row.iter().filter(|cell| !cell.is_empty()).count();
        if filled == 0 {
            continue;
        }
        if rows.is_empty() && filled == 1 && row.len() > 2 {
            n_titles += 1;
            continue;
        }
        rows.push(row.iter().map(text).collect());
    }
    let note = (n_titles > 0).then(|| {
        let (lines, are) = if n_titles == 1 { ("line", "is") } else { ("lines", "are") };
        Note::new(format!("{n_titles} {lines} above the table in the sheet {sheet} {are} left out."))
    });
    Ok((rows, note.into_iter().collect()))
}

/// A cell as a CSV file would have it.
fn text(cell: &Data) -> Cell<'static> {
    Cow::Owned(match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        // A time of day alone, or a length of time, is a number of days.
        Data::DateTime(moment) if moment.is_duration() || moment.as_f64() < 1.0 => moment.as_f64().to_string(),
        Data::DateTime(moment) => match cell.as_datetime() {
            Some(when) if when.time() == chrono::NaiveTime::MIN => when.format("%Y-%m-%d").to_string(),
            Some(when) => when.format("%Y-%m-%d %H:%M:%S").to_string(),
            None => moment.as_f64().to_string(),
        },
    })
}

/// Whether the list of contents at the end of a zip archive is there.
fn has_archive_end(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    tail.windows(4).any(|four| four == [b'P', b'K', 5, 6])
}
