//! The sources of a customer table: the files, what each of them holds, and how they join.
//!
//! In: what is known of every source. Out: [`Command::Sources`] when something is said about one. Work per frame: what is visible.

mod card;
mod chosen;
mod label;
mod of;
mod path;
mod preview;
mod worth;

use std::sync::Arc;

use eframe::egui::{Align, Layout, Panel, ScrollArea, Ui};

use crate::data::Sourcing;
use crate::data::sourcing::Refresh;
use crate::engine::SourcesAnswer;
use crate::session::{Action, Command, DataView, Look, PageView};

use super::super::theme::{self, INSIDE, caption};
use super::super::widgets;
use super::region::region;
use super::snapshot;
use of::Of;
use path::path_ui;

/// The switch between what the page shows of a customer table, and the day everything is counted back from.
pub(super) fn switch_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    Panel::top("views").frame(region()).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(32.0);
            let views: Vec<_> =
                DataView::ALL.iter().map(|&view| (view, PageView::Data(view).name(), PageView::Data(view).explanation())).collect();
            widgets::segmented_ui(ui, &mut look.sources.view, &views);
            if matches!(look.sources.view, DataView::Sources | DataView::Recipe) {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| snapshot::ui(ui, sourcing, known, look, commands));
            }
        });
    });
}

/// The list of sources beside the one that is looked at.
pub(super) fn ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    look.sources.source = look.sources.source.min(sourcing.sources.len().saturating_sub(1));
    Panel::left("sources").default_size(364.0).size_range(332.0..=480.0).frame(region()).show(ui, |ui| {
        list_ui(ui, sourcing, known, look, commands);
    });
    let at = look.sources.source;
    match sourcing.sources.get(at) {
        Some(source) => chosen::ui(ui, &Of { at, source, sourcing, known }, look, commands),
        None => {
            let text = "Add the files you have: an export of the CRM, orders, e-mail events. Or drop them on the window.";
            if widgets::empty_ui(ui, "No sources yet", text, Action::AddSource.info().label) {
                commands.push(Command::Do(Action::AddSource));
            }
        }
    }
}

fn list_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(theme::strong("Sources"));
        ui.label(caption(ui, widgets::thousands(sourcing.sources.len())));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| refresh_ui(ui, sourcing, commands));
    });
    path_ui(ui, None, look, commands, |path| Command::AddSources(vec![path.into()]));
    ui.add_space(4.0);
    ScrollArea::vertical().id_salt("sources").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = INSIDE;
        for (at, source) in sourcing.sources.iter().enumerate() {
            card::ui(ui, &Of { at, source, sourcing, known }, look, commands);
        }
    });
}

/// When files that changed are read again.
fn refresh_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, commands: &mut Vec<Command>) {
    const CHOICES: [(Refresh, &str); 5] = [
        (Refresh::Ask, "Ask when a file changes"),
        (Refresh::WhenChanged, "Read changed files at once"),
        (Refresh::EveryMinutes(10), "Read every 10 minutes"),
        (Refresh::EveryMinutes(60), "Read every hour"),
        (Refresh::EveryMinutes(24 * 60), "Read every day"),
    ];
    let mut refresh = sourcing.refresh;
    let tip = "When files that changed on the disk are read again.";
    let mut choices: Vec<(Refresh, &str, &str)> = CHOICES.iter().map(|&(choice, words)| (choice, words, tip)).collect();
    let other = match refresh {
        Refresh::EveryMinutes(minutes) => format!("Read every {} minutes", widgets::thousands(minutes as usize)),
        Refresh::Ask | Refresh::WhenChanged => String::new(),
    };
    if choices.iter().all(|(choice, ..)| *choice != refresh) {
        choices.push((refresh, &other, tip));
    }
    widgets::combo_ui(ui, "When files are read again", &mut refresh, &choices);
    if refresh != sourcing.refresh {
        commands.push(Command::Sources(Arc::new(Sourcing { refresh, ..(**sourcing).clone() })));
    }
}
