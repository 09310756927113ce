//! Panels at the right and at the bottom, whose controls are reached after those between.
//!
//! egui takes the room of a panel from the page when it shows it, so such panels come before what they leave room for; and Tab goes through controls in the
//! order they are asked for. Here the room is taken first and filled later.

use eframe::egui::{AsIdSalt, Layout, Panel, Rect, Ui, UiBuilder};

/// The room of a panel that is still empty.
#[must_use]
pub struct SetAside {
    within: Rect,
    clip: Rect,
}

/// Takes the room of `panel`.
pub fn set_aside(ui: &mut Ui, panel: Panel) -> SetAside {
    let shown = panel.show(ui, |ui| {
        let within = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(within);
        within
    });
    SetAside { within: shown.inner, clip: shown.response.rect }
}

impl SetAside {
    /// Fills the room. `salt` tells it from others on the page.
    pub fn fill_ui<R>(self, ui: &mut Ui, salt: impl AsIdSalt, contents: impl FnOnce(&mut Ui) -> R) -> R {
        let layout = Layout::top_down(eframe::egui::Align::Min);
        let mut child = ui.new_child(UiBuilder::new().id_salt(("set aside", salt)).max_rect(self.within).layout(layout));
        child.set_clip_rect(self.clip.intersect(ui.clip_rect()));
        contents(&mut child)
    }
}
