//! Which rows of a table are no customers: a header that comes again, totals at the end?
//!
//! In: the head of the table and its last rows as cells. Out: which of them add up the others, and the sentences that say what is left out. A row
//! is a total if it is called so and either its keys are empty or its numbers are the sums of their columns; a company of that name is not.

use crate::base::Note;
use crate::base::text::count as grouped;
use crate::data::cells::cell::{Cell, is_missing, is_value};
use crate::data::cells::numbers::{self, Decimal};

/// Rows at the end that may be totals.
pub(super) const MOST_TOTALS: usize = 3;

/// What the first cell of a row of totals says, in the languages column words are known in.
const TOTALS: [&str; 52] = [
    "total",
    "totals",
    "grand total",
    "grand totals",
    "overall total",
    "total general",
    "total général",
    "total generale",
    "totale",
    "totale generale",
    "totale complessivo",
    "totaux",
    "total geral",
    "total amount",
    "sum",
    "sums",
    "sum total",
    "subtotal",
    "sub-total",
    "sous-total",
    "summe",
    "summen",
    "gesamt",
    "gesamtsumme",
    "gesamtergebnis",
    "endsumme",
    "zwischensumme",
    "insgesamt",
    "somme",
    "somma",
    "suma",
    "suma total",
    "suma końcowa",
    "soma",
    "totaal",
    "eindtotaal",
    "totalt",
    "i alt",
    "summa",
    "yhteensä",
    "razem",
    "łącznie",
    "celkem",
    "spolu",
    "összesen",
    "toplam",
    "genel toplam",
    "итого",
    "всего",
    "общий итог",
    "合計",
    "总计",
];

/// How many of the last rows are totals. `data` are rows of the table, all of them if `whole`; `last` are its last rows, in order.
pub(super) fn totals(data: &[&[Cell]], whole: bool, last: &[&[Cell]], n_columns: usize, decimal_comma: bool) -> usize {
    let is_named = |row: &&&[Cell]| row.len() <= n_columns && is_total_word(row);
    let named = last.iter().rev().take(MOST_TOTALS).take_while(is_named).count();
    if named == 0 {
        return 0;
    }
    let decimal = if decimal_comma { Decimal::Comma } else { Decimal::Point };
    let customers: Vec<&[Cell]> = data.iter().copied().filter(|row| !is_total_word(row)).collect();
    let columns: Vec<Summed> = (0..n_columns).map(|at| Summed::of(&customers, at, decimal)).collect();
    last.iter().rev().take(named).take_while(|row| adds_up(row, &columns, whole, decimal)).count()
}

/// Whether the last row is called a total, so that it is worth adding up the others.
pub(super) fn may_be_totals(last: &[&[Cell]]) -> bool {
    last.last().is_some_and(|row| is_total_word(row))
}

/// Whether the first cell that says anything is a word for a total.
fn is_total_word(row: &[Cell]) -> bool {
    let Some(first) = row.iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty()) else { return false };
    let word = first.trim_matches(|c: char| matches!(c, ':' | '*' | '=' | '.') || c.is_whitespace()).to_lowercase();
    TOTALS.contains(&word.as_str())
}

/// A column, added up.
struct Summed {
    sum: f64,
    /// Some cell is neither a number nor empty.
    is_key: bool,
    /// No number is below 0.
    rises: bool,
    /// The largest number.
    most: f64,
    /// No cell is empty.
    is_full: bool,
    n: usize,
}

impl Summed {
    fn of(rows: &[&[Cell]], at: usize, decimal: Decimal) -> Summed {
        let mut summed = Summed { sum: 0.0, is_key: false, rises: true, most: f64::NEG_INFINITY, is_full: false, n: 0 };
        let (mut others, mut filled) = (0, 0);
        for cell in rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim()).filter(|cell| !is_missing(cell)) {
            filled += 1;
            match numbers::parse(cell, decimal) {
                Some((value, _)) => {
                    summed.sum += value;
                    summed.rises &= value >= 0.0;
                    summed.most = summed.most.max(value);
                    summed.n += 1;
                }
                None => others += 1,
            }
        }
        summed.is_key = others * 2 > filled;
        summed.is_full = rows.len() > 2 && filled == rows.len();
        summed
    }
}

fn adds_up(row: &[Cell], columns: &[Summed], whole: bool, decimal: Decimal) -> bool {
    let Some(word) = row.iter().position(|cell| !cell.trim().is_empty()) else { return false };
    let rest = || (word + 1..columns.len()).map(|at| (row.get(at).map_or("", |cell| cell.trim()), &columns[at]));
    if rest().any(|(cell, _)| !cell.is_empty() && !is_value(cell) && !is_missing(cell)) || !rest().any(|(cell, _)| is_value(cell)) {
        return false;
    }
    // Names, cities and days of a customer called Total would be there.
    let keys = columns.iter().enumerate().filter(|(at, column)| *at != word && column.is_key);
    let (n_keys, n_filled) =
        keys.fold((0, 0), |(n, filled), (at, _)| (n + 1, filled + usize::from(row.get(at).is_some_and(|cell| !cell.trim().is_empty()))));
    if n_keys > 0 {
        return n_filled == 0;
    }
    let is_sum = |(cell, column): (&str, &Summed)| {
        let Some((value, _)) = numbers::parse(cell, decimal).filter(|_| column.n > 1) else { return false };
        if whole {
            (value - column.sum).abs() <= 0.02 + column.sum.abs() * 1e-4
        } else {
            column.rises && column.sum > 0.0 && value >= column.sum * 0.9999
        }
    };
    // Whoever adds up by hand may be wrong; but then nobody's age stands there, and no customer has as much.
    let is_most = |(cell, column): (&str, &Summed)| numbers::parse(cell, decimal).is_none_or(|(value, _)| value > column.most);
    let lacks = rest().any(|(cell, column)| cell.is_empty() && column.is_full);
    rest().any(is_sum) || (lacks && rest().all(is_most))
}

/// What is said about totals; `first` is the first of them.
pub(super) fn note_of_totals(n: usize, first: &[Cell]) -> Option<Note> {
    let shown: Vec<&str> = first.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).take(4).collect();
    let shown = shown.join(", ");
    // What looks like a total may be a customer after all.
    (n > 0).then(|| {
        Note::quoting(&[(shown, 1)], |told| match (n, told.first()) {
            (1, Some(shown)) => format!("The last row ({shown}) is a total of the others; it is left out."),
            (1, None) => "The last row is a total of the others; it is left out.".to_owned(),
            (n, Some(shown)) => format!("The last {n} rows ({shown}, for one) are totals of the others; they are left out."),
            (n, None) => format!("The last {n} rows are totals of the others; they are left out."),
        })
    })
}

/// What is said about a header that comes again.
pub(super) fn note_of_repeats(n: usize) -> Option<Note> {
    match n {
        0 => None,
        1 => Some(Note::new("1 row repeats the column names, as if two tables were pasted under each other; it is left out.")),
        n => Some(Note::new(format!(
            "{} rows repeat the column names, as if several tables were pasted under each other; they are left out.",
            grouped(n)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n_totals(rows: &[&str], whole: bool) -> usize {
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| row.split('|').map(Cell::Borrowed).collect()).collect();
        let rows: Vec<&[Cell]> = rows.iter().map(Vec::as_slice).collect();
        let n_columns = rows[0].len();
        totals(&rows, whole, &rows[rows.len().saturating_sub(MOST_TOTALS)..], n_columns, false)
    }

    #[test]
    fn rows_that_add_up_the_others() {
        for (rows, expected) in [
            (&["A|1|10.5", "B|2|20", "Total|3|30.5"][..], 1),
            (&["A|Bonn|10", "B|Köln|20", "Summe:||30"], 1),
            (&["A|Bonn|10", "B|Köln|20", "||30"], 0),
            (&["A|Bonn|10", "B|Köln|20", "|Итого|30"], 1),
            (&["A|20|10", "B|30|20", "Total général||30"], 1),
            (&["A|1|10", "B|2|20", "Subtotal|3|30", "Grand total|3|30"], 2),
            (&["A|20|10", "B|30|20", "C|40|5", "Total||99"], 1),
            (&["A|20|10", "B|30|20", "C|40|5", "Total||12"], 0),
            // A company called Total.
            (&["Shell|Paris|10", "BP|London|20", "Total|Paris|30"], 0),
            (&["Shell|4|10", "BP|5|20", "Total|6|12"], 0),
            (&["A|1|10", "B|2|20", "C|3|30"], 0),
            (&["Total"], 0),
        ] {
            assert_eq!(n_totals(rows, true), expected, "{rows:?}");
        }
        assert_eq!(n_totals(&["A|1|10", "B|2|20", "Total|300|5000"], false), 1, "of a long file only its first rows are known");
        assert_eq!(n_totals(&["A|1|10", "B|2|20", "Total|2|12"], false), 0);
    }
}
