//! How is the recipe of the customer table changed, how does the writing of a column begin, and what is a column called?

use std::sync::Arc;

use crate::customers::{Built, BuiltColumn};
use crate::data::Sourcing;
use crate::data::sourcing::{Grain, Recipe, RecipeColumn};
use crate::session::{Command, Look};

/// The name of a column of the table; where it comes from does not always say it.
pub(super) fn name_of<'a>(built: &'a Built, column: &'a BuiltColumn) -> &'a str {
    if let BuiltColumn::Formula(column) = column {
        return &column.name;
    }
    let at = built.columns.iter().position(|other| std::ptr::eq(other, column));
    at.and_then(|at| built.table.columns.get(at)).map_or("", |column| &column.name)
}

/// Begins to write a column, or to change one.
pub(super) fn write(look: &mut Look, column: Option<&RecipeColumn>) {
    let empty = || RecipeColumn { name: String::new(), grain: Grain::Customer, formula: String::new(), about: String::new() };
    look.sources.column_of = column.map(|column| column.name.clone());
    look.sources.column_draft = Some(column.cloned().unwrap_or_else(empty));
}

pub(super) fn change(sourcing: &Arc<Sourcing>, commands: &mut Vec<Command>, change: impl FnOnce(&mut Recipe)) {
    let mut sourcing = (**sourcing).clone();
    change(&mut sourcing.recipe);
    commands.push(Command::Sources(Arc::new(sourcing)));
}
