//! Does a formula work while it is being written, and which columns may it use?
//!
//! In: a column of the recipe that may be wrong. Out: its values for a few customers, or one sentence. Cost: one pass over the keys, and the
//! table of those few customers.

use polars::prelude::*;

use crate::base::Ctx;
use crate::customers::error::CustomersError;
use crate::customers::understand::keys::collect;
use crate::customers::understand::rows::{self, CANONICAL, Input, KeyType};
use crate::customers::understand::span;
use crate::customers::understand::understood::Understood;
use crate::data::day::IsoDay;
use crate::data::sourcing::{Grain, RecipeColumn};
use crate::data::table::Kind;
use crate::data::{Raw, SourceKind, Sourcing, table_of_frame};

use super::assemble::{assemble, currency, dated, key_type, look_up_rows};
use super::built::FormulaColumn;
use super::merged;
use super::prepare::inputs;
use super::recipe::in_force;

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
/// Rows the customers are looked for in.
const LOOKED_AT: IdxSize = 1_000;

/// Tries a column on a few customers, or says what is wrong with it.
pub fn try_column(
    sourcing: &Sourcing,
    draft: &RecipeColumn,
    understood: &Understood,
    raws: &[&Raw],
    today: Option<IsoDay>,
    ctx: &Ctx,
) -> Result<Tried, CustomersError> {
    let wrong = |why: &str| CustomersError::Formula { column: draft.name.clone(), why: why.into() };
    if draft.name.trim().is_empty() {
        return Err(CustomersError::Formula { column: "The column".into(), why: "it has no name".into() });
    }
    let mut tried = sourcing.clone();
    tried.recipe.columns.retain(|column| column.name != draft.name);
    tried.recipe.columns.push(draft.clone());
    tried.recipe.left_out.remove(&draft.name);
    let mut inputs = inputs(understood, raws)?;
    let keys = key_type(&inputs)?;
    let snapshot = span::snapshot(&dated(&inputs), sourcing.snapshot, today)?;
    ctx.check()?;
    let few = few(&inputs, draft.grain, keys)?;
    for input in inputs.iter_mut().filter(|input| input.of.kind != SourceKind::Reference) {
        ctx.check()?;
        let is_one = input.customer(keys)?.is_in(lit(few.clone()).implode(false), false);
        input.rows = collect(input.rows.clone().filter(is_one))?.lazy();
    }
    let recipe = in_force(&tried, understood);
    let assembled = assemble(&inputs, keys, snapshot, currency(understood), &recipe, ctx)?;
    let (table, _) = table_of_frame(assembled.frame, ctx)?;
    let column = table.column(&draft.name).ok_or_else(|| wrong("it is no column of the table"))?;
    let of = &table.columns[0];
    let examples = (0..table.n_rows.min(TRIED as usize)).map(|row| (of.cell(row).into_owned(), column.cell(row).into_owned()));
    Ok(Tried { kind: column.kind(), examples: examples.collect() })
}

/// The keys of a few customers that have rows at the grain.
fn few(inputs: &[Input], grain: Grain, keys: KeyType) -> Result<Series, CustomersError> {
    let first = match grain {
        Grain::Events => SourceKind::Events,
        _ => SourceKind::Transactions,
    };
    let of = |kind: SourceKind| inputs.iter().find(move |input| input.of.kind == kind);
    let any = || inputs.iter().find(|input| input.of.kind != SourceKind::Reference);
    let input = of(first).or_else(any).ok_or(CustomersError::NoCustomers)?;
    let customer = input.customer(keys)?.alias("customer");
    let some = input.rows.clone().limit(LOOKED_AT).select([customer]).filter(col("customer").is_not_null());
    let some = some.unique(None, UniqueKeepStrategy::Any).sort(["customer"], SortMultipleOptions::default()).limit(TRIED);
    Ok(some.collect()?.columns()[0].as_materialized_series().clone())
}

/// The columns formulas of each grain may use, Personae's own first; at the grain of customers these are the table's.
pub(super) fn usable(understood: &Understood, inputs: &[Input], keys: KeyType) -> Result<Vec<(Grain, Vec<FormulaColumn>)>, CustomersError> {
    let of = |kind: SourceKind| inputs.iter().filter(move |input| input.of.kind == kind).cloned().collect::<Vec<Input>>();
    // Only types are asked for, so any day will do.
    let snapshot = IsoDay(0);
    let mut all = Vec::new();
    let mut bought = of(SourceKind::Transactions);
    if !bought.is_empty() {
        look_up_rows(&mut bought, &of(SourceKind::Reference))?;
        let rows = rows::transactions(&bought, keys, snapshot, None)?.collect_schema()?;
        let grains = [Grain::Transactions, Grain::Purchases, Grain::Categories].into_iter();
        let has = |grain: &Grain| *grain != Grain::Categories || understood.has_categories();
        all.extend(grains.filter(has).map(|grain| (grain, described(&merged::schema(grain, &rows), &bought))));
    }
    let events = of(SourceKind::Events);
    if !events.is_empty() {
        let rows = rows::events(&events, keys, snapshot)?.collect_schema()?;
        all.push((Grain::Events, described(&rows, &events)));
    }
    Ok(all)
}

/// Personae's own columns that the sources have anything for, then those of the files.
fn described(schema: &Schema, inputs: &[Input]) -> Vec<FormulaColumn> {
    let about = |name: &str| CANONICAL.iter().find(|(canonical, _)| *canonical == name).map_or("", |(_, about)| about);
    // What is computed on the way has names that no file has.
    let shown = schema.iter_names().filter(|name| !name.starts_with('\u{1}'));
    let own = shown.map(|name| FormulaColumn { name: name.to_string(), about: about(name).into() });
    let own =
        own.map(|column| if rows::keeps_own(&column.name, inputs) { FormulaColumn { about: String::new(), ..column } } else { column });
    let (known, others): (Vec<_>, Vec<_>) = own.partition(|column| !column.about.is_empty());
    let known = known.into_iter().filter(|column| inputs.iter().any(|input| rows::has_values(&column.name, input)));
    known.chain(others).collect()
}
