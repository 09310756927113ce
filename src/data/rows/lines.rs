//! Where do the rows of a growing text end, and what stands in their cells? Lines that are appended to a file are cut as soon as they are whole.
//!
//! In: the beginning of a text (UTF-8), then more of it. Out: rows with their cells by column, each with its line as it came. A row is whole when its line ends, outside of quotes. A
//! line that is no row says why, and the next goes on. O(bytes).

use serde_json::{Map, Value};

use crate::data::read::layout;
use crate::data::read::split::Cutting;

/// Bytes beyond which an open quote is taken for a character, as when files are read whole.
const LONGEST_ROW: usize = 16 << 20;
/// Lines of JSON that decide which columns there are.
const LINES_LOOKED_AT: usize = 1_000;

/// How a text is cut into rows.
#[derive(Debug, Clone)]
pub struct LineCutter {
    form: LineForm,
    names: Vec<String>,
    /// How numbers are written, where a column alone does not say.
    pub(super) habits: crate::data::cells::habits::Habits,
}

#[derive(Debug, Clone)]
enum LineForm {
    /// Cells between delimiters, with a line of names that may come again.
    Delimited { delimiter: u8, header: Vec<String> },
    /// An object per line.
    Json,
}

/// A row as it was cut.
#[derive(Debug, Clone, PartialEq)]
pub struct CutRow {
    /// Its cells in the order of [`LineCutter::names`], or why there are none.
    pub cells: Result<Vec<String>, String>,
    /// The line as it came, without its end.
    pub line: String,
    /// Bytes from where the row before it ended to its end: blanks and names that come again belong to the row after them.
    pub bytes: usize,
}

/// Rows from the beginning of a text, and how many of its bytes they are.
#[derive(Debug, Clone, Default)]
pub struct CutLines {
    /// The rows, in order.
    pub rows: Vec<CutRow>,
    /// Bytes of whole lines that were gone through.
    pub bytes: usize,
}

/// Why a text cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinesError {
    /// The first line does not name the columns.
    #[error("{title} has no line with the names of its columns at its beginning; add one, so that what comes later is read right.")]
    NoNames {
        /// The file.
        title: String,
    },
    /// It begins with an object that has no fields.
    #[error("the first lines of {title} are no JSON objects with values; give one event per line.")]
    NoObjects {
        /// The file.
        title: String,
    },
}

impl LineCutter {
    /// How the text that begins like this is cut, and where its rows begin. `text` must hold a whole row beside the names.
    ///
    /// Fails where no names of columns can be found.
    pub fn of(text: &str, title: &str) -> Result<(LineCutter, usize), LinesError> {
        let unmarked = text.trim_start_matches('\u{feff}');
        let mark = text.len() - unmarked.len();
        if unmarked.trim_start().starts_with('{') {
            return LineCutter::of_messages(unmarked, &[], title).map(|cutter| (cutter, mark));
        }
        let layout = layout::of(unmarked, false, "");
        if !layout.head.has_header || layout.head.names.is_empty() {
            return Err(LinesError::NoNames { title: title.to_owned() });
        }
        let form = LineForm::Delimited { delimiter: layout.delimiter, header: cells_of(unmarked, layout.delimiter, 0..layout.first) };
        Ok((LineCutter { form, names: layout.head.names, habits: layout.head.habits }, layout.first + mark))
    }

    /// How lines are cut that are JSON whatever stands in the first of them: the columns are those of the lines that are objects, and those that are `wanted`.
    ///
    /// Fails where there is none.
    pub fn of_messages(text: &str, wanted: &[String], title: &str) -> Result<LineCutter, LinesError> {
        let mut names: Vec<String> = Vec::new();
        let objects = text.lines().take(LINES_LOOKED_AT).filter_map(|line| serde_json::from_str::<Map<String, Value>>(line).ok());
        for object in objects {
            object.keys().filter(|key| !names.contains(key)).cloned().collect::<Vec<_>>().into_iter().for_each(|key| names.push(key));
        }
        let cutter = LineCutter { form: LineForm::Json, names, habits: Default::default() }.with(wanted);
        if cutter.names.is_empty() { Err(LinesError::NoObjects { title: title.to_owned() }) } else { Ok(cutter) }
    }

    /// The same with further columns, where a line of JSON has some and not others.
    pub fn with(mut self, wanted: &[String]) -> LineCutter {
        if matches!(self.form, LineForm::Json) {
            let further: Vec<String> = wanted.iter().filter(|name| !self.names.contains(name)).cloned().collect();
            self.names.extend(further);
        }
        self
    }

    /// The columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// At most `most` rows from the beginning of `text`. A line that is not ended yet is left, unless nothing will follow (`is_all`).
    pub fn cut(&self, text: &str, most: usize, is_all: bool) -> CutLines {
        let bytes = text.as_bytes();
        let mut cut = CutLines::default();
        let quotes_end = if text.contains('"') { text.len() } else { 0 };
        let mut taken = 0;
        while cut.bytes < bytes.len() && cut.rows.len() < most {
            let start = cut.bytes;
            let Some(end) = self.row_end(bytes, start, quotes_end, is_all) else { break };
            cut.bytes = end;
            let line = text[start..end].trim_end_matches(['\n', '\r']);
            if line.trim().is_empty() {
                continue;
            }
            if let Some(cells) = self.cells(text, start..end) {
                cut.rows.push(CutRow { cells, line: line.to_owned(), bytes: end - taken });
                taken = end;
            }
        }
        cut
    }

    /// Where the row that begins at `start` ends; nothing where that is not known yet.
    fn row_end(&self, bytes: &[u8], start: usize, quotes_end: usize, is_all: bool) -> Option<usize> {
        let delimiter = match &self.form {
            LineForm::Delimited { delimiter, .. } => *delimiter,
            LineForm::Json => b'\n',
        };
        let quotes_end = if matches!(self.form, LineForm::Json) { 0 } else { quotes_end };
        let mut cutting = Cutting { delimiter, quotes_end, left_out: &[] };
        let end = cutting.row_end(bytes, start);
        // A quote that is not closed may be closed by what is still to come, but not for ever.
        let is_open = cutting.quotes_end < quotes_end && bytes.len() - start < LONGEST_ROW;
        let is_ended = end > start && bytes[end - 1] == b'\n';
        ((is_ended && !is_open) || is_all).then_some(end)
    }

    /// The cells of one row; none of the names that come again, nor of blanks.
    fn cells(&self, text: &str, range: std::ops::Range<usize>) -> Option<Result<Vec<String>, String>> {
        match &self.form {
            LineForm::Json => Some(self.of_object(text[range].trim())),
            LineForm::Delimited { delimiter, header } => {
                let cells = cells_of(text, *delimiter, range);
                if cells.is_empty() || cells == *header {
                    return None;
                }
                let (found, expected) = (cells.len(), self.names.len());
                Some(if found == expected {
                    Ok(cells)
                } else {
                    Err(format!("it has {found} cell{} in the place of {expected}", if found == 1 { "" } else { "s" }))
                })
            }
        }
    }

    fn of_object(&self, line: &str) -> Result<Vec<String>, String> {
        let object: Map<String, Value> = serde_json::from_str(line).map_err(|_| "it is no JSON object".to_owned())?;
        let cell = |name: &String| match object.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        Ok(self.names.iter().map(cell).collect())
    }
}

fn cells_of(text: &str, delimiter: u8, range: std::ops::Range<usize>) -> Vec<String> {
    let cutting = Cutting { delimiter, quotes_end: range.end, left_out: &[] };
    let mut cells = Vec::new();
    cutting.each(text, range, |_, cell| cells.push(cell.into_owned()), |_| ());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(cut: &CutLines) -> Vec<Vec<String>> {
        cut.rows.iter().filter_map(|row| row.cells.clone().ok()).collect()
    }

    #[test]
    fn rows_are_cut_when_they_are_whole_however_the_text_arrives() {
        let text = "id;note;spend\n1;\"a\nb; \"\"c\"\"\";2,5\n2;plain;3\n\nid;note;spend\n3;short\n4;last;5";
        let (cutter, first) = LineCutter::of(text, "t").unwrap();
        assert_eq!((cutter.names().join(" "), first), ("id note spend".to_owned(), 14));
        let whole = cutter.cut(&text[first..], usize::MAX, true);
        assert_eq!(cells(&whole), [["1", "a\nb; \"c\"", "2,5"], ["2", "plain", "3"], ["4", "last", "5"]]);
        let wrong: Vec<&CutRow> = whole.rows.iter().filter(|row| row.cells.is_err()).collect();
        assert_eq!((wrong[0].line.as_str(), wrong[0].cells.clone().unwrap_err().as_str()), ("3;short", "it has 2 cells in the place of 3"));
        // Byte by byte, and in every pair of pieces.
        for at in first..text.len() {
            let mut rows = Vec::new();
            let mut begun = first;
            for end in [at, text.len()] {
                let part = cutter.cut(&text[begun..end], usize::MAX, end == text.len());
                begun += part.bytes;
                rows.extend(part.rows);
            }
            // Which row blanks belong to hangs on where the text was cut.
            let without = |rows: &[CutRow]| rows.iter().map(|row| CutRow { bytes: 0, ..row.clone() }).collect::<Vec<_>>();
            assert_eq!(without(&rows), without(&whole.rows), "cut at {at}");
            assert_eq!(whole.rows.iter().map(|row| row.bytes).sum::<usize>(), whole.bytes);
        }
        assert_eq!(cutter.cut(&text[first..], 1, false).rows.len(), 1);
        assert!(cutter.cut("5;still open", 9, false).rows.is_empty());
    }

    #[test]
    fn lines_are_read_back_as_they_were() {
        let cells = ["a, b", "say \"so\"", "two\nlines", " spaces ", ""].map(str::to_owned).to_vec();
        let line = |cells: &[String]| crate::data::write::csv_line(cells.iter().map(String::as_str));
        let head = ["v", "w", "x", "y", "z"].map(str::to_owned).to_vec();
        let text = format!("{}{}", line(&head), line(&cells));
        let (cutter, first) = LineCutter::of(&text, "t").unwrap();
        assert_eq!(cutter.cut(&text[first..], 9, true).rows[0].cells, Ok(cells));
    }

    #[test]
    fn objects_have_the_fields_of_the_first_lines() {
        let text = "{\"id\":\"a\",\"spend\":2}\n{\"id\":\"b\",\"spend\":null,\"web\":true}\nno json\n{\"spend\":1.5,\"new\":1}\n";
        let (cutter, first) = LineCutter::of(text, "t").unwrap();
        let cut = cutter.cut(&text[first..], 9, false);
        assert_eq!(cutter.names().len(), 4, "the first thousand lines are looked at");
        assert_eq!(cells(&cut)[1], ["b", "", "true", ""]);
        assert_eq!(cells(&cut)[2], ["", "1.5", "", "1"]);
        assert_eq!(cut.rows[2].cells, Err("it is no JSON object".to_owned()));
        assert_eq!(cut.bytes, text.len());
    }

    #[test]
    fn a_file_without_names_is_refused() {
        assert!(LineCutter::of("1,2,3\n4,5,6\n", "t").unwrap_err().to_string().starts_with("t has no line with the names"));
        assert!(LineCutter::of("{}\n{}\n", "t").is_err());
    }
}
