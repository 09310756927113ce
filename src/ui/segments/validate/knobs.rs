//! On which days the personas are tried, and what is foretold. Every change is one choice that can be undone.

use eframe::egui::{self, Frame, Label, ScrollArea, Ui};

use crate::data::{Role, Source, Values, is_rfm_score};
use crate::features;
use crate::session::{Command, Every, Look, Plan, ToForetell, ValidateOptions};
use crate::ui::theme::{self, caption};
use crate::ui::widgets::{check_ui, choice_ui, unbroken};

use super::super::view::View;
use super::found::found;
use super::tables;

const SNAPSHOTS_MEAN: &str = "On how many days the customers are looked at, by the same frozen recipe.";
const EVERY_MEANS: &str = "How far these days are apart. A quarter or month that is not over is left out.";
const HORIZON_MEANS: &str = "How many days after the cut are foretold. The personas know nothing of them.";
const OUTCOME_MEANS: &str = "What is foretold: something that happened after the cut-off day, or an outcome column.";
const TODAYS_MEAN: &str = "Columns of lists of customers are as of today, whatever the day: nobody kept what stood there before. They are left out unless this is on.";

/// The left panel.
pub(super) fn ui(ui: &mut Ui, view: &View, plan: &Plan, draft: &mut ValidateOptions, look: &mut Look, commands: &mut Vec<Command>) {
    egui::CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
        ScrollArea::vertical().id_salt("validate knobs").auto_shrink(false).show(ui, |ui| {
            let has_orders = matches!(plan.source, Source::Sources(_));
            if has_orders {
                ui.label(theme::strong("Stays over time"));
                snapshots_ui(ui, draft);
            } else if !matches!(plan.source, Source::Sample { .. }) {
                tables::ui(ui, draft, look, commands);
            }
            ui.add_space(theme::BETWEEN);
            ui.label(theme::strong("Foretells"));
            outcome_ui(ui, view, plan, draft);
            if has_orders {
                horizon_ui(ui, draft);
                ui.add_space(theme::BETWEEN);
                check_ui(ui, &mut draft.with_todays, "Include today's columns").on_hover_text(TODAYS_MEAN);
            }
            ui.add_space(theme::BETWEEN);
            notes_ui(ui, view);
        });
    });
}

fn snapshots_ui(ui: &mut Ui, draft: &mut ValidateOptions) {
    let mut counts = vec![2, 3, 4, 5, 6, 8, 12, draft.snapshots];
    counts.sort_unstable();
    counts.dedup();
    let names: Vec<String> = counts.iter().map(ToString::to_string).collect();
    let choices: Vec<(usize, &str, &str)> = counts.iter().zip(&names).map(|(&count, name)| (count, name.as_str(), "")).collect();
    choice_ui(ui, "Snapshots", SNAPSHOTS_MEAN, &mut draft.snapshots, &choices);
    let mut distances = vec![Every::Quarter, Every::Month, Every::Days(30), Every::Days(90), Every::Days(180), Every::Days(365)];
    if !distances.contains(&draft.every) {
        distances.push(draft.every);
    }
    let names: Vec<String> = distances.iter().map(|every| format!("Every {}", every.word())).collect();
    let choices: Vec<(Every, &str, &str)> = distances.iter().zip(&names).map(|(&every, name)| (every, name.as_str(), "")).collect();
    choice_ui(ui, "Interval", EVERY_MEANS, &mut draft.every, &choices);
}

fn horizon_ui(ui: &mut Ui, draft: &mut ValidateOptions) {
    let mut days = vec![30, 60, 90, 180, 273, 365, draft.horizon_days];
    days.sort_unstable();
    days.dedup();
    let names: Vec<String> = days.iter().map(|days| format!("{days} days")).collect();
    let choices: Vec<(u32, &str, &str)> = days.iter().zip(&names).map(|(&days, name)| (days, name.as_str(), "")).collect();
    choice_ui(ui, "Horizon", HORIZON_MEANS, &mut draft.horizon_days, &choices);
}

fn outcome_ui(ui: &mut Ui, view: &View, plan: &Plan, draft: &mut ValidateOptions) {
    let has_orders = matches!(plan.source, Source::Sources(_));
    let mut outcomes = vec![(ToForetell::BuysAgain, if has_orders { "Buys again" } else { "Nothing yet" }.to_owned())];
    if has_orders {
        outcomes.push((ToForetell::Purchases, "Number of purchases".into()));
        outcomes.push((ToForetell::Spend, "Spend".into()));
        outcomes.extend(categories(view).into_iter().map(|name| (ToForetell::Category(name.clone()), format!("Buys {name}"))));
    } else {
        outcomes
            .extend(columns(view, plan).into_iter().map(|name| (ToForetell::Column(name.clone()), view.answers.dictionary.name(&name))));
    }
    if outcomes.iter().all(|(outcome, _)| *outcome != draft.outcome) {
        outcomes.push((draft.outcome.clone(), draft.outcome.told(&view.answers.dictionary)));
    }
    let mut at = outcomes.iter().position(|(outcome, _)| *outcome == draft.outcome).unwrap_or(0);
    let choices: Vec<(usize, &str, &str)> = outcomes.iter().enumerate().map(|(at, (_, name))| (at, name.as_str(), "")).collect();
    if choice_ui(ui, "Outcome", OUTCOME_MEANS, &mut at, &choices) {
        draft.outcome = outcomes[at].0.clone();
    }
}

/// Most product groups offered.
const MOST_GROUPS: usize = 12;

/// The common product groups of the orders.
fn categories(view: &View) -> Vec<String> {
    let Some(understood) = view.answers.sources.as_ref().and_then(|sources| sources.understood.latest()) else { return Vec::new() };
    let known = understood.sources.iter().filter_map(|source| source.common.get(&crate::data::sourcing::Field::Category)).flatten();
    known.take(MOST_GROUPS).cloned().collect()
}

/// Columns that say what became of the customers: outcomes, and those of two kinds that are no input.
fn columns(view: &View, plan: &Plan) -> Vec<String> {
    let (Some(loaded), Some(prepared)) = (view.answers.loaded.latest(), view.answers.prepared.latest()) else { return Vec::new() };
    let is_input = |name: &str| prepared.columns.iter().any(|column| column.enters && column.name == name);
    let told = |at: usize| {
        let column = &loaded.table.columns[at];
        let role = loaded.profile.columns.get(at).map(|profile| features::role(profile, &plan.preparation));
        let is_outcome = role == Some(Role::Outcome) && !matches!(column.values, Values::Date(_)) && !is_rfm_score(&column.name);
        (is_outcome && !is_input(&column.name)).then(|| column.name.clone())
    };
    (0..loaded.table.columns.len()).filter_map(told).collect()
}

/// What to know about the days, each once.
fn notes_ui(ui: &mut Ui, view: &View) {
    let parts = [found(&view.answers.holds.stays), found(&view.answers.holds.foretells)];
    let mut notes: Vec<&String> = Vec::new();
    for note in parts.into_iter().flatten().flat_map(|found| &found.notes) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    if notes.is_empty() {
        return;
    }
    ui.label(theme::strong("Notes"));
    for note in notes {
        ui.add(Label::new(caption(ui, unbroken(note))).wrap());
        ui.add_space(4.0);
    }
}
