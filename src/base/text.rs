//! How numbers are written, the same in the window, on cards and in sentences.

/// Stands between thousands and before units: a narrow space that no line breaks at.
pub const SPACE: char = '\u{202f}';

/// A whole number with its thousands apart: "4 988".
pub fn count(n: usize) -> String {
    grouped(&n.to_string())
}

/// Digits with their thousands apart.
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(SPACE);
        }
        text.push(digit);
    }
    text
}

/// A computed number with no more digits than mean something: whole from a thousand on, else two decimals, or three digits where it is smaller than
/// one; no zeros at the end.
pub fn few_digits(value: f64) -> String {
    let magnitude = value.abs();
    if (1_000.0..1e15).contains(&magnitude) {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", grouped(&format!("{magnitude:.0}")));
    }
    let decimals = if magnitude >= 1.0 || magnitude == 0.0 { 2 } else { (2 - magnitude.log10().floor() as i32).clamp(2, 12) as usize };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Parts of a whole in tenths of a percent that add up to exactly 100 (largest remainders get what rounding left).
pub fn percents_of(parts: &[usize]) -> Vec<String> {
    let total: usize = parts.iter().sum();
    if total == 0 {
        return parts.iter().map(|_| "0.0".into()).collect();
    }
    let mut tenths: Vec<usize> = parts.iter().map(|part| part * 1000 / total).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(parts[at] * 1000 % total), at));
    let missing = 1000 - tenths.iter().sum::<usize>();
    for &at in &order[..missing] {
        tenths[at] += 1;
    }
    tenths.iter().map(|t| format!("{}.{}", t / 10, t % 10)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1\u{202f}000"), (1_234_567, "1\u{202f}234\u{202f}567")] {
            assert_eq!(count(n), text);
        }
    }

    #[test]
    fn computed_numbers_are_short() {
        let cases =
            [(51.394893617021275, "51.39"), (1397.475, "1\u{202f}397"), (8.0, "8"), (8.6875, "8.69"), (0.0012345, "0.00123"), (-0.0, "0")];
        for (value, text) in cases {
            assert_eq!(few_digits(value), text);
        }
        assert_eq!(few_digits(1.0e-15), "0", "what is as good as nothing is nothing");
    }

    #[test]
    fn parts_add_up() {
        for parts in [vec![1, 1, 1], vec![0, 0], vec![999, 1, 0, 7], vec![1; 40]] {
            let sum: f64 = percents_of(&parts).iter().map(|p| p.parse::<f64>().unwrap()).sum();
            assert!((sum - if parts.iter().all(|p| *p == 0) { 0.0 } else { 100.0 }).abs() < 1e-9, "{parts:?}");
        }
    }
}
