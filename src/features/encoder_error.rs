//! Why can a table not be encoded the way another one was? One sentence per error: what is wrong with it, and what to change.

use crate::base::Stopped;
use crate::data::{Column, Kind, Loaded};

use super::suggest::closest;

/// Every way in which encoding a table fails.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// A column is not there.
    #[error(
        "the table has no column called \"{name}\", by which the segments were made; {}.",
        .closest.as_ref().map_or("add it, or rename the column that holds it".to_owned(), |closest| format!("if \"{closest}\" holds it, rename that one"))
    )]
    NoColumn {
        /// The column that is needed.
        name: String,
        /// The most similar name there is.
        closest: Option<String>,
    },
    /// The cells are of another kind.
    #[error(
        "{name} held {expected} where the segments were made, and holds {found} here ({example} in row {row}); correct the column, or choose the right table."
    )]
    OtherKind {
        /// The column.
        name: String,
        /// "numbers", "dates".
        expected: &'static str,
        /// "numbers", "dates", "text".
        found: &'static str,
        /// A cell of it.
        example: String,
        /// The row of that cell, from 1.
        row: usize,
    },
    /// The arithmetic gave no finite number.
    #[error("{name} in row {row} is too large to work with; correct the number, or leave the row out.")]
    NotFinite {
        /// The encoded column.
        name: String,
        /// Row of the table, from 1.
        row: usize,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl EncodeError {
    /// The column is not there; the most similar name is.
    pub(crate) fn no_column(name: &str, loaded: &Loaded) -> EncodeError {
        let closest = closest(name, loaded.table.columns.iter().map(|column| column.name.as_str()));
        EncodeError::NoColumn { name: name.to_owned(), closest }
    }

    /// The first cell is the example.
    pub(crate) fn other_kind(column: &Column, expected: &'static str, n_rows: usize) -> EncodeError {
        let row = (0..n_rows).find(|&row| !column.is_missing(row)).unwrap_or(0);
        let example = if n_rows > 0 { format!("\"{}\"", column.cell(row)) } else { String::new() };
        EncodeError::OtherKind { name: column.name.clone(), expected, found: kind_in_words(column.kind()), example, row: row + 1 }
    }
}

/// How the cells of a column behave, in words.
pub(super) fn kind_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "numbers",
        Kind::Date => "dates",
        Kind::Text => "text",
    }
}
