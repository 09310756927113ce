//! A column of the user's own, or another formula for a suggested one: tried on the first customers while it is typed.

use std::sync::Arc;

use eframe::egui::{
    Align, Button, Frame, Key, Label, Layout, Margin, Panel, RichText, Role as Widget, ScrollArea, TextEdit, TextStyle, Ui, vec2,
};

use crate::customers::{Built, Tried};
use crate::data::sourcing::{Grain, RecipeColumn};
use crate::data::{Kind, Sourcing};
use crate::engine::{Answer, SourcesAnswer};
use crate::session::{Command, Look};

use super::super::super::theme::{self, INSIDE, caption, tokens};
use super::super::super::widgets::{self, cut_label};
use super::change::{change, name_of, write};

/// Room for the values of five customers, or for what is wrong.
const TRIED_HEIGHT: f32 = 148.0;
const USABLE_HEIGHT: f32 = 92.0;

/// Draws it.
pub(super) fn ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    let Some(mut draft) = look.sources.column_draft.take() else { return invitation_ui(ui, look) };
    ui.label(theme::strong(match &look.sources.column_of {
        Some(name) => format!("Change {name}"),
        None => "Add a column".to_owned(),
    }));
    let built = known.built.latest().map(|built| &**built);
    let name_problem = name_problem(&draft, built, look.sources.column_of.as_deref());
    let mut is_kept = true;
    // The buttons stay in sight, however little room there is for the fields.
    Panel::bottom("save column")
        .frame(Frame::new().inner_margin(Margin { top: INSIDE as i8, ..Margin::ZERO }))
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                let is_right = name_problem.is_none() && !draft.formula.trim().is_empty() && known.draft.ready().is_some();
                let save = ui.add_enabled(is_right, Button::new(theme::strong("Save")).min_size(vec2(72.0, 32.0)));
                if save.on_disabled_hover_text("A column needs a name of its own and a formula that can be computed.").clicked() {
                    save_column(sourcing, &draft, look.sources.column_of.as_deref(), commands);
                    is_kept = false;
                }
                if ui.add(Button::new("Cancel").min_size(vec2(72.0, 32.0))).clicked() || ui.input(|input| input.key_pressed(Key::Escape)) {
                    is_kept = false;
                }
            });
        });
    ScrollArea::vertical().id_salt("column being written").auto_shrink(false).show(ui, |ui| {
        fields_ui(ui, sourcing, &mut draft, look);
        ui.label(caption(ui, "First customers"));
        let (room, _) = ui.allocate_exact_size(vec2(ui.available_width(), TRIED_HEIGHT), eframe::egui::Sense::hover());
        let mut tried = ui.new_child(eframe::egui::UiBuilder::new().id_salt("tried").max_rect(room));
        match name_problem {
            // An empty name is not yet wrong, it is just not written yet.
            Some(problem) if !draft.name.trim().is_empty() => wrong_ui(&mut tried, problem),
            _ if draft.formula.trim().is_empty() => _ = tried.label(caption(&tried, "Values appear once there is a formula")),
            _ => tried_ui(&mut tried, &known.draft),
        }
        help_ui(ui, built, &mut draft);
    });
    look.sources.column_draft = Some(draft).filter(|_| is_kept);
    if !is_kept {
        look.sources.column_of = None;
    }
}

fn invitation_ui(ui: &mut Ui, look: &mut Look) {
    ui.label(theme::strong("A column of your own"));
    let text = "Every column is a formula over the rows of one customer: SUM(amount), COUNT(*), monetary / tenure_days. \
                Write one of your own, or change a suggested one with the pen beside it.";
    ui.add(Label::new(caption(ui, text)).wrap());
    ui.add_space(INSIDE);
    if ui.add(Button::new("Add a column").min_size(vec2(0.0, 32.0))).clicked() {
        write(look, None);
    }
}

fn fields_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, draft: &mut RecipeColumn, look: &Look) {
    // The name of a suggested column is how its formula finds it.
    let is_own = |name: &str| sourcing.recipe.columns.iter().any(|column| column.name == name);
    let is_free = look.sources.column_of.as_deref().is_none_or(is_own);
    ui.label(caption(ui, "Name"));
    let field = TextEdit::singleline(&mut draft.name).hint_text("orders_a_year").char_limit(80).desired_width(f32::INFINITY);
    widgets::name_it(&ui.add_enabled(is_free, field), Widget::TextInput, "Name of the column");

    ui.label(caption(ui, "The formula sees"));
    let grains: Vec<_> = Grain::ALL.iter().map(|&grain| (grain, grain.name(), grain.explanation())).collect();
    ui.scope(|ui| {
        ui.spacing_mut().combo_width = ui.available_width();
        widgets::combo_ui(ui, "Level of the column", &mut draft.grain, &grains);
    });
    ui.add(Label::new(caption(ui, draft.grain.explanation())).wrap());

    ui.label(caption(ui, "Formula"));
    let hint = if draft.grain == Grain::Customer { "monetary / NULLIF(tenure_days, 0)" } else { "COUNT(*)" };
    let formula = TextEdit::multiline(&mut draft.formula).font(TextStyle::Monospace).hint_text(hint).desired_rows(3);
    let field = ui.add(formula.desired_width(f32::INFINITY));
    widgets::name_it(&field, Widget::MultilineTextInput, "Formula of the column");
}

/// What a formula can use, and what the column means.
fn help_ui(ui: &mut Ui, built: Option<&Built>, draft: &mut RecipeColumn) {
    ui.label(caption(ui, "What it can use"));
    let usable = usable(draft, built);
    ScrollArea::vertical().id_salt("usable").max_height(USABLE_HEIGHT).min_scrolled_height(USABLE_HEIGHT).auto_shrink(false).show(
        ui,
        |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
                for (name, about) in usable {
                    let button = Button::new(RichText::new(name).text_style(TextStyle::Small)).min_size(vec2(0.0, 24.0));
                    let means = if about.is_empty() { String::new() } else { format!("{about}. ") };
                    let response = ui.add(button).on_hover_text(format!("{means}Click to put it at the end of the formula."));
                    widgets::name_it(&response, Widget::Button, &format!("Use {name}"));
                    if response.clicked() {
                        use_in(&mut draft.formula, name);
                    }
                }
            });
        },
    );

    ui.label(caption(ui, "What it means, in one sentence"));
    let about = TextEdit::singleline(&mut draft.about).hint_text("Orders per year since the first one.").desired_width(f32::INFINITY);
    widgets::name_it(&ui.add(about), Widget::TextInput, "What the column means");
}

/// The columns a formula of this grain sees, and what they mean.
fn usable<'a>(draft: &RecipeColumn, built: Option<&'a Built>) -> Vec<(&'a str, &'a str)> {
    let Some(built) = built else { return Vec::new() };
    if draft.grain == Grain::Customer {
        let names = built.columns.iter().map(|column| name_of(built, column));
        return names.filter(|name| !name.is_empty() && *name != draft.name).map(|name| (name, "")).collect();
    }
    let of_grain = built.usable.iter().find(|(grain, _)| *grain == draft.grain);
    of_grain.into_iter().flat_map(|(_, columns)| columns).map(|column| (column.name.as_str(), column.about.as_str())).collect()
}

/// Puts a column at the end of a formula, in quotes where its name is no plain word.
fn use_in(formula: &mut String, name: &str) {
    if formula.chars().last().is_some_and(|last| !last.is_whitespace() && last != '(') {
        formula.push(' ');
    }
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_plain && !["order", "date"].contains(&name) {
        formula.push_str(name);
    } else {
        formula.push('"');
        formula.push_str(&name.replace('"', "\"\""));
        formula.push('"');
    }
}

/// Why the name cannot be taken.
fn name_problem(draft: &RecipeColumn, built: Option<&Built>, of: Option<&str>) -> Option<&'static str> {
    let name = draft.name.trim();
    if name.is_empty() {
        return Some("A column needs a name.");
    }
    let is_taken = built.is_some_and(|built| built.table.columns.iter().any(|column| column.name == name));
    (is_taken && of != Some(name)).then_some("There is a column of this name already; give it another.")
}

fn tried_ui(ui: &mut Ui, draft: &Answer<Tried>) {
    if let Some(problem) = draft.problem() {
        return wrong_ui(ui, &problem.0);
    }
    let Some(tried) = draft.latest() else {
        ui.label(caption(ui, "Trying it"));
        return;
    };
    if draft.is_stale() {
        ui.multiply_opacity(theme::STALE);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let kind = match tried.kind {
        Kind::Number => "Numbers",
        Kind::Date => "Days",
        Kind::Text => "Text",
    };
    for (customer, value) in &tried.examples {
        ui.horizontal(|ui| {
            ui.set_height(24.0);
            let half = ui.available_width() / 2.0;
            ui.allocate_ui_with_layout(vec2(half, 24.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(half);
                cut_label(ui, caption(ui, customer));
            });
            cut_label(ui, if value.is_empty() { "–" } else { value });
        });
    }
    ui.label(caption(ui, kind));
}

fn wrong_ui(ui: &mut Ui, problem: &str) {
    ui.add(Label::new(RichText::new(problem).color(tokens(ui).bad)).wrap());
}

/// Puts the column in place of the one it changes; what was left out under its name is wanted again.
fn save_column(sourcing: &Arc<Sourcing>, draft: &RecipeColumn, of: Option<&str>, commands: &mut Vec<Command>) {
    let trimmed = |text: &str| text.trim().to_owned();
    let column =
        RecipeColumn { name: trimmed(&draft.name), grain: draft.grain, formula: trimmed(&draft.formula), about: trimmed(&draft.about) };
    change(sourcing, commands, |recipe| {
        recipe.left_out.remove(&column.name);
        match recipe.columns.iter().position(|old| Some(old.name.as_str()) == of) {
            Some(at) => recipe.columns[at] = column,
            None => recipe.columns.push(column),
        }
    });
}
