//! Which number of clusters is more compact than in rows spread evenly?
//!
//! In: a matrix and the numbers of clusters. Out: the gap of each and its standard error. O(boxes) fits for each number.
//!
//! Tibshirani, Walther, Hastie 2001, "Estimating the number of clusters in a data set via the gap statistic": log inertia in boxes of even rows, aligned with
//! the principal axes of the data, minus that of the data. The number is the smallest whose gap is not more than one standard error below the next. The
//! axes are by Jacobi's rotations.

use personae::base::seed::{self, RngExt};
use personae::base::stats::mean_sd;
use personae::base::{Ctx, Matrix};
use personae::cluster::{KMeansParams, kmeans};

/// Starts of k-means.
const RESTARTS: usize = 2;
const BOXES: usize = 10;
const SALT: u64 = 0x4761_7053_7461_7421;

/// How far one number of clusters is from even rows.
struct Gap {
    /// Number of clusters.
    k: usize,
    /// Log inertia of even rows minus that of the data.
    gap: f64,
    /// What the gap is uncertain by, with so many boxes.
    error: f64,
}

/// The gap of 1 to `most` clusters.
fn gaps(x: &Matrix, most: usize, boxes: usize, seed: u64) -> Vec<Gap> {
    let own = principal_scores(x);
    let ends: Vec<(f64, f64)> = (0..own.n_cols())
        .map(|col| (0..own.n_rows()).map(|row| own.at(row, col)).fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v))))
        .collect();
    let curve = |rows: &Matrix| -> Vec<f64> {
        (1..=most).map(|k| kmeans(rows, &KMeansParams { k, restarts: RESTARTS, seed }, &Ctx::new()).unwrap().inertia.ln()).collect()
    };
    let of_data = curve(&own);
    let even = |nth: usize| {
        let mut random = seed::random(seed ^ SALT, nth as u64);
        let values =
            (0..own.n_rows()).flat_map(|_| ends.iter().map(|&(low, high)| low + (high - low) * random.random::<f64>()).collect::<Vec<_>>());
        curve(&Matrix::new(values.collect(), own.n_rows(), own.n_cols()).unwrap())
    };
    let of_boxes: Vec<Vec<f64>> = (0..boxes).map(even).collect();
    let gap = |at: usize| {
        let (mean, sd) = mean_sd(&of_boxes.iter().map(|curve| curve[at]).collect::<Vec<_>>());
        Gap { k: at + 1, gap: mean - of_data[at], error: sd * (1.0 + 1.0 / boxes as f64).sqrt() }
    };
    (0..most).map(gap).collect()
}

/// The number of clusters that the gaps speak for: the smallest that is as good as the next.
pub fn by_gap(x: &Matrix, most: usize, seed: u64) -> usize {
    let gaps = gaps(x, most + 1, BOXES, seed);
    let first = gaps.windows(2).find(|pair| pair[0].gap >= pair[1].gap - pair[1].error).map(|pair| pair[0].k);
    first.unwrap_or(most)
}

/// Every row's place along the principal axes.
fn principal_scores(x: &Matrix) -> Matrix {
    let (n, p) = (x.n_rows(), x.n_cols());
    let means: Vec<f64> = (0..p).map(|col| (0..n).map(|row| x.at(row, col)).sum::<f64>() / n as f64).collect();
    let product = |i: usize, j: usize| (0..n).map(|row| (x.at(row, i) - means[i]) * (x.at(row, j) - means[j])).sum::<f64>() / n as f64;
    let axes = principal_axes((0..p).map(|i| (0..p).map(|j| product(i, j)).collect()).collect());
    let values = (0..n).flat_map(|row| axes.iter().map(|axis| dot(axis, x.row(row))).collect::<Vec<_>>()).collect();
    Matrix::new(values, n, p).unwrap()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The eigenvectors of a symmetric matrix, in no order.
fn principal_axes(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    const SWEEPS: usize = 30;
    let p = a.len();
    let mut axes: Vec<Vec<f64>> = (0..p).map(|i| (0..p).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let size: f64 = a.iter().map(|row| dot(row, row)).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..p).map(|i| dot(&a[i][..i], &a[i][..i])).sum();
        if off <= 1e-18 * size {
            break;
        }
        for i in 0..p {
            for j in i + 1..p {
                if a[i][j] == 0.0 {
                    continue;
                }
                let theta = (a[j][j] - a[i][i]) / (2.0 * a[i][j]);
                let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let sine = tangent * cosine;
                for row in &mut a {
                    (row[i], row[j]) = (cosine * row[i] - sine * row[j], sine * row[i] + cosine * row[j]);
                }
                turn(&mut a, i, j, cosine, sine);
                turn(&mut axes, i, j, cosine, sine);
            }
        }
    }
    axes
}

/// Turns two rows of a matrix.
fn turn(rows: &mut [Vec<f64>], i: usize, j: usize, cosine: f64, sine: f64) {
    let (before, after) = rows.split_at_mut(j);
    for (x, y) in before[i].iter_mut().zip(&mut after[0]) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}
