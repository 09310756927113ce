//! Where do the customers come from, and what is read from there?
//!
//! In: a file or the built-in sample. Out: the table, its profile, the notes of what reading changed, and the stamp of the bytes.
//! Cost: one pass over the bytes for the stamp (BLAKE3) beside the parsing, then the profile's O(n) per column.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Key, Note, memory};
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;
use crate::data::sourcing::Sourcing;
use crate::data::table::loaded::Loaded;
use crate::data::table::profiling::profile;
use crate::data::table::{Column, Table, meaning};

use super::format::Format;
use super::read_as::ReadAs;
use super::{columnar, csv, json, letters, packed, sample, sniff, spreadsheet};

/// Where customers come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The built-in sample.
    Sample {
        /// The seed of its generator.
        seed: u64,
    },
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// What the user said about reading it.
        #[serde(default, skip_serializing_if = "ReadAs::is_open")]
        read_as: ReadAs,
    },
    /// Several files, from which the customer table is built.
    Sources(Arc<Sourcing>),
}

/// What the window calls a customer table that is built from several files.
pub const CUSTOMER_TABLE: &str = "Customer table";

/// Whether a file of this name should be a text, which may have one of several encodings. Its content decides when it is read.
pub fn is_text(path: &Path) -> bool {
    let ending = |path: &Path| path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    // Of an archive the file inside counts: shop.xlsx.gz is a workbook.
    let inside = if ending(path) == "gz" { path.file_stem().map_or(path, Path::new) } else { path };
    sniff::promised(&ending(inside)).is_none()
}

impl Source {
    /// A file, read as it seems to be.
    pub fn file(path: impl Into<PathBuf>) -> Source {
        Source::File { path: path.into(), read_as: ReadAs::default() }
    }

    /// What the window calls it: the file's name, or "Sample customers".
    pub fn title(&self) -> String {
        match self {
            Source::Sample { .. } => "Sample customers".to_owned(),
            Source::File { path, .. } => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            Source::Sources(_) => CUSTOMER_TABLE.to_owned(),
        }
    }

    /// The file it is, or the first of those it is built from.
    pub fn first_path(&self) -> Option<&Path> {
        match self {
            Source::Sample { .. } => None,
            Source::File { path, .. } => Some(path),
            Source::Sources(sourcing) => sourcing.sources.first().map(|source| source.path.as_path()),
        }
    }
}

/// The content stamp: equal stamps mean equal bytes, whatever the file is called.
pub fn stamp(source: &Source, ctx: &Ctx) -> Result<Key, DataError> {
    match source {
        Source::Sample { seed } => Ok(sample_stamp(*seed)),
        Source::Sources(_) => Err(DataError::Several),
        Source::File { path, read_as } => {
            let (file, size) = open(path)?;
            let stage = format!("Checking {}", source.title());
            let watched = Watched { file, ctx, stage: &stage, size, seen: 0 };
            let bytes = Key::of_reader(std::io::BufReader::with_capacity(1 << 20, watched));
            Ok(read_as.stamp(bytes.map_err(|error| io_or_stop(path, &error, ctx))?))
        }
    }
}

/// A table as it was read, before anybody looked at its columns.
#[derive(Debug, Clone)]
pub struct Unprofiled {
    title: String,
    table: Table,
    notes: Vec<Note>,
    stamp: Key,
    sheets: Vec<String>,
}

/// Reads the table, profiles it and collects the notes.
pub fn read(source: &Source, ctx: &Ctx) -> Result<Loaded, DataError> {
    read_table(source, ctx)?.profiled(ctx)
}

/// Reads the table alone.
pub fn read_table(source: &Source, ctx: &Ctx) -> Result<Unprofiled, DataError> {
    let title = source.title();
    ctx.check()?;
    ctx.progress(&format!("Reading {title}"), 0.0);
    let mut sheets = Vec::new();
    let (table, notes, stamp) = match source {
        Source::Sample { seed } => {
            let (table, notes) = csv::read(&sample::csv(*seed), &title, None, ctx)?;
            (table, notes, sample_stamp(*seed))
        }
        Source::Sources(_) => return Err(DataError::Several),
        Source::File { path, read_as } => {
            open(path)?;
            let unpacked = packed::unpacked(path, &title, ctx)?;
            let (at, name) = unpacked.as_ref().map_or((path.as_path(), path.as_path()), |inside| (&*inside.path, &inside.name));
            let read = read_file(at, name, &title, read_as, ctx)?;
            // The stamp is that of the file that was chosen.
            let stamp = if unpacked.is_some() { stamp(source, ctx)? } else { read.stamp };
            let mut notes = read.notes;
            notes.splice(0..0, unpacked.map(|inside| inside.note));
            sheets = read.sheets;
            (read.table, notes, stamp)
        }
    };
    DataError::unless_narrow(&title, table.columns.len())?;
    if table.n_rows == 0 {
        return Err(if table.columns.is_empty() { DataError::Empty { title } } else { DataError::HeaderOnly { title } });
    }
    Ok(Unprofiled { title, table, notes, stamp, sheets })
}

impl Unprofiled {
    /// A table made elsewhere, as if it had been read.
    pub fn made(title: String, table: Table, notes: Vec<Note>, stamp: Key) -> Unprofiled {
        Unprofiled { title, table, notes, stamp, sheets: Vec::new() }
    }

    /// Table, notes, stamp and the sheets to choose from.
    pub(in crate::data) fn into_parts(self) -> (Table, Vec<Note>, Key, Vec<String>) {
        (self.table, self.notes, self.stamp, self.sheets)
    }

    /// Bytes held, roughly, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Looks at every column: type, missing values, quantiles, what it seems to be for, and what its cells mean. O(n p).
    pub fn profiled(&self, ctx: &Ctx) -> Result<Loaded, DataError> {
        let Unprofiled { title, mut table, mut notes, stamp, sheets } = self.clone();
        ctx.progress("Looking at the columns", 0.8);
        let mut profile = profile(&table, ctx)?;
        notes.extend(meaning::understand(&mut table, &mut profile, ctx)?);
        ctx.progress("Looking at the columns", 1.0);
        Ok(Loaded { title, table, profile, notes, stamp, is_listing: false, sheets })
    }
}

impl Loaded {
    /// The same table with further columns, of which alone the profile is taken. O(n) per new column.
    pub fn with_columns(&self, columns: Vec<Column>, notes: &[Note], ctx: &Ctx) -> Result<Loaded, DataError> {
        let added = Table { columns, n_rows: self.table.n_rows };
        let mut loaded = self.clone();
        loaded.profile.columns.extend(profile(&added, ctx)?.columns);
        loaded.table.columns.extend(added.columns);
        loaded.notes.extend_from_slice(notes);
        Ok(loaded)
    }
}

fn sample_stamp(seed: u64) -> Key {
    Key::of("sample", sample::VERSION, &seed, &[])
}

/// What a file holds.
struct Content {
    table: Table,
    notes: Vec<Note>,
    stamp: Key,
    sheets: Vec<String>,
}

/// A reader of text: the text, the file's title, the chosen time zone, the handle.
type Parse = fn(&str, &str, Option<Zone>, &Ctx) -> Result<(Table, Vec<Note>), DataError>;

/// Reads one file, called `name`, that is no archive of tables.
fn read_file(path: &Path, name: &Path, title: &str, read_as: &ReadAs, ctx: &Ctx) -> Result<Content, DataError> {
    let stage = format!("Reading {title}");
    let (_, size) = open(path)?;
    let head = head(path)?;
    let (format, mut notes) = sniff::format(&head, title, name, read_as)?;
    let encoding = read_as.encoding.as_deref().map(letters::by_name).transpose()?;
    let zone = read_as.zone()?;
    let has = memory::budget_bytes();
    let needs = size.saturating_mul(format.memory_factor());
    // A machine that does not say what is free is trusted.
    if has > 0 && needs > has {
        return Err(DataError::TooBig { title: title.to_owned(), needs, has });
    }
    // Text is read from the very bytes that are stamped.
    let text = |parse: Parse| {
        let bytes = read_bytes(path, &stage, ctx)?;
        let parsed = || {
            let (text, mut notes) = sniff::text(&bytes, title, encoding);
            parse(&text, title, zone, ctx).map(|(table, more)| {
                notes.extend(more);
                (table, notes)
            })
        };
        let (parsed, stamp) = rayon::join(parsed, || read_as.stamp(Key::of_bytes(&bytes)));
        parsed.map(|(table, notes)| (table, notes, stamp))
    };
    let of_file = || stamp(&Source::File { path: path.to_owned(), read_as: read_as.clone() }, ctx);
    let mut sheets = Vec::new();
    let (table, more, stamp) = match format {
        Format::Text => text(csv::read)?,
        Format::Json => text(json::read)?,
        Format::Columnar(format) => {
            let (read, stamp) = rayon::join(|| columnar::read(path, title, format, zone, ctx), of_file);
            let (table, notes) = read?;
            (table, notes, stamp?)
        }
        Format::Workbook => {
            let (read, stamp) = rayon::join(|| spreadsheet::read(path, title, read_as.sheet.as_deref(), zone, ctx), of_file);
            let (table, notes, all) = read?;
            sheets = all;
            (table, notes, stamp?)
        }
        Format::ArrowStream => {
            let what = "an Arrow stream (save it as an Arrow file, which has a footer)".to_owned();
            return Err(DataError::Binary { title: title.to_owned(), what });
        }
    };
    notes.extend(more);
    Ok(Content { table, notes, stamp, sheets })
}

/// Bytes that say what kind of file it is.
pub(in crate::data) const HEAD_BYTES: u64 = 256 << 10;

/// The first bytes of a file.
pub(in crate::data) fn head(path: &Path) -> Result<Vec<u8>, DataError> {
    let mut head = Vec::new();
    open(path)?.0.take(HEAD_BYTES).read_to_end(&mut head).map_err(|error| DataError::of_io(path, &error))?;
    Ok(head)
}

fn open(path: &Path) -> Result<(File, u64), DataError> {
    let about = std::fs::metadata(path).map_err(|error| DataError::of_io(path, &error))?;
    DataError::unless_file(path, &about)?;
    let file = File::open(path).map_err(|error| DataError::of_io(path, &error))?;
    Ok((file, about.len()))
}

fn read_bytes(path: &Path, stage: &str, ctx: &Ctx) -> Result<Vec<u8>, DataError> {
    let (file, size) = open(path)?;
    let has = memory::budget_bytes();
    if has > 0 && size > has {
        let title = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        return Err(DataError::TooBig { title, needs: size, has });
    }
    // Two readers, each on its half: copying out of the system's cache is what takes the time.
    let mut bytes = vec![0; size as usize];
    let (first, second) = bytes.split_at_mut(size as usize / 2);
    let from = first.len() as u64;
    let mut watched = Watched { file, ctx, stage, size: size.saturating_mul(2), seen: 0 };
    let rest = || -> std::io::Result<()> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        Watched { file, ctx, stage, size: u64::MAX, seen: 0 }.read_exact(second)
    };
    let (first, second) = rayon::join(|| watched.read_exact(first), rest);
    first.and(second).map_err(|error| io_or_stop(path, &error, ctx))?;
    Ok(bytes)
}

fn io_or_stop(path: &Path, error: &std::io::Error, ctx: &Ctx) -> DataError {
    if ctx.is_stopped() { DataError::Stopped(crate::base::Stopped) } else { DataError::of_io(path, error) }
}

/// A file that tells its progress and stops when asked to: at most 4 MB are read between two checks.
struct Watched<'a> {
    file: File,
    ctx: &'a Ctx,
    stage: &'a str,
    size: u64,
    seen: u64,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.ctx.check().map_err(std::io::Error::other)?;
        let most = buffer.len().min(4 << 20);
        let n = self.file.read(&mut buffer[..most])?;
        self.seen += n as u64;
        if self.size < u64::MAX {
            self.ctx.progress(self.stage, self.seen as f32 / self.size.max(1) as f32);
        }
        Ok(n)
    }
}
