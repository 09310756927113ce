//! Is a segment model opened beside other customers: are they in its segments, with its names and numbers, and does one that does not fit change nothing?

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command as Process;

use egui_kittest::kittest::Queryable;
use personae::cluster::Method;
use personae::session::{Action, Command, OpenModel, Page};

use crate::niches::shop;
use crate::whole::{open, order, window};

fn personae(folder: &Path, args: &[&str]) {
    let output = Process::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Every third customer of the shop and all of the first group, so that the largest group is another.
fn later() -> String {
    let mut text = String::new();
    for (nth, line) in shop(0).lines().enumerate() {
        if nth == 0 || nth % 3 == 2 || nth % 7 == 0 {
            writeln!(text, "{line}").unwrap();
        }
    }
    text
}

#[test]
fn customers_of_another_day_are_in_the_segments_of_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("shop.csv", &shop(0));
    write("later.csv", &later());
    personae(folder.path(), &["model", "shop.csv", "--k", "3", "--out", "shop.model.json", "--quiet"]);
    personae(folder.path(), &["score", "shop.model.json", "later.csv", "--out", "scored.csv", "--quiet"]);
    let scored = std::fs::read_to_string(folder.path().join("scored.csv")).unwrap();
    let expected: Vec<(usize, String)> = scored
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[6].parse().unwrap(), cells[7].to_owned())
        })
        .collect();

    let mut harness = open(Some(&folder.path().join("later.csv")), None);
    order(&mut harness, Command::Do(Action::Go(Page::Segments)));
    let before = window(&mut harness).plan().clone();
    order(&mut harness, Command::Open(folder.path().join("shop.model.json")));
    let column = "Segments of shop.model.json";
    let plan = window(&mut harness).plan().clone();
    assert_eq!((plan.clustering.method, plan.clustering.groups.column.as_deref()), (Method::Column, Some(column)));
    let answers = window(&mut harness).answers();
    let loaded = answers.loaded.ready().expect("the table");
    let values = loaded.table.column(column).expect("a column of its own");
    let names: Vec<String> = (0..loaded.table.n_rows).map(|row| values.cell(row).into_owned()).collect();
    assert_eq!(names, expected.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>(), "as scoring says");
    let segmentation = answers.segmentation.ready().expect("segments");
    let numbers = segmentation.labels.numbers();
    for (row, (number, name)) in expected.iter().enumerate() {
        let cluster = segmentation.labels.get(row).expect("in a segment");
        assert_eq!(numbers[cluster] + 1, *number, "{name} keeps its number");
    }
    assert!(segmentation.prepared.columns.iter().all(|input| input.name != column || !input.enters), "what it was made from says the same");
    // The project opens without the model's file, and undo is one step.
    let project = folder.path().join("later.personae");
    order(&mut harness, Command::SaveTo(project.clone()));
    std::fs::remove_file(folder.path().join("shop.model.json")).unwrap();
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(window(&mut harness).plan(), &before);
    drop(harness);
    let mut harness = open(Some(&project), None);
    let loaded = window(&mut harness).answers().loaded.ready().expect("the table").clone();
    assert!(loaded.table.column(column).is_some());
}

#[test]
fn a_model_that_does_not_fit_says_why_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("shop.csv", &shop(0));
    write("narrow.csv", "id,spend\n1,2\n2,9\n3,4\n4,11\n5,2\n6,8\n");
    write("none.model.json", "{}");
    personae(folder.path(), &["model", "shop.csv", "--k", "3", "--out", "shop.model.json", "--quiet"]);
    let mut harness = open(Some(&folder.path().join("narrow.csv")), None);
    let before = window(&mut harness).plan().clone();
    for (model, said) in
        [("shop.model.json", "does not fit these customers: the table has no column called"), ("none.model.json", "is no Personae model")]
    {
        order(&mut harness, Command::Open(folder.path().join(model)));
        assert!(harness.query_all_by_label_contains(said).next().is_some(), "{model}");
        assert_eq!(window(&mut harness).plan(), &before, "{model}");
    }
    assert!(OpenModel::is_one(Path::new("none.model.json")));
}

#[test]
fn a_model_that_comes_with_its_customers_is_no_source_of_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("shop.csv", &shop(0));
    write("later.csv", &later());
    personae(folder.path(), &["model", "shop.csv", "--k", "3", "--out", "shop.model.json", "--quiet"]);
    let mut harness = open(None, None);
    let files = ["later.csv", "shop.model.json"].map(|name| folder.path().join(name));
    order(&mut harness, Command::OpenAll(files.to_vec()));
    let plan = window(&mut harness).plan().clone();
    assert!(matches!(plan.source, personae::data::Source::File { .. }), "{:?}", plan.source);
    assert_eq!(plan.clustering.method, Method::Column);
    assert_eq!(plan.model.map(|model| model.column()), Some("Segments of shop.model.json".to_owned()));
    // Its names say themselves what they are; the file's name before each would leave no room for them.
    let personas = window(&mut harness).answers().personas.ready().cloned().expect("cards");
    let model = personae::model::open(&folder.path().join("shop.model.json")).unwrap();
    let known: Vec<&str> = model.segments.iter().map(|segment| segment.name.as_str()).collect();
    assert!(personas.personas.iter().all(|persona| known.contains(&persona.name.as_str())), "{known:?}");
}

#[test]
fn a_dictionary_opened_beside_customers_names_their_columns_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("shop.csv", &shop(0));
    write("columns.csv", "column,label,unit\nspend,Money spent,EUR\n");
    write("broken.csv", &format!("column,label\nspend,{}\n", "x".repeat(61)));
    let mut harness = open(Some(&folder.path().join("shop.csv")), None);
    let before = window(&mut harness).plan().clone();
    order(&mut harness, Command::Open(folder.path().join("broken.csv")));
    assert!(harness.query_all_by_label_contains("has 61 characters").next().is_some());
    assert_eq!(window(&mut harness).plan(), &before);
    order(&mut harness, Command::Open(folder.path().join("columns.csv")));
    let plan = window(&mut harness).plan().clone();
    assert_eq!((plan.dictionary.name("spend").as_str(), plan.dictionary.own_unit("spend")), ("Money spent", Some("EUR")));
    assert_eq!(plan.source, before.source, "the customers stay");
    order(&mut harness, Command::Do(Action::Undo));
    assert_eq!(window(&mut harness).plan().dictionary, before.dictionary);
}
