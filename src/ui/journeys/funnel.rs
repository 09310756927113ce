//! How far customers get: a bar per step, what is lost, and where those went. A click picks the customers who got here and no further.

use eframe::egui::{Align, CornerRadius, CursorIcon, Label, Rect, Role, Sense, TextStyle, Ui, Vec2, pos2};

use crate::engine::Answers;
use crate::journeys::report::{FunnelGroup, FunnelReport, FunnelStep};
use crate::session::{JourneyOptions, Look};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{centred, cut_text, name_it, percent, row_background, thousands, unbroken};

use super::knobs;
use super::seen::{NOBODY_KNOWN, Seen, scrolled, span};

/// Height of a step with its words below.
const STEP: f32 = 78.0;
const BAR: f32 = 26.0;
/// Where those went who got no further, at most.
const INSTEAD: usize = 3;

/// Nothing can be counted before two steps are there.
pub(super) fn steps_wanted_ui(ui: &mut Ui, answers: &Answers, draft: &mut JourneyOptions) {
    let Some(seen) = answers.journeys.events.latest() else { return };
    centred(ui, |ui| {
        let title = if draft.funnel.is_empty() { "How far do customers get?" } else { "One more step" };
        ui.label(theme::heading(title));
        ui.add_space(4.0);
        ui.label(caption(ui, "Choose what they do first, and what should follow. Two steps are enough.").size(14.0));
        ui.add_space(theme::INSIDE);
        knobs::add_step_ui(ui, seen, draft);
    });
}

/// The steps.
pub(super) fn ui(ui: &mut Ui, seen: &Seen, look: &mut Look) {
    let Some(report) = &seen.shown.report.funnel else { return };
    let own = seen.persona_name().and_then(|name| report.personas.iter().find(|of| of.name == name));
    head_ui(ui, &report.everyone);
    ui.add_space(theme::INSIDE);
    scrolled(ui, "funnel", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for at in 0..report.everyone.steps.len() {
            step_ui(ui, seen, look, (report, own), at);
        }
    });
}

/// Who is judged, and who is not yet.
fn head_ui(ui: &mut Ui, everyone: &FunnelGroup) {
    let count = |n: Option<usize>| n.map_or_else(|| "fewer than ten".to_owned(), thousands);
    let mut text = format!("{} customers are judged", count(everyone.judged));
    if everyone.open != Some(0) {
        text += &format!("; {} began too late to be counted", count(everyone.open));
    }
    ui.add(Label::new(caption(ui, unbroken(&(text + ".")))).wrap());
}

fn step_ui(ui: &mut Ui, seen: &Seen, look: &mut Look, (report, own): (&FunnelReport, Option<&FunnelGroup>), at: usize) {
    let t = tokens(ui);
    let step = &report.everyone.steps[at];
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), STEP), Sense::click());
    row_background(ui, rect, false, response.hovered());
    let names = (rect.width() * 0.2).clamp(110.0, 220.0);
    let numbers = 128.0;
    let track = Rect::from_min_max(pos2(rect.left() + names, rect.top() + 8.0), pos2(rect.right() - numbers, rect.top() + 8.0 + BAR));
    let body = TextStyle::Body.resolve(ui.style());
    let small = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter();
    let name_room = Rect::from_min_max(pos2(rect.left() + 8.0, track.top()), pos2(track.left() - 12.0, track.bottom()));
    cut_text(painter, name_room, Align::Min, &format!("{}  {}", at + 1, step.name), body.clone(), t.text);
    painter.rect_filled(track, CornerRadius::same(3), t.field);
    if let Some(share) = step.conversion {
        let bar = Rect::from_min_size(track.min, Vec2::new(track.width() * share as f32, track.height()));
        painter.rect_filled(bar, CornerRadius::same(3), t.everyone);
    }
    // A persona stands inside everyone's bar, thin, in its own colour.
    let own_step = own.and_then(|own| own.steps.get(at));
    if let (Some(share), Some(cluster)) = (own_step.and_then(|step| step.conversion), seen.persona) {
        let thin = Rect::from_min_size(pos2(track.left(), track.bottom() - 9.0), Vec2::new(track.width() * share as f32, 6.0));
        painter.rect_filled(thin, CornerRadius::same(2), seen.colour(cluster));
    }
    let told = step.reached.map_or_else(|| "n < 10".to_owned(), thousands);
    let share = step.conversion.map_or_else(String::new, |share| format!(" · {}", percent(share)));
    let right = Rect::from_min_max(pos2(track.right() + 10.0, track.top()), pos2(rect.right() - 6.0, track.bottom()));
    cut_text(painter, right, Align::Min, &format!("{told}{share}"), body, t.text);
    let below = Rect::from_min_max(pos2(track.left(), track.bottom() + 3.0), pos2(rect.right() - 6.0, track.bottom() + 19.0));
    cut_text(painter, below, Align::Min, &step_words(seen, report, own_step, at), small.clone(), t.muted);
    if at + 1 < report.everyone.steps.len() {
        let instead = instead_words(step);
        let lower = below.translate(Vec2::new(0.0, 17.0));
        cut_text(painter, lower, Align::Min, &instead, small, t.muted);
    }
    name_it(&response, Role::Button, &format!("Step {}, {}: {told}{share}", at + 1, step.name));
    let n_steps = report.everyone.steps.len();
    let can_pick = seen.answers.journeys.pickable().is_some();
    let does = match at + 1 == n_steps {
        _ if !can_pick => format!("{NOBODY_KNOWN}\n\n{}", instead_words(step)).trim_end().to_owned(),
        true => "Click to select the customers who did every step.".to_owned(),
        false => format!("Click to select the customers who got to {} and no further.\n\n{}", step.name, instead_words(step)),
    };
    let cursor = if can_pick { CursorIcon::PointingHand } else { CursorIcon::Default };
    let response = response.on_hover_cursor(cursor).on_hover_text(unbroken(&does));
    if response.clicked() {
        let customers = seen.shown.at_step(at + 1, at + 1 == n_steps);
        let from = if at + 1 == n_steps { "funnel, every step".to_owned() } else { format!("funnel, to {} and no further", step.name) };
        seen.pick(look, &customers, &from);
    }
}

/// From the step before: how many, how fast, and how a persona differs.
fn step_words(seen: &Seen, report: &FunnelReport, own: Option<&FunnelStep>, at: usize) -> String {
    let step = &report.everyone.steps[at];
    let mut parts = Vec::new();
    if at > 0 {
        parts.extend(step.step_conversion.map(|share| format!("{} of those before", percent(share))));
        parts.extend(step.step_seconds.and_then(|of| of.p50).map(|seconds| format!("half within {}", span(seconds))));
    }
    if let (Some(own), Some(name)) = (own.and_then(|own| own.conversion), seen.persona_name()) {
        let differs = report.differences.iter().find(|of| of.persona == name && of.step == step.name);
        let holds = if differs.is_some_and(|of| of.conversion.told) { "differs from everyone else" } else { "no reliable difference" };
        parts.push(if at == 0 { name.to_owned() } else { format!("{name} {} ({holds})", percent(own)) });
    }
    parts.join("  ·  ")
}

/// What those did who got no further.
fn instead_words(step: &FunnelStep) -> String {
    let first = step.instead.first().map_or(&[][..], |first| first);
    let mut parts: Vec<String> = first.iter().take(INSTEAD).map(|of| format!("{} {}", of.name, thousands(of.n))).collect();
    parts.extend(step.nothing_more.filter(|n| *n > 0).map(|n| format!("nothing more {}", thousands(n))));
    if parts.is_empty() { String::new() } else { format!("What those who got no further did next: {}", parts.join(", ")) }
}
