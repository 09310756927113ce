//! Floor 1: from the files people really have to one customer table.
//!
//! The recipe: every source is read as it is ([`crate::data::Raw`]); [`understand`] says what each holds, which column joins it and which
//! columns play which part; [`build`] aggregates transactions and events a customer, joins what else is known, and tells how every column
//! came to be. Choices are plain data ([`Sourcing`](crate::data::Sourcing)); what is left open is guessed, with the reason.

mod accounts;
mod attach;
mod build;
mod error;
mod formula;
mod freshness;
mod guess;
pub mod health;
mod identity;
mod ids;
mod keys;
mod layers;
mod levels;
mod listing;
mod lookup;
mod merged;
mod money;
mod parts;
mod prepare;
mod recipe;
pub mod rfm;
mod rows;
mod runs;
mod shapes;
mod span;
mod status;
mod trying;
mod understand;

pub use accounts::{Account, Part};
pub use build::{Built, BuiltColumn, build, currency};
pub use error::CustomersError;
pub use freshness::{Freshness, freshness};
pub use health::Health;
pub use identity::{Guests, Through};
pub use ids::row_ids;
pub use keys::compared_how;
pub use listing::{Listing, looks_like};
pub use money::{Decision, Money, Paid, Status, Topic};
pub use recipe::suggested;
pub use rfm::{Rfm, RfmCodes, RfmSegment};
pub use status::StatusMeans;
pub use trying::{FormulaColumn, Tried, try_column};
pub use understand::{Overlap, Understood, UnderstoodSource, understand};

use crate::base::{Ctx, Key, Note};
use crate::data::{self, Raw, Source, Unprofiled};

/// Reads any source: a file as it is, or several as one customer table. The sources of the latter must not have been read before; see the
/// engine for how the window keeps them. Rows after `today` are not believed.
pub fn read_table(source: &Source, today: Option<data::sourcing::IsoDay>, ctx: &Ctx) -> Result<Unprofiled, CustomersError> {
    let Source::Sources(sourcing) = source else { return Ok(data::read_table(source, ctx)?) };
    let raws: Vec<Raw> = sourcing.sources.iter().map(|source| data::read_raw(&source.path, ctx)).collect::<Result<_, _>>()?;
    let raws: Vec<&Raw> = raws.iter().collect();
    let understood = understand(sourcing, &raws, ctx)?;
    let built = build(sourcing, &understood, &raws, today, ctx)?;
    let stamp = stamp(sourcing, &raws);
    let (mut table, mut notes) = (built.table, built.notes);
    add_scores(&mut table, &mut notes, sourcing, stamp, ctx)?;
    Ok(Unprofiled::made(source.title(), table, notes, stamp))
}

/// Adds RFM scores and segments where they are wanted, and the notes about them.
pub fn add_scores(
    table: &mut data::Table,
    notes: &mut Vec<Note>,
    sourcing: &data::Sourcing,
    stamp: Key,
    ctx: &Ctx,
) -> Result<(), CustomersError> {
    if !sourcing.rfm.enabled {
        return Ok(());
    }
    match rfm::score(table, &sourcing.rfm, stamp, ctx) {
        Ok(rfm) => {
            let columns = rfm.columns(table);
            table.columns.extend(columns);
            notes.extend(rfm.notes);
            Ok(())
        }
        Err(CustomersError::Stopped(stopped)) => Err(stopped.into()),
        // A table without scores is still a table; the RFM view of the window says why there are none.
        Err(_) => Ok(()),
    }
}

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
