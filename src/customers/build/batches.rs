//! How many customers can be added up at a time? All of them where their rows have room in memory, else as many as have.
//!
//! In: rows with `customer` and bytes. Out: queries for the rows of some customers each, in the customers' order; together they are all rows.
//! Where one batch is enough, O(columns); else a pass over the keys. A customer with more rows than have room is a batch alone.

use polars::prelude::*;

use crate::customers::error::CustomersError;
use crate::customers::understand::keys::collect;

/// Copies there are of the rows while they are put in order: as read, in order, and what is computed from them.
const COPIES: u64 = 3;
/// Bytes of a text, roughly.
const TEXT_BYTES: u64 = 24;

/// `most_rows` rows or fewer in batches of at most about `bytes`; 0 is no limit.
pub(super) fn of(rows: &LazyFrame, most_rows: usize, bytes: u64) -> Result<Vec<LazyFrame>, CustomersError> {
    let schema = rows.clone().collect_schema()?;
    let width: u64 = schema.iter_values().map(bytes_of).sum();
    // Rows are counted in 32 bits.
    let at_once = if bytes == 0 { u64::MAX } else { bytes / (width * COPIES).max(1) }.clamp(1, IdxSize::MAX as u64 / 2);
    if most_rows as u64 <= at_once {
        return Ok(vec![rows.clone()]);
    }
    let counts = collect(rows.clone().group_by([col("customer")]).agg([len().alias("rows")]))?;
    let counts = counts.sort(["customer"], SortMultipleOptions::default())?;
    let (customers, counts) = (counts.column("customer")?, counts.column("rows")?.idx()?);
    let mut batches = Vec::new();
    let mut first = None;
    let mut so_far = 0;
    for (at, count) in counts.iter().enumerate() {
        let count = u64::from(count.unwrap_or(0));
        if so_far > 0 && so_far + count > at_once {
            let next = lit(customers.slice(at as i64, 1).take_materialized_series());
            batches.push(within(rows, first.take(), Some(next.clone())));
            (first, so_far) = (Some(next), 0);
        }
        so_far += count;
    }
    batches.push(within(rows, first, None));
    Ok(batches)
}

/// Bytes a value takes.
fn bytes_of(dtype: &DataType) -> u64 {
    match dtype {
        DataType::Boolean | DataType::Int8 | DataType::UInt8 => 1,
        DataType::Int16 | DataType::UInt16 => 2,
        DataType::Int32 | DataType::UInt32 | DataType::Float32 | DataType::Date => 4,
        DataType::String => TEXT_BYTES,
        _ => 8,
    }
}

/// The rows of customers from `first` on that come before `next`.
fn within(rows: &LazyFrame, first: Option<Expr>, next: Option<Expr>) -> LazyFrame {
    let bounds = first.map(|first| col("customer").gt_eq(first)).into_iter().chain(next.map(|next| col("customer").lt(next)));
    bounds.fold(rows.clone(), |rows, bound| rows.filter(bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_all_rows_in_the_order_of_the_customers() {
        let keys: Vec<i64> = (0..1000).map(|at| (at * at) % 37).collect();
        let texts: Vec<String> = keys.iter().map(|key| format!("k{key}")).collect();
        for customer in [Column::new("customer".into(), &keys), Column::new("customer".into(), &texts)] {
            let rows = DataFrame::new(1000, vec![customer, Column::new("at".into(), (0..1000i64).collect::<Vec<_>>())]).unwrap();
            assert_eq!(of(&rows.clone().lazy(), 1000, 0).unwrap().len(), 1);
            for bytes in [1, 5_000, 20_000] {
                let batches: Vec<DataFrame> =
                    of(&rows.clone().lazy(), 1000, bytes).unwrap().into_iter().map(|batch| batch.collect().unwrap()).collect();
                assert!(batches.len() > 2, "{bytes}");
                let sorted = |batch: &DataFrame| batch.sort(["customer", "at"], SortMultipleOptions::default()).unwrap();
                let mut together = sorted(&batches[0]);
                for batch in &batches[1..] {
                    together.vstack_mut(&sorted(batch)).unwrap();
                }
                assert!(together.equals(&sorted(&rows)), "{bytes}");
            }
        }
    }
}
