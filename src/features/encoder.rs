//! How does any table become the numbers that the clustering works on?
//!
//! In: a table with the columns that were fitted once. Out: the matrix, and which rows are in it. What was fitted is plain data, so that customers
//! who come later, or another half of the same ones, are placed in the same space; preparing itself encodes with it, so there is one way only.
//! O(n p), O(n p k) with k components; memory O(n k): rows are encoded and turned in blocks, the same bytes on any number of threads.
//!
//! What was never seen has one answer each. A missing number is the median. A missing category is the level it was while fitting. A level that is new,
//! or missing where nothing was missing, counts as "Other" where there is one, and otherwise as none of the levels. A number below the smallest that
//! was there, where a logarithm is taken, counts as the smallest, since ln(1 + x) ends at -1.
//! Numbers that were taken for "no answer" while reading (99 beside 1 to 5) are missing in the table that is handed over, or they count as numbers.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::base::matrix::MatrixError;
use crate::base::{Ctx, Matrix, Note, Stopped};
use crate::data::{Column, Kind, Loaded, Table, Values, grouped};

use super::encoder_error::EncodeError;
use super::fitted_column::{Coding, FittedColumn, SeenLevel};
use super::projection::Projection;
use super::reading::{Reading, Unusual};

/// Rows encoded at a time.
const BLOCK: usize = 4096;

/// Every fitted parameter between a table and the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    /// Columns without whose value a customer is left out, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// The columns that enter, in the order of the table.
    pub columns: Vec<FittedColumn>,
    /// The components that the encoded columns are turned to; none where the clustering sees the columns themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<Projection>,
}

/// A table as the clustering sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedRows {
    /// n x p, one row per customer that has all required values.
    pub matrix: Matrix,
    /// The table row of every matrix row, ascending.
    pub table_rows: Vec<usize>,
    /// What was survived: rows left out, values replaced, levels never seen. [`Encoder::notes`] tells it in words.
    pub met: Met,
}

/// What the columns of a table met that they did not know, counted. Tables that are encoded batch by batch are added up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Met {
    /// Rows without a value of each required column.
    left_out: Vec<usize>,
    /// By fitted column.
    unusual: Vec<Unusual>,
    /// Rows encoded.
    n_rows: usize,
}

impl Met {
    /// Adds what a later batch met.
    pub fn add(&mut self, later: Met) {
        self.left_out.resize(later.left_out.len().max(self.left_out.len()), 0);
        self.left_out.iter_mut().zip(later.left_out).for_each(|(all, more)| *all += more);
        self.unusual.resize(later.unusual.len().max(self.unusual.len()), Unusual::default());
        self.unusual.iter_mut().zip(later.unusual).for_each(|(all, more)| all.add(more));
        self.n_rows += later.n_rows;
    }
}

impl Encoder {
    /// Names of the encoded columns, before any components: "income", "channel = web".
    pub fn encoded_names(&self) -> Vec<String> {
        self.columns.iter().flat_map(FittedColumn::encoded_names).collect()
    }

    /// Columns of the matrix it makes, p.
    pub fn n_dimensions(&self) -> usize {
        self.projection.as_ref().map_or_else(|| self.width(), |projection| projection.weights.len())
    }

    /// Whether every number in it can be computed with and all of them fit together. O(size).
    pub fn is_sound(&self) -> bool {
        let width = self.width();
        width > 0
            && self.columns.iter().all(FittedColumn::is_sound)
            && self.projection.as_ref().is_none_or(|projection| projection.is_sound(width))
    }

    /// The same for customers who come later. Levels that count as those never seen do are left out, since the rarest may say who somebody is; and the
    /// others are known in every way the table they were fitted on spells them, so that a file need not be looked at as a whole to be read alike. O(n).
    pub fn for_others(&self, loaded: &Loaded) -> Encoder {
        let mut encoder = self.clone();
        for column in &mut encoder.columns {
            let Coding::Category(coding) = &mut column.coding else { continue };
            coding.levels.retain(|level| level.indicator != coding.unseen);
            let Some(Column { values: Values::Text(texts), original: Some(cells), .. }) = loaded.table.column(&column.name) else {
                continue;
            };
            let known: FxHashMap<&str, Option<usize>> = coding.levels.iter().map(|level| (level.text.as_str(), level.indicator)).collect();
            let mut spelled: BTreeMap<&str, Option<usize>> = BTreeMap::new();
            for (cell, text) in cells.iter().zip(texts.iter()) {
                let (Some(cell), Some(text)) = (cell, text) else { continue };
                if let Some(&indicator) = known.get(text).filter(|_| cell != text && !known.contains_key(cell)) {
                    spelled.insert(cell, indicator);
                }
            }
            let spelled: Vec<SeenLevel> =
                spelled.into_iter().map(|(cell, indicator)| SeenLevel { text: cell.to_owned(), indicator }).collect();
            coding.levels.extend(spelled);
        }
        encoder
    }

    /// Whether the columns of a table are of the kinds that were fitted, so that its cells mean what they say. O(columns).
    pub fn reads_as_is(&self, table: &Table) -> bool {
        let required = self.required.iter().all(|name| table.column(name).is_some());
        let is_alike = |column: &FittedColumn| match (&column.coding, table.column(&column.name).map(Column::kind)) {
            (Coding::Number(_), found) => found == Some(Kind::Number),
            (Coding::Date(_), found) => found == Some(Kind::Date),
            (Coding::Category(_), found) => found.is_some(),
        };
        required && self.columns.iter().all(is_alike)
    }

    /// Encodes every row of the table that has all required values.
    ///
    /// Fails with "the table has no column called …" when a column is not there, with "… holds text …" when its cells are of another kind, with "… is too
    /// large to work with" when a number overflows, and when stopped.
    pub fn apply(&self, loaded: &Loaded, ctx: &Ctx) -> Result<EncodedRows, EncodeError> {
        let (rows, left_out) = self.rows_that_take_part(loaded, ctx)?;
        let (matrix, unusual) = self.encode(loaded, &rows, self.projection.as_ref(), ctx)?;
        let met = Met { left_out, unusual, n_rows: rows.len() };
        Ok(EncodedRows { matrix, table_rows: rows, met })
    }

    /// What was met, one sentence each.
    pub fn notes(&self, met: &Met) -> Vec<Note> {
        let left_out = self.required.iter().zip(&met.left_out).filter_map(|(name, &n)| left_out_note(name, n));
        left_out.chain(self.columns.iter().zip(&met.unusual).flat_map(|(column, seen)| column.notes(seen, met.n_rows))).collect()
    }

    /// The rows named, as they are before any components, in that order.
    pub(super) fn encode_columns(&self, loaded: &Loaded, rows: &[usize], ctx: &Ctx) -> Result<Matrix, EncodeError> {
        Ok(self.encode(loaded, rows, None, ctx)?.0)
    }

    fn width(&self) -> usize {
        self.columns.iter().map(FittedColumn::width).sum()
    }

    fn rows_that_take_part(&self, loaded: &Loaded, ctx: &Ctx) -> Result<(Vec<usize>, Vec<usize>), EncodeError> {
        let mut stays = vec![true; loaded.table.n_rows];
        let mut left_out = Vec::new();
        for name in &self.required {
            ctx.check()?;
            let column = loaded.table.column(name).ok_or_else(|| EncodeError::no_column(name, loaded))?;
            let missing: Vec<usize> = (0..stays.len()).filter(|&row| column.is_missing(row)).collect();
            missing.iter().for_each(|&row| stays[row] = false);
            left_out.push(missing.len());
        }
        Ok(((0..stays.len()).filter(|&row| stays[row]).collect(), left_out))
    }

    /// The matrix, and what was unusual in each column.
    fn encode(&self, loaded: &Loaded, rows: &[usize], onto: Option<&Projection>, ctx: &Ctx) -> Result<(Matrix, Vec<Unusual>), EncodeError> {
        let readings: Vec<Reading> = self.columns.iter().map(|column| Reading::new(column, loaded)).collect::<Result<_, EncodeError>>()?;
        let width = self.width();
        let n_out = onto.map_or(width, |projection| projection.weights.len());
        let mut values = vec![0.0; rows.len() * n_out];
        let of_block = |rows: &[usize], out: &mut [f64]| -> Result<Encoded, Stopped> {
            ctx.check()?;
            let mut encoded = if onto.is_some() { vec![0.0; rows.len() * width] } else { Vec::new() };
            let into = if onto.is_some() { &mut encoded[..] } else { &mut out[..] };
            let mut unusual = Vec::with_capacity(readings.len());
            let mut first = 0;
            for reading in &readings {
                unusual.push(reading.write(rows, into, width, first));
                first += reading.width();
            }
            let wrong = into.iter().position(|value| !value.is_finite()).map(|at| (rows[at / width], at % width));
            if let Some(projection) = onto {
                let mut centred = vec![0.0; width];
                for (row, out) in encoded.chunks_exact(width).zip(out.chunks_exact_mut(n_out)) {
                    projection.turn(row, &mut centred, out);
                }
            }
            Ok((unusual, wrong))
        };
        let blocks: Vec<_> = values
            .par_chunks_mut(BLOCK * n_out.max(1))
            .zip(rows.par_chunks(BLOCK))
            .map(|(out, rows)| of_block(rows, out))
            .collect::<Result<_, _>>()?;
        let mut unusual = vec![Unusual::default(); readings.len()];
        for (part, wrong) in blocks {
            if let Some((row, col)) = wrong {
                return Err(EncodeError::NotFinite { name: self.encoded_names().swap_remove(col), row: row + 1 });
            }
            unusual.iter_mut().zip(part).for_each(|(all, part)| all.add(part));
        }
        let matrix = Matrix::new(values, rows.len(), n_out).map_err(|error| match error {
            MatrixError::NotFinite { row, .. } => EncodeError::NotFinite { name: "a component".to_owned(), row: rows[row] + 1 },
            MatrixError::Shape { .. } => EncodeError::NotFinite { name: "the table".to_owned(), row: 1 },
        })?;
        Ok((matrix, unusual))
    }
}

/// What was unusual in each column of a block of rows, and the row and column of a value that cannot be computed with.
type Encoded = (Vec<Unusual>, Option<(usize, usize)>);

/// The sentence on rows that are left out, where there are any.
pub(super) fn left_out_note(name: &str, n_missing: usize) -> Option<Note> {
    match n_missing {
        0 => None,
        1 => Some(Note::new(format!("1 row has no {name}; it is left out."))),
        n => Some(Note::new(format!("{} rows have no {name}; they are left out.", grouped(n)))),
    }
}
