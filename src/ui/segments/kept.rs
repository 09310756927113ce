//! Selections that were kept under a name: read, picked again, renamed, saved as a file or let go.
//!
//! In: the plan's kept selections. Out: commands, or the brush. A kept selection is no segment of the method: it may overlap others, and says so.

use eframe::egui::{Button, Frame, Label, Role, ScrollArea, TextEdit, Ui, Vec2};

use crate::engine::Answers;
use crate::persona::{RowSet, listed_name};
use crate::session::{Brush, Command, KeptSelection, Look};
use crate::ui::at_right::{at_right_ui, width_at_right};
use crate::ui::icons;
use crate::ui::theme::{self, caption};
use crate::ui::widgets::{icon_button, name_it, noun_of, thousands};

/// Height of a line.
const LINE: f32 = 30.0;
/// Lines in view; more are scrolled to.
const MOST: usize = 4;

/// How tall the list is.
pub(super) fn height(kept: &[KeptSelection]) -> f32 {
    if kept.is_empty() { 0.0 } else { 32.0 + LINE * kept.len().min(MOST) as f32 }
}

/// Offers to keep the picked customers; nothing where nobody is picked.
pub(super) fn keep_ui(ui: &mut Ui, answers: &Answers, look: &Look, commands: &mut Vec<Command>) {
    let (Some(picked), Some(brush)) = (answers.brush.picked.as_ref().filter(|picked| picked.n() > 0), &look.brush) else { return };
    let button = Button::new("Keep this selection").min_size(Vec2::new(0.0, 26.0));
    let tip = "Keep these customers under a name. They stay together whatever the segments become, and can be saved as a file.";
    if ui.add(button).on_hover_text(tip).clicked() {
        let named = answers
            .brush
            .contrast
            .latest()
            .and_then(|contrast| contrast.persona.as_ref())
            .map(|persona| listed_name(&persona.name, &noun_of(answers)));
        let name = named.unwrap_or_else(|| format!("Selection by {}", brush.from));
        commands.push(Command::KeepSelection(KeptSelection { name, members: RowSet::new(picked.rows()) }));
    }
}

/// The list.
pub(super) fn ui(ui: &mut Ui, kept: &[KeptSelection], answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    ui.label(theme::strong("Kept selections"))
        .on_hover_text("Customers you kept under a name. They may overlap with each other and with segments.");
    ScrollArea::vertical().id_salt("kept selections").auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (at, selection) in kept.iter().enumerate() {
            line_ui(ui, at, selection, answers, look, commands);
        }
    });
}

fn line_ui(ui: &mut Ui, at: usize, selection: &KeptSelection, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_height(LINE - 2.0);
        let room = ui.available_width() - width_at_right(ui, at) - ui.spacing().item_spacing.x;
        ui.scope(|ui| {
            ui.set_max_width(room);
            name_ui(ui, at, selection, look, commands);
        });
        at_right_ui(ui, at, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let name = selection.name.as_str();
            ui.add(Label::new(caption(ui, thousands(selection.members.len()))).selectable(false));
            if icon_button(ui, icons::SELECT, &format!("Select {name}")).clicked()
                && let Some(loaded) = answers.loaded.ready()
            {
                look.pick(Brush::rows(loaded.stamp, selection.members.rows(), &format!("kept selection: {name}")));
            }
            if icon_button(ui, icons::EXPORT, &format!("Save {name} as CSV")).clicked() {
                commands.push(Command::SaveSelection(at));
            }
            if icon_button(ui, icons::CLOSE, &format!("Delete {name}")).clicked() {
                commands.push(Command::ForgetSelection(at));
            }
        });
    });
}

/// The name, to be typed into; it is kept when the field is left.
fn name_ui(ui: &mut Ui, at: usize, selection: &KeptSelection, look: &mut Look, commands: &mut Vec<Command>) {
    let mut text = match &look.kept_draft {
        Some((of, draft)) if *of == at => draft.clone(),
        _ => selection.name.clone(),
    };
    let field = TextEdit::singleline(&mut text).frame(Frame::new()).char_limit(80).desired_width(ui.available_width());
    let response = ui.add(field);
    name_it(&response, Role::TextInput, &format!("Name of kept selection {}", at + 1));
    if response.changed() {
        look.kept_draft = Some((at, text));
    }
    if !response.has_focus()
        && let Some((_, draft)) = look.kept_draft.take_if(|(of, _)| *of == at)
    {
        let name = draft.trim().to_owned();
        if !name.is_empty() && name != selection.name {
            commands.push(Command::RenameSelection(at, name));
        }
    }
    response.on_hover_text(selection.name.as_str());
}
