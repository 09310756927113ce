//! Which personas, as which files, how and where to?
//!
//! Three columns that keep their places: whom, as what, and what that comes to: the files and what stays private.

use std::path::PathBuf;

use eframe::egui::{Align, Checkbox, Layout, Role, ScrollArea, TextEdit, Ui, Vec2};

use crate::data::{Dictionary, Noun};
use crate::engine::Answers;
use crate::export::{Audience, Choices, Density, Paper, Purpose, country_code, persona_stem};
use crate::persona::{Persona, Personas};
use crate::session::{Command, ExportFormat, ExportRequest};

use super::super::at_right::{at_right_ui, beside_ui};
use super::super::icons;
use super::super::names::{is_long, name_ui};
use super::super::theme::{self, BETWEEN, INSIDE, REGION, caption, tokens};
use super::super::widgets::{self, combo_ui, cut_label, name_it, percent, primary_button, segmented_ui, thousands};
use super::preview::{self, Seen};

const WHOM_WIDTH: f32 = 232.0;
const COMES_TO_WIDTH: f32 = 272.0;

/// Head and foot around the columns.
const AROUND: f32 = 152.0;

/// Draws the choices. Whether the dialog is to close.
pub(super) fn ui(
    ui: &mut Ui,
    size: Vec2,
    (answers, dictionary): (&Answers, &Dictionary),
    request: &mut ExportRequest,
    seen: &mut Seen,
    commands: &mut Vec<Command>,
) -> bool {
    let personas = answers.personas.latest();
    ui.label(theme::heading("Export"));
    ui.label(caption(ui, "Export cards and customers as files."));
    ui.add_space(INSIDE);
    let height = (size.y - AROUND).max(160.0);
    ui.allocate_ui_with_layout(Vec2::new(size.x, height), Layout::left_to_right(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.x = REGION;
        column_ui(ui, "whom", WHOM_WIDTH, height, |ui| match personas {
            Some(personas) => whom_ui(ui, personas, &mut request.choices),
            None => {
                ui.label(caption(ui, "The cards are still being computed; the export waits for them."));
            }
        });
        let as_what = size.x - WHOM_WIDTH - COMES_TO_WIDTH - 2.0 * REGION;
        column_ui(ui, "as_what", as_what, height, |ui| as_what_ui(ui, (answers, dictionary), &mut request.choices));
        column_ui(ui, "comes_to", COMES_TO_WIDTH, height, |ui| {
            if request.choices.has_pages() {
                preview::ui(ui, answers, seen);
                ui.add_space(INSIDE);
            }
            comes_to_ui(ui, personas.map(|personas| &**personas), &request.choices);
        });
    });
    ui.add_space(INSIDE);
    folder_ui(ui, request, commands);
    ui.add_space(INSIDE);
    let missing = missing(request);
    let hint = |ui: &mut Ui| {
        let hint = missing.unwrap_or("Files of the same name are replaced. If an export fails, the old ones stay as they were.");
        cut_label(ui, caption(ui, hint));
    };
    let buttons = |ui: &mut Ui| {
        let cancelled = ui.button("Cancel").clicked();
        let button = ui.add_enabled_ui(missing.is_none(), |ui| primary_button(ui, "Export")).inner;
        // Enter exports as soon as the dialog is open, and wherever else nothing waits for it.
        if missing.is_none() && ui.memory(|memory| memory.focused().is_none()) {
            button.request_focus();
        }
        if button.on_disabled_hover_text(missing.unwrap_or_default()).clicked() {
            commands.push(Command::Export(request.clone()));
        }
        cancelled
    };
    ui.horizontal(|ui| beside_ui(ui, "export", hint, buttons)).inner
}

/// What keeps the export from starting.
fn missing(request: &ExportRequest) -> Option<&'static str> {
    if request.choices.formats.is_empty() {
        Some("Choose at least one kind of file.")
    } else if request.choices.personas.as_ref().is_some_and(Vec::is_empty) {
        Some("Choose at least one persona.")
    } else if request.folder.is_none() {
        Some("Choose a folder.")
    } else if request.choices.audience.country.as_deref().is_some_and(|country| country_code(country).is_none()) {
        Some("Name the country by its two letters, such as DE.")
    } else {
        None
    }
}

fn column_ui(ui: &mut Ui, id: &str, width: f32, height: f32, contents: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(Vec2::new(width, height), Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(Vec2::new(width, height));
        ScrollArea::vertical().id_salt(id).auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing = Vec2::new(INSIDE, 4.0);
            contents(ui);
        });
    });
}

fn whom_ui(ui: &mut Ui, personas: &Personas, choices: &mut Choices) {
    let numbers: Vec<usize> = personas.personas.iter().map(|persona| persona.number).collect();
    ui.horizontal(|ui| {
        ui.set_height(24.0);
        ui.label(theme::strong("Personas"));
        at_right_ui(ui, "whom", |ui| {
            if ui.small_button("All").on_hover_text("Choose every persona.").clicked() {
                choices.personas = None;
            }
            if ui.small_button("None").on_hover_text("Choose no persona.").clicked() {
                choices.personas = Some(Vec::new());
            }
        });
    });
    for persona in &personas.personas {
        let mut is_on = choices.wants(persona.number);
        if persona_ui(ui, persona, &personas.noun, &mut is_on) {
            let wanted = |number: &usize| if *number == persona.number { is_on } else { choices.wants(*number) };
            let kept: Vec<usize> = numbers.iter().copied().filter(wanted).collect();
            choices.personas = Some(kept).filter(|kept| kept.len() < numbers.len());
        }
    }
    ui.add_space(INSIDE);
    ui.label(caption(ui, "Overviews and tables of customers always show everyone."));
}

/// One persona of the list. Whether it was chosen or taken out.
fn persona_ui(ui: &mut Ui, persona: &Persona, noun: &Noun, is_on: &mut bool) -> bool {
    // Room for box, colour and number beside the name.
    let is_tall = is_long(ui, &persona.name, noun, ui.available_width() - 112.0);
    ui.horizontal(|ui| {
        ui.set_height(if is_tall { 42.0 } else { 28.0 });
        let checkbox = widgets::check_ui(ui, is_on, "");
        let enabled = checkbox.enabled();
        let (on, name) = (*is_on, persona.name.clone());
        checkbox.widget_info(|| eframe::egui::WidgetInfo::selected(Role::CheckBox, enabled, on, name.as_str()));
        widgets::swatch(ui, theme::segment(persona.number));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(caption(ui, thousands(persona.n))).on_hover_text(format!("{} of all customers", percent(persona.share)));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| name_ui(ui, &persona.name, noun, 2).on_hover_text(&persona.name));
        });
        checkbox.changed()
    })
    .inner
}

fn as_what_ui(ui: &mut Ui, (answers, dictionary): (&Answers, &Dictionary), choices: &mut Choices) {
    // All formats and what the last may be told are seen at once.
    ui.spacing_mut().interact_size.y = 24.0;
    ui.spacing_mut().item_spacing.y = 2.0;
    for purpose in Purpose::ALL {
        ui.horizontal(|ui| {
            ui.set_height(24.0);
            ui.label(theme::strong(purpose.name()));
        });
        for format in ExportFormat::ALL.into_iter().filter(|format| format.purpose() == purpose) {
            let mut is_on = choices.formats.contains(&format);
            if widgets::check_ui(ui, &mut is_on, format.name()).on_hover_text(format.explanation()).changed() {
                let kept =
                    ExportFormat::ALL.into_iter().filter(|other| if *other == format { is_on } else { choices.formats.contains(other) });
                choices.formats = kept.collect();
            }
            // What a format may be told stands right below it.
            if format == ExportFormat::Csv {
                let tip =
                    "Cells that a spreadsheet would run as formulas, such as =1+1, are prefixed with an apostrophe unless this is ticked.";
                ui.indent("formulas", |ui| {
                    ui.add_enabled(is_on, Checkbox::new(&mut choices.keeps_formulas, "Keep formulas")).on_hover_text(tip);
                });
            }
        }
        match purpose {
            Purpose::Work => how_ui(ui, choices),
            Purpose::Customers if choices.formats.contains(&ExportFormat::Audience) => {
                audience_ui(ui, (answers, dictionary), &mut choices.audience)
            }
            Purpose::Show | Purpose::Customers => {}
        }
        ui.add_space(INSIDE);
    }
}

/// Paper and density; they keep their place where no chosen format is set on pages, so that nothing moves under the pointer.
fn how_ui(ui: &mut Ui, choices: &mut Choices) {
    ui.add_space(4.0);
    ui.add_enabled_ui(choices.has_pages(), |ui| {
        ui.label(caption(ui, "Size of pages"));
        segmented_ui(ui, &mut choices.paper, &Paper::ALL.map(|paper| (paper, paper.name(), "The size of pages.")));
        ui.label(caption(ui, "How much is on them"));
        segmented_ui(ui, &mut choices.density, &Density::ALL.map(|density| (density, density.name(), density.explanation())));
    });
}

fn audience_ui(ui: &mut Ui, (answers, dictionary): (&Answers, &Dictionary), audience: &mut Audience) {
    ui.indent("audience", |ui| {
        if let Some(loaded) = answers.loaded.latest() {
            let columns = &loaded.table.columns;
            let automatic = (None, "By its name", "The column whose name says who agreed, such as consent or newsletter.");
            let shown: Vec<String> = columns.iter().map(|column| dictionary.name(&column.name)).collect();
            let names = shown.iter().enumerate().map(|(at, name)| (Some(at), name.as_str(), ""));
            let all: Vec<(Option<usize>, &str, &str)> = std::iter::once(automatic).chain(names).collect();
            let mut chosen = audience.consent_column.as_deref().and_then(|name| loaded.table.position(name));
            ui.horizontal(|ui| {
                ui.label("Consent").on_hover_text("The column that says who agreed to be contacted; everyone else is left out.");
                if combo_ui(ui, "Consent column", &mut chosen, &all) {
                    audience.consent_column = chosen.map(|at| columns[at].name.clone());
                }
            });
        }
        ui.horizontal(|ui| {
            ui.label("Country").on_hover_text("The country of telephone numbers and addresses that name none.");
            let mut country = audience.country.clone().unwrap_or_default();
            let response = ui.add(TextEdit::singleline(&mut country).hint_text("DE").char_limit(2).desired_width(40.0));
            name_it(&response, Role::TextInput, "Country");
            if response.changed() {
                audience.country = Some(country.trim().to_uppercase()).filter(|country| !country.is_empty());
            }
        });
        let tip = "For platforms that hash on their side, such as Meta's upload page. The file then tells who your customers are.";
        widgets::check_ui(ui, &mut audience.plain, "Plain text, not hashed").on_hover_text(tip);
    });
}

/// The files, and what stays private.
fn comes_to_ui(ui: &mut Ui, personas: Option<&Personas>, choices: &Choices) {
    ui.horizontal(|ui| {
        ui.set_height(24.0);
        ui.label(theme::strong("Files"));
    });
    for format in &choices.formats {
        let name = match (format, personas) {
            (ExportFormat::Audience, Some(personas)) => {
                let mut wanted = personas.personas.iter().filter(|persona| choices.wants(persona.number));
                let first = wanted.next().map_or_else(String::new, |persona| format!("audience-{}.csv", persona_stem(persona)));
                let more = wanted.count();
                if more > 0 { format!("{first} and {more} more") } else { first }
            }
            _ => format.file_name().to_owned(),
        };
        ui.horizontal(|ui| {
            ui.colored_label(tokens(ui).muted, icons::FILE);
            cut_label(ui, &name).on_hover_text(&name);
        });
    }
    if choices.formats.is_empty() {
        ui.label(caption(ui, "None chosen yet."));
    }
    ui.add_space(BETWEEN);
    ui.label(theme::strong("Privacy"));
    for sentence in left_out(choices) {
        ui.label(caption(ui, sentence));
    }
}

/// What is never in these files, or only there because the user wants it.
fn left_out(choices: &Choices) -> Vec<&'static str> {
    let has = |purpose: Purpose| choices.formats.iter().any(|format| format.purpose() == purpose);
    let mut sentences = Vec::new();
    if has(Purpose::Show) || has(Purpose::Work) {
        sentences.push("Names, addresses and other identifiers never appear on a card.");
        sentences.push("Values of fewer than 10 customers are not shown.");
    }
    if choices.formats.iter().any(|format| matches!(format, ExportFormat::Csv | ExportFormat::Parquet)) {
        sentences.push("Labelled customers include every column, identifiers too.");
    }
    if choices.formats.contains(&ExportFormat::Audience) {
        sentences.push("Customers who did not agree are left out of audience lists, and their number is reported at the end. Lists of fewer than 10 are not written.");
    }
    sentences
}

fn folder_ui(ui: &mut Ui, request: &mut ExportRequest, commands: &mut Vec<Command>) {
    let mut folder = request.folder.as_ref().map_or(String::new(), |folder| folder.display().to_string());
    ui.horizontal(|ui| {
        ui.label(theme::strong("Folder"));
        let field_ui = |ui: &mut Ui| {
            let field = TextEdit::singleline(&mut folder).hint_text("Where the files go").desired_width(ui.available_width());
            let response = ui.add(field);
            name_it(&response, Role::TextInput, "Folder");
            if response.changed() {
                request.folder = Some(PathBuf::from(folder.trim())).filter(|folder| !folder.as_os_str().is_empty());
            }
        };
        beside_ui(ui, "folder", field_ui, |ui| {
            if ui.button("Browse…").on_hover_text("Choose the folder in the system's dialog.").clicked() {
                commands.push(Command::ChooseExportFolder);
            }
        });
    });
}
