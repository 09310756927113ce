//! Which rows does a grain add up? Those of the files, or merged ones: one per customer and day, one per customer and category.
//!
//! In: transactions or events, the rows of a customer one after the other. Out: the grain's rows with what is read of them, a customer's
//! categories by revenue. O(n) and O(r log r) within the r rows of a customer.

use std::collections::BTreeSet;

use polars::prelude::*;
use rayon::prelude::*;

use crate::customers::error::CustomersError;
use crate::customers::understand::rows::{self, MOMENT, PLACE_IN_DAY, REFUNDED};
use crate::data::day::IsoDay;
use crate::data::sourcing::Grain;

use super::runs::{Names, RUN, Runs, Sums, rounded};

/// The columns of a grain's rows, given those of the transactions or events.
pub(super) fn schema(grain: Grain, rows: &Schema) -> Schema {
    let all: &[&str] = match grain {
        Grain::Purchases => &["customer", "date", "days_ago", "weekday", "hour", "amount", "quantity", "discounted", "rows"],
        Grain::Categories => &["customer", "category", "amount", "gross", "quantity", "rows"],
        Grain::Transactions | Grain::Events | Grain::Customer => return rows.clone(),
    };
    let dtype = |name: &str| if name == "rows" { DataType::Int64 } else { rows.get(name).cloned().unwrap_or(DataType::Null) };
    all.iter().map(|&name| Field::new(name.into(), dtype(name))).collect()
}

/// The columns of the transactions or events it takes to compute `reads` of a grain.
pub(super) fn sources<'a>(grain: Grain, reads: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let is_read = |name: &&str| reads.contains(name);
    match grain {
        Grain::Purchases => {
            let amount = is_read(&"amount").then_some("gross");
            ["hour", "quantity", "discounted"].into_iter().filter(is_read).chain(amount).chain(["purchase", "date"]).collect()
        }
        Grain::Categories => is_read(&"quantity").then_some("quantity").into_iter().chain(["purchase", "category", "amount"]).collect(),
        Grain::Transactions | Grain::Events | Grain::Customer => {
            let in_order = if reads.contains(PLACE_IN_DAY) { &["date", MOMENT][..] } else { &[] };
            reads.iter().copied().filter(|name| *name != "customer").chain(in_order.iter().copied()).collect()
        }
    }
}

/// The rows of a grain with at least `reads`, and [`RUN`], which ascends.
pub(super) fn rows(grain: Grain, rows: &DataFrame, reads: &BTreeSet<&str>, snapshot: IsoDay) -> Result<DataFrame, CustomersError> {
    let beside = (grain == Grain::Categories && rows.schema().contains(REFUNDED)).then_some(REFUNDED);
    let read = rows.select(sources(grain, reads).into_iter().chain(beside).chain([RUN]))?;
    match grain {
        Grain::Purchases => purchases(read, reads, snapshot),
        Grain::Categories => categories(&read, reads),
        Grain::Transactions | Grain::Events | Grain::Customer if reads.contains(PLACE_IN_DAY) => placed_in_day(read),
        Grain::Transactions | Grain::Events | Grain::Customer => Ok(read),
    }
}

/// Fills in which of the rows of a customer and a day each is by its time; rows of one moment as they stand in the file. Where a file has a column of that name, or
/// days alone, nothing is changed.
fn placed_in_day(mut rows: DataFrame) -> Result<DataFrame, CustomersError> {
    let moments = rows.column(MOMENT)?.as_materialized_series().rechunk();
    let moments = moments.i64()?;
    if rows.column(PLACE_IN_DAY)?.null_count() < rows.height() || moments.null_count() == rows.height() {
        return Ok(rows);
    }
    let date = rows.column("date")?.as_materialized_series().rechunk();
    let days = date.date()?.physical();
    let when = |at: usize| (days.get(at), moments.get(at));
    let order = Runs::of(&rows)?.ordered(|a, b| when(a).cmp(&when(b)));
    let run = rows.column(RUN)?.as_materialized_series().rechunk();
    let run = run.u32()?;
    let mut places: Vec<Option<i64>> = vec![None; rows.height()];
    let (mut before, mut place) = (None, 0);
    for nth in 0..rows.height() {
        let at = order.as_ref().map_or(nth, |order| order[nth] as usize);
        let day = (run.get(at), days.get(at));
        if before.replace(day) != Some(day) {
            place = 0;
        }
        // Rows of the day alone stand in none of its places.
        if moments.get(at).is_some() {
            place += 1;
            places[at] = Some(place);
        }
    }
    rows.with_column(Column::new(PLACE_IN_DAY.into(), places))?;
    Ok(rows)
}

/// `amount` and `quantity` are those of the day's purchases, `hour` that of the first.
fn purchases(rows: DataFrame, reads: &BTreeSet<&str>, snapshot: IsoDay) -> Result<DataFrame, CustomersError> {
    let bought = rows.lazy().filter(col("purchase").eq(lit(1))).drop(cols(["purchase"])).collect()?;
    let date = bought.column("date")?.as_materialized_series().rechunk();
    let days = date.date()?.physical().cont_slice()?;
    let runs = Runs::of(&bought)?;
    let order = runs.ordered(|a, b| days[a].cmp(&days[b]));
    let bought = in_order(&bought, order)?;
    let date = bought.column("date")?.as_materialized_series().rechunk();
    let days = date.date()?.physical().cont_slice()?;
    let groups = runs.split(|a, b| days[a] == days[b]);
    let first = IdxCa::from_vec("first".into(), groups.firsts().map(|at| at as IdxSize).collect());
    let mut merged = bought.select([RUN, "date"])?.take(&first)?;
    let mut sums = Vec::new();
    for name in reads.iter().copied() {
        match name {
            "hour" => {
                let hour = bought.column("hour")?.as_materialized_series().rechunk();
                let hour = hour.i8()?;
                merged.with_column(Column::new("hour".into(), groups.least(|at| hour.get(at))))?;
            }
            "amount" => sums.push(col("gross").sum().alias("amount")),
            "quantity" => sums.push(col("quantity").sum()),
            "discounted" => sums.push(col("discounted").max()),
            "rows" => sums.push(len().cast(DataType::Int64).alias("rows")),
            _ => {}
        }
    }
    if !sums.is_empty() {
        let sums = bought.lazy().with_columns([lit(groups.ids().take_materialized_series())]).group_by_stable([col(RUN)]).agg(sums);
        merged = merged.hstack(sums.collect()?.drop(RUN)?.columns())?;
    }
    Ok(merged.lazy().with_columns(rows::of_the_date(col("date"), snapshot)).collect()?)
}

/// Those bought from, of each customer the one with the most net revenue first; of equals the one with more purchases, then by name.
fn categories(rows: &DataFrame, reads: &BTreeSet<&str>) -> Result<DataFrame, CustomersError> {
    let names = Names::of(rows.column("category")?)?;
    let amount = rows.column("amount")?.as_materialized_series().rechunk();
    let purchase = rows.column("purchase")?.as_materialized_series().rechunk();
    let quantity = if reads.contains("quantity") { Some(rows.column("quantity")?.as_materialized_series().rechunk()) } else { None };
    let (amount, purchase) = (amount.f64()?, purchase.i8()?);
    let refunded = rows.column(REFUNDED).ok().map(|column| column.as_materialized_series().rechunk());
    let refunded = refunded.as_ref().map(|refunded| refunded.f64()).transpose()?;
    let quantity = quantity.as_ref().map(|quantity| quantity.f64()).transpose()?;
    let add = |sums: &mut Sums, at: usize| {
        let is_purchase = purchase.get(at) == Some(1);
        let amount = amount.get(at).unwrap_or(0.0);
        sums.amount += amount;
        sums.gross += if is_purchase { amount + refunded.and_then(|refunded| refunded.get(at)).unwrap_or(0.0) } else { 0.0 };
        sums.quantity += quantity.and_then(|quantity| quantity.get(at)).unwrap_or(0.0);
        sums.rows += i64::from(is_purchase);
    };
    let mut sums = Runs::of(rows)?.sums_by(&names, add);
    // A category a customer only returned something of is none of theirs.
    sums.retain(|sums| sums.rows > 0);
    for sums in &mut sums {
        sums.amount = rounded(sums.amount);
    }
    let is_of =
        |a: &Sums, b: &Sums| a.run.cmp(&b.run).then(b.amount.total_cmp(&a.amount)).then(b.rows.cmp(&a.rows)).then(a.name.cmp(&b.name));
    sums.par_sort_by(is_of);
    let mut frame = df!(
        RUN => sums.iter().map(|sums| sums.run).collect::<Vec<u32>>(),
        "amount" => sums.iter().map(|sums| sums.amount).collect::<Vec<f64>>(),
        "gross" => sums.iter().map(|sums| sums.gross).collect::<Vec<f64>>(),
        "quantity" => sums.iter().map(|sums| sums.quantity).collect::<Vec<f64>>(),
        "rows" => sums.iter().map(|sums| sums.rows).collect::<Vec<i64>>(),
    )?;
    if reads.contains("category") {
        let of_rows = IdxCa::from_vec("name".into(), sums.iter().map(|sums| sums.name).collect());
        frame.with_column(names.names.take(&of_rows)?.with_name("category".into()))?;
    }
    Ok(frame)
}

fn in_order(rows: &DataFrame, order: Option<Vec<IdxSize>>) -> Result<DataFrame, CustomersError> {
    let Some(order) = order else { return Ok(rows.clone()) };
    let mut ordered = rows.take(&IdxCa::from_vec("order".into(), order))?;
    // Rows only move within their run.
    let run = rows.column(RUN)?.clone();
    ordered.with_column(run)?;
    Ok(ordered)
}
