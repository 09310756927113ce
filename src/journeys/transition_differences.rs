//! Does a persona go on differently from a place than the rest?
//!
//! In: the transitions, and the persona of every customer. Out: per persona and row chi-squared against the rest, and the cells in which they differ.
//! O(customers × kinds).
//!
//! A persona is compared by where each customer went the *first* time from a kind: the transitions of one customer are not independent, and chi-squared
//! takes all it counts to be. Cells follow by their adjusted residuals (S. Haberman 1973, "The analysis of residuals in cross-classified tables").

use serde::{Deserialize, Serialize};

use super::PersonaOf;
use super::gate::{FEWEST_COMPARED, LEAST_H, bonferroni_z, is_hidden, newcombe};
use super::transitions::KindTransitions;
use crate::evaluate::Rate;
use crate::evaluate::effects::cohen_h;
use crate::evaluate::many_tests::chi_squared_quantile;

/// A cell of a persona's row against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CellDifference {
    /// Where to.
    pub to: usize,
    /// Customers of the persona who went there first.
    pub hits: usize,
    /// Customers of the rest who did.
    pub rest_hits: usize,
    /// Share of the persona minus share of the rest.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
    /// Cohen's h.
    pub h: f64,
    /// Adjusted residual: a normal deviate, positive where the persona has more.
    pub residual: f64,
    /// Whether the row differs, this cell does after Bonferroni's correction, and |h| is at least 0.2.
    pub is_told: bool,
}

/// A persona's row against the rest. Rows with fewer than 31 customers on either side are not compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowDifference {
    /// The persona.
    pub persona: usize,
    /// From which state.
    pub from: usize,
    /// Customers of the persona who were there.
    pub n: usize,
    /// Customers of the rest who were.
    pub rest_n: usize,
    /// Chi-squared of the row, cells with fewer than five expected customers taken together.
    pub chi_squared: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// Whether that is more than chance at 5 %, corrected for rows × personas.
    pub differs: bool,
    /// The cells.
    pub cells: Vec<CellDifference>,
}

impl KindTransitions {
    /// Every persona's rows against the rest.
    pub fn differences(&self, personas: PersonaOf) -> Vec<RowDifference> {
        let size = self.n_states();
        let mut own = vec![vec![0usize; size * size]; personas.count];
        let mut all = vec![0usize; size * size];
        for first in &self.firsts {
            all[first.cell as usize] += 1;
            if let Some(persona) = personas.get(first.customer as usize) {
                own[persona][first.cell as usize] += 1;
            }
        }
        let row = |counts: &[usize], from: usize| counts[from * size..(from + 1) * size].to_vec();
        let mut rows: Vec<RowDifference> = Vec::new();
        for (persona, own) in own.iter().enumerate() {
            for from in 0..size - 1 {
                let (own, all) = (row(own, from), row(&all, from));
                let n: usize = own.iter().sum();
                let rest_n = all.iter().sum::<usize>() - n;
                if n >= FEWEST_COMPARED && rest_n >= FEWEST_COMPARED {
                    rows.push(compare_row(persona, from, &own, &all));
                }
            }
        }
        let n_cells: usize = rows.iter().map(|row| row.cells.len()).sum();
        let (least, n_rows) = (bonferroni_z(n_cells), rows.len());
        for row in &mut rows {
            row.differs = row.chi_squared > chi_squared_quantile(1.0 - 0.05 / n_rows as f64, row.degrees as f64) && row.degrees > 0;
            for cell in &mut row.cells {
                let is_shown = !is_hidden(cell.hits) && !is_hidden(cell.rest_hits);
                cell.is_told = row.differs && is_shown && cell.residual.abs() >= least && cell.h.abs() >= LEAST_H;
            }
        }
        rows
    }
}

/// Chi-squared and residuals of two multinomials.
fn compare_row(persona: usize, from: usize, own: &[usize], all: &[usize]) -> RowDifference {
    let (n, total) = (own.iter().sum::<usize>(), all.iter().sum::<usize>());
    let rest_n = total - n;
    let share = n as f64 / total as f64;
    let (mut chi_squared, mut n_columns) = (0.0, 0usize);
    let mut pooled = (0.0, 0.0);
    let mut cells = Vec::new();
    let mut add = |own: f64, all: f64| {
        let (expected, expected_rest) = (all * share, all * (1.0 - share));
        if all > 0.0 {
            chi_squared += (own - expected).powi(2) / expected + (own - expected).powi(2) / expected_rest;
            n_columns += 1;
        }
    };
    for to in (0..all.len()).filter(|&to| all[to] > 0) {
        let (hits, column) = (own[to] as f64, all[to] as f64);
        if column * share.min(1.0 - share) < 5.0 {
            pooled = (pooled.0 + hits, pooled.1 + column);
        } else {
            add(hits, column);
        }
        let spread = column * share * (1.0 - share) * (1.0 - column / total as f64);
        let (inside, rest) = (Rate { hits: own[to], n }, Rate { hits: all[to] - own[to], n: rest_n });
        cells.push(CellDifference {
            to,
            hits: inside.hits,
            rest_hits: rest.hits,
            difference: inside.share() - rest.share(),
            interval: newcombe(inside, rest),
            h: cohen_h(inside.share(), rest.share()),
            residual: if spread > 0.0 { (hits - column * share) / spread.sqrt() } else { 0.0 },
            is_told: false,
        });
    }
    add(pooled.0, pooled.1);
    RowDifference { persona, from, n, rest_n, chi_squared, degrees: n_columns.saturating_sub(1), differs: false, cells }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chi_squared_by_hand() {
        // 30 of 50 against 40 of 100: expected 70/3 and so on; chi-squared of a 2 x 2 table is the square of its residual.
        let row = compare_row(0, 0, &[30, 20], &[70, 80]);
        let by_hand = 150.0 * (30.0f64 * 60.0 - 20.0 * 40.0).powi(2) / (50.0 * 100.0 * 70.0 * 80.0);
        assert!((row.chi_squared - by_hand).abs() < 1e-9, "{} {by_hand}", row.chi_squared);
        assert!((row.cells[0].residual.powi(2) - by_hand).abs() < 1e-9);
        assert_eq!(row.degrees, 1);
    }
}
