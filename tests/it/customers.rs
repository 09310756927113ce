//! From several files to one customer table: what is guessed, how columns come to be, and what is refused.

use std::path::PathBuf;
use std::sync::Arc;

use personae::base::Ctx;
use personae::customers::{self, Built};
use personae::data::sourcing::IsoDay;
use personae::data::{self, Raw, Source, SourceFile, Sourcing};
use personae::engine::{Engine, EngineOptions, Wanted};
use personae::session::{Page, Plan};

/// Files with these contents in a folder that is gone with the value.
fn files(contents: &[(&str, &str)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let paths = contents.iter().map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    });
    let paths = paths.collect();
    (folder, paths)
}

fn sourcing(paths: &[PathBuf]) -> Sourcing {
    let source = |path: &PathBuf| SourceFile {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        path: path.clone(),
        ..SourceFile::default()
    };
    Sourcing { sources: paths.iter().map(source).collect(), ..Sourcing::default() }
}

fn build(sourcing: &Sourcing) -> Result<Built, String> {
    let ctx = Ctx::new();
    let raws: Result<Vec<Raw>, _> = sourcing.sources.iter().map(|source| data::read_raw(&source.path, &ctx)).collect();
    let raws = raws.map_err(|error| error.to_string())?;
    let raws: Vec<&Raw> = raws.iter().collect();
    let understood = customers::understand(sourcing, &raws, &ctx).map_err(|error| error.to_string())?;
    customers::build(sourcing, &understood, &raws, &ctx).map_err(|error| error.to_string())
}

/// The cells of a row, by column.
fn row(built: &Built, row: usize, columns: &[&str]) -> Vec<String> {
    columns.iter().map(|name| built.table.column(name).unwrap_or_else(|| panic!("{name}")).cell(row).into_owned()).collect()
}

const ORDERS: &str = "\
order_id,customer_id,order_date,amount
1,A,2024-01-01,10
2,A,2024-01-01,5
3,A,2024-01-11,30
4,B,2024-01-05,8
5,B,2024-01-07,-8
6,C,2024-01-20,100
";

#[test]
fn a_list_of_transactions_becomes_a_customer_table() {
    let (_folder, paths) = files(&[("orders.csv", ORDERS)]);
    let built = build(&sourcing(&paths)).unwrap();
    let columns = ["customer", "recency_days", "frequency", "monetary", "tenure_days", "average_order_value", "returns_rate"];
    // The snapshot is the day after the last order: 2024-01-21. Same-day orders are one purchase; a return is no purchase.
    assert_eq!(row(&built, 0, &columns), ["A", "10", "2", "45", "20", "22.5", "0"]);
    assert_eq!(row(&built, 1, &columns), ["B", "16", "1", "0", "16", "0", "1"]);
    assert_eq!(row(&built, 2, &columns), ["C", "1", "1", "100", "1", "100", "0"]);
}

#[test]
fn rows_after_the_snapshot_are_refused_with_a_note() {
    let (_folder, paths) = files(&[("orders.csv", ORDERS)]);
    let built = build(&Sourcing { snapshot: IsoDay::parse("2024-01-11"), ..sourcing(&paths) }).unwrap();
    assert_eq!(row(&built, 0, &["customer", "recency_days", "tenure_days"]), ["A", "0", "10"]);
    assert!(built.notes.iter().any(|note| note.0.contains("after the snapshot 2024-01-11")), "{:?}", built.notes);
}

#[test]
fn the_window_sees_the_table_and_what_it_was_built_from() {
    let (_folder, paths) = files(&[("orders.csv", ORDERS)]);
    let plan = Plan::new(Source::Sources(Arc::new(sourcing(&paths))));
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let answers = engine.wait_until_idle(&plan, &Wanted::on(Page::Data));
    let loaded = answers.loaded.ready().expect("a table");
    assert_eq!((loaded.title.as_str(), loaded.table.n_rows), ("Customer table", 3));
    let sources = answers.sources.expect("its sources");
    assert_eq!(sources.raws[0].ready().map(|raw| raw.n_rows), Some(6));
    assert!(sources.built.ready().is_some());
}

#[test]
fn a_project_of_sources_keeps_every_choice_and_opens_though_one_is_gone() {
    let (folder, paths) = files(&[("orders.csv", ORDERS), ("customers.csv", "customer_id,age\nA,30\nB,40\nC,50\n")]);
    let plan = Plan::new(Source::Sources(Arc::new(Sourcing { snapshot: IsoDay::parse("2024-02-01"), ..sourcing(&paths) })));
    let path = folder.path().join("shop.personae");
    let project = personae::session::Project { plan: plan.clone(), ..Default::default() };
    personae::session::project::save(&path, &project).unwrap();
    assert_eq!(personae::session::project::open(&path).unwrap().project.plan, plan);
    std::fs::remove_file(&paths[1]).unwrap();
    let opened = personae::session::project::open(&path).unwrap();
    assert_eq!(opened.project.plan, plan);
    let answers = Engine::new(|| {}, EngineOptions::default()).wait_until_idle(&opened.project.plan, &Wanted::on(Page::Data));
    let sources = answers.sources.expect("its sources");
    assert!(sources.raws[0].ready().is_some(), "the others are read");
    assert!(sources.raws[1].problem().is_some_and(|problem| problem.0.contains("customers.csv does not exist")));
    assert!(answers.loaded.problem().is_some());
}
