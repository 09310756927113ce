//! The day everything is counted back from: visible and to be changed beside what it changes.

use std::sync::Arc;

use eframe::egui::{Key, Role as Widget, TextEdit, Ui};

use crate::data::Sourcing;
use crate::data::day::IsoDay;
use crate::engine::SourcesAnswer;
use crate::session::{Command, Look};

use super::super::theme::{caption, tokens};
use super::super::{icons, widgets};

/// Draws it from the right.
pub(super) fn ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    let built = known.built.latest();
    let in_force = sourcing.snapshot.or_else(|| built.and_then(|built| built.snapshot));
    let draft = &mut look.sources.snapshot_draft;
    let mut text = draft.clone().unwrap_or_else(|| in_force.map_or_else(String::new, |day| day.to_string()));
    let typed = draft.as_deref().map(IsoDay::parse);
    let say = |snapshot: Option<IsoDay>, commands: &mut Vec<Command>| {
        if snapshot != sourcing.snapshot {
            commands.push(Command::Sources(Arc::new(Sourcing { snapshot, ..(**sourcing).clone() })));
        }
    };
    // Notes that name the day are those of the rows after it.
    let refused = in_force.zip(built).and_then(|(day, built)| {
        let day = day.to_string();
        built.notes.iter().find(|note| note.0.contains(&day))
    });
    let t = tokens(ui);
    match (&typed, refused) {
        (Some(None), _) => _ = ui.label(caption(ui, "A day is written like 1997-12-31").color(t.bad)),
        (_, Some(note)) => {
            let text = caption(ui, "rows after it are left out").color(t.warn);
            ui.label(text).on_hover_text(widgets::unbroken(&note.0));
        }
        (_, None) if sourcing.snapshot.is_some() => _ = ui.label(caption(ui, "chosen by you; nothing is after it")),
        _ => _ = ui.label(caption(ui, "the day after the last transaction")),
    }
    if sourcing.snapshot.is_some()
        && widgets::icon_button(ui, icons::UNDO, "Count back from the day after the last transaction again").clicked()
    {
        *draft = None;
        say(None, commands);
    }
    let field = ui.add(TextEdit::singleline(&mut text).desired_width(108.0).hint_text("YYYY-MM-DD"));
    widgets::name_it(&field, Widget::TextInput, "Snapshot day");
    if field.changed() {
        *draft = Some(text);
    }
    if field.lost_focus() {
        let is_given_up = ui.input(|input| input.key_pressed(Key::Escape));
        match draft.take().filter(|_| !is_given_up) {
            Some(text) if text.trim().is_empty() => say(None, commands),
            Some(text) => match IsoDay::parse(&text) {
                Some(day) => say(Some(day), commands),
                // What is wrong stays to be mended.
                None => *draft = Some(text),
            },
            None => {}
        }
    }
    let field_explanation =
        "The day everything is counted back from, such as the days since the last purchase. Rows after it are left out.";
    ui.label("Counted back from").on_hover_text(field_explanation);
}
