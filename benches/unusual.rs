//! How long does it take to say who is unusual? Eight round groups, seeded.
//!
//! Run with `cargo bench --bench unusual`; the figures beside scikit-learn's come from `compare.py`, see `benches/README.md`.

use divan::Bencher;
use personae::base::seed::{RngExt, random};
use personae::base::{Ctx, Labels, Matrix};
use personae::evaluate::unusual::{
    CopyMaker, CopyScoring, DistinctRows, IsolationForest, OrderedScores, Peers, USUAL_SIZES, USUAL_TREES, lists_for,
    local_outlier_factors, score_copy, usual_copy_rows,
};

fn main() {
    divan::main();
}

const ROWS: [usize; 2] = [10_000, 100_000];
const DIMS: usize = 8;

/// Sums of three uniform numbers around eight centres.
fn groups(n_rows: usize) -> (Matrix, Labels) {
    let mut rng = random(7, 0);
    let centres: Vec<f64> = (0..8 * DIMS).map(|_| 20.0 * rng.random::<f64>()).collect();
    let value = |at: usize| centres[at / DIMS % 8 * DIMS + at % DIMS] + 4.0 * (0..3).map(|_| rng.random::<f64>() - 0.5).sum::<f64>();
    let x = Matrix::new((0..n_rows * DIMS).map(value).collect(), n_rows, DIMS).expect("finite");
    (x, Labels::from_ids(&(0..n_rows).map(|row| row % 8).collect::<Vec<_>>()))
}

#[divan::bench(args = ROWS, sample_count = 3, sample_size = 1)]
fn neighbours_of_all(bencher: Bencher, n_rows: usize) {
    let (x, _) = groups(n_rows);
    let distinct = DistinctRows::of(&x);
    bencher.bench(|| lists_for(&distinct, &USUAL_SIZES, &Ctx::new()));
}

#[divan::bench(args = ROWS, sample_count = 3, sample_size = 1)]
fn local_outlier_factors_of_four_sizes(bencher: Bencher, n_rows: usize) {
    let (x, _) = groups(n_rows);
    let distinct = DistinctRows::of(&x);
    let near = lists_for(&distinct, &USUAL_SIZES, &Ctx::new()).expect("enough rows");
    bencher.bench(|| local_outlier_factors(&distinct, &near, &USUAL_SIZES, &Ctx::new()));
}

#[divan::bench(args = ROWS, sample_count = 3, sample_size = 1)]
fn isolation_forest_of_300_trees(bencher: Bencher, n_rows: usize) {
    let (x, _) = groups(n_rows);
    bencher.bench(|| {
        let mut forest = IsolationForest::new(&x, 0).expect("rows differ");
        forest.grow(&x, USUAL_TREES, &Ctx::new()).expect("nobody stops it");
        forest.scores()
    });
}

#[divan::bench(args = ROWS, sample_count = 3, sample_size = 1)]
fn one_smooth_copy_drawn_and_scored(bencher: Bencher, n_rows: usize) {
    let (x, labels) = groups(n_rows);
    let ctx = Ctx::new();
    let mut forest = IsolationForest::new(&x, 0).expect("rows differ");
    forest.grow(&x, USUAL_TREES, &ctx).expect("nobody stops it");
    let peers = Peers::of(&x, &labels, 31).expect("labels of these rows");
    let maker = CopyMaker::of(&x, &peers, &[], &ctx).expect("nobody stops it");
    let scoring = CopyScoring { sizes: &USUAL_SIZES, forest: Some(&forest), density: None };
    bencher.bench(|| score_copy(&maker, usual_copy_rows(n_rows), &scoring, 0, 0, &ctx));
}

#[divan::bench(args = [1_000_000], sample_count = 3, sample_size = 1)]
fn the_order_and_ranks_of_a_score(bencher: Bencher, n_rows: usize) {
    let mut rng = random(1, 0);
    let scores: Vec<f64> = (0..n_rows).map(|_| rng.random()).collect();
    bencher.bench(|| OrderedScores::of(&scores).percentiles());
}
