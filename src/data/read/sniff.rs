//! What kind of file is this? Decided by its bytes; its ending only breaks ties, because people rename files.
//!
//! In: the bytes. Out: the format, or why it is none; the text in UTF-8; the delimiter. Cost: one fast pass for the decoding.

use std::borrow::Cow;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::base::Note;
use crate::data::cells::cell::{self, is_missing};
use crate::data::cells::dates::{self, Order};
use crate::data::cells::numbers::{self, Decimal};
use crate::data::error::DataError;

use super::format::{Columnar, Format};
use super::letters;
use super::read_as::ReadAs;

/// What an ending promises, in lower case, if that is no text.
pub(super) fn promised(extension: &str) -> Option<(&'static str, Format)> {
    match extension {
        "parquet" | "pq" => Some(("Parquet", Format::Columnar(Columnar::Parquet))),
        "arrow" | "feather" | "ipc" => Some(("Arrow", Format::Columnar(Columnar::Arrow))),
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Some(("Excel", Format::Workbook)),
        _ => None,
    }
}

/// The format of the bytes; a note where the ending promised something else, or where a choice of the user's does not go with it.
pub(in crate::data) fn format(bytes: &[u8], title: &str, path: &Path, read_as: &ReadAs) -> Result<(Format, Vec<Note>), DataError> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    if bytes.iter().take(4096).all(u8::is_ascii_whitespace) && bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(DataError::Empty { title: title.to_owned() });
    }
    let promised = promised(&extension);
    let found = match bytes {
        [b'P', b'A', b'R', b'1', ..] => Format::Columnar(Columnar::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Format::Columnar(Columnar::Arrow),
        [0xff, 0xff, 0xff, 0xff, ..] => Format::ArrowStream,
        [b'$', b'F', b'L', b'2' | b'3', ..] => return Err(DataError::Spss { title: title.to_owned() }),
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => Format::Workbook,
        _ => {
            if let Some(what) = known_binary(bytes) {
                return Err(DataError::Binary { title: title.to_owned(), what: what.to_owned() });
            }
            if read_as.encoding.is_none() && Encoding::for_bom(bytes).is_none() && is_binary(bytes) {
                return Err(match promised {
                    Some((format, _)) => DataError::damaged(title, format, "its first bytes are not those of such a file"),
                    None => DataError::Binary { title: title.to_owned(), what: "binary data".to_owned() },
                });
            }
            text_format(bytes, &extension)
        }
    };
    let mut notes = Vec::new();
    if let Some((name, promised)) = promised
        && matches!(found, Format::Text | Format::Json)
        && promised != found
    {
        notes.push(Note::new(format!("{title} is called a {name} file but holds text; it is read as text.")));
    }
    if read_as.sheet.is_some() && found != Format::Workbook {
        notes.push(Note::new(format!("{title} is no workbook; the choice of a sheet does not matter for it.")));
    }
    if read_as.encoding.is_some() && !matches!(found, Format::Text | Format::Json) {
        notes
            .push(Note::new(format!("{title} says itself how its letters are written; the choice of an encoding does not matter for it.")));
    }
    Ok((found, notes))
}

/// The bytes as UTF-8, with a note where letters had to be guessed. Line ends become `\n` where a file has only `\r`.
pub(super) fn text<'a>(bytes: &'a [u8], title: &str, chosen: Option<&'static Encoding>) -> (Cow<'a, str>, Vec<Note>) {
    let mut notes = Vec::new();
    let text = match (chosen, Encoding::for_bom(bytes)) {
        (Some(encoding), _) => encoding.decode_with_bom_removal(bytes).0,
        (None, Some((encoding, bom))) if encoding == UTF_16LE || encoding == UTF_16BE => {
            encoding.decode_without_bom_handling(&bytes[bom..]).0
        }
        (None, with_bom) => {
            let bytes = &bytes[with_bom.map_or(0, |(_, bom)| bom)..];
            match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                // A promise of UTF-8 that is broken in places: those letters are lost, the rest is right.
                Err(_) if with_bom.is_some() => {
                    notes.push(Note::new(format!("Some letters of {title} are damaged; they are shown as \u{fffd}.")));
                    UTF_8.decode_without_bom_handling(bytes).0
                }
                Err(_) => {
                    let encoding = letters::detect_in(bytes);
                    notes.push(letters::note(title, encoding));
                    encoding.decode_without_bom_handling(bytes).0
                }
            }
        }
    };
    if !text.contains('\n') && text.contains('\r') {
        return (Cow::Owned(text.replace('\r', "\n")), notes);
    }
    (text, notes)
}

/// Lines above a table that may be titles.
const MOST_TITLES: usize = 20;

/// The delimiter of a text table, from its first lines (cells in quotes do not count), in spite of titles above it.
pub(super) fn delimiter(all: &[&str]) -> u8 {
    let lines: Vec<&str> = all.iter().copied().filter(|line| !line.trim().is_empty()).collect();
    let counted = |delimiter: u8| -> Vec<usize> { lines.iter().map(|line| count_outside_quotes(line, delimiter)).collect() };
    let score = |counts: &[usize]| {
        let header = counts.first().copied().unwrap_or(0);
        let common = most_common(counts);
        let share = counts.iter().filter(|&&count| count == common).count() as f64 / counts.len().max(1) as f64;
        // Every line alike is worth most; a delimiter the header has not is decoration (a decimal comma), and more columns break ties.
        if common == 0 || header == 0 { 0.0 } else { share + if header == common { 1.0 } else { 0.0 } + (common as f64).min(1e3) * 1e-6 }
    };
    let candidates = [b',', b';', b'\t', b'|'].map(|delimiter| (delimiter, counted(delimiter)));
    let mut best = (b',', 0.0, 0);
    for (delimiter, counts) in &candidates {
        let score = score(counts);
        if score > best.1 {
            best = (*delimiter, score, most_common(counts));
        }
    }
    let below_titles = candidates.iter().filter_map(|(delimiter, counts)| {
        let begins = |&at: &usize| begins_below_titles(all, &lines, counts, at, *delimiter);
        let at = (1..lines.len().min(MOST_TITLES)).find(begins)?;
        Some((*delimiter, score(&counts[at..]), most_common(&counts[at..])))
    });
    // Titles may hold another delimiter by chance, as a decimal comma does; the table has more columns than that.
    for found in below_titles {
        if best.1 == 0.0 || (found.2 > best.2 && found.1 >= best.1 * 0.9) {
            best = found;
        }
    }
    if best.1 == 0.0 && is_separated_by_blanks(&lines) { b' ' } else { best.0 }
}

/// Whether the names of a table stand in line `at`, below lines of fewer cells: nearly all lines below have as many cells, and the proof is a blank
/// line above or values below. Sentences with a comma in each of them do not look like that.
fn begins_below_titles(all: &[&str], lines: &[&str], counts: &[usize], at: usize, delimiter: u8) -> bool {
    let n = counts[at];
    let alike = counts[at..].iter().filter(|&&count| count == n).count();
    if n == 0 || lines.len() - at < 3 || counts[..at].iter().any(|&count| count >= n) || alike * 10 < (counts.len() - at) * 9 {
        return false;
    }
    let cells = |line: &str| -> Vec<String> {
        let mut inside = false;
        let is_end = |c: char| {
            inside ^= c == '"';
            !inside && c == char::from(delimiter)
        };
        line.split(is_end).map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
    };
    let names = cells(lines[at]);
    if names.iter().any(|name| cell::is_value(name) && !cell::is_year(name)) {
        return false;
    }
    let follows_blank = all.windows(2).any(|two| two[0].trim().is_empty() && std::ptr::eq(two[1], lines[at]));
    let below: Vec<Vec<String>> = lines[at + 1..].iter().take(20).map(|line| cells(line)).filter(|row| row.len() == names.len()).collect();
    let is_proof = |column: usize| {
        let mut filled = below.iter().map(|row| row[column].as_str()).filter(|cell| !is_missing(cell)).peekable();
        !names[column].is_empty() && filled.peek().is_some() && filled.all(cell::is_value)
    };
    (follows_blank && n > 1) || (0..names.len()).any(is_proof)
}

/// Whether every line has as many words as the others (the first may have one less, as R writes row names), and most columns are values.
/// Sentences and names do not look like that.
fn is_separated_by_blanks(lines: &[&str]) -> bool {
    let is_value = |text: &str| {
        let text = text.trim_matches('"');
        is_missing(text) || numbers::parse(text, Decimal::Point).is_some() || dates::parse(text, Order::DayFirst).is_some()
    };
    let words: Vec<Vec<&str>> = lines.iter().skip(1).map(|line| blank_separated(line)).collect();
    let (Some(first), Some(n)) = (lines.first(), words.first().map(Vec::len)) else { return false };
    let header = blank_separated(first).len();
    if n < 2 || !(header == n || header + 1 == n) || words.iter().any(|words| words.len() != n) {
        return false;
    }
    // "2024-03-09 10:30" and "1 234" are one value each.
    if lines.iter().skip(1).all(|line| is_value(line.trim())) {
        return false;
    }
    let valued = (0..n).filter(|&at| words.iter().all(|words| is_value(words[at]))).count();
    valued * 2 > n || (valued * 2 == n && words.len() > 2)
}

/// The words of a line; blanks in quotes separate nothing.
fn blank_separated(line: &str) -> Vec<&str> {
    let mut inside = false;
    let between = |c: char| {
        inside ^= c == '"';
        !inside && matches!(c, ' ' | '\r')
    };
    line.split(between).filter(|word| !word.is_empty()).collect()
}

fn most_common(counts: &[usize]) -> usize {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), run[0])).map_or(0, |run| run[0])
}

fn count_outside_quotes(line: &str, delimiter: u8) -> usize {
    let mut inside = false;
    let mut count = 0;
    for &byte in line.as_bytes() {
        match byte {
            b'"' => inside = !inside,
            byte if byte == delimiter && !inside => count += 1,
            _ => {}
        }
    }
    count
}

fn text_format(bytes: &[u8], extension: &str) -> Format {
    let first = bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
    match (first, extension) {
        (_, "json" | "ndjson" | "jsonl") => Format::Json,
        (_, "csv" | "tsv" | "tab") => Format::Text,
        (Some(b'{' | b'['), _) => Format::Json,
        _ => Format::Text,
    }
}

fn known_binary(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => Some("a picture"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF document"),
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [b'B', b'Z', b'h', ..] | [b'7', b'z', 0xbc, 0xaf, ..] => {
            Some("compressed data (unpack it first)")
        }
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => Some("an SQLite database"),
        _ => None,
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 << 10)];
    let odd = head.iter().filter(|&&byte| byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a | 0x1b)).count();
    head.contains(&0) || odd * 50 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters() {
        for (lines, expected) in [
            (&["a,b,c", "1,2,3"][..], b','),
            (&["a;b;c", "1,5;2,5;3,5", "1,5;2,5;3,5"], b';'),
            (&["a\tb", "x, y\tz"], b'\t'),
            (&["a|b|c", "1|2|3"], b'|'),
            (&["name;note", "\"a,b,c\";\"d;e\"", "x;y"], b';'),
            (&["only", "one"], b','),
            (&[" id  when  n", " 00001 19970101  1", " 00002 19970112 12"], b' '),
            (&[" 00004 0001 19970101  2   29.33", " 00021 0002 19970101  3   63.34", " 00021 0002 19970118  1   11.77"], b' '),
            (&["\"a\" \"b\"", "\"1\" 5 2.5", "\"2\" 6 NA"], b' '),
            (&["when", "2024-03-09 10:30", "2024-03-10 11:30", "2024-03-10 12:30"], b','),
            (&["Kundenbericht vom 01.05.2024", "", "Kunde;Umsatz", "A;100,50", "B;141,50"], b';'),
            (&["Report, made today", "Kunde;Alter;Umsatz", "A;20;100,50", "B;30;141,50"], b';'),
            (&["Report", "name\tcity\torders", "A\tBonn\t1", "B\tRom\t2"], b'\t'),
            (&["comment", "Hello, you", "Well, no", "Fine, thanks"], b','),
            (&["comment;x", "Hello, you;1", "Well, no;2", "Fine, thanks;3"], b';'),
            (&["full name", "Ada Lovelace", "Alan Turing"], b','),
        ] {
            assert_eq!(delimiter(lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn letters() {
        assert_eq!(text(b"\xef\xbb\xbfname\n", "f", None).0, "name\n");
        assert_eq!(text(b"\xff\xfen\0a\0", "f", None).0, "na");
        let (western, notes) = text(b"M\xfcller \x80", "f.csv", None);
        assert_eq!((western.as_ref(), notes.len()), ("Müller €", 1));
        assert_eq!(text(b"a\r1\r", "f", None).0, "a\n1\n");
    }
}
