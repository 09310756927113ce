//! What the panes of the view share: their frame and head, and what a segment looks like.

use eframe::egui::{Align, Color32, Label, Layout, Rect, Ui, UiBuilder, Vec2};

use crate::base::part;
use crate::engine::live::{LiveNow, LiveSegment};
use crate::persona::numbering;
use crate::ui::theme;

/// A pane of the middle.
pub(super) fn pane_ui(ui: &mut Ui, rect: Rect, salt: &str, contents: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect.shrink2(Vec2::new(16.0, 8.0))));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    child.spacing_mut().item_spacing.y = 4.0;
    contents(&mut child);
}

/// The head of a pane: what it shows, and a control on the right.
pub(super) fn head_ui(ui: &mut Ui, title: &str, explanation: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.add(Label::new(theme::strong(title)).truncate()).on_hover_text(explanation);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // What is in a control goes from left to right as everywhere.
            ui.scope(|ui| ui.with_layout(Layout::left_to_right(Align::Center), control));
        });
    });
}

/// The colour of a segment, by its cluster.
pub(super) fn colour_of(now: &LiveNow, cluster: usize) -> Color32 {
    now.segments.get(cluster).map_or(Color32::GRAY, |segment| theme::segment(segment.number))
}

/// "C2 Loyal buyers"; the number alone where the name was let go.
pub(super) fn name_of(segment: &LiveSegment) -> String {
    format!("{} {}", numbering::name(segment.number), segment.name).trim().to_owned()
}

/// Clusters in the order of their numbers.
pub(super) fn in_order(now: &LiveNow) -> Vec<usize> {
    let mut order: Vec<usize> = (0..now.segments.len()).collect();
    order.sort_by_key(|&cluster| part::order(now.segments[cluster].number));
    order
}
