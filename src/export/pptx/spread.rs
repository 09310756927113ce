//! How is a distribution drawn with shapes? Everyone's bars as one grey shape, the persona's as one coloured shape before it.
//!
//! A chart object would bring a workbook with the shares and another look in every program; two shapes open alike everywhere and are
//! recoloured with one click.

use super::super::chart::{EVERYONE, INK, LINE, MUTED};
use super::super::deck::{CardPage, Spread, SpreadBar, SpreadDrawing};
use super::fit::{fit_line, width};
use super::shapes::{Align, Frame, Paragraph, Slide, Told, frame};

/// Size of the small texts.
const SMALL: f64 = 11.0;
/// Height of a level's line.
const LEVEL: f64 = 14.0;
/// Levels of one plot; the words for screen readers have them all.
const LEVELS: usize = 6;

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
    let SpreadDrawing::Bins { persona, everyone, persona_median, everyone_median, median, low, high } = drawing else { return };
    let plot = frame(at.x, at.y, at.width, at.height - 18.0);
    slide.outlines("Everyone", plot, EVERYONE, &columns(everyone, 0.94), Told::Itself);
    slide.outlines("Persona", plot, &card.colour, &columns(persona, 0.58), Told::Itself);
    let base = plot.y + plot.height;
    slide.rectangle("Axis", frame(plot.x, base, plot.width, 0.75), MUTED, Told::Itself);
    for (place, colour, thick) in [(everyone_median, MUTED, 1.0), (persona_median, LINE, 2.0)] {
        let x = plot.x + (place.clamp(0.0, 1.0) * plot.width - thick / 2.0).clamp(0.0, plot.width - thick);
        slide.rectangle("Median", frame(x, plot.y, thick, plot.height), colour, Told::Itself);
    }
    // The median comes first, with its word where there is room; the ends stand there only whole.
    let y = base + 3.0;
    let ends = [low, high].map(|text| width(text, false, SMALL) + 1.0);
    let room = at.width - 2.0 * ends[0].max(ends[1]) - 6.0;
    let told = [format!("median {median}"), median.clone()].into_iter().find(|told| width(told, true, SMALL) <= room);
    if told.is_some() {
        slide.text("Low", frame(at.x, y, ends[0], 14.0), &[Paragraph::new(low, SMALL, MUTED)]);
        slide.text("High", frame(at.x + at.width - ends[1], y, ends[1], 14.0), &[Paragraph::new(high, SMALL, MUTED).align(Align::Right)]);
    }
    let room = if told.is_some() { room } else { at.width };
    let told = told.unwrap_or_else(|| fit_line(&format!("median {median}"), true, room, SMALL));
    let middle = Paragraph::new(told, SMALL, &card.shade).bold().align(Align::Centre);
    slide.text("Median", frame(at.x + (at.width - room) / 2.0, y, room, 14.0), &[middle]);
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

fn levels(slide: &mut Slide, at: Frame, card: &CardPage, bars: &[SpreadBar]) {
    let shown = &bars[..bars.len().min(LEVELS).min((at.height / LEVEL) as usize)];
    let height = shown.len() as f64 * LEVEL;
    let (names, shares) = (at.width * 0.46, 46.0);
    // The space before the sign of percent is narrow enough to be spared here.
    let share = |text: &str| text.replace('\u{a0}', "\u{202f}");
    let lines = |of: &dyn Fn(&SpreadBar) -> Paragraph| -> Vec<Paragraph> { shown.iter().map(|bar| of(bar).spaced(LEVEL)).collect() };
    let name = |bar: &SpreadBar| Paragraph::new(fit_line(&bar.name, false, names - 6.0, SMALL), SMALL, INK);
    let value = |bar: &SpreadBar| Paragraph::new(fit_line(&share(&bar.share), false, shares, SMALL), SMALL, INK).align(Align::Right);
    slide.text("Levels", frame(at.x, at.y, names - 6.0, height), &lines(&name));
    let plot = frame(at.x + names, at.y, at.width - names - shares, height);
    let rows = |length: &dyn Fn(&SpreadBar) -> f64, thick: f64| -> Vec<Vec<[f64; 2]>> {
        let each = 1.0 / shown.len().max(1) as f64;
        let bars = shown.iter().enumerate().filter(|(_, bar)| length(bar) > 0.0);
        bars.map(|(nth, bar)| {
            let (top, bottom) = ((nth as f64 + 0.5 - thick / 2.0) * each, (nth as f64 + 0.5 + thick / 2.0) * each);
            vec![[0.0, top], [length(bar), top], [length(bar), bottom], [0.0, bottom]]
        })
        .collect()
    };
    slide.outlines("Everyone", plot, EVERYONE, &rows(&|bar| bar.everyone, 0.84), Told::Itself);
    slide.outlines("Persona", plot, &card.colour, &rows(&|bar| bar.persona, 0.44), Told::Itself);
    slide.text("Shares", frame(at.x + at.width - shares, at.y, shares, height), &lines(&value));
}
