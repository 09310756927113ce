//! Which dense cluster is another row in reach of?
//!
//! In: the rows of a grouping by density, and other rows. Out: the cluster of each, or none. One or two searches per row in a kd-tree: O(log n) in few
//! columns, O(n) at worst; memory as the rows kept.
//!
//! DBSCAN (Ester et al. 1996): a row belongs to the clusters that have a core row within epsilon. A core row is only in reach of its own, a border row may be in
//! reach of several and goes, as while grouping, to the one whose first core row came first. So every row that was grouped is placed where it was.
//!
//! HDBSCAN (Campello et al. 2013): a row joins a cluster at the least mutual reachability to one of its rows, the largest of both core distances
//! and the distance. If that is below the distance at which the cluster becomes part of a larger one (its birth), the row is in it. For a row that was
//! grouped this is how the tree was made, so it is placed where it was: two rows in mutual reach below a birth are in one component there. McInnes, Healy 2017
//! (`approximate_predict`) take the cluster of the nearest row instead and then ask for its lambda; with us a cluster that is too dense for the row does
//! not hide a sparser one that is not. The core distance of another row counts the rows kept: the one that equals it, where it is one of them, is itself.

use serde::{Deserialize, Serialize};

use super::ClusterError;
use super::density::{DensityTree, least_epsilon};
use super::hdbscan::Hdbscan;
use super::in_chunks::in_chunks;
use super::kdtree::{KdTree, Visitor};
use super::lanes::LANES;
use crate::base::{Ctx, Matrix};

/// DBSCAN's core rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cores {
    /// The neighborhood distance.
    pub epsilon: f64,
    /// The cluster of every core row.
    pub clusters: Vec<u32>,
    /// The core rows, in the order they were grouped in.
    pub rows: Matrix,
}

impl Cores {
    pub(super) fn new(x: &Matrix, tree: &DensityTree, epsilon: f64) -> Cores {
        let labels = tree.labels_at(epsilon);
        let cores: Vec<usize> = (0..x.n_rows()).filter(|&row| tree.core_distances()[row] <= epsilon).collect();
        // Every core row has a cluster.
        let clusters = cores.iter().filter_map(|&row| labels.get(row)).map(|cluster| cluster as u32).collect();
        Cores { epsilon, clusters, rows: x.select_rows(&cores) }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.epsilon.is_finite() && self.clusters.len() == self.rows.n_rows() && is_numbered(self.clusters.iter().copied())
    }

    pub(super) fn clusters(&self, x: &Matrix, ctx: &Ctx) -> Result<Vec<Option<usize>>, ClusterError> {
        let tree = KdTree::new(self.rows.n_rows(), self.rows.n_cols(), |i| self.rows.row(i), ctx)?;
        // Clusters by their first core row.
        let mut ranked: Vec<u32> = Vec::new();
        let mut rank_of = vec![u32::MAX; self.clusters.iter().max().map_or(0, |most| *most as usize + 1)];
        for &cluster in &self.clusters {
            if rank_of[cluster as usize] == u32::MAX {
                rank_of[cluster as usize] = ranked.len() as u32;
                ranked.push(cluster);
            }
        }
        let rank = |row: u32| rank_of[self.clusters[row as usize] as usize];
        let least = tree.fold(|rows| rows.iter().map(|&row| rank(row)).min().unwrap_or(u32::MAX), u32::min);
        in_chunks(x.n_rows(), ctx, |rows| {
            let mut stack = Vec::new();
            let mut place = |row: usize| {
                let mut visitor = First { tree: &tree, rank: &rank, least: &least, within: self.epsilon * self.epsilon, best: u32::MAX };
                tree.search(x.row(row), &mut stack, &mut visitor);
                ranked.get(visitor.best as usize).map(|&cluster| cluster as usize)
            };
            rows.map(&mut place).collect()
        })
    }
}

/// The first cluster with a row within a squared distance.
struct First<'a, R: Fn(u32) -> u32> {
    tree: &'a KdTree,
    rank: &'a R,
    /// The first cluster below each node.
    least: &'a [u32],
    within: f64,
    best: u32,
}

impl<R: Fn(u32) -> u32> Visitor for First<'_, R> {
    fn wants(&self, node: usize, squared: f64) -> bool {
        squared <= self.within && self.least[node] < self.best
    }

    fn leaf(&mut self, leaf: usize, squared: &[f64; LANES]) {
        for (&row, &squared) in self.tree.leaf_rows(leaf).iter().zip(squared) {
            if squared <= self.within {
                self.best = self.best.min((self.rank)(row));
            }
        }
    }
}

/// HDBSCAN's rows with what it takes to join their clusters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lasting {
    /// Rows that make a core row, itself counted.
    pub min_samples: usize,
    /// For every cluster the distance below which it is one of its own.
    pub births: Vec<f64>,
    /// The cluster of every row; none is noise, which still tells how dense it is somewhere.
    pub clusters: Vec<Option<u32>>,
    /// The core distance of every row in a cluster, 0 for noise.
    pub cores: Vec<f64>,
    /// All rows that were grouped.
    pub rows: Matrix,
}

impl Lasting {
    pub(super) fn new(x: &Matrix, tree: &DensityTree, found: &Hdbscan) -> Lasting {
        let mut births = vec![0.0; found.labels.n_clusters()];
        for branch in &found.branches {
            if let Some(label) = branch.label {
                births[label as usize] = branch.birth;
            }
        }
        let clusters: Vec<Option<u32>> = found.labels.iter().map(|label| label.map(|label| label as u32)).collect();
        let core = |(cluster, &core): (&Option<u32>, &f64)| if cluster.is_some() { core } else { 0.0 };
        let cores = clusters.iter().zip(tree.core_distances()).map(core).collect();
        Lasting { min_samples: tree.min_samples(), births, clusters, cores, rows: x.clone() }
    }

    pub(super) fn is_sound(&self) -> bool {
        let n = self.rows.n_rows();
        let finite = self.births.iter().chain(&self.cores).all(|value| value.is_finite() && *value >= 0.0);
        let known = self.clusters.iter().flatten().all(|&cluster| (cluster as usize) < self.births.len());
        self.min_samples > 0 && self.clusters.len() == n && self.cores.len() == n && finite && known
    }

    pub(super) fn clusters(&self, x: &Matrix, ctx: &Ctx) -> Result<Vec<Option<usize>>, ClusterError> {
        let tree = KdTree::new(self.rows.n_rows(), self.rows.n_cols(), |i| self.rows.row(i), ctx)?;
        let most = self.births.iter().copied().fold(0.0, f64::max);
        in_chunks(x.n_rows(), ctx, |rows| {
            let mut stack = Vec::new();
            let mut core = Nearest { count: self.min_samples, least: Vec::new() };
            let mut place = |row: usize| {
                core.least.clear();
                tree.search(x.row(row), &mut stack, &mut core);
                let core = core.least.get(self.min_samples - 1).map_or(f64::INFINITY, |&squared| least_epsilon(squared));
                if core >= most {
                    return None;
                }
                let mut joins = Joins { tree: &tree, of: self, core, most, best: None };
                tree.search(x.row(row), &mut stack, &mut joins);
                joins.best.map(|(_, _, cluster)| cluster as usize)
            };
            rows.map(&mut place).collect()
        })
    }
}

/// The least squared distances.
struct Nearest {
    count: usize,
    /// Ascending.
    least: Vec<f64>,
}

impl Visitor for Nearest {
    fn wants(&self, _node: usize, squared: f64) -> bool {
        self.least.get(self.count - 1).is_none_or(|&most| squared < most)
    }

    fn leaf(&mut self, _leaf: usize, squared: &[f64; LANES]) {
        // The filling of the last leaf is infinitely far.
        for &squared in squared.iter().filter(|squared| squared.is_finite()) {
            if self.least.get(self.count - 1).is_none_or(|&most| squared < most) {
                let at = self.least.partition_point(|&other| other <= squared);
                self.least.insert(at, squared);
                self.least.truncate(self.count);
            }
        }
    }
}

/// The least mutual reachability to a row of a cluster that is joined by it; of equal ones the nearer row, then the lower cluster.
struct Joins<'a> {
    tree: &'a KdTree,
    of: &'a Lasting,
    core: f64,
    /// The largest birth: beyond it nothing is joined.
    most: f64,
    /// Mutual reachability, squared distance, cluster.
    best: Option<(f64, f64, u32)>,
}

impl Visitor for Joins<'_> {
    fn wants(&self, _node: usize, squared: f64) -> bool {
        match self.best {
            None => squared <= self.most * self.most,
            // Nothing is joined below the row's own core distance, so only a nearer row can be better.
            Some((reached, distance, _)) if reached <= self.core => squared <= distance,
            Some((reached, ..)) => squared <= reached * reached,
        }
    }

    fn leaf(&mut self, leaf: usize, squared: &[f64; LANES]) {
        for (&row, &squared) in self.tree.leaf_rows(leaf).iter().zip(squared) {
            let Some(cluster) = self.of.clusters[row as usize] else { continue };
            let reached = least_epsilon(squared).max(self.of.cores[row as usize]).max(self.core);
            let found = (reached, squared, cluster);
            if reached < self.of.births[cluster as usize] && self.best.is_none_or(|best| found < best) {
                self.best = Some(found);
            }
        }
    }
}

/// Whether clusters are 0, 1, ... without a gap.
fn is_numbered(clusters: impl Iterator<Item = u32>) -> bool {
    let mut seen: Vec<u32> = clusters.collect();
    seen.sort_unstable();
    seen.dedup();
    seen.iter().enumerate().all(|(at, &cluster)| at as u32 == cluster)
}
