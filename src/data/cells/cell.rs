//! A cell as it stood in the file: is it missing, a value, a year?

use std::borrow::Cow;

use super::dates::{self, Order};
use super::numbers::{self, Decimal};

/// A cell as it stood in the file.
pub(in crate::data) type Cell<'a> = Cow<'a, str>;

/// Whether a cell says "no value here", in one of the usual spellings.
pub(in crate::data) fn is_missing(cell: &str) -> bool {
    const SPELLINGS: [&str; 12] = ["NA", "N/A", "NaN", "null", "None", "-", "?", "#N/A", "missing", "--", "#NULL!", "(null)"];
    cell.is_empty() || (cell.len() <= 8 && SPELLINGS.iter().any(|spelling| cell.eq_ignore_ascii_case(spelling)))
}

/// The same in a column of words, where "None" is an answer beside "Some".
pub(in crate::data) fn is_missing_word(cell: &str) -> bool {
    is_missing(cell) && cell != "None"
}

/// Whether a cell is a number or a day.
pub(in crate::data) fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    [Decimal::Point, Decimal::Comma].iter().any(|&decimal| numbers::parse(cell, decimal).is_some())
        || dates::parse(cell, Order::DayFirst).is_some()
}

/// Years are good names ("2023"), so a lone year proves nothing.
pub(in crate::data) fn is_year(cell: &str) -> bool {
    cell.trim().parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year))
}
