//! Why is a rule due for a customer, or why not? What was looked at, step by step, for any customer of the events.

use eframe::egui::{Button, Label, RichText, Role, TextEdit, TextStyle, Ui, Vec2};

use crate::engine::{Answers, TriggersTried};
use crate::session::Look;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{name_it, unbroken};

/// Width of the mark before a step.
const MARK: f32 = 14.0;

/// A customer is asked for by their number, and the steps follow.
pub(super) fn ui(ui: &mut Ui, answers: &Answers, (tried, at): (&TriggersTried, usize), look: &mut Look) {
    let Some(seen) = answers.journeys.events.latest() else { return };
    ui.label(theme::strong("Why this customer, or why not?"));
    ui.horizontal_wrapped(|ui| {
        let field = TextEdit::singleline(&mut look.journeys.asked_why).hint_text("A customer's number").desired_width(180.0);
        name_it(&ui.add(field), Role::TextInput, "The customer whose steps are told");
        let due: Vec<&str> =
            tried.due.get(at).map_or_else(Vec::new, |due| due.now.due.iter().map(|due| due.customer_id.as_str()).collect());
        let response = ui.add_enabled(!due.is_empty(), Button::new("Someone due"));
        let response = response
            .on_hover_text("One customer after the other for whom the rule is due at the end of the data.")
            .on_disabled_hover_text("The rule is due for nobody at the end of the data.");
        if response.clicked() {
            let next = due.iter().position(|id| *id == look.journeys.asked_why.trim()).map_or(0, |now| (now + 1) % due.len());
            look.journeys.asked_why = due[next].to_owned();
        }
    });
    let asked = look.journeys.asked_why.trim();
    if asked.is_empty() {
        ui.add(Label::new(caption(ui, "Type the number of a customer to see what the rule looked at, moment by moment.")).wrap());
        return;
    }
    let Some(steps) = tried.why(seen, at, asked) else {
        ui.add(Label::new(caption(ui, unbroken(&format!("None of the customers in these events is called {asked}.")))).wrap());
        return;
    };
    let t = tokens(ui);
    for step in steps {
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
