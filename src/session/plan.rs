//! Every choice that can change a number, as plain data. Same plan, same bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::part;
use crate::cluster::{Linkage, Method};
use crate::data::{Dictionary, Source};
use crate::evaluate::niches::NicheRules;
use crate::evaluate::unusual::isolation::USUAL_TREES;
use crate::evaluate::unusual::{USUAL_SIZES, UnusualScore};
use crate::export::pages::Template;
use crate::features::Preparation;
use crate::persona::{Numbering, PersonaEdit, RowSet};

use super::journey_options::JourneyOptions;
use super::live_choices::LiveChoices;
use super::open_model::OpenModel;
use super::validate_options::ValidateOptions;
use super::words::Words;

/// The whole analysis as choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Where the customers come from.
    pub source: Source,
    /// The segment model whose segments are a column of the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<OpenModel>,
    /// How columns become numbers.
    #[serde(default)]
    pub preparation: Preparation,
    /// How customers are grouped.
    #[serde(default)]
    pub clustering: Clustering,
    /// What the user calls columns, levels and rows.
    #[serde(default, skip_serializing_if = "is_unsaid")]
    pub dictionary: Arc<Dictionary>,
    /// What the user wrote on cards.
    #[serde(default)]
    pub personas: Vec<PersonaEdit>,
    /// What the speaker wants to say to slides that are no card, by what the slide shows ("overview", "plot map", ...).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slide_notes: BTreeMap<String, String>,
    /// Which customers had which number and colour before the last change; `None` numbers by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbering: Option<Arc<Numbering>>,
    /// What the segments are compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Against>,
    /// How unusual customers and niches are found.
    #[serde(default, skip_serializing_if = "NicheOptions::is_default")]
    pub niches: NicheOptions,
    /// Segments that were looked into, and how; those that are kept take the place of their segment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Parting>,
    /// How the personas are tried on other days.
    #[serde(default, skip_serializing_if = "ValidateOptions::is_default")]
    pub validation: ValidateOptions,
    /// Which events are followed, and what is asked of them.
    #[serde(default, skip_serializing_if = "JourneyOptions::is_default")]
    pub journeys: JourneyOptions,
    /// Which source the segments follow.
    #[serde(default, skip_serializing_if = "LiveChoices::is_default")]
    pub live: LiveChoices,
    /// Customers that were picked and kept under a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptSelection>,
    /// The user's own words, found beside the project or the data when it was opened; never saved in projects.
    #[serde(skip)]
    pub words: Option<Words>,
    /// The user's own page template, found and read the same way when pages come into view; `None` where there is none that can be read.
    #[serde(skip)]
    pub template: Option<Template>,
}

impl Plan {
    /// The plan a source starts with: every choice is left to the data.
    pub fn new(source: Source) -> Plan {
        Plan {
            source,
            model: None,
            preparation: Preparation::default(),
            clustering: Clustering::default(),
            dictionary: Arc::default(),
            personas: Vec::new(),
            slide_notes: BTreeMap::new(),
            numbering: None,
            comparison: None,
            niches: NicheOptions::default(),
            splits: Vec::new(),
            validation: ValidateOptions::default(),
            journeys: JourneyOptions::default(),
            live: LiveChoices::default(),
            kept: Vec::new(),
            words: None,
            template: None,
        }
    }
}

impl Default for Plan {
    fn default() -> Plan {
        Plan::new(Source::Sample { seed: 0 })
    }
}

fn is_unsaid(dictionary: &Dictionary) -> bool {
    dictionary.is_empty()
}

/// Customers that were picked by hand and kept. No segment of the method: they may overlap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptSelection {
    /// What the user calls them.
    pub name: String,
    /// Who they are, as rows of the table.
    pub members: RowSet,
}

/// How the members of a segment are grouped among themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parting {
    /// The number of the segment; in files as people see it ("3.1").
    #[serde(with = "part::as_text")]
    pub segment: usize,
    /// On which scale its members are compared.
    #[serde(default)]
    pub scale: InsideScale,
    /// The method and its options.
    pub clustering: Clustering,
    /// Whether the parts stand in the place of the segment.
    #[serde(default)]
    pub kept: bool,
    /// Which customers had which part when the parts were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbering: Option<Arc<Numbering>>,
}

/// On which scale the members of a segment are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsideScale {
    /// Scale and components are fitted on the members: what differs among them counts, however small it is among everyone.
    #[default]
    Within,
    /// As everywhere: what hardly differs among them counts for little.
    Everywhere,
}

/// What the segments in force are compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Another solution of the same customers.
    Solution(Clustering),
    /// The groups a column of the data knows, by its name.
    Column(String),
    /// The segments as they were before the data moved.
    Earlier(Arc<EarlierSegments>),
}

/// The segments of an earlier state of the data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EarlierSegments {
    /// The day they were looked at.
    pub day: String,
    /// Each of them.
    pub groups: Vec<EarlierSegment>,
}

/// One segment of an earlier state of the data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EarlierSegment {
    /// What it was called.
    pub name: String,
    /// Its customers, as rows of the table as it is now.
    pub members: RowSet,
}

/// The clustering section: the method in force and the options of all of them, so that switching forgets nothing. In files they stand side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clustering {
    /// The method in force.
    pub method: Method,
    /// Smallest k of elbow and silhouette.
    pub k_from: usize,
    /// Largest k of elbow and silhouette.
    pub k_to: usize,
    /// Seed of everything random.
    pub seed: u64,
    /// k-means.
    #[serde(flatten)]
    pub kmeans: KMeansOptions,
    /// Hierarchical.
    #[serde(flatten)]
    pub tree: TreeOptions,
    /// DBSCAN; HDBSCAN sees the same core points.
    #[serde(flatten)]
    pub density: DensityOptions,
    /// HDBSCAN alone.
    #[serde(flatten)]
    pub hdbscan: HdbscanOptions,
    /// Groups of a column.
    #[serde(flatten)]
    pub groups: ColumnOptions,
}

impl Default for Clustering {
    fn default() -> Clustering {
        Clustering {
            method: Method::KMeans,
            k_from: 2,
            k_to: 12,
            seed: 0,
            kmeans: KMeansOptions::default(),
            tree: TreeOptions::default(),
            density: DensityOptions::default(),
            hdbscan: HdbscanOptions::default(),
            groups: ColumnOptions::default(),
        }
    }
}

/// What k-means may be told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KMeansOptions {
    /// Number of clusters; `None` takes the suggestion.
    pub k: Option<usize>,
    /// Re-runs, of which the best is kept.
    pub restarts: usize,
}

impl Default for KMeansOptions {
    fn default() -> KMeansOptions {
        KMeansOptions { k: None, restarts: 10 }
    }
}

/// What hierarchical clustering may be told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TreeOptions {
    /// What counts as the distance between two groups.
    pub linkage: Linkage,
    /// Where the tree is cut.
    pub cut: Cut,
}

impl Default for TreeOptions {
    fn default() -> TreeOptions {
        TreeOptions { linkage: Linkage::Ward, cut: Cut::Suggested }
    }
}

/// What DBSCAN may be told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DensityOptions {
    /// DBSCAN and HDBSCAN: core point neighbors; the point itself counts.
    pub min_samples: usize,
    /// Neighborhood distance; `None` takes the suggestion.
    pub epsilon: Option<f64>,
}

impl Default for DensityOptions {
    fn default() -> DensityOptions {
        DensityOptions { min_samples: 5, epsilon: None }
    }
}

/// What HDBSCAN may be told besides the core points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HdbscanOptions {
    /// The least customers in a segment; `None` takes the suggestion.
    pub min_cluster_size: Option<usize>,
}

/// What the groups of a column may be told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnOptions {
    /// Which one; `None` takes the RFM segment, or the first column that knows groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Clustering {
    /// Whether the number of clusters is left to what elbow and silhouette suggest.
    pub fn leaves_k_open(&self) -> bool {
        match self.method {
            Method::KMeans => self.kmeans.k.is_none(),
            Method::Tree => self.tree.cut == Cut::Suggested,
            _ => false,
        }
    }
}

/// A niche that has a card of its own: it is looked for again whenever the data change, and the card is there as long as it is confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NicheCard {
    /// What the user calls it; `None` is the name found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its customers, as rows of the table.
    pub members: RowSet,
}

/// How unusual customers and niches are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NicheOptions {
    /// The sizes of neighbourhoods that customers are compared with.
    pub neighbors: Vec<usize>,
    /// Trees of the isolation forest.
    pub trees: usize,
    /// Which score the list goes by.
    pub score: UnusualScore,
    /// The score from which on a customer is unusual; `None` takes the suggested line.
    pub line: Option<f64>,
    /// What makes a group a niche.
    pub rules: NicheRules,
    /// Niches that have a card.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<NicheCard>,
}

impl Default for NicheOptions {
    fn default() -> NicheOptions {
        NicheOptions {
            neighbors: USUAL_SIZES.to_vec(),
            trees: USUAL_TREES,
            score: UnusualScore::Overall,
            line: None,
            rules: NicheRules::default(),
            cards: Vec::new(),
        }
    }
}

impl NicheOptions {
    fn is_default(&self) -> bool {
        *self == NicheOptions::default()
    }
}

/// Where a tree is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Into the suggested number of clusters.
    #[default]
    Suggested,
    /// Into this many clusters.
    Clusters(usize),
    /// At this height.
    Height(f64),
}
