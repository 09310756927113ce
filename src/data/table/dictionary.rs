//! What are columns, their levels and the rows called? The user's own words, and a good default where there are none.
//!
//! In: a column's name or a level as the file has them. Out: how both are shown. This is the one place that knows: every plot, card, statement, name and
//! file asks here. Words decide nothing, but for which column's sum is revenue: the columns stay what they are, and what leaves as data keeps the file's own names. Labels for columns that
//! the data no longer have rest here and show nowhere. O(log columns) per question.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Column;
use super::display_name::{bounded, display_name, label_in_sentence, name_in_sentence};
use super::loaded::Loaded;
use super::noun::Noun;

/// Letters of a label of a column or level, at most.
pub const LONGEST_LABEL: usize = 60;
/// Letters of a unit, at most.
pub const LONGEST_UNIT: usize = 20;

/// Words that sentences about a table use themselves.
const OF_NOTES: [&str; 12] =
    ["customers", "rows", "columns", "column", "values", "value", "levels", "level", "missing", "segments", "groups", "pairs"];

/// What the user calls things.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dictionary {
    /// What the rows are, where the user says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    noun: Option<Noun>,
    /// Which column's sum is revenue, where the user says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue: Option<RevenueChoice>,
    /// By the name of the column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    columns: BTreeMap<String, ColumnWords>,
}

/// What the user says of revenue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevenueChoice {
    /// It is the sum of this column.
    Column(String),
    /// No column's sum is revenue.
    None,
}

/// What the user calls one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct ColumnWords {
    #[serde(skip_serializing_if = "String::is_empty")]
    label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    unit: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    levels: BTreeMap<String, String>,
}

impl Dictionary {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.noun.is_none() && self.revenue.is_none() && self.columns.is_empty()
    }

    /// A column's name as it is shown: "Total charges".
    pub fn name(&self, column: &str) -> String {
        self.label(column).map_or_else(|| display_name(column), |label| bounded(label, LONGEST_LABEL))
    }

    /// The same within a sentence: "total charges".
    pub fn in_sentence(&self, column: &str) -> String {
        self.label(column).map_or_else(|| name_in_sentence(column), |label| label_in_sentence(&bounded(label, LONGEST_LABEL)))
    }

    /// The label that the user gave a column.
    pub fn label(&self, column: &str) -> Option<&str> {
        self.columns.get(column).map(|words| words.label.as_str()).filter(|label| !label.is_empty())
    }

    /// The unit that the user gave a column.
    pub fn own_unit(&self, column: &str) -> Option<&str> {
        self.columns.get(column).map(|words| words.unit.as_str()).filter(|unit| !unit.is_empty())
    }

    /// The unit of a column: the user's, else the one its cells carry.
    pub fn unit<'a>(&'a self, column: &'a Column) -> Option<&'a str> {
        self.own_unit(&column.name).or(column.unit.as_deref())
    }

    /// A level as it is shown: in the user's words, else as the file has it. The TRUE and FALSE of programs are answers to people, and the number that
    /// puts levels in order ("2. Married") is no part of the word.
    pub fn level<'a>(&'a self, column: &str, level: &'a str) -> &'a str {
        self.own_level(column, level).unwrap_or_else(|| match level.trim() {
            "TRUE" | "True" | "true" => "yes",
            "FALSE" | "False" | "false" => "no",
            _ => without_order(level),
        })
    }

    /// The label that the user gave a level.
    pub fn own_level(&self, column: &str, level: &str) -> Option<&str> {
        self.columns.get(column)?.levels.get(level.trim()).map(String::as_str).filter(|label| !label.is_empty())
    }

    /// A number that stands for a level, as it is shown; none where the user gave it no label.
    pub fn code(&self, column: &str, value: f64) -> Option<&str> {
        self.columns.get(column).filter(|words| !words.levels.is_empty())?;
        self.own_level(column, &value.to_string())
    }

    /// Whether any level of a column has a label.
    pub fn has_levels(&self, column: &str) -> bool {
        self.columns.get(column).is_some_and(|words| !words.levels.is_empty())
    }

    /// All that the user said of a column, as one text that differs whenever it does; none where nothing was said.
    pub fn said_of(&self, column: &str) -> Option<String> {
        self.columns.get(column).map(|words| format!("{words:?}"))
    }

    /// What the rows of a table are called: what the user says, else what the data say.
    pub fn noun_of(&self, loaded: &Loaded) -> Noun {
        self.noun.clone().unwrap_or_else(|| Noun::guessed(loaded))
    }

    /// Whether the user or the data say what the rows are; they are taken for customers otherwise.
    pub fn knows_noun(&self, loaded: &Loaded) -> bool {
        self.noun.is_some() || Noun::told(loaded).is_some()
    }

    /// A column with its level, as preparing writes them ("contract = Two year"), in the words that are shown.
    pub fn encoded(&self, name: &str) -> String {
        match name.split_once(" = ") {
            Some((column, level)) => format!("{} = {}", self.name(column), self.level(column, level)),
            None => self.name(name),
        }
    }

    /// A sentence that names columns as the file does, with their names as they are shown. Names that could be words of the sentence stay.
    pub fn in_text(&self, text: &str, loaded: &Loaded) -> String {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let shown = |word: &str| {
            let is_column = || loaded.table.columns.iter().any(|column| column.name == word);
            let has_capital = word.chars().skip(1).any(char::is_uppercase);
            let is_no_word = word.contains('_') || has_capital || word.chars().any(|c| c.is_ascii_digit());
            let is_named = word.chars().count() > 4 && !OF_NOTES.contains(&word) && self.label(word).is_some();
            ((is_no_word || is_named) && is_column()).then(|| self.name(word))
        };
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_part) {
            let end = rest[start..].find(|c: char| !is_part(c)).map_or(rest.len(), |end| start + end);
            let word = &rest[start..end];
            told.push_str(&rest[..start]);
            told.push_str(&shown(word).unwrap_or_else(|| word.to_owned()));
            rest = &rest[end..];
        }
        told + rest
    }

    /// What the user calls the rows.
    pub fn noun(&self) -> Option<&Noun> {
        self.noun.as_ref()
    }

    /// Calls the rows something; `None` leaves it to the data.
    pub fn set_noun(&mut self, noun: Option<Noun>) {
        self.noun = noun;
    }

    /// What the user says of revenue; `None` leaves it to the names of the columns.
    pub fn revenue(&self) -> Option<&RevenueChoice> {
        self.revenue.as_ref()
    }

    /// Says which column's sum is revenue.
    pub fn set_revenue(&mut self, revenue: Option<RevenueChoice>) {
        self.revenue = revenue;
    }

    /// Shows a column as `label`; empty goes back to the default.
    pub fn set_label(&mut self, column: &str, label: &str) {
        // What is shown anyway is no choice to remember.
        let label = bounded(label, LONGEST_LABEL);
        let label = if label == display_name(column) { String::new() } else { label };
        self.change(column, |words| words.label = label);
    }

    /// Gives a column a unit; empty takes it away.
    pub fn set_unit(&mut self, column: &str, unit: &str) {
        self.change(column, |words| words.unit = bounded(unit, LONGEST_UNIT));
    }

    /// Shows a level as `label`; empty goes back to the level itself.
    pub fn set_level(&mut self, column: &str, level: &str, label: &str) {
        let (level, label) = (level.trim(), bounded(label, LONGEST_LABEL));
        self.change(column, |words| {
            if label.is_empty() || label == level {
                words.levels.remove(level);
            } else {
                words.levels.insert(level.to_owned(), label);
            }
        });
    }

    fn change(&mut self, column: &str, change: impl FnOnce(&mut ColumnWords)) {
        let mut words = self.columns.remove(column).unwrap_or_default();
        change(&mut words);
        if words != ColumnWords::default() {
            self.columns.insert(column.to_owned(), words);
        }
    }
}

/// "Married" of "2. Married" and "3) Widowed": a number of at most two digits, a mark and a space, and words behind them.
fn without_order(level: &str) -> &str {
    let digits = level.trim_start().chars().take_while(char::is_ascii_digit).count();
    let rest = level.trim_start().get(digits..).unwrap_or_default();
    match rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")) {
        Some(words) if (1..=2).contains(&digits) && words.chars().any(char::is_alphabetic) => words.trim_start(),
        _ => level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_leaves_nothing() {
        let mut words = Dictionary::default();
        words.set_label("mkoopkla", "  Purchasing\npower class ");
        words.set_unit("tenure", "months");
        words.set_level("satisfaction", "1", "Very satisfied");
        words.set_label("total_charges", "Total charges");
        assert_eq!(words.name("mkoopkla"), "Purchasing power class");
        assert_eq!(words.in_sentence("mkoopkla"), "purchasing power class");
        assert_eq!((words.level("satisfaction", "1"), words.level("satisfaction", "2")), ("Very satisfied", "2"));
        assert_eq!((words.code("satisfaction", 1.0), words.code("satisfaction", 1.5)), (Some("Very satisfied"), None));
        assert_eq!(words.label("total_charges"), None, "the default is no choice");
        for (level, shown) in
            [("2. Married", "Married"), ("3) Widowed", "Widowed"), ("1. <=Good", "<=Good"), ("2.5", "2.5"), ("100. Street", "100. Street")]
        {
            assert_eq!(words.level("marital", level), shown);
        }
        let text = serde_json::to_string(&words).unwrap();
        assert_eq!(serde_json::from_str::<Dictionary>(&text).unwrap(), words);
        words.set_label("mkoopkla", "");
        words.set_unit("tenure", " ");
        words.set_level("satisfaction", "1", "1");
        assert!(words.is_empty());
        words.set_label("x", &"long ".repeat(40));
        assert_eq!(words.name("x").chars().count(), 59, "cut, and no blank at its end");
    }
}
