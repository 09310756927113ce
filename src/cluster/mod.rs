//! Floor 3: which rows belong together. Every method is a pure function of a matrix, its parameters and a [`Ctx`](crate::base::Ctx).
//!
//! - [`kmeans`]: k round groups, for a chosen k.
//! - [`linkage`]: a tree of merges, cut afterwards at any height or number of clusters.
//! - [`density`]: a tree of reachability, cut afterwards at any epsilon: DBSCAN for every epsilon at once.
//! - [`hdbscan`]: the groups of the same tree that last longest over all epsilons.
//! - [`mixture`](mod@mixture): how surely each row belongs, by a Gaussian mixture.
//! - [`assign`]: the cluster of a row that was not there, for any of them.
//!
//! Results are the same bytes for any number of threads: work is cut into fixed chunks, and the chunks' results are folded in order.

pub mod assign;
pub mod density;
pub mod epsilon;
mod gaussians;
pub mod hdbscan;
mod in_chunks;
pub mod kdtree;
pub mod kmeans;
pub mod lanes;
pub mod linkage;
pub mod linked;
pub mod lloyd;
mod matrix_linkage;
pub mod method;
pub mod micro;
pub mod mixture;
pub mod neighbours;
pub mod online;
pub mod reach;
pub mod remembered;
pub mod seeding;
pub mod spanning;
mod swaps;
pub mod tree;
pub mod ward;

pub use assign::{Assign, Kept};
pub use density::{DensityTree, density, density_from};
pub use epsilon::{EpsilonCurves, EpsilonPoint, EpsilonSuggestion};
pub use hdbscan::{Branch, Hdbscan, hdbscan, suggested_min_cluster_size};
pub use kmeans::{KMeansFit, KMeansParams, kmeans};
pub use linkage::{MATRIX_ROWS, bytes_needed, linkage, linkage_within};
pub use linked::{GroupDistance, Linked};
pub use method::{Chosen, Linkage, Method};
pub use micro::MICRO_CLUSTERS;
pub use mixture::{BETWEEN, BetweenTwo, CovarianceEllipse, MIXTURE_RESTARTS, Mixture, MixtureError, between_two, mixture};
pub use neighbours::{Neighbours, list_length, neighbours};
pub use online::{OnlineMeans, RowChange};
pub use remembered::Remembered;
pub use tree::{Dendrogram, Merge, inertias};

use crate::base::memory::readable;
use crate::base::{Matrix, Stopped};

/// Why there is no clustering. The sentences are shown to the user as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClusterError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Nothing to cluster.
    #[error("{} left to group, at least {needed} are needed; loosen the filters or load more rows.", count(*.rows, "row is", "rows are"))]
    TooFewRows {
        /// Rows given.
        rows: usize,
        /// The least that works.
        needed: usize,
    },
    /// More clusters than different rows.
    #[error(
        "{} too few for {}; choose k of {distinct} or less.",
        count(*.distinct, "distinct row is", "distinct rows are"),
        count(*.k, "segment", "segments")
    )]
    TooFewDistinct {
        /// Different rows there are.
        distinct: usize,
        /// Clusters asked for.
        k: usize,
    },
    /// A knob is outside its range.
    #[error("{knob} is {value}; choose {least} or more.")]
    KnobTooSmall {
        /// The knob as the user knows it.
        knob: &'static str,
        /// What it was set to.
        value: usize,
        /// The least that makes sense.
        least: usize,
    },
    /// More rows than positions fit into 32 bits.
    #[error("{rows} rows are more than this method can number; take a sample of 2 billion rows or less.")]
    TooManyRows {
        /// Rows given.
        rows: usize,
    },
    /// Squares of such values overflow.
    #[error("A value is as large as {largest:e}, too large to measure distances; scale the columns or remove the outlier.")]
    TooLarge {
        /// The largest absolute value.
        largest: f64,
    },
    /// Rows of another space than the one that was grouped.
    #[error("The rows have {} and the segments were made from {expected}; encode them the way those were.", count(*.found, "column", "columns"))]
    OtherColumns {
        /// Columns of the rows.
        found: usize,
        /// Columns they should have.
        expected: usize,
    },
    /// The step would not fit into memory.
    #[error(
        "This tree needs {} of memory and {} can be used; choose Ward or single linkage, which need little, or work on a sample of the rows.",
        readable(*.needs),
        readable(*.budget)
    )]
    NoMemory {
        /// Bytes the step would take.
        needs: u64,
        /// Bytes it may take.
        budget: u64,
    },
}

/// What every method demands of its rows: at least one, no more than can be numbered twice in 32 bits, squares that do not overflow.
fn validate(x: &Matrix) -> Result<(), ClusterError> {
    let rows = x.n_rows();
    if rows == 0 {
        return Err(ClusterError::TooFewRows { rows, needed: 1 });
    }
    if rows > (u32::MAX / 2) as usize {
        return Err(ClusterError::TooManyRows { rows });
    }
    let largest = x.values().iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    if largest > 1e140 { Err(ClusterError::TooLarge { largest }) } else { Ok(()) }
}

/// "1 row", "12 rows".
fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sentences() {
        for (error, sentence) in [
            (ClusterError::TooFewDistinct { distinct: 12, k: 20 }, "12 distinct rows are too few for 20 segments; choose k of 12 or less."),
            (ClusterError::TooFewDistinct { distinct: 1, k: 2 }, "1 distinct row is too few for 2 segments; choose k of 1 or less."),
            (
                ClusterError::NoMemory { needs: 1_600_000_000, budget: 512_000_000 },
                "This tree needs 1.6 GB of memory and 512 MB can be used; choose Ward or single linkage, which need little, or work on a \
                 sample of the rows.",
            ),
        ] {
            assert_eq!(error.to_string(), sentence);
        }
    }

    #[test]
    fn every_linkage_is_found_by_its_name() {
        for linkage in Linkage::ALL {
            assert_eq!(Linkage::from_name(&linkage.name().to_uppercase()), Some(linkage));
        }
        assert_eq!(Linkage::from_name("centroid"), None);
    }
}
