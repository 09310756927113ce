//! Where are the customers, by recency and frequency? 25 cells with their customers and revenue; a click picks those in a cell.

use eframe::egui::{self, Align, Align2, CornerRadius, Layout, Rect, Role, Sense, StrokeKind, TextStyle, Ui, pos2, vec2};

use crate::customers::rfm::{RfmCodes, Tally, place_of};
use crate::engine::Answers;
use crate::session::{Brush, Look, Who};

use super::super::super::theme::{self, tokens};
use super::super::super::widgets::{self, name_it, thousands};
use super::cuts;
use super::fonts::{bold_font, font};
use super::picking::{pick, picked_ui};
use super::view::View;

/// Lower than this the scores at the left would lie on each other.
pub const LOWEST: f32 = 304.0;
const LABELS_WIDTH: f32 = 104.0;
const LABELS_HEIGHT: f32 = 40.0;
const GAP: f32 = 3.0;
/// Cells lower than this tell their first number only.
const TWO_LINES: f32 = 44.0;

/// The heat map.
pub fn ui(ui: &mut Ui, view: &View, answers: &Answers, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.set_height(32.0);
        let by_revenue = &mut look.sources.rfm.by_revenue;
        let choices = [
            (false, "Customers", "Shade and tell how many customers are in a cell."),
            (true, "Revenue", "Shade and tell what the customers of a cell spent altogether."),
        ];
        if view.rfm.has_revenue {
            widgets::segmented_ui(ui, by_revenue, &choices);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| picked_ui(ui, answers, look));
        });
    });
    let (title, _) = ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
    widgets::cut_text(ui.painter(), title, Align::Min, "Recency score", font(ui, TextStyle::Small), tokens(ui).muted);
    let (rect, _) = ui.allocate_exact_size(ui.available_size().max(vec2(360.0, 180.0)), Sense::hover());
    let grid = Rect::from_min_max(pos2(rect.left() + LABELS_WIDTH, rect.top()), pos2(rect.right(), rect.bottom() - LABELS_HEIGHT));
    let size = vec2(grid.width() / 5.0, grid.height() / 5.0);
    let cells: Vec<([u8; 2], Tally)> = (1..=5u8)
        .rev()
        .flat_map(|recency| (1..=5u8).map(move |frequency| [recency, frequency]))
        .map(|[recency, frequency]| {
            let codes = RfmCodes::of_cell(recency, frequency);
            ([recency, frequency], view.rfm.sum(|place| codes.contains(place)))
        })
        .collect();
    let shown = |tally: &Tally| if look.sources.rfm.by_revenue && view.rfm.has_revenue { tally.revenue } else { tally.n as f64 };
    let most = cells.iter().map(|(_, tally)| shown(tally)).fold(0.0, f64::max);
    let shares: Vec<f32> =
        cells.iter().map(|(_, tally)| if most > 0.0 { (shown(tally).max(0.0) / most).sqrt() as f32 } else { 0.0 }).collect();
    for (nth, ((scores, tally), share)) in cells.iter().zip(shares).enumerate() {
        let min = grid.min + vec2((nth % 5) as f32 * size.x, (nth / 5) as f32 * size.y);
        let cell = Rect::from_min_size(min, size).shrink(GAP / 2.0);
        cell_ui(ui, cell, *scores, tally, share, view, answers, look);
    }
    labels_ui(ui, rect, grid, size, view);
}

#[expect(clippy::too_many_arguments, reason = "one cell: its place, what it holds, and who looks at it")]
fn cell_ui(
    ui: &mut Ui,
    rect: Rect,
    [recency, frequency]: [u8; 2],
    tally: &Tally,
    share: f32,
    view: &View,
    answers: &Answers,
    look: &mut Look,
) {
    let t = tokens(ui);
    let codes = RfmCodes::of_cell(recency, frequency);
    let response = ui.interact(rect, ui.scope_id().with(("rfm cell", recency, frequency)), Sense::click());
    let picked = view.picked.map(|counts| (1..=5).map(|monetary| counts[place_of([recency, frequency, monetary])]).sum::<usize>());
    name_it(&response, Role::Button, &name(recency, frequency, tally, picked, view.rfm.has_revenue));
    if response.hovered() || response.has_focus() {
        look.sources.rfm.cell = Some([recency, frequency]);
    }
    if response.clicked()
        && let Some(loaded) = answers.loaded.latest()
    {
        pick(look, Brush::rfm_cell(loaded.stamp, view.rfm.stamp, recency, frequency));
    }
    // A segment under the pointer shows where it is: the others step back.
    let is_away = view.before.segment.is_some_and(|segment| {
        let its = RfmCodes::of_segment(segment);
        view.rfm.sum(|place| codes.contains(place) && its.contains(place)).n == 0
    });
    let strength = if is_away { 0.3 } else { 1.0 };
    let is_picked = matches!(look.brush.as_ref().map(|brush| &brush.who), Some(Who::Rfm { codes: picked, .. }) if *picked == codes);
    let painter = ui.painter().with_clip_rect(rect.expand(2.0));
    let fill = if tally.n == 0 { t.raised } else { theme::heat(ui.visuals().dark_mode, share) };
    painter.rect_filled(rect, CornerRadius::same(4), fill.gamma_multiply(strength));
    let is_strong = is_picked || response.hovered() || response.has_focus() || view.before.segment.is_some() && !is_away;
    painter.rect_stroke(rect, CornerRadius::same(4), outline(ui, is_strong), StrokeKind::Inside);
    let text = if tally.n == 0 { t.muted } else { t.text }.gamma_multiply(strength);
    let by_revenue = look.sources.rfm.by_revenue && view.rfm.has_revenue;
    let customers = thousands(tally.n);
    let (first, second) = match (tally.n, by_revenue) {
        (0, _) => ("–".to_owned(), String::new()),
        (_, true) => (money(tally.revenue), format!("{customers} customers")),
        (_, false) if view.rfm.has_revenue => (customers, format!("{} revenue", money(tally.revenue))),
        (_, false) => (customers, String::new()),
    };
    let second = match picked {
        Some(n) if n > 0 => format!("{} selected", thousands(n)),
        _ => second,
    };
    let has_two = rect.height() >= TWO_LINES && !second.is_empty();
    let middle = rect.center();
    let at = if has_two { middle - vec2(0.0, 9.0) } else { middle };
    painter.text(at, Align2::CENTER_CENTER, first, bold_font(ui, if has_two { TextStyle::Heading } else { TextStyle::Body }), text);
    if has_two {
        painter.text(middle + vec2(0.0, 12.0), Align2::CENTER_CENTER, second, font(ui, TextStyle::Small), text);
    }
    if let Some(n) = picked.filter(|_| tally.n > 0) {
        // How much of the cell is picked, at its foot: the mark that every plot has.
        let foot = Rect::from_min_max(pos2(rect.left() + 6.0, rect.bottom() - 7.0), pos2(rect.right() - 6.0, rect.bottom() - 4.0));
        let filled = Rect::from_min_size(foot.min, vec2(foot.width() * n as f32 / tally.n as f32, foot.height()));
        painter.rect_filled(foot, CornerRadius::same(1), t.raised.gamma_multiply(0.6));
        painter.rect_filled(filled, CornerRadius::same(1), t.text);
    }
    response.on_hover_text(format!("{}\n{}", name(recency, frequency, tally, picked, view.rfm.has_revenue), segments_text(view, codes)));
}

/// The segments in a cell, the largest first, with their customers there.
fn segments_text(view: &View, codes: RfmCodes) -> String {
    let mut there: Vec<(usize, &str)> = crate::customers::RfmSegment::ALL
        .iter()
        .map(|segment| {
            let its = RfmCodes::of_segment(*segment);
            (view.rfm.sum(|place| codes.contains(place) && its.contains(place)).n, segment.name())
        })
        .filter(|(n, _)| *n > 0)
        .collect();
    there.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    there.into_iter().map(|(n, name)| format!("{name}: {}", thousands(n))).collect::<Vec<_>>().join("\n")
}

/// A cell in words.
fn name(recency: u8, frequency: u8, tally: &Tally, picked: Option<usize>, has_revenue: bool) -> String {
    let revenue = if has_revenue { format!(", revenue {}", money(tally.revenue)) } else { String::new() };
    let picked = picked.map_or_else(String::new, |n| format!(", {} selected", thousands(n)));
    format!("Recency {recency}, frequency {frequency}: {} customers{revenue}{picked}", thousands(tally.n))
}

fn labels_ui(ui: &Ui, rect: Rect, grid: Rect, size: egui::Vec2, view: &View) {
    let t = tokens(ui);
    let (score_font, band_font) = (bold_font(ui, TextStyle::Body), font(ui, TextStyle::Small));
    for nth in 0..5 {
        // Rows from 5 down, and the fewest days score 5.
        let middle = grid.top() + (nth as f32 + 0.5) * size.y;
        let room = |y: f32| Rect::from_center_size(pos2(rect.left() + (LABELS_WIDTH - 8.0) / 2.0, y), vec2(LABELS_WIDTH - 8.0, 16.0));
        let painter = ui.painter();
        widgets::cut_text(painter, room(middle - 8.0), Align::Min, &(5 - nth).to_string(), score_font.clone(), t.text);
        let band = cuts::band_text(&view.rfm.recency, nth, " d");
        widgets::cut_text(painter, room(middle + 9.0), Align::Min, &band, band_font.clone(), t.muted);
        let x = grid.left() + (nth as f32 + 0.5) * size.x;
        let at = |y: f32| pos2(x, grid.bottom() + y);
        painter.text(at(10.0), Align2::CENTER_CENTER, (nth + 1).to_string(), score_font.clone(), t.text);
        let band = cuts::band_text(&view.rfm.frequency, nth, "");
        painter.text(at(28.0), Align2::CENTER_CENTER, band, band_font.clone(), t.muted);
    }
    let foot = Rect::from_min_size(pos2(rect.left(), grid.bottom() + 2.0), vec2(LABELS_WIDTH - 8.0, 16.0));
    widgets::cut_text(ui.painter(), foot, Align::Min, "Frequency score", band_font, t.muted);
}

/// Money with its thousands apart and without its cents where they are lost in it.
fn money(value: f64) -> String {
    widgets::number(value)
}

/// A line around what is picked or pointed at.
fn outline(ui: &Ui, is_strong: bool) -> egui::Stroke {
    egui::Stroke::new(if is_strong { 2.0 } else { 1.0 }, if is_strong { tokens(ui).accent } else { tokens(ui).hairline })
}
