//! Small texts all formats share: escaping for HTML and SVG, counts and shares as people read them.

use std::fmt::Write;

/// Text that no reader of HTML or XML takes for markup. Control characters, which XML forbids, become U+FFFD;
/// those that turn the direction of text are left out.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' => safe.push(c),
            c if turns_text(c) => {}
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// Whether a character turns the direction of what follows it: a text from outside could show itself, and what stands behind it, backwards. Scripts
/// that run from right to left do not need them.
pub fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

use crate::base::text::whole;
pub use crate::base::text::{count, percent, percents};

/// What is said of rows of evidence that a page has no room for.
pub fn more_rows(n: usize) -> String {
    if n == 1 { "1 more row is not shown.".to_owned() } else { format!("{} more rows are not shown.", count(n)) }
}

/// What is said where values are withheld; `many` is what the rows are called.
pub fn withheld_values(many: &str) -> String {
    format!("Values of fewer than 10 {many}, and values from which those could be worked out, are withheld (–) or told as a limit.")
}

/// A share in whole percent, for sentences with an interval beside it: "24 %".
pub fn whole_percent(share: f64) -> String {
    format!("{}{}%", whole(share), crate::base::text::SPACE)
}

/// A number with `step` as its smallest difference that means something, and thousands apart.
pub fn number(value: f64, step: f64) -> String {
    let decimals = if step > 0.0 { (-step.log10().floor()).clamp(0.0, 9.0) as usize } else { 0 };
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut out = String::new();
    if value < 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') {
        out.push('−');
    }
    match whole.parse() {
        Ok(whole) => out.push_str(&count(whole)),
        Err(_) => return format!("{value:.2e}"),
    }
    if !rest.is_empty() {
        let _ = write!(out, ".{rest}");
    }
    out
}

/// A number with three digits that mean something.
pub fn three_digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".into();
    }
    let step = 10f64.powf(value.abs().log10().floor() - 2.0);
    let decimals_end = if step >= 1.0 { 1.0 } else { step };
    number(value, decimals_end)
}

/// A number with its sign, which is part of what it says.
pub fn signed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let sign = if value < 0.0 { '−' } else { '+' };
    format!("{sign}{:.decimals$}", value.abs())
}

/// A long text cut at `chars` characters, told by an ellipsis.
pub fn shorten(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}

/// The file's own name: whatever folders stood before it stay at home.
pub fn without_folders(title: &str) -> &str {
    title.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_markup() {
        assert_eq!(escape("<a b=\"c\">&'\u{1}"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\u{fffd}");
        assert_eq!(escape("שלום 🙂"), "שלום 🙂");
    }

    #[test]
    fn numbers_as_people_read_them() {
        assert_eq!((count(7), count(1234567)), ("7".into(), "1\u{202f}234\u{202f}567".into()));
        assert_eq!((number(-1234.5, 0.1), number(-0.001, 0.1), number(2.0, 1.0)), ("−1\u{202f}234.5".into(), "0.0".into(), "2".into()));
        assert_eq!(
            (three_digits(0.01234), three_digits(123456.0), three_digits(1.5)),
            ("0.0123".into(), "123\u{202f}456".into(), "1.50".into())
        );
        assert_eq!(
            (percent(0.2449), percent(0.00001), percent(0.032)),
            ("24\u{202f}%".into(), "<\u{202f}0.1\u{202f}%".into(), "3.2\u{202f}%".into())
        );
    }

    #[test]
    fn folders_stay_at_home() {
        assert_eq!(without_folders("/home/me/shop.csv"), "shop.csv");
        assert_eq!(without_folders("C:\\data\\shop.csv"), "shop.csv");
        assert_eq!(without_folders("Sample customers"), "Sample customers");
    }
}
