//! How few yes/no questions does it take to tell this customer from everyone? The isolation forest, which can be looked at while it grows.
//!
//! In: a matrix, a seed, a number of trees. Out: a score of every row between 0 and 1, with its standard error. O(trees x n x log of the rows drawn), which is 8
//! steps a tree and row; memory two numbers per row and 5 kB per tree.
//!
//! Liu, Ting, Zhou 2008, "Isolation forest": each tree takes 256 rows without repeats, asks at each step whether a column drawn among those that still vary is
//! below a number drawn between its ends, and stops when a row is alone, all are equal, or 8 questions were asked. The score is 2^(-mean length / c(256)).
//! c as in scikit-learn (see `isolation_tree`); unlike there, values are compared as they are and not cut to 32 bits.
//!
//! Every tree has its own stream of random numbers and the lengths are added up tree by tree, so the first 100 trees of 300 are the 100, to the last bit,
//! whether they were grown at once or in rounds.
//!
//! Known limits: questions ask one column at a time, so the corners between groups look less unusual than they are (Hariri, Carrasco Kind, Brunner 2019), and
//! a clump of unusual rows hides its members (Liu, Ting, Zhou 2010). Columns of 0 and 1 need many trees.

use rayon::prelude::*;

use super::UnusualError;
use super::isolation_tree::{IsolationTree, MOST_DRAWN, usual_length};
use crate::base::{Ctx, Matrix};
use crate::cluster::lanes::{Blocks, LANES, vectorised};

/// Trees after which the order of the most unusual is mostly firm.
pub const USUAL_TREES: usize = 300;
/// Trees after which more say nothing new.
pub const MOST_TREES: usize = 1_000;
/// Trees of a round.
pub const TREES_A_ROUND: usize = 25;

/// Blocks of [`LANES`] rows that a task takes through all trees of a round; their columns stay near the processor meanwhile.
const BLOCKS_A_TASK: usize = 16;
const STAGE: &str = "Isolating customers";

/// A forest and what it has found out so far.
#[derive(Debug, Clone)]
pub struct IsolationForest {
    seed: u64,
    trees: Vec<IsolationTree>,
    /// Rows drawn for each tree.
    n_drawn: usize,
    n_cols: usize,
    /// For every row it was grown from the sum of its lengths, and of their squares.
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl IsolationForest {
    /// A forest without trees over the rows of `x`. Fails with `TooFewRows` below two rows and with `AllEqual` when no column varies.
    pub fn new(x: &Matrix, seed: u64) -> Result<IsolationForest, UnusualError> {
        let n = x.n_rows();
        if n < 2 {
            return Err(UnusualError::TooFewRows { rows: n });
        }
        if x.values().chunks_exact(x.n_cols().max(1)).all(|row| row == x.row(0)) {
            return Err(UnusualError::AllEqual);
        }
        let n_drawn = n.min(MOST_DRAWN);
        Ok(IsolationForest { seed, trees: Vec::new(), n_drawn, n_cols: x.n_cols(), sums: vec![0.0; n], squares: vec![0.0; n] })
    }

    /// Adds trees until there are `n_trees`, a round at a time, and scores the rows it was made for, `x`, with them. Stopped between two rounds it keeps
    /// what it has; the trees of a round that was broken off are gone.
    ///
    /// ```
    /// # use personae::base::{Ctx, Matrix};
    /// # use personae::evaluate::unusual::IsolationForest;
    /// let x = Matrix::from_rows(&[[0.0], [0.1], [0.2], [0.3], [9.0]]).unwrap();
    /// let mut forest = IsolationForest::new(&x, 0).unwrap();
    /// forest.grow(&x, 300, &Ctx::new()).unwrap();
    /// let scores = forest.scores();
    /// assert!(scores[..4].iter().all(|&score| score < scores[4]));
    /// ```
    pub fn grow(&mut self, x: &Matrix, n_trees: usize, ctx: &Ctx) -> Result<(), UnusualError> {
        if x.n_rows() != self.sums.len() || x.n_cols() != self.n_cols {
            return Err(UnusualError::OtherShape { found: x.n_rows(), expected: self.sums.len() });
        }
        let before = self.trees.len();
        if n_trees <= before {
            return Ok(());
        }
        let rows = Blocks::new(x.n_rows(), x.n_cols(), |row| x.row(row));
        while self.trees.len() < n_trees {
            let first = self.trees.len();
            ctx.progress(STAGE, (first - before) as f32 / (n_trees - before) as f32);
            ctx.give_way()?;
            let last = n_trees.min((first / TREES_A_ROUND + 1) * TREES_A_ROUND);
            let seed = self.seed;
            let trees: Vec<IsolationTree> = (first..last).into_par_iter().map(|nth| IsolationTree::grow(x, seed, nth)).collect();
            // Into copies, so that a stop in the middle leaves the sums as they were.
            let (mut sums, mut squares) = (self.sums.clone(), self.squares.clone());
            add_up(&trees, &rows, &mut sums, &mut squares, ctx)?;
            (self.sums, self.squares) = (sums, squares);
            self.trees.extend(trees);
        }
        ctx.progress(STAGE, 1.0);
        Ok(())
    }

    /// Trees so far.
    pub fn n_trees(&self) -> usize {
        self.trees.len()
    }

    /// Rows it was grown from.
    pub fn n_rows(&self) -> usize {
        self.sums.len()
    }

    /// The score of every row it was grown from: near 1 is alone after few questions, 0.5 and below is like everybody. Without trees all are 0.5.
    pub fn scores(&self) -> Vec<f64> {
        self.sums.iter().map(|&sum| self.score(sum)).collect()
    }

    /// How far each score may be off because the trees are few: the standard deviation of the row's lengths over the root of the number of trees, carried over to the
    /// score. Infinite below two trees.
    pub fn standard_errors(&self) -> Vec<f64> {
        let n = self.trees.len() as f64;
        let of_row = |(&sum, &squares): (&f64, &f64)| {
            if n < 2.0 {
                return f64::INFINITY;
            }
            let variance = ((squares - sum * sum / n) / (n - 1.0)).max(0.0);
            self.score(sum) * std::f64::consts::LN_2 / usual_length(self.n_drawn) * (variance / n).sqrt()
        };
        self.sums.iter().zip(&self.squares).map(of_row).collect()
    }

    /// The scores of other rows, each as if it had been among those it was grown from. Fails with `OtherShape` when they have other columns.
    pub fn scores_of(&self, x: &Matrix, ctx: &Ctx) -> Result<Vec<f64>, UnusualError> {
        if x.n_cols() != self.n_cols {
            return Err(UnusualError::OtherShape { found: x.n_cols(), expected: self.n_cols });
        }
        let rows = Blocks::new(x.n_rows(), x.n_cols(), |row| x.row(row));
        let (mut sums, mut squares) = (vec![0.0; x.n_rows()], vec![0.0; x.n_rows()]);
        for trees in self.trees.chunks(TREES_A_ROUND) {
            add_up(trees, &rows, &mut sums, &mut squares, ctx)?;
        }
        Ok(sums.iter().map(|&sum| self.score(sum)).collect())
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        2 * self.sums.len() * size_of::<f64>() + self.trees.iter().map(IsolationTree::bytes).sum::<usize>()
    }

    fn score(&self, sum: f64) -> f64 {
        let mean = sum / self.trees.len().max(1) as f64;
        let usual = usual_length(self.n_drawn);
        if self.trees.is_empty() { 0.5 } else { (-mean / usual).exp2() }
    }
}

/// Takes all rows through the trees, in their order.
fn add_up(trees: &[IsolationTree], rows: &Blocks, sums: &mut [f64], squares: &mut [f64], ctx: &Ctx) -> Result<(), UnusualError> {
    let tasks = sums.par_chunks_mut(BLOCKS_A_TASK * LANES).zip(squares.par_chunks_mut(BLOCKS_A_TASK * LANES)).enumerate();
    tasks.try_for_each(|(task, (sums, squares))| {
        ctx.check()?;
        vectorised(
            #[inline(always)]
            || {
                let n_blocks = sums.len().div_ceil(LANES);
                let mut totals = [([0.0; LANES], [0.0; LANES]); BLOCKS_A_TASK];
                let blocks = sums.chunks(LANES).zip(squares.chunks(LANES));
                for ((sums, squares), total) in blocks.zip(&mut totals) {
                    total.0[..sums.len()].copy_from_slice(sums);
                    total.1[..squares.len()].copy_from_slice(squares);
                }
                for tree in trees {
                    for (block, (sums, squares)) in totals[..n_blocks].iter_mut().enumerate() {
                        tree.ask(rows.block(task * BLOCKS_A_TASK + block), sums, squares);
                    }
                }
                let blocks = sums.chunks_mut(LANES).zip(squares.chunks_mut(LANES));
                for ((sums, squares), total) in blocks.zip(&totals) {
                    sums.copy_from_slice(&total.0[..sums.len()]);
                    squares.copy_from_slice(&total.1[..squares.len()]);
                }
            },
        );
        Ok::<_, UnusualError>(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some_rows(n: usize) -> Matrix {
        let value = |i: usize| (i.wrapping_mul(2_654_435_761) % 100_003) as f64 / 1e5;
        let mut values: Vec<f64> = (0..n * 3).map(value).collect();
        values[..3].copy_from_slice(&[3.0, 3.0, -2.0]);
        Matrix::new(values, n, 3).unwrap()
    }

    #[test]
    fn the_first_trees_of_many_are_the_few() {
        let x = some_rows(700);
        let mut at_once = IsolationForest::new(&x, 5).unwrap();
        at_once.grow(&x, 100, &Ctx::new()).unwrap();
        let mut in_rounds = IsolationForest::new(&x, 5).unwrap();
        for n in [10, 60, 100] {
            in_rounds.grow(&x, n, &Ctx::new()).unwrap();
        }
        assert_eq!((at_once.scores(), at_once.standard_errors()), (in_rounds.scores(), in_rounds.standard_errors()));
        let hundred = at_once.trees.clone();
        at_once.grow(&x, 300, &Ctx::new()).unwrap();
        assert_eq!((&at_once.trees[..100], at_once.n_trees()), (&hundred[..], 300));
        assert_eq!(at_once.scores_of(&x, &Ctx::new()).unwrap(), at_once.scores(), "rows it was grown from are scored alike");
    }

    #[test]
    fn threads_change_nothing() {
        let x = some_rows(3_000);
        let scores = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut forest = IsolationForest::new(&x, 1).unwrap();
                forest.grow(&x, 40, &Ctx::new()).unwrap();
                forest.scores()
            })
        };
        assert_eq!(scores(1), scores(3));
    }

    #[test]
    fn who_is_far_out_comes_first_and_errors_shrink() {
        let x = some_rows(2_000);
        let mut forest = IsolationForest::new(&x, 0).unwrap();
        assert_eq!((forest.scores()[0], forest.standard_errors()[0]), (0.5, f64::INFINITY));
        forest.grow(&x, 100, &Ctx::new()).unwrap();
        let (scores, few) = (forest.scores(), forest.standard_errors());
        assert!(scores[1..].iter().all(|&score| score < scores[0] && score > 0.0));
        forest.grow(&x, 400, &Ctx::new()).unwrap();
        let many = forest.standard_errors();
        assert!((0..2_000).map(|row| many[row] / few[row]).sum::<f64>() / 2_000.0 < 0.6);
    }

    #[test]
    fn the_error_says_how_much_another_forest_differs() {
        let x = some_rows(500);
        let scored = |seed: u64| {
            let mut forest = IsolationForest::new(&x, seed).unwrap();
            forest.grow(&x, 100, &Ctx::new()).unwrap();
            (forest.scores(), forest.standard_errors())
        };
        let (one, other) = (scored(1), scored(2));
        let within = (0..500).filter(|&row| (one.0[row] - other.0[row]).abs() < 2.0 * one.1[row].hypot(other.1[row])).count();
        assert!((440..=500).contains(&within), "{within} of 500 within two errors");
    }

    #[test]
    fn nothing_to_tell_apart() {
        let x = Matrix::from_rows(&[[1.0, 2.0]; 9]).unwrap();
        assert_eq!(IsolationForest::new(&x, 0).err(), Some(UnusualError::AllEqual));
        let x = Matrix::from_rows(&[[1.0]]).unwrap();
        assert_eq!(IsolationForest::new(&x, 0).err(), Some(UnusualError::TooFewRows { rows: 1 }));
        let two = Matrix::from_rows(&[[1.0], [2.0]]).unwrap();
        let mut forest = IsolationForest::new(&two, 0).unwrap();
        assert!(matches!(forest.grow(&Matrix::from_rows(&[[1.0, 2.0]]).unwrap(), 5, &Ctx::new()), Err(UnusualError::OtherShape { .. })));
        forest.grow(&two, 5, &Ctx::new()).unwrap();
        assert_eq!(forest.scores(), [0.5; 2]);
    }

    #[test]
    fn stopped_it_keeps_what_it_has() {
        let x = some_rows(600);
        let mut whole = IsolationForest::new(&x, 0).unwrap();
        whole.grow(&x, 25, &Ctx::new()).unwrap();
        let mut stopped = IsolationForest::new(&x, 0).unwrap();
        let ctx = Ctx::stopping_after(6);
        assert_eq!(stopped.grow(&x, 100, &ctx), Err(UnusualError::Stopped(crate::base::Stopped)));
        assert_eq!((stopped.n_trees() % 25, stopped.n_trees() < 100), (0, true));
        stopped.grow(&x, 25, &Ctx::new()).unwrap();
        assert_eq!(stopped.scores(), whole.scores());
    }
}
