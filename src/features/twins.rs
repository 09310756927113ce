//! Which columns, and which levels of categories, say the same as others? What says the same twice would count twice.
//!
//! In: values of columns, row by row. Out: for each column of numbers the first one that it follows, up to scale and sign; for each level the very customers
//! it holds for, as a fingerprint. Two numbers say the same where Pearson's correlation, of them or of one and the logarithm or the square of the other, and Spearman's are
//! both beyond [`SAME`]: one alone is fooled by a few giants, or by the same order at another pace. An even sample of 2 048 rows finds the candidates, all rows decide. Two levels say
//! the same where they hold for exactly the same customers. O(p^2) on the sample, O(n p) for the rest.

use crate::base::{Ctx, Stopped};

/// Beyond this correlation, up or down, two columns say the same.
pub(crate) const SAME: f64 = 0.99;
/// What a sample must show before all rows are looked at.
const LIKELY: f64 = 0.98;
/// Rows of the sample.
const SAMPLE: usize = 2_048;
/// Fewer rows prove nothing.
const FEWEST_ROWS: usize = 30;
/// Of more columns nobody looks at all pairs.
const MOST_COLUMNS: usize = 600;

/// How two columns are laid side by side: as they are, or either beside the logarithm or the square of the other, since files often hold both.
type Pace = fn((f64, f64)) -> (f64, f64);
const PACES: [Pace; 5] = [|pair| pair, |(a, b)| (log(a), b), |(a, b)| (a, log(b)), |(a, b)| (square(a), b), |(a, b)| (a, square(b))];

/// ln(1 + x), which zero has too; a column that goes below zero has no logarithm.
fn log(value: f64) -> f64 {
    if value < 0.0 { f64::NAN } else { value.ln_1p() }
}

/// The square; a column that goes below zero is not in the order of its squares.
fn square(value: f64) -> f64 {
    if value < 0.0 { f64::NAN } else { value * value }
}

/// A column's values by row of the table; none where missing.
pub(crate) type Values<'a> = Box<dyn Fn(usize) -> Option<f64> + Sync + 'a>;

/// For each column the first that says the same, itself where it is the first.
pub(crate) fn same_numbers(columns: &[Values], rows: &[usize], ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
    let mut first: Vec<usize> = (0..columns.len()).collect();
    if rows.len() < FEWEST_ROWS || columns.len() > MOST_COLUMNS {
        return Ok(first);
    }
    let step = rows.len().div_ceil(SAMPLE);
    let sample = |value: &Values| -> Vec<f64> { rows.iter().step_by(step).map(|&row| value(row).unwrap_or(f64::NAN)).collect() };
    let samples: Vec<Vec<f64>> = columns.iter().map(sample).collect();
    for column in 1..columns.len() {
        ctx.check()?;
        for other in (0..column).filter(|&other| first[other] == other).collect::<Vec<_>>() {
            let pairs = samples[column].iter().copied().zip(samples[other].iter().copied());
            let is_close = |pace: &Pace| correlation(pairs.clone().map(pace)).is_some_and(|r| r.abs() > LIKELY);
            let Some(pace) = PACES.iter().find(|pace| is_close(pace)) else { continue };
            if ranked(pairs).is_none_or(|r| r.abs() <= SAME) {
                continue;
            }
            ctx.check()?;
            let value = |of: usize, row: usize| columns[of](row).unwrap_or(f64::NAN);
            let all = rows.iter().map(|&row| pace((value(column, row), value(other, row))));
            if correlation(all).is_some_and(|r| r.abs() > SAME) {
                first[column] = other;
                break;
            }
        }
    }
    Ok(first)
}

/// Pearson's correlation of two columns over `rows`; none where too few have both. O(n).
pub(crate) fn together(a: &Values, b: &Values, rows: &[usize]) -> Option<f64> {
    correlation(rows.iter().map(|&row| (a(row).unwrap_or(f64::NAN), b(row).unwrap_or(f64::NAN))))
}

/// Pearson's correlation over the pairs of which both are there; none where one varies not, or more than a twentieth has only one of the two.
fn correlation(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> Option<f64> {
    let both = pairs.clone().filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let n = both.clone().count();
    let n_any = pairs.filter(|(a, b)| !a.is_nan() || !b.is_nan()).count();
    if n < FEWEST_ROWS || (n_any - n) * 20 > n_any {
        return None;
    }
    let (sum_a, sum_b) = both.clone().fold((0.0, 0.0), |(x, y), (a, b)| (x + a, y + b));
    let (mean_a, mean_b) = (sum_a / n as f64, sum_b / n as f64);
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in both {
        let (a, b) = (a - mean_a, b - mean_b);
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    let r = ab / (aa * bb).sqrt();
    r.is_finite().then_some(r)
}

/// Spearman's correlation of the pairs of which both are there.
fn ranked(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.filter(|(a, b)| !a.is_nan() && !b.is_nan()).unzip();
    let (a, b) = (ranks(&a), ranks(&b));
    correlation(a.iter().copied().zip(b.iter().copied()))
}

/// Ranks from 1; equal values share the middle of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let run = order[from..].iter().take_while(|&&at| values[at] == values[order[from]]).count().max(1);
        let middle = from as f64 + (run as f64 + 1.0) / 2.0;
        order[from..from + run].iter().for_each(|&at| ranks[at] = middle);
        from += run;
    }
    ranks
}

/// Whom a level holds for: how many, and a fingerprint of who. The order of the rows does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Holders {
    /// Customers.
    pub n: usize,
    print: u64,
}

/// Whom each of a column's levels holds for. O(n).
pub(crate) fn holders(level: impl Fn(usize) -> Option<usize>, n_levels: usize, rows: &[usize], ctx: &Ctx) -> Result<Vec<Holders>, Stopped> {
    let mut of_level = vec![Holders::default(); n_levels];
    for (at, &row) in rows.iter().enumerate() {
        if at % (64 << 10) == 0 {
            ctx.check()?;
        }
        if let Some(holders) = level(row).and_then(|level| of_level.get_mut(level)) {
            holders.n += 1;
            holders.print = holders.print.wrapping_add(scattered(row as u64));
        }
    }
    Ok(of_level)
}

/// A number spread over all 64 bits (S. Vigna's SplitMix64), so that sums of different rows differ.
fn scattered(row: u64) -> u64 {
    let mut z = row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(columns: &[&dyn Fn(usize) -> f64], expected: &[usize]) {
        let rows: Vec<usize> = (0..5_000).collect();
        let value = |column: usize| -> Values {
            let all: Vec<f64> = rows.iter().map(|&row| columns[column](row)).collect();
            Box::new(move |row| Some(all[row]).filter(|value| !value.is_nan()))
        };
        let columns: Vec<Values> = (0..columns.len()).map(value).collect();
        assert_eq!(same_numbers(&columns, &rows, &Ctx::new()).unwrap(), expected);
        assert_eq!(
            same_numbers(&columns, &rows[..20], &Ctx::new()).unwrap(),
            (0..columns.len()).collect::<Vec<_>>(),
            "few rows prove nothing"
        );
    }

    #[test]
    fn numbers_that_say_the_same() {
        let a = |row: usize| (scattered(row as u64) % 1_000) as f64;
        let b = |row: usize| (scattered(row as u64 + 9_999) % 1_000) as f64;
        check(&[&a, &b, &|row| 1_000.0 - a(row), &|row| 3.0 * b(row) - 7.0], &[0, 1, 0, 1]);
        // Nearly the same is not the same: a third of a standard deviation of noise.
        check(&[&a, &|row| a(row) + b(row) / 3.0], &[0, 1]);
        // One giant in both makes Pearson's correlation, and only that.
        let giant = |row: usize| if row == 7 { 1e9 } else { 0.0 };
        check(&[&|row| a(row) + giant(row), &|row| b(row) + giant(row)], &[0, 1]);
        // The same order at another pace, and a column that is empty for others.
        check(&[&a, &|row| a(row).powi(4), &|row| if row % 9 == 0 { f64::NAN } else { a(row) }], &[0, 1, 2]);
        // Files often hold a column and its square, in either order.
        check(&[&|row| a(row).powi(2), &a, &b, &|row| b(row).powi(2)], &[0, 0, 2, 2]);
        // Files often hold a column and its logarithm, in either order; a logarithm of debts there is none.
        check(&[&|row| (a(row) / 100.0).exp(), &b, &a], &[0, 1, 0]);
        check(&[&|row| (a(row) + 1.0).log10(), &|row| b(row), &a], &[0, 1, 0]);
        check(&[&|row| a(row) - 500.0, &|row| (a(row) + 1.0).ln()], &[0, 1]);
    }

    #[test]
    fn levels_that_hold_for_the_same() {
        let rows: Vec<usize> = (0..900).collect();
        let of = |level: &dyn Fn(usize) -> Option<usize>| holders(level, 3, &rows, &Ctx::new()).unwrap();
        let (a, b) = (of(&|row| Some(row % 3)), of(&|row| Some([2, 0, 0][row % 3])));
        assert_eq!((a[0], a[0].n), (b[2], 300));
        assert_ne!(a[1], b[0]);
        let shifted = of(&|row| Some((row + usize::from(row == 5)) % 3));
        assert!(shifted[2] != a[2] && shifted[1] == a[1], "one customer more or less is not the same");
    }
}
