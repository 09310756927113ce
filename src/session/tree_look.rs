//! How is the dendrogram looked at? Which part is in view, which groups are folded up, which one is chosen.
//!
//! Node numbers mean something in one tree only, so everything is forgotten when another tree is shown.

use std::collections::BTreeSet;

/// View state of one tree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TreeLook {
    /// The tree it belongs to, by its stamp.
    stamp: u64,
    /// Leaves and heights in view; `None` shows the whole tree.
    pub seen: Option<TreeSeen>,
    /// Nodes drawn as one triangle.
    pub collapsed: BTreeSet<u32>,
    /// The group chosen in the tree, by its node.
    pub node: Option<u32>,
}

/// A part of a tree: leaf i stands at x = i.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeSeen {
    /// From which leaf to which.
    pub leaves: [f64; 2],
    /// From which height to which.
    pub heights: [f64; 2],
}

impl TreeLook {
    /// Belongs to this tree from now on; what was of another is forgotten.
    pub fn turn_to(&mut self, stamp: u64) {
        if self.stamp != stamp {
            *self = TreeLook { stamp, ..TreeLook::default() };
        }
    }

    /// Whether all of the tree is shown, nothing folded up.
    pub fn is_whole(&self) -> bool {
        self.seen.is_none() && self.collapsed.is_empty()
    }
}
