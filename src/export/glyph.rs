//! A persona's abstract portrait: nine tiles of quarter circles, circles and triangles, drawn from the segment's number.
//!
//! In: the cluster. Out: coloured outlines in a unit square, for the window, and an SVG, for HTML. No stock faces: they lower
//! credibility (methods, section 4). The same number always gives the same picture.

use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::fmt::Write;

use super::palette::{Rgb, hex, mix, segment};

/// A portrait: outlines in their colours on a ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Portrait {
    /// The colour behind the tiles.
    pub ground: Rgb,
    /// Nine convex outlines with their colours; points in a unit square, clockwise.
    pub tiles: Vec<(Rgb, Vec<[f64; 2]>)>,
}

/// The portrait of a cluster, in its colour and tints of it.
pub fn portrait(cluster: usize) -> Portrait {
    let colour = segment(cluster);
    let inks = [colour, mix(colour, [255; 3], 0.45), mix(colour, [27, 29, 33], 0.4)];
    let mut state = (cluster as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut draw = |n: u64| {
        // Xorshift64* (Vigna 2016): any spread of bits will do here.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % n
    };
    let mut before = 9;
    let tiles = (0..9u64).map(|tile| {
        // No two neighbours alike, or the picture falls apart into stripes.
        let shape = (draw(4) + if before < 9 { before + 1 } else { 0 }) % 5;
        before = shape;
        let (ink, turns) = (inks[draw(3) as usize], draw(4));
        let place = |[x, y]: [f64; 2]| [((tile % 3) as f64 + x) / 3.0, ((tile / 3) as f64 + y) / 3.0];
        (ink, outline(shape).into_iter().map(|point| place(turned(point, turns))).collect())
    });
    Portrait { ground: mix(colour, [255; 3], 0.82), tiles: tiles.collect() }
}

/// One of five shapes in a unit tile.
fn outline(shape: u64) -> Vec<[f64; 2]> {
    let arc = |centre: [f64; 2], radius: f64, from: f64, to: f64| -> Vec<[f64; 2]> {
        let steps = ((to - from).abs() * 8.0).ceil().max(2.0);
        let at = |step: usize| from + (to - from) * step as f64 / steps;
        (0..=steps as usize).map(|step| [centre[0] + radius * at(step).cos(), centre[1] + radius * at(step).sin()]).collect()
    };
    match shape {
        0 => [vec![[0.0, 0.0]], arc([0.0, 0.0], 1.0, 0.0, FRAC_PI_2)].concat(),
        1 => arc([0.5, 0.5], 0.44, 0.0, TAU * 47.0 / 48.0),
        2 => vec![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
        3 => arc([0.5, 0.5], 0.5, PI, TAU),
        _ => lens(),
    }
}

/// A leaf between two opposite corners: where two quarter circles overlap.
fn lens() -> Vec<[f64; 2]> {
    let quarter = |flip: bool| {
        (0..=12).map(move |step| {
            let angle = FRAC_PI_2 * f64::from(step) / 12.0;
            if flip { [1.0 - angle.sin(), angle.cos()] } else { [angle.sin(), 1.0 - angle.cos()] }
        })
    };
    quarter(false).chain(quarter(true)).collect()
}

fn turned([x, y]: [f64; 2], quarters: u64) -> [f64; 2] {
    (0..quarters).fold([x, y], |[x, y], _| [1.0 - y, x])
}

/// The portrait as an SVG; decorative, so screen readers skip it.
pub fn glyph(cluster: usize) -> String {
    let Portrait { ground, tiles } = portrait(cluster);
    let mut body = format!(r#"<rect width="96" height="96" fill="{}"/>"#, hex(ground));
    for (ink, points) in tiles {
        let points: Vec<String> = points.iter().map(|[x, y]| format!("{:.1},{:.1}", x * 96.0, y * 96.0)).collect();
        // Writing to a String cannot fail.
        let _ = write!(body, r#"<polygon points="{}" fill="{}"/>"#, points.join(" "), hex(ink));
    }
    format!(r#"<svg class="glyph" viewBox="0 0 96 96" aria-hidden="true" focusable="false">{body}</svg>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_portraits_all_differ_and_stay_inside() {
        let mut all: Vec<String> = (0..40).map(glyph).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 40);
        for (_, points) in (0..40).flat_map(|cluster| portrait(cluster).tiles) {
            assert!(points.iter().flatten().all(|c| (-1e-9..=1.0 + 1e-9).contains(c)));
        }
    }
}
