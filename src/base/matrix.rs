//! The numbers clustering sees: n rows of p finite values, row by row in one block.
//!
//! In: a vector of n x p values. Out: borrowed rows. NaN and infinities are refused at the door, so no later step asks again.

use serde::{Deserialize, Serialize};

/// Row-major n x p matrix of finite `f64`. In files it is its rows, `{"n_cols": 2, "rows": [[0.5, 1.0], [2.0, 0.0]]}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "InFile", into = "InFile")]
pub struct Matrix {
    values: Vec<f64>,
    n_rows: usize,
    n_cols: usize,
}

/// A matrix as people can read it.
#[derive(Serialize, Deserialize)]
struct InFile {
    n_cols: usize,
    rows: Vec<Vec<f64>>,
}

impl From<Matrix> for InFile {
    fn from(matrix: Matrix) -> InFile {
        InFile { n_cols: matrix.n_cols, rows: (0..matrix.n_rows).map(|row| matrix.row(row).to_vec()).collect() }
    }
}

impl TryFrom<InFile> for Matrix {
    type Error = MatrixError;

    fn try_from(InFile { n_cols, rows }: InFile) -> Result<Matrix, MatrixError> {
        if let Some(row) = rows.iter().find(|row| row.len() != n_cols) {
            return Err(MatrixError::Shape { len: row.len(), n_rows: 1, n_cols });
        }
        Matrix::new(rows.concat(), rows.len(), n_cols)
    }
}

/// Why a block of values is no matrix.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MatrixError {
    /// A value is NaN or infinite.
    #[error("row {row}, column {col} holds no finite number")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        col: usize,
    },
    /// The number of values is not rows x columns.
    #[error("{len} values do not fill {n_rows} rows of {n_cols}")]
    Shape {
        /// Values given.
        len: usize,
        /// Rows asked for.
        n_rows: usize,
        /// Columns asked for.
        n_cols: usize,
    },
}

impl Matrix {
    /// Takes `n_rows * n_cols` values, row by row. O(n p).
    pub fn new(values: Vec<f64>, n_rows: usize, n_cols: usize) -> Result<Matrix, MatrixError> {
        if values.len() != n_rows * n_cols {
            return Err(MatrixError::Shape { len: values.len(), n_rows, n_cols });
        }
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            return Err(MatrixError::NotFinite { row: at / n_cols, col: at % n_cols });
        }
        Ok(Matrix { values, n_rows, n_cols })
    }

    /// Rows given as slices of equal length; for tests and small things.
    pub fn from_rows<R: AsRef<[f64]>>(rows: &[R]) -> Result<Matrix, MatrixError> {
        let n_cols = rows.first().map_or(0, |row| row.as_ref().len());
        let values = rows.iter().flat_map(|row| row.as_ref().iter().copied()).collect();
        Matrix::new(values, rows.len(), n_cols)
    }

    /// Number of rows, n.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of columns, p.
    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Row `i`, p values.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.n_cols..(i + 1) * self.n_cols]
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One value.
    pub fn at(&self, row: usize, col: usize) -> f64 {
        self.values[row * self.n_cols + col]
    }

    /// The rows named, in that order. O(m p).
    pub fn select_rows(&self, rows: &[usize]) -> Matrix {
        let mut values = Vec::with_capacity(rows.len() * self.n_cols);
        for &row in rows {
            values.extend_from_slice(self.row(row));
        }
        Matrix { values, n_rows: rows.len(), n_cols: self.n_cols }
    }

    /// New rows from values of this matrix: value j of row i is that of row `rows_of_column[j][i]` in column j. O(m p).
    pub fn gather(&self, rows_of_column: &[Vec<u32>]) -> Matrix {
        let n_rows = rows_of_column.first().map_or(0, Vec::len);
        let mut values = Vec::with_capacity(n_rows * self.n_cols);
        for row in 0..n_rows {
            values.extend(rows_of_column.iter().enumerate().map(|(col, rows)| self.at(rows[row] as usize, col)));
        }
        Matrix { values, n_rows, n_cols: self.n_cols }
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.values.len() * size_of::<f64>()
    }
}
