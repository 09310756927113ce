//! How well does each customer fit? One block of bars per segment, each from its best fitting customer down.

use eframe::egui::{Align2, Color32, CursorIcon, FontId, Mesh, Pos2, Rect, Shape, Stroke, TextStyle, Ui};

use crate::evaluate::band_word;
use crate::persona::numbering;
use crate::plot::SilhouettePlot;
use crate::session::{Command, Look, PlotKind, Selection};
use crate::ui::plotting::{Axis, Canvas, Ticks, canvas_held, head_ui, plot_answer_ui, plot_label};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{centred, noun_of, percent, thousands, width_of};

use super::naming::segment_name;
use super::silhouette_brush;
use super::view::View;

const MEANS: &str = "One bar per customer: to the right, it is closer to its own segment than to the next; to the left of 0, another segment \
                     would suit it better. Silhouette width, Rousseeuw 1987.\n\n\
                     Drag over bars to select their customers, or press the right mouse button for those another segment would suit better. \
                     The dark strip on the left shows where selected customers are.\n\nOf many customers a sample is measured first, and the \
                     others are estimated from it; ± says how far the mean may be off, with 95 % confidence. The sample grows in the \
                     background, where minutes suffice until every value is exact.";
/// Blank between two blocks.
const GAP: f32 = 6.0;
/// Room on the left for C1, C2, …
const LEFT: f32 = 34.0;
/// Room on the right for the means.
const RIGHT: f32 = 44.0;

/// The plot with its head.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>, extra: impl FnOnce(&mut Ui)) {
    head_ui(ui, PlotKind::Silhouette, "Silhouette plot", MEANS, &mut look.maximised, commands, extra);
    plot_answer_ui(ui, &view.answers.silhouette, "silhouettes", |ui, plot| bars_ui(ui, view, look, plot));
}

fn bars_ui(ui: &mut Ui, view: &View, look: &mut Look, plot: &SilhouettePlot) {
    if plot.clusters.len() == 1 {
        centred(ui, |ui| ui.label(caption(ui, "One group has no other to be nearer to")));
        return;
    }
    let values = || plot.clusters.iter().flat_map(|cluster| &cluster.values).map(|&value| f64::from(value));
    let (low, high) = (values().fold(-0.05, f64::min), values().fold(0.3, f64::max));
    let label = match plot.sampled {
        Some((measured, all)) if !plot.exact => format!("Sample of {} of {}, the others estimated", thousands(measured), thousands(all)),
        _ => "Silhouette of each customer, exact".to_owned(),
    };
    let mut room = ui.available_rect_before_wrap();
    room.min.x += LEFT;
    room.max.x -= RIGHT;
    let mut inner = ui.new_child(eframe::egui::UiBuilder::new().max_rect(room));
    let x = Axis { label: &label, range: [low * 1.04, high * 1.04], ..Axis::default() };
    let y = Axis { range: [0.0, 1.0], ticks: Ticks::None, ..Axis::default() };
    let canvas = canvas_held(&mut inner, "silhouettes", "Silhouette plot by segment", x, y, true);

    let blocks = blocks(&canvas, plot);
    let under = |pointer: Pos2| blocks.iter().position(|block| block.y_range().contains(pointer.y));
    let pointed = canvas.response.hover_pos().and_then(under);
    let focus = pointed.map(Selection::Cluster).or(view.focus);
    let t = tokens(ui);
    for (cluster, (bars, block)) in plot.clusters.iter().zip(&blocks).enumerate() {
        let is_dimmed = focus.is_some_and(|focus| focus != Selection::Cluster(cluster));
        let strength = if is_dimmed { 0.25 } else { 1.0 };
        bars_mesh(&canvas, block, &bars.values, theme::segment(plot.numbers[cluster]).gamma_multiply(strength));
        if block.height() >= 9.0 {
            let font = TextStyle::Small.resolve(ui.style());
            let colour = if is_dimmed { t.muted } else { t.text };
            let (left, right) = (canvas.frame().left() - 8.0, canvas.frame().right() + 6.0);
            ui.painter().text(
                Pos2::new(left, block.center().y),
                Align2::RIGHT_CENTER,
                numbering::name(plot.numbers[cluster]),
                font,
                colour,
            );
            let mean = format!("{:.2}", bars.mean).replace('-', "−");
            ui.painter().text(Pos2::new(right, block.center().y), Align2::LEFT_CENTER, mean, FontId::new(12.0, theme::bold()), colour);
        }
    }
    let zero = canvas.at([0.0, 0.0]).x;
    canvas.painter.vline(zero, canvas.frame().y_range(), Stroke::new(1.0, t.muted));
    if let (Some(mean), Some(text)) = (plot.mean, plot.mean_text()) {
        mean_ui(ui, &canvas, mean, plot.band, &text);
    }
    if let Some(marks) = view.answers.brush.bars.as_ref().filter(|marks| look.brush.is_some() && Some(marks.plot) == plot.stamp) {
        silhouette_brush::marks_ui(ui, &canvas, &blocks, &marks.clusters);
    }
    silhouette_brush::drag_ui(ui, view.answers, &canvas, &blocks, plot, look);
    if let Some(cluster) = pointed {
        look.hover = Some(Selection::Cluster(cluster));
        let bars = &plot.clusters[cluster];
        let text = format!(
            "{}\n{}, mean silhouette {:.2} {}\n{} are closer to another segment",
            segment_name(view.answers, cluster),
            noun_of(view.answers).counted(bars.size),
            bars.mean,
            band_word(bars.mean),
            percent(bars.below_zero)
        );
        canvas.response.clone().on_hover_cursor(CursorIcon::PointingHand).on_hover_text_at_pointer(text);
    }
    if canvas.response.clicked() {
        look.selection = canvas.response.interact_pointer_pos().and_then(under).map(Selection::Cluster);
    }
    silhouette_brush::menu_ui(view.answers, &canvas, plot, look, pointed, &|cluster| segment_name(view.answers, cluster));
    ui.advance_cursor_after_rect(room);
}

/// The dashed line at the overall mean, with its number and, when sampled, its band.
fn mean_ui(ui: &Ui, canvas: &Canvas, mean: f64, band: Option<(f64, f64)>, text: &str) {
    let t = tokens(ui);
    let x = canvas.at([mean, 0.0]).x;
    let frame = canvas.frame();
    if let Some((low, high)) = band {
        let x = canvas.at([low, 0.0]).x..=canvas.at([high, 0.0]).x;
        canvas.painter.rect_filled(Rect::from_x_y_ranges(x, frame.y_range()), 0.0, t.text.gamma_multiply(0.15));
    }
    let ends = [Pos2::new(x, frame.top()), Pos2::new(x, frame.bottom())];
    canvas.painter.extend(Shape::dashed_line(&ends, Stroke::new(1.5, t.text), 4.0, 4.0));
    let text = format!("mean {text}");
    let width = width_of(ui, &text, &TextStyle::Small.resolve(ui.style()));
    let fits_right = x + width + 12.0 < frame.right();
    let left = if fits_right { x + 6.0 } else { (x - 6.0 - width).max(frame.left() + 4.0) };
    plot_label(ui, &canvas.painter, Pos2::new(left, frame.bottom() - 3.0), Align2::LEFT_BOTTOM, &text, t.text);
}

/// Each segment's place, as high as its share of the customers.
fn blocks(canvas: &Canvas, plot: &SilhouettePlot) -> Vec<Rect> {
    let frame = canvas.frame();
    let n = plot.clusters.len();
    let gap = GAP.min(frame.height() / (3 * n.max(1)) as f32);
    let total: usize = plot.clusters.iter().map(|cluster| cluster.size).sum();
    let height = frame.height() - gap * n as f32;
    let mut top = frame.top() + gap / 2.0;
    let mut blocks = Vec::with_capacity(n);
    for cluster in &plot.clusters {
        let own = height * cluster.size as f32 / total.max(1) as f32;
        blocks.push(Rect::from_x_y_ranges(frame.x_range(), top..=top + own));
        top += own + gap;
    }
    blocks
}

fn bars_mesh(canvas: &Canvas, block: &Rect, values: &[f32], colour: Color32) {
    let zero = canvas.at([0.0, 0.0]).x;
    let step = block.height() / values.len().max(1) as f32;
    let mut mesh = Mesh::default();
    for (at, &value) in values.iter().enumerate() {
        let x = canvas.at([f64::from(value), 0.0]).x;
        let top = block.top() + at as f32 * step;
        mesh.add_colored_rect(Rect::from_two_pos(Pos2::new(zero, top), Pos2::new(x, top + step)), colour);
    }
    canvas.painter.add(Shape::mesh(mesh));
}
