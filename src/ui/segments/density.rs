//! Which epsilon is in force, what does it give, and which others are worth a look? Shared by the density method's knobs, plots and keys.

use eframe::egui::Key;

use crate::plot::{DensityPlot, EpsilonCandidate, EpsilonOutcome};
use crate::session::Clustering;
use crate::ui::plotting::{distance_text, rounded};
use crate::ui::widgets::percent;

use super::view::View;

/// A segment with more than this share of the customers says little about any of them.
const DOMINATES: f64 = 0.8;
/// More customers in no segment than this leave too many out.
const MUCH_NOISE: f64 = 0.4;
/// How many presses of an arrow key lead through all that is drawn.
const KEY_STEPS: f64 = 200.0;

/// The epsilon the draft asks for; where that is left to the data, what is shown.
pub fn epsilon_in_force(view: &View, draft: &Clustering) -> Option<f64> {
    let shown = || view.answers.segmentation.latest().and_then(|segmentation| segmentation.by.epsilon());
    draft.density.epsilon.or_else(shown).or_else(|| suggested(view))
}

/// The epsilon that is suggested first.
pub fn suggested(view: &View) -> Option<f64> {
    view.answers.density.latest().and_then(|plot| plot.candidates.first()).map(|candidate| candidate.epsilon)
}

/// "4 segments, 6 % in no group".
pub fn outcome_text(clusters: usize, noise: f64) -> String {
    format!("{}, {} in no group", segments_text(clusters), percent(noise))
}

/// "4 segments".
pub fn segments_text(clusters: usize) -> String {
    format!("{clusters} segment{}", if clusters == 1 { "" } else { "s" })
}

/// What a candidate is, and what speaks for it.
pub fn candidate_text(candidate: &EpsilonCandidate, is_suggested: bool) -> String {
    let EpsilonOutcome { clusters, noise, largest, .. } = candidate.outcome;
    let suggested = if is_suggested { "Suggested. " } else { "" };
    let gives = outcome_text(clusters, noise);
    format!("{}: {gives}, {} in the largest\n{suggested}{}", distance_text(candidate.epsilon), percent(largest), candidate.reason)
}

/// What is amiss with an outcome, and what to try; `None` when nothing is.
pub fn weakness(outcome: &EpsilonOutcome) -> Option<String> {
    match outcome {
        EpsilonOutcome { clusters: 0, .. } => Some("Nobody has enough neighbours this near. Try a larger distance.".into()),
        outcome if outcome.largest > DOMINATES => Some(format!(
            "One segment holds {} of the customers. Try a shorter distance, or HDBSCAN, which needs none.",
            percent(outcome.largest)
        )),
        outcome if outcome.noise > MUCH_NOISE => {
            Some(format!("{} of the customers are in no group. Try a larger distance, or fewer neighbours.", percent(outcome.noise)))
        }
        _ => None,
    }
}

/// Takes a candidate; the first is the suggestion, which then follows the data.
pub fn take(draft: &mut Clustering, plot: &DensityPlot, candidate: usize) {
    draft.density.epsilon = if candidate == 0 { None } else { Some(plot.candidates[candidate].epsilon) };
}

/// Left and right move epsilon by a small step, Home and End to the candidate before and after it.
pub fn keys(view: &View, draft: &mut Clustering, pressed: impl Fn(Key) -> bool) {
    let (Some(plot), Some(epsilon)) = (view.answers.density.latest(), epsilon_in_force(view, draft)) else { return };
    let steps = f64::from(i8::from(pressed(Key::ArrowRight)) - i8::from(pressed(Key::ArrowLeft)));
    if steps != 0.0 {
        let step = plot.epsilon_max / KEY_STEPS;
        let to = (epsilon + steps * step).clamp(step.min(epsilon), (plot.epsilon_max * 2.0).max(epsilon));
        // Rounding must not swallow the step.
        draft.density.epsilon = Some(if rounded(to) == epsilon { to } else { rounded(to) });
    }
    let by_epsilon = |a: &usize, b: &usize| plot.candidates[*a].epsilon.total_cmp(&plot.candidates[*b].epsilon);
    let candidates = || 0..plot.candidates.len();
    let to = if pressed(Key::End) {
        candidates().filter(|&at| plot.candidates[at].epsilon > epsilon).min_by(by_epsilon)
    } else if pressed(Key::Home) {
        candidates().filter(|&at| plot.candidates[at].epsilon < epsilon).max_by(by_epsilon)
    } else {
        None
    };
    if let Some(candidate) = to {
        take(draft, plot, candidate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_told_in_words() {
        assert_eq!(outcome_text(1, 0.061), "1 segment, 6.1\u{202f}% in no group");
        let outcome = |clusters, noise, largest| weakness(&EpsilonOutcome { clusters, noise, largest, core: 0.5 });
        assert_eq!(outcome(4, 0.1, 0.5), None);
        assert!(outcome(4, 0.05, 0.93).is_some_and(|text| text.contains("93\u{202f}%") && text.contains("HDBSCAN")));
        assert!(outcome(4, 0.6, 0.2).is_some_and(|text| text.starts_with("60\u{202f}%")));
        assert!(outcome(0, 1.0, 0.0).is_some_and(|text| text.contains("larger distance")));
    }
}
