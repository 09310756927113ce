//! What are the labels in force from? One variant per method, with the values that were chosen or suggested.

/// A method with what it takes to come to the labels in force. A new method is one variant here.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// k-means.
    KMeans {
        /// Number of clusters.
        k: usize,
        /// Sum of squared distances to the centroids, once it is known.
        inertia: Option<f64>,
    },
    /// A tree of merges, cut.
    Tree {
        /// Number of clusters.
        k: usize,
        /// Where it is cut.
        height: f64,
        /// Sum of squared distances to the means of the clusters, once it is known.
        inertia: Option<f64>,
    },
    /// DBSCAN.
    Density {
        /// Neighborhood distance.
        epsilon: f64,
    },
    /// HDBSCAN.
    Hdbscan {
        /// The least rows of a cluster.
        min_cluster_size: usize,
    },
    /// The groups of a column.
    Column {
        /// Its name.
        name: String,
    },
}

impl Chosen {
    /// Number of clusters, where it was chosen.
    pub fn k(&self) -> Option<usize> {
        match self {
            Chosen::KMeans { k, .. } | Chosen::Tree { k, .. } => Some(*k),
            _ => None,
        }
    }

    /// Where a tree is cut.
    pub fn height(&self) -> Option<f64> {
        if let Chosen::Tree { height, .. } = self { Some(*height) } else { None }
    }

    /// Neighborhood distance.
    pub fn epsilon(&self) -> Option<f64> {
        if let Chosen::Density { epsilon } = self { Some(*epsilon) } else { None }
    }

    /// The least rows of a cluster.
    pub fn min_cluster_size(&self) -> Option<usize> {
        if let Chosen::Hdbscan { min_cluster_size } = self { Some(*min_cluster_size) } else { None }
    }

    /// Sum of squared distances to the centroids, where it is known.
    pub fn inertia(&self) -> Option<f64> {
        match self {
            Chosen::KMeans { inertia, .. } | Chosen::Tree { inertia, .. } => *inertia,
            _ => None,
        }
    }
}
