//! A dictionary of columns is opened beside the customers: columns and levels are called what it says.
//!
//! Reading is an errand that comes back as a command, so a file that is no dictionary changes nothing, and one that is can be undone as one step.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data::{self, Source, dictionary_file};
use crate::engine::{Problem, StepError};
use crate::session::Command;

use super::window::Window;

impl Window {
    /// Whether opening this file is to call columns what it says. Without customers any table is a table of customers.
    pub(super) fn is_dictionary(&self, path: &Path) -> bool {
        !self.look.is_start && self.answers.loaded.ready().is_some() && dictionary_file::is_one(path)
    }

    /// Reads a dictionary; what it says joins what columns are called already.
    pub(super) fn open_dictionary(&mut self, path: PathBuf) {
        let before = self.plan().dictionary.clone();
        self.engine.errand("Reading the dictionary", move |ctx| {
            let source = Source::file(&path);
            let title = source.title();
            let read = data::read(&source, ctx)?;
            let dictionary =
                dictionary_file::with_table(&before, &read.table, &title).map_err(|why| StepError::Problem(Problem(why.into())))?;
            let told = match dictionary == *before {
                true => format!("{title} says nothing that was not said before."),
                false => format!("Columns are called what {title} says."),
            };
            Ok(vec![Command::Call(Arc::new(dictionary)), Command::Tell(told)])
        });
    }
}
