//! The source that is looked at: which column plays which part, how its keys are compared, what reading it met, and its rows.

use eframe::egui::{Align, DragValue, Label, Layout, Panel, Role as Widget, Ui, UiBuilder, vec2};

use crate::data::source::is_text;
use crate::data::sourcing::{Field, KeyMatch};
use crate::data::{Raw, SourceKind};
use crate::session::{Command, Look};

use super::super::super::theme::{self, INSIDE, caption, tokens};
use super::super::super::widgets::{self, cut_label, thousands};
use super::super::choose::{Choice, Chosen, choose_ui};
use super::super::reading::{self, FileRead};
use super::super::region::region;
use super::label::{LABEL, ROW, label_ui};
use super::of::Of;
use super::{preview, worth};

/// A part and its column beside each other.
const CELL: f32 = 216.0;
/// Narrower than this nobody can read which column it is; a narrow window has to do with less.
const LEAST_CELL: f32 = 196.0;
const LEAST_NARROW_CELL: f32 = 172.0;
const NARROW: f32 = 640.0;
/// Rows of parts that are kept for every kind, so that the rows below stay where they are.
const LEAST_ROWS: usize = 3;
/// Between two rows of parts.
const ROW_GAP: f32 = 4.0;

/// Draws it.
pub(super) fn ui(ui: &mut Ui, of: &Of<'_>, look: &mut Look, commands: &mut Vec<Command>) {
    let raw = of.known.raws.get(of.at).and_then(|raw| raw.latest());
    Panel::top("source").frame(region()).show_separator_line(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        title_ui(ui, of, raw.map(|raw| &**raw), commands);
        keys_ui(ui, of, commands);
        parts_ui(ui, of, raw.map(|raw| &**raw), commands);
        worth::ui(ui, of, raw.map(|raw| &**raw), commands);
        ui.horizontal(|ui| {
            ui.set_height(20.0);
            unreadable_ui(ui, raw.map(|raw| &**raw));
        });
    });
    preview::ui(ui, of, look);
}

fn title_ui(ui: &mut Ui, of: &Of<'_>, raw: Option<&Raw>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_height(ROW);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            match raw.map_or(&[][..], |raw| &raw.notes) {
                [] => {
                    _ = ui
                        .label(caption(ui, "Nothing changed while reading"))
                        .on_hover_text("What reading this source changed or left out.")
                }
                notes => {
                    let menu = ui.menu_button(format!("Notes on reading ({})", notes.len()), |ui| {
                        ui.set_max_width(440.0);
                        for note in notes {
                            ui.add(Label::new(widgets::unbroken(&note.0)).wrap());
                        }
                    });
                    menu.response.on_hover_text("What reading this source changed or left out.");
                }
            }
            let file = FileRead {
                name: &of.source.name,
                read_as: &of.source.read_as,
                sheets: raw.map_or(&[][..], |raw| &raw.sheets),
                is_text: is_text(&of.source.path),
            };
            if let Some(read_as) = reading::ui(ui, &file) {
                of.say(commands, |source| source.read_as = read_as);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                cut_label(ui, theme::heading(&of.source.name));
                cut_label(ui, caption(ui, of.source.path.display().to_string()));
            });
        });
    });
}

/// How the source joins the others.
fn keys_ui(ui: &mut Ui, of: &Of<'_>, commands: &mut Vec<Command>) {
    let understood = of.understood();
    let kind = of.source.kind.or(understood.map(|understood| understood.kind));
    ui.horizontal(|ui| {
        ui.set_height(ROW);
        label_ui(ui, "Match keys", "How keys of this source are compared with those of the others.");
        let key_match = of.source.key_match.or(understood.map(|understood| understood.key_match)).unwrap_or_default();
        let choice = Choice {
            name: "How keys are compared",
            width: CELL - LABEL - INSIDE,
            shown: match_words(key_match).0,
            is_chosen: of.source.key_match.is_some(),
            is_there: true,
            reason: match_words(key_match).1,
        };
        if let Some(chosen) = choose_ui(ui, &choice, MATCHES.iter().map(|&key_match| match_words(key_match))) {
            of.say(commands, |source| source.key_match = if let Chosen::Word(at) = chosen { Some(MATCHES[at]) } else { None });
        }
        if kind == Some(SourceKind::Reference) {
            ui.add_space(INSIDE);
            looked_up_ui(ui, of, commands);
        }
        limit_ui(ui, of, kind, commands);
        if let Some(understood) = understood {
            ui.add_space(INSIDE);
            cut_label(ui, caption(ui, format!("{}: {}", understood.kind.name(), understood.kind_reason)));
        }
    });
}

/// After how many days without news the source counts as stale.
fn limit_ui(ui: &mut Ui, of: &Of<'_>, kind: Option<SourceKind>, commands: &mut Vec<Command>) {
    ui.add_space(INSIDE);
    let usual = kind.and_then(SourceKind::stale_after_days);
    let Some(in_force) = of.source.stale_after_days.or(usual) else { return };
    label_ui(
        ui,
        "Stale after",
        "After how many days without news this source counts as stale. It counts once you set it, or where files are read again by themselves.",
    );
    let mut days = in_force;
    // Beside files of other years a limit of a day would be an alarm that nobody set.
    let counts = kind.is_some_and(|kind| of.sourcing.stale_after_days(of.at, kind).is_some());
    let shown = move |days: f64, _| if counts { format!("{days:.0} d") } else { "off".to_owned() };
    let days_of = |text: &str| text.trim().trim_end_matches(['d', ' ']).parse().ok();
    let field = DragValue::new(&mut days).range(0.0..=3_650.0).speed(0.1).max_decimals(0).custom_formatter(shown).custom_parser(days_of);
    let field = ui.add(field.update_while_editing(false));
    widgets::name_it(&field, Widget::SpinButton, "Stale after days");
    if days != in_force {
        of.say(commands, |source| source.stale_after_days = Some(days));
    }
}

const MATCHES: [KeyMatch; 3] = [KeyMatch::Exact, KeyMatch::IgnoreCase, KeyMatch::Digits];

fn match_words(key_match: KeyMatch) -> (&'static str, &'static str) {
    match key_match {
        KeyMatch::Exact => ("Exactly", "Only spaces around a key are ignored."),
        KeyMatch::IgnoreCase => ("Ignoring case", "Upper and lower case are the same."),
        KeyMatch::Digits => ("By digits alone", "C-00042 is 42."),
    }
}

/// Reference data: the column of the other sources that is looked up.
fn looked_up_ui(ui: &mut Ui, of: &Of<'_>, commands: &mut Vec<Command>) {
    let mut columns: Vec<&str> = Vec::new();
    for raw in of.known.raws.iter().enumerate().filter(|(at, _)| *at != of.at).filter_map(|(_, raw)| raw.latest()) {
        for column in &raw.columns {
            if !columns.contains(&column.name.as_str()) {
                columns.push(&column.name);
            }
        }
    }
    let guessed = of.understood().and_then(|understood| understood.looked_up_by.as_ref());
    let shown = of.source.looked_up_by.as_deref().or(guessed.map(|(_, column)| column.as_str()));
    label_ui(ui, "Looked up by", "The column whose values are looked up here.");
    let choice = Choice {
        name: "Looked up by",
        width: CELL - LABEL - INSIDE,
        shown: shown.unwrap_or("nothing yet"),
        is_chosen: of.source.looked_up_by.is_some(),
        is_there: shown.is_some(),
        reason: "The column of the other sources whose values are looked up here.",
    };
    if let Some(chosen) = choose_ui(ui, &choice, columns.iter().map(|column| (*column, ""))) {
        let column = if let Chosen::Word(at) = chosen { columns.get(at).map(|column| (*column).to_owned()) } else { None };
        of.say(commands, |source| source.looked_up_by = column);
    }
}

/// Which column plays which part, as many beside each other as fit.
fn parts_ui(ui: &mut Ui, of: &Of<'_>, raw: Option<&Raw>, commands: &mut Vec<Command>) {
    let kind = of.source.kind.or(of.understood().map(|understood| understood.kind));
    let width = ui.available_width();
    let fit = (width / if width < NARROW { LEAST_NARROW_CELL } else { LEAST_CELL }).floor().max(1.0) as usize;
    let n_rows = kind.map_or(0, |kind| Field::of(kind).len()).div_ceil(fit).max(LEAST_ROWS);
    let height = n_rows as f32 * (ROW + ROW_GAP) - ROW_GAP;
    let (room, _) = ui.allocate_exact_size(vec2(width, height), eframe::egui::Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().id_salt("parts").max_rect(room).layout(Layout::top_down(Align::Min)));
    ui.spacing_mut().item_spacing.y = ROW_GAP;
    let (Some(kind), Some(raw)) = (kind, raw) else { return };
    let fields = Field::of(kind);
    if fields.is_empty() {
        let text = match kind {
            SourceKind::Reference => "Its columns are looked up and join the customer table under their own names.",
            _ => "Its columns join the customer table as they are; a customer listed twice counts once.",
        };
        ui.label(caption(&ui, kind.explanation()));
        ui.label(caption(&ui, text));
        return;
    }
    // Rows of one length, so that none is left with a single part.
    let per_row = fields.len().div_ceil(n_rows);
    let cell = (room.width() / per_row as f32).min(CELL);
    for row in fields.chunks(per_row) {
        ui.horizontal(|ui| {
            ui.set_height(ROW);
            for &field in row {
                part_ui(ui, of, raw, field, cell, commands);
            }
        });
    }
}

fn part_ui(ui: &mut Ui, of: &Of<'_>, raw: &Raw, field: Field, cell: f32, commands: &mut Vec<Command>) {
    const NOT_THERE: &str = "none";
    let said = of.source.fields.get(&field);
    let column = match said {
        Some(said) => said.as_deref(),
        None => of.understood().and_then(|understood| understood.fields.get(&field)).map(String::as_str),
    };
    label_ui(ui, field.name(), explanation(field));
    let choice = Choice {
        name: field.name(),
        width: (cell - LABEL - 2.0 * INSIDE).max(64.0),
        shown: column.unwrap_or(NOT_THERE),
        is_chosen: said.is_some(),
        is_there: column.is_some(),
        reason: explanation(field),
    };
    let words = std::iter::once((NOT_THERE, "No column says so.")).chain(raw.columns.iter().map(|column| (column.name.as_str(), "")));
    match choose_ui(ui, &choice, words) {
        Some(Chosen::Guess) => of.say(commands, |source| _ = source.fields.remove(&field)),
        Some(Chosen::Word(at)) => {
            let column = at.checked_sub(1).and_then(|at| raw.columns.get(at)).map(|column| column.name.clone());
            of.say(commands, |source| _ = source.fields.insert(field, column));
        }
        None => {}
    }
}

fn explanation(field: Field) -> &'static str {
    match field {
        Field::Date => "When it happened.",
        Field::Amount => "What the row is worth, in money; negative for a return.",
        Field::Quantity => "How many pieces; negative for a return.",
        Field::UnitPrice => "What one piece costs; with the quantity it makes the amount where there is none.",
        Field::Order => "The order the row belongs to.",
        Field::Category => "The product group, or the product where there is none.",
        Field::Channel => "Where it was bought: web, app, store.",
        Field::Device => "On what: phone, desktop.",
        Field::Discount => "The discount in money, or a code that says there was one.",
        Field::Returned => "What marks a return, besides a negative amount or quantity.",
        Field::Refund => "How much of the sale was given back, as an amount beside it.",
        Field::Status => "What became of the order: paid, cancelled, refunded.",
        Field::Currency => "The currency of the amount.",
        Field::Event => "What happened: open, click, session.",
        Field::Session => "The visit the row belongs to.",
    }
}

fn unreadable_ui(ui: &mut Ui, raw: Option<&Raw>) {
    let Some(raw) = raw else { return };
    let bad: Vec<String> = raw
        .columns
        .iter()
        .filter(|column| column.n_unreadable > 0)
        .map(|column| {
            let examples: Vec<String> = column.unreadable.iter().take(3).map(|cell| format!("“{cell}”")).collect();
            let examples = if examples.is_empty() { String::new() } else { format!(" ({})", examples.join(", ")) };
            format!("{} of {}{examples}", thousands(column.n_unreadable), column.name)
        })
        .collect();
    if bad.is_empty() {
        ui.label(caption(ui, "Every cell could be read"));
    } else {
        let text = format!("Cells that could not be read count as missing: {}", bad.join(", "));
        cut_label(ui, caption(ui, text).color(tokens(ui).warn));
    }
}
