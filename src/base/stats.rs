//! Small statistics used on several floors: moments, quantiles, the normal distribution.

/// The two-sided 95 % quantile of the normal distribution: half the width of a 95 % interval in standard errors.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Arithmetic mean; 0 for nothing.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Mean and population standard deviation (divisor n), in two passes. O(n).
pub fn mean_sd(values: &[f64]) -> (f64, f64) {
    let mean = mean(values);
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let sum: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (sum / values.len() as f64).sqrt())
}

/// Skewness: the third standardised moment with population divisors; 0 where nothing varies. O(n).
pub fn skewness(values: &[f64]) -> f64 {
    let (mean, sd) = mean_sd(values);
    if sd == 0.0 || values.is_empty() {
        return 0.0;
    }
    values.iter().map(|v| ((v - mean) / sd).powi(3)).sum::<f64>() / values.len() as f64
}

/// The `q`-quantile (0 to 1) of ascending values, linear between neighbours (R's type 7, NumPy's default). NaN for nothing.
pub fn quantile_sorted(ascending: &[f64], q: f64) -> f64 {
    let Some(last) = ascending.len().checked_sub(1) else { return f64::NAN };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(last);
    ascending[low] + (ascending[high] - ascending[low]) * (at - low as f64)
}

/// The median of ascending values.
pub fn median_sorted(ascending: &[f64]) -> f64 {
    quantile_sorted(ascending, 0.5)
}

/// A sorted copy without NaN. O(n log n).
pub fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().filter(|v| !v.is_nan()).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The standard normal quantile (inverse of its distribution function), |error| < 1.2e-9 relative.
///
/// Rational approximation of Peter J. Acklam (2003), "An algorithm for computing the inverse normal cumulative distribution function".
#[expect(clippy::excessive_precision, reason = "the coefficients as published")]
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] =
        [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.383577518672690e2, -3.066479806614716e1, 2.506628277459239];
    const B: [f64; 5] = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1];
    const C: [f64; 6] =
        [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
    const D: [f64; 4] = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |q: f64| polynomial(&C, q) / (polynomial(&D, q) * q + 1.0);
    if p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        f64::INFINITY
    } else if p < 0.02425 {
        tail((-2.0 * p.ln()).sqrt())
    } else if p > 1.0 - 0.02425 {
        -tail((-2.0 * (1.0 - p).ln()).sqrt())
    } else {
        let q = p - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(mean_sd(&values), (5.0, 2.0));
        assert_eq!(quantile_sorted(&values, 0.25), 4.0);
        assert_eq!(median_sorted(&[1.0, 2.0]), 1.5);
        assert!((skewness(&values) - 0.65625).abs() < 1e-12);
        assert!(quantile_sorted(&[], 0.5).is_nan());
    }

    #[test]
    fn normal_quantile_at_known_points() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959963984540054), (0.001, -3.090232306167813), (0.99, 2.326347874040841)] {
            assert!((normal_quantile(p) - z).abs() < 1e-8, "{p}");
        }
    }
}
