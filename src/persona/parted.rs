//! Who are the segments when some of them are in parts? Whoever was not parted keeps the very card, and the parts have cards of their own.
//!
//! In: the segments in parts and as they were before. Out: the cards. A card speaks of its customers against everyone, so parts elsewhere change nothing in
//! it; only names are chosen among all, and those that were there are taken first. Twice the work of [`super::describe`].

use std::collections::BTreeMap;

use crate::base::{Ctx, Labels, Stopped};
use crate::data::{Loaded, Role};
use crate::features::Prepared;

use super::attributes::attributes;
use super::card::Persona;
use super::describe::{describe_with_roles, described_beside};
use super::edit::PersonaEdit;
use super::lexicon::Lexicon;
use super::personas::Personas;

/// The cards of `labels`, which are those of `whole` but for some segments in parts.
#[expect(clippy::too_many_arguments, reason = "those of the cards, and the segments before")]
pub fn describe_parted(
    loaded: &Loaded,
    prepared: &Prepared,
    labels: &Labels,
    whole: &Labels,
    edits: &[PersonaEdit],
    roles: &BTreeMap<String, Role>,
    lexicon: &Lexicon,
    ctx: &Ctx,
) -> Result<Personas, Stopped> {
    let before = describe_with_roles(loaded, prepared, whole, edits, roles, lexicon, &ctx.quiet())?;
    let stays = |persona: &&Persona| labels.numbers().contains(&persona.number);
    let taken: Vec<String> =
        before.personas.iter().filter(stays).flat_map(|persona| [persona.name.clone(), persona.automatic_name.clone()]).collect();
    let mut personas = described_beside(loaded, prepared, labels, edits, &taken, roles, lexicon, ctx)?;
    for persona in &mut personas.personas {
        if let Some(before) = before.personas.iter().find(|before| before.number == persona.number) {
            *persona = Persona { cluster: persona.cluster, ..before.clone() };
        }
    }
    personas.attributes = attributes(&personas.personas, &personas.twins);
    Ok(personas)
}
