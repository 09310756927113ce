//! Where is the driver of a database? At the path the user names; where the manifests of ADBC say; or in a package of the Python that is in use.
//!
//! In: a database, and what the user says of its driver. Out: the driver, loaded. None is bundled: each is of 4 to 74 MB, and of its maker.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use adbc_core::LOAD_FLAG_DEFAULT;
use adbc_core::options::AdbcVersion;
use adbc_driver_manager::ManagedDriver;

use super::address::Engine;

/// The version of the interface that drivers are asked for; they may be older.
const VERSION: AdbcVersion = AdbcVersion::V110;

/// Loads the driver, or says in a sentence what to install.
pub(super) fn load(engine: Option<&Engine>, said: Option<&str>) -> Result<ManagedDriver, String> {
    let entrypoint = engine.and_then(|engine| engine.entrypoint).map(str::as_bytes);
    match (said, engine) {
        (Some(said), _) if is_path(said) => {
            let path = std::fs::canonicalize(said).ok().filter(|path| path.is_file());
            let path = path.ok_or_else(|| format!("There is no file {said}; give --driver (Driver in the window) the path of the driver's library, or its name."))?;
            ManagedDriver::load_dynamic_from_filename(path, entrypoint, VERSION)
                .map_err(|why| format!("{said} cannot be loaded as an ADBC driver: {}.", sentence(&why.message)))
        }
        (Some(said), _) => by_name(said, entrypoint)?.ok_or_else(|| {
            format!("There is no ADBC driver called {said} on this computer. Install it, or name the path of its library by --driver (Driver in the window).")
        }),
        (None, Some(engine)) => by_name(engine.driver, entrypoint)?.ok_or_else(|| {
            format!(
                "There is no ADBC driver for {} on this computer. Install it ({}), or name its library by --driver (Driver in the window).",
                engine.name, engine.install
            )
        }),
        (None, None) => Err(
            "The address does not say which database it is. Write one such as postgresql://host/shop or shop.sqlite, or name the driver by --driver."
                .to_owned(),
        ),
    }
}

/// What a driver says, as a part of a sentence: its first line, without its own name and full stop.
pub(super) fn sentence(message: &str) -> String {
    let line = message.trim().lines().next().unwrap_or_default().trim();
    let said = line.strip_prefix('[').and_then(|rest| Some(rest.split_once(']')?.1.trim())).unwrap_or(line);
    said.trim_end_matches(['.', ':']).to_owned()
}

fn is_path(said: &str) -> bool {
    said.contains(['/', '\\'])
        || Path::new(said).extension().is_some_and(|ending| ["so", "dylib", "dll"].iter().any(|known| ending == *known))
}

/// The driver of a name, where one is found; in a sentence why one that is found cannot be loaded.
fn by_name(name: &str, entrypoint: Option<&[u8]>) -> Result<Option<ManagedDriver>, String> {
    if let Ok(driver) = ManagedDriver::load_from_name(name, entrypoint, VERSION, LOAD_FLAG_DEFAULT, None) {
        return Ok(Some(driver));
    }
    let folders = packages(|name| std::env::var_os(name));
    let Some(library) = folders.iter().map(|folder| library(folder, name)).find(|path| path.is_file()) else { return Ok(None) };
    ManagedDriver::load_dynamic_from_filename(&library, entrypoint, VERSION)
        .map(Some)
        .map_err(|why| format!("{} cannot be loaded as an ADBC driver: {}.", library.display(), sentence(&why.message)))
}

/// The library within a folder of packages.
fn library(packages: &Path, name: &str) -> PathBuf {
    // Makers of packages call it so on every system.
    packages.join(format!("adbc_driver_{name}")).join(format!("libadbc_driver_{name}.so"))
}

/// The folders of packages of the environments in use, then the user's, then the system's.
fn packages(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let environments = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(&variable).map(PathBuf::from);
    let own = variable("HOME").map(|home| PathBuf::from(home).join(".local"));
    let mut found = Vec::new();
    for environment in environments.chain(own).chain(["/opt/homebrew".into(), "/usr/local".into(), "/usr".into()]) {
        // Windows has no folder for each version.
        found.push(environment.join("Lib").join("site-packages"));
        let versions = std::fs::read_dir(environment.join("lib")).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut versions: Vec<PathBuf> =
            versions.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python3"))).collect();
        versions.sort();
        found.extend(versions.iter().rev().flat_map(|version| ["site-packages", "dist-packages"].map(|folder| version.join(folder))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_the_environment_in_use_stand_first() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["python3.9", "python3.13", "other"] {
            std::fs::create_dir_all(folder.path().join("lib").join(version)).unwrap();
        }
        let found = packages(|name| (name == "VIRTUAL_ENV").then(|| folder.path().as_os_str().to_owned()));
        let own: Vec<&PathBuf> = found.iter().filter(|path| path.starts_with(folder.path())).collect();
        assert!(found.starts_with(&own.iter().map(|path| (*path).clone()).collect::<Vec<_>>()));
        assert!(own.iter().any(|path| path.ends_with("lib/python3.13/site-packages")));
        assert!(!own.iter().any(|path| path.to_string_lossy().contains("other")));
    }

    #[test]
    fn drivers_speak_in_a_part_of_a_sentence() {
        let said = sentence("[SQLite] Failed to prepare query: no such table: nowhere\nquery: SELECT *");
        assert_eq!(said, "Failed to prepare query: no such table: nowhere");
        assert_eq!((sentence("It broke."), sentence("")), ("It broke".to_owned(), String::new()));
    }

    #[test]
    fn what_is_missing_says_what_to_do() {
        let missing = load(None, Some("no_such_driver")).err().unwrap();
        assert!(missing.contains("no_such_driver") && missing.contains("--driver"), "{missing}");
        let no_file = load(None, Some("/nowhere/libadbc.so")).err().unwrap();
        assert!(no_file.contains("/nowhere/libadbc.so"), "{no_file}");
        assert!(load(None, None).err().unwrap().contains("postgresql://"));
    }
}
