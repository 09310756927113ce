//! The guest's reader of workbooks: the sheet that is most like a table, or the one that was chosen, as rows of cells.

use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, DataRef, DataType, Dimensions, Range, Reader, Sheets, Xlsx, XlsxError, open_workbook_auto_from_rs};
use polars::prelude::{DataFrame, IntoColumn, StringChunkedBuilder};

use crate::base::{Ctx, Note};
use crate::data::error::DataError;
use crate::data::grouped;

use super::request::{Take, Told};

/// Rows beyond which a sheet is no more of a table than another: a long list of codes is not the customers.
const ROWS_THAT_COUNT: usize = 1000;

/// Cells between the first and the last of a sheet, at most: each takes room, filled or not.
const MOST_CELLS: u64 = 200_000_000;

/// Cells up to which a sheet may be as empty as it likes.
const SPARSE_CELLS: u64 = 40_000_000;

/// Cells that are handed over at a time.
const BATCH_CELLS: usize = 1 << 18;

/// Hands over the rows of that sheet that have any content, as text in columns called 0, 1, ...
pub(super) fn rows(path: &Path, title: &str, wanted: Option<&str>, take: &mut Take, ctx: &Ctx) -> Result<Told, DataError> {
    ctx.check()?;
    let bytes = std::fs::read(path).map_err(|error| DataError::of_io(path, &error))?;
    let mut book = open_workbook_auto_from_rs(Cursor::new(&bytes[..])).map_err(|_| match &bytes[..] {
        // Word documents and plain archives begin like workbooks do; a cut-off archive has lost the list at its end.
        [b'P', b'K', ..] => match is_workbook(&bytes) {
            Some(true) => DataError::damaged(title, "Excel", "its sheets cannot be read"),
            Some(false) => DataError::Binary { title: title.to_owned(), what: "a zip archive that is no workbook".to_owned() },
            None => DataError::damaged(title, "Excel", "its parts cannot be found"),
        },
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
    DataError::unless_narrow(title, range.width())?;
    let mut notes = Vec::new();
    if sheets.len() > 1 {
        let others: Vec<&str> = sheets.iter().filter(|other| *other != name).map(String::as_str).collect();
        notes.push(Note::new(format!("The sheet {name} was read; the workbook also has {}.", others.join(", "))));
    }
    notes.extend(fill_down(&mut range, &merged(&mut book, name)));
    let name = name.to_owned();
    let n_rows = range.height();
    let mut batch: Vec<StringChunkedBuilder> = Vec::new();
    let (mut n_cells, mut n_batch) = (0, 0);
    for (at, row) in range.rows().enumerate() {
        if row.iter().all(calamine::DataType::is_empty) {
            continue;
        }
        if batch.is_empty() {
            batch = (0..range.width()).map(|column| StringChunkedBuilder::new(column.to_string().into(), n_batch)).collect();
            (n_cells, n_batch) = (0, 0);
        }
        batch.iter_mut().zip(row).for_each(|(column, cell)| column.append_value(text(cell)));
        n_cells += row.len();
        n_batch += 1;
        if n_cells >= BATCH_CELLS {
            ctx.check()?;
            take(frame(std::mem::take(&mut batch), n_batch, title)?, at as f32 / n_rows as f32)?;
        }
    }
    if !batch.is_empty() {
        take(frame(batch, n_batch, title)?, 1.0)?;
    }
    Ok(Told { notes, sheet: name, sheets, left_out: Vec::new(), zoned: Vec::new() })
}

fn frame(columns: Vec<StringChunkedBuilder>, n_rows: usize, title: &str) -> Result<DataFrame, DataError> {
    let columns = columns.into_iter().map(|column| column.finish().into_column()).collect();
    DataFrame::new(n_rows, columns).map_err(|error| DataError::damaged(title, "Excel", error))
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
    if let Sheets::Xlsx(book) = book {
        return match cells(book, name, title) {
            Err(Unread::NoSheet) => Ok(None),
            Err(Unread::Damaged(error)) => Err(DataError::damaged(title, "Excel", error)),
            Err(Unread::Refused(error)) => Err(error),
            Ok(range) => Ok((!range.is_empty()).then_some(range)),
        };
    }
    match book.worksheet_range(name) {
        Ok(range) => Ok((!range.is_empty()).then_some(range)),
        Err(error) => Err(DataError::damaged(title, "Excel", error)),
    }
}

/// Why a sheet has no cells.
enum Unread {
    /// A chart sheet or the like.
    NoSheet,
    /// The library gave up.
    Damaged(XlsxError),
    /// It would not fit.
    Refused(DataError),
}

impl From<XlsxError> for Unread {
    fn from(error: XlsxError) -> Unread {
        match error {
            XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_) => Unread::NoSheet,
            error => Unread::Damaged(error),
        }
    }
}

/// The cells of a sheet, looked at one by one before the room for all between the first and the last is taken.
fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, title: &str) -> Result<Range<Data>, Unread> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut cells: Vec<calamine::Cell<Data>> = Vec::new();
    let (mut first, mut last) = ((u32::MAX, u32::MAX), (0, 0));
    while let Some(cell) = reader.next_cell()? {
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        let (row, column) = cell.get_position();
        first = (first.0.min(row), first.1.min(column));
        last = (last.0.max(row), last.1.max(column));
        cells.push(calamine::Cell::new((row, column), cell.get_value().clone().into()));
    }
    if !cells.is_empty() {
        let area = (u64::from(last.0 - first.0) + 1) * (u64::from(last.1 - first.1) + 1);
        if is_too_far(area, cells.len() as u64) {
            let last = format!("{}{}", letters(last.1), u64::from(last.0) + 1);
            return Err(Unread::Refused(DataError::TooSparse {
                title: title.to_owned(),
                sheet: name.to_owned(),
                last,
                n_cells: cells.len(),
            }));
        }
    }
    Ok(Range::from_sparse(cells))
}

/// Whether a sheet's corners lie too far apart: more cells than any table people keep in a workbook, or a large field that is all but empty.
fn is_too_far(area: u64, n_filled: u64) -> bool {
    area > MOST_CELLS || (area > SPARSE_CELLS && area / 1000 > n_filled)
}

/// A column as a spreadsheet calls it: A, B, ..., Z, AA.
fn letters(column: u32) -> String {
    let mut left = u64::from(column) + 1;
    let mut name = Vec::new();
    while left > 0 {
        name.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    name.iter().rev().map(|&letter| char::from(letter)).collect()
}

/// A cell as a CSV file would have it.
fn text(cell: &Data) -> String {
    match cell {
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
    }
}

/// Whether a zip archive is a workbook; nothing where its list of contents is gone.
fn is_workbook(bytes: &[u8]) -> Option<bool> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") || has("xl/workbook.bin") {
        return Some(true);
    }
    let mut kind = String::new();
    let found = archive.by_name("mimetype").ok().and_then(|file| file.take(100).read_to_string(&mut kind).ok());
    Some(found.is_some() && kind.contains("opendocument.spreadsheet"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_far_away_is_told_from_a_large_table() {
        let whole_sheet = 1_048_576 * 16_384;
        assert!(is_too_far(whole_sheet, 40), "one cell in the last corner");
        assert!(is_too_far(whole_sheet, whole_sheet), "no machine holds a full sheet");
        assert!(is_too_far(1_048_576 * 100, 400), "a cell in the last row of a small table");
        assert!(!is_too_far(1_048_576 * 100, 90_000_000));
        assert!(!is_too_far(1_048_576 * 20, 400), "a stray cell below a narrow table costs little");
        assert!(!is_too_far(3, 1));
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
