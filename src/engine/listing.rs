//! Which rows does the table list, in which order, and where is what is looked for?
//!
//! In: the table, the rows picked, and how it is looked at. Out: rows of the table by line, and the lines in which something was found. No cell is
//! copied: an order is four bytes a row. O(n log n) to sort, O(cells) to look for a text; both are steps that can be stopped.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::base::{Ctx, Key, Stopped};
use crate::data::{Column, Loaded, Table, Values};
use crate::plot::Picked;
use crate::session::{Sort, TableFilter};

use super::answers::ListingAnswer;
use super::caches::Runtime;
use super::run::answer::Answer;
use super::run::jobs::{Lane, Urgency};
use super::run::runtime::{Asked, Made, Need};
use super::wanted::TableWanted;

/// Rows between two looks at the stop flag; a row may have hundreds of cells.
const ROWS_A_CHECK: usize = 1_024;
const NEED: Need = Need::Start(Urgency::Chosen);

/// What was shown last.
#[derive(Debug, Default)]
pub(super) struct Last {
    rows: Option<Arc<Vec<u32>>>,
    found: Option<Arc<Vec<u32>>>,
}

/// The rows listed, where they are not simply all, and what was found among them.
pub(super) fn of(
    runtime: &mut Runtime,
    loaded: &Asked<Loaded>,
    picked: Option<&Asked<Picked>>,
    wanted: &TableWanted,
    last: &mut Last,
) -> ListingAnswer {
    let Some(loaded) = loaded.ready() else {
        *last = Last::default();
        return ListingAnswer::default();
    };
    let only = picked.filter(|_| wanted.only_picked).and_then(Asked::ready);
    let ordered = (wanted.sort.is_some() || wanted.filter.is_some()).then(|| order(runtime, loaded, only, wanted));
    let found = (!wanted.find.trim().is_empty()).then(|| match &ordered {
        Some(ordered) => ordered.and("Sorting", |rows| find(runtime, loaded, only, Some(rows), &wanted.find)),
        None => find(runtime, loaded, only, None, &wanted.find),
    });
    let settled = |asked: Option<Asked<Vec<u32>>>, last: &mut Option<Arc<Vec<u32>>>| match asked {
        Some(asked) => asked.settled(last),
        None => {
            *last = None;
            Answer::default()
        }
    };
    ListingAnswer { rows: settled(ordered, &mut last.rows), found: settled(found, &mut last.found) }
}

fn order(runtime: &mut Runtime, loaded: &Made<Loaded>, only: Option<&Made<Picked>>, wanted: &TableWanted) -> Asked<Vec<u32>> {
    let inputs: Vec<Key> = [loaded.key].into_iter().chain(only.map(|only| only.key)).collect();
    let key = Key::of("table order", 1, &(&wanted.sort, &wanted.filter), &inputs);
    let (loaded, only) = (loaded.value.clone(), only.map(|only| only.value.clone()));
    let (sort, filter) = (wanted.sort.clone(), wanted.filter.clone());
    let title = || if wanted.sort.is_some() { "Sorting the table".into() } else { "Filtering the table".into() };
    runtime.ask(
        |s| &mut s.orders,
        key,
        NEED,
        (title, Lane::Quick),
        move |ctx| Ok(ordered(&loaded.table, only.as_deref(), filter.as_ref(), sort.as_ref(), ctx)?),
    )
}

fn find(
    runtime: &mut Runtime,
    loaded: &Made<Loaded>,
    only: Option<&Made<Picked>>,
    rows: Option<&Made<Vec<u32>>>,
    text: &str,
) -> Asked<Vec<u32>> {
    let inputs: Vec<Key> = [loaded.key].into_iter().chain(only.map(|only| only.key)).chain(rows.map(|rows| rows.key)).collect();
    let key = Key::of("found in the table", 1, &text, &inputs);
    let (loaded, only, rows) = (loaded.value.clone(), only.map(|only| only.value.clone()), rows.map(|rows| rows.value.clone()));
    let text = text.to_owned();
    runtime.ask(
        |s| &mut s.found,
        key,
        NEED,
        (|| "Looking through the table".into(), Lane::Quick),
        move |ctx| {
            let table = &loaded.table;
            Ok(match (&rows, &only) {
                (Some(rows), _) => lines_with(table, rows.iter().map(|row| *row as usize), &text, ctx)?,
                (None, Some(only)) => lines_with(table, only.rows(), &text, ctx)?,
                (None, None) => lines_with(table, 0..table.n_rows, &text, ctx)?,
            })
        },
    )
}

/// The rows that pass, in the order asked for.
fn ordered(
    table: &Table,
    only: Option<&Picked>,
    filter: Option<&TableFilter>,
    sort: Option<&Sort>,
    ctx: &Ctx,
) -> Result<Vec<u32>, Stopped> {
    let filtered = filter.and_then(|filter| Some((table.column(filter.column())?, filter)));
    let mut rows = Vec::new();
    for row in 0..table.n_rows {
        if row.is_multiple_of(ROWS_A_CHECK) {
            ctx.check()?;
        }
        if only.is_none_or(|only| only.contains(row)) && filtered.is_none_or(|(column, filter)| passes(column, filter, row)) {
            rows.push(row as u32);
        }
    }
    if let Some((column, descends)) = sort.and_then(|sort| Some((table.column(&sort.column)?, sort.descends))) {
        sort_rows(&mut rows, column, descends);
    }
    ctx.check()?;
    Ok(rows)
}

fn passes(column: &Column, filter: &TableFilter, row: usize) -> bool {
    match filter {
        TableFilter::Value { value, .. } if value.is_empty() => column.is_missing(row),
        TableFilter::Value { value, .. } => column.cell(row) == value.as_str(),
        TableFilter::Range { from, to, .. } => {
            column.number(row).is_some_and(|number| from.is_none_or(|from| number >= from) && to.is_none_or(|to| number <= to))
        }
    }
}

/// Missing cells come last both ways, and equal ones stay in the order of the file.
fn sort_rows(rows: &mut [u32], column: &Column, descends: bool) {
    let turned = |order: Ordering| if descends { order.reverse() } else { order };
    match &column.values {
        Values::Number(values) => rows.sort_by(|&a, &b| {
            let (a, b) = (values[a as usize], values[b as usize]);
            a.is_nan().cmp(&b.is_nan()).then_with(|| turned(a.total_cmp(&b)))
        }),
        Values::Date(days) => rows.sort_by(|&a, &b| {
            let (a, b) = (days[a as usize], days[b as usize]);
            a.is_none().cmp(&b.is_none()).then_with(|| turned(a.cmp(&b)))
        }),
        Values::Text(texts) => rows.sort_by(|&a, &b| match (texts.get(a as usize), texts.get(b as usize)) {
            (Some(a), Some(b)) => turned(letters(a).cmp(letters(b)).then_with(|| a.cmp(b))),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }),
    }
}

/// Letters without their case, so that "anna" stands beside "Anna".
fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// The lines whose cells hold the text, whatever its case, or whose row number it is.
fn lines_with(table: &Table, rows: impl Iterator<Item = usize>, text: &str, ctx: &Ctx) -> Result<Vec<u32>, Stopped> {
    let wanted = text.trim().to_lowercase();
    let number: Option<usize> = wanted.replace(['\u{202f}', '\u{a0}', ' '], "").parse().ok();
    let mut lines = Vec::new();
    for (line, row) in rows.enumerate() {
        if line.is_multiple_of(ROWS_A_CHECK) {
            ctx.check()?;
        }
        let holds = |column: &Column| {
            let cell = column.cell(row);
            // Most cells are plain letters, which need no copy to be compared.
            if cell.is_ascii() { contains_ascii(&cell, &wanted) } else { cell.to_lowercase().contains(&wanted) }
        };
        if number == Some(row + 1) || table.columns.iter().any(holds) {
            lines.push(line as u32);
        }
    }
    Ok(lines)
}

/// Whether an ASCII text holds `wanted`, which is in small letters.
fn contains_ascii(text: &str, wanted: &str) -> bool {
    text.len() >= wanted.len() && text.as_bytes().windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Texts;

    fn table() -> Table {
        let column = |name: &str, values: Values| Column { name: name.into(), values, unit: None, original: None };
        let columns = vec![
            column("name", Values::Text(Texts::collect([Some("bo"), Some("Ann"), None, Some("ann"), Some("Ünal")]))),
            column("age", Values::Number([30.0, f64::NAN, 51.5, 30.0, 20.0].into())),
            column("since", Values::Date([Some(3), Some(1), None, Some(2), Some(1)].into())),
        ];
        Table { columns, n_rows: 5 }
    }

    fn sorted(column: &str, descends: bool) -> Vec<u32> {
        let sort = Sort { column: column.into(), descends };
        ordered(&table(), None, None, Some(&sort), &Ctx::new()).unwrap()
    }

    #[test]
    fn rows_sort_both_ways_with_the_missing_last_and_equals_as_in_the_file() {
        assert_eq!(sorted("age", false), [4, 0, 3, 2, 1]);
        assert_eq!(sorted("age", true), [2, 0, 3, 4, 1]);
        assert_eq!(sorted("name", false), [1, 3, 0, 4, 2]);
        assert_eq!(sorted("since", false), [1, 4, 3, 0, 2]);
        assert_eq!(sorted("since", true), [0, 3, 1, 4, 2]);
        assert_eq!(sorted("no such column", false), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn filters_take_a_value_a_missing_cell_or_a_range() {
        let listed = |filter: TableFilter| ordered(&table(), None, Some(&filter), None, &Ctx::new()).unwrap();
        let value = |column: &str, value: &str| TableFilter::Value { column: column.into(), value: value.into() };
        assert_eq!(listed(value("name", "Ann")), [1]);
        assert_eq!(listed(value("name", "")), [2]);
        assert_eq!(listed(value("age", "30")), [0, 3]);
        let range = |from, to| TableFilter::Range { column: "age".into(), from, to };
        assert_eq!(listed(range(Some(30.0), None)), [0, 2, 3]);
        assert_eq!(listed(range(None, Some(29.0))), [4]);
        let only = Picked::new(5, [0, 1]);
        assert_eq!(ordered(&table(), Some(&only), Some(&range(Some(0.0), None)), None, &Ctx::new()).unwrap(), [0]);
    }

    #[test]
    fn a_text_is_found_in_any_case_and_a_row_by_its_number() {
        let lines = |rows: &[usize], text: &str| lines_with(&table(), rows.iter().copied(), text, &Ctx::new()).unwrap();
        assert_eq!(lines(&[0, 1, 2, 3, 4], "ANN"), [1, 3]);
        assert_eq!(lines(&[4, 3, 0], "ünal"), [0]);
        assert_eq!(lines(&[0, 1, 2, 3, 4], "51.5"), [2]);
        assert_eq!(lines(&[4, 3, 2, 1, 0], "4"), [1, 4], "the fourth row, and the one of 1970-01-04");
        assert!(lines(&[0, 1], "nobody").is_empty());
    }

    #[test]
    fn both_steps_stop_when_told() {
        let stopped = Ctx::stopping_after(1);
        assert_eq!(ordered(&table(), None, None, None, &stopped), Err(Stopped));
        assert_eq!(lines_with(&table(), 0..5, "a", &Ctx::stopping_after(1)), Err(Stopped));
    }
}
