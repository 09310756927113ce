//! How does a user's picture come onto a slide, and how large is a picture?
//!
//! In: a persona's picture, or the bytes of any. Out: the picture beside the slides, with what is cut off; width and height in pixels.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

use super::super::Report;
use super::super::deck::CardPage;
use super::package::Media;

/// A user's picture in the file, and what is cut off so that it is square.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portrait {
    pub(super) media: usize,
    pub(super) crop: [f64; 4],
}

/// The picture the user chose, if it is one that can be read; otherwise the portrait stands.
pub(super) fn user_picture(report: &Report, card: &CardPage, media: &mut Vec<Media>) -> Option<Portrait> {
    let persona = report.personas.personas.iter().find(|persona| persona.cluster == card.cluster)?;
    let picture = persona.added.picture.as_ref()?;
    let extension = match image::guess_format(&picture.bytes).ok()? {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpeg",
        _ => return None,
    };
    let [width, height] = size(&picture.bytes)?;
    let (across, down) = (((width - height) / width / 2.0).max(0.0), ((height - width) / height / 2.0).max(0.0));
    media.push(Media { extension, bytes: picture.bytes.to_vec() });
    Some(Portrait { media: media.len() - 1, crop: [across, down, across, down] })
}

/// Width and height of a picture in pixels.
pub(super) fn size(bytes: &[u8]) -> Option<[f64; 2]> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    (width > 0 && height > 0).then_some([f64::from(width), f64::from(height)])
}
