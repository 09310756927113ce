//! Has something shifted since the segments were made, and by more than so few customers shift by chance?
//!
//! In: a column, or the members of a persona, then and now. Out: how far apart they are, each with the size from which on it is flagged. Sorting O(n
//! log n), the rest O(n).
//!
//! | measure | what it is | flagged |
//! |---|---|---|
//! | [`psi`] | sum of (q - p) ln(q / p) over bins frozen then: the reference's deciles, or levels; what is missing is a bin | above 0.10 *and* above its noise |
//! | [`jensen_shannon`] | base 2: the divergence, 0 to 1, and its root, which SciPy and most tools call the distance | never, only shown |
//! | [`wasserstein`] | the integral of abs(F - G), exact, over the standard deviation then | from 0.2 (small), 0.5 (clear) |
//! | [`kolmogorov_smirnov`] | the largest abs(F - G), with p | from 0.1, with p after [`super::many_tests::holm`] |
//! | [`centre_shift`] | root mean square of Hedges' g over the columns | from 0.2, 0.5 |
//!
//! PSI's thresholds 0.10 and 0.25 come without error rates. With nothing changed PSI is about (1/n + 1/m) times a chi-squared number with as many
//! degrees of freedom as there are bins, less one (B. Yurdakul, J. Naranjo 2020, "Statistical properties of the population stability index"): with
//! 100 customers on either side four of five samples exceed 0.10. Most personas are small, so the noise is not optional. Half a customer is added to
//! every bin, which keeps the logarithm finite.

use serde::{Deserialize, Serialize};

use super::many_tests::chi_squared_quantile;
use crate::base::stats::{mean_sd, quantile_sorted, sorted};

/// PSI from which on a shift is worth a look.
pub const PSI_SHIFT: f64 = 0.10;
/// Shifts in standard deviations: small, clear.
pub const SMALL_SHIFT: f64 = 0.2;
/// See [`SMALL_SHIFT`].
pub const CLEAR_SHIFT: f64 = 0.5;
/// The largest difference of two distribution functions from which on it is worth a look.
pub const KS_SHIFT: f64 = 0.1;
/// Chance that nothing changed and PSI is above its noise all the same.
const PSI_ERROR: f64 = 0.01;
/// Larger effects than this are where nothing varies.
const LARGEST_EFFECT: f64 = 99.0;

/// Bins of one column, frozen when the segments were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum FrozenBins {
    /// Ascending edges; a value belongs to the first bin whose upper edge is not below it.
    Numbers {
        /// Upper edges of all bins but the last.
        edges: Vec<f64>,
        /// Customers then: the bins, then those without a value.
        counts: Vec<usize>,
    },
    /// Levels by name.
    Levels {
        /// Their names.
        levels: Vec<String>,
        /// Customers then: the levels, then other levels, then those without a value.
        counts: Vec<usize>,
    },
}

/// How far a column's distribution has shifted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Psi {
    /// The index.
    pub psi: f64,
    /// What it exceeds in one of a hundred samples of these sizes with nothing changed.
    pub noise: f64,
    /// Bins that anybody is in.
    pub bins: usize,
}

impl Psi {
    /// Whether it is both large enough to matter and larger than chance.
    pub fn is_flagged(&self) -> bool {
        self.psi > PSI_SHIFT && self.psi > self.noise
    }
}

impl FrozenBins {
    /// The deciles of `reference`, equal edges merged; NaN is missing.
    pub fn of_numbers(reference: &[f64]) -> FrozenBins {
        let ascending = sorted(reference.iter().copied());
        let mut edges: Vec<f64> = (1..10).map(|at| quantile_sorted(&ascending, f64::from(at) / 10.0)).collect();
        edges.retain(|edge| edge.is_finite());
        edges.dedup();
        // Above the largest value there is nobody, so no bin either.
        if edges.last() == ascending.last() {
            edges.pop();
        }
        let bins = FrozenBins::Numbers { edges, counts: Vec::new() };
        let counts = bins.count_numbers(reference);
        match bins {
            FrozenBins::Numbers { edges, .. } => FrozenBins::Numbers { edges, counts },
            bins => bins,
        }
    }

    /// The levels of `reference`, by name; none is missing.
    pub fn of_levels(reference: &[Option<&str>]) -> FrozenBins {
        let mut levels: Vec<String> = reference.iter().flatten().map(|level| (*level).to_owned()).collect();
        levels.sort_unstable();
        levels.dedup();
        let bins = FrozenBins::Levels { levels, counts: Vec::new() };
        let counts = bins.count_levels(reference);
        match bins {
            FrozenBins::Levels { levels, .. } => FrozenBins::Levels { levels, counts },
            bins => bins,
        }
    }

    /// Customers then, per bin.
    pub fn counts(&self) -> &[usize] {
        match self {
            FrozenBins::Numbers { counts, .. } | FrozenBins::Levels { counts, .. } => counts,
        }
    }

    /// Customers of now in the frozen bins, the missing last; all of them missing where the bins are of levels.
    pub fn count_numbers(&self, values: &[f64]) -> Vec<usize> {
        let FrozenBins::Numbers { edges, .. } = self else { return self.all_missing(values.len()) };
        let mut counts = vec![0; edges.len() + 2];
        for value in values {
            let bin = if value.is_nan() { edges.len() + 1 } else { edges.partition_point(|edge| edge < value) };
            counts[bin] += 1;
        }
        counts
    }

    /// Customers of now per level, levels that were not there then and the missing last; all of them missing where the bins are of numbers.
    pub fn count_levels(&self, values: &[Option<&str>]) -> Vec<usize> {
        let FrozenBins::Levels { levels, .. } = self else { return self.all_missing(values.len()) };
        let mut counts = vec![0; levels.len() + 2];
        for value in values {
            let bin = match value {
                Some(value) => levels.binary_search_by(|level| level.as_str().cmp(value)).unwrap_or(levels.len()),
                None => levels.len() + 1,
            };
            counts[bin] += 1;
        }
        counts
    }

    fn all_missing(&self, n: usize) -> Vec<usize> {
        let mut counts = vec![0; self.counts().len()];
        counts.iter_mut().last().into_iter().for_each(|last| *last = n);
        counts
    }
}

/// The population stability index of customers per bin then and now; none where nobody is on one side. Bins that nobody is in on either side are left
/// out.
pub fn psi(then: &[usize], now: &[usize]) -> Option<Psi> {
    let (n, m): (usize, usize) = (then.iter().sum(), now.iter().sum());
    if n == 0 || m == 0 {
        return None;
    }
    let used: Vec<(f64, f64)> = then.iter().zip(now).filter(|(a, b)| **a + **b > 0).map(|(&a, &b)| (a as f64, b as f64)).collect();
    let bins = used.len();
    let share = |count: f64, all: usize| (count + 0.5) / (all as f64 + 0.5 * bins as f64);
    let psi = used.iter().map(|&(a, b)| (share(b, m) - share(a, n)) * (share(b, m) / share(a, n)).ln()).sum();
    let noise = chi_squared_quantile(1.0 - PSI_ERROR, bins as f64 - 1.0) * (1.0 / n as f64 + 1.0 / m as f64);
    Some(Psi { psi, noise, bins })
}

/// The Jensen-Shannon divergence of two distributions over the same bins, base 2 (0 to 1), and its root; none where nobody is on one side. No
/// smoothing is needed.
pub fn jensen_shannon(then: &[usize], now: &[usize]) -> Option<(f64, f64)> {
    let (n, m): (usize, usize) = (then.iter().sum(), now.iter().sum());
    if n == 0 || m == 0 {
        return None;
    }
    let term = |p: f64, middle: f64| if p > 0.0 { p * (p / middle).log2() } else { 0.0 };
    let of_bin = |(&a, &b): (&usize, &usize)| {
        let (p, q) = (a as f64 / n as f64, b as f64 / m as f64);
        (term(p, (p + q) / 2.0) + term(q, (p + q) / 2.0)) / 2.0
    };
    let divergence = then.iter().zip(now).map(of_bin).sum::<f64>().clamp(0.0, 1.0);
    Some((divergence, divergence.sqrt()))
}

/// The distance by which customers would have to be moved to turn one distribution into the other, over the standard deviation then; NaN is left out.
/// None where nobody is on one side, or nothing varied then and something is different now.
pub fn wasserstein(then: &[f64], now: &[f64]) -> Option<f64> {
    let (a, b) = (sorted(then.iter().copied()), sorted(now.iter().copied()));
    let sd = mean_sd(&a).1;
    let mut moved = 0.0;
    let steps = steps(&a, &b)?;
    for (at, pair) in steps.windows(2).enumerate() {
        moved += steps[at].1.abs() * (pair[1].0 - pair[0].0);
    }
    if moved == 0.0 { Some(0.0) } else { (sd > 0.0).then(|| moved / sd) }
}

/// The largest difference D of the two distribution functions, and the chance of one as large with nothing changed (A. N. Kolmogorov 1933, N. Smirnov
/// 1948; with Stephens' correction for small samples); NaN is left out. None where nobody is on one side.
pub fn kolmogorov_smirnov(then: &[f64], now: &[f64]) -> Option<(f64, f64)> {
    let (a, b) = (sorted(then.iter().copied()), sorted(now.iter().copied()));
    let d = steps(&a, &b)?.iter().map(|(_, difference)| difference.abs()).fold(0.0, f64::max);
    let n = (a.len() as f64 * b.len() as f64 / (a.len() + b.len()) as f64).sqrt();
    let x = (n + 0.12 + 0.11 / n) * d;
    let tail = |j: f64| (-2.0 * (j * x).powi(2)).exp();
    // The series of alternating tails converges slowly near 0, where the chance is 1.
    let p =
        if x < 0.2 { 1.0 } else { 2.0 * (1..=100).map(|j| if j % 2 == 1 { tail(f64::from(j)) } else { -tail(f64::from(j)) }).sum::<f64>() };
    Some((d, p.clamp(0.0, 1.0)))
}

/// F - G after each different value of two ascending lists.
fn steps(a: &[f64], b: &[f64]) -> Option<Vec<(f64, f64)>> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (mut i, mut j) = (0, 0);
    let mut steps = Vec::with_capacity(a.len() + b.len());
    while i < a.len() || j < b.len() {
        let value = match (a.get(i), b.get(j)) {
            (Some(a), Some(b)) => a.min(*b),
            (Some(value), None) | (None, Some(value)) => *value,
            (None, None) => break,
        };
        while a.get(i).is_some_and(|v| *v <= value) {
            i += 1;
        }
        while b.get(j).is_some_and(|v| *v <= value) {
            j += 1;
        }
        steps.push((value, i as f64 / a.len() as f64 - j as f64 / b.len() as f64));
    }
    Some(steps)
}

/// How far the mean of `now` is from that of `then` in standard deviations of both, with Hedges' correction for small samples (L. V. Hedges 1981), as
/// on the cards; NaN is left out. None where fewer than two values are on one side.
pub fn hedges_shift(then: &[f64], now: &[f64]) -> Option<f64> {
    let (a, b): (Vec<f64>, Vec<f64>) = (sorted(then.iter().copied()), sorted(now.iter().copied()));
    if a.len() < 2 || b.len() < 2 {
        return None;
    }
    let ((mean_a, sd_a), (mean_b, sd_b)) = (mean_sd(&a), mean_sd(&b));
    let n = (a.len() + b.len()) as f64;
    let scatter = sd_a * sd_a * a.len() as f64 + sd_b * sd_b * b.len() as f64;
    let (difference, sd) = (mean_b - mean_a, (scatter / (n - 2.0)).sqrt());
    Some(if difference.abs() <= 1e-12 * (1.0 + mean_a.abs()) {
        0.0
    } else if sd > 0.0 {
        (difference / sd * (1.0 - 3.0 / (4.0 * n - 9.0))).clamp(-LARGEST_EFFECT, LARGEST_EFFECT)
    } else {
        difference.signum() * LARGEST_EFFECT
    })
}

/// How far the centre has moved: the root mean square of the columns' shifts (see [`hedges_shift`]); 0 for none.
pub fn centre_shift(shifts: &[f64]) -> f64 {
    (shifts.iter().map(|g| g * g).sum::<f64>() / shifts.len().max(1) as f64).sqrt()
}

/// "small", "clear", or nothing to say.
pub fn shift_word(shift: f64) -> Option<&'static str> {
    match shift.abs() {
        s if s >= CLEAR_SHIFT => Some("clear"),
        s if s >= SMALL_SHIFT => Some("small"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::base::stats::{mean, normal_quantile};

    fn normal(n: usize, shift: f64, stream: u64) -> Vec<f64> {
        let mut random = seed::random(77, stream);
        (0..n).map(|_| normal_quantile(random.random_range(1e-9..1.0 - 1e-9)) + shift).collect()
    }

    fn psi_of(then: &[f64], now: &[f64]) -> Psi {
        let bins = FrozenBins::of_numbers(then);
        psi(bins.counts(), &bins.count_numbers(now)).unwrap()
    }

    #[test]
    fn bins_are_frozen_and_missing_is_one() {
        let then: Vec<f64> = (0..100).map(f64::from).chain([f64::NAN; 3]).collect();
        let bins = FrozenBins::of_numbers(&then);
        assert_eq!(bins.counts(), [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3]);
        assert_eq!(bins.count_numbers(&[-5.0, 1e9, f64::NAN]), [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        // Half are 0, and nothing is above 1.
        let half: Vec<f64> = (0..100).map(|row| f64::from(u8::from(row >= 50))).collect();
        assert_eq!(FrozenBins::of_numbers(&half).counts().iter().sum::<usize>(), 100);
        assert_eq!(FrozenBins::of_numbers(&[3.0; 9]).counts(), [9, 0]);
        assert_eq!(FrozenBins::of_numbers(&[f64::NAN; 2]).counts(), [0, 2]);
        let levels = FrozenBins::of_levels(&[Some("b"), Some("a"), None, Some("b")]);
        assert_eq!(levels.counts(), [1, 2, 0, 1]);
        assert_eq!(levels.count_levels(&[Some("new"), Some("a"), None]), [1, 0, 1, 1]);
        let back: FrozenBins = serde_json::from_str(&serde_json::to_string(&bins).unwrap()).unwrap();
        assert_eq!(back, bins);
    }

    #[test]
    fn measures_by_hand() {
        // 40, 60 against 60, 40 with half a customer each: 40.5 / 101 and 60.5 / 101, twice (20/101) ln(60.5/40.5).
        let found = psi(&[40, 60, 0], &[60, 40, 0]).unwrap();
        assert!((found.psi - 2.0 * 20.0 / 101.0 * (60.5f64 / 40.5).ln()).abs() < 1e-12 && found.bins == 2, "{found:?}");
        // chi2_.99(1) = 6.634897, times 2/100.
        assert!((found.noise - 0.13269793).abs() < 1e-7, "{found:?}");
        assert!(psi(&[0], &[4]).is_none() && psi(&[3, 1], &[0, 0]).is_none());
        assert_eq!(jensen_shannon(&[5, 0], &[0, 9]), Some((1.0, 1.0)));
        // scipy.spatial.distance.jensenshannon([.4,.6],[.6,.4],2)
        let (divergence, root) = jensen_shannon(&[40, 60], &[60, 40]).unwrap();
        assert!((root - 0.170438862).abs() < 1e-8 && (divergence - root * root).abs() < 1e-15, "{root}");
        // scipy.stats.wasserstein_distance([0,1,3],[5,6,8]) = 5; the standard deviation then is sqrt(14)/3.
        assert!((wasserstein(&[0.0, 1.0, 3.0], &[5.0, 6.0, 8.0]).unwrap() - 5.0 / (14f64.sqrt() / 3.0)).abs() < 1e-12);
        assert_eq!((wasserstein(&[1.0; 3], &[1.0; 5]), wasserstein(&[1.0; 3], &[2.0])), (Some(0.0), None));
        assert_eq!(kolmogorov_smirnov(&[1.0, 2.0, 3.0], &[3.0, 4.0]).unwrap().0, 2.0 / 3.0);
        assert_eq!(kolmogorov_smirnov(&[f64::NAN], &[3.0]), None);
        assert!((hedges_shift(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0]).unwrap() - 0.8).abs() < 1e-12, "1 sd, times 1 - 3/15");
        assert!((centre_shift(&[0.3, -0.4]) - (0.125f64).sqrt()).abs() < 1e-12);
        assert_eq!((shift_word(-0.6), shift_word(0.2), shift_word(0.1)), (Some("clear"), Some("small"), None));
    }

    #[test]
    fn small_samples_drift_out_of_nothing_and_the_noise_knows() {
        // With nothing changed: 100 on either side.
        let run =
            |n: usize, times: u64| (0..times).map(|at| psi_of(&normal(n, 0.0, 2 * at), &normal(n, 0.0, 2 * at + 1))).collect::<Vec<Psi>>();
        let share = |all: &[Psi], of: &dyn Fn(&Psi) -> bool| all.iter().filter(|psi| of(psi)).count() as f64 / all.len() as f64;
        let small = run(100, 2000);
        let average = mean(&small.iter().map(|psi| psi.psi).collect::<Vec<_>>());
        assert!((0.14..0.19).contains(&average), "{average}");
        let above = share(&small, &|psi| psi.psi > 0.10);
        assert!((0.70..0.88).contains(&above), "{above}");
        let far = share(&small, &|psi| psi.psi > 0.25);
        assert!((0.05..0.17).contains(&far), "{far}");
        assert!(share(&small, &Psi::is_flagged) < 0.02);
        let larger = run(1000, 300);
        assert_eq!(share(&larger, &|psi| psi.psi > 0.10), 0.0);
    }

    #[test]
    fn shifts_are_as_large_as_they_should_be() {
        let then = normal(100_000, 0.0, 1);
        for (shift, of_psi, of_ks) in [(0.1, 0.010, 0.04), (0.3, 0.086, 0.12), (0.5, 0.238, 0.20)] {
            let now = normal(100_000, shift, 2);
            let found = psi_of(&then, &now).psi;
            assert!((found - of_psi).abs() < 0.12 * of_psi + 0.001, "{shift}: {found}");
            assert!((wasserstein(&then, &now).unwrap() - shift).abs() < 0.02);
            assert!((kolmogorov_smirnov(&then, &now).unwrap().0 - of_ks).abs() < 0.007);
            assert!((hedges_shift(&then, &now).unwrap() - shift).abs() < 0.02);
        }
    }

    #[test]
    fn the_chance_of_a_difference_is_scipys() {
        // scipy.stats.ks_2samp(range(60), range(10, 70), method="asymp") and of 25 against 40 rows; asymptotic p agree to a few percent.
        let range = |from: i32, to: i32| (from..to).map(f64::from).collect::<Vec<_>>();
        for ((a, b), (d, p)) in [((range(0, 60), range(10, 70)), KS[0]), ((range(0, 25), range(8, 48)), KS[1])] {
            let found = kolmogorov_smirnov(&a, &b).unwrap();
            assert!((found.0 - d).abs() < 1e-12 && (found.1 / p - 1.0).abs() < 0.15, "{found:?} {d} {p}");
        }
    }

    const KS: [(f64, f64); 2] = [(0.16666666666666674, 0.3371005640970407), (0.575, 3.156978272401859e-05)];
}
