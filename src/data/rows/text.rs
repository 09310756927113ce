//! The rows of a delimited text file of any size.
//!
//! In: a path. Out: typed rows in memory or beside it, and a note for everything that was decided or lost. How each column is read is decided
//! by the head and by samples across the file (all of it where it is small) and held for every chunk. What the chunks then say against it (too
//! many cells that do not fit, decimals, times of day, the other order of days and months) makes the file be read again with a better
//! reading, twice at most. Cost: a pass over the bytes, blocks side by side, while the next chunk is read. Memory: two chunks and the rows.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};
use polars::prelude::*;
use rayon::prelude::*;

use crate::base::{Ctx, Key, Note, Stopped};
use crate::data::cells;
use crate::data::cells::cell::Cell;
use crate::data::cells::habits::Habits;
use crate::data::cells::tally::{Reading, Tally};
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;
use crate::data::read::csv::{self, Ragged};
use crate::data::read::header::Head;
use crate::data::read::layout::{self, LAST_BYTES, LOOKED_AT, Layout};
use crate::data::read::letters;

use super::chunks::{self, Chunk, Letters, TextFile};
use super::convert::{self, Block, Filling};
use super::part::{Part, ReadOptions, columns_of};
use super::store::Store;

/// Readings that are tried on the whole file; the last one stays, and cells that do not fit it count as unreadable.
const PASSES: usize = 3;

/// Reads a delimited text file, its letters as `chosen`. `keep_bytes` may stay in memory.
pub(super) fn read(
    path: &Path,
    title: &str,
    chosen: Option<&'static Encoding>,
    zone: Option<Zone>,
    options: &ReadOptions,
    keep_bytes: u64,
    ctx: &Ctx,
) -> Result<Part, DataError> {
    let failed = |error: std::io::Error| DataError::of_io(path, &error);
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let mut head = Vec::new();
    file.take(LOOKED_AT as u64).read_to_end(&mut head).map_err(failed)?;
    let (letters, only_returns) = chunks::letters(&head, chosen);
    let stage = format!("Reading {title}");
    let mut file = TextFile { path, stage, size, letters, only_returns, delimiter: b',', chunk_bytes: options.chunk_bytes.max(1), ctx };
    loop {
        if let Some(part) = read_as(&mut file, title, zone, options, keep_bytes)? {
            return Ok(part);
        }
        file.letters = Letters::Other(letters::detect(File::open(path).map_err(failed)?).map_err(failed)?);
    }
}

/// Reads with the letters the file is thought to have; nothing if it has others.
fn read_as(
    file: &mut TextFile,
    title: &str,
    zone: Option<Zone>,
    options: &ReadOptions,
    keep_bytes: u64,
) -> Result<Option<Part>, DataError> {
    let ctx = file.ctx;
    let looked_at = file.excerpt(0, LOOKED_AT)?;
    let last = file.excerpt(file.size.saturating_sub(LAST_BYTES as u64), LAST_BYTES + 2)?;
    let unmarked = looked_at.trim_start_matches('\u{feff}');
    let mut layout = layout::of(unmarked, file.size <= LOOKED_AT as u64, &last);
    layout.head.habits.zone = zone;
    layout.first += looked_at.len() - unmarked.len();
    file.delimiter = layout.delimiter;
    let head = &layout.head;
    if head.names.is_empty() {
        return Err(DataError::Empty { title: title.to_owned() });
    }
    DataError::unless_narrow(title, head.names.len())?;
    let mut readings = sampled(file, &layout, options)?;
    let mut stamp = None;
    for pass in 1.. {
        let Some((mut read, key)) = once(file, &layout, &readings, Store::new(title, keep_bytes))? else { return Ok(None) };
        stamp = stamp.or(Some(key));
        let better: Vec<Reading> =
            (0..readings.len()).map(|at| better(head, at, &readings[at], &read.tallies[at], ctx)).collect::<Result<_, _>>()?;
        if pass < PASSES && better != readings {
            readings = better;
            continue;
        }
        let Some(held) = read.store.finish()? else { return Err(DataError::HeaderOnly { title: title.to_owned() }) };
        let mut notes = match file.letters {
            Letters::Other(encoding) => vec![letters::note(title, encoding)],
            Letters::Marked(encoding) if encoding == UTF_8 && read.has_damaged => {
                vec![Note::new(format!("Some letters of {title} are damaged; they are shown as \u{fffd}."))]
            }
            _ => Vec::new(),
        };
        notes.extend(head.notes.clone());
        notes.extend(read.open_quote.map(csv::note_of_quote));
        notes.extend(csv::notes_of_ragged(&read.ragged));
        notes.extend(layout.notes_of_left_out(read.n_left_out));
        let kept = |at: &usize| !(head.unnamed[*at] && read.tallies[*at].present == 0);
        let (kept, empty): (Vec<usize>, Vec<usize>) = (0..head.names.len()).partition(kept);
        for &at in &kept {
            notes.extend(read.tallies[at].notes(&head.names[at], &readings[at], head.habits));
        }
        notes.extend(empty.iter().map(|&at| csv::note_of_empty(&head.names[at])));
        let told: Vec<(&str, Reading, Tally)> =
            kept.iter().map(|&at| (head.names[at].as_str(), readings[at], std::mem::take(&mut read.tallies[at]))).collect();
        let frame = if empty.is_empty() { held.frame } else { held.frame.select(told.iter().map(|of| col(of.0)).collect::<Vec<_>>()) };
        let columns = columns_of(told);
        let stamp = stamp.unwrap_or(key);
        return Ok(Some(Part {
            columns,
            n_rows: read.n_rows,
            notes,
            frame,
            bytes: held.bytes,
            aside: held.aside,
            stamp,
            sheets: Vec::new(),
        }));
    }
    Ok(None)
}

/// What a pass over the file found.
struct Pass<'a> {
    store: Store<'a>,
    tallies: Vec<Tally>,
    n_rows: usize,
    n_left_out: usize,
    ragged: [Ragged; 2],
    open_quote: Option<usize>,
    has_damaged: bool,
}

/// One pass over the file; nothing if its letters are not what they seemed.
fn once<'a>(file: &TextFile, layout: &Layout, readings: &[Reading], store: Store<'a>) -> Result<Option<(Pass<'a>, Key)>, DataError> {
    let mut chunks = file.chunks()?;
    let tallies = vec![Tally::default(); readings.len()];
    let mut pass = Pass { store, tallies, n_rows: 0, n_left_out: 0, ragged: Default::default(), open_quote: None, has_damaged: false };
    let (mut line, mut start) = (1, layout.first);
    let mut chunk = chunks.next()?;
    loop {
        let text = match chunk {
            Chunk::End => return Ok(Some((pass, chunks.key()))),
            Chunk::NotUtf8 => return Ok(None),
            Chunk::Text(text) => text,
        };
        let (read, next) = rayon::join(|| of_chunk(&text, file, start.min(text.len()), layout, readings), || chunks.next());
        let (blocks, quotes_end) = read?;
        pass.has_damaged |= matches!(file.letters, Letters::Marked(_)) && text.contains('\u{fffd}');
        if pass.open_quote.is_none() && quotes_end > 0 && quotes_end < text.len() {
            pass.open_quote = Some(line + text.as_bytes()[..quotes_end].iter().filter(|&&byte| byte == b'\n').count());
        }
        line += text.as_bytes()[..start.min(text.len())].iter().filter(|&&byte| byte == b'\n').count();
        start = start.saturating_sub(text.len());
        drop(text);
        let mut rows: Option<DataFrame> = None;
        for block in blocks {
            pass.ragged.iter_mut().zip(&block.ragged).for_each(|(all, of)| all.append(of, line));
            line += block.passed.n_lines;
            pass.n_left_out += block.passed.n_left_out;
            pass.n_rows += block.n_rows;
            pass.tallies.iter_mut().zip(block.tallies).for_each(|(all, of)| all.add(of));
            let broken = |error: PolarsError| DataError::damaged(&file.stage, "text", error);
            let frame = DataFrame::new(block.n_rows, block.columns).map_err(broken)?;
            match &mut rows {
                Some(rows) => drop(rows.vstack_mut_owned(frame).map_err(broken)?),
                None => rows = Some(frame),
            }
        }
        if let Some(mut rows) = rows.filter(|rows| rows.height() > 0) {
            rows.rechunk_mut();
            pass.store.push(rows)?;
        }
        chunk = next?;
    }
}

/// The blocks of a chunk, in order, and from where on quotes in it are characters.
fn of_chunk(text: &str, file: &TextFile, start: usize, layout: &Layout, readings: &[Reading]) -> Result<(Vec<Block>, usize), Stopped> {
    let mut cutting = layout.cutting(text.len());
    let blocks = cutting.blocks(text, start);
    let convert = |range: &std::ops::Range<usize>| {
        file.ctx.check()?;
        Ok(convert::block(text, &cutting, range.clone(), &layout.head.names, readings))
    };
    let blocks = blocks.par_iter().map(convert).collect::<Result<_, Stopped>>()?;
    Ok((blocks, cutting.quotes_end))
}

/// How every column is to be read, by the head and excerpts across the file.
fn sampled(file: &TextFile, layout: &Layout, options: &ReadOptions) -> Result<Vec<Reading>, DataError> {
    /// The head is a quarter of the sample; the rest are so many excerpts.
    const EXCERPTS: u64 = 48;
    let head = &layout.head;
    let whole = file.size <= options.sample_bytes as u64;
    let mut texts = vec![file.excerpt(0, if whole { file.size as usize } else { options.sample_bytes / 4 })?];
    if !whole {
        let length = options.sample_bytes / 4 * 3 / EXCERPTS as usize;
        for nth in 1..=EXCERPTS {
            file.ctx.check()?;
            texts.push(file.excerpt(file.size / (EXCERPTS + 1) * nth, length)?);
        }
    }
    let mut columns: Vec<Vec<Vec<Cell>>> = head.names.iter().map(|_| Vec::with_capacity(texts.len())).collect();
    for (at, text) in texts.iter().enumerate() {
        let mut cutting = layout.cutting(text.len());
        let start = if at == 0 { layout.first.min(text.len()) } else { 0 };
        let blocks = cutting.blocks(text, start);
        let cells: std::cell::RefCell<Vec<Cell>> = std::cell::RefCell::default();
        let mut piece: Vec<Vec<Cell>> = head.names.iter().map(|_| Vec::new()).collect();
        for range in blocks {
            let end = |row: crate::data::read::split::Row| {
                let mut row_cells = cells.take();
                // An excerpt may begin inside a quoted cell; what is no row then is not asked.
                if at > 0 && row.n_cells != head.names.len() {
                    return;
                }
                row_cells.resize(head.names.len(), Cell::default());
                piece.iter_mut().zip(row_cells).for_each(|(column, cell)| column.push(cell));
            };
            cutting.each(text, range, |_, cell| cells.borrow_mut().push(cell), end);
        }
        columns.iter_mut().zip(piece).for_each(|(column, piece)| column.push(piece));
    }
    let decide = |(at, pieces): (usize, &Vec<Vec<Cell>>)| settled(&head.names[at], pieces, head.habits, file.ctx);
    Ok(columns.par_iter().enumerate().map(decide).collect::<Result<_, Stopped>>()?)
}

/// How these cells are to be read, decided as for any table, and then by reading them until nothing speaks against it.
pub(super) fn settled(name: &str, pieces: &[Vec<Cell>], habits: Habits, ctx: &Ctx) -> Result<Reading, Stopped> {
    let mut reading = cells::decide(pieces, habits, ctx)?;
    for _ in 0..PASSES {
        ctx.check()?;
        let mut filling = Filling::new(name, reading, 0);
        pieces.iter().flatten().for_each(|cell| filling.push(cell));
        let better = filling.finish().1.better(name, &reading, habits);
        if better == reading {
            break;
        }
        reading = better;
    }
    Ok(reading)
}

/// What the reading of a column should have been.
fn better(head: &Head, at: usize, reading: &Reading, tally: &Tally, ctx: &Ctx) -> Result<Reading, Stopped> {
    // A sample without any value says nothing about the column: its first values do.
    if tally.present > 0 && tally.wrong == tally.present {
        let examples: Vec<Cell> = tally.wrong_examples.iter().map(|cell| Cell::Borrowed(cell.as_str())).collect();
        return settled(&head.names[at], &[examples], head.habits, ctx);
    }
    Ok(tally.better(&head.names[at], reading, head.habits))
}
