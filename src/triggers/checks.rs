//! Does a rule make sense?
//!
//! In: [`Rules`]. Out: every fault as one sentence that says what to change. O(rules). Whether the data have what a rule speaks of is asked in
//! [`super::known`].
//!
//! A rule that can never fire is a fault, not a result: bounds that its moment, its conditions and its exceptions put on one and the same measure are
//! laid over each other (`contradiction.rs`).

use super::contradiction;
use super::language::{
    Event, EventField, Filter, Goal, Hours, Moment, Op, Over, Rules, Since, Span, Trigger, TriggerAudience, TriggerCondition, Value,
};

/// The most triggers in one file.
pub const MOST_TRIGGERS: usize = 200;
/// The most events a rule may count up to.
const MOST_TIMES: u32 = 1_000_000;

/// A fault and where it is.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}{fault}", .trigger.as_ref().map_or_else(String::new, |name| format!("“{name}”: ")))]
pub struct RuleFault {
    /// Name of the trigger; none where it is the whole file.
    pub trigger: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What can be wrong with a rule.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "each is its sentence")]
pub enum Fault {
    #[error("Trigger number {0} has no name; give it one.")]
    NoName(usize),
    #[error("two triggers have this name; give each its own.")]
    SameName,
    #[error("The file has {0} triggers, and at most {MOST_TRIGGERS} are tried at once; split it.")]
    TooMany(usize),
    #[error("{0} is 0; give it a length such as \"24h\" or \"7d\".")]
    NoTime(&'static str),
    #[error("it counts to 0; count to 1 or more.")]
    CountsToNothing,
    #[error("it counts to {0}; count to {MOST_TIMES} at most.")]
    CountsTooFar(u32),
    #[error("\"most\" is 0, so it could never fire; leave it out or set 1 or more.")]
    MostNone,
    #[error("the hours go from {from} to {to}; \"from\" must be before \"to\", both between 0 and 24.")]
    Hours { from: u8, to: u8 },
    #[error("an event has no name; name a kind of event, or \"*\" for any.")]
    NoEvent,
    #[error("{field} cannot be compared by \"{op}\" with {value}; {hint}.")]
    Filter { field: String, op: &'static str, value: String, hint: &'static str },
    #[error("{0} is not a number; give one.")]
    NotANumber(&'static str),
    #[error("counts, sums and days are compared by =, !=, >, >=, < or <=, not by \"{0}\".")]
    NumberOp(&'static str),
    #[error("it is for nobody: the list of {0} is empty; name at least one.")]
    Nobody(&'static str),
    #[error("it can never fire: {0}; change one of the two.")]
    NeverFires(String),
    #[error("there is no event \"{name}\" in the data{}", or_did_you_mean(nearest))]
    UnknownKind { name: String, nearest: Option<String> },
    #[error("there is no persona \"{name}\"{}", or_did_you_mean(nearest))]
    UnknownPersona { name: String, nearest: Option<String> },
    #[error("there is no segment \"{name}\"{}", or_did_you_mean(nearest))]
    UnknownSegment { name: String, nearest: Option<String> },
    #[error("there is no column \"{name}\" in the customer table{}", or_did_you_mean(nearest))]
    UnknownColumn { name: String, nearest: Option<String> },
    #[error(
        "it asks for holidays, and none are known; name a country, such as DE, or a file of dates (--holidays; Holidays in the window)."
    )]
    NoHolidays,
    #[error("none of the customers of \"{0}\" is in the data; choose the list again.")]
    NobodyOfList(String),
}

fn or_did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(|| "; name one that is there.".to_owned(), |name| format!("; did you mean \"{name}\"?"))
}

/// Faults of rules as such.
pub fn faults(rules: &Rules) -> Vec<RuleFault> {
    let mut found = Vec::new();
    if rules.triggers.len() > MOST_TRIGGERS {
        found.push(RuleFault { trigger: None, fault: Fault::TooMany(rules.triggers.len()) });
    }
    for (at, trigger) in rules.triggers.iter().enumerate() {
        let mut of_one = Vec::new();
        if trigger.name.trim().is_empty() {
            of_one.push(Fault::NoName(at + 1));
        } else if rules.triggers[..at].iter().any(|before| before.name == trigger.name) {
            of_one.push(Fault::SameName);
        }
        of_trigger(trigger, &mut of_one);
        found.extend(
            of_one.into_iter().map(|fault| RuleFault { trigger: Some(trigger.name.clone()).filter(|name| !name.trim().is_empty()), fault }),
        );
    }
    found
}

/// All sorts of events a trigger speaks of, in the order of the rule.
pub fn events_of(trigger: &Trigger) -> Vec<Event> {
    let mut events = Vec::new();
    match &trigger.when {
        Moment::On(event) => events.push(event.clone()),
        Moment::Absent { event, since, .. } => {
            events.push(event.clone());
            if let Since::Event(since) = since {
                events.push(since.clone());
            }
        }
        Moment::Times { event, over, .. } => events.extend([event.clone()].into_iter().chain(since_of(over))),
        Moment::Then { first, next, without, .. } => events.extend([first, next].into_iter().chain(without).cloned()),
        Moment::NotFollowed { event, by, .. } => events.extend([event.clone(), by.clone()]),
        Moment::Crosses { measure, .. } => events.push(measure.looks_at().0.clone()),
    }
    for condition in trigger.and.iter().chain(&trigger.unless) {
        match condition {
            TriggerCondition::Count { event, over, .. }
            | TriggerCondition::Sum { event, over, .. }
            | TriggerCondition::Distinct { event, over, .. } => {
                events.extend([event.clone()].into_iter().chain(since_of(over)));
            }
            TriggerCondition::DaysSince { event, .. } => events.push(event.clone()),
            TriggerCondition::Column { .. } => {}
        }
    }
    events.push(trigger.goal.wanted());
    events
}

/// Whether a rule asks which days are holidays.
pub(super) fn asks_for_holidays(trigger: &Trigger) -> bool {
    events_of(trigger).iter().any(|event| ask_for_holidays(&event.filters))
}

/// The same of filters.
pub fn ask_for_holidays(filters: &[Filter]) -> bool {
    filters.iter().any(|filter| filter.field == EventField::Holiday)
}

fn since_of(over: &Over) -> Option<Event> {
    if let Over::Since(event) = over { Some(event.clone()) } else { None }
}

fn of_trigger(trigger: &Trigger, found: &mut Vec<Fault>) {
    let events = events_of(trigger);
    if events.iter().any(|event| event.event.is_empty()) {
        found.push(Fault::NoEvent);
    }
    for filter in events.iter().flat_map(|event| &event.filters) {
        found.extend(of_filter(filter));
    }
    of_moment(&trigger.when, found);
    for condition in trigger.and.iter().chain(&trigger.unless) {
        of_condition(condition, found);
    }
    match &trigger.audience {
        TriggerAudience::Personas(names) if names.is_empty() => found.push(Fault::Nobody("personas")),
        TriggerAudience::Segments(names) if names.is_empty() => found.push(Fault::Nobody("segments")),
        TriggerAudience::List { customers, .. } if customers.is_empty() => found.push(Fault::Nobody("customers")),
        _ => {}
    }
    if trigger.most == Some(0) {
        found.push(Fault::MostNone);
    }
    if let Some(Hours { from, to }) = trigger.hours
        && (from >= to || to > 24)
    {
        found.push(Fault::Hours { from, to });
    }
    let Goal { within, .. } = trigger.goal;
    if within.is_zero() {
        found.push(Fault::NoTime("the time in which the goal counts"));
    }
    // Bounds that are faults themselves would only be told twice.
    if found.is_empty() {
        found.extend(contradiction::of(trigger).map(Fault::NeverFires));
    }
}

fn of_moment(moment: &Moment, found: &mut Vec<Fault>) {
    let mut needs_time = |span: &Span, what| {
        if span.is_zero() {
            found.push(Fault::NoTime(what));
        }
    };
    match moment {
        Moment::On(_) => {}
        Moment::Absent { days, .. } => needs_time(days, "the time without the event"),
        Moment::Times { count, over, .. } => {
            if let Over::Last(span) = over {
                needs_time(span, "the time to count over");
            }
            if *count == 0 {
                found.push(Fault::CountsToNothing);
            } else if *count > MOST_TIMES {
                found.push(Fault::CountsTooFar(*count));
            }
        }
        Moment::Then { within, .. } => needs_time(within, "the time between the two events"),
        Moment::NotFollowed { within, .. } => needs_time(within, "the time to wait"),
        Moment::Crosses { measure, threshold, .. } => {
            needs_time(&measure.looks_at().1, "the time of the measure");
            if !threshold.is_finite() {
                found.push(Fault::NotANumber("the threshold"));
            }
        }
    }
}

fn of_condition(condition: &TriggerCondition, found: &mut Vec<Fault>) {
    match condition {
        TriggerCondition::Count { over, op, value, .. }
        | TriggerCondition::Sum { over, op, value, .. }
        | TriggerCondition::Distinct { over, op, value, .. } => {
            if *over == Over::Last(Span::default()) {
                found.push(Fault::NoTime("the time of a condition"));
            }
            of_number(*op, *value, found);
        }
        TriggerCondition::DaysSince { op, value, .. } => of_number(*op, *value, found),
        TriggerCondition::Column { name, op, value } => {
            let fault = |hint| Fault::Filter { field: format!("the column \"{name}\""), op: op.sign(), value: value.words(), hint };
            match (op, value) {
                (Op::In, Value::Texts(_))
                | (Op::Contains, Value::Text(_))
                | (Op::Is | Op::IsNot, Value::Flag(_) | Value::Number(_) | Value::Text(_)) => {}
                (Op::AtLeast | Op::Above | Op::AtMost | Op::Below, Value::Number(_)) => {}
                (Op::In, _) => found.push(fault("\"in\" needs a list of texts")),
                (Op::Contains, _) => found.push(fault("\"contains\" needs a text")),
                (_, Value::Texts(_)) => found.push(fault("a list needs \"in\"")),
                _ => found.push(fault("larger and smaller need a number")),
            }
        }
    }
}

fn of_number(op: Op, value: f64, found: &mut Vec<Fault>) {
    if !value.is_finite() {
        found.push(Fault::NotANumber("the value of a condition"));
    }
    if matches!(op, Op::In | Op::Contains) {
        found.push(Fault::NumberOp(op.sign()));
    }
}

/// What is wrong with a filter, whatever the data know.
pub fn of_filter(filter: &Filter) -> Option<Fault> {
    let Filter { field, op, value } = filter;
    let hint = match (field, op, value) {
        (EventField::Value, Op::In | Op::Contains, _) => "a value of an event is compared by =, !=, >, >=, < or <=",
        (EventField::Value, _, Value::Number(number)) if number.is_finite() => return None,
        (EventField::Value, _, _) => "a value of an event is a number",
        (EventField::Hour, Op::In | Op::Contains, _) => "an hour is compared by =, !=, >, >=, < or <=",
        (EventField::Hour, _, Value::Number(hour)) if (0.0..24.0).contains(hour) => return None,
        (EventField::Hour, _, _) => "an hour is a number from 0 to 23",
        (EventField::Weekend | EventField::Holiday | EventField::StartsVisit, Op::Is | Op::IsNot, Value::Flag(_)) => return None,
        (EventField::Weekend | EventField::Holiday | EventField::StartsVisit, _, _) => "it is = or != true or false",
        (_, Op::Contains, Value::Text(_)) if !matches!(field, EventField::Weekday | EventField::DayPart) => return None,
        (_, Op::Is | Op::IsNot, Value::Text(text)) => return of_word(*field, text).then(|| unknown_word(filter)),
        (_, Op::In, Value::Texts(texts)) if !texts.is_empty() => {
            return texts.iter().any(|text| of_word(*field, text)).then(|| unknown_word(filter));
        }
        (_, Op::In, _) => "\"in\" needs a list of texts",
        _ => "it is = or != a text, contains a text, or is in a list of texts",
    };
    Some(Fault::Filter { field: field.word().to_owned(), op: op.sign(), value: value.words(), hint })
}

/// Whether a text can never be said of a field that has few words.
fn of_word(field: EventField, text: &str) -> bool {
    match field {
        EventField::Weekday => !super::clock::WEEKDAYS.contains(&text),
        EventField::DayPart => !super::clock::DAY_PARTS.contains(&text),
        _ => false,
    }
}

fn unknown_word(filter: &Filter) -> Fault {
    let hint = if filter.field == EventField::Weekday {
        "weekdays are monday, tuesday, wednesday, thursday, friday, saturday and sunday"
    } else {
        "the parts of a day are night, morning, afternoon and evening"
    };
    Fault::Filter { field: filter.field.word().to_owned(), op: filter.op.sign(), value: filter.value.words(), hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::language::DistinctOf;
    use crate::triggers::made::{e, trigger};

    fn said(change: impl FnOnce(&mut Trigger)) -> String {
        let mut rule = trigger("rule", Moment::On(e("buy")));
        change(&mut rule);
        let found = faults(&Rules::of(vec![rule]));
        assert!(found.len() <= 1, "{found:?}");
        found.first().map(ToString::to_string).unwrap_or_default()
    }

    fn count(over: Over, op: Op, value: f64) -> TriggerCondition {
        TriggerCondition::Count { event: e("buy"), over, op, value }
    }

    #[test]
    fn one_sentence_for_each_fault() {
        assert_eq!(said(|_| {}), "");
        assert_eq!(said(|rule| rule.most = Some(0)), "“rule”: \"most\" is 0, so it could never fire; leave it out or set 1 or more.");
        assert_eq!(
            said(|rule| rule.hours = Some(Hours { from: 20, to: 9 })),
            "“rule”: the hours go from 20 to 9; \"from\" must be before \"to\", both between 0 and 24."
        );
        assert_eq!(said(|rule| rule.hours = Some(Hours { from: 0, to: 24 })), "");
        assert!(said(|rule| rule.hours = Some(Hours { from: 9, to: 25 })).contains("from 9 to 25"));
        assert_eq!(
            said(|rule| rule.when = Moment::Absent { event: e("buy"), days: Span::default(), since: Since::Last }),
            "“rule”: the time without the event is 0; give it a length such as \"24h\" or \"7d\"."
        );
        assert!(said(|rule| rule.goal.within = Span::default()).contains("the time in which the goal counts is 0"));
        assert!(said(|rule| rule.when = Moment::Times { event: e("buy"), count: 0, over: Over::Ever, same: None }).contains("counts to 0"));
        assert!(said(|rule| rule.and = vec![count(Over::Last(Span::default()), Op::Is, 1.0)]).contains("the time of a condition is 0"));
        assert!(said(|rule| rule.and = vec![count(Over::Ever, Op::Contains, 1.0)]).contains("not by \"contains\""));
        assert!(
            said(|rule| rule.audience = TriggerAudience::Personas(Vec::new())).contains("it is for nobody: the list of personas is empty")
        );
        assert!(said(|rule| rule.name = " ".into()).contains("Trigger number 1 has no name"));
        let twice = faults(&Rules::of(vec![trigger("x", Moment::On(e("a"))), trigger("x", Moment::On(e("a")))]));
        assert_eq!(twice.len(), 1);
        assert!(faults(&Rules::of(vec![trigger("x", Moment::On(e("a"))); 201])).iter().any(|of| matches!(of.fault, Fault::TooMany(201))));
    }

    #[test]
    fn filters_that_mean_nothing() {
        let with = |field, op, value| said(|rule| rule.when = Moment::On(e("buy").having(field, op, value)));
        let text = |text: &str| Value::Text(text.into());
        for (field, op, value) in [
            (EventField::Page, Op::Contains, text("price")),
            (EventField::Value, Op::AtLeast, Value::Number(50.0)),
            (EventField::Device, Op::In, Value::Texts(vec!["mobile".into()])),
            (EventField::Weekend, Op::Is, Value::Flag(true)),
            (EventField::DayPart, Op::Is, text("evening")),
            (EventField::Hour, Op::Below, Value::Number(9.0)),
        ] {
            assert_eq!(with(field, op, value), "");
        }
        assert_eq!(
            with(EventField::Value, Op::AtLeast, text("much")),
            "“rule”: value cannot be compared by \">=\" with much; a value of an event is a number."
        );
        assert!(with(EventField::Weekday, Op::Is, text("someday")).contains("weekdays are monday"));
        assert!(with(EventField::DayPart, Op::In, Value::Texts(vec!["noon".into()])).contains("the parts of a day are"));
        assert!(with(EventField::Page, Op::AtLeast, text("a")).contains("it is = or != a text"));
        assert!(with(EventField::Hour, Op::Is, Value::Number(24.0)).contains("0 to 23"));
        assert!(with(EventField::Holiday, Op::Is, Value::Number(1.0)).contains("true or false"));
        assert!(with(EventField::City, Op::In, Value::Texts(Vec::new())).contains("a list of texts"));
    }

    #[test]
    fn rules_that_can_never_fire() {
        let never = |change: &dyn Fn(&mut Trigger)| said(change);
        assert_eq!(
            never(&|rule| rule.and = vec![count(Over::Ever, Op::AtLeast, 3.0), count(Over::Ever, Op::Below, 2.0)]),
            "“rule”: it can never fire: it asks that “they purchased at least 3 times” and that “they purchased less than 2 times”; change one of the two."
                .replace("purchased", "had “buy”")
        );
        assert!(never(&|rule| rule.and = vec![count(Over::Ever, Op::Below, 0.0)]).contains("no count is below 0"));
        // At its third purchase there are three.
        let three = Moment::Times { event: e("buy"), count: 3, over: Over::Last(Span::days(7)), same: None };
        assert!(
            never(&|rule| {
                rule.when = three.clone();
                rule.unless = vec![count(Over::Last(Span::days(7)), Op::AtLeast, 1.0)];
            })
            .contains("it can never fire")
        );
        assert_eq!(
            never(&|rule| {
                rule.when = three.clone();
                rule.unless = vec![count(Over::Last(Span::days(30)), Op::AtLeast, 10.0)];
            }),
            ""
        );
        // Silent for 45 days, and bought in the last 30.
        assert!(
            never(&|rule| {
                rule.when = Moment::Absent { event: e("buy"), days: Span::days(45), since: Since::Last };
                rule.and = vec![TriggerCondition::DaysSince { event: e("buy"), op: Op::Below, value: 30.0 }];
            })
            .contains("it can never fire")
        );
        let distinct = |op, value| TriggerCondition::Distinct { of: DistinctOf::Page, event: e("buy"), over: Over::Ever, op, value };
        assert!(never(&|rule| rule.and = vec![distinct(Op::Above, 2.0), distinct(Op::AtMost, 2.0)]).contains("it can never fire"));
        assert_eq!(never(&|rule| rule.and = vec![distinct(Op::AtLeast, 2.0), distinct(Op::AtMost, 2.0)]), "");
    }
}
