//! The sources of a customer table: the files, what each of them holds, and how they join.
//!
//! In: what is known of every source. Out: [`Command::Sources`] when something is said about one. Work a frame: what is visible.

use std::sync::Arc;

use eframe::egui::{Panel, Ui};

use crate::data::Sourcing;
use crate::engine::SourcesAnswer;
use crate::session::{Action, Command, DataView, Look};

use super::super::theme::{INSIDE, caption};
use super::super::widgets::{self, thousands};
use super::region;

/// The switch between what the page shows of a customer table.
pub(super) fn switch_ui(ui: &mut Ui, look: &mut Look) {
    Panel::top("views").frame(region()).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            let views: Vec<_> = DataView::ALL.iter().map(|&view| (view, view.name(), view.explanation())).collect();
            widgets::segmented_ui(ui, &mut look.sources.view, &views);
        });
    });
}

/// The list of sources.
pub(super) fn ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, _look: &mut Look, commands: &mut Vec<Command>) {
    Panel::left("sources").default_size(348.0).frame(region()).show(ui, |ui| {
        for (source, raw) in sourcing.sources.iter().zip(&known.raws) {
            ui.label(&source.name);
            let rows = raw.ready().map_or_else(String::new, |raw| format!("{} rows", thousands(raw.n_rows)));
            ui.label(caption(ui, raw.problem().map_or(rows, |problem| problem.0.to_string())));
            ui.add_space(INSIDE);
        }
        let info = Action::AddSource.info();
        if ui.button(info.label).on_hover_text(info.tooltip).clicked() {
            commands.push(Command::Do(Action::AddSource));
        }
    });
}
