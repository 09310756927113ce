//! How do the answers become one document?
//!
//! In: the answers of the other modules. Out: a [`JourneysReport`]. Numbers of fewer than ten customers are left out; and where a single part of a sum would be
//! missing, the smallest other part is left out as well, since it could be counted back. O(answers).

use super::does_more::DoesMore;
use super::engagement::Engagement;
use super::funnel_summary::{FunnelResult, FunnelSummary, QUANTILES, StepDifference};
use super::gate::{ShareGap, is_hidden};
use super::holiday_effect::HolidayEffect;
use super::months::Months;
use super::paths::{PathDifferences, PathTree};
use super::report::{
    DifferenceReport, DoesMoreReport, FindingReport, FunnelDifference, FunnelGroup, FunnelReport, FunnelStep, JourneysReport, MonthReport,
    MonthsReport, NamedCount, PathNodeReport, PathReport, PersonaDifference, Quantiles, ReturnGroup, RhythmOf, RhythmReport, TypicalReport,
    VERSION, WeekReport,
};
use super::returns::{Estimate, ReturnOf, ReturnSummary};
use super::rhythm::Rhythm;
use super::routes::RoutePlace;
use super::sequences::Sequences;
use super::survival::CurveStep;
use super::typical::Typical;
use super::words;
use crate::events::table::{Events, NONE};

/// Points of a curve, at most.
const MOST_POINTS: usize = 400;

impl DifferenceReport {
    /// Nothing but whether it is told where a cell is too small.
    pub fn of(of: &ShareGap) -> DifferenceReport {
        let is_shown = ![of.hits, of.n, of.rest_hits, of.rest_n].into_iter().any(is_hidden);
        let shown = |value: f64| is_shown.then_some(value);
        DifferenceReport {
            customers: is_shown.then_some(of.n),
            share: shown(of.share()),
            share_of_everyone_else: shown(of.rest_share()),
            difference: shown(of.difference),
            interval: is_shown.then_some(of.interval),
            cohen_h: shown(of.h),
            v_test: shown(of.v),
            index: of.index().filter(|_| is_shown),
            told: of.is_told,
        }
    }
}

impl Quantiles {
    fn of(values: [Option<f64>; QUANTILES.len()]) -> Quantiles {
        let [p25, p50, p75, p90] = values;
        Quantiles { p25, p50, p75, p90 }
    }
}

/// A number as it may be shown.
fn shown(n: usize) -> Option<usize> {
    (!is_hidden(n)).then_some(n)
}

/// Which parts of a sum may be shown: all that are not too small, and where just one is, not the smallest of the others either.
pub fn shown_parts(parts: &[(usize, usize)]) -> Vec<bool> {
    let mut is_shown: Vec<bool> = parts.iter().map(|(_, customers)| !is_hidden(*customers)).collect();
    if is_shown.iter().filter(|shown| !**shown).count() == 1 {
        let others = (0..parts.len()).filter(|&at| is_shown[at] && parts[at].0 > 0);
        if let Some(smallest) = others.min_by_key(|&at| (parts[at].0, at)) {
            is_shown[smallest] = false;
        }
    }
    is_shown
}

/// Puts the document together: begin with [`Reporter::new`], add what was asked, take the report.
#[derive(Debug)]
pub struct Reporter<'a> {
    events: &'a Events,
    names: &'a [String],
    report: JourneysReport,
}

impl<'a> Reporter<'a> {
    /// A report without answers yet. `names` are those of the personas.
    pub fn new(events: &'a Events, names: &'a [String]) -> Reporter<'a> {
        let (customers, n) = (events.n_customers(), events.n_events());
        Reporter {
            events,
            names,
            report: JourneysReport { version: VERSION, customers, events: n, personas: names.to_vec(), ..JourneysReport::default() },
        }
    }

    /// The document.
    pub fn report(self) -> JourneysReport {
        self.report
    }

    fn persona(&self, at: usize) -> String {
        self.names.get(at).cloned().unwrap_or_else(|| format!("persona {}", at + 1))
    }

    /// Everyone first, then the personas.
    fn group(&self, at: usize) -> String {
        at.checked_sub(1).map_or_else(|| "everyone".into(), |persona| self.persona(persona))
    }

    fn kind(&self, kind: u32) -> String {
        if kind == NONE { "other".into() } else { self.events.kind_names.get(kind as usize).cloned().unwrap_or_default() }
    }

    /// Adds a funnel.
    pub fn funnel(&mut self, funnel: &FunnelSummary) {
        self.report.sentences.extend(words::funnel(funnel, self.names));
        let step = |of: &StepDifference| funnel.everyone.steps.get(of.step - 1).map(|step| step.name.clone()).unwrap_or_default();
        let differences = funnel.differences.iter().map(|of| FunnelDifference {
            persona: self.persona(of.persona),
            step: step(of),
            conversion: DifferenceReport::of(&of.conversion),
            step_conversion: DifferenceReport::of(&of.step_conversion),
        });
        self.report.funnel = Some(FunnelReport {
            everyone: self.funnel_group(0, &funnel.everyone),
            personas: funnel.personas.iter().enumerate().map(|(at, of)| self.funnel_group(at + 1, of)).collect(),
            differences: differences.collect(),
        });
    }

    fn funnel_group(&self, at: usize, of: &FunnelResult) -> FunnelGroup {
        let steps = of.steps.iter().map(|step| {
            let is_shown = !is_hidden(step.customers) && !is_hidden(of.entered);
            let value = |value: Option<f64>| value.filter(|_| is_shown);
            let quantiles = |values: Option<[f64; 4]>| values.filter(|_| is_shown).map(|values| Quantiles::of(values.map(Some)));
            let named = |kinds: &Vec<super::funnel_summary::Instead>| {
                let told = kinds.iter().filter(|instead| !is_hidden(instead.n));
                told.map(|instead| NamedCount { name: self.kind(instead.kind), n: instead.n }).collect()
            };
            FunnelStep {
                name: step.name.clone(),
                optional: step.is_optional,
                reached: shown(step.reached).filter(|_| is_shown),
                did: shown(step.did).filter(|_| is_shown),
                open: shown(step.open),
                conversion: value(step.conversion),
                step_conversion: value(step.step_conversion),
                drop_off: value(step.drop_off),
                seconds: quantiles(step.seconds),
                step_seconds: quantiles(step.step_seconds),
                seconds_of_all: Quantiles::of(step.seconds_of_all.map(value)),
                instead: step.instead.iter().map(named).collect(),
                nothing_more: shown(step.nothing_more),
            }
        });
        let parts = [(of.judged, of.judged), (of.open, of.open), (of.excluded, of.excluded)];
        let may = shown_parts(&parts);
        let part = |at: usize| may[at].then_some(parts[at].0);
        FunnelGroup {
            name: self.group(at),
            entered: shown(of.entered),
            judged: part(0),
            open: part(1),
            excluded: part(2),
            steps: steps.collect(),
        }
    }

    /// Adds a tree of paths.
    pub fn paths(&mut self, tree: &PathTree, differences: &PathDifferences) {
        let mut is_shown = vec![!is_hidden(tree.nodes[0].customers.len()); tree.nodes.len()];
        for node in &tree.nodes {
            let parts: Vec<(usize, usize)> =
                node.children.iter().map(|&at| &tree.nodes[at as usize]).map(|child| (child.routes, child.customers.len())).collect();
            node.children.iter().zip(shown_parts(&parts)).for_each(|(&at, shown)| is_shown[at as usize] = shown);
        }
        let name = |at: usize| match tree.nodes[at].place {
            RoutePlace::Kind(kind) => self.kind(kind),
            RoutePlace::Anchor => "anchor".into(),
            RoutePlace::Other => format!("other ({} kinds)", tree.nodes[at].kinds),
            RoutePlace::Left => "left".into(),
            RoutePlace::GoesOn => "goes on".into(),
            RoutePlace::Open => "open".into(),
        };
        let sentences = words::paths(tree, differences, name, self.names);
        let told = |at: usize| {
            let of = differences.of.iter().enumerate().filter(|(_, of)| of.get(at).is_some_and(|difference| difference.is_told));
            of.map(|(persona, of)| PersonaDifference { persona: self.persona(persona), difference: DifferenceReport::of(&of[at]) })
                .collect()
        };
        let node = |at: usize| PathNodeReport {
            parent: (at > 0).then_some(tree.nodes[at].parent as usize),
            step: tree.nodes[at].step,
            name: name(at),
            n: is_shown[at].then_some(tree.nodes[at].routes),
            customers: is_shown[at].then_some(tree.nodes[at].customers.len()),
            share_of_step: is_shown[at].then(|| tree.share_of_step(at)),
            share_of_anchor: is_shown[at].then(|| tree.share_of_anchor(at)),
            median_seconds: tree.nodes[at].median_seconds.filter(|_| is_shown[at]),
            told: if is_shown[at] { told(at) } else { Vec::new() },
        };
        self.report.paths = Some(PathReport { nodes: (0..tree.nodes.len()).map(node).collect() });
        self.report.sentences.extend(sentences);
    }

    /// Adds the time to the next purchase.
    pub fn returns(&mut self, returns: &ReturnSummary) {
        self.report.sentences.extend(words::returns(returns, self.names));
        let groups =
            std::iter::once(&returns.everyone).chain(&returns.personas).enumerate().map(|(at, of)| self.return_group(at, of)).collect();
        let report = self.report.returns.get_or_insert_default();
        (report.groups, report.mean_counts_up_to_days, report.draws) = (groups, returns.mean_to, returns.draws);
    }

    fn return_group(&self, at: usize, of: &ReturnOf) -> ReturnGroup {
        let is_shown = !is_hidden(of.customers) && of.customers > 0;
        let estimate = |estimate: Option<Estimate>| estimate.filter(|_| is_shown);
        // Steps that few are left for would show when single customers came back.
        let told: Vec<&CurveStep> = of.curve.steps.iter().filter(|step| is_shown && !is_hidden(step.at_risk)).collect();
        let every = told.len().div_ceil(MOST_POINTS).max(1);
        ReturnGroup {
            name: self.group(at),
            customers: is_shown.then_some(of.customers),
            waits: is_shown.then_some(of.waits),
            median_days: estimate(of.median),
            mean_days: estimate(Some(of.mean)),
            waiting_after_30_days: estimate(of.waiting[0]),
            waiting_after_90_days: estimate(of.waiting[1]),
            waiting_after_365_days: estimate(of.waiting[2]),
            band: if is_shown { of.band.clone() } else { Vec::new() },
            curve: told.iter().skip(every - 1).step_by(every).map(|step| **step).collect(),
        }
    }

    /// Adds who still comes by week.
    pub fn engagement(&mut self, engagement: &Engagement) {
        let groups = std::iter::once(&engagement.everyone).chain(&engagement.personas).enumerate();
        let weeks = groups.flat_map(|(group, weeks)| weeks.iter().enumerate().map(move |(week, of)| (group, week, of)));
        let shown = weeks.filter(|(_, _, of)| of.observable > 0 && ![of.observable, of.active, of.active_later].into_iter().any(is_hidden));
        let told = shown.map(|(group, week, of)| WeekReport {
            group: self.group(group),
            week,
            observable: of.observable,
            active_in_week: of.active as f64 / of.observable as f64,
            active_in_week_or_later: of.active_later as f64 / of.observable as f64,
        });
        let told = told.collect();
        self.report.returns.get_or_insert_default().weeks = told;
    }

    /// Adds hours, days, months, and what holidays change, with whether it is purchases that are counted. Hours of groups of fewer than ten customers are left out.
    pub fn rhythm(&mut self, rhythm: &Rhythm, months: Option<&Months>, holidays: Option<(&HolidayEffect, bool)>) {
        // What somebody asked for by naming a country comes first.
        self.report.sentences.extend(holidays.map(|(effect, buy)| words::holidays(effect, buy)));
        self.report.sentences.extend(words::rhythm(rhythm, self.names));
        self.report.sentences.extend(months.map(|months| words::months(months, self.names)).unwrap_or_default());
        let is_shown = |persona: &usize| rhythm.of_persona[*persona] > 0 && !is_hidden(rhythm.of_persona[*persona]);
        let of = |persona: usize| RhythmOf {
            name: self.persona(persona),
            hours: rhythm.persona_hours[persona].clone(),
            day_parts: rhythm.persona_parts[persona].clone(),
            weekdays: rhythm.persona_weekdays[persona].clone(),
        };
        let month = |months: &Months, at: usize| MonthReport {
            year: months.months[at].0,
            month: months.months[at].1,
            share: months.shares[at],
            personas: months.personas.iter().map(|of| Some(of[at]).filter(|month| !is_hidden(month.customers))).collect(),
        };
        let by_month = |months: &Months| MonthsReport {
            season: months.is_season,
            months: (0..months.months.len()).map(|at| month(months, at)).collect(),
        };
        self.report.rhythm = Some(RhythmReport {
            customers: rhythm.customers,
            share_in_utc: rhythm.without_offset as f64 / rhythm.events.max(1) as f64,
            has_hours: rhythm.has_hours(),
            hours: rhythm.hours.clone(),
            day_parts: rhythm.day_parts.parts.iter().map(|(name, _)| name.clone()).collect(),
            shares_of_day_parts: rhythm.parts.clone(),
            weekdays: rhythm.weekdays.to_vec(),
            personas: (0..rhythm.of_persona.len()).filter(is_shown).map(of).collect(),
            months: months.map(by_month),
            holidays: holidays.map(|(effect, _)| effect.clone()),
        });
    }

    /// Adds what personas do more.
    pub fn does_more(&mut self, found: &DoesMore) {
        self.report.sentences.extend(words::does_more(found, self.names));
        let finding = |of: &super::does_more::Finding| FindingReport {
            persona: self.persona(of.persona),
            pattern: of.pattern.words(&found.names),
            difference: DifferenceReport::of(&of.difference),
            odds_ratio_among_equally_active: Some(of.odds_ratio).filter(|odds| odds.is_finite()),
            shares_among_equally_active: of.equally_active,
            part_of_the_definition: of.is_definition,
        };
        self.report.does_more = Some(DoesMoreReport {
            customers: found.customers,
            too_recent: shown(found.too_recent),
            tested: found.tested,
            findings: found.findings.iter().map(finding).collect(),
        });
    }

    /// Adds typical journeys.
    pub fn typical(&mut self, typical: &[Typical], sequences: &Sequences) {
        self.report.sentences.extend(words::typical(typical, &sequences.names, self.names));
        let name = |symbol: &u8| sequences.names.get(usize::from(*symbol)).cloned().unwrap_or_default();
        let of = |of: &Typical| TypicalReport {
            name: self.group(of.persona.map_or(0, |persona| persona + 1)),
            typical: of.is_typical,
            coverage: of.coverage,
            method: of.method,
            looked_at: shown(of.looked_at),
            journeys: of.journeys.iter().map(|journey| journey.symbols.iter().map(name).collect()).collect(),
        };
        self.report.typical = Some(typical.iter().map(of).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Ctx;
    use crate::base::seed;
    use crate::events::table::DAY;
    use crate::journeys::PersonaOf;
    use crate::journeys::does_more::{DoesMoreAsk, does_more};
    use crate::journeys::engagement::{Weeks, engagement};
    use crate::journeys::funnel::{Funnel, funnel};
    use crate::journeys::kinds::Kinds;
    use crate::journeys::made::{HOUR, chance, on_1_and_8_threads, world};
    use crate::journeys::months::months;
    use crate::journeys::paths::paths;
    use crate::journeys::returns::{ReturnAsk, Waits, returns};
    use crate::journeys::rhythm::{DayParts, rhythm};
    use crate::journeys::routes::PathAsk;
    use crate::journeys::sequences::{JourneyPart, sequences};
    use crate::journeys::typical::typical;
    use crate::journeys::which::Which;

    #[test]
    fn one_missing_part_takes_another_with_it() {
        assert_eq!(shown_parts(&[(50, 50), (3, 3), (20, 20)]), [true, false, false], "3 could be counted back");
        assert_eq!(shown_parts(&[(50, 50), (3, 3), (4, 4)]), [true, false, false]);
        assert_eq!(shown_parts(&[(50, 50), (0, 0), (20, 20)]), [true; 3]);
    }

    /// No number from 1 to 9 under a name that counts customers.
    fn small_counts(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
        const COUNTS: [&str; 12] = [
            "n",
            "customers",
            "entered",
            "judged",
            "open",
            "excluded",
            "reached",
            "did",
            "observable",
            "too_recent",
            "nothing_more",
            "looked_at",
        ];
        match value {
            serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
                if COUNTS.contains(&key.as_str()) && value.as_u64().is_some_and(|n| (1..10).contains(&n)) {
                    found.push(format!("{path}.{key}"));
                }
                small_counts(value, &format!("{path}.{key}"), found);
            }),
            serde_json::Value::Array(list) => list.iter().for_each(|value| small_counts(value, path, found)),
            _ => {}
        }
    }

    #[test]
    fn everything_goes_into_one_document_and_nobody_is_recognised() {
        let mut random = seed::random(6, 0);
        let of: Vec<Option<u16>> = (0..600).map(|at| if at < 5 { Some(2) } else { Some((at % 2) as u16) }).collect();
        let events = world(600, |at| {
            let mut list = vec![(0, "view"), (800 * DAY, "late")];
            for time in [DAY, 30 * DAY, 60 * DAY] {
                list.push((time + 9 * HOUR, "view"));
                if chance(&mut random, 0.7) {
                    list.push((time + 9 * HOUR + 60_000, "cart"));
                    if chance(&mut random, if at % 2 == 0 { 0.6 } else { 0.2 }) {
                        list.push((time + 9 * HOUR + 120_000, "buy"));
                    }
                }
            }
            list
        });
        let names: Vec<String> = ["Savers", "Browsers", "Five"].map(str::to_owned).to_vec();
        let run = || {
            let ctx = Ctx::new();
            let personas = PersonaOf::new(&of, 3, &events).unwrap();
            let named = |name: &str| Which::named(name, &events).unwrap();
            let mut reporter = Reporter::new(&events, &names);
            let walk = funnel(&events, &Funnel::of([named("view"), named("cart"), named("buy")]), &ctx).unwrap();
            reporter.funnel(&walk.summary(personas, &ctx).unwrap());
            let tree = paths(&events, &PathAsk::default(), &ctx).unwrap();
            reporter.paths(&tree, &tree.differences(personas));
            let ask = ReturnAsk { purchases: named("buy"), waits: Waits::FromEach, from: None, seed: 1 };
            reporter.returns(&returns(&events, &ask, &ctx).unwrap().summary(personas, &ctx).unwrap());
            reporter.engagement(&engagement(&events, &Which::any(), Weeks::Rolling, personas, &ctx).unwrap());
            let bought = months(&events, &named("buy"), personas, 1, &ctx).unwrap();
            reporter.rhythm(&rhythm(&events, &Which::any(), &DayParts::default(), personas, &ctx).unwrap(), Some(&bought), None);
            let kinds = Kinds::of(&events, 30, &ctx).unwrap();
            reporter.does_more(&does_more(&events, &kinds, personas, &DoesMoreAsk::default(), &ctx).unwrap());
            let made = sequences(&events, &kinds, JourneyPart::TypicalVisit, None, &ctx).unwrap();
            reporter.typical(&typical(&made, personas, 1, &ctx).unwrap(), &made);
            serde_json::to_string(&reporter.report()).unwrap()
        };
        let (one, eight) = on_1_and_8_threads(run);
        assert_eq!(one, eight, "the same bytes");
        let value: serde_json::Value = serde_json::from_str(&one).unwrap();
        for key in ["funnel", "paths", "return", "rhythm", "does_more", "typical"] {
            assert!(value[key].is_object() || value[key].is_array(), "{key}");
        }
        let mut found = Vec::new();
        small_counts(&value, "", &mut found);
        assert!(found.is_empty(), "{found:?}");
        let back: JourneysReport = serde_json::from_str(&one).unwrap();
        assert!(back.sentences.iter().any(|sentence| sentence.starts_with("Browsers leave at cart")), "{:?}", back.sentences);
        assert_eq!(serde_json::to_string(&back).unwrap(), one);
    }
}
