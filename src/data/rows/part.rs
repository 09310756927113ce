//! What one file of a source holds, and what its columns are.

use std::sync::Arc;

use polars::prelude::LazyFrame;
use serde::{Deserialize, Serialize};

use crate::base::{Key, Note, memory};
use crate::data::cells::tally::{Reading, Tally};
use crate::data::table::Kind;

/// A column of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct RawColumn {
    /// Its name, unique and not empty.
    pub name: String,
    /// How its values behave.
    pub kind: Kind,
    /// Whether a date has times of day ([`Raw::lazy`] then has a `Datetime` of milliseconds in place of a `Date`).
    pub has_time: bool,
    /// How many of its times say how far their clock is from UTC. Only then do they name a moment, and are the same wherever they are read.
    pub offsets: Offsets,
    /// Cells that could not be read as the column's kind; they count as missing.
    pub n_unreadable: usize,
    /// Up to ten of them.
    pub unreadable: Vec<String>,
}

/// How many of the times of a column say how far their clock is from UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Offsets {
    /// None.
    #[default]
    None,
    /// Some, and others do not.
    Some,
    /// All.
    All,
}

impl Offsets {
    /// By whether all times say so, or none; nothing where some do.
    pub(super) fn of(all: Option<bool>) -> Offsets {
        match all {
            Some(true) => Offsets::All,
            Some(false) => Offsets::None,
            None => Offsets::Some,
        }
    }

    /// Those of the times of two files together.
    pub(super) fn with(self, other: Offsets) -> Offsets {
        if self == other { self } else { Offsets::Some }
    }
}

/// How sources are read. The rows are the same whatever is chosen, but for columns whose odd cells no sample meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadOptions {
    /// Bytes of text that are read and cut at a time.
    pub chunk_bytes: usize,
    /// Bytes of a text file that decide how its columns are read; a smaller file is looked at whole.
    pub sample_bytes: usize,
    /// Bytes of rows that may stay in memory.
    pub keep_bytes: u64,
}

impl Default for ReadOptions {
    /// Chunks of 64 MB, and a third of the memory that is free now.
    fn default() -> ReadOptions {
        let budget = memory::budget_bytes();
        // A machine that does not say what is free is trusted.
        ReadOptions { chunk_bytes: 64 << 20, sample_bytes: 4 << 20, keep_bytes: if budget == 0 { u64::MAX } else { budget / 3 } }
    }
}

/// The rows of one file.
pub(super) struct Part {
    /// Its columns, and how polars holds them.
    pub columns: Vec<PartColumn>,
    pub n_rows: usize,
    pub notes: Vec<Note>,
    /// The rows, lazily; the columns in order.
    pub frame: LazyFrame,
    /// Bytes in memory, roughly.
    pub bytes: usize,
    /// The temporary file they are in, if they are.
    pub aside: Option<Arc<tempfile::TempPath>>,
    pub stamp: Key,
    /// The sheets to choose from, of a workbook.
    pub sheets: Vec<String>,
}

/// A column of one file.
pub(super) struct PartColumn {
    pub column: RawColumn,
    /// Whether its numbers are whole.
    pub is_whole: bool,
    /// Whether no cell says anything, so that it goes with any type.
    pub is_blank: bool,
}

/// Columns as they were read.
pub(super) fn columns_of(read: Vec<(&str, Reading, Tally)>) -> Vec<PartColumn> {
    let column = |(name, reading, tally): (&str, Reading, Tally)| PartColumn {
        column: RawColumn {
            name: name.to_owned(),
            kind: reading.kind,
            has_time: reading.kind == Kind::Date && reading.has_time,
            offsets: if reading.kind == Kind::Date && reading.has_time { Offsets::of(tally.share_of_offsets()) } else { Offsets::None },
            n_unreadable: tally.wrong,
            unreadable: tally.wrong_examples,
        },
        is_whole: reading.kind == Kind::Number && reading.whole,
        is_blank: tally.present == 0,
    };
    read.into_iter().map(column).collect()
}
