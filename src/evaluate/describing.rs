//! Which few questions describe a group best? The best path of a shallow tree, for the rules of segments and of niches.
//!
//! In: columns as codes, who is in the group, the rows to learn from. Out: a path of at most three questions with their answers, and how like the group those are
//! who fit it. The tree tells the group from the rest, both weighing the same; every node's path is a candidate, the one with the highest F1 is taken, the
//! shorter of equals. Cost: one shallow tree, and a walk of every row.

use crate::base::seed::random;
use crate::base::{Ctx, Stopped};

use super::decision_tree::{Coded, Growth, Split, grow};

/// Questions on a path.
const MAX_DEPTH: usize = 3;

/// Harmonic mean of precision and recall.
pub fn f1(n_hit: usize, n_caught: usize, n_members: usize) -> f64 {
    2.0 * n_hit as f64 / (n_caught + n_members).max(1) as f64
}

/// Questions with their answers, all of which hold.
pub struct BestPath {
    /// In the order they are asked.
    pub path: Vec<(Split, bool)>,
    /// How like the group those are for whom they hold.
    pub f1: f64,
}

/// The path that describes the group 1 of `groups` best among `rows`; none where nothing tells it from the rest. Leaves have `min_leaf` rows at least.
pub fn best_path(columns: &[Coded], groups: &[usize], rows: Vec<u32>, min_leaf: usize, ctx: &Ctx) -> Result<Option<BestPath>, Stopped> {
    let n_in = rows.iter().filter(|&&row| groups[row as usize] == 1).count();
    let n_out = rows.len() - n_in;
    if n_in == 0 || n_out == 0 || columns.is_empty() {
        return Ok(None);
    }
    let weights = vec![1.0, n_out as f64 / n_in as f64];
    let how = Growth { max_depth: MAX_DEPTH, min_leaf, columns_a_split: None, weights };
    let tree = grow(columns, groups, rows.clone(), &how, &mut random(0, 0), ctx)?;
    // Hits and catch of every node of the tree, by walking each row down to its leaf.
    let mut caught = vec![[0usize; 2]; tree.nodes.len()];
    for row in rows {
        let mut at = Some(tree.leaf(|column| columns[column].codes[row as usize]));
        while let Some(node) = at {
            caught[node][groups[row as usize]] += 1;
            at = tree.nodes[node].parent.map(|(before, _)| before);
        }
    }
    let f1_of = |node: usize| f1(caught[node][1], caught[node][0] + caught[node][1], n_in);
    let shorter = |a: usize, b: usize| tree.path(b).len().cmp(&tree.path(a).len());
    // The root is no path: it asks nothing.
    let best = (1..tree.nodes.len()).max_by(|&a, &b| f1_of(a).total_cmp(&f1_of(b)).then_with(|| shorter(a, b)).then(b.cmp(&a)));
    Ok(best.map(|node| BestPath { path: tree.path(node), f1: f1_of(node) }))
}
