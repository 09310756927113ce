//! The back of a card as slides: the evidence of every word, how far it may be relied on, the rule, typical customers.

use super::super::chart::{INK, MUTED};
use super::super::deck::{CardPage, Deck, EvidenceLine, HeldLine};
use super::super::fit::{LEADING, fit, fit_line};
use super::super::text::more_rows;
use super::master::{BOTTOM, LEFT, RIGHT, TOP};
use super::parts::{self, QUIET};
use super::shapes::{Align, Paragraph, Slide, frame};
use super::table::{PADDING, Row, TableLook, cell, fits_in, table};

/// Sizes on a back: for reading at a desk.
const SMALL: f64 = 9.0;
const SIZES: [f64; 2] = [9.5, 8.0];
/// Heights of the rows.
const HEADER: f64 = 22.0;
const ROW: f64 = 20.0;
/// Lines of a column's name, at most.
const MOST_LINES: usize = 4;
/// Where the table starts, and how wide it is.
const TABLE: f64 = TOP + 52.0;
const EVIDENCE: f64 = 632.0;
/// Typical customers, and how many of their values.
const EXAMPLES: usize = 3;
const VALUES: usize = 8;

/// The evidence, and where they are known the rule and typical customers.
pub fn slides(deck: &Deck, card: &CardPage) -> Vec<Slide> {
    let mut slide = start(card, "the evidence");
    let left = if card.evidence.is_empty() { LEFT } else { evidence(&mut slide, deck, card) + 28.0 };
    beside(&mut slide, card, left);
    parts::footer(
        &mut slide,
        &[
            parts::source(deck),
            "Numbers: medians, or averages where they say avg. Effect: Hedges' g for numbers, Cohen's h for shares".to_owned(),
        ],
    );
    let mut slides = vec![slide];
    if !card.examples.is_empty() {
        slides.push(typical(deck, card));
    }
    slides
}

/// Height of a row whose column's name takes so many lines.
fn height_of(n_lines: usize) -> f64 {
    ROW.max(n_lines as f64 * SIZES[1] * LEADING + 3.0)
}

fn start(card: &CardPage, what: &str) -> Slide {
    let mut slide = Slide::new();
    parts::band(&mut slide, &card.colour);
    let room = RIGHT - LEFT;
    // The name gives way, not the word after the colon.
    let name = fit_line(&card.name, true, room - super::super::fit::width(&format!(": {what}"), true, 22.0) - 4.0, 22.0);
    slide.title(frame(LEFT, TOP, room, 22.0 * LEADING), &Paragraph::new(format!("{name}: {what}"), 22.0, INK).bold());
    slide
}

/// The table; tells where it ends at the right.
fn evidence(slide: &mut Slide, deck: &Deck, card: &CardPage) -> f64 {
    let titles = ["#", "Column", "Used in", "Persona", "Everyone", "Others", "Effect", "95 % interval", "n", "Missing"];
    let shares = [0.04, 0.212, 0.086, 0.108, 0.108, 0.108, 0.07, 0.134, 0.06, 0.074];
    let widths: Vec<f64> = shares.iter().map(|share| share * EVIDENCE).collect();
    let align = |nth: usize| if nth == 1 || nth == 2 { Align::Left } else { Align::Right };
    let look = |colour, bold, nth, sizes| TableLook { colour, bold, align: align(nth), sizes };
    let header = titles
        .iter()
        .enumerate()
        .map(|(nth, title)| cell(title, [widths[nth], HEADER], look(MUTED, true, nth, [SMALL, 7.5])).on(Some(QUIET.to_owned())));
    let mut rows = vec![Row { height: HEADER, cells: header.collect(), ruled: true }];
    let row_of = |line: &EvidenceLine| {
        let texts = line.cells();
        // A row grows where the column's name does not fit on one line.
        let lines = (1..MOST_LINES).find(|&n| fits_in(&texts[1], [widths[1], height_of(n)], false, SIZES[1])).unwrap_or(MOST_LINES);
        let height = height_of(lines);
        let cells = texts.iter().enumerate().map(|(nth, text)| {
            let (colour, bold) =
                if nth == 3 { (card.shade.as_str(), true) } else { (if nth == 0 || nth > 6 { MUTED } else { INK }, false) };
            cell(text, [widths[nth], height], look(colour, bold, nth, SIZES))
        });
        Row { height, cells: cells.collect(), ruled: true }
    };
    let room = BOTTOM - 20.0 - TABLE - HEADER;
    let all: Vec<Row> = card.evidence.iter().map(row_of).collect();
    let ends = all.iter().scan(0.0, |end, row| {
        *end += row.height;
        Some(*end)
    });
    let n_fitting = ends.take_while(|end| *end <= room).count();
    let n_more = card.n_more_evidence + all.len() - n_fitting;
    rows.extend(all.into_iter().take(n_fitting));
    let told = format!("The evidence for {}: what was measured, inside, for everyone and for all others", card.name);
    let end = table(slide, "Evidence", &told, [LEFT, TABLE], &widths, &rows, true);
    let mut notes = Vec::new();
    if n_more > 0 {
        notes.push(more_rows(n_more));
    }
    if card.has_suppressed {
        notes.push(deck.withheld.clone());
    }
    if !notes.is_empty() {
        slide.text("Withheld", frame(LEFT, end + 6.0, EVIDENCE, 14.0), &[Paragraph::new(notes.join(" "), SMALL, MUTED)]);
    }
    LEFT + EVIDENCE
}

/// What else an analyst asks, in words.
fn beside(slide: &mut Slide, card: &CardPage, left: f64) {
    let width = RIGHT - left;
    let mut blocks: Vec<(&str, Vec<String>)> = Vec::new();
    blocks.push(("How well it holds", card.holds.iter().map(HeldLine::told).collect()));
    if !card.did.is_empty() {
        blocks.push(("What they do", card.did.clone()));
    }
    if !card.trust.is_empty() {
        let title = card.badge.as_ref().map_or_else(String::new, |badge| format!("{}.", badge.told()));
        blocks.push((
            "How far to rely on it",
            std::iter::once(title).filter(|word| !word.is_empty()).chain(card.trust.iter().cloned()).collect(),
        ));
    }
    if let Some(rule) = &card.rule {
        blocks.push(("In one rule", std::iter::once(rule).chain(&card.rule_quality).cloned().collect()));
    }
    let mut about = Vec::new();
    about.extend(card.automatic_name.as_ref().map(|name| format!("The automatic name is {name}.")));
    about.extend(card.out_of_date.clone());
    if !about.is_empty() {
        blocks.push(("About the name", about));
    }
    if let Some(nothing) = &card.nothing {
        blocks.push(("What can be said", vec![nothing.clone()]));
    }
    let mut y = TABLE;
    for (title, lines) in blocks {
        let mut paragraphs = vec![Paragraph::new(title, 11.0, &card.shade).bold().after(3.0)];
        let mut height = 11.0 * LEADING + 3.0;
        for line in lines {
            let room = BOTTOM - y - height;
            if room < 11.0 * LEADING {
                break;
            }
            let fitted = fit(&line, false, [width, room.min(70.0)], [10.0, 9.0]);
            height += fitted.height() + 2.0;
            paragraphs.push(Paragraph::new(fitted.text, fitted.size, INK).after(2.0));
        }
        if paragraphs.len() > 1 {
            slide.text(title, frame(left, y, width, height), &paragraphs);
            y += height + 14.0;
        }
    }
    profile(slide, card, [left, y]);
}

/// Where medians stand among everyone, as far as there is room.
fn profile(slide: &mut Slide, card: &CardPage, [left, y]: [f64; 2]) {
    let row = 17.0;
    let n = (((BOTTOM - y - 22.0) / row).max(0.0) as usize).min(card.profile.len());
    if n == 0 {
        return;
    }
    let width = RIGHT - left;
    let widths = [width - 62.0, 62.0];
    let look = |colour, bold, align, sizes| TableLook { colour, bold, align, sizes };
    let mut rows = vec![Row {
        height: 22.0,
        cells: vec![
            cell("Among everyone", [widths[0] + PADDING, 22.0], look(&card.shade, true, Align::Left, [11.0, 9.0])).flush(),
            cell("percentile", [widths[1], 22.0], look(MUTED, false, Align::Right, [9.0, 9.0])),
        ],
        ruled: true,
    }];
    rows.extend(card.profile[..n].iter().map(|line| {
        let place = format!("{:.0}", line.place * 100.0);
        let cells = vec![
            cell(&line.label, [widths[0], row], look(INK, false, Align::Left, [10.0, 9.0])).flush(),
            cell(&place, [widths[1], row], look(INK, true, Align::Right, [10.0, 9.0])),
        ];
        Row { height: row, cells, ruled: true }
    }));
    table(slide, "Profile", "Percentile of their median among everyone, column by column", [left, y], &widths, &rows, true);
}

/// Typical customers, without anything that says who they are.
fn typical(deck: &Deck, card: &CardPage) -> Slide {
    let is_typical = card.examples_title.starts_with("Typical");
    let mut slide = start(card, &if is_typical { format!("typical {}", deck.noun.many) } else { "nearest to the centre".to_owned() });
    let lead = "Real rows near the middle of the segment, without anything that says who they are.";
    slide.text("Lead", frame(LEFT, TOP + 32.0, RIGHT - LEFT, 16.0), &[Paragraph::new(lead, 12.0, MUTED)]);
    let gap = 20.0;
    let n = card.examples.len().min(EXAMPLES);
    let width = (RIGHT - LEFT - gap * (EXAMPLES - 1) as f64) / EXAMPLES as f64;
    for (nth, example) in card.examples.iter().take(n).enumerate() {
        let x = LEFT + nth as f64 * (width + gap);
        let widths = [width * 0.54, width * 0.46];
        let look = |colour, bold, align| TableLook { colour, bold, align, sizes: [13.0, 11.0] };
        let title = format!("{} {}", deck.noun.title_of_one(), nth + 1);
        let header =
            vec![cell(&title, [width, 30.0], look(&card.shade, true, Align::Left)), cell("", [10.0, 30.0], look(INK, false, Align::Left))];
        let header = header.into_iter().map(|cell| cell.on(Some(card.tint.clone()))).collect();
        let mut rows = vec![Row { height: 30.0, cells: header, ruled: true }];
        for (column, value) in example.iter().take(VALUES) {
            let cells = vec![
                cell(column, [widths[0], 34.0], look(MUTED, false, Align::Left)),
                cell(value, [widths[1], 34.0], look(INK, true, Align::Right)),
            ];
            rows.push(Row { height: 34.0, cells, ruled: true });
        }
        table(&mut slide, &title, &format!("Typical {} {}", deck.noun.one, nth + 1), [x, TABLE + 12.0], &widths, &rows, true);
    }
    parts::footer(&mut slide, &[parts::source(deck)]);
    slide
}
