//! A sheet about one topic as slides: a slide for each part, more where a part is long. Bars and tables stay shapes that can be edited.

use super::super::ExportError;
use super::super::chart::{EVERYONE, INK, MUTED};
use super::super::deck::Deck;
use super::super::fit::{FittedText, LEADING, fit, fit_line};
use super::super::plot_png;
use super::super::sheet::{SheetBars, SheetDrawing, SheetPart, SheetTable, TopicSheet};
use super::master::{BOTTOM, LEFT, RIGHT, TOP};
use super::package::Media;
use super::parts;
use super::picture::size;
use super::shapes::{Align, Paragraph, Slide, Told, frame};
use super::table::{Row, TableLook, cell, size_in, table};

/// Bars, or rows, of a slide.
const MOST: usize = 13;
/// Where sentences start, and the parts below them.
const LEAD: f64 = TOP + 40.0;
const BODY: f64 = TOP + 92.0;
/// Lines of a sentence at most, and of all notes.
const LINES: f64 = 3.0;
/// Lines of the notes below.
const NOTE_LINES: f64 = 5.0;
/// Letters of a table at least.
const SMALLEST: f64 = 11.0;
/// Between the notes and the footer.
const BELOW: f64 = 4.8;
/// Widths of a bar's name and of its value.
const NAME: f64 = 240.0;
const VALUE: f64 = 96.0;

/// The slides of a sheet.
pub fn slides(deck: &Deck, sheet: &TopicSheet, media: &mut Vec<Media>) -> Result<Vec<Slide>, ExportError> {
    let mut slides = Vec::new();
    for part in &sheet.parts {
        match part {
            SheetPart::Bars(it) => {
                let each = parts::even(it.bars.len(), MOST);
                (0..it.bars.len()).step_by(each.max(1)).for_each(|from| {
                    let (mut slide, room) = empty(deck, sheet);
                    bars(&mut slide, room, it, from..(from + each).min(it.bars.len()));
                    slides.push(slide);
                });
            }
            SheetPart::Table(it) => {
                let each = parts::even(it.rows.len(), MOST);
                for rows in it.rows.chunks(each.max(1)) {
                    let (mut slide, room) = empty(deck, sheet);
                    rows_of(&mut slide, room, it, rows);
                    slides.push(slide);
                }
            }
            SheetPart::Drawing(it) => {
                let (mut slide, room) = empty(deck, sheet);
                drawing(&mut slide, room, it, media)?;
                slides.push(slide);
            }
        }
    }
    if slides.is_empty() {
        slides.push(empty(deck, sheet).0);
    }
    slides[0].notes = sheet.sentences.join("\n");
    Ok(slides)
}

/// Title, sentences, notes and footer, and from where to where there is room between them: a sentence takes the lines it needs.
fn empty(deck: &Deck, sheet: &TopicSheet) -> (Slide, [f64; 2]) {
    let mut slide = Slide::new();
    parts::title(&mut slide, &sheet.title);
    if let Some(band) = &sheet.band {
        parts::dashed_band(&mut slide, &band.colour);
    }
    let width = RIGHT - LEFT;
    let of = |(nth, sentence): (usize, &String)| fit(sentence, nth == 0, [width, LINES * 15.0 * LEADING], [15.0, 12.0]);
    let lead: Vec<FittedText> = sheet.sentences.iter().take(2).enumerate().map(of).collect();
    let height: f64 = lead.iter().map(FittedText::height).sum();
    if !lead.is_empty() {
        let paragraph = |(nth, it): (usize, &FittedText)| match nth {
            0 => Paragraph::new(&it.text, it.size, INK).bold(),
            _ => Paragraph::new(&it.text, it.size, MUTED),
        };
        slide.text("Lead", frame(LEFT, LEAD, width, height), &lead.iter().enumerate().map(paragraph).collect::<Vec<_>>());
    }
    let mut bottom = BOTTOM - BELOW;
    if !sheet.notes.is_empty() {
        let notes = fit(&sheet.notes.join(" "), false, [width, NOTE_LINES * 11.0 * LEADING], [11.0, 10.0]);
        bottom -= notes.height();
        slide.text("Notes", frame(LEFT, bottom, width, notes.height()), &[Paragraph::new(&notes.text, notes.size, MUTED)]);
    } else {
        bottom -= 11.0 * LEADING;
    }
    parts::footer(&mut slide, &[parts::source(deck)]);
    (slide, [BODY.max(LEAD + height + 10.0), bottom - 6.0])
}

fn bars(slide: &mut Slide, [top, bottom]: [f64; 2], bars: &SheetBars, range: std::ops::Range<usize>) {
    let shown = &bars.bars[range];
    let label_room = if bars.mark.is_some() { 18.0 } else { 0.0 };
    let row = ((bottom - top - label_room) / shown.len().max(1) as f64).clamp(18.0, 34.0);
    let (left, room) = (LEFT + NAME + 12.0, RIGHT - LEFT - NAME - VALUE - 24.0);
    let thick = row * 0.56;
    for (nth, bar) in shown.iter().enumerate() {
        let y = top + label_room + nth as f64 * row;
        let name = fit(&bar.label, false, [NAME, row], [14.0, 11.0]);
        slide.text("Name", frame(LEFT, y + (row - name.height()) / 2.0, NAME, name.height()), &[Paragraph::new(name.text, name.size, INK)]);
        if let Some(length) = bar.length.filter(|length| *length > 0.0) {
            let at = frame(left, y + (row - thick) / 2.0, (room * length.clamp(0.0, 1.0)).max(1.0), thick);
            let told = format!("{}: {}", bar.label, bar.value);
            slide.rectangle("Bar", at, &bar.colour, Told::As(&told));
        }
        if let Some([low, high]) = bar.interval {
            let at = frame(left + room * low, y + row / 2.0 - 0.75, (room * (high - low)).max(1.0), 1.5);
            slide.rectangle("Interval", at, MUTED, Told::Decorative);
        }
        let value = Paragraph::new(fit_line(&bar.value, true, VALUE, 14.0), 14.0, INK).bold().align(Align::Right);
        slide.text("Value", frame(RIGHT - VALUE, y + (row - 14.0 * LEADING) / 2.0, VALUE, 14.0 * LEADING), &[value]);
    }
    if let Some(mark) = &bars.mark {
        let x = left + room * mark.at.clamp(0.0, 1.0);
        let height = shown.len() as f64 * row;
        slide.rectangle("Mark", frame(x - 0.75, top + label_room, 1.5, height), INK, Told::Decorative);
        let wide = super::super::fit::width(&mark.label, false, 11.0) + 8.0;
        let at = frame((x - wide / 2.0).clamp(LEFT, RIGHT - wide), top, wide, 11.0 * LEADING);
        slide.text("Mark", at, &[Paragraph::new(&mark.label, 11.0, MUTED).align(Align::Centre)]);
    }
    let axis = frame(left - 1.0, top + label_room, 1.0, shown.len() as f64 * row);
    slide.rectangle("Axis", axis, EVERYONE, Told::Decorative);
}

fn rows_of(slide: &mut Slide, [top, bottom]: [f64; 2], it: &SheetTable, rows: &[Vec<String>]) {
    let n = it.columns.len().max(1);
    let numbers = it.columns.iter().filter(|column| column.is_number).count();
    let number_width = 140.0f64.min((RIGHT - LEFT) / n as f64);
    // A column of sentences beside one of names gets more room, though not as much more as it is longer.
    let longest = |at: usize| it.rows.iter().filter_map(|row| row.get(at)).map(|text| text.chars().count()).max().unwrap_or(0);
    let weight = |at: usize| if it.columns[at].is_number { 0.0 } else { (longest(at).max(8) as f64).sqrt() };
    let weights: f64 = (0..it.columns.len()).map(weight).sum();
    let text_width = |at: usize| ((RIGHT - LEFT) - number_width * numbers as f64) * weight(at) / weights;
    let widths: Vec<f64> = (0..it.columns.len()).map(|at| if it.columns[at].is_number { number_width } else { text_width(at) }).collect();
    // Words that wrap leave some of each line empty.
    let lines = |text: &str, room: f64| (super::super::fit::width(text, false, SMALLEST) / (room - 16.0) * 1.08).ceil().max(1.0);
    let most_lines = rows.iter().flat_map(|row| row.iter().zip(&widths)).map(|(text, room)| lines(text, *room)).fold(1.0, f64::max);
    let height = ((bottom - top) / (rows.len() + 1) as f64).clamp(18.0, 30.0f64.max(most_lines * SMALLEST * LEADING + 6.0));
    let align = |column: usize| if it.columns[column].is_number { Align::Right } else { Align::Left };
    // One size for all rows, or a long name would stand small among the others.
    let each = rows.iter().flat_map(|row| row.iter().zip(&widths));
    let size = each.map(|(text, width)| size_in(text, [*width, height], false, [14.0, SMALLEST])).fold(14.0, f64::min);
    let look = |colour: &'static str, bold, column| TableLook {
        colour,
        bold,
        align: align(column),
        sizes: [if bold { 14.0 } else { size }, SMALLEST],
    };
    let line = |texts: Vec<&str>, colour: &'static str, bold: bool| Row {
        height,
        cells: texts.iter().enumerate().map(|(at, text)| cell(text, [widths[at], height], look(colour, bold, at))).collect(),
        ruled: true,
    };
    let mut all = vec![line(it.columns.iter().map(|column| column.title.as_str()).collect(), MUTED, true)];
    all.extend(rows.iter().map(|row| line(row.iter().take(n).map(String::as_str).collect(), INK, false)));
    table(slide, "Table", &it.told, [LEFT, top], &widths, &all, true);
}

/// A drawing as large as the slide allows.
fn drawing(slide: &mut Slide, [top, bottom]: [f64; 2], it: &SheetDrawing, media: &mut Vec<Media>) -> Result<(), ExportError> {
    let bytes = plot_png(&it.svg, 2.0)?;
    let [width, height] = size(&bytes).unwrap_or([16.0, 10.0]);
    media.push(Media { extension: "png", bytes });
    let room = frame(LEFT, top, RIGHT - LEFT, bottom - top);
    let scale = (room.width / width).min(room.height / height);
    let (width, height) = (width * scale, height * scale);
    slide.picture("Drawing", frame(room.x + (room.width - width) / 2.0, room.y, width, height), media.len() - 1, [0.0; 4], &it.told);
    Ok(())
}
