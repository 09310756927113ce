//! From which day on is a trigger tried?
//!
//! In: the span of the data, the triggers, and the day a user wants if any. Out: the first moment of the replay. O(triggers).
//!
//! The first 40 % of the span are history: at least 60 days, and at least as long as the longest window and the longest time in which a goal counts
//! together, so that nothing a rule looks back at lies before the data.

use super::clock;
use super::language::{Moment, Over, Span, Trigger, TriggerCondition};
use crate::events::table::{DAY, Time};

/// The share of the span that is history.
const HISTORY: f64 = 0.4;
/// The fewest days of history.
const FEWEST_DAYS: i64 = 60;

/// Why there is no period.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "each is its sentence")]
pub enum NoPeriod {
    #[error("There are no events, so no trigger can be tried; choose a file that has some.")]
    NoEvents,
    #[error(
        "The data cover {has} days, and trying these triggers takes more than {needs} days of history; give more data, or a first day of your own."
    )]
    TooShort { has: i64, needs: i64 },
    #[error("The first day {wanted} is not before the last day of the data, {last}; choose an earlier one.")]
    AfterTheEnd { wanted: String, last: String },
    #[error("The first day {wanted} lies before the first day of the data, {first}; choose a later one.")]
    BeforeTheBeginning { wanted: String, first: String },
}

/// The first moment of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// When.
    pub from: Time,
    /// Whether the user's day leaves less history than rules look back at: what they count may then be incomplete.
    pub is_early: bool,
}

/// Finds it. `wanted` is the user's own first moment.
pub fn first(span: Option<(Time, Time)>, triggers: &[Trigger], wanted: Option<Time>) -> Result<First, NoPeriod> {
    let (first, last) = span.ok_or(NoPeriod::NoEvents)?;
    let needed = triggers.iter().map(|trigger| trigger.goal.within.ms() + longest_window(trigger).ms()).max().unwrap_or_default();
    let history = needed.max(FEWEST_DAYS * DAY);
    if let Some(from) = wanted {
        if from >= last {
            return Err(NoPeriod::AfterTheEnd { wanted: clock::date(from), last: clock::date(last) });
        }
        if from < first - DAY {
            return Err(NoPeriod::BeforeTheBeginning { wanted: clock::date(from), first: clock::date(first) });
        }
        return Ok(First { from, is_early: from < first + needed });
    }
    let from = first + history.max(((last - first) as f64 * HISTORY) as Time);
    if from >= last {
        return Err(NoPeriod::TooShort { has: (last - first) / DAY, needs: history / DAY });
    }
    Ok(First { from, is_early: false })
}

/// The longest time a trigger looks back over.
pub fn longest_window(trigger: &Trigger) -> Span {
    let of_moment = match &trigger.when {
        Moment::On(_) => Span::default(),
        Moment::Absent { days, .. } => *days,
        Moment::Times { over, .. } => window(over),
        Moment::Then { within, .. } | Moment::NotFollowed { within, .. } => *within,
        Moment::Crosses { measure, .. } => {
            let (_, over) = measure.looks_at();
            // A change looks at two windows, one before the other.
            Span::of(over.ms() * if matches!(measure, super::language::Measure::Change { .. }) { 2 } else { 1 })
        }
    };
    let of_conditions = trigger.and.iter().chain(&trigger.unless).map(|condition| match condition {
        TriggerCondition::Count { over, .. } | TriggerCondition::Sum { over, .. } | TriggerCondition::Distinct { over, .. } => window(over),
        TriggerCondition::DaysSince { value, .. } => Span::of((value * DAY as f64) as Time),
        TriggerCondition::Column { .. } => Span::default(),
    });
    of_conditions.fold(of_moment, Span::max)
}

fn window(over: &Over) -> Span {
    if let Over::Last(span) = over { *span } else { Span::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::language::Since;
    use crate::triggers::made::{e, trigger};

    #[test]
    fn the_first_two_fifths_are_history() {
        let rule = |days| trigger("x", Moment::Absent { event: e("buy"), days: Span::days(days), since: Since::Last });
        let span = Some((0, 1_000 * DAY));
        assert_eq!(first(span, &[rule(45)], None), Ok(First { from: 400 * DAY, is_early: false }));
        assert_eq!(first(Some((0, 100 * DAY)), &[rule(10)], None).map(|first| first.from), Ok(60 * DAY));
        assert_eq!(first(Some((0, 100 * DAY)), &[rule(10), rule(70)], None).map(|first| first.from), Ok(84 * DAY));
        assert_eq!(first(Some((0, 84 * DAY)), &[rule(70)], None), Err(NoPeriod::TooShort { has: 84, needs: 84 }));
        assert_eq!(first(span, &[rule(45)], Some(50 * DAY)), Ok(First { from: 50 * DAY, is_early: true }));
        assert!(matches!(first(span, &[rule(45)], Some(1_000 * DAY)), Err(NoPeriod::AfterTheEnd { .. })));
        assert_eq!(first(None, &[], None), Err(NoPeriod::NoEvents));
    }
}
