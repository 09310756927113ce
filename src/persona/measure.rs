//! What was measured for one column: a row of effects, one for every persona, for the column or for each of its levels.
//!
//! The types that the measuring (`numeric`, `categorical`), the naming and the wording share, and the gates of methods.md section 3.

use crate::base::stats::normal_quantile;

use crate::base::{FEWEST_TOLD, Labels};
use crate::features::Prepared;

use super::distribution::Distribution;
use super::evidence::{Direction, Evidence};

/// Cells with fewer customers are suppressed.
pub const MIN_CELL: usize = FEWEST_TOLD;
/// Fewer members with a value carry no name.
pub const MIN_NAMED: usize = 31;
/// Effects from here on are strong enough for a name.
pub const STRONG_EFFECT: f64 = 0.5;
/// Weaker effects are told in no statement (Cohen's small effect).
pub const LEAST_EFFECT: f64 = 0.2;
/// From this effect on a value is told to differ (Cohen's medium effect).
pub const NOTICED: f64 = 0.5;
/// Share above which missing values keep a column out of names.
const MAX_MISSING: f64 = 0.20;
/// The same for statements.
const MOST_MISSING_TO_SAY: f64 = 0.50;

/// Who is in which persona, seen from the rows that take part.
pub struct Groups {
    /// The persona of every row that takes part; noise has none.
    pub of_row: Vec<Option<usize>>,
    /// The table row of each of them.
    pub table_rows: Vec<usize>,
    /// Members of each persona.
    pub sizes: Vec<usize>,
    /// |v.test| a trait must exceed: two-sided 5 %, divided among the columns (Bonferroni).
    pub gate: f64,
}

/// All that was measured for a column.
pub struct Measured {
    /// One for a scale, one for each level looked at.
    pub rows: Vec<EffectRow>,
    /// The column's drawing for each persona; none where fewer than [`MIN_CELL`] members have a value.
    pub drawings: Vec<Option<Distribution>>,
}

/// One quantity for every persona.
pub struct EffectRow {
    /// A trait per persona; none where fewer than [`MIN_CELL`] members have a value.
    pub of_persona: Vec<Option<Trait>>,
}

/// One thing a persona may be named or described by.
#[derive(Debug, Clone)]
pub struct Trait {
    /// Which described column it is about.
    pub column: usize,
    /// The level, for categories.
    pub level: Option<usize>,
    /// The numbers and their gates.
    pub evidence: Evidence,
    /// Above or below everyone.
    pub direction: Direction,
    /// Values at least (high) or at most (low) this are the trait's, in original units.
    pub threshold: f64,
    /// Share of members whose value is 0.
    pub zeros: f64,
    /// |effect| x specificity: what traits are ranked by.
    pub score: f64,
}

impl Groups {
    /// Who is where, for `n_columns` described columns.
    pub fn of(prepared: &Prepared, labels: &Labels, n_columns: usize) -> Groups {
        Groups {
            of_row: labels.iter().collect(),
            table_rows: prepared.table_rows.clone(),
            sizes: labels.sizes().to_vec(),
            gate: Groups::gate(n_columns),
        }
    }

    /// The gate for `n_columns` described columns.
    pub fn gate(n_columns: usize) -> f64 {
        -normal_quantile(0.025 / n_columns.max(1) as f64)
    }
}

impl Trait {
    /// Whether a member with this value has the trait (scales).
    pub fn includes(&self, value: f64) -> bool {
        match self.direction {
            Direction::More => value >= self.threshold,
            Direction::Less => value <= self.threshold,
        }
    }
}

/// Whether a name may rest on it, but for what is particular to scales and levels.
pub fn may_name(evidence: &Evidence, gate: f64, missing_of_all: f64) -> bool {
    evidence.effect.abs() >= STRONG_EFFECT
        && evidence.v_test.abs() > gate
        && evidence.coverage >= 0.5
        && evidence.missing_share < MAX_MISSING
        && missing_of_all < MAX_MISSING
        && evidence.n >= MIN_NAMED
}

/// Whether a statement may rest on it, but for what is particular to scales and levels. Of a persona whose values are mostly unknown nothing is said.
pub fn may_state(evidence: &Evidence, gate: f64) -> bool {
    evidence.effect.abs() >= LEAST_EFFECT
        && evidence.v_test.abs() > gate
        && evidence.n >= MIN_CELL
        && evidence.missing_share <= MOST_MISSING_TO_SAY
}

/// Fills in `score`: |effect| x specificity, specificity being the persona's part of all personas' squared effects.
pub fn rank(rows: &mut [EffectRow]) {
    for row in rows {
        let total: f64 = row.of_persona.iter().flatten().map(|found| found.evidence.effect.powi(2)).sum();
        for found in row.of_persona.iter_mut().flatten() {
            let effect = found.evidence.effect;
            found.score = if total > 0.0 { effect.abs() * effect.powi(2) / total } else { 0.0 };
        }
    }
}
