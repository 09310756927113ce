//! A small chooser: sentences that customers of this segment wrote, to be put on the card word for word.

use eframe::egui::{Id, Label, Margin, Modal, Role, ScrollArea, Sense, Ui};

use crate::persona::{Added, Persona};
use crate::session::{CardEdit, Command, Look};
use crate::ui::theme::{self, INSIDE, caption};
use crate::ui::widgets::{self, name_it};

/// Draws the chooser while it is open.
pub fn ui(ui: &mut Ui, persona: &Persona, look: &mut Look, commands: &mut Vec<Command>) {
    let Some((cluster, found)) = &look.cards.quotes else { return };
    if *cluster != persona.cluster {
        look.cards.quotes = None;
        return;
    }
    let mut is_done = false;
    let frame = widgets::card_frame(ui).inner_margin(Margin::same(24)).shadow(ui.visuals().window_shadow);
    let modal = Modal::new(Id::unique("quotes")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(620.0);
        ui.label(theme::heading("Pick quotes"));
        ui.label(caption(
            ui,
            "Word for word as customers of this segment wrote them. Texts with addresses, links or long numbers are left out.",
        ));
        ui.label(caption(ui, "Names cannot be found by a program: read each quote for them before you use it."));
        ui.add_space(INSIDE);
        match found {
            None => {
                ui.label("Looking for texts…");
            }
            Some(found) if found.is_empty() => {
                ui.add(
                    Label::new("No column has texts of 20 to 200 characters that could be quoted without telling who wrote them.").wrap(),
                );
            }
            Some(found) => {
                ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
                    for column in found {
                        ui.label(theme::strong(&column.column));
                        for text in &column.texts {
                            if quote_ui(ui, text) {
                                let quotes = with_quote(&persona.added.quotes, text);
                                let added = Added { quotes, ..persona.added.clone() };
                                commands.push(Command::EditCard(persona.cluster, CardEdit::Added(added)));
                                is_done = true;
                            }
                        }
                        ui.add_space(INSIDE);
                    }
                });
            }
        }
        ui.add_space(INSIDE);
        is_done |= ui.button("Close").clicked();
    });
    if is_done || modal.should_close() {
        look.cards.quotes = None;
        look.added_draft = None;
    }
}

fn quote_ui(ui: &mut Ui, text: &str) -> bool {
    let response = ui.add(Label::new(quoted(text)).wrap().sense(Sense::click()).selectable(false));
    name_it(&response, Role::Button, &quoted(text));
    widgets::row_background(ui, response.rect, false, response.hovered());
    response.on_hover_text("Put it on the card.").clicked()
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

/// The quotes with one more on a line of its own.
fn with_quote(quotes: &str, text: &str) -> String {
    let before = quotes.trim_end();
    if before.is_empty() { quoted(text) } else { format!("{before}\n{}", quoted(text)) }
}
