//! How far apart are two groups? Effects with their intervals, for numbers and for shares.
//!
//! In: counts, sums and sums of squares, or two shares. Out: Hedges' g or Cohen's h, each with a 95 % interval, and the v.test of a mean. O(n) once for the
//! sums; what is left of everyone without a part is a subtraction.

use crate::base::stats::Z_95;

/// Effects beyond this say no more; it also stands in where nothing varies inside the two sides.
pub const LARGEST_EFFECT: f64 = 10.0;

/// Count, sum and sum of squares about a common origin, so that the rest is a subtraction.
#[derive(Debug, Clone, Copy)]
pub struct Moments {
    /// Values.
    pub n: f64,
    /// What they are measured from.
    pub origin: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    /// Of these values.
    pub fn of(values: &[f64], origin: f64) -> Moments {
        Moments::of_iter(values.iter().copied(), origin)
    }

    /// Of these values.
    pub fn of_iter(values: impl Iterator<Item = f64>, origin: f64) -> Moments {
        let mut moments = Moments { n: 0.0, origin, sum: 0.0, squares: 0.0 };
        for value in values {
            let off = value - origin;
            moments.n += 1.0;
            moments.sum += off;
            moments.squares += off * off;
        }
        moments
    }

    /// Of all but a part.
    pub fn without(&self, part: &Moments) -> Moments {
        Moments { n: self.n - part.n, origin: self.origin, sum: self.sum - part.sum, squares: self.squares - part.squares }
    }

    /// Mean, measured from the origin.
    pub fn mean(&self) -> f64 {
        self.sum / self.n
    }

    /// Sum of squared distances from the own mean.
    pub fn scatter(&self) -> f64 {
        (self.squares - self.sum * self.sum / self.n).max(0.0)
    }
}

/// (mean of members - mean of the rest) / pooled standard deviation, times Hedges' correction for small samples.
pub fn hedges_g(inside: &Moments, rest: &Moments) -> f64 {
    let n = inside.n + rest.n;
    if inside.n < 1.0 || rest.n < 1.0 || n <= 3.0 {
        return 0.0;
    }
    let difference = inside.mean() - rest.mean();
    let sd = ((inside.scatter() + rest.scatter()) / (n - 2.0)).sqrt();
    let g = if difference.abs() < 1e-12 * (1.0 + inside.origin.abs()) {
        0.0
    } else if sd > 0.0 {
        difference / sd * (1.0 - 3.0 / (4.0 * n - 9.0))
    } else {
        difference.signum() * LARGEST_EFFECT
    };
    g.clamp(-LARGEST_EFFECT, LARGEST_EFFECT)
}

/// 95 % interval of g for large samples: variance n / (n1 n2) + g^2 / (2 (n - 3.94)) (J. Hartung, G. Knapp, B. Sinha 2008, "Statistical
/// Meta-Analysis with Applications", as in statsmodels' `effectsize_smd`). None where nothing varies, so that the effect is a bound.
pub fn hedges_g_interval(g: f64, inside: &Moments, rest: &Moments) -> Option<[f64; 2]> {
    let n = inside.n + rest.n;
    if inside.n < 2.0 || rest.n < 2.0 || n <= 4.0 || g.abs() >= LARGEST_EFFECT || inside.scatter() + rest.scatter() <= 0.0 {
        return None;
    }
    let half = Z_95 * (n / (inside.n * rest.n) + g * g / (2.0 * (n - 3.94))).sqrt();
    Some([g - half, g + half])
}

/// (mean of members - mean) / sqrt(s^2 / n_k (N - n_k) / (N - 1)), s^2 being everyone's population variance.
pub fn v_test(inside: &Moments, all: &Moments) -> f64 {
    let variance = all.scatter() / all.n;
    let error = (variance / inside.n * (all.n - inside.n) / (all.n - 1.0)).sqrt();
    if error > 0.0 { (inside.mean() - all.mean()) / error } else { 0.0 }
}

/// Difference of two shares on the scale where each has the same error (J. Cohen 1988).
pub fn cohen_h(a: f64, b: f64) -> f64 {
    2.0 * a.sqrt().asin() - 2.0 * b.sqrt().asin()
}

/// 95 % interval of h: the arcsine of a share's root has variance 1 / (4 n), whatever the share (J. Cohen 1988, section 6.2).
pub fn cohen_h_interval(h: f64, n: usize, n_rest: usize) -> Option<[f64; 2]> {
    let half = Z_95 * (1.0 / n as f64 + 1.0 / n_rest as f64).sqrt();
    (n > 0 && n_rest > 0).then_some([h - half, h + half])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_by_hand() {
        // Members 8, 10, 12 against 2, 4, 6: difference 6, pooled sd 2, so d = 3 and g = 3 (1 - 3/15) = 2.4.
        let all = Moments::of(&[2.0, 4.0, 6.0, 8.0, 10.0, 12.0], 7.0);
        let inside = Moments::of(&[8.0, 10.0, 12.0], 7.0);
        assert!((hedges_g(&inside, &all.without(&inside)) - 2.4).abs() < 1e-12);
        // v = 3 / sqrt(35/3 / 3 * 3/5) = 3 / sqrt(7/3).
        assert!((v_test(&inside, &all) - 3.0 / (7.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(hedges_g(&all, &all.without(&all)), 0.0, "nobody else");
        let (zeros, ones) = (Moments::of(&[0.0; 5], 0.5), Moments::of(&[1.0; 5], 0.5));
        assert_eq!(hedges_g(&ones, &zeros), LARGEST_EFFECT, "nothing varies inside");
    }

    /// Frozen from NumPy and SciPy by tests/oracles/make_intervals.py.
    const ORACLE: &str = include_str!("../../tests/oracles/intervals.csv");

    #[test]
    fn intervals_as_frozen() {
        let mut n_checked = 0;
        for line in ORACLE.lines().skip(1) {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let [n1, n2, difference, g, low, high] = fields[..] else { panic!("{line}") };
            // Ramps, as in the script: i mod 7 on both sides, one moved by the difference.
            let side = |n: f64, by: f64| (0..n as usize).map(|i| (i % 7) as f64 + by).collect::<Vec<_>>();
            let (inside, rest) = (Moments::of(&side(n1, difference), 3.0), Moments::of(&side(n2, 0.0), 3.0));
            let ours = hedges_g(&inside, &rest);
            let [ours_low, ours_high] = hedges_g_interval(ours, &inside, &rest).unwrap();
            assert!((ours - g).abs() < 1e-9 && (ours_low - low).abs() < 1e-7 && (ours_high - high).abs() < 1e-7, "{line}: {ours}");
            n_checked += 1;
        }
        assert_eq!(n_checked, 6);
        let (zeros, ones) = (Moments::of(&[0.0; 5], 0.5), Moments::of(&[1.0; 5], 0.5));
        assert_eq!(hedges_g_interval(LARGEST_EFFECT, &ones, &zeros), None);
    }

    #[test]
    fn cohen_by_hand() {
        // asin sqrt(1) = pi/2, asin sqrt(1/2) = pi/4.
        assert!((cohen_h(1.0, 0.5) - std::f64::consts::FRAC_PI_2).abs() < 1e-12);
        assert_eq!(cohen_h(0.3, 0.3), 0.0);
        // 1.96 sqrt(1/25 + 1/100) = 1.96 x 0.2236.
        let [low, high] = cohen_h_interval(0.5, 25, 100).unwrap();
        assert!((low - 0.061_738_7).abs() < 1e-6 && (high - 0.938_261_3).abs() < 1e-6, "{low} {high}");
        assert_eq!(cohen_h_interval(0.5, 25, 0), None);
    }
}
