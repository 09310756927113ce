//! Who is missing? Groups of the population that are nobody's commonest, in sentences.

use eframe::egui::{Align, Label, Layout, ScrollArea, Ui};

use crate::persona::{Contrast, MissingGroup, Personas};
use crate::session::Look;
use crate::ui::icons;
use crate::ui::theme::{self, INSIDE, caption};
use crate::ui::widgets::{self, icon_button, percent, unbroken};

use super::view::View;

/// The panel above the page, while it is open.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look) {
    if !look.cards.missing_open {
        return;
    }
    widgets::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(theme::strong("Who is missing?"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::CLOSE, "Close who is missing (Esc)").clicked() {
                    look.cards.missing_open = false;
                }
            });
        });
        ui.label(caption(ui, "Groups that are not the most common in any persona. A workshop that sees only the cards would forget them."));
        ScrollArea::vertical().id_salt("missing").max_height(160.0).auto_shrink([false, true]).show(ui, |ui| list_ui(ui, view.personas));
    });
    ui.add_space(INSIDE);
}

/// The sentences.
pub fn list_ui(ui: &mut Ui, personas: &Personas) {
    let told: Vec<&MissingGroup> = told(personas).collect();
    if told.is_empty() {
        let none = if personas.personas.len() < 2 {
            "One persona speaks for everyone, so nobody is missing from it."
        } else if personas.missing_looked_at.is_empty() {
            "No demographic or sensitive column has few enough levels to show who is missing."
        } else {
            "Every larger group leads in some persona."
        };
        ui.label(caption(ui, none));
    }
    for group in told {
        ui.add(Label::new(unbroken(&sentence(personas, group))).wrap());
    }
    if let Some(looked_at) = personas.missing_note() {
        ui.add(Label::new(caption(ui, looked_at)).wrap());
    }
}

/// How many groups are told of.
pub fn n_told(personas: &Personas) -> usize {
    told(personas).count()
}

fn told(personas: &Personas) -> impl Iterator<Item = &MissingGroup> {
    personas.missing_groups.iter().filter(|group| group.n >= Contrast::LEAST)
}

/// "65 and over (age): 214 customers, 4 % of all; highest share in Loyal Savers: 11 %."
fn sentence(personas: &Personas, group: &MissingGroup) -> String {
    let MissingGroup { n, share, most_in, .. } = group;
    let most = most_in.and_then(|(cluster, share)| Some((personas.personas.get(cluster)?, share)));
    let most = most.map_or_else(String::new, |(persona, share)| format!("; highest share in {}: {}", persona.name, percent(share)));
    format!("{}: {}, {} of all{most}.", group.who(), personas.noun.counted(*n), percent(*share))
}
