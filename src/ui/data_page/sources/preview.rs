//! The rows of a source as they came, a page at a time.

use eframe::egui::{Align, Button, Frame, Layout, Margin, Panel, Ui};

use crate::engine::PREVIEW_ROWS;
use crate::session::Look;

use super::super::super::theme::{self, BETWEEN, caption};
use super::super::super::widgets::{self, thousands};
use super::super::table;
use super::of::Of;

/// Draws the pages' buttons and the rows.
pub(super) fn ui(ui: &mut Ui, of: &Of<'_>, look: &mut Look) {
    let raw = of.known.raws.get(of.at).and_then(|raw| raw.latest());
    let n_rows = raw.map_or(0, |raw| raw.n_rows);
    let last = n_rows.saturating_sub(1) / PREVIEW_ROWS * PREVIEW_ROWS;
    let first = &mut look.sources.first_row;
    *first = if n_rows == 0 { 0 } else { (*first).min(last) };
    let frame = Frame::new().inner_margin(Margin { left: BETWEEN as i8, right: BETWEEN as i8, top: 0, bottom: 4 });
    Panel::top("preview pages").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(28.0);
            let text = match n_rows {
                0 => "Rows".to_owned(),
                _ => {
                    let to = (*first + PREVIEW_ROWS).min(n_rows);
                    format!("Rows {} – {} of {}", thousands(*first + 1), thousands(to), thousands(n_rows))
                }
            };
            ui.label(theme::strong(text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let pages = [
                    ("Last", last, *first < last),
                    ("Next", *first + PREVIEW_ROWS, *first < last),
                    ("Previous", first.saturating_sub(PREVIEW_ROWS), *first > 0),
                    ("First", 0, *first > 0),
                ];
                for (name, to, is_there) in pages {
                    if ui.add_enabled(is_there, Button::new(name)).clicked() {
                        *first = to;
                    }
                }
            });
        });
    });
    let first = *first;
    let answer = &of.known.preview;
    // What is shown while the next page is read may be rows of the source looked at before.
    let is_of_it = |columns: &[crate::data::Column]| {
        raw.is_some_and(|raw| raw.columns.len() == columns.len() && raw.columns.iter().zip(columns).all(|(a, b)| a.name == b.name))
    };
    match answer.latest() {
        Some(rows) if answer.ready().is_some() || is_of_it(&rows.columns) => {
            widgets::answer_ui(ui, answer, "the rows", |ui, rows| table::preview_ui(ui, rows, first, &of.source.name));
        }
        _ if answer.problem().is_some() => widgets::answer_ui(ui, answer, "the rows", |_, _| {}),
        _ => {
            widgets::centred(ui, |ui| ui.label(caption(ui, "Rows appear once they are read")));
        }
    }
}
