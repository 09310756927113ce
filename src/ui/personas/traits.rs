//! What lies behind a word? Pointing at one shows its evidence in the strip below; a click picks the customers it holds for.
//!
//! Statements, words of a name, rows of the back and values of the comparison all pass their response here, so that they behave alike.

use eframe::egui::{Align, Button, Layout, Response, RichText, Role, TextStyle, Ui, Vec2};

use crate::persona::{Evidence, Persona, TraitMembers};
use crate::session::{Action, Brush, Command, Look, Page, Who};
use crate::ui::icons;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{self, icon_button, percent, thousands};

use super::view::View;

/// Height of the strip; it is there whether something is pointed at or not.
pub const STRIP: f32 = 68.0;
/// Fewer members with a value are not told of.
const FEWEST: usize = crate::persona::Contrast::LEAST;

/// What pointing and clicking do, wherever a trait of `persona` is shown.
pub fn respond(response: &Response, view: &View, persona: &Persona, row: usize, look: &mut Look) {
    let Some(evidence) = persona.evidence.get(row) else { return };
    if response.hovered() || response.has_focus() {
        look.cards.pointed = Some((persona.cluster, row));
    }
    if response.clicked() {
        let is_on = is_brushed(look, persona.cluster, evidence);
        look.cards.pointed = Some((persona.cluster, row));
        look.brush = if is_on { None } else { brush(view, Some(persona), evidence) };
        response.ctx.request_repaint();
    }
    response.context_menu(|ui| {
        for (text, whose) in [("Select these customers", Some(persona)), ("Select everyone this statement holds for", None)] {
            if ui.button(text).clicked() {
                look.brush = brush(view, whose, evidence);
                ui.ctx().request_repaint();
                ui.close();
            }
        }
    });
}

/// The customers a trait holds for, in a persona or in all.
fn brush(view: &View, whose: Option<&Persona>, evidence: &Evidence) -> Option<Brush> {
    let loaded = view.answers.loaded.ready()?;
    let segmentation = view.answers.segmentation.ready()?;
    let within = whose.map(|persona| (persona.cluster, persona.name.as_str()));
    Some(Brush::with_trait(loaded.stamp, segmentation.stamp, within, TraitMembers::of(evidence), &view.plan.dictionary))
}

/// Whether the customers picked are those behind this trait.
pub fn is_brushed(look: &Look, cluster: usize, evidence: &Evidence) -> bool {
    let Some(Brush { who: Who::Trait { within, holds, .. }, .. }) = &look.brush else { return false };
    *within == Some(cluster) && holds.column == evidence.column && holds.level == evidence.level
}

/// Whether this trait was pointed at last.
pub fn is_pointed(look: &Look, cluster: usize, row: usize) -> bool {
    look.cards.pointed == Some((cluster, row))
}

/// The column, with its level.
pub fn what(evidence: &Evidence) -> String {
    evidence.shown.title()
}

/// "+0.82", with a real minus.
pub fn signed(value: f64, digits: usize) -> String {
    format!("{value:+.digits$}").replace('-', "−")
}

/// "+0.75 to +0.89".
pub fn interval(evidence: &Evidence) -> String {
    evidence.interval.map_or_else(|| "–".to_owned(), |[low, high]| format!("{} to {}", signed(low, 2), signed(high, 2)))
}

/// The strip at the bottom: the evidence of what is pointed at, and the customers picked.
pub fn strip_ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let pointed = look.cards.pointed.and_then(|(cluster, row)| {
        let persona = view.personas.personas.get(cluster)?;
        Some((persona, persona.evidence.get(row)?))
    });
    ui.horizontal_centered(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            picked_ui(ui, view, look, commands);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| match pointed {
                Some((persona, evidence)) => evidence_ui(ui, view, persona, evidence),
                None => {
                    ui.label(caption(ui, "Point at a statement to see what it rests on. Click it to select the customers behind it."));
                }
            });
        });
    });
}

fn evidence_ui(ui: &mut Ui, view: &View, persona: &Persona, evidence: &Evidence) {
    ui.spacing_mut().item_spacing.x = 20.0;
    ui.vertical(|ui| {
        ui.set_width(164.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 16.0;
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            widgets::swatch(ui, theme::segment(persona.number));
            widgets::cut_label(ui, caption(ui, crate::persona::listed_name(&persona.name, &view.personas.noun)));
        });
        let what = what(evidence);
        let response = widgets::cut_label(ui, theme::strong(what.as_str()));
        widgets::name_it(&response, Role::Label, &format!("Evidence: {what}"));
    });
    if evidence.n < FEWEST {
        ui.label(caption(ui, format!("Fewer than ten {} have a value, so none is shown.", view.personas.noun.many)));
        return;
    }
    let [here, everyone, others] = &evidence.texts;
    fact_ui(ui, "Persona", here, "Median inside the persona; share of members for a level.");
    let noun = &view.personas.noun;
    fact_ui(ui, "Everyone", everyone, &format!("The same for all {}.", noun.many));
    if !view.is_analyst() {
        return;
    }
    fact_ui(ui, "Others", others, &format!("The same for all {} outside the persona.", noun.many));
    fact_ui(ui, "Effect", &signed(evidence.effect, 2), "Standard deviations apart: Hedges' g for numbers, Cohen's h for levels.");
    if ui.available_width() > 140.0 {
        fact_ui(
            ui,
            "95 % interval",
            &interval(evidence),
            &format!("The range in which the effect lies with 95 % confidence, for {} like these.", noun.many),
        );
    }
    fact_ui(ui, &noun.title(), &thousands(evidence.n), "Members with a value.");
    fact_ui(ui, "Missing", &percent(evidence.missing_share), "Share of members without a value.");
}

/// A number with what it is above it.
fn fact_ui(ui: &mut Ui, label: &str, value: &str, explanation: &str) {
    if ui.available_width() < 56.0 {
        return;
    }
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.add_space(6.0);
        ui.label(caption(ui, label)).on_hover_text(explanation);
        ui.add(eframe::egui::Label::new(theme::strong(value)).extend());
    });
}

/// Who is picked, where to see them, and the way back.
fn picked_ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let Some(from) = look.brush.as_ref().map(|brush| brush.from.clone()) else { return };
    if icon_button(ui, icons::CLOSE, "Clear the selection (Esc)").clicked() {
        look.brush = None;
        return;
    }
    if let Some(problem) = &view.answers.brush.problem {
        ui.label(caption(ui, &*problem.0));
        return;
    }
    let small = |text: &str| Button::new(RichText::new(text).text_style(TextStyle::Small)).min_size(Vec2::new(0.0, 24.0));
    if ui.add(small("See them")).on_hover_text("Show the selected customers in the map, the silhouettes and the tree.").clicked() {
        commands.push(Command::Do(Action::Go(Page::Segments)));
    }
    let text = match &view.answers.brush.picked {
        Some(picked) => format!("{} selected", thousands(picked.n())),
        None => "Selecting…".to_owned(),
    };
    let text = RichText::new(text).text_style(TextStyle::Small).family(theme::bold()).color(tokens(ui).text);
    ui.label(text).on_hover_text(format!("Selected by: {from}."));
}
