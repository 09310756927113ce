//! How far apart are two sequences?
//!
//! In: sequences of symbols. Out: for short ones optimal matching (A. Abbott, J. Forrest 1986): the least cost of turning one into the other, where
//! replacing i by j costs 2 - p(i|j) - p(j|i) by the rates at which one follows the other, leaving out or putting in costs half the dearest replacement,
//! and the sum is divided by the longer length (as TraMineR's `seqdist` with method "OM", "TRATE" and norm "maxlength"). For long ones the cosine between
//! the counts of all runs of one to three symbols. O(length²) and O(length) a pair.

use super::sequences::Sequences;

/// The costs of optimal matching.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Costs {
    n: usize,
    replace: Vec<f32>,
    pub indel: f32,
}

impl Costs {
    /// By the rates in these sequences, everyone's, so that distances mean the same in every persona.
    pub fn of(sequences: &Sequences) -> Costs {
        let n = sequences.names.len().max(1);
        let mut follows = vec![0usize; n * n];
        for customer in 0..sequences.starts.len() - 1 {
            sequences.of(customer).windows(2).for_each(|pair| follows[usize::from(pair[0]) * n + usize::from(pair[1])] += 1);
        }
        let rate = |i: usize, j: usize| {
            let all: usize = follows[i * n..(i + 1) * n].iter().sum();
            if all == 0 { 0.0 } else { follows[i * n + j] as f32 / all as f32 }
        };
        let cost = |i: usize, j: usize| if i == j { 0.0 } else { 2.0 - rate(i, j) - rate(j, i) };
        let replace: Vec<f32> = (0..n * n).map(|at| cost(at / n, at % n)).collect();
        let indel = replace.iter().copied().fold(0.0, f32::max) / 2.0;
        Costs { n, replace, indel }
    }

    /// The distance; `row` is space that is used again.
    pub fn distance(&self, a: &[u8], b: &[u8], row: &mut Vec<f32>) -> f32 {
        let longer = a.len().max(b.len());
        if longer == 0 {
            return 0.0;
        }
        row.clear();
        row.extend((0..=b.len()).map(|j| j as f32 * self.indel));
        for (i, &of_a) in a.iter().enumerate() {
            let costs = &self.replace[usize::from(of_a) * self.n..][..self.n];
            let mut diagonal = row[0];
            let mut left = (i + 1) as f32 * self.indel;
            row[0] = left;
            for (of_b, cell) in b.iter().zip(&mut row[1..]) {
                left = (diagonal + costs[usize::from(*of_b)]).min(left.min(*cell) + self.indel);
                diagonal = *cell;
                *cell = left;
            }
        }
        row[b.len()] / longer as f32
    }
}

/// Codes of runs: up to three symbols of six bits.
pub(super) const RUNS: usize = 1 << 18;

/// The counts of the runs of one to three symbols, scaled to length one: code and weight, ascending by code.
pub(super) fn runs(sequence: &[u8]) -> Vec<(u32, f32)> {
    let symbol = |at: usize| u32::from(sequence[at].min(62)) + 1;
    let mut codes: Vec<u32> = Vec::with_capacity(3 * sequence.len());
    for at in 0..sequence.len() {
        let mut code = 0;
        for next in at..(at + 3).min(sequence.len()) {
            code = code << 6 | symbol(next);
            codes.push(code);
        }
    }
    codes.sort_unstable();
    let mut counts: Vec<(u32, f32)> = codes.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as f32)).collect();
    let length = counts.iter().map(|(_, n)| n * n).sum::<f32>().sqrt();
    counts.iter_mut().for_each(|(_, n)| *n /= length);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};

    fn made(lists: &[&[u8]], n: usize) -> Sequences {
        let mut all = Sequences { names: vec![String::new(); n], starts: vec![0], symbols: Vec::new(), cut: 0 };
        for list in lists {
            all.symbols.extend(*list);
            all.starts.push(all.symbols.len());
        }
        all
    }

    #[test]
    fn distances_by_hand() {
        // After 0 comes 1 in two of three, 2 in one; after 1 comes 2 always.
        let costs = Costs::of(&made(&[&[0, 1, 2], &[0, 1], &[0, 2]], 3));
        let cost = |i: usize, j: usize| costs.replace[i * 3 + j];
        assert!(
            (cost(0, 1) - (2.0 - 2.0 / 3.0)).abs() < 1e-6
                && (cost(1, 2) - 1.0).abs() < 1e-6
                && (cost(0, 2) - (2.0 - 1.0 / 3.0)).abs() < 1e-6
        );
        assert!((costs.indel - 5.0 / 6.0).abs() < 1e-6);
        let mut row = Vec::new();
        // 0 1 2 to 0 2: leave out 1.
        assert!((costs.distance(&[0, 1, 2], &[0, 2], &mut row) - 5.0 / 6.0 / 3.0).abs() < 1e-6);
        // 1 to 2: replacing costs 1, less than out and in.
        assert!((costs.distance(&[1], &[2], &mut row) - 1.0).abs() < 1e-6);
        assert!((costs.distance(&[1], &[], &mut row) - 5.0 / 6.0).abs() < 1e-6);
    }

    #[test]
    fn as_the_whole_table_says() {
        let mut random = seed::random(3, 0);
        let lists: Vec<Vec<u8>> = (0..60).map(|_| (0..random.random_range(1..12)).map(|_| random.random_range(0..5)).collect()).collect();
        let views: Vec<&[u8]> = lists.iter().map(Vec::as_slice).collect();
        let costs = Costs::of(&made(&views, 5));
        let slow = |a: &[u8], b: &[u8]| {
            let mut table = vec![vec![0f32; b.len() + 1]; a.len() + 1];
            for i in 0..=a.len() {
                for j in 0..=b.len() {
                    let gap = (i + j) as f32 * costs.indel;
                    table[i][j] = if i == 0 || j == 0 {
                        gap
                    } else {
                        let replaced = table[i - 1][j - 1] + costs.replace[usize::from(a[i - 1]) * 5 + usize::from(b[j - 1])];
                        replaced.min(table[i - 1][j] + costs.indel).min(table[i][j - 1] + costs.indel)
                    };
                }
            }
            table[a.len()][b.len()] / a.len().max(b.len()) as f32
        };
        let mut row = Vec::new();
        for a in &views {
            for b in &views {
                let found = costs.distance(a, b, &mut row);
                assert!((found - slow(a, b)).abs() < 1e-5);
                assert!((found - costs.distance(b, a, &mut row)).abs() < 1e-5, "the way back is as far");
            }
        }
    }

    #[test]
    fn runs_by_hand() {
        // 0, 1, 0: runs 0 twice, 1, 01, 10, 010.
        let found = runs(&[0, 1, 0]);
        assert_eq!(found.len(), 5);
        let length = (4.0f32 + 4.0).sqrt();
        assert!((found[0].1 - 2.0 / length).abs() < 1e-6);
        assert!((found.iter().map(|(_, n)| n * n).sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(found.iter().all(|(code, _)| (*code as usize) < RUNS));
    }
}
