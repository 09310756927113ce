//! What do the columns mean beyond their cells: codes, answers, ordered words, spellings of one level?
//!
//! In: a table and its profile, as any reader or builder made them. Out: the same table with columns changed to what they mean, columns added for
//! answers, and a note for each change. Cells leave as they came: every changed column keeps them. What a clean table costs is O(columns and
//! levels); only a column that changes is gone through again.

use crate::base::text::count;
use crate::base::{Ctx, Note, Stopped};

use super::codes::{self, Judged};
use super::profile::{ColumnProfile, Profile};
use super::profiling::profile;
use super::role::Role;
use super::{Column, Table, Texts, Values, answers, no_answer, ordered, panel, spellings};

/// Changes the columns of a table to what they mean, and says so.
pub(in crate::data) fn understand(table: &mut Table, profile: &mut Profile, ctx: &Ctx) -> Result<Vec<Note>, Stopped> {
    let mut notes = Vec::new();
    let mut added: Vec<Column> = Vec::new();
    for (at, values, note) in answers::choices(table, profile, ctx)? {
        replace(table, profile, at, values, ctx)?;
        notes.extend(note);
    }
    for at in 0..table.columns.len() {
        ctx.check()?;
        let (column, seen) = (&table.columns[at], &profile.columns[at]);
        if seen.guessed_role == Role::Identifier && seen.numeric.is_none() {
            continue;
        }
        if let Some((values, note)) = ordered::scale(column, seen, table.n_rows, ctx)? {
            replace(table, profile, at, values, ctx)?;
            notes.push(note);
        } else if let Some((values, note)) = code_levels(column, seen, table.n_rows) {
            replace(table, profile, at, values, ctx)?;
            notes.push(note);
        } else if let Some((columns, note)) = answers::several(column, table, seen, ctx)? {
            added.extend(columns);
            notes.push(note);
            let seen = &mut profile.columns[at];
            (seen.guessed_role, seen.guess_reason) =
                (Role::Ignored, "Its cells hold several answers; there is a column for each of them.".to_owned());
        } else if let Some((values, note)) = spellings::merged(column, seen, table.n_rows, ctx)? {
            replace(table, profile, at, values, ctx)?;
            notes.push(note);
        }
        notes.extend(no_answer::note(&table.columns[at], &profile.columns[at]));
    }
    if !added.is_empty() {
        let new = Table { columns: added, n_rows: table.n_rows };
        profile.columns.extend(self::profile(&new, ctx)?.columns);
        table.columns.extend(new.columns);
    }
    sensitive_dummies(table, profile, ctx)?;
    notes.extend(panel::mark_subjects(table, profile, ctx)?);
    Ok(notes)
}

/// A sensitive column of more levels has no dummies; a number of years is none.
const MOST_SENSITIVE_LEVELS: usize = 12;
/// Rows that a dummy must have of either value, and the part of the rows in which both columns must be known, so that nothing is a dummy by chance.
const FEWEST_OF_A_DUMMY: usize = 10;
const KNOWN_TOGETHER: f64 = 0.9;

/// Columns of two values that only repeat what a sensitive column says, such as "vryrel" beside "relig", are as sensitive, whatever they are called.
/// O(rows) per pair that agrees; most are told apart within a few rows.
fn sensitive_dummies(table: &Table, profile: &mut Profile, ctx: &Ctx) -> Result<(), Stopped> {
    let of_levels = |seen: &ColumnProfile, most: usize| (2..=most).contains(&seen.n_distinct);
    let sensitive: Vec<usize> = (0..profile.columns.len())
        .filter(|&at| profile.columns[at].guessed_role == Role::Sensitive && of_levels(&profile.columns[at], MOST_SENSITIVE_LEVELS))
        .collect();
    for at in 0..profile.columns.len() {
        ctx.check()?;
        let seen = &profile.columns[at];
        if !of_levels(seen, 2) || !matches!(seen.guessed_role, Role::Behavioural | Role::Demographic | Role::Psychographic) {
            continue;
        }
        let of = sensitive.iter().copied().find(|&of| repeats(table, profile, at, of));
        if let Some(of) = of {
            let name = profile.columns[of].name.clone();
            let seen = &mut profile.columns[at];
            (seen.guessed_role, seen.guess_reason) = (Role::Sensitive, format!("It only repeats what {name} says, which is sensitive."));
        }
    }
    Ok(())
}

/// Whether everybody with the same value of column `of` has the same value of column `at`.
fn repeats(table: &Table, profile: &Profile, at: usize, of: usize) -> bool {
    let value = |at: usize, row: usize| match &profile.columns[at].levels {
        Some(levels) => levels.get(row).map(|level| level as u64),
        None => table.columns[at].number(row).map(f64::to_bits),
    };
    let mut told: Vec<(u64, u64)> = Vec::new();
    let mut counts: Vec<(u64, usize)> = Vec::new();
    for row in 0..table.n_rows {
        let Some((own, by)) = value(at, row).zip(value(of, row)) else { continue };
        match told.iter().find(|(known, _)| *known == by) {
            Some((_, known)) if *known != own => return false,
            Some(_) => {}
            None => told.push((by, own)),
        }
        match counts.iter_mut().find(|(known, _)| *known == own) {
            Some((_, n)) => *n += 1,
            None => counts.push((own, 1)),
        }
    }
    let known: usize = counts.iter().map(|(_, n)| *n).sum();
    let are_enough = known as f64 >= KNOWN_TOGETHER * table.n_rows as f64 && known >= FEWEST_OF_A_DUMMY * told.len();
    are_enough && counts.len() == 2 && counts.iter().all(|(_, n)| *n >= FEWEST_OF_A_DUMMY)
}

/// Puts other values into a column, which keeps its cells, and looks at it again.
fn replace(table: &mut Table, profile: &mut Profile, at: usize, values: Values, ctx: &Ctx) -> Result<(), Stopped> {
    let column = &table.columns[at];
    // A number that becomes text reads the same. Everything else keeps its cells, empty ones too, for a "no" must not leave as "no".
    let reads_the_same = matches!((&column.values, &values), (Values::Number(_), Values::Text(_))) && profile.columns[at].n_distinct > 1;
    let cells = || Texts::collect((0..table.n_rows).map(|row| Some(column.cell(row))));
    let original = if reads_the_same { column.original.clone() } else { Some(cells()) };
    let changed = Column { name: column.name.clone(), values, unit: None, original };
    let mut alone = Table { columns: vec![changed], n_rows: table.n_rows };
    let mut seen = self::profile(&alone, ctx)?.columns;
    profile.columns[at] = seen.remove(0);
    table.columns[at] = alone.columns.remove(0);
    Ok(())
}

/// Whole-number codes of few values as levels.
fn code_levels(column: &Column, seen: &ColumnProfile, n_rows: usize) -> Option<(Values, Note)> {
    let (Values::Number(values), Some(numeric)) = (&column.values, &seen.numeric) else { return None };
    if seen.n_distinct < 2 || seen.guessed_role == Role::Identifier {
        return None;
    }
    let Judged::Levels(word) = codes::judge(&column.name, numeric, seen.n_distinct, n_rows - seen.n_missing) else { return None };
    let texts = Texts::collect(values.iter().map(|value| (!value.is_nan()).then(|| format!("{value}"))));
    let note = format!(
        "{} holds codes and not a measure (its name says \"{word}\"): its {} different numbers are levels of their own.",
        column.name,
        count(seen.n_distinct)
    );
    Some((Values::Text(texts), Note::new(note)))
}
