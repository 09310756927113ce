//! Is this cell a number, and which? Understands groups, decimal commas, currencies, percent and accountants' brackets.
//!
//! In: one trimmed cell. Out: its value and unit, or nothing. O(length) each.

use super::units::{UNITS, is_exact, is_like_a_code};

/// Which sign separates the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::data) enum Decimal {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

/// What one cell says about the decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::data) enum Vote {
    /// Certainly a decimal point (or comma groups).
    Point,
    /// Certainly a decimal comma (or point groups).
    Comma,
    /// "1,234": either.
    EitherComma,
    /// "1.234": either.
    EitherPoint,
    /// No sign at all, or no number.
    Nothing,
}

/// A number in the plainest form, as most cells are: what `f64` itself parses, finite, and no identifier in disguise.
#[inline]
pub(in crate::data) fn plain(cell: &str, comma_file: bool) -> Option<f64> {
    let bytes = cell.as_bytes();
    let digits = if matches!(bytes.first()?, b'-' | b'+') { &bytes[1..] } else { bytes };
    match digits {
        [b'0', b'0'..=b'9', ..] => return None,
        [b'0'..=b'9' | b'.', ..] => {}
        _ => return None,
    }
    if comma_file && digits.contains(&b'.') {
        return None;
    }
    let value = cell.parse::<f64>().ok()?;
    // Whole numbers beyond 2^53 would silently change their last digits.
    let exact = value.abs() < 9_007_199_254_740_992.0 || digits.iter().any(|byte| !byte.is_ascii_digit());
    (value.is_finite() && exact).then_some(value)
}

/// A whole number written with leading zeros, as codes are: "007", "01099".
pub(super) fn is_code(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    let digits_only = bytes.iter().all(u8::is_ascii_digit);
    let too_long = bytes.len() >= 16 && cell.parse::<f64>().is_ok_and(|value| value >= 9_007_199_254_740_992.0);
    digits_only && bytes.len() > 1 && (bytes[0] == b'0' || too_long)
}

/// A whole number with letters before it that could be a unit as well as a code: "RM1001", "TL20".
pub(super) fn is_lettered_code(cell: &str) -> bool {
    let digits = cell.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (letters, rest) = cell.split_at(digits);
    is_like_a_code(letters) && rest.bytes().all(|b| b.is_ascii_digit())
}

/// How many small whole numbers the cell lists, each greater than the one before it: "1,2,4" are three answers. Nothing for other cells.
pub(super) fn listed(cell: &str) -> Option<usize> {
    let (mut last, mut n) = (0, 0);
    for part in cell.split(',').map(str::trim) {
        if !matches!(part.len(), 1 | 2) || !part.bytes().all(|b| b.is_ascii_digit()) || part.starts_with('0') {
            return None;
        }
        let number: u8 = part.parse().ok()?;
        if number <= last {
            return None;
        }
        (last, n) = (number, n + 1);
    }
    (n > 1).then_some(n)
}

/// Whether the cell lists several small whole numbers.
pub(super) fn is_list(cell: &str) -> bool {
    listed(cell).is_some()
}

/// Whether the cell spells an infinity or a number too large to hold.
pub(super) fn is_infinite(cell: &str) -> bool {
    let bare = cell.trim_start_matches(['+', '-']);
    ["inf", "infinity", "∞"].iter().any(|word| bare.eq_ignore_ascii_case(word))
        || (bare.starts_with(|c: char| c.is_ascii_digit()) && bare.parse::<f64>().is_ok_and(f64::is_infinite))
}

/// What the cell says about the decimal sign.
pub(in crate::data) fn vote(cell: &str) -> Vote {
    let (core, _) = strip(cell);
    let core = core.trim_start_matches(['+', '-']);
    if !core.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',')
        || core.contains(|c: char| c.is_alphabetic() && c != 'e' && c != 'E')
    {
        return Vote::Nothing;
    }
    let of = |sign: char| (core.matches(sign).count(), core.rfind(sign));
    match (of(','), of('.')) {
        ((_, Some(comma)), (_, Some(point))) => {
            if comma > point {
                Vote::Comma
            } else {
                Vote::Point
            }
        }
        ((0, _), (0, _)) => Vote::Nothing,
        ((1, Some(at)), _) => {
            if could_be_group(core, at) {
                Vote::EitherComma
            } else {
                Vote::Comma
            }
        }
        ((0, _), (1, Some(at))) => {
            if could_be_group(core, at) {
                Vote::EitherPoint
            } else {
                Vote::Point
            }
        }
        ((0, _), _) => Vote::Comma,
        _ => Vote::Point,
    }
}

/// The value and unit of a cell, its decimals being separated by `decimal`.
pub(in crate::data) fn parse(cell: &str, decimal: Decimal) -> Option<(f64, Option<&'static str>)> {
    let (core, unit) = strip(cell);
    // "$5.00 CAD": the word says which dollar.
    let (core, unit) = match (unit, strip(core)) {
        (Some(first), (rest, Some(second))) if first != "%" && second != "%" => {
            (rest, Some(if matches!(first, "$" | "kr" | "¥" | "£") { second } else { first }))
        }
        _ => (core, unit),
    };
    if let Some(inner) = core.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        let (inner, inner_unit) = strip(inner);
        return digits(inner, decimal).map(|value| (-value, unit.or(inner_unit)));
    }
    // "-€5": the sign stands before the unit.
    let (negative, core, unit) = match core.strip_prefix(['-', '\u{2212}']).map(strip) {
        Some((rest, Some(inner))) if unit.is_none() => (true, rest, Some(inner)),
        _ => (false, core, unit),
    };
    digits(core, decimal).map(|value| (if negative { -value } else { value }, unit))
}

/// Three digits after the sign and one to three before it: it may separate groups.
fn could_be_group(core: &str, at: usize) -> bool {
    let (before, after) = (&core[..at], &core[at + 1..]);
    after.len() == 3 && after.bytes().all(|b| b.is_ascii_digit()) && matches!(before.len(), 1..=3) && !before.starts_with('0')
}

/// Takes a unit off either end.
fn strip(cell: &str) -> (&str, Option<&'static str>) {
    let cell = cell.trim();
    // Most cells begin and end with a digit: nothing to take off.
    if cell.bytes().next().is_none_or(|b| b.is_ascii_digit()) && cell.bytes().next_back().is_none_or(|b| b.is_ascii_digit()) {
        return (cell, None);
    }
    // No unit has more than three letters: most words are told by their fourth.
    let letters = |c: &char| c.is_alphabetic();
    if cell.chars().take(4).filter(letters).count() == 4 {
        return (cell, None);
    }
    for &(spelled, unit) in UNITS {
        if is_exact(spelled) && !(cell.starts_with(spelled) || cell.ends_with(spelled)) {
            continue;
        }
        if let Some(rest) = strip_prefix(cell, spelled).or_else(|| strip_suffix(cell, spelled)) {
            return (rest.trim(), Some(unit));
        }
    }
    (cell, None)
}

fn strip_prefix<'a>(cell: &'a str, unit: &str) -> Option<&'a str> {
    let head = cell.get(..unit.len())?;
    head.eq_ignore_ascii_case(unit).then(|| &cell[unit.len()..])
}

fn strip_suffix<'a>(cell: &'a str, unit: &str) -> Option<&'a str> {
    let at = cell.len().checked_sub(unit.len())?;
    cell.get(at..)?.eq_ignore_ascii_case(unit).then(|| &cell[..at])
}

/// sign? groups (decimal digits)? exponent?
fn digits(core: &str, decimal: Decimal) -> Option<f64> {
    let (negative, rest) = match core.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, core.strip_prefix('+').unwrap_or(core)),
    };
    let (point, group) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], &rest[at..]),
        None => (rest, ""),
    };
    let (whole, decimals) = mantissa.split_once(point).unwrap_or((mantissa, ""));
    let mut clean = String::with_capacity(core.len() + 1);
    if negative {
        clean.push('-');
    }
    let mut separator = None;
    let mut run = 0;
    let (mut pairs, mut in_pairs) = (false, true);
    for c in whole.chars() {
        if c.is_ascii_digit() {
            clean.push(c);
            run += 1;
        } else if c == group || matches!(c, ' ' | '\'' | '\u{2019}' | '\u{a0}' | '\u{202f}') {
            // Groups are all alike, three digits each, the first one to three. In India all but the last have two: 1,00,000.
            let wrong = match (separator, run) {
                (None, 1..=3) => false,
                (Some(','), 2) if c == ',' && decimal == Decimal::Point => {
                    pairs = true;
                    false
                }
                (Some(_), 3) => pairs,
                _ => true,
            };
            in_pairs &= run <= 2;
            if wrong || separator.is_some_and(|known| known != c) || core.starts_with('+') {
                return None;
            }
            separator = Some(c);
            run = 0;
        } else {
            return None;
        }
    }
    if (separator.is_some() && run != 3)
        || (pairs && !in_pairs)
        || (whole.is_empty() && decimals.is_empty())
        || !decimals.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    clean.push('.');
    clean.push_str(decimals);
    clean.push_str(exponent);
    clean.parse::<f64>().ok().filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        use Decimal::*;
        for (cell, decimal, expected) in [
            ("1,234.56", Point, Some((1234.56, None))),
            ("1.234,56", Comma, Some((1234.56, None))),
            ("12,5 %", Comma, Some((12.5, Some("%")))),
            ("€ 1.234,50", Comma, Some((1234.5, Some("€")))),
            ("$-12", Point, Some((-12.0, Some("$")))),
            ("-$12", Point, Some((-12.0, Some("$")))),
            ("($1,200)", Point, Some((-1200.0, Some("$")))),
            ("99 kr", Point, Some((99.0, Some("kr")))),
            ("CHF 1'200.50", Point, Some((1200.5, Some("CHF")))),
            ("1 234 567", Point, Some((1_234_567.0, None))),
            ("1\u{202f}234,5", Comma, Some((1234.5, None))),
            ("1e3", Point, Some((1000.0, None))),
            (".5", Point, Some((0.5, None))),
            ("\u{2212}3", Point, Some((-3.0, None))),
            ("12,34", Point, None),
            ("1,23,456", Point, Some((123_456.0, None))),
            ("₹1,00,000.00", Point, Some((100_000.0, Some("₹")))),
            ("INR 12,34,567", Point, Some((1_234_567.0, Some("₹")))),
            ("Rs. 500", Point, Some((500.0, Some("₹")))),
            ("123,45,678", Point, None),
            ("1,234,56,789", Point, None),
            ("1,23,45", Point, None),
            ("R$ 1.100,50", Comma, Some((1100.5, Some("R$")))),
            ("R$\u{a0}1.100,50", Comma, Some((1100.5, Some("R$")))),
            ("-R$ 5,00", Comma, Some((-5.0, Some("R$")))),
            ("RM12.50", Point, Some((12.5, Some("RM")))),
            ("1.234,50\u{202f}TL", Comma, Some((1234.5, Some("₺")))),
            ("₺99", Point, Some((99.0, Some("₺")))),
            ("A$5", Point, Some((5.0, Some("A$")))),
            ("NZ$ 5", Point, Some((5.0, Some("NZ$")))),
            ("US$5", Point, Some((5.0, Some("$")))),
            ("$5.00 CAD", Point, Some((5.0, Some("C$")))),
            ("Rp 15.000", Comma, Some((15_000.0, Some("Rp")))),
            ("1 234,50 zł", Comma, Some((1234.5, Some("PLN")))),
            ("1 234 Kč", Comma, Some((1234.0, Some("Kč")))),
            ("1 234 Ft", Comma, Some((1234.0, Some("Ft")))),
            ("1 234,50 руб.", Comma, Some((1234.5, Some("₽")))),
            ("1 234,50 ₽", Comma, Some((1234.5, Some("₽")))),
            ("₩1,000", Point, Some((1000.0, Some("₩")))),
            ("₪ 10", Point, Some((10.0, Some("₪")))),
            ("฿10.50", Point, Some((10.5, Some("฿")))),
            ("RSD 10", Point, Some((10.0, Some("RSD")))),
            ("6 ft", Point, None),
            ("+49 170 123", Point, None),
            ("abc", Point, None),
            ("1.2.2024", Point, None),
            ("12a", Point, None),
            ("", Point, None),
            ("-", Point, None),
            ("e5", Point, None),
            ("%", Point, None),
        ] {
            assert_eq!(parse(cell, decimal), expected, "{cell:?}");
        }
    }

    #[test]
    fn votes() {
        for (cell, expected) in [
            ("1,5", Vote::Comma),
            ("1.5", Vote::Point),
            ("1,234", Vote::EitherComma),
            ("1.234", Vote::EitherPoint),
            ("0,234", Vote::Comma),
            ("1.234,5", Vote::Comma),
            ("1,234,567", Vote::Point),
            ("12", Vote::Nothing),
            ("a,b", Vote::Nothing),
        ] {
            assert_eq!(vote(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn codes_and_lists() {
        for (cell, is_code) in [("RM1001", true), ("TL20", true), ("RM 100", false), ("RM12.50", false), ("100", false), ("", false)] {
            assert_eq!(is_lettered_code(cell), is_code, "{cell}");
        }
        for (cell, expected) in [
            ("1,2", Some(2)),
            ("1, 2, 14", Some(3)),
            ("2,1", None),
            ("1,1", None),
            ("0,5", None),
            ("1,05", None),
            ("3", None),
            ("1,234", None),
        ] {
            assert_eq!(listed(cell), expected, "{cell}");
        }
    }

    #[test]
    fn plain_ones() {
        for (cell, expected) in [
            ("0.1", Some(0.1)),
            ("-12", Some(-12.0)),
            ("007", None),
            ("0", Some(0.0)),
            ("inf", None),
            ("-inf", None),
            ("1e999", None),
            ("12345678901234567", None),
            ("1.2345678901234567e+01", Some(12.345678901234567)),
            ("nan", None),
        ] {
            assert_eq!(plain(cell, false), expected, "{cell:?}");
        }
        assert_eq!(plain("1.234", true), None);
    }
}
