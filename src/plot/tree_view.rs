//! What of a dendrogram is seen through a window on it? About as many brackets as the window has pixels, whatever the tree.
//!
//! In: a tree laid out, the leaves and heights in view, the pixels they fill. Out: brackets, and bunches (a triangle or a wedge)
//! for subtrees too narrow to be told apart. O(pixels log n), at most: a subtree is a bunch once it is narrower than [`LEAST_PIXELS`], and
//! along a spine what moves less than that sideways, and little upwards, is one bracket over one wedge.

use std::ops::Range;

use super::tree::TreePlot;

/// Subtrees narrower than this many pixels are not opened.
pub const LEAST_PIXELS: f64 = 3.0;

/// A window on the tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeWindow<'a> {
    /// From which leaf to which; leaf i stands at i.
    pub leaves: [f64; 2],
    /// From which height to which.
    pub heights: [f64; 2],
    /// Width and height on the screen.
    pub pixels: [f64; 2],
    /// Where the tree is cut: what is drawn as one lies on one side of it.
    pub cut: f64,
    /// Nodes drawn as one triangle, however wide.
    pub collapsed: &'a [u32],
}

/// What is drawn, from the top down.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TreeView {
    /// The merges.
    pub brackets: Vec<Bracket>,
    /// What stands for many merges.
    pub bunches: Vec<Bunch>,
}

/// A bar with a leg at each end. Where several merges fell together, the bar spans all of them and both legs are the one that goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bracket {
    /// The (highest) merge.
    pub node: u32,
    /// From where to where the bar goes.
    pub bar: [f64; 2],
    /// Height of the bar.
    pub height: f64,
    /// Where its legs stand: x and the height of the foot.
    pub legs: [[f64; 2]; 2],
}

/// Many customers in one shape: a triangle, or the wedge that the small subtrees along a spine leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bunch {
    /// The subtree; for a wedge, the highest merge that hangs in it.
    pub node: u32,
    /// First and last leaf.
    pub leaves: [usize; 2],
    /// The upper corners, left and right; one point for a triangle.
    pub tops: [[f64; 2]; 2],
    /// Whether it is a whole subtree.
    pub is_subtree: bool,
}

impl TreePlot {
    /// What is seen through `window`. At most about four shapes per pixel of its width, and O(log n) work for each.
    pub fn view(&self, window: &TreeWindow) -> TreeView {
        let mut seen = TreeView::default();
        let Some(root) = self.root() else { return seen };
        let walk = Walk::new(self, window);
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            if let Some(merge) = self.merge_of(node) {
                walk.down_a_spine(merge, &mut open, &mut seen);
            }
        }
        seen
    }
}

struct Walk<'a> {
    tree: &'a TreePlot,
    leaves: [f64; 2],
    heights: [f64; 2],
    /// So many leaves, or so much height, are a pixel.
    per_pixel: [f64; 2],
    /// Least width of what is opened, in leaves.
    least: f64,
    /// Merges below this one are made.
    made: usize,
    /// Places on the spines where a collapsed node stands, in order.
    collapsed: Vec<u32>,
}

impl<'a> Walk<'a> {
    fn new(tree: &'a TreePlot, window: &TreeWindow) -> Walk<'a> {
        let per_pixel = [
            (window.leaves[1] - window.leaves[0]) / window.pixels[0].max(1.0),
            (window.heights[1] - window.heights[0]) / window.pixels[1].max(1.0),
        ];
        let place = |&node: &u32| tree.merge_of(node).and_then(|merge| tree.place_on_spine.get(merge)).copied();
        let mut collapsed: Vec<u32> = window.collapsed.iter().filter_map(place).collect();
        collapsed.sort_unstable();
        Walk {
            tree,
            leaves: window.leaves,
            heights: window.heights,
            per_pixel,
            least: LEAST_PIXELS * per_pixel[0],
            made: tree.heights.partition_point(|merge| *merge <= window.cut),
            collapsed,
        }
    }

    /// Draws the spine from `merge` on, and leaves the children beside it that are worth opening in `open`.
    fn down_a_spine(&self, merge: usize, open: &mut Vec<u32>, seen: &mut TreeView) {
        let tree = self.tree;
        let mut at = tree.place_on_spine[merge] as usize;
        let end = tree.spine_end[at] as usize;
        let next_collapsed = self.collapsed.partition_point(|&place| (place as usize) < at);
        while at < end {
            let merge = tree.spines[at] as usize;
            let range = self.range(merge);
            let is_in_view = !self.is_empty(&range) && tree.heights[merge] > self.heights[0];
            if !is_in_view {
                return;
            }
            let is_collapsed = self.collapsed.get(next_collapsed).is_some_and(|&place| place as usize == at);
            if is_collapsed || f64::from(range.end - range.start) < self.least {
                seen.bunches.push(self.triangle(merge));
                return;
            }
            let stop = self.collapsed.get(next_collapsed).map_or(end, |&place| (place as usize).min(end));
            let to = self.stretch(at, stop);
            if to > at + 1 {
                self.stretch_at_once(at, to, seen);
            } else {
                seen.brackets.push(self.bracket(merge));
                let on = tree.spines.get(to).filter(|_| to < end).map(|&on| on + tree.n_leaves() as u32);
                open.extend(tree.children[merge].into_iter().filter(|&child| Some(child) != on));
            }
            at = to;
        }
    }

    /// How far down a spine (up to `stop`) too little happens to be seen; at least one merge.
    fn stretch(&self, at: usize, stop: usize) -> usize {
        let tree = self.tree;
        let top = tree.spines[at] as usize;
        let range = self.range(top);
        let visible = self.clipped(&range);
        // A wide subtree may show more bars above each other than a narrow one: together they are about as many as pixels.
        let drop = self.per_pixel[1] * ((self.heights[1] - self.heights[0]) / self.per_pixel[1] * self.least / visible).max(1.0);
        let height = self.in_view(tree.heights[top]);
        let goes_on = |&merge: &u32| {
            let merge = merge as usize;
            let sideways = visible - self.clipped(&self.range(merge));
            let is_near = sideways < self.least && height - self.in_view(tree.heights[merge]) < drop;
            // What is below the window would draw its wedge into it.
            is_near && tree.heights[merge] > self.heights[0] && (merge < self.made) == (top < self.made)
        };
        let below = &tree.spines[at + 1..stop.max(at + 1)];
        // The last merge of the stretch keeps its bracket: what hangs beside it may be wide.
        at + below.partition_point(goes_on).max(1)
    }

    /// One bracket for the merges from `at` to before `to`, and a wedge on either side for what hangs off them.
    fn stretch_at_once(&self, at: usize, to: usize, seen: &mut TreeView) {
        let tree = self.tree;
        let [top, last, on] = [at, to - 1, to].map(|place| tree.spines[place] as usize);
        let (outer, inner) = (self.range(top), self.range(on));
        let node = (top + tree.n_leaves()) as u32;
        let [high, low] = [top, last].map(|merge| tree.heights[merge]);
        let mut bar = [tree.x[top].min(tree.x[on]), tree.x[top].max(tree.x[on])];
        let mut wedge = |leaves: Range<u32>, heights: [f64; 2]| {
            let leaves_seen = !self.is_empty(&leaves);
            let ends = [f64::from(leaves.start), f64::from(leaves.end) - 1.0];
            if leaves.start < leaves.end {
                bar = [bar[0].min(ends[0]), bar[1].max(ends[1])];
            }
            if leaves.start < leaves.end && leaves_seen {
                let tops = [[ends[0], heights[0]], [ends[1], heights[1]]];
                let leaves = [leaves.start as usize, leaves.end as usize - 1];
                seen.bunches.push(Bunch { node, leaves, tops, is_subtree: false });
            }
        };
        wedge(outer.start..inner.start, [high, low]);
        wedge(inner.end..outer.end, [low, high]);
        let leg = [tree.x[on], tree.heights[on]];
        seen.brackets.push(Bracket { node, bar, height: high, legs: [leg, leg] });
    }

    fn bracket(&self, merge: usize) -> Bracket {
        let tree = self.tree;
        let legs = tree.children[merge].map(|child| [tree.x_of(child), tree.height_of(child)]);
        let node = (merge + tree.n_leaves()) as u32;
        Bracket { node, bar: [legs[0][0], legs[1][0]], height: tree.heights[merge], legs }
    }

    fn triangle(&self, merge: usize) -> Bunch {
        let range = self.range(merge);
        let apex = [self.tree.x[merge], self.tree.heights[merge]];
        let leaves = [range.start as usize, range.end as usize - 1];
        Bunch { node: (merge + self.tree.n_leaves()) as u32, leaves, tops: [apex, apex], is_subtree: true }
    }

    /// The leaves below a merge.
    fn range(&self, merge: usize) -> Range<u32> {
        let first = self.tree.first_leaves[merge];
        first..first + self.tree.sizes[merge]
    }

    /// Whether no leaf is in view; a leaf reaches half a step to both sides.
    fn is_empty(&self, range: &Range<u32>) -> bool {
        self.clipped(range) <= 0.0
    }

    /// How much of the leaves' width is in view.
    fn clipped(&self, range: &Range<u32>) -> f64 {
        let [from, to] = [range.start, range.end].map(|end| (f64::from(end) - 0.5).clamp(self.leaves[0], self.leaves[1]));
        to - from
    }

    fn in_view(&self, height: f64) -> f64 {
        height.clamp(self.heights[0], self.heights[1])
    }
}
