//! Which group of a tree is another row most like, in the sense in which the tree merged its groups?
//!
//! In: the rows of a cut tree, and other rows. Out: the cluster of each. Single linkage takes the cluster of the nearest row, average and weighted linkage
//! the one with the smallest mean distance to its rows, complete linkage the one whose farthest row is nearest (as `classifnp` of the R package fpc does).
//! Of equally near clusters the lower one. O(log n) per row in few columns for the nearest row, O(n p) per row otherwise; memory as the rows kept.

use serde::{Deserialize, Serialize};

use super::ClusterError;
use super::in_chunks::in_chunks;
use super::kdtree::{KdTree, Visitor};
use super::lanes::{Blocks, LANES, squared_distances, vectorised};
use crate::base::{Ctx, Labels, Matrix};

/// How near a row is to a group of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupDistance {
    /// By the nearest of them.
    Nearest,
    /// By the mean distance to all of them.
    Mean,
    /// By the farthest of them.
    Farthest,
}

/// The rows of a cut tree with their clusters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linked {
    /// How near a row is to a cluster.
    pub by: GroupDistance,
    /// The cluster of every row.
    pub clusters: Vec<u32>,
    /// All rows that were grouped.
    pub rows: Matrix,
}

impl Linked {
    /// Every row of `x` that is in a cluster.
    pub(super) fn new(x: &Matrix, labels: &Labels, by: GroupDistance) -> Linked {
        let placed: Vec<usize> = (0..x.n_rows()).filter(|&row| labels.get(row).is_some()).collect();
        let clusters = placed.iter().filter_map(|&row| labels.get(row)).map(|cluster| cluster as u32).collect();
        Linked { by, clusters, rows: x.select_rows(&placed) }
    }

    pub(super) fn n_clusters(&self) -> usize {
        self.clusters.iter().max().map_or(0, |most| *most as usize + 1)
    }

    pub(super) fn is_sound(&self) -> bool {
        let mut sizes = vec![0usize; self.n_clusters().min(self.clusters.len())];
        let known = self.clusters.iter().all(|&cluster| sizes.get_mut(cluster as usize).map(|size| *size += 1).is_some());
        known && !sizes.is_empty() && sizes.iter().all(|&size| size > 0) && self.clusters.len() == self.rows.n_rows()
    }

    pub(super) fn clusters(&self, x: &Matrix, ctx: &Ctx) -> Result<Vec<Option<usize>>, ClusterError> {
        match self.by {
            GroupDistance::Nearest => self.by_nearest_row(x, ctx),
            GroupDistance::Mean | GroupDistance::Farthest => self.by_all_rows(x, ctx),
        }
    }

    fn by_nearest_row(&self, x: &Matrix, ctx: &Ctx) -> Result<Vec<Option<usize>>, ClusterError> {
        let tree = KdTree::new(self.rows.n_rows(), self.rows.n_cols(), |i| self.rows.row(i), ctx)?;
        in_chunks(x.n_rows(), ctx, |rows| {
            let mut stack = Vec::new();
            let mut place = |row: usize| {
                let mut visitor = OfNearest { tree: &tree, clusters: &self.clusters, best: (f64::INFINITY, u32::MAX) };
                tree.search(x.row(row), &mut stack, &mut visitor);
                (visitor.best.1 != u32::MAX).then_some(visitor.best.1 as usize)
            };
            rows.map(&mut place).collect()
        })
    }

    fn by_all_rows(&self, x: &Matrix, ctx: &Ctx) -> Result<Vec<Option<usize>>, ClusterError> {
        let blocks = Blocks::new(self.rows.n_rows(), self.rows.n_cols(), |i| self.rows.row(i));
        let k = self.n_clusters();
        let mut sizes = vec![0.0; k];
        self.clusters.iter().for_each(|&cluster| sizes[cluster as usize] += 1.0);
        let is_mean = self.by == GroupDistance::Mean;
        in_chunks(x.n_rows(), ctx, |rows| {
            let mut to = vec![0.0f64; k];
            let mut place = |row: usize| {
                to.fill(0.0);
                for (b, clusters) in self.clusters.chunks(LANES).enumerate() {
                    let squared = vectorised(
                        #[inline(always)]
                        || squared_distances(blocks.block(b), x.row(row)),
                    );
                    for (&cluster, squared) in clusters.iter().zip(squared) {
                        let to = &mut to[cluster as usize];
                        *to = if is_mean { *to + squared.sqrt() } else { to.max(squared) };
                    }
                }
                if is_mean {
                    to.iter_mut().zip(&sizes).for_each(|(sum, size)| *sum /= size);
                }
                // The first of equals.
                (0..k).min_by(|&a, &b| to[a].total_cmp(&to[b]))
            };
            rows.map(&mut place).collect()
        })
    }
}

/// The cluster of the nearest row; of equally near ones the lower.
struct OfNearest<'a> {
    tree: &'a KdTree,
    clusters: &'a [u32],
    best: (f64, u32),
}

impl Visitor for OfNearest<'_> {
    fn wants(&self, _node: usize, squared: f64) -> bool {
        squared <= self.best.0
    }

    fn leaf(&mut self, leaf: usize, squared: &[f64; LANES]) {
        for (&row, &squared) in self.tree.leaf_rows(leaf).iter().zip(squared) {
            let found = (squared, self.clusters[row as usize]);
            if found < self.best {
                self.best = found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_linkage_has_its_own_nearness() {
        // Two groups on a line: 0 and 10; 4 and 5. From 6: the nearest row is 5; means are 5 and 1.5; farthest 6 and 2.
        // From 1: nearest 0; means 5 and 3.5, farthest 9 and 4.
        let x = Matrix::from_rows(&[[0.0], [10.0], [4.0], [5.0]]).unwrap();
        let labels = Labels::from_ids(&[0, 0, 1, 1]);
        let others = Matrix::from_rows(&[[6.0], [1.0], [30.0]]).unwrap();
        for (by, expected) in [
            (GroupDistance::Nearest, [Some(1), Some(0), Some(0)]),
            (GroupDistance::Mean, [Some(1), Some(1), Some(0)]),
            (GroupDistance::Farthest, [Some(1), Some(1), Some(1)]),
        ] {
            let linked = Linked::new(&x, &labels, by);
            assert!(linked.is_sound());
            assert_eq!(linked.clusters(&others, &Ctx::new()).unwrap(), expected, "{by:?}");
        }
    }
}
