//! Can this formula be computed? Parsed as a polars SQL expression, checked against the columns there are.
//!
//! In: a formula of a user and the columns of its grain. Out: an expression, or one sentence that says what is wrong. Formulas are data: no
//! query inside a query, no table, no file can be named in one. O(length).

use std::collections::BTreeSet;

use polars::prelude::*;
use polars::sql::sql_expr;

use crate::customers::error::{CustomersError, short};
use crate::data::sourcing::{Grain, RecipeColumn};

/// A formula that can be computed.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    /// The column it makes.
    pub name: String,
    /// The expression, with that name.
    pub expr: Expr,
    /// The columns it reads.
    pub reads: BTreeSet<String>,
    /// What is counted, if the formula counts different values: `n_unique` per group is many times slower than to make the values unique first.
    pub distinct: Option<Expr>,
}

/// Reads a formula; `columns` are those of its grain.
pub(super) fn parse(column: &RecipeColumn, columns: &[&str]) -> Result<Parsed, CustomersError> {
    let wrong = |why: String| CustomersError::Formula { column: column.name.clone(), why };
    if column.formula.trim().is_empty() {
        return Err(wrong("it has no formula".into()));
    }
    if words_outside_quotes(&column.formula).any(|word| word.eq_ignore_ascii_case("select")) {
        return Err(wrong("a formula cannot hold a query of its own; use the columns of this level without SELECT".into()));
    }
    let expr = sql_expr(&column.formula).map_err(|error| wrong(short(&error)))?;
    let mut reads = BTreeSet::new();
    for part in &expr {
        if let Expr::Column(name) = part {
            reads.insert(name.to_string());
        }
    }
    if let Some(unknown) = reads.iter().find(|name| !columns.contains(&name.as_str())) {
        let near = nearest(unknown, columns);
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}"));
        let grain = column.grain.name().to_lowercase();
        return Err(wrong(format!("there is no column {unknown} among the {grain} columns{hint}")));
    }
    if column.grain != Grain::Customer && !sums_up(&expr) {
        return Err(wrong("it gives one value per row, not one per customer; wrap it in SUM, AVG, MIN, MAX, COUNT or FIRST".into()));
    }
    Ok(Parsed { name: column.name.clone(), distinct: counted(&expr), expr: expr.alias(column.name.as_str()), reads })
}

/// What `COUNT(DISTINCT x)` counts, which polars SQL writes as `n_unique(x) - (null_count(x) > 0)`.
fn counted(expr: &Expr) -> Option<Expr> {
    let Expr::BinaryExpr { left, op: Operator::Minus, .. } = expr else { return None };
    match &**left {
        Expr::Agg(AggExpr::NUnique(counted)) => Some((**counted).clone()),
        _ => None,
    }
}

/// Whether every column is inside something that makes one value of many.
fn sums_up(expr: &Expr) -> bool {
    match expr {
        Expr::Agg(_) | Expr::Len | Expr::Literal(_) => true,
        Expr::Column(_) => false,
        Expr::Alias(inner, _) => sums_up(inner),
        Expr::Cast { expr, .. } => sums_up(expr),
        Expr::BinaryExpr { left, right, .. } => sums_up(left) && sums_up(right),
        Expr::Ternary { predicate, truthy, falsy } => sums_up(predicate) && sums_up(truthy) && sums_up(falsy),
        // Functions and whatever else there is may make one value of many (a count of what is missing) or not: the query tells by the type it gives.
        _ => true,
    }
}

/// The name of `names` that is written most like `name`, if one is like it at all.
fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let near =
        names.iter().copied().map(|other| (distance(&name.to_lowercase(), &other.to_lowercase()), other)).min_by_key(|(far, _)| *far);
    near.filter(|(far, other)| *far * 2 <= name.chars().count().max(other.chars().count())).map(|(_, other)| other)
}

/// Letters to insert, remove or replace (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

/// The words of a formula that are not inside quotes.
fn words_outside_quotes(formula: &str) -> impl Iterator<Item = &str> {
    // Every second piece between quotes is inside of them; a doubled quote is an empty piece and changes nothing.
    let outside = formula.split(['\'', '"']).step_by(2);
    outside.flat_map(|piece| piece.split(|letter: char| !letter.is_alphanumeric() && letter != '_')).filter(|word| !word.is_empty())
}

/// Columns at customer grain in the order they can be computed: each after those it reads. A circle is told.
pub(super) fn in_order(mut waiting: Vec<Parsed>) -> Result<Vec<Parsed>, CustomersError> {
    let mut done = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let names: BTreeSet<String> = waiting.iter().map(|parsed| parsed.name.clone()).collect();
        let (ready, later): (Vec<Parsed>, Vec<Parsed>) = waiting.into_iter().partition(|parsed| parsed.reads.is_disjoint(&names));
        if ready.is_empty() {
            let circle = later.iter().map(|parsed| parsed.name.as_str()).collect::<Vec<_>>().join(", ");
            let column = later.first().map(|parsed| parsed.name.clone()).unwrap_or_default();
            return Err(CustomersError::Formula { column, why: format!("its formula goes in a circle through {circle}") });
        }
        done.extend(ready);
        waiting = later;
    }
    Ok(done)
}
