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
use super::{Column, Table, Texts, Values, answers, no_answer, ordered, spellings};

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
    Ok(notes)
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
        "{} holds codes, no measure (its name says \"{word}\"): its {} different numbers are levels of their own.",
        column.name,
        count(seen.n_distinct)
    );
    Some((Values::Text(texts), Note::new(note)))
}
