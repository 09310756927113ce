//! Tables of the same customers on earlier days, and the day of each: what shows who moves where there are no orders.
//!
//! In: the options. Out: days typed and tables taken out, as new options; a wish for more as a command. A day found in a file's name stands in its field to be
//! read and changed; without a day nothing is looked at.

use std::path::PathBuf;

use eframe::egui::{Align, Key, Label, Layout, Role, TextEdit, Ui};

use crate::data::day::IsoDay;
use crate::session::{Command, Look, ValidateOptions};
use crate::ui::icons;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_label, icon_button, name_it, path_field_ui};

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
            ui.label("These data");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| day_ui(ui, "these data", latest));
        });
        let mut gone = None;
        for (at, table) in draft.earlier.iter_mut().enumerate() {
            let name = table.name();
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    day_ui(ui, &name, &mut table.day);
                    if icon_button(ui, icons::CLOSE, &format!("Leave out {name}")).clicked() {
                        gone = Some(at);
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        cut_label(ui, name.as_str()).on_hover_text(table.path.display().to_string());
                    });
                });
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

/// A field for a day; what is no day stays to be mended, and counts as none.
fn day_ui(ui: &mut Ui, of: &str, day: &mut Option<IsoDay>) {
    let id = ui.make_persistent_id(("day of a table", of));
    let draft: Option<String> = ui.data(|data| data.get_temp(id));
    let mut text = draft.clone().unwrap_or_else(|| day.map_or_else(String::new, |day| day.to_string()));
    let is_wrong = draft.as_deref().is_some_and(|text| !text.trim().is_empty() && IsoDay::parse(text).is_none());
    let mut field = TextEdit::singleline(&mut text).desired_width(92.0).hint_text("YYYY-MM-DD");
    if is_wrong {
        field = field.text_color(tokens(ui).bad);
    }
    let field = ui.add(field);
    name_it(&field, Role::TextInput, &format!("Day of {of}"));
    if field.changed() {
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    }
    if field.lost_focus() && draft.is_some() {
        let is_given_up = ui.input(|input| input.key_pressed(Key::Escape));
        let typed = IsoDay::parse(&text);
        if is_given_up || typed.is_some() || text.trim().is_empty() {
            ui.data_mut(|data| data.remove_temp::<String>(id));
        }
        if !is_given_up {
            *day = typed;
        }
    }
    if is_wrong {
        field.on_hover_text("A day is written like 1997-12-31.");
    }
}
