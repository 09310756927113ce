//! The personas side by side: rows sorted by how much they separate, cells tinted where a persona stands out.

use super::super::chart::{INK, MUTED};
use super::super::deck::{ComparisonColumn, ComparisonRow, Deck, SideBySide};
use super::super::fit::fit_line;
use super::super::palette::mix;
use super::master::{BOTTOM, LEFT, RIGHT, TOP};
use super::parts::{self, QUIET};
use super::shapes::{Align, Paragraph, Slide, frame};
use super::table::{Row, TableLook, cell, table};

/// Personas and attributes of one slide.
const COLUMNS: usize = 6;
const ROWS: usize = 13;
/// Heights of the rows.
const HEADER: f64 = 44.0;
const ROW: [f64; 2] = [26.0, 34.0];
/// Where the table starts.
const TABLE: f64 = TOP + 62.0;
/// How strong a tint is.
const MORE: f64 = 0.72;

/// The slides; none where there is nothing to compare.
pub fn slides(deck: &Deck) -> Vec<Slide> {
    let comparison = &deck.comparison;
    if comparison.rows.is_empty() || comparison.columns.is_empty() {
        return Vec::new();
    }
    let (columns, rows) = (parts::even(comparison.columns.len(), COLUMNS), parts::even(comparison.rows.len(), ROWS));
    let n_pages = comparison.columns.len().div_ceil(columns) * comparison.rows.len().div_ceil(rows);
    let mut slides = Vec::new();
    for (group, of_group) in comparison.columns.chunks(columns).enumerate() {
        for some_rows in comparison.rows.chunks(rows) {
            let of = if n_pages > 1 { format!(" ({} of {n_pages})", slides.len() + 1) } else { String::new() };
            slides.push(slide(deck, comparison, &of, (group * columns, of_group), some_rows));
        }
    }
    slides
}

fn slide(deck: &Deck, comparison: &SideBySide, of: &str, columns: (usize, &[ComparisonColumn]), rows: &[ComparisonRow]) -> Slide {
    let (first, columns) = columns;
    let mut slide = Slide::new();
    parts::title(&mut slide, &format!("The personas side by side{of}"));
    let more = if comparison.n_more > 0 { format!(" {} more attributes are not shown.", comparison.n_more) } else { String::new() };
    let lead = format!(
        "The attributes that separate them most come first. Tinted: more (colour) or less (grey) than the others, by at least a medium effect that their numbers show.{more}"
    );
    let lead = fit_line(&lead, false, RIGHT - LEFT, 12.0);
    slide.text("Lead", frame(LEFT, TOP + 36.0, RIGHT - LEFT, 16.0), &[Paragraph::new(lead, 12.0, MUTED)]);
    let everyone = 92.0;
    // Few personas do not stretch over the whole slide.
    let each = ((RIGHT - LEFT - 230.0 - everyone) / columns.len() as f64).min(180.0);
    let what = (RIGHT - LEFT - everyone - each * columns.len() as f64).min(330.0);
    let widths: Vec<f64> = [what, everyone].into_iter().chain(columns.iter().map(|_| each)).collect();
    let look = |colour, bold, align, largest| TableLook { colour, bold, align, sizes: [largest, 11.0] };
    let mut header = vec![
        cell("", [what, HEADER], look(INK, true, Align::Left, 11.0)),
        cell("Everyone", [everyone, HEADER], look(MUTED, true, Align::Right, 12.0)),
    ];
    for column in columns {
        let ground = rgb(&column.colour).map(|colour| tint(colour, 0.8));
        header.push(cell(&column.listed, [each, HEADER], look(INK, true, Align::Right, 13.0)).on(ground));
    }
    let row_height = ((BOTTOM - TABLE - HEADER) / rows.len().max(1) as f64).clamp(ROW[0], ROW[1]);
    let mut all = vec![Row { height: HEADER, cells: header, ruled: true }];
    for row in rows {
        let mut cells = vec![
            cell(&row.what, [what, row_height], look(INK, false, Align::Left, 13.0)).flush(),
            cell(&row.everyone, [everyone, row_height], look(MUTED, false, Align::Right, 12.0)),
        ];
        for (nth, column) in columns.iter().enumerate() {
            let Some(value) = row.cells.get(first + nth) else { continue };
            let ground = match value.tone {
                1 => rgb(&column.colour).map(|colour| tint(colour, MORE)),
                -1 => Some(QUIET.to_owned()),
                _ => None,
            };
            cells.push(cell(&value.text, [each, row_height], look(INK, value.tone != 0, Align::Right, 13.0)).on(ground));
        }
        all.push(Row { height: row_height, cells, ruled: true });
    }
    let told = "The personas side by side: one column each and one row per attribute, the one that separates them most first";
    table(&mut slide, "Comparison", told, [LEFT, TABLE], &widths, &all, true);
    parts::footer(&mut slide, &[parts::source(deck)]);
    slide
}

fn tint(colour: [u8; 3], share: f64) -> String {
    super::super::palette::hex(mix(colour, [255; 3], share))
}

/// "#0072b2" as three numbers.
fn rgb(colour: &str) -> Option<[u8; 3]> {
    let channel = |at: usize| u8::from_str_radix(colour.get(at..at + 2)?, 16).ok();
    Some([channel(1)?, channel(3)?, channel(5)?])
}
