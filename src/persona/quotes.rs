//! Which sentences did the customers of a segment write? Verbatim, and without what would tell who wrote them.
//!
//! In: the table, the labels, a segment. Out: for every column of free text up to [`MOST`] texts, evenly from the whole segment in the table's
//! order. Left out are texts shorter than 20 or longer than 200 characters, with an e-mail address, a link, a long number, or the writer's
//! own identifier in them, and repeats. O(texts of the segment).

use std::collections::BTreeSet;

use crate::base::{Ctx, Labels, Stopped};
use crate::data::{Column, Loaded, Role, Values};
use crate::features::Prepared;

use super::measure::MIN_CELL;

/// Texts to choose from, a column.
pub const MOST: usize = 60;
/// Characters of a text.
const LENGTHS: std::ops::RangeInclusive<usize> = 20..=200;
/// A text is more than a label from this many words on.
const FEWEST_WORDS: usize = 4;
/// As many digits as a phone number has, a space, dot or dash between them counting for nothing; order numbers are as long.
const MOST_DIGITS: usize = 5;
/// An identifier shorter than this is in many texts by chance.
const SHORTEST_IDENTIFIER: usize = 4;
/// Rows between two looks at the stop flag.
const ROWS_A_CHECK: usize = 4_096;

/// What a column's texts offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotes {
    /// The column.
    pub column: String,
    /// The texts, as they were written.
    pub texts: Vec<String>,
}

/// The texts of the customers in `cluster`. None for fewer than ten customers: they might be known by their words.
pub fn quotes(loaded: &Loaded, prepared: &Prepared, labels: &Labels, cluster: usize, ctx: &Ctx) -> Result<Vec<Quotes>, Stopped> {
    let mut found = Vec::new();
    if labels.sizes().get(cluster).is_none_or(|&n| n < MIN_CELL) {
        return Ok(found);
    }
    let rows: Vec<usize> = labels.iter().zip(&prepared.table_rows).filter(|(its, _)| *its == Some(cluster)).map(|(_, &row)| row).collect();
    let profiles = loaded.table.columns.iter().zip(&loaded.profile.columns);
    let identifiers: Vec<&Column> =
        profiles.clone().filter(|(_, profile)| profile.guessed_role == Role::Identifier).map(|(column, _)| column).collect();
    for (column, profile) in profiles {
        let Values::Text(_) = &column.values else { continue };
        if matches!(profile.guessed_role, Role::Identifier | Role::Sensitive) {
            continue;
        }
        let (mut seen, mut texts) = (BTreeSet::new(), Vec::new());
        for (at, &row) in rows.iter().enumerate() {
            if at.is_multiple_of(ROWS_A_CHECK) {
                ctx.check()?;
            }
            let Some(text) = column.text(row).map(str::trim) else { continue };
            let names_writer = |identifier: &&Column| {
                let cell = identifier.cell(row);
                cell.chars().count() >= SHORTEST_IDENTIFIER && text.contains(cell.as_ref())
            };
            if is_quotable(text) && !identifiers.iter().any(names_writer) && seen.insert(text) {
                texts.push(text);
            }
        }
        if !texts.is_empty() {
            let n = texts.len().min(MOST);
            let texts = (0..n).map(|at| texts[at * texts.len() / n].to_owned()).collect();
            found.push(Quotes { column: column.name.clone(), texts });
        }
    }
    Ok(found)
}

/// Whether a text is a sentence or two, and names nobody that a pattern could find.
fn is_quotable(text: &str) -> bool {
    // Thai, Lao, Chinese, Japanese and others are written without spaces.
    let has_no_spaces = text.chars().any(|c| matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{2e80}'..));
    if !LENGTHS.contains(&text.chars().count()) || !(has_no_spaces || text.split_whitespace().count() >= FEWEST_WORDS) {
        return false;
    }
    let lower = text.to_lowercase();
    let is_address = text.contains('@') || ["http", "www.", ".com", ".net", ".org", ".de"].iter().any(|part| lower.contains(part));
    !is_address && longest_number(text) < MOST_DIGITS && !text.contains(char::is_control)
}

/// Digits of the longest number in a text; what stands between the groups of a phone number does not end it.
fn longest_number(text: &str) -> usize {
    let (mut longest, mut digits) = (0, 0);
    for c in text.chars() {
        if c.is_numeric() {
            digits += 1;
            longest = longest.max(digits);
        } else if !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+' | '\u{a0}' | '\u{202f}') {
            digits = 0;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_it_stays_unknown() {
        for (text, may) in [
            ("I would buy more if delivery were faster.", true),
            ("Zu teuer, aber die Qualität stimmt seit 20 Jahren.", true),
            ("配送がとても早くて助かりましたのでまた買います。", true),
            ("Too short to say", false),
            ("Label_without_any_words_but_long_enough", false),
            ("Please write to jane.doe@example.org about it", false),
            ("Call me at +49 (0) 170 / 55 12 any time you like", false),
            ("My order 4711-0815 never came, what a shame", false),
            ("See www.example.org for what I mean by that", false),
        ] {
            assert_eq!(is_quotable(text), may, "{text}");
        }
        assert!(!is_quotable(&"very long words ".repeat(13)));
    }
}
