//! Rows in fixed chunks, each placed on its own: the same result on any number of threads.

use rayon::prelude::*;

use super::ClusterError;
use crate::base::Ctx;

/// Rows placed at a time.
pub(super) const CHUNK: usize = 1024;

/// Places rows chunk by chunk, in their order.
pub(super) fn in_chunks(
    n_rows: usize,
    ctx: &Ctx,
    place: impl Fn(std::ops::Range<usize>) -> Vec<Option<usize>> + Sync,
) -> Result<Vec<Option<usize>>, ClusterError> {
    let starts: Vec<usize> = (0..n_rows).step_by(CHUNK).collect();
    let of_chunk = |first: usize| {
        ctx.check()?;
        Ok(place(first..(first + CHUNK).min(n_rows)))
    };
    let chunks: Vec<Vec<Option<usize>>> = starts.into_par_iter().map(of_chunk).collect::<Result<_, ClusterError>>()?;
    ctx.check()?;
    ctx.progress("Placing customers", 1.0);
    Ok(chunks.concat())
}
