//! What a guest is asked, within which limits, and what it tells at last.

use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use crate::base::{Note, memory};
use crate::data::error::DataError;
use crate::data::read::format::Columnar;

/// What a file is to be read as.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::data) enum What {
    /// The cells of a sheet, as text, in columns called 0, 1, ...
    Cells {
        /// The sheet; otherwise the one that is most like a table.
        sheet: Option<String>,
    },
    /// The columns of a file that says what they are, in batches of rows.
    Columns {
        /// Which kind of file.
        format: Columnar,
        /// What the rows are for.
        use_of: UseOf,
        /// The columns that are read, by name; all where none is named.
        only: Vec<String>,
    },
}

/// What the rows of a file that says what its columns are will be used for. Columns whose values nest depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::data) enum UseOf {
    /// A table: the caller holds all rows in memory, so that a file that claims more is refused before any is read.
    Whole,
    /// Each row is placed and leaves again. What nests is left out.
    Rows,
    /// Rows are queried, or read as events. What nests becomes JSON.
    Queries,
}

/// What is asked of the guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::data) struct Request {
    /// Told beside the rest, since a path need not be a text.
    #[serde(skip)]
    pub(super) path: PathBuf,
    pub(super) title: String,
    pub(super) what: What,
    pub(super) limits: Limits,
}

/// What the guest may take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::data) struct Limits {
    /// Bytes of memory.
    pub(super) bytes: u64,
    /// Seconds of processor time, of all its threads together.
    pub(super) seconds: u64,
    /// Whether the machine has less than a sound file might need.
    pub(super) is_short: bool,
    /// Bytes that the host may use for what it is handed; 0 where the machine does not say.
    pub(super) budget: u64,
}

/// What was found out beside the rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::data) struct Told {
    /// What reading changed or left out.
    pub notes: Vec<Note>,
    /// The sheet that was read, of a workbook.
    pub sheet: String,
    /// All sheets, of a workbook.
    pub sheets: Vec<String>,
    /// Columns that were left out, such as binary ones: name and type.
    pub left_out: Vec<(String, String)>,
    /// Columns of times that name a time zone.
    #[serde(default)]
    pub zoned: Vec<String>,
}

/// Takes a batch of rows, and the share of the file that is read with it.
pub(in crate::data) type Take<'a> = dyn FnMut(DataFrame, f32) -> Result<(), DataError> + 'a;

impl Request {
    pub(in crate::data) fn new(path: &Path, title: &str, what: What) -> Result<Request, DataError> {
        let size = std::fs::metadata(path).map_err(|error| DataError::of_io(path, &error))?.len();
        let limits = Limits::of(&what, size, memory::budget_bytes());
        Ok(Request { path: path.to_owned(), title: title.to_owned(), what, limits })
    }
}

impl Limits {
    /// What a sound file of `size` bytes needs, several times over.
    fn of(what: &What, size: u64, budget: u64) -> Limits {
        let megabytes = size >> 20;
        let (bytes, seconds) = match what {
            // Cells that repeat shrink to a hundredth in a workbook, and take some 100 bytes each in memory.
            What::Cells { .. } => ((1 << 30) + size.saturating_mul(200), 4 + 3 * megabytes),
            What::Columns { .. } => ((2 << 30) + size.saturating_mul(4), 20 + megabytes),
        };
        let room = if budget == 0 { u64::MAX } else { budget.max(256 << 20) };
        Limits { bytes: bytes.min(room), seconds, is_short: room < bytes, budget }
    }
}

impl What {
    /// The kind of file, in words.
    pub(super) fn format(&self) -> &'static str {
        match self {
            What::Cells { .. } => "Excel",
            What::Columns { format, .. } => format.name(),
        }
    }
}

/// The first argument that makes the program a guest, with the path of a file behind it; no file is called so by chance.
pub(super) const ARGUMENT: &str = "--read-as-guest";
