//! Customers are picked by a cell or a segment; how many they are, and the way to their rows.

use eframe::egui::Ui;

use crate::engine::Answers;
use crate::session::{Brush, DataView, Look};

use super::super::super::theme::{self, caption};
use super::super::super::widgets::thousands;

/// Picks customers, or lets them go where they are the ones picked.
pub(super) fn pick(look: &mut Look, brush: Brush) {
    if look.brush.as_ref() == Some(&brush) { look.brush = None } else { look.pick(brush) }
}

/// How many are picked, with the way to their rows and the way to let them go.
pub(super) fn picked_ui(ui: &mut Ui, answers: &Answers, look: &mut Look) {
    let Some(picked) = answers.brush.picked.as_ref().filter(|_| look.brush.is_some()) else {
        let text = "Click a cell or a segment to select these customers everywhere.";
        ui.label(caption(ui, answers.brush.problem.as_ref().map_or(text, |problem| &*problem.0)));
        return;
    };
    let from = look.brush.as_ref().map_or_else(String::new, |brush| brush.from.to_string());
    ui.label(theme::strong(format!("{} selected", thousands(picked.n())))).on_hover_text(format!("From: {from}"));
    if ui.button("Show them").on_hover_text("List these customers in the table.").clicked() {
        look.sources.view = DataView::Table;
        look.only_picked = true;
    }
    if ui.button("Clear").on_hover_text("Clear the selection.  Esc").clicked() {
        look.brush = None;
    }
}
