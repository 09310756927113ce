//! The epsilon explorer: who is core, number of clusters, noise and the largest cluster over every epsilon.
//!
//! In: the density tree, or its parts. Out: thinned lines, candidates with their plateaus, and the exact curves for reading single values.
//! O(n) for the curves; one epsilon is then read in O(log n).

use crate::cluster::{DensityTree, EpsilonCurves, EpsilonSuggestion};

use super::thin::thin;
use super::views::{DensityPlot, EpsilonCandidate, EpsilonOutcome};

/// Points of each curve over epsilon.
const MAX_STEPS: usize = 4_000;
/// How much of the axis lies before the first step.
const BEFORE: f64 = 0.05;
/// The axis shows at least this many clusters, where there are as many.
const LEAST_TOP: f64 = 8.0;
/// How often the clusters of the largest candidate fit under the top of the axis.
const TOP_IN_CANDIDATES: f64 = 3.0;

/// The plots of a density tree.
pub fn density(tree: &DensityTree) -> DensityPlot {
    density_of(tree.curves().clone(), tree.k_distances().to_vec(), tree.min_samples(), tree.suggested_epsilons())
}

/// The plots of a density tree's parts; `k_distances` from far to near. Epsilons end a fifth beyond the point from which on everything
/// is one cluster (nothing happens there but the last outliers coming in), and beyond every suggestion.
pub fn density_of(curves: EpsilonCurves, k_distances: Vec<f64>, min_samples: usize, suggestions: Vec<EpsilonSuggestion>) -> DensityPlot {
    let beyond = suggestions.iter().map(|suggestion| suggestion.epsilon).fold(0.0, f64::max);
    let epsilon_max = settled(&curves).max(beyond) * 1.2;
    // Below the first step there is nothing but noise; a glimpse of that is enough.
    let first = curves.epsilon.first().copied().unwrap_or(0.0);
    let epsilon_min = (first - BEFORE * (epsilon_max - first)).max(0.0);
    let n = curves.n_rows.max(1) as f64;
    let nearest_first: Vec<f64> = k_distances.iter().rev().copied().collect();
    let n_core: Vec<u32> = (1..=nearest_first.len() as u32).collect();
    let mut plot = DensityPlot {
        core: steps(&nearest_first, &n_core, 0.0, 1.0 / n, epsilon_max),
        clusters: steps(&curves.epsilon, &curves.clusters, 0.0, 1.0, epsilon_max),
        noise: steps(&curves.epsilon, &curves.noise, 1.0, 1.0 / n, epsilon_max),
        largest: steps(&curves.epsilon, &curves.largest, 0.0, 1.0 / n, epsilon_max),
        candidates: Vec::new(),
        min_samples,
        epsilon_max,
        epsilon_min,
        curves,
        k_distances,
    };
    plot.candidates = suggestions
        .into_iter()
        .map(|EpsilonSuggestion { epsilon, reason, .. }| EpsilonCandidate {
            epsilon,
            outcome: plot.at(epsilon),
            plateau: plot.plateau(epsilon),
            reason,
        })
        .collect();
    plot
}

impl DensityPlot {
    /// What `epsilon` gives, exactly. O(log n).
    pub fn at(&self, epsilon: f64) -> EpsilonOutcome {
        let n = self.curves.n_rows.max(1) as f64;
        let point = self.curves.at(epsilon);
        let n_core = self.k_distances.len() - self.k_distances.partition_point(|&distance| distance > epsilon);
        EpsilonOutcome {
            clusters: point.clusters,
            noise: if self.curves.n_rows == 0 { 1.0 } else { point.noise as f64 / n },
            largest: point.largest as f64 / n,
            core: n_core as f64 / n,
        }
    }

    /// The stretch around `epsilon`, within what is drawn, on which the number of clusters stays the same.
    fn plateau(&self, epsilon: f64) -> [f64; 2] {
        let EpsilonCurves { epsilon: knots, clusters, .. } = &self.curves;
        let Some(at) = knots.partition_point(|&knot| knot <= epsilon).checked_sub(1) else { return [epsilon; 2] };
        let is_other = |&other: &u32| other != clusters[at];
        let from = clusters[..at].iter().rposition(is_other).map_or(0, |before| before + 1);
        let to = clusters[at..].iter().position(is_other).map_or(self.epsilon_max, |after| knots[at + after]);
        [knots[from], to.min(self.epsilon_max)]
    }

    /// The top of the axis for the number of clusters. Tiny epsilons may give hundreds of crumbs; beside them the few clusters anybody
    /// looks for would lie flat on the ground, so the axis ends above the candidates, and the crumbs leave through the top.
    pub fn clusters_top(&self) -> f64 {
        let most = self.most_clusters() as f64;
        let sought = self.candidates.iter().map(|candidate| candidate.outcome.clusters).max().unwrap_or(0) as f64;
        if sought == 0.0 { most.max(1.0) } else { most.min((sought * TOP_IN_CANDIDATES).max(LEAST_TOP)) }
    }

    /// The largest number of clusters any epsilon gives.
    pub fn most_clusters(&self) -> usize {
        self.curves.clusters.iter().copied().max().unwrap_or(0) as usize
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        let points = self.core.len() + self.clusters.len() + self.noise.len() + self.largest.len();
        points * size_of::<[f64; 2]>() + self.curves.bytes() + self.k_distances.len() * size_of::<f64>()
    }
}

/// The epsilon from which on there is just one cluster; the last one known if that never happens.
fn settled(curves: &EpsilonCurves) -> f64 {
    let from = curves.clusters.iter().rposition(|&clusters| clusters != 1).map_or(0, |last| last + 1);
    curves.epsilon.get(from).or(curves.epsilon.last()).copied().unwrap_or(0.0)
}

/// A staircase with its corners: the value holds from one epsilon to the next, and is `before` below the first.
fn steps(epsilons: &[f64], values: &[u32], before: f64, factor: f64, epsilon_max: f64) -> Vec<[f64; 2]> {
    let mut line = vec![[0.0, before]];
    let mut level = before;
    for (&epsilon, &value) in epsilons.iter().zip(values).take_while(|(epsilon, _)| **epsilon <= epsilon_max) {
        let value = f64::from(value) * factor;
        if value != level {
            line.extend([[epsilon, level], [epsilon, value]]);
            level = value;
        }
    }
    line.push([epsilon_max, level]);
    thin(line, MAX_STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves(clusters: &[u32]) -> EpsilonCurves {
        EpsilonCurves {
            epsilon: (1..=clusters.len()).map(|e| e as f64).collect(),
            noise: vec![2; clusters.len()],
            largest: vec![5; clusters.len()],
            clusters: clusters.to_vec(),
            n_rows: 8,
        }
    }

    #[test]
    fn stairs_have_corners() {
        let line = steps(&[1.0, 2.0, 3.0, 9.0], &[2, 2, 1, 1], 0.0, 1.0, 4.0);
        assert_eq!(line, [[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [3.0, 2.0], [3.0, 1.0], [4.0, 1.0]]);
    }

    #[test]
    fn epsilons_end_where_one_cluster_is_left() {
        assert_eq!(settled(&curves(&[1, 2, 1, 3, 1, 1, 1])), 5.0);
        assert_eq!(settled(&curves(&[1, 2])), 2.0);
        assert_eq!(settled(&curves(&[])), 0.0);
    }

    #[test]
    fn a_candidate_knows_its_plateau_and_what_it_gives() {
        let suggestion = EpsilonSuggestion { epsilon: 3.5, clusters: 4, noise_share: 0.2, reason: "Long.".into() };
        let plot = density_of(curves(&[9, 4, 4, 4, 1]), vec![7.0, 3.5, 3.5, 1.0], 3, vec![suggestion]);
        let outcome = EpsilonOutcome { clusters: 4, noise: 0.25, largest: 0.625, core: 0.375 };
        let candidate = EpsilonCandidate { epsilon: 3.5, outcome, plateau: [2.0, 5.0], reason: "Long.".into() };
        assert_eq!(plot.candidates, [candidate]);
        assert_eq!((plot.epsilon_min, plot.epsilon_max), (0.75, 6.0));
        assert_eq!(plot.core, [[0.0, 0.0], [1.0, 0.0], [1.0, 0.125], [3.5, 0.125], [3.5, 0.25], [3.5, 0.25], [3.5, 0.375], [6.0, 0.375]]);
        assert_eq!((plot.at(0.5).clusters, plot.at(0.5).noise, plot.at(7.0).core), (0, 1.0, 0.5));
        assert_eq!((plot.plateau(0.5), plot.plateau(1.0), plot.plateau(99.0)), ([0.5, 0.5], [1.0, 2.0], [5.0, 6.0]));
        assert_eq!(DensityPlot::default().at(1.0), EpsilonOutcome { noise: 1.0, ..EpsilonOutcome::default() });
    }

    #[test]
    fn crumbs_do_not_flatten_the_candidates() {
        let plot = |clusters: &[u32], epsilons: &[f64]| {
            let suggestion = |&epsilon: &f64| EpsilonSuggestion { epsilon, clusters: 0, noise_share: 0.0, reason: String::new() };
            density_of(curves(clusters), vec![], 3, epsilons.iter().map(suggestion).collect())
        };
        assert_eq!(plot(&[300, 4, 1], &[2.0]).clusters_top(), 12.0);
        assert_eq!(plot(&[300, 2, 1], &[2.0]).clusters_top(), 8.0);
        assert_eq!(plot(&[5, 4, 1], &[2.0]).clusters_top(), 5.0, "nothing is cut off where all fits");
        assert_eq!(plot(&[300, 4, 1], &[]).clusters_top(), 300.0, "without candidates everything is shown");
    }

    #[test]
    fn the_share_of_core_customers_rises() {
        let many: Vec<f64> = (1..=50_000).rev().map(f64::from).collect();
        let curves = EpsilonCurves { epsilon: vec![50_000.0], clusters: vec![1], noise: vec![0], largest: vec![50_000], n_rows: 50_000 };
        let plot = density_of(curves, many, 3, vec![]);
        assert!(plot.core.len() <= MAX_STEPS && plot.core.is_sorted_by(|a, b| a[0] <= b[0] && a[1] <= b[1]));
        assert_eq!((plot.core.last().map(|point| point[1]), plot.at(25_000.0).core), (Some(1.0), 0.5));
    }
}
