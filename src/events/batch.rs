//! What do the rows of one piece of an export say?
//!
//! In: nothing; `maker` fills it. Out: columns of numbers with the piece's own dictionaries, which are folded into those of all events in the order of the
//! pieces, and how many rows say nothing. Pieces know nothing of each other, so that they can be read at the same time. Some 60 bytes per row.

use super::dictionary::TextNumbers;
use super::table::Time;

/// The row says by an id of its own which other rows are the same event.
pub(super) const HAS_ID: u8 = 1;
/// What happened is the page, or a method and the page.
pub(super) const IS_OF_PAGE: u8 = 2;
/// Set where the place of a row, and its local hour where the row says none, are looked up by its address.
pub(super) const IS_BY_ADDRESS: u8 = 128;
/// One line of an order.
pub(super) const IS_LINE: u8 = 4;

/// Stands between the circumstances of a row, and in no text of them.
pub(super) const APART: char = '\u{1f}';

/// Columns, one entry per row.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub person: Vec<u32>,
    pub device: Vec<u32>,
    /// Name of the event; a method for [`IS_OF_PAGE`], or an empty text.
    pub name: Vec<u32>,
    pub page: Vec<u32>,
    pub time: Vec<Time>,
    /// Stands for the session, 0 for none.
    pub session: Vec<u64>,
    pub value: Vec<f64>,
    pub circumstance: Vec<u32>,
    /// Equal in rows that are the same event: by an id, or by everything in the row.
    pub twin: Vec<u64>,
    pub flags: Vec<u8>,
    /// Order within a millisecond; empty where no row says one.
    pub in_ms: Vec<u64>,
}

/// Rows that were left out, and what is told of those that were not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub rows: usize,
    pub without_time: usize,
    pub without_event: usize,
    pub unreadable: usize,
    /// After the day it is.
    pub in_future: usize,
    /// The first of them, from 0 within the piece.
    pub first_unreadable: Option<usize>,
    /// Times by a clock that is not known.
    pub unzoned: usize,
}

/// The rows of a piece.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub persons: TextNumbers,
    pub devices: TextNumbers,
    pub names: TextNumbers,
    pub pages: TextNumbers,
    pub circumstances: TextNumbers,
    pub columns: Columns,
    pub counts: Counts,
    /// Per circumstance: pictures and the like, failures. They are counted apart once it is known who is a bot.
    pub refused: Vec<(usize, usize)>,
}
