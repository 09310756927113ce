//! How unusual would the customers look if there were fewer of them? What copies of a part of very many customers are put right by.
//!
//! In: a matrix, a number of rows, how scores are made; later the scores of all and of copies of that many rows. Out: the copies' scores as if they had had as many rows as
//! there are customers. A part costs what a copy costs, putting right a copy O(m log n).
//!
//! Neighbours are farther away where rows are fewer, and a dense group is made of fewer rows, so scores of neighbourhood and density shift a little with the number of rows
//! (GLOSH more than a little). A part of the customers, as large as a copy, is therefore scored as a copy is: a copied score that is at some place among those of the part
//! becomes the score at that place among all. Beyond the largest of the part it is as far beyond the largest of all. Isolation scores do not depend on the number.

use super::copies::score_rows;
use super::{CopyScores, CopyScoring, UnusualError};
use crate::base::seed::{self, RngExt};
use crate::base::stats::sorted;
use crate::base::{Ctx, Matrix};

const SALT: u64 = 0x5061_7274_4F66_416C;

/// Scores part and all of the customers at the same places.
#[derive(Debug, Clone, PartialEq)]
pub struct SizeCorrection {
    local: Places,
    density: Places,
}

/// Scores of one kind in ascending order; empty where the kind is not made.
#[derive(Debug, Clone, PartialEq)]
struct Places {
    part: Vec<f64>,
    all: Vec<f64>,
}

impl SizeCorrection {
    /// From a part of `n_rows` customers drawn at random, scored as copies are except for the forest, and the scores of all, `local` and `density`; an empty slice for a
    /// kind that is not made.
    pub fn of(
        x: &Matrix,
        n_rows: usize,
        scoring: &CopyScoring,
        local: &[f64],
        density: &[f64],
        seed: u64,
        ctx: &Ctx,
    ) -> Result<SizeCorrection, UnusualError> {
        let n = x.n_rows();
        if let Some(scores) = [local, density].into_iter().find(|scores| !scores.is_empty() && scores.len() != n) {
            return Err(UnusualError::OtherShape { found: scores.len(), expected: n });
        }
        let mut random = seed::random(seed ^ SALT, 0);
        let mut rows: Vec<usize> = (0..n).collect();
        let n_rows = n_rows.min(n);
        for at in 0..n_rows {
            rows.swap(at, random.random_range(at..n));
        }
        rows.truncate(n_rows);
        rows.sort_unstable();
        let scoring = CopyScoring { forest: None, ..*scoring };
        let part = score_rows(&x.select_rows(&rows), &scoring, 0, ctx)?;
        let places = |part: Vec<f64>, all: &[f64]| Places { part: sorted(part), all: sorted(all.iter().copied()) };
        Ok(SizeCorrection { local: places(part.local, local), density: places(part.density, density) })
    }

    /// Puts right the scores of a copy of as many rows as the part had.
    pub fn apply(&self, copy: &mut CopyScores) {
        self.local.put_right(&mut copy.local);
        self.density.put_right(&mut copy.density);
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        [&self.local, &self.density].iter().map(|of| (of.part.len() + of.all.len()) * size_of::<f64>()).sum()
    }
}

impl Places {
    fn put_right(&self, scores: &mut [f64]) {
        let (Some(&last_part), Some(&last_all)) = (self.part.last(), self.all.last()) else { return };
        for score in scores {
            if *score >= last_part {
                *score = last_all + (*score - last_part);
                continue;
            }
            // Between two of the part, or among equal ones in their middle.
            let below = self.part.partition_point(|other| other < score);
            let through = self.part.partition_point(|other| other <= score);
            let place = if through > below {
                (below + through) as f64 / 2.0
            } else {
                let (low, high) = (if below > 0 { self.part[below - 1] } else { *score }, self.part[below]);
                below as f64 - 0.5 + if high > low { (*score - low) / (high - low) } else { 0.5 }
            };
            let share = place.max(0.0) / self.part.len() as f64;
            *score = crate::base::stats::quantile_sorted(&self.all, share * self.all.len() as f64 / (self.all.len() - 1).max(1) as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_part_is_the_same_place_among_all() {
        let places = Places { part: vec![1.0, 2.0, 2.0, 3.0], all: (0..400).map(|i| 10.0 + f64::from(i)).collect() };
        let mut scores = [2.0, 1.0, 3.0, 4.5, 1.5];
        places.put_right(&mut scores);
        assert!((scores[0] - 210.0).abs() < 1e-9, "half of all are below: {scores:?}");
        assert!(scores[1] > 50.0 && scores[1] < 70.0, "an eighth: {scores:?}");
        assert_eq!(scores[2..4], [409.0, 410.5], "beyond the last");
        assert!(scores[4] > scores[1] && scores[4] < scores[0]);
        let mut none = [1.0];
        Places { part: vec![], all: vec![] }.put_right(&mut none);
        assert_eq!(none, [1.0]);
    }

    #[test]
    fn the_part_itself_becomes_all() {
        let mut random = seed::random(0, 0);
        let x = Matrix::new((0..3_000 * 3).map(|_| random.random::<f64>()).collect(), 3_000, 3).unwrap();
        let scoring = CopyScoring { sizes: &[10, 20], forest: None, density: Some((5, 31)) };
        let all = score_rows(&x, &scoring, 0, &Ctx::new()).unwrap();
        let correction = SizeCorrection::of(&x, 800, &scoring, &all.local, &all.density, 4, &Ctx::new()).unwrap();
        let mut part =
            CopyScores { local: correction.local.part.clone(), density: correction.density.part.clone(), ..CopyScores::default() };
        correction.apply(&mut part);
        for (part, all) in [(part.local, sorted(all.local.clone())), (part.density, sorted(all.density.clone()))] {
            assert!(part.windows(2).all(|pair| pair[0] <= pair[1]), "the order stays");
            for q in [0.1, 0.5, 0.9, 0.99] {
                let (of_part, of_all) = (part[(q * 800.0) as usize], all[(q * 3_000.0) as usize]);
                assert!((of_part - of_all).abs() < 0.02 * of_all.abs().max(0.1), "{q}: {of_part} {of_all}");
            }
        }
        let wrong = SizeCorrection::of(&x, 800, &scoring, &[1.0], &[], 4, &Ctx::new());
        assert_eq!(wrong, Err(UnusualError::OtherShape { found: 1, expected: 3_000 }));
    }
}
