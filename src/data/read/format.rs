//! The formats of files there are, and what they are called.

use serde::{Deserialize, Serialize};

/// Endings the file dialog offers; what a file really is, its content decides.
pub const READABLE_EXTENSIONS: &[&str] = &[
    "csv", "tsv", "tab", "txt", "parquet", "pq", "arrow", "feather", "ipc", "json", "ndjson", "jsonl", "xlsx", "xlsm", "xlsb", "xls",
    "ods", "gz", "zip",
];

/// The formats there is a reader for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::data) enum Format {
    /// Values between delimiters, of any kind.
    Text,
    /// A list of objects, or one object per line.
    Json,
    /// Parquet or Arrow with a footer.
    Columnar(Columnar),
    /// Arrow IPC as a stream.
    ArrowStream,
    /// Any Excel or OpenDocument workbook.
    Workbook,
}

impl Format {
    /// Memory at the peak of reading, as a multiple of the file's size. Columnar files and workbooks are compressed.
    pub(super) fn memory_factor(self) -> u64 {
        match self {
            Format::Text => 4,
            Format::Json => 8,
            Format::Columnar(_) | Format::ArrowStream => 10,
            Format::Workbook => 30,
        }
    }
}

/// A file that says what its columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::data) enum Columnar {
    /// Parquet.
    Parquet,
    /// Arrow IPC with a footer (Feather 2).
    Arrow,
}

impl Columnar {
    pub(in crate::data) fn name(self) -> &'static str {
        match self {
            Columnar::Parquet => "Parquet",
            Columnar::Arrow => "Arrow",
        }
    }
}
