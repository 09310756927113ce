//! All scores in falling order over the band of smooth copies, with the line that says who stands out.
//!
//! In: sorted scores. Out: the draft's line, or a customer picked. The curve is read off once per answer; a frame draws it, and moving the line is a search in what is sorted.

use std::sync::Arc;

use eframe::egui::{Align, Align2, Button, Color32, CursorIcon, Id, Layout, Mesh, Pos2, Shape, Stroke, TextStyle, Ui, Vec2};

use crate::evaluate::unusual::{CurvePoint, MeasuredScore, Unusual, UnusualLine, UnusualScore};
use crate::plot::customer_name;
use crate::session::{Brush, Look, NicheOptions};
use crate::ui::plotting::{
    Axis, Canvas, Lies, Ticks, handle_grip, handle_paint, lane, lane_axis_paint, lane_canvas, plot_answer_ui, plot_label,
};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::thousands;

use super::super::view::View;

const MEANS: &str = "Every customer's score, the most unusual first. The grey band is what made-up populations with the same segments have at the same place: a curve \
                     within it shows nothing special. Drag the line to say from which score on a customer stands out.";
/// At least so many customers are in view.
const LEAST_SHOWN: usize = 60;
/// Dots on the curve, at most.
const MOST_DOTS: usize = 400;

/// The head and the curve.
pub(super) fn ui(ui: &mut Ui, view: &View, draft: &mut NicheOptions, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.label(theme::strong("How unusual, in order")).on_hover_text(MEANS);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = ui.add_enabled(draft.line.is_some(), Button::new("Suggested line").min_size([0.0, 26.0].into()));
            if button.on_hover_text("Back to the line that is suggested, if one is.").clicked() {
                draft.line = None;
            }
        });
    });
    plot_answer_ui(ui, &view.answers.unusual, "who is unusual", |_, _| {});
    let Some(unusual) = view.answers.unusual.latest() else { return };
    let Some(measured) = unusual.by(draft.score) else {
        ui.label(caption(ui, format!("The {} score is not made for these customers. Choose another.", draft.score.name())));
        return;
    };
    curve_ui(ui, view, draft, look, unusual, measured);
}

/// The points of a curve, read off once.
#[derive(Clone)]
struct KeptCurve {
    of: Arc<Unusual>,
    score: UnusualScore,
    points: Arc<Vec<CurvePoint>>,
}

fn points(ui: &Ui, unusual: &Arc<Unusual>, score: UnusualScore, measured: &MeasuredScore) -> Arc<Vec<CurvePoint>> {
    let id = Id::unique("unusual curve");
    let is_same = |kept: &KeptCurve| Arc::ptr_eq(&kept.of, unusual) && kept.score == score;
    if let Some(kept) = ui.data(|data| data.get_temp::<KeptCurve>(id)).filter(is_same) {
        return kept.points;
    }
    let points = Arc::new(measured.expected.curve(&measured.ordered));
    ui.data_mut(|data| data.insert_temp(id, KeptCurve { of: unusual.clone(), score, points: points.clone() }));
    points
}

/// How many customers are in view: some times as many as stand out. It holds still while the line is dragged.
fn n_shown(ui: &Ui, draft: &NicheOptions, measured: &MeasuredScore, line: Option<&UnusualLine>) -> usize {
    let id = Id::unique("unusual curve shown");
    let held = ui.data(|data| data.get_temp::<(UnusualScore, usize)>(id)).filter(|(score, _)| *score == draft.score);
    if let Some((_, shown)) = held.filter(|_| ui.input(|input| input.pointer.any_down())) {
        return shown.min(measured.scores.len());
    }
    let most = measured.suggested.map_or(0, |line| 3 * line.real).max(line.map_or(0, |line| 2 * line.real)).max(LEAST_SHOWN);
    let shown = rounded_up(most).min(measured.scores.len());
    ui.data_mut(|data| data.insert_temp(id, (draft.score, shown)));
    shown
}

/// The next of 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000, ...
fn rounded_up(n: usize) -> usize {
    let mut power = 10;
    loop {
        if let Some(nice) = [6, 8, 10, 15, 20, 30, 40].into_iter().map(|step| step * power).find(|nice| *nice >= n) {
            return nice;
        }
        power *= 10;
    }
}

/// Scores as heights: ratios have logarithms, ranks stand as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Even,
    Ratios,
}

impl Scale {
    fn of(score: UnusualScore, least: f64) -> Scale {
        if score == UnusualScore::Local && least > 0.0 { Scale::Ratios } else { Scale::Even }
    }

    fn height(self, score: f64) -> f64 {
        if self == Scale::Ratios { score.max(1e-9).ln() } else { score }
    }

    fn score(self, height: f64) -> f64 {
        if self == Scale::Ratios { height.exp() } else { height }
    }
}

fn curve_ui(ui: &mut Ui, view: &View, draft: &mut NicheOptions, look: &mut Look, unusual: &Arc<Unusual>, measured: &MeasuredScore) {
    let points = points(ui, unusual, draft.score, measured);
    let in_force = unusual.line(draft.score, draft.line);
    let shown = n_shown(ui, draft, measured, in_force.as_ref());
    let seen = &points[..points.partition_point(|point| point.place <= shown)];
    let (Some(first), Some(last)) = (seen.first(), seen.last()) else { return };
    let least = last.copies.map_or(last.score, |(low, ..)| low.min(last.score));
    let most = first.copies.map_or(first.score, |(.., high)| high.max(first.score));
    let scale = Scale::of(draft.score, least);
    let (bottom, top) = (scale.height(least), scale.height(most));
    let span = (top - bottom).max(1e-6);
    // Room above the first customer, where the line waits while nobody stands out.
    let range = [bottom - 0.02 * span, top + 0.16 * span];

    let x = Axis { label: "Customers, the most unusual first", range: [0.0, shown as f64 + 0.5], ticks: Ticks::Whole, ..Axis::default() };
    let frame = lane_canvas(ui, "unusual curve", "Scores in falling order", x);
    let canvas = lane(&frame, frame.frame().y_range(), range);
    let waits_at = top + 0.09 * span;
    let height = in_force.map_or(waits_at, |line| scale.height(line.threshold).clamp(range[0], range[1]));
    let grip = handle_grip(ui, &canvas, Lies::Flat, height, "Line above which customers stand out");
    if let Some(to) = grip.moved_to {
        draft.line = Some(scale.score(to.clamp(range[0], range[1])));
    }
    let line = unusual.line(draft.score, draft.line);
    let height = line.map_or(waits_at, |line| scale.height(line.threshold).clamp(range[0], range[1]));

    axis_paint(ui, &canvas, scale);
    band_paint(ui, &canvas, seen, scale);
    let t = tokens(ui);
    let at = |point: &CurvePoint| [point.place as f64, scale.height(point.score)];
    canvas.line(&seen.iter().map(at).collect::<Vec<_>>(), Stroke::new(2.0, t.text));
    let real = line.map_or(0, |line| line.real);
    for point in seen.iter().take_while(|point| point.place <= real).take(MOST_DOTS) {
        canvas.painter.circle_filled(canvas.at(at(point)), 3.0, t.accent);
    }
    pointer_ui(ui, view, look, &canvas, unusual, measured, (seen, grip.is_hot));
    handle_paint(ui, &canvas, Lies::Flat, height, &line_text(line.as_ref()), grip.is_hot);
}

/// What rides on the line.
fn line_text(line: Option<&UnusualLine>) -> String {
    let n = |value: f64| thousands(value.round() as usize);
    match line {
        None => "Nobody stands out".to_owned(),
        Some(line) if line.real == 0 => "Nobody above".to_owned(),
        Some(line) => {
            if line.expected >= line.real as f64 {
                return format!("{} above the line · chance alone puts about {} there", thousands(line.real), n(line.expected));
            }
            let chance = if line.expected < 0.5 { "hardly any".to_owned() } else { n(line.expected) };
            format!("{} stand out · {chance} expected by chance · {} beyond chance", thousands(line.real), n(line.excess))
        }
    }
}

/// The numbers of the y axis. Ratios have their marks at 1, 1.5, 2, 3, 5, 7 and their tenfolds.
fn axis_paint(ui: &Ui, canvas: &Canvas, scale: Scale) {
    if scale == Scale::Even {
        lane_axis_paint(ui, canvas, Ticks::Numbers);
        return;
    }
    let t = tokens(ui);
    let frame = canvas.frame();
    let font = TextStyle::Small.resolve(ui.style());
    let mut below = f32::INFINITY;
    for power in -2..6 {
        for step in [1.0, 1.5, 2.0, 3.0, 5.0, 7.0] {
            let score = step * 10f64.powi(power);
            let y = canvas.at([0.0, scale.height(score)]).y;
            if !frame.y_range().contains(y) || below - y < 22.0 {
                continue;
            }
            below = y;
            canvas.painter.hline(frame.x_range(), y, Stroke::new(1.0, t.grid));
            ui.painter().text(Pos2::new(frame.left() - 6.0, y), Align2::RIGHT_CENTER, format!("{score}"), font.clone(), t.muted);
        }
    }
    ui.painter().hline(frame.x_range(), frame.bottom(), Stroke::new(1.0, t.hairline));
}

/// What smooth copies have at the same place.
fn band_paint(ui: &Ui, canvas: &Canvas, seen: &[CurvePoint], scale: Scale) {
    let t = tokens(ui);
    let band: Vec<(f64, [f64; 3])> = seen
        .iter()
        .filter_map(|point| {
            point.copies.map(|(low, middle, high)| (point.place as f64, [low, middle, high].map(|score| scale.height(score))))
        })
        .collect();
    let mut mesh = Mesh::default();
    let colour: Color32 = t.muted.gamma_multiply(0.22);
    for &(place, [low, _, high]) in &band {
        let next = mesh.vertices.len() as u32;
        mesh.colored_vertex(canvas.at([place, low]), colour);
        mesh.colored_vertex(canvas.at([place, high]), colour);
        if next >= 2 {
            mesh.add_triangle(next - 2, next - 1, next);
            mesh.add_triangle(next - 1, next, next + 1);
        }
    }
    canvas.painter.add(Shape::mesh(mesh));
    canvas.line(&band.iter().map(|(place, [_, middle, _])| [*place, *middle]).collect::<Vec<_>>(), Stroke::new(1.0, t.muted));
    // Each label on the far side of what it names, so that neither lies on the other's line.
    if let Some((place, [low, middle, high])) = band.get(band.len() * 3 / 5) {
        let curve = seen.iter().find(|point| point.place as f64 >= *place).map_or(*high, |point| scale.height(point.score));
        let is_above = curve >= *middle;
        let [upper, lower] = match is_above {
            true => [("these customers", t.text, curve.max(*high)), ("made-up populations", t.muted, *low)],
            false => [("made-up populations", t.muted, *high), ("these customers", t.text, curve.min(*low))],
        };
        let room = canvas.frame().shrink(12.0);
        for ((text, colour, height), away) in [(upper, -14.0), (lower, 14.0)] {
            let at = canvas.at([*place, height]) + Vec2::new(0.0, away);
            let at = if room.is_positive() { room.clamp(at) } else { at };
            plot_label(ui, &canvas.painter, at, Align2::CENTER_CENTER, text, colour);
        }
    }
}

/// Who is under the pointer; a click picks that customer everywhere.
fn pointer_ui(
    ui: &Ui,
    view: &View,
    look: &mut Look,
    canvas: &Canvas,
    unusual: &Unusual,
    measured: &MeasuredScore,
    (seen, is_on_line): (&[CurvePoint], bool),
) {
    let (Some(pointer), Some(segmentation)) = (canvas.response.hover_pos().filter(|_| !is_on_line), view.answers.segmentation.ready())
    else {
        return;
    };
    let place = (canvas.value(pointer)[0].round().max(1.0) as usize).min(seen.last().map_or(1, |point| point.place));
    let at = seen.partition_point(|point| point.place < place);
    let (Some(point), Some(&row)) = (seen.get(at), measured.ordered.rows.get(place - 1)) else { return };
    let Some(&table_row) = segmentation.prepared.table_rows.get(row as usize) else { return };
    let t = tokens(ui);
    canvas.painter.vline(canvas.at([place as f64, 0.0]).x, canvas.frame().y_range(), Stroke::new(1.0, t.hairline));
    let name = customer_name(&segmentation.loaded, table_row);
    let score = measured.ordered.scores[place - 1];
    let mut text = format!("{name}\nPlace {} of {}\nScore {score:.3}", thousands(place), thousands(measured.scores.len()));
    if let Some((low, _, high)) = point.copies {
        text += &format!("\nMade-up populations have {low:.3} to {high:.3} at this place");
    }
    if unusual.rows_a_copy < measured.scores.len() {
        text += &format!("\nEach made-up population has {} customers", thousands(unusual.rows_a_copy));
    }
    if canvas.response.clicked() {
        look.pick(Brush::rows(segmentation.loaded.stamp, [table_row], "place on the curve"));
        ui.ctx().request_repaint();
    }
    canvas.response.clone().on_hover_cursor(CursorIcon::PointingHand).on_hover_text_at_pointer(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_view_is_a_round_number() {
        assert_eq!([1, 61, 101, 450, 9_000].map(rounded_up), [60, 80, 150, 600, 10_000]);
    }

    #[test]
    fn the_line_says_all_three_counts() {
        let line = |real, expected: f64| UnusualLine { threshold: 2.0, real, expected, excess: (real as f64 - expected).max(0.0) };
        assert_eq!(line_text(Some(&line(31, 3.2))), "31 stand out · 3 expected by chance · 28 beyond chance");
        assert_eq!(line_text(Some(&line(20, 29.6))), "20 above the line · chance alone puts about 30 there");
        assert_eq!(line_text(Some(&line(9, 0.1))), "9 stand out · hardly any expected by chance · 9 beyond chance");
        assert_eq!([line_text(None), line_text(Some(&line(0, 0.0)))], ["Nobody stands out", "Nobody above"]);
    }
}
