//! The export dialog: which personas, as which files, how and where to; then how far it is; at the end where the files are.
//!
//! In: answers, the request being made (`Look::export`), and how far the export is. Out: commands.

mod choosing;
mod ended;
mod preview;

use eframe::egui::{Id, Margin, Modal, ProgressBar, Ui, Vec2};

use crate::base::Progress;
use crate::data::Dictionary;
use crate::engine::Answers;
use crate::export::Exported;
use crate::session::{Command, Look};

use super::at_right::at_right_ui;
use super::theme::{self, BETWEEN, INSIDE, REGION, caption};
use super::widgets;

pub use ended::ended_text;

/// How far the export is.
#[derive(Debug, Clone, PartialEq)]
pub enum Taking {
    /// The cards are still being computed.
    Waiting,
    /// Files are being written.
    Writing(Progress),
    /// It ended.
    Ended(Exported),
}

/// The dialog at its largest; it leaves a margin of the window in sight.
const LARGEST: Vec2 = Vec2::new(940.0, 720.0);

/// Draws the dialog while it is open.
pub fn ui(ui: &mut Ui, answers: &Answers, dictionary: &Dictionary, taking: Option<&Taking>, look: &mut Look, commands: &mut Vec<Command>) {
    let mut seen = preview::Seen::of(look);
    let Some(request) = look.export.as_mut() else { return };
    let mut is_done = false;
    let frame = widgets::card_frame(ui).inner_margin(Margin::same(REGION as i8)).shadow(ui.visuals().window_shadow);
    let room = ui.ctx().content_rect().size() - Vec2::splat(2.0 * REGION + 32.0);
    let size = LARGEST.min(room);
    // A modal keeps the size it once had, so every stage has one of its own.
    let id = Id::unique(match taking {
        None => "export",
        Some(Taking::Ended(_)) => "export_ended",
        Some(_) => "export_under_way",
    });
    let modal = Modal::new(id).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(if taking.is_some() { size.x.min(600.0) } else { size.x });
        match taking {
            None => is_done = choosing::ui(ui, size, (answers, dictionary), request, &mut seen, commands),
            Some(Taking::Ended(exported)) => is_done = ended::ui(ui, exported, commands),
            Some(Taking::Writing(progress)) => is_done = writing_ui(ui, &progress.stage, Some(progress.fraction), commands),
            Some(Taking::Waiting) => is_done = writing_ui(ui, "Waiting for the cards to be computed", None, commands),
        }
    });
    if is_done || modal.should_close() {
        look.export = None;
    }
    seen.keep(look);
}

/// While files are written. Whether the dialog is to close, while the export goes on.
fn writing_ui(ui: &mut Ui, stage: &str, fraction: Option<f32>, commands: &mut Vec<Command>) -> bool {
    ui.label(theme::heading("Exporting"));
    ui.add_space(INSIDE);
    let bar = ui.add(ProgressBar::new(fraction.unwrap_or(0.0)).desired_height(6.0));
    widgets::name_it(&bar, eframe::egui::Role::ProgressIndicator, "Export progress");
    ui.label(caption(ui, stage));
    ui.add_space(BETWEEN);
    ui.label(caption(ui, "Files that are complete stay when you stop; nothing half-written does."));
    ui.add_space(BETWEEN);
    ui.horizontal(|ui| {
        at_right_ui(ui, "writing", |ui| {
            let goes_on = ui.button("Go on in the background").on_hover_text("A message appears when the files are written.").clicked();
            if ui.button("Stop").clicked() {
                commands.push(Command::StopExport);
            }
            goes_on
        })
    })
    .inner
}
