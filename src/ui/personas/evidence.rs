//! The rows of evidence on the back of a card: every column and level that was looked at, strongest first, with the numbers.
//!
//! Drawn here and not by a table widget, since the sheet scrolls as a whole: only rows in view are laid out, and there may be thousands.

use eframe::egui::{
    Align, Align2, FontFamily, FontId, Layout, Rect, RichText, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, UiBuilder, Vec2, pos2,
};

use crate::data::Noun;
use crate::data::Role as ColumnRole;
use crate::persona::{Contrast, Evidence, Persona};
use crate::session::Look;
use crate::ui::icons;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::{self, percent, thousands};

use super::traits::{self, signed};
use super::view::View;

const ROW: f32 = 26.0;

/// Names, explanations and widths of the columns after the first.
const HEADS: [(&str, &str, f32); 10] = [
    ("Persona", "Median inside the persona; share of members for a level.", 1.0),
    ("Everyone", "The same for all customers.", 1.0),
    ("Others", "The same for all customers outside the persona.", 1.0),
    (
        "Effect",
        "How far apart the means are, in standard deviations: Hedges' g for numbers, Cohen's h for the shares of levels. The medians beside it may \
         say otherwise where a few are far out. From 0.2 it appears on the card; from 0.5 it may enter the name.",
        0.62,
    ),
    ("95 % interval", "The range in which the effect lies with 95 % confidence.", 1.24),
    (
        "v.test",
        "How certain it is that there is any difference. It grows with the number of customers, so it filters rows but never ranks them.",
        0.62,
    ),
    ("Covers", "Share of members the statement holds for.", 0.66),
    ("Customers", "Members with a value.", 0.86),
    ("Missing", "Share of members without a value.", 0.7),
    ("", "What rests on the row.", 1.2),
];

/// Draws all rows of `persona`'s evidence.
pub fn ui(ui: &mut Ui, view: &View, persona: &Persona, look: &mut Look) {
    let first = (ui.available_width() * 0.26).clamp(140.0, 400.0);
    let (shown, unit) = shown_in(ui.available_width() - first);
    let (head, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 24.0), Sense::hover());
    let mut right = head.left() + first;
    let mut columns = Vec::with_capacity(shown.len());
    for at in shown {
        let left = right;
        right += HEADS[at].2 * unit;
        columns.push(Column { at, left, right });
    }
    let used = Used::of(persona);
    let order = order(view.personas.listed_evidence(persona), persona, look);
    let (all, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW * order.len() as f32), Sense::hover());
    let seen = ui.clip_rect().intersect(all);
    if seen.height() <= 0.0 {
        return;
    }
    let from = ((seen.top() - all.top()) / ROW).floor().max(0.0) as usize;
    let to = (((seen.bottom() - all.top()) / ROW).ceil().max(0.0) as usize).min(order.len());
    for (place, &at) in order.iter().enumerate().take(to).skip(from) {
        let rect = Rect::from_min_size(pos2(all.left(), all.top() + ROW * place as f32), Vec2::new(all.width(), ROW));
        row_ui(ui, view, persona, (at, rect), (first, &columns), &used, look);
    }
    // Last, over the rows, and never above the view: the head stays while the rows go by.
    let top = ui.clip_rect().top().clamp(head.top(), (all.bottom() - head.height()).max(head.top()));
    head_ui(ui, head.translate(Vec2::new(0.0, top - head.top())), (first, &columns), &view.personas.noun, look);
}

/// A column after the first, and where it is.
struct Column {
    at: usize,
    left: f32,
    right: f32,
}

/// Below this a number touches the next one.
const LEAST_UNIT: f32 = 72.0;
/// What goes first where there is little room; the strip below tells it of the row that is pointed at, or the persona's column does.
const GOES_FIRST: [&str; 4] = ["v.test", "Covers", "Others", "Missing"];

/// The columns that `width` has room for, and how wide one unit of them is.
fn shown_in(width: f32) -> (Vec<usize>, f32) {
    let mut shown: Vec<usize> = (0..HEADS.len()).collect();
    let unit = |shown: &[usize]| width / shown.iter().map(|&at| HEADS[at].2).sum::<f32>();
    for name in GOES_FIRST {
        if unit(&shown) < LEAST_UNIT {
            shown.retain(|&at| HEADS[at].0 != name);
        }
    }
    let unit = unit(&shown);
    (shown, unit)
}

/// The rows in the order asked for: as they come, the strongest first, or by a column.
fn order(mut order: Vec<usize>, persona: &Persona, look: &Look) -> Vec<usize> {
    let rows = &persona.evidence;
    let Some((by, descends)) = look.cards.evidence_order else { return order };
    let key = |at: usize| {
        let row = &rows[at];
        match HEADS[by.min(HEADS.len() - 1)].0 {
            // Less of something is as strong as more of it.
            "Effect" | "95 % interval" => row.effect.abs(),
            "v.test" => row.v_test.abs(),
            "Covers" => row.coverage,
            "Customers" => row.n as f64,
            _ => row.missing_share,
        }
    };
    if by == BY_NAME {
        order.sort_by_key(|&at| traits::what(&rows[at]).to_lowercase());
    } else {
        order.sort_by(|&a, &b| key(a).total_cmp(&key(b)));
    }
    if descends {
        order.reverse();
    }
    order
}

/// The place of the first column among what rows are ordered by.
const BY_NAME: usize = usize::MAX;

/// Columns of texts are not ordered by: their numbers have different units.
fn is_ordered_by(name: &str) -> bool {
    matches!(name, "Effect" | "v.test" | "Covers" | "Customers" | "Missing")
}

fn head_ui(ui: &mut Ui, head: Rect, (first, columns): (f32, &[Column]), noun: &Noun, look: &mut Look) {
    let t = tokens(ui);
    let small = TextStyle::Small.resolve(ui.style());
    ui.painter().rect_filled(head.expand2(Vec2::new(6.0, 0.0)), 0, t.raised);
    ui.painter().hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, t.hairline));
    let name_room = head.with_max_x(head.left() + first);
    let columns = columns.iter().map(|column| {
        let (name, explanation, _) = HEADS[column.at];
        (column.at, name, explanation, Rect::from_min_max(pos2(column.left, head.top()), pos2(column.right, head.bottom())))
    });
    let all = std::iter::once((BY_NAME, "Column", "The column, with its level where it has levels.", name_room)).chain(columns);
    for (at, name, explanation, room) in all {
        let can_order = at == BY_NAME || is_ordered_by(name);
        let response = ui.interact(room, ui.scope_id().with(("head", name)), if can_order { Sense::click() } else { Sense::hover() });
        let shown = if name == "Customers" { noun.title() } else { name.to_owned() };
        let now = look.cards.evidence_order.filter(|(by, _)| *by == at);
        let arrow = now.map(|(_, descends)| if descends { icons::CARET_DOWN } else { icons::CARET_UP });
        let (place, align) =
            if at == BY_NAME { (room.left_center(), Align2::LEFT_CENTER) } else { (room.right_center(), Align2::RIGHT_CENTER) };
        let colour = if now.is_some() || (can_order && response.hovered()) { t.text } else { t.muted };
        let told = ui.painter().text(place, align, &shown, small.clone(), colour);
        // In the gap to the next column, so that the head stays where it is.
        if let Some(arrow) = arrow {
            ui.painter().text(told.right_center() + Vec2::new(1.0, 0.0), Align2::LEFT_CENTER, arrow, small.clone(), colour);
        }
        if can_order {
            widgets::name_it(&response, Role::ColumnHeader, &shown);
        }
        if can_order && response.clicked() {
            // The largest first, but names from A on; a third click goes back to the strongest first.
            let begins = at != BY_NAME;
            look.cards.evidence_order = match now {
                None => Some((at, begins)),
                Some((_, descends)) if descends == begins => Some((at, !begins)),
                Some(_) => None,
            };
        }
        response.on_hover_text(explanation);
    }
}

/// Which rows words and statements rest on.
struct Used {
    named: Vec<usize>,
    told: Vec<usize>,
}

impl Used {
    fn of(persona: &Persona) -> Used {
        Used { named: persona.name_parts.iter().filter_map(|part| part.evidence).collect(), told: persona.rows_on_front() }
    }
}

fn row_ui(
    ui: &mut Ui,
    view: &View,
    persona: &Persona,
    (at, rect): (usize, Rect),
    (first, columns): (f32, &[Column]),
    used: &Used,
    look: &mut Look,
) {
    let evidence = &persona.evidence[at];
    let response = ui.interact(rect, ui.scope_id().with(("evidence", at)), Sense::click());
    let t = tokens(ui);
    let room = rect.expand2(Vec2::new(6.0, 0.0));
    widgets::row_background(ui, room, traits::is_brushed(look, persona.cluster, evidence), response.hovered());
    if traits::is_pointed(look, persona.cluster, at) {
        ui.painter().rect_stroke(room, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    let also = view.personas.twins.also(evidence).map_or_else(String::new, |also| format!(", {also}"));
    let what = format!("{}{also}", what(evidence));
    let name = Rect::from_min_max(rect.min, pos2(rect.left() + first - 4.0, rect.bottom()));
    // A name that is too long for one line has two smaller ones.
    let body = TextStyle::Body.resolve(ui.style());
    let is_long = widgets::width_of(ui, &what, &body) > name.width();
    let font = FontId::new(if is_long { 11.0 } else { body.size }, body.family);
    let mut job = eframe::egui::text::LayoutJob::simple(what.clone(), font, t.text, name.width());
    job.wrap.max_rows = 2;
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(name.left(), name.center().y - galley.size().y / 2.0), galley, t.text);
    let is_strong = evidence.effect.abs() >= 0.5;
    let cells = cells(evidence);
    for (cell, text, right) in columns.iter().filter_map(|column| Some((column.at, cells.get(column.at)?, column.right))) {
        let family = if cell == 3 && is_strong { theme::bold() } else { FontFamily::Proportional };
        let font = FontId::new(if cell == 4 { 12.0 } else { 13.0 }, family);
        ui.painter().text(pos2(right, rect.center().y), Align2::RIGHT_CENTER, text, font, if cell == 2 { t.muted } else { t.text });
    }
    let word = match (used.named.contains(&at), used.told.contains(&at)) {
        (true, _) => "in the name",
        (_, true) => "on the card",
        _ => "",
    };
    if let (false, Some(right)) = (word.is_empty(), columns.last().map(|column| column.right)) {
        let text = RichText::new(format!("{} {word}", icons::CHECK)).small().color(t.accent);
        let place = Rect::from_min_max(pos2(right - 92.0, rect.top()), pos2(right, rect.bottom()));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::right_to_left(Align::Center)));
        inner.add(eframe::egui::Label::new(text).selectable(false));
    }
    widgets::name_it(&response, Role::Button, &format!("Evidence row {what}"));
    traits::respond(&response, view, persona, at, look);
}

/// The column with its level, and a mark where it is more than a description.
fn what(evidence: &Evidence) -> String {
    let mark = match evidence.role {
        ColumnRole::Outcome => " (outcome)",
        ColumnRole::Sensitive => " (sensitive)",
        _ => "",
    };
    format!("{}{mark}", traits::what(evidence))
}

fn cells(evidence: &Evidence) -> [String; 9] {
    let n = thousands(evidence.n);
    let missing = percent(evidence.missing_share);
    if evidence.n < Contrast::LEAST {
        let dash = || "–".to_owned();
        return [dash(), evidence.texts[1].clone(), dash(), dash(), dash(), dash(), dash(), n, missing];
    }
    let [here, everyone, others] = evidence.texts.clone();
    let is_told = evidence.level.is_none() || here == percent(evidence.persona);
    let covers = covers(is_told, evidence.coverage, evidence.n);
    [here, everyone, others, signed(evidence.effect, 2), traits::interval(evidence), signed(evidence.v_test, 1), covers, n, missing]
}

/// Share of members that the statement holds for. What is withheld must not stand two columns further: of a level the members covered are its share.
fn covers(is_told: bool, coverage: f64, n: usize) -> String {
    let covered = (coverage * n as f64).round() as usize;
    if is_told && !(1..Contrast::LEAST).contains(&covered) { percent(coverage) } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withheld_is_told_by_no_other_column() {
        assert_eq!(covers(false, 0.4, 740), "–", "a bound is all that is told");
        assert_eq!(covers(true, 0.003, 740), "–", "two of 740");
        assert_eq!([covers(true, 0.0, 740), covers(true, 0.4, 740)], [percent(0.0), percent(0.4)]);
    }

    #[test]
    fn numbers_never_touch_and_what_counts_stays() {
        for width in [400.0, 437.0, 520.0, 700.0, 1_200.0] {
            let (shown, unit) = shown_in(width);
            assert!(unit >= LEAST_UNIT || shown.len() == HEADS.len() - GOES_FIRST.len(), "{width}: {unit}");
            let has = |name: &str| shown.iter().any(|&at| HEADS[at].0 == name);
            assert!(["Persona", "Everyone", "Effect", "95 % interval", "Customers"].into_iter().all(has), "{width}");
        }
        assert_eq!(shown_in(1_200.0).0.len(), HEADS.len());
    }
}
