//! The Journeys page: what customers do, one question per view. On the left the events, whose they are and what is asked; the finding in one sentence above the plot.
//!
//! In: answers, the plan's options, look. Out: at most one new set of options per frame, or customers picked. Nothing is measured here.

mod differences;
mod funnel;
mod knobs;
mod path_map;
mod returns;
mod rhythm;
mod rule_chips;
mod rule_conditions;
mod rule_filters;
mod seen;
mod timelines;
mod triggers;
mod why;

use eframe::egui::{CentralPanel, Frame, Key, Label, Margin, Modifiers, Panel, Ui, Vec2};

use crate::engine::{Answer, Answers};
use crate::session::{Command, JourneyOptions, JourneysView, Look, PageView, Plan};
use crate::triggers::sentence::filter_words;

use super::dated_sources::dated_sources;
use super::theme::{self, caption, tokens};
use super::widgets::{self, answer_ui, centred, has_keys, primary_button, unbroken, views_ui};

use seen::Seen;

/// The whole page.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    if plan.journeys.events.is_empty() {
        empty_page_ui(ui, plan, answers, look, commands);
        return;
    }
    head_ui(ui, look);
    let mut draft = plan.journeys.clone();
    // A persona that is gone cannot be held against anybody.
    let n = answers.journeys.customers.latest().map_or(0, |customers| customers.names.len());
    look.journeys.persona = look.journeys.persona.filter(|persona| *persona < n);
    let has_what_to_clear = look.brush.is_some() || look.journeys.persona.is_some();
    if has_keys(ui, look) && has_what_to_clear && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        let is_done = look.brush.take().is_some();
        look.journeys.persona = look.journeys.persona.filter(|_| is_done);
    }
    let side = Frame::new().fill(tokens(ui).surface).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 8 });
    Panel::left("journeys knobs").default_size(252.0).size_range(236.0..=340.0).frame(side).show(ui, |ui| {
        knobs::ui(ui, answers, look, &mut draft, commands);
    });
    let middle = Frame::new().fill(tokens(ui).raised).inner_margin(Margin { left: 20, right: 20, top: 14, bottom: 10 });
    CentralPanel::default().frame(middle).show(ui, |ui| view_ui(ui, answers, look, &mut draft, commands));
    if draft != plan.journeys {
        commands.push(Command::Follow(draft));
    }
}

/// The bar at the top: which view.
fn head_ui(ui: &mut Ui, look: &mut Look) {
    let frame = Frame::new().fill(tokens(ui).surface).inner_margin(Margin::symmetric(16, 6));
    Panel::top("journeys head").frame(frame).exact_size(44.0).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            views_ui(ui, &mut look.journeys.view, JourneysView::ALL, PageView::Journeys);
        });
    });
}

/// The sentences of the view, and the view.
fn view_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, draft: &mut JourneyOptions, commands: &mut Vec<Command>) {
    let journeys = &answers.journeys;
    if let Answer::Failed { problem, previous: None } = &journeys.events {
        centred(ui, |ui| widgets::problem_ui(ui, &problem.0, None));
        return;
    }
    let view = look.journeys.view;
    if view == JourneysView::Funnel && draft.funnel.len() < 2 {
        funnel::steps_wanted_ui(ui, answers, draft);
        return;
    }
    if view == JourneysView::Triggers {
        triggers::ui(ui, answers, look, draft, commands);
        return;
    }
    if !draft.only.is_empty() {
        let words: Vec<String> = draft.only.iter().map(filter_words).collect();
        let told = format!("Looking only at events that fit: {}.", words.join(", "));
        ui.add(Label::new(caption(ui, unbroken(&told))).wrap());
    }
    answer_ui(ui, &journeys.shown, "the journeys", |ui, shown| {
        let seen = Seen { answers, shown, persona: look.journeys.persona };
        // What is said of the persona that is held against everyone comes first.
        let mut sentences: Vec<&String> = shown.report.sentences.iter().collect();
        if let Some(name) = seen.persona_name() {
            sentences.sort_by_key(|sentence| !sentence.contains(name));
        }
        let mut sentences = sentences.into_iter();
        if let Some(first) = sentences.next() {
            ui.add(Label::new(theme::heading(unbroken(first))).wrap());
        }
        for sentence in sentences.take(if view == JourneysView::Differences { 0 } else { 2 }) {
            ui.add(Label::new(caption(ui, unbroken(sentence))).wrap());
        }
        for note in &shown.notes {
            ui.add(Label::new(caption(ui, unbroken(note))).wrap());
        }
        ui.add_space(theme::INSIDE);
        match view {
            JourneysView::Paths => path_map::ui(ui, &seen, look),
            JourneysView::Funnel => funnel::ui(ui, &seen, look),
            JourneysView::Return => returns::ui(ui, &seen, look),
            JourneysView::Rhythm => rhythm::ui(ui, &seen, look),
            JourneysView::Differences => differences::ui(ui, &seen),
            JourneysView::Timelines => timelines::ui(ui, &seen, draft.purchase.as_deref(), look),
            // Rules have a trial of their own, above.
            JourneysView::Triggers => {}
        }
    });
}

/// As wide as a line of text is read well.
const LINE_OF_TEXT: f32 = 560.0;

/// Nothing is followed yet: what the page is for, and the ways to begin.
fn empty_page_ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    centred(ui, |ui| {
        ui.label(theme::heading("What do customers do?"));
        ui.add_space(4.0);
        let text = "Open an export of events as it is: GA4, Mixpanel, Amplitude, PostHog, Segment, Snowplow, Matomo, a shop, a web server log, a list of orders, or a table \
                    with a customer, a time and what happened in each row.";
        // A line across the whole window is hard to read.
        let width = ui.available_width().min(LINE_OF_TEXT);
        ui.allocate_ui(Vec2::new(width, 0.0), |ui| {
            ui.vertical_centered(|ui| ui.add(Label::new(caption(ui, text).size(14.0)).wrap()));
        });
        ui.add_space(theme::INSIDE);
        if primary_button(ui, "Open event exports…").clicked() {
            commands.push(Command::ChooseEvents);
        }
        for (name, path, is_purchases) in dated_sources(plan, answers) {
            ui.add_space(4.0);
            let response = ui.button(format!("Follow {name}"));
            if response.on_hover_text("One of the sources of this customer table that has a day in every row.").clicked() {
                if is_purchases && look.journeys.view == JourneysView::Paths {
                    look.journeys.view = JourneysView::Return;
                }
                commands.push(Command::Follow(JourneyOptions { events: vec![path], ..plan.journeys.clone() }));
            }
        }
        if look.journeys.path_draft.is_some() {
            ui.add_space(theme::INSIDE);
            ui.scope(|ui| {
                ui.set_max_width(420.0);
                knobs::path_ui(ui, &plan.journeys, look, commands);
            });
        }
    });
}
