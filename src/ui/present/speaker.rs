//! A second window for whoever speaks: the notes of this slide, what comes next, and how long it has taken.

use eframe::egui::{CentralPanel, Context, Frame, Margin, RichText, ScrollArea, Ui, Vec2, ViewportBuilder, ViewportId};

use crate::engine::{Answers, page_title};
use crate::session::{Look, Plan};
use crate::ui::theme::{self, BETWEEN, INSIDE, caption, tokens};

/// Shows the window; closing it leaves the presentation as it is.
pub(super) fn window(ui: &Ui, plan: &Plan, answers: &Answers, look: &mut Look) {
    let ctx: Context = ui.ctx().clone();
    let builder = ViewportBuilder::default().with_title("Personae: speaker").with_inner_size(Vec2::new(640.0, 480.0));
    let closed = ctx.show_viewport_immediate(ViewportId::from_hash_of("speaker"), builder, |ui, _class| {
        CentralPanel::default()
            .frame(Frame::new().fill(tokens(ui).surface).inner_margin(Margin::same(BETWEEN as i8)))
            .show(ui, |ui| content_ui(ui, plan, answers, look));
        ui.ctx().input(|input| input.viewport().close_requested())
    });
    if closed {
        look.speaker_view = false;
    }
}

fn content_ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &Look) {
    let (Some(pages), Some(personas)) = (answers.pages.pages.latest(), answers.personas.latest()) else { return };
    let Some(sheet) = pages.sheets.get(look.slide) else { return };
    ui.label(caption(ui, format!("Slide {} of {}", look.slide + 1, pages.len())));
    ui.label(theme::heading(page_title(sheet, personas)));
    ui.add_space(INSIDE);
    let notes = super::notes::notes(plan, personas, sheet);
    ScrollArea::vertical().max_height((ui.available_height() - 40.0).max(60.0)).auto_shrink([false, false]).show(ui, |ui| {
        let text = if notes.trim().is_empty() { "No notes for this slide.".to_owned() } else { notes };
        ui.label(RichText::new(text).size(20.0));
    });
    if let Some(next) = pages.sheets.get(look.slide + 1) {
        ui.label(caption(ui, format!("Next: {}", page_title(next, personas))));
    }
}
