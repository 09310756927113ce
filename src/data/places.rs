//! Which files does a path stand for? Itself, the readable files of a folder, or those a pattern such as `orders-*.csv` fits.
//!
//! In: a path. Out: files sorted by name, so that the same folder is always read in the same order. One listing of a folder.

use std::path::{Path, PathBuf};

use super::error::DataError;
use super::source::READABLE_EXTENSIONS;

/// The files of a path.
pub fn files_of(path: &Path) -> Result<Vec<PathBuf>, DataError> {
    let pattern = path.file_name().map(|name| name.to_string_lossy().into_owned()).filter(|name| name.contains(['*', '?']));
    // A file may be called like a pattern.
    if path.is_file() || (pattern.is_none() && !path.is_dir()) {
        std::fs::metadata(path).map_err(|error| DataError::of_io(path, &error))?;
        return Ok(vec![path.to_owned()]);
    }
    let folder = if pattern.is_some() { path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")) } else { path };
    let fits = |file: &Path| {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match &pattern {
            Some(pattern) => matches(pattern, &name),
            None => file.extension().is_some_and(|ending| READABLE_EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known))),
        }
    };
    let listing = std::fs::read_dir(folder).map_err(|error| DataError::of_io(folder, &error))?;
    let mut files: Vec<PathBuf> = listing.flatten().map(|entry| entry.path()).filter(|file| file.is_file() && fits(file)).collect();
    files.sort();
    if files.is_empty() {
        return Err(DataError::NoFiles { path: path.display().to_string() });
    }
    Ok(files)
}

/// Whether a name fits a pattern, in which `*` is any letters and `?` is one. O(pattern x name).
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Which beginnings of the name the pattern's beginning fits.
    let mut fits = vec![false; name.len() + 1];
    fits[0] = true;
    for part in pattern {
        let mut next = vec![false; name.len() + 1];
        match part {
            '*' => {
                let mut any = false;
                for (at, fit) in fits.iter().enumerate() {
                    any |= fit;
                    next[at] = any;
                }
            }
            _ => (0..name.len()).for_each(|at| next[at + 1] = fits[at] && (part == '?' || part == name[at])),
        }
        fits = next;
    }
    fits[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("orders-*.csv", "orders-2024.csv", true),
            ("orders-*.csv", "orders-.csv", true),
            ("orders-*.csv", "orders.csv", false),
            ("*", "anything", true),
            ("?.csv", "a.csv", true),
            ("?.csv", "ab.csv", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
