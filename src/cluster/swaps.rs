//! Does a centroid serve better elsewhere? Swaps that lead out of a local optimum of k-means.
//!
//! In: a converged solution and its rows. Out: one that is at least as good. O(n p k) per iteration, a few dozen iterations.
//!
//! Random swap (Fränti 2018, "Efficiency of random swap clustering"): a centroid is taken away and put where many far rows are, then Lloyd's
//! iterations repair the rest. Here several swaps are tried side by side from the same solution, each taking away one of the centroids that
//! are missed least; the best is adopted, the first of equals, until none is better.

use rayon::prelude::*;

use super::lanes::{LANES, squared_distances, vectorised};
use super::lloyd::{Lloyd, Rows, TOLERANCE};
use super::seeding::{CHUNK, far_row};
use crate::base::{Ctx, Stopped, seed};

/// A swap must lower the inertia by this share, or rounding would decide.
const LEAST_GAIN: f64 = 1e-6;

/// The solution after up to `rounds` swaps, each the best of `trials`, that lower its inertia on `rows`. `seed` draws where centroids are tried.
pub(super) fn improve(mut best: Lloyd, rows: &Rows, (rounds, trials): (usize, usize), seed: u64, ctx: &Ctx) -> Result<Lloyd, Stopped> {
    let k = best.n_clusters();
    if k < 2 || rows.n_cols == 0 || best.inertia() == 0.0 {
        return Ok(best);
    }
    for round in 0..rounds {
        let losses = losses(&best, rows, ctx)?;
        let mut missed_least: Vec<usize> = (0..k).collect();
        missed_least.sort_by(|&a, &b| losses[a].total_cmp(&losses[b]).then(a.cmp(&b)));
        let tried: Vec<Lloyd> = (0..trials)
            .into_par_iter()
            .map(|trial| {
                let mut random = seed::random(seed, (round * trials + trial) as u64);
                let taken = missed_least[trial % k.min(trials / 2)];
                let mut centroids = best.centroids().to_vec();
                centroids.drain(taken * rows.n_cols..(taken + 1) * rows.n_cols);
                let far = far_row(&rows.blocks, rows.n_cols, &centroids, &mut random, ctx)?;
                centroids.extend(far);
                Lloyd::new(rows, best.restart(), centroids).run(rows, TOLERANCE, ctx)
            })
            .collect::<Result<_, Stopped>>()?;
        let Some(better) = tried.into_iter().min_by(|a, b| a.inertia().total_cmp(&b.inertia())) else { break };
        if better.inertia() >= best.inertia() * (1.0 - LEAST_GAIN) {
            break;
        }
        best = better;
    }
    Ok(best)
}

/// For each centroid by how much the inertia would rise without it, if the others stayed in place.
fn losses(solution: &Lloyd, rows: &Rows, ctx: &Ctx) -> Result<Vec<f64>, Stopped> {
    let (centroids, k) = (solution.centroids(), solution.n_clusters());
    let n_chunks = rows.blocks.len().div_ceil(CHUNK);
    let shares: Vec<Vec<f64>> = (0..n_chunks)
        .into_par_iter()
        .map(|chunk| {
            ctx.check()?;
            let blocks = chunk * CHUNK..rows.blocks.len().min((chunk + 1) * CHUNK);
            Ok(vectorised(
                #[inline(always)]
                || {
                    let mut losses = vec![0.0; k];
                    for b in blocks {
                        let mut nearest = [0u64; LANES];
                        let (mut least, mut second) = ([f64::INFINITY; LANES], [f64::INFINITY; LANES]);
                        for (cluster, centroid) in centroids.chunks_exact(rows.n_cols).enumerate() {
                            let distances = squared_distances(rows.blocks.block(b), centroid);
                            for lane in 0..LANES {
                                let nearer = distances[lane] < least[lane];
                                second[lane] = if nearer { least[lane] } else { distances[lane].min(second[lane]) };
                                nearest[lane] = if nearer { cluster as u64 } else { nearest[lane] };
                                least[lane] = if nearer { distances[lane] } else { least[lane] };
                            }
                        }
                        for lane in 0..LANES.min(rows.blocks.n_rows() - b * LANES) {
                            losses[nearest[lane] as usize] += second[lane] - least[lane];
                        }
                    }
                    losses
                },
            ))
        })
        .collect::<Result<_, Stopped>>()?;
    Ok((0..k).map(|cluster| shares.iter().map(|share| share[cluster]).sum()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Matrix;

    #[test]
    fn a_centroid_too_many_here_goes_where_one_is_missing() {
        // Three heaps of ten; two centroids share the first heap and one lies between the others, where Lloyd's iterations stay.
        let rows: Vec<[f64; 1]> = (0..30).map(|i| [f64::from(i / 10) * 100.0 + f64::from(i % 10)]).collect();
        let (x, ctx) = (Matrix::from_rows(&rows).unwrap(), Ctx::new());
        let rows = Rows::new(30, 1, |i| x.row(i), &ctx).unwrap();
        let stuck = Lloyd::new(&rows, 0, vec![2.0, 7.0, 154.5]).run(&rows, TOLERANCE, &ctx).unwrap();
        assert_eq!(losses(&stuck, &rows, &ctx).unwrap().iter().filter(|&&loss| loss < 1000.0).count(), 2);
        let free = improve(stuck, &rows, (4, 4), 1, &ctx).unwrap();
        // Each heap: 2 (0.5² + 1.5² + 2.5² + 3.5² + 4.5²).
        assert!((free.inertia() - 3.0 * 82.5).abs() < 1e-9, "{}", free.inertia());
    }
}
