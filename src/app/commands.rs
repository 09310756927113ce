//! What each command does. The only place where the plan changes; what leaves for the disk or the clipboard does so in `leaving`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{OpenUrl, Theme, ViewportCommand};

use crate::customers;
use crate::data::Source;
use crate::engine::log_kind;
use crate::export;
use crate::persona::{self, Added, Numbering, PersonaEdit, RestsOn};
use crate::session::history::{History, MergeKey};
use crate::session::project;
use crate::session::settings::ThemeChoice;
use crate::session::{
    Action, CardEdit, Command, DataView, DatabaseDraft, ExportRequest, Look, OpenModel, Page, PageView, Parting, Plan, Words,
};
use crate::ui::export_dialog::Taking;

use super::appearance::preference;
use super::dialogs::DialogPurpose;
use super::logging;
use super::outputs::inputs_of;
use super::rules;
use super::window::Window;

impl Window {
    /// Carries out one command.
    pub(super) fn apply(&mut self, command: Command) {
        match command {
            Command::Do(action) => self.act(action),
            Command::Open(path) => self.open(&path),
            Command::OpenAll(paths) => self.open_all(paths),
            Command::Relocate(path) => {
                self.change(|plan| plan.source = Source::file(path));
                self.session.moved = None;
            }
            Command::AddSources(paths) => self.add_sources(paths),
            Command::AskDatabase(brings) => self.ask_database(brings),
            Command::DatabaseTold(told) => self.database_told(told),
            Command::DatabaseCame(path, told) => self.database_came(path, &told),
            Command::LocateSource(at) => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::LocateSource(at), Some(&folder), "", &self.ctx);
            }
            Command::Sources(sourcing) => self.regroup(|plan| plan.source = Source::Sources(sourcing)),
            Command::ReadAs(read_as) => self.regroup(|plan| {
                if let Source::File { read_as: how, .. } = &mut plan.source {
                    *how = read_as;
                }
            }),
            Command::SaveFailingRows(source) => self.save_failing_rows(&source),
            Command::Prepare(preparation) => self.regroup(|plan| plan.preparation = preparation),
            Command::Cluster(clustering) => self.regroup(|plan| plan.clustering = clustering),
            Command::Inside(split) => self.change(|plan| plan.put_split(*split)),
            Command::KeepParts => self.keep_parts(),
            Command::MergeBack(number) => self.regroup(|plan| plan.merge_back(number)),
            Command::Niches(niches) => self.change(|plan| plan.niches = niches),
            Command::Validate(options) => self.change(|plan| plan.validation = options),
            Command::ChooseEarlier => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::EarlierTables, Some(&folder), "", &self.ctx);
            }
            Command::AddEarlier(paths) => self.add_earlier(paths),
            Command::Follow(options) => self.change(|plan| plan.journeys = options),
            Command::SaveDue(rule) => self.save_due(rule),
            Command::ChooseRules => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::Rules, Some(&folder), "", &self.ctx);
            }
            Command::ChooseEvents => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::Events, Some(&folder), "", &self.ctx);
            }
            Command::Live(choices) => self.change(|plan| plan.live = choices),
            Command::ChooseLive(is_folder) => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::LiveSource(is_folder), Some(&folder), "", &self.ctx);
            }
            Command::BeginLive => self.begin_live(),
            Command::FollowPath(path) => self.choose_live(path),
            Command::FollowLive(choices, model) => self.follow_live(choices, &model),
            Command::OrderLive(order) => self.order_live(order),
            Command::EndLive => self.end_live(),
            Command::SaveUnusual => self.save_unusual(),
            Command::SaveBelonging => self.save_belonging(),
            Command::UseModel(model, numbering) => self.use_model(model, numbering),
            Command::Compare(against) => self.change(|plan| plan.comparison = against),
            Command::Call(dictionary) => self.change(|plan| plan.dictionary = dictionary),
            Command::EditCard(cluster, edit) => self.edit_card(cluster, edit),
            Command::SlideNotes(kind, text) => self.change(|plan| {
                if text.trim().is_empty() {
                    plan.slide_notes.remove(&kind)
                } else {
                    plan.slide_notes.insert(kind, text)
                };
            }),
            Command::ChoosePicture(cluster) => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::Picture(cluster), Some(&folder), "", &self.ctx);
            }
            Command::AttachPicture(cluster, path) => self.attach_picture(cluster, path),
            Command::FindQuotes(cluster) => self.find_quotes(cluster),
            Command::KeepSelection(kept) => self.change(|plan| plan.kept.push(kept)),
            Command::RenameSelection(at, name) => self.change(|plan| {
                if let Some(kept) = plan.kept.get_mut(at) {
                    kept.name = name;
                }
            }),
            Command::ForgetSelection(at) => self.change(|plan| {
                if at < plan.kept.len() {
                    plan.kept.remove(at);
                }
            }),
            Command::SaveSelection(at) => self.save_selection(at),
            Command::SaveTo(path) => self.save_to(path),
            Command::Export(request) => self.export(request),
            Command::SavePlot(kind) => {
                let name = format!("{}.png", kind.file_stem());
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::SavePlot(kind), Some(&folder), &name, &self.ctx);
            }
            Command::CopyRows(rows) => self.copy_rows(rows),
            Command::PutOnClipboard(text) => self.ctx.copy_text(text),
            Command::StopJob(id) => self.engine.stop_job(id),
            Command::Tell(text) => self.tell(&text),
            Command::PutPicture(picture) if self.shows(picture.segments) => {
                self.edit_card(picture.cluster, CardEdit::Picture(Some(picture.what)));
            }
            Command::PutPicture(_) => self.complain("The segments changed while the picture was read. Attach it again.".into()),
            Command::OfferQuotes(quotes) => self.offer_quotes(quotes),
            Command::ChooseExportFolder => {
                self.dialogs.open(DialogPurpose::ExportFolder, self.settings.last_folder.as_deref(), "", &self.ctx);
            }
            Command::ShowFolder(folder) => self.ctx.open_url(OpenUrl::new_tab(format!("file://{}", folder.display()))),
            Command::StopExport => match self.engine.exporting() {
                Some(job) => self.engine.stop_job(job.id),
                // It has not begun to write, so there is nothing to tell of.
                None if self.export.take().is_some() => self.taking = None,
                None => {}
            },
            Command::ExportAgain => self.taking = None,
            Command::Exported(exported) => self.tell_export(exported),
            Command::CloseMessage => self.session.message = None,
            Command::GoBack => self.go_back(),
            Command::Restore => self.restore(),
            Command::Discard => {
                if let Some(work) = self.recovered.take() {
                    work.discard();
                }
                self.session.recovered = None;
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Open => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::Open, Some(&folder), "", &self.ctx);
            }
            Action::AddSource => {
                let folder = self.home_folder();
                self.dialogs.open(DialogPurpose::AddSource, Some(&folder), "", &self.ctx);
            }
            Action::FromDatabase => self.look.database = Some(DatabaseDraft::default()),
            Action::OpenSample => self.start(Plan::new(Source::Sample { seed: 0 }), Look { page: Page::Segments, ..Look::default() }, None),
            Action::Reload => {
                self.read_again();
                self.engine.retry();
                self.pages_shown = None;
                let words = words_of(self.plan(), self.project.as_deref());
                if self.plan().words != words {
                    self.change(|plan| plan.words = words);
                }
            }
            Action::Save => match self.project.clone() {
                Some(path) => self.save_to(path),
                None => self.act(Action::SaveAs),
            },
            Action::SaveAs => {
                let folder = self.home_folder();
                let name = self.project_file_name();
                self.dialogs.open(DialogPurpose::SaveProject, Some(&folder), &name, &self.ctx);
            }
            Action::Undo => {
                if !self.drop_typed_words() {
                    // What changed between two plans is no news when one of them comes back.
                    self.look.hides_told |= self.history.undo().is_some();
                }
            }
            Action::Redo => self.look.hides_told |= self.history.redo().is_some(),
            Action::Export => {
                let folder = self.home_folder().join("personae");
                self.look_for_template();
                // While one is under way, the dialog shows how far it is.
                self.taking = self.taking.take().filter(|taking| !matches!(taking, Taking::Ended(_)));
                let remembered = self.settings.choices.clone().unwrap_or_default();
                // Whoever looks at slides for a room means to hand out those.
                let density = self.look.density_of_slides().unwrap_or(remembered.density);
                let choices = export::Choices { template: self.template.clone(), density, ..remembered };
                self.look.export = Some(ExportRequest { folder: Some(absolute(folder)), choices });
            }
            Action::Go(page) => {
                if self.look.is_start && matches!(self.plan().source, Source::Sample { .. }) {
                    self.tell("This is the sample, made-up customers to try things on. Open a file to see your own.");
                }
                self.look.page = page;
                self.look.is_start = false;
                self.look.maximised = None;
                self.look.notes_open = false;
            }
            Action::Show(view) => {
                self.act(Action::Go(view.page()));
                self.look.show(view);
                let is_sourced = matches!(self.plan().source, Source::Sources(_));
                let is_listing = self.answers.loaded.latest().is_some_and(|loaded| customers::looks_like(loaded).is_some());
                if let Some(needs) = view.needs_sources(is_listing).filter(|_| !is_sourced) {
                    self.tell(needs);
                }
            }
            Action::Present => {
                self.look.presenting = !self.look.presenting;
                self.look.page = Page::Present;
                self.ctx.send_viewport_cmd(ViewportCommand::Fullscreen(self.look.presenting));
            }
            Action::Palette => self.look.palette = Some(String::new()),
            Action::Keys => self.look.keys_open = !self.look.keys_open,
            Action::Find => {
                self.act(Action::Show(PageView::Data(DataView::Table)));
                self.look.table.is_finding = true;
            }
            Action::Theme => {
                let is_dark = self.ctx.theme() == Theme::Dark;
                self.use_theme(if is_dark { ThemeChoice::Light } else { ThemeChoice::Dark });
            }
            Action::UseTheme(theme) => self.use_theme(theme),
            Action::ZoomIn => self.zoom(1),
            Action::ZoomOut => self.zoom(-1),
            Action::ZoomReset => self.ctx.set_zoom_factor(1.0),
            Action::ComputeAgain => self.engine.retry(),
            Action::StopAll => self.engine.stop_all(),
            Action::Quit => self.ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    fn use_theme(&mut self, theme: ThemeChoice) {
        self.settings.theme = theme;
        self.ctx.set_theme(preference(theme));
        self.save_settings();
    }

    fn zoom(&mut self, steps: i32) {
        let zoom = self.ctx.zoom_factor() + 0.1 * steps as f32;
        self.ctx.set_zoom_factor(zoom.clamp(0.5, 3.0));
    }

    pub(super) fn change(&mut self, change: impl FnOnce(&mut Plan)) {
        let mut plan = self.plan().clone();
        change(&mut plan);
        let key = if self.was_held { MergeKey::while_held(self.plan(), &plan) } else { MergeKey::Apart };
        self.history.push(plan, key);
        self.look.hides_told = true;
    }

    /// A change after which customers may be grouped otherwise: numbers and colours are to stay with the customers who have them now.
    pub(super) fn regroup(&mut self, change: impl FnOnce(&mut Plan)) {
        let shown = self.answers.everyones().cloned();
        self.change(|plan| {
            let before = plan.clone();
            change(plan);
            if let Some(shown) = shown.filter(|_| *plan != before) {
                let (rows, n_rows) = (&shown.prepared.table_rows, shown.loaded.table.n_rows);
                let after = Numbering::after(plan.numbering.as_deref(), &shown.labels, rows, n_rows);
                if plan.numbering.as_deref() != Some(&after) {
                    plan.numbering = Some(Arc::new(after));
                }
            }
        });
        self.look.hides_told = false;
    }

    /// The parts that are looked at take the place of their segment, and of those around it that were only looked at. Nothing is left to a suggestion, and parts
    /// stay with their customers as segments do.
    fn keep_parts(&mut self) {
        let Some(to_keep) = self.answers.inside.answer().map(|inside| inside.to_keep.clone()).filter(|to_keep| !to_keep.is_empty()) else {
            self.complain("The parts are still being computed; keep them in a moment.".into());
            return;
        };
        let n_rows = self.answers.loaded.latest().map_or(0, |loaded| loaded.table.n_rows);
        self.regroup(|plan| {
            for (split, parts) in to_keep {
                let before = split.numbering.as_deref();
                let numbering = Numbering::after(before, &parts.labels, &parts.members.table_rows, n_rows);
                plan.put_split(Parting { kept: true, numbering: Some(Arc::new(numbering)), ..split });
            }
        });
        self.look.go_inside(Vec::new());
    }

    /// Takes back what is being typed on a card, so that its field shows what the plan has. Whether there was anything that the plan has not: that
    /// was the latest change.
    fn drop_typed_words(&mut self) -> bool {
        let Some((_, typed)) = self.look.added_draft.take() else { return false };
        let is_kept = |edit: &PersonaEdit| {
            let Added { goals, pains, quotes, messages, speaker_notes, .. } = &edit.added;
            [goals, pains, quotes, messages, speaker_notes]
                == [&typed.goals, &typed.pains, &typed.quotes, &typed.messages, &typed.speaker_notes]
        };
        !self.plan().personas.iter().any(is_kept)
    }

    pub(super) fn edit_card(&mut self, cluster: usize, edit: CardEdit) {
        let Some(segmentation) = self.answers.segmentation.ready().cloned() else {
            self.complain("The segments are still being computed; change the card again in a moment.".into());
            return;
        };
        let rows = &segmentation.prepared.table_rows;
        let members: Vec<Vec<usize>> =
            segmentation.labels.members().into_iter().map(|members| members.into_iter().map(|row| rows[row]).collect()).collect();
        // What the name rests on now, so that it can be told once that no longer holds.
        let rests_on = self.answers.personas.ready().and_then(|personas| personas.personas.get(cluster)).map(RestsOn::of);
        let edits = persona::edit_for(&self.plan().personas, &members, cluster, |card| match edit {
            CardEdit::Name(name) => {
                card.rests_on = rests_on.filter(|_| name.is_some()).unwrap_or_default();
                card.name = name;
            }
            CardEdit::Added(added) => card.added = added,
            CardEdit::Picture(picture) => card.added.picture = picture,
        });
        self.change(|plan| plan.personas = edits);
    }

    /// Opens a data file or a project. A project that cannot be opened leaves everything as it was.
    pub(super) fn open(&mut self, path: &Path) {
        let path = absolute(path.to_path_buf());
        self.model_to_open = None;
        if !path.is_dir() {
            logging::opens(std::slice::from_ref(&path));
        }
        if self.is_dictionary(&path) {
            return self.open_dictionary(path);
        }
        if OpenModel::is_one(&path) {
            return self.open_model(path);
        }
        if rules::is_rules(&path) {
            return self.open_rules(&path);
        }
        if project::is_project(&path) {
            match project::open(&path) {
                Ok(opened) => {
                    logging::opens(&inputs_of(&opened.project.plan.source));
                    let look = Look { hides_told: true, ..opened.project.look.clone() };
                    self.start(opened.project.plan.clone(), look, Some(path.clone()));
                    self.session.moved = opened.moved.map(|moved| moved.to_string());
                    self.customers.clone_from(&opened.project.customers);
                    self.opened = Some(opened.project);
                }
                Err(error) => {
                    log_kind(&error);
                    self.settings.forget(&path);
                    return self.complain(error.to_string());
                }
            }
        } else if path.is_dir() {
            return self.begin_with(vec![path]);
        } else if self.session.moved.is_some() || (self.project.is_some() && self.answers.loaded.problem().is_some()) {
            // The data of the open project were not found; this is where they are now.
            return self.apply(Command::Relocate(path));
        } else {
            self.start(Plan::new(Source::file(&path)), Look::default(), None);
        }
        self.settings.remember(&path);
        self.save_settings();
    }

    /// Begins with another plan. Work that is not saved is kept aside first and offered back.
    pub(super) fn start(&mut self, mut plan: Plan, look: Look, project: Option<PathBuf>) {
        // What is followed belongs to the segments that are left.
        self.following = None;
        plan.words = words_of(&plan, project.as_deref());
        if *self.plan() != self.saved
            && let Some(recovery) = &self.recovery
            && recovery.keep(&self.as_project(), self.project.as_deref()).is_ok()
        {
            self.left = Some((self.history.clone(), self.look.clone(), self.project.clone(), self.saved.clone()));
        }
        self.history = History::new(plan.clone());
        self.saved = plan;
        self.pages_shown = None;
        self.look = look;
        self.project = project;
        self.opened = None;
        self.customers = None;
        self.export = None;
        self.taking = None;
        self.session.message = None;
        self.session.moved = None;
        self.reload += 1;
        if self.left.is_some() {
            self.tell("Your previous work was not saved, but it is still here.");
            if let Some(message) = &mut self.session.message {
                message.offer = Some(("Go back to it", Command::GoBack));
            }
        }
    }

    /// Back to the work that was left for another file.
    pub(super) fn go_back(&mut self) {
        if let Some((history, look, project, saved)) = self.left.take() {
            (self.history, self.look, self.project, self.saved) = (history, look, project, saved);
            self.pages_shown = None;
            self.customers = None;
            self.session.message = None;
            self.reload += 1;
        }
    }

    /// Takes up the work that an earlier session left unsaved.
    pub(super) fn restore(&mut self) {
        let Some(work) = self.recovered.take() else { return };
        self.session.recovered = None;
        self.start(work.project.plan.clone(), work.project.look.clone(), work.file.clone());
        // It differs from what is on the disk, so it stays marked as not saved, and is kept anew before the old copy goes.
        self.saved = Plan::new(Source::file(PathBuf::new()));
        self.customers.clone_from(&work.project.customers);
        self.opened = Some(work.project.clone());
        let kept = self.recovery.as_ref().is_some_and(|recovery| recovery.keep(&work.project, work.file.as_deref()).is_ok());
        if kept {
            work.discard();
        }
    }

    /// Saves the project; a failure leaves the old file whole.
    pub(super) fn save_to(&mut self, path: PathBuf) {
        let path = if path.extension().is_none() { path.with_extension(project::EXTENSION) } else { path };
        match project::save(&path, &self.as_project()) {
            Ok(()) => {
                self.saved = self.plan().clone();
                if let Some(recovery) = &self.recovery {
                    recovery.clear();
                }
                self.tell(&format!("Saved as {}.", path.display()));
                self.settings.remember(&path);
                self.save_settings();
                self.project = Some(path);
            }
            Err(error) => self.complain(error.to_string()),
        }
    }

    /// What ended errands came back with is applied like a click.
    pub(super) fn take_errands(&mut self) {
        for done in self.engine.take_done() {
            match done.result {
                Ok(commands) => commands.into_iter().for_each(|command| self.apply(command)),
                Err(problem) => self.complain(problem),
            }
        }
    }
}

/// The user's own words beside the project or the data.
fn words_of(plan: &Plan, project: Option<&Path>) -> Option<Words> {
    let data = plan.source.first_path();
    Words::beside(project, data)
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}
