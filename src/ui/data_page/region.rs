//! How much room is around the bands and panes of a page?

use eframe::egui::{Frame, Margin};

use super::super::theme::{BETWEEN, INSIDE};

/// The room around a band or pane.
pub(in crate::ui) fn region() -> Frame {
    Frame::new().inner_margin(Margin::symmetric(BETWEEN as i8, INSIDE as i8))
}
