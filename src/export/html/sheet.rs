//! A sheet about one topic: title, sentences, tables, bars, drawings.
//!
//! In: the sheet. Out: a section; every text is escaped, and drawings are our own.

use std::fmt::Write;

use super::super::sheet::{SheetBars, SheetPart, SheetTable, TopicSheet};
use super::super::text::escape;

/// Writes the sheet.
pub fn sheet(page: &mut String, sheet: &TopicSheet) {
    let id = &sheet.id;
    let (class, style) = match &sheet.band {
        Some(band) => (" niche", format!(" style=\"--c:{}\"", escape(&band.colour))),
        None => ("", String::new()),
    };
    let _ = writeln!(
        page,
        "<section class=\"sheet topic{class}\"{style} aria-labelledby=\"{id}\">\n<h2 id=\"{id}\"><bdi>{}</bdi></h2>",
        escape(&sheet.title)
    );
    for (nth, sentence) in sheet.sentences.iter().enumerate() {
        let class = if nth == 0 { "lead strong" } else { "lead" };
        let _ = writeln!(page, "<p class=\"{class}\" dir=\"auto\">{}</p>", escape(sentence));
    }
    for part in &sheet.parts {
        match part {
            SheetPart::Bars(it) => bars(page, it),
            SheetPart::Table(it) => table(page, it),
            SheetPart::Drawing(it) => {
                let _ = writeln!(page, "<figure role=\"img\" aria-label=\"{}\">{}</figure>", escape(&it.told), it.svg);
            }
        }
    }
    for note in &sheet.notes {
        let _ = writeln!(page, "<p class=\"muted small\" dir=\"auto\">{}</p>", escape(note));
    }
    page.push_str("</section>\n");
}

/// A line per bar; the value is said, so the bar itself is for the eye alone.
fn bars(page: &mut String, bars: &SheetBars) {
    let _ = writeln!(page, "<ul class=\"bars-list\" aria-label=\"{}\">", escape(&bars.told));
    let percent = |at: f64| format!("{:.2}%", 100.0 * at.clamp(0.0, 1.0));
    for bar in &bars.bars {
        let _ = write!(
            page,
            "<li style=\"--c:{}\"><span class=\"what\"><bdi>{}</bdi></span><span class=\"room\" aria-hidden=\"true\">",
            escape(&bar.colour),
            escape(&bar.label)
        );
        if let Some(length) = bar.length {
            let _ = write!(page, "<b style=\"width:{}\"></b>", percent(length));
        }
        if let Some([low, high]) = bar.interval {
            let _ = write!(page, "<i style=\"left:{};width:{}\"></i>", percent(low), percent(high - low));
        }
        if let Some(mark) = &bars.mark {
            let _ = write!(page, "<u style=\"left:{}\"></u>", percent(mark.at));
        }
        let _ = writeln!(page, "</span><span class=\"n\">{}</span></li>", escape(&bar.value));
    }
    page.push_str("</ul>\n");
    if let Some(mark) = &bars.mark {
        let _ = writeln!(page, "<p class=\"muted small\">Dark line: {}. Thin lines: 95\u{a0}% intervals.</p>", escape(&mark.label));
    }
}

fn table(page: &mut String, table: &SheetTable) {
    let told = escape(&table.told);
    let _ =
        write!(page, "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{told}\"><table aria-label=\"{told}\">\n<thead><tr>");
    let class = |is_number: bool| if is_number { " class=\"n\"" } else { "" };
    for column in &table.columns {
        let _ = write!(page, "<th scope=\"col\"{}>{}</th>", class(column.is_number), escape(&column.title));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for (nth, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
            let (tag, scope) = if nth == 0 { ("th", " scope=\"row\"") } else { ("td", "") };
            let _ = write!(page, "<{tag}{scope}{}><bdi>{}</bdi></{tag}>", class(column.is_number), escape(cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table></div>\n");
}
