//! Everything an export may say, in one place, so that every format says the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::base::Labels;
use crate::cluster::{Chosen, Dendrogram};
use crate::data::{Dictionary, Loaded, Noun, Role};
use crate::evaluate::{Belonging, BicCurve, Stability};
use crate::features::Prepared;
use crate::model::Making;
use crate::persona::{Explained, Personas};

use super::holds::Holds;
use super::niches_found::ReportedNiches;
use super::unusual_found::UnusualFound;
use super::what_they_did::WhatTheyDid;

/// One finished analysis.
#[derive(Debug, Clone)]
pub struct Report {
    /// The data, with every column.
    pub loaded: Arc<Loaded>,
    /// How it was prepared.
    pub prepared: Arc<Prepared>,
    /// Cluster of every row of the table; noise and rows left out have none.
    pub labels: Labels,
    /// What the user says columns are for, by name; all others are as the profile guessed.
    pub roles: BTreeMap<String, Role>,
    /// What the user calls columns, levels and rows.
    pub dictionary: Arc<Dictionary>,
    /// What the speaker wants to say to slides that are no card, by what they show.
    pub slide_notes: BTreeMap<String, String>,
    /// The cards.
    pub personas: Arc<Personas>,
    /// The method as the command line spells it: kmeans, ward, average, complete, single, weighted, dbscan, hdbscan.
    pub method: String,
    /// The method with its parameters in words: "k-Means, k = 5, 10 re-runs, seed 0".
    pub method_text: String,
    /// Everything computed on the way, one entry per k or epsilon.
    pub results: Vec<RunResult>,
    /// Which one the labels are from.
    pub chosen: ChosenResult,
    /// The merge tree, for hierarchical clustering.
    pub tree: Option<Arc<Dendrogram>>,
    /// Whether there are groups at all.
    pub structure: FoundStructure,
    /// How stable the segments are, if somebody looked.
    pub stability: Option<Arc<Stability>>,
    /// What drives the grouping, rules and typical customers, if somebody looked.
    pub explained: Option<Arc<Explained>>,
    /// What reading and preparing changed or left out, in order.
    pub notes: Vec<String>,
    /// How long the parts took, when somebody measured.
    pub seconds: Option<Seconds>,
    /// How well the personas hold with other customers and on other days, as far as somebody looked.
    pub holds: Holds,
    /// Who is unusual, if somebody looked.
    pub unusual: Option<UnusualFound>,
    /// How surely customers belong to their segments, if somebody looked. By matrix row.
    pub belonging: Option<Arc<Belonging>>,
    /// For how many groups a Gaussian mixture speaks, if somebody looked.
    pub bic: Option<Arc<BicCurve>>,
    /// The niches inside the segments, if somebody looked.
    pub niches: Option<ReportedNiches>,
    /// What customers do, if there are events and somebody looked.
    pub did: Option<Arc<WhatTheyDid>>,
    /// How the grouping came to be, for a model of it.
    pub making: Option<Arc<Making>>,
}

impl Report {
    /// What the rows are called.
    pub fn noun(&self) -> Noun {
        self.dictionary.noun_of(&self.loaded)
    }

    /// What drives the grouping, if it is known and of these segments.
    pub fn known_explained(&self) -> Option<&Explained> {
        self.explained.as_deref().filter(|explained| explained.sizes == self.labels.sizes())
    }

    /// The stability of the segments, if it is known and of these.
    pub fn known_stability(&self) -> Option<&Stability> {
        self.stability.as_deref().filter(|stability| stability.sizes == self.labels.sizes())
    }
}

/// Whether the data have groups at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FoundStructure {
    /// Whether any were found; none where nobody looked, as for the groups of a column.
    pub found: Option<bool>,
    /// Why, in sentences.
    pub reasons: Vec<String>,
    /// What the first page says of it, where there is something to doubt.
    #[serde(skip)]
    pub doubt: Option<String>,
}

impl FoundStructure {
    /// Whether segments are a choice rather than a finding: several, where no groups were found.
    pub fn is_a_choice(&self, n_segments: usize) -> bool {
        self.found == Some(false) && n_segments > 1
    }
}

/// The names of the personas by cluster.
pub(super) fn persona_names(report: &Report) -> Vec<String> {
    report.personas.personas.iter().map(|persona| persona.name.clone()).collect()
}

/// One entry of `results` in report.json; fields that do not apply are left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunResult {
    /// Number of clusters asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<usize>,
    /// Neighborhood distance (DBSCAN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epsilon: Option<f64>,
    /// The least rows of a cluster (HDBSCAN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_cluster_size: Option<usize>,
    /// Number of clusters found (DBSCAN, HDBSCAN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clusters: Option<usize>,
    /// Rows in no cluster (DBSCAN, HDBSCAN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<usize>,
    /// Sum of squared distances to the centroids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inertia: Option<f64>,
    /// Mean silhouette; null when not asked for or below two clusters.
    pub silhouette: Option<f64>,
    /// Whether it is from all pairs.
    pub silhouette_exact: bool,
    /// Rows in each cluster, largest first.
    pub sizes: Vec<usize>,
    /// Why this one could not be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Which result the labels are from, and what speaks for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChosenResult {
    /// The method's own values; `None` where nothing is in force.
    pub by: Option<Chosen>,
    /// What speaks for it, in sentences.
    pub reasons: Vec<String>,
    /// The segments in whose place their parts stand.
    pub parted: Vec<PartedSegment>,
}

/// A segment in whose place its parts stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartedSegment {
    /// "3", or "3.1" for a part of it.
    pub segment: String,
    /// Its parts: "3.1" and so on.
    pub parts: Vec<String>,
    /// How they were found: "k-Means, k = 2, 10 re-runs, seed 0".
    pub method_text: String,
    /// Whether the members were compared on a scale of their own.
    pub own_scale: bool,
}

impl Serialize for ChosenResult {
    /// The values of the method, each under its own name, then the reasons.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let by = self.by.as_ref();
        if let Some(k) = by.and_then(Chosen::k) {
            map.serialize_entry("k", &k)?;
        }
        if let Some(height) = by.and_then(Chosen::height) {
            map.serialize_entry("height", &height)?;
        }
        if let Some(epsilon) = by.and_then(Chosen::epsilon) {
            map.serialize_entry("epsilon", &epsilon)?;
        }
        if let Some(least) = by.and_then(Chosen::min_cluster_size) {
            map.serialize_entry("min_cluster_size", &least)?;
        }
        map.serialize_entry("reasons", &self.reasons)?;
        if !self.parted.is_empty() {
            map.serialize_entry("inside", &self.parted)?;
        }
        map.end()
    }
}

/// Wall-clock seconds of the parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Seconds {
    /// Reading the file.
    pub load: f64,
    /// Looking at the columns.
    pub profile: f64,
    /// Preparing the matrix.
    pub prepare: f64,
    /// Clustering, all values asked for.
    pub fit: f64,
    /// Silhouettes, all values asked for.
    pub silhouette: f64,
    /// From start to end.
    pub total: f64,
}
