//! The native window: takes finished jobs, applies commands, asks the engine, draws a page. Nothing else happens in a frame.
//!
//! An idle window costs nothing: it is drawn again only when the user does something or the engine wakes it.

use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::time::{Duration, Instant};

use eframe::egui::{self, CentralPanel, Context, Frame, ViewportCommand};

use crate::data::Source;
use crate::engine::live::Following;
use crate::engine::{Answers, Engine, EngineOptions, Outputs, PagesWanted, Segmentation, TableWanted, Wanted, Watch, log_kind};
use crate::export::{Audience, Choices, Paper, Plots, Report};
use crate::persona::Personas;
use crate::session::history::History;
use crate::session::project::{self, Project};
use crate::session::recovery::{Found, Recovery};
use crate::session::settings::Settings;
use crate::session::{Action, Command, CustomerIds, DataView, ExportRequest, Look, Page, PageView, Plan, TableSeen};
use crate::ui::export_dialog::Taking;
use crate::ui::present::THUMBNAIL_POINTS;
use crate::ui::shell::{self, Session};
use crate::ui::{self, theme};

use super::appearance::preference;
use super::dialogs::Dialogs;
use super::saying::warn;
use super::shortcuts::pressed_actions;

/// The name of the window and of its folder for settings.
const TITLE: &str = "Personae";

/// Opens the window on `files` - a project, a data file, or several for one customer table - or on the start page;
/// on the sample if asked.
pub fn run(files: Vec<PathBuf>, on_sample: bool) -> Result<(), String> {
    let settings = Settings::load();
    let size = settings.window_size.unwrap_or([1280.0, 800.0]);
    let viewport = egui::ViewportBuilder::default()
        .with_title(TITLE)
        .with_app_id("personae")
        .with_inner_size(size)
        .with_min_inner_size([960.0, 600.0])
        .with_drag_and_drop(true);
    // Without its icon it is the same window.
    let viewport = match eframe::icon_data::from_png_bytes(include_bytes!("../../packaging/icons/256x256.png")) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    };
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    let open = Box::new(move |creation: &eframe::CreationContext<'_>| {
        let mut window = Window::new(&creation.egui_ctx, settings, Recovery::start(), files);
        if on_sample {
            window.command(Command::Do(Action::OpenSample));
        }
        Ok(Box::new(window) as Box<dyn eframe::App>)
    });
    eframe::run_native(TITLE, options, open).map_err(|error| {
        log_kind(&error);
        format!("No window could be opened: {error}. On a machine without a display use the headless commands, see personae --help.")
    })
}

/// Everything the window holds between frames.
pub struct Window {
    pub(super) ctx: Context,
    pub(super) engine: Engine,
    pub(super) history: History,
    pub(super) look: Look,
    pub(super) answers: Answers,
    pub(super) settings: Settings,
    pub(super) session: Session,
    pub(super) dialogs: Dialogs,
    /// The project's file and the plan as it was last saved.
    pub(super) project: Option<PathBuf>,
    pub(super) saved: Plan,
    /// The project as it was opened, until its data are read and compared.
    pub(super) opened: Option<Project>,
    /// The segments and cards that the validation history last looked at.
    pub(super) checked: Option<(Weak<Segmentation>, Weak<Personas>)>,
    /// The segment model that came together with its customers, until these are read.
    pub(super) model_to_open: Option<PathBuf>,
    /// What is followed live.
    pub(super) following: Option<Following>,
    /// Looks whether sources changed, and when they were last read.
    pub(super) watch: Watch,
    pub(super) read_at: Instant,
    /// Who stood in which row of the customer table when anything in the plan last named rows.
    pub(super) customers: Option<CustomerIds>,
    pub(super) reload: u64,
    /// The user's page template, as it was last looked for.
    pub(super) template: Option<PathBuf>,
    /// The choices that the pages in view are set with; `None` has the template read again.
    pub(super) pages_shown: Option<Choices>,
    /// An export that waits for its answers.
    pub(super) export: Option<ExportRequest>,
    /// How far the export of the dialog is.
    pub(super) taking: Option<Taking>,
    pub(super) recovery: Option<Recovery>,
    pub(super) recovered: Option<Found>,
    pub(super) commands: Vec<Command>,
    /// Whether the pointer was down in the frame that gave the commands: on a slow machine it is up again when they are carried out.
    pub(super) was_held: bool,
    /// Unsaved work that was left for another file, to go back to.
    pub(super) left: Option<(History, Look, Option<PathBuf>, Plan)>,
    /// The plan as it was last seen by [`Window::keep_for_a_crash`], and when it changed.
    kept: Plan,
    changed_at: Option<Instant>,
    /// When the message on screen came.
    pub(super) told_at: Instant,
}

/// Changes are kept for a crash this long after the last one, so that a drag writes once.
const KEEP_AFTER: Duration = Duration::from_millis(800);

impl Window {
    /// A window on `files` (several become the sources of one customer table) or on the start page, with what an earlier session left in `recovery`; without one, unsaved work is kept nowhere.
    pub fn new(ctx: &Context, settings: Settings, recovery: Option<Recovery>, files: impl IntoIterator<Item = PathBuf>) -> Window {
        theme::install(ctx);
        // Where the system does not say, paper is the safer guess than night.
        ctx.options_mut(|options| options.fallback_theme = egui::Theme::Light);
        ctx.set_theme(preference(settings.theme));
        ctx.set_zoom_factor(settings.zoom);
        let (wake, wake_for_files) = (ctx.clone(), ctx.clone());
        let mut engine = Engine::new(move || wake.request_repaint(), EngineOptions::default());
        engine.refine(true);
        let plan = Plan::new(Source::Sample { seed: 0 });
        let recovered = recovery.as_ref().and_then(|recovery| recovery.find().into_iter().next());
        let session = Session { recovered: recovered.as_ref().map(title_of), ..Session::default() };
        let mut window = Window {
            ctx: ctx.clone(),
            engine,
            history: History::new(plan.clone()),
            look: Look::default(),
            answers: Answers::default(),
            settings,
            session,
            dialogs: Dialogs::new(),
            project: None,
            saved: plan.clone(),
            kept: plan,
            opened: None,
            model_to_open: None,
            following: None,
            watch: Watch::new(move || wake_for_files.request_repaint()),
            read_at: Instant::now(),
            customers: None,
            checked: None,
            reload: 0,
            template: None,
            pages_shown: None,
            export: None,
            taking: None,
            recovery,
            recovered,
            commands: Vec::new(),
            was_held: false,
            left: None,
            changed_at: None,
            told_at: Instant::now(),
        };
        let files: Vec<PathBuf> = files.into_iter().collect();
        match &files[..] {
            // Whoever comes without a file is asked first; the sample is computed behind the question, so that it is there at once.
            [] => {
                window.look.page = Page::Segments;
                window.look.is_start = true;
            }
            [file] => window.open(file),
            _ => window.open_all(files),
        }
        window
    }

    /// The plan in force.
    pub fn plan(&self) -> &Plan {
        self.history.plan()
    }

    /// What is looked at.
    pub fn look(&self) -> &Look {
        &self.look
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            view: self.look.view(),
            map_axes: self.look.map_axes.clone(),
            map_window: self.look.map_window,
            niche_list: self.look.niche_list,
            brush: self.look.brush.clone(),
            inside: self.look.inside.last().map(|(number, _)| *number),
            reload: self.reload,
            pages: self.pages_wanted(),
            outputs: self.export.is_some().then(Outputs::of_export),
            sources: self.sources_wanted(),
            table: self.table_wanted(),
        }
    }

    /// How the table is listed, while it is in view.
    fn table_wanted(&self) -> TableWanted {
        let look = &self.look;
        if look.view() != PageView::Data(DataView::Table) && (look.page != Page::Data || matches!(self.plan().source, Source::Sources(_))) {
            return TableWanted::default();
        }
        let TableSeen { sort, filter, find, .. } = look.table.clone();
        TableWanted { sort, filter, only_picked: look.only_picked, find }
    }

    /// The pages in view: the preview of the export dialog, or the slides of the Present page.
    pub(super) fn pages_wanted(&self) -> Option<PagesWanted> {
        if let Some(request) = self.look.export.as_ref().filter(|request| self.taking.is_none() && request.choices.has_pages()) {
            // What does not change the pages must not set them anew.
            let choices = Choices { formats: Vec::new(), audience: Audience::default(), template: None, ..request.choices.clone() };
            return Some(PagesWanted { choices, page: self.look.preview_page, width: self.look.preview_width, thumbnail_width: None });
        }
        let density = self.look.density_of_slides()?;
        let choices = Choices { formats: Vec::new(), paper: Paper::Slide, density, ..Choices::default() };
        Some(PagesWanted { choices, page: self.look.slide, width: self.look.slide_width, thumbnail_width: Some(2 * THUMBNAIL_POINTS) })
    }

    /// What the app does between frames: dialogs, commands, finished jobs, then the question to the engine.
    pub fn step(&mut self) {
        self.take_dialogs();
        self.take_dropped_files();
        self.take_shortcuts();
        for command in std::mem::take(&mut self.commands) {
            self.apply(command);
        }
        if !self.ctx.input(|input| input.pointer.any_down()) {
            self.history.seal();
            self.was_held = false;
        }
        self.look.sources.checks_health |= self.look.view() == PageView::Data(DataView::Health);
        self.follow_template();
        let wanted = self.wanted();
        self.answers = self.engine.answer(self.history.plan(), &wanted);
        self.answers.live = self.seen_live();
        self.follow_customers();
        self.watch_files();
        self.take_errands();
        self.finish_exports();
        self.compare_stamp();
        self.note_check();
        self.open_waiting_model();
        self.keep_health();
        self.keep_for_a_crash();
        self.let_messages_go();
        self.tell_session();
    }

    /// Waits until everything the page wants is computed; for tests and benchmarks, which have no frames to wait through.
    pub fn wait(&mut self) {
        let wanted = self.wanted();
        // An export waits for the first draws of stability, which the page may have begun in the background.
        let plan = self.history.plan();
        self.answers = match self.export {
            Some(_) => self.engine.wait_until_refined(plan, &wanted),
            None => self.engine.wait_until_idle(plan, &wanted),
        };
        self.answers.live = self.seen_live();
    }

    /// Whether something but refinement in the background is under way.
    pub fn is_busy(&self) -> bool {
        self.engine.is_busy_in_front()
    }

    /// Waits until nothing is refined in the background any more, either.
    pub fn wait_until_refined(&mut self) {
        let wanted = self.wanted();
        self.answers = self.engine.wait_until_refined(self.history.plan(), &wanted);
        self.answers.live = self.seen_live();
    }

    /// Gives a command as if the user had.
    pub fn command(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// What the pages see.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// What an export would say now, if all of it is there.
    pub fn report(&self) -> Option<(Report, Plots)> {
        Some((self.engine.report(self.plan())?, self.engine.plots(self.plan())))
    }

    /// Draws the page and the frame around it.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let plan = self.history.plan();
        let (answers, look, commands) = (&self.answers, &mut self.look, &mut self.commands);
        look.hover = None;
        if !look.presenting {
            shell::top_bar_ui(ui, &self.session, look, commands);
        }
        let status = (!look.presenting && !look.is_start).then(|| shell::status_room(ui));
        let is_start = look.is_start && !look.presenting;
        if is_start {
            ui::start_page::ui(ui, &self.session, look, commands);
        }
        let page = match look.page {
            Page::Data => ui::data_page::ui,
            Page::Prepare => ui::prepare_page::ui,
            Page::Segments => ui::segments::ui,
            Page::Personas => ui::personas::ui,
            Page::Journeys => ui::journeys::ui,
            Page::Present => ui::present::ui,
        };
        if !is_start {
            let frame = Frame::new().fill(theme::tokens(ui).surface);
            CentralPanel::default().frame(frame).show(ui, |ui| page(ui, plan, answers, look, commands));
        }
        if let Some(status) = status {
            shell::status_ui(ui, status, plan, answers, look, commands);
        }
        ui::export_dialog::ui(ui, answers, &self.history.plan().dictionary, self.taking.as_ref(), look, commands);
        ui::database::ui(ui, &mut self.look, &mut self.commands);
        ui::palette::ui(ui, self.history.plan(), &self.answers, &mut self.look, &mut self.commands);
        ui::palette::keys_ui(ui, &mut self.look);
        // Nothing lies over a slide; what is to be said waits until the show is over.
        if !self.look.presenting {
            shell::messages_ui(ui, &self.session, &mut self.commands);
        }
        shell::drop_hint_ui(ui, self.history.plan());
        ui::focus_ring::ui(ui.ctx());
        self.was_held = ui.input(|input| input.pointer.any_down() || input.pointer.any_released());
    }

    fn take_shortcuts(&mut self) {
        let ctx = self.ctx.clone();
        let pressed = pressed_actions(&ctx);
        self.commands.extend(pressed.into_iter().map(Command::Do));
        if self.look.presenting && ctx.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.commands.push(Command::Do(Action::Present));
        }
    }

    /// Once the data of an opened project are read: are they still those the project was made on?
    fn compare_stamp(&mut self) {
        let Some(loaded) = self.answers.loaded.ready().cloned() else { return };
        let note = self.opened.take().and_then(|project| project::changed_note(&project, &loaded.title, loaded.stamp));
        if let Some(note) = note {
            self.tell(&note.0);
        }
    }

    /// Work that is not saved is written aside, so that a crash or a closed window loses nothing.
    fn keep_for_a_crash(&mut self) {
        if self.kept != *self.plan() {
            self.kept = self.plan().clone();
            self.changed_at = Some(Instant::now());
        }
        let Some(since) = self.changed_at else { return };
        let left = KEEP_AFTER.saturating_sub(since.elapsed());
        if left.is_zero() {
            self.changed_at = None;
            self.keep_now();
        } else {
            self.ctx.request_repaint_after(left);
        }
    }

    fn keep_now(&self) {
        let Some(recovery) = &self.recovery else { return };
        if *self.plan() == self.saved {
            recovery.clear();
        } else if let Err(error) = recovery.keep(&self.as_project(), self.project.as_deref()) {
            // Nobody can act on this while working; whoever starts the program in a terminal may want to know.
            warn(&format!("personae: unsaved work could not be kept aside: {error}"));
        }
    }

    /// The plan and the view, as a project file holds them.
    pub(super) fn as_project(&self) -> Project {
        let stamp = self.answers.loaded.latest().map(|loaded| loaded.stamp.to_hex());
        let stamp = stamp.or_else(|| self.opened.as_ref().and_then(|project| project.stamp.clone()));
        Project { plan: self.plan().clone(), look: self.look.clone(), stamp, customers: self.customers.clone() }
    }

    fn tell_session(&mut self) {
        let title = match &self.project {
            Some(path) => file_name(path),
            None => self.plan().source.title(),
        };
        self.session.is_unsaved = *self.plan() != self.saved;
        self.session.can_undo = self.history.can_undo();
        self.session.can_redo = self.history.can_redo();
        self.session.recent.clone_from(&self.settings.recent);
        if self.session.title != title {
            self.ctx.send_viewport_cmd(ViewportCommand::Title(format!("{title} - {TITLE}")));
            self.session.title = title;
        }
    }

    /// Settings are a convenience: when they cannot be written, work goes on.
    pub(super) fn save_settings(&self) {
        if let Err(error) = self.settings.save() {
            warn(&format!("personae: settings could not be kept: {error}"));
        }
    }

    /// What happens when the window closes: nothing of the user's is lost.
    pub fn close(&mut self) {
        self.keep_now();
        self.settings.zoom = self.ctx.zoom_factor();
        self.save_settings();
        self.engine.stop_all();
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        let size = ctx.input(|input| input.viewport().inner_rect).map(|rect| rect.size());
        if let Some(size) = size.filter(|size| size.x > 200.0 && !self.look.presenting) {
            self.settings.window_size = Some([size.x, size.y]);
        }
        self.step();
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
        if !self.commands.is_empty() {
            self.ctx.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close();
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn title_of(work: &Found) -> String {
    work.file.as_deref().map_or_else(|| work.project.plan.source.title(), file_name)
}
