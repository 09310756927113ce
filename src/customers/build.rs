//! How does the customer table come to be? Lazy polars queries: a pass over the transactions and one over the events, whatever their size.
//!
//! In: choices, what the sources hold, their rows. Out: one row a customer, sorted by key, with the recipe of every column. Memory: the
//! customers and their purchase days, never all transactions.

use polars::prelude::*;
use polars::sql::sql_expr;

use crate::base::text::count;
use crate::base::{Ctx, Note};
use crate::data::sourcing::{IsoDay, Level, RecipeColumn};
use crate::data::table::Kind;
use crate::data::{Raw, SourceKind, Sourcing, Table, table_of_frame};

use super::error::{CustomersError, short};
use super::recipe::suggested;
use super::rows;
use super::understand::{Understood, UnderstoodSource};

/// A customer table and how it came to be.
#[derive(Debug, Clone)]
pub struct Built {
    /// One row a customer, sorted by key.
    pub table: Table,
    /// How every column came to be, in the table's order.
    pub columns: Vec<BuiltColumn>,
    /// The day everything was counted back from.
    pub snapshot: Option<IsoDay>,
    /// What was merged, refused or left out.
    pub notes: Vec<Note>,
}

impl Built {
    /// Bytes held, roughly, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }
}

/// How one column came to be.
#[derive(Debug, Clone, PartialEq)]
pub enum BuiltColumn {
    /// The key customers are known by.
    Key,
    /// Computed.
    Formula(RecipeColumn),
    /// Taken over from a column of a source.
    From {
        /// The source.
        source: String,
        /// Its column.
        column: String,
    },
}

/// Builds the table.
pub fn build(sourcing: &Sourcing, understood: &Understood, raws: &[&Raw], ctx: &Ctx) -> Result<Built, CustomersError> {
    let of_kind = |kind: SourceKind| understood.sources.iter().zip(raws).find(move |(source, _)| source.kind == kind);
    let (of, raw) = of_kind(SourceKind::Transactions).ok_or(CustomersError::NoCustomers)?;
    let mut notes = Vec::new();
    ctx.progress("Looking for the last day", 0.0);
    let last = last_day(of, raw)?;
    let snapshot = sourcing.snapshot.unwrap_or(IsoDay(last.0 + 1));
    if snapshot < last {
        let after = raw.lazy().filter(rows::date(of)?.gt(rows::day(snapshot))).select([len()]).collect()?;
        let n = after.columns()[0].get(0)?.extract::<u64>().unwrap_or(0) as usize;
        notes.push(Note::new(format!("{} rows of {} are after the snapshot {snapshot}; they are left out.", count(n), of.name)));
    }
    ctx.check()?;
    ctx.progress("Adding up transactions", 0.1);
    let recipe = in_force(sourcing, understood);
    let transactions = rows::transactions(raw, of, snapshot)?;
    let of_level = |level: Level| -> Result<Vec<Expr>, CustomersError> {
        recipe.iter().filter(|column| column.level == level).map(expression).collect()
    };
    let purchases = transactions.clone().filter(col("amount").gt_eq(lit(0.0)).or(col("amount").is_null()));
    let purchases =
        purchases.group_by([col("customer"), col("date")]).agg([col("amount").sum(), col("days_ago").first(), col("weekday").first()]);
    let sums = transactions.group_by([col("customer")]).agg(of_level(Level::Transactions)?);
    let days = purchases.group_by([col("customer")]).agg(of_level(Level::Purchases)?);
    let mut table = sums
        .join(days, [col("customer")], [col("customer")], JoinArgs::new(JoinType::Left))
        .sort(["customer"], SortMultipleOptions::default());
    for own in of_level(Level::Customer)? {
        table = table.with_columns([own]);
    }
    let order = std::iter::once(col("customer")).chain(recipe.iter().map(|column| col(column.name.as_str())));
    let frame = table.select(order.collect::<Vec<_>>()).collect()?;
    ctx.check()?;
    let (table, more) = table_of_frame(frame, ctx)?;
    notes.extend(more);
    let columns = std::iter::once(BuiltColumn::Key).chain(recipe.into_iter().map(BuiltColumn::Formula)).collect();
    Ok(Built { table, columns, snapshot: Some(snapshot), notes })
}

/// The suggested columns as the user changed them, then the user's own.
fn in_force(sourcing: &Sourcing, understood: &Understood) -> Vec<RecipeColumn> {
    let changed = |name: &str| sourcing.recipe.columns.iter().find(|column| column.name == name).cloned();
    let suggested = suggested(understood);
    let own = sourcing.recipe.columns.iter().filter(|own| suggested.iter().all(|column| column.name != own.name)).cloned();
    let wanted = suggested.iter().filter(|column| !sourcing.recipe.left_out.contains(&column.name));
    wanted.map(|column| changed(&column.name).unwrap_or_else(|| column.clone())).chain(own).collect()
}

fn expression(column: &RecipeColumn) -> Result<Expr, CustomersError> {
    let wrong = |error: PolarsError| CustomersError::Formula { column: column.name.clone(), why: short(&error) };
    Ok(sql_expr(&column.formula).map_err(wrong)?.alias(column.name.as_str()))
}

fn last_day(of: &UnderstoodSource, raw: &Raw) -> Result<IsoDay, CustomersError> {
    let last = raw.lazy().select([rows::date(of)?.max().to_physical().alias("last")]).collect()?;
    let day: Option<i32> = last.columns()[0].get(0)?.extract();
    day.map(IsoDay).ok_or_else(|| CustomersError::NoDate { source_name: of.name.clone() })
}

/// A column as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// How its values would behave.
    pub kind: Kind,
    /// The first customers and their values, as they are written.
    pub examples: Vec<(String, String)>,
}

/// Customers a column being written is tried on.
const TRIED: IdxSize = 5;

/// Tries a column on a few customers, or says what is wrong with it.
pub fn try_column(
    sourcing: &Sourcing,
    draft: &RecipeColumn,
    understood: &Understood,
    raws: &[&Raw],
    ctx: &Ctx,
) -> Result<Tried, CustomersError> {
    let mut tried = sourcing.clone();
    tried.recipe.columns.retain(|column| column.name != draft.name);
    tried.recipe.columns.push(draft.clone());
    let built = build(&tried, understood, raws, ctx)?;
    let column = built
        .table
        .column(&draft.name)
        .ok_or_else(|| CustomersError::Formula { column: draft.name.clone(), why: "it has no name".into() })?;
    let of = &built.table.columns[0];
    let examples = (0..built.table.n_rows.min(TRIED as usize)).map(|row| (of.cell(row).into_owned(), column.cell(row).into_owned()));
    Ok(Tried { kind: column.kind(), examples: examples.collect() })
}
