//! The encoder: a table is encoded as it was prepared, whatever the order of its rows, and what was never seen has one stated answer.

use personae::base::{Ctx, Stopped};
use personae::data::{self, Column, Kind, Loaded, Source, Table, Texts, Values};
use personae::features::{
    ColumnRecipe, Dimensions, EncodeError, Encoder, MissingRule, Preparation, Prepared, Scale, Transform, prepare_with_encoder,
};

/// Profiled as the readers do it.
fn loaded(table: Table) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let header = table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(",");
    let row = |row: usize| table.columns.iter().map(|column| column.cell(row).into_owned()).collect::<Vec<_>>().join(",");
    std::fs::write(&path, std::iter::once(header).chain((0..table.n_rows).map(row)).map(|line| line + "\n").collect::<String>()).unwrap();
    data::read(&Source::file(path), &Ctx::new()).unwrap()
}

/// Numbers with and without gaps, one with both signs, a date, categories with rare levels, gaps and an "Other" of their own.
fn mixed(n: usize) -> Loaded {
    let at = |i: usize, step: usize, of: usize| (i * step + i * i % 7) % of;
    let number = |f: &dyn Fn(usize) -> f64| Values::Number((0..n).map(f).collect());
    let text = |f: &dyn Fn(usize) -> Option<&'static str>| Values::Text(Texts::collect((0..n).map(f)));
    let channels = ["web", "app", "shop", "Other"];
    let columns = vec![
        ("spend", number(&|i| if i % 11 == 3 { f64::NAN } else { (1.37f64).powi(at(i, 13, 29) as i32) })),
        ("balance", number(&|i| at(i, 17, 91) as f64 - 40.5)),
        ("age", number(&|i| 18.0 + at(i, 5, 53) as f64 + 0.25)),
        ("first_order", Values::Date((0..n).map(|i| (i % 13 != 4).then(|| 19_000 + at(i, 3, 800) as i32)).collect())),
        (
            "channel",
            text(&|i| {
                if i % 10 == 0 {
                    None
                } else if i % 97 == 5 {
                    Some("fax")
                } else {
                    Some(channels[at(i, 7, 4)])
                }
            }),
        ),
        ("plan", text(&|i| Some(["basic", "plus"][at(i, 3, 5) / 3]))),
    ];
    let columns = columns.into_iter().map(|(name, values)| Column { name: name.into(), values, unit: None, original: None }).collect();
    loaded(Table { columns, n_rows: n })
}

/// Every transform, scale and rule, with columns and with components.
fn preparations() -> Vec<Preparation> {
    let mut all = Vec::new();
    for dimensions in [Dimensions::Auto, Dimensions::Columns, Dimensions::Components(3)] {
        for (transform, scale) in [
            (None, Scale::Standard),
            (Some(Transform::Winsorized), Scale::Robust),
            (Some(Transform::Asinh), Scale::None),
            (Some(Transform::Log1p), Scale::Standard),
        ] {
            for missing in [MissingRule::Impute, MissingRule::LeaveOutRows] {
                let recipe = ColumnRecipe { transform, missing: Some(missing), enters: Some(true), ..ColumnRecipe::default() };
                let columns = ["spend", "balance", "age", "first_order", "channel", "plan"].map(|name| (name.to_owned(), recipe.clone()));
                all.push(Preparation { columns: columns.into(), scale, dimensions, ..Preparation::default() });
            }
        }
    }
    all
}

fn fit(loaded: &Loaded, preparation: &Preparation) -> (Prepared, Encoder) {
    prepare_with_encoder(loaded, preparation, &Ctx::new()).unwrap()
}

/// The rows named, as a table of their own.
fn rows_of(from: &Loaded, rows: &[usize]) -> Loaded {
    let column = |column: &Column| {
        let values = match &column.values {
            Values::Number(all) => Values::Number(rows.iter().map(|&row| all[row]).collect()),
            Values::Date(all) => Values::Date(rows.iter().map(|&row| all[row]).collect()),
            Values::Text(all) => Values::Text(Texts::collect(rows.iter().map(|&row| all.get(row)))),
        };
        Column { name: column.name.clone(), values, unit: None, original: None }
    };
    loaded(Table { columns: from.table.columns.iter().map(column).collect(), n_rows: rows.len() })
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn the_training_table_gives_the_prepared_matrix() {
    let sample = data::read(&Source::Sample { seed: 1 }, &Ctx::new()).unwrap();
    let mixed = mixed(9_000);
    for (table, preparation) in preparations().into_iter().map(|all| (&mixed, all)).chain([(&sample, Preparation::default())]) {
        let (prepared, encoder) = fit(table, &preparation);
        let again = encoder.apply(table, &Ctx::new()).unwrap();
        assert!(bits(again.matrix.values()) == bits(prepared.matrix.values()), "{preparation:?}");
        assert_eq!((again.matrix.n_cols(), &again.table_rows), (prepared.matrix.n_cols(), &prepared.table_rows));
        assert!(encoder.is_sound() && encoder.n_dimensions() == prepared.matrix.n_cols());
        // As text and back, it is the same encoder.
        let text = serde_json::to_string(&encoder).unwrap();
        assert_eq!(serde_json::from_str::<Encoder>(&text).unwrap(), encoder);
    }
}

#[test]
fn encoded_by_hand_bit_for_bit() {
    let table = mixed(1_000);
    let preparation = Preparation { dimensions: Dimensions::Columns, ..preparations()[0].clone() };
    let (prepared, _) = fit(&table, &preparation);
    let spend = table.table.column("spend").unwrap();
    let mut present: Vec<f64> = (0..1_000).filter_map(|row| spend.number(row)).collect();
    present.sort_by(f64::total_cmp);
    let median = (present[(present.len() - 1) / 2] + present[present.len() / 2]) / 2.0;
    let logs: Vec<f64> = (0..1_000).map(|row| spend.number(row).unwrap_or(median).ln_1p()).collect();
    let mean = logs.iter().sum::<f64>() / 1_000.0;
    let sd = (logs.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 1_000.0).sqrt();
    let plan = prepared.dimension_names.iter().position(|name| name == "plan = basic").unwrap();
    let share = (0..1_000).filter(|&row| table.table.column("plan").unwrap().text(row) == Some("basic")).count() as f64 / 1_000.0;
    for (row, log) in logs.iter().enumerate() {
        assert_eq!(prepared.matrix.at(row, 0).to_bits(), ((log - mean) / sd).to_bits());
        let is_basic = table.table.column("plan").unwrap().text(row) == Some("basic");
        let expected = if is_basic { 1.0 / share.sqrt() - share.sqrt() } else { -share.sqrt() };
        assert_eq!(prepared.matrix.at(row, plan).to_bits(), expected.to_bits());
    }
}

#[test]
fn the_order_and_number_of_rows_do_not_matter() {
    let table = mixed(1_500);
    let shuffled: Vec<usize> = (0..1_500).map(|i| i * 707 % 1_500).collect();
    let few = [3, 14, 20];
    for preparation in preparations() {
        let (prepared, encoder) = fit(&table, &preparation);
        let place = prepared.matrix_row_of_table_row();
        for rows in [&shuffled[..], &few] {
            let found = encoder.apply(&rows_of(&table, rows), &Ctx::new()).unwrap();
            let expected: Vec<usize> = rows.iter().filter_map(|&row| place[row]).collect();
            assert!(bits(found.matrix.values()) == bits(prepared.matrix.select_rows(&expected).values()), "{preparation:?}");
        }
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let table = mixed(9_000);
    let (_, encoder) = fit(&table, &Preparation::default());
    let on = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| encoder.apply(&table, &Ctx::new()).unwrap())
    };
    assert!(on(1) == on(8));
    let counted = Ctx::new();
    encoder.apply(&table, &counted).unwrap();
    for n in 1..=counted.checks() {
        assert_eq!(encoder.apply(&table, &Ctx::stopping_after(n)), Err(EncodeError::Stopped(Stopped)));
    }
}

/// One table for fitting and others to apply it to, as text.
fn read(text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    data::read(&Source::file(path), &Ctx::new()).unwrap()
}

fn small() -> (Prepared, Encoder) {
    let mut text = String::from("income,channel,visits\n");
    for i in 0..60 {
        text +=
            &format!("{}.5,{},{}\n", 1_000 + i * 37 % 900, ["web", "app", "fax", "post"][[0, 0, 1, 1, 1, 0, 2, 3][i % 8]], 1 << (i % 9));
    }
    let recipe = ColumnRecipe { transform: Some(Transform::Log1p), ..ColumnRecipe::default() };
    let preparation = Preparation {
        columns: [("visits".to_owned(), recipe)].into(),
        dimensions: Dimensions::Columns,
        rare_level_share: 0.15,
        ..Preparation::default()
    };
    fit(&read(&text), &preparation)
}

#[test]
fn what_was_never_seen_has_one_answer() {
    let (prepared, encoder) = small();
    assert_eq!(prepared.dimension_names, ["income", "channel = web", "channel = app", "channel = Other", "visits"]);
    // The columns stand in another order, and there is one more.
    let table = read("more,visits,channel,income\nx,,web,1200.5\nx,1,owl,\nx,-7,fax,1300.5\nx,2,,1400.5\ny,3,app,1500.5\n");
    let found = encoder.apply(&table, &Ctx::new()).unwrap();
    let column = |col: usize| (0..5).map(|row| found.matrix.at(row, col)).collect::<Vec<_>>();
    let is_on = |col: usize| column(col).iter().map(|&value| value > 0.0).collect::<Vec<_>>();
    assert_eq!(is_on(1), [true, false, false, false, false]);
    assert_eq!(is_on(2), [false, false, false, false, true]);
    assert_eq!(is_on(3), [false, true, true, true, false], "never seen, rare and missing count as Other");
    let visits = column(4);
    assert_eq!(visits[1], visits[2], "-7 counts as 1, the smallest");
    assert!(visits.iter().all(|value| value.is_finite()));
    let told = encoder.notes(&found.met);
    let notes: Vec<&str> = told.iter().map(|note| note.0.as_str()).collect();
    assert_eq!(
        notes,
        [
            "No income for 1 of 5 customers (20.0 %): the median from when the segments were made, 1\u{202f}364, is used instead.",
            "No channel for 1 of 5 customers (20.0 %): it counts as \"Other\".",
            "channel is a level that the segments do not tell apart (owl) for 1 of 5 customers (20.0 %): it counts as \"Other\".",
            "No visits for 1 of 5 customers (20.0 %): the median from when the segments were made, 16, is used instead.",
            "visits is below 1, the smallest where the segments were made, for 1 of 5 customers (20.0 %): it counts as 1.",
        ]
    );
}

#[test]
fn codes_are_found_where_all_that_are_left_are_numbers() {
    let text: String = (0..60).map(|i| format!("{},{}\n", ["7", "12", "7b"][i % 3], i)).collect();
    let preparation = Preparation { dimensions: Dimensions::Columns, ..Preparation::default() };
    let (prepared, encoder) = fit(&read(&format!("tariff,n\n{text}")), &preparation);
    let numbers = read("tariff,n\n12,1\n7,2\n,4\n5,4\n");
    assert_eq!(numbers.table.columns[0].kind(), Kind::Number);
    let found = encoder.apply(&numbers, &Ctx::new()).unwrap();
    let tariff = |matrix: &personae::base::Matrix, row: usize| matrix.row(row)[..3].to_vec();
    assert_eq!(tariff(&found.matrix, 0), tariff(&prepared.matrix, 1));
    assert_eq!(tariff(&found.matrix, 1), tariff(&prepared.matrix, 0));
    assert!(tariff(&found.matrix, 2).iter().chain(&tariff(&found.matrix, 3)).all(|value| *value < 0.0), "none of the levels");
    assert_eq!(
        encoder.notes(&found.met)[1].0,
        "tariff is a level that the segments do not tell apart (5) for 1 of 4 customers (25.0 %): it counts as none of the levels."
    );
}

#[test]
fn a_column_of_nothing_is_all_missing() {
    let (_, encoder) = small();
    let found = encoder.apply(&read("income,channel,visits\n,web,1\n,app,2\n"), &Ctx::new()).unwrap();
    assert_eq!(found.matrix.at(0, 0), found.matrix.at(1, 0));
}

#[test]
fn refusals_say_what_to_change() {
    let (_, encoder) = small();
    let refused = |text: &str| encoder.apply(&read(text), &Ctx::new()).unwrap_err().to_string();
    assert_eq!(
        refused("Income €,channel,visits\n1,web,1\n2,app,2\n"),
        "the table has no column called \"income\", by which the segments were made; if \"Income €\" holds it, rename that one."
    );
    assert_eq!(
        refused("income,where,visits\n1,web,1\n2,app,2\n"),
        "the table has no column called \"channel\", by which the segments were made; add it, or rename the column that holds it."
    );
    assert_eq!(
        refused("income,channel,visits\n1,web,often\n2,app,seldom\n"),
        "visits held numbers where the segments were made, and holds text here (\"often\" in row 1); correct the column, or choose the right table."
    );
    let mut table = read("income,channel,visits\n1,web,1\n2,app,2\n");
    table.table.columns[0].values = Values::Number([1.0, f64::MAX].into());
    let mut wide = encoder.clone();
    if let personae::features::fitted_column::Coding::Number(number) = &mut wide.columns[0].coding {
        number.spread = 1e-3;
    }
    assert_eq!(
        wide.apply(&table, &Ctx::new()).unwrap_err().to_string(),
        "income in row 2 is too large to work with; correct the number, or leave the row out."
    );
    assert_eq!(table.table.columns[0].kind(), Kind::Number);
}

#[test]
fn a_changed_encoder_is_noticed() {
    let (_, encoder) = small();
    let text = serde_json::to_string(&encoder).unwrap();
    for (from, to) in
        [("\"spread\":", "\"spread\":0.0,\"was\":"), ("\"indicator\":2", "\"indicator\":9"), ("\"least\":1.0", "\"least\":-3.0")]
    {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(!serde_json::from_str::<Encoder>(&changed).unwrap().is_sound(), "{to}");
    }
}
