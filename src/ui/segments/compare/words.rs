//! What became of the groups, in sentences: splits and merges first, then what is spread, then what stays.
//!
//! In: a comparison and the names of both sides. Out: one sentence per change, without its final stop missing. O(changes).

use crate::evaluate::{Change, Comparison};
use crate::ui::widgets::percent;

/// The sentences, the most telling first.
pub fn sentences(table: &Comparison, left_names: &[String], right_name: &dyn Fn(usize) -> String) -> Vec<String> {
    let left_name = |i: usize| left_names.get(i).cloned().unwrap_or_default();
    let with_shares = |parts: &[(usize, f64)], name: &dyn Fn(usize) -> String| {
        listed(&parts.iter().map(|&(at, share)| format!("{} ({})", name(at), percent(share))).collect::<Vec<_>>())
    };
    let (mut first, mut spread, mut stay) = (Vec::new(), Vec::new(), Vec::new());
    for change in &table.changes {
        match change {
            Change::Splits { from, into } => first.push(format!("{} splits into {}.", left_name(*from), with_shares(into, right_name))),
            Change::Merges { from, into } => {
                let names: Vec<String> = from.iter().map(|&(i, _)| left_name(i)).collect();
                first.push(format!("{} merge into {}.", listed(&names), right_name(*into)));
            }
            Change::Spreads { from, into } => match into.as_slice() {
                [only] => spread.push(format!("All of {} goes to {}.", left_name(*from), right_name(only.0))),
                parts => spread.push(format!("{} spreads over {}.", left_name(*from), with_shares(parts, right_name))),
            },
            Change::Stays { from, .. } => stay.push(left_name(*from)),
        }
    }
    let n_stay = stay.len();
    let stays = match n_stay {
        0 => None,
        1 => Some(format!("{} mostly stays as it is.", stay[0])),
        2..=4 => Some(format!("{} mostly stay as they are.", listed(&stay))),
        _ => Some(format!("{n_stay} groups mostly stay as they are.")),
    };
    first.into_iter().chain(spread).chain(stays).collect()
}

/// "a, b and c".
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Labels;
    use crate::evaluate::compare;

    #[test]
    fn splits_and_merges_are_told_before_the_rest() {
        let rows = |sizes: &[(usize, usize)]| -> Vec<usize> { sizes.iter().flat_map(|&(n, id)| std::iter::repeat_n(id, n)).collect() };
        let left = Labels::from_ids(&rows(&[(100, 0), (30, 1), (20, 2), (10, 3)]));
        let right = Labels::from_ids(&rows(&[(61, 0), (39, 1), (30, 2), (20, 2), (10, 3)]));
        let table = compare(&left, &right, &[0, 1, 2, 3]);
        let names: Vec<String> = (1..=4).map(|nth| format!("Group {nth}")).collect();
        let said = sentences(&table, &names, &|j| format!("C{}", j + 1));
        assert_eq!(
            said,
            [
                "Group 1 splits into C1 (61\u{202f}%) and C3 (39\u{202f}%).",
                "Group 2 and Group 3 merge into C2.",
                "Group 4 mostly stays as it is."
            ]
        );
    }

    #[test]
    fn lists_read_as_spoken() {
        let parts = ["a", "b", "c"].map(String::from);
        assert_eq!([listed(&parts[..0]), listed(&parts[..1]), listed(&parts)], ["", "a", "a, b and c"]);
    }
}
