//! The dendrogram as it is drawn: the upper part of the tree, deeper subtrees collapsed into leaves with counts; and which
//! drawn leaf is in which group when the tree is cut.
//!
//! In: the merge tree. Out: brackets and leaves, O(n). A cut then costs O(drawn leaves squared) at worst, 300 leaves in
//! microseconds, so that colours follow the cut line while it is dragged and no row is touched.

use std::cmp::Reverse;

use crate::cluster::Dendrogram;
use crate::data::{Loaded, Role};
use crate::features::Prepared;

use super::views::{TreeLink, TreePlot};

/// The last merges, at most [`TreePlot::MAX_LEAVES`] - 1 of them, as brackets. Leaves stand in the tree's order, left before right.
pub fn tree(dendrogram: &Dendrogram, loaded: &Loaded, prepared: &Prepared) -> TreePlot {
    let (n_rows, merges) = (dendrogram.n_rows, &dendrogram.merges);
    if n_rows == 0 {
        return TreePlot { linkage: dendrogram.linkage.name().to_owned(), ..TreePlot::default() };
    }
    let first_rows = first_rows(dendrogram);
    let first_drawn = merges.len() - merges.len().min(TreePlot::MAX_LEAVES - 1);
    // Nodes are numbered as in SciPy: rows first, then merge i is node n_rows + i. Those below `leaf_below` are drawn as leaves.
    let leaf_below = n_rows + first_drawn;
    let identifiers = loaded.profile.columns.iter().position(|column| column.guessed_role == Role::Identifier);

    let mut plot = TreePlot { linkage: dendrogram.linkage.name().to_owned(), ..TreePlot::default() };
    // For every drawn merge: where its bracket's top stands, at which height, and which leaves are below.
    let mut places: Vec<Option<Place>> = vec![None; merges.len() - first_drawn];
    let mut leaf_places = std::collections::HashMap::new();
    let mut open = vec![n_rows + merges.len() - 1];
    while let Some(node) = open.pop() {
        if node >= leaf_below {
            let merge = &merges[node - n_rows];
            open.extend([merge.right as usize, merge.left as usize]);
            continue;
        }
        let leaf = plot.leaves.len();
        let (size, height) = match node.checked_sub(n_rows) {
            Some(merge) => (merges[merge].size as usize, merges[merge].height),
            None => (1, 0.0),
        };
        plot.leaves.push((size, height));
        plot.leaf_first_rows.push(first_rows[node] as usize);
        plot.leaf_labels.push(if size == 1 { row_label(node, identifiers, loaded, prepared) } else { format!("{size} customers") });
        leaf_places.insert(node, Place { x: leaf as f64, height, leaves: (leaf, leaf) });
    }
    for (at, merge) in merges[first_drawn..].iter().enumerate() {
        let place_of = |node: usize| match node.checked_sub(leaf_below) {
            Some(drawn) => places[drawn],
            None => leaf_places.get(&node).copied(),
        };
        let (Some(left), Some(right)) = (place_of(merge.left as usize), place_of(merge.right as usize)) else { continue };
        let leaves = (left.leaves.0.min(right.leaves.0), left.leaves.1.max(right.leaves.1));
        places[at] = Some(Place { x: (left.x + right.x) / 2.0, height: merge.height, leaves });
        plot.links.push(TreeLink {
            x: [left.x, right.x],
            feet: [left.height, right.height],
            height: merge.height,
            size: merge.size as usize,
            leaves,
        });
    }
    plot.top = merges.last().map_or(0.0, |merge| merge.height);
    plot.heights = merges[first_drawn..].iter().rev().map(|merge| merge.height).collect();
    plot
}

/// The group of every drawn leaf when the tree is cut at `height` (merges at that very height are made, as in SciPy), numbered as
/// labels are: by size, then by first row. A leaf whose own subtree is cut too counts as one group: the drawing shows no deeper.
pub fn cluster_of_leaf(tree: &TreePlot, height: f64) -> Vec<usize> {
    groups(tree, tree.links.partition_point(|link| link.height <= height))
}

/// The group of every drawn leaf when the tree is cut into `k` clusters; unlike a height it also separates merges of equal height.
pub fn cluster_of_leaf_at(tree: &TreePlot, k: usize) -> Vec<usize> {
    groups(tree, tree.links.len().saturating_sub(k.max(1) - 1))
}

/// The group of every bracket, given the groups of the leaves; `None` for brackets that join several groups.
pub fn cluster_of_link(tree: &TreePlot, of_leaf: &[usize]) -> Vec<Option<usize>> {
    let one_group = |leaves: &[usize]| leaves.iter().all(|group| *group == leaves[0]).then_some(leaves[0]);
    tree.links.iter().map(|link| one_group(&of_leaf[link.leaves.0..=link.leaves.1])).collect()
}

/// The groups when the lowest `n_made` drawn merges are made.
fn groups(tree: &TreePlot, n_made: usize) -> Vec<usize> {
    // A merge comes after those below it, so the last bracket over a leaf is its group; a number from n_made on is a leaf alone.
    let mut raw: Vec<usize> = (0..tree.leaves.len()).map(|leaf| n_made + leaf).collect();
    for (at, link) in tree.links[..n_made].iter().enumerate() {
        raw[link.leaves.0..=link.leaves.1].fill(at);
    }
    let mut sizes = vec![(0usize, usize::MAX); n_made + tree.leaves.len()];
    for (leaf, &group) in raw.iter().enumerate() {
        sizes[group].0 += tree.leaves[leaf].0;
        sizes[group].1 = sizes[group].1.min(tree.leaf_first_rows[leaf]);
    }
    let mut order: Vec<usize> = (0..sizes.len()).filter(|&group| sizes[group].0 > 0).collect();
    order.sort_by_key(|&group| (Reverse(sizes[group].0), sizes[group].1));
    let mut number = vec![0; sizes.len()];
    for (new, &old) in order.iter().enumerate() {
        number[old] = new;
    }
    raw.into_iter().map(|group| number[group]).collect()
}

/// Where a node's foot or bracket stands.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    height: f64,
    leaves: (usize, usize),
}

/// The smallest row below every node.
fn first_rows(dendrogram: &Dendrogram) -> Vec<u32> {
    let mut first: Vec<u32> = (0..dendrogram.n_rows as u32).collect();
    first.reserve(dendrogram.merges.len());
    for merge in &dendrogram.merges {
        first.push(first[merge.left as usize].min(first[merge.right as usize]));
    }
    first
}

/// A customer's identifier, or its place in the file when there is none.
fn row_label(row: usize, identifiers: Option<usize>, loaded: &Loaded, prepared: &Prepared) -> String {
    let table_row = prepared.table_rows.get(row).copied().unwrap_or(row);
    let cell = identifiers.and_then(|column| loaded.table.columns.get(column)).map(|column| column.cell(table_row));
    cell.filter(|cell| !cell.is_empty()).map_or_else(|| format!("Row {}", table_row + 1), |cell| cell.into_owned())
}
