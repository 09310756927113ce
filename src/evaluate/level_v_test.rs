//! How surprising is a count? The v.test of a category level: the tail of the hypergeometric distribution as a normal deviate.
//!
//! In: four counts. Out: z, positive where the level is over-represented. L. Lebart, A. Morineau, M. Piron 1995, "Statistique
//! exploratoire multidimensionnelle"; the two-sided mid-p variant of FactoMineR's `catdes`: p = 2 P(beyond x) + P(x) on the side where
//! that is smaller. All in logarithms, so that a tail of 1e-3000 still has its z. Cost: terms are added from x outwards until they no
//! longer count, at most some hundred standard deviations' worth.

use crate::base::stats::normal_quantile;

/// z of `inside` members with the level among `n_members` drawn from `n_all` of whom `n_level` have it.
pub fn level_v_test(inside: usize, n_members: usize, n_level: usize, n_all: usize) -> f64 {
    let lowest = (n_members + n_level).saturating_sub(n_all);
    let highest = n_members.min(n_level);
    if lowest == highest || inside < lowest || inside > highest {
        return 0.0;
    }
    let at = ln_probability(inside, n_members, n_level, n_all);
    let (n, k, m, x) = (n_members as f64, n_level as f64, n_all as f64, inside as f64);
    // Ratios of neighbouring terms of the hypergeometric distribution.
    let up = |x: f64| (k - x) * (n - x) / ((x + 1.0) * (m - k - n + x + 1.0));
    let down = |x: f64| x * (m - k - n + x) / ((k - x + 1.0) * (n - x + 1.0));
    let is_over = x * m > n * k;
    let mut sum = 0.5;
    let mut term = 1.0;
    let mut place = x;
    // The tail away from the expectation is added up: its terms fall from x outwards.
    for _ in 0..if is_over { highest - inside } else { inside - lowest } {
        term *= if is_over { up(place) } else { down(place) };
        place += if is_over { 1.0 } else { -1.0 };
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    // Both tails with half of x each make 1: next to the expectation of a skewed distribution the other one is the smaller.
    let half = (at + sum.ln()).exp();
    let z = deviate_of_ln_tail(if half > 0.5 { (1.0 - half).max(0.0).ln() } else { at + sum.ln() });
    if is_over { z } else { -z }
}

/// ln P(X = x).
fn ln_probability(x: usize, n_members: usize, n_level: usize, n_all: usize) -> f64 {
    ln_choose(n_level, x) + ln_choose(n_all - n_level, n_members - x) - ln_choose(n_all, n_members)
}

fn ln_choose(n: usize, k: usize) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// ln n!, exact sums below 16 and Stirling's series from there (error below 1e-12).
fn ln_factorial(n: usize) -> f64 {
    if n < 16 {
        return (2..=n).map(|i| (i as f64).ln()).sum();
    }
    let x = n as f64;
    let x2 = x * x;
    (x + 0.5) * x.ln() - x + 0.918_938_533_204_672_8 + (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * x2)) / x2) / x2) / x
}

/// z with ln P(Z > z) = `ln_p`, for ln_p <= ln 0.5.
fn deviate_of_ln_tail(ln_p: f64) -> f64 {
    if ln_p > -500.0 {
        return -normal_quantile(ln_p.exp());
    }
    // Below what f64 holds: Newton on the tail's asymptotic series, ln Q(z) = -z^2/2 - ln z - ln(2 pi)/2 + ln(1 - 1/z^2 + 3/z^4).
    let mut z = (-2.0 * ln_p).sqrt();
    for _ in 0..20 {
        let z2 = z * z;
        let ln_q = -z2 / 2.0 - z.ln() - 0.918_938_533_204_672_8 + (1.0 - 1.0 / z2 + 3.0 / (z2 * z2)).ln();
        z += (ln_q - ln_p) / (z + 1.0 / z);
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen from SciPy 1.17.1 by tests/oracles/make_catdes.py: hypergeom and norm, the mid-p formula above.
    const ORACLE: &str = include_str!("../../tests/oracles/catdes.csv");

    #[test]
    fn as_scipy() {
        let mut n_checked = 0;
        for line in ORACLE.lines().skip(1) {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let [inside, members, level, all, z] = fields[..] else { panic!("{line}") };
            let ours = level_v_test(inside as usize, members as usize, level as usize, all as usize);
            assert!((ours - z).abs() < 1e-6 * (1.0 + z.abs()), "{line}: {ours}");
            n_checked += 1;
        }
        assert!(n_checked >= 15);
    }

    #[test]
    fn by_hand() {
        // 2 of 2 drawn from 4 of whom 2 have it: P = 1/6, so the half tail is 1/12.
        assert!((level_v_test(2, 2, 2, 4) - 1.382_994_127_100_638).abs() < 1e-7);
        assert_eq!(level_v_test(5, 5, 5, 5), 0.0, "everyone has it");
        assert!(level_v_test(1, 2, 2, 4).abs() < 1e-12, "exactly as expected");
        assert!(level_v_test(50_000, 50_000, 50_000, 100_000) > 250.0, "beyond the range of f64 tails");
    }
}
