//! What rows does a source hold, as they came? One row a purchase or an event, however many there are.
//!
//! In: a path. Out: typed columns that are read lazily, so that only what is asked for is ever in memory, and a page of rows for the window.
//! Cost: one pass over the bytes.

use std::ops::Range;
use std::path::Path;

use polars::prelude::*;

use crate::base::{Ctx, Key, Note};

use super::columnar;
use super::error::DataError;
use super::source::{self, Source};
use super::table::{Kind, Table};
use super::write;

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
    rows: LazyFrame,
    bytes: usize,
}

/// A column of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct RawColumn {
    /// Its name, unique and not empty.
    pub name: String,
    /// How its values behave.
    pub kind: Kind,
    /// Whether a date has times of day ([`Raw::lazy`] then has a `Datetime` of milliseconds in place of a `Date`).
    pub has_time: bool,
    /// Cells that could not be read as the column's kind; they count as missing.
    pub n_unreadable: usize,
    /// Up to ten of them.
    pub unreadable: Vec<String>,
}

impl Raw {
    /// The rows for a query. Numbers are `Float64` or `Int64`, days `Date`, times `Datetime`, everything else `String`.
    pub fn lazy(&self) -> LazyFrame {
        self.rows.clone()
    }

    /// Some of the rows for the eye.
    pub fn page(&self, rows: Range<usize>, ctx: &Ctx) -> Result<Table, DataError> {
        let length = rows.len() as IdxSize;
        let frame =
            self.lazy().slice(rows.start as i64, length).collect().map_err(|error| DataError::damaged(&self.title, "columnar", error))?;
        Ok(columnar::table(frame, ctx)?.0)
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
    let (title, table, notes, stamp) = source::read_table(&Source::File { path: path.to_owned() }, ctx)?.into_parts();
    let columns = table.columns.iter().map(|column| RawColumn {
        name: column.name.clone(),
        kind: column.kind(),
        has_time: false,
        n_unreadable: 0,
        unreadable: Vec::new(),
    });
    let columns = columns.collect();
    let frame = write::frame(&table, &[], ctx)?;
    let bytes = frame.estimated_size();
    Ok(Raw { title, columns, n_rows: table.n_rows, notes, stamp, rows: frame.lazy(), bytes })
}

/// The content stamp of a source.
pub fn stamp_raw(path: &Path, ctx: &Ctx) -> Result<Key, DataError> {
    source::stamp(&Source::File { path: path.to_owned() }, ctx)
}
