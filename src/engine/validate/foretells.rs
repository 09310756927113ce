//! What do the personas of one day foretell of the days after it?
//!
//! In: the sources, the cut and what is foretold. Out: how well recency, frequency and money, the personas, both and all columns foretell it. What is known comes
//! from rows up to and with the cut; what is foretold from the days after it, up to and with the end of the horizon. Customers who came later are not among them.
//! A return counts on its own day, whenever the sale was. A table without days can only be asked about one of its own columns.

use crate::base::text::count;
use crate::base::{Ctx, Matrix};
use crate::data::Role;
use crate::data::day::IsoDay;
use crate::engine::run::answer::{Problem, STOPPED, StepError};
use crate::evaluate::forecast::{DRAWS, FEWEST_EVENTS, ForecastScore};
use crate::evaluate::{Forecast, ForecastError, ForecastTable, Foretold, PowerKept, Tellable, WithBand, forecast};
use crate::export::{ForetoldFound, Report, Validation, segment_model};
use crate::features::{Dimensions, Preparation, prepare};
use crate::model::Place;
use crate::session::{Plan, ToForetell, ValidateOptions};

use super::came::{Came, by_model, came, column_of_a_list, later, no_column, rfm};
use super::cannot::cannot;
use super::dated::{Dated, keys_of};
use super::forward::forward;
use super::personas::{OfADay, plan_of_a_day, told_of_today};

/// Sees to it that a column that is foretold is no input.
///
/// Fails where the plan says that it is one.
pub(in crate::engine) fn set_apart(plan: &mut Plan, name: &str) -> Result<(), Problem> {
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
pub(in crate::engine) fn of_orders(
    dated: &Dated,
    plan: &Plan,
    options: &ValidateOptions,
    today: Option<&OfADay>,
    found: &mut Validation,
    ctx: &Ctx,
) -> Result<(), StepError> {
    ctx.progress("Personas on the day of the cut", 0.0);
    let horizon = options.horizon_days as i32;
    let cut = options.cut.unwrap_or(IsoDay(dated.last.0 - horizon));
    if cut < dated.first {
        return Err(cannot(format!(
            "No order is of {cut}, the day of the cut, or earlier: the first is of {}. Choose a later cut or a shorter horizon.",
            dated.first
        )));
    }
    if cut.0 + horizon > dated.last.0 {
        return Err(cannot(format!(
            "The {horizon} days after {cut} are not over: the last order is of {}. Choose an earlier cut or a shorter horizon.",
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
    let report = dated.personas(&snapshot, cut, (&plan, today), &mut found.notes, ctx)?;
    let at_cut = OfADay::of_report(&report);
    measure(&at_cut, &came, Some((cut, options.horizon_days)), &options.outcome, found, &plan, ctx)?;
    if let (Some(today), Some(foretells)) = (today, &mut found.foretells) {
        let matched = matched(&report, today, ctx)?;
        today.name_matches(&mut foretells.personas, &matched);
    }
    let is_told = found.foretells.as_ref().is_some_and(|foretells| foretells.personas.iter().any(|persona| persona.rate.is_some()));
    if is_told && !matches!(options.outcome, ToForetell::Column(_)) {
        match forward(dated, &plan, (&options.outcome, options.with_todays), (cut, horizon), today, ctx) {
            Ok(walked) => {
                found.sentences.push(walked.sentence.clone());
                found.foretells.iter_mut().for_each(|foretells| foretells.walked_forward = Some(walked.clone()));
            }
            Err(StepError::Problem(problem)) if &*problem.0 != STOPPED => found.notes.push(problem.0.to_string()),
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Which persona of today each of the cut's is. Today's customers are sent to the personas of the cut, so that nobody's moves count; where the model of the
/// cut cannot read today's table, by who was in them then.
fn matched(report: &Report, today: &OfADay, ctx: &Ctx) -> Result<Vec<Option<usize>>, StepError> {
    let at_cut = OfADay::of_report(report);
    let n = at_cut.labels.n_clusters();
    let model = segment_model(report, ctx).ok().flatten();
    let placed = model.and_then(|model| model.place(today.loaded, &ctx.quiet()).ok());
    ctx.check()?;
    Ok(match placed {
        Some(placed) => {
            let of = |place: &Place| match place {
                Place::Segment(at) => Some(*at),
                Place::Nowhere | Place::LeftOut => None,
            };
            today.matched(keys_of(&today.loaded.table).into_iter().zip(placed.places.iter().map(of)), n)
        }
        None => today.matched(at_cut.by_key().into_iter(), n),
    })
}

/// Adds what the personas of a table without days foretell of one of its columns.
pub(in crate::engine) fn of_table(today: &OfADay, plan: &Plan, name: &str, found: &mut Validation, ctx: &Ctx) -> Result<(), StepError> {
    let column = today.loaded.table.column(name).ok_or_else(|| no_column(name))?;
    let came = came(column, 0..today.loaded.table.n_rows, name)?;
    let shown = plan.dictionary.name(name);
    found.notes.push(format!("{shown} and the columns it is foretold from are of the same table: nothing says that it came after them."));
    measure(today, &came, None, &ToForetell::Column(name.to_owned()), found, plan, ctx)?;
    if let Some(foretells) = &mut found.foretells {
        let same: Vec<Option<usize>> = (0..foretells.personas.len()).map(Some).collect();
        today.name_matches(&mut foretells.personas, &same);
    }
    Ok(())
}

/// Measures the models and says what it comes to.
fn measure(
    on: &OfADay,
    came: &Came,
    when: Option<(IsoDay, u32)>,
    outcome: &ToForetell,
    found: &mut Validation,
    plan: &Plan,
    ctx: &Ctx,
) -> Result<(), StepError> {
    let table_rows = &on.prepared.table_rows;
    let is_known = |row: usize| match came {
        Came::YesOrNo(values) => values[row].is_some(),
        Came::Number(values) => values[row].is_some(),
    };
    let rows: Vec<usize> = (0..table_rows.len()).filter(|&row| is_known(table_rows[row])).collect();
    let labels = &on.labels;
    let persona: Vec<Option<usize>> = rows.iter().map(|&row| labels.get(row)).collect();
    // The columns themselves, whatever the segments see: components would leave out what is shared by few of them.
    let columns = Preparation { dimensions: Dimensions::Columns, ..plan.preparation.clone() };
    let all = prepare(on.loaded, &columns, &ctx.quiet())?.matrix.select_rows(&rows);
    let rfm = rfm(&on.loaded.table, &rows, table_rows);
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
    let by = |of: fn(ForecastScore) -> Option<WithBand>| by_model(&told, has_rfm, of).filter(|_| is_tellable);
    let mut personas = on.personas();
    for (persona, lift) in personas.iter_mut().zip(&told.lifts) {
        persona.customers = lift.customers;
        if is_tellable {
            (persona.rate, persona.lift, persona.against_rest) = (Some(lift.mean), lift.lift, lift.against_rest);
        }
    }
    let sentence = sentence(&told, has_rfm, when, &outcome.told(&plan.dictionary));
    found.sentences.push(sentence.clone());
    found.foretells = Some(ForetoldFound {
        cut: when.map(|(cut, _)| cut.to_string()),
        horizon_days: when.map(|(_, days)| days),
        outcome: outcome.word(),
        customers: told.customers,
        events: told.events,
        rate: told.rate,
        method: on.method.to_owned(),
        columns: on.prepared.columns.iter().filter(|column| column.enters).map(|column| column.name.clone()).collect(),
        auc: by(|score| score.auc),
        r2: by(|score| score.r2),
        power_kept: match told.power_kept {
            PowerKept::Share(kept) if is_tellable => Some(kept),
            _ => None,
        },
        adds_to_rfm: told.adds_to_rfm.filter(|_| is_tellable && has_rfm),
        personas,
        walked_forward: None,
        sentence,
    });
    Ok(())
}

/// What it comes to. Where nothing is known of recency, frequency and money, nothing is said of them.
fn sentence(told: &Forecast, has_rfm: bool, when: Option<(IsoDay, u32)>, outcome: &str) -> String {
    let of = match when {
        Some((cut, days)) => format!("{outcome} in the {days} days after {cut}"),
        None => outcome.to_owned(),
    };
    if let Tellable::TooFew { events } = told.tellable {
        return format!(
            "{of}: only {} of {} customers gave the rarer answer, too few to judge what the personas foretell; {FEWEST_EVENTS} are needed.",
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
