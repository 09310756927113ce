//! How far would the numbers move if other customers had come?
//!
//! In: what each customer adds to a few sums, customers that add the same counted together. Out: those sums in a number of samples of as many
//! customers, drawn with replacement. O(samples x different customers), whatever the number of customers: how often each sort is drawn is multinomial,
//! one binomial after the other. The same seed gives the same samples on any number of threads.
//!
//! Customers are drawn, not fires: fires of one customer are alike, and would be counted as independent otherwise (cluster bootstrap; B. Efron,
//! R. J. Tibshirani 1993, "An Introduction to the Bootstrap"). Binomials by inversion where few are expected, else by transformed rejection (W. Hörmann
//! 1993, "The generation of binomial random variates", algorithm BTRS).

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::base::seed::{Random, RngExt, random};
use crate::base::stats::{quantile_sorted, sorted};
use crate::base::{Ctx, Stopped};

/// How many samples an interval is made from.
pub const SAMPLES: usize = 1_000;
/// Below this expectation a binomial is drawn by inversion.
const FEW: f64 = 10.0;

/// What customers add, and how many customers add just that.
pub type Adding<const K: usize> = BTreeMap<[i64; K], u64>;

/// The sums in [`SAMPLES`] samples of customers.
pub fn resampled<const K: usize>(adding: &Adding<K>, seed: u64, ctx: &Ctx) -> Result<Vec<[f64; K]>, Stopped> {
    let n: u64 = adding.values().sum();
    let one = |sample: usize| -> Result<[f64; K], Stopped> {
        ctx.check()?;
        let mut random = random(seed, sample as u64);
        let mut sums = [0.0; K];
        let (mut left, mut of) = (n, n);
        for (adds, &customers) in adding {
            let drawn = if customers >= of { left } else { binomial(&mut random, left, customers as f64 / of as f64) };
            (left, of) = (left - drawn, of - customers);
            for (sum, add) in sums.iter_mut().zip(adds) {
                *sum += *add as f64 * drawn as f64;
            }
        }
        Ok(sums)
    };
    (0..SAMPLES).into_par_iter().map(one).collect()
}

/// The middle 95 % of values; none where more than a twentieth of the samples have none.
pub fn interval(values: impl IntoIterator<Item = f64>) -> Option<[f64; 2]> {
    let ascending = sorted(values.into_iter().map(|value| if value.is_finite() { value } else { f64::NAN }));
    (ascending.len() * 20 > SAMPLES * 19).then(|| [quantile_sorted(&ascending, 0.025), quantile_sorted(&ascending, 0.975)])
}

/// Twice the smaller share of samples on one side of 0, as a two-sided p value; never below what so many samples can tell.
pub fn p_value(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let (below, above) = (values.iter().filter(|v| **v <= 0.0).count(), values.iter().filter(|v| **v >= 0.0).count());
    (2.0 * (below.min(above) as f64 + 1.0) / (n + 1.0)).min(1.0)
}

/// How many of `n` succeed, each with probability `p`.
fn binomial(random: &mut Random, n: u64, p: f64) -> u64 {
    if p > 0.5 {
        return n - binomial(random, n, 1.0 - p);
    }
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if n as f64 * p < FEW { inverted(random, n, p) } else { rejected(random, n as f64, p) as u64 }
}

fn inverted(random: &mut Random, n: u64, p: f64) -> u64 {
    let odds = p / (1.0 - p);
    let mut chance = (n as f64 * (-p).ln_1p()).exp();
    let mut left: f64 = random.random();
    let mut k = 0;
    while left > chance && k < n {
        left -= chance;
        chance *= odds * (n - k) as f64 / (k + 1) as f64;
        k += 1;
    }
    k
}

fn rejected(random: &mut Random, n: f64, p: f64) -> f64 {
    let spread = (n * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let centre = n * p + 0.5;
    let quick = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * spread;
    let odds = p / (1.0 - p);
    let mode = ((n + 1.0) * p).floor();
    loop {
        let u = random.random::<f64>() - 0.5;
        let mut v: f64 = random.random();
        let from_edge = 0.5 - u.abs();
        let k = ((2.0 * a / from_edge + b) * u + centre).floor();
        if !(0.0..=n).contains(&k) {
            continue;
        }
        if from_edge >= 0.07 && v <= quick {
            return k;
        }
        v = (v * alpha / (a / (from_edge * from_edge) + b)).ln();
        let most = (mode + 0.5) * ((mode + 1.0) / (odds * (n - mode + 1.0))).ln()
            + (n + 1.0) * ((n - mode + 1.0) / (n - k + 1.0)).ln()
            + (k + 0.5) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
            + stirling(mode)
            + stirling(n - mode)
            - stirling(k)
            - stirling(n - k);
        if v <= most {
            return k;
        }
    }
}

/// What Stirling's formula lacks of the logarithm of k!.
fn stirling(k: f64) -> f64 {
    const FIRST: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_19,
        0.013_876_128_823_070_75,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_1,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if k < 10.0 {
        return FIRST[k as usize];
    }
    let k1 = k + 1.0;
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / (k1 * k1)) / (k1 * k1)) / k1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::{mean, mean_sd};

    #[test]
    fn binomials_have_their_mean_and_spread() {
        for (n, p) in [(5, 0.3), (1_000, 0.002), (1_000, 0.5), (1_000_000, 0.9), (100, 0.97), (40, 0.3), (1_000_000, 0.000_5)] {
            let mut random = random(3, 1);
            let drawn: Vec<f64> = (0..20_000).map(|_| binomial(&mut random, n, p) as f64).collect();
            let (mean, sd) = mean_sd(&drawn);
            let (expected, spread) = (n as f64 * p, (n as f64 * p * (1.0 - p)).sqrt());
            assert!((mean - expected).abs() < 4.0 * spread / 20_000f64.sqrt(), "{n} {p}: {mean} {expected}");
            assert!((sd / spread - 1.0).abs() < 0.03, "{n} {p}: {sd} {spread}");
        }
    }

    #[test]
    fn a_share_has_the_spread_of_its_customers() {
        // 400 customers with one fire each, a quarter hits; then the same with five like fires of each customer: the spread stays.
        for times in [1, 5] {
            let adding = Adding::from([([times, times], 100), ([times, 0], 300)]);
            let shares: Vec<f64> = resampled(&adding, 1, &Ctx::new()).unwrap().iter().map(|[n, hits]| hits / n).collect();
            let (mean, sd) = mean_sd(&shares);
            assert!((mean - 0.25).abs() < 0.003 && (sd - (0.25f64 * 0.75 / 400.0).sqrt()).abs() < 0.001, "{mean} {sd}");
            let [low, high] = interval(shares).unwrap();
            assert!((0.2..0.22).contains(&low) && (0.28..0.3).contains(&high));
        }
    }

    #[test]
    fn every_sample_has_as_many_customers() {
        let adding = Adding::from([([1, 3], 7), ([1, 1], 90), ([1, 0], 2), ([1, -4], 1)]);
        let samples = resampled(&adding, 9, &Ctx::new()).unwrap();
        assert!(samples.iter().all(|[n, _]| *n == 100.0));
        let sums: Vec<f64> = samples.iter().map(|[_, sum]| *sum).collect();
        assert!((mean(&sums) - 107.0).abs() < 2.0);
        assert_eq!(samples, resampled(&adding, 9, &Ctx::new()).unwrap());
        assert_eq!(resampled(&adding, 9, &Ctx::stopping_after(1)), Err(Stopped));
        assert!((p_value(&[-1.0, 1.0, 1.0]) - 1.0).abs() < 1e-12);
        assert!(interval([f64::NAN; SAMPLES]).is_none());
    }
}
