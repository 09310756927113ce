//! Would a group inside a segment be found again among other customers, and would chance do as well?
//!
//! In: the rows of a segment (or the unusual ones), a group of them and how it was found. Out: the mean Jaccard coefficient with the most similar group of new draws (C. Hennig 2007, as in
//! `evaluate::stability`), and what groups of copies without any niche reach: of shuffled columns on average, of one cloud (see [`crate::evaluate::one_cloud`]) the best of any copy. Shuffled columns
//! alone would take the slices of a long cloud for groups, and so would slices of the candidate's size alone: in another draw of the cloud they are a little larger. Cost: draws times the
//! method on at most [`MOST_ROWS`] rows.

use rayon::prelude::*;

use super::candidates::{NicheOrigin, Searching};
use crate::base::seed::{self, Random, RngExt};
use crate::base::stats::mean;
use crate::base::{Ctx, Matrix};
use crate::cluster::ClusterError;
use crate::evaluate::one_cloud::{OneCloud, Shape};
use crate::evaluate::shuffle::shuffled_columns;

/// Rows of a draw at most.
pub const MOST_ROWS: usize = 5_000;
/// Copies of each kind, and draws from each.
const COPIES: usize = 5;
const DRAWS_OF_COPY: usize = 5;
const SALT: u64 = 0x4E69_6368_6541_6E65;

/// What copies without a niche reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ByChanceAlone {
    /// The mean coefficient of groups in shuffled columns; none where they form no group.
    pub shuffled: Option<f64>,
    /// The largest of all groups in clouds.
    pub cloud: Option<f64>,
}

impl ByChanceAlone {
    /// The coefficient to beat.
    pub fn to_beat(self) -> f64 {
        self.shuffled.unwrap_or(0.0).max(self.cloud.unwrap_or(0.0))
    }
}

/// The mean coefficient of every group over new draws of the rows of `x`; groups are rows of `x`, ascending.
pub fn coefficients(
    x: &Matrix,
    groups: &[Vec<u32>],
    origin: NicheOrigin,
    how: &Searching,
    (draws, stream): (usize, u64),
    ctx: &Ctx,
) -> Result<Vec<f64>, ClusterError> {
    let one = |nth: usize| {
        ctx.check()?;
        let rows = draw(x.n_rows(), &mut seed::random(how.seed ^ SALT, (stream << 32) | nth as u64));
        let drawn = rows.len() as f64 / x.n_rows() as f64;
        let scaled = Searching {
            least: ((how.least as f64 * drawn).round() as usize).max(5),
            // A group that is larger than three of the largest shares too little with any.
            most: (3.0 * how.most as f64 * drawn).ceil() as usize,
            ..*how
        };
        let found = origin.groups(&x.select_rows(&rows), &scaled, ctx)?;
        Ok(groups.iter().map(|group| best(group, &rows, &found)).collect())
    };
    let all: Vec<Vec<f64>> = (0..draws).into_par_iter().map(one).collect::<Result<_, ClusterError>>()?;
    Ok((0..groups.len()).map(|group| mean(&all.iter().map(|draw| draw[group]).collect::<Vec<_>>())).collect())
}

/// What copies of `x` reach in which there is nothing to find, whichever number of clusters is tried.
pub fn by_chance_alone(x: &Matrix, origin: NicheOrigin, how: &Searching, ctx: &Ctx) -> Result<ByChanceAlone, ClusterError> {
    let x = &match x.n_rows() > MOST_ROWS {
        true => x.select_rows(&draw(x.n_rows(), &mut seed::random(how.seed ^ SALT, u64::MAX))),
        false => x.clone(),
    };
    let cloud = OneCloud::of(x, Shape::TiedColumns, how.seed, ctx)?;
    // Slices of a cloud are of any size.
    let how = &Searching { most: x.n_rows() - how.least.min(x.n_rows()), ..*how };
    let of_copy = |copy: &Matrix, stream: u64| -> Result<Vec<f64>, ClusterError> {
        let mut all = Vec::new();
        for origin in origin.kin() {
            let groups = origin.groups(copy, how, ctx)?;
            all.extend(coefficients(copy, &groups, origin, how, (DRAWS_OF_COPY, stream), ctx)?);
        }
        Ok(all)
    };
    let (mut shuffled, mut in_clouds) = (Vec::new(), Vec::new());
    for copy in 0..COPIES {
        ctx.give_way()?;
        shuffled.extend(of_copy(&shuffled_columns(x, x.n_rows(), how.seed, copy, ctx)?, 1 + copy as u64)?);
        in_clouds.extend(of_copy(&cloud.draw(how.seed, copy, ctx)?, (1 + COPIES + copy) as u64)?);
    }
    let mean_of_shuffled = (!shuffled.is_empty()).then(|| mean(&shuffled));
    Ok(ByChanceAlone { shuffled: mean_of_shuffled, cloud: in_clouds.into_iter().max_by(f64::total_cmp) })
}

/// As many rows as there are with replacement, each once; of more than [`MOST_ROWS`] so many different ones. Ascending.
fn draw(n_rows: usize, random: &mut Random) -> Vec<usize> {
    let mut rows: Vec<usize> = if n_rows <= MOST_ROWS {
        (0..n_rows).map(|_| random.random_range(0..n_rows)).collect()
    } else {
        let mut order: Vec<usize> = (0..n_rows).collect();
        for at in 0..MOST_ROWS {
            let other = random.random_range(at..n_rows);
            order.swap(at, other);
        }
        order.truncate(MOST_ROWS);
        order
    };
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The largest Jaccard coefficient of a group with any of `found`, whose rows are places in `drawn`, among the rows drawn.
fn best(group: &[u32], drawn: &[usize], found: &[Vec<u32>]) -> f64 {
    let is_in: Vec<bool> = drawn.iter().map(|&row| group.binary_search(&(row as u32)).is_ok()).collect();
    let size = is_in.iter().filter(|&&is_in| is_in).count();
    let of = |other: &Vec<u32>| {
        let both = other.iter().filter(|&&at| is_in[at as usize]).count();
        both as f64 / (size + other.len() - both).max(1) as f64
    };
    found.iter().map(of).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_by_hand() {
        // Rows 1 2 3 5 7 of which 2 3 7 are in the group (as are 8 and 9, who were not drawn); found are {1 2 3} and {7}.
        assert_eq!(best(&[2, 3, 7, 8, 9], &[1, 2, 3, 5, 7], &[vec![0, 1, 2], vec![4]]), 0.5);
        assert_eq!(best(&[8, 9], &[1, 2], &[vec![0]]), 0.0);
        assert_eq!(best(&[1, 2], &[1, 2, 3], &[]), 0.0);
    }

    #[test]
    fn a_heap_comes_back_and_chance_does_not_do_as_well() {
        let mut random = seed::random(5, 0);
        let mut values = Vec::new();
        for row in 0..300 {
            let at = if row < 30 { 6.0 } else { 0.0 };
            values.extend((0..3).map(|_| at + random.random_range(-1.0..1.0f64) * if row < 30 { 0.4 } else { 2.0 }));
        }
        let x = Matrix::new(values, 300, 3).unwrap();
        let how = Searching { least: 16, most: 60, min_samples: 5, seed: 1 };
        let group: Vec<u32> = (0..30).collect();
        let back = coefficients(&x, &[group], NicheOrigin::Branch, &how, (10, 0), &Ctx::new()).unwrap()[0];
        let chance = by_chance_alone(&x, NicheOrigin::Branch, &how, &Ctx::new()).unwrap();
        assert!(back > 0.9 && chance.to_beat() < back, "{back} {chance:?}");
    }
}
