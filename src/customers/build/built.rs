//! What is a customer table that was built, and how did every column of it come to be?

use crate::base::{Key, Note};
use crate::data::Table;
use crate::data::day::IsoDay;
use crate::data::sourcing::{Grain, RecipeColumn};

use super::accounts::Account;

/// A customer table and how it came to be.
#[derive(Debug, Clone)]
pub struct Built {
    /// One row per customer, sorted by key.
    pub table: Table,
    /// How every column came to be, in the table's order.
    pub columns: Vec<BuiltColumn>,
    /// What formulas of each grain may read, but for the grain of customers, whose formulas read this table's columns.
    pub usable: Vec<(Grain, Vec<FormulaColumn>)>,
    /// The day everything was counted back from.
    pub snapshot: Option<IsoDay>,
    /// What was merged, refused or left out.
    pub notes: Vec<Note>,
    /// The money of every list of transactions that has any.
    pub accounts: Vec<Account>,
    /// Names the customers, see [`crate::customers::stamp`].
    pub stamp: Key,
}

impl Built {
    /// Bytes held, roughly, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }
}

/// How one column came to be.
#[derive(Debug, Clone, PartialEq)]
pub enum BuiltColumn {
    /// The key customers are known by.
    Key,
    /// Computed.
    Formula(RecipeColumn),
    /// Taken over from a column of a source.
    From {
        /// The source.
        source: String,
        /// Its column.
        column: String,
    },
}

/// A column a formula may use.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaColumn {
    /// Its name, to be put between double quotes where it has more than letters, digits and underscores.
    pub name: String,
    /// What it means; empty for the files' own columns.
    pub about: String,
}
