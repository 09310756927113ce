//! How recently, how often and for how much did the customers buy? The heat map of scores, the eleven segments and the cut points.
//!
//! In: the scores, and who is picked. Out: picked customers (a cell, a segment), [`Command::Sources`] when a cut point moves. Work per frame:
//! 25 cells, 11 lines and 15 counts, whatever the number of customers.

mod cuts;
mod fonts;
mod heat;
mod list;
mod picking;
mod view;

use std::sync::Arc;

use eframe::egui::{Align, CentralPanel, Key, Layout, Modifiers, Panel, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use crate::customers::Rfm;
use crate::data::Sourcing;
use crate::data::sourcing::RfmRules;
use crate::engine::{Answers, SourcesAnswer};
use crate::session::{Command, Look};

use super::super::set_aside::set_aside;
use super::super::theme::{self, BETWEEN, INSIDE, caption};
use super::super::widgets::{self, has_keys, thousands};
use super::region::region;
use view::View;

/// The whole view.
pub fn ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    let mut rules = sourcing.rfm.clone();
    let scored = known.rfm.latest().filter(|_| rules.enabled);
    Panel::top("rfm head").frame(region()).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            if let Some(rfm) = scored {
                let notes: Vec<&str> = rfm.notes.iter().map(|note| note.0.as_str()).collect();
                ui.label(caption(ui, summary(rfm))).on_hover_text(notes.join("\n"));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                widgets::check_ui(ui, &mut rules.enabled, "Score customers")
                    .on_hover_text("Whether the customer table gets scores and segments.");
            });
        });
    });
    match scored {
        Some(rfm) => {
            ui.scope(|ui| {
                if known.rfm.is_stale() {
                    ui.multiply_opacity(theme::STALE);
                }
                let picked = answers.brush.rfm.as_deref().filter(|_| look.brush.is_some() && answers.brush.picked.is_some());
                let before = std::mem::take(&mut look.sources.rfm);
                look.sources.rfm.by_revenue = before.by_revenue;
                let view = View { rfm, picked: picked.map(|counts| &counts[..]), before };
                scored_ui(ui, &view, answers, &mut rules, look);
            });
        }
        None if !rules.enabled => {
            let text = "Scores from 1 to 5 by how recently, how often and for how much every customer bought.";
            if widgets::empty_ui(ui, "Customers are not scored", text, "Score them") {
                rules.enabled = true;
            }
        }
        None => widgets::answer_ui(ui, &known.rfm, "the scores", |_, _| {}),
    }
    if rules != sourcing.rfm {
        commands.push(Command::Sources(Arc::new(Sourcing { rfm: rules, ..(**sourcing).clone() })));
    }
}

fn scored_ui(ui: &mut Ui, view: &View, answers: &Answers, rules: &mut RfmRules, look: &mut Look) {
    if look.brush.is_some() && has_keys(ui, look) && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        look.brush = None;
    }
    let right = set_aside(ui, Panel::right("rfm segments").resizable(false).exact_size(list::width(ui)).frame(region()));
    CentralPanel::default().show(ui, |ui| {
        // In a low window both keep their height, and the rest is scrolled to.
        ScrollArea::vertical().id_salt("rfm heat and cuts").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let height = (ui.available_height() - cuts::HEIGHT).max(heat::LOWEST);
            let (above, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
            let room = Rect::from_min_max(above.min + vec2(BETWEEN, 4.0), above.max - vec2(BETWEEN, INSIDE));
            heat::ui(&mut ui.new_child(UiBuilder::new().id_salt("rfm heat").max_rect(room)), view, answers, look);
            region().show(ui, |ui| cuts::ui(ui, view.rfm, rules));
        });
    });
    right.fill_ui(ui, "rfm segments", |ui| {
        ScrollArea::vertical().id_salt("rfm segments").auto_shrink(false).show(ui, |ui| list::ui(ui, view, answers, look));
    });
}

fn summary(rfm: &Rfm) -> String {
    let n = rfm.total().n;
    let left = match rfm.n_unscored {
        0 => String::new(),
        n => format!(" · {} without a purchase", thousands(n)),
    };
    format!("{} customers scored{left}", thousands(n))
}
