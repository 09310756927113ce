//! The controls pages are made of: same look, same manners, an accessible name on each.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{
    self, Align, Button, Color32, CornerRadius, DragValue, Frame, Layout, Margin, PopupCloseBehavior, ProgressBar, Response, RichText,
    Role, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, WidgetText,
};

use crate::data::Noun;
use crate::data::day::IsoDay;
use crate::engine::STOPPED;
use crate::engine::{Answer, Answers};
use crate::session::{Action, Command, Look, PageView, PlotKind};

use super::at_right::at_right_ui;
use super::theme::{self, INSIDE, caption, tokens};
use super::{focus_ring, icons};

/// What a row of the open table is called.
pub fn noun_of(answers: &Answers) -> Noun {
    answers.noun.clone()
}

/// The one visible next step of a page.
pub fn primary_button(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui);
    let text = RichText::new(text).color(t.on_accent).family(theme::bold());
    ui.add(Button::new(text).fill(t.accent).stroke(Stroke::NONE).min_size(Vec2::new(0.0, 32.0)))
}

/// A button that carries out an action and shows its tooltip and shortcut.
pub fn action_button(ui: &mut Ui, icon: &str, with_label: bool, action: Action, enabled: bool, commands: &mut Vec<Command>) -> Response {
    let info = action.info();
    let text = if with_label { format!("{icon}  {}", info.label) } else { icon.to_owned() };
    let response = ui.add_enabled(enabled, Button::new(text).frame_when_inactive(with_label).min_size(Vec2::new(28.0, 28.0)));
    name_it(&response, Role::Button, info.label);
    if response.clicked() {
        commands.push(Command::Do(action));
    }
    let tip = if info.shortcut.is_empty() { info.tooltip.to_owned() } else { format!("{}  {}", info.tooltip, info.shortcut) };
    response.on_hover_text(tip)
}

/// A small button with an icon; `name` is its accessible name and tooltip.
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str) -> Response {
    let response = ui.add(Button::new(icon).frame_when_inactive(false).min_size(Vec2::splat(24.0)));
    name_it(&response, Role::Button, name);
    response.on_hover_text(name)
}

/// A box to tick with its words; one that is not ticked is still seen as a box.
pub fn check_ui(ui: &mut Ui, is_on: &mut bool, text: &str) -> Response {
    let t = tokens(ui);
    let scope = ui.scope(|ui| {
        // A grey box would seem to be one that cannot be ticked.
        let inactive = &mut ui.visuals_mut().widgets.inactive;
        (inactive.bg_fill, inactive.bg_stroke) = (t.raised, Stroke::new(1.0, t.muted));
        if text.is_empty() { ui.add(egui::Checkbox::without_text(is_on)) } else { ui.checkbox(is_on, text) }
    });
    focus_ring::follow(&scope.inner);
    scope.inner
}

/// Gives a widget the name screen readers and tests find it by; it is brought into view when the keyboard comes to it.
pub fn name_it(response: &Response, kind: Role, name: &str) {
    focus_ring::follow(response);
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(kind, enabled, name));
}

/// A field's label with its explanation on hover.
pub fn label_ui(ui: &mut Ui, label: &str, explanation: &str) -> Response {
    let response = ui.label(label);
    if explanation.is_empty() { response } else { response.on_hover_text(explanation) }
}

/// A labelled whole number on one line: label left, field right. True when changed.
pub fn whole_ui(ui: &mut Ui, label: &str, explanation: &str, value: &mut usize, range: std::ops::RangeInclusive<usize>) -> bool {
    row_ui(ui, label, explanation, |ui, label_id| {
        let response = ui.add(DragValue::new(value).range(range).speed(0.08).update_while_editing(false)).labelled_by(label_id);
        focus_ring::follow(&response);
        response.on_hover_text(explanation).changed()
    })
}

/// A label on the left and a control on the right of one line.
pub fn row_ui<R>(ui: &mut Ui, label: &str, explanation: &str, control: impl FnOnce(&mut Ui, egui::Id) -> R) -> R {
    ui.horizontal(|ui| {
        let id = label_ui(ui, label, explanation).id;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| control(ui, id)).inner
    })
    .inner
}

/// A labelled drop-down. `choices` are (value, name, explanation). True when changed.
pub fn choice_ui<T: PartialEq + Copy>(ui: &mut Ui, label: &str, explanation: &str, value: &mut T, choices: &[(T, &str, &str)]) -> bool {
    row_ui(ui, label, explanation, |ui, _| combo_ui(ui, label, value, choices))
}

/// Whether the page has the keys, and nothing else.
pub fn has_keys(ui: &Ui, look: &Look) -> bool {
    !ui.ctx().egui_wants_keyboard_input() && !egui::Popup::is_any_open(ui.ctx()) && !look.is_covered()
}

/// The switch between the views of a page. True when changed.
pub fn views_ui<V: PartialEq + Copy>(ui: &mut Ui, view: &mut V, all: &[V], of: impl Fn(V) -> PageView) -> bool {
    let views: Vec<_> = all.iter().map(|&view| (view, of(view).name(), of(view).explanation())).collect();
    segmented_ui(ui, view, &views)
}

/// A drop-down without a visible label; `name` is its accessible name. True when changed.
pub fn combo_ui<T: PartialEq + Copy>(ui: &mut Ui, name: &str, value: &mut T, choices: &[(T, &str, &str)]) -> bool {
    let mut changed = false;
    let selected = choices.iter().find(|choice| choice.0 == *value).map_or("", |choice| choice.1);
    let was_open_id = ui.scope_id().with((name, "was open"));
    let was_open = ui.data(|data| data.get_temp::<bool>(was_open_id)).unwrap_or(false);
    let combo = egui::ComboBox::from_id_salt(ui.scope_id().with(name)).selected_text(selected).show_ui(ui, |ui| {
        for &(choice, text, explanation) in choices {
            let response = ui.selectable_label(choice == *value, text);
            focus_ring::follow(&response);
            // Whoever opened it by a key goes on from the entry in force.
            if !was_open && choice == *value {
                response.request_focus();
                response.scroll_to_me(None);
            }
            let response = if explanation.is_empty() { response } else { response.on_hover_text(explanation) };
            if response.clicked() {
                changed |= choice != *value;
                *value = choice;
                // A key chooses without the click that would close it.
                ui.close();
            }
        }
    });
    let is_open = combo.inner.is_some();
    if was_open && !is_open {
        combo.response.request_focus();
    }
    if is_open != was_open {
        ui.data_mut(|data| data.insert_temp(was_open_id, is_open));
    }
    let text = format!("{name}: {selected}");
    name_it(&combo.response, Role::ComboBox, &text);
    changed
}

/// A button that opens a menu which stays while something in it is ticked, typed or dragged.
pub fn staying_menu(ui: &mut Ui, title: impl Into<String>, contents: impl FnOnce(&mut Ui)) -> Response {
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    MenuButton::new(title.into()).config(config).ui(ui, contents).0
}

/// A row of exclusive choices side by side. True when changed.
pub fn segmented_ui<T: PartialEq + Copy>(ui: &mut Ui, value: &mut T, choices: &[(T, &str, &str)]) -> bool {
    let mut changed = false;
    Frame::new().fill(tokens(ui).field).corner_radius(theme::RADIUS).inner_margin(Margin::same(2)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for choice in choices {
                changed |= segment_ui(ui, value, choice, 0.0);
            }
        });
    });
    changed
}

/// Like [`segmented_ui`], two choices per row and all equally wide, for more than fit beside each other.
pub fn segmented_pairs_ui<T: PartialEq + Copy>(ui: &mut Ui, value: &mut T, choices: &[(T, &str, &str)]) -> bool {
    segmented_rows_ui(ui, value, choices, 2)
}

/// The same with so many in a row.
pub fn segmented_rows_ui<T: PartialEq + Copy>(ui: &mut Ui, value: &mut T, choices: &[(T, &str, &str)], a_row: usize) -> bool {
    let mut changed = false;
    Frame::new().fill(tokens(ui).field).corner_radius(theme::RADIUS).inner_margin(Margin::same(2)).show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(2.0);
        let gaps = 2.0 * (a_row.max(1) - 1) as f32;
        let width = ((ui.available_width() - gaps) / a_row.max(1) as f32).floor();
        for row in choices.chunks(a_row.max(1)) {
            ui.horizontal(|ui| row.iter().for_each(|choice| changed |= segment_ui(ui, value, choice, width)));
        }
    });
    changed
}

fn segment_ui<T: PartialEq + Copy>(ui: &mut Ui, value: &mut T, &(choice, text, explanation): &(T, &str, &str), width: f32) -> bool {
    let is_on = choice == *value;
    let t = tokens(ui);
    let label = RichText::new(text).color(if is_on { t.text } else { t.muted });
    // The chosen one keeps its weight, or its neighbours would move; a tint is seen in both themes.
    let fill = if is_on { t.accent_tint } else { Color32::TRANSPARENT };
    let button = Button::new(label).fill(fill).stroke(Stroke::NONE);
    let response = ui.add(button.min_size(Vec2::new(width, 26.0)).selected(is_on).fill(fill));
    focus_ring::follow(&response);
    let is_chosen = response.on_hover_text(explanation).clicked() && !is_on;
    if is_chosen {
        *value = choice;
    }
    is_chosen
}

/// A raised surface with room inside.
pub fn card_frame(ui: &Ui) -> Frame {
    let t = tokens(ui);
    Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.hairline)).corner_radius(8).inner_margin(Margin::same(12))
}

/// A small filled square in a segment's colour, for lists.
pub fn swatch(ui: &mut Ui, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(12.0), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(3), colour);
    response
}

/// A thin horizontal bar filled to `share` (0 to 1).
pub fn share_bar(ui: &mut Ui, share: f32, colour: Color32, width: f32, height: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(width, height), Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(2), tokens(ui).field);
    let filled = egui::Rect::from_min_size(rect.min, Vec2::new(rect.width() * share.clamp(0.0, 1.0), rect.height()));
    painter.rect_filled(filled, CornerRadius::same(2), colour);
}

/// A short word in a rounded tint, such as a count or a state.
pub fn chip(ui: &mut Ui, text: impl Into<String>, colour: Color32) -> Response {
    let t = tokens(ui);
    Frame::new()
        .fill(t.field)
        .corner_radius(10)
        .inner_margin(Margin::symmetric(8, 1))
        .show(ui, |ui| ui.label(RichText::new(text).text_style(TextStyle::Small).color(colour)))
        .response
}

/// Whatever the answer is: the value (dimmed while stale), or its designed state. `what` names it: "the map".
pub fn answer_ui<T>(ui: &mut Ui, answer: &Answer<T>, what: &str, show: impl FnOnce(&mut Ui, &T)) {
    match answer.latest() {
        Some(value) => {
            // The layout holds still, so a stale value keeps its place and only steps back.
            ui.scope(|ui| {
                if answer.is_stale() {
                    ui.multiply_opacity(theme::STALE);
                }
                show(ui, value);
            });
            if let Some(problem) = answer.problem() {
                problem_ui(ui, &problem.0, None);
            }
        }
        None => match answer {
            Answer::Failed { problem, .. } => {
                centred(ui, |ui| problem_ui(ui, &problem.0, None));
            }
            Answer::Cooking { progress, .. } => {
                centred(ui, |ui| {
                    ui.label(caption(ui, if progress.stage.is_empty() { format!("Computing {what}") } else { progress.stage.clone() }));
                    ui.add(ProgressBar::new(progress.fraction).desired_width(160.0).desired_height(4.0));
                });
            }
            Answer::Waiting(for_what) => {
                centred(ui, |ui| {
                    ui.label(caption(ui, for_what.as_str()));
                });
            }
            Answer::Ready(_) => {}
        },
    }
}

/// What went wrong, calmly; a button that does something about it, if there is one.
pub fn problem_ui(ui: &mut Ui, text: &str, button: Option<&str>) -> bool {
    if text == STOPPED {
        // The user's own doing is no alarm; the button is in the status line.
        ui.label(caption(ui, text));
        return false;
    }
    let t = tokens(ui);
    let mut pressed = false;
    let width = (ui.available_width() - 28.0).clamp(120.0, 460.0);
    Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.bad)).corner_radius(8).inner_margin(Margin::same(12)).show(ui, |ui| {
        ui.set_max_width(width);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(icons::WARNING).color(t.bad));
            ui.label(text);
        });
        if let Some(button) = button {
            pressed = ui.button(button).clicked();
        }
    });
    pressed
}

/// An empty state: what this page is, what to do, and the button that does it.
pub fn empty_ui(ui: &mut Ui, title: &str, text: &str, button: &str) -> bool {
    let mut pressed = false;
    centred(ui, |ui| {
        ui.label(theme::heading(title));
        ui.add_space(4.0);
        ui.label(RichText::new(text).color(tokens(ui).muted));
        ui.add_space(INSIDE);
        pressed = primary_button(ui, button).clicked();
    });
    pressed
}

/// Contents in the middle of what is left.
pub fn centred<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_height();
    ui.vertical_centered(|ui| {
        ui.add_space((room * 0.4 - 40.0).max(0.0));
        contents(ui)
    })
    .inner
}

/// A plot's head: title in words with its explanation, then maximise and save.
pub fn plot_head(
    ui: &mut Ui,
    kind: PlotKind,
    title: &str,
    explanation: &str,
    maximised: &mut Option<PlotKind>,
    commands: &mut Vec<Command>,
    extra: impl FnOnce(&mut Ui),
) {
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        // The icons keep their places whatever room the title has.
        let room = (ui.available_width() - 60.0).max(0.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(egui::Label::new(theme::strong(title)).truncate()).on_hover_text(explanation);
        });
        at_right_ui(ui, title, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            extra(ui);
            if icon_button(ui, icons::IMAGE, &format!("Save {title} as PNG or SVG")).clicked() {
                commands.push(Command::SavePlot(kind));
            }
            let is_max = *maximised == Some(kind);
            let (icon, name) = if is_max { (icons::RESTORE, "Restore") } else { (icons::MAXIMISE, "Maximise") };
            if icon_button(ui, icon, &format!("{name} {title}")).clicked() {
                *maximised = if is_max { None } else { Some(kind) };
            }
        });
    });
}

pub use crate::base::text::{count as thousands, percent};

/// A sentence whose numbers stay whole where its lines break: egui breaks at narrow no-break spaces, but not at wide ones.
pub fn unbroken(text: &str) -> String {
    text.replace(crate::base::text::SPACE, "\u{a0}")
}

/// A number with no more digits than mean something.
pub fn number(value: f64) -> String {
    let magnitude = value.abs();
    let text = if magnitude >= 1000.0 {
        thousands(magnitude.round() as usize)
    } else if magnitude >= 100.0 || value == value.round() {
        format!("{magnitude:.0}")
    } else if magnitude >= 1.0 {
        format!("{magnitude:.1}")
    } else {
        format!("{magnitude:.3}")
    };
    if value < 0.0 { format!("−{text}") } else { text }
}

/// A frame around a clickable list row: filled when selected, tinted when hovered.
pub fn row_background(ui: &Ui, rect: egui::Rect, is_selected: bool, is_hovered: bool) {
    let t = tokens(ui);
    if is_selected {
        ui.painter().rect(rect, CornerRadius::same(theme::RADIUS), t.accent_tint, Stroke::NONE, StrokeKind::Inside);
    } else if is_hovered {
        ui.painter().rect(rect, CornerRadius::same(theme::RADIUS), t.field, Stroke::NONE, StrokeKind::Inside);
    }
}

/// A field for a path that is typed, where the system shows no file dialog; nothing where no path is asked for. Gives what Enter confirms; Escape asks no more, and so does whoever takes the path.
pub fn path_field_ui(ui: &mut Ui, what: &str, draft: &mut Option<String>) -> Option<String> {
    let text = draft.as_mut()?;
    let field = ui.add(egui::TextEdit::singleline(text).hint_text(what).desired_width(f32::INFINITY));
    name_it(&field, egui::Role::TextInput, what);
    if text.is_empty() && ui.memory(|memory| memory.focused()).is_none() {
        field.request_focus();
    }
    let pressed = |key| field.lost_focus() && ui.input(|input| input.key_pressed(key));
    if pressed(egui::Key::Escape) {
        *draft = None;
        return None;
    }
    // What turns out to be no path stays to be mended.
    let path = text.trim().to_owned();
    let is_entered = pressed(egui::Key::Enter) && !path.is_empty();
    if is_entered {
        field.request_focus();
    }
    is_entered.then_some(path)
}

/// A field for a day, with its accessible name; what is no day stays to be mended, and counts as none.
pub fn day_field_ui(ui: &mut Ui, name: &str, day: &mut Option<IsoDay>) {
    let id = ui.make_persistent_id(("day", name));
    let draft: Option<String> = ui.data(|data| data.get_temp(id));
    let mut text = draft.clone().unwrap_or_else(|| day.map_or_else(String::new, |day| day.to_string()));
    let is_wrong = draft.as_deref().is_some_and(|text| !text.trim().is_empty() && IsoDay::parse(text).is_none());
    let mut field = egui::TextEdit::singleline(&mut text).desired_width(108.0).hint_text("YYYY-MM-DD");
    if is_wrong {
        field = field.text_color(tokens(ui).bad);
    }
    let field = ui.add(field);
    name_it(&field, egui::Role::TextInput, name);
    if field.changed() {
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    }
    if field.lost_focus() && draft.is_some() {
        let is_given_up = ui.input(|input| input.key_pressed(egui::Key::Escape));
        let typed = IsoDay::parse(&text);
        if is_given_up || typed.is_some() || text.trim().is_empty() {
            ui.data_mut(|data| data.remove_temp::<String>(id));
        }
        if !is_given_up {
            *day = typed;
        }
    }
    if is_wrong {
        field.on_hover_text("A day is written like 1997-12-31.");
    }
}

/// How wide a text is on one line, in points.
pub fn width_of(ui: &Ui, text: &str, font: &egui::FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x
}

/// Paints one line of text into `room`, from its left or its right edge, cut with an ellipsis where it is too long.
pub fn cut_text(painter: &egui::Painter, room: egui::Rect, from: Align, text: &str, font: egui::FontId, colour: Color32) {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.width().max(0.0));
    let galley = painter.layout_job(job);
    let left = if from == Align::Max { room.right() - galley.size().x } else { room.left() };
    painter.galley(egui::pos2(left, room.center().y - galley.size().y / 2.0), galley, colour);
}

/// Paints text into `room` from its left edge, in as many lines as it needs, its middle in the middle of the room.
pub fn centred_text(painter: &egui::Painter, room: egui::Rect, text: &str, font: egui::FontId, colour: Color32) {
    let galley = painter.layout(text.to_owned(), font, colour, room.width().max(0.0));
    painter.galley(egui::pos2(room.left(), room.center().y - galley.size().y / 2.0), galley, colour);
}

/// Words from the top left of a room, in as many lines as they need.
pub fn wrapped_text(painter: &egui::Painter, room: egui::Rect, text: &str, font: egui::FontId, colour: Color32) {
    painter.galley(room.left_top(), painter.layout(text.to_owned(), font, colour, room.width().max(0.0)), colour);
}

/// Text that may be longer than its place: one line, cut with an ellipsis, whole on hover.
pub fn cut_label(ui: &mut Ui, text: impl Into<WidgetText>) -> Response {
    ui.add(egui::Label::new(text).truncate())
}
