//! Whom does a trait hold for? From a row of evidence back to the customers behind it.
//!
//! In: the column, the level or the direction, and the table. Out: rows of the matrix. A value is "high" from everyone's percentile 67 on and
//! "low" up to 33, as in the coverage on the card; a level holds for whom it is theirs, and a level that is rare here for whom it is not.
//! O(n log n) for one column.

use serde::Serialize;

use crate::base::{Ctx, Stopped};
use crate::data::{Dictionary, Loaded, Values};
use crate::features::Prepared;

use super::evidence::{Direction, Evidence};
use super::numeric::thirds;

/// Rows between two looks at the stop flag.
const ROWS_A_CHECK: usize = 65_536;

/// A trait as a wish: who has it?
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraitMembers {
    /// The column.
    pub column: String,
    /// The level, for categories.
    pub level: Option<String>,
    /// Whether much of it is meant, or little.
    pub direction: Direction,
}

impl TraitMembers {
    /// The trait that a row of evidence is about.
    pub fn of(evidence: &Evidence) -> TraitMembers {
        let direction = if evidence.effect < 0.0 { Direction::Less } else { Direction::More };
        TraitMembers { column: evidence.column.clone(), level: evidence.level.clone(), direction }
    }

    /// The trait in words: "high total spend", "Channel = web", "Channel other than web".
    pub fn words(&self, dictionary: &Dictionary) -> String {
        let (name, human) = (dictionary.name(&self.column), dictionary.in_sentence(&self.column));
        let level = self.level.as_deref().map(|level| match level {
            // Columns of 0 and 1 are labelled by what stands in them.
            "yes" => dictionary.code(&self.column, 1.0).unwrap_or(level),
            "no" => dictionary.code(&self.column, 0.0).unwrap_or(level),
            level => dictionary.level(&self.column, level),
        });
        match (level, self.direction) {
            (Some(level), Direction::More) => format!("{name} = {level}"),
            (Some(level), Direction::Less) => format!("{name} other than {level}"),
            (None, Direction::More) => format!("high {human}"),
            (None, Direction::Less) => format!("low {human}"),
        }
    }

    /// Rows of the matrix that have the trait, ascending, among those that `is_wanted`. Nobody where the table has no such column.
    pub fn rows(&self, loaded: &Loaded, prepared: &Prepared, is_wanted: impl Fn(usize) -> bool, ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
        let Some(column) = loaded.table.column(&self.column) else { return Ok(Vec::new()) };
        let table_rows = &prepared.table_rows;
        match &self.level {
            Some(level) => {
                let is_more = self.direction == Direction::More;
                let its = |row: usize| match &column.values {
                    Values::Text(texts) => texts.get(row).map(|text| text == level),
                    // Numbers that are only 0 and 1 are read as no and yes, others that are levels as themselves.
                    Values::Number(_) | Values::Date(_) => column.number(row).map(|value| match level.as_str() {
                        "yes" | "no" => (value == 1.0) == (level == "yes"),
                        code => value.to_string() == code,
                    }),
                };
                those(table_rows, |at, row| is_wanted(at) && its(row) == Some(is_more), ctx)
            }
            None => {
                let mut values: Vec<f64> = table_rows.iter().filter_map(|&row| column.number(row)).collect();
                ctx.check()?;
                values.sort_unstable_by(f64::total_cmp);
                ctx.check()?;
                let (low, high) = thirds(&values);
                let has = |value: f64| if self.direction == Direction::More { value >= high } else { value <= low };
                those(table_rows, |at, row| is_wanted(at) && column.number(row).is_some_and(has), ctx)
            }
        }
    }
}

fn those(table_rows: &[usize], is_in: impl Fn(usize, usize) -> bool, ctx: &Ctx) -> Result<Vec<usize>, Stopped> {
    let mut rows = Vec::new();
    for (at, &row) in table_rows.iter().enumerate() {
        if at.is_multiple_of(ROWS_A_CHECK) {
            ctx.check()?;
        }
        if is_in(at, row) {
            rows.push(at);
        }
    }
    Ok(rows)
}
