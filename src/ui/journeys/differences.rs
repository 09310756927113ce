//! What personas do more than everyone else, with the numbers of each finding, and their typical visit.

use eframe::egui::{Grid, Label, Ui};

use crate::journeys::report::{FindingReport, TypicalReport};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{percent, swatch, unbroken};

use super::seen::{Seen, scrolled};

const AMONG_MEANS: &str =
    "The same comparison among equally active customers: those who do more of everything also do more of this, which is not a finding.";

const PATTERN_MEANS: &str =
    "An arrow means directly after, dots mean within seven days. The share is of customers who did so at least once.";

/// The findings and the typical visits.
pub(super) fn ui(ui: &mut Ui, seen: &Seen) {
    scrolled(ui, "differences", |ui| {
        found_ui(ui, seen);
        ui.add_space(theme::BETWEEN);
        typical_ui(ui, seen);
    });
}

fn is_meant(seen: &Seen, name: &str) -> bool {
    seen.persona_name().is_none_or(|held| held == name)
}

fn found_ui(ui: &mut Ui, seen: &Seen) {
    ui.label(theme::strong("Done more, or less, than by everyone else"));
    let Some(report) = &seen.shown.report.does_more else {
        let text = "This comparison needs personas: open the customer file for these events, or build a customer table.";
        ui.add(Label::new(caption(ui, text)).wrap());
        return;
    };
    let tested = format!(
        "{} patterns were tested in the first 30 days of each customer; what is left holds after correction for all of them.",
        crate::base::text::count(report.tested)
    );
    ui.add(Label::new(caption(ui, unbroken(&tested))).wrap());
    let findings: Vec<&FindingReport> = report.findings.iter().filter(|of| is_meant(seen, &of.persona)).collect();
    if findings.is_empty() {
        ui.add(Label::new("No difference holds for any persona.").wrap());
        return;
    }
    ui.add_space(4.0);
    Grid::new("findings").num_columns(5).spacing([24.0, 6.0]).show(ui, |ui| {
        ui.label(caption(ui, "Persona"));
        ui.label(caption(ui, "What is done")).on_hover_text(PATTERN_MEANS);
        for title in ["Share", "Everyone else"] {
            ui.label(caption(ui, title));
        }
        ui.label(caption(ui, "Among equally active")).on_hover_text(AMONG_MEANS);
        ui.end_row();
        for of in findings {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                if let Some(cluster) = seen.cluster(&of.persona) {
                    swatch(ui, seen.colour(cluster));
                }
                ui.label(&of.persona);
            });
            let does = ui.label(unbroken(&of.pattern));
            if of.part_of_the_definition {
                does.on_hover_text("Part of how the persona was made.");
            }
            let share = |share: Option<f64>| share.map_or_else(|| "n < 10".to_owned(), percent);
            ui.label(theme::strong(share(of.difference.share)));
            ui.label(share(of.difference.share_of_everyone_else));
            let [own, rest] = of.shares_among_equally_active;
            ui.label(format!("{} against {}", percent(own), percent(rest))).on_hover_text(AMONG_MEANS);
            ui.end_row();
        }
    });
}

fn typical_ui(ui: &mut Ui, seen: &Seen) {
    let Some(typical) = &seen.shown.report.typical else { return };
    ui.label(theme::strong("Typical visit"));
    for of in typical.iter().filter(|of| of.name == "everyone" || is_meant(seen, &of.name)) {
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            let colour = seen.cluster(&of.name).map_or(tokens(ui).everyone, |cluster| seen.colour(cluster));
            swatch(ui, colour);
            ui.label(theme::strong(if of.name == "everyone" { "Everyone" } else { &of.name }));
            ui.label(typical_words(of));
        });
        for journey in of.journeys.iter().take(if of.typical { 1 } else { 0 }) {
            ui.add(Label::new(caption(ui, unbroken(&journey.join("  →  ")))).wrap());
        }
    }
}

fn typical_words(of: &TypicalReport) -> String {
    match of.typical {
        true => format!("one real visit that {} of them are close to", percent(of.coverage)),
        false => "no visit is typical: fewer than a quarter are close to any".to_owned(),
    }
}
