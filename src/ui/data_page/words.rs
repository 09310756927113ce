//! What are a column, its levels and the rows called? The fields where the user says so.
//!
//! In: the plan's dictionary and the column. Out: [`Command::Call`] when a field is left, so that one field is one step of undo; Esc gives its old text
//! back. The fields keep their places whatever is typed.

use std::sync::Arc;

use eframe::egui::{Id, Key, Margin, Role, ScrollArea, TextEdit, Ui};

use crate::data::dictionary::{LONGEST_LABEL, LONGEST_UNIT};
use crate::data::noun::{LONGEST_NOUN, Noun};
use crate::data::{ColumnProfile, Dictionary, Kind, Loaded, RevenueChoice, display_name, revenue_column};
use crate::features::role;
use crate::session::{Command, Plan};

use super::super::icons;
use super::super::theme::{INSIDE, caption};
use super::super::widgets::{self, cut_label};

/// Width of the fields with their captions.
pub const WIDTH: f32 = 224.0;
/// The captions' part of it.
const CAPTION: f32 = 68.0;
const FIELD: f32 = 26.0;
/// Levels that can be labelled, commonest first.
const MOST_LEVELS: usize = 60;

/// The fields of column `at`.
pub fn ui(ui: &mut Ui, plan: &Plan, loaded: &Loaded, at: usize, commands: &mut Vec<Command>) {
    let (Some(profile), Some(column)) = (loaded.profile.columns.get(at), loaded.table.columns.get(at)) else { return };
    let (dictionary, name) = (&plan.dictionary, profile.name.as_str());
    let id = Id::unique("words of a column").with((loaded.stamp.to_hex(), name));
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.spacing_mut().interact_size.y = FIELD;
    let given = dictionary.label(name).unwrap_or_default();
    let default = display_name::display_name(name);
    let field = Field { id: id.with("label"), name: format!("Shown as, for {name}"), hint: &default, longest: LONGEST_LABEL };
    if let Some(label) =
        labelled_ui(ui, "Shown as", "What this column is called in plots, cards and exports. Data keep its own name.", &field, given)
    {
        call(dictionary, commands, |words| words.set_label(name, &label));
    }
    if profile.kind == Kind::Number {
        let given = dictionary.own_unit(name).unwrap_or_default();
        let hint = column.unit.as_deref().unwrap_or("none");
        let field = Field { id: id.with("unit"), name: format!("Unit of {name}"), hint, longest: LONGEST_UNIT };
        let tip = "Stands after its numbers: months, EUR, %, km. The numbers stay what they are.";
        if let Some(unit) = labelled_ui(ui, "Unit", tip, &field, given) {
            call(dictionary, commands, |words| words.set_unit(name, &unit));
        }
        // A yes or no adds up to no money.
        let is_answer = profile.numeric.as_ref().is_some_and(|numeric| numeric.whole && numeric.min >= 0.0 && numeric.max <= 1.0);
        let in_force = revenue_column(loaded, dictionary, |profile| role(profile, &plan.preparation)).map(|(name, _)| name);
        if !is_answer || in_force == Some(name) {
            revenue_ui(ui, dictionary, in_force, name, commands);
        }
    }
    levels_ui(ui, id, dictionary, profile, commands);
}

/// Whether the sum of the column is revenue; `in_force` is the one whose sum it is at present.
fn revenue_ui(ui: &mut Ui, dictionary: &Arc<Dictionary>, in_force: Option<&str>, name: &str, commands: &mut Vec<Command>) {
    let was = in_force == Some(name);
    let mut is = was;
    let response = widgets::check_ui(ui, &mut is, "Use as revenue");
    widgets::name_it(&response, Role::CheckBox, &format!("The sum of {name} is revenue"));
    let now = match in_force {
        None => "No column's sum is revenue at present.".to_owned(),
        Some(name) if dictionary.revenue().is_none() => format!("At present it is the sum of {}, by its name.", dictionary.name(name)),
        Some(name) => format!("At present it is the sum of {}, as you chose.", dictionary.name(name)),
    };
    let tip = "Cards show each persona's share of revenue. Tick the column that holds each customer's total spend; averages and incomes do not add up to revenue.";
    response.on_hover_text(format!("{tip}\n\n{now}"));
    if is != was {
        let choice = if is { RevenueChoice::Column(name.to_owned()) } else { RevenueChoice::None };
        call(dictionary, commands, |words| words.set_revenue(Some(choice)));
    }
}

/// A line per level: the level as the file has it, and its label.
fn levels_ui(ui: &mut Ui, id: Id, dictionary: &Arc<Dictionary>, profile: &ColumnProfile, commands: &mut Vec<Command>) {
    let codes = profile.numeric.as_ref().filter(|_| profile.kind == Kind::Number).map(|numeric| numeric.codes.as_slice());
    let levels: Vec<String> = match (&profile.levels, codes) {
        (Some(levels), _) => levels.names.iter().take(MOST_LEVELS).cloned().collect(),
        (None, Some(codes)) => codes.iter().map(f64::to_string).collect(),
        (None, None) => return,
    };
    if levels.is_empty() {
        return;
    }
    let tip = "What each level is called. Numbers of which most have a label are read as levels.";
    ui.label(caption(ui, "Labels of its levels")).on_hover_text(tip);
    let name = profile.name.as_str();
    ScrollArea::vertical().id_salt(id).auto_shrink(false).show_rows(ui, FIELD, levels.len(), |ui, rows| {
        for level in &levels[rows] {
            let given = dictionary.own_level(name, level).unwrap_or_default();
            let field =
                Field { id: id.with(("level", level)), name: format!("Label of {level} in {name}"), hint: level, longest: LONGEST_LABEL };
            if let Some(label) = labelled_ui(ui, level, "", &field, given) {
                call(dictionary, commands, |words| words.set_level(name, level, &label));
            }
        }
    });
}

/// What the rows are, as a button that opens two fields.
pub fn noun_ui(ui: &mut Ui, plan: &Plan, loaded: &Loaded, commands: &mut Vec<Command>) {
    let dictionary = &plan.dictionary;
    let noun = dictionary.noun_of(loaded);
    // Of a list of purchases nobody has said yet what its rows are.
    let asked = if noun.many == "rows" { "What are the rows?".to_owned() } else { format!("Rows are {}", noun.many) };
    let response = widgets::staying_menu(ui, format!("{asked}  {}", icons::CARET_DOWN), |ui| {
        ui.set_width(WIDTH + INSIDE);
        ui.spacing_mut().interact_size.y = FIELD;
        let id = Id::unique("what rows are called").with(loaded.stamp.to_hex());
        let guessed = Noun::guessed(loaded);
        let given = dictionary.noun();
        let field = Field { id: id.with("many"), name: "What several rows are called".into(), hint: &guessed.many, longest: LONGEST_NOUN };
        let many = given.map_or("", |noun| &noun.many);
        if let Some(text) = labelled_ui(ui, "Plural", "Customers, members, employees, households, students, patients, …", &field, many) {
            call(dictionary, commands, |words| words.set_noun(Noun::written(&text)));
        }
        // What several are called decides; the other form is derived until it is written. Its field is always there, so that nothing moves.
        let of_one = given.map_or("", |noun| &noun.one);
        let field = Field { id: id.with("one"), name: "What one row is called".into(), hint: &guessed.one, longest: LONGEST_NOUN };
        if let Some(text) = labelled_ui(ui, "Singular", "What a single one is called.", &field, of_one) {
            call(dictionary, commands, |words| words.set_noun(Noun::written(&format!("{text}/{}", noun.many))));
        }
        if ui.add_enabled(given.is_some(), eframe::egui::Button::new(format!("As the data say: {}", guessed.many))).clicked() {
            call(dictionary, commands, |words| words.set_noun(None));
            ui.close();
        }
    });
    response.on_hover_text("What one row is. Names, sentences and headings follow.");
}

/// A field of text.
struct Field<'a> {
    id: Id,
    /// What screen readers call it.
    name: String,
    /// What is in force while nothing is written.
    hint: &'a str,
    longest: usize,
}

/// A caption and a field; what was written, once the field is left and differs from `given`.
fn labelled_ui(ui: &mut Ui, text: &str, tip: &str, field: &Field, given: &str) -> Option<String> {
    let mut written = ui.data(|data| data.get_temp::<String>(field.id)).unwrap_or_else(|| given.to_owned());
    let response = ui
        .horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.scope(|ui| {
                ui.set_width(CAPTION);
                let label = cut_label(ui, caption(ui, text));
                if !tip.is_empty() {
                    label.on_hover_text(tip);
                }
            });
            let width = (ui.available_width() - 8.0).min(WIDTH - CAPTION - 12.0);
            let edit = TextEdit::singleline(&mut written).id(field.id).hint_text(field.hint).char_limit(field.longest);
            // Menus would take the room around the text away.
            ui.add(edit.margin(Margin::symmetric(8, 4)).desired_width(width))
        })
        .inner;
    widgets::name_it(&response, Role::TextInput, &field.name);
    if response.changed() {
        ui.data_mut(|data| data.insert_temp(field.id, written.clone()));
    }
    let longest = written.chars().count() >= field.longest;
    if response.has_focus() && longest {
        response.show_tooltip_text(format!("At most {} characters.", field.longest));
    }
    if !response.lost_focus() {
        return None;
    }
    ui.data_mut(|data| data.remove_temp::<String>(field.id));
    let is_given_back = ui.input(|input| input.key_pressed(Key::Escape));
    (!is_given_back && written.trim() != given).then_some(written)
}

fn call(dictionary: &Arc<Dictionary>, commands: &mut Vec<Command>, change: impl FnOnce(&mut Dictionary)) {
    let mut changed = (**dictionary).clone();
    change(&mut changed);
    if changed != **dictionary {
        commands.push(Command::Call(Arc::new(changed)));
    }
}
