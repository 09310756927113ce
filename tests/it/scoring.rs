//! Segments that find customers who come later: `personae model` and `personae score` on real files, and large files in batches.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use personae::base::Ctx;
use personae::cluster::{Assign, KMeansParams, kmeans};
use personae::data::write::{self, Extra, ExtraValues};
use personae::data::{self, BatchWriter, Loaded, ReadAs, Source, in_batches};
use personae::features::{Met, Preparation, prepare_with_encoder};
use personae::model::{Grouping, Model, Place, Placement};

fn personae(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_personae")).current_dir(folder).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// 300 customers with numbers, a date, levels in several spellings, gaps and a rare level.
fn shop() -> String {
    let mut text = "customer,spend,visits,channel,since\n".to_owned();
    for nth in 0..300usize {
        let group = nth % 3;
        let turn = nth as f64 * 2.4;
        let spend = [20.0, 200.0, 900.0][group] * (1.0 + 0.2 * turn.sin());
        let visits = if nth % 29 == 0 { String::new() } else { format!("{}", [2, 9, 4][group] + nth % 3) };
        let channel = match (nth % 40, group) {
            (7, _) => "owl",
            (_, 0) => ["web", " web", "Web"][nth / 3 % 3],
            (_, 1) => "app",
            _ => "shop",
        };
        writeln!(text, "K{nth},{spend:.2},{visits},{channel},20{:02}-03-{:02}", 10 + group * 4 + nth % 3, 1 + nth % 28).unwrap();
    }
    text
}

#[test]
fn scoring_the_same_file_gives_the_labels_of_the_fit() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), shop()).unwrap();
    let methods: [&[&str]; 10] = [
        &["--method", "kmeans", "--k", "4"],
        &["--method", "ward", "--k", "5"],
        &["--method", "average", "--k", "4"],
        &["--method", "complete", "--k", "4"],
        &["--method", "weighted", "--k", "4"],
        &["--method", "single", "--k", "6"],
        &["--method", "dbscan", "--epsilon", "0.8", "--min-samples", "4"],
        &["--method", "hdbscan", "--min-cluster-size", "12"],
        &["--method", "column", "--column", "channel"],
        &["--method", "kmeans", "--k", "3", "--scale", "robust", "--transform", "none", "--seed", "7"],
    ];
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let mut with_noise = 0;
    for method in methods {
        let run = |args: &[&str]| {
            let ran = personae(folder.path(), args);
            assert_eq!((ran.0, ran.2.as_str()), (0, ""), "{method:?} {args:?}: {}", ran.1);
            ran.1
        };
        run(&[&["segment", "shop.csv", "--labels", "fit.csv", "--silhouette", "none", "--quiet"][..], method].concat());
        run(&[&["model", "shop.csv", "--out", "shop.model.json", "--silhouette", "none", "--quiet"][..], method].concat());
        let told = run(&["score", "shop.model.json", "shop.csv", "--out", "scored.csv"].map(|word| word));
        assert_eq!(read("scored.csv"), read("fit.csv"), "{method:?}");
        assert!(told.contains("300 customers by "), "{told}");
        with_noise += usize::from(told.contains("in no group"));
        // The same choices make the same bytes, and what was read is written again as it was.
        let first = read("shop.model.json");
        run(&[&["model", "shop.csv", "--out", "again.model.json", "--silhouette", "none", "--quiet"][..], method].concat());
        assert_eq!(first, read("again.model.json"), "{method:?}");
        let model = personae::model::open(&folder.path().join("shop.model.json")).unwrap();
        assert_eq!(personae::model::to_text(&model), first, "{method:?}");
        assert!(model.segments.iter().all(|segment| !segment.name.is_empty() && segment.color.starts_with('#')));
        assert!(model.parameters.0.contains_key("method"), "{method:?}");
        assert!(method.contains(&"column") || !first.contains("\"owl\""), "{method:?}: a level of seven customers stays at home");
    }
    assert!(with_noise >= 2, "noise is tried as well");
}

#[test]
fn later_customers_are_placed_and_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.csv"), shop()).unwrap();
    let run = |args: &[&str]| personae(folder.path(), args);
    assert_eq!(run(&["model", "shop.csv", "--k", "3", "--out", "shop.model.json", "--quiet"]).0, 0);
    let later = "since,channel,spend,visits\n2011-03-04,web,19,3\n2015-03-04,pigeon,210,\n2019-03-04,,950,5\n2019-03-04,,99000,5\n";
    std::fs::write(folder.path().join("later.csv"), later).unwrap();
    let (code, told, _) = run(&["score", "shop.model.json", "later.csv", "--out", "later-scored.csv", "--distances"]);
    assert_eq!(code, 0, "{told}");
    let scored = std::fs::read_to_string(folder.path().join("later-scored.csv")).unwrap();
    let rows: Vec<Vec<&str>> = scored.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][4..], ["persona", "persona_name", "persona_distance", "fits_none"]);
    let fits: Vec<&str> = rows[1..].iter().map(|row| row[7]).collect();
    assert_eq!(fits, ["0", "1", "0", "1"], "{scored}");
    let personas: std::collections::BTreeSet<&str> = rows[1..4].iter().map(|row| row[4]).collect();
    assert_eq!(personas.len(), 3, "{scored}");
    for said in [
        "channel is a level that the segments do not tell apart (pigeon) for 1 of 4 customers",
        "No visits for 1 of 4 customers",
        "by construction.",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    // Parquet leaves as Parquet.
    assert_eq!(run(&["score", "shop.model.json", "later.csv", "--out", "later.parquet", "--quiet"]).0, 0);
    let back = data::read(&Source::file(folder.path().join("later.parquet")), &Ctx::new()).unwrap();
    assert_eq!(back.table.column("persona_name").unwrap().cell(0), rows[1][5]);
}

#[test]
fn what_does_not_fit_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("shop.csv", &shop());
    let refused = |args: &[&str], code: i32| {
        let ran = personae(folder.path(), args);
        assert_eq!(ran.0, code, "{args:?}: {}{}", ran.1, ran.2);
        assert_eq!(ran.2.trim_end().lines().count(), 1, "{}", ran.2);
        ran.2
    };
    assert_eq!(personae(folder.path(), &["model", "shop.csv", "--k", "3", "--out", "m.model.json", "--quiet"]).0, 0);
    write("narrow.csv", "spend,channel,since\n1,web,2012-01-01\n2,app,2012-01-02\n");
    let sentence = refused(&["score", "m.model.json", "narrow.csv", "--out", "o.csv", "--quiet"], 1);
    assert!(sentence.contains("no column called \"visits\""), "{sentence}");
    write("worded.csv", "spend,visits,channel,since\nmuch,1,web,2012-01-01\nlittle,2,app,2012-01-02\n");
    let sentence = refused(&["score", "m.model.json", "worded.csv", "--out", "o.csv", "--quiet"], 1);
    assert!(sentence.contains("spend") && sentence.contains("text"), "{sentence}");
    let newer =
        std::fs::read_to_string(folder.path().join("m.model.json")).unwrap().replacen("\"personae_model\": 1", "\"personae_model\": 9", 1);
    write("newer.model.json", &newer);
    let sentence = refused(&["score", "newer.model.json", "shop.csv", "--out", "o.csv", "--quiet"], 1);
    assert!(sentence.contains("newer than this one"), "{sentence}");
    let sentence = refused(&["score", "m.model.json", "shop.csv", "--out", "shop.csv", "--quiet"], 2);
    assert!(sentence.contains("would overwrite"), "{sentence}");
    let sentence = refused(&["score", "m.model.json", "shop.csv", "narrow.csv", "--out", "o.csv", "--quiet"], 2);
    assert!(sentence.contains("made from one file"), "{sentence}");
    let sentence = refused(&["score", "m.model.json", "shop.csv", "--out", "o.csv", "--keep", "customer,nobody", "--quiet"], 1);
    assert!(sentence.starts_with("there is no column called \"nobody\" to keep"), "{sentence}");
    let sentence = refused(&["score", "shop.csv", "shop.csv", "--out", "o.csv", "--quiet"], 1);
    assert!(sentence.contains("is no Personae model"), "{sentence}");
    assert!(!folder.path().join("o.csv").exists(), "nothing is left");
}

/// Orders of 200 customers, up to and from a day on.
fn orders(from: usize, to: usize) -> String {
    let mut text = "order_id,customer_id,order_date,amount,category\n".to_owned();
    for nth in from..to {
        let customer = nth * 7 % 200;
        let (month, day) = (1 + nth / 28 % 12, 1 + nth % 28);
        let amount = 10.0 + (customer % 5) as f64 * 20.0 + nth as f64 % 7.0;
        // A category that later orders alone have would be a column if it were guessed anew.
        let category = if nth >= 2400 { "garden" } else { ["books", "toys", "food"][(customer + nth / 900) % 3] };
        writeln!(text, "{nth},C{customer},{}-{month:02}-{day:02},{amount},{category}", 2020 + nth / 336).unwrap();
    }
    text
}

#[test]
fn a_table_of_another_day_is_built_by_the_same_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let crm: String =
        (0..200).fold("customer_id,region\n".to_owned(), |text, nth| text + &format!("C{nth},{}\n", ["north", "south"][nth % 2]));
    for (place, until) in [("then", 2400), ("now", 3600)] {
        std::fs::create_dir(folder.path().join(place)).unwrap();
        std::fs::write(folder.path().join(place).join("orders.csv"), orders(0, until)).unwrap();
        std::fs::write(folder.path().join(place).join("crm.csv"), &crm).unwrap();
    }
    let mut sourcing = data::Sourcing::default();
    for name in ["crm", "orders"] {
        let path = folder.path().join("then").join(format!("{name}.csv"));
        sourcing.sources.push(data::SourceFile { name: name.into(), path, ..data::SourceFile::default() });
    }
    let mut plan = personae::session::Plan::new(Source::Sources(std::sync::Arc::new(sourcing)));
    plan.clustering.kmeans.k = Some(3);
    let wanted = personae::engine::Wanted::outputs(personae::engine::Outputs { personas: true, ..Default::default() });
    let (report, _) = personae::engine::analyse(&plan, &wanted, &Ctx::new()).unwrap();
    let text = personae::export::model_json(&report, &Ctx::new()).unwrap().unwrap();
    assert!(!text.contains(folder.path().to_str().unwrap()), "files are named, not placed");
    std::fs::write(folder.path().join("m.model.json"), &text).unwrap();
    let mut fit = Vec::new();
    personae::export::labels_csv(&report, &mut fit, &Ctx::new()).unwrap();
    let (code, told, why) = personae(folder.path(), &["score", "m.model.json", "then/orders.csv", "then/crm.csv", "--out", "then.csv"]);
    assert_eq!(code, 0, "{told}{why}");
    let then = std::fs::read_to_string(folder.path().join("then.csv")).unwrap();
    assert_eq!(then, String::from_utf8(fit).unwrap(), "the same files give the labels of the fit");
    let (code, told, why) = personae(folder.path(), &["score", "m.model.json", "now/crm.csv", "now/orders.csv", "--out", "now.csv"]);
    assert_eq!(code, 0, "{told}{why}");
    let now = std::fs::read_to_string(folder.path().join("now.csv")).unwrap();
    assert_eq!(now.lines().next(), then.lines().next(), "the very same columns");
    // What became of the money of the later orders is told as for any table.
    assert!(told.contains("orders: "), "{told}");
    let (code, _, why) = personae(folder.path(), &["score", "m.model.json", "now/orders.csv", "--out", "x.csv", "--quiet"]);
    assert_eq!(code, 2);
    assert!(why.contains("built from 2 files (crm.csv, orders.csv), and 1 were given"), "{why}");
}

fn model_of(loaded: &Loaded) -> Model {
    let (prepared, encoder) = prepare_with_encoder(loaded, &Preparation::default(), &Ctx::new()).unwrap();
    let fit = kmeans(&prepared.matrix, &KMeansParams { k: 3, restarts: 2, seed: 0 }, &Ctx::new()).unwrap();
    let names: Vec<String> = (0..3).map(|at| format!("S{at}")).collect();
    let grouping = Grouping { loaded, prepared: &prepared, labels: &fit.labels, names: &names, colors: &[], method: "k-Means" };
    Model::new(&grouping, encoder, Assign::of_kmeans(&fit), &Ctx::new()).unwrap()
}

/// Batches placed and written with these columns (all unless named), whatever the size of the file; the places with all that was met.
fn in_pieces(model: &Model, path: &Path, out: &Path, keep: &[String]) -> (Vec<Place>, Met) {
    let (mut places, mut met) = (Vec::new(), Met::default());
    let mut writer = match out.extension().unwrap().to_str().unwrap() {
        "csv" => BatchWriter::csv(std::fs::File::create(out).unwrap()),
        _ => BatchWriter::parquet(std::fs::File::create(out).unwrap()),
    };
    let read: Vec<String> = match keep.is_empty() {
        true => Vec::new(),
        false => keep.iter().cloned().chain(model.columns().into_iter().map(str::to_owned)).collect(),
    };
    let mut take = |mut batch: data::Batch| {
        assert!(model.places_in_batches(&batch.table));
        let Placement { places: some, met: more, .. } = model.place(&Loaded::unprofiled(batch.table.clone()), &Ctx::new()).unwrap();
        let numbers = some.iter().map(|place| if let Place::Segment(at) = place { Some(*at as i64) } else { None }).collect();
        if !keep.is_empty() {
            assert!(
                batch.table.column("visits").is_some() && batch.table.column("customer").is_none(),
                "what is neither placed by nor kept is not read"
            );
            batch.keep(keep);
        }
        writer.write(&batch, &[Extra { name: "persona".into(), values: ExtraValues::Whole(numbers) }], &Ctx::new())?;
        places.extend(some);
        met.add(more);
        Ok(true)
    };
    in_batches(path, &ReadAs::default(), (0, &read), &mut take, &Ctx::new()).unwrap().expect("it has batches");
    writer.finish().unwrap();
    (places, met)
}

#[test]
fn batches_of_a_large_file_are_placed_like_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("shop.csv");
    std::fs::write(&csv, shop()).unwrap();
    let loaded = data::read(&Source::file(&csv), &Ctx::new()).unwrap();
    let model = model_of(&loaded);
    let whole = model.place(&loaded, &Ctx::new()).unwrap();
    let parquet = folder.path().join("shop.parquet");
    write::parquet(&loaded.table, &[], std::fs::File::create(&parquet).unwrap(), &Ctx::new()).unwrap();
    for (from, to) in [(&csv, "a.csv"), (&csv, "b.parquet"), (&parquet, "c.csv"), (&parquet, "d.parquet")] {
        let out = folder.path().join(to);
        let (places, met) = in_pieces(&model, from, &out, &[]);
        assert_eq!(places, whole.places, "{from:?}");
        assert_eq!(met, whole.met, "{from:?}");
        let back = data::read(&Source::file(&out), &Ctx::new()).unwrap();
        assert_eq!(back.table.n_rows, 300);
        let names: Vec<&str> = back.table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["customer", "spend", "visits", "channel", "since", "persona"], "{to}");
        let (few, _) = in_pieces(&model, from, &out, &["spend".to_owned()]);
        assert_eq!(few, whole.places, "{from:?}");
        let back = data::read(&Source::file(&out), &Ctx::new()).unwrap();
        let names: Vec<&str> = back.table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!((names, back.table.n_rows), (vec!["spend", "persona"], 300), "{to}");
    }
    // What batches met is told as the whole tells it.
    let mut twice = whole.met.clone();
    twice.add(whole.met.clone());
    let of = |notes: &[personae::base::Note]| notes.iter().map(|note| note.0.clone()).collect::<Vec<_>>();
    assert_eq!(of(&model.notes(&whole.met)), of(&whole.notes));
    assert!(of(&model.notes(&twice)).iter().any(|note| note.contains("of 600 customers")), "{:?}", model.notes(&twice));
}
