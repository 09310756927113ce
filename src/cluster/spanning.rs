//! Which n - 1 edges hold all rows together at the least cost?
//!
//! In: rows in a kd-tree, core distances, each row's first candidate. Out: a minimum spanning tree of the mutual reachability distance
//! max(core_i, core_j, d_ij); with all core distances 0 that is single linkage. About O(n log² n) in few columns, memory O(n p).
//!
//! Borůvka 1926 with a kd-tree (March, Ram, Gray 2010, "Fast Euclidean minimum spanning tree"; McInnes, Healy 2017, "Accelerated hierarchical
//! density based clustering"): each round every component finds its nearest outside row. What a row found stays true until that row's component
//! is joined; then the old distance still bounds the new one from below, and most rows need not search at all. Boxes inside one's own
//! component, or all of whose core distances are too large, are passed over. Of equal edges any will do for a minimum spanning tree; which one is taken
//! depends on the rows alone, never on threads.

use rayon::prelude::*;

use super::kdtree::{KdTree, Visitor};
use super::lanes::{LANES, vectorised};
use super::neighbours::{Lists, Neighbours};
use super::tree::Sets;
use crate::base::{Ctx, Matrix, Stopped};

/// Rows that search at once before the components' bounds are lowered again.
const BATCH: usize = 2048;
/// Searches between two looks at the stop flag.
const SEARCHES: usize = 32;
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
    let mut candidates = first_candidates(cores, lists, n_listed, ctx)?;
    let mut edges: Vec<Edge> = Vec::with_capacity(n_rows.saturating_sub(1));
    while edges.len() + 1 < n_rows {
        ctx.progress(STAGE, 0.3 + 0.7 * edges.len() as f32 / n_rows as f32);
        ctx.check()?;
        let round = Round {
            x,
            tree,
            cores,
            least_cores: &least_cores,
            of_node: tree.fold(|rows| common(rows.iter().map(|&i| component[i as usize])), |a, b| if a == b { a } else { NONE }),
            component: &component,
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

/// From the lists of neighbours: rows not in the list are no nearer than the core distance, so a listed row that reaches it cannot be beaten.
fn first_candidates(cores: &[f64], lists: &Lists, n_listed: usize, ctx: &Ctx) -> Result<Vec<Candidate>, Stopped> {
    ctx.check()?;
    let first = |row: usize| {
        let best = lists.of(row).take(n_listed).find(|&(other, squared)| squared <= cores[row] && cores[other as usize] <= cores[row]);
        Candidate { squared: cores[row], with: best.map_or(NONE, |(other, _)| other) }
    };
    Ok((0..cores.len()).into_par_iter().map(first).collect())
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
    cores: &'a [f64],
    least_cores: &'a [f64],
    component: &'a [u32],
    /// The component all rows of a node are in, or none.
    of_node: Vec<u32>,
}

impl Round<'_> {
    /// The least edge out of every component, at the component's representative.
    fn best_edges(&self, candidates: &mut [Candidate], ctx: &Ctx) -> Result<Vec<Edge>, Stopped> {
        let component = self.component;
        let mut best: Vec<Edge> = vec![(NONE, NONE, f64::INFINITY); candidates.len()];
        let offer = |best: &mut Vec<Edge>, row: u32, candidate: Candidate| {
            let edge = &mut best[component[row as usize] as usize];
            if candidate.squared < edge.2 || (candidate.squared == edge.2 && row < edge.0) {
                *edge = (row, candidate.with, candidate.squared);
            }
        };
        let mut stale: Vec<(f64, u32)> = Vec::new();
        for (row, candidate) in candidates.iter().enumerate() {
            if candidate.with != NONE && component[candidate.with as usize] != component[row] {
                offer(&mut best, row as u32, *candidate);
            } else {
                stale.push((candidate.squared, row as u32));
            }
        }
        let hopeful = |best: &[Edge], bound: f64, row: u32| bound < best[component[row as usize] as usize].2;
        stale.retain(|&(bound, row)| hopeful(&best, bound, row));
        stale.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        // Small bounds first: what they find spares the others the search.
        for batch in stale.chunks(BATCH) {
            ctx.check()?;
            let batch: Vec<u32> = batch.iter().filter(|&&(bound, row)| hopeful(&best, bound, row)).map(|&(_, row)| row).collect();
            let found: Vec<Vec<Candidate>> = batch
                .par_chunks(SEARCHES)
                .map(|rows| {
                    ctx.check()?;
                    Ok(vectorised(
                        #[inline(always)]
                        || self.search(rows, &best),
                    ))
                })
                .collect::<Result<_, Stopped>>()?;
            for (&row, found) in batch.iter().zip(found.into_iter().flatten()) {
                candidates[row as usize] = found;
                if found.with != NONE {
                    offer(&mut best, row, found);
                }
            }
        }
        Ok(best)
    }

    #[inline(always)]
    fn search(&self, rows: &[u32], best: &[Edge]) -> Vec<Candidate> {
        let mut stack = Vec::new();
        let mut found = Vec::with_capacity(rows.len());
        for &row in rows {
            let own = self.component[row as usize];
            let limit = best[own as usize].2;
            let mut search = Outside { round: self, own, core: self.cores[row as usize], best: Candidate { squared: limit, with: NONE } };
            self.tree.search(self.x.row(row as usize), &mut stack, &mut search);
            found.push(search.best);
        }
        found
    }
}

/// A search for the nearest row of another component.
struct Outside<'a> {
    round: &'a Round<'a>,
    own: u32,
    core: f64,
    best: Candidate,
}

impl Visitor for Outside<'_> {
    #[inline(always)]
    fn wants(&self, node: usize, squared: f64) -> bool {
        squared < self.best.squared
            && self.core < self.best.squared
            && self.round.least_cores[node] < self.best.squared
            && self.round.of_node[node] != self.own
    }

    #[inline(always)]
    fn leaf(&mut self, leaf: usize, squared: &[f64; LANES]) {
        for (&row, &squared) in self.round.tree.leaf_rows(leaf).iter().zip(squared) {
            if squared < self.best.squared && self.round.component[row as usize] != self.own {
                let reach = squared.max(self.core).max(self.round.cores[row as usize]);
                if reach < self.best.squared {
                    self.best = Candidate { squared: reach, with: row };
                }
            }
        }
    }
}
