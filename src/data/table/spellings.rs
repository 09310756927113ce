//! Which levels of a category are one level in several spellings: DE, de and "De "?
//!
//! In: a text column and its levels. Out: the same column with one spelling for each, the commonest, and a note with the counts. Spellings differ by
//! case, blanks and full stops alone ("U.S."); letters and digits that differ make another level. O(levels), and O(rows) where something is merged.

use std::collections::BTreeMap;

use crate::base::text::count;
use crate::base::{Ctx, Note, Stopped};

use super::profile::{ColumnProfile, Levels};
use super::{Column, Texts, Values};

/// The column with one spelling per level; `None` where every level has only one.
pub(super) fn merged(column: &Column, seen: &ColumnProfile, n_rows: usize, ctx: &Ctx) -> Result<Option<(Values, Note)>, Stopped> {
    let (Values::Text(_), Some(levels)) = (&column.values, &seen.levels) else { return Ok(None) };
    // Levels stand by their counts, so the first of a group is its commonest spelling.
    let mut group_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (level, name) in levels.names.iter().enumerate() {
        group_of.entry(folded(name)).or_default().push(level);
    }
    let present = n_rows - seen.n_missing;
    // Where most values occur once, they are names or words of a person, and case may matter.
    if group_of.len() == levels.names.len() || group_of.len() * 2 > present {
        return Ok(None);
    }
    let mut groups: Vec<Vec<usize>> = group_of.into_values().filter(|group| group.len() > 1).collect();
    groups.sort();
    let mut spelled: Vec<usize> = (0..levels.names.len()).collect();
    for group in &groups {
        group.iter().for_each(|&level| spelled[level] = group[0]);
    }
    ctx.check()?;
    let texts = Texts::collect((0..n_rows).map(|row| levels.get(row).map(|level| levels.names[spelled[level]].as_str())));
    Ok(Some((Values::Text(texts), note(&column.name, levels, &groups))))
}

fn note(name: &str, levels: &Levels, groups: &[Vec<usize>]) -> Note {
    let one = |group: &Vec<usize>| {
        let others: Vec<String> =
            group[1..].iter().take(3).map(|&level| format!("\"{}\" ({})", levels.names[level], count(levels.counts[level]))).collect();
        let more = if group.len() > 4 { ", …" } else { "" };
        let first = group[0];
        let told = format!("{}{more} as \"{}\" ({})", others.join(", "), levels.names[first], count(levels.counts[first]));
        // The rarest spelling decides: each is told with its own count.
        (told, group.iter().map(|&level| levels.counts[level]).min().unwrap_or_default())
    };
    let shown: Vec<(String, usize)> = groups.iter().take(3).map(one).collect();
    Note::quoting(&shown, |told| {
        let n_more = groups.len() - told.len();
        let list = match (told.is_empty(), n_more) {
            (true, _) => String::new(),
            (false, 0) => format!(": {}", told.join("; ")),
            (false, n) => format!(": {}; and {} more", told.join("; "), count(n)),
        };
        format!("Spellings of {name} that differ by case, blanks or full stops are one level{list}.")
    })
}

/// What two spellings of one level share.
fn folded(name: &str) -> String {
    let is_text = !name.bytes().any(|byte| byte.is_ascii_digit());
    let letters: String = name.chars().filter(|&c| !(is_text && c == '.')).flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_level() {
        for (one, other, same) in [
            ("DE", "de", true),
            ("U.S.", "us", true),
            ("New  York", "new york", true),
            ("ÖSTERREICH", "Österreich", true),
            ("v1.0", "v10", false),
            ("A-1", "A1", false),
            ("red", "reds", false),
        ] {
            assert_eq!(folded(one) == folded(other), same, "{one} {other}");
        }
    }
}
