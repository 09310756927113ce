//! From which score on is a customer unusual, how many are, and how many would be by chance?
//!
//! In: the scores of all customers and of smooth copies. Out: for any line the real count, the expected one and the excess; a suggested line; the sorted curve with
//! the band of the copies. Sorting O(n log n) once per score; moving the line O(copies x log n).
//!
//! expected(t) is the mean count of copied rows above t, scaled to all customers where a copy is smaller. The suggested line is the lowest t at which no more than a
//! tenth of those above it would be there anyway and no more than a tenth of the customers are above it, *and* at which so many would be there by chance in fewer than one in twenty populations. Without the second condition the
//! single most extreme of many ordinary customers would often be named. Ours, both editable.

use rayon::prelude::*;

/// Of those above the suggested line at most this share would be there by chance.
pub const MOST_EXPECTED_SHARE: f64 = 0.1;
/// A count that chance gives more often than this is not suggested.
pub const MOST_CHANCE: f64 = 0.05;
/// What more than this share of the customers are is no exception: the suggested line stays above.
pub const MOST_UNUSUAL_SHARE: f64 = 0.1;
/// A first customer so far ahead that chance gives such a one more seldom than this stands out alone.
const MOST_CHANCE_OF_FIRST: f64 = 0.01;
/// Points of a curve, at most.
const MOST_POINTS: usize = 2_000;
/// Points of a curve that show the first customers one by one.
const FIRST_POINTS: usize = 1_000;

/// Scores in order, the most unusual first.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderedScores {
    /// Rows, the most unusual first; of equal scores the first row first.
    pub rows: Vec<u32>,
    /// Their scores, falling.
    pub scores: Vec<f64>,
}

impl OrderedScores {
    /// Sorts scores. They must not be NaN.
    pub fn of(scores: &[f64]) -> OrderedScores {
        let mut rows: Vec<u32> = (0..scores.len() as u32).collect();
        rows.par_sort_unstable_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]).then(a.cmp(&b)));
        let scores = rows.iter().map(|&row| scores[row as usize]).collect();
        OrderedScores { rows, scores }
    }

    /// For every row the share of rows with a lower score, half of the equal ones (itself among them) counted: what [`super::percentiles`] gives, without
    /// sorting again. O(n).
    pub fn percentiles(&self) -> Vec<f64> {
        let n = self.scores.len();
        let mut percentiles = vec![0.0; n];
        let mut before = 0;
        for same in self.scores.chunk_by(|a, b| a == b) {
            let through = before + same.len();
            let percentile = ((n - through) as f64 + same.len() as f64 / 2.0) / n as f64;
            self.rows[before..through].iter().for_each(|&row| percentiles[row as usize] = percentile);
            before = through;
        }
        percentiles
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
pub struct UnusualLine {
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
pub struct ExpectedUnusual {
    /// For each copy its scores, falling.
    copies: Vec<Vec<f64>>,
    /// Customers.
    n_rows: usize,
}

impl ExpectedUnusual {
    /// Scores of `n_rows` customers in no copy so far.
    pub fn new(n_rows: usize) -> ExpectedUnusual {
        ExpectedUnusual { copies: Vec::new(), n_rows }
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
    pub fn line(&self, real: &OrderedScores, threshold: f64) -> Option<UnusualLine> {
        let (real, expected) = (real.count(threshold), self.count(threshold)?);
        Some(UnusualLine { threshold, real, expected, excess: (real as f64 - expected).max(0.0) })
    }

    /// The lowest line of which at most `most_expected` (0.1) would be there anyway and whose count chance gives at most `most_chance` (0.05) of the time. None:
    /// nobody stands out more than a smooth population would show, or there is no copy yet. O(copies² x a tenth of n).
    ///
    /// How often chance gives so many is read from a Poisson distribution with the expected count, one more copied row counted as above the line: copies that show
    /// nobody do not show that there never is anybody. Since every line is tried, some line is remarkable in many an ordinary population too; so each copy is
    /// judged in the same way against the other copies, and the customers must be more remarkable than all of them (with 20 copies once in 21 by
    /// chance), or have one so far ahead that chance gives such a first in one of a hundred, read from a Gumbel distribution of the copies' firsts.
    pub fn suggested(&self, real: &OrderedScores, most_expected: f64, most_chance: f64) -> Option<UnusualLine> {
        let limits = (most_expected, most_chance);
        let all: Vec<&[f64]> = self.copies.iter().map(Vec::as_slice).collect();
        let (lowest, remarkable) = most_remarkable(&real.scores, &all, limits);
        let threshold = lowest?;
        let of_copy = |nth: usize| {
            let others: Vec<&[f64]> = all.iter().enumerate().filter(|&(at, _)| at != nth).map(|(_, copy)| *copy).collect();
            most_remarkable(all[nth], &others, limits).1
        };
        let is_remarkable = (0..all.len()).into_par_iter().all(|nth| of_copy(nth) > remarkable);
        let firsts: Vec<f64> = all.iter().map(|copy| copy[0]).collect();
        (is_remarkable || chance_of_first(real.scores[0], &firsts) <= MOST_CHANCE_OF_FIRST).then(|| self.line(real, threshold)).flatten()
    }

    /// The customers' scores in falling order beside those of the copies, at most 2000 points: the first thousand customers one by one, then at growing steps.
    pub fn curve(&self, real: &OrderedScores) -> Vec<CurvePoint> {
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

/// The lowest line at which no more than the given share of those above is expected, so many come by chance seldom enough, and those above are few; and the least chance of all lines
/// at which the share holds, 1 where there is none.
fn most_remarkable(falling: &[f64], copies: &[&[f64]], (most_expected, most_chance): (f64, f64)) -> (Option<f64>, f64) {
    let copied: usize = copies.iter().map(|copy| copy.len()).sum();
    let (mut lowest, mut least_chance) = (None, 1.0f64);
    if copied == 0 {
        return (lowest, least_chance);
    }
    let to_all = falling.len() as f64 / copied as f64;
    let mut above = vec![0usize; copies.len()];
    let (mut count, mut log_factorial) = (0usize, 0.0);
    for same in falling.chunk_by(|a, b| a == b) {
        for _ in same {
            count += 1;
            log_factorial += (count as f64).ln();
        }
        for (above, copy) in above.iter_mut().zip(copies) {
            *above += copy[*above..].iter().take_while(|&&score| score >= same[0]).count();
        }
        let expected = above.iter().sum::<usize>() as f64 * to_all;
        if expected <= most_expected * count as f64 {
            let chance = at_least(count, log_factorial, expected + to_all);
            least_chance = least_chance.min(chance);
            let is_rare = count == 1 || count as f64 <= falling.len() as f64 * MOST_UNUSUAL_SHARE;
            if chance <= most_chance && is_rare {
                lowest = Some(same[0]);
            }
        }
        // Below this line more are expected than the share allows even if everybody were above; or it takes in what is common.
        if expected > falling.len() as f64 * most_expected || count as f64 > falling.len() as f64 * MOST_UNUSUAL_SHARE {
            break;
        }
    }
    (lowest, least_chance)
}

/// How often chance gives a first of at least this score: the tail of the Gumbel distribution with the mean and spread of the copies' firsts. 1 below three copies.
fn chance_of_first(score: f64, firsts: &[f64]) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    let (mean, sd) = crate::base::stats::mean_sd(firsts);
    if firsts.len() < 3 || sd == 0.0 {
        return 1.0;
    }
    let scale = sd * 6f64.sqrt() / std::f64::consts::PI;
    let place = mean - EULER * scale;
    -(-(-(score - place) / scale).exp()).exp_m1()
}

/// The probability that a Poisson variable of this mean, above 0, is `count` or more; with the logarithm of the factorial of `count`.
fn at_least(count: usize, log_factorial: f64, mean: f64) -> f64 {
    if mean >= count as f64 {
        return 1.0;
    }
    // The sum of the terms from `count` on; those below would cancel where the tail is thin.
    let (mut term, mut sum) = (1.0, 0.0);
    for i in count + 1.. {
        sum += term;
        term *= mean / i as f64;
        if term < 1e-12 * sum {
            break;
        }
    }
    ((count as f64 * mean.ln() - mean - log_factorial).exp() * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores n - 1, ..., 1, 0 on top of which some stand far out.
    fn with_outliers(n: usize, n_out: usize) -> Vec<f64> {
        (0..n).map(|i| if i < n_out { 1000.0 + i as f64 } else { (n - i) as f64 / n as f64 }).collect()
    }

    #[test]
    fn counts_by_hand() {
        let real = OrderedScores::of(&[3.0, 9.0, 1.0, 3.0, 7.0]);
        assert_eq!((&real.rows[..], &real.scores[..]), (&[1u32, 4, 0, 3, 2][..], &[9.0, 7.0, 3.0, 3.0, 1.0][..]));
        assert_eq!((real.count(3.0), real.count(7.5), real.count(0.0), real.count(f64::INFINITY)), (4, 1, 5, 0));
        assert_eq!(real.percentiles(), super::super::percentiles(&[3.0, 9.0, 1.0, 3.0, 7.0]));
        assert_eq!((real.above(7.0), real.threshold_for(3), real.threshold_for(0)), (&[1u32, 4][..], 3.0, f64::INFINITY));
        let mut expected = ExpectedUnusual::new(5);
        assert_eq!((expected.count(1.0), expected.line(&real, 1.0)), (None, None));
        expected.add(vec![8.0, 1.0, 1.0, 1.0, 0.0]);
        expected.add(vec![2.0, 0.0]);
        // One in five of the first and none in two of the second: a tenth of five customers.
        assert_eq!(expected.line(&real, 7.0), Some(UnusualLine { threshold: 7.0, real: 2, expected: 0.5, excess: 1.5 }));
        assert_eq!(expected.count(0.0), Some(5.0));
    }

    #[test]
    fn who_stands_out_is_counted_and_nobody_else() {
        let real = OrderedScores::of(&with_outliers(1_000, 15));
        let mut expected = ExpectedUnusual::new(1_000);
        assert_eq!(expected.suggested(&real, MOST_EXPECTED_SHARE, MOST_CHANCE), None);
        for nth in 0..20 {
            expected.add(with_outliers(1_000, 0).iter().map(|score| score + nth as f64 * 1e-5).collect());
        }
        let line = expected.suggested(&real, MOST_EXPECTED_SHARE, MOST_CHANCE).unwrap();
        assert!(line.real >= 15 && line.real <= 16 && line.expected <= 0.1 * line.real as f64, "{line:?}");
        assert!((line.excess - (line.real as f64 - line.expected)).abs() < 1e-12);
        // One alone is enough when it is far enough.
        let line = expected.suggested(&OrderedScores::of(&with_outliers(1_000, 1)), MOST_EXPECTED_SHARE, MOST_CHANCE).unwrap();
        assert_eq!(line.real, 1);
        // A third of the customers are a group and no exceptions.
        let line = expected.suggested(&OrderedScores::of(&with_outliers(1_000, 350)), MOST_EXPECTED_SHARE, MOST_CHANCE).unwrap();
        assert_eq!(line.real, 100);
        let ordinary = OrderedScores::of(&with_outliers(1_000, 0));
        assert_eq!(expected.suggested(&ordinary, MOST_EXPECTED_SHARE, MOST_CHANCE), None, "nobody stands out");
        let flat = OrderedScores::of(&[0.5; 1_000]);
        let mut same = ExpectedUnusual::new(1_000);
        (0..20).for_each(|_| same.add(vec![0.5; 1_000]));
        assert_eq!(same.suggested(&flat, MOST_EXPECTED_SHARE, MOST_CHANCE), None);
    }

    #[test]
    fn ordinary_populations_seldom_have_a_line() {
        use crate::base::seed::{self, RngExt};
        let drawn = |stream: u64| {
            let mut random = seed::random(1, stream);
            (0..400).map(|_| -random.random_range(1e-12..1.0f64).ln()).collect::<Vec<f64>>()
        };
        let named = (0..60u64)
            .filter(|nth| {
                let mut expected = ExpectedUnusual::new(400);
                (0..20).for_each(|copy| expected.add(drawn(1_000 + nth * 20 + copy)));
                expected.suggested(&OrderedScores::of(&drawn(*nth)), MOST_EXPECTED_SHARE, MOST_CHANCE).is_some()
            })
            .count();
        assert!(named <= 8, "{named} of 60 populations of nobody special");
    }

    #[test]
    fn poisson_tails() {
        let log_factorial = |n: usize| (1..=n).map(|i| (i as f64).ln()).sum::<f64>();
        // scipy.stats.poisson.sf(count - 1, mean)
        for (count, mean, tail) in [(1, 0.05, 0.048770575499285984), (2, 0.2, 0.017523096306421793), (10, 1.0, 1.1142547833872067e-7)] {
            let found = at_least(count, log_factorial(count), mean);
            assert!((found / tail - 1.0).abs() < 1e-9, "{found} {tail}");
        }
        assert_eq!(at_least(3, log_factorial(3), 5.0), 1.0, "as good as sure where more are expected");
    }

    #[test]
    fn a_curve_is_thin_and_starts_at_the_first() {
        for n in [1, 5, 1_000, 1_001, 2_500, 300_000] {
            let real = OrderedScores::of(&with_outliers(n, 1));
            let mut expected = ExpectedUnusual::new(n);
            assert!(expected.curve(&real).iter().all(|point| point.copies.is_none()));
            expected.add(with_outliers(n, 0));
            expected.add(with_outliers(n.div_ceil(3), 0));
            let curve = expected.curve(&real);
            assert!(curve.len() <= 2_000 && curve[0].place == 1 && curve[curve.len() - 1].place == n, "{n}: {}", curve.len());
            assert!(curve.windows(2).all(|pair| pair[0].place < pair[1].place && pair[0].score >= pair[1].score));
            assert!(curve.iter().all(|point| point.copies.is_some_and(|(low, mid, high)| low <= mid && mid <= high)));
        }
    }

    #[test]
    fn the_order_is_firm_where_gaps_are_wide() {
        let real = OrderedScores::of(&[0.9, 0.6, 0.59]);
        let errors = [0.01, 0.01, 0.01];
        assert!(real.is_firm(0, &errors) && !real.is_firm(1, &errors) && real.is_firm(2, &errors));
    }
}
