//! How are names and numbers written on a plot? Names cut to their room, distances with three digits that mean something.

use crate::ui::widgets::number;

/// At most `n` characters.
pub fn shortened(text: &str, n: usize) -> String {
    if text.chars().count() <= n { text.to_owned() } else { text.chars().take(n - 1).chain(['…']).collect() }
}

/// A number with three digits that mean something, for distances and heights.
pub fn distance_text(value: f64) -> String {
    if value.abs() >= 1000.0 { number(value) } else { format!("{:.*}", decimals_of(value), value) }
}

/// Rounded to the digits [`distance_text`] shows, so that a dragged value is the one that was read.
pub fn rounded(value: f64) -> f64 {
    let factor = 10f64.powi(decimals_of(value) as i32);
    (value * factor).round() / factor
}

/// Decimals that leave three significant digits.
pub fn decimals_of(value: f64) -> usize {
    if value.abs() < 1e-12 { 2 } else { (2.0 - value.abs().log10().floor()).clamp(0.0, 8.0) as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_keep_three_digits() {
        assert_eq!([0.01234, 0.5, 12.34, 123.4, 0.0].map(distance_text), ["0.0123", "0.500", "12.3", "123", "0.00"]);
        assert_eq!(rounded(0.123456), 0.123);
    }
}
