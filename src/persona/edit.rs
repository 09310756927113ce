//! What the user wrote on a card, and which customers it was written for.
//!
//! An edit keeps the set of its customers. After every change of k, epsilon, method or seed it goes to the segment that
//! holds most of them (see `identity`), so that a name stays with its customers.

use serde::{Deserialize, Serialize};

use super::added::Added;
use super::card::Persona;
use super::evidence::Evidence;

/// One card's edits; part of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonaEdit {
    /// The name the user gave; `None` keeps the automatic one.
    #[serde(default)]
    pub name: Option<String>,
    /// What the automatic name rested on when the user gave theirs: where one of these no longer holds, theirs may be out of date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<RestsOn>,
    /// The block "Added by you".
    #[serde(default)]
    pub added: Added,
    /// The customers it was written for, as rows of the table.
    pub members: RowSet,
}

/// A trait as a name remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestsOn {
    /// The column.
    pub column: String,
    /// The level, for categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Whether they were above everyone.
    pub more: bool,
}

impl RestsOn {
    /// What the automatic name of a persona rests on now.
    pub fn of(persona: &Persona) -> Vec<RestsOn> {
        let of =
            |evidence: &Evidence| RestsOn { column: evidence.column.clone(), level: evidence.level.clone(), more: evidence.effect >= 0.0 };
        persona.headline().into_iter().map(of).collect()
    }

    /// Whether a row of evidence is this trait.
    pub fn is(&self, evidence: &Evidence) -> bool {
        self.column == evidence.column && self.level == evidence.level && self.more == (evidence.effect >= 0.0)
    }
}

/// A set of row numbers, written to files as one short text: gaps between runs in base 36, so that thousands of rows stay readable JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct RowSet {
    /// Ascending, without repeats.
    rows: Vec<u32>,
}

impl RowSet {
    /// Takes row numbers in any order.
    pub fn new(rows: impl IntoIterator<Item = usize>) -> RowSet {
        let mut rows: Vec<u32> = rows.into_iter().map(|row| row as u32).collect();
        rows.sort_unstable();
        rows.dedup();
        RowSet { rows }
    }

    /// The rows, ascending.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.rows.iter().map(|&row| row as usize)
    }

    /// The same customers in a table where row `r` stands at `to[r]`; who is no longer in it leaves the set.
    pub fn moved(&self, to: &[Option<u32>]) -> RowSet {
        RowSet::new(self.rows().filter_map(|row| to.get(row).copied().flatten()).map(|row| row as usize))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl From<RowSet> for String {
    fn from(set: RowSet) -> String {
        let mut text = String::new();
        let mut end = 0u32;
        for run in set.rows.chunk_by(|a, b| a + 1 == *b) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&base36(run[0] - end));
            if run.len() > 1 {
                text.push('+');
                text.push_str(&base36(run.len() as u32 - 1));
            }
            end = run[run.len() - 1] + 1;
        }
        text
    }
}

impl From<String> for RowSet {
    /// Tolerant: what cannot be read ends the set, since a damaged edit must not keep a project from opening.
    fn from(text: String) -> RowSet {
        let mut rows = Vec::new();
        let mut end = 0u32;
        for run in text.split_ascii_whitespace() {
            let (gap, more) = run.split_once('+').unwrap_or((run, "0"));
            let (Ok(gap), Ok(more)) = (u32::from_str_radix(gap, 36), u32::from_str_radix(more, 36)) else { break };
            let Some(last) = end.checked_add(gap).and_then(|first| first.checked_add(more)).filter(|last| *last < MAX_ROW) else { break };
            rows.extend(end + gap..=last);
            end = last + 1;
        }
        RowSet { rows }
    }
}

/// Rows above this cannot be in any table; guards against a damaged file that names billions.
const MAX_ROW: u32 = 1 << 28;

fn base36(mut value: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(value % 36, 36).unwrap_or('0'));
        value /= 36;
        if value == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_sets_survive_the_file() {
        for rows in [vec![], vec![0], vec![3, 4, 5, 9, 100_000], (0..1000).collect::<Vec<_>>(), vec![1, 3, 5, 7]] {
            let set = RowSet::new(rows.clone());
            let text = String::from(set.clone());
            assert_eq!(RowSet::from(text.clone()), set, "{text}");
            assert_eq!(set.rows().collect::<Vec<_>>(), rows);
        }
        assert_eq!(RowSet::from("2+zzzzzz".to_owned()).len(), 0, "an absurd run is refused");
    }
}
