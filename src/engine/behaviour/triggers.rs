//! What does `personae triggers` compute? Every rule replayed on the past, judged, compared, with all thresholds, and who is due now.
//!
//! In: event exports and rules. Out: the report, and a list per trigger. Personas are those of the first day of the replay, made from what customers had done by then, so that
//! the test does not know the future; with a table of customers they are as of today, which is told, and no lift is shown.

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::Ctx;
use crate::data::Loaded;
use crate::engine::run::answer::Problem;
use crate::engine::wanted::AnalyseTable;
use crate::evaluate::many_tests::benjamini_hochberg;
use crate::events::table::{Events, Time};
use crate::events::{EventOptions, ReadTold};
use crate::session::Plan;
use crate::triggers::language::{Event, Rules, Trigger};
use crate::triggers::now::{DueListing, DueNow, due_now};
use crate::triggers::period::first;
use crate::triggers::replay::Period;
use crate::triggers::report::{NoReport, ReplaySettings, TriedTrigger, TriggersReport, report};
use crate::triggers::sql::sql;
use crate::triggers::starters::starters;
use crate::triggers::world::{Snapshot, World};

use super::groups::{Grouped, by_behaviour, by_table, may_contact};
use super::read::{decided_of, events_of};
use super::{problem, purchase_of};

/// What is wished of triggers.
#[derive(Debug, Clone, Default)]
pub struct TriggerWishes {
    /// How events are read.
    pub reading: EventOptions,
    /// The rules as text; none takes the starters that these data offer.
    pub rules: Option<String>,
    /// The first moment of the replay; found from the data unless said.
    pub from: Option<Time>,
    /// Holidays as local days since 1970, ascending.
    pub holidays: Vec<i64>,
    /// Customers beside the events, with the plan by which they are grouped.
    pub customers: Option<(Arc<Loaded>, Plan)>,
    /// The column of the customers that says who may be contacted.
    pub consent: Option<String>,
    /// Share of those due who are left out by chance, 0 to 1.
    pub left_out: f64,
    /// The event that counts as a purchase; found by its name unless said.
    pub purchase: Option<String>,
    /// Seed of intervals, samples and the hold-out.
    pub seed: u64,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct TriggersFound {
    /// What is told of reading.
    pub told: ReadTold,
    /// The rules, as they were read or offered.
    pub rules: Rules,
    /// What came of each.
    pub report: TriggersReport,
    /// Who is due at the end of the data, by trigger.
    pub due: Vec<DueFound>,
    /// What was survived.
    pub notes: Vec<String>,
}

/// What leaves of one trigger beside its report.
#[derive(Debug, Clone)]
pub struct DueFound {
    /// Who is due now.
    pub now: DueNow,
    /// The rule as SQL, or why it has none.
    pub sql: Result<String, String>,
}

/// Reads events and rules and tries them all.
///
/// Fails with one sentence where the files are no events, where a rule makes no sense or names what the data do not have, and when stopped.
pub(in crate::engine) fn triggers(
    files: &[PathBuf],
    wishes: &TriggerWishes,
    analyse: AnalyseTable,
    ctx: &Ctx,
) -> Result<TriggersFound, Problem> {
    ctx.progress("Reading events", 0.0);
    let decided = wishes.customers.as_ref().map_or(&[][..], |(_, plan)| decided_of(&plan.source));
    let given = wishes.rules.as_deref().map(Rules::parse).transpose().map_err(|error| problem(error, false))?;
    let read = events_of(files, &wishes.reading, decided, ctx)?;
    let events = &read.events;
    let purchase = purchase_of(events, wishes.purchase.as_deref())?;
    let bought = purchase.as_ref().map(|which| Event::of(&which.name));
    let RulesToTry { rules, start, notes: offered_notes } = rules_to_try(events, bought.as_ref(), given, wishes.from, ctx)?;
    ctx.progress("Personas of the first day", 0.1);
    let end = events.span.map_or(start, |span| span.1);
    let (Grouped { groups, columns, mut notes, of_row }, made) = match &wishes.customers {
        Some((loaded, plan)) => (by_table(events, loaded, plan, "persona", analyse, ctx)?, end),
        None => (by_behaviour(events, purchase.as_ref(), Some(start), analyse, ctx)?, start),
    };
    let snapshot = Snapshot { made, from: start, personas: groups, segments: Default::default(), columns };
    let world =
        World { snapshots: std::slice::from_ref(&snapshot), purchase: bought.as_ref(), holidays: &wishes.holidays, ..World::of(events) };
    let (report, period, tried) = tried_on(&world, &rules, (start, wishes.seed), ctx)?;
    let may = match &wishes.customers {
        Some((loaded, _)) => {
            let (may, more) = may_contact(loaded, &of_row, events.n_customers(), wishes.consent.as_deref(), ctx)?;
            notes.extend(more);
            may
        }
        None => None,
    };
    let listing = DueListing { seed: wishes.seed, left_out: wishes.left_out, consent: may.as_deref() };
    let due = due_of(&world, &rules, (&tried, &period), &listing, ctx)?;
    notes.extend(offered_notes);
    Ok(TriggersFound { told: read.told, rules, report, due, notes })
}

/// Rules, and the first moment they are tried from.
#[derive(Debug, Clone)]
pub(in crate::engine) struct RulesToTry {
    pub rules: Rules,
    pub start: Time,
    /// What is told of them.
    pub notes: Vec<String>,
}

/// The rules that are given, or those that these data offer.
///
/// Fails where the data are too short for any, and when stopped.
pub(in crate::engine) fn rules_to_try(
    events: &Events,
    purchase: Option<&Event>,
    given: Option<Rules>,
    from: Option<Time>,
    ctx: &Ctx,
) -> Result<RulesToTry, Problem> {
    let mut notes = Vec::new();
    let rules = match given {
        Some(rules) => rules,
        None => {
            let world = World { purchase, ..World::of(events) };
            let offered = starters(&world, ctx).map_err(|error| problem(error, ctx.is_stopped()))?;
            // A rule that looks back over more days than these data have is no start for anybody.
            let (fit, not): (Vec<_>, Vec<_>) = offered
                .into_iter()
                .map(|starter| starter.trigger)
                .partition(|rule| first(events.span, std::slice::from_ref(rule), from).is_ok());
            if !not.is_empty() && !fit.is_empty() {
                let names: Vec<&str> = not.iter().map(|rule| rule.name.as_str()).collect();
                notes.push(format!("These data are too short to try {}.", names.join(", ")));
            }
            Rules::of(if fit.is_empty() { not } else { fit })
        }
    };
    let start = first(events.span, &rules.triggers, from).map_err(|error| problem(error, false))?.from;
    Ok(RulesToTry { rules, start, notes })
}

/// What came of all rules.
///
/// Fails with one sentence where a rule makes no sense or names what the data do not have, and when stopped.
pub(in crate::engine) fn tried_on(
    world: &World,
    rules: &Rules,
    (start, seed): (Time, u64),
    ctx: &Ctx,
) -> Result<(TriggersReport, Period, Vec<TriedTrigger>), Problem> {
    let settings = ReplaySettings { from: Some(start), seed, ..ReplaySettings::default() };
    report(world, rules, &settings, benjamini_hochberg, ctx).map_err(|error| {
        let is_stopped = matches!(error, NoReport::Stopped(_));
        problem(error, is_stopped)
    })
}

/// Who is due at the end of the data, by trigger, and the rules as SQL.
pub(in crate::engine) fn due_of(
    world: &World,
    rules: &Rules,
    (tried, period): (&[TriedTrigger], &Period),
    listing: &DueListing,
    ctx: &Ctx,
) -> Result<Vec<DueFound>, Problem> {
    let of = |(trigger, tried): (&Trigger, &TriedTrigger)| {
        let now =
            due_now(world, trigger, &tried.fires, period, &tried.goals, listing, ctx).map_err(|error| problem(error, ctx.is_stopped()))?;
        Ok(DueFound { now, sql: sql(trigger, period.from).map_err(|error| error.to_string()) })
    };
    rules.triggers.iter().zip(tried).map(of).collect()
}
