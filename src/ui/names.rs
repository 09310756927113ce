//! How is a persona called where there is little room? Without the noun that everybody in the list shares, and in two lines where one is too short.
//!
//! In: names and the room for them. Out: the words of the list, and their lines. One name is laid out in microseconds, so lists of a page measure theirs.

use std::sync::Arc;

use eframe::egui::{FontId, Galley, Response, Sense, TextStyle, Ui, text::LayoutJob};

use crate::base::text::capitalised;
use crate::data::Noun;

use super::theme::{bold, tokens};

/// The name as lists show it: what everybody in a list is need not be said in each of its rows.
pub fn listed_name(name: &str, noun: &Noun) -> String {
    let title = noun.title();
    // "Customers with Streaming TV": what follows begins the name.
    let behind = name.strip_prefix(title.as_str()).and_then(|rest| rest.strip_prefix(' '));
    if let Some(behind) = behind.filter(|rest| ["with ", "without ", "mostly "].iter().any(|word| rest.starts_with(word))) {
        return capitalised(behind);
    }
    let without = name.strip_suffix(title.as_str()).and_then(|name| name.strip_suffix(' '));
    without.filter(|rest| rest.contains(' ') || rest.len() > 3).unwrap_or(name).to_owned()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_is_is_not_said_in_each_row() {
        for (name, noun, listed) in [
            ("Lapsed High-Income Customers", "customers", "Lapsed High-Income"),
            ("Top-Rated Employees", "employees", "Top-Rated"),
            ("Big Basket Rows", "rows", "Big Basket"),
            ("Our Customers", "customers", "Our Customers"),
            ("Customers", "customers", "Customers"),
            ("Customers with Streaming TV", "customers", "With Streaming TV"),
            ("Customers of Mine", "customers", "Customers of Mine"),
            ("Frequent Shoppers", "customers", "Frequent Shoppers"),
            ("Loyal Panellists", "panellists", "Loyal Panellists".strip_suffix(" Panellists").unwrap()),
        ] {
            assert_eq!(listed_name(name, &Noun::written(noun).unwrap()), listed);
        }
    }
}
