//! How a file is read where it does not say enough itself: its sheet, encoding and time zone.
//!
//! In: what was chosen, and the sheets there are. Out: another choice. A menu, so that files that need none of it are not crowded.

use eframe::egui::{Role as Widget, Ui};

use crate::data::{self, ReadAs};

use super::super::icons;
use super::super::widgets;
use super::super::zone::{ZoneWords, zone_ui};

const AS_EACH_CELL: ZoneWords = ZoneWords {
    unless_said: "As each cell says",
    means: "Times with a UTC offset are converted to this time zone; times without one stay as they are.",
};

/// A file and how it is read.
pub(super) struct FileRead<'a> {
    /// What it is called, for whoever hears the menu.
    pub name: &'a str,
    pub read_as: &'a ReadAs,
    /// The sheets of a workbook; empty for other files.
    pub sheets: &'a [String],
    /// Whether it is a text, which may have one of several encodings.
    pub is_text: bool,
}

/// Draws the menu; another choice if one was made.
pub(super) fn ui(ui: &mut Ui, file: &FileRead<'_>) -> Option<ReadAs> {
    let mut chosen = None;
    let ReadAs { sheet, encoding, zone } = file.read_as;
    let parts: Vec<&str> = [sheet, encoding, zone].into_iter().flatten().map(String::as_str).collect();
    let title = if parts.is_empty() { "Import options".to_owned() } else { parts.join(", ") };
    let menu = widgets::staying_menu(ui, format!("{title}  {}", icons::CARET_DOWN), |ui| {
        ui.set_min_width(220.0);
        let mut say = |change: &dyn Fn(&mut ReadAs)| {
            let mut read_as = file.read_as.clone();
            change(&mut read_as);
            chosen = Some(read_as);
        };
        if file.sheets.len() > 1 || sheet.is_some() {
            let words = file.sheets.iter().map(|sheet| (sheet.clone(), sheet.clone()));
            one_of(ui, "Sheet", "The one most like a table", sheet.as_deref(), words, |picked| {
                say(&|read_as| read_as.sheet = picked.clone())
            });
        }
        if file.is_text {
            let words = data::encodings().into_iter();
            one_of(ui, "Encoding", "Detected from the content", encoding.as_deref(), words, |picked| {
                say(&|read_as| read_as.encoding = picked.clone());
            });
        }
        ui.separator();
        zone_ui(ui, &AS_EACH_CELL, file.name, zone.as_deref(), |picked| say(&|read_as| read_as.zone = picked.clone()));
    });
    widgets::name_it(&menu, Widget::Button, &format!("Import options of {}", file.name));
    menu.on_hover_text("The sheet, the encoding and the time zone of this file.");
    chosen
}

/// A submenu of words, each with what it is called; the first entry leaves it open.
fn one_of(
    ui: &mut Ui,
    label: &str,
    open: &str,
    chosen: Option<&str>,
    words: impl Iterator<Item = (String, String)>,
    mut say: impl FnMut(Option<String>),
) {
    let shown = chosen.unwrap_or(open);
    ui.menu_button(format!("{label}: {shown}"), |ui| {
        if ui.selectable_label(chosen.is_none(), open).clicked() && chosen.is_some() {
            say(None);
            ui.close();
        }
        for (word, called) in words {
            let is_on = chosen == Some(word.as_str());
            if ui.selectable_label(is_on, called).clicked() && !is_on {
                say(Some(word));
                ui.close();
            }
        }
    });
}
