//! How is the table walked by keys? The arrows move a cursor from line to line, Space or Enter adds its customer or takes it away.

use eframe::egui::{Key, Modifiers, Ui};

use crate::session::Look;
use crate::ui::widgets::has_keys;

/// Moves the cursor by the arrow keys; it begins at the first line in view. Whether it moved.
pub(super) fn step(ui: &Ui, cursor: &mut Option<usize>, first_in_view: usize, n_lines: usize, look: &Look) -> bool {
    if n_lines == 0 || !has_keys(ui, look) || ui.memory(|memory| memory.focused()).is_some() {
        return false;
    }
    let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    let (down, up) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp));
    if down == up {
        return false;
    }
    *cursor = Some(match *cursor {
        Some(line) => (line + down).saturating_sub(up).min(n_lines - 1),
        None => first_in_view.min(n_lines - 1),
    });
    true
}

/// Whether the customer under the cursor is added or taken away now.
pub(super) fn toggles(ui: &Ui, look: &Look) -> bool {
    let is_free = has_keys(ui, look) && ui.memory(|memory| memory.focused()).is_none();
    is_free && [Key::Space, Key::Enter].into_iter().any(|key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)))
}
