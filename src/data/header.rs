//! What are the columns called, and what will they probably hold? Judged by the first rows.
//!
//! In: the first rows as cells. Out: names (unique, never empty), whether the first row was a header, and which columns look plain.

use crate::base::Note;

use super::cells::{Cell, is_missing};
use super::dates::{self, Order};
use super::habits::{self, Habits};
use super::numbers::{self, Decimal, Vote};
use super::tally::is_called_date;

/// What the first rows tell.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// The columns' names.
    pub names: Vec<String>,
    /// Columns whose name had to be made up.
    pub unnamed: Vec<bool>,
    /// Whether the first row holds names.
    pub has_header: bool,
    /// Columns that hold plain numbers so far.
    pub plain: Vec<bool>,
    /// What the file's habits seem to be.
    pub habits: Habits,
    /// What was decided.
    pub notes: Vec<Note>,
}

/// Judges the first rows.
pub(super) fn read(rows: &[Vec<Cell>]) -> Head {
    let Some((first, below)) = rows.split_first() else { return Head::default() };
    let mut notes = Vec::new();
    let has_header = is_header(first, below);
    let data = if has_header { below } else { rows };
    let common = common_length(data);
    let mut n_columns = if has_header { first.len() } else { common };
    let mut names: Vec<String> = if has_header { first.iter().map(|cell| cell.trim().to_owned()).collect() } else { Vec::new() };
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
    let habits = habits::of(data, &names);
    let plain = (0..n_columns).map(|at| {
        let cells = || data.iter().filter_map(|row| row.get(at));
        let is_unclear = habits.doubts_points() && cells().any(|cell| numbers::vote(cell) == Vote::EitherPoint);
        cells().all(|cell| is_plain_or_empty(cell, habits)) && !is_unclear && !days_as_numbers(&names[at], cells())
    });
    let plain = plain.collect();
    Head { names, unnamed, has_header, plain, habits, notes }
}

/// Makes every name present and unique: "column 3" for an empty one, "amount (2)" for the second "amount".
pub(super) fn make_unique(names: &mut [String]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut taken: std::collections::HashSet<String> = std::collections::HashSet::new();
    for at in 0..names.len() {
        let given = std::mem::take(&mut names[at]);
        let base = if given.is_empty() { format!("column {}", at + 1) } else { given.clone() };
        let mut name = base.clone();
        let mut n = 1;
        // A later column that really is called "amount (2)" keeps its name.
        while taken.contains(&name) || (n > 1 && names[at + 1..].contains(&name)) {
            n += 1;
            name = format!("{base} ({n})");
        }
        if n > 1 && !given.is_empty() {
            notes.push(Note::new(format!("There are several columns called {base}; one of them is now called {name}.")));
        }
        taken.insert(name.clone());
        names[at] = name;
    }
    notes
}

/// A row is a header unless it holds numbers or dates where the rows below do, and nowhere text above numbers.
fn is_header(first: &[Cell], below: &[Vec<Cell>]) -> bool {
    let is_value = |cell: &str| {
        let cell = cell.trim();
        [Decimal::Point, Decimal::Comma].iter().any(|&decimal| numbers::parse(cell, decimal).is_some())
            || dates::parse(cell, Order::DayFirst).is_some()
    };
    // Years are good names ("2023"), so a lone year proves nothing.
    let is_year = |cell: &str| cell.trim().parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year));
    let filled = first.iter().filter(|cell| !is_missing(cell.trim()));
    let all_values = filled.clone().count() > 0 && filled.clone().all(|cell| is_value(cell));
    if all_values && filled.clone().any(|cell| !is_year(cell)) {
        return false;
    }
    let mut value_above_values = false;
    for (at, cell) in first.iter().enumerate() {
        let mut under = below.iter().filter_map(|row| row.get(at)).filter(|cell| !is_missing(cell.trim())).peekable();
        let values_below = under.peek().is_some() && under.all(|cell| is_value(cell));
        match (is_value(cell), values_below) {
            (true, true) if !is_year(cell) => value_above_values = true,
            (false, true) if !is_missing(cell.trim()) => return true,
            _ => {}
        }
    }
    !value_above_values
}

fn common_length(rows: &[Vec<Cell>]) -> usize {
    let mut lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    lengths.chunk_by(|a, b| a == b).max_by_key(|run| (run.len(), run[0])).map_or(0, |run| run[0])
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
        read(&rows)
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
