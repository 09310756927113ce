//! What does every epsilon give: how many clusters, how much noise, how large the largest?
//!
//! In: core distances, neighbours, spanning tree. Out: the curves as steps, exact at every epsilon, and values worth a look. One sweep over
//! all events in the order of epsilon, O(n m log n) for m = min_samples.
//!
//! Three things happen as epsilon grows: a row becomes core (a new cluster), an edge joins two clusters, a row that is not core comes within
//! reach of a core row (less noise). The first two fix the clusters, the third the noise; the largest cluster needs the owner of every border
//! row, which can change only when two clusters in whose reach it lies change their order, and those rows are looked at again just then.

use rayon::prelude::*;

use super::neighbours::Lists;
use super::tree::Sets;
use crate::base::{Ctx, Stopped};

/// The curves as steps: values hold from their epsilon up to the next. Below the first epsilon everything is noise.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EpsilonCurves {
    /// Rising epsilons at which anything changes.
    pub epsilon: Vec<f64>,
    /// Number of clusters.
    pub clusters: Vec<u32>,
    /// Rows in no cluster.
    pub noise: Vec<u32>,
    /// Rows in the largest cluster, border rows included.
    pub largest: Vec<u32>,
    /// Number of rows.
    pub n_rows: usize,
}

/// The curves at one epsilon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpsilonPoint {
    /// Number of clusters.
    pub clusters: usize,
    /// Rows in no cluster.
    pub noise: usize,
    /// Rows in the largest cluster.
    pub largest: usize,
}

/// A value of epsilon worth a look.
#[derive(Debug, Clone, PartialEq)]
pub struct EpsilonSuggestion {
    /// The value.
    pub epsilon: f64,
    /// Clusters it gives.
    pub clusters: usize,
    /// Share of rows in no cluster, 0 to 1.
    pub noise_share: f64,
    /// Why, in one sentence.
    pub reason: String,
}

/// Noise above this share makes an epsilon no suggestion.
const MOST_NOISE: f64 = 0.3;
/// More clusters than anybody looks at make no suggestion.
const MOST_CLUSTERS: u32 = 30;
/// Plateaus suggested.
const PLATEAUS: usize = 3;

/// Long stretches of epsilon (as ratios) with the same number of clusters, and the knee of the k-distances.
pub(super) fn suggest(curves: &EpsilonCurves, k_distances: &[f64], min_samples: usize) -> Vec<EpsilonSuggestion> {
    let n_rows = curves.n_rows.max(1) as f64;
    let suggestion = |epsilon: f64, reason: String| {
        let EpsilonPoint { clusters, noise, .. } = curves.at(epsilon);
        EpsilonSuggestion { epsilon, clusters, noise_share: noise as f64 / n_rows, reason }
    };
    let mut plateaus: Vec<(f64, f64, u32)> = Vec::new();
    for at in 0..curves.len() {
        let (from, clusters) = (curves.epsilon[at], curves.clusters[at]);
        let Some(&to) = curves.epsilon.get(at + 1) else { break };
        if !(2..=MOST_CLUSTERS).contains(&clusters) || from == 0.0 || f64::from(curves.noise[at]) > MOST_NOISE * n_rows {
            continue;
        }
        match plateaus.last_mut() {
            Some(last) if last.1 == from && last.2 == clusters => last.1 = to,
            _ => plateaus.push((from, to, clusters)),
        }
    }
    // A long plateau on which one cluster holds nearly everybody tells little, so length counts by the share that is outside of it.
    let worth = |&(from, to, _): &(f64, f64, u32)| (to / from).ln() * (1.0 - curves.at((from * to).sqrt()).largest as f64 / n_rows);
    plateaus.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    let mut suggestions: Vec<EpsilonSuggestion> = Vec::new();
    for (from, to, clusters) in plateaus {
        if suggestions.len() < PLATEAUS && suggestions.iter().all(|other| other.clusters != clusters as usize) {
            let reason = format!("{clusters} segments all the way from {} to {}", readable(from), readable(to));
            suggestions.push(suggestion((from * to).sqrt(), reason));
        }
    }
    if let Some(epsilon) = knee(k_distances) {
        let reason = format!("Knee of the distances to the {} nearest rows, each row itself counted", min_samples);
        suggestions.extend(Some(suggestion(epsilon, reason)).filter(|knee| (1..=MOST_CLUSTERS as usize).contains(&knee.clusters)));
    }
    suggestions
}

/// Where the falling curve is farthest below the straight line between its ends.
fn knee(falling: &[f64]) -> Option<f64> {
    let (&first, &last) = falling.first().zip(falling.last())?;
    let below = |i: usize| first + (last - first) * i as f64 / (falling.len() - 1) as f64 - falling[i];
    let at = (1..falling.len().saturating_sub(1)).max_by(|&a, &b| below(a).total_cmp(&below(b)).then(b.cmp(&a)))?;
    (below(at) > 0.0 && falling[at] > 0.0).then_some(falling[at])
}

/// Three significant digits, as a person would write them.
fn readable(value: f64) -> String {
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    format!("{value:.digits$}")
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Core(u32),
    Reach(u32, u32),
    Join(u32, u32),
}

impl EpsilonCurves {
    pub(super) fn new(cores: &[f64], neighbours: &Lists, edges: &[(u32, u32, f64)], ctx: &Ctx) -> Result<EpsilonCurves, Stopped> {
        ctx.progress("Counting segments at every epsilon", 0.95);
        let events = all_events(cores, neighbours, edges, ctx)?;
        let mut curves = EpsilonCurves { n_rows: cores.len(), ..EpsilonCurves::default() };
        let mut sweep = Sweep::new(cores.len(), neighbours);
        for (i, &(epsilon, event)) in events.iter().enumerate() {
            if i % 4096 == 0 {
                ctx.check()?;
            }
            sweep.epsilon = epsilon;
            match event {
                Event::Core(row) => sweep.core(row),
                Event::Reach(row, core) => sweep.reach(row, core),
                Event::Join(a, b) => sweep.join(a, b),
            }
            if events.get(i + 1).is_none_or(|next| next.0 > epsilon) {
                curves.push(epsilon, sweep.point());
            }
        }
        Ok(curves)
    }

    /// The values at `epsilon`. O(log n).
    pub fn at(&self, epsilon: f64) -> EpsilonPoint {
        match self.epsilon.partition_point(|&knot| knot <= epsilon) {
            0 => EpsilonPoint { clusters: 0, noise: self.n_rows, largest: 0 },
            after => self.point(after - 1),
        }
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.epsilon.len()
    }

    /// Whether nothing changes at any epsilon.
    pub fn is_empty(&self) -> bool {
        self.epsilon.is_empty()
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.epsilon.len() * (size_of::<f64>() + 3 * size_of::<u32>())
    }

    fn point(&self, at: usize) -> EpsilonPoint {
        EpsilonPoint { clusters: self.clusters[at] as usize, noise: self.noise[at] as usize, largest: self.largest[at] as usize }
    }

    fn push(&mut self, epsilon: f64, point: EpsilonPoint) {
        if self.epsilon.last().is_some_and(|_| self.point(self.len() - 1) == point) {
            return;
        }
        self.epsilon.push(epsilon);
        self.clusters.push(point.clusters as u32);
        self.noise.push(point.noise as u32);
        self.largest.push(point.largest as u32);
    }
}

/// Everything that happens, in order.
fn all_events(cores: &[f64], neighbours: &Lists, edges: &[(u32, u32, f64)], ctx: &Ctx) -> Result<Vec<(f64, Event)>, Stopped> {
    let mut events = Vec::with_capacity(cores.len() * 3);
    for (row, &core) in cores.iter().enumerate().filter(|(_, core)| core.is_finite()) {
        if row % 4096 == 0 {
            ctx.check()?;
        }
        events.push((core, Event::Core(row as u32)));
        for (other, distance) in neighbours.of(row) {
            let reached = distance.max(cores[other as usize]);
            if reached < core {
                events.push((reached, Event::Reach(row as u32, other)));
            }
        }
    }
    events.extend(edges.iter().map(|&(a, b, weight)| (weight, Event::Join(a, b))));
    ctx.check()?;
    events.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    Ok(events)
}

const NONE: u32 = u32::MAX;

/// The state at the current epsilon. What belongs to a cluster is kept at its representative.
struct Sweep<'a> {
    neighbours: &'a Lists,
    epsilon: f64,
    sets: Sets,
    is_core: Vec<bool>,
    /// The core row through which a border row belongs to its cluster.
    owner: Vec<u32>,
    /// A border row in the reach of two clusters; it may stay marked when these have become one.
    contested: Vec<bool>,
    first_core: Vec<u32>,
    sizes: Vec<u32>,
    /// Contested border rows in reach of the cluster.
    rivals: Vec<Vec<u32>>,
    clusters_of_size: Vec<u32>,
    largest: usize,
    clusters: usize,
    noise: usize,
}

impl Sweep<'_> {
    fn new(n_rows: usize, neighbours: &Lists) -> Sweep<'_> {
        Sweep {
            neighbours,
            epsilon: 0.0,
            sets: Sets::new(n_rows),
            is_core: vec![false; n_rows],
            owner: vec![NONE; n_rows],
            contested: vec![false; n_rows],
            first_core: (0..n_rows as u32).collect(),
            sizes: vec![0; n_rows],
            rivals: vec![Vec::new(); n_rows],
            clusters_of_size: vec![0; n_rows + 1],
            largest: 0,
            clusters: 0,
            noise: n_rows,
        }
    }

    fn point(&self) -> EpsilonPoint {
        EpsilonPoint { clusters: self.clusters, noise: self.noise, largest: self.largest }
    }

    fn core(&mut self, row: u32) {
        match self.owner[row as usize] {
            NONE => self.noise -= 1,
            owner => self.resize(owner, -1),
        }
        self.is_core[row as usize] = true;
        self.owner[row as usize] = row;
        self.clusters += 1;
        self.resize(row, 1);
    }

    fn reach(&mut self, row: u32, core: u32) {
        let owner = self.owner[row as usize];
        if owner == NONE {
            self.noise -= 1;
            self.owner[row as usize] = core;
            self.resize(core, 1);
            return;
        }
        let (old, new) = (self.sets.find(owner), self.sets.find(core));
        if old == new {
            return;
        }
        if !self.contested[row as usize] {
            self.contested[row as usize] = true;
            self.rivals[old as usize].push(row);
        }
        self.rivals[new as usize].push(row);
        if self.first_core[new as usize] < self.first_core[old as usize] {
            self.give(row, core);
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        for root in [a, b] {
            self.clusters_of_size[self.sizes[root as usize] as usize] -= 1;
        }
        // Only the cluster whose first row gets lower can win border rows from a third one.
        let (earlier, later) = if self.first_core[a as usize] < self.first_core[b as usize] { (a, b) } else { (b, a) };
        let first = self.first_core[earlier as usize];
        let size = self.sizes[a as usize] + self.sizes[b as usize];
        let mut short = std::mem::take(&mut self.rivals[later as usize]);
        let mut long = std::mem::take(&mut self.rivals[earlier as usize]);
        let root = self.sets.join(a, b);
        self.first_core[root as usize] = first;
        self.sizes[root as usize] = size;
        self.clusters_of_size[size as usize] += 1;
        self.clusters -= 1;
        self.largest = self.largest.max(size as usize);
        short.retain(|&row| !self.is_core[row as usize]);
        for &row in &short {
            self.settle(row);
        }
        if long.len() < short.len() {
            std::mem::swap(&mut long, &mut short);
        }
        long.append(&mut short);
        self.rivals[root as usize] = long;
        while self.clusters_of_size[self.largest] == 0 {
            self.largest -= 1;
        }
    }

    /// Gives a border row to the cluster with the lowest first core row among those in whose reach it is.
    fn settle(&mut self, row: u32) {
        let mut best = (NONE, self.owner[row as usize]);
        let (neighbours, epsilon) = (self.neighbours, self.epsilon);
        for (other, _) in neighbours.of(row as usize).take_while(|near| near.1 <= epsilon) {
            if self.is_core[other as usize] {
                let cluster = self.sets.find(other);
                best = best.min((self.first_core[cluster as usize], other));
            }
        }
        if self.sets.find(best.1) != self.sets.find(self.owner[row as usize]) {
            self.give(row, best.1);
        }
    }

    fn give(&mut self, row: u32, core: u32) {
        let old = std::mem::replace(&mut self.owner[row as usize], core);
        self.resize(old, -1);
        self.resize(core, 1);
    }

    /// Lets the cluster of `core` grow or shrink by one.
    fn resize(&mut self, core: u32, by: i32) {
        let root = self.sets.find(core) as usize;
        let old = self.sizes[root];
        let new = old.wrapping_add_signed(by);
        if old > 0 {
            self.clusters_of_size[old as usize] -= 1;
        }
        self.sizes[root] = new;
        self.clusters_of_size[new as usize] += 1;
        self.largest = self.largest.max(new as usize);
        while self.clusters_of_size[self.largest] == 0 {
            self.largest -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Matrix;
    use crate::cluster::density;

    #[test]
    fn curves_say_what_the_labels_say() {
        // Gridded rows in a scrambled order: many ties, many border rows between clusters.
        for (n, step, min_samples) in [(60usize, 37usize, 4usize), (90, 13, 3), (120, 7, 6), (40, 1, 1), (5, 1, 9)] {
            let at = |i: usize| ((i * step * 7919) % 101) as f64;
            let rows: Vec<[f64; 2]> = (0..n).map(|i| [at(i), (at(i + 3) / 9.0).floor()]).collect();
            let tree = density(&Matrix::from_rows(&rows).unwrap(), min_samples, &Ctx::new()).unwrap();
            let knots = tree.curves().epsilon.clone();
            let between = knots.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
            for epsilon in knots.iter().copied().chain(between).chain([0.0, 1e9]) {
                let labels = tree.labels_at(epsilon);
                let largest = labels.sizes().first().copied().unwrap_or(0);
                let point = EpsilonPoint { clusters: labels.n_clusters(), noise: labels.n_noise(), largest };
                assert_eq!(tree.at(epsilon), point, "epsilon {epsilon} of {n} rows, min_samples {min_samples}");
            }
        }
    }

    #[test]
    fn two_heaps_are_suggested() {
        let rows: Vec<[f64; 1]> = (0..40).map(|i| [(i % 20) as f64 * 0.1 + (i / 20) as f64 * 50.0]).collect();
        let tree = density(&Matrix::from_rows(&rows).unwrap(), 3, &Ctx::new()).unwrap();
        let best = &tree.suggested_epsilons()[0];
        assert_eq!((best.clusters, best.noise_share), (2, 0.0));
        assert!(best.epsilon > 0.2 && best.epsilon < 48.0, "{best:?}");
        assert_eq!(best.reason, "2 segments all the way from 0.100 to 48.1");
    }
}
