//! Do the plots draw what the steps computed? Small things by hand, large ones by their laws.

use std::sync::Arc;

use personae::base::{Ctx, Key, Labels, Matrix, Stopped};
use personae::cluster::{Dendrogram, Linkage, Merge};
use personae::data::profile::Levels;
use personae::data::{Column, ColumnProfile, Loaded, Profile, Role, Table, Texts, Values};
use personae::evaluate::Silhouettes;
use personae::features::{Pca, Prepared};
use personae::plot::{self, AxisKind, MapAxis, MapPlot, TreeGroups, TreeNode, TreeView, TreeWindow};

fn loaded(columns: Vec<Column>) -> Loaded {
    let n_rows = columns.first().map_or(0, |column| match &column.values {
        Values::Number(values) => values.len(),
        Values::Date(days) => days.len(),
        Values::Text(texts) => texts.len(),
    });
    let profiles = columns.iter().map(|column| {
        let levels = match &column.values {
            Values::Text(texts) => {
                let mut names: Vec<String> = Vec::new();
                let codes = texts.iter().map(|text| match text {
                    Some(text) => names.iter().position(|name| name == text).unwrap_or_else(|| {
                        names.push(text.to_owned());
                        names.len() - 1
                    }) as u32,
                    None => Levels::MISSING,
                });
                let codes = codes.collect();
                Some(Arc::new(Levels { counts: vec![1; names.len()], names, codes }))
            }
            _ => None,
        };
        ColumnProfile {
            name: column.name.clone(),
            kind: column.kind(),
            n_missing: 0,
            missing_share: 0.0,
            // No two rows share an identifier.
            n_distinct: if column.name == "id" { n_rows } else { 1 },
            numeric: None,
            levels,
            histogram: vec![],
            guessed_role: if column.name == "id" { Role::Identifier } else { Role::Behavioural },
            guess_reason: String::new(),
        }
    });
    let profile = Profile { columns: profiles.collect() };
    Loaded {
        title: "made by hand".into(),
        table: Table { columns, n_rows },
        profile,
        notes: vec![],
        stamp: Key::of_bytes(b""),
        is_listing: false,
        sheets: vec![],
    }
}

fn numbers(name: &str, values: &[f64]) -> Column {
    Column { name: name.into(), values: Values::Number(values.into()), unit: Some("€".into()), original: None }
}

fn texts(name: &str, values: &[Option<&str>]) -> Column {
    Column { name: name.into(), values: Values::Text(Texts::collect(values.iter().copied())), unit: None, original: None }
}

fn prepared(table_rows: Vec<usize>, n_table_rows: usize, scores: Vec<Vec<f64>>) -> Prepared {
    let n = table_rows.len();
    let explained: Vec<f64> = (0..scores.len()).map(|c| [0.314, 0.047][c.min(1)]).collect();
    let pca = Pca {
        encoded_names: vec![],
        eigenvalues: explained.clone(),
        explained,
        loadings: vec![],
        scores: scores.into_iter().map(Arc::from).collect(),
        choice: String::new(),
    };
    let matrix = Matrix::new(vec![0.0; n], n, 1).unwrap();
    Prepared { matrix, dimension_names: vec!["x".into()], table_rows, n_table_rows, columns: vec![], pca, notes: vec![] }
}

fn merge(left: u32, right: u32, height: f64, size: u32) -> Merge {
    Merge { left, right, height, size }
}

/// Rows 0, 1, 2, 3: (1, 3) at 1, (0, 2) at 2, both at 5.
fn four() -> (Dendrogram, Loaded, Prepared) {
    let merges = vec![merge(1, 3, 1.0, 2), merge(0, 2, 2.0, 2), merge(4, 5, 5.0, 4)];
    let tree = Dendrogram { merges, n_rows: 4, linkage: Linkage::Average };
    let ids = texts("id", &[Some("left out"), Some("a"), Some("b"), None, Some("d")]);
    (tree, loaded(vec![ids]), prepared(vec![1, 2, 3, 4], 5, vec![]))
}

#[test]
fn a_tree_of_four_by_hand() {
    let (tree, loaded, prepared) = four();
    let plot = plot::tree(&tree, &loaded, &prepared, &Ctx::new()).unwrap();
    let names: Vec<&str> = (0..4).map(|leaf| plot.name(leaf)).collect();
    assert_eq!(names, ["b", "d", "a", "Row 4"], "identifiers of the table's rows, their place where there is none");
    assert_eq!((plot.top, plot.linkage.as_str(), plot.n_leaves(), plot.root()), (5.0, "Average", 4, Some(6)));
    let node = |x, height, size, leaves| TreeNode { x, height, size, leaves };
    let expected = [node(0.0, 0.0, 1, [0, 0]), node(0.5, 1.0, 2, [0, 1]), node(2.5, 2.0, 2, [2, 3]), node(1.5, 5.0, 4, [0, 3])];
    assert_eq!([1, 4, 5, 6].map(|at| plot.node(at)), expected);
    assert_eq!((plot.children(6), plot.children(3)), (Some([4, 5]), None));
    assert_eq!((plot.parent(4), plot.parent(6)), (Some(6), None));
    assert_eq!([0.5, 1.0, 4.0, 5.0].map(|height| plot.clusters_at(height)), [4, 3, 2, 1]);
    assert_eq!((plot.heights_for(1), plot.heights_for(2), plot.heights_for(4)), ([5.0, 5.300000000000001], [2.0, 5.0], [0.0, 1.0]));
}

#[test]
fn a_cut_numbers_groups_as_labels_do() {
    let (tree, loaded, prepared) = four();
    let plot = plot::tree(&tree, &loaded, &prepared, &Ctx::new()).unwrap();
    let of_leaf = |groups: TreeGroups| (0..4).map(|leaf| groups.cluster_of_leaf(leaf).unwrap()).collect::<Vec<_>>();
    // Equal sizes: the group with row 0 (leaves 2 and 3) comes first.
    assert_eq!(of_leaf(plot.groups_below(3.0)), [1, 1, 0, 0]);
    assert_eq!(of_leaf(plot.groups_below(1.0)), [0, 0, 1, 2], "a merge at the very height is made");
    assert_eq!(of_leaf(plot.groups_below(0.5)), [1, 3, 0, 2]);
    assert_eq!(of_leaf(plot.groups_below(9.0)), [0; 4]);
    for k in 1..=6 {
        let (groups, labels) = (plot.groups_at(k), tree.cut_clusters(k));
        assert_eq!((groups.n_groups, groups.groups.len()), (k.min(4), k.min(4)));
        for (row, label) in labels.iter().enumerate() {
            assert_eq!(groups.cluster_of(&plot, row as u32), label, "row {row} of {k}");
        }
    }
    assert_eq!([4, 5, 6].map(|node| plot.groups_at(2).cluster_of(&plot, node)), [Some(1), Some(0), None]);
}

#[test]
fn trees_of_nothing_and_of_one() {
    for n in 0..2 {
        let tree = Dendrogram { merges: vec![], n_rows: n, linkage: Linkage::Ward };
        let plot = plot::tree(&tree, &loaded(vec![]), &prepared((0..n).collect(), n, vec![]), &Ctx::new()).unwrap();
        assert_eq!((plot.n_leaves(), plot.root(), plot.top, plot.clusters_at(1.0)), (n, None, 0.0, 1));
        assert_eq!((plot.groups_below(1.0).groups.len(), plot.groups_at(3).groups.len()), (n, n));
        let window = TreeWindow { leaves: [-0.8, 0.8], heights: [0.0, 1.0], pixels: [300.0, 200.0], cut: 0.5, collapsed: &[] };
        assert_eq!(plot.view(&window), TreeView::default());
    }
}

#[test]
fn the_map_has_titles_levels_and_bounds() {
    let data = loaded(vec![
        numbers("spend", &[7.0, 1.0, f64::NAN, 3.0, 4.0]),
        texts("channel", &[Some("?"), Some("web"), Some("shop"), Some("web"), None]),
    ]);
    let prepared = prepared(vec![1, 2, 3, 4], 5, vec![vec![0.0, 1.0, 2.0, 3.0], vec![-1.0, 0.0, 0.0, 5.0]]);
    let labels = Labels::from_options(&[Some(0), Some(0), Some(1), None]);
    let on = |x: MapAxis, y: MapAxis| plot::map(&data, &prepared, &labels, &(x, y), &Ctx::new()).unwrap();
    let column = |name: &str| MapAxis::Column(name.into());

    let plot = on(MapAxis::Component(0), MapAxis::Component(1));
    assert_eq!((plot.x_name.as_str(), plot.y_name.as_str()), ("PC1 (31 %)", "PC2 (4.7 %)"));
    assert_eq!((plot.clusters, plot.noise), (vec![vec![[0.0, -1.0], [1.0, 0.0]], vec![[2.0, 0.0]]], vec![[3.0, 5.0]]));
    assert_eq!((plot.bounds, plot.n_shown, plot.n_total), ([[0.0, -1.0], [3.0, 5.0]], 4, 4));

    let plot = on(column("spend"), column("channel"));
    assert_eq!(plot.x_name, "spend (€)");
    assert_eq!(plot.y_kind, AxisKind::Levels(vec!["?".into(), "web".into(), "shop".into()]));
    assert_eq!((plot.n_shown, plot.n_total), (2, 4), "no spend, or no channel: not drawn");
    assert!((plot.clusters[0][0][1] - 1.0).abs() < 0.3, "web is level 1, give or take the jitter");

    let plot = on(column("nothing"), MapAxis::Component(7));
    assert_eq!((plot.n_shown, plot.bounds), (0, [[0.0; 2], [1.0; 2]]));
    assert!(plot.x_name.contains("not in the data") && plot.y_name.contains("PC8"));
}

#[test]
fn a_large_map_is_an_even_sample_and_small_clusters_stay() {
    let n = 50_000;
    let scores = vec![(0..n).map(f64::from).collect(), vec![0.0; n as usize]];
    let prepared = prepared((0..n as usize).collect(), n as usize, scores);
    let data = loaded(vec![numbers("spend", &vec![1.0; n as usize])]);
    let labels = Labels::from_options(&(0..n).map(|row| if row < 30 { Some(1) } else { (row % 10 > 0).then_some(0) }).collect::<Vec<_>>());
    let axes = (MapAxis::Component(0), MapAxis::Component(1));
    let plot = plot::map(&data, &prepared, &labels, &axes, &Ctx::new()).unwrap();
    assert!(plot.n_shown <= MapPlot::MAX_POINTS && plot.n_shown > MapPlot::MAX_POINTS - 10, "{}", plot.n_shown);
    assert_eq!(plot.n_shown, plot.clusters.iter().map(Vec::len).sum::<usize>() + plot.noise.len());
    assert_eq!((plot.clusters[1].len(), plot.n_total), (30, n as usize));
    assert_eq!(plot.bounds, [[0.0, 0.0], [f64::from(n - 1), 0.0]], "bounds are everyone's");
    let gaps = plot.clusters[0].windows(2).map(|pair| pair[1][0] - pair[0][0]);
    assert!(gaps.fold(0.0, f64::max) <= 5.0, "evenly picked");
    assert_eq!(plot, plot::map(&data, &prepared, &labels, &axes, &Ctx::new()).unwrap(), "the same every time");
    assert_eq!(plot::map(&data, &prepared, &labels, &axes, &Ctx::stopping_after(2)), Err(Stopped));
}

#[test]
fn silhouettes_fall_within_each_cluster() {
    let labels = Labels::from_options(&[Some(0), None, Some(0), Some(1), Some(0), Some(1)]);
    let silhouettes = Silhouettes {
        mean: Some(0.3),
        per_row: vec![0.1, f32::NAN, 0.9, 0.5, -0.25, f32::NAN],
        by_cluster: vec![0.25, f64::NAN],
        exact: true,
        band: None,
        measured: [].into(),
    };
    let plot = plot::silhouette(&labels, &silhouettes);
    assert_eq!(plot.clusters[0].values, [0.9, 0.1, -0.25]);
    assert_eq!((plot.clusters[0].size, plot.clusters[0].mean), (3, 0.25));
    assert!((plot.clusters[0].below_zero - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!((plot.clusters[1].size, plot.clusters[1].mean, plot.clusters[1].values.len()), (2, 0.5, 1), "only one is known");

    let labels = Labels::from_ids(&vec![0; 5_000]);
    let per_row: Vec<f32> = (0..5_000).map(|row| row as f32 / 5_000.0).collect();
    let silhouettes =
        Silhouettes { mean: None, per_row: per_row.clone(), by_cluster: vec![0.5], exact: true, band: None, measured: [].into() };
    let values = plot::silhouette(&labels, &silhouettes).clusters.remove(0).values;
    assert_eq!((values.len(), values[0], values[399]), (400, per_row[4_999], per_row[0]));

    let silhouettes = Silhouettes {
        mean: Some(0.5),
        per_row: per_row.clone(),
        by_cluster: vec![0.5],
        exact: false,
        band: Some((0.4, 0.6)),
        measured: [7, 9].into(),
    };
    let plot = plot::silhouette(&labels, &silhouettes);
    assert_eq!((plot.sampled, plot.mean_text().as_deref()), (Some((2, 5_000)), Some("0.50 ± 0.10")));
    assert_eq!(plot.clusters[0].values.len(), 400, "estimates are drawn too");
}

#[test]
fn the_epsilon_explorer_starts_with_noise_and_ends_with_one_cluster() {
    let rows: Vec<[f64; 1]> = (0..40).map(|i| [f64::from(i % 20) * 0.1 + if i < 20 { 0.0 } else { 30.0 }]).collect();
    let tree = personae::cluster::density(&Matrix::from_rows(&rows).unwrap(), 3, &Ctx::new()).unwrap();
    let plot = plot::density(&tree);
    assert_eq!((plot.min_samples, plot.noise[0], plot.clusters[0]), (3, [0.0, 1.0], [0.0, 0.0]));
    assert_eq!(plot.clusters.last().map(|point| point[1]), Some(1.0));
    assert_eq!(plot.largest.last(), Some(&[plot.epsilon_max, 1.0]));
    assert!(plot.clusters.iter().any(|point| point[1] == 2.0), "two groups far apart");
    assert!(plot.core.is_sorted_by(|a, b| a[0] <= b[0] && a[1] <= b[1]) && plot.at(plot.epsilon_max).core == 1.0);
}
