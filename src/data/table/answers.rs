//! Where does a column hold answers of a question that allows several: all of them in one cell, or one column for each choice?
//!
//! In: text columns with their levels. Out: one yes/no column for each answer, and a note. Cells of a separator ("1,2", "TV|Radio", "a;b;c") are
//! answers where few different ones are combined in many ways; "Paris, France" is no combination, since neither part ever changes its place or stands
//! alone. A column that holds its own choice or nothing (Qualtrics, LimeSurvey, Microsoft Forms) is yes or no where its name or its neighbours show it.
//! O(levels), and O(rows) per new column.

use std::collections::BTreeMap;

use crate::base::text::count;
use crate::base::{Ctx, Note, Stopped};
use crate::data::words::name_tokens;

use super::profile::{ColumnProfile, Profile};
use super::{Column, Kind, Table, Texts, Values};

/// What stands between answers, the surest first.
const SEPARATORS: [char; 4] = [';', '|', '\n', ','];

/// More different answers than this are no choice.
const MOST_ANSWERS: usize = 40;

/// Cells looked at where a column has too many different ones to be levels.
const SAMPLE: usize = 2_000;

/// One yes/no column for each answer of a column whose cells hold several; `None` where they do not.
pub(super) fn several(column: &Column, table: &Table, seen: &ColumnProfile, ctx: &Ctx) -> Result<Option<(Vec<Column>, Note)>, Stopped> {
    let Values::Text(texts) = &column.values else { return Ok(None) };
    let cells: Vec<(&str, usize)> = match &seen.levels {
        Some(levels) => levels.names.iter().map(String::as_str).zip(levels.counts.iter().copied()).collect(),
        None => {
            let step = (table.n_rows / SAMPLE).max(1);
            (0..table.n_rows).step_by(step).filter_map(|row| Some((texts.get(row)?, 1))).collect()
        }
    };
    ctx.check()?;
    let Some(separator) =
        SEPARATORS.into_iter().find(|&separator| Combined::of(&cells, separator).is_some_and(|found| found.are_answers()))
    else {
        return Ok(None);
    };
    let answers = match &seen.levels {
        Some(_) => Combined::of(&cells, separator),
        None => {
            let all: Vec<(&str, usize)> = texts.iter().flatten().map(|text| (text, 1)).collect();
            Combined::of(&all, separator)
        }
    };
    let Some(answers) = answers else { return Ok(None) };
    let answers = answers.in_order();
    let names: Vec<String> = answers.iter().map(|answer| format!("{}: {}", column.name, answer.shown)).collect();
    // A file that was labelled and is read again has them already.
    if names.iter().any(|name| table.column(name).is_some()) {
        return Ok(None);
    }
    let mut columns = Vec::with_capacity(answers.len());
    for (name, answer) in names.into_iter().zip(&answers) {
        ctx.check()?;
        let says = |text: &str| if parts(text, separator).any(|part| part.to_lowercase() == answer.key) { "yes" } else { "no" };
        let values = match &seen.levels {
            Some(levels) => {
                let of_level: Vec<&str> = levels.names.iter().map(|name| says(name)).collect();
                Texts::collect((0..table.n_rows).map(|row| levels.get(row).map(|level| of_level[level])))
            }
            None => Texts::collect(texts.iter().map(|text| text.map(says))),
        };
        columns.push(Column { name, values: Values::Text(values), unit: None, original: None });
    }
    let example = cells.iter().find(|(text, _)| parts(text, separator).count() > 1).map_or("", |(text, _)| text);
    let shown: Vec<&str> = answers.iter().take(4).map(|answer| answer.shown.as_str()).collect();
    let more = if answers.len() > shown.len() { ", …" } else { "" };
    // The answers are names of columns now; what one customer said together is not.
    let note = Note::quoting(&[(format!(" (such as \"{}\")", example.replace('\n', " ")), 1)], |told| {
        format!(
            "Cells of {} hold several answers{}: each of the {} answers ({}{more}) has a yes/no column of its own, and {} itself is left out.",
            column.name,
            told.concat(),
            count(answers.len()),
            shown.join(", "),
            column.name
        )
    });
    Ok(Some((columns, note)))
}

fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator).map(str::trim).filter(|part| !part.is_empty())
}

/// One answer among several.
#[derive(Debug, Default)]
struct Answer {
    key: String,
    shown: String,
    cells: usize,
    alone: bool,
    first: bool,
    later: bool,
}

/// The answers of a column's cells, cut at a separator.
struct Combined {
    answers: Vec<Answer>,
    cells: usize,
    several_cells: usize,
    combinations: usize,
    ascending: bool,
}

impl Combined {
    /// `None` where a cell cannot be a list of answers: it says one twice, a part is long, or there are too many different ones.
    fn of(cells: &[(&str, usize)], separator: char) -> Option<Combined> {
        let mut found = Combined { answers: Vec::new(), cells: 0, several_cells: 0, combinations: 0, ascending: true };
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        for &(text, n) in cells {
            let mut here: Vec<usize> = Vec::new();
            for part in parts(text, separator) {
                if part.chars().count() > 60 {
                    return None;
                }
                let key = part.to_lowercase();
                let answer = *at.entry(key.clone()).or_insert_with(|| {
                    found.answers.push(Answer { key, shown: part.to_owned(), ..Answer::default() });
                    found.answers.len() - 1
                });
                if here.contains(&answer) || found.answers.len() > MOST_ANSWERS {
                    return None;
                }
                here.push(answer);
            }
            found.cells += n;
            if here.len() > 1 {
                found.several_cells += n;
                found.combinations += 1;
                let numbers: Vec<Option<u32>> = here.iter().map(|&answer| found.answers[answer].key.parse().ok()).collect();
                found.ascending &= numbers.windows(2).all(|pair| pair[0] < pair[1]);
            }
            for (place, &answer) in here.iter().enumerate() {
                let answer = &mut found.answers[answer];
                answer.cells += n;
                answer.alone |= here.len() == 1;
                answer.first |= here.len() > 1 && place == 0;
                answer.later |= place > 0;
            }
        }
        Some(found)
    }

    /// Whether few answers are combined in many ways.
    fn are_answers(&self) -> bool {
        let combined: Vec<&Answer> = self.answers.iter().filter(|answer| answer.first || answer.later).collect();
        let free = combined.iter().filter(|answer| answer.alone || (answer.first && answer.later)).count();
        let said: usize = self.answers.iter().map(|answer| answer.cells).sum();
        let all_numbers = combined.iter().all(|answer| answer.key.parse::<u32>().is_ok());
        self.combinations >= 2
            && self.several_cells * 20 >= self.cells
            && self.several_cells >= 2
            && free * 2 >= combined.len()
            && said >= 3 * self.answers.len()
            // Codes of answers are written in their order; parts of decimals are not.
            && (!all_numbers || self.ascending)
    }

    /// Numbers by value, words by how many said them.
    fn in_order(self) -> Vec<Answer> {
        let mut answers = self.answers;
        let number = |answer: &Answer| answer.key.parse::<u32>().ok();
        if answers.iter().all(|answer| number(answer).is_some()) {
            answers.sort_by_key(|answer| number(answer));
        } else {
            answers.sort_by(|a, b| b.cells.cmp(&a.cells).then_with(|| a.key.cmp(&b.key)));
        }
        answers
    }
}

/// What stands in a cell to say that a choice was made.
const MARKS: [&str; 18] = [
    "1",
    "x",
    "yes",
    "y",
    "true",
    "selected",
    "checked",
    "ticked",
    "quoted",
    "ja",
    "oui",
    "si",
    "sí",
    "sim",
    "✓",
    "✔",
    "genannt",
    "ausgewählt",
];

/// Columns of one choice each as yes/no columns: their places, values, and a note with the first of each question.
pub(super) fn choices(table: &Table, profile: &Profile, ctx: &Ctx) -> Result<Vec<(usize, Values, Option<Note>)>, Stopped> {
    let mut questions: Vec<(String, Vec<Choice>)> = Vec::new();
    for (at, seen) in profile.columns.iter().enumerate() {
        if seen.n_distinct != 1 || seen.n_missing == 0 || seen.kind == Kind::Date {
            continue;
        }
        let column = &table.columns[at];
        let Some(row) = (0..table.n_rows).find(|&row| !column.is_missing(row)) else { continue };
        let choice = Choice::of(at, &column.name, column.cell(row).trim());
        match questions.iter_mut().find(|(question, _)| *question == choice.question) {
            Some((_, choices)) => choices.push(choice),
            None => questions.push((choice.question.clone(), vec![choice])),
        }
    }
    let mut found = Vec::new();
    for (_, choices) in questions {
        ctx.check()?;
        let names_itself = |choice: &&Choice| choice.is_named;
        let fitting: Vec<Choice> = match choices.len() {
            1 => choices.iter().filter(names_itself).cloned().collect(),
            _ => choices.into_iter().filter(|choice| choice.is_named || choice.is_mark || choice.is_numbered).collect(),
        };
        let rows = |choice: &Choice| (0..table.n_rows).map(|row| table.columns[choice.at].is_missing(row)).collect::<Vec<bool>>();
        let missing: Vec<Vec<bool>> = fitting.iter().map(rows).collect();
        // Columns that are always filled together belong to what was asked of some rows only.
        let differ = missing.windows(2).any(|pair| pair[0] != pair[1]) || fitting.iter().all(|choice| choice.is_named);
        if fitting.is_empty() || !differ {
            continue;
        }
        let none = (0..table.n_rows).filter(|&row| missing.iter().all(|missing| missing[row])).count();
        let mut note = Some(note(table, &fitting, none));
        for (choice, missing) in fitting.iter().zip(&missing) {
            let (yes, no) = choice.levels();
            let values = Texts::collect(missing.iter().map(|&missing| Some(if missing { no.as_str() } else { yes.as_str() })));
            found.push((choice.at, Values::Text(values), note.take()));
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    Ok(found)
}

fn note(table: &Table, choices: &[Choice], none: usize) -> Note {
    let names: Vec<&str> = choices.iter().take(4).map(|choice| table.columns[choice.at].name.as_str()).collect();
    let more = if choices.len() > names.len() { ", …" } else { "" };
    let (hold, they) = if choices.len() == 1 { ("holds", "it is a") } else { ("hold", "each is a") };
    let (rows, have) = if none == 1 { ("row", "has") } else { ("rows", "have") };
    Note::new(format!(
        "{}{more} {hold} one choice or nothing, as questions with several answers do: {they} yes/no column in which nothing counts as no ({} {rows} {have} none of them).",
        names.join(", "),
        count(none)
    ))
}

/// A column with one value or nothing.
#[derive(Debug, Clone)]
struct Choice {
    at: usize,
    /// What its name shares with the other choices of the question.
    question: String,
    value: String,
    /// Its name ends with the value.
    is_named: bool,
    /// The value is a mark.
    is_mark: bool,
    /// Its name ends with a number or a letter.
    is_numbered: bool,
}

impl Choice {
    fn of(at: usize, name: &str, value: &str) -> Choice {
        let (question, tail) = cut(name);
        let (name, said) = (name_tokens(name), name_tokens(value));
        let is_named =
            !said.is_empty() && said.iter().any(|word| word.chars().count() >= 2) && name.len() > said.len() && name.ends_with(&said);
        // "q5_1", "q5_a", "q5[SQ001]".
        let is_numbered = tail.chars().count() == 1 || tail.bytes().last().is_some_and(|byte| byte.is_ascii_digit());
        Choice {
            at,
            question: question.to_lowercase(),
            value: value.to_owned(),
            is_named,
            is_mark: MARKS.contains(&value.to_lowercase().as_str()),
            is_numbered,
        }
    }

    /// What having it and not having it are called. A column that is only numbered takes its words from the answer.
    fn levels(&self) -> (String, String) {
        let says_more = !self.is_named && !self.is_mark && self.value.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        if says_more { (self.value.clone(), format!("not {}", self.value)) } else { ("yes".to_owned(), "no".to_owned()) }
    }
}

/// The question and the rest of a name: "Channels - Email", "Q1_Newsletter", "q5 [SQ001]", "q12".
fn cut(name: &str) -> (&str, &str) {
    for separator in [" - ", " – ", ": ", " [", "[", " (", "|", "?", "_", ".", "-", " "] {
        if let Some((question, tail)) = name.split_once(separator)
            && !question.trim().is_empty()
        {
            return (question.trim(), tail.trim_matches(|c: char| !c.is_alphanumeric()));
        }
    }
    let question = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (question, &name[question.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_several_answers() {
        for (cells, separator) in [
            (&["1", "2", "1,2", "2,3", "3", "1,2,3"][..], Some(',')),
            (&["TV|Radio", "Radio", "TV", "TV|Web", "Radio|Web"], Some('|')),
            (&["a;b;c;", "a;", "b;c;", "c;", "a;c;"], Some(';')),
            (&["Web, Store", "Store, App", "App", "Web", "Store"], Some(',')),
            (&["Leeds, UK", "York, UK", "Paris, FR", "Lyon, FR"], None),
            (&["Smith, John", "Miller, Ann", "Smith, Ann"], None),
            (&["2,5", "5,0", "1,5", "3", "5"], None),
            (&["web", "app", "store"], None),
            (&["Good, but late", "Late", "Good"], None),
        ] {
            let counted: Vec<(&str, usize)> = cells.iter().map(|&cell| (cell, 5)).collect();
            let found =
                SEPARATORS.into_iter().find(|&separator| Combined::of(&counted, separator).is_some_and(|found| found.are_answers()));
            assert_eq!(found, separator, "{cells:?}");
        }
    }

    #[test]
    fn names_of_choices() {
        for (name, value, question, named, numbered) in [
            ("Q1_Newsletter", "Newsletter", "q1", true, false),
            ("Channels - Email", "Email", "channels", true, false),
            ("q5_1", "Store", "q5", false, true),
            ("Which? [Phone calls]", "Phone calls", "which?", true, false),
            ("shipping_country", "US", "shipping", false, false),
            ("q12", "x", "q", false, true),
        ] {
            let choice = Choice::of(0, name, value);
            assert_eq!((choice.question.as_str(), choice.is_named, choice.is_numbered), (question, named, numbered), "{name}");
        }
    }
}
