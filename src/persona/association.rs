//! How much has a column to do with the grouping? One number per column, and for each segment how far it is from all others.
//!
//! In: a column and who is where. Out: eta squared for numbers (sum of squares between the segments over the whole, on the transformed
//! scale), Cramer's V for levels (H. Cramer 1946, "Mathematical Methods of Statistics", without correction for chance). Both over the customers
//! that are in a segment and have a value. Missing values and noise are left out. O(n) per column, and O(levels x segments).

use crate::base::{Ctx, Stopped};

use super::columns::{Described, LevelReading, Reading, ScaleReading};
use super::measure::{Groups, MIN_CELL};

/// Rows looked at between two looks at whether to stop.
const STRIDE: usize = 50_000;

/// What ties a column to the grouping.
pub struct Association {
    /// Eta squared or Cramer's V, 0 to 1.
    pub strength: f64,
    /// |effect| x specificity of the column for each segment, as cards rank their traits: standardised difference of means, or the largest Cohen's
    /// h among the levels.
    pub of_segment: Vec<f64>,
}

/// Measures one column.
pub fn association(column: &Described, groups: &Groups, ctx: &Ctx) -> Result<Association, Stopped> {
    let (strength, effects) = match &column.reading {
        Reading::Scale(scale) => eta_squared(scale, groups, ctx)?,
        Reading::Levels(levels) => cramers_v(levels, groups, ctx)?,
    };
    let total: f64 = effects.iter().map(|effect| effect * effect).sum();
    let of_segment = effects.iter().map(|effect| if total > 0.0 { effect.abs() * effect * effect / total } else { 0.0 }).collect();
    Ok(Association { strength, of_segment })
}

fn eta_squared(scale: &ScaleReading, groups: &Groups, ctx: &Ctx) -> Result<(f64, Vec<f64>), Stopped> {
    let n_groups = groups.sizes.len();
    let (mut n, mut sums) = (vec![0.0; n_groups], vec![0.0; n_groups]);
    each(groups, ctx, |row, group| {
        if let Some(value) = scale.value(row) {
            n[group] += 1.0;
            sums[group] += scale.transformed(value);
        }
    })?;
    let n_all: f64 = n.iter().sum();
    let mean = sums.iter().sum::<f64>() / n_all;
    let mut total = 0.0;
    each(groups, ctx, |row, _| {
        if let Some(value) = scale.value(row) {
            total += (scale.transformed(value) - mean).powi(2);
        }
    })?;
    let off = |group: usize| if n[group] > 0.0 { sums[group] / n[group] - mean } else { 0.0 };
    let between: f64 = (0..n_groups).map(|group| n[group] * off(group) * off(group)).sum();
    // What rounding leaves of a constant is no spread.
    let has_spread = n_all > 0.0 && total > 1e-12 * n_all * (1.0 + mean * mean);
    if !has_spread {
        return Ok((0.0, vec![0.0; n_groups]));
    }
    let sd = (total / n_all).sqrt();
    Ok(((between / total).clamp(0.0, 1.0), (0..n_groups).map(|group| off(group) / sd).collect()))
}

fn cramers_v(levels: &LevelReading, groups: &Groups, ctx: &Ctx) -> Result<(f64, Vec<f64>), Stopped> {
    let (n_groups, n_levels) = (groups.sizes.len(), levels.names.len());
    let mut counts = vec![0usize; n_groups * n_levels];
    each(groups, ctx, |row, group| {
        if let Some(level) = levels.level(row) {
            counts[group * n_levels + level] += 1;
        }
    })?;
    let of_group: Vec<f64> = counts.chunks(n_levels.max(1)).map(|levels| levels.iter().sum::<usize>() as f64).collect();
    let of_level: Vec<f64> = (0..n_levels).map(|level| (0..n_groups).map(|group| counts[group * n_levels + level] as f64).sum()).collect();
    let n: f64 = of_level.iter().sum();
    let mut chi_squared = 0.0;
    let mut effects = vec![0.0f64; n_groups];
    for group in 0..n_groups {
        ctx.check()?;
        for level in (0..n_levels).filter(|&level| of_level[level] > 0.0 && of_group[group] > 0.0) {
            let count = counts[group * n_levels + level] as f64;
            let expected = of_group[group] * of_level[level] / n;
            chi_squared += (count - expected).powi(2) / expected;
            if of_level[level] >= MIN_CELL as f64 && n > of_group[group] {
                let rest = (of_level[level] - count) / (n - of_group[group]);
                let h = 2.0 * (count / of_group[group]).sqrt().asin() - 2.0 * rest.sqrt().asin();
                effects[group] = effects[group].max(h.abs());
            }
        }
    }
    let n_filled = |sizes: &[f64]| sizes.iter().filter(|&&size| size > 0.0).count();
    let smaller = n_filled(&of_group).min(n_filled(&of_level));
    let v = if smaller > 1 { (chi_squared / (n * (smaller - 1) as f64)).sqrt().clamp(0.0, 1.0) } else { 0.0 };
    Ok((v, effects))
}

/// Every row of the table that is in a segment, with the segment.
fn each(groups: &Groups, ctx: &Ctx, mut look: impl FnMut(usize, usize)) -> Result<(), Stopped> {
    for (rows, of_row) in groups.table_rows.chunks(STRIDE).zip(groups.of_row.chunks(STRIDE)) {
        ctx.check()?;
        for (&row, group) in rows.iter().zip(of_row) {
            if let Some(group) = group {
                look(row, *group);
            }
        }
    }
    Ok(())
}
