//! How fresh is a source? Its newest row, or where rows have no day the last change of its files, against its own limit.
//!
//! In: a source and what it holds. Out: a day. One pass over the date column.

use polars::prelude::*;

use crate::customers::error::CustomersError;
use crate::data::Raw;
use crate::data::day::IsoDay;
use crate::data::sourcing::Field;

use super::rows::Input;
use super::understood::UnderstoodSource;

/// How fresh a source is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Freshness {
    /// The day of its newest row, or of the last change of its files.
    pub day: Option<IsoDay>,
    /// Whether the day is that of a row.
    pub of_row: bool,
    /// After how many days without news it counts as stale; `None` is never.
    pub limit_days: Option<f64>,
}

impl Freshness {
    /// Days since then.
    pub fn age_days(&self, today: IsoDay) -> Option<i32> {
        self.day.map(|day| today.0 - day.0)
    }

    /// Whether it is older than its limit.
    pub fn is_stale(&self, today: IsoDay) -> bool {
        self.age_days(today).zip(self.limit_days).is_some_and(|(age, limit)| f64::from(age) > limit)
    }
}

/// Looks for the newest row of a source.
pub fn freshness(raw: &Raw, of: &UnderstoodSource, limit_days: Option<f64>) -> Result<Freshness, CustomersError> {
    if of.fields.contains_key(&Field::Date) {
        let input = Input::new(of, raw)?;
        let days = input.day()?.max().to_physical().cast(DataType::Int32).alias("newest");
        let newest = input.rows.select([days]).collect()?;
        let day: Option<i32> = newest.columns()[0].get(0)?.extract();
        return Ok(Freshness { day: day.map(IsoDay), of_row: true, limit_days });
    }
    let changed = raw.files.iter().filter_map(|file| file.modified).max();
    Ok(Freshness { day: changed.map(|seconds| IsoDay(seconds.div_euclid(86_400) as i32)), of_row: false, limit_days })
}
