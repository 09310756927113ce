//! How is a table that need not fit into memory gone through? In batches of rows, which leave again as they came with columns added.
//!
//! In: a file. Out: its rows, batch by batch, in order; and a file of the same rows. Parquet and Arrow come straight from their reader, large text files by way
//! of [`Raw`]. Workbooks and JSON have no batches, nor are small files worth any: what a whole table means (`table::meaning`) is found out only where it is
//! read at once. Memory: a few batches.

use std::io::Write;
use std::path::Path;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, PlSmallStr};

use crate::base::{Ctx, Note, Stopped};

use super::error::DataError;
use super::read::format::Format;
use super::read::guest::request::{UseOf, What};
use super::read::read_as::ReadAs;
use super::read::{columnar, sniff, source};
use super::rows::{Raw, read_raw_as};
use super::table::Table;
use super::table::write::{self, Extra};

/// Files of fewer bytes are read whole.
pub const LEAST_BATCHED_BYTES: u64 = 48 << 20;
/// Rows of a text file in a batch.
const ROWS: usize = 1 << 18;

/// Some rows of a file, in order.
pub struct Batch {
    /// What they hold, each column as its file says it is.
    pub table: Table,
    /// The same as they leave again.
    frame: DataFrame,
}

impl Batch {
    /// Leaves out every column but these.
    pub fn keep(&mut self, names: &[String]) {
        self.table.columns.retain(|column| names.contains(&column.name));
        self.frame = only_columns(&self.frame, names);
    }
}

/// These columns of a frame, or all where none is named.
fn only_columns(frame: &DataFrame, names: &[String]) -> DataFrame {
    let is_left_out = |name: &&PlSmallStr| !names.is_empty() && !names.iter().any(|wanted| wanted == name.as_str());
    frame.drop_many(frame.get_column_names().into_iter().filter(is_left_out).cloned())
}

/// What a batch is for: whether to go on.
pub type TakeBatch<'a> = dyn FnMut(Batch) -> Result<bool, DataError> + 'a;

/// Hands over the rows of a file until `take` says no: all columns, or those that are named (`only`). Of Parquet and Arrow no others are read. Returns what was told about the file, or nothing where it has no batches, is smaller than `least_bytes`, or
/// was refused by the first answer.
///
/// Fails as reading does, with what `take` fails with, and when stopped.
pub fn in_batches(
    path: &Path,
    read_as: &ReadAs,
    (least_bytes, only): (u64, &[String]),
    take: &mut TakeBatch,
    ctx: &Ctx,
) -> Result<Option<Vec<Note>>, DataError> {
    let title = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let about = std::fs::metadata(path).map_err(|error| DataError::of_io(path, &error))?;
    if !about.is_file() || about.len() < least_bytes {
        return Ok(None);
    }
    let (format, mut notes) = sniff::format(&source::head(path)?, &title, path, read_as)?;
    let mut goes_on = true;
    match format {
        Format::Columnar(format) => {
            let mut of_frame = |frame: DataFrame, _: f32| {
                let table = columnar::page(frame.clone(), ctx)?;
                goes_on = take(Batch { table, frame })?;
                if goes_on { Ok(()) } else { Err(DataError::Stopped(Stopped)) }
            };
            let told = columnar::ask(
                path,
                &title,
                What::Columns { format, use_of: UseOf::Rows, only: only.to_vec() },
                read_as.zone()?,
                &mut of_frame,
                ctx,
            );
            match told {
                Ok(told) => {
                    let left_out = |(name, dtype): &(String, String)| Note::new(format!("{name} holds {dtype}; it is left out."));
                    notes.extend(told.notes.into_iter().chain(told.left_out.iter().map(left_out)));
                }
                Err(_) if !goes_on => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Format::Text => {
            let raw: Raw = read_raw_as(path, read_as, ctx)?;
            let mut first = 0;
            while first < raw.n_rows && goes_on {
                let frame = only_columns(&raw.rows(first..raw.n_rows.min(first + ROWS), ctx)?, only);
                let table = columnar::page(frame.clone(), ctx)?;
                goes_on = take(Batch { table, frame })?;
                first += ROWS;
                ctx.progress("Placing customers", first as f32 / raw.n_rows as f32);
            }
            if !goes_on {
                return Ok(None);
            }
            notes.extend(raw.notes);
        }
        Format::Json | Format::Workbook | Format::ArrowStream => return Ok(None),
    }
    Ok(Some(notes))
}

/// Writes batches into one file.
pub enum BatchWriter<W: Write> {
    /// Values separated by commas.
    Csv {
        /// Where to.
        out: W,
        /// Whether the names of the columns stand there.
        has_header: bool,
    },
    /// Parquet, in which every column keeps its type.
    Parquet {
        /// Where to, until the first batch says what the columns are.
        out: Option<W>,
        /// Since then.
        writer: Option<Box<BatchedWriter<W>>>,
    },
}

impl<W: Write> BatchWriter<W> {
    /// A CSV.
    pub fn csv(out: W) -> BatchWriter<W> {
        BatchWriter::Csv { out, has_header: false }
    }

    /// A Parquet file.
    pub fn parquet(out: W) -> BatchWriter<W> {
        BatchWriter::Parquet { out: Some(out), writer: None }
    }

    /// Adds a batch with further columns, which must be the same for all.
    pub fn write(&mut self, batch: &Batch, extras: &[Extra], ctx: &Ctx) -> Result<(), DataError> {
        match self {
            BatchWriter::Csv { out, has_header } => write::csv_part(&batch.table, extras, !std::mem::replace(has_header, true), out, ctx),
            BatchWriter::Parquet { out, writer } => {
                let frame = write::with_extras(&batch.frame, &batch.table, extras)?;
                if let Some(out) = out.take() {
                    *writer = Some(Box::new(write::parquet_writer(out).batched(frame.schema()).map_err(write::unwritable)?));
                }
                writer.as_mut().map_or(Ok(()), |writer| writer.write_batch(&frame).map_err(write::unwritable))
            }
        }
    }

    /// Ends the file.
    pub fn finish(self) -> Result<(), DataError> {
        match self {
            BatchWriter::Csv { mut out, .. } => out.flush().map_err(write::unwritable),
            BatchWriter::Parquet { writer, .. } => writer.map_or(Ok(()), |writer| writer.finish().map(drop).map_err(write::unwritable)),
        }
    }
}
