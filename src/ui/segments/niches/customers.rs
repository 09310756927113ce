//! Who stands out, and why: a sentence, the way on, and a row per customer with the reasons as chips.
//!
//! In: the customers above the line. Out: whoever is picked, or a command. Only rows in view are laid out.

use eframe::egui::{
    Align, Button, CornerRadius, Id, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, TextStyle, Ui, UiBuilder, Vec2,
};

use crate::evaluate::unusual::{USUAL_COPIES, Unusual, UnusualScore};
use crate::persona::listed_name;
use crate::persona::{RowSet, UnusualCustomer};
use crate::plot::customer_name;
use crate::session::{Brush, Command, KeptSelection, Look, NicheOptions, Selection, Who};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_label, name_it, row_background, swatch, thousands, unbroken};

use super::super::naming::{numbers, segment_name};
use super::super::statements::side_ui;
use super::super::view::View;
use super::found::{is_settled, table_rows};

/// Height of a line in a customer's row, what is between two, and what is around them.
const LINE: f32 = 22.0;
const GAP: f32 = 3.0;
const AROUND: f32 = 6.0;
const NOBODY: &str = "Made-up populations with the same groups have customers who are as far out, or farther. Another way of measuring may see more: switch the score \
                      above. Drag the line down to see who would come first.";

/// The right panel.
pub(super) fn ui(ui: &mut Ui, view: &View, options: &NicheOptions, look: &mut Look, commands: &mut Vec<Command>) {
    ui.label(theme::heading("Who stands out"));
    ui.add_space(4.0);
    side_ui(ui, &view.answers.unusual, "who is unusual", |ui, unusual| found_ui(ui, view, unusual, options, look, commands));
}

fn found_ui(ui: &mut Ui, view: &View, unusual: &Unusual, options: &NicheOptions, look: &mut Look, commands: &mut Vec<Command>) {
    if unusual.by(options.score).is_none() && !is_settled(unusual, options) {
        ui.label(caption(ui, format!("The {} score is still being made.", options.score.name())));
        return;
    }
    if unusual.by(options.score).is_none() {
        ui.label(caption(ui, format!("The {} score is not made for these customers. Choose another.", options.score.name())));
        return;
    }
    // What the first copies say may turn round with more of them.
    let so_far = match unusual.n_copies {
        0 => String::new(),
        n if n < USUAL_COPIES => format!("So far, beside {n} of {USUAL_COPIES} made-up populations: "),
        _ => String::new(),
    };
    let sentence = format!("{so_far}{}", unusual.sentence(options.score, options.line));
    ui.add(Label::new(theme::strong(unbroken(&sentence))).wrap());
    let line = unusual.line(options.score, options.line);
    if line.is_none() {
        ui.add_space(theme::INSIDE);
        ui.label(caption(ui, NOBODY));
    }
    if line.is_none_or(|line| line.real == 0) {
        return;
    }
    ui.add_space(theme::INSIDE);
    actions_ui(ui, view, unusual, options, look, commands);
    ui.add_space(theme::INSIDE);
    side_ui(ui, &view.answers.unusual_customers, "the reasons", |ui, customers| rows_ui(ui, view, unusual, options, customers, look));
}

/// What can be done with all of them.
fn actions_ui(ui: &mut Ui, view: &View, unusual: &Unusual, options: &NicheOptions, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(6.0);
        let button = |text: &str| Button::new(text.to_owned()).min_size(Vec2::new(0.0, 26.0));
        let loaded = view.answers.loaded.ready();
        let select = ui.add_enabled(loaded.is_some(), button("Select all"));
        if let Some(loaded) =
            loaded.filter(|_| select.on_hover_text("Mark everyone above the line in all plots and in the table.").clicked())
        {
            look.pick(Brush::rows(loaded.stamp, table_rows(view, unusual, options), "line between usual and unusual"));
            ui.ctx().request_repaint();
        }
        let tip = "Keep everyone above the line under a name. They stay together whatever the line and the segments become.";
        if ui.add(button("Keep as a selection")).on_hover_text(tip).clicked() {
            let members = RowSet::new(table_rows(view, unusual, options));
            commands.push(Command::KeepSelection(KeptSelection { name: "Unusual customers".into(), members }));
            commands.push(Command::Tell("Kept as Unusual customers; it is listed beside the segments in Explore.".into()));
        }
        let is_there = is_settled(unusual, options) && view.answers.unusual_customers.ready().is_some();
        let tip = "Every customer with persona, all scores, who is unusual, and the reasons.";
        let save = ui.add_enabled(is_there, button("Save as CSV")).on_hover_text(tip);
        if save
            .on_disabled_hover_text("Wait until all trees and made-up populations are there, or the file would differ from the next one.")
            .clicked()
        {
            commands.push(Command::SaveUnusual);
        }
    });
}

fn rows_ui(ui: &mut Ui, view: &View, unusual: &Unusual, options: &NicheOptions, customers: &[UnusualCustomer], look: &mut Look) {
    let n = unusual.rows(options.score, options.line).len();
    if n > customers.len() && view.answers.unusual_customers.ready().is_some() {
        ui.label(caption(ui, format!("The first {} are listed.", thousands(customers.len()))));
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    ScrollArea::vertical().id_salt("unusual customers").auto_shrink(false).show_viewport(ui, |ui, seen| {
        ui.set_height(customers.iter().map(row_height).sum());
        let place = ui.max_rect();
        let mut top = 0.0;
        for customer in customers {
            let height = row_height(customer);
            if top < seen.max.y && top + height > seen.min.y {
                let rect = Rect::from_min_size(place.min + Vec2::new(0.0, top), Vec2::new(place.width(), height));
                customer_ui(ui, rect, view, unusual, options, (customers, customer), look);
            }
            top += height;
        }
    });
}

/// A line for the name, one for the persona, one for each reason or for their absence.
fn row_height(customer: &UnusualCustomer) -> f32 {
    let lines = 2 + customer.reasons.len().max(1);
    2.0 * AROUND + lines as f32 * (LINE + GAP)
}

fn customer_ui(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    unusual: &Unusual,
    options: &NicheOptions,
    (customers, customer): (&[UnusualCustomer], &UnusualCustomer),
    look: &mut Look,
) {
    let Some(loaded) = view.answers.loaded.latest() else { return };
    let name = customer_name(loaded, customer.table_row);
    let response = ui.interact(rect, Id::unique(("unusual customer", customer.table_row)), Sense::CLICK);
    let is_picked =
        look.brush.as_ref().is_some_and(|brush| matches!(&brush.who, Who::Rows { rows, .. } if **rows == [customer.table_row as u32]));
    row_background(ui, rect, is_picked, response.hovered());
    name_it(&response, Role::Button, &format!("Select {name}"));
    if response.clicked() {
        look.pick(Brush::rows(loaded.stamp, [customer.table_row], "row in the list of unusual customers"));
        ui.ctx().request_repaint();
    }
    let inside = rect.shrink2(Vec2::new(8.0, AROUND));
    let builder = UiBuilder::new().id_salt(("unusual customer", customer.table_row)).max_rect(inside);
    let ui = &mut ui.new_child(builder);
    ui.spacing_mut().item_spacing = Vec2::new(6.0, GAP);
    ui.spacing_mut().interact_size.y = LINE;
    ui.spacing_mut().button_padding = Vec2::new(8.0, 1.0);
    // A click on a word is a click on the row.
    ui.style_mut().interaction.selectable_labels = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let score = ui.add(Label::new(caption(ui, score_text(view, unusual, options.score, customer))).selectable(false));
            score.on_hover_text(all_scores(view, unusual, customer));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(theme::strong(name)).truncate().selectable(false)));
        });
    });
    persona_ui(ui, view, customer);
    for reason in &customer.reasons {
        let text = RichText::new(short(&reason.text)).text_style(TextStyle::Small);
        let chip = Button::new(text).truncate().fill(tokens(ui).field).corner_radius(CornerRadius::same(10)).min_size(Vec2::new(0.0, LINE));
        let response = ui.add(chip);
        name_it(&response, Role::Button, &reason.text);
        if response
            .on_hover_text(format!("{}\nClick to select everyone listed who stands out in this column the same way.", reason.text))
            .clicked()
        {
            let same = |other: &&UnusualCustomer| {
                other.reasons.iter().any(|also| (also.column == reason.column) && also.is_more == reason.is_more)
            };
            let rows = customers.iter().filter(same).map(|other| other.table_row);
            look.pick(Brush::rows(loaded.stamp, rows, &format!("reason: {}", reason.column)));
            ui.ctx().request_repaint();
        }
    }
    if customer.reasons.is_empty() {
        ui.label(caption(ui, "Too few are like them to say what is unusual."));
    }
}

/// A reason as a chip has room for it; the whole of it is told on hover.
fn short(reason: &str) -> String {
    reason.replace("median of its persona", "usual is")
}

/// Whose customer it is, or next to whom it stands.
fn persona_ui(ui: &mut Ui, view: &View, customer: &UnusualCustomer) {
    ui.horizontal(|ui| {
        let Some(cluster) = customer.cluster else {
            ui.label(caption(ui, "Compared with everyone"));
            return;
        };
        let selection = if customer.is_member { Selection::Cluster(cluster) } else { Selection::Noise };
        swatch(ui, theme::selection(selection, numbers(view.answers)));
        let name = listed_name(&segment_name(view.answers, cluster), &view.answers.noun);
        let text = if customer.is_member { name } else { format!("In no group, nearest to {name}") };
        cut_label(ui, caption(ui, text));
    });
}

fn matrix_row(view: &View, customer: &UnusualCustomer) -> Option<usize> {
    view.answers.segmentation.ready()?.prepared.table_rows.binary_search(&customer.table_row).ok()
}

fn score_of(unusual: &Unusual, score: UnusualScore, row: usize) -> Option<String> {
    let value = *unusual.by(score)?.scores.get(row)?;
    Some(match (score, unusual.isolation_errors.get(row)) {
        (UnusualScore::Isolated, Some(error)) => format!("{value:.3} ± {error:.3}"),
        (UnusualScore::Local, _) => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    })
}

fn score_text(view: &View, unusual: &Unusual, score: UnusualScore, customer: &UnusualCustomer) -> String {
    matrix_row(view, customer).and_then(|row| score_of(unusual, score, row)).unwrap_or_default()
}

/// Every score of a customer, a line each.
fn all_scores(view: &View, unusual: &Unusual, customer: &UnusualCustomer) -> String {
    let Some(row) = matrix_row(view, customer) else { return String::new() };
    let told =
        |score: UnusualScore| Some(format!("{}: {}", crate::persona::text::capitalised(score.name()), score_of(unusual, score, row)?));
    UnusualScore::ALL.into_iter().filter_map(told).collect::<Vec<_>>().join("\n")
}
