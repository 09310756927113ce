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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1\u{202f}000"), (1_234_567, "1\u{202f}234\u{202f}567")] {
            assert_eq!(count(n), text);
        }
    }
}
