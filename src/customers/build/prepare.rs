//! Which rows does a source bring to the customer table? Those of its file, made whole: every line knows its order's day, everybody has a key of their own,
//! and what stands there twice is marked.
//!
//! In: sources as they are understood. Out: their rows, lazily, with the same columns. Sources that need nothing are passed on as they are; what
//! repeats is looked for with the whole source in memory.

use polars::prelude::*;

use crate::customers::error::CustomersError;
use crate::customers::understand::identity;
use crate::customers::understand::keys::{self, collect};
use crate::customers::understand::rows::{AMOUNT_LINE, COPY, Input, REFUND_LINE};
use crate::customers::understand::understood::{Paid, Understood, UnderstoodSource};
use crate::data::sourcing::{AmountIs, Field, KeyMatch};
use crate::data::{Raw, SourceKind};

/// The rows of every source.
pub(super) fn inputs<'a>(understood: &'a Understood, raws: &[&'a Raw]) -> Result<Vec<Input<'a>>, CustomersError> {
    let lists: Vec<(&UnderstoodSource, &Raw)> =
        understood.sources.iter().zip(raws.iter().copied()).filter(|(source, _)| source.kind == SourceKind::Customers).collect();
    let prepared = understood.sources.iter().zip(raws).map(|(of, raw)| {
        let mut input = Input::new(of, raw)?;
        if let Some(money) = &of.money {
            if money.drop_copies {
                mark_copies(&mut input)?;
            }
            if let Some(order) = of.fields.get(&Field::Order).filter(|_| !money.only_first.is_empty()) {
                let filled = money.only_first.iter().filter(|name| input.schema.contains(name)).map(|name| {
                    let of_order = col(name.as_str()).drop_nulls().first().over([col(order.as_str())])?;
                    let own = col(name.as_str());
                    let is_open = own.clone().is_null().and(col(order.as_str()).is_not_null());
                    Ok(when(is_open).then(of_order).otherwise(own).alias(name.as_str()))
                });
                let filled = filled.collect::<Result<Vec<Expr>, CustomersError>>()?;
                let rows = input.rows.clone().with_columns(filled);
                input.set_rows(rows)?;
            }
            if let Some(paid) = &money.paid {
                with_amounts(&mut input, paid, raws[paid.source])?;
            }
            let amount = input.field(Field::Amount).filter(|_| money.amount == AmountIs::PerOrder);
            let refund = input.field(Field::Refund).filter(|_| money.refund_once);
            mark_lines(&mut input, amount, refund)?;
        }
        if let Some(through) = &of.through {
            identity::with_people(&mut input, through, raws[through.list])?;
        }
        if let Some(guests) = &of.guests {
            identity::with_guests(&mut input, guests, &lists)?;
        }
        Ok(input)
    });
    prepared.collect()
}

/// Adds what a source of payments lists per order.
fn with_amounts(input: &mut Input, paid: &Paid, payments: &Raw) -> Result<(), CustomersError> {
    const ORDER: &str = "\u{1}paid for";
    let Some(order) = input.field(Field::Order) else { return Ok(()) };
    let key = keys::compared(&paid.order, &keys::dtype(payments, &paid.order)?, KeyMatch::IgnoreCase).alias(ORDER);
    let sums = payments.lazy().select([key, col(paid.amount.as_str()).cast(DataType::Float64)]).filter(col(ORDER).is_not_null());
    let sums = collect(sums.group_by([col(ORDER)]).agg([col(paid.amount.as_str()).sum()]))?;
    let own = keys::compared(order, input.dtype(order)?, KeyMatch::IgnoreCase).alias(ORDER);
    let rows = input.rows.clone().with_columns([own]);
    let rows = rows.join(sums.lazy(), [col(ORDER)], [col(ORDER)], JoinArgs::new(JoinType::Left));
    input.set_rows(rows.drop(cols([ORDER])))
}

/// Marks the line of each order that its amount counts on, and the one its refund counts on: the first that has one and is no copy. Done here in the
/// order of the file, since a query that only adds up may read its rows in any order.
fn mark_lines(input: &mut Input, amount: Option<&str>, refund: Option<&str>) -> Result<(), CustomersError> {
    let Some(order) = input.field(Field::Order).filter(|_| amount.is_some() || refund.is_some()) else { return Ok(()) };
    let mut frame = collect(input.rows.clone())?;
    let orders = frame.column(order)?.cast(&DataType::String)?;
    let is_copy = frame.column(COPY).ok().map(|column| column.bool().cloned()).transpose()?;
    for (name, mark, zero_counts) in [(amount, AMOUNT_LINE, true), (refund, REFUND_LINE, false)] {
        let Some(name) = name else { continue };
        let values = frame.column(name)?.cast(&DataType::Float64)?;
        let values = values.f64()?;
        let mut seen = std::collections::HashSet::new();
        let mut marked = Vec::with_capacity(frame.height());
        for (row, order) in orders.str()?.iter().enumerate() {
            let has_value = values.get(row).is_some_and(|value| zero_counts || value != 0.0);
            let is_copy = is_copy.as_ref().is_some_and(|copies| copies.get(row) == Some(true));
            // A row without an order is an order of its own.
            marked.push(order.is_none_or(|order| has_value && !is_copy && seen.insert(order)));
        }
        frame.with_column(Column::new(mark.into(), marked))?;
    }
    input.set_rows(frame.lazy())
}

/// Marks the rows of orders that stand in the file several times, but for one time each. An order that holds a line twice and stands there three times
/// keeps it twice.
fn mark_copies(input: &mut Input) -> Result<(), CustomersError> {
    let order = input.field(Field::Order);
    let mut frame = collect(input.rows.clone())?;
    let names: Vec<PlSmallStr> = frame.get_column_names_owned();
    let groups = frame.group_by_stable(names)?;
    let groups: Vec<Vec<IdxSize>> = groups
        .get_groups()
        .iter()
        .map(|group| match group {
            GroupsIndicator::Idx((_, all)) => all.to_vec(),
            GroupsIndicator::Slice([first, length]) => (first..first + length).collect(),
        })
        .collect();
    // How often the order of a row stands in the file: as often as its rarest line.
    let mut times: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let whole = "whole file".to_owned();
    let orders = match order {
        Some(order) => Some(frame.column(order)?.cast(&DataType::String)?),
        None => None,
    };
    let order_of = |row: IdxSize| -> Result<Option<String>, CustomersError> {
        match &orders {
            Some(orders) => Ok(orders.str()?.get(row as usize).map(str::to_owned)),
            None => Ok(Some(whole.clone())),
        }
    };
    for group in &groups {
        let Some(order) = group.first().map(|&row| order_of(row)).transpose()?.flatten() else { continue };
        let least = times.entry(order).or_insert(group.len());
        *least = (*least).min(group.len());
    }
    let mut is_copy = vec![false; frame.height()];
    for group in &groups {
        let Some(order) = group.first().map(|&row| order_of(row)).transpose()?.flatten() else { continue };
        let kept = group.len() / times.get(&order).copied().unwrap_or(1).max(1);
        group.iter().skip(kept).for_each(|&row| is_copy[row as usize] = true);
    }
    frame.with_column(Column::new(COPY.into(), is_copy))?;
    input.set_rows(frame.lazy())
}
