//! What do the spelled cells of one column mean: numbers, dates, or text?
//!
//! In: the cells of a column as they stood in the file, piece by piece. Out: the column, and a sentence for everything that was decided
//! or lost. Where reading changed the form of a cell, the original is kept. Cost: O(cells), columns side by side.
//!
//! `cell` is one as it stood in the file; `tally` counts what a column's cells say. `numbers` knows `units`; `dates` knows `months` and time `zones`, and `day`
//! is a day as plans write it. `habits` is what the first rows say about all columns.

pub(super) mod cell;
pub(super) mod dates;
pub mod day;
pub(super) mod habits;
mod months;
pub(super) mod numbers;
pub(super) mod tally;
mod units;
pub(super) mod zones;

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::{Ctx, Note, Stopped};

use super::table::{Column, Kind, Texts, Values};

use cell::{Cell, is_missing, is_missing_word};
use dates::{Day, Order, Written};
use habits::Habits;
use numbers::Decimal;
use tally::{DayNumbers, Reading, Tally};
use zones::Zone;

/// More wrong cells than this make the column text.
pub(super) const WRONG_SHARE: f64 = 0.05;

/// Decides what a column is and converts it. What all cells together then say against the decision makes them be read again.
pub(super) fn column(name: &str, pieces: &[Vec<Cell>], habits: Habits, ctx: &Ctx) -> Result<(Column, Vec<Note>), Stopped> {
    /// The last reading stays.
    const PASSES: usize = 3;
    let cells = Cells { pieces, ctx };
    let mut reading = decide(pieces, habits, ctx)?;
    let mut pass = 1;
    loop {
        let (column, tally) = converted(name, &cells, &reading)?;
        // Of a table only the day counts, and numbers need not be whole.
        let better = Reading { whole: true, has_time: false, ..tally.better(name, &reading, habits) };
        if better == reading || pass == PASSES {
            return Ok((column, tally.notes(name, &reading, habits)));
        }
        (reading, pass) = (better, pass + 1);
    }
}

fn converted(name: &str, cells: &Cells, reading: &Reading) -> Result<(Column, Tally), Stopped> {
    match reading.kind {
        Kind::Number => numbers_column(name, cells, reading),
        Kind::Date => dates_column(name, cells, reading),
        Kind::Text => text_column(name, cells, reading),
    }
}

/// Decides how the cells of a column are to be read.
pub(super) fn decide(pieces: &[Vec<Cell>], habits: Habits, ctx: &Ctx) -> Result<Reading, Stopped> {
    let cells = Cells { pieces, ctx };
    let seen = Seen::count(&cells, habits)?;
    let wrong_at_most = (seen.present as f64 * WRONG_SHARE).floor() as usize;
    let few_wrong = |right: usize| right > 0 && seen.present - right <= wrong_at_most;
    // Codes such as 01099 stay text; a single "05" among ordinary numbers does not make them codes.
    let codes = seen.codes * 200 > seen.present;
    if seen.present == 0 || (few_wrong(seen.numbers + seen.infinite) && !codes && seen.numbers >= seen.dates) {
        return Ok(Reading { comma: seen.comma, zone: habits.zone, ..Reading::of(Kind::Number) });
    }
    if few_wrong(seen.dates + seen.day_numbers()) && seen.dates > 0 {
        let order = if seen.month_first > seen.day_first { Order::MonthFirst } else { Order::DayFirst };
        let numbers = match (seen.compacts, seen.serials) {
            (0, 0) => DayNumbers::None,
            (compacts, serials) if compacts >= serials => DayNumbers::Compact,
            _ => DayNumbers::Serial,
        };
        return Ok(Reading { order, numbers, zone: habits.zone, ..Reading::of(Kind::Date) });
    }
    let lists = seen.lists > 1 && seen.lists == seen.with_comma && seen.lists + seen.numbers >= seen.present;
    Ok(Reading { lists, zone: habits.zone, ..Reading::of(Kind::Text) })
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
    /// Numbers that could be days: 19970131, and 45291 as Excel counts.
    compacts: usize,
    serials: usize,
    /// Cells that list several answers, and those with any comma.
    lists: usize,
    with_comma: usize,
    comma: bool,
}

impl Seen {
    fn count(cells: &Cells, habits: Habits) -> Result<Seen, Stopped> {
        let mut seen = Seen::default();
        // So many wrong cells are more than the share allows, however many cells there are still to come: the column is text.
        let too_many = (cells.n() as f64 * WRONG_SHARE).floor() as usize + 1;
        let mut without_digits = 0;
        let (mut point, mut comma) = (0usize, 0usize);
        cells.each_while(|cell, _| {
            let Some(cell) = cell else { return true };
            if !cell.bytes().any(|b| b.is_ascii_digit()) {
                without_digits += usize::from(!numbers::is_infinite(cell));
                return without_digits < too_many;
            }
            match numbers::vote(cell) {
                numbers::Vote::Point => point += 1,
                numbers::Vote::Comma => comma += 1,
                _ => {}
            }
            true
        })?;
        if without_digits >= too_many {
            return Ok(Seen { present: without_digits, ..seen });
        }
        seen.comma = comma > point || (comma == point && habits.decimal_comma);
        let decimal = seen.decimal();
        cells.each_while(|cell, _| {
            let Some(cell) = cell else { return true };
            seen.present += 1;
            seen.codes += usize::from(numbers::is_code(cell));
            if cell.contains(',') {
                seen.with_comma += 1;
                seen.lists += usize::from(numbers::is_list(cell));
            }
            if let Some((value, unit)) = numbers::parse(cell, decimal) {
                seen.numbers += 1;
                seen.compacts += usize::from(unit.is_none() && dates::compact_day(value).is_some());
                seen.serials += usize::from(unit.is_none() && dates::SERIALS.contains(&value));
            } else if numbers::is_infinite(cell) {
                seen.infinite += 1;
            } else if let Some(Day { written, .. }) = dates::parse(cell, Order::DayFirst) {
                seen.dates += 1;
                seen.day_first += usize::from(written == Written::DayFirst);
                seen.month_first += usize::from(written == Written::MonthFirst);
            }
            let wrong = (seen.present - seen.numbers - seen.infinite).min(seen.present - seen.dates - seen.day_numbers());
            wrong < too_many
        })?;
        Ok(seen)
    }

    /// Numbers that are days, read in the way that makes most of them so.
    fn day_numbers(&self) -> usize {
        self.compacts.max(self.serials)
    }

    fn decimal(&self) -> Decimal {
        if self.comma { Decimal::Comma } else { Decimal::Point }
    }
}

fn numbers_column(name: &str, cells: &Cells, reading: &Reading) -> Result<(Column, Tally), Stopped> {
    let mut values = Vec::with_capacity(cells.n());
    let mut tally = Tally::default();
    let mut changed = false;
    cells.each(|cell, raw| {
        changed |= match cell {
            None => !raw.is_empty(),
            Some(_) => numbers::plain(raw, false).is_none() || reading.comma,
        };
        values.push(cell.and_then(|cell| tally.number(cell, reading)).unwrap_or(f64::NAN));
    })?;
    let unit = tally.unit().map(str::to_owned);
    let original = changed.then(|| cells.original());
    let column = Column { name: name.to_owned(), values: Values::Number(values.into()), unit, original };
    Ok((column, tally))
}

fn dates_column(name: &str, cells: &Cells, reading: &Reading) -> Result<(Column, Tally), Stopped> {
    let mut values = Vec::with_capacity(cells.n());
    let mut tally = Tally::default();
    let mut changed = false;
    cells.each(|cell, raw| {
        let day = cell.and_then(|cell| tally.day(cell, reading));
        let iso = raw.len() == 10 && raw.as_bytes()[4] == b'-' && day.is_some() && !reading.turned;
        changed |= !iso && !raw.is_empty();
        values.push(day.map(|day| day.days));
    })?;
    let original = match reading.zone {
        Some(zone) if changed => Some(in_zone(cells, reading, zone)?),
        _ => changed.then(|| cells.original()),
    };
    let values: Arc<[Option<i32>]> = values.into();
    let column = Column { name: name.to_owned(), values: Values::Date(values), unit: None, original };
    Ok((column, tally))
}

/// The cells of a column of dates, those with a UTC offset converted to `zone`: what is shown and written belongs to the day that counts.
fn in_zone(cells: &Cells, reading: &Reading, zone: Zone) -> Result<Texts, Stopped> {
    let mut told: Vec<Option<Cow<str>>> = Vec::with_capacity(cells.n());
    cells.each(|cell, raw| {
        let moment =
            cell.and_then(|cell| dates::parse(cell, reading.order)).filter(|day| day.time.is_some_and(|time| time.offset.is_some()));
        let text = moment.and_then(|day| chrono::DateTime::from_timestamp_millis(day.in_zone(zone).millis()));
        told.push(match text {
            Some(moment) => Some(Cow::Owned(moment.format("%Y-%m-%d %H:%M:%S").to_string())),
            None => (!raw.is_empty()).then(|| Cow::Owned(raw.to_owned())),
        });
    })?;
    Ok(Texts::collect(told))
}

fn text_column(name: &str, cells: &Cells, reading: &Reading) -> Result<(Column, Tally), Stopped> {
    let mut texts: Vec<Option<&str>> = Vec::with_capacity(cells.n());
    let mut tally = Tally::default();
    let mut changed = false;
    for piece in cells.pieces {
        for block in piece.chunks(16 << 10) {
            cells.ctx.check()?;
            for raw in block {
                let cell = raw.trim();
                let missing = is_missing_word(cell);
                changed |= cell.len() != raw.len() || (missing && !raw.is_empty());
                if !missing {
                    tally.text(cell, reading);
                }
                texts.push((!missing).then_some(cell));
            }
        }
    }
    let original = changed.then(|| cells.original());
    Ok((Column { name: name.to_owned(), values: Values::Text(Texts::collect(texts)), unit: None, original }, tally))
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
            (&["Some", "None", "NA"], "Text [Some, None, -]"),
            (&["1", "None"], "Number [1, -]"),
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
