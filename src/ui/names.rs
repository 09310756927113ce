//! How is a persona called where there is little room? Without the noun that everybody in the list shares, and in two lines where one is too short.
//!
//! In: names and the room for them. Out: the words of the list, and their lines. One name is laid out in microseconds, so lists of a page measure theirs.

use std::sync::Arc;

use eframe::egui::{FontId, Galley, Response, Sense, TextStyle, Ui, text::LayoutJob};

use super::theme::{bold, tokens};

/// What everybody in a list is, which therefore need not be said in each of its rows.
const SHARED: &[&str] = &[" Customers", " Rows", " Employees", " Households", " Respondents"];

/// The name as lists show it.
pub fn listed_name(name: &str) -> String {
    let without = SHARED.iter().find_map(|noun| name.strip_suffix(noun));
    without.filter(|rest| rest.contains(' ') || rest.len() > 3).unwrap_or(name).to_owned()
}

/// The name in bold, in at most so many lines of this width.
fn laid_out(ui: &Ui, name: &str, width: f32, rows: usize) -> Arc<Galley> {
    let font = FontId::new(TextStyle::Body.resolve(ui.style()).size, bold());
    let mut job = LayoutJob::simple(listed_name(name), font, tokens(ui).text, width);
    job.wrap.max_rows = rows;
    ui.painter().layout_job(job)
}

/// Whether the name needs more than one line of this width.
pub fn is_long(ui: &Ui, name: &str, width: f32) -> bool {
    laid_out(ui, name, f32::INFINITY, 1).size().x > width
}

/// The name in the room there is, in at most so many lines. A label beside another is never broken, so the lines are laid out here.
pub fn name_ui(ui: &mut Ui, name: &str, rows: usize) -> Response {
    let galley = laid_out(ui, name, ui.available_width(), rows);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    ui.painter().galley(rect.min, galley, tokens(ui).text);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_is_is_not_said_in_each_row() {
        for (name, listed) in [
            ("Lapsed High-Income Customers", "Lapsed High-Income"),
            ("Top-Rated Employees", "Top-Rated"),
            ("Big Basket Rows", "Big Basket"),
            ("Our Customers", "Our Customers"),
            ("Customers", "Customers"),
            ("Frequent Shoppers", "Frequent Shoppers"),
        ] {
            assert_eq!(listed_name(name), listed);
        }
    }
}
