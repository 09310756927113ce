//! Is HDBSCAN the paper's, the same as scikit-learn's wherever that is defined, and the same in any order of the rows?
//!
//! `tests/oracles/hdbscan.json` holds what scikit-learn says of the data sets in oracles.json; `make_hdbscan.py` beside it made it.

use std::collections::BTreeMap;

use personae::base::seed::{self, RngExt};
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::{Hdbscan, density, hdbscan};
use serde::Deserialize;

#[derive(Deserialize)]
struct Sets {
    sets: BTreeMap<String, DataSet>,
}

#[derive(Deserialize)]
struct DataSet {
    n_cols: usize,
    values: Vec<f64>,
}

#[derive(Deserialize)]
struct Frozen {
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    set: String,
    min_samples: usize,
    min_cluster_size: usize,
    empty_branches: usize,
    labels: Vec<i64>,
    probabilities: Vec<f64>,
}

fn check(test: impl Fn(&str, &Matrix, &Fit)) {
    let sets: Sets = serde_json::from_str(include_str!("../oracles/oracles.json")).unwrap();
    let frozen: Frozen = serde_json::from_str(include_str!("../oracles/hdbscan.json")).unwrap();
    for fit in &frozen.fits {
        let set = &sets.sets[&fit.set];
        let x = Matrix::new(set.values.clone(), set.values.len() / set.n_cols, set.n_cols).unwrap();
        test(&format!("{} min_samples {} min_cluster_size {}", fit.set, fit.min_samples, fit.min_cluster_size), &x, fit);
    }
}

fn fast(x: &Matrix, min_samples: usize, min_cluster_size: usize) -> Hdbscan {
    hdbscan(&density(x, min_samples, &Ctx::new()).unwrap(), min_cluster_size, &Ctx::new()).unwrap()
}

#[test]
fn the_same_as_scikit_learns() {
    check(|what, x, fit| {
        let ours = fast(x, fit.min_samples, fit.min_cluster_size);
        // A row whose core distance is where a cluster falls into several belongs to none of them; scikit-learn gives it to one.
        let is_between = |row: usize| {
            ours.last[row].is_some_and(|(branch, distance)| {
                let is_at_fork = distance == ours.branches[branch as usize].death;
                is_at_fork && ours.branches.iter().any(|other| other.parent == Some(branch)) && ours.label_within(branch as usize).is_none()
            })
        };
        let theirs = |row: usize| usize::try_from(fit.labels[row]).ok().filter(|_| !is_between(row));
        let theirs: Vec<Option<usize>> = (0..x.n_rows()).map(theirs).collect();
        assert_eq!(ours.labels, Labels::from_options(&theirs), "{what}");
        let rest: Vec<usize> = (0..x.n_rows()).filter(|&row| !is_between(row)).collect();
        assert!(rest.len() + 2 >= x.n_rows(), "{what}");
        // Where small parts meet at equal distances scikit-learn has branches that end where they begin; the memberships are then of those.
        let is_comparable = fit.empty_branches == 0;
        assert!(!is_comparable || rest.iter().all(|&row| (ours.memberships[row] - fit.probabilities[row]).abs() < 1e-10), "{what}");
    });
}

fn gridded(n_rows: usize, n_cols: usize, grid: f64, seed: u64) -> Matrix {
    let mut random = seed::random(seed, 0);
    let value = |random: &mut seed::Random| (random.random::<f64>().powi(2) * 10.0 * grid).round() / grid;
    Matrix::new((0..n_rows * n_cols).map(|_| value(&mut random)).collect(), n_rows, n_cols).unwrap()
}

#[test]
fn the_fast_is_the_slow() {
    for (seed, n_rows, n_cols, grid) in [(1, 70, 2, 1e6), (2, 60, 2, 1.0), (3, 60, 3, 0.5), (4, 40, 12, 1e6), (5, 50, 1, 2.0)] {
        let x = gridded(n_rows, n_cols, grid, seed);
        for (min_samples, min_cluster_size) in [(1, 2), (1, 5), (3, 2), (3, 4), (6, 8), (n_rows + 1, 2), (2, n_rows + 1)] {
            let ours = fast(&x, min_samples, min_cluster_size);
            let slow = slow_hdbscan(&x, min_samples, min_cluster_size);
            let what = format!("{n_rows} x {n_cols} on {grid}, min_samples {min_samples}, min_cluster_size {min_cluster_size}");
            assert_eq!(ours.labels, Labels::from_options(&slow.iter().map(|row| row.map(|row| row.0)).collect::<Vec<_>>()), "{what}");
            for (row, slow) in slow.iter().enumerate() {
                assert!((ours.memberships[row] - slow.map_or(0.0, |slow| slow.1)).abs() < 1e-12, "{what}, row {row}");
            }
        }
    }
}

/// The paper from the top down, with nothing clever: the whole matrix, and all components at every distance there is.
/// Cluster and membership of every row.
fn slow_hdbscan(x: &Matrix, min_samples: usize, least: usize) -> Vec<Option<(usize, f64)>> {
    let n = x.n_rows();
    let distance = |a: usize, b: usize| x.row(a).iter().zip(x.row(b)).fold(0.0, |sum, (a, b)| sum + (a - b) * (a - b)).sqrt();
    let core = |row: usize| {
        let mut all: Vec<f64> = (0..n).map(|other| distance(row, other)).collect();
        all.sort_by(f64::total_cmp);
        all.get(min_samples - 1).copied().unwrap_or(f64::INFINITY)
    };
    let cores: Vec<f64> = (0..n).map(core).collect();
    let reach: Vec<Vec<f64>> = (0..n).map(|a| (0..n).map(|b| distance(a, b).max(cores[a]).max(cores[b])).collect()).collect();
    let mut found = vec![None; n];
    if n < least.max(min_samples) {
        return found;
    }
    let (_, taken) = slow_cluster(&reach, &(0..n).collect::<Vec<_>>(), f64::INFINITY, least);
    for (id, (rows, death)) in taken.iter().enumerate() {
        for &(row, left) in rows {
            found[row] = Some((id, if left <= *death { 1.0 } else { death / left }));
        }
    }
    found
}

/// Rows with the distances at which they leave, and the distance at which the cluster ends.
type SlowCluster = (Vec<(usize, f64)>, f64);

/// The stability of the best choice among `rows`, a cluster since `birth`, and everything inside it; and that choice.
fn slow_cluster(reach: &[Vec<f64>], rows: &[usize], birth: f64, least: usize) -> (f64, Vec<SlowCluster>) {
    let lambda = |distance: f64| 1.0 / distance;
    let mut left: Vec<(usize, f64)> = Vec::new();
    let mut now = rows.to_vec();
    loop {
        // The largest distance at which these are still together is the first that parts them when edges as long as it go.
        let mut distances: Vec<f64> = now.iter().flat_map(|&a| now.iter().map(move |&b| reach[a][b])).collect();
        distances.sort_by(|a, b| b.total_cmp(a));
        distances.dedup();
        let (at, parts) = distances.into_iter().map(|at| (at, components(reach, &now, at))).find(|(_, parts)| parts.len() > 1).unwrap();
        let large: Vec<&Vec<usize>> = parts.iter().filter(|part| part.len() >= least).collect();
        left.extend(parts.iter().filter(|part| part.len() < least).flatten().map(|&row| (row, at)));
        if let [one] = large[..] {
            now = one.clone();
            continue;
        }
        let mut inside = (0.0, Vec::new());
        let mut own: f64 = left.iter().map(|row| lambda(row.1) - lambda(birth)).sum();
        for part in large {
            own += (lambda(at) - lambda(birth)) * part.len() as f64;
            let (stability, taken) = slow_cluster(reach, part, at, least);
            inside = (inside.0 + stability, [inside.1, taken].concat());
            left.extend(part.iter().map(|&row| (row, at)));
        }
        return if birth.is_finite() && inside.0 <= own { (own, vec![(left, at)]) } else { inside };
    }
}

/// The groups that stay together through distances below `at`.
fn components(reach: &[Vec<f64>], rows: &[usize], at: f64) -> Vec<Vec<usize>> {
    let mut rest = rows.to_vec();
    let mut groups = Vec::new();
    while let Some(first) = rest.pop() {
        let mut group = vec![first];
        let mut seen = 0;
        while seen < group.len() {
            let near = |&row: &usize| reach[group[seen]][row] < at;
            let (joins, stays): (Vec<usize>, Vec<usize>) = rest.iter().partition(|row| near(row));
            group.extend(joins);
            rest = stays;
            seen += 1;
        }
        groups.push(group);
    }
    groups
}

#[test]
fn the_order_of_tied_rows_does_not_matter() {
    let x = gridded(300, 3, 0.4, 7);
    let order: Vec<usize> = (0..300).map(|row| row * 77 % 300).collect();
    for (min_samples, least) in [(1, 5), (4, 5), (4, 15), (9, 8)] {
        let (plain, moved) = (fast(&x, min_samples, least), fast(&x.select_rows(&order), min_samples, least));
        let moved_back: Vec<Option<usize>> =
            (0..300).map(|row| moved.labels.get(order.iter().position(|&at| at == row).unwrap())).collect();
        assert_eq!(plain.labels, Labels::from_options(&moved_back), "{min_samples} {least}");
        assert_eq!(plain.branches.len(), moved.branches.len());
    }
}

#[test]
fn a_cluster_of_one_row_is_refused() {
    let tree = density(&gridded(20, 2, 1.0, 1), 2, &Ctx::new()).unwrap();
    for least in [0, 1] {
        let sentence = hdbscan(&tree, least, &Ctx::new()).unwrap_err().to_string();
        assert_eq!(sentence, format!("The least segment size is {least}; choose 2 or more."));
    }
}
