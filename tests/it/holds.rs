//! Does every card and every export say how well its persona holds, in the same words, and that it was not looked at where it was not?

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::niches::shop;

fn personae(folder: &Path, args: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// All texts of a PPTX, part by part.
fn slides(path: &Path) -> String {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        if name.starts_with("ppt/slides/") && name.ends_with(".xml") {
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        }
    }
    text
}

#[test]
fn every_export_says_how_well_each_persona_holds() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), shop(0)).unwrap();
    personae(folder.path(), &["cards", "shop.csv", "--k", "3", "--out", "out", "--formats", "html,md,pptx,json", "--density", "analyst"]);
    let out = folder.path().join("out");
    let file = |ending: &str| {
        let mut files = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.to_string_lossy().ends_with(ending)).unwrap_or_else(|| panic!("no {ending}"))
    };
    let read = |ending: &str| std::fs::read_to_string(file(ending)).unwrap();
    let (html, markdown, deck) = (read(".html"), read(".md"), slides(&file(".pptx")));
    for (name, text) in [("html", &html), ("markdown", &markdown), ("slides", &deck)] {
        assert!(text.matches("How well it holds").count() >= 3, "{name}");
        assert!(text.contains("How well the personas hold"), "{name}: the page about all of them");
        assert!(text.contains("Same without them: Same") && text.contains("Comes back: "), "{name}");
        assert!(text.contains("Foretells: ") && !text.contains("Foretells: Same"), "{name}");
    }
    assert!(markdown.contains("would still be assigned to it if they were left out"), "{markdown}");
    let personas: Value = serde_json::from_str(&read("personas.json")).unwrap();
    for persona in personas["personas"].as_array().unwrap() {
        let holds = &persona["holds"];
        assert_eq!(holds["same_without_them"]["word"], "Same", "{holds}");
        assert!(holds["same_without_them"]["value"].as_f64().unwrap() > 0.9, "{holds}");
        for open in ["stays", "foretells"] {
            assert!(holds[open]["value"].is_null() && !holds[open]["sentence"].as_str().unwrap().is_empty(), "{holds}");
        }
    }
    let sheets = personas["sheets"].as_array().unwrap();
    assert!(sheets.iter().any(|sheet| sheet["id"] == "how-well-they-hold"), "{sheets:?}");
}
