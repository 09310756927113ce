//! Excel and OpenDocument workbooks: the sheet that is most like a table, or the one that was chosen.
//!
//! In: the bytes. Out: the table. A sheet is turned into rows of cells and then decided like a CSV file, so that numbers stored as text, percent
//! signs and missing spellings mean the same everywhere. A merged cell stands for all its rows. O(cells).

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Data, DataType, Dimensions, Range, Reader, Sheets, open_workbook_auto_from_rs};

use crate::base::text::count as grouped;
use crate::base::{Ctx, Note};

use super::cells::Cell;
use super::csv;
use super::error::DataError;
use super::table::Table;

/// Rows beyond which a sheet is no more of a table than another: a long list of codes is not the customers.
const ROWS_THAT_COUNT: usize = 1000;

/// Reads the sheet called `wanted`, or the one with the most columns and rows of values.
pub(super) fn read(bytes: &[u8], title: &str, wanted: Option<&str>, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    ctx.check()?;
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| match bytes {
        // Word documents and plain archives begin like workbooks do; a cut-off archive has lost the list at its end.
        [b'P', b'K', ..] if has_archive_end(bytes) => {
            DataError::Binary { title: title.to_owned(), what: "a zip archive that is no workbook".to_owned() }
        }
        _ => DataError::damaged(title, "Excel", "its parts cannot be found"),
    })?;
    let sheets = book.sheet_names();
    if let Some(sheet) = wanted.filter(|wanted| !sheets.iter().any(|sheet| sheet == wanted)) {
        return Err(DataError::NoSuchSheet { title: title.to_owned(), sheet: sheet.to_owned(), sheets });
    }
    let mut best: Option<(Size, &str, Range<Data>)> = None;
    for name in sheets.iter().filter(|name| wanted.is_none_or(|wanted| *name == wanted)) {
        ctx.check()?;
        let Some(range) = sheet(&mut book, name, title)? else { continue };
        let size = size(&range);
        if best.as_ref().is_none_or(|(most, ..)| size > *most) {
            best = Some((size, name, range));
        }
    }
    let Some((size, name, mut range)) = best else { return Err(DataError::NoSheets { title: title.to_owned(), sheets }) };
    if size.n_rows < 2 {
        return Err(DataError::HeaderOnly { title: title.to_owned() });
    }
    let mut notes = Vec::new();
    if sheets.len() > 1 {
        let others: Vec<&str> = sheets.iter().filter(|other| *other != name).map(String::as_str).collect();
        notes.push(Note::new(format!("The sheet {name} was read; the workbook also has {}.", others.join(", "))));
    }
    notes.extend(fill_down(&mut range, &merged(&mut book, name)));
    let (table, more) = csv::from_rows(rows(&range, ctx)?, name, title, ctx)?;
    notes.extend(more);
    Ok((table, notes))
}

/// How much of a table a sheet is, compared in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    /// A list of one column is a table only where there is no other.
    has_columns: bool,
    /// Columns by rows of values, of so many rows as count.
    n_cells: usize,
    /// Rows with any content.
    n_rows: usize,
}

fn size(range: &Range<Data>) -> Size {
    let mut by_column = vec![0usize; range.width()];
    let (mut n_rows, mut n_wide) = (0, 0);
    for row in range.rows() {
        let mut filled = 0;
        for (column, cell) in by_column.iter_mut().zip(row) {
            let is_filled = !cell.is_empty();
            *column += usize::from(is_filled);
            filled += usize::from(is_filled);
        }
        n_rows += usize::from(filled > 0);
        n_wide += usize::from(filled > 1);
    }
    let n_columns = by_column.iter().filter(|&&filled| filled > 1).count();
    let counted = if n_columns > 1 { n_wide } else { n_rows };
    Size { has_columns: n_columns > 1 && n_wide > 1, n_cells: n_columns * counted.min(ROWS_THAT_COUNT), n_rows }
}

/// The merged cells of a sheet; OpenDocument and binary workbooks do not tell theirs.
fn merged(book: &mut Sheets<Cursor<&[u8]>>, name: &str) -> Vec<Dimensions> {
    let mut regions = match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        Sheets::Xlsb(_) | Sheets::Ods(_) => Vec::new(),
    };
    regions.sort_by_key(|region| region.start);
    regions
}

/// Writes the value of a merged cell into all its rows. Cells merged across columns alone are titles and groups of names, which are seen as such.
fn fill_down(range: &mut Range<Data>, merged: &[Dimensions]) -> Option<Note> {
    let ((top, left), (bottom, right)) = (range.start()?, range.end()?);
    let (mut n_filled, mut example) = (0usize, None);
    for region in merged.iter().filter(|region| region.end.0 > region.start.0) {
        let (row, column) = region.start;
        if row < top || column < left || column > right {
            continue;
        }
        let Some(value) = range.get_value((row, column)).filter(|value| !value.is_empty()).cloned() else { continue };
        for below in row + 1..=region.end.0.min(bottom) {
            if range.get_value((below, column)).is_some_and(DataType::is_empty) {
                range.set_value((below, column), value.clone());
                n_filled += 1;
            }
        }
        example = example.or_else(|| Some(text(&value)));
    }
    let example = example.unwrap_or_default();
    let (cells, are) = if n_filled == 1 { ("cell", "is") } else { ("cells", "are") };
    let told = || {
        let n = grouped(n_filled);
        Note::new(format!(
            "A merged cell stands for all its rows: {n} {cells} below merged ones {are} filled with their value (\"{example}\", for one)."
        ))
    };
    (n_filled > 0).then(told)
}

/// The sheet's cells; `None` for chart sheets and the like.
fn sheet(book: &mut Sheets<Cursor<&[u8]>>, name: &str, title: &str) -> Result<Option<Range<Data>>, DataError> {
    match book.worksheet_range(name) {
        Ok(range) => Ok((!range.is_empty()).then_some(range)),
        Err(calamine::Error::Xlsx(calamine::XlsxError::WorksheetNotFound(_) | calamine::XlsxError::NotAWorksheet(_))) => Ok(None),
        Err(error) => Err(DataError::damaged(title, "Excel", error)),
    }
}

/// The rows with any content.
fn rows(range: &Range<Data>, ctx: &Ctx) -> Result<Vec<Vec<Cell<'static>>>, DataError> {
    let mut rows = Vec::with_capacity(range.height());
    for (at, row) in range.rows().enumerate() {
        if at % 1024 == 0 {
            ctx.check()?;
        }
        if row.iter().any(|cell| !cell.is_empty()) {
            rows.push(row.iter().map(text).collect());
        }
    }
    Ok(rows)
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
