//! Where does the middle of the persona stand among everyone? One line per column: everyone's middle in the centre, a dot for theirs.

use eframe::egui::{Align2, FontId, Role, Sense, Stroke, TextStyle, Ui, Vec2, pos2};

use crate::persona::{Contrast, Persona};
use crate::session::Look;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets;

use super::traits;
use super::view::View;

/// Lines drawn.
const LINES: usize = 8;
/// Least length of a line.
const SHORTEST: f32 = 96.0;
/// Height of a row whose name has one line.
const LINE: f32 = 24.0;

/// Draws the profile in all the width there is.
pub fn ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look) {
    let listed = view.personas.listed_evidence(persona).into_iter().map(|at| (at, &persona.evidence[at]));
    let rows = listed.filter(|(_, row)| row.n >= Contrast::LEAST);
    let lines: Vec<(usize, f64)> = rows.filter_map(|(at, row)| Some((at, row.told_percentile()?))).take(LINES).collect();
    if lines.is_empty() {
        return;
    }
    ui.label(theme::strong("Typical value")).on_hover_text(
        "A dot at the left end means that nearly everyone has more than this persona's median customer; at the right end, nearly everyone has less. \
         The place is the percentile of their median among all customers.",
    );
    let small = TextStyle::Small.resolve(ui.style());
    let name_font = FontId::new(13.0, small.family.clone());
    let value_font = FontId::new(13.0, theme::bold());
    let widest =
        |texts: &mut dyn Iterator<Item = &str>, font: &FontId| texts.map(|text| widgets::width_of(ui, text, font)).fold(0.0, f32::max);
    let evidence = || lines.iter().map(|(at, _)| &persona.evidence[*at]);
    let values = widest(&mut evidence().map(|row| row.texts[0].as_str()), &value_font) + 16.0;
    // Names take what the line can do without before they are cut.
    let most = (ui.available_width() - values - SHORTEST).max(96.0);
    let wanted = widest(&mut evidence().map(|row| row.shown.column.as_str()), &name_font) + 16.0;
    let names = wanted.clamp(96.0_f32.min(most), most);
    // A name that is still too long has more lines, and all rows the height for them.
    let row_height = LINE.max(16.0 * (wanted / names).ceil().min(3.0) + 4.0);
    let t = tokens(ui);
    let (head, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 16.0), Sense::hover());
    let track = (head.left() + names)..=(head.right() - values);
    let middle = (track.start() + track.end()) / 2.0;
    // The ends give way where the middle would lie on them.
    let width = |text: &str| widgets::width_of(ui, text, &small);
    let has_ends = track.end() - track.start() > width("median of all") + 2.0 * width("least") + 24.0;
    for (x, align, text) in [
        (*track.start(), Align2::LEFT_CENTER, "least"),
        (middle, Align2::CENTER_CENTER, "median of all"),
        (*track.end(), Align2::RIGHT_CENTER, "most"),
    ] {
        if !has_ends && x != middle {
            continue;
        }
        ui.painter().text(pos2(x, head.center().y), align, text, small.clone(), t.muted);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for (at, percentile) in lines {
        let evidence = &persona.evidence[at];
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), row_height), Sense::click());
        widgets::row_background(
            ui,
            rect.expand2(Vec2::new(6.0, 0.0)),
            traits::is_brushed(look, persona.cluster, evidence),
            response.hovered() || response.has_focus(),
        );
        let y = rect.center().y;
        let painter = ui.painter();
        let label = rect.with_max_x(track.start() - 8.0);
        widgets::centred_text(painter, label, &evidence.shown.column, name_font.clone(), t.text);
        painter.hline(track.clone(), y, Stroke::new(2.0, t.grid));
        painter.vline(middle, y - 5.0..=y + 5.0, Stroke::new(1.5, t.muted));
        let x = track.start() + (track.end() - track.start()) * (percentile as f32 / 100.0).clamp(0.0, 1.0);
        let colour = theme::segment(persona.number);
        painter.hline(x.min(middle)..=x.max(middle), y, Stroke::new(2.0, colour));
        painter.circle_filled(pos2(x, y), 5.0, colour);
        painter.circle_stroke(pos2(x, y), 5.0, Stroke::new(1.0, t.raised));
        painter.text(rect.right_center(), Align2::RIGHT_CENTER, &evidence.texts[0], value_font.clone(), t.text);
        let name =
            format!("{}: {}, percentile {percentile:.0} of all {}", evidence.shown.column, evidence.texts[0], view.personas.noun.many);
        widgets::name_it(&response, Role::Button, &name);
        traits::respond(&response, view, persona, at, look);
    }
    ui.label(caption(ui, ""));
}
