//! Which number of segments? Inertia over mean silhouette against k; a click or a drag anywhere chooses the nearest k.

use eframe::egui::{Align2, CursorIcon, Pos2, Stroke, Ui, Vec2};

use crate::base::text::count;
use crate::evaluate::SweepPoint;
use crate::plot::SweepPlot;
use crate::session::{Clustering, Command, Look, PlotKind};
use crate::ui::plotting::{Axis, Canvas, Lies, Ticks, canvas, handle_beside_paint, head_ui, plot_answer_ui, plot_label};
use crate::ui::theme::tokens;
use crate::ui::widgets::number;

use super::choice_of_k::{k_in_force, set_k};
use super::null_band::{self, Of};
use super::view::View;

const ELBOW_MEANS: &str = "How far customers are from the centre of their segment, by number of segments. Where the curve bends, more \
                           segments stop helping. Inertia: sum of squared distances to the centroids.";
const SILHOUETTE_MEANS: &str = "How much closer customers are to their own segment than to the next, by number of segments. Higher is \
                                better, 1 is perfect. Mean silhouette width.";

/// Both plots above each other, sharing the k axis.
pub fn ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>, extra: impl FnOnce(&mut Ui)) {
    let room = ui.available_size();
    let upper = (room.y * 0.48).round();
    ui.allocate_ui(Vec2::new(room.x, upper), |ui| {
        // Its place is kept while there is nothing to draw.
        ui.set_min_size(ui.available_size());
        inertia_ui(ui, view, draft, look, commands, false, extra);
    });
    silhouette_ui(ui, view, draft, look, commands);
}

/// Inertia against k.
pub fn inertia_ui(
    ui: &mut Ui,
    view: &View,
    draft: &mut Clustering,
    look: &mut Look,
    commands: &mut Vec<Command>,
    is_alone: bool,
    extra: impl FnOnce(&mut Ui),
) {
    head_ui(ui, PlotKind::Elbow, "Elbow", &format!("{ELBOW_MEANS}{}", null_band::MEANS), &mut look.maximised, commands, extra);
    sweep_ui(ui, view, "the elbow", |ui, sweep| {
        let highest = sweep.points.iter().filter_map(|point| point.inertia).fold(0.0, f64::max);
        let by_chance = view.answers.null_band.ready().and_then(|band| null_band::bounds(band, |point| point.inertia));
        let top = by_chance.map_or(highest * 1.3, |(_, high)| (highest * 1.3).max(high * 1.12));
        let x = k_axis(view, draft, if is_alone { "Number of segments (k)" } else { "" });
        let n_ready = sweep.points.iter().filter(|point| point.inertia.is_some()).count();
        let n_open = sweep.points.len() - n_ready;
        let label = match sweep.sample {
            _ if n_open > 0 => format!("Inertia · {n_ready} of {} ready", sweep.points.len()),
            Some(sample) => format!("Inertia · hollow points: from {} of {} customers", count(sample.rows), count(sample.n_rows)),
            None => "Inertia".into(),
        };
        let y = Axis { label: &label, range: [0.0, top], ..Axis::default() };
        let canvas = canvas(ui, "elbow", "Elbow: inertia against number of segments", x, y);
        curve_ui(
            ui,
            view,
            draft,
            look,
            sweep,
            &canvas,
            Curve { is_upper: true, names_suggestion: is_alone, by_chance: |point| point.inertia, value: |point| point.inertia },
        );
    });
}

/// Mean silhouette against k.
pub fn silhouette_ui(ui: &mut Ui, view: &View, draft: &mut Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    let means = format!("{SILHOUETTE_MEANS}{}", null_band::MEANS);
    head_ui(ui, PlotKind::SilhouetteByK, "Mean silhouette", &means, &mut look.maximised, commands, |_| {});
    sweep_ui(ui, view, "mean silhouettes", |ui, sweep| {
        let values = || sweep.points.iter().filter_map(|point| point.silhouette);
        let is_sampled = sweep.points.iter().any(|point| point.silhouette.is_some() && !point.exact);
        let by_chance = view.answers.null_band.ready().and_then(|band| null_band::bounds(band, |point| point.silhouette));
        let (least, most) = by_chance.unwrap_or((0.0, 0.0));
        let (low, high) = (values().fold(least.min(0.0), f64::min), values().fold(most.max(0.1), f64::max));
        let label = if is_sampled { "−1 to 1 · hollow points are sampled" } else { "−1 to 1" };
        // Room under the band for its name.
        let under = by_chance.map_or(0.0, |(least, _)| least - 0.3 * (high * 1.25 - least));
        let y = Axis { label, range: [(low * 1.1).min(under), high * 1.25], ..Axis::default() };
        let x = k_axis(view, draft, "Number of segments (k)");
        let canvas = canvas(ui, "silhouette by k", "Mean silhouette against number of segments", x, y);
        curve_ui(
            ui,
            view,
            draft,
            look,
            sweep,
            &canvas,
            Curve { is_upper: false, names_suggestion: true, by_chance: |point| point.silhouette, value: |point| point.silhouette },
        );
    });
}

/// The curves as far as they are known. Points that wait for others are not old, so they are not dimmed.
fn sweep_ui(ui: &mut Ui, view: &View, what: &str, show: impl FnOnce(&mut Ui, &SweepPlot)) {
    let answer = &view.answers.sweep;
    match (answer.progress(), answer.latest()) {
        (Some(_), Some(sweep)) if sweep.points.iter().any(|point| point.inertia.is_none()) => show(ui, sweep),
        _ => plot_answer_ui(ui, answer, what, show),
    }
}

/// As far as the curves go, and to the k in force, so that its line is always to be seen.
fn k_axis<'a>(view: &View, draft: &Clustering, label: &'a str) -> Axis<'a> {
    let k = k_in_force(view, draft).unwrap_or(draft.k_from);
    let (from, to) = (draft.k_from.min(k) as f64, draft.k_to.max(k) as f64);
    Axis { label, range: [from - 0.6, to + 0.6], ticks: Ticks::Whole, zooms: false }
}

/// What tells the two curves apart.
#[derive(Clone, Copy)]
struct Curve {
    /// Inertia, which carries the number of the line.
    is_upper: bool,
    /// Whether the suggestion is named, once a pair.
    names_suggestion: bool,
    /// The same value of the band of shuffled columns.
    by_chance: Of,
    /// What it shows of a k.
    value: fn(&SweepPoint) -> Option<f64>,
}

fn curve_ui(ui: &Ui, view: &View, draft: &mut Clustering, look: &mut Look, sweep: &SweepPlot, canvas: &Canvas, curve: Curve) {
    let t = tokens(ui);
    let value = curve.value;
    let pointed = canvas.response.interact_pointer_pos().or(canvas.response.hover_pos());
    let pointed = pointed.map(|at| nearest_k(draft, canvas.value(at)[0]));
    if let Some(k) = pointed.filter(|_| canvas.response.clicked() || canvas.response.dragged())
        && Some(k) != k_in_force(view, draft)
    {
        set_k(draft, Some(k));
    }
    look.hover_k = pointed.or(look.hover_k);
    let k = k_in_force(view, draft);
    // The same k is marked in both curves, whichever the pointer is on.
    let marked = pointed.or(view.pointed_k);

    let band = view.answers.null_band.ready();
    if let Some(band) = band {
        null_band::band_paint(ui, canvas, band, curve.by_chance);
        let points: Vec<Pos2> = sweep.points.iter().filter_map(|point| Some(canvas.at([point.k as f64, value(point)?]))).collect();
        null_band::label_paint(ui, canvas, band, curve.by_chance, curve.is_upper, k, &points);
    }

    // Gaps stay gaps: a line never runs over a k that is not there.
    let mut run: Vec<[f64; 2]> = Vec::new();
    for point in &sweep.points {
        match value(point) {
            Some(y) => run.push([point.k as f64, y]),
            None => canvas.line(&std::mem::take(&mut run), Stroke::new(1.5, t.muted)),
        }
    }
    canvas.line(&run, Stroke::new(1.5, t.muted));

    if let Some(marked) = marked.filter(|&marked| Some(marked) != k) {
        canvas.painter.vline(canvas.at([marked as f64, 0.0]).x, canvas.frame().y_range(), Stroke::new(1.0, t.hairline));
    }
    if let Some(k) = k {
        let text = if curve.is_upper { format!("k = {k}") } else { String::new() };
        let is_hot = canvas.response.dragged() || marked == Some(k);
        let points: Vec<Pos2> = sweep.points.iter().filter_map(|point| Some(canvas.at([point.k as f64, value(point)?]))).collect();
        handle_beside_paint(ui, canvas, Lies::Upright, k as f64, &text, is_hot, &points);
    }
    for point in &sweep.points {
        let Some(y) = value(point) else { continue };
        let at = canvas.at([point.k as f64, y]);
        let is_chosen = Some(point.k) == k;
        let colour = if is_chosen { t.accent } else { t.muted };
        let radius = if is_chosen || marked == Some(point.k) { 5.0 } else { 3.5 };
        canvas.painter.circle_filled(at, radius + 1.5, t.raised);
        if if curve.is_upper { point.estimated } else { !point.exact } {
            canvas.painter.circle_stroke(at, radius - 0.5, Stroke::new(1.5, colour));
        } else {
            canvas.painter.circle_filled(at, radius, colour);
        }
    }
    suggestion_ui(ui, sweep, canvas, curve.names_suggestion, value);
    if let Some(k) = pointed {
        tooltip_ui(canvas, sweep, k, &band.map_or_else(String::new, |band| null_band::words(band, k)));
    }
}

/// A small label at the suggested k.
fn suggestion_ui(ui: &Ui, sweep: &SweepPlot, canvas: &Canvas, is_named: bool, value: impl Fn(&SweepPoint) -> Option<f64>) {
    let t = tokens(ui);
    let Some(suggestion) = &sweep.suggestion else { return };
    let Some(y) = sweep.points.iter().find(|point| point.k == suggestion.k).and_then(&value) else { return };
    let at = canvas.at([suggestion.k as f64, y]);
    canvas.painter.circle_stroke(at, 7.5, Stroke::new(1.5, t.accent));
    // The knobs say it too, so a place without room for the word goes without.
    let (left, right) = (at.x - canvas.frame().left(), canvas.frame().right() - at.x);
    if is_named && left.max(right) > 80.0 && canvas.frame().height() > 48.0 {
        // On the side where the curve falls away, so that the word covers nothing.
        let next = sweep.points.iter().find(|point| point.k > suggestion.k).and_then(&value);
        let falls = (next.is_none_or(|next| next <= y) || left <= 80.0) && right > 80.0;
        let (x, anchor) = if falls { (at.x + 11.0, Align2::LEFT_BOTTOM) } else { (at.x - 11.0, Align2::RIGHT_BOTTOM) };
        let y = (at.y - 4.0).max(canvas.frame().top() + 15.0);
        plot_label(ui, &canvas.painter, Pos2::new(x, y), anchor, "suggested", t.accent);
    }
}

fn tooltip_ui(canvas: &Canvas, sweep: &SweepPlot, k: usize, by_chance: &str) {
    let mut text = format!("k = {k}");
    let point = sweep.points.iter().find(|point| point.k == k);
    if let Some(inertia) = point.and_then(|point| point.inertia) {
        let how = if point.is_some_and(|point| point.estimated) { ", from a sample" } else { "" };
        text += &format!("\nInertia {}{how}", number(inertia));
    }
    if let Some((point, silhouette)) = point.and_then(|point| Some((point, point.silhouette?))) {
        text += &format!("\nMean silhouette {silhouette:.2}{}", if point.exact { "" } else { ", sampled" });
    }
    if let Some((_, problem)) = sweep.problems.iter().find(|problem| problem.0 == k) {
        text += &format!("\n{problem}");
    } else if point.is_none_or(|point| point.inertia.is_none() && point.silhouette.is_none()) {
        text += "\nNot ready yet";
    }
    text += by_chance;
    if let Some(suggestion) = sweep.suggestion.as_ref().filter(|suggestion| suggestion.k == k) {
        text += "\n\nSuggested:";
        suggestion.reasons.iter().for_each(|reason| text += &format!("\n{reason}"));
    }
    canvas.response.clone().on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text_at_pointer(text);
}

fn nearest_k(draft: &Clustering, x: f64) -> usize {
    (x.round().max(1.0) as usize).clamp(draft.k_from, draft.k_to.max(draft.k_from))
}
