//! How is a delimited text laid out: where do its rows begin, what are its columns called, which lines are none of its rows?
//!
//! In: the first part of the text (all of it if it is short) and its last lines. Out: the delimiter, the head, where the data begin, and the lines
//! that are left out wherever they stand (a header that comes again, totals). Both readers of text ask here. Cost: O(head), whatever the size.

use std::ops::Range;

use crate::base::Note;
use crate::data::cells::cell::Cell;

use super::header::{self, Head};
use super::sniff;
use super::split::Cutting;
use super::stray::{self, MOST_TOTALS};

/// Bytes of a text that decide how it is laid out.
pub(in crate::data) const LOOKED_AT: usize = 1 << 20;

/// Bytes at the end of a text among which totals are looked for.
pub(in crate::data) const LAST_BYTES: usize = 64 << 10;

/// Rows looked at before the columns are guessed.
pub(super) const HEAD_ROWS: usize = 200;

/// How a text is laid out.
pub(in crate::data) struct Layout {
    /// The byte between two cells.
    pub delimiter: u8,
    /// Where the data begin.
    pub first: usize,
    /// What the columns are called, and what was decided about them.
    pub head: Head,
    /// The lines of the header, and totals: they are no rows wherever they stand.
    pub left_out: Vec<String>,
    /// How many of `left_out` are totals, and what is said about them.
    totals: (usize, Option<Note>),
}

/// The first whole lines of a text, as much of them as is looked at.
pub(super) fn looked_at(text: &str) -> &str {
    if text.len() <= LOOKED_AT {
        return text;
    }
    let some = &text[..text.floor_char_boundary(LOOKED_AT)];
    some.rfind('\n').map_or(some, |end| &some[..=end])
}

/// Judges a text by its first part (`is_whole` if that is all of it) and its last lines.
pub(in crate::data) fn of(text: &str, is_whole: bool, last: &str) -> Layout {
    let (begin, delimiter) = first_row_and_delimiter(text);
    let (rows, places) = head_rows(text, begin, delimiter);
    let mut head = header::read(&rows, None);
    head.habits.semicolons = delimiter == b';';
    let first = head.n_above.checked_sub(1).map_or(begin, |at| places[at].end);
    let mut left_out: Vec<String> = Vec::new();
    // A single column may well have a value that is its name.
    if head.names.len() > 1 && head.has_header {
        let lines = places[head.n_titles..head.n_above].iter().map(|place| text[place.clone()].trim_end_matches(['\r', '\n']));
        left_out.extend(lines.map(str::to_owned));
    }
    let mut layout = Layout { delimiter, first, head, left_out, totals: (0, None) };
    layout.find_totals(text, is_whole, last);
    layout
}

impl Layout {
    /// How the text is cut, once its lines that are no rows are known.
    pub(in crate::data) fn cutting(&self, quotes_end: usize) -> Cutting<'_> {
        Cutting { delimiter: self.delimiter, quotes_end, left_out: &self.left_out }
    }

    /// What is said about `n` lines that were left out.
    pub(in crate::data) fn notes_of_left_out(&self, n: usize) -> Vec<Note> {
        let (n_totals, told) = &self.totals;
        stray::note_of_repeats(n.saturating_sub(*n_totals)).into_iter().chain(told.clone()).collect()
    }

    fn find_totals(&mut self, text: &str, is_whole: bool, last: &str) {
        // Rows without any content are skipped as ever.
        let filled = last.lines().rev().map(|line| (line, row_of(line, self.delimiter))).filter(|(_, row)| !row.is_empty());
        let (mut lines, mut rows): (Vec<&str>, Vec<Vec<Cell>>) = filled.take(MOST_TOTALS).unzip();
        lines.reverse();
        rows.reverse();
        let last: Vec<&[Cell]> = rows.iter().map(Vec::as_slice).collect();
        // Only if there is one that is called so, the rows are added up.
        if !stray::may_be_totals(&last) || self.head.names.len() < 2 {
            return;
        }
        let mut data = Vec::new();
        let mut cutting = self.cutting(text.len());
        for range in cutting.blocks(text, self.first) {
            let cells = std::cell::RefCell::new(Vec::new());
            cutting.each(text, range, |_, cell| cells.borrow_mut().push(cell), |_| data.push(cells.take()));
        }
        let data: Vec<&[Cell]> = data.iter().map(Vec::as_slice).collect();
        let n = stray::totals(&data, is_whole, &last, self.head.names.len(), self.head.habits.decimal_comma);
        let from = lines.len() - n;
        let told = rows.get(from).and_then(|first| stray::note_of_totals(n, first));
        self.left_out.extend(lines[from..].iter().map(|line| (*line).to_owned()));
        self.totals = (n, told);
    }
}

/// Where the rows begin (behind Excel's "sep=;" line, if there is one), and the delimiter.
fn first_row_and_delimiter(text: &str) -> (usize, u8) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(&delimiter) = rest.as_bytes().first()
        && matches!(rest.as_bytes().get(1), Some(b'\r' | b'\n'))
    {
        return (text.find('\n').map_or(text.len(), |at| at + 1), delimiter);
    }
    let end = text.floor_char_boundary(256 << 10);
    let lines: Vec<&str> = text[..end].lines().skip_while(|line| line.trim().is_empty()).take(HEAD_ROWS).collect();
    (0, sniff::delimiter(&lines))
}

/// The first rows that hold anything, and where in the text each of them stands.
fn head_rows(text: &str, begin: usize, delimiter: u8) -> (Vec<Vec<Cell<'_>>>, Vec<Range<usize>>) {
    let mut cutting = Cutting { delimiter, quotes_end: text.len(), left_out: &[] };
    let (mut rows, mut places): (Vec<Vec<Cell>>, Vec<Range<usize>>) = Default::default();
    let mut at = begin;
    while at < text.len() && rows.len() <= HEAD_ROWS {
        let end = cutting.row_end(text.as_bytes(), at);
        let cells = std::cell::RefCell::new(Vec::new());
        cutting.each(text, at..end, |_, cell| cells.borrow_mut().push(cell), |_| rows.push(cells.take()));
        places.resize(rows.len(), at..end);
        at = end;
    }
    (rows, places)
}

/// The cells of one line.
fn row_of(line: &str, delimiter: u8) -> Vec<Cell<'_>> {
    let mut row = Vec::new();
    let cutting = Cutting { delimiter, quotes_end: line.len(), left_out: &[] };
    cutting.each(line, 0..line.len(), |_, cell| row.push(cell), |_| {});
    row
}
