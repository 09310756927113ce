//! The model: its own customers are placed where they are, its file is the same model, and old files open for ever.

use std::path::PathBuf;

use personae::base::{Ctx, Labels};
use personae::cluster::{Assign, KMeansParams, Linkage, density, hdbscan, kmeans, linkage};
use personae::data::{self, Loaded};
use personae::evaluate::KnownGroups;
use personae::features::{ColumnRecipe, Encoder, MissingRule, Preparation, Prepared, prepare_with_encoder};
use personae::model::{Grouping, Model, ModelError, Place, from_text, open, to_text};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn read(text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    data::read(&data::Source::file(path), &Ctx::new()).unwrap()
}

/// The sample, whose rows without an income are left out.
fn sample() -> (Loaded, Prepared, Encoder) {
    let loaded = data::read(&data::Source::Sample { seed: 2 }, &Ctx::new()).unwrap();
    let recipe = ColumnRecipe { missing: Some(MissingRule::LeaveOutRows), ..ColumnRecipe::default() };
    let gappy = loaded.profile.columns.iter().find(|column| column.n_missing > 0 && column.missing_share < 0.1).unwrap();
    let preparation = Preparation { columns: [(gappy.name.clone(), recipe)].into(), ..Preparation::default() };
    let (prepared, encoder) = prepare_with_encoder(&loaded, &preparation, &Ctx::new()).unwrap();
    (loaded, prepared, encoder)
}

/// A model of each method with the labels it was made from.
fn models(loaded: &Loaded, prepared: &Prepared, encoder: &Encoder) -> Vec<(&'static str, Model, Labels)> {
    let (x, ctx) = (&prepared.matrix, Ctx::new());
    let fit = kmeans(x, &KMeansParams { k: 5, restarts: 3, seed: 0 }, &ctx).unwrap();
    let tree = density(x, 5, &ctx).unwrap();
    let epsilon = tree.k_distances()[tree.k_distances().len() / 10];
    let found = hdbscan(&tree, 25, &ctx).unwrap();
    let mut made = vec![
        ("k-means", Assign::of_kmeans(&fit), fit.labels.clone()),
        ("DBSCAN", Assign::of_density(x, &tree, epsilon), tree.labels_at(epsilon)),
        ("HDBSCAN", Assign::of_hdbscan(x, &tree, &found), found.labels.clone()),
    ];
    for (name, each) in [
        ("Ward", Linkage::Ward),
        ("Average", Linkage::Average),
        ("Complete", Linkage::Complete),
        ("Weighted", Linkage::Weighted),
        ("Single", Linkage::Single),
    ] {
        let labels = linkage(x, each, &ctx).unwrap().cut_clusters(5);
        made.push((name, Assign::of_tree(x, &labels, each, &ctx).unwrap(), labels));
    }
    let mut models = Vec::new();
    for (method, assign, labels) in made {
        let n = labels.n_clusters();
        let labels = labels.numbered((0..n).rev().collect());
        let names: Vec<String> = (0..n).map(|cluster| format!("Segment \"{cluster}\"")).collect();
        let grouping = Grouping { loaded, prepared, labels: &labels, names: &names, colors: &[], method };
        models.push((method, Model::new(&grouping, encoder.clone(), assign, &ctx).unwrap(), labels));
    }
    models
}

#[test]
fn its_own_customers_are_placed_where_they_are() {
    let (loaded, prepared, encoder) = sample();
    assert!(prepared.table_rows.len() < loaded.table.n_rows, "somebody is left out");
    let place = prepared.matrix_row_of_table_row();
    for (method, model, labels) in models(&loaded, &prepared, &encoder) {
        println!("{method}: {}", model.told());
        let placed = model.place(&loaded, &Ctx::new()).unwrap();
        let mut same = 0;
        for (row, found) in placed.places.iter().enumerate() {
            let expected = match place[row] {
                None => Place::LeftOut,
                Some(at) => labels.get(at).map_or(Place::Nowhere, Place::Segment),
            };
            assert_eq!(*found == Place::LeftOut, expected == Place::LeftOut);
            same += usize::from(*found == expected && expected != Place::LeftOut);
        }
        assert_eq!((same, model.kept.rows), (prepared.table_rows.len(), prepared.table_rows.len()), "{method} keeps every label");
        assert_eq!(placed.notes.iter().filter(|note| note.0.contains("left out")).count(), 1, "{method}");
        let by_rule = model.kept.same;
        let is_tree = ["Ward", "Average", "Complete", "Weighted"].contains(&method);
        assert!(is_tree || by_rule == model.kept.rows, "{method} needs no exceptions");
        assert!(by_rule as f64 > 0.6 * model.kept.rows as f64, "{method}: {by_rule}");
        // Within reach of its mean is, of every segment, what was meant to be.
        for (cluster, segment) in model.segments.iter().enumerate() {
            let inside = (0..loaded.table.n_rows).filter(|&row| placed.places[row] == Place::Segment(cluster));
            let fits = inside.filter(|&row| model.fits(cluster, placed.distances[row]) == Some(true)).count();
            let share = fits as f64 / segment.size as f64;
            assert!((0.97..=1.0).contains(&share) || segment.size < 100, "{method}: {share}");
        }
        assert_eq!(model.segments.len(), labels.n_clusters());
        for (cluster, segment) in model.segments.iter().enumerate() {
            assert_eq!((segment.size, segment.number), (labels.sizes()[cluster], labels.numbers()[cluster]));
        }
        // The file is the same model, to the last bit.
        let text = to_text(&model);
        let again = from_text(&text, "shop-model.json").unwrap();
        assert!(again == model && to_text(&again) == text, "{method}");
        let placed_again = again.place(&loaded, &Ctx::new()).unwrap();
        assert!(placed_again.places == placed.places && placed_again.met == placed.met, "{method}");
    }
}

#[test]
fn the_groups_of_a_column_are_placed_by_it() {
    let (loaded, prepared, _) = sample();
    for profile in &loaded.profile.columns {
        let Some((groups, labels)) = KnownGroups::new(&loaded, &profile.name, &prepared.table_rows) else { continue };
        let grouping =
            Grouping { loaded: &loaded, prepared: &prepared, labels: &labels, names: &[], colors: &[], method: "Groups of a column" };
        let model = Model::of_column(&grouping, groups, &Ctx::new()).unwrap();
        assert_eq!(
            model.told(),
            format!(
                "Every one of the {} customers it was made from is placed in the segment they have.",
                personae::base::text::count(prepared.table_rows.len())
            ),
            "{}",
            profile.name
        );
        assert!(from_text(&to_text(&model), "m.json").unwrap() == model, "{}", profile.name);
    }
    let table = read("plan,n\nbasic,1\nplus,2\nbasic,3\n,4\n");
    let (groups, labels) = KnownGroups::new(&table, "plan", &[0, 1, 2, 3]).unwrap();
    assert_eq!(labels.sizes(), [2, 1]);
    let others = read("n,plan\n1,plus\n2,gold\n3,\n4,basic\n");
    assert_eq!(groups.clusters(&others, &Ctx::new()).unwrap(), [Some(1), None, None, Some(0)]);
    let refused = groups.clusters(&read("n,Plan\n1,plus\n2,basic\n"), &Ctx::new()).unwrap_err().to_string();
    assert_eq!(refused, "the table has no column called \"plan\", by which the segments were made; if \"Plan\" holds it, rename that one.");
}

#[test]
fn old_files_open_for_ever() {
    let model = open(&fixture("model_v1.json")).unwrap();
    let names: Vec<(usize, &str)> = model.segments.iter().map(|segment| (segment.number + 1, segment.name.as_str())).collect();
    assert_eq!(names, [(2, "Thrifty web visitors"), (1, "Spenders in shops")]);
    // By hand: (ln(1 + spend) - 1) / 2, days after 2020-01-01 / 100, and 0.45 for web or -0.8 for others.
    let table = read(
        "age,channel,first_order,spend\n30,web,2020-01-01,0\n30,owl,2020-04-10,1000\n,web,2020-01-01,0\n99,fax,2020-01-02,-5\n50,shop,2020-01-01,\n",
    );
    let placed = model.place(&table, &Ctx::new()).unwrap();
    assert_eq!(placed.places, [Place::Segment(0), Place::Segment(1), Place::LeftOut, Place::Segment(0), Place::Segment(0)]);
    let x = |values: &[f64]| read(&std::iter::once("x\n".to_owned()).chain(values.iter().map(|v| format!("{v}\n"))).collect::<String>());
    let (one, two, none) = (Place::Segment(0), Place::Segment(1), Place::Nowhere);
    for (name, values, places) in [
        ("model_v1_cores.json", &[10.2, 1.0, -1.1, 12.0, 5.0][..], vec![one, two, none, one, none]),
        ("model_v1_lasting.json", &[-7.5, 2.5, 8.0, 30.0, 12.0, 20.4], vec![one, one, two, none, two, two]),
        ("model_v1_column.json", &[0.5, 1.0, 1.5, 2.5, 3.5, 99.0], vec![one, one, two, none, Place::Segment(2), Place::Segment(3)]),
    ] {
        let model = open(&fixture(name)).unwrap();
        assert_eq!(model.place(&x(values), &Ctx::new()).unwrap().places, places, "{name}");
        let saved: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(fixture(name)).unwrap()).unwrap();
        let again: serde_json::Value = serde_json::from_str(&to_text(&model)).unwrap();
        assert_eq!(saved["model"], again["model"], "{name} is written as it was read");
    }
}

#[test]
fn refusals_say_what_to_change() {
    let text = std::fs::read_to_string(fixture("model_v1.json")).unwrap();
    let refused = |text: &str| from_text(text, "shop-model.json").unwrap_err().to_string();
    assert_eq!(
        refused(&text.replacen("\"personae_model\": 1", "\"personae_model\": 7", 1).replacen("0.1.0", "9.2.0", 1)),
        "shop-model.json was saved with Personae 9.2.0, which is newer than this one (0.1.0); update Personae to open it."
    );
    assert_eq!(
        refused("{\"personae_model\": 8, \"saved_with\": \"12.0.0\", \"model\": \"of another form\"}"),
        "shop-model.json was saved with Personae 12.0.0, which is newer than this one (0.1.0); update Personae to open it."
    );
    assert_eq!(
        refused("name,age\n"),
        "shop-model.json is no Personae model: line 1: expected ident. Choose a file that was saved as a model, or save the model again."
    );
    assert_eq!(
        refused("{}"),
        "shop-model.json is no Personae model: line 1: missing field `personae_model`. Choose a file that was saved as a model, or save the model again."
    );
    let half = refused(&text[..text.len() / 2]);
    assert!(half.starts_with("shop-model.json is no Personae model: line ") && half.contains("EOF while parsing"), "{half}");
    for (from, to, what) in [
        ("\"spread\": 2.0", "\"spread\": 0.0", "a number in it cannot be computed with"),
        ("\"indicator\": 1", "\"indicator\": 7", "a number in it cannot be computed with"),
        ("\"number\": 2", "\"number\": 1", "two of its segments have one number"),
    ] {
        assert_eq!(refused(&text.replacen(from, to, 1)), format!("shop-model.json is a damaged model: {what}; save the model again."));
    }
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["model"]["placing"]["assign"]["centroids"] = serde_json::json!({"n_cols": 2, "rows": [[0.0, 1.0], [1.0, 2.0]]});
    assert_eq!(
        refused(&value.to_string()),
        "shop-model.json is a damaged model: its columns become 3 dimensions, and its rule expects 2; save the model again."
    );
    value["model"]["placing"]["assign"]["centroids"] = serde_json::json!({"n_cols": 3, "rows": [[0.0, 1.0], [1.0, 2.0]]});
    assert!(refused(&value.to_string()).starts_with("shop-model.json is no Personae model: "));
    for (number, said) in [("0", "0"), ("\"3.0\"", "3.0"), ("\"\"", "")] {
        let refused = refused(&text.replacen("\"number\": 2", &format!("\"number\": {number}"), 1));
        assert!(refused.contains(&format!(": {said} is no number of a segment")), "{refused}");
    }
    let missing = open(&fixture("no_such_model.json")).unwrap_err().to_string();
    assert!(missing.contains("cannot be opened") && missing.ends_with("check the name and your permission to read it."), "{missing}");
    let (loaded, prepared, encoder) = sample();
    let (_, model, labels) = models(&loaded, &prepared, &encoder).swap_remove(0);
    let fewer = Labels::from_ids(&labels.iter().map(|label| label.unwrap_or(0).min(3)).collect::<Vec<_>>());
    let grouping = Grouping { loaded: &loaded, prepared: &prepared, labels: &fewer, names: &[], colors: &[], method: "k-Means" };
    let personae::model::Placing::Space { assign, .. } = model.placing else { panic!("k-means places in space") };
    let refused = Model::new(&grouping, encoder, assign, &Ctx::new()).unwrap_err();
    assert!(matches!(refused, ModelError::Unsound { .. }));
    assert_eq!(
        refused.to_string(),
        "the parts of this model do not fit together: it names 4 segments, and its rule knows 5; make the model again from its segments."
    );
}
