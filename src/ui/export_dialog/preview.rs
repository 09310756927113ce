//! How will the pages look? The very pages an export writes, one at a time.

use eframe::egui::{Align, Layout, Sense, Ui, UiBuilder, Vec2};

use crate::engine::{Answers, page_title};
use crate::export::pages::Pages;
use crate::session::Look;

use super::super::theme::{caption, tokens};
use super::super::widgets::{chip, cut_label, icon_button};
use super::super::{icons, pages};

/// The room of a page, whatever its shape, so that nothing below moves with the paper.
const ROOM: f32 = 252.0;

/// Which page is seen, and how wide it was drawn last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub page: usize,
    pub width: u32,
}

impl Seen {
    pub(super) fn of(look: &Look) -> Seen {
        Seen { page: look.preview_page, width: look.preview_width }
    }

    pub(super) fn keep(self, look: &mut Look) {
        (look.preview_page, look.preview_width) = (self.page, self.width);
    }
}

/// Draws the page in view with what turns it.
pub(super) fn ui(ui: &mut Ui, answers: &Answers, seen: &mut Seen) {
    let (room, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROOM), Sense::hover());
    let Some(pages) = answers.pages.pages.latest() else {
        let t = tokens(ui);
        ui.painter().rect_filled(room, 4.0, t.field);
        let said = answers.pages.pages.problem().map_or("Laying out the pages…", |problem| &problem.0);
        // Beside the layout, so that what follows stays where it is once the page is there.
        let mut inner = ui.new_child(UiBuilder::new().max_rect(room.shrink(16.0)));
        inner.label(caption(&inner, said));
        ui.allocate_exact_size(Vec2::new(room.width(), 24.0), Sense::hover());
        return;
    };
    seen.page = seen.page.min(pages.len().saturating_sub(1));
    let aspect = pages.size(seen.page).map_or(1.0, |[width, height]| (width / height) as f32);
    let rect = pages::fitted(room, aspect);
    seen.width = (rect.width() * ui.pixels_per_point()).round() as u32;
    let title = match (pages.sheets.get(seen.page), answers.personas.latest()) {
        (Some(sheet), Some(personas)) => page_title(sheet, personas),
        _ => String::new(),
    };
    let image = answers.pages.image.as_ref().filter(|image| image.page == seen.page);
    pages::page_ui(ui, rect, image, "preview", &format!("Page {} of {}: {title}", seen.page + 1, pages.len()), true);
    let (line, _) = ui.allocate_exact_size(Vec2::new(room.width(), 24.0), Sense::hover());
    let mut line = ui.new_child(UiBuilder::new().max_rect(line).layout(Layout::left_to_right(Align::Center)));
    turning_ui(&mut line, pages, &title, seen);
}

fn turning_ui(ui: &mut Ui, pages: &Pages, title: &str, seen: &mut Seen) {
    if icon_button(ui, icons::CARET_LEFT, "Previous page").clicked() {
        seen.page = seen.page.saturating_sub(1);
    }
    ui.label(caption(ui, format!("{} of {}", seen.page + 1, pages.len())));
    if icon_button(ui, icons::CARET_RIGHT, "Next page").clicked() {
        seen.page = (seen.page + 1).min(pages.len().saturating_sub(1));
    }
    if let Some(note) = &pages.note {
        let warn = tokens(ui).warn;
        chip(ui, "Template not used", warn).on_hover_text(note);
    } else {
        let title = caption(ui, title);
        cut_label(ui, title);
    }
}
