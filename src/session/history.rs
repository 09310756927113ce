//! What can be taken back? Every plan there was, so that undo and redo are a step to the left and right.
//!
//! In: the new plan and which knob made it. Out: the plan in force. Moves of one knob while it is held merge into one entry, or
//! undoing a drag would take a hundred keystrokes. O(1) per change; a plan is small.

use crate::data::sourcing::Cuts;
use crate::data::{Source, Sourcing};
use crate::features::{Dimensions, Preparation};

use super::journey_options::JourneyOptions;
use super::plan::{Clustering, NicheOptions, Parting, Plan};

/// Plans kept; the oldest leave first.
const ENTRIES: usize = 200;

/// Whether a change may merge with the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeKey {
    /// An entry of its own.
    Apart,
    /// The next move of this knob, while it is held.
    Drag(&'static str),
}

impl MergeKey {
    /// The key of a change made while the pointer is held down: the one knob that differs, if it is one that is dragged.
    pub fn while_held(before: &Plan, after: &Plan) -> MergeKey {
        if let Some(cut) = moved_cut(before, after) {
            return MergeKey::Drag(cut);
        }
        if moved_line(before, after) {
            return MergeKey::Drag("line of unusual customers");
        }
        if let Some(knob) = moved_journeys(before, after) {
            return MergeKey::Drag(knob);
        }
        if let Some(knob) = moved_preparation(before, after).or_else(|| moved_sourcing(before, after)) {
            return MergeKey::Drag(knob);
        }
        if let Some(knob) = moved_inside(before, after) {
            return knob;
        }
        let rest_is_equal = before.source == after.source
            && before.preparation == after.preparation
            && before.personas == after.personas
            && before.niches == after.niches
            && before.validation == after.validation
            && before.comparison == after.comparison;
        let (old, new) = (&before.clustering, &after.clustering);
        let moved = [
            ("k", old.kmeans.k != new.kmeans.k),
            ("range of k", (old.k_from, old.k_to) != (new.k_from, new.k_to)),
            ("re-runs", old.kmeans.restarts != new.kmeans.restarts),
            ("seed", old.seed != new.seed),
            ("cut", old.tree.cut != new.tree.cut),
            ("min samples", old.density.min_samples != new.density.min_samples),
            ("epsilon", old.density.epsilon != new.density.epsilon),
            ("min cluster size", old.hdbscan.min_cluster_size != new.hdbscan.min_cluster_size),
        ];
        let mut moved = moved.into_iter().filter(|(_, differs)| *differs).map(|(knob, _)| knob);
        match (moved.next(), moved.next()) {
            (Some(knob), None) if rest_is_equal && (old.method, old.tree.linkage) == (new.method, new.tree.linkage) => MergeKey::Drag(knob),
            _ => MergeKey::Apart,
        }
    }
}

/// Which knob was moved inside a segment, where nothing else differs.
fn moved_inside(before: &Plan, after: &Plan) -> Option<MergeKey> {
    if before.splits == after.splits || *before != (Plan { splits: before.splits.clone(), ..after.clone() }) {
        return None;
    }
    let mut moved = after.splits.iter().filter(|split| !before.splits.contains(split));
    let (Some(new), None) = (moved.next(), moved.next()) else { return Some(MergeKey::Apart) };
    let old = before.split_of(new.segment);
    if old != (Parting { clustering: old.clustering.clone(), ..new.clone() }) {
        return Some(MergeKey::Apart);
    }
    // The knobs inside are those outside.
    let with = |clustering: &Clustering| Plan { clustering: clustering.clone(), ..Plan::new(Source::Sample { seed: 0 }) };
    Some(MergeKey::while_held(&with(&old.clustering), &with(&new.clustering)))
}

/// Whether the line of unusual customers is elsewhere, and nothing else differs.
fn moved_line(before: &Plan, after: &Plan) -> bool {
    let (Some(_), line) = (after.niches.line, before.niches.line) else { return false };
    let moved = Plan { niches: NicheOptions { line, ..after.niches.clone() }, ..after.clone() };
    before.niches.line != after.niches.line && moved == *before
}

/// Which number of funnels and rules was moved, where nothing else differs.
fn moved_journeys(before: &Plan, after: &Plan) -> Option<&'static str> {
    if before.journeys == after.journeys || *before != (Plan { journeys: before.journeys.clone(), ..after.clone() }) {
        return None;
    }
    let (old, new) = (&before.journeys, &after.journeys);
    let knobs = [
        ("window of the funnel", JourneyOptions { window_hours: new.window_hours, ..old.clone() }),
        ("steps of paths", JourneyOptions { depth: new.depth, ..old.clone() }),
        ("numbers of rules", JourneyOptions { rules: new.rules.clone(), ..old.clone() }),
    ];
    knobs.into_iter().find(|(_, moved)| moved == new).map(|(knob, _)| knob)
}

/// Which number of preparing was moved, where nothing else differs.
fn moved_preparation(before: &Plan, after: &Plan) -> Option<&'static str> {
    if before.preparation == after.preparation || *before != (Plan { preparation: before.preparation.clone(), ..after.clone() }) {
        return None;
    }
    let (old, new) = (&before.preparation, &after.preparation);
    let counts = |of: &Preparation| matches!(of.dimensions, Dimensions::Components(_));
    let knobs = [
        ("missing limit", Preparation { missing_limit: new.missing_limit, ..old.clone() }),
        ("rare levels", Preparation { rare_level_share: new.rare_level_share, ..old.clone() }),
        ("components", Preparation { dimensions: if counts(old) { new.dimensions } else { old.dimensions }, ..old.clone() }),
    ];
    knobs.into_iter().find(|(_, moved)| moved == new).map(|(knob, _)| knob)
}

/// Which number of the sources was moved, where nothing else differs.
fn moved_sourcing(before: &Plan, after: &Plan) -> Option<&'static str> {
    let (Source::Sources(old), Source::Sources(new)) = (&before.source, &after.source) else { return None };
    if old == new || *before != (Plan { source: before.source.clone(), numbering: before.numbering.clone(), ..after.clone() }) {
        return None;
    }
    let mut limits = (**old).clone();
    for (source, moved) in limits.sources.iter_mut().zip(&new.sources) {
        source.stale_after_days = moved.stale_after_days;
    }
    if limits == **new {
        return Some("limit of news");
    }
    let mut shares = (**old).clone();
    match (&mut shares.rules, &new.rules) {
        (Some(rules), Some(moved)) => rules.iter_mut().zip(moved).for_each(|(rule, moved)| rule.threshold = moved.threshold),
        // The first move makes the suggested rules the user's own.
        (rules @ None, Some(moved)) => *rules = Some(moved.clone()),
        _ => return None,
    }
    (shares == **new).then_some("share of a rule")
}

/// Which of the RFM scores is cut at other values, where nothing else differs.
fn moved_cut(before: &Plan, after: &Plan) -> Option<&'static str> {
    let (Source::Sources(old), Source::Sources(new)) = (&before.source, &after.source) else { return None };
    let (from, to) = (&old.rfm, &new.rfm);
    let scores = [
        ("recency cuts", &from.recency, &to.recency),
        ("frequency cuts", &from.frequency, &to.frequency),
        ("monetary cuts", &from.monetary, &to.monetary),
    ];
    let mut moved = scores.into_iter().filter(|(_, from, to)| from != to);
    let (Some((knob, Cuts::Points(_), Cuts::Points(_))), None) = (moved.next(), moved.next()) else { return None };
    let rest_is_equal = Sourcing { rfm: to.clone(), ..(**old).clone() } == **new
        && (from.enabled, from.monetary_is) == (to.enabled, to.monetary_is)
        && Plan { source: after.source.clone(), numbering: after.numbering.clone(), ..before.clone() } == *after;
    rest_is_equal.then_some(knob)
}

/// All plans, with a place among them.
#[derive(Debug, Clone)]
pub struct History {
    past: Vec<Plan>,
    present: Plan,
    future: Vec<Plan>,
    held: MergeKey,
}

impl History {
    /// A history that starts here.
    pub fn new(plan: Plan) -> History {
        History { past: Vec::new(), present: plan, future: Vec::new(), held: MergeKey::Apart }
    }

    /// The plan in force.
    pub fn plan(&self) -> &Plan {
        &self.present
    }

    /// A new plan takes force; what was taken back before is forgotten. An equal plan changes nothing.
    pub fn push(&mut self, plan: Plan, key: MergeKey) {
        if plan == self.present {
            return;
        }
        let before = std::mem::replace(&mut self.present, plan);
        self.future.clear();
        let goes_on = key != MergeKey::Apart && key == self.held;
        if !goes_on {
            self.past.push(before);
            if self.past.len() > ENTRIES {
                self.past.remove(0);
            }
        }
        self.held = key;
    }

    /// The knob was let go: the next move is an entry of its own.
    pub fn seal(&mut self) {
        self.held = MergeKey::Apart;
    }

    /// Takes the last choice back; `None` at the beginning.
    pub fn undo(&mut self) -> Option<&Plan> {
        let before = self.past.pop()?;
        self.future.push(std::mem::replace(&mut self.present, before));
        self.seal();
        Some(&self.present)
    }

    /// Makes it again; `None` at the end.
    pub fn redo(&mut self) -> Option<&Plan> {
        let after = self.future.pop()?;
        self.past.push(std::mem::replace(&mut self.present, after));
        self.seal();
        Some(&self.present)
    }

    /// Changes every plan there is alike: what happened to the data, and is no choice to take back.
    pub fn change_all(&mut self, mut change: impl FnMut(&mut Plan)) {
        self.past.iter_mut().chain([&mut self.present]).chain(&mut self.future).for_each(&mut change);
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}
