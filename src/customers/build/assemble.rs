//! Rows of all sources, added up per customer and joined: what building the table and trying a column have in common.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::base::text::count;
use crate::base::{Ctx, Note};
use crate::customers::error::CustomersError;
use crate::customers::understand::rows::{self, Input, KeyType};
use crate::customers::understand::understood::Understood;
use crate::data::SourceKind;
use crate::data::day::IsoDay;
use crate::data::sourcing::{Grain, KeyMatch, RecipeColumn};

use super::attach::{self, Given, SPELLED};
use super::built::BuiltColumn;
use super::formula;
use super::grain::{GrainColumns, aggregate};

/// Whole numbers where all keys are, else text as the least strict of the sources compares it.
pub(super) fn key_type(inputs: &[Input]) -> Result<KeyType, CustomersError> {
    let keyed = || inputs.iter().filter(|input| input.of.kind != SourceKind::Reference);
    let how = keyed().map(|input| input.of.key_match).max().unwrap_or_default();
    for input in keyed() {
        if !input.dtype(input.key()?)?.is_integer() {
            return Ok(KeyType::Text(how));
        }
    }
    Ok(KeyType::Whole)
}

/// Sources whose rows have days.
pub(super) fn dated<'a, 'b>(inputs: &'b [Input<'a>]) -> Vec<&'b Input<'a>> {
    inputs.iter().filter(|input| input.of.kind.has_days()).collect()
}

/// A customer table before it is copied.
pub(super) struct Assembled {
    /// One row per customer, sorted.
    pub frame: DataFrame,
    /// How its columns came to be.
    pub columns: Vec<BuiltColumn>,
    /// What could not be used.
    pub notes: Vec<Note>,
}

/// Adds up and joins everything.
pub(super) fn assemble(
    inputs: &[Input],
    keys: KeyType,
    snapshot: Option<IsoDay>,
    currency: Option<&str>,
    recipe: &[RecipeColumn],
    ctx: &Ctx,
) -> Result<Assembled, CustomersError> {
    let of = |kind: SourceKind| inputs.iter().filter(move |input| input.of.kind == kind).cloned().collect::<Vec<Input>>();
    let mut taken: BTreeSet<String> = recipe.iter().map(|column| column.name.clone()).collect();
    taken.insert("customer".into());
    let mut notes = Vec::new();

    ctx.progress("Reading the customers", 0.1);
    let spelled = matches!(keys, KeyType::Text(how) if how != KeyMatch::Exact);
    let mut given = Vec::new();
    for (at, input) in of(SourceKind::Customers).iter().enumerate() {
        given.push(attach::of_customers(input, keys, spelled && at == 0, &mut taken)?);
    }
    let n_lists = given.len();
    for input in of(SourceKind::Survey) {
        given.push(attach::of_customers(&input, keys, false, &mut taken)?);
    }

    let mut bought = of(SourceKind::Transactions);
    let references = of(SourceKind::Reference);
    notes.extend(look_up_rows(&mut bought, &references)?);
    let grains = aggregated(&bought, &of(SourceKind::Events), keys, snapshot, currency, recipe, ctx)?;

    ctx.check()?;
    ctx.progress("Joining", 0.8);
    let (lists, surveys) = given.split_at(n_lists);
    let everyone = everyone(lists, surveys, &grains, &mut notes)?;
    let mut table = everyone.lazy();
    for grain in grains {
        table = grain.join_to(table)?;
    }
    let mut columns: Vec<(String, BuiltColumn)> = Vec::new();
    for given in given {
        table = table.join(given.frame.lazy(), [col("customer")], [col("customer")], JoinArgs::new(JoinType::Left));
        columns.extend(given.columns);
        notes.extend(given.notes);
    }
    for reference in &references {
        let Some((source, column)) = &reference.of.looked_up_by else { continue };
        let Some(name) = name_in_table(inputs, &columns, source, column) else { continue };
        let given = attach::of_reference(reference, &mut taken)?;
        let schema = table.collect_schema()?;
        let dtype = schema.get(&name).cloned().unwrap_or(DataType::String);
        table = attach::look_up(table, &name, &dtype, reference, &given.frame);
        columns.extend(given.columns);
        notes.extend(given.notes);
    }
    let frame = finish(table, spelled && n_lists > 0, recipe, &columns)?;
    let all = std::iter::once(BuiltColumn::Key).chain(recipe.iter().cloned().map(BuiltColumn::Formula));
    Ok(Assembled { frame, columns: all.chain(columns.into_iter().map(|(_, from)| from)).collect(), notes })
}

/// What a column of a source is called in the table, if it is there.
fn name_in_table(inputs: &[Input], columns: &[(String, BuiltColumn)], source: &str, column: &str) -> Option<String> {
    let is_key =
        |input: &&Input| input.of.name == source && input.of.key.as_deref() == Some(column) && input.of.kind == SourceKind::Customers;
    if inputs.iter().any(|input| is_key(&input)) {
        return Some("customer".into());
    }
    let from = BuiltColumn::From { source: source.into(), column: column.into() };
    columns.iter().find(|(_, it)| *it == from).map(|(name, _)| name.clone())
}

/// Adds the columns of reference data that are looked up by a column of the transactions.
pub(super) fn look_up_rows(bought: &mut [Input], references: &[Input]) -> Result<Vec<Note>, CustomersError> {
    let mut notes = Vec::new();
    for reference in references {
        let Some((source, column)) = &reference.of.looked_up_by else { continue };
        for input in bought.iter_mut().filter(|input| input.of.name == *source) {
            let mut taken: BTreeSet<String> = input.schema.iter_names().map(PlSmallStr::to_string).collect();
            let given = attach::of_reference(reference, &mut taken)?;
            let dtype = input.dtype(column)?.clone();
            input.rows = attach::look_up(input.rows.clone(), column, &dtype, reference, &given.frame);
            input.schema = input.rows.collect_schema()?;
            notes.extend(given.notes);
        }
    }
    Ok(notes)
}

fn aggregated(
    bought: &[Input],
    events: &[Input],
    keys: KeyType,
    snapshot: Option<IsoDay>,
    currency: Option<&str>,
    recipe: &[RecipeColumn],
    ctx: &Ctx,
) -> Result<Vec<GrainColumns>, CustomersError> {
    let mut grains = Vec::new();
    let Some(snapshot) = snapshot else { return Ok(grains) };
    let most = |inputs: &[Input]| inputs.iter().map(|input| input.most_rows).sum();
    if !bought.is_empty() {
        let rows = rows::transactions(bought, keys, snapshot, currency)?;
        let has = |grain: &Grain| *grain == Grain::Transactions || recipe.iter().any(|column| column.grain == *grain);
        let wanted: Vec<Grain> = [Grain::Transactions, Grain::Purchases, Grain::Categories].into_iter().filter(has).collect();
        grains = aggregate(&rows, most(bought), &wanted, recipe, snapshot, (0.2, 0.7), ctx)?;
    }
    if !events.is_empty() {
        grains.extend(aggregate(
            &rows::events(events, keys, snapshot)?,
            most(events),
            &[Grain::Events],
            recipe,
            snapshot,
            (0.7, 0.8),
            ctx,
        )?);
    }
    Ok(grains)
}

/// The key of everyone who has a row in a customers' file or bought; without both, of everyone with an event or an answer.
fn everyone(lists: &[Given], surveys: &[Given], grains: &[GrainColumns], notes: &mut Vec<Note>) -> Result<DataFrame, CustomersError> {
    let of_grain = |grain: Grain| grains.iter().find(|it| it.grain == grain).map(|it| &it.frame);
    let only = |frames: &[&DataFrame], column: &str| -> Result<Option<LazyFrame>, CustomersError> {
        let frames: Vec<LazyFrame> = frames.iter().map(|frame| (*frame).clone().lazy().select([col(column)])).collect();
        if frames.is_empty() {
            return Ok(None);
        }
        let all = concat(frames, UnionArgs::default())?;
        Ok(Some(all.unique(None, UniqueKeepStrategy::Any)))
    };
    let listed: Vec<&DataFrame> = lists.iter().map(|given| &given.frame).collect();
    let bought = of_grain(Grain::Transactions);
    let n_missing = |some: &DataFrame, there: LazyFrame| -> Result<usize, CustomersError> {
        let missing = some.clone().lazy().join(there, [col("customer")], [col("customer")], JoinArgs::new(JoinType::Anti));
        Ok(missing.select([len()]).collect()?.columns()[0].get(0)?.extract::<u64>().unwrap_or(0) as usize)
    };
    if let (Some(listed), Some(bought)) = (only(&listed, "customer")?, bought) {
        let orphans = n_missing(bought, listed.clone())?;
        if orphans > 0 {
            let (customers, are) = if orphans == 1 { ("customer", "is") } else { ("customers", "are") };
            notes.push(Note::new(format!(
                "{} {customers} with transactions {are} not in the customers' file; what is known from transactions is kept.",
                count(orphans)
            )));
        }
        let quiet = n_missing(&listed.collect()?, bought.clone().lazy())?;
        if quiet > 0 {
            let (customers, have) = if quiet == 1 { ("customer", "has") } else { ("customers", "have") };
            notes.push(Note::new(format!("{} {customers} {have} no transactions: frequency is 0, recency is empty.", count(quiet))));
        }
    }
    let known: Vec<&DataFrame> = listed.into_iter().chain(bought).collect();
    let known = if known.is_empty() {
        of_grain(Grain::Events).into_iter().chain(surveys.iter().map(|given| &given.frame)).collect()
    } else {
        let others = of_grain(Grain::Events).into_iter().map(|frame| ("events", frame));
        for (what, frame) in others.chain(surveys.iter().map(|given| ("answers", &given.frame))) {
            let Some(there) = only(&known, "customer")? else { continue };
            let unknown = n_missing(frame, there)?;
            if unknown > 0 {
                notes.push(Note::new(format!("{} keys with {what} belong to no customer and are left out.", count(unknown))));
            }
        }
        known
    };
    let everyone = only(&known, "customer")?.ok_or(CustomersError::NoCustomers)?;
    Ok(everyone.sort(["customer"], SortMultipleOptions::default()).collect()?)
}

/// The formulas that see the whole row, then the columns in the table's order.
fn finish(
    mut table: LazyFrame,
    spelled: bool,
    recipe: &[RecipeColumn],
    given: &[(String, BuiltColumn)],
) -> Result<DataFrame, CustomersError> {
    let schema = table.collect_schema()?;
    let own: Vec<&RecipeColumn> = recipe.iter().filter(|column| column.grain == Grain::Customer).collect();
    let names: Vec<&str> = schema.iter_names().map(PlSmallStr::as_str).chain(own.iter().map(|column| column.name.as_str())).collect();
    let parsed = own.iter().map(|column| formula::parse(column, &names)).collect::<Result<Vec<_>, _>>()?;
    for parsed in formula::in_order(parsed)? {
        table = table.with_columns([parsed.expr]);
    }
    let key = if spelled { coalesce(&[col(SPELLED), col("customer")]) } else { col("customer") };
    let key = key.cast(DataType::String).alias("customer");
    let names = recipe.iter().map(|column| column.name.as_str()).chain(given.iter().map(|(name, _)| name.as_str()));
    let columns = std::iter::once(key).chain(names.map(col));
    let order: Vec<Expr> = columns.chain([col("customer").alias("sorted by")]).collect();
    // Whole numbers are sorted as such, so 2 stands before 10, though the key leaves as text.
    let sorted = table.select(order).sort(["sorted by"], SortMultipleOptions::default());
    Ok(sorted.drop(cols(["sorted by"])).collect()?)
}

/// The currency that amounts of all sources are told in, where there are several: the commonest of the first source that names any.
pub fn currency(understood: &Understood) -> Option<&str> {
    let seen: Vec<&Vec<String>> =
        understood.sources.iter().filter_map(|source| source.common.get(&crate::data::sourcing::Field::Currency)).collect();
    let common = seen.first()?.first()?;
    let has_other = seen.iter().any(|levels| levels.iter().any(|level| level != common));
    has_other.then_some(common.as_str())
}
