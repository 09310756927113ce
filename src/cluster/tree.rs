//! A tree of merges, and every cut of it.
//!
//! In: n - 1 merges as pairs of rows with heights. Out: SciPy's numbering, leaf order, labels of any cut, inertia of any cut.
//! Building O(n log n), a cut O(n), all inertias together O(n p).

use super::{ClusterError, Linkage};
use crate::base::{Ctx, Labels, Matrix};

/// Two clusters become one. Numbered as in SciPy: below n a row, n + i the cluster that merge i made; `left < right`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The lower number.
    pub left: u32,
    /// The higher number.
    pub right: u32,
    /// Distance of the two, in SciPy's scale.
    pub height: f64,
    /// Rows in the new cluster.
    pub size: u32,
}

/// The whole tree, lowest merge first.
#[derive(Debug, Clone, PartialEq)]
pub struct Dendrogram {
    /// One merge less than rows, by height.
    pub merges: Vec<Merge>,
    /// Number of rows.
    pub n_rows: usize,
    /// How distances of clusters were measured.
    pub linkage: Linkage,
}

impl Dendrogram {
    /// Sorts merges given as (a row of the one cluster, a row of the other, height) and numbers the clusters. Of equal heights the first given
    /// is the lower.
    pub(super) fn from_pairs(n_rows: usize, linkage: Linkage, mut pairs: Vec<(u32, u32, f64)>) -> Dendrogram {
        pairs.sort_by(|a, b| a.2.total_cmp(&b.2));
        let mut sets = Sets::new(n_rows);
        // The cluster number and size of each set, kept at its representative.
        let mut number: Vec<u32> = (0..n_rows as u32).collect();
        let mut size = vec![1u32; n_rows];
        let mut merges = Vec::with_capacity(pairs.len());
        for (a, b, height) in pairs {
            let (a, b) = (sets.find(a) as usize, sets.find(b) as usize);
            let (left, right) = (number[a].min(number[b]), number[a].max(number[b]));
            let together = size[a] + size[b];
            let root = sets.join(a as u32, b as u32) as usize;
            number[root] = (n_rows + merges.len()) as u32;
            size[root] = together;
            merges.push(Merge { left, right, height, size: together });
        }
        Dendrogram { merges, n_rows, linkage }
    }

    /// The rows from left to right when the tree is drawn without crossings, lower numbers left, as SciPy's `dendrogram` does.
    pub fn row_from_leaf(&self) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.n_rows);
        let mut waiting: Vec<u32> = match self.merges.len() {
            0 => (0..self.n_rows as u32).rev().collect(),
            n_merges => vec![(self.n_rows + n_merges - 1) as u32],
        };
        while let Some(node) = waiting.pop() {
            match (node as usize).checked_sub(self.n_rows) {
                None => order.push(node),
                Some(merge) => waiting.extend([self.merges[merge].right, self.merges[merge].left]),
            }
        }
        order
    }

    /// The labels with `k` clusters, or as near as there are rows.
    pub fn cut_clusters(&self, k: usize) -> Labels {
        self.after(self.merges_for(k))
    }

    /// The labels after all merges up to `height`.
    pub fn cut_height(&self, height: f64) -> Labels {
        self.after(self.merges_below(height))
    }

    /// Heights h with `low <= h < high` give `k` clusters; where merges tie, `low == high` and no height does.
    pub fn height_for(&self, k: usize) -> (f64, f64) {
        let done = self.merges_for(k);
        let height = |merge: Option<usize>| merge.and_then(|merge| self.merges.get(merge)).map(|merge| merge.height);
        (height(done.checked_sub(1)).unwrap_or(0.0), height(Some(done)).unwrap_or(f64::INFINITY))
    }

    /// The number of clusters after all merges up to `height`.
    pub fn clusters_at(&self, height: f64) -> usize {
        self.n_rows - self.merges_below(height)
    }

    /// The inertia at each k from the heights alone: a Ward merge at height h adds h²/2. `total_within` is the inertia of one cluster.
    /// `None` for the other linkages, whose heights do not tell; [`inertias`] serves all.
    pub fn inertia_by_k(&self, ks: &[usize], total_within: f64) -> Option<Vec<f64>> {
        let rises = self.merges.iter().map(|merge| merge.height * merge.height / 2.0);
        let rises: Vec<f64> = (self.linkage == Linkage::Ward).then(|| rises.collect())?;
        Some(ks.iter().map(|&k| (total_within - rises[self.merges_for(k)..].iter().rev().sum::<f64>()).max(0.0)).collect())
    }

    /// The tree of `rows` alone, ascending, where they are one branch of this one: their merges with one another, in the same order. A branch of a tree whose
    /// merges never fall below those before them is, up to ties, the tree that its rows alone would give. O(n).
    pub fn branch(&self, rows: &[usize]) -> Option<Dendrogram> {
        const OUTSIDE: u32 = u32::MAX;
        let mut place = vec![OUTSIDE; self.n_rows + self.merges.len()];
        for (at, &row) in rows.iter().enumerate() {
            place[row] = at as u32;
        }
        let mut merges: Vec<Merge> = Vec::with_capacity(rows.len().saturating_sub(1));
        for (at, merge) in self.merges.iter().enumerate() {
            let (left, right) = (place[merge.left as usize], place[merge.right as usize]);
            if left != OUTSIDE && right != OUTSIDE {
                place[self.n_rows + at] = (rows.len() + merges.len()) as u32;
                merges.push(Merge { left: left.min(right), right: left.max(right), ..*merge });
            }
        }
        (merges.len() + 1 == rows.len()).then_some(Dendrogram { merges, n_rows: rows.len(), linkage: self.linkage })
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.merges.len() * size_of::<Merge>()
    }

    fn merges_for(&self, k: usize) -> usize {
        self.n_rows.saturating_sub(k.max(1)).min(self.merges.len())
    }

    fn merges_below(&self, height: f64) -> usize {
        self.merges.partition_point(|merge| merge.height <= height)
    }

    /// The labels after the first `done` merges, from the top down.
    fn after(&self, done: usize) -> Labels {
        let mut top: Vec<u32> = (0..(self.n_rows + done) as u32).collect();
        let nodes = self.n_rows..top.len();
        for (merge, node) in self.merges[..done].iter().zip(nodes).rev() {
            top[merge.left as usize] = top[node];
            top[merge.right as usize] = top[node];
        }
        Labels::canonical(self.n_rows, top.len(), |row| Some(top[row] as usize))
    }
}

/// The within sum of squares of the cut into each of `ks` clusters, for any linkage. O(n p) for all together.
pub fn inertias(x: &Matrix, tree: &Dendrogram, ks: &[usize], ctx: &Ctx) -> Result<Vec<f64>, ClusterError> {
    let (n_rows, n_cols) = (x.n_rows(), x.n_cols());
    let mut sums = x.values().to_vec();
    sums.reserve(tree.merges.len() * n_cols);
    let size = |node: u32| if (node as usize) < n_rows { 1.0 } else { f64::from(tree.merges[node as usize - n_rows].size) };
    let mut after = Vec::with_capacity(tree.merges.len() + 1);
    let mut inertia = 0.0;
    after.push(inertia);
    for (i, merge) in tree.merges.iter().enumerate() {
        if i % 4096 == 0 {
            ctx.check()?;
        }
        let (left, right) = (merge.left as usize * n_cols, merge.right as usize * n_cols);
        let (left_size, right_size) = (size(merge.left), size(merge.right));
        let mut apart = 0.0;
        for col in 0..n_cols {
            let between = sums[left + col] / left_size - sums[right + col] / right_size;
            apart += between * between;
            sums.push(sums[left + col] + sums[right + col]);
        }
        inertia += left_size * right_size / (left_size + right_size) * apart;
        after.push(inertia);
    }
    Ok(ks.iter().map(|&k| after[tree.merges_for(k)]).collect())
}

/// Disjoint sets of rows (Tarjan 1975, "Efficiency of a good but not linear set union algorithm"; union by size, path halving).
#[derive(Debug, Clone)]
pub(super) struct Sets {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Sets {
    pub(super) fn new(n: usize) -> Sets {
        Sets { parent: (0..n as u32).collect(), size: vec![1; n] }
    }

    /// The set's representative.
    pub(super) fn find(&mut self, mut row: u32) -> u32 {
        while self.parent[row as usize] != row {
            let above = self.parent[self.parent[row as usize] as usize];
            self.parent[row as usize] = above;
            row = above;
        }
        row
    }

    /// Joins two sets by their representatives; the larger one's stays, of equal ones `a`'s.
    pub(super) fn join(&mut self, a: u32, b: u32) -> u32 {
        let (keep, lose) = if self.size[a as usize] >= self.size[b as usize] { (a, b) } else { (b, a) };
        self.parent[lose as usize] = keep;
        self.size[keep as usize] += self.size[lose as usize];
        keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows 0 | 1 on a line at 0, 1, 10, 12, 30 under single linkage.
    fn line() -> Dendrogram {
        Dendrogram::from_pairs(5, Linkage::Single, vec![(2, 3, 2.0), (3, 4, 18.0), (0, 1, 1.0), (1, 2, 9.0)])
    }

    #[test]
    fn numbered_as_scipy_does() {
        let merge = |left, right, height, size| Merge { left, right, height, size };
        assert_eq!(line().merges, [merge(0, 1, 1.0, 2), merge(2, 3, 2.0, 2), merge(5, 6, 9.0, 4), merge(4, 7, 18.0, 5)]);
        assert_eq!(line().row_from_leaf(), [4, 0, 1, 2, 3]);
    }

    #[test]
    fn cuts_by_number_and_height_agree() {
        let tree = line();
        for k in 1..=5 {
            let (low, high) = tree.height_for(k);
            assert_eq!(tree.clusters_at(low), k);
            assert_eq!(tree.cut_height(low), tree.cut_clusters(k));
            assert!(low < high && (high.is_infinite() || tree.clusters_at(high) < k));
        }
        assert_eq!(tree.cut_clusters(0), tree.cut_clusters(1));
        assert_eq!(tree.cut_clusters(99), tree.cut_clusters(5));
    }

    #[test]
    fn inertia_by_hand() {
        let x = Matrix::from_rows(&[[0.0], [1.0], [10.0], [12.0], [30.0]]).unwrap();
        assert_eq!(inertias(&x, &line(), &[5, 4, 3], &Ctx::new()).unwrap(), [0.0, 0.5, 2.5]);
        assert_eq!(line().inertia_by_k(&[1], 1.0), None);
    }

    #[test]
    fn a_branch_is_a_tree_and_anything_else_is_none() {
        let merge = |left, right, height, size| Merge { left, right, height, size };
        let branch = line().branch(&[0, 1, 2, 3]).unwrap();
        assert_eq!(branch.merges, [merge(0, 1, 1.0, 2), merge(2, 3, 2.0, 2), merge(4, 5, 9.0, 4)]);
        assert_eq!(line().branch(&[0, 1, 2, 3, 4]).unwrap(), line());
        assert_eq!((line().branch(&[1, 2]), line().branch(&[0, 1, 2])), (None, None));
        assert_eq!(line().branch(&[4]).map(|one| one.n_rows), Some(1));
    }

    #[test]
    fn no_rows_and_one_row() {
        for n in 0..2 {
            let tree = Dendrogram::from_pairs(n, Linkage::Ward, vec![]);
            assert_eq!((tree.row_from_leaf().len(), tree.cut_clusters(1).n_clusters(), tree.clusters_at(0.0)), (n, n, n));
        }
    }
}
