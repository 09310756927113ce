//! The bar over the table: what is looked for, how many rows have it, and how the table is sorted and filtered.
//!
//! In: the look and what the engine found. Out: another look. The bar is always there, so that nothing moves.

use eframe::egui::{Button, Key, Modifiers, Panel, RichText, Role, TextEdit, Ui};

use crate::data::{Dictionary, Loaded, Table};
use crate::engine::ListingAnswer;
use crate::plot::Picked;
use crate::session::{Look, TableFilter};

use super::super::theme::caption;
use super::super::widgets::{icon_button, name_it, number, thousands};
use super::super::{icons, theme};
use super::region;

/// The rows listed, by line.
#[derive(Clone, Copy)]
pub(super) enum Listed<'a> {
    /// All, as in the file.
    All(usize),
    /// The picked alone, as in the file.
    Only(&'a Picked),
    /// In an order of their own, or some of them.
    Rows(&'a [u32]),
}

impl<'a> Listed<'a> {
    /// What is listed now; an order that is still computed leaves the last one standing.
    pub fn of(table: &Table, only: Option<&'a Picked>, listing: &'a ListingAnswer, look: &Look) -> Listed<'a> {
        let is_ordered = look.table.sort.is_some() || look.table.filter.is_some();
        // Rows of a table that is gone would lie beyond this one.
        let rows = listing.rows.latest().filter(|rows| is_ordered && rows.iter().max().is_none_or(|&row| (row as usize) < table.n_rows));
        match (rows, only) {
            (Some(rows), _) => Listed::Rows(rows),
            (None, Some(only)) => Listed::Only(only),
            (None, None) => Listed::All(table.n_rows),
        }
    }

    /// Lines there are.
    pub fn n(self) -> usize {
        match self {
            Listed::All(n) => n,
            Listed::Only(only) => only.n(),
            Listed::Rows(rows) => rows.len(),
        }
    }

    /// The row of the table on a line.
    pub fn row(self, line: usize) -> Option<usize> {
        match self {
            Listed::All(n) => (line < n).then_some(line),
            Listed::Only(only) => only.nth(line),
            Listed::Rows(rows) => rows.get(line).map(|row| *row as usize),
        }
    }

    /// The line of a row of the table. Asked once where somebody was picked elsewhere, so a search is cheap enough.
    pub fn line_of(&self, row: usize) -> Option<usize> {
        match self {
            Listed::All(n) => (row < *n).then_some(row),
            Listed::Only(only) => only.rows().position(|other| other == row),
            Listed::Rows(rows) => rows.iter().position(|other| *other as usize == row),
        }
    }
}

/// The line of what was found that is shown.
pub(super) fn shown_line(listing: &ListingAnswer, look: &Look) -> Option<usize> {
    let found = listing.found.latest().filter(|_| !look.table.find.trim().is_empty())?;
    found.get(look.table.find_at.min(found.len().saturating_sub(1))).map(|line| *line as usize)
}

/// The bar.
pub(super) fn bar_ui(ui: &mut Ui, loaded: &Loaded, dictionary: &Dictionary, listing: &ListingAnswer, look: &mut Look) {
    Panel::top("find in table").frame(region()).exact_size(44.0).show_separator_line(false).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            find_ui(ui, listing, look);
            ui.add_space(8.0);
            let n_rows = listing.rows.latest().map_or(0, |rows| rows.len());
            if let Some(filter) = look.table.filter.clone() {
                let text =
                    format!("{} · {} of {} rows", filter_text(&filter, dictionary), thousands(n_rows), thousands(loaded.table.n_rows));
                if chip_ui(ui, &text, "Show all rows again").clicked() {
                    look.table.filter = None;
                }
            }
            if let Some(sort) = look.table.sort.clone() {
                let arrow = if sort.descends { icons::CARET_DOWN } else { icons::CARET_UP };
                if chip_ui(ui, &format!("{arrow} {}", dictionary.name(&sort.column)), "Back to the order of the file").clicked() {
                    look.table.sort = None;
                }
            }
            if listing.rows.progress().is_some() {
                ui.label(caption(ui, "Sorting…"));
            }
        });
    });
}

fn find_ui(ui: &mut Ui, listing: &ListingAnswer, look: &mut Look) {
    let n_found = listing.found.latest().map_or(0, |found| found.len());
    let id = eframe::egui::Id::unique("find in the table");
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    // Taken before the field sees it: Enter would leave it.
    let pressed = |modifiers, key| has_focus && ui.input_mut(|input| input.consume_key(modifiers, key));
    let steps_back = pressed(Modifiers::SHIFT, Key::Enter);
    let steps_on = pressed(Modifiers::NONE, Key::Enter);
    let field = TextEdit::singleline(&mut look.table.find).id(id).hint_text("Find text or a number").desired_width(220.0);
    let response = ui.add(field);
    name_it(&response, Role::TextInput, "Find in the table");
    if std::mem::take(&mut look.table.is_finding) {
        response.request_focus();
    }
    if response.changed() {
        look.table.find_at = 0;
    }
    // Esc has left the field already; it must not go to the page as well.
    if response.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        look.table.find.clear();
    }
    if look.table.find.trim().is_empty() {
        return;
    }
    let last = n_found.saturating_sub(1);
    let at = look.table.find_at.min(last);
    let back = icon_button(ui, icons::CARET_UP, "Find the one before (Shift+Enter)").clicked() || steps_back;
    let on = icon_button(ui, icons::CARET_DOWN, "Find the next one (Enter)").clicked() || steps_on;
    look.table.find_at = match (back, on) {
        (true, _) => at.checked_sub(1).unwrap_or(last),
        (_, true) => {
            if at == last {
                0
            } else {
                at + 1
            }
        }
        _ => at,
    };
    let text = match (listing.found.latest(), listing.found.is_stale()) {
        (None, _) | (_, true) => "Looking…".to_owned(),
        (Some(_), _) if n_found == 0 => "Not found".to_owned(),
        _ => format!("{} of {}", thousands(look.table.find_at + 1), thousands(n_found)),
    };
    ui.label(caption(ui, text));
}

fn chip_ui(ui: &mut Ui, text: &str, means: &str) -> eframe::egui::Response {
    let label = RichText::new(format!("{text}  {}", icons::CLOSE)).text_style(eframe::egui::TextStyle::Small).family(theme::bold());
    let response = ui.add(Button::new(label).truncate()).on_hover_text(means);
    name_it(&response, Role::Button, &format!("{text}: {}", means.to_lowercase()));
    response
}

/// "income from 10 to 20".
fn filter_text(filter: &TableFilter, dictionary: &Dictionary) -> String {
    let (TableFilter::Value { column, .. } | TableFilter::Range { column, .. }) = filter;
    let column = dictionary.name(column);
    match filter {
        TableFilter::Value { value, .. } if value.is_empty() => format!("{column} is missing"),
        TableFilter::Value { column: name, value } => format!("{column} is {}", dictionary.level(name, value)),
        TableFilter::Range { from: Some(from), to: Some(to), .. } => format!("{column} from {} to {}", number(*from), number(*to)),
        TableFilter::Range { from: Some(from), to: None, .. } => format!("{column} at least {}", number(*from)),
        TableFilter::Range { from: None, to: Some(to), .. } => format!("{column} at most {}", number(*to)),
        TableFilter::Range { from: None, to: None, .. } => column,
    }
}
