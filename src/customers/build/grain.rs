//! What do the formulas of each grain give for every customer? The rows are read once, put in order per customer, and every grain walks along them.
//!
//! In: transactions or events and formulas. Out: one row per customer who has rows, and what each formula gives for no rows at all (a count is
//! then 0, a last day is missing), which is what customers without rows get. Sums of fractions are told to twelve digits and nine decimals, so
//! that the order of the rows does not show. Memory: what is read of the rows, as many customers at a time as have room.

use std::collections::BTreeSet;

use polars::prelude::*;
use polars::series::IsSorted;

use crate::base::{Ctx, memory};
use crate::customers::error::CustomersError;
use crate::customers::understand::keys::collect;
use crate::customers::understand::rows::{REFUNDED, of_the_amount};
use crate::data::day::IsoDay;
use crate::data::sourcing::{Grain, RecipeColumn};

use super::formula::{self, Parsed};
use super::partial_sums::PartialSums;
use super::runs::{self, RUN, Runs};
use super::{batches, merged};

/// Marks a customer who has rows at a grain.
const PRESENT: &str = "\u{1}rows";
const DIGITS: i32 = 12;
const DECIMALS: u32 = 9;

/// What a grain's formulas give.
pub(super) struct GrainColumns {
    /// Which grain.
    pub grain: Grain,
    /// `customer`, [`PRESENT`] and one column a formula; one row per customer who has rows, ascending.
    pub frame: DataFrame,
    /// One row: what the formulas give for no rows.
    empty: DataFrame,
}

/// The formulas of a grain.
struct Formulas {
    grain: Grain,
    parsed: Vec<Parsed>,
    empty: DataFrame,
}

impl Formulas {
    fn of(grain: Grain, rows: &Schema, recipe: &[RecipeColumn]) -> Result<Formulas, CustomersError> {
        let schema = merged::schema(grain, rows);
        let names: Vec<&str> = schema.iter_names().map(PlSmallStr::as_str).collect();
        let of_grain = recipe.iter().filter(|column| column.grain == grain);
        let parsed: Vec<Parsed> = of_grain.map(|column| formula::parse(column, &names)).collect::<Result<_, _>>()?;
        let expressions: Vec<Expr> = parsed.iter().map(|parsed| parsed.expr.clone()).collect();
        let empty = DataFrame::empty_with_schema(&schema).lazy().select(expressions).collect()?;
        Ok(Formulas { grain, parsed, empty })
    }

    fn reads(&self) -> BTreeSet<&str> {
        self.parsed.iter().flat_map(|parsed| parsed.reads.iter().map(String::as_str)).collect()
    }
}

/// Computes the recipe's columns of `grains`, all of which are made of the same `rows`.
pub(super) fn aggregate(
    rows: &LazyFrame,
    most_rows: usize,
    grains: &[Grain],
    recipe: &[RecipeColumn],
    snapshot: IsoDay,
    progress: (f32, f32),
    ctx: &Ctx,
) -> Result<Vec<GrainColumns>, CustomersError> {
    let schema = rows.clone().collect_schema()?;
    let formulas: Vec<Formulas> = grains.iter().map(|&grain| Formulas::of(grain, &schema, recipe)).collect::<Result<_, _>>()?;
    let read = formulas.iter().flat_map(|formulas| merged::sources(formulas.grain, &formulas.reads()));
    let mut read: BTreeSet<&str> = read.chain(["customer"]).collect();
    // What follows from other columns is computed when the rows are in order, so that less has to be moved.
    let follows = grains.contains(&Grain::Transactions) && (read.remove("gross") | read.remove("returned"));
    if follows {
        read.extend(["amount", "purchase"]);
    }
    let has_refunds = schema.contains(REFUNDED) && read.contains("amount");
    if has_refunds {
        read.insert(REFUNDED);
    }
    let rows = rows.clone().select(read.into_iter().map(col).collect::<Vec<_>>());
    let batches = batches::of(&rows, most_rows, memory::budget_bytes() / 4)?;
    let n_steps = (batches.len() * (formulas.len() + 1)) as f32;
    let mut n_done = 0.0;
    let mut step = |what: &str| -> Result<(), CustomersError> {
        ctx.check()?;
        ctx.progress(what, progress.0 + (progress.1 - progress.0) * n_done / n_steps);
        n_done += 1.0;
        Ok(())
    };
    let mut frames: Vec<Vec<DataFrame>> = formulas.iter().map(|_| Vec::new()).collect();
    for batch in batches {
        step("Reading rows")?;
        let (mut ordered, customers) = runs::by_customer(collect(batch)?)?;
        if follows {
            ordered = ordered.lazy().with_columns(of_the_amount(has_refunds)).collect()?;
        }
        for (formulas, frames) in formulas.iter().zip(&mut frames) {
            step(&format!("Adding up {}", formulas.grain.name().to_lowercase()))?;
            let of_grain = merged::rows(formulas.grain, &ordered, &formulas.reads(), snapshot)?;
            frames.push(added_up(of_grain, &customers, &formulas.parsed)?);
        }
    }
    let all = formulas.into_iter().zip(frames).map(|(formulas, frames)| {
        let frame = concat(frames.into_iter().map(DataFrame::lazy).collect::<Vec<_>>(), UnionArgs::default())?.collect()?;
        Ok(GrainColumns { grain: formulas.grain, frame, empty: formulas.empty })
    });
    all.collect()
}

/// What formulas give for the rows of every run; `customers` has the customer of each.
fn added_up(rows: DataFrame, customers: &Column, formulas: &[Parsed]) -> Result<DataFrame, CustomersError> {
    let runs = Runs::of(&rows)?;
    let mut counts = Vec::new();
    let mut plain = Vec::new();
    for parsed in formulas {
        let counted = match &parsed.distinct {
            Some(counted) => runs.count_distinct(&rows.clone().lazy().select([counted.clone()]).collect()?.columns()[0])?,
            None => None,
        };
        match counted {
            Some(counted) => counts.push(Column::new(parsed.name.as_str().into(), counted)),
            None => plain.push(parsed),
        }
    }
    let mut ids = rows.column(RUN)?.as_materialized_series().clone();
    ids.set_sorted_flag(IsSorted::Ascending);
    let mut rows = rows;
    rows.with_column(ids.into_column())?;
    let partial = PartialSums::of(plain);
    let sums = partial.sums.into_iter().chain([len().alias(PRESENT)]);
    let sums = rows.lazy().with_columns(partial.rows).group_by_stable([col(RUN)]).agg(sums.collect::<Vec<_>>());
    let results = partial.results.into_iter().chain([col(PRESENT), col(RUN)]);
    let mut frame = sums.select(results.collect::<Vec<_>>()).collect()?;
    let run = frame.drop_in_place(RUN)?;
    frame.with_column(customers.take(run.idx()?)?.with_name("customer".into()))?;
    for counted in counts {
        frame.with_column(counted)?;
    }
    if let Some(list) = frame.columns().iter().find(|column| matches!(column.dtype(), DataType::List(_))) {
        let why = "it gives several values per customer; wrap it in SUM, AVG, MIN, MAX, COUNT or FIRST".into();
        return Err(CustomersError::Formula { column: list.name().to_string(), why });
    }
    let floats = frame.columns().iter().filter(|column| column.dtype().is_float()).map(|column| told(column.name().as_str()));
    let floats: Vec<Expr> = floats.collect();
    Ok(frame.lazy().with_columns(floats).collect()?)
}

/// A number as it is told.
fn told(name: &str) -> Expr {
    col(name).round(DECIMALS, RoundMode::HalfAwayFromZero).round_sig_figs(DIGITS)
}

impl GrainColumns {
    /// Adds the grain's columns to a frame of customers; who has no rows gets what the formulas give for none.
    pub(super) fn join_to(self, customers: LazyFrame) -> Result<LazyFrame, CustomersError> {
        let joined = customers.join(self.frame.lazy(), [col("customer")], [col("customer")], JoinArgs::new(JoinType::Left));
        let filled = self.empty.columns().iter().filter(|value| value.null_count() == 0 && value.len() == 1).map(|value| {
            let name = value.name().clone();
            let none = lit(value.as_materialized_series().clone());
            when(col(PRESENT).is_null()).then(none).otherwise(col(name.clone())).alias(name)
        });
        let filled: Vec<Expr> = filled.collect();
        Ok(joined.with_columns(filled).drop(cols([PRESENT])))
    }
}
