//! Everyone on one sheet: a tile per persona, those in no group, rows left out, and who is missing. A click opens the card.

use eframe::egui::{
    Align, Color32, CornerRadius, FontId, Label, Layout, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2,
};

use crate::persona::{Contrast, Persona, Personas};
use crate::session::{CardsView, Look};
use crate::ui::badge::{Side, badge_ui};
use crate::ui::names::name_ui;
use crate::ui::theme::{self, BETWEEN, INSIDE, caption, tokens};
use crate::ui::widgets::{self, name_it, percent, thousands};

use super::shares::{IN_NO_GROUP, LEFT_OUT, all_shares_ui, percents};
use super::turning::show_card;
use super::view::View;
use super::{face, missing};

/// Strongest traits of a tile.
const TRAITS: usize = 3;
/// Least width and height of a tile.
const TILE: Vec2 = Vec2::new(300.0, 184.0);

/// Draws the sheet.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look) {
    let personas = view.personas;
    let n = personas.personas.len();
    let room = ui.available_height();
    ScrollArea::vertical().id_salt("overview").auto_shrink([false, false]).show(ui, |ui| {
        ui.horizontal(|ui| {
            let title = if n == 1 { "One persona".to_owned() } else { format!("{n} personas") };
            ui.label(theme::display(title));
            let revenue = view.revenue_told().map_or_else(String::new, |told| format!("  ·  {}", told.trim_end_matches('.')));
            ui.add_space(INSIDE);
            ui.add(Label::new(caption(ui, format!("among {}{revenue}", personas.noun.counted(personas.n_rows)))).wrap());
        });
        if let Some(doubt) = view.answers.doubt(&view.plan.clustering) {
            ui.add(Label::new(theme::strong(doubt)).wrap());
        }
        all_shares_ui(ui, personas, None, 16.0);
        ui.add_space(INSIDE);
        let percents = percents(personas);
        let columns = columns(n, ui.available_width());
        let width = ((ui.available_width() - BETWEEN * (columns - 1) as f32) / columns as f32).floor();
        let height = height(n.div_ceil(columns), room - ui.min_rect().height() - rest_height(personas));
        for row in personas.personas.chunks(columns) {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = BETWEEN;
                for persona in row {
                    let response = tile_ui(ui, view, persona, &percents[persona.cluster], Vec2::new(width, height));
                    if response.clicked() {
                        look.cards.view = CardsView::Cards;
                        show_card(look, persona.cluster);
                    }
                }
            });
            ui.add_space(INSIDE);
        }
        rest_ui(ui, view, &percents[n..]);
    });
}

/// Columns of tiles: few personas get large tiles, and rows are as even as can be.
fn columns(n: usize, width: f32) -> usize {
    let most = (((width + BETWEEN) / (TILE.x + BETWEEN)) as usize).max(1);
    let wanted = match n {
        0 | 1 => 1,
        2..=4 => 2,
        5..=6 => 3,
        _ => most,
    };
    wanted.min(most)
}

/// Height of a tile, so that all rows fill the room, but no more than is read well.
fn height(n_rows: usize, room: f32) -> f32 {
    (room / n_rows.max(1) as f32 - 2.0 * INSIDE).clamp(TILE.y, 1.6 * TILE.y).floor()
}

/// Room for what stands below the tiles.
fn rest_height(personas: &Personas) -> f32 {
    let n_told = missing::n_told(personas).min(4) as f32;
    32.0 + if n_told > 0.0 { 36.0 + 26.0 * n_told } else { 0.0 }
}

fn tile_ui(ui: &mut Ui, view: &View, persona: &Persona, percent_of_all: &str, size: Vec2) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let t = tokens(ui);
    let line = if response.hovered() || response.has_focus() { Stroke::new(1.5, t.accent) } else { Stroke::new(1.0, t.hairline) };
    ui.painter().rect(rect, 8.0, t.raised, line, StrokeKind::Inside);
    let band = rect.with_max_x(rect.left() + 6.0);
    ui.painter().rect_filled(band, CornerRadius { nw: 8, sw: 8, ne: 0, se: 0 }, theme::segment(persona.number));
    let room = Rect::from_min_max(rect.min + Vec2::new(18.0, 12.0), rect.max - Vec2::new(14.0, 12.0));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::top_down(Align::Min)));
    inner.set_clip_rect(rect.intersect(ui.clip_rect()));
    let ui = &mut inner;
    ui.spacing_mut().item_spacing = Vec2::new(INSIDE, 4.0);
    ui.spacing_mut().interact_size.y = 16.0;
    ui.horizontal(|ui| {
        face::face_ui(ui, persona, 48.0);
        ui.vertical(|ui| {
            name_ui(ui, &persona.name, &view.personas.noun, 2).on_hover_text(&persona.name);
            ui.horizontal(|ui| {
                let revenue = persona.revenue_share.map_or_else(String::new, |share| format!("  ·  {} of revenue", percent(share)));
                let text = format!("{}  ·  {}{revenue}", thousands(persona.n), percent_of_all);
                ui.add(Label::new(caption(ui, text)).wrap().selectable(false));
            });
            badge_ui(ui, view.badge_of(persona), Side::Left);
        });
    });
    let colour = theme::segment(persona.number);
    let (bar, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 5.0), Sense::hover());
    bar_paint(ui, bar, persona.n as f32 / view.personas.n_rows.max(1) as f32, colour);
    // Above the bar it would seem to be what the bar shows.
    if let Some(outcome) = persona.outcome_text(&view.personas.noun).filter(|_| persona.n >= Contrast::LEAST) {
        ui.add(Label::new(theme::strong(outcome).size(13.0)).wrap().selectable(false));
    }
    if size.y > 1.3 * TILE.y {
        let text = Label::new(RichText::new(widgets::unbroken(&persona.summary)).size(13.0)).wrap().selectable(false);
        ui.add_space(4.0);
        ui.add(text);
    }
    ui.add_space(4.0);
    traits_ui(ui, persona, view.personas.is_everyone());
    name_it(&response, Role::Button, &format!("Open the card {}", persona.name));
    response
}

fn bar_paint(ui: &Ui, bar: Rect, share: f32, colour: Color32) {
    ui.painter().rect_filled(bar, 2.0, tokens(ui).field);
    ui.painter().rect_filled(bar.with_max_x(bar.left() + bar.width() * share.clamp(0.0, 1.0)), 2.0, colour);
}

/// The strongest traits, those of the name first.
fn traits_ui(ui: &mut Ui, persona: &Persona, is_everyone: bool) {
    let mut n_told = 0;
    for statement in persona.in_few_words().take(TRAITS).filter(|_| persona.n >= Contrast::LEAST) {
        // A name of two lines and an outcome take the place of a trait where the tile is low: none is cut through.
        let value = widgets::width_of(ui, &statement.value, &FontId::new(13.0, theme::bold())) + INSIDE;
        let room = ui.available_width() - value;
        let text = RichText::new(&statement.text).size(13.0);
        let galley = ui.painter().layout(statement.text.clone(), FontId::proportional(13.0), Color32::PLACEHOLDER, room);
        if ui.available_height() < galley.size().y {
            break;
        }
        n_told += 1;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add(Label::new(theme::strong(&statement.value).size(13.0)).selectable(false));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(text).wrap().selectable(false));
                });
            });
        });
    }
    if n_told == 0 && !is_everyone {
        let text = if persona.n < Contrast::LEAST { "Too few to describe." } else { "Much like everyone." };
        ui.label(caption(ui, text));
    }
}

/// Those who are in no persona, and groups that are nobody's commonest.
fn rest_ui(ui: &mut Ui, view: &View, percents: &[String]) {
    let personas = view.personas;
    let of = [(IN_NO_GROUP, personas.n_noise, "unlike all groups"), (LEFT_OUT, personas.n_left_out, "not analysed")];
    let parts: Vec<String> = of
        .iter()
        .zip(percents)
        .filter(|((_, n, _), _)| *n > 0)
        .map(|((name, n, why), percent)| format!("{name}: {}, {} ({why})", thousands(*n), percent))
        .collect();
    if !parts.is_empty() {
        ui.label(caption(ui, parts.join("  ·  ")));
    }
    if missing::n_told(personas) > 0 {
        ui.add_space(INSIDE);
        ui.label(theme::strong("Who is missing?"));
        missing::list_ui(ui, personas);
    }
}
