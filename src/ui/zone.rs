//! A field in which a time zone is typed and chosen, wherever a file does not say its own.

use eframe::egui::{Id, Key, Role as Widget, TextEdit, Ui};

use crate::data;

use super::theme::{caption, tokens};
use super::widgets;

/// Time zones that are offered while one is typed.
const OFFERED: usize = 6;

/// What is said around the field.
pub struct ZoneWords {
    /// What holds while no zone is chosen.
    pub unless_said: &'static str,
    /// What choosing one does.
    pub means: &'static str,
}

/// A field for a time zone, with those that fit what is typed; `name` says of which file it is.
pub fn zone_ui(ui: &mut Ui, words: &ZoneWords, name: &str, chosen: Option<&str>, mut say: impl FnMut(Option<String>)) {
    ui.label(caption(ui, "Time zone")).on_hover_text(words.means);
    let id = Id::unique(("time zone", name));
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| chosen.unwrap_or_default().to_owned());
    let field = ui.add(TextEdit::singleline(&mut text).hint_text(words.unless_said).desired_width(200.0));
    widgets::name_it(&field, Widget::TextInput, "Time zone");
    if field.changed() {
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    }
    let typed = text.trim();
    let mut picked = None;
    let enters = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if enters && typed != chosen.unwrap_or_default() {
        if typed.is_empty() {
            picked = Some(None);
        } else if let Some(zone) = data::zone_called(typed) {
            picked = Some(Some(zone));
        }
    }
    if !typed.is_empty() && Some(typed) != chosen {
        let offered = data::zones_like(typed, OFFERED);
        if offered.is_empty() && data::zone_called(typed).is_none() {
            ui.label(caption(ui, "No such time zone; try Europe/Berlin or +02:00").color(tokens(ui).warn));
        }
        for zone in offered {
            if ui.selectable_label(false, zone).clicked() {
                picked = Some(Some(zone.to_owned()));
            }
        }
    }
    if chosen.is_some() && ui.selectable_label(false, words.unless_said).clicked() {
        picked = Some(None);
    }
    if let Some(picked) = picked {
        ui.data_mut(|data| data.remove_temp::<String>(id));
        say(picked);
        ui.close();
    }
}
