//! How is a distribution drawn with shapes? Everyone's bars as one grey shape, the persona's as one coloured shape before it.
//!
//! A chart object would bring a workbook with the shares and another look in every program; two shapes open alike everywhere and are
//! recoloured with one click.

use super::super::chart::{EVERYONE, INK, LINE, MUTED};
use super::super::deck::{CardPage, Spread, SpreadBar, SpreadDrawing};
use super::super::fit::{LEADING, fit_line, n_lines, room_for_names, width};
use super::super::palette::paler;
use super::shapes::{Align, Frame, Paragraph, Slide, Told, frame};

/// Size of the small texts.
const SMALL: f64 = 11.0;
/// Height of a level's line.
const LEVEL: f64 = 14.0;
/// A bar below its name, with the space to the next name.
const BAR_BELOW: f64 = 12.0;
/// Room for a share right of the bars.
const SHARE: f64 = 46.0;

/// Draws a distribution into `at`.
pub fn draw(slide: &mut Slide, at: Frame, card: &CardPage, spread: &Spread) {
    slide.group(&spread.title, at, Told::As(&spread.told), |slide| {
        let title = fit_line(&spread.title, true, at.width, SMALL);
        slide.text("Title", frame(at.x, at.y, at.width, 14.0), &[Paragraph::new(title, SMALL, INK).bold()]);
        let below = frame(at.x, at.y + 18.0, at.width, at.height - 18.0);
        match &spread.drawing {
            SpreadDrawing::Levels { bars } => levels(slide, below, card, bars),
            drawing => bins(slide, below, card, drawing),
        }
    });
}

fn bins(slide: &mut Slide, at: Frame, card: &CardPage, drawing: &SpreadDrawing) {
    let SpreadDrawing::Bins { persona, everyone, pale, persona_middle, everyone_middle, measure, middle, low, high } = drawing else {
        return;
    };
    let plot = frame(at.x, at.y, at.width, at.height - 18.0);
    slide.outlines("Everyone", plot, EVERYONE, &columns(everyone, 0.94), Told::Itself);
    let of = |is_pale: bool| -> Vec<f64> {
        persona.iter().zip(pale).map(|(&height, &pale)| if pale == is_pale { height } else { 0.0 }).collect()
    };
    slide.outlines("Persona", plot, &card.colour, &columns(&of(false), 0.58), Told::Itself);
    if pale.contains(&true) {
        slide.outlines("Too few to be told", plot, &paler(&card.colour), &columns(&of(true), 0.58), Told::Itself);
    }
    let base = plot.y + plot.height;
    slide.rectangle("Axis", frame(plot.x, base, plot.width, 0.75), MUTED, Told::Itself);
    for (place, colour, thick) in [(everyone_middle, MUTED, 1.0), (persona_middle, LINE, 2.0)] {
        let x = plot.x + (place.clamp(0.0, 1.0) * plot.width - thick / 2.0).clamp(0.0, plot.width - thick);
        slide.rectangle("Middle", frame(x, plot.y, thick, plot.height), colour, Told::Itself);
    }
    // The middle comes first, with its word where there is room; the ends stand there only whole.
    let y = base + 3.0;
    let ends = [low, high].map(|text| width(text, false, SMALL) + 1.0);
    let room = at.width - 2.0 * ends[0].max(ends[1]) - 6.0;
    let told = [format!("{measure} {middle}"), middle.clone()].into_iter().find(|told| width(told, true, SMALL) <= room);
    if told.is_some() {
        slide.text("Low", frame(at.x, y, ends[0], 14.0), &[Paragraph::new(low, SMALL, MUTED)]);
        slide.text("High", frame(at.x + at.width - ends[1], y, ends[1], 14.0), &[Paragraph::new(high, SMALL, MUTED).align(Align::Right)]);
    }
    let room = if told.is_some() { room } else { at.width };
    let told = told.unwrap_or_else(|| fit_line(&format!("{measure} {middle}"), true, room, SMALL));
    let told = Paragraph::new(told, SMALL, &card.shade).bold().align(Align::Centre);
    slide.text("Middle", frame(at.x + (at.width - room) / 2.0, y, room, 14.0), &[told]);
}

/// Bars that stand on the lower edge, each filling `filled` of its place.
fn columns(heights: &[f64], filled: f64) -> Vec<Vec<[f64; 2]>> {
    let each = 1.0 / heights.len().max(1) as f64;
    let bars = heights.iter().enumerate().filter(|(_, height)| **height > 0.0);
    bars.map(|(nth, height)| {
        let (left, right) = ((nth as f64 + 0.5 - filled / 2.0) * each, (nth as f64 + 0.5 + filled / 2.0) * each);
        vec![[left, 1.0 - height], [right, 1.0 - height], [right, 1.0], [left, 1.0]]
    })
    .collect()
}

/// Names stand left of their bars, or above them where one is too long. What has no room is counted; the words for screen readers have it all.
fn levels(slide: &mut Slide, at: Frame, card: &CardPage, bars: &[SpreadBar]) {
    let beside = room_for_names(bars.iter().map(|bar| bar.name.as_str()), SMALL, [0.3 * at.width, 0.55 * at.width]);
    let n_of_name = |bar: &SpreadBar| if beside.is_some() { 0.0 } else { n_lines(&bar.name, false, SMALL, at.width) as f64 };
    let height = |bar: &SpreadBar| if beside.is_some() { LEVEL } else { n_of_name(bar) * SMALL * LEADING + BAR_BELOW };
    let fitting = |room: f64| {
        let ends = bars.iter().scan(0.0, |end, bar| {
            *end += height(bar);
            Some(*end)
        });
        ends.take_while(|end| *end <= room + 0.01).count()
    };
    let n_shown = if fitting(at.height) == bars.len() { bars.len() } else { fitting(at.height - LEVEL) };
    let shown = &bars[..n_shown];
    let (left, right) = (at.x + beside.map_or(0.0, |names| names + 6.0), at.x + at.width - SHARE);
    // The space before the sign of percent is narrow enough to be spared here.
    let share = |text: &str| text.replace('\u{a0}', "\u{202f}");
    let mut top = at.y;
    let mut tops = Vec::with_capacity(shown.len());
    for bar in shown {
        let lines = n_of_name(bar) * SMALL * LEADING;
        let name = match beside {
            Some(names) => frame(at.x, top, names, LEVEL),
            None => frame(at.x, top, at.width, lines),
        };
        slide.text("Level", name, &[Paragraph::new(bar.name.clone(), SMALL, INK)]);
        let at_bar = top + lines;
        let value = Paragraph::new(fit_line(&share(&bar.share), false, SHARE, SMALL), SMALL, INK).align(Align::Right);
        slide.text("Share", frame(right, at_bar - if beside.is_some() { 0.0 } else { 2.0 }, SHARE, LEVEL), &[value]);
        tops.push(at_bar);
        top += height(bar);
    }
    if n_shown < bars.len() {
        let more = format!("and {} more", bars.len() - n_shown);
        slide.text("More", frame(at.x, top, at.width, LEVEL), &[Paragraph::new(more, SMALL, MUTED)]);
    }
    let plot = frame(left, at.y, right - left, (top - at.y).max(1.0));
    let thick = if beside.is_some() { LEVEL } else { BAR_BELOW - 2.0 };
    let rows = |length: &dyn Fn(&SpreadBar) -> f64, filled: f64| -> Vec<Vec<[f64; 2]>> {
        let bars = shown.iter().zip(&tops).filter(|(bar, _)| length(bar) > 0.0);
        bars.map(|(bar, top)| {
            let edge = |share: f64| (top - plot.y + thick * share) / plot.height;
            let (top, bottom) = (edge(0.5 - filled / 2.0), edge(0.5 + filled / 2.0));
            vec![[0.0, top], [length(bar), top], [length(bar), bottom], [0.0, bottom]]
        })
        .collect()
    };
    slide.outlines("Everyone", plot, EVERYONE, &rows(&|bar| bar.everyone, 0.84), Told::Itself);
    slide.outlines("Persona", plot, &card.colour, &rows(&|bar| bar.persona, 0.44), Told::Itself);
}
