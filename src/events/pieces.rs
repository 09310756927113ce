//! Where does a record of a stream end?
//!
//! In: a stream. Out: pieces of about 1 MB that hold whole records: lines, or objects of a JSON array (also of JSON written over several lines). No more than
//! one piece is held here. O(bytes).

use std::io::{self, Read};
use std::ops::Range;

use super::container::read_up_to;
use super::flatten::MOST_DEPTH;

/// Bytes of a piece, fixed, so that the same file is cut at the same places on every machine.
const PIECE: usize = 1 << 20;
/// Bytes of the longest record.
pub(super) const MOST_BYTES: usize = 16 << 20;

/// How records are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// One per line.
    Lines,
    /// One per object, with anything between them.
    Objects,
}

/// Whole records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub bytes: Vec<u8>,
    /// Where the records are, if not in lines.
    objects: Option<Vec<Range<usize>>>,
}

impl Piece {
    /// Its records; blank lines are none.
    pub fn records(&self) -> Box<dyn Iterator<Item = &[u8]> + '_> {
        match &self.objects {
            Some(objects) => Box::new(objects.iter().map(|at| &self.bytes[at.clone()])),
            None => Box::new(self.bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())),
        }
    }
}

/// Why a stream cannot be cut.
#[derive(Debug)]
pub(super) enum CutError {
    Io(io::Error),
    TooLong,
    TooDeep,
}

/// Cuts a stream.
pub(super) struct Cutter<'r> {
    from: &'r mut dyn Read,
    /// Read, but not given out: the beginning of the next record.
    rest: Vec<u8>,
    cut: Cut,
    is_over: bool,
}

impl<'r> Cutter<'r> {
    /// Cuts by lines until [`Cutter::by_objects`] says otherwise.
    pub fn new(from: &'r mut dyn Read) -> Cutter<'r> {
        Cutter { from, rest: Vec::new(), cut: Cut::Lines, is_over: false }
    }

    /// The first bytes, which will come again as part of a piece.
    pub fn peek(&mut self) -> Result<&[u8], CutError> {
        if self.rest.is_empty() {
            self.fill(PIECE)?;
            if self.rest.starts_with(b"\xef\xbb\xbf") {
                self.rest.drain(..3);
            }
        }
        Ok(&self.rest)
    }

    /// From here on records are objects.
    pub fn by_objects(&mut self) {
        self.cut = Cut::Objects;
    }

    /// The next piece.
    pub fn next(&mut self) -> Result<Option<Piece>, CutError> {
        let mut size = PIECE;
        loop {
            self.fill(size)?;
            if self.rest.is_empty() {
                return Ok(None);
            }
            let (end, objects) = match self.cut {
                Cut::Lines => (self.rest.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1), None),
                Cut::Objects => {
                    let Objects { whole: mut objects, end, broken } = objects(&self.rest)?;
                    // Nothing comes any more that could end it: the reader is to see that it is broken.
                    objects.extend(broken.filter(|_| self.is_over).map(|start| start..self.rest.len()));
                    (end, Some(objects))
                }
            };
            let end = match (end, self.is_over) {
                // The last line needs no end; an object that was cut off is for the reader to refuse.
                (_, true) => self.rest.len(),
                (0, false) if self.rest.len() >= MOST_BYTES => return Err(CutError::TooLong),
                (0, false) => {
                    size = self.rest.len() * 2;
                    continue;
                }
                (end, false) => end,
            };
            let rest = self.rest.split_off(end);
            let bytes = std::mem::replace(&mut self.rest, rest);
            return Ok(Some(Piece { bytes, objects }));
        }
    }

    fn fill(&mut self, size: usize) -> Result<(), CutError> {
        let have = self.rest.len();
        if have < size && !self.is_over {
            self.rest.resize(size, 0);
            let n = read_up_to(&mut *self.from, &mut self.rest[have..]);
            self.rest.truncate(have + n.as_ref().map_or(0, |n| *n));
            let n = n.map_err(CutError::Io)?;
            self.is_over = have + n < size;
        }
        Ok(())
    }
}

/// The objects of a text: where each whole one lies, where the last of them ends, and where one begins that does not end.
struct Objects {
    whole: Vec<Range<usize>>,
    end: usize,
    broken: Option<usize>,
}

/// Finds the objects of a text.
fn objects(text: &[u8]) -> Result<Objects, CutError> {
    let mut whole = Vec::new();
    let (mut depth, mut start, mut end, mut at) = (0usize, 0, 0, 0);
    while at < text.len() {
        match text[at] {
            b'"' => {
                at += 1;
                while at < text.len() && text[at] != b'"' {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
                if depth > MOST_DEPTH {
                    return Err(CutError::TooDeep);
                }
            }
            // Lists inside an object count as levels, those around objects do not.
            b'[' if depth > 0 => {
                depth += 1;
                if depth > MOST_DEPTH {
                    return Err(CutError::TooDeep);
                }
            }
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    end = at + 1;
                    whole.push(start..end);
                }
            }
            _ => {}
        }
        at += 1;
    }
    if depth == 0 {
        // Nothing has begun, so commas and brackets between objects need not be seen again.
        end = text.len();
    }
    Ok(Objects { whole, end, broken: (depth > 0).then_some(start) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &[u8], cut: Cut) -> Result<Vec<String>, CutError> {
        let mut from = text;
        let mut cutter = Cutter::new(&mut from);
        cutter.peek()?;
        if cut == Cut::Objects {
            cutter.by_objects();
        }
        let mut all = Vec::new();
        while let Some(piece) = cutter.next()? {
            all.extend(piece.records().map(|record| String::from_utf8_lossy(record).into_owned()));
        }
        Ok(all)
    }

    #[test]
    fn lines_and_objects_are_whole_wherever_pieces_end() {
        let lines: Vec<String> =
            (0..60_000).map(|at| format!("{{\"at\": {at}, \"text\": \"}}]{{\\\"\", \"list\": [{{}}, [1]]}}")).collect();
        assert_eq!(records(lines.join("\r\n\n").as_bytes(), Cut::Lines).unwrap(), lines);
        let list = format!("\u{feff}[\n{}\n]\n", lines.join(" ,\n"));
        assert!(list.len() > 2 * PIECE);
        assert_eq!(records(list.as_bytes(), Cut::Objects).unwrap(), lines);
    }

    #[test]
    fn the_end_of_a_file_needs_no_end_of_line_and_may_be_cut_off() {
        assert_eq!(records(b"a\nb", Cut::Lines).unwrap(), ["a", "b"]);
        assert_eq!(records(b"[{\"a\": 1}, {\"b\": ", Cut::Objects).unwrap().first().map(String::as_str), Some("{\"a\": 1}"));
        assert_eq!(records(b"[{\"b\": ", Cut::Objects).unwrap(), ["{\"b\": "]);
        assert!(records(b" \n\n", Cut::Lines).unwrap().is_empty());
    }

    #[test]
    fn bombs_are_refused() {
        let deep = [b"{\"a\":".to_vec(), vec![b'['; 1_000]].concat();
        assert!(matches!(records(&deep, Cut::Objects), Err(CutError::TooDeep)));
        assert!(matches!(records(&vec![b'x'; MOST_BYTES + 5], Cut::Lines), Err(CutError::TooLong)));
    }
}
