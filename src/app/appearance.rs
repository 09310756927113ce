//! What the settings mean to the window: egui's words for them.

use eframe::egui;

use crate::session::settings::ThemeChoice;

/// egui's word for the theme chosen.
pub(super) fn preference(theme: ThemeChoice) -> egui::ThemePreference {
    match theme {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    }
}
