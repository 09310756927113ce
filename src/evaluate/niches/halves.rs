//! Which customers of a segment are niches found on, and which have no part in it?
//!
//! In: the matrix and the rows of a segment. Out: two halves by the seed that are alike in the columns. O(rows x columns).

use crate::base::Matrix;
use crate::base::seed::{self, Random, RngExt};
use crate::base::stats::mean_sd;
use crate::evaluate::sources::dot;

const SALT: u64 = 0x4861_6C76_6573_2121;

/// Two halves by the seed, each ascending. Of every two neighbours along the direction in which the segment spreads most one goes to each half, or a small group would now and then be all
/// but on one of them. What tells of needs has no say in it.
pub(super) fn halves(x: &Matrix, rows: &[u32], seed: u64, stream: u64) -> [Vec<u32>; 2] {
    let mut random = seed::random(seed ^ SALT, stream);
    let along = along_most(&select(x, rows, true), &mut random);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| along[a].total_cmp(&along[b]).then(a.cmp(&b)));
    let mut halves = [Vec::with_capacity(rows.len() / 2 + 1), Vec::with_capacity(rows.len() / 2 + 1)];
    for pair in order.chunks(2) {
        let first = random.random_range(0..2usize);
        pair.iter().enumerate().for_each(|(at, &place)| halves[(first + at) % 2].push(rows[place]));
    }
    halves.iter_mut().for_each(|half| half.sort_unstable());
    halves
}

/// Where every row lies along the first principal direction of columns whose means are zero, by power iteration: it need not be exact.
fn along_most(x: &Matrix, random: &mut Random) -> Vec<f64> {
    let mut direction: Vec<f64> = (0..x.n_cols()).map(|_| random.random_range(-1.0..1.0)).collect();
    let places = |direction: &[f64]| -> Vec<f64> { (0..x.n_rows()).map(|row| dot(x.row(row), direction)).collect() };
    for _ in 0..20 {
        let mut next = vec![0.0; x.n_cols()];
        for (row, place) in places(&direction).into_iter().enumerate() {
            next.iter_mut().zip(x.row(row)).for_each(|(sum, value)| *sum += place * value);
        }
        let length = dot(&next, &next).sqrt();
        if length <= 0.0 {
            break;
        }
        direction = next.into_iter().map(|value| value / length).collect();
    }
    places(&direction)
}

/// The rows as everywhere, or with every column that varies among them on a scale of their own: what tells segments apart may drown what differs inside one.
pub(super) fn select(x: &Matrix, rows: &[u32], is_within: bool) -> Matrix {
    let chosen = x.select_rows(&rows.iter().map(|&row| row as usize).collect::<Vec<_>>());
    if !is_within {
        return chosen;
    }
    let p = chosen.n_cols();
    let of_column = |col: usize| mean_sd(&(0..chosen.n_rows()).map(|row| chosen.at(row, col)).collect::<Vec<_>>());
    let scales: Vec<(f64, f64)> = (0..p).map(of_column).map(|(mean, sd)| (mean, if sd > 1e-9 { sd } else { 1.0 })).collect();
    let values =
        chosen.values().chunks_exact(p.max(1)).flat_map(|row| row.iter().zip(&scales).map(|(value, (mean, sd))| (value - mean) / sd));
    Matrix::new(values.collect(), chosen.n_rows(), p).expect("finite values over scales above zero are finite")
}
