//! Every customer as a point, by segment, on two components or any two columns.
//!
//! While few are in view each is a point (`map_dots`); millions are an image of their counts (`map_image`), binned by the engine for
//! the part in view (`map_window`). The last image stays where it is until the sharper one is there. Boxes that pick customers are in
//! `map_brush`.

use std::sync::Arc;

use eframe::egui::{Align2, Button, Pos2, Rect, Role, Shape, TextStyle, Ui, Vec2};

use crate::data::{Kind, Loaded};
use crate::persona::listed_name;
use crate::persona::numbering;
use crate::plot::{AxisKind, DensityCell, DensityGrid, MapAxis, MapPlot, MapScene, MapWindow, Shows, customer_name};
use crate::session::{Command, Look, PlotKind, Selection};
use crate::ui::icons;
use crate::ui::plotting::{Axis, Canvas, Ticks, canvas_held, dimmed_ui, head_ui, plot_label};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{answer_ui, combo_ui, name_it, percent, thousands};

use super::inside;
use super::map_brush;
use super::map_dots::{Dots, dots_of_map, dots_of_points, mesh, nearest};
use super::map_image::{Looks, image_ui};
use super::map_rings;
use super::map_window::{ask_for_view, corners, remember_whole, scene_of, whole};
use super::naming::{segment_name, selection_name};
use super::view::View;

const MAP_MEANS: &str = "Every customer is a point in the colour of its segment. Near points are alike in what the two axes show. The wheel \
                         zooms, a drag moves. A double click on a point looks inside its segment, beside the points it shows everything again. Shift and drag selects customers.";
const DENSITY_MEANS: &str = "Too many customers are in view to draw each. Every spot has the mean colour of its segments, and is the stronger the more \
                             crowded it is among all spots. Zoom in to see single customers.";
const SAMPLE_MEANS: &str = "An even sample is drawn, so that the map stays quick. Every number counts all customers.";

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

/// Heads narrower than this leave the words beside the axes out.
const NARROW_HEAD: f32 = 480.0;

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
    // Where room is short the axes say themselves which is which: the plot names them.
    let is_narrow = ui.available_width() < NARROW_HEAD;
    ui.spacing_mut().item_spacing.x = if is_narrow { 4.0 } else { 8.0 };
    if is_narrow {
        ui.spacing_mut().combo_width = 56.0;
    }
    ui.add_space(if is_narrow { 2.0 } else { 8.0 });
    pick(ui, "Up", &mut look.map_axes.1);
    if !is_narrow {
        ui.label(caption(ui, "up"));
    }
    pick(ui, "Across", &mut look.map_axes.0);
    if !is_narrow {
        ui.label(caption(ui, "across"));
        ui.add_space(8.0);
    }
    pick_tool_ui(ui, look);
    if let Some(map) = view.answers.map.latest().filter(|map| map.n_shown < map.n_total) {
        let (text, means) = match scene_of(view, map).as_deref().map(|scene| &scene.shows) {
            Some(Shows::Density(_)) => (format!("density of {}", thousands(map.n_total)), DENSITY_MEANS),
            Some(Shows::Points(_)) => ("every customer in view".to_owned(), "Few enough are in view to draw each customer as a point."),
            None => (format!("{} of {} shown", thousands(map.n_shown), thousands(map.n_total)), SAMPLE_MEANS),
        };
        ui.add_space(8.0);
        ui.label(caption(ui, text)).on_hover_text(means);
    }
}

/// Makes a drag pick customers without Shift.
fn pick_tool_ui(ui: &mut Ui, look: &mut Look) {
    let button = Button::new(icons::SELECT).frame_when_inactive(look.picks).selected(look.picks).min_size(Vec2::splat(24.0));
    let response = ui.add(button);
    name_it(&response, Role::Button, "Select customers");
    if response.on_hover_text("Drag a box in the map to select customers. Shift and drag does it at any time; Esc clears.").clicked() {
        look.picks = !look.picks;
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
            names.push(view.answers.dictionary.name(&column.name));
        }
    }
    (axes, names)
}

fn ticks<'a>(loaded: Option<&Arc<Loaded>>, axis: &MapAxis, kind: &'a AxisKind) -> Ticks<'a> {
    let MapAxis::Column(name) = axis else { return Ticks::Numbers };
    match loaded.and_then(|loaded| loaded.profile.column(name)) {
        Some(column) if column.kind == Kind::Date => Ticks::Days,
        Some(column) if column.kind == Kind::Text => match kind {
            AxisKind::Levels(levels) => Ticks::Levels(levels),
            _ => Ticks::Numbers,
        },
        _ => Ticks::Numbers,
    }
}

fn map_ui(ui: &mut Ui, view: &View, look: &mut Look, map: &Arc<MapPlot>) {
    let loaded = view.answers.loaded.latest();
    let around = |side: usize| {
        let margin = (map.bounds[1][side] - map.bounds[0][side]) * 0.04;
        [map.bounds[0][side] - margin, map.bounds[1][side] + margin]
    };
    let held = map_brush::is_picking(ui, look);
    let x = Axis { label: &map.x_name, range: around(0), ticks: ticks(loaded, &look.map_axes.0, &map.x_kind), zooms: true };
    let y = Axis { label: &map.y_name, range: around(1), ticks: ticks(loaded, &look.map_axes.1, &map.y_kind), zooms: true };
    // Other axes and other customers are another plot, with a zoom of its own.
    let within = view.answers.inside.answer().map(|inside| inside.segment);
    let canvas = canvas_held(ui, ("map", &map.x_name, &map.y_name, within), "Map of customers", x, y, held);
    let in_view = corners(&canvas);
    ask_for_view(ui, look, map, in_view, canvas.frame());

    let scene = scene_of(view, map);
    if let Some(scene) = &scene {
        remember_whole(ui, scene, map);
    }
    let whole = || whole(ui, map);
    let scene = scene.map(|scene| if scene.window.covers(in_view) { scene } else { whole().unwrap_or(scene) });
    let focus = match scene.as_deref().map(|scene| &scene.shows) {
        Some(Shows::Density(density)) => {
            // An image from before anybody was picked dims nobody.
            let looks = looks(view, map, view.focus);
            let looks = Looks { has_picked: looks.has_picked && density.tells_picked, ..looks };
            if let Some(scene) = &scene {
                image_ui(ui, &canvas, scene, density, &looks);
                density_pointer_ui(view, look, &canvas, scene, density);
            }
            view.focus
        }
        Some(Shows::Points(points)) => dots_ui(ui, view, look, &canvas, map, scene.as_ref(), &dots_of_points(points)),
        None => dots_ui(ui, view, look, &canvas, map, None, &dots_of_map(map)),
    };
    map_rings::outlines_ui(ui, view, &canvas);
    map_rings::ui(ui, view, &canvas, look);
    map_brush::box_ui(ui, view.answers, &canvas, look, held);
    labels_ui(ui, view, &canvas, map, focus);
    if let Some(ring) = view.answers.brush.ring.as_ref().filter(|_| look.brush.is_some()) {
        map_brush::ring_ui(ui, &canvas, ring);
    }
}

/// Single customers: drawn, told of, selected by their segment. Returns the segment emphasised.
fn dots_ui(
    ui: &Ui,
    view: &View,
    look: &mut Look,
    canvas: &Canvas,
    map: &Arc<MapPlot>,
    scene: Option<&Arc<MapScene>>,
    dots: &[Dots],
) -> Option<Selection> {
    let pointed = canvas.response.hover_pos().and_then(|pointer| nearest(canvas, dots, pointer));
    let focus = pointed.map(|(selection, ..)| selection).or(view.focus);
    let looks = looks(view, map, focus);
    canvas.painter.add(Shape::Mesh(mesh(ui, view, canvas, map, scene, dots, &looks)));
    if let Some((selection, row, point)) = pointed {
        look.hover = Some(selection);
        let text = match row {
            Some(row) => told_of_customer(view, look, selection, row as usize, point),
            None => told(view, selection),
        };
        canvas.response.clone().on_hover_text_at_pointer(text);
    }
    if canvas.response.clicked() {
        let hit = canvas.response.interact_pointer_pos().and_then(|pointer| nearest(canvas, dots, pointer));
        look.selection = hit.map(|(selection, ..)| selection);
        if let (true, Some((selection, ..))) = (canvas.response.double_clicked(), hit) {
            inside::enter(view.answers, look, selection);
        }
    }
    focus
}

/// Over an image the pointer tells who is near it and a click selects their segment. Hovering emphasises nothing: among millions the
/// nearest segment changes with every pixel, and the map would flicker.
fn density_pointer_ui(view: &View, look: &mut Look, canvas: &Canvas, scene: &MapScene, density: &DensityGrid) {
    let near = |pointer: Pos2| scene_near(canvas, scene, density, pointer);
    if let Some(cells) = canvas.response.hover_pos().map(near).filter(|cells| !cells.is_empty()) {
        let total: usize = cells.iter().map(|(_, n)| n).sum();
        let mut text = format!("{} here", view.answers.noun.counted(total));
        for &(selection, n) in cells.iter().take(4) {
            text += &format!("\n{} · {}", selection_name(view.answers, selection), thousands(n));
        }
        if cells.len() > 4 {
            text += &format!("\nand {} segments more", cells.len() - 4);
        }
        text += "\nZoom in to see them one by one.";
        canvas.response.clone().on_hover_text_at_pointer(text);
    }
    if canvas.response.clicked() {
        look.selection = canvas.response.interact_pointer_pos().map(near).and_then(|cells| cells.first().map(|(selection, _)| *selection));
    }
}

/// The segments in the bins around the pointer, most customers first.
fn scene_near(canvas: &Canvas, scene: &MapScene, density: &DensityGrid, pointer: Pos2) -> Vec<(Selection, usize)> {
    let MapWindow { corners: [from, to], bins } = scene.window;
    let bin_at = |at: Pos2| {
        let value = canvas.value(at);
        [0, 1].map(|side| (value[side] - from[side]) / (to[side] - from[side]) * bins[side] as f64)
    };
    let (low, high) = (bin_at(pointer + Vec2::new(-NEAR, NEAR)), bin_at(pointer + Vec2::new(NEAR, -NEAR)));
    let range = |side: usize| low[side].max(0.0) as usize..(high[side].max(0.0).ceil() as usize).min(bins[side]);
    let mut counts = std::collections::BTreeMap::new();
    for row in range(1) {
        for column in range(0) {
            for cell in density.bin(row * bins[0] + column) {
                *counts.entry(cell.cluster).or_insert(0) += cell.n as usize;
            }
        }
    }
    let selection = |cluster| if cluster == DensityCell::NOISE { Selection::Noise } else { Selection::Cluster(cluster as usize) };
    let mut near: Vec<_> = counts.into_iter().map(|(cluster, n)| (selection(cluster), n)).collect();
    near.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    near
}

/// What is under the pointer in an image is what lies this near, in points.
const NEAR: f32 = 3.0;

/// Colours and emphasis, decided here for points and image alike.
fn looks(view: &View, map: &MapPlot, focus: Option<Selection>) -> Looks {
    Looks {
        clusters: (0..map.clusters.len()).map(|cluster| theme::selection(Selection::Cluster(cluster), &map.numbers)).collect(),
        noise: theme::selection(Selection::Noise, &map.numbers),
        focus,
        // A single customer wears a ring, and the others may stay as they are.
        has_picked: view.answers.brush.picked.as_ref().is_some_and(|picked| picked.n() != 1),
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
    format!("{name}\n{} · {}", view.answers.noun.counted(size), percent(size as f64 / labels.n_rows().max(1) as f64))
}

/// Who the customer under the pointer is: its name, its segment, and its values on both axes.
fn told_of_customer(view: &View, look: &Look, selection: Selection, row: usize, point: [f64; 2]) -> String {
    let Some(loaded) = view.answers.loaded.latest().filter(|loaded| row < loaded.table.n_rows) else { return told(view, selection) };
    let value = |axis: &MapAxis, at: f64| match axis {
        MapAxis::Component(component) => format!("PC{}: {}", component + 1, format!("{at:.2}").replace('-', "−")),
        MapAxis::Column(name) => {
            let dictionary = &view.answers.dictionary;
            let shown = dictionary.name(name);
            let cell = loaded.table.column(name).map(|column| (column.shown_cell(row), dictionary.unit(column).unwrap_or("")));
            cell.map_or_else(
                || shown.clone(),
                |(cell, unit)| format!("{shown}: {} {unit}", dictionary.level(name, &cell)).trim_end().to_owned(),
            )
        }
    };
    let values = [value(&look.map_axes.0, point[0]), value(&look.map_axes.1, point[1])];
    format!("{}\n{}\n{}", customer_name(loaded, row), selection_name(view.answers, selection), values.join("\n"))
}

/// Segments named on the map, the largest first: there is no room for more.
const MOST_NAMED: usize = 60;

/// Names in the middle of their segments; a name that would cover another gives way to its number, and then to nothing.
fn labels_ui(ui: &Ui, view: &View, canvas: &Canvas, map: &MapPlot, focus: Option<Selection>) {
    // Names or numbers, not both: where not every name has its place, all segments go by their numbers.
    let names: Vec<(Pos2, [String; 2])> = labelled(view, canvas, map, focus);
    let are_named = placed(ui, canvas, names.iter().map(|(at, names)| (*at, names[0].as_str()))).len() == names.len();
    let texts = names.iter().map(|(at, names)| (*at, names[usize::from(!are_named)].as_str()));
    for (at, text) in placed(ui, canvas, texts) {
        plot_label(ui, &canvas.painter, at, Align2::CENTER_CENTER, text, tokens(ui).text);
    }
}

/// Those of the texts that cover none before them; one at the edge is moved into the frame.
fn placed<'a>(ui: &Ui, canvas: &Canvas, texts: impl Iterator<Item = (Pos2, &'a str)>) -> Vec<(Pos2, &'a str)> {
    let mut taken: Vec<Rect> = Vec::new();
    let font = TextStyle::Small.resolve(ui.style());
    let frame = canvas.frame();
    texts
        .filter_map(|(at, text)| {
            let size = canvas.painter.layout_no_wrap(text.to_owned(), font.clone(), tokens(ui).text).size() + Vec2::new(12.0, 6.0);
            let room = frame.shrink2(size / 2.0);
            let at = if room.is_positive() { room.clamp(at) } else { at };
            let rect = Rect::from_center_size(at, size);
            let is_free = frame.contains_rect(rect) && !taken.iter().any(|other| other.intersects(rect));
            if is_free {
                taken.push(rect);
            }
            is_free.then_some((at, text))
        })
        .collect()
}

/// The middles of the segments in focus, the largest first, each with its name and its number.
fn labelled(view: &View, canvas: &Canvas, map: &MapPlot, focus: Option<Selection>) -> Vec<(Pos2, [String; 2])> {
    let mut labels = Vec::new();
    let focused = focus.and_then(|focus| match focus {
        Selection::Cluster(cluster) => Some(cluster),
        Selection::Noise => None,
    });
    let named = (0..map.clusters.len().min(MOST_NAMED)).chain(focused.filter(|cluster| *cluster >= MOST_NAMED));
    for (cluster, points) in named.filter_map(|cluster| Some((cluster, map.clusters.get(cluster)?))) {
        if points.is_empty() || focus.is_some_and(|focus| focus != Selection::Cluster(cluster)) {
            continue;
        }
        let n = points.len() as f64;
        let mean = points.iter().fold([0.0, 0.0], |sum, point| [sum[0] + point[0] / n, sum[1] + point[1] / n]);
        let at = canvas.at(mean);
        if !canvas.frame().contains(at) {
            continue;
        }
        labels.push((at, [listed_name(&segment_name(view.answers, cluster), &view.answers.noun), numbering::name(map.numbers[cluster])]));
    }
    labels
}
