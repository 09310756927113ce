//! What do the personas of one day foretell of the days after it?
//!
//! In: the sources, the cut and what is foretold. Out: how well recency, frequency and money, the personas, both and all columns foretell it. What is known comes
//! from rows up to and with the cut; what is foretold from the days after it, up to and with the end of the horizon. Customers who came later are not among them.
//! A return counts on its own day, whenever the sale was. A table without days can only be asked about one of its own columns.

use std::collections::BTreeMap;

use crate::base::text::count;
use crate::base::{Ctx, Matrix};
use crate::customers::BuiltColumn;
use crate::data::day::IsoDay;
use crate::data::sourcing::{Field, Grain, RecipeColumn};
use crate::data::{Column, Role, Table, Values};
use crate::engine::headless::analyse_table;
use crate::engine::run::answer::{Problem, StepError};
use crate::engine::wanted::Outputs;
use crate::evaluate::forecast::{DRAWS, FEWEST_EVENTS};
use crate::evaluate::{Forecast, ForecastError, ForecastModel, ForecastTable, Foretold, PowerKept, Tellable, forecast, telling_level};
use crate::export::{ForetoldBy, ForetoldFound, Report, Validation};
use crate::features::{Dimensions, Preparation, prepare};
use crate::session::Plan;

use super::dated::{Dated, FrozenRecipe};
use super::options::{ToForetell, ValidateOptions};
use super::personas::{cannot, labels_of, personas_of, plan_of_a_day, told_of_today};

/// What came, per customer; none where it is not known.
enum Came {
    YesOrNo(Vec<Option<bool>>),
    Number(Vec<Option<f64>>),
}

/// Sees to it that a column that is foretold is no input.
///
/// Fails where the plan says that it is one.
pub(super) fn set_apart(plan: &mut Plan, name: &str) -> Result<(), Problem> {
    if is_chosen_input(&plan.preparation, name) {
        return Err(Problem(
            format!("{name} is an input of the segments, and what they are made of cannot be foretold from them; give it the role Outcome first.")
                .into(),
        ));
    }
    plan.preparation.roles.insert(name.to_owned(), Role::Outcome);
    Ok(())
}

fn is_chosen_input(preparation: &Preparation, name: &str) -> bool {
    let is_listed = preparation.features.iter().flatten().any(|feature| feature == name);
    let is_on = preparation.columns.get(name).is_some_and(|recipe| recipe.enters == Some(true));
    let role = preparation.roles.get(name);
    is_listed || is_on || matches!(role, Some(Role::Behavioural | Role::Demographic | Role::Psychographic))
}

/// Adds what the personas of the cut foretell of orders after it.
pub(super) fn of_orders(dated: &Dated, plan: &Plan, options: &ValidateOptions, found: &mut Validation, ctx: &Ctx) -> Result<(), StepError> {
    ctx.progress("Personas on the day of the cut", 0.0);
    let horizon = options.horizon_days as i32;
    let cut = options.cut.unwrap_or(IsoDay(dated.last.0 - horizon));
    if cut < dated.first {
        return Err(cannot(format!(
            "No order is of {cut}, the day of the cut, or earlier: the first is of {}. Choose a later --cut or a shorter --horizon.",
            dated.first
        )));
    }
    if cut.0 + horizon > dated.last.0 {
        return Err(cannot(format!(
            "The {horizon} days after {cut} are not over: the last order is of {}. Choose an earlier --cut or a shorter --horizon.",
            dated.last
        )));
    }
    let mut recipe = dated.frozen(cut, options.with_todays, ctx)?;
    let rows = dated.rows(None, cut)?;
    let mut plan = plan_of_a_day(plan);
    if let ToForetell::Column(name) = &options.outcome {
        set_apart(&mut plan, name).map_err(StepError::Problem)?;
    }
    let snapshot = recipe.snapshot(&rows, cut, ctx)?;
    let came = match &options.outcome {
        ToForetell::Column(name) => {
            found
                .notes
                .push(format!("{name} is as of today, and nothing says that it came after {cut}; some of it may have been known then."));
            column_of_a_list(&recipe, &rows, cut, name, &snapshot.keys, ctx)?
        }
        outcome => {
            if matches!(outcome, ToForetell::Spend) {
                found.notes.push("Returns count on their own day, whenever the sale was.".to_owned());
            }
            later(dated, &recipe, outcome, cut, horizon, &snapshot.keys, ctx)?
        }
    };
    found.notes.extend(told_of_today(&snapshot.of_today));
    let report = analyse_table(snapshot.loaded, &plan, Outputs { personas: true, ..Outputs::default() }, ctx)
        .map_err(|problem| cannot(format!("There are no personas of {cut}: {}", problem.0)))?;
    measure(&report, &came, Some((cut, options.horizon_days)), &options.outcome, found, &plan, ctx)
}

/// Adds what the personas of a table without days foretell of one of its columns.
pub(super) fn of_table(today: &Report, plan: &Plan, name: &str, found: &mut Validation, ctx: &Ctx) -> Result<(), StepError> {
    let column = today.loaded.table.column(name).ok_or_else(|| no_column(name))?;
    let came = came(column, 0..today.loaded.table.n_rows, name)?;
    found.notes.push(format!("{name} and the columns it is foretold from are of the same table: nothing says that it came after them."));
    measure(today, &came, None, &ToForetell::Column(name.to_owned()), found, plan, ctx)
}

fn no_column(name: &str) -> StepError {
    cannot(format!("There is no column {name}, so it cannot be foretold; give --outcome the name of one there is."))
}

/// What a column says of these rows.
fn came(column: &Column, rows: impl Iterator<Item = usize>, name: &str) -> Result<Came, StepError> {
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
            let told = telling_level(&levels).filter(|_| levels.len() == 2).map(|at| levels[at].0).ok_or_else(|| {
                let n = count(levels.len());
                cannot(format!(
                    "{name} holds {n} different texts; only numbers, and texts of two kinds such as yes and no, can be foretold."
                ))
            })?;
            Ok(Came::YesOrNo(rows.iter().map(|&row| texts.get(row).map(|text| text == told)).collect()))
        }
        Values::Date(_) => {
            Err(cannot(format!("{name} holds days; only numbers, and texts of two kinds such as yes and no, can be foretold.")))
        }
    }
}

/// What a list of customers says in a column.
fn column_of_a_list(
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
fn later(
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

/// Measures the models and says what it comes to.
fn measure(
    report: &Report,
    came: &Came,
    when: Option<(IsoDay, u32)>,
    outcome: &ToForetell,
    found: &mut Validation,
    plan: &Plan,
    ctx: &Ctx,
) -> Result<(), StepError> {
    let table_rows = &report.prepared.table_rows;
    let is_known = |row: usize| match came {
        Came::YesOrNo(values) => values[row].is_some(),
        Came::Number(values) => values[row].is_some(),
    };
    let rows: Vec<usize> = (0..table_rows.len()).filter(|&row| is_known(table_rows[row])).collect();
    let labels = labels_of(report);
    let persona: Vec<Option<usize>> = rows.iter().map(|&row| labels.get(row)).collect();
    // The columns themselves, whatever the segments see: components would leave out what is shared by few of them.
    let columns = Preparation { dimensions: Dimensions::Columns, ..plan.preparation.clone() };
    let all = prepare(&report.loaded, &columns, &ctx.quiet())?.matrix.select_rows(&rows);
    let rfm = rfm(&report.loaded.table, &rows, table_rows);
    let of_nobody = || Matrix::new(vec![0.0; rows.len()], rows.len(), 1).map_err(|_| cannot("No customer is left to foretell for."));
    let (has_rfm, rfm) = match rfm {
        Some(rfm) => (true, rfm),
        None => (false, of_nobody()?),
    };
    let (mut yes, mut numbers) = (Vec::new(), Vec::new());
    match came {
        Came::YesOrNo(values) => yes.extend(rows.iter().filter_map(|&row| values[table_rows[row]])),
        Came::Number(values) => numbers.extend(rows.iter().filter_map(|&row| values[table_rows[row]])),
    }
    let outcome_of = match came {
        Came::YesOrNo(_) => Foretold::YesOrNo(&yes),
        Came::Number(_) => Foretold::Number(&numbers),
    };
    let table = ForecastTable { rfm: &rfm, persona: &persona, n_personas: labels.n_clusters().max(1), all: &all, outcome: outcome_of };
    let told = forecast(&table, plan.clustering.seed, DRAWS, ctx).map_err(|error| match error {
        ForecastError::Stopped(stopped) => StepError::from(stopped),
        other => cannot(other.to_string()),
    })?;
    let is_tellable = told.tellable == Tellable::Enough;
    let by = |of: &dyn Fn(ForecastModel) -> Option<crate::evaluate::WithBand>| {
        let with_rfm = |model| of(model).filter(|_| has_rfm);
        let by = ForetoldBy {
            rfm: with_rfm(ForecastModel::Rfm),
            persona: of(ForecastModel::Persona),
            rfm_and_persona: with_rfm(ForecastModel::RfmAndPersona),
            all: of(ForecastModel::All),
        };
        Some(by).filter(|by| is_tellable && by.all.is_some())
    };
    let mut personas = personas_of(report);
    for (persona, lift) in personas.iter_mut().zip(&told.lifts) {
        persona.customers = lift.customers;
        if is_tellable {
            (persona.rate, persona.lift, persona.against_rest) = (Some(lift.mean), lift.lift, lift.against_rest);
        }
    }
    let sentence = sentence(&told, has_rfm, when, outcome);
    found.sentences.push(sentence.clone());
    found.foretells = Some(ForetoldFound {
        cut: when.map(|(cut, _)| cut.to_string()),
        horizon_days: when.map(|(_, days)| days),
        outcome: outcome.word(),
        customers: told.customers,
        events: told.events,
        rate: told.rate,
        method: report.method_text.clone(),
        columns: report.prepared.columns.iter().filter(|column| column.enters).map(|column| column.name.clone()).collect(),
        auc: by(&|model| told.of(model).auc),
        r2: by(&|model| told.of(model).r2),
        power_kept: match told.power_kept {
            PowerKept::Share(kept) if is_tellable => Some(kept),
            _ => None,
        },
        adds_to_rfm: told.adds_to_rfm.filter(|_| is_tellable && has_rfm),
        personas,
        sentence,
    });
    Ok(())
}

/// What it comes to. Where nothing is known of recency, frequency and money, nothing is said of them.
fn sentence(told: &Forecast, has_rfm: bool, when: Option<(IsoDay, u32)>, outcome: &ToForetell) -> String {
    let of = match when {
        Some((cut, days)) => format!("{} in the {days} days after {cut}", outcome.told()),
        None => outcome.told(),
    };
    if let Tellable::TooFew { events } = told.tellable {
        return format!(
            "{of}: {} of {} customers make up the rarer answer, too few to tell what the personas foretell; {FEWEST_EVENTS} are needed.",
            count(events),
            count(told.customers)
        );
    }
    let said = told.sentence();
    let said = match has_rfm {
        true => said,
        false => said.replace(" and add to what RFM foretells.", ".").replace(" and add nothing to RFM.", "."),
    };
    format!("{of}: {said}")
}

/// Logarithms of recency, frequency and money; money is left out where there is none.
fn rfm(table: &Table, rows: &[usize], table_rows: &[usize]) -> Option<Matrix> {
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
