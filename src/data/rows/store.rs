//! Where do the rows of a source stay? In memory while there is room, else in a temporary Parquet file that is gone with the source.
//!
//! In: chunks of rows, in order. Out: a lazy frame over all of them. A chunk is a row group, so that a page of rows reads one or two of them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;

use crate::data::error::DataError;

/// Rows that stay.
#[derive(Clone)]
pub(super) struct Held {
    /// All of them, lazily.
    pub frame: LazyFrame,
    /// Bytes in memory, roughly.
    pub bytes: usize,
    /// The file they are in, if they are not in memory; deleted with the last handle.
    pub aside: Option<Arc<tempfile::TempPath>>,
}

/// Takes chunks of rows.
pub(super) struct Store<'a> {
    title: &'a str,
    keep_bytes: u64,
    bytes: usize,
    rows: Option<DataFrame>,
    spill: Option<(BatchedWriter<File>, tempfile::TempPath)>,
}

impl<'a> Store<'a> {
    /// Keeps up to `keep_bytes` in memory.
    pub(super) fn new(title: &'a str, keep_bytes: u64) -> Store<'a> {
        Store { title, keep_bytes, bytes: 0, rows: None, spill: None }
    }

    /// Takes the next rows.
    pub(super) fn push(&mut self, chunk: DataFrame) -> Result<(), DataError> {
        self.bytes += chunk.estimated_size();
        if self.spill.is_none() && self.bytes as u64 > self.keep_bytes {
            let (file, path) = scratch().map_err(|why| self.no_room(why))?.into_parts();
            let writer = ParquetWriter::new(file).with_compression(ParquetCompression::Snappy).batched(chunk.schema());
            let mut writer = writer.map_err(|why| self.no_room(why))?;
            if let Some(rows) = self.rows.take() {
                writer.write_batch(&rows).map_err(|why| self.no_room(why))?;
            }
            self.spill = Some((writer, path));
        }
        match (&mut self.spill, &mut self.rows) {
            (Some((writer, _)), _) => writer.write_batch(&chunk).map_err(|why| no_room(self.title, why)),
            (None, Some(rows)) => rows.vstack_mut_owned(chunk).map(drop).map_err(|why| DataError::damaged(self.title, "text", why)),
            (None, rows) => {
                *rows = Some(chunk);
                Ok(())
            }
        }
    }

    /// Everything that was taken; nothing at all where nothing was.
    pub(super) fn finish(self) -> Result<Option<Held>, DataError> {
        let Store { title, bytes, rows, spill, .. } = self;
        if let Some((writer, path)) = spill {
            writer.finish().map_err(|why| no_room(title, why))?;
            let frame = scan(&path).map_err(|why| no_room(title, why))?;
            return Ok(Some(Held { frame, bytes: 0, aside: Some(Arc::new(path)) }));
        }
        Ok(rows.map(|rows| Held { frame: rows.lazy(), bytes, aside: None }))
    }

    fn no_room(&self, why: impl std::fmt::Display) -> DataError {
        no_room(self.title, why)
    }
}

/// A Parquet file, scanned; its name is a name and no pattern.
fn scan(path: &Path) -> PolarsResult<LazyFrame> {
    LazyFrame::scan_parquet(PlRefPath::try_from_path(path)?, ScanArgsParquet { glob: false, ..ScanArgsParquet::default() })
}

/// A file for what does not fit. The usual folder for temporary files is often in memory itself; /var/tmp is on a disk where it exists.
fn scratch() -> std::io::Result<tempfile::NamedTempFile> {
    let on_disk = PathBuf::from("/var/tmp");
    let chosen = std::env::var_os("TMPDIR").is_some() || !on_disk.is_dir();
    let folder = if chosen { std::env::temp_dir() } else { on_disk };
    tempfile::Builder::new().prefix("personae-").suffix(".parquet").tempfile_in(folder)
}

fn no_room(title: &str, why: impl std::fmt::Display) -> DataError {
    DataError::NoScratch { title: title.to_owned(), why: why.to_string().lines().next().unwrap_or_default().to_owned() }
}
