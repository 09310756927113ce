//! Where are the scores cut? Quintiles or the business's own values, with the customers that each score has.

use eframe::egui::{Align, DragValue, Layout, Rect, RichText, Role, Sense, Ui, UiBuilder, vec2};

use crate::customers::Rfm;
use crate::customers::rfm::ScoreScale;
use crate::data::sourcing::{Cuts, MonetaryIs, RfmRules};

use super::super::super::theme::{self, caption};
use super::super::super::widgets::{self, combo_ui, name_it, thousands};

/// The panel's height, padding included.
pub const HEIGHT: f32 = 3.0 * LINE + 16.0;
const LINE: f32 = 64.0;
/// The titles' part of the width, within these bounds.
const TITLES: [f32; 2] = [136.0, 168.0];
/// A narrower place tells how many, and leaves it to the others that they are customers.
const NARROW: f32 = 92.0;

/// One of the three.
struct Score<'a> {
    title: &'a str,
    about: &'a str,
    scale: &'a ScoreScale,
    /// Whether the least values score best.
    is_reversed: bool,
}

/// Three lines: recency, frequency, monetary value.
pub fn ui(ui: &mut Ui, rfm: &Rfm, rules: &mut RfmRules) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let about = "Days from the last purchase to the snapshot. The fewer, the better: the lowest values score 5.";
    let recency = Score { title: "Recency, days", about, scale: &rfm.recency, is_reversed: true };
    line_ui(ui, &recency, &mut rules.recency, None);
    let about = "Days with a purchase, the first included.";
    let frequency = Score { title: "Frequency, purchases", about, scale: &rfm.frequency, is_reversed: false };
    line_ui(ui, &frequency, &mut rules.frequency, None);
    let about = match rules.monetary_is {
        MonetaryIs::Total => "Total spend per customer, net of returns.",
        MonetaryIs::AverageOrder => "What a customer spent per purchase, net of returns.",
    };
    let monetary = Score { title: "Monetary value", about, scale: &rfm.monetary, is_reversed: false };
    line_ui(ui, &monetary, &mut rules.monetary, Some(&mut rules.monetary_is));
}

fn line_ui(ui: &mut Ui, score: &Score, cuts: &mut Cuts, monetary_is: Option<&mut MonetaryIs>) {
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    // Places of their own, so that no line is higher than another whatever is in it.
    let place = |nth: usize, room: Rect| UiBuilder::new().id_salt((score.title, nth)).max_rect(room).layout(Layout::top_down(Align::Min));
    let titles = (0.24 * line.width()).clamp(TITLES[0], TITLES[1]);
    let mut title = ui.new_child(place(5, line.with_max_x(line.left() + titles)));
    title_ui(&mut title, score, cuts, monetary_is);
    let width = (line.width() - titles) / 5.0;
    for nth in 0..5 {
        let left = line.left() + titles + width * nth as f32;
        let mut child = ui.new_child(place(nth, line.with_min_x(left + 4.0).with_max_x(left + width - 4.0)));
        score_ui(&mut child, score, nth, cuts);
    }
}

/// What is scored, and whether the cuts are quintiles.
fn title_ui(ui: &mut Ui, score: &Score, cuts: &mut Cuts, monetary_is: Option<&mut MonetaryIs>) {
    ui.spacing_mut().item_spacing = vec2(4.0, 2.0);
    match monetary_is {
        Some(monetary_is) => {
            let choices = [
                (MonetaryIs::Total, "Spend", "Score what a customer spent altogether."),
                (MonetaryIs::AverageOrder, "Average order", "Score what a customer spends per purchase."),
            ];
            combo_ui(ui, "Monetary value", monetary_is, &choices);
        }
        None => {
            ui.label(theme::strong(score.title)).on_hover_text(score.about);
        }
    }
    let mut is_own = matches!(cuts, Cuts::Points(_));
    let choices = [
        (false, "Quintiles", "Cut where a fifth of those who bought is below, two fifths, and so on; equal values always stay together."),
        (true, "Own values", "Cut at the values of your business."),
    ];
    if combo_ui(ui, &format!("{}, cut points", score.title), &mut is_own, &choices) {
        *cuts = if is_own { Cuts::Points(score.scale.cuts.map(rounded)) } else { Cuts::Quintiles };
    }
}

/// The `nth` score from below: its customers and its values.
fn score_ui(ui: &mut Ui, score: &Score, nth: usize, cuts: &mut Cuts) {
    let n = if score.is_reversed { 5 - nth } else { nth + 1 };
    ui.spacing_mut().item_spacing = vec2(4.0, 0.0);
    ui.horizontal(|ui| {
        ui.set_height(20.0);
        ui.label(theme::strong(n.to_string()));
        let count = score.scale.counts[n - 1];
        let customers = if count == 1 { "customer" } else { "customers" };
        let told = format!("{} {customers}", thousands(count));
        let short = if ui.available_width() < NARROW { thousands(count) } else { told.clone() };
        widgets::cut_label(ui, caption(ui, short)).on_hover_text(told);
    });
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        match cuts {
            Cuts::Points(points) if nth < 4 => point_ui(ui, score, n, points, nth),
            _ => {
                let band = band_text(score.scale, nth, "");
                let band = if ui.available_width() < NARROW { RichText::new(band).small() } else { RichText::new(band) };
                widgets::cut_label(ui, band);
            }
        }
    });
}

/// A cut point of the user's own; it stays between its neighbours.
fn point_ui(ui: &mut Ui, score: &Score, n: usize, points: &mut [f64; 4], nth: usize) {
    let low = nth.checked_sub(1).map_or(f64::MIN, |below| points[below]);
    let high = points.get(nth + 1).copied().unwrap_or(f64::MAX);
    let spread = (score.scale.range[1] - score.scale.range[0]).abs();
    ui.label(caption(ui, "up to"));
    let field = DragValue::new(&mut points[nth])
        .range(low..=high)
        .clamp_existing_to_range(false)
        .speed((spread / 2_000.0).max(0.02))
        .max_decimals(2)
        .custom_formatter(|value, _| rounded(value).to_string())
        .update_while_editing(false);
    let response = ui.add_sized(vec2(ui.available_width().clamp(24.0, 84.0), 26.0), field);
    name_it(&response, Role::SpinButton, &format!("{}, score {n} up to", score.title));
    response.on_hover_text("Drag, or click and type. A value at the cut point is below it.");
}

/// The values with the `nth` score from below, in words: "up to 30", "31 to 90" (30 to 90 where values are no whole numbers), "over 365".
pub fn band_text(scale: &ScoreScale, nth: usize, unit: &str) -> String {
    let write = |value: f64| widgets::number(rounded(value));
    if scale.is_whole
        && let [Some(from), Some(to)] = scale.band(nth)
    {
        let (least, most) = (from.floor() + 1.0, to.floor());
        return match least {
            _ if least > most => "nobody".to_owned(),
            _ if least == most => format!("{}{unit}", write(most)),
            _ => format!("{} to {}{unit}", write(least), write(most)),
        };
    }
    match scale.band(nth) {
        [None, Some(to)] => format!("up to {}{unit}", write(if scale.is_whole { to.floor() } else { to })),
        [Some(from), None] => format!("over {}{unit}", write(if scale.is_whole { from.floor() } else { from })),
        [Some(from), Some(to)] if from < to => format!("{} to {}{unit}", write(from), write(to)),
        // Two cut points at the same value: nobody is between them.
        _ => "nobody".to_owned(),
    }
}

/// Two decimals are enough for days, purchases and money.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
