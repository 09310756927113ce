//! Which values of a column are other spellings of a commoner one? Case, blanks, slips of a letter, names of a country.
//!
//! In: distinct values with their counts. Out: the rarer spellings. O(distinct values); slips are looked for among at most a few hundred.

use std::collections::BTreeMap;

/// Distinct values and how many rows have each, the commonest first, ties by value.
pub(super) type Counts = Vec<(String, usize)>;

/// Values that a commoner one spells otherwise; `fold` makes spellings of the same equal.
pub(super) fn rarer_spellings(counts: &Counts, fold: impl Fn(&str) -> String) -> Vec<String> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut rarer = Vec::new();
    for (value, _) in counts {
        // The commonest comes first, so whoever finds its place taken is the rarer spelling.
        let known = first.entry(fold(value)).or_insert(value);
        if *known != value {
            rarer.push(value.clone());
        }
    }
    rarer
}

/// Lower case, without blanks and underscores, and without hyphens between letters ("e-mail" is "email", "-1" stays).
pub(super) fn folded(value: &str) -> String {
    let has_digits = value.chars().any(|c| c.is_ascii_digit());
    value.chars().filter(|c| !c.is_whitespace() && *c != '_' && (has_digits || *c != '-')).flat_map(char::to_lowercase).collect()
}

/// The folded name of a country, the same for its usual names and codes.
pub(super) fn country(value: &str) -> String {
    const NAMES: [&[&str]; 14] = [
        &["us", "usa", "u.s.", "u.s.a.", "unitedstates", "unitedstatesofamerica", "america"],
        &["uk", "gb", "gbr", "u.k.", "unitedkingdom", "greatbritain"],
        &["de", "deu", "ger", "germany", "deutschland"],
        &["fr", "fra", "france", "frankreich"],
        &["es", "esp", "spain", "españa", "spanien"],
        &["it", "ita", "italy", "italia", "italien"],
        &["nl", "nld", "netherlands", "thenetherlands", "holland", "niederlande"],
        &["at", "aut", "austria", "österreich"],
        &["ch", "che", "switzerland", "schweiz", "suisse"],
        &["be", "bel", "belgium", "belgien", "belgique"],
        &["pl", "pol", "poland", "polska", "polen"],
        &["pt", "prt", "portugal"],
        &["ie", "irl", "ireland", "eire"],
        &["br", "bra", "brazil", "brasil"],
    ];
    let folded = folded(value);
    NAMES.iter().find(|names| names.contains(&folded.as_str())).map_or(folded.clone(), |names| names[0].to_owned())
}

/// Whether a name of the list above, which says that a column holds countries.
pub(super) fn is_country(value: &str) -> bool {
    country(value) != folded(value)
}

/// Rare values that are a slip of a letter away from a common one: at most one row in fifty of it, and the same digits.
pub(super) fn slips(counts: &Counts) -> Vec<String> {
    let is_slip = |(value, n): &&(String, usize)| {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let length = value.chars().count();
        let at_most = if length >= 8 { 2 } else { 1 };
        length >= 4
            && counts
                .iter()
                .take_while(|(_, common)| *common >= 20.max(n * 50))
                .any(|(common, _)| folded(common) != folded(value) && digits(common) == digits(value) && distance(common, value) <= at_most)
    };
    counts.iter().filter(is_slip).map(|(value, _)| value.clone()).collect()
}

/// Insertions, deletions, substitutions and swaps of neighbours between the two (optimal string alignment, Damerau 1964).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [("", "", 0), ("gold", "glod", 1), ("silver", "silver", 0), ("silver", "silvr", 1), ("web", "app", 3)] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_rare_near_values_are_slips() {
        let counts = |values: &[(&str, usize)]| values.iter().map(|(value, n)| ((*value).to_owned(), *n)).collect::<Counts>();
        assert_eq!(slips(&counts(&[("silver", 200), ("gold", 150), ("silvr", 1)])), ["silvr"]);
        assert!(slips(&counts(&[("item 1", 200), ("item 2", 1), ("male", 90), ("mall", 60)])).is_empty());
    }

    #[test]
    fn the_commoner_spelling_stays() {
        let counts =
            vec![("Berlin".to_owned(), 9), ("berlin".to_owned(), 2), ("BER LIN".to_owned(), 1), ("-1".to_owned(), 1), ("1".to_owned(), 1)];
        assert_eq!(rarer_spellings(&counts, folded), ["berlin", "BER LIN"]);
        assert_eq!(country("United Kingdom"), country("UK"));
    }
}
