//! Which groups inside a segment are worth a look?
//!
//! In: rows of one segment, or the unusual ones alone. Out: groups of a size that a niche may have, each with how it was found, so that it can be looked for again. Two to four
//! clusters of k-means; every branch of the condensed tree, not only the ones HDBSCAN takes; for unusual customers the clusters of HDBSCAN. The tree is that of the
//! segment's own customers, so that every branch has one parent. All of it twice, with columns scaled as everywhere and within the segment. Cost: three fits and one density tree.

use crate::base::{Ctx, Matrix};
use crate::cluster::{ClusterError, KMeansParams, density, hdbscan, kmeans};

/// How a group was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NicheOrigin {
    /// A cluster of k-means inside the segment.
    KMeans {
        /// Number of clusters.
        k: usize,
    },
    /// A branch of the condensed tree of the segment.
    Branch,
    /// A kind of unusual customers.
    Unusual,
}

/// The numbers of clusters that are tried.
pub const KS: std::ops::RangeInclusive<usize> = 2..=4;
const RESTARTS: usize = 4;

/// A group inside a segment.
#[derive(Debug, Clone, PartialEq)]
pub struct NicheCandidate {
    /// Its rows of the whole matrix, ascending.
    pub rows: Vec<u32>,
    /// How it was found.
    pub origin: NicheOrigin,
}

/// What groups need to be found.
#[derive(Debug, Clone, Copy)]
pub struct Searching {
    /// The least rows of a group.
    pub least: usize,
    /// The most rows of a group.
    pub most: usize,
    /// Rows that make a core row of the density tree, itself counted.
    pub min_samples: usize,
    /// Of k-means.
    pub seed: u64,
}

impl NicheOrigin {
    /// All that are tried alike: a candidate is the best of them.
    pub fn kin(self) -> Vec<NicheOrigin> {
        match self {
            NicheOrigin::KMeans { .. } => KS.map(|k| NicheOrigin::KMeans { k }).collect(),
            alone => vec![alone],
        }
    }

    /// The groups of `x` of the sizes asked for, as rows of `x`, ascending.
    pub fn groups(self, x: &Matrix, how: &Searching, ctx: &Ctx) -> Result<Vec<Vec<u32>>, ClusterError> {
        let ctx = &ctx.quiet();
        let fits = |rows: &Vec<u32>| (how.least..=how.most).contains(&rows.len());
        if x.n_rows() < 2 * how.least {
            return Ok(Vec::new());
        }
        match self {
            NicheOrigin::KMeans { k } => match kmeans(x, &KMeansParams { k, restarts: RESTARTS, seed: how.seed }, ctx) {
                Ok(fit) => Ok(narrow(fit.labels.members()).filter(fits).collect()),
                Err(ClusterError::TooFewDistinct { .. }) => Ok(Vec::new()),
                Err(error) => Err(error),
            },
            NicheOrigin::Branch => {
                let found = hdbscan(&density(x, how.min_samples, ctx)?, how.least.max(2), ctx)?;
                let mut rows: Vec<Vec<u32>> = vec![Vec::new(); found.branches.len()];
                for (row, last) in found.last.iter().enumerate() {
                    let mut at = last.map(|(branch, _)| branch);
                    while let Some(branch) = at.map(|at| at as usize) {
                        // The first is that of all rows; one that is too large is only passed through by those above.
                        if branch == 0 || found.branches[branch].size > how.most {
                            break;
                        }
                        rows[branch].push(row as u32);
                        at = found.branches[branch].parent;
                    }
                }
                Ok(rows.into_iter().filter(fits).collect())
            }
            NicheOrigin::Unusual => {
                let found = hdbscan(&density(x, how.min_samples, ctx)?, how.least.max(2), ctx)?;
                Ok(narrow(found.labels.members()).filter(fits).collect())
            }
        }
    }
}

fn narrow(members: Vec<Vec<usize>>) -> impl Iterator<Item = Vec<u32>> {
    members.into_iter().map(|rows| rows.into_iter().map(|row| row as u32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branch_of_the_right_size_is_a_group() {
        // Two heaps of 20, the second of two of 10 that nearly touch, and a hundred rows in a long line.
        let mut at: Vec<f64> = (0..20).map(|i| f64::from(i) * 0.01).collect();
        at.extend((0..10).map(|i| 5.0 + f64::from(i) * 0.01));
        at.extend((0..10).map(|i| 5.5 + f64::from(i) * 0.01));
        at.extend((0..100).map(|i| 100.0 + f64::from(i)));
        let x = Matrix::new(at.clone(), at.len(), 1).unwrap();
        let how = Searching { least: 8, most: 30, min_samples: 2, seed: 0 };
        let mut found = NicheOrigin::Branch.groups(&x, &how, &Ctx::new()).unwrap();
        found.sort();
        let expected: Vec<Vec<u32>> = vec![(0..20).collect(), (20..30).collect(), (20..40).collect(), (30..40).collect()];
        assert_eq!(found, expected);
        let of_two = NicheOrigin::KMeans { k: 2 }.groups(&x, &Searching { most: 60, ..how }, &Ctx::new()).unwrap();
        assert!(of_two.iter().all(|rows| rows.len() <= 60));
        assert!(NicheOrigin::KMeans { k: 3 }.groups(&x.select_rows(&[0; 40]), &how, &Ctx::new()).unwrap().is_empty(), "all equal");
    }
}
