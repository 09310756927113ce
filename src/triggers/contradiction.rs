//! Why can a rule never fire?
//!
//! In: a trigger. Out: the two parts that exclude each other, in words; none where no such pair was found. O(conditions^2).
//!
//! Every condition bounds a measure ("purchases in 7 days" is at least 2), and so does the moment itself: at its third purchase in 7 days there are at
//! least 3. Bounds of the same measure must have a common value. Only bounds of exactly the same measure are compared; a full proof over different
//! windows was not tried, as its sentences could not be followed.

use super::language::{Event, Moment, Op, Over, Since, Trigger, TriggerCondition};
use super::sentence;

/// What is measured, with the value left out.
#[derive(Debug, Clone, PartialEq)]
enum Subject {
    Count(Event, Over),
    DaysSince(Event),
    Other(TriggerCondition),
}

/// From the least to the greatest allowed value; whether the ends themselves are allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bounds {
    low: f64,
    with_low: bool,
    high: f64,
    with_high: bool,
}

impl Bounds {
    fn of(op: Op, value: f64) -> Option<Bounds> {
        let all = Bounds { low: f64::NEG_INFINITY, with_low: true, high: f64::INFINITY, with_high: true };
        Some(match op {
            Op::Is => Bounds { low: value, high: value, ..all },
            Op::AtLeast => Bounds { low: value, ..all },
            Op::Above => Bounds { low: value, with_low: false, ..all },
            Op::AtMost => Bounds { high: value, ..all },
            Op::Below => Bounds { high: value, with_high: false, ..all },
            Op::IsNot | Op::In | Op::Contains => return None,
        })
    }

    fn meets(&self, other: &Bounds) -> bool {
        let (low, with_low) = match self.low.total_cmp(&other.low) {
            std::cmp::Ordering::Less => (other.low, other.with_low),
            std::cmp::Ordering::Greater => (self.low, self.with_low),
            std::cmp::Ordering::Equal => (self.low, self.with_low && other.with_low),
        };
        let (high, with_high) = match self.high.total_cmp(&other.high) {
            std::cmp::Ordering::Less => (self.high, self.with_high),
            std::cmp::Ordering::Greater => (other.high, other.with_high),
            std::cmp::Ordering::Equal => (self.high, self.with_high && other.with_high),
        };
        low < high || (low == high && with_low && with_high)
    }
}

/// The first pair of parts that exclude each other.
pub(super) fn of(trigger: &Trigger) -> Option<String> {
    // A rule that waits for its hours reads its conditions later than its moment, so the moment bounds nothing then.
    let mut bounds: Vec<(Subject, Bounds, String)> = if trigger.hours.is_some() { Vec::new() } else { of_moment(&trigger.when) };
    let natural = Bounds { low: 0.0, with_low: true, high: f64::INFINITY, with_high: true };
    for (condition, wanted) in trigger.and.iter().map(|c| (c, true)).chain(trigger.unless.iter().map(|c| (c, false))) {
        let Some((subject, op, value)) = numbers(condition) else { continue };
        let Some(range) = (if wanted { Bounds::of(op, value) } else { negated(op).and_then(|op| Bounds::of(op, value)) }) else { continue };
        let words = if wanted { sentence::condition(condition) } else { format!("not that {}", sentence::condition(condition)) };
        if matches!(subject, Subject::Count(..) | Subject::DaysSince(_)) && !natural.meets(&range) {
            return Some(format!("it asks that “{words}”, and no count is below 0"));
        }
        if let Some((_, _, other)) = bounds.iter().find(|(of, before, _)| *of == subject && !before.meets(&range)) {
            return Some(format!("it asks that “{other}” and that “{words}”"));
        }
        bounds.push((subject, range, words));
    }
    None
}

fn of_moment(moment: &Moment) -> Vec<(Subject, Bounds, String)> {
    let words = || sentence::moment(moment);
    let at_least = |value: f64| Bounds { low: value, with_low: true, high: f64::INFINITY, with_high: true };
    match moment {
        Moment::On(event) | Moment::Then { next: event, .. } => vec![
            (Subject::DaysSince(event.clone()), Bounds { low: 0.0, with_low: true, high: 0.0, with_high: true }, words()),
            (Subject::Count(event.clone(), Over::Ever), at_least(1.0), words()),
        ],
        Moment::Absent { event, days, since: Since::Last } => {
            vec![(Subject::DaysSince(event.clone()), at_least(days.in_days()), words())]
        }
        Moment::Times { event, count, over, same: None } => {
            vec![(Subject::Count(event.clone(), over.clone()), at_least(f64::from(*count)), words())]
        }
        _ => Vec::new(),
    }
}

/// A condition on a number as subject, comparison and value.
fn numbers(condition: &TriggerCondition) -> Option<(Subject, Op, f64)> {
    match condition.clone() {
        TriggerCondition::Count { event, over, op, value } => Some((Subject::Count(event, over), op, value)),
        TriggerCondition::DaysSince { event, op, value } => Some((Subject::DaysSince(event), op, value)),
        TriggerCondition::Sum { event, over, op, value } => {
            Some((Subject::Other(TriggerCondition::Sum { event, over, op: Op::Is, value: 0.0 }), op, value))
        }
        TriggerCondition::Distinct { of, event, over, op, value } => {
            Some((Subject::Other(TriggerCondition::Distinct { of, event, over, op: Op::Is, value: 0.0 }), op, value))
        }
        TriggerCondition::Column { name, op, value: super::language::Value::Number(value) } => {
            let subject = TriggerCondition::Column { name, op: Op::Is, value: super::language::Value::Flag(true) };
            Some((Subject::Other(subject), op, value))
        }
        TriggerCondition::Column { .. } => None,
    }
}

fn negated(op: Op) -> Option<Op> {
    match op {
        Op::AtLeast => Some(Op::Below),
        Op::Above => Some(Op::AtMost),
        Op::AtMost => Some(Op::Above),
        Op::Below => Some(Op::AtLeast),
        Op::IsNot => Some(Op::Is),
        Op::Is | Op::In | Op::Contains => None,
    }
}
