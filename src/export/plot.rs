//! Which plots can be saved, and as what?
//!
//! In: the points the window draws. Out: SVG text, or a file by its extension.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::plot::{Compared, CondensedPlot, DensityPlot, MapPlot, SilhouettePlot, SweepPlot, TreePlot};

use super::chart::Scene;
use super::{Chosen, ExportError, Format, plot_png, write_beside};
use super::{draw, draw_density, draw_tree, flow};

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
            Plot::EpsilonCurves => "Segments and noise at every epsilon",
            Plot::CondensedTree => "Condensed tree: which groups last",
            Plot::Comparison => "Comparison: who goes where",
            Plot::Variance => "Variance explained by each component",
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
    pub chosen: Chosen,
    /// What people call each segment, by cluster.
    pub numbers: Vec<usize>,
}

/// The plot as a standalone SVG drawing; `None` when its points are not there. `names` are the personas' by cluster.
pub fn plot_svg(plot: Plot, plots: &Plots, names: &[String]) -> Option<String> {
    Some(scene(plot, plots, names, draw::WHOLE)?.to_file())
}

/// The plot as a small drawing inside an HTML page.
pub(super) fn plot_inline(plot: Plot, plots: &Plots, names: &[String]) -> Option<String> {
    Some(scene(plot, plots, names, draw::HALF)?.to_inline())
}

fn scene(plot: Plot, plots: &Plots, names: &[String], size: draw::Size) -> Option<Scene> {
    let chosen = &plots.chosen;
    // Without a chosen k the number of names is the number of segments.
    let k = chosen.k.or(Some(names.len()).filter(|k| *k > 0));
    match plot {
        Plot::Map => plots.map.as_ref().map(|map| draw::map(map, names, size)),
        Plot::Elbow => draw::elbow(plots.sweep.as_ref()?, k, size),
        Plot::SilhouetteByK => draw::silhouette_by_k(plots.sweep.as_ref()?, k, size),
        Plot::Silhouette => plots.silhouette.as_ref().map(|silhouette| draw::silhouette(silhouette, names, size)),
        Plot::Dendrogram => plots.tree.as_ref().map(|tree| draw_tree::dendrogram(tree, &plots.numbers, k, chosen.height, size)),
        Plot::KDistance => plots.density.as_ref().map(|density| draw_density::core(density, chosen.epsilon, size)),
        Plot::EpsilonCurves => plots.density.as_ref().map(|density| draw_density::curves(density, chosen.epsilon, size)),
        Plot::CondensedTree => plots.condensed.as_ref().map(|condensed| draw::condensed_tree(condensed, &plots.numbers, size)),
        Plot::Comparison => plots.comparison.as_ref().map(|compared| flow::draw(compared, names, &plots.numbers, size)),
        Plot::Variance => draw::variance(plots.variance.as_ref()?, size),
    }
}

/// Saves a plot as what the path's extension says: .png (at twice the screen's resolution) or .svg.
pub fn save_plot(plot: Plot, plots: &Plots, names: &[String], path: &Path) -> Result<(), ExportError> {
    let extension = path.extension().map_or_else(String::new, |extension| extension.to_string_lossy().to_lowercase());
    let format = match Format::from_name(&extension) {
        Some(format @ (Format::Svg | Format::Png)) => format,
        _ => return Err(ExportError::UnknownExtension { extension }),
    };
    let svg = plot_svg(plot, plots, names).ok_or(ExportError::NoPlot { title: plot.title() })?;
    let bytes = file_bytes(format, svg)?;
    write_beside(path, |to| to.write_all(&bytes))
}

/// A drawing as the bytes of its file.
pub(super) fn file_bytes(format: Format, svg: String) -> Result<Vec<u8>, ExportError> {
    if format == Format::Png { plot_png(&svg, 2.0) } else { Ok(svg.into_bytes()) }
}
