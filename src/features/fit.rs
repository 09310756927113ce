//! Which parameters turn a column into numbers: what stands in for missing values, the transform, the scale, the levels?
//!
//! In: one column, the rows that take part, and the decision. Out: the fitted column (none, with the reason in the decision, if nothing varies), and notes.
//! Categories follow FAMD (Pages 2004, "Analyse factorielle de donnees mixtes"): each level's indicator divided by the square root of its share,
//! centred. Levels below the threshold merge into "Other"; where even "Other" is rarer than that, it gets no indicator, as in specific multiple
//! correspondence analysis (Le Roux & Rouanet 2010), because a weight of 1/sqrt(p) would make a cluster of it. O(n), O(n log n) with a median.

use crate::base::text::few_digits;
use crate::base::{Ctx, Note, Stopped, stats};
use crate::data::profile::Levels;
use crate::data::{Column, ColumnProfile, Kind, Values, grouped};

use super::fitted_column::{Coding, FittedColumn, Indicator, LevelCoding, NumberCoding, OTHER, SeenLevel};
use super::prepared::InputColumn;
use super::recipe::{Scale, Transform};

/// What a column became: nothing where nothing varies, with the reason in the decision; and notes.
pub(super) type Outcome = (Option<FittedColumn>, Vec<Note>);

/// The name of the level of missing values.
pub const MISSING: &str = "(missing)";

/// Fits a number or date column over `rows`.
pub(super) fn number(
    column: &Column,
    profile: &ColumnProfile,
    input: &mut InputColumn,
    rows: &[usize],
    ctx: &Ctx,
) -> Result<Outcome, Stopped> {
    ctx.check()?;
    let mut values: Vec<f64> = match &column.values {
        Values::Number(all) if all.len() == rows.len() => all.to_vec(),
        Values::Number(all) => rows.iter().map(|&row| all[row]).collect(),
        _ => rows.iter().map(|&row| column.number(row).unwrap_or(f64::NAN)).collect(),
    };
    let mut notes = Vec::new();
    let n_missing = values.iter().filter(|v| v.is_nan()).count();
    let needs_order = n_missing > 0 || input.transform == Transform::Winsorized;
    let ascending = if needs_order { stats::sorted(values.iter().copied()) } else { Vec::new() };
    ctx.check()?;
    // Where nothing is missing now, something may be later: the median of the whole column is known already.
    let (least, median) = profile.numeric.as_ref().map_or((0.0, 0.0), |numeric| (numeric.min, numeric.median));
    let mut coding = NumberCoding {
        stand_in: median,
        transform: input.transform,
        least: (input.transform == Transform::Log1p).then_some(least),
        bounds: None,
        scale: input.scale,
        centre: 0.0,
        spread: 1.0,
    };
    if n_missing > 0 {
        coding.stand_in = stats::median_sorted(&ascending);
        if coding.stand_in.is_nan() {
            return Ok(dropped(input, "It holds no values in the rows that take part."));
        }
        values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = coding.stand_in);
        input.fitted.imputed = Some(coding.stand_in);
        notes.push(imputed_note(column, n_missing, rows.len(), coding.stand_in));
    }
    if input.transform == Transform::Winsorized {
        coding.bounds = Some((stats::quantile_sorted(&ascending, 0.01), stats::quantile_sorted(&ascending, 0.99)));
        input.fitted.bounds = coding.bounds;
    }
    values.iter_mut().for_each(|v| *v = coding.transformed(*v));
    ctx.check()?;
    if values.iter().all(|&v| v == values[0]) {
        return Ok(dropped(input, "Every row that takes part has the same value."));
    }
    input.fitted.spread = 1.0;
    if input.scale != Scale::None {
        (coding.centre, coding.spread) = centre_and_spread(&values, input.scale, column, &mut notes);
        ctx.check()?;
        if coding.spread == 0.0 {
            return Ok(dropped(input, "Its values differ too little to tell customers apart."));
        }
        (input.fitted.centre, input.fitted.spread) = (coding.centre, coding.spread);
    }
    let coding = if input.kind == Kind::Date { Coding::Date(coding) } else { Coding::Number(coding) };
    Ok((Some(FittedColumn { name: column.name.clone(), coding }), notes))
}

/// Fits a category over `rows`. Levels in `said` get no indicator: an earlier column has one for the same customers.
pub(super) fn category(
    profile: &ColumnProfile,
    levels: &Levels,
    input: &mut InputColumn,
    (rows, said): (&[usize], &[usize]),
    rare_share: f64,
    ctx: &Ctx,
) -> Result<Outcome, Stopped> {
    ctx.check()?;
    let n = rows.len() as f64;
    let missing = levels.names.len();
    let mut counts = vec![0usize; missing + 1];
    for (at, &row) in rows.iter().enumerate() {
        if at % (64 << 10) == 0 {
            ctx.check()?;
        }
        counts[levels.get(row).unwrap_or(missing)] += 1;
    }
    let name = |level: usize| if level == missing { MISSING } else { levels.names[level].as_str() };
    let is_rare = |level: usize| (counts[level] as f64) < rare_share * n;
    let (rare, common): (Vec<usize>, Vec<usize>) = (0..=missing).filter(|&level| counts[level] > 0).partition(|&level| is_rare(level));
    let mut notes = Vec::new();
    if counts[missing] > 0 {
        let n = grouped(counts[missing]);
        notes.push(Note::new(match (counts[missing], is_rare(missing)) {
            (1, true) => format!("1 missing value of {} counts as none of its levels.", profile.name),
            (1, false) => format!("1 missing value of {} forms a level of its own.", profile.name),
            (_, true) => format!("{n} missing values of {} count as none of its levels.", profile.name),
            (_, false) => format!("{n} missing values of {} form a level of their own.", profile.name),
        }));
    }
    // Every group of levels becomes one indicator; rare ones join an "Other" the file may already have. Nobody whose level is unknown is among them.
    let rare: Vec<usize> = rare.into_iter().filter(|&level| level != missing).collect();
    let mut groups: Vec<(String, Vec<usize>)> = common.iter().map(|&level| (name(level).to_owned(), vec![level])).collect();
    if !rare.is_empty() {
        let named: Vec<(&str, usize)> = rare.iter().map(|&level| (name(level), counts[level])).collect();
        notes.extend(rare_note(&profile.name, rare_share, &named));
        match groups.iter_mut().find(|(name, _)| name == OTHER) {
            Some((_, members)) => members.extend(&rare),
            None if rare.iter().map(|&level| counts[level]).sum::<usize>() as f64 >= rare_share * n => {
                groups.push((OTHER.to_owned(), rare))
            }
            None => {}
        }
    }
    let mut indicators: Vec<Indicator> = Vec::with_capacity(groups.len());
    let mut indicator_of = vec![None; missing + 1];
    for (name, members) in groups {
        let share = members.iter().map(|&level| counts[level]).sum::<usize>() as f64 / n;
        if share >= 1.0 || members.iter().any(|level| said.contains(level)) {
            continue;
        }
        members.iter().for_each(|&level| indicator_of[level] = Some(indicators.len()));
        input.fitted.levels.push((name.clone(), share));
        indicators.push(Indicator { name, share });
    }
    if indicators.is_empty() {
        let limit = 100.0 * rare_share;
        return Ok(dropped(input, &format!("No two of its levels are common enough ({limit:.0} %) to tell customers apart.")));
    }
    // What was never seen is as rare as a level can be.
    let unseen = indicators.iter().position(|level| level.name == OTHER);
    let seen = (0..missing).filter(|&level| counts[level] > 0);
    let coding = LevelCoding {
        levels: seen.map(|level| SeenLevel { text: levels.names[level].clone(), indicator: indicator_of[level] }).collect(),
        missing: if counts[missing] > 0 { indicator_of[missing] } else { unseen },
        unseen,
        indicators,
    };
    Ok((Some(FittedColumn { name: profile.name.clone(), coding: Coding::Category(coding) }), notes))
}

fn centre_and_spread(values: &[f64], scale: Scale, column: &Column, notes: &mut Vec<Note>) -> (f64, f64) {
    if scale == Scale::Robust {
        let ascending = stats::sorted(values.iter().copied());
        let range = stats::quantile_sorted(&ascending, 0.75) - stats::quantile_sorted(&ascending, 0.25);
        if range > 0.0 {
            return (stats::median_sorted(&ascending), range);
        }
        let name = &column.name;
        notes.push(Note::new(format!(
            "Half of the values of {name} are equal, so it has no interquartile range; the standard deviation is used."
        )));
        return (stats::median_sorted(&ascending), stats::mean_sd(values).1);
    }
    stats::mean_sd(values)
}

fn dropped(input: &mut InputColumn, reason: &str) -> Outcome {
    input.enters = false;
    input.reason = reason.to_owned();
    (None, Vec::new())
}

fn imputed_note(column: &Column, n_missing: usize, n_rows: usize, median: f64) -> Note {
    let share = 100.0 * n_missing as f64 / n_rows as f64;
    let name = &column.name;
    let shown = match &column.values {
        Values::Date(_) => crate::data::table::day_text(median.round() as i32),
        _ => few_digits(median),
    };
    let (values, are) = if n_missing == 1 { ("value", "is") } else { ("values", "are") };
    let told = format!("{} missing {values} of {name} ({share:.1} %) {are} replaced by the median, {shown}", grouped(n_missing));
    Note::new(if share < 5.0 { told + "." } else { told + ". So many filled-in values blur its part in the groups; read it with care." })
}

fn rare_note(column: &str, rare_share: f64, rare: &[(&str, usize)]) -> Option<Note> {
    let (levels, have, count) = if rare.len() == 1 { ("level", "has", "counts") } else { ("levels", "have", "count") };
    let (n, limit) = (grouped(rare.len()), 100.0 * rare_share);
    let say = |shown: &[String]| {
        let more = if rare.len() > shown.len().min(3) { ", …" } else { "" };
        let list = shown.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let list = if list.is_empty() { String::new() } else { format!(" ({list}{more})") };
        format!("{n} {levels} of {column}{list} {have} less than {limit:.0} % of the rows and {count} as \"{OTHER}\".")
    };
    (!rare.is_empty()).then(|| Note::quoting(rare, say))
}
