//! What a right click offers on a cell and on a head of the table: copy, sort, filter, and the customer on the map.

use eframe::egui::{Button, Popup, PopupCloseBehavior, Response, TextEdit, Ui};

use crate::base::Key;
use crate::data::profile::ColumnProfile;
use crate::data::{Column, Dictionary, Kind, Table};
use crate::session::{Brush, Look, PageView, SegmentsView, Sort, TableFilter};

use super::super::widgets;

/// Values of a column offered to filter by; further ones are found by typing.
const MOST_VALUES: usize = 12;

/// The menu of a row; `column_at` tells which column lies under a place on screen.
pub(super) fn cell_ui(
    response: &Response,
    (table, dictionary): (&Table, Option<&Dictionary>),
    row: usize,
    column_at: impl Fn(f32) -> Option<usize>,
    stamp: Key,
    look: &mut Look,
) {
    let id = response.id.with("column of the menu");
    if response.secondary_clicked()
        && let Some(at) = response.interact_pointer_pos().and_then(|pointer| column_at(pointer.x))
    {
        response.ctx.data_mut(|data| data.insert_temp(id, at));
    }
    response.context_menu(|ui| {
        let at = ui.data(|data| data.get_temp::<usize>(id)).unwrap_or(0);
        let Some(column) = table.columns.get(at) else { return };
        let cell = column.cell(row).into_owned();
        if ui.button("Copy").on_hover_text("Copy this cell.").clicked() {
            ui.ctx().copy_text(cell.clone());
        }
        if ui.button("Copy row").on_hover_text("Copy the whole row, with tabs between the cells.").clicked() {
            ui.ctx().copy_text(rows_text(table, [row]));
        }
        ui.separator();
        let value = if cell.is_empty() { "missing".to_owned() } else { shortened(level(dictionary, column, &cell)) };
        if ui
            .button(format!("Filter to {} {value}", name(dictionary, column)))
            .on_hover_text("List only the rows with this value.")
            .clicked()
        {
            look.table.filter = Some(TableFilter::Value { column: column.name.clone(), value: cell });
        }
        sort_items_ui(ui, column, look);
        ui.separator();
        if ui.button("Show customer on the map").on_hover_text("Select this customer and go to the segments.").clicked() {
            look.pick(Brush::rows(stamp, [row], "row in the table"));
            look.show(PageView::Segments(SegmentsView::Explore));
        }
    });
}

/// The menu of a head.
pub(super) fn head_ui(
    response: &Response,
    profile: Option<&ColumnProfile>,
    dictionary: Option<&Dictionary>,
    column: &Column,
    look: &mut Look,
) {
    let menu = Popup::context_menu(response).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    menu.show(|ui| {
        ui.set_min_width(200.0);
        if ui.button("Copy name").clicked() {
            ui.ctx().copy_text(column.name.clone());
            ui.close();
        }
        sort_items_ui(ui, column, look);
        ui.separator();
        match column.kind() {
            Kind::Number => range_ui(ui, column, &name(dictionary, column), look),
            Kind::Date | Kind::Text => {}
        }
        let levels = profile.and_then(|profile| profile.levels.as_ref());
        if let Some(levels) = levels {
            for name in levels.names.iter().take(MOST_VALUES) {
                if ui.button(format!("Only {}", shortened(level(dictionary, column, name)))).clicked() {
                    look.table.filter = Some(TableFilter::Value { column: column.name.clone(), value: name.clone() });
                    ui.close();
                }
            }
        }
        if profile.is_some_and(|profile| profile.n_missing > 0) && ui.button("Only missing").clicked() {
            look.table.filter = Some(TableFilter::Value { column: column.name.clone(), value: String::new() });
            ui.close();
        }
        if look.table.filter.is_some() && ui.button("All rows").clicked() {
            look.table.filter = None;
            ui.close();
        }
    });
}

fn sort_items_ui(ui: &mut Ui, column: &Column, look: &mut Look) {
    let now = look.table.sort.as_ref().filter(|sort| sort.column == column.name).map(|sort| sort.descends);
    for (label, to) in [("Sort ascending", Some(false)), ("Sort descending", Some(true)), ("As in the file", None)] {
        let is_now = now == to && (to.is_some() || look.table.sort.is_none());
        if ui.add(Button::new(label).selected(is_now)).clicked() {
            look.table.sort = to.map(|descends| Sort { column: column.name.clone(), descends });
            ui.close();
        }
    }
}

/// The column as its head shows it.
fn name(dictionary: Option<&Dictionary>, column: &Column) -> String {
    dictionary.map_or_else(|| column.name.clone(), |dictionary| dictionary.name(&column.name))
}

/// A cell as it is shown.
fn level<'a>(dictionary: Option<&'a Dictionary>, column: &Column, cell: &'a str) -> &'a str {
    dictionary.map_or(cell, |dictionary| dictionary.level(&column.name, cell))
}

/// From and to, typed; either may stay empty.
fn range_ui(ui: &mut Ui, column: &Column, shown: &str, look: &mut Look) {
    let id = ui.scope_id().with(("range", &column.name));
    let mut draft = ui.data(|data| data.get_temp::<[String; 2]>(id)).unwrap_or_default();
    ui.horizontal(|ui| {
        for (text, end) in draft.iter_mut().zip(["from", "to"]) {
            let response = ui.add(TextEdit::singleline(text).hint_text(end).desired_width(72.0));
            widgets::name_it(&response, eframe::egui::Role::TextInput, &format!("{shown} {end}"));
        }
        let [from, to] = [0, 1].map(|at| draft[at].trim().replace(',', ".").parse::<f64>().ok().filter(|value| value.is_finite()));
        let reads = |at: usize, value: Option<f64>| draft[at].trim().is_empty() || value.is_some();
        let is_range = (from.is_some() || to.is_some()) && reads(0, from) && reads(1, to);
        if ui.add_enabled(is_range, Button::new("Filter")).on_hover_text("List only rows from the one number to the other.").clicked() {
            look.table.filter = Some(TableFilter::Range { column: column.name.clone(), from, to });
            ui.close();
        }
    });
    ui.data_mut(|data| data.insert_temp(id, draft));
}

/// Rows as spreadsheets paste them: a line of names, then a line per row, with tabs between the cells.
pub fn rows_text(table: &Table, rows: impl IntoIterator<Item = usize>) -> String {
    let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    let mut text = table.columns.iter().map(|column| plain(&column.name)).collect::<Vec<_>>().join("\t");
    for row in rows.into_iter().filter(|&row| row < table.n_rows) {
        text.push('\n');
        for (at, column) in table.columns.iter().enumerate() {
            if at > 0 {
                text.push('\t');
            }
            text.push_str(&plain(&column.cell(row)));
        }
    }
    text
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 28 { text.to_owned() } else { text.chars().take(27).chain(['…']).collect() }
}
