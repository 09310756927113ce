//! What else is known of a customer? The columns of customers' files, surveys and reference data, joined by their keys.
//!
//! In: sources with one row per key. Out: frames with `customer` and the columns they give, under names that no other column has, and notes on
//! rows that could not be used. Memory: these files, which have one row per customer or less.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::base::Note;
use crate::base::text::count;
use crate::customers::error::CustomersError;
use crate::customers::understand::keys;
use crate::customers::understand::rows::{Input, KeyType};

use super::built::BuiltColumn;

/// The key as the first customers' file spells it.
pub(super) const SPELLED: &str = "spelled key";
/// What reference data are joined by.
const LOOKED_UP: &str = "looked up";

/// Columns that one source gives.
pub(super) struct Given {
    /// `customer` (or, of reference data, [`LOOKED_UP`]) and the columns.
    pub frame: DataFrame,
    /// The columns' names in the table, and where they come from.
    pub columns: Vec<(String, BuiltColumn)>,
    /// Repeated keys and missing ones.
    pub notes: Vec<Note>,
}

/// The rows of a customers' file or a survey, the first of each customer.
pub(super) fn of_customers(input: &Input, keys: KeyType, spelled: bool, taken: &mut BTreeSet<String>) -> Result<Given, CustomersError> {
    let key = input.key()?;
    let mut select = vec![input.customer(keys)?.alias("customer")];
    if spelled {
        select.push(keys::spelled(key, input.dtype(key)?).alias(SPELLED));
    }
    let (more, columns) = others(input, key, taken);
    select.extend(more);
    let (frame, notes) = first_rows(input, key, input.rows.clone().select(select), "customer", "customer")?;
    Ok(Given { frame, columns, notes })
}

/// Reference data, the first row of each key.
pub(super) fn of_reference(input: &Input, taken: &mut BTreeSet<String>) -> Result<Given, CustomersError> {
    let key = input.key()?;
    let mut select = vec![keys::compared(key, input.dtype(key)?, input.of.key_match).alias(LOOKED_UP)];
    let (more, columns) = others(input, key, taken);
    select.extend(more);
    let (frame, notes) = first_rows(input, key, input.rows.clone().select(select), LOOKED_UP, "key")?;
    Ok(Given { frame, columns, notes })
}

/// Joins reference data to rows by the values of one of their columns.
pub(super) fn look_up(rows: LazyFrame, column: &str, dtype: &DataType, reference: &Input, given: &DataFrame) -> LazyFrame {
    let by = keys::compared(column, dtype, reference.of.key_match);
    let rows = rows.with_columns([by.alias(LOOKED_UP)]);
    let joined = rows.join(given.clone().lazy(), [col(LOOKED_UP)], [col(LOOKED_UP)], JoinArgs::new(JoinType::Left));
    joined.drop(cols([LOOKED_UP]))
}

/// Every column but the key, under a name of its own.
fn others(input: &Input, key: &str, taken: &mut BTreeSet<String>) -> (Vec<Expr>, Vec<(String, BuiltColumn)>) {
    let mut expressions = Vec::new();
    let mut columns = Vec::new();
    for (column, dtype) in input.schema.iter().filter(|(column, _)| column.as_str() != key) {
        let mut name = column.to_string();
        if !taken.insert(name.clone()) {
            name = format!("{column} ({})", input.of.name);
            let mut at = 2;
            while !taken.insert(name.clone()) {
                name = format!("{column} ({} {at})", input.of.name);
                at += 1;
            }
        }
        let value = if matches!(dtype, DataType::Datetime(..)) { col(column.clone()).cast(DataType::Date) } else { col(column.clone()) };
        expressions.push(value.alias(name.as_str()));
        columns.push((name, BuiltColumn::From { source: input.of.name.clone(), column: column.to_string() }));
    }
    (expressions, columns)
}

/// The first row of every key, and what became of the others.
fn first_rows(input: &Input, key: &str, rows: LazyFrame, by: &str, whose: &str) -> Result<(DataFrame, Vec<Note>), CustomersError> {
    let all = rows.collect()?;
    let name = &input.of.name;
    let mut notes = Vec::new();
    let n_missing = all.column(by)?.null_count();
    if n_missing > 0 {
        let (rows, have, are) = if n_missing == 1 { ("row", "has", "is") } else { ("rows", "have", "are") };
        notes.push(Note::new(format!("{} {rows} of {name} {have} no {key} and {are} left out.", count(n_missing))));
    }
    let present = all.lazy().filter(col(by).is_not_null()).collect()?;
    let repeated = present.clone().lazy().group_by([col(by)]).agg([len().alias("rows")]).filter(col("rows").gt(lit(1)));
    let repeated = repeated.sort([by], SortMultipleOptions::default()).collect()?;
    if repeated.height() == 0 {
        return Ok((present, notes));
    }
    let example = repeated.columns()[0].cast(&DataType::String)?;
    let example = example.str()?.get(0).unwrap_or_default().to_owned();
    let n = repeated.height();
    let (whose, have) = if n == 1 { (whose.to_owned(), "has") } else { (format!("{whose}s"), "have") };
    notes.push(Note::quoting(&[(format!(" ({key} \"{example}\", for one)"), 1)], |told| {
        format!(
            "{} {whose} of {name} {have} several rows{}; the first row of each is used. Sort or clean the file to choose another.",
            count(n),
            told.concat()
        )
    }));
    let first = present.lazy().unique_stable_generic(Some(vec![col(by)]), UniqueKeepStrategy::First).collect()?;
    Ok((first, notes))
}
