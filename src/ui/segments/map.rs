//! Every customer as a point, by segment, on two components or any two columns.
//!
//! Points are drawn as one mesh of small discs, kept until data, view or emphasis change: a frame that only moves the pointer
//! costs nothing, one that zooms over 20 000 points about a millisecond.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, ColorImage, Id, Mesh, Pos2, Rect, Shape, TextStyle, TextureHandle, TextureOptions, Ui, Vec2, epaint::Vertex,
};

use crate::data::{Kind, Loaded};
use crate::persona::numbering;
use crate::plot::{MapAxis, MapPlot};
use crate::session::{Command, Look, PlotKind, Selection};
use crate::ui::plotting::{Axis, Canvas, Ticks, canvas, dimmed_ui, head_ui, plot_label};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{answer_ui, combo_ui, percent, thousands};

use super::{View, segment_name, selection_name};

const MAP_MEANS: &str = "Every customer is a point in the colour of its segment. Near points are alike in what the two axes show. The wheel \
                         zooms, a drag moves, a double click shows everything again.";

/// The head with its axes, and the map.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let mut maximised = look.maximised;
    head_ui(ui, PlotKind::Map, "Map", MAP_MEANS, &mut maximised, commands, |ui| axes_ui(ui, view, look));
    look.maximised = maximised;
    // What went wrong is said by the page, over the map.
    match view.answers.map.latest() {
        Some(map) => dimmed_ui(ui, view.answers.map.is_stale(), |ui| map_ui(ui, view, look, map)),
        None if view.answers.map.problem().is_some() => {}
        None => answer_ui(ui, &view.answers.map, "the map", |_, _| {}),
    }
}

/// Which axes: the head lays out from right to left, so y comes first.
fn axes_ui(ui: &mut Ui, view: &View, look: &mut Look) {
    let (axes, names) = choices(view);
    let choices: Vec<(usize, &str, &str)> = names.iter().enumerate().map(|(at, name)| (at, name.as_str(), "")).collect();
    let pick = |ui: &mut Ui, name: &str, axis: &mut MapAxis| {
        let mut at = axes.iter().position(|other| other == axis).unwrap_or(usize::MAX);
        if combo_ui(ui, name, &mut at, &choices) {
            *axis = axes[at].clone();
        }
    };
    ui.spacing_mut().item_spacing.x = 8.0;
    ui.add_space(8.0);
    pick(ui, "Up", &mut look.map_axes.1);
    ui.label(caption(ui, "up"));
    pick(ui, "Across", &mut look.map_axes.0);
    ui.label(caption(ui, "across"));
    if let Some(map) = view.answers.map.latest().filter(|map| map.n_shown < map.n_total) {
        ui.add_space(8.0);
        let text = format!("{} of {} shown", thousands(map.n_shown), thousands(map.n_total));
        ui.label(caption(ui, text))
            .on_hover_text("An even sample is drawn, so that the map stays quick. Every number counts all customers.");
    }
}

fn choices(view: &View) -> (Vec<MapAxis>, Vec<String>) {
    let (mut axes, mut names) = (Vec::new(), Vec::new());
    if let Some(prepared) = view.answers.prepared.latest() {
        for component in 0..prepared.pca.scores.len() {
            axes.push(MapAxis::Component(component));
            names.push(format!("PC{}", component + 1));
        }
    }
    if let Some(loaded) = view.answers.loaded.latest() {
        for column in loaded.profile.columns.iter().filter(|column| column.kind != Kind::Text || column.levels.is_some()) {
            axes.push(MapAxis::Column(column.name.clone()));
            names.push(column.name.clone());
        }
    }
    (axes, names)
}

fn ticks<'a>(loaded: Option<&'a Arc<Loaded>>, axis: &MapAxis) -> Ticks<'a> {
    let MapAxis::Column(name) = axis else { return Ticks::Numbers };
    match loaded.and_then(|loaded| loaded.profile.column(name)) {
        Some(column) if column.kind == Kind::Date => Ticks::Days,
        Some(column) if column.kind == Kind::Text => column.levels.as_ref().map_or(Ticks::Numbers, |levels| Ticks::Levels(&levels.names)),
        _ => Ticks::Numbers,
    }
}

fn map_ui(ui: &mut Ui, view: &View, look: &mut Look, map: &Arc<MapPlot>) {
    let loaded = view.answers.loaded.latest();
    let around = |side: usize| {
        let margin = (map.bounds[1][side] - map.bounds[0][side]) * 0.04;
        [map.bounds[0][side] - margin, map.bounds[1][side] + margin]
    };
    let x = Axis { label: &map.x_name, range: around(0), ticks: ticks(loaded, &look.map_axes.0), zooms: true };
    let y = Axis { label: &map.y_name, range: around(1), ticks: ticks(loaded, &look.map_axes.1), zooms: true };
    // Other axes are another plot, with a zoom of its own.
    let canvas = canvas(ui, ("map", &map.x_name, &map.y_name), "Map of customers", x, y);

    let pointed = canvas.response.hover_pos().and_then(|pointer| nearest(&canvas, map, pointer));
    let focus = pointed.or(view.focus);
    canvas.painter.add(Shape::Mesh(mesh(ui, &canvas, map, focus)));
    labels_ui(ui, view, &canvas, map, focus);

    if let Some(selection) = pointed {
        look.hover = Some(selection);
        canvas.response.clone().on_hover_text_at_pointer(told(view, selection));
    }
    if canvas.response.clicked() {
        look.selection = canvas.response.interact_pointer_pos().and_then(|pointer| nearest(&canvas, map, pointer));
    }
}

/// Name, size and share of what is pointed at.
fn told(view: &View, selection: Selection) -> String {
    let name = selection_name(view.answers, selection);
    let Some(labels) = view.answers.segmentation.latest().map(|segmentation| &segmentation.labels) else { return name };
    let size = match selection {
        Selection::Cluster(cluster) => labels.sizes().get(cluster).copied().unwrap_or(0),
        Selection::Noise => labels.n_noise(),
    };
    format!("{name}\n{} customers · {}", thousands(size), percent(size as f64 / labels.n_rows().max(1) as f64))
}

/// The segment of the point under the pointer. One pass over the points, tens of microseconds.
fn nearest(canvas: &Canvas, map: &MapPlot, pointer: Pos2) -> Option<Selection> {
    const REACH: f32 = 7.0;
    let mut best = (REACH * REACH, None);
    let mut look_at = |points: &[[f64; 2]], selection: Selection| {
        for &point in points {
            let distance = canvas.at(point).distance_sq(pointer);
            if distance < best.0 {
                best = (distance, Some(selection));
            }
        }
    };
    look_at(&map.noise, Selection::Noise);
    for (cluster, points) in map.clusters.iter().enumerate() {
        look_at(points, Selection::Cluster(cluster));
    }
    best.1
}

/// The last mesh, and what it was made for.
#[derive(Clone)]
struct Kept {
    made_for: MadeFor,
    mesh: Arc<Mesh>,
}

#[derive(Clone, PartialEq)]
struct MadeFor {
    map: usize,
    frame: Rect,
    corners: [[f64; 2]; 2],
    focus: Option<Selection>,
    pixels_per_point: f32,
}

fn mesh(ui: &Ui, canvas: &Canvas, map: &Arc<MapPlot>, focus: Option<Selection>) -> Arc<Mesh> {
    let frame = canvas.frame();
    let corners = [canvas.value(frame.min), canvas.value(frame.max)];
    let made_for = MadeFor { map: Arc::as_ptr(map) as usize, frame, corners, focus, pixels_per_point: ui.ctx().pixels_per_point() };
    let id = Id::unique("map mesh");
    if let Some(kept) = ui.data(|data| data.get_temp::<Kept>(id)).filter(|kept| kept.made_for == made_for) {
        return kept.mesh;
    }
    let mesh = Arc::new(build_mesh(ui, canvas, map, focus));
    ui.data_mut(|data| data.insert_temp(id, Kept { made_for, mesh: mesh.clone() }));
    mesh
}

fn build_mesh(ui: &Ui, canvas: &Canvas, map: &MapPlot, focus: Option<Selection>) -> Mesh {
    let n: usize = map.clusters.iter().map(Vec::len).sum::<usize>() + map.noise.len();
    let radius: f32 = if n > 8_000 { 1.9 } else { 2.4 };
    let disc = disc(ui, radius * ui.ctx().pixels_per_point());
    let half = disc.size_vec2().x / (2.0 * ui.ctx().pixels_per_point());
    let mut mesh = Mesh::with_texture(disc.id());
    mesh.reserve_vertices(4 * n);
    mesh.reserve_triangles(2 * n);
    let visible = canvas.frame().expand(radius);
    let mut add = |points: &[[f64; 2]], selection: Selection| {
        let is_dimmed = focus.is_some_and(|focus| focus != selection);
        let colour = theme::selection(selection, &map.numbers).gamma_multiply(if is_dimmed { 0.13 } else { 0.82 });
        for &point in points {
            let centre = canvas.at(point);
            if visible.contains(centre) {
                disc_at(&mut mesh, centre, half, colour);
            }
        }
    };
    // Noise lies below, small segments over large ones, and what is emphasised on top.
    let order = std::iter::once(Selection::Noise).chain((0..map.clusters.len()).map(Selection::Cluster));
    let points_of = |selection| match selection {
        Selection::Noise => map.noise.as_slice(),
        Selection::Cluster(cluster) => map.clusters.get(cluster).map_or(&[][..], Vec::as_slice),
    };
    order.filter(|selection| Some(*selection) != focus).for_each(|selection| add(points_of(selection), selection));
    if let Some(focus) = focus {
        add(points_of(focus), focus);
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

/// Names in the middle of their segments; a name that would cover another gives way to its number, and then to nothing.
fn labels_ui(ui: &Ui, view: &View, canvas: &Canvas, map: &MapPlot, focus: Option<Selection>) {
    let t = tokens(ui);
    let mut taken: Vec<Rect> = Vec::new();
    for (cluster, points) in map.clusters.iter().enumerate() {
        if points.is_empty() || focus.is_some_and(|focus| focus != Selection::Cluster(cluster)) {
            continue;
        }
        let n = points.len() as f64;
        let mean = points.iter().fold([0.0, 0.0], |sum, point| [sum[0] + point[0] / n, sum[1] + point[1] / n]);
        let at = canvas.at(mean);
        let names = [segment_name(view.answers, cluster), numbering::name(map.numbers[cluster])];
        for name in names {
            let size = canvas.painter.layout_no_wrap(name.clone(), TextStyle::Small.resolve(ui.style()), t.text).size();
            let rect = Rect::from_center_size(at, size + Vec2::new(12.0, 6.0));
            if canvas.frame().contains_rect(rect) && !taken.iter().any(|other| other.intersects(rect)) {
                plot_label(ui, &canvas.painter, at, Align2::CENTER_CENTER, &name, t.text);
                taken.push(rect);
                break;
            }
        }
    }
}
