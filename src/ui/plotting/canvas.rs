//! The frame of a plot, with nice axes, to be drawn on.
//!
//! egui_plot gives the frame (axes, grid, pan and zoom); pages draw on it with a painter clipped to it, in the very frame in which
//! a drag was seen. egui_plot's own items were rejected for that: they want another point type, and they are laid out before the
//! pointer's wish is known.

use eframe::egui::{
    self, Align2, Color32, CornerRadius, Painter, Pos2, Rangef, Rect, Response, Role, Sense, Shape, Stroke, TextStyle, Ui, Vec2,
};
use egui_plot::{AxisHints, Plot, PlotPoint, PlotTransform};

use crate::ui::theme::{caption, tokens};
use crate::ui::widgets;

use super::ticks::{Style, Ticks};

/// Room for the numbers of a y axis, the same everywhere so that plots above each other align.
pub(super) const Y_NUMBERS: f32 = 60.0;

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
    let x_hints = hints(AxisHints::new_x())
        .formatter(move |mark, range| {
            // At the corner the y axis' own number speaks for both.
            let is_corner = shows_y && mark.value - range.start() < 0.02 * (range.end() - range.start());
            if is_corner { String::new() } else { x_style.text(mark, &x_labels) }
        })
        .min_thickness(x_room);
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
        .x_grid_spacer(move |input| {
            x_style.marks(
                &input,
                match x_style {
                    Style::Whole if x.range[1] < 100.0 => 26.0,
                    // A whole date is wider than most numbers.
                    Style::Days => 88.0,
                    _ => 60.0,
                },
            )
        })
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
    if !x.label.is_empty() {
        x_label_paint(ui, frame, x.label);
    }
    widgets::name_it(&shown.response, Role::GraphicsDocument, name);
    Canvas { response: shown.response, transform: shown.transform, painter }
}

/// What the axis shows, under its numbers in the middle; beside a narrow frame it moves as far as the pane has room for it.
fn x_label_paint(ui: &Ui, frame: Rect, label: &str) {
    let colour = tokens(ui).muted;
    let galley = ui.painter().layout_no_wrap(label.to_owned(), TextStyle::Small.resolve(ui.style()), colour);
    let (pane, width) = (ui.clip_rect().shrink(4.0), galley.size().x);
    let left = (frame.center().x - width / 2.0).min(pane.right() - width).max(pane.left());
    ui.painter().galley(Pos2::new(left, frame.bottom() + 20.0), galley, colour);
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

/// Small text on a plot, on a ground that keeps it legible.
pub fn plot_label(ui: &Ui, painter: &Painter, at: Pos2, anchor: Align2, text: &str, colour: Color32) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), TextStyle::Small.resolve(ui.style()), colour);
    let rect = anchor.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand2(Vec2::new(4.0, 1.0)), CornerRadius::same(4), tokens(ui).raised.gamma_multiply(0.86));
    painter.galley(rect.min, galley, colour);
    rect
}
