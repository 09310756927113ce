//! Why this customer, or why not?
//!
//! In: a trigger and a customer. Out: what was looked at, step by step, in sentences, up to the last moments of the rule. O(events of the customer).

use serde::Serialize;

use super::clock::{date, date_time};
use super::condition::Cursor;
use super::language::{Trigger, TriggerCondition, Value};
use super::moment::Plan;
use super::replay::{FireOutcome, Memory, Period, Prepared, decide};
use super::sentence;
use super::world::World;
use crate::base::text::{count, few_digits};
use crate::events::table::Time;

/// How many moments of a customer are told, the latest ones.
const TOLD: usize = 12;

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedStep {
    /// What was found.
    pub text: String,
    /// Whether it speaks for firing; none where it only tells.
    pub holds: Option<bool>,
}

fn step(text: String, holds: impl Into<Option<bool>>) -> ExplainedStep {
    ExplainedStep { text, holds: holds.into() }
}

/// Explains a trigger for the customer of this index: first the history, then its latest moments, then how things stand at the end of the data.
pub fn explained(world: &World, trigger: &Trigger, period: &Period, customer: usize) -> Vec<ExplainedStep> {
    let events = world.events;
    let rows = events.of(customer);
    let prepared = Prepared::of(trigger, world);
    let mut steps = vec![step(sentence::moment(&trigger.when) + ".", None)];
    if rows.is_empty() {
        steps.push(step("There are no events of this customer.".to_owned(), false));
        return steps;
    }
    let (first, last) = (rows.start, rows.end - 1);
    steps.push(step(format!("{} events, from {} to {}.", count(rows.len()), date(events.times[first]), date(events.times[last])), None));
    if !prepared.whom.ever_has(world, customer) {
        steps.push(step("The rule is for others.".to_owned(), false));
        return steps;
    }
    let mut moments = Vec::new();
    let is_known =
        decide(world, &prepared, period, customer, &mut Memory::default(), |candidate, outcome| moments.push((candidate, outcome)));
    if !is_known {
        steps.push(step("The event its wait begins with is not in the data: unknown since when, so it does not fire.".to_owned(), false));
    }
    moments.sort_by_key(|(candidate, _)| *candidate);
    if moments.is_empty() && is_known {
        steps.push(step(format!("Its moment never came from {} on.", date(period.from)), false));
    }
    if moments.len() > TOLD {
        steps.push(step(format!("Its moment came {} times; these are the last {TOLD}.", count(moments.len())), None));
    }
    for (candidate, outcome) in &moments[moments.len().saturating_sub(TOLD)..] {
        let kind = &events.kind_names[events.kinds[candidate.row] as usize];
        let since = format!("“{kind}” of {}", date_time(events.times[candidate.row]));
        let (text, holds) = told(trigger, outcome);
        steps.push(step(format!("{}, after {since}: {text}", date_time(candidate.time)), holds));
    }
    now(world, trigger, &prepared, period, customer, &mut steps);
    steps
}

fn told(trigger: &Trigger, outcome: &FireOutcome) -> (String, bool) {
    match outcome {
        FireOutcome::Fired(time) => (format!("it fires, at {}.", date_time(*time)), true),
        FireOutcome::NotForThem => ("the rule was for others then.".to_owned(), false),
        FireOutcome::Condition(at, measured, time) => {
            (format!("held back at {}, as it does not hold that {}.", date_time(*time), measured_words(&trigger.and[*at], measured)), false)
        }
        FireOutcome::Exception(at, measured, time) => {
            (format!("held back at {}, as {}.", date_time(*time), measured_words(&trigger.unless[*at], measured)), false)
        }
        FireOutcome::Cooldown(last) => {
            (format!("held back, as it had fired at {}, less than {} before.", date_time(*last), trigger.cooldown.words()), false)
        }
        FireOutcome::Most => (format!("held back, as it had fired {} times already.", trigger.most.unwrap_or_default()), false),
        FireOutcome::Waiting(time) => (format!("it waits for {}, after the end of the data.", date_time(*time)), false),
    }
}

fn measured_words(condition: &TriggerCondition, measured: &Option<Value>) -> String {
    let measured = match measured {
        None => "unknown".to_owned(),
        Some(Value::Number(number)) => few_digits(*number),
        Some(value) => value.words(),
    };
    format!("{} (measured: {measured})", sentence::condition(condition))
}

/// How long a wait has been going on, and whether the conditions hold, at the end of the data.
fn now(world: &World, trigger: &Trigger, prepared: &Prepared, period: &Period, customer: usize, steps: &mut Vec<ExplainedStep>) {
    let rows = world.events.of(customer);
    if let Plan::Wait(wait) = &prepared.plan {
        let mut last = None;
        wait.spells(world.events, rows.clone(), &mut super::scratch::Scratch::default(), |spell| last = Some(spell));
        if let Some(spell) = last.filter(|spell| spell.end.is_none()) {
            let due = super::gaps::due(spell.start, wait.span, &period.gaps);
            let text = if due > period.end {
                format!("It is waiting since {} and would fire on {}.", date(spell.start), date_time(due))
            } else {
                format!("It is waiting since {} and was due on {}.", date(spell.start), date_time(due))
            };
            steps.push(step(text, due <= period.end));
        }
    }
    let end: Time = period.end;
    for (conditions, ready, wanted) in [(&trigger.and, &prepared.and, true), (&trigger.unless, &prepared.unless, false)] {
        for (condition, ready) in conditions.iter().zip(ready) {
            let measured = Cursor::new(ready, rows.clone()).measure(world, customer, end);
            let holds = ready.holds(&measured);
            let words = measured_words(condition, &measured);
            let text = format!("At the end of the data it {} that {words}.", if holds { "holds" } else { "does not hold" });
            steps.push(step(text, holds == wanted));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::table::DAY;
    use crate::triggers::language::{Moment, Op, Over, Since, Span};
    use crate::triggers::made::{e, events, trigger};

    #[test]
    fn step_by_step() {
        let events = events(&[
            ("a", 0, "purchase"),
            ("a", 20 * DAY, "purchase"),
            ("a", 29 * DAY, "complaint"),
            ("a", 35 * DAY, "purchase"),
            ("b", 0, "visit"),
            ("z", 40 * DAY, "end"),
        ]);
        let world = World::of(&events);
        let mut rule = trigger("silent", Moment::Absent { event: e("purchase"), days: Span::days(10), since: Since::Last });
        rule.unless = vec![TriggerCondition::Count { event: e("complaint"), over: Over::Last(Span::days(7)), op: Op::AtLeast, value: 1.0 }];
        let period = Period { from: 0, end: 40 * DAY, gaps: Vec::new() };
        let told: Vec<(String, Option<bool>)> =
            explained(&world, &rule, &period, 0).into_iter().map(|step| (step.text, step.holds)).collect();
        let expected = [
            ("When a customer has not purchased for 10 days.", None),
            ("4 events, from 1970-01-01 to 1970-02-05.", None),
            ("1970-01-11 00:00, after “purchase” of 1970-01-01 00:00: it fires, at 1970-01-11 00:00.", Some(true)),
            (
                "1970-01-31 00:00, after “purchase” of 1970-01-21 00:00: held back at 1970-01-31 00:00, as they had “complaint” in the last 7 days \
                 (measured: 1).",
                Some(false),
            ),
            ("It is waiting since 1970-02-05 and would fire on 1970-02-15 00:00.", Some(false)),
            ("At the end of the data it does not hold that they had “complaint” in the last 7 days (measured: 0).", Some(true)),
        ];
        assert_eq!(told, expected.map(|(text, holds)| (text.to_owned(), holds)));
        let of_b = explained(&world, &rule, &period, 1);
        assert!(of_b.iter().any(|step| step.text.contains("unknown since when")), "{of_b:?}");
    }
}
