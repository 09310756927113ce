//! Controls against the right edge of a line, in the order they are read.
//!
//! egui lays out from right to left by asking for the rightmost control first, and Tab goes through controls in the order they are asked for. So here they are
//! laid out from left to right in a room as wide as they were in the frame before; a frame in which the width changed is drawn again before it is seen.

use eframe::egui::{Align, AsIdSalt, Id, Layout, Rect, Ui, UiBuilder, pos2};

/// Widths that differ by less are the same.
const SAME: f32 = 0.5;

/// What `right` draws, against the right edge of what is left of the line. `salt` tells it from others in the same place.
pub fn at_right_ui<R>(ui: &mut Ui, salt: impl AsIdSalt, right: impl FnOnce(&mut Ui) -> R) -> R {
    beside_ui(ui, salt, |_| {}, right)
}

/// The same with `left` in the room before it, which is as wide as the line leaves it.
pub fn beside_ui<R>(ui: &mut Ui, salt: impl AsIdSalt, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui) -> R) -> R {
    let id = id_of(ui, salt);
    let width = width_of(ui, id);
    let room = ui.available_rect_before_wrap();
    let start = (room.right() - width).max(room.left());
    let layout = Layout::left_to_right(Align::Center);
    let before = Rect::from_min_max(room.min, pos2((start - ui.spacing().item_spacing.x).max(room.left()), room.bottom()));
    let mut child = ui.new_child(UiBuilder::new().id_salt((id, "left")).max_rect(before).layout(layout));
    left(&mut child);
    let place = Rect::from_min_max(pos2(start, room.top()), room.max);
    let mut child = ui.new_child(UiBuilder::new().id_salt((id, "right")).max_rect(place).layout(layout));
    let shown = right(&mut child);
    let used = child.min_rect();
    if (used.width() - width).abs() > SAME {
        ui.data_mut(|data| data.insert_temp(id, used.width()));
        ui.ctx().request_discard("controls at the right have another width");
    }
    ui.advance_cursor_after_rect(Rect::from_min_max(pos2(room.left(), used.top()), pos2(room.right(), used.bottom())));
    shown
}

/// How much of a line [`at_right_ui`] with the same salt takes.
pub fn width_at_right(ui: &Ui, salt: impl AsIdSalt) -> f32 {
    width_of(ui, id_of(ui, salt))
}

fn id_of(ui: &Ui, salt: impl AsIdSalt) -> Id {
    ui.scope_id().with(salt).with("at right")
}

fn width_of(ui: &Ui, id: Id) -> f32 {
    ui.data(|data| data.get_temp::<f32>(id)).unwrap_or(0.0)
}
