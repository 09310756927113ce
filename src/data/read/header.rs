//! What are the columns called, and what will they probably hold? Judged by the first rows.
//!
//! In: the first rows as cells. Out: names (unique, never empty), whether the first row was a header, and which columns look plain.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::Note;
use crate::base::text::count as grouped;
use crate::data::cells::cell::Cell;
use crate::data::cells::dates;
use crate::data::cells::habits::{self, Habits};
use crate::data::cells::numbers::{self, Vote};
use crate::data::cells::tally::is_called_date;

use super::top;

/// What the first rows tell.
#[derive(Debug, Clone, Default)]
pub(in crate::data) struct Head {
    /// The columns' names.
    pub names: Vec<String>,
    /// Columns whose name had to be made up.
    pub unnamed: Vec<bool>,
    /// Whether a row holds names.
    pub has_header: bool,
    /// Rows of titles above the names.
    pub n_titles: usize,
    /// Rows above the data: titles and names.
    pub n_above: usize,
    /// Columns that hold plain numbers so far.
    pub plain: Vec<bool>,
    /// What the file's habits seem to be.
    pub habits: Habits,
    /// What was decided.
    pub notes: Vec<Note>,
}

/// Judges the first rows. `sheet` is where they stand, if they are a workbook's.
pub(super) fn read(rows: &[Vec<Cell>], sheet: Option<&str>) -> Head {
    let top = top::read(rows);
    let n_above = top.n_titles + top.n_header;
    let Some(first) = rows.get(top.n_titles) else { return Head::default() };
    let has_header = top.n_header > 0;
    let mut notes: Vec<Note> = note_of_titles(top.n_titles, sheet).into_iter().collect();
    notes.extend(top.notes);
    let header = &rows[top.n_titles..n_above];
    // A header that comes again, where two exports were pasted under each other, says nothing about the columns.
    let data: Vec<&Vec<Cell>> = rows[n_above..].iter().filter(|row| !header.contains(row)).collect();
    let common = top::common_length(&data);
    let mut names = top.names;
    let mut n_columns = if has_header { names.len() } else { common };
    if !has_header {
        let example: Vec<&str> = first.iter().take(3).map(|cell| cell.trim()).collect();
        let example = example.join(", ");
        notes.push(Note::new(format!(
            "The first row ({example}…) holds values, not names; the columns are called column 1, column 2 and so on."
        )));
    }
    if common == n_columns + 1 && has_header {
        // R writes row names without a header; a delimiter at every line's end makes an empty last cell instead.
        let trailing = data.iter().all(|row| row.len() <= n_columns || row[n_columns].trim().is_empty());
        n_columns += 1;
        if !trailing {
            names.insert(0, "row".to_owned());
            notes.push(Note::new("Rows have one cell more than there are names; the first column is called row."));
        }
    } else if common > n_columns {
        n_columns = common;
    }
    names.resize(n_columns, String::new());
    let unnamed: Vec<bool> = names.iter().map(String::is_empty).collect();
    notes.extend(make_unique(&mut names));
    let habits = habits::of(&data, &names);
    let plain = (0..n_columns).map(|at| {
        let cells = || data.iter().filter_map(|row| row.get(at));
        let is_unclear = habits.doubts_points() && cells().any(|cell| numbers::vote(cell) == Vote::EitherPoint);
        cells().all(|cell| is_plain_or_empty(cell, habits)) && !is_unclear && !days_as_numbers(&names[at], cells())
    });
    let plain = plain.collect();
    Head { names, unnamed, has_header, n_titles: top.n_titles, n_above, plain, habits, notes }
}

/// What is said about lines above the table.
fn note_of_titles(n_titles: usize, sheet: Option<&str>) -> Option<Note> {
    let (lines, are) = if n_titles == 1 { ("line", "is") } else { ("lines", "are") };
    let place = sheet.map_or(String::new(), |sheet| format!(" in the sheet {sheet}"));
    (n_titles > 0).then(|| Note::new(format!("{n_titles} {lines} above the table{place} {are} left out.")))
}

/// Makes every name present and unique: "column 3" for an empty one, "amount (2)" for the second "amount". O(names).
pub(in crate::data) fn make_unique(names: &mut [String]) -> Vec<Note> {
    let given: FxHashSet<String> = names.iter().cloned().collect();
    let mut taken: FxHashSet<String> = FxHashSet::default();
    // By name: how often it came so far, and the number behind it that was given last.
    let mut seen: FxHashMap<String, (usize, usize)> = FxHashMap::default();
    let mut renamed: Vec<(String, String)> = Vec::new();
    for (at, name) in names.iter_mut().enumerate() {
        let is_given = !name.is_empty();
        let base = if is_given { name.clone() } else { format!("column {}", at + 1) };
        let (n_times, number) = seen.entry(base.clone()).or_insert((0, 1));
        *n_times += 1;
        let mut new = base.clone();
        // A column that really is called "amount (2)" keeps its name.
        while taken.contains(&new) || (new != base && given.contains(&new)) {
            *number += 1;
            new = format!("{base} ({number})");
        }
        if is_given && *n_times == 2 {
            renamed.push((base, new.clone()));
        }
        taken.insert(new.clone());
        *name = new;
    }
    let note = |(base, new): (String, String)| {
        let n_times = seen.get(&base).map_or(0, |(n_times, _)| *n_times);
        Note::new(match n_times {
            2 => format!("There are two columns called {base}; the second is now called {new}."),
            n => format!("There are {} columns called {base}; the second is now called {new}, and so on.", grouped(n)),
        })
    };
    renamed.into_iter().map(note).collect()
}

fn is_plain_or_empty(cell: &Cell, habits: Habits) -> bool {
    cell.is_empty() || numbers::plain(cell, habits.decimal_comma).is_some()
}

/// Whether the numbers may be days, so that their cells are to be looked at: 19970131, or Excel's 45291 in a column called date.
fn days_as_numbers<'a>(name: &str, cells: impl Iterator<Item = &'a Cell<'a>>) -> bool {
    let mut numbers = cells.filter_map(|cell| numbers::plain(cell, false)).peekable();
    let read = if is_called_date(name) { dates::serial_day } else { dates::compact_day };
    numbers.peek().is_some() && numbers.all(|number| read(number).or_else(|| dates::compact_day(number)).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(rows: &[&[&str]]) -> Head {
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(|&cell| Cell::Borrowed(cell)).collect()).collect();
        read(&rows, None)
    }

    #[test]
    fn headers() {
        for (rows, has_header, names) in [
            (&[&["age", "age", "", "age (2)"][..], &["1", "2", "3", "4"]][..], true, &["age", "age (3)", "column 3", "age (2)"][..]),
            (&[&["1", "2.5"], &["3", "4"]], false, &["column 1", "column 2"]),
            (&[&["1001", "Anna", "3.5"], &["1002", "Bob", "4.5"]], false, &["column 1", "column 2", "column 3"]),
            (&[&["region", "2023", "2024"], &["North", "12", "13"]], true, &["region", "2023", "2024"]),
            (&[&["name", "city"], &["Anna", "Bonn"]], true, &["name", "city"]),
            (&[&["a", "b"], &["r1", "1", "2"], &["r2", "3", "4"]], true, &["row", "a", "b"]),
            (&[&["a", "b"], &["1", "2", ""], &["3", "4", ""]], true, &["a", "b", "column 3"]),
            (&[&["only"]], true, &["only"]),
        ] {
            let head = head(rows);
            assert_eq!(
                (head.has_header, head.names.iter().map(String::as_str).collect::<Vec<_>>()),
                (has_header, names.to_vec()),
                "{rows:?}"
            );
        }
    }
}
