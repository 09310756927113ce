//! The view Live: how the segments move as orders and events come in. What is done on the left, shares over the map and the moves in the middle, the segments and what has moved on the right.
//!
//! In: the last picture of what is followed, the plan's choices. Out: orders, and one new set of choices per frame at most. Nothing is measured here.

mod bands;
mod begin;
mod drawn;
mod fires;
mod flow;
mod list;
mod pane;
mod told;

use eframe::egui::{CentralPanel, Frame, Key, Margin, Modifiers, Panel, ScrollArea, Ui};

use crate::engine::Answers;
use crate::engine::live::LiveState;
use crate::session::{Command, LiveOrder, Look, Plan};
use crate::ui::plotting::{Lies, split};
use crate::ui::set_aside::set_aside;
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{centred, problem_ui};

use super::view::View;
use pane::pane_ui;

/// The whole view.
pub(super) fn ui(ui: &mut Ui, view: &View, plan: &Plan, look: &mut Look, commands: &mut Vec<Command>) {
    let Some(live) = &view.answers.live else {
        CentralPanel::default().frame(Frame::new().fill(tokens(ui).raised)).show(ui, |ui| begin::ui(ui, view, plan, look, commands));
        return;
    };
    let Some(now) = &live.now else {
        CentralPanel::default().frame(Frame::new().fill(tokens(ui).raised)).show(ui, |ui| {
            centred(ui, |ui| match &live.outcome {
                Some(Err(why)) => {
                    if problem_ui(ui, why, Some("Choose again")) {
                        commands.push(Command::EndLive);
                    }
                }
                Some(Ok(())) => {
                    if ui.button("Choose again").clicked() {
                        commands.push(Command::EndLive);
                    }
                }
                None => {
                    ui.label(caption(ui, "Reading earlier events"));
                }
            });
        });
        return;
    };
    let side = Frame::new().fill(tokens(ui).surface).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 8 });
    Panel::left("live told").default_size(252.0).size_range(236.0..=340.0).frame(side).show(ui, |ui| {
        told::ui(ui, now, live.outcome.as_ref(), look, commands);
    });
    let width = (ui.available_width() * 0.26).clamp(272.0, 400.0);
    let aside = set_aside(ui, Panel::right("live list").default_size(width).size_range(240.0..=480.0).frame(side));
    CentralPanel::default().frame(Frame::new().fill(tokens(ui).raised)).show(ui, |ui| {
        let rect = ui.max_rect();
        let (upper, lower) = split(ui, "live", rect, Lies::Flat, 0.46, 170.0);
        let (left, right) = split(ui, "live lower", lower, Lies::Upright, 0.5, 240.0);
        pane_ui(ui, upper, "shares", |ui| bands::ui(ui, now));
        pane_ui(ui, left, "customers and centres", |ui| drawn::ui(ui, now));
        pane_ui(ui, right, "moves", |ui| flow::ui(ui, now, look));
    });
    aside.fill_ui(ui, "live list", |ui| {
        ScrollArea::vertical().id_salt("live list").auto_shrink(false).show(ui, |ui| {
            list::ui(ui, now);
            fires::ui(ui, now, commands);
        });
    });
}

/// The keys of the view.
pub(super) fn keys(ui: &Ui, answers: &Answers, commands: &mut Vec<Command>) {
    let Some(now) = answers.live.as_ref().filter(|live| live.outcome.is_none()).and_then(|live| live.now.as_ref()) else { return };
    if ui.memory(|memory| memory.focused()).is_none() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Space)) {
        commands.push(Command::OrderLive(if now.state == LiveState::Paused { LiveOrder::GoOn } else { LiveOrder::Pause }));
    }
}
