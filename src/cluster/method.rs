//! Which methods are there, what are they called, and what are the labels in force from? A new method is one variant of [`Method`] and one of [`Chosen`].

use serde::{Deserialize, Serialize};

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

    /// The same in one word, for a row of buttons.
    pub fn short_name(self) -> &'static str {
        match self {
            Method::KMeans => "k-Means",
            Method::Tree => "Tree",
            Method::Density => "Density",
            Method::Hdbscan => "HDBSCAN",
            Method::Column => "Column",
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
                "Finds dense regions of any shape and leaves the rest in no group; the number of groups follows from the neighbourhood size epsilon."
            }
            Method::Hdbscan => {
                "Finds dense regions of any shape, each at its own density, and leaves the rest in no group; you only say how small a segment may be."
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

#[cfg(test)]
mod tests {
    use super::*;

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
