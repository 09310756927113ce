//! Which of many findings would hardly be there by chance?
//!
//! In: the p values of several tests. Out: the same, adjusted for how many were made. O(n log n).
//!
//! - [`holm`]: the chance of *any* false finding stays below the level (S. Holm 1979, "A simple sequentially rejective multiple test procedure").
//! - [`benjamini_hochberg`]: the *share* of false ones among the findings does (Y. Benjamini, Y. Hochberg 1995).
//!
//! And the quantile of the chi-squared distribution, which says from where on a sum of squares is more than noise: by Wilson and Hilferty's
//! approximation (1931) and bisection of the incomplete gamma function (series below, continued fraction above; W. H. Press et al., "Numerical
//! Recipes", 6.2), to about 1e-10.

/// p values after Holm's step-down adjustment, in the order given; below 0.05 is a finding at 5 %.
///
/// ```
/// use personae::evaluate::many_tests::holm;
/// assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 0.0f64;
    for (nth, at) in ascending(p).into_iter().enumerate() {
        least = least.max((p.len() - nth) as f64 * p[at]).min(1.0);
        adjusted[at] = least;
    }
    adjusted
}

/// q values by Benjamini and Hochberg, in the order given; below 0.10 is a finding where a tenth of them may be false.
///
/// ```
/// use personae::evaluate::many_tests::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.01, 0.04, 0.03]), [0.03, 0.04, 0.04]);
/// ```
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut most = 1.0f64;
    for (nth, at) in ascending(p).into_iter().enumerate().rev() {
        most = most.min(p[at] * p.len() as f64 / (nth + 1) as f64);
        adjusted[at] = most;
    }
    adjusted
}

/// Places by p, the first of equals first.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
    order
}

/// The `p`-quantile (0 to 1) of the chi-squared distribution with `degrees` of freedom; 0 without any.
pub fn chi_squared_quantile(p: f64, degrees: f64) -> f64 {
    if degrees <= 0.0 || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let below = |x: f64| gamma_below(degrees / 2.0, x / 2.0);
    let part = 2.0 / (9.0 * degrees);
    let guess = degrees * (1.0 - part + crate::base::stats::normal_quantile(p) * part.sqrt()).powi(3).max(1e-3);
    let (mut low, mut high) = (0.0, guess.max(1.0));
    while below(high) < p {
        low = high;
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if below(middle) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The regularised lower incomplete gamma function P(a, x).
fn gamma_below(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term.abs() > sum.abs() * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        front * sum
    } else {
        // Lentz's way through the continued fraction of Q = 1 - P.
        let mut b = x + 1.0 - a;
        let (mut c, mut d) = (1e300, 1.0 / b);
        let mut fraction = d;
        for i in 1..10_000 {
            let i = f64::from(i);
            let numerator = -i * (i - a);
            b += 2.0;
            d = 1.0 / (numerator * d + b);
            c = b + numerator / c;
            fraction *= c * d;
            if (c * d - 1.0).abs() < 1e-16 {
                break;
            }
        }
        1.0 - front * fraction
    }
}

/// The logarithm of the gamma function for a > 0 (C. Lanczos 1964; coefficients for g = 7, to about 1e-15).
#[expect(clippy::excessive_precision, reason = "the coefficients as published")]
fn ln_gamma(a: f64) -> f64 {
    const C: [f64; 9] = [
        0.99999999999980993,
        676.5203681218851,
        -1259.1392167224028,
        771.32342877765313,
        -176.61502916214059,
        12.507343278686905,
        -0.13857109526572012,
        9.9843695780195716e-6,
        1.5056327351493116e-7,
    ];
    if a < 0.5 {
        return (std::f64::consts::PI / (std::f64::consts::PI * a).sin()).ln() - ln_gamma(1.0 - a);
    }
    let x = a - 1.0;
    let sum = C[0] + (1..9).map(|i| C[i] / (x + i as f64)).sum::<f64>();
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_as_scipy_has_them() {
        // scipy.stats.chi2.ppf
        for (p, degrees, expected) in QUANTILES {
            let found = chi_squared_quantile(p, degrees);
            assert!((found / expected - 1.0).abs() < 1e-9, "{p} {degrees}: {found} {expected}");
        }
        assert_eq!((chi_squared_quantile(0.99, 0.0), chi_squared_quantile(1.0, 3.0)), (0.0, f64::INFINITY));
    }

    const QUANTILES: [(f64, f64, f64); 7] = [
        (0.99, 1.0, 6.6348966010212145),
        (0.99, 9.0, 21.665994333461924),
        (0.99, 10.0, 23.209251158954356),
        (0.95, 4.0, 9.487729036781154),
        (0.5, 2.0, 1.386294361119891),
        (0.01, 30.0, 14.953456528455435),
        (0.99, 250.0, 304.9395557339572),
    ];

    #[test]
    fn adjusted_as_r_does() {
        // R: p.adjust(c(.01,.02,.03,.04,.05,.2), "holm"), the same by "BH".
        let p = [0.2, 0.01, 0.05, 0.02, 0.04, 0.03];
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close(&holm(&p), &[0.2, 0.06, 0.12, 0.1, 0.12, 0.12]), "{:?}", holm(&p));
        assert!(close(&benjamini_hochberg(&p), &[0.2, 0.06, 0.06, 0.06, 0.06, 0.06]), "{:?}", benjamini_hochberg(&p));
        assert_eq!((holm(&[]), holm(&[0.9, 0.8])), (vec![], vec![1.0, 1.0]));
    }
}
