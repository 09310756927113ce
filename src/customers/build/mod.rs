//! How does the customer table come to be? Transactions and events are read once and added up per customer (`grain`), then all that is known is joined.
//!
//! In: choices, what the sources hold, their rows. Out: one row per customer, sorted by key, with the recipe of every column. Memory: the
//! customers, and the rows of as many of them at a time as have room.
//!
//! `prepare` makes rows whole, `recipe` says which columns there are, `formula` reads each. `assemble` joins: `grain` walks along rows that `batches` brought
//! into memory, `runs` put in order and `merged` added up by day or category, in `partial_sums` that formulas share; `attach` adds what has one row per key.
//! `accounts` tells what became of the money, `sales` are orders as events, `try_column` tries a formula while it is written, `ids` are short names of rows. `built` is the answer.

pub(super) mod accounts;
pub(super) mod assemble;
mod attach;
mod batches;
pub(super) mod built;
mod formula;
mod grain;
pub(super) mod ids;
mod merged;
mod partial_sums;
mod prepare;
pub(super) mod recipe;
mod runs;
pub(super) mod sales;
pub(super) mod try_column;

use crate::base::text::count;
use crate::base::{Ctx, Note};
use crate::data::day::IsoDay;
use crate::data::sourcing::Field;
use crate::data::{Raw, SourceKind, Sourcing, table_of_frame};

use super::error::CustomersError;
use super::health;
use super::understand::rows::{Input, KeyType};
use super::understand::span;
use super::understand::understood::Understood;

use accounts::Account;
use assemble::{assemble, currency, dated, key_type};
use built::Built;
use prepare::inputs;
use recipe::in_force;

/// Builds the table.
///
/// Rows after `today` are errors, and the snapshot never comes from one; without a day all are believed.
pub fn build(
    sourcing: &Sourcing,
    understood: &Understood,
    raws: &[&Raw],
    today: Option<IsoDay>,
    ctx: &Ctx,
) -> Result<Built, CustomersError> {
    let stamp = super::stamp(sourcing, raws);
    let kept = health::kept(sourcing, understood, raws, ctx)?;
    let raws: &[&Raw] = &kept.iter().collect::<Vec<_>>();
    let inputs = inputs(understood, raws)?;
    let keys = key_type(&inputs)?;
    let currency = currency(understood);
    ctx.progress("Looking for the last day", 0.0);
    let dated = dated(&inputs);
    let (snapshot, mut notes) = span::snapshot_and_left_out(&dated, sourcing.snapshot, today, keys, currency, ctx)?;
    for source in &understood.sources {
        if source.overlap.as_ref().is_some_and(|overlap| overlap.n_found == 0 && overlap.n_keys > 0) {
            notes.push(Note::new(source.key_reason.clone()));
        }
        if source.kind == SourceKind::Reference && source.looked_up_by.is_none() {
            notes.push(Note::new(format!("{} is not joined. {}", source.name, source.key_reason)));
        }
    }
    let recipe = in_force(sourcing, understood);
    // Beside each other: adding up customers leaves a core idle at times.
    let (assembled, accounts) =
        rayon::join(|| assemble(&inputs, keys, snapshot, currency, &recipe, ctx), || accounts_of(&inputs, keys, snapshot, currency));
    let (assembled, accounts) = (assembled?, accounts?);
    notes.extend(accounts.iter().filter_map(|account| never_sold(account, understood)));
    notes.extend(assembled.notes);
    ctx.progress("Copying the table", 0.9);
    let (table, more) = table_of_frame(assembled.frame, ctx)?;
    notes.extend(more);
    let usable = try_column::usable(understood, &inputs, keys)?;
    Ok(Built { table, columns: assembled.columns, usable, snapshot, notes, accounts, stamp })
}

/// What a status keeps out of the money, said where everybody reads it and not only among what was decided.
fn never_sold(account: &Account, understood: &Understood) -> Option<Note> {
    let source = understood.sources.iter().find(|source| source.name == account.source)?;
    let column = source.fields.get(&Field::Status).or(source.fields.get(&Field::Returned))?;
    let (rows, money) = (account.never_sold.rows, account.never_sold.money());
    let (rows, are) = if rows == 1 { ("1 row".to_owned(), "is") } else { (format!("{} rows", count(rows)), "are") };
    (account.never_sold.rows > 0).then(|| {
        let source = &account.source;
        let note = format!("{rows} of {source} {are} left out of the money ({money}): by {column}, cancelled, failed or not paid.");
        Note::new(note).advising("What counts is chosen on Data, under Sources.")
    })
}

/// The money of every list of transactions that has any.
fn accounts_of(inputs: &[Input], keys: KeyType, snapshot: Option<IsoDay>, currency: Option<&str>) -> Result<Vec<Account>, CustomersError> {
    let Some(snapshot) = snapshot else { return Ok(Vec::new()) };
    let bought = inputs.iter().filter(|input| input.of.kind == SourceKind::Transactions);
    let accounts = bought.map(|input| accounts::account(input, keys, snapshot, currency)).collect::<Result<Vec<_>, _>>()?;
    Ok(accounts.into_iter().flatten().collect())
}
