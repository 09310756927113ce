//! Which rows fail a rule? A rule as a lazy polars expression over the rows of its source.
//!
//! In: a rule and the sources. Out: which rows it looks at, which of them fail, and what is shown of them. What a row alone does not tell (the
//! commoner spelling, the customers of another source) is looked up first: one pass over the column, then a set.

use polars::prelude::*;
use polars::sql::sql_expr;

use crate::customers::understand::rows::day;
use crate::customers::understand::understood::Understood;
use crate::data::day::IsoDay;
use crate::data::rules::{Predicate, Rule};
use crate::data::sourcing::KeyMatch;
use crate::data::{Raw, name_words};

use super::super::error::{CustomersError, short};
use super::spelling::{self, Counts};

/// What rules are checked against.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub understood: &'a Understood,
    pub raws: &'a [&'a Raw],
    /// The newest day of all sources that can be believed; a later one is in the future.
    pub newest: Option<IsoDay>,
}

impl World<'_> {
    /// The place of the source called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.understood.sources.iter().position(|source| source.name == name)
    }
}

/// A rule about rows.
pub(super) struct Test {
    /// Whether it looks at the row: true or false.
    pub looks: Expr,
    /// Whether the row fails: true or false.
    pub fails: Expr,
    /// What is shown of a row, as text.
    pub value: Expr,
}

/// The column of that name and no other: names such as "*" or "^a$" are names here.
pub(super) fn column(name: &str) -> Expr {
    Expr::Column(name.into())
}

/// The day of a column.
pub(super) fn day_of(name: &str) -> Expr {
    column(name).cast(DataType::Date)
}

/// Mail addresses as people have them: one @, a host with a point, no blanks; RFC 5322 allows more than any shop ever meets.
pub(super) const EMAIL: &str =
    r"^[\p{L}\p{N}_%+'&*/=?^{|}~!#$-]+(\.[\p{L}\p{N}_%+'&*/=?^{|}~!#$-]+)*@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}{2,}$";

/// Seven to fifteen digits with the usual signs between them.
pub(super) const PHONE: &str = r"^\s*\+?([\s()./-]*\d){7,15}[\s()./-]*$";

/// A column as text without blanks around it.
pub(super) fn trimmed(name: &str) -> Expr {
    column(name).cast(DataType::String).str().strip_chars(lit(NULL).cast(DataType::String))
}

/// A key as it is compared: see [`KeyMatch`].
fn key(name: &str, how: KeyMatch) -> Expr {
    let text = trimmed(name).str().replace_all(lit(r"\.0$"), lit(""), false);
    match how {
        KeyMatch::Exact => text,
        KeyMatch::IgnoreCase => text.str().to_lowercase(),
        KeyMatch::Digits => text.str().replace_all(lit(r"\D"), lit(""), false).str().strip_chars_start(lit("0")),
    }
}

/// The rule as an expression; `Ok(None)` for the two predicates that are not about rows, `Err` says why it cannot be checked.
pub(super) fn test(rule: &Rule, at: usize, world: World<'_>) -> Result<Option<Test>, CustomersError> {
    let raw = world.raws[at];
    if let Some(gone) = rule.columns.iter().find(|name| raw.column(name).is_none()) {
        return Err(wrong(rule, format!("{} has no column {gone}", rule.source)));
    }
    let needed = match rule.predicate {
        Predicate::Formula(_) => 0,
        Predicate::NotAfter => 2,
        _ => 1,
    };
    if rule.columns.len() < needed {
        return Err(wrong(rule, "it names too few columns".into()));
    }
    let name = rule.columns.first().map_or("", String::as_str);
    let is_there = || column(name).is_not_null();
    let not_matching = |pattern: &str| trimmed(name).str().contains(lit(pattern), false).not();
    let number = || column(name).cast(DataType::Float64);
    let (looks, fails) = match &rule.predicate {
        Predicate::Readable | Predicate::AtMostDaysOld(_) => return Ok(None),
        Predicate::Present => {
            let missing = rule.columns.iter().map(|name| column(name).is_null()).reduce(Expr::or).unwrap_or(lit(false));
            (missing.clone().is_not_null(), missing)
        }
        Predicate::Email => (is_there(), not_matching(EMAIL)),
        Predicate::Phone => (is_there(), not_matching(PHONE)),
        Predicate::Between(low, high) => (is_there(), number().lt(lit(*low)).or(number().gt(lit(*high)))),
        Predicate::AtLeast(low) => (is_there(), number().lt(lit(*low))),
        Predicate::DayBetween(low, high) => {
            let early = day_of(name).lt(day(*low));
            let late = high.or(world.newest).map(|high| day_of(name).gt(day(high)));
            (is_there(), late.map_or(early.clone(), |late| early.or(late)))
        }
        Predicate::OneOf(values) => (is_there(), among(trimmed(name), values.clone()).not()),
        Predicate::OneValue => {
            let others = counts(raw, name)?.into_iter().skip(1).map(|(value, _)| value).collect();
            (is_there(), among(column(name).cast(DataType::String), others))
        }
        Predicate::SameSpelling => {
            let rarer = spelling::rarer_spellings(&counts(raw, name)?, spelling::folded);
            (is_there(), among(column(name).cast(DataType::String), rarer))
        }
        Predicate::SameCountry => {
            let rarer = spelling::rarer_spellings(&counts(raw, name)?, spelling::country);
            (is_there(), among(column(name).cast(DataType::String), rarer))
        }
        Predicate::Unique => unique(rule, at, world),
        Predicate::FoundIn { source, column: other } => {
            let missing = || wrong(rule, format!("there is no {other} in {source}"));
            let there = world.position(source).ok_or_else(missing)?;
            world.raws[there].column(other).ok_or_else(missing)?;
            let how = world.understood.sources[at].key_match;
            let known = world.raws[there].lazy().select([key(other, how).unique().drop_nulls().alias("known")]).collect()?;
            let known = known.columns()[0].as_materialized_series().clone();
            (is_there(), key(name, how).is_in(lit(known).implode(true), false).not())
        }
        Predicate::NotAfter => {
            let (first, second) = (name, rule.columns[1].as_str());
            (is_there().and(column(second).is_not_null()), column(first).gt(column(second)))
        }
        Predicate::Formula(formula) => {
            let holds = formula_expr(raw, formula).map_err(|why| wrong(rule, why))?;
            (holds.clone().is_not_null(), holds.not())
        }
    };
    let looks = looks.fill_null(lit(false));
    Ok(Some(Test { fails: looks.clone().and(fails.fill_null(lit(false))), looks, value: shown(rule, raw) }))
}

/// A formula as an expression that is true or false for a row of the source, or what is wrong with it.
pub(super) fn formula_expr(raw: &Raw, formula: &str) -> Result<Expr, String> {
    let holds = sql_expr(formula).map_err(|error| short(&error))?;
    let schema = raw.lazy().select([holds.clone().alias("holds")]).collect_schema().map_err(|error| short(&error))?;
    match schema.get("holds") {
        Some(DataType::Boolean) => Ok(holds),
        _ => Err("it is neither true nor false; compare something, as in age > 12".into()),
    }
}

fn unique(rule: &Rule, at: usize, world: World<'_>) -> (Expr, Expr) {
    if let [name] = &rule.columns[..] {
        let source = &world.understood.sources[at];
        let same = match () {
            () if source.key.as_ref() == Some(name) => key(name, source.key_match),
            () if name_words(name).iter().any(|word| word.contains("mail")) => trimmed(name).str().to_lowercase(),
            () => column(name),
        };
        return (column(name).is_not_null(), same.is_first_distinct().not());
    }
    // Cells are kept apart by a sign that no file has in its cells, and missing ones count as equal.
    let cells: Vec<Expr> = rule.columns.iter().map(|name| column(name).cast(DataType::String).fill_null(lit("\u{1e}"))).collect();
    let line = concat_str(cells, "\u{1f}", false);
    (line.clone().is_not_null(), line.is_first_distinct().not())
}

/// What of a row is shown as an example.
fn shown(rule: &Rule, raw: &Raw) -> Expr {
    let all: Vec<String> = raw.columns.iter().map(|column| column.name.clone()).collect();
    let names = if rule.columns.is_empty() { &all } else { &rule.columns };
    let text = |name: &String| column(name).cast(DataType::String).fill_null(lit("")).str().replace(lit(r"\.0$"), lit(""), false);
    concat_str(names.iter().take(6).map(text).collect::<Vec<_>>(), " · ", true)
}

/// Distinct values of a column with their counts, the commonest first. One pass.
pub(super) fn counts(raw: &Raw, name: &str) -> Result<Counts, CustomersError> {
    let text = column(name).cast(DataType::String).alias("value");
    let frame = raw.lazy().select([text]).drop_nulls(None).group_by([col("value")]).agg([len().alias("n")]);
    let frame = frame.sort(["n", "value"], SortMultipleOptions::default().with_order_descending_multi([true, false])).collect()?;
    let (values, n) = (frame.column("value")?.str()?, frame.column("n")?.cast(&DataType::UInt64)?);
    Ok(values.iter().zip(n.u64()?.iter()).filter_map(|(value, n)| Some((value?.to_owned(), n? as usize))).collect())
}

fn among(text: Expr, values: Vec<String>) -> Expr {
    text.is_in(lit(Series::new("values".into(), values)).implode(true), false)
}

fn wrong(rule: &Rule, why: String) -> CustomersError {
    CustomersError::Rule { rule: rule.words(), why }
}
