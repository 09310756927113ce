//! The view Niches: who fits none of the groups, which small groups inside a segment have a need of their own, and who stands between two segments. Knobs on the left, the map over the
//! sorted scores in the middle, the customers or the niches on the right.
//!
//! In: answers, the plan's options, look. Out: at most one new set of options per frame. Nothing is scored here; a line is looked up in what is sorted already.

mod between;
mod bic;
mod curve;
mod customers;
mod found;
mod knobs;
mod list;
mod rules;

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Rect, Ui, UiBuilder, Vec2};

use crate::plot::Ring;
use crate::session::{Command, Look, NicheList, NicheOptions, PlotKind};
use crate::ui::plotting::{Lies, split};
use crate::ui::set_aside::set_aside;
use crate::ui::theme::{INSIDE, tokens};
use crate::ui::widgets::segmented_rows_ui;

use super::map;
use super::view::{Ringed, View};

/// Rings in the map, of those at the top of the list.
const MOST_RINGS: usize = 400;

/// The list at the right has three tabs, which stand in one line.
const NARROWEST: f32 = 328.0;

/// The whole view.
pub(super) fn ui(ui: &mut Ui, view: &View, options: &NicheOptions, look: &mut Look, commands: &mut Vec<Command>) {
    let mut draft = options.clone();
    let side = Frame::new().fill(tokens(ui).surface).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 8 });
    Panel::left("niche knobs").default_size(252.0).size_range(236.0..=340.0).frame(side).show(ui, |ui| {
        // A panel is as wide as what is in it, and would stay narrow after a list with little beside it.
        ui.set_min_width(ui.available_width());
        match look.niche_list {
            NicheList::Unusual => knobs::ui(ui, view, look, &mut draft),
            NicheList::Niches => rules::ui(ui, &mut draft),
            NicheList::Between => between::side_ui(ui, view),
        }
    });
    let width = (ui.available_width() * 0.31).clamp(NARROWEST, 460.0);
    let aside = set_aside(ui, Panel::right("unusual customers").default_size(width).size_range(NARROWEST..=560.0).frame(side));
    CentralPanel::default().frame(Frame::new().fill(tokens(ui).raised)).show(ui, |ui| {
        let is_between = look.niche_list == NicheList::Between;
        let (rings, outlines) = if is_between {
            (between::rings(view, look, MOST_RINGS), between::outlines(view, look))
        } else {
            (rings(view, options, look), Vec::new())
        };
        let view = View { rings: &rings, outlines: &outlines, ..*view };
        let rect = ui.max_rect();
        if look.maximised == Some(PlotKind::Map) {
            pane_ui(ui, rect, "niche map", |ui| map::ui(ui, &view, look, commands));
            return;
        }
        let (upper, lower) = split(ui, "niche map", rect, Lies::Flat, 0.55, 180.0);
        pane_ui(ui, upper, "niche map", |ui| map::ui(ui, &view, look, commands));
        pane_ui(ui, lower, "niche curve", |ui| if is_between { bic::ui(ui, &view) } else { curve::ui(ui, &view, &mut draft, look) });
    });
    aside.fill_ui(ui, "unusual customers", |ui| {
        let choices = [
            (NicheList::Unusual, "Unusual", "Who fits none of the segments"),
            (NicheList::Niches, "Niches", "Small groups inside a segment with a need of their own"),
            (NicheList::Between, "Between two", "Who might as well be in another segment"),
        ];
        segmented_rows_ui(ui, &mut look.niche_list, &choices, choices.len());
        ui.add_space(INSIDE);
        match look.niche_list {
            NicheList::Unusual => customers::ui(ui, view, options, look, commands),
            NicheList::Niches => list::ui(ui, view, options, look, commands),
            NicheList::Between => between::ui(ui, view, look, commands),
        }
    });
    if draft != *options {
        commands.push(Command::Niches(draft));
    }
}

fn pane_ui(ui: &mut Ui, rect: Rect, salt: &str, contents: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect.shrink2(Vec2::new(12.0, 6.0))));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    child.spacing_mut().item_spacing.y = 4.0;
    contents(&mut child);
}

/// Where those above the line stand in the map, the most unusual first.
fn rings(view: &View, options: &NicheOptions, look: &Look) -> Vec<Ringed> {
    let (Some(unusual), Some(segmentation)) = (view.answers.unusual.latest(), view.answers.segmentation.ready()) else { return Vec::new() };
    let rows = unusual.rows(options.score, options.line);
    let rows = &rows[..rows.len().min(MOST_RINGS)];
    let places = Ring::places(&segmentation.loaded, &segmentation.prepared, &look.map_axes, rows);
    let n = rows.len().max(1) as f32;
    let ringed = |(nth, (&row, at)): (usize, (&u32, Option<[f64; 2]>))| {
        let table_row = *segmentation.prepared.table_rows.get(row as usize)?;
        Some(Ringed { table_row, at: at?, size: 1.0 - nth as f32 / n })
    };
    rows.iter().zip(places).enumerate().filter_map(ringed).collect()
}
