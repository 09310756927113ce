//! How does a part of the map with more customers than points look? Its counts as one image, in the colours of the segments.
//!
//! In: the counts of a step, the colours, who is emphasised. Out: a texture, made again only when one of these changed: about a
//! millisecond for a whole map. A frame that only moves or zooms draws the same texture somewhere else, blurred until the sharper comes.
//! A bin's hue is the mean of its segments' colours, weighted by their customers; the mean is taken of squares, near enough to light,
//! because a mean of the stored values would be too dark.

use std::sync::Arc;

use eframe::egui::{Color32, ColorImage, Id, Pos2, Rect, TextureHandle, TextureOptions, Ui};

use crate::plot::{DensityCell, DensityGrid, MapScene};
use crate::session::Selection;
use crate::ui::plotting::Canvas;

/// What is not emphasised is drawn this strongly.
pub(super) const DIMMED: f32 = 0.13;

/// How segments look just now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Looks {
    /// The colour of each cluster.
    pub clusters: Vec<Color32>,
    /// The colour of customers in none.
    pub noise: Color32,
    /// The segment emphasised.
    pub focus: Option<Selection>,
    /// Whether customers are picked, so that the others step back.
    pub has_picked: bool,
}

/// The last texture, and what it was made for; holding the scene keeps its address its own.
#[derive(Clone)]
struct Kept {
    scene: Arc<MapScene>,
    looks: Looks,
    texture: TextureHandle,
}

/// Draws the image where its window lies now.
pub(super) fn image_ui(ui: &Ui, canvas: &Canvas, scene: &Arc<MapScene>, density: &DensityGrid, looks: &Looks) {
    let id = Id::unique("map image");
    let kept = ui.data(|data| data.get_temp::<Kept>(id)).filter(|kept| Arc::ptr_eq(&kept.scene, scene) && kept.looks == *looks);
    let texture = match kept {
        Some(kept) => kept.texture,
        None => {
            let texture = ui.ctx().load_texture("map image", image(density, scene.window.bins, looks), TextureOptions::LINEAR);
            // The texture before leaves the graphics card with its last handle.
            ui.data_mut(|data| data.insert_temp(id, Kept { scene: scene.clone(), looks: looks.clone(), texture: texture.clone() }));
            texture
        }
    };
    let [from, to] = scene.window.corners;
    let place = Rect::from_two_pos(canvas.at(from), canvas.at(to));
    canvas.painter.image(texture.id(), place, Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0)), Color32::WHITE);
}

/// The picture, top row first.
pub(super) fn image(density: &DensityGrid, [width, height]: [usize; 2], looks: &Looks) -> ColorImage {
    let squares = |colour: Color32| [colour.r(), colour.g(), colour.b()].map(|c| f32::from(c) * f32::from(c));
    let clusters: Vec<[f32; 3]> = looks.clusters.iter().copied().map(squares).collect();
    let noise = squares(looks.noise);
    let is_focus: Vec<bool> = (0..clusters.len()).map(|at| looks.focus.is_none_or(|focus| focus == Selection::Cluster(at))).collect();
    let is_noise_focus = looks.focus.is_none_or(|focus| focus == Selection::Noise);
    let mut pixels = vec![Color32::TRANSPARENT; width * height];
    for (row, line) in pixels.chunks_mut(width.max(1)).rev().enumerate() {
        for (column, pixel) in line.iter_mut().enumerate() {
            let bin = row * width + column;
            if density.strengths[bin] == 0 {
                continue;
            }
            // Sums of the emphasised customers and of all.
            let (mut strong, mut all) = ([0.0f32; 4], [0.0f32; 4]);
            for cell in density.bin(bin) {
                let (colour, is_focus) = match cell.cluster {
                    DensityCell::NOISE => (&noise, is_noise_focus),
                    cluster => (clusters.get(cluster as usize).unwrap_or(&noise), is_focus.get(cluster as usize) == Some(&true)),
                };
                let emphasised = match (is_focus, looks.has_picked) {
                    (false, _) => 0.0,
                    (true, true) => cell.n_picked as f32,
                    (true, false) => cell.n as f32,
                };
                add(&mut strong, colour, emphasised);
                add(&mut all, colour, cell.n as f32);
            }
            // Even one emphasised customer among many is to be seen: the hue is that of the emphasised, and the strength grows with the
            // root of their share.
            let share = strong[3] / all[3];
            let emphasis = if share == 1.0 { 1.0 } else { DIMMED + (1.0 - DIMMED) * share.sqrt() };
            let [r, g, b, weight] = if share > 0.0 { strong } else { all };
            let alpha = f32::from(density.strengths[bin]) * emphasis;
            let [r, g, b] = [r, g, b].map(|c| ((c / weight).sqrt() * alpha / 255.0 + 0.5) as u8);
            *pixel = Color32::from_rgba_premultiplied(r, g, b, (alpha + 0.5) as u8);
        }
    }
    ColorImage::new([width, height], pixels)
}

fn add(sum: &mut [f32; 4], [r, g, b]: &[f32; 3], weight: f32) {
    for (sum, part) in sum.iter_mut().zip([*r, *g, *b, 1.0]) {
        *sum += weight * part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks() -> Looks {
        let clusters = vec![Color32::from_rgb(200, 0, 0), Color32::from_rgb(0, 100, 0)];
        Looks { clusters, noise: Color32::from_rgb(90, 90, 90), focus: None, has_picked: false }
    }

    /// Two bins beside each other, one above: nobody, three of the first and one of the second, noise alone.
    fn density() -> DensityGrid {
        let cell = |cluster, n, n_picked| DensityCell { cluster, n, n_picked };
        DensityGrid {
            starts: vec![0, 0, 2, 3, 3],
            cells: vec![cell(0, 3, 0), cell(1, 1, 1), cell(DensityCell::NOISE, 2, 0)],
            strengths: vec![0, 255, 51, 0],
            ..DensityGrid::default()
        }
    }

    #[test]
    fn a_bin_has_the_mean_hue_of_its_segments() {
        let picture = image(&density(), [2, 2], &looks());
        let [top_left, top_right, bottom_left, bottom_right] = picture.pixels[..] else { panic!("four pixels") };
        assert_eq!((bottom_left, top_right), (Color32::TRANSPARENT, Color32::TRANSPARENT));
        // Roots of three quarters of 200² and one quarter of 100².
        assert_eq!(bottom_right, Color32::from_rgb(173, 50, 0));
        assert_eq!(top_left, Color32::from_rgba_premultiplied(18, 18, 18, 51), "noise at a fifth of its strength");
    }

    #[test]
    fn what_is_not_meant_steps_back() {
        let focused = image(&density(), [2, 2], &Looks { focus: Some(Selection::Cluster(0)), ..looks() });
        assert_eq!(focused.pixels[0].a(), 7, "noise is dimmed: 51 x 0.13");
        assert_eq!((focused.pixels[3].g(), focused.pixels[3].a()), (0, 225), "the hue of the focus, by the root of three quarters");
        let picked = image(&density(), [2, 2], &Looks { has_picked: true, ..looks() });
        assert!(picked.pixels[3].a() > 128, "one picked customer in four is seen");
        assert_eq!(picked.pixels[3].r(), 0, "and its colour is the one that is seen");
    }
}
