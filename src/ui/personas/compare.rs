//! The personas side by side: a column each and one for everyone, a row per attribute, the one that separates best first.
//!
//! Head and first columns stay while the rest scrolls. Only cells in view are laid out, so forty personas cost as much as eight. A cell is
//! tinted by its effect, one hue for more and one for less, and marked with an arrow, since colour alone tells not everybody.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Align2, Color32, FontId, Layout, Painter, Rect, RichText, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind, TextStyle, Ui,
    UiBuilder, Vec2, pos2,
};

use crate::data::Noun;
use crate::persona::listed_name;
use crate::persona::{Attribute, Persona, tone};
use crate::session::Look;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets;

use super::turning::show_card;
use super::view::View;
use super::{face, list, traits};

/// Height of the heads, with two lines of a name and with three.
const HEADS: [f32; 2] = [80.0, 96.0];
/// In narrower columns a name needs three lines.
const NARROW: f32 = 132.0;
const ROW: f32 = 30.0;
const EVERYONE: f32 = 88.0;
/// Rows whose names decide how wide they stand.
const MEASURED: usize = 40;
/// Least and most width of the attributes' names.
const NAMES: [f32; 2] = [140.0, 360.0];
/// Least and most width of a persona's column.
const COLUMN: [f32; 2] = [112.0, 190.0];
/// A cell is tinted fully from this effect on.
const STRONGEST: f64 = 2.0;

/// Where things are.
struct Grid {
    all: Rect,
    /// Width of the attributes' names.
    names: f32,
    /// Width of a persona's column.
    column: f32,
    /// Height of the heads.
    head: f32,
    offset: Vec2,
}

/// Draws the comparison.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look) {
    if view.personas.is_everyone() {
        widgets::centred(ui, |ui| {
            ui.label(theme::heading("One group: there is nothing to compare it with"));
            ui.add_space(4.0);
            ui.label(caption(ui, "Personas stand side by side here as soon as the Segments page has several."));
        });
        return;
    }
    let shown: Vec<&Persona> = view.personas.personas.iter().filter(|persona| list::is_compared(look, persona.number)).collect();
    let attributes = &view.personas.attributes;
    ui.horizontal(|ui| {
        ui.label(theme::strong("Side by side"));
        let text = format!("{} attributes, the one that separates best first. Darker is further from the others.", attributes.len());
        widgets::cut_label(ui, caption(ui, text));
    });
    if attributes.is_empty() || shown.is_empty() {
        ui.label(caption(ui, "There is nothing to compare: too few customers have a value."));
        return;
    }
    let all = ui.available_rect_before_wrap();
    let font = FontId::new(13.0, eframe::egui::FontFamily::Proportional);
    let width = |attribute: &Attribute| widgets::width_of(ui, &attribute.what_in_short(), &font) + 16.0;
    let widest = attributes.iter().take(MEASURED).map(width).fold(0.0, f32::max);
    let least = widest.clamp(NAMES[0], (all.width() * 0.34).clamp(NAMES[0], 300.0));
    let room = all.width() - EVERYONE - 12.0;
    let column = ((room - least) / shown.len() as f32).clamp(COLUMN[0], COLUMN[1]).floor();
    // What few personas leave free is for names that would be cut.
    let names = (room - column * shown.len() as f32).clamp(least, NAMES[1].max(least));
    let head = HEADS[usize::from(column < NARROW)];
    let body = Rect::from_min_max(pos2(all.left() + names + EVERYONE, all.top() + head), all.max);
    let mut cells = ui.new_child(UiBuilder::new().max_rect(body).layout(Layout::top_down(Align::Min)));
    cells.set_clip_rect(body.intersect(ui.clip_rect()));
    let size = Vec2::new(column * shown.len() as f32, ROW * attributes.len() as f32);
    let area = ScrollArea::both().id_salt("comparison").auto_shrink(false).show_viewport(&mut cells, |ui, seen| {
        ui.set_min_size(size);
        let origin = ui.min_rect().min;
        let range = |from: f32, to: f32, step: f32, n: usize| {
            (from / step).floor().max(0.0) as usize..((to / step).ceil().max(0.0) as usize).min(n)
        };
        for at in range(seen.top(), seen.bottom(), ROW, attributes.len()) {
            for place in range(seen.left(), seen.right(), column, shown.len()) {
                let min = origin + Vec2::new(column * place as f32, ROW * at as f32);
                cell_ui(ui, view, shown[place], &attributes[at], Rect::from_min_size(min, Vec2::new(column, ROW)), look);
            }
        }
    });
    ui.advance_cursor_after_rect(all);
    let grid = Grid { all, names, column, head, offset: area.state.clamped_offset() };
    names_ui(ui, attributes, &grid);
    heads_ui(ui, &shown, &grid, (look, &view.personas.noun));
}

/// One value of one persona.
fn cell_ui(ui: &mut Ui, view: &View, persona: &Persona, attribute: &Attribute, rect: Rect, look: &mut Look) {
    let t = tokens(ui);
    let inner = rect.shrink(1.0);
    let Some((row, evidence)) =
        attribute.rows.get(persona.cluster).copied().flatten().and_then(|row| Some((row, persona.evidence.get(row)?)))
    else {
        ui.painter().text(inner.center(), Align2::CENTER_CENTER, "–", TextStyle::Body.resolve(ui.style()), t.muted);
        return;
    };
    let response = ui.interact(rect, ui.scope_id().with((persona.number, &attribute.column)), Sense::click());
    // Colours are those of personas, so how far a value lies from the others is told in greys.
    let strength = (evidence.effect.abs() / STRONGEST).min(1.0) as f32;
    ui.painter().rect_filled(inner, 4.0, t.muted.gamma_multiply(0.36 * strength));
    let is_on = traits::is_brushed(look, persona.cluster, evidence);
    if is_on || response.hovered() || response.has_focus() {
        let line = if is_on { Stroke::new(2.0, t.accent) } else { Stroke::new(1.0, t.muted) };
        ui.painter().rect_stroke(inner, 4.0, line, StrokeKind::Inside);
    }
    let toned = tone(evidence);
    let font = FontId::new(13.0, if toned == 0 { eframe::egui::FontFamily::Proportional } else { theme::bold() });
    let left = inner.left() + if toned == 0 { 4.0 } else { 18.0 };
    let room = Rect::from_min_max(pos2(left, inner.top()), inner.max - Vec2::new(6.0, 0.0));
    widgets::cut_text(ui.painter(), room, Align::Max, &evidence.texts[0], font, t.text);
    arrow(ui.painter(), pos2(inner.left() + 11.0, inner.center().y), toned, t.text);
    let name = format!("{}, {}: {}", persona.name, attribute.shown, evidence.texts[0]);
    widgets::name_it(&response, Role::Button, &name);
    traits::respond(&response, view, persona, row, look);
}

/// A small triangle up or down; nothing for about the same.
fn arrow(painter: &Painter, at: eframe::egui::Pos2, tone: i8, colour: Color32) {
    let (wide, high) = (3.5, 3.0 * f32::from(tone));
    if tone != 0 {
        let points = vec![pos2(at.x - wide, at.y + high), pos2(at.x + wide, at.y + high), pos2(at.x, at.y - high)];
        painter.add(Shape::convex_polygon(points, colour.gamma_multiply(0.7), Stroke::NONE));
    }
}

/// The attributes and everyone's values, beside the rows they belong to.
fn names_ui(ui: &mut Ui, attributes: &[Attribute], grid: &Grid) {
    let t = tokens(ui);
    let left = Rect::from_min_max(
        pos2(grid.all.left(), grid.all.top() + grid.head),
        pos2(grid.all.left() + grid.names + EVERYONE, grid.all.bottom()),
    );
    let mut column = ui.new_child(UiBuilder::new().max_rect(left));
    column.set_clip_rect(left.intersect(ui.clip_rect()));
    let from = (grid.offset.y / ROW).floor().max(0.0) as usize;
    let n = (left.height() / ROW).ceil() as usize + 1;
    for (at, attribute) in attributes.iter().enumerate().skip(from).take(n) {
        let top = left.top() + ROW * at as f32 - grid.offset.y;
        let row = Rect::from_min_size(pos2(left.left(), top), Vec2::new(left.width(), ROW));
        let name = row.with_max_x(row.left() + grid.names - 8.0);
        let mut inner = column.new_child(UiBuilder::new().max_rect(name).layout(Layout::left_to_right(Align::Center)));
        let what = attribute.what_with_others();
        // A name that is too long for one line has two smaller ones.
        let text = attribute.what_in_short();
        let is_long = widgets::width_of(ui, &text, &FontId::new(13.0, eframe::egui::FontFamily::Proportional)) > name.width();
        let text = RichText::new(text).size(if is_long { 11.0 } else { 13.0 });
        inner.add(eframe::egui::Label::new(text).wrap().selectable(false)).on_hover_text(format!(
            "{what}: separates by {:.2} standard deviations (root mean square of the effects)",
            attribute.separation
        ));
        let painter = column.painter();
        let font = FontId::new(13.0, eframe::egui::FontFamily::Proportional);
        painter.text(pos2(row.right() - 12.0, row.center().y), Align2::RIGHT_CENTER, &attribute.everyone, font, t.muted);
        painter.hline(row.left()..=grid.all.right(), row.bottom(), Stroke::new(0.5, t.grid));
    }
}

/// The personas above their columns.
fn heads_ui(ui: &mut Ui, shown: &[&Persona], grid: &Grid, (look, noun): (&mut Look, &Noun)) {
    let t = tokens(ui);
    let head = Rect::from_min_max(grid.all.min, pos2(grid.all.right(), grid.all.top() + grid.head));
    let small = TextStyle::Small.resolve(ui.style());
    let everyone = pos2(head.left() + grid.names + EVERYONE - 12.0, head.bottom() - 14.0);
    ui.painter().text(everyone, Align2::RIGHT_CENTER, "Everyone", small.clone(), t.muted);
    ui.painter().hline(head.x_range(), head.bottom() - 1.0, Stroke::new(1.0, t.hairline));
    let room = head.with_min_x(head.left() + grid.names + EVERYONE);
    let mut heads = ui.new_child(UiBuilder::new().max_rect(room));
    heads.set_clip_rect(room.intersect(ui.clip_rect()));
    for (place, persona) in shown.iter().enumerate() {
        let min = pos2(room.left() + grid.column * place as f32 - grid.offset.x, room.top());
        let rect = Rect::from_min_size(min, Vec2::new(grid.column, grid.head - 4.0)).shrink2(Vec2::new(3.0, 0.0));
        if !rect.intersects(room) {
            continue;
        }
        let response = heads.interact(rect, heads.scope_id().with(("head", persona.number)), Sense::click());
        widgets::row_background(&heads, rect, false, response.hovered());
        face::paint(&heads, Rect::from_min_size(rect.min + Vec2::new(4.0, 4.0), Vec2::splat(26.0)), persona);
        let text = Rect::from_min_max(pos2(rect.left() + 4.0, rect.top() + 34.0), pos2(rect.right() - 4.0, rect.bottom()));
        let mut name = LayoutJob::simple(listed_name(&persona.name, noun), FontId::new(12.0, theme::bold()), t.text, text.width());
        name.wrap.max_rows = if grid.column < NARROW { 3 } else { 2 };
        let name = heads.painter().layout_job(name);
        heads.painter().with_clip_rect(text.intersect(heads.clip_rect())).galley(text.min, name, t.text);
        let n = format!("{} · {}", widgets::thousands(persona.n), widgets::percent(persona.share));
        heads.painter().text(pos2(rect.left() + 36.0, rect.top() + 17.0), Align2::LEFT_CENTER, n, small.clone(), t.muted);
        heads.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(3.0, theme::segment(persona.number)));
        widgets::name_it(&response, Role::Button, &format!("Open the card {}", persona.name));
        if response.clicked() {
            look.cards.view = crate::session::CardsView::Cards;
            show_card(look, persona.cluster);
        }
        response.on_hover_text(format!("{}. Click to open the card.", persona.name));
    }
}
