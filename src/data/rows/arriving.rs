//! Rows that keep coming: all are read as the first ones decided, and what does not fit is told.
//!
//! In: cells by column. Out: the rows so far, or some of them, as of any source ([`Raw`]). A file that is read whole is looked at until its last cell before it is said what a column is; here
//! nobody knows what will come, so that the first rows decide once, and what they decided is kept ([`ArrivedReadings`]) for whoever goes on later. Numbers may have decimals that none of the
//! first had; the key alone stays whole. O(cells); memory: the rows.

use std::borrow::Cow;

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::{Ctx, Key, Stopped};
use crate::data::cells::cell::{Cell, is_missing};
use crate::data::cells::dates::Order;
use crate::data::cells::tally::{Reading, Tally};
use crate::data::error::DataError;
use crate::data::table::{Kind, Table};

use super::convert::Filling;
use super::lines::LineCutter;
use super::part::{Offsets, RawColumn};
use super::{Raw, Segment, text};

/// Parts of the rows that may lie beside each other before they are put together.
const MOST_PIECES: usize = 64;

/// How the columns are read, as the first rows decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArrivedReadings {
    names: Vec<String>,
    columns: Vec<(Reading, Offsets)>,
    /// What was decided about them, in sentences.
    #[serde(default)]
    notes: Vec<String>,
}

/// A cell that is not what its column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The column.
    pub column: String,
    /// The cell.
    pub cell: String,
    /// What the column holds: "number", "day".
    pub expected: &'static str,
}

/// The rows so far.
#[derive(Debug, Clone)]
pub struct Arriving {
    title: String,
    readings: ArrivedReadings,
    rows: DataFrame,
    pieces: usize,
}

impl Arriving {
    /// No rows yet, of columns that are read as these first rows suggest. `key` is the column whose whole numbers name somebody.
    ///
    /// Fails when stopped.
    pub fn begin(title: &str, cutter: &LineCutter, first: &[Vec<String>], key: &str, ctx: &Ctx) -> Result<Arriving, Stopped> {
        let mut notes = Vec::new();
        let column = |(at, name): (usize, &String)| {
            let cells: Vec<Cell> = first.iter().map(|row| Cow::Borrowed(row.get(at).map_or("", String::as_str))).collect();
            let mut reading = text::settled(name, std::slice::from_ref(&cells), cutter.habits, ctx)?;
            let mut filling = Filling::new(name, reading, cells.len());
            let mut tally = Tally::default();
            // What does not fit is handed back, and counts for nothing here.
            cells.iter().filter(|cell| fits(cell, &reading, &mut tally)).for_each(|cell| filling.push(cell));
            let tally = filling.finish().1;
            let has_time = reading.kind == Kind::Date && reading.has_time;
            let offsets = if has_time { Offsets::of(tally.share_of_offsets()) } else { Offsets::None };
            notes.extend(tally.notes(name, &reading, cutter.habits).iter().map(|note| note.outside().to_owned()));
            reading.whole = reading.whole && name == key;
            Ok((reading, offsets))
        };
        let columns = cutter.names().iter().enumerate().map(column).collect::<Result<_, Stopped>>()?;
        Ok(Arriving::resume(title, ArrivedReadings { names: cutter.names().to_vec(), columns, notes }))
    }

    /// No rows yet, of columns that are read as was decided before.
    pub fn resume(title: &str, readings: ArrivedReadings) -> Arriving {
        let fillings = readings.names.iter().zip(&readings.columns).map(|(name, (reading, _))| Filling::new(name, *reading, 0));
        let columns: Vec<Column> = fillings.map(|filling| filling.finish().0).collect();
        // Columns of no cells are equally long, and their names were made unique when the file was cut.
        let rows = DataFrame::new(0, columns).unwrap_or_default();
        Arriving { title: title.to_owned(), readings, rows, pieces: 0 }
    }

    /// How the columns are read.
    pub fn readings(&self) -> &ArrivedReadings {
        &self.readings
    }

    /// What was decided about how columns are read, in sentences.
    pub fn notes(&self) -> &[String] {
        &self.readings.notes
    }

    /// The columns.
    pub fn names(&self) -> &[String] {
        &self.readings.names
    }

    /// The place of a column.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.readings.names.iter().position(|known| known == name)
    }

    /// Rows so far.
    pub fn n_rows(&self) -> usize {
        self.rows.height()
    }

    /// The first cell of a row that is not what its column holds.
    pub fn misfit(&self, row: &[String]) -> Option<Misfit> {
        let mut tally = Tally::default();
        self.readings.columns.iter().enumerate().find_map(|(at, (reading, _))| {
            let cell = row.get(at).map_or("", |cell| cell.trim());
            let expected = match (reading.kind, reading.order) {
                (Kind::Date, order) if Tally::default().day(cell, reading).is_some() => match order {
                    Order::DayFirst => "day with the day before the month, as the first rows were read",
                    Order::MonthFirst => "day with the month before the day, as the first rows were read",
                },
                (Kind::Date, _) => "day",
                _ => "number",
            };
            let misfit = || Misfit { column: self.readings.names[at].clone(), cell: cell.chars().take(40).collect(), expected };
            (!fits(cell, reading, &mut tally)).then(misfit)
        })
    }

    /// Whom a cell of the column at `at` names, spelled as in a table; none where it is missing.
    pub fn name(&self, at: usize, cell: &str) -> Option<String> {
        let cell = cell.trim();
        if is_missing(cell) {
            return None;
        }
        let (reading, _) = self.readings.columns.get(at)?;
        match reading.kind {
            Kind::Number => Tally::default().number(cell, reading).map(|value| format!("{value}")),
            _ => Some(cell.to_owned()),
        }
    }

    /// When a cell of the column at `at` says that something happened, in milliseconds since 1970; none where it says no day.
    pub fn time(&self, at: usize, cell: &str) -> Option<i64> {
        let (reading, _) = self.readings.columns.get(at).filter(|(reading, _)| reading.kind == Kind::Date)?;
        let cell = cell.trim();
        if is_missing(cell) { None } else { Tally::default().day(cell, reading).map(|day| day.millis()) }
    }

    /// Takes rows. A cell that does not fit counts as missing.
    pub fn push(&mut self, rows: &[Vec<String>]) -> Result<(), DataError> {
        let broken = |error: PolarsError| DataError::damaged(&self.title, "text", error);
        let columns = self.readings.names.iter().zip(&self.readings.columns).enumerate().map(|(at, (name, (reading, _)))| {
            let mut filling = Filling::new(name, *reading, rows.len());
            rows.iter().for_each(|row| filling.push(row.get(at).map_or("", String::as_str)));
            filling.finish().0
        });
        let frame = DataFrame::new(rows.len(), columns.collect()).map_err(broken)?;
        self.rows.vstack_mut_owned(frame).map_err(broken)?;
        self.pieces += 1;
        if self.pieces > MOST_PIECES {
            self.rows.rechunk_mut();
            self.pieces = 1;
        }
        Ok(())
    }

    /// All rows, as of a source.
    pub fn raw(&self) -> Raw {
        self.raw_with(self.rows.clone())
    }

    /// Some of the rows, in the order given.
    pub fn raw_of(&self, rows: &[u32]) -> Result<Raw, DataError> {
        Ok(self.raw_with(self.taken(rows)?))
    }

    /// Some of the rows as a table.
    ///
    /// Fails when stopped.
    pub fn table_of(&self, rows: &[u32], ctx: &Ctx) -> Result<Table, DataError> {
        Ok(super::columnar::table(self.taken(rows)?, ctx)?.0)
    }

    fn taken(&self, rows: &[u32]) -> Result<DataFrame, DataError> {
        let broken = |error: PolarsError| DataError::damaged(&self.title, "text", error);
        self.rows.take(&IdxCa::from_slice("rows".into(), rows)).map_err(broken)
    }

    fn raw_with(&self, frame: DataFrame) -> Raw {
        let column = |(name, (reading, offsets)): (&String, &(Reading, Offsets))| RawColumn {
            name: name.clone(),
            kind: reading.kind,
            has_time: reading.kind == Kind::Date && reading.has_time,
            offsets: *offsets,
            n_unreadable: 0,
            unreadable: Vec::new(),
        };
        let n_rows = frame.height();
        Raw {
            title: self.title.clone(),
            columns: self.readings.names.iter().zip(&self.readings.columns).map(column).collect(),
            n_rows,
            notes: Vec::new(),
            // Nobody asks whether these rows are others than before: there are more of them.
            stamp: Key::of("rows that keep coming", 1, &(&self.title, self.n_rows(), n_rows), &[]),
            files: Vec::new(),
            sheets: Vec::new(),
            bytes: frame.estimated_size(),
            segments: vec![Segment { n_rows, rows: frame.lazy(), _aside: None }],
        }
    }
}

/// Whether a cell is what its column holds, or missing.
fn fits(cell: &str, reading: &Reading, tally: &mut Tally) -> bool {
    let cell = cell.trim();
    is_missing(cell)
        || match reading.kind {
            Kind::Text => true,
            Kind::Number => tally.number(cell, reading).is_some_and(|value| !reading.whole || value.fract() == 0.0),
            // What can only be read the other way says that the first rows may have been misread, so it is not quietly taken.
            Kind::Date => tally.day(cell, reading).is_some_and(|day| !day.contradicts(reading.order)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(text: &str) -> (Arriving, LineCutter, Vec<Vec<String>>) {
        let (cutter, first) = LineCutter::of(text, "t").unwrap();
        let rows: Vec<Vec<String>> = cutter.cut(&text[first..], 99, true).rows.into_iter().map(|row| row.cells.unwrap()).collect();
        (Arriving::begin("t", &cutter, &rows, "id", &Ctx::new()).unwrap(), cutter, rows)
    }

    #[test]
    fn the_first_rows_decide_and_what_does_not_fit_is_named() {
        let (mut arriving, _, rows) = begun("id,day,spend,code\n7,2024-03-01,2,007\n8,2024-03-02,3,x\n");
        assert_eq!(arriving.misfit(&rows[0]), None);
        arriving.push(&rows).unwrap();
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        // Decimals are numbers as well, though none of the first had any.
        assert_eq!(arriving.misfit(&row(["9", "2024-03-04", "2.5", ""])), None);
        let wrong = |cells: [&str; 4]| arriving.misfit(&row(cells)).map(|misfit| (misfit.column, misfit.expected));
        assert_eq!(wrong(["9", "soon", "1", ""]), Some(("day".to_owned(), "day")));
        assert_eq!(wrong(["9", "", "many", ""]), Some(("spend".to_owned(), "number")));
        assert_eq!(wrong(["b7", "", "1", ""]), Some(("id".to_owned(), "number")));
        assert_eq!(arriving.name(0, " 9 "), Some("9".to_owned()));
        assert_eq!((arriving.name(0, "NA"), arriving.time(1, "1970-01-02"), arriving.time(1, "")), (None, Some(86_400_000), None));
        arriving.push(&[row(["9", "2024-03-04", "2.5", ""])]).unwrap();
        let table = arriving.table_of(&[2, 0], &Ctx::new()).unwrap();
        assert_eq!((table.n_rows, table.columns[2].number(0), table.columns[3].cell(1).into_owned()), (2, Some(2.5), "007".to_owned()));
        assert_eq!((arriving.raw().n_rows, arriving.raw_of(&[1]).unwrap().n_rows), (3, 1));
    }

    #[test]
    fn a_day_that_can_only_be_read_the_other_way_is_set_aside() {
        let (arriving, ..) = begun("id,day\n7,03/04/2024\n8,05/04/2024\n");
        assert!(arriving.notes().iter().any(|note| note.contains("day")), "that it could be read two ways is told: {:?}", arriving.notes());
        let row = |day: &str| vec!["9".to_owned(), day.to_owned()];
        assert_eq!(arriving.misfit(&row("31/12/2024")), None);
        let misfit = arriving.misfit(&row("12/31/2024")).unwrap();
        assert_eq!((misfit.column.as_str(), misfit.expected), ("day", "day with the day before the month, as the first rows were read"));
    }

    #[test]
    fn whoever_goes_on_reads_the_same() {
        let (arriving, ..) = begun("id,day,spend\n7,03/04/2024,\"1,5\"\n8,13/04/2024,2\n");
        let text = serde_json::to_string(arriving.readings()).unwrap();
        let again = Arriving::resume("t", serde_json::from_str(&text).unwrap());
        assert_eq!(again.readings(), arriving.readings());
        assert_eq!(again.time(1, "05/04/2024"), arriving.time(1, "05/04/2024"));
        assert_eq!((again.n_rows(), again.raw().columns.len()), (0, 3));
    }
}
