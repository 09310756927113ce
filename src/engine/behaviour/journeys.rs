//! What does `personae journeys` compute? Funnel, paths, returns, rhythm, what personas do more and their typical journeys, from raw exports to one report.
//!
//! In: files and wishes. Out: the report. A question that cannot be answered of these data is a sentence in the notes, and the others go on.

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::Ctx;
use crate::data::Loaded;
use crate::engine::run::answer::Problem;
use crate::events::table::{Events, NONE, Time};
use crate::events::{EventOptions, ReadTold};
use crate::journeys::does_more::{DoesMoreAsk, does_more};
use crate::journeys::engagement::{Weeks, engagement};
use crate::journeys::funnel::{Funnel, funnel};
use crate::journeys::kinds::Kinds;
use crate::journeys::months::months;
use crate::journeys::paths::paths;
use crate::journeys::report::JourneysReport;
use crate::journeys::reporter::Reporter;
use crate::journeys::returns::{ReturnAsk, Waits, returns};
use crate::journeys::rhythm::{DayParts, rhythm};
use crate::journeys::routes::{PathAnchor, PathAsk};
use crate::journeys::sequences::{JourneyPart, sequences};
use crate::journeys::typical::typical;
use crate::journeys::which::Which;
use crate::journeys::{JourneysError, PersonaOf};
use crate::session::Plan;

use super::groups::{Grouped, by_behaviour, by_table};
use super::read::events_of;
use super::{problem, purchase_of};

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
}

/// Reads the events and asks everything of them.
///
/// Fails with one sentence where the files are no events, where a name that was given is not in the data, and when stopped.
pub fn journeys(files: &[PathBuf], wishes: &JourneyWishes, ctx: &Ctx) -> Result<JourneysFound, Problem> {
    ctx.progress("Reading events", 0.0);
    let read = events_of(files, &wishes.reading, ctx)?;
    let events = &read.events;
    let purchase = purchase_of(events, wishes.purchase.as_deref())?;
    let grouped = match (&wishes.by, &wishes.customers) {
        (None, None) => Grouped::default(),
        (by, Some((loaded, plan))) => by_table(events, loaded, plan, by.as_deref().unwrap_or("persona"), ctx)?,
        (Some(by), None) if by == "behaviour" || by == "persona" => by_behaviour(events, purchase.as_ref(), None, ctx)?,
        (Some(by), None) => {
            return Err(Problem(
                format!("{by} is a column of customers; give the table that has it with --customers, or use --by behaviour.").into(),
            ));
        }
    };
    let of: Vec<Option<u16>> = match grouped.groups.of.is_empty() {
        true => vec![None; events.n_customers()],
        false => grouped.groups.of.iter().map(|group| (*group != NONE).then_some(*group as u16)).collect(),
    };
    let names = &grouped.groups.names;
    let personas = PersonaOf::new(&of, names.len(), events).map_err(|error| problem(error, ctx.is_stopped()))?;
    let mut reporter = Reporter::new(events, names);
    let mut notes = grouped.notes;
    if wishes.customers.is_none() && names.len() > 1 {
        notes.push(
            "These personas were made from the very events they are told by, so what they do more of repeats in part how they were made."
                .to_owned(),
        );
    }
    ask(&mut reporter, events, personas, (wishes, purchase.as_ref()), &mut notes, ctx)?;
    Ok(JourneysFound { told: read.told, report: reporter.report(), notes })
}

/// Everything that can be asked, one after the other.
fn ask(
    reporter: &mut Reporter,
    events: &Events,
    personas: PersonaOf,
    (wishes, purchase): (&JourneyWishes, Option<&Which>),
    notes: &mut Vec<String>,
    ctx: &Ctx,
) -> Result<(), Problem> {
    let wrong = |error: JourneysError| problem(error, ctx.is_stopped());
    if purchase.is_none() {
        notes.push(
            "No event is called a purchase, so the time to the next one is not told; name the event that is one (--purchase).".to_owned(),
        );
    }
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
        let steps = wishes.funnel.iter().map(|name| Which::named(name, events)).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        let mut asked = Funnel::of(steps);
        asked.window = wishes.window.unwrap_or(asked.window);
        ctx.progress("Walking the funnel", 0.1);
        let found = funnel(events, &asked, ctx).map_err(wrong)?;
        reporter.funnel(&found.summary(personas, ctx).map_err(wrong)?);
    }
    let anchor = wishes.paths.as_deref().map(|name| Which::named(name, events)).transpose().map_err(wrong)?;
    let usual = PathAsk::default();
    let asked = PathAsk {
        anchor: anchor.map_or(usual.anchor.clone(), |which| PathAnchor::Event { which, is_every: false }),
        depth: wishes.depth.unwrap_or(usual.depth),
        ..usual
    };
    ctx.progress("Following paths", 0.25);
    let tree = paths(events, &asked, ctx).map_err(wrong)?;
    reporter.paths(&tree, &tree.differences(personas));
    if let Some(purchase) = purchase {
        ctx.progress("Waiting for the next purchase", 0.4);
        let asked = ReturnAsk { purchases: purchase.clone(), waits: Waits::FromEach, from: None, seed: wishes.seed };
        let found = returns(events, &asked, ctx).and_then(|found| found.summary(personas, ctx));
        told("Time to the next purchase", found.map(|found| reporter.returns(&found)))?;
    }
    let weeks = engagement(events, &Which::any(), Weeks::Rolling, personas, ctx);
    told("Who still comes", weeks.map(|found| reporter.engagement(&found)))?;
    ctx.progress("Looking at hours and days", 0.55);
    let by_month = purchase.map(|purchase| months(events, purchase, personas, wishes.seed, ctx)).transpose().ok().flatten();
    let hours = rhythm(events, &Which::any(), &DayParts::default(), personas, ctx);
    told("Hours and days", hours.map(|found| reporter.rhythm(&found, by_month.as_ref())))?;
    let kinds = Kinds::of(events, crate::events::kinds::SHOWN, ctx).map_err(|stopped| problem(stopped, true))?;
    if personas.count > 1 {
        ctx.progress("What personas do more", 0.7);
        let found = does_more(events, &kinds, personas, &DoesMoreAsk::default(), ctx);
        told("What personas do more", found.map(|found| reporter.does_more(&found)))?;
    }
    ctx.progress("Looking for typical journeys", 0.85);
    let found = sequences(events, &kinds, JourneyPart::TypicalVisit, purchase, ctx)
        .and_then(|sequences| Ok((typical(&sequences, personas, wishes.seed, ctx)?, sequences)));
    told("Typical journeys", found.map(|(found, sequences)| reporter.typical(&found, &sequences)))
}
