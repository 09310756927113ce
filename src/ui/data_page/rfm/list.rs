//! The eleven segments: how many customers and how much revenue each has. Pointing at one shows its cells, a click picks its customers.

use eframe::egui::{Align, Rect, Role, Sense, TextStyle, Ui, pos2, vec2};

use crate::base::text::{percent, percents};
use crate::customers::rfm::{RfmCodes, RfmSegment, Tally};
use crate::engine::Answers;
use crate::session::{Brush, Look, Who};

use super::super::super::theme::tokens;
use super::super::super::widgets::{self, name_it, thousands};
use super::fonts::{bold_font, font};
use super::picking::pick;
use super::view::View;

/// The panel's width, padding included.
pub fn width(ui: &Ui) -> f32 {
    (0.4 * ui.available_width()).clamp(376.0, 400.0)
}

const LINE: f32 = 46.0;
const LOWEST_LINE: f32 = 40.0;
const COLUMN: f32 = 66.0;

/// The list.
pub fn ui(ui: &mut Ui, view: &View, answers: &Answers, look: &mut Look) {
    ui.spacing_mut().item_spacing.y = 1.0;
    let tallies: Vec<Tally> = RfmSegment::ALL
        .iter()
        .map(|segment| {
            let codes = RfmCodes::of_segment(*segment);
            view.rfm.sum(|place| codes.contains(place))
        })
        .collect();
    let shares = percents(&tallies.iter().map(|tally| tally.n).collect::<Vec<_>>());
    let whole = view.rfm.total().revenue;
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    let heads = ["Customers", "Share", "Revenue"];
    let columns = if view.rfm.has_revenue { &heads[..] } else { &heads[..2] };
    let muted = tokens(ui).muted;
    widgets::cut_text(ui.painter(), head.shrink2(vec2(8.0, 0.0)), Align::Min, "Segment", font(ui, TextStyle::Small), muted);
    for (nth, title) in columns.iter().enumerate() {
        widgets::cut_text(ui.painter(), column(head, nth, columns.len()), Align::Max, title, font(ui, TextStyle::Small), muted);
    }
    // Where the window is low the lines come closer, so that all eleven are in view.
    let line = ((ui.available_height() - 12.0) / 11.0).clamp(LOWEST_LINE, LINE);
    for ((segment, tally), share) in RfmSegment::ALL.into_iter().zip(&tallies).zip(&shares) {
        let texts = [thousands(tally.n), share.clone(), revenue_share(tally.revenue, whole)];
        line_ui(ui, line, segment, &texts[..columns.len()], view, answers, look);
    }
}

fn line_ui(ui: &mut Ui, height: f32, segment: RfmSegment, texts: &[String], view: &View, answers: &Answers, look: &mut Look) {
    let t = tokens(ui);
    let codes = RfmCodes::of_segment(segment);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let picked = view.picked.map(|counts| counts.iter().enumerate().filter(|(place, _)| codes.contains(*place)).map(|(_, n)| n).sum());
    let counted = if texts.first().is_some_and(|n| n == "1") { "customer" } else { "customers" };
    let told: String = [counted, "of all", "of revenue"].iter().zip(texts).map(|(what, text)| format!(", {text} {what}")).collect();
    name_it(&response, Role::Button, &format!("{}{told}", segment.name()));
    let is_pointed = response.hovered() || response.has_focus();
    if is_pointed {
        look.sources.rfm.segment = Some(segment);
    }
    if response.clicked()
        && let Some(loaded) = answers.loaded.latest()
    {
        pick(look, Brush::rfm_segment(loaded.stamp, view.rfm.stamp, segment));
    }
    let is_picked = matches!(look.brush.as_ref().map(|brush| &brush.who), Some(Who::Rfm { codes: picked, .. }) if *picked == codes);
    let is_under_cell = view.before.cell.is_some_and(|[recency, frequency]| {
        let cell = RfmCodes::of_cell(recency, frequency);
        view.rfm.sum(|place| codes.contains(place) && cell.contains(place)).n > 0
    });
    widgets::row_background(ui, rect, is_picked, is_pointed || is_under_cell);
    let room = rect.shrink2(vec2(8.0, 4.0));
    let first = Rect::from_min_size(room.min, vec2(room.width(), 18.0));
    let name = first.with_max_x(first.right() - COLUMN * texts.len() as f32 - 8.0);
    widgets::cut_text(ui.painter(), name, Align::Min, segment.name(), bold_font(ui, TextStyle::Body), t.text);
    for (nth, text) in texts.iter().enumerate() {
        widgets::cut_text(
            ui.painter(),
            column(first.expand2(vec2(8.0, 0.0)), nth, texts.len()),
            Align::Max,
            text,
            font(ui, TextStyle::Body),
            t.text,
        );
    }
    let mut second = Rect::from_min_size(pos2(room.left(), room.bottom() - 17.0), vec2(room.width(), 16.0));
    if let Some(n) = picked.filter(|n: &usize| *n > 0) {
        let text = format!("{} selected", thousands(n));
        widgets::cut_text(ui.painter(), second.with_min_x(second.right() - 96.0), Align::Max, &text, font(ui, TextStyle::Small), t.accent);
        second = second.with_max_x(second.right() - 104.0);
    }
    widgets::cut_text(ui.painter(), second, Align::Min, segment.explanation(), font(ui, TextStyle::Small), t.muted);
    let codes: Vec<String> = segment.codes().iter().map(u16::to_string).collect();
    response.on_hover_text(format!("{}\nCodes R F M: {}", segment.explanation(), codes.join(" ")));
}

/// The room of a number in a line.
fn column(line: Rect, nth: usize, n: usize) -> Rect {
    let right = line.right() - 8.0 - COLUMN * (n - 1 - nth) as f32;
    Rect::from_min_max(pos2(right - COLUMN, line.top()), pos2(right, line.bottom()))
}

/// A part of what everyone spent; a dash where that is no positive sum.
fn revenue_share(part: f64, whole: f64) -> String {
    match part / whole {
        _ if whole <= 0.0 => "–".into(),
        // What was returned can be more than what was bought.
        share if share < 0.0 => format!("−{}", percent(-share)),
        share => percent(share),
    }
}
