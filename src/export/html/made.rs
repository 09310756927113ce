//! The last sheet: method, parameters, columns and what was survived, so that the work can be repeated and judged.

use std::fmt::Write;

use crate::data::Kind;
use crate::features::{InputColumn, Scale, Transform};

use super::super::Report;
use super::super::json::rows_left_out;
use super::super::text::{count, escape, percent, three_digits};

/// Writes the sheet.
pub fn how_it_was_made(page: &mut String, report: &Report, source: &str) {
    page.push_str("<section class=\"sheet made\" aria-labelledby=\"made\">\n<h2 id=\"made\">How this was made</h2>\n<dl>\n");
    let rows = report.loaded.table.n_rows;
    let analysed = report.prepared.table_rows.len();
    let mut row = |title: &str, html: &str| {
        let _ = writeln!(page, "<dt>{title}</dt><dd>{html}</dd>");
    };
    row("Source", &format!("<bdi>{source}</bdi>"));
    row("Customers", &format!("{} of {} rows, {} left out", count(analysed), count(rows), count(rows_left_out(report))));
    row("Method", &escape(&report.method_text));
    row("Distances on", &escape(&report.prepared.pca.choice));
    if !report.chosen.reasons.is_empty() {
        row("What speaks for it", &escape(&report.chosen.reasons.join(" ")));
    }
    if let Some(silhouette) = chosen_silhouette(report) {
        row("Mean silhouette", &format!("{silhouette:.3} (1 well apart, 0 touching)"));
    }
    row("Made with", concat!("Personae ", env!("CARGO_PKG_VERSION")));
    page.push_str("</dl>\n");
    columns(page, report);
    notes(page, report);
    page.push_str("</section>\n");
}

/// The silhouette of the result that the labels are from.
fn chosen_silhouette(report: &Report) -> Option<f64> {
    let chosen = &report.chosen;
    let same = report.results.iter().find(|result| match (chosen.k, chosen.epsilon) {
        (Some(k), _) => result.k == Some(k),
        (None, Some(epsilon)) => result.epsilon == Some(epsilon),
        (None, None) => report.results.len() == 1,
    });
    same?.silhouette
}

fn columns(page: &mut String, report: &Report) {
    let entered: Vec<&InputColumn> = report.prepared.columns.iter().filter(|column| column.enters).collect();
    let _ = writeln!(page, "<h3>The {} columns that decide who is alike</h3>", entered.len());
    page.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Transform</th><th scope=\"col\">Scale</th>\
         <th scope=\"col\">Missing values</th></tr></thead>\n<tbody>\n",
    );
    for column in entered {
        let (transform, scale) = match column.kind {
            Kind::Text => (levels(column), "by level".to_owned()),
            Kind::Number | Kind::Date => (transform(column), scale(column)),
        };
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><bdi>{}</bdi></th><td>{transform}</td><td>{scale}</td><td>{}</td></tr>",
            escape(&column.name),
            escape(column.missing.name())
        );
    }
    page.push_str("</tbody>\n</table>\n");
}

fn transform(column: &InputColumn) -> String {
    match (column.transform, column.fitted.bounds) {
        (Transform::Winsorized, Some((low, high))) => format!("Drawn in to {} … {}", three_digits(low), three_digits(high)),
        (transform, _) => transform.name().to_owned(),
    }
}

fn scale(column: &InputColumn) -> String {
    match column.scale {
        Scale::None => Scale::None.name().to_owned(),
        scale => {
            format!("{}: (x − {}) / {}", scale.name(), three_digits(column.fitted.centre), three_digits(column.fitted.spread))
        }
    }
}

/// The levels of a category with their shares.
fn levels(column: &InputColumn) -> String {
    let told: Vec<String> =
        column.fitted.levels.iter().map(|(name, share)| format!("<bdi>{}</bdi> {}", escape(name), percent(*share))).collect();
    if told.is_empty() { "levels".into() } else { told.join(", ") }
}

fn notes(page: &mut String, report: &Report) {
    let notes: Vec<&str> =
        report.notes.iter().map(String::as_str).chain(report.personas.notes.iter().map(|note| note.0.as_str())).collect();
    if notes.is_empty() {
        return;
    }
    page.push_str("<h3>Notes</h3>\n<ul>\n");
    for note in notes {
        let _ = writeln!(page, "<li dir=\"auto\">{}</li>", escape(note));
    }
    page.push_str("</ul>\n");
}
