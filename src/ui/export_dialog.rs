//! The export dialog: which formats, into which folder.

use eframe::egui::{Align, Id, Layout, Margin, Modal, Role, TextEdit, Ui};

use crate::engine::Answers;
use crate::session::{Command, ExportFormat, Look};

use super::theme::{self, BETWEEN, INSIDE, caption};
use super::widgets::{name_it, primary_button};

/// What the app must do for the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogWish {
    /// Let the user choose a folder in the system's dialog.
    ChooseFolder,
}

/// Draws the dialog while it is open.
pub fn ui(ui: &mut Ui, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) -> Option<DialogWish> {
    let request = look.export.as_mut()?;
    let mut wish = None;
    let mut done = false;
    let frame = super::widgets::card_frame(ui).inner_margin(Margin::same(24)).shadow(ui.visuals().window_shadow);
    let modal = Modal::new(Id::unique("export")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(640.0);
        ui.label(theme::heading("Export"));
        let what = match answers.personas.latest() {
            Some(personas) => format!("{} personas from {} customers", personas.personas.len(), super::widgets::thousands(personas.n_rows)),
            None => "The cards are still being computed; the export waits for them.".into(),
        };
        ui.label(caption(ui, what));
        ui.add_space(INSIDE);
        for format in ExportFormat::ALL {
            let mut is_on = request.choices.formats.contains(&format);
            ui.horizontal(|ui| {
                if ui.checkbox(&mut is_on, format.name()).on_hover_text(format.explanation()).changed() {
                    if is_on { request.choices.formats.push(format) } else { request.choices.formats.retain(|other| *other != format) }
                }
                let text = caption(ui, format.explanation());
                super::widgets::cut_label(ui, text).on_hover_text(format.explanation());
            });
        }
        ui.add_space(INSIDE);
        ui.label(theme::strong("Folder"));
        let mut folder = request.folder.as_ref().map_or(String::new(), |folder| folder.display().to_string());
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut folder).hint_text("Where the files go").desired_width(ui.available_width() - 100.0);
            let response = ui.add(field);
            name_it(&response, Role::TextInput, "Folder");
            if response.changed() {
                request.folder = Some(folder.trim().into()).filter(|folder: &std::path::PathBuf| !folder.as_os_str().is_empty());
            }
            if ui.button("Browse…").on_hover_text("Choose the folder in the system's dialog.").clicked() {
                wish = Some(DialogWish::ChooseFolder);
            }
        });
        ui.label(caption(ui, "Files of the same name are replaced; a failed export leaves the old ones whole."));
        ui.add_space(BETWEEN);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let is_ready = !request.choices.formats.is_empty() && request.folder.is_some();
            let hint = if request.choices.formats.is_empty() { "Choose at least one format." } else { "Choose a folder." };
            let button = ui.add_enabled_ui(is_ready, |ui| primary_button(ui, "Export")).inner.on_disabled_hover_text(hint);
            if button.clicked() {
                commands.push(Command::Export(request.clone()));
                done = true;
            }
            done |= ui.button("Cancel").clicked();
        });
    });
    if done || modal.should_close() {
        look.export = None;
    }
    wish
}
