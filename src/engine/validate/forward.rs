//! Does what was learnt on an earlier day foretell a later one, with nothing changed in between?
//!
//! In: the sources, and the day of the cut. Out: the models of one horizon earlier, scored unchanged on the cut's customers; and per persona what was foretold against
//! what came. Recipe, preparation, scores and segments are those of the earlier day; what it learns from ends with the cut.

use crate::base::{Ctx, Matrix};
use crate::data::day::IsoDay;
use crate::engine::run::answer::StepError;
use crate::evaluate::forecast::DRAWS;
use crate::evaluate::{ForecastError, ForecastTable, Foretold, PowerKept, Tellable, walk_forward};
use crate::export::{CalibrationPoint, WalkedForward, segment_model};
use crate::features::{Dimensions, Preparation, prepare_with_encoder};
use crate::model::Place;
use crate::session::{Plan, ToForetell};

use super::came::{Came, by_model, later, rfm};
use super::cannot::cannot;
use super::dated::{Dated, Snapshot, keys_of};
use super::personas::OfADay;

/// What is known of customers on one day, and what came.
struct Day {
    rfm: Option<Matrix>,
    persona: Vec<Option<usize>>,
    all: Matrix,
    came: Came,
}

/// Walks from one horizon before the cut to the cut; in a sentence why that cannot be. A column of today has no earlier day.
pub(super) fn forward(
    dated: &Dated,
    plan: &Plan,
    (outcome, with_todays): (&ToForetell, bool),
    (cut, horizon): (IsoDay, i32),
    today: Option<&OfADay>,
    ctx: &Ctx,
) -> Result<WalkedForward, StepError> {
    let learnt = IsoDay(cut.0 - horizon);
    if matches!(outcome, ToForetell::Column(_)) || learnt < dated.first {
        return Err(cannot(format!(
            "Whether what is learnt on one day foretells a later one cannot be told: the orders begin less than {horizon} days before {cut}."
        )));
    }
    ctx.progress("Personas one horizon before the cut", 0.0);
    let mut recipe = dated.frozen(learnt, with_todays, ctx)?;
    let then = recipe.snapshot(&dated.rows(None, learnt)?, learnt, ctx)?;
    // What could not be parted is told of the cut.
    let report = dated.personas(&then, learnt, (plan, today), &mut Vec::new(), ctx)?;
    let model = segment_model(&report, ctx).map_err(|error| cannot(error.to_string()))?;
    let model = model.ok_or_else(|| cannot("There is no segment model; please report this."))?;
    let now = recipe.snapshot(&dated.rows(None, cut)?, cut, ctx)?;
    let columns = Preparation { dimensions: Dimensions::Columns, ..plan.preparation.clone() };
    let (prepared, encoder) = prepare_with_encoder(&then.loaded, &columns, &ctx.quiet())?;
    let day = |snapshot: &Snapshot, day: IsoDay, rows: &[usize], all: Matrix| -> Result<Day, StepError> {
        let placed = model.place(&snapshot.loaded, &ctx.quiet()).map_err(|error| cannot(error.to_string()))?;
        ctx.check()?;
        let segment = |row: &usize| match placed.places[*row] {
            Place::Segment(at) => Some(at),
            Place::Nowhere | Place::LeftOut => None,
        };
        let keys: Vec<String> = rows.iter().map(|&row| snapshot.keys[row].clone()).collect();
        Ok(Day {
            rfm: rfm(&snapshot.loaded.table, &(0..rows.len()).collect::<Vec<_>>(), rows),
            persona: rows.iter().map(segment).collect(),
            all,
            came: later(dated, &recipe, outcome, day, horizon, &keys, ctx)?,
        })
    };
    let first = day(&then, learnt, &prepared.table_rows, prepared.matrix.clone())?;
    let encoded = encoder.apply(&now.loaded, &ctx.quiet()).map_err(|error| cannot(error.to_string()))?;
    let second = day(&now, cut, &encoded.table_rows, encoded.matrix)?;
    let has_rfm = first.rfm.is_some() && second.rfm.is_some();
    let nobody = |n: usize| Matrix::new(vec![0.0; n], n, 1).map_err(|_| cannot("No customer is left to foretell for."));
    let rfm_of = |day: &Day| match day.rfm.clone().filter(|_| has_rfm) {
        Some(rfm) => Ok(rfm),
        None => nobody(day.persona.len()),
    };
    let (first_rfm, second_rfm) = (rfm_of(&first)?, rfm_of(&second)?);
    let k = model.segments.len().max(1);
    let (first_values, second_values) = (first.came.known(), second.came.known());
    let a = table(&first, &first_rfm, &first_values, k);
    let b = table(&second, &second_rfm, &second_values, k);
    let told = walk_forward(&a, &b, plan.clustering.seed, DRAWS, ctx).map_err(|error| match error {
        ForecastError::Stopped(stopped) => StepError::from(stopped),
        other => cannot(other.to_string()),
    })?;
    if let Tellable::TooFew { events } = told.tellable {
        return Err(cannot(format!(
            "{events} customers with the rarer answer after {cut} are too few to tell whether {learnt} foretold it."
        )));
    }
    let mut personas = OfADay::of_report(&report).personas();
    if let Some(today) = today {
        let placed = model.place(today.loaded, &ctx.quiet()).ok();
        let matched = match placed {
            Some(placed) => {
                let of = |place: &Place| match place {
                    Place::Segment(at) => Some(*at),
                    Place::Nowhere | Place::LeftOut => None,
                };
                today.matched(keys_of(&today.loaded.table).into_iter().zip(placed.places.iter().map(of)), k)
            }
            None => today.matched(OfADay::of_report(&report).by_key().into_iter(), k),
        };
        today.name_matches(&mut personas, &matched);
    }
    let calibration = told.calibration.as_ref();
    let points = calibration.map_or(&[][..], |calibration| &calibration.points);
    let point = |(persona, point): (&crate::export::PersonaHolds, &Option<(f64, f64, usize)>)| {
        let (foretold, seen, customers) = (*point)?;
        let crate::export::PersonaHolds { persona, name, today, cluster_today, .. } = persona.clone();
        Some(CalibrationPoint { persona, name, today, cluster_today, foretold, seen, customers })
    };
    let slope = calibration.and_then(|calibration| calibration.slope);
    let mut walked = WalkedForward {
        learnt_on: learnt.to_string(),
        customers: told.customers,
        auc: by_model(&told, has_rfm, |score| score.auc),
        r2: by_model(&told, has_rfm, |score| score.r2),
        power_kept: match told.power_kept {
            PowerKept::Share(kept) => Some(kept),
            PowerKept::NothingToKeep => None,
        },
        adds_to_rfm: told.adds_to_rfm.filter(|_| has_rfm),
        slope,
        personas: personas.iter().zip(points).filter_map(point).collect(),
        sentence: String::new(),
    };
    walked.sentence = sentence((learnt, cut), &walked);
    Ok(walked)
}

/// What the models see of a day.
fn table<'a>(day: &'a Day, rfm: &'a Matrix, values: &'a (Vec<bool>, Vec<f64>), k: usize) -> ForecastTable<'a> {
    let outcome = match day.came {
        Came::YesOrNo(_) => Foretold::YesOrNo(&values.0),
        Came::Number(_) => Foretold::Number(&values.1),
    };
    ForecastTable { rfm, persona: &day.persona, n_personas: k, all: &day.all, outcome }
}

/// What the slope of seen on foretold says.
fn sentence((learnt, cut): (IsoDay, IsoDay), walked: &WalkedForward) -> String {
    const FINE: [f64; 2] = [0.8, 1.25];
    match walked.slope {
        Some(slope) => {
            let word = if (FINE[0]..=FINE[1]).contains(&slope) { "as they should be" } else { "not as they should be" };
            let means = walked.means().map_or_else(String::new, |[foretold, seen]| match walked.auc {
                Some(_) => format!(" Altogether {:.1}\u{a0}% were foretold and {:.1}\u{a0}% came.", 100.0 * foretold, 100.0 * seen),
                None => format!(" On average {foretold:.2} was foretold and {seen:.2} came."),
            });
            format!(
                "Learnt on {learnt} and left unchanged: after {cut}, the differences between personas were {slope:.2} times as large as foretold, {word} ({} to {}).{means}",
                FINE[0], FINE[1]
            )
        }
        None => format!("On {learnt} the same was foretold for every persona, so whether that came true after {cut} tells nothing."),
    }
}
