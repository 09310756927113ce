//! Are there groups in these data at all, or one cloud that can be cut anywhere?
//!
//! In: a matrix and a seed. Out: whether groups were found, and what every number of groups has to say for itself. A sample of [`MOST_ROWS`] rows is
//! looked at, so it costs the same however many rows there are: two to four hundred small fits of k-means, well under two seconds.
//!
//! The gap statistic's question (Tibshirani, Walther, Hastie 2001), asked of the mean silhouette and with one cloud in place of the box (see
//! [`super::one_cloud`]; Liu, Hayes, Nobel, Marron 2008, "Statistical significance of clustering for high-dimension, low-sample-size data", ask it with one
//! Gaussian). Groups are found where some number of clusters has a silhouette that lies clearly above those of both kinds of cloud, whose draws are grouped
//! in the same way. The outermost hundredth of every column is drawn in first, or a few far customers would be a group. `tests/it/structure.rs` measures it
//! against the published criteria; the table is in `benches/README.md`.

use rayon::prelude::*;

use super::one_cloud::{OneCloud, Shape};
use super::prediction::{STRONG, prediction_strength};
use super::silhouette::silhouettes;
use crate::base::seed::{self, RngExt};
use crate::base::stats::{mean_sd, quantile_sorted, sorted};
use crate::base::{Ctx, Labels, Matrix, text};
use crate::cluster::{ClusterError, KMeansParams, kmeans};

/// What is said wherever no groups were found.
pub const ONE_GROUP: &str = "These data form one group; splitting them is a choice, not a finding.";
/// The badge of a segment of such data.
pub const A_CHOICE: &str = "A choice, not a finding";

/// Rows looked at, at most.
pub const MOST_ROWS: usize = 800;
/// Fewer rows than this can't be told from a cloud.
const FEWEST_ROWS: usize = 10;
/// Numbers of clusters tried: more groups than that are seen at the last of them too.
const KS: std::ops::RangeInclusive<usize> = 2..=8;
/// Clouds of each shape after each round; a clear answer needs one round.
const ROUNDS: [usize; 2] = [8, 24];
/// Deviations of the clouds' silhouettes, and excess over their mean, from which on groups are found; either a sure difference or a large one.
const FOUND: [(f64, f64); 2] = [(3.6, 0.015), (2.5, 0.1)];
/// After the first round the answer is clear outside of these.
const CLEAR: (f64, f64) = (1.5, 10.0);
/// The silhouettes of clouds are never taken to be surer than this.
const LEAST_DEVIATION: f64 = 0.004;
/// The share of every column that is drawn in on either side.
const DRAWN_IN: f64 = 0.01;
const RESTARTS: usize = 2;
const SPLITS: usize = 5;
const SIDE_BY_SIDE: usize = 4;
const SALT: u64 = 0x5374_7275_6374_7572;
const STAGE: &str = "Looking for groups at all";

/// Whether there are groups, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// Whether there are any.
    pub found: bool,
    /// What every number of clusters has to say for itself, ascending.
    pub points: Vec<StructurePoint>,
    /// Clouds of each shape behind it.
    pub clouds: usize,
    /// Rows looked at.
    pub rows: usize,
    /// Rows of the data.
    pub n_rows: usize,
}

/// One number of clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StructurePoint {
    /// Number of clusters.
    pub k: usize,
    /// Mean silhouette in the sample.
    pub silhouette: f64,
    /// The mean of the same in clouds of the shape that comes nearest.
    pub of_clouds: f64,
    /// The largest of all clouds.
    pub most_of_clouds: f64,
    /// How many of the clouds' deviations the silhouette lies above them, for the shape that comes nearest.
    pub deviations: f64,
    /// Log inertia of the clouds minus that of the data, for the shape that comes nearest.
    pub compactness: f64,
    /// Prediction strength.
    pub strength: Option<f64>,
}

impl StructurePoint {
    fn excess(&self) -> f64 {
        self.silhouette - self.of_clouds
    }

    fn is_found(&self) -> bool {
        FOUND.iter().any(|&(deviations, excess)| self.deviations >= deviations && self.excess() >= excess)
    }
}

impl Structure {
    /// The number of clusters that stands apart most from one cloud.
    pub fn strongest(&self) -> Option<&StructurePoint> {
        best(&self.points, StructurePoint::excess)
    }

    /// Why there are groups or not, in plain sentences with numbers.
    pub fn reasons(&self) -> Vec<String> {
        let Some(strongest) = self.strongest() else {
            return vec![format!("{} customers are too few to find groups in.", text::count(self.n_rows))];
        };
        let StructurePoint { k, silhouette, of_clouds, most_of_clouds, .. } = strongest;
        let clouds = Shape::ALL.len() * self.clouds;
        let [first, last] = [self.points.first(), self.points.last()].map(|point| point.map_or(*k, |point| point.k));
        let sample = match self.is_sample() {
            true => format!(" (from a sample of {} of {} customers)", text::count(self.rows), text::count(self.n_rows)),
            false => String::new(),
        };
        if self.found {
            return vec![format!(
                "There is more than one group{sample}: the split that stands out most, into {k}, has a mean silhouette of {silhouette:.2}. Data that are one group, with the \
                 same columns, give {of_clouds:.2} and {most_of_clouds:.2} at most ({clouds} draws)."
            )];
        }
        let why = format!(
            "Split into {first} to {last}, they stand apart no more than parts of one group would{sample}: at {k} the mean \
             silhouette is {silhouette:.2}. Data that are one group, with the same columns, give {of_clouds:.2} and {most_of_clouds:.2} at most ({clouds} draws)."
        );
        vec![ONE_GROUP.to_owned(), why]
    }

    /// The numbers of clusters it speaks for, each with one sentence, the surest criterion first.
    pub fn votes(&self) -> Vec<(usize, String)> {
        if !self.found {
            return Vec::new();
        }
        let how = if self.is_sample() { ", from a sample" } else { "" };
        let mut votes = Vec::new();
        let strong = self.points.iter().rev().find(|point| point.strength.is_some_and(|strength| strength >= STRONG));
        if let Some((k, strength)) = strong.and_then(|point| Some((point.k, point.strength?))) {
            votes.push((
                k,
                format!("{k} is the largest number of groups at which one half of the customers predicts the groups of the other (prediction strength {strength:.2}{how}; {STRONG} is enough)."),
            ));
        }
        if let Some(StructurePoint { k, silhouette, of_clouds, .. }) = self.strongest() {
            votes.push((
                *k,
                format!("At {k} the groups stand out most compared with a single group (mean silhouette {silhouette:.2} against {of_clouds:.2}{how})."),
            ));
        }
        if let Some(StructurePoint { k, compactness, .. }) =
            best(&self.points, |point| point.compactness).filter(|point| point.compactness > 0.0)
        {
            let less = 100.0 * (1.0 - (-compactness).exp());
            votes.push((*k, format!("At {k} the groups are tightest compared with a single group (inertia {less:.0} % less{how}).")));
        }
        votes
    }

    fn is_sample(&self) -> bool {
        self.rows < self.n_rows
    }

    /// The prediction strength of `k` clusters, where it was looked at.
    pub fn strength(&self, k: usize) -> Option<f64> {
        self.points.iter().find(|point| point.k == k)?.strength
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.points[..])
    }
}

/// The first of the points with the largest value.
fn best(points: &[StructurePoint], value: impl Fn(&StructurePoint) -> f64) -> Option<&StructurePoint> {
    points.iter().reduce(|best, other| if value(other) > value(best) { other } else { best })
}

/// Looks for groups.
pub fn structure(x: &Matrix, seed: u64, ctx: &Ctx) -> Result<Structure, ClusterError> {
    ctx.progress(STAGE, 0.0);
    ctx.check()?;
    let n_rows = x.n_rows();
    let sample = drawn_in(&sampled(x, seed), ctx)?;
    let rows = sample.n_rows();
    let mut found = Structure { found: false, points: Vec::new(), clouds: 0, rows, n_rows };
    if rows < FEWEST_ROWS {
        return Ok(found);
    }
    let data = curve(&sample, seed, ctx)?;
    let ks: Vec<usize> = KS.take(data.len()).collect();
    if ks.is_empty() {
        return Ok(found);
    }
    let [tied, mixed] = Shape::ALL;
    let clouds = [OneCloud::of(&sample, tied, seed, ctx)?, OneCloud::of(&sample, mixed, seed, ctx)?];
    let mut curves: [Vec<Vec<Values>>; 2] = Default::default();
    for (round, &n) in ROUNDS.iter().enumerate() {
        for (cloud, curves) in clouds.iter().zip(&mut curves) {
            for first in (curves.len()..n).step_by(SIDE_BY_SIDE) {
                ctx.check()?;
                let draw = |nth: usize| curve(&cloud.draw(seed, nth, ctx)?, seed, ctx);
                let batch = (first..(first + SIDE_BY_SIDE).min(n)).into_par_iter().map(draw);
                curves.extend(batch.collect::<Result<Vec<_>, ClusterError>>()?);
            }
            ctx.progress(STAGE, (round + 1) as f32 / (ROUNDS.len() + 2) as f32);
        }
        found.clouds = n;
        found.points = ks.iter().enumerate().map(|(at, &k)| point(k, data[at], at, &curves)).collect();
        let most = found.points.iter().map(|point| point.deviations).fold(f64::MIN, f64::max);
        if most < CLEAR.0 || most > CLEAR.1 {
            break;
        }
    }
    found.found = found.points.iter().any(StructurePoint::is_found);
    // How many there are is asked only where there are some.
    if found.found {
        for point in &mut found.points {
            ctx.check()?;
            point.strength = prediction_strength(&sample, point.k, SPLITS, seed, ctx)?;
        }
    }
    ctx.progress(STAGE, 1.0);
    Ok(found)
}

/// What one number of clusters gives.
#[derive(Debug, Clone, Copy)]
struct Values {
    silhouette: f64,
    log_inertia: f64,
}

/// The values of every number of clusters, as far as there are so many different rows.
fn curve(x: &Matrix, seed: u64, ctx: &Ctx) -> Result<Vec<Values>, ClusterError> {
    let mut fits = Vec::new();
    for k in KS {
        ctx.check()?;
        match kmeans(x, &KMeansParams { k, restarts: RESTARTS, seed }, &ctx.quiet()) {
            Err(ClusterError::TooFewDistinct { .. }) => break,
            fit => fits.push(fit?),
        }
    }
    let labels: Vec<&Labels> = fits.iter().map(|fit| &fit.labels).collect();
    let measured = silhouettes(x, &labels, &ctx.quiet())?;
    let values = fits.iter().zip(measured).map(|(fit, silhouettes)| Values {
        silhouette: silhouettes.mean.unwrap_or(0.0),
        log_inertia: fit.inertia.max(f64::MIN_POSITIVE).ln(),
    });
    Ok(values.collect())
}

/// One number of clusters against the clouds; of the two shapes the one that comes nearer counts.
fn point(k: usize, data: Values, at: usize, curves: &[Vec<Vec<Values>>; 2]) -> StructurePoint {
    let mut point = StructurePoint {
        k,
        silhouette: data.silhouette,
        of_clouds: f64::MIN,
        most_of_clouds: f64::MIN,
        deviations: f64::MAX,
        compactness: f64::MAX,
        strength: None,
    };
    for curves in curves {
        let known: Vec<Values> = curves.iter().filter_map(|curve| curve.get(at).copied()).collect();
        let (mean, sd) = mean_sd(&known.iter().map(|values| values.silhouette).collect::<Vec<_>>());
        let inertia = mean_sd(&known.iter().map(|values| values.log_inertia).collect::<Vec<_>>()).0;
        point.of_clouds = point.of_clouds.max(mean);
        point.most_of_clouds = known.iter().map(|values| values.silhouette).fold(point.most_of_clouds, f64::max);
        point.deviations = point.deviations.min((data.silhouette - mean) / sd.max(LEAST_DEVIATION));
        point.compactness = point.compactness.min(inertia - data.log_inertia);
    }
    point
}

/// One row from each of as many stretches of the table, so that its order does not matter.
fn sampled(x: &Matrix, seed: u64) -> Matrix {
    let n = x.n_rows();
    if n <= MOST_ROWS {
        return x.clone();
    }
    let mut random = seed::random(seed ^ SALT, 0);
    let begin = |at: usize| at * n / MOST_ROWS;
    let rows: Vec<usize> = (0..MOST_ROWS).map(|at| random.random_range(begin(at)..begin(at + 1))).collect();
    x.select_rows(&rows)
}

/// The matrix with the outermost values of every column drawn in.
fn drawn_in(x: &Matrix, ctx: &Ctx) -> Result<Matrix, ClusterError> {
    let mut ends = Vec::with_capacity(x.n_cols());
    for col in 0..x.n_cols() {
        ctx.check()?;
        let ascending = sorted((0..x.n_rows()).map(|row| x.at(row, col)));
        ends.push((quantile_sorted(&ascending, DRAWN_IN), quantile_sorted(&ascending, 1.0 - DRAWN_IN)));
    }
    let values = (0..x.n_rows()).flat_map(|row| x.row(row).iter().zip(&ends).map(|(value, (low, high))| value.clamp(*low, *high)));
    Ok(Matrix::new(values.collect(), x.n_rows(), x.n_cols()).expect("values drawn in stay finite"))
}
