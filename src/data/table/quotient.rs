//! Is a column one other column by a third, such as sales by floor space? Then its sum means nothing, and nobody spends it.
//!
//! In: a table and a column of numbers. Out: the two others. Looked for among the columns' first differing rows, so that most pairs are told apart by one
//! row. O(columns squared) for a table without one.

use super::Values;
use super::loaded::Loaded;

/// Rows that must agree, spread over the table, and how exactly: files round.
const ROWS: usize = 200;
const FEWEST: usize = 20;
const CLOSE: f64 = 0.002;
/// In wider tables pairs that agree by chance are no wonder.
const MOST_COLUMNS: usize = 80;

/// The names of the dividend and the divisor of a column; none where it is no quotient of two others.
pub fn quotient<'a>(loaded: &'a Loaded, name: &str) -> Option<[&'a str; 2]> {
    let table = &loaded.table;
    let of = table.position(name)?;
    let number = |at: usize| match &table.columns[at].values {
        Values::Number(values) => Some(values),
        _ => None,
    };
    let own = number(of)?;
    let is_other = |&at: &usize| at != of && loaded.profile.columns.get(at).is_some_and(|seen| seen.n_distinct > 2);
    let others: Vec<(usize, _)> = (0..table.columns.len()).filter(is_other).filter_map(|at| Some((at, number(at)?))).collect();
    if others.len() > MOST_COLUMNS || loaded.profile.columns.get(of)?.n_distinct <= FEWEST {
        return None;
    }
    let step = (table.n_rows / ROWS).max(1);
    let rows: Vec<usize> = (0..table.n_rows).step_by(step).filter(|&row| own[row].is_finite() && own[row] != 0.0).collect();
    if rows.len() < FEWEST {
        return None;
    }
    let is_it = |a: &[f64], b: &[f64]| {
        let mut agreeing = 0;
        for &row in &rows {
            let (a, b) = (a[row], b[row]);
            if a.is_nan() || b.is_nan() {
                continue;
            }
            if (own[row] * b - a).abs() > CLOSE * a.abs() {
                return false;
            }
            agreeing += 1;
        }
        agreeing >= FEWEST
    };
    let found = others.iter().find_map(|(a, dividend)| {
        let divisor = others.iter().find(|(b, divisor)| b != a && is_it(dividend, divisor))?;
        Some([*a, divisor.0])
    })?;
    Some(found.map(|at| table.columns[at].name.as_str()))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::base::Ctx;
    use crate::data::{Source, read};

    #[test]
    fn sales_by_floor_space_are_no_revenue() {
        let shops = |total: &str| {
            let mut text = format!("sales,{total},space,margin\n");
            for row in 0..100u32 {
                let (space, total) = (40 + row * 7 % 61, 20_000 + row * 977 % 30_011);
                writeln!(text, "{:.2},{total},{space},{}", f64::from(total) / f64::from(space), 20 + row * 13 % 37).unwrap();
            }
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("shops.csv");
            std::fs::write(&path, text).unwrap();
            read(&Source::file(path), &Ctx::new()).unwrap()
        };
        let loaded = shops("total_sales");
        assert_eq!(quotient(&loaded, "sales"), Some(["total_sales", "space"]));
        assert_eq!([quotient(&loaded, "total_sales"), quotient(&loaded, "margin")], [None, None]);
        let dictionary = crate::data::Dictionary::default();
        let revenue =
            |loaded| crate::data::revenue_column(loaded, &dictionary, |column| column.guessed_role).map(|(name, _)| name.to_owned());
        let told = |loaded| {
            crate::data::no_revenue(loaded, &dictionary, |column| column.guessed_role)
                .map(|(name, of)| (name.to_owned(), of.map(str::to_owned)))
        };
        assert_eq!((revenue(&loaded).as_deref(), told(&loaded)), (Some("total_sales"), None));
        // Where nothing else is revenue by its name, it is told that this is not.
        let loaded = shops("takings");
        let of = ["takings", "space"].map(str::to_owned);
        assert_eq!((revenue(&loaded), told(&loaded)), (None, Some(("sales".to_owned(), of))));
    }
}
