//! How do several curves share one x axis? One frame under them all, cut into lanes above each other, each with a y axis of its own.
//!
//! In: a canvas, the strip of a lane, its range. Out: a canvas of the strip. One frame means one axis, one pointer and one line through
//! all lanes; plots of their own would have to be kept in step.

use eframe::egui::{Align2, AsIdSalt, Color32, Painter, Pos2, Rangef, Rect, Stroke, TextStyle, Ui, UiBuilder, Vec2b};
use egui_plot::{GridInput, PlotBounds, PlotTransform};

use crate::ui::theme::tokens;

use super::canvas::{Axis, Canvas, Y_NUMBERS, canvas, plot_label};
use super::ticks::{Style, Ticks};

/// Numbers of a lane's y axis are at least this far apart.
const ROOM: f64 = 22.0;

/// Fills what is left of `ui` with the frame that lanes share; the y axes' numbers find their room left of it.
pub fn lane_canvas(ui: &mut Ui, id: impl AsIdSalt, name: &str, x: Axis) -> Canvas {
    let mut room = ui.available_rect_before_wrap();
    let whole = room;
    room.min.x += Y_NUMBERS;
    let mut inner = ui.new_child(UiBuilder::new().max_rect(room));
    let canvas = canvas(&mut inner, id, name, x, Axis { range: [0.0, 1.0], ticks: Ticks::None, ..Axis::default() });
    ui.advance_cursor_after_rect(whole);
    canvas
}

/// The strip of `canvas` at these heights of the screen, with its own range of y.
pub fn lane(canvas: &Canvas, strip: Rangef, range: [f64; 2]) -> Canvas {
    let frame = Rect::from_x_y_ranges(canvas.frame().x_range(), strip);
    let shared = canvas.transform.bounds();
    let bounds = PlotBounds::from_min_max([shared.min()[0], range[0]], [shared.max()[0], range[1]]);
    Canvas {
        response: canvas.response.clone(),
        transform: PlotTransform::new(frame, bounds, Vec2b::FALSE),
        painter: canvas.painter.with_clip_rect(frame.expand(1.0).intersect(canvas.painter.clip_rect())),
    }
}

/// A lane's numbers, its grid lines and its ground.
pub fn lane_axis_paint(ui: &Ui, lane: &Canvas, ticks: Ticks) {
    let t = tokens(ui);
    let frame = lane.frame();
    let (low, high) = (lane.transform.bounds().min()[1], lane.transform.bounds().max()[1]);
    let style = Style::of(ticks);
    let font = TextStyle::Small.resolve(ui.style());
    // The spacing of marks counts half points, as egui_plot's own axes do here.
    let input = GridInput { bounds: (low, high), base_step_size: (high - low) / f64::from(frame.height().max(1.0)) / 2.0 };
    for mark in style.marks(&input, ROOM) {
        let y = lane.at([0.0, mark.value]).y;
        lane.painter.hline(frame.x_range(), y, Stroke::new(1.0, t.grid));
        ui.painter().text(Pos2::new(frame.left() - 6.0, y), Align2::RIGHT_CENTER, style.text(mark, &[]), font.clone(), t.muted);
    }
    ui.painter().hline(frame.x_range(), frame.bottom(), Stroke::new(1.0, t.hairline));
}

/// Where a label may stand: a point of it, and which.
pub type Spot = (Pos2, Align2);

/// A label at the first spot at which it lies inside the frame and on nothing that is `taken`, where it then is taken too. Says whether
/// there was one.
pub fn roomy_label(ui: &Ui, painter: &Painter, spots: &[Spot], text: &str, colour: Color32, frame: Rect, taken: &mut Vec<Rect>) -> bool {
    let size = painter.layout_no_wrap(text.to_owned(), TextStyle::Small.resolve(ui.style()), colour).size();
    let is_free = |&&(at, anchor): &&Spot| {
        let rect = anchor.anchor_size(at, size);
        frame.expand(1.0).contains_rect(rect) && !taken.iter().any(|other| other.intersects(rect.expand2([4.0, 1.0].into())))
    };
    let Some(&(at, anchor)) = spots.iter().find(is_free) else { return false };
    taken.push(plot_label(ui, painter, at, anchor, text, colour).expand2([4.0, 1.0].into()));
    true
}
