//! Which n - 1 edges hold all rows together at the least cost?
//!
//! In: rows in a kd-tree, core distances, each row's first candidate. Out: a minimum spanning tree of the mutual reachability distance
//! max(core_i, core_j, d_ij); with all core distances 0 that is single linkage. About O(n log² n) in few columns, memory O(n p).
//!
//! Borůvka 1926 with a kd-tree (March, Ram, Gray 2010, "Fast Euclidean minimum spanning tree"; McInnes, Healy 2017, "Accelerated hierarchical
//! density based clustering"): each round the smaller components, half of all rows at most, find their nearest outside row; an edge that is the
//! least out of any component belongs to the tree, so the large ones may wait until they are smaller than the rest or joined. What a row found
//! stays true until that row's component is joined; then the old distance still bounds the new one from below, and most rows need not search at
//! all. A row looks into its list first. The rows of a leaf search together and share what is best for their component; boxes inside one's own
//! component, or all of whose core distances are too large, are passed over. Of equal edges any will do for a minimum spanning tree; which one is
//! taken depends on the rows alone, never on threads.

use rayon::prelude::*;

use super::kdtree::{KdTree, LeafVisitor};
use super::lanes::{LANES, squared_distances, vectorised};
use super::neighbours::{Lists, Neighbours};
use super::tree::Sets;
use crate::base::{Ctx, Matrix, Stopped};

/// Leaves whose rows search at once before the components' bounds are lowered again: few at first, while the bounds are poor.
const BATCHES: [usize; 5] = [8, 16, 32, 64, 128];
/// Leaves searched between two looks at the stop flag.
const LEAVES: usize = 2;
const NONE: u32 = u32::MAX;
const STAGE: &str = "Linking neighbours";

/// An edge by its ends and its squared mutual reachability.
pub(super) type Edge = (u32, u32, f64);

/// The edges of a minimum spanning tree, unsorted. Of each list the first `n_listed` are used and no more, so that longer ones change nothing.
pub(super) fn spanning_tree(x: &Matrix, near: &Neighbours, cores: &[f64], n_listed: usize, ctx: &Ctx) -> Result<Vec<Edge>, Stopped> {
    let (n_rows, tree, lists) = (x.n_rows(), &near.tree, &near.lists);
    let least_cores = tree.fold(|rows| rows.iter().map(|&i| cores[i as usize]).fold(f64::INFINITY, f64::min), f64::min);
    let mut sets = Sets::new(n_rows);
    let mut component: Vec<u32> = (0..n_rows as u32).collect();
    let mut candidates: Vec<Candidate> = cores.iter().map(|&core| Candidate { squared: core, with: NONE }).collect();
    let mut edges: Vec<Edge> = Vec::with_capacity(n_rows.saturating_sub(1));
    while edges.len() + 1 < n_rows {
        ctx.progress(STAGE, edges.len() as f32 / n_rows as f32);
        ctx.check()?;
        let round = Round {
            x,
            tree,
            lists,
            n_listed: n_listed.min(lists.count),
            cores,
            least_cores: &least_cores,
            of_node: tree.fold(|rows| common(rows.iter().map(|&i| component[i as usize])), |a, b| if a == b { a } else { NONE }),
            component: &component,
            searches: smaller_half(&component),
        };
        let best = round.best_edges(&mut candidates, ctx)?;
        let mut found: Vec<Edge> = best.into_iter().filter(|edge| edge.1 != NONE).collect();
        found.sort_unstable_by(|a, b| a.2.total_cmp(&b.2).then(a.0.cmp(&b.0)));
        for edge in found {
            let (a, b) = (sets.find(edge.0), sets.find(edge.1));
            if a != b {
                sets.join(a, b);
                edges.push(edge);
            }
        }
        for row in 0..n_rows as u32 {
            component[row as usize] = sets.find(row);
        }
    }
    Ok(edges)
}

/// The nearest row outside known so far, or only a lower bound when `with` is none or has become one of us.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    squared: f64,
    with: u32,
}

/// Whether a component is among the smaller ones that have half of all rows together, or is the smallest. By representative.
fn smaller_half(component: &[u32]) -> Vec<bool> {
    let mut sizes = vec![0u32; component.len()];
    component.iter().for_each(|&of_row| sizes[of_row as usize] += 1);
    let mut by_size: Vec<u32> = (0..component.len() as u32).filter(|&representative| sizes[representative as usize] > 0).collect();
    by_size.sort_unstable_by_key(|&representative| (sizes[representative as usize], representative));
    let mut searches = vec![false; component.len()];
    let mut n_rows = 0;
    for (at, &representative) in by_size.iter().enumerate() {
        n_rows += sizes[representative as usize] as usize;
        searches[representative as usize] = at == 0 || 2 * n_rows <= component.len();
    }
    searches
}

/// The one value all have, or none.
fn common(mut values: impl Iterator<Item = u32>) -> u32 {
    let first = values.next().unwrap_or(NONE);
    if values.all(|value| value == first) { first } else { NONE }
}

/// What stands still during a round.
struct Round<'a> {
    x: &'a Matrix,
    tree: &'a KdTree,
    lists: &'a Lists,
    n_listed: usize,
    cores: &'a [f64],
    least_cores: &'a [f64],
    component: &'a [u32],
    /// The component all rows of a node are in, or none.
    of_node: Vec<u32>,
    /// The components whose least edge is looked for.
    searches: Vec<bool>,
}

/// The rows of one leaf that search, a bit per lane, and the least of their bounds.
struct Stale {
    bound: f64,
    leaf: u32,
    lanes: u32,
}

impl Round<'_> {
    /// The least edge out of every component that searches, at the component's representative.
    fn best_edges(&self, candidates: &mut [Candidate], ctx: &Ctx) -> Result<Vec<Edge>, Stopped> {
        candidates.par_iter_mut().enumerate().for_each(|(row, candidate)| self.look_into_list(row, candidate));
        ctx.check()?;
        let mut best: Vec<Edge> = vec![(NONE, NONE, f64::INFINITY); candidates.len()];
        for (row, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| candidate.with != NONE) {
            self.offer(&mut best, row as u32, *candidate);
        }
        let mut stale: Vec<Stale> = Vec::new();
        for leaf in 0..self.tree.n_leaves() {
            stale.extend(self.stale(leaf as u32, u32::MAX, candidates, &best));
        }
        stale.par_sort_unstable_by(|a, b| a.bound.total_cmp(&b.bound).then(a.leaf.cmp(&b.leaf)));
        // Small bounds first: what they find spares the others the search.
        let mut waiting = &stale[..];
        for size in BATCHES.into_iter().chain(std::iter::repeat(BATCHES[BATCHES.len() - 1])) {
            ctx.check()?;
            let (batch, rest) = waiting.split_at(size.min(waiting.len()));
            let batch: Vec<Stale> = batch.iter().filter_map(|stale| self.stale(stale.leaf, stale.lanes, candidates, &best)).collect();
            let found: Vec<Vec<(u32, Candidate)>> = batch
                .par_chunks(LEAVES)
                .map(|leaves| {
                    ctx.check()?;
                    Ok(vectorised(
                        #[inline(always)]
                        || self.search(leaves, &best),
                    ))
                })
                .collect::<Result<_, Stopped>>()?;
            for (row, found) in found.into_iter().flatten() {
                let candidate = &mut candidates[row as usize];
                *candidate = Candidate { squared: found.squared.max(candidate.squared), with: found.with };
                if found.with != NONE {
                    self.offer(&mut best, row, found);
                }
            }
            if rest.is_empty() {
                break;
            }
            waiting = rest;
        }
        Ok(best)
    }

    /// A row whose candidate has become one of us looks for another in its list. Rows not listed are no nearer than the last one there, so a
    /// listed row that is reached within that distance cannot be beaten; otherwise that distance is a bound.
    fn look_into_list(&self, row: usize, candidate: &mut Candidate) {
        let own = self.component[row];
        if !self.searches[own as usize] || (candidate.with != NONE && self.component[candidate.with as usize] != own) {
            return;
        }
        let mut nearest = Candidate { squared: f64::INFINITY, with: NONE };
        let mut last = candidate.squared;
        for (other, squared) in self.lists.of(row).take(self.n_listed) {
            last = squared.max(last);
            if self.component[other as usize] != own {
                let reach = squared.max(self.cores[row]).max(self.cores[other as usize]);
                if reach < nearest.squared {
                    nearest = Candidate { squared: reach, with: other };
                }
            }
        }
        *candidate = if nearest.squared <= last { nearest } else { Candidate { squared: last, with: NONE } };
    }

    fn offer(&self, best: &mut [Edge], row: u32, candidate: Candidate) {
        let own = self.component[row as usize] as usize;
        let edge = &mut best[own];
        if self.searches[own] && (candidate.squared < edge.2 || (candidate.squared == edge.2 && row < edge.0)) {
            *edge = (row, candidate.with, candidate.squared);
        }
    }

    /// Those of `lanes` that know no row outside and may find one better than their component has.
    fn stale(&self, leaf: u32, lanes: u32, candidates: &[Candidate], best: &[Edge]) -> Option<Stale> {
        let mut stale = Stale { bound: f64::INFINITY, leaf, lanes: 0 };
        for (lane, &row) in self.tree.leaf_rows(leaf as usize).iter().enumerate() {
            let (candidate, own) = (candidates[row as usize], self.component[row as usize] as usize);
            if lanes >> lane & 1 == 1 && candidate.with == NONE && self.searches[own] && candidate.squared < best[own].2 {
                stale.lanes |= 1 << lane;
                stale.bound = stale.bound.min(candidate.squared);
            }
        }
        (stale.lanes != 0).then_some(stale)
    }

    #[inline(always)]
    fn search(&self, leaves: &[Stale], best: &[Edge]) -> Vec<(u32, Candidate)> {
        let mut stack = Vec::new();
        let mut found = Vec::with_capacity(leaves.len() * LANES);
        for stale in leaves {
            let rows = self.tree.leaf_rows(stale.leaf as usize);
            let mut search = Outside::new(self, rows);
            for (lane, &row) in rows.iter().enumerate().filter(|(lane, _)| stale.lanes >> lane & 1 == 1) {
                let own = self.component[row as usize];
                (search.own[lane], search.core[lane], search.limit[lane]) = (own, self.cores[row as usize], best[own as usize].2);
            }
            search.only = common((0..rows.len()).filter(|lane| stale.lanes >> lane & 1 == 1).map(|lane| search.own[lane]));
            self.tree.search_together(stale.leaf as usize, &mut stack, &mut search);
            for (lane, &row) in rows.iter().enumerate().filter(|(lane, _)| stale.lanes >> lane & 1 == 1) {
                // Once another row of the component had found something nearer, this one stopped looking.
                let limit = search.limit[lane];
                let nearest = search.nearest[lane];
                found.push((row, if nearest.squared <= limit { nearest } else { Candidate { squared: limit, with: NONE } }));
            }
        }
        found
    }
}

/// A search of some rows of a leaf for the nearest row of another component.
struct Outside<'a> {
    round: &'a Round<'a>,
    rows: &'a [u32],
    own: [u32; LANES],
    /// The component of all that search, or none.
    only: u32,
    core: [f64; LANES],
    /// The best known to the row's component; 0 for rows that do not search.
    limit: [f64; LANES],
    nearest: [Candidate; LANES],
}

impl<'a> Outside<'a> {
    #[inline(always)]
    fn new(round: &'a Round<'a>, rows: &'a [u32]) -> Outside<'a> {
        let nearest = [Candidate { squared: f64::INFINITY, with: NONE }; LANES];
        Outside { round, rows, own: [NONE; LANES], only: NONE, core: [0.0; LANES], limit: [0.0; LANES], nearest }
    }
}

impl LeafVisitor for Outside<'_> {
    #[inline(always)]
    fn wants(&self, node: usize, squared: &[f64; LANES]) -> bool {
        let of_node = self.round.of_node[node];
        if of_node != NONE && of_node == self.only {
            return false;
        }
        let least_core = self.round.least_cores[node];
        let mut any = false;
        for ((&squared, &core), &limit) in squared.iter().zip(&self.core).zip(&self.limit) {
            any |= (squared < limit) & (core < limit) & (least_core < limit);
        }
        any
    }

    #[inline(always)]
    fn leaf(&mut self, node: usize, leaf: usize, block: &[[f64; LANES]], to_box: &[f64; LANES]) {
        let others = self.round.tree.leaf_rows(leaf);
        for (lane, &row) in self.rows.iter().enumerate() {
            let own = self.own[lane];
            if to_box[lane].max(self.core[lane]) >= self.limit[lane] || self.round.of_node[node] == own {
                continue;
            }
            let squared = squared_distances(block, self.round.x.row(row as usize));
            for (&other, &squared) in others.iter().zip(&squared) {
                if squared < self.limit[lane] && self.round.component[other as usize] != own {
                    let reach = squared.max(self.core[lane]).max(self.round.cores[other as usize]);
                    if reach < self.limit[lane] {
                        self.nearest[lane] = Candidate { squared: reach, with: other };
                        for (limit, &of_lane) in self.limit.iter_mut().zip(&self.own) {
                            *limit = if of_lane == own { reach } else { *limit };
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::lanes::squared_distance;
    use crate::cluster::neighbours::neighbours;

    /// Prim 1957 over all pairs: the weights of a minimum spanning tree, sorted.
    fn slow_weights(x: &Matrix, cores: &[f64]) -> Vec<f64> {
        let reach = |a: usize, b: usize| squared_distance(x.row(a), x.row(b)).max(cores[a]).max(cores[b]);
        let mut outside: Vec<(usize, f64)> = (1..x.n_rows()).map(|row| (row, reach(0, row))).collect();
        let mut weights = Vec::new();
        while let Some(at) = (0..outside.len()).min_by(|&a, &b| outside[a].1.total_cmp(&outside[b].1)) {
            let (joined, weight) = outside.swap_remove(at);
            weights.push(weight);
            outside.iter_mut().for_each(|(row, least)| *least = least.min(reach(joined, *row)));
        }
        weights.sort_by(f64::total_cmp);
        weights
    }

    #[test]
    fn weighs_what_prims_tree_weighs() {
        // Two heaps far apart, fine or on a grid with many ties and equal rows, in leaves that are full and leaves that are not.
        for (n_rows, n_cols, steps) in [(2, 1, 9), (17, 2, 5), (40, 1, 1), (500, 2, 15), (700, 3, 100_000), (333, 8, 3), (900, 2, 100_000)]
        {
            let value = |i: usize| (i.wrapping_mul(2_654_435_761) % 100_003 % steps) as f64;
            let heap = |i: usize| if (i / n_cols).is_multiple_of(3) { 4.0 * steps as f64 } else { 0.0 };
            let x = Matrix::new((0..n_rows * n_cols).map(|i| value(i) + heap(i)).collect(), n_rows, n_cols).unwrap();
            for (min_samples, n_listed) in [(1, 0), (1, 7), (2, 1), (2, 7), (8, 7), (9, 15), (17, 31)] {
                let near = neighbours(&x, n_listed + 1, &Ctx::new()).unwrap();
                if n_rows < min_samples {
                    continue;
                }
                let cores = near.core_distances(n_rows, min_samples);
                let mut weights: Vec<f64> =
                    spanning_tree(&x, &near, &cores, n_listed, &Ctx::new()).unwrap().into_iter().map(|edge| edge.2).collect();
                weights.sort_by(f64::total_cmp);
                assert_eq!(weights, slow_weights(&x, &cores), "{n_rows} rows, min_samples {min_samples}, {n_listed} listed");
            }
        }
    }

    #[test]
    fn the_smaller_components_search_and_always_one() {
        assert_eq!(smaller_half(&[0, 1, 2, 3]), [true, true, false, false]);
        assert_eq!(smaller_half(&[0, 0, 0, 3, 3, 5]), [false, false, false, true, false, true]);
        assert_eq!(smaller_half(&[1, 1, 2]), [false, false, true]);
        assert_eq!(smaller_half(&[0, 0, 2, 2, 2]), [true, false, false, false, false]);
    }
}
