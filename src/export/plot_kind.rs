//! Which plots are there, what is each called, and what points are they drawn from?

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::plot::{Compared, CondensedPlot, DensityPlot, MapPlot, SilhouettePlot, SweepPlot, TreePlot};

use crate::cluster::Chosen;
use crate::data::Noun;

/// The plots that can be saved and maximised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plot {
    /// Scatter of the customers.
    Map,
    /// Inertia against k.
    Elbow,
    /// Mean silhouette against k.
    SilhouetteByK,
    /// Silhouettes per segment.
    Silhouette,
    /// Merge tree.
    Dendrogram,
    /// Sorted k-distances, distance to the right: who is core at every epsilon.
    KDistance,
    /// Clusters and noise against epsilon.
    EpsilonCurves,
    /// HDBSCAN's branches over distance.
    CondensedTree,
    /// Flow between another grouping and the segments.
    Comparison,
    /// Explained variance of the components.
    Variance,
}

impl Plot {
    /// All plots, in the order menus show them.
    pub const ALL: [Plot; 10] = [
        Plot::Map,
        Plot::Elbow,
        Plot::SilhouetteByK,
        Plot::Silhouette,
        Plot::Dendrogram,
        Plot::KDistance,
        Plot::EpsilonCurves,
        Plot::CondensedTree,
        Plot::Comparison,
        Plot::Variance,
    ];

    /// What it shows, in words.
    pub fn title(self) -> &'static str {
        match self {
            Plot::Map => "Map of the customers",
            Plot::Elbow => "Elbow: how tight the segments are",
            Plot::SilhouetteByK => "Mean silhouette by number of segments",
            Plot::Silhouette => "Silhouettes: how well customers fit their segment",
            Plot::Dendrogram => "Tree of merges",
            Plot::KDistance => "Core customers at every distance",
            Plot::EpsilonCurves => "Segments and share in no group at every epsilon",
            Plot::CondensedTree => "Condensed tree: which groups last",
            Plot::Comparison => "Comparison: who goes where",
            Plot::Variance => "Variance explained by each component",
        }
    }

    /// The same for rows that are called something else.
    pub fn title_of(self, noun: &Noun) -> String {
        match self {
            Plot::Map => format!("Map of the {}", noun.many),
            Plot::Silhouette => format!("Silhouettes: how well {} fit their segment", noun.many),
            Plot::KDistance => format!("Core {} at every distance", noun.many),
            _ => self.title().to_owned(),
        }
    }

    /// The name of its file, without the extension.
    pub fn file_stem(self) -> &'static str {
        match self {
            Plot::Map => "map",
            Plot::Elbow => "elbow",
            Plot::SilhouetteByK => "silhouette-by-k",
            Plot::Silhouette => "silhouette",
            Plot::Dendrogram => "dendrogram",
            Plot::KDistance => "k-distance",
            Plot::EpsilonCurves => "epsilon-curves",
            Plot::CondensedTree => "condensed-tree",
            Plot::Comparison => "comparison",
            Plot::Variance => "variance",
        }
    }
}

/// The points of all plots there are, and the parameters in force, which the plots mark.
#[derive(Debug, Clone, Default)]
pub struct Plots {
    /// Scatter of the customers.
    pub map: Option<Arc<MapPlot>>,
    /// Elbow and mean silhouette against k.
    pub sweep: Option<Arc<SweepPlot>>,
    /// Silhouettes per segment.
    pub silhouette: Option<Arc<SilhouettePlot>>,
    /// Merge tree.
    pub tree: Option<Arc<TreePlot>>,
    /// k-distances and the curves over epsilon.
    pub density: Option<Arc<DensityPlot>>,
    /// HDBSCAN's condensed tree.
    pub condensed: Option<Arc<CondensedPlot>>,
    /// The segments against another grouping.
    pub comparison: Option<Arc<Compared>>,
    /// Share of the variance each component explains, 0 to 1.
    pub variance: Option<Vec<f64>>,
    /// k, height or epsilon in force.
    pub chosen: Option<Chosen>,
    /// What people call each segment, by cluster.
    pub numbers: Vec<usize>,
    /// The same of the segments before some of them were in parts, which the trees draw; `None` where none are.
    pub whole_numbers: Option<Vec<usize>>,
    /// What the rows are called.
    pub noun: Noun,
}

impl Plots {
    /// What people call each segment as the method found it.
    pub(super) fn method_numbers(&self) -> &[usize] {
        self.whole_numbers.as_deref().unwrap_or(&self.numbers)
    }
}
