//! How does every column of the customer table come to be? A calm list, and the place where one is written.
//!
//! In: the built table's recipe and the profile of its columns. Out: [`Command::Sources`] with another recipe. Rows have one height, so only
//! the visible ones are drawn.

mod change;
mod editor;

use std::sync::Arc;

use eframe::egui::{Align, Layout, Panel, Rect, RichText, ScrollArea, Sense, TextStyle, Ui, UiBuilder, pos2, vec2};

use crate::customers::{Built, BuiltColumn};
use crate::data::sourcing::Grain;
use crate::data::{Loaded, Sourcing};
use crate::engine::{Answers, SourcesAnswer};
use crate::session::{Command, Look};

use super::super::icons;
use super::super::set_aside::set_aside;
use super::super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::super::widgets::{self, cut_label, icon_button, percent, thousands};
use super::columns;
use super::region::region;
use change::{change, name_of, write};

const ROW: f32 = 56.0;
const GAP: f32 = 4.0;
const SHAPE_WIDTH: f32 = 84.0;

/// The columns beside the one being written.
pub(super) fn ui(
    ui: &mut Ui,
    sourcing: &Arc<Sourcing>,
    known: &SourcesAnswer,
    answers: &Answers,
    look: &mut Look,
    commands: &mut Vec<Command>,
) {
    let aside = set_aside(ui, Panel::right("column").default_size(380.0).size_range(332.0..=520.0).frame(region()));
    widgets::answer_ui(ui, &known.built, "the customer table", |ui, built| {
        list_ui(ui, sourcing, built, answers.loaded.latest().map(|loaded| &**loaded), look, commands);
    });
    aside.fill_ui(ui, "column", |ui| editor::ui(ui, sourcing, known, look, commands));
}

/// A line of the list.
enum Line<'a> {
    Column(&'a BuiltColumn),
    LeftOut(&'a str),
}

/// Where the parts of a line are, from left to right.
struct Places {
    formula: f32,
    shape: f32,
    buttons: f32,
}

impl Places {
    fn new(left: f32, right: f32) -> Places {
        let buttons = right - 64.0;
        let shape = buttons - SHAPE_WIDTH - BETWEEN;
        Places { formula: left + (shape - left) * 0.56, shape, buttons }
    }
}

fn list_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, built: &Built, loaded: Option<&Loaded>, look: &mut Look, commands: &mut Vec<Command>) {
    let left_out = sourcing.recipe.left_out.iter().map(|name| Line::LeftOut(name));
    let lines: Vec<Line<'_>> = built.columns.iter().map(Line::Column).chain(left_out).collect();
    let inside = ui.available_rect_before_wrap().shrink2(vec2(BETWEEN, 0.0));
    let mut ui = ui.new_child(UiBuilder::new().id_salt("recipe").max_rect(inside).layout(Layout::top_down(Align::Min)));
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let head = head.shrink2(vec2(INSIDE, 0.0));
    let places = Places::new(head.left(), head.right());
    let n = built.columns.len();
    cell_ui(&mut ui, head, [head.left(), places.formula], |ui| {
        ui.label(theme::strong("Columns"));
        ui.label(caption(ui, thousands(n)));
    });
    cell_ui(&mut ui, head, [places.formula, places.shape], |ui| _ = ui.label(caption(ui, "Formula, and what it uses")));
    cell_ui(&mut ui, head, [places.shape, places.buttons], |ui| {
        ui.label(caption(ui, "Have a value")).on_hover_text("The share of customers with a value, and how the values are spread.");
    });
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("recipe").auto_shrink(false).show_rows(&mut ui, ROW, lines.len(), |ui, rows| {
        ui.spacing_mut().item_spacing.y = GAP;
        for line in &lines[rows] {
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - GAP), Sense::hover());
            let name = line.name(built);
            let is_written = look.sources.column_of.as_deref() == Some(name);
            widgets::row_background(ui, rect, is_written, response.contains_pointer());
            let mut row = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect.shrink2(vec2(INSIDE, 4.0))));
            line_ui(&mut row, sourcing, built, loaded, line, look, commands);
        }
    });
}

impl Line<'_> {
    fn name<'a>(&'a self, built: &'a Built) -> &'a str {
        match self {
            Line::Column(column) => name_of(built, column),
            Line::LeftOut(name) => name,
        }
    }
}

fn line_ui(
    ui: &mut Ui,
    sourcing: &Arc<Sourcing>,
    built: &Built,
    loaded: Option<&Loaded>,
    line: &Line<'_>,
    look: &mut Look,
    commands: &mut Vec<Command>,
) {
    let t = tokens(ui);
    let inside = ui.max_rect();
    let places = Places::new(inside.left(), inside.right());
    let name = line.name(built);
    let profile = loaded.and_then(|loaded| loaded.profile.columns.iter().find(|column| column.name == name));
    let (about, formula, grain) = match line {
        Line::Column(BuiltColumn::Key) => ("Which customer it is.".to_owned(), None, "The key that joins the sources".to_owned()),
        Line::Column(BuiltColumn::Formula(column)) => (column.about.clone(), Some(column.formula.as_str()), sees(column.grain).to_owned()),
        Line::Column(BuiltColumn::From { source, column }) => (format!("{column} of {source}."), None, format!("Taken over from {source}")),
        Line::LeftOut(_) => ("Left out by you.".to_owned(), None, String::new()),
    };
    let middle = inside.center().y;
    let (above, below) = (Rect { max: pos2(inside.right(), middle), ..inside }, Rect { min: pos2(inside.left(), middle), ..inside });
    let is_left_out = matches!(line, Line::LeftOut(_));
    cell_ui(ui, above, [inside.left(), places.formula], |ui| {
        if let Some(profile) = profile {
            ui.colored_label(t.muted, columns::kind_icon(profile.kind)).on_hover_text(columns::kind_text(profile));
        }
        let text = if is_left_out { RichText::new(name).color(t.muted) } else { theme::strong(name) };
        cut_label(ui, text);
    });
    cell_ui(ui, below, [inside.left(), places.formula], |ui| _ = cut_label(ui, caption(ui, about)));
    let (formula_row, grain_row) = if formula.is_some() { (above, below) } else { (below, above) };
    if let Some(formula) = formula {
        let text = RichText::new(formula).text_style(TextStyle::Monospace);
        cell_ui(ui, formula_row, [places.formula, places.shape], |ui| _ = cut_label(ui, text));
    }
    cell_ui(ui, grain_row, [places.formula, places.shape], |ui| _ = cut_label(ui, caption(ui, grain)));
    if let Some(profile) = profile {
        cell_ui(ui, above, [places.shape, places.buttons], |ui| {
            ui.label(caption(ui, percent(1.0 - profile.missing_share)).color(t.text));
        });
        let shape = Rect::from_min_max(pos2(places.shape, middle), pos2(places.shape + SHAPE_WIDTH, inside.bottom()));
        columns::shape_ui(ui, shape, &profile.histogram);
    }
    let right = UiBuilder::new().max_rect(inside.with_min_x(places.buttons)).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(right, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        buttons_ui(ui, sourcing, name, line, look, commands);
    });
}

fn buttons_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, name: &str, line: &Line<'_>, look: &mut Look, commands: &mut Vec<Command>) {
    match line {
        Line::Column(BuiltColumn::Key) => {}
        Line::LeftOut(_) => {
            if icon_button(ui, icons::UNDO, &format!("Take {name} back")).clicked() {
                change(sourcing, commands, |recipe| _ = recipe.left_out.remove(name));
            }
        }
        Line::Column(column) => {
            let is_written_by_user = sourcing.recipe.columns.iter().any(|column| column.name == name);
            if is_written_by_user {
                let tip =
                    format!("Discard what you wrote for {name}: a suggested column gets its formula back, one of your own is deleted");
                if icon_button(ui, icons::UNDO, &tip).clicked() {
                    change(sourcing, commands, |recipe| recipe.columns.retain(|column| column.name != name));
                }
            } else if icon_button(ui, icons::CLOSE, &format!("Leave {name} out")).clicked() {
                change(sourcing, commands, |recipe| _ = recipe.left_out.insert(name.to_owned()));
            }
            if let BuiltColumn::Formula(column) = column
                && icon_button(ui, icons::EDIT, &format!("Change {name}")).clicked()
            {
                write(look, Some(column));
            }
        }
    }
}

/// What a formula of this grain sees.
fn sees(grain: Grain) -> &'static str {
    match grain {
        Grain::Transactions => "Uses each customer's transactions",
        Grain::Purchases => "Uses each customer's purchase days",
        Grain::Categories => "Uses each customer's categories",
        Grain::Events => "Uses each customer's events",
        Grain::Customer => "Uses the other columns",
    }
}

fn cell_ui(ui: &mut Ui, row: Rect, x: [f32; 2], contents: impl FnOnce(&mut Ui)) {
    let rect = Rect::from_min_max(pos2(x[0], row.top()), pos2((x[1] - INSIDE).max(x[0]), row.bottom()));
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)), contents);
}
