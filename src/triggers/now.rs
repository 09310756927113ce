//! For whom is a trigger due now, why, and who is left out by chance?
//!
//! In: the fires of a trigger. Out: one row per customer, a table of them, and a sample of what another system would be sent. O(fires + events of those
//! customers).
//!
//! "Now" is the end of the data. A customer is on the list if the last fire is no older than the time in which the goal counts, the goal has not come
//! since, and audience and conditions still hold. Who may not be contacted, as the caller says, is not on it and is counted.

use serde::Serialize;

use super::clock::{date_time, iso};
use super::condition::Cursor;
use super::language::{Trigger, VERSION};
use super::occurrences::Occurrences;
use super::replay::{Fires, Period, Prepared};
use super::sentence;
use super::words::is_left_out;
use super::world::World;
use crate::base::{Ctx, Stopped};
use crate::events::table::Time;

/// What the list depends on beside the trigger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DueListing<'a> {
    /// Seed of who is left out.
    pub seed: u64,
    /// Share that is left out, 0 to 1.
    pub left_out: f64,
    /// Per customer of the event table whether they may be contacted; none where nobody was asked.
    pub consent: Option<&'a [bool]>,
}

/// A customer a trigger is due for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Due {
    /// Id.
    pub customer_id: String,
    /// Name of the trigger.
    pub trigger: String,
    /// When it fired, in milliseconds since 1970.
    pub fired_at: Time,
    /// Why, in words.
    pub reason: String,
    /// The last event of the customer and when it was.
    pub last_event: String,
    /// The persona, if one is known.
    pub persona: Option<String>,
    /// Whether the customer is left out by chance.
    pub hold_out: bool,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DueNow {
    /// By customer.
    pub due: Vec<Due>,
    /// Customers who would be on it but have not consented.
    pub without_consent: usize,
}

/// Who is due at the end of the data.
pub fn due_now(
    world: &World,
    trigger: &Trigger,
    fires: &Fires,
    period: &Period,
    goals: &Occurrences,
    listing: &DueListing,
    ctx: &Ctx,
) -> Result<DueNow, Stopped> {
    let events = world.events;
    let prepared = Prepared::of(trigger, world);
    let mut list = DueNow::default();
    for (at, own) in fires.fires.chunk_by(|a, b| a.customer == b.customer).enumerate() {
        if at % 1_024 == 0 {
            ctx.check()?;
        }
        let fire = own[own.len() - 1];
        let customer = fire.customer as usize;
        let is_old = fire.time + trigger.goal.within.ms() < period.end;
        if is_old || goals.first_in(customer, fire.time, period.end).is_some() || !still_holds(world, &prepared, customer, period.end) {
            continue;
        }
        if listing.consent.is_some_and(|may| !may.get(customer).copied().unwrap_or(false)) {
            list.without_consent += 1;
            continue;
        }
        let told = |row: usize| format!("{}, {}", events.kind_names[events.kinds[row] as usize], date_time(events.times[row]));
        let id = &events.customers[customer];
        list.due.push(Due {
            customer_id: id.clone(),
            trigger: trigger.name.clone(),
            fired_at: fire.time,
            reason: format!("{}: {}", sentence::moment(&trigger.when), told(fire.row)),
            last_event: told(events.of(customer).end - 1),
            persona: world
                .persona_at(customer, period.end)
                .and_then(|at| world.known_at(period.end)?.personas.names.get(at as usize).cloned()),
            hold_out: is_left_out(listing.seed, &trigger.name, id, listing.left_out),
        });
    }
    Ok(list)
}

fn still_holds(world: &World, trigger: &Prepared, customer: usize, time: Time) -> bool {
    let rows = world.events.of(customer);
    let holds = |ready: &super::condition::Ready| ready.holds(&Cursor::new(ready, rows.clone()).measure(world, customer, time));
    trigger.whom.has(world, customer, time) && trigger.and.iter().all(holds) && !trigger.unless.iter().any(holds)
}

/// What another system would be sent for a fire. A sample for a file; nothing is sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Payload {
    /// Name of the trigger.
    pub trigger: String,
    /// Version of the language.
    pub version: u32,
    /// Id.
    pub customer_id: String,
    /// When, as "2024-03-01T14:05:00.000Z".
    pub fired_at: String,
    /// The persona.
    pub persona: Option<String>,
    /// Why, and the last event.
    pub facts: Facts,
    /// Whether the customer is left out by chance.
    pub hold_out: bool,
}

/// Facts of a payload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// Why it fired.
    pub reason: String,
    /// The last event.
    pub last_event: String,
}

impl From<&Due> for Payload {
    fn from(due: &Due) -> Payload {
        Payload {
            trigger: due.trigger.clone(),
            version: VERSION,
            customer_id: due.customer_id.clone(),
            fired_at: iso(due.fired_at),
            persona: due.persona.clone(),
            facts: Facts { reason: due.reason.clone(), last_event: due.last_event.clone() },
            hold_out: due.hold_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::table::DAY;
    use crate::triggers::language::{Moment, Op, Over, Span, TriggerCondition};
    use crate::triggers::made::{e, events, trigger};
    use crate::triggers::matcher::EventMatcher;
    use crate::triggers::replay::replay;

    #[test]
    fn due_now_by_hand() {
        let day = |day: i64| day * DAY;
        let events = events(&[
            ("a", day(80), "cart"),
            ("bought", day(90), "cart"),
            ("bought", day(95), "purchase"),
            ("c, \"d\"", day(95), "cart"),
            ("fresh", day(100), "cart"),
            ("late", day(86), "cart"), // exactly 14 days ago
            ("no", day(99), "cart"),
            ("out", day(99), "cart"),
            ("out", day(99) + 1, "complaint"),
        ]);
        let may = [true, true, true, true, true, false, true];
        let world = World::of(&events);
        let mut rule = trigger("cart", Moment::On(e("cart")));
        rule.unless = vec![TriggerCondition::Count { event: e("complaint"), over: Over::Last(Span::days(7)), op: Op::AtLeast, value: 1.0 }];
        let period = Period { from: 0, end: day(100), gaps: Vec::new() };
        let fires = replay(&world, std::slice::from_ref(&rule), &period, &Ctx::new()).unwrap().remove(0);
        let goals = Occurrences::of(&EventMatcher::of(&e("purchase"), &world), &world, &Ctx::new()).unwrap();
        let list = |consent| {
            due_now(&world, &rule, &fires, &period, &goals, &DueListing { seed: 1, left_out: 0.5, consent }, &Ctx::new()).unwrap()
        };
        let ids = |list: &DueNow| list.due.iter().map(|due| due.customer_id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&list(None)), ["c, \"d\"", "fresh", "late", "no"]);
        let asked = list(Some(&may[..]));
        assert_eq!((ids(&asked), asked.without_consent), (vec!["c, \"d\"".to_owned(), "fresh".into(), "late".into()], 1));
        let payload = serde_json::to_value(Payload::from(&asked.due[1])).unwrap();
        assert_eq!(payload["fired_at"], "1970-04-11T00:00:00.000Z");
        assert_eq!(payload["facts"]["last_event"], "cart, 1970-04-11 00:00");
    }
}
