//! The name of a persona: a heading that can be typed into, and the automatic name word by word with what each rests on.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{FontId, Frame, Key, Role, Sense, Stroke, TextEdit, Ui, Vec2};

use crate::persona::{Persona, numbering};
use crate::session::{CardEdit, Command, Look};
use crate::ui::icons;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{self, icon_button, name_it};

use super::traits;
use super::view::View;

/// Characters of a name.
const LONGEST: usize = 80;

/// The name as a field that looks like a heading until it is touched. Long names are set smaller, so that they are read whole.
pub fn name_ui(ui: &mut Ui, persona: &Persona, size: f32, look: &mut Look, commands: &mut Vec<Command>) {
    let mut text = match &look.name_draft {
        Some((cluster, draft)) if *cluster == persona.cluster => draft.clone(),
        _ => persona.name.clone(),
    };
    ui.horizontal(|ui| {
        let room = (ui.available_width() - 40.0).max(120.0);
        let font = |size: f32| FontId::new(size, theme::bold());
        let width = widgets::width_of(ui, &text, &font(size)) + 8.0;
        let font = font((size * (room / width).min(1.0)).max(15.0).floor());
        let field = TextEdit::singleline(&mut text).font(font).frame(Frame::new()).desired_width(room).char_limit(LONGEST);
        let response = ui.add(field).on_hover_text(persona.name.as_str());
        name_it(&response, Role::TextInput, &format!("Name of {}", numbering::name(persona.number)));
        if std::mem::take(&mut look.renames) {
            response.request_focus();
            // Whoever renames mostly writes something else.
            let mut state = TextEdit::load_state(ui.ctx(), response.id).unwrap_or_default();
            state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()))));
            state.store(ui.ctx(), response.id);
        }
        if response.changed() {
            look.name_draft = Some((persona.cluster, text.clone()));
        }
        if response.hovered() || response.has_focus() {
            let line = response.rect.translate(Vec2::new(0.0, 2.0));
            let colour = if response.has_focus() { tokens(ui).accent } else { tokens(ui).hairline };
            ui.painter().hline(line.x_range(), line.bottom(), Stroke::new(1.5, colour));
        }
        if !response.has_focus() {
            if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                look.name_draft = None;
            }
            keep_draft(persona, look, commands);
        }
        if icon_button(ui, icons::EDIT, "Rename").clicked() {
            response.request_focus();
        }
    });
}

/// The name that was typed on the card of `persona` becomes a command, if there is one.
pub fn keep_draft(persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let Some((_, draft)) = look.name_draft.take_if(|(cluster, _)| *cluster == persona.cluster) else { return };
    let name = draft.trim().to_owned();
    if name != persona.name {
        let name = Some(name).filter(|name| !name.is_empty() && *name != persona.automatic_name);
        commands.push(Command::EditCard(persona.cluster, CardEdit::Name(name)));
    }
}

/// What stands under the name: its words with their evidence, or that it is the user's own.
pub fn words_ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        if persona.is_renamed {
            widgets::cut_label(ui, caption(ui, format!("Named by you. Automatic name: {}", persona.automatic_name)));
            if ui.small_button("Use it").on_hover_text("Go back to the automatic name.").clicked() {
                commands.push(Command::EditCard(persona.cluster, CardEdit::Name(None)));
            }
        } else {
            automatic_ui(ui, view, persona, look);
        }
        if persona.may_be_out_of_date {
            let warn = tokens(ui).warn;
            widgets::chip(ui, "Name may be out of date", warn)
                .on_hover_text("The customers in this segment have largely changed since you named it.");
        }
    });
}

fn automatic_ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look) {
    if view.personas.is_everyone() {
        // What the overview says at the height of its title stands here at the height of the name.
        if let Some(doubt) = view.answers.doubt(&view.plan.clustering) {
            ui.label(caption(ui, doubt));
        }
        return;
    }
    ui.label(caption(ui, "Why this name:"));
    let mut any = false;
    for (at, part) in persona.name_parts.iter().enumerate() {
        let Some(row) = part.evidence.filter(|row| *row < persona.evidence.len()) else { continue };
        any = true;
        let is_on = traits::is_brushed(look, persona.cluster, &persona.evidence[row]);
        let colour = if is_on { tokens(ui).accent } else { tokens(ui).text };
        let chip = widgets::chip(ui, part.word.as_str(), colour);
        let response = ui.interact(chip.rect, ui.scope_id().with(("word", at)), Sense::click());
        if response.hovered() || response.has_focus() {
            let line = chip.rect.shrink2(Vec2::new(8.0, 1.0));
            ui.painter().hline(line.x_range(), line.bottom(), Stroke::new(1.0, tokens(ui).accent));
        }
        name_it(&response, Role::Button, &format!("Word {}", part.word));
        traits::respond(&response, view, persona, row, look);
    }
    if !any {
        ui.label(caption(ui, "no difference from everyone is strong enough for a word in a name."));
    }
}
