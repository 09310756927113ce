//! What would rules have set off? The rules of the plan, or those the data offer, are tried on the past with the personas of the first day.
//!
//! In: the events, and the plan's rules. Out: the rules in force, and what came of each. Three steps: which rules from when, the personas of that day, and the trial; a
//! number that moves repeats the last alone.

use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::data::Loaded;
use crate::events::table::{DAY, Time};
use crate::session::JourneyOptions;
use crate::triggers::holidays::holidays_of;
use crate::triggers::language::Event;
use crate::triggers::now::{Due, DueListing, DueNow};
use crate::triggers::world::{Snapshot, World};

use super::behaviour::{
    AnalyseTable, Grouped, RulesToTry, by_behaviour, customers_of_rows, due_of, failed, may_contact, problem, purchase_of, rules_to_try,
    tried_on,
};
use super::caches::Runtime;
use super::journeys_answer::{EventsSeen, FirstDay, TriedOn, TriggersTried};
use super::run::answer::Problem;
use super::run::jobs::Lane;
use super::run::runtime::{Asked, Made, Need};

/// Asks what came of the rules.
pub(super) fn of(
    runtime: &mut Runtime,
    events: &Made<EventsSeen>,
    (options, seed): (&JourneyOptions, u64),
    analyse: AnalyseTable,
    need: Need,
) -> Asked<TriggersTried> {
    let bought = |events: &EventsSeen, purchase: Option<&str>| -> Result<Option<Event>, Problem> {
        Ok(purchase_of(events.events(), purchase)?.map(|which| Event::of(&which.name)))
    };
    let key = Key::of("rules to try", 1, &(&options.rules, &options.purchase, options.tried_from), &[events.key]);
    let (its_events, its_options) = (events.value.clone(), options.clone());
    let step = move |ctx: &Ctx| {
        let purchase = bought(&its_events, its_options.purchase.as_deref()).map_err(|problem| failed(problem, ctx))?;
        let from = its_options.tried_from.map(|day| i64::from(day.0) * DAY);
        rules_to_try(its_events.events(), purchase.as_ref(), its_options.rules, from, ctx).map_err(|problem| failed(problem, ctx))
    };
    let rules = runtime.ask(|s| &mut s.rules_to_try, key, need, (|| "Looking for rules".into(), Lane::Long), step);
    let rules = match rules {
        Asked::Ready(rules) => rules,
        other => return other.passes_on("Looking for rules"),
    };
    let start = rules.value.start;
    let key = Key::of("personas of the first day", 1, &(&options.purchase, start), &[events.key]);
    let (its_events, its_options) = (events.value.clone(), options.clone());
    let step = move |ctx: &Ctx| first_day(&its_events, &its_options, (start, analyse), ctx).map_err(|problem| failed(problem, ctx));
    let first = runtime.ask(|s| &mut s.first_days, key, need, (|| "Personas of the first day".into(), Lane::Long), step);
    let first = match first {
        Asked::Ready(first) => first,
        other => return other.passes_on("Personas of the first day"),
    };
    let left_out = f64::from(options.left_out.min(90)) / 100.0;
    let key = Key::of("rules tried", 1, &(seed, options.left_out, &options.holidays), &[rules.key, first.key]);
    let (its_events, its_rules, its_first, purchase) = (events.value.clone(), rules.value, first.value, options.purchase.clone());
    let holidays = options.holidays.clone();
    let step = move |ctx: &Ctx| {
        let purchase = bought(&its_events, purchase.as_deref()).map_err(|problem| failed(problem, ctx))?;
        let holidays = holidays.as_deref().map(holidays_of).transpose().map_err(|error| failed(problem(error, false), ctx))?;
        let holidays = holidays.unwrap_or_default();
        tried(&its_events, &its_rules, &its_first, (purchase, holidays), (seed, left_out), ctx).map_err(|problem| failed(problem, ctx))
    };
    runtime.ask(|s| &mut s.triggers_tried, key, need, (|| "Trying the rules on the past".into(), Lane::Long), step)
}

fn first_day(seen: &EventsSeen, options: &JourneyOptions, (start, analyse): (Time, AnalyseTable), ctx: &Ctx) -> Result<FirstDay, Problem> {
    let purchase = purchase_of(seen.events(), options.purchase.as_deref())?;
    let Grouped { groups, columns, notes, .. } = by_behaviour(seen.events(), purchase.as_ref(), Some(start), analyse, ctx)?;
    Ok(FirstDay { snapshot: Snapshot { made: start, from: start, personas: groups, segments: Default::default(), columns }, notes })
}

fn tried(
    seen: &EventsSeen,
    to_try: &Arc<RulesToTry>,
    first: &Arc<FirstDay>,
    (purchase, holidays): (Option<Event>, Vec<i64>),
    (seed, left_out): (u64, f64),
    ctx: &Ctx,
) -> Result<TriggersTried, Problem> {
    if to_try.rules.triggers.is_empty() {
        return Err(problem("These data offer no rule by themselves; add one by a file of rules.", ctx.is_stopped()));
    }
    let snapshots = std::slice::from_ref(&first.snapshot);
    let world = World { snapshots, purchase: purchase.as_ref(), holidays: &holidays, ..World::of(seen.events()) };
    let (report, period, tried) = tried_on(&world, &to_try.rules, (to_try.start, seed), ctx)?;
    let listing = DueListing { seed, left_out, consent: None };
    let due = due_of(&world, &to_try.rules, (&tried, &period), &listing, ctx)?;
    let notes = first.notes.iter().chain(&to_try.notes).chain(&report.notes).cloned().collect();
    let personas = first.snapshot.personas.names.clone();
    let rules = to_try.rules.clone();
    let on = TriedOn { first: first.clone(), purchase, holidays, period };
    Ok(TriggersTried { rules, personas, report, notes, due, tried, on })
}

/// Who is due by a rule and may be contacted, as the table of customers says it: all rows of a customer must agree, and who is not in it has not agreed. `consent` names the
/// column, else its name says so. With a sentence that says which it is. O(rows of the table).
///
/// Fails where the column of consent cannot be read, and when stopped.
pub fn due_listed(
    (tried, rule): (&TriggersTried, usize),
    events: &EventsSeen,
    (loaded, consent): (&Loaded, Option<&str>),
    ctx: &Ctx,
) -> Result<(DueNow, Vec<String>), Problem> {
    let Some(due) = tried.due.get(rule).map(|due| &due.now) else { return Ok((DueNow::default(), Vec::new())) };
    let ids = &events.events().customers;
    // By the table itself, whatever the personas are made of: consent must not hang on that.
    let of_row = customers_of_rows(events.events(), loaded);
    let found = match of_row.is_empty() {
        true => (None, Vec::new()),
        false => may_contact(loaded, &of_row, ids.len(), consent, ctx)?,
    };
    let (Some(may), mut notes) = found else {
        return Ok((due.clone(), vec!["No column says who agreed to be contacted, so nobody was left out for that.".to_owned()]));
    };
    let agrees = |of: &&Due| ids.binary_search(&of.customer_id).is_ok_and(|customer| may[customer]);
    let kept: Vec<Due> = due.due.iter().filter(agrees).cloned().collect();
    let without_consent = due.due.len() - kept.len();
    // Which column it is; how many of the whole table refused is no matter of this list.
    notes.truncate(1);
    Ok((DueNow { due: kept, without_consent }, notes))
}
