//! The sources of a customer table: the files, what each of them holds, and how they join.
//!
//! In: what is known of every source. Out: [`Command::Sources`] when something is said about one. Work a frame: what is visible.

mod card;
mod chosen;
mod preview;
mod worth;

use std::sync::Arc;

use eframe::egui::{Align, Layout, Panel, Role as Widget, ScrollArea, TextEdit, Ui};

use crate::customers::UnderstoodSource;
use crate::data::sourcing::Refresh;
use crate::data::{SourceFile, Sourcing};
use crate::engine::SourcesAnswer;
use crate::session::{Action, Command, DataView, Look};

use super::super::theme::{self, INSIDE, caption};
use super::super::{icons, widgets};
use super::{region, snapshot};

/// The switch between what the page shows of a customer table, and the day everything is counted back from.
pub(super) fn switch_ui(ui: &mut Ui, sourcing: &Arc<Sourcing>, known: &SourcesAnswer, look: &mut Look, commands: &mut Vec<Command>) {
    Panel::top("views").frame(region()).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(32.0);
            let views: Vec<_> = DataView::ALL.iter().map(|&view| (view, view.name(), view.explanation())).collect();
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

/// A field for a path, for whoever has no dialog or means a folder or a pattern. `of` is the source it is for.
fn path_ui(ui: &mut Ui, of: Option<usize>, look: &mut Look, commands: &mut Vec<Command>, say: impl FnOnce(&str) -> Command) {
    let sources = &mut look.sources;
    let is_mine = sources.path_of == of;
    let mut text = sources.path_draft.clone().filter(|_| is_mine).unwrap_or_default();
    let hint = if of.is_some() { "Where it is now" } else { "Type a path, a folder or orders-*.csv" };
    let field = ui.add(TextEdit::singleline(&mut text).hint_text(hint).desired_width(f32::INFINITY));
    widgets::name_it(&field, Widget::TextInput, if of.is_some() { "Where the source is now" } else { "Path of a further source" });
    let is_asked_for = is_mine && sources.path_draft.as_deref() == Some("");
    if field.changed() {
        (sources.path_of, sources.path_draft) = (of, Some(text.clone()));
    } else if is_asked_for && !field.has_focus() && ui.memory(|memory| memory.focused()).is_none() && !field.lost_focus() {
        field.request_focus();
    }
    if field.lost_focus() && is_mine {
        let path = text.trim();
        let enters = ui.input(|input| input.key_pressed(eframe::egui::Key::Enter));
        if enters && !path.is_empty() {
            commands.push(say(path));
        }
        if enters || path.is_empty() {
            (sources.path_of, sources.path_draft) = (None, None);
        }
    }
}

/// One source with everything known around it.
struct Of<'a> {
    /// Its place.
    at: usize,
    source: &'a SourceFile,
    sourcing: &'a Arc<Sourcing>,
    known: &'a SourcesAnswer,
}

impl Of<'_> {
    /// What it was last understood to hold. By name: what is shown may be from before another source was added or removed.
    fn understood(&self) -> Option<&UnderstoodSource> {
        self.known.understood.latest()?.sources.iter().find(|source| source.name == self.source.name)
    }

    /// Says something about this source.
    fn say(&self, commands: &mut Vec<Command>, change: impl FnOnce(&mut SourceFile)) {
        let mut sourcing = (**self.sourcing).clone();
        if let Some(source) = sourcing.sources.get_mut(self.at) {
            change(source);
            commands.push(Command::Sources(Arc::new(sourcing)));
        }
    }

    fn remove(&self, look: &mut Look, commands: &mut Vec<Command>) {
        let mut sourcing = (**self.sourcing).clone();
        sourcing.sources.remove(self.at);
        commands.push(Command::Sources(Arc::new(sourcing)));
        let shown = &mut look.sources.source;
        *shown = if *shown > self.at { *shown - 1 } else { *shown };
        look.sources.first_row = 0;
    }
}

/// Which source goes away and what is left, for the button that does it.
fn remove_ui(ui: &mut Ui, of: &Of<'_>, look: &mut Look, commands: &mut Vec<Command>) {
    if widgets::icon_button(ui, icons::CLOSE, &format!("Remove {} from the sources; the file stays", of.source.name)).clicked() {
        of.remove(look, commands);
    }
}
