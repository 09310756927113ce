//! How were these segments made? The method with its parameters, so that other rows can be grouped the same way.
//!
//! In: rows that were drawn anew or shuffled. Out: their labels, and how customers who were not among them find theirs. Cost: that of the method.

use serde::Serialize;

use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::{Assign, ClusterError, KMeansFit, KMeansParams, Linkage, density, hdbscan, kmeans, linkage};

/// A method with everything it takes to group again. A new method is one variant here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Regroup {
    /// k-means.
    KMeans {
        /// Number of clusters.
        k: usize,
        /// Starts, of which the best is kept.
        restarts: usize,
        /// Seed of the starts.
        seed: u64,
    },
    /// A tree, cut into as many clusters.
    Tree {
        /// The linkage.
        linkage: Linkage,
        /// Number of clusters.
        k: usize,
    },
    /// DBSCAN.
    Density {
        /// Rows within epsilon that make a core row, itself counted.
        min_samples: usize,
        /// Neighbourhood distance.
        epsilon: f64,
    },
    /// HDBSCAN.
    Hdbscan {
        /// Rows that make a core row, itself counted.
        min_samples: usize,
        /// The least rows of a cluster.
        min_cluster_size: usize,
    },
}

impl Regroup {
    /// The labels of `x`. Rows with fewer different values than clusters are asked for give as many clusters as there can be.
    pub fn group(&self, x: &Matrix, ctx: &Ctx) -> Result<Labels, ClusterError> {
        let ctx = &ctx.quiet();
        match *self {
            Regroup::KMeans { k, restarts, seed } => Ok(fit(x, k, restarts, seed, ctx)?.labels),
            Regroup::Tree { linkage: by, k } => Ok(linkage(x, by, ctx)?.cut_clusters(k)),
            Regroup::Density { min_samples, epsilon } => Ok(density(x, min_samples, ctx)?.labels_at(epsilon)),
            Regroup::Hdbscan { min_samples, min_cluster_size } => {
                Ok(hdbscan(&density(x, min_samples, ctx)?, min_cluster_size, ctx)?.labels)
            }
        }
    }

    /// The labels of `x` and the rule by which other rows find theirs, see [`Assign`]: what would be learnt if only these customers were known.
    pub fn learn(&self, x: &Matrix, ctx: &Ctx) -> Result<(Labels, Assign), ClusterError> {
        let ctx = &ctx.quiet();
        match *self {
            Regroup::KMeans { k, restarts, seed } => {
                let fit = fit(x, k, restarts, seed, ctx)?;
                let assign = Assign::of_kmeans(&fit);
                Ok((fit.labels, assign))
            }
            Regroup::Tree { .. } => {
                let labels = self.group(x, ctx)?;
                let assign = Assign::of_means(x, &labels, ctx)?;
                Ok((labels, assign))
            }
            Regroup::Density { min_samples, epsilon } => {
                let tree = density(x, min_samples, ctx)?;
                Ok((tree.labels_at(epsilon), Assign::of_density(x, &tree, epsilon)))
            }
            Regroup::Hdbscan { min_samples, min_cluster_size } => {
                let tree = density(x, min_samples, ctx)?;
                let found = hdbscan(&tree, min_cluster_size, ctx)?;
                let assign = Assign::of_hdbscan(x, &tree, &found);
                Ok((found.labels, assign))
            }
        }
    }

    /// [`Regroup::learn`] from part of the rows: the clusters of `rows`, in their order, and the rule. Where density decides, rows are repeated in
    /// turn until there are `as_many`, since half of the customers are half as dense and the method's numbers were chosen for all of them.
    pub fn learn_from(&self, x: &Matrix, rows: &[usize], as_many: usize, ctx: &Ctx) -> Result<(Vec<Option<usize>>, Assign), ClusterError> {
        let part = match self.counts_repeats() {
            true => x.select_rows(&rows.iter().copied().cycle().take(as_many.max(rows.len())).collect::<Vec<_>>()),
            false => x.select_rows(rows),
        };
        let (labels, assign) = self.learn(&part, ctx)?;
        Ok((labels.iter().take(rows.len()).collect(), assign))
    }

    /// Rows grouped at a time at most, so that a hundred times take seconds; `None` where fewer rows would mean something else: an epsilon
    /// and a number of neighbours belong to one density.
    pub fn most_rows(&self) -> Option<usize> {
        match self {
            Regroup::KMeans { .. } => Some(10_000),
            Regroup::Tree { linkage: Linkage::Ward | Linkage::Single, .. } => Some(2_500),
            Regroup::Tree { .. } => Some(1_500),
            Regroup::Density { .. } | Regroup::Hdbscan { .. } => None,
        }
    }

    /// Whether a row drawn twice counts twice while grouping: where density decides, as many rows must be there as before.
    pub fn counts_repeats(&self) -> bool {
        matches!(self, Regroup::Density { .. } | Regroup::Hdbscan { .. })
    }
}

/// k-means with as many clusters as there can be, up to k.
fn fit(x: &Matrix, k: usize, restarts: usize, seed: u64, ctx: &Ctx) -> Result<KMeansFit, ClusterError> {
    match kmeans(x, &KMeansParams { k, restarts, seed }, ctx) {
        Err(ClusterError::TooFewDistinct { distinct, .. }) => kmeans(x, &KMeansParams { k: distinct, restarts, seed }, ctx),
        fit => fit,
    }
}
