//! Does a number stand apart from its scale and perhaps mean "no answer": 99 beside 1 to 5?
//!
//! In: a column of numbers and its profile. Out: a note, for columns of few whole numbers in which one of the usual codes lies beyond a short scale.
//! Nothing is changed: the user knows what 99 meant. O(1) for most columns, O(rows) where the smallest or largest number is such a code.

use crate::base::Note;
use crate::base::text::count;

use super::profile::ColumnProfile;
use super::table::{Column, Values};

/// Numbers that questionnaires use for "don't know", "refused" and "does not apply".
const CODES: &[f64] =
    &[9.0, 97.0, 98.0, 99.0, 997.0, 998.0, 999.0, 9999.0, -1.0, -2.0, -7.0, -8.0, -9.0, -97.0, -98.0, -99.0, -998.0, -999.0];

/// Longest scale that is asked about.
const LONGEST: usize = 11;

/// Codes with their cells, and the ends of the scale they stand apart from.
type Apart = (Vec<(f64, usize)>, [f64; 2]);

/// The codes of a column that stand apart from its scale, each with its cells, and the ends of the scale.
pub(super) fn apart(column: &Column, seen: &ColumnProfile) -> Option<Apart> {
    let (Values::Number(values), Some(numeric)) = (&column.values, &seen.numeric) else { return None };
    let may =
        numeric.whole && (4..=LONGEST + 4).contains(&seen.n_distinct) && (CODES.contains(&numeric.min) || CODES.contains(&numeric.max));
    if !may {
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

/// What the user should hear about it.
pub(super) fn note(column: &Column, seen: &ColumnProfile) -> Option<Note> {
    let (codes, [low, high]) = apart(column, seen)?;
    let n: usize = codes.iter().map(|code| code.1).sum();
    let list: Vec<String> = codes.iter().map(|code| format!("{}", code.0)).collect();
    let list = match list.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => list.join(""),
    };
    let (cells, are, they) = if n == 1 { ("cell", "is", "it looks") } else { ("cells", "are", "they look") };
    Some(Note::new(format!(
        "{} {cells} of {} {are} {list}, apart from its scale {low} to {high}; {they} like \"no answer\", but count as numbers.",
        count(n),
        column.name
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Ctx;
    use crate::data::profile::profile;
    use crate::data::table::Table;

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
