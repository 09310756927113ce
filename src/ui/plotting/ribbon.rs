//! How is a ribbon of customers painted between two blocks?

use eframe::egui::{Color32, Mesh, Painter, Pos2, Shape, Stroke, pos2};

use crate::plot::eased;

/// Straight pieces of an edge.
const PIECES: usize = 24;
/// A thinner ribbon is a line.
const THIN: f32 = 1.6;

/// Paints a ribbon from `x[0]` to `x[1]` that leaves between the heights `from` and arrives between the heights `to`, both below `top`.
pub fn ribbon_paint(painter: &Painter, [x0, x1]: [f32; 2], top: f32, [from, to]: [[f64; 2]; 2], colour: Color32) {
    let thickness = (from[1] - from[0]) as f32;
    let at = |piece: usize| {
        let t = piece as f32 / PIECES as f32;
        let (x, top) = (x0 + (x1 - x0) * t, top + eased(from[0], to[0], f64::from(t)) as f32);
        [pos2(x, top), pos2(x, top + thickness)]
    };
    let edges: Vec<[Pos2; 2]> = (0..=PIECES).map(at).collect();
    let mut mesh = Mesh::default();
    for [top, bottom] in &edges {
        mesh.colored_vertex(*top, colour);
        mesh.colored_vertex(*bottom, colour);
    }
    for piece in 0..PIECES as u32 {
        mesh.add_triangle(2 * piece, 2 * piece + 1, 2 * piece + 2);
        mesh.add_triangle(2 * piece + 1, 2 * piece + 3, 2 * piece + 2);
    }
    painter.add(Shape::mesh(mesh));
    // Meshes have hard edges; a thin line along them is smooth. Two lines on less than their own width would shout, so a few customers get one,
    // the fainter the fewer they are.
    let colour = if thickness < THIN { colour.gamma_multiply(0.3 + 0.7 * thickness / THIN) } else { colour };
    for side in 0..if thickness < THIN { 1 } else { 2 } {
        let line: Vec<Pos2> = edges.iter().map(|edge| edge[side]).collect();
        painter.add(Shape::line(line, Stroke::new(1.0, colour)));
    }
}
