//! What is in each column? One row per column: type, name, range or top levels, missing, distinct, shape, and the role to choose.
//!
//! Rows have one height, so only the visible ones are drawn, however many columns there are.

use eframe::egui::{self, Align, Color32, CornerRadius, Id, Layout, Rect, Role as Widget, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use crate::base::text::are_years;
use crate::data::{ColumnProfile, Kind, Loaded, Role, table::day_text};
use crate::features;
use crate::persona::text::stands_before;
use crate::session::{Command, Look, Plan};

use super::super::icons;
use super::super::theme::{self, INSIDE, caption, tokens};
use super::super::widgets::{self, cut_label, icon_button, number, percent, thousands};

const ROW_HEIGHT: f32 = 72.0;
const GAP: f32 = 4.0;
const ROLE_WIDTH: f32 = 140.0;
const SHAPE_WIDTH: f32 = 84.0;

/// The list of columns; `shown` is the one in detail.
pub fn ui(ui: &mut Ui, plan: &Plan, loaded: &Loaded, shown: Option<usize>, look: &mut Look, commands: &mut Vec<Command>) {
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let mut head = ui.new_child(UiBuilder::new().max_rect(head.shrink2(vec2(INSIDE, 0.0))).layout(Layout::left_to_right(Align::Center)));
    head.label(theme::strong("Columns"));
    head.add_space(head.available_width() - ROLE_WIDTH);
    head.label(caption(&head, "Role")).on_hover_text("What a column is for: whether it enters, and how cards may use it.");
    let profiles = &loaded.profile.columns;
    ui.spacing_mut().item_spacing.y = 0.0;
    // What was chosen elsewhere (in the table, in the palette) is brought into view; what is in view stays where it is.
    let seen_id = Id::unique("columns in view");
    let seen = ui.data(|data| data.get_temp::<Seen>(seen_id)).unwrap_or_default();
    let room = ui.available_height();
    let mut area = ScrollArea::vertical().id_salt("columns").auto_shrink(false);
    if let Some(at) = shown.filter(|_| shown != seen.shown) {
        let top = at as f32 * ROW_HEIGHT;
        if top < seen.offset || top + ROW_HEIGHT > seen.offset + room {
            area = area.vertical_scroll_offset((top - (room - ROW_HEIGHT) / 2.0).max(0.0));
        }
    }
    let output = area.show_rows(ui, ROW_HEIGHT, profiles.len(), |ui, rows| {
        ui.spacing_mut().item_spacing.y = GAP;
        for at in rows {
            // A row keeps its name while the list scrolls under the keyboard.
            let id = Id::unique("column").with((loaded.stamp.to_hex(), at));
            let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW_HEIGHT - GAP));
            let response = ui.interact(rect, id, Sense::click());
            widgets::name_it(&response, Widget::Button, &format!("Show {}", profiles[at].name));
            widgets::row_background(ui, rect, shown == Some(at), response.hovered() || response.has_focus());
            if response.clicked() {
                look.column = Some(profiles[at].name.clone());
            }
            let unit = loaded.table.columns.get(at).and_then(|column| plan.dictionary.unit(column));
            let mut row = ui.new_child(UiBuilder::new().scope_id(id.with("inside")).max_rect(rect.shrink2(vec2(INSIDE, 4.0))));
            // A click on a word is one on the row.
            row.style_mut().interaction.selectable_labels = false;
            column_ui(&mut row, plan, &profiles[at], unit, commands);
        }
    });
    ui.data_mut(|data| data.insert_temp(seen_id, Seen { shown, offset: output.state.unclamped_offset().y }));
}

/// What of the list is in view: the column that was in detail, and how far it is scrolled.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    shown: Option<usize>,
    offset: f32,
}

fn column_ui(ui: &mut Ui, plan: &Plan, profile: &ColumnProfile, unit: Option<&str>, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let inside = ui.max_rect();
    let lines = [inside.top(), inside.top() + 28.0, inside.bottom()];
    let is_role_chosen = plan.preparation.roles.contains_key(&profile.name);
    let split = inside.right() - ROLE_WIDTH - if is_role_chosen { 32.0 } else { INSIDE };
    let left = Layout::left_to_right(Align::Center);
    let cell = |x: [f32; 2], y: [f32; 2], layout: Layout| {
        UiBuilder::new().max_rect(Rect::from_min_max(pos2(x[0], y[0]), pos2(x[1], y[1]))).layout(layout)
    };

    ui.scope_builder(cell([inside.left(), split], [lines[0], lines[1]], left), |ui| {
        ui.colored_label(t.muted, kind_icon(profile.kind)).on_hover_text(kind_text(profile));
        let name = plan.dictionary.name(&profile.name);
        let label = cut_label(ui, theme::strong(&name));
        if name != profile.name {
            label.on_hover_text(format!("In the file: {}", profile.name));
        }
    });
    ui.scope_builder(cell([split, inside.right()], [lines[0], lines[1]], Layout::right_to_left(Align::Center)), |ui| {
        role_ui(ui, plan, profile, ROLE_WIDTH, commands);
        if is_role_chosen && icon_button(ui, icons::UNDO, &format!("Guess the role of {} again", profile.name)).clicked() {
            commands.push(Command::Prepare(plan.preparation.with_role(profile, None)));
        }
    });
    let shape_left = inside.right() - SHAPE_WIDTH;
    ui.scope_builder(cell([inside.left(), shape_left - INSIDE], [lines[1], lines[2]], Layout::top_down(Align::Min)), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        cut_label(ui, caption(ui, range_text(plan, profile, unit)).color(t.text));
        cut_label(ui, caption(ui, format!("{} distinct · {}", thousands(profile.n_distinct), missing_text(profile))));
    });
    let shape = Rect::from_min_max(pos2(shape_left, lines[1] + 4.0), pos2(inside.right(), lines[2] - 2.0));
    shape_ui(ui, shape, &profile.histogram);
}

/// The role as a drop-down: a guess steps back, a choice of the user does not. Used on two pages.
pub(in super::super) fn role_ui(ui: &mut Ui, plan: &Plan, profile: &ColumnProfile, width: f32, commands: &mut Vec<Command>) {
    let chosen = plan.preparation.roles.get(&profile.name).copied();
    let mut role = features::role(profile, &plan.preparation);
    let choices = Role::ALL.map(|role| (role, role.name(), role.explanation()));
    let t = tokens(ui);
    let scope = ui.scope(|ui| {
        ui.spacing_mut().combo_width = width;
        ui.visuals_mut().widgets.inactive.fg_stroke.color = if chosen.is_some() { t.accent } else { t.muted };
        widgets::combo_ui(ui, &format!("Role of {}", profile.name), &mut role, &choices)
    });
    let guess = format!("Guessed: {}. {}", profile.guessed_role.name(), profile.guess_reason);
    scope.response.on_hover_text(if chosen.is_some() { format!("Chosen by you. {guess}") } else { guess });
    if scope.inner {
        commands.push(Command::Prepare(plan.preparation.with_role(profile, Some(role))));
    }
}

/// A small histogram, or the commonest levels, inside `rect`.
pub(in super::super) fn shape_ui(ui: &Ui, rect: Rect, counts: &[usize]) {
    // Two levels as two blocks as wide as the column would shout.
    let rect = rect.with_max_x(rect.max.x.min(rect.left() + 28.0 * counts.len() as f32));
    bars_ui(ui, rect, counts, tokens(ui).muted.gamma_multiply(0.65));
}

/// Bars from the bottom of `rect`, the highest as high as it; a bin with any row is never invisible.
pub(super) fn bars_ui(ui: &Ui, rect: Rect, counts: &[usize], colour: Color32) {
    let Some(&highest) = counts.iter().max().filter(|&&highest| highest > 0) else { return };
    let step = rect.width() / counts.len() as f32;
    for (at, &count) in counts.iter().enumerate().filter(|bar| *bar.1 > 0) {
        let height = (rect.height() * count as f32 / highest as f32).max(1.0);
        let left = rect.left() + at as f32 * step;
        let bar = Rect::from_min_max(pos2(left, rect.bottom() - height), pos2(left + (step - 1.0).max(1.0), rect.bottom()));
        ui.painter().rect_filled(bar, CornerRadius::same(1), colour);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, tokens(ui).hairline));
}

/// The icon of a kind of column.
pub(in super::super) fn kind_icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => icons::NUMBER,
        Kind::Date => icons::DATE,
        Kind::Text => icons::TEXT,
    }
}

/// What kind of column this is, in words.
pub(super) fn kind_text(profile: &ColumnProfile) -> &'static str {
    match profile.kind {
        Kind::Number if profile.numeric.as_ref().is_some_and(|numeric| numeric.whole) => "Whole numbers",
        Kind::Number => "Numbers",
        Kind::Date => "Dates",
        Kind::Text if profile.levels.is_some() => "Text with a few levels",
        Kind::Text => "Free text",
    }
}

/// A value of this column as people read it: with its unit, or as a day.
pub(super) fn value_text(profile: &ColumnProfile, unit: Option<&str>, value: f64) -> String {
    match (profile.kind, unit) {
        (Kind::Date, _) => day_text(value.round() as i32),
        (_, Some(unit)) if stands_before(unit) => format!("{unit}\u{202f}{}", number(value)),
        (_, Some(unit)) => format!("{}\u{202f}{unit}", number(value)),
        (_, None) if is_of_years(profile) => format!("{value:.0}"),
        (_, None) => number(value),
    }
}

/// Whether all numbers are like the years of our time, which are written without a space.
fn is_of_years(profile: &ColumnProfile) -> bool {
    profile.numeric.as_ref().is_some_and(|numeric| numeric.whole && are_years(numeric.min, numeric.max))
}

fn range_text(plan: &Plan, profile: &ColumnProfile, unit: Option<&str>) -> String {
    if let Some(numeric) = &profile.numeric {
        if numeric.min == numeric.max {
            return format!("always {}", value_text(profile, unit, numeric.max));
        }
        // The unit stands once, where its kind has it.
        let is_first = unit.is_some_and(stands_before);
        let text = |value: f64, has_unit: bool| value_text(profile, unit.filter(|_| has_unit), value);
        return format!("{} – {}", text(numeric.min, is_first), text(numeric.max, !is_first));
    }
    match &profile.levels {
        Some(levels) => {
            let n: usize = levels.counts.iter().sum();
            let top = levels.names.iter().zip(&levels.counts).take(3);
            let name = |level: &str| plan.dictionary.level(&profile.name, level).to_owned();
            top.map(|(level, &count)| format!("{} {}", name(level), percent(count as f64 / n as f64))).collect::<Vec<_>>().join(" · ")
        }
        None if profile.n_distinct == 0 => "no value at all".into(),
        None => "free text".into(),
    }
}

/// The share of missing cells, in words.
pub(super) fn missing_text(profile: &ColumnProfile) -> String {
    if profile.n_missing == 0 { "none missing".into() } else { format!("{} missing", percent(profile.missing_share)) }
}
