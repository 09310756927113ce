//! Why could the data not be read? One sentence per error: what happened, and what to change.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::base::text::count;
use crate::base::{Stopped, memory};

/// Columns of a table, at most.
pub(crate) const MOST_COLUMNS: usize = 20_000;

/// Every way in which reading or writing a table fails.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum DataError {
    /// There is no such file.
    #[error("{path} does not exist; check the name, or choose the file again.")]
    Missing {
        /// The file asked for.
        path: String,
    },
    /// The system refuses to open it.
    #[error("{path} cannot be opened: the system gives no permission, or another program has locked it. Close it there, or allow reading.")]
    NoAccess {
        /// The file asked for.
        path: String,
    },
    /// It is a folder.
    #[error("{path} is a folder; choose one file in it.")]
    Directory {
        /// The folder.
        path: String,
    },
    /// It is a pipe, a device or a socket.
    #[error("{path} is not a file but {what}; save its content to a file and choose that.")]
    NotAFile {
        /// What was asked for.
        path: String,
        /// "a pipe", "a device" ...
        what: Cow<'static, str>,
    },
    /// It is a folder in which nothing can be read.
    #[error("{path} is a folder without any file that can be read (CSV, Excel, Parquet, Arrow or JSON); choose another folder or a file.")]
    EmptyFolder {
        /// The folder.
        path: String,
    },
    /// A pattern that finds nothing.
    #[error("no file in {folder} matches {pattern}; check the pattern (* stands for any letters, ? for one) and the folder.")]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// Where it was looked for.
        folder: String,
    },
    /// It does not fit into memory, and not beside it either.
    #[error(
        "{title} is larger than memory, and its rows cannot be kept in a temporary file ({why}); free some space on the disk, or set TMPDIR to a folder with more."
    )]
    NoScratch {
        /// The file's name.
        title: String,
        /// What the system said.
        why: String,
    },
    /// Several files were given where one is read.
    #[error("a customer table of several files is built, not read; open its project instead.")]
    Several,
    /// Another failure of the disk.
    #[error("{path} cannot be read ({why}); check the disk or the connection and try again.")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
    /// A sheet whose cells lie too far apart.
    #[error("{title} cannot be held: its sheet {sheet} reaches to cell {last}, though only {} of its cells are filled; delete what stands far from the table, or save the table as CSV.", count(*n_cells))]
    TooSparse {
        /// The file's name.
        title: String,
        /// The sheet.
        sheet: String,
        /// The last row and column as a cell, such as "XFD1048576".
        last: String,
        /// Cells with content.
        n_cells: usize,
    },
    /// More columns than anything can be made of.
    #[error("{title} has {} columns, and at most {} can be compared; leave out those that say nothing about customers, or turn the table if its rows are the columns.", count(*n_columns), count(*most))]
    TooWide {
        /// The file's name.
        title: String,
        /// Its columns.
        n_columns: usize,
        /// How many there may be.
        most: usize,
    },
    /// There is nothing in it.
    #[error("{title} is empty; choose a file with column names and at least one row.")]
    Empty {
        /// The file's name.
        title: String,
    },
    /// There are names, but no rows.
    #[error("{title} has column names but no rows; export it again with its data, or choose another file.")]
    HeaderOnly {
        /// The file's name.
        title: String,
    },
    /// It is no table at all.
    #[error("{title} does not look like a table: it holds {what}. Choose a CSV, Excel, Parquet, Arrow or JSON file.")]
    Binary {
        /// The file's name.
        title: String,
        /// What it seems to be ("binary data", "a picture").
        what: String,
    },
    /// A file of a known format that breaks off or contradicts itself.
    #[error("{title} is a damaged or truncated {format} file ({why}); copy or export it again.")]
    Damaged {
        /// The file's name.
        title: String,
        /// "Parquet", "Arrow", "Excel" ...
        format: Cow<'static, str>,
        /// What the library said, shortened.
        why: String,
    },
    /// A file whose reading takes what no sound file of its size takes.
    #[error(
        "{title} could not be read: it took more than {took}, far more than an undamaged {format} file of this size needs; open it in the program it comes from, and save the table as CSV."
    )]
    Exhausting {
        /// The file's name.
        title: String,
        /// "Parquet", "Arrow" or "Excel".
        format: Cow<'static, str>,
        /// "1.1 GB of memory" or "5 seconds".
        took: String,
    },
    /// The machine has too little memory for its reader.
    #[error("{title} could not be read: there is too little free memory; close other programs, or save the table as CSV.")]
    NoMemory {
        /// The file's name.
        title: String,
    },
    /// Its reader is silent.
    #[error(
        "{title} could not be read: its reader did not answer for {seconds} seconds; check the disk or the connection, and open it again."
    )]
    Unheard {
        /// The file's name.
        title: String,
        /// How long.
        seconds: u64,
    },
    /// A file that became shorter under the reader.
    #[error("{title} was cut short or replaced while it was read; wait until it is complete, and open it again.")]
    Changed {
        /// The file's name.
        title: String,
    },
    /// The system starts no second process.
    #[error(
        "{title} is read by a second process of this program, which could not be started ({why}); restart the program, or save the table as CSV."
    )]
    NoGuest {
        /// The file's name.
        title: String,
        /// What the system said.
        why: String,
    },
    /// JSON that cannot be understood.
    #[error("{title} is no readable JSON: line {line}: {why}. Personae reads a list of flat objects, or one object per line.")]
    Json {
        /// The file's name.
        title: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong there.
        why: String,
    },
    /// A workbook without any table.
    #[error("{title} has no sheet with a table{}; put column names in the first row and customers below, and save it again.", named(.sheets))]
    NoSheets {
        /// The file's name.
        title: String,
        /// Its sheets.
        sheets: Vec<String>,
    },
    /// A workbook without the sheet that was asked for.
    #[error("{title} has no sheet called {sheet}{}; choose one of them.", named(.sheets))]
    NoSuchSheet {
        /// The file's name.
        title: String,
        /// What was asked for.
        sheet: String,
        /// Its sheets.
        sheets: Vec<String>,
    },
    /// It would not fit into memory; foreseen before anything is allocated.
    #[error("{title} would need about {} of memory and {} are free; close other programs, or take a part of the rows.", memory::readable(*.needs), memory::readable(*.has))]
    TooBig {
        /// The file's name.
        title: String,
        /// Bytes foreseen.
        needs: u64,
        /// Bytes that may be used.
        has: u64,
    },
    /// SPSS keeps its data in a form of its own.
    #[error(
        "{title} is an SPSS file, which Personae does not read; save it as CSV or Excel in SPSS (File, Save As, with value labels), or convert it with pyreadstat (Python) or haven (R), and open that."
    )]
    Spss {
        /// The file's name.
        title: String,
    },
    /// An encoding nobody knows.
    #[error("there is no encoding called {encoding}; choose one such as UTF-8, Windows-1251, Windows-1250, Shift_JIS, GBK or EUC-KR.")]
    NoSuchEncoding {
        /// What was asked for.
        encoding: String,
    },
    /// A time zone nobody knows.
    #[error("there is no time zone called {zone}; choose one such as Europe/Berlin, America/New_York, UTC or +02:00.")]
    NoSuchZone {
        /// What was asked for.
        zone: String,
    },
    /// An archive that does not hold exactly one table.
    #[error("{title} is an archive that holds {}; unpack it, and open one of its files or their folder.", listed(.tables))]
    NotOneTable {
        /// The archive's name.
        title: String,
        /// The tables inside.
        tables: Vec<String>,
    },
    /// An archive that unpacks to more than its size allows.
    #[error("{title} unpacks to more than {}, which tables of its size hardly do; unpack it and look at what is inside.", memory::readable(*.limit))]
    Expands {
        /// The archive's name.
        title: String,
        /// Bytes that are allowed.
        limit: u64,
    },
    /// A table could not be written.
    #[error("the table could not be written ({why}); check the folder's permission and the free space.")]
    Unwritable {
        /// What the system said.
        why: String,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// " (its sheets are Orders and Customers)".
fn named(sheets: &[String]) -> String {
    match sheets {
        [] => String::new(),
        [one] => format!(" (its sheet is {one})"),
        [first @ .., last] => format!(" (its sheets are {} and {last})", first.join(", ")),
    }
}

/// "no table" or "3 tables (a.csv, b.csv and c.csv)".
fn listed(tables: &[String]) -> String {
    match tables {
        [] => "no table".to_owned(),
        [first @ .., last] => format!("{} tables ({} and {last})", tables.len(), first.join(", ")),
    }
}

impl DataError {
    /// The sentence for what the system says about opening or reading `path`.
    pub(crate) fn of_io(path: &Path, error: &std::io::Error) -> DataError {
        let path = path.display().to_string();
        match error.kind() {
            std::io::ErrorKind::NotFound => DataError::Missing { path },
            // Windows reports a sharing violation as code 32 and a lock as 33, neither of which has a kind of its own.
            std::io::ErrorKind::PermissionDenied => DataError::NoAccess { path },
            _ if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) => DataError::NoAccess { path },
            std::io::ErrorKind::IsADirectory => DataError::Directory { path },
            _ => DataError::Unreadable { path, why: error.to_string() },
        }
    }

    /// Refuses a table that is wider than anything could be computed from.
    pub(crate) fn unless_narrow(title: &str, n_columns: usize) -> Result<(), DataError> {
        let most = MOST_COLUMNS;
        if n_columns > most { Err(DataError::TooWide { title: title.to_owned(), n_columns, most }) } else { Ok(()) }
    }

    /// Refuses what has no content of its own: reading from it could wait for ever.
    pub(crate) fn unless_file(path: &Path, about: &std::fs::Metadata) -> Result<(), DataError> {
        if about.is_dir() {
            return Err(DataError::Directory { path: path.display().to_string() });
        }
        if about.is_file() {
            return Ok(());
        }
        Err(DataError::NotAFile { path: path.display().to_string(), what: kind_of(about).into() })
    }

    /// A damaged file, with the library's words cut to one short line.
    pub(crate) fn damaged(title: &str, format: &'static str, why: impl std::fmt::Display) -> DataError {
        let why = why.to_string();
        let line = why.lines().next().unwrap_or_default().trim_end_matches('.');
        DataError::Damaged { title: title.to_owned(), format: format.into(), why: line.chars().take(120).collect() }
    }
}

#[cfg(unix)]
fn kind_of(about: &std::fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = about.file_type();
    match (kind.is_fifo(), kind.is_socket()) {
        (true, _) => "a pipe",
        (_, true) => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn kind_of(_: &std::fs::Metadata) -> &'static str {
    "a device"
}
