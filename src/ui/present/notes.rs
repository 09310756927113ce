//! What does the speaker want to say to this slide? Notes of a card stay with its customers, those of other slides with what the slide shows.

use eframe::egui::{Role, ScrollArea, TextEdit, Ui};

use crate::engine::Answers;
use crate::export::pages::Sheet;
use crate::persona::{Added, Persona, Personas};
use crate::session::{CardEdit, Command, Look, Plan};
use crate::ui::theme::{self, caption};
use crate::ui::widgets::name_it;

/// Draws the field under the slide.
pub(super) fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    let (Some(pages), Some(personas)) = (answers.pages.pages.latest(), answers.personas.latest()) else { return };
    let Some(sheet) = pages.sheets.get(look.slide) else { return };
    ui.horizontal(|ui| {
        ui.label(theme::strong("Speaker notes"));
        ui.label(caption(ui, "for you alone: in the speaker's window and under the slides of a PowerPoint file"));
    });
    let key = key(sheet);
    let mut text = match &look.speaker_draft {
        Some((of, draft)) if *of == key => draft.clone(),
        _ => notes(plan, personas, sheet),
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let field = TextEdit::multiline(&mut text)
            .hint_text("What do you want to say here?")
            .desired_rows(3)
            .desired_width(f32::INFINITY)
            .char_limit(4000);
        let response = ui.add(field);
        name_it(&response, Role::MultilineTextInput, "Speaker notes");
        if response.changed() {
            look.speaker_draft = Some((key.clone(), text.clone()));
        }
        if response.lost_focus() && look.speaker_draft.take().is_some() && text != notes(plan, personas, sheet) {
            commands.push(match persona(personas, sheet) {
                Some(persona) => {
                    let added = Added { speaker_notes: text, ..persona.added.clone() };
                    Command::EditCard(persona.cluster, CardEdit::Added(added))
                }
                None => Command::SlideNotes(sheet.notes_key(), text),
            });
        }
    });
}

/// The notes of a slide.
pub(super) fn notes(plan: &Plan, personas: &Personas, sheet: &Sheet) -> String {
    match persona(personas, sheet) {
        Some(persona) => persona.added.speaker_notes.clone(),
        None => plan.slide_notes.get(&sheet.notes_key()).cloned().unwrap_or_default(),
    }
}

fn persona<'a>(personas: &'a Personas, sheet: &Sheet) -> Option<&'a Persona> {
    personas.personas.get(sheet.cluster?)
}

/// Names the notes a draft belongs to.
fn key(sheet: &Sheet) -> String {
    sheet.cluster.map_or_else(|| sheet.notes_key(), |cluster| format!("card {cluster}"))
}
