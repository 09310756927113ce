//! The epsilon explorer: sorted k-distances, and number of clusters, noise and the largest cluster over every epsilon.
//!
//! In: the density tree. Out: thinned lines. O(n log n) for sorting the distances, O(n) for the curves.

use crate::cluster::{DensityTree, EpsilonCurves};

use super::thin::thin;
use super::views::DensityPlot;

/// Points of the k-distance curve.
const MAX_DISTANCES: usize = 2_000;
/// Points of each curve over epsilon.
const MAX_STEPS: usize = 4_000;

/// The plots of a density tree. Epsilons end a fifth beyond the point from which on everything is one cluster (nothing happens
/// there but the last outliers coming in), and beyond every suggestion.
pub fn density(tree: &DensityTree) -> DensityPlot {
    let suggestions: Vec<_> = tree.suggested_epsilons().into_iter().map(|s| (s.epsilon, s.clusters, s.noise_share, s.reason)).collect();
    let curves = tree.curves();
    let beyond = suggestions.iter().map(|s| s.0).fold(0.0, f64::max);
    let epsilon_max = settled(curves).max(beyond) * 1.2;
    let n = tree.n_rows().max(1) as f64;
    DensityPlot {
        k_distance: k_distance(tree.k_distances()),
        clusters: steps(&curves.epsilon, &curves.clusters, 0.0, 1.0, epsilon_max),
        noise: steps(&curves.epsilon, &curves.noise, 1.0, 1.0 / n, epsilon_max),
        largest: steps(&curves.epsilon, &curves.largest, 0.0, 1.0 / n, epsilon_max),
        suggestions,
        min_samples: tree.min_samples(),
        epsilon_max,
    }
}

/// The distances from far to near against their rank.
fn k_distance(distances: &[f64]) -> Vec<[f64; 2]> {
    let mut distances = distances.to_vec();
    distances.sort_unstable_by(|a, b| b.total_cmp(a));
    thin(distances.into_iter().enumerate().map(|(rank, distance)| [rank as f64, distance]).collect(), MAX_DISTANCES)
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

    #[test]
    fn stairs_have_corners() {
        let line = steps(&[1.0, 2.0, 3.0, 9.0], &[2, 2, 1, 1], 0.0, 1.0, 4.0);
        assert_eq!(line, [[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [3.0, 2.0], [3.0, 1.0], [4.0, 1.0]]);
    }

    #[test]
    fn epsilons_end_where_one_cluster_is_left() {
        let curves = |clusters: Vec<u32>| EpsilonCurves {
            epsilon: (1..=clusters.len()).map(|e| e as f64).collect(),
            noise: vec![0; clusters.len()],
            largest: vec![0; clusters.len()],
            clusters,
            ..EpsilonCurves::default()
        };
        assert_eq!(settled(&curves(vec![1, 2, 1, 3, 1, 1, 1])), 5.0);
        assert_eq!(settled(&curves(vec![1, 2])), 2.0);
        assert_eq!(settled(&curves(vec![])), 0.0);
    }

    #[test]
    fn distances_fall() {
        assert_eq!(k_distance(&[1.0, 3.0, 2.0]), [[0.0, 3.0], [1.0, 2.0], [2.0, 1.0]]);
        let many: Vec<f64> = (0..50_000).map(f64::from).collect();
        let line = k_distance(&many);
        assert!(line.len() <= MAX_DISTANCES && line[0] == [0.0, 49_999.0]);
    }
}
