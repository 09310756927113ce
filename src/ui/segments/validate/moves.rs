//! Who moves between snapshots: a column per day, ribbons between, those who come and those who leave as blocks of their own. Or the same as a table.
//!
//! Ribbons take the colour of the persona they end in. Personas are those of the first day; one that is a persona of today has its colour.

use eframe::egui::{Align, Align2, Button, CornerRadius, Label, Layout, Pos2, Rect, Role, Sense, Stroke, TextStyle, Ui, UiBuilder, Vec2};

use crate::export::{PersonaHolds, Stay, Validation};
use crate::plot::{MovesFlow, MovesRibbon, moves_flow};
use crate::session::{Look, Selection};
use crate::ui::plotting::{dimmed_ui, ribbon_paint};
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::{cut_text, name_it, percent, thousands};

use super::super::view::View;
use super::found::none_ui;
use super::moves_table;
use super::names::{colour_of, from_name, sentence_ui, to_name};

const MEANS: &str = "Everything is frozen on the first day: columns, preparation, segments. On each later day everyone is placed by them. Whoever came later or bought \
                     nothing in a day's window has not moved: they have blocks of their own.";
/// Width of a block, the room of names on the left within these bounds, and of days below.
const BLOCK: f32 = 9.0;
const NAMES: [f32; 2] = [120.0, 220.0];
const DAYS: f32 = 20.0;
const GAP: f64 = 5.0;

/// The head, and the flow or the table.
pub(super) fn ui(ui: &mut Ui, view: &View, look: &mut Look) {
    let answer = &view.answers.holds.stays;
    let known = answer.latest().filter(|found| !found.stays.is_empty());
    if known.is_some() {
        let head = Rect::from_min_size(ui.max_rect().min, Vec2::new(ui.max_rect().width(), 26.0));
        let mut head = ui.new_child(UiBuilder::new().id_salt("moves head").max_rect(head).layout(Layout::right_to_left(Align::Center)));
        let other = if look.moves_as_table { "Flow" } else { "Table" };
        let response = head.add(Button::new(other).min_size(Vec2::new(0.0, 24.0)));
        name_it(&response, Role::Button, &format!("Moves as {}", other.to_lowercase()));
        if response.on_hover_text(format!("The same customers as ribbons, or as numbers.  T\n\n{MEANS}")).clicked() {
            look.moves_as_table = !look.moves_as_table;
        }
    }
    let Some(found) = known else {
        none_ui(ui, answer, "who moves");
        return;
    };
    dimmed_ui(ui, answer.is_stale(), |ui| {
        if look.moves_as_table {
            moves_table::ui(ui, view, look, found);
        } else {
            flow_ui(ui, view, look, found);
        }
    });
}

/// The sentence of the last pair, and the flow.
fn flow_ui(ui: &mut Ui, view: &View, look: &mut Look, found: &Validation) {
    let Some(last) = found.stays.last() else { return };
    sentence_ui(ui, last);
    let key = key(&found.stays[0].from, &last.personas, &found.stays);
    ui.add(Label::new(caption(ui, &key)).truncate()).on_hover_text(format!("{key}\n\n{MEANS}"));
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    name_it(&response, Role::GraphicsDocument, "Flow of customers between snapshots");
    let personas = &last.personas;
    let order: Vec<usize> = (0..personas.len()).collect();
    let moves: Vec<&[Vec<usize>]> = found.stays.iter().map(|stay| &stay.moves[..]).collect();
    let names = (rect.width() * 0.34).clamp(NAMES[0], NAMES[1]);
    let inside = Rect::from_min_max(Pos2::new(rect.left() + names, rect.top() + 4.0), Pos2::new(rect.right() - 64.0, rect.bottom() - DAYS));
    if inside.height() < 40.0 || inside.width() < 80.0 {
        return;
    }
    let flow = moves_flow(&moves, &order, f64::from(inside.height()), GAP);
    let x = |day: usize| inside.left() + (inside.width() - BLOCK) * day as f32 / (flow.days.len() - 1).max(1) as f32;
    let pointed = response.hover_pos().and_then(|at| ribbon_at(&flow, inside, &x, at));
    for is_top in [false, true] {
        for (nth, ribbon) in flow.ribbons.iter().enumerate().filter(|(nth, _)| (pointed == Some(*nth)) == is_top) {
            let focus = |cluster: Option<usize>| cluster.is_some() && view.focus == cluster.map(Selection::Cluster);
            let of = |at: usize| personas.get(at).and_then(|persona| persona.cluster_today);
            let is_meant = pointed == Some(nth) || pointed.is_none() && (focus(of(ribbon.from)) || focus(of(ribbon.to)));
            let is_any = pointed.is_some() || view.focus.is_some();
            let strength = if is_meant {
                0.8
            } else if is_any {
                0.12
            } else {
                0.42
            };
            // Who leaves fades, who stays or comes has the colour of where they are.
            let to = personas.get(ribbon.to);
            let colour = if ribbon.to > personas.len() { tokens(ui).everyone } else { colour_of(ui, view, to) };
            let across = [x(ribbon.day) + BLOCK, x(ribbon.day + 1)];
            ribbon_paint(ui.painter(), across, inside.top(), [ribbon.left, ribbon.right], colour.gamma_multiply(strength));
        }
    }
    blocks_paint(ui, view, found, &flow, (inside, names), &x);
    if let Some(ribbon) = pointed.map(|nth| flow.ribbons[nth]) {
        look.hover = personas.get(ribbon.to).and_then(|persona| persona.cluster_today).map(Selection::Cluster);
        response.on_hover_text_at_pointer(told(view, &found.stays[ribbon.day], ribbon));
    }
}

/// What the blocks are: whose personas, and what new, gone and grey mean where there is any.
fn key(first: &str, personas: &[PersonaHolds], stays: &[Stay]) -> String {
    let mut parts = vec![format!("Personas as they were on {first}")];
    parts.extend(personas.iter().any(|persona| persona.cluster_today.is_none()).then(|| "grey: none of today's".to_owned()));
    parts.extend(stays.iter().any(|stay| stay.newborn > 0).then(|| "new: not present at the snapshot before".to_owned()));
    parts.extend(stays.iter().any(|stay| stay.gone > 0).then(|| "gone: no longer there at that one".to_owned()));
    format!("{}.", parts.join("; "))
}

fn told(view: &View, stay: &Stay, ribbon: MovesRibbon) -> String {
    let row: usize = stay.moves[ribbon.from].iter().sum();
    let share = percent(ribbon.count as f64 / row.max(1) as f64);
    let counted = view.answers.noun.counted(ribbon.count);
    format!("{counted}\n{share} of {}\nto {}", from_name(view, stay, ribbon.from), to_name(view, stay, ribbon.to))
}

/// The ribbon under the pointer; a thin one may be missed by a little.
fn ribbon_at(flow: &MovesFlow, inside: Rect, x: &impl Fn(usize) -> f32, at: Pos2) -> Option<usize> {
    let is_under = |(_, ribbon): &(usize, &MovesRibbon)| {
        let (from, to) = (x(ribbon.day) + BLOCK, x(ribbon.day + 1));
        let t = (at.x - from) / (to - from);
        let (top, thick) = (inside.top() + ribbon.top_at(f64::from(t)) as f32, ribbon.thickness() as f32);
        let reach = (3.0 - thick / 2.0).max(0.0);
        (0.0..=1.0).contains(&t) && (top - reach..=top + thick + reach).contains(&at.y)
    };
    let under = flow.ribbons.iter().enumerate().filter(is_under);
    under.min_by(|a, b| a.1.thickness().total_cmp(&b.1.thickness())).map(|(nth, _)| nth)
}

fn blocks_paint(ui: &Ui, view: &View, found: &Validation, flow: &MovesFlow, (inside, names): (Rect, f32), x: &impl Fn(usize) -> f32) {
    let t = tokens(ui);
    let small = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter();
    let days: Vec<&str> = std::iter::once(found.stays[0].from.as_str()).chain(found.stays.iter().map(|stay| stay.to.as_str())).collect();
    let personas = &found.stays[0].personas;
    let (mut bottom_of_names, mut right_of_days) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    for (nth, day) in flow.days.iter().enumerate() {
        let block = |[from, to]: [f64; 2]| {
            Rect::from_min_max(Pos2::new(x(nth), inside.top() + from as f32), Pos2::new(x(nth) + BLOCK, inside.top() + to as f32))
        };
        for (at, heights) in day.blocks.iter().enumerate().filter(|(at, _)| day.counts[*at] > 0) {
            let rect = block(*heights);
            painter.rect_filled(rect, CornerRadius::same(2), colour_of(ui, view, personas.get(at)));
            if nth == 0 && rect.center().y - bottom_of_names >= 13.0 {
                let room = Rect::from_min_max(
                    Pos2::new(inside.left() - names, rect.center().y - 8.0),
                    Pos2::new(inside.left() - 8.0, rect.center().y + 8.0),
                );
                cut_text(painter, room, Align::Max, &from_name(view, &found.stays[0], at), small.clone(), t.text);
                bottom_of_names = rect.center().y;
            }
            if nth + 1 == flow.days.len() && rect.height() >= 12.0 {
                let at_right = Pos2::new(rect.right() + 6.0, rect.center().y);
                painter.text(at_right, Align2::LEFT_CENTER, thousands(day.counts[at]), small.clone(), t.muted);
            }
        }
        for (heights, n, word) in [(day.gone, day.n_gone, "gone"), (day.newborn, day.n_newborn, "new")] {
            if n == 0 {
                continue;
            }
            let rect = block(heights);
            painter.rect_filled(rect, CornerRadius::same(2), t.everyone);
            painter.rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.0, t.muted), eframe::egui::StrokeKind::Inside);
            if nth == 0 {
                let at_left = Pos2::new(rect.left() - 8.0, rect.center().y);
                painter.text(at_left, Align2::RIGHT_CENTER, format!("{word} {}", thousands(n)), small.clone(), t.muted);
            } else if nth + 1 == flow.days.len() {
                let at_right = Pos2::new(rect.right() + 6.0, rect.center().y);
                painter.text(at_right, Align2::LEFT_CENTER, format!("{word} {}", thousands(n)), small.clone(), t.muted);
            }
        }
        let galley = painter.layout_no_wrap(days[nth].to_owned(), small.clone(), t.muted);
        let left = x(nth) + BLOCK / 2.0 - galley.size().x / 2.0;
        // Of many days some have no room; the last is told always.
        let last_left = x(flow.days.len() - 1) + (BLOCK - galley.size().x) / 2.0;
        let is_last = nth + 1 == flow.days.len();
        if left >= right_of_days + 6.0 && (is_last || left + galley.size().x + 6.0 <= last_left) {
            right_of_days = left + galley.size().x;
            painter.galley(Pos2::new(left, inside.bottom() + DAYS - galley.size().y), galley, t.muted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_there_is_explained() {
        let persona = |today: Option<usize>| PersonaHolds { cluster_today: today, ..PersonaHolds::default() };
        let stay = |newborn, gone| Stay { newborn, gone, ..Stay::default() };
        assert_eq!(key("1997-09-30", &[persona(Some(0))], &[stay(0, 0)]), "Personas as they were on 1997-09-30.");
        let all = key("1997-09-30", &[persona(Some(0)), persona(None)], &[stay(0, 3), stay(2, 0)]);
        assert_eq!(
            all,
            "Personas as they were on 1997-09-30; grey: none of today's; new: not present at the snapshot before; gone: no longer there at that one."
        );
    }
}
