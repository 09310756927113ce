//! A drawing as a picture.
//!
//! In: SVG text. Out: PNG bytes. Fonts travel inside the program.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::ExportError;
use super::fonts::SHIPPED;

/// Draws `svg` at `scale` pixels per unit: 2 for screens and slides.
pub fn plot_png(svg: &str, scale: f32) -> Result<Vec<u8>, ExportError> {
    let mut options = Options { font_family: "Inter".into(), ..Options::default() };
    for face in SHIPPED {
        options.fontdb_mut().load_font_data(face.to_vec());
    }
    let tree = Tree::from_str(svg, &options).map_err(|error| ExportError::Picture(error.to_string()))?;
    let (width, height) = ((tree.size().width() * scale).ceil(), (tree.size().height() * scale).ceil());
    let mut pixmap =
        Pixmap::new(width as u32, height as u32).ok_or_else(|| ExportError::Picture(format!("{width} x {height} is no size")))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| ExportError::Picture(error.to_string()))
}
