//! Does every file keep to its floor? It may use only floors below its own, and heavy dependencies only where they belong.

use std::path::{Path, PathBuf};

const FLOORS: [(&str, u32); 13] = [
    ("base", 0),
    ("data", 1),
    ("customers", 2),
    ("features", 2),
    ("cluster", 3),
    ("evaluate", 4),
    ("persona", 5),
    ("plot", 5),
    ("export", 6),
    ("session", 7),
    ("engine", 8),
    ("ui", 9),
    ("app", 10),
];

/// A path as written in code, and the parts of the library that may name it.
const ONLY_IN: [(&str, &[&str]); 12] = [
    ("polars::", &["data", "customers", "features"]),
    ("calamine::", &["data"]),
    ("kodama::", &["cluster"]),
    ("linfa::", &["cluster"]),
    ("linfa_clustering::", &["cluster"]),
    ("linfa_trees::", &[]),
    ("egui::", &["ui", "app"]),
    ("egui_plot::", &["ui", "app"]),
    ("rfd::", &["ui", "app"]),
    ("eframe::", &["app"]),
    ("clap::", &["app"]),
    ("std::thread", &["data", "engine", "app"]),
];

#[test]
fn files_use_only_floors_below() {
    let mut wrong = Vec::new();
    for (path, part, code) in files() {
        for (nth, line) in code.lines().enumerate() {
            for used in used_parts(line) {
                let (mine, theirs) = (floor(&part), floor(&used));
                if used != part && mine <= theirs {
                    wrong.push(format!("{}:{}: {part} may not use {used}", path.display(), nth + 1));
                }
            }
            for (name, homes) in ONLY_IN {
                if mentions(line, name) && !homes.contains(&part.as_str()) {
                    wrong.push(format!("{}:{}: {name} belongs to {homes:?}", path.display(), nth + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_test_sees_what_it_forbids() {
    assert_eq!(used_parts("use crate::{data, persona::Personas};"), ["data", "persona"]);
    assert_eq!(used_parts("let x: crate::base::Key = crate::data::stamp();"), ["base", "data"]);
    assert_eq!(used_parts("/// [`crate::session::Command`] is only linked"), Vec::<String>::new());
    assert!(mentions("use polars::prelude::*;", "polars::") && !mentions("use my_polars::x;", "polars::"));
    assert!(!mentions("// polars:: in words", "polars::"));
}

/// Every source file with the part of the library it is in; the crate's roots are on no floor.
fn files() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).unwrap();
                let part = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
                if below.components().count() > 1 {
                    found.push((path.clone(), part, std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    assert!(found.len() > 20, "the sources are where they are looked for");
    found.sort();
    found
}

fn floor(part: &str) -> u32 {
    FLOORS.iter().find(|(name, _)| *name == part).unwrap_or_else(|| panic!("{part} has no floor yet")).1
}

fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or("")
}

/// The parts that follow `crate::` in a line, `use crate::{a, b::c}` included.
fn used_parts(line: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for after in without_comment(line).split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(list) => parts.extend(list.split(',').map(first_word)),
            None => parts.push(first_word(after)),
        }
    }
    parts.retain(|part| FLOORS.iter().any(|(name, _)| name == part));
    parts
}

fn first_word(text: &str) -> String {
    text.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn mentions(line: &str, name: &str) -> bool {
    // eframe hands egui on; naming it that way is naming egui.
    let code = without_comment(line).replace("eframe::egui", "egui");
    code.match_indices(name).any(|(at, _)| !code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_'))
}
