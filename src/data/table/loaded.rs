//! A table as it was read, with what is in its columns.

use crate::base::{Key, Note};

use super::profile::{ColumnProfile, Profile};
use super::role::Role;
use super::{Column, Table};

/// A table as it was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the window calls it ("shop.csv").
    pub title: String,
    /// The customers.
    pub table: Table,
    /// What is in each column.
    pub profile: Profile,
    /// What reading changed or left out.
    pub notes: Vec<Note>,
    /// The stamp of the bytes this was read from.
    pub stamp: Key,
    /// Whether its rows are what customers did, so that several belong to one; whoever knows customers says so.
    pub is_listing: bool,
    /// The sheets of the workbook it was read from; empty for other files.
    pub sheets: Vec<String>,
}

impl Loaded {
    /// The column whose cells tell the rows apart: an identifier that no two rows share. The store that sold to a thousand customers names none of them.
    pub fn naming_column(&self) -> Option<&Column> {
        let is_it = |seen: &ColumnProfile| seen.guessed_role == Role::Identifier && seen.n_distinct + seen.n_missing >= self.table.n_rows;
        let at = self.profile.columns.iter().position(is_it)?;
        self.table.columns.get(at)
    }

    /// Some rows among others, of which nobody asked what they mean as a whole.
    pub fn unprofiled(table: Table) -> Loaded {
        let stamp = Key::of("rows", 1, &(), &[]);
        Loaded {
            title: "rows".to_owned(),
            table,
            profile: Profile::default(),
            notes: Vec::new(),
            stamp,
            is_listing: false,
            sheets: Vec::new(),
        }
    }

    /// The column that tells customers apart: the first identifier with another value in every row. O(columns).
    pub fn identifier(&self) -> Option<&Column> {
        let is_it = |column: &&ColumnProfile| column.guessed_role == Role::Identifier && column.n_distinct == self.table.n_rows;
        let at = self.profile.columns.iter().position(|column| is_it(&column))?;
        self.table.columns.get(at)
    }

    /// The row of the customer whom [`Loaded::identifier`] calls so, in any case; else the only one whose digits are these ("42" of "C-00042"). O(n).
    pub fn row_of(&self, number: &str) -> Option<usize> {
        let (column, wanted) = (self.identifier()?, number.trim().to_lowercase());
        if let Some(row) = (0..self.table.n_rows).find(|&row| column.cell(row).trim().to_lowercase() == wanted) {
            return Some(row);
        }
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().trim_start_matches('0').to_owned();
        let is_number = !wanted.is_empty() && wanted.chars().all(|c| c.is_ascii_digit());
        let mut alike = (0..self.table.n_rows).filter(|&row| is_number && digits(&column.cell(row)) == digits(&wanted));
        alike.next().filter(|_| alike.next().is_none())
    }

    /// Bytes held, roughly, for the memory budget.
    pub fn bytes(&self) -> usize {
        let n = self.table.n_rows;
        let codes = self.profile.columns.iter().filter(|column| column.levels.is_some()).count() * n * size_of::<u32>();
        self.table.bytes() + codes
    }
}
