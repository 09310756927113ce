//! One source in the list: what it is, how much it holds, and whether it meets the others.

use eframe::egui::{Align, Frame, Label, Layout, Margin, ProgressBar, RichText, Role as Widget, Sense, Stroke, Ui, UiBuilder};

use crate::customers::{Freshness, Overlap};
use crate::data::day::IsoDay;
use crate::data::{SourceFile, SourceKind};
use crate::engine::STOPPED;
use crate::session::{Command, Look};

use super::super::super::icons;
use super::super::super::theme::{self, INSIDE, caption, tokens};
use super::super::super::widgets::{self, cut_label, thousands};
use super::super::choose::{Choice, Chosen, choose_ui};
use super::of::Of;
use super::path::path_ui;

const LINE: f32 = 20.0;

/// The card; a click shows the source.
pub(super) fn ui(ui: &mut Ui, of: &Of<'_>, look: &mut Look, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let is_shown = look.sources.source == of.at;
    // The card takes the click behind its controls, so it must be there before them.
    let response = ui.scope_builder(UiBuilder::new().id_salt(("source", of.at)).sense(Sense::click()), |ui| {
        ui.style_mut().interaction.selectable_labels = false;
        let is_hovered = ui.response().hovered() || ui.response().has_focus();
        let line = if is_shown || is_hovered { t.accent } else { t.hairline };
        let fill = if is_shown { t.accent_tint } else { t.raised };
        Frame::new().fill(fill).stroke(Stroke::new(1.0, line)).corner_radius(8).inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 4.0;
            head_ui(ui, of, look, commands);
            match of.known.raws.get(of.at).and_then(|raw| raw.problem()) {
                Some(problem) => problem_ui(ui, of, &problem.0, look, commands),
                None => contents_ui(ui, of, commands),
            }
        });
    });
    widgets::name_it(&response.response, Widget::Button, &format!("Show {}", of.source.name));
    if response.response.clicked() {
        look.sources.source = of.at;
        look.sources.first_row = 0;
    }
}

fn head_ui(ui: &mut Ui, of: &Of<'_>, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_height(24.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            remove_ui(ui, of, look, commands);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new(icons::FILE).color(tokens(ui).muted));
                cut_label(ui, theme::strong(&of.source.name)).on_hover_text(of.source.path.display().to_string());
            });
        });
    });
    // How much there is; how old it is has its place at the right end.
    ui.horizontal(|ui| {
        ui.set_height(LINE);
        let raw = of.known.raws.get(of.at);
        match raw.and_then(|raw| raw.progress()) {
            Some(progress) => {
                ui.add(ProgressBar::new(progress.fraction).fill(tokens(ui).accent).desired_width(96.0).desired_height(4.0));
                cut_label(ui, caption(ui, if progress.stage.is_empty() { "Reading" } else { &progress.stage }));
            }
            None => {
                let size = raw.and_then(|raw| raw.latest()).map(|raw| {
                    let (n_rows, n_columns) = (thousands(raw.n_rows), thousands(raw.columns.len()));
                    format!("{n_rows} rows × {n_columns} columns · {}", file_name(of.source))
                });
                cut_label(ui, caption(ui, size.unwrap_or_else(|| file_name(of.source))));
            }
        }
    });
}

/// Which source goes away and what is left, for the button that does it.
fn remove_ui(ui: &mut Ui, of: &Of<'_>, look: &mut Look, commands: &mut Vec<Command>) {
    if widgets::icon_button(ui, icons::CLOSE, &format!("Remove {} from the sources; the file stays", of.source.name)).clicked() {
        of.remove(look, commands);
    }
}

fn file_name(source: &SourceFile) -> String {
    let path = &source.path;
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn contents_ui(ui: &mut Ui, of: &Of<'_>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - INSIDE) / 2.0).floor();
        kind_ui(ui, of, width, commands);
        key_ui(ui, of, width, commands);
    });
    ui.horizontal(|ui| {
        ui.set_height(LINE);
        overlap_ui(ui, of);
    });
    freshness_ui(ui, of);
}

/// How old the newest row is, against the source's own limit.
fn freshness_ui(ui: &mut Ui, of: &Of<'_>) {
    let freshness = of.known.freshness.get(of.at).and_then(|freshness| freshness.latest());
    let (Some(freshness), Some(today)) = (freshness, of.known.today) else {
        ui.label(caption(ui, " "));
        return;
    };
    let text = freshness_text(freshness, today);
    if freshness.is_stale(today) {
        cut_label(ui, caption(ui, format!("{}  {text}", icons::WARNING)).color(tokens(ui).warn));
    } else {
        cut_label(ui, caption(ui, text));
    }
}

fn freshness_text(freshness: &Freshness, today: IsoDay) -> String {
    let (Some(day), Some(age)) = (freshness.day, freshness.age_days(today)) else { return "Its age is not known".to_owned() };
    let what = if freshness.of_row { "Newest row" } else { "Changed" };
    let age = match age {
        ..=-1 => "in the future".to_owned(),
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{} days ago", thousands(days as usize)),
    };
    let limit = freshness.limit_days.map_or_else(String::new, |limit| format!(" · limit {limit} d"));
    format!("{what} {day}, {age}{limit}")
}

fn kind_ui(ui: &mut Ui, of: &Of<'_>, width: f32, commands: &mut Vec<Command>) {
    let understood = of.understood();
    let kind = of.source.kind.or(understood.map(|understood| understood.kind));
    let choice = Choice {
        name: &format!("Kind of {}", of.source.name),
        width,
        shown: kind.map_or("…", SourceKind::name),
        is_chosen: of.source.kind.is_some(),
        is_there: kind.is_some(),
        reason: understood.map_or("", |understood| &understood.kind_reason),
    };
    let chosen = choose_ui(ui, &choice, SourceKind::ALL.iter().map(|kind| (kind.name(), kind.explanation())));
    if let Some(chosen) = chosen {
        of.say(commands, |source| source.kind = if let Chosen::Word(at) = chosen { Some(SourceKind::ALL[at]) } else { None });
    }
}

/// Which column joins the source with the others.
pub(super) fn key_ui(ui: &mut Ui, of: &Of<'_>, width: f32, commands: &mut Vec<Command>) {
    let understood = of.understood();
    let key = of.source.key.as_deref().or(understood.and_then(|understood| understood.key.as_deref()));
    let columns = of.known.raws.get(of.at).and_then(|raw| raw.latest()).map_or(&[][..], |raw| &raw.columns);
    let shown = match key {
        Some(key) => format!("Key: {key}"),
        None if understood.is_some() => "No key".to_owned(),
        None => "…".to_owned(),
    };
    let choice = Choice {
        name: &format!("Key of {}", of.source.name),
        width,
        shown: &shown,
        is_chosen: of.source.key.is_some(),
        is_there: key.is_some(),
        reason: understood.map_or("", |understood| &understood.key_reason),
    };
    let chosen = choose_ui(ui, &choice, columns.iter().map(|column| (column.name.as_str(), "")));
    if let Some(chosen) = chosen {
        let key = if let Chosen::Word(at) = chosen { columns.get(at).map(|column| column.name.clone()) } else { None };
        of.say(commands, |source| source.key = key);
    }
}

fn overlap_ui(ui: &mut Ui, of: &Of<'_>) {
    let Some(understood) = of.understood() else {
        ui.label(caption(ui, "Checked when all sources have been read"));
        return;
    };
    let Some(overlap) = &understood.overlap else {
        let text = understood.key.as_ref().map_or("No column says which customer a row belongs to", |_| understood.key_reason.as_str());
        cut_label(ui, caption(ui, text));
        return;
    };
    let n_orphans = overlap.n_keys.saturating_sub(overlap.n_found);
    if n_orphans > 0 {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let menu =
                ui.menu_button(caption(ui, format!("{}  {}", thousands(n_orphans), icons::CARET_DOWN)), |ui| orphans_ui(ui, overlap));
            widgets::name_it(&menu.response, Widget::Button, &format!("List keys of {} that are not found", of.source.name));
            menu.response.on_hover_text(format!("Keys that are not in {}.", overlap.with));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                cut_label(ui, caption(ui, overlap_text(overlap)).color(tokens(ui).text));
            });
        });
    } else {
        cut_label(ui, caption(ui, overlap_text(overlap)).color(tokens(ui).text));
    }
}

/// "98.2 % of 23 570 keys are among those of crm". Rounded down: what is not all is never called 100 %.
fn overlap_text(overlap: &Overlap) -> String {
    let (n_keys, with) = (thousands(overlap.n_keys), &overlap.with);
    if overlap.n_found >= overlap.n_keys {
        return format!("All {n_keys} keys are in {with}");
    }
    let tenths = overlap.n_found * 1000 / overlap.n_keys;
    format!("{}.{}\u{202f}% of {n_keys} keys are in {with}", tenths / 10, tenths % 10)
}

fn orphans_ui(ui: &mut Ui, overlap: &Overlap) {
    ui.set_max_width(280.0);
    let n_orphans = overlap.n_keys.saturating_sub(overlap.n_found);
    ui.add(
        Label::new(theme::strong(format!(
            "{} {} not in {}",
            thousands(n_orphans),
            if n_orphans == 1 { "key is" } else { "keys are" },
            overlap.with
        )))
        .wrap(),
    );
    for orphan in &overlap.orphans {
        cut_label(ui, orphan);
    }
    if n_orphans > overlap.orphans.len() {
        ui.label(caption(ui, format!("and {} more", thousands(n_orphans - overlap.orphans.len()))));
    }
}

fn problem_ui(ui: &mut Ui, of: &Of<'_>, problem: &str, look: &mut Look, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    if problem == STOPPED {
        // The user's own doing is no alarm; the button is in the status line.
        ui.label(caption(ui, problem));
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(icons::WARNING).color(t.bad));
        ui.label(problem);
    });
    ui.horizontal(|ui| {
        if ui.button("Locate file…").on_hover_text("Show where it is now; everything said about it is kept.").clicked() {
            commands.push(Command::LocateSource(of.at));
        }
        if ui.button("Remove").on_hover_text("Build the table without it.").clicked() {
            of.remove(look, commands);
        }
    });
    if look.sources.path_of == Some(of.at) {
        let mut sourcing = (**of.sourcing).clone();
        path_ui(ui, Some(of.at), look, commands, |path| {
            if let Some(source) = sourcing.sources.get_mut(of.at) {
                source.path = path.into();
            }
            Command::Sources(sourcing.into())
        });
    }
}
