//! Floor 2: from the files people really have to one customer table.
//!
//! The recipe: every source is read as it is ([`crate::data::Raw`]); [`understand`] says what each holds, which column joins it and which
//! columns play which part; [`build`] aggregates transactions and events per customer, joins what else is known, and tells how every column
//! came to be; [`health`] says how far the rows can be trusted, and [`rfm`] scores what was bought. Choices are plain data
//! ([`Sourcing`](crate::data::Sourcing)); what is left open is guessed, with the reason.

mod as_sql;
mod build;
mod error;
mod frozen;
pub mod health;
mod live;
pub mod rfm;
mod understand;
mod windows;

pub use as_sql::{AsSqlError, BUILT, CUSTOMER, TableAsSql, as_sql};
pub use build::accounts::{Account, Part};
pub use build::assemble::currency;
pub use build::build;
pub use build::built::{Built, BuiltColumn, FormulaColumn};
pub use build::ids::row_ids;
pub use build::recipe::suggested;
pub use build::sales::{Sales, sales};
pub use build::try_column::{Tried, try_column};
pub use error::CustomersError;
pub use frozen::frozen;
pub use health::Health;
pub use live::{LiveError, LiveEvent, LiveTable};
pub use rfm::{Rfm, RfmCodes, RfmSegment};
pub use understand::freshness::{Freshness, freshness};
pub use understand::keys::compared_how;
pub use understand::listing::{Listing, looks_like, repeats};
pub use understand::status::StatusMeans;
pub use understand::understand;
pub use understand::understood::{Decision, Guests, Money, Overlap, Paid, Status, Through, Topic, Understood, UnderstoodSource};
pub use windows::{Redrawing, bought_between, not_listed, orders_of_some, rows_between};

use crate::base::Key;
use crate::data::{self, Raw};

/// What the window calls a customer table built here.
pub const TITLE: &str = data::source::CUSTOMER_TABLE;

/// Names the customers: what their table was built from, and every choice that can change it but how they are scored, so that who was
/// picked stays picked while a cut point moves.
pub fn stamp(sourcing: &data::Sourcing, raws: &[&Raw]) -> Key {
    let stamps: Vec<Key> = raws.iter().map(|raw| raw.stamp).collect();
    // Only what can change the table: neither when it is read again nor how it is scored.
    let params = (&sourcing.sources, sourcing.snapshot, &sourcing.recipe, health::what_changes_rows(sourcing));
    Key::of("customer table", 1, &params, &stamps)
}
