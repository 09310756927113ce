//! What sets a persona apart, line by line: in words, with its value against everyone's.

use eframe::egui::{Align2, FontFamily, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, pos2};

use crate::persona::{Persona, Statement};
use crate::session::Look;
use crate::ui::theme::{self, INSIDE, caption, tokens};
use crate::ui::widgets;

use super::traits;
use super::view::View;

/// Both lists, or the sentence that stands where nothing can be said.
pub fn ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look) {
    let [more, less] = if view.is_analyst() { persona.told() } else { persona.told_to_a_room() };
    list_ui(ui, view, persona, ("What sets them apart", &more), look);
    list_ui(ui, view, persona, ("Less than others", &less), look);
    if more.is_empty() && less.is_empty() && !view.personas.is_everyone() {
        ui.label(caption(ui, "No strong difference from everyone was found."));
    }
}

fn list_ui(ui: &mut Ui, view: &View, persona: &Persona, (title, told): (&str, &[&Statement]), look: &mut Look) {
    if !told.is_empty() {
        ui.label(theme::strong(title));
        ui.add_space(2.0);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            told.iter().for_each(|statement| statement_ui(ui, view, statement, persona, look));
        });
        ui.add_space(INSIDE);
    }
}

/// One line: what, here, everyone. Values stand under values.
fn statement_ui(ui: &mut Ui, view: &View, statement: &Statement, persona: &Persona, look: &mut Look) {
    let (size, height): (f32, f32) = if view.is_analyst() { (14.0, 26.0) } else { (18.0, 34.0) };
    let t = tokens(ui);
    let font = |size: f32, bold: bool| FontId::new(size, if bold { theme::bold() } else { FontFamily::Proportional });
    let all = format!("all {}", statement.everyone);
    let all = ui.painter().layout_no_wrap(all, font(size - 2.0, false), t.muted);
    let value = ui.painter().layout_no_wrap(statement.value.clone(), font(size, true), t.text);
    // Wide enough for most, so that values stand under values; wider where it must.
    let all_width = all.size().x.max(size * 5.6);
    let after_text = all_width + 12.0 + value.size().x.max(size * 4.2) + 8.0;
    let said = view.personas.statement_text(persona, statement);
    // What does not fit goes on in a second line: nothing that a card says is cut.
    let text = ui.painter().layout(said.clone(), font(size, false), t.text, (ui.available_width() - 20.0 - after_text).max(size));
    let height = height.max(text.size().y + 8.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
    let is_on = persona.evidence.get(statement.evidence).is_some_and(|evidence| traits::is_brushed(look, persona.cluster, evidence));
    let is_pointed = response.hovered() || response.has_focus();
    let room = rect.expand2(Vec2::new(6.0, 0.0));
    widgets::row_background(ui, room, is_on, is_pointed);
    if response.has_focus() {
        ui.painter().rect_stroke(room, theme::RADIUS, Stroke::new(1.5, tokens(ui).accent), StrokeKind::Inside);
    }
    let value_right = rect.right() - all_width - 12.0;
    let swatch = Rect::from_center_size(pos2(rect.left() + 5.0, rect.center().y), Vec2::splat(10.0));
    ui.painter().rect_filled(swatch, 2.0, theme::segment(persona.number));
    let at = Align2::RIGHT_CENTER.anchor_size(rect.right_center(), all.size()).min;
    ui.painter().galley(at, all, t.muted);
    let at = Align2::RIGHT_CENTER.anchor_size(pos2(value_right, rect.center().y), value.size()).min;
    ui.painter().galley(at, value, t.text);
    let at = Align2::LEFT_CENTER.anchor_size(pos2(rect.left() + 20.0, rect.center().y), text.size()).min;
    ui.painter().galley(at, text, t.text);
    let name = format!("{said}: {}, everyone {}", statement.value, statement.everyone);
    widgets::name_it(&response, Role::Button, &name);
    traits::respond(&response, view, persona, statement.evidence, look);
}
