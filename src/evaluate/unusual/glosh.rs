//! How far out is a customer in the dense group they were last part of? GLOSH, from the tree that HDBSCAN has made.
//!
//! In: HDBSCAN's condensed tree. Out: a score of every row between 0 and 1: 0 where the group is densest, near 1 for whoever leaves it long before its core. O(n).
//!
//! Campello, Moulavi, Zimek, Sander 2015, "Hierarchical density estimates for data clustering, visualization, and outlier detection", equation 8: 1 - eps_max /
//! eps_x, where eps_x is the least radius at which the row still is in its last cluster, and eps_max the least radius at which that cluster *or any inside it*
//! still exists. The Python package hdbscan leaves out those inside, so rows that leave a large cluster look less odd there than they are.

use crate::cluster::Hdbscan;

/// The score of every row; none where there are too few rows for any cluster.
///
/// ```
/// # use personae::base::{Ctx, Matrix};
/// # use personae::cluster::{density, hdbscan};
/// # use personae::evaluate::unusual::glosh;
/// let x = Matrix::from_rows(&[[0.0], [1.0], [2.0], [6.0]]).unwrap();
/// let found = hdbscan(&density(&x, 1, &Ctx::new()).unwrap(), 3, &Ctx::new()).unwrap();
/// assert_eq!(glosh(&found).unwrap(), [0.0, 0.0, 0.0, 0.75]);
/// ```
pub fn glosh(found: &Hdbscan) -> Option<Vec<f64>> {
    // Branches come after the one they are part of.
    let mut ends: Vec<f64> = found.branches.iter().map(|branch| branch.death).collect();
    for (at, branch) in found.branches.iter().enumerate().rev() {
        if let Some(parent) = branch.parent {
            ends[parent as usize] = ends[parent as usize].min(ends[at]);
        }
    }
    let of_row = |last: &Option<(u32, f64)>| {
        let (branch, left) = (*last)?;
        // Rows that never leave are as dense as can be.
        Some(if left > 0.0 { 1.0 - ends[branch as usize] / left } else { 0.0 })
    };
    found.last.iter().map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Ctx, Matrix};
    use crate::cluster::{density, hdbscan};

    fn on_a_line(at: &[f64], least: usize) -> Option<Vec<f64>> {
        let x = Matrix::new(at.to_vec(), at.len(), 1).unwrap();
        glosh(&hdbscan(&density(&x, 1, &Ctx::new()).unwrap(), least, &Ctx::new()).unwrap())
    }

    #[test]
    fn by_hand() {
        // Gaps are the radii: two groups of three, 8 apart, and a row 20 farther. Left: all leave at 1. Right: all at 2. The far row leaves the group of all
        // at 20, inside which the left group lasts down to 1. Without the groups inside it would be 1 - 8 / 20.
        let found = on_a_line(&[0.0, 1.0, 2.0, 10.0, 10.5, 12.5, 32.5], 3).unwrap();
        assert_eq!(found, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.95]);
    }

    #[test]
    fn it_rises_with_the_distance_and_is_nothing_in_the_core() {
        let mut at: Vec<f64> = (0..30).map(|i| f64::from(i) * 0.1).collect();
        at.extend((0..12).map(|i| 10.0 + f64::from(i * i) * 0.5));
        let found = on_a_line(&at, 5).unwrap();
        assert!(found[..30].iter().all(|&score| score < 1e-9), "{found:?}");
        assert!(found[34..].windows(2).all(|pair| pair[0] < pair[1] && pair[1] < 1.0), "{found:?}");
        assert!(found.iter().all(|score| (0.0..=1.0).contains(score)));
    }

    #[test]
    fn heaps_and_too_few_rows() {
        assert_eq!(on_a_line(&[1.0, 1.0, 1.0, 1.0], 3), Some(vec![0.0; 4]));
        assert_eq!(on_a_line(&[1.0, 2.0], 3), None);
        assert_eq!(on_a_line(&[1.0, 1.0, 1.0, 9.0], 3).unwrap(), [0.0, 0.0, 0.0, 1.0]);
    }
}
