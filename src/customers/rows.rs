//! What do the rows of a source look like to a formula? The same column names for every file.
//!
//! In: a source's rows and which column plays which part. Out: a lazy frame with `customer`, `date`, `hour`, `weekday` (Monday is 1),
//! `days_ago` (before the snapshot), `amount` (negative for a return), `gross` (purchases alone), `returned` (returns alone, positive), and
//! `quantity`, `order`, `category`, `channel`, `device` where the source has them. Columns nobody asks for are never read.

use polars::prelude::*;

use crate::data::Raw;
use crate::data::sourcing::{Field, IsoDay};

use super::error::CustomersError;
use super::understand::UnderstoodSource;

/// The transactions up to the snapshot.
pub(super) fn transactions(raw: &Raw, of: &UnderstoodSource, snapshot: IsoDay) -> Result<LazyFrame, CustomersError> {
    let column = |field: Field| of.fields.get(&field).map(|name| col(name.as_str()));
    let mut columns = common(raw, of, snapshot)?;
    let quantity = column(Field::Quantity);
    let amount = match (column(Field::Amount), column(Field::UnitPrice), quantity.clone()) {
        (Some(amount), ..) => amount,
        (None, Some(price), Some(quantity)) => price * quantity,
        (None, Some(price), None) => price,
        (None, None, _) => lit(NULL),
    };
    let amount = amount.cast(DataType::Float64);
    let zero = lit(0.0);
    columns.push(amount.clone().alias("amount"));
    columns.push(when(amount.clone().gt(zero.clone())).then(amount.clone()).otherwise(zero.clone()).alias("gross"));
    columns.push(when(amount.clone().lt(zero.clone())).then(-amount).otherwise(zero).alias("returned"));
    columns.extend(quantity.map(|quantity| quantity.alias("quantity")));
    for (field, name) in [(Field::Order, "order"), (Field::Category, "category"), (Field::Channel, "channel"), (Field::Device, "device")] {
        columns.extend(column(field).map(|column| column.alias(name)));
    }
    Ok(raw.lazy().select(columns).filter(col("customer").is_not_null().and(col("date").lt_eq(day(snapshot)))))
}

fn common(raw: &Raw, of: &UnderstoodSource, snapshot: IsoDay) -> Result<Vec<Expr>, CustomersError> {
    let key = of.key.as_deref().ok_or_else(|| CustomersError::NoKey { source_name: of.name.clone() })?;
    let when = date(of)?;
    let has_time = of.fields.get(&Field::Date).and_then(|name| raw.column(name)).is_some_and(|column| column.has_time);
    let hour =
        if has_time { col(of.fields[&Field::Date].as_str()).dt().hour().cast(DataType::Int32) } else { lit(NULL).cast(DataType::Int32) };
    Ok(vec![
        col(key).alias("customer"),
        when.clone().alias("date"),
        hour.alias("hour"),
        when.clone().dt().weekday().cast(DataType::Int32).alias("weekday"),
        (lit(snapshot.0) - when.to_physical().cast(DataType::Int32)).alias("days_ago"),
    ])
}

/// The day of a row.
pub(super) fn date(of: &UnderstoodSource) -> Result<Expr, CustomersError> {
    let name = of.fields.get(&Field::Date).ok_or_else(|| CustomersError::NoDate { source_name: of.name.clone() })?;
    Ok(col(name.as_str()).cast(DataType::Date))
}

/// A day as a literal.
pub(super) fn day(day: IsoDay) -> Expr {
    lit(day.0).cast(DataType::Date)
}
