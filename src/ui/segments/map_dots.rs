//! Single customers as points: one mesh of small discs, kept until data, view or emphasis change.
//!
//! In: places and rows by segment, colours, who is picked. Out: a mesh, and who is under the pointer. A frame that only moves the
//! pointer costs nothing, one that zooms over 20 000 points about a millisecond.

use std::sync::Arc;

use eframe::egui::{Color32, ColorImage, Id, Mesh, Pos2, Rect, TextureHandle, TextureOptions, Ui, Vec2, epaint::Vertex};

use crate::plot::{Corners, MapPlot, MapPoints, MapScene, Picked};
use crate::session::Selection;
use crate::ui::plotting::Canvas;

use super::map_image::{DIMMED, Looks};
use super::map_window::corners;
use super::view::View;

/// The points of one segment and, where every customer is one, whose they are.
pub(super) struct Dots<'a> {
    selection: Selection,
    points: &'a [[f64; 2]],
    rows: &'a [u32],
}

/// Noise first, for it lies below.
pub(super) fn dots_of_map(map: &MapPlot) -> Vec<Dots<'_>> {
    dots(&map.clusters, &map.rows, &map.noise, &map.noise_rows)
}

pub(super) fn dots_of_points(points: &MapPoints) -> Vec<Dots<'_>> {
    dots(&points.clusters, &points.rows, &points.noise, &points.noise_rows)
}

fn dots<'a>(clusters: &'a [Vec<[f64; 2]>], rows: &'a [Vec<u32>], noise: &'a [[f64; 2]], noise_rows: &'a [u32]) -> Vec<Dots<'a>> {
    let rows_of = |cluster: usize| rows.get(cluster).map_or(&[][..], Vec::as_slice);
    let of_cluster =
        |(cluster, points): (usize, &'a Vec<_>)| Dots { selection: Selection::Cluster(cluster), points, rows: rows_of(cluster) };
    let noise = Dots { selection: Selection::Noise, points: noise, rows: noise_rows };
    std::iter::once(noise).chain(clusters.iter().enumerate().map(of_cluster)).collect()
}

/// The customer under the pointer: segment, row of the table, place. One pass over the points, tens of microseconds.
pub(super) fn nearest(canvas: &Canvas, dots: &[Dots], pointer: Pos2) -> Option<(Selection, Option<u32>, [f64; 2])> {
    const REACH: f32 = 7.0;
    let mut best = (REACH * REACH, None);
    for group in dots {
        for (at, &point) in group.points.iter().enumerate() {
            let distance = canvas.at(point).distance_sq(pointer);
            if distance < best.0 {
                best = (distance, Some((group.selection, group.rows.get(at).copied(), point)));
            }
        }
    }
    best.1
}

/// The last mesh, and what it was made for.
#[derive(Clone)]
struct Kept {
    made_for: MadeFor,
    mesh: Arc<Mesh>,
}

/// Holding what it was made of keeps their addresses their own.
#[derive(Clone)]
struct MadeFor {
    map: Arc<MapPlot>,
    scene: Option<Arc<MapScene>>,
    picked: Option<Arc<Picked>>,
    looks: Looks,
    frame: Rect,
    corners: Corners,
    pixels_per_point: f32,
}

impl MadeFor {
    fn is_same(&self, other: &MadeFor) -> bool {
        let address = |made_for: &MadeFor| {
            (Arc::as_ptr(&made_for.map), made_for.scene.as_ref().map(Arc::as_ptr), made_for.picked.as_ref().map(Arc::as_ptr))
        };
        let view = |made_for: &MadeFor| (made_for.frame, made_for.corners, made_for.pixels_per_point);
        address(self) == address(other) && view(self) == view(other) && self.looks == other.looks
    }
}

/// The points as one mesh, made again only when something changed.
pub(super) fn mesh(
    ui: &Ui,
    view: &View,
    canvas: &Canvas,
    map: &Arc<MapPlot>,
    scene: Option<&Arc<MapScene>>,
    dots: &[Dots],
    looks: &Looks,
) -> Arc<Mesh> {
    let frame = canvas.frame();
    let made_for = MadeFor {
        map: map.clone(),
        scene: scene.cloned(),
        picked: view.answers.brush.picked.clone().filter(|_| looks.has_picked),
        looks: looks.clone(),
        frame,
        corners: corners(canvas),
        pixels_per_point: ui.ctx().pixels_per_point(),
    };
    let id = Id::unique("map mesh");
    if let Some(kept) = ui.data(|data| data.get_temp::<Kept>(id)).filter(|kept| kept.made_for.is_same(&made_for)) {
        return kept.mesh;
    }
    let mesh = Arc::new(build_mesh(ui, canvas, dots, looks, made_for.picked.as_deref()));
    ui.data_mut(|data| data.insert_temp(id, Kept { made_for, mesh: mesh.clone() }));
    mesh
}

fn build_mesh(ui: &Ui, canvas: &Canvas, dots: &[Dots], looks: &Looks, picked: Option<&Picked>) -> Mesh {
    let n: usize = dots.iter().map(|group| group.points.len()).sum();
    let radius: f32 = if n > 8_000 { 1.9 } else { 2.4 };
    let disc = disc(ui, radius * ui.ctx().pixels_per_point());
    let half = disc.size_vec2().x / (2.0 * ui.ctx().pixels_per_point());
    let mut mesh = Mesh::with_texture(disc.id());
    mesh.reserve_vertices(4 * n);
    mesh.reserve_triangles(2 * n);
    let visible = canvas.frame().expand(radius);
    let is_strong = |group: &Dots, at: usize| {
        // Whose a sampled point is nobody knows, so it steps back with the others.
        let is_picked = picked.is_none_or(|picked| group.rows.get(at).is_some_and(|&row| picked.contains(row as usize)));
        is_picked && looks.focus.is_none_or(|focus| focus == group.selection)
    };
    // Small segments lie over large ones, and what is emphasised over all.
    let has_emphasis = looks.focus.is_some() || picked.is_some();
    let passes: &[bool] = if has_emphasis { &[false, true] } else { &[true] };
    for &strong in passes {
        for group in dots {
            let colour = match group.selection {
                Selection::Cluster(cluster) => looks.clusters.get(cluster).copied().unwrap_or(looks.noise),
                Selection::Noise => looks.noise,
            };
            let colour = colour.gamma_multiply(if strong { 0.82 } else { DIMMED });
            for (at, &point) in group.points.iter().enumerate() {
                let centre = canvas.at(point);
                if is_strong(group, at) == strong && visible.contains(centre) {
                    disc_at(&mut mesh, centre, half, colour);
                }
            }
        }
    }
    mesh
}

/// A soft-edged white disc of this radius in pixels, made once and tinted by the points.
fn disc(ui: &Ui, radius: f32) -> TextureHandle {
    let id = Id::unique(("map disc", radius.to_bits()));
    if let Some(disc) = ui.data(|data| data.get_temp(id)) {
        return disc;
    }
    let side = 2 * radius.ceil() as usize + 3;
    let middle = (side - 1) as f32 / 2.0;
    let coverage = |pixel: usize| {
        let (x, y) = ((pixel % side) as f32 - middle, (pixel / side) as f32 - middle);
        Color32::from_white_alpha(((radius + 0.5 - x.hypot(y)).clamp(0.0, 1.0) * 255.0) as u8)
    };
    let image = ColorImage::new([side, side], (0..side * side).map(coverage).collect());
    let disc = ui.ctx().load_texture("map disc", image, TextureOptions::LINEAR);
    ui.data_mut(|data| data.insert_temp(id, disc.clone()));
    disc
}

fn disc_at(mesh: &mut Mesh, centre: Pos2, half: f32, color: Color32) {
    let first = mesh.vertices.len() as u32;
    mesh.indices.extend([first, first + 1, first + 2, first + 2, first + 1, first + 3]);
    let at = |x: f32, y: f32| Vertex { pos: centre + half * Vec2::new(x, y), uv: Pos2::new((x + 1.0) / 2.0, (y + 1.0) / 2.0), color };
    mesh.vertices.extend([at(-1.0, -1.0), at(1.0, -1.0), at(-1.0, 1.0), at(1.0, 1.0)]);
}
