//! The last sheet: method, parameters, columns and what was survived, so that the work can be repeated and judged.

use std::fmt::Write;

use crate::export::deck::{Deck, Provenance};
use crate::export::text::escape;

/// Writes the sheet.
pub fn how_it_was_made(page: &mut String, deck: &Deck) {
    let made = &deck.provenance;
    page.push_str("<section class=\"sheet made\" aria-labelledby=\"made\">\n<h2 id=\"made\">How this was made</h2>\n<dl>\n");
    for (title, text) in &made.facts {
        let _ = writeln!(page, "<dt>{}</dt><dd><bdi>{}</bdi></dd>", escape(title), escape(text));
    }
    page.push_str("</dl>\n");
    super::compare::importance(page, deck);
    columns(page, made);
    list(page, "Notes", &made.notes);
    list(page, "Left out on purpose", &made.left_out);
    page.push_str("</section>\n");
}

fn columns(page: &mut String, made: &Provenance) {
    let _ = writeln!(page, "<h3>The {} columns that decide who is alike</h3>", made.columns.len());
    page.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Transform</th><th scope=\"col\">Scale</th>\
         <th scope=\"col\">Missing values</th></tr></thead>\n<tbody>\n",
    );
    for [name, transform, scale, missing] in &made.columns {
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><bdi>{}</bdi></th><td><bdi>{}</bdi></td><td>{}</td><td>{}</td></tr>",
            escape(name),
            escape(transform),
            escape(scale),
            escape(missing)
        );
    }
    page.push_str("</tbody>\n</table>\n");
}

fn list(page: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h3>{title}</h3>\n<ul>");
    for line in lines {
        let _ = writeln!(page, "<li dir=\"auto\">{}</li>", escape(line));
    }
    page.push_str("</ul>\n");
}
