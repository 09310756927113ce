//! What is written of a model for other programs places every customer where the model does: in polars, SQLite, DuckDB, PostgreSQL and Spark, and by a reader of PMML.

use std::collections::BTreeMap;

use personae::base::Ctx;
use personae::cluster::lanes::squared_distance;
use personae::cluster::{Assign, KMeansParams, Linkage, density, hdbscan, kmeans, linkage};
use personae::data::Dialect;
use personae::data::{self, Kind, Loaded, Values};
use personae::features::{ColumnRecipe, Dimensions, MissingRule, Preparation, Scale, Transform, prepare_with_encoder};
use personae::model::{Grouping, Model, Place, Placing, SqlCustomers, SqlForm, to_onnx, to_pmml, to_sql, to_statement};
use polars::prelude::{Column, DataFrame, IntoLazy};
use polars::sql::SQLContext;

fn read(text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    data::read(&data::Source::file(path), &Ctx::new()).unwrap()
}

/// Levels and names that a careless statement would trip over.
fn shop(n: usize, seed: usize) -> Loaded {
    let mut text = String::from("spend,balance,\"odd \"\"name\"\"\",channel,age\n");
    let at = |i: usize, step: usize, of: usize| ((i + seed) * step + (i + seed) * (i + seed) % 7) % of;
    for i in 0..n {
        let spend = if i % 19 == 3 { String::new() } else { format!("{}", (1.9f64).powi(at(i, 13, 17) as i32)) };
        let channel = ["web", "l'app", "shop", "", "fax", "a \"b\""][if at(i, 3, 41) == 0 { 4 + seed % 2 } else { at(i, 7, 4) }];
        let age = if i % 23 == 5 { String::new() } else { format!("{}.5", 18 + at(i, 5, 60)) };
        text += &format!("{spend},{},{},\"{}\",{age}\n", at(i, 17, 91) as f64 - 40.5, at(i, 11, 30), channel.replace('"', "\"\""));
    }
    read(&text)
}

/// The table as a database would have it.
fn frame(loaded: &Loaded) -> DataFrame {
    let n = loaded.table.n_rows;
    let mut columns = vec![Column::new("customer".into(), (0..n as i64).collect::<Vec<_>>())];
    for column in &loaded.table.columns {
        let name = column.name.as_str().into();
        match &column.values {
            Values::Number(_) => columns.push(Column::new(name, (0..n).map(|row| column.number(row)).collect::<Vec<_>>())),
            Values::Text(texts) => columns.push(Column::new(name, (0..n).map(|row| texts.get(row)).collect::<Vec<_>>())),
            Values::Date(_) => {}
        }
    }
    DataFrame::new(n, columns).unwrap()
}

/// Segment number, name and distance of every customer that the statement gives.
fn answer(sql: &str, loaded: &Loaded) -> BTreeMap<usize, (usize, String, f64)> {
    let mut context = SQLContext::new();
    context.register("customers", frame(loaded).lazy());
    let found = context.execute(sql).and_then(|rows| rows.collect()).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let numbers = |name: &str| {
        let column = found.column(name).unwrap().cast(&polars::prelude::DataType::Float64).unwrap();
        column.f64().unwrap().iter().map(|value| value.unwrap()).collect::<Vec<f64>>()
    };
    let (ids, segments, distances) = (numbers("customer"), numbers("persona"), numbers("persona_distance"));
    let names: Vec<String> = found.column("persona_name").unwrap().str().unwrap().iter().map(|name| name.unwrap().to_owned()).collect();
    let rows = ids.iter().zip(segments).zip(names).zip(distances);
    rows.map(|(((id, segment), name), distance)| (*id as usize, (segment as usize, name, distance))).collect()
}

/// A statement knows the rule, and nobody by heart.
fn by_rule_alone(model: &Model) -> Model {
    let mut model = model.clone();
    if let Placing::Space { remembered, .. } = &mut model.placing {
        *remembered = Default::default();
    }
    model
}

/// Compares statement and model on `table`; the number of customers, and of those placed elsewhere because two centres are equally near.
fn compare(model: &Model, table: &Loaded) -> (usize, usize) {
    let placed = by_rule_alone(model).place(table, &Ctx::new()).unwrap();
    let found = answer(&to_sql(model, "customers", "customer", Dialect::Standard).unwrap(), table);
    let Placing::Space { encoder, assign: Assign::Nearest { centroids }, .. } = &model.placing else { panic!("by centres") };
    let encoded = encoder.apply(table, &Ctx::new()).unwrap();
    assert_eq!(encoded.table_rows, found.keys().copied().collect::<Vec<_>>(), "the same customers take part");
    let mut otherwise = 0;
    for (at, row) in encoded.table_rows.iter().enumerate() {
        let Place::Segment(cluster) = placed.places[*row] else { panic!("everybody has a nearest centre") };
        let distance = |cluster: usize| squared_distance(encoded.matrix.row(at), centroids.row(cluster)).sqrt();
        let (number, name, told) = &found[row];
        let theirs = model.segments.iter().position(|segment| segment.number + 1 == *number).unwrap();
        assert_eq!(*name, model.segments[theirs].name);
        assert!((told - distance(cluster)).abs() < 1e-9 * (1.0 + told), "{told} is not {}", distance(cluster));
        if theirs != cluster {
            assert!((distance(theirs) - distance(cluster)).abs() < 1e-9, "row {row} is nearer to its own centre");
            otherwise += 1;
        }
    }
    (encoded.table_rows.len(), otherwise)
}

fn model(table: &Loaded, preparation: &Preparation, k: usize) -> Vec<Model> {
    let ctx = Ctx::new();
    let (prepared, encoder) = prepare_with_encoder(table, preparation, &ctx).unwrap();
    let x = &prepared.matrix;
    let fit = kmeans(x, &KMeansParams { k, restarts: 2, seed: 3 }, &ctx).unwrap();
    let cut = linkage(x, Linkage::Ward, &ctx).unwrap().cut_clusters(k);
    let of_cut = Assign::of_means(x, &cut, &ctx).unwrap();
    let names: Vec<String> = (0..k).map(|cluster| format!("The shop's \"{cluster}\"")).collect();
    [(Assign::of_kmeans(&fit), fit.labels.numbered((0..k).rev().collect())), (of_cut, cut)]
        .into_iter()
        .map(|(assign, labels)| {
            let grouping = Grouping { loaded: table, prepared: &prepared, labels: &labels, names: &names, colors: &[], method: "k-Means" };
            Model::new(&grouping, encoder.clone(), assign, &ctx).unwrap()
        })
        .collect()
}

#[test]
fn polars_places_everybody_where_the_model_does() {
    let (table, later) = (shop(1_200, 0), shop(900, 1));
    let (mut customers, mut otherwise) = (0, 0);
    for (transform, scale) in [
        (None, Scale::Standard),
        (Some(Transform::Log1p), Scale::Robust),
        (Some(Transform::Asinh), Scale::Standard),
        (Some(Transform::Winsorized), Scale::Standard),
        (None, Scale::None),
    ] {
        for dimensions in [Dimensions::Columns, Dimensions::Auto] {
            for missing in [MissingRule::Impute, MissingRule::LeaveOutRows] {
                let recipe = ColumnRecipe { transform, missing: Some(missing), enters: Some(true), ..ColumnRecipe::default() };
                let columns = table.table.columns.iter().map(|column| (column.name.clone(), recipe.clone())).collect();
                let preparation = Preparation { columns, scale, dimensions, ..Preparation::default() };
                for (k, model) in [1, 4].into_iter().flat_map(|k| model(&table, &preparation, k).into_iter().map(move |model| (k, model))) {
                    for table in [&table, &later] {
                        let (all, other) = compare(&model, table);
                        assert!(all > 100 && (k > 1 || other == 0));
                        (customers, otherwise) = (customers + all, otherwise + other);
                    }
                }
            }
        }
    }
    println!("{customers} customers placed by SQL, {otherwise} of them on the other side of a tie");
    assert!(otherwise * 1000 < customers);
}

/// A table as the scripts of other programs read it.
fn as_json(table: &Loaded) -> String {
    let n = table.table.n_rows;
    let cells = table.table.columns.iter().map(|column| match &column.values {
        Values::Text(texts) => serde_json::json!({"name": column.name, "type": "TEXT", "cells": texts.iter().collect::<Vec<_>>()}),
        _ => serde_json::json!({"name": column.name, "type": "REAL", "cells": (0..n).map(|row| column.number(row)).collect::<Vec<_>>()}),
    });
    let ids = serde_json::json!({"name": "customer", "type": "INTEGER", "cells": (0..n).collect::<Vec<_>>()});
    let columns: Vec<serde_json::Value> = std::iter::once(ids).chain(cells).collect();
    serde_json::json!({ "columns": columns }).to_string()
}

/// Whether a program that is not ours, given what is written of models, places everybody where the models do. Slow ones get fewer models.
fn places_everybody<W: AsRef<[u8]>>(script: &str, transforms: &[Transform], written: impl Fn(&Model) -> W) {
    let (table, later) = (shop(1_200, 0), shop(900, 1));
    let folder = tempfile::tempdir().unwrap();
    // A server of its own may run as another user.
    #[cfg(unix)]
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (rows, text) = (folder.path().join("table.json"), folder.path().join("model.txt"));
    std::fs::write(&rows, as_json(&later)).unwrap();
    for (at, transform) in transforms.iter().enumerate() {
        let recipe = ColumnRecipe { transform: Some(*transform), enters: Some(true), ..ColumnRecipe::default() };
        let columns = table.table.columns.iter().map(|column| (column.name.clone(), recipe.clone())).collect();
        let dimensions = if at == 1 { Dimensions::Columns } else { Dimensions::Auto };
        for model in model(&table, &Preparation { columns, dimensions, ..Preparation::default() }, 4) {
            std::fs::write(&text, written(&model)).unwrap();
            let Some(answer) = crate::foreign::read(script, &[text.clone(), rows.clone()]) else { return };
            let placed = by_rule_alone(&model).place(&later, &Ctx::new()).unwrap().places;
            let answer = answer.as_array().unwrap();
            assert_eq!(answer.len(), placed.len());
            for row in answer {
                let Place::Segment(cluster) = placed[row[0].as_u64().unwrap() as usize] else { panic!("everybody has a nearest centre") };
                let segment = &model.segments[cluster];
                assert_eq!((row[1].as_u64(), row[2].as_str()), (Some(segment.number as u64 + 1), Some(segment.name.as_str())), "{row}");
            }
        }
    }
}

const TRANSFORMS: [Transform; 3] = [Transform::Log1p, Transform::Asinh, Transform::Winsorized];

fn by_sql(script: &str, transforms: &[Transform], dialect: Dialect) {
    places_everybody(script, transforms, |model| to_sql(model, "customers", "customer", dialect).unwrap());
}

#[test]
fn sqlite_places_everybody_where_the_model_does() {
    by_sql("place_customers.py", &TRANSFORMS, Dialect::Sqlite);
}

#[test]
fn duckdb_places_everybody_where_the_model_does() {
    by_sql("place_in_duckdb.py", &TRANSFORMS, Dialect::DuckDb);
}

#[test]
fn postgresql_places_everybody_where_the_model_does() {
    by_sql("place_in_postgresql.py", &TRANSFORMS, Dialect::PostgreSql);
}

#[test]
fn postgresql_merges_everybody_into_the_table_of_personas_once() {
    let merge = SqlForm::Merge("personas".into());
    let statement = |model: &Model| {
        to_statement(model, &SqlCustomers::Table("customers".into(), "customer".into()), Dialect::PostgreSql, &merge).unwrap()
    };
    places_everybody("place_in_postgresql.py", &TRANSFORMS[..1], statement);
}

#[test]
fn spark_places_everybody_where_the_model_does() {
    by_sql("place_in_spark.py", &TRANSFORMS[..1], Dialect::Spark);
}

#[test]
fn a_reader_of_pmml_places_everybody_where_the_model_does() {
    places_everybody("place_by_pmml.py", &TRANSFORMS, |model| to_pmml(model).unwrap());
}

#[test]
fn a_runtime_of_onnx_places_everybody_where_the_model_does() {
    places_everybody("place_by_onnx.py", &TRANSFORMS, |model| to_onnx(model).unwrap());
}

#[test]
fn onnx_leaves_out_who_lacks_what_everybody_must_have() {
    let (table, later) = (shop(1_200, 0), shop(300, 1));
    let must = ColumnRecipe { missing: Some(MissingRule::LeaveOutRows), enters: Some(true), ..ColumnRecipe::default() };
    let columns = ["spend", "channel"].map(|name| (name.to_owned(), must.clone())).into();
    let model = &model(&table, &Preparation { columns, ..Preparation::default() }, 4)[0];
    let folder = tempfile::tempdir().unwrap();
    let (rows, file) = (folder.path().join("table.json"), folder.path().join("model.onnx"));
    std::fs::write(&rows, as_json(&later)).unwrap();
    std::fs::write(&file, to_onnx(model).unwrap()).unwrap();
    let Some(answer) = crate::foreign::read("place_by_onnx.py", &[file, rows]) else { return };
    let placed = by_rule_alone(model).place(&later, &Ctx::new()).unwrap();
    let mut left_out = 0;
    for (row, (place, distance)) in answer.as_array().unwrap().iter().zip(placed.places.iter().zip(&placed.distances)) {
        match place {
            Place::Segment(cluster) => {
                assert_eq!(row[1].as_u64(), Some(model.segments[*cluster].number as u64 + 1), "{row}");
                assert!((row[3].as_f64().unwrap() - distance).abs() < 1e-9, "{row} {distance}");
            }
            _ => {
                left_out += 1;
                assert_eq!((row[1].as_u64(), row[2].as_str(), row[3].as_f64()), (Some(0), Some(""), None), "{row}");
            }
        }
    }
    assert!(left_out > 20, "{left_out}");
}

#[test]
fn statements_make_views_and_tables_and_merge_into_them() {
    let table = shop(400, 0);
    let model = &model(&table, &Preparation::default(), 3)[0];
    let of =
        |dialect: Dialect, form: SqlForm| to_statement(model, &SqlCustomers::Table("shop.customers".into(), "id".into()), dialect, &form);
    let target = || "shop.personas".to_owned();
    let select = of(Dialect::PostgreSql, SqlForm::Select).unwrap();
    assert!(select.contains("taken AS MATERIALIZED ("));
    assert_eq!(
        of(Dialect::PostgreSql, SqlForm::View(target())).unwrap(),
        format!("CREATE OR REPLACE VIEW \"shop\".\"personas\" AS\n{select}")
    );
    assert!(of(Dialect::Sqlite, SqlForm::View(target())).unwrap().starts_with("DROP VIEW IF EXISTS"));
    assert!(of(Dialect::BigQuery, SqlForm::Table(target())).unwrap().starts_with("CREATE TABLE `shop`.`personas` AS\nWITH\n"));
    let merge = of(Dialect::Snowflake, SqlForm::Merge(target())).unwrap();
    assert!(
        merge.starts_with("MERGE INTO \"shop\".\"personas\" AS known\nUSING (\nWITH\n")
            && merge.contains("WHEN NOT MATCHED THEN INSERT (\"id\", persona")
    );
    assert_eq!(
        of(Dialect::Sqlite, SqlForm::Merge(target())).unwrap_err().to_string(),
        "SQLite has no MERGE; make a view or a table of it."
    );
}

#[test]
fn a_model_is_handed_over_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let model = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/model_v1.json");
    std::fs::copy(model, folder.path().join("dated.json")).unwrap();
    let run = |args: &[&str]| crate::behaviour::personae(folder.path(), "1", args);
    let (code, _, why) = run(&["sql", "dated.json", "--table", "t", "--id", "id"]);
    assert!(code == 1 && why.contains("is a date"), "{why}");
    std::fs::write(
        folder.path().join("shop.csv"),
        (0..90).map(|at| format!("{at},{}\n", at % 3 * 50 + at % 7)).fold("id,spend\n".to_owned(), |all, row| all + &row),
    )
    .unwrap();
    assert_eq!(run(&["model", "shop.csv", "--k", "3", "--out", "m.json", "--quiet"]).0, 0);
    let (code, told, _) = run(&[
        "sql",
        "m.json",
        "--table",
        "shop.customers",
        "--id",
        "id",
        "--dialect",
        "bigquery",
        "--as",
        "view",
        "--target",
        "shop.personas",
    ]);
    assert!(code == 0 && told.starts_with("CREATE OR REPLACE VIEW `shop`.`personas` AS"), "{told}");
    assert_eq!(run(&["pmml", "m.json", "--out", "m.pmml"]).0, 0);
    assert!(std::fs::read_to_string(folder.path().join("m.pmml")).unwrap().contains("<ClusteringModel"));
    assert_eq!(run(&["onnx", "m.json", "--out", "m.onnx"]).0, 0);
    assert!(std::fs::read(folder.path().join("m.onnx")).unwrap().windows(6).any(|part| part == b"ArgMin"));
    assert_eq!(run(&["onnx", "m.json", "--out", "m.json"]).0, 2, "the model itself stays");
    assert_eq!(run(&["sql", "m.json", "--table", "t", "--id", "id", "--as", "table"]).0, 2);
    assert_eq!(run(&["pmml", "m.json", "--out", "m.json"]).0, 2, "the model itself stays");
}

#[test]
fn the_sample_is_placed_by_sql() {
    let table = data::read(&data::Source::Sample { seed: 4 }, &Ctx::new()).unwrap();
    let out = ColumnRecipe { enters: Some(false), ..ColumnRecipe::default() };
    let dates = table.profile.columns.iter().filter(|column| column.kind == Kind::Date);
    let columns = dates.map(|column| (column.name.clone(), out.clone())).collect();
    for model in model(&table, &Preparation { columns, ..Preparation::default() }, 5) {
        let (customers, otherwise) = compare(&model, &table);
        assert_eq!((customers, otherwise), (table.table.n_rows, 0));
    }
}

#[test]
fn what_cannot_be_a_statement_says_why() {
    let table = shop(400, 0);
    let (prepared, encoder) = prepare_with_encoder(&table, &Preparation::default(), &Ctx::new()).unwrap();
    let tree = density(&prepared.matrix, 5, &Ctx::new()).unwrap();
    let found = hdbscan(&tree, 10, &Ctx::new()).unwrap();
    let grouping = Grouping { loaded: &table, prepared: &prepared, labels: &found.labels, names: &[], colors: &[], method: "HDBSCAN" };
    let assign = Assign::of_hdbscan(&prepared.matrix, &tree, &found);
    let dense = Model::new(&grouping, encoder, assign, &Ctx::new()).unwrap();
    assert_eq!(
        to_sql(&dense, "customers", "customer", Dialect::Standard).unwrap_err().to_string(),
        "only segments that are placed by their nearest centre (k-Means, Hierarchical) can be written as SQL, PMML or ONNX, and HDBSCAN are not; save the model itself instead."
    );
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/model_v1.json");
    let mut dated = personae::model::open(&path).unwrap();
    assert_eq!(
        to_sql(&dated, "customers", "customer", Dialect::Standard).unwrap_err().to_string(),
        "first_order is a date, which every database counts in its own way; make the segments without it, or from a column that counts the days."
    );
    // Without the date it is a statement, with parts of names apart.
    let Placing::Space { encoder, .. } = &mut dated.placing else { panic!("by centres") };
    encoder.columns.remove(2);
    encoder.projection.as_mut().unwrap().means.pop();
    encoder.projection.as_mut().unwrap().weights.iter_mut().for_each(|weights| weights.truncate(4));
    let sql = to_sql(&dated, "shop.customers", "customer id", Dialect::Standard).unwrap();
    assert!(sql.contains("FROM \"shop\".\"customers\"\n  WHERE \"age\" IS NOT NULL\n") && sql.contains("\"customer id\" AS id"), "{sql}");
}

#[test]
fn what_an_export_writes_is_what_the_commands_write() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..300).map(|n| format!("{},{}\n", [20, 400][n % 2] + n * 7 % 31, [5, 60][n % 2] + n * 5 % 7)).collect();
    std::fs::write(folder.path().join("shop.csv"), format!("spend,visits\n{rows}")).unwrap();
    let run = |args: &[&str]| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder.path()).args(args).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    };
    run(&["cards", "shop.csv", "--k", "2", "--out", "out", "--formats", "model,pmml,onnx"]);
    run(&["pmml", "out/segments.model.json", "--out", "by.pmml"]);
    run(&["onnx", "out/segments.model.json", "--out", "by.onnx"]);
    for (exported, written) in [("out/segments.pmml", "by.pmml"), ("out/segments.onnx", "by.onnx")] {
        assert_eq!(std::fs::read(folder.path().join(exported)).unwrap(), std::fs::read(folder.path().join(written)).unwrap(), "{written}");
    }
}
