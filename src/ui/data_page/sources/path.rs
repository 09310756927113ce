//! Where is a source? A field for its path, for whoever has no use for the system's dialog.

use eframe::egui::{Key, Role as Widget, TextEdit, Ui};

use crate::session::{Command, Look};

use super::super::super::widgets;

/// A field for a path, for whoever has no dialog or means a folder or a pattern. `of` is the source it is for.
pub(super) fn path_ui(ui: &mut Ui, of: Option<usize>, look: &mut Look, commands: &mut Vec<Command>, say: impl FnOnce(&str) -> Command) {
    let sources = &mut look.sources;
    let is_mine = sources.path_of == of;
    let mut text = sources.path_draft.clone().filter(|_| is_mine).unwrap_or_default();
    let hint = if of.is_some() { "Where it is now" } else { "Type a path, a folder or orders-*.csv" };
    let field = ui.add(TextEdit::singleline(&mut text).hint_text(hint).desired_width(f32::INFINITY));
    widgets::name_it(&field, Widget::TextInput, if of.is_some() { "Where the source is now" } else { "Path of a further source" });
    let is_asked_for = is_mine && sources.path_draft.as_deref() == Some("");
    if field.changed() {
        (sources.path_of, sources.path_draft) = (of, Some(text.clone()));
    } else if is_asked_for && !field.has_focus() && ui.memory(|memory| memory.focused()).is_none() && !field.lost_focus() {
        field.request_focus();
    }
    if field.lost_focus() && is_mine {
        let path = text.trim();
        let enters = ui.input(|input| input.key_pressed(Key::Enter));
        if enters && !path.is_empty() {
            commands.push(say(path));
        }
        if enters || path.is_empty() {
            (sources.path_of, sources.path_draft) = (None, None);
        }
    }
}
