//! What would the curve be by chance? A grey band behind elbow and silhouette, with its name beside it.

use eframe::egui::epaint::{Mesh, Vertex, WHITE_UV};
use eframe::egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, Ui, Vec2};

use crate::evaluate::NullBand;
use crate::evaluate::null::{Interval, NullPoint};
use crate::ui::plotting::{Canvas, Spot, plot_label, roomy_label};
use crate::ui::theme::tokens;
use crate::ui::widgets::number;

/// Room the band's name takes, and a little more.
const LABEL_WIDTH: f32 = 190.0;
/// Room the line's grip takes with its number.
const GRIP_WIDTH: f32 = 68.0;
/// The same, from the top or the bottom of the frame.
const GRIP_HEIGHT: f32 = 24.0;

/// Added to what a plot's title explains.
pub const MEANS: &str = " The grey band is what the same columns give when each is shuffled on its own, so that nothing ties them together \
                         any more: only what lies outside of it speaks for segments.";

/// Which value of a point is drawn.
pub type Of = fn(&NullPoint) -> Option<Interval>;

/// The largest and the smallest value of the band, so that the axis has room for it.
pub fn bounds(band: &NullBand, of: Of) -> Option<(f64, f64)> {
    band.points.iter().filter_map(of).map(|at| (at.low, at.high)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// Draws the band; to be called before the curve, which lies on it.
pub fn band_paint(ui: &Ui, canvas: &Canvas, band: &NullBand, of: Of) {
    let t = tokens(ui);
    let fill = t.everyone.gamma_multiply(0.7);
    let edges = |point: &NullPoint| {
        let at = of(point)?;
        Some([at.low, at.mean, at.high].map(|y| canvas.at([point.k as f64, y])))
    };
    let mut before: Option<[Pos2; 3]> = None;
    for point in &band.points {
        let here = edges(point);
        if let (Some(a), Some(b)) = (before, here) {
            // At least a hair's breadth, so that a band that is nearly sure is still seen.
            let [low_a, low_b] = [a, b].map(|ends| Pos2::new(ends[0].x, ends[0].y.max(ends[1].y + 1.0)));
            let [high_a, high_b] = [a, b].map(|ends| Pos2::new(ends[2].x, ends[2].y.min(ends[1].y - 1.0)));
            canvas.painter.add(quad([low_a, high_a, high_b, low_b], fill));
            canvas.painter.line_segment([a[1], b[1]], Stroke::new(1.0, t.everyone));
        } else if let Some([low, _, high]) = here {
            canvas.painter.line_segment([low, high], Stroke::new(3.0, fill));
        }
        before = here;
    }
}

/// Names the band, above or below it: at its right end, or farther left where the line at `k` with its grip stands there.
pub fn label_paint(ui: &Ui, canvas: &Canvas, band: &NullBand, of: Of, is_above: bool, k: Option<usize>) {
    let edge = |point: &NullPoint| of(point).map(|at| canvas.at([point.k as f64, if is_above { at.high } else { at.low }]));
    let edges: Vec<Pos2> = band.points.iter().filter_map(edge).collect();
    let (Some(first), Some(last)) = (edges.first(), edges.last()) else { return };
    // Beyond whatever of the band is over or under the words.
    let spot = |right: f32| -> Spot {
        let near = edges.iter().filter(|pos| pos.x > right - LABEL_WIDTH && pos.x <= right + 1.0).map(|pos| pos.y);
        if is_above {
            (Pos2::new(right, near.fold(last.y, f32::min) - 4.0), Align2::RIGHT_BOTTOM)
        } else {
            (Pos2::new(right, near.fold(last.y, f32::max) + 4.0), Align2::RIGHT_TOP)
        }
    };
    let frame = canvas.frame();
    let line = k.map(|k| canvas.at([k as f64, 0.0]).x);
    let column = line.map(|x| Rect::from_center_size(Pos2::new(x, frame.center().y), Vec2::new(GRIP_WIDTH, frame.height())));
    let beside = line.map(|x| spot(x - GRIP_WIDTH / 2.0 - 5.0)).filter(|spot| spot.0.x > first.x);
    let spots: Vec<Spot> = std::iter::once(spot(last.x)).chain(beside).collect();
    let text = "what shuffled columns give";
    let mut taken: Vec<Rect> = column.into_iter().collect();
    if roomy_label(ui, &canvas.painter, &spots, text, tokens(ui).muted, frame, &mut taken) {
        return;
    }
    // No room beside the line: then across it, but clear of its grip.
    let (at, anchor) = spot(last.x);
    let (least, most) = (frame.top() + GRIP_HEIGHT + if is_above { 16.0 } else { 0.0 }, frame.bottom() - GRIP_HEIGHT - 16.0);
    plot_label(ui, &canvas.painter, Pos2::new(at.x, at.y.max(least).min(most.max(least))), anchor, text, tokens(ui).muted);
}

/// What the band says at one k, for the tooltip.
pub fn words(band: &NullBand, k: usize) -> String {
    let Some(point) = band.points.iter().find(|point| point.k == k) else { return String::new() };
    let mut text = String::new();
    if let Some(at) = point.inertia {
        text += &format!("\nInertia {} ({} to {})", number(at.mean), number(at.low), number(at.high));
    }
    if let Some(at) = point.silhouette {
        text += &format!("\nMean silhouette {:.2} ({:.2} to {:.2})", at.mean, at.low, at.high);
    }
    if text.is_empty() { text } else { format!("\n\nShuffled columns give:{text}\n{}", band.range_words()) }
}

/// Two triangles without smoothed edges, so that neighbours meet without a seam.
fn quad(corners: [Pos2; 4], colour: Color32) -> Shape {
    let vertices = corners.map(|pos| Vertex { pos, uv: WHITE_UV, color: colour }).to_vec();
    Shape::mesh(Mesh { indices: vec![0, 1, 2, 0, 2, 3], vertices, ..Mesh::default() })
}
