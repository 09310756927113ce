//! How does a group differ from the rest of its segment, column by column?
//!
//! In: a column of the table, the rows of the group and of its segment. Out: an effect with interval and v.test, and an index against the segment, for the column or for
//! each of its levels. O(rows of the segment).

use crate::base::FEWEST_TOLD;
use crate::evaluate::effects::{Moments, cohen_h, cohen_h_interval, hedges_g, hedges_g_interval, v_test};
use crate::evaluate::level_v_test::level_v_test;

/// A column of the table, with a value for every row of the matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct NicheColumn {
    /// Its values.
    pub values: NicheValues,
    /// Whether it tells of a need.
    pub is_need: bool,
}

/// Values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum NicheValues {
    /// Numbers or days.
    Number {
        /// As in the table; NaN where missing.
        values: Vec<f64>,
        /// On the scale that effects are measured on; NaN where missing.
        scaled: Vec<f64>,
        /// Whether a mean has a ratio to another: amounts and counts, and no days.
        has_ratio: bool,
    },
    /// Levels.
    Levels {
        /// The level of every row; `None` where missing.
        of_row: Vec<Option<u32>>,
        /// How many levels there are.
        n_levels: usize,
    },
}

/// What was measured of a column or of one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NicheMeasure {
    /// The place of the column.
    pub column: usize,
    /// The level.
    pub level: Option<u32>,
    /// Members with a value.
    pub n: usize,
    /// Members with the level; all with a value where it is a number.
    pub n_with: usize,
    /// Mean of a number, or share of a level, among the members.
    pub inside: f64,
    /// The same in the whole segment.
    pub parent: f64,
    /// Hedges' g or Cohen's h against the rest of the segment.
    pub effect: f64,
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// Against the whole segment.
    pub v_test: f64,
    /// 100 x inside / parent, where there is a ratio.
    pub index: Option<f64>,
}

impl NicheMeasure {
    /// How far from nothing the interval stays, on the side of the effect; below zero where it does not.
    pub fn at_least(&self) -> f64 {
        match self.interval {
            Some([low, high]) => {
                if self.effect >= 0.0 {
                    low
                } else {
                    -high
                }
            }
            // Nothing varies on either side, so the effect is a bound.
            None => self.effect.abs(),
        }
    }
}

impl NicheColumn {
    /// Rows of the matrix.
    pub fn n_rows(&self) -> usize {
        match &self.values {
            NicheValues::Number { values, .. } => values.len(),
            NicheValues::Levels { of_row, .. } => of_row.len(),
        }
    }

    /// Whether the row has a value.
    pub fn is_known(&self, row: u32) -> bool {
        match &self.values {
            NicheValues::Number { values, .. } => !values[row as usize].is_nan(),
            NicheValues::Levels { of_row, .. } => of_row[row as usize].is_some(),
        }
    }

    /// How many differences it can show: one for a number, one for each level that enough of `rows` have.
    pub fn n_tests(&self, rows: &[u32]) -> usize {
        match &self.values {
            NicheValues::Number { .. } => 1,
            NicheValues::Levels { of_row, n_levels } => {
                let mut counts = vec![0usize; *n_levels];
                rows.iter().filter_map(|&row| of_row[row as usize]).for_each(|level| counts[level as usize] += 1);
                counts.into_iter().filter(|&count| count >= FEWEST_TOLD).count()
            }
        }
    }

    /// Measures `members` against the segment of `parent`, whose rows include them. `place` is passed on.
    pub fn measure(&self, place: usize, members: &[u32], parent: &[u32]) -> Vec<NicheMeasure> {
        match &self.values {
            NicheValues::Number { values, scaled, has_ratio } => of_number(place, (values, scaled, *has_ratio), members, parent),
            NicheValues::Levels { of_row, n_levels } => of_levels(place, of_row, *n_levels, members, parent),
        }
    }
}

fn of_number(place: usize, (values, scaled, has_ratio): (&[f64], &[f64], bool), members: &[u32], parent: &[u32]) -> Vec<NicheMeasure> {
    let known =
        |rows: &[u32], of: &[f64]| -> Vec<f64> { rows.iter().map(|&row| of[row as usize]).filter(|value| !value.is_nan()).collect() };
    let (in_members, in_parent) = (known(members, values), known(parent, values));
    if in_members.len() < 2 || in_parent.len() < in_members.len() + 2 {
        return Vec::new();
    }
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let (inside, of_parent) = (mean(&in_members), mean(&in_parent));
    let (members_scaled, parent_scaled) = (known(members, scaled), known(parent, scaled));
    let all = Moments::of(&parent_scaled, mean(&parent_scaled));
    let part = Moments::of(&members_scaled, all.origin);
    let rest = all.without(&part);
    let effect = hedges_g(&part, &rest);
    let is_ratio = has_ratio && of_parent > 0.0 && in_parent.iter().all(|&value| value >= 0.0);
    let n = in_members.len();
    vec![NicheMeasure {
        column: place,
        level: None,
        n,
        n_with: n,
        inside,
        parent: of_parent,
        effect,
        interval: hedges_g_interval(effect, &part, &rest),
        v_test: v_test(&part, &all),
        index: is_ratio.then_some(100.0 * inside / of_parent),
    }]
}

fn of_levels(place: usize, of_row: &[Option<u32>], n_levels: usize, members: &[u32], parent: &[u32]) -> Vec<NicheMeasure> {
    let counts = |rows: &[u32]| {
        let mut counts = vec![0usize; n_levels];
        rows.iter().filter_map(|&row| of_row[row as usize]).for_each(|level| counts[level as usize] += 1);
        counts
    };
    let (in_members, in_parent) = (counts(members), counts(parent));
    let (n, n_all): (usize, usize) = (in_members.iter().sum(), in_parent.iter().sum());
    if n == 0 || n_all <= n {
        return Vec::new();
    }
    let n_rest = n_all - n;
    (0..n_levels)
        .filter(|&level| in_parent[level] >= FEWEST_TOLD)
        .map(|level| {
            let (with, with_all) = (in_members[level], in_parent[level]);
            let (inside, of_parent) = (with as f64 / n as f64, with_all as f64 / n_all as f64);
            let effect = cohen_h(inside, (with_all - with) as f64 / n_rest as f64);
            NicheMeasure {
                column: place,
                level: Some(level as u32),
                n,
                n_with: with,
                inside,
                parent: of_parent,
                effect,
                interval: cohen_h_interval(effect, n, n_rest),
                v_test: level_v_test(with, n, with_all, n_all),
                index: Some(100.0 * inside / of_parent),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 20 of 100 are members; of them 15 have the level, of the others 5.
        let of_row: Vec<Option<u32>> = (0..100).map(|row| Some(u32::from(!(row < 15 || (20..25).contains(&row))))).collect();
        let column = NicheColumn { values: NicheValues::Levels { of_row, n_levels: 2 }, is_need: true };
        let (members, parent): (Vec<u32>, Vec<u32>) = ((0..20).collect(), (0..100).collect());
        let measured = column.measure(3, &members, &parent);
        assert_eq!((measured.len(), column.n_tests(&parent)), (2, 2));
        let first = measured[0];
        assert_eq!((first.column, first.level, first.n, first.n_with, first.index), (3, Some(0), 20, 15, Some(375.0)));
        // asin sqrt(3/4) = pi / 3, asin sqrt(1/16) = 0.25268.
        assert!((first.effect - (2.0 * std::f64::consts::FRAC_PI_3 - 0.505_360_510_284_157)).abs() < 1e-9);
        assert!((first.at_least() - (first.effect - 1.959_963_984_540_054 * (1.0f64 / 20.0 + 1.0 / 80.0).sqrt())).abs() < 1e-12);
        assert!((measured[1].effect + first.effect).abs() < 1e-12 && (measured[1].at_least() - first.at_least()).abs() < 1e-12);

        let values: Vec<f64> = (0..100)
            .map(|row| {
                if row == 7 {
                    f64::NAN
                } else if row < 20 {
                    30.0
                } else {
                    10.0 + f64::from(row % 2)
                }
            })
            .collect();
        let number = |has_ratio| NicheColumn {
            values: NicheValues::Number { values: values.clone(), scaled: values.clone(), has_ratio },
            is_need: false,
        };
        let measured = number(true).measure(0, &members, &parent)[0];
        // 19 of 30 and 80 of 10.5.
        assert!((measured.inside - 30.0).abs() < 1e-12 && (measured.index.unwrap() - 3000.0 * 99.0 / (19.0 * 30.0 + 840.0)).abs() < 1e-9);
        assert!(measured.effect > 5.0 && measured.n == 19);
        assert_eq!(number(false).measure(0, &members, &parent)[0].index, None, "days have no ratio");
        assert!(number(true).measure(0, &members, &members).is_empty(), "nobody else");
    }
}
