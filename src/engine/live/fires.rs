//! Rules that fire while events come: whom they fired for, when and why, each fire told once.
//!
//! In: the events that were counted, as they were written, and where everyone is. Out: lines of triggers.ndjson. What a rule means over time is said by its replay and nowhere else: the events so
//! far are replayed, and what fired since is told. So the list is the one that a replay of all events gives from the moment on at which following began, with the personas of now; of events that have days alone, without those of the newest day. An event that comes late takes back nothing that was told, and brings no fire from before the
//! last one told. How often it is looked
//! is bounded by what a look costs. Nothing is sent.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::base::Ctx;
use crate::base::text::count;
use crate::engine::Problem;
use crate::engine::behaviour::events_of;
use crate::events::EventOptions;
use crate::events::table::{DAY, Events, NONE};
use crate::triggers::clock::iso;
use crate::triggers::gaps::gaps;
use crate::triggers::language::{Rules, Trigger};
use crate::triggers::replay::{Period, replay};
use crate::triggers::report::check;
use crate::triggers::sentence;
use crate::triggers::world::{CustomerGroups, Snapshot, World};

use super::segments::LiveSegments;

/// A look takes at most one part of so many of the time.
const SHARE: u32 = 10;
/// Fires that are shown.
const SHOWN: usize = 100;

/// For whom a rule fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveFire {
    /// The rule.
    pub trigger: String,
    /// The customer.
    pub customer_id: String,
    /// When, as "2024-03-01T14:05:00.000Z".
    pub fired_at: String,
    /// The segment they were in when this was told.
    pub persona: Option<String>,
    /// Why: the rule in words, and the event that set it off.
    pub reason: String,
}

/// What is known of rules that fire.
pub(super) struct Firing {
    rules: Rules,
    holidays: Vec<i64>,
    /// When each rule fired last for each customer.
    told: HashMap<(usize, String), String>,
    recent: VecDeque<LiveFire>,
    counts: Vec<usize>,
    /// How many events had been counted at the last look.
    seen: u64,
    looked: Option<Instant>,
    cost: Duration,
    /// Why nothing can be told.
    trouble: Option<String>,
}

impl Firing {
    /// Goes on after the lines that were told before.
    pub(super) fn new(rules: Rules, holidays: Vec<i64>, told_before: &str) -> Firing {
        let counts = vec![0; rules.triggers.len()];
        let mut firing = Firing {
            rules,
            holidays,
            told: HashMap::new(),
            recent: VecDeque::new(),
            counts,
            seen: 0,
            looked: None,
            cost: Duration::ZERO,
            trouble: None,
        };
        for fire in told_before.lines().filter_map(|line| serde_json::from_str::<LiveFire>(line).ok()) {
            if let Some(rule) = firing.rules.triggers.iter().position(|rule| rule.name == fire.trigger) {
                firing.note(rule, fire);
            }
        }
        firing
    }

    fn note(&mut self, rule: usize, fire: LiveFire) {
        self.counts[rule] += 1;
        self.told.insert((rule, fire.customer_id.clone()), fire.fired_at.clone());
        self.recent.push_front(fire);
        self.recent.truncate(SHOWN);
    }

    /// Whether there are events that no look has seen, and time for one.
    pub(super) fn is_due(&self, counted: u64) -> bool {
        counted > self.seen && self.looked.is_none_or(|looked| looked.elapsed() >= self.cost * SHARE)
    }

    /// Looks, and gives the lines that are new. `since` is the moment at which following began.
    ///
    /// Fails only when stopped; what cannot be looked at is told with the rest.
    pub(super) fn look(&mut self, events: &Path, counted: u64, since: i64, segments: &LiveSegments, ctx: &Ctx) -> Result<String, Problem> {
        let started = Instant::now();
        self.seen = counted;
        let mut trouble = None;
        let found = self.found(events, since, segments, &mut trouble, ctx);
        (self.looked, self.cost) = (Some(Instant::now()), started.elapsed());
        match found {
            Ok(new) => {
                self.trouble = trouble;
                let lines = new.iter().map(|(_, fire)| format!("{}\n", serde_json::to_string(fire).unwrap_or_default())).collect();
                new.into_iter().for_each(|(rule, fire)| self.note(rule, fire));
                Ok(lines)
            }
            Err(problem) if ctx.is_stopped() => Err(problem),
            Err(problem) => {
                self.trouble = Some(problem.0.to_string());
                Ok(String::new())
            }
        }
    }

    /// What fired since it was told last, in the order of time.
    fn found(
        &self,
        path: &Path,
        since: i64,
        segments: &LiveSegments,
        trouble: &mut Option<String>,
        ctx: &Ctx,
    ) -> Result<Vec<(usize, LiveFire)>, Problem> {
        let wrong = |error: &dyn std::fmt::Display| Problem(error.to_string().into());
        let read = events_of(&[path.to_owned()], &EventOptions::default(), &[], ctx)?;
        let events = &read.events;
        let Some((_, end)) = events.span else { return Ok(Vec::new()) };
        let snapshot = Snapshot { made: since, from: i64::MIN, personas: personas(events, segments), ..Snapshot::default() };
        let world = World { snapshots: std::slice::from_ref(&snapshot), holidays: &self.holidays, ..World::of(events) };
        // A rule that cannot be followed yet holds up none of the others.
        let (followed, not): (Vec<usize>, Vec<usize>) = (0..self.rules.triggers.len()).partition(|&at| {
            let alone = Rules { triggers: vec![self.rules.triggers[at].clone()], ..self.rules.clone() };
            check(&world, &alone).is_ok()
        });
        let without = Rules { triggers: not.iter().map(|&at| self.rules.triggers[at].clone()).collect(), ..self.rules.clone() };
        *trouble = if not.is_empty() { None } else { check(&world, &without).err().map(|error| error.to_string()) };
        let triggers: Vec<Trigger> = followed.iter().map(|&at| self.rules.triggers[at].clone()).collect();
        let period = Period { from: since, end, gaps: gaps(events, ctx).map_err(|error| wrong(&error))? };
        let all = replay(&world, &triggers, &period, ctx).map_err(|error| wrong(&error))?;
        // Where events have days alone, more of the newest day may come, and it is all one moment.
        let is_by_day = events.times.iter().all(|time| time.rem_euclid(DAY) == 0);
        let mut new: Vec<(i64, usize, LiveFire)> = Vec::new();
        for (rule, (trigger, fires)) in followed.into_iter().zip(triggers.iter().zip(&all)) {
            for fire in fires.fires.iter().filter(|fire| !is_by_day || fire.time < end) {
                let (customer, at) = (&events.customers[fire.customer as usize], iso(fire.time));
                if self.told.get(&(rule, customer.clone())).is_some_and(|told| *told >= at) {
                    continue;
                }
                let event = &events.kind_names[events.kinds[fire.row] as usize];
                new.push((
                    fire.time,
                    rule,
                    LiveFire {
                        trigger: trigger.name.clone(),
                        customer_id: customer.clone(),
                        fired_at: at,
                        persona: segments.name_of(customer),
                        reason: format!("{}: {event}, {}", sentence::moment(&trigger.when), iso(events.times[fire.row])),
                    },
                ));
            }
        }
        new.sort_by(|a, b| (a.0, a.1, &a.2.customer_id).cmp(&(b.0, b.1, &b.2.customer_id)));
        Ok(new.into_iter().map(|(_, rule, fire)| (rule, fire)).collect())
    }

    /// The last fires, newest first.
    pub(super) fn recent(&self) -> Vec<LiveFire> {
        self.recent.iter().cloned().collect()
    }

    /// Every rule with how often it fired.
    pub(super) fn counts(&self) -> Vec<(String, usize)> {
        self.rules.triggers.iter().map(|rule| rule.name.clone()).zip(self.counts.iter().copied()).collect()
    }

    /// What is to be known, in sentences.
    pub(super) fn notes(&self) -> Vec<String> {
        let trouble = self.trouble.iter().map(|why| format!("Rules that cannot be followed: {why}"));
        trouble.chain(self.counts().into_iter().map(|(name, n)| format!("{name} fired {} since following began.", times(n)))).collect()
    }
}

fn times(n: usize) -> String {
    match n {
        0 => "for nobody".to_owned(),
        1 => "once".to_owned(),
        n => format!("{} times", count(n)),
    }
}

fn personas(events: &Events, segments: &LiveSegments) -> CustomerGroups {
    let of = |customer: &String| segments.cluster_of(customer).map_or(NONE, |cluster| cluster as u32);
    CustomerGroups { names: segments.names(), of: events.customers.iter().map(of).collect() }
}
