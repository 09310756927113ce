//! What does every epsilon give? Core customers, the number of segments, and how many are in none and in the largest: lanes above each
//! other on one epsilon axis, with one line through them all.

use eframe::egui::{Align2, CursorIcon, Id, Pos2, Rangef, Rect, Role, Sense, Shape, Stroke, Ui, UiBuilder, Vec2};

use crate::plot::{DensityPlot, EpsilonCandidate};
use crate::session::{Clustering, Command, Look, PlotKind};
use crate::ui::plotting::{
    Axis, Canvas, Lies, Spot, Ticks, distance_text, handle_grip, handle_paint, head_ui, lane, lane_axis_paint, lane_canvas, plot_answer_ui,
    roomy_label, rounded,
};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{name_it, percent};

use super::density::{candidate_text, epsilon_in_force, segments_text, take};
use super::view::View;

const CORE_MEANS: &str = "How many customers have enough neighbours within each distance, so that they are in the core of a segment. Where the \
                          steep rise ends, only loners are left outside: a good place for the line. It is the plot of sorted k-distances, \
                          with distance to the right as in the plots below.";
const CURVES_MEANS: &str = "What you would get at every distance: the number of segments, and the share of customers in no group and in the \
                            largest. Look for a wide step with few in no group and no segment that swallows the others; the shaded \
                            stretches are such steps. Exact, for every distance.";
const HANDS: &str = "\n\nDrag or click anywhere to move the line; the arrow keys move it too, Home and End jump between the marked \
                     distances. The wheel zooms, a double click shows everything again.";
/// Between two lanes without a head.
const GAP: f32 = 8.0;
/// A head between two lanes.
const HEAD: f32 = 28.0;
/// The height of the line's grip, with some air.
const GRIP: f32 = 26.0;
/// How near the wheel may go.
const CLOSEST: f64 = 1e-3;

/// Which of the lanes are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lanes {
    /// All, with both heads.
    All,
    /// Core customers alone.
    Core,
    /// Segments over noise and the largest.
    Curves,
}

/// The lanes with their heads.
pub fn ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>, lanes: Lanes) {
    if lanes == Lanes::Curves {
        curves_head_ui(ui, look, commands)
    } else {
        core_head_ui(ui, view, look, commands)
    }
    plot_answer_ui(ui, &view.answers.density, "what every distance gives", |ui, plot| {
        let head = lanes_ui(ui, view, draft, plot, lanes);
        if let Some(rect) = head {
            let mut child = ui.new_child(UiBuilder::new().id_salt("curves head").max_rect(rect));
            curves_head_ui(&mut child, look, commands);
        }
    });
}

fn core_head_ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let means = format!("{CORE_MEANS}{HANDS}");
    head_ui(ui, PlotKind::KDistance, "Core customers", &means, &mut look.maximised, commands, |ui| {
        if let Some(plot) = view.answers.density.latest().filter(|_| ui.available_width() > 90.0) {
            ui.add_space(4.0);
            ui.add(eframe::egui::Label::new(caption(ui, format!("{} neighbours within reach", plot.min_samples))).truncate());
        }
    });
}

fn curves_head_ui(ui: &mut Ui, look: &mut Look, commands: &mut Vec<Command>) {
    let means = format!("{CURVES_MEANS}{HANDS}");
    head_ui(ui, PlotKind::EpsilonCurves, "Segments at every distance", &means, &mut look.maximised, commands, |_| {});
}

/// The part of the epsilon axis in view, kept while the window lives; all panes share it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Seen {
    /// Where the wheel went.
    window: Option<[f64; 2]>,
    /// The end of the data it was made for: other data are seen whole first.
    epsilon_max: f64,
    /// The line a frame ago: when something else moves it out of view, everything is shown.
    epsilon: Option<f64>,
    /// What was chosen before a click, which may become a double click.
    before_click: Option<f64>,
}

impl Seen {
    fn id() -> Id {
        Id::unique("epsilon axis in view")
    }

    /// What is in view of `full`.
    fn range(&self, full: [f64; 2]) -> [f64; 2] {
        self.window.map_or(full, |[low, high]| [low.max(full[0]), high.min(full[1])]).map(|at| if at.is_finite() { at } else { 0.0 })
    }

    /// Zooms by the wheel around the pointer, and moves sideways.
    fn turn(&mut self, ui: &Ui, canvas: &Canvas, full: [f64; 2]) {
        let wheel = ui.input(|input| input.smooth_scroll_delta);
        let Some(pointer) = canvas.response.hover_pos().filter(|_| wheel != Vec2::ZERO) else { return };
        let [low, high] = self.range(full);
        let at = canvas.value(pointer)[0].clamp(low, high);
        let width = ((high - low) / f64::from(wheel.y / 200.0).exp()).max((full[1] - full[0]) * CLOSEST);
        let sideways = f64::from(wheel.x / canvas.frame().width().max(1.0)) * width;
        let from = (at - (at - low) / (high - low) * width - sideways).clamp(full[0], (full[1] - width).max(full[0]));
        let window = (width < full[1] - full[0]).then_some([from, from + width]);
        if std::mem::replace(&mut self.window, window) != window {
            ui.ctx().request_repaint();
        }
    }
}

/// Draws the lanes, and says where the head between them belongs.
fn lanes_ui(ui: &mut Ui, view: &View, draft: &mut Clustering, plot: &DensityPlot, lanes: Lanes) -> Option<Rect> {
    let epsilon = epsilon_in_force(view, draft);
    let (least, most) = epsilon.map_or((f64::MAX, 0.0), |epsilon| (epsilon * 0.95, epsilon * 1.05));
    let full = [plot.epsilon_min.min(least), plot.epsilon_max.max(most)];
    let mut seen: Seen = ui.data(|data| data.get_temp(Seen::id())).unwrap_or_default();
    if seen.epsilon_max != plot.epsilon_max {
        seen = Seen { epsilon_max: plot.epsilon_max, ..Seen::default() };
    }
    if seen.epsilon != epsilon && epsilon.is_some_and(|at| seen.window.is_some_and(|[low, high]| at < low || at > high)) {
        seen.window = None;
    }
    let whole = ui.available_rect_before_wrap();
    let x = Axis { label: "Neighbourhood distance (epsilon)", range: seen.range(full), ..Axis::default() };
    let canvas = lane_canvas(ui, "epsilon lanes", "What every neighbourhood distance gives", x);
    seen.turn(ui, &canvas, full);
    let grip = epsilon.map(|epsilon| handle_grip(ui, &canvas, Lies::Upright, epsilon, "Neighbourhood distance (epsilon) line"));
    let response = &canvas.response;
    let held = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()).map(|at| canvas.value(at)[0]);
    if response.double_clicked() {
        // Its first click moved the line, which was not what it was for.
        draft.density.epsilon = seen.before_click;
        seen.window = None;
    } else if let Some(to) = grip.as_ref().and_then(|grip| grip.moved_to).or(held) {
        if response.clicked() {
            seen.before_click = draft.density.epsilon;
        }
        let [low, high] = seen.range(full);
        draft.density.epsilon = Some(rounded(to.clamp(low.max(full[1] * 1e-3), high)));
    }
    let epsilon = epsilon_in_force(view, draft);
    let is_hot = grip.is_some_and(|grip| grip.is_hot) || response.dragged();
    seen.epsilon = epsilon;
    ui.data_mut(|data| data.insert_temp(Seen::id(), seen));

    let strips = Strips::of(canvas.frame(), lanes);
    for gap in strips.gaps() {
        // The grid belongs to the lanes, not to what is between them.
        canvas.painter.rect_filled(
            Rect::from_x_y_ranges(canvas.frame().x_range(), gap).expand2(Vec2::new(2.0, 0.0)),
            0.0,
            tokens(ui).raised,
        );
    }
    let pointed = response.hover_pos().map(|at| canvas.value(at)[0].max(0.0));
    let line = Line { epsilon, pointed, is_hot };
    let mut is_on_mark = false;
    if let Some(strip) = strips.core {
        // Room above the curve for the grip, so that no mark lies on its number.
        let top = (strip.span() / (strip.span() - GRIP).max(1.0)).clamp(1.08, 1.48);
        let lane = lane(&canvas, strip, [0.0, f64::from(top)]);
        is_on_mark |= core_ui(ui, draft, plot, &lane, line);
    }
    if let Some([upper, lower]) = strips.curves {
        let has_number = strips.core.is_none();
        is_on_mark |= clusters_ui(ui, draft, plot, &lane(&canvas, upper, [0.0, plot.clusters_top() * 1.3]), line, has_number);
        shares_ui(ui, plot, &lane(&canvas, lower, [0.0, 1.08]), line);
    }
    if let Some(pointed) = pointed.filter(|_| !is_on_mark) {
        response.clone().on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text_at_pointer(story(plot, pointed));
    }
    strips.head.map(|head| Rect::from_x_y_ranges(whole.x_range(), head))
}

/// Where the lanes are, from the top down.
struct Strips {
    core: Option<Rangef>,
    head: Option<Rangef>,
    curves: Option<[Rangef; 2]>,
}

impl Strips {
    fn of(frame: Rect, lanes: Lanes) -> Strips {
        let (top, bottom) = (frame.top(), frame.bottom());
        let pair = |top: f32| {
            let middle = (top + (bottom - top - GAP) * 0.45).round();
            Some([Rangef::new(top, middle), Rangef::new(middle + GAP, bottom)])
        };
        match lanes {
            Lanes::Core => Strips { core: Some(frame.y_range()), head: None, curves: None },
            Lanes::Curves => Strips { core: None, head: None, curves: pair(top) },
            Lanes::All => {
                let end = (top + (frame.height() - HEAD - 2.0 * GAP) * 0.34).round();
                let head = Rangef::new(end + GAP / 2.0, end + GAP / 2.0 + HEAD);
                Strips { core: Some(Rangef::new(top, end)), head: Some(head), curves: pair(head.max + 2.0) }
            }
        }
    }

    fn gaps(&self) -> impl Iterator<Item = Rangef> {
        let lanes: Vec<Rangef> = self.core.into_iter().chain(self.curves.into_iter().flatten()).collect();
        (1..lanes.len()).map(move |at| Rangef::new(lanes[at - 1].max + 1.0, lanes[at].min - 1.0))
    }
}

/// The line and the pointer, the same in every lane.
#[derive(Debug, Clone, Copy)]
struct Line {
    epsilon: Option<f64>,
    pointed: Option<f64>,
    is_hot: bool,
}

impl Line {
    /// The pointer's hair line, and the line itself without a grip.
    fn paint(&self, ui: &Ui, lane: &Canvas) {
        let t = tokens(ui);
        let frame = lane.frame();
        if let Some(pointed) = self.pointed {
            lane.painter.vline(lane.at([pointed, 0.0]).x, frame.y_range(), Stroke::new(1.0, t.hairline));
        }
        if let Some(epsilon) = self.epsilon {
            let x = lane.at([epsilon, 0.0]).x;
            let ends = [Pos2::new(x, frame.top()), Pos2::new(x, frame.bottom())];
            lane.painter.extend(Shape::dashed_line(&ends, Stroke::new(if self.is_hot { 2.0 } else { 1.5 }, t.accent), 5.0, 4.0));
        }
    }

    /// The grip with its number, and where it is.
    fn grip(&self, ui: &Ui, lane: &Canvas, has_number: bool) -> Vec<Rect> {
        let Some(epsilon) = self.epsilon else { return Vec::new() };
        let text = if has_number { distance_text(epsilon) } else { String::new() };
        handle_paint(ui, lane, Lies::Upright, epsilon, &text, self.is_hot);
        let at = Pos2::new(lane.at([epsilon, 0.0]).x, lane.frame().top() + 11.0);
        if has_number { vec![Rect::from_center_size(at, Vec2::new(60.0, 22.0))] } else { Vec::new() }
    }

    /// The dot on a curve at the line.
    fn dot(&self, ui: &Ui, lane: &Canvas, value: f64) {
        if let Some(epsilon) = self.epsilon {
            let at = lane.at([epsilon, value]);
            lane.painter.circle_filled(at, 5.0, tokens(ui).raised);
            lane.painter.circle_filled(at, 3.5, tokens(ui).accent);
        }
    }
}

/// Who is core; says whether the pointer is on a candidate's mark.
fn core_ui(ui: &Ui, draft: &mut Clustering, plot: &DensityPlot, lane: &Canvas, line: Line) -> bool {
    let t = tokens(ui);
    lane_axis_paint(ui, lane, Ticks::Percent);
    line.paint(ui, lane);
    lane.line(&plot.core, Stroke::new(2.0, t.text));
    let mut taken = line.grip(ui, lane, true);
    let frame = lane.frame();
    let corner = [(frame.right_bottom() - Vec2::new(6.0, 4.0), Align2::RIGHT_BOTTOM)];
    let told = line.epsilon.map_or_else(
        || "Click to set how near customers must be to count as neighbours".to_owned(),
        |epsilon| format!("{} core", percent(plot.at(epsilon).core)),
    );
    roomy_label(ui, &lane.painter, &corner, &told, t.muted, frame, &mut taken);
    if let Some(epsilon) = line.epsilon {
        line.dot(ui, lane, plot.at(epsilon).core);
    }
    let label = |candidate: &EpsilonCandidate, _| distance_text(candidate.epsilon);
    marks_ui(ui, draft, plot, lane, |candidate| candidate.outcome.core, label, true, &mut taken)
}

/// The number of segments with the candidates' plateaus; says whether the pointer is on a candidate's mark.
fn clusters_ui(ui: &Ui, draft: &mut Clustering, plot: &DensityPlot, lane: &Canvas, line: Line, has_number: bool) -> bool {
    let t = tokens(ui);
    let frame = lane.frame();
    // That everybody is one segment is no plateau to look for.
    for candidate in plot.candidates.iter().filter(|candidate| candidate.outcome.clusters > 1) {
        let [from, to] = candidate.plateau.map(|at| lane.at([at, 0.0]).x);
        lane.painter.rect_filled(Rect::from_x_y_ranges(from..=(to - 1.0).max(from + 1.0), frame.y_range()), 0.0, t.accent_tint);
    }
    lane_axis_paint(ui, lane, Ticks::Whole);
    line.paint(ui, lane);
    lane.line(&plot.clusters, Stroke::new(2.0, t.text));
    let mut taken = if has_number { line.grip(ui, lane, true) } else { Vec::new() };
    if let Some(epsilon) = line.epsilon {
        let clusters = plot.at(epsilon).clusters;
        let corner = [(frame.right_top() + Vec2::new(-6.0, 3.0), Align2::RIGHT_TOP)];
        roomy_label(ui, &lane.painter, &corner, &segments_text(clusters), t.muted, frame, &mut taken);
        line.dot(ui, lane, clusters as f64);
    }
    if plot.most_clusters() as f64 > plot.clusters_top() {
        let peak = plot.clusters.iter().max_by(|a, b| a[1].total_cmp(&b[1])).map_or(0.0, |point| point[0]);
        let at = Pos2::new(lane.at([peak, 0.0]).x, frame.top() + 3.0);
        let spots = [(at + Vec2::new(8.0, 0.0), Align2::LEFT_TOP), (at - Vec2::new(8.0, 0.0), Align2::RIGHT_TOP)];
        roomy_label(ui, &lane.painter, &spots, &format!("up to {}", plot.most_clusters()), t.muted, frame, &mut taken);
    }
    let label = |candidate: &EpsilonCandidate, at| {
        let clusters = candidate.outcome.clusters;
        if at == 0 { format!("{clusters}, suggested") } else { clusters.to_string() }
    };
    marks_ui(ui, draft, plot, lane, |candidate| candidate.outcome.clusters as f64, label, false, &mut taken)
}

/// Height of a lane from which on its lines are named inside it.
const ROOM_FOR_NAMES: f32 = 64.0;

/// How many are in no segment, and in the largest; each line is named at its right end with its value at the line.
fn shares_ui(ui: &Ui, plot: &DensityPlot, lane: &Canvas, line: Line) {
    let t = tokens(ui);
    lane_axis_paint(ui, lane, Ticks::Percent);
    line.paint(ui, lane);
    lane.line(&plot.largest, Stroke::new(2.0, t.text));
    lane.line(&plot.noise, Stroke::new(2.0, theme::noise()));
    let now = line.epsilon.map(|epsilon| plot.at(epsilon));
    if let Some(now) = now {
        line.dot(ui, lane, now.largest);
        line.dot(ui, lane, now.noise);
    }
    line.grip(ui, lane, false);
    let end = plot.at(lane.transform.bounds().max()[0]);
    let frame = lane.frame();
    // In a low lane the names would lie on the lines; the pointer tells them.
    if frame.height() < ROOM_FOR_NAMES {
        return;
    }
    let told = |name: &str, now: Option<f64>| now.map_or_else(|| name.to_owned(), |now| format!("{name} {}", percent(now)));
    let mut names = [
        (end.largest, told("in the largest", now.map(|now| now.largest)), t.text),
        (end.noise, told("in no group", now.map(|now| now.noise)), t.muted),
    ];
    names.sort_by(|a, b| b.0.total_cmp(&a.0));
    let [(high, upper, upper_colour), (low, lower, lower_colour)] = names;
    // Each beside its line, in its own half, so that they never lie on each other.
    let (x, middle) = (frame.right() - 6.0, frame.center().y);
    let y = |share: f64| lane.at([0.0, share]).y;
    let up = Pos2::new(x, (y(high) + 4.0).min(middle - 15.0).max(frame.top()));
    let down = Pos2::new(x, (y(low) - 4.0).max(middle + 15.0).min(frame.bottom()));
    let mut taken = Vec::new();
    roomy_label(ui, &lane.painter, &[(up, Align2::RIGHT_TOP)], &upper, upper_colour, frame, &mut taken);
    roomy_label(ui, &lane.painter, &[(down, Align2::RIGHT_BOTTOM)], &lower, lower_colour, frame, &mut taken);
}

/// Small marks at the candidates; a click takes one, hovering tells why. Says whether the pointer is on one.
#[expect(clippy::too_many_arguments, reason = "two lanes differ in all of the last four")]
fn marks_ui(
    ui: &Ui,
    draft: &mut Clustering,
    plot: &DensityPlot,
    lane: &Canvas,
    value: impl Fn(&EpsilonCandidate) -> f64,
    label: impl Fn(&EpsilonCandidate, usize) -> String,
    is_rising: bool,
    taken: &mut Vec<Rect>,
) -> bool {
    let t = tokens(ui);
    let mut is_on_one = false;
    let seen: Vec<_> =
        plot.candidates.iter().enumerate().map(|(at, candidate)| (at, candidate, lane.at([candidate.epsilon, value(candidate)]))).collect();
    let seen: Vec<_> = seen.into_iter().filter(|(.., centre)| lane.frame().expand(1.0).contains(*centre)).collect();
    taken.extend(seen.iter().map(|(.., centre)| Rect::from_center_size(*centre, Vec2::splat(9.0))));
    for (at, candidate, centre) in seen {
        let rect = Rect::from_center_size(centre, Vec2::splat(24.0)).intersect(lane.frame());
        let id = lane.response.id.with(("candidate", at, lane.frame().top() as i32));
        let response = ui.interact(rect, id, Sense::CLICK);
        let radius = if response.hovered() { 6.5 } else { 5.0 };
        is_on_one |= response.hovered();
        lane.painter.circle(centre, radius, t.raised, Stroke::new(1.75, t.accent));
        // Beside the curve where it leaves room: below one that rises, above one that falls.
        let side = if is_rising { 1.0 } else { -1.0 };
        let spots = [[9.0, 8.0], [9.0, 0.0], [9.0, -8.0], [-9.0, -8.0], [-9.0, 8.0], [-9.0, 0.0]].map(|[x, y]| [x, y * side]);
        let spots: Vec<Spot> =
            spots.map(|[x, y]| (centre + Vec2::new(x, y), if x > 0.0 { Align2::LEFT_CENTER } else { Align2::RIGHT_CENTER })).to_vec();
        roomy_label(ui, &lane.painter, &spots, &label(candidate, at), t.accent, lane.frame(), taken);
        name_it(&response, Role::Button, &format!("Take distance {}", distance_text(candidate.epsilon)));
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(candidate_text(candidate, at == 0)).clicked() {
            take(draft, plot, at);
        }
    }
    is_on_one
}

/// Everything that is known at one epsilon.
fn story(plot: &DensityPlot, epsilon: f64) -> String {
    let now = plot.at(epsilon);
    let mut text = format!(
        "Distance {}\n{}\n{} in no group\n{} in the largest segment\n{} are core customers: at least {} neighbours within this distance, counting themselves",
        distance_text(epsilon),
        segments_text(now.clusters),
        percent(now.noise),
        percent(now.largest),
        percent(now.core),
        plot.min_samples
    );
    let within = |candidate: &&EpsilonCandidate| (candidate.plateau[0]..candidate.plateau[1]).contains(&epsilon);
    for candidate in plot.candidates.iter().filter(within) {
        text += &format!("\n\nWorth a look: {}", candidate.reason);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_fill_the_frame_and_never_touch() {
        for height in [150.0, 260.0, 900.0] {
            let frame = Rect::from_min_size(Pos2::ZERO, Vec2::new(300.0, height));
            let strips = Strips::of(frame, Lanes::All);
            let (core, head, [upper, lower]) = (strips.core.unwrap(), strips.head.unwrap(), strips.curves.unwrap());
            assert!(core.max < head.min && head.max < upper.min && upper.max < lower.min, "{height}");
            assert_eq!((core.min, lower.max, head.span()), (0.0, height, HEAD));
            assert!([core, upper, lower].iter().all(|lane| lane.span() > 0.2 * (height - 60.0)), "{height}: {core:?} {upper:?} {lower:?}");
        }
    }

    #[test]
    fn what_is_seen_stays_within_the_data() {
        let full = [0.0, 4.0];
        assert_eq!(Seen::default().range(full), full);
        assert_eq!(Seen { window: Some([1.0, 9.0]), ..Seen::default() }.range(full), [1.0, 4.0]);
    }
}
