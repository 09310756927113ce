//! What must hold, or must not, when a rule fires, and at which hours: a line each, whose words and numbers are chosen.
//!
//! In: a rule. Out: the rule changed. Counts of events over some days are edited here; what a file says otherwise (sums, pages, columns) is read as its
//! sentence and can be taken out.

use eframe::egui::{DragValue, Label, Role, Ui};

use crate::triggers::language::{Hours, Trigger};
use crate::triggers::sentence;
use crate::triggers::spans::Span;
use crate::triggers::terms::{Event, Op, Over, TriggerCondition};
use crate::ui::icons;
use crate::ui::theme::caption;
use crate::ui::widgets::{check_ui, combo_ui, icon_button, name_it, unbroken};

use super::rule_chips::kind_ui;

const HOLDS: [(bool, &str, &str); 2] =
    [(false, "Only if", "The rule fires where this holds as well."), (true, "Unless", "The rule does not fire where this holds.")];
const OPS: [(Op, &str, &str); 3] = [(Op::AtLeast, "at least", ""), (Op::AtMost, "at most", ""), (Op::Is, "exactly", "")];
const HOURS_MEAN: &str = "At which local hours it may fire. Outside them it waits for the next of them.";
/// What a new condition asks for, and the hours a rule is first held to.
const DAYS: i64 = 30;
const DAYTIME: Hours = Hours { from: 8, to: 20 };

/// All of it.
pub(super) fn ui(ui: &mut Ui, rule: &mut Trigger, kinds: &[(String, usize)]) {
    let held = rule.and.drain(..).map(|condition| (false, condition));
    let mut lines: Vec<(bool, TriggerCondition)> = held.chain(rule.unless.drain(..).map(|condition| (true, condition))).collect();
    let mut gone = None;
    for (at, (is_unless, condition)) in lines.iter_mut().enumerate() {
        ui.push_id(("condition", at), |ui| {
            ui.horizontal_wrapped(|ui| {
                combo_ui(ui, "Whether it must hold", is_unless, &HOLDS);
                condition_ui(ui, condition, kinds);
                if icon_button(ui, icons::CLOSE, "Take this condition out").clicked() {
                    gone = Some(at);
                }
            });
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

/// One condition after "only if".
fn condition_ui(ui: &mut Ui, condition: &mut TriggerCondition, kinds: &[(String, usize)]) {
    let told = unbroken(&sentence::condition(condition));
    match condition {
        TriggerCondition::Count { event, over: over @ (Over::Ever | Over::Last(_)), op, value }
            if event.filters.is_empty() && OPS.iter().any(|(known, ..)| known == op) =>
        {
            ui.label("they do");
            kind_ui(ui, "Event of the condition", &mut event.event, kinds);
            combo_ui(ui, "How the count compares", op, &OPS);
            let drag = DragValue::new(value).range(0.0..=1_000.0).speed(0.05).max_decimals(0).update_while_editing(false);
            name_it(&ui.add(drag), Role::SpinButton, "How many times");
            ui.label(if *value == 1.0 { "time" } else { "times" });
            match over {
                Over::Last(span) => {
                    ui.label("in the last");
                    days_ui(ui, "Days of the condition", span);
                }
                _ => _ = ui.label("so far"),
            }
        }
        TriggerCondition::DaysSince { event, op, value } if event.filters.is_empty() && OPS.iter().any(|(known, ..)| known == op) => {
            ui.label("they last did");
            kind_ui(ui, "Event of the condition", &mut event.event, kinds);
            combo_ui(ui, "How the days compare", op, &OPS);
            let drag = DragValue::new(value).range(0.0..=3_650.0).speed(0.2).max_decimals(0).suffix(" days").update_while_editing(false);
            name_it(&ui.add(drag), Role::SpinButton, "Days since then");
            ui.label("ago");
        }
        _ => _ = ui.add(Label::new(told).wrap()),
    }
}

fn days_ui(ui: &mut Ui, name: &str, span: &mut Span) {
    let mut days = span.in_days();
    let drag = DragValue::new(&mut days).range(0.05..=3_650.0).speed(0.1).max_decimals(2).suffix(" days").update_while_editing(false);
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
        &ui.add(DragValue::new(from).range(0..=*to - 1).speed(0.05).suffix(":00").update_while_editing(false)),
        Role::SpinButton,
        "From hour",
    );
    ui.label(caption(ui, "to"));
    name_it(
        &ui.add(DragValue::new(to).range(*from + 1..=24).speed(0.05).suffix(":00").update_while_editing(false)),
        Role::SpinButton,
        "To hour",
    );
}
