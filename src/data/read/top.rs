//! Which of the first rows are titles, which hold names, and where do the data begin?
//!
//! In: the first rows as cells. Out: how many rows are titles and how many hold names, the names, and a note for what is left out or put
//! together. Surveys and spreadsheets have two or three rows of names: Qualtrics (names, questions, import ids), Orange (names, types, flags),
//! SurveyMonkey (questions over answers), merged cells (years over measures). The proof is always a column: text, and below it only values.

use std::collections::HashSet;

use crate::base::Note;
use crate::data::cells::cell::{Cell, is_missing, is_value, is_year};

/// Rows among which names are looked for.
const MOST_ABOVE: usize = 25;

/// Rows below a row of names that are asked whether they hold values.
const ASKED_BELOW: usize = 40;

/// What SurveyMonkey writes under a question that has one column, in the languages it is used in most.
const RESPONSES: [&str; 18] = [
    "response",
    "open-ended response",
    "antwort",
    "offene antwort",
    "antwort mit offenem ende",
    "réponse",
    "réponse libre",
    "respuesta",
    "respuesta abierta",
    "resposta",
    "resposta aberta",
    "risposta",
    "risposta aperta",
    "antwoord",
    "open antwoord",
    "ответ",
    "открытый ответ",
    "回答",
];

/// What stands above the data.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Top {
    /// Rows above the names.
    pub n_titles: usize,
    /// Rows that hold names; none where the first row of the table holds values.
    pub n_header: usize,
    /// The names as they stand there; empty where a column has none.
    pub names: Vec<String>,
    /// Rows of names that are left out, or how names were put together.
    pub notes: Vec<Note>,
}

/// Judges the first rows.
pub(super) fn read(rows: &[Vec<Cell>]) -> Top {
    let width = common_length(rows);
    let by_shape = titles_by_shape(rows, width);
    let rest = &rows[by_shape..];
    if let Some((n_header, describing)) = known_header(rest) {
        return named(by_shape, &rest[..n_header], describing);
    }
    if let Some(proved) = (0..rows.len().min(MOST_ABOVE)).find(|&at| !texts_above_values(rows, at).is_empty()) {
        // A column of numbers under an empty cell proves the upper one of two rows of names as well.
        let last = (proved + 1..=proved + 2).rev().find(|&last| is_block(rows, proved, last)).unwrap_or(proved);
        let is_group = |at: usize| at + 1 == last && is_spread(&rows[at]) && completes(&rows[at], &rows[last]);
        let is_title = |at: &usize| !is_group(*at) && is_title(&rows[*at], &rows[last]);
        let n_titles = (0..last).take_while(is_title).count();
        if n_titles == last || is_block(rows, n_titles, last) {
            return named(n_titles, &rows[n_titles..=last], false);
        }
    }
    let (Some(first), below) = (rest.first(), rest.get(1..).unwrap_or_default()) else { return Top::default() };
    if is_header(first, below) {
        return named(by_shape, &rest[..1], false);
    }
    Top { n_titles: by_shape, ..Top::default() }
}

/// The names in these rows. `describing` says that all but the first only describe the columns.
fn named(n_titles: usize, header: &[Vec<Cell>], describing: bool) -> Top {
    let mut names: Vec<String> = header.first().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).unwrap_or_default();
    let mut notes = Vec::new();
    let mut left_out = Vec::new();
    let mut merged = 1;
    for row in header.iter().skip(1) {
        if !describing && is_incomplete(&names, row) {
            names = merge(&names, row);
            merged += 1;
        } else {
            left_out.push(row);
        }
    }
    if merged > 1 {
        let example = names.iter().find(|name| name.contains(' ') && !header.iter().flatten().any(|cell| cell.trim() == *name));
        let example = example.map_or(String::new(), |name| format!(" (\"{name}\", for one)"));
        notes.push(Note::new(format!("The names of the columns stand in {merged} rows and are put together{example}.")));
    }
    if let Some(row) = left_out.first() {
        let example = row.iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty()).unwrap_or_default();
        let example: String = example.chars().take(60).collect();
        notes.push(Note::quoting(&[(format!(" (\"{example}\", for one)"), 1)], |told| match left_out.len() {
            1 => format!("1 row under the column names describes them{}; it is left out.", told.concat()),
            n => format!("{n} rows under the column names describe them{}; they are left out.", told.concat()),
        }));
    }
    Top { n_titles, n_header: header.len(), names, notes }
}

/// Whether a row above the names is a title: hardly anything stands in it, or fewer cells than there are names, and values among them.
fn is_title(row: &[Cell], names: &[Cell]) -> bool {
    let (has, wanted) = (filled(row), filled(names));
    has <= 1 || 2 * has < wanted || (has < wanted && row.iter().any(|cell| is_value(cell) && !is_year(cell)))
}

/// Rows with one filled cell above a table of three columns or more.
fn titles_by_shape(rows: &[Vec<Cell>], width: usize) -> usize {
    let n = rows.iter().take(MOST_ABOVE).take_while(|row| filled(row) <= 1).count();
    if width > 2 && n < rows.len().min(MOST_ABOVE) { n } else { 0 }
}

/// Rows of names that certain programs write, and whether all but the first only describe the columns.
fn known_header(rows: &[Vec<Cell>]) -> Option<(usize, bool)> {
    if let Some(ids) = rows.iter().take(4).skip(1).position(|row| is_import_ids(row)) {
        return Some((ids + 2, true));
    }
    let (names, second) = (rows.first()?, rows.get(1)?);
    if is_orange_types(names, second, &rows[2..]) {
        let flags = rows.get(2).is_some_and(|row| is_orange_flags(row));
        return Some((2 + usize::from(flags), true));
    }
    let answers = second.iter().any(|cell| RESPONSES.contains(&cell.trim().to_lowercase().as_str()));
    (answers && filled(names) > 1 && second.iter().all(|cell| !is_value(cell))).then_some((2, false))
}

/// Qualtrics' third row: `{"ImportId":"QID1"}` in every cell.
fn is_import_ids(row: &[Cell]) -> bool {
    let is_id = |cell: &Cell| cell.trim().starts_with('{') && cell.contains("ImportId");
    filled(row) > 0 && row.iter().filter(|cell| !cell.trim().is_empty()).all(is_id)
}

/// Orange's second row: the type of every column, or the values it may have.
fn is_orange_types(names: &[Cell], row: &[Cell], below: &[Vec<Cell>]) -> bool {
    const WORDS: [&str; 8] = ["continuous", "discrete", "string", "time", "numeric", "categorical", "text", "meta"];
    const LETTERS: [&str; 6] = ["c", "d", "s", "t", "n", "m"];
    let column = |at: usize| below.iter().filter_map(move |row| row.get(at)).map(|cell| cell.trim()).filter(|cell| !is_missing(cell));
    let is_type = |cell: &str| WORDS.contains(&cell.to_lowercase().as_str()) || LETTERS.contains(&cell.to_lowercase().as_str());
    let lists = |at: usize, cell: &str| {
        let values: Vec<&str> = cell.split_whitespace().collect();
        // The row of flags may stand between.
        values.len() > 1 && column(at).filter(|value| values.contains(value)).count() + 1 >= column(at).count().max(2)
    };
    let cells: Vec<&str> = row.iter().map(|cell| cell.trim()).collect();
    let proves = |at: usize| match cells[at].to_lowercase().as_str() {
        "c" | "t" | "n" => column(at).nth(1).is_some() && column(at).skip(1).all(is_value),
        word => WORDS.contains(&word) && column(at).all(|value| !value.eq_ignore_ascii_case(word)),
    };
    let n = cells.iter().filter(|cell| !cell.is_empty()).count();
    n > 0
        && n == filled(names)
        && (0..cells.len()).all(|at| cells[at].is_empty() || is_type(cells[at]) || lists(at, cells[at]))
        && (0..cells.len()).any(proves)
}

/// Orange's third row: what a column is for.
fn is_orange_flags(row: &[Cell]) -> bool {
    const FLAGS: [&str; 9] = ["class", "c", "meta", "m", "ignore", "i", "weight", "w", "multiclass"];
    let is_flag = |cell: &str| cell.split_whitespace().all(|word| FLAGS.contains(&word.to_lowercase().as_str()) || word.contains('='));
    filled(row) > 0 && row.iter().all(|cell| is_flag(cell.trim()))
}

/// The columns that have text in row `at` and, below it, values.
fn texts_above_values(rows: &[Vec<Cell>], at: usize) -> Vec<usize> {
    let Some(row) = rows.get(at) else { return Vec::new() };
    let below = &rows[at + 1..rows.len().min(at + 1 + ASKED_BELOW)];
    // The first row needs no more proof than one value; a later one takes the place of the first, and needs two.
    let needed = if at == 0 { 1 } else { 2 };
    let proves = |&column: &usize| {
        let cell = row[column].trim();
        if is_missing(cell) || is_value(cell) {
            return false;
        }
        let under = below.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim()).filter(|cell| !is_missing(cell));
        let (mut n, mut values) = (0, 0);
        for cell in under {
            let value = is_value(cell);
            n += 1;
            values += usize::from(value);
            if !value && n <= 3 {
                return false;
            }
        }
        n >= needed && values * 10 >= n * 9
    };
    (0..row.len()).filter(proves).collect()
}

/// Whether rows `first..=last` hold names: no value stands in them but years, and below the last one there are values in several columns, or it
/// completes what the row above leaves open.
fn is_block(rows: &[Vec<Cell>], first: usize, last: usize) -> bool {
    if last <= first || last + 1 >= rows.len() {
        return false;
    }
    let proof = texts_above_values(rows, last);
    let is_text = |cell: &Cell| cell.trim().is_empty() || !is_value(cell);
    let is_name = |cell: &Cell| is_text(cell) || is_year(cell);
    if proof.is_empty() || !rows[first].iter().all(is_name) || !rows[first + 1..=last].iter().flatten().all(is_text) {
        return false;
    }
    let upper: Vec<String> = rows[first].iter().map(|cell| cell.trim().to_owned()).collect();
    if completes(&rows[first], &rows[first + 1]) && is_incomplete(&upper, &rows[first + 1]) {
        return true;
    }
    // A customer about whom nothing is known may look like that; but then the same words stand elsewhere, too.
    let below = &rows[last + 1..];
    let stands_below = |row: &[Cell], at: usize| !row[at].trim().is_empty() && below.iter().any(|other| other.get(at) == Some(&row[at]));
    let repeats = rows[first + 1..=last].iter().any(|row| (0..row.len()).any(|at| stands_below(row, at)));
    let words: HashSet<&str> = proof.iter().map(|&at| rows[last][at].trim()).collect();
    proof.len() > 1 && words.len() == proof.len() && !repeats
}

/// Whether a row holds names with gaps between them, as those of groups of columns have; "Created" and a day side by side are a title.
fn is_spread(row: &[Cell]) -> bool {
    let is_empty = |cell: &Cell| cell.trim().is_empty();
    let last = row.iter().rposition(|cell| !is_empty(cell)).unwrap_or(0);
    filled(row) > 1 && row[..last].iter().any(is_empty) && row.iter().all(|cell| is_empty(cell) || is_year(cell) || !is_value(cell))
}

/// Whether names are missing or repeated where the row below has something to add.
fn is_incomplete(names: &[String], below: &[Cell]) -> bool {
    let gap = below.iter().enumerate().any(|(at, cell)| !cell.trim().is_empty() && names.get(at).is_none_or(String::is_empty));
    let mut seen = HashSet::new();
    let filled =
        names.iter().enumerate().filter(|(at, name)| !name.is_empty() && below.get(*at).is_some_and(|cell| !cell.trim().is_empty()));
    let mut filled = filled;
    gap || filled.any(|(_, name)| !seen.insert(name))
}

/// Whether two rows together give every column a name of its own.
fn completes(upper: &[Cell], lower: &[Cell]) -> bool {
    let upper: Vec<String> = upper.iter().map(|cell| cell.trim().to_owned()).collect();
    if !is_incomplete(&upper, lower) {
        return false;
    }
    let names = merge(&upper, lower);
    let mut seen = HashSet::new();
    names.iter().filter(|name| !name.is_empty()).all(|name| seen.insert(name.as_str()))
}

/// "2023" over "Orders" is "2023 Orders"; an upper name stands for the empty cells to its right.
fn merge(upper: &[String], lower: &[Cell]) -> Vec<String> {
    let mut group = "";
    let name = |at: usize| {
        let (own, below) = (upper.get(at).map_or("", String::as_str), lower.get(at).map_or("", |cell| cell.trim()));
        if !own.is_empty() {
            group = own;
        }
        if below.is_empty() || RESPONSES.contains(&below.to_lowercase().as_str()) {
            own.to_owned()
        } else if group.is_empty() || group == below {
            below.to_owned()
        } else {
            format!("{group} {below}")
        }
    };
    (0..upper.len().max(lower.len())).map(name).collect()
}

fn filled(row: &[Cell]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// A row is a header unless it holds numbers or dates where the rows below do, and nowhere text above numbers.
fn is_header(first: &[Cell], below: &[Vec<Cell>]) -> bool {
    let filled = first.iter().filter(|cell| !is_missing(cell.trim()));
    let all_values = filled.clone().count() > 0 && filled.clone().all(|cell| is_value(cell));
    if all_values && filled.clone().any(|cell| !is_year(cell)) {
        return false;
    }
    let mut value_above_values = false;
    for (at, cell) in first.iter().enumerate() {
        let mut under = below.iter().filter_map(|row| row.get(at)).filter(|cell| !is_missing(cell.trim())).peekable();
        let values_below = under.peek().is_some() && under.all(|cell| is_value(cell));
        match (is_value(cell), values_below) {
            (true, true) if !is_year(cell) => value_above_values = true,
            (false, true) if !is_missing(cell.trim()) => return true,
            _ => {}
        }
    }
    !value_above_values
}

/// How many cells most rows have.
pub(super) fn common_length<'a>(rows: &[impl AsRef<[Cell<'a>]>]) -> usize {
    let mut lengths: Vec<usize> = rows.iter().map(|row| row.as_ref().len()).collect();
    lengths.sort_unstable();
    lengths.chunk_by(|a, b| a == b).max_by_key(|run| (run.len(), run[0])).map_or(0, |run| run[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of cells between bars; what is expected: titles, rows of names, names.
    fn check(rows: &[&str], n_titles: usize, n_header: usize, names: &[&str], told: &str) {
        let cells: Vec<Vec<Cell>> = rows.iter().map(|row| row.split('|').map(Cell::Borrowed).collect()).collect();
        let top = read(&cells);
        assert_eq!(
            (top.n_titles, top.n_header, top.names),
            (n_titles, n_header, names.iter().map(|name| name.to_string()).collect()),
            "{rows:?}"
        );
        let notes: Vec<String> = top.notes.into_iter().map(|note| note.0).collect();
        assert_eq!(notes.join(" "), told, "{rows:?}");
    }

    #[test]
    fn titles() {
        check(
            &["Customer report|||", "Created 2024-05-01|||", "Name|Age|Orders|Revenue", "A|20|1|100", "B|30|2|90"],
            2,
            1,
            &["Name", "Age", "Orders", "Revenue"],
            "",
        );
        check(&["Kundenbericht vom 01.05.2024", "Kunde|Umsatz", "A|100,50", "B|90,10"], 1, 1, &["Kunde", "Umsatz"], "");
        check(
            &["Report", "Zeitraum|01.01.2024||||", "Kunde|Alter|Stadt|Umsatz|Käufe|Tage", "A|20|Bonn|1|2|3", "B|30|Köln|3|4|5"],
            2,
            1,
            &["Kunde", "Alter", "Stadt", "Umsatz", "Käufe", "Tage"],
            "",
        );
        // Row names of R, columns without names and rows of text are none.
        check(&["x", "r1|5", "r2|6"], 0, 1, &["x"], "");
        check(&["|x|y", "r1|5|1", "r2|6|2"], 0, 1, &["", "x", "y"], "");
        check(&["name|age", "Anna|unknown", "Bob|30", "Cleo|31", "Dan|32"], 0, 1, &["name", "age"], "");
        check(&["name|orders|spent", "Anna|none|none", "Bob|3|30", "Cleo|1|31", "Dan|2|32"], 0, 1, &["name", "orders", "spent"], "");
        check(&["1|2.5|3", "4|5|6"], 0, 0, &[], "");
    }

    #[test]
    fn several_rows_of_names() {
        check(
            &[
                "Start|Q1|Q2",
                "Start Date|How old are you?|Which?",
                "{\"ImportId\":\"start\"}|{\"ImportId\":\"QID1\"}|{\"ImportId\":\"QID2\"}",
                "2024-03-01|22|a",
            ],
            0,
            3,
            &["Start", "Q1", "Q2"],
            "2 rows under the column names describe them (\"Start Date\", for one); they are left out.",
        );
        check(
            &["age|plan|left", "c|basic gold|no yes", "||class", "20|basic|yes", "21|gold|no"],
            0,
            3,
            &["age", "plan", "left"],
            "2 rows under the column names describe them (\"c\", for one); they are left out.",
        );
        check(
            &["age|plan", "continuous|discrete", "20|basic", "21|gold"],
            0,
            2,
            &["age", "plan"],
            "1 row under the column names describes them (\"continuous\", for one); it is left out.",
        );
        check(
            &["weight|height|who", "kg|cm|", "70|180|A", "80|190|B"],
            0,
            2,
            &["weight", "height", "who"],
            "1 row under the column names describes them (\"kg\", for one); it is left out.",
        );
        let merged = "The names of the columns stand in 2 rows and are put together (\"2023 Orders\", for one).";
        check(
            &["||2023||2024|", "ID|City|Orders|Revenue|Orders|Revenue", "1|Bonn|1|2|3|4", "2|Köln|2|3|4|5"],
            0,
            2,
            &["ID", "City", "2023 Orders", "2023 Revenue", "2024 Orders", "2024 Revenue"],
            merged,
        );
        check(
            &["Our customers||||", "ID|2023||2024|", "|Orders|Revenue|Orders|Revenue", "1|1|2|3|4", "2|2|3|4|5"],
            1,
            2,
            &["ID", "2023 Orders", "2023 Revenue", "2024 Orders", "2024 Revenue"],
            merged,
        );
        check(
            &["Respondent ID|What do you use?||Why?", "|Shop|App|Open-Ended Response", "118|Shop||cheap", "119||App|fast"],
            0,
            2,
            &["Respondent ID", "What do you use? Shop", "What do you use? App", "Why?"],
            "The names of the columns stand in 2 rows and are put together (\"What do you use? Shop\", for one).",
        );
    }
}
