//! The tree of merges under any linkage.
//!
//! In: a matrix and a linkage. Out: a [`Dendrogram`], heights as in SciPy. Ward and single linkage need O(n p) memory; average, complete and
//! weighted need all n(n-1)/2 distances and are refused before they would not fit.

use super::density::single_pairs;
use super::matrix_linkage::matrix_pairs;
use super::tree::Dendrogram;
use super::ward::ward_pairs;
use super::{ClusterError, Linkage};
use crate::base::{Ctx, Matrix, memory};

/// Builds the tree, if it fits into the memory that is free now.
pub fn linkage(x: &Matrix, linkage: Linkage, ctx: &Ctx) -> Result<Dendrogram, ClusterError> {
    linkage_within(x, linkage, memory::budget_bytes(), ctx)
}

/// Builds the tree, if it fits into `budget` bytes.
pub fn linkage_within(x: &Matrix, linkage: Linkage, budget: u64, ctx: &Ctx) -> Result<Dendrogram, ClusterError> {
    super::door(x)?;
    let n_rows = x.n_rows();
    let needs = bytes_needed(linkage, n_rows);
    if needs > budget {
        return Err(ClusterError::NoMemory { needs, budget });
    }
    ctx.check()?;
    let pairs = match linkage {
        Linkage::Ward => ward_pairs(x, ctx)?,
        Linkage::Single => single_pairs(x, ctx)?,
        Linkage::Average | Linkage::Complete | Linkage::Weighted => matrix_pairs(x, linkage, ctx)?,
    };
    Ok(Dendrogram::from_pairs(n_rows, linkage, pairs))
}

/// Bytes the tree takes while it is built, the matrix of rows not counted; for Ward and single linkage as if it had sixteen columns.
pub fn bytes_needed(linkage: Linkage, n_rows: usize) -> u64 {
    let n = n_rows as u64;
    match linkage {
        Linkage::Ward | Linkage::Single => n * 400,
        Linkage::Average | Linkage::Complete | Linkage::Weighted => n * n.saturating_sub(1) / 2 * 8 + n * 60,
    }
}
