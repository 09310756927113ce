//! What must hold, or must not, when a rule fires, and at which hours: a line each, whose words and numbers are chosen.
//!
//! In: a rule. Out: the rule changed. How often, how long ago and for how much in all are edited here, each of some of the events alone where that is wished; what a file says otherwise
//! (different pages, columns) is read as its sentence and can be taken out.

use eframe::egui::{DragValue, Label, Role, Ui};

use crate::engine::EventsSeen;
use crate::triggers::language::{Hours, Trigger};
use crate::triggers::sentence;
use crate::triggers::spans::Span;
use crate::triggers::terms::{Event, Op, Over, TriggerCondition};
use crate::ui::icons;
use crate::ui::theme::caption;
use crate::ui::widgets::{check_ui, combo_ui, icon_button, name_it, unbroken};

use super::rule_chips::kind_ui;
use super::rule_filters;

const HOLDS: [(bool, &str, &str); 2] =
    [(false, "Only if", "The rule fires where this holds as well."), (true, "Unless", "The rule does not fire where this holds.")];
const OPS: [(Op, &str, &str); 3] = [(Op::AtLeast, "at least", ""), (Op::AtMost, "at most", ""), (Op::Is, "exactly", "")];
const HOURS_MEAN: &str = "At which local hours it may fire. Outside them it waits for the next of them.";
/// What the event of a condition is called.
const NAME: &str = "Event of the condition";
/// What a new condition asks for, and the hours a rule is first held to.
const DAYS: i64 = 30;
const DAYTIME: Hours = Hours { from: 8, to: 20 };

/// All of it.
pub(super) fn ui(ui: &mut Ui, rule: &mut Trigger, seen: &EventsSeen) {
    let held = rule.and.drain(..).map(|condition| (false, condition));
    let mut lines: Vec<(bool, TriggerCondition)> = held.chain(rule.unless.drain(..).map(|condition| (true, condition))).collect();
    let mut gone = None;
    for (at, (is_unless, condition)) in lines.iter_mut().enumerate() {
        ui.push_id(("condition", at), |ui| {
            ui.horizontal_wrapped(|ui| {
                combo_ui(ui, "Whether it must hold", is_unless, &HOLDS);
                condition_ui(ui, condition, seen);
                if icon_button(ui, icons::CLOSE, "Take this condition out").clicked() {
                    gone = Some(at);
                }
            });
            if let Some(event) = event_of(condition) {
                rule_filters::rows_ui(ui, NAME, event, &seen.details);
            }
        });
    }
    if let Some(at) = gone {
        lines.remove(at);
    }
    ui.horizontal_wrapped(|ui| {
        if ui.button("Add a condition").on_hover_text("Something that must hold, or must not, when the rule fires.").clicked() {
            // The commonest wish: not those who did it lately anyway.
            let event = Event::of(&rule.goal.event);
            lines.push((true, TriggerCondition::Count { event, over: Over::Last(Span::days(DAYS)), op: Op::AtLeast, value: 1.0 }));
        }
        ui.add_space(12.0);
        hours_ui(ui, &mut rule.hours);
    });
    for (is_unless, condition) in lines {
        if is_unless { rule.unless.push(condition) } else { rule.and.push(condition) }
    }
}

/// What a condition measures, as it is chosen.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Times,
    DaysAgo,
    Value,
}

const SORTS: [(Sort, &str, &str); 3] = [
    (Sort::Times, "they do", "How many times."),
    (Sort::DaysAgo, "they last did", "How many days ago. It never holds for who has not done it."),
    (Sort::Value, "the value of", "What their values add up to."),
];
const SPANS: [(bool, &str, &str); 2] =
    [(true, "in the last", "The days before the rule fires."), (false, "so far", "Everything in the data before the rule fires.")];

/// What it measures; none where it is read and not edited.
fn sort_of(condition: &TriggerCondition) -> Option<Sort> {
    let is_plain = |op: &Op| OPS.iter().any(|(known, ..)| known == op);
    match condition {
        TriggerCondition::Count { over: Over::Ever | Over::Last(_), op, .. } if is_plain(op) => Some(Sort::Times),
        TriggerCondition::Sum { over: Over::Ever | Over::Last(_), op, .. } if is_plain(op) => Some(Sort::Value),
        TriggerCondition::DaysSince { op, .. } if is_plain(op) => Some(Sort::DaysAgo),
        _ => None,
    }
}

/// The events that it measures, where they are edited.
fn event_of(condition: &mut TriggerCondition) -> Option<&mut Event> {
    sort_of(condition)?;
    match condition {
        TriggerCondition::Count { event, .. } | TriggerCondition::Sum { event, .. } | TriggerCondition::DaysSince { event, .. } => {
            Some(event)
        }
        _ => None,
    }
}

/// The same events measured otherwise, with a number that is worth beginning with.
fn sorted(condition: &TriggerCondition, sort: Sort, seen: &EventsSeen) -> TriggerCondition {
    let (event, over) = match condition {
        TriggerCondition::Count { event, over, .. } | TriggerCondition::Sum { event, over, .. } => (event.clone(), over.clone()),
        TriggerCondition::DaysSince { event, .. } => (event.clone(), Over::Last(Span::days(DAYS))),
        _ => return condition.clone(),
    };
    let op = Op::AtLeast;
    match sort {
        Sort::Times => TriggerCondition::Count { event, over, op, value: 1.0 },
        Sort::DaysAgo => TriggerCondition::DaysSince { event, op, value: DAYS as f64 },
        Sort::Value => TriggerCondition::Sum { event, over, op, value: seen.details.usual_value.unwrap_or(1.0) },
    }
}

/// One condition after "only if".
fn condition_ui(ui: &mut Ui, condition: &mut TriggerCondition, seen: &EventsSeen) {
    let Some(mut sort) = sort_of(condition) else {
        ui.add(Label::new(unbroken(&sentence::condition(condition))).wrap());
        return;
    };
    if combo_ui(ui, "What is measured", &mut sort, &SORTS) {
        *condition = sorted(condition, sort, seen);
    }
    match condition {
        TriggerCondition::Count { event, over, op, value } => {
            event_ui(ui, event, seen);
            combo_ui(ui, "How the count compares", op, &OPS);
            let drag = DragValue::new(value)
                .range(0.0..=1_000.0)
                .speed(0.05)
                .max_decimals(0)
                .clamp_existing_to_range(false)
                .update_while_editing(false);
            name_it(&ui.add(drag), Role::SpinButton, "How many times");
            ui.label(if *value == 1.0 { "time" } else { "times" });
            over_ui(ui, over);
        }
        TriggerCondition::Sum { event, over, op, value } => {
            event_ui(ui, event, seen);
            ui.label("is");
            combo_ui(ui, "How the sum compares", op, &OPS);
            let drag = DragValue::new(value)
                .range(-1e9..=1e9)
                .speed(1.0)
                .max_decimals(2)
                .clamp_existing_to_range(false)
                .update_while_editing(false);
            name_it(&ui.add(drag), Role::SpinButton, "Sum of the values");
            over_ui(ui, over);
        }
        TriggerCondition::DaysSince { event, op, value } => {
            event_ui(ui, event, seen);
            combo_ui(ui, "How the days compare", op, &OPS);
            let drag = DragValue::new(value)
                .range(0.0..=3_650.0)
                .speed(0.2)
                .max_decimals(0)
                .suffix(" days")
                .clamp_existing_to_range(false)
                .update_while_editing(false);
            name_it(&ui.add(drag), Role::SpinButton, "Days since then");
            ui.label("ago");
        }
        _ => {}
    }
}

fn event_ui(ui: &mut Ui, event: &mut Event, seen: &EventsSeen) {
    kind_ui(ui, NAME, &mut event.event, &seen.kinds);
    rule_filters::add_ui(ui, NAME, &mut event.filters, &seen.details);
}

/// The last so many days, or everything.
fn over_ui(ui: &mut Ui, over: &mut Over) {
    let mut is_last = matches!(over, Over::Last(_));
    if combo_ui(ui, "Over which time", &mut is_last, &SPANS) {
        *over = if is_last { Over::Last(Span::days(DAYS)) } else { Over::Ever };
    }
    if let Over::Last(span) = over {
        days_ui(ui, "Days of the condition", span);
    }
}

fn days_ui(ui: &mut Ui, name: &str, span: &mut Span) {
    let mut days = span.in_days();
    let drag = DragValue::new(&mut days)
        .range(0.05..=3_650.0)
        .speed(0.1)
        .max_decimals(2)
        .suffix(" days")
        .clamp_existing_to_range(false)
        .update_while_editing(false);
    let response = ui.add(drag);
    name_it(&response, Role::SpinButton, name);
    if response.changed() {
        *span = Span::of((days * 86_400_000.0).round() as i64);
    }
}

fn hours_ui(ui: &mut Ui, hours: &mut Option<Hours>) {
    let mut is_held = hours.is_some();
    check_ui(ui, &mut is_held, "Only at some hours").on_hover_text(HOURS_MEAN);
    if is_held != hours.is_some() {
        *hours = is_held.then_some(DAYTIME);
    }
    let Some(Hours { from, to }) = hours else { return };
    ui.label(caption(ui, "from"));
    name_it(
        &ui.add(
            DragValue::new(from).range(0..=*to - 1).speed(0.05).suffix(":00").clamp_existing_to_range(false).update_while_editing(false),
        ),
        Role::SpinButton,
        "From hour",
    );
    ui.label(caption(ui, "to"));
    name_it(
        &ui.add(
            DragValue::new(to).range(*from + 1..=24).speed(0.05).suffix(":00").clamp_existing_to_range(false).update_while_editing(false),
        ),
        Role::SpinButton,
        "To hour",
    );
}
