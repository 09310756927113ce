//! Floor 2: what did customers do, and when? From raw event exports to one ordered table.

mod access_log;
pub mod agents;
mod batch;
mod circumstances;
pub mod cleaning;
pub mod columns;
mod container;
pub mod dictionary;
mod duplicates;
pub mod error;
pub mod flatten;
mod grouping;
mod identity;
mod json;
pub mod kinds;
mod maker;
mod moment;
mod naming;
pub mod options;
mod order;
pub mod page_tree;
mod parts;
mod pieces;
pub mod read;
mod row_ids;
mod rows;
pub mod shapes;
mod stream;
pub mod table;
pub mod times;
mod visits;

pub use columns::{Cells, ColumnBatch, ColumnSource};
pub use error::EventsError;
pub use options::EventOptions;
pub use parts::EventPart;
pub use read::{Read, ReadTold, Reader, format_of, read_columns, read_events};
