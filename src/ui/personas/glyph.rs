//! The abstract portrait of a persona, the same as on every exported card.

use eframe::egui::{Color32, Painter, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, pos2};

use crate::export::glyph::{Portrait, portrait};
use crate::export::palette::Rgb;

/// Draws the portrait of `cluster` as a square of `size` points.
pub fn glyph_ui(ui: &mut Ui, cluster: usize, size: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size), Sense::hover());
    paint(ui.painter(), rect, cluster);
    response
}

/// Paints the portrait of `cluster` into `rect`.
pub fn paint(painter: &Painter, rect: Rect, cluster: usize) {
    let Portrait { ground, tiles } = portrait(cluster);
    painter.rect_filled(rect, 0.0, colour(ground));
    for (ink, points) in tiles {
        let at = |[x, y]: [f64; 2]| pos2(rect.left() + rect.width() * x as f32, rect.top() + rect.height() * y as f32);
        painter.add(Shape::convex_polygon(points.into_iter().map(at).collect(), colour(ink), Stroke::NONE));
    }
}

fn colour([r, g, b]: Rgb) -> Color32 {
    Color32::from_rgb(r, g, b)
}
