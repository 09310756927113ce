//! The personas side by side: a column each, a row an attribute, rows sorted by how much they separate.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::persona::Evidence;

use super::super::Report;
use super::super::json::FEWEST_DESCRIBED;
use super::super::palette::{hex, segment};

/// Rows of the table.
const ROWS: usize = 24;
/// From this effect on a cell is tinted (Cohen's medium effect).
const NOTICED: f64 = 0.5;

/// The table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
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
    /// A cell a persona.
    pub cells: Vec<Cell>,
    /// Root mean square of the effects over the personas.
    pub separation: f64,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// As people read it; a dash for too few customers.
    pub text: String,
    /// The effect against the rest, 0 where it is not shown.
    pub effect: f64,
    /// -1 less, 0 about the same, 1 more than the rest: beyond a medium effect.
    pub tone: i8,
}

/// The table of a report. Of a column's levels only the one that separates best is shown.
pub(super) fn comparison(report: &Report) -> Comparison {
    let personas = &report.personas.personas;
    let mut attributes: BTreeMap<(&str, Option<&str>), Vec<Option<&Evidence>>> = BTreeMap::new();
    for persona in personas {
        for evidence in &persona.evidence {
            let of_all = attributes.entry((&evidence.column, evidence.level.as_deref())).or_insert_with(|| vec![None; personas.len()]);
            of_all[persona.cluster] = Some(evidence);
        }
    }
    let mut rows: Vec<(&str, ComparisonRow)> =
        attributes.into_iter().filter_map(|((column, level), of_all)| Some((column, row(column, level, &of_all)?))).collect();
    // The map's order decides between equals.
    rows.sort_by(|a, b| b.1.separation.total_cmp(&a.1.separation));
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|(column, _)| seen.insert(*column));
    let n_more = rows.len().saturating_sub(ROWS);
    let columns = personas.iter().map(|persona| ComparisonColumn {
        name: persona.name.clone(),
        label: format!("C{}", persona.number + 1),
        colour: hex(segment(persona.number)),
    });
    Comparison { columns: columns.collect(), rows: rows.into_iter().take(ROWS).map(|(_, row)| row).collect(), n_more }
}

fn row(column: &str, level: Option<&str>, of_all: &[Option<&Evidence>]) -> Option<ComparisonRow> {
    let everyone = of_all.iter().flatten().next()?.texts[1].clone();
    let cells: Vec<Cell> = of_all
        .iter()
        .map(|evidence| match evidence.filter(|evidence| evidence.n >= FEWEST_DESCRIBED) {
            Some(evidence) => Cell {
                text: evidence.texts[0].clone(),
                effect: evidence.effect,
                tone: if evidence.effect.abs() < NOTICED { 0 } else { evidence.effect.signum() as i8 },
            },
            None => Cell { text: "–".to_owned(), effect: 0.0, tone: 0 },
        })
        .collect();
    let squares: f64 = cells.iter().map(|cell| cell.effect * cell.effect).sum();
    let separation = (squares / cells.len().max(1) as f64).sqrt();
    let what = level.map_or_else(|| column.to_owned(), |level| format!("{column} = {level}"));
    Some(ComparisonRow { what, everyone, cells, separation })
}
