//! How do the segments in force go together with another solution, or with what a column already knows?
//!
//! In: the plan's choice, the comparison. Out: commands that choose another one. It takes the map's place; the left side is the other solution, the
//! right side the segments in force, which keep their colours and names. What is on the left has neither, or two things would look alike.

mod choices;
mod flow;
mod rates;
mod sides;
mod table;
mod words;

use eframe::egui::{self, Align, Button, Color32, FontId, Layout, Pos2, Rect, RichText, Role, Sense, TextStyle, Ui, UiBuilder, Vec2};

use crate::engine::choose;
use crate::evaluate::agreement_words;
use crate::plot::Compared;
use crate::session::{Against, Clustering, Command, Look, PlotKind};
use crate::ui::icons;
use crate::ui::plotting::plot_answer_ui;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{self, icon_button, percent};

use super::view::View;
use sides::name_of_right;

const TITLE: &str = "Compare";
const COMPARE_TIP: &str = "See who moves between these segments and another solution, or a column of the data (C)";
const MEANS: &str = "1 is the same groups, 0 is as alike as chance would make them. Adjusted Rand index: of all pairs of customers, how many \
                     are together or apart on both sides, less what chance gives.";
const TOGETHER_MEANS: &str = "When every group on the left has at most one partner on the right, paired the best way: the customers who are in \
                              both.";
/// Sentences shown; the rest is told on hover.
const MAX_SENTENCES: usize = 2;

/// The way from the map to here, beside the map's title.
pub fn entry_ui(ui: &mut Ui, rect: Rect, look: &mut Look) {
    let title = widgets::width_of(ui, "Map", &FontId::new(14.0, theme::bold()));
    let at = Pos2::new(rect.left() + title + 16.0, rect.top());
    let mut child = ui.new_child(UiBuilder::new().id_salt("to compare").max_rect(Rect::from_min_size(at, Vec2::new(90.0, 28.0))));
    if tab_ui(&mut child, TITLE, false).on_hover_text(COMPARE_TIP).clicked() {
        look.comparing = true;
    }
}

/// The head, how alike both are, what became of the groups, and the flow or the table.
pub fn ui(ui: &mut Ui, view: &View, draft: &Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    head_ui(ui, view, draft, look, commands);
    if view.against.is_none() {
        choices::empty_ui(ui, view, draft, commands);
        return;
    }
    plot_answer_ui(ui, &view.answers.comparison, "the comparison", |ui, compared| {
        if view.is_against_column() {
            rates::headline_ui(ui, view, compared);
        } else {
            agreement_ui(ui, compared);
            sentences_ui(ui, view, compared);
        }
        ui.add_space(4.0);
        if is_table(view, look) {
            table::ui(ui, view, look, compared);
        } else {
            flow::ui(ui, view, look, compared);
        }
    });
}

/// A column is read by its rates first, another solution by who goes where.
fn is_table(view: &View, look: &Look) -> bool {
    if view.is_against_column() { !look.column_as_flow } else { look.compares_as_table }
}

fn head_ui(ui: &mut Ui, view: &View, draft: &Clustering, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.spacing_mut().item_spacing.x = 16.0;
        if tab_ui(ui, "Map", false).on_hover_text("Back to the map (Esc)").clicked() {
            look.comparing = false;
        }
        tab_ui(ui, TITLE, true).on_hover_text(COMPARE_TIP);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let is_max = look.maximised.is_some();
            let (icon, name) =
                if is_max { (icons::RESTORE, "Restore the comparison") } else { (icons::MAXIMISE, "Maximise the comparison") };
            if icon_button(ui, icon, name).clicked() {
                look.maximised = if is_max { None } else { Some(PlotKind::Map) };
            }
            let is_there = view.answers.comparison.ready().is_some();
            if is_there && icon_button(ui, icons::IMAGE, "Save the comparison as PNG or SVG").clicked() {
                commands.push(Command::SavePlot(PlotKind::Comparison));
            }
            ui.spacing_mut().item_spacing.x = 8.0;
            if view.against.is_none() {
                return;
            }
            pin_ui(ui, view, draft, commands);
            let other = if is_table(view, look) { "Flow" } else { "Table" };
            let response = ui.add(Button::new(other).min_size(Vec2::new(0.0, 24.0)));
            widgets::name_it(&response, Role::Button, &format!("Show as {}", other.to_lowercase()));
            if response.on_hover_text("The same customers as ribbons, or as numbers").clicked() {
                let way = if view.is_against_column() { &mut look.column_as_flow } else { &mut look.compares_as_table };
                *way = !*way;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(caption(ui, "with"));
                choices::picker_ui(ui, view, draft, commands);
            });
        });
    });
}

/// Keeps the present solution on the left.
fn pin_ui(ui: &mut Ui, view: &View, draft: &Clustering, commands: &mut Vec<Command>) {
    let segmentation = view.answers.segmentation.ready();
    let tip = "Keep the present solution on the left; then change the number or the method and see who moves";
    let response = ui.add_enabled(segmentation.is_some(), Button::new("Pin this solution").min_size(Vec2::new(0.0, 24.0)));
    if let Some(segmentation) = segmentation.filter(|_| response.on_hover_text(tip).clicked()) {
        commands.push(Command::Compare(Some(Against::Solution(choose::pinned(draft, segmentation)))));
    }
}

fn agreement_ui(ui: &mut Ui, compared: &Compared) {
    let table = &compared.table;
    ui.horizontal(|ui| {
        ui.set_height(24.0);
        // Rounding must not call two different solutions the same.
        let shown = if table.adjusted_rand < 1.0 - 1e-12 { table.adjusted_rand.min(0.994) } else { 1.0 };
        ui.label(theme::heading(format!("{shown:.2}").replace('-', "−"))).on_hover_text(MEANS);
        ui.label(theme::strong(agreement_words(table.adjusted_rand))).on_hover_text(MEANS);
        ui.label(caption(ui, "1 = the same, 0 = as alike as chance")).on_hover_text(MEANS);
        let together = format!("·  {} of customers stay together", percent(table.together));
        ui.add(egui::Label::new(caption(ui, together)).truncate()).on_hover_text(TOGETHER_MEANS);
    });
}

fn sentences_ui(ui: &mut Ui, view: &View, compared: &Compared) {
    let right_name = |j: usize| name_of_right(view, compared.table.right.get(j));
    let is_pinned_alone = matches!(view.against, Some(Against::Solution(_))) && compared.table.adjusted_rand >= 1.0 - 1e-12;
    let sentences = if is_pinned_alone {
        vec!["Both sides are the same. Change the number or the method: the right side follows.".to_owned()]
    } else {
        words::sentences(&compared.table, &compared.left_names, &right_name)
    };
    let all = sentences.join("\n");
    let more = sentences.len().saturating_sub(MAX_SENTENCES);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (nth, sentence) in sentences.iter().take(MAX_SENTENCES).enumerate() {
            let is_last = nth + 1 == MAX_SENTENCES;
            let text = if is_last && more > 0 { format!("{sentence}  + {more} more") } else { sentence.clone() };
            let text = RichText::new(widgets::unbroken(&text)).text_style(TextStyle::Small);
            ui.add(egui::Label::new(text).truncate()).on_hover_text(&all);
        }
    });
}

/// A title that switches; the one in force is strong.
fn tab_ui(ui: &mut Ui, text: &str, is_on: bool) -> egui::Response {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::new(14.0, theme::bold()), Color32::PLACEHOLDER);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(galley.size().x, 28.0), if is_on { Sense::hover() } else { Sense::click() });
    let colour = match (is_on, response.hovered() || response.has_focus()) {
        (true, _) => t.text,
        (false, true) => t.accent,
        (false, false) => t.muted,
    };
    ui.painter().galley(Pos2::new(rect.left(), rect.center().y - galley.size().y / 2.0), galley, colour);
    let (role, name) = if is_on { (Role::Label, text.to_owned()) } else { (Role::Button, format!("Show {}", text.to_lowercase())) };
    widgets::name_it(&response, role, &name);
    if is_on { response } else { response.on_hover_cursor(egui::CursorIcon::PointingHand) }
}
