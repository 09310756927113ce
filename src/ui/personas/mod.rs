//! The Personas page: one card per segment with its front and its back, all of them side by side, and everyone on one sheet.
//!
//! In: cards, stability and what was learnt about the grouping, all as answers. Out: edits of cards, picked customers, a card to read. Work per
//! frame: what is in view. Pointing at a statement, a word of a name, a row of the back or a value of the comparison is one gesture
//! ([`traits`]): it shows the evidence in the strip at the bottom, and a click picks the customers behind it.

mod added;
mod back;
mod compare;
pub mod distribution;
mod evidence;
mod face;
mod front;
pub mod glyph;
mod importance;
mod list;
mod missing;
mod name;
mod niche;
mod overview;
mod profile;
mod quotes;
mod shares;
mod statements;
mod traits;
mod turning;
mod view;

use eframe::egui::{self, CentralPanel, Frame, Key, Margin, Modifiers, Panel, Role, ScrollArea, Stroke, Ui};

use crate::engine::{Answer, Answers};
use crate::export::Density;
use crate::export::pages::Sheet;
use crate::persona::{Persona, Personas, numbering};
use crate::session::{Action, CardsView, Command, Look, Page, PageView, Plan, Selection};

use super::at_right::at_right_ui;
use super::data_page::listing;
use super::theme::{self, BETWEEN, tokens};
use super::widgets::{self, answer_ui, has_keys, name_it, segmented_ui, views_ui};

use turning::{show_card, turn_ui};
use view::{From, View};

pub use shares::all_shares_ui;

/// Draws the page.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    if let Some(Selection::Cluster(cluster)) = look.selection {
        look.card = cluster;
    }
    let n_cards = answers.personas.latest().map_or(0, |personas| personas.personas.len());
    look.card = look.card.min(n_cards.saturating_sub(1));
    keys(ui, look, n_cards);
    if let Some(personas) = answers.personas.latest() {
        keep_drafts(personas, look, commands);
    }
    listing::ui(ui, plan, answers, look, commands);
    head_ui(ui, answers, look, n_cards, commands);
    let unknown = Answer::default();
    let is_fresh = answers.personas.ready().is_some();
    // The comparison is an analyst's; only cards are told in two densities.
    let density = if look.cards.view == CardsView::Cards { look.cards.density } else { Density::Analyst };
    // Cards from before the last change are not told what was measured since.
    let (stability, explained) = if is_fresh { (&answers.stability, answers.explained.ready()) } else { (&unknown, None) };
    let from = From { plan, answers, stability, explained: explained.map(|explained| &**explained), density };
    if n_cards == 0 {
        CentralPanel::default().frame(Frame::new().inner_margin(Margin::same(BETWEEN as i8))).show(ui, |ui| {
            empty_ui(ui, answers, commands);
        });
        return;
    }
    if look.cards.view != CardsView::Overview {
        let side = Frame::new().fill(tokens(ui).surface).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 8 });
        let width = (ui.available_width() * 0.2).clamp(272.0, 400.0);
        Panel::left("persona_list").frame(side).default_size(width).size_range(236.0..=480.0).show(ui, |ui| {
            answer_ui(ui, &answers.personas, "the personas", |ui, personas| list::ui(ui, &from.view(personas), look, commands));
        });
        let strip = Frame::new().fill(tokens(ui).raised).inner_margin(Margin::symmetric(16, 8));
        Panel::bottom("evidence strip").frame(strip).exact_size(traits::STRIP).show(ui, |ui| {
            if let Some(personas) = answers.personas.latest() {
                traits::strip_ui(ui, &from.view(personas), look, commands);
            }
        });
    }
    CentralPanel::default().frame(Frame::new().fill(tokens(ui).surface).inner_margin(Margin::same(BETWEEN as i8))).show(ui, |ui| {
        answer_ui(ui, &answers.personas, "the cards", |ui, personas| {
            let view = from.view(personas);
            missing::ui(ui, &view, look);
            match look.cards.view {
                CardsView::Cards => match look.cards.niche.filter(|at| *at < plan.niches.cards.len()) {
                    Some(at) => niche::card_ui(ui, &view, at, look, commands),
                    None => card_ui(ui, &view, look, commands),
                },
                CardsView::Compare => compare::ui(ui, &view, look),
                CardsView::Overview => overview::ui(ui, &view, look),
            }
        });
    });
}

/// The bar at the top: which view, how dense, and the way on.
fn head_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, n_cards: usize, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.surface).inner_margin(Margin::symmetric(16, 6));
    Panel::top("cards head").frame(frame).exact_size(44.0).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            views_ui(ui, &mut look.cards.view, CardsView::ALL, PageView::Personas);
            if look.cards.view == CardsView::Cards && look.cards.density == Density::Analyst {
                ui.add_space(8.0);
                let sides = [
                    (false, "Card", "The front: for everyone in the room.  F or Space"),
                    (true, "Evidence", "The back: every word and the row of numbers it rests on.  F or Space"),
                ];
                segmented_ui(ui, &mut look.evidence, &sides);
            }
            at_right_ui(ui, "cards head", |ui| {
                if look.cards.view == CardsView::Cards {
                    turn_ui(ui, look, n_cards);
                    ui.add_space(4.0);
                    let densities = Density::ALL.map(|density| (density, density.name(), density.explanation()));
                    segmented_ui(ui, &mut look.cards.density, &densities);
                    ui.add_space(4.0);
                }
                if ui.button("Present").on_hover_text("See the slides; F5 shows them full screen.").clicked() {
                    let is_card = |sheet: &Sheet| sheet.kind == "card" && sheet.cluster == Some(look.card);
                    let slide = answers.pages.pages.latest().and_then(|pages| pages.sheets.iter().position(is_card));
                    look.slide = if look.cards.view == CardsView::Overview { 0 } else { slide.unwrap_or(look.card + 1) };
                    commands.push(Command::Do(Action::Go(Page::Present)));
                }
            });
        });
    });
}

/// What was typed on a card that is no longer shown: its fields cannot tell any more that they were left.
fn keep_drafts(personas: &Personas, look: &mut Look, commands: &mut Vec<Command>) {
    let is_card = look.cards.view == CardsView::Cards && !look.evidence;
    for cluster in [look.name_draft.as_ref().map(|(cluster, _)| *cluster), look.added_draft.as_ref().map(|(cluster, _)| *cluster)] {
        let hidden = cluster.filter(|cluster| !is_card || *cluster != look.card);
        if let Some(persona) = hidden.and_then(|cluster| personas.personas.get(cluster)) {
            name::keep_draft(persona, look, commands);
            added::keep_draft(persona, look, commands);
        }
    }
}

/// The page's keys, while nothing else has them.
fn keys(ui: &Ui, look: &mut Look, n_cards: usize) {
    if !has_keys(ui, look) {
        return;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let is_anything_open = look.cards.missing_open || look.brush.is_some() || look.cards.quotes.is_some() || look.evidence;
    if is_anything_open && pressed(Key::Escape) {
        // Esc goes one step back: first what lies over the page, then the customers picked, then the back of the card.
        let is_done = look.cards.quotes.take().is_some() || std::mem::take(&mut look.cards.missing_open) || look.brush.take().is_some();
        if !is_done {
            look.evidence = false;
        }
    }
    if look.cards.view != CardsView::Cards || n_cards == 0 {
        return;
    }
    // A button with the focus takes the space bar for itself.
    let has_focus = ui.memory(|memory| memory.focused().is_some());
    if look.cards.density == Density::Analyst && (pressed(Key::F) || (!has_focus && pressed(Key::Space))) {
        look.evidence = !look.evidence;
    }
    let step = usize::from(pressed(Key::ArrowRight)) + usize::from(pressed(Key::ArrowLeft)) * (n_cards - 1);
    if step > 0 && !has_focus {
        show_card(look, (look.card + step) % n_cards);
    }
}

/// No card yet: why, and what to do.
fn empty_ui(ui: &mut Ui, answers: &Answers, commands: &mut Vec<Command>) {
    match &answers.personas {
        Answer::Ready(_) => {
            if widgets::empty_ui(ui, "No segment yet", "There is no group of customers to describe.", "Find segments") {
                commands.push(Command::Do(Action::Go(Page::Segments)));
            }
        }
        Answer::Failed { problem, .. } => {
            let pressed = widgets::centred(ui, |ui| widgets::problem_ui(ui, &problem.0, Some("Go to Segments")));
            if pressed {
                commands.push(Command::Do(Action::Go(Page::Segments)));
            }
        }
        answer => answer_ui(ui, answer, "the cards", |_, _| {}),
    }
}

fn card_ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let Some(persona) = view.personas.personas.get(look.card) else { return };
    let is_back = look.evidence && view.is_analyst();
    quotes::ui(ui, persona, look, commands);
    ScrollArea::vertical().id_salt(("card", is_back, persona.number)).auto_shrink([false, false]).show(ui, |ui| {
        sheet_ui(ui, persona, |ui| {
            if is_back {
                back::ui(ui, view, persona, look);
            } else {
                front::ui(ui, view, persona, look, commands);
            }
        });
    });
}

/// The sheet both sides are on: as wide as can be read, in the middle, with the persona's colour as a band.
fn sheet_ui(ui: &mut Ui, persona: &Persona, contents: impl FnOnce(&mut Ui)) {
    let mut room = ui.available_rect_before_wrap();
    let width = room.width().min(1180.0);
    room.min.x += ((room.width() - width) / 2.0).floor();
    room.max.x = room.min.x + width;
    ui.scope_builder(egui::UiBuilder::new().max_rect(room), |ui| {
        let t = tokens(ui);
        let frame = Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.hairline)).corner_radius(8);
        let response = frame.inner_margin(Margin { left: 32, right: 24, top: 20, bottom: 16 }).show(ui, |ui| {
            ui.set_width(width - 58.0);
            contents(ui);
        });
        let rect = response.response.rect;
        let band = rect.with_max_x(rect.left() + 8.0);
        ui.painter().rect_filled(band, egui::CornerRadius { nw: 8, sw: 8, ne: 0, se: 0 }, theme::segment(persona.number));
        name_it(&response.response, Role::Group, &format!("Card of {}", numbering::name(persona.number)));
    });
}
