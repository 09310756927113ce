//! Which words did the user bring? A `lexicon.json` beside the project or beside the data takes the place of the built-in one.
//!
//! In: the paths that were opened. Out: the file's text, part of the plan while it is open; whether it is a lexicon is found where it is used.
//! It stays a file of its own and is not saved into projects, so that one list can serve many of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the file is called.
pub const FILE_NAME: &str = "lexicon.json";

/// No list of words is that long; whatever this is, it is not read.
const MOST_BYTES: u64 = 4 << 20;

/// A user's lexicon as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Where it lies.
    pub path: PathBuf,
    /// Its text, or why it cannot be read.
    pub text: Result<Arc<str>, String>,
}

impl Words {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Words {
        let text = match std::fs::metadata(path) {
            Ok(found) if found.len() > MOST_BYTES => Err("it is larger than 4 MB".to_owned()),
            Ok(_) => std::fs::read_to_string(path).map(Arc::from).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        Words { path: path.to_owned(), text }
    }

    /// The words that lie beside the project, or else beside the data; none where there is no such file.
    pub fn beside(project: Option<&Path>, data: Option<&Path>) -> Option<Words> {
        let folders = [project, data].into_iter().flatten().filter_map(Path::parent);
        let path = folders.map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())?;
        Some(Words::read(&path))
    }
}
