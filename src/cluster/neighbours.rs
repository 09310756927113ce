//! Which rows are nearest to every row?
//!
//! In: a matrix and a length. Out: every row's list of nearest other rows, near ones first, with the kd-tree that found them.
//! O(n log n) leaves in few columns, O(n²p) at worst; memory O(n (p + length)).
//!
//! All rows of a leaf search at once, so the way through the tree is walked once for sixteen rows and the distances to a box come from one
//! loop without branches. The leaves are met in an order that does not depend on the length, and a row equally far as the last of a list does not
//! enter it: the first rows of a long list are the short list, row for row, and a list serves every min_samples up to its length.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::ClusterError;
use super::kdtree::{KdTree, LeafVisitor, Visitor};
use super::lanes::{LANES, squared_distances, vectorised};
use crate::base::{Ctx, Matrix, Stopped};

/// The least length of lists: what they take beyond the usual min_samples of 5 is small.
const LEAST_LENGTH: usize = 8;

/// Leaves searched between two looks at the stop flag.
const LEAVES: usize = 2;
/// Leaves searched between two tellings of how far it is.
const TOLD_EVERY: usize = 128;
const STAGE: &str = "Finding neighbours";

/// The length of the lists made for `min_samples`: 8, 16, 32 and so on, so that the next few min_samples find them ready.
pub fn list_length(min_samples: usize) -> usize {
    min_samples.max(LEAST_LENGTH).next_power_of_two()
}

/// The nearest rows of every row, in squared distances.
#[derive(Debug)]
pub struct Neighbours {
    pub(super) tree: KdTree,
    pub(super) lists: Lists,
    length: usize,
}

/// The nearest other rows of every row, near ones first, `count` of each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lists {
    pub(super) count: usize,
    pub(super) rows: Vec<u32>,
    pub(super) distances: Vec<f64>,
}

impl Lists {
    /// The neighbours of `row` with their distances.
    pub(super) fn of(&self, row: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let range = row * self.count..(row + 1) * self.count;
        self.rows[range.clone()].iter().copied().zip(self.distances[range].iter().copied())
    }

    /// The first `count` of each list, with every distance turned into what `distance` makes of it.
    pub(super) fn first(&self, count: usize, distance: impl Fn(f64) -> f64 + Sync) -> Lists {
        let count = count.min(self.count);
        if count == 0 {
            return Lists { count, rows: Vec::new(), distances: Vec::new() };
        }
        let rows = self.rows.par_chunks_exact(self.count).flat_map_iter(|list| list[..count].iter().copied()).collect();
        let distances = self.distances.par_chunks_exact(self.count);
        Lists { count, rows, distances: distances.flat_map_iter(|list| list[..count].iter().map(|&squared| distance(squared))).collect() }
    }
}

/// Finds the `length` nearest rows of every row, the row itself counted as the first.
pub fn neighbours(x: &Matrix, length: usize, ctx: &Ctx) -> Result<Neighbours, ClusterError> {
    if length == 0 {
        return Err(ClusterError::KnobTooSmall { knob: "The least number of neighbours", value: 0, least: 1 });
    }
    super::validate(x)?;
    ctx.progress(STAGE, 0.0);
    let n_rows = x.n_rows();
    let tree = KdTree::new(n_rows, x.n_cols(), |i| x.row(i), ctx)?;
    let lists = lists(x, &tree, (length - 1).min(n_rows - 1), ctx)?;
    Ok(Neighbours { tree, lists, length })
}

impl Neighbours {
    /// The length it was made for, each row itself counted.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The nearest other rows of `row` with their squared distances, near ones first.
    pub fn of(&self, row: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.lists.of(row)
    }

    /// How many other rows each list names.
    pub fn listed(&self) -> usize {
        self.lists.count
    }

    /// Shows `found` every row no farther from `point` than `squared`, with its squared distance, always in the same order; a row that is the point
    /// itself is one of them. Lists end at a length, this does not.
    pub fn within(&self, point: &[f64], squared: f64, found: impl FnMut(u32, f64)) {
        self.tree.search(point, &mut Vec::new(), &mut Within { tree: &self.tree, squared, found });
    }

    /// The squared distance within which `min_samples` rows lie, for every row; infinite when there are fewer rows.
    pub(super) fn core_distances(&self, n_rows: usize, min_samples: usize) -> Vec<f64> {
        match (min_samples, self.lists.count) {
            (_, _) if n_rows < min_samples => vec![f64::INFINITY; n_rows],
            (1, _) | (_, 0) => vec![0.0; n_rows],
            (_, count) => self.lists.distances.chunks_exact(count).map(|list| list[min_samples - 2]).collect(),
        }
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.tree.bytes() + self.lists.rows.len() * (size_of::<u32>() + size_of::<f64>())
    }
}

/// All rows within a squared distance.
struct Within<'a, F: FnMut(u32, f64)> {
    tree: &'a KdTree,
    squared: f64,
    found: F,
}

impl<F: FnMut(u32, f64)> Visitor for Within<'_, F> {
    fn wants(&self, _node: usize, squared: f64) -> bool {
        squared <= self.squared
    }

    fn leaf(&mut self, leaf: usize, squared: &[f64; LANES]) {
        for (&row, &squared) in self.tree.leaf_rows(leaf).iter().zip(squared) {
            if squared <= self.squared {
                (self.found)(row, squared);
            }
        }
    }
}

fn lists(x: &Matrix, tree: &KdTree, count: usize, ctx: &Ctx) -> Result<Lists, Stopped> {
    let n_rows = x.n_rows();
    let mut lists = Lists { count, rows: vec![0; n_rows * count], distances: vec![0.0; n_rows * count] };
    if count == 0 {
        return Ok(lists);
    }
    let n_searched = AtomicUsize::new(0);
    // In the order of the tree, so that one search finds warm what the one before has read.
    let found: Vec<Vec<(f64, u32)>> = (0..tree.n_leaves())
        .into_par_iter()
        .step_by(LEAVES)
        .map(|first| {
            ctx.check()?;
            let before = n_searched.fetch_add(LEAVES, Ordering::Relaxed);
            if before.is_multiple_of(TOLD_EVERY) {
                ctx.progress(STAGE, before as f32 / tree.n_leaves() as f32);
            }
            Ok(vectorised(
                #[inline(always)]
                || nearest_lists(x, tree, first..(first + LEAVES).min(tree.n_leaves()), count),
            ))
        })
        .collect::<Result<_, Stopped>>()?;
    for (part, (rows, found)) in tree.rows().chunks(LEAVES * LANES).zip(&found).enumerate() {
        if part % 64 == 0 {
            ctx.check()?;
        }
        for (&row, list) in rows.iter().zip(found.chunks_exact(count)) {
            for (offset, &(squared, other)) in list.iter().enumerate() {
                lists.rows[row as usize * count + offset] = other;
                lists.distances[row as usize * count + offset] = squared;
            }
        }
    }
    Ok(lists)
}

#[inline(always)]
fn nearest_lists(x: &Matrix, tree: &KdTree, leaves: std::ops::Range<usize>, count: usize) -> Vec<(f64, u32)> {
    let mut stack = Vec::new();
    let mut found = Vec::with_capacity(leaves.len() * LANES * count);
    for own in leaves {
        let rows = tree.leaf_rows(own);
        let first = found.len();
        found.resize(first + rows.len() * count, (f64::INFINITY, u32::MAX));
        let mut search = NearestLists { x, tree, own, last: [f64::INFINITY; LANES], lists: &mut found[first..], count };
        tree.search_together(own, &mut stack, &mut search);
    }
    found
}

/// A search for the nearest others of the rows of one leaf; the lists are sorted all the time.
struct NearestLists<'a> {
    x: &'a Matrix,
    tree: &'a KdTree,
    own: usize,
    /// The last distance in each list.
    last: [f64; LANES],
    lists: &'a mut [(f64, u32)],
    count: usize,
}

impl LeafVisitor for NearestLists<'_> {
    #[inline(always)]
    fn wants(&self, _node: usize, squared: &[f64; LANES]) -> bool {
        squared.iter().zip(&self.last).fold(false, |any, (squared, last)| any | (squared < last))
    }

    #[inline(always)]
    fn leaf(&mut self, _node: usize, leaf: usize, block: &[[f64; LANES]], to_box: &[f64; LANES]) {
        let others = self.tree.leaf_rows(leaf);
        let rows = self.tree.leaf_rows(self.own);
        for (lane, (&row, list)) in rows.iter().zip(self.lists.chunks_exact_mut(self.count)).enumerate() {
            if to_box[lane] >= self.last[lane] {
                continue;
            }
            let mut squared = squared_distances(block, self.x.row(row as usize));
            if leaf == self.own {
                squared[lane] = f64::INFINITY;
            }
            let mut nearer = 0u32;
            for (other, &squared) in squared.iter().enumerate() {
                nearer |= u32::from(squared < self.last[lane]) << other;
            }
            while nearer != 0 {
                let other = nearer.trailing_zeros() as usize;
                nearer &= nearer - 1;
                if squared[other] < self.last[lane] {
                    insert(list, squared[other], others[other]);
                    self.last[lane] = list[list.len() - 1].0;
                }
            }
        }
    }
}

/// Puts a row into its place, after those equally far, and drops the last.
#[inline(always)]
fn insert(list: &mut [(f64, u32)], squared: f64, row: u32) {
    let mut at = list.len() - 1;
    while at > 0 && list[at - 1].0 > squared {
        list[at] = list[at - 1];
        at -= 1;
    }
    list[at] = (squared, row);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::lanes::squared_distance;

    /// Rows on a grid, so that many are equally far and some are the same.
    fn gridded(n_rows: usize, n_cols: usize, steps: usize) -> Matrix {
        let value = |i: usize| (i.wrapping_mul(2_654_435_761) % 100_003 % steps) as f64;
        Matrix::new((0..n_rows * n_cols).map(value).collect(), n_rows, n_cols).unwrap()
    }

    #[test]
    fn lists_are_those_of_a_full_scan() {
        for (n_rows, n_cols, steps) in [(1, 2, 5), (2, 2, 5), (16, 3, 4), (17, 3, 4), (400, 2, 9), (300, 5, 1000), (90, 1, 1)] {
            let x = gridded(n_rows, n_cols, steps);
            for length in [1, 2, 8, 33] {
                let found = neighbours(&x, length, &Ctx::new()).unwrap();
                for row in 0..n_rows {
                    let others = (0..n_rows).filter(|&other| other != row);
                    let mut slow: Vec<f64> = others.map(|other| squared_distance(x.row(row), x.row(other))).collect();
                    slow.sort_by(f64::total_cmp);
                    slow.truncate(length - 1);
                    assert_eq!(found.of(row).map(|near| near.1).collect::<Vec<_>>(), slow, "{n_rows} rows, row {row}");
                    let mut rows: Vec<u32> = found.of(row).map(|near| near.0).collect();
                    assert!(found.of(row).all(|(other, squared)| squared == squared_distance(x.row(row), x.row(other as usize))));
                    rows.sort_unstable();
                    rows.dedup();
                    assert!(rows.len() == slow.len() && !rows.contains(&(row as u32)));
                }
            }
        }
    }

    #[test]
    fn a_range_holds_the_rows_a_full_scan_finds() {
        let x = gridded(400, 2, 9);
        let near = neighbours(&x, 8, &Ctx::new()).unwrap();
        for row in 0..40 {
            let mut found = Vec::new();
            near.within(x.row(row), 5.0, |other, squared| found.push((other, squared)));
            found.sort_by_key(|near| near.0);
            let all = (0..400u32).map(|other| (other, squared_distance(x.row(row), x.row(other as usize))));
            assert_eq!(found, all.filter(|near| near.1 <= 5.0).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_short_list_is_the_beginning_of_a_long_one() {
        for (n_rows, n_cols, steps) in [(500, 2, 7), (333, 4, 3), (100, 1, 2), (600, 3, 100_000)] {
            let x = gridded(n_rows, n_cols, steps);
            let long = neighbours(&x, 64, &Ctx::new()).unwrap();
            for length in [2, 5, 8, 16, 63] {
                let short = neighbours(&x, length, &Ctx::new()).unwrap();
                for row in 0..n_rows {
                    assert!(short.of(row).eq(long.of(row).take(length - 1)), "row {row} of {n_rows}, length {length}");
                }
            }
        }
    }

    #[test]
    fn lengths_come_in_few_sizes() {
        let lengths = [1, 5, 8, 9, 16, 17, 500].map(list_length);
        assert_eq!(lengths, [8, 8, 8, 16, 16, 32, 512]);
    }
}
