//! The niches inside the segments: what was tried, and a row per confirmed niche with its need, its rule and how it was confirmed.
//!
//! In: the niches. Out: whoever is picked, or the plan's niche cards. "None confirmed" is an answer like any other.

use eframe::egui::{
    Align, Button, CornerRadius, Frame, Label, Layout, Margin, RichText, Role, ScrollArea, Sense, Stroke, TextStyle, Ui, UiBuilder, Vec2,
};

use crate::persona::{Niche, Niches, RowSet};
use crate::session::{Brush, Command, Look, NicheCard, NicheOptions, Who};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_label, name_it, swatch, thousands};

use super::super::statements::side_ui;
use super::super::view::View;

const MEANS: &str = "A niche is a small group inside a segment with a need of its own: it comes back among other customers, chance does not do as well, and the half of the customers that had \
                     no part in finding it shows the same.";

/// The right panel.
pub(super) fn ui(ui: &mut Ui, view: &View, options: &NicheOptions, look: &mut Look, commands: &mut Vec<Command>) {
    ui.label(theme::heading("Niches inside the segments")).on_hover_text(MEANS);
    ui.add_space(4.0);
    side_ui(ui, &view.answers.niches, "the niches", |ui, niches| found_ui(ui, view, niches, options, look, commands));
}

fn found_ui(ui: &mut Ui, view: &View, niches: &Niches, options: &NicheOptions, look: &mut Look, commands: &mut Vec<Command>) {
    ui.add(Label::new(theme::strong(niches.sentence())).wrap());
    if let Some(kinds) = niches.kinds_sentence() {
        ui.add_space(4.0);
        ui.label(kinds);
    }
    ui.add_space(theme::INSIDE);
    ScrollArea::vertical().id_salt("niches").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        for (at, niche) in niches.niches.iter().enumerate() {
            niche_ui(ui, view, (at, niche), niches, options, look, commands);
        }
        reasons_ui(ui, niches);
    });
}

/// Why the others are no niches, and what was looked for.
fn reasons_ui(ui: &mut Ui, niches: &Niches) {
    let reasons = niches.reasons();
    let n_alike = niches.n_alike();
    if !reasons.is_empty() || n_alike > 0 {
        ui.add_space(4.0);
        ui.label(theme::strong("The other candidates"));
        if n_alike > 0 {
            ui.label(caption(ui, format!("{}: the same customers as a niche above", thousands(n_alike))));
        }
        for (why, n) in reasons {
            ui.label(caption(ui, format!("{}: {}", thousands(n), why.words())));
        }
    }
    ui.add_space(4.0);
    ui.label(caption(ui, niches.needs_sentence()));
}

fn niche_ui(
    ui: &mut Ui,
    view: &View,
    (at, niche): (usize, &Niche),
    niches: &Niches,
    options: &NicheOptions,
    look: &mut Look,
    commands: &mut Vec<Command>,
) {
    let loaded = view.answers.loaded.latest();
    let is_picked = look.brush.as_ref().is_some_and(|brush| match &brush.who {
        Who::Rows { rows, .. } => {
            rows.len() == niche.table_rows.len() && rows.iter().zip(&niche.table_rows).all(|(a, b)| *a as usize == *b)
        }
        _ => false,
    });
    let card = options.cards.iter().position(|card| is_of(card, niche, options));
    let name = card.and_then(|card| options.cards[card].name.clone()).unwrap_or_else(|| niche.card.name.clone());
    let mut wants_card = false;
    let builder = UiBuilder::new().id_salt(("niche", at)).sense(Sense::CLICK);
    let response = ui
        .scope_builder(builder, |ui| {
            let t = tokens(ui);
            let fill = if is_picked { t.accent_tint } else { t.surface };
            let line = Stroke::new(1.0, if ui.response().hovered() { t.accent } else { t.hairline });
            let frame = Frame::new().fill(fill).stroke(line).corner_radius(CornerRadius::same(theme::RADIUS));
            frame.inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing = Vec2::new(6.0, 3.0);
                ui.style_mut().interaction.selectable_labels = false;
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.label(caption(ui, niches.noun.counted(niche.table_rows.len())));
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| cut_label(ui, theme::strong(name.as_str())));
                    });
                });
                ui.horizontal(|ui| {
                    if let Some(parent) = niche.parent {
                        swatch(ui, theme::segment(parent));
                    }
                    let share = crate::persona::text::percent(niche.share_of_parent);
                    cut_label(ui, caption(ui, format!("{}, {share} of it", niche.part_of())));
                });
                chip_ui(ui, &niche.need_text(), true);
                chip_ui(ui, &niche.apart.text(&niche.parent_short()), false);
                let rule: Vec<&str> = niche.rule.iter().map(|condition| condition.text.as_str()).collect();
                ui.add(Label::new(caption(ui, format!("Rule: {}", rule.join(", ")))).wrap());
                let sure = niche.need.confirmed.as_ref().map_or_else(String::new, |confirmed| format!(" Need: {confirmed}."));
                ui.add(Label::new(caption(ui, format!("Confirmed on the other half.{sure}"))).wrap())
                    .on_hover_text(niche.confirmed.join("\n"));
                let (text, tip) = match card {
                    None => (
                        "Make this a niche card",
                        "A card beside the personas, in the window and in every export, for as long as the niche is confirmed.",
                    ),
                    Some(_) => ("Remove its card", "The niche stays listed here."),
                };
                wants_card = ui.add(Button::new(text).min_size(Vec2::new(0.0, 26.0))).on_hover_text(tip).clicked();
            });
        })
        .response;
    name_it(&response, Role::Button, &format!("Select niche {name}"));
    if wants_card {
        let mut cards = options.cards.clone();
        match card {
            Some(card) => drop(cards.remove(card)),
            None => cards.push(NicheCard { name: None, members: RowSet::new(niche.table_rows.iter().copied()) }),
        }
        commands.push(Command::Niches(NicheOptions { cards, ..options.clone() }));
    } else if let Some(loaded) = loaded.filter(|_| response.clicked()) {
        look.pick(Brush::rows(loaded.stamp, niche.table_rows.iter().copied(), "niche in the list"));
        ui.ctx().request_repaint();
    }
}

fn chip_ui(ui: &mut Ui, text: &str, is_first: bool) {
    let t = tokens(ui);
    Frame::new().fill(t.field).corner_radius(CornerRadius::same(10)).inner_margin(Margin::symmetric(8, 3)).show(ui, |ui| {
        let text = RichText::new(text).text_style(TextStyle::Small);
        ui.add(Label::new(if is_first { text.strong() } else { text }).wrap());
    });
}

/// Whether a card is of this niche: most of the customers are the same.
fn is_of(card: &NicheCard, niche: &Niche, options: &NicheOptions) -> bool {
    let both = card.members.rows().filter(|row| niche.table_rows.binary_search(row).is_ok()).count();
    both as f64 > options.rules.alike * (card.members.len() + niche.table_rows.len() - both) as f64
}
