//! Which card is open? The way to the one before and after, and to any other.

use eframe::egui::Ui;

use crate::session::{Look, Selection};
use crate::ui::{icons, theme, widgets};

/// To the card before and after.
pub(super) fn turn_ui(ui: &mut Ui, look: &mut Look, n_cards: usize) {
    if n_cards < 2 {
        return;
    }
    ui.label(theme::caption(ui, format!("{} of {n_cards}", look.card + 1)));
    for (icon, name, step) in [("\u{E138}", "Previous card (left arrow)", n_cards - 1), (icons::CARET_RIGHT, "Next card (arrow right)", 1)]
    {
        if widgets::icon_button(ui, icon, name).clicked() {
            show_card(look, (look.card + step) % n_cards);
        }
    }
}

/// Opens a card.
pub(super) fn show_card(look: &mut Look, cluster: usize) {
    look.card = cluster;
    look.selection = Some(Selection::Cluster(cluster));
    look.cards.pointed = None;
    look.cards.niche = None;
}
