//! How near is near? Sorted k-distances with the epsilon line, and what every epsilon gives: clusters over noise, one epsilon axis.

use eframe::egui::{Align2, CursorIcon, Pos2, Sense, Stroke, Ui, Vec2};

use crate::plot::DensityPlot;
use crate::session::{Clustering, Command, Look, PlotKind};
use crate::ui::plotting::{
    Axis, Canvas, Lies, Ticks, canvas, distance_text, handle_grip, handle_paint, head_ui, plot_answer_ui, plot_label, rounded,
};
use crate::ui::theme::tokens;
use crate::ui::widgets::percent;

use super::View;

const DISTANCE_MEANS: &str = "How far each customer is from its nearest neighbours, the loneliest first. Where the curve falls into its \
                              elbow, customers stop being lonely: a good place for the line. Sorted k-distances.";
const CURVES_MEANS: &str = "What you would get at every distance: the number of segments, and the share of customers in none. Look for a \
                            wide step with little noise. Exact, for every epsilon.";

/// The epsilon the draft asks for; where that is left to the data, what is shown.
pub fn epsilon_in_force(view: &View, draft: &Clustering) -> Option<f64> {
    let shown = || view.answers.segmentation.latest().and_then(|segmentation| segmentation.epsilon);
    draft.epsilon.or_else(shown).or_else(|| suggested(view))
}

/// The epsilon that is suggested first.
pub fn suggested(view: &View) -> Option<f64> {
    view.answers.density.latest().and_then(|plot| plot.suggestions.first()).map(|suggestion| suggestion.0)
}

/// Clusters and noise share at `epsilon`: those of the last step not beyond it.
pub fn outcome(plot: &DensityPlot, epsilon: f64) -> (usize, f64) {
    let at = |steps: &[[f64; 2]]| steps[..steps.partition_point(|step| step[0] <= epsilon)].last().map(|step| step[1]);
    (at(&plot.clusters).unwrap_or(0.0).round() as usize, at(&plot.noise).unwrap_or(1.0))
}

/// "4 clusters · 6 % noise".
pub fn outcome_text((clusters, noise): (usize, f64)) -> String {
    format!("{clusters} cluster{} · {} noise", if clusters == 1 { "" } else { "s" }, percent(noise))
}

/// The sorted k-distances.
pub fn k_distance_ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    head_ui(ui, PlotKind::KDistance, "Distance to the neighbors", DISTANCE_MEANS, &mut look.maximised, commands, |_| {});
    plot_answer_ui(ui, &view.answers.density, "distances", |ui, plot| {
        let t = tokens(ui);
        let n = plot.k_distance.last().map_or(1.0, |point| point[0]);
        // A few hermits must not flatten the curve: the axis ends a little above what epsilon can sensibly be.
        let farthest = plot.k_distance.first().map_or(1.0, |point| point[1]);
        let high = farthest.min(end_of(plot) * 1.3).max(epsilon_in_force(view, draft).unwrap_or(0.0) * 1.15);
        let label = format!("Distance to neighbor {}", plot.min_samples);
        let x = Axis { label: "Customers, loneliest first", range: [0.0, n], ticks: Ticks::Whole, zooms: false };
        let y = Axis { label: &label, range: [0.0, high], ..Axis::default() };
        let canvas = canvas(ui, "k-distance", "Sorted distances to the neighbors", x, y);
        canvas.line(&plot.k_distance, Stroke::new(2.0, t.text));
        line_ui(ui, view, draft, plot, &canvas, Lies::Flat, true);
    });
}

/// Clusters over noise, for every epsilon.
pub fn curves_ui(
    ui: &mut Ui,
    view: &View,
    draft: &mut Clustering,
    look: &mut Look,
    commands: &mut Vec<Command>,
    extra: impl FnOnce(&mut Ui),
) {
    head_ui(ui, PlotKind::EpsilonCurves, "Every distance", CURVES_MEANS, &mut look.maximised, commands, extra);
    plot_answer_ui(ui, &view.answers.density, "what every distance gives", |ui, plot| {
        let t = tokens(ui);
        let range = [0.0, end_of(plot).max(epsilon_in_force(view, draft).unwrap_or(0.0) * 1.05)];
        let room = ui.available_size();
        let most = plot.clusters.iter().map(|point| point[1]).fold(1.0, f64::max);
        ui.allocate_ui(Vec2::new(room.x, (room.y * 0.5).round()), |ui| {
            ui.set_min_size(ui.available_size());
            let x = Axis { range, ticks: Ticks::Numbers, ..Axis::default() };
            let y = Axis { label: "Clusters", range: [0.0, most * 1.2], ticks: Ticks::Whole, zooms: false };
            let canvas = canvas(ui, "epsilon clusters", "Number of clusters against epsilon", x, y);
            canvas.line(&plot.clusters, Stroke::new(2.0, t.text));
            suggestions_ui(ui, draft, plot, &canvas);
            line_ui(ui, view, draft, plot, &canvas, Lies::Upright, true);
        });
        let x = Axis { label: "Neighborhood distance (epsilon)", range, ticks: Ticks::Numbers, zooms: false };
        let y = Axis { label: "Customers in no segment", range: [0.0, 1.08], ticks: Ticks::Percent, zooms: false };
        let canvas = canvas(ui, "epsilon noise", "Noise share against epsilon", x, y);
        canvas.line(&plot.noise, Stroke::new(2.0, crate::ui::theme::noise()));
        line_ui(ui, view, draft, plot, &canvas, Lies::Upright, false);
    });
}

fn end_of(plot: &DensityPlot) -> f64 {
    plot.clusters.last().map_or(1.0, |point| point[0])
}

/// The epsilon line: dragged from anywhere near, or set by a click anywhere else.
fn line_ui(ui: &Ui, view: &View, draft: &mut Clustering, plot: &DensityPlot, canvas: &Canvas, lies: Lies, has_text: bool) {
    let Some(mut epsilon) = epsilon_in_force(view, draft) else { return };
    let grip = handle_grip(ui, canvas, lies, epsilon, "Neighborhood distance (epsilon) line");
    let clicked = canvas.response.interact_pointer_pos().filter(|_| canvas.response.clicked()).map(|at| canvas.value(at));
    let clicked = clicked.map(|[x, y]| if lies == Lies::Upright { x } else { y });
    if let Some(to) = grip.moved_to.or(clicked) {
        epsilon = rounded(to.clamp(end_of(plot) * 1e-3, end_of(plot) * 2.0));
        draft.epsilon = Some(epsilon);
    }
    let outcome = outcome(plot, epsilon);
    let text = match (has_text, lies) {
        (false, _) => percent(outcome.1),
        (true, Lies::Flat) => format!("{} · {}", distance_text(epsilon), outcome_text(outcome)),
        (true, Lies::Upright) => format!("{} cluster{}", outcome.0, if outcome.0 == 1 { "" } else { "s" }),
    };
    handle_paint(ui, canvas, lies, epsilon, &text, grip.is_hot);
}

/// Small marks at the epsilons worth trying; a click takes one, hovering tells why.
fn suggestions_ui(ui: &Ui, draft: &mut Clustering, plot: &DensityPlot, canvas: &Canvas) {
    let t = tokens(ui);
    for (at, (epsilon, clusters, noise, reason)) in plot.suggestions.iter().enumerate() {
        let centre = canvas.at([*epsilon, *clusters as f64]);
        let rect = eframe::egui::Rect::from_center_size(centre, Vec2::splat(24.0));
        let response = ui.interact(rect, canvas.response.id.with(("suggestion", at)), Sense::CLICK);
        let radius = if response.hovered() { 6.5 } else { 5.0 };
        canvas.painter.circle(centre, radius, t.raised, Stroke::new(1.75, t.accent));
        if at == 0 {
            plot_label(ui, &canvas.painter, Pos2::new(centre.x + 12.0, centre.y - 9.0), Align2::LEFT_CENTER, "suggested", t.accent);
        }
        let text = format!("Epsilon {}: {}\n{reason}", distance_text(*epsilon), outcome_text((*clusters, *noise)));
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(text).clicked() {
            draft.epsilon = Some(*epsilon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcome_is_the_last_step_not_beyond() {
        let plot = DensityPlot {
            clusters: vec![[0.0, 0.0], [1.0, 0.0], [1.0, 3.0], [2.0, 3.0], [2.0, 1.0], [4.0, 1.0]],
            noise: vec![[0.0, 1.0], [1.0, 1.0], [1.0, 0.25], [4.0, 0.25]],
            ..DensityPlot::default()
        };
        for (epsilon, expected) in [(0.5, (0, 1.0)), (1.0, (3, 0.25)), (1.99, (3, 0.25)), (2.0, (1, 0.25)), (9.0, (1, 0.25))] {
            assert_eq!(outcome(&plot, epsilon), expected, "epsilon {epsilon}");
        }
        assert_eq!(outcome_text((1, 0.061)), "1 cluster · 6\u{202f}% noise");
    }
}
