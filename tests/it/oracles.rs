//! The fast against the slow, and both against scikit-learn, SciPy, kodama and linfa.
//!
//! `tests/oracles/oracles.json` holds small data sets with what scikit-learn and SciPy say of them; `make.py` beside it made it.

use std::collections::BTreeMap;

use linfa::prelude::{Predict, Transformer};
use linfa::traits::Fit;
use personae::base::distance::euclidean;
use personae::base::seed::{self, RngExt};
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::{KMeansParams, Linkage, density, inertias, kmeans, linkage};
use personae::evaluate::decision_tree::{Coded, Growth, grow};
use personae::evaluate::{adjusted_rand, forest, silhouettes, silhouettes_sampled};
use serde::Deserialize;

#[derive(Deserialize)]
struct Oracles {
    sets: BTreeMap<String, DataSet>,
}

#[derive(Deserialize)]
struct DataSet {
    n_cols: usize,
    values: Vec<f64>,
    kmeans: Vec<FrozenKMeans>,
    silhouettes: Vec<FrozenSilhouette>,
    adjusted_rand: f64,
    linkage: Vec<FrozenLinkage>,
    dbscan: Vec<FrozenDbscan>,
}

#[derive(Deserialize)]
struct FrozenKMeans {
    k: usize,
    inertia: f64,
}

#[derive(Deserialize)]
struct FrozenSilhouette {
    labels: Vec<usize>,
    samples: Vec<f64>,
}

#[derive(Deserialize)]
struct FrozenLinkage {
    name: String,
    heights: Vec<f64>,
    left: Option<Vec<u32>>,
    right: Option<Vec<u32>>,
    leaves: Option<Vec<u32>>,
    cut5: Option<Vec<usize>>,
}

#[derive(Deserialize)]
struct FrozenDbscan {
    epsilon: f64,
    min_samples: usize,
    labels: Vec<i64>,
    core: Vec<usize>,
}

fn check(test: impl Fn(&str, &Matrix, &DataSet)) {
    let oracles: Oracles = serde_json::from_str(include_str!("../oracles/oracles.json")).unwrap();
    for (name, set) in &oracles.sets {
        let x = Matrix::new(set.values.clone(), set.values.len() / set.n_cols, set.n_cols).unwrap();
        test(name, &x, set);
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * (1.0 + b.abs())
}

fn random_rows(n_rows: usize, n_cols: usize, seed: u64) -> Matrix {
    let mut random = seed::random(seed, 0);
    Matrix::new((0..n_rows * n_cols).map(|_| random.random::<f64>().powi(2) * 10.0).collect(), n_rows, n_cols).unwrap()
}

#[test]
fn inertia_is_no_worse_than_scikit_learns() {
    check(|name, x, set| {
        let mut ratios = Vec::new();
        for frozen in &set.kmeans {
            let fit = kmeans(x, &KMeansParams { k: frozen.k, restarts: 10, seed: 0 }, &Ctx::new()).unwrap();
            ratios.push(fit.inertia / frozen.inertia);
            assert!(fit.inertia <= 1.005 * frozen.inertia, "{name} k {}: {} against {}", frozen.k, fit.inertia, frozen.inertia);
        }
        assert!(ratios.iter().sum::<f64>() <= (1.0 + 1e-9) * ratios.len() as f64, "{name}: {ratios:?}");
    });
}

#[test]
fn inertia_is_no_worse_than_linfas() {
    check(|name, x, set| {
        let records = ndarray::Array2::from_shape_vec((x.n_rows(), x.n_cols()), x.values().to_vec()).unwrap();
        let dataset = linfa::DatasetBase::from(records.clone());
        for frozen in &set.kmeans {
            let model = linfa_clustering::KMeans::params(frozen.k).n_runs(10).fit(&dataset).unwrap();
            let labels = model.predict(&records);
            let theirs: f64 = labels
                .iter()
                .enumerate()
                .map(|(row, &label)| euclidean(x.row(row), model.centroids().row(label).to_slice().unwrap()).powi(2))
                .sum();
            let fit = kmeans(x, &KMeansParams { k: frozen.k, restarts: 10, seed: 0 }, &Ctx::new()).unwrap();
            assert!(fit.inertia <= 1.005 * theirs, "{name} k {}: {} against {theirs}", frozen.k, fit.inertia);
        }
    });
}

#[test]
fn silhouettes_are_scikit_learns() {
    check(|name, x, set| {
        let labels: Vec<Labels> = set.silhouettes.iter().map(|frozen| Labels::from_ids(&frozen.labels)).collect();
        let found = silhouettes(x, &labels.iter().collect::<Vec<_>>(), &Ctx::new()).unwrap();
        for (found, frozen) in found.iter().zip(&set.silhouettes) {
            assert!(near(found.mean.unwrap(), frozen.samples.iter().sum::<f64>() / frozen.samples.len() as f64), "{name}");
            assert!(found.per_row.iter().zip(&frozen.samples).all(|(&a, &b)| (f64::from(a) - b).abs() < 1e-6), "{name}");
        }
        assert!(near(adjusted_rand(&labels[1], &labels[2]), set.adjusted_rand), "{name}");
    });
}

#[test]
fn silhouettes_are_the_definition() {
    let x = random_rows(200, 3, 1);
    let mut random = seed::random(2, 0);
    let labels: Vec<Labels> = [2usize, 3, 40]
        .iter()
        .map(|&k| Labels::from_options(&(0..200).map(|_| Some(random.random_range(0..=k)).filter(|&c| c < k)).collect::<Vec<_>>()))
        .collect();
    let found = silhouettes(&x, &labels.iter().collect::<Vec<_>>(), &Ctx::new()).unwrap();
    for (labels, found) in labels.iter().zip(&found) {
        let members = labels.members();
        for row in 0..200 {
            let Some(own) = labels.get(row) else {
                assert!(found.per_row[row].is_nan());
                continue;
            };
            let mean = |cluster: usize| {
                let others = members[cluster].iter().filter(|&&other| other != row);
                others.clone().map(|&other| euclidean(x.row(row), x.row(other))).sum::<f64>() / others.count() as f64
            };
            let next = (0..members.len()).filter(|&c| c != own).map(mean).fold(f64::INFINITY, f64::min);
            let slow = if members[own].len() == 1 { 0.0 } else { (next - mean(own)) / next.max(mean(own)) };
            assert!((f64::from(found.per_row[row]) - slow).abs() < 1e-6);
        }
    }
}

#[test]
fn the_band_of_a_sample_holds_the_exact_mean() {
    let x = random_rows(3000, 3, 4);
    let labels: Vec<Labels> = (2..7).map(|k| kmeans(&x, &KMeansParams { k, restarts: 1, seed: 0 }, &Ctx::new()).unwrap().labels).collect();
    let labels: Vec<&Labels> = labels.iter().collect();
    let exact = silhouettes(&x, &labels, &Ctx::new()).unwrap();
    let mut inside = 0;
    for seed in 0..40 {
        for (sampled, exact) in silhouettes_sampled(&x, &labels, 300, seed, &Ctx::new()).unwrap().iter().zip(&exact) {
            let (low, high) = sampled.band.unwrap();
            inside += usize::from((low..=high).contains(&exact.mean.unwrap()));
            assert!(!sampled.exact && sampled.measured.len() >= 300);
            assert!(sampled.measured.iter().all(|&row| sampled.per_row[row as usize] == exact.per_row[row as usize]));
        }
    }
    assert!(inside >= 184, "{inside} of 200 bands hold the exact mean");
}

#[test]
fn a_growing_sample_estimates_every_row_ever_better_and_ends_exact() {
    let n = 3000;
    let x = random_rows(n, 3, 4);
    let noisy = Labels::from_options(&(0..n).map(|row| (row % 11 > 0).then_some(row % 7)).collect::<Vec<_>>());
    let fit = |k| kmeans(&x, &KMeansParams { k, restarts: 1, seed: 0 }, &Ctx::new()).unwrap().labels;
    let labels = [fit(3), fit(6), noisy];
    let labels: Vec<&Labels> = labels.iter().collect();
    let exact = silhouettes(&x, &labels, &Ctx::new()).unwrap();
    let mut last = vec![(f64::INFINITY, f64::INFINITY); 3];
    for size in [200, 800, 2400] {
        let sampled = silhouettes_sampled(&x, &labels, size, 1, &Ctx::new()).unwrap();
        for (l, (sampled, exact)) in sampled.iter().zip(&exact).enumerate() {
            let known = || (0..n).filter(|&row| labels[l].get(row).is_some());
            assert!((0..n).all(|row| sampled.per_row[row].is_nan() == labels[l].get(row).is_none()), "every row has its value");
            let squares =
                known().filter(|&row| !sampled.is_exact_at(row)).map(|row| f64::from(sampled.per_row[row] - exact.per_row[row]).powi(2));
            let error = (squares.clone().sum::<f64>() / squares.count() as f64).sqrt();
            let (low, high) = sampled.band.unwrap();
            assert!(error < 0.7 * last[l].0 && high - low < 0.7 * last[l].1, "{size} {l}: {error}, {:?}", last[l]);
            last[l] = (error, high - low);
        }
    }
    assert!(last.iter().all(|&(error, _)| error < 0.01), "{last:?}");
    assert!(silhouettes_sampled(&x, &labels, n, 1, &Ctx::new()).unwrap()[..2] == exact[..2], "the last round is the exact one");
}

#[test]
fn trees_are_scipys() {
    check(|name, x, set| {
        for frozen in &set.linkage {
            let what = format!("{name} {}", frozen.name);
            let tree = linkage(x, Linkage::from_name(&frozen.name).unwrap(), &Ctx::new()).unwrap();
            let heights = || tree.merges.iter().map(|merge| merge.height);
            // On a survey's grid equal distances allow other trees, for all but single linkage.
            if name != "survey" || frozen.name == "single" {
                assert!(heights().zip(&frozen.heights).all(|(a, &b)| near(a, b)), "{what}: heights");
            }
            if let (Some(left), Some(right)) = (&frozen.left, &frozen.right) {
                let same = |(merge, ends): (&personae::cluster::Merge, (&u32, &u32))| (merge.left, merge.right) == (*ends.0, *ends.1);
                assert!(tree.merges.iter().zip(left.iter().zip(right)).all(same), "{what}: merges");
            }
            if let Some(leaves) = &frozen.leaves {
                assert_eq!(&tree.row_from_leaf(), leaves, "{what}: leaves");
            }
            if let Some(cut) = &frozen.cut5 {
                assert_eq!(tree.cut_clusters(5), Labels::from_ids(cut), "{what}: cut");
            }
        }
    });
}

#[test]
fn trees_are_kodamas() {
    for (seed, n_rows, n_cols) in [(1, 700, 2), (2, 300, 9)] {
        let x = random_rows(n_rows, n_cols, seed);
        for each in Linkage::ALL {
            let mut condensed = Vec::new();
            for a in 0..n_rows {
                condensed.extend((a + 1..n_rows).map(|b| euclidean(x.row(a), x.row(b))));
            }
            let method = match each {
                Linkage::Ward => kodama::Method::Ward,
                Linkage::Average => kodama::Method::Average,
                Linkage::Complete => kodama::Method::Complete,
                Linkage::Single => kodama::Method::Single,
                Linkage::Weighted => kodama::Method::Weighted,
            };
            let theirs = kodama::linkage(&mut condensed, n_rows, method);
            let ours = linkage(&x, each, &Ctx::new()).unwrap();
            for (merge, step) in ours.merges.iter().zip(theirs.steps()) {
                assert!(near(merge.height, step.dissimilarity) && merge.size as usize == step.size, "{each:?} of {n_rows}");
            }
        }
    }
}

#[test]
fn inertia_of_every_cut_is_the_definition() {
    let x = random_rows(150, 3, 5);
    for each in Linkage::ALL {
        let tree = linkage(&x, each, &Ctx::new()).unwrap();
        let ks = [1, 2, 5, 20, 150];
        let found = inertias(&x, &tree, &ks, &Ctx::new()).unwrap();
        for (&k, &found) in ks.iter().zip(&found) {
            let mut slow = 0.0;
            for members in tree.cut_clusters(k).members() {
                for col in 0..3 {
                    let mean = members.iter().map(|&row| x.at(row, col)).sum::<f64>() / members.len() as f64;
                    slow += members.iter().map(|&row| (x.at(row, col) - mean).powi(2)).sum::<f64>();
                }
            }
            assert!(near(found, slow), "{each:?} {k}: {found} against {slow}");
        }
        let by_height = tree.inertia_by_k(&ks, found[0]);
        assert_eq!(by_height.is_some(), each == Linkage::Ward);
        assert!(by_height.is_none_or(|by_height| by_height.iter().zip(&found).all(|(&a, &b)| (a - b).abs() < 1e-9 * found[0])));
    }
}

#[test]
fn dbscan_is_scikit_learns_at_every_epsilon() {
    check(|name, x, set| {
        for frozen in &set.dbscan {
            let tree = density(x, frozen.min_samples, &Ctx::new()).unwrap();
            let labels = tree.labels_at(frozen.epsilon);
            let theirs: Vec<Option<usize>> = frozen.labels.iter().map(|&label| usize::try_from(label).ok()).collect();
            let what = format!("{name} epsilon {} min_samples {}", frozen.epsilon, frozen.min_samples);
            assert_eq!(labels, Labels::from_options(&theirs), "{what}");
            let core: Vec<usize> = (0..x.n_rows()).filter(|&row| tree.core_distances()[row] <= frozen.epsilon).collect();
            assert_eq!(core, frozen.core, "{what}");
        }
    });
}

#[test]
fn dbscan_is_the_definition() {
    for (seed, n_rows, n_cols, grid) in [(1, 300, 2, 4.0), (2, 200, 3, 1.0), (3, 250, 2, 1e6), (4, 60, 30, 1e6)] {
        let fine = random_rows(n_rows, n_cols, seed);
        let x = Matrix::new(fine.values().iter().map(|value| (value * grid).round() / grid).collect(), n_rows, n_cols).unwrap();
        for min_samples in [1, 2, 5, 12] {
            let tree = density(&x, min_samples, &Ctx::new()).unwrap();
            let knots = &tree.curves().epsilon;
            for &epsilon in knots.iter().step_by(knots.len() / 12 + 1).chain([0.0, 0.5, 1.0, 1e3].iter()) {
                assert_eq!(tree.labels_at(epsilon), slow_dbscan(&x, epsilon, min_samples), "{epsilon} {min_samples} of {n_rows}");
            }
        }
    }
}

/// Breadth first from every core row, as the paper tells it.
fn slow_dbscan(x: &Matrix, epsilon: f64, min_samples: usize) -> Labels {
    let squared = |a: usize, b: usize| x.row(a).iter().zip(x.row(b)).fold(0.0, |sum, (a, b)| sum + (a - b) * (a - b));
    let near: Vec<Vec<usize>> =
        (0..x.n_rows()).map(|a| (0..x.n_rows()).filter(|&b| squared(a, b) <= epsilon * epsilon).collect()).collect();
    let mut cluster = vec![None; x.n_rows()];
    let mut next = 0;
    for row in 0..x.n_rows() {
        if cluster[row].is_some() || near[row].len() < min_samples {
            continue;
        }
        let mut waiting = vec![row];
        while let Some(row) = waiting.pop() {
            if cluster[row].is_none() {
                cluster[row] = Some(next);
                if near[row].len() >= min_samples {
                    waiting.extend(&near[row]);
                }
            }
        }
        next += 1;
    }
    Labels::from_options(&cluster)
}

#[test]
fn dbscan_core_rows_are_grouped_as_linfa_groups_them() {
    check(|name, x, set| {
        let records = ndarray::Array2::from_shape_vec((x.n_rows(), x.n_cols()), x.values().to_vec()).unwrap();
        // linfa tests `< epsilon`, so a grid with distances of exactly epsilon is not for it.
        for frozen in set.dbscan.iter().filter(|frozen| name != "survey" && frozen.min_samples > 1) {
            let theirs = linfa_clustering::Dbscan::params(frozen.min_samples).tolerance(frozen.epsilon).transform(&records).unwrap();
            let tree = density(x, frozen.min_samples, &Ctx::new()).unwrap();
            let ours = tree.labels_at(frozen.epsilon);
            let keep = |label: Option<usize>, row: usize| label.filter(|_| tree.core_distances()[row] <= frozen.epsilon);
            let of_ours: Vec<Option<usize>> = ours.iter().enumerate().map(|(row, label)| keep(label, row)).collect();
            let of_theirs: Vec<Option<usize>> = theirs.iter().enumerate().map(|(row, &label)| keep(label, row)).collect();
            assert_eq!(Labels::from_options(&of_ours), Labels::from_options(&of_theirs), "{name} {}", frozen.epsilon);
        }
    });
}

/// Four groups that overlap in two of six columns; the other four are noise. Whole numbers, so that codes lose nothing.
fn overlapping_groups(n_rows: usize, seed: u64) -> (Vec<Coded>, Vec<usize>) {
    const CENTRES: [[f64; 2]; 4] = [[12.0, 12.0], [12.0, 28.0], [26.0, 14.0], [30.0, 30.0]];
    let mut rng = seed::random(seed, 0);
    let groups: Vec<usize> = (0..n_rows).map(|row| row % 4).collect();
    let column = |nth: usize| {
        let code = |&group: &usize| {
            let spread: f64 = (0..3).map(|_| rng.random::<f64>() - 0.5).sum();
            let centre = CENTRES[group].get(nth).copied().unwrap_or(20.0);
            (centre + 11.0 * spread).clamp(0.0, 47.0) as u8
        };
        Coded { codes: groups.iter().map(code).collect(), n_codes: 48, n_splits: 47, is_ordered: true }
    };
    let columns = (0..6).map(column).collect();
    (columns, groups)
}

#[test]
fn trees_and_forests_are_no_worse_than_linfas_tree() {
    const N_ROWS: u32 = 3_000;
    let mut differences = Vec::new();
    for seed in 0..5 {
        let (columns, groups) = overlapping_groups(N_ROWS as usize, seed);
        let (learnt, held_out): (Vec<u32>, Vec<u32>) = (0..N_ROWS).partition(|row| row % 3 > 0);
        let accuracy = |of: &dyn Fn(usize, u32) -> usize| {
            let right = held_out.iter().enumerate().filter(|&(at, &row)| of(at, row) == groups[row as usize]);
            right.count() as f64 / held_out.len() as f64
        };

        let code = |row: u32, column: usize| columns[column].codes[row as usize];
        let records =
            |rows: &[u32]| ndarray::Array2::from_shape_fn((rows.len(), columns.len()), |(at, column)| f64::from(code(rows[at], column)));
        let targets = ndarray::Array1::from_iter(learnt.iter().map(|&row| groups[row as usize]));
        let dataset = linfa::Dataset::new(records(&learnt), targets);
        let model = linfa_trees::DecisionTree::params().max_depth(Some(6)).min_weight_leaf(5.0).fit(&dataset).unwrap();
        let predicted = model.predict(&records(&held_out));
        let theirs = accuracy(&|at, _| predicted[at]);

        let how = Growth { max_depth: 6, min_leaf: 5, columns_a_split: None, weights: vec![1.0; 4] };
        let tree = grow(&columns, &groups, learnt.clone(), &how, &mut seed::random(seed, 1), &Ctx::new()).unwrap();
        let tree = accuracy(&|_, row| tree.nodes[tree.leaf(|column| code(row, column))].group);
        let forest = forest::drivers(&columns, &groups, 4, &learnt, &held_out, seed, &Ctx::new()).unwrap().accuracy;
        assert!((0.7..0.95).contains(&theirs), "neither too hard nor too easy: {theirs}");
        differences.push([tree - theirs, forest - theirs]);
    }
    // linfa adds frequencies up in the order of a hash map, so equally good splits fall differently each time: it is the mean that holds.
    let mean = |which: usize| differences.iter().map(|pair| pair[which]).sum::<f64>() / differences.len() as f64;
    assert!(mean(0) >= -0.01, "our tree against theirs: {differences:?}");
    assert!(mean(1) >= -0.01, "our forest against theirs: {differences:?}");
}
