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
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", grouped(&format!("{magnitude:.0}")));
    }
    let decimals = if magnitude >= 1.0 || magnitude == 0.0 { 2 } else { (2 - magnitude.log10().floor() as i32).clamp(2, 12) as usize };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

/// A share of 0 to 1: "62 %", "0.6 %"; never "0 %" or "100 %" unless it is exactly that.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let text = match percent {
        _ if percent <= 0.0 => "0".to_owned(),
        _ if percent < 0.1 => format!("<{SPACE}0.1"),
        _ if percent < 9.95 => format!("{percent:.1}").trim_end_matches(".0").to_owned(),
        _ if (99.5..100.0).contains(&percent) => format!(">{SPACE}99"),
        // Halves go to the even number, so that both parts of a whole still add up: 37.5 and 62.5 are 38 and 62.
        _ => format!("{percent:.0}"),
    };
    format!("{text}{SPACE}%")
}

/// A share in whole percent without its sign, for sentences with an interval beside it: "24", and "> 99" where it is not quite all.
pub fn whole(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        _ if (99.5..100.0).contains(&percent) => format!(">{SPACE}99"),
        _ if percent > 0.0 && percent < 0.5 => format!("<{SPACE}1"),
        _ => format!("{percent:.0}"),
    }
}

/// Parts of a whole in percent, each rounded by itself and as everywhere else: largest remainders would make them add up to exactly 100 and some of
/// them differ from what stands on a card.
pub fn percents(parts: &[usize]) -> Vec<String> {
    let whole = parts.iter().sum::<usize>().max(1) as f64;
    parts.iter().map(|&part| percent(part as f64 / whole)).collect()
}

/// The first letter made a capital.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// As many decimals as tell two values apart, two to four: a verdict that rests on their difference must not print them alike. Two for values that four
/// do not tell apart.
pub fn digits_apart(a: f64, b: f64) -> usize {
    (2..=4).find(|&digits| format!("{a:.digits$}") != format!("{b:.digits$}")).unwrap_or(2)
}

/// Whether numbers between these two are like the years of our time, which are written without a space and told apart by their last digit.
pub fn are_years(least: f64, most: f64) -> bool {
    least >= 1900.0 && most <= 2100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_all_is_not_all_and_hardly_any_is_not_none() {
        let told = [1.0, 0.9989, 0.991, 0.4, 0.001, 0.0].map(|share| whole(share).replace(SPACE, " "));
        assert_eq!(told, ["100", "> 99", "99", "40", "< 1", "0"]);
    }

    #[test]
    fn thousands_stand_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1\u{202f}000"), (1_234_567, "1\u{202f}234\u{202f}567")] {
            assert_eq!(count(n), text);
        }
    }

    #[test]
    fn computed_numbers_are_short() {
        let cases = [
            (51.394893617021275, "51.39"),
            (1397.475, "1\u{202f}397"),
            (8.0, "8"),
            (8.6875, "8.69"),
            (0.0012345, "0.00123"),
            (-0.0, "0"),
            (-5.25, "−5.25"),
            (-1397.4, "−1\u{202f}397"),
        ];
        for (value, text) in cases {
            assert_eq!(few_digits(value), text);
        }
        assert_eq!(few_digits(1.0e-15), "0", "what is as good as nothing is nothing");
    }

    #[test]
    fn values_are_told_apart() {
        assert_eq!((digits_apart(0.99, 0.95), digits_apart(0.9945, 0.9877), digits_apart(0.9484, 0.9481)), (2, 3, 4));
        assert_eq!((digits_apart(0.992, 0.988), digits_apart(0.5, 0.5)), (3, 2));
        assert!(are_years(1963.0, 2015.0) && !are_years(0.0, 2015.0) && !are_years(1990.0, 2_500.0));
    }

    #[test]
    fn parts_are_what_anybody_reckons() {
        assert_eq!(percents(&[0, 0]), ["0\u{202f}%", "0\u{202f}%"]);
        assert_eq!(percents(&[1, 9_999]), ["<\u{202f}0.1\u{202f}%", ">\u{202f}99\u{202f}%"], "nobody is rounded away");
        for n in 0..=1_000usize {
            let told = percents(&[n, 1_000 - n]).swap_remove(0);
            let number: f64 = told.trim_end_matches("\u{202f}%").trim_start_matches(">\u{202f}").parse().unwrap();
            let real = n as f64 / 10.0;
            let is_near = (number - real).abs() <= if n < 100 { 1e-9 } else { 0.5 + 1e-9 };
            assert!(is_near || (number == 99.0 && (99.5..100.0).contains(&real)), "{told} of {real}");
            assert_eq!(number == 100.0, n == 1_000, "all is said of all alone");
        }
    }
}
