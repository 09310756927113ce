//! Customers are picked in the map with a box, and one who is picked wears a ring with a name.
//!
//! In: the map's frame, the pointer, Shift or the tool. Out: [`Look::brush`], in every frame of the drag, so that the list counts along.

use eframe::egui::{Align2, Color32, CornerRadius, CursorIcon, Id, PointerButton, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2};

use crate::engine::Answers;
use crate::plot::Ring;
use crate::session::{Brush, Look};
use crate::ui::plotting::{Canvas, plot_label};
use crate::ui::theme::tokens;

/// A drag shorter than this is no box, in points.
const SHORTEST: f32 = 4.0;

fn start_id() -> Id {
    Id::unique("map box start")
}

/// Whether a drag draws a box now instead of moving the map: by the tool, with Shift, or because one is being drawn.
pub(super) fn is_picking(ui: &Ui, look: &Look) -> bool {
    look.picks || ui.input(|input| input.modifiers.shift) || ui.data(|data| data.get_temp::<[f64; 2]>(start_id()).is_some())
}

/// Draws the box while it is dragged, and the one that is in force. A box is wished for once the one before was counted: at a million
/// customers a new one in every frame would never be answered.
pub(super) fn box_ui(ui: &Ui, answers: &Answers, canvas: &Canvas, look: &mut Look, is_picking: bool) {
    let response = &canvas.response;
    let button = PointerButton::Primary;
    if is_picking && response.drag_started_by(button) {
        let origin = ui.input(|input| input.pointer.press_origin()).or(response.interact_pointer_pos());
        if let Some(origin) = origin {
            ui.data_mut(|data| data.insert_temp(start_id(), canvas.value(origin)));
        }
    }
    let start = ui.data(|data| data.get_temp::<[f64; 2]>(start_id()));
    let mut dragged = None;
    if let (Some(start), Some(loaded)) = (start, answers.loaded.latest()) {
        let has_ended = response.drag_stopped() || !ui.input(|input| input.pointer.any_down());
        if let Some(pointer) = response.interact_pointer_pos() {
            let pointer = pointer.clamp(canvas.frame().min, canvas.frame().max);
            let size = pointer - canvas.at(start);
            let is_box = size.x.abs() >= SHORTEST && size.y.abs() >= SHORTEST;
            let brush = is_box.then(|| Brush::in_box(loaded.stamp, &look.map_axes, start, canvas.value(pointer)));
            let is_answered = !answers.brush.is_cooking && answers.scene.progress().is_none();
            dragged = brush.as_ref().and_then(|brush| brush.box_on(&look.map_axes));
            if brush != look.brush && (is_answered || has_ended) {
                match brush {
                    Some(brush) => look.pick(brush),
                    None => look.brush = None,
                }
                // The engine is asked at the start of a frame.
                ui.ctx().request_repaint();
            }
        }
        if has_ended {
            ui.data_mut(|data| data.remove_temp::<[f64; 2]>(start_id()));
        }
    }
    if is_picking {
        response.clone().on_hover_cursor(CursorIcon::Crosshair);
    }
    let in_force = || look.brush.as_ref().and_then(|brush| brush.box_on(&look.map_axes));
    if let Some([from, to]) = dragged.or_else(in_force) {
        let rect = Rect::from_two_pos(canvas.at(from), canvas.at(to));
        let t = tokens(ui);
        canvas.painter.rect(rect, CornerRadius::same(2), t.accent.gamma_multiply(0.05), Stroke::new(1.5, t.accent), StrokeKind::Middle);
    }
}

/// Marks the one customer that is picked.
pub(super) fn ring_ui(ui: &Ui, canvas: &Canvas, ring: &Ring) {
    let Some(at) = ring.at.map(|at| canvas.at(at)).filter(|at| canvas.frame().contains(*at)) else { return };
    let t = tokens(ui);
    canvas.painter.circle(at, 9.0, Color32::TRANSPARENT, Stroke::new(4.0, t.raised));
    canvas.painter.circle(at, 9.0, Color32::TRANSPARENT, Stroke::new(2.0, t.accent));
    // The name stands where there is room for it.
    let is_left = at.x > canvas.frame().center().x;
    let (side, anchor) = if is_left { (-1.0, Align2::RIGHT_CENTER) } else { (1.0, Align2::LEFT_CENTER) };
    plot_label(ui, &canvas.painter, Pos2::new(at.x, at.y) + Vec2::new(side * 18.0, 0.0), anchor, &ring.name, t.text);
}
