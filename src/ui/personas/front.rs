//! The front of a card: name, one sentence, three facts, what sets them apart, distributions, and what the user added.
//!
//! The Workshop front says the same in larger type and without anything that only an analyst reads.

use eframe::egui::{Label, RichText, Ui};

use crate::base::part;
use crate::base::text::count;
use crate::data::Loaded;
use crate::data::table::day_text;
use crate::persona::{Contrast, Distribution, Persona, Priority, numbering};
use crate::session::{Command, Look};
use crate::ui::badge::{Side, badge_ui};
use crate::ui::theme::{self, BETWEEN, INSIDE, caption, tokens};
use crate::ui::widgets::{self, percent, thousands};

use super::view::View;
use super::{added, distribution, face, name, profile, shares, statements};

/// Distributions of a front.
const DISTRIBUTIONS: usize = 6;
/// Space between columns.
const GUTTER: f32 = 32.0;

/// Draws the front of `persona`'s card.
pub fn ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    head_ui(ui, view, persona, look, commands);
    ui.add_space(INSIDE);
    let size = if view.is_analyst() { 16.0 } else { 20.0 };
    ui.add(Label::new(RichText::new(widgets::unbroken(&persona.summary)).size(size)).wrap());
    ui.add_space(INSIDE);
    facts_ui(ui, view, persona);
    ui.add_space(BETWEEN);
    if persona.n < Contrast::LEAST {
        let counted = view.personas.noun.counted(persona.n);
        let text = format!("Only {counted}: too few to describe without exposing individuals.");
        ui.label(RichText::new(text).size(size));
    } else {
        columns_ui(ui, look, |ui, look| statements::ui(ui, view, persona, look), |ui, look| profile::ui(ui, view, persona, look));
        ui.add_space(INSIDE);
        distributions_ui(ui, view, persona);
    }
    ui.add_space(INSIDE);
    added::ui(ui, view, persona, look, commands);
    ui.add_space(INSIDE);
    footer_ui(ui, view, persona);
}

/// Two columns, as wide as each other.
fn columns_ui(ui: &mut Ui, look: &mut Look, left: impl FnOnce(&mut Ui, &mut Look), right: impl FnOnce(&mut Ui, &mut Look)) {
    let column = ((ui.available_width() - GUTTER) / 2.0).floor();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GUTTER;
        for (at, contents) in [Box::new(left) as Box<dyn FnOnce(&mut Ui, &mut Look)>, Box::new(right)].into_iter().enumerate() {
            ui.push_id(at, |ui| {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.x = INSIDE;
                    ui.set_width(column);
                    contents(ui, look);
                });
            });
        }
    });
}

fn head_ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let size = if view.is_analyst() { 28.0 } else { 40.0 };
    ui.horizontal(|ui| {
        face::face_ui(ui, persona, size * 2.0 + 16.0);
        ui.add_space(4.0);
        ui.vertical(|ui| {
            ui.add_space(2.0);
            name::name_ui(ui, persona, size, look, commands);
            name::words_ui(ui, view, persona, look, commands);
            ui.horizontal(|ui| {
                if let Some(parent) = part::parent(persona.number) {
                    ui.label(caption(ui, format!("{}, part of {}", numbering::name(persona.number), numbering::name(parent))));
                    ui.add_space(8.0);
                }
                let badge = view.badge_of(persona);
                if !badge.is_choice && badge.n_clusters > 1 {
                    ui.label(caption(ui, "Confidence"));
                }
                badge_ui(ui, badge, Side::Left);
                if persona.added.priority != Priority::None {
                    let accent = tokens(ui).accent;
                    widgets::chip(ui, persona.added.priority.name(), accent).on_hover_text("Your tag.");
                }
            });
        });
    });
}

/// The three facts, and everyone as a bar with this persona filled.
fn facts_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    let size = if view.is_analyst() { 20.0 } else { 30.0 };
    let noun = &view.personas.noun;
    let mut facts = vec![
        (thousands(persona.n), noun.of_count(persona.n).to_owned(), None),
        (percent(persona.share), format!("of the {} analysed", noun.many), None),
    ];
    if let Some(revenue) = persona.revenue_share {
        facts.push((percent(revenue), "of revenue".to_owned(), view.revenue_told()));
    }
    ui.horizontal(|ui| {
        for (value, label, told) in facts {
            ui.label(RichText::new(value).size(size).family(theme::bold()));
            let label = ui.label(caption(ui, label));
            if let Some(told) = told {
                label.on_hover_text(told);
            }
            ui.add_space(INSIDE);
        }
    });
    shares::all_shares_ui(ui, view.personas, Some(persona.cluster), 10.0);
    // Above the bar it would seem to be what the bar shows.
    if let Some(outcome) = persona.outcome_text(&view.personas.noun).filter(|_| persona.n >= Contrast::LEAST) {
        ui.add(Label::new(RichText::new(outcome).size(if view.is_analyst() { 15.0 } else { 20.0 }).family(theme::bold())).wrap());
    }
}

fn distributions_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    if persona.distributions.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        ui.label(theme::strong("Distributions"));
        widgets::swatch(ui, theme::segment(persona.number));
        ui.label(caption(ui, "this persona"));
        let everyone = tokens(ui).everyone;
        widgets::swatch(ui, everyone);
        ui.label(caption(ui, "everyone"));
        if persona.drawn(!view.is_analyst()).any(|plot| plot.drawing.hides_some()) {
            widgets::swatch(ui, theme::segment(persona.number).gamma_multiply(0.35));
            ui.label(caption(ui, "too few to be told, drawn alike"));
        }
    });
    ui.add_space(4.0);
    let width = ((ui.available_width() - 2.0 * GUTTER) / 3.0).floor();
    let most = if view.is_analyst() { DISTRIBUTIONS } else { DISTRIBUTIONS / 2 };
    let shown: Vec<&Distribution> = persona.drawn(!view.is_analyst()).take(most).collect();
    for row in shown.chunks(3) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GUTTER;
            row.iter().for_each(|plot| distribution::ui(ui, plot, persona.number, width));
        });
        ui.add_space(INSIDE);
    }
}

fn footer_ui(ui: &mut Ui, view: &View, persona: &Persona) {
    let mut parts = Vec::new();
    if let Some(loaded) = view.answers.loaded.latest() {
        let source = loaded.title.rsplit(['/', '\\']).next().unwrap_or(&loaded.title);
        parts.push(format!("Source: {source}, {} rows", count(loaded.table.n_rows)));
        parts.extend(period(view, loaded));
    }
    if let Some(share) = persona.match_all_share {
        parts.push(format!("{} match all headline traits", percent(share)));
    }
    ui.separator();
    ui.add(Label::new(caption(ui, parts.join("  ·  "))).wrap());
}

/// From when to when the first column of dates reaches.
fn period(view: &View, loaded: &Loaded) -> Option<String> {
    let columns = loaded.table.columns.iter().zip(&loaded.profile.columns);
    let mut dates = columns.filter(|(column, _)| matches!(column.values, crate::data::Values::Date(_)));
    let (column, summary) = dates.find_map(|(column, profile)| Some((column, profile.numeric.as_ref()?)))?;
    let month = |day: f64| day_text(day as i32).chars().take(7).collect::<String>();
    Some(format!("{}: {} to {}", view.plan.dictionary.name(&column.name), month(summary.min), month(summary.max)))
}
