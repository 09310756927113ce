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

/// A plain recomputation, customer by customer, of what the queries add up.
#[test]
fn the_table_equals_a_slow_recomputation_of_random_transactions() {
    use personae::base::seed::{RngExt, random};
    use std::collections::{BTreeMap, BTreeSet};
    use std::fmt::Write;
    let mut draw = random(7, 0);
    let mut text = String::from("order_id,customer_id,order_date,amount,category\n");
    let mut of: BTreeMap<i64, Vec<(i64, i64, String)>> = BTreeMap::new();
    for order in 0..5_000 {
        let customer = 100 + (draw.random::<f64>() * draw.random::<f64>() * 400.0) as i64;
        let (day, cents) = (draw.random_range(0..300i64), draw.random_range(-400..4_000i64));
        let category = ["Books", "Garden", "Toys", "Sport"][draw.random_range(0..4)].to_owned();
        let date = personae::data::table::day_text(19_000 + day as i32);
        writeln!(
            text,
            "{order},{customer},{date},{}.{:02},{category}",
            if cents < 0 { "-0".to_owned() } else { (cents / 100).to_string() },
            cents.abs() % 100
        )
        .unwrap();
        let cents = if cents < 0 { -(cents.abs() % 100) } else { cents };
        of.entry(customer).or_default().push((day, cents, category));
    }
    let (_folder, paths) = files(&[("orders.csv", &text)]);
    let built = build(&sourcing(&paths)).unwrap();
    let last = of.values().flatten().map(|(day, ..)| *day).max().unwrap();
    assert_eq!(built.table.n_rows, of.len());
    let number = |row: usize, column: &str| built.table.column(column).unwrap().number(row);
    for (row, (customer, rows)) in of.iter().enumerate() {
        assert_eq!(built.table.columns[0].cell(row), customer.to_string());
        let days: BTreeSet<i64> = rows.iter().filter(|(_, cents, _)| *cents >= 0).map(|(day, ..)| *day).collect();
        let net = rows.iter().map(|(_, cents, _)| *cents).sum::<i64>() as f64 / 100.0;
        assert_eq!(number(row, "frequency"), Some(days.len() as f64), "customer {customer}");
        assert!((number(row, "monetary").unwrap() - net).abs() < 1e-6, "customer {customer}");
        let ago = |day: Option<&i64>| day.map(|day| (last + 1 - day) as f64);
        assert_eq!(number(row, "recency_days"), ago(days.last()), "customer {customer}");
        assert_eq!(number(row, "tenure_days"), ago(days.first()), "customer {customer}");
    }
}
