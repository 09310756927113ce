//! Where do rows and cells begin and end? Cuts delimited text into blocks of whole rows, and blocks into cells.
//!
//! In: text and its delimiter; a blank stands for any run of blanks. Out: every cell, to a closure. A cell may stand in quotes, hold doubled quotes, delimiters and line ends;
//! a quote inside an unquoted cell is a character like any other. Cost: about a nanosecond per byte, blocks side by side.

use std::borrow::Cow;
use std::ops::Range;

/// How a text is cut.
#[derive(Debug, Clone, Copy)]
pub(in crate::data) struct Cutting<'a> {
    /// The byte between two cells; between two that are a blank apart, and around a row, any number of blanks.
    pub delimiter: u8,
    /// Quotes from this byte of the text on are characters: the first one that is never closed stands here.
    pub quotes_end: usize,
    /// Lines that are no rows wherever they stand, without their ends: a header that comes again, totals.
    pub left_out: &'a [String],
}

/// What was passed on the way through a part of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::data) struct Passed {
    /// Line ends.
    pub n_lines: usize,
    /// Lines that are no rows.
    pub n_left_out: usize,
}

/// One row's place in the text.
#[derive(Debug, Clone, Copy)]
pub(in crate::data) struct Row {
    /// Cells found.
    pub n_cells: usize,
    /// Line within the block, from 0.
    pub line: usize,
}

/// Bytes a block holds at least. Depends on nothing, so that results do not depend on the number of threads.
const BLOCK: usize = 512 << 10;

impl Cutting<'_> {
    /// Finds out whether quotes matter and where the last block ends: the blocks of whole rows after `start`.
    pub(in crate::data) fn blocks(&mut self, text: &str, start: usize) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut blocks = Vec::with_capacity(bytes.len() / BLOCK + 1);
        self.quotes_end = bytes.len();
        if !text[start..].contains('"') {
            self.quotes_end = 0;
        }
        let mut from = start;
        while from < bytes.len() {
            let mut end = if self.quotes_end == 0 { (from + BLOCK).min(bytes.len()) } else { from };
            // With quotes the row ends must be followed one by one; without, any line end will do.
            loop {
                end = self.row_end(bytes, end);
                if end >= bytes.len() || end - from >= BLOCK || self.quotes_end == 0 {
                    break;
                }
            }
            blocks.push(from..end);
            from = end;
        }
        blocks
    }

    /// The byte after the row that begins at `start` (without quotes: after the line `start` lies in).
    pub(in crate::data) fn row_end(&mut self, bytes: &[u8], start: usize) -> usize {
        let mut at = start;
        loop {
            at = find(bytes, at, b'\n', b'"');
            if at >= bytes.len() {
                return bytes.len();
            }
            if bytes[at] == b'\n' {
                return at + 1;
            }
            if at < self.quotes_end && (at == start || bytes[at - 1] == self.delimiter) {
                match closing_quote(bytes, at + 1) {
                    Some(close) => at = close,
                    None => self.quotes_end = at,
                }
            }
            at += 1;
        }
    }

    /// Hands every cell of `range` to `cell(column, content)` and every row's end to `end`. Rows without any content
    /// are skipped, and so are the lines that are no rows.
    pub(in crate::data) fn each<'a>(
        &self,
        text: &'a str,
        range: Range<usize>,
        mut cell: impl FnMut(usize, Cow<'a, str>),
        mut end: impl FnMut(Row),
    ) -> Passed {
        let bytes = &text.as_bytes()[..range.end];
        let mut at = range.start;
        let (mut line, mut n_left_out) = (0, 0);
        while at < bytes.len() {
            if let Some(next) = self.after_blank_row(bytes, at) {
                at = next;
                line += 1;
                continue;
            }
            if let Some((next, lines)) = self.after_left_out(bytes, at) {
                at = next;
                line += lines;
                n_left_out += 1;
                continue;
            }
            let first_line = line;
            let mut n_cells = 0;
            at = self.after_blanks(bytes, at);
            loop {
                let (content, stop) = if bytes.get(at) == Some(&b'"') && at < self.quotes_end {
                    let (content, stop, lines) = self.quoted(text, bytes, at);
                    line += lines;
                    (content, stop)
                } else {
                    let stop = find(bytes, at, self.delimiter, b'\n');
                    let last =
                        if bytes.get(stop) != Some(&self.delimiter) && stop > at && bytes[stop - 1] == b'\r' { stop - 1 } else { stop };
                    (Cow::Borrowed(&text[at..last]), stop)
                };
                cell(n_cells, content);
                n_cells += 1;
                let stop = self.after_blanks(bytes, stop);
                if self.delimiter == b' ' && stop < bytes.len() && bytes[stop] != b'\n' {
                    at = stop;
                    continue;
                }
                at = stop + 1;
                if stop >= bytes.len() || bytes[stop] == b'\n' {
                    break;
                }
            }
            line += 1;
            end(Row { n_cells, line: first_line });
        }
        Passed { n_lines: line, n_left_out }
    }

    /// Where the next row begins, if the line at `start` is one of those left out, and how many line ends it has.
    #[inline]
    fn after_left_out(&self, bytes: &[u8], start: usize) -> Option<(usize, usize)> {
        let row = &bytes[start..];
        let is_line = |line: &&String| {
            // Most rows differ in their first byte.
            row.first() == line.as_bytes().first()
                && row.starts_with(line.as_bytes())
                && matches!(row.get(line.len()), None | Some(b'\r' | b'\n'))
        };
        let line = self.left_out.iter().find(is_line)?;
        let rest = &row[line.len()..];
        let end = if rest.starts_with(b"\r\n") { 2 } else { rest.len().min(1) };
        Some((start + line.len() + end, 1 + line.bytes().filter(|&byte| byte == b'\n').count()))
    }

    /// Where the blanks at `at` end, if they separate cells; a carriage return before a line end is one of them.
    fn after_blanks(&self, bytes: &[u8], mut at: usize) -> usize {
        if self.delimiter == b' ' {
            while matches!(bytes.get(at), Some(b' ' | b'\r')) {
                at += 1;
            }
        }
        at
    }

    /// The quoted cell whose quote is at `at`: its content, the byte that ends it, and the line ends inside.
    fn quoted<'a>(&self, text: &'a str, bytes: &[u8], at: usize) -> (Cow<'a, str>, usize, usize) {
        let close = closing_quote(bytes, at + 1).unwrap_or(bytes.len());
        let inner = &text[at + 1..close];
        let stop = find(bytes, (close + 1).min(bytes.len()), self.delimiter, b'\n');
        let tail = text[(close + 1).min(stop)..stop].trim_end_matches('\r');
        let lines = if inner.contains('\n') { inner.bytes().filter(|&byte| byte == b'\n').count() } else { 0 };
        let content = if inner.contains('"') { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
        (if tail.trim().is_empty() { content } else { Cow::Owned(content.into_owned() + tail) }, stop, lines)
    }

    /// Where the next row begins, if the one at `start` holds nothing but delimiters and blanks.
    fn after_blank_row(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut at = start;
        while at < bytes.len() {
            match bytes[at] {
                b'\n' => return Some(at + 1),
                byte if byte == self.delimiter || matches!(byte, b' ' | b'\t' | b'\r') => at += 1,
                _ => return None,
            }
        }
        Some(at)
    }
}

/// The quote that closes a cell whose content begins at `at`; doubled quotes are content.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = find(bytes, at, b'"', b'"');
        match bytes.get(at)? {
            _ if bytes.get(at + 1) == Some(&b'"') => at += 2,
            _ => return Some(at),
        }
    }
}

/// The first byte from `at` on that is `a` or `b`; the length if there is none. Eight bytes at a time.
#[inline]
fn find(bytes: &[u8], mut at: usize, a: u8, b: u8) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let (many_a, many_b) = (ONES * u64::from(a), ONES * u64::from(b));
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*eight);
        let (x, y) = (word ^ many_a, word ^ many_b);
        // A byte of x is zero where it equals a; the lowest such bit found this way is always right.
        let hits = ((x.wrapping_sub(ONES) & !x) | (y.wrapping_sub(ONES) & !y)) & HIGHS;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while at < bytes.len() && bytes[at] != a && bytes[at] != b {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Vec<String>> {
        cut_at(text, b',')
    }

    fn cut_at(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let mut cutting = Cutting { delimiter, quotes_end: 0, left_out: &[] };
        let blocks = cutting.blocks(text, 0);
        let mut rows = Vec::new();
        for block in blocks {
            let cells = std::cell::RefCell::new(Vec::new());
            cutting.each(text, block, |_, cell| cells.borrow_mut().push(cell.into_owned()), |_| rows.push(cells.take()));
        }
        rows
    }

    #[test]
    fn cells_and_rows() {
        for (text, expected) in [
            ("a,b\n1,2\n", &[&["a", "b"][..], &["1", "2"]][..]),
            ("a,b\r\n1,\r\n", &[&["a", "b"], &["1", ""]]),
            ("\n,,\n a \n\n", &[&[" a "]]),
            ("\"x,\"\"y\"\"\nz\",2\n3", &[&["x,\"y\"\nz", "2"], &["3"]]),
            ("5\" pipe,\"q\"r,s", &[&["5\" pipe", "qr", "s"]]),
            ("a,\"never closed\n1,2", &[&["a", "\"never closed"], &["1", "2"]]),
            ("\"\",\"\"\"\"", &[&["", "\""]]),
        ] {
            assert_eq!(cut(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_that_are_left_out() {
        let left_out = ["a,b".to_owned(), "Total,3".to_owned()];
        let text = "a,b\r\n1,2\na,b\na,bc\n\"x\ny\",1\nTotal,3";
        let mut cutting = Cutting { delimiter: b',', quotes_end: 0, left_out: &left_out };
        let (mut n_rows, blocks) = (0, cutting.blocks(text, 0));
        let passed = cutting.each(text, blocks[0].clone(), |_, _| {}, |_| n_rows += 1);
        assert_eq!((n_rows, passed.n_lines, passed.n_left_out), (3, 7, 3));
    }

    #[test]
    fn runs_of_blanks() {
        for (text, expected) in [
            (" id  when \n 1   2\n", &[&["id", "when"][..], &["1", "2"]][..]),
            ("a b\r\n1 \"x y\"  \r\n\n2 3", &[&["a", "b"], &["1", "x y"], &["2", "3"]]),
        ] {
            assert_eq!(cut_at(text, b' '), expected, "{text:?}");
        }
    }

    #[test]
    fn the_eight_byte_search_agrees_with_the_slow_one() {
        let bytes: Vec<u8> = (0..400u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for at in 0..bytes.len() {
            for (a, b) in [(0u8, 255u8), (44, 10), (128, 1), (34, 34)] {
                let slow = bytes[at..].iter().position(|&byte| byte == a || byte == b).map_or(bytes.len(), |found| at + found);
                assert_eq!(find(&bytes, at, a, b), slow);
            }
        }
    }
}
