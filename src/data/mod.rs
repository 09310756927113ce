//! Floor 1: from a file to a table of typed columns, and what each column looks like.
//!
//! - `read`: how does a file become a table?
//! - `cells`: what do the spelled cells of one column mean?
//! - `table`: what is a table, and what is in its columns?
//! - `rows`: what rows does a source hold, as they came, however many there are?
//! - `batches`: how is a table that need not fit into memory gone through?
//!
//! `words` are those of a column's name. What is chosen about several files (`sourcing`) and what must hold for them (`rules`) is plain data of the customers'
//! floor above; it stands here because a [`Source`] holds it.

mod batches;
mod cells;
mod column_words;
mod dialect;
mod error;
mod read;
mod rows;
pub mod rules;
pub mod sourcing;
pub mod table;
mod words;

pub use cells::day;
pub use read::{guest, sample, source};
pub use table::{profile, write};

pub(crate) use crate::base::text::count as grouped;
pub use batches::{Batch, BatchWriter, LEAST_BATCHED_BYTES, TakeBatch, in_batches};
pub use cells::zones::{zone_called, zones_like};
pub(crate) use column_words::column_words;
pub use dialect::Dialect;
pub use error::DataError;
pub(crate) use read::columnar::table as table_of_frame;
pub use read::format::READABLE_EXTENSIONS;
pub use read::letters::encodings;
pub use read::read_as::ReadAs;
pub use read::source::{Source, Unprofiled, read, read_table, stamp};
pub use rows::{
    ArrivedReadings, Arriving, CutLines, CutRow, LineCutter, LinesError, Misfit, NO_TEXT, Offsets, Raw, RawCells, RawColumn, ReadOptions,
    SourceSeen, files_of, read_raw, read_raw_as, read_raw_with, stamp_raw, stamp_raw_as,
};
pub use sourcing::{SourceFile, SourceKind, Sourcing};
pub(crate) use table::codes::{gives_no_name, is_no_measure, without_neutral_words};
pub use table::dictionary::{self, Dictionary, RevenueChoice};
pub use table::dictionary_file;
pub use table::display_name;
pub use table::loaded::Loaded;
pub use table::no_answer::may_hold as may_hold_no_answers;
pub use table::noun::{self, Noun};
pub use table::profile::{ColumnProfile, Profile};
pub use table::quotient::quotient;
pub use table::revenue::{no_revenue, revenue_column};
pub use table::role::Role;
pub(crate) use table::roles::{is_rfm_score, may_be_personal, rfm_base, says_who_left};
pub use table::{Column, Kind, Table, Texts, Values};
pub(crate) use words::{is_log_or_square, matches_word, tokens as name_words};
