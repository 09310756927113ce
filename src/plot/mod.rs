//! Floor 4: what each plot draws, as plain points. Built in a step, borrowed while drawing, written to SVG by the same data.
//!
//! The window (floor 8) and the plot exports (floor 5) both draw these, so a saved plot is what the screen showed.

mod density;
mod map;
mod silhouette;
mod thin;
mod tree;
pub mod views;

pub use density::density;
pub use map::map;
pub use silhouette::silhouette;
pub use tree::{cluster_of_leaf, cluster_of_leaf_at, cluster_of_link, tree};
pub use views::{AxisKind, DensityPlot, MapAxis, MapPlot, SilhouetteBars, SilhouettePlot, SweepPlot, TreeLink, TreePlot};
