//! Which attributes tell the personas apart? One row per column, the one that separates best first.
//!
//! In: the personas with their evidence. Out: rows that name, for every persona, the evidence behind its value, so that pages and files show
//! the same order and the same tones. Of a column's levels only the one that separates best is kept. How much a row separates is the root
//! mean square of the personas' effects on it. O(rows of evidence x log).

use std::collections::{BTreeMap, BTreeSet};

use crate::data::{Role, rfm_base};
use crate::evaluate::telling_level;

use super::card::Persona;
use super::evidence::Evidence;
use super::measure::{MIN_CELL, NOTICED};
use super::twins::Twins;

/// One attribute of all personas.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attribute {
    /// The column.
    pub column: String,
    /// The level, for categories.
    pub level: Option<String>,
    /// Both as they are shown: "Channel = web".
    pub shown: String,
    /// Everyone's value, as people read it.
    pub everyone: String,
    /// For each persona its row of [`Persona::evidence`]; none where fewer than ten customers have a value.
    pub rows: Vec<Option<usize>>,
    /// Root mean square of the effects over the personas.
    pub separation: f64,
    /// "and 6 columns that say the same", where there are others.
    pub also: Option<String>,
    /// How many these are.
    pub n_also: usize,
}

impl Attribute {
    /// The same with how many other columns say so.
    pub fn what_with_others(&self) -> String {
        self.also.as_ref().map_or_else(|| self.shown.clone(), |also| format!("{}, {also}", self.shown))
    }

    /// Any row of evidence about it.
    fn any_evidence<'a>(&self, personas: &'a [Persona]) -> Option<&'a Evidence> {
        (0..self.rows.len()).find_map(|cluster| self.evidence(personas, cluster))
    }

    /// What the column is for.
    pub fn role(&self, personas: &[Persona]) -> Option<Role> {
        Some(self.any_evidence(personas)?.role)
    }

    /// The same where room is short: "Contract = Two year +6".
    pub fn what_in_short(&self) -> String {
        if self.also.is_some() { format!("{} +{}", self.shown, self.n_also) } else { self.shown.clone() }
    }

    /// The evidence of one of `personas`.
    pub fn evidence<'a>(&self, personas: &'a [Persona], cluster: usize) -> Option<&'a Evidence> {
        personas.get(cluster)?.evidence.get((*self.rows.get(cluster)?)?)
    }
}

/// -1 less, 0 about the same, 1 more than everyone: beyond a medium effect, and where the numbers that are printed say so too.
pub fn tone(evidence: &Evidence) -> i8 {
    let shows = evidence.texts[0] != evidence.texts[1] && (evidence.persona - evidence.everyone) * evidence.effect > 0.0;
    if evidence.effect.abs() < NOTICED || !shows || evidence.texts[0] == "–" { 0 } else { evidence.effect.signum() as i8 }
}

/// The attributes of `personas`, the one that separates best first; a fact that several columns tell is one attribute.
pub fn attributes(personas: &[Persona], twins: &Twins) -> Vec<Attribute> {
    let mut rows: BTreeMap<(&str, Option<&str>), Vec<Option<usize>>> = BTreeMap::new();
    for (cluster, persona) in personas.iter().enumerate() {
        // Marks of ours say what the columns they are made of say in euros and days, where these are there.
        let is_mark =
            |evidence: &Evidence| rfm_base(&evidence.column).is_some_and(|base| persona.evidence.iter().any(|row| row.column == base));
        let is_told = |evidence: &Evidence| !is_mark(evidence) && !twins.is_retold(&evidence.column);
        for (at, evidence) in persona.evidence.iter().enumerate().filter(|(_, evidence)| is_told(evidence)) {
            let of_all = rows.entry((&evidence.column, evidence.level.as_deref())).or_insert_with(|| vec![None; personas.len()]);
            of_all[cluster] = Some(at);
        }
    }
    let mut attributes: Vec<Attribute> = rows.into_iter().map(|((column, level), rows)| attribute(personas, column, level, rows)).collect();
    let mut n_levels: BTreeMap<String, usize> = BTreeMap::new();
    attributes.iter().for_each(|attribute| *n_levels.entry(attribute.column.clone()).or_default() += 1);
    tell_by_one_level(&mut attributes, personas);
    // The map's order decides between equals.
    attributes.sort_by(|a, b| b.separation.total_cmp(&a.separation));
    let (mut seen, mut told) = (BTreeSet::new(), BTreeSet::new());
    attributes.retain(|attribute| {
        let fact = attribute.any_evidence(personas).and_then(|row| twins.fact(row));
        if seen.contains(&attribute.column) {
            return false;
        }
        let is_new = fact.is_none_or(|fact| told.insert(fact));
        // A column whose best level is told already still has its next best one; of two levels the other says the same again.
        if is_new || n_levels.get(&attribute.column).is_some_and(|n| *n <= 2) {
            seen.insert(attribute.column.clone());
        }
        is_new
    });
    for attribute in &mut attributes {
        let row = attribute.any_evidence(personas).cloned();
        attribute.also = row.as_ref().and_then(|row| twins.also(row));
        attribute.n_also = row.as_ref().map_or(0, |row| twins.n_others(row));
    }
    attributes
}

/// Of an outcome with two levels either says all, and is as strong: the one that fronts tell is kept ("Churn = Yes").
fn tell_by_one_level(attributes: &mut Vec<Attribute>, personas: &[Persona]) {
    let mut levels: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for attribute in attributes.iter() {
        let of_outcome = attribute.any_evidence(personas).filter(|evidence| evidence.role == Role::Outcome);
        if let (Some(level), Some(evidence)) = (&attribute.level, of_outcome) {
            levels.entry(attribute.column.clone()).or_default().push((level.clone(), evidence.everyone));
        }
    }
    let told: BTreeMap<String, String> = levels
        .into_iter()
        .filter(|(_, levels)| levels.len() == 2)
        .filter_map(|(column, levels)| {
            let known: Vec<(&str, f64)> = levels.iter().map(|(level, share)| (level.as_str(), *share)).collect();
            let at = telling_level(&known)?;
            Some((column, levels[at].0.clone()))
        })
        .collect();
    attributes.retain(|attribute| told.get(&attribute.column).is_none_or(|level| Some(level) == attribute.level.as_ref()));
}

fn attribute(personas: &[Persona], column: &str, level: Option<&str>, rows: Vec<Option<usize>>) -> Attribute {
    let evidence = |(cluster, row): (usize, &Option<usize>)| row.map(|row| &personas[cluster].evidence[row]);
    let everyone = rows.iter().enumerate().find_map(evidence).map(|evidence| evidence.texts[1].clone()).unwrap_or_default();
    let told = |cluster: usize, row: Option<usize>| row.filter(|&row| personas[cluster].evidence[row].n >= MIN_CELL);
    let rows: Vec<Option<usize>> = rows.into_iter().enumerate().map(|(cluster, row)| told(cluster, row)).collect();
    let squares: f64 = rows.iter().enumerate().filter_map(evidence).map(|evidence| evidence.effect * evidence.effect).sum();
    let separation = (squares / personas.len().max(1) as f64).sqrt();
    let shown = rows.iter().enumerate().find_map(evidence).map(|evidence| evidence.shown.title()).unwrap_or_default();
    Attribute { column: column.to_owned(), level: level.map(str::to_owned), shown, everyone, rows, separation, also: None, n_also: 0 }
}
