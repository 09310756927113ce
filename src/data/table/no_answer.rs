//! Does a number stand apart from its scale and perhaps mean "no answer": 99 beside 1 to 5?
//!
//! In: a column of numbers and its profile. Out: a note, for columns of few whole numbers in which one of the usual codes lies beyond a short scale,
//! and for any whole numbers that stay far below a code of nines.
//! Nothing is changed unless the user says so: only they know what 99 meant. O(1) for most columns, O(rows) where the smallest or largest number is such a code.

use crate::base::text::count;
use crate::base::{Ctx, Note, Stopped};

use super::loaded::Loaded;
use super::profile::ColumnProfile;
use super::profiling::profile;
use super::{Column, Table, Texts, Values};

/// Numbers that questionnaires use for "don't know", "refused" and "does not apply".
const CODES: &[f64] =
    &[9.0, 97.0, 98.0, 99.0, 997.0, 998.0, 999.0, 9999.0, -1.0, -2.0, -7.0, -8.0, -9.0, -97.0, -98.0, -99.0, -998.0, -999.0];

/// Longest scale that is asked about.
const LONGEST: usize = 11;

/// Nines that fill a field, in columns of any length: nothing else comes near them.
const NINES: [f64; 6] = [99.0, 999.0, 9_999.0, 99_999.0, 999_999.0, 9_999_999.0];
/// What counts as near, as a part of the code: some age or percentage lies between 20 and 99.
const NEAR: f64 = 0.2;

/// Codes with their cells, and the ends of the scale they stand apart from.
type Apart = (Vec<(f64, usize)>, [f64; 2]);

/// The codes of a column that stand apart from its scale, each with its cells, and the ends of the scale.
pub(super) fn apart(column: &Column, seen: &ColumnProfile) -> Option<Apart> {
    let Values::Number(values) = &column.values else { return None };
    if !may_hold(seen) {
        return None;
    }
    far_apart(values, seen).or_else(|| apart_from_scale(values, seen))
}

/// Nines beyond everything else in a column of whole numbers from 0 on: 999 beside counts up to 12.
fn far_apart(values: &[f64], seen: &ColumnProfile) -> Option<Apart> {
    let code = filled_with_nines(seen)?;
    let (mut n, mut others, mut high) = (0, 0, f64::NEG_INFINITY);
    for &value in values.iter().filter(|value| !value.is_nan()) {
        if value == code {
            n += 1;
        } else {
            others += 1;
            high = high.max(value);
        }
    }
    (high <= code * NEAR && n < others).then(|| (vec![(code, n)], [seen.numeric.as_ref().map_or(0.0, |numeric| numeric.min), high]))
}

/// The largest number of a column, where it is nothing but nines.
fn filled_with_nines(seen: &ColumnProfile) -> Option<f64> {
    let numeric = seen.numeric.as_ref().filter(|numeric| numeric.whole && numeric.min >= 0.0)?;
    NINES.contains(&numeric.max).then_some(numeric.max)
}

/// Codes beside a scale of a few numbers.
fn apart_from_scale(values: &[f64], seen: &ColumnProfile) -> Option<Apart> {
    if !is_short(seen) {
        return None;
    }
    let mut counts: Vec<(f64, usize)> = Vec::new();
    for &value in values.iter().filter(|value| !value.is_nan()) {
        match counts.iter_mut().find(|known| known.0 == value) {
            Some(known) => known.1 += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let below = counts.iter().take_while(|known| known.0 < 0.0).count();
    let (negative, rest) = counts.split_at(below);
    let is_apart = |codes: &[(f64, usize)], gap: f64| codes.iter().all(|known| CODES.contains(&known.0)) && gap >= 2.0;
    if !negative.is_empty() && !is_apart(negative, rest.first()?.0 - negative[below - 1].0) {
        return None;
    }
    // The most that may be cut off the end: 9 and 99 beside 1 to 5, but 99 alone beside 0 to 9.
    let cut = (1..rest.len()).find(|&from| is_apart(&rest[from..], rest[from].0 - rest[from - 1].0)).unwrap_or(rest.len());
    let (scale, above) = rest.split_at(cut);
    let apart: Vec<(f64, usize)> = negative.iter().chain(above).copied().collect();
    let (&(low, _), &(high, _)) = scale.first().zip(scale.last())?;
    let is_scale = scale.len() >= 3 && (0.0..=1.0).contains(&low) && high <= 10.0 && scale.len() as f64 >= (high - low + 1.0) * 0.6;
    let fewer = apart.iter().map(|known| known.1).sum::<usize>() < scale.iter().map(|known| known.1).sum::<usize>();
    (is_scale && fewer && !apart.is_empty()).then_some((apart, [low, high]))
}

/// Whether a column may have such a code, by its smallest and largest number alone. O(1).
pub fn may_hold(seen: &ColumnProfile) -> bool {
    is_short(seen) || filled_with_nines(seen).is_some()
}

fn is_short(seen: &ColumnProfile) -> bool {
    let is_code = |value: f64| CODES.contains(&value);
    (4..=LONGEST + 4).contains(&seen.n_distinct)
        && seen.numeric.as_ref().is_some_and(|numeric| {
            let has_gap = numeric.max - numeric.min + 1.0 > seen.n_distinct as f64;
            numeric.whole && has_gap && (is_code(numeric.min) || is_code(numeric.max))
        })
}

impl Loaded {
    /// The same table, in which numbers that stand apart from a short scale are missing, and a note for each column.
    pub fn without_no_answers(&self, ctx: &Ctx) -> Result<Loaded, Stopped> {
        let mut loaded = self.clone();
        for (column, seen) in loaded.table.columns.iter_mut().zip(&mut loaded.profile.columns) {
            ctx.check()?;
            let Some((codes, _)) = apart(column, seen) else { continue };
            let Values::Number(values) = &column.values else { continue };
            let before = note(column, seen);
            let is_code = |value: f64| codes.iter().any(|code| code.0 == value);
            let kept: Vec<f64> = values.iter().map(|&value| if is_code(value) { f64::NAN } else { value }).collect();
            let cells = || Texts::collect((0..values.len()).map(|row| Some(column.cell(row))));
            let original = Some(column.original.clone().unwrap_or_else(cells));
            let after = taken_note(&column.name, &codes);
            let n_rows = values.len();
            let changed = Column { name: column.name.clone(), values: Values::Number(kept.into()), unit: column.unit.clone(), original };
            let mut alone = Table { columns: vec![changed], n_rows };
            let again = profile(&alone, ctx)?.columns.remove(0);
            *seen = ColumnProfile { guessed_role: seen.guessed_role, guess_reason: seen.guess_reason.clone(), ..again };
            *column = alone.columns.remove(0);
            match loaded.notes.iter_mut().find(|note| Some(&**note) == before.as_ref()) {
                Some(note) => *note = after,
                None => loaded.notes.push(after),
            }
        }
        Ok(loaded)
    }
}

fn taken_note(name: &str, codes: &[(f64, usize)]) -> Note {
    let n: usize = codes.iter().map(|code| code.1).sum();
    let (cells, count_as) = if n == 1 { ("cell", "counts") } else { ("cells", "count") };
    Note::quoting(codes, |told| {
        let with = if told.is_empty() { String::new() } else { format!(" with {}", listed(told)) };
        format!("{} {cells} of {name}{with} {count_as} as missing, as you chose.", count(n))
    })
}

/// "98 or 99"
fn listed(list: &[String]) -> String {
    match list {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => list.concat(),
    }
}

/// What the user should hear about it.
pub(super) fn note(column: &Column, seen: &ColumnProfile) -> Option<Note> {
    let (codes, [low, high]) = apart(column, seen)?;
    let n: usize = codes.iter().map(|code| code.1).sum();
    let (cells, are, they, count_as) = if n == 1 { ("cell", "is", "it looks", "counts") } else { ("cells", "are", "they look", "count") };
    Some(Note::quoting(&codes, |told| {
        let list = if told.is_empty() { String::new() } else { format!("{}, ", listed(told)) };
        format!(
            "{} {cells} of {} {are} {list}apart from its scale {low} to {high}; {they} like \"no answer\", but {count_as} as numbers unless you take them as missing when preparing.",
            count(n),
            column.name
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_beside_scales() {
        for (values, told) in [
            (&[1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 99.0][..], Some("1 cell of q is 99, apart from its scale 1 to 5; it looks")),
            (&[1.0, 2.0, 3.0, 5.0, 7.0, 6.0, 9.0, 4.0], Some("1 cell of q is 9, apart from its scale 1 to 7")),
            (
                &[0.0, 2.0, 3.0, 5.0, 7.0, 9.0, 10.0, 8.0, 98.0, 99.0, 4.0],
                Some("2 cells of q are 98 or 99, apart from its scale 0 to 10; they look"),
            ),
            (&[-9.0, -8.0, 1.0, 2.0, 3.0, 4.0, 5.0], Some("2 cells of q are -9 or -8, apart from its scale 1 to 5")),
            (&[-99.0, 1.0, 2.0, 3.0, 999.0, 3.0, 2.0], Some("2 cells of q are -99 or 999, apart from its scale 1 to 3")),
            (&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], None),
            (&[-2.0, -1.0, 0.0, 1.0, 2.0], None),
            (&[1.0, 2.0, 3.0, 4.0, 5.0], None),
            (&[20.0, 45.0, 99.0, 30.0, 31.0], None),
            (
                &[0.0, 1.0, 2.0, 14.0, 31.0, 17.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 999.0],
                Some("1 cell of q is 999, apart from its scale 0 to 31; it looks"),
            ),
            (&[120.0, 80.0, 250.0, 999.0, 410.0], None),
            (&[0.5, 1.0, 2.0, 999.0, 4.0], None),
            (&[1.0, 2.5, 3.0, 4.0, 99.0], None),
        ] {
            let column = Column { name: "q".into(), values: Values::Number(values.into()), unit: None, original: None };
            let table = Table { columns: vec![column], n_rows: values.len() };
            let seen = profile(&table, &Ctx::new()).unwrap();
            let found = note(&table.columns[0], &seen.columns[0]).map(|note| note.0);
            match told {
                Some(told) => assert!(found.as_deref().is_some_and(|found| found.starts_with(told)), "{values:?}: {found:?}"),
                None => assert_eq!(found, None, "{values:?}"),
            }
        }
    }
}
