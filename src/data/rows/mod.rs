//! What rows does a source hold, as they came? One row per purchase or event, however many there are.
//!
//! In: a path: a file, a folder of files, or a pattern such as `orders-*.csv`. Out: typed columns that are read lazily, so that only what is
//! asked for is ever in memory, and a page of rows for the window. Delimited text is read in chunks, Parquet and Arrow in batches; both are kept
//! in memory while there is room, else in a temporary file. Workbooks and JSON are read whole. Cost: one pass over the bytes.
//!
//! `paths` finds the files, `part` is one of them: text in `chunks` of whole rows (`text`, which `convert`s them), Parquet and Arrow by `scan`, others as a
//! `whole_file`. `store` holds rows in memory or in a file, `concat` puts the files one after the other.
//! Rows that keep coming are cut by `lines` and read by `arriving`.

mod arriving;
mod cells;
mod chunks;
mod concat;
mod convert;
mod lines;
mod part;
mod paths;
mod scan;
mod store;
mod text;
mod whole_file;

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;

use crate::base::text::count;
use crate::base::{Ctx, Key, Note};

use super::error::DataError;
use super::read::format::Format;
use super::read::read_as::ReadAs;
use super::read::source::{self, Source};
use super::read::{columnar, letters, packed, sniff};
use super::table::Table;

pub use arriving::{ArrivedReadings, Arriving, Misfit};
pub use cells::{NO_TEXT, RawCells};
pub use lines::{CutLines, CutRow, LineCutter, LinesError};
use part::Part;
pub use part::{Offsets, RawColumn, ReadOptions};
pub use paths::{SourceSeen, files_of};

/// The rows of a source.
#[derive(Clone)]
pub struct Raw {
    /// What the window calls it ("orders.csv").
    pub title: String,
    /// Its columns.
    pub columns: Vec<RawColumn>,
    /// Number of rows.
    pub n_rows: usize,
    /// What reading changed or left out.
    pub notes: Vec<Note>,
    /// Names the bytes it was read from.
    pub stamp: Key,
    /// The files it was read from, by name.
    pub files: Vec<SourceSeen>,
    /// The sheets of the workbook it was read from, or of the first of several; empty for other files.
    pub sheets: Vec<String>,
    segments: Vec<Segment>,
    bytes: usize,
}

/// The rows of one file among those of a source.
#[derive(Clone)]
struct Segment {
    n_rows: usize,
    rows: LazyFrame,
    /// The temporary file they are in, if they are: it is deleted with the last handle.
    _aside: Option<Arc<tempfile::TempPath>>,
}

impl Raw {
    /// The rows for a query. Numbers are `Float64` or `Int64`, days `Date`, times `Datetime`, everything else `String`.
    pub fn lazy(&self) -> LazyFrame {
        match &self.segments[..] {
            [one] => one.rows.clone(),
            segments => {
                let frames: Vec<LazyFrame> = segments.iter().map(|segment| segment.rows.clone()).collect();
                // They have the same columns in the same types, so that putting them together cannot fail.
                concat(frames, UnionArgs::default()).unwrap_or_default()
            }
        }
    }

    /// The same source with other rows: some left out, some values taken as missing. The columns must be the same.
    pub(crate) fn with_rows(&self, rows: LazyFrame) -> Raw {
        // What the rows are read from is held by `self`, which outlives the query.
        Raw { segments: vec![Segment { n_rows: self.n_rows, rows, _aside: None }], ..self.clone() }
    }

    /// Some of the rows for the eye; as cheap at the end of a source as at its beginning.
    pub fn page(&self, rows: Range<usize>, ctx: &Ctx) -> Result<Table, DataError> {
        columnar::page(self.rows(rows, ctx)?, ctx)
    }

    /// Some of the rows in the types of their columns.
    pub(super) fn rows(&self, rows: Range<usize>, ctx: &Ctx) -> Result<DataFrame, DataError> {
        ctx.check()?;
        let failed = |error: PolarsError| DataError::damaged(&self.title, "columnar", error);
        let mut before = 0;
        let mut page: Option<DataFrame> = None;
        for segment in &self.segments {
            let from = rows.start.clamp(before, before + segment.n_rows) - before;
            let to = rows.end.clamp(before, before + segment.n_rows) - before;
            before += segment.n_rows;
            // Beyond the last row a page is empty, but has its columns.
            let is_last_resort = page.is_none() && before == self.n_rows;
            if to <= from && !is_last_resort {
                continue;
            }
            let part = segment.rows.clone().slice(from as i64, (to - from) as IdxSize).collect().map_err(failed)?;
            match &mut page {
                Some(page) => drop(page.vstack_mut_owned(part).map_err(failed)?),
                None => page = Some(part),
            }
        }
        Ok(page.unwrap_or_default())
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&RawColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Bytes held, roughly, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Raw").field("title", &self.title).field("n_rows", &self.n_rows).field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

/// Reads a source. See [`Raw`].
pub fn read_raw(path: &Path, ctx: &Ctx) -> Result<Raw, DataError> {
    read_raw_with(path, &ReadOptions::default(), ctx)
}

/// Reads a source as the user said.
pub fn read_raw_as(path: &Path, read_as: &ReadAs, ctx: &Ctx) -> Result<Raw, DataError> {
    read(path, read_as, &ReadOptions::default(), ctx)
}

/// Reads a source by other options than the usual ones.
pub fn read_raw_with(path: &Path, options: &ReadOptions, ctx: &Ctx) -> Result<Raw, DataError> {
    read(path, &ReadAs::default(), options, ctx)
}

fn read(path: &Path, read_as: &ReadAs, options: &ReadOptions, ctx: &Ctx) -> Result<Raw, DataError> {
    let place = paths::resolve(path)?;
    let title = title_of(path);
    let mut parts = Vec::with_capacity(place.files.len());
    let (mut titles, mut files, mut notes, mut stamps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut keep_bytes = options.keep_bytes;
    let mut empty = None;
    for file in &place.files {
        ctx.check()?;
        let seen = paths::seen(file)?;
        let name = title_of(file);
        let part = match part(file, &name, read_as, options, keep_bytes, ctx) {
            // One of many files without rows is no reason to have none.
            Err(error @ (DataError::Empty { .. } | DataError::HeaderOnly { .. })) if place.is_many => {
                notes.push(Note::new(format!("{name} has no rows; it is left out.")));
                stamps.push((name, stamp_of_file(file, read_as, ctx)?));
                files.push(seen);
                empty = Some(error);
                continue;
            }
            part => part?,
        };
        keep_bytes = keep_bytes.saturating_sub(part.bytes as u64);
        stamps.push((name.clone(), part.stamp));
        titles.push(name);
        files.push(seen);
        parts.push(part);
    }
    let stamp = stamp_of(&stamps, place.is_many);
    if parts.is_empty() {
        return Err(empty.unwrap_or(DataError::Empty { title }));
    }
    let (frames, columns, more) = concat::concat(&parts, &titles);
    for (part, name) in parts.iter().zip(&titles) {
        let told = |note: &Note| if place.is_many { note.after(&format!("{name}: ")) } else { note.clone() };
        notes.extend(part.notes.iter().map(told));
    }
    if place.is_many {
        notes.insert(
            0,
            Note::new(format!("{title} stands for {}.", if parts.len() == 1 { "1 file".into() } else { count(parts.len()) + " files" })),
        );
    }
    notes.extend(more);
    let sheets = parts.iter().map(|part| &part.sheets).find(|sheets| !sheets.is_empty()).cloned().unwrap_or_default();
    let (n_rows, bytes) = parts.iter().fold((0, 0), |(rows, bytes), part| (rows + part.n_rows, bytes + part.bytes));
    let segment = |(part, rows): (Part, LazyFrame)| Segment { n_rows: part.n_rows, rows, _aside: part.aside };
    let segments = parts.into_iter().zip(frames).map(segment).collect();
    Ok(Raw { title, columns, n_rows, notes, stamp, files, sheets, segments, bytes })
}

/// The content stamp of a source: names and bytes of its files, never their age.
pub fn stamp_raw(path: &Path, ctx: &Ctx) -> Result<Key, DataError> {
    stamp_raw_as(path, &ReadAs::default(), ctx)
}

/// The content stamp of a source that is read as the user said.
pub fn stamp_raw_as(path: &Path, read_as: &ReadAs, ctx: &Ctx) -> Result<Key, DataError> {
    let place = paths::resolve(path)?;
    let stamp = |file: &std::path::PathBuf| Ok((title_of(file), stamp_of_file(file, read_as, ctx)?));
    let stamps: Vec<(String, Key)> = place.files.iter().map(stamp).collect::<Result<_, DataError>>()?;
    Ok(stamp_of(&stamps, place.is_many))
}

fn stamp_of_file(path: &Path, read_as: &ReadAs, ctx: &Ctx) -> Result<Key, DataError> {
    source::stamp(&Source::File { path: path.to_owned(), read_as: read_as.clone() }, ctx)
}

/// One file is its bytes, whatever it is called; in a folder the names count too.
fn stamp_of(files: &[(String, Key)], is_many: bool) -> Key {
    match files {
        [(_, stamp)] if !is_many => *stamp,
        files => {
            let (names, stamps): (Vec<&str>, Vec<Key>) = files.iter().map(|(name, stamp)| (name.as_str(), *stamp)).unzip();
            Key::of("files of a source", 1, &names, &stamps)
        }
    }
}

fn title_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The rows of one file; of the one inside, if it is an archive.
fn part(path: &Path, title: &str, read_as: &ReadAs, options: &ReadOptions, keep_bytes: u64, ctx: &Ctx) -> Result<Part, DataError> {
    let Some(inside) = packed::unpacked(path, title, ctx)? else {
        return part_of(path, path, title, read_as, options, keep_bytes, ctx);
    };
    let mut part = part_of(&inside.path, &inside.name, title, read_as, options, keep_bytes, ctx)?;
    part.notes.insert(0, inside.note);
    part.stamp = stamp_of_file(path, read_as, ctx)?;
    Ok(part)
}

/// The rows of one file, by what its first bytes and its name say it is.
fn part_of(
    path: &Path,
    name: &Path,
    title: &str,
    read_as: &ReadAs,
    options: &ReadOptions,
    keep_bytes: u64,
    ctx: &Ctx,
) -> Result<Part, DataError> {
    let failed = |error: std::io::Error| DataError::of_io(path, &error);
    let encoding = read_as.encoding.as_deref().map(letters::by_name).transpose()?;
    let zone = read_as.zone()?;
    let mut head = Vec::new();
    File::open(path).map_err(failed)?.take(source::HEAD_BYTES).read_to_end(&mut head).map_err(failed)?;
    let (format, notes) = sniff::format(&head, title, name, read_as)?;
    let stamp = || stamp_of_file(path, read_as, ctx);
    let mut part = match format {
        Format::Text => text::read(path, title, encoding, zone, options, keep_bytes, ctx)?,
        Format::Columnar(format) => scan::read(path, title, format, zone, stamp()?, keep_bytes, ctx)?,
        Format::Json | Format::Workbook | Format::ArrowStream => {
            let source = Source::File { path: path.to_owned(), read_as: read_as.clone() };
            let (table, notes, stamp, sheets) = source::read_table(&source, ctx)?.into_parts();
            return whole_file::part(title, &table, notes, stamp, sheets, zone, ctx);
        }
    };
    if format == Format::Text {
        part.stamp = read_as.stamp(part.stamp);
    }
    part.notes.splice(0..0, notes);
    Ok(part)
}
