//! How does a plot become a drawing, and as what can it be saved?
//!
//! In: the points the window draws. Out: SVG text, or a file by its extension.

use std::path::Path;

use super::chart::Scene;
use super::{ExportError, Format, Plot, Plots, plot_png, write_beside};
use super::{draw, draw_density, draw_tree, flow};

use crate::cluster::Chosen;

/// The plot as a standalone SVG drawing; `None` when its points are not there. `names` are the personas' by cluster.
pub fn plot_svg(plot: Plot, plots: &Plots, names: &[String]) -> Option<String> {
    Some(scene(plot, plots, names, draw::WHOLE)?.to_file())
}

/// The plot as a small drawing inside an HTML page.
pub(super) fn plot_inline(plot: Plot, plots: &Plots, names: &[String]) -> Option<String> {
    Some(scene(plot, plots, names, draw::HALF)?.to_inline())
}

fn scene(plot: Plot, plots: &Plots, names: &[String], size: draw::PlotSize) -> Option<Scene> {
    let (chosen, noun) = (plots.chosen.as_ref(), &plots.noun);
    let epsilon = chosen.and_then(Chosen::epsilon);
    // Without a chosen k the number of names is the number of segments.
    let k = chosen.and_then(Chosen::k).or(Some(names.len()).filter(|k| *k > 0));
    match plot {
        Plot::Map => plots.map.as_ref().map(|map| draw::map(map, names, noun, size)),
        Plot::Elbow => draw::elbow(plots.sweep.as_ref()?, k, noun, size),
        Plot::SilhouetteByK => draw::silhouette_by_k(plots.sweep.as_ref()?, k, size),
        Plot::Silhouette => plots.silhouette.as_ref().map(|silhouette| draw::silhouette(silhouette, names, noun, size)),
        Plot::Dendrogram => plots
            .tree
            .as_ref()
            .map(|tree| draw_tree::dendrogram(tree, plots.method_numbers(), k, chosen.and_then(Chosen::height), noun, size)),
        Plot::KDistance => plots.density.as_ref().map(|density| draw_density::core(density, epsilon, noun, size)),
        Plot::EpsilonCurves => plots.density.as_ref().map(|density| draw_density::curves(density, epsilon, noun, size)),
        Plot::CondensedTree => {
            plots.condensed.as_ref().map(|condensed| draw::condensed_tree(condensed, plots.method_numbers(), noun, size))
        }
        Plot::Comparison => plots.comparison.as_ref().map(|compared| flow::draw(compared, names, &plots.numbers, noun, size)),
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
