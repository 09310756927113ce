//! All personas of one segmentation, and who is in none of them.

use crate::base::Note;
use crate::data::{Dictionary, Noun};

use super::attributes::Attribute;
use super::card::{NamePart, Persona, Statement};
use super::explain::MissingGroup;
use super::measure::MIN_CELL;
use super::missing_groups::MIN_SHARE;
use super::text::percent;
use super::twins::Twins;

/// All personas of one segmentation, and who is in none. Shares sum to 1.
#[derive(Debug, Clone, Default)]
pub struct Personas {
    /// In the order of their clusters, largest first.
    pub personas: Vec<Persona>,
    /// Customers in no segment ("In no group").
    pub n_noise: usize,
    /// Rows of the table that took no part.
    pub n_left_out: usize,
    /// Rows of the table.
    pub n_rows: usize,
    /// The column whose sum is called revenue, if there is one.
    pub revenue_column: Option<String>,
    /// What the rows are called.
    pub noun: Noun,
    /// Groups of the population that are nobody's commonest, largest first.
    pub missing_groups: Vec<MissingGroup>,
    /// The columns that were asked for them, as people call them.
    pub missing_looked_at: Vec<String>,
    /// What tells the personas apart, the attribute that separates best first.
    pub attributes: Vec<Attribute>,
    /// Facts that several columns tell.
    pub twins: Twins,
    /// What the reader of the cards must know.
    pub notes: Vec<Note>,
}

/// Longest name taken from a group; what names made here have room for.
const MAX_GROUP_NAME: usize = 40;

impl Personas {
    /// What a statement says, with how many columns say the same: "No streaming, and 6 columns that say the same". That one other does is left to the
    /// evidence.
    pub fn statement_text(&self, persona: &Persona, statement: &Statement) -> String {
        let told = persona.evidence.get(statement.evidence).filter(|row| self.twins.n_others(row) > 1);
        let also = told.and_then(|row| self.twins.also(row));
        also.map_or_else(|| statement.text.clone(), |also| format!("{}, {also}", statement.text))
    }

    /// Whether the one persona there is has everyone in it, so that there is nobody to set it apart from.
    pub fn is_everyone(&self) -> bool {
        matches!(&self.personas[..], [only] if only.share >= 1.0)
    }

    /// Whether something of these rows of evidence is withheld. Where everyone is one persona there are no others, which is no secret.
    pub fn withholds(&self, persona: &Persona, rows: impl IntoIterator<Item = usize>) -> bool {
        let is_everyone = self.is_everyone();
        rows.into_iter().any(|row| {
            let hidden = persona.evidence[row].hidden();
            hidden.persona || hidden.everyone || (hidden.rest && !is_everyone)
        })
    }

    /// "Looked at: age, region."; none where no column was.
    pub fn missing_note(&self) -> Option<String> {
        let least = percent(MIN_SHARE);
        (!self.missing_looked_at.is_empty())
            .then(|| format!("Looked at: {}. Groups below {least} of all are not listed.", self.missing_looked_at.join(", ")))
    }

    /// Whose sum is called revenue, in one sentence; none where no persona's share of it is told.
    pub fn revenue_told(&self, dictionary: &Dictionary) -> Option<String> {
        let column = self.revenue_column.as_deref().filter(|_| self.personas.iter().any(|persona| persona.revenue_share.is_some()))?;
        Some(format!("Revenue is the sum of {}.", dictionary.in_sentence(column)))
    }

    /// The rows of a persona's evidence to list, strongest first, each fact once; whatever the front rests on is among them.
    pub fn listed_evidence(&self, persona: &Persona) -> Vec<usize> {
        let words = persona.name_parts.iter().flat_map(|part| part.evidence.into_iter().chain(part.also));
        let kept: Vec<usize> = words.chain(persona.rows_on_front()).collect();
        self.twins.folded(&persona.evidence, 0..persona.evidence.len(), &kept)
    }

    /// Calls the personas what their groups are called, where the groups were not found but are those of a column; `names` by cluster. Such a
    /// name rests on no trait: the column is its evidence. A name the user gave stays, and nobody else gets it. A group of a few is not called by what
    /// its customers have in common, unless the names are the program's own.
    pub fn name_after_groups(&mut self, names: &[String], is_own: bool) {
        let given: Vec<String> = self.personas.iter().filter(|persona| persona.is_renamed).map(|persona| persona.name.clone()).collect();
        let mut used: Vec<String> = given;
        for (persona, name) in self.personas.iter_mut().zip(names) {
            let mut short: String = name.chars().take(MAX_GROUP_NAME).collect();
            if short.len() < name.len() {
                short.pop();
                short.push('…');
            }
            if short.is_empty() || used.contains(&short) || (persona.n < MIN_CELL && !is_own) {
                continue;
            }
            used.push(short.clone());
            if !persona.is_renamed {
                persona.name = short.clone();
            }
            persona.name_parts = vec![NamePart { word: short.clone(), evidence: None, also: None }];
            persona.automatic_name = short;
            persona.match_all_share = None;
        }
    }
}
