//! What does `personae journeys` compute? Funnel, paths, returns, rhythm, what personas do more and their typical journeys, from raw exports to one report.
//!
//! In: files and wishes. Out: the report. A question that cannot be answered of these data is a sentence in the notes, and the others go on.

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::Ctx;
use crate::data::{Loaded, Table};
use crate::engine::run::answer::Problem;
use crate::engine::wanted::AnalyseTable;
use crate::events::table::Time;
use crate::events::{EventOptions, ReadTold};
use crate::journeys::kinds::Kinds;
use crate::journeys::report::JourneysReport;
use crate::journeys::reporter::Reporter;
use crate::journeys::{JourneysError, PersonaOf};
use crate::session::Plan;
use crate::triggers::checks::ask_for_holidays;
use crate::triggers::holidays::{holidays_of, none_known_in};
use crate::triggers::terms::Filter;

use super::asked::{Of, funnel_asked, more_asked, paths_asked, returns_asked, rhythm_asked, typical_asked, weeks_asked};
use super::groups::{Grouped, by_behaviour, by_table, table_of_behaviour};
use super::only::only;
use super::read::{decided_of, events_of};
use super::{problem, purchase_of};

/// What is to be known where personas are told by what they were made of.
pub(in crate::engine) const MADE_OF_THE_SAME: &str =
    "These personas were made from the very events they are told by, so what they do more of repeats in part how they were made.";

/// What is wished of journeys.
#[derive(Debug, Clone, Default)]
pub struct JourneyWishes {
    /// How events are read.
    pub reading: EventOptions,
    /// Customers beside the events, with the plan by which they are grouped.
    pub customers: Option<(Arc<Loaded>, Plan)>,
    /// What customers are told apart by: `persona`, a column, or `behaviour`; none compares nobody.
    pub by: Option<String>,
    /// Steps of a funnel, by name.
    pub funnel: Vec<String>,
    /// How long the funnel may take, in milliseconds; seven days unless said.
    pub window: Option<Time>,
    /// The event that paths start from; the start of every visit unless said.
    pub paths: Option<String>,
    /// Steps of a path.
    pub depth: Option<usize>,
    /// The event that counts as a purchase; found by its name unless said.
    pub purchase: Option<String>,
    /// What must hold of events that are looked at.
    pub only: Vec<Filter>,
    /// Which days are holidays, for filters that ask, for rhythm and table: a country by its code, or a file of dates.
    pub holidays: Option<String>,
    /// Whether the table of what each customer did is wanted as well.
    pub table: bool,
    /// Seed of draws.
    pub seed: u64,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct JourneysFound {
    /// What is told of reading.
    pub told: ReadTold,
    /// The answers.
    pub report: JourneysReport,
    /// What could not be answered, and what was survived.
    pub notes: Vec<String>,
    /// A row per customer with what they did and in which circumstances, if wanted.
    pub table: Option<Table>,
}

/// Reads the events and asks everything of them.
///
/// Fails with one sentence where the files are no events, where a name that was given is not in the data, and when stopped.
pub(in crate::engine) fn journeys(
    files: &[PathBuf],
    wishes: &JourneyWishes,
    analyse: AnalyseTable,
    ctx: &Ctx,
) -> Result<JourneysFound, Problem> {
    ctx.progress("Reading events", 0.0);
    let decided = wishes.customers.as_ref().map_or(&[][..], |(_, plan)| decided_of(&plan.source));
    let holidays = wishes.holidays.as_deref().map(holidays_of).transpose().map_err(|error| problem(error, false))?.unwrap_or_default();
    let all = events_of(files, &wishes.reading, decided, ctx)?;
    let purchase = purchase_of(&all.events, wishes.purchase.as_deref())?;
    let few = if wishes.only.is_empty() { None } else { Some(only(&all, &wishes.only, &holidays, ctx)?) };
    let read = few.as_ref().unwrap_or(&all);
    let events = &read.events;
    let grouped = match (&wishes.by, &wishes.customers) {
        (None, None) => Grouped::default(),
        (by, Some((loaded, plan))) => by_table(events, loaded, plan, by.as_deref().unwrap_or("persona"), analyse, ctx)?,
        (Some(by), None) if by == "behaviour" || by == "persona" => {
            // Personas are made of all that customers did, whatever is looked at.
            let grouped = by_behaviour(&all.events, purchase.as_ref(), None, analyse, ctx)?;
            if few.is_some() { grouped.of_those_in(&all.events, events) } else { grouped }
        }
        (Some(by), None) => {
            return Err(Problem(
                format!("{by} is a column of customers; give the table that has it with --customers, or use --by behaviour.").into(),
            ));
        }
    };
    let of = grouped.personas(events.n_customers());
    let names = &grouped.groups.names;
    let personas = PersonaOf::new(&of, names.len(), events).map_err(|error| problem(error, ctx.is_stopped()))?;
    let mut reporter = Reporter::new(events, names);
    let mut notes = grouped.notes;
    if wishes.customers.is_none() && names.len() > 1 {
        notes.push(MADE_OF_THE_SAME.to_owned());
    }
    let of = Of { events, personas, purchase: purchase.as_ref(), seed: wishes.seed };
    ask(&mut reporter, of, (wishes, &holidays), &mut notes, ctx)?;
    let table = wishes.table.then(|| table_of_behaviour(events, purchase.as_ref(), &holidays, ctx)).transpose()?;
    Ok(JourneysFound { told: read.told.clone(), report: reporter.report(), notes, table })
}

/// Everything that can be asked, one after the other.
fn ask(
    reporter: &mut Reporter,
    of: Of,
    (wishes, holidays): (&JourneyWishes, &[i64]),
    notes: &mut Vec<String>,
    ctx: &Ctx,
) -> Result<(), Problem> {
    let wrong = |error: JourneysError| problem(error, ctx.is_stopped());
    if of.purchase.is_none() {
        notes.push(
            "No event is called a purchase, so the time to the next one is not told; name the event that is one (--purchase).".to_owned(),
        );
    }
    // Where events were chosen by holidays, there is nothing to compare them with.
    let compared = if ask_for_holidays(&wishes.only) { &[] } else { holidays };
    notes.extend(of.events.span.filter(|_| !compared.is_empty()).and_then(|span| none_known_in(compared, span)));
    // What the user named must be there; what is asked of every data may have no answer in these.
    let mut told = |what: &str, done: Result<(), JourneysError>| match done {
        Err(error) if ctx.is_stopped() => Err(problem(error, true)),
        Err(error) => {
            notes.push(format!("{what}: {error}"));
            Ok(())
        }
        Ok(()) => Ok(()),
    };
    if !wishes.funnel.is_empty() {
        funnel_asked(reporter, of, (&wishes.funnel, wishes.window), ctx).map_err(wrong)?;
    }
    paths_asked(reporter, of, (wishes.paths.as_deref(), wishes.depth), ctx).map_err(wrong)?;
    if let Some(purchase) = of.purchase {
        told("Time to the next purchase", returns_asked(reporter, of, purchase, ctx).map(drop))?;
    }
    told("Who still comes", weeks_asked(reporter, of, ctx))?;
    told("Hours and days", rhythm_asked(reporter, of, compared, ctx))?;
    let kinds = Kinds::of(of.events, crate::events::kinds::SHOWN, ctx).map_err(|stopped| problem(stopped, true))?;
    if of.personas.count > 1 {
        told("What personas do more", more_asked(reporter, of, &kinds, ctx))?;
    }
    told("Typical journeys", typical_asked(reporter, of, &kinds, ctx))
}
