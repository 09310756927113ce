//! Where does every merge of a dendrogram stand? The whole tree laid out once, so that any window on it is drawn from a few of its merges.
//!
//! In: the merge tree and the customers' names. Out: per merge its place, its size and the leaves below, O(n) time and memory (56 bytes per
//! merge, and the names). No walk is recursive: the tree of single linkage is as deep as it has rows.
//!
//! The merges are cut into spines: every merge goes on into its larger child, the smaller one begins a spine of its own (the heavy paths of
//! Sleator and Tarjan 1983, "A data structure for dynamic trees"). Along a spine leaves and heights only shrink, so that a long stretch in
//! which nothing visible happens is left by binary search; from the top to any leaf there are at most log2(n) spines.

use crate::base::text::count;
use crate::base::{Ctx, Stopped};
use crate::cluster::Dendrogram;
use crate::data::Loaded;
use crate::features::Prepared;

/// A dendrogram laid out. Nodes are numbered as in SciPy: rows first, then merge i is node `n_leaves() + i`. Leaf 0 stands at x = 0, the
/// next at 1; a merge stands midway between its two children.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TreePlot {
    /// Height of the last merge.
    pub top: f64,
    /// The linkage's name.
    pub linkage: String,
    /// Names this tree: another one has another stamp.
    pub stamp: u64,
    /// Height of every merge, lowest first.
    pub(super) heights: Vec<f64>,
    pub(super) children: Vec<[u32; 2]>,
    parents: Vec<u32>,
    pub(super) sizes: Vec<u32>,
    pub(super) first_leaves: Vec<u32>,
    pub(super) first_rows: Vec<u32>,
    pub(super) x: Vec<f64>,
    /// The leaf of every row.
    pub(super) leaf_of_row: Vec<u32>,
    /// The merges spine by spine, each from the top down; where each merge stands in that order, and where its spine ends.
    pub(super) spines: Vec<u32>,
    pub(super) place_on_spine: Vec<u32>,
    pub(super) spine_end: Vec<u32>,
    names: Names,
}

/// No node.
const NONE: u32 = u32::MAX;

/// What is known of one node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeNode {
    /// Where it stands.
    pub x: f64,
    /// Height of its merge, 0 for a customer.
    pub height: f64,
    /// Customers below.
    pub size: usize,
    /// First and last leaf below.
    pub leaves: [usize; 2],
}

/// Lays the tree out. O(n).
pub fn tree(dendrogram: &Dendrogram, loaded: &Loaded, prepared: &Prepared, ctx: &Ctx) -> Result<TreePlot, Stopped> {
    let (n_rows, n_merges) = (dendrogram.n_rows, dendrogram.merges.len());
    let mut plot = TreePlot {
        top: dendrogram.merges.last().map_or(0.0, |merge| merge.height),
        linkage: dendrogram.linkage.name().to_owned(),
        heights: dendrogram.merges.iter().map(|merge| merge.height).collect(),
        children: dendrogram.merges.iter().map(|merge| [merge.left, merge.right]).collect(),
        sizes: dendrogram.merges.iter().map(|merge| merge.size).collect(),
        parents: vec![NONE; n_merges],
        first_leaves: vec![0; n_merges],
        first_rows: Vec::with_capacity(n_merges),
        x: Vec::with_capacity(n_merges),
        leaf_of_row: vec![0; n_rows],
        ..TreePlot::default()
    };
    // From the top down: the left child begins where its parent does, the right one after it.
    for merge in (0..n_merges).rev() {
        check_now_and_then(merge, ctx)?;
        let mut first = plot.first_leaves[merge];
        for child in plot.children[merge] {
            match (child as usize).checked_sub(n_rows) {
                Some(child) => {
                    plot.first_leaves[child] = first;
                    plot.parents[child] = (n_rows + merge) as u32;
                }
                None => plot.leaf_of_row[child as usize] = first,
            }
            first += plot.size_of(child) as u32;
        }
    }
    // From the bottom up: a bracket stands over the middle of its feet.
    for merge in 0..n_merges {
        check_now_and_then(merge, ctx)?;
        let [left, right] = plot.children[merge];
        let first_row = |node: u32| (node as usize).checked_sub(n_rows).map_or(node, |merge| plot.first_rows[merge]);
        let (x, first_row) = ((plot.x_of(left) + plot.x_of(right)) / 2.0, first_row(left).min(first_row(right)));
        plot.x.push(x);
        plot.first_rows.push(first_row);
    }
    plot.cut_into_spines();
    plot.names = names(&plot, loaded, prepared, ctx)?;
    plot.stamp = stamp(dendrogram);
    Ok(plot)
}

impl TreePlot {
    /// Number of customers.
    pub fn n_leaves(&self) -> usize {
        self.leaf_of_row.len()
    }

    /// Number of the node that holds everyone, if there is more than one customer.
    pub fn root(&self) -> Option<u32> {
        (!self.heights.is_empty()).then(|| (self.n_leaves() + self.heights.len() - 1) as u32)
    }

    /// Place, height and size of a node.
    pub fn node(&self, node: u32) -> TreeNode {
        let first = self.first_leaf_of(node) as usize;
        let size = self.size_of(node);
        TreeNode { x: self.x_of(node), height: self.height_of(node), size, leaves: [first, first + size - 1] }
    }

    /// The two nodes that a merge joined, left and right; `None` for a customer.
    pub fn children(&self, node: u32) -> Option<[u32; 2]> {
        self.merge_of(node).map(|merge| self.children[merge])
    }

    /// The node that a merge was merged into.
    pub fn parent(&self, node: u32) -> Option<u32> {
        self.parents.get(self.merge_of(node)?).copied().filter(|&parent| parent != NONE)
    }

    /// Number of clusters when the tree is cut at `height`; merges at that very height are made, as in SciPy.
    pub fn clusters_at(&self, height: f64) -> usize {
        (self.n_leaves() - self.heights.partition_point(|merge| *merge <= height)).max(1)
    }

    /// The heights between which a cut gives `k` clusters: that of the last merge made and that of the first not made. Below all
    /// merges it is 0, above them the top and a little.
    pub fn heights_for(&self, k: usize) -> [f64; 2] {
        let made = self.made_for(k);
        let below = made.checked_sub(1).map_or(0.0, |merge| self.heights[merge]);
        [below, self.heights.get(made).copied().unwrap_or(below * 1.06)]
    }

    /// Name of a customer by leaf: the identifier, or the place in the file when there is none.
    pub fn name(&self, leaf: usize) -> &str {
        self.names.get(leaf)
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.heights.len() * 56 + self.names.text.len() + self.names.ends.len() * 4
    }

    /// How many merges are made when `k` clusters are left.
    pub(super) fn made_for(&self, k: usize) -> usize {
        self.n_leaves().saturating_sub(k.max(1)).min(self.heights.len())
    }

    pub(super) fn merge_of(&self, node: u32) -> Option<usize> {
        (node as usize).checked_sub(self.n_leaves())
    }

    pub(super) fn x_of(&self, node: u32) -> f64 {
        self.merge_of(node).map_or_else(|| f64::from(self.leaf_of_row[node as usize]), |merge| self.x[merge])
    }

    pub(super) fn height_of(&self, node: u32) -> f64 {
        self.merge_of(node).map_or(0.0, |merge| self.heights[merge])
    }

    pub(super) fn size_of(&self, node: u32) -> usize {
        self.merge_of(node).map_or(1, |merge| self.sizes[merge] as usize)
    }

    pub(super) fn first_leaf_of(&self, node: u32) -> u32 {
        self.merge_of(node).map_or_else(|| self.leaf_of_row[node as usize], |merge| self.first_leaves[merge])
    }

    /// Of equal children the left one goes on.
    fn cut_into_spines(&mut self) {
        let n_merges = self.heights.len();
        self.spines.reserve_exact(n_merges);
        self.spine_end.reserve_exact(n_merges);
        self.place_on_spine = vec![NONE; n_merges];
        for head in (0..n_merges).rev() {
            let mut on = (self.place_on_spine[head] == NONE).then_some(head);
            while let Some(merge) = on {
                self.place_on_spine[merge] = self.spines.len() as u32;
                self.spines.push(merge as u32);
                let [left, right] = self.children[merge];
                on = self.merge_of(if self.size_of(left) >= self.size_of(right) { left } else { right });
            }
            self.spine_end.resize(self.spines.len(), self.spines.len() as u32);
        }
    }
}

/// All names in one text: a hundred thousand small strings would take five times the memory.
#[derive(Debug, Clone, Default, PartialEq)]
struct Names {
    text: String,
    ends: Vec<u32>,
}

impl Names {
    fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(self.text.len() as u32);
    }

    fn get(&self, leaf: usize) -> &str {
        let from = leaf.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(leaf).copied().unwrap_or(from);
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// Identifiers longer than this are cut: no label has room for more, and the text's length stays within 32 bits.
const NAME_CHARS: usize = 40;

fn names(plot: &TreePlot, loaded: &Loaded, prepared: &Prepared, ctx: &Ctx) -> Result<Names, Stopped> {
    let identifiers = loaded.naming_column();
    let mut rows = vec![0u32; plot.n_leaves()];
    for (row, &leaf) in plot.leaf_of_row.iter().enumerate() {
        rows[leaf as usize] = row as u32;
    }
    let mut names = Names::default();
    for (leaf, row) in rows.into_iter().enumerate() {
        check_now_and_then(leaf, ctx)?;
        let table_row = prepared.table_rows.get(row as usize).copied().unwrap_or(row as usize);
        let cell = identifiers.map(|column| column.cell(table_row)).filter(|cell| !cell.is_empty());
        match cell {
            Some(cell) => names.push(cell.char_indices().nth(NAME_CHARS).map_or(&cell, |(end, _)| &cell[..end])),
            None => names.push(&format!("Row {}", count(table_row + 1))),
        }
    }
    Ok(names)
}

fn check_now_and_then(at: usize, ctx: &Ctx) -> Result<(), Stopped> {
    if at.is_multiple_of(8192) { ctx.check() } else { Ok(()) }
}

/// A number that hardly two trees share, so that what is remembered of one (a zoom, a collapsed group) is not taken for another's.
fn stamp(dendrogram: &Dendrogram) -> u64 {
    let mix = |stamp: u64, value: u64| (stamp ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let merges = dendrogram.merges.iter().flat_map(|merge| [merge.height.to_bits(), u64::from(merge.left) << 32 | u64::from(merge.right)]);
    merges.fold(mix(dendrogram.n_rows as u64, dendrogram.linkage as u64), mix)
}
