//! From which score on is a customer unusual, how many are, and how many would be by chance?
//!
//! In: the scores of all customers and of smooth copies. Out: for any line the real count, the expected one and the excess; a suggested line; the sorted curve with
//! the band of the copies. Sorting O(n log n) once per score; moving the line O(copies x log n).
//!
//! expected(t) is the mean count of copied rows above t, scaled to all customers where a copy is smaller. The suggested line is the lowest t at which no more than a
//! tenth of those above it would be there anyway, *and* at which so many would be there by chance in fewer than one in twenty populations: without the second condition the
//! single most extreme of many ordinary customers would often be named. Ours, both editable.

use rayon::prelude::*;

/// Of those above the suggested line at most this share would be there by chance.
pub const MOST_EXPECTED_SHARE: f64 = 0.1;
/// A count that chance gives more often than this is not suggested.
pub const MOST_CHANCE: f64 = 0.05;
/// Points of a curve, at most.
const MOST_POINTS: usize = 2_000;
/// Points of a curve that show the first customers one by one.
const FIRST_POINTS: usize = 1_000;

/// Scores in order, the most unusual first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ordered {
    /// Rows, the most unusual first; of equal scores the first row first.
    pub rows: Vec<u32>,
    /// Their scores, falling.
    pub scores: Vec<f64>,
}

impl Ordered {
    /// Sorts scores. They must not be NaN.
    pub fn of(scores: &[f64]) -> Ordered {
        let mut rows: Vec<u32> = (0..scores.len() as u32).collect();
        rows.par_sort_unstable_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b)));
        let scores = rows.iter().map(|&row| scores[row as usize]).collect();
        Ordered { rows, scores }
    }

    /// How many score `threshold` or more. O(log n).
    pub fn count(&self, threshold: f64) -> usize {
        at_or_above(&self.scores, threshold)
    }

    /// The rows that score `threshold` or more, the most unusual first. O(log n).
    pub fn above(&self, threshold: f64) -> &[u32] {
        &self.rows[..self.count(threshold)]
    }

    /// The line that takes in `count` customers and those that tie with the last of them; infinite for none.
    pub fn threshold_for(&self, count: usize) -> f64 {
        match count.min(self.scores.len()) {
            0 => f64::INFINITY,
            count => self.scores[count - 1],
        }
    }

    /// Whether the one at `position` is firmly ahead of the next: the gap exceeds twice the standard error of it. `errors` is by row.
    pub fn is_firm(&self, position: usize, errors: &[f64]) -> bool {
        match (self.scores.get(position), self.scores.get(position + 1)) {
            (Some(one), Some(next)) => {
                let (a, b) = (errors[self.rows[position] as usize], errors[self.rows[position + 1] as usize]);
                one - next > 2.0 * a.hypot(b)
            }
            _ => true,
        }
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.rows.len() * (size_of::<u32>() + size_of::<f64>())
    }
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// The score from which on a customer is unusual.
    pub threshold: f64,
    /// Customers at or above it.
    pub real: usize,
    /// Customers that would be in a smooth population.
    pub expected: f64,
    /// How many more there are; 0 where there are fewer.
    pub excess: f64,
}

/// One point of the sorted-score curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Place among the customers, from 1 for the most unusual.
    pub place: usize,
    /// The customer's score.
    pub score: f64,
    /// The score at the same place in smooth copies: the least or 5 %, the median, the largest or 95 %. None without copies.
    pub copies: Option<(f64, f64, f64)>,
}

/// The scores of one kind in smooth copies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expected {
    /// For each copy its scores, falling.
    copies: Vec<Vec<f64>>,
    /// Customers.
    n_rows: usize,
}

impl Expected {
    /// Scores of `n_rows` customers in no copy so far.
    pub fn new(n_rows: usize) -> Expected {
        Expected { copies: Vec::new(), n_rows }
    }

    /// Adds a copy. One without rows says nothing and is left out.
    pub fn add(&mut self, mut scores: Vec<f64>) {
        if !scores.is_empty() {
            scores.par_sort_unstable_by(|a, b| b.total_cmp(a));
            self.copies.push(scores);
        }
    }

    /// Copies so far.
    pub fn n_copies(&self) -> usize {
        self.copies.len()
    }

    /// Rows of each copy; fewer than the customers where there are very many.
    pub fn rows_a_copy(&self) -> usize {
        self.copies.first().map_or(0, Vec::len)
    }

    /// How many customers of a smooth population would score `threshold` or more; none without a copy. O(copies x log n).
    pub fn count(&self, threshold: f64) -> Option<f64> {
        let share = |copy: &Vec<f64>| at_or_above(copy, threshold) as f64 / copy.len() as f64;
        let shares: f64 = self.copies.iter().map(share).sum();
        (!self.copies.is_empty()).then(|| shares / self.copies.len() as f64 * self.n_rows as f64)
    }

    /// What a line at `threshold` says; none without a copy.
    pub fn line(&self, real: &Ordered, threshold: f64) -> Option<Line> {
        let (real, expected) = (real.count(threshold), self.count(threshold)?);
        Some(Line { threshold, real, expected, excess: (real as f64 - expected).max(0.0) })
    }

    /// The lowest line of which at most `most_expected` (0.1) would be there anyway and whose count chance gives at most `most_chance` (0.05) of the time. None:
    /// nobody stands out more than a smooth population would show, or there is no copy yet. O(copies x n).
    ///
    /// How often chance gives so many is read from a Poisson distribution with the expected count, one more copied row counted as above the line: copies
    /// that show nobody do not show that there never is anybody. Fewer than 20 copies of all rows can therefore suggest no line above a single customer.
    pub fn suggested(&self, real: &Ordered, most_expected: f64, most_chance: f64) -> Option<Line> {
        let copied: usize = self.copies.iter().map(Vec::len).sum();
        if copied == 0 {
            return None;
        }
        let to_all = self.n_rows as f64 / copied as f64;
        let mut above = vec![0usize; self.copies.len()];
        let mut lowest = None;
        let mut count = 0;
        for same in real.scores.chunk_by(|a, b| a == b) {
            count += same.len();
            for (above, copy) in above.iter_mut().zip(&self.copies) {
                *above += copy[*above..].iter().take_while(|&&score| score >= same[0]).count();
            }
            let copies_above: usize = above.iter().sum();
            let expected = copies_above as f64 * to_all;
            if expected <= most_expected * count as f64 && at_least(count, expected + to_all) <= most_chance {
                lowest = Some(same[0]);
            }
            // Nothing below can be suggested once more are expected by chance than there are customers above.
            if expected > self.n_rows as f64 * most_expected {
                break;
            }
        }
        lowest.and_then(|threshold| self.line(real, threshold))
    }

    /// The customers' scores in falling order beside those of the copies, at most 2000 points: the first thousand customers one by one, then at growing steps.
    pub fn curve(&self, real: &Ordered) -> Vec<CurvePoint> {
        let n = real.scores.len();
        let mut places: Vec<usize> = (0..n.min(FIRST_POINTS)).collect();
        if n > FIRST_POINTS {
            let n_more = (MOST_POINTS - FIRST_POINTS - 1) as f64;
            let growth = ((n - 1) as f64 / FIRST_POINTS as f64).ln() / n_more;
            places.extend((0..=n_more as usize).map(|step| ((FIRST_POINTS as f64 * (growth * step as f64).exp()) as usize).min(n - 1)));
            places.dedup();
        }
        let point = |place: usize| {
            let mut there: Vec<f64> = self
                .copies
                .iter()
                .map(|copy| copy[(((place as f64 + 0.5) / n as f64 * copy.len() as f64) as usize).min(copy.len() - 1)])
                .collect();
            there.sort_unstable_by(f64::total_cmp);
            let quantile = |q: f64| crate::base::stats::quantile_sorted(&there, q);
            let (low, high) = if there.len() < 20 { (0.0, 1.0) } else { (0.05, 0.95) };
            let copies = (!there.is_empty()).then(|| (quantile(low), quantile(0.5), quantile(high)));
            CurvePoint { place: place + 1, score: real.scores[place], copies }
        };
        places.into_iter().map(point).collect()
    }

    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.copies.iter().map(|copy| copy.len() * size_of::<f64>()).sum()
    }
}

/// How many of falling scores are `threshold` or more.
fn at_or_above(falling: &[f64], threshold: f64) -> usize {
    falling.partition_point(|&score| score >= threshold)
}

/// The probability that a Poisson variable of this mean is `count` or more.
fn at_least(count: usize, mean: f64) -> f64 {
    // The sum of the terms from `count` on; those below would cancel where the tail is thin.
    let log_first = -mean + (1..=count).map(|i| (mean / i as f64).ln()).sum::<f64>();
    if mean >= count as f64 {
        return 1.0;
    }
    let (mut term, mut sum) = (1.0, 0.0);
    for i in count + 1.. {
        sum += term;
        term *= mean / i as f64;
        if term < 1e-12 * sum {
            break;
        }
    }
    (log_first.exp() * sum).min(1.0)
}
