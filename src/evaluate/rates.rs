//! How often is something so in each group, and do the groups differ in it?
//!
//! In: hits and customers per group. Out: shares with their 95 % interval (E. B. Wilson 1927, "Probable inference, the law of succession, and statistical
//! inference", without correction for continuity), the lowest and the highest, and whether their intervals are apart. O(groups).

use super::compare::Comparison;
use crate::base::stats::Z_95;

/// How often something is so in one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Those for whom it is so.
    pub hits: usize,
    /// Those of whom it is known.
    pub n: usize,
}

/// The lowest and the highest rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateRange {
    /// Place of the lowest.
    pub lowest: usize,
    /// Place of the highest.
    pub highest: usize,
    /// Whether the two intervals are apart, so that chance alone would hardly do it.
    pub differ: bool,
}

impl Rate {
    /// The share, 0 to 1; 0 of nobody.
    pub fn share(&self) -> f64 {
        self.hits as f64 / self.n.max(1) as f64
    }

    /// The 95 % interval of the share.
    pub fn interval(&self) -> [f64; 2] {
        if self.n == 0 {
            return [0.0, 1.0];
        }
        let (n, p, z2) = (self.n as f64, self.share(), Z_95 * Z_95);
        let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z_95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        [(middle - half).max(0.0), (middle + half).min(1.0)]
    }
}

/// The range of rates of groups with at least `fewest` customers; none where fewer than two have as many.
pub fn rate_range(rates: &[Rate], fewest: usize) -> Option<RateRange> {
    let mut told: Vec<usize> = (0..rates.len()).filter(|&at| rates[at].n >= fewest.max(1)).collect();
    told.sort_by(|&a, &b| rates[a].share().total_cmp(&rates[b].share()).then(a.cmp(&b)));
    let (&lowest, &highest) = (told.first()?, told.last()?);
    let differ = rates[lowest].interval()[1] < rates[highest].interval()[0];
    (told.len() > 1).then_some(RateRange { lowest, highest, differ })
}

impl Comparison {
    /// How often left group `i` is met in each right group, among those of whom the left side knows.
    pub fn rates(&self, i: usize) -> Vec<Rate> {
        let is_known = |row: &usize| self.left[*row].cluster.is_some();
        let known = |j: usize| (0..self.left.len()).filter(is_known).map(|row| self.counts[row][j]).sum();
        (0..self.right.len()).map(|j| Rate { hits: self.counts[i][j], n: known(j) }).collect()
    }
}

/// Which of two levels is told of a column: the one that says yes, the one beside a no, or else the rarer one. `levels` with their shares among
/// everyone; of a lone one nothing but a yes is told, and of more than two none is.
pub fn telling_level(levels: &[(&str, f64)]) -> Option<usize> {
    let says: Vec<Meaning> = levels.iter().map(|(level, _)| Meaning::of(level)).collect();
    match (&says[..], levels) {
        ([Meaning::No], _) => None,
        ([_], _) | ([Meaning::Yes, _] | [_, Meaning::No], _) => Some(0),
        ([_, Meaning::Yes] | [Meaning::No, _], _) => Some(1),
        // Of equal shares the first by its name, whatever the order.
        (_, [a, b]) => Some(usize::from(b.1.total_cmp(&a.1).then_with(|| b.0.cmp(a.0)).is_lt())),
        _ => None,
    }
}

/// Whether a level only says that its column is so: "yes", "true", "1".
pub fn says_yes(level: &str) -> bool {
    Meaning::of(level) == Meaning::Yes
}

/// What a level of two says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Yes,
    No,
    Other,
}

impl Meaning {
    fn of(level: &str) -> Meaning {
        const YES: [&str; 10] = ["yes", "y", "true", "t", "1", "ja", "oui", "si", "sí", "sim"];
        const NO: [&str; 10] = ["no", "n", "false", "f", "0", "nein", "non", "não", "nao", "none"];
        let level = level.trim().to_lowercase();
        if YES.contains(&level.as_str()) {
            Meaning::Yes
        } else if NO.contains(&level.as_str()) || level.starts_with("not ") || level.starts_with("no ") || level.starts_with("non-") {
            Meaning::No
        } else {
            Meaning::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_as_published() {
        // R. G. Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for ((hits, n), [low, high]) in
            [((81, 263), [0.2553, 0.3662]), ((15, 148), [0.0624, 0.1605]), ((0, 20), [0.0, 0.1611]), ((1, 29), [0.0061, 0.1718])]
        {
            let found = Rate { hits, n }.interval();
            assert!((found[0] - low).abs() < 5e-5 && (found[1] - high).abs() < 5e-5, "{hits} of {n}: {found:?}");
        }
    }

    #[test]
    fn the_range_is_told_of_groups_that_are_large_enough() {
        let rate = |hits, n| Rate { hits, n };
        let rates = [rate(20, 100), rate(50, 100), rate(9, 9), rate(19, 100)];
        assert_eq!(rate_range(&rates, 10), Some(RateRange { lowest: 3, highest: 1, differ: true }));
        assert_eq!(rate_range(&rates[..1], 10), None);
        assert!(!rate_range(&[rates[0], rates[3]], 10).unwrap().differ, "19 and 20 of 100 are no difference");
    }
}
