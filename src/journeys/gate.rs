//! Does a persona differ from the rest by more than chance, and by enough to be told?
//!
//! In: counts of the persona and of the rest. Out: difference with its 95 % interval (R. G. Newcombe 1998, "Interval estimation for the difference between
//! independent proportions", method 10: Wilson's intervals joined), Cohen's h, the hypergeometric v.test with Bonferroni's correction, and whether all gates
//! hold. For strata of activity the odds ratio of N. Mantel and W. Haenszel (1959). O(1) each; a v.test adds up its tail.

use serde::{Deserialize, Serialize};

use crate::base::may_be_told;
use crate::base::stats::normal_quantile;
use crate::evaluate::Rate;
use crate::evaluate::effects::cohen_h;
use crate::evaluate::level_v_test::level_v_test;

/// Fewer customers than this on either side are not compared.
pub const FEWEST_COMPARED: usize = 31;
/// A smaller Cohen's h is too little to be told.
pub const LEAST_H: f64 = 0.2;
/// Chance of one false finding among all that are tested together.
const LEVEL: f64 = 0.05;

/// A share of a persona against that of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ShareGap {
    /// Customers of the persona for whom it is so.
    pub hits: usize,
    /// Customers of the persona.
    pub n: usize,
    /// Customers of the rest for whom it is so.
    pub rest_hits: usize,
    /// Customers of the rest.
    pub rest_n: usize,
    /// Share of the persona minus share of the rest.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
    /// Cohen's h.
    pub h: f64,
    /// The v.test as a normal deviate, positive where the persona has more.
    pub v: f64,
    /// Whether every gate holds: both sides large enough, no hidden cell, |h| at least 0.2, and more than chance after Bonferroni's correction.
    pub is_told: bool,
}

impl ShareGap {
    /// Of `inside` against `rest`, as one of `tests` that are made together.
    pub fn new(inside: Rate, rest: Rate, tests: usize) -> ShareGap {
        let h = cohen_h(inside.share(), rest.share());
        let v = level_v_test(inside.hits, inside.n, inside.hits + rest.hits, inside.n + rest.n);
        let is_told = inside.n >= FEWEST_COMPARED
            && rest.n >= FEWEST_COMPARED
            && !is_hidden(inside.hits)
            && !is_hidden(rest.hits)
            && h.abs() >= LEAST_H
            && v.abs() >= bonferroni_z(tests);
        ShareGap {
            hits: inside.hits,
            n: inside.n,
            rest_hits: rest.hits,
            rest_n: rest.n,
            difference: inside.share() - rest.share(),
            interval: newcombe(inside, rest),
            h,
            v,
            is_told,
        }
    }

    /// Share of the persona, 0 to 1.
    pub fn share(&self) -> f64 {
        Rate { hits: self.hits, n: self.n }.share()
    }

    /// Share of the rest, 0 to 1.
    pub fn rest_share(&self) -> f64 {
        Rate { hits: self.rest_hits, n: self.rest_n }.share()
    }

    /// 100 times the share of the persona by that of everyone; none where nobody does it.
    pub fn index(&self) -> Option<f64> {
        let everyone = Rate { hits: self.hits + self.rest_hits, n: self.n + self.rest_n }.share();
        (everyone > 0.0 && self.n > 0).then(|| 100.0 * self.share() / everyone)
    }
}

/// Whether a number of customers is so small that somebody could be recognised. Nobody at all gives nobody away.
pub fn is_hidden(n: usize) -> bool {
    n > 0 && !may_be_told(n)
}

/// From which |z| on one of `tests` is more than chance at 5 % in all (Bonferroni, two-sided).
pub fn bonferroni_z(tests: usize) -> f64 {
    -normal_quantile(LEVEL / 2.0 / tests.max(1) as f64)
}

/// The 95 % interval of a difference of two shares.
pub fn newcombe(a: Rate, b: Rate) -> [f64; 2] {
    let (p, q) = (a.share(), b.share());
    let ([a_low, a_high], [b_low, b_high]) = (a.interval(), b.interval());
    let below = ((p - a_low).powi(2) + (b_high - q).powi(2)).sqrt();
    let above = ((a_high - p).powi(2) + (q - b_low).powi(2)).sqrt();
    [(p - q - below).max(-1.0), (p - q + above).min(1.0)]
}

/// The chance of a normal deviate at least as far from 0 as `z`, on both sides.
pub fn two_sided_p(z: f64) -> f64 {
    let z = z.abs();
    if z.is_nan() {
        return 1.0;
    }
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z < 3.0 {
        // P(|Z| < z) = 2 phi(z) (z + z^3/3 + z^5/15 + ...).
        let (mut term, mut sum, mut odd) = (z, z, 1.0);
        while term > sum * 1e-17 {
            odd += 2.0;
            term *= z * z / odd;
            sum += term;
        }
        (1.0 - 2.0 * density * sum).max(0.0)
    } else {
        // Laplace's continued fraction of the tail.
        let fraction = (1..=80).rev().fold(z, |below, i| z + f64::from(i) / below);
        2.0 * density / fraction
    }
}

/// One stratum: of the persona who does it and who does not, of the rest who does it and who does not.
pub type Stratum = [usize; 4];

/// The odds ratio over strata of equally active customers; none where no stratum holds both sides and both outcomes.
pub fn mantel_haenszel(strata: &[Stratum]) -> Option<f64> {
    let (mut with, mut against) = (0.0, 0.0);
    for &[a, b, c, d] in strata {
        let n = (a + b + c + d) as f64;
        if n > 0.0 {
            with += a as f64 * d as f64 / n;
            against += b as f64 * c as f64 / n;
        }
    }
    (with + against > 0.0).then(|| if against > 0.0 { with / against } else { f64::INFINITY })
}

/// Whether the odds ratio over strata is chance: a normal deviate, positive where the persona has more (N. Mantel 1963, without correction for continuity).
pub fn stratified_z(strata: &[Stratum]) -> f64 {
    let (mut off, mut variance) = (0.0, 0.0);
    for &[a, b, c, d] in strata {
        let [a, b, c, d] = [a, b, c, d].map(|n| n as f64);
        let n = a + b + c + d;
        if n > 1.0 {
            off += a - (a + b) * (a + c) / n;
            variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1.0));
        }
    }
    if variance > 0.0 { off / variance.sqrt() } else { 0.0 }
}

/// The share of the rest if it were as active as the persona: its share in each stratum, weighted by the persona's customers there. Strata without anybody
/// of the rest say nothing and are left out, on both sides; the first of the two shares is the persona's. None where no stratum holds both.
pub fn equally_active(strata: &[Stratum]) -> Option<[f64; 2]> {
    let (mut weight, mut persona, mut rest) = (0.0, 0.0, 0.0);
    for &[a, b, c, d] in strata.iter().filter(|[a, b, c, d]| a + b > 0 && c + d > 0) {
        weight += (a + b) as f64;
        persona += a as f64;
        rest += (a + b) as f64 * c as f64 / (c + d) as f64;
    }
    (weight > 0.0).then(|| [persona / weight, rest / weight])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(hits: usize, n: usize) -> Rate {
        Rate { hits, n }
    }

    #[test]
    fn intervals_as_published() {
        // R. G. Newcombe 1998, table II, method 10.
        let published = [
            ((56, 70), (48, 80), [0.0524, 0.3339]),
            ((9, 10), (3, 10), [0.1705, 0.8090]),
            ((6, 7), (2, 7), [0.0582, 0.8062]),
            ((5, 56), (0, 29), [-0.0381, 0.1926]),
            ((0, 10), (0, 20), [-0.1611, 0.2775]),
            ((0, 10), (0, 10), [-0.2775, 0.2775]),
            ((10, 10), (0, 20), [0.6791, 1.0]),
            ((10, 10), (0, 10), [0.6075, 1.0]),
        ];
        for ((a, m), (b, n), [low, high]) in published {
            let found = newcombe(rate(a, m), rate(b, n));
            assert!((found[0] - low).abs() < 5.1e-5 && (found[1] - high).abs() < 5.1e-5, "{a}/{m} {b}/{n}: {found:?}");
        }
    }

    #[test]
    fn tails_as_in_tables() {
        // scipy.stats.norm.sf times 2.
        for (z, p) in [
            (0.0, 1.0),
            (1.959963984540054, 0.05),
            (2.9999, 0.0027006849),
            (3.0, 0.0026997961),
            (6.0, 1.9731752900753e-9),
            (20.0, 5.507248237212e-89),
        ] {
            assert!((two_sided_p(z) / p - 1.0).abs() < 1e-5, "{z}: {}", two_sided_p(z));
        }
        assert!((bonferroni_z(1) - 1.959964).abs() < 1e-6);
        assert!((bonferroni_z(10) - 2.807034).abs() < 1e-6);
    }

    #[test]
    fn every_gate_holds_back() {
        assert!(ShareGap::new(rate(60, 100), rate(200, 600), 10).is_told);
        assert!(!ShareGap::new(rate(20, 30), rate(200, 600), 1).is_told, "30 customers are too few");
        assert!(ShareGap::new(rate(21, 31), rate(180, 600), 1).is_told, "31 are not");
        assert!(!ShareGap::new(rate(5_300, 10_000), rate(5_000, 10_000), 1).is_told, "sure, but small");
        assert!(!ShareGap::new(rate(16, 40), rate(180, 600), 100).is_told, "large, but chance");
        assert!(!ShareGap::new(rate(9, 1_000), rate(200, 1_000), 1).is_told, "nine could be recognised");
        assert!(ShareGap::new(rate(0, 1_000), rate(200, 1_000), 1).is_told, "nobody cannot");
    }

    #[test]
    fn strata_by_hand() {
        // Two strata of 100 each: (10 x 40 + 20 x 10) / 100 each side: OR = (4 + 2.5) / (6 + 5).
        let strata = [[10, 20, 30, 40], [5, 25, 20, 50]];
        assert!((mantel_haenszel(&strata).unwrap() - (4.0 + 2.5) / (6.0 + 5.0)).abs() < 1e-12);
        assert_eq!(mantel_haenszel(&[[3, 0, 0, 4]]), Some(f64::INFINITY));
        assert_eq!(mantel_haenszel(&[[3, 0, 4, 0], [0, 0, 0, 0]]), None);
        // Persona 30 + 30; the rest 30/70 and 20/70 there.
        let [persona, rest] = equally_active(&strata).unwrap();
        assert!((persona - 0.25).abs() < 1e-12 && (rest - (30.0 / 70.0 + 20.0 / 70.0) / 2.0).abs() < 1e-12);
        assert_eq!(equally_active(&[[1, 2, 0, 0]]), None);
        // a - E: 10 - 12 and 5 - 7.5; variances 30 x 70 x 40 x 60 / (100^2 x 99) and 30 x 70 x 25 x 75 / (100^2 x 99).
        let variance = (30.0 * 70.0 * 40.0 * 60.0 + 30.0 * 70.0 * 25.0 * 75.0) / (1e4 * 99.0f64);
        assert!((stratified_z(&strata) + 4.5 / variance.sqrt()).abs() < 1e-12);
        assert_eq!(stratified_z(&[[1, 2, 0, 0]]), 0.0);
    }
}
