//! By which template are the pages set: the built-in one, or the user's own?

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The template that comes with Personae.
pub const TEMPLATE: &str = include_str!("../../../assets/cards.typ");

/// What a template's file is called beside a project.
pub const TEMPLATE_FILE: &str = "cards.typ";

/// A user's template: its file and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Where it lies; files it names are looked for beside it.
    pub path: PathBuf,
    /// What it says.
    pub text: Arc<str>,
}

/// Reads a user's template.
pub fn read_template(path: &Path) -> Result<Template, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("The template {} cannot be read ({error}); the pages are set with the built-in one.", path.display()))?;
    Ok(Template { path: path.to_owned(), text: text.into() })
}
