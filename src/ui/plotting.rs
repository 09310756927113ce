//! What all plots share: a canvas with nice axes, a line that can be dragged, and how answers are shown on it.
//!
//! egui_plot gives the frame (axes, grid, pan and zoom); pages draw on it with a painter clipped to it, in the very frame in which
//! a drag was seen. egui_plot's own items were rejected for that: they want another point type, and they are laid out before the
//! pointer's wish is known.

mod lanes;
mod text;
mod ticks;

pub use lanes::{Spot, lane, lane_axis_paint, lane_canvas, roomy_label};
pub use text::{decimals_of, distance_text, rounded, shortened};
pub use ticks::Ticks;

use eframe::egui::{
    self, Align2, Color32, CornerRadius, CursorIcon, FontId, Id, Painter, Pos2, Rangef, Rect, Response, Role, Sense, Shape, Stroke,
    TextStyle, Ui, UiBuilder, Vec2, WidgetInfo,
};
use egui_plot::{AxisHints, Plot, PlotPoint, PlotTransform};

use crate::engine::Answer;
use crate::engine::STOPPED;
use crate::session::{Command, PlotKind};

use super::theme::{self, caption, tokens};
use super::widgets::{self, answer_ui, problem_ui};

use ticks::Style;

/// Room for the numbers of a y axis, the same everywhere so that plots above each other align.
const Y_NUMBERS: f32 = 48.0;
/// A line is grabbed this near.
const GRAB: f32 = 6.0;

/// One axis of a [`canvas`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Axis<'a> {
    /// What it shows, with its unit; x below, y above the plot.
    pub label: &'a str,
    /// From where to where, unless the user zoomed.
    pub range: [f64; 2],
    /// How its values are written.
    pub ticks: Ticks<'a>,
    /// Whether the wheel zooms and a drag pans it.
    pub zooms: bool,
}

/// A plot's frame, ready to be drawn on.
pub struct Canvas {
    /// Clicks, drags and hovers inside the frame.
    pub response: Response,
    /// Between values and points of the screen.
    pub transform: PlotTransform,
    /// Clipped to the frame.
    pub painter: Painter,
}

impl Canvas {
    /// Where a value is on the screen.
    pub fn at(&self, [x, y]: [f64; 2]) -> Pos2 {
        self.transform.position_from_point(&PlotPoint::new(x, y))
    }

    /// The value at a place of the screen.
    pub fn value(&self, at: Pos2) -> [f64; 2] {
        let point = self.transform.value_from_position(at);
        [point.x, point.y]
    }

    /// The frame on the screen.
    pub fn frame(&self) -> Rect {
        *self.transform.frame()
    }

    /// Draws a line through values, leaving out points that fall together on the screen.
    pub fn line(&self, points: &[[f64; 2]], stroke: Stroke) {
        let mut line: Vec<Pos2> = Vec::with_capacity(points.len());
        for (at, &point) in points.iter().enumerate() {
            let pos = self.at(point);
            let is_new = line.last().is_none_or(|last| (pos.x - last.x).abs() > 0.4 || (pos.y - last.y).abs() > 0.4);
            if is_new || at + 1 == points.len() {
                line.push(pos);
            }
        }
        self.painter.add(Shape::line(line, stroke));
    }
}

/// Fills what is left of `ui` with a plot's frame. `name` is what screen readers hear.
pub fn canvas(ui: &mut Ui, id: impl egui::AsIdSalt, name: &str, x: Axis, y: Axis) -> Canvas {
    canvas_held(ui, id, name, x, y, false)
}

/// The same; while `is_held` a drag is the caller's and does not pan.
pub fn canvas_held(ui: &mut Ui, id: impl egui::AsIdSalt, name: &str, x: Axis, y: Axis, is_held: bool) -> Canvas {
    let t = tokens(ui);
    if !y.label.is_empty() {
        ui.add(egui::Label::new(caption(ui, y.label)).truncate());
        ui.add_space(-2.0);
    }
    let small = TextStyle::Small.resolve(ui.style());
    let shows_x = !matches!(x.ticks, Ticks::None);
    let shows_y = !matches!(y.ticks, Ticks::None);
    let hints =
        |hints: AxisHints<'static>| hints.tick_label_color(t.muted).tick_label_font(small.clone()).label_spacing(Rangef::new(0.5, 1.0));
    // The room of both lines under the plot is kept from the first frame on; egui_plot would find it one frame late.
    let x_room = if x.label.is_empty() { 18.0 } else { 36.0 };
    let x_labels: Vec<String> = if let Ticks::Levels(names) = x.ticks { names.to_vec() } else { Vec::new() };
    let y_labels: Vec<String> = if let Ticks::Levels(names) = y.ticks { names.to_vec() } else { Vec::new() };
    let (x_style, y_style) = (Style::of(x.ticks), Style::of(y.ticks));
    let mut x_hints = hints(AxisHints::new_x())
        .formatter(move |mark, range| {
            // At the corner the y axis' own number speaks for both.
            let is_corner = shows_y && mark.value - range.start() < 0.02 * (range.end() - range.start());
            if is_corner { String::new() } else { x_style.text(mark, &x_labels) }
        })
        .min_thickness(x_room);
    if !x.label.is_empty() {
        x_hints = x_hints.label(caption(ui, x.label));
    }
    let y_hints = hints(AxisHints::new_y()).formatter(move |mark, _| y_style.text(mark, &y_labels)).min_thickness(Y_NUMBERS);
    let (x_range, y_range) = (widened(x.range), widened(y.range));
    let mut zoom = Vec2::ONE;
    // egui_plot takes default bounds once; what the data now span counts, unless the user zoomed since they last changed.
    let id = ui.make_persistent_id(id);
    let spans = (x_range, y_range);
    let has_new_spans = ui.data(|data| data.get_temp::<([f64; 2], [f64; 2])>(id)) != Some(spans);
    ui.data_mut(|data| data.insert_temp(id, spans));
    let shown = Plot::new(("plot", id))
        .custom_x_axes(vec![x_hints])
        .custom_y_axes(vec![y_hints])
        .show_axes([shows_x, shows_y])
        .show_grid([shows_x, shows_y])
        .grid_color(t.grid)
        .grid_spacing(Rangef::new(0.5, 1.0))
        .x_grid_spacer(move |input| x_style.marks(&input, if x_style == Style::Whole && x.range[1] < 100.0 { 26.0 } else { 60.0 }))
        .y_grid_spacer(move |input| y_style.marks(&input, 36.0))
        .default_x_bounds(x_range[0], x_range[1])
        .default_y_bounds(y_range[0], y_range[1])
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .sense(Sense::CLICK | Sense::DRAG)
        .allow_drag([x.zooms && !is_held, y.zooms && !is_held])
        .allow_zoom([x.zooms, y.zooms])
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(x.zooms || y.zooms)
        .set_margin_fraction(Vec2::ZERO)
        .show(ui, |plot| {
            if has_new_spans || !x.zooms {
                plot.set_plot_bounds_x(x_range[0]..=x_range[1]);
            }
            if has_new_spans || !y.zooms {
                plot.set_plot_bounds_y(y_range[0]..=y_range[1]);
            }
            if plot.response().contains_pointer() {
                // The plain wheel zooms around the pointer; egui_plot by itself wants Ctrl for that.
                let wheel = plot.ctx().input(|input| input.smooth_scroll_delta.y);
                let factor = (wheel / 200.0).exp();
                zoom = Vec2::new(if x.zooms { factor } else { 1.0 }, if y.zooms { factor } else { 1.0 });
                if wheel != 0.0 && zoom != Vec2::ONE {
                    plot.zoom_bounds_around_hovered(zoom);
                }
            }
        });
    let frame = *shown.transform.frame();
    let painter = ui.painter().with_clip_rect(frame.expand(1.0).intersect(ui.clip_rect()));
    let axis_line = Stroke::new(1.0, t.hairline);
    if shows_x {
        ui.painter().hline(frame.x_range(), frame.bottom(), axis_line);
    }
    widgets::name_it(&shown.response, Role::GraphicsDocument, name);
    Canvas { response: shown.response, transform: shown.transform, painter }
}

/// An empty or upside-down range becomes one that can be drawn.
fn widened([low, high]: [f64; 2]) -> [f64; 2] {
    if !(low.is_finite() && high.is_finite()) {
        [0.0, 1.0]
    } else if low < high {
        [low, high]
    } else {
        [low - 0.5, low + 0.5]
    }
}

/// Which way a line that can be dragged lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// Its value is an x.
    Upright,
    /// Its value is a y.
    Flat,
}

/// What became of a handle in this frame.
pub struct Grip {
    /// The value it was dragged to, if it was.
    pub moved_to: Option<f64>,
    /// Whether it is under the pointer or held.
    pub is_hot: bool,
}

/// Lets a line be dragged from anywhere near. To be drawn with [`handle_paint`] afterwards, at the new value.
pub fn handle_grip(ui: &Ui, canvas: &Canvas, lies: Lies, value: f64, name: &str) -> Grip {
    let frame = canvas.frame();
    let at = canvas.at([value, value]);
    let id = canvas.response.id.with(("handle", lies == Lies::Upright));
    let (rect, cursor) = match lies {
        Lies::Upright => (Rect::from_x_y_ranges(at.x - GRAB..=at.x + GRAB, frame.y_range()), CursorIcon::ResizeHorizontal),
        Lies::Flat => (Rect::from_x_y_ranges(frame.x_range(), at.y - GRAB..=at.y + GRAB), CursorIcon::ResizeVertical),
    };
    let response = ui.interact(rect.intersect(frame.expand(GRAB)), id, Sense::DRAG).on_hover_cursor(cursor);
    response.widget_info(|| WidgetInfo::slider(true, value, name));
    let mut moved_to = None;
    if let Some(pointer) = response.interact_pointer_pos() {
        // The line keeps its distance to the pointer, so that grabbing it does not move it.
        let offset_id = id.with("offset");
        if response.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
            ui.data_mut(|data| data.insert_temp(offset_id, at - origin));
        }
        if response.dragged() {
            let offset: Vec2 = ui.data(|data| data.get_temp(offset_id)).unwrap_or_default();
            let [x, y] = canvas.value(pointer + offset);
            let new = if lies == Lies::Upright { x } else { y };
            moved_to = Some(new).filter(|new| *new != value);
        }
    }
    Grip { moved_to, is_hot: response.hovered() || response.dragged() }
}

/// Draws a line with its grip and, beside it, its number.
pub fn handle_paint(ui: &Ui, canvas: &Canvas, lies: Lies, value: f64, text: &str, is_hot: bool) {
    let t = tokens(ui);
    let frame = canvas.frame();
    let at = canvas.at([value, value]);
    let stroke = Stroke::new(if is_hot { 2.0 } else { 1.5 }, t.accent);
    let ends = match lies {
        Lies::Upright => [Pos2::new(at.x, frame.top()), Pos2::new(at.x, frame.bottom())],
        Lies::Flat => [Pos2::new(frame.left(), at.y), Pos2::new(frame.right(), at.y)],
    };
    canvas.painter.extend(Shape::dashed_line(&ends, stroke, 5.0, 4.0));
    let inside = match lies {
        Lies::Upright => frame.x_range().contains(at.x),
        Lies::Flat => frame.y_range().contains(at.y),
    };
    if !inside {
        return;
    }
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::new(12.0, theme::bold()), t.on_accent);
    let text_width = if text.is_empty() { 0.0 } else { galley.size().x + 6.0 };
    let size = Vec2::new(text_width + 14.0, 20.0);
    let centre = match lies {
        // Without a number the grip makes way for the curve.
        Lies::Upright if text.is_empty() => Pos2::new(at.x, frame.bottom()),
        Lies::Upright => Pos2::new(at.x, frame.top() + size.y / 2.0 + 1.0),
        Lies::Flat => Pos2::new(frame.right() - size.x / 2.0 - 4.0, at.y),
    };
    let room = frame.shrink2(size / 2.0);
    let centre = if room.is_negative() { centre } else { centre.clamp(room.min, room.max) };
    let pill = Rect::from_center_size(centre, size);
    let painter = ui.painter();
    painter.rect_filled(pill, CornerRadius::same(5), t.accent);
    // The grip: six small dots, the sign for "can be moved".
    for (column, row) in [(0, -1), (0, 0), (0, 1), (1, -1), (1, 0), (1, 1)] {
        let dot = Pos2::new(pill.left() + 5.5 + 4.0 * column as f32, centre.y + 4.0 * row as f32);
        painter.circle_filled(dot, 1.0, t.on_accent);
    }
    if !text.is_empty() {
        painter.galley(Pos2::new(pill.left() + 14.0, centre.y - galley.size().y / 2.0), galley, t.on_accent);
    }
}

/// Small text on a plot, on a ground that keeps it legible.
pub fn plot_label(ui: &Ui, painter: &Painter, at: Pos2, anchor: Align2, text: &str, colour: Color32) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), TextStyle::Small.resolve(ui.style()), colour);
    let rect = anchor.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand2(Vec2::new(4.0, 1.0)), CornerRadius::same(4), tokens(ui).raised.gamma_multiply(0.86));
    painter.galley(rect.min, galley, colour);
    rect
}

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
    let width = ui.painter().layout_no_wrap(title.to_owned(), FontId::new(14.0, theme::bold()), Color32::BLACK).size().x;
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
