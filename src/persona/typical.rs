//! Who is typical of a segment? Of those who share the traits of its name the nearest to its centre, without anything that says who they are.
//!
//! In: the prepared space, the members, and the columns to show. Out: three customers as column and value. Nearness is Euclidean distance to the
//! mean of the members in the space the clustering saw; ties go to the earlier row. Only for segments of 31 and more. Identifiers and free text
//! are not among the columns, sensitive ones are left out by whoever calls. Numbers have two significant digits, those beyond what 98 % of everyone have
//! are told as a bound, dates are months, years decades, and levels of fewer than ten customers are "rare". O(members x dimensions + n).

use crate::base::{Ctx, Matrix, Stopped};

use super::columns::{Described, LevelReading, Reading, ScaleReading};
use super::explain::Example;
use super::measure::MIN_CELL;
use super::text::{NumberFormat, significant};

/// Customers shown of each segment.
const N_EXAMPLES: usize = 3;

/// Those `among` the members (rows of the matrix) who are nearest the mean of all members, nearest first.
pub fn nearest_to_centre(x: &Matrix, members: &[usize], among: &[usize], ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
    let mut centre = vec![0.0; x.n_cols()];
    for (at, &row) in members.iter().enumerate() {
        if at % 20_000 == 0 {
            ctx.check()?;
        }
        centre.iter_mut().zip(x.row(row)).for_each(|(sum, value)| *sum += value);
    }
    centre.iter_mut().for_each(|sum| *sum /= members.len().max(1) as f64);
    let mut nearest: Vec<(f64, usize)> = Vec::with_capacity(N_EXAMPLES + 1);
    for (at, &row) in among.iter().enumerate() {
        if at % 20_000 == 0 {
            ctx.check()?;
        }
        let distance: f64 = x.row(row).iter().zip(&centre).map(|(value, centre)| (value - centre) * (value - centre)).sum();
        let place = nearest.partition_point(|(other, _)| *other <= distance);
        if place < N_EXAMPLES {
            nearest.insert(place, (distance, row));
            nearest.truncate(N_EXAMPLES);
        }
    }
    Ok(nearest.into_iter().map(|(_, row)| row).collect())
}

/// What may be told of a column's values: the bounds of numbers, the counts of levels.
pub enum Discretion {
    /// The first and last percentile of everyone who takes part.
    Bounds(f64, f64),
    /// Customers that take part, by level.
    Counts(Vec<usize>),
}

impl Discretion {
    /// Looks at everyone who takes part. O(n).
    pub fn of(column: &Described, table_rows: &[usize], ctx: &Ctx) -> Result<Discretion, Stopped> {
        ctx.check()?;
        Ok(match &column.reading {
            Reading::Scale(scale) => {
                let mut values: Vec<f64> = table_rows.iter().filter_map(|&row| scale.value(row)).collect();
                ctx.check()?;
                if values.is_empty() {
                    return Ok(Discretion::Bounds(0.0, 0.0));
                }
                let last = values.len() - 1;
                let mut at = |share: f64| *values.select_nth_unstable_by((last as f64 * share).round() as usize, f64::total_cmp).1;
                Discretion::Bounds(at(0.01), at(0.99))
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
        (Reading::Scale(scale), Discretion::Bounds(low, high)) => coarse(scale, *low, *high, row),
        (Reading::Levels(levels), Discretion::Counts(counts)) => level(levels, counts, row),
        _ => None,
    };
    let told = |column: &usize| (columns[*column].shown.clone(), value(column).unwrap_or_else(|| "not known".to_owned()));
    Example { values: shown.iter().map(told).collect() }
}

fn level(levels: &LevelReading, counts: &[usize], row: usize) -> Option<String> {
    let level = levels.level(row)?;
    Some(if counts[level] < MIN_CELL { "rare".to_owned() } else { levels.labels[level].clone() })
}

fn coarse(scale: &ScaleReading, low: f64, high: f64, row: usize) -> Option<String> {
    let value = scale.value(row)?;
    let write = |value: f64| match scale.format {
        NumberFormat::Year => format!("{:.0}s", (value / 10.0).floor() * 10.0),
        NumberFormat::Number { .. } | NumberFormat::Share => scale.format.write(significant(value, 2).0),
        NumberFormat::Date => scale.format.write(value),
    };
    // Bounds are rounded away from the value, so that what is said stays true.
    let outwards = |value: f64, up: bool| {
        let (rounded, unit) = significant(value, 2);
        let is_off = if up { rounded < value } else { rounded > value };
        if !is_off || matches!(scale.format, NumberFormat::Year | NumberFormat::Date) {
            value
        } else if up {
            rounded + unit
        } else {
            rounded - unit
        }
    };
    Some(if value < low {
        format!("below {}", write(outwards(low, true)))
    } else if value > high {
        format!("above {}", write(outwards(high, false)))
    } else {
        write(value)
    })
}
