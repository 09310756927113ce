//! The personas side by side, and who is missing: two sheets between the cards and their evidence.

use std::fmt::Write;
use std::ops::Range;

use super::super::deck::{Deck, SideBySide};
use super::super::text::{count, escape};

/// Personas beside each other in one table.
const MOST: usize = 8;

/// Writes the table of attributes, the one that separates best first.
pub fn side_by_side(page: &mut String, deck: &Deck) {
    let comparison = &deck.comparison;
    if comparison.columns.len() < 2 || comparison.rows.is_empty() {
        return;
    }
    page.push_str(
        "<section class=\"sheet compare\" aria-labelledby=\"compare\">\n<h2 id=\"compare\">Side by side</h2>\n\
         <p class=\"lead\">What separates the personas most comes first. In the persona’s colour: clearly more than the rest. Grey: clearly less.</p>\n",
    );
    let each = comparison.columns.len().div_ceil(comparison.columns.len().div_ceil(MOST));
    for first in (0..comparison.columns.len()).step_by(each) {
        table(page, comparison, first..(first + each).min(comparison.columns.len()));
    }
    if comparison.n_more > 0 {
        let _ = writeln!(page, "<p class=\"muted small\">{} more attributes are not shown.</p>", count(comparison.n_more));
    }
    page.push_str("</section>\n");
}

/// Some of the personas; more beside each other would not fit a printed page.
fn table(page: &mut String, comparison: &SideBySide, personas: Range<usize>) {
    let columns = &comparison.columns[personas.clone()];
    let _ = write!(
        page,
        "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Personas {} to {} side by side\">\n<table style=\"--k:{}\">\n<thead><tr><th scope=\"col\" class=\"attribute\">Attribute</th><th scope=\"col\" class=\"n all\">Everyone</th>",
        personas.start + 1,
        personas.end,
        columns.len()
    );
    for column in columns {
        let _ = write!(page, "<th scope=\"col\" class=\"n who\" style=\"--c:{}\"><bdi>{}</bdi></th>", column.colour, escape(&column.name));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &comparison.rows {
        let _ =
            write!(page, "<tr><th scope=\"row\"><bdi>{}</bdi></th><td class=\"n muted\">{}</td>", escape(&row.what), escape(&row.everyone));
        for (cell, column) in row.cells[personas.clone()].iter().zip(columns) {
            // What the tint says is said in words too, for those who do not see it.
            let (class, said) = match cell.tone {
                1.. => (" more", " <span class=\"aside\">more</span>"),
                0 => ("", ""),
                ..0 => (" less", " <span class=\"aside\">less</span>"),
            };
            let _ = write!(page, "<td class=\"n{class}\" style=\"--c:{}\">{}{said}</td>", column.colour, escape(&cell.text));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table></div>\n");
}

/// Writes who is nobody's commonest.
pub fn who_is_missing(page: &mut String, deck: &Deck) {
    if deck.missing.is_empty() {
        return;
    }
    page.push_str(
        "<section class=\"missing\">\n<h2 class=\"minor\">Who is missing?</h2>\n\
         <p class=\"muted small\">Groups that are not the most common in any persona, so a workshop could forget them.</p>\n<ul>\n",
    );
    for line in &deck.missing {
        let _ = writeln!(page, "<li dir=\"auto\">{}</li>", escape(line));
    }
    page.push_str("</ul>\n");
    if let Some(note) = &deck.missing_note {
        let _ = writeln!(page, "<p class=\"muted small\">{}</p>", escape(note));
    }
    page.push_str("</section>\n");
}

/// Writes what drives the grouping, as bars.
pub fn importance(page: &mut String, deck: &Deck) {
    if deck.importance.is_empty() {
        return;
    }
    page.push_str("<h3>What drives the grouping</h3>\n<table class=\"importance\">\n<thead><tr><th scope=\"col\">Column</th><td></td><th scope=\"col\" class=\"n\">Association</th><th scope=\"col\" class=\"n\">Accuracy lost when shuffled</th><th scope=\"col\" class=\"n\">Weight</th></tr></thead>\n<tbody>\n");
    for line in &deck.importance {
        let described = if line.enters { "" } else { " <span class=\"muted\">described only</span>" };
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><bdi>{}</bdi>{described}</th><td class=\"bars\"><span style=\"width:{:.1}%\"></span></td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&line.what),
            100.0 * line.fraction,
            escape(&line.association),
            line.loss.as_deref().map_or_else(|| "–".to_owned(), escape),
            line.weight.as_deref().map_or_else(|| "–".to_owned(), escape)
        );
    }
    page.push_str("</tbody>\n</table>\n");
    if let Some(note) = &deck.importance_note {
        let _ = writeln!(page, "<p class=\"muted small\">{}</p>", escape(note));
    }
}
