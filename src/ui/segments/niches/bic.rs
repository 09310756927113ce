//! For how many groups does a Gaussian mixture speak? BIC against the number of groups, its least marked.

use eframe::egui::{Align2, Stroke, Ui, Vec2};

use crate::evaluate::BicCurve;
use crate::ui::plotting::{Axis, Ticks, canvas, plot_answer_ui, plot_label};
use crate::ui::theme::{self, caption, tokens};

use super::super::view::View;

const MEANS: &str = "Schwarz' criterion (BIC) weighs how well a mixture of so many Gaussian groups explains the customers against the numbers it takes. The \
                     lowest point speaks for its number. Real segments need not be Gaussian, so this is one reason among others.";

/// The head, the sentence and the curve.
pub(super) fn ui(ui: &mut Ui, view: &View) {
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.label(theme::strong("BIC by number of groups")).on_hover_text(MEANS);
    });
    plot_answer_ui(ui, &view.answers.bic, "the mixtures", |ui, curve| curve_ui(ui, view, curve));
}

fn curve_ui(ui: &mut Ui, view: &View, curve: &BicCurve) {
    let known: Vec<[f64; 2]> = curve.points.iter().filter_map(|&(k, bic)| Some([k as f64, bic?])).collect();
    let (Some(best), Some(sentence)) = (curve.best(), curve.sentence()) else { return };
    ui.label(caption(ui, view.answers.noun.in_text(&sentence)));
    let [low, high] = known.iter().fold([f64::MAX, f64::MIN], |[low, high], point| [low.min(point[1]), high.max(point[1])]);
    let span = (high - low).max(1e-9);
    let (first, last) = (known.first().map_or(1.0, |point| point[0]), known.last().map_or(1.0, |point| point[0]));
    let x = Axis { label: "Number of groups", range: [first - 0.6, last + 0.6], ticks: Ticks::Whole, ..Axis::default() };
    let y = Axis { label: "BIC, lower is better", range: [low - 0.22 * span, high + 0.12 * span], ..Axis::default() };
    let canvas = canvas(ui, "bic", "BIC by number of groups", x, y);
    let t = tokens(ui);
    canvas.line(&known, Stroke::new(2.0, t.text));
    for point in &known {
        let is_best = point[0] == best as f64;
        canvas.painter.circle_filled(canvas.at(*point), if is_best { 5.0 } else { 3.0 }, if is_best { t.accent } else { t.text });
        if is_best {
            let under = canvas.at(*point) + Vec2::new(0.0, 9.0);
            plot_label(ui, &canvas.painter, under, Align2::CENTER_TOP, &format!("least at {best}"), t.text);
        }
    }
}
