//! Which levels of a category are unusually common or rare in a persona? Shares, effect, index, v.test and bars.
//!
//! In: the column and who is where. Out: one trait per level and persona. The effect is Cohen's h (J. Cohen 1988, "Statistical Power
//! Analysis for the Behavioral Sciences") of members against the rest; the index is 100 x share of members / share of everyone. Shares
//! are among customers with a value. Looked at are the 50 commonest levels with at least 10 customers. O(n + levels x personas x tail).

use crate::base::{Ctx, Stopped};
use crate::evaluate::effects::{cohen_h, cohen_h_interval};
use crate::evaluate::level_v_test::level_v_test;

use super::columns::{Described, LevelReading};
use super::distribution::{Distribution, Drawing};
use super::evidence::{Direction, Evidence, Shown, Withheld};
use super::measure::{EffectRow, Groups, MIN_CELL, Measured, Trait, may_name, may_state};
use super::text::percent;
use super::withheld::{self, is_few, withheld};

/// Levels looked at, commonest first.
const MAX_LEVELS: usize = 50;
/// Bars drawn, before "Other".
const MAX_BARS: usize = 6;

/// Measures a category for every persona.
pub fn measure(place: usize, column: &Described, levels: &LevelReading, groups: &Groups, ctx: &Ctx) -> Result<Measured, Stopped> {
    ctx.check()?;
    let n_personas = groups.sizes.len();
    let n_levels = levels.names.len();
    // One block of counts per persona, and a last one for everyone.
    let mut counts = vec![0usize; n_levels * (n_personas + 1)];
    for (chunk, rows) in groups.table_rows.chunks(100_000).enumerate() {
        ctx.check()?;
        for (offset, &row) in rows.iter().enumerate() {
            let Some(level) = levels.level(row) else { continue };
            counts[n_personas * n_levels + level] += 1;
            if let Some(persona) = groups.of_row[chunk * 100_000 + offset] {
                counts[persona * n_levels + level] += 1;
            }
        }
    }
    let of_persona = |persona: usize| &counts[persona * n_levels..(persona + 1) * n_levels];
    let everyone = of_persona(n_personas);
    let n_all: usize = everyone.iter().sum();
    let missing_of_all = 1.0 - n_all as f64 / groups.of_row.len().max(1) as f64;
    let mut commonest: Vec<usize> = (0..n_levels).filter(|&level| everyone[level] > 0).collect();
    commonest.sort_by_key(|&level| (std::cmp::Reverse(everyone[level]), level));

    let listed: Vec<usize> = commonest.iter().take(MAX_LEVELS).copied().filter(|&level| everyone[level] >= MIN_CELL).collect();
    let hidden = hidden(&listed, n_personas, n_levels, &counts);
    ctx.check()?;
    let mut rows = Vec::new();
    for (place_in_list, &level) in listed.iter().enumerate() {
        ctx.check()?;
        let traits = (0..n_personas).map(|persona| {
            let n: usize = of_persona(persona).iter().sum();
            let counts = Counts {
                inside: of_persona(persona)[level],
                n,
                level: everyone[level],
                n_all,
                withheld: [hidden[persona][place_in_list], hidden[n_personas][place_in_list]],
            };
            (n >= MIN_CELL).then(|| {
                let evidence = counts.evidence(
                    column,
                    (&levels.names[level], &levels.labels[level]),
                    groups.sizes[persona],
                    groups.gate,
                    missing_of_all,
                );
                let direction = if evidence.effect < 0.0 { Direction::Less } else { Direction::More };
                Trait { column: place, level: Some(level), evidence, direction, threshold: 0.0, zeros: 0.0, score: 0.0 }
            })
        });
        rows.push(EffectRow { of_persona: traits.collect() });
    }
    let drawings = (0..n_personas).map(|persona| {
        let n: usize = of_persona(persona).iter().sum();
        // A bar of its own has who may be told, here and of everyone.
        let is_told = |level: usize| {
            listed.iter().position(|other| *other == level).is_some_and(|at| !hidden[persona][at] && !hidden[n_personas][at])
        };
        (n >= MIN_CELL && commonest.len() > 1)
            .then(|| drawing(column, levels, &commonest, &is_told, of_persona(persona), everyone))
            .flatten()
    });
    Ok(Measured { rows, drawings: drawings.collect() })
}

/// Which cells may not be told: a row for every persona, then one for everyone; a column for every level listed. `counts` has a block of levels per
/// persona, and a last one for everyone.
fn hidden(listed: &[usize], n_personas: usize, n_levels: usize, counts: &[usize]) -> Vec<Vec<bool>> {
    let of = |block: usize| &counts[block * n_levels..(block + 1) * n_levels];
    // The levels that are not listed count as one.
    let row = |of: &[usize]| -> Vec<usize> {
        let told: Vec<usize> = listed.iter().map(|&level| of[level]).collect();
        let others = of.iter().sum::<usize>() - told.iter().sum::<usize>();
        told.into_iter().chain([others]).collect()
    };
    let everyone = row(of(n_personas));
    let mut rows: Vec<Vec<usize>> = (0..n_personas).map(|persona| row(of(persona))).collect();
    let mut told_rows: Vec<bool> = rows.iter().map(|row| row.iter().sum::<usize>() >= MIN_CELL).collect();
    // Customers in no segment.
    let outside = everyone.iter().enumerate().map(|(at, n)| n - rows.iter().map(|row| row[at]).sum::<usize>()).collect();
    rows.extend([outside, everyone]);
    told_rows.extend([false, true]);
    let told_columns: Vec<bool> = (0..=listed.len()).map(|at| at < listed.len()).collect();
    let mut hidden = withheld(&withheld::Counts { rows: &rows, told_rows: &told_rows, told_columns: &told_columns });
    hidden.remove(n_personas);
    hidden
}

/// The two-by-two table of one level and one persona.
struct Counts {
    inside: usize,
    n: usize,
    level: usize,
    n_all: usize,
    /// Whether the persona's share and everyone's may not be told.
    withheld: [bool; 2],
}

impl Counts {
    fn evidence(&self, column: &Described, (level, label): (&str, &str), n_members: usize, gate: f64, missing_of_all: f64) -> Evidence {
        let Counts { inside, n, level: n_level, n_all, withheld: [is_hidden, is_hidden_of_all] } = *self;
        let (n_rest, outside) = (n_all - n, n_level - inside);
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let everyone = share(n_level, n_all);
        let persona = share(inside, n);
        let rest = if n_rest == 0 { everyone } else { share(outside, n_rest) };
        let effect = if n_rest == 0 { 0.0 } else { cohen_h(persona, rest) };
        let index = if everyone > 0.0 { 100.0 * persona / everyone } else { 100.0 };
        let withheld = Withheld {
            persona: is_hidden,
            everyone: is_hidden_of_all,
            rest: is_hidden || is_hidden_of_all || is_few(outside) || n_rest == 0,
        };
        let text = |part: usize, whole: usize, share: f64, is_hidden: bool| match () {
            () if is_few(part) => format!("n < {MIN_CELL}"),
            () if is_hidden => bound_text(bound(part, whole, effect >= 0.0)),
            () => percent(share),
        };
        // "More, over 60 %" beside everyone's 67 % would say the opposite, and "under 30 %" beside 23 % that it is more.
        let shows_direction = !is_hidden
            || is_few(inside)
            || match bound(inside, n, effect >= 0.0) {
                Some((true, least)) => effect >= 0.0 && least >= 100.0 * everyone,
                Some((false, most)) => effect < 0.0 && most <= 100.0 * everyone,
                None => false,
            };
        let texts = [
            if shows_direction { text(inside, n, persona, withheld.persona) } else { "–".to_owned() },
            text(n_level, n_all, everyone, withheld.everyone),
            if withheld.rest && !is_few(outside) { "–".to_owned() } else { text(outside, n_rest, rest, false) },
        ];
        let mut evidence = Evidence {
            column: column.name.to_owned(),
            level: Some(level.to_owned()),
            shown: Shown { column: column.shown.clone(), level: Some(label.to_owned()) },
            role: column.role,
            persona,
            everyone,
            rest,
            texts,
            effect,
            interval: cohen_h_interval(effect, n, n_rest),
            v_test: level_v_test(inside, n, n_level, n_all),
            percentile: None,
            index: Some(index),
            coverage: persona,
            n,
            missing_share: 1.0 - n as f64 / n_members.max(1) as f64,
            withheld,
            passes_name: false,
            passes_statement: false,
        };
        evidence.passes_statement = shows_direction && may_state(&evidence, gate) && !(80.0..=120.0).contains(&index);
        evidence.passes_name =
            shows_direction && may_name(&evidence, gate, missing_of_all) && index >= 120.0 && effect > 0.0 && column.may_name();
        evidence
    }
}

/// A share that is not told, by a bound in percent that leaves at least ten customers open on its side of it: whether it is over or under it, and the bound.
/// None where every bound would say nothing.
fn bound(part: usize, whole: usize, over: bool) -> Option<(bool, f64)> {
    const STEPS: [usize; 5] = [5, 10, 20, 25, 50];
    let step = STEPS.into_iter().find(|step| step * whole >= 100 * MIN_CELL).unwrap_or(100);
    let percents = |n: usize| 100 * n / whole.max(1);
    let (low, high) = (percents(part.saturating_sub(MIN_CELL)) / step * step, (percents(part + MIN_CELL) / step + 1) * step);
    let is_over = if low == 0 || high >= 100 { low > 0 } else { over };
    match is_over {
        true => Some((true, low as f64)),
        false => (high < 100).then_some((false, high as f64)),
    }
}

/// What is told of a share that is withheld, among `n` members: it is at least this, 0 to 1.
pub(super) fn at_least(share: f64, n: usize) -> f64 {
    let part = (share * n as f64).round() as usize;
    match bound(part, n, true) {
        _ if is_few(part) => 0.0,
        Some((true, least)) => least / 100.0,
        _ => 0.0,
    }
}

/// "over 75 %" or "under 20 %".
fn bound_text(bound: Option<(bool, f64)>) -> String {
    bound.map_or_else(|| "–".to_owned(), |(is_over, at)| format!("{} {}", if is_over { "over" } else { "under" }, percent(at / 100.0)))
}

/// The bars of one persona: the commonest levels of everyone, the persona's own commonest among them whatever its place, then "Other". Levels that may not
/// be told are in "Other", and so are more where "Other" would hold one to nine customers. None where the persona's own commonest may not be told.
fn drawing(
    column: &Described,
    levels: &LevelReading,
    commonest: &[usize],
    is_told: &dyn Fn(usize) -> bool,
    inside: &[usize],
    everyone: &[usize],
) -> Option<Distribution> {
    let (n, n_all) = (inside.iter().sum::<usize>() as f64, everyone.iter().sum::<usize>() as f64);
    // A seventh level is shown rather than an "Other" that holds just one.
    let n_bars = if commonest.len() == MAX_BARS + 1 { MAX_BARS + 1 } else { commonest.len().min(MAX_BARS) };
    let mut shown = commonest[..n_bars].to_vec();
    let own = commonest.iter().copied().rev().max_by_key(|&level| inside[level]);
    if let (Some(own), Some(last)) = (own.filter(|own| !shown.contains(own)), shown.last_mut()) {
        *last = own;
    }
    // Without the level that most of them share the bars would tell of the others alone.
    if own.is_some_and(|own| !is_told(own)) {
        return None;
    }
    shown.retain(|&level| is_told(level));
    let others =
        |shown: &[usize], of: &[usize]| commonest.iter().filter(|level| !shown.contains(level)).map(|&level| of[level]).sum::<usize>();
    while is_few(others(&shown, inside)) || is_few(others(&shown, everyone)) {
        let least = shown.iter().copied().filter(|&level| everyone[level] > 0).min_by_key(|&level| inside[level])?;
        shown.retain(|&level| level != least);
    }
    if shown.is_empty() {
        return None;
    }
    let mut names: Vec<String> = shown.iter().map(|&level| levels.names[level].clone()).collect();
    let mut labels: Vec<String> = shown.iter().map(|&level| levels.labels[level].clone()).collect();
    let mut persona: Vec<f64> = shown.iter().map(|&level| inside[level] as f64 / n).collect();
    let mut all: Vec<f64> = shown.iter().map(|&level| everyone[level] as f64 / n_all).collect();
    // One level alone is no "Other": where it may not be told it has no bar.
    if shown.len() + 1 < commonest.len() {
        names.push("Other".into());
        // Where the data have others of their own, shown or not, they would be taken for these.
        let is_taken = levels.labels.iter().any(|label| ["other", "others"].contains(&label.trim().to_lowercase().as_str()));
        labels.push(if is_taken { "All the rest" } else { "Other" }.into());
        persona.push(others(&shown, inside) as f64 / n);
        all.push(others(&shown, everyone) as f64 / n_all);
    }
    Some(Distribution {
        column: column.name.to_owned(),
        shown: column.shown.clone(),
        unit: column.unit.map(str::to_owned),
        drawing: Drawing::Levels { names, labels, persona, everyone: all },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_leave_ten_customers_open() {
        let bound = |part, whole, over| bound_text(bound(part, whole, over)).replace(crate::persona::text::SPACE, " ");
        assert_eq!(bound(95, 100, true), "over 80 %", "steps of ten customers");
        assert_eq!((bound(950, 1000, true), bound(15, 1000, false)), ("over 90 %".into(), "under 5 %".into()));
        assert_eq!((bound(15, 1000, true), bound(12, 20, true)), ("under 5 %".into(), "–".into()));
        assert_eq!((at_least(0.95, 100), at_least(0.95, 1000), at_least(0.003, 1000), at_least(0.6, 20)), (0.8, 0.9, 0.0, 0.0));
    }
}
