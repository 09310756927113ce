//! What came of the customers of a persona? The line that stands on every front: "Churn 40 % (all: 27 %)".
//!
//! In: a persona with its evidence. Out: one line per outcome column, rates before amounts, each by the name of its column, so that all personas
//! have the same lines in the same order. Of two levels the one that says yes is told, or else the rarer one; of more the one that says who left, or else the commonest here. RFM
//! scores are made of the columns they would be told beside, and are no outcome. O(rows of evidence).

use std::collections::BTreeSet;

use crate::data::{Noun, Role, is_rfm_score, says_who_left};
use crate::evaluate::{says_yes, telling_level};

use super::card::Persona;
use super::evidence::Evidence;

/// Outcomes told of a persona.
const MOST_OUTCOMES: usize = 3;

/// What came of a persona's customers, in one column.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeLine {
    /// "Churn".
    pub what: String,
    /// "40 %".
    pub value: String,
    /// "27 %".
    pub everyone: String,
    /// Its row of [`Persona::evidence`].
    pub evidence: usize,
}

impl OutcomeLine {
    /// "Churn 40 % (all: 27 %)".
    pub fn text(&self, noun: &Noun) -> String {
        // What is withheld is said in words.
        match self.value.strip_prefix("n <") {
            Some(least) => format!("{}: fewer than{least} {} (all: {})", self.what, noun.many, self.everyone),
            None if self.value == "–" => format!("{} withheld (all: {})", self.what, self.everyone),
            None => format!("{} {} (all: {})", self.what, self.value, self.everyone),
        }
    }
}

impl Persona {
    /// The outcome lines of the front; none where no column tells of an outcome, or too few have a value.
    pub fn outcomes(&self) -> Vec<OutcomeLine> {
        let rows: Vec<&Evidence> = self.evidence.iter().collect();
        let line = |(at, row): (usize, &Evidence)| {
            let human = row.shown.column.clone();
            let what = match row.shown.level.as_deref() {
                Some(level) if !says_the_same(&human, level) => format!("{human}: {level}"),
                _ => human,
            };
            let [value, everyone, _] = &row.texts;
            OutcomeLine { what, value: value.clone(), everyone: everyone.clone(), evidence: at }
        };
        told_rows(&rows).into_iter().map(line).collect()
    }

    /// The outcome lines as one: "Churn 40 % (all: 27 %)"; none where there are none.
    pub fn outcome_text(&self, noun: &Noun) -> Option<String> {
        let lines: Vec<String> = self.outcomes().iter().map(|line| line.text(noun)).collect();
        (!lines.is_empty()).then(|| lines.join("  ·  "))
    }
}

/// The columns that a persona with this evidence has an outcome line of; what they say is said there and nowhere else on the front.
pub(super) fn outcome_columns<'a>(evidence: impl IntoIterator<Item = &'a Evidence>) -> BTreeSet<&'a str> {
    let rows: Vec<&Evidence> = evidence.into_iter().collect();
    told_rows(&rows).into_iter().map(|(_, row)| row.column.as_str()).collect()
}

/// The rows of the outcome lines with their places, rates before amounts, each by the name of its column.
fn told_rows<'a>(evidence: &[&'a Evidence]) -> Vec<(usize, &'a Evidence)> {
    let is_told = |row: &Evidence| row.role == Role::Outcome && !is_rfm_score(&row.column);
    let rows = || evidence.iter().copied().enumerate().filter(|(_, row)| is_told(row));
    let columns: BTreeSet<(bool, &str)> = rows().map(|(_, row)| (row.level.is_none(), row.column.as_str())).collect();
    let of_column = |(_, column): (bool, &str)| told(&rows().filter(|(_, row)| row.column == column).collect::<Vec<_>>());
    columns.into_iter().filter_map(of_column).take(MOST_OUTCOMES).collect()
}

/// The row that tells the outcome: a column of numbers has one.
fn told<'a>(rows: &[(usize, &'a Evidence)]) -> Option<(usize, &'a Evidence)> {
    let levels: Vec<(&str, f64)> = rows.iter().filter_map(|(_, row)| Some((row.level.as_deref()?, row.everyone))).collect();
    match rows {
        [one] if levels.is_empty() => Some(*one),
        _ if levels.len() <= 2 => rows.get(telling_level(&levels)?).copied(),
        // One level for all personas, or their fronts could not be compared.
        several if let Some(left) = several.iter().find(|(_, row)| row.level.as_deref().is_some_and(says_who_left)) => Some(*left),
        several => several.iter().max_by(|a, b| a.1.persona.total_cmp(&b.1.persona).then_with(|| b.1.level.cmp(&a.1.level))).copied(),
    }
}

/// Whether a level adds nothing to its column: "yes", or "Churned" of "Churn".
fn says_the_same(human: &str, level: &str) -> bool {
    let (human, level) = (human.to_lowercase(), level.trim().to_lowercase());
    let stem: String = human.chars().take(5).collect();
    says_yes(&level) || (stem.chars().count() == 5 && level.starts_with(&stem) && level.chars().count() <= human.chars().count() + 3)
}

#[cfg(test)]
mod tests {
    use super::super::evidence::Shown;
    use super::*;

    fn row(column: &str, level: Option<&str>, persona: f64, everyone: f64) -> Evidence {
        let text = |share: f64| format!("{:.0} %", 100.0 * share);
        Evidence {
            column: column.into(),
            level: level.map(str::to_owned),
            shown: Shown { column: column.into(), level: level.map(str::to_owned) },
            role: Role::Outcome,
            persona,
            everyone,
            rest: everyone,
            texts: [text(persona), text(everyone), text(everyone)],
            effect: 0.0,
            interval: None,
            v_test: 0.0,
            percentile: None,
            index: None,
            coverage: persona,
            n: 50,
            missing_share: 0.0,
            withheld: Default::default(),
            passes_name: false,
            passes_statement: false,
        }
    }

    fn check(rows: &[Evidence], expected: Option<&str>) {
        let of = |rows: Vec<Evidence>| {
            let told: Vec<(usize, &Evidence)> = rows.iter().enumerate().collect();
            told_text(&told)
        };
        let reversed: Vec<Evidence> = rows.iter().rev().cloned().collect();
        assert_eq!((of(rows.to_vec()).as_deref(), of(reversed).as_deref()), (expected, expected));
    }

    fn told_text(rows: &[(usize, &Evidence)]) -> Option<String> {
        let (_, row) = told(rows)?;
        Some(format!("{} {}", row.level.as_deref().unwrap_or_default(), row.texts[0]))
    }

    #[test]
    fn the_level_that_says_yes_is_told() {
        check(&[row("churn", Some("Yes"), 0.9, 0.8), row("churn", Some("No"), 0.1, 0.2)], Some("Yes 90 %"));
        check(&[row("status", Some("left"), 0.4, 0.6), row("status", Some("no "), 0.6, 0.4)], Some("left 40 %"));
        check(&[row("responded", Some("not responded"), 0.3, 0.2), row("responded", Some("responded"), 0.7, 0.8)], Some("responded 70 %"));
        check(&[row("state", Some("a"), 0.4, 0.5), row("state", Some("b"), 0.6, 0.5)], Some("a 40 %"));
        check(&[row("state", Some("a"), 0.4, 0.7), row("state", Some("b"), 0.6, 0.3)], Some("b 60 %"));
        check(&[row("churn", Some("No"), 1.0, 0.97)], None);
        let three = [row("class", Some("a"), 0.2, 0.5), row("class", Some("b"), 0.5, 0.3), row("class", Some("c"), 0.3, 0.2)];
        check(&three, Some("b 50 %"));
    }

    #[test]
    fn a_level_that_says_what_its_column_says_is_left_out() {
        for (human, level, expected) in [
            ("Churn", "Yes", true),
            ("Churn", "Churned", true),
            ("Responded", "responded", true),
            ("Status", "left", false),
            ("Class", "a", false),
        ] {
            assert_eq!(says_the_same(human, level), expected, "{human} {level}");
        }
    }
}
