//! The flow between another solution, or a column's groups, and the segments in force, as a drawing.
//!
//! In: the comparison, the personas' names. Out: a scene with the blocks and ribbons of the window. Cost: the ribbons.

use std::fmt::Write;

use crate::base::may_be_told;
use crate::data::Noun;
use crate::evaluate::agreement_words;
use crate::persona::numbering::{self, number_of};
use crate::plot::{Compared, Ribbon, flow};

use super::chart::{Anchor, INK, MUTED, Scene};
use super::draw::{HALF, PlotSize};
use super::palette::{NOISE, hex, segment};
use super::plot_kind::Plot;
use super::text::{count, percent, shorten};

/// Room for names on either side.
const SIDE: f64 = 216.0;
/// Width of a block.
const BLOCK: f64 = 12.0;
/// Between two blocks.
const GAP: f64 = 10.0;
/// Names longer than this are shortened.
const NAME_CHARS: usize = 28;
/// Blocks lower than this are not named.
const LEAST_NAMED: f64 = 9.0;

/// The flow, with how alike both sides are in the head.
pub fn draw(compared: &Compared, names: &[String], numbers: &[usize], noun: &Noun, size: PlotSize) -> Scene {
    let [width, height] = size;
    let table = &compared.table;
    let mut scene = Scene::new(width, height, Plot::Comparison.title());
    scene.bold([24.0, 34.0], Plot::Comparison.title(), if size == HALF { 16.0 } else { 18.0 }, INK, Anchor::Start);
    let alike = format!("Adjusted Rand index {:.2}: {}", table.adjusted_rand, agreement_words(table.adjusted_rand)).replace('-', "−");
    let together = format!("{} of {} stay together", percent(table.together), noun.many);
    scene.text([24.0, 56.0], &format!("{alike}. {together}."), 13.0, MUTED, Anchor::Start);
    let side = if size == HALF { SIDE * 0.6 } else { SIDE };
    let (top, left, right) = (104.0, side, width - side);
    scene.text([24.0, top - 14.0], &shorten(&compared.title, if size == HALF { 40 } else { 70 }), 12.0, MUTED, Anchor::Start);
    scene.text([right - BLOCK, top - 14.0], "Segments", 12.0, MUTED, Anchor::Start);

    let colour = |j: usize| hex(table.right[j].cluster.map_or(NOISE, |cluster| segment(number_of(numbers, cluster))));
    let places = flow(table, height - top - 28.0, GAP);
    for ribbon in &places.ribbons {
        let attributes = format!(r#"fill="{}" fill-opacity="0.5""#, colour(ribbon.j));
        scene.path(&outline(ribbon, top, left + BLOCK, right - BLOCK), &attributes);
    }
    for (i, block) in places.left.iter().enumerate() {
        scene.rect([left, top + block[0]], BLOCK, block[1] - block[0], MUTED);
        // A level of a few customers is not told.
        if may_be_told(table.left[i].size) {
            label(&mut scene, [left - 8.0, top], *block, &compared.left_names[i], table.left[i].size, Anchor::End);
        }
    }
    for (j, block) in places.right.iter().enumerate() {
        scene.rect([right - BLOCK, top + block[0]], BLOCK, block[1] - block[0], &colour(j));
        let name = match table.right[j].cluster {
            Some(cluster) => names.get(cluster).cloned().unwrap_or_else(|| numbering::name(number_of(numbers, cluster))),
            None => "In no group".to_owned(),
        };
        label(&mut scene, [right + 8.0, top], *block, &name, table.right[j].size, Anchor::Start);
    }
    scene
}

/// Both edges of a ribbon; these two curves are the smooth step of [`Ribbon::top_at`], written as a cubic.
fn outline(ribbon: &Ribbon, top: f64, x0: f64, x1: f64) -> String {
    let ([a, b], [c, d]) = (ribbon.from.map(|y| top + y), ribbon.to.map(|y| top + y));
    let (near, far) = (x0 + (x1 - x0) / 3.0, x1 - (x1 - x0) / 3.0);
    let mut path = String::new();
    let _ = write!(
        path,
        "M{x0:.1} {a:.2}C{near:.1} {a:.2} {far:.1} {c:.2} {x1:.1} {c:.2}L{x1:.1} {d:.2}C{far:.1} {d:.2} {near:.1} {b:.2} {x0:.1} {b:.2}Z"
    );
    path
}

/// A name with its count below, or beside it where the block is low.
fn label(scene: &mut Scene, [x, top]: [f64; 2], block: [f64; 2], name: &str, size: usize, anchor: Anchor) {
    let middle = top + (block[0] + block[1]) / 2.0;
    let (height, name) = (block[1] - block[0], shorten(name, NAME_CHARS));
    if height >= 32.0 {
        scene.bold([x, middle - 3.0], &name, 12.0, INK, anchor);
        scene.text([x, middle + 13.0], &count(size), 12.0, MUTED, anchor);
    } else if height >= LEAST_NAMED {
        scene.text([x, middle + 4.0], &format!("{} · {}", shorten(&name, NAME_CHARS - 6), count(size)), 12.0, INK, anchor);
    }
}
