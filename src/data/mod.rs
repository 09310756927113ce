//! Floor 1, first half: from a file to a table of typed columns, and what each column looks like.

mod cells;
mod columnar;
mod csv;
mod dates;
mod error;
mod habits;
mod header;
mod json;
mod months;
mod numbers;
pub mod profile;
mod radix;
mod raw;
mod roles;
pub mod rules;
pub mod sample;
mod sniff;
pub mod source;
pub mod sourcing;
mod split;
mod spreadsheet;
pub mod table;
mod tally;
mod units;
pub mod write;

pub(crate) use crate::base::text::count as grouped;
pub(crate) use columnar::table as table_of_frame;
pub use error::DataError;
pub use profile::{ColumnProfile, Profile, Role};
pub use raw::{Raw, RawColumn, ReadOptions, SourceSeen, files_of, read_raw, read_raw_with, stamp_raw};
pub(crate) use roles::{matches_word, tokens as name_words};
pub use source::{Loaded, READABLE_EXTENSIONS, Source, Unprofiled, read, read_table, stamp};
pub use sourcing::{SourceFile, SourceKind, Sourcing};
pub use table::{Column, Kind, Table, Texts, Values};
