//! Floor 1, first half: from a file to a table of typed columns, and what each column looks like.

pub mod profile;
pub mod table;

pub use profile::{ColumnProfile, Profile, Role};
pub use table::{Column, Kind, Table, Texts, Values};
