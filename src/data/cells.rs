//! What do the spelled cells of one column mean: numbers, dates, or text?
//!
//! In: the cells of a column as they stood in the file, piece by piece. Out: the column, and a sentence for everything that was decided
//! or lost. Where reading changed the form of a cell, the original is kept. Cost: O(cells), columns side by side.

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::text::count as grouped;
use crate::base::{Ctx, Note, Stopped};

use super::dates::{self, Day, Order};
use super::numbers::{self, Decimal};
use super::table::{Column, Texts, Values};

/// A cell as it stood in the file.
pub(super) type Cell<'a> = Cow<'a, str>;

/// What the rest of the file suggests where a column alone does not decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Habits {
    /// Decimals are separated by commas elsewhere in the file.
    pub decimal_comma: bool,
}

/// More wrong cells than this make the column text.
const WRONG_SHARE: f64 = 0.05;

/// Whether a cell says "no value here", in one of the usual spellings.
pub(super) fn is_missing(cell: &str) -> bool {
    const SPELLINGS: [&str; 12] = ["NA", "N/A", "NaN", "null", "None", "-", "?", "#N/A", "missing", "--", "#NULL!", "(null)"];
    cell.is_empty() || (cell.len() <= 8 && SPELLINGS.iter().any(|spelling| cell.eq_ignore_ascii_case(spelling)))
}

/// Decides what a column is and converts it.
pub(super) fn column(name: &str, pieces: &[Vec<Cell>], habits: Habits, ctx: &Ctx) -> Result<(Column, Vec<Note>), Stopped> {
    let cells = Cells { pieces, ctx };
    let seen = Seen::count(&cells, habits)?;
    let wrong_at_most = (seen.present as f64 * WRONG_SHARE).floor() as usize;
    let few_wrong = |right: usize| right > 0 && seen.present - right <= wrong_at_most;
    // Codes such as 01099 stay text; a single "05" among ordinary numbers does not make them codes.
    let codes = seen.codes * 200 > seen.present;
    if seen.present == 0 || (few_wrong(seen.numbers + seen.infinite) && !codes && seen.numbers >= seen.dates) {
        return numbers_column(name, &cells, &seen, habits);
    }
    if few_wrong(seen.dates) {
        return dates_column(name, &cells, &seen);
    }
    text_column(name, &cells)
}

struct Cells<'a> {
    pieces: &'a [Vec<Cell<'a>>],
    ctx: &'a Ctx,
}

impl Cells<'_> {
    /// Hands over every cell, trimmed, `None` where it is missing.
    fn each(&self, mut visit: impl FnMut(Option<&str>, &str)) -> Result<(), Stopped> {
        self.each_while(|cell, raw| {
            visit(cell, raw);
            true
        })
    }

    /// The same, until `visit` says that it has seen enough.
    fn each_while(&self, mut visit: impl FnMut(Option<&str>, &str) -> bool) -> Result<(), Stopped> {
        for piece in self.pieces {
            for block in piece.chunks(16 << 10) {
                self.ctx.check()?;
                for raw in block {
                    let cell = raw.trim();
                    if !visit(if is_missing(cell) { None } else { Some(cell) }, raw) {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn n(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }

    /// The cells as they stood in the file, empty ones as nothing.
    fn original(&self) -> Texts {
        Texts::collect(self.pieces.iter().flatten().map(|cell| (!cell.is_empty()).then_some(cell)))
    }
}

/// What the first pass over a column counts.
#[derive(Debug, Default)]
struct Seen {
    present: usize,
    numbers: usize,
    codes: usize,
    infinite: usize,
    dates: usize,
    day_first: usize,
    month_first: usize,
    either_order: Option<String>,
    with_time: usize,
    comma: bool,
    unclear_comma: Option<String>,
}

impl Seen {
    fn count(cells: &Cells, habits: Habits) -> Result<Seen, Stopped> {
        let mut seen = Seen::default();
        // So many wrong cells are more than the share allows, however many cells there are still to come: the column is text.
        let too_many = (cells.n() as f64 * WRONG_SHARE).floor() as usize + 1;
        let mut without_digits = 0;
        let (mut point, mut comma, mut either_comma) = (0usize, 0usize, None);
        cells.each_while(|cell, _| {
            let Some(cell) = cell else { return true };
            if !cell.bytes().any(|b| b.is_ascii_digit()) {
                without_digits += usize::from(!numbers::is_infinite(cell));
                return without_digits < too_many;
            }
            match numbers::vote(cell) {
                numbers::Vote::Point => point += 1,
                numbers::Vote::Comma => comma += 1,
                numbers::Vote::EitherComma if either_comma.is_none() => either_comma = Some(cell.to_owned()),
                _ => {}
            }
            true
        })?;
        if without_digits >= too_many {
            return Ok(Seen { present: without_digits, ..seen });
        }
        seen.comma = comma > point || (comma == point && habits.decimal_comma);
        seen.unclear_comma = either_comma.filter(|_| point == 0 && comma == 0);
        let decimal = seen.decimal();
        cells.each_while(|cell, _| {
            let Some(cell) = cell else { return true };
            seen.present += 1;
            seen.codes += usize::from(numbers::is_code(cell));
            if numbers::parse(cell, decimal).is_some() {
                seen.numbers += 1;
            } else if numbers::is_infinite(cell) {
                seen.infinite += 1;
            } else if let Some(Day { vote, has_time, .. }) = dates::parse(cell, Order::DayFirst) {
                seen.dates += 1;
                seen.with_time += usize::from(has_time);
                match vote {
                    dates::Vote::DayFirst => seen.day_first += 1,
                    dates::Vote::MonthFirst => seen.month_first += 1,
                    dates::Vote::Either if seen.either_order.is_none() => seen.either_order = Some(cell.to_owned()),
                    _ => {}
                }
            }
            let wrong = (seen.present - seen.numbers - seen.infinite).min(seen.present - seen.dates);
            wrong < too_many
        })?;
        Ok(seen)
    }

    fn decimal(&self) -> Decimal {
        if self.comma { Decimal::Comma } else { Decimal::Point }
    }
}

fn numbers_column(name: &str, cells: &Cells, seen: &Seen, habits: Habits) -> Result<(Column, Vec<Note>), Stopped> {
    let mut values = Vec::with_capacity(cells.n());
    let mut wrong = Wrong::default();
    let mut infinite = 0;
    let mut changed = false;
    let mut units: Vec<(&'static str, usize)> = Vec::new();
    cells.each(|cell, raw| {
        let parsed = cell.map(|cell| (cell, numbers::parse(cell, seen.decimal())));
        changed |= match parsed {
            None => !raw.is_empty(),
            Some(_) => numbers::plain(raw, false).is_none() || seen.comma,
        };
        values.push(match parsed {
            None => f64::NAN,
            Some((_, Some((value, unit)))) => {
                if let Some(unit) = unit {
                    match units.iter_mut().find(|known| known.0 == unit) {
                        Some(known) => known.1 += 1,
                        None => units.push((unit, 1)),
                    }
                }
                value
            }
            Some((cell, None)) if numbers::is_infinite(cell) => {
                infinite += 1;
                f64::NAN
            }
            Some((cell, None)) => {
                wrong.add(cell);
                f64::NAN
            }
        });
    })?;
    let mut notes = Vec::new();
    if wrong.count > 0 {
        notes.push(wrong.note(name, "number"));
    }
    if infinite > 0 {
        let are = if infinite == 1 { "1 cell of {} is infinite; it counts" } else { "{n} cells of {} are infinite; they count" };
        notes.push(Note::new(are.replace("{n}", &grouped(infinite)).replace("{}", name) + " as missing."));
    }
    if let Some(example) = &seen.unclear_comma {
        let other = if seen.comma { "as a decimal comma, as elsewhere in the file" } else { "as separating thousands" };
        notes.push(Note::new(format!("The comma in {name} (\"{example}\") could mean two things; it is read {other}.")));
    } else if seen.comma && !habits.decimal_comma {
        notes.push(Note::new(format!("{name} uses a decimal comma.")));
    }
    units.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    if let [(first, _), (second, _), ..] = units[..] {
        notes.push(Note::new(format!("{name} mixes {first} and {second}; the numbers are taken as they stand, and {first} is shown.")));
    }
    let unit = units.first().map(|(unit, _)| (*unit).to_owned());
    let original = changed.then(|| cells.original());
    Ok((Column { name: name.to_owned(), values: Values::Number(values.into()), unit, original }, notes))
}

fn dates_column(name: &str, cells: &Cells, seen: &Seen) -> Result<(Column, Vec<Note>), Stopped> {
    let order = if seen.month_first > seen.day_first { Order::MonthFirst } else { Order::DayFirst };
    let mut values = Vec::with_capacity(cells.n());
    let mut wrong = Wrong::default();
    let mut changed = false;
    cells.each(|cell, raw| {
        let day = cell.and_then(|cell| dates::parse(cell, order));
        if let (Some(cell), None) = (cell, day) {
            wrong.add(cell);
        }
        let iso = raw.len() == 10 && raw.as_bytes()[4] == b'-' && day.is_some();
        changed |= !iso && !raw.is_empty();
        values.push(day.map(|day| day.days));
    })?;
    let mut notes = Vec::new();
    if wrong.count > 0 {
        notes.push(wrong.note(name, "date"));
    }
    if let Some(example) = &seen.either_order
        && seen.day_first == 0
        && seen.month_first == 0
        && let Some(day) = dates::parse(example, order)
    {
        let read = super::table::day_text(day.days);
        notes.push(Note::new(format!("Dates of {name} such as {example} could be read two ways; the day is taken first ({read}).")));
    }
    if seen.day_first > 0 && seen.month_first > 0 {
        let taken = if order == Order::DayFirst { "day" } else { "month" };
        notes.push(Note::new(format!("{name} mixes day/month and month/day; the {taken} is taken first.")));
    }
    if seen.with_time > 0 {
        notes.push(Note::new(format!("{name} holds times of day; only the day is used.")));
    }
    let original = changed.then(|| cells.original());
    let values: Arc<[Option<i32>]> = values.into();
    Ok((Column { name: name.to_owned(), values: Values::Date(values), unit: None, original }, notes))
}

fn text_column(name: &str, cells: &Cells) -> Result<(Column, Vec<Note>), Stopped> {
    let mut texts: Vec<Option<&str>> = Vec::with_capacity(cells.n());
    let mut changed = false;
    for piece in cells.pieces {
        for block in piece.chunks(16 << 10) {
            cells.ctx.check()?;
            for raw in block {
                let cell = raw.trim();
                let missing = is_missing(cell);
                changed |= cell.len() != raw.len() || (missing && !raw.is_empty());
                texts.push((!missing).then_some(cell));
            }
        }
    }
    let original = changed.then(|| cells.original());
    Ok((Column { name: name.to_owned(), values: Values::Text(Texts::collect(texts)), unit: None, original }, Vec::new()))
}

/// Cells that are not what their column is, with a few examples.
#[derive(Debug, Default)]
struct Wrong {
    count: usize,
    examples: Vec<String>,
}

impl Wrong {
    fn add(&mut self, cell: &str) {
        self.count += 1;
        if self.examples.len() < 3 && !self.examples.iter().any(|example| example == cell) {
            self.examples.push(cell.chars().take(30).collect());
        }
    }

    fn note(&self, name: &str, what: &str) -> Note {
        let quoted: Vec<String> = self.examples.iter().map(|example| format!("\"{example}\"")).collect();
        let more = if self.count > self.examples.len() { ", …" } else { "" };
        let (cells, they) = if self.count == 1 { ("cell", "is") } else { ("cells", "are") };
        let count = if self.count == 1 { "it counts" } else { "they count" };
        let list = quoted.join(", ");
        Note::new(format!("{} {cells} of {name} {they} no {what} ({list}{more}); {count} as missing.", grouped(self.count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str]) -> (Column, Vec<String>) {
        let piece: Vec<Cell> = cells.iter().map(|&cell| Cow::Borrowed(cell)).collect();
        let (column, notes) = column("amount", &[piece], Habits::default(), &Ctx::new()).unwrap();
        (column, notes.into_iter().map(|note| note.0).collect())
    }

    #[test]
    fn columns() {
        for (cells, shown) in [
            (&["€ 1.234,50", "12,00 €", "n/a", ""][..], "Number [1234.5, 12, -, -] €"),
            (&["12,5 %", "3 %"], "Number [12.5, 3] %"),
            (&["1,234", "12,345"], "Number [1234, 12345]"),
            (&["1,234", "12,3"], "Number [1.234, 12.3]"),
            (&["inf", "1", "2"], "Number [-, 1, 2]"),
            (&["007", "012"], "Text [007, 012]"),
            (&["31/12/2024", "01/02/2024"], "Date [2024-12-31, 2024-02-01]"),
            (&["12/31/2024", "01/02/2024"], "Date [2024-12-31, 2024-01-02]"),
            (&["true", "false", "NULL"], "Text [true, false, -]"),
            (&["1", "x"], "Text [1, x]"),
            (&["", "NA"], "Number [-, -]"),
            (&["12345678901234567890", "12345678901234567891"], "Text [12345678901234567890, 12345678901234567891]"),
        ] {
            let (column, _) = read(cells);
            let show = |row: usize| match &column.values {
                _ if column.is_missing(row) => "-".to_owned(),
                Values::Number(values) => values[row].to_string(),
                Values::Date(days) => days[row].map(crate::data::table::day_text).unwrap_or_default(),
                Values::Text(texts) => texts.get(row).unwrap_or_default().to_owned(),
            };
            let values: Vec<String> = (0..cells.len()).map(show).collect();
            let unit = column.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
            assert_eq!(format!("{:?} [{}]{unit}", column.kind(), values.join(", ")), shown, "{cells:?}");
            for (row, cell) in cells.iter().enumerate() {
                if matches!(column.values, Values::Number(_) | Values::Date(_)) && column.original.is_some() {
                    assert_eq!(column.cell(row), *cell, "the original stays");
                }
            }
        }
    }

    #[test]
    fn a_few_wrong_cells_are_told() {
        let mut cells = vec!["30"; 97];
        cells.extend(["abc", "abc", "unknown"]);
        let (column, notes) = read(&cells);
        assert_eq!((column.is_missing(97), column.cell(97).as_ref()), (true, "abc"));
        assert_eq!(notes, ["3 cells of amount are no number (\"abc\", \"unknown\", …); they count as missing."]);
    }
}
