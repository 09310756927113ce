//! What would elbow and silhouette show if there were nothing to find?
//!
//! In: a matrix, the numbers of clusters, the method. Out: for each k what inertia and mean silhouette are in copies whose columns are shuffled, as
//! mean and range. A copy costs the sweep of at most [`MOST_ROWS`] rows, O(m p sum of k) for k-means and the linkage's own cost for trees, and O(m² p)
//! for the silhouettes of all k together.
//!
//! The idea is that of the gap statistic (Tibshirani, Walther, Hastie 2001, "Estimating the number of clusters in a data set via the gap statistic") with
//! columns shuffled instead of drawn from a box, so that what one column shows alone stays. Trees are compared with trees of the same linkage:
//! k-means on shuffled data would show the difference of the methods too. Of larger tables so many rows of each copy are taken. Their inertia is
//! scaled by the total sum of squares of all rows over theirs: shuffling leaves the total as it is, so that at k = 1 the band is exactly the curve, and
//! what is left of the sampling is the slightly better fit of fewer rows, about k in m.

use serde::Serialize;

use super::shuffle::shuffled_columns;
use super::silhouette::silhouettes;
use crate::base::stats::{mean, quantile_sorted, sorted};
use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::{ClusterError, KMeansParams, Linkage, inertias, kmeans, linkage};

/// How the copies are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum NullMethod {
    /// k-means, a fit for each k.
    KMeans,
    /// A tree, cut into each k.
    Tree(Linkage),
}

/// Where one value lies in shuffled copies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end of the range.
    pub low: f64,
    /// The mean.
    pub mean: f64,
    /// The upper end of the range.
    pub high: f64,
}

/// What shuffled copies give for one k.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NullPoint {
    /// Number of clusters.
    pub k: usize,
    /// Sum of squared distances to the centroids, scaled to all rows; none where there are fewer different rows than clusters.
    pub inertia: Option<Interval>,
    /// Mean silhouette; none below two clusters.
    pub silhouette: Option<Interval>,
}

/// What shuffled copies give for every k.
#[derive(Debug, Clone, PartialEq)]
pub struct NullBand {
    /// One per k, in the order asked for.
    pub points: Vec<NullPoint>,
    /// Copies behind it.
    pub copies: usize,
    /// Rows of each copy.
    pub rows: usize,
    /// Rows of the data.
    pub n_rows: usize,
    /// Inertia and silhouette of every k (inner) in every copy (outer).
    curves: Vec<Vec<Values>>,
}

/// One k in one copy.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Values {
    inertia: Option<f64>,
    silhouette: Option<f64>,
}

/// Rows of a copy at most for methods that need no matrix of distances: a copy then takes about a tenth of a second.
pub const MOST_ROWS: usize = 4_000;
/// The same for linkages that do.
const MOST_ROWS_OF_PAIRS: usize = 1_500;
/// Starts of k-means for each k; the best of two is within about a percent of the best of ten.
const RESTARTS: usize = 2;
/// From so many copies on the range leaves out the outermost twentieth on both sides; below it goes from the least to the most.
const COPIES_FOR_QUANTILES: usize = 20;
const STAGE: &str = "Grouping shuffled columns";

impl NullBand {
    /// What the range is, in words.
    pub fn range_words(&self) -> String {
        match self.copies {
            1 => "of 1 shuffled copy".into(),
            n if n < COPIES_FOR_QUANTILES => format!("least to most of {n} shuffled copies"),
            n => format!("5 to 95 % of {n} shuffled copies"),
        }
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.points.len() * (size_of::<NullPoint>() + self.curves.len() * size_of::<Values>())
    }
}

/// The band from `copies` copies; those of `before` are taken over, and the result is the same as without them.
pub fn null_band(
    x: &Matrix,
    ks: &[usize],
    method: NullMethod,
    seed: u64,
    copies: usize,
    before: Option<&NullBand>,
    ctx: &Ctx,
) -> Result<NullBand, ClusterError> {
    ctx.progress(STAGE, 0.0);
    let most = match method {
        NullMethod::KMeans | NullMethod::Tree(Linkage::Ward | Linkage::Single) => MOST_ROWS,
        NullMethod::Tree(_) => MOST_ROWS_OF_PAIRS,
    };
    let rows = x.n_rows().min(most);
    let total = total_squares(x, ctx)?;
    let mut curves = before.map_or_else(Vec::new, |before| before.curves.clone());
    let known = curves.len();
    for copy in known..copies {
        ctx.give_way()?;
        ctx.progress(STAGE, (copy - known) as f32 / (copies - known) as f32);
        let shuffled = shuffled_columns(x, rows, seed, copy, ctx)?;
        let of_sample = total_squares(&shuffled, ctx)?;
        let scale = if of_sample > 0.0 { total / of_sample } else { 1.0 };
        curves.push(curve(&shuffled, ks, method, seed, scale, &ctx.quiet())?);
    }
    let points = ks.iter().enumerate().map(|(at, &k)| NullPoint {
        k,
        inertia: interval(curves.iter().map(|curve| curve[at].inertia)),
        silhouette: interval(curves.iter().map(|curve| curve[at].silhouette)),
    });
    Ok(NullBand { points: points.collect(), copies: curves.len(), rows, n_rows: x.n_rows(), curves })
}

/// Inertia and mean silhouette of one copy at every k.
fn curve(x: &Matrix, ks: &[usize], method: NullMethod, seed: u64, scale: f64, ctx: &Ctx) -> Result<Vec<Values>, ClusterError> {
    let mut fits: Vec<Option<(Labels, f64)>> = Vec::with_capacity(ks.len());
    match method {
        NullMethod::KMeans => {
            for &k in ks {
                fits.push(match kmeans(x, &KMeansParams { k, restarts: RESTARTS, seed }, ctx) {
                    Err(ClusterError::TooFewDistinct { .. }) => None,
                    fit => Some(fit.map(|fit| (fit.labels, fit.inertia))?),
                });
            }
        }
        NullMethod::Tree(by) => {
            let tree = linkage(x, by, ctx)?;
            let within = inertias(x, &tree, ks, ctx)?;
            for (&k, inertia) in ks.iter().zip(within) {
                ctx.check()?;
                fits.push((k <= x.n_rows()).then(|| (tree.cut_clusters(k), inertia)));
            }
        }
    }
    let labels: Vec<&Labels> = fits.iter().flatten().map(|(labels, _)| labels).collect();
    let mut measured = silhouettes(x, &labels, ctx)?.into_iter();
    let mut value = |fit: &Option<(Labels, f64)>| match fit {
        Some((_, inertia)) => {
            Values { inertia: Some(inertia * scale), silhouette: measured.next().and_then(|silhouettes| silhouettes.mean) }
        }
        None => Values::default(),
    };
    Ok(fits.iter().map(&mut value).collect())
}

/// Mean and range of what is known; nothing where no copy has a value.
fn interval(values: impl Iterator<Item = Option<f64>>) -> Option<Interval> {
    let ascending = sorted(values.flatten());
    let tail = if ascending.len() >= COPIES_FOR_QUANTILES { 0.05 } else { 0.0 };
    let (low, high) = (quantile_sorted(&ascending, tail), quantile_sorted(&ascending, 1.0 - tail));
    (!ascending.is_empty()).then(|| Interval { low, mean: mean(&ascending), high })
}

/// The sum of squared distances of all rows to their mean. O(n p).
fn total_squares(x: &Matrix, ctx: &Ctx) -> Result<f64, ClusterError> {
    let mut means = vec![0.0; x.n_cols()];
    for row in 0..x.n_rows() {
        if row % 16_384 == 0 {
            ctx.check()?;
        }
        means.iter_mut().zip(x.row(row)).for_each(|(mean, value)| *mean += value / x.n_rows() as f64);
    }
    let mut total = 0.0;
    for row in 0..x.n_rows() {
        if row % 16_384 == 0 {
            ctx.check()?;
        }
        total += x.row(row).iter().zip(&means).map(|(value, mean)| (value - mean) * (value - mean)).sum::<f64>();
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_named_for_what_it_is() {
        let of = |n: usize| interval((0..n).map(|value| Some(value as f64))).unwrap();
        assert_eq!(of(3), Interval { low: 0.0, mean: 1.0, high: 2.0 });
        // Type 7 quantiles of 0..=20: a twentieth of 20 steps is one step.
        assert_eq!(of(21), Interval { low: 1.0, mean: 10.0, high: 19.0 });
        assert_eq!(interval([None, None].into_iter()), None);
        let band = |copies| NullBand { points: vec![], copies, rows: 1, n_rows: 1, curves: vec![] };
        assert_eq!(band(3).range_words(), "least to most of 3 shuffled copies");
        assert_eq!(band(20).range_words(), "5 to 95 % of 20 shuffled copies");
    }

    #[test]
    fn one_cluster_of_a_shuffled_copy_is_as_wide_as_the_data() {
        let x = Matrix::new((0..60).map(|i| ((i * 37) % 23) as f64).collect(), 20, 3).unwrap();
        let total = total_squares(&x, &Ctx::new()).unwrap();
        for method in [NullMethod::KMeans, NullMethod::Tree(Linkage::Average)] {
            let band = null_band(&x, &[1, 2, 25], method, 0, 3, None, &Ctx::new()).unwrap();
            let one = band.points[0].inertia.unwrap();
            assert!((one.low - total).abs() < 1e-9 * total && (one.high - total).abs() < 1e-9 * total, "{one:?} {total}");
            assert_eq!((band.points[0].silhouette, band.points[2].inertia), (None, None));
            assert!(band.points[1].silhouette.is_some());
        }
    }
}
