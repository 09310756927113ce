//! The density method's plots as drawings: core customers, segments, noise and the largest over epsilon, with the candidates marked.
//!
//! In: plot data, the epsilon in force. Out: a scene that reads as the window does. Cost: the points drawn.

use crate::data::Noun;
use crate::plot::{DensityPlot, EpsilonOutcome};

use super::chart::{ACCENT, Anchor, ChartFrame, INK, LINE, MUTED, Scene};
use super::draw::{PlotSize, plain};
use super::palette::{NOISE, hex};
use super::plot_kind::Plot;
use super::text::{number, percent, three_digits};

/// The plateaus of the candidates.
const TINT: &str = "#e4ecfa";
const X_NAME: &str = "Neighbourhood distance (epsilon)";
/// Between the two frames: the name of the lower one's axis.
const BETWEEN: f64 = 44.0;

/// The share of customers that have enough neighbours within every epsilon: the sorted k-distances, distance to the right.
pub fn core(density: &DensityPlot, epsilon: Option<f64>, noun: &Noun, size: PlotSize) -> Scene {
    let (mut scene, frame) = plain(&Plot::KDistance.title_of(noun), size, [density.epsilon_min, density.epsilon_max], [0.0, 105.0]);
    frame.y_axis(&mut scene, &format!("{} with {} neighbours within reach (itself counted), %", noun.title(), density.min_samples));
    frame.x_axis(&mut scene, X_NAME, &frame.x_ticks());
    line_of(&mut scene, &frame, density, epsilon, frame.bottom(), |told| format!("{} core", percent(told.core)));
    scene.polyline(in_percent(&frame, &density.core), LINE, 2.0);
    marks(&mut scene, &frame, density, |told| told.core * 100.0, |at| three_digits(density.candidates[at].epsilon));
    scene
}

/// Number of segments above, noise and the largest below, over one epsilon axis.
pub fn curves(density: &DensityPlot, epsilon: Option<f64>, noun: &Noun, size: PlotSize) -> Scene {
    let top = density.clusters_top();
    let (mut scene, whole) = plain(Plot::EpsilonCurves.title(), size, [density.epsilon_min, density.epsilon_max], [0.0, top * 1.2]);
    let height = (whole.height - BETWEEN) / 2.0;
    let upper = ChartFrame { height, ..whole };
    let lower = ChartFrame { top: whole.top + height + BETWEEN, height, y: [0.0, 105.0], ..whole };
    for candidate in density.candidates.iter().filter(|candidate| candidate.outcome.clusters > 1) {
        let [from, to] = candidate.plateau.map(|at| upper.at_x(at));
        scene.rect([from, upper.top], (to - from).max(1.0), upper.height, TINT);
    }
    let beyond = if density.most_clusters() as f64 > top { format!(" (up to {})", density.most_clusters()) } else { String::new() };
    upper.y_axis(&mut scene, &format!("Number of segments{beyond}"));
    scene.line([upper.left, upper.bottom()], [upper.right(), upper.bottom()], MUTED, 1.0);
    lower.y_axis(&mut scene, &format!("{}, %", noun.title()));
    lower.x_axis(&mut scene, X_NAME, &lower.x_ticks());
    line_of(&mut scene, &upper, density, epsilon, lower.bottom(), |told| {
        format!("{} segments, {} in no group", number(told.clusters as f64, 1.0), percent(told.noise))
    });
    // Crumbs at tiny epsilons leave through the top, as in the window.
    scene.polyline(density.clusters.iter().map(|&[x, y]| upper.at([x.max(density.epsilon_min), y.min(top * 1.2)])), LINE, 2.0);
    marks(&mut scene, &upper, density, |told| told.clusters as f64, |at| density.candidates[at].outcome.clusters.to_string());
    scene.polyline(in_percent(&lower, &density.largest), LINE, 2.0);
    scene.polyline(in_percent(&lower, &density.noise), &hex(NOISE), 2.0);
    let end = density.at(density.epsilon_max);
    let is_largest_above = end.largest >= end.noise;
    for (share, name, colour, is_above) in
        [(end.largest, "in the largest segment", INK, is_largest_above), (end.noise, "in no group", MUTED, !is_largest_above)]
    {
        let (y, middle) = (lower.at_y(share * 100.0), lower.top + lower.height / 2.0);
        let y = if is_above { (y + 18.0).min(middle - 6.0) } else { (y - 8.0).max(middle + 14.0) };
        scene.haloed([lower.right() - 6.0, y], name, 12.0, colour, Anchor::End);
    }
    scene
}

fn in_percent<'a>(frame: &'a ChartFrame, line: &'a [[f64; 2]]) -> impl Iterator<Item = [f64; 2]> + 'a {
    line.iter().map(|&[x, y]| frame.at([x.max(frame.x[0]), y * 100.0]))
}

/// The dashed line at the epsilon in force, with what it gives.
fn line_of(
    scene: &mut Scene,
    frame: &ChartFrame,
    density: &DensityPlot,
    epsilon: Option<f64>,
    bottom: f64,
    told: impl Fn(EpsilonOutcome) -> String,
) {
    let Some(epsilon) = epsilon.filter(|epsilon| (density.epsilon_min..=density.epsilon_max).contains(epsilon)) else { return };
    let x = frame.at_x(epsilon);
    scene.dashed([x, frame.top], [x, bottom], ACCENT);
    let text = format!("epsilon = {}: {}", three_digits(epsilon), told(density.at(epsilon)));
    let (at, anchor) = if x > frame.right() - 280.0 { (x - 8.0, Anchor::End) } else { (x + 8.0, Anchor::Start) };
    scene.haloed([at, frame.top + 12.0], &text, 12.0, ACCENT, anchor);
}

/// Rings at the candidates, each with its name below the curve; the first is the suggestion.
fn marks(scene: &mut Scene, frame: &ChartFrame, density: &DensityPlot, y: impl Fn(&EpsilonOutcome) -> f64, name: impl Fn(usize) -> String) {
    for (at, candidate) in density.candidates.iter().enumerate() {
        let [x, y] = frame.at([candidate.epsilon, y(&candidate.outcome)]);
        scene.circle([x, y], 5.0, "#ffffff", ACCENT, 2.0);
        let below = if y + 20.0 < frame.bottom() { y + 18.0 } else { y - 9.0 };
        scene.haloed([x + 8.0, below], &name(at), 12.0, ACCENT, Anchor::Start);
    }
}
