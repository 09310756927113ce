//! What following is doing: state and pace, counts, the history of the segments, and what can be ordered.

use std::time::Duration;

use eframe::egui::{Align, Button, Label, Layout, RichText, Role, ScrollArea, Sense, TextStyle, Ui, Vec2};

use crate::engine::live::{LiveNow, LiveState};
use crate::events::table::DAY;
use crate::session::{Command, LiveOrder, Look};
use crate::triggers::clock::{date, date_time};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{combo_ui, cut_text, name_it, number, primary_button, problem_ui, row_background, thousands, unbroken};

use super::begin::SPEEDS;

/// Height of a version in the list.
const ROW: f32 = 40.0;

const RETRAIN: &str = "Look for the same number of segments among the current customers. Nothing changes until you adopt them.";
const BEHIND: &str = "What is there and not read yet.";
const ASIDE: &str = "Rows that came too late or cannot be counted. They are kept with the reason in aside.csv.";

/// The left panel.
pub(super) fn ui(ui: &mut Ui, now: &LiveNow, outcome: Option<&Result<(), String>>, look: &mut Look, commands: &mut Vec<Command>) {
    // The picture is from before; the clock of the wall goes on.
    if outcome.is_none() {
        ui.ctx().request_repaint_after(Duration::from_secs(1));
    }
    ScrollArea::vertical().id_salt("live told").auto_shrink(false).show(ui, |ui| {
        ui.add(Label::new(theme::strong(unbroken(&now.title))).truncate());
        state_ui(ui, now, outcome);
        ui.add_space(theme::INSIDE);
        orders_ui(ui, now, outcome, commands);
        ui.add_space(theme::BETWEEN);
        counts_ui(ui, now);
        ui.add_space(theme::BETWEEN);
        versions_ui(ui, now, outcome.is_some(), commands);
        ui.add_space(theme::BETWEEN);
        ui.label(theme::strong("Notes"));
        let kept = format!("Everything is written to {}.", now.folder.display());
        ui.add(Label::new(caption(ui, kept)).wrap());
        if ui.button("Show the folder").clicked() {
            commands.push(Command::ShowFolder(now.folder.clone()));
        }
        for note in &now.notes {
            ui.add_space(4.0);
            ui.add(Label::new(caption(ui, unbroken(note))).wrap());
        }
        // What was typed for another source is of no use here.
        look.live.path_draft = None;
    });
}

fn state_ui(ui: &mut Ui, now: &LiveNow, outcome: Option<&Result<(), String>>) {
    let t = tokens(ui);
    let (text, colour) = match (outcome, now.state) {
        (Some(Ok(())), _) => ("Ended; everything is written", t.muted),
        (Some(Err(_)), _) => ("Ended by a problem", t.bad),
        (None, LiveState::History) => ("Reading earlier events", t.muted),
        (None, LiveState::Following) if now.speed.is_some() => ("Playing", t.good),
        (None, LiveState::Following) => ("Following", t.good),
        (None, LiveState::Paused) => ("Paused", t.warn),
        (None, LiveState::Searching) => ("Looking for better segments", t.muted),
        (None, LiveState::AtEnd) => ("Played to its end", t.muted),
    };
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
        ui.painter().circle_filled(rect.center(), 4.0, colour);
        let response = ui.label(RichText::new(text).color(colour));
        name_it(&response, Role::Label, text);
    });
    if let Some(Err(why)) = outcome {
        problem_ui(ui, why, None);
    }
}

fn orders_ui(ui: &mut Ui, now: &LiveNow, outcome: Option<&Result<(), String>>, commands: &mut Vec<Command>) {
    if outcome.is_some() {
        if ui.button("Follow something else").clicked() {
            commands.push(Command::EndLive);
        }
        return;
    }
    ui.horizontal(|ui| {
        let is_paused = now.state == LiveState::Paused;
        let (word, order) = if is_paused { ("Resume", LiveOrder::GoOn) } else { ("Pause", LiveOrder::Pause) };
        // Both words have one width, so that the next button keeps its place.
        let response = ui.add_enabled(now.state != LiveState::AtEnd, Button::new(word).min_size(Vec2::new(72.0, 28.0)));
        if response.on_hover_text("Space").clicked() {
            commands.push(Command::OrderLive(order));
        }
        let response = ui.add(Button::new("End").min_size(Vec2::new(56.0, 28.0)));
        if response.on_hover_text("Stop following, and write everyone as they are now.").clicked() {
            commands.push(Command::EndLive);
        }
    });
    if let Some(speed) = now.speed {
        ui.add_space(4.0);
        let mut speeds = SPEEDS.to_vec();
        let own = format!("{} times as fast", number(speed));
        if !SPEEDS.iter().any(|(known, ..)| *known == speed) {
            speeds.push((speed, &own, ""));
        }
        let mut chosen = speed;
        if combo_ui(ui, "Speed", &mut chosen, &speeds) {
            commands.push(Command::OrderLive(LiveOrder::Speed(chosen)));
        }
    }
}

fn counts_ui(ui: &mut Ui, now: &LiveNow) {
    let row = |ui: &mut Ui, label: &str, value: String, tip: &str| {
        ui.horizontal(|ui| {
            let response = ui.label(caption(ui, label));
            if !tip.is_empty() {
                response.on_hover_text(tip);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(unbroken(&value)));
        });
    };
    ui.spacing_mut().item_spacing.y = 4.0;
    row(ui, "Customers", thousands(now.n_placed() + now.nowhere), "");
    row(ui, "Events counted", thousands(now.counts.counted as usize), "");
    row(
        ui,
        "Events per second",
        if now.rate < 1.0 { "less than 1".into() } else { number(now.rate.round()) },
        "Events that were counted lately.",
    );
    if let Some(latest) = now.latest {
        // Days alone need no midnight.
        let text = if latest.rem_euclid(DAY) == 0 { date(latest) } else { date_time(latest) };
        row(ui, "Newest event", text, "The newest moment of all events that were counted.");
    }
    row(ui, if now.speed.is_some() { "Still to play" } else { "Behind" }, bytes(now.unread), BEHIND);
    let aside = now.counts.late + now.counts.unfit;
    if aside > 0 {
        row(ui, "Set aside", thousands(aside as usize), ASIDE);
    }
    if now.counts.repeated > 0 {
        row(ui, "Repeated", thousands(now.counts.repeated as usize), "Events whose id had come before; they are counted once.");
    }
}

fn bytes(n: u64) -> String {
    match n {
        0 => "nothing".to_owned(),
        n if n < 1_000_000 => format!("{}\u{202f}kB", n.div_ceil(1_000)),
        n => format!("{}\u{202f}MB", n / 1_000_000),
    }
}

/// The versions of the segments; the one in force is marked, another is a click away.
fn versions_ui(ui: &mut Ui, now: &LiveNow, is_over: bool, commands: &mut Vec<Command>) {
    ui.label(theme::strong("Segments"));
    if let Some(retrained) = &now.retrained {
        for (at, sentence) in retrained.sentences().iter().enumerate() {
            let text = if at == 0 { RichText::new(unbroken(sentence)) } else { caption(ui, unbroken(sentence)) };
            ui.add(Label::new(text).wrap());
        }
        let gone: Vec<String> = retrained.loses_name.iter().map(|&cluster| super::pane::name_of(&now.segments[cluster])).collect();
        if !gone.is_empty() && retrained.is_worth_it() {
            let text = format!("Would keep number and colour but lose the name, as most customers would change: {}.", gone.join(", "));
            ui.add(Label::new(caption(ui, text)).wrap());
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if retrained.is_worth_it() {
                ui.add_enabled_ui(!is_over, |ui| {
                    if primary_button(ui, "Adopt").clicked() {
                        commands.push(Command::OrderLive(LiveOrder::Adopt));
                    }
                    if ui.add(Button::new("Keep the current ones").min_size(Vec2::new(0.0, 32.0))).clicked() {
                        commands.push(Command::OrderLive(LiveOrder::Decline));
                    }
                });
            } else if ui.add_enabled(!is_over, Button::new("OK")).clicked() {
                commands.push(Command::OrderLive(LiveOrder::Decline));
            }
        });
    } else {
        let can = !is_over && !matches!(now.state, LiveState::History | LiveState::Searching);
        let response = ui.add_enabled(can, Button::new("Retrain now").min_size(Vec2::new(0.0, 28.0)));
        let response = response.on_disabled_hover_text(match now.state {
            _ if is_over => "Following has ended.",
            LiveState::Searching => "Already searching.",
            _ => "What was there before is still being read.",
        });
        if response.on_hover_text(RETRAIN).clicked() {
            commands.push(Command::OrderLive(LiveOrder::Retrain));
        }
    }
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    for (at, version) in now.versions.iter().enumerate().rev() {
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
        let is_in_force = at == now.in_force;
        row_background(ui, rect, is_in_force, response.hovered() && !is_over);
        let t = tokens(ui);
        let (body, small) = (TextStyle::Body.resolve(ui.style()), TextStyle::Small.resolve(ui.style()));
        let title = format!("Version {}, {}", version.number, version.cause.words());
        let mut told = match version.at {
            Some(at) => format!("{} · {} moved", date(at), thousands(version.moved)),
            None => "since the beginning".to_owned(),
        };
        if is_in_force {
            told += " · in force";
        }
        let room = rect.shrink2(Vec2::new(8.0, 3.0));
        cut_text(ui.painter(), room.with_max_y(room.center().y), Align::Min, &title, body, t.text);
        cut_text(ui.painter(), room.with_min_y(room.center().y), Align::Min, &told, small, t.muted);
        name_it(&response, Role::Button, &format!("{title}: {told}"));
        if !is_in_force && !is_over && response.on_hover_text("Back to these segments. What is in force now stays in this list.").clicked()
        {
            commands.push(Command::OrderLive(LiveOrder::Back(version.number)));
        }
    }
}
