//! How much does each principal component explain, and what is it made of?
//!
//! In: the components. Out: bars with the cumulative line above them, the sentence on what the clustering sees, and the
//! columns that weigh most. At most [`MOST_BARS`] bars and three lists per frame.

use eframe::egui::{
    Align, Align2, CornerRadius, Label, Layout, Rangef, Rect, RichText, ScrollArea, Sense, Stroke, TextStyle, TextWrapMode, Ui, pos2, vec2,
};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, HoverPosition, Line, Plot, PlotPoint, PlotPoints, Points, Text};

use crate::data::Dictionary;
use crate::features::{Pca, Prepared};
use crate::session::{Command, Look, PlotKind};

use super::super::theme::{self, BETWEEN, caption, tokens};
use super::super::widgets::{self, plot_head};

const MOST_BARS: usize = 20;
const COMPONENTS_TOLD: usize = 3;
const COLUMNS_TOLD: usize = 5;
/// Width of a weight, and least width of its bar.
const NUMBER: f32 = 40.0;
const LEAST_BAR: f32 = 44.0;

/// Plot, sentence and loadings, one below the other. `n_chosen` components are what the clustering sees, if it sees components.
pub fn ui(
    ui: &mut Ui,
    (prepared, dictionary): (&Prepared, &Dictionary),
    n_chosen: Option<usize>,
    look: &mut Look,
    commands: &mut Vec<Command>,
) {
    let height = (ui.available_height() * 0.42).clamp(180.0, 360.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), height), Layout::top_down(Align::Min), |ui| {
        plot_ui(ui, (prepared, dictionary), n_chosen, look, commands);
    });
    ui.add_space(BETWEEN);
    ui.label(theme::strong("What the components are made of"))
        .on_hover_text("The columns with the largest weights (loadings). Right: large values raise the component; left: they lower it.");
    ScrollArea::vertical().id_salt("loadings").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let components = 0..prepared.pca.loadings.len().min(COMPONENTS_TOLD);
        // Names as wide as the widest needs, as far as bars have room left.
        let font = TextStyle::Body.resolve(ui.style());
        let names = components.clone().flat_map(|component| strongest(&prepared.pca.loadings[component]));
        let width = |column: usize| widgets::width_of(ui, &name_of(&prepared.pca, dictionary, column), &font) + 4.0;
        let widest = names.map(width).fold(0.0, f32::max);
        let name_width = widest.clamp(120.0, (ui.available_width() - NUMBER - LEAST_BAR - 2.0 * ui.spacing().item_spacing.x).max(120.0));
        for component in components {
            loadings_ui(ui, &prepared.pca, dictionary, component, name_width);
            ui.add_space(10.0);
        }
    });
}

/// The explained variance in whatever room there is, with its head and the sentence on what was chosen.
pub fn plot_ui(
    ui: &mut Ui,
    (prepared, _): (&Prepared, &Dictionary),
    n_chosen: Option<usize>,
    look: &mut Look,
    commands: &mut Vec<Command>,
) {
    let tip = "Principal components sum up columns that move together; the first ones tell most. Their share of the variance (PCA).";
    plot_head(ui, PlotKind::Variance, "What each component explains", tip, &mut look.maximised, commands, |_| {});
    // Two lines are kept, so that a longer sentence does not move the plot.
    ui.scope(|ui| {
        ui.set_min_height(34.0);
        ui.label(caption(ui, &prepared.pca.choice));
    });
    let pca = &prepared.pca;
    let t = tokens(ui);
    let n = pca.explained.len().min(MOST_BARS);
    let cumulative: Vec<f64> = pca.explained.iter().take(n).scan(0.0, |sum, share| Some(sum_up(sum, *share))).collect();
    let bars = (0..n).map(|at| {
        let is_chosen = n_chosen.is_some_and(|n_chosen| at < n_chosen);
        Bar::new(at as f64 + 1.0, pca.explained[at] * 100.0).width(0.72).fill(if is_chosen { t.accent } else { t.everyone })
    });
    let bars = BarChart::new("bars", bars.map(|bar| bar.stroke(Stroke::NONE)).collect()).allow_hover(false);
    let line: Vec<PlotPoint> = cumulative.iter().enumerate().map(|(at, share)| PlotPoint::new(at as f64 + 1.0, share * 100.0)).collect();
    let together = |at: usize| {
        let (alone, together) = (pca.explained[at] * 100.0, cumulative[at] * 100.0);
        format!("PC{}\n{alone:.1} % alone\n{together:.0} % with all before it", at + 1)
    };
    let whole =
        |mark: GridMark| if mark.value.fract().abs() < 1e-9 && mark.value >= 1.0 { format!("{:.0}", mark.value) } else { String::new() };
    let font = TextStyle::Small.resolve(ui.style());
    let axis = |axis: AxisHints<'static>, name| axis.label(caption(ui, name)).tick_label_font(font.clone()).tick_label_color(t.muted);
    let x_axis = axis(AxisHints::new_x(), "Component").label_spacing(Rangef::new(12.0, 16.0)).formatter(move |mark, _| whole(mark));
    let y_axis = axis(AxisHints::new_y(), "Share of variance (%)").formatter(|mark, _| format!("{:.0}", mark.value));
    let step = if n > 15 { 5.0 } else { 1.0 };
    Plot::new("variance")
        .show_background(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_crosshair(false)
        .grid_color(t.grid)
        .show_grid([false, true])
        .set_margin_fraction(vec2(0.0, 0.0))
        .default_x_bounds(0.4, n as f64 + 0.6)
        .default_y_bounds(0.0, 108.0)
        .auto_bounds(false)
        .custom_x_axes(vec![x_axis])
        .custom_y_axes(vec![y_axis])
        .x_grid_spacer(egui_plot::uniform_grid_spacer(move |_| [step * 10.0, step, step]))
        .y_grid_spacer(egui_plot::uniform_grid_spacer(|_| [100.0, 25.0, 25.0]))
        .label_formatter(move |hover| {
            let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) = hover;
            let at = position.x.round() as i64 - 1;
            (0..n as i64).contains(&at).then(|| together(at as usize))
        })
        .show(ui, |plot| {
            plot.bar_chart(bars);
            let first = line.first().copied();
            plot.line(Line::new("cumulative", PlotPoints::Borrowed(&line)).color(t.text).width(1.5).allow_hover(false));
            plot.points(Points::new("cumulative points", PlotPoints::Borrowed(&line)).radius(2.5).color(t.text).allow_hover(false));
            if let (Some(first), true) = (first, n > 2) {
                let at = line.get(n / 2).copied().unwrap_or(first);
                let text = RichText::new("all so far").text_style(TextStyle::Small).color(t.text);
                plot.text(Text::new("direct label", PlotPoint::new(at.x + 0.2, at.y), text).anchor(Align2::LEFT_TOP));
            }
        });
}

fn sum_up(sum: &mut f64, share: f64) -> f64 {
    *sum += share;
    *sum
}

/// The columns with the largest weights, the largest first.
fn strongest(weights: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| weights[b].abs().total_cmp(&weights[a].abs()).then(a.cmp(&b)));
    order.truncate(COLUMNS_TOLD);
    order
}

fn name_of(pca: &Pca, dictionary: &Dictionary, column: usize) -> String {
    pca.encoded_names.get(column).map(|name| dictionary.encoded(name)).unwrap_or_default()
}

/// The columns that weigh most in a component, as bars to both sides of zero.
fn loadings_ui(ui: &mut Ui, pca: &Pca, dictionary: &Dictionary, component: usize, name_width: f32) {
    let t = tokens(ui);
    let weights = &pca.loadings[component];
    let share = pca.explained.get(component).copied().unwrap_or(0.0);
    ui.label(caption(ui, format!("PC{} · {} of the variance", component + 1, widgets::percent(share))));
    for column in strongest(weights) {
        ui.horizontal(|ui| {
            ui.set_height(20.0);
            fixed_label(ui, name_width, name_of(pca, dictionary, column));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let weight = weights[column];
                let sign = if weight < 0.0 { "−" } else { "+" };
                ui.scope(|ui| {
                    ui.set_width(NUMBER);
                    ui.label(format!("{sign}{:.2}", weight.abs()));
                });
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 10.0), Sense::hover());
                let zero = rect.center().x;
                let tip = zero + (weight.clamp(-1.0, 1.0) as f32) * rect.width() / 2.0;
                let bar = Rect::from_x_y_ranges(zero.min(tip)..=zero.max(tip), rect.y_range());
                ui.painter().rect_filled(bar, CornerRadius::same(1), if weight < 0.0 { t.muted } else { t.accent });
                ui.painter().line_segment([pos2(zero, rect.top() - 5.0), pos2(zero, rect.bottom() + 5.0)], Stroke::new(1.0, t.hairline));
            });
        });
    }
}

/// One line, cut with an ellipsis, in a given width; the layout beside it holds still.
fn fixed_label(ui: &mut Ui, width: f32, text: impl Into<RichText>) {
    ui.scope(|ui| {
        ui.set_width(width);
        ui.add(Label::new(text.into()).wrap_mode(TextWrapMode::Truncate));
    });
}
