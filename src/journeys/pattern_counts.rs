//! Which patterns do customers have in a window of equal length, and which pass the gates in some persona?
//!
//! In: the event table, kinds, personas. Out: the codes of every customer's patterns, those with enough customers, and those that differ. O(events), and
//! 4 bytes per customer and pattern.

use serde::{Deserialize, Serialize};

use super::gate::ShareGap;
use super::grams::{CODES, How, MOST_KINDS, Pattern, Seen, alone};
use super::kinds::Kinds;
use super::walk::walk;
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::evaluate::Rate;
use crate::events::table::{DAY, Events, Time};

/// Customers of a persona who must have a pattern before it is looked at, and the share of it.
const LEAST_SUPPORT: (usize, f64) = (31, 0.01);
/// An index between these is as everyone does.
const USUAL: [f64; 2] = [80.0, 120.0];
/// Where so many of all who have the last kind have the whole pattern, it is how the shop is built.
const STRUCTURAL: f64 = 0.95;
/// What is looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoesMoreAsk {
    /// How long each customer is looked at from the first event on, in milliseconds.
    pub window: Time,
    /// The longest time from a to b in "a, then b".
    pub within: Time,
    /// Whether repeats in a row are one event.
    pub repeats_are_one: bool,
    /// Classes of kinds that personas were made from: what they say is part of the definition.
    pub defining: Vec<u8>,
}

impl Default for DoesMoreAsk {
    fn default() -> DoesMoreAsk {
        DoesMoreAsk { window: 30 * DAY, within: 7 * DAY, repeats_are_one: true, defining: Vec::new() }
    }
}

/// What every customer in the window has.
pub(super) struct Counted {
    pub customers: Vec<Looked>,
    /// Codes of all customers, one after the other.
    pub codes: Vec<u32>,
    pub too_recent: usize,
    /// Customers of each persona.
    pub sizes: Vec<usize>,
}

/// A customer in the window.
pub(super) struct Looked {
    pub persona: Option<usize>,
    pub n_events: usize,
    /// Which fifth by number of events, and which fiftieth.
    pub fifth: usize,
    pub fiftieth: usize,
    /// Where its codes end.
    pub end: usize,
}

/// A pattern with enough customers in some persona.
pub(super) struct Candidate {
    pub code: u32,
    pub all: usize,
    pub of_persona: Vec<usize>,
    /// Personas it is tested in.
    pub personas: Vec<usize>,
}

/// A pattern that passed the gates in some persona.
pub(super) struct Passed {
    pub code: u32,
    pub differences: Vec<(usize, ShareGap)>,
    /// Places of its customers, ascending.
    pub customers: Vec<u32>,
}

impl Counted {
    pub fn of(events: &Events, kinds: &Kinds, personas: PersonaOf, ask: &DoesMoreAsk, ctx: &Ctx) -> Result<Counted, JourneysError> {
        let (_, end) = events.span.ok_or(JourneysError::NoEvents)?;
        let how = How { repeats_are_one: ask.repeats_are_one, within: ask.within };
        let parts = walk(events.n_customers(), ctx, Seen::new, |seen, customers| {
            let (mut codes, mut looked, mut too_recent) = (Vec::new(), Vec::new(), 0);
            for customer in customers {
                let whole = events.of(customer);
                let Some(&first) = events.times[whole.clone()].first() else { continue };
                if end - first < ask.window {
                    too_recent += 1;
                    continue;
                }
                let n_events = events.times[whole.clone()].partition_point(|&time| time - first <= ask.window);
                seen.codes(events, kinds, customer as u32, whole.start..whole.start + n_events, how, &mut codes);
                looked.push(Looked { persona: personas.get(customer), n_events, fifth: 0, fiftieth: 0, end: codes.len() });
            }
            (codes, looked, too_recent)
        })?;
        let mut all = Counted { customers: Vec::new(), codes: Vec::new(), too_recent: 0, sizes: vec![0; personas.count] };
        for (codes, looked, too_recent) in parts {
            let before = all.codes.len();
            all.codes.extend(codes);
            all.customers.extend(looked.into_iter().map(|looked| Looked { end: looked.end + before, ..looked }));
            all.too_recent += too_recent;
        }
        let mut numbers: Vec<usize> = all.customers.iter().map(|looked| looked.n_events).collect();
        numbers.sort_unstable();
        let cuts =
            |parts: usize| -> Vec<usize> { (1..parts).filter_map(|part| numbers.get(numbers.len() * part / parts).copied()).collect() };
        let (fifths, fiftieths) = (cuts(5), cuts(50));
        for looked in &mut all.customers {
            looked.fifth = fifths.partition_point(|&cut| cut <= looked.n_events);
            looked.fiftieth = fiftieths.partition_point(|&cut| cut <= looked.n_events);
            if let Some(persona) = looked.persona {
                all.sizes[persona] += 1;
            }
        }
        Ok(all)
    }

    pub fn each_customer(&self) -> impl Iterator<Item = (usize, &Looked, &[u32])> {
        let start = |at: usize| at.checked_sub(1).map_or(0, |before| self.customers[before].end);
        self.customers.iter().enumerate().map(move |(at, looked)| (at, looked, &self.codes[start(at)..looked.end]))
    }

    pub fn candidates(&self, n_personas: usize) -> Vec<Candidate> {
        let mut all = vec![0u32; CODES];
        self.codes.iter().for_each(|&code| all[code as usize] += 1);
        let mut place = vec![u32::MAX; CODES];
        let mut candidates: Vec<Candidate> = Vec::new();
        // One kind alone is always kept: it tells which longer patterns are structural.
        for code in (0..CODES).filter(|&code| all[code] as usize >= LEAST_SUPPORT.0 || (all[code] > 0 && code <= MOST_KINDS)) {
            place[code] = candidates.len() as u32;
            candidates.push(Candidate {
                code: code as u32,
                all: all[code] as usize,
                of_persona: vec![0; n_personas],
                personas: Vec::new(),
            });
        }
        for (_, looked, codes) in self.each_customer() {
            let Some(persona) = looked.persona else { continue };
            for &code in codes {
                if let Some(candidate) = candidates.get_mut(place[code as usize] as usize) {
                    candidate.of_persona[persona] += 1;
                }
            }
        }
        let sizes = |persona: usize| LEAST_SUPPORT.0.max((LEAST_SUPPORT.1 * self.sizes[persona] as f64).ceil() as usize);
        let of_kind =
            |kind: u8| candidates.get(place[alone(kind) as usize] as usize).map(|candidate| (candidate.all, candidate.of_persona.clone()));
        let tested: Vec<Vec<usize>> = candidates
            .iter()
            .map(|candidate| {
                let kinds = Pattern::of(candidate.code).kinds();
                let last = (kinds.len() > 1).then(|| of_kind(kinds[kinds.len() - 1])).flatten();
                let is_supported = |persona: &usize| candidate.of_persona[*persona] >= sizes(*persona);
                let is_structural = |persona: &usize| {
                    last.as_ref().is_some_and(|(all, of_persona)| {
                        let (own, own_last) = (candidate.of_persona[*persona], of_persona[*persona]);
                        own as f64 >= STRUCTURAL * own_last as f64 && (candidate.all - own) as f64 >= STRUCTURAL * (all - own_last) as f64
                    })
                };
                (0..n_personas).filter(|persona| is_supported(persona) && !is_structural(persona)).collect()
            })
            .collect();
        candidates.iter_mut().zip(tested).for_each(|(candidate, personas)| candidate.personas = personas);
        candidates.retain(|candidate| !candidate.personas.is_empty());
        candidates
    }

    pub fn passed(&self, candidates: &[Candidate], tested: usize) -> Vec<Passed> {
        let n = self.customers.len();
        let difference = |candidate: &Candidate, persona: usize| {
            let (hits, size) = (candidate.of_persona[persona], self.sizes[persona]);
            ShareGap::new(Rate { hits, n: size }, Rate { hits: candidate.all - hits, n: n - size }, tested)
        };
        let is_unusual = |difference: &ShareGap| difference.index().is_some_and(|index| !(USUAL[0]..=USUAL[1]).contains(&index));
        let of = |candidate: &Candidate| {
            let all = candidate.personas.iter().map(|&persona| (persona, difference(candidate, persona)));
            let differences = all.filter(|(_, difference)| difference.is_told && is_unusual(difference)).collect();
            Passed { code: candidate.code, differences, customers: Vec::new() }
        };
        candidates.iter().map(of).filter(|passed: &Passed| !passed.differences.is_empty()).collect()
    }

    pub fn collect_customers(&self, passed: &mut [Passed]) {
        let mut place = vec![u32::MAX; CODES];
        passed.iter().enumerate().for_each(|(at, passed)| place[passed.code as usize] = at as u32);
        for (at, _, codes) in self.each_customer() {
            for &code in codes {
                if let Some(passed) = passed.get_mut(place[code as usize] as usize) {
                    passed.customers.push(at as u32);
                }
            }
        }
    }
}
