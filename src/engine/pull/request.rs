//! What are the two processes told of each other? What is asked for, what came of it, and why nothing did.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::Stopped;

/// The first argument of the process that loads the driver.
pub(super) const ARGUMENT: &str = "--pull-guest";

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    /// Where the database is: an address such as `postgresql://reader:{SHOP_PASSWORD}@host/shop`, or the path of a SQLite or DuckDB file.
    pub address: String,
    /// The driver's library, or its name, where the address does not say enough.
    pub driver: Option<String>,
    /// What to read.
    pub rows: RowsAsked,
    /// Only some customers, the same on every database.
    pub sample: Option<CustomerSample>,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RowsAsked {
    /// All of a table, such as `shop.orders`.
    Table(String),
    /// Those of a query.
    Query(String),
}

/// A share of the customers, found by the digits of their ids' MD5, so that all rows of a customer come or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerSample {
    /// The share, above 0 and below 1.
    pub share: f64,
    /// The column that names customers.
    pub key: String,
}

/// What came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pulled {
    /// Rows.
    pub rows: u64,
    /// Columns that were written.
    pub columns: usize,
    /// What was left out or read as something else, in sentences.
    pub notes: Vec<String>,
}

/// What would come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Foreseen {
    /// Rows, as the database counts them.
    pub rows: u64,
    /// Bytes in memory, by the first rows; none where there are none.
    pub bytes: Option<u64>,
}

/// Why nothing came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PullError {
    /// Nobody waits any more.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// In a sentence, without secrets.
    #[error("{0}")]
    Cannot(String),
    /// The process that loads the driver could not be started.
    #[error("The program could not start itself to load the driver ({0}).")]
    NoGuest(String),
    /// It ended without a word.
    #[error(
        "The driver of {0} ended without an answer ({1}). Try a newer version of it, or name another by --driver (Driver in the window)."
    )]
    Died(String, String),
}

/// What the second process is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// What is asked for.
    pub pull: Pull,
    /// The file to write; none where it is only asked how much would come.
    pub out: Option<PathBuf>,
}

/// What it says, a line each.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Says {
    /// So many have come.
    Rows(u64),
    /// So many would come.
    Foreseen(Foreseen),
    /// All have come.
    Done(Pulled),
    /// Why none do.
    Cannot(String),
}
