//! How is a trigger read aloud?
//!
//! In: a trigger. Out: one sentence on when it fires and for whom, and one on when it worked. O(length).
//!
//! The sentence is made from the rule and never read back: the rule is what holds.

use super::language::{
    ANY, CrossDirection, DistinctOf, Event, EventField, Filter, Measure, Moment, Op, Over, Since, Trigger, TriggerAudience,
    TriggerCondition, Value,
};
use crate::base::text::few_digits;

/// The forms of a verb: "purchases", "purchase", "purchased" (they did), "purchased" (they have).
struct Verb([&'static str; 4]);

/// Kinds of events that are told by a verb of their own, by names common in exports.
const VERBS: [(&[&str], Verb); 10] = [
    (
        &["purchase", "order", "order_completed", "Order Completed", "Placed Order"],
        Verb(["purchases", "purchase", "purchased", "purchased"]),
    ),
    (&["add_to_cart", "Product Added", "Added to Cart", "cart"], Verb(["adds to cart", "add to cart", "added to cart", "added to cart"])),
    (
        &["begin_checkout", "Checkout Started", "Started Checkout"],
        Verb(["begins checkout", "begin checkout", "began checkout", "begun checkout"]),
    ),
    (&["page_view", "pageview", "$pageview", "Page Viewed"], Verb(["views a page", "view a page", "viewed a page", "viewed a page"])),
    (
        &["view_item", "Product Viewed", "Viewed Product"],
        Verb(["views a product", "view a product", "viewed a product", "viewed a product"]),
    ),
    (&["sign_up", "Signed Up", "signup"], Verb(["signs up", "sign up", "signed up", "signed up"])),
    (&["login", "Signed In"], Verb(["signs in", "sign in", "signed in", "signed in"])),
    (&["search", "Products Searched"], Verb(["searches", "search", "searched", "searched"])),
    (&["return", "refund", "Order Refunded"], Verb(["returns an order", "return an order", "returned an order", "returned an order"])),
    (&[ANY], Verb(["does anything", "do anything", "did anything", "done anything"])),
];
const VISIT: Verb = Verb(["begins a visit", "begin a visit", "began a visit", "begun a visit"]);
const OTHER: Verb = Verb(["has", "have", "had", "had"]);

#[derive(Clone, Copy)]
enum Form {
    Does = 0,
    Do = 1,
    Did = 2,
    Done = 3,
}

/// Both sentences.
pub fn of(trigger: &Trigger) -> String {
    let mut text = moment(&trigger.when);
    for condition_ in &trigger.and {
        text += &format!(", and {}", condition(condition_));
    }
    match &trigger.audience {
        TriggerAudience::Everyone => {}
        TriggerAudience::Personas(names) | TriggerAudience::Segments(names) => text += &format!(", and is one of {}", listed(names)),
        TriggerAudience::List { name, .. } => text += &format!(", and is on the list {name}"),
    }
    for (at, condition_) in trigger.unless.iter().enumerate() {
        text += &format!(", {} {}", if at == 0 { "unless" } else { "or" }, condition(condition_));
    }
    if !trigger.cooldown.is_zero() {
        text += &format!(", at most once in {}", trigger.cooldown.words());
    }
    if let Some(most) = trigger.most {
        text += &format!(", at most {} in all", times(f64::from(most)));
    }
    if let Some(hours) = trigger.hours {
        text += &format!(", between {}:00 and {}:00", hours.from, hours.to);
    }
    if !trigger.then.trim().is_empty() {
        text += &format!(", then {}", trigger.then.trim().trim_end_matches('.'));
    }
    format!("{text}. It worked if they {} within {}.", event(&trigger.goal.wanted(), Form::Do), trigger.goal.within.words())
}

/// "When a customer adds to cart and does not purchase within 24 hours".
pub fn moment(moment: &Moment) -> String {
    match moment {
        Moment::On(of) => format!("When a customer {}", event(of, Form::Does)),
        Moment::Absent { event: of, days, since: Since::Last } => {
            format!("When a customer has not {} for {}", event(of, Form::Done), days.words())
        }
        Moment::Absent { event: of, days, since: Since::FirstSeen } => {
            format!("When a customer is first seen and does not {} within {}", event(of, Form::Do), days.words())
        }
        Moment::Absent { event: of, days: within, since: Since::Event(start) } | Moment::NotFollowed { event: start, by: of, within } => {
            format!("When a customer {} and does not {} within {}", event(start, Form::Does), event(of, Form::Do), within.words())
        }
        Moment::Times { event: of, count, over, same } => {
            let same = if same.is_some() { ", each time on the same page," } else { "" };
            format!("When a customer {}{same} {}{}", event(of, Form::Does), times(f64::from(*count)), over_words(over, "within"))
        }
        Moment::Then { first, next, within, without } => {
            let without = without.as_ref().map(|of| format!(" and does not {} in between", event(of, Form::Do))).unwrap_or_default();
            format!("When a customer {} and then {} within {}{without}", event(first, Form::Does), event(next, Form::Does), within.words())
        }
        Moment::Crosses { measure, threshold, direction } => {
            let way = match direction {
                CrossDirection::Up => format!("rises to {} or more", few_digits(*threshold)),
                CrossDirection::Down => format!("falls below {}", few_digits(*threshold)),
            };
            format!("When {} {way}", measure_words(measure))
        }
    }
}

/// "they purchased at least 3 times in the last 30 days".
pub fn condition(condition: &TriggerCondition) -> String {
    match condition {
        TriggerCondition::Count { event: of, over, op, value } => {
            let over = over_words(over, "in the last");
            match (op, value) {
                (Op::AtLeast, 1.0) | (Op::Above, 0.0) => format!("they {}{over}", event(of, Form::Did)),
                (Op::Is | Op::AtMost, 0.0) | (Op::Below, 1.0) => format!("they did not {}{over}", event(of, Form::Do)),
                (Op::IsNot, _) => format!("they did not {} exactly {}{over}", event(of, Form::Do), times(*value)),
                (Op::Is, 1.0) => format!("they {} exactly once{over}", event(of, Form::Did)),
                _ => format!("they {} {}{over}", event(of, Form::Did), compared(*op, &times(*value))),
            }
        }
        TriggerCondition::DaysSince { event: of, op, value } => {
            let days = format!("{} {}", few_digits(*value), if *value == 1.0 { "day" } else { "days" });
            format!("they last {} {} ago", event(of, Form::Did), compared(*op, &days))
        }
        TriggerCondition::Sum { event: of, over, op, value } => {
            format!("the value of {} is {}{}", named(of), compared(*op, &few_digits(*value)), over_words(over, "in the last"))
        }
        TriggerCondition::Distinct { of, event, over, op, value } => {
            let what = if *of == DistinctOf::Page { "pages" } else { "kinds" };
            format!(
                "the number of different {what} of {} is {}{}",
                named(event),
                compared(*op, &few_digits(*value)),
                over_words(over, "in the last")
            )
        }
        TriggerCondition::Column { name, op, value } => match (op, value) {
            (Op::Is, Value::Flag(flag)) | (Op::IsNot, Value::Flag(flag)) => {
                format!("their {name} is {}", if *flag == (*op == Op::Is) { "true" } else { "false" })
            }
            _ => format!("their {name} {}", compared_value(*op, value)),
        },
    }
}

/// What a goal or another event is called beside "did": "purchased".
pub fn did(of: &Event) -> String {
    event(of, Form::Did)
}

/// Its infinitive: "purchase".
pub fn to_do(of: &Event) -> String {
    event(of, Form::Do)
}

fn measure_words(measure: &Measure) -> String {
    let (of, over) = measure.looks_at();
    let (of, over) = (named(of), over.words());
    match measure {
        Measure::Count { .. } => format!("a customer's number of {of} within {over}"),
        Measure::Sum { .. } => format!("the value of a customer's {of} within {over}"),
        Measure::Distinct { of: DistinctOf::Page, .. } => format!("the number of different pages of a customer's {of} within {over}"),
        Measure::Distinct { of: DistinctOf::Kind, .. } => format!("the number of different kinds of a customer's {of} within {over}"),
        Measure::Change { .. } => format!("the value of a customer's {of} within {over}, as a share of that in the {over} before,"),
    }
}

/// An event in a form of its verb, with what must hold of it in brackets.
fn event(of: &Event, form: Form) -> String {
    let starts_visit = Filter { field: EventField::StartsVisit, op: Op::Is, value: Value::Flag(true) };
    let is_visit = of.event == ANY && of.filters.contains(&starts_visit);
    let verb =
        if is_visit { Some(&VISIT) } else { VERBS.iter().find(|(names, _)| names.contains(&of.event.as_str())).map(|(_, verb)| verb) };
    let mut text = match verb {
        Some(verb) => verb.0[form as usize].to_owned(),
        None => format!("{} “{}”", OTHER.0[form as usize], of.event),
    };
    let told: Vec<String> = of.filters.iter().filter(|filter| !(is_visit && **filter == starts_visit)).map(filter_words).collect();
    if !told.is_empty() {
        text += &format!(" ({})", told.join(", "));
    }
    text
}

/// An event as a thing: "“purchase” events".
fn named(of: &Event) -> String {
    let told: Vec<String> = of.filters.iter().map(filter_words).collect();
    let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
    if of.event == ANY { format!("events{told}") } else { format!("“{}” events{told}", of.event) }
}

/// "value is at least 50".
pub fn filter_words(filter: &Filter) -> String {
    match (filter.field, filter.op, &filter.value) {
        (EventField::Weekend | EventField::Holiday | EventField::StartsVisit, op, Value::Flag(flag)) => {
            let words = match filter.field {
                EventField::Weekend => ["on weekdays", "at the weekend"],
                EventField::Holiday => ["on no holiday", "on a holiday"],
                _ => ["later in a visit", "first of a visit"],
            };
            words[usize::from(*flag == (op == Op::Is))].to_owned()
        }
        _ => format!("{} {}", filter.field.word(), compared_value(filter.op, &filter.value)),
    }
}

fn compared_value(op: Op, value: &Value) -> String {
    match op {
        Op::Contains => format!("contains {}", value.words()),
        Op::In => format!("is {}", value.words()),
        _ => format!("is {}", compared(op, &value.words())),
    }
}

fn compared(op: Op, value: &str) -> String {
    let before = match op {
        Op::Is | Op::In => return value.to_owned(),
        Op::IsNot => "not",
        Op::AtLeast => "at least",
        Op::Above => "more than",
        Op::AtMost => "at most",
        Op::Below => "less than",
        Op::Contains => "with",
    };
    format!("{before} {value}")
}

fn over_words(over: &Over, last: &str) -> String {
    match over {
        Over::Ever => String::new(),
        Over::Last(span) => format!(" {last} {}", span.words()),
        Over::Since(of) => format!(" since they last {}", event(of, Form::Did)),
    }
}

fn times(n: f64) -> String {
    if n == 1.0 { "once".to_owned() } else { format!("{} times", few_digits(n)) }
}

/// "A", "A or B", "A, B or C".
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

impl Op {
    /// As it is written in rules.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Is => "=",
            Op::IsNot => "!=",
            Op::AtLeast => ">=",
            Op::Above => ">",
            Op::AtMost => "<=",
            Op::Below => "<",
            Op::In => "in",
            Op::Contains => "contains",
        }
    }
}

impl EventField {
    /// As it is told.
    pub fn word(self) -> &'static str {
        match self {
            EventField::Page => "page",
            EventField::Value => "value",
            EventField::Device => "device",
            EventField::System => "operating system",
            EventField::Browser => "browser",
            EventField::Country => "country",
            EventField::Region => "region",
            EventField::City => "city",
            EventField::Weekend => "weekend",
            EventField::Weekday => "weekday",
            EventField::Hour => "hour",
            EventField::DayPart => "part of the day",
            EventField::Holiday => "holiday",
            EventField::StartsVisit => "start of a visit",
        }
    }
}

impl Value {
    /// As it is told.
    pub fn words(&self) -> String {
        match self {
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => few_digits(*number),
            Value::Text(text) => text.clone(),
            Value::Texts(texts) => listed(texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::language::{Hours, Span};
    use crate::triggers::made::trigger;

    #[test]
    fn as_the_page_shows_it() {
        let mut rule = trigger(
            "Cart left behind",
            Moment::NotFollowed { event: Event::of("add_to_cart"), by: Event::of("purchase"), within: Span::hours(24) },
        );
        rule.audience = TriggerAudience::Personas(vec!["Deal-Seeking Regulars".to_owned()]);
        rule.unless =
            vec![TriggerCondition::Count { event: Event::of("purchase"), over: Over::Last(Span::days(7)), op: Op::AtLeast, value: 1.0 }];
        rule.cooldown = Span::days(7);
        rule.then = "remind by mail".to_owned();
        assert_eq!(
            of(&rule),
            "When a customer adds to cart and does not purchase within 24 hours, and is one of Deal-Seeking Regulars, unless they purchased in the last \
             7 days, at most once in 7 days, then remind by mail. It worked if they purchase within 14 days."
        );
        rule.hours = Some(Hours { from: 9, to: 20 });
        rule.most = Some(3);
        assert!(of(&rule).contains(", at most 3 times in all, between 9:00 and 20:00, then remind by mail."));
    }

    #[test]
    fn every_moment_reads_well() {
        let price = Event::of("page_view").having(EventField::Page, Op::Contains, Value::Text("price".to_owned()));
        let purchase = || Event::of("purchase");
        for (when, text) in [
            (
                Moment::On(purchase().having(EventField::Value, Op::AtLeast, Value::Number(50.0))),
                "When a customer purchases (value is at least 50)",
            ),
            (
                Moment::Absent { event: purchase(), days: Span::days(45), since: Since::Last },
                "When a customer has not purchased for 45 days",
            ),
            (
                Moment::Absent { event: purchase(), days: Span::days(30), since: Since::FirstSeen },
                "When a customer is first seen and does not purchase within 30 days",
            ),
            (
                Moment::Times { event: price, count: 2, over: Over::Last(Span::days(7)), same: None },
                "When a customer views a page (page contains price) 2 times within 7 days",
            ),
            (
                Moment::Times { event: Event::visit(), count: 3, over: Over::Since(purchase()), same: None },
                "When a customer begins a visit 3 times since they last purchased",
            ),
            (
                Moment::Then { first: Event::of("return"), next: Event::of("demo"), within: Span::days(2), without: Some(purchase()) },
                "When a customer returns an order and then has “demo” within 2 days and does not purchase in between",
            ),
            (
                Moment::Crosses {
                    measure: Measure::Change { event: purchase(), over: Span::days(90) },
                    threshold: 0.5,
                    direction: CrossDirection::Down,
                },
                "When the value of a customer's “purchase” events within 90 days, as a share of that in the 90 days before, falls below 0.5",
            ),
        ] {
            assert_eq!(moment(&when), text);
        }
        let weekend = Event::visit().having(EventField::Weekend, Op::Is, Value::Flag(true));
        assert_eq!(event(&weekend, Form::Does), "begins a visit (at the weekend)");
        let silent = TriggerCondition::DaysSince { event: purchase(), op: Op::Above, value: 7.0 };
        assert_eq!(condition(&silent), "they last purchased more than 7 days ago");
    }
}
