//! A set page in the window: the engine's pixels as a texture, made again only when they are others.
//!
//! In: the pixels, a rectangle. Out: the picture in it. The same for slides, thumbnails and previews.

use std::sync::Arc;

use eframe::egui::{Color32, ColorImage, Id, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, pos2};

use crate::engine::PageImage;

use super::theme::tokens;
use super::widgets::name_it;

/// The last texture of a place, and what it was made of; holding the pixels keeps their address their own.
#[derive(Clone)]
struct Kept {
    image: Arc<PageImage>,
    texture: TextureHandle,
}

/// The last textures of a list.
#[derive(Clone)]
struct KeptList {
    images: Arc<Vec<PageImage>>,
    textures: Arc<Vec<TextureHandle>>,
}

/// Draws a page into `rect`, with a hairline around it; `name` tells what it shows to those who do not see it.
pub fn page_ui(ui: &mut Ui, rect: Rect, image: Option<&Arc<PageImage>>, place: &str, name: &str, is_framed: bool) {
    let response = ui.interact(rect, ui.scope_id().with(place), Sense::hover());
    name_it(&response, Role::Image, name);
    let t = tokens(ui);
    match image {
        Some(image) => {
            let id = Id::unique(("page", place));
            let kept = ui.data(|data| data.get_temp::<Kept>(id)).filter(|kept| Arc::ptr_eq(&kept.image, image));
            let texture = kept.map_or_else(
                || {
                    let texture = load(ui, place, image);
                    ui.data_mut(|data| data.insert_temp(id, Kept { image: image.clone(), texture: texture.clone() }));
                    texture
                },
                |kept| kept.texture,
            );
            paint(ui, rect, &texture);
        }
        None => {
            ui.painter().rect_filled(rect, 0.0, t.field);
        }
    }
    if is_framed {
        ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, t.hairline), StrokeKind::Outside);
    }
}

/// The textures of thumbnails, in the order of their pages.
pub fn thumbnails(ui: &Ui, images: &Arc<Vec<PageImage>>) -> Arc<Vec<TextureHandle>> {
    let id = Id::unique("page thumbnails");
    let kept = ui.data(|data| data.get_temp::<KeptList>(id)).filter(|kept| Arc::ptr_eq(&kept.images, images));
    if let Some(kept) = kept {
        return kept.textures;
    }
    let textures = Arc::new(images.iter().map(|image| load(ui, "thumbnail", image)).collect::<Vec<_>>());
    ui.data_mut(|data| data.insert_temp(id, KeptList { images: images.clone(), textures: textures.clone() }));
    textures
}

/// Draws a texture over the whole of `rect`.
pub fn paint(ui: &Ui, rect: Rect, texture: &TextureHandle) {
    ui.painter().image(texture.id(), rect, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
}

/// The largest rectangle of `aspect` (width by height) in the middle of `room`, on whole points.
pub fn fitted(room: Rect, aspect: f32) -> Rect {
    let size = if room.width() > room.height() * aspect {
        Vec2::new(room.height() * aspect, room.height())
    } else {
        Vec2::new(room.width(), room.width() / aspect)
    };
    Rect::from_center_size(room.center(), size.floor()).round()
}

fn load(ui: &Ui, name: &str, image: &PageImage) -> TextureHandle {
    ui.ctx().load_texture(name, ColorImage::from_rgba_unmultiplied(image.size, &image.rgba), TextureOptions::LINEAR)
}
