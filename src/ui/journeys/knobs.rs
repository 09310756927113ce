//! Whose events, and what is asked of them. Every change is one choice that can be undone.

use eframe::egui::{self, DragValue, Frame, Label, Role, ScrollArea, Sense, Ui, Vec2};

use crate::engine::{Answers, EventsSeen};
use crate::export::behaviour::reading_told;
use crate::session::{Command, JourneyOptions, JourneysView, Look};
use crate::triggers::checks::ask_for_holidays;
use crate::triggers::holidays::countries;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{choice_ui, cut_label, name_it, path_field_ui, row_background, row_ui, thousands, unbroken, whole_ui};
use crate::ui::zone::{ZoneWords, zone_ui};
use crate::ui::{icons, widgets};

use super::rule_filters;
use super::seen::colour;

/// Kinds of events offered at most.
pub(super) const MOST_KINDS: usize = 60;

const PURCHASE_MEANS: &str = "The event that counts as a purchase, for the time to the next one.";
const START_MEANS: &str = "Where paths begin: at the start of every visit, or when this happens.";
const UTC_UNLESS_SAID: ZoneWords = ZoneWords {
    unless_said: "UTC",
    means: "The zone of times that do not say how far they are from UTC. Write a name, such as Europe/Berlin.",
};
const CONSENT_MEANS: &str = "The column that says who agreed to be contacted; nobody else is on the list of who is due.";
const HOLIDAYS_MEAN: &str =
    "The national public holidays: Rhythm says what they change, and rules and filters may ask for them, as in: purchases on a holiday.";
const ONLY_MEANS: &str = "Every view but Triggers then tells of these events alone: on such a device, at such a place or time. Rules, cards, exports and personas by behaviour keep all events.";
const CONSENT_BY_NAME: &str = "The column whose name says who agreed, such as consent or newsletter.";
const DEPTH_MEANS: &str = "How many steps are followed. What happens again at once is one step.";
const WINDOW_MEANS: &str =
    "How long the whole chain may take from its first step. Customers who began too close to the end of the data are not counted.";

/// The left panel.
pub(super) fn ui(ui: &mut Ui, answers: &Answers, look: &mut Look, draft: &mut JourneyOptions, commands: &mut Vec<Command>) {
    egui::CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
        ScrollArea::vertical().id_salt("journeys knobs").auto_shrink(false).show(ui, |ui| {
            let seen = answers.journeys.events.latest();
            events_ui(ui, seen.map(|seen| &**seen), look, draft, commands);
            ui.add_space(theme::BETWEEN);
            if let Some(seen) = seen {
                asked_ui(ui, seen, look.journeys.view, draft);
            }
            match (look.journeys.view, seen) {
                (JourneysView::Triggers, _) => {
                    holidays_ui(ui, draft);
                    consent_ui(ui, answers, draft);
                }
                (view, Some(seen)) => only_ui(ui, seen, view == JourneysView::Rhythm, draft),
                (_, None) => {}
            }
            // A trial has personas of its own, those of its first day.
            if look.journeys.view != JourneysView::Triggers {
                personas_ui(ui, answers, look, draft);
            }
            if let Some(seen) = seen {
                ui.add_space(theme::BETWEEN);
                told_ui(ui, answers, seen, draft);
            }
        });
    });
}

/// The exports, and others in their place.
fn events_ui(ui: &mut Ui, seen: Option<&EventsSeen>, look: &mut Look, draft: &mut JourneyOptions, commands: &mut Vec<Command>) {
    ui.label(theme::strong("Events"));
    for path in &draft.events {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        cut_label(ui, name).on_hover_text(path.display().to_string());
    }
    if let Some(seen) = seen {
        let (n, customers) = (seen.events().n_events(), seen.events().n_customers());
        ui.add(Label::new(caption(ui, format!("{} events of {} customers", thousands(n), thousands(customers)))).wrap());
    }
    ui.horizontal(|ui| {
        if ui
            .button("Other exports…")
            .on_hover_text(
                "Follow other exports of events in the place of these, or add a file of network addresses (.mmdb) of your own for places.",
            )
            .clicked()
        {
            commands.push(Command::ChooseEvents);
        }
        if ui.button("Close").on_hover_text("Follow no events. Undo brings them back.").clicked() {
            draft.events.clear();
        }
    });
    if look.journeys.path_draft.is_some() {
        path_ui(ui, draft, look, commands);
    }
}

/// What this view asks.
fn asked_ui(ui: &mut Ui, seen: &EventsSeen, view: JourneysView, draft: &mut JourneyOptions) {
    match view {
        JourneysView::Paths => {
            kind_ui(ui, seen, ("Paths begin", START_MEANS, "With each visit"), &mut draft.start);
            whole_ui(ui, "Steps", DEPTH_MEANS, &mut draft.depth, 2..=10);
        }
        JourneysView::Funnel => funnel_ui(ui, seen, draft),
        JourneysView::Return | JourneysView::Rhythm | JourneysView::Differences | JourneysView::Timelines | JourneysView::Triggers => {
            let found = seen.purchase.as_deref().unwrap_or("Nothing yet");
            kind_ui(ui, seen, ("Purchase", PURCHASE_MEANS, found), &mut draft.purchase);
        }
    }
    ui.add_space(theme::BETWEEN);
}

/// Which events are looked at: all, or those of which this holds; and which days are holidays, where a filter or the view `asks`.
fn only_ui(ui: &mut Ui, seen: &EventsSeen, asks: bool, draft: &mut JourneyOptions) {
    ui.horizontal(|ui| {
        ui.label(theme::strong("Look only at events")).on_hover_text(ONLY_MEANS);
        rule_filters::add_ui(ui, "the events", &mut draft.only, &seen.details);
    });
    rule_filters::narrow_ui(ui, "The events", &mut draft.only, &seen.details);
    if asks || ask_for_holidays(&draft.only) {
        ui.add_space(theme::INSIDE);
        holidays_ui(ui, draft);
    } else {
        ui.add_space(theme::BETWEEN);
    }
}

/// Which days are holidays, for rules and filters that ask for them: those of a country, or of the file that the project names.
fn holidays_ui(ui: &mut Ui, draft: &mut JourneyOptions) {
    let own = draft.holidays.clone().filter(|own| !countries().any(|(code, _)| code.eq_ignore_ascii_case(own)));
    let of_own = own.as_deref().map(|own| (Some(own), "A file of dates", own));
    let known = countries().map(|(code, name)| (Some(code), name, ""));
    let choices: Vec<(Option<&str>, &str, &str)> = std::iter::once((None, "None", "")).chain(of_own).chain(known).collect();
    let held = draft.holidays.clone();
    let mut chosen = held.as_deref();
    if choice_ui(ui, "Holidays", HOLIDAYS_MEAN, &mut chosen, &choices) {
        draft.holidays = chosen.map(str::to_owned);
    }
    ui.add_space(theme::BETWEEN);
}

/// Which column says who may be contacted, for the list of who is due.
fn consent_ui(ui: &mut Ui, answers: &Answers, draft: &mut JourneyOptions) {
    let Some(loaded) = answers.loaded.latest() else { return };
    let columns = &loaded.table.columns;
    let shown: Vec<String> = columns.iter().map(|column| answers.dictionary.name(&column.name)).collect();
    let names = shown.iter().enumerate().map(|(at, name)| (Some(at), name.as_str(), ""));
    let choices: Vec<(Option<usize>, &str, &str)> = std::iter::once((None, "By its name", CONSENT_BY_NAME)).chain(names).collect();
    let mut chosen = draft.consent.as_deref().and_then(|name| loaded.table.position(name));
    if choice_ui(ui, "Consent", CONSENT_MEANS, &mut chosen, &choices) {
        draft.consent = chosen.map(|at| columns[at].name.clone());
    }
    ui.add_space(theme::BETWEEN);
}

/// One kind of event, or what is taken without a choice.
fn kind_ui(ui: &mut Ui, seen: &EventsSeen, (label, means, unless_said): (&str, &str, &str), value: &mut Option<String>) {
    let names: Vec<&str> = seen.kinds.iter().take(MOST_KINDS).map(|(name, _)| name.as_str()).collect();
    let mut at = value.as_deref().and_then(|value| names.iter().position(|name| *name == value)).map_or(0, |at| at + 1);
    let choices: Vec<(usize, &str, &str)> =
        std::iter::once((0, unless_said, "")).chain(names.iter().enumerate().map(|(at, name)| (at + 1, *name, ""))).collect();
    if choice_ui(ui, label, means, &mut at, &choices) {
        *value = at.checked_sub(1).map(|at| names[at].to_owned());
    }
}

/// The steps in order, one more, and how long it may take.
fn funnel_ui(ui: &mut Ui, seen: &EventsSeen, draft: &mut JourneyOptions) {
    ui.label(theme::strong("Steps"));
    let mut change: Option<(usize, Option<usize>)> = None;
    let n = draft.funnel.len();
    for (at, step) in draft.funnel.iter().enumerate() {
        let row = Vec2::new(ui.available_width(), 28.0);
        ui.allocate_ui_with_layout(row, egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if widgets::icon_button(ui, icons::CLOSE, &format!("Remove {step}")).clicked() {
                change = Some((at, None));
            }
            for (icon, to, word) in [(icons::CARET_DOWN, at + 1, "down"), (icons::CARET_UP, at.wrapping_sub(1), "up")] {
                ui.add_enabled_ui(to < n, |ui| {
                    if widgets::icon_button(ui, icon, &format!("Move {step} {word}")).clicked() {
                        change = Some((at, Some(to)));
                    }
                });
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                cut_label(ui, format!("{}. {step}", at + 1)).on_hover_text(step);
            });
        });
    }
    match change {
        Some((from, Some(to))) => draft.funnel.swap(from, to),
        Some((at, None)) => drop(draft.funnel.remove(at)),
        None => {}
    }
    add_step_ui(ui, seen, draft);
    let mut days = f64::from(draft.window_hours) / 24.0;
    row_ui(ui, "Within", WINDOW_MEANS, |ui, _| {
        let response = ui.add(
            DragValue::new(&mut days).range(1.0 / 24.0..=730.0).speed(0.25).max_decimals(2).suffix(" days").update_while_editing(false),
        );
        name_it(&response, Role::SpinButton, "Days the funnel may take");
        if response.changed() {
            draft.window_hours = (days * 24.0).round().max(1.0) as u32;
        }
    });
}

/// A menu of what happens, to be the next step.
pub(super) fn add_step_ui(ui: &mut Ui, seen: &EventsSeen, draft: &mut JourneyOptions) {
    let menu = ui.menu_button(format!("Add a step  {}", icons::CARET_DOWN), |ui| {
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for (name, n) in seen.kinds.iter().take(MOST_KINDS) {
                let text = egui::Button::new(widgets::unbroken(name)).shortcut_text(thousands(*n));
                if ui.add(text).clicked() {
                    draft.funnel.push(name.clone());
                    ui.close();
                }
            }
        });
    });
    name_it(&menu.response, Role::Button, "Add a step");
}

/// Everyone, or one persona against them.
fn personas_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, draft: &mut JourneyOptions) {
    let Some(customers) = answers.journeys.customers.latest() else { return };
    if customers.names.is_empty() {
        let response = ui.add_enabled(!draft.by_behaviour, egui::Button::new("Make personas of what they did"));
        if response
            .on_hover_text("The customers of these events are grouped by what they did: how often, how regularly, how far.")
            .clicked()
        {
            draft.by_behaviour = true;
        }
        return;
    }
    ui.label(theme::strong("Compare with everyone"));
    let row = |ui: &mut Ui, of: Option<usize>, name: &str, look: &mut Look| {
        // A name is read whole: one too long for its line has more.
        let font = egui::TextStyle::Body.resolve(ui.style());
        let galley = ui.painter().layout(name.to_owned(), font, tokens(ui).text, ui.available_width() - 32.0);
        let height = (galley.size().y + 8.0).max(26.0);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
        let is_on = look.journeys.persona == of;
        row_background(ui, rect, is_on, response.hovered());
        let colour = of.map_or(tokens(ui).everyone, |cluster| colour(answers, cluster));
        let dot = egui::Rect::from_center_size(egui::pos2(rect.left() + 12.0, rect.center().y), Vec2::splat(10.0));
        ui.painter().rect_filled(dot, 3.0, colour);
        let at = egui::pos2(rect.left() + 26.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, tokens(ui).text);
        name_it(&response, Role::RadioButton, name);
        if response.on_hover_text(name).clicked() {
            look.journeys.persona = of;
        }
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        row(ui, None, "Everyone", look);
        for (cluster, name) in customers.names.iter().enumerate() {
            row(ui, Some(cluster), name, look);
        }
    });
    if draft.by_behaviour {
        ui.add_space(4.0);
        let response = ui.button("Personas of the table").on_hover_text("Back to the personas of the table of customers.");
        if response.clicked() {
            draft.by_behaviour = false;
        }
    }
}

/// How the events were read, and what is still open.
fn told_ui(ui: &mut Ui, answers: &Answers, seen: &EventsSeen, draft: &mut JourneyOptions) {
    let questions = &seen.told().open_questions;
    if !questions.is_empty() || draft.zone.is_some() {
        for question in questions {
            ui.add(Label::new(unbroken(question)).wrap());
        }
        zone_ui(ui, &UTC_UNLESS_SAID, "events", draft.zone.clone().as_deref(), |picked| {
            // Hours of a day need the zone itself: a fixed distance from UTC knows no summer.
            if picked.as_deref().is_none_or(|zone| !zone.starts_with(['+', '-'])) {
                draft.zone = picked;
            }
        });
        ui.add_space(theme::BETWEEN);
    }
    if let Some(path) = draft.places.clone() {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        ui.label(theme::strong("Places"));
        ui.add(Label::new(caption(ui, unbroken(&format!("By address, from {name}; approximate.")))).wrap());
        if ui.button("Without places").on_hover_text("Take places and local times from the exports alone.").clicked() {
            draft.places = None;
        }
        ui.add_space(theme::BETWEEN);
    }
    ui.label(theme::strong("Notes"));
    let customers = answers.journeys.customers.latest();
    let notes = customers.iter().flat_map(|customers| customers.notes.iter().cloned());
    for line in notes.chain(reading_told(seen.told())) {
        ui.add(Label::new(caption(ui, unbroken(&line))).wrap());
        ui.add_space(4.0);
    }
}

/// A path that is typed, where the system shows no file dialog.
pub(super) fn path_ui(ui: &mut Ui, options: &JourneyOptions, look: &mut Look, commands: &mut Vec<Command>) {
    if let Some(path) = path_field_ui(ui, "Path of an export of events", &mut look.journeys.path_draft) {
        commands.push(Command::Follow(options.with_files(vec![path.into()])));
        look.journeys.path_draft = None;
    }
}
