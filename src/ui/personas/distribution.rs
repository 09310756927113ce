//! A small plot of one column: the persona in colour, everyone in grey behind.

use eframe::egui::{Align2, CornerRadius, Label, Rect, Sense, TextStyle, Ui, Vec2, pos2};

use crate::persona::{Distribution, Drawing, Middle};
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{self, number, percent};

/// Draws the distribution `width` wide; all are equally high, so that rows align.
pub fn ui(ui: &mut Ui, distribution: &Distribution, cluster: usize, width: f32) {
    ui.allocate_ui(Vec2::new(width, 132.0), |ui| {
        ui.set_width(width);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let unit = distribution.unit.as_ref().map_or(String::new(), |unit| format!(" ({unit})"));
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                widgets::cut_label(ui, theme::strong(format!("{}{unit}", distribution.shown)));
                if distribution.drawing.has_growing_bins() {
                    ui.label(caption(ui, "log scale"))
                        .on_hover_text("Bars to the right stand for wider ranges, or the long tail would hide everyone else.");
                }
            });
            match &distribution.drawing {
                Drawing::Bins { edges, persona, everyone, middle, is_date, tails, withheld: [of_persona, _] } => {
                    bins_ui(ui, (edges, *tails), (persona, of_persona), everyone, *middle, *is_date, cluster, width);
                }
                Drawing::Levels { labels, persona, everyone, .. } => levels_ui(ui, labels, persona, everyone, cluster, width),
            }
        });
    });
}

#[expect(clippy::too_many_arguments, reason = "the parts of one enum variant, unpacked once by the caller above")]
fn bins_ui(
    ui: &mut Ui,
    (edges, tails): (&[f64], [bool; 2]),
    (persona, pale): (&[f64], &[bool]),
    everyone: &[f64],
    middle: Middle,
    is_date: bool,
    cluster: usize,
    width: f32,
) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 80.0), Sense::hover());
    let painter = ui.painter();
    let most = persona.iter().chain(everyone).copied().fold(1e-9, f64::max) as f32;
    let step = rect.width() / persona.len().max(1) as f32;
    let bar = |share: f64, at: usize, inset: f32| {
        let left = rect.left() + step * at as f32 + inset;
        let top = rect.bottom() - (rect.height() - 4.0) * share as f32 / most;
        Rect::from_min_max(pos2(left, top), pos2(left + step - 2.0 * inset, rect.bottom()))
    };
    for (at, &share) in everyone.iter().enumerate() {
        painter.rect_filled(bar(share, at, 0.5), CornerRadius::same(1), t.everyone);
    }
    for (at, &share) in persona.iter().enumerate() {
        // Those that hold too few to be told are drawn alike, which nobody may take for a count.
        let strength = if pale.get(at).copied().unwrap_or_default() { 0.35 } else { 1.0 };
        painter.rect_filled(bar(share, at, step * 0.22), CornerRadius::same(1), theme::segment(cluster).gamma_multiply(strength));
    }
    painter.hline(rect.x_range(), rect.bottom(), (1.0, t.hairline));
    let text = |value: f64| Drawing::day_or_year(edges, is_date, value).unwrap_or_else(|| number(value));
    let [low, high] = Drawing::ends(edges, tails, text);
    let (line, _) = ui.allocate_exact_size(Vec2::new(width, 16.0), Sense::hover());
    let font = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter();
    let told = format!("{} {}, all {}", middle.word(), text(middle.persona), text(middle.everyone));
    // The ends give way where the middle would lie on them.
    let wide = |text: &str| widgets::width_of(ui, text, &font);
    if wide(&told) + 2.0 * wide(&low).max(wide(&high)) + 12.0 <= width {
        painter.text(line.left_top(), Align2::LEFT_TOP, low, font.clone(), t.muted);
        painter.text(line.right_top(), Align2::RIGHT_TOP, high, font.clone(), t.muted);
    }
    painter.text(line.center_top(), Align2::CENTER_TOP, told, font, t.text);
    if let Some(at) = response.hover_pos().map(|pos| ((pos.x - rect.left()) / step) as usize).filter(|at| *at < persona.len()) {
        let span = match at {
            0 if tails[0] => format!("up to {}", text(edges[1])),
            _ if at + 1 == persona.len() && tails[1] => format!("{} and more", text(edges[at])),
            _ => format!("{} to {}", text(edges[at]), text(edges[at + 1])),
        };
        let mine = match pale.get(at) {
            Some(true) => "too few of this persona to be told".to_owned(),
            _ => format!("{} of this persona", percent(persona[at])),
        };
        response.on_hover_text(format!("{span}: {mine}, {} of everyone", percent(everyone[at])));
    }
}

/// Levels drawn at most; the rest is counted.
const MAX_LEVELS: usize = 5;
/// Room right of the bars for "24 %, all 27 %".
const SHARES: f32 = 84.0;

fn levels_ui(ui: &mut Ui, names: &[String], persona: &[f64], everyone: &[f64], cluster: usize, width: f32) {
    let t = tokens(ui);
    let most = persona.iter().chain(everyone).copied().fold(1e-9, f64::max) as f32;
    // Long names take some of the bars' room; where that is not enough they stand above their bars, so that none is cut.
    let font = TextStyle::Small.resolve(ui.style());
    let width_of = |name: &String| widgets::width_of(ui, name, &font) + 8.0;
    let widest = names.iter().take(MAX_LEVELS).map(width_of).fold(0.0, f32::max);
    let is_beside = widest <= (width - SHARES) * 0.6;
    let left = if is_beside { widest.max((width * 0.36).min(110.0)) } else { 0.0 };
    let room = width - left - SHARES;
    for (at, name) in names.iter().enumerate().take(MAX_LEVELS) {
        if !is_beside {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(caption(ui, name).color(t.text)).wrap());
        }
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, if is_beside { 16.0 } else { 14.0 }), Sense::hover());
        let painter = ui.painter();
        if is_beside {
            painter.text(rect.left_center(), Align2::LEFT_CENTER, name, font.clone(), t.text);
        }
        let bar = |share: f64, thick: f32| {
            let size = Vec2::new(room * share as f32 / most, thick);
            Rect::from_min_size(pos2(rect.left() + left, rect.center().y - thick / 2.0), size)
        };
        painter.rect_filled(bar(everyone[at], 12.0), CornerRadius::same(2), t.everyone);
        painter.rect_filled(bar(persona[at], 6.0), CornerRadius::same(2), theme::segment(cluster));
        let shares = format!("{}, all {}", percent(persona[at]), percent(everyone[at]));
        painter.text(rect.right_center(), Align2::RIGHT_CENTER, shares, font.clone(), t.muted);
        response.on_hover_text(format!("{name}: {} of this persona, {} of everyone", percent(persona[at]), percent(everyone[at])));
    }
    if names.len() > MAX_LEVELS {
        ui.label(caption(ui, format!("and {} more", names.len() - MAX_LEVELS)));
    }
}
