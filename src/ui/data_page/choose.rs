//! A drop-down for what may be left to the data: its first entry gives the choice back.

use eframe::egui::{Align, ComboBox, Layout, Role as Widget, TextWrapMode, Ui, vec2};

use super::super::theme::tokens;
use super::super::widgets;

/// A drop-down and what it shows.
pub(super) struct Choice<'a> {
    /// Its accessible name.
    pub name: &'a str,
    /// Its width in points; what is longer is cut.
    pub width: f32,
    /// What is in force.
    pub shown: &'a str,
    /// Whether the user chose it; what was guessed steps back.
    pub is_chosen: bool,
    /// Whether there is anything in force at all.
    pub is_there: bool,
    /// Why it is in force, on hover.
    pub reason: &'a str,
}

/// What the user chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    /// To leave it to the data.
    Guess,
    /// One of the words, by its place.
    Word(usize),
}

/// Draws it; `words` are what can be chosen, each with an explanation.
pub(super) fn choose_ui<'a>(ui: &mut Ui, choice: &Choice<'_>, words: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Chosen> {
    let mut chosen = None;
    let t = tokens(ui);
    let room = vec2(choice.width, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(room);
        ui.style_mut().wrap_mode = Some(TextWrapMode::Truncate);
        ui.visuals_mut().widgets.inactive.fg_stroke.color = match choice {
            Choice { is_chosen: true, .. } => t.accent,
            Choice { is_there: true, .. } => t.text,
            _ => t.muted,
        };
        let combo = ComboBox::from_id_salt(choice.name).width(choice.width).selected_text(choice.shown).show_ui(ui, |ui| {
            if ui.selectable_label(!choice.is_chosen, "As guessed").on_hover_text("The data decide.").clicked() && choice.is_chosen {
                chosen = Some(Chosen::Guess);
            }
            for (at, (word, explanation)) in words.enumerate() {
                let is_on = choice.is_chosen && word == choice.shown;
                let mut response = ui.selectable_label(is_on, word);
                if !explanation.is_empty() {
                    response = response.on_hover_text(explanation);
                }
                if response.clicked() && !is_on {
                    chosen = Some(Chosen::Word(at));
                }
            }
        });
        let state = if choice.is_chosen { "chosen by you" } else { "guessed" };
        widgets::name_it(&combo.response, Widget::ComboBox, &format!("{}: {}, {state}", choice.name, choice.shown));
        let tip = format!("{} ({state}). {}", choice.shown, choice.reason);
        combo.response.on_hover_text(tip.trim_end());
    });
    chosen
}
