//! How is a model kept? As readable JSON with a version, so that other programs can use it and every old one opens for ever.
//!
//! In: a model. Out: its text; or a text, and the model or one sentence why not. Numbers are written with as many digits as it takes to read back the very same.
//! O(size). Who writes it to a disk stands on a higher floor.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::placing::Model;

/// The newest form this version reads and writes.
const FORM: u32 = 1;

/// Why a model cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFileError {
    /// The file cannot be read.
    #[error("{path} cannot be opened ({why}); check the name and your permission to read it.")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
    /// It is no JSON, or its JSON is no model.
    #[error("{path} is no Personae model: {place}{why}. Choose a file that was saved as a model, or save the model again.")]
    NotAModel {
        /// The file.
        path: String,
        /// "line 12: ", or nothing where no line is to blame.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// A later version wrote it.
    #[error("{path} was saved with Personae {saved_with}, which is newer than this one ({}); update Personae to open it.", env!("CARGO_PKG_VERSION"))]
    Newer {
        /// The file.
        path: String,
        /// The version that wrote it.
        saved_with: String,
    },
    /// It was changed after it was saved.
    #[error("{path} is a damaged model: {what}; save the model again.")]
    Damaged {
        /// The file.
        path: String,
        /// What does not fit.
        what: String,
    },
}

/// The file, field by field. A new field has a default, so that every old file opens for ever.
#[derive(Serialize, Deserialize)]
struct File<M> {
    personae_model: u32,
    #[serde(default)]
    saved_with: String,
    model: M,
}

/// Only what must be understood before the rest.
#[derive(Deserialize)]
struct Head {
    personae_model: u32,
    #[serde(default)]
    saved_with: String,
}

/// The model as JSON, indented, with a line break at its end. The same model gives the same text.
pub fn to_text(model: &Model) -> String {
    let file = File { personae_model: FORM, saved_with: env!("CARGO_PKG_VERSION").to_owned(), model };
    // Plain data with string keys always serialises.
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    text
}

/// The model of a text; `shown` is what the user calls the file.
///
/// Fails with "… is no Personae model …" when it is none, with "… is newer than this one …" when a later version saved it, and with "… is a damaged model …" when
/// its parts do not fit together.
pub fn from_text(text: &str, shown: &str) -> Result<Model, ModelFileError> {
    let head: Head = serde_json::from_str(text).map_err(|error| not_a_model(&error, shown))?;
    if head.personae_model > FORM {
        return Err(ModelFileError::Newer { path: shown.to_owned(), saved_with: head.saved_with });
    }
    let file: File<Model> = serde_json::from_str(text).map_err(|error| not_a_model(&error, shown))?;
    match file.model.flaw() {
        Some(what) => Err(ModelFileError::Damaged { path: shown.to_owned(), what }),
        None => Ok(file.model),
    }
}

/// The model in the file at `path`. Fails as [`from_text`] does, and with "… cannot be opened …".
pub fn open(path: &Path) -> Result<Model, ModelFileError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| ModelFileError::Unreadable { path: shown.clone(), why: error.to_string() })?;
    from_text(&text, &shown)
}

fn not_a_model(error: &serde_json::Error, shown: &str) -> ModelFileError {
    let said = error.to_string();
    let why = said.split(" at line ").next().unwrap_or(&said).to_owned();
    let place = if error.line() > 0 { format!("line {}: ", error.line()) } else { String::new() };
    ModelFileError::NotAModel { path: shown.to_owned(), place, why }
}
