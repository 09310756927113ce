//! The face of a card: the user's picture where there is one, with the portrait small beside it; else the portrait.

use eframe::egui::{Color32, ColorImage, Id, Rect, Response, Role, Sense, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, pos2};

use crate::persona::{Persona, Picture, numbering, picture};
use crate::ui::theme::tokens;
use crate::ui::widgets::name_it;

use super::glyph;

/// The last texture of a card, and the picture it was made from; none where that is no picture.
#[derive(Clone)]
struct Kept {
    picture: Picture,
    texture: Option<TextureHandle>,
}

/// Draws the face as a square of `size` points.
pub fn face_ui(ui: &mut Ui, persona: &Persona, size: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size), Sense::hover());
    paint(ui, rect, persona);
    if persona.added.picture.is_some() {
        name_it(&response, Role::Image, &format!("Picture of {}", numbering::name(persona.number)));
    }
    response
}

/// Paints the face into `rect`.
pub fn paint(ui: &Ui, rect: Rect, persona: &Persona) {
    let texture = persona.added.picture.as_ref().and_then(|picture| texture(ui, persona.number, picture));
    let Some(texture) = texture else { return glyph::paint(ui.painter(), rect, persona.number) };
    // The middle of the picture fills the square.
    let [width, height] = texture.size().map(|side| side as f32);
    let (x, y) = if width > height { (height / width / 2.0, 0.5) } else { (0.5, width / height / 2.0) };
    let part = Rect::from_min_max(pos2(0.5 - x, 0.5 - y), pos2(0.5 + x, 0.5 + y));
    ui.painter().image(texture.id(), rect, part, Color32::WHITE);
    let mark = Rect::from_min_max(rect.max - Vec2::splat((rect.width() * 0.34).max(10.0)), rect.max);
    ui.painter().rect_stroke(mark, 0.0, (2.0, tokens(ui).raised), StrokeKind::Outside);
    glyph::paint(ui.painter(), mark, persona.number);
}

/// The picture on the graphics card; made once, when the picture is first seen.
fn texture(ui: &Ui, number: usize, picture: &Picture) -> Option<TextureHandle> {
    let id = Id::unique(("card picture", number));
    let kept = ui.data(|data| data.get_temp::<Kept>(id)).filter(|kept| std::sync::Arc::ptr_eq(&kept.picture.bytes, &picture.bytes));
    if let Some(kept) = kept {
        return kept.texture;
    }
    let texture = picture::pixels(picture).map(|(width, height, rgba)| {
        let image = ColorImage::from_rgba_unmultiplied([width, height], &rgba);
        ui.ctx().load_texture("card picture", image, TextureOptions::LINEAR)
    });
    ui.data_mut(|data| data.insert_temp(id, Kept { picture: picture.clone(), texture: texture.clone() }));
    texture
}
