//! Where is the keyboard?
//!
//! In: what has the focus. Out: a ring around it, once for everything, drawn last. Only while the keyboard moves the focus: whoever clicks knows where
//! they are. Fields of text show where they are anyway, by their cursor and edge.

use eframe::egui::{self, Context, CornerRadius, Event, Id, Key, Rect, Response, Stroke, StrokeKind};

use super::theme;

/// Between what has the focus and the ring.
const GAP: f32 = 1.5;
/// What the focus moves by.
const MOVES: [Key; 5] = [Key::Tab, Key::ArrowDown, Key::ArrowUp, Key::ArrowLeft, Key::ArrowRight];

/// Draws the ring, above what has the focus and below what lies over it.
pub fn ui(ctx: &Context) {
    let id = Id::unique("focus by keyboard");
    let before = ctx.data(|data| data.get_temp::<bool>(id)).unwrap_or(false);
    let is_by_keyboard = ctx.input(|input| {
        input.events.iter().fold(before, |is, event| match event {
            Event::Key { key, pressed: true, .. } if MOVES.contains(key) => true,
            Event::PointerButton { pressed: true, .. } => false,
            _ => is,
        })
    });
    if is_by_keyboard != before {
        ctx.data_mut(|data| data.insert_temp(id, is_by_keyboard));
    }
    if !is_by_keyboard || ctx.text_edit_focused() {
        return;
    }
    let Some(response) = ctx.memory(egui::Memory::focused).and_then(|focused| ctx.read_response(focused)) else { return };
    let Some(rect) = seen(&response) else { return };
    let t = theme::of(ctx.global_style().visuals.dark_mode);
    let painter = ctx.layer_painter(response.layer_id);
    // A little away from it, so that it is seen around a button of its own colour too.
    painter.rect_stroke(rect.expand(GAP), CornerRadius::same(theme::RADIUS), Stroke::new(2.0, t.accent), StrokeKind::Outside);
}

/// What is seen of it, if any.
fn seen(response: &Response) -> Option<Rect> {
    let rect = response.rect.intersect(response.interact_rect);
    rect.is_positive().then_some(rect)
}

/// Brings what has just got the focus into view.
pub fn follow(response: &Response) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
}
