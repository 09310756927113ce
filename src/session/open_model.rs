//! Which segment model is open beside the customers?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What the names of models end in.
const ENDING: &str = ".model.json";

/// A segment model whose segments are a column of the table. Its text is kept, so that the column is the same when the file is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenModel {
    /// Where it was.
    pub path: PathBuf,
    /// What it says.
    pub text: Arc<str>,
}

impl OpenModel {
    /// Whether a path is that of a model, by its name.
    pub fn is_one(path: &Path) -> bool {
        path.file_name().is_some_and(|name| name.to_string_lossy().to_lowercase().ends_with(ENDING))
    }

    /// What people call it: the name of its file.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    /// The column of its segments.
    pub fn column(&self) -> String {
        format!("Segments of {}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_known_by_their_names() {
        let is_one = ["a/shop.model.json", "SHOP.MODEL.JSON", "shop.json", "model.json", "x.model.json/y.csv"]
            .map(|path| OpenModel::is_one(path.as_ref()));
        assert_eq!(is_one, [true, true, false, false, false]);
        let model = OpenModel { path: "a/shop.model.json".into(), text: "".into() };
        assert_eq!(model.column(), "Segments of shop.model.json");
    }
}
