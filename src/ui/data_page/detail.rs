//! One column in detail: its shape large, and its numbers or levels.
//!
//! In: the profile, computed on loading. Out: nothing; the strip keeps its height whatever the column holds.

use eframe::egui::{Align, Label, Layout, Rect, RichText, Sense, TextStyle, Ui, pos2, vec2};

use crate::data::{ColumnProfile, Kind, Loaded, profile::NumericSummary};
use crate::session::{Command, Plan};

use super::super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::super::widgets::{cut_label, number, percent, share_bar, thousands};
use super::columns::{bars_ui, kind_icon, kind_text, missing_text, value_text};
use super::words;

/// The strip's height, padding included.
pub const HEIGHT: f32 = 204.0;

const TITLE_WIDTH: f32 = 232.0;
const LEAST_TITLE: f32 = 152.0;
const NUMBERS_WIDTH: f32 = 208.0;
const LEAST_SHAPE: f32 = 120.0;
const LEVELS: usize = 6;

/// Column `at` in detail.
pub fn ui(ui: &mut Ui, plan: &Plan, loaded: &Loaded, at: usize, commands: &mut Vec<Command>) {
    let Some(profile) = loaded.profile.columns.get(at) else { return };
    let unit = loaded.table.columns.get(at).and_then(|column| plan.dictionary.unit(column));
    // The shape keeps a place of its own where the strip is narrow.
    let beside = words::WIDTH + NUMBERS_WIDTH + 3.0 * BETWEEN;
    let title = (ui.available_width() - beside - LEAST_SHAPE).clamp(LEAST_TITLE, TITLE_WIDTH);
    // Where there is no room for all, the numbers say more than the shape.
    let has_shape = ui.available_width() >= LEAST_TITLE + beside + LEAST_SHAPE;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = BETWEEN;
        ui.vertical(|ui| {
            ui.set_width(title);
            title_ui(ui, plan, profile, unit);
        });
        ui.vertical(|ui| {
            ui.set_width(words::WIDTH);
            words::ui(ui, plan, loaded, at, commands);
        });
        match (&profile.numeric, &profile.levels) {
            (Some(numeric), _) => {
                let size = vec2((ui.available_width() - NUMBERS_WIDTH - BETWEEN).clamp(LEAST_SHAPE, 720.0), ui.available_height());
                if has_shape {
                    shape_ui(ui, size, profile, unit, numeric);
                }
                numbers_ui(ui, profile, unit, numeric);
            }
            (None, Some(levels)) => {
                let n: usize = levels.counts.iter().sum();
                ui.vertical(|ui| {
                    let name = |level: &str| plan.dictionary.level(&profile.name, level).to_owned();
                    levels_ui(ui, name, &levels.names, &levels.counts, n);
                });
            }
            (None, None) => {
                let text = match profile.n_distinct {
                    0 => "This column holds no value at all.".to_owned(),
                    n => format!("{} different texts, too many to count one by one.", thousands(n)),
                };
                ui.label(caption(ui, text));
            }
        }
    });
}

fn title_ui(ui: &mut Ui, plan: &Plan, profile: &ColumnProfile, unit: Option<&str>) {
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = INSIDE;
        ui.colored_label(tokens(ui).muted, kind_icon(profile.kind));
        cut_label(ui, theme::heading(plan.dictionary.name(&profile.name)));
    });
    let unit = unit.map_or(String::new(), |unit| format!(" in {unit}"));
    let is_alike = plan.dictionary.name(&profile.name).eq_ignore_ascii_case(&profile.name);
    let in_file = if is_alike { String::new() } else { format!("{} · ", profile.name) };
    cut_label(ui, caption(ui, format!("{in_file}{}{unit}", kind_text(profile))));
    ui.label(caption(ui, format!("{} · {} distinct", missing_text(profile), thousands(profile.n_distinct))));
    ui.add_space(4.0);
    let role = match plan.preparation.roles.get(&profile.name) {
        Some(role) => format!("{}, chosen by you. {}", role.name(), role.explanation()),
        None => format!("{}. {}", profile.guessed_role.name(), profile.guess_reason),
    };
    ui.add(Label::new(role).wrap());
}

fn shape_ui(ui: &mut Ui, size: eframe::egui::Vec2, profile: &ColumnProfile, unit: Option<&str>, numeric: &NumericSummary) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let t = tokens(ui);
    let bars = Rect::from_min_max(pos2(rect.left(), rect.top() + 18.0), pos2(rect.right(), rect.bottom() - 22.0));
    let n_bins = profile.histogram.len().max(1);
    let step = bars.width() / n_bins as f32;
    bars_ui(ui, bars, &profile.histogram, t.everyone);
    let font = TextStyle::Small.resolve(ui.style());
    let below = bars.bottom() + 5.0;
    let span = numeric.max - numeric.min;
    let x_of = |value: f64| if span > 0.0 { bars.left() + ((value - numeric.min) / span) as f32 * bars.width() } else { bars.center().x };
    let painter = ui.painter();
    let ends = [numeric.min, numeric.max].map(|end| painter.layout_no_wrap(value_text(profile, unit, end), font.clone(), t.muted));
    // Where both ends would touch, the numbers beside the shape say them.
    if ends.iter().map(|end| end.size().x).sum::<f32>() + 8.0 < bars.width() {
        let [low, high] = ends;
        let right = bars.right() - high.size().x;
        painter.galley(pos2(bars.left(), below), low, t.muted);
        painter.galley(pos2(right, below), high, t.muted);
    }
    let median = x_of(numeric.median);
    painter.vline(median, bars.y_range(), eframe::egui::Stroke::new(1.5, t.accent));
    // Beside its line, and inside the shape: numbers stand right of it.
    let told = painter.layout_no_wrap(format!("median {}", value_text(profile, unit, numeric.median)), font, t.accent);
    let wide = told.size().x;
    let left = if median > bars.center().x { median - wide } else { median };
    let left = left.min(bars.right() - wide).max(bars.left());
    painter.galley(pos2(left, bars.top() - 3.0 - told.size().y), told, t.accent);
    // Which bin the pointer is over, in words.
    if let Some(pointer) = response.hover_pos().filter(|pointer| bars.contains(*pointer)) {
        let bin = (((pointer.x - bars.left()) / step) as usize).min(n_bins - 1);
        let edge = |bin: usize| value_text(profile, unit, numeric.min + span * bin as f64 / n_bins as f64);
        let count = profile.histogram.get(bin).copied().unwrap_or(0);
        response.on_hover_text_at_pointer(format!("{} to {}: {} rows", edge(bin), edge(bin + 1), thousands(count)));
    }
}

fn numbers_ui(ui: &mut Ui, profile: &ColumnProfile, unit: Option<&str>, numeric: &NumericSummary) {
    let value = |value: f64| value_text(profile, unit, value);
    let spread = |value: f64| match (profile.kind, unit) {
        (Kind::Date, _) => format!("{} days", number(value)),
        (_, Some(unit)) => format!("{}\u{202f}{unit}", number(value)),
        (_, None) => number(value),
    };
    let facts = [
        ("Mean", value(numeric.mean), "The average: the sum of all values, divided by how many there are."),
        ("Median", value(numeric.median), "Half of the customers lie below, half above."),
        ("Standard deviation", spread(numeric.sd), "How far values typically lie from the mean."),
        (
            "Skewness",
            format!("{:.1}", numeric.skewness).replace('-', "−"),
            "0 is even on both sides; above 1 there is a long tail of large values.",
        ),
        ("Smallest", value(numeric.min), "The smallest value."),
        ("First quartile", value(numeric.q1), "A quarter of the customers lie below."),
        ("Third quartile", value(numeric.q3), "A quarter of the customers lie above."),
        ("Largest", value(numeric.max), "The largest value."),
    ];
    ui.vertical(|ui| {
        ui.set_width(NUMBERS_WIDTH.min(ui.available_width()));
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.spacing_mut().interact_size.y = 20.0;
        for (name, value, explanation) in facts {
            ui.horizontal(|ui| {
                ui.set_height(20.0);
                ui.label(caption(ui, name)).on_hover_text(explanation);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(value));
            });
        }
    });
}

fn levels_ui(ui: &mut Ui, shown: impl Fn(&str) -> String, names: &[String], counts: &[usize], n: usize) {
    let t = tokens(ui);
    let highest = counts.first().copied().unwrap_or(1).max(1);
    // Where the strip is narrow the shares stay, without bars and counts.
    let is_narrow = ui.available_width() < 390.0;
    let bar = (ui.available_width() - 330.0).clamp(60.0, 480.0);
    let name_width = if is_narrow { (ui.available_width() - 64.0).clamp(40.0, 148.0) } else { 148.0 };
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = 22.0;
    for (name, &count) in names.iter().zip(counts).take(LEVELS) {
        ui.horizontal(|ui| {
            ui.set_height(22.0);
            ui.scope(|ui| {
                ui.set_width(name_width);
                cut_label(ui, shown(name));
            });
            let mut numbers = vec![(RichText::new(percent(count as f64 / n.max(1) as f64)), 48.0)];
            if !is_narrow {
                share_bar(ui, count as f32 / highest as f32, t.everyone, bar, 10.0);
                numbers.push((caption(ui, thousands(count)), 72.0));
            }
            for (text, width) in numbers {
                let size = vec2(width, 22.0);
                ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| ui.label(text));
            }
        });
    }
    if let Some(rest) = counts.get(LEVELS..).filter(|rest| !rest.is_empty()) {
        let rows: usize = rest.iter().sum();
        ui.label(caption(ui, format!("and {} more levels with {} rows", thousands(rest.len()), thousands(rows))));
    }
}
