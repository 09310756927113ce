//! How recently, how often and for how much did the customers buy? The heat map of scores, the eleven segments and the cut points.
//!
//! In: the scores, and who is picked. Out: picked customers (a cell, a segment), [`Command::Sources`] when a cut point moves. Work a frame:
//! 25 cells, 11 lines and 15 counts, whatever the number of customers.

mod cuts;
mod heat;
mod list;

use std::sync::Arc;

use eframe::egui::{self, Align, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel, Ui};

use crate::base::text::percents_of;
use crate::customers::Rfm;
use crate::data::Sourcing;
use crate::data::sourcing::RfmRules;
use crate::engine::{Answers, SourcesAnswer};
use crate::session::{Command, DataView, Look, RfmLook};

use super::super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::super::widgets::{self, thousands};
use super::{keys, region};

/// What the parts of the view look at.
struct View<'a> {
    rfm: &'a Rfm,
    /// Picked customers by the place of their code, while some are picked.
    picked: Option<&'a [usize]>,
    /// What was under the pointer a frame ago.
    before: RfmLook,
}

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
                ui.checkbox(&mut rules.enabled, "Score customers").on_hover_text("Whether the customer table gets scores and segments.");
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
    if look.brush.is_some() && !keys::are_elsewhere(ui, look) && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        look.brush = None;
    }
    Panel::right("rfm segments").resizable(false).exact_size(list::WIDTH).frame(region()).show(ui, |ui| {
        list::ui(ui, view, answers, look);
    });
    Panel::bottom("rfm cuts").resizable(false).exact_size(cuts::HEIGHT).frame(region()).show(ui, |ui| cuts::ui(ui, view.rfm, rules));
    let room = Frame::new().inner_margin(Margin { left: BETWEEN as i8, right: BETWEEN as i8, top: 4, bottom: INSIDE as i8 });
    CentralPanel::default().frame(room).show(ui, |ui| heat::ui(ui, view, answers, look));
}

/// Picks customers, or lets them go where they are the ones picked.
fn pick(look: &mut Look, brush: crate::session::Brush) {
    if look.brush.as_ref() == Some(&brush) { look.brush = None } else { look.pick(brush) }
}

fn summary(rfm: &Rfm) -> String {
    let n = rfm.total().n;
    let left = match rfm.n_unscored {
        0 => String::new(),
        n => format!(" · {} without a purchase", thousands(n)),
    };
    format!("{} customers scored{left}", thousands(n))
}

/// How many are picked, with the way to their rows and the way to let them go.
fn picked_ui(ui: &mut Ui, answers: &Answers, look: &mut Look) {
    let Some(picked) = answers.brush.picked.as_ref().filter(|_| look.brush.is_some()) else {
        let text = "Click a cell or a segment to select these customers everywhere.";
        ui.label(caption(ui, answers.brush.problem.as_ref().map_or(text, |problem| &*problem.0)));
        return;
    };
    let from = look.brush.as_ref().map_or_else(String::new, |brush| brush.from.to_string());
    ui.label(theme::strong(format!("{} selected", thousands(picked.n())))).on_hover_text(format!("From: {from}"));
    if ui.button("Show them").on_hover_text("List these customers in the table.").clicked() {
        look.sources.view = DataView::Table;
        look.only_picked = true;
    }
    if ui.button("Clear").on_hover_text("Let these customers go.  Esc").clicked() {
        look.brush = None;
    }
}

/// Money with its thousands apart and without its cents where they are lost in it.
fn money(value: f64) -> String {
    widgets::number(value)
}

/// Shares of a whole in percent that add up to 100, as people read them.
fn shares(parts: &[usize]) -> Vec<String> {
    percents_of(parts).into_iter().map(|share| format!("{share}\u{202f}%")).collect()
}

/// A part of what everyone spent; a dash where that is no positive sum.
fn revenue_share(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.1}\u{202f}%", 100.0 * part / whole).replace('-', "−") } else { "–".into() }
}

/// A font of the theme.
fn font(ui: &Ui, style: egui::TextStyle) -> egui::FontId {
    style.resolve(ui.style())
}

/// The semibold face in a size of the theme.
fn bold_font(ui: &Ui, style: egui::TextStyle) -> egui::FontId {
    egui::FontId::new(font(ui, style).size, theme::bold())
}

/// A line around what is picked or pointed at.
fn outline(ui: &Ui, is_strong: bool) -> egui::Stroke {
    egui::Stroke::new(if is_strong { 2.0 } else { 1.0 }, if is_strong { tokens(ui).accent } else { tokens(ui).hairline })
}
