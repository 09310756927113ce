//! Floor 3: which rows belong together. Every method is a pure function of a matrix, its parameters and a [`Ctx`](crate::base::Ctx).
//!
//! - [`kmeans`]: k round groups, for a chosen k.
//! - [`linkage`]: a tree of merges, cut afterwards at any height or number of clusters.
//! - [`density`]: a tree of reachability, cut afterwards at any epsilon: DBSCAN for every epsilon at once.
//! - [`hdbscan`]: the groups of the same tree that last longest over all epsilons.
//!
//! Results are the same bytes for any number of threads: work is cut into fixed chunks, and the chunks' results are folded in order.

mod chosen;
pub mod density;
pub mod epsilon;
pub mod hdbscan;
pub mod kdtree;
pub mod kmeans;
pub mod lanes;
pub mod linkage;
pub mod lloyd;
mod matrix_linkage;
pub mod micro;
pub mod neighbours;
pub mod seeding;
pub mod spanning;
mod swaps;
pub mod tree;
pub mod ward;

pub use chosen::Chosen;
pub use density::{DensityTree, density, density_from};
pub use epsilon::{EpsilonCurves, EpsilonPoint, EpsilonSuggestion};
pub use hdbscan::{Branch, Hdbscan, hdbscan, suggested_min_cluster_size};
pub use kmeans::{KMeansFit, KMeansParams, kmeans};
pub use linkage::{MATRIX_ROWS, bytes_needed, linkage, linkage_within};
pub use micro::MICRO_CLUSTERS;
pub use neighbours::{Neighbours, list_length, neighbours};
pub use tree::{Dendrogram, Merge, inertias};

use serde::{Deserialize, Serialize};

use crate::base::memory::readable;
use crate::base::{Matrix, Stopped};

/// Which family of method the user picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// k round groups around k means.
    KMeans,
    /// A tree of merges, cut at a height.
    Tree,
    /// Dense regions apart from sparse ones, with noise.
    Density,
    /// The dense regions that last longest over all neighborhood sizes, with noise.
    Hdbscan,
    /// No distances at all: the groups that a column of the data knows.
    Column,
}

impl Method {
    /// Every method, in the order of the picker.
    pub const ALL: [Method; 5] = [Method::KMeans, Method::Tree, Method::Density, Method::Hdbscan, Method::Column];

    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Method::KMeans => "k-Means",
            Method::Tree => "Hierarchical",
            Method::Density => "DBSCAN",
            Method::Hdbscan => "HDBSCAN",
            Method::Column => "Groups of a column",
        }
    }

    /// The words the command line takes; a tree goes by its linkage.
    pub const WORDS: [&str; 9] = ["kmeans", "ward", "average", "complete", "single", "weighted", "dbscan", "hdbscan", "column"];

    /// The method of a word of [`Method::WORDS`], with the linkage where it is a tree.
    pub fn from_name(word: &str) -> Option<(Method, Option<Linkage>)> {
        match word {
            "kmeans" => Some((Method::KMeans, None)),
            "dbscan" => Some((Method::Density, None)),
            "hdbscan" => Some((Method::Hdbscan, None)),
            "column" => Some((Method::Column, None)),
            _ => Linkage::from_name(word).map(|linkage| (Method::Tree, Some(linkage))),
        }
    }

    /// Its word, given the linkage of trees.
    pub fn word(self, linkage: Linkage) -> &'static str {
        let is_mine = |word: &&&str| match Method::from_name(word) {
            Some((Method::Tree, of)) => self == Method::Tree && of == Some(linkage),
            Some((method, _)) => self == method,
            None => false,
        };
        Method::WORDS.iter().find(is_mine).copied().unwrap_or_default()
    }

    /// One sentence on what it does and when to take it.
    pub fn explanation(self) -> &'static str {
        match self {
            Method::KMeans => {
                "Splits the customers into k compact groups of similar spread; every customer belongs to one. The usual start."
            }
            Method::Tree => "Merges the most similar groups step by step into a tree; cut it at any height to get more or fewer groups.",
            Method::Density => {
                "Finds dense regions of any shape and calls the rest noise; the number of groups follows from the neighbourhood size epsilon."
            }
            Method::Hdbscan => {
                "Finds dense regions of any shape, each at its own density, and calls the rest noise; you only say how small a segment may be."
            }
            Method::Column => "Takes the groups that a column of the data knows already, such as RFM segments; nothing is computed anew.",
        }
    }
}

/// How the distance of two groups follows from the distances of their members. Names and heights as in SciPy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Linkage {
    /// The least rise of the within sum of squares (R's ward.D2).
    #[default]
    Ward,
    /// The mean distance of all pairs (UPGMA).
    Average,
    /// The largest distance of any pair.
    Complete,
    /// The smallest distance of any pair.
    Single,
    /// The mean of the two merged groups' distances, whatever their sizes (WPGMA).
    Weighted,
}

impl Linkage {
    /// Every linkage, in the order of the picker.
    pub const ALL: [Linkage; 5] = [Linkage::Ward, Linkage::Average, Linkage::Complete, Linkage::Single, Linkage::Weighted];

    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Linkage::Ward => "Ward",
            Linkage::Average => "Average",
            Linkage::Complete => "Complete",
            Linkage::Single => "Single",
            Linkage::Weighted => "Weighted",
        }
    }

    /// One sentence on what it does and when to take it.
    pub fn explanation(self) -> &'static str {
        match self {
            Linkage::Ward => {
                "Merges the two groups whose union adds least to the within sum of squares (ward.D2 in R): compact groups, the usual choice."
            }
            Linkage::Average => {
                "Merges by the mean distance of all pairs between two groups (UPGMA): a compromise that tolerates uneven sizes."
            }
            Linkage::Complete => "Merges by the largest distance of any pair: groups of small diameter, sensitive to outliers.",
            Linkage::Single => {
                "Merges by the smallest distance of any pair: follows chains of neighbours, so outliers end up as groups of their own."
            }
            Linkage::Weighted => "Like average, but both merged groups count the same whatever their sizes (WPGMA).",
        }
    }

    /// The linkage of that name, in any case: "ward", "Average".
    pub fn from_name(name: &str) -> Option<Linkage> {
        Linkage::ALL.into_iter().find(|linkage| linkage.name().eq_ignore_ascii_case(name.trim()))
    }
}

/// Why there is no clustering. The sentences are shown to the user as they are.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClusterError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Nothing to cluster.
    #[error("{} left to cluster, at least {needed} are needed; loosen the filters or load more rows.", count(*.rows, "row is", "rows are"))]
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
        count(*.k, "cluster", "clusters")
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
fn door(x: &Matrix) -> Result<(), ClusterError> {
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
            (ClusterError::TooFewDistinct { distinct: 12, k: 20 }, "12 distinct rows are too few for 20 clusters; choose k of 12 or less."),
            (ClusterError::TooFewDistinct { distinct: 1, k: 2 }, "1 distinct row is too few for 2 clusters; choose k of 1 or less."),
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

    #[test]
    fn every_word_leads_to_its_method_and_back() {
        for word in Method::WORDS {
            let (method, linkage) = Method::from_name(word).unwrap();
            assert_eq!(method.word(linkage.unwrap_or_default()), word);
        }
        assert!(Method::ALL.iter().all(|method| !method.word(Linkage::Ward).is_empty()));
        assert_eq!(Method::from_name("k-means"), None);
    }
}
