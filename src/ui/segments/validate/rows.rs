//! One row per persona, four small pictures each. A click on a row picks its customers everywhere.

use eframe::egui::{CursorIcon, FontId, Label, Rect, Role, ScrollArea, Sense, TextStyle, Ui, UiBuilder, Vec2, pos2};

use crate::engine::Segmentation;
use crate::export::{HoldsOf, HoldsQuestion};
use crate::persona::Persona;
use crate::session::{Brush, Look, Selection, Who};
use crate::ui::names::{is_long, name_ui};
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::{name_it, percent, row_background, thousands, unbroken};

use super::super::naming::segment_name;
use super::super::view::View;
use super::cell;
use super::found::progress;

/// Height of a row, of one with a name in two lines, and of the titles above.
const ROW: f32 = 50.0;
const TALL: f32 = 68.0;
const HEAD: f32 = 26.0;
/// Room at the left and right of a picture.
const PADDING: f32 = 8.0;
/// The names' part of the width, within these bounds.
const NAMES: [f32; 2] = [150.0, 300.0];

fn names_width(width: f32) -> f32 {
    (width * 0.24).clamp(NAMES[0], NAMES[1])
}

/// Room for a name within its part of the width.
fn name_room(names: f32) -> f32 {
    names - 20.0
}

/// All rows are as high as the longest name needs.
fn row_height(ui: &Ui, view: &View, names: f32) -> f32 {
    let n = view.answers.segmentation.latest().map_or(0, |segmentation| segmentation.labels.n_clusters());
    let is_tall = (0..n).any(|cluster| is_long(ui, &segment_name(view.answers, cluster), &view.answers.noun, name_room(names)));
    if is_tall { TALL } else { ROW }
}

/// How high all rows are with their titles in so much width.
pub(super) fn height(ui: &Ui, view: &View, width: f32) -> f32 {
    let n = view.answers.segmentation.latest().map_or(0, |segmentation| segmentation.labels.n_clusters());
    HEAD + row_height(ui, view, names_width(width)) * n as f32
}

/// The card of every segment, where it is there.
pub(super) fn personas<'a>(view: &View<'a>) -> Vec<Option<&'a Persona>> {
    let n = view.answers.segmentation.latest().map_or(0, |segmentation| segmentation.labels.n_clusters());
    let known = view.answers.personas.latest().filter(|personas| personas.personas.len() == n);
    (0..n).map(|cluster| known.and_then(|personas| personas.personas.get(cluster))).collect()
}

/// The titles and the rows.
pub(super) fn ui(ui: &mut Ui, view: &View, of: &HoldsOf, look: &mut Look) {
    let Some(segmentation) = view.answers.segmentation.latest() else { return };
    let names = names_width(ui.available_width());
    let row = row_height(ui, view, names);
    let width = ((ui.available_width() - names) / 4.0).max(90.0);
    let t = tokens(ui);
    let bold = FontId::new(TextStyle::Small.resolve(ui.style()).size, theme::bold());
    let titles = HoldsQuestion::ALL.map(|question| {
        let title = ui.painter().layout(question.title().to_owned(), bold.clone(), t.text, width - 2.0 * PADDING);
        (question, title)
    });
    // In a narrow window a title takes two lines.
    let height = titles.iter().map(|(_, title)| title.size().y + 10.0).fold(HEAD, f32::max);
    let (head, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::hover());
    for (nth, (question, title)) in titles.into_iter().enumerate() {
        let rect = column(head, names, width, nth);
        let response = ui.interact(rect, ui.scope_id().with(("question", nth)), Sense::hover());
        name_it(&response, Role::Label, question.title());
        response.on_hover_text(question.means());
        ui.painter().galley(pos2(rect.left() + PADDING, rect.bottom() - 5.0 - title.size().y), title, t.text);
    }
    ui.painter().hline(head.x_range(), head.bottom(), eframe::egui::Stroke::new(1.0, t.hairline));
    let personas = personas(view);
    // Below the rows there must be room for the sentences.
    let most = (ui.available_height() - 8.0).max(ROW);
    ScrollArea::vertical().id_salt("personas that hold").max_height(most).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.style_mut().interaction.selectable_labels = false;
        for (cluster, persona) in personas.iter().enumerate() {
            row_ui(ui, view, of, look, (segmentation, cluster, *persona), (names, width, row));
        }
    });
}

/// The place of the nth picture of a row.
fn column(row: Rect, names: f32, width: f32, nth: usize) -> Rect {
    Rect::from_x_y_ranges(row.left() + names + width * nth as f32..=row.left() + names + width * (nth + 1) as f32, row.y_range())
}

fn row_ui(
    ui: &mut Ui,
    view: &View,
    of: &HoldsOf,
    look: &mut Look,
    (segmentation, cluster, persona): (&Segmentation, usize, Option<&Persona>),
    (names, width, height): (f32, f32, f32),
) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
    let which = Selection::Cluster(cluster);
    let is_picked = look.brush.as_ref().is_some_and(|brush| matches!(&brush.who, Who::Segment { which: picked, .. } if *picked == which));
    row_background(ui, rect, is_picked, response.hovered() || view.focus == Some(which));
    let name = segment_name(view.answers, cluster);
    name_it(&response, Role::Button, &format!("Select {name}"));
    if response.hovered() {
        look.hover = Some(which);
    }
    if response.clicked() {
        if is_picked {
            look.brush = None;
        } else if let Some(loaded) = view.answers.loaded.ready() {
            look.pick(Brush::segment(loaded.stamp, segmentation.stamp, which, &name));
        }
        ui.ctx().request_repaint();
    }
    response.clone().on_hover_cursor(CursorIcon::PointingHand);
    let colour = theme::selection(which, segmentation.labels.numbers());
    let place = Rect::from_x_y_ranges(rect.left() + 8.0..=rect.left() + 8.0 + name_room(names), rect.y_range());
    let mut inner = ui.new_child(UiBuilder::new().max_rect(place.shrink2(Vec2::new(0.0, 7.0))));
    inner.spacing_mut().item_spacing = Vec2::new(8.0, 2.0);
    let band = Rect::from_min_size(pos2(rect.left(), rect.top() + 6.0), Vec2::new(3.0, rect.height() - 12.0));
    inner.painter().rect_filled(band, 1.0, colour);
    name_ui(&mut inner, &name, &view.answers.noun, if height > ROW { 2 } else { 1 });
    let size = segmentation.labels.sizes()[cluster];
    let share = percent(size as f64 / segmentation.labels.n_rows().max(1) as f64);
    inner.add(Label::new(theme::caption(&inner, format!("{} · {share}", thousands(size)))).truncate());
    let lines = of.lines(cluster, persona.map_or(0.0, Persona::headline_missing));
    let answers = &view.answers;
    let under_way =
        [progress(&answers.stability), progress(&answers.holds.folds), progress(&answers.holds.stays), progress(&answers.holds.foretells)];
    for (nth, line) in lines.iter().enumerate() {
        let cell = column(rect, names, width, nth).shrink2(Vec2::new(PADDING, 6.0));
        let under_way = under_way[nth].filter(|_| line.mark.is_none());
        cell::paint(ui, cell, line, colour, under_way);
        let hover = ui.interact(cell, ui.scope_id().with(("holds", cluster, nth)), Sense::hover());
        name_it(&hover, Role::Label, &format!("{}: {} {}", line.question.title(), line.word, line.value));
        hover.on_hover_text(unbroken(&format!("{}\n\n{}", line.sentence, line.question.means())));
    }
}
