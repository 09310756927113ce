//! Which files does a path mean? A file, all readable files of a folder, or those a pattern such as `orders-*.csv` finds.
//!
//! In: a path. Out: the files, by name, with their size and age. O(entries of the folder).

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::data::error::DataError;
use crate::data::read::format::READABLE_EXTENSIONS;

/// A file a source was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSeen {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was changed last, in seconds since 1970 (UTC), where the system says so.
    pub modified: Option<i64>,
}

/// The files a path stands for: itself, the readable ones of a folder, or those a pattern fits; sorted by name.
pub fn files_of(path: &Path) -> Result<Vec<PathBuf>, DataError> {
    Ok(resolve(path)?.files)
}

/// What a path means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The files, at least one.
    pub files: Vec<PathBuf>,
    /// Whether it is a folder or a pattern, even if only one file is found.
    pub is_many: bool,
}

/// Resolves a path. A file that exists is itself, whatever its name looks like.
pub(super) fn resolve(path: &Path) -> Result<Place, DataError> {
    match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            let readable = |name: &str| {
                let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
                extension.is_some_and(|extension| {
                    !extension.eq_ignore_ascii_case("zip") && READABLE_EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
                })
            };
            let files = files(path, readable)?;
            let none = || DataError::EmptyFolder { path: path.display().to_string() };
            if files.is_empty() { Err(none()) } else { Ok(Place { files, is_many: true }) }
        }
        Ok(about) => DataError::unless_file(path, &about).map(|()| Place { files: vec![path.to_owned()], is_many: false }),
        Err(error) => {
            let pattern = path.file_name().map(|name| name.to_string_lossy().into_owned()).filter(|name| name.contains(['*', '?']));
            let Some(pattern) = pattern else { return Err(DataError::of_io(path, &error)) };
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let files = files(folder, |name| matches(&pattern, name))?;
            let none = || DataError::NoMatch { pattern, folder: folder.display().to_string() };
            if files.is_empty() { Err(none()) } else { Ok(Place { files, is_many: true }) }
        }
    }
}

/// What the system says about a file.
pub(super) fn seen(path: &Path) -> Result<SourceSeen, DataError> {
    let about = std::fs::metadata(path).map_err(|error| DataError::of_io(path, &error))?;
    let modified = about.modified().ok().and_then(|time| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs()).ok().map(|seconds| -seconds),
    });
    Ok(SourceSeen { path: path.to_owned(), bytes: about.len(), modified })
}

/// The files of a folder whose name is wanted, sorted; hidden ones and the locks of office programs are nobody's data.
fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, DataError> {
    let unreadable = |error: std::io::Error| DataError::of_io(folder, &error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.starts_with(['.', '~']) && wanted(&name) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether `*` (any letters) and `?` (any letter) of a pattern can stand for `name`; the case of ASCII letters does not matter. O(both) in
/// practice: only the last `*` is ever tried again.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                last_star = Some((p, n));
                p += 1;
            }
            Some(&letter) if letter == '?' || letter.eq_ignore_ascii_case(&name[n]) => {
                p += 1;
                n += 1;
            }
            _ => match last_star {
                Some((star, from)) => {
                    p = star + 1;
                    n = from + 1;
                    last_star = Some((star, n));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&letter| letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("orders-*.csv", "orders-2024.csv", true),
            ("orders-*.csv", "orders-.CSV", true),
            ("orders-*.csv", "orders.csv", false),
            ("*a*b", "xaybzb", true),
            ("*a*b", "xaybz", false),
            ("m?.csv", "m1.csv", true),
            ("m?.csv", "m12.csv", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
