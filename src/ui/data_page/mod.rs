//! The Data page: what am I looking at? Every column at a glance, the rows themselves, and one column in detail.
//!
//! In: the loaded table and its profile, and where it is built from several files, what is known of them. Out: [`Command::Prepare`] when a
//! role changes, [`Command::Sources`] when something is said about files or columns. Work per frame: only what is visible.

mod choose;
mod columns;
mod detail;
mod finding;
mod health;
mod keys;
pub(in crate::ui) mod listing;
mod reading;
mod recipe;
mod region;
mod rfm;
mod snapshot;
mod sources;
mod table;
mod table_head;
mod table_menu;
mod table_view;
mod words;

use eframe::egui::{Align, Frame, Label, Layout, Margin, Panel, ProgressBar, RichText, Stroke, Ui};

use crate::data::source::{CUSTOMER_TABLE, is_text};
use crate::data::{Loaded, Source, Sourcing};
use crate::engine::{Answer, Answers, SourcesAnswer};
use crate::plot::Picked;
use crate::session::{Action, Command, DataView, Look, Page, Plan};

use super::at_right::beside_ui;
use super::icons;
use super::set_aside::set_aside;
use super::theme::{self, BETWEEN, INSIDE, caption, tokens};
use super::widgets::{self, percent, thousands};

pub(super) use columns::{kind_icon, role_ui, shape_ui};
pub(super) use region::region;
pub use table_menu::rows_text;

/// Shows the page.
pub fn ui(ui: &mut Ui, plan: &Plan, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    ui.painter().rect_filled(ui.max_rect(), 0, tokens(ui).surface);
    let sources = match (&plan.source, &answers.sources) {
        (Source::Sources(sourcing), Some(known)) => Some((sourcing, known)),
        _ => None,
    };
    match sources {
        Some((sourcing, known)) => {
            sourced_head_ui(ui, plan, (sourcing, known), answers, look, commands);
            sources::switch_ui(ui, sourcing, known, look, commands);
            match look.sources.view {
                DataView::Sources => return sources::ui(ui, sourcing, known, look, commands),
                DataView::Recipe => return recipe::ui(ui, sourcing, known, answers, look, commands),
                DataView::Rfm => return rfm::ui(ui, sourcing, known, answers, look, commands),
                DataView::Health => return health::ui(ui, sourcing, known, look, commands),
                DataView::Table => {}
            }
        }
        None => {
            if let Some(loaded) = answers.loaded.latest() {
                head_ui(ui, &loaded.title, &summary(loaded), look, |ui, look| {
                    words::noun_ui(ui, plan, loaded, commands);
                    reading_ui(ui, plan, &loaded.sheets, commands);
                    next_ui(ui, answers, look, commands);
                });
                listing::ui(ui, plan, answers, look, commands);
            }
        }
    }
    let Some(loaded) = answers.loaded.latest() else {
        return without_data_ui(ui, plan, &answers.loaded, look, commands);
    };
    let picked = picked(answers, look);
    if let Some(problem) = answers.loaded.problem().filter(|_| sources.is_none()) {
        band(ui, |ui| load_problem_ui(ui, plan, &problem.0, commands));
    } else if let Some(progress) = answers.loaded.progress() {
        band(ui, |ui| progress_ui(ui, &progress.stage, progress.fraction, commands));
    }
    if answers.loaded.is_stale() {
        ui.multiply_opacity(theme::STALE);
    }
    let shown = shown_column(loaded, look);
    Panel::left("columns").default_size(348.0).size_range(300.0..=480.0).frame(region()).show(ui, |ui| {
        columns::ui(ui, plan, loaded, shown, look, commands);
    });
    let aside = set_aside(ui, Panel::bottom("detail").exact_size(detail::HEIGHT).frame(region()));
    table::ui(ui, (loaded, &plan.dictionary), shown, picked, &answers.listing, look, commands);
    aside.fill_ui(ui, "detail", |ui| {
        if let Some(at) = shown {
            detail::ui(ui, plan, loaded, at, commands);
        }
    });
}

/// The customers picked out, as long as they are.
fn picked<'a>(answers: &'a Answers, look: &Look) -> Option<&'a Picked> {
    answers.brush.picked.as_deref().filter(|_| look.brush.is_some())
}

/// What can be done next; the next step comes last.
fn next_ui(ui: &mut Ui, answers: &Answers, look: &mut Look, commands: &mut Vec<Command>) {
    let is_there = answers.loaded.latest().is_some();
    let picked = picked(answers, look);
    look.only_picked &= picked.is_some();
    if let Some(picked) = picked {
        let text = format!("Only selected {} ({})", answers.noun.many, thousands(picked.n()));
        widgets::check_ui(ui, &mut look.only_picked, &text).on_hover_text("List the selected customers alone. Esc clears the selection.");
        ui.add_space(INSIDE);
    }
    widgets::action_button(ui, icons::FILE, true, Action::AddSource, true, commands);
    let button = ui.add_enabled_ui(is_there, |ui| widgets::primary_button(ui, &format!("Prepare columns  {}", icons::NEXT))).inner;
    if button.on_disabled_hover_text("The customer table is not ready yet.").clicked() {
        commands.push(Command::Do(Action::Go(Page::Prepare)));
    }
}

/// How the open file is read; the sample and tables of several files have nothing to choose here.
fn reading_ui(ui: &mut Ui, plan: &Plan, sheets: &[String], commands: &mut Vec<Command>) {
    let Source::File { path, read_as } = &plan.source else { return };
    let file = reading::FileRead { name: &plan.source.title(), read_as, sheets, is_text: is_text(path) };
    commands.extend(reading::ui(ui, &file).map(Command::ReadAs));
}

/// The head of a customer table that is built from several files, the same over all its views.
fn sourced_head_ui(
    ui: &mut Ui,
    plan: &Plan,
    (sourcing, known): (&Sourcing, &SourcesAnswer),
    answers: &Answers,
    look: &mut Look,
    commands: &mut Vec<Command>,
) {
    let built = known.built.latest();
    let n_sources = sourcing.sources.len();
    let sources = format!("{} {}", thousands(n_sources), if n_sources == 1 { "source" } else { "sources" });
    let summary = match built {
        Some(built) => {
            let back = built.snapshot.map_or_else(String::new, |day| format!(", counted back from {day}"));
            format!("{} from {sources}{back}", answers.noun.counted(built.table.n_rows))
        }
        None => sources,
    };
    head_ui(ui, CUSTOMER_TABLE, &summary, look, |ui, look| {
        if let Some(loaded) = answers.loaded.latest() {
            words::noun_ui(ui, plan, loaded, commands);
        }
        next_ui(ui, answers, look, commands);
    });
    // What one source has met is told on its card; this is about the table that is built from all.
    let are_read = !known.raws.is_empty() && known.raws.iter().all(|raw| raw.problem().is_none());
    if let Some(problem) = known.built.problem().filter(|_| are_read) {
        let panel = Panel::top("table problem").frame(region()).show_separator_line(false);
        panel.show(ui, |ui| widgets::problem_ui(ui, &problem.0, None));
    }
}

/// The column told more of: the one chosen, else the first that would enter, so that the place is never empty.
fn shown_column(loaded: &Loaded, look: &Look) -> Option<usize> {
    let chosen = look.column.as_deref().and_then(|name| loaded.table.position(name));
    let first_input = || loaded.profile.columns.iter().position(|column| column.guessed_role.is_input_by_default());
    chosen.or_else(first_input).or((!loaded.table.columns.is_empty()).then_some(0))
}

fn summary(loaded: &Loaded) -> String {
    let columns = &loaded.profile.columns;
    let n_missing: usize = columns.iter().map(|column| column.n_missing).sum();
    let n_cells = loaded.table.n_rows * columns.len();
    let missing = if n_missing == 0 {
        "no cell is missing".to_owned()
    } else {
        format!("{} of all cells are missing", percent(n_missing as f64 / n_cells as f64))
    };
    format!("{} rows × {} columns · {missing}", thousands(loaded.table.n_rows), thousands(columns.len()))
}

/// The top of a page: what it shows, and `next` on the right, whose last is the one next step. Its notes are with all others in the status line.
pub(super) fn head_ui(ui: &mut Ui, title: &str, summary: &str, look: &mut Look, next: impl FnOnce(&mut Ui, &mut Look)) {
    // A panel, not a frame: panels meet without a gap.
    Panel::top("head").frame(region()).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(32.0);
            let left = |ui: &mut Ui| {
                ui.scope(|ui| {
                    ui.set_max_width(ui.available_width() * 0.45);
                    widgets::cut_label(ui, theme::heading(title));
                });
                ui.add_space(INSIDE);
                ui.add(Label::new(RichText::new(summary).color(tokens(ui).muted)).truncate());
            };
            beside_ui(ui, "next", left, |ui| next(ui, look));
        });
    });
}

fn band(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    Panel::top("state").frame(region()).show_separator_line(false).show(ui, contents);
}

fn progress_ui(ui: &mut Ui, stage: &str, fraction: f32, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(caption(ui, if stage.is_empty() { "Reading the file" } else { stage }));
        ui.add(ProgressBar::new(fraction).fill(tokens(ui).accent).desired_width(160.0).desired_height(4.0));
        if ui.button("Stop").on_hover_text("Stop reading.").clicked() {
            commands.push(Command::Do(Action::StopAll));
        }
    });
}

fn without_data_ui(ui: &mut Ui, plan: &Plan, loaded: &Answer<Loaded>, look: &mut Look, commands: &mut Vec<Command>) {
    match loaded {
        Answer::Failed { .. } | Answer::Waiting(_) if matches!(plan.source, Source::Sources(_)) => {
            let text = loaded.problem().map_or_else(|| "It waits for its sources.".to_owned(), |problem| widgets::unbroken(&problem.0));
            if widgets::empty_ui(ui, "No customer table yet", &text, "See the sources") {
                look.sources.view = DataView::Sources;
            }
        }
        Answer::Failed { problem, .. } => {
            widgets::centred(ui, |ui| load_problem_ui(ui, plan, &problem.0, commands));
        }
        Answer::Cooking { progress, .. } => {
            widgets::centred(ui, |ui| {
                ui.label(theme::heading(plan.source.title()));
                ui.label(caption(ui, if progress.stage.is_empty() { "Reading the file" } else { &progress.stage }));
                ui.add_space(INSIDE);
                ui.add(ProgressBar::new(progress.fraction).fill(tokens(ui).accent).desired_width(240.0).desired_height(4.0));
                ui.add_space(INSIDE);
                if ui.button("Stop").on_hover_text("Stop reading.").clicked() {
                    commands.push(Command::Do(Action::StopAll));
                }
            });
        }
        Answer::Waiting(_) | Answer::Ready(_) => {
            let text = "Open a file with one customer per row: CSV, Excel, Parquet and more. Or drop it on the window.";
            if widgets::empty_ui(ui, "No customers yet", text, Action::Open.info().label) {
                commands.push(Command::Do(Action::Open));
            }
        }
    }
}

fn load_problem_ui(ui: &mut Ui, plan: &Plan, problem: &str, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    // A plan with choices of its own is worth keeping: its file may only have moved.
    let has_choices = *plan != Plan::new(plan.source.clone());
    let frame = Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.bad)).corner_radius(8).inner_margin(Margin::same(BETWEEN as i8));
    frame.show(ui, |ui| {
        ui.set_max_width(520.0);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(icons::WARNING).color(t.bad));
                ui.label(problem);
            });
            ui.add_space(INSIDE);
            ui.horizontal(|ui| {
                // A sheet or an encoding that does not go with the file can be changed where it failed.
                reading_ui(ui, plan, &[], commands);
                if has_choices {
                    let tip = "Show where the file is now; every choice is kept.";
                    if widgets::primary_button(ui, "Locate the file…").on_hover_text(tip).clicked() {
                        commands.push(Command::Do(Action::Open));
                    }
                }
                for action in [Action::Open, Action::OpenSample] {
                    let info = action.info();
                    if ui.button(info.label).on_hover_text(info.tooltip).clicked() {
                        commands.push(Command::Do(action));
                    }
                }
            });
        });
    });
}
