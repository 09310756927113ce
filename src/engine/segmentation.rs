//! What is a grouping? Labels, wherever they are held, and the one in force with everything it came from.

use std::sync::Arc;

use crate::base::{Key, Labels};
use crate::cluster::{Chosen, Hdbscan, KMeansFit};
use crate::data::Loaded;
use crate::evaluate::Known;
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
    /// Names these labels: what was picked by another segment stays who it was.
    pub stamp: Key,
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
}

impl Labeling {
    /// Names it.
    pub fn key(&self) -> Key {
        match self {
            Labeling::Fit(fit) => fit.key,
            Labeling::Cut(labels) => labels.key,
            Labeling::Hdbscan(found) => found.key,
            Labeling::Known(known) => known.key,
        }
    }

    /// The labels.
    pub fn labels(&self) -> &Labels {
        match self {
            Labeling::Fit(fit) => &fit.value.labels,
            Labeling::Cut(labels) => &labels.value,
            Labeling::Hdbscan(found) => &found.value.labels,
            Labeling::Known(known) => &known.value.labels,
        }
    }
}
