//! The last slides: how it was made, what drives the grouping, which columns decided, what was noticed and left out.

use super::super::fit::{LEADING, fit};
use super::master::{BOTTOM, LEFT, RIGHT, TOP};
use super::parts::{self, QUIET};
use super::shapes::{Align, Paragraph, Slide, Told, frame};
use super::table::{Row, TableLook, cell, table};
use crate::export::chart::{ACCENT, HAIR, INK, MUTED};
use crate::export::deck::{Deck, ImportanceLine};

/// Where what stands below the title starts.
const START: f64 = TOP + 56.0;
/// Columns of one slide.
const COLUMNS: usize = 13;

/// The slides.
pub fn slides(deck: &Deck) -> Vec<Slide> {
    let mut slides = vec![facts(deck)];
    if !deck.importance.is_empty() {
        slides.push(importance(deck));
    }
    slides.extend(
        deck.provenance.columns.chunks(parts::even(deck.provenance.columns.len(), COLUMNS)).map(|columns| columns_slide(deck, columns)),
    );
    slides.extend(notes(deck));
    slides
}

/// Titles and texts, as many as there is room for.
fn facts(deck: &Deck) -> Slide {
    let mut slide = start("How this was made");
    let facts = &deck.provenance.facts;
    let room = BOTTOM - START;
    let widths = [160.0, RIGHT - LEFT - 160.0];
    // Long texts get the lines that short ones leave over.
    let lines: Vec<f64> = facts.iter().map(|(_, text)| super::super::fit::n_lines(text, false, 12.0, widths[1] - 10.0) as f64).collect();
    let line = (room / (lines.iter().sum::<f64>() + facts.len() as f64)).min(12.0 * LEADING);
    let rows = facts.iter().zip(lines).map(|((title, text), lines)| {
        let height = (lines * line + line).max(20.0);
        let look = |colour, bold| TableLook { colour, bold, align: Align::Left, sizes: [12.0, 9.0] };
        let cells = vec![cell(title, [widths[0], height], look(MUTED, true)).flush(), cell(text, [widths[1], height], look(INK, false))];
        Row { height, cells, ruled: true }
    });
    let rows: Vec<Row> = rows.collect();
    table(&mut slide, "Facts", "How this was made, fact by fact", [LEFT, START], &widths, &rows, false);
    parts::footer(&mut slide, &[parts::source(deck)]);
    slide
}

/// What drives the grouping, as bars.
fn importance(deck: &Deck) -> Slide {
    let mut slide = start("What drives the grouping");
    let note = deck.importance_note.as_deref().unwrap_or("How strongly each column is associated with the segments.");
    let room = [RIGHT - LEFT, 44.0];
    let whole = |sentences: &str| !fit(sentences, false, room, [11.0, 11.0]).text.ends_with('…');
    // As many sentences as there is room for: none is cut.
    let ends = note.match_indices(". ").map(|(at, _)| at + 1).chain([note.len()]);
    let end = ends.filter(|&end| whole(&note[..end])).last().unwrap_or(note.len());
    let note = fit(&note[..end], false, room, [12.0, 11.0]);
    slide.text("Note", frame(LEFT, TOP + 38.0, RIGHT - LEFT, 44.0), &[Paragraph::new(note.text, note.size, MUTED)]);
    let start = START + 54.0;
    let height = ((BOTTOM - start) / deck.importance.len() as f64).min(30.0);
    let [bars, length, numbers] = [LEFT + 250.0, 310.0, LEFT + 576.0];
    // Only what somebody looked at has a column.
    type Number = fn(&ImportanceLine) -> Option<&str>;
    let columns: [(&str, Number); 3] = [
        ("Accuracy lost", |line| line.loss.as_deref()),
        ("Weight", |line| line.weight.as_deref()),
        ("Association", |line| Some(&line.association)),
    ];
    let columns = columns.iter().filter(|(_, told)| deck.importance.iter().any(|line| told(line).is_some()));
    let columns: Vec<(&str, Number)> = columns.copied().collect();
    let width = (RIGHT - numbers) / columns.len() as f64;
    let number_at = |nth: usize, y: f64| frame(numbers + nth as f64 * width, y, width, height);
    for (nth, (title, _)) in columns.iter().enumerate() {
        let title = Paragraph::new(*title, 11.0, MUTED).align(Align::Right);
        slide.centred_text("Head", number_at(nth, start - height), &[title]);
    }
    let told = |line: &ImportanceLine| {
        let part = if line.enters { "" } else { ", described only" };
        let said = columns.iter().filter_map(|(title, told)| Some(format!("{} {}", title.to_lowercase(), told(line)?)));
        format!("{}{part}", said.collect::<Vec<_>>().join(", "))
    };
    for (nth, line) in deck.importance.iter().enumerate() {
        let y = start + nth as f64 * height;
        let name = format!("{}{}", line.what, if line.enters { "" } else { " (described only)" });
        let name = fit(&name, false, [236.0, height], [13.0, 11.0]);
        slide.centred_text("Column", frame(LEFT, y, 236.0, height), &[Paragraph::new(name.text, name.size, INK)]);
        let at = frame(bars, y + height * 0.25, length, height * 0.5);
        slide.group("Bar", at, Told::As(&format!("{}: {}", line.what, told(line))), |slide| {
            slide.rectangle("Room", at, HAIR, Told::Itself);
            let width = (length * line.fraction.clamp(0.0, 1.0)).max(0.5);
            let colour = if line.enters { ACCENT } else { MUTED };
            slide.rectangle("Bar", frame(at.x, at.y, width, at.height), colour, Told::Itself);
        });
        for (nth, (title, told)) in columns.iter().enumerate() {
            let text = fit(told(line).unwrap_or("–"), false, [width, height], [12.0, 10.0]);
            slide.centred_text(title, number_at(nth, y), &[Paragraph::new(text.text, text.size, MUTED).align(Align::Right)]);
        }
    }
    parts::footer(&mut slide, &[parts::source(deck)]);
    slide
}

fn columns_slide(deck: &Deck, columns: &[[String; 4]]) -> Slide {
    let mut slide = start("Columns that decided who is alike");
    let widths = [210.0, 290.0, 232.0, RIGHT - LEFT - 732.0];
    let look = |colour, bold, sizes| TableLook { colour, bold, align: Align::Left, sizes };
    let titles = ["Column", "Transform, or levels", "Scale", "Missing values"];
    let header = (0..4).map(|nth| cell(titles[nth], [widths[nth], 24.0], look(MUTED, true, [11.0, 10.0])).on(Some(QUIET.to_owned())));
    let mut rows = vec![Row { height: 24.0, cells: header.collect(), ruled: true }];
    for column in columns {
        let cells = (0..4).map(|nth| cell(&column[nth], [widths[nth], 29.0], look(INK, false, [12.0, 10.0])));
        rows.push(Row { height: 29.0, cells: cells.collect(), ruled: true });
    }
    table(&mut slide, "Columns", "The columns with transform, scale and missing values", [LEFT, START], &widths, &rows, true);
    parts::footer(&mut slide, &[parts::source(deck)]);
    slide
}

/// What is kept out on purpose and what was noticed, on as many slides as it takes.
fn notes(deck: &Deck) -> Vec<Slide> {
    let titled = [("Left out on purpose", &deck.provenance.left_out), ("Notes", &deck.provenance.notes)];
    let (width, size) = (RIGHT - LEFT, 12.0);
    let mut pages: Vec<Vec<Paragraph>> = Vec::new();
    let mut room = 0.0;
    for (title, texts) in titled {
        for (nth, text) in texts.iter().enumerate() {
            let fitted = fit(text, false, [width, 8.0 * size * LEADING], [size, size]);
            let heading = if nth == 0 { 14.0 * LEADING + 6.0 } else { 0.0 };
            let needed = fitted.height() + 6.0 + heading;
            if needed > room {
                pages.push(Vec::new());
                room = BOTTOM - START;
            }
            room -= needed + if nth + 1 == texts.len() { 12.0 } else { 0.0 };
            let Some(page) = pages.last_mut() else { continue };
            if nth == 0 {
                page.push(Paragraph::new(title, 14.0, INK).bold().after(6.0));
            }
            let after = if nth + 1 == texts.len() { 18.0 } else { 6.0 };
            page.push(Paragraph::new(fitted.text, size, INK).after(after));
        }
    }
    let slide = |paragraphs: Vec<Paragraph>| {
        let mut slide = start("Notes and what was left out");
        slide.text("Notes", frame(LEFT, START, width, BOTTOM - START), &paragraphs);
        parts::footer(&mut slide, &[parts::source(deck)]);
        slide
    };
    pages.into_iter().map(slide).collect()
}

fn start(title: &str) -> Slide {
    let mut slide = Slide::new();
    parts::title(&mut slide, title);
    slide
}
