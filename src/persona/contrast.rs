//! What sets picked customers apart from everyone else?
//!
//! In: the table, the preparation, and who is picked. Out: a card for them as one group against all others, by the very measures and words of
//! the personas: a niche reads like a segment. Cost as [`describe_with_roles`] with two groups.

use std::collections::BTreeMap;

use crate::base::{Ctx, Labels, Stopped};
use crate::data::{Loaded, Role};
use crate::features::Prepared;

use super::card::Persona;
use super::describe::describe_with_roles;
use super::evidence::Evidence;
use super::lexicon::Lexicon;
use super::measure::MIN_CELL;

/// Picked customers against all others.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// Picked customers that take part.
    pub n: usize,
    /// All others that take part.
    pub n_rest: usize,
    /// Who the picked ones are; none where they or the others are fewer than [`Contrast::LEAST`].
    pub persona: Option<Persona>,
}

impl Contrast {
    /// Fewer customers are not described: a median of nine would tell of persons.
    pub const LEAST: usize = MIN_CELL;

    /// Columns with a level that all of the picked have and nobody else has.
    pub fn names_of_the_picked(&self) -> Vec<String> {
        let evidence = self.persona.iter().flat_map(|persona| &persona.evidence);
        let is_name = |row: &&Evidence| row.level.is_some() && row.persona >= 1.0 && row.rest <= 0.0;
        evidence.filter(is_name).map(|row| row.column.clone()).collect()
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.persona.as_ref().map_or(0, |persona| persona.evidence.len() * 400)
    }
}

/// Describes the rows of the table that `is_picked` names, among those that take part.
pub fn contrast(
    loaded: &Loaded,
    prepared: &Prepared,
    is_picked: impl Fn(usize) -> bool,
    roles: &BTreeMap<String, Role>,
    lexicon: &Lexicon,
    ctx: &Ctx,
) -> Result<Contrast, Stopped> {
    ctx.check()?;
    let rows = &prepared.table_rows;
    let labels = Labels::canonical(rows.len(), 2, |row| Some(usize::from(is_picked(rows[row]))));
    // The larger group has number 0, so one who is picked is asked for the number.
    let cluster = rows.iter().position(|&row| is_picked(row)).and_then(|row| labels.get(row));
    let n = cluster.map_or(0, |cluster| labels.sizes()[cluster]);
    let n_rest = rows.len() - n;
    if n.min(n_rest) < Contrast::LEAST {
        return Ok(Contrast { n, n_rest, persona: None });
    }
    let mut cards = describe_with_roles(loaded, prepared, &labels, &[], roles, lexicon, ctx)?.personas;
    let persona = cluster.filter(|&cluster| cluster < cards.len()).map(|cluster| cards.swap_remove(cluster));
    Ok(Contrast { n, n_rest, persona })
}
