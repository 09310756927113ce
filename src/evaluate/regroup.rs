//! How were these segments made? The method with its parameters, so that other rows can be grouped the same way.
//!
//! In: rows that were drawn anew or shuffled. Out: their labels. Cost: that of the method.

use serde::Serialize;

use crate::base::{Ctx, Labels, Matrix};
use crate::cluster::{ClusterError, KMeansParams, Linkage, density, hdbscan, kmeans, linkage};

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
            Regroup::KMeans { k, restarts, seed } => match kmeans(x, &KMeansParams { k, restarts, seed }, ctx) {
                Err(ClusterError::TooFewDistinct { distinct, .. }) => {
                    Ok(kmeans(x, &KMeansParams { k: distinct, restarts, seed }, ctx)?.labels)
                }
                fit => Ok(fit?.labels),
            },
            Regroup::Tree { linkage: by, k } => Ok(linkage(x, by, ctx)?.cut_clusters(k)),
            Regroup::Density { min_samples, epsilon } => Ok(density(x, min_samples, ctx)?.labels_at(epsilon)),
            Regroup::Hdbscan { min_samples, min_cluster_size } => {
                Ok(hdbscan(&density(x, min_samples, ctx)?, min_cluster_size, ctx)?.labels)
            }
        }
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
