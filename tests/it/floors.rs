//! Does every file keep to its floor? It may use only floors below its own, and dependencies only where they belong; no file imports its importer;
//! a public type's name stands once; and the page on architecture says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The parts of the library with their floors, the ground first.
const FLOORS: [(&str, u32); 17] = [
    ("base", 0),
    ("data", 1),
    ("customers", 2),
    ("events", 2),
    ("features", 2),
    ("cluster", 3),
    ("evaluate", 4),
    ("persona", 5),
    ("plot", 5),
    ("model", 5),
    ("journeys", 5),
    ("triggers", 5),
    ("export", 6),
    ("session", 7),
    ("engine", 8),
    ("ui", 9),
    ("app", 10),
];

/// A path as written in code, and the parts of the library that may name it.
const ONLY_IN: [(&str, &[&str]); 58] = [
    ("adbc_core::", &["engine"]),
    ("adbc_driver_manager::", &["engine"]),
    ("arrow_array::", &["engine"]),
    ("arrow_ipc::", &["engine"]),
    ("arrow_schema::", &["engine"]),
    ("aws_config::", &["engine"]),
    ("aws_sdk_kinesis::", &["engine"]),
    ("aws_smithy_http_client::", &["engine"]),
    ("base64::", &["export", "persona", "session"]),
    ("blake3::", &["base", "customers"]),
    ("calamine::", &["data"]),
    ("chardetng::", &["data"]),
    ("chrono::", &["data", "events"]),
    ("chrono_tz::", &["data", "events"]),
    ("clap::", &["app"]),
    ("directories::", &["session"]),
    ("eframe::", &["app"]),
    ("egui::", &["ui", "app"]),
    ("egui_extras::", &["ui"]),
    ("egui_plot::", &["ui"]),
    ("encoding_rs::", &["data"]),
    ("env_logger::", &["app"]),
    ("flate2::", &["data", "events"]),
    ("image::", &["export", "persona"]),
    ("indicatif::", &["app"]),
    ("kodama::", &[]),
    ("linfa::", &["cluster", "evaluate"]),
    ("linfa_clustering::", &["cluster"]),
    ("linfa_linalg::", &["features"]),
    ("linfa_logistic::", &["evaluate"]),
    ("linfa_trees::", &[]),
    ("log::", &["engine", "app"]),
    ("ndarray::", &["features", "cluster", "evaluate"]),
    ("phonenumber::", &["export"]),
    ("polars::", &["data", "customers"]),
    ("pulp::", &["cluster"]),
    ("rand::", &["base"]),
    ("rand_chacha::", &["base"]),
    ("redb::", &["engine"]),
    ("resvg::", &["export"]),
    ("rfd::", &["app"]),
    ("rskafka::", &["engine"]),
    ("rustix::", &["base", "data"]),
    ("rustls::", &["engine"]),
    ("rustls_native_certs::", &["engine"]),
    ("sha2::", &["export"]),
    ("signal_hook::", &["app"]),
    ("std::thread", &["data", "engine", "app"]),
    ("sysinfo::", &["base"]),
    ("thread_priority::", &["engine"]),
    ("tokio::", &["engine"]),
    ("typst::", &["export"]),
    ("typst_kit::", &["export"]),
    ("typst_layout::", &["export"]),
    ("typst_pdf::", &["export"]),
    ("typst_render::", &["export"]),
    ("typst_svg::", &["export"]),
    ("zip::", &["data", "events", "export"]),
];

#[test]
fn files_use_only_floors_below() {
    let mut wrong = Vec::new();
    for file in files() {
        for (nth, line) in file.code.lines().enumerate() {
            for used in used_parts(line) {
                let (mine, theirs) = (floor(file.part()), floor(&used));
                if used != file.part() && mine <= theirs {
                    wrong.push(format!("{}:{}: {} may not use {used}", file.path, nth + 1, file.part()));
                }
            }
            for (name, homes) in ONLY_IN {
                if mentions(line, name) && !homes.contains(&file.part()) {
                    wrong.push(format!("{}:{}: {name} belongs to {homes:?}", file.path, nth + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_file_imports_its_importer() {
    let imports = imports(&files());
    let circles = circles(&imports);
    let told = circles.iter().map(|circle| circle.join(", ")).collect::<Vec<_>>();
    assert!(told.is_empty(), "these files import each other:\n{}", told.join("\n"));
}

#[test]
fn the_name_of_a_public_type_stands_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files() {
        for line in file.code.lines() {
            let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type ", "pub union "];
            if let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) {
                places.entry(first_word(rest)).or_default().push(file.path.clone());
            }
        }
    }
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

#[test]
fn heads_and_the_page_on_architecture_count_floors_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for (part, floor) in FLOORS {
        let rows = page.lines().filter(|line| line.starts_with('|') && line.contains(&format!("`{part}`")));
        let rows: Vec<&str> = rows.filter(|line| line.split('|').nth(1).is_some_and(|cell| cell.contains(&format!("`{part}`")))).collect();
        assert_eq!(rows.len(), 1, "{part} has one row: {rows:?}");
        assert!(rows[0].starts_with(&format!("| {floor} ")), "{part} is on floor {floor}: {}", rows[0]);
        let head = std::fs::read_to_string(root.join("src").join(part).join("mod.rs")).unwrap();
        assert!(head.starts_with(&format!("//! Floor {floor}: ")), "{part} is on floor {floor}: {}", head.lines().next().unwrap_or(""));
    }
}

#[test]
fn the_tests_see_what_they_forbid() {
    assert_eq!(used_parts("use crate::{data, persona::Personas};"), ["data", "persona"]);
    assert_eq!(used_parts("let x: crate::base::Key = crate::data::stamp();"), ["base", "data"]);
    assert_eq!(used_parts("/// [`crate::session::Command`] is only linked"), Vec::<String>::new());
    assert!(mentions("use polars::prelude::*;", "polars::") && !mentions("use my_polars::x;", "polars::"));
    assert!(!mentions("// polars:: in words", "polars::"));

    let file = |module: &str, code: &str| File::new(format!("src/{module}.rs"), module.split('/').map(str::to_owned).collect(), code);
    let parent = file("a", "mod one;\nmod two;\npub use one::One;\nuse two::work;\n");
    let one = file("a/one", "use super::two;\npub struct One;\nfn f() { two::work() }\n");
    let two = file("a/two", "use super::One;\npub fn work() {}\n");
    assert_eq!(circles(&imports(&[parent, one, two])), [["src/a/one.rs", "src/a/two.rs"]], "through a name that the parent hands on");
    let handing = file("a", "mod two;\npub(in crate::a) use two::work;\nuse crate::a::two;\npub(in crate::a) struct One;\n");
    let shown = file("a/two", "pub(in crate::a) fn work() {}\n");
    assert_eq!(circles(&imports(&[handing, shown])), Vec::<Vec<String>>::new(), "who may see an item is no import");
    let upper = file("a", "mod child;\npub const LIMIT: usize = 3;\nfn f() { child::g() }\n");
    let child = file("a/child", "pub fn g() -> usize { super::LIMIT }\n");
    assert_eq!(circles(&imports(&[upper, child])), [["src/a.rs", "src/a/child.rs"]], "through paths in code");
    let apart =
        [file("a", "use crate::b::{self, C};\n"), file("b", "pub struct C;\n// use crate::a::D;\nconst E: &str = \"crate::a::D\";\n")];
    assert_eq!(circles(&imports(&apart)), Vec::<Vec<String>>::new(), "comments and texts import nothing");
}

/// A source file, without its tests.
struct File {
    path: String,
    /// The names of its module, from the root on.
    module: Vec<String>,
    code: String,
}

impl File {
    fn new(path: String, module: Vec<String>, text: &str) -> File {
        let end = ["#[cfg(test)]\nmod ", "#[cfg(all(test"].iter().filter_map(|tests| text.find(tests)).min().unwrap_or(text.len());
        File { path, module, code: text[..end].to_owned() }
    }

    /// The part of the library it is in.
    fn part(&self) -> &str {
        &self.module[0]
    }
}

/// Every source file but the crate's roots, which are on no floor.
fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).unwrap().with_extension("");
                let mut module: Vec<String> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
                if module.len() > 1 {
                    module.retain(|name| name != "mod");
                    let shown = format!("src/{}", path.strip_prefix(&root).unwrap().display());
                    found.push(File::new(shown, module, &std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    assert!(found.len() > 20, "the sources are where they are looked for");
    found.sort_by(|a, b| a.path.cmp(&b.path));
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
    code.match_indices(name).any(|(at, _)| !code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':'))
}

/// Code without comments and without what stands in texts.
fn bare(code: &str) -> String {
    let mut bare = String::with_capacity(code.len());
    let mut letters = code.chars().peekable();
    let mut in_text = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if in_text => drop(letters.next()),
            '"' => in_text = !in_text,
            _ if in_text => {}
            '/' if letters.peek() == Some(&'/') => {
                letters.by_ref().find(|&letter| letter == '\n');
                bare.push('\n');
            }
            // A quoted quote is no text.
            '\'' if letters.clone().take(2).eq(['"', '\'']) => drop(letters.nth(1)),
            letter => bare.push(letter),
        }
    }
    bare
}

/// Code with `pub` for `pub(in a::b)`: who may see an item is no import.
fn without_scopes(code: &str) -> String {
    let mut parts = code.split("pub(in ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |code, part| code + "pub" + part.split_once(')').map_or("", |(_, rest)| rest))
}

/// The paths of a tree of imports: `a::{b, c::{d}}` is `a::b` and `a::c::d`.
fn paths_of(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
    let (mut depth, mut part, mut parts) = (0, String::new(), Vec::new());
    for letter in inside.chars() {
        match letter {
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            letter => {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                part.push(letter);
            }
        }
    }
    parts.push(part);
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths_of(part)).map(|path| format!("{}{path}", before.trim())).collect()
}

/// A path from the root on, as seen from a module; `None` for other crates and for names of its own.
fn absolute(path: &str, module: &[String], modules: &BTreeMap<Vec<String>, usize>) -> Option<Vec<String>> {
    let mut names: Vec<String> = path.split("::").map(|name| name.trim().to_owned()).collect();
    let child = [module, &names[..1]].concat();
    let from: Vec<String> = match names[0].as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => {
            let up = names.iter().take_while(|name| *name == "super").count();
            names.drain(..up - 1);
            module[..module.len().checked_sub(up)?].to_vec()
        }
        _ if modules.contains_key(&child) => return Some([module, &names].concat()),
        _ => return None,
    };
    names.remove(0);
    names.retain(|name| name != "self");
    Some([from, names].concat())
}

/// What every file imports, by place. A name that a module only hands on is an import of the file it is from.
fn imports(files: &[File]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeMap<Vec<String>, usize> = files.iter().enumerate().map(|(at, file)| (file.module.clone(), at)).collect();
    let mut handed_on: Vec<BTreeMap<String, Vec<String>>> = Vec::new();
    let mut used: Vec<Vec<Vec<String>>> = Vec::new();
    for file in files {
        let (mut hands_on, mut uses, mut rest) = (BTreeMap::new(), Vec::new(), String::new());
        for statement in without_scopes(&bare(&file.code)).split(';') {
            match import_of(statement) {
                Some((true, tree)) => {
                    for path in paths_of(&tree).iter().filter_map(|path| absolute(path, &file.module, &modules)) {
                        hands_on.insert(path.last().cloned().unwrap_or_default(), path);
                    }
                    continue;
                }
                Some((false, tree)) => {
                    uses.extend(paths_of(&tree).iter().filter_map(|path| absolute(path, &file.module, &modules)));
                    continue;
                }
                None => {}
            }
            rest.push_str(statement);
            rest.push(';');
        }
        uses.extend(paths_in(&rest).iter().filter_map(|path| absolute(path, &file.module, &modules)));
        handed_on.push(hands_on);
        used.push(uses);
    }
    let resolve = |path: &[String]| {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let at = (0..=path.len()).rev().find_map(|n| Some((n, *modules.get(&path[..n])?)))?;
            match path.get(at.0).and_then(|name| handed_on[at.1].get(name)) {
                Some(from) if *from != path => path = [from.as_slice(), &path[at.0 + 1..]].concat(),
                _ => return Some(at.1),
            }
        }
        None
    };
    let of = |at: usize| {
        used[at].iter().filter_map(|path| resolve(path)).filter(|&other| other != at).map(|other| files[other].path.clone()).collect()
    };
    files.iter().enumerate().map(|(at, file)| (file.path.clone(), of(at))).collect()
}

/// The tree that a statement imports, and whether it hands it on. What stands before it on other lines (an attribute, the end of an item) does not
/// matter.
fn import_of(statement: &str) -> Option<(bool, String)> {
    let from = statement.rfind("\nuse ").or(statement.rfind("\npub")).map_or(0, |at| at + 1);
    let (before, tree) = statement[from..].split_once("use ")?;
    let before = before.trim();
    let is_public = before.starts_with("pub") && !before.contains(char::is_whitespace);
    (before.is_empty() || is_public).then(|| (is_public, tree.replace('\n', " ")))
}

/// Every path in code that begins with a name and goes on with `::`.
fn paths_in(code: &str) -> Vec<String> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let words = code.split(|letter| !is_name(letter)).map(|word| word.trim_matches(':'));
    words.filter(|word| word.contains("::")).map(str::to_owned).collect()
}

/// Files that can be reached from each other, by Tarjan's strongly connected components (1972).
fn circles(imports: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    struct Walk<'a> {
        imports: &'a BTreeMap<String, BTreeSet<String>>,
        seen: BTreeMap<&'a str, (usize, usize)>,
        path: Vec<&'a str>,
        found: Vec<Vec<String>>,
    }
    fn visit<'a>(walk: &mut Walk<'a>, file: &'a str) -> usize {
        let at = walk.seen.len();
        walk.seen.insert(file, (at, at));
        walk.path.push(file);
        let imports = walk.imports;
        let mut low = at;
        for other in imports.get(file).into_iter().flatten() {
            match walk.seen.get(other.as_str()) {
                None => low = low.min(visit(walk, other)),
                Some(&(index, _)) if walk.path.contains(&other.as_str()) => low = low.min(index),
                Some(_) => {}
            }
        }
        if low == at {
            let begin = walk.path.iter().position(|other| *other == file).unwrap_or(0);
            let mut circle: Vec<String> = walk.path.drain(begin..).map(str::to_owned).collect();
            circle.sort();
            if circle.len() > 1 {
                walk.found.push(circle);
            }
        }
        low
    }
    let mut walk = Walk { imports, seen: BTreeMap::new(), path: Vec::new(), found: Vec::new() };
    for file in imports.keys() {
        if !walk.seen.contains_key(file.as_str()) {
            visit(&mut walk, file);
        }
    }
    walk.found.sort();
    walk.found
}
