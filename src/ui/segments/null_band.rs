//! What would the curve be by chance? A grey band behind elbow and silhouette, with its name beside it.

use eframe::egui::epaint::{Mesh, Vertex, WHITE_UV};
use eframe::egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, Ui, Vec2};

use crate::evaluate::NullBand;
use crate::evaluate::null::{Interval, NullPoint};
use crate::ui::plotting::{Canvas, Spot, roomy_label};
use crate::ui::theme::tokens;
use crate::ui::widgets::number;

/// Room the band's name takes, and a little more.
const LABEL_WIDTH: f32 = 190.0;
/// Room the line's grip takes with its number.
const GRIP_WIDTH: f32 = 68.0;

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

/// Names the band where there is room beside it, from its right end on: clear of the line at `k` with its grip, and of the `curve`.
pub fn label_paint(ui: &Ui, canvas: &Canvas, band: &NullBand, of: Of, is_above: bool, k: Option<usize>, curve: &[Pos2]) {
    let edges: Vec<(Pos2, Pos2)> = band
        .points
        .iter()
        .filter_map(|point| of(point).map(|at| [at.high, at.low].map(|y| canvas.at([point.k as f64, y])).into()))
        .collect();
    let frame = canvas.frame();
    // Beyond whatever of the band is over or under the words.
    let spot = |right: f32, is_above: bool| -> Spot {
        let near = || edges.iter().filter(|(pos, _)| pos.x > right - LABEL_WIDTH && pos.x <= right + 1.0);
        match is_above {
            true => (Pos2::new(right, near().map(|edge| edge.0.y).fold(frame.bottom(), f32::min) - 4.0), Align2::RIGHT_BOTTOM),
            false => (Pos2::new(right, near().map(|edge| edge.1.y).fold(frame.top(), f32::max) + 4.0), Align2::RIGHT_TOP),
        }
    };
    let column = k.map(|k| {
        let middle = Pos2::new(canvas.at([k as f64, 0.0]).x, frame.center().y);
        Rect::from_center_size(middle, Vec2::new(GRIP_WIDTH, frame.height()))
    });
    let along =
        |ends: &[Pos2]| [0.0, 0.25, 0.5, 0.75, 1.0].map(|part| Rect::from_center_size(ends[0].lerp(ends[1], part), Vec2::splat(8.0)));
    let mut taken: Vec<Rect> = column.into_iter().chain(curve.windows(2).flat_map(along)).collect();
    let rights = edges.iter().rev().map(|edge| edge.0.x);
    let spots: Vec<Spot> = rights.flat_map(|right| [spot(right, is_above), spot(right, !is_above)]).collect();
    // In a narrow place two words, and rather none than on the curve: what the band is stands in the title's words as well.
    let mut told = |text: &str| roomy_label(ui, &canvas.painter, &spots, text, tokens(ui).muted, frame, &mut taken);
    let _ = told("what shuffled columns give") || told("shuffled columns");
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
