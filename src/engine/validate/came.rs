//! What came of customers after a day, or what does a column say became of them? And what is known of them by recency, frequency and money?
//!
//! In: sources, a frozen recipe, customers by key. Out: per customer yes or no, or a number; none where it is not known. What came is read from the rows after the day,
//! up to and with the end of the horizon; a return counts on its own day, whenever the sale was.

use std::collections::BTreeMap;

use crate::base::text::count;
use crate::base::{Ctx, Matrix};
use crate::customers::BuiltColumn;
use crate::data::day::IsoDay;
use crate::data::sourcing::{Field, Grain, RecipeColumn};
use crate::data::{Column, Table, Values};
use crate::engine::run::answer::StepError;
use crate::evaluate::forecast::ForecastScore;
use crate::evaluate::{Forecast, ForecastModel, WithBand, telling_level};
use crate::export::ForetoldBy;
use crate::session::ToForetell;

use super::cannot::cannot;
use super::dated::{Dated, FrozenRecipe};

/// What came, per customer; none where it is not known.
pub(super) enum Came {
    YesOrNo(Vec<Option<bool>>),
    Number(Vec<Option<f64>>),
}

impl Came {
    /// What is known of it, as yes or no, or as numbers.
    pub(super) fn known(&self) -> (Vec<bool>, Vec<f64>) {
        match self {
            Came::YesOrNo(values) => (values.iter().flatten().copied().collect(), Vec::new()),
            Came::Number(values) => (Vec::new(), values.iter().flatten().copied().collect()),
        }
    }
}

pub(super) fn no_column(name: &str) -> StepError {
    cannot(format!("There is no column {name}, so it cannot be foretold; give --outcome the name of one there is."))
}

/// What a column says of these rows.
pub(super) fn came(column: &Column, rows: impl Iterator<Item = usize>, name: &str) -> Result<Came, StepError> {
    let rows: Vec<usize> = rows.collect();
    match &column.values {
        Values::Number(values) => {
            let values: Vec<Option<f64>> = rows.iter().map(|&row| Some(values[row]).filter(|value| value.is_finite())).collect();
            let is_flag = values.iter().flatten().all(|value| *value == 0.0 || *value == 1.0);
            Ok(match is_flag {
                true => Came::YesOrNo(values.into_iter().map(|value| value.map(|value| value == 1.0)).collect()),
                false => Came::Number(values),
            })
        }
        Values::Text(texts) => {
            let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
            rows.iter().filter_map(|&row| texts.get(row)).for_each(|text| *shares.entry(text).or_default() += 1.0);
            let levels: Vec<(&str, f64)> = shares.into_iter().collect();
            if let [(only, _)] = &levels[..] {
                return Err(cannot(format!("{name} is {only} for everyone, so there is nothing to foretell. Choose another outcome.")));
            }
            let told = telling_level(&levels).filter(|_| levels.len() == 2).map(|at| levels[at].0).ok_or_else(|| {
                let n = count(levels.len());
                cannot(format!(
                    "{name} holds {n} different texts; only numbers and texts with two values, such as yes and no, can be foretold."
                ))
            })?;
            Ok(Came::YesOrNo(rows.iter().map(|&row| texts.get(row).map(|text| text == told)).collect()))
        }
        Values::Date(_) => {
            Err(cannot(format!("{name} holds days; only numbers and texts with two values, such as yes and no, can be foretold.")))
        }
    }
}

/// What a list of customers says in a column.
pub(super) fn column_of_a_list(
    recipe: &FrozenRecipe,
    rows: &[crate::data::Raw],
    cut: IsoDay,
    name: &str,
    keys: &[String],
    ctx: &Ctx,
) -> Result<Came, StepError> {
    let built = recipe.built(rows, cut, None, ctx)?;
    let at = built.table.position(name).ok_or_else(|| no_column(name))?;
    if !matches!(built.columns.get(at), Some(BuiltColumn::From { .. })) {
        return Err(cannot(format!(
            "{name} is known on the day of the cut and is an input, so it cannot be what is foretold; choose buys_again, purchases or spend, which come after it."
        )));
    }
    let place = places(&built.table);
    came(&built.table.columns[at], keys.iter().filter_map(|key| place.get(key.as_str()).copied()), name)
}

/// The row of every customer.
fn places(table: &Table) -> BTreeMap<String, usize> {
    table.columns.first().map_or_else(BTreeMap::new, |key| (0..table.n_rows).map(|row| (key.cell(row).into_owned(), row)).collect())
}

/// What these customers did after the cut, up to and with the end of the horizon.
pub(super) fn later(
    dated: &Dated,
    recipe: &FrozenRecipe,
    outcome: &ToForetell,
    cut: IsoDay,
    horizon: i32,
    keys: &[String],
    ctx: &Ctx,
) -> Result<Came, StepError> {
    let (grain, formula) = match outcome {
        ToForetell::Spend => (Grain::Transactions, "SUM(amount)".to_owned()),
        ToForetell::Category(name) => {
            let name = level(recipe, name, cut)?;
            let said = format!("'{}'", name.replace('\'', "''"));
            (Grain::Transactions, format!("SUM(CASE WHEN purchase = 1 AND category = {said} THEN 1 ELSE 0 END)"))
        }
        _ => (Grain::Purchases, "COUNT(*)".to_owned()),
    };
    let has_money = dated
        .understood
        .sources
        .iter()
        .any(|source| [Field::Amount, Field::UnitPrice].iter().any(|field| source.fields.contains_key(field)));
    if *outcome == ToForetell::Spend && !has_money {
        return Err(cannot(
            "No column of the orders holds money, so what customers spend cannot be foretold; choose buys_again or purchases.",
        ));
    }
    let end = IsoDay(cut.0 + horizon);
    let wanted = RecipeColumn { name: "later".into(), grain, formula, about: String::new() };
    let built = recipe.built(&dated.rows(Some(cut), end)?, end, Some(vec![wanted]), ctx)?;
    let values = built.table.column("later").ok_or_else(|| no_column("later"))?;
    let place = places(&built.table);
    let of = |key: &String| place.get(key.as_str()).and_then(|&row| values.number(row)).unwrap_or(0.0);
    Ok(match outcome {
        ToForetell::Purchases | ToForetell::Spend => Came::Number(keys.iter().map(|key| Some(of(key))).collect()),
        _ => Came::YesOrNo(keys.iter().map(|key| Some(of(key) > 0.0)).collect()),
    })
}

/// A product group as the orders up to the cut write it.
fn level(recipe: &FrozenRecipe, name: &str, cut: IsoDay) -> Result<String, StepError> {
    let known: Vec<&String> = recipe.understood.sources.iter().filter_map(|source| source.common.get(&Field::Category)).flatten().collect();
    if known.is_empty() {
        return Err(cannot(
            "No column of the orders holds product groups, so none can be foretold; choose buys_again, purchases or spend.",
        ));
    }
    if let Some(level) = known.iter().find(|level| level.to_lowercase() == name.to_lowercase()) {
        return Ok((*level).clone());
    }
    let some: Vec<&str> = known.iter().take(5).map(|level| level.as_str()).collect();
    Err(cannot(format!("{name} is none of the common product groups up to {cut}; there are {} and others.", some.join(", "))))
}

/// One measure by what is foretold from.
pub(super) fn by_model(told: &Forecast, has_rfm: bool, of: fn(ForecastScore) -> Option<WithBand>) -> Option<ForetoldBy> {
    let score = |model| of(told.of(model));
    let with_rfm = |model| score(model).filter(|_| has_rfm);
    let by = ForetoldBy {
        rfm: with_rfm(ForecastModel::Rfm),
        persona: score(ForecastModel::Persona),
        rfm_and_persona: with_rfm(ForecastModel::RfmAndPersona),
        all: score(ForecastModel::All),
    };
    Some(by).filter(|by| by.all.is_some())
}

/// Logarithms of recency, frequency and money; money is left out where there is none.
pub(super) fn rfm(table: &Table, rows: &[usize], table_rows: &[usize]) -> Option<Matrix> {
    let number = |name: &str| table.column(name).filter(|column| matches!(column.values, Values::Number(_)));
    let (recency, frequency, money) = (number("recency_days")?, number("frequency")?, number("monetary"));
    let width = 2 + usize::from(money.is_some());
    let mut values = Vec::with_capacity(rows.len() * width);
    for &row in rows {
        let row = table_rows[row];
        for column in [Some(recency), Some(frequency), money].into_iter().flatten() {
            // Who gave back more than was bought spent nothing.
            values.push(column.number(row).unwrap_or(0.0).max(0.0).ln_1p());
        }
    }
    Matrix::new(values, rows.len(), width).ok()
}
