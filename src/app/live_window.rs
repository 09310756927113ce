//! Segments that follow a source while the window is open: begun by a click, watched frame by frame, let go with the window.
//!
//! The segments in force become a model as an export would write it; what is followed then is that model, whatever is tuned meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::base::Key;
use crate::data::{Source, SourceKind};
use crate::engine::live::{Following, LiveOptions, LiveReplay, LiveSource};
use crate::engine::{LiveSeen, Problem, StepError};
use crate::export::segment_model;
use crate::model;
use crate::session::settings::live_folder;
use crate::session::{Command, LiveChoices, LiveOrder, PageView, SegmentsView};
use crate::triggers::holidays::holidays_of;

use super::free_path::free_path;
use super::window::Window;

/// How long a batch waits for more rows: whoever watches waits no longer than that for a single event.
const BATCH_WAIT: Duration = Duration::from_millis(250);

impl Window {
    /// What is to be followed was chosen.
    pub(super) fn choose_live(&mut self, path: PathBuf) {
        let source = LiveSource::named(&path);
        if let Some(flaw) = source.flaw() {
            self.look.live.path_draft = Some(path.to_string_lossy().into_owned());
            return self.complain(flaw);
        }
        let is_folder = path.is_dir() || matches!(source, LiveSource::Messages(_));
        self.change(|plan| {
            plan.live = LiveChoices { source: Some(path), is_folder, plays: plan.live.plays && !is_folder, ..plan.live.clone() }
        });
        self.look.show(PageView::Segments(SegmentsView::Live));
    }

    /// Makes the model of the segments in force; what comes back begins to follow.
    pub(super) fn begin_live(&mut self) {
        let choices = self.plan().live.clone();
        if choices.source.is_none() {
            return self.complain("Choose first what the segments are to follow.".into());
        }
        let Some(report) = self.engine.report(self.plan()) else {
            return self.complain("The segments are still being computed; begin in a moment.".into());
        };
        self.engine.errand("Making the segment model", move |ctx| {
            let made = segment_model(&report, ctx).map_err(|error| StepError::Problem(Problem(error.to_string().into())))?;
            let Some(made) = made else {
                let why = "These segments cannot be followed, because it is not known how they were made. Group the customers here first.";
                return Err(StepError::Problem(Problem(why.into())));
            };
            Ok(vec![Command::FollowLive(choices, model::to_text(&made).into())])
        });
    }

    /// Follows with a model.
    pub(super) fn follow_live(&mut self, choices: LiveChoices, text: &Arc<str>) {
        let Some(source) = choices.source.clone() else { return };
        let model = match model::from_text(text, "the segment model") {
            Ok(model) => model,
            Err(error) => return self.complain(error.to_string()),
        };
        let rules = choices.fires.then(|| self.rules_in_force()).flatten().filter(|_| model.table.is_some());
        let holidays = match self.plan().journeys.holidays.as_deref().filter(|_| rules.is_some()).map(holidays_of).transpose() {
            Ok(holidays) => holidays.unwrap_or_default(),
            Err(error) => return self.complain(error.to_string()),
        };
        let customers = self.customers_beside();
        let options = LiveOptions {
            key: choices.key.clone().filter(|_| model.table.is_none()),
            customers: customers.clone(),
            replay: choices.plays.then_some(LiveReplay { speed: choices.speed, from: None }),
            rules,
            holidays,
            batch_wait: BATCH_WAIT,
            ..LiveOptions::default()
        };
        let root = self.settings.kept_in.as_ref().and_then(|_| live_folder());
        let folder = folder_of(&source, root, (&choices, &customers), text);
        let (ctx, before) = (self.ctx.clone(), self.following.take());
        self.following = Some(Following::start(model, source, options, folder, before, move || ctx.request_repaint()));
        self.look.show(PageView::Segments(SegmentsView::Live));
    }

    /// Says something to what is followed.
    pub(super) fn order_live(&mut self, order: LiveOrder) {
        if let Some(following) = &self.following {
            following.desk().order(order);
        }
        if let (LiveOrder::Speed(speed), Some(_)) = (order, &self.following) {
            self.change(|plan| plan.live.speed = speed);
        }
    }

    /// Ends following, and writes everyone as they are then; once it has ended, it is let go.
    pub(super) fn end_live(&mut self) {
        match &self.following {
            Some(following) if following.desk().outcome().is_none() => following.desk().stop(),
            _ => self.following = None,
        }
    }

    /// What is seen of it.
    pub(super) fn seen_live(&self) -> Option<LiveSeen> {
        let desk = self.following.as_ref()?.desk();
        Some(LiveSeen { now: desk.now(), outcome: desk.outcome() })
    }

    /// The user's rules, or those the data offer where these were tried.
    fn rules_in_force(&self) -> Option<crate::triggers::language::Rules> {
        let tried = || self.answers.journeys.tried.latest().map(|tried| tried.rules.clone());
        self.plan().journeys.rules.clone().or_else(tried)
    }

    /// The list of customers beside the orders, where the table has one.
    fn customers_beside(&self) -> Option<PathBuf> {
        let Source::Sources(sourcing) = &self.plan().source else { return None };
        let understood = self.answers.sources.as_ref()?.understood.latest()?;
        let mut of = sourcing.sources.iter().zip(&understood.sources);
        of.find(|(_, understood)| understood.kind == SourceKind::Customers).map(|(source, _)| source.path.clone())
    }
}

/// Where it is followed into: in the folder of programs' data, or beside the source where nothing is kept there. The same source with the same segments goes on where it was left; a recording begins anew each time.
fn folder_of(source: &Path, root: Option<PathBuf>, (choices, customers): (&LiveChoices, &Option<PathBuf>), model: &str) -> PathBuf {
    let title = LiveSource::named(source).title();
    let stem = Path::new(&title).file_stem().unwrap_or_default().to_string_lossy();
    let beside = source.parent().filter(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let root = root.unwrap_or_else(|| beside.join("personae live"));
    if choices.plays {
        return free_path(root.join(format!("{stem} played")));
    }
    let key = Key::of("followed in the window", 1, &(source, &choices.key, customers, choices.fires, model), &[]).to_hex();
    root.join(format!("{stem} {}", &key[..8]))
}
