//! What would a smooth population of the same groups look like, and how unusual would its customers be?
//!
//! In: a matrix, the group of every row, the columns that belong together. Out: rows drawn anew, and their scores. Making it ready O(n p log n), a copy of m rows
//! O(m p²) and what its scores cost.
//!
//! Every group is drawn from by a Gaussian copula (Cario, Nelson 1997): the column's own values by rank, tied together by the correlations of their normal scores. So
//! a copy has the skew, the ends, the levels and the correlations of every group, but nobody in it stands out for a reason of their own. A category is drawn as a whole,
//! its levels ordered by the number that goes with them most; a number's equal values stay equal. Rows in no group are drawn with the nearest group (see
//! [`super::peers`]): left out, everybody at the edge of a group would look unusual beside a copy that has no edge. Columns are not shuffled: that would
//! make odd combinations.
//!
//! A copy is scored by the same forest, and by its own neighbours and its own density tree. Raw scores, not ranks within the copy, are compared with those of the
//! customers; the overall score of a copied row is what its raw scores would rank among the customers. Of very many rows a copy takes a part.

use rayon::prelude::*;

use super::peers::check_spans;
use super::ranks::percentiles_among;
use super::{ColumnSpan, DistinctRows, IsolationForest, Peers, UnusualError, combined, glosh, lists_for, local_outlier_factors};
use crate::base::seed::{self, Random, RngExt};
use crate::base::stats::normal_quantile;
use crate::base::{Ctx, Matrix};
use crate::cluster::{density, hdbscan};
use crate::evaluate::sources::{cholesky, dot};

/// Keeps these draws apart from all others.
const SALT: u64 = 0x436F_7079_4D61_6B65;
/// Rows drawn by one stream of random numbers.
const CHUNK: usize = 1024;
/// Added to the diagonal, so that copies of a column have a root too.
const RIDGE: f64 = 1e-6;

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
        let group = |rows: &Vec<u32>| {
            ctx.check()?;
            Ok(Group::of(x, rows, &features))
        };
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
    fn of(x: &Matrix, rows: &[u32], features: &[(std::ops::Range<usize>, bool)]) -> Group {
        let n = rows.len();
        let normal: Vec<f64> = (0..n).map(|at| normal_quantile((at as f64 + 0.5) / n as f64)).collect();
        let mut scores: Vec<Vec<f64>> = Vec::with_capacity(features.len());
        let mut made = Vec::with_capacity(features.len());
        for (columns, is_category) in features {
            let key: Vec<f64> = match is_category {
                false => rows.iter().map(|&row| x.at(row as usize, columns.start)).collect(),
                true => level_order(x, rows, columns, &scores),
            };
            let mut order: Vec<u32> = (0..n as u32).collect();
            order.sort_by(|&a, &b| key[a as usize].total_cmp(&key[b as usize]));
            scores.push(normal_scores(&order, &key, &normal));
            let values = order.iter().flat_map(|&at| x.row(rows[at as usize] as usize)[columns.clone()].iter().copied()).collect();
            made.push(Feature { columns: columns.clone(), values });
        }
        Group { size: n, features: made, root: cholesky(&correlations(&scores)) }
    }

    fn draw(&self, random: &mut Random, drawn: &mut Vec<f64>, tied: &mut Vec<f64>, out: &mut [f64]) {
        drawn.clear();
        drawn.extend(self.root.iter().map(|_| normal_quantile(random.random_range(f64::EPSILON..1.0))));
        tied.clear();
        // With the ridge the variance is a little above 1; a thousandth of a thousandth is nothing here.
        tied.extend(self.root.iter().enumerate().map(|(at, weights)| dot(&weights[..=at], &drawn[..=at])));
        for (feature, &z) in self.features.iter().zip(tied.iter()) {
            let place = ((normal_share_below(z) * self.size as f64) as usize).min(self.size - 1);
            let width = feature.columns.len();
            out[feature.columns.clone()].copy_from_slice(&feature.values[place * width..][..width]);
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

/// Which scores are made, and how: as they were for the customers.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
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
pub fn score_copy(maker: &CopyMaker, n_rows: usize, scored: &Scored, seed: u64, nth: usize, ctx: &Ctx) -> Result<CopyScores, UnusualError> {
    let copy = maker.draw(n_rows, seed, nth, ctx)?;
    let quiet = ctx.quiet();
    let mut scores = CopyScores { nth, ..CopyScores::default() };
    if let Some(forest) = scored.forest {
        scores.isolated = forest.scores_of(&copy, &quiet)?;
    }
    if !scored.sizes.is_empty() {
        let distinct = DistinctRows::of(&copy);
        let near = lists_for(&distinct, scored.sizes, &quiet)?;
        scores.local = local_outlier_factors(&distinct, &near, scored.sizes, &quiet)?.most();
    }
    if let Some((min_samples, least)) = scored.density {
        let tree = density(&copy, min_samples, &quiet)?;
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
