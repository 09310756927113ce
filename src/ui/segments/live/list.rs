//! The segments as they are now, held against what they were when following began, and what has moved by more than chance.

use eframe::egui::{Align, Label, Rect, RichText, Role, Sense, TextStyle, Ui, Vec2, pos2};

use crate::engine::live::{LiveMove, LiveNow};
use crate::triggers::clock::date;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, name_it, percent, thousands, unbroken};

use super::pane::{colour_of, in_order, name_of};

/// Height of a segment, and of somebody who moved.
const ROW: f32 = 44.0;
const MOVER: f32 = 22.0;
/// Who moved last, so many of them.
const MOVERS: usize = 12;

const DRIFT: &str = "The customers of now against those when following began, or when other segments were taken. A share is flagged beyond what chance makes in 999 of 1 000 cases, a column \
                     by the population stability index: large enough to matter, and larger than chance.";

/// The right panel.
pub(super) fn ui(ui: &mut Ui, now: &LiveNow) {
    ui.label(theme::strong("Segments now"));
    ui.add_space(4.0);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        in_order(now).into_iter().for_each(|cluster| row_ui(ui, now, cluster));
    });
    if now.nowhere > 0 {
        ui.label(caption(ui, format!("{} in no group", thousands(now.nowhere))));
    }
    ui.add_space(theme::BETWEEN);
    drift_ui(ui, now);
    if !now.movers.is_empty() {
        ui.add_space(theme::BETWEEN);
        ui.label(theme::strong("Moved last"));
        ui.spacing_mut().item_spacing.y = 0.0;
        now.movers.iter().take(MOVERS).for_each(|of| mover_ui(ui, now, of));
    }
}

fn row_ui(ui: &mut Ui, now: &LiveNow, cluster: usize) {
    let (t, segment) = (tokens(ui), &now.segments[cluster]);
    let (body, small) = (TextStyle::Body.resolve(ui.style()), TextStyle::Small.resolve(ui.style()));
    // A name is read whole: one too long for its line has more.
    let name = ui.painter().layout(name_of(segment), body.clone(), t.text, ui.available_width() - 84.0);
    let taller = (name.size().y - 20.0).max(0.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW + taller), Sense::hover());
    let share = segment.size as f64 / now.n_placed().max(1) as f64;
    let then = now.drift.as_ref().and_then(|drift| drift.shifted.segments.get(cluster));
    let is_flagged = then.is_some_and(|then| then.flagged);
    let dot = Rect::from_min_size(pos2(rect.left(), rect.top() + 6.0), Vec2::splat(12.0));
    ui.painter().rect_filled(dot, 3.0, colour_of(now, cluster));
    let room = Rect::from_min_max(pos2(rect.left() + 20.0, rect.top() + 2.0), pos2(rect.right() - 64.0, rect.top() + 22.0));
    ui.painter().galley(pos2(room.left(), room.top() + (20.0 - name.size().y).max(0.0) / 2.0), name, t.text);
    let size = Rect::from_min_max(pos2(rect.right() - 60.0, room.top()), pos2(rect.right(), room.bottom()));
    cut_text(ui.painter(), size, Align::Max, &thousands(segment.size), body, t.text);
    let told = match then {
        Some(then) if is_flagged => {
            format!("{} {} now, {} before", if then.now > then.then { "↑" } else { "↓" }, percent(share), percent(then.then))
        }
        Some(then) => format!("{} now, {} before", percent(share), percent(then.then)),
        None => percent(share),
    };
    let line = Rect::from_min_max(pos2(room.left(), rect.top() + taller + 22.0), pos2(rect.right(), rect.top() + taller + 40.0));
    cut_text(ui.painter(), line, Align::Min, &told, small, if is_flagged { t.warn } else { t.muted });
    name_it(&response, Role::Label, &format!("{}: {}, {told}", name_of(segment), thousands(segment.size)));
    let by_chance = then
        .filter(|then| then.flagged)
        .map_or_else(String::new, |then| format!("\nBy chance {} to {}.", percent(then.by_chance[0]), percent(then.by_chance[1])));
    response.on_hover_text(unbroken(&format!("{}{by_chance}", name_of(segment))));
}

fn drift_ui(ui: &mut Ui, now: &LiveNow) {
    ui.label(theme::strong("What has moved")).on_hover_text(DRIFT);
    let Some(drift) = &now.drift else {
        ui.add(Label::new(caption(ui, "Shown when the earlier events have been read.")).wrap());
        return;
    };
    if let Some(since) = drift.since {
        let text = format!("Beyond chance since {}.", date(since));
        ui.add(Label::new(RichText::new(text).color(tokens(ui).warn)).wrap());
    }
    for sentence in &drift.sentences {
        ui.add(Label::new(caption(ui, unbroken(sentence))).wrap());
        ui.add_space(2.0);
    }
}

fn mover_ui(ui: &mut Ui, now: &LiveNow, of: &LiveMove) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), MOVER), Sense::hover());
    let (t, small) = (tokens(ui), TextStyle::Small.resolve(ui.style()));
    let chip = |at: f32, cluster: Option<usize>| {
        let colour = cluster.map_or(t.everyone, |cluster| colour_of(now, cluster));
        ui.painter().rect_filled(Rect::from_center_size(pos2(at, rect.center().y), Vec2::splat(10.0)), 3.0, colour);
    };
    chip(rect.left() + 6.0, of.from);
    ui.painter().text(pos2(rect.left() + 20.0, rect.center().y), eframe::egui::Align2::CENTER_CENTER, "→", small.clone(), t.muted);
    chip(rect.left() + 34.0, of.to);
    let when = of.at.map_or_else(String::new, date);
    let room = Rect::from_min_max(pos2(rect.left() + 48.0, rect.top()), pos2(rect.right() - 88.0, rect.bottom()));
    cut_text(ui.painter(), room, Align::Min, &of.customer, small.clone(), t.text);
    cut_text(ui.painter(), rect.with_min_x(rect.right() - 84.0), Align::Max, &when, small, t.muted);
    let name = |cluster: Option<usize>| cluster.map_or_else(|| "no group".to_owned(), |cluster| name_of(&now.segments[cluster]));
    let told = format!("{}: from {} to {}", of.customer, name(of.from), name(of.to));
    name_it(&response, Role::Label, &told);
    response.on_hover_text(unbroken(&told));
}
