//! The personas side by side: a column each, a row per attribute, rows sorted by how much they separate.

use serde::Serialize;

use crate::data::Role;
use crate::persona::{Attribute, Persona, attributes, listed_name, numbering, tone};

use super::super::Report;
use super::super::choices::Density;
use super::super::palette::{hex, segment};

/// Rows of the table.
const ROWS: usize = 24;

/// The table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideBySide {
    /// The personas.
    pub columns: Vec<ComparisonColumn>,
    /// The attributes, the one that separates best first.
    pub rows: Vec<ComparisonRow>,
    /// Attributes beyond those shown.
    pub n_more: usize,
}

/// A persona.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonColumn {
    /// Its name.
    pub name: String,
    /// The name without the noun that all share, for narrow columns.
    pub listed: String,
    /// "C1".
    pub label: String,
    /// Its colour.
    pub colour: String,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonRow {
    /// The column, with its level.
    pub what: String,
    /// Everyone's value.
    pub everyone: String,
    /// A cell per persona.
    pub cells: Vec<ComparedCell>,
    /// Root mean square of the effects over the personas.
    pub separation: f64,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedCell {
    /// As people read it; a dash for too few customers.
    pub text: String,
    /// The effect against the rest, 0 where it is not shown.
    pub effect: f64,
    /// -1 less, 0 about the same, 1 more than the rest: beyond a medium effect.
    pub tone: i8,
}

/// The table of a report. A room hears of nothing sensitive.
pub(super) fn comparison(report: &Report, density: Density) -> SideBySide {
    let personas = &report.personas.personas;
    // One persona has nobody beside it.
    if personas.len() < 2 {
        return SideBySide { columns: Vec::new(), rows: Vec::new(), n_more: 0 };
    }
    let is_told = |attribute: &Attribute| density == Density::Analyst || attribute.role(personas) != Some(Role::Sensitive);
    let attributes: Vec<Attribute> = attributes(personas, &report.personas.twins).into_iter().filter(is_told).collect();
    let noun = &report.personas.noun;
    let columns = personas.iter().map(|persona| ComparisonColumn {
        name: persona.name.clone(),
        listed: listed_name(&persona.name, noun),
        label: numbering::name(persona.number),
        colour: hex(segment(persona.number)),
    });
    SideBySide {
        columns: columns.collect(),
        n_more: attributes.len().saturating_sub(ROWS),
        rows: attributes.iter().take(ROWS).map(|attribute| row(attribute, personas)).collect(),
    }
}

fn row(attribute: &Attribute, personas: &[Persona]) -> ComparisonRow {
    let cell = |cluster: usize| match attribute.evidence(personas, cluster) {
        Some(evidence) => ComparedCell {
            text: evidence.texts[0].clone(),
            effect: if evidence.hidden().effect() { 0.0 } else { evidence.effect },
            tone: tone(evidence),
        },
        None => ComparedCell { text: "–".to_owned(), effect: 0.0, tone: 0 },
    };
    let told = |cluster: usize| attribute.evidence(personas, cluster).is_some_and(|evidence| !evidence.hidden().effect());
    let is_whole = (0..personas.len()).all(told);
    ComparisonRow {
        what: attribute.what_with_others(),
        everyone: attribute.everyone.clone(),
        cells: (0..personas.len()).map(cell).collect(),
        // Together with the effects that are told it would give the one that is not.
        separation: if is_whole { attribute.separation } else { 0.0 },
    }
}
