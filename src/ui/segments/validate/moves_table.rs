//! The moves between two snapshots as numbers: from the rows to the columns, newborn and gone among them, with shares of the row and their intervals.

use eframe::egui::{Align, CornerRadius, FontId, Layout, Rect, ScrollArea, Sense, TextStyle, Ui, Vec2, pos2};

use crate::evaluate::Rate;
use crate::export::{Stay, Validation};
use crate::session::Look;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, icon_button, percent, thousands};

use super::super::view::View;
use super::names::{from_name, sentence_ui, to_name};

const ROW: f32 = 24.0;
const HEAD: f32 = 24.0;
const NAMES: f32 = 160.0;
/// A column is at least this wide.
const LEAST: f32 = 76.0;

/// The pair in view, and its table.
pub(super) fn ui(ui: &mut Ui, view: &View, look: &mut Look, found: &Validation) {
    let n = found.stays.len();
    look.moves_back = look.moves_back.min(n - 1);
    let stay = &found.stays[n - 1 - look.moves_back];
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add_enabled_ui(look.moves_back + 1 < n, |ui| {
            if icon_button(ui, "←", "The snapshots before  ←").clicked() {
                look.moves_back += 1;
            }
        });
        ui.add_enabled_ui(look.moves_back > 0, |ui| {
            if icon_button(ui, "→", "The snapshots after  →").clicked() {
                look.moves_back -= 1;
            }
        });
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| sentence_ui(ui, stay));
    });
    table_ui(ui, view, stay);
    if let Some(kappa) = stay.kappa {
        let text = format!("Kappa {kappa:.2}: how many stayed, beyond what random reassignment would give; 1 means everyone.");
        ui.label(caption(ui, text));
    }
}

fn table_ui(ui: &mut Ui, view: &View, stay: &Stay) {
    let t = tokens(ui);
    let n = stay.personas.len();
    // Nobody in no group is no row.
    let is_there = |at: usize| at != n || stay.moves[n].iter().any(|count| *count > 0) || stay.moves.iter().any(|row| row[n] > 0);
    let places: Vec<usize> = (0..n + 2).filter(|&at| is_there(at)).collect();
    let width = ((ui.available_width() - NAMES) / places.len() as f32).clamp(LEAST, 140.0);
    let small = TextStyle::Small.resolve(ui.style());
    let bold = FontId::new(small.size, theme::bold());
    let room = (ui.available_height() - 24.0).max(ROW);
    ScrollArea::both().id_salt("moves").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        let size = Vec2::new(NAMES + width * places.len() as f32, HEAD + ROW * places.len() as f32);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let cell = |row: usize, column: usize| {
            Rect::from_min_size(
                pos2(rect.left() + NAMES + width * column as f32, rect.top() + HEAD + ROW * row as f32),
                Vec2::new(width, ROW),
            )
        };
        let painter = ui.painter().clone();
        for (column, &to) in places.iter().enumerate() {
            let head = cell(0, column).translate(Vec2::new(0.0, -HEAD)).shrink2(Vec2::new(6.0, 0.0));
            cut_text(&painter, head, Align::Max, &to_name(view, stay, to), bold.clone(), t.text);
        }
        for (row, &from) in places.iter().enumerate() {
            let name = Rect::from_min_size(pos2(rect.left(), cell(row, 0).top()), Vec2::new(NAMES - 8.0, ROW));
            cut_text(&painter, name, Align::Min, &from_name(view, stay, from), small.clone(), t.text);
            let all: usize = stay.moves[from].iter().sum();
            for (column, &to) in places.iter().enumerate() {
                let (place, count) = (cell(row, column), stay.moves[from][to]);
                let share = count as f64 / all.max(1) as f64;
                if count > 0 {
                    painter.rect_filled(place.shrink(1.0), CornerRadius::same(4), t.accent.gamma_multiply(0.06 + 0.34 * share as f32));
                }
                let inside = place.shrink2(Vec2::new(6.0, 0.0));
                let (number, colour) = if count > 0 { (thousands(count), t.text) } else { ("0".to_owned(), t.muted) };
                cut_text(&painter, inside, Align::Max, &number, small.clone(), colour);
                if count > 0 {
                    cut_text(&painter, inside.with_max_x(inside.center().x), Align::Min, &percent(share), small.clone(), t.muted);
                }
            }
        }
        let Some(at) = response.hover_pos() else { return };
        let pointed =
            places.iter().enumerate().flat_map(|(row, &from)| places.iter().enumerate().map(move |(column, &to)| (row, column, from, to)));
        if let Some((.., from, to)) = pointed.into_iter().find(|&(row, column, ..)| cell(row, column).contains(at)) {
            let rate = Rate { hits: stay.moves[from][to], n: stay.moves[from].iter().sum() };
            let [low, high] = rate.interval();
            let (from, to) = (from_name(view, stay, from), to_name(view, stay, to));
            response.on_hover_text_at_pointer(format!(
                "{} of {from} to {to}\n{} of {from} ({:.0} to {:.0})",
                view.answers.noun.counted(rate.hits),
                percent(rate.share()),
                100.0 * low,
                100.0 * high
            ));
        }
    });
}
