//! The loop of whoever follows: orders, rows that are due, batches, and between them what is looked at now and then.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::base::{Ctx, Key, Matrix};
use crate::data::CutRow;
use crate::engine::{Problem, today};
use crate::events::table::DAY;
use crate::model;
use crate::session::LiveOrder;
use crate::triggers::clock::iso;

use super::anew::{FoundAnew, RetrainCause, found_anew};
use super::desk::LiveDesk;
use super::follower::{Live, problem};
use super::now::{LiveFires, LiveNow, LiveSegment, LiveState, Watched};
use super::outputs;
use super::replayed::Pacer;
use super::source::{Found, ReadTo};
use super::state::{FIRES, RETRAINING};
use super::told::LiveBatch;

/// How long to wait where nothing came.
const NAP: Duration = Duration::from_millis(50);
/// Everyone is placed anew after so long without rows.
const QUIET: Duration = Duration::from_secs(60);
/// The longest stretch without rows that is waited through when a recording is played.
const LONGEST_LULL: Duration = Duration::from_secs(2);

/// Rows that were read and are not due yet.
#[derive(Default)]
struct Held {
    rows: VecDeque<CutRow>,
    /// How far the source is read once all of them are taken, and how many bytes they are.
    to: ReadTo,
    bytes: u64,
}

impl Held {
    fn put(&mut self, found: Found, to: &ReadTo) {
        self.bytes = found.bytes;
        self.rows = found.rows.into();
        self.to = to.clone();
    }

    fn take(&mut self) -> Option<CutRow> {
        let row = self.rows.pop_front()?;
        self.bytes = self.bytes.saturating_sub(row.bytes as u64);
        Some(row)
    }

    /// The rows that were read last, before any is taken.
    fn all(&self) -> Vec<CutRow> {
        self.rows.iter().cloned().collect()
    }

    /// How far the source is read without those that are left.
    fn read_to(&self) -> ReadTo {
        if self.rows.is_empty() { self.to.clone() } else { self.to.back(self.bytes) }
    }
}

/// Whether a row may be taken.
enum Due {
    Now,
    Later,
    /// The history ends before it.
    Begins,
}

impl Live<'_> {
    /// Somebody watches.
    pub(super) fn watch(&mut self, ctx: &Ctx) {
        let mut watched = Watched::new(std::mem::take(&mut self.seen));
        if self.reference.is_some() {
            watched.begin(&self.segments, ctx);
        }
        self.watched = Some(watched);
    }

    /// Reads and commits until there is nothing more, or somebody says stop. Whether all was read.
    pub(super) fn run(&mut self, desk: &LiveDesk, say: &mut dyn FnMut(&LiveBatch), ctx: &Ctx) -> Result<bool, Problem> {
        let mut waiting: Vec<CutRow> = Vec::new();
        let mut held = Held { to: self.arrivals.read_to().clone(), ..Held::default() };
        let mut since: Option<Instant> = None;
        let mut quiet = Instant::now();
        if self.counts.batches > 0 {
            // Whoever was killed after the last batch had not asked yet.
            self.after_batch(ctx)?;
        }
        while !desk.is_stopped() && !ctx.is_stopped() {
            self.obey(desk, ctx)?;
            if self.is_paused {
                self.show(desk, LiveState::Paused);
                std::thread::sleep(NAP);
                continue;
            }
            let (mut is_at_end, mut may_end) = (false, false);
            if held.rows.is_empty() {
                let found = self.arrivals.look(self.room(waiting.len()), self.options.until_idle)?;
                (is_at_end, may_end) = (found.is_at_end, self.options.until_idle && found.is_over);
                if !found.rows.is_empty() {
                    held.put(found, self.arrivals.read_to());
                    // When rows are due can be told once it is known how they are read.
                    if self.options.replay.is_some() && self.table.is_none() {
                        self.table = Some(self.begin(&held.all(), ctx)?);
                        if self.put_in_order(ctx)? {
                            held = Held { to: self.arrivals.read_to().clone(), ..Held::default() };
                            continue;
                        }
                    }
                }
            }
            let begins = self.take_due(&mut held, &mut waiting);
            self.not_due = held.bytes;
            if !waiting.is_empty() {
                since.get_or_insert_with(Instant::now);
            }
            let has_waited = since.is_some_and(|since| since.elapsed() >= self.options.batch_wait);
            let is_ripe = waiting.len() >= self.batch_rows()
                || begins
                // Only what trickles waits by the clock, so that a file that is there is always cut alike.
                || (is_at_end && (may_end || has_waited))
                || (self.pacer.is_some() && has_waited);
            if !waiting.is_empty() && is_ripe {
                let batch = self.batch(std::mem::take(&mut waiting), held.read_to(), ctx)?;
                say(&batch);
                self.after_batch(ctx)?;
                (since, quiet) = (None, Instant::now());
                self.show(desk, self.state());
                continue;
            }
            if begins {
                if self.reference.is_none() {
                    self.begin_following(ctx)?;
                }
                let at = held.rows.front().and_then(|row| self.time_of(row)).unwrap_or_default();
                self.pacer = Some(Pacer::new(at, self.speed, Instant::now()));
                continue;
            }
            if !held.rows.is_empty() {
                let next = held.rows.front().and_then(|row| self.time_of(row));
                if let (Some(pacer), Some(next)) = (&mut self.pacer, next) {
                    pacer.skip_to(next, LONGEST_LULL, Instant::now());
                }
                self.look_at_rules(false, ctx)?;
                self.show(desk, self.state());
                std::thread::sleep(NAP.min(self.options.batch_wait));
                continue;
            }
            if !is_at_end {
                continue;
            }
            if waiting.is_empty() && self.counts.batches > 0 {
                if self.reference.is_none() {
                    // The history was read: what comes from now on is measured against it, once the centres are where it has them.
                    self.begin_following(ctx)?;
                }
                if may_end {
                    return Ok(true);
                }
                if quiet.elapsed() >= QUIET && !self.is_swept {
                    self.sweep(false, ctx)?;
                }
                self.look_at_rules(false, ctx)?;
            } else if may_end && waiting.is_empty() {
                return Ok(true);
            }
            let is_played = self.options.replay.is_some() && waiting.is_empty();
            self.show(desk, if is_played { LiveState::AtEnd } else { self.state() });
            std::thread::sleep(NAP);
        }
        // What was ordered before the end is done before it.
        self.obey(desk, ctx)?;
        Ok(false)
    }

    fn state(&self) -> LiveState {
        if self.reference.is_some() { LiveState::Following } else { LiveState::History }
    }

    /// Rows of a batch, at most.
    fn batch_rows(&self) -> usize {
        self.options.batch_rows.max(1)
    }

    fn room(&self, waiting: usize) -> usize {
        self.batch_rows().saturating_sub(waiting).max(1)
    }

    /// When a row happened; nothing where it does not say, or says a day to come, which nobody waits for.
    pub(super) fn time_of(&self, row: &CutRow) -> Option<i64> {
        let time = self.table.as_ref()?.time_of(row.cells.as_ref().ok()?);
        time.filter(|time| *time < (i64::from(today().0) + 2) * DAY)
    }

    /// Takes the rows that are due. Whether the history ends before the first that is left.
    fn take_due(&mut self, held: &mut Held, waiting: &mut Vec<CutRow>) -> bool {
        while waiting.len() < self.batch_rows()
            && let Some(row) = held.rows.front()
        {
            match self.due(row, held) {
                Due::Now => waiting.extend(held.take()),
                Due::Later => return false,
                Due::Begins => return true,
            }
        }
        false
    }

    fn due(&self, row: &CutRow, held: &Held) -> Due {
        let Some(replay) = self.options.replay.filter(|_| self.table.is_some()) else { return Due::Now };
        let Some(time) = self.time_of(row) else { return Due::Now };
        if let Some(pacer) = &self.pacer {
            return if time <= pacer.due(Instant::now()) { Due::Now } else { Due::Later };
        }
        let is_history = match replay.from {
            Some(from) => time < i64::from(from.0) * DAY,
            None => held.read_to().offset() < self.arrivals.whole().unwrap_or_default() / 2,
        };
        if is_history { Due::Now } else { Due::Begins }
    }

    /// The history was read: what comes from now on is measured against it.
    fn begin_following(&mut self, ctx: &Ctx) -> Result<(), Problem> {
        self.sweep(true, ctx)?;
        self.reference = Some(self.segments.reference());
        self.began = self.judge.latest();
        (self.retrained_at, self.drift_day) = (self.began, self.began.map(|began| began.div_euclid(DAY)));
        if let Some(watched) = &mut self.watched {
            watched.begin(&self.segments, ctx);
        }
        self.keep(&[])
    }

    /// What is asked after a batch; about drift once for every day of events.
    fn after_batch(&mut self, ctx: &Ctx) -> Result<(), Problem> {
        self.look_at_rules(false, ctx)?;
        let (Some(reference), Some(latest)) = (&self.reference, self.judge.latest()) else { return Ok(()) };
        let is_time = self.options.retraining.every.is_some_and(|every| latest - self.retrained_at.unwrap_or(latest) >= every);
        let is_new_day = self.drift_day.replace(latest.div_euclid(DAY)) != Some(latest.div_euclid(DAY));
        let has_drifted = || self.options.retraining.on_drift && is_new_day && self.segments.shifted(reference).is_flagged();
        let cause = match () {
            () if is_time => RetrainCause::Time,
            () if has_drifted() => RetrainCause::Drift,
            () => return Ok(()),
        };
        self.retrained_at = Some(latest);
        self.look_anew(cause, ctx)?;
        if self.found.is_some() { self.adopt(ctx) } else { Ok(()) }
    }

    /// Follows what was ordered.
    fn obey(&mut self, desk: &LiveDesk, ctx: &Ctx) -> Result<(), Problem> {
        for order in desk.take() {
            match order {
                LiveOrder::Pause | LiveOrder::GoOn => {
                    self.is_paused = order == LiveOrder::Pause;
                    if let Some(pacer) = &mut self.pacer {
                        pacer.hold(self.is_paused, Instant::now());
                    }
                }
                LiveOrder::Speed(speed) => {
                    self.speed = speed;
                    if let Some(pacer) = &mut self.pacer {
                        pacer.set_speed(speed, Instant::now());
                    }
                }
                LiveOrder::Retrain if self.table.is_some() => {
                    self.picture(desk, LiveState::Searching);
                    self.look_anew(RetrainCause::Asked, ctx)?;
                }
                LiveOrder::Adopt if self.found.is_some() => self.adopt(ctx)?,
                LiveOrder::Decline => self.decline()?,
                LiveOrder::Back(number) => self.back(number, ctx)?,
                LiveOrder::Retrain | LiveOrder::Adopt => {}
            }
            self.picture(desk, if self.is_paused { LiveState::Paused } else { self.state() });
        }
        Ok(())
    }

    /// Looks for better segments. What is found lies ready to be taken if it is not worse; else it is told why not.
    fn look_anew(&mut self, cause: RetrainCause, ctx: &Ctx) -> Result<(), Problem> {
        let held = Instant::now();
        if let Some(pacer) = &mut self.pacer {
            pacer.hold(true, held);
        }
        let looked = self.look_anew_now(cause, ctx);
        // The time it took is none of the recording's.
        if let Some(pacer) = self.pacer.as_mut().filter(|_| !self.is_paused) {
            pacer.hold(false, Instant::now());
        }
        looked
    }

    fn look_anew_now(&mut self, cause: RetrainCause, ctx: &Ctx) -> Result<(), Problem> {
        (self.found, self.retrained, self.trouble) = (None, None, None);
        let Some(centres) = self.segments.centres() else {
            self.trouble = Some(
                "These segments do not follow their customers by centres, so they cannot be found anew here; make the model again.".into(),
            );
            return Ok(());
        };
        let (x, _) = self.segments.encoded_rows()?;
        match found_anew(&x, &centres, (cause, self.judge.latest()), ctx) {
            Ok(found) => {
                self.retrained = Some(found.told.clone());
                if found.told.is_worth_it() {
                    self.found = Some(found);
                } else {
                    self.note_retraining(false)?;
                    self.keep(&[])?;
                }
            }
            Err(problem) if ctx.is_stopped() => return Err(problem),
            Err(problem) => self.trouble = Some(problem.0.to_string()),
        }
        Ok(())
    }

    /// Takes the segments that were found. Numbers and colours stay, names stay where most of their customers do.
    fn adopt(&mut self, ctx: &Ctx) -> Result<(), Problem> {
        let (Some(FoundAnew { told, centres }), Some(before)) = (self.found.take(), self.segments.centres()) else { return Ok(()) };
        let mut names = self.segments.names();
        told.loses_name.iter().for_each(|&cluster| names[cluster].clear());
        self.versions.adopt(&told, names.clone(), &before);
        self.note_retraining(true)?;
        self.retrained = None;
        self.take_up(centres, &names, ctx)
    }

    /// Lets what was found go, and says so where it had been offered.
    fn decline(&mut self) -> Result<(), Problem> {
        if self.found.take().is_some() {
            self.note_retraining(false)?;
            self.keep(&[])?;
        }
        self.retrained = None;
        Ok(())
    }

    fn back(&mut self, number: usize, ctx: &Ctx) -> Result<(), Problem> {
        let Some(before) = self.segments.centres() else { return Ok(()) };
        let Some(to) = self.versions.place_of(number) else { return Ok(()) };
        let Some((centres, names)) = self.versions.back(to, &before).map_err(problem)? else { return Ok(()) };
        (self.found, self.retrained) = (None, None);
        self.take_up(centres, &names, ctx)
    }

    /// Other segments are in force: everyone is placed by them, and drift is measured from here on.
    fn take_up(&mut self, centres: Matrix, names: &[String], ctx: &Ctx) -> Result<(), Problem> {
        let moved = self.segments.adopt(centres, names, ctx)?;
        if self.reference.is_some() {
            self.reference = Some(self.segments.reference());
        }
        if let Some(watched) = &mut self.watched {
            watched.begin_anew(&self.segments, ctx);
        }
        // What follows from the state is written first: whoever is killed in between writes it again.
        let number = self.versions.all()[self.versions.in_force()].number;
        let stamp = Key::of("followed", 1, &(&self.of, self.counts.batches, number), &[]).to_hex();
        let followed = self.segments.model(&self.title, stamp)?;
        outputs::text(&self.store.folder().join("models").join(format!("{number:03}.json")), &model::to_text(&followed))?;
        self.keep_later(&moved, ctx)
    }

    /// One line of what was found anew, and what became of it.
    fn note_retraining(&mut self, is_adopted: bool) -> Result<(), Problem> {
        let Some(told) = &self.retrained else { return Ok(()) };
        let mut line = serde_json::to_value(told).unwrap_or_default();
        line["at"] = json!(told.at.map(iso));
        line["adopted"] = json!(is_adopted);
        line["comes_back"] = json!(told.trusts.map(|trust| trust.word()));
        line["sentences"] = json!(told.sentences());
        self.anew_bytes = self.store.append(RETRAINING, &format!("{line}\n"))?;
        Ok(())
    }

    /// Looks whom rules fired for, where there are rules and time for a look, or in any case (`is_last`).
    pub(super) fn look_at_rules(&mut self, is_last: bool, ctx: &Ctx) -> Result<(), Problem> {
        let (Some(firing), Some(since)) = (&mut self.firing, self.began) else { return Ok(()) };
        if self.events_bytes > 0 && (is_last || firing.is_due(self.counts.counted)) {
            let events = self.store.folder().join("events.csv");
            let lines = firing.look(&events, self.counts.counted, since, &self.segments, ctx)?;
            if !lines.is_empty() {
                self.store.append(FIRES, &lines)?;
            }
        }
        Ok(())
    }

    /// Shows a picture where somebody watches and the last one is old enough.
    fn show(&mut self, desk: &LiveDesk, state: LiveState) {
        if self.watched.as_ref().is_some_and(Watched::is_due) {
            self.picture(desk, state);
        }
    }

    /// Shows a picture where somebody watches.
    pub(super) fn picture(&mut self, desk: &LiveDesk, state: LiveState) {
        let Some(mut watched) = self.watched.take() else { return };
        let started = Instant::now();
        let (sizes, nowhere) = self.segments.sizes();
        let latest = self.judge.latest();
        if self.reference.is_some() {
            watched.note_sizes(latest.unwrap_or(self.counts.batches as i64), &sizes, self.segments.centres().as_ref());
        }
        let names = self.segments.names();
        let reference = self.reference.as_ref();
        let drift = watched.drift(latest, &names, || reference.map(|reference| self.segments.shifted(reference)));
        let model = self.segments.named();
        let segment = |(cluster, segment): (usize, &model::Segment)| LiveSegment {
            number: segment.number,
            name: segment.name.clone(),
            size: sizes[cluster],
        };
        let mut notes = self.table.as_ref().map_or_else(Vec::new, |table| table.told());
        notes.extend(self.order_told());
        notes.extend(self.arrivals.told());
        notes.extend(self.trouble.clone());
        if !self.segments.follows() {
            notes.push(outputs::follows_not(model));
        }
        let fires =
            self.firing.as_ref().map(|firing| LiveFires { counts: firing.counts(), recent: firing.recent(), notes: firing.notes() });
        desk.show(LiveNow {
            title: self.title.clone(),
            folder: self.store.folder().to_owned(),
            state,
            segments: model.segments.iter().enumerate().map(segment).collect(),
            nowhere,
            counts: self.counts,
            snapshot: self.snapshot,
            latest,
            began: self.began,
            rate: watched.rate(self.counts.counted),
            unread: self.arrivals.unread() + self.not_due,
            speed: self.options.replay.map(|_| self.pacer.map_or(self.speed, |pacer| pacer.speed())),
            bands: watched.bands().to_vec(),
            moves: watched.moves(sizes.len(), latest),
            movers: watched.movers(),
            map: watched.map(&self.segments),
            drift,
            retrained: self.retrained.clone(),
            versions: self.versions.all().to_vec(),
            in_force: self.versions.in_force(),
            fires,
            notes,
        });
        watched.was_shown(started.elapsed());
        self.watched = Some(watched);
    }
}
