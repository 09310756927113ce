//! Does a table hold the same subjects once per period: 738 firms in each of eight years? Then a row is no customer, and a column numbers the subjects.
//!
//! In: a table and its profile. Out: the column that numbers the subjects as an identifier, and a note. Only tables in which every subject has every period
//! exactly once are taken for one, so that no measure is by chance: counts must fit first, then every pair is looked at. O(columns), O(n log n) where counts fit.

use crate::base::text::count;
use crate::base::{Ctx, Note, Stopped};
use crate::data::words::name_tokens;

use super::profile::{ColumnProfile, Profile};
use super::role::Role;
use super::{Table, Values};

/// Words of periods.
#[rustfmt::skip]
const PERIODS: &[&str] = &[
    "year", "yr", "quarter", "month", "week", "wave", "round", "period", "date", "day", "jahr", "quartal", "monat", "woche", "welle", "annee", "mois", "semaine",
    "vague", "ano", "mes", "semana", "anno", "mese", "settimana",
];
/// Fewer subjects, or fewer periods, may fit by chance.
const FEWEST_SUBJECTS: usize = 20;
const FEWEST_PERIODS: usize = 3;

/// Marks the column that numbers the subjects of a panel.
pub(super) fn mark_subjects(table: &Table, profile: &mut Profile, ctx: &Ctx) -> Result<Option<Note>, Stopped> {
    let is_full = |seen: &ColumnProfile| seen.n_missing == 0 && seen.n_distinct > 0;
    let is_period = |seen: &ColumnProfile| {
        let is_named = name_tokens(&seen.name).iter().any(|token| PERIODS.contains(&token.as_str()));
        is_named && is_full(seen) && seen.n_distinct >= FEWEST_PERIODS && table.n_rows.is_multiple_of(seen.n_distinct)
    };
    let periods: Vec<usize> = (0..table.columns.len()).filter(|&at| is_period(&profile.columns[at])).collect();
    for &period in &periods {
        let n_periods = profile.columns[period].n_distinct;
        let n_subjects = table.n_rows / n_periods;
        let is_subject = |&at: &usize| {
            let seen = &profile.columns[at];
            let is_whole = seen.numeric.as_ref().is_some_and(|numeric| numeric.whole && numeric.min >= 0.0);
            at != period && is_whole && is_full(seen) && seen.n_distinct == n_subjects && n_subjects >= FEWEST_SUBJECTS
        };
        for subject in (0..table.columns.len()).filter(is_subject) {
            ctx.check()?;
            if !are_pairs(table, subject, period) {
                continue;
            }
            let (name, when) = (profile.columns[subject].name.clone(), profile.columns[period].name.clone());
            let seen = &mut profile.columns[subject];
            if seen.guessed_role == Role::Identifier {
                return Ok(None);
            }
            let reason = format!(
                "Each of its {} numbers stands in {n_periods} rows, once per {when}: it says whom or what a row is about.",
                count(n_subjects)
            );
            (seen.guessed_role, seen.guess_reason) = (Role::Identifier, reason);
            return Ok(Some(Note::new(format!(
                "Each row is one {name} in one {when}: {} of them in {n_periods} rows each. Every row counts by itself here; keep one {when} to count each {name} once.",
                count(n_subjects)
            ))));
        }
    }
    Ok(None)
}

/// Whether no two rows have the same subject and the same period.
fn are_pairs(table: &Table, subject: usize, period: usize) -> bool {
    let Values::Number(subjects) = &table.columns[subject].values else { return false };
    let mut pairs: Vec<(u64, u64)> = Vec::with_capacity(table.n_rows);
    let mut texts: Vec<&str> = Vec::new();
    for (row, subject) in subjects.iter().enumerate() {
        let when = match table.columns[period].number(row) {
            Some(number) => number.to_bits(),
            // Few periods are written in words.
            None => {
                let Some(text) = table.columns[period].text(row) else { return false };
                let known = texts.iter().position(|known| *known == text);
                known.unwrap_or_else(|| {
                    texts.push(text);
                    texts.len() - 1
                }) as u64
            }
        };
        pairs.push((subject.to_bits(), when));
    }
    pairs.sort_unstable();
    pairs.windows(2).all(|pair| pair[0] != pair[1])
}
