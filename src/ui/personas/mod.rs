//! The Personas page: one card a segment, its front for everyone and its back with the evidence.

pub mod card;
pub mod distribution;
pub mod evidence;
pub mod glyph;

use eframe::egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Response, RichText, ScrollArea, Sense, Ui, UiBuilder, Vec2};

use crate::engine::{Answer, Answers};
use crate::evaluate::Stability;
use crate::persona::{Persona, Personas};
use crate::session::{Action, Command, Look, Page, Plan, Selection};

use super::badge::{Side, badge_ui};
use super::segments::segment_menu_ui;
use super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::widgets::{self, answer_ui, percent, primary_button, row_background, segmented_ui, share_bar, thousands};

/// Draws the page.
pub fn ui(ui: &mut Ui, _plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    if let Some(Selection::Cluster(cluster)) = look.selection {
        look.card = cluster;
    }
    let frame = Frame::new().inner_margin(Margin::same(BETWEEN as i8));
    Panel::left("persona_list").frame(frame).default_size(280.0).size_range(220.0..=420.0).show(ui, |ui| {
        answer_ui(ui, &answers.personas, "the personas", |ui, personas| list_ui(ui, answers, personas, look, commands));
    });
    CentralPanel::default().frame(Frame::new().inner_margin(Margin::same(BETWEEN as i8))).show(ui, |ui| {
        answer_ui(ui, &answers.personas, "the cards", |ui, personas| {
            if personas.personas.is_empty() {
                if widgets::empty_ui(ui, "No segment yet", "There is no group of customers to describe.", "Find segments") {
                    commands.push(Command::Do(Action::Go(Page::Segments)));
                }
                return;
            }
            look.card = look.card.min(personas.personas.len() - 1);
            card_page_ui(ui, answers, personas, look, commands);
        });
    });
}

fn list_ui(ui: &mut Ui, answers: &Answers, personas: &Personas, look: &mut Look, commands: &mut Vec<Command>) {
    ui.label(theme::heading(format!("{} personas", personas.personas.len())));
    ui.label(caption(ui, format!("{} customers", thousands(personas.n_rows))));
    ui.add_space(INSIDE);
    if ui.available_width() > 40.0 {
        all_shares_ui(ui, personas, None, 12.0);
    }
    ui.add_space(INSIDE);
    let below = 48.0;
    ScrollArea::vertical().max_height((ui.available_height() - below).max(80.0)).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for persona in &personas.personas {
            let is_selected = look.card == persona.cluster;
            let response = row_ui(ui, persona, is_selected);
            if response.clicked() {
                look.card = persona.cluster;
                look.selection = Some(Selection::Cluster(persona.cluster));
            }
            let which = Selection::Cluster(persona.cluster);
            response.context_menu(|ui| segment_menu_ui(ui, answers, look, which, &persona.name));
        }
        rest_ui(ui, "Unusual customers", personas.n_noise, personas.n_rows);
        rest_ui(ui, "Left out", personas.n_left_out, personas.n_rows);
    });
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        if primary_button(ui, "Export cards…").on_hover_text("Take the cards and the labelled customers away as files.").clicked() {
            commands.push(Command::Do(Action::Export));
        }
    });
}

/// One persona of the list.
fn row_ui(ui: &mut Ui, persona: &Persona, is_selected: bool) -> Response {
    let height = 52.0;
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
    row_background(ui, rect, is_selected, response.hovered());
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(Vec2::new(8.0, 6.0))));
    inner.horizontal(|ui| {
        glyph::glyph_ui(ui, persona.number, 36.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            widgets::cut_label(ui, theme::strong(&persona.name)).on_hover_text(&persona.name);
            ui.label(caption(ui, format!("{}  ·  {}", thousands(persona.n), percent(persona.share))));
        });
    });
    widgets::name_it(&response, eframe::egui::Role::Button, &format!("Card {}", persona.name));
    response
}

fn rest_ui(ui: &mut Ui, name: &str, n: usize, of: usize) {
    if n > 0 {
        ui.horizontal(|ui| {
            ui.add_space(8.0);
            widgets::swatch(ui, theme::noise());
            ui.label(caption(ui, format!("{name}  ·  {}  ·  {}", thousands(n), percent(n as f64 / of.max(1) as f64))));
        });
    }
}

/// Everyone as one bar, a piece a persona; `only` is drawn in full colour and the others step back.
pub fn all_shares_ui(ui: &mut Ui, personas: &Personas, only: Option<usize>, height: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::hover());
    let everyone = personas.n_rows.max(1) as f32;
    let mut left = rect.left();
    let t = tokens(ui);
    let mut piece = |n: usize, colour| {
        let width = rect.width() * n as f32 / everyone;
        let piece = eframe::egui::Rect::from_min_size(eframe::egui::pos2(left, rect.top()), Vec2::new((width - 1.0).max(0.5), height));
        ui.painter().rect_filled(piece, 2.0, colour);
        left += width;
    };
    for persona in &personas.personas {
        let colour = theme::segment(persona.number);
        let is_on = only.is_none_or(|only| only == persona.cluster);
        piece(persona.n, if is_on { colour } else { t.everyone });
    }
    piece(personas.n_noise + personas.n_left_out, t.field);
}

fn card_page_ui(ui: &mut Ui, answers: &Answers, personas: &Personas, look: &mut Look, commands: &mut Vec<Command>) {
    let persona = &personas.personas[look.card];
    ui.horizontal(|ui| {
        let mut side = look.evidence;
        let choices = [
            (false, "Card", "The front: for everyone in the room."),
            (true, "Evidence", "The back: every word and the row of numbers it rests on."),
        ];
        if segmented_ui(ui, &mut side, &choices) {
            look.evidence = side;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Present").on_hover_text("Full screen, one card a slide (F5).").clicked() {
                look.slide = look.card + 1;
                commands.push(Command::Do(Action::Present));
            }
            let of = RichText::new(format!("C{}: {} of {}", persona.number + 1, persona.cluster + 1, personas.personas.len()))
                .color(tokens(ui).muted);
            ui.label(of);
        });
    });
    ui.add_space(INSIDE);
    ScrollArea::vertical().id_salt(("card", look.evidence)).auto_shrink([false, false]).show(ui, |ui| {
        if look.evidence {
            evidence::ui(ui, personas, persona);
        } else {
            card::front_ui(ui, answers, personas, persona, look, commands);
        }
    });
}

/// Size and share in words and as a bar, and how far the segment may be relied on.
pub fn size_ui(ui: &mut Ui, persona: &Persona, stability: &Answer<Stability>, n_clusters: usize) {
    ui.horizontal(|ui| {
        ui.label(theme::strong(thousands(persona.n)));
        ui.label(caption(ui, "customers"));
        ui.add_space(4.0);
        ui.label(theme::strong(percent(persona.share)));
        ui.label(caption(ui, "of all"));
        if let Some(revenue) = persona.revenue_share {
            ui.add_space(4.0);
            ui.label(theme::strong(percent(revenue)));
            ui.label(caption(ui, "of revenue"));
        }
        ui.add_space(4.0);
        ui.label(caption(ui, "Confidence"));
        badge_ui(ui, stability, persona.cluster, n_clusters, Side::Left);
    });
    share_bar(ui, persona.share as f32, theme::segment(persona.number), 240.0, 6.0);
}
