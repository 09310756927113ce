//! How well the personas foretell what came later, beside recency, frequency and money, and beside all columns; each with its band.

use eframe::egui::{Align, Align2, CornerRadius, Label, Pos2, Rect, Role, Sense, Stroke, TextStyle, Ui, Vec2};

use crate::data::Dictionary;
use crate::evaluate::WithBand;
use crate::export::{ForetoldBy, ForetoldFound, WalkedForward};
use crate::session::{Selection, ToForetell};
use crate::ui::plotting::{Axis, Ticks, canvas, dimmed_ui};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, name_it, number, percent, thousands, unbroken};

use super::super::naming::{numbers, segment_name};
use super::super::view::View;
use super::found::none_ui;

const TITLE: &str = "What is foreseen";
const MEANS: &str = "Each customer is foretold by models trained on the others. Take every pair of one customer who did and one who did not: in what share of pairs did the \
                     first get the higher probability? 50 % is a coin toss, 100 % is perfect. Area under the ROC curve (AUC).";
const MEANS_OF_NUMBERS: &str =
    "Each customer is foretold by models trained on the others. What share of the spread between customers do they explain? R².";
const ROW: f32 = 23.0;
const NAMES: f32 = 172.0;

/// The head, the models, and the sentence.
pub(super) fn ui(ui: &mut Ui, view: &View) {
    let answer = &view.answers.holds.foretells;
    let known = answer.latest().and_then(|found| found.foretells.as_ref());
    let means = if known.is_some_and(|known| known.r2.is_some() && known.auc.is_none()) { MEANS_OF_NUMBERS } else { MEANS };
    ui.horizontal(|ui| {
        ui.set_height(26.0);
        ui.label(theme::strong(TITLE)).on_hover_text(means);
    });
    let Some(known) = known else {
        none_ui(ui, answer, "what is foretold");
        return;
    };
    dimmed_ui(ui, answer.is_stale(), |ui| {
        let about = about(known, &view.answers.noun.many, &view.answers.dictionary);
        ui.add(Label::new(caption(ui, unbroken(&about))).wrap());
        models_ui(ui, known, means);
        ui.add_space(4.0);
        match known.walked_forward.as_ref().filter(|_| ui.available_height() > 110.0) {
            Some(walked) => calibration_ui(ui, view, known, walked),
            None => {
                ui.add(Label::new(caption(ui, unbroken(&known.sentence))).wrap());
            }
        }
    });
}

/// What is foretold, from which day, and how common it is: "Buying again in the 90 days after 1997-09-30: 29 % of 2 357 customers."
fn about(known: &ForetoldFound, customers: &str, dictionary: &Dictionary) -> String {
    let what = ToForetell::parse(&known.outcome).map_or_else(|| known.outcome.clone(), |outcome| outcome.told(dictionary));
    let when = match (&known.cut, known.horizon_days) {
        (Some(cut), Some(days)) => format!(" in the {days} days after {cut}"),
        (Some(cut), None) => format!(" after {cut}"),
        _ => String::new(),
    };
    let n = thousands(known.customers);
    // Where the models are withheld a share tells itself by lying between none and all.
    let is_share = known.auc.is_some() || (known.r2.is_none() && (0.0..=1.0).contains(&known.rate));
    match is_share {
        true => format!("{what}{when}: {} of {n} {customers}.", percent(known.rate)),
        false => format!("{what}{when}: {} on average over {n} {customers}.", number(known.rate)),
    }
}

fn models_ui(ui: &mut Ui, known: &ForetoldFound, means: &str) {
    let (by, from, unit): (&ForetoldBy, f64, &str) = match (&known.auc, &known.r2) {
        (Some(auc), _) => (auc, 0.5, "of pairs in the right order (AUC)"),
        (None, Some(r2)) => (r2, 0.0, "of the spread explained (R²)"),
        (None, None) => return,
    };
    let models = [("Recency, frequency, money", by.rfm), ("Personas", by.persona), ("Both", by.rfm_and_persona), ("All columns", by.all)];
    let most = models.iter().filter_map(|(_, score)| score.map(|score| score.high)).fold(from + 0.1, f64::max);
    // The scale ends a little beyond the best, at a round number.
    let most = ((most + 0.02) * 20.0).ceil() / 20.0;
    let t = tokens(ui);
    let small = TextStyle::Small.resolve(ui.style());
    for (name, score) in models.iter().filter_map(|(name, score)| score.map(|score| (name, score))) {
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
        let names = rect.with_max_x(rect.left() + NAMES.min(rect.width() * 0.46));
        cut_text(ui.painter(), names, Align::Min, name, small.clone(), t.text);
        let track = Rect::from_x_y_ranges(names.right() + 8.0..=rect.right() - 48.0, rect.y_range());
        let x = |value: f64| track.left() + track.width() * (((value - from) / (most - from)).clamp(0.0, 1.0) as f32);
        let y = rect.center().y;
        ui.painter().rect_filled(Rect::from_x_y_ranges(track.x_range(), y - 1.0..=y + 1.0), CornerRadius::same(1), t.field);
        let is_persona = *name == "Personas";
        let colour = if is_persona { t.accent } else { t.muted };
        let band = Rect::from_x_y_ranges(x(score.low)..=x(score.high), y - 3.0..=y + 3.0);
        ui.painter().rect_filled(band, CornerRadius::same(3), colour.gamma_multiply(0.35));
        ui.painter().circle_filled(Pos2::new(x(score.value), y), 4.5, colour);
        ui.painter().circle_stroke(Pos2::new(x(score.value), y), 4.5, Stroke::new(1.0, t.raised));
        let number = format!("{:.1}\u{202f}%", 100.0 * score.value);
        ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, number, small.clone(), t.text);
        name_it(&response, Role::Label, &told(name, score, unit));
        response.on_hover_text(format!("{}\n\n{means}", told(name, score, unit)));
    }
    ui.label(caption(ui, format!("Share {unit}; the scale runs from {:.0} to {:.0}\u{202f}%", 100.0 * from, 100.0 * most)));
}

/// A dot per persona: what was foretold one horizon earlier against what came. On the line both are the same.
fn calibration_ui(ui: &mut Ui, view: &View, known: &ForetoldFound, walked: &WalkedForward) {
    let title = calibration_title(known, walked);
    ui.add(Label::new(theme::strong(title).size(13.0)).truncate()).on_hover_text(&walked.sentence);
    let t = tokens(ui);
    let ends = walked.personas.iter().flat_map(|point| [point.foretold, point.seen]);
    let most = ends.clone().fold(0.0, f64::max);
    let least = ends.fold(most, f64::min).min(0.0);
    // Room for the dots at both ends.
    let room = 0.08 * (most - least).max(1e-9);
    let (least, most) = (least - room, most + room);
    let ticks = if known.auc.is_some() { Ticks::Percent } else { Ticks::Numbers };
    let axis = |label| Axis { label, range: [least, most], ticks, ..Axis::default() };
    let canvas = canvas(ui, "calibration", "Foretold against seen", axis("Foretold"), axis("Seen"));
    canvas.line(&[[least, least], [most, most]], Stroke::new(1.0, t.muted));
    let all: usize = walked.personas.iter().map(|point| point.customers).sum();
    let mut pointed = None;
    for point in &walked.personas {
        let at = canvas.at([point.foretold, point.seen]);
        let radius = 4.0 + 8.0 * (point.customers as f32 / all.max(1) as f32).sqrt();
        let colour = match point.cluster_today {
            Some(cluster) => theme::selection(Selection::Cluster(cluster), numbers(view.answers)),
            None => t.muted,
        };
        canvas.painter.circle_filled(at, radius, colour.gamma_multiply(0.75));
        canvas.painter.circle_stroke(at, radius, Stroke::new(1.0, t.raised));
        if canvas.response.hover_pos().is_some_and(|pointer| pointer.distance(at) <= radius + 3.0) {
            pointed = Some(point);
        }
    }
    if let Some(point) = pointed {
        let name = match point.cluster_today {
            Some(cluster) => segment_name(view.answers, cluster),
            None => format!("{}, then", point.name),
        };
        let shown = |value: f64| if known.auc.is_some() { percent(value) } else { format!("{value:.2}") };
        canvas.response.on_hover_text_at_pointer(format!(
            "{name}\n{}\nForetold {}, seen {}",
            view.answers.noun.counted(point.customers),
            shown(point.foretold),
            shown(point.seen)
        ));
    }
}

/// Both means beside the slope: a slope of 1 does not show that everything was foretold too high.
fn calibration_title(known: &ForetoldFound, walked: &WalkedForward) -> String {
    let (Some(slope), Some(means)) = (walked.slope, walked.means()) else { return "Foretold against seen".to_owned() };
    let [foretold, seen] = means.map(|mean| match known.auc {
        Some(_) => format!("{:.1}\u{202f}%", 100.0 * mean),
        None => format!("{mean:.2}"),
    });
    format!("Foretold {foretold}, seen {seen}; slope {slope:.2}")
}

fn told(name: &str, score: WithBand, unit: &str) -> String {
    let [value, low, high] = [score.value, score.low, score.high].map(|share| 100.0 * share);
    format!("{name}: {value:.1}\u{a0}% ({low:.1} to {high:.1}) {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_foretold_is_told_with_its_day_and_how_common_it_is() {
        let known = |outcome: &str, cut: Option<&str>, auc: bool, rate: f64| ForetoldFound {
            outcome: outcome.into(),
            cut: cut.map(str::to_owned),
            horizon_days: cut.map(|_| 90),
            customers: 2_357,
            rate,
            auc: auc.then(ForetoldBy::default),
            ..ForetoldFound::default()
        };
        let told = |known: &ForetoldFound| about(known, "customers", &Dictionary::default()).replace(crate::base::text::SPACE, " ");
        let cases = [
            (known("buys_again", Some("1997-09-30"), true, 0.29), "Buying again in the 90 days after 1997-09-30: 29 % of 2 357 customers."),
            (
                known("spend", Some("1997-09-30"), false, 12.5),
                "Spend in the 90 days after 1997-09-30: 12.5 on average over 2 357 customers.",
            ),
            (known("column:churned", None, true, 0.274), "Churned: 27 % of 2 357 customers."),
            // Too few for a model, and a share all the same.
            (known("column:churned", None, false, 0.227), "Churned: 23 % of 2 357 customers."),
        ];
        for (known, expected) in cases {
            assert_eq!(told(&known), expected);
        }
    }
}
