//! Ward's tree without a matrix of distances.
//!
//! In: rows. Out: n - 1 merges as pairs of rows with heights in SciPy's scale. Memory O(n p); O(n log n) searches in few columns,
//! O(n²p) at worst.
//!
//! Ward 1963, "Hierarchical grouping to optimize an objective function", in the form R calls ward.D2: the distance of two clusters is
//! sqrt(2 ab / (a + b)) times the distance of their centroids, a and b being their sizes. That no merge brings a third cluster nearer
//! (Bruynooghe 1977, "reducibility") allows to merge all pairs at once that are each other's nearest, round by round; the tree is that of one merge
//! at a time. Müllner's nearest-neighbour chain (2013, "fastcluster"), which finds one pair at a time, leaves the other cores idle.
//! Only clusters that lost their nearest search again: many of them in a kd-tree with the least size of every box, a few by a plain scan.
//! Equal distances are ordered by a hash of the pair: it is the same seen from both sides, so a nearest pair always exists, and in
//! gridded data many do.

use rayon::prelude::*;

use super::ClusterError;
use super::kdtree::{KdTree, Visitor};
use super::lanes::{LANES, squared_distances, vectorised};
use crate::base::{Ctx, Matrix, Stopped};

const STAGE: &str = "Merging nearest pairs";
/// Searches that one parallel piece does between two looks at the stop flag.
const SEARCHES: usize = 64;
/// With fewer searches a plain scan beats building a tree.
const FEW_SEARCHES: usize = 96;

/// All merges of Ward's tree: a row of the one cluster, a row of the other, and the height.
pub(super) fn ward_pairs(x: &Matrix, ctx: &Ctx) -> Result<Vec<(u32, u32, f64)>, ClusterError> {
    ctx.check()?;
    let (mut clusters, mut pairs) = Clusters::new(x);
    let mut waiting: Vec<u32> = clusters.alive.clone();
    while clusters.alive.len() > 1 {
        clusters.search(&waiting, ctx)?;
        let merged = clusters.merge_mutual(&mut pairs);
        waiting = match merged {
            // Only rounding can leave no pair that is mutual; looking at everything again restores it.
            0 => clusters.alive.clone(),
            _ => clusters.alive.iter().copied().filter(|&c| clusters.nearest[c as usize].with == NONE).collect(),
        };
        ctx.progress(STAGE, pairs.len() as f32 / x.n_rows() as f32);
    }
    Ok(pairs)
}

const NONE: u32 = u32::MAX;

/// The nearest other cluster, and its squared Ward distance.
#[derive(Debug, Clone, Copy)]
struct Nearest {
    squared: f64,
    with: u32,
}

const NOBODY: Nearest = Nearest { squared: f64::INFINITY, with: NONE };

/// Clusters in slots; a cluster's slot is also one of its rows.
struct Clusters {
    n_cols: usize,
    centroids: Vec<f64>,
    sizes: Vec<f64>,
    nearest: Vec<Nearest>,
    alive: Vec<u32>,
    /// The clusters in blocks for plain scans; made when first needed, remade when half of it is dead.
    scan: Option<Scan>,
}

/// Live clusters side by side; a dead one is infinitely far.
struct Scan {
    slots: Vec<u32>,
    position: Vec<u32>,
    columns: Vec<[f64; LANES]>,
    sizes: Vec<[f64; LANES]>,
}

impl Clusters {
    /// Every group of equal rows is one cluster from the start: its merges at height 0 are the first pairs.
    fn new(x: &Matrix) -> (Clusters, Vec<(u32, u32, f64)>) {
        let n_rows = x.n_rows();
        let compare = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a.partial_cmp(b)).find_map(|o| o.filter(|o| o.is_ne()));
        let mut order: Vec<u32> = (0..n_rows as u32).collect();
        order.par_sort_unstable_by(|&a, &b| {
            compare(x.row(a as usize), x.row(b as usize)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(&b))
        });
        let mut sizes = vec![0.0; n_rows];
        let (mut alive, mut pairs) = (Vec::new(), Vec::with_capacity(n_rows));
        let mut first = NONE;
        for row in order {
            if first != NONE && compare(x.row(first as usize), x.row(row as usize)).is_none() {
                pairs.push((first, row, 0.0));
            } else {
                first = row;
                alive.push(row);
            }
            sizes[first as usize] += 1.0;
        }
        alive.sort_unstable();
        let clusters =
            Clusters { n_cols: x.n_cols(), centroids: x.values().to_vec(), sizes, nearest: vec![NOBODY; n_rows], alive, scan: None };
        (clusters, pairs)
    }

    fn centroid(&self, slot: u32) -> &[f64] {
        &self.centroids[slot as usize * self.n_cols..][..self.n_cols]
    }

    /// Finds the nearest other cluster of each that waits.
    fn search(&mut self, waiting: &[u32], ctx: &Ctx) -> Result<(), Stopped> {
        let found: Vec<Vec<Nearest>> = if waiting.len() <= FEW_SEARCHES {
            self.refresh_scan(ctx)?;
            let scan = self.scan.as_ref().expect("just refreshed");
            let one = |&slot: &u32| {
                ctx.check()?;
                Ok(vec![vectorised(
                    #[inline(always)]
                    || scan.nearest(slot, self.centroid(slot), self.sizes[slot as usize]),
                )])
            };
            // A scan of few clusters is not worth waking another thread.
            if self.alive.len() * waiting.len() < 4096 {
                waiting.iter().map(one).collect::<Result<_, Stopped>>()?
            } else {
                waiting.par_iter().map(one).collect::<Result<_, Stopped>>()?
            }
        } else {
            self.scan = None;
            let tree = KdTree::new(self.alive.len(), self.n_cols, |i| self.centroid(self.alive[i]), ctx)?;
            let smallest =
                tree.fold(|rows| rows.iter().map(|&i| self.sizes[self.alive[i as usize] as usize]).fold(f64::INFINITY, f64::min), f64::min);
            let searches = waiting.par_chunks(SEARCHES);
            searches
                .map(|slots| {
                    ctx.check()?;
                    Ok(vectorised(
                        #[inline(always)]
                        || self.search_tree(slots, &tree, &smallest),
                    ))
                })
                .collect::<Result<_, Stopped>>()?
        };
        for (&slot, nearest) in waiting.iter().zip(found.into_iter().flatten()) {
            self.nearest[slot as usize] = nearest;
        }
        Ok(())
    }

    #[inline(always)]
    fn search_tree(&self, slots: &[u32], tree: &KdTree, smallest: &[f64]) -> Vec<Nearest> {
        let mut stack = Vec::new();
        let mut found = Vec::with_capacity(slots.len());
        for &slot in slots {
            let mut search = Search { clusters: self, tree, smallest, slot, size: self.sizes[slot as usize], best: NOBODY };
            tree.search(self.centroid(slot), &mut stack, &mut search);
            found.push(search.best);
        }
        found
    }

    /// Merges every pair of clusters that are each other's nearest; whoever lost its nearest is left with none.
    fn merge_mutual(&mut self, pairs: &mut Vec<(u32, u32, f64)>) -> usize {
        let before = pairs.len();
        for &a in &self.alive {
            let Nearest { squared, with: b } = self.nearest[a as usize];
            if b == NONE || b < a || self.nearest[b as usize].with != a {
                continue;
            }
            pairs.push((a, b, squared.sqrt()));
            let (size_a, size_b) = (self.sizes[a as usize], self.sizes[b as usize]);
            let size = size_a + size_b;
            for col in 0..self.n_cols {
                let at = a as usize * self.n_cols + col;
                self.centroids[at] = (self.centroids[at] * size_a + self.centroids[b as usize * self.n_cols + col] * size_b) / size;
            }
            self.sizes[a as usize] = size;
            self.sizes[b as usize] = 0.0;
            if let Some(scan) = &mut self.scan {
                scan.merge(a, b, &self.centroids[a as usize * self.n_cols..][..self.n_cols], size);
            }
        }
        let merged = &pairs[before..];
        for &(a, b, _) in merged {
            self.nearest[a as usize] = NOBODY;
            self.nearest[b as usize] = NOBODY;
        }
        // A merged cluster is known by its nearest being nobody, so this must see the state before it changes any.
        let lost: Vec<u32> = self
            .alive
            .iter()
            .copied()
            .filter(|&c| {
                let with = self.nearest[c as usize].with;
                with != NONE && self.nearest[with as usize].with == NONE
            })
            .collect();
        for c in lost {
            self.nearest[c as usize] = NOBODY;
        }
        let sizes = &self.sizes;
        self.alive.retain(|&c| sizes[c as usize] > 0.0);
        pairs.len() - before
    }

    fn refresh_scan(&mut self, ctx: &Ctx) -> Result<(), Stopped> {
        if self.scan.as_ref().is_none_or(|scan| scan.slots.len() > 2 * self.alive.len()) {
            ctx.check()?;
            let n_blocks = self.alive.len().div_ceil(LANES);
            let mut scan = Scan {
                slots: self.alive.clone(),
                position: vec![0; self.sizes.len()],
                columns: vec![[f64::INFINITY; LANES]; n_blocks * self.n_cols],
                sizes: vec![[1.0; LANES]; n_blocks],
            };
            for (at, &slot) in self.alive.iter().enumerate() {
                scan.position[slot as usize] = at as u32;
                scan.put(at, self.centroid(slot), self.sizes[slot as usize]);
            }
            self.scan = Some(scan);
        }
        Ok(())
    }
}

impl Scan {
    fn put(&mut self, at: usize, centroid: &[f64], size: f64) {
        let n_cols = centroid.len();
        for (column, &value) in self.columns[at / LANES * n_cols..][..n_cols].iter_mut().zip(centroid) {
            column[at % LANES] = value;
        }
        self.sizes[at / LANES][at % LANES] = size;
    }

    fn merge(&mut self, kept: u32, gone: u32, centroid: &[f64], size: f64) {
        let (kept, gone) = (self.position[kept as usize] as usize, self.position[gone as usize] as usize);
        self.put(kept, centroid, size);
        for column in &mut self.columns[gone / LANES * centroid.len()..][..centroid.len()] {
            column[gone % LANES] = f64::INFINITY;
        }
    }

    #[inline(always)]
    fn nearest(&self, slot: u32, centroid: &[f64], size: f64) -> Nearest {
        let mut best = NOBODY;
        for (block, (columns, sizes)) in self.columns.chunks_exact(centroid.len()).zip(&self.sizes).enumerate() {
            let squared = ward_distances(&squared_distances(columns, centroid), sizes, size);
            take_nearer(&mut best, slot, &squared, |lane| self.slots[block * LANES + lane]);
        }
        best
    }
}

/// A search in the tree on behalf of one cluster.
struct Search<'a> {
    clusters: &'a Clusters,
    tree: &'a KdTree,
    smallest: &'a [f64],
    slot: u32,
    size: f64,
    best: Nearest,
}

impl Visitor for Search<'_> {
    #[inline(always)]
    fn wants(&self, node: usize, squared: f64) -> bool {
        // A tie may win by its hash, so equality is wanted too.
        ward_distance(squared, self.smallest[node], self.size) <= self.best.squared
    }

    #[inline(always)]
    fn leaf(&mut self, leaf: usize, squared: &[f64; LANES]) {
        let rows = self.tree.leaf_rows(leaf);
        let slot_of = |lane: usize| self.clusters.alive[rows[lane] as usize];
        let mut sizes = [1.0; LANES];
        for (lane, size) in sizes.iter_mut().enumerate().take(rows.len()) {
            *size = self.clusters.sizes[slot_of(lane) as usize];
        }
        take_nearer(&mut self.best, self.slot, &ward_distances(squared, &sizes, self.size), slot_of);
    }
}

/// Ward's squared distance from the squared distance of the centroids. Symmetric to the last bit.
#[inline(always)]
fn ward_distance(squared: f64, size: f64, other: f64) -> f64 {
    2.0 * (size * other) / (size + other) * squared
}

#[inline(always)]
fn ward_distances(squared: &[f64; LANES], sizes: &[f64; LANES], size: f64) -> [f64; LANES] {
    let mut distances = [0.0; LANES];
    for lane in 0..LANES {
        distances[lane] = ward_distance(squared[lane], sizes[lane], size);
    }
    distances
}

/// Takes the nearest lane that is not `slot` itself, if it is nearer than `best`.
#[inline(always)]
fn take_nearer(best: &mut Nearest, slot: u32, squared: &[f64; LANES], slot_of: impl Fn(usize) -> u32) {
    let least = squared.iter().fold(f64::INFINITY, |least, &d| if d < least { d } else { least });
    if least > best.squared || least == f64::INFINITY {
        return;
    }
    for (lane, &squared) in squared.iter().enumerate() {
        if squared > best.squared || squared == f64::INFINITY {
            continue;
        }
        let with = slot_of(lane);
        if with != slot && (squared < best.squared || pair_hash(slot, with) < pair_hash(slot, best.with)) {
            *best = Nearest { squared, with };
        }
    }
}

/// Orders pairs at equal distance, the same from both sides.
#[inline(always)]
fn pair_hash(a: u32, b: u32) -> (u64, u32) {
    let pair = (u64::from(a.min(b)) << 32) | u64::from(a.max(b));
    let mixed = (pair ^ (pair >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9), a.min(b))
}
