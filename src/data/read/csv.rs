//! What does a delimited text file hold? The recipe: look at its head, cut it into cells, decide each column.
//!
//! In: text. Out: the table and a note for every decision. Columns of plain numbers are parsed while they are cut, blocks side by side, so
//! that a clean file costs one pass; all others are collected as text and decided by `cells`. A file found unclean is cut once more
//! for the columns concerned. polars' own reader was measured and left aside: it pads ragged rows and drops leading zeros without a word.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::base::text::count as grouped;
use crate::base::{Ctx, Note, Stopped, memory};
use crate::data::cells::cell::Cell;
use crate::data::cells::habits::Points;
use crate::data::cells::zones::Zone;
use crate::data::cells::{self, numbers};
use crate::data::error::DataError;
use crate::data::table::{Column, Table, Values};

use super::header::{self, Head};
use super::layout::{self, HEAD_ROWS, Layout};
use super::split::{Cutting, Passed, Row};
use super::stray;

/// Reads a delimited text.
pub(super) fn read(text: &str, title: &str, zone: Option<Zone>, ctx: &Ctx) -> Result<(Table, Vec<Note>), DataError> {
    let text = text.trim_start_matches('\u{feff}');
    let looked_at = layout::looked_at(text);
    let last = &text[text.ceil_char_boundary(text.len().saturating_sub(layout::LAST_BYTES))..];
    let mut layout = layout::of(looked_at, looked_at.len() == text.len(), last);
    layout.head.habits.zone = zone;
    let head = &layout.head;
    DataError::unless_narrow(title, head.names.len())?;
    let mut cutting = layout.cutting(text.len());
    let blocks = cutting.blocks(text, layout.first);
    if head.names.is_empty() {
        return Err(DataError::Empty { title: title.to_owned() });
    }
    unless_too_many(text, head.names.len(), title)?;
    let mut notes = head.notes.clone();
    if cutting.quotes_end > 0 && cutting.quotes_end < text.len() {
        let line = 1 + text.as_bytes()[..cutting.quotes_end].iter().filter(|&&byte| byte == b'\n').count();
        notes.push(note_of_quote(line));
    }
    let (columns, row_lines, more) = columns(text, &layout, &cutting, &blocks, title, ctx)?;
    if row_lines == 0 {
        return Err(DataError::HeaderOnly { title: title.to_owned() });
    }
    notes.extend(more);
    let mut table = Table { columns, n_rows: row_lines };
    drop_empty_unnamed(&mut table, head, &mut notes);
    Ok((table, notes))
}

/// Bytes a cell takes while it is read, whatever stands in it.
const CELL_BYTES: u64 = 48;

/// Refuses a text whose cells would not fit: lines of a letter or two take far more room as rows than as text.
fn unless_too_many(text: &str, n_columns: usize, title: &str) -> Result<(), DataError> {
    let has = memory::budget_bytes();
    let most_lines = text.len() as u64 / 2;
    // Where every second byte could end a line and all would fit, nobody needs to count.
    if has == 0 || most_lines * n_columns as u64 * CELL_BYTES <= has {
        return Ok(());
    }
    let n_lines: u64 = text.as_bytes().par_chunks(1 << 20).map(|part| part.iter().filter(|&&byte| byte == b'\n').count() as u64).sum();
    let cells_need = |n_rows: u64| n_rows.saturating_mul(n_columns as u64).saturating_mul(CELL_BYTES);
    // Line breaks inside quotes end no row; they are looked for only where it matters.
    let needs = if cells_need(n_lines) > has { cells_need(n_rows_of(text)) } else { 0 };
    if needs > has { Err(DataError::TooBig { title: title.to_owned(), needs, has }) } else { Ok(()) }
}

/// Line breaks outside quotes.
fn n_rows_of(text: &str) -> u64 {
    let (mut n, mut inside) = (0, false);
    for &byte in text.as_bytes() {
        inside ^= byte == b'"';
        n += u64::from(byte == b'\n' && !inside);
    }
    n
}

/// A table whose rows are cut into cells already, as those of the sheet of a workbook are.
pub(super) fn from_rows(
    mut rows: Vec<Vec<Cell>>,
    sheet: &str,
    title: &str,
    zone: Option<Zone>,
    ctx: &Ctx,
) -> Result<(Table, Vec<Note>), DataError> {
    let mut head = header::read(&rows[..rows.len().min(HEAD_ROWS + 1)], Some(sheet));
    // A workbook knows its numbers: the point of 1.234 in it is a decimal one.
    head.habits.points = Points::Sure;
    head.habits.zone = zone;
    let mut notes = head.notes.clone();
    let header: Vec<Vec<Cell>> = rows.drain(..head.n_above).skip(head.n_titles).collect();
    let n_before = rows.len();
    if head.names.len() > 1 {
        rows.retain(|row| !header.contains(row));
    }
    notes.extend(stray::note_of_repeats(n_before - rows.len()));
    let data: Vec<&[Cell]> = rows.iter().map(Vec::as_slice).collect();
    let last = &data[data.len().saturating_sub(stray::MOST_TOTALS)..];
    let n_totals = stray::totals(&data, true, last, head.names.len(), head.habits.decimal_comma);
    let n_rows = data.len() - n_totals;
    notes.extend(data.get(n_rows).and_then(|first| stray::note_of_totals(n_totals, first)));
    if n_rows == 0 {
        return Err(DataError::HeaderOnly { title: title.to_owned() });
    }
    rows.truncate(n_rows);
    let mut cells: Vec<Vec<Cell>> = head.names.iter().map(|_| Vec::with_capacity(n_rows)).collect();
    for row in rows {
        let mut row = row.into_iter();
        cells.iter_mut().for_each(|column| column.push(row.next().unwrap_or_default()));
    }
    let decide = |(at, cells): (usize, Vec<Cell>)| cells::column(&head.names[at], &[cells], head.habits, ctx);
    let decided: Vec<(Column, Vec<Note>)> = cells.into_par_iter().enumerate().map(decide).collect::<Result<_, Stopped>>()?;
    let (columns, more): (Vec<Column>, Vec<Vec<Note>>) = decided.into_iter().unzip();
    notes.extend(more.into_iter().flatten());
    let mut table = Table { columns, n_rows };
    drop_empty_unnamed(&mut table, &head, &mut notes);
    Ok((table, notes))
}

/// One block's part of a column.
enum Part<'a> {
    Plain(Vec<f64>),
    Spelled(Vec<Cell<'a>>),
}

/// One column's parts of all blocks, in order; only one of the two is filled.
#[derive(Default)]
struct Gathered<'a> {
    plain: Vec<Vec<f64>>,
    spelled: Vec<Vec<Cell<'a>>>,
}

/// What one block holds.
struct Piece<'a> {
    parts: Vec<Part<'a>>,
    n_rows: usize,
    passed: Passed,
    /// Rows with too few cells, and with too many.
    ragged: [Ragged; 2],
}

/// Rows with too few or too many cells: how many, and the first lines.
#[derive(Debug, Default)]
pub(in crate::data) struct Ragged {
    pub count: usize,
    pub lines: Vec<usize>,
}

type Columns = (Vec<Column>, usize, Vec<Note>);

fn columns(text: &str, layout: &Layout, cutting: &Cutting, blocks: &[Range<usize>], title: &str, ctx: &Ctx) -> Result<Columns, DataError> {
    let head = &layout.head;
    let plain: Vec<AtomicBool> = head.plain.iter().map(|&plain| AtomicBool::new(plain)).collect();
    let stage = format!("Reading {title}");
    let done = std::sync::atomic::AtomicUsize::new(0);
    let wanted = vec![true; plain.len()];
    let cut = |range: &Range<usize>| -> Result<Piece, Stopped> {
        ctx.check()?;
        let piece = cut_chunk(text, cutting, range.clone(), head, &plain, &wanted);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        ctx.progress(&stage, 0.25 + 0.5 * done as f32 / blocks.len() as f32);
        Ok(piece)
    };
    let mut pieces: Vec<Piece> = blocks.par_iter().map(cut).collect::<Result<_, _>>()?;
    // Columns that looked plain and were not, somewhere: cut again, for their cells.
    let is_plain: Vec<bool> = plain.iter().map(|plain| plain.load(Ordering::Relaxed)).collect();
    let again: Vec<bool> = is_plain.iter().zip(&head.plain).map(|(&is, &was)| was && !is).collect();
    if again.contains(&true) {
        let recut = |range: &Range<usize>| -> Result<Piece, Stopped> {
            ctx.check()?;
            Ok(cut_chunk(text, cutting, range.clone(), head, &plain, &again))
        };
        let second: Vec<Piece> = blocks.par_iter().map(recut).collect::<Result<_, _>>()?;
        for (piece, second) in pieces.iter_mut().zip(second) {
            for (at, part) in second.parts.into_iter().enumerate().filter(|(at, _)| again[*at]) {
                piece.parts[at] = part;
            }
        }
    }
    let n_rows = pieces.iter().map(|piece| piece.n_rows).sum();
    let mut notes = ragged_notes(&pieces, text, blocks.first().map_or(0, |block| block.start));
    notes.extend(layout.notes_of_left_out(pieces.iter().map(|piece| piece.passed.n_left_out).sum()));
    let mut gathered: Vec<Gathered> = head.names.iter().map(|_| Gathered::default()).collect();
    for piece in pieces {
        for (at, part) in piece.parts.into_iter().enumerate() {
            match part {
                Part::Plain(values) => gathered[at].plain.push(values),
                Part::Spelled(cells) => gathered[at].spelled.push(cells),
            }
        }
    }
    let decide = |(at, gathered): (usize, Gathered)| -> Result<(Column, Vec<Note>), Stopped> {
        let name = &head.names[at];
        if is_plain[at] {
            let values = Values::Number(joined(&gathered.plain, n_rows));
            return Ok((Column { name: name.clone(), values, unit: None, original: None }, Vec::new()));
        }
        cells::column(name, &gathered.spelled, head.habits, ctx)
    };
    let columns: Vec<(Column, Vec<Note>)> = gathered.into_par_iter().enumerate().map(decide).collect::<Result<_, Stopped>>()?;
    let (columns, more): (Vec<Column>, Vec<Vec<Note>>) = columns.into_iter().unzip();
    notes.extend(more.into_iter().flatten());
    Ok((columns, n_rows, notes))
}

/// Cuts one block into the parts of the columns wanted. A column whose flag in `plain` falls meanwhile is cut again by the caller.
fn cut_chunk<'a>(text: &'a str, cutting: &Cutting, range: Range<usize>, head: &Head, plain: &[AtomicBool], wanted: &[bool]) -> Piece<'a> {
    let n_columns = head.names.len();
    let rows_guess = range.len() / (n_columns * 6).max(8) + 1;
    let comma_file = head.habits.decimal_comma;
    let part = |at: usize| match (wanted[at], plain[at].load(Ordering::Relaxed)) {
        (false, _) => Part::Plain(Vec::new()),
        (true, true) => Part::Plain(Vec::with_capacity(rows_guess)),
        (true, false) => Part::Spelled(Vec::with_capacity(rows_guess)),
    };
    let parts = std::cell::RefCell::new((0..n_columns).map(part).collect::<Vec<Part>>());
    let (mut n_rows, mut short, mut long) = (0, Ragged::default(), Ragged::default());
    let take = |at: usize, cell: Cow<'a, str>| {
        if at >= n_columns || !wanted[at] {
            return;
        }
        match &mut parts.borrow_mut()[at] {
            Part::Spelled(cells) => cells.push(cell),
            Part::Plain(values) => values.push(match numbers::plain(&cell, comma_file) {
                Some(value) => value,
                None => {
                    if !cell.is_empty() {
                        plain[at].store(false, Ordering::Relaxed);
                    }
                    f64::NAN
                }
            }),
        }
    };
    let end = |row: Row| {
        n_rows += 1;
        if row.n_cells < n_columns {
            short.add(row.line);
            for (at, part) in parts.borrow_mut().iter_mut().enumerate().skip(row.n_cells).filter(|(at, _)| wanted[*at]) {
                debug_assert!(at >= row.n_cells);
                match part {
                    Part::Spelled(cells) => cells.push(Cow::Borrowed("")),
                    Part::Plain(values) => values.push(f64::NAN),
                }
            }
        } else if row.n_cells > n_columns {
            long.add(row.line);
        }
    };
    let passed = cutting.each(text, range, take, end);
    Piece { parts: parts.into_inner(), n_rows, passed, ragged: [short, long] }
}

impl Ragged {
    pub(in crate::data) fn add(&mut self, line: usize) {
        self.count += 1;
        if self.lines.len() < 3 {
            self.lines.push(line);
        }
    }

    /// Adds those of a later part that begins in line `first`.
    pub(in crate::data) fn append(&mut self, later: &Ragged, first: usize) {
        self.count += later.count;
        self.lines.extend(later.lines.iter().map(|line| line + first));
        self.lines.truncate(3);
    }
}

fn ragged_notes(pieces: &[Piece], text: &str, start: usize) -> Vec<Note> {
    let mut before = 1 + text[..start].bytes().filter(|&byte| byte == b'\n').count();
    let mut all: [Ragged; 2] = Default::default();
    for piece in pieces {
        all.iter_mut().zip(&piece.ragged).for_each(|(all, of)| all.append(of, before));
        before += piece.passed.n_lines;
    }
    notes_of_ragged(&all)
}

/// What is said about rows with too few cells, and with too many; lines count from 1.
pub(in crate::data) fn notes_of_ragged([short, long]: &[Ragged; 2]) -> Vec<Note> {
    let tell = |Ragged { count, lines }: &Ragged, which: &str, done: &str| {
        let list: Vec<String> = lines.iter().map(|&line| grouped(line)).collect();
        let more = if *count > lines.len() { ", …" } else { "" };
        let (rows, have) = if *count == 1 { ("row", "has") } else { ("rows", "have") };
        let word = if lines.len() == 1 { "line" } else { "lines" };
        let told = || Note::new(format!("{} {rows} {have} {which} ({word} {}{more}); {done}.", grouped(*count), list.join(", ")));
        (*count > 0).then(told)
    };
    let short = tell(short, "too few cells", "the rest counts as missing");
    let long = tell(long, "more cells than there are columns", "the surplus is left out");
    short.into_iter().chain(long).collect()
}

/// The sentence for a quotation mark that is never closed.
pub(in crate::data) fn note_of_quote(line: usize) -> Note {
    Note::new(format!("A quotation mark in line {} is never closed; it is read as a character.", grouped(line)))
}

/// The sentence for a column that a trailing delimiter made.
pub(in crate::data) fn note_of_empty(name: &str) -> Note {
    Note::new(format!("{name} has neither a name nor values; it is left out."))
}

/// All blocks' numbers as one array, allocated once.
fn joined(pieces: &[Vec<f64>], n: usize) -> Arc<[f64]> {
    if let [whole] = pieces {
        return Arc::from(whole.as_slice());
    }
    let mut all: Arc<[f64]> = std::iter::repeat_n(0.0, n).collect();
    if let Some(all) = Arc::get_mut(&mut all) {
        let mut rest = all;
        for piece in pieces {
            let (here, after) = rest.split_at_mut(piece.len());
            here.copy_from_slice(piece);
            rest = after;
        }
    }
    all
}

/// A trailing delimiter on every line makes a column without name and values: nothing anybody would miss.
fn drop_empty_unnamed(table: &mut Table, head: &Head, notes: &mut Vec<Note>) {
    let empty = |column: &Column| (0..table.n_rows).all(|row| column.is_missing(row));
    let gone: Vec<bool> = table.columns.iter().zip(&head.unnamed).map(|(column, &unnamed)| unnamed && empty(column)).collect();
    if gone.iter().all(|&gone| gone) {
        return;
    }
    for (column, _) in table.columns.iter().zip(&gone).filter(|(_, gone)| **gone) {
        notes.push(note_of_empty(&column.name));
    }
    let mut gone = gone.into_iter();
    table.columns.retain(|_| !gone.next().unwrap_or(false));
}
