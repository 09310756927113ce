//! A line on a plot that can be dragged, with its grip and its number.

use eframe::egui::{CornerRadius, CursorIcon, FontId, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo};

use crate::ui::theme::{self, tokens};

use super::canvas::Canvas;

/// A line is grabbed this near.
const GRAB: f32 = 6.0;
/// A point of a curve reaches this far.
const POINT: f32 = 4.0;

/// Which way a line that can be dragged lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// Its value is an x.
    Upright,
    /// Its value is a y.
    Flat,
}

/// What became of a handle in this frame.
pub struct Grip {
    /// The value it was dragged to, if it was.
    pub moved_to: Option<f64>,
    /// Whether it is under the pointer or held.
    pub is_hot: bool,
}

/// Lets a line be dragged from anywhere near. To be drawn with [`handle_paint`] afterwards, at the new value.
pub fn handle_grip(ui: &Ui, canvas: &Canvas, lies: Lies, value: f64, name: &str) -> Grip {
    let frame = canvas.frame();
    let at = canvas.at([value, value]);
    let id = canvas.response.id.with(("handle", lies == Lies::Upright));
    let (rect, cursor) = match lies {
        Lies::Upright => (Rect::from_x_y_ranges(at.x - GRAB..=at.x + GRAB, frame.y_range()), CursorIcon::ResizeHorizontal),
        Lies::Flat => (Rect::from_x_y_ranges(frame.x_range(), at.y - GRAB..=at.y + GRAB), CursorIcon::ResizeVertical),
    };
    let response = ui.interact(rect.intersect(frame.expand(GRAB)), id, Sense::DRAG).on_hover_cursor(cursor);
    response.widget_info(|| WidgetInfo::slider(true, value, name));
    let mut moved_to = None;
    if let Some(pointer) = response.interact_pointer_pos() {
        // The line keeps its distance to the pointer, so that grabbing it does not move it.
        let offset_id = id.with("offset");
        if response.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
            ui.data_mut(|data| data.insert_temp(offset_id, at - origin));
        }
        if response.dragged() {
            let offset: Vec2 = ui.data(|data| data.get_temp(offset_id)).unwrap_or_default();
            let [x, y] = canvas.value(pointer + offset);
            let new = if lies == Lies::Upright { x } else { y };
            moved_to = Some(new).filter(|new| *new != value);
        }
    }
    Grip { moved_to, is_hot: response.hovered() || response.dragged() }
}

/// Draws a line with its grip and, beside it, its number.
pub fn handle_paint(ui: &Ui, canvas: &Canvas, lies: Lies, value: f64, text: &str, is_hot: bool) {
    handle_beside_paint(ui, canvas, lies, value, text, is_hot, &[]);
}

/// The same beside `points` of a curve: the number of an upright line stands at its top, or at its foot where it would hide one of them there.
pub fn handle_beside_paint(ui: &Ui, canvas: &Canvas, lies: Lies, value: f64, text: &str, is_hot: bool, points: &[Pos2]) {
    let t = tokens(ui);
    let frame = canvas.frame();
    let at = canvas.at([value, value]);
    let stroke = Stroke::new(if is_hot { 2.0 } else { 1.5 }, t.accent);
    let ends = match lies {
        Lies::Upright => [Pos2::new(at.x, frame.top()), Pos2::new(at.x, frame.bottom())],
        Lies::Flat => [Pos2::new(frame.left(), at.y), Pos2::new(frame.right(), at.y)],
    };
    canvas.painter.extend(Shape::dashed_line(&ends, stroke, 5.0, 4.0));
    let inside = match lies {
        Lies::Upright => frame.x_range().contains(at.x),
        Lies::Flat => frame.y_range().contains(at.y),
    };
    if !inside {
        return;
    }
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::new(12.0, theme::bold()), t.on_accent);
    let text_width = if text.is_empty() { 0.0 } else { galley.size().x + 6.0 };
    let size = Vec2::new(text_width + 14.0, 20.0);
    let centre = match lies {
        // Without a number the grip makes way for the curve.
        Lies::Upright if text.is_empty() => Pos2::new(at.x, frame.bottom()),
        Lies::Upright => Pos2::new(at.x, frame.top() + size.y / 2.0 + 1.0),
        Lies::Flat => Pos2::new(frame.right() - size.x / 2.0 - 4.0, at.y),
    };
    let room = frame.shrink2(size / 2.0);
    let within = |centre: Pos2| if room.is_negative() { centre } else { centre.clamp(room.min, room.max) };
    let hides = |centre: Pos2| {
        let covered = Rect::from_center_size(centre, size).expand(POINT);
        points.iter().filter(|point| covered.contains(**point)).count()
    };
    let (centre, foot) = (within(centre), within(Pos2::new(at.x, frame.bottom())));
    let centre = if lies == Lies::Upright && hides(foot) < hides(centre) { foot } else { centre };
    let pill = Rect::from_center_size(centre, size);
    let painter = ui.painter();
    painter.rect_filled(pill, CornerRadius::same(5), t.accent);
    // The grip: six small dots, the sign for "can be moved".
    for (column, row) in [(0, -1), (0, 0), (0, 1), (1, -1), (1, 0), (1, 1)] {
        let dot = Pos2::new(pill.left() + 5.5 + 4.0 * column as f32, centre.y + 4.0 * row as f32);
        painter.circle_filled(dot, 1.0, t.on_accent);
    }
    if !text.is_empty() {
        painter.galley(Pos2::new(pill.left() + 14.0, centre.y - galley.size().y / 2.0), galley, t.on_accent);
    }
}
