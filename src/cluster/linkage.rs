//! The tree of merges under any linkage.
//!
//! In: a matrix and a linkage. Out: a [`Dendrogram`], heights as in SciPy. Ward and single linkage need O(n p) memory; average, complete and
//! weighted need all n(n-1)/2 distances: from [`MATRIX_ROWS`] rows on, or where these would not fit, the tree is built on small groups of rows,
//! and a note says so.

use super::density::single_pairs;
use super::matrix_linkage::matrix_pairs;
use super::micro::{MICRO_CLUSTERS, micro_pairs};
use super::tree::Dendrogram;
use super::ward::ward_pairs;
use super::{ClusterError, Linkage};
use crate::base::{Ctx, Matrix, memory};

/// More rows than this are not merged one by one where all pairs of distances are needed: at 20 000 that takes ten seconds on one core
/// and 1.6 GB, and both grow with the square of the rows.
pub const MATRIX_ROWS: usize = 20_000;

/// Builds the tree, if it fits into the memory that is free now.
pub fn linkage(x: &Matrix, linkage: Linkage, ctx: &Ctx) -> Result<Dendrogram, ClusterError> {
    linkage_within(x, linkage, memory::budget_bytes(), ctx)
}

/// Builds the tree, if it fits into `budget` bytes.
pub fn linkage_within(x: &Matrix, linkage: Linkage, budget: u64, ctx: &Ctx) -> Result<Dendrogram, ClusterError> {
    super::validate(x)?;
    let n_rows = x.n_rows();
    let needs = bytes_needed(linkage, n_rows);
    let is_gathered = is_of_all_pairs(linkage) && n_rows > MICRO_CLUSTERS && (needs > budget || n_rows > MATRIX_ROWS);
    let needs_now = if is_gathered { bytes_needed(Linkage::Ward, n_rows).max(bytes_needed(linkage, MICRO_CLUSTERS)) } else { needs };
    if needs_now > budget {
        return Err(ClusterError::NoMemory { needs, budget });
    }
    ctx.check()?;
    let pairs = match linkage {
        Linkage::Ward => ward_pairs(x, ctx)?,
        Linkage::Single => single_pairs(x, ctx)?,
        _ if is_gathered => micro_pairs(x, linkage, needs, ctx)?,
        Linkage::Average | Linkage::Complete | Linkage::Weighted => matrix_pairs(x, linkage, ctx)?,
    };
    Ok(Dendrogram::from_pairs(n_rows, linkage, pairs))
}

fn is_of_all_pairs(linkage: Linkage) -> bool {
    matches!(linkage, Linkage::Average | Linkage::Complete | Linkage::Weighted)
}

/// Bytes the tree takes while it is built, the matrix of rows not counted; for Ward and single linkage as if it had sixteen columns.
pub fn bytes_needed(linkage: Linkage, n_rows: usize) -> u64 {
    let n = n_rows as u64;
    match linkage {
        Linkage::Ward | Linkage::Single => n * 400,
        Linkage::Average | Linkage::Complete | Linkage::Weighted => n * n.saturating_sub(1) / 2 * 8 + n * 60,
    }
}
