//! How long customers stay away: the share that still waits for the next purchase, by day, and a row of numbers per persona.

use eframe::egui::{Align2, Color32, CursorIcon, Grid, Label, Shape, Stroke, Ui, Vec2};

use crate::journeys::report::{ReturnGroup, ReturnReport};
use crate::journeys::returns::Estimate;
use crate::session::Look;
use crate::ui::plotting::{Axis, Canvas, Ticks, canvas, plot_label};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{number, percent, thousands, unbroken};

use super::seen::{Seen, scrolled};

/// Days shown at most.
const MOST_DAYS: f64 = 365.0;

/// The curves and the table.
pub(super) fn ui(ui: &mut Ui, seen: &Seen, look: &mut Look) {
    let Some(report) = seen.shown.report.returns.as_ref().filter(|report| !report.groups.is_empty()) else {
        let text = "No event is recognised as a purchase. Choose one on the left to see the time to the next one.";
        ui.add(Label::new(caption(ui, unbroken(text))).wrap());
        return;
    };
    let room = ui.available_height();
    let table = (30.0 + 34.0 * report.groups.len() as f32).min(room * 0.45);
    ui.allocate_ui(Vec2::new(ui.available_width(), (room - table - 16.0).max(120.0)), |ui| curves_ui(ui, seen, look, report));
    ui.add_space(8.0);
    scrolled(ui, "returns", |ui| table_ui(ui, seen, report));
}

fn group_colour(ui: &Ui, seen: &Seen, name: &str) -> Color32 {
    seen.cluster(name).map_or(tokens(ui).muted, |cluster| seen.colour(cluster))
}

/// The share that still waits after so many days.
fn waiting(group: &ReturnGroup, days: f64) -> Option<f64> {
    let last = group.curve.last()?;
    if days > last.time {
        return None;
    }
    Some(group.curve.iter().take_while(|step| step.time <= days).last().map_or(1.0, |step| step.waiting))
}

fn curves_ui(ui: &mut Ui, seen: &Seen, look: &mut Look, report: &ReturnReport) {
    let longest = report.groups.iter().flat_map(|group| group.curve.last()).map(|step| step.time).fold(1.0, f64::max);
    let x = Axis { label: "Days since the last purchase", range: [0.0, longest.min(MOST_DAYS)], zooms: true, ..Axis::default() };
    let y = Axis { label: "Share still waiting for the next purchase", range: [0.0, 1.02], ticks: Ticks::Percent, ..Axis::default() };
    let canvas = canvas(ui, "returns", "Share of customers still waiting, by days", x, y);
    let t = tokens(ui);
    let held = seen.persona_name();
    for group in &report.groups {
        let is_everyone = seen.cluster(&group.name).is_none();
        let is_meant = held.is_none() || held == Some(group.name.as_str()) || is_everyone;
        let colour = group_colour(ui, seen, &group.name).gamma_multiply(if is_meant { 1.0 } else { 0.25 });
        if is_everyone || held == Some(group.name.as_str()) {
            band_paint(&canvas, group, colour.gamma_multiply(0.14));
        }
        let width = if is_everyone { 3.0 } else { 1.8 };
        canvas.line(&steps(group), Stroke::new(width, colour));
    }
    if let Some(at) = canvas.response.hover_pos() {
        let days = canvas.value(at)[0].max(0.0);
        let frame = canvas.frame();
        canvas.painter.vline(at.x, frame.y_range(), Stroke::new(1.0, t.muted));
        let lines: Vec<String> = std::iter::once(format!("After {days:.0} days"))
            .chain(
                report.groups.iter().filter_map(|group| Some(format!("{}: {}", of_everyone(&group.name), percent(waiting(group, days)?)))),
            )
            .chain([String::new(), seen.click_words(&format!("whose last purchase is {days:.0} days ago or longer"))])
            .collect();
        let can_pick = seen.answers.journeys.pickable().is_some();
        let cursor = if can_pick { CursorIcon::PointingHand } else { CursorIcon::Default };
        let response = canvas.response.clone().on_hover_cursor(cursor).on_hover_text_at_pointer(unbroken(&lines.join("\n")));
        if response.clicked() {
            let days = days.round();
            seen.pick_of_persona(look, seen.shown.silent_for(days), &format!("no purchase for {days:.0} days or longer"));
        }
    }
    let half = canvas.at([0.0, 0.5]);
    canvas.painter.hline(canvas.frame().x_range(), half.y, Stroke::new(1.0, t.grid));
    plot_label(ui, &canvas.painter, half + Vec2::new(6.0, -2.0), Align2::LEFT_BOTTOM, "half", t.muted);
}

/// A curve that holds from each step on until the next.
fn steps(group: &ReturnGroup) -> Vec<[f64; 2]> {
    let mut line = vec![[0.0, 1.0]];
    let mut before = 1.0;
    for step in &group.curve {
        line.push([step.time, before]);
        line.push([step.time, step.waiting]);
        before = step.waiting;
    }
    line
}

fn band_paint(canvas: &Canvas, group: &ReturnGroup, colour: Color32) {
    let points: Vec<(f64, [f64; 2])> = match group.band.is_empty() {
        true => group.curve.iter().map(|step| (step.time, step.interval)).collect(),
        false => group.band.iter().map(|point| (point.days as f64, point.interval)).collect(),
    };
    // Beyond the curve hardly anybody is left to wait.
    let last = group.curve.last().map_or(0.0, |step| step.time);
    let seen = &points[..points.partition_point(|(days, _)| *days <= last)];
    for pair in seen.windows(2) {
        let corners = [
            canvas.at([pair[0].0, pair[0].1[1]]),
            canvas.at([pair[1].0, pair[1].1[1]]),
            canvas.at([pair[1].0, pair[1].1[0]]),
            canvas.at([pair[0].0, pair[0].1[0]]),
        ];
        if corners[0].x != corners[1].x {
            canvas.painter.add(Shape::convex_polygon(corners.to_vec(), colour, Stroke::NONE));
        }
    }
}

fn of_everyone(name: &str) -> &str {
    if name == "everyone" { "Everyone" } else { name }
}

fn table_ui(ui: &mut Ui, seen: &Seen, report: &ReturnReport) {
    Grid::new("return table").num_columns(6).spacing([24.0, 6.0]).show(ui, |ui| {
        for title in ["", "Waits", "Half are back after", "Still waiting after 30 days", "after 90 days", "after 365 days"] {
            ui.label(caption(ui, title));
        }
        ui.end_row();
        for group in &report.groups {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let colour = group_colour(ui, seen, &group.name);
                crate::ui::widgets::swatch(ui, colour);
                ui.label(if Some(group.name.as_str()) == seen.persona_name() {
                    theme::strong(of_everyone(&group.name))
                } else {
                    of_everyone(&group.name).into()
                });
            });
            ui.label(group.waits.map_or_else(|| "n < 10".to_owned(), thousands));
            estimate_ui(ui, group.median_days, |days| format!("{} days", number(days.round())));
            for of in [group.waiting_after_30_days, group.waiting_after_90_days, group.waiting_after_365_days] {
                estimate_ui(ui, of, percent);
            }
            ui.end_row();
        }
    });
}

/// A number with its interval under the pointer; a dash where the data do not reach.
fn estimate_ui(ui: &mut Ui, of: Option<Estimate>, words: impl Fn(f64) -> String) {
    let Some(of) = of else {
        ui.label(caption(ui, "–")).on_hover_text("The data do not reach that far, or fewer than ten customers remain.");
        return;
    };
    let response = ui.label(words(of.value));
    if let Some([low, high]) = of.interval {
        response.on_hover_text(format!("95 % interval: {} to {}", words(low), words(high)));
    }
}
