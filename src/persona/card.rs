//! What a persona card says, as data: name, sentence, statements, distributions, and the evidence row behind every word.

use crate::data::Role;

use super::added::Added;
use super::distribution::Distribution;
use super::evidence::{Direction, Evidence};

/// One segment, described.
#[derive(Debug, Clone, PartialEq)]
pub struct Persona {
    /// Its cluster, from 0: its place among the personas.
    pub cluster: usize,
    /// What people call it, from 0; shown as C1, C2, ... and as its colour. Stays with its customers.
    pub number: usize,
    /// The name in force: the user's, or the automatic one.
    pub name: String,
    /// The automatic name.
    pub automatic_name: String,
    /// Whether the user gave the name.
    pub is_renamed: bool,
    /// Whether a trait that a name from here once rested on no longer passes, or the customers have largely changed.
    pub may_be_out_of_date: bool,
    /// The automatic name word by word, each with its evidence.
    pub name_parts: Vec<NamePart>,
    /// One sentence: size, share, what sets them apart.
    pub summary: String,
    /// Customers in it.
    pub n: usize,
    /// Share of the customers that took part, 0 to 1.
    pub share: f64,
    /// Share of the revenue column's sum, 0 to 1.
    pub revenue_share: Option<f64>,
    /// What sets them apart, strongest first; both directions.
    pub statements: Vec<Statement>,
    /// Distributions worth drawing: columns of the strongest statements first.
    pub distributions: Vec<Distribution>,
    /// Every column and level that was looked at, strongest first.
    pub evidence: Vec<Evidence>,
    /// Share of members that match all traits in the name, 0 to 1.
    pub match_all_share: Option<f64>,
    /// The block "Added by you".
    pub added: Added,
}

impl Persona {
    /// The evidence the automatic name rests on, each row once.
    pub fn headline(&self) -> Vec<&Evidence> {
        let mut rows: Vec<usize> = self.name_parts.iter().flat_map(|part| part.evidence.into_iter().chain(part.also)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().filter_map(|row| self.evidence.get(row)).collect()
    }

    /// The evidence of statements that most members share: levels, the strongest first. What is sensitive or an outcome is nobody's trait.
    pub(super) fn told_of_most(&self) -> impl Iterator<Item = &Evidence> {
        let of = |statement: &Statement| self.evidence.get(statement.evidence).filter(|_| statement.direction == Direction::More);
        let is_shared = |row: &&Evidence| row.level.is_some() && row.persona > 0.5 && !matches!(row.role, Role::Sensitive | Role::Outcome);
        self.statements.iter().filter_map(of).filter(is_shared)
    }

    /// The largest share of members without a value among the columns of the name, 0 to 1; 0 where it rests on none.
    pub fn headline_missing(&self) -> f64 {
        self.headline().iter().map(|evidence| evidence.missing_share).fold(0.0, f64::max)
    }
}

/// Statements of a front: what they have more of, what they have less of.
const MOST_MORE: usize = 5;
const LEAST_LESS: usize = 2;

impl Persona {
    /// What a front says: at most five statements of more, and two of less, or as many more as there are places left, so that a persona that
    /// has little of everything is described too.
    pub fn told(&self) -> [Vec<&Statement>; 2] {
        let of = |direction| self.statements.iter().filter(move |statement| statement.direction == direction);
        let more: Vec<&Statement> = of(Direction::More).take(MOST_MORE).collect();
        let places = (MOST_MORE + LEAST_LESS).saturating_sub(more.len()).clamp(LEAST_LESS, MOST_MORE);
        [more, of(Direction::Less).take(places).collect()]
    }

    /// The same for a room, which hears of nothing sensitive: the evidence has it.
    pub fn told_to_a_room(&self) -> [Vec<&Statement>; 2] {
        self.told().map(|told| told.into_iter().filter(|statement| !self.is_sensitive(statement)).collect())
    }

    /// The statements in the order of what they tell, whichever their direction, those of the name first: for places with room for a few. Nothing sensitive.
    pub fn in_few_words(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| !self.is_sensitive(statement))
    }

    /// Whether a statement rests on a sensitive column.
    pub fn is_sensitive(&self, statement: &Statement) -> bool {
        self.evidence.get(statement.evidence).is_some_and(|row| row.role == Role::Sensitive)
    }

    /// The small plots, for a room without those of sensitive columns.
    pub fn drawn(&self, is_for_a_room: bool) -> impl Iterator<Item = &Distribution> {
        let is_sensitive = |of: &&Distribution| self.evidence.iter().any(|row| row.column == of.column && row.role == Role::Sensitive);
        self.distributions.iter().filter(move |of| !is_for_a_room || !is_sensitive(of))
    }
}

impl Persona {
    /// The rows of [`Persona::evidence`] that a front tells, besides those of the name: of the outcome, and of the statements it has room for.
    pub fn rows_on_front(&self) -> Vec<usize> {
        let outcomes = self.outcomes().into_iter().map(|line| line.evidence);
        outcomes.chain(self.told().into_iter().flatten().map(|statement| statement.evidence)).collect()
    }
}

/// A word of an automatic name and the row of [`Persona::evidence`] it rests on; plain words ("Customers") rest on none.
#[derive(Debug, Clone, PartialEq)]
pub struct NamePart {
    /// The word as printed.
    pub word: String,
    /// Index into [`Persona::evidence`].
    pub evidence: Option<usize>,
    /// A second row that had to pass too before the word was allowed: "Budget-Conscious" rests on the discounts and needs small baskets.
    pub also: Option<usize>,
}

/// One thing that sets a persona apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// In words: "High total spend".
    pub text: String,
    /// The persona's value, with its unit: "€ 1 240" or "62 %".
    pub value: String,
    /// Everyone's value: "€ 410" or "21 %".
    pub everyone: String,
    /// Above or below everyone.
    pub direction: Direction,
    /// Index into [`Persona::evidence`].
    pub evidence: usize,
}
