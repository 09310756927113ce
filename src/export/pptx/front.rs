//! The front of a card as a slide: name, one sentence, three facts, what sets them apart; readable from the back of a room.

use super::super::chart::{EVERYONE, INK, MUTED};
use super::super::deck::{CardPage, Deck, Line, Rest};
use super::super::fit::{FittedText, LEADING, fit, fit_line};
use super::master::{BOTTOM, LEFT, RIGHT, TOP};
use super::parts::{self, LEFT_OUT};
use super::picture::Portrait;
use super::shapes::{Align, Paragraph, Slide, frame};
use super::spread;
use super::table::{PADDING, Row, TableLook, cell, fits_in, size_in, table};

/// Width of the portrait.
const PORTRAIT: f64 = 104.0;
/// Left edge of the texts beside it.
const BESIDE: f64 = LEFT + PORTRAIT + 20.0;
/// Where facts, and then the body, start.
const FACTS: f64 = 164.0;
const BODY: f64 = 252.0;
/// Where what came of them stands, between the bar and the body.
const OUTCOME: f64 = 236.0;
/// Width of the block "Added by you".
const ADDED: f64 = 216.0;
/// Distributions on a slide; the printed card has more.
const SPREADS: usize = 4;
/// Height of a statement's row, and the rows of the fullest front with their two heads.
const ROW: f64 = 28.0;
const MOST_ROWS: f64 = 9.0;

/// Where the body starts: lower where the line of the outcome is above it.
fn body_top(card: &CardPage) -> f64 {
    if card.outcome.is_some() { OUTCOME + 14.0 * LEADING + 8.0 } else { BODY }
}

/// Sizes that all fronts of a deck share: the largest at which the longest name, sentence and line of any of them fits.
#[derive(Debug, Clone, Copy)]
pub struct FrontSizes {
    name: f64,
    summary: f64,
    /// Of the words, the persona's values and everyone's.
    lines: [f64; 3],
}

impl FrontSizes {
    /// The sizes of a deck.
    pub fn of(deck: &Deck) -> FrontSizes {
        let name = deck.cards.iter().map(|card| name_of(card, 34.0).size).fold(34.0, f64::min);
        let summary = deck.cards.iter().map(|card| summary_of(card, name, 16.0).0.size).fold(16.0, f64::min);
        let smaller = |a: [f64; 3], b: [f64; 3]| [a[0].min(b[0]), a[1].min(b[1]), a[2].min(b[2])];
        let lines = deck.cards.iter().map(|card| line_sizes(card, statements_width(card))).fold([14.0, 14.0, 12.0], smaller);
        FrontSizes { name, summary, lines }
    }
}

/// The slide of a persona.
pub fn slide(deck: &Deck, card: &CardPage, picture: Option<Portrait>, sizes: FrontSizes) -> Slide {
    let mut slide = Slide::new();
    parts::band(&mut slide, &card.colour);
    head(&mut slide, card, picture, sizes);
    facts(&mut slide, card, right_of(card));
    body(&mut slide, card, sizes);
    let cut = added(&mut slide, card);
    parts::footer(&mut slide, &footer(deck, card));
    slide.notes = notes(card, &cut);
    slide
}

/// Where the data's part of a card ends: what the user wrote stands at the right, from the facts down.
fn right_of(card: &CardPage) -> f64 {
    if card.added.is_empty() { RIGHT } else { RIGHT - ADDED - 24.0 }
}

/// Room beside the portrait; badge and priority have theirs at the right.
fn head_width(card: &CardPage) -> f64 {
    RIGHT - BESIDE - card.badge.as_ref().map_or(150.0, |badge| (parts::badge_width(badge) + 12.0).max(150.0))
}

/// The name in one line, or else in two.
fn name_of(card: &CardPage, largest: f64) -> FittedText {
    let width = head_width(card);
    let one_line = fit(&card.name, true, [width, largest * LEADING], [largest, largest.min(28.0)]);
    let two_lines = || fit(&card.name, true, [width, 2.0 * 28.0 * LEADING], [largest.min(28.0), 18.0]);
    if one_line.text.ends_with('…') { two_lines() } else { one_line }
}

/// The sentence below a name of that size, and where it starts.
fn summary_of(card: &CardPage, name: f64, largest: f64) -> (FittedText, f64) {
    let below = TOP + 18.0 + name_of(card, name).height() + 5.0;
    (fit(&card.summary, false, [RIGHT - BESIDE, FACTS - 10.0 - below], [largest, largest.min(12.0)]), below)
}

fn head(slide: &mut Slide, card: &CardPage, picture: Option<Portrait>, sizes: FrontSizes) {
    let width = head_width(card);
    let name = name_of(card, sizes.name);
    let top = TOP + 18.0;
    slide.title(frame(BESIDE, top, width, name.height()), &Paragraph::new(&name.text, name.size, INK).bold());
    let eyebrow = fit_line(&card.eyebrow, false, width, 12.0);
    slide.text("Place", frame(BESIDE, TOP - 2.0, width, 16.0), &[Paragraph::new(eyebrow, 12.0, &card.shade).bold()]);
    let at = frame(LEFT, TOP, PORTRAIT, PORTRAIT);
    match picture {
        Some(Portrait { media, crop }) => slide.picture("Picture", at, media, crop, &format!("Picture chosen for {}", card.name)),
        None => parts::portrait(slide, at, &card.name, &card.ground, &card.tiles),
    }
    let (summary, below) = summary_of(card, sizes.name, sizes.summary);
    slide.text("Summary", frame(BESIDE, below, RIGHT - BESIDE, summary.height()), &[Paragraph::new(&summary.text, summary.size, INK)]);
    let mut y = TOP - 4.0;
    if let Some(badge) = &card.badge {
        parts::badge(slide, [RIGHT - parts::badge_width(badge), y], badge, &card.shade);
        y += 28.0;
    }
    if let Some(priority) = &card.priority {
        let wide = super::super::fit::width(priority, true, 11.0) + 20.0;
        parts::pill(slide, "Priority", [RIGHT - wide, y], priority, &card.shade, &card.tint);
    }
}

/// Three large numbers, and everyone as one bar with this persona filled.
fn facts(slide: &mut Slide, card: &CardPage, right: f64) {
    let each = (right - LEFT) / 3.0;
    for (nth, fact) in card.facts.iter().take(3).enumerate() {
        let (x, width) = (LEFT + nth as f64 * each, each - 12.0);
        let value = fit(&fact.value, true, [width, 32.0 * LEADING], [32.0, 16.0]);
        let label = fit_line(&fact.label, false, width, 12.0);
        let paragraphs = [Paragraph::new(value.text, value.size, &card.shade).bold(), Paragraph::new(label, 12.0, MUTED)];
        slide.text("Fact", frame(x, FACTS, width, 32.0 * LEADING + 12.0 * LEADING), &paragraphs);
    }
    let colour = |is_this: bool, rest: Rest| match (is_this, rest) {
        (true, _) => card.colour.clone(),
        (false, Rest::LeftOut) => LEFT_OUT.to_owned(),
        (false, _) => EVERYONE.to_owned(),
    };
    let pieces: Vec<(f64, String)> = card.strip.iter().map(|piece| (piece.fraction, colour(piece.is_this, piece.rest))).collect();
    if let Some(outcome) = &card.outcome {
        let text = fit_line(outcome, true, right - LEFT, 14.0);
        slide.text("Outcome", frame(LEFT, OUTCOME, right - LEFT, 14.0 * LEADING), &[Paragraph::new(text, 14.0, INK).bold()]);
    }
    let told = card.strip.iter().find(|piece| piece.is_this).map_or(0.0, |piece| piece.fraction);
    let told = format!("{} as a part of all rows: {}", card.name, super::super::text::percent(told));
    parts::bar(slide, "Shares", frame(LEFT, FACTS + 61.0, right - LEFT, 8.0), &pieces, &told);
}

fn statements_width(card: &CardPage) -> f64 {
    (right_of(card) - LEFT) * if card.spreads.is_empty() { 1.0 } else { 0.55 }
}

fn body(slide: &mut Slide, card: &CardPage, sizes: FrontSizes) {
    let (top, right) = (body_top(card), right_of(card));
    if let Some(nothing) = &card.nothing {
        let text = fit(nothing, false, [right - LEFT, 80.0], [18.0, 14.0]);
        slide.text("Nothing to say", frame(LEFT, top, right - LEFT, 80.0), &[Paragraph::new(text.text, text.size, MUTED)]);
        return;
    }
    let has_spreads = !card.spreads.is_empty();
    let statements = statements_width(card);
    table_of_statements(slide, card, statements, sizes.lines);
    if !has_spreads {
        return;
    }
    let left = LEFT + statements + 32.0;
    let (gap, rows) = (20.0, if card.spreads.len() > 2 { 2.0 } else { 1.0 });
    let each = [(right - left - gap) / 2.0, ((BOTTOM - top) - (rows - 1.0) * 14.0) / rows];
    for (nth, spread) in card.spreads.iter().take(SPREADS).enumerate() {
        let (column, row) = ((nth % 2) as f64, (nth / 2) as f64);
        let at = frame(left + column * (each[0] + gap), top + 4.0 + row * (each[1] + 14.0), each[0], each[1].min(108.0));
        spread::draw(slide, at, card, spread);
    }
}

fn lines(card: &CardPage) -> impl Iterator<Item = &Line> {
    card.more.iter().chain(&card.less)
}

/// Numbers have the room they need, words what is left and lines enough.
fn line_widths(card: &CardPage, width: f64) -> [f64; 3] {
    let column = |texts: &dyn Fn(&Line) -> &str, bold: bool, least: f64| {
        let widest =
            lines(card).map(|line| super::super::fit::width(texts(line), bold, least) + 2.0 * PADDING + 2.0).fold(width * 0.2, f64::max);
        widest.min(width * 0.3)
    };
    let values = [column(&|line| &line.value, true, 11.0), column(&|line| &line.everyone, false, 11.0)];
    [width - values[0] - values[1], values[0], values[1]]
}

fn row_height(card: &CardPage) -> f64 {
    ROW.min((BOTTOM - body_top(card) + 4.0) / MOST_ROWS)
}

/// The evidence says which columns say the same; on a front a statement is told whole or without them, and not cut in between.
fn line_text<'a>(card: &CardPage, line: &'a Line, widths: [f64; 3]) -> &'a str {
    if fits_in(&line.text, [widths[0], row_height(card)], false, 11.0) { &line.text } else { &line.brief }
}

/// One size for the whole list: the largest at which its longest line still fits.
fn line_sizes(card: &CardPage, width: f64) -> [f64; 3] {
    let widths = line_widths(card, width);
    let size_of = |text: &str, bold: bool, column: usize| size_in(text, [widths[column], ROW], bold, [14.0, 11.0]);
    [
        lines(card).map(|line| size_of(line_text(card, line, widths), false, 0)).fold(14.0, f64::min),
        lines(card).map(|line| size_of(&line.value, true, 1)).fold(14.0, f64::min),
        lines(card).map(|line| size_of(&line.everyone, false, 2)).fold(12.0, f64::min),
    ]
}

/// What sets them apart, with the value against everyone's.
fn table_of_statements(slide: &mut Slide, card: &CardPage, width: f64, [text_size, value_size, everyone_size]: [f64; 3]) {
    let top = body_top(card) - 4.0;
    let (row, widths) = (row_height(card), line_widths(card, width));
    let look = |colour, bold, align, largest| TableLook { colour, bold, align, sizes: [largest, 11.0] };
    let set = |text: &str, column: usize, look: TableLook| {
        let set = cell(text, [widths[column], row], look);
        // The first column starts where everything else on the slide starts.
        if column == 0 { set.flush() } else { set }
    };
    let header = |title: &str, more: bool| Row {
        height: row,
        cells: vec![
            set(title, 0, look(INK, true, Align::Left, 12.0)),
            set(if more { "Persona" } else { "" }, 1, look(MUTED, false, Align::Right, 11.0)),
            set(if more { "Everyone" } else { "" }, 2, look(MUTED, false, Align::Right, 11.0)),
        ],
        ruled: true,
    };
    let line = |line: &Line| Row {
        height: row,
        cells: vec![
            set(line_text(card, line, widths), 0, look(INK, false, Align::Left, text_size)),
            set(&line.value, 1, look(&card.shade, true, Align::Right, value_size)),
            set(&line.everyone, 2, look(MUTED, false, Align::Right, everyone_size)),
        ],
        ruled: true,
    };
    let mut rows = Vec::new();
    for (title, lines) in [("What sets them apart", &card.more), ("Less than others", &card.less)] {
        if !lines.is_empty() {
            rows.push(header(title, rows.is_empty()));
            rows.extend(lines.iter().map(line));
        }
    }
    let told = "What sets them apart: their value against everyone's";
    table(slide, "Statements", told, [LEFT, top], &widths, &rows, true);
}

/// The user's own words, tinted and apart. Gives back what had to be cut.
fn added(slide: &mut Slide, card: &CardPage) -> Vec<(String, String)> {
    if card.added.is_empty() {
        return Vec::new();
    }
    let at = frame(RIGHT - ADDED, FACTS, ADDED, BOTTOM - FACTS);
    let [inset, titles] = [14.0, 11.0 * LEADING];
    let room = [ADDED - 2.0 * inset, at.height - 2.0 * inset - 24.0];
    let n = card.added.len() as f64;
    let each = (room[1] - n * (titles + 8.0)) / n;
    let mut paragraphs = vec![Paragraph::new("Added by you", 12.0, &card.shade).bold().after(8.0)];
    let mut cut = Vec::new();
    for (title, text) in &card.added {
        let fitted = fit(text, false, [room[0], each], [13.0, 11.0]);
        if fitted.text.ends_with('…') && !text.ends_with('…') {
            cut.push((title.clone(), text.clone()));
        }
        paragraphs.push(Paragraph::new(title, 11.0, &card.shade).bold());
        paragraphs.push(Paragraph::new(fitted.text, fitted.size, INK).after(8.0));
    }
    slide.panel("Added by you", at, &card.tint, &paragraphs, inset);
    cut
}

fn footer(deck: &Deck, card: &CardPage) -> Vec<String> {
    let said = if card.footer.is_empty() { vec![parts::source(deck)] } else { card.footer.clone() };
    // What may be wrong stands first, where it is not cut.
    card.out_of_date.iter().cloned().chain(said).collect()
}

/// The speaker's notes, and in full what had no room.
fn notes(card: &CardPage, cut: &[(String, String)]) -> String {
    let mut notes = card.speaker_notes.clone();
    for (title, text) in cut {
        if !notes.is_empty() {
            notes.push_str("\n\n");
        }
        notes.push_str(&format!("{title}, in full:\n{text}"));
    }
    notes
}
