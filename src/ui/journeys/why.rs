//! Why is a rule due for a customer, or why not? What was looked at, step by step, for any customer of the events.

use std::sync::Arc;

use eframe::egui::{Button, Label, RichText, Role, TextEdit, TextStyle, Ui, Vec2};

use crate::engine::{Answers, EventsSeen, TriggersTried};
use crate::session::Look;
use crate::triggers::explained::ExplainedStep;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{name_it, unbroken};

/// Width of the mark before a step.
const MARK: f32 = 14.0;

/// A customer is asked for by their number, and the steps follow.
pub(super) fn ui(ui: &mut Ui, answers: &Answers, (tried, at): (&TriggersTried, usize), look: &mut Look) {
    ui.label(theme::strong("Why this customer, or why not?"));
    ui.horizontal_wrapped(|ui| {
        let field = TextEdit::singleline(&mut look.journeys.asked_why).hint_text("A customer's number").desired_width(180.0);
        name_it(&ui.add(field), Role::TextInput, "The customer whose steps are told");
        let due = tried.due.get(at).map_or(&[][..], |due| &due.now.due[..]);
        let response = ui.add_enabled(!due.is_empty(), Button::new("Someone due"));
        let response = response
            .on_hover_text("One customer after the other for whom the rule is due at the end of the data.")
            .on_disabled_hover_text("The rule is due for nobody at the end of the data.");
        if response.clicked() {
            let asked = look.journeys.asked_why.trim();
            let next = due.iter().position(|due| due.customer_id == asked).map_or(0, |now| (now + 1) % due.len());
            look.journeys.asked_why.clone_from(&due[next].customer_id);
        }
    });
    let asked = look.journeys.asked_why.trim();
    if asked.is_empty() {
        ui.add(Label::new(caption(ui, "Type the number of a customer to see what the rule looked at, moment by moment.")).wrap());
        return;
    }
    // Of one reading: while another is under way, rules and events may be of two.
    let (Some(seen), Some(now)) = (answers.journeys.events.ready(), answers.journeys.tried.ready()) else {
        ui.add(Label::new(caption(ui, "One moment: the rules are being tried again.")).wrap());
        return;
    };
    let Some(steps) = steps_of(ui, seen, now, (at, asked)) else {
        ui.add(Label::new(caption(ui, unbroken(&format!("None of the customers in these events is called {asked}.")))).wrap());
        return;
    };
    let t = tokens(ui);
    for step in steps.iter() {
        ui.horizontal_top(|ui| {
            let (mark, colour, means) = match step.holds {
                Some(true) => ("✓", t.good, "speaks for it"),
                Some(false) => ("✗", t.warn, "speaks against it"),
                None => ("·", t.muted, "told"),
            };
            // As wide whatever it is, so that the steps stand below each other.
            let height = ui.text_style_height(&TextStyle::Body);
            let mark = ui.add_sized(Vec2::new(MARK, height), Label::new(RichText::new(mark).color(colour)));
            name_it(&mark, Role::Label, means);
            ui.add(Label::new(unbroken(&step.text)).wrap());
        });
    }
}

/// The steps; those of the last time where the same is asked again, since a rule looks at all names of pages and circumstances first.
fn steps_of(ui: &Ui, seen: &EventsSeen, tried: &Arc<TriggersTried>, (at, asked): (usize, &str)) -> Option<Arc<[ExplainedStep]>> {
    type Kept = ((usize, usize, String), Option<Arc<[ExplainedStep]>>);
    let (id, asked) = (ui.scope_id().with("why"), (Arc::as_ptr(tried) as usize, at, asked.to_owned()));
    if let Some((_, steps)) = ui.data(|data| data.get_temp::<Kept>(id)).filter(|(kept, _)| *kept == asked) {
        return steps;
    }
    let steps: Option<Arc<[ExplainedStep]>> = tried.why(seen, at, &asked.2).map(Arc::from);
    ui.data_mut(|data| data.insert_temp::<Kept>(id, (asked, steps.clone())));
    steps
}
