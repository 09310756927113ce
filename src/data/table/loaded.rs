//! A table as it was read, with what is in its columns.

use crate::base::{Key, Note};

use super::Table;
use super::profile::Profile;

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

    /// Bytes held, roughly, for the memory budget.
    pub fn bytes(&self) -> usize {
        let n = self.table.n_rows;
        let codes = self.profile.columns.iter().filter(|column| column.levels.is_some()).count() * n * size_of::<u32>();
        self.table.bytes() + codes
    }
}
