//! Which segment does a part of the dendrogram belong to, where the tree is cut?
//!
//! In: a tree laid out and a cut. Out: the leaves of every group, numbered as labels are: by size, then by first row. O(k log k) for k groups,
//! so that colours follow the cut line while it is dragged; a look-up is O(log k).

use std::cmp::Reverse;

use super::tree::TreePlot;

/// More groups than this are not told apart: nobody could, and the line goes on being dragged freely.
const MOST_GROUPS: usize = 2_000;

/// One group below the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeGroup {
    /// Its number, as in the labels.
    pub cluster: usize,
    /// Its node: a merge, or a single customer.
    pub node: u32,
    /// First and last leaf.
    pub leaves: [usize; 2],
}

/// All groups of a cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeGroups {
    /// How many there are.
    pub n_groups: usize,
    /// From left to right; empty where there are more than can be told apart.
    pub groups: Vec<TreeGroup>,
    /// Nodes from this one on join groups.
    first_above: usize,
}

impl TreeGroups {
    /// The group a node is in; `None` for merges above the cut.
    pub fn cluster_of(&self, tree: &TreePlot, node: u32) -> Option<usize> {
        if node as usize >= self.first_above {
            return None;
        }
        self.cluster_of_leaf(tree.first_leaf_of(node) as usize)
    }

    /// The group a leaf is in.
    pub fn cluster_of_leaf(&self, leaf: usize) -> Option<usize> {
        let at = self.groups.partition_point(|group| group.leaves[1] < leaf);
        self.groups.get(at).map(|group| group.cluster)
    }

    /// The node of a cluster.
    pub fn node_of(&self, cluster: usize) -> Option<u32> {
        self.groups.iter().find(|group| group.cluster == cluster).map(|group| group.node)
    }
}

impl TreePlot {
    /// The groups when the tree is cut at `height`; merges at that very height are made, as in SciPy.
    pub fn groups_below(&self, height: f64) -> TreeGroups {
        self.groups(self.heights.partition_point(|merge| *merge <= height))
    }

    /// The groups when the tree is cut into `k`; unlike a height this also separates merges of equal height.
    pub fn groups_at(&self, k: usize) -> TreeGroups {
        self.groups(self.made_for(k))
    }

    fn groups(&self, n_made: usize) -> TreeGroups {
        let first_above = self.n_leaves() + n_made;
        let n_groups = self.n_leaves() - n_made;
        if n_groups > MOST_GROUPS {
            return TreeGroups { n_groups, groups: Vec::new(), first_above };
        }
        // What a merge above the cut joins and is itself below it; everything, where nothing is above.
        let mut nodes: Vec<u32> = self.children[n_made..].iter().flatten().copied().filter(|&node| (node as usize) < first_above).collect();
        if n_groups == 1 {
            nodes = vec![self.root().unwrap_or(0)];
        }
        let first_row = |node: u32| self.merge_of(node).map_or(node, |merge| self.first_rows[merge]);
        nodes.sort_by_key(|&node| (Reverse(self.size_of(node)), first_row(node)));
        let numbered = nodes.into_iter().enumerate();
        let mut groups: Vec<TreeGroup> =
            numbered.map(|(cluster, node)| TreeGroup { cluster, node, leaves: self.node(node).leaves }).collect();
        groups.sort_by_key(|group| group.leaves);
        TreeGroups { n_groups, groups, first_above }
    }
}
