//! What would these customers look like if they were one group?
//!
//! In: a matrix. Out: as many rows drawn from one cloud that is as like the data as a cloud can be. O(n p² + n p log n).
//!
//! One group may be skewed, have ends, and lean in any direction, so a box (Tibshirani, Walther, Hastie 2001) or one Gaussian of the same covariance
//! (Liu, Hayes, Nobel, Marron 2008) in its place takes skewed columns for groups, and shuffled columns take correlation for groups. Two clouds together
//! cover what one group can be:
//!
//! - **Tied columns.** Each column's ranks become normal scores (van der Waerden), a Gaussian with the correlations of those is drawn from, and its ranks take
//!   the column's values again (Cario, Nelson 1997, "Modeling and generating random vectors with arbitrary marginal distributions and correlation matrix").
//! - **Mixed sources.** The columns are taken apart into independent sources (see [`super::sources`]), which are shuffled and mixed again.
//!
//! In both, values with valleys between them first get one peak (see [`super::dip`]): a table whose every column has two heaps would be its own reference.

use super::dip::with_one_peak;
use super::sources::{Sources, cholesky, dot};
use crate::base::seed::{self, Random, RngExt};
use crate::base::stats::normal_quantile;
use crate::base::{Ctx, Matrix, Stopped};

/// Columns with at most so many different values are levels: they keep them as they are, since heaps of equal values are no groups by themselves.
const MOST_LEVELS: usize = 20;
/// Keeps these draws apart from all others.
const SALT: u64 = 0x4F6E_6543_6C6F_7564;

/// What ties the columns of a cloud together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The correlations of their ranks.
    TiedColumns,
    /// Independent sources that they are mixtures of.
    MixedSources,
}

impl Shape {
    /// Both.
    pub const ALL: [Shape; 2] = [Shape::TiedColumns, Shape::MixedSources];
}

/// One cloud, ready to be drawn from.
pub struct OneCloud {
    /// The values of every column or source, ascending, with one peak.
    values: Vec<Vec<f64>>,
    by: By,
    n_rows: usize,
}

enum By {
    /// The lower triangle of the root of the correlations of the normal scores, row by row.
    Root(Vec<Vec<f64>>),
    Sources(Sources),
}

impl OneCloud {
    /// The cloud of a matrix.
    pub fn of(x: &Matrix, shape: Shape, seed: u64, ctx: &Ctx) -> Result<OneCloud, Stopped> {
        ctx.check()?;
        let n_rows = x.n_rows();
        match shape {
            Shape::TiedColumns => {
                let normal: Vec<f64> = (0..n_rows).map(|at| normal_quantile((at as f64 + 0.5) / n_rows as f64)).collect();
                let columns = (0..x.n_cols()).map(|col| ascending(n_rows, |row| x.at(row, col)));
                let sorted: Vec<(Vec<usize>, Vec<f64>)> =
                    columns.enumerate().map(|(col, order)| (order.clone(), order.iter().map(|&row| x.at(row, col)).collect())).collect();
                ctx.check()?;
                let scores: Vec<Vec<f64>> = sorted.iter().map(|(order, values)| normal_scores(order, values, &normal)).collect();
                let root = cholesky(&correlations(&scores, ctx)?);
                let values = sorted.into_iter().map(|(_, values)| peaked(values)).collect();
                Ok(OneCloud { values, by: By::Root(root), n_rows })
            }
            Shape::MixedSources => {
                let sources = Sources::of(x, seed, ctx)?;
                let sorted = |source: &Vec<f64>| {
                    let mut values = source.clone();
                    values.sort_by(f64::total_cmp);
                    peaked(values)
                };
                Ok(OneCloud { values: sources.values.iter().map(sorted).collect(), by: By::Sources(sources), n_rows })
            }
        }
    }

    /// Draw number `nth`: as many rows as there were.
    pub fn draw(&self, seed: u64, nth: usize, ctx: &Ctx) -> Result<Matrix, Stopped> {
        ctx.check()?;
        let mut random = seed::random(seed ^ SALT, nth as u64);
        match &self.by {
            By::Root(root) => {
                let latent: Vec<Vec<f64>> = (0..self.n_rows)
                    .map(|_| {
                        let row: Vec<f64> = root.iter().map(|_| normal(&mut random)).collect();
                        root.iter().map(|weights| dot(weights, &row)).collect()
                    })
                    .collect();
                let p = self.values.len();
                let mut drawn = vec![0.0; self.n_rows * p];
                for (col, values) in self.values.iter().enumerate() {
                    ctx.check()?;
                    let order = ascending(self.n_rows, |row| latent[row][col]);
                    order.into_iter().zip(values).for_each(|(row, &value)| drawn[row * p + col] = value);
                }
                Ok(Matrix::new(drawn, self.n_rows, p).expect("the cloud has the values of a matrix"))
            }
            By::Sources(sources) => {
                let mut shuffled = self.values.clone();
                for values in &mut shuffled {
                    ctx.check()?;
                    for at in (1..values.len()).rev() {
                        values.swap(at, random.random_range(0..=at));
                    }
                }
                Ok(sources.mixed(&shuffled))
            }
        }
    }
}

/// The values with one peak, unless they are levels.
fn peaked(ascending: Vec<f64>) -> Vec<f64> {
    let n_levels = 1 + ascending.windows(2).filter(|pair| pair[0] < pair[1]).count();
    if n_levels <= MOST_LEVELS { ascending } else { with_one_peak(&ascending) }
}

/// The rows by their value; of equal values the first row comes first.
fn ascending(n: usize, value: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| value(a).total_cmp(&value(b)));
    order
}

/// The normal score of every row; equal values share the mean of theirs.
fn normal_scores(order: &[usize], values: &[f64], normal: &[f64]) -> Vec<f64> {
    let mut scores = vec![0.0; order.len()];
    let mut first = 0;
    while first < order.len() {
        let last = first + values[first..].iter().take_while(|value| **value == values[first]).count();
        let mean = normal[first..last].iter().sum::<f64>() / (last - first) as f64;
        order[first..last].iter().for_each(|&row| scores[row] = mean);
        first = last;
    }
    scores
}

/// How strongly the normal scores of any two columns go together, with a little added to the diagonal so that copies of a column have a root too.
fn correlations(scores: &[Vec<f64>], ctx: &Ctx) -> Result<Vec<Vec<f64>>, Stopped> {
    const RIDGE: f64 = 1e-6;
    let lengths: Vec<f64> = scores.iter().map(|of| dot(of, of).sqrt()).collect();
    let mut all = Vec::with_capacity(scores.len());
    for (i, of) in scores.iter().enumerate() {
        ctx.check()?;
        let r = |(j, other): (usize, &Vec<f64>)| {
            let scale = lengths[i] * lengths[j];
            if i == j {
                1.0 + RIDGE
            } else if scale > 0.0 {
                dot(of, other) / scale
            } else {
                0.0
            }
        };
        all.push(scores.iter().enumerate().map(r).collect());
    }
    Ok(all)
}

/// A number of the standard normal distribution.
fn normal(random: &mut Random) -> f64 {
    normal_quantile(random.random_range(f64::EPSILON..1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::{mean, skewness};

    #[test]
    fn a_draw_has_the_columns_and_what_ties_them() {
        let mut random = seed::random(3, 0);
        let rows: Vec<[f64; 3]> = (0..800)
            .map(|_| {
                let (a, b) = (normal(&mut random), normal(&mut random));
                [a.exp(), (0.9 * a + 0.436 * b).exp(), f64::from(b > 0.3)]
            })
            .collect();
        let x = Matrix::from_rows(&rows).unwrap();
        let cloud = OneCloud::of(&x, Shape::TiedColumns, 0, &Ctx::new()).unwrap();
        let y = cloud.draw(0, 0, &Ctx::new()).unwrap();
        let column = |x: &Matrix, col: usize| (0..x.n_rows()).map(|row| x.at(row, col)).collect::<Vec<f64>>();
        let ranks = |x: &Matrix, col: usize| {
            let order = ascending(x.n_rows(), |row| x.at(row, col));
            let mut ranks = vec![0.0; x.n_rows()];
            order.into_iter().enumerate().for_each(|(rank, row)| ranks[row] = rank as f64 - 399.5);
            ranks
        };
        let tied = |x: &Matrix| dot(&ranks(x, 0), &ranks(x, 1)) / dot(&ranks(x, 0), &ranks(x, 0));
        assert!((tied(&x) - tied(&y)).abs() < 0.05, "{} {}", tied(&x), tied(&y));
        assert!((skewness(&column(&x, 0)) - skewness(&column(&y, 0))).abs() < 0.5);
        assert_eq!(mean(&column(&x, 2)), mean(&column(&y, 2)), "levels stay as they are");
        assert_eq!(y, cloud.draw(0, 0, &Ctx::new()).unwrap());
        assert_ne!(y, cloud.draw(0, 1, &Ctx::new()).unwrap());
    }
}
