//! The block "Added by you": what the user knows beyond the data, visibly apart from it.

use eframe::egui::{Align, Frame, Layout, Margin, Response, RichText, Role, TextEdit, TextStyle, Ui};

use crate::persona::{Added, Contrast, Persona, Priority, numbering};
use crate::session::{CardEdit, Command, Look};
use crate::ui::icons;
use crate::ui::theme::{self, INSIDE, caption, tokens};
use crate::ui::widgets::{self, icon_button, name_it};

use super::view::View;

/// Characters of a field.
const LONGEST: usize = 2_000;

/// Draws the block. What is typed becomes a command when the field is left.
pub fn ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let mut added = match &look.added_draft {
        Some((cluster, draft)) if *cluster == persona.cluster => draft.clone(),
        _ => persona.added.clone(),
    };
    let (mut changed, mut has_focus, mut left) = (false, false, false);
    Frame::new().fill(tokens(ui).added).corner_radius(8).inner_margin(Margin::same(12)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        head_ui(ui, persona, look, commands);
        let mut field = |ui: &mut Ui, name: &str, hint: &str, text: &mut String| {
            let response = field_ui(ui, persona, name, hint, text);
            changed |= response.changed();
            has_focus |= response.has_focus();
            left |= response.lost_focus();
        };
        let Added { goals, pains, quotes, messages, speaker_notes, .. } = &mut added;
        let rows = [
            [("Goals", "What do they want to get done?", goals), ("Pains", "What stands in their way?", pains)],
            [("Quotes", "What do they say, in their own words?", quotes), ("Messages", "What should we tell them?", messages)],
        ];
        let column = ((ui.available_width() - 24.0) / 2.0).floor();
        for row in rows {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 24.0;
                for (name, hint, text) in row {
                    ui.vertical(|ui| {
                        ui.set_width(column);
                        field(ui, name, hint, text);
                    });
                }
            });
        }
        if view.is_analyst() || !speaker_notes.is_empty() {
            field(ui, "Speaker notes", "Shown here and to the speaker, never on a card.", speaker_notes);
        }
    });
    if changed {
        look.added_draft = Some((persona.cluster, added.clone()));
    }
    if !has_focus {
        keep_draft(persona, look, commands);
    } else if left && look.added_draft.is_some() {
        // One field is one step back. The draft stays, since the card may show the text before for a moment.
        push(persona, added, commands);
    }
}

/// What was typed on the card of `persona` becomes a command, if there is any.
pub fn keep_draft(persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let Some((_, draft)) = look.added_draft.take_if(|(cluster, _)| *cluster == persona.cluster) else { return };
    push(persona, draft, commands);
}

fn push(persona: &Persona, draft: Added, commands: &mut Vec<Command>) {
    // Tag and picture go their own ways; a draft must not bring old ones back.
    let added = Added { priority: persona.added.priority, picture: persona.added.picture.clone(), ..draft };
    if added != persona.added {
        commands.push(Command::EditCard(persona.cluster, CardEdit::Added(added)));
    }
}

fn field_ui(ui: &mut Ui, persona: &Persona, name: &str, hint: &str, text: &mut String) -> Response {
    let t = tokens(ui);
    ui.label(RichText::new(name).text_style(TextStyle::Small).color(t.muted));
    let field = TextEdit::multiline(text).hint_text(hint).desired_rows(1).desired_width(f32::INFINITY);
    let response = ui.add(field.frame(Frame::new()).char_limit(LONGEST));
    name_it(&response, Role::MultilineTextInput, &format!("{name} of {}", numbering::name(persona.number)));
    response
}

/// Title, tag, picture, quotes.
fn head_ui(ui: &mut Ui, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(theme::strong("Added by you"));
        ui.label(caption(ui, "kept apart from the data on every card"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            picture_ui(ui, persona, look, commands);
            // Fewer customers might be known by their words.
            if persona.n >= Contrast::LEAST {
                let tip = "Choose sentences that customers of this segment wrote, from a column of free text.";
                if ui.button("Pick quotes…").on_hover_text(tip).clicked() {
                    commands.push(Command::FindQuotes(persona.cluster));
                }
            }
            let mut priority = persona.added.priority;
            let choices = Priority::ALL.map(|priority| (priority, priority.name(), ""));
            if widgets::combo_ui(ui, &format!("Priority of {}", numbering::name(persona.number)), &mut priority, &choices) {
                let added = Added { priority, ..persona.added.clone() };
                commands.push(Command::EditCard(persona.cluster, CardEdit::Added(added)));
            }
        });
    });
    path_ui(ui, persona, look, commands);
    ui.add_space(INSIDE / 2.0);
}

fn picture_ui(ui: &mut Ui, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    if persona.added.picture.is_some() && icon_button(ui, icons::CLOSE, "Remove the picture").clicked() {
        commands.push(Command::EditCard(persona.cluster, CardEdit::Picture(None)));
    }
    let text = if persona.added.picture.is_some() { "Other picture" } else { "Picture" };
    let menu = ui.menu_button(format!("{}  {text}", icons::IMAGE), |ui| {
        if ui.button("Choose a file…").clicked() {
            commands.push(Command::ChoosePicture(persona.cluster));
            ui.close();
        }
        if ui.button("Type its path").clicked() {
            look.cards.picture_path = Some((persona.cluster, String::new()));
            ui.close();
        }
    });
    name_it(&menu.response, Role::Button, "Picture");
    menu.response.on_hover_text("A PNG or JPEG instead of the portrait. Or drop a file on the card.");
}

/// The path of a picture, where the system shows no dialog or the user prefers to type.
fn path_ui(ui: &mut Ui, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let Some((cluster, path)) = &mut look.cards.picture_path else { return };
    if *cluster != persona.cluster {
        return;
    }
    let mut is_done = false;
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(path).hint_text("Path of a PNG or JPEG").desired_width(ui.available_width() - 180.0);
        let response = ui.add(field);
        name_it(&response, Role::TextInput, "Path of the picture");
        if path.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(eframe::egui::Key::Enter));
        let is_there = !path.trim().is_empty();
        if (ui.add_enabled(is_there, eframe::egui::Button::new("Attach")).clicked() || entered) && is_there {
            commands.push(Command::AttachPicture(persona.cluster, path.trim().into()));
            is_done = true;
        }
        is_done |= ui.button("Cancel").clicked();
    });
    if is_done {
        look.cards.picture_path = None;
    }
}
