//! How many different steps does one unit do within a window, in any order?
//!
//! In: times and step bits of its events. Out: the most steps inside any window, one event a step, and the events that did them. Two ends move over the
//! events; per event at most O(steps² × kinds of events that fit some step).

use std::ops::Range;

use super::funnel_ask::{Funnel, Reached};
use crate::events::table::Time;

/// The events of one unit; the space is used again for the next.
#[derive(Debug)]
pub(super) struct AnyOrder {
    n_steps: usize,
    window: Time,
    exclusions: Vec<[usize; 2]>,
    /// The events that fit a step.
    fit: Vec<(usize, u32)>,
    /// How many events inside the window have each set of steps.
    inside: Vec<(u32, usize)>,
    best: Reached,
}

impl AnyOrder {
    pub(super) fn new(funnel: &Funnel) -> AnyOrder {
        AnyOrder {
            n_steps: funnel.steps.len(),
            window: funnel.window,
            exclusions: funnel.exclusions.iter().map(|exclusion| [exclusion.after, exclusion.before]).collect(),
            fit: Vec::new(),
            inside: Vec::new(),
            best: Reached::default(),
        }
    }

    /// The fullest window; none where no step was done. Of equally full ones the first to be full counts, from its latest start.
    pub(super) fn run(&mut self, times: &[Time], range: Range<usize>, mask: impl Fn(usize) -> u32) -> Option<&Reached> {
        let steps = (1u32 << self.n_steps) - 1;
        self.fit.clear();
        self.fit.extend(range.clone().map(|event| (event, mask(event) & steps)).filter(|(_, mask)| *mask != 0));
        let entered = self.fit.first()?.0;
        (self.best.reached, self.best.is_excluded, self.best.entered) = (0, false, entered);
        self.best.chain.clear();
        self.inside.clear();
        let mut first = 0;
        for last in 0..self.fit.len() {
            while times[self.fit[last].0] - times[self.fit[first].0] > self.window {
                self.add(self.fit[first].1, false);
                first += 1;
            }
            if self.add(self.fit[last].1, true) && self.size() > self.best.reached {
                self.keep(first, last);
                if self.best.reached == self.n_steps {
                    break;
                }
            }
        }
        let (Some(&from), Some(&to)) = (self.best.chain.first(), self.best.chain.last()) else { return Some(&self.best) };
        // In any order there is no "after step one": an exclusion counts anywhere inside the window that was found.
        let (n_steps, n) = (self.n_steps, self.exclusions.len());
        self.best.is_excluded = n > 0 && (from..=to).any(|event| mask(event) >> n_steps != 0);
        Some(&self.best)
    }

    /// Counts an event in or out; whether the number of steps could have grown.
    fn add(&mut self, mask: u32, is_in: bool) -> bool {
        let at = self.inside.iter().position(|(other, _)| *other == mask).unwrap_or_else(|| {
            self.inside.push((mask, 0));
            self.inside.len() - 1
        });
        let n = &mut self.inside[at].1;
        *n = if is_in { *n + 1 } else { n.saturating_sub(1) };
        is_in && *n <= mask.count_ones() as usize
    }

    /// The most steps that the events inside can do, one each.
    fn size(&self) -> usize {
        // Where no event fits two steps, and no two steps the same events, counting is enough.
        if self.inside.iter().all(|(mask, _)| mask.is_power_of_two()) {
            return self.inside.iter().filter(|(_, n)| *n > 0).count();
        }
        let mut doers = vec![usize::MAX; self.n_steps];
        let mut free: Vec<usize> = self.inside.iter().map(|(_, n)| *n).collect();
        (0..self.n_steps).filter(|&step| self.find_doer(step, &mut doers, &mut free, &mut vec![false; self.inside.len()])).count()
    }

    /// Gives `step` an event, letting other steps change theirs where that makes room (H. W. Kuhn 1955).
    fn find_doer(&self, step: usize, doers: &mut [usize], free: &mut [usize], tried: &mut [bool]) -> bool {
        for at in (0..self.inside.len()).filter(|&at| self.inside[at].0 >> step & 1 == 1) {
            if free[at] > 0 {
                free[at] -= 1;
                doers[step] = at;
                return true;
            }
            if std::mem::replace(&mut tried[at], true) {
                continue;
            }
            for other in (0..doers.len()).filter(|&other| doers[other] == at).collect::<Vec<_>>() {
                if self.find_doer(other, doers, free, tried) {
                    doers[step] = at;
                    return true;
                }
            }
        }
        false
    }

    /// Keeps the window that ends with `last`, from the latest start that holds as many steps.
    fn keep(&mut self, mut first: usize, last: usize) {
        let size = self.size();
        let before = self.inside.clone();
        while first < last {
            self.add(self.fit[first].1, false);
            if self.size() < size {
                break;
            }
            first += 1;
        }
        self.inside.clear();
        self.best.chain.clear();
        for at in first..=last {
            if self.add(self.fit[at].1, true) && self.size() > self.best.chain.len() {
                self.best.chain.push(self.fit[at].0);
            }
        }
        self.best.reached = size;
        self.inside = before;
    }
}
