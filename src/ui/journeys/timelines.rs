//! What did single customers do, and when? A line per customer in an order drawn by chance, those whose history stands for many on top.
//!
//! Purchases stand out, and so does the kind that is chosen; all else is quiet, since colours are the personas'. A click picks the customer. Drawn are the lines
//! that are seen, at most a mark per point of the screen.

use eframe::egui::{Align, Align2, CornerRadius, Label, Rect, Role, ScrollArea, Sense, TextStyle, Ui, Vec2, pos2};

use crate::base::text::count;
use crate::data::day::IsoDay;
use crate::events::table::{DAY, Events, Time};
use crate::session::Look;
use crate::ui::at_right::beside_ui;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{cut_text, name_it, number, percent, segmented_ui, unbroken};

use super::seen::{NOBODY_KNOWN, Seen};

/// Heights of the choices, of a line, and of the axis above.
const HEAD: f32 = 32.0;
const ROW: f32 = 26.0;
const AXIS: f32 = 20.0;
/// Room of names.
const NAMES: f32 = 124.0;
/// Kinds that can be chosen.
const KINDS: usize = 8;
/// How far the pointer may be from a mark.
const NEAR: f32 = 5.0;

/// One line.
#[derive(Clone, Copy)]
struct Row {
    customer: u32,
    /// For what share of whom its first twelve weeks stand, where they do.
    stands_for: Option<f64>,
    /// The persona it stands for; none is everyone.
    of: Option<usize>,
}

/// What the lines are drawn with.
struct Drawn<'a> {
    seen: &'a Seen<'a>,
    events: &'a Events,
    purchase: Option<u32>,
    kind: Option<u32>,
    from_first: bool,
    /// From and to, in milliseconds since 1970 or since the first event.
    span: (Time, Time),
}

/// The head, the axis and the lines. `purchase` is the event that was chosen to be one; else the one its name says so of.
pub(super) fn ui(ui: &mut Ui, seen: &Seen, purchase: Option<&str>, look: &mut Look) {
    let Some(read) = seen.answers.journeys.events.ready() else { return };
    let events = read.events();
    let Some(listed) = seen.shown.one_by_one(seen.persona) else { return };
    let Some((begin, end)) = events.span else { return };
    let who = seen.persona_name().map_or_else(String::new, |name| format!(" of {name}"));
    let n = count(listed.customers.len());
    ui.label(theme::heading(unbroken(&format!("{n} customers{who}, one line per customer"))));
    let fair = "In random order: the first dozen are a fair sample of all. Timelines of individual customers are never exported.";
    ui.add(Label::new(caption(ui, fair)).wrap());
    ui.add_space(theme::INSIDE);
    ui.allocate_ui(Vec2::new(ui.available_width(), HEAD), |ui| {
        ui.set_min_height(HEAD);
        beside_ui(
            ui,
            "timelines",
            |ui| kinds_ui(ui, &read.kinds, &mut look.journeys.kind),
            |ui| {
                let choices = [
                    (false, "By date", "All lines from the first day of the data to the last."),
                    (
                        true,
                        "From the first event",
                        "Each line begins with the customer's first event, so that lines can be held against each other.",
                    ),
                ];
                segmented_ui(ui, &mut look.journeys.from_first, &choices);
            },
        );
    });
    ui.add_space(4.0);
    let purchase = purchase.or(read.purchase.as_deref()).and_then(|name| events.kind(name));
    let kind = look.journeys.kind.as_deref().and_then(|name| events.kind(name));
    let from_first = look.journeys.from_first;
    let span = if from_first { (0, (end - begin).max(1)) } else { (begin, end.max(begin + 1)) };
    let drawn = Drawn { seen, events, purchase, kind, from_first, span };
    axis_ui(ui, &drawn);
    // Who stands for many comes first: of the persona that is held against everyone, or of everyone and then of each persona.
    let standing = |of: &crate::journeys::timelines::Timelines| {
        of.typical.map(|(customer, share)| Row { customer, stands_for: Some(share), of: of.persona })
    };
    let pinned: Vec<Row> = match seen.persona {
        Some(_) => standing(listed).into_iter().collect(),
        None => {
            let personas = (0..seen.shown.report.personas.len()).map(Some);
            std::iter::once(None).chain(personas).filter_map(|persona| seen.shown.one_by_one(persona)).filter_map(standing).collect()
        }
    };
    let n_rows = pinned.len() + listed.customers.len();
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("timelines").auto_shrink(false).show_rows(ui, ROW, n_rows, |ui, rows| {
        for at in rows {
            let row = match at.checked_sub(pinned.len()) {
                None => pinned[at],
                Some(at) => Row { customer: listed.customers[at], stands_for: None, of: None },
            };
            row_ui(ui, &drawn, row, at + 1 == pinned.len(), look);
        }
    });
}

/// The commonest kinds, one of which may stand out.
fn kinds_ui(ui: &mut Ui, kinds: &[(String, usize)], chosen: &mut Option<String>) {
    ui.label(caption(ui, "Stands out"));
    for (name, n) in kinds.iter().take(KINDS) {
        let is_on = chosen.as_deref() == Some(name);
        // What has no room is left out: all kinds are under the pointer.
        if ui.available_width() < 90.0 {
            break;
        }
        let text = if name.chars().count() > 22 { format!("{}…", name.chars().take(21).collect::<String>()) } else { name.clone() };
        if ui.selectable_label(is_on, text).on_hover_text(format!("{name}: {} events", count(*n))).clicked() {
            *chosen = (!is_on).then(|| name.clone());
        }
    }
}

/// A few days, or how many days after the first event.
fn axis_ui(ui: &mut Ui, drawn: &Drawn) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), AXIS), Sense::hover());
    let track = track(rect);
    let small = TextStyle::Small.resolve(ui.style());
    let t = tokens(ui);
    let n = ((track.width() / 130.0) as usize).clamp(2, 8);
    for at in 0..n {
        let share = at as f64 / (n - 1) as f64;
        let moment = drawn.span.0 + ((drawn.span.1 - drawn.span.0) as f64 * share) as Time;
        let text = if drawn.from_first { format!("day {}", moment / DAY + 1) } else { IsoDay(moment.div_euclid(DAY) as i32).to_string() };
        let x = track.left() + track.width() * share as f32;
        let align = match at {
            0 => Align2::LEFT_CENTER,
            at if at + 1 == n => Align2::RIGHT_CENTER,
            _ => Align2::CENTER_CENTER,
        };
        ui.painter().text(pos2(x, rect.center().y), align, text, small.clone(), t.muted);
    }
}

fn track(row: Rect) -> Rect {
    Rect::from_x_y_ranges(row.left() + NAMES + 8.0..=row.right() - 14.0, row.y_range())
}

fn row_ui(ui: &mut Ui, drawn: &Drawn, row: Row, is_last_pinned: bool, look: &mut Look) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
    let events = drawn.events;
    let (customer, range) = (row.customer as usize, events.of(row.customer as usize));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(4), t.field);
    }
    let small = TextStyle::Small.resolve(ui.style());
    let names = Rect::from_x_y_ranges(rect.left() + 18.0..=rect.left() + NAMES, rect.y_range());
    let persona = drawn.seen.answers.journeys.customers.latest().and_then(|customers| customers.persona_of(row.customer));
    if let Some(cluster) = persona {
        let mark = Rect::from_center_size(pos2(rect.left() + 8.0, rect.center().y), Vec2::splat(10.0));
        ui.painter().rect_filled(mark, CornerRadius::same(3), drawn.seen.colour(cluster));
    }
    let id = events.customers[customer].as_str();
    let (name, colour) = match row.stands_for {
        Some(_) => ("typical history".to_owned(), t.text),
        None => (id.to_owned(), t.muted),
    };
    cut_text(ui.painter(), names, Align::Min, &name, small, colour);
    if is_last_pinned {
        ui.painter().hline(rect.x_range(), rect.bottom(), eframe::egui::Stroke::new(1.0, t.hairline));
    }
    let track = track(rect);
    let first = events.times[range.start];
    let length = (drawn.span.1 - drawn.span.0) as f64;
    let x_of = |time: Time| {
        let from = if drawn.from_first { first } else { drawn.span.0 };
        track.left() + track.width() * ((time - from) as f64 / length) as f32
    };
    ui.painter().hline(x_of(first)..=x_of(events.times[range.end - 1]), rect.center().y, eframe::egui::Stroke::new(1.0, t.hairline));
    let pointer = response.hover_pos().map(|at| at.x);
    // One mark per point of the screen and weight: of a customer with a million events a thousand are drawn.
    let mut last = [f32::NEG_INFINITY; 3];
    let mut nearest: Option<(f32, usize)> = None;
    let mut n_purchases = 0;
    for event in range.clone() {
        let x = x_of(events.times[event]);
        let kind = Some(events.kinds[event]);
        let is_purchase = kind == drawn.purchase;
        n_purchases += usize::from(is_purchase);
        let (weight, colour, half, width) = match () {
            () if kind == drawn.kind => (2, t.accent, 8.0, 2.0),
            () if is_purchase => (1, t.text, 8.0, 2.0),
            () => (0, t.muted.gamma_multiply(0.55), 4.0, 1.0),
        };
        if x - last[weight] >= 1.0 {
            last[weight] = x;
            let mark = Rect::from_center_size(pos2(x, rect.center().y), Vec2::new(width, 2.0 * half));
            ui.painter().rect_filled(mark, CornerRadius::ZERO, colour);
        }
        if let Some(distance) = pointer.map(|pointer| (x - pointer).abs()).filter(|distance| *distance <= NEAR)
            && nearest.is_none_or(|(least, _)| distance < least)
        {
            nearest = Some((distance, event));
        }
    }
    let day = |event: usize| IsoDay(events.local_minute(event).div_euclid(1_440) as i32);
    let n = range.len();
    let mut said = format!("{id}: {} {}", count(n), if n == 1 { "event" } else { "events" });
    if drawn.purchase.is_some() {
        said += &format!(", {} {}", count(n_purchases), if n_purchases == 1 { "purchase" } else { "purchases" });
    }
    said += &format!(", {} to {}", day(range.start), day(range.end - 1));
    if let Some(share) = row.stands_for {
        let whose = row.of.and_then(|of| drawn.seen.shown.report.personas.get(of)).map_or("everyone", String::as_str);
        said += &format!("\nIts first twelve weeks stand for {} of {whose}", percent(share));
    }
    name_it(&response, Role::Button, &said.replace('\n', ". "));
    if response.clicked() {
        drawn.seen.pick(look, &[row.customer], &format!("Timeline of {id}"));
    }
    let tip = nearest.map_or(said.clone(), |(_, event)| {
        let minute = events.local_minute(event).rem_euclid(1_440);
        let value =
            Some(events.values[event]).filter(|value| !value.is_nan()).map_or_else(String::new, |value| format!(", {}", number(value)));
        format!(
            "{} on {} at {}:{:02}{value}\n{said}",
            events.kind_names[events.kinds[event] as usize],
            day(event),
            minute / 60,
            minute % 60
        )
    });
    let next = if drawn.seen.answers.journeys.pickable().is_some() { "A click selects this customer everywhere." } else { NOBODY_KNOWN };
    response.on_hover_text_at_pointer(unbroken(&format!("{tip}\n{next}")));
}
