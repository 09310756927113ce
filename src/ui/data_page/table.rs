//! The rows themselves, as the file has them. Only cells on screen are formatted, so a million rows scroll like a hundred.
//!
//! egui_extras' table is virtual by rows alone: each visible row lays out every column, and inside a horizontal scroll its
//! vertical bar lies out of sight at the end of the last column. This grid is virtual both ways and keeps both bars, the header
//! and the row numbers in view. Row positions are computed in `f64`: `f32` holds no single point beyond sixteen million.

use std::borrow::Cow;

use eframe::egui::style::ScrollStyle;
use eframe::egui::{
    Align, Align2, Event, FontId, Id, Key, Label, Layout, Modifiers, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui,
    UiBuilder, Vec2, pos2, vec2,
};

use crate::data::profile::Profile;
use crate::data::{Column, Dictionary, Kind, Loaded, Table};
use crate::engine::ListingAnswer;
use crate::plot::Picked;
use crate::session::{Brush, Command, Look, Who};

use super::super::theme::{INSIDE, tokens};
use super::super::widgets::{self, has_keys, thousands};
use super::finding::{self, Listed};
use super::table_head::header_ui;
use super::table_view::{ROW, View, first_width};
use super::{keys, table_menu};

const HEADER: f32 = 32.0;

/// What the grid remembers between frames: widths dragged by hand, where it is, and which column it last brought into view.
#[derive(Debug, Clone, Default)]
struct Memory {
    widths: Vec<f32>,
    offset: Vec2,
    shown: Option<usize>,
    /// The line the arrow keys are on.
    cursor: Option<usize>,
    /// The brush whose customers were last brought into view.
    brush: Option<Brush>,
    /// The first row of the page of rows that was shown.
    first_row: usize,
    /// What was looked for and found, as it was last brought into view.
    found: Option<(String, usize, Option<u32>)>,
}

/// The rows to show: all of the customers, who can be picked, or a page of the rows of a source, which can only be read.
struct Sheet<'a> {
    table: &'a Table,
    id: Id,
    /// The number of the first row, from 0.
    first_row: usize,
    /// Rows in the whole, for the width of their numbers.
    n_numbered: usize,
    /// Names the table whose rows are customers.
    customers: Option<crate::base::Key>,
    /// What is known of its columns, where it can be sorted and filtered.
    profile: Option<&'a Profile>,
    /// What the user calls its columns.
    dictionary: Option<&'a Dictionary>,
}

/// The table, filling what is left of the page; `shown` is the column in detail, `picked` rows are tinted, or listed alone.
pub fn ui(
    ui: &mut Ui,
    (loaded, dictionary): (&Loaded, &Dictionary),
    shown: Option<usize>,
    picked: Option<&Picked>,
    listing: &ListingAnswer,
    look: &mut Look,
    commands: &mut Vec<Command>,
) {
    finding::bar_ui(ui, loaded, dictionary, listing, look);
    let id = Id::unique("data table").with(loaded.stamp.to_hex());
    let sheet = Sheet {
        table: &loaded.table,
        id,
        first_row: 0,
        n_numbered: loaded.table.n_rows,
        customers: Some(loaded.stamp),
        profile: Some(&loaded.profile),
        dictionary: Some(dictionary),
    };
    sheet_ui(ui, &sheet, shown, picked, listing, look);
    if let Some(rows) = copied(ui, picked, id, listing, look) {
        commands.push(Command::CopyRows(rows.into()));
    }
}

/// The rows to copy, where Ctrl+C was pressed and belongs to nothing else: the picked, else the row of the cursor.
fn copied(ui: &Ui, picked: Option<&Picked>, id: Id, listing: &ListingAnswer, look: &Look) -> Option<Vec<u32>> {
    let is_asked = has_keys(ui, look) && ui.input(|input| input.events.contains(&Event::Copy));
    if !is_asked {
        return None;
    }
    if let Some(picked) = picked.filter(|picked| picked.n() > 0) {
        return Some(picked.rows().map(|row| row as u32).collect());
    }
    let cursor = ui.data(|data| data.get_temp::<Memory>(id)).and_then(|memory| memory.cursor)?;
    let row = match listing.rows.latest().filter(|_| look.table.sort.is_some() || look.table.filter.is_some()) {
        Some(rows) => *rows.get(cursor)?,
        None => cursor as u32,
    };
    Some(vec![row])
}

/// A page of the rows of `source`, of which `first_row` is the first; to be read only.
pub fn preview_ui(ui: &mut Ui, rows: &Table, first_row: usize, source: &str) {
    let id = Id::unique("rows of a source").with(source);
    let sheet = Sheet { table: rows, id, first_row, n_numbered: first_row + rows.n_rows, customers: None, profile: None, dictionary: None };
    // Nobody is picked from a source, so nothing is remembered of how it is looked at.
    sheet_ui(ui, &sheet, None, None, &ListingAnswer::default(), &mut Look::default());
}

fn sheet_ui(ui: &mut Ui, sheet: &Sheet<'_>, shown: Option<usize>, picked: Option<&Picked>, listing: &ListingAnswer, look: &mut Look) {
    let &Sheet { table, id, first_row, .. } = sheet;
    let mut memory = ui.data_mut(|data| data.get_temp::<Memory>(id)).unwrap_or_default();
    if memory.widths.len() != table.columns.len() {
        memory = Memory { widths: table.columns.iter().map(first_width).collect(), shown, ..Memory::default() };
    }
    let edges: Vec<f32> = std::iter::once(0.0).chain(memory.widths.iter().scan(0.0, |x, &width| Some(add(x, width)))).collect();
    let all = ui.available_rect_before_wrap();
    let t = tokens(ui);
    ui.painter().rect_filled(all, 0, t.raised);
    let gutter = 24.0 + 8.0 * thousands(sheet.n_numbered).chars().count() as f32;
    let body = Rect::from_min_max(pos2(all.left() + gutter, all.top() + HEADER), all.max);
    let only = picked.filter(|picked| look.only_picked && picked.n() > 0);
    let listed = Listed::of(table, only, listing, look);
    let n_lines = listed.n();
    let wanted = look.table.find.trim().to_lowercase();
    let found = finding::shown_line(listing, look).filter(|&line| line < n_lines);
    memory.cursor = memory.cursor.filter(|&cursor| cursor < n_lines);

    let mut area = ScrollArea::both().id_salt(id).auto_shrink(false);
    let brought = first_line_of(look, &memory, picked, &listed, only.is_some());
    let first_in_view = (memory.offset.y / ROW).ceil() as usize;
    let moved = sheet.customers.is_some() && keys::step(ui, &mut memory.cursor, first_in_view, n_lines, look);
    let seen = (wanted.clone(), look.table.find_at, found.map(|line| line as u32));
    let jumps = found.is_some() && memory.found.as_ref() != Some(&seen);
    if !listing.found.is_stale() {
        memory.found = Some(seen);
    }
    let in_view = brought.or(memory.cursor.filter(|_| moved)).or(found.filter(|_| jumps));
    if let Some(offset) = wished_offset(ui, &memory, &edges, shown, body.size(), (n_lines, in_view)) {
        area = area.scroll_offset(offset);
    }
    if memory.first_row != first_row {
        area = area.vertical_scroll_offset(0.0);
    }
    (memory.shown, memory.first_row) = (shown, first_row);
    if picked.is_some() || look.brush.is_none() {
        memory.brush = look.brush.clone();
    }
    let mut body_ui = ui.new_child(UiBuilder::new().id_salt("table body").max_rect(body).layout(Layout::top_down(Align::Min)));
    // A sheet this large deserves bars that are always there to grab.
    body_ui.spacing_mut().scroll = ScrollStyle { bar_width: 8.0, handle_min_length: 24.0, ..ScrollStyle::solid() };
    let out = area.show_viewport(&mut body_ui, |ui, viewport| {
        ui.set_min_size(vec2(edges[edges.len() - 1], n_lines as f32 * ROW));
        let view = View {
            table,
            edges: &edges,
            viewport,
            shown,
            picked,
            listed,
            is_only: only.is_some(),
            cursor: memory.cursor,
            first_row,
            profile: sheet.profile,
            dictionary: sheet.dictionary,
            wanted: &wanted,
            found,
        };
        if let Some(cursor) = sheet.customers.and_then(|stamp| rows_ui(ui, &view, body, stamp, look)) {
            memory.cursor = Some(cursor);
        }
        cells_ui(ui, &view, body);
        viewport
    });
    memory.offset = out.state.clamped_offset();
    let view = View {
        table,
        edges: &edges,
        viewport: out.inner,
        shown,
        picked,
        listed,
        is_only: only.is_some(),
        cursor: None,
        first_row,
        profile: sheet.profile,
        dictionary: sheet.dictionary,
        wanted: &wanted,
        found,
    };
    numbers_ui(ui, &view, Rect::from_min_max(pos2(all.left(), body.top()), pos2(body.left(), out.inner_rect.bottom())));
    header_ui(ui, &view, Rect::from_min_max(pos2(body.left(), all.top()), pos2(all.right(), body.top())), &mut memory.widths, look);
    let painter = ui.painter();
    let line = Stroke::new(1.0, t.hairline);
    painter.hline(all.x_range(), body.top() - 0.5, line);
    painter.hline(all.x_range(), all.top() + 0.5, line);
    painter.vline(all.left() + 0.5, all.y_range(), line);
    ui.advance_cursor_after_rect(all);
    ui.data_mut(|data| data.insert_temp(id, memory));
}

fn add(x: &mut f32, width: f32) -> f32 {
    *x += width;
    *x
}

/// The line of the first customer picked anywhere but here, once: whoever comes from a plot sees whom it picked.
fn first_line_of(look: &Look, memory: &Memory, picked: Option<&Picked>, listed: &Listed<'_>, is_only: bool) -> Option<usize> {
    let is_new = look.brush.as_ref().is_some_and(|brush| memory.brush.as_ref() != Some(brush) && !matches!(brush.who, Who::Rows { .. }));
    picked.filter(|_| is_new)?.nth(0).and_then(|row| if is_only { Some(0) } else { listed.line_of(row) })
}

/// Where to scroll without the pointer: a column newly in detail and a line comes into view, and keys turn pages while nothing has the focus.
fn wished_offset(
    ui: &Ui,
    memory: &Memory,
    edges: &[f32],
    shown: Option<usize>,
    size: Vec2,
    (n_rows, in_view): (usize, Option<usize>),
) -> Option<Vec2> {
    let mut to = memory.offset;
    if let Some(at) = shown.filter(|_| shown != memory.shown) {
        to.x = to.x.min(edges[at]).max(edges[at + 1] - size.x);
    }
    if let Some(line) = in_view {
        let top = line as f32 * ROW;
        to.y = to.y.min(top).max(top + 2.0 * ROW - size.y);
    }
    if ui.memory(|memory| memory.focused()).is_none() {
        let last = (n_rows as f32 * ROW - size.y).max(0.0);
        let pressed = |key| ui.input(|input| input.key_pressed(key));
        let keys = [(Key::PageDown, to.y + size.y - ROW), (Key::PageUp, to.y - size.y + ROW), (Key::Home, 0.0), (Key::End, last)];
        to.y = keys.iter().find(|(key, _)| pressed(*key)).map_or(to.y, |(_, y)| y.clamp(0.0, last));
    }
    (to != memory.offset).then_some(to)
}

/// A click on a row picks that customer, everywhere; with Ctrl it is added or taken away, and Esc lets all go. Where the picked are listed
/// alone, a plain click only moves the cursor: it would empty the list. Returns the line clicked.
fn rows_ui(ui: &mut Ui, view: &View<'_>, body: Rect, stamp: crate::base::Key, look: &mut Look) -> Option<usize> {
    let t = tokens(ui);
    let id = ui.scope_id();
    let toggles = view.cursor.is_some() && keys::toggles(ui, look);
    let mut clicked = None;
    for (line, row) in view.rows() {
        let top = view.row_top(body.top(), line);
        let rect = Rect::from_x_y_ranges(body.x_range(), top..=top + ROW);
        // Not by Tab: a screenful of stops would lie between the reader and the next control.
        let response = ui.interact(rect, id.with(("row", row)), Sense::CLICK);
        widgets::name_it(&response, eframe::egui::Role::Row, &format!("Row {}", thousands(row + 1)));
        let is_picked = view.picked.is_some_and(|picked| picked.contains(row));
        if view.found == Some(line) {
            ui.painter().rect_filled(rect, 0, t.warn.gamma_multiply(0.16));
        }
        if is_picked && !view.is_only {
            ui.painter().rect_filled(rect, 0, t.accent_tint);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 0, t.field.gamma_multiply(0.5));
        }
        if view.cursor == Some(line) {
            ui.painter().rect_stroke(rect.shrink(1.0), 2, Stroke::new(1.5, t.accent), StrokeKind::Inside);
        }
        let is_click = response.clicked();
        if is_click {
            clicked = Some(line);
        }
        let is_toggled = toggles && view.cursor == Some(line);
        let adds = is_toggled || ui.input(|input| input.modifiers.command);
        if is_toggled || (is_click && (adds || !view.is_only)) {
            let others = view.picked.filter(|_| adds);
            let is_only = is_picked && view.picked.is_some_and(|picked| picked.n() == 1);
            let rows: Vec<usize> = match others {
                Some(others) => others.rows().filter(|&other| other != row).chain((!is_picked).then_some(row)).collect(),
                None => (!is_only).then_some(row).into_iter().collect(),
            };
            let from = if rows.len() == 1 { "row in the table" } else { "choice of rows in the table" };
            look.brush = (!rows.is_empty()).then(|| Brush::rows(stamp, rows, from));
            ui.ctx().request_repaint();
        }
        let column = |x: f32| view.columns().find(|&at| view.column_rect(body.left(), at, [top, top]).x_range().contains(x));
        table_menu::cell_ui(&response, (view.table, view.dictionary), row, column, stamp, look);
    }
    if look.brush.is_some() && has_keys(ui, look) && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        look.brush = None;
    }
    clicked
}

fn cells_ui(ui: &mut Ui, view: &View<'_>, body: Rect) {
    let t = tokens(ui);
    if let Some(at) = view.shown.filter(|at| view.columns().contains(at)) {
        let bottom = view.row_top(body.top(), view.lines().end).min(body.bottom());
        ui.painter().rect_filled(view.column_rect(body.left(), at, [body.top(), bottom]), 0, t.accent_tint.gamma_multiply(0.45));
    }
    for line in view.lines() {
        ui.painter().hline(body.x_range(), view.row_top(body.top(), line) + ROW - 0.5, Stroke::new(1.0, t.grid));
    }
    for at in view.columns() {
        let column = &view.table.columns[at];
        for (line, row) in view.rows() {
            let top = view.row_top(body.top(), line);
            cell_ui(ui, view.column_rect(body.left(), at, [top, top + ROW]), (column, view.dictionary), row, view.wanted);
        }
    }
}

fn cell_ui(ui: &mut Ui, rect: Rect, (column, dictionary): (&Column, Option<&Dictionary>), row: usize, wanted: &str) {
    let t = tokens(ui);
    let text = column.cell(row);
    if !wanted.is_empty() && text.to_lowercase().contains(wanted) {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 2.0)), 2, t.warn.gamma_multiply(0.32));
    }
    // What the user calls a level stands in the table too; the file's own word is told on hover.
    let label = dictionary.and_then(|dictionary| dictionary.own_level(&column.name, &text));
    let text = label.map_or_else(|| column.shown_cell(row), |label| Cow::Owned(label.to_owned()));
    let original = column.original.as_ref().and_then(|original| original.get(row)).filter(|text| !text.trim().is_empty());
    let is_missing = column.is_missing(row);
    let (shown, colour) = match (is_missing, original) {
        (true, Some(_)) => (text, t.warn),
        (true, None) => (Cow::Borrowed("–"), t.muted),
        (false, _) => (text, t.text),
    };
    if is_missing && original.is_some() {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 1.0)), 0, t.warn.gamma_multiply(0.12));
    }
    let layout = if column.kind() == Kind::Number { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    let mut cell = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(INSIDE, 0.0))).layout(layout));
    // Labels show the whole text on hover where it is cut.
    let response = cell.add(Label::new(RichText::new(shown).color(colour)).truncate().selectable(false));
    if label.is_some() {
        response.on_hover_text(format!("The file says “{}”.", column.cell(row)));
    } else if let Some(original) = original {
        if is_missing {
            response.on_hover_text(format!("The file says “{original}”, which is no {}. It counts as missing.", kind_word(column.kind())));
        } else {
            response.on_hover_ui(|ui| {
                ui.label(format!("Read as {}.", value_text(column, row)));
            });
        }
    }
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "number",
        Kind::Date => "date",
        Kind::Text => "text",
    }
}

fn value_text(column: &Column, row: usize) -> String {
    match (column.kind(), column.number(row)) {
        (Kind::Date, Some(day)) => crate::data::table::day_text(day as i32),
        (_, Some(value)) => format!("{value} {}", column.unit.as_deref().unwrap_or("")).trim_end().to_owned(),
        (_, None) => column.text(row).unwrap_or("").to_owned(),
    }
}

fn numbers_ui(ui: &Ui, view: &View<'_>, gutter: Rect) {
    let painter = ui.painter().with_clip_rect(gutter);
    let t = tokens(ui);
    let font: FontId = TextStyle::Small.resolve(ui.style());
    for (line, row) in view.rows() {
        let middle = view.row_top(gutter.top(), line) + ROW / 2.0;
        painter.text(
            pos2(gutter.right() - INSIDE, middle),
            Align2::RIGHT_CENTER,
            thousands(view.first_row + row + 1),
            font.clone(),
            t.muted,
        );
    }
    painter.vline(gutter.right() - 0.5, gutter.y_range(), Stroke::new(1.0, t.hairline));
}
