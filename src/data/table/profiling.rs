//! What is in each column? Missing values, quantiles, levels, a small histogram, and what it seems to be for.
//!
//! In: a table. Out: its profile. O(n) per column and O(n log n) for its quantiles, columns side by side.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::{Ctx, Stopped, stats};

use super::profile::{ColumnProfile, HISTOGRAM_BINS, HISTOGRAM_LEVELS, Levels, MAX_CODES, MAX_LEVELS, NumericSummary, Profile};
use super::role::Role;
use super::{Column, Table, Texts, Values, radix, roles};

/// Profiles every column, side by side. O(n) each.
pub fn profile(table: &Table, ctx: &Ctx) -> Result<Profile, Stopped> {
    let columns = table.columns.par_iter().map(|column| profile_column(column, table.n_rows, ctx)).collect::<Result<_, _>>()?;
    Ok(Profile { columns })
}

fn profile_column(column: &Column, n_rows: usize, ctx: &Ctx) -> Result<ColumnProfile, Stopped> {
    ctx.check()?;
    let mut profile = ColumnProfile {
        name: column.name.clone(),
        kind: column.kind(),
        n_missing: 0,
        missing_share: 0.0,
        n_distinct: 0,
        numeric: None,
        levels: None,
        histogram: Vec::new(),
        guessed_role: Role::Ignored,
        guess_reason: String::new(),
    };
    match &column.values {
        Values::Number(values) => describe_numbers(values.iter().copied().filter(|v| !v.is_nan()), n_rows, ctx, &mut profile)?,
        Values::Date(days) => describe_numbers(days.iter().flatten().map(|&day| f64::from(day)), n_rows, ctx, &mut profile)?,
        Values::Text(texts) => describe_texts(texts, ctx, &mut profile)?,
    }
    profile.missing_share = if n_rows == 0 { 0.0 } else { profile.n_missing as f64 / n_rows as f64 };
    (profile.guessed_role, profile.guess_reason) = roles::guess(column, &profile, n_rows);
    Ok(profile)
}

fn describe_numbers(present: impl Iterator<Item = f64>, n_rows: usize, ctx: &Ctx, profile: &mut ColumnProfile) -> Result<(), Stopped> {
    let ascending = radix::sort(present, ctx)?;
    profile.n_missing = n_rows - ascending.len();
    let (Some(&min), Some(&max)) = (ascending.first(), ascending.last()) else { return Ok(()) };
    profile.n_distinct = 1 + ascending.windows(2).filter(|pair| pair[0] != pair[1]).count();
    ctx.check()?;
    let mut histogram = vec![0; HISTOGRAM_BINS];
    let width = (max - min) / HISTOGRAM_BINS as f64;
    // Ascending values: each bin's end is found by halving.
    let mut from = 0;
    for (bin, count) in histogram.iter_mut().enumerate() {
        let edge = min + width * (bin + 1) as f64;
        let end = if bin + 1 == HISTOGRAM_BINS { ascending.len() } else { ascending.partition_point(|&v| v < edge).max(from) };
        *count = end - from;
        from = end;
    }
    let (mean, sd) = stats::mean_sd(&ascending);
    ctx.check()?;
    profile.histogram = histogram;
    let whole = ascending.iter().all(|v| v.fract() == 0.0);
    let mut codes = Vec::new();
    if whole && profile.n_distinct <= MAX_CODES {
        codes.clone_from(&ascending);
        codes.dedup();
    }
    profile.numeric = Some(NumericSummary {
        min,
        q1: stats::quantile_sorted(&ascending, 0.25),
        median: stats::median_sorted(&ascending),
        q3: stats::quantile_sorted(&ascending, 0.75),
        max,
        mean,
        sd,
        skewness: stats::skewness(&ascending),
        whole,
        codes,
    });
    Ok(())
}

fn describe_texts(texts: &Texts, ctx: &Ctx, profile: &mut ColumnProfile) -> Result<(), Stopped> {
    let mut code_of: HashMap<&str, u32> = HashMap::new();
    let mut names: Vec<&str> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    let mut codes: Vec<u32> = Vec::with_capacity(texts.len());
    let mut n_missing = 0;
    for (row, text) in texts.iter().enumerate() {
        if row % (16 << 10) == 0 {
            ctx.check()?;
        }
        let Some(text) = text else {
            n_missing += 1;
            codes.push(Levels::MISSING);
            continue;
        };
        let code = *code_of.entry(text).or_insert_with(|| {
            names.push(text);
            counts.push(0);
            names.len() as u32 - 1
        });
        counts[code as usize] += 1;
        codes.push(code);
    }
    profile.n_missing = n_missing;
    profile.n_distinct = names.len();
    let mut order: Vec<usize> = (0..names.len()).collect();
    // Names stand in order of their first row, which breaks ties.
    order.sort_by_key(|&level| (std::cmp::Reverse(counts[level]), level));
    profile.histogram = order.iter().take(HISTOGRAM_LEVELS).map(|&level| counts[level]).collect();
    if (1..=MAX_LEVELS).contains(&names.len()) {
        let mut rank = vec![0u32; names.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old] = new as u32;
        }
        for code in codes.iter_mut().filter(|code| **code != Levels::MISSING) {
            *code = rank[*code as usize];
        }
        profile.levels = Some(Arc::new(Levels {
            names: order.iter().map(|&level| names[level].to_owned()).collect(),
            counts: order.iter().map(|&level| counts[level]).collect(),
            codes,
        }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let number =
            Column { name: "spend".into(), values: Values::Number([1.0, 2.0, f64::NAN, 2.0, 13.0].into()), unit: None, original: None };
        let texts = Texts::collect([Some("b"), None, Some("a"), Some("a"), Some("c")]);
        let text = Column { name: "gender".into(), values: Values::Text(texts), unit: None, original: None };
        let table = Table { columns: vec![number, text], n_rows: 5 };
        let profile = profile(&table, &Ctx::new()).unwrap();
        let spend = &profile.columns[0];
        assert_eq!((spend.n_missing, spend.n_distinct, spend.missing_share), (1, 3, 0.2));
        assert_eq!(spend.histogram, [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        let numeric = spend.numeric.as_ref().unwrap();
        assert_eq!((numeric.min, numeric.median, numeric.max, numeric.mean, numeric.whole), (1.0, 2.0, 13.0, 4.5, true));
        let gender = &profile.columns[1];
        let levels = gender.levels.as_ref().unwrap();
        assert_eq!(levels.names, ["a", "b", "c"]);
        assert_eq!((levels.counts.clone(), levels.codes.clone()), (vec![2, 1, 1], vec![1, Levels::MISSING, 0, 0, 2]));
        assert_eq!((gender.guessed_role, spend.guessed_role), (Role::Sensitive, Role::Behavioural));
    }
}
