//! A small distribution on a card: the persona in colour, everyone in grey behind.

use std::fmt::Write;

use super::super::chart::{Anchor, EVERYONE, INK, MUTED, Scene};
use super::super::deck::{Spread, SpreadBar, SpreadDrawing};
use super::super::text::{escape, shorten};

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 118.0;
/// Letters of a level's name.
const NAME: usize = 14;

/// Writes the figure with its caption.
pub fn figure(page: &mut String, spread: &Spread, colour: &str) {
    let mut scene = Scene::new(WIDTH, HEIGHT, &spread.told);
    match &spread.drawing {
        SpreadDrawing::Bins { persona, everyone, persona_median, everyone_median, median, low, high } => {
            bins(&mut scene, [everyone, persona], [*everyone_median, *persona_median], colour);
            median_text(&mut scene, *persona_median * WIDTH, median);
            scene.text([0.0, HEIGHT - 6.0], low, 11.0, MUTED, Anchor::Start);
            scene.text([WIDTH, HEIGHT - 6.0], high, 11.0, MUTED, Anchor::End);
        }
        SpreadDrawing::Levels { bars } => levels(&mut scene, bars, colour),
    }
    let title = escape(&spread.title);
    let _ = writeln!(page, "<figure><figcaption title=\"{title}\"><bdi>{title}</bdi></figcaption>{}</figure>", scene.to_inline());
}

/// Where bars start and end.
const TOP: f64 = 18.0;
const BOTTOM: f64 = HEIGHT - 24.0;

/// Bars for the persona over bars for everyone; a dark tick under the axis marks the persona's median, a grey one everyone's.
fn bins(scene: &mut Scene, heights: [&[f64]; 2], [everyone, persona]: [f64; 2], colour: &str) {
    for (bars, fill, inset) in [(heights[0], EVERYONE, 0.0), (heights[1], colour, 0.2)] {
        let width = WIDTH / bars.len().max(1) as f64;
        for (at, share) in bars.iter().enumerate() {
            let height = share * (BOTTOM - TOP);
            scene.rect([at as f64 * width + width * inset, BOTTOM - height], width * (1.0 - 2.0 * inset) - 1.0, height, fill);
        }
    }
    scene.line([0.0, BOTTOM], [WIDTH, BOTTOM], MUTED, 1.0);
    let (all, mine) = (everyone * WIDTH, persona * WIDTH);
    scene.line([all, BOTTOM], [all, BOTTOM + 6.0], "#8a919c", 3.0);
    scene.line([mine, TOP - 4.0], [mine, BOTTOM + 6.0], INK, 1.5);
}

/// "median 1 240" over its line, pushed inside at the edges.
fn median_text(scene: &mut Scene, x: f64, median: &str) {
    let (at, anchor) = match x {
        x if x < 50.0 => (0.0, Anchor::Start),
        x if x > WIDTH - 50.0 => (WIDTH, Anchor::End),
        x => (x, Anchor::Middle),
    };
    scene.bold([at, TOP - 7.0], &format!("median {median}"), 11.0, INK, anchor);
}

/// A bar per level: the persona's share over everyone's, with its number; a modal value is never named without its share.
fn levels(scene: &mut Scene, bars: &[SpreadBar], colour: &str) {
    let row = HEIGHT / bars.len().max(4) as f64;
    let (left, right) = (100.0, WIDTH - 44.0);
    for (at, bar) in bars.iter().enumerate() {
        let middle = (at as f64 + 0.5) * row;
        let thick = (row - 3.0).min(18.0);
        scene.rect([left, middle - thick / 2.0], bar.everyone * (right - left), thick, EVERYONE);
        scene.rect([left, middle - thick / 4.0], bar.persona * (right - left), thick / 2.0, colour);
        scene.text([left - 8.0, middle + 4.0], &shorten(&bar.name, NAME), 11.0, INK, Anchor::End);
        scene.text([WIDTH, middle + 4.0], &bar.share, 11.0, INK, Anchor::End);
    }
}
