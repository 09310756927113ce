//! A data dictionary as a file: which column is called what?
//!
//! In: a table with the columns `column`, `label`, `unit`, `level` and `level_label`; all but the first may be missing, and so may any cell. Out: a
//! [`Dictionary`] with what the table says, or one sentence why it is none. A line may name a column, a level of it, or both. O(lines).

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Table;
use super::dictionary::{Dictionary, LONGEST_LABEL, LONGEST_UNIT};

/// The columns of such a file, beside the first.
const SAID: [&str; 4] = ["label", "unit", "level", "level_label"];
/// The first line of a dictionary is shorter than this.
const LONGEST_HEAD: u64 = 256;

/// Whether a text file is a dictionary, by its first line: it names the column `column`, at least one of the others, and nothing else. False for what
/// cannot be read.
pub fn is_one(path: &Path) -> bool {
    let is_text = path.extension().is_some_and(|ending| ["csv", "tsv", "txt"].iter().any(|of| ending.eq_ignore_ascii_case(of)));
    let mut head = String::new();
    let mut is_read = || File::open(path).and_then(|file| file.take(LONGEST_HEAD).read_to_string(&mut head)).is_ok();
    if !is_text || !is_read() {
        return false;
    }
    let first = head.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let names: Vec<String> = first.split([',', ';', '\t']).map(|name| name.trim().trim_matches('"').trim().to_lowercase()).collect();
    let are_known = names.iter().all(|name| name == "column" || SAID.contains(&name.as_str()));
    are_known && names.len() > 1 && names.iter().any(|name| name == "column")
}

/// `before`, with what the table says. `title` is what the file is called.
pub fn with_table(before: &Dictionary, table: &Table, title: &str) -> Result<Dictionary, String> {
    let at = |name: &str| table.columns.iter().find(|column| column.name.trim().eq_ignore_ascii_case(name));
    let Some(columns) = at("column") else {
        return Err(format!("{title} is no dictionary of columns: none of its columns is called column."));
    };
    let said = SAID.map(at);
    if said.iter().all(Option::is_none) {
        return Err(format!("{title} says nothing of its columns: it has none called label, unit, level or level_label."));
    }
    let mut dictionary = before.clone();
    for row in 0..table.n_rows {
        let name = columns.cell(row);
        let cells = said.map(|column| column.map_or_else(String::new, |column| column.cell(row).trim().to_owned()));
        let [label, unit, level, level_label] = &cells;
        if name.trim().is_empty() {
            continue;
        }
        for (what, text, longest) in
            [("label", label, LONGEST_LABEL), ("unit", unit, LONGEST_UNIT), ("level's label", level_label, LONGEST_LABEL)]
        {
            let n = text.chars().count();
            if n > longest {
                return Err(format!("A {what} of {name} in {title} has {n} characters; {longest} are the most."));
            }
        }
        if !label.is_empty() {
            dictionary.set_label(&name, label);
        }
        if !unit.is_empty() {
            dictionary.set_unit(&name, unit);
        }
        if !level.is_empty() {
            dictionary.set_level(&name, level, level_label);
        }
    }
    Ok(dictionary)
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Texts, Values};
    use super::*;

    fn table(columns: &[(&str, &[&str])]) -> Table {
        let column = |(name, cells): &(&str, &[&str])| Column {
            name: (*name).to_owned(),
            values: Values::Text(Texts::collect(cells.iter().map(|cell| Some(*cell).filter(|cell| !cell.is_empty())))),
            unit: None,
            original: None,
        };
        Table { columns: columns.iter().map(column).collect(), n_rows: columns.first().map_or(0, |(_, cells)| cells.len()) }
    }

    #[test]
    fn a_dictionary_is_known_by_its_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
            is_one(&folder.path().join(name))
        };
        for text in ["column,label\nfee,Fee\n", "\u{feff}\"Column\";\"Unit\"\nfee;EUR\n", "column\tlevel\tlevel_label\n"] {
            assert!(told("columns.csv", text), "{text}");
        }
        // A table that has such columns among others is a table of customers.
        for text in ["column,label,spend\n1,2,3\n", "column\n1\n", "label,unit\nx,y\n", "", "id,spend\n1,2\n"] {
            assert!(!told("columns.csv", text), "{text}");
        }
        assert!(!told("columns.parquet", "column,label\n") && !is_one(&folder.path().join("none.csv")));
    }

    #[test]
    fn a_file_says_what_columns_are_called() {
        let said = table(&[
            ("Column", &["sat", "sat", "sat", "fee", ""]),
            ("label", &["Satisfaction", "", "", "Monthly fee", "lost"]),
            ("unit", &["", "", "", "EUR", ""]),
            ("level", &["", "1", "5", "", ""]),
            ("level_label", &["", "Very satisfied", "Very dissatisfied", "", ""]),
        ]);
        let words = with_table(&Dictionary::default(), &said, "columns.csv").unwrap();
        assert_eq!((words.name("sat").as_str(), words.level("sat", "5")), ("Satisfaction", "Very dissatisfied"));
        assert_eq!((words.name("fee").as_str(), words.own_unit("fee")), ("Monthly fee", Some("EUR")));
        let again = with_table(&words, &table(&[("column", &["fee"]), ("label", &["Fee"])]), "columns.csv").unwrap();
        assert_eq!((again.name("fee").as_str(), again.own_unit("fee"), again.name("sat").as_str()), ("Fee", Some("EUR"), "Satisfaction"));
        for (wrong, part) in [
            (table(&[("name", &["fee"]), ("label", &["Fee"])]), "called column"),
            (table(&[("column", &["fee"])]), "says nothing"),
            (table(&[("column", &["fee"]), ("label", &[&"x".repeat(61)])]), "has 61 characters; 60 are the most"),
        ] {
            let error = with_table(&Dictionary::default(), &wrong, "columns.csv").unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
