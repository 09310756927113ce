//! Which groups does a column of the data already know?
//!
//! In: the data, a column's name, and the table rows that take part. Out: its levels as labels of these rows with their names; rows without a
//! value are in none. Numbers and dates of many values are cut into fifths. O(n log n) for those, O(n) otherwise.

use crate::base::{Labels, stats, text};
use crate::data::profile::NumericSummary;
use crate::data::table::day_text;
use crate::data::{Column, ColumnProfile, Kind, Loaded};

/// More levels than this say little in a table, and are not offered.
pub const MAX_KNOWN_LEVELS: usize = 24;
/// Numbers with more different values than this are cut into fifths.
const MAX_VALUES: usize = 10;

/// How a column becomes groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// One group per level of the text.
    Levels,
    /// One group per number.
    Values,
    /// Five groups of about equal size, cut at the quintiles; equal values always stay together.
    Fifths,
}

/// A column's groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The group of every row that takes part; none where the value is missing.
    pub labels: Labels,
    /// Name of every group.
    pub names: Vec<String>,
    /// The groups in their natural order: by value, levels by size.
    pub order: Vec<usize>,
}

impl Known {
    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.labels.bytes() + self.names.iter().map(String::len).sum::<usize>()
    }
}

/// How a column can be compared with; `None` when it knows no groups: free text, or one value only.
pub fn known_by(profile: &ColumnProfile) -> Option<KnownBy> {
    let has_few = |most: usize| (2..=most).contains(&profile.n_distinct);
    match profile.kind {
        Kind::Text => (profile.levels.is_some() && has_few(MAX_KNOWN_LEVELS)).then_some(KnownBy::Levels),
        Kind::Number if has_few(MAX_VALUES) => Some(KnownBy::Values),
        Kind::Number | Kind::Date => (profile.n_distinct > 1).then_some(KnownBy::Fifths),
    }
}

/// The groups of `column` among `table_rows`; `None` when it is not there or knows none.
pub fn known(loaded: &Loaded, column: &str, table_rows: &[usize]) -> Option<Known> {
    let profile = loaded.profile.column(column)?;
    let values = loaded.table.column(column)?;
    let known = match known_by(profile)? {
        KnownBy::Levels => {
            let levels = profile.levels.as_ref()?;
            let codes: Vec<Option<usize>> = table_rows.iter().map(|&row| levels.get(row)).collect();
            named(&codes, &levels.names)
        }
        KnownBy::Values => {
            let numbers: Vec<Option<f64>> = table_rows.iter().map(|&row| values.number(row)).collect();
            let mut present = stats::sorted(numbers.iter().flatten().copied());
            present.dedup();
            let place = |number: f64| present.partition_point(|&other| other < number);
            let codes: Vec<Option<usize>> = numbers.iter().map(|number| number.map(place)).collect();
            let names: Vec<String> = present.iter().map(|&number| spelled(profile.kind, number)).collect();
            named(&codes, &names)
        }
        KnownBy::Fifths => fifths(profile, values, table_rows),
    };
    Some(known)
}

/// A value's group is 1 + the number of cut points strictly below it, so that equal values stay together.
fn fifths(profile: &ColumnProfile, values: &Column, table_rows: &[usize]) -> Known {
    let numbers: Vec<Option<f64>> = table_rows.iter().map(|&row| values.number(row)).collect();
    let cuts = quintiles(values, table_rows);
    let codes: Vec<Option<usize>> =
        numbers.iter().map(|number| number.map(|number| cuts.iter().filter(|&&cut| cut < number).count())).collect();
    // A group is named by the values that are in it: cut points are seldom values, and some groups are empty.
    let mut ranges: [Option<[f64; 2]>; 5] = [None; 5];
    for (code, number) in codes.iter().zip(&numbers).filter_map(|(code, number)| Some(((*code)?, (*number)?))) {
        let [low, high] = ranges[code].unwrap_or([number, number]);
        ranges[code] = Some([low.min(number), high.max(number)]);
    }
    let whole = profile.numeric.as_ref().is_some_and(|NumericSummary { whole, .. }| *whole);
    let step = (cuts[3] - cuts[0]).abs() / 3.0;
    let write = |value: f64| if whole { spelled(profile.kind, value) } else { rounded(value, step) };
    let name = |code: usize| {
        ranges[code].map_or_else(String::new, |[low, high]| {
            let (low, high) = (write(low), write(high));
            if low == high { low } else { format!("{low} to {high}") }
        })
    };
    named(&codes, &(0..5).map(name).collect::<Vec<_>>())
}

/// Where fifths of the values present end.
pub(super) fn quintiles(values: &Column, table_rows: &[usize]) -> [f64; 4] {
    let ascending = stats::sorted(table_rows.iter().filter_map(|&row| values.number(row)));
    [0.2, 0.4, 0.6, 0.8].map(|q| stats::quantile_sorted(&ascending, q))
}

/// Canonical labels of `codes` with the names that go with them; codes are in their natural order.
fn named(codes: &[Option<usize>], names: &[String]) -> Known {
    let labels = Labels::from_options(codes);
    let mut code_of_cluster = vec![0; labels.n_clusters()];
    for (cluster, code) in labels.iter().zip(codes) {
        if let (Some(cluster), Some(code)) = (cluster, code) {
            code_of_cluster[cluster] = *code;
        }
    }
    let mut order: Vec<usize> = (0..labels.n_clusters()).collect();
    order.sort_by_key(|&cluster| code_of_cluster[cluster]);
    Known { names: code_of_cluster.iter().map(|&code| names[code].clone()).collect(), labels, order }
}

/// A value as people write it.
fn spelled(kind: Kind, value: f64) -> String {
    if kind == Kind::Date {
        return day_text(value as i32);
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let plain = format!("{}", value.abs());
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    format!("{sign}{}{rest}", text::grouped(whole))
}

/// A number with the digits that tell groups `step` apart.
fn rounded(value: f64, step: f64) -> String {
    let decimals = if step > 0.0 { (1.0 - step.log10().floor()).clamp(0.0, 6.0) as usize } else { 2 };
    let factor = 10f64.powi(decimals as i32);
    spelled(Kind::Number, (value * factor).round() / factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_follow_their_groups_and_keep_their_order() {
        let codes = [Some(2), Some(0), None, Some(2), Some(2), Some(1), Some(1)];
        let known = named(&codes, &strings(&["low", "mid", "high", "never"]));
        assert_eq!(known.names, ["high", "mid", "low"], "by size");
        assert_eq!(known.order, [2, 1, 0], "low, mid, high");
        assert_eq!(known.labels.iter().collect::<Vec<_>>(), [Some(0), Some(2), None, Some(0), Some(0), Some(1), Some(1)]);
    }

    #[test]
    fn numbers_are_written_as_people_do() {
        assert_eq!(
            [12345.0, -0.5, 3.0, 1234.25].map(|value| spelled(Kind::Number, value)),
            ["12\u{202f}345", "−0.5", "3", "1\u{202f}234.25"]
        );
        assert_eq!(spelled(Kind::Date, 0.0), "1970-01-01");
        assert_eq!(
            [(12.3456, 4.0), (1234.5, 800.0), (0.01234, 0.004)].map(|(value, step)| rounded(value, step)),
            ["12.3", "1\u{202f}235", "0.0123"]
        );
    }
}
