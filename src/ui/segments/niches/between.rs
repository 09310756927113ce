//! Who might as well be in another segment? What a mixture of Gaussians says of how surely customers belong, and a row per customer between two.
//!
//! In: how surely customers belong. Out: whoever is picked, or a command. Only rows in view are laid out.

use eframe::egui::{Align, Button, Id, Label, Layout, ProgressBar, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2};

use crate::cluster::BetweenTwo;
use crate::engine::Segmentation;
use crate::evaluate::Belonging;
use crate::persona::RowSet;
use crate::persona::listed_name;
use crate::plot::{self, Ring, customer_name};
use crate::session::{Brush, Command, KeptSelection, Look, Selection, Who};
use crate::ui::theme::{self, caption};
use crate::ui::widgets::{cut_label, name_it, percent, row_background, swatch, thousands, unbroken};

use super::super::naming::{numbers, segment_name};
use super::super::statements;
use super::super::view::{Ringed, View};

/// Height of a line in a customer's row, what is between two, and what is around them.
const LINE: f32 = 20.0;
const GAP: f32 = 3.0;
const AROUND: f32 = 6.0;
const ROW: f32 = 3.0 * (LINE + GAP) + 2.0 * AROUND;
const MEANS: &str = "Every segment puts a customer into one group, whether they are in its middle or at its edge. A mixture of Gaussians gives each \
                     segment a centre, a width and a direction, and says for every customer how likely each segment is.";
const USE: &str =
    "Customers between two are those a message for one persona may miss. Look at them before a campaign, or leave them out of it.";

/// The left panel: what is measured, and how well it fits.
pub(super) fn side_ui(ui: &mut Ui, view: &View) {
    ui.label(theme::strong("How surely customers belong"));
    ui.label(caption(ui, MEANS));
    ui.add_space(theme::INSIDE);
    if let Some(belonging) = view.answers.belonging.latest() {
        ui.label(theme::strong("Does it see the same segments?"));
        ui.label(caption(ui, belonging.agreement_sentence()));
        let bar = ui.add(ProgressBar::new(belonging.agreement as f32).desired_height(6.0));
        name_it(&bar, Role::ProgressIndicator, "Share of customers in the same segment");
        ui.label(caption(
            ui,
            format!("Fitted on {} customers; the ellipses hold most of each segment.", thousands(belonging.mixture.fitted)),
        ));
        if !is_on_components(view) {
            ui.label(caption(ui, "Ellipses are drawn on principal components: choose PC1 and PC2 for the map."));
        }
        ui.add_space(theme::INSIDE);
        ui.label(caption(ui, USE));
    }
}

fn is_on_components(view: &View) -> bool {
    view.answers.map.latest().is_some_and(|map| map.x_name.starts_with("PC") && map.y_name.starts_with("PC"))
}

/// The right panel.
pub(super) fn ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    ui.label(theme::heading("Between two segments")).on_hover_text(MEANS);
    ui.add_space(4.0);
    statements::side_ui(ui, &view.answers.belonging, "how surely customers belong", |ui, belonging| {
        found_ui(ui, view, belonging, look, commands);
    });
}

fn found_ui(ui: &mut Ui, view: &View, belonging: &Belonging, look: &mut Look, commands: &mut Vec<Command>) {
    ui.add(Label::new(theme::strong(unbroken(&belonging.sentence()))).wrap());
    let Some(segmentation) = view.answers.segmentation.ready() else { return };
    ui.add_space(theme::INSIDE);
    actions_ui(ui, segmentation, belonging, look, commands);
    ui.add_space(theme::INSIDE);
    ui.spacing_mut().item_spacing.y = 2.0;
    let rows = &belonging.between;
    ScrollArea::vertical().id_salt("between two").auto_shrink(false).show_rows(ui, ROW, rows.len(), |ui, seen| {
        for of in &rows[seen] {
            let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
            customer_ui(ui, rect, view, segmentation, of, look);
        }
    });
}

/// What can be done with all of them.
fn actions_ui(ui: &mut Ui, segmentation: &Segmentation, belonging: &Belonging, look: &mut Look, commands: &mut Vec<Command>) {
    let table_rows = || belonging.between.iter().map(|of| segmentation.prepared.table_rows[of.row]);
    let has_any = !belonging.between.is_empty();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(6.0);
        let button = |text: &str| Button::new(text.to_owned()).min_size(Vec2::new(0.0, 26.0));
        if ui.add_enabled(has_any, button("Select all")).on_hover_text("Mark them in all plots and in the table.").clicked() {
            look.pick(Brush::rows(segmentation.loaded.stamp, table_rows(), "customers between two segments"));
            ui.ctx().request_repaint();
        }
        let tip = "Keep them under a name. They stay together whatever the segments become.";
        if ui.add_enabled(has_any, button("Keep as a selection")).on_hover_text(tip).clicked() {
            let members = RowSet::new(table_rows());
            commands.push(Command::KeepSelection(KeptSelection { name: "Between two segments".into(), members }));
            commands.push(Command::Tell("Kept as Between two segments; it is listed beside the segments in Explore.".into()));
        }
        let tip = "Every customer with persona, how surely they belong to it, and which persona comes next.";
        if ui.add(button("Save as CSV")).on_hover_text(tip).clicked() {
            commands.push(Command::SaveBelonging);
        }
    });
}

fn customer_ui(ui: &mut Ui, rect: Rect, view: &View, segmentation: &Segmentation, of: &BetweenTwo, look: &mut Look) {
    let table_row = segmentation.prepared.table_rows[of.row];
    let name = customer_name(&segmentation.loaded, table_row);
    let response = ui.interact(rect, Id::unique(("customer between two", table_row)), Sense::CLICK);
    let is_picked = look.brush.as_ref().is_some_and(|brush| matches!(&brush.who, Who::Rows { rows, .. } if **rows == [table_row as u32]));
    row_background(ui, rect, is_picked, response.hovered());
    name_it(&response, Role::Button, &format!("Select {name}"));
    if response.clicked() {
        look.pick(Brush::rows(segmentation.loaded.stamp, [table_row], "row in the list of customers between two segments"));
        ui.ctx().request_repaint();
    }
    let builder = UiBuilder::new().id_salt(("customer between two", table_row)).max_rect(rect.shrink2(Vec2::new(8.0, AROUND)));
    let ui = &mut ui.new_child(builder);
    ui.spacing_mut().item_spacing = Vec2::new(6.0, GAP);
    ui.spacing_mut().interact_size.y = LINE;
    // A click on a word is a click on the row.
    ui.style_mut().interaction.selectable_labels = false;
    cut_label(ui, theme::strong(name));
    let own = segmentation.labels.get(of.row);
    for (cluster, share) in [of.first, of.second] {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(caption(ui, percent(share)));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    swatch(ui, theme::selection(Selection::Cluster(cluster), numbers(view.answers)));
                    let name = listed_name(&segment_name(view.answers, cluster), &view.answers.noun);
                    let text = if own == Some(cluster) { format!("{name} (current)") } else { name };
                    cut_label(ui, caption(ui, text));
                });
            });
        });
    }
}

/// Where those between two stand in the map, the least sure first, so many at most.
pub(super) fn rings(view: &View, look: &Look, most: usize) -> Vec<Ringed> {
    let (Some(belonging), Some(segmentation)) = (view.answers.belonging.ready(), view.answers.segmentation.ready()) else {
        return Vec::new();
    };
    let of = &belonging.between[..belonging.between.len().min(most)];
    let rows: Vec<u32> = of.iter().map(|of| of.row as u32).collect();
    let places = Ring::places(&segmentation.loaded, &segmentation.prepared, &look.map_axes, &rows);
    let ringed = |(of, at): (&BetweenTwo, Option<[f64; 2]>)| {
        Some(Ringed { table_row: *segmentation.prepared.table_rows.get(of.row)?, at: at?, size: 0.0 })
    };
    of.iter().zip(places).filter_map(ringed).collect()
}

/// A line around each segment, where mixture and method see the same ones.
pub(super) fn outlines(view: &View, look: &Look) -> Vec<Vec<[f64; 2]>> {
    match (view.answers.belonging.ready(), view.answers.segmentation.ready()) {
        (Some(belonging), Some(segmentation)) if belonging.is_told() => plot::outlines(belonging, &segmentation.prepared, &look.map_axes),
        _ => Vec::new(),
    }
}
