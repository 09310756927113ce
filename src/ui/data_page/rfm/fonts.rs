//! The theme's fonts, for text that is painted rather than laid out by a widget.

use eframe::egui::{self, Ui};

use super::super::super::theme;

/// A font of the theme.
pub(super) fn font(ui: &Ui, style: egui::TextStyle) -> egui::FontId {
    style.resolve(ui.style())
}

/// The semibold face in a size of the theme.
pub(super) fn bold_font(ui: &Ui, style: egui::TextStyle) -> egui::FontId {
    egui::FontId::new(font(ui, style).size, theme::bold())
}
