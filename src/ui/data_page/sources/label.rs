//! The name of a choice, at the left of it: as wide and as high for every choice about a source.

use eframe::egui::{Align, Label, Layout, Ui, vec2};

use super::super::super::theme::caption;

pub(super) const LABEL: f32 = 72.0;
pub(super) const ROW: f32 = 28.0;

pub(super) fn label_ui(ui: &mut Ui, text: &str, explanation: &str) {
    let room = vec2(LABEL, ROW);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(room);
        ui.add(Label::new(caption(ui, text)).truncate()).on_hover_text(explanation);
    });
}
