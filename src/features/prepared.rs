//! The prepared data: the matrix, which rows and columns are in it, and how every number came to be.

use std::ops::Range;
use std::sync::Arc;

use crate::base::{Matrix, Note};
use crate::data::Kind;

use super::recipe::{MissingRule, Scale, Transform};

/// What clustering and the map work on. Rows of the matrix are customers that take part.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// n x p, what the clustering sees: scaled columns, or components.
    pub matrix: Matrix,
    /// Names of the matrix' p columns ("income", "PC1").
    pub dimension_names: Vec<String>,
    /// The table row of every matrix row, ascending.
    pub table_rows: Vec<usize>,
    /// Rows in the table; those not in `table_rows` are left out.
    pub n_table_rows: usize,
    /// Every column of the table, in order: whether it enters, how, and why.
    pub columns: Vec<InputColumn>,
    /// Principal components of the encoded columns.
    pub pca: Pca,
    /// What was survived: rows left out, levels merged, correlated columns, few rows.
    pub notes: Vec<Note>,
}

/// How one column of the table is treated. Choices are the ones in force, suggested or chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct InputColumn {
    /// The column's name.
    pub name: String,
    /// How its values behave.
    pub kind: Kind,
    /// Whether it enters.
    pub enters: bool,
    /// Why it enters or not, in one sentence.
    pub reason: String,
    /// The transform in force (numbers and dates).
    pub transform: Transform,
    /// The scale in force (numbers and dates).
    pub scale: Scale,
    /// What happens to missing values.
    pub missing: MissingRule,
    /// The fitted parameters, stored so that a later snapshot gets the same transform.
    pub fitted: Fitted,
}

/// Parameters fitted on the rows that take part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fitted {
    /// Stands in for missing values, in original units.
    pub imputed: Option<f64>,
    /// Winsorizing bounds (P1, P99), in original units.
    pub bounds: Option<(f64, f64)>,
    /// Subtracted after the transform.
    pub centre: f64,
    /// Divided by after the centre was subtracted.
    pub spread: f64,
    /// Categories: the levels that became indicators with their shares; rare ones are in "Other".
    pub levels: Vec<(String, f64)>,
}

/// Principal components of the encoded, scaled columns (FAMD where categories enter).
#[derive(Debug, Clone)]
pub struct Pca {
    /// Names of the encoded columns ("income", "channel = web").
    pub encoded_names: Vec<String>,
    /// Eigenvalues, largest first.
    pub eigenvalues: Vec<f64>,
    /// Share of the variance each explains.
    pub explained: Vec<f64>,
    /// Component c's weight on encoded column j at `[c][j]`; signs fixed so that the largest weight is positive.
    pub loadings: Vec<Vec<f64>>,
    /// Every matrix row's place on the first components (at most 10), component by component.
    pub scores: Vec<Arc<[f64]>>,
    /// Why the clustering sees what it sees ("9 components explain 81 %" or "The 9 columns themselves").
    pub choice: String,
}

impl Prepared {
    /// The same with some of the rows, given as matrix rows, ascending. What was fitted stays that of all rows. O(rows p).
    pub fn of_rows(&self, rows: &[usize]) -> Prepared {
        let scores = self.pca.scores.iter().map(|scores| rows.iter().map(|&row| scores[row]).collect());
        Prepared {
            matrix: self.matrix.select_rows(rows),
            dimension_names: self.dimension_names.clone(),
            table_rows: rows.iter().map(|&row| self.table_rows[row]).collect(),
            n_table_rows: self.n_table_rows,
            columns: self.columns.clone(),
            pca: Pca { scores: scores.collect(), ..self.pca.clone() },
            notes: self.notes.clone(),
        }
    }

    /// Whether the matrix holds principal components and not the columns themselves.
    pub fn sees_components(&self) -> bool {
        self.dimension_names != self.pca.encoded_names
    }

    /// Every column that enters with its encoded columns, places in `pca.encoded_names`: one of a number, one per common level of a category.
    pub fn encoded_columns(&self) -> Vec<(&InputColumn, Range<usize>)> {
        let names = &self.pca.encoded_names;
        let mut first = 0;
        let mut spans = Vec::new();
        for input in self.columns.iter().filter(|input| input.enters) {
            let is_level = |name: &String| name.strip_prefix(&input.name).is_some_and(|rest| rest.starts_with(" = "));
            let n = match names.get(first) {
                Some(name) if *name == input.name => 1,
                _ => names[first.min(names.len())..].iter().take_while(|name| is_level(name)).count(),
            };
            spans.push((input, first..first + n));
            first += n;
        }
        spans
    }

    /// What one standard deviation of every encoded column adds to every component of the matrix, at `[component][encoded column]`. O(p^2).
    pub fn standard_loadings(&self) -> Vec<Vec<f64>> {
        let Pca { loadings, eigenvalues, encoded_names, .. } = &self.pca;
        let variance = |col: usize| loadings.iter().zip(eigenvalues).map(|(of, value)| value * of[col] * of[col]).sum::<f64>();
        let sds: Vec<f64> = (0..encoded_names.len()).map(|col| variance(col).sqrt()).collect();
        let scaled = |of: &Vec<f64>| of.iter().zip(&sds).map(|(loading, sd)| loading * sd).collect();
        loadings.iter().take(self.matrix.n_cols()).map(scaled).collect()
    }

    /// Matrix row of every table row; `None` where it is left out. O(n).
    pub fn matrix_row_of_table_row(&self) -> Vec<Option<usize>> {
        let mut rows = vec![None; self.n_table_rows];
        for (matrix_row, &table_row) in self.table_rows.iter().enumerate() {
            rows[table_row] = Some(matrix_row);
        }
        rows
    }
}
