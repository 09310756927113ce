//! What do several slides have in common? Titles, portraits, badges, bars of shares, footers.

use super::super::chart::{INK, MUTED};
use super::super::deck::{Badge, Confidence, Deck, Tile};
use super::super::fit::{LEADING, fit, fit_line, width};
use super::master::{FOOTER, LEFT, RIGHT, TOP};
use super::shapes::{Align, Frame, HEIGHT, Paragraph, Slide, Told, frame};

/// The ground of quiet pills and headers.
pub const QUIET: &str = "#f3f4f6";
/// Rows left out, which have no colour.
pub const LEFT_OUT: &str = "#e6e8eb";

/// A title on one line at the top.
pub fn title(slide: &mut Slide, text: &str) {
    let room = [RIGHT - LEFT, 28.0 * LEADING];
    let fitted = fit(text, true, room, [28.0, 20.0]);
    slide.title(frame(LEFT, TOP, room[0], room[1]), &Paragraph::new(fitted.text, fitted.size, INK).bold());
}

/// The band in the persona's colour along the left edge.
pub fn band(slide: &mut Slide, colour: &str) {
    slide.rectangle("Band", frame(0.0, 0.0, 16.0, HEIGHT), colour, Told::Decorative);
}

/// The same band in dashes, of what is only part of a persona.
pub fn dashed_band(slide: &mut Slide, colour: &str) {
    let dash = HEIGHT / 17.0;
    for nth in (0..17).step_by(2) {
        slide.rectangle("Band", frame(0.0, f64::from(nth) * dash, 16.0, dash), colour, Told::Decorative);
    }
}

/// "Source: shop.csv, 5 000 rows".
pub fn source(deck: &Deck) -> String {
    format!("Source: {}, {} rows", deck.source, deck.rows)
}

/// The line at the bottom.
pub fn footer(slide: &mut Slide, parts: &[String]) {
    let room = RIGHT - LEFT - 80.0;
    let text = fit_line(&parts.join("  ·  "), false, room, 11.0);
    slide.text("Footer", frame(LEFT, FOOTER, room, 16.0), &[Paragraph::new(text, 11.0, MUTED)]);
}

/// The portrait: nine tiles on a ground, one group.
pub fn portrait(slide: &mut Slide, at: Frame, name: &str, ground: &str, tiles: &[Tile]) {
    let told = format!("Abstract portrait of {name}");
    slide.group("Portrait", at, Told::As(&told), |slide| {
        slide.rectangle("Ground", at, ground, Told::Itself);
        for tile in tiles {
            // Every tile in a frame of its own, so that it can be picked and moved.
            let ends = |axis: usize| {
                let along = tile.points.iter().map(|point| point[axis].clamp(0.0, 1.0));
                along.fold([1.0f64, 0.0f64], |[low, high], value| [low.min(value), high.max(value)])
            };
            let ([left, right], [top, bottom]) = (ends(0), ends(1));
            if right <= left || bottom <= top {
                continue;
            }
            let points = tile.points.iter().map(|[x, y]| [(x - left) / (right - left), (y - top) / (bottom - top)]).collect();
            let own = frame(at.x + left * at.width, at.y + top * at.height, (right - left) * at.width, (bottom - top) * at.height);
            slide.outlines("Tile", own, &tile.colour, &[points], Told::Itself);
        }
    });
}

/// A pill with words; tells how wide it is. `x` is its left edge.
pub fn pill(slide: &mut Slide, name: &str, [x, y]: [f64; 2], text: &str, colour: &str, ground: &str) -> f64 {
    let wide = width(text, true, 11.0) + 20.0;
    let paragraph = Paragraph::new(text, 11.0, colour).bold().align(Align::Centre);
    slide.pill(name, frame(x, y, wide, 22.0), ground, &paragraph, 0.0);
    wide
}

/// How wide the badge is with its words.
pub fn badge_width(badge: &Badge) -> f64 {
    width(&told(badge), true, 11.0) + 38.0
}

/// The badge: a mark that is fuller the more it may be relied on, and the word.
pub fn badge(slide: &mut Slide, [x, y]: [f64; 2], badge: &Badge, colour: &str) {
    let told = told(badge);
    let at = frame(x, y, badge_width(badge), 22.0);
    let paragraph = Paragraph::new(told, 11.0, INK).bold();
    slide.group("Confidence", at, Told::Itself, |slide| {
        slide.pill("Confidence", at, QUIET, &paragraph, 26.0);
        mark(slide, [x + 8.0, y + 5.0], 12.0, badge, colour);
    });
}

/// The badge's mark alone.
pub fn mark(slide: &mut Slide, [x, y]: [f64; 2], size: f64, badge: &Badge, colour: &str) {
    let (outer, inner) = (frame(x, y, size, size), frame(x + 1.5, y + 1.5, size - 3.0, size - 3.0));
    slide.disc("Ring", outer, colour, Told::Decorative);
    if badge.fill < 1.0 {
        slide.disc("Hole", inner, "#ffffff", Told::Decorative);
        if badge.fill > 0.0 {
            slide.pie("Fill", inner, colour, badge.fill, Told::Decorative);
        }
    }
}

/// "Confidence: High", or the warning alone.
fn told(badge: &Badge) -> String {
    match badge.confidence {
        Confidence::DoNotRely => badge.word.clone(),
        _ => badge.told(),
    }
}

/// Pieces side by side that fill `at`; each takes its share, and those too narrow to see still get a hair.
pub fn bar(slide: &mut Slide, name: &str, at: Frame, pieces: &[(f64, String)], told: &str) {
    let total: f64 = pieces.iter().map(|(share, _)| share).sum::<f64>().max(f64::MIN_POSITIVE);
    slide.group(name, at, Told::As(told), |slide| {
        let mut x = at.x;
        for (nth, (share, colour)) in pieces.iter().enumerate() {
            let wide = at.width * share / total;
            // A gap of white between pieces, if the piece can spare it.
            let gap = if nth + 1 < pieces.len() { (wide * 0.3).min(1.5) } else { 0.0 };
            slide.rectangle("Share", frame(x, at.y, (wide - gap).max(0.1).min(at.x + at.width - x), at.height), colour, Told::Itself);
            x += wide;
        }
    });
}

/// How many of `n` go on a page that holds `most`, so that no page is nearly empty: 13 on pages of 12 are 7 and 6.
pub fn even(n: usize, most: usize) -> usize {
    n.div_ceil(n.div_ceil(most).max(1)).max(1)
}
