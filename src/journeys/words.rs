//! What do the journeys say, in sentences?
//!
//! In: the answers of the other modules and the names of personas. Out: plain sentences, only of what passed every gate. No word says that one thing makes
//! another happen: these data do not know.

use super::does_more::DoesMore;
use super::funnel_summary::FunnelSummary;
use super::gate::ShareGap;
use super::holiday_effect::HolidayEffect;
use super::months::Months;
use super::paths::{PathDifferences, PathTree};
use super::report::{FindingReport, TypicalReport};
use super::returns::ReturnSummary;
use super::rhythm::{Rhythm, ShareDifference};
use super::routes::RoutePlace;
pub use crate::base::text::percent;

use super::typical::Typical;

const WEEKDAYS: [&str; 7] = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
/// Findings of one persona that become sentences.
const MOST_OF_PERSONA: usize = 3;

fn name(names: &[String], persona: usize) -> String {
    names.get(persona).cloned().unwrap_or_else(|| format!("Persona {}", persona + 1))
}

fn days(days: f64) -> String {
    match days {
        days if days < 1.0 => "less than a day".into(),
        days if days < 1.5 => "a day".into(),
        days => format!("{days:.0} days"),
    }
}

/// The largest difference between two steps, then how many get through in all.
pub fn funnel(funnel: &FunnelSummary, names: &[String]) -> Vec<String> {
    let largest = funnel.largest().map(|found| {
        let before =
            (1..found.step).rev().find(|&step| funnel.everyone.steps.get(step - 1).is_some_and(|step| !step.is_optional)).unwrap_or(1);
        let at = funnel.everyone.steps.get(before - 1).map_or("", |step| step.name.as_str());
        let (own, rest) = (1.0 - found.step_conversion.share(), 1.0 - found.step_conversion.rest_share());
        format!("{} leave at {at} in {} of cases; everyone else in {}.", name(names, found.persona), percent(own), percent(rest))
    });
    let last = funnel.everyone.steps.last();
    let whole = last
        .filter(|step| !super::gate::is_hidden(step.customers) && !super::gate::is_hidden(funnel.everyone.judged))
        .and_then(|step| step.conversion.map(|conversion| (step, conversion)));
    let whole = whole.map(|(step, conversion)| format!("{} of all who start get to {}.", percent(conversion), step.name));
    largest.into_iter().chain(whole).collect()
}

/// The way that a persona takes most differently from everyone else.
pub fn paths(tree: &PathTree, differences: &PathDifferences, place: impl Fn(usize) -> String, names: &[String]) -> Vec<String> {
    let of = differences.of.iter().enumerate().flat_map(|(persona, of)| of.iter().enumerate().map(move |(at, gap)| (persona, at, gap)));
    // What a way ends in is no step of it: its share repeats that of the step before.
    let is_way = |at: usize| at > 0 && matches!(tree.nodes[at].place, RoutePlace::Kind(_));
    let told = of.filter(|(_, at, gap)| gap.is_told && is_way(*at));
    let largest = told.reduce(|best, next| if next.2.h.abs() > best.2.h.abs() { next } else { best });
    let sentence = |(persona, at, gap): (usize, usize, &ShareGap)| {
        let way: Vec<String> = tree.prefix(at).into_iter().skip(1).map(&place).collect();
        let (own, rest) = (percent(gap.share()), percent(gap.rest_share()));
        format!("{own} of {} took the path {} at least once, compared with {rest} of everyone else.", name(names, persona), way.join(" → "))
    };
    largest.map(sentence).into_iter().collect()
}

/// When half are back, and which persona is back sooner or later.
pub fn returns(returns: &ReturnSummary, names: &[String]) -> Vec<String> {
    let everyone = match &returns.everyone.median {
        _ if super::gate::is_hidden(returns.everyone.customers) => None,
        Some(median) if returns.several_waits => {
            Some(format!("Half of the waits for the next purchase are over after {}.", days(median.value)))
        }
        Some(median) => Some(format!("Half are back after {}.", days(median.value))),
        None => Some("Fewer than half come back as far as these data go.".to_owned()),
    };
    let told = returns.differences.iter().filter_map(|difference| {
        let nth = (0..3)
            .filter(|&nth| difference.is_told[nth])
            .max_by(|&a, &b| difference.h[a].unwrap_or(0.0).abs().total_cmp(&difference.h[b].unwrap_or(0.0).abs()))?;
        let own = returns.personas.get(difference.persona)?.waiting[nth]?.value;
        let rest = own - difference.waiting[nth]?.value;
        let day = super::returns::TOLD_DAYS[nth];
        Some(format!(
            "After {day} days {} of {} are back, and {} of everyone else.",
            percent(1.0 - own),
            name(names, difference.persona),
            percent(1.0 - rest)
        ))
    });
    everyone.into_iter().chain(told).collect()
}

/// Parts of the day and days of the week.
pub fn rhythm(rhythm: &Rhythm, names: &[String]) -> Vec<String> {
    let mut sentences = Vec::new();
    for persona in 0..rhythm.of_persona.len() {
        let part = |at: usize| {
            rhythm
                .day_parts
                .parts
                .get(at)
                .map_or(String::new(), |(part, _)| if part == "night" { "at night".into() } else { format!("in the {part}") })
        };
        sentences.extend(told(&rhythm.persona_parts[persona]).map(|(at, of)| {
            format!("{} do {} of their activity {}; everyone: {}.", name(names, persona), percent(of.share), part(at), percent(of.everyone))
        }));
        sentences.extend(told(&rhythm.persona_weekdays[persona]).map(|(at, of)| {
            format!(
                "{} of the active days of {} are {}, and {} of everyone's.",
                percent(of.share),
                name(names, persona),
                WEEKDAYS[at % 7],
                percent(of.everyone)
            )
        }));
    }
    sentences
}

/// What may be told, the largest first.
fn told(cells: &[ShareDifference]) -> impl Iterator<Item = (usize, &ShareDifference)> {
    let mut found: Vec<(usize, &ShareDifference)> = cells.iter().enumerate().filter(|(_, cell)| cell.is_told).collect();
    found.sort_by(|a, b| b.1.h.abs().total_cmp(&a.1.h.abs()).then(a.0.cmp(&b.0)));
    found.into_iter().take(MOST_OF_PERSONA)
}

/// What holidays change.
pub fn holidays(effect: &HolidayEffect, buy: bool) -> String {
    let n = effect.holidays;
    let (Some(ratio), Some([low, high])) = (effect.ratio, effect.interval) else {
        return match n {
            0 => "No holiday lies within these data with enough days and customers around it, so nothing is told of holidays.".to_owned(),
            1 => "Only 1 holiday lies within these data with enough days and customers around it, too few to say what holidays change."
                .to_owned(),
            n => format!(
                "Only {n} holidays lie within these data with enough days and customers around them, too few to say what holidays change."
            ),
        };
    };
    if low <= 1.0 && high >= 1.0 {
        let change = |ratio: f64| format!("{}{}", if ratio < 1.0 { "\u{2212}" } else { "+" }, percent((ratio - 1.0).abs()));
        return format!(
            "No reliable difference between holidays and the same weekdays around them ({} to {}; {n} holidays).",
            change(low),
            change(high)
        );
    }
    let (are, does) = if ratio < 1.0 { ("fewer", -1.0) } else { ("more", 1.0) };
    let change = |ratio: f64| percent(does * (ratio - 1.0));
    let [from, to] = if does < 0.0 { [high, low] } else { [low, high] };
    format!(
        "On holidays, {} {are} customers {} than on the same weekdays around them ({} to {}; {n} holidays).",
        change(ratio),
        if buy { "buy" } else { "come" },
        change(from),
        change(to)
    )
}

/// Months. The word season needs two full years.
pub fn months(months: &Months, names: &[String]) -> Vec<String> {
    let mut sentences = Vec::new();
    for (persona, of) in months.personas.iter().enumerate() {
        let mut found: Vec<usize> = (0..of.len()).filter(|&at| of[at].is_told).collect();
        found.sort_by(|&a, &b| of[b].h.abs().total_cmp(&of[a].h.abs()).then(a.cmp(&b)));
        for at in found.into_iter().take(MOST_OF_PERSONA) {
            let (year, month) = months.months[at];
            let when = MONTHS[usize::from(month.clamp(1, 12)) - 1];
            let when = year.map_or(when.to_owned(), |year| format!("{when} {year}"));
            let how = if months.is_season { "Season: " } else { "In this period: " };
            sentences.push(format!(
                "{how}{} of the purchases of {} are in {when}, and {} of everyone's.",
                percent(of[at].share),
                name(names, persona),
                percent(months.shares[at])
            ));
        }
    }
    sentences
}

/// What personas do more, or less, than equally active customers.
pub fn does_more(found: &DoesMore, names: &[String]) -> Vec<String> {
    let of_persona = |persona: usize| found.findings.iter().filter(move |finding| finding.persona == persona).take(MOST_OF_PERSONA);
    let personas = found.findings.iter().map(|finding| finding.persona).max().map_or(0, |most| most + 1);
    let sentence = |finding: &super::does_more::Finding| {
        let shares = Some([finding.difference.share(), finding.difference.rest_share()]);
        let of = format!(" of {}", name(names, finding.persona));
        did(&of, &finding.pattern.words(&found.names), shares, finding.equally_active, finding.is_definition)
    };
    (0..personas).flat_map(of_persona).map(sentence).collect()
}

/// A finding on the card of its persona, which need not be named there.
pub fn finding(of: &FindingReport) -> String {
    let shares = of.difference.share.zip(of.difference.share_of_everyone_else).map(|(own, rest)| [own, rest]);
    did("", &of.pattern, shares, of.shares_among_equally_active, of.part_of_the_definition)
}

/// Shares are missing where fewer than ten customers stand behind one of them.
fn did(of: &str, pattern: &str, shares: Option<[f64; 2]>, equally_active: [f64; 2], is_definition: bool) -> String {
    let part = if is_definition { " This is part of the definition." } else { "" };
    let [alike, others_alike] = equally_active.map(percent);
    match shares {
        Some([own, rest]) => format!(
            "{}{of} did \u{201c}{pattern}\u{201d} at least once, compared with {} of everyone else; among equally active customers {alike} compared with {others_alike}.{part}",
            percent(own),
            percent(rest)
        ),
        None => format!(
            "Among equally active customers {alike}{of} did \u{201c}{pattern}\u{201d} at least once, and {others_alike} of everyone else.{part}"
        ),
    }
}

/// The typical visit of everyone or of a persona, without saying whose: "home → list; 34 % are close to it".
pub fn typical_visit(of: &TypicalReport) -> String {
    match of.journeys.first().filter(|_| of.typical) {
        Some(visit) => format!("{}; {} are close to it", visit.join(" → "), percent(of.coverage)),
        None => "none, fewer than a quarter are close to any".to_owned(),
    }
}

/// Typical journeys, or that there is none.
pub fn typical(typical: &[Typical], symbols: &[String], names: &[String]) -> Vec<String> {
    let journey = |of: &Typical| {
        let of_journey = of.journeys.first().map(|journey| {
            journey.symbols.iter().map(|&symbol| symbols.get(usize::from(symbol)).map_or("?", String::as_str)).collect::<Vec<_>>()
        });
        of_journey.unwrap_or_default().join(" → ")
    };
    let sentence = |of: &Typical| match (of.persona, of.is_typical) {
        (None, false) => "There is no typical journey.".to_owned(),
        (None, true) => format!("Typical: {}; {} are close to it.", journey(of), percent(of.coverage)),
        (Some(persona), false) => format!("There is no typical journey of {}.", name(names, persona)),
        (Some(persona), true) => format!("Typical of {}: {}; {} are close to it.", name(names, persona), journey(of), percent(of.coverage)),
    };
    typical.iter().filter(|of| of.customers > 0).map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Rate;
    use crate::journeys::funnel_summary::{FunnelResult, StepDifference, StepResult};
    use crate::journeys::gate::ShareGap;
    use crate::journeys::returns::{Estimate, ReturnDifference, ReturnOf};
    use crate::journeys::typical::{Journey, TypicalMethod};

    #[test]
    fn the_one_number_of_a_funnel() {
        let step = |name: &str| StepResult { name: name.into(), conversion: Some(0.38), customers: 380, ..StepResult::default() };
        let difference = ShareGap::new(Rate { hits: 59, n: 100 }, Rate { hits: 760, n: 1_000 }, 1);
        let summary = FunnelSummary {
            everyone: FunnelResult { steps: vec![step("cart"), step("shipping"), step("payment")], ..FunnelResult::default() },
            personas: Vec::new(),
            differences: vec![StepDifference { persona: 0, step: 3, conversion: difference, step_conversion: difference }],
        };
        let names = ["Deal-Seeking Regulars".to_owned()];
        assert_eq!(
            funnel(&summary, &names),
            [
                "Deal-Seeking Regulars leave at shipping in 41\u{202f}% of cases; everyone else in 24\u{202f}%.",
                "38\u{202f}% of all who start get to payment."
            ]
        );
        let mut untold = summary;
        untold.differences[0].step_conversion.is_told = false;
        assert_eq!(funnel(&untold, &names).len(), 1);
    }

    #[test]
    fn half_are_back() {
        let estimate = |value| Estimate { value, interval: None };
        let mut summary = ReturnSummary {
            everyone: ReturnOf { customers: 50, median: Some(estimate(94.3)), ..ReturnOf::default() },
            personas: vec![ReturnOf { waiting: [None, Some(estimate(0.4)), None], ..ReturnOf::default() }],
            differences: vec![ReturnDifference {
                persona: 0,
                mean: estimate(-20.0),
                waiting: [None, Some(estimate(-0.2)), None],
                h: [None, Some(-0.4), None],
                is_told: [false, true, false],
            }],
            ..ReturnSummary::default()
        };
        assert_eq!(
            returns(&summary, &["Regulars".to_owned()]),
            ["Half are back after 94 days.", "After 90 days 60\u{202f}% of Regulars are back, and 40\u{202f}% of everyone else."]
        );
        (summary.everyone.median, summary.differences) = (None, Vec::new());
        assert_eq!(returns(&summary, &[]), ["Fewer than half come back as far as these data go."]);
    }

    #[test]
    fn there_may_be_no_typical_journey() {
        let of = |persona, is_typical| Typical {
            persona,
            customers: 100,
            looked_at: 100,
            distinct: 9,
            method: TypicalMethod::OptimalMatching,
            cut: 0,
            journeys: vec![Journey { customer: 3, symbols: vec![0, 1], covers: 31 }],
            coverage: 0.31,
            is_typical,
        };
        let symbols = ["home".to_owned(), "cart".into()];
        let told = typical(&[of(None, false), of(Some(0), true), of(Some(1), false)], &symbols, &["Savers".into(), "Browsers".into()]);
        assert_eq!(
            told,
            [
                "There is no typical journey.",
                "Typical of Savers: home → cart; 31\u{202f}% are close to it.",
                "There is no typical journey of Browsers."
            ]
        );
        assert_eq!((percent(0.004), percent(0.0), percent(0.415)), ("0.4\u{202f}%".into(), "0\u{202f}%".into(), "42\u{202f}%".into()));
    }
}
