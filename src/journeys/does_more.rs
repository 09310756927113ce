//! What does a persona do more than others who are as active?
//!
//! In: the event table, kinds, personas. Out: per persona the patterns (one to four kinds in a row; a, then b within a week) that its customers have at least
//! once far more often, or far less, than the rest, with effect, interval and gates. O(events × kinds), and 4 bytes per customer and pattern.
//!
//! Who stays longer does more of everything, so all customers are looked at in a window of equal length that lies wholly in the data. Who is more active in
//! it does more of everything too, so each finding must hold among equally active customers: in fifths by number of events, with the odds ratio of N. Mantel
//! and W. Haenszel. That its sign holds there would be too little: inside a fifth some are still more active than others. In fiftieths it must be more than
//! chance and large enough as well.

use serde::{Deserialize, Serialize};

use super::gate::{LEAST_H, ShareGap, Stratum, bonferroni_z, equally_active, mantel_haenszel, stratified_z};
use super::grams::Pattern;
use super::kinds::Kinds;
pub use super::pattern_counts::DoesMoreAsk;
use super::pattern_counts::{Counted, Passed};
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::evaluate::effects::cohen_h;
use crate::events::table::Events;

/// Two patterns of the same customers, by their phi, are one finding.
const SAME_CUSTOMERS: f64 = 0.6;
/// Findings told per persona.
const MOST_TOLD: usize = 20;

/// Something a persona does more, or less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The persona.
    pub persona: usize,
    /// What it does.
    pub pattern: Pattern,
    /// Its share against that of the rest.
    pub difference: ShareGap,
    /// 100 times its share by everyone's.
    pub index: f64,
    /// Odds ratio among equally active customers; infinite where nobody else does it.
    pub odds_ratio: f64,
    /// Shares of the persona and of the rest among equally active customers.
    pub equally_active: [f64; 2],
    /// Whether a kind in it made the personas.
    pub is_definition: bool,
}

/// All findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoesMore {
    /// Per persona, the surest first.
    pub findings: Vec<Finding>,
    /// Customers whose whole window lies in the data.
    pub customers: usize,
    /// Customers who came too late for that and are left out.
    pub too_recent: usize,
    /// Patterns that were tested, over all personas.
    pub tested: usize,
    /// Findings that an equal level of activity explains, left out.
    pub explained_by_activity: usize,
    /// Findings about the customers of one that is told already, left out.
    pub explained_by_another: usize,
    /// Classes of the patterns, by name.
    pub names: Vec<String>,
}

/// Looks for them. Classes from the 32nd on, and `other`, are no part of patterns.
pub fn does_more(events: &Events, kinds: &Kinds, personas: PersonaOf, ask: &DoesMoreAsk, ctx: &Ctx) -> Result<DoesMore, JourneysError> {
    if ask.window <= 0 {
        return Err(JourneysError::NoWindow);
    }
    let counted = Counted::of(events, kinds, personas, ask, ctx)?;
    let candidates = counted.candidates(personas.count);
    let tested = candidates.iter().map(|candidate| candidate.personas.len()).sum();
    let mut passed = counted.passed(&candidates, tested);
    counted.collect_customers(&mut passed);
    let mut found = DoesMore {
        findings: Vec::new(),
        customers: counted.customers.len(),
        too_recent: counted.too_recent,
        tested,
        explained_by_activity: 0,
        explained_by_another: 0,
        names: kinds.names.clone(),
    };
    for persona in 0..personas.count {
        ctx.check()?;
        counted.tell(persona, &passed, ask, &mut found);
    }
    Ok(found)
}

impl Counted {
    fn tell(&self, persona: usize, passed: &[Passed], ask: &DoesMoreAsk, found: &mut DoesMore) {
        let mut order: Vec<(&Passed, &ShareGap)> = passed
            .iter()
            .filter_map(|passed| passed.differences.iter().find(|(of, _)| *of == persona).map(|(_, difference)| (passed, difference)))
            .collect();
        // Of equally sure ones the shorter: its code is lower.
        order.sort_by(|a, b| b.1.v.abs().total_cmp(&a.1.v.abs()).then(a.0.code.cmp(&b.0.code)));
        let mut told: Vec<&Passed> = Vec::new();
        for (passed, difference) in order {
            if told.len() == MOST_TOLD {
                break;
            }
            if told.iter().any(|other| phi(&other.customers, &passed.customers, self.customers.len()) > SAME_CUSTOMERS) {
                found.explained_by_another += 1;
                continue;
            }
            let (fifths, fiftieths) = (self.strata(persona, &passed.customers, 5), self.strata(persona, &passed.customers, 50));
            let (odds_ratio, shares) = (mantel_haenszel(&fifths), equally_active(&fifths));
            let is_alike = |sign: f64| sign != 0.0 && (sign > 0.0) == (difference.h > 0.0);
            let is_large = |[own, rest]: [f64; 2]| cohen_h(own, rest).abs() >= LEAST_H && is_alike(own - rest);
            let z = stratified_z(&fiftieths);
            let holds = is_alike(z) && z.abs() >= bonferroni_z(found.tested) && equally_active(&fiftieths).is_some_and(is_large);
            let (Some(odds_ratio), Some(shares), true) = (odds_ratio.filter(|odds| is_alike(odds.ln())), shares, holds) else {
                found.explained_by_activity += 1;
                continue;
            };
            told.push(passed);
            let pattern = Pattern::of(passed.code);
            found.findings.push(Finding {
                persona,
                is_definition: pattern.kinds().iter().any(|kind| ask.defining.contains(kind)),
                pattern,
                difference: *difference,
                index: difference.index().unwrap_or(100.0),
                odds_ratio,
                equally_active: shares,
            });
        }
    }

    fn strata(&self, persona: usize, customers: &[u32], parts: usize) -> Vec<Stratum> {
        let mut strata = vec![[0; 4]; parts];
        let mut having = customers.iter().peekable();
        for (at, looked) in self.customers.iter().enumerate() {
            let has = having.next_if(|&&customer| customer as usize == at).is_some();
            let stratum = if parts == 5 { looked.fifth } else { looked.fiftieth };
            strata[stratum][2 * usize::from(looked.persona != Some(persona)) + usize::from(!has)] += 1;
        }
        strata
    }
}

/// The correlation of two sets of `n` customers.
fn phi(a: &[u32], b: &[u32], n: usize) -> f64 {
    let (mut both, mut at) = (0usize, 0);
    for customer in a {
        while at < b.len() && b[at] < *customer {
            at += 1;
        }
        both += usize::from(b.get(at) == Some(customer));
    }
    let (n, a, b, both) = (n as f64, a.len() as f64, b.len() as f64, both as f64);
    let spread = (a * (n - a) * b * (n - b)).sqrt();
    if spread > 0.0 { (n * both - a * b) / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, Random, RngExt};
    use crate::events::table::{DAY, Time};
    use crate::journeys::made::{HOUR, chance, on_1_and_8_threads, world};

    const KINDS: [&str; 5] = ["home", "list", "product", "search", "help"];

    /// Visits of two events of any kinds, spread over the window; the data go on for long.
    fn visits_of(random: &mut Random, n: usize) -> Vec<(Time, &'static str)> {
        let mut list = vec![(0, "home")];
        for _ in 0..n {
            let time = random.random_range(1..29 * 24) * HOUR;
            list.push((time, KINDS[random.random_range(0..5)]));
            list.push((time + 1_000, KINDS[random.random_range(0..5)]));
        }
        list.push((200 * DAY, "home"));
        list
    }

    fn found(events: &Events, of: &[Option<u16>], count: usize) -> DoesMore {
        let kinds = Kinds::of(events, 30, &Ctx::new()).unwrap();
        does_more(events, &kinds, PersonaOf::new(of, count, events).unwrap(), &DoesMoreAsk::default(), &Ctx::new()).unwrap()
    }

    #[test]
    fn a_planted_pattern_is_found_once() {
        let mut random = seed::random(1, 0);
        let of: Vec<Option<u16>> = (0..2_000).map(|at| Some((at % 2) as u16)).collect();
        let events = world(2_000, |at| {
            let n = random.random_range(1..5);
            let mut list = visits_of(&mut random, n);
            if chance(&mut random, if at % 2 == 0 { 0.5 } else { 0.1 }) {
                list.push((3 * DAY + HOUR / 2 + 7, "sale"));
                list.push((3 * DAY + HOUR / 2 + 8, "coupon"));
            }
            list
        });
        let (one, eight) = on_1_and_8_threads(|| found(&events, &of, 2));
        assert!(one == eight);
        let told: Vec<(usize, String, bool)> =
            one.findings.iter().map(|finding| (finding.persona, finding.pattern.words(&one.names), finding.index > 100.0)).collect();
        // "coupon", "sale", "sale → coupon" and "sale … coupon" are the same customers: one of them is told per persona.
        let alone = |(_, words, _): &&(usize, String, bool)| ["coupon", "sale", "sale → coupon", "sale … coupon"].contains(&words.as_str());
        assert_eq!(told.iter().filter(alone).count(), 2, "{told:?}");
        assert!(
            told.iter().all(|(persona, words, more)| (words.contains("coupon") || words.contains("sale")) && *more == (*persona == 0)),
            "{told:?}"
        );
        let finding = &one.findings[0];
        assert!(finding.odds_ratio > 5.0 && finding.equally_active[0] > 0.45 && finding.equally_active[1] < 0.15);
        assert!(one.explained_by_another > 0 && one.too_recent == 0 && one.customers == 2_000);
    }

    #[test]
    fn more_of_everything_is_nothing_told() {
        // Who belongs to the first persona comes three times as often, and does nothing else differently.
        let told: usize = (0..20)
            .map(|seed| {
                let mut random = seed::random(seed, 0);
                let of: Vec<Option<u16>> = (0..1_200).map(|at| Some((at % 2) as u16)).collect();
                let events = world(1_200, |at| {
                    let n = if at % 2 == 0 { random.random_range(3..13) } else { random.random_range(1..5) };
                    visits_of(&mut random, n)
                });
                let found = found(&events, &of, 2);
                assert!(found.explained_by_activity > 0, "without looking at activity there is much to tell");
                found.findings.len()
            })
            .sum();
        assert!(told <= 2, "{told} findings in 20 worlds without any");
    }

    #[test]
    fn who_came_too_late_is_left_out_and_steps_of_the_shop_are_not_told() {
        let mut random = seed::random(5, 0);
        let of: Vec<Option<u16>> = (0..800).map(|at| (at % 2 == 0).then_some(0)).collect();
        let events = world(800, |at| {
            // Whoever pays had a cart before, everywhere.
            let first = if at < 600 { 0 } else { 80 * DAY };
            let mut list: Vec<(Time, &str)> = (0..random.random_range(1..9)).map(|event| (first - event * HOUR, "home")).collect();
            if chance(&mut random, if at % 2 == 0 { 0.8 } else { 0.2 }) {
                list.extend([(first + 1, "cart"), (first + 2, "pay")]);
            }
            list.push((100 * DAY, "home"));
            list
        });
        let found = found(&events, &of, 1);
        assert_eq!((found.customers, found.too_recent), (600, 200));
        let told: Vec<String> = found.findings.iter().map(|finding| finding.pattern.words(&found.names)).collect();
        assert!(told.iter().all(|words| words != "cart → pay" && words != "cart … pay"), "{told:?}");
        assert_eq!(told.len(), 1);
    }

    #[test]
    fn phi_by_hand() {
        // 2 of 10 in both, 1 in each alone: (10 x 2 - 3 x 3) / (3 x 7).
        assert!((phi(&[1, 2, 5], &[2, 5, 7], 10) - 11.0 / 21.0).abs() < 1e-12);
        assert_eq!(phi(&[], &[1], 10), 0.0);
    }
}
