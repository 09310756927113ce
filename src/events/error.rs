//! Why could events not be read? One sentence per error: what happened, and what to change.

use crate::base::Stopped;
use crate::base::text::count;

/// Every way in which reading events fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventsError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The disk or the system refuses.
    #[error("{file} cannot be read ({why}); check the file and the connection and try again.")]
    Unreadable {
        /// The file's name.
        file: String,
        /// What the system said.
        why: String,
    },
    /// There is nothing in it.
    #[error("{file} is empty; choose a file with at least one event.")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// No file of addresses.
    #[error("{file} is no file of network addresses (.mmdb), or a damaged one ({why}); download it again, or go on without places.")]
    NotAddresses {
        /// The file's name.
        file: String,
        /// What the reader said.
        why: String,
    },
    /// Gzip or zip that breaks off or contradicts itself.
    #[error("{file} is damaged ({format}: {why}); download it again.")]
    Damaged {
        /// The file's name.
        file: String,
        /// `gzip` or `zip`.
        format: &'static str,
        /// What the reader said.
        why: String,
    },
    /// A zip archive without any text of events.
    #[error("{file} is an archive in which no file holds events; choose one with JSON lines or log lines.")]
    NoMember {
        /// The file's name.
        file: String,
    },
    /// Orders with statuses or quantities in a place where only the names of columns are known.
    #[error(
        "{file} lists orders with statuses or quantities, which take more than the names of columns to read; save it as a table (CSV, Parquet or a workbook) and choose that."
    )]
    Orders {
        /// The file's name.
        file: String,
    },
    /// A table, for which there are other readers.
    #[error("{file} holds neither JSON nor log lines; choose an event export, or open it as a table.")]
    NotText {
        /// The file's name.
        file: String,
    },
    /// An archive of events and tables.
    #[error("{file} holds the table {table} beside files of events; unpack it, and give each file by itself.")]
    TableBeside {
        /// The archive's name.
        file: String,
        /// The table's.
        table: String,
    },
    /// JSON or a table, but not of events.
    #[error("{file} is not an event export: {why}; choose a file in which every row says who did what and when.")]
    NotEvents {
        /// The file's name.
        file: String,
        /// What is missing.
        why: String,
    },
    /// A report of GA4 made for reading.
    #[error(
        "{file} is a report with sums, no customers inside; export the property to BigQuery instead, and open the tables events_YYYYMMDD."
    )]
    Report {
        /// The file's name.
        file: String,
    },
    /// Nothing says when.
    #[error("{file} has no column in which nine of ten cells are times between 1990 and 2100; choose a file with a column of times.")]
    NoTimes {
        /// The file's name, or how many files.
        file: String,
    },
    /// Nothing says who.
    #[error("no event of {file} names a customer; count devices as customers (--count-anonymous), or choose an export with user ids.")]
    NoCustomers {
        /// The file's name, or how many files.
        file: String,
    },
    /// All events are left out for good reasons.
    #[error("no event of {file} is left once bots, failed requests, pictures and scripts are out; choose a log of visitors.")]
    NothingLeft {
        /// The file's name, or how many files.
        file: String,
    },
    /// Objects inside objects without end.
    #[error("{file} nests its JSON more than {most} levels deep, which no event export does; choose another file.")]
    TooDeep {
        /// The file's name.
        file: String,
        /// Levels that are read.
        most: usize,
    },
    /// One event larger than any.
    #[error("{file} holds one event of more than {most} MB, which no event export does; choose another file.")]
    TooLong {
        /// The file's name.
        file: String,
        /// Megabytes an event may have.
        most: usize,
    },
    /// Too many rows that are none.
    #[error("{file} holds {} rows of {} that cannot be read, the first is number {}; export it again.", count(*bad), count(*all), count(*first))]
    TooManyBad {
        /// The file's name.
        file: String,
        /// Such rows.
        bad: usize,
        /// All rows.
        all: usize,
        /// The first of them, counted from 1.
        first: usize,
    },
    /// More events than can be numbered.
    #[error("there are more than 4 billion events; leave out older files.")]
    TooMany,
    /// A zone nobody knows.
    #[error("there is no time zone \"{zone}\"; choose one such as Europe/Berlin or UTC.")]
    NoSuchZone {
        /// What was asked for.
        zone: String,
    },
}
