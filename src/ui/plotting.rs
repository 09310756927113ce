//! What all plots share: a canvas with nice axes, a line that can be dragged, and how answers are shown on it.

mod canvas;
mod handle;
mod lanes;
mod ribbon;
mod text;
mod ticks;

pub use canvas::{Axis, Canvas, canvas, canvas_held, plot_label};
pub use handle::{Grip, Lies, handle_beside_paint, handle_grip, handle_paint};
pub use lanes::{Spot, lane, lane_axis_paint, lane_canvas, roomy_label};
pub use ribbon::ribbon_paint;
pub use text::{decimals_of, distance_text, rounded, shortened};
pub use ticks::Ticks;

use eframe::egui::{CursorIcon, FontId, Id, Pos2, Rect, Sense, Stroke, Ui, UiBuilder, Vec2};

use crate::engine::Answer;
use crate::engine::STOPPED;
use crate::session::{Command, PlotKind};

use super::theme::{self, tokens};
use super::widgets::{self, answer_ui, problem_ui};

/// A plot's head; a double click on the title maximises and restores like its button.
pub fn head_ui(
    ui: &mut Ui,
    kind: PlotKind,
    title: &str,
    explanation: &str,
    maximised: &mut Option<PlotKind>,
    commands: &mut Vec<Command>,
    extra: impl FnOnce(&mut Ui),
) {
    let start = ui.cursor().min;
    let width = widgets::width_of(ui, title, &FontId::new(14.0, theme::bold()));
    widgets::plot_head(ui, kind, title, explanation, maximised, commands, extra);
    let rect = Rect::from_min_size(start, Vec2::new(width, 28.0));
    let response = ui.interact(rect, ui.scope_id().with(("title", kind)), Sense::CLICK).on_hover_text(explanation);
    if response.double_clicked() {
        *maximised = if *maximised == Some(kind) { None } else { Some(kind) };
    }
}

/// Like [`answer_ui`], but a problem is laid over the dimmed plot, so that nothing moves.
pub fn plot_answer_ui<T>(ui: &mut Ui, answer: &Answer<T>, what: &str, show: impl FnOnce(&mut Ui, &T)) {
    let Some(value) = answer.latest() else {
        answer_ui(ui, answer, what, show);
        return;
    };
    let rect = ui.available_rect_before_wrap();
    dimmed_ui(ui, answer.is_stale(), |ui| show(ui, value));
    // That the user stopped it, the status line says; the points that are there stay legible.
    if let Some(problem) = answer.problem().filter(|problem| *problem.0 != *STOPPED) {
        over_ui(ui, rect, |ui| {
            problem_ui(ui, &problem.0, None);
        });
    }
}

/// Contents that step back while they are from before the last change.
pub fn dimmed_ui(ui: &mut Ui, is_stale: bool, contents: impl FnOnce(&mut Ui)) {
    ui.scope(|ui| {
        if is_stale {
            ui.multiply_opacity(theme::STALE);
        }
        contents(ui);
    });
}

/// Contents laid over the upper left of `rect`, taking no room.
pub fn over_ui<R>(ui: &mut Ui, rect: Rect, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let mut over = ui.new_child(UiBuilder::new().id_salt("over").max_rect(rect.shrink(12.0)));
    contents(&mut over)
}

/// Splits a region in two with a line that can be dragged and is kept while the window lives; a double click resets it.
pub fn split(ui: &Ui, salt: &str, rect: Rect, lies: Lies, default: f32, least: f32) -> (Rect, Rect) {
    let id = Id::unique(("split", salt));
    let length = if lies == Lies::Flat { rect.height() } else { rect.width() };
    let mut fraction: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(default);
    let margin = (least / length.max(1.0)).min(0.45);
    fraction = fraction.clamp(margin, 1.0 - margin);
    let at = if lies == Lies::Flat { rect.top() + fraction * length } else { rect.left() + fraction * length };
    let at = at.round();
    let (bar, cursor) = match lies {
        Lies::Flat => (Rect::from_x_y_ranges(rect.x_range(), at - 4.0..=at + 4.0), CursorIcon::ResizeVertical),
        Lies::Upright => (Rect::from_x_y_ranges(at - 4.0..=at + 4.0, rect.y_range()), CursorIcon::ResizeHorizontal),
    };
    let response = ui.interact(bar, id, Sense::CLICK | Sense::DRAG).on_hover_cursor(cursor);
    if response.double_clicked() {
        ui.data_mut(|data| data.insert_temp(id, default));
    } else if response.dragged() {
        let delta = if lies == Lies::Flat { response.drag_delta().y } else { response.drag_delta().x };
        ui.data_mut(|data| data.insert_temp(id, (fraction + delta / length).clamp(margin, 1.0 - margin)));
    }
    let t = tokens(ui);
    let is_hot = response.hovered() || response.dragged();
    let stroke = Stroke::new(if is_hot { 2.0 } else { 1.0 }, if is_hot { t.accent } else { t.hairline });
    match lies {
        Lies::Flat => {
            ui.painter().hline(rect.x_range(), at, stroke);
            (Rect::from_min_max(rect.min, Pos2::new(rect.right(), at)), Rect::from_min_max(Pos2::new(rect.left(), at), rect.max))
        }
        Lies::Upright => {
            ui.painter().vline(at, rect.y_range(), stroke);
            (Rect::from_min_max(rect.min, Pos2::new(at, rect.bottom())), Rect::from_min_max(Pos2::new(at, rect.top()), rect.max))
        }
    }
}
