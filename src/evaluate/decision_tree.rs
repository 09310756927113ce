//! Which cuts of which columns tell groups of rows apart? One classification tree, for forests and for rules.
//!
//! In: columns as small codes (the bin of a number, the level of a category) and the group of every row. Out: a binary tree. L. Breiman,
//! J. Friedman, R. Olshen, C. Stone 1984, "Classification and Regression Trees": splits by Gini impurity, tried on numbers as "above
//! this bin", on categories as "this level against all others"; ties go to the column tried first, then to the lowest code. Groups may
//! weigh differently. Cost: rows x columns tried for each level of depth, plus codes x groups for each node.
//!
//! linfa-trees was tried first. It adds class frequencies up in the order of a hash map, so one plan gives other trees each time; it
//! cannot be stopped; and rows equal to a cut go left while it learns and right while it predicts. Here counts are whole numbers, so
//! nothing depends on an order; a test holds the accuracy on held-out rows against linfa's (`tests/it/oracles.rs`).

use crate::base::seed::{Random, RngExt};
use crate::base::{Ctx, Stopped};

/// A column as codes.
#[derive(Debug, Clone)]
pub struct Coded {
    /// One code per row.
    pub codes: Vec<u8>,
    /// Codes are below this.
    pub n_codes: usize,
    /// Codes that may be split at: cuts of a number, or levels of a category; what stands behind them ("other", missing) is never named.
    pub n_splits: usize,
    /// Whether codes are in the order of a scale.
    pub is_ordered: bool,
}

/// One question: is a number above this bin, or is it this level?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The column.
    pub column: usize,
    /// The bin or the level.
    pub code: u8,
    /// Whether the column is a scale.
    pub is_ordered: bool,
}

/// How a tree grows.
#[derive(Debug, Clone)]
pub struct Growth {
    /// Questions on the longest path.
    pub max_depth: usize,
    /// Rows on either side of a split, at least.
    pub min_leaf: usize,
    /// Columns drawn at random for each split; all of them where there is no number.
    pub columns_a_split: Option<usize>,
    /// The weight of a row of each group.
    pub weights: Vec<f64>,
}

/// A node and where its path comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The question; a leaf asks none.
    pub split: Option<Split>,
    /// The nodes for no and yes.
    pub children: [usize; 2],
    /// The node before, and the answer that led here.
    pub parent: Option<(usize, bool)>,
    /// The group with the largest weight, the lower of equals.
    pub group: usize,
}

/// A grown tree; the root is node 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// Parents come before their children.
    pub nodes: Vec<Node>,
}

impl Split {
    /// The answer for a row with this code.
    pub fn is_yes(self, code: u8) -> bool {
        if self.is_ordered { code > self.code } else { code == self.code }
    }
}

impl Tree {
    /// The leaf of a row, whose codes `code` tells by column. O(depth).
    pub fn leaf(&self, code: impl Fn(usize) -> u8) -> usize {
        let mut at = 0;
        while let Some(split) = self.nodes[at].split {
            at = self.nodes[at].children[usize::from(split.is_yes(code(split.column)))];
        }
        at
    }

    /// The questions from the root to a node with their answers.
    pub fn path(&self, node: usize) -> Vec<(Split, bool)> {
        let mut path = Vec::new();
        let mut at = node;
        while let Some((before, answer)) = self.nodes[at].parent {
            path.extend(self.nodes[before].split.map(|split| (split, answer)));
            at = before;
        }
        path.reverse();
        path
    }
}

/// Grows a tree on `rows` (with repeats, if some were drawn twice). `groups` has the group of every row the columns have.
pub fn grow(columns: &[Coded], groups: &[usize], rows: Vec<u32>, how: &Growth, rng: &mut Random, ctx: &Ctx) -> Result<Tree, Stopped> {
    let n_groups = how.weights.len();
    let n_codes = columns.iter().map(|column| column.n_codes).max().unwrap_or(0);
    let mut counts = Counts { of_code: vec![0; n_codes * n_groups], n_groups };
    let mut order: Vec<usize> = (0..columns.len()).collect();
    let mut tree = Tree { nodes: Vec::new() };
    let mut waiting = vec![(rows, None::<(usize, bool)>, 0)];
    while let Some((rows, parent, depth)) = waiting.pop() {
        ctx.check()?;
        let mut sizes = vec![0u32; n_groups];
        rows.iter().for_each(|&row| sizes[groups[row as usize]] += 1);
        let at = tree.nodes.len();
        if let Some((before, answer)) = parent {
            tree.nodes[before].children[usize::from(answer)] = at;
        }
        tree.nodes.push(Node { split: None, children: [0; 2], parent, group: heaviest(&sizes, &how.weights) });
        let is_pure = sizes.iter().filter(|&&size| size > 0).count() < 2;
        if is_pure || depth == how.max_depth || rows.len() < 2 * how.min_leaf {
            continue;
        }
        let Some(split) = best_split(columns, groups, &rows, &sizes, how, &mut order, &mut counts, rng) else { continue };
        tree.nodes[at].split = Some(split);
        let codes = &columns[split.column].codes;
        let (yes, no): (Vec<u32>, Vec<u32>) = rows.into_iter().partition(|&row| split.is_yes(codes[row as usize]));
        waiting.push((yes, Some((at, true)), depth + 1));
        waiting.push((no, Some((at, false)), depth + 1));
    }
    Ok(tree)
}

/// Rows of each group for each code of the column under trial; cleared after use.
struct Counts {
    of_code: Vec<u32>,
    n_groups: usize,
}

impl Counts {
    fn of(&self, code: usize) -> &[u32] {
        &self.of_code[code * self.n_groups..(code + 1) * self.n_groups]
    }
}

#[expect(clippy::too_many_arguments, reason = "the inside of one loop, which lends it the memory it works in")]
fn best_split(
    columns: &[Coded],
    groups: &[usize],
    rows: &[u32],
    sizes: &[u32],
    how: &Growth,
    order: &mut [usize],
    counts: &mut Counts,
    rng: &mut Random,
) -> Option<Split> {
    let n_columns = order.len();
    let n_tried = how.columns_a_split.map_or(n_columns, |n| n.min(n_columns));
    let whole = purity(sizes, rows.len(), &how.weights);
    let mut best: Option<(f64, Split)> = None;
    for tried in 0..n_columns {
        // Where all columns drawn are the same for everyone here, others are tried until one can split, as in scikit-learn.
        if tried >= n_tried && best.is_some() {
            break;
        }
        if how.columns_a_split.is_some() {
            order.swap(tried, rng.random_range(tried..n_columns));
        }
        let column = &columns[order[tried]];
        for &row in rows {
            counts.of_code[usize::from(column.codes[row as usize]) * counts.n_groups + groups[row as usize]] += 1;
        }
        let mut yes = vec![0u32; sizes.len()];
        for code in 0..column.n_splits {
            let here = counts.of(code);
            if here.iter().all(|&count| count == 0) {
                continue;
            }
            if !column.is_ordered {
                yes.fill(0);
            }
            // On a scale these are the rows up to the code, the "no" of the question; Gini does not care which side is which.
            yes.iter_mut().zip(here).for_each(|(sum, count)| *sum += count);
            let n_yes: usize = yes.iter().map(|&count| count as usize).sum();
            let n_no = rows.len() - n_yes;
            if n_yes.min(n_no) < how.min_leaf {
                continue;
            }
            let no: Vec<u32> = sizes.iter().zip(&yes).map(|(all, yes)| all - yes).collect();
            let found = purity(&yes, n_yes, &how.weights) + purity(&no, n_no, &how.weights);
            if found > whole * (1.0 + 1e-9) && best.is_none_or(|(best, _)| found > best) {
                best = Some((found, Split { column: order[tried], code: code as u8, is_ordered: column.is_ordered }));
            }
        }
        counts.of_code[..column.n_codes * counts.n_groups].fill(0);
    }
    best.map(|(_, split)| split)
}

/// Sum of squared group weights over their sum: what Gini's impurity leaves of the weight of a node. Larger is purer.
fn purity(sizes: &[u32], n_rows: usize, weights: &[f64]) -> f64 {
    if n_rows == 0 {
        return 0.0;
    }
    let (mut sum, mut squares) = (0.0, 0.0);
    for (&size, weight) in sizes.iter().zip(weights) {
        let weight = f64::from(size) * weight;
        sum += weight;
        squares += weight * weight;
    }
    squares / sum
}

fn heaviest(sizes: &[u32], weights: &[f64]) -> usize {
    let mut best = 0;
    for group in 1..sizes.len() {
        if f64::from(sizes[group]) * weights[group] > f64::from(sizes[best]) * weights[best] {
            best = group;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::random;

    fn how(max_depth: usize) -> Growth {
        Growth { max_depth, min_leaf: 1, columns_a_split: None, weights: vec![1.0; 2] }
    }

    #[test]
    fn by_hand() {
        // The second column's level 1 is group 1 exactly; the first only leans that way.
        let leaning = Coded { codes: vec![0, 1, 2, 2, 3, 3], n_codes: 4, n_splits: 3, is_ordered: true };
        let exact = Coded { codes: vec![0, 0, 2, 1, 1, 1], n_codes: 3, n_splits: 3, is_ordered: false };
        let groups = [0, 0, 0, 1, 1, 1];
        let tree = grow(&[leaning.clone(), exact], &groups, (0..6).collect(), &how(3), &mut random(0, 0), &Ctx::new()).unwrap();
        assert_eq!(tree.nodes[0].split, Some(Split { column: 1, code: 1, is_ordered: false }));
        assert_eq!(tree.nodes.len(), 3, "pure sides ask nothing more");
        // Alone, the first is cut between 1 and 2 or between 2 and 3, equally well: the lower one is taken.
        let tree = grow(&[leaning], &groups, (0..6).collect(), &how(1), &mut random(0, 0), &Ctx::new()).unwrap();
        assert_eq!(tree.nodes[0].split, Some(Split { column: 0, code: 1, is_ordered: true }));
        let leaf = tree.leaf(|_| 3);
        assert_eq!((tree.nodes[leaf].group, tree.path(leaf)), (1, vec![(tree.nodes[0].split.unwrap(), true)]));
    }

    #[test]
    fn nothing_to_tell_apart() {
        let same = Coded { codes: vec![1; 4], n_codes: 3, n_splits: 2, is_ordered: true };
        let tree = grow(&[same], &[0, 1, 0, 1], (0..4).collect(), &how(3), &mut random(0, 0), &Ctx::new()).unwrap();
        assert_eq!((tree.nodes.len(), tree.nodes[0].group), (1, 0));
    }
}
