//! Who is typical of a segment? Of those who share the traits of its name the nearest to its middle, without anything that says who they are.
//!
//! In: the columns, the members, and which columns to show. Out: three customers as column and value. Nearness counts the members between a value and the
//! median, in the columns that are shown: by the distances of the clustering, which may see components alone, a row with a wage of 130 stood for a segment
//! whose median is 100. Only for segments of 31 and more. Identifiers and free text
//! are not among the columns, sensitive ones are left out by whoever calls. Every value is one that at least ten customers share as it is told: numbers have
//! two significant digits or one, dates are months or years, years decades; what ten do not share even then is told as a bound that ten are beyond, or
//! not at all, and levels of fewer are "rare". O(n log n) per column.

use crate::base::stats::sorted;
use crate::base::{Ctx, Stopped};

use super::columns::{Described, LevelReading, Reading};
use super::explain::Example;
use super::measure::MIN_CELL;
use super::text::{NumberFormat, significant};

/// Customers shown of each segment.
pub(super) const N_EXAMPLES: usize = 3;
/// Nearest rows they are taken from: as they are shown some are alike, and three times the same row shows no more than once.
const N_CANDIDATES: usize = 6;
const NOT_KNOWN: &str = "not known";

/// Those `among` the members (rows of the matrix) who are nearest the middle of all members in the columns `shown`, nearest first. Of numbers the
/// distance is how many of the members lie between the value and their median, of levels how many have another one, so that a row never stands for a
/// segment by what nobody sees. O(members log members) per column.
pub fn nearest_to_middle(
    columns: &[Described],
    shown: &[usize],
    table_rows: &[usize],
    members: &[usize],
    among: &[usize],
    ctx: &Ctx,
) -> Result<Vec<usize>, Stopped> {
    let mut distances = vec![0.0; among.len()];
    for &column in shown {
        ctx.check()?;
        match &columns[column].reading {
            Reading::Scale(scale) => {
                let values = sorted(members.iter().filter_map(|&at| scale.value(table_rows[at])));
                let n = values.len().max(1) as f64;
                // Where most have no value, to have one is what is rare.
                let missing = 1.0 - values.len() as f64 / members.len().max(1) as f64;
                for (distance, &at) in distances.iter_mut().zip(among) {
                    *distance += scale.value(table_rows[at]).map_or(1.0 - missing, |value| {
                        let below = values.partition_point(|other| *other < value) as f64;
                        let up_to = values.partition_point(|other| *other <= value) as f64;
                        // Nothing lies between the median and a value that is the median of many.
                        missing + (1.0 - missing) * (below - n / 2.0).max(n / 2.0 - up_to).max(0.0) * 2.0 / n
                    });
                }
            }
            Reading::Levels(levels) => {
                let mut counts = vec![0usize; levels.names.len()];
                members.iter().filter_map(|&at| levels.level(table_rows[at])).for_each(|level| counts[level] += 1);
                let n = members.len().max(1) as f64;
                let known = counts.iter().sum::<usize>() as f64;
                for (distance, &at) in distances.iter_mut().zip(among) {
                    *distance += levels.level(table_rows[at]).map_or(known / n, |level| 1.0 - counts[level] as f64 / n);
                }
            }
        }
    }
    let mut nearest: Vec<(f64, usize)> = distances.into_iter().zip(among.iter().copied()).collect();
    // Ties go to the earlier row.
    nearest.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    Ok(nearest.into_iter().take(N_CANDIDATES).map(|(_, row)| row).collect())
}

/// What everyone who takes part has in a column: by it a value is told or not.
pub enum Discretion {
    /// All values, ascending.
    Values(Vec<f64>),
    /// Customers that take part, by level.
    Counts(Vec<usize>),
}

impl Discretion {
    /// Looks at everyone who takes part. O(n log n).
    pub fn of(column: &Described, table_rows: &[usize], ctx: &Ctx) -> Result<Discretion, Stopped> {
        ctx.check()?;
        Ok(match &column.reading {
            Reading::Scale(scale) => {
                let values = sorted(table_rows.iter().filter_map(|&row| scale.value(row)));
                ctx.check()?;
                Discretion::Values(values)
            }
            Reading::Levels(levels) => {
                let mut counts = vec![0; levels.names.len()];
                table_rows.iter().filter_map(|&row| levels.level(row)).for_each(|level| counts[level] += 1);
                Discretion::Counts(counts)
            }
        })
    }
}

/// A customer as the columns chosen for its segment tell it.
pub fn example(columns: &[Described], shown: &[usize], discretions: &[Discretion], row: usize) -> Example {
    let value = |&column: &usize| match (&columns[column].reading, &discretions[column]) {
        (Reading::Scale(scale), Discretion::Values(values)) => match scale.value(row) {
            Some(value) => coarse(&scale.format, values, value),
            None => Some(NOT_KNOWN.to_owned()),
        },
        (Reading::Levels(levels), Discretion::Counts(counts)) => level(levels, counts, row).or_else(|| Some(NOT_KNOWN.to_owned())),
        _ => None,
    };
    let told = |column: &usize| Some((columns[*column].shown.clone(), value(column)?));
    Example { values: shown.iter().filter_map(told).collect() }
}

fn level(levels: &LevelReading, counts: &[usize], row: usize) -> Option<String> {
    let level = levels.level(row)?;
    Some(if counts[level] < MIN_CELL { "rare".to_owned() } else { levels.labels[level].clone() })
}

/// The value as at least ten of `values` share it; none where there is no such way to tell it.
fn coarse(format: &NumberFormat, values: &[f64], value: f64) -> Option<String> {
    let n_between = |from: f64, before: f64| values.partition_point(|v| *v < before) - values.partition_point(|v| *v < from);
    match format {
        NumberFormat::Date => {
            // "2024-02": months and years stand in the order of their letters.
            let text = format.write(value);
            let start = |day: f64, letters: usize| format.write(day).chars().take(letters).collect::<String>();
            let told = [7, 4].into_iter().find(|&letters| {
                let own = start(value, letters);
                let n_before = values.partition_point(|day| start(*day, letters) < own);
                values.partition_point(|day| start(*day, letters) <= own) - n_before >= MIN_CELL
            });
            return told.map(|letters| text.chars().take(letters).collect()).or_else(|| bound(format, values, value));
        }
        NumberFormat::Year => {
            let decade = (value / 10.0).floor() * 10.0;
            return (n_between(decade, decade + 10.0) >= MIN_CELL)
                .then(|| format!("{decade:.0}s"))
                .or_else(|| bound(format, values, value));
        }
        NumberFormat::Number { .. } | NumberFormat::Share => {}
    }
    for digits in [2, 1] {
        let (rounded, unit) = significant(value, digits);
        if n_between(rounded - unit / 2.0, rounded + unit / 2.0) >= MIN_CELL {
            return Some(format.write(rounded));
        }
    }
    bound(format, values, value)
}

/// "above € 12 000": ten are beyond it, and the value is among them.
fn bound(format: &NumberFormat, values: &[f64], value: f64) -> Option<String> {
    let [low, high] = [values.get(MIN_CELL - 1)?, values.get(values.len().checked_sub(MIN_CELL)?)?].map(|bound| match format {
        NumberFormat::Year | NumberFormat::Date => (*bound, 1.0),
        NumberFormat::Number { .. } | NumberFormat::Share => significant(*bound, 2),
    });
    // Rounded away from the value, so that what is said is true.
    let is_high = high.0 - high.1 < value && value >= values[values.len() - MIN_CELL];
    let is_low = low.0 + low.1 > value && value <= values[MIN_CELL - 1];
    match (is_high, is_low) {
        (true, _) => Some(format!("above {}", format.write(high.0 - high.1))),
        (_, true) => Some(format!("below {}", format.write(low.0 + low.1))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_as_ten_share_it() {
        let number = NumberFormat::Number { before: None, after: None, whole: false };
        let told = |values: &[f64], value: f64| coarse(&number, values, value);
        let many: Vec<f64> = (0..100).map(|at| 100.0 + f64::from(at) / 10.0).collect();
        assert_eq!(told(&many, 104.2).as_deref(), Some("100"), "fifty are nearest to 100 with two digits");
        let few: Vec<f64> = (1..=30).map(|at| f64::from(at) * 7.0).collect();
        assert_eq!(told(&few, 77.0), None, "nobody else is near");
        assert_eq!((told(&few, 7.0).as_deref(), told(&few, 210.0).as_deref()), (Some("below 71"), Some("above 140")));
        assert_eq!(told(&[3.0; 9], 3.0), None, "nine are too few for anything");
        assert_eq!(told(&[3.0; 10], 3.0).as_deref(), Some("3"));
        let years: Vec<f64> = (0..12).map(|at| 1960.0 + f64::from(at)).collect();
        assert_eq!(coarse(&NumberFormat::Year, &years, 1965.0).as_deref(), Some("1960s"));
        let days: Vec<f64> = (0..40).map(|at| 30.0 * f64::from(at)).collect();
        assert_eq!(coarse(&NumberFormat::Date, &days, 100.0).as_deref(), Some("1970"));
        assert_eq!(coarse(&NumberFormat::Date, &[100.0; 10], 100.0).as_deref(), Some("1970-04"));
    }
}
