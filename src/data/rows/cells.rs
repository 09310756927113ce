//! What stands in some rows of a source, column by column, for those who know nothing of data frames?
//!
//! In: rows of a source. Out: numbers, times, and texts by a dictionary of the rows looked at, since most texts of a table come again. O(cells).

use std::ops::Range;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::Raw;
use crate::base::Ctx;
use crate::data::error::DataError;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Stands for a missing text.
pub const NO_TEXT: u32 = u32::MAX;

/// The cells of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum RawCells {
    /// Texts: per row a place in `texts`, or [`NO_TEXT`].
    Coded {
        /// Per row.
        codes: Vec<u32>,
        /// The different texts, in the order they come.
        texts: Vec<String>,
    },
    /// Numbers; NaN where there is none.
    Number(Vec<f64>),
    /// Whole numbers with all their digits.
    Whole(Vec<Option<i64>>),
    /// Milliseconds since 1970 by the clock of the cell.
    Times(Vec<Option<i64>>),
}

impl Raw {
    /// The cells of some rows, by the columns of [`Raw::columns`].
    ///
    /// Fails where the rows cannot be read, and when stopped.
    pub fn cells(&self, rows: Range<usize>, ctx: &Ctx) -> Result<Vec<RawCells>, DataError> {
        let frame = self.rows(rows, ctx)?;
        let failed = |error: PolarsError| DataError::damaged(&self.title, "columnar", error);
        self.columns.iter().map(|column| RawCells::of(frame.column(&column.name).map_err(failed)?).map_err(failed)).collect()
    }
}

impl RawCells {
    /// The cells of a column of a query.
    pub(crate) fn of(column: &Column) -> PolarsResult<RawCells> {
        Ok(match column.dtype() {
            DataType::Int64 => RawCells::Whole(column.i64()?.iter().collect()),
            DataType::Float64 => RawCells::Number(column.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect()),
            DataType::Date => RawCells::Times(column.date()?.physical().iter().map(|day| day.map(|day| i64::from(day) * DAY)).collect()),
            DataType::Datetime(..) => {
                let millis = column.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
                RawCells::Times(millis.datetime()?.physical().iter().collect())
            }
            _ => {
                let text = column.cast(&DataType::String)?;
                let mut known: FxHashMap<&str, u32> = FxHashMap::default();
                let mut texts: Vec<String> = Vec::new();
                let codes = text.str()?.iter().map(|cell| match cell {
                    None => NO_TEXT,
                    Some(cell) => *known.entry(cell).or_insert_with(|| {
                        texts.push(cell.to_owned());
                        texts.len() as u32 - 1
                    }),
                });
                let codes = codes.collect();
                RawCells::Coded { codes, texts }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::read_raw;

    #[test]
    fn cells_are_those_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.csv");
        std::fs::write(&path, "who,when,n,x,day\na,2024-01-02 03:04:05,1,0.5,2024-01-02\nb,,2,,2024-01-03\na,2024-01-02 03:04:06,3,2.5,\n")
            .unwrap();
        let raw = read_raw(&path, &Ctx::new()).unwrap();
        let cells = raw.cells(0..3, &Ctx::new()).unwrap();
        assert_eq!(cells[0], RawCells::Coded { codes: vec![0, 1, 0], texts: vec!["a".into(), "b".into()] });
        let second = 1_704_164_645_000;
        assert_eq!(cells[1], RawCells::Times(vec![Some(second), None, Some(second + 1000)]));
        assert_eq!(cells[2], RawCells::Whole(vec![Some(1), Some(2), Some(3)]));
        assert!(matches!(&cells[3], RawCells::Number(values) if values[0] == 0.5 && values[1].is_nan() && values[2] == 2.5));
        assert_eq!(cells[4], RawCells::Times(vec![Some(1_704_153_600_000), Some(1_704_240_000_000), None]));
        let RawCells::Coded { codes, .. } = &raw.cells(1..2, &Ctx::new()).unwrap()[0] else { panic!() };
        assert_eq!(codes, &[0], "a dictionary is of the rows looked at");
    }
}
