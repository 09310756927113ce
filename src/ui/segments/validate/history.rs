//! What became of the personas each time the data moved: what to do about it in one sentence, and per persona its share line by line in the band of chance.

use eframe::egui::{Align, Button, CornerRadius, Label, Mesh, Pos2, Rect, Role, ScrollArea, Sense, Shape, Stroke, TextStyle, Ui, Vec2};

use crate::evaluate::{Advice, RetrainRule};
use crate::persona::listed_name;
use crate::session::checks::Checks;
use crate::session::{Against, Command, Look, SegmentsView};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, name_it, unbroken};

use super::super::view::View;

/// Height of a row, and width of a line of shares.
const ROW: f32 = 34.0;
const LINE: f32 = 130.0;
/// The names' part of the width, within these bounds.
const NAMES: [f32; 2] = [150.0, 280.0];
const RULE: &str = "Each time the data change, the customers are grouped again and compared with these segments. If a word of a name no longer fits, check its card. If agreement falls below \
                    0.75, or less than 0.6 of a persona comes back, once means watch; twice in a row, or by twice the margin, means retrain. Nothing changes automatically.";
const COMPARE_TIP: &str = "Show who was in which persona before the data changed, beside those of now.";

/// The pane.
pub(super) fn ui(ui: &mut Ui, view: &View, look: &mut Look, commands: &mut Vec<Command>) {
    let checks = &look.checks;
    let Some(last) = checks.lines.last() else {
        ui.label(caption(ui, "The first line appears when the personas are ready, and another each time the data change."));
        return;
    };
    let mut shows_both = false;
    match checks.advice(&RetrainRule::default()) {
        Some((advice, sentence)) => {
            ui.add(Label::new(theme::strong(unbroken(&sentence))).wrap()).on_hover_text(RULE);
            if let Some(before) = checks.earlier() {
                ui.horizontal(|ui| {
                    let response = ui.add(Button::new("Show old and new in Compare").min_size(Vec2::new(0.0, 26.0)));
                    if response.on_hover_text(COMPARE_TIP).clicked() {
                        commands.push(Command::Compare(Some(Against::Earlier(before))));
                        shows_both = true;
                    }
                    if matches!(advice, Advice::RetrainSuggested { .. }) {
                        ui.label(caption(ui, "Saving the project keeps the new ones."));
                    }
                });
            }
        }
        None => {
            let text = format!(
                "First checked on {} with {}. Each time the data change, a line is added here with a recommendation.",
                last.day,
                view.answers.noun.counted(last.customers)
            );
            ui.add(Label::new(caption(ui, unbroken(&text))).wrap());
        }
    }
    ui.add_space(theme::INSIDE);
    let numbers: Vec<usize> = last.personas.iter().map(|persona| persona.number).collect();
    ScrollArea::vertical().id_salt("validation history").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        numbers.iter().for_each(|&number| row_ui(ui, view, checks, number));
        ui.add_space(4.0);
        let days: Vec<&str> = checks.lines.iter().map(|line| line.day.as_str()).collect();
        let text = match days[..] {
            [first, .., last] => {
                format!("{} lines, {first} to {last}. The band is what chance alone makes of the first share.", days.len())
            }
            _ => String::new(),
        };
        ui.label(caption(ui, text));
    });
    if shows_both {
        look.segments = SegmentsView::Explore;
        look.comparing = true;
    }
}

fn row_ui(ui: &mut Ui, view: &View, checks: &Checks, number: usize) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
    let Some(told) = checks.told(number) else { return };
    name_it(&response, Role::Label, &told);
    let t = tokens(ui);
    let small = TextStyle::Small.resolve(ui.style());
    let colour = theme::segment(number);
    let name = checks.lines.last().and_then(|line| line.personas.iter().find(|persona| persona.number == number));
    let whole = name.map_or("", |persona| persona.name.as_str());
    let name = listed_name(whole, &view.answers.noun);
    let names = rect.with_max_x(rect.left() + (0.28 * rect.width()).clamp(NAMES[0], NAMES[1]));
    cut_text(ui.painter(), names, Align::Min, &name, small.clone(), t.text);
    let line = Rect::from_x_y_ranges(names.right() + 8.0..=names.right() + 8.0 + LINE, rect.y_range().shrink(4.0));
    sparkline(ui, line, checks, number, colour);
    let words = Rect::from_x_y_ranges(line.right() + 12.0..=rect.right(), rect.y_range());
    // The name stands before it already.
    let sentence = told.strip_prefix(whole).unwrap_or(&told).trim_start_matches(':').trim_start();
    cut_text(ui.painter(), words, Align::Min, &unbroken(sentence), small, t.muted);
    response.on_hover_text(unbroken(&told));
}

/// Shares over the lines, within what chance alone makes of the first.
fn sparkline(ui: &Ui, rect: Rect, checks: &Checks, number: usize, colour: eframe::egui::Color32) {
    let t = tokens(ui);
    let (shares, noise) = (checks.shares(number), checks.noise(number).unwrap_or_default());
    let ends = shares.iter().flatten().copied().chain(noise.iter().flatten().copied());
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
    let span = (high - low).max(1e-9);
    let x = |nth: usize| rect.left() + rect.width() * nth as f32 / (shares.len() - 1).max(1) as f32;
    let y = |share: f64| rect.bottom() - rect.height() * ((share - low) / span) as f32;
    let mut mesh = Mesh::default();
    for (nth, [from, to]) in noise.iter().enumerate() {
        let next = mesh.vertices.len() as u32;
        mesh.colored_vertex(Pos2::new(x(nth), y(*from)), t.muted.gamma_multiply(0.2));
        mesh.colored_vertex(Pos2::new(x(nth), y(*to)), t.muted.gamma_multiply(0.2));
        if next >= 2 {
            mesh.add_triangle(next - 2, next - 1, next);
            mesh.add_triangle(next - 1, next, next + 1);
        }
    }
    ui.painter().rect_filled(Rect::from_x_y_ranges(rect.x_range(), rect.bottom()..=rect.bottom() + 1.0), CornerRadius::ZERO, t.hairline);
    ui.painter().add(Shape::mesh(mesh));
    let points: Vec<Pos2> = shares.iter().enumerate().filter_map(|(nth, share)| Some(Pos2::new(x(nth), y((*share)?)))).collect();
    ui.painter().add(Shape::line(points.clone(), Stroke::new(1.5, colour)));
    if let (Some(at), Some(Some(share))) = (points.last(), shares.last()) {
        let is_outside = noise.last().is_some_and(|[low, high]| share < low || share > high);
        ui.painter().circle_filled(*at, if is_outside { 4.0 } else { 3.0 }, colour);
        if is_outside {
            ui.painter().circle_stroke(*at, 6.0, Stroke::new(1.0, t.warn));
        }
    }
}
