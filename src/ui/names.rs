//! How is a persona called where there is little room? Without the noun that everybody in the list shares, and in two lines where one is too short.
//!
//! In: names and the room for them. Out: the words of the list, and their lines. One name is laid out in microseconds, so lists of a page measure theirs.

use std::sync::Arc;

use eframe::egui::{FontId, Galley, Response, Sense, TextStyle, Ui, text::LayoutJob};

use crate::data::Noun;
use crate::persona::listed_name;

use super::theme::{bold, tokens};

/// The name in bold, in at most so many lines of this width.
fn laid_out(ui: &Ui, (name, noun): (&str, &Noun), width: f32, rows: usize) -> Arc<Galley> {
    let font = FontId::new(TextStyle::Body.resolve(ui.style()).size, bold());
    let mut job = LayoutJob::simple(listed_name(name, noun), font, tokens(ui).text, width);
    job.wrap.max_rows = rows;
    ui.painter().layout_job(job)
}

/// Whether the name needs more than one line of this width.
pub fn is_long(ui: &Ui, name: &str, noun: &Noun, width: f32) -> bool {
    laid_out(ui, (name, noun), f32::INFINITY, 1).size().x > width
}

/// The name in the room there is, in at most so many lines. A label beside another is never broken, so the lines are laid out here.
pub fn name_ui(ui: &mut Ui, name: &str, noun: &Noun, rows: usize) -> Response {
    let galley = laid_out(ui, (name, noun), ui.available_width(), rows);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    ui.painter().galley(rect.min, galley, tokens(ui).text);
    response
}
