//! What are the personas of an earlier day called, which colour have they, and what do two snapshots come to?

use eframe::egui::{Color32, Label, Ui};

use crate::export::{PersonaHolds, Stay};
use crate::persona::listed_name;
use crate::session::Selection;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::unbroken;

use super::super::naming::{numbers, segment_name};
use super::super::view::View;

/// What a persona of the first day is called, and which of today's it is.
fn name_of(view: &View, persona: &PersonaHolds) -> String {
    match persona.cluster_today {
        Some(cluster) => listed_name(&segment_name(view.answers, cluster), &view.answers.noun),
        None if persona.name.is_empty() => format!("{} then", persona.persona),
        None => format!("{}, then", listed_name(&persona.name, &view.answers.noun)),
    }
}

/// Its colour: that of the persona of today that it is.
pub(super) fn colour_of(ui: &Ui, view: &View, persona: Option<&PersonaHolds>) -> Color32 {
    match persona.and_then(|persona| persona.cluster_today) {
        Some(cluster) => theme::selection(Selection::Cluster(cluster), numbers(view.answers)),
        None => tokens(ui).muted,
    }
}

/// What "by chance" means where customers move.
const BY_CHANCE: &str = "By chance: the orders of each customer were drawn again from the customer's own orders, and the customer was placed anew. \
                         Whoever then lands in another persona has not changed, so as many moves mean nothing.";

/// "21 % moved, 4 % would by chance alone."
pub(super) fn sentence_ui(ui: &mut Ui, stay: &Stay) {
    let text = format!("{} to {}: {}", stay.from, stay.to, stay.sentence);
    let means = if stay.by_chance.is_some() { format!("{text}\n\n{BY_CHANCE}") } else { text.clone() };
    ui.add(Label::new(caption(ui, unbroken(&text))).truncate()).on_hover_text(means);
}

/// What a row of the matrix is called.
pub(super) fn from_name(view: &View, stay: &Stay, at: usize) -> String {
    match stay.personas.get(at) {
        Some(persona) => name_of(view, persona),
        None if at == stay.personas.len() => "In no group".into(),
        None => "New since".into(),
    }
}

/// What a column of it is called.
pub(super) fn to_name(view: &View, stay: &Stay, at: usize) -> String {
    match stay.personas.get(at) {
        Some(persona) => name_of(view, persona),
        None if at == stay.personas.len() => "In no group".into(),
        None => "Gone".into(),
    }
}
