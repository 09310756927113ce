//! One row per column: does it enter, in which role, and how it becomes numbers; what is suggested, and what the user chose.
//!
//! In: the profile and what preparing made of it. Out: the plan's preparation with that one choice changed. Rows have one height.

use eframe::egui::{
    Align, ComboBox, Frame, Id, Label, Layout, Margin, Rect, RichText, Role as Widget, ScrollArea, Sense, Stroke, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use crate::data::{ColumnProfile, Kind, Loaded, Role as ColumnRole};
use crate::engine::Answer;
use crate::features::{self, ColumnRecipe, InputColumn, MissingRule, Prepared, Scale, Transform};
use crate::session::{Command, Plan};

use super::super::data_page::{kind_icon, role_ui, shape_ui};
use super::super::icons;
use super::super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::super::widgets::{self, cut_label, icon_button};

const ROW_HEIGHT: f32 = 56.0;
const ROLE: f32 = 140.0;
const TRANSFORM: f32 = 116.0;
const SCALE: f32 = 104.0;
const MISSING: f32 = 132.0;
const RESET: f32 = 24.0;
const SHAPE: f32 = 56.0;
/// Rows are no wider than this, so that a name and its choices are read together.
const WIDEST: f32 = 1080.0;

/// The places of a row from left to right, the same in every row and in the head.
struct Places {
    name: [f32; 2],
    shape: [f32; 2],
    role: [f32; 2],
    transform: [f32; 2],
    scale: [f32; 2],
    missing: [f32; 2],
    reset: [f32; 2],
}

impl Places {
    fn new(left: f32, right: f32) -> Places {
        // Room for the scroll bar, which floats over the right edge.
        let mut x = (right - 12.0).min(left + WIDEST);
        let spare = (x - left - WIDEST * 0.8).max(0.0);
        let mut take = |width: f32, gap: f32| {
            let place = [x - width, x];
            x -= width + gap;
            place
        };
        let reset = take(RESET, INSIDE);
        let missing = take(MISSING, INSIDE);
        let scale = take(SCALE, INSIDE);
        let transform = take(TRANSFORM, INSIDE);
        let role = take(ROLE, INSIDE + spare * 0.2);
        let shape = take(SHAPE + spare * 0.4, BETWEEN);
        Places { name: [left, x.max(left)], shape, role, transform, scale, missing, reset }
    }
}

/// The table of columns.
pub fn ui(ui: &mut Ui, plan: &Plan, loaded: &Loaded, prepared: &Answer<Prepared>, commands: &mut Vec<Command>) {
    Frame::new().inner_margin(Margin { left: BETWEEN as i8, right: BETWEEN as i8, top: 0, bottom: INSIDE as i8 }).show(ui, |ui| {
        if let Some(problem) = prepared.problem() {
            widgets::problem_ui(ui, &problem.0, None);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let profiles = &loaded.profile.columns;
        let id = Id::unique("order of the inputs");
        let mut by = ui.data(|data| data.get_temp::<Order>(id)).unwrap_or_default();
        head_ui(ui, &mut by);
        ui.data_mut(|data| data.insert_temp(id, by));
        let order = by.of(plan, profiles);
        ScrollArea::vertical().id_salt("inputs").auto_shrink(false).show_rows(ui, ROW_HEIGHT, profiles.len(), |ui, rows| {
            for at in rows.map(|line| order[line]) {
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
                ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens(ui).hairline));
                let mut row = ui.new_child(UiBuilder::new().id_salt(at).max_rect(rect));
                let input = prepared.latest().and_then(|prepared| input_of(prepared, at, &profiles[at].name));
                row_ui(&mut row, plan, &profiles[at], input, prepared.is_stale(), commands);
            }
        });
    });
}

/// The column's treatment; looked for by name only where the order changed.
fn input_of<'a>(prepared: &'a Prepared, at: usize, name: &str) -> Option<&'a InputColumn> {
    prepared.columns.get(at).filter(|input| input.name == name).or_else(|| prepared.columns.iter().find(|input| input.name == name))
}

/// How the rows are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Order {
    /// As the columns stand in the table.
    #[default]
    AsInTable,
    /// By name.
    Name,
    /// By what the column is for.
    Role,
    /// Most missing values first.
    Missing,
}

impl Order {
    /// The columns in this order; equal ones as in the table.
    fn of(self, plan: &Plan, profiles: &[ColumnProfile]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..profiles.len()).collect();
        let role = |at: usize| features::role(&profiles[at], &plan.preparation);
        match self {
            Order::AsInTable => {}
            Order::Name => order.sort_by_key(|&at| plan.dictionary.name(&profiles[at].name).to_lowercase()),
            Order::Role => order.sort_by_key(|&at| ColumnRole::ALL.iter().position(|other| *other == role(at))),
            Order::Missing => order.sort_by_key(|&at| std::cmp::Reverse(profiles[at].n_missing)),
        }
        order
    }
}

/// The head stays above the rows. A click on a part that orders puts them in its order, another click back as in the table.
fn head_ui(ui: &mut Ui, by: &mut Order) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let places = Places::new(rect.left(), rect.right());
    let heads = [
        (places.name, "Column", "Tick the columns that decide who is alike. The line below says why."),
        (places.shape, "Shape", "How the values spread, before preparing."),
        (places.role, "Role", "What the column is for."),
        (places.transform, "Transform", "Compresses long tails, so that a few big customers do not decide everything."),
        (places.scale, "Scale", "Brings numbers of different size to a common scale."),
        (places.missing, "Missing values", "What happens to customers without a value here."),
    ];
    for (place, text, explanation) in heads {
        let orders = match text {
            "Column" => Some(Order::Name),
            "Role" => Some(Order::Role),
            "Missing values" => Some(Order::Missing),
            _ => None,
        };
        cell_ui(ui, rect, place, Align::Min, |ui| match orders {
            Some(order) => {
                let is_on = *by == order;
                let shown = if is_on { format!("{text} {}", icons::CARET_DOWN) } else { text.to_owned() };
                let shown = if is_on { caption(ui, shown).color(tokens(ui).text) } else { caption(ui, shown) };
                let response = ui.add(Label::new(shown).sense(Sense::click()).selectable(false));
                widgets::name_it(&response, Widget::ColumnHeader, text);
                if response.clicked() {
                    *by = if is_on { Order::AsInTable } else { order };
                }
                response.on_hover_text(explanation);
            }
            None => {
                ui.label(caption(ui, text)).on_hover_text(explanation);
            }
        });
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens(ui).hairline));
}

fn cell_ui(ui: &mut Ui, row: Rect, place: [f32; 2], align: Align, contents: impl FnOnce(&mut Ui)) {
    let rect = Rect::from_min_max(pos2(place[0], row.top()), pos2(place[1], row.bottom()));
    let layout = if align == Align::Max { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    let mut cell = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    contents(&mut cell);
}

fn row_ui(ui: &mut Ui, plan: &Plan, profile: &ColumnProfile, input: Option<&InputColumn>, is_stale: bool, commands: &mut Vec<Command>) {
    let row = ui.max_rect();
    let places = Places::new(row.left(), row.right());
    let name = &profile.name;
    let chosen = plan.preparation.columns.get(name).cloned().unwrap_or_default();
    let mut recipe = chosen.clone();
    let role = features::role(profile, &plan.preparation);
    let enters = chosen.enters.unwrap_or_else(|| input.map_or(role.is_input_by_default(), |input| input.enters));

    name_ui(
        ui,
        row,
        places.name,
        (profile, &plan.dictionary.name(name)),
        enters,
        input.filter(|_| !is_stale || chosen.enters.is_none()),
        &mut recipe,
    );
    let shape = Rect::from_min_max(pos2(places.shape[0], row.top() + 14.0), pos2(places.shape[1], row.bottom() - 14.0));
    shape_ui(ui, shape, &profile.histogram);
    cell_ui(ui, row, places.role, Align::Min, |ui| role_ui(ui, plan, profile, ROLE, commands));
    if enters {
        if profile.kind != Kind::Text {
            let in_force = input.map_or(Transform::None, |input| input.transform);
            let words = |value: Transform| (value.name(), value.explanation());
            cell_ui(ui, row, places.transform, Align::Min, |ui| {
                choice_ui(ui, &format!("Transform of {name}"), TRANSFORM, in_force, &mut recipe.transform, Transform::ALL, words);
            });
            let in_force = input.map_or(plan.preparation.scale, |input| input.scale);
            let words = |value: Scale| (value.name(), value.explanation());
            cell_ui(ui, row, places.scale, Align::Min, |ui| {
                choice_ui(ui, &format!("Scale of {name}"), SCALE, in_force, &mut recipe.scale, Scale::ALL, words);
            });
        } else {
            for place in [places.transform, places.scale] {
                cell_ui(ui, row, place, Align::Min, |ui| {
                    ui.label(caption(ui, "–")).on_hover_text("Only numbers and dates have a transform and a scale.");
                });
            }
        }
        let in_force = input.map_or(MissingRule::Impute, |input| input.missing);
        let words = |value: MissingRule| (value.name(), value.explanation());
        cell_ui(ui, row, places.missing, Align::Min, |ui| {
            choice_ui(ui, &format!("Missing values of {name}"), MISSING, in_force, &mut recipe.missing, MissingRule::ALL, words);
        });
    }
    if !enters {
        let shown = input.filter(|_| !is_stale || chosen.enters.is_none());
        let room = [places.transform[0], places.missing[1]];
        cell_ui(ui, row, room, Align::Min, |ui| reason_ui(ui, &chosen, shown, true));
    }
    let mut keeps_role = true;
    if chosen != ColumnRecipe::default() || plan.preparation.roles.contains_key(name) {
        cell_ui(ui, row, places.reset, Align::Min, |ui| {
            if icon_button(ui, icons::UNDO, &format!("Treat {name} as suggested")).clicked() {
                recipe = ColumnRecipe::default();
                keeps_role = false;
            }
        });
    }
    if recipe != chosen || !keeps_role {
        let mut preparation = plan.preparation.clone();
        if !keeps_role {
            preparation.roles.remove(name);
        }
        if recipe == ColumnRecipe::default() {
            preparation.columns.remove(name);
        } else {
            preparation.columns.insert(name.clone(), recipe);
        }
        commands.push(Command::Prepare(preparation));
    }
}

/// The check box with the column's name, and below it why it enters or not.
fn name_ui(
    ui: &mut Ui,
    row: Rect,
    place: [f32; 2],
    (profile, shown): (&ColumnProfile, &str),
    enters: bool,
    input: Option<&InputColumn>,
    recipe: &mut ColumnRecipe,
) {
    let t = tokens(ui);
    let name = &profile.name;
    // A name without a line below it stands in the middle.
    let above = if enters { 4.0 } else { 0.5 * (ROW_HEIGHT - 24.0) };
    let rect = Rect::from_min_max(pos2(place[0], row.top() + above), pos2(place[1], row.bottom() - 4.0));
    let mut cell = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
    cell.spacing_mut().item_spacing.y = 0.0;
    cell.spacing_mut().interact_size.y = 24.0;
    cell.horizontal(|ui| {
        let mut ticked = enters;
        let text = if enters { theme::strong(shown) } else { RichText::new(shown).color(t.muted) };
        let response = widgets::check_ui(ui, &mut ticked, "");
        response.widget_info(|| WidgetInfo::selected(Widget::CheckBox, true, ticked, format!("Use {name}")));
        if response.changed() {
            recipe.enters = Some(ticked);
        }
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.colored_label(t.muted, kind_icon(profile.kind));
        // The name is as good a target as the box, but no stop of its own: a label gives up the focus it is given.
        if cut_label(ui, text).interact(Sense::CLICK).clicked() {
            recipe.enters = Some(!enters);
        }
    });
    // Who is left out has no choices to make, and the reason has their room.
    if enters {
        cell.horizontal(|ui| {
            ui.add_space(34.0);
            reason_ui(ui, recipe, input, false);
        });
    }
}

/// Why it enters or not.
fn reason_ui(ui: &mut Ui, recipe: &ColumnRecipe, input: Option<&InputColumn>, has_room: bool) {
    let reason = match (recipe.enters, input) {
        (_, Some(input)) => input.reason.clone(),
        (Some(_), None) => "Chosen by you".to_owned(),
        (None, None) => String::new(),
    };
    let colour = if recipe.enters.is_some() { tokens(ui).accent } else { tokens(ui).muted };
    let text = caption(ui, reason).color(colour);
    if has_room {
        ui.add(Label::new(text).wrap())
    } else {
        cut_label(ui, text)
    };
}

/// A drop-down whose first entry gives the choice back to the data. Suggested values step back; chosen ones do not.
fn choice_ui<T: PartialEq + Copy>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    in_force: T,
    chosen: &mut Option<T>,
    all: &[T],
    words: impl Fn(T) -> (&'static str, &'static str),
) {
    let t = tokens(ui);
    let value = chosen.unwrap_or(in_force);
    let is_chosen = chosen.is_some();
    ui.visuals_mut().widgets.inactive.fg_stroke.color = if is_chosen { t.accent } else { t.muted };
    let combo = ComboBox::from_id_salt(name).width(width).selected_text(words(value).0).show_ui(ui, |ui| {
        let suggested = if is_chosen { "As suggested".to_owned() } else { format!("As suggested: {}", words(in_force).0) };
        if ui.selectable_label(!is_chosen, suggested).on_hover_text("The data decide.").clicked() {
            *chosen = None;
        }
        for &choice in all {
            let (word, explanation) = words(choice);
            if ui.selectable_label(*chosen == Some(choice), word).on_hover_text(explanation).clicked() {
                *chosen = Some(choice);
            }
        }
    });
    let state = if is_chosen { "chosen by you" } else { "suggested" };
    widgets::name_it(&combo.response, Widget::ComboBox, &format!("{name}: {}, {state}", words(value).0));
    combo.response.on_hover_text(format!("{}, {state}. {}", words(value).0, words(value).1));
}
