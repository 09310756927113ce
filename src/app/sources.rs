//! What the window does about sources: further files join those of the customer table.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::text::count;
use crate::customers::health;
use crate::data::day::IsoDay;
use crate::data::rules::Rule;
use crate::data::sourcing::Refresh;
use crate::data::{Raw, Source, SourceFile, Sourcing};
use crate::engine::{Problem, SourcesWanted, StepError, log_kind, today};
use crate::export::write_beside;
use crate::session::{Action, Command, DataView, EarlierTable, HealthEntry, Look, OpenModel, Page, PageView, Plan, day_in, project};

use super::free_path::free_path;
use super::logging;
use super::window::Window;

/// Failing rows written at most: more than a spreadsheet shows help nobody.
const MOST_FAILING: usize = 1_000_000;

impl Window {
    /// What is looked at of the sources.
    pub(super) fn sources_wanted(&self) -> SourcesWanted {
        let look = &self.look.sources;
        let is_shown = self.look.page == Page::Data;
        let preview = (is_shown && look.view == DataView::Sources).then_some((look.source, look.first_row));
        let draft = look.column_draft.clone().filter(|_| is_shown && look.view == DataView::Recipe);
        let today_of_check = Some(self.day_of_check());
        SourcesWanted {
            preview,
            draft,
            health: look.checks_health,
            today: today_of_check,
            clock: Some(today()),
            ..SourcesWanted::default()
        }
    }

    /// Once the customer table is built anew with other customers: names and colours follow the people.
    pub(super) fn follow_customers(&mut self) {
        let Some(ids) = self.answers.sources.as_ref().and_then(|sources| sources.row_ids.ready()) else { return };
        match self.customers.replace((**ids).clone()) {
            Some(before) if !Arc::ptr_eq(&before.0, &ids.0) && before != **ids => {
                let to = before.moves_to(ids);
                self.history.change_all(|plan| plan.follow(&to, ids.0.len()));
                self.saved.follow(&to, ids.0.len());
                self.look.checks.follow(&to);
                self.ctx.request_repaint();
            }
            _ => {}
        }
    }

    /// Reads sources again that changed, by themselves or after asking, as the plan wants it.
    pub(super) fn watch_files(&mut self) {
        let Source::Sources(sourcing) = &self.plan().source else { return self.watch.only(Vec::new()) };
        let (refresh, sourcing) = (sourcing.refresh, sourcing.clone());
        self.watch.only(sourcing.sources.iter().map(|source| source.path.clone()).collect());
        let changed = self.watch.take();
        if !changed.is_empty() {
            let is_changed = |source: &&SourceFile| changed.contains(&source.path);
            let names: Vec<&str> = sourcing.sources.iter().filter(is_changed).map(|source| source.name.as_str()).collect();
            let have = if names.len() == 1 { "has" } else { "have" };
            self.tell(&format!("{} {have} changed on the disk.", names.join(", ")));
            match refresh {
                Refresh::WhenChanged => self.read_again(),
                Refresh::Ask | Refresh::EveryMinutes(_) => {
                    if let Some(message) = &mut self.session.message {
                        message.offer = Some(("Read again", Command::Do(Action::Reload)));
                    }
                }
            }
        }
        if let Refresh::EveryMinutes(minutes) = refresh {
            let every = Duration::from_secs(60 * u64::from(minutes.max(1)));
            let left = every.saturating_sub(self.read_at.elapsed());
            if left.is_zero() { self.read_again() } else { self.ctx.request_repaint_after(left) }
        }
    }

    /// Looks at all files again; what has the same bytes is not read again.
    pub(super) fn read_again(&mut self) {
        self.reload += 1;
        self.read_at = Instant::now();
        self.ctx.request_repaint();
    }

    /// Files dropped since the last frame; a picture on a card goes there.
    pub(super) fn take_dropped_files(&mut self) {
        let dropped = self.ctx.input(|input| input.raw.dropped_files.clone());
        let paths = dropped.iter().map(|file| file.path().to_path_buf()).filter(|path| !path.as_os_str().is_empty());
        let paths: Vec<PathBuf> = paths.collect();
        match paths.first().map(|first| self.card_for(first)) {
            Some(Some(cluster)) => self.attach_picture(cluster, paths[0].clone()),
            Some(None) => self.take_files(paths),
            None => {}
        }
    }

    /// Takes dropped files: they join the sources there are, else they are opened.
    pub(super) fn take_files(&mut self, paths: Vec<PathBuf>) {
        let is_other = |path: &PathBuf| project::is_project(path) || OpenModel::is_one(path);
        if self.look.page == Page::Journeys && !self.look.is_start && !paths.iter().any(is_other) {
            return self.follow(paths);
        }
        let joins = matches!(self.plan().source, Source::Sources(_)) && !paths.iter().any(is_other);
        match &paths[..] {
            [only] if self.is_dictionary(only) => self.open_dictionary(only.clone()),
            _ if joins => self.add_sources(paths),
            _ => self.open_all(paths),
        }
    }

    /// Puts tables of earlier days beside the data, by day.
    pub(super) fn add_earlier(&mut self, paths: Vec<PathBuf>) {
        if let Some(wrong) = paths.iter().find(|path| !path.is_file()) {
            return self.complain(format!("There is no file {}. Give the path of a table.", wrong.display()));
        }
        self.look.earlier_path_draft = None;
        logging::opens(&paths);
        let own = match &self.plan().source {
            Source::File { path, .. } => path.file_stem().and_then(|stem| day_in(&stem.to_string_lossy())),
            _ => None,
        };
        self.change(|plan| {
            let options = &mut plan.validation;
            for path in paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)) {
                if options.earlier.iter().all(|table| table.path != path) {
                    options.earlier.push(EarlierTable::at(path));
                }
            }
            options.earlier.sort_by_key(|table| (table.day.is_none(), table.day));
            options.of_day = options.of_day.or(own);
        });
    }

    /// Follows these exports of events in the place of others.
    pub(super) fn follow(&mut self, paths: Vec<PathBuf>) {
        self.look.journeys.path_draft = None;
        self.change(|plan| plan.journeys = plan.journeys.with_files(paths));
    }

    /// Opens what was chosen at once: a project or one file as itself, several files as the sources of one customer table. A segment model among them is
    /// no data: it waits until the customers are there.
    pub(super) fn open_all(&mut self, paths: Vec<PathBuf>) {
        let (models, paths): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| OpenModel::is_one(path));
        if paths.is_empty() {
            return models.first().into_iter().for_each(|model| self.open(model));
        }
        let project = paths.iter().find(|path| project::is_project(path));
        match project.or(paths.first()).cloned() {
            Some(path) if project.is_some() || paths.len() == 1 => self.open(&path),
            Some(_) => self.begin_with(paths),
            None => {}
        }
        self.model_to_open = models.into_iter().next();
    }

    /// Begins a customer table with these files.
    pub(super) fn begin_with(&mut self, paths: Vec<PathBuf>) {
        let sourcing = self.joined(Sourcing::default(), paths);
        let source = Source::Sources(Arc::new(sourcing));
        self.start(Plan::new(source), Look { page: Page::Data, ..Look::default() }, None);
    }

    /// Points a source at where it is now; everything said about it is kept.
    pub(super) fn locate_source(&mut self, at: usize, path: PathBuf) {
        let Source::Sources(sourcing) = &self.plan().source else { return };
        let mut sourcing = (**sourcing).clone();
        if let Some(source) = sourcing.sources.get_mut(at) {
            source.path = std::path::absolute(&path).unwrap_or(path);
            self.regroup(|plan| plan.source = Source::Sources(Arc::new(sourcing)));
        }
    }

    /// Shows the list of sources; without any, an empty one.
    pub(super) fn show_sources(&mut self) {
        if !matches!(self.plan().source, Source::Sources(_)) {
            self.add_sources(Vec::new());
        }
        self.look.page = Page::Data;
        self.look.sources.view = DataView::Sources;
    }

    /// The day ages are counted back from: the snapshot where one is set, else today.
    fn day_of_check(&self) -> IsoDay {
        let snapshot = match &self.plan().source {
            Source::Sources(sourcing) => sourcing.snapshot,
            _ => None,
        };
        snapshot.unwrap_or_else(today)
    }

    /// Once the sources were checked: their scores join the history, where their bytes or the score are new.
    pub(super) fn keep_health(&mut self) {
        let Some(health) = self.answers.sources.as_ref().and_then(|sources| sources.health.ready()).cloned() else { return };
        let day = self.day_of_check();
        for source in &health.sources {
            let Some(score) = source.score else { continue };
            let history = &mut self.look.sources.health_history;
            match history.iter_mut().rfind(|entry| entry.source == source.name) {
                // Changed rules change the score of the same bytes: it is judged anew, the past is not.
                Some(last) if last.stamp == source.stamp => last.score = score,
                _ => history.push(HealthEntry { stamp: source.stamp.clone(), day, source: source.name.clone(), score }),
            }
        }
    }

    /// Writes the rows of a source that fail its health rules beside the data.
    pub(super) fn save_failing_rows(&mut self, source: &str) {
        let sources = self.answers.sources.clone().unwrap_or_default();
        let raws: Vec<Arc<Raw>> = sources.raws.iter().filter_map(|raw| raw.ready().cloned()).collect();
        let (Some(understood), Some(health)) = (sources.understood.ready().cloned(), sources.health.ready().cloned()) else { return };
        let Some(at) = understood.sources.iter().position(|other| other.name == source).filter(|_| raws.len() == sources.raws.len()) else {
            return self.complain("The sources are still being read; save the rows again in a moment.".into());
        };
        let stem: String = source.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
        let path = free_path(self.home_folder().join(format!("{stem}-failing.csv")));
        let rules: Vec<Rule> = health.rules.iter().map(|checked| checked.rule.clone()).filter(|rule| rule.enabled).collect();
        self.engine.errand(&format!("Saving failing rows of {source}"), move |ctx| {
            let raws: Vec<&Raw> = raws.iter().map(|raw| &**raw).collect();
            let rows = health::failing_rows(&understood, &raws, at, &rules, MOST_FAILING, ctx)?;
            let write = |to: &mut dyn std::io::Write| health::write_csv(&rows, to, ctx).map_err(std::io::Error::other);
            match write_beside(&path, |to| write(to)) {
                Ok(()) => Ok(vec![Command::Tell(format!("{} rows saved as {}.", count(rows.n_rows), path.display()))]),
                Err(error) => {
                    log_kind(&error);
                    Err(StepError::Problem(Problem(error.to_string().into())))
                }
            }
        });
    }

    /// Adds files to the sources. A single open file becomes the first of them; the sample is left for a table of the files alone.
    pub(super) fn add_sources(&mut self, paths: Vec<PathBuf>) {
        let sourcing = match &self.plan().source {
            Source::Sources(sourcing) => (**sourcing).clone(),
            Source::File { path, read_as } => {
                let first = SourceFile { read_as: read_as.clone(), ..named(path.clone(), &[]) };
                Sourcing { sources: vec![first], ..Sourcing::default() }
            }
            Source::Sample { .. } => return self.begin_with(paths),
        };
        let source = Source::Sources(Arc::new(self.joined(sourcing, paths)));
        self.regroup(|plan| plan.source = source);
        self.look.show(PageView::Data(DataView::Sources));
    }

    /// The sources and these files.
    fn joined(&mut self, mut sourcing: Sourcing, paths: Vec<PathBuf>) -> Sourcing {
        logging::opens(&paths);
        for path in paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)) {
            if sourcing.sources.iter().any(|source| source.path == path) {
                self.tell(&format!("{} is a source already.", path.display()));
                continue;
            }
            let source = named(path, &sourcing.sources);
            sourcing.sources.push(source);
        }
        let all: Vec<PathBuf> = sourcing.sources.iter().map(|source| source.path.clone()).collect();
        if !all.is_empty() {
            self.settings.remember_set(&all);
        }
        self.save_settings();
        sourcing
    }
}

/// A source with a name of its own: the file's, without its ending.
fn named(path: PathBuf, others: &[SourceFile]) -> SourceFile {
    let stem = path.file_stem().map_or_else(|| "source".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let is_free = |name: &str| others.iter().all(|other| other.name != name);
    let numbered = (2..).map(|n| format!("{stem} {n}"));
    let name = std::iter::once(stem.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(stem);
    SourceFile { name, path, ..SourceFile::default() }
}
