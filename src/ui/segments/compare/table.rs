//! The same customers as numbers: the other solution's groups down, the segments in force across, totals at the ends.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    self, Align, Button, CornerRadius, FontId, Layout, Pos2, Rect, RichText, Role, ScrollArea, Sense, TextStyle, Ui, UiBuilder, Vec2,
};

use crate::plot::Compared;
use crate::session::Look;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{name_it, percent, thousands, width_of};

use super::super::view::View;
use super::sides::{colour_of_right, name_of_right, selection_of};

/// Height of a row.
const ROW: f32 = 26.0;
/// Height of the names above: two lines.
const HEAD: f32 = 56.0;
/// The names on the left are at most this wide.
const NAMES: f32 = 180.0;
/// Width of the totals.
const TOTAL: f32 = 72.0;
/// A column is at least this wide.
const LEAST: f32 = 64.0;
/// From this width on a cell has room for its share.
const WITH_SHARE: f32 = 92.0;
/// Room of a share.
const SHARE: f32 = 40.0;

/// The table, and the button that copies it.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look, compared: &Compared) {
    let n_columns = compared.table.right.len().max(1) as f32;
    let font = TextStyle::Small.resolve(ui.style());
    let name_width = |name: &String| width_of(ui, name, &font);
    let names = (compared.left_names.iter().map(name_width).fold(0.0, f32::max) + 18.0).clamp(72.0, NAMES);
    let width = ((ui.available_width() - names - TOTAL - 12.0) / n_columns).clamp(LEAST, 168.0);
    let room = ui.available_height() - 34.0;
    let by_rows = by_rows(view, look);
    ScrollArea::both().id_salt("cross table").max_height(room).auto_shrink(false).show(ui, |ui| {
        let size = Vec2::new(names + TOTAL + width * n_columns, HEAD + ROW * (compared.table.left.len() + 1) as f32);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let grid = Grid { rect, names, width };
        head_ui(ui, view, look, compared, &grid);
        for (nth, &i) in compared.table.left_order.iter().enumerate() {
            row_ui(ui, compared, by_rows, &grid, nth + 1, i);
        }
        totals_ui(ui, compared, &grid);
        if let Some(text) = response.hover_pos().and_then(|at| told(view, compared, &grid, at)) {
            response.on_hover_text_at_pointer(text);
        }
    });
    ui.horizontal(|ui| {
        let response = ui.add(Button::new("Copy the table").min_size(Vec2::new(0.0, 24.0)));
        if response.on_hover_text("For a spreadsheet: paste it there").clicked() {
            ui.ctx().copy_text(as_text(view, compared));
        }
        if view.is_against_column() {
            for (of_rows, text) in [(false, "Share of each segment"), (true, "Share of each row")] {
                if ui.selectable_label(look.shares_of_rows == of_rows, text).clicked() {
                    look.shares_of_rows = of_rows;
                }
            }
        }
        ui.label(caption(ui, if by_rows { "Darker: a larger share of the row" } else { "Darker: a larger share of the segment" }));
    });
}

/// Whether shares are of the rows. Of a column the segments are asked first: "40 % of them left" before "38 % of the leavers are here".
fn by_rows(view: &View, look: &Look) -> bool {
    !view.is_against_column() || look.shares_of_rows
}

/// A cell's share of its row, or of its segment.
fn share_of(compared: &Compared, by_rows: bool, i: usize, j: usize) -> f64 {
    let table = &compared.table;
    match table.left[i].cluster {
        _ if by_rows => table.row_share(i, j),
        Some(_) => table.rates(i)[j].share(),
        None => table.column_share(i, j),
    }
}

/// Where cells are.
struct Grid {
    rect: Rect,
    names: f32,
    width: f32,
}

impl Grid {
    /// The cell of a row and a place in the right order; one place further are the totals. Row 0 is the head.
    fn cell(&self, row: usize, place: usize, n: usize) -> Rect {
        let x = self.rect.left() + self.names + self.width * place as f32;
        Rect::from_x_y_ranges(x..=x + if place < n { self.width } else { TOTAL }, self.heights(row))
    }

    /// The place of a row's name.
    fn name(&self, row: usize) -> Rect {
        Rect::from_x_y_ranges(self.rect.left()..=self.rect.left() + self.names, self.heights(row))
    }

    fn heights(&self, row: usize) -> egui::Rangef {
        let below_head = self.rect.top() + HEAD;
        match row.checked_sub(1) {
            Some(nth) => egui::Rangef::new(below_head + ROW * nth as f32, below_head + ROW * (nth + 1) as f32),
            None => egui::Rangef::new(self.rect.top(), below_head),
        }
    }
}

/// Text at the right or left end of a cell.
fn cell_ui(ui: &mut Ui, rect: Rect, is_number: bool, contents: impl FnOnce(&mut Ui)) {
    let layout = if is_number { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    let mut cell = ui.new_child(
        UiBuilder::new().id_salt((rect.min.x as i32, rect.min.y as i32)).max_rect(rect.shrink2(Vec2::new(8.0, 0.0))).layout(layout),
    );
    cell.spacing_mut().item_spacing.x = 6.0;
    contents(&mut cell);
}

fn text_ui(ui: &mut Ui, text: RichText) {
    ui.add(egui::Label::new(text).truncate().selectable(false));
}

fn head_ui(ui: &mut Ui, view: &View, look: &mut Look, compared: &Compared, grid: &Grid) {
    let t = tokens(ui);
    let n = compared.table.right.len();
    for (place, &j) in compared.table.right_order.iter().enumerate() {
        let group = &compared.table.right[j];
        let (rect, name) = (grid.cell(0, place, n), name_of_right(view, Some(group)));
        let response = ui.interact(rect, ui.scope_id().with(("column", j)), Sense::click());
        if response.hovered() || response.has_focus() || view.focus == Some(selection_of(group)) {
            ui.painter().rect_filled(rect.shrink(1.0), CornerRadius::same(theme::RADIUS), t.field);
        }
        let bar = Rect::from_x_y_ranges(rect.left() + 2.0..=rect.right() - 2.0, rect.bottom() - 4.0..=rect.bottom() - 1.0);
        ui.painter().rect_filled(bar, CornerRadius::same(1), colour_of_right(view, group));
        name_paint(ui, rect, &name);
        name_it(&response, Role::Button, &name);
        if response.hovered() {
            look.hover = Some(selection_of(group));
        }
        if response.on_hover_text(&name).clicked() {
            look.selection = Some(selection_of(group)).filter(|selection| look.selection != Some(*selection));
        }
    }
    cell_ui(ui, grid.cell(0, n, n), true, |ui| text_ui(ui, caption(ui, "All")));
}

/// A column's name on up to three lines, at the right like its numbers.
fn name_paint(ui: &Ui, rect: Rect, name: &str) {
    let font = FontId::new(TextStyle::Small.resolve(ui.style()).size, theme::bold());
    let mut job = LayoutJob::simple(name.to_owned(), font, tokens(ui).text, rect.width() - 16.0);
    job.wrap.max_rows = 3;
    job.halign = Align::Max;
    let galley = ui.painter().layout_job(job);
    let at = Pos2::new(rect.right() - 8.0, rect.bottom() - 7.0 - galley.size().y);
    ui.painter().galley(at, galley, tokens(ui).text);
}

fn row_ui(ui: &mut Ui, compared: &Compared, by_rows: bool, grid: &Grid, row: usize, i: usize) {
    let t = tokens(ui);
    let table = &compared.table;
    let n = table.right.len();
    cell_ui(ui, grid.name(row), false, |ui| text_ui(ui, RichText::new(&compared.left_names[i]).text_style(TextStyle::Small)));
    for (place, &j) in table.right_order.iter().enumerate() {
        let (rect, count, share) = (grid.cell(row, place, n), table.counts[i][j], share_of(compared, by_rows, i, j));
        if count > 0 {
            let tint = t.muted.gamma_multiply(0.06 + 0.34 * share as f32);
            ui.painter().rect_filled(rect.shrink(1.0), CornerRadius::same(4), tint);
        }
        cell_ui(ui, rect, true, |ui| {
            let share = if count > 0 { percent(share) } else { String::new() };
            let (large, small) = match (by_rows, count) {
                (_, 0) => ("0".to_owned(), String::new()),
                (true, count) => (thousands(count), share),
                (false, count) => (share, thousands(count)),
            };
            if grid.width >= WITH_SHARE {
                ui.allocate_ui_with_layout(Vec2::new(SHARE, ROW), Layout::right_to_left(Align::Center), |ui| {
                    ui.set_min_width(SHARE);
                    text_ui(ui, RichText::new(small).text_style(TextStyle::Small).color(t.text.gamma_multiply(0.75)));
                });
            }
            text_ui(ui, if count > 0 { RichText::new(large) } else { RichText::new(large).color(t.muted) });
        });
    }
    cell_ui(ui, grid.cell(row, n, n), true, |ui| text_ui(ui, theme::strong(thousands(table.left[i].size))));
}

fn totals_ui(ui: &mut Ui, compared: &Compared, grid: &Grid) {
    let table = &compared.table;
    let (row, n) = (table.left.len() + 1, table.right.len());
    ui.painter().hline(grid.rect.x_range(), grid.name(row).top(), egui::Stroke::new(1.0, tokens(ui).hairline));
    cell_ui(ui, grid.name(row), false, |ui| text_ui(ui, caption(ui, "All")));
    for (place, &j) in table.right_order.iter().enumerate() {
        cell_ui(ui, grid.cell(row, place, n), true, |ui| {
            if grid.width >= WITH_SHARE {
                ui.add_space(SHARE + 6.0);
            }
            text_ui(ui, theme::strong(thousands(table.right[j].size)));
        });
    }
    cell_ui(ui, grid.cell(row, n, n), true, |ui| text_ui(ui, theme::strong(thousands(table.n_rows))));
}

/// The shares of the cell under the pointer, in words.
fn told(view: &View, compared: &Compared, grid: &Grid, at: Pos2) -> Option<String> {
    let table = &compared.table;
    let row = ((at.y - grid.rect.top() - HEAD) / ROW).floor();
    let place = ((at.x - grid.rect.left() - grid.names) / grid.width).floor();
    let i = *table.left_order.get(if row < 0.0 { return None } else { row as usize })?;
    if place < 0.0 {
        return Some(compared.left_names[i].clone());
    }
    let j = *table.right_order.get(place as usize).filter(|&&j| table.counts[i][j] > 0)?;
    let (left, right) = (&compared.left_names[i], name_of_right(view, table.right.get(j)));
    let (of_row, of_column) = (percent(table.row_share(i, j)), percent(table.column_share(i, j)));
    Some(format!(
        "{}\n{of_row} of {left} go to {right}\n{of_column} of {right} come from {left}",
        view.answers.noun.counted(table.counts[i][j])
    ))
}

/// The table as spreadsheets paste it: tabs between cells, numbers plain.
fn as_text(view: &View, compared: &Compared) -> String {
    let table = &compared.table;
    let line = |name: &str, cells: &mut dyn Iterator<Item = String>, total: &str| {
        let cells: Vec<String> = std::iter::once(name.to_owned()).chain(cells).chain([total.to_owned()]).collect();
        cells.join("\t")
    };
    let right = || table.right_order.iter();
    let mut lines = vec![line(&compared.title, &mut right().map(|&j| name_of_right(view, table.right.get(j))), "All")];
    for &i in &table.left_order {
        let mut cells = right().map(|&j| table.counts[i][j].to_string());
        lines.push(line(&compared.left_names[i], &mut cells, &table.left[i].size.to_string()));
    }
    lines.push(line("All", &mut right().map(|&j| table.right[j].size.to_string()), &table.n_rows.to_string()));
    lines.join("\n") + "\n"
}
