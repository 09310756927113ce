//! Who goes where? Blocks on the left, the segments in force on the right, and between them a ribbon for everyone they share.
//!
//! Ribbons take the colour of the segment they end in. The order of both sides comes with the comparison, so that little crosses. Cost: the
//! ribbons, a few dozen triangles each.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{
    Align, Color32, CornerRadius, CursorIcon, FontId, Galley, Pos2, Rangef, Rect, Response, Role, Sense, TextStyle, Ui, pos2,
};

use crate::plot::{self, Compared, Ribbon};
use crate::session::{Look, Selection};
use crate::ui::plotting::ribbon_paint;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::{name_it, percent, thousands, width_of};

use super::super::view::View;
use super::sides::{colour_of_right, name_of_right, selection_of};

/// Width of a block.
const BLOCK: f32 = 10.0;
/// Between two blocks, where there is room.
const GAP: f64 = 6.0;
/// From a block to its label.
const BESIDE: f32 = 8.0;
/// Room for a count beside a name.
const COUNT: f32 = 48.0;
/// A block this high has its count below its name.
const TWO_LINES: f32 = 32.0;

/// What the pointer is on. Numbers are places in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pointed {
    Left(usize),
    Right(usize),
    Ribbon(usize, usize),
}

/// Where everything lies on the screen.
struct Places {
    left: Vec<Rect>,
    right: Vec<Rect>,
    top: f32,
    ribbons: Vec<Ribbon>,
}

/// The flow in what is left of `ui`.
pub fn ui(ui: &mut Ui, view: &View, look: &mut Look, compared: &Compared) {
    let frame = ui.available_rect_before_wrap();
    let right_names: Vec<String> = compared.table.right.iter().map(|group| name_of_right(view, Some(group))).collect();
    let rooms = [&compared.left_names, &right_names].map(|names| room_for(ui, names, frame.width()));
    let places = places(compared, frame, rooms);
    let between = Rect::from_x_y_ranges(frame.left() + rooms[0]..=frame.right() - rooms[1], frame.y_range());
    let flow = ui.interact(between, ui.scope_id().with("flow"), Sense::click());
    name_it(&flow, Role::GraphicsDocument, "Flow of customers between both solutions");
    let mut pointed = flow.hover_pos().and_then(|at| ribbon_at(&places, at)).map(|ribbon| Pointed::Ribbon(ribbon.i, ribbon.j));
    let left = blocks_ui(
        ui,
        &places.left,
        |rect| Rect::from_x_y_ranges(frame.left()..=rect.right(), rect.y_range()),
        "left",
        |i| format!("{}: {}", compared.left_names[i], view.answers.noun.counted(compared.table.left[i].size)),
    );
    let right = blocks_ui(
        ui,
        &places.right,
        |rect| Rect::from_x_y_ranges(rect.left()..=frame.right(), rect.y_range()),
        "right",
        |j| {
            let group = &compared.table.right[j];
            format!("{}: {}", name_of_right(view, Some(group)), view.answers.noun.counted(group.size))
        },
    );
    pointed = left.iter().position(Response::hovered).map(Pointed::Left).or(pointed);
    pointed = right.iter().position(Response::hovered).map(Pointed::Right).or(pointed);

    let focus = pointed.or_else(|| {
        let selection = view.focus?;
        compared.table.right.iter().position(|group| selection_of(group) == selection).map(Pointed::Right)
    });
    paint(ui, view, compared, &places, focus, Rangef::new(frame.left(), frame.right()));

    let clicked_right = right.iter().position(Response::clicked);
    if let Some(pointed) = pointed {
        if let Pointed::Ribbon(_, j) | Pointed::Right(j) = pointed {
            look.hover = Some(selection_of(&compared.table.right[j]));
        }
        let text = told(view, compared, pointed);
        let response = match pointed {
            Pointed::Left(i) => left[i].clone(),
            Pointed::Right(j) => right[j].clone(),
            Pointed::Ribbon(..) => flow.clone(),
        };
        let cursor = if matches!(pointed, Pointed::Left(_)) { CursorIcon::Default } else { CursorIcon::PointingHand };
        response.on_hover_cursor(cursor).on_hover_text_at_pointer(text);
    }
    let clicked_ribbon = flow.interact_pointer_pos().filter(|_| flow.clicked()).map(|at| ribbon_at(&places, at).map(|ribbon| ribbon.j));
    if let Some(clicked) = clicked_right.map(Some).or(clicked_ribbon) {
        let selection: Option<Selection> = clicked.map(|j| selection_of(&compared.table.right[j]));
        look.selection = selection.filter(|selection| look.selection != Some(*selection));
    }
}

/// The room of one side's labels: as long as its names and counts are, within a third of the whole.
fn room_for(ui: &Ui, names: &[String], whole: f32) -> f32 {
    let font = FontId::new(TextStyle::Small.resolve(ui.style()).size, theme::bold());
    let width = |name: &String| width_of(ui, name, &font);
    let longest = names.iter().map(width).fold(0.0, f32::max);
    (longest + BESIDE + COUNT).clamp(96.0, (whole * 0.32).max(96.0)).round()
}

/// The flow's heights between the labels of both sides.
fn places(compared: &Compared, frame: Rect, rooms: [f32; 2]) -> Places {
    let flow = plot::flow(&compared.table, f64::from(frame.height() - 2.0), GAP);
    let top = frame.top() + 1.0;
    let block = |x: f32, [from, to]: [f64; 2]| Rect::from_min_max(pos2(x, top + from as f32), pos2(x + BLOCK, top + to as f32));
    Places {
        left: flow.left.iter().map(|&heights| block(frame.left() + rooms[0], heights)).collect(),
        right: flow.right.iter().map(|&heights| block(frame.right() - rooms[1] - BLOCK, heights)).collect(),
        top,
        ribbons: flow.ribbons,
    }
}

/// The ribbon under the pointer; a thin one may be missed by a little, and wins over a thick one.
fn ribbon_at(places: &Places, at: Pos2) -> Option<&Ribbon> {
    let (from, to) = (places.left.first()?.right(), places.right.first()?.left());
    let t = (at.x - from) / (to - from);
    if !(0.0..=1.0).contains(&t) {
        return None;
    }
    let is_under = |ribbon: &&Ribbon| {
        let (top, thickness) = (places.top + ribbon.top_at(f64::from(t)) as f32, ribbon.thickness() as f32);
        let reach = (3.0 - thickness / 2.0).max(0.0);
        (top - reach..=top + thickness + reach).contains(&at.y)
    };
    places.ribbons.iter().filter(is_under).min_by(|a, b| a.thickness().total_cmp(&b.thickness()))
}

/// Blocks with the room of their labels as things to point at, so that they have names and take the keyboard.
fn blocks_ui(ui: &Ui, rects: &[Rect], whole: impl Fn(&Rect) -> Rect, side: &str, name: impl Fn(usize) -> String) -> Vec<Response> {
    let sense = if side == "right" { Sense::click() } else { Sense::hover() };
    let role = if side == "right" { Role::Button } else { Role::Label };
    let block = |(at, rect): (usize, &Rect)| {
        let response = ui.interact(whole(rect), ui.scope_id().with((side, at)), sense);
        name_it(&response, role, &name(at));
        response
    };
    rects.iter().enumerate().map(block).collect()
}

/// Sizes and shares of what is pointed at.
fn told(view: &View, compared: &Compared, pointed: Pointed) -> String {
    let table = &compared.table;
    let left = |i: usize| compared.left_names[i].clone();
    let right = |j: usize| name_of_right(view, table.right.get(j));
    let of_all = |size: usize| percent(size as f64 / table.n_rows.max(1) as f64);
    match pointed {
        Pointed::Left(i) => {
            format!("{}\n{} · {} of all", left(i), view.answers.noun.counted(table.left[i].size), of_all(table.left[i].size))
        }
        Pointed::Right(j) => {
            format!("{}\n{} · {} of all", right(j), view.answers.noun.counted(table.right[j].size), of_all(table.right[j].size))
        }
        Pointed::Ribbon(i, j) => format!(
            "{}\n{} of {} go to {}\n{} of {} come from {}",
            view.answers.noun.counted(table.counts[i][j]),
            percent(table.row_share(i, j)),
            left(i),
            right(j),
            percent(table.column_share(i, j)),
            right(j),
            left(i)
        ),
    }
}

fn paint(ui: &Ui, view: &View, compared: &Compared, places: &Places, focus: Option<Pointed>, across: Rangef) {
    let t = tokens(ui);
    let table = &compared.table;
    let painter = ui.painter();
    let is_meant = |i: usize, j: usize| match focus {
        Some(Pointed::Left(left)) => left == i,
        Some(Pointed::Right(right)) => right == j,
        Some(Pointed::Ribbon(left, right)) => (left, right) == (i, j),
        None => false,
    };
    let strength = |i: usize, j: usize| match (focus.is_some(), is_meant(i, j)) {
        (false, _) => 0.45,
        (true, true) => 0.8,
        (true, false) => 0.1,
    };
    // What is meant lies on top.
    for is_top in [false, true] {
        for ribbon in places.ribbons.iter().filter(|ribbon| is_meant(ribbon.i, ribbon.j) == is_top) {
            let colour = colour_of_right(view, &table.right[ribbon.j]).gamma_multiply(strength(ribbon.i, ribbon.j));
            let across = [places.left[ribbon.i].right(), places.right[ribbon.j].left()];
            ribbon_paint(painter, across, places.top, [ribbon.from, ribbon.to], colour);
        }
    }
    let is_left_on = |i: usize| focus.is_none() || (0..table.right.len()).any(|j| table.counts[i][j] > 0 && is_meant(i, j));
    let is_right_on = |j: usize| focus.is_none() || (0..table.left.len()).any(|i| table.counts[i][j] > 0 && is_meant(i, j));
    let mut labels = Vec::new();
    for (i, rect) in places.left.iter().enumerate() {
        painter.rect_filled(*rect, CornerRadius::same(2), if is_left_on(i) { t.muted } else { t.everyone });
        labels.push(Label {
            rect: *rect,
            name: compared.left_names[i].clone(),
            size: table.left[i].size,
            is_left: true,
            is_on: is_left_on(i),
        });
    }
    for (j, rect) in places.right.iter().enumerate() {
        let group = &table.right[j];
        painter.rect_filled(
            *rect,
            CornerRadius::same(2),
            colour_of_right(view, group).gamma_multiply(if is_right_on(j) { 1.0 } else { 0.35 }),
        );
        labels.push(Label { rect: *rect, name: name_of_right(view, Some(group)), size: group.size, is_left: false, is_on: is_right_on(j) });
    }
    labels_paint(ui, labels, across);
}

struct Label {
    rect: Rect,
    name: String,
    size: usize,
    is_left: bool,
    is_on: bool,
}

/// Names and counts beside their blocks, the largest first; one that would cover another is left to the pointer.
fn labels_paint(ui: &Ui, mut labels: Vec<Label>, across: Rangef) {
    let t = tokens(ui);
    labels.sort_by_key(|label| std::cmp::Reverse(label.size));
    let mut taken: Vec<Rect> = Vec::new();
    for label in labels {
        let width = if label.is_left { label.rect.left() - BESIDE - across.min } else { across.max - label.rect.right() - BESIDE };
        let colours = if label.is_on { (t.text, t.muted) } else { (t.muted, t.muted) };
        let galley = label_galley(ui, &label, width, colours);
        let y = label.rect.center().y - galley.size().y / 2.0;
        // A right-aligned galley hangs to the left of its anchor.
        let anchor = if label.is_left { label.rect.left() - BESIDE } else { label.rect.right() + BESIDE };
        let x = if label.is_left { anchor - galley.size().x } else { anchor };
        let rect = Rect::from_min_size(pos2(x, y), galley.size());
        if taken.iter().any(|other| other.intersects(rect.shrink(1.0))) {
            continue;
        }
        ui.painter().galley(pos2(if label.is_left { anchor } else { x }, y), galley, t.text);
        taken.push(rect);
    }
}

fn label_galley(ui: &Ui, label: &Label, width: f32, (strong, weak): (Color32, Color32)) -> Arc<Galley> {
    let has_two_lines = label.rect.height() >= TWO_LINES;
    let small = TextStyle::Small.resolve(ui.style());
    let bold = FontId::new(small.size, theme::bold());
    let count = thousands(label.size);
    // The count is never cut: the name gives way.
    let count_width = width_of(ui, &format!("  {count}"), &small);
    let room = if has_two_lines { width } else { width - count_width };
    let name = cut_to(ui, &label.name, &bold, room);
    let mut job = LayoutJob { halign: if label.is_left { Align::Max } else { Align::Min }, ..LayoutJob::default() };
    job.append(&name, 0.0, TextFormat::simple(bold, strong));
    job.append(&format!("{}{count}", if has_two_lines { "\n" } else { "  " }), 0.0, TextFormat::simple(small, weak));
    ui.painter().layout_job(job)
}

/// As much of a text as fits, with an ellipsis.
fn cut_to(ui: &Ui, text: &str, font: &FontId, width: f32) -> String {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font.clone(), Color32::PLACEHOLDER);
    job.wrap = TextWrapping::truncate_at_width(width.max(16.0));
    let galley = ui.painter().layout_job(job);
    galley.rows.iter().flat_map(|row| row.glyphs.iter().map(|glyph| glyph.chr)).collect()
}
