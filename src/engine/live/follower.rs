//! Everything that is followed: opened or gone on with, a batch from rows to what is kept, and the end.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use crate::base::{Ctx, Key};
use crate::customers::{LiveError, LiveTable};
use crate::data::day::IsoDay;
use crate::data::write::csv_line;
use crate::data::{Arriving, CutRow, Raw, ReadAs, SourceFile, SourceKind, Sourcing, read_raw_as};
use crate::engine::{Problem, today};
use crate::evaluate::shifted::ShiftReference;
use crate::events::table::DAY;
use crate::model::{self, Model};

use super::anew::{FoundAnew, Retrained};
use super::desk::LiveDesk;
use super::feed::Feed;
use super::filling;
use super::fires::Firing;
use super::in_order;
use super::judge::Judge;
use super::now::{LiveState, SeenBefore, Watched};
use super::options::{LiveOptions, LiveRule, LiveSource};
use super::outputs::{self, Ending};
use super::replayed::Pacer;
use super::segments::{Changed, LiveSegments};
use super::source::{Arrivals, ReadTo};
use super::state::{FIRES, Kept, Segments, Store, list_name};
use super::told::{LiveBatch, LiveCounts, LiveEnded};
use super::versions::Versions;

/// Follows a source into a folder until the desk says stop, or until everything was read. Goes on where it was left.
///
/// Fails with one sentence where the model cannot be followed by these rows, where the folder is another's, and where it cannot be written. What was committed stays.
pub fn follow(
    model: &Model,
    source: LiveSource,
    options: &LiveOptions,
    folder: &Path,
    desk: &LiveDesk,
    say: &mut dyn FnMut(&LiveBatch),
    ctx: &Ctx,
) -> Result<LiveEnded, Problem> {
    let place = filling::place(&source, folder)?;
    let store = Store::open(folder)?;
    let (arrivals, feed) = filling::arrivals(&source, &place);
    let mut live = Live::open(model, store, (arrivals, source.title(), feed.clone()), options, ctx)?;
    // Nothing is filled before it is known that the folder is this source's, and by nobody once this returns.
    let _feeding = filling::fill(source, &place, feed, options)?;
    if desk.is_watched() {
        live.watch(ctx);
    }
    let is_read = live.run(desk, say, ctx)?;
    live.end(is_read, desk, ctx)
}

pub(super) fn problem(text: impl std::fmt::Display) -> Problem {
    Problem(text.to_string().into())
}

impl From<LiveError> for Problem {
    fn from(error: LiveError) -> Problem {
        problem(error)
    }
}

/// Everything that is followed.
pub(super) struct Live<'a> {
    pub(super) store: Store,
    pub(super) arrivals: Arrivals,
    /// Whether a copy of the recording is played, whose rows are in the order of their days.
    pub(super) is_put_in_order: bool,
    pub(super) options: &'a LiveOptions,
    pub(super) model: &'a Model,
    pub(super) title: String,
    /// What the state belongs to.
    pub(super) of: String,
    /// The table; none before the first rows said how they are read.
    pub(super) table: Option<LiveTable>,
    pub(super) segments: LiveSegments,
    pub(super) counts: LiveCounts,
    pub(super) judge: Judge,
    pub(super) snapshot: Option<IsoDay>,
    pub(super) reference: Option<ShiftReference>,
    pub(super) events_bytes: u64,
    pub(super) aside_bytes: u64,
    pub(super) anew_bytes: u64,
    /// How far the source was read for what is kept.
    pub(super) read_to: ReadTo,
    /// Whether everyone was placed anew since the last batch.
    pub(super) is_swept: bool,
    /// Lists of labels after that of the last batch.
    pub(super) lists: u32,
    /// The newest moment when the history had been read.
    pub(super) began: Option<i64>,
    pub(super) versions: Versions,
    /// Segments found anew that nobody has taken yet.
    pub(super) found: Option<FoundAnew>,
    /// What was found when it was looked last, whatever became of it.
    pub(super) retrained: Option<Retrained>,
    /// Why nothing could be found anew.
    pub(super) trouble: Option<String>,
    /// The newest moment when segments were last looked for anew, and the day that was last asked for drift.
    pub(super) retrained_at: Option<i64>,
    pub(super) drift_day: Option<i64>,
    pub(super) firing: Option<Firing>,
    pub(super) is_paused: bool,
    pub(super) pacer: Option<Pacer>,
    pub(super) speed: f64,
    /// Bytes of a recording that were read and are not due yet.
    pub(super) not_due: u64,
    /// While somebody watches.
    pub(super) watched: Option<Watched>,
    /// What was seen before somebody watches.
    pub(super) seen: SeenBefore,
}

impl<'a> Live<'a> {
    fn open(
        model: &'a Model,
        store: Store,
        (arrivals, title, feed): (Arrivals, String, Option<Arc<Feed>>),
        options: &'a LiveOptions,
        ctx: &Ctx,
    ) -> Result<Live<'a>, Problem> {
        if model.table.is_none() && options.key.is_none() {
            return Err(problem(
                "This model was made from one file of customers, so each row that arrives is a customer as they are now; give --key the column that names them.",
            ));
        }
        if model.table.is_none() && options.rules.is_some() {
            return Err(problem("Rules need to know when things happened, and rows that are customers do not tell; leave --rules out."));
        }
        if options.replay.is_some() && (feed.is_some() || arrivals.is_folder()) {
            return Err(problem(format!("{title} is no single file; give one file of events to play again.")));
        }
        let chosen = (options.rule, options.half_life, options.snapshot, &options.key, &options.id, options.lateness, &options.customers);
        let stamp = Key::of_bytes(model::to_text(model).as_bytes()).to_hex();
        let of = format!("{stamp} {title} {chosen:?}");
        let kept = store.kept()?;
        let (kept, known) = kept.map_or((None, Vec::new()), |(kept, known)| (Some(kept), known));
        if let Some(kept) = &kept
            && kept.of != of
        {
            let shown = store.folder().display();
            return Err(problem(format!(
                "{shown} follows another source, another model or by other choices; go on with the same, or give another folder."
            )));
        }
        let names = kept.as_ref().map(|kept| Arriving::resume(&title, kept.readings.clone()).names().to_vec()).unwrap_or_default();
        let to = kept.as_ref().map_or_else(ReadTo::default, |kept| kept.read_to.clone());
        let means = kept.as_ref().and_then(|kept| kept.means.clone());
        let copy = Some(in_order::place(store.folder(), arrivals.place()));
        let copy = copy.filter(|copy| options.replay.is_some() && kept.is_some() && copy.exists());
        let arrivals = copy.as_deref().map_or(arrivals, Arrivals::of);
        let mut live = Live {
            arrivals: arrivals.go_on(names, to.clone()).filled_by(feed).wanting(wanted(model, options)),
            is_put_in_order: copy.is_some(),
            segments: LiveSegments::new(model, options.rule, means),
            store,
            options,
            model,
            title,
            of,
            table: None,
            counts: LiveCounts::default(),
            judge: Judge::new(options.lateness, None, None),
            snapshot: None,
            reference: None,
            events_bytes: 0,
            aside_bytes: 0,
            anew_bytes: 0,
            read_to: to.clone(),
            is_swept: false,
            lists: 0,
            began: None,
            versions: Versions::begin(model.segments.iter().map(|segment| segment.name.clone()).collect()),
            found: None,
            retrained: None,
            trouble: None,
            retrained_at: None,
            drift_day: None,
            firing: None,
            is_paused: false,
            pacer: None,
            speed: options.replay.map_or(1.0, |replay| replay.speed),
            not_due: 0,
            watched: None,
            seen: SeenBefore::default(),
        };
        if let Some(rules) = &options.rules {
            live.firing = Some(Firing::new(rules.clone(), options.holidays.clone(), &live.store.whole_lines(FIRES)?));
        }
        if let Some(kept) = kept {
            live.resume(kept, known, ctx)?;
        }
        Ok(live)
    }

    /// Goes on from what was kept: the rows are read again, and everyone's row is built by them.
    fn resume(&mut self, kept: Kept, known: Segments, ctx: &Ctx) -> Result<(), Problem> {
        let mut table = self.table_of(Arriving::resume(&self.title, kept.readings.clone()), ctx)?;
        (self.counts, self.snapshot) = (kept.counts, kept.snapshot.map(IsoDay));
        self.judge = Judge::new(self.options.lateness, self.id_place(&table)?, kept.latest);
        (self.events_bytes, self.aside_bytes, self.reference) = (kept.events_bytes, kept.aside_bytes, kept.reference);
        (self.lists, self.began, self.seen) = (kept.lists, kept.began, kept.seen);
        self.anew_bytes = kept.anew_bytes;
        (self.retrained_at, self.drift_day) = (kept.retrained_at, kept.drift_day);
        if !kept.versions.is_empty() {
            self.versions = kept.versions;
            self.segments.call(&self.versions.all()[self.versions.in_force()].names);
        }
        let mut rows = Arrivals::of(&self.store.folder().join("events.csv")).go_on(table.rows().names().to_vec(), ReadTo::default());
        loop {
            let found = rows.look(self.options.batch_rows, true)?;
            if found.is_at_end {
                break;
            }
            let mut events = Vec::with_capacity(found.rows.len());
            for cells in found.rows.into_iter().filter_map(|row| row.cells.ok()) {
                let event = table
                    .event(cells)
                    .map_err(|(_, why)| problem(format!("{} was changed: {why}.", self.store.folder().join("events.csv").display())))?;
                self.judge.remember(&event);
                events.push(event);
            }
            table.take(events)?;
            ctx.check().map_err(problem)?;
        }
        if table.rows().n_rows() > 0 {
            table.understand_by(kept.understood_by, ctx)?;
            let (loaded, names) = table.table(None, self.snapshot, ctx)?;
            let known: BTreeMap<String, u32> = known.into_iter().collect();
            self.segments.restore(&loaded, &names, &known, ctx)?;
        }
        self.table = Some(table);
        Ok(())
    }

    /// The table that rows of these columns make.
    fn table_of(&self, rows: Arriving, ctx: &Ctx) -> Result<LiveTable, Problem> {
        let Some(recipe) = &self.model.table else {
            return Ok(LiveTable::of_rows(rows, self.options.key.as_deref().unwrap_or_default())?);
        };
        let (recipe, at, others) = self.recipe(recipe, ctx)?;
        Ok(LiveTable::built(rows, recipe, at, others)?)
    }

    /// The recipe, which of its sources keeps coming, and the rows of the others.
    fn recipe(&self, recipe: &Sourcing, ctx: &Ctx) -> Result<(Sourcing, usize, Vec<Option<Raw>>), Problem> {
        let mut recipe = recipe.clone();
        let coming: Vec<usize> =
            (0..recipe.sources.len()).filter(|&at| recipe.sources[at].kind.is_some_and(SourceKind::has_days)).collect();
        let [at] = coming[..] else {
            let n = coming.len();
            return Err(problem(format!(
                "The model's table is built from {n} files of orders or events, and one source can be followed; make the model from one."
            )));
        };
        let mut others = Vec::with_capacity(recipe.sources.len());
        for (nth, source) in recipe.sources.iter_mut().enumerate() {
            if nth == at {
                others.push(None);
                continue;
            }
            let beside = self.options.customers.as_ref().filter(|_| source.kind == Some(SourceKind::Customers));
            let Some(path) = beside else {
                return Err(problem(format!(
                    "The model's table also needs {}; give --customers the list of customers. Other files beside the rows cannot be followed yet.",
                    source.path.display()
                )));
            };
            source.path = path.clone();
            others.push(Some(read_raw_as(path, &ReadAs::default(), ctx).map_err(problem)?));
        }
        Ok((recipe, at, others))
    }

    fn id_place(&self, table: &LiveTable) -> Result<Option<usize>, Problem> {
        let Some(id) = &self.options.id else { return Ok(None) };
        table
            .rows()
            .place(id)
            .map(Some)
            .ok_or_else(|| problem(format!("The rows that arrive have no column {id}; give --id the one that tells them apart.")))
    }

    /// One batch, from rows to what is kept.
    pub(super) fn batch(&mut self, rows: Vec<CutRow>, read_to: ReadTo, ctx: &Ctx) -> Result<LiveBatch, Problem> {
        let mut table = match self.table.take() {
            Some(table) => table,
            None => self.begin(&rows, ctx)?,
        };
        let before = self.judge.latest();
        let (events, aside) = self.judge.judged(&table, rows, (i64::from(today().0) + 2) * DAY, &mut self.counts);
        let latest = self.judge.latest();
        let observed: BTreeSet<String> = events.iter().map(|event| event.customer.clone()).collect();
        let n_points = events.len();
        let text: String = events.iter().map(|event| csv_line(event.cells.iter().map(String::as_str))).collect();
        table.take(events)?;
        let day = latest.map(|latest| IsoDay(latest.div_euclid(DAY) as i32 + 1));
        let snapshot = if table.has_snapshot() { self.options.snapshot.or(day) } else { None };
        let is_first = self.segments.n_customers() == 0;
        let is_everyone = is_first || snapshot != self.snapshot;
        self.snapshot = snapshot;
        let mut changed = Vec::new();
        if !observed.is_empty() {
            let (loaded, names) =
                if is_everyone { table.rows_of_everyone(snapshot, ctx)? } else { table.table(Some(&observed), snapshot, ctx)? };
            let passed = latest.zip(before).map_or(0, |(now, before)| now - before);
            let decay = self.options.half_life.map_or(1.0, |half| half.decay(n_points, passed));
            changed = self.segments.update(&loaded, &names, (&observed, decay), ctx)?;
        }
        if is_everyone && self.options.rule == LiveRule::Sums {
            changed = with_moved(changed, self.segments.sweep(false, ctx)?);
        }
        self.is_swept = is_everyone;
        self.counts.batches += 1;
        self.lists = 0;
        let n_changed = observed.len();
        if !text.is_empty() {
            let head = if self.events_bytes == 0 { csv_line(table.rows().names().iter().map(String::as_str)) } else { String::new() };
            self.events_bytes = self.store.append("events.csv", &format!("{head}{text}"))?;
        }
        self.table = Some(table);
        if !aside.is_empty() {
            let head = if self.aside_bytes == 0 { "why,line\n" } else { "" };
            self.aside_bytes = self.store.append("aside.csv", &format!("{head}{aside}"))?;
        }
        self.read_to = read_to;
        self.keep_changed(&changed, ctx)?;
        self.arrivals.forget(&self.read_to);
        Ok(LiveBatch { counts: self.counts, customers: self.segments.n_customers(), changed: n_changed })
    }

    /// The table whose columns are read as the first rows suggest.
    pub(super) fn begin(&mut self, rows: &[CutRow], ctx: &Ctx) -> Result<LiveTable, Problem> {
        let cutter = self.arrivals.first().ok_or_else(|| problem("The source was closed while its first rows were read; start again."))?;
        let first: Vec<Vec<String>> = rows.iter().filter_map(|row| row.cells.clone().ok()).collect();
        let key = coming(self.model).and_then(|source| source.key.as_deref()).or(self.options.key.as_deref()).unwrap_or_default();
        let table = self.table_of(Arriving::begin(&self.title, cutter, &first, key, ctx).map_err(problem)?, ctx)?;
        self.judge = Judge::new(self.options.lateness, self.id_place(&table)?, None);
        Ok(table)
    }

    /// Plays a copy of the recording whose rows are in the order of their days, if those of the recording are not. Whether it does.
    pub(super) fn put_in_order(&mut self, ctx: &Ctx) -> Result<bool, Problem> {
        let Some(table) = self.table.as_ref().filter(|_| self.options.replay.is_some() && !self.is_put_in_order) else { return Ok(false) };
        let names = table.rows().names().to_vec();
        let copy = in_order::place(self.store.folder(), self.arrivals.place());
        if in_order::copied(self.arrivals.place(), (names.clone(), &copy), |row| self.time_of(row), ctx)? {
            self.arrivals = Arrivals::of(&copy).go_on(names, ReadTo::default());
            self.is_put_in_order = true;
        }
        Ok(self.is_put_in_order)
    }

    /// That it was put in order, where it was.
    pub(super) fn order_told(&self) -> Option<String> {
        let told = || format!("The rows of {} are not in the order of their days, so a copy that is in order is played.", self.title);
        self.is_put_in_order.then(told)
    }

    /// Places everyone anew, until nobody moves (`settles`) or once, and keeps who moved.
    pub(super) fn sweep(&mut self, settles: bool, ctx: &Ctx) -> Result<(), Problem> {
        let moved = self.segments.sweep(settles, ctx)?;
        self.is_swept = true;
        if moved.is_empty() { self.keep(&[]) } else { self.keep_later(&moved, ctx) }
    }

    /// Says who is where now, in one more list after that of the batch, and keeps it.
    pub(super) fn keep_later(&mut self, moved: &[Changed], ctx: &Ctx) -> Result<(), Problem> {
        self.lists += 1;
        self.keep_changed(moved, ctx)
    }

    /// Says who is where now, in a list, and keeps it.
    fn keep_changed(&mut self, changed: &[Changed], ctx: &Ctx) -> Result<(), Problem> {
        let is_move = |of: &&Changed| of.was.is_some() && of.now.is_some() && of.was != of.now;
        self.counts.moved += changed.iter().filter(is_move).count() as u64;
        if let Some(watched) = self.watched.as_mut().filter(|_| self.reference.is_some()) {
            watched.note(changed, self.judge.latest());
        }
        let path = self.store.folder().join("labels").join(list_name(self.counts.batches, self.lists));
        outputs::labels(&path, self.segments.named(), changed, ctx)?;
        self.keep(&changed.iter().map(|of| of.customer.as_str()).collect::<Vec<_>>())
    }

    pub(super) fn keep(&self, touched: &[&str]) -> Result<(), Problem> {
        let Some(table) = &self.table else { return Ok(()) };
        let kept = Kept {
            form: Kept::form(),
            of: self.of.clone(),
            read_to: self.read_to.clone(),
            readings: table.rows().readings().clone(),
            understood_by: table.understood_by(),
            events_bytes: self.events_bytes,
            aside_bytes: self.aside_bytes,
            counts: self.counts,
            latest: self.judge.latest(),
            snapshot: self.snapshot.map(|day| day.0),
            means: self.segments.means().cloned(),
            reference: self.reference.clone(),
            began: self.began,
            versions: self.versions.clone(),
            lists: self.lists,
            anew_bytes: self.anew_bytes,
            retrained_at: self.retrained_at,
            drift_day: self.drift_day,
            seen: self.watched.as_ref().map_or_else(|| self.seen.clone(), Watched::to_keep),
        };
        let segments: Vec<(&str, u32)> = touched.iter().map(|customer| (*customer, self.segments.kept(customer))).collect();
        self.store.keep(&kept, &segments)
    }

    /// Writes everyone, the model and what has drifted. Where all was read, everyone is placed until nobody moves any more.
    fn end(mut self, is_read: bool, desk: &LiveDesk, ctx: &Ctx) -> Result<LiveEnded, Problem> {
        if self.table.is_none() {
            return Err(problem(format!("No row of {} could be counted yet, so there is nothing to write.", self.title)));
        }
        if is_read {
            self.sweep(true, ctx)?;
        }
        self.look_at_rules(true, ctx)?;
        self.picture(desk, LiveState::Following);
        let mut told = self.firing.as_ref().map_or_else(Vec::new, Firing::notes);
        told.extend(self.versions.told());
        told.extend(self.order_told());
        told.extend(self.arrivals.told());
        let Some(table) = &mut self.table else { return Err(problem("The table is missing; please report this.")) };
        let (loaded, names) = table.table(None, self.snapshot, ctx)?;
        let stamp = Key::of("followed", 1, &(&self.of, self.counts.batches), &[]).to_hex();
        let ending = Ending {
            folder: self.store.folder(),
            model: self.segments.named(),
            followed: &self.segments.model(&self.title, stamp)?,
            segments: &self.segments,
            shifted: self.reference.as_ref().map(|reference| self.segments.shifted(reference)),
            counts: self.counts,
            snapshot: self.snapshot,
            decided: table.told(),
            told,
        };
        ending.write(&loaded, &names, ctx)
    }
}

/// The source of the model's table that keeps coming.
fn coming(model: &Model) -> Option<&SourceFile> {
    model.table.iter().flat_map(|recipe| &recipe.sources).find(|source| source.kind.is_some_and(SourceKind::has_days))
}

/// Columns that rows must have, though the first of them may lack them.
fn wanted(model: &Model, options: &LiveOptions) -> Vec<String> {
    match coming(model) {
        Some(source) => source.key.iter().chain(source.fields.values().flatten()).chain(&options.id).cloned().collect(),
        None => options.key.iter().chain(&options.id).cloned().chain(model.columns().iter().map(|name| (*name).to_owned())).collect(),
    }
}

/// Customers who changed, with those who moved afterwards, each once.
fn with_moved(mut changed: Vec<Changed>, moved: Vec<Changed>) -> Vec<Changed> {
    let places: HashMap<String, usize> = changed.iter().enumerate().map(|(at, of)| (of.customer.clone(), at)).collect();
    for of in moved {
        match places.get(&of.customer) {
            Some(&at) => changed[at] = Changed { was: changed[at].was, ..of },
            None => changed.push(of),
        }
    }
    changed
}
