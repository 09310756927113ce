//! What did customers do, does a persona do it differently, and what would a rule have set off? For the commands `journeys` and `triggers`.
//!
//! In: raw event exports, and where there are some the customers beside them. Out: the report of each. One function from start to end, stopped like every step.
//! `read` makes the event table whatever the files are, `only` leaves out events that are not looked at, `groups` says who is in which persona, `asked` has each question once, for the window as well, `journeys` and `triggers` ask them all.

mod asked;
mod groups;
mod journeys;
mod only;
mod read;
mod triggers;

pub(super) use super::wanted::AnalyseTable;
pub(super) use asked::{Of, funnel_asked, more_asked, paths_asked, returns_asked, rhythm_asked, typical_asked, weeks_asked};
pub(super) use groups::{Grouped, by_behaviour, by_segments, customers_of_rows, may_contact};
pub use journeys::{JourneyWishes, JourneysFound};
pub(super) use journeys::{MADE_OF_THE_SAME, journeys};
pub(super) use only::only;
pub(super) use read::decided_of;
pub use read::{events_of, latest_believed};
pub use triggers::{DueFound, TriggerWishes, TriggersFound};
pub(super) use triggers::{RulesToTry, due_of, rules_to_try, tried_on, triggers};

use super::run::answer::{Problem, STOPPED, StepError};
use crate::base::Ctx;
use crate::events::table::Events;
use crate::journeys::which::Which;
use crate::triggers::starters::PURCHASES;

/// The event that counts as a purchase: the one that is named, else one that is called so; none where nothing is.
///
/// Fails where the name given is not in the data.
pub(super) fn purchase_of(events: &Events, name: Option<&str>) -> Result<Option<Which>, Problem> {
    if let Some(name) = name {
        return Which::named(name, events).map(Some).map_err(|error| problem(error, false));
    }
    let is_called = |wanted: &str| events.kind_names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    let found = PURCHASES.iter().find_map(|wanted| is_called(wanted));
    Ok(found.and_then(|name| Which::named(name, events).ok()))
}

/// A sentence as a problem; a stop stays a stop.
pub(super) fn problem(error: impl std::fmt::Display, is_stopped: bool) -> Problem {
    Problem(if is_stopped { STOPPED.into() } else { error.to_string().into() })
}

/// A failure of a step; being stopped is none.
pub(super) fn failed(problem: Problem, ctx: &Ctx) -> StepError {
    if ctx.is_stopped() { StepError::Stopped } else { StepError::Problem(problem) }
}
