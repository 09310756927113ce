//! What is told of segments that are followed: counts that are kept with them, and what a batch brought.

use serde::{Deserialize, Serialize};

use crate::data::day::IsoDay;

/// Counts since the beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveCounts {
    /// Batches.
    pub batches: u64,
    /// Rows that came.
    pub rows: u64,
    /// Rows that were counted.
    pub counted: u64,
    /// Rows whose id had come before.
    pub repeated: u64,
    /// Rows that came too late to know whether they had come before.
    pub late: u64,
    /// Rows that cannot be counted: no customer, no day, a cell that does not fit its column.
    pub unfit: u64,
    /// Times that a known customer went to another segment.
    pub moved: u64,
}

/// A batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveBatch {
    /// Everything so far.
    pub counts: LiveCounts,
    /// Customers that are known.
    pub customers: usize,
    /// Customers whose row changed in this batch.
    pub changed: usize,
}

/// What came out when it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveEnded {
    /// Everything so far.
    pub counts: LiveCounts,
    /// Customers by cluster.
    pub sizes: Vec<usize>,
    /// What the segments are called now, by cluster.
    pub names: Vec<String>,
    /// Customers in no segment.
    pub nowhere: usize,
    /// The day everything is counted back from.
    pub snapshot: Option<IsoDay>,
    /// What has moved, in sentences; empty before the source was read to its end once.
    pub drift: Vec<String>,
    /// What is to be known.
    pub notes: Vec<String>,
}
