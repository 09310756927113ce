//! Customers are picked by their bars in the silhouette plot: a drag over bars of one segment, or a menu for those that fit badly.
//!
//! In: the blocks of bars, the pointer. Out: [`Look::brush`] as a range of silhouettes; who has them is found in a step. The drag answers as
//! it goes, and a strip on the left marks where picked customers are.

use eframe::egui::{Button, CornerRadius, CursorIcon, Id, PointerButton, Pos2, Rect, Stroke, StrokeKind, Ui};

use crate::engine::Answers;
use crate::plot::{Picked, SilhouetteBars, SilhouettePlot};
use crate::session::{Brush, Look, Selection};
use crate::ui::plotting::Canvas;
use crate::ui::theme::tokens;
use crate::ui::widgets::noun_of;

use super::picked::{segment_menu_ui, shares_strip};

/// A drag shorter than this picks nobody, in points.
const SHORTEST: f32 = 3.0;

/// Where a drag began: in which block, at which height.
fn start_id() -> Id {
    Id::unique("silhouette drag start")
}

/// The block the menu was opened on.
fn menu_id() -> Id {
    Id::unique("silhouette menu block")
}

/// Draws what is dragged over and wishes for its customers, once those before were found.
pub(super) fn drag_ui(ui: &Ui, answers: &Answers, canvas: &Canvas, blocks: &[Rect], plot: &SilhouettePlot, look: &mut Look) {
    let response = &canvas.response;
    let holds = |at: Pos2| blocks.iter().position(|block| block.y_range().contains(at.y));
    if response.drag_started_by(PointerButton::Primary) {
        let origin = ui.input(|input| input.pointer.press_origin()).or(response.interact_pointer_pos());
        if let Some((cluster, at)) = origin.and_then(|at| Some((holds(at)?, at))) {
            ui.data_mut(|data| data.insert_temp(start_id(), (cluster, at.y)));
        }
    }
    let Some((cluster, from)) = ui.data(|data| data.get_temp::<(usize, f32)>(start_id())) else { return };
    let has_ended = response.drag_stopped() || !ui.input(|input| input.pointer.any_down());
    let pointer = response.interact_pointer_pos();
    if let (Some(block), Some(bars), Some(pointer)) = (blocks.get(cluster), plot.clusters.get(cluster), pointer) {
        let to = pointer.y.clamp(block.top(), block.bottom());
        if (to - from).abs() >= SHORTEST.min(block.height() / 2.0) {
            let share = |y: f32| (y - block.top()) / block.height().max(f32::MIN_POSITIVE);
            let brush = brush(answers, plot, cluster, value_range(bars, share(from.min(to)), share(from.max(to))));
            let is_new = brush != look.brush && (!answers.brush.is_cooking || has_ended);
            if let Some(brush) = brush.filter(|_| is_new) {
                look.pick(brush);
                // The engine is asked at the start of a frame.
                ui.ctx().request_repaint();
            }
            let t = tokens(ui);
            let rect = Rect::from_x_y_ranges(block.x_range(), from.min(to)..=from.max(to));
            canvas.painter.rect(rect, CornerRadius::same(2), t.accent.gamma_multiply(0.08), Stroke::new(1.5, t.accent), StrokeKind::Middle);
        }
        response.clone().on_hover_cursor(CursorIcon::ResizeVertical);
    }
    if has_ended {
        ui.data_mut(|data| data.remove_temp::<(usize, f32)>(start_id()));
    }
}

/// The silhouettes between two heights of a block, as shares of it from the top. To the very end of a block everyone beyond is meant too:
/// the bars drawn are a selection.
fn value_range(bars: &SilhouetteBars, from: f32, to: f32) -> [f32; 2] {
    let last = bars.values.len().saturating_sub(1);
    let value = |share: f32| bars.values.get((share * bars.values.len() as f32) as usize).or(bars.values.last()).copied().unwrap_or(0.0);
    let is_end = 0.5 / (last + 1) as f32;
    let high = if from < is_end { 1.0 } else { value(from) };
    let low = if to > 1.0 - is_end { -1.0 } else { value(to) };
    [low, high]
}

/// The wish for a range of a segment, if the plot is the one in force.
fn brush(answers: &Answers, plot: &SilhouettePlot, cluster: usize, [low, high]: [f32; 2]) -> Option<Brush> {
    let (loaded, _) = answers.loaded.ready().zip(answers.silhouette.ready())?;
    Some(Brush::silhouettes(loaded.stamp, plot.stamp?, Some(cluster), low, high))
}

/// What can be picked where the pointer was when the menu was opened.
pub(super) fn menu_ui(
    answers: &Answers,
    canvas: &Canvas,
    plot: &SilhouettePlot,
    look: &mut Look,
    pointed: Option<usize>,
    name: &dyn Fn(usize) -> String,
) {
    let response = &canvas.response;
    if response.secondary_clicked() {
        response.ctx.data_mut(|data| data.insert_temp(menu_id(), pointed));
    }
    response.clone().context_menu(|ui| {
        let cluster = ui.data(|data| data.get_temp::<Option<usize>>(menu_id())).flatten().filter(|&cluster| cluster < plot.clusters.len());
        if let Some(cluster) = cluster {
            segment_menu_ui(ui, answers, look, Selection::Cluster(cluster), &name(cluster));
            misfits_ui(ui, answers, plot, look, Some(cluster));
            ui.separator();
        }
        misfits_ui(ui, answers, plot, look, None);
    });
}

/// Customers whom another segment would suit better, of one segment or of all.
fn misfits_ui(ui: &mut Ui, answers: &Answers, plot: &SilhouettePlot, look: &mut Look, cluster: Option<usize>) {
    let of = |bars: &SilhouetteBars| (bars.below_zero * bars.size as f64).round() as usize;
    let n = cluster.map_or_else(|| plot.clusters.iter().map(of).sum(), |cluster| plot.clusters.get(cluster).map_or(0, of));
    let counted = noun_of(answers).counted(n);
    let text = match cluster {
        Some(_) => format!("Select the {counted} closer to another segment"),
        None => format!("Select all {counted} closer to another segment"),
    };
    let ready = answers.loaded.ready().zip(answers.silhouette.ready()).zip(plot.stamp);
    let response = ui.add_enabled(n > 0 && ready.is_some(), Button::new(text));
    if let Some(((loaded, _), stamp)) = ready.filter(|_| response.clicked()) {
        look.pick(Brush::misfits(loaded.stamp, stamp, cluster));
        ui.ctx().request_repaint();
    }
}

/// A strip left of the bars: the darker, the more of a pixel's customers are picked. O(pixels).
pub(super) fn marks_ui(ui: &Ui, canvas: &Canvas, blocks: &[Rect], clusters: &[Picked]) {
    let right = canvas.frame().left() - 2.0;
    for (block, bars) in blocks.iter().zip(clusters) {
        let n_bars = bars.n_rows();
        let per_pixel = n_bars as f32 / block.height().floor().max(1.0);
        let share = |pixel: usize| {
            let from = (pixel as f32 * per_pixel) as usize;
            let to = (((pixel + 1) as f32 * per_pixel) as usize).max(from + 1).min(n_bars);
            bars.n_in(from..to) as f32 / to.saturating_sub(from).max(1) as f32
        };
        shares_strip(ui, Rect::from_x_y_ranges(right - 3.0..=right, block.y_range()), share);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_over_bars_is_a_range_of_values() {
        let bars = SilhouetteBars { size: 4, mean: 0.0, below_zero: 0.25, values: vec![0.8, 0.4, 0.1, -0.3] };
        assert_eq!(value_range(&bars, 0.0, 1.0), [-1.0, 1.0], "from end to end it is everyone");
        assert_eq!(value_range(&bars, 0.3, 0.6), [0.1, 0.4]);
        assert_eq!(value_range(&bars, 0.8, 1.0), [-1.0, -0.3]);
        let none = SilhouetteBars::default();
        assert_eq!(value_range(&none, 0.6, 0.7), [-1.0, 0.0]);
    }
}
