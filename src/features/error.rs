//! Why could the data not be prepared? One sentence per error: what happened, and what to change.

use crate::base::Stopped;

/// Every way in which preparing fails.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PrepareError {
    /// Nothing is left to cluster on.
    #[error("No column is left to group customers by: {reasons}. Choose at least one column with different values.")]
    NoColumns {
        /// Why each column is out, shortened.
        reasons: String,
    },
    /// A chosen feature does not exist.
    #[error("There is no column called \"{name}\"{}", .closest.as_ref().map_or(".".to_owned(), |closest| format!("; did you mean \"{closest}\"?")))]
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// The most similar name there is.
        closest: Option<String>,
    },
    /// A chosen column is text with too many values to be a category.
    #[error("{name} is text with {n_distinct} different values; choose a number or a category with at most {most} levels.")]
    TooManyLevels {
        /// The column.
        name: String,
        /// Its different values, grouped for reading.
        n_distinct: String,
        /// Levels a category may have.
        most: usize,
    },
    /// Too few rows take part.
    #[error("{rows} of {n_table_rows} rows are left; at least 2 customers are needed. Fill in missing values instead of leaving rows out.")]
    TooFewRows {
        /// Rows left.
        rows: usize,
        /// Rows in the table.
        n_table_rows: usize,
    },
    /// The prepared data would not fit; foreseen before anything is allocated.
    #[error(
        "preparing {n_rows} rows with {n_columns} encoded columns needs about {needs} of memory and {has} are free; choose fewer columns or rows."
    )]
    TooBig {
        /// Rows.
        n_rows: usize,
        /// Encoded columns.
        n_columns: usize,
        /// Foreseen, readable.
        needs: String,
        /// Free, readable.
        has: String,
    },
    /// The arithmetic gave no finite number.
    #[error("{name} holds numbers too large to work with; choose the log1p transform for it, or leave it out.")]
    NotFinite {
        /// The column.
        name: String,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
