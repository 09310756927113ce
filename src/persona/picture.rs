//! How does a user's picture come onto a card? PNG or JPEG, small, and without what else the file may hold.
//!
//! In: the bytes of a file, from anywhere. Out: a PNG of at most [`LARGEST`] pixels per side, upright. Reading it anew drops everything but
//! pixels: places and cameras that photographs name, and whatever was hidden in the file.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::added::Picture;

/// Pixels per side; as large as a card shows it in print.
pub const LARGEST: u32 = 512;
/// Files beyond this are refused before they are read.
pub const MOST_BYTES: u64 = 64 << 20;
/// Pixels per side of a file; a picture of such a size takes 900 MB.
const MOST_PIXELS: u32 = 16_384;

/// Why a file is no picture for a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Another format.
    #[error("This is neither a PNG nor a JPEG file. Save the picture as one of these and attach it again.")]
    NumberFormat,
    /// Damaged, or cut off.
    #[error("The picture is damaged and cannot be read. Save it anew and attach it again.")]
    Damaged,
    /// Larger than anybody needs.
    #[error("The picture is too large. Attach one of at most 16 384 pixels per side and 64 MB.")]
    Large,
}

/// The picture in a file's bytes, made small.
pub fn picture(bytes: &[u8]) -> Result<Picture, PictureError> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(PictureError::Large);
    }
    let read = decoded(bytes, MOST_PIXELS)?;
    let small = if read.width().max(read.height()) > LARGEST { read.thumbnail(LARGEST, LARGEST) } else { read };
    let mut png = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(small.to_rgba8()).write_to(&mut png, ImageFormat::Png).map_err(|_| PictureError::Damaged)?;
    Ok(Picture { bytes: png.into_inner().into() })
}

/// The pixels of a card's picture: width, height, and red, green, blue and opacity of each, row by row. None where a project file holds
/// something else.
pub fn pixels(picture: &Picture) -> Option<(usize, usize, Vec<u8>)> {
    let read = decoded(&picture.bytes, 2 * LARGEST).ok()?.to_rgba8();
    Some((read.width() as usize, read.height() as usize, read.into_raw()))
}

fn decoded(bytes: &[u8], most_pixels: u32) -> Result<DynamicImage, PictureError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| PictureError::Damaged)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(PictureError::NumberFormat);
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(most_pixels), Some(most_pixels));
    reader.limits(limits);
    let refused = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => PictureError::Large,
        _ => PictureError::Damaged,
    };
    let mut decoder = reader.into_decoder().map_err(refused)?;
    // Cameras store how they were held beside the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut read = DynamicImage::from_decoder(decoder).map_err(refused)?;
    read.apply_orientation(orientation);
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn pictures_are_made_small_and_keep_their_shape() {
        for (given, expected) in [((40, 20), (40, 20)), ((2048, 1024), (512, 256)), ((100, 1000), (51, 512)), ((1, 1), (1, 1))] {
            let (width, height, rgba) = pixels(&picture(&png(given.0, given.1)).unwrap()).unwrap();
            assert_eq!((width, height), expected, "{given:?}");
            assert_eq!(rgba.len(), width * height * 4);
        }
        let mut jpeg = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(30, 60).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let small = picture(&jpeg.into_inner()).unwrap();
        assert!(small.bytes.starts_with(b"\x89PNG"), "always a PNG");
    }

    #[test]
    fn whatever_else_a_file_is_gets_a_sentence() {
        assert_eq!(picture(b"<svg onload='x()'/>"), Err(PictureError::NumberFormat));
        assert_eq!(picture(b""), Err(PictureError::NumberFormat));
        assert_eq!(picture(b"GIF89a\x01\x00\x01\x00"), Err(PictureError::NumberFormat));
        let whole = png(300, 300);
        assert_eq!(picture(&whole[..whole.len() / 2]), Err(PictureError::Damaged));
        assert_eq!(picture(&png(MOST_PIXELS + 1, 1)), Err(PictureError::Large));
        assert_eq!(pixels(&Picture { bytes: b"junk".as_slice().into() }), None);
    }
}
