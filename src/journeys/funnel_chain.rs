//! How far does one unit get when the order of the steps counts?
//!
//! In: times and step bits of its events. Out: the furthest chain. For every step the chain with the latest start is kept, so each event costs O(steps), and
//! a copy of a chain where it goes on.

use std::ops::Range;

use super::funnel_ask::{Funnel, FunnelOrder, Reached, WindowFrom};
use crate::events::table::Time;

/// Stands for the event of an optional step that was left out.
const LEFT_OUT: usize = usize::MAX;

/// The chain that reached one step with the latest start.
#[derive(Debug, Clone, Default)]
struct Chain {
    exists: bool,
    is_excluded: bool,
    start: Time,
    last: Time,
    events: Vec<usize>,
}

/// The chains of one unit; the space is used again for the next.
#[derive(Debug)]
pub(super) struct Chains {
    window: Time,
    counts_from_step: bool,
    is_strict: bool,
    optional: Vec<bool>,
    /// The steps between which each exclusion stands, counted from 1.
    exclusions: Vec<[usize; 2]>,
    chains: Vec<Chain>,
    best: Reached,
    /// From where the window of the best chain counts.
    best_from: Time,
    space: Vec<usize>,
}

impl Chains {
    pub(super) fn new(funnel: &Funnel) -> Chains {
        Chains {
            window: funnel.window,
            counts_from_step: funnel.window_from == WindowFrom::StepBefore,
            is_strict: funnel.order == FunnelOrder::Strict,
            optional: funnel.steps.iter().map(|step| step.is_optional).collect(),
            exclusions: funnel.exclusions.iter().map(|exclusion| [exclusion.after, exclusion.before]).collect(),
            chains: vec![Chain::default(); funnel.steps.len()],
            best: Reached::default(),
            best_from: 0,
            space: Vec::new(),
        }
    }

    /// The furthest chain; none where the first step was never done. The bits of exclusions follow those of the steps.
    pub(super) fn run(&mut self, times: &[Time], range: Range<usize>, mask: impl Fn(usize) -> u32) -> Option<&Reached> {
        let entered = range.clone().find(|&event| mask(event) & 1 == 1)?;
        self.chains.iter_mut().for_each(|chain| chain.exists = false);
        (self.best.reached, self.best.is_excluded, self.best.entered) = (0, false, entered);
        // Steps at the same time as the first one may stand before it.
        let mut at = entered;
        while at > range.start && times[at - 1] == times[entered] {
            at -= 1;
        }
        while at < range.end && !self.chains[self.chains.len() - 1].exists {
            let moment = at;
            at += 1;
            while at < range.end && times[at] == times[moment] {
                at += 1;
            }
            if at == moment + 1 {
                self.one(moment, times[moment], mask(moment));
            } else {
                self.several(moment..at, times[moment], &mask);
            }
        }
        Some(&self.best)
    }

    /// One event: its steps from the last to the first, so that it never serves two.
    fn one(&mut self, event: usize, time: Time, mask: u32) {
        if mask != 0 {
            self.exclude(time, mask);
            for step in (0..self.chains.len()).rev().filter(|&step| mask >> step & 1 == 1) {
                self.extend(step, event, time, false);
            }
        }
        if self.is_strict {
            for (step, chain) in self.chains.iter_mut().enumerate() {
                chain.exists &= mask >> step & 1 == 1;
            }
        }
    }

    /// Several events at one time, whose true order nobody knows: logs have whole seconds. In the order of the steps, each used once.
    fn several(&mut self, moment: Range<usize>, time: Time, mask: &impl Fn(usize) -> u32) {
        let counts = |event: &usize| self.is_strict || mask(*event) != 0;
        let Some(first) = moment.clone().find(counts) else { return };
        if moment.clone().filter(counts).all(|event| mask(event) == mask(first)) {
            for event in moment {
                let mask = mask(event);
                if mask != 0 || self.is_strict {
                    self.one(event, time, mask);
                }
            }
            return;
        }
        moment.clone().for_each(|event| self.exclude(time, mask(event)));
        for step in 0..self.chains.len() {
            for event in moment.clone().filter(|&event| mask(event) >> step & 1 == 1) {
                self.extend(step, event, time, true);
            }
        }
    }

    fn is_within(&self, chain: usize, time: Time) -> bool {
        let chain = &self.chains[chain];
        chain.exists && time - if self.counts_from_step { chain.last } else { chain.start } <= self.window
    }

    /// The chain that `step` goes on from: the one before, or one before optional steps that were left out, whichever started last.
    fn source(&self, step: usize, event: usize, time: Time, is_used_once: bool) -> Option<usize> {
        let mut found: Option<usize> = None;
        for before in (0..step).rev() {
            let is_free = || !is_used_once || !self.chains[before].events.contains(&event);
            if self.is_within(before, time) && found.is_none_or(|at| self.chains[before].start > self.chains[at].start) && is_free() {
                found = Some(before);
            }
            if !self.optional[before] {
                break;
            }
        }
        found
    }

    fn extend(&mut self, step: usize, event: usize, time: Time, is_used_once: bool) {
        let source = if step == 0 { None } else { self.source(step, event, time, is_used_once) };
        if step > 0 && source.is_none() {
            return;
        }
        let (start, is_excluded) = source.map_or((time, false), |at| (self.chains[at].start, self.chains[at].is_excluded));
        // From the very start it has, the earlier arrival stays. Where the window counts from step to step, the later one has more of it left.
        if self.chains[step].exists && self.chains[step].start == start && !(self.counts_from_step && step > 0) {
            return;
        }
        let mut events = std::mem::take(&mut self.space);
        events.clear();
        if let Some(source) = source {
            events.extend_from_slice(&self.chains[source].events);
        }
        events.resize(step, LEFT_OUT);
        events.push(event);
        if step + 1 > self.best.reached || (step + 1 == self.best.reached && self.best.is_excluded) {
            (self.best.reached, self.best.is_excluded) = (step + 1, is_excluded);
            self.best_from = if self.counts_from_step { time } else { start };
            self.best.chain.clone_from(&events);
        }
        // Who was excluded does not go on, but a chain that got as far without it stays.
        if is_excluded {
            self.space = events;
        } else {
            let before = std::mem::replace(&mut self.chains[step], Chain { exists: true, is_excluded: false, start, last: time, events });
            self.space = before.events;
        }
    }

    fn exclude(&mut self, time: Time, mask: u32) {
        let n_steps = self.chains.len();
        for at in (0..self.exclusions.len()).filter(|&at| mask >> (n_steps + at) & 1 == 1) {
            let [after, before] = self.exclusions[at];
            for step in after..before {
                let (chain, next) = (&self.chains[step - 1], &self.chains[step]);
                let has_gone_on = next.exists && next.start == chain.start && !self.counts_from_step;
                if self.is_within(step - 1, time) && !chain.is_excluded && !has_gone_on {
                    self.chains[step - 1].is_excluded = true;
                    self.best.is_excluded |= self.best.reached == step && time - self.best_from <= self.window;
                }
            }
        }
    }
}
