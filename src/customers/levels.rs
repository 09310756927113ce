//! What do the formulas of a level give for every customer? One query a level, run in pieces.
//!
//! In: the level's rows and parsed formulas. Out: one row a customer who has rows, and what each formula gives for no rows at all (a count is
//! then 0, a last day is missing), which is what customers without rows get. Sums of fractions depend on the order they are added in, which
//! several threads do not keep; they are therefore told to twelve digits and nine decimals, so that the same plan is the same bytes.

use polars::prelude::*;

use crate::data::sourcing::{Level, RecipeColumn};

use super::error::CustomersError;
use super::formula::{self, Parsed};
use super::keys::collect;

/// Marks a customer who has rows at a level.
const PRESENT: &str = "has rows";
const DIGITS: i32 = 12;
const DECIMALS: u32 = 9;

/// What a level's formulas give.
pub(super) struct LevelColumns {
    /// `customer`, [`PRESENT`] and one column a formula; one row a customer who has rows.
    pub frame: DataFrame,
    /// One row: what the formulas give for no rows.
    empty: DataFrame,
}

/// Computes the recipe's columns of one level.
pub(super) fn aggregate(mut rows: LazyFrame, level: Level, recipe: &[RecipeColumn]) -> Result<LevelColumns, CustomersError> {
    let schema = rows.collect_schema()?;
    let names: Vec<&str> = schema.iter_names().map(PlSmallStr::as_str).collect();
    let of_level = recipe.iter().filter(|column| column.level == level);
    let parsed: Vec<Parsed> = of_level.map(|column| formula::parse(column, &names)).collect::<Result<_, _>>()?;
    let expressions: Vec<Expr> = parsed.iter().map(|parsed| parsed.expr.clone()).collect();
    let empty = DataFrame::empty_with_schema(&schema).lazy().select(expressions).collect()?;
    let plain = parsed.iter().filter(|parsed| parsed.distinct.is_none()).map(|parsed| parsed.expr.clone());
    let plain: Vec<Expr> = std::iter::once(len().alias(PRESENT)).chain(plain).collect();
    let mut frame = if level == Level::Categories {
        // FIRST is the category with the most net revenue: the rows of a customer keep this order only where they are grouped in memory.
        let order = SortMultipleOptions::default().with_order_descending_multi([true, true, false]).with_nulls_last(true);
        let read =
            parsed.iter().flat_map(|parsed| parsed.reads.iter().map(String::as_str)).chain(["customer", "amount", "rows", "category"]);
        let read: std::collections::BTreeSet<&str> = read.collect();
        let sums = collect(rows.clone().select(read.into_iter().map(col).collect::<Vec<_>>()))?;
        sums.lazy().sort(["amount", "rows", "category"], order).group_by([col("customer")]).agg(plain).collect()?
    } else {
        collect(rows.clone().group_by([col("customer")]).agg(plain))?
    };
    for parsed in &parsed {
        let Some(counted) = &parsed.distinct else { continue };
        let pairs = rows.clone().select([col("customer"), counted.clone().alias("counted")]).filter(col("counted").is_not_null());
        let pairs = pairs.unique(None, UniqueKeepStrategy::Any);
        let counts = collect(pairs.group_by([col("customer")]).agg([len().alias(parsed.name.as_str())]))?;
        let joined = frame.lazy().join(counts.lazy(), [col("customer")], [col("customer")], JoinArgs::new(JoinType::Left));
        frame = joined.with_columns([col(parsed.name.as_str()).fill_null(lit(0))]).collect()?;
    }
    if let Some(list) = frame.columns().iter().find(|column| matches!(column.dtype(), DataType::List(_))) {
        let why = "it gives several values a customer; wrap it in SUM, AVG, MIN, MAX, COUNT or FIRST".into();
        return Err(CustomersError::Formula { column: list.name().to_string(), why });
    }
    let floats = frame.columns().iter().filter(|column| column.dtype().is_float()).map(|column| told(column.name().clone()));
    let floats: Vec<Expr> = floats.collect();
    let frame = frame.lazy().with_columns(floats).collect()?;
    Ok(LevelColumns { frame, empty })
}

fn told(name: PlSmallStr) -> Expr {
    col(name).round(DECIMALS, RoundMode::HalfAwayFromZero).round_sig_figs(DIGITS)
}

impl LevelColumns {
    /// Adds the level's columns to a frame of customers; who has no rows gets what the formulas give for none.
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
