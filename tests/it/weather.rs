//! Does every method stand bad weather? Lattices, duplicates, one enormous outlier, two hundred columns, rows that are all the same.
//!
//! `tests/oracles/weather.json` holds the data with what scikit-learn and SciPy say of it; `make_weather.py` beside it made it.

use std::collections::BTreeMap;

use personae::base::distance::euclidean;
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::{KMeansParams, Linkage, density, inertias, kmeans, linkage};
use personae::evaluate::silhouettes;
use serde::Deserialize;

#[derive(Deserialize)]
struct Weather {
    n_cols: usize,
    values: Vec<f64>,
    kmeans: Vec<FrozenKMeans>,
    single: Vec<f64>,
    dbscan: Vec<FrozenDbscan>,
}

#[derive(Deserialize)]
struct FrozenKMeans {
    k: usize,
    inertia: f64,
}

#[derive(Deserialize)]
struct FrozenDbscan {
    epsilon: f64,
    min_samples: usize,
    labels: Vec<i64>,
}

fn check(test: impl Fn(&str, &Matrix, &Weather)) {
    let sets: BTreeMap<String, Weather> = serde_json::from_str(include_str!("../oracles/weather.json")).unwrap();
    for (name, set) in &sets {
        let x = Matrix::new(set.values.clone(), set.values.len() / set.n_cols, set.n_cols).unwrap();
        test(name, &x, set);
    }
}

#[test]
fn inertia_in_bad_weather_is_no_worse_than_scikit_learns() {
    check(|name, x, set| {
        for frozen in &set.kmeans {
            let fit = kmeans(x, &KMeansParams { k: frozen.k, restarts: 10, seed: 0 }, &Ctx::new()).unwrap();
            let distance = |row: usize| euclidean(x.row(row), fit.centroids.row(fit.labels.get(row).unwrap())).powi(2);
            let slow: f64 = (0..x.n_rows()).map(distance).sum();
            // Beside an outlier at 1e9 the squares of the others are lost in the last digits of its own.
            let rounding = 1e-9 * (1.0 + frozen.inertia) + if name == "outlier" { 1e-3 * frozen.inertia } else { 0.0 };
            assert!((fit.inertia - slow).abs() <= rounding, "{name} {}: {} is not {slow}", frozen.k, fit.inertia);
            assert!(fit.inertia <= 1.005 * frozen.inertia + rounding, "{name} {}: {} over {}", frozen.k, fit.inertia, frozen.inertia);
            assert_eq!(fit.labels.n_clusters(), frozen.k, "{name}: no cluster is empty");
        }
    });
}

#[test]
fn density_in_bad_weather_is_scikit_learns() {
    check(|name, x, set| {
        for frozen in &set.dbscan {
            let ids: Vec<Option<usize>> = frozen.labels.iter().map(|&label| usize::try_from(label).ok()).collect();
            let found = density(x, frozen.min_samples, &Ctx::new()).unwrap().labels_at(frozen.epsilon);
            assert_eq!(found, Labels::from_options(&ids), "{name}, epsilon {}, min samples {}", frozen.epsilon, frozen.min_samples);
        }
    });
}

#[test]
fn trees_in_bad_weather_are_trees() {
    check(|name, x, set| {
        let single = linkage(x, Linkage::Single, &Ctx::new()).unwrap();
        for (merge, &height) in single.merges.iter().zip(&set.single) {
            assert!((merge.height - height).abs() <= 1e-9 * (1.0 + height), "{name}: {} is not {height}", merge.height);
        }
        for each in Linkage::ALL {
            let tree = linkage(x, each, &Ctx::new()).unwrap();
            let rises = tree.merges.windows(2).all(|pair| pair[0].height <= pair[1].height * (1.0 + 1e-12));
            assert!(tree.merges.len() == x.n_rows() - 1 && rises, "{name}, {}", each.name());
            if each == Linkage::Ward {
                // However ties fall, the heights of a Ward tree add up to the inertia of one cluster.
                let within = inertias(x, &tree, &[1], &Ctx::new()).unwrap()[0];
                let heights: f64 = tree.merges.iter().map(|merge| merge.height * merge.height / 2.0).sum();
                assert!((heights - within).abs() <= 1e-9 * (1.0 + within), "{name}: {heights} is not {within}");
            }
        }
    });
}

#[test]
fn rows_that_are_all_the_same_are_one_group_or_a_sentence() {
    let x = Matrix::new(vec![3.5; 80 * 3], 80, 3).unwrap();
    assert_eq!(kmeans(&x, &KMeansParams { k: 1, restarts: 3, seed: 0 }, &Ctx::new()).unwrap().inertia, 0.0);
    let sentence = kmeans(&x, &KMeansParams { k: 4, restarts: 3, seed: 0 }, &Ctx::new()).unwrap_err().to_string();
    assert!(sentence.contains('1') && sentence.contains('4') && sentence.ends_with('.'), "{sentence}");
    for each in Linkage::ALL {
        let tree = linkage(&x, each, &Ctx::new()).unwrap();
        assert!(tree.merges.iter().all(|merge| merge.height == 0.0), "{}", each.name());
        let two = tree.cut_clusters(2);
        let found = silhouettes(&x, &[&two], &Ctx::new()).unwrap();
        assert!(found[0].per_row.iter().all(|&value| value == 0.0), "equal rows lie between all clusters");
    }
    assert_eq!(density(&x, 5, &Ctx::new()).unwrap().labels_at(0.1).n_clusters(), 1);
}
