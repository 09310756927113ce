//! What is known of journeys and rules? The values of their steps, and what the pages see of them.

use std::sync::Arc;

use crate::events::table::{Events, NONE};
use crate::events::{Read, ReadTold};
use crate::export::{RulesTried, WhatTheyDid, on_card};
use crate::journeys::funnel::{FunnelStanding, FunnelWalk};
use crate::journeys::paths::PathTree;
use crate::journeys::report::JourneysReport;
use crate::journeys::timelines::Timelines;
use crate::journeys::when::WhenActive;
use crate::session::{JourneyOptions, JourneysView};
use crate::triggers::details::EventDetails;
use crate::triggers::explained::{ExplainedStep, explained};
use crate::triggers::language::{Event, Rules};
use crate::triggers::replay::Period;
use crate::triggers::report::{TriedTrigger, TriggersReport};
use crate::triggers::thresholds::Point;
use crate::triggers::world::{Snapshot, World};

use super::behaviour::DueFound;
use super::run::answer::{Answer, Problem};

/// The events, read.
#[derive(Debug, Clone)]
pub struct EventsSeen {
    pub(super) read: Read,
    /// Names of what happens with the number of events, the commonest first.
    pub kinds: Vec<(String, usize)>,
    /// The event that is found to be a purchase by its name.
    pub purchase: Option<String>,
    /// What events are told apart by, beside their kind.
    pub details: EventDetails,
}

impl EventsSeen {
    /// The table.
    pub fn events(&self) -> &Events {
        &self.read.events
    }

    /// What is told of reading.
    pub fn told(&self) -> &ReadTold {
        &self.read.told
    }

    pub(super) fn bytes(&self) -> usize {
        // Between 40 and 48 bytes per event; ids and names beside them.
        self.events().n_events() * 48 + self.events().n_customers() * 64
    }
}

/// The customers of the events, as the table of customers knows them.
#[derive(Debug, Clone, Default)]
pub struct JourneyCustomers {
    /// Names of the personas, by cluster; empty where the table knows none of the customers.
    pub names: Vec<String>,
    /// What is told of it.
    pub notes: Vec<String>,
    /// Whether the personas are made of what customers did, so that they are none of the table's.
    pub is_by_behaviour: bool,
    pub(super) of: Vec<Option<u16>>,
    pub(super) of_row: Vec<u32>,
}

impl JourneyCustomers {
    /// The persona of a customer of the events, by cluster.
    pub fn persona_of(&self, customer: u32) -> Option<usize> {
        self.of.get(customer as usize).copied().flatten().map(usize::from)
    }

    /// The rows of the table of some customers of the events, ascending. O(rows).
    pub fn rows(&self, customers: impl IntoIterator<Item = u32>) -> Vec<usize> {
        let mut is_meant = vec![false; self.of.len()];
        for customer in customers {
            if let Some(is_meant) = is_meant.get_mut(customer as usize) {
                *is_meant = true;
            }
        }
        let is_meant = |customer: u32| is_meant.get(customer as usize).copied().unwrap_or(false);
        self.of_row.iter().enumerate().filter(|(_, customer)| is_meant(**customer)).map(|(row, _)| row).collect()
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.of[..]) + size_of_val(&self.of_row[..])
    }
}

/// What a view shows.
#[derive(Debug, Clone)]
pub struct JourneysShown {
    /// The view it is for.
    pub view: JourneysView,
    /// The answers, without what fewer than ten customers stand behind.
    pub report: JourneysReport,
    /// What has no answer in these data.
    pub notes: Vec<String>,
    pub(super) timelines: Vec<Timelines>,
    pub(super) tree: Option<PathTree>,
    pub(super) walk: Option<FunnelWalk>,
    pub(super) silent: Vec<(u32, f32)>,
    pub(super) when: WhenActive,
}

impl JourneysShown {
    /// Customers one by one, of everyone or of a persona.
    pub fn one_by_one(&self, persona: Option<usize>) -> Option<&Timelines> {
        self.timelines.iter().find(|of| of.persona == persona)
    }

    /// The customers of a node of the paths.
    pub fn on_path(&self, node: usize) -> &[u32] {
        self.tree.as_ref().and_then(|tree| tree.nodes.get(node)).map_or(&[], |node| &node.customers)
    }

    /// The customers who are judged and got to a step of the funnel, from 1, and no further or (`is_further`) also beyond.
    pub fn at_step(&self, step: usize, is_further: bool) -> Vec<u32> {
        let entries = self.walk.iter().flat_map(|walk| &walk.entries).filter(|entry| entry.standing == FunnelStanding::Judged);
        let is_meant = |reached: usize| if is_further { reached >= step } else { reached == step };
        entries.filter(|entry| is_meant(usize::from(entry.reached))).map(|entry| entry.customer).collect()
    }

    /// The customers whose last purchase is so many days ago, or longer.
    pub fn silent_for(&self, days: f64) -> Vec<u32> {
        self.silent.iter().filter(|(_, silent)| f64::from(*silent) >= days).map(|(customer, _)| *customer).collect()
    }

    /// In which hours and months customers were active; nobody's but for the rhythm.
    pub fn when(&self) -> &WhenActive {
        &self.when
    }

    pub(super) fn bytes(&self) -> usize {
        let of_tree = self.tree.iter().flat_map(|tree| &tree.nodes).map(|node| size_of_val(&node.customers[..]) + 200).sum::<usize>();
        let of_walk = self.walk.as_ref().map_or(0, |walk| size_of_val(&walk.entries[..]) + size_of_val(&walk.times[..]));
        let of_timelines: usize = self.timelines.iter().map(|of| size_of_val(&of.customers[..])).sum();
        of_tree + of_walk + of_timelines + size_of_val(&self.silent[..]) + self.when.bytes() + 100_000
    }
}

impl JourneysAnswer {
    /// Whether something that is to leave is still under way.
    pub(super) fn is_under_way(&self) -> bool {
        let is_cooking = |of: &Answer<JourneysShown>| matches!(of, Answer::Cooking { .. });
        // Nothing is known of what is to leave until the events are read.
        matches!(self.events, Answer::Cooking { .. }) || self.leaves.iter().any(is_cooking) || matches!(self.tried, Answer::Cooking { .. })
    }

    /// What the persona of a cluster does more than others, in sentences for its card; empty where nobody looked.
    pub fn on_card(&self, cluster: usize) -> Vec<String> {
        let customers = self.customers.ready().filter(|customers| !customers.is_by_behaviour);
        let answers = self.leaves.iter().filter_map(|answer| answer.ready()).map(|shown| &shown.report);
        customers.map_or_else(Vec::new, |customers| on_card(&customers.names, answers, cluster))
    }

    /// Whether what cards say of it is under way.
    pub fn is_told_soon(&self) -> bool {
        self.leaves.iter().any(|answer| answer.progress().is_some())
    }

    /// What leaves with an export: what there is, and why the rest is not; none without events.
    pub(super) fn told(&self, options: &JourneyOptions) -> Option<WhatTheyDid> {
        if self.leaves.is_empty() {
            return None;
        }
        let why_not = |problem: Option<&Problem>| problem.map(|problem| problem.0.to_string());
        let customers = self.customers.ready();
        let notes = customers.iter().flat_map(|customers| customers.notes.iter().cloned());
        let of_answers = self.leaves.iter().flat_map(|answer| {
            let notes = answer.ready().map(|shown| shown.notes.clone()).unwrap_or_default();
            notes.into_iter().chain(why_not(answer.problem()))
        });
        let rules = self
            .tried
            .ready()
            .map(|tried| RulesTried { report: tried.report.clone(), due: tried.due.iter().map(|due| due.now.due.len()).collect() });
        let mut all: Vec<String> = notes.chain(of_answers).chain(why_not(self.tried.problem())).collect();
        all.dedup();
        Some(WhatTheyDid {
            names: customers.filter(|customers| !customers.is_by_behaviour).map(|customers| customers.names.clone()).unwrap_or_default(),
            answers: self.leaves.iter().filter_map(|answer| Some(answer.ready()?.report.clone())).collect(),
            window_hours: options.window_hours,
            rules,
            notes: all,
        })
    }

    /// The customers of the events as the table knows them, where what is shown is of them and any is in it: else a click would pick others, or nobody.
    pub fn pickable(&self) -> Option<&JourneyCustomers> {
        let is_of_these = self.shown.ready().is_some() || self.tried.ready().is_some();
        let known = self.customers.ready().filter(|_| is_of_these)?;
        known.of_row.iter().any(|customer| *customer != NONE).then_some(&**known)
    }
}

/// What is known of the journeys.
#[derive(Debug, Clone, Default)]
pub struct JourneysAnswer {
    /// The events; waits where no export was chosen.
    pub events: Answer<EventsSeen>,
    /// Their customers.
    pub customers: Answer<JourneyCustomers>,
    /// What the view shows; waits where rules are tried.
    pub shown: Answer<JourneysShown>,
    /// What came of the rules; waits but where they are seen.
    pub tried: Answer<TriggersTried>,
    /// What leaves with an export; empty where nothing is to leave.
    pub(super) leaves: Vec<Answer<JourneysShown>>,
}

/// The personas of the first day of a trial.
#[derive(Debug, Clone)]
pub struct FirstDay {
    pub(super) snapshot: Snapshot,
    pub(super) notes: Vec<String>,
}

impl FirstDay {
    pub(super) fn bytes(&self) -> usize {
        (self.snapshot.columns.len() + 1) * self.snapshot.personas.of.len() * 8
    }
}

/// What came of the rules.
#[derive(Debug, Clone)]
pub struct TriggersTried {
    /// The rules that were tried.
    pub rules: Rules,
    /// What came of each, in their order.
    pub report: TriggersReport,
    /// The personas of the first day, by name.
    pub personas: Vec<String>,
    /// What is told of the whole, once each.
    pub notes: Vec<String>,
    /// Who is due at the end of the data, and the rule as SQL.
    pub due: Vec<DueFound>,
    pub(super) tried: Vec<TriedTrigger>,
    pub(super) on: TriedOn,
}

/// What rules were tried on, beside the events.
#[derive(Debug, Clone)]
pub(super) struct TriedOn {
    pub first: Arc<FirstDay>,
    pub purchase: Option<Event>,
    pub holidays: Vec<i64>,
    pub period: Period,
}

impl TriedOn {
    pub fn world<'a>(&'a self, seen: &'a EventsSeen) -> World<'a> {
        let snapshots = std::slice::from_ref(&self.first.snapshot);
        World { snapshots, purchase: self.purchase.as_ref(), holidays: &self.holidays, ..World::of(seen.events()) }
    }
}

impl TriggersTried {
    /// Why a rule fired for a customer of these events, or why not, step by step; none where nobody is called so. O(events of the customer).
    pub fn why(&self, seen: &EventsSeen, rule: usize, customer: &str) -> Option<Vec<ExplainedStep>> {
        let at = seen.events().customers.binary_search_by(|id| id.as_str().cmp(customer)).ok()?;
        Some(explained(&self.on.world(seen), self.rules.triggers.get(rule)?, &self.on.period, at))
    }

    /// What a rule would have done with another number; none where its moment has none.
    pub fn with(&self, rule: usize, n: f64) -> Option<Point> {
        self.tried.get(rule)?.curve.as_ref().map(|curve| curve.at(n))
    }

    /// The customers a rule fired for, each once.
    pub fn fired(&self, rule: usize) -> Vec<u32> {
        let mut customers: Vec<u32> = self.tried.get(rule).iter().flat_map(|of| &of.fires.fires).map(|fire| fire.customer).collect();
        customers.dedup();
        customers
    }

    pub(super) fn bytes(&self) -> usize {
        let of = |of: &TriedTrigger| of.fires.fires.len() * 40 + 200_000;
        self.tried.iter().map(of).sum::<usize>() + self.due.iter().map(|due| due.now.due.len() * 300).sum::<usize>()
    }
}
