//! What are the groups on the right called, which colour have they, and what are they for the rest of the window?

use eframe::egui::Color32;

use crate::evaluate::Group;
use crate::session::Selection;
use crate::ui::theme;

use super::super::naming::{numbers, selection_name};
use super::super::view::View;

/// What a right group is for the rest of the window.
pub(super) fn selection_of(group: &Group) -> Selection {
    group.cluster.map_or(Selection::Noise, Selection::Cluster)
}

/// What a right group is called everywhere.
pub(super) fn name_of_right(view: &View, group: Option<&Group>) -> String {
    group.map_or_else(String::new, |group| selection_name(view.answers, selection_of(group)))
}

/// The colour a right group has everywhere.
pub(super) fn colour_of_right(view: &View, group: &Group) -> Color32 {
    theme::selection(selection_of(group), numbers(view.answers))
}
