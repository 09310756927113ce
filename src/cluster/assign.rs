//! Which cluster does another customer belong to?
//!
//! In: a grouping of some rows, and other rows of the same columns. Out: the cluster of each, or none where it would be noise. Other rows are placed one
//! by one and change nothing: neither centroids nor density.
//!
//! - k-means: the nearest centroid. That is what k-means did last, so its own rows keep their labels; only a row exactly midway between two centroids
//!   goes to the larger cluster here, and to the one that k-means numbered lower while it ran.
//! - Trees: the cluster that is nearest in the sense of the linkage (`linked`), and for Ward's, or where there are too many rows to compare with each, the
//!   nearest mean. This only approximates a cut, since merges look at pairs of rows and are never taken back; [`Assign::kept`] says for how many of the
//!   tree's own rows it is the same, and `remembered` keeps the others.
//! - DBSCAN: the first of the clusters with a core row within epsilon, as for its border rows. Its own rows keep their labels, see `reach`.
//! - HDBSCAN: the cluster that a row would join at its mutual reachability before that cluster is part of a larger one. Its own rows keep their labels.
//!
//! O(n p k) for centroids, O(n m p) for m rows compared one by one; searches in a kd-tree otherwise, which is built once a call. Rows are placed in fixed chunks, and each on its own, so the number of
//! threads does not matter.

use serde::{Deserialize, Serialize};

use super::density::DensityTree;
use super::hdbscan::Hdbscan;
use super::in_chunks::in_chunks;
use super::lanes::{Blocks, LANES, vectorised};
use super::linked::{GroupDistance, Linked};
use super::lloyd::nearest_centroids;
use super::reach::{Cores, Lasting};
use super::{ClusterError, KMeansFit, Linkage, MATRIX_ROWS};
use crate::base::{Ctx, Labels, Matrix};

/// How other rows find their cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Assign {
    /// The cluster whose centre is nearest; of equally near ones the lower.
    Nearest {
        /// k x p, one centre per cluster.
        centroids: Matrix,
    },
    /// The first cluster with a core row within epsilon (DBSCAN).
    Cores(Cores),
    /// The cluster that is joined before it is part of a larger one (HDBSCAN).
    Lasting(Lasting),
    /// The cluster that is nearest in the sense of a linkage (trees).
    Linked(Linked),
}

/// For how many of the rows that a rule was made from it gives the label they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Rows with the same cluster, or noise as before.
    pub same: usize,
    /// All rows.
    pub rows: usize,
}

impl Kept {
    /// 0 to 1; 1 for no rows.
    pub fn share(self) -> f64 {
        if self.rows == 0 { 1.0 } else { self.same as f64 / self.rows as f64 }
    }
}

impl Assign {
    /// The rule of a k-means fit.
    pub fn of_kmeans(fit: &KMeansFit) -> Assign {
        Assign::Nearest { centroids: fit.centroids.clone() }
    }

    /// The nearest mean of any grouping, for trees. Noise takes no part. O(n p).
    ///
    /// Fails with "0 rows are left to cluster" where no row is in any cluster, and when stopped.
    ///
    /// ```
    /// use personae::base::{Ctx, Labels, Matrix};
    /// use personae::cluster::Assign;
    ///
    /// let x = Matrix::from_rows(&[[0.0], [2.0], [10.0]])?;
    /// let assign = Assign::of_means(&x, &Labels::from_ids(&[0, 0, 1]), &Ctx::new())?;
    /// let others = Matrix::from_rows(&[[8.0], [-3.0]])?;
    /// assert_eq!(assign.clusters(&others, &Ctx::new())?, [Some(1), Some(0)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_means(x: &Matrix, labels: &Labels, ctx: &Ctx) -> Result<Assign, ClusterError> {
        let (k, p) = (labels.n_clusters(), x.n_cols());
        if k == 0 {
            return Err(ClusterError::TooFewRows { rows: 0, needed: 1 });
        }
        let mut means = vec![0.0; k * p];
        for (row, cluster) in labels.iter().enumerate() {
            if row % 4096 == 0 {
                ctx.check()?;
            }
            if let Some(cluster) = cluster {
                means[cluster * p..][..p].iter_mut().zip(x.row(row)).for_each(|(sum, value)| *sum += value);
            }
        }
        for (cluster, &size) in labels.sizes().iter().enumerate() {
            means[cluster * p..][..p].iter_mut().for_each(|sum| *sum /= size as f64);
        }
        let largest = means.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let centroids = Matrix::new(means, k, p).map_err(|_| ClusterError::TooLarge { largest })?;
        Ok(Assign::Nearest { centroids })
    }

    /// The rule of a cut tree: the nearest row for single linkage, the smallest mean distance for average and weighted, the nearest farthest row for complete
    /// linkage; the nearest mean for Ward's, and where more than [`MATRIX_ROWS`] rows would have to be compared one by one. O(n p).
    ///
    /// Fails as [`Assign::of_means`] does.
    pub fn of_tree(x: &Matrix, labels: &Labels, linkage: Linkage, ctx: &Ctx) -> Result<Assign, ClusterError> {
        let by = match linkage {
            Linkage::Ward => None,
            Linkage::Single => Some(GroupDistance::Nearest),
            Linkage::Average | Linkage::Weighted => Some(GroupDistance::Mean),
            Linkage::Complete => Some(GroupDistance::Farthest),
        };
        match by.filter(|&by| by == GroupDistance::Nearest || x.n_rows() <= MATRIX_ROWS) {
            Some(by) if labels.n_clusters() > 0 => Ok(Assign::Linked(Linked::new(x, labels, by))),
            _ => Assign::of_means(x, labels, ctx),
        }
    }

    /// The rule of DBSCAN at `epsilon`, from the rows `x` that the tree was built of. Holds every core row. O(n min_samples + n p).
    pub fn of_density(x: &Matrix, tree: &DensityTree, epsilon: f64) -> Assign {
        Assign::Cores(Cores::new(x, tree, epsilon))
    }

    /// The rule of HDBSCAN, from the rows `x` that the tree was built of. Holds every row. O(n p).
    pub fn of_hdbscan(x: &Matrix, tree: &DensityTree, found: &Hdbscan) -> Assign {
        Assign::Lasting(Lasting::new(x, tree, found))
    }

    /// The cluster of every row, by its place among the labels the rule was made from; `None` is noise.
    ///
    /// Fails with "the rows have …" when they have other columns, with "a value is as large as …" when distances would overflow, and when stopped.
    pub fn clusters(&self, x: &Matrix, ctx: &Ctx) -> Result<Vec<Option<usize>>, ClusterError> {
        let expected = self.n_cols();
        if x.n_cols() != expected {
            return Err(ClusterError::OtherColumns { found: x.n_cols(), expected });
        }
        if x.n_rows() == 0 {
            return Ok(Vec::new());
        }
        super::validate(x)?;
        ctx.progress("Placing customers", 0.0);
        match self {
            Assign::Nearest { centroids } => nearest(centroids, x, ctx),
            Assign::Cores(cores) => cores.clusters(x, ctx),
            Assign::Lasting(lasting) => lasting.clusters(x, ctx),
            Assign::Linked(linked) => linked.clusters(x, ctx),
        }
    }

    /// The same as labels, largest cluster of *these* rows first. Their [`Labels::numbers`] are the clusters' places among the labels the rule was made from, so
    /// that a segment keeps its number whoever is in it. Clusters that nobody belongs to are not there.
    pub fn labels(&self, x: &Matrix, ctx: &Ctx) -> Result<Labels, ClusterError> {
        let clusters = self.clusters(x, ctx)?;
        let labels = Labels::from_options(&clusters);
        let mut numbers = vec![0; labels.n_clusters()];
        for (label, cluster) in labels.iter().zip(clusters) {
            if let (Some(label), Some(cluster)) = (label, cluster) {
                numbers[label] = cluster;
            }
        }
        Ok(labels.numbered(numbers))
    }

    /// For how many of the rows `x` that the rule was made from it gives their `labels`. Cost of [`Assign::clusters`].
    pub fn kept(&self, x: &Matrix, labels: &Labels, ctx: &Ctx) -> Result<Kept, ClusterError> {
        let clusters = self.clusters(x, ctx)?;
        let same = clusters.iter().zip(labels.iter()).filter(|(new, old)| **new == *old).count();
        Ok(Kept { same, rows: clusters.len() })
    }

    /// Columns that rows must have, p.
    pub fn n_cols(&self) -> usize {
        match self {
            Assign::Nearest { centroids } => centroids.n_cols(),
            Assign::Cores(cores) => cores.rows.n_cols(),
            Assign::Lasting(lasting) => lasting.rows.n_cols(),
            Assign::Linked(linked) => linked.rows.n_cols(),
        }
    }

    /// Clusters that a row can be placed in are numbered below this.
    pub fn n_clusters(&self) -> usize {
        match self {
            Assign::Nearest { centroids } => centroids.n_rows(),
            Assign::Cores(cores) => cores.clusters.iter().max().map_or(0, |most| *most as usize + 1),
            Assign::Lasting(lasting) => lasting.births.len(),
            Assign::Linked(linked) => linked.n_clusters(),
        }
    }

    /// Whether its parts fit together; a file may have been changed by hand. O(size).
    pub fn is_sound(&self) -> bool {
        match self {
            Assign::Nearest { centroids } => centroids.n_rows() > 0 && super::validate(centroids).is_ok(),
            Assign::Cores(cores) => cores.is_sound(),
            Assign::Lasting(lasting) => lasting.is_sound(),
            Assign::Linked(linked) => linked.is_sound(),
        }
    }
}

/// With the very distances that k-means computes, so that its rows end where they were.
fn nearest(centroids: &Matrix, x: &Matrix, ctx: &Ctx) -> Result<Vec<Option<usize>>, ClusterError> {
    in_chunks(x.n_rows(), ctx, |rows| {
        let blocks = Blocks::new(rows.len(), x.n_cols(), |i| x.row(rows.start + i));
        let (values, k) = (centroids.values(), centroids.n_rows());
        let mut clusters = Vec::with_capacity(rows.len());
        for b in 0..blocks.len() {
            let (nearest, _) = vectorised(
                #[inline(always)]
                || nearest_centroids(blocks.block(b), values, k),
            );
            clusters.extend(nearest.iter().take(LANES.min(rows.len() - b * LANES)).map(|&cluster| Some(cluster as usize)));
        }
        clusters
    })
}
