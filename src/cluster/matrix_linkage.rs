//! Average, complete and weighted linkage, from the distances of all pairs.
//!
//! In: rows. Out: n - 1 merges as pairs of rows with heights. O(n²) time after O(n²p) for the distances, 4 n² bytes of memory.
//!
//! Nearest-neighbour chain (Murtagh 1983, "A survey of recent advances in hierarchical clustering algorithms"; Müllner 2011, "Modern
//! hierarchical, agglomerative clustering algorithms") with the update formulas of Lance and Williams 1967. kodama does the same and is the oracle of
//! the tests; it can neither be stopped nor say how far it is, so it is not used here. Ties go to the chain's last but one cluster, then to
//! the lower row. Distances stay f64: half the memory would cost heights that differ from SciPy's in the seventh digit.

use rayon::prelude::*;

use super::lanes::{Blocks, LANES, squared_distances, vectorised};
use super::{ClusterError, Linkage};
use crate::base::{Ctx, Matrix, Stopped};

/// All merges: a row of the one cluster, a row of the other, and the height. The caller has seen to the memory.
pub(super) fn matrix_pairs(x: &Matrix, linkage: Linkage, ctx: &Ctx) -> Result<Vec<(u32, u32, f64)>, ClusterError> {
    merge_all(all_distances(x, |_, _, squared| squared.sqrt(), ctx)?, vec![1.0; x.n_rows()], linkage, ctx)
}

/// The same for clusters of any `sizes` with their `distances`, row by row below the diagonal.
pub(super) fn merge_all(
    mut distances: Vec<f64>,
    mut sizes: Vec<f64>,
    linkage: Linkage,
    ctx: &Ctx,
) -> Result<Vec<(u32, u32, f64)>, ClusterError> {
    let n_rows = sizes.len();
    let mut alive: Vec<u32> = (0..n_rows as u32).collect();
    let mut chain: Vec<u32> = Vec::new();
    let mut pairs = Vec::with_capacity(n_rows.saturating_sub(1));
    while alive.len() > 1 {
        ctx.check()?;
        let last = *chain.last().unwrap_or(&alive[0]);
        if chain.is_empty() {
            chain.push(last);
        }
        let before = chain.len().checked_sub(2).map(|at| chain[at]);
        let (nearest, height) = nearest(&distances, &alive, last, before);
        if Some(nearest) != before {
            chain.push(nearest);
            continue;
        }
        // Each is the other's nearest. The higher slot stays: it reads more of the triangle in order.
        chain.truncate(chain.len() - 2);
        let (gone, kept) = (last.min(nearest), last.max(nearest));
        pairs.push((gone, kept, height));
        alive.remove(alive.binary_search(&gone).expect("what is merged is alive"));
        merge(&mut distances, &alive, (gone, sizes[gone as usize]), (kept, sizes[kept as usize]), linkage);
        sizes[kept as usize] += sizes[gone as usize];
        if pairs.len() % 64 == 0 {
            // The scans get shorter as clusters vanish.
            let left = alive.len() as f32 / n_rows as f32;
            ctx.progress("Merging nearest pairs", 1.0 - left * left);
        }
    }
    Ok(pairs)
}

/// Where the distance of `a` and `b` is kept: row by row below the diagonal.
#[inline(always)]
fn at(a: u32, b: u32) -> usize {
    let (low, high) = (a.min(b) as usize, a.max(b) as usize);
    high * high.saturating_sub(1) / 2 + low
}

/// The distances of every row to all earlier rows; `distance` makes them of two rows' numbers and their squared distance.
pub(super) fn all_distances(x: &Matrix, distance: impl Fn(usize, usize, f64) -> f64 + Sync, ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let n_rows = x.n_rows();
    ctx.progress("Measuring all pairs", 0.0);
    ctx.check()?;
    let blocks = Blocks::new(n_rows, x.n_cols(), |i| x.row(i));
    let mut distances = vec![0.0; n_rows * n_rows.saturating_sub(1) / 2];
    let mut lines = Vec::with_capacity(n_rows);
    let mut rest = distances.as_mut_slice();
    for row in 0..n_rows {
        let (line, below) = rest.split_at_mut(row);
        lines.push(line);
        rest = below;
    }
    lines.into_par_iter().enumerate().try_for_each(|(row, line)| {
        ctx.check()?;
        vectorised(
            #[inline(always)]
            || {
                for (b, line) in line.chunks_mut(LANES).enumerate() {
                    let squared = squared_distances(blocks.block(b), x.row(row));
                    for (lane, (to, squared)) in line.iter_mut().zip(squared).enumerate() {
                        *to = distance(row, b * LANES + lane, squared);
                    }
                }
            },
        );
        Ok(())
    })?;
    Ok(distances)
}

/// The nearest cluster alive; of equals `before`, else the lowest.
fn nearest(distances: &[f64], alive: &[u32], of: u32, before: Option<u32>) -> (u32, f64) {
    let mut best = before.map_or((of, f64::INFINITY), |before| (before, distances[at(of, before)]));
    let own = alive.partition_point(|&c| c < of);
    let line = &distances[at(of, 0).min(distances.len())..];
    for &other in &alive[..own] {
        let distance = line[other as usize];
        if distance < best.1 {
            best = (other, distance);
        }
    }
    for &other in &alive[own + 1..] {
        let distance = distances[at(other, of)];
        if distance < best.1 {
            best = (other, distance);
        }
    }
    best
}

/// Writes the merged cluster's distances in place of `kept`'s. Each is a cluster and its size.
fn merge(distances: &mut [f64], alive: &[u32], gone: (u32, f64), kept: (u32, f64), linkage: Linkage) {
    let together = gone.1 + kept.1;
    let join = |of_gone: f64, of_kept: f64| match linkage {
        Linkage::Complete => of_gone.max(of_kept),
        Linkage::Average => (gone.1 * of_gone + kept.1 * of_kept) / together,
        Linkage::Weighted => 0.5 * (of_gone + of_kept),
        Linkage::Ward | Linkage::Single => unreachable!("these are built without a matrix"),
    };
    for &other in alive {
        if other != kept.0 {
            let of_gone = distances[at(gone.0, other)];
            let of_kept = &mut distances[at(kept.0, other)];
            *of_kept = join(of_gone, *of_kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 0, 1, 4, 9 on a line: 0 and 1 merge at 1; then 4 is 3.5 away on average; then 9 is 22/3 or 6.75 away.
        let x = Matrix::from_rows(&[[0.0], [1.0], [4.0], [9.0]]).unwrap();
        for (linkage, heights) in
            [(Linkage::Average, [1.0, 3.5, 22.0 / 3.0]), (Linkage::Complete, [1.0, 4.0, 9.0]), (Linkage::Weighted, [1.0, 3.5, 6.75])]
        {
            let mut found: Vec<f64> = matrix_pairs(&x, linkage, &Ctx::new()).unwrap().iter().map(|pair| pair.2).collect();
            found.sort_unstable_by(f64::total_cmp);
            assert_eq!(found, heights);
        }
    }
}
