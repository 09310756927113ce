//! Which part of the tree is in view after the wheel, a drag or a wish to see one group? Arithmetic on ranges, nothing drawn.

use crate::plot::TreePlot;
use crate::session::TreeSeen;

/// Fewer leaves than this are never in view.
const LEAST_LEAVES: f64 = 4.0;
/// Never a smaller share of the heights.
const LEAST_HEIGHTS: f64 = 1e-6;

/// All of it, with a margin.
pub fn whole(tree: &TreePlot) -> TreeSeen {
    TreeSeen { leaves: [-0.8, tree.n_leaves() as f64 - 0.2], heights: [0.0, (tree.top * 1.08).max(f64::MIN_POSITIVE)] }
}

/// A group from its foot to a little above its merge.
pub fn of_leaves(tree: &TreePlot, leaves: [usize; 2], height: f64) -> TreeSeen {
    let margin = 0.02 * (leaves[1] - leaves[0]) as f64 + 0.8;
    let leaves = [leaves[0] as f64 - margin, leaves[1] as f64 + margin];
    let top = if height > 0.0 { height * 1.12 } else { tree.top * 1.08 };
    within(tree, TreeSeen { leaves, heights: [0.0, top] })
}

/// Larger by `factors` around a point of the tree, across and up.
pub fn zoomed(tree: &TreePlot, seen: TreeSeen, around: [f64; 2], factors: [f64; 2]) -> TreeSeen {
    let scaled = |range: [f64; 2], around: f64, factor: f64| range.map(|end| around + (end - around) / factor);
    let leaves = scaled(seen.leaves, around[0], factors[0]);
    within(tree, TreeSeen { leaves, heights: scaled(seen.heights, around[1], factors[1]) })
}

/// Moved by so many leaves and so much height.
pub fn moved(tree: &TreePlot, seen: TreeSeen, by: [f64; 2]) -> TreeSeen {
    let shifted = |range: [f64; 2], by: f64| range.map(|end| end + by);
    within(tree, TreeSeen { leaves: shifted(seen.leaves, by[0]), heights: shifted(seen.heights, by[1]) })
}

/// The part of this size that is nearest and inside the tree.
fn within(tree: &TreePlot, seen: TreeSeen) -> TreeSeen {
    let all = whole(tree);
    let fit = |range: [f64; 2], all: [f64; 2], least: f64| {
        let length = (range[1] - range[0]).max(least);
        if length >= all[1] - all[0] {
            return all;
        }
        // A range that had to grow does so around its middle. Rounding may put the ends' order in doubt, so no `clamp`, which would panic.
        let from = ((range[0] + range[1] - length) / 2.0).min(all[1] - length).max(all[0]);
        [from, from + length]
    };
    let least_height = LEAST_HEIGHTS * (all.heights[1] - all.heights[0]);
    TreeSeen { leaves: fit(seen.leaves, all.leaves, LEAST_LEAVES), heights: fit(seen.heights, all.heights, least_height) }
}

/// `None` once everything is in view again, so that a wider window shows everything too.
pub fn settled(tree: &TreePlot, seen: TreeSeen) -> Option<TreeSeen> {
    let all = whole(tree);
    let is_all = |range: [f64; 2], all: [f64; 2]| range[1] - range[0] >= (all[1] - all[0]) * (1.0 - 1e-9);
    (!(is_all(seen.leaves, all.leaves) && is_all(seen.heights, all.heights))).then_some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Ctx, Key, Matrix};
    use crate::cluster::{Linkage, linkage};
    use crate::data::{Loaded, Profile, Table};
    use crate::features::{Pca, Prepared};

    fn tree() -> TreePlot {
        let matrix = Matrix::new((0..100).map(|at| f64::from(at * at)).collect(), 100, 1).unwrap();
        let tree = linkage(&matrix, Linkage::Ward, &Ctx::new()).unwrap();
        let table = Table { columns: vec![], n_rows: 100 };
        let profile = Profile { columns: vec![] };
        let loaded =
            Loaded { title: String::new(), table, profile, notes: vec![], stamp: Key::of_bytes(b""), is_listing: false, sheets: vec![] };
        let pca =
            Pca { encoded_names: vec![], eigenvalues: vec![], explained: vec![], loadings: vec![], scores: vec![], choice: String::new() };
        let (dimension_names, columns) = (vec![], vec![]);
        let prepared = Prepared { matrix, dimension_names, table_rows: (0..100).collect(), n_table_rows: 100, columns, pca, notes: vec![] };
        crate::plot::tree(&tree, &loaded, &prepared, &Ctx::new()).unwrap()
    }

    #[test]
    fn what_is_pointed_at_stays_where_it_is() {
        let tree = tree();
        let all = whole(&tree);
        let near = zoomed(&tree, all, [30.0, tree.top / 2.0], [4.0, 1.0]);
        let share = |seen: TreeSeen| (30.0 - seen.leaves[0]) / (seen.leaves[1] - seen.leaves[0]);
        assert!((share(near) - share(all)).abs() < 1e-9 && near.heights == all.heights);
        assert!((near.leaves[1] - near.leaves[0] - 25.15).abs() < 1e-9);
        // The wheel back shows everything, and so does any way beyond.
        assert_eq!(settled(&tree, zoomed(&tree, near, [30.0, 0.0], [1e-3, 1.0])), None);
        assert!(settled(&tree, near).is_some());
    }

    #[test]
    fn nothing_outside_the_tree_is_ever_in_view() {
        let tree = tree();
        let all = whole(&tree);
        let near = zoomed(&tree, all, [2.0, 0.0], [1e9, 1e9]);
        assert!((near.leaves[1] - near.leaves[0] - LEAST_LEAVES).abs() < 1e-9);
        let far = moved(&tree, near, [1e9, -1e9]);
        assert!((far.leaves[1] - all.leaves[1]).abs() < 1e-9 && far.heights[0] == 0.0);
        assert_eq!(moved(&tree, all, [5.0, 5.0]), all);
        let group = of_leaves(&tree, [10, 20], 1_000.0);
        assert!(group.leaves[0] < 10.0 && group.leaves[1] > 20.0 && (group.heights[1] - 1_120.0).abs() < 1e-9);
    }
}
