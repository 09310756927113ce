//! Which dense groups last longest while the neighborhood shrinks? HDBSCAN, from the tree that serves DBSCAN at every epsilon.
//!
//! In: a density tree, the least rows of a cluster. Out: labels, every row's membership, and the condensed tree they were read from.
//! O(n log n) where many rows tie and O(n) otherwise, memory O(n): a few milliseconds for 100 000 rows once the tree is there.
//!
//! Campello, Moulavi, Sander 2013, "Density-based clustering based on hierarchical density estimates", in the terms of McInnes, Healy 2017,
//! "Accelerated hierarchical density based clustering": lambda is 1 / distance; a cluster that loses fewer than `min_cluster_size` rows at once
//! goes on, one that falls into several of that size ends; of a cluster and those inside it the more stable side is taken ("excess of mass");
//! the cluster of all rows is never taken. As the paper asks, edges of equal weight count at once, so nothing depends on the order of rows.
//! scikit-learn takes them one by one instead: a row whose core distance is where a cluster falls apart goes to one of the parts there, with
//! us to none. As in scikit-learn min_samples counts the row itself.

use super::ClusterError;
use super::density::DensityTree;
use super::tree::Sets;
use crate::base::{Ctx, Labels, Stopped};

/// The labels with everything they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct Hdbscan {
    /// Cluster of every row.
    pub labels: Labels,
    /// How firmly each row belongs to its cluster, 0 to 1; 0 for noise. 1 is as dense as the cluster ever is as a whole.
    pub memberships: Vec<f64>,
    /// The least rows of a cluster it was made for.
    pub min_cluster_size: usize,
    /// The condensed tree: every cluster that was ever there, the one of all rows first, each after the one it came from.
    pub branches: Vec<Branch>,
    /// For each row the branch it was last in and the distance at which it left it; none where it never was in any.
    pub last: Vec<Option<(u32, f64)>>,
}

/// A cluster of the condensed tree. Distances fall while it lives.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The branch it came from; none for the one of all rows.
    pub parent: Option<u32>,
    /// The distance below which it is a cluster of its own; infinite for the one of all rows.
    pub birth: f64,
    /// The distance at which it ends: it falls into several, or all rows that were left leave at once.
    pub death: f64,
    /// Rows at its birth.
    pub size: usize,
    /// Excess of mass: over all its rows, the lambda at which they leave less that of its birth. Infinite for heaps of equal rows.
    pub stability: f64,
    /// The label of its rows where it was taken.
    pub label: Option<u32>,
}

/// The least rows of a cluster when the user leaves it open: one row in a hundred, but no fewer than a persona card needs to be named (31), as
/// long as that is no more than a tenth of the rows; never fewer than 5, the usual default.
pub fn suggested_min_cluster_size(n_rows: usize) -> usize {
    (n_rows / 100).max(31).min(n_rows / 10).max(5)
}

/// HDBSCAN's clusters of at least `min_cluster_size` rows.
pub fn hdbscan(tree: &DensityTree, min_cluster_size: usize, ctx: &Ctx) -> Result<Hdbscan, ClusterError> {
    if min_cluster_size < 2 {
        return Err(ClusterError::KnobTooSmall { knob: "The least segment size", value: min_cluster_size, least: 2 });
    }
    ctx.progress("Finding what lasts", 0.0);
    let Condensed { mut branches, last } = condense(&tree.edges, tree.n_rows(), min_cluster_size, ctx)?;
    ctx.check()?;
    let of_branch = taken(&branches);
    let taken_of = |row: usize| last[row].and_then(|(branch, _)| of_branch[branch as usize]);
    let labels = Labels::canonical(tree.n_rows(), branches.len(), |row| taken_of(row).map(|branch| branch as usize));
    let mut memberships = vec![0.0; tree.n_rows()];
    for row in 0..tree.n_rows() {
        if let (Some((_, left)), Some(branch)) = (last[row], taken_of(row)) {
            let branch = &mut branches[branch as usize];
            branch.label = labels.get(row).map(|label| label as u32);
            memberships[row] = if left <= branch.death { 1.0 } else { branch.death / left };
        }
    }
    if labels.n_clusters() == 0 {
        ctx.note(format!(
            "No group of at least {min_cluster_size} rows stands apart from the others; try a smaller one, or another method."
        ));
    }
    Ok(Hdbscan { labels, memberships, min_cluster_size, branches, last })
}

impl Hdbscan {
    /// The label of the branch itself or of what it came from, where one of them was taken.
    pub fn label_within(&self, branch: usize) -> Option<u32> {
        let mut at = Some(branch as u32);
        while let Some(branch) = at.map(|at| &self.branches[at as usize]) {
            if branch.label.is_some() {
                return branch.label;
            }
            at = branch.parent;
        }
        None
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        let rows = self.memberships.len() * (size_of::<f64>() + size_of::<Option<(u32, f64)>>());
        self.labels.bytes() + rows + self.branches.len() * size_of::<Branch>()
    }
}

struct Condensed {
    branches: Vec<Branch>,
    last: Vec<Option<(u32, f64)>>,
}

/// A component as it was before the edges of the current weight.
#[derive(Clone, Copy)]
struct Part {
    /// Representative of the component it becomes part of.
    joins: u32,
    root: u32,
    size: u32,
    branch: u32,
    /// Any of its rows, where it is in no branch yet.
    row: u32,
}

const NONE: u32 = u32::MAX;

/// The condensed tree from the bottom up, all edges of one weight at a time.
fn condense(edges: &[(u32, u32, f64)], n_rows: usize, least: usize, ctx: &Ctx) -> Result<Condensed, Stopped> {
    let mut last: Vec<Option<(u32, f64)>> = vec![None; n_rows];
    // From the bottom up a branch is met at its death first.
    let mut branches: Vec<Branch> = Vec::new();
    // What left which branch at which distance, in the order of rising distance: rows, or one branch with all its rows.
    let mut leavings: Vec<(u32, f64, u32)> = Vec::new();
    let mut sets = Sets::new(n_rows);
    // Kept at the representative: rows, and the branch a component has become.
    let mut size = vec![1u32; n_rows];
    let mut branch_of = vec![NONE; n_rows];
    // The rows of a component that is in no branch yet, in a ring, so that two of them join in one exchange.
    let mut ring: Vec<u32> = (0..n_rows as u32).collect();
    let mut parts: Vec<Part> = Vec::new();
    for (i, level) in edges.chunk_by(|a, b| a.2 == b.2).enumerate() {
        if i % 1024 == 0 {
            ctx.check()?;
        }
        let distance = level[0].2;
        parts.clear();
        for row in level.iter().flat_map(|&(a, b, _)| [a, b]) {
            let root = sets.find(row);
            parts.push(Part { joins: root, root, size: size[root as usize], branch: branch_of[root as usize], row });
        }
        for &(a, b, _) in level {
            let (a, b) = (sets.find(a), sets.find(b));
            let together = size[a as usize] + size[b as usize];
            size[sets.join(a, b) as usize] = together;
        }
        parts.iter_mut().for_each(|part| part.joins = sets.find(part.root));
        parts.sort_unstable_by_key(|part| (part.joins, part.root));
        parts.dedup_by_key(|part| part.root);
        for parts in parts.chunk_by(|a, b| a.joins == b.joins) {
            let joined = parts[0].joins as usize;
            if (size[joined] as usize) < least {
                parts[1..].iter().for_each(|part| ring.swap(parts[0].row as usize, part.row as usize));
                continue;
            }
            let mut grown = parts.iter().filter(|part| part.branch != NONE);
            let branch = match (grown.next(), grown.next()) {
                (Some(only), None) => only.branch,
                _ => {
                    branches.push(Branch {
                        parent: None,
                        birth: f64::INFINITY,
                        death: distance,
                        size: n_rows,
                        stability: 0.0,
                        label: None,
                    });
                    branches.len() as u32 - 1
                }
            };
            branch_of[joined] = branch;
            for part in parts.iter().filter(|part| part.branch != branch) {
                leavings.push((branch, distance, part.size));
                if part.branch != NONE {
                    let inner = &mut branches[part.branch as usize];
                    (inner.parent, inner.birth, inner.size) = (Some(branch), distance, part.size as usize);
                    continue;
                }
                let mut row = part.row;
                loop {
                    last[row as usize] = Some((branch, distance));
                    row = ring[row as usize];
                    if row == part.row {
                        break;
                    }
                }
            }
        }
    }
    for (branch, distance, rows) in leavings {
        let branch = &mut branches[branch as usize];
        branch.stability += (1.0 / distance - 1.0 / branch.birth) * f64::from(rows);
    }
    // The one of all rows was made last; it comes first.
    let turned = |branch: u32| branches.len() as u32 - 1 - branch;
    last.iter_mut().flatten().for_each(|(branch, _)| *branch = turned(*branch));
    let parents: Vec<Option<u32>> = branches.iter().map(|branch| branch.parent.map(turned)).collect();
    branches.iter_mut().zip(parents).for_each(|(branch, parent)| branch.parent = parent);
    branches.reverse();
    Ok(Condensed { branches, last })
}

/// For each branch the one that was taken among itself and those it came from. Of a branch and the best choice inside it the more stable
/// is taken, the branch itself when they are equal.
fn taken(branches: &[Branch]) -> Vec<Option<u32>> {
    let mut inside: Vec<Vec<f64>> = vec![Vec::new(); branches.len()];
    let mut is_better = vec![false; branches.len()];
    for (at, branch) in branches.iter().enumerate().rev() {
        // Added up by size, so that the order of branches born together does not matter.
        inside[at].sort_unstable_by(f64::total_cmp);
        let stability_inside: f64 = inside[at].iter().sum();
        is_better[at] = branch.parent.is_some() && stability_inside <= branch.stability;
        if let Some(parent) = branch.parent {
            inside[parent as usize].push(stability_inside.max(branch.stability));
        }
    }
    let mut taken: Vec<Option<u32>> = Vec::with_capacity(branches.len());
    for (at, branch) in branches.iter().enumerate() {
        let above = branch.parent.and_then(|parent| taken[parent as usize]);
        taken.push(above.or(is_better[at].then_some(at as u32)));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Matrix;
    use crate::cluster::density;

    fn on_a_line(at: &[f64], min_samples: usize, least: usize) -> Hdbscan {
        let x = Matrix::new(at.to_vec(), at.len(), 1).unwrap();
        hdbscan(&density(&x, min_samples, &Ctx::new()).unwrap(), least, &Ctx::new()).unwrap()
    }

    #[test]
    fn by_hand() {
        // With min_samples 1 the edges are the gaps: two groups of three, 8 apart, and one row 20 farther.
        let found = on_a_line(&[0.0, 1.0, 2.0, 10.0, 10.5, 12.5, 32.5], 1, 3);
        let labels: Vec<_> = found.labels.iter().collect();
        assert_eq!(labels, [Some(0), Some(0), Some(0), Some(1), Some(1), Some(1), None]);
        // All rows from infinity on: one leaves at 20, six fall into two groups at 8. Left: all leave at 1. Right: all leave at 2, when the
        // third goes and two are too few.
        let of: Vec<_> = found.branches.iter().map(|b| (b.parent, b.birth, b.death, b.size, b.stability, b.label)).collect();
        let root = (None, f64::INFINITY, 8.0, 7, 1.0 / 20.0 + 6.0 / 8.0, None);
        let (left, right) = ((Some(0), 8.0, 1.0, 3, 3.0 * (1.0 - 0.125), Some(0)), (Some(0), 8.0, 2.0, 3, 3.0 * (0.5 - 0.125), Some(1)));
        assert_eq!(of[0], root);
        assert!(of[1..] == [left, right] || of[1..] == [right, left], "{of:?}");
        assert_eq!(found.memberships, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
        assert_eq!((0..3).map(|branch| found.label_within(branch)).collect::<Vec<_>>(), of.iter().map(|b| b.5).collect::<Vec<_>>());
    }

    #[test]
    fn the_membership_falls_with_the_distance_at_which_a_row_leaves() {
        // 0, 1, 2 stay together down to 1; the row at 6 left at 4.
        let found = on_a_line(&[0.0, 1.0, 2.0, 6.0, 100.0, 101.0, 102.0], 1, 3);
        assert_eq!(found.memberships, [1.0, 1.0, 1.0, 0.25, 1.0, 1.0, 1.0]);
        assert_eq!(found.last[3].map(|(_, distance)| distance), Some(4.0));
    }

    #[test]
    fn heaps_of_equal_rows_last_for_ever() {
        let found = on_a_line(&[1.0, 1.0, 1.0, 1.0, 5.0, 5.0, 5.0, 9.0], 2, 3);
        assert_eq!((found.labels.sizes(), found.labels.n_noise()), (&[4, 3][..], 1));
        let stabilities: Vec<f64> = found.branches.iter().filter(|b| b.label.is_some()).map(|b| b.stability).collect();
        assert_eq!(stabilities, [f64::INFINITY; 2]);
        assert_eq!(found.memberships[..7], [1.0; 7]);
    }

    #[test]
    fn one_group_alone_is_none() {
        for at in [&[3.0][..], &[3.0, 3.0], &[2.0; 40], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]] {
            let found = on_a_line(at, 2, 3);
            assert_eq!((found.labels.n_rows(), found.labels.n_noise()), (at.len(), at.len()), "{at:?}");
        }
    }

    #[test]
    fn the_suggested_size_goes_with_the_rows() {
        assert_eq!([0, 40, 200, 1_000, 5_000, 100_000].map(suggested_min_cluster_size), [5, 5, 20, 31, 50, 1_000]);
    }
}
