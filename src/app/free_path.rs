//! A name that no file has yet: nobody was asked whether a file may be replaced.

use std::path::PathBuf;

/// `path`, or "map (2).png" and so on where a file is already: nobody was asked whether it may be replaced.
pub(super) fn free_path(path: PathBuf) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().map_or_else(String::new, |extension| format!(".{}", extension.to_string_lossy()));
    let numbered = (2..1000).map(|n| path.with_file_name(format!("{stem} ({n}){extension}")));
    std::iter::once(path.clone()).chain(numbered).find(|path| !path.exists()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_save_without_a_dialog_replaces_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("map.png");
        assert_eq!(free_path(wanted.clone()), wanted);
        std::fs::write(&wanted, "somebody's").unwrap();
        assert_eq!(free_path(wanted), folder.path().join("map (2).png"));
    }
}
