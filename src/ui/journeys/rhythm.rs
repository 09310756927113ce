//! When customers are active: a tile per hour of the week, then parts of the day, weekdays and months. Of a persona only what differs from everyone is coloured.

use eframe::egui::{Align2, Color32, CornerRadius, CursorIcon, Label, Rect, Role, Sense, TextStyle, Ui, Vec2, pos2};

use crate::journeys::report::{RhythmOf, RhythmReport};
use crate::journeys::rhythm::{DayParts, ShareDifference};
use crate::session::Look;
use crate::ui::theme::{self, caption, tokens};
use crate::ui::widgets::{name_it, percent, unbroken, width_of};

use super::seen::{Seen, scrolled};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Room of the names of days, and height of a row of tiles.
const NAMES: f32 = 44.0;
const TILE: [f32; 2] = [18.0, 40.0];

/// Tiles and bars.
pub(super) fn ui(ui: &mut Ui, seen: &Seen, look: &mut Look) {
    let Some(report) = &seen.shown.report.rhythm else { return };
    let own = seen.persona_name().and_then(|name| report.personas.iter().find(|of| of.name == name));
    let mut legend = match (own, seen.persona_name()) {
        (Some(_), Some(name)) => {
            format!("Coloured: hours that are more usual for {name} than for everyone. Grey: less usual. Plain: no reliable difference.")
        }
        (None, Some(name)) => format!("{name} has too few customers with events for hours of its own; everyone is shown."),
        _ => "The darker, the larger the share of this hour. Every customer counts the same, however much they do.".to_owned(),
    };
    if !report.has_hours {
        legend = "The times of these events are days, so nothing is known of the hours.".to_owned();
    } else if report.share_in_utc > 0.0 {
        legend += &format!(" Of {} of the events the local hour is not known; theirs are hours of UTC.", percent(report.share_in_utc));
    }
    ui.add(Label::new(caption(ui, unbroken(&legend))).wrap());
    ui.add_space(theme::INSIDE);
    scrolled(ui, "rhythm", |ui| {
        if report.has_hours {
            tiles_ui(ui, seen, look, report, own);
            ui.add_space(theme::BETWEEN);
            let of_parts = own.map(|own| &own.day_parts[..]);
            let names: Vec<&str> = report.day_parts.iter().map(String::as_str).collect();
            let clicked =
                bars_ui(ui, seen, ("Parts of the day", &names), &report.shares_of_day_parts, of_parts, "active in this part of the day");
            if let Some(at) = clicked {
                let parts = DayParts::default();
                let customers = seen.shown.when().in_hours(|hour| parts.of(hour % 24) == at);
                seen.pick_of_persona(look, customers, &format!("active: {}", names[at]));
            }
            ui.add_space(theme::BETWEEN);
        }
        let of_days = own.map(|own| &own.weekdays[..]);
        if let Some(day) = bars_ui(ui, seen, ("Active days by weekday", &DAYS), &report.weekdays, of_days, "active on this weekday") {
            seen.pick_of_persona(look, seen.shown.when().in_hours(|hour| hour / 24 == day), &format!("active: {}", DAYS[day]));
        }
        if let Some(months) = &report.months {
            ui.add_space(theme::BETWEEN);
            let title = if months.season { "Purchases by month of the year" } else { "Purchases by month, in this period" };
            let names: Vec<String> = months
                .months
                .iter()
                .map(|of| {
                    let month = MONTHS[usize::from(of.month).clamp(1, 12) - 1];
                    of.year.map_or_else(|| month.to_owned(), |year| format!("{month} {year}"))
                })
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let shares: Vec<f64> = months.months.iter().map(|of| of.share).collect();
            if let Some(month) = bars_ui(ui, seen, (title, &names), &shares, None, "with a purchase in this month") {
                seen.pick_of_persona(look, seen.shown.when().in_month(month), &format!("purchase in {}", names[month]));
            }
        }
    });
}

fn tiles_ui(ui: &mut Ui, seen: &Seen, look: &mut Look, report: &RhythmReport, own: Option<&RhythmOf>) {
    let t = tokens(ui);
    let height = ((ui.available_height() * 0.5) / 8.0).clamp(TILE[0], TILE[1]);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height * 7.0 + 20.0), Sense::click());
    name_it(&response, Role::GraphicsDocument, "Activity by hour and weekday");
    let width = (rect.width() - NAMES) / 24.0;
    let most = report.hours.iter().copied().fold(1e-9, f64::max);
    let small = TextStyle::Small.resolve(ui.style());
    let dark = ui.visuals().dark_mode;
    for (day, name) in DAYS.iter().enumerate() {
        let top = rect.top() + height * day as f32;
        ui.painter().text(pos2(rect.left(), top + height / 2.0), Align2::LEFT_CENTER, *name, small.clone(), t.muted);
        for hour in 0..24 {
            let at = day * 24 + hour;
            let tile = Rect::from_min_size(pos2(rect.left() + NAMES + width * hour as f32, top), Vec2::new(width, height)).shrink(1.0);
            let colour = match own.and_then(|own| own.hours.get(at)) {
                None => theme::heat(dark, (report.hours[at] / most) as f32),
                Some(of) => tile_colour(ui, seen, of),
            };
            ui.painter().rect_filled(tile, CornerRadius::same(2), colour);
        }
    }
    for hour in (0..24).step_by(3) {
        let at = pos2(rect.left() + NAMES + width * (hour as f32 + 0.5), rect.top() + height * 7.0 + 4.0);
        ui.painter().text(at, Align2::CENTER_TOP, format!("{hour}"), small.clone(), t.muted);
    }
    let Some(at) = response.hover_pos() else { return };
    let (day, hour) = (((at.y - rect.top()) / height) as usize, ((at.x - rect.left() - NAMES) / width).floor());
    if day < 7 && (0.0..24.0).contains(&hour) {
        let hour = hour as usize;
        let at = day * 24 + hour;
        let mut text = format!("{} {hour}:00 to {}:00\nEveryone {:.2} %", DAYS[day], hour + 1, report.hours[at] * 100.0);
        if let (Some(of), Some(name)) = (own.and_then(|own| own.hours.get(at)), seen.persona_name()) {
            text += &format!("\n{name} {:.2} %{}", of.share * 100.0, holds(of));
        }
        text += &format!("\n\n{}", seen.click_words("active in this hour"));
        let response = response.on_hover_cursor(cursor(seen)).on_hover_text_at_pointer(unbroken(&text));
        if response.clicked() {
            let from = format!("active: {} {hour}:00 to {}:00", DAYS[day], hour + 1);
            seen.pick_of_persona(look, seen.shown.when().in_hours(|of| of == at), &from);
        }
    }
}

fn cursor(seen: &Seen) -> CursorIcon {
    if seen.answers.journeys.pickable().is_some() { CursorIcon::PointingHand } else { CursorIcon::Default }
}

fn holds(of: &ShareDifference) -> &'static str {
    if of.is_gated && of.is_told { ", a reliable difference" } else { "" }
}

/// More than everyone in the persona's colour, less in grey, the rest plain.
fn tile_colour(ui: &Ui, seen: &Seen, of: &ShareDifference) -> Color32 {
    let t = tokens(ui);
    let Some(cluster) = seen.persona.filter(|_| of.is_gated) else { return t.field };
    let index = of.index.unwrap_or(100.0);
    let strength = ((index - 100.0).abs() / 150.0).clamp(0.25, 1.0) as f32;
    let towards = if index > 100.0 { seen.colour(cluster) } else { t.muted };
    t.field.lerp_to_gamma(towards, strength)
}

/// "Mar" of "Mar 2024"; the whole is told on hover.
fn first_word(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// Bars side by side: everyone's, and a persona's beside it. Which of them was clicked; `who` says whom a click selects.
fn bars_ui(
    ui: &mut Ui,
    seen: &Seen,
    (title, names): (&str, &[&str]),
    everyone: &[f64],
    own: Option<&[ShareDifference]>,
    who: &str,
) -> Option<usize> {
    let t = tokens(ui);
    ui.label(theme::strong(title));
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width().min(760.0), 104.0), Sense::hover());
    name_it(&response, Role::GraphicsDocument, title);
    let most = everyone.iter().copied().chain(own.iter().flat_map(|own| own.iter().map(|of| of.share))).fold(1e-9, f64::max);
    let width = rect.width() / names.len().max(1) as f32;
    let small = TextStyle::Small.resolve(ui.style());
    // Names that do not fit give way to their first word, and then to every so many.
    let widest = |of: &dyn Fn(&str) -> String| names.iter().map(|name| width_of(ui, &of(name), &small)).fold(0.0, f32::max) + 6.0;
    let (whole, first) = (widest(&|name| name.to_owned()), widest(&|name| first_word(name).to_owned()));
    let is_whole = whole <= width.max(34.0);
    let step = if is_whole { 1 } else { (first / width).ceil().max(1.0) as usize };
    let foot = rect.bottom() - 18.0;
    let room = foot - rect.top() - 16.0;
    for (at, name) in names.iter().enumerate() {
        let middle = rect.left() + width * (at as f32 + 0.5);
        let thick = (width * 0.36).clamp(6.0, 34.0);
        let bar = |from: f32, share: f64, colour: Color32| {
            let place = Rect::from_min_max(pos2(from, foot - room * (share / most) as f32), pos2(from + thick, foot));
            ui.painter().rect_filled(place, CornerRadius::same(2), colour);
            place
        };
        let share = everyone.get(at).copied().unwrap_or(0.0);
        let of = own.and_then(|own| own.get(at));
        let left = middle - if of.is_some() { thick + 1.0 } else { thick / 2.0 };
        let mut top = bar(left, share, t.everyone).top();
        let mut text = percent(share);
        if let (Some(of), Some(cluster)) = (of, seen.persona) {
            let colour = seen.colour(cluster);
            top = top.min(bar(middle + 1.0, of.share, if of.is_told { colour } else { colour.gamma_multiply(0.45) }).top());
            text = percent(of.share);
        }
        if width >= 34.0 {
            ui.painter().text(pos2(middle, top - 2.0), Align2::CENTER_BOTTOM, text, small.clone(), t.muted);
        }
        if at % step == 0 {
            let name = if is_whole { name } else { first_word(name) };
            ui.painter().text(pos2(middle, foot + 3.0), Align2::CENTER_TOP, name, small.clone(), t.muted);
        }
    }
    let mut clicked = None;
    for (at, name) in names.iter().enumerate() {
        let mut text = format!("{name}\nEveryone {}", percent(everyone.get(at).copied().unwrap_or(0.0)));
        if let (Some(of), Some(name)) = (own.and_then(|own| own.get(at)), seen.persona_name()) {
            text += &format!("\n{name} {}{}", percent(of.share), if of.is_told { ", a reliable difference" } else { "" });
        }
        let place = Rect::from_min_max(
            pos2(rect.left() + width * at as f32, rect.top()),
            pos2(rect.left() + width * (at + 1) as f32, rect.bottom()),
        );
        let bar = ui.interact(place, response.id.with(at), Sense::click());
        name_it(&bar, Role::Button, &format!("{title}, {}", text.replace('\n', ". ")));
        let bar = bar.on_hover_cursor(cursor(seen));
        if bar.on_hover_text_at_pointer(unbroken(&format!("{text}\n\n{}", seen.click_words(who)))).clicked() {
            clicked = Some(at);
        }
    }
    clicked
}
