//! How many questions does it take to leave a customer alone? One tree of random questions, laid out to be asked fast.
//!
//! In: the rows drawn for the tree, a random stream. Out: a tree of fixed depth. Building O(rows x p x depth), asking one row O(depth).
//!
//! The tree is stored as if it were full: below a leaf every question sends everybody to the left, down to the leftmost place at the bottom, where the leaf's
//! value is. So all rows take the same number of steps and no step is guessed, and sixteen rows go down side by side.

use crate::base::Matrix;
use crate::base::seed::{self, Random, RngExt};
use crate::cluster::lanes::LANES;

/// Rows drawn for a tree, at most.
pub(super) const MOST_DRAWN: usize = 256;
const SALT: u64 = 0x4973_6F6C_6174_696F;

/// A tree of questions "is this column below that number?".
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IsolationTree {
    /// Question i is followed by 2i + 1 (below) and 2i + 2; 2^depth - 1 of them.
    columns: Vec<u32>,
    cuts: Vec<f64>,
    /// The number of questions it takes to get to each place at the bottom, with what the rows left there would still take; 2^depth of them.
    lengths: Vec<f64>,
    depth: usize,
}

/// The mean number of questions that tell one of `m` rows from the others, in a tree that is never cut short: 2 (ln(m - 1) + Euler's constant) - 2 (m - 1) / m,
/// as scikit-learn has it; the exact harmonic numbers of other programs differ for few rows.
pub(super) fn usual_length(m: usize) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    match m {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => 2.0 * (((m - 1) as f64).ln() + EULER) - 2.0 * (m - 1) as f64 / m as f64,
    }
}

impl IsolationTree {
    /// Tree number `nth` of `seed`, over the rows of `x`; its stream is its own, so it is the same however many there are.
    pub(super) fn grow(x: &Matrix, seed: u64, nth: usize) -> IsolationTree {
        let mut random = seed::random(seed ^ SALT, nth as u64);
        let n_drawn = x.n_rows().min(MOST_DRAWN);
        let mut rows = draw(x.n_rows(), n_drawn, &mut random);
        let depth = n_drawn.next_power_of_two().trailing_zeros() as usize;
        let n_questions = (1 << depth) - 1;
        let mut tree = IsolationTree {
            columns: vec![0; n_questions],
            cuts: vec![f64::INFINITY; n_questions],
            lengths: vec![0.0; n_questions + 1],
            depth,
        };
        let mut scratch = Scratch { low: vec![0.0; x.n_cols()], high: vec![0.0; x.n_cols()], varying: Vec::new() };
        tree.split(x, &mut rows, 0, 0, &mut scratch, &mut random);
        tree
    }

    fn split(&mut self, x: &Matrix, rows: &mut [u32], at: usize, level: usize, scratch: &mut Scratch, random: &mut Random) {
        let column = if rows.len() > 1 && level < self.depth { scratch.varying_column(x, rows, random) } else { None };
        let Some(column) = column else {
            // Down on the left to the bottom.
            let place = ((at + 1) << (self.depth - level)) - (1 << self.depth);
            self.lengths[place] = level as f64 + usual_length(rows.len());
            return;
        };
        let (low, high) = (scratch.low[column], scratch.high[column]);
        // Above the least and up to the largest value, so that somebody is on either side.
        let cut = (low + (high - low) * (1.0 - random.random::<f64>())).min(high);
        let cut = if cut > low { cut } else { high };
        self.columns[at] = column as u32;
        self.cuts[at] = cut;
        let mut below = 0;
        for i in 0..rows.len() {
            if x.at(rows[i] as usize, column) < cut {
                rows.swap(i, below);
                below += 1;
            }
        }
        let (left, right) = rows.split_at_mut(below);
        self.split(x, left, 2 * at + 1, level + 1, scratch, random);
        self.split(x, right, 2 * at + 2, level + 1, scratch, random);
    }

    /// Adds the questions it takes for each row of a block to `sums`, and their squares to `squares`.
    #[inline(always)]
    pub(super) fn ask(&self, block: &[[f64; LANES]], sums: &mut [f64; LANES], squares: &mut [f64; LANES]) {
        let mut at = [0u32; LANES];
        for _ in 0..self.depth {
            for (lane, at) in at.iter_mut().enumerate() {
                let question = *at as usize;
                let value = block[self.columns[question] as usize][lane];
                *at = 2 * *at + 1 + u32::from(value >= self.cuts[question]);
            }
        }
        let first = (1u32 << self.depth) - 1;
        for lane in 0..LANES {
            let length = self.lengths[(at[lane] - first) as usize];
            sums[lane] += length;
            squares[lane] += length * length;
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.columns.len() * (size_of::<u32>() + size_of::<f64>()) + self.lengths.len() * size_of::<f64>()
    }
}

/// The ends of every column among some rows.
struct Scratch {
    low: Vec<f64>,
    high: Vec<f64>,
    varying: Vec<u32>,
}

impl Scratch {
    /// One of the columns that vary among the rows, each as likely; none where all rows are equal.
    fn varying_column(&mut self, x: &Matrix, rows: &[u32], random: &mut Random) -> Option<usize> {
        self.low.fill(f64::INFINITY);
        self.high.fill(f64::NEG_INFINITY);
        for &row in rows {
            for ((low, high), &value) in self.low.iter_mut().zip(&mut self.high).zip(x.row(row as usize)) {
                *low = low.min(value);
                *high = high.max(value);
            }
        }
        self.varying.clear();
        self.varying.extend((0..self.low.len()).filter(|&column| self.low[column] < self.high[column]).map(|column| column as u32));
        match self.varying.len() {
            0 => None,
            n => Some(self.varying[random.random_range(0..n)] as usize),
        }
    }
}

/// `m` different numbers below `n`, each set as likely (Floyd, in Bentley 1987, "A sample of brilliance").
fn draw(n: usize, m: usize, random: &mut Random) -> Vec<u32> {
    let mut drawn = std::collections::BTreeSet::new();
    for last in n - m..n {
        let one = random.random_range(0..=last) as u32;
        if !drawn.insert(one) {
            drawn.insert(last as u32);
        }
    }
    drawn.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_lengths_are_those_of_scikit_learn() {
        assert_eq!([0, 1, 2].map(usual_length), [0.0, 0.0, 1.0]);
        assert!((usual_length(256) - 10.244_770_920).abs() < 1e-9, "{}", usual_length(256));
        assert!((usual_length(3) - 1.207_392_357_589_643_6).abs() < 1e-12);
    }

    #[test]
    fn a_tree_by_hand() {
        // Two rows: one question always tells them apart.
        let x = Matrix::from_rows(&[[0.0, 5.0], [1.0, 5.0]]).unwrap();
        for nth in 0..20 {
            let tree = IsolationTree::grow(&x, 3, nth);
            assert_eq!((tree.depth, tree.columns[0], &tree.lengths[..]), (1, 0, &[1.0, 1.0][..]));
            assert!(tree.cuts[0] > 0.0 && tree.cuts[0] <= 1.0);
        }
    }

    #[test]
    fn every_row_drawn_ends_where_its_leaf_is() {
        // The lengths of the rows a tree was grown from add up to what its leaves hold: followed one by one, as it was grown.
        let x = Matrix::new((0..40 * 3).map(|i| ((i * 7919) % 101) as f64).collect(), 40, 3).unwrap();
        for nth in 0..30 {
            let tree = IsolationTree::grow(&x, 1, nth);
            let mut reached = vec![0usize; tree.lengths.len()];
            for row in 0..40 {
                let mut at = 0;
                for _ in 0..tree.depth {
                    at = 2 * at + 1 + usize::from(x.at(row, tree.columns[at] as usize) >= tree.cuts[at]);
                }
                reached[at - (tree.lengths.len() - 1)] += 1;
            }
            for (place, &n) in reached.iter().enumerate() {
                match n {
                    0 => assert_eq!(tree.lengths[place], 0.0, "nobody stands at place {place}"),
                    _ => {
                        let level = tree.lengths[place] - usual_length(n);
                        assert!(level >= 1.0 && level <= tree.depth as f64 && (level - level.round()).abs() < 1e-12, "{level}");
                    }
                }
            }
        }
    }

    #[test]
    fn draws_are_different_rows() {
        let mut random = seed::random(0, 0);
        for (n, m) in [(5, 5), (300, 256), (1_000_000, 256)] {
            let drawn = draw(n, m, &mut random);
            assert!(drawn.len() == m && drawn.windows(2).all(|pair| pair[0] < pair[1]) && drawn.iter().all(|&row| (row as usize) < n));
        }
    }
}
