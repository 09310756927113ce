//! How does text get into a part of the file without being taken for markup, and what are lengths and colours called there?

use super::super::chart::{INK, MUTED};

/// The first line of every part.
pub const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// The three namespaces every slide declares.
pub const NAMESPACES: &str = concat!(
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" "#,
    r#"xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main""#
);

/// Text for an element or an attribute. Control characters, which XML forbids, are dropped; line breaks become spaces, since
/// paragraphs are elements of their own.
pub fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\u{2028}' | '\u{2029}' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Points as English metric units, which the format counts in: 12 700 per point.
pub fn emu(points: f64) -> i64 {
    (points * 12_700.0).round() as i64
}

/// A fill in a colour given as "#rrggbb". Ink, grey and white are the theme's, so that a company's theme recolours the text.
pub fn fill(colour: &str) -> String {
    let colour = match colour {
        INK => r#"<a:schemeClr val="tx1"/>"#.to_owned(),
        MUTED => r#"<a:schemeClr val="tx2"/>"#.to_owned(),
        "#ffffff" => r#"<a:schemeClr val="bg1"/>"#.to_owned(),
        colour => format!(r#"<a:srgbClr val="{}"/>"#, text(colour.trim_start_matches('#')).to_uppercase()),
    };
    format!("<a:solidFill>{colour}</a:solidFill>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_markup() {
        assert_eq!(text("<a b=\"c\">\u{0}&\u{b}\u{1f}\n🙂"), "&lt;a b=&quot;c&quot;&gt;&amp; 🙂");
        assert_eq!((emu(960.0), emu(540.0)), (12_192_000, 6_858_000));
        assert!(fill("#0072b2").contains("0072B2") && fill(INK).contains("tx1"));
    }
}
