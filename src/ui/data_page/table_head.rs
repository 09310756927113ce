//! The heads of the grid's columns: a click sorts, a drag of the edge makes a column wider.

use eframe::egui::{Align, CursorIcon, Label, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::data::{Column, Kind};
use crate::session::Look;

use super::super::icons;
use super::super::theme::{self, INSIDE, tokens};
use super::super::widgets;
use super::columns::kind_icon;
use super::table_menu;
use super::table_view::{View, first_width};

const NARROWEST: f32 = 48.0;

pub(super) fn header_ui(ui: &mut Ui, view: &View<'_>, band: Rect, widths: &mut [f32], look: &mut Look) {
    let t = tokens(ui);
    let mut header = ui.new_child(UiBuilder::new().id_salt("table header").max_rect(band));
    header.shrink_clip_rect(band);
    for at in view.columns() {
        let column = &view.table.columns[at];
        let rect = view.column_rect(band.left(), at, [band.top(), band.bottom()]);
        let response = header.interact(rect, header.scope_id().with(("head", at)), Sense::click());
        widgets::name_it(&response, eframe::egui::Role::ColumnHeader, &view.name(column));
        if view.shown == Some(at) {
            header.painter().rect_filled(rect, 0, t.accent_tint);
        } else if response.hovered() || response.has_focus() {
            header.painter().rect_filled(rect, 0, t.field);
        }
        if response.clicked() {
            look.column = Some(column.name.clone());
            if view.profile.is_some() {
                look.table.sort_next(&column.name);
            }
        }
        if view.profile.is_some() {
            table_menu::head_ui(&response, view.profile.and_then(|profile| profile.columns.get(at)), view.dictionary, column, look);
        }
        let sort = look.table.sort.as_ref().filter(|sort| sort.column == column.name).map(|sort| sort.descends);
        let shown = view.name(column);
        name_ui(&mut header, rect.shrink2(vec2(INSIDE, 0.0)), column, &shown, sort);
        if shown != column.name {
            response.on_hover_text(format!("In the file: {}", column.name));
        }
        edge_ui(&mut header, rect, at, column, &mut widths[at]);
    }
}

fn name_ui(header: &mut Ui, rect: Rect, column: &Column, shown: &str, sort: Option<bool>) {
    let t = tokens(header);
    let is_number = column.kind() == Kind::Number;
    let layout = if is_number { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    let mut cell = header.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    cell.spacing_mut().item_spacing.x = 4.0;
    let icon = match sort {
        Some(descends) => RichText::new(if descends { icons::CARET_DOWN } else { icons::CARET_UP }).color(t.accent),
        None => RichText::new(kind_icon(column.kind())).color(t.muted),
    };
    if is_number {
        // Right to left: the name is cut in what the icon leaves.
        let room = rect.width() - 20.0;
        cell.scope(|ui| {
            ui.set_max_width(room);
            ui.add(Label::new(theme::strong(shown)).truncate().selectable(false));
        });
        cell.add(Label::new(icon).selectable(false));
    } else {
        cell.add(Label::new(icon).selectable(false));
        cell.add(Label::new(theme::strong(shown)).truncate().selectable(false));
    }
}

/// The right edge of a column's head: drag to resize, double-click for the first width again.
fn edge_ui(header: &mut Ui, rect: Rect, at: usize, column: &Column, width: &mut f32) {
    let grip = Rect::from_center_size(pos2(rect.right(), rect.center().y), vec2(8.0, rect.height()));
    let response = header.interact(grip, header.scope_id().with(("edge", at)), Sense::click_and_drag());
    if response.double_clicked() {
        *width = first_width(column);
    } else if response.dragged() {
        *width = (*width + response.drag_delta().x).max(NARROWEST);
    }
    let is_active = response.hovered() || response.dragged();
    let t = tokens(header);
    let line = rect.y_range().shrink(if is_active { 0.0 } else { 8.0 });
    header.painter().vline(rect.right() - 0.5, line, Stroke::new(1.0, if is_active { t.accent } else { t.hairline }));
    response.on_hover_cursor(CursorIcon::ResizeColumn);
}
