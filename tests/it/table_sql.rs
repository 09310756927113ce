//! Is the customer table that a database builds from orders the one this program builds, and is everybody placed there where the model places them?

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use personae::base::Ctx;
use personae::base::seed::{self, RngExt};
use personae::data::sourcing::{Grain, RecipeColumn};
use personae::data::{Dialect, Source, SourceFile, SourceKind, Sourcing};
use personae::model::{self, Model, SqlCustomers, SqlForm, to_statement, to_table};
use personae::session::Plan;

use crate::behaviour::personae;

/// Lines of orders: two kinds of customers, returns, whoever only returned, categories and channels with careless names, some of them missing.
pub(crate) fn orders(random_seed: u64) -> Vec<[String; 8]> {
    let mut random = seed::random(random_seed, 0);
    let mut rows = Vec::new();
    for customer in 0..500usize {
        let is_large = customer % 4 == 0;
        let n = if customer % 50 == 7 { 1 } else { random.random_range(1..if is_large { 30 } else { 7 }) };
        for order in 0..n {
            let (day, hour, minute) = (random.random_range(0..150), random.random_range(0..24), random.random_range(0..60));
            let date = format!("2024-{:02}-{:02} {hour:02}:{minute:02}:00", 1 + day / 30, 1 + day % 28);
            for _ in 0..random.random_range(1..4) {
                let back = if customer % 50 == 7 || random.random_range(0..15) == 0 { -1 } else { 1 };
                let category = ["shoes", "l'habit", "a \"b\"", ""][random.random_range(0..4)];
                let channel = ["web", "shop", "App"][random.random_range(0..3)];
                let price = f64::from(random.random_range(100..if is_large { 90_000 } else { 9_000 })) / 100.0;
                let cells = [
                    format!("O{customer}-{order}"),
                    format!("K{customer:03}"),
                    date.clone(),
                    format!("{}", back * random.random_range(1..5)),
                    format!("{price}"),
                    category.to_owned(),
                    channel.to_owned(),
                    String::new(),
                ];
                rows.push(cells);
            }
        }
    }
    // Nobody knows who that is.
    let mut guest = rows[5].clone();
    (guest[0], guest[1]) = ("O-guest".to_owned(), "Guest".to_owned());
    rows.push(guest);
    rows
}

const NAMES: [&str; 8] = ["order_id", "customer_id", "order_date", "quantity", "unit_price", "category", "channel", "note"];

pub(crate) fn as_csv(rows: &[[String; 8]]) -> String {
    let mut text = format!("{}\n", NAMES.join(","));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        writeln!(text, "{}", cells.join(",")).unwrap();
    }
    text
}

/// The rows as the scripts of other programs read them.
fn as_json(rows: &[[String; 8]]) -> String {
    let column = |at: usize| {
        let is_number = at == 3 || at == 4;
        let cells: Vec<serde_json::Value> =
            rows.iter().map(|row| if is_number { row[at].parse::<f64>().unwrap().into() } else { row[at].clone().into() }).collect();
        serde_json::json!({"name": NAMES[at], "type": if is_number { "REAL" } else { "TEXT" }, "cells": cells})
    };
    serde_json::json!({"columns": (0..NAMES.len()).map(column).collect::<Vec<_>>()}).to_string()
}

/// A model whose table is built from orders, in a folder with later orders beside it.
pub(crate) fn begun(folder: &Path) -> Model {
    let path = folder.join("orders.csv");
    std::fs::write(&path, as_csv(&orders(1))).unwrap();
    let source = SourceFile { name: "orders".into(), path, kind: Some(SourceKind::Transactions), ..SourceFile::default() };
    let mut sourcing = Sourcing { sources: vec![source], ..Sourcing::default() };
    // Whole numbers by whole numbers: a share here, and 0 or 1 in a database that is asked in the same words.
    sourcing.recipe.columns.push(RecipeColumn {
        name: "lines_at_weekends".into(),
        grain: Grain::Transactions,
        formula: "SUM(CASE WHEN weekday >= 6 THEN 1 ELSE 0 END) / COUNT(*)".into(),
        about: String::new(),
    });
    let mut plan = Plan::new(Source::Sources(std::sync::Arc::new(sourcing)));
    plan.clustering.kmeans.k = Some(4);
    let wanted = personae::engine::Wanted::outputs(personae::engine::Outputs { personas: true, ..Default::default() });
    let (report, _) = personae::engine::analyse(&plan, &wanted, &Ctx::new()).unwrap();
    let text = personae::export::model_json(&report, &Ctx::new()).unwrap().unwrap();
    std::fs::write(folder.join("m.json"), &text).unwrap();
    std::fs::write(folder.join("later.csv"), as_csv(&orders(2))).unwrap();
    std::fs::write(folder.join("rows.json"), as_json(&orders(2))).unwrap();
    model::from_text(&text, "m.json").unwrap()
}

fn unquoted(cell: &str) -> String {
    cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).map_or_else(|| cell.to_owned(), |cell| cell.replace("\"\"", "\""))
}

/// Customers with their cells by column, as the model's own command says them.
fn scored(folder: &Path, more: &[&str]) -> BTreeMap<String, BTreeMap<String, String>> {
    let args = [&["score", "m.json", "later.csv", "--out", "scored.csv", "--quiet"], more].concat();
    let (code, _, why) = personae(folder, "2", &args);
    assert_eq!(code, 0, "{why}");
    let text = std::fs::read_to_string(folder.join("scored.csv")).unwrap();
    // No cell of these has a comma but the names of categories, which have none either.
    let mut lines = text.lines().map(|line| line.split(',').map(unquoted).collect::<Vec<_>>());
    let names = lines.next().unwrap();
    lines.map(|cells| (cells[0].clone(), names.iter().cloned().zip(cells).collect())).collect()
}

fn answer(folder: &Path, script: &str, statement: &str) -> Option<Vec<Vec<serde_json::Value>>> {
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(folder.join("statement.sql"), statement).unwrap();
    let found = crate::foreign::read(script, &[folder.join("statement.sql"), folder.join("rows.json")])?;
    Some(serde_json::from_value(found).unwrap())
}

/// Everybody is placed where the model places them, with and without a day that everything is counted back from.
fn places_everybody(script: &str, dialect: Dialect) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let model = begun(folder);
    for snapshot in [None, Some("2024-05-15")] {
        let more = snapshot.map_or_else(Vec::new, |day| vec!["--snapshot", day]);
        let expected = scored(folder, &more);
        let day = snapshot.and_then(personae::data::day::IsoDay::parse);
        let statement = to_statement(&model, &SqlCustomers::Orders("customers".into(), day), dialect, &SqlForm::Select).unwrap();
        let Some(rows) = answer(folder, script, &statement) else { return };
        assert_eq!(rows.len(), expected.len());
        for row in rows {
            let own = &expected[row[0].as_str().unwrap()];
            assert_eq!(
                (row[1].to_string(), row[2].as_str().unwrap()),
                (own["persona"].clone(), own["persona_name"].as_str()),
                "{row:?} {own:?}"
            );
        }
    }
}

#[test]
fn duckdb_builds_the_table_and_places_everybody() {
    places_everybody("place_in_duckdb.py", Dialect::DuckDb);
}

#[test]
fn sqlite_builds_the_table_and_places_everybody() {
    places_everybody("place_customers.py", Dialect::Sqlite);
}

#[test]
fn postgresql_builds_the_table_and_places_everybody() {
    places_everybody("place_in_postgresql.py", Dialect::PostgreSql);
}

#[test]
fn spark_builds_the_table_and_places_everybody() {
    places_everybody("place_in_spark.py", Dialect::Spark);
}

#[test]
fn the_table_a_database_builds_is_ours_column_by_column() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let model = begun(folder);
    let expected = scored(folder, &[]);
    let columns: Vec<String> = model.table.as_ref().unwrap().recipe.columns.iter().map(|column| column.name.clone()).collect();
    assert!(columns.len() > 18, "{columns:?}");
    for (script, dialect) in [("place_in_duckdb.py", Dialect::DuckDb), ("place_customers.py", Dialect::Sqlite)] {
        let Some(rows) = answer(folder, script, &to_table(&model, "customers", None, dialect).unwrap()) else { continue };
        assert_eq!(rows.len(), expected.len());
        let mut nobody_bought = 0;
        for row in rows {
            let own = &expected[row[0].as_str().unwrap()];
            nobody_bought += usize::from(own["frequency"] == "0");
            for (name, cell) in columns.iter().zip(&row[1..]) {
                let (ours, theirs) = (own[name].as_str(), cell.as_str().map_or_else(|| cell.to_string(), str::to_owned));
                let is_same = match (ours.parse::<f64>(), theirs.parse::<f64>()) {
                    (Ok(ours), Ok(theirs)) => (ours - theirs).abs() <= 1e-8 * ours.abs().max(1.0),
                    _ => ours == theirs || (ours.is_empty() && theirs == "null"),
                };
                assert!(is_same, "{name} of {}: {ours} and {theirs}", row[0]);
            }
        }
        assert!(nobody_bought > 3, "who only returned is a customer too");
    }
}

#[test]
fn the_command_writes_it_and_says_what_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    begun(folder);
    let run = |args: &[&str]| personae(folder, "1", args);
    let (code, told, why) = run(&[
        "sql",
        "m.json",
        "--orders",
        "shop.orders",
        "--dialect",
        "snowflake",
        "--snapshot",
        "2024-06-01",
        "--as",
        "view",
        "--target",
        "p",
    ]);
    assert!(
        code == 0 && told.contains("FROM \"shop\".\"orders\"") && told.contains("DATEDIFF(day, \"date\", DATE '2024-06-01')"),
        "{told}{why}"
    );
    let (code, told, _) = run(&["sql", "m.json", "--orders", "o", "--dialect", "bigquery", "--table-only"]);
    assert!(code == 0 && told.ends_with("SELECT * FROM `customer_table`\n"), "{told}");
    let (code, _, why) = run(&["sql", "m.json", "--orders", "o"]);
    assert!(code == 1 && why.contains("its dialect must be named"), "{why}");
    assert_eq!(run(&["sql", "m.json"]).0, 2);
    assert_eq!(run(&["sql", "m.json", "--orders", "o", "--table", "t", "--id", "i"]).0, 2);
    std::fs::write(
        folder.join("list.csv"),
        (0..90).map(|at| format!("{at},{}\n", at % 3 * 50)).fold("id,spend\n".into(), |all: String, row| all + &row),
    )
    .unwrap();
    assert_eq!(run(&["model", "list.csv", "--k", "3", "--out", "list.json", "--quiet"]).0, 0);
    let (code, _, why) = run(&["sql", "list.json", "--orders", "o", "--dialect", "duckdb"]);
    assert!(code == 1 && why.contains("made from a file of customers and not from orders"), "{why}");
}
