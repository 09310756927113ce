//! DBSCAN at every epsilon, from one tree.
//!
//! In: a matrix, its neighbour lists, min_samples. Out: core distances, neighbours, a spanning tree, from which the labels at any epsilon follow
//! in O(n). O(n log n) searches in few columns, O(n²p) at worst; memory O(n (p + min_samples)).
//!
//! Ester, Kriegel, Sander, Xu 1996, "A density-based algorithm for discovering clusters", read from the mutual reachability tree of Campello,
//! Moulavi, Sander 2013, "Density-based clustering based on hierarchical density estimates". A row is core when min_samples rows, itself
//! counted, lie within epsilon. As in scikit-learn, "within" is tested on squared distances, and a border row belongs to the first of the
//! clusters in reach, clusters being numbered by their first core row.

use rayon::prelude::*;

use super::ClusterError;
use super::epsilon::{self, EpsilonCurves, EpsilonPoint, EpsilonSuggestion};
use super::neighbours::{Lists, Neighbours, list_length, neighbours};
use super::spanning::spanning_tree;
use super::tree::Sets;
use crate::base::{Ctx, Labels, Matrix};

/// Everything DBSCAN needs at any epsilon. All distances are the least epsilon that reaches them.
#[derive(Debug, Clone, PartialEq)]
pub struct DensityTree {
    pub(super) min_samples: usize,
    pub(super) cores: Vec<f64>,
    neighbours: Lists,
    /// Spanning tree by rising weight; none when there are fewer rows than min_samples.
    pub(super) edges: Vec<(u32, u32, f64)>,
    k_distances: Vec<f64>,
    curves: EpsilonCurves,
}

/// Builds the tree for one `min_samples`; every epsilon is then free.
pub fn density(x: &Matrix, min_samples: usize, ctx: &Ctx) -> Result<DensityTree, ClusterError> {
    if min_samples == 0 {
        return Err(ClusterError::KnobTooSmall { knob: "The least number of neighbours", value: 0, least: 1 });
    }
    density_from(x, &neighbours(x, list_length(min_samples), ctx)?, min_samples, ctx)
}

/// The same from the neighbours of `x`, made for `min_samples` rows or more. Longer lists give the same bytes.
pub fn density_from(x: &Matrix, near: &Neighbours, min_samples: usize, ctx: &Ctx) -> Result<DensityTree, ClusterError> {
    if min_samples == 0 {
        return Err(ClusterError::KnobTooSmall { knob: "The least number of neighbours", value: 0, least: 1 });
    }
    if near.length() < min_samples {
        return Err(ClusterError::KnobTooSmall { knob: "The length of the neighbour lists", value: near.length(), least: min_samples });
    }
    ctx.check()?;
    let cores = near.core_distances(x.n_rows(), min_samples);
    let mut edges = match x.n_rows() < min_samples {
        true => Vec::new(),
        false => spanning_tree(x, near, &cores, list_length(min_samples) - 1, ctx)?,
    };
    ctx.check()?;
    edges.par_sort_unstable_by(|a, b| a.2.total_cmp(&b.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    edges.iter_mut().for_each(|edge| edge.2 = least_epsilon(edge.2));
    let cores: Vec<f64> = cores.iter().map(|&squared| least_epsilon(squared)).collect();
    let neighbours = near.lists.first(min_samples - 1, least_epsilon);
    let mut k_distances: Vec<f64> = cores.iter().copied().filter(|core| core.is_finite()).collect();
    k_distances.par_sort_unstable_by(|a, b| b.total_cmp(a));
    let curves = EpsilonCurves::new(&cores, &neighbours, &edges, ctx)?;
    Ok(DensityTree { min_samples, cores, neighbours, edges, k_distances, curves })
}

impl DensityTree {
    /// DBSCAN's labels at `epsilon`. O(n min_samples), a few milliseconds for 100 000 rows.
    pub fn labels_at(&self, epsilon: f64) -> Labels {
        let n_rows = self.cores.len();
        let mut sets = Sets::new(n_rows);
        for &(a, b, _) in &self.edges[..self.edges.partition_point(|edge| edge.2 <= epsilon)] {
            let (a, b) = (sets.find(a), sets.find(b));
            sets.join(a, b);
        }
        let is_core = |row: usize| self.cores[row] <= epsilon;
        // Clusters in the order of their first core row.
        let mut of_root = vec![usize::MAX; n_rows];
        let mut of_row = vec![usize::MAX; n_rows];
        let mut n_clusters = 0;
        for row in (0..n_rows).filter(|&row| is_core(row)) {
            let cluster = &mut of_root[sets.find(row as u32) as usize];
            if *cluster == usize::MAX {
                *cluster = n_clusters;
                n_clusters += 1;
            }
            of_row[row] = *cluster;
        }
        Labels::canonical(n_rows, n_clusters, |row| {
            if is_core(row) {
                return Some(of_row[row]);
            }
            // Whoever is within epsilon of a row that is not core is nearer than its core distance, hence in its list.
            let near = self.neighbours.of(row).take_while(|&(_, distance)| distance <= epsilon);
            near.filter(|&(other, _)| is_core(other as usize)).map(|(other, _)| of_row[other as usize]).min()
        })
    }

    /// Clusters, noise and the largest cluster at every epsilon where any of them changes.
    pub fn curves(&self) -> &EpsilonCurves {
        &self.curves
    }

    /// The curves at one epsilon. O(log n).
    pub fn at(&self, epsilon: f64) -> EpsilonPoint {
        self.curves.at(epsilon)
    }

    /// Every row's distance to its (min_samples - 1)-th neighbour, largest first, as k-distance plots show it. Empty when there are fewer rows.
    pub fn k_distances(&self) -> &[f64] {
        &self.k_distances
    }

    /// The distance from which on each row is core; infinite when there are fewer rows than min_samples.
    pub fn core_distances(&self) -> &[f64] {
        &self.cores
    }

    /// The min_samples the tree was built for.
    pub fn min_samples(&self) -> usize {
        self.min_samples
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.cores.len()
    }

    /// Values of epsilon worth a look, the best supported first, each with its reason.
    pub fn suggested_epsilons(&self) -> Vec<EpsilonSuggestion> {
        epsilon::suggest(&self.curves, &self.k_distances, self.min_samples)
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        let rows = self.cores.len() * 2 * size_of::<f64>();
        let lists = self.neighbours.rows.len() * (size_of::<u32>() + size_of::<f64>());
        rows + lists + self.edges.len() * size_of::<(u32, u32, f64)>() + self.curves.bytes()
    }
}

/// The single linkage merges of all rows: their Euclidean minimum spanning tree.
pub(super) fn single_pairs(x: &Matrix, ctx: &Ctx) -> Result<Vec<(u32, u32, f64)>, ClusterError> {
    let near = neighbours(x, 1, ctx)?;
    let edges = spanning_tree(x, &near, &near.core_distances(x.n_rows(), 1), 0, ctx)?;
    Ok(edges.into_iter().map(|(a, b, squared)| (a, b, squared.sqrt())).collect())
}

/// The least epsilon with `epsilon * epsilon >= squared`, so that comparing epsilons is the same as comparing squares.
pub(super) fn least_epsilon(squared: f64) -> f64 {
    let mut epsilon = squared.sqrt();
    while epsilon * epsilon < squared {
        epsilon = epsilon.next_up();
    }
    // Squares below the normal range are so coarse that the least one would be far away; no data live there.
    while squared > f64::MIN_POSITIVE && squared.is_finite() && epsilon.next_down() * epsilon.next_down() >= squared {
        epsilon = epsilon.next_down();
    }
    epsilon
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_epsilon_that_reaches() {
        for squared in [0.0, 2.0, 0.09, 0.1 * 0.1 + 0.2 * 0.2, 1e-290, 25.0, 5e-324, f64::INFINITY] {
            let epsilon = least_epsilon(squared);
            assert!(epsilon * epsilon >= squared);
            assert!(squared < 1e-300 || squared.is_infinite() || epsilon.next_down() * epsilon.next_down() < squared);
        }
    }

    #[test]
    fn lists_of_any_length_give_the_same_bytes() {
        for (n_rows, n_cols, steps) in [(700, 2, 12), (500, 3, 4), (900, 3, 100_000), (10, 2, 50), (60, 1, 1)] {
            let value = |i: usize| (i.wrapping_mul(2_654_435_761) % 100_003 % steps) as f64;
            let x = Matrix::new((0..n_rows * n_cols).map(value).collect(), n_rows, n_cols).unwrap();
            let lists = [8, 16, 64].map(|length| neighbours(&x, length, &Ctx::new()).unwrap());
            for min_samples in [1, 2, 5, 8, 9, 16, 40] {
                let alone = density(&x, min_samples, &Ctx::new()).unwrap();
                for near in &lists {
                    let tree = density_from(&x, near, min_samples, &Ctx::new());
                    match near.length() < min_samples {
                        true => assert!(matches!(tree, Err(ClusterError::KnobTooSmall { .. }))),
                        false => assert_eq!(tree.unwrap(), alone, "{n_rows} rows, min_samples {min_samples}, lists of {}", near.length()),
                    }
                }
            }
        }
    }

    #[test]
    fn a_border_row_goes_to_the_cluster_with_the_first_core_row() {
        // Two heaps whose inner rows, at 1 and 3, both reach the row at 2.
        let at = [3.0, 4.0, 4.0, 4.0, 4.0, 2.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let x = Matrix::new(at.to_vec(), at.len(), 1).unwrap();
        let tree = density(&x, 5, &Ctx::new()).unwrap();
        let labels = tree.labels_at(1.0);
        assert_eq!(labels.get(5), labels.get(0));
        assert_eq!((labels.n_clusters(), labels.n_noise(), labels.sizes()), (2, 0, &[6, 5][..]));
    }
}
