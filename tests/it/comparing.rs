//! Two solutions side by side: do the numbers agree with scikit-learn's, does pinning keep what was pinned, and can it be worked by name?

use std::sync::Arc;

use personae::base::Labels;
use personae::data::Source;
use personae::engine::{Answers, Engine, EngineOptions, Wanted, choose};
use personae::evaluate::{compare, known};
use personae::plot::Compared;
use personae::session::project::{self, Project};
use personae::session::{Against, Clustering, Cut, DensityOptions, History, KMeansOptions, MergeKey, Page, Plan, TreeOptions};
use serde::Deserialize;

#[derive(Deserialize)]
struct Frozen {
    cases: Vec<FrozenCase>,
}

/// Noise and missing values are -1.
#[derive(Deserialize)]
struct FrozenCase {
    name: String,
    left: Vec<i64>,
    right: Vec<i64>,
    /// scikit-learn's `contingency_matrix`, rows and columns by ascending label.
    table: Vec<Vec<usize>>,
    adjusted_rand: f64,
    /// Rows in the best pairs of SciPy's `linear_sum_assignment`, noise paired with noise alone.
    matched: usize,
}

/// Canonical labels, and for every group of a table the label scikit-learn knows it by.
fn read(ids: &[i64]) -> (Labels, Vec<i64>) {
    let options: Vec<Option<usize>> = ids.iter().map(|&id| usize::try_from(id).ok()).collect();
    let labels = Labels::from_options(&options);
    let n_noise = labels.n_noise();
    let mut known_as = vec![-1; labels.n_clusters() + usize::from(n_noise > 0)];
    for (row, cluster) in labels.iter().enumerate() {
        if let Some(cluster) = cluster {
            known_as[cluster] = ids[row];
        }
    }
    (labels, known_as)
}

#[test]
fn tables_and_indices_are_those_of_scikit_learn() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/comparing.json");
    let frozen: Frozen = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert!(frozen.cases.len() >= 6);
    for case in frozen.cases {
        let ((left, left_ids), (right, right_ids)) = (read(&case.left), read(&case.right));
        let table = compare(&left, &right, &(0..left.n_clusters()).collect::<Vec<_>>());
        let place = |ids: &[i64], id: i64| {
            let mut ascending = ids.to_vec();
            ascending.sort_unstable();
            ascending.iter().position(|&other| other == id).unwrap()
        };
        for (i, &left_id) in left_ids.iter().enumerate() {
            for (j, &right_id) in right_ids.iter().enumerate() {
                assert_eq!(table.counts[i][j], case.table[place(&left_ids, left_id)][place(&right_ids, right_id)], "{}", case.name);
            }
        }
        assert!((table.adjusted_rand - case.adjusted_rand).abs() < 1e-12, "{}: {}", case.name, table.adjusted_rand);
        assert_eq!(table.together, case.matched as f64 / case.left.len() as f64, "{}", case.name);
    }
}

fn wanted() -> Wanted {
    Wanted::on(Page::Segments)
}

fn compared(answers: &Answers) -> &Arc<Compared> {
    assert_eq!(answers.comparison.problem(), None);
    answers.comparison.ready().expect("a comparison")
}

#[test]
fn what_is_pinned_stays_while_the_rest_goes_on() {
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    let mut plan = Plan::new(Source::Sample { seed: 0 });
    plan.clustering = Clustering { kmeans: KMeansOptions { k: Some(4), restarts: 2 }, k_to: 6, ..Clustering::default() };
    let answers = engine.wait_until_idle(&plan, &wanted());
    assert!(answers.comparison.latest().is_none(), "nothing was chosen to compare with");
    let four = answers.segmentation.ready().unwrap().clone();

    plan.comparison = Some(Against::Solution(choose::pinned(&plan.clustering, &four)));
    let same = engine.wait_until_idle(&plan, &wanted());
    let same = compared(&same);
    assert_eq!((same.table.adjusted_rand, same.table.together), (1.0, 1.0));
    assert!(same.title.contains("k = 4"), "{}", same.title);
    assert_eq!(same.left_names, ["Group 1", "Group 2", "Group 3", "Group 4"]);

    plan.clustering.kmeans.k = Some(6);
    let stale = engine.answer(&plan, &wanted());
    assert!(stale.comparison.latest().is_some(), "the last comparison stays in sight");
    let six = engine.wait_until_idle(&plan, &wanted());
    let expected = compare(&four.labels, &six.segmentation.ready().unwrap().labels, &[0, 1, 2, 3]);
    assert_eq!(compared(&six).table, expected, "four pinned groups against six");
    assert_eq!(expected.right.len(), 6);

    // A suggestion may change with the data's other choices; what is pinned leaves nothing to it.
    plan.clustering = Clustering { kmeans: KMeansOptions { k: None, ..plan.clustering.kmeans }, ..plan.clustering };
    let suggested = engine.wait_until_idle(&plan, &wanted());
    let pinned = choose::pinned(&plan.clustering, suggested.segmentation.ready().unwrap());
    assert_eq!(pinned.kmeans.k, suggested.segmentation.ready().unwrap().by.k());

    plan.comparison = None;
    assert!(engine.wait_until_idle(&plan, &wanted()).comparison.latest().is_none(), "and it goes with its choice");
}

#[test]
fn every_method_can_be_compared_with_every_other_and_with_columns() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.csv");
    // Three clear groups; the shop is known for all but one of the first.
    let rows = (0..60).map(|row| {
        let (group, wiggle) = (row / 20, f64::from(row % 7) * 0.1);
        let shop = if row == 0 { "" } else { ["web", "store", "phone"][group as usize] };
        format!("{},{},{shop}\n", f64::from(group * 10) + wiggle, f64::from(group * group) - wiggle)
    });
    std::fs::write(&file, format!("spend,visits,shop\n{}", rows.collect::<String>())).unwrap();
    let mut plan = Plan::new(Source::file(file));
    plan.preparation.features = Some(["spend", "visits"].map(String::from).into());
    let base = Clustering {
        kmeans: KMeansOptions { k: Some(3), restarts: 3 },
        k_to: 5,
        tree: TreeOptions { cut: Cut::Clusters(3), ..TreeOptions::default() },
        density: DensityOptions { min_samples: 4, ..DensityOptions::default() },
        ..Clustering::default()
    };
    let mut engine = Engine::new(|| {}, EngineOptions::default());
    for method in personae::cluster::Method::ALL {
        for other in personae::cluster::Method::ALL {
            plan.clustering = Clustering { method, ..base.clone() };
            plan.comparison = Some(Against::Solution(Clustering { method: other, ..base.clone() }));
            let answers = engine.wait_until_idle(&plan, &wanted());
            assert_eq!(compared(&answers).table.n_rows, 60, "{method:?} with {other:?}");
        }
    }
    // The same from the suggestion: its elbow is made though it is not shown.
    plan.clustering = Clustering { k_to: 5, kmeans: KMeansOptions { restarts: 3, ..KMeansOptions::default() }, ..Clustering::default() };
    plan.comparison = Some(Against::Solution(Clustering { method: personae::cluster::Method::Tree, ..plan.clustering.clone() }));
    assert_eq!(compared(&engine.wait_until_idle(&plan, &wanted())).table.adjusted_rand, 1.0, "both see the three groups");

    plan.comparison = Some(Against::Column("shop".into()));
    let shops = engine.wait_until_idle(&plan, &wanted());
    let shops = compared(&shops);
    assert_eq!((shops.title.as_str(), &shops.left_names[..]), ("Shop", &["store", "phone", "web", "No value"].map(String::from)[..]));
    assert_eq!(shops.table.left.iter().map(|group| group.size).collect::<Vec<_>>(), [20, 20, 19, 1]);
    assert_eq!(shops.table.together, 59.0 / 60.0);

    plan.comparison = Some(Against::Column("spend".into()));
    let fifths = engine.wait_until_idle(&plan, &wanted());
    let fifths = compared(&fifths);
    assert_eq!(fifths.table.left.iter().map(|group| group.size).sum::<usize>(), 60);
    let from: Vec<f64> =
        fifths.table.left_order.iter().map(|&i| fifths.left_names[i].split(' ').next().unwrap().parse().unwrap()).collect();
    assert!(fifths.left_names.len() == 5 && from.is_sorted(), "five fifths from small to large: {:?}", fifths.left_names);

    plan.comparison = Some(Against::Column("nobody".into()));
    let sentence = engine.wait_until_idle(&plan, &wanted()).comparison.problem().unwrap().0.to_string();
    assert!(sentence.starts_with("nobody knows no groups") && sentence.ends_with("Choose another column."), "{sentence}");
}

#[test]
fn equal_values_are_never_parted_into_fifths() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.csv");
    // Sixty of a hundred bought once; eleven values, so the column is cut.
    let orders = (0..100).map(|row: u32| if row < 60 { 1 } else { 2 + (row - 60) % 12 });
    std::fs::write(&file, format!("orders,other\n{}", orders.map(|n| format!("{n},{}\n", n % 3)).collect::<String>())).unwrap();
    let source = Source::file(file);
    let loaded = personae::data::read(&source, &personae::base::Ctx::new()).unwrap();
    let every_row: Vec<usize> = (0..100).collect();
    let orders = known(&loaded, "orders", &every_row).unwrap();
    // Quintiles of 60 ones and about 3.3 of each of 2 to 13: 1, 1, 1, 7; empty groups are none.
    assert_eq!(orders.labels.sizes()[0], 60);
    assert_eq!(orders.names[0], "1");
    let in_order: Vec<&str> = orders.order.iter().map(|&cluster| orders.names[cluster].as_str()).collect();
    assert_eq!(in_order, ["1", "2 to 7", "8 to 13"]);
    let other = known(&loaded, "other", &every_row[..10]).unwrap();
    assert_eq!((other.names, other.labels.n_rows()), (vec!["1".to_owned()], 10), "only the rows that take part");
}

#[test]
fn a_comparison_is_saved_undone_and_absent_from_older_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.personae");
    let clustering = Clustering { kmeans: KMeansOptions { k: Some(5), ..KMeansOptions::default() }, ..Clustering::default() };
    for against in [Against::Solution(clustering), Against::Column("Größe".into())] {
        let plan = Plan { comparison: Some(against), ..Plan::default() };
        project::save(&file, &Project { plan: plan.clone(), ..Project::default() }).unwrap();
        assert_eq!(project::open(&file).unwrap().project.plan, plan);

        let mut history = History::new(Plan::default());
        let key = MergeKey::while_held(history.plan(), &plan);
        assert_eq!(key, MergeKey::Apart);
        history.push(plan.clone(), key);
        assert_eq!(history.undo().unwrap().comparison, None);
        assert_eq!(history.redo(), Some(&plan));
    }
    project::save(&file, &Project::default()).unwrap();
    assert!(!std::fs::read_to_string(&file).unwrap().contains("\"comparison\""), "nothing is written where nothing was chosen");
    let old = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project_v1.personae");
    assert_eq!(project::open(&old).unwrap().project.plan.comparison, None);
}
