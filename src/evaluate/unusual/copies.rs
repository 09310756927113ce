//! What would a smooth population of the same groups look like, and how unusual would its customers be?
//!
//! In: a matrix, the group of every row, the columns that belong together. Out: rows drawn anew, and their scores. Making it ready O(n p log n), a copy of m rows
//! O(m p²) and what its scores cost.
//!
//! Every group is drawn from by a Gaussian copula (Cario, Nelson 1997): the column's own values by rank, tied together by the correlations of their normal scores. So
//! a copy has the skew, the ends, the levels and the correlations of every group, but nobody in it stands out for a reason of their own. A category is drawn as a whole,
//! its levels ordered by the number that goes with them most; a number's equal values stay equal. Beyond the least and the largest value a number goes on as its end does:
//! with the customers' own ends no copy could ever have a first more extreme than theirs, and somebody would always stand out. And where the outermost values lie
//! much farther out than the slope of the end leads to, they are drawn in, or the copies would have the very customers that are looked for. Rows in no group are drawn with the nearest group (see
//! [`super::peers`]): left out, everybody at the edge of a group would look unusual beside a copy that has no edge. Columns are not shuffled: that would
//! make odd combinations.
//!
//! A copy is scored by the same forest, and by its own neighbours and its own density tree. Raw scores, not ranks within the copy, are compared with those of the
//! customers; the overall score of a copied row is what its raw scores would rank among the customers. Of very many rows a copy takes a part, see [`super::part`].

use rayon::prelude::*;

use super::peers::check_spans;
use super::ranks::percentiles_among;
use super::{ColumnSpan, DistinctRows, IsolationForest, Peers, UnusualError, combined, glosh, lists_for, local_outlier_factors};
use crate::base::seed::{self, Random, RngExt};
use crate::base::stats::normal_quantile;
use crate::base::{Ctx, Matrix};
use crate::cluster::{density, density_from, hdbscan};
use crate::evaluate::sources::{cholesky, dot};

/// Copies after which more say nothing new.
pub const USUAL_COPIES: usize = 20;
/// Rows of a copy at most. A line that ten of 100 000 customers pass is passed by some fifty rows of twenty such copies, so what is expected there is known to a
/// seventh of it. Copies of twice as many rows doubled the time for that.
const MOST_ROWS: usize = 25_000;
/// Keeps these draws apart from all others.
const SALT: u64 = 0x436F_7079_4D61_6B65;
/// Rows drawn by one stream of random numbers.
const CHUNK: usize = 1024;
/// Added to the diagonal, so that copies of a column have a root too.
const RIDGE: f64 = 1e-6;
/// Groups from which the ends of a number can be told.
const LEAST_FOR_ENDS: usize = 32;
/// How far beyond its usual place, in units of the end's slope, one of the outermost values may lie: an exponential end goes farther one time in twenty.
const FARTHEST: f64 = 3.0;
/// exp(-0.577): how many customers lie beyond the first of very many, as a rule.
const BEYOND_FIRST: f64 = 0.561_459_483_566_885_2;

/// Everything a copy is drawn from.
#[derive(Debug)]
pub struct CopyMaker {
    groups: Vec<Group>,
    n_rows: usize,
    n_cols: usize,
}

/// One group: its rows in the order of each feature, and what ties the features together.
#[derive(Debug)]
struct Group {
    /// Rows here, those that stand nearest included.
    size: usize,
    features: Vec<Feature>,
    /// The lower triangle of the root of the correlations, row by row.
    root: Vec<Vec<f64>>,
}

/// A number or a whole category.
#[derive(Debug)]
struct Feature {
    columns: std::ops::Range<usize>,
    /// The values of its columns, row after row in the feature's order.
    values: Vec<f64>,
    /// How fast the ends of a number go on: what the value grows by where the share of customers beyond falls to 1 / e. 0 where they do not.
    low_end: f64,
    high_end: f64,
}

impl CopyMaker {
    /// Gets ready to copy `x`. Columns in no span are numbers of their own. Fails with `OtherShape` when peers or spans are of another matrix.
    pub fn of(x: &Matrix, peers: &Peers, spans: &[ColumnSpan], ctx: &Ctx) -> Result<CopyMaker, UnusualError> {
        check_spans(x, spans)?;
        if peers.of_row.len() != x.n_rows() {
            return Err(UnusualError::OtherShape { found: peers.of_row.len(), expected: x.n_rows() });
        }
        let mut features: Vec<(std::ops::Range<usize>, bool)> = Vec::new();
        for span in spans {
            match span.is_category {
                true => features.push((span.columns.clone(), true)),
                false => features.extend(span.columns.clone().map(|column| (column..column + 1, false))),
            }
        }
        for column in 0..x.n_cols() {
            if !features.iter().any(|(columns, _)| columns.contains(&column)) {
                features.push((column..column + 1, false));
            }
        }
        // Numbers first: the order of levels comes from them.
        features.sort_by_key(|(columns, is_category)| (*is_category, columns.start));
        let rows = peers.rows(true);
        let group = |rows: &Vec<u32>| Group::of(x, rows, &features, ctx);
        let groups = rows.par_iter().filter(|rows| !rows.is_empty()).map(group).collect::<Result<_, UnusualError>>()?;
        Ok(CopyMaker { groups, n_rows: x.n_rows(), n_cols: x.n_cols() })
    }

    /// Copy number `nth` of `n_rows` rows: every group has its share. The same whoever draws it and whatever was drawn before.
    pub fn draw(&self, n_rows: usize, seed: u64, nth: usize, ctx: &Ctx) -> Result<Matrix, UnusualError> {
        ctx.check()?;
        let mut values = vec![0.0; n_rows * self.n_cols];
        // Where each group ends, so that shares add up to all.
        let mut before = 0;
        let ends: Vec<usize> = self
            .groups
            .iter()
            .map(|group| {
                before += group.size;
                (before as f64 / self.n_rows as f64 * n_rows as f64).round() as usize
            })
            .collect();
        values.par_chunks_mut(CHUNK * self.n_cols.max(1)).enumerate().try_for_each(|(chunk, values)| {
            ctx.check()?;
            let mut random = seed::random(seed ^ SALT, ((nth as u64) << 32) | chunk as u64);
            let (mut drawn, mut tied) = (Vec::new(), Vec::new());
            for (offset, out) in values.chunks_exact_mut(self.n_cols).enumerate() {
                let row = chunk * CHUNK + offset;
                let group = ends.partition_point(|&end| end <= row).min(self.groups.len() - 1);
                self.groups[group].draw(&mut random, &mut drawn, &mut tied, out);
            }
            Ok::<_, UnusualError>(())
        })?;
        Ok(Matrix::new(values, n_rows, self.n_cols).expect("a copy has the values of a matrix"))
    }
}

impl Group {
    fn of(x: &Matrix, rows: &[u32], features: &[(std::ops::Range<usize>, bool)], ctx: &Ctx) -> Result<Group, UnusualError> {
        let n = rows.len();
        let normal: Vec<f64> = (0..n).map(|at| normal_quantile((at as f64 + 0.5) / n as f64)).collect();
        let mut scores: Vec<Vec<f64>> = Vec::with_capacity(features.len());
        let mut made = Vec::with_capacity(features.len());
        for (columns, is_category) in features {
            ctx.check()?;
            let key: Vec<f64> = match is_category {
                false => rows.iter().map(|&row| x.at(row as usize, columns.start)).collect(),
                true => level_order(x, rows, columns, &scores),
            };
            let mut order: Vec<u32> = (0..n as u32).collect();
            order.sort_by(|&a, &b| key[a as usize].total_cmp(&key[b as usize]));
            scores.push(normal_scores(&order, &key, &normal));
            let values = order.iter().flat_map(|&at| x.row(rows[at as usize] as usize)[columns.clone()].iter().copied()).collect();
            made.push(Feature::of(columns.clone(), values, *is_category));
        }
        Ok(Group { size: n, features: made, root: cholesky(&correlations(&scores)) })
    }

    fn draw(&self, random: &mut Random, drawn: &mut Vec<f64>, tied: &mut Vec<f64>, out: &mut [f64]) {
        drawn.clear();
        drawn.extend(self.root.iter().map(|_| normal_quantile(random.random_range(f64::EPSILON..1.0))));
        tied.clear();
        // With the ridge the variance is a little above 1; a thousandth of a thousandth is nothing here.
        tied.extend(self.root.iter().enumerate().map(|(at, weights)| dot(&weights[..=at], &drawn[..=at])));
        for (feature, &z) in self.features.iter().zip(tied.iter()) {
            feature.write(normal_share_below(z), self.size, &mut out[feature.columns.clone()]);
        }
    }
}

impl Feature {
    fn of(columns: std::ops::Range<usize>, mut values: Vec<f64>, is_category: bool) -> Feature {
        let n = values.len();
        let (mut low_end, mut high_end) = (0.0, 0.0);
        if !is_category && n >= LEAST_FOR_ENDS {
            // From the 8th to the 32nd from the end, so that the few outermost do not decide; nearer in where there are few.
            let (near, far) = ((n / 16).min(8) - 1, (n / 4).min(32) - 1);
            let per_e = ((far + 1) as f64 / (near + 1) as f64).ln();
            low_end = (values[far] - values[near]) / per_e;
            high_end = (values[n - 1 - near] - values[n - 1 - far]) / per_e;
            // An end of equal values has no slope: whatever lies beyond it is rare, and stays as it is.
            for from_end in 0..near {
                let farthest = ((near + 1) as f64 / (from_end + 1) as f64).ln() + FARTHEST;
                if low_end > 0.0 {
                    values[from_end] = values[from_end].max(values[near] - low_end * farthest);
                }
                if high_end > 0.0 {
                    values[n - 1 - from_end] = values[n - 1 - from_end].min(values[n - 1 - near] + high_end * farthest);
                }
            }
            // A pile at the very end is where it ends.
            low_end = if values[0] < values[1] { low_end } else { 0.0 };
            high_end = if values[n - 2] < values[n - 1] { high_end } else { 0.0 };
        }
        Feature { columns, values, low_end, high_end }
    }

    /// Writes the value below which a share of the group lies. Where only the least or the largest value is left, it goes on beyond it: the first of so many has about 0.56
    /// of a customer beyond it, so a value with fewer beyond is farther out, and one with more a little nearer.
    fn write(&self, share: f64, size: usize, out: &mut [f64]) {
        let at = share * size as f64;
        let place = (at as usize).min(size - 1);
        out.copy_from_slice(&self.values[place * out.len()..][..out.len()]);
        let beyond = |left: f64| (BEYOND_FIRST / left.max(1e-9)).ln();
        if place == 0 && self.low_end > 0.0 {
            out[0] = (self.values[0] - self.low_end * beyond(at)).min(self.values[1]);
        } else if place == size - 1 && self.high_end > 0.0 {
            out[0] = (self.values[size - 1] + self.high_end * beyond(size as f64 - at)).max(self.values[size - 2]);
        }
    }
}

/// A number for the level of every row: levels, which are the different combinations of values, are ordered by the mean normal score of the number that differs most
/// between them; without numbers by how common they are.
fn level_order(x: &Matrix, rows: &[u32], columns: &std::ops::Range<usize>, scores: &[Vec<f64>]) -> Vec<f64> {
    let level = |row: u32| &x.row(row as usize)[columns.clone()];
    let compare = |a: u32, b: u32| {
        let pairs = level(a).iter().zip(level(b));
        pairs.fold(std::cmp::Ordering::Equal, |so_far, (a, b)| so_far.then(a.total_cmp(b)))
    };
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_by(|&a, &b| compare(rows[a as usize], rows[b as usize]));
    let mut of_row = vec![0usize; rows.len()];
    let mut sizes: Vec<f64> = Vec::new();
    for same in order.chunk_by(|&a, &b| compare(rows[a as usize], rows[b as usize]).is_eq()) {
        same.iter().for_each(|&at| of_row[at as usize] = sizes.len());
        sizes.push(same.len() as f64);
    }
    let means = |scores: &Vec<f64>| {
        let mut sums = vec![0.0; sizes.len()];
        of_row.iter().zip(scores).for_each(|(&level, score)| sums[level] += score);
        sums.iter().zip(&sizes).map(|(sum, size)| sum / size).collect::<Vec<f64>>()
    };
    let between = |means: &Vec<f64>| means.iter().zip(&sizes).map(|(mean, size)| mean * mean * size).sum::<f64>();
    let numbers = scores.iter().map(means).max_by(|a, b| between(a).total_cmp(&between(b)));
    let of_level = numbers.unwrap_or_else(|| sizes.clone());
    // Two levels may have the same mean, and are two all the same.
    let mut ranked: Vec<usize> = (0..sizes.len()).collect();
    ranked.sort_by(|&a, &b| of_level[a].total_cmp(&of_level[b]).then(a.cmp(&b)));
    let mut place = vec![0.0; sizes.len()];
    ranked.iter().enumerate().for_each(|(rank, &level)| place[level] = rank as f64);
    of_row.iter().map(|&level| place[level]).collect()
}

/// The normal score of every row; equal values share the mean of theirs.
fn normal_scores(order: &[u32], key: &[f64], normal: &[f64]) -> Vec<f64> {
    let mut scores = vec![0.0; order.len()];
    let mut first = 0;
    for same in order.chunk_by(|&a, &b| key[a as usize] == key[b as usize]) {
        let mean = normal[first..first + same.len()].iter().sum::<f64>() / same.len() as f64;
        same.iter().for_each(|&at| scores[at as usize] = mean);
        first += same.len();
    }
    scores
}

/// The correlations of normal scores, with a ridge; a feature that does not vary goes with nothing.
fn correlations(scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let lengths: Vec<f64> = scores.iter().map(|of| dot(of, of).sqrt()).collect();
    let one = |i: usize, j: usize| match (i == j, lengths[i] * lengths[j]) {
        (true, _) => 1.0 + RIDGE,
        (false, scale) if scale > 0.0 => dot(&scores[i], &scores[j]) / scale,
        _ => 0.0,
    };
    (0..scores.len()).map(|i| (0..scores.len()).map(|j| one(i, j)).collect()).collect()
}

/// The share of a standard normal distribution below z, |error| < 1.5e-7 (Abramowitz, Stegun 1964, 7.1.26).
fn normal_share_below(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let tail = t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429)))) * (-x * x).exp();
    if z < 0.0 { tail / 2.0 } else { 1.0 - tail / 2.0 }
}

/// Rows of a copy of `n_rows` customers: as many, or 25 000.
pub fn usual_copy_rows(n_rows: usize) -> usize {
    n_rows.min(MOST_ROWS)
}

/// Which scores are made, and how: as they were for the customers.
#[derive(Debug, Clone, Copy)]
pub struct CopyScoring<'a> {
    /// Sizes of neighbourhoods for the local outlier factor; empty for none.
    pub sizes: &'a [usize],
    /// The forest grown from the customers.
    pub forest: Option<&'a IsolationForest>,
    /// min_samples and min_cluster_size of the density tree for GLOSH.
    pub density: Option<(usize, usize)>,
}

/// The scores of the rows of a copy, in the order of its rows; empty where a score is not made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CopyScores {
    /// Which copy it is.
    pub nth: usize,
    /// The largest local outlier factor over the sizes.
    pub local: Vec<f64>,
    /// Isolation scores.
    pub isolated: Vec<f64>,
    /// GLOSH.
    pub density: Vec<f64>,
}

impl CopyScores {
    /// The overall score of every copied row: the mean of the shares of customers it is more unusual than. The slices are the customers' scores of each kind in
    /// ascending order; an empty one is left out.
    pub fn overall(&self, local: &[f64], isolated: &[f64], density: &[f64]) -> Vec<f64> {
        let of = [(&self.local, local), (&self.isolated, isolated), (&self.density, density)];
        let used = of.into_iter().filter(|(copy, real)| !copy.is_empty() && !real.is_empty());
        let ranks: Vec<Vec<f64>> = used.map(|(copy, real)| percentiles_among(copy, real)).collect();
        combined(&ranks.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        (self.local.len() + self.isolated.len() + self.density.len()) * size_of::<f64>()
    }
}

/// Draws copy number `nth` of `n_rows` rows and scores it.
pub fn score_copy(
    maker: &CopyMaker,
    n_rows: usize,
    scoring: &CopyScoring,
    seed: u64,
    nth: usize,
    ctx: &Ctx,
) -> Result<CopyScores, UnusualError> {
    score_rows(&maker.draw(n_rows, seed, nth, ctx)?, scoring, nth, ctx)
}

/// Scores rows as the customers were scored, the forest apart by themselves.
pub(super) fn score_rows(copy: &Matrix, scoring: &CopyScoring, nth: usize, ctx: &Ctx) -> Result<CopyScores, UnusualError> {
    let quiet = ctx.quiet();
    let mut scores = CopyScores { nth, ..CopyScores::default() };
    if let Some(forest) = scoring.forest {
        scores.isolated = forest.scores_of(copy, &quiet)?;
    }
    let distinct = DistinctRows::of(copy);
    let min_samples = scoring.density.map_or(0, |(min_samples, _)| min_samples);
    let near = match scoring.sizes.iter().max() {
        Some(&most) => Some(lists_for(&distinct, &[most.max(min_samples)], &quiet)?),
        None => None,
    };
    if let Some(near) = &near {
        scores.local = local_outlier_factors(&distinct, near, scoring.sizes, &quiet)?.most();
    }
    if let Some((min_samples, least)) = scoring.density {
        // The same lists serve where all rows differ.
        let tree = match near.filter(|_| distinct.all_differ()) {
            Some(near) => density_from(copy, &near, min_samples, &quiet)?,
            None => density(copy, min_samples, &quiet)?,
        };
        scores.density = glosh(&hdbscan(&tree, least, &quiet)?).unwrap_or_default();
    }
    Ok(scores)
}

/// The same copy after the forest has grown: only the isolation scores are made again.
pub fn rescore_isolation(
    maker: &CopyMaker,
    scores: &mut CopyScores,
    forest: &IsolationForest,
    seed: u64,
    ctx: &Ctx,
) -> Result<(), UnusualError> {
    let n_rows = scores.isolated.len().max(scores.local.len()).max(scores.density.len());
    scores.isolated = forest.scores_of(&maker.draw(n_rows, seed, scores.nth, ctx)?, &ctx.quiet())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Labels;
    use crate::base::stats::{mean, mean_sd};

    fn normal(random: &mut Random) -> f64 {
        normal_quantile(random.random_range(f64::EPSILON..1.0))
    }

    /// Two groups, a skewed number that goes with another, and a category of three levels that goes with the first.
    fn two_groups(n: usize) -> (Matrix, Labels, Vec<ColumnSpan>) {
        let mut random = seed::random(11, 0);
        let mut values = Vec::new();
        for row in 0..n {
            let (a, b) = (normal(&mut random), normal(&mut random));
            let far = if row % 3 == 0 { 20.0 } else { 0.0 };
            let level = usize::from(a > -0.5) + usize::from(a > 0.8);
            values.extend([far + a, (0.8 * a + 0.6 * b).exp()]);
            values.extend((0..3).map(|at| if at == level { 2.0 } else { -0.5 }));
        }
        let labels = Labels::from_ids(&(0..n).map(|row| usize::from(row % 3 == 0)).collect::<Vec<_>>());
        let spans = vec![
            ColumnSpan { name: "income".into(), columns: 0..1, is_category: false },
            ColumnSpan { name: "channel".into(), columns: 2..5, is_category: true },
        ];
        (Matrix::new(values, n, 5).unwrap(), labels, spans)
    }

    fn column(x: &Matrix, col: usize) -> Vec<f64> {
        (0..x.n_rows()).map(|row| x.at(row, col)).collect()
    }

    #[test]
    fn a_copy_has_the_groups_the_levels_and_what_goes_together() {
        let (x, labels, spans) = two_groups(3_000);
        let peers = Peers::of(&x, &labels, 31).unwrap();
        let maker = CopyMaker::of(&x, &peers, &spans, &Ctx::new()).unwrap();
        let copy = maker.draw(3_000, 4, 0, &Ctx::new()).unwrap();
        let far = |x: &Matrix| column(x, 0).iter().filter(|&&value| value > 10.0).count();
        assert_eq!((far(&x), far(&copy)), (1_000, 1_000), "each group has its share");
        for col in 0..2 {
            let ((m, sd), (m_copy, sd_copy)) = (mean_sd(&column(&x, col)), mean_sd(&column(&copy, col)));
            assert!((m - m_copy).abs() < 0.1 * sd && (sd / sd_copy - 1.0).abs() < 0.15, "{m} {m_copy} {sd} {sd_copy}");
        }
        // Exactly one level holds in every row, as common as before, and it still goes with the number.
        for row in 0..3_000 {
            assert_eq!(copy.row(row)[2..].iter().filter(|&&value| value == 2.0).count(), 1);
        }
        let of_level = |x: &Matrix, level: usize| {
            let of: Vec<f64> = (0..3_000).filter(|&row| x.at(row, 2 + level) == 2.0).map(|row| x.at(row, 0) % 10.0).collect();
            (of.len() as f64, mean(&of))
        };
        for level in [0, 2] {
            let ((n, _), (n_copy, _)) = (of_level(&x, level), of_level(&copy, level));
            assert!((n / n_copy - 1.0).abs() < 0.15);
        }
        let together = |x: &Matrix| {
            let near: Vec<usize> = (0..3_000).filter(|&row| x.at(row, 0) < 10.0).collect();
            let (a, b): (Vec<f64>, Vec<f64>) = near.iter().map(|&row| (x.at(row, 0), x.at(row, 1).ln())).unzip();
            let ((ma, sa), (mb, sb)) = (mean_sd(&a), mean_sd(&b));
            a.iter().zip(&b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>() / (a.len() as f64 * sa * sb)
        };
        assert!((together(&x) - together(&copy)).abs() < 0.05, "{} {}", together(&x), together(&copy));
    }

    #[test]
    fn a_copy_is_the_same_on_any_number_of_threads_and_others_differ() {
        let (x, labels, spans) = two_groups(2_500);
        let maker = CopyMaker::of(&x, &Peers::of(&x, &labels, 31).unwrap(), &spans, &Ctx::new()).unwrap();
        let drawn = |threads: usize, nth: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| maker.draw(2_100, 0, nth, &Ctx::new()).unwrap())
        };
        assert_eq!(drawn(1, 3), drawn(4, 3));
        assert_ne!(drawn(1, 3), drawn(1, 4));
    }

    #[test]
    fn ends_go_on_and_piles_do_not() {
        let mut random = seed::random(2, 0);
        let rows: Vec<[f64; 2]> = (0..400).map(|_| [normal(&mut random), random.random_range(0.0..9.0f64).round().min(5.0)]).collect();
        let x = Matrix::from_rows(&rows).unwrap();
        let labels = Labels::from_ids(&[0; 400]);
        let maker = CopyMaker::of(&x, &Peers::of(&x, &labels, 31).unwrap(), &[], &Ctx::new()).unwrap();
        let most = |x: &Matrix, col: usize| column(x, col).into_iter().fold(f64::MIN, f64::max);
        let copies: Vec<Matrix> = (0..40).map(|nth| maker.draw(400, 0, nth, &Ctx::new()).unwrap()).collect();
        let beyond = copies.iter().filter(|copy| most(copy, 0) > most(&x, 0)).count();
        assert!((5..=35).contains(&beyond), "{beyond} of 40 copies have a larger first");
        assert!(copies.iter().all(|copy| most(copy, 1) == 5.0), "a pile at the end is an end");
    }

    #[test]
    fn small_groups_and_other_shapes() {
        let x = Matrix::from_rows(&[[1.0, 2.0], [1.0, 3.0], [1.0, 4.0]]).unwrap();
        let peers = Peers::of(&x, &Labels::from_ids(&[0, 1, 1]), 31).unwrap();
        let copy = CopyMaker::of(&x, &peers, &[], &Ctx::new()).unwrap().draw(50, 0, 0, &Ctx::new()).unwrap();
        assert!((0..50).all(|row| copy.at(row, 0) == 1.0 && [2.0, 3.0, 4.0].contains(&copy.at(row, 1))));
        let beyond = [ColumnSpan { name: "x".into(), columns: 1..4, is_category: false }];
        assert_eq!(CopyMaker::of(&x, &peers, &beyond, &Ctx::new()).err(), Some(UnusualError::OtherShape { found: 2, expected: 4 }));
    }

    #[test]
    fn shares_below_are_those_of_the_normal_distribution() {
        for (z, share) in [(0.0, 0.5), (1.959963984540054, 0.975), (-1.0, 0.15865525393145707), (4.0, 0.9999683287581669)] {
            assert!((normal_share_below(z) - share).abs() < 2e-7, "{z}");
        }
    }

    #[test]
    fn a_copy_is_scored_like_the_customers_and_again_after_the_forest_has_grown() {
        let (x, labels, spans) = two_groups(600);
        let ctx = Ctx::new();
        let maker = CopyMaker::of(&x, &Peers::of(&x, &labels, 31).unwrap(), &spans, &ctx).unwrap();
        let mut forest = IsolationForest::new(&x, 0).unwrap();
        forest.grow(&x, 25, &ctx).unwrap();
        let scored = CopyScoring { sizes: &[10, 20], forest: Some(&forest), density: Some((5, 31)) };
        let mut few = score_copy(&maker, 500, &scored, 1, 2, &ctx).unwrap();
        assert_eq!((few.local.len(), few.isolated.len(), few.density.len(), few.nth), (500, 500, 500, 2));
        let real = [0.1, 0.5, 0.9];
        let overall = few.overall(&[], &real, &[]);
        assert!(overall.iter().zip(&few.isolated).all(|(rank, score)| *rank == if *score < 0.5 { 1.0 / 3.0 } else { 2.0 / 3.0 }));
        let mut grown = forest.clone();
        grown.grow(&x, 50, &ctx).unwrap();
        rescore_isolation(&maker, &mut few, &grown, 1, &ctx).unwrap();
        let scored = CopyScoring { forest: Some(&grown), ..scored };
        assert_eq!(few, score_copy(&maker, 500, &scored, 1, 2, &ctx).unwrap());
    }
}
