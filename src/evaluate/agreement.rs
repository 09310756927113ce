//! Which clusters of two labelings are the same customers?
//!
//! In: two labelings of the same rows, or their overlap. Out: overlap and Jaccard tables, adjusted Rand index, the matching of clusters that keeps
//! the most rows together. Tables O(n + a b); matching O(m³) for m = max(a, b) clusters.

use crate::base::Labels;

/// Rows shared by cluster i of `a` and cluster j of `b`, at `[i][j]`. Rows that are noise in either count nowhere.
pub fn overlap(a: &Labels, b: &Labels) -> Vec<Vec<usize>> {
    let mut shared = vec![vec![0; b.n_clusters()]; a.n_clusters()];
    for (of_a, of_b) in a.iter().zip(b.iter()) {
        if let (Some(of_a), Some(of_b)) = (of_a, of_b) {
            shared[of_a][of_b] += 1;
        }
    }
    shared
}

/// Shared rows over rows in either (Jaccard 1901), for every pair of clusters.
pub fn jaccard(a: &Labels, b: &Labels) -> Vec<Vec<f64>> {
    let mut table: Vec<Vec<f64>> = Vec::new();
    for (shared, &size_a) in overlap(a, b).iter().zip(a.sizes()) {
        table.push(shared.iter().zip(b.sizes()).map(|(&both, &size_b)| both as f64 / (size_a + size_b - both) as f64).collect());
    }
    table
}

/// The adjusted Rand index (Hubert, Arabie 1985, "Comparing partitions"): 1 for equal partitions, about 0 for unrelated ones. Noise counts as one
/// more cluster, as scikit-learn sees it.
pub fn adjusted_rand(a: &Labels, b: &Labels) -> f64 {
    let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    let (n_a, n_b) = (a.n_clusters() + 1, b.n_clusters() + 1);
    let mut shared = vec![0usize; n_a * n_b];
    for (of_a, of_b) in a.iter().zip(b.iter()) {
        shared[of_a.unwrap_or(n_a - 1) * n_b + of_b.unwrap_or(n_b - 1)] += 1;
    }
    let together: f64 = shared.iter().copied().map(pairs).sum();
    let in_a: f64 = a.sizes().iter().copied().chain([a.n_noise()]).map(pairs).sum();
    let in_b: f64 = b.sizes().iter().copied().chain([b.n_noise()]).map(pairs).sum();
    let all = pairs(a.n_rows());
    let expected = if all > 0.0 { in_a * in_b / all } else { 0.0 };
    let most = (in_a + in_b) / 2.0;
    if most == expected { 1.0 } else { (together - expected) / (most - expected) }
}

/// Matches rows (old clusters) to columns (new clusters) so that the sum of overlaps is largest; `None` where nothing is shared.
///
/// Kuhn 1955, "The Hungarian method for the assignment problem", by shortest augmenting paths (Jonker, Volgenant 1987). Of equal matchings
/// the same one is found every time, earlier rows and columns first where the search meets them.
pub fn best_matching(overlap: &[Vec<usize>]) -> Vec<Option<usize>> {
    let n_rows = overlap.len();
    let n_cols = overlap.iter().map(Vec::len).max().unwrap_or(0);
    let n = n_rows.max(n_cols);
    let shared = |row: usize, col: usize| overlap.get(row).and_then(|line| line.get(col)).copied().unwrap_or(0);
    let cost = |row: usize, col: usize| -(shared(row, col) as i64);
    // Potentials and matches are counted from 1; 0 is the source of every path.
    let (mut of_row, mut of_col) = (vec![0i64; n + 1], vec![0i64; n + 1]);
    let mut row_of_col = vec![0usize; n + 1];
    for row in 1..=n {
        row_of_col[0] = row;
        let mut col = 0;
        let mut least = vec![i64::MAX; n + 1];
        let mut came_from = vec![0usize; n + 1];
        let mut seen = vec![false; n + 1];
        while row_of_col[col] != 0 {
            seen[col] = true;
            let at = row_of_col[col];
            let (mut step, mut next) = (i64::MAX, 0);
            for other in (1..=n).filter(|&other| !seen[other]) {
                let reduced = cost(at - 1, other - 1) - of_row[at] - of_col[other];
                if reduced < least[other] {
                    least[other] = reduced;
                    came_from[other] = col;
                }
                if least[other] < step {
                    step = least[other];
                    next = other;
                }
            }
            for other in 0..=n {
                if seen[other] {
                    of_row[row_of_col[other]] += step;
                    of_col[other] -= step;
                } else if other > 0 {
                    least[other] -= step;
                }
            }
            col = next;
        }
        while col != 0 {
            row_of_col[col] = row_of_col[came_from[col]];
            col = came_from[col];
        }
    }
    let mut matching = vec![None; n_rows];
    for (col, row) in row_of_col[1..].iter().map(|row| row - 1).enumerate() {
        if shared(row, col) > 0 {
            matching[row] = Some(col);
        }
    }
    matching
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_by_hand() {
        let a = Labels::from_options(&[Some(0), Some(0), Some(0), Some(1), Some(1), None]);
        let b = Labels::from_options(&[Some(0), Some(0), Some(1), Some(1), None, None]);
        assert_eq!(overlap(&a, &b), [[2, 1], [0, 1]]);
        assert_eq!(jaccard(&a, &b), [[2.0 / 3.0, 0.25], [0.0, 1.0 / 3.0]]);
        assert_eq!(adjusted_rand(&a, &a), 1.0);
        // scikit-learn's adjusted_rand_score([0,0,1,1],[0,0,1,2]) is 0.571428...
        let (c, d) = (Labels::from_ids(&[0, 0, 1, 1]), Labels::from_ids(&[0, 0, 1, 2]));
        assert!((adjusted_rand(&c, &d) - 4.0 / 7.0).abs() < 1e-15);
    }

    #[test]
    fn a_matching_no_other_beats() {
        let total = |overlap: &[Vec<usize>], matching: &[Option<usize>]| {
            matching.iter().enumerate().filter_map(|(row, col)| col.map(|col| overlap[row][col])).sum::<usize>()
        };
        /// Tries everything.
        fn slow(overlap: &[Vec<usize>], row: usize, used: &mut Vec<bool>) -> usize {
            let Some(line) = overlap.get(row) else { return 0 };
            let mut best = slow(overlap, row + 1, used);
            for col in 0..line.len() {
                if !used[col] {
                    used[col] = true;
                    best = best.max(line[col] + slow(overlap, row + 1, used));
                    used[col] = false;
                }
            }
            best
        }
        for case in 0..200usize {
            let (n_rows, n_cols) = (1 + case % 5, 1 + case / 5 % 6);
            let value = |row: usize, col: usize| ((case * 31 + row * 17 + col * 7 + row * col * case) * 2654435761) % 11;
            let overlap: Vec<Vec<usize>> = (0..n_rows).map(|row| (0..n_cols).map(|col| value(row, col)).collect()).collect();
            let matching = best_matching(&overlap);
            assert_eq!(total(&overlap, &matching), slow(&overlap, 0, &mut vec![false; n_cols]), "{overlap:?} {matching:?}");
        }
        assert_eq!(best_matching(&[]), []);
        assert_eq!(best_matching(&[vec![], vec![]]), [None, None]);
        assert_eq!(best_matching(&[vec![5, 5], vec![5, 5]]), best_matching(&[vec![5, 5], vec![5, 5]]));
    }
}
