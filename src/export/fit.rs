//! How large can a text be set so that it stays in its box, on machines whose fonts are not known?
//!
//! In: the text and the room. Out: a size, and the text cut where even the smallest size is too large. Widths are those of DejaVu
//! Sans, the widest face that programs fall back to when Inter is not installed, so that what fits there fits everywhere. Autofit
//! is left alone, because it acts only once somebody edits the text. O(characters).

/// Height of a line in font sizes; slides set it exactly, so that it is the same in every font.
pub const LEADING: f64 = 1.2;
/// How much wider bold letters are.
const BOLD: f64 = 1.1;
/// Boxes are filled to this share, since widths are guessed.
const FILLED: f64 = 0.98;

/// A text with the size it fits at.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedText {
    /// The text, cut with an ellipsis if need be.
    pub text: String,
    /// Font size in points.
    pub size: f64,
    /// Lines it takes.
    pub n_lines: usize,
}

impl FittedText {
    /// Height in points.
    pub fn height(&self) -> f64 {
        self.n_lines as f64 * self.size * LEADING
    }
}

/// The largest size from `largest` down to `smallest` points at which `text` stays within `width` x `height` points.
pub fn fit(text: &str, bold: bool, [width, height]: [f64; 2], [largest, smallest]: [f64; 2]) -> FittedText {
    let text = one_line(text);
    let lines_at = |text: &str, size: f64| n_lines(text, bold, size, width);
    let fits = |n: usize, size: f64| n as f64 * size * LEADING <= height + 0.01;
    let mut size = largest;
    loop {
        let n = lines_at(&text, size);
        if fits(n, size) {
            return FittedText { text, size, n_lines: n };
        }
        if size <= smallest {
            break;
        }
        size = (size - 0.5).max(smallest);
    }
    // A number in its cell is made smaller rather than cut.
    if text.chars().count() <= LONGEST_NUMBER && text.contains(|c: char| c.is_ascii_digit()) {
        while size > LEAST_OF_NUMBERS * smallest {
            size -= 0.5;
            let n = lines_at(&text, size);
            if fits(n, size) {
                return FittedText { text, size, n_lines: n };
            }
        }
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let most = ends.partition_point(|&end| fits(lines_at(&format!("{}…", &text[..end]), size), size));
    let text = format!("{}…", whole_words(&text[..ends[most.saturating_sub(1)]], &text));
    let n_lines = lines_at(&text, size);
    FittedText { text, size, n_lines }
}

/// How small, against the smallest size of texts, a number is set before it is cut.
const LEAST_OF_NUMBERS: f64 = 0.6;
/// "avg 1 240 minutes" is a number; longer texts are words.
const LONGEST_NUMBER: usize = 20;

/// What is left of `start`, where `text` goes on, without half a number: "(228 000 against 115" would tell another one.
fn whole_words<'a>(start: &'a str, text: &str) -> &'a str {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '%' | '\u{202f}' | '\u{a0}' | '\u{2212}' | '-');
    let next = text[start.len()..].chars().next();
    let tail = start.rfind(|c: char| !is_inside(c)).map_or(0, |at| at + start[at..].chars().next().map_or(0, char::len_utf8));
    let cuts_a_number = next.is_some_and(is_inside) && start[tail..].contains(|c: char| c.is_ascii_digit());
    let kept = if cuts_a_number && tail > 0 { &start[..tail] } else { start };
    // Brackets hold the numbers that belong to what stands before them.
    let open = kept.rfind('(').filter(|at| !kept[*at..].contains(')'));
    kept[..open.filter(|at| *at > 0).unwrap_or(kept.len())].trim_end()
}

/// One line at one size.
pub fn fit_line(text: &str, bold: bool, width: f64, size: f64) -> String {
    fit(text, bold, [width, size * LEADING], [size, size]).text
}

/// Lines that `text` takes in a box of `width` points.
pub fn n_lines(text: &str, bold: bool, size: f64, width: f64) -> usize {
    broken(text, bold, size, width).len()
}

/// `text` in the lines that a box of `width` points breaks it into; an empty text is one empty line.
pub fn broken(text: &str, bold: bool, size: f64, width: f64) -> Vec<String> {
    let (room, unit) = (width * FILLED, size * if bold { BOLD } else { 1.0 });
    let (mut lines, mut line, mut at) = (Vec::new(), String::new(), 0.0);
    for piece in pieces(text) {
        let wide = ems(piece.trim_end_matches(' ')) * unit;
        if at > 0.0 && at + wide > room {
            lines.push(std::mem::take(&mut line));
            at = 0.0;
        }
        if wide > room {
            // A word longer than the line is broken where the line ends.
            let mut more = 0.0;
            for c in piece.chars() {
                let wide = em(c) * unit;
                if more > 0.0 && more + wide > room {
                    lines.push(std::mem::take(&mut line));
                    more = 0.0;
                }
                line.push(c);
                more += wide;
            }
            at = more;
        } else {
            line.push_str(piece);
            at += ems(piece) * unit;
        }
    }
    lines.push(line);
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end_matches(' ').len()));
    lines
}

/// Room for the names of bars that stand left of them, from `least` up to `most` points; none where a name is longer, so that names go above their bars
/// and none is cut.
pub fn room_for_names<'a>(names: impl IntoIterator<Item = &'a str>, size: f64, [least, most]: [f64; 2]) -> Option<f64> {
    let widest = names.into_iter().map(|name| width(name, false, size)).fold(least, f64::max);
    (widest <= most).then_some(widest)
}

/// Width of a line of text in points.
pub fn width(text: &str, bold: bool, size: f64) -> f64 {
    ems(text) * size * if bold { BOLD } else { 1.0 } / FILLED
}

/// Whether the first letter that has a direction runs from right to left (rule P2 of the Unicode bidirectional algorithm).
pub fn is_right_to_left(text: &str) -> bool {
    let is_rtl = |c: char| matches!(c as u32, 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x1e800..=0x1efff);
    text.chars().find(|c| c.is_alphabetic()).is_some_and(is_rtl)
}

/// Where a line may break: after spaces, and around letters of scripts that are written without any.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if is_wide(c) && at > start {
            pieces.push(&text[start..at]);
            start = at;
        }
        if c == ' ' || is_wide(c) {
            pieces.push(&text[start..end]);
            start = end;
        }
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn is_wide(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x11ff | 0x2e80..=0xd7ff | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x1f000..=0x3ffff)
}

fn ems(text: &str) -> f64 {
    text.chars().map(em).sum()
}

/// The advance of a letter in font sizes.
fn em(c: char) -> f64 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | '\'' | ':' | ';' | '!' | '|' | ' ' | '\u{a0}' | '\u{202f}' => 0.34,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '"' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '—' => 0.98,
        '<' | '>' | '=' | '+' | '~' | '#' | '−' => 0.84,
        'a'..='z' => 0.61,
        '0'..='9' => 0.64,
        'A'..='Z' => 0.72,
        c if is_wide(c) => 1.1,
        _ => 0.66,
    }
}

/// Runs of white space as one space; spaces that hold a number and its unit together stay.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fitted_fits() {
        let long = "A name of many words that goes on and on until nobody can read it on one line any more at all";
        for text in ["Short", long, &"x".repeat(300), &"長い名前".repeat(40), "", "שלום עולם", "a\n\n b"] {
            for room in [[60.0, 20.0], [400.0, 80.0], [200.0, 14.0]] {
                let fitted = fit(text, true, room, [34.0, 11.0]);
                assert!((11.0..=34.0).contains(&fitted.size), "{text}");
                assert!(fitted.height() <= room[1] + 0.1, "{text} in {room:?}: {fitted:?}");
                assert_eq!(fitted.n_lines, n_lines(&fitted.text, true, fitted.size, room[0]));
            }
        }
        assert_eq!(fit(long, true, [900.0, 200.0], [34.0, 11.0]).text, long);
        assert_eq!(fit("a\n\n b", false, [100.0, 20.0], [12.0, 11.0]).text, "a b");
        assert!(fit_line(&"word ".repeat(50), false, 100.0, 11.0).ends_with('…'));
        let sentence = "They have 2.0x the total credit limit (228\u{202f}000 against 115\u{202f}000).";
        for width in 20..400 {
            let cut = fit_line(sentence, false, f64::from(width), 11.0);
            let is_whole = cut == sentence || !cut.contains('(') && !cut.contains("2.…") && !cut.contains("2…");
            assert!(is_whole, "{cut}");
        }
        for number in ["avg 0.933\u{202f}years".replace(' ', "\u{a0}"), "-1.51".into(), "1\u{202f}240".into()] {
            assert_eq!(fit(&number, false, [0.7 * width(&number, false, 11.0), 14.0], [11.0, 11.0]).text, number);
        }
    }

    #[test]
    fn broken_lines_hold_the_whole_text() {
        let text = "Bank transfer (automatic), paid by somebody else";
        let lines = broken(text, false, 11.0, 120.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, false, 11.0) <= 121.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert_eq!(broken(&"x".repeat(90), false, 11.0, 120.0).concat(), "x".repeat(90));
        assert_eq!(broken("", false, 11.0, 120.0), [""]);
    }

    #[test]
    fn long_names_leave_the_side_of_their_bars() {
        assert_eq!(room_for_names(["Yes", "No"], 11.0, [60.0, 140.0]), Some(60.0));
        let room = room_for_names(["Electronic check"], 11.0, [60.0, 140.0]).expect("it fits");
        assert!((90.0..140.0).contains(&room), "{room}");
        assert_eq!(room_for_names(["Yes", "Bank transfer (automatic), paid by somebody else"], 11.0, [60.0, 140.0]), None);
    }

    #[test]
    fn the_first_letter_decides_the_direction() {
        assert!(is_right_to_left("12 שלום abc") && is_right_to_left("«مرحبا»"));
        assert!(!is_right_to_left("abc שלום") && !is_right_to_left("12 🙂") && !is_right_to_left("長い"));
    }
}
