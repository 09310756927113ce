//! Which rows are near? Boxes within boxes, so that most rows are never looked at.
//!
//! In: rows. Out: a balanced tree whose leaves are blocks of [`LANES`] rows, and a search that hands the nearest leaves to a visitor first.
//! Building O(n log n p) on all threads, memory O(n p). A search is O(log n) in few columns and nears O(n) in many, where it stays right.
//!
//! Bentley 1975, "Multidimensional binary search trees used for associative searching"; split at the median of the widest column, equal values
//! by row. The bound to a box and the distance to a row are added up in the same order, so the computed bound never exceeds the
//! computed distance and nothing is lost to rounding.

use super::lanes::{Blocks, LANES, squared_distances};
use crate::base::{Ctx, Stopped};

/// A kd-tree over rows.
#[derive(Debug)]
pub struct KdTree {
    /// The rows in tree order: leaf i holds positions i * LANES .. (i + 1) * LANES.
    rows: Vec<u32>,
    blocks: Blocks,
    nodes: Vec<Node>,
    /// For each node the least, then the largest value of every column.
    boxes: Vec<f64>,
    n_cols: usize,
}

/// A node stands before its left child; `right` is 0 for a leaf.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    right: u32,
    leaf: u32,
}

/// What a search is for.
pub trait Visitor {
    /// Whether a box whose nearest corner has this squared distance may hold something better.
    fn wants(&self, node: usize, squared: f64) -> bool;
    /// The squared distances of the rows of a leaf; the filling of the last leaf is infinitely far.
    fn leaf(&mut self, leaf: usize, squared: &[f64; LANES]);
}

/// What a search for all rows of a leaf at once is for.
pub trait LeafVisitor {
    /// Whether a box may hold something better for any of the rows, given each row's squared distance to its nearest corner.
    fn wants(&self, node: usize, squared: &[f64; LANES]) -> bool;
    /// A leaf, its node and its columns, and each row's squared distance to its box.
    fn leaf(&mut self, node: usize, leaf: usize, block: &[[f64; LANES]], to_box: &[f64; LANES]);
}

impl KdTree {
    /// Builds the tree over `n_rows` rows of `n_cols` columns.
    pub fn new<'a>(n_rows: usize, n_cols: usize, row: impl Fn(usize) -> &'a [f64] + Sync, ctx: &Ctx) -> Result<KdTree, Stopped> {
        let mut rows: Vec<u32> = (0..n_rows as u32).collect();
        let n_nodes = nodes_in(n_rows);
        let mut nodes = vec![Node::default(); n_nodes];
        let mut boxes = vec![0.0; n_nodes * 2 * n_cols];
        if n_rows > 0 {
            split(Part { rows: &mut rows, nodes: &mut nodes, boxes: &mut boxes, first_node: 0, first_leaf: 0 }, n_cols, &row, ctx)?;
        }
        let blocks = Blocks::new(n_rows, n_cols, |position| row(rows[position] as usize));
        Ok(KdTree { rows, blocks, nodes, boxes, n_cols })
    }

    /// The rows of leaf `leaf`, lane by lane.
    #[inline(always)]
    pub fn leaf_rows(&self, leaf: usize) -> &[u32] {
        &self.rows[leaf * LANES..self.rows.len().min((leaf + 1) * LANES)]
    }

    /// The rows in tree order: neighbours in it are neighbours in space.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// A value for every node: of a leaf from its rows, of an inner node from its children's values. O(n).
    pub fn fold<T: Copy + Default>(&self, of_leaf: impl Fn(&[u32]) -> T, join: impl Fn(T, T) -> T) -> Vec<T> {
        let mut values = vec![T::default(); self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().rev() {
            values[at] = match node.right {
                0 => of_leaf(self.leaf_rows(node.leaf as usize)),
                right => join(values[at + 1], values[right as usize]),
            };
        }
        values
    }

    /// Shows `visitor` every leaf it wants, near ones first. `stack` is scratch space.
    #[inline(always)]
    pub fn search(&self, point: &[f64], stack: &mut Vec<(u32, f64)>, visitor: &mut impl Visitor) {
        stack.clear();
        if !self.nodes.is_empty() {
            stack.push((0, 0.0));
        }
        while let Some((node, squared)) = stack.pop() {
            let mut at = node as usize;
            if !visitor.wants(at, squared) {
                continue;
            }
            // Down to the nearest leaf; the farther children wait on the stack.
            loop {
                let Node { right, leaf } = self.nodes[at];
                if right == 0 {
                    visitor.leaf(leaf as usize, &squared_distances(self.blocks.block(leaf as usize), point));
                    break;
                }
                let (mut near, mut far) = ((at + 1, self.to_box(at + 1, point)), (right as usize, self.to_box(right as usize, point)));
                if far.1 < near.1 {
                    std::mem::swap(&mut near, &mut far);
                }
                if visitor.wants(far.0, far.1) {
                    stack.push((far.0 as u32, far.1));
                }
                if !visitor.wants(near.0, near.1) {
                    break;
                }
                at = near.0;
            }
        }
    }

    /// Shows `visitor` every leaf it wants for the rows of leaf `own`, those near most of them first; the order is that of the boxes alone.
    /// `stack` is scratch space.
    #[inline(always)]
    pub fn search_together(&self, own: usize, stack: &mut Vec<(u32, [f64; LANES])>, visitor: &mut impl LeafVisitor) {
        let points = self.blocks.block(own);
        stack.clear();
        stack.push((0, [0.0; LANES]));
        while let Some((node, mut to_box)) = stack.pop() {
            let mut at = node as usize;
            if !visitor.wants(at, &to_box) {
                continue;
            }
            loop {
                let Node { right, leaf } = self.nodes[at];
                if right == 0 {
                    visitor.leaf(at, leaf as usize, self.blocks.block(leaf as usize), &to_box);
                    break;
                }
                let (mut near, mut far) =
                    ((at + 1, self.to_boxes(at + 1, points)), (right as usize, self.to_boxes(right as usize, points)));
                if sum_of_finite(&far.1) < sum_of_finite(&near.1) {
                    std::mem::swap(&mut near, &mut far);
                }
                if visitor.wants(far.0, &far.1) {
                    stack.push((far.0 as u32, far.1));
                }
                if !visitor.wants(near.0, &near.1) {
                    break;
                }
                (at, to_box) = near;
            }
        }
    }

    /// Number of leaves.
    pub fn n_leaves(&self) -> usize {
        self.blocks.len()
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        let nodes = self.nodes.len() * size_of::<Node>() + self.boxes.len() * size_of::<f64>();
        self.rows.len() * size_of::<u32>() + self.n_leaves() * self.n_cols * size_of::<[f64; LANES]>() + nodes
    }

    /// Squared distances of the points of a block to the box of a node, with the same bits as [`KdTree::to_box`] gives.
    #[inline(always)]
    fn to_boxes(&self, node: usize, points: &[[f64; LANES]]) -> [f64; LANES] {
        let (low, high) = self.boxes[node * 2 * self.n_cols..][..2 * self.n_cols].split_at(self.n_cols);
        let mut sums = [0.0; LANES];
        for ((column, &low), &high) in points.iter().zip(low).zip(high) {
            for lane in 0..LANES {
                let (below, above) = (low - column[lane], column[lane] - high);
                let outside = if below > above { below } else { above };
                let outside = if outside > 0.0 { outside } else { 0.0 };
                sums[lane] += outside * outside;
            }
        }
        sums
    }

    /// Squared distance of a point to the box of a node.
    #[inline(always)]
    fn to_box(&self, node: usize, point: &[f64]) -> f64 {
        let (low, high) = self.boxes[node * 2 * self.n_cols..][..2 * self.n_cols].split_at(self.n_cols);
        let mut sum = 0.0;
        for ((&at, &low), &high) in point.iter().zip(low).zip(high) {
            let (below, above) = (low - at, at - high);
            let outside = if below > above { below } else { above };
            let outside = if outside > 0.0 { outside } else { 0.0 };
            sum += outside * outside;
        }
        sum
    }
}

/// The sum over the rows of a leaf; the filling of the last leaf is infinitely far and does not count.
#[inline(always)]
fn sum_of_finite(squared: &[f64; LANES]) -> f64 {
    squared.iter().fold(0.0, |sum, &squared| sum + if squared < f64::INFINITY { squared } else { 0.0 })
}

/// A subtree to be built: its rows and its own part of the arrays.
struct Part<'a> {
    rows: &'a mut [u32],
    nodes: &'a mut [Node],
    boxes: &'a mut [f64],
    first_node: usize,
    first_leaf: usize,
}

fn nodes_in(n_rows: usize) -> usize {
    (2 * n_rows.div_ceil(LANES)).saturating_sub(1)
}

fn split<'a>(part: Part, n_cols: usize, row: &(impl Fn(usize) -> &'a [f64] + Sync), ctx: &Ctx) -> Result<(), Stopped> {
    let Part { rows, nodes, boxes, first_node, first_leaf } = part;
    if rows.len() > 4096 {
        ctx.check()?;
    }
    let (own, below) = boxes.split_at_mut(2 * n_cols);
    let (low, high) = own.split_at_mut(n_cols);
    low.fill(f64::INFINITY);
    high.fill(f64::NEG_INFINITY);
    for &i in rows.iter() {
        for ((low, high), &value) in low.iter_mut().zip(high.iter_mut()).zip(row(i as usize)) {
            *low = low.min(value);
            *high = high.max(value);
        }
    }
    if rows.len() <= LANES {
        nodes[0] = Node { right: 0, leaf: first_leaf as u32 };
        return Ok(());
    }
    let mut widest = 0;
    for col in 1..n_cols {
        if high[col] - low[col] > high[widest] - low[widest] {
            widest = col;
        }
    }
    // The left part fills its leaves, so only the very last leaf of the tree may have room.
    let leaves_left = rows.len().div_ceil(LANES) / 2;
    let at = leaves_left * LANES;
    if n_cols > 0 {
        rows.select_nth_unstable_by(at, |&a, &b| row(a as usize)[widest].total_cmp(&row(b as usize)[widest]).then(a.cmp(&b)));
    }
    let (rows_left, rows_right) = rows.split_at_mut(at);
    let n_left = nodes_in(rows_left.len());
    nodes[0] = Node { right: (first_node + 1 + n_left) as u32, leaf: 0 };
    let (nodes_left, nodes_right) = nodes[1..].split_at_mut(n_left);
    let (boxes_left, boxes_right) = below.split_at_mut(n_left * 2 * n_cols);
    let parallel = rows_right.len() > 2048;
    let left = Part { rows: rows_left, nodes: nodes_left, boxes: boxes_left, first_node: first_node + 1, first_leaf };
    let right = Part {
        rows: rows_right,
        nodes: nodes_right,
        boxes: boxes_right,
        first_node: first_node + 1 + n_left,
        first_leaf: first_leaf + leaves_left,
    };
    if parallel {
        let (left, right) = rayon::join(|| split(left, n_cols, row, ctx), || split(right, n_cols, row, ctx));
        left.and(right)
    } else {
        split(left, n_cols, row, ctx)?;
        split(right, n_cols, row, ctx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::lanes::squared_distance;

    struct Nearest(f64);

    impl Visitor for Nearest {
        fn wants(&self, _node: usize, squared: f64) -> bool {
            squared < self.0
        }
        fn leaf(&mut self, _leaf: usize, squared: &[f64; LANES]) {
            self.0 = squared.iter().fold(self.0, |least, &d| least.min(d));
        }
    }

    #[test]
    fn finds_what_a_full_scan_finds() {
        for n in [1usize, 2, 15, 16, 17, 33, 500] {
            let value = |i: usize| ((i * 7919 + 13) % 1009) as f64 / 100.0;
            let rows: Vec<[f64; 3]> = (0..n).map(|i| [value(i), value(i + 500), value(3 * i)]).collect();
            let tree = KdTree::new(n, 3, |i| &rows[i], &Ctx::new()).unwrap();
            let mut seen: Vec<u32> = tree.rows().to_vec();
            seen.sort_unstable();
            assert_eq!(seen, (0..n as u32).collect::<Vec<_>>());
            for i in 0..50 {
                let point = [value(i * 3), 5.0, value(i)];
                let mut found = Nearest(f64::INFINITY);
                tree.search(&point, &mut Vec::new(), &mut found);
                assert_eq!(found.0, rows.iter().map(|row| squared_distance(row, &point)).fold(f64::INFINITY, f64::min));
            }
        }
    }
}
