//! Floor 5: what each plot draws, as plain points. Built in a step, borrowed while drawing, written to SVG by the same data.
//!
//! The window (floor 9) and the plot exports (floor 6) both draw these, so a saved plot is what the screen showed.

pub mod brush;
mod comparison;
mod condensed;
mod density;
mod ellipse;
mod map;
mod marks;
mod moves;
mod path_bars;
mod place;
mod scene;
mod silhouette;
mod thin;
mod tree;
mod tree_groups;
mod tree_view;
pub mod views;

pub use brush::{Picked, PickedCounts, Ring, customer_name};
pub use comparison::{Compared, Flow, Ribbon, eased, flow};
pub use condensed::{CondensedBranch, CondensedPlot, condensed};
pub use density::{density, density_of};
pub use ellipse::outlines;
pub use map::map;
pub use marks::{BarMarks, BarOrder, LeafMarks};
pub use moves::{MovesDay, MovesFlow, MovesRibbon, moves_flow};
pub use path_bars::{PathBar, PathBarOf, path_bars};
pub use place::{Corners, Placed, place};
pub use scene::{DensityCell, DensityGrid, MapPoints, MapScene, MapWindow, Shows, scene};
pub use silhouette::silhouette;
pub use tree::{TreeNode, TreePlot, tree};
pub use tree_groups::{TreeGroup, TreeGroups};
pub use tree_view::{Bracket, Bunch, LEAST_PIXELS, TreeView, TreeWindow};
pub use views::{
    AxisKind, DensityPlot, EpsilonCandidate, EpsilonOutcome, MapAxis, MapPlot, SilhouetteBars, SilhouettePlot, SweepPlot, SweepSample,
};
