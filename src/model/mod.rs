//! Floor 5: the model. What it takes to say which segment a customer belongs to who was not there when the segments were made.
//!
//! - [`placing`]: the model itself, and the segment of every row of any table.
//!   `parts`: the same where segments are in parts, first the segment and then its part.
//! - [`making`]: a grouping becomes a model.
//! - [`file`]: the model as versioned JSON.
//! - [`sql`]: the model as a statement for a database, where it places by centres, and if need be builds the customer table first.
//! - [`pmml`]: the same model for programs that read PMML. [`onnx`]: for those that run ONNX.

pub mod file;
pub mod making;
pub mod onnx;
mod onnx_messages;
mod parts;
pub mod placing;
pub mod pmml;
pub mod sql;

pub use file::{ModelFileError, from_text, open, to_text};
pub use making::{MadeBy, MadeInside, MadeParts, Making};
pub use onnx::to_onnx;
pub use placing::{FITS, Grouping, InsideModel, Model, ModelError, Origin, Parameters, Place, Placement, Placing, Segment};
pub use pmml::to_pmml;
pub use sql::{SqlCustomers, SqlError, SqlForm, to_sql, to_statement, to_table};
