//! What one file of a source holds, and what its columns are.

use std::sync::Arc;

use polars::prelude::LazyFrame;

use crate::base::{Key, Note};
use crate::data::table::Kind;
use crate::data::tally::{Reading, Tally};

use super::RawColumn;

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
            n_unreadable: tally.wrong,
            unreadable: tally.wrong_examples,
        },
        is_whole: reading.kind == Kind::Number && reading.whole,
        is_blank: tally.present == 0,
    };
    read.into_iter().map(column).collect()
}
