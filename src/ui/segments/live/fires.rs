//! Rules that fire while events come: how often each did, and for whom last. Nothing is sent.

use eframe::egui::{Align, Label, Rect, Role, Sense, TextStyle, Ui, Vec2, pos2};

use crate::engine::live::LiveNow;
use crate::session::Command;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, name_it, unbroken};

/// Height of a fire, and how many are listed.
const ROW: f32 = 36.0;
const SHOWN: usize = 20;

const MEANS: &str = "Each time a rule fires it is listed once, here and in triggers.ndjson. Nothing is sent by itself.";

/// Below the segments, where there are rules.
pub(super) fn ui(ui: &mut Ui, now: &LiveNow, commands: &mut Vec<Command>) {
    let Some(fires) = &now.fires else { return };
    ui.add_space(theme::BETWEEN);
    ui.label(theme::strong("Rules that fired")).on_hover_text(MEANS);
    for note in &fires.notes {
        ui.add(Label::new(caption(ui, unbroken(note))).wrap());
    }
    if fires.recent.is_empty() {
        return;
    }
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    for fire in fires.recent.iter().take(SHOWN) {
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
        let (t, small) = (tokens(ui), TextStyle::Small.resolve(ui.style()));
        let line = |from: f32| Rect::from_min_max(pos2(rect.left(), rect.top() + from), pos2(rect.right(), rect.top() + from + 17.0));
        let day = fire.fired_at.get(..10).unwrap_or(&fire.fired_at);
        cut_text(ui.painter(), line(1.0).with_max_x(rect.right() - 88.0), Align::Min, &fire.customer_id, small.clone(), t.text);
        cut_text(ui.painter(), line(1.0).with_min_x(rect.right() - 84.0), Align::Max, day, small.clone(), t.muted);
        let whose = fire.persona.as_deref().filter(|name| !name.is_empty()).map_or_else(String::new, |name| format!(" · {name}"));
        cut_text(ui.painter(), line(17.0), Align::Min, &format!("{}{whose}", fire.trigger), small, t.muted);
        name_it(&response, Role::Label, &format!("{}: {}, {day}", fire.trigger, fire.customer_id));
        response.on_hover_text(unbroken(&fire.reason));
    }
    ui.add_space(4.0);
    if ui.button("Show the file").on_hover_text(MEANS).clicked() {
        commands.push(Command::ShowFolder(now.folder.clone()));
    }
}
