//! Customers who stand out wear a ring in the map; the larger, the more unusual. Segments may have a line around them.
//!
//! In: places and sizes. Out: circles, who is under the pointer, and the customer picked by a click.

use eframe::egui::{Color32, Pos2, Stroke, Ui};

use crate::plot::customer_name;
use crate::session::{Brush, Look, Selection};
use crate::ui::plotting::Canvas;
use crate::ui::theme::{self, tokens};

use super::naming::numbers;
use super::view::View;

/// The least ring and how much larger the largest is, in points.
const RADIUS: [f32; 2] = [4.5, 5.0];

/// Draws a line around each segment, in its colour.
pub(super) fn outlines_ui(ui: &Ui, view: &View, canvas: &Canvas) {
    if view.answers.map.is_stale() {
        return;
    }
    let t = tokens(ui);
    for (cluster, line) in view.outlines.iter().enumerate() {
        canvas.line(line, Stroke::new(3.5, t.raised.gamma_multiply(0.7)));
        canvas.line(line, Stroke::new(1.5, theme::selection(Selection::Cluster(cluster), numbers(view.answers))));
    }
}

/// Draws the rings; the most unusual come last and lie above.
pub(super) fn ui(ui: &Ui, view: &View, canvas: &Canvas, look: &mut Look) {
    if view.rings.is_empty() || view.answers.map.is_stale() {
        return;
    }
    let t = tokens(ui);
    let frame = canvas.frame();
    let pointer = canvas.response.hover_pos();
    let mut pointed: Option<(f32, usize)> = None;
    for ring in view.rings.iter().rev() {
        let at: Pos2 = canvas.at(ring.at);
        if !frame.contains(at) {
            continue;
        }
        let radius = RADIUS[0] + RADIUS[1] * ring.size;
        canvas.painter.circle(at, radius, Color32::TRANSPARENT, Stroke::new(3.0, t.raised.gamma_multiply(0.7)));
        canvas.painter.circle(at, radius, Color32::TRANSPARENT, Stroke::new(1.5, t.text));
        if let Some(distance) = pointer.map(|pointer| pointer.distance(at)).filter(|distance| *distance <= radius + 1.0)
            && pointed.is_none_or(|(nearest, _)| distance <= nearest)
        {
            pointed = Some((distance, ring.table_row));
        }
    }
    let (Some((_, row)), Some(loaded)) = (pointed, view.answers.loaded.ready()) else { return };
    if canvas.response.clicked() {
        look.pick(Brush::rows(loaded.stamp, [row], "ring in the map"));
        ui.ctx().request_repaint();
    }
    let stands = if view.outlines.is_empty() { "stands out" } else { "stands between two" };
    canvas.response.clone().on_hover_text_at_pointer(format!("{} {stands}. Click to select.", customer_name(loaded, row)));
}
