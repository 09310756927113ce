//! How long do the steps behind the plots take? Eight overlapping groups in eight dimensions, seeded.
//!
//! Run with `cargo bench`; the figures side by side with other programs come from `compare.py`, see `benches/README.md`.

use divan::Bencher;
use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Labels, Matrix};
use personae::cluster::{self, KMeansParams, Linkage};
use personae::evaluate;

fn main() {
    divan::main();
}

const ROWS: [usize; 2] = [10_000, 100_000];

/// Sums of three uniform numbers around eight centres: round enough, and quick to make.
fn blobs(n_rows: usize) -> Matrix {
    const DIMS: usize = 8;
    let mut rng = random(7, 0);
    let centres: Vec<f64> = (0..8 * DIMS).map(|_| 20.0 * rng.random::<f64>()).collect();
    let mut values = Vec::with_capacity(n_rows * DIMS);
    for row in 0..n_rows {
        for dim in 0..DIMS {
            let spread: f64 = (0..3).map(|_| rng.random::<f64>() - 0.5).sum();
            values.push(centres[row % 8 * DIMS + dim] + 4.0 * spread);
        }
    }
    Matrix::new(values, n_rows, DIMS).expect("finite")
}

#[divan::bench(args = ROWS, sample_count = 3, sample_size = 1)]
fn kmeans_k8_10_restarts(bencher: Bencher, n_rows: usize) {
    let x = blobs(n_rows);
    bencher.bench(|| cluster::kmeans(&x, &KMeansParams { k: 8, restarts: 10, seed: 0 }, &Ctx::new()));
}

#[divan::bench(args = ROWS, sample_count = 3, sample_size = 1)]
fn ward_tree(bencher: Bencher, n_rows: usize) {
    let x = blobs(n_rows);
    bencher.bench(|| cluster::linkage(&x, Linkage::Ward, &Ctx::new()));
}

#[divan::bench(args = ROWS, sample_count = 3, sample_size = 1)]
fn density_tree_min_samples_10(bencher: Bencher, n_rows: usize) {
    let x = blobs(n_rows);
    bencher.bench(|| cluster::density(&x, 10, &Ctx::new()));
}

#[divan::bench(args = ROWS, sample_count = 10, sample_size = 1)]
fn one_further_epsilon(bencher: Bencher, n_rows: usize) {
    let tree = cluster::density(&blobs(n_rows), 10, &Ctx::new()).expect("fits");
    let epsilon = tree.k_distances()[n_rows / 2];
    bencher.bench(|| tree.labels_at(epsilon));
}

#[divan::bench(args = ROWS, sample_count = 10, sample_size = 1)]
fn hdbscan_from_the_tree(bencher: Bencher, n_rows: usize) {
    let tree = cluster::density(&blobs(n_rows), 10, &Ctx::new()).expect("fits");
    bencher.bench(|| cluster::hdbscan(&tree, 50, &Ctx::new()));
}

#[divan::bench(args = [10_000], sample_count = 3, sample_size = 1)]
fn exact_silhouettes_of_11_labelings(bencher: Bencher, n_rows: usize) {
    let x = blobs(n_rows);
    let labelings: Vec<Labels> = (2..=12).map(|k| Labels::from_ids(&(0..n_rows).map(|row| row % 8 % k).collect::<Vec<_>>())).collect();
    let labelings: Vec<&Labels> = labelings.iter().collect();
    bencher.bench(|| evaluate::silhouettes(&x, &labelings, &Ctx::new()));
}
