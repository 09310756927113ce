//! How healthy are the sources? Every rule checked, a score per source, and what is done about rows that fail.
//!
//! In: rules (or those the data suggest), what the sources hold, their rows. Out: per rule how many rows were checked, how many fail, and up
//! to ten of them; per source and dimension a score; and the rows the analysis goes on with. Dimensions after DAMA UK (2013). Accuracy is not
//! among the scores: it cannot be computed without a reference that is known to be true.
//!
//! Score: 1 - sum of weight x share of failing rows / sum of weights, over the enabled rules of the source; an error weighs 3, a warning 2,
//! what is worth knowing 1. A source that is too old fails its rule of timeliness as a whole.
//!
//! Cost: one query per source for all counts, one more for the examples of rules that fail, and one pass over a column for each rule that
//! compares rows with one another.
//!
//! `predicate` is a rule as a query, where `spelling` finds other ways to write a value; `keep` parts the rows, and `suggest` makes rules of what `measure`
//! counts.

mod keep;
mod measure;
mod predicate;
mod spelling;
mod suggest;

use polars::prelude::*;
use serde::Serialize;

use crate::base::Ctx;
use crate::data::day::IsoDay;
use crate::data::rules::{Dimension, Predicate, RowAction, Rule};
use crate::data::{Raw, Sourcing};

use super::error::CustomersError;
use super::understand::understood::Understood;

pub use keep::{failing_rows, kept, kept_out, write_csv};
pub use measure::newest_day;
pub use suggest::suggested;

use predicate::{World, day_of};

/// What became of every rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Health {
    /// One per source, in the plan's order.
    pub sources: Vec<SourceHealth>,
    /// The rules, in the plan's order.
    pub rules: Vec<Checked>,
    /// Whether the rules are those the data suggest.
    pub is_suggested: bool,
    /// The day ages were counted back from.
    pub today: Option<IsoDay>,
    /// What the scores leave out.
    pub accuracy: &'static str,
}

/// Told wherever scores are.
pub const ACCURACY: &str = "Accuracy cannot be computed without a reference that is known to be true.";

/// How healthy one source is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceHealth {
    /// Its name in the project.
    pub name: String,
    /// Its rows.
    pub n_rows: usize,
    /// From 0 to 1; `None` without a rule. See the file's head for the formula.
    pub score: Option<f64>,
    /// The same over the rules of each dimension, in the order of [`Dimension::ALL`].
    pub dimensions: [Option<f64>; 5],
    /// Rules that more rows fail than they may.
    pub n_broken: usize,
    /// Names its bytes.
    pub stamp: String,
}

/// A rule and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// The rule.
    pub rule: Rule,
    /// What it demands, in words.
    pub words: String,
    /// Rows it looked at; cells that are missing are the matter of completeness alone.
    pub checked: usize,
    /// Those of them that fail.
    pub failed: usize,
    /// `failed / checked`.
    pub share: f64,
    /// Whether more fail than may.
    pub is_broken: bool,
    /// Up to ten that fail.
    pub examples: Vec<FailedExample>,
    /// Why it could not be checked.
    pub problem: Option<String>,
}

/// A row that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedExample {
    /// Its number, from 1; `None` where only the cell is known.
    pub row: Option<usize>,
    /// What it has.
    pub value: String,
}

/// Examples per rule.
const EXAMPLES: usize = 10;

/// Checks every rule. `today` is the day ages are counted back from; `None` is the newest day of all sources that can be believed.
pub fn check(
    sourcing: &Sourcing,
    understood: &Understood,
    raws: &[&Raw],
    today: Option<IsoDay>,
    ctx: &Ctx,
) -> Result<Health, CustomersError> {
    ctx.progress("Looking at the days", 0.0);
    let newest = newest_day(understood, raws)?;
    let rules = match &sourcing.rules {
        Some(rules) => rules.clone(),
        None => {
            ctx.progress("Looking for rules", 0.1);
            suggested(sourcing, understood, raws, newest, ctx)?
        }
    };
    let today = today.or(newest);
    let world = World { understood, raws, newest };
    let mut checked: Vec<Checked> = rules.into_iter().map(unchecked).collect();
    for at in 0..raws.len() {
        ctx.check()?;
        ctx.progress(&format!("Checking {}", understood.sources[at].name), 0.2 + 0.8 * at as f32 / raws.len() as f32);
        let mut its: Vec<&mut Checked> =
            checked.iter_mut().filter(|checked| checked.rule.enabled && checked.rule.source == understood.sources[at].name).collect();
        check_source(&mut its, at, world, today, ctx)?;
    }
    for checked in &mut checked {
        if checked.rule.enabled && world.position(&checked.rule.source).is_none() {
            checked.problem = Some(format!("there is no source {}; change or remove it.", checked.rule.source));
        }
        checked.share = checked.failed as f64 / checked.checked.max(1) as f64;
        checked.is_broken = checked.share > checked.rule.threshold;
    }
    let of_source = |(source, raw): (&super::UnderstoodSource, &&Raw)| {
        let its = || checked.iter().filter(|checked| checked.rule.source == source.name);
        SourceHealth {
            name: source.name.clone(),
            n_rows: raw.n_rows,
            score: score(its()),
            dimensions: Dimension::ALL.map(|dimension| score(its().filter(|checked| checked.rule.dimension == dimension))),
            n_broken: its().filter(|checked| checked.is_broken).count(),
            stamp: raw.stamp.to_hex(),
        }
    };
    let sources = understood.sources.iter().zip(raws).map(of_source).collect();
    Ok(Health { sources, rules: checked, is_suggested: sourcing.rules.is_none(), today, accuracy: ACCURACY })
}

/// What a program reads: everything there is, as JSON.
pub fn json(health: &Health) -> String {
    serde_json::to_string_pretty(health).unwrap_or_default() + "\n"
}

/// What is wrong with a formula for rows of the source, if anything: it must be true or false for each.
pub fn formula_problem(raw: &Raw, formula: &str) -> Option<String> {
    predicate::formula_expr(raw, formula).err()
}

fn unchecked(rule: Rule) -> Checked {
    let words = rule.words();
    Checked { rule, words, checked: 0, failed: 0, share: 0.0, is_broken: false, examples: Vec::new(), problem: None }
}

/// See the file's head.
fn score<'a>(rules: impl Iterator<Item = &'a Checked>) -> Option<f64> {
    let counted = rules.filter(|checked| checked.rule.enabled && checked.problem.is_none() && checked.checked > 0);
    let (lost, weight) = counted.fold((0.0, 0.0), |(lost, all), checked| {
        let weight = checked.rule.severity.weight();
        (lost + weight * checked.share, all + weight)
    });
    (weight > 0.0).then(|| 1.0 - lost / weight)
}

/// The number of a row, under a name that no header has.
pub(super) const ROW: &str = "\u{1}row";

fn check_source(rules: &mut [&mut Checked], at: usize, world: World<'_>, today: Option<IsoDay>, ctx: &Ctx) -> Result<(), CustomersError> {
    let raw = world.raws[at];
    let (mut tests, mut asked) = (Vec::new(), Vec::new());
    for (nth, checked) in rules.iter_mut().enumerate() {
        ctx.check()?;
        match predicate::test(&checked.rule, at, world) {
            Ok(Some(test)) => {
                asked.push(test.looks.clone().cast(DataType::UInt64).sum().alias(format!("checked{nth}")));
                asked.push(test.fails.clone().cast(DataType::UInt64).sum().alias(format!("failed{nth}")));
                tests.push((nth, test));
            }
            Ok(None) if checked.rule.predicate == Predicate::Readable => readable(checked, raw),
            Ok(None) => too_old(checked, raw, world.newest, today)?,
            Err(CustomersError::Stopped(stopped)) => return Err(stopped.into()),
            Err(error) => checked.problem = Some(error.to_string()),
        }
    }
    if tests.is_empty() {
        return Ok(());
    }
    let counts = raw.lazy().select(asked).collect()?;
    for (nth, _) in &tests {
        rules[*nth].checked = number(&counts, &format!("checked{nth}"));
        rules[*nth].failed = number(&counts, &format!("failed{nth}"));
    }
    ctx.check()?;
    tests.retain(|(nth, _)| rules[*nth].failed > 0);
    if tests.is_empty() {
        return Ok(());
    }
    let asked = tests.iter().flat_map(|(nth, test)| {
        let first = |what: Expr| what.filter(test.fails.clone()).head(Some(EXAMPLES)).implode(true);
        [first(col(ROW).cast(DataType::UInt64)).alias(format!("row{nth}")), first(test.value.clone()).alias(format!("value{nth}"))]
    });
    let frame = raw.lazy().with_row_index(ROW, Some(1)).select(asked.collect::<Vec<_>>()).collect()?;
    for (nth, _) in &tests {
        let list = |name: String| -> Result<Series, CustomersError> {
            match frame.column(&name)?.get(0)? {
                AnyValue::List(list) => Ok(list),
                _ => Ok(Series::default()),
            }
        };
        let (rows, values) = (list(format!("row{nth}"))?, list(format!("value{nth}"))?);
        let examples = rows.u64()?.iter().zip(values.str()?.iter());
        rules[*nth].examples = examples
            .map(|(row, value)| FailedExample { row: row.map(|row| row as usize), value: value.unwrap_or_default().to_owned() })
            .collect();
    }
    Ok(())
}

fn readable(checked: &mut Checked, raw: &Raw) {
    let Some(column) = checked.rule.columns.first().and_then(|name| raw.column(name)) else { return };
    // Cells that could not be read are missing by now, so all rows are what it looks at.
    checked.checked = raw.n_rows;
    checked.failed = column.n_unreadable;
    checked.examples = column.unreadable.iter().take(EXAMPLES).map(|cell| FailedExample { row: None, value: cell.clone() }).collect();
}

fn too_old(checked: &mut Checked, raw: &Raw, newest: Option<IsoDay>, today: Option<IsoDay>) -> Result<(), CustomersError> {
    let (Predicate::AtMostDaysOld(limit), Some(today)) = (&checked.rule.predicate, today) else { return Ok(()) };
    // A day in the future must not make an old source look fresh.
    let believed = newest.map_or(today, |newest| newest.max(today));
    let last = checked.rule.columns.iter().map(|name| {
        let day = day_of(name).to_physical().cast(DataType::Int32);
        day.clone().filter(day.lt_eq(lit(believed.0))).max().alias(name.as_str())
    });
    let last = raw.lazy().select(last.collect::<Vec<_>>()).collect()?;
    let last = last.columns().iter().filter_map(|column| column.get(0).ok()?.extract::<i32>()).max();
    let Some(last) = last else { return Ok(()) };
    checked.checked = 1;
    let age = today.0 - last;
    if f64::from(age) > *limit {
        checked.failed = 1;
        checked.examples =
            vec![FailedExample { row: None, value: format!("The newest row is of {}, {age} days before {today}.", IsoDay(last)) }];
    }
    Ok(())
}

fn number(frame: &DataFrame, name: &str) -> usize {
    let value = frame.column(name).ok().and_then(|column| column.get(0).ok().and_then(|value| value.extract::<u64>()));
    value.unwrap_or(0) as usize
}

/// What of the rules changes the customer table, for its key: a threshold or a reason does not.
pub(super) fn what_changes_rows(sourcing: &Sourcing) -> Vec<(&str, &[String], &Predicate, RowAction)> {
    let rules = sourcing.rules.iter().flatten().filter(|rule| changes_rows(rule));
    rules.map(|rule| (rule.source.as_str(), &rule.columns[..], &rule.predicate, rule.action)).collect()
}

/// Whether any rule changes what the analysis sees.
fn changes_rows(rule: &Rule) -> bool {
    rule.enabled && rule.action != RowAction::Flag && !matches!(rule.predicate, Predicate::Readable | Predicate::AtMostDaysOld(_))
}
