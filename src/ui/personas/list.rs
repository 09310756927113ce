//! The left of the page: everyone, a row per persona, with shares of all rows; for the comparison also who is in it.

use eframe::egui::{Align, Label, Layout, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2};

use crate::persona::{Persona, Personas, Priority};
use crate::session::{Action, CardsView, Command, Look, Selection};
use crate::ui::badge::{Side, badge_tip, badge_ui};
use crate::ui::icons;
use crate::ui::names::{is_long, name_ui};
use crate::ui::segments::segment_menu_ui;
use crate::ui::theme::{self, INSIDE, caption, tokens};
use crate::ui::widgets::{self, name_it, primary_button, row_background, thousands};

use super::shares::{IN_NO_GROUP, LEFT_OUT, all_shares_ui, percents};
use super::turning::show_card;
use super::view::View;
use super::{face, importance, missing, niche};

const ROW: f32 = 52.0;
/// One whose name takes two lines.
const TALL_ROW: f32 = 70.0;
const SMALL_ROW: f32 = 28.0;

/// Draws the list.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let personas = view.personas;
    let n = personas.personas.len();
    ui.label(theme::heading(if n == 1 { "1 persona".to_owned() } else { format!("{n} personas") }));
    ui.label(caption(ui, personas.noun.counted(personas.n_rows)));
    ui.add_space(4.0);
    if ui.available_width() > 40.0 {
        all_shares_ui(ui, personas, None, 12.0);
    }
    ui.add_space(4.0);
    let comparing = look.cards.view == CardsView::Compare;
    // The last button keeps its place; below the comparison's choice stands what drives the grouping.
    let below = if comparing && !personas.is_everyone() && view.explained.is_some_and(|explained| !explained.importance.is_empty()) {
        48.0 + (ui.available_height() * 0.45).min(300.0)
    } else {
        48.0
    };
    let percents = percents(personas);
    let n_picked = |cluster: usize| {
        let counts = view.answers.brush.counts.as_ref().filter(|counts| look.brush.is_some() && counts.clusters.len() == n)?;
        Some(counts.share(cluster, personas.personas[cluster].n) as f32)
    };
    let shares: Vec<Option<f32>> = (0..n).map(n_picked).collect();
    let area = ScrollArea::vertical().id_salt("personas").max_height((ui.available_height() - below).max(80.0));
    area.auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (persona, percent) in personas.personas.iter().zip(&percents) {
            let response = row_ui(ui, view, persona, percent, shares[persona.cluster], look);
            if response.clicked() {
                match look.cards.view {
                    CardsView::Compare => toggle(personas, persona.number, look),
                    _ => show_card(look, persona.cluster),
                }
            }
            let which = Selection::Cluster(persona.cluster);
            response.context_menu(|ui| segment_menu_ui(ui, view.answers, look, which, &persona.name));
        }
        if !comparing {
            niche::rows_ui(ui, view, look);
        }
        rest_ui(ui, IN_NO_GROUP, "Too unlike every group to belong to one.", (personas.n_noise, &percents[n]), false);
        rest_ui(ui, LEFT_OUT, "These rows were not analysed; the notes say why.", (personas.n_left_out, &percents[n + 1]), true);
        missing_ui(ui, personas, look);
    });
    if below > 48.0 {
        ui.add_space(INSIDE);
        if let Some(explained) = view.explained {
            importance::ui(ui, explained, below - 56.0);
        }
    }
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        if primary_button(ui, "Export cards…").on_hover_text("Export the cards and the labelled customers as files.").clicked() {
            commands.push(Command::Do(Action::Export));
        }
    });
}

/// Takes a persona into the comparison or out of it; two stay.
fn toggle(personas: &Personas, number: usize, look: &mut Look) {
    let all = || personas.personas.iter().map(|persona| persona.number).collect::<Vec<_>>();
    let mut chosen = look.cards.compared.clone().unwrap_or_else(all);
    match chosen.iter().position(|other| *other == number) {
        Some(at) if chosen.len() > 2 => {
            chosen.remove(at);
        }
        Some(_) => {}
        None => chosen.push(number),
    }
    look.cards.compared = Some(chosen).filter(|chosen| chosen.len() < personas.personas.len());
}

/// Whether a persona is in the comparison.
pub fn is_compared(look: &Look, number: usize) -> bool {
    look.cards.compared.as_ref().is_none_or(|chosen| chosen.contains(&number))
}

/// One persona of the list; of its bar, the share of its customers that is picked.
fn row_ui(ui: &mut Ui, view: &View, persona: &Persona, percent: &str, picked: Option<f32>, look: &Look) -> Response {
    // A name is read whole: one too long for its line has two.
    let has_tag = persona.added.priority != Priority::None;
    let beside = 16.0 + 38.0 + ui.spacing().item_spacing.x + if has_tag { 18.0 } else { 0.0 };
    let is_tall = is_long(ui, &persona.name, &view.personas.noun, ui.available_width() - beside);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), if is_tall { TALL_ROW } else { ROW }), Sense::click());
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let comparing = look.cards.view == CardsView::Compare;
    let is_in = is_compared(look, persona.number);
    row_background(ui, rect, look.card == persona.cluster && !comparing && look.cards.niche.is_none(), response.hovered());
    let t = tokens(ui);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(Vec2::new(8.0, 6.0))));
    if comparing && !is_in {
        inner.multiply_opacity(0.5);
    }
    inner.horizontal(|ui| {
        face::face_ui(ui, persona, 38.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = 16.0;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                if has_tag {
                    widgets::swatch(ui, t.accent.gamma_multiply(strength(persona.added.priority)))
                        .on_hover_text(persona.added.priority.name());
                }
                name_ui(ui, &persona.name, &view.personas.noun, if is_tall { 2 } else { 1 }).on_hover_text(&persona.name);
            });
            ui.horizontal(|ui| {
                ui.add(Label::new(caption(ui, format!("{} · {}", thousands(persona.n), percent))).selectable(false));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if comparing {
                        let (icon, colour) = if is_in { (icons::CHECK, t.accent) } else { ("", t.muted) };
                        ui.label(eframe::egui::RichText::new(icon).color(colour));
                    } else {
                        badge_ui(ui, view.badge_of(persona), Side::Right);
                    }
                });
            });
        });
    });
    if let Some(share) = picked {
        let line = Rect::from_min_max(pos2(rect.left() + 8.0, rect.bottom() - 4.0), pos2(rect.right() - 8.0, rect.bottom() - 1.0));
        ui.painter().rect_filled(line, 1.0, t.field_hover);
        ui.painter().rect_filled(line.with_max_x(line.left() + line.width() * share.clamp(0.0, 1.0)), 1.0, theme::segment(persona.number));
    }
    let name = match (comparing, is_in) {
        (false, _) => format!("Card {}", persona.name),
        (true, true) => format!("Leave {} out of the comparison", persona.name),
        (true, false) => format!("Compare {}", persona.name),
    };
    name_it(&response, Role::Button, &name);
    let tip = badge_tip(view.badge_of(persona));
    if tip.is_empty() { response } else { response.on_hover_text(tip) }
}

fn strength(priority: Priority) -> f32 {
    match priority {
        Priority::None => 0.0,
        Priority::High => 1.0,
        Priority::Medium => 0.6,
        Priority::Low => 0.3,
    }
}

/// Those who are in no persona, as a row of their own.
fn rest_ui(ui: &mut Ui, name: &str, why: &str, (n, percent): (usize, &String), is_out: bool) {
    if n == 0 {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), SMALL_ROW), Sense::hover());
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(Vec2::new(8.0, 2.0))).layout(Layout::left_to_right(Align::Center)));
    widgets::swatch(&mut inner, if is_out { tokens(ui).hairline } else { theme::noise() });
    let text = format!("{name} · {} · {}", thousands(n), percent);
    inner.add(Label::new(caption(ui, text.as_str())).selectable(false));
    name_it(&response, Role::Label, &text);
    response.on_hover_text(why);
}

/// Opens "Who is missing?".
fn missing_ui(ui: &mut Ui, personas: &Personas, look: &mut Look) {
    let n = missing::n_told(personas);
    let text = if n == 0 { "Who is missing?".to_owned() } else { format!("Who is missing? ({n})") };
    ui.add_space(4.0);
    let button = eframe::egui::Button::new(text).selected(look.cards.missing_open).frame_when_inactive(false);
    let response = ui.add(button.min_size(Vec2::new(0.0, SMALL_ROW)));
    name_it(&response, Role::Button, "Who is missing?");
    if response.on_hover_text("Groups of customers that are not the most common in any persona.").clicked() {
        look.cards.missing_open = !look.cards.missing_open;
    }
}
