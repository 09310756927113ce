//! How well do scores foretell what came, and where do groups stand?
//!
//! In: scores, outcomes, and how often each customer counts (all once, or as a bootstrap drew them). Out: the share of pairs in the right order, the
//! share of the spread that is explained, each group's lift with its interval, and foretold against seen. Sorting O(n log n) once, every measure
//! after it O(n).
//!
//! - AUC: the probability that a customer with the outcome has the higher score than one without, ties counting half (H. B. Mann, D. R. Whitney 1947;
//!   J. A. Hanley, B. J. McNeil 1982). Only customers scored by the *same* fit are paired. Scores of several folds thrown together put the constant
//!   below 0.5: a fold that was lucky is foretold by the others, which were less so.
//! - R2: 1 - SSE / SST about the mean of what was seen; below 0 where the mean foretells better.
//! - Lift: the group's rate over everyone's. Its interval is that of the group's rate over the rate of the *rest*, as a group and everyone overlap,
//!   on the logarithm (D. Katz, J. Baptista, S. P. Azen, M. C. Pike 1978); for numbers the same with the variance of the mean.
//! - Calibration: foretold against seen per group, and the slope of the line through them weighted by customers. 1 is right, below 1 means that too
//!   much was made of the differences.

use serde::{Deserialize, Serialize};

use crate::base::stats::{Z_95, quantile_sorted, sorted};

/// A number with the range it lies in with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WithBand {
    /// The number itself.
    pub value: f64,
    /// Lower end of the range.
    pub low: f64,
    /// Upper end of the range.
    pub high: f64,
}

impl WithBand {
    /// The middle 95 % of `drawn` around a value; a band of no width without draws.
    pub fn of_draws(value: f64, drawn: impl IntoIterator<Item = f64>) -> WithBand {
        let ascending = sorted(drawn.into_iter().filter(|value| value.is_finite()));
        if ascending.is_empty() {
            return WithBand { value, low: value, high: value };
        }
        WithBand { value, low: quantile_sorted(&ascending, 0.025), high: quantile_sorted(&ascending, 0.975) }
    }
}

/// Scores in the order that counts pairs quickly: by fit, then by score. Made once, used for every draw.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Rows by fit, then score.
    order: Vec<u32>,
    /// Where each run of equal fit and score ends.
    ties: Vec<u32>,
    /// Where each fit ends.
    fits: Vec<u32>,
}

impl Ranked {
    /// Orders `scores`, `fit` saying which fit gave each. O(n log n).
    pub fn new(scores: &[f64], fit: &[u32]) -> Ranked {
        let mut order: Vec<u32> = (0..scores.len() as u32).collect();
        let key = |row: u32| (fit[row as usize], scores[row as usize]);
        order.sort_unstable_by(|&a, &b| key(a).0.cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)).then(a.cmp(&b)));
        let ends = |same: &dyn Fn(u32, u32) -> bool| {
            let last = order.len();
            (1..=last).filter(|&at| at == last || !same(order[at - 1], order[at])).map(|at| at as u32).collect::<Vec<u32>>()
        };
        let ties = ends(&|a, b| key(a) == key(b));
        let fits = ends(&|a, b| key(a).0 == key(b).0);
        Ranked { order, ties, fits }
    }

    /// The AUC, row i counting `times(i)` times; none where no fit has both outcomes. O(n).
    pub fn auc(&self, happened: &[bool], times: impl Fn(usize) -> f64) -> Option<f64> {
        let (mut right, mut pairs) = (0.0, 0.0);
        let (mut yes_before, mut no_before) = (0.0, 0.0);
        let (mut fit, mut start) = (0, 0);
        for &end in &self.ties {
            let (mut yes, mut no) = (0.0, 0.0);
            for &row in &self.order[start as usize..end as usize] {
                let row = row as usize;
                if happened[row] {
                    yes += times(row);
                } else {
                    no += times(row);
                }
            }
            right += yes * (no_before + no / 2.0);
            yes_before += yes;
            no_before += no;
            start = end;
            if self.fits[fit] == end {
                pairs += yes_before * no_before;
                (yes_before, no_before) = (0.0, 0.0);
                fit += 1;
            }
        }
        (pairs > 0.0).then(|| right / pairs)
    }
}

/// The AUC of plain scores from one fit; none where the outcome happened to all or nobody.
///
/// ```
/// use personae::evaluate::ranking::auc;
/// assert_eq!(auc(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]), Some(0.75));
/// assert_eq!(auc(&[0.3, 0.3], &[false, true]), Some(0.5));
/// ```
pub fn auc(scores: &[f64], happened: &[bool]) -> Option<f64> {
    Ranked::new(scores, &vec![0; scores.len()]).auc(happened, |_| 1.0)
}

/// 1 - SSE / SST, row i counting `times(i)` times; none where the outcome does not vary. O(n).
pub fn r_squared(scores: &[f64], seen: &[f64], times: impl Fn(usize) -> f64) -> Option<f64> {
    let (mut n, mut sum) = (0.0, 0.0);
    for (row, value) in seen.iter().enumerate() {
        n += times(row);
        sum += times(row) * value;
    }
    let mean = if n > 0.0 { sum / n } else { 0.0 };
    let (mut left, mut all) = (0.0, 0.0);
    for (row, (value, score)) in seen.iter().zip(scores).enumerate() {
        left += times(row) * (value - score) * (value - score);
        all += times(row) * (value - mean) * (value - mean);
    }
    (all > 0.0).then(|| 1.0 - left / all)
}

/// Where one group stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lift {
    /// Customers of the group.
    pub customers: usize,
    /// Its mean outcome; for yes or no, the share.
    pub mean: f64,
    /// That over everyone's mean; none where that is 0 or below.
    pub lift: Option<f64>,
    /// Its mean over that of the rest; none where either is nobody or not above 0.
    pub against_rest: Option<WithBand>,
}

/// The lift of each of `n_groups` groups. Customers in no group belong to the rest of all. O(n).
///
/// For yes or no outcomes are 0 and 1; where one of the four cells is empty, half a customer is added to each before the interval is taken.
pub fn lifts(groups: &[Option<usize>], n_groups: usize, seen: &[f64], is_yes_or_no: bool) -> Vec<Lift> {
    let mut sums = vec![Sums::default(); n_groups];
    let mut all = Sums::default();
    for (group, &value) in groups.iter().zip(seen) {
        all.add(value);
        if let Some(group) = group {
            sums[*group].add(value);
        }
    }
    let of_group = |group: &Sums| {
        let rest = Sums { n: all.n - group.n, sum: all.sum - group.sum, squares: all.squares - group.squares };
        Lift {
            customers: group.n as usize,
            mean: group.mean(),
            lift: (all.mean() > 0.0).then(|| group.mean() / all.mean()),
            against_rest: ratio(group, &rest, is_yes_or_no),
        }
    };
    sums.iter().map(of_group).collect()
}

/// What is added up of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, value: f64) {
        self.n += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(&self) -> f64 {
        if self.n > 0.0 { self.sum / self.n } else { 0.0 }
    }

    /// The variance of the mean over the squared mean; of yes or no it is (1 - p) / (n p).
    fn relative(&self) -> f64 {
        ((self.squares / self.n - self.mean() * self.mean()).max(0.0)) / (self.n * self.mean() * self.mean())
    }
}

/// The ratio of two means with its interval on the logarithm.
fn ratio(group: &Sums, rest: &Sums, is_yes_or_no: bool) -> Option<WithBand> {
    if group.n == 0.0 || rest.n == 0.0 {
        return None;
    }
    let has_empty_cell = [group, rest].iter().any(|of| of.sum == 0.0 || of.sum == of.n);
    let more = |of: &Sums| Sums { n: of.n + 1.0, sum: of.sum + 0.5, squares: of.squares + 0.5 };
    let (a, b) = if is_yes_or_no && has_empty_cell { (more(group), more(rest)) } else { (*group, *rest) };
    if a.mean() <= 0.0 || b.mean() <= 0.0 {
        return None;
    }
    let (value, half) = (a.mean() / b.mean(), Z_95 * (a.relative() + b.relative()).sqrt());
    Some(WithBand { value, low: value * (-half).exp(), high: value * half.exp() })
}

/// What was foretold of each group and what came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Per group: foretold mean, seen mean, customers seen. None for groups that were not there, or that nobody belongs to any more.
    pub points: Vec<Option<(f64, f64, usize)>>,
    /// Slope of seen on foretold, weighted by customers; none where all groups were foretold the same.
    pub slope: Option<f64>,
}

/// Foretold against seen. `foretold` has a mean per group, `groups` and `seen` are the customers of later. O(n).
pub fn calibration(foretold: &[Option<f64>], groups: &[Option<usize>], seen: &[f64]) -> Calibration {
    let mut sums = vec![Sums::default(); foretold.len()];
    for (group, &value) in groups.iter().zip(seen) {
        if let Some(group) = group {
            sums[*group].add(value);
        }
    }
    let points: Vec<_> = (foretold.iter().zip(&sums))
        .map(|(foretold, sums)| foretold.filter(|_| sums.n > 0.0).map(|foretold| (foretold, sums.mean(), sums.n as usize)))
        .collect();
    let (mut n, mut x, mut y) = (0.0, 0.0, 0.0);
    for &(foretold, seen, customers) in points.iter().flatten() {
        n += customers as f64;
        x += customers as f64 * foretold;
        y += customers as f64 * seen;
    }
    let (mean_x, mean_y) = (x / n, y / n);
    let (mut both, mut spread) = (0.0, 0.0);
    for &(foretold, seen, customers) in points.iter().flatten() {
        both += customers as f64 * (foretold - mean_x) * (seen - mean_y);
        spread += customers as f64 * (foretold - mean_x) * (foretold - mean_x);
    }
    Calibration { points, slope: (spread > 1e-18 * n.max(1.0)).then(|| both / spread) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_by_hand() {
        // Four with, three without; scores tie once across: pairs won 4*3 = 12; of them lost one, tied two.
        let scores = [0.9, 0.8, 0.5, 0.2, 0.5, 0.5, 0.1];
        let happened = [true, true, true, true, false, false, false];
        // 0.9 and 0.8 beat all three: 6. 0.5 beats one, ties two: 2. 0.2 beats one: 1.
        assert_eq!(auc(&scores, &happened), Some(9.0 / 12.0));
        assert_eq!(auc(&scores, &[true; 7]), None);
        let turned: Vec<f64> = scores.iter().map(|score| -score).collect();
        assert_eq!(auc(&turned, &happened), Some(3.0 / 12.0));
        // Counting a row twice is having it twice.
        let times = [1.0, 0.0, 2.0, 1.0, 3.0, 0.0, 1.0];
        let (mut more, mut came) = (Vec::new(), Vec::new());
        for (row, &n) in times.iter().enumerate() {
            (0..n as usize).for_each(|_| {
                more.push(scores[row]);
                came.push(happened[row]);
            });
        }
        let drawn = Ranked::new(&scores, &[0; 7]).auc(&happened, |row| times[row]);
        assert_eq!(drawn, auc(&more, &came));
    }

    #[test]
    fn a_constant_is_no_better_and_no_worse_than_chance() {
        // Each half is foretold the other half's rate: thrown together, those with the outcome all have the lower score.
        let happened = [true, true, false, false, false, false];
        let (scores, fit) = ([0.0, 0.0, 0.0, 2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0], [0, 0, 0, 1, 1, 1]);
        assert!(auc(&scores, &happened).unwrap() < 0.2);
        assert_eq!(Ranked::new(&scores, &fit).auc(&happened, |_| 1.0), Some(0.5));
    }

    #[test]
    fn explained_spread_by_hand() {
        let seen = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(r_squared(&[2.5; 4], &seen, |_| 1.0), Some(0.0));
        assert_eq!(r_squared(&seen, &seen, |_| 1.0), Some(1.0));
        assert_eq!(r_squared(&[4.0, 3.0, 2.0, 1.0], &seen, |_| 1.0), Some(-3.0));
        assert_eq!(r_squared(&[0.0; 2], &[1.0; 2], |_| 1.0), None);
    }

    #[test]
    fn lifts_by_hand() {
        // Group 0: 20 of 40; group 1: 10 of 60. Everyone 30 of 100; against the rest 0.5 / (1/6) = 3,
        // standard error of its logarithm sqrt(1/20 - 1/40 + 1/10 - 1/60) = 0.32914.
        let groups: Vec<Option<usize>> = (0..100).map(|row| Some(usize::from(row >= 40))).collect();
        let seen: Vec<f64> = (0..100).map(|row| f64::from(u8::from(row < 20 || (40..50).contains(&row)))).collect();
        let found = lifts(&groups, 3, &seen, true);
        assert_eq!((found[0].customers, found[0].mean, found[2].customers, found[2].against_rest), (40, 0.5, 0, None));
        assert!((found[0].lift.unwrap() - 5.0 / 3.0).abs() < 1e-12);
        let band = found[0].against_rest.unwrap();
        assert!((band.value - 3.0).abs() < 1e-12 && (band.low - 1.573825).abs() < 1e-5 && (band.high - 5.718551).abs() < 1e-5, "{band:?}");
        // Nobody of 40: half a customer keeps the interval finite, 0.5/41 against 30.5/61.
        let none: Vec<f64> = (0..100).map(|row| f64::from(u8::from(row >= 70))).collect();
        let band = lifts(&groups, 2, &none, true)[0].against_rest.unwrap();
        assert!((band.value - 0.5 / 41.0 / 0.5).abs() < 1e-12 && band.low > 0.0 && band.high < 0.5, "{band:?}");
    }

    #[test]
    fn calibration_by_hand() {
        let groups = [Some(0), Some(0), Some(1), Some(1), None];
        let found = calibration(&[Some(0.2), Some(0.6), Some(0.9), None], &groups, &[0.0, 0.5, 0.5, 0.9, 1.0]);
        assert_eq!(found.points[0], Some((0.2, 0.25, 2)));
        assert_eq!((found.points[2], found.points[3]), (None, None), "nobody is there any more, and was not there before");
        assert!((found.slope.unwrap() - 0.45 / 0.4).abs() < 1e-12);
        assert_eq!(calibration(&[Some(0.3), Some(0.3)], &groups, &[0.0, 1.0, 1.0, 0.0, 0.0]).slope, None);
    }
}
