//! A small distribution on a card: the persona in colour, everyone in grey behind.

use std::fmt::Write;

use super::super::chart::{Anchor, EVERYONE, INK, MUTED, Scene};
use super::super::deck::{Spread, SpreadBar, SpreadDrawing};
use super::super::fit::{broken, room_for_names};
use super::super::palette::paler;
use super::super::text::escape;

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 118.0;
/// Size of the texts.
const SMALL: f64 = 11.0;
/// Room for the names of levels beside their bars, at least and at most.
const NAMES: [f64; 2] = [64.0, 136.0];
/// Room for a share right of the bars.
const SHARE: f64 = 44.0;
/// A line of a name above its bar.
const LINE: f64 = 13.0;
/// A bar below its name, with the space to the next name.
const BAR_BELOW: f64 = 14.0;

/// Writes the figure with its caption.
pub fn figure(page: &mut String, spread: &Spread, colour: &str) {
    let scene = match &spread.drawing {
        SpreadDrawing::Bins { persona, everyone, pale, persona_middle, everyone_middle, measure, middle, low, high } => {
            let mut scene = Scene::new(WIDTH, HEIGHT, &spread.told);
            bins(&mut scene, [everyone, persona], pale, [*everyone_middle, *persona_middle], colour);
            middle_text(&mut scene, *persona_middle * WIDTH, &format!("{measure} {middle}"));
            scene.text([0.0, HEIGHT - 6.0], low, SMALL, MUTED, Anchor::Start);
            scene.text([WIDTH, HEIGHT - 6.0], high, SMALL, MUTED, Anchor::End);
            scene
        }
        SpreadDrawing::Levels { bars } => match room_for_names(bars.iter().map(|bar| bar.name.as_str()), SMALL, NAMES) {
            Some(names) => levels_beside(&spread.told, bars, names, colour),
            None => levels_above(&spread.told, bars, colour),
        },
    };
    let title = escape(&spread.title);
    let _ = writeln!(page, "<figure><figcaption title=\"{title}\"><bdi>{title}</bdi></figcaption>{}</figure>", scene.to_inline());
}

/// Where bars start and end.
const TOP: f64 = 18.0;
const BOTTOM: f64 = HEIGHT - 24.0;

/// Bars for the persona over bars for everyone; a dark line marks the persona's middle, a grey tick under the axis everyone's.
fn bins(scene: &mut Scene, heights: [&[f64]; 2], pale: &[bool], [everyone, persona]: [f64; 2], colour: &str) {
    let lighter = paler(colour);
    for (bars, fill, inset) in [(heights[0], EVERYONE, 0.0), (heights[1], colour, 0.2)] {
        let width = WIDTH / bars.len().max(1) as f64;
        for (at, share) in bars.iter().enumerate() {
            let height = share * (BOTTOM - TOP);
            let fill = if fill == colour && pale[at] { &lighter } else { fill };
            scene.rect([at as f64 * width + width * inset, BOTTOM - height], width * (1.0 - 2.0 * inset) - 1.0, height, fill);
        }
    }
    scene.line([0.0, BOTTOM], [WIDTH, BOTTOM], MUTED, 1.0);
    let (all, mine) = (everyone * WIDTH, persona * WIDTH);
    scene.line([all, BOTTOM], [all, BOTTOM + 6.0], "#8a919c", 3.0);
    scene.line([mine, TOP - 4.0], [mine, BOTTOM + 6.0], INK, 1.5);
}

/// "median 1 240" over its line, pushed inside at the edges.
fn middle_text(scene: &mut Scene, x: f64, middle: &str) {
    let (at, anchor) = match x {
        x if x < 50.0 => (0.0, Anchor::Start),
        x if x > WIDTH - 50.0 => (WIDTH, Anchor::End),
        x => (x, Anchor::Middle),
    };
    scene.bold([at, TOP - 7.0], middle, SMALL, INK, anchor);
}

/// A bar per level, its name at its left: the persona's share over everyone's, with its number; a modal value is never named without its share.
fn levels_beside(told: &str, bars: &[SpreadBar], names: f64, colour: &str) -> Scene {
    let mut scene = Scene::new(WIDTH, HEIGHT, told);
    let row = HEIGHT / bars.len().max(4) as f64;
    let (left, right) = (names + 8.0, WIDTH - SHARE);
    for (at, bar) in bars.iter().enumerate() {
        let middle = (at as f64 + 0.5) * row;
        let thick = (row - 3.0).min(18.0);
        pair(&mut scene, bar, [left, right], [middle - thick / 2.0, thick], colour);
        scene.text([names, middle + 4.0], &bar.name, SMALL, INK, Anchor::End);
        scene.text([WIDTH, middle + 4.0], &bar.share, SMALL, INK, Anchor::End);
    }
    scene
}

/// The same with names above their bars, on as many lines as they need.
fn levels_above(told: &str, bars: &[SpreadBar], colour: &str) -> Scene {
    let names: Vec<Vec<String>> = bars.iter().map(|bar| broken(&bar.name, false, SMALL, WIDTH)).collect();
    let height: f64 = names.iter().map(|lines| lines.len() as f64 * LINE + BAR_BELOW).sum();
    let mut scene = Scene::new(WIDTH, height.max(HEIGHT), told);
    let mut top = 0.0;
    for (bar, lines) in bars.iter().zip(&names) {
        for line in lines {
            scene.text([0.0, top + LINE - 3.0], line, SMALL, INK, Anchor::Start);
            top += LINE;
        }
        pair(&mut scene, bar, [0.0, WIDTH - SHARE], [top, BAR_BELOW - 6.0], colour);
        scene.text([WIDTH, top + BAR_BELOW - 6.0], &bar.share, SMALL, INK, Anchor::End);
        top += BAR_BELOW;
    }
    scene
}

/// Everyone's share as a bar, the persona's on it at half the height.
fn pair(scene: &mut Scene, bar: &SpreadBar, [left, right]: [f64; 2], [top, thick]: [f64; 2], colour: &str) {
    scene.rect([left, top], bar.everyone * (right - left), thick, EVERYONE);
    scene.rect([left, top + thick / 4.0], bar.persona * (right - left), thick / 2.0, colour);
}
