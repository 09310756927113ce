//! The band over a file that seems to list transactions or events: a customer table can be built from it.

use eframe::egui::{Panel, RichText, Ui};

use crate::customers;
use crate::data::{Source, SourceKind};
use crate::engine::Answers;
use crate::session::{Command, Look, Plan};

use super::super::icons;
use super::super::theme::tokens;
use super::super::widgets::thousands;
use super::region::region;

/// Draws it where there is reason to.
pub(in crate::ui) fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    let loaded = answers.loaded.latest().filter(|_| !matches!(plan.source, Source::Sources(_)) && !look.sources.keeps_listing);
    let Some(listing) = loaded.and_then(|loaded| customers::looks_like(loaded)) else { return };
    Panel::top("listing").frame(region().fill(tokens(ui).accent_tint)).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(28.0);
            ui.label(RichText::new(icons::IDEA).color(tokens(ui).accent));
            let what = if listing.kind == SourceKind::Transactions { "transactions" } else { "events" };
            let (n_rows, n_customers) = (thousands(listing.n_rows), thousands(listing.n_customers));
            let text = format!("This file seems to list {what}: {n_rows} rows of {n_customers} customers.");
            ui.label(text).on_hover_text(format!("Values of {} are repeated, and each row has a day.", listing.key));
            if ui.button("Build a customer table").on_hover_text("One row per customer, from this file and others you add.").clicked() {
                commands.push(Command::AddSources(Vec::new()));
            }
            if ui.button("Keep it as it is").on_hover_text("Group the rows as they are; they are called rows, not customers.").clicked() {
                look.sources.keeps_listing = true;
            }
        });
    });
}
