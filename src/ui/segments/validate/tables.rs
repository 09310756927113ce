//! Tables of the same customers on earlier days, and the day of each: what shows who moves where there are no orders.
//!
//! In: the options. Out: days typed and tables taken out, as new options; a wish for more as a command. A day found in a file's name stands in its field to be
//! read and changed; without a day nothing is looked at.

use std::path::PathBuf;

use eframe::egui::{Align, Label, Layout, Ui};

use crate::session::{Command, Look, ValidateOptions};
use crate::ui::icons;
use crate::ui::theme::{self, caption};
use crate::ui::widgets::{day_field_ui, icon_button, path_field_ui};

const MEANS: &str =
    "The same customers on two or more days show who stays and who moves. Every table needs the same column of customer numbers.";
const WITHOUT: &str = "Orders show who moves. So do tables of the same customers from earlier days.";

/// The section.
pub(super) fn ui(ui: &mut Ui, draft: &mut ValidateOptions, look: &mut Look, commands: &mut Vec<Command>) {
    ui.label(theme::strong("Stays over time")).on_hover_text(MEANS);
    if draft.earlier.is_empty() {
        ui.add(Label::new(caption(ui, WITHOUT)).wrap());
    } else {
        let latest = &mut draft.of_day;
        ui.horizontal(|ui| {
            ui.label("This table");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| day_field_ui(ui, "Day of these data", latest));
        });
        let mut gone = None;
        for (at, table) in draft.earlier.iter_mut().enumerate() {
            let name = table.name();
            // Names of versions differ at their end: they have a line of their own.
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, icons::CLOSE, &format!("Leave out {name}")).clicked() {
                        gone = Some(at);
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.add(Label::new(name.as_str()).truncate());
                    });
                });
            });
            ui.horizontal(|ui| {
                ui.label(caption(ui, "is of"));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| day_field_ui(ui, &format!("Day of {name}"), &mut table.day));
            });
        }
        if let Some(at) = gone {
            draft.earlier.remove(at);
        }
    }
    if ui.button("Add earlier tables…").on_hover_text(MEANS).clicked() {
        commands.push(Command::ChooseEarlier);
    }
    if let Some(path) = path_field_ui(ui, "Path of an earlier table", &mut look.earlier_path_draft) {
        commands.push(Command::AddEarlier(vec![PathBuf::from(path)]));
    }
}
