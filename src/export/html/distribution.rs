//! A small distribution on a card: the persona in colour, everyone in grey behind.

use std::fmt::Write;

use crate::data::table::day_text;
use crate::persona::{Distribution, Drawing};

use super::super::chart::{Anchor, EVERYONE, INK, MUTED, Scene};
use super::super::palette::{hex, segment};
use super::super::text::{escape, percent, shorten, three_digits};

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 118.0;

/// Writes the figure with its caption.
pub fn figure(page: &mut String, distribution: &Distribution, cluster: usize) {
    let unit = distribution.unit.as_ref().map_or_else(String::new, |unit| format!(", {unit}"));
    let scale = if distribution.drawing.has_growing_bins() { ", log scale" } else { "" };
    let title = format!("{}{unit}{scale}", distribution.column);
    let scene = match &distribution.drawing {
        Drawing::Bins { edges, persona, everyone, persona_median, everyone_median, is_date } => {
            let text = |value: f64| if *is_date { day_text(value as i32) } else { three_digits(value) };
            bins(&title, edges, [persona, everyone], [*persona_median, *everyone_median], cluster, text)
        }
        Drawing::Levels { names, persona, everyone } => levels(&title, names, [persona, everyone], cluster),
    };
    let title = escape(&title);
    let _ = writeln!(page, "<figure><figcaption title=\"{title}\"><bdi>{title}</bdi></figcaption>{}</figure>", scene.to_inline());
}

/// Bars for the persona over bars for everyone; a dark tick under the axis marks the persona's median, a grey one everyone's.
fn bins(title: &str, edges: &[f64], shares: [&[f64]; 2], medians: [f64; 2], cluster: usize, text: impl Fn(f64) -> String) -> Scene {
    let told = format!("{title}: median {}, everyone {}", text(medians[0]), text(medians[1]));
    let mut scene = Scene::new(WIDTH, HEIGHT, &told);
    let [persona, everyone] = shares;
    let (Some(&low), Some(&high)) = (edges.first(), edges.last()) else { return scene };
    let (top, bottom) = (18.0, HEIGHT - 24.0);
    let most = persona.iter().chain(everyone).fold(f64::MIN_POSITIVE, |most, &share| most.max(share));
    let width = WIDTH / persona.len().max(1) as f64;
    let colour = hex(segment(cluster));
    for (bars, fill, inset) in [(everyone, EVERYONE, 0.0), (persona, colour.as_str(), 0.2)] {
        for (at, share) in bars.iter().enumerate() {
            let height = share / most * (bottom - top);
            scene.rect([at as f64 * width + width * inset, bottom - height], width * (1.0 - 2.0 * inset) - 1.0, height, fill);
        }
    }
    scene.line([0.0, bottom], [WIDTH, bottom], MUTED, 1.0);
    let place = |value: f64| Drawing::place(edges, value) * WIDTH;
    let (mine, all) = (place(medians[0]), place(medians[1]));
    scene.line([all, bottom], [all, bottom + 6.0], "#8a919c", 3.0);
    scene.line([mine, top - 4.0], [mine, bottom + 6.0], INK, 1.5);
    let anchor = match mine {
        x if x < 50.0 => Anchor::Start,
        x if x > WIDTH - 50.0 => Anchor::End,
        _ => Anchor::Middle,
    };
    scene.bold([mine, 11.0], &format!("median {}", text(medians[0])), 11.0, INK, anchor);
    scene.text([0.0, HEIGHT - 6.0], &text(low), 11.0, MUTED, Anchor::Start);
    scene.text([WIDTH, HEIGHT - 6.0], &text(high), 11.0, MUTED, Anchor::End);
    scene
}

/// A bar a level: the persona's share over everyone's, with its number; a modal value is never named without its share.
fn levels(title: &str, names: &[String], shares: [&[f64]; 2], cluster: usize) -> Scene {
    let [persona, everyone] = shares;
    let told: Vec<String> =
        names.iter().zip(persona).zip(everyone).map(|((name, p), e)| format!("{name} {}, everyone {}", percent(*p), percent(*e))).collect();
    let mut scene = Scene::new(WIDTH, HEIGHT, &format!("{title}: {}", told.join("; ")));
    let row = HEIGHT / names.len().max(4) as f64;
    let (left, right) = (100.0, WIDTH - 44.0);
    let most = persona.iter().chain(everyone).fold(f64::MIN_POSITIVE, |most, &share| most.max(share));
    let colour = hex(segment(cluster));
    for (at, name) in names.iter().enumerate() {
        let middle = (at as f64 + 0.5) * row;
        let bar = (row - 3.0).min(18.0);
        let length = |share: f64| share / most * (right - left);
        let (p, e) = (persona.get(at).copied().unwrap_or(0.0), everyone.get(at).copied().unwrap_or(0.0));
        scene.rect([left, middle - bar / 2.0], length(e), bar, EVERYONE);
        scene.rect([left, middle - bar / 4.0], length(p), bar / 2.0, &colour);
        scene.text([left - 8.0, middle + 4.0], &shorten(name, 12), 11.0, INK, Anchor::End);
        scene.text([WIDTH, middle + 4.0], &percent(p), 11.0, INK, Anchor::End);
    }
    scene
}
