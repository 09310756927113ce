//! Floor 5: the model. What it takes to say which segment a customer belongs to who was not there when the segments were made.
//!
//! - [`placing`]: the model itself, made from a grouping, and the segment of every row of any table.
//! - [`file`]: the model as versioned JSON.
//! - [`sql`]: the model as a statement for a database, where it places by centres.

pub mod file;
pub mod placing;
pub mod sql;

pub use file::{ModelFileError, from_text, open, to_text};
pub use placing::{Grouping, Model, ModelError, Origin, Place, Placement, Placing, Segment};
pub use sql::{SqlError, to_sql};
