//! What is a grouping? Labels, wherever they are held, and the one in force with everything it came from.

use std::sync::Arc;

use crate::base::{Key, Labels};
use crate::cluster::{Chosen, DensityTree, Hdbscan, KMeansFit};
use crate::data::Loaded;
use crate::evaluate::{Known, Regroup};
use crate::features::Prepared;

use super::run::runtime::Made;

/// The chosen grouping, with everything it came from.
#[derive(Debug, Clone)]
pub struct Segmentation {
    /// The data.
    pub loaded: Arc<Loaded>,
    /// The matrix.
    pub prepared: Arc<Prepared>,
    /// Cluster of every matrix row, with the numbers people know the clusters by.
    pub labels: Labels,
    /// What became of the segments shown before, in sentences: which split off, which merged.
    pub told: Vec<String>,
    /// What they are from.
    pub by: Chosen,
    /// "k-Means, k = 5" and the like.
    pub method_text: String,
    /// The same segments without the parts that stand in the place of some; `None` where there are no parts.
    pub whole: Option<Arc<Segmentation>>,
    /// Names these labels: what was picked by another segment stays who it was.
    pub stamp: Key,
}

impl Segmentation {
    /// The segments as the method found them, before any of them was parted.
    pub fn unparted(&self) -> &Segmentation {
        self.whole.as_deref().unwrap_or(self)
    }
}

/// Labels, wherever they are held.
#[derive(Debug, Clone)]
pub enum Labeling {
    /// In a k-means fit.
    Fit(Made<KMeansFit>),
    /// From a tree.
    Cut(Made<Labels>),
    /// With a condensed tree.
    Hdbscan(Made<Hdbscan>),
    /// Known by a column.
    Known(Made<Known>),
    /// Some segments in parts that were found inside them.
    Parts(Made<Labels>),
}

impl Labeling {
    /// Names it.
    pub fn key(&self) -> Key {
        match self {
            Labeling::Fit(fit) => fit.key,
            Labeling::Cut(labels) => labels.key,
            Labeling::Hdbscan(found) => found.key,
            Labeling::Known(known) => known.key,
            Labeling::Parts(labels) => labels.key,
        }
    }

    /// The labels.
    pub fn labels(&self) -> &Labels {
        match self {
            Labeling::Fit(fit) => &fit.value.labels,
            Labeling::Cut(labels) => &labels.value,
            Labeling::Hdbscan(found) => &found.value.labels,
            Labeling::Known(known) => &known.value.labels,
            Labeling::Parts(labels) => &labels.value,
        }
    }
}

/// Segments some of which are in parts.
pub(super) struct Parted {
    /// The segments without parts.
    pub base: Labeling,
    /// Their numbers.
    pub numbers: Vec<usize>,
    /// Those that are in parts, outer ones first.
    pub parts: Vec<PartsOf>,
}

/// The parts of a segment.
pub(super) struct PartsOf {
    /// The number of the segment.
    pub segment: usize,
    /// The number of every part.
    pub numbers: Vec<usize>,
    /// The rows of its members.
    pub members: Made<Prepared>,
    /// Which part each of them is in.
    pub labeling: Labeling,
    /// What they are from.
    pub by: Chosen,
    /// The tree of reachability they were cut from, if they were.
    pub density: Option<Arc<DensityTree>>,
    /// How they were made.
    pub how: Option<Regroup>,
    /// Seed of what is random in that.
    pub seed: u64,
}
