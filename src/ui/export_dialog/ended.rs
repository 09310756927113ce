//! Where are the files, how large are they, and what was left out?

use eframe::egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

use crate::export::{Ended, Exported};
use crate::session::Command;

use super::super::at_right::at_right_ui;
use super::super::icons;
use super::super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::super::widgets::{cut_label, primary_button, thousands, unbroken};

/// What came of the export in one or two sentences: "5 files written to /home/me/personae."
pub fn ended_text(exported: &Exported) -> String {
    let (n, folder) = (exported.written.files.len(), exported.folder.display());
    let files = format!("{} {}", thousands(n), if n == 1 { "file" } else { "files" });
    let stay = if n == 0 { String::new() } else { format!(" {files} written before {} in {folder}.", if n == 1 { "is" } else { "are" }) };
    match &exported.ended {
        Ended::Whole if n == 0 => "No file was written.".to_owned(),
        Ended::Whole => format!("{files} written to {folder}."),
        Ended::Stopped if n == 0 => "Stopped; nothing was written.".to_owned(),
        Ended::Stopped => format!("Stopped.{stay}"),
        Ended::Failed(problem) if n == 0 => format!("Nothing was exported. {}", problem),
        Ended::Failed(problem) => format!("{}{stay}", problem),
    }
}

/// Draws the end. Whether the dialog is to close.
pub(super) fn ui(ui: &mut Ui, exported: &Exported, commands: &mut Vec<Command>) -> bool {
    let t = tokens(ui);
    let (icon, colour, title) = match exported.ended {
        Ended::Whole => (icons::CHECK, t.good, "Exported"),
        Ended::Stopped => (icons::STOP, t.muted, "Stopped"),
        Ended::Failed(_) => (icons::WARNING, t.bad, "Not everything was exported"),
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(icon).color(colour).text_style(eframe::egui::TextStyle::Heading));
        ui.label(theme::heading(title));
    });
    ui.add(Label::new(ended_text(exported)).wrap());
    ui.add_space(INSIDE);
    let room = (ui.ctx().content_rect().height() - 320.0).clamp(120.0, 420.0);
    ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        for file in &exported.written.files {
            let name = file.path.file_name().unwrap_or(file.path.as_os_str()).to_string_lossy().into_owned();
            ui.horizontal(|ui| {
                ui.colored_label(t.muted, icons::FILE);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(caption(ui, size_text(file.bytes)));
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        cut_label(ui, &name).on_hover_text(file.path.display().to_string())
                    });
                });
            });
        }
        if !exported.written.notes.is_empty() {
            ui.add_space(INSIDE);
            ui.label(theme::strong("What was left out, and what to mind"));
            for note in &exported.written.notes {
                ui.add(Label::new(unbroken(note)).wrap());
            }
        }
    });
    ui.add_space(BETWEEN);
    ui.horizontal(|ui| {
        at_right_ui(ui, "ended", |ui| {
            if exported.ended != Ended::Whole && ui.button("Back to the choices").clicked() {
                commands.push(Command::ExportAgain);
            }
            if !exported.written.files.is_empty() {
                if ui.button("Copy path").on_hover_text("Copy the folder's path.").clicked() {
                    ui.ctx().copy_text(exported.folder.display().to_string());
                }
                if ui.button("Open folder").on_hover_text("Show the files in the system's file manager.").clicked() {
                    commands.push(Command::ShowFolder(exported.folder.clone()));
                }
            }
            primary_button(ui, "Done").clicked()
        })
    })
    .inner
}

/// "812 B", "14 kB", "3.2 MB".
fn size_text(bytes: u64) -> String {
    let space = crate::base::text::SPACE;
    match bytes as f64 {
        b if b < 1_000.0 => format!("{bytes}{space}B"),
        b if b < 999_500.0 => format!("{:.0}{space}kB", b / 1e3),
        b if b < 9.95e6 => format!("{:.1}{space}MB", b / 1e6),
        b => format!("{}{space}MB", thousands((b / 1e6).round() as usize)),
    }
}
