//! Pages about what customers do: what personas do more than others, how far customers get, and the rules that are ready to use.
//!
//! In: the report. Out: a sheet per question that was asked. What the answers withhold is withheld here; of rules, shares that fewer than ten customers stand behind.

use crate::base::text::few_digits;
use crate::journeys::gate::is_hidden;
use crate::journeys::report::{DoesMoreReport, FunnelGroup, FunnelReport};
use crate::journeys::words;
use crate::triggers::report::OfTrigger;
use crate::triggers::words::Verdict;

use super::palette::{NOISE, hex};
use super::report::Report;
use super::sheet::{SheetBar, SheetBars, SheetPart, SheetTable, TopicSheet};
use super::text::{count, percent};
use super::what_they_did::{RulesTried, WhatTheyDid};

/// Findings of one persona on the page, the surest first.
const MOST_OF_PERSONA: usize = 8;
/// What stands where fewer than ten customers are behind a number.
const WITHHELD: &str = "n < 10";

/// The sheets; none where nobody looked at events.
pub fn journeys_sheets(report: &Report) -> Vec<TopicSheet> {
    let Some(did) = &report.did else { return Vec::new() };
    let noun = report.noun();
    let more = did.found(|answer| answer.does_more.as_ref()).map(|found| more_sheet(did, found));
    let funnel = did.found(|answer| answer.funnel.as_ref()).map(|funnel| funnel_sheet(did, funnel));
    let rules = did.rules.as_ref().map(rules_sheet);
    let sheets = [more, funnel, rules].into_iter().flatten();
    sheets.map(|sheet| TopicSheet { sentences: sheet.sentences.iter().map(|text| noun.in_text(text)).collect(), ..sheet }).collect()
}

fn or_withheld(text: Option<String>) -> String {
    text.unwrap_or_else(|| WITHHELD.to_owned())
}

fn more_sheet(did: &WhatTheyDid, found: &DoesMoreReport) -> TopicSheet {
    let tested = format!(
        "{} patterns were tested in the first 30 days of {} customers. {} hold after correction for all of them and among equally active customers.",
        count(found.tested),
        count(found.customers),
        if found.findings.is_empty() { "None".to_owned() } else { count(found.findings.len()) }
    );
    let typical = did.found(|answer| answer.typical.as_ref());
    let visits = typical.into_iter().flatten().map(|of| {
        let who = &of.name;
        format!("Typical visit of {who}: {}.", words::typical_visit(of))
    });
    let nth = |at: usize| found.findings[..at].iter().filter(|other| other.persona == found.findings[at].persona).count();
    let shown = found.findings.iter().enumerate().filter(|(at, _)| nth(*at) < MOST_OF_PERSONA);
    let rows = shown.map(|(_, of)| {
        let share = |share: Option<f64>| or_withheld(share.map(words::percent));
        let [own, rest] = of.shares_among_equally_active.map(words::percent);
        let pattern = if of.part_of_the_definition { format!("{} (part of the definition)", of.pattern) } else { of.pattern.clone() };
        vec![
            of.persona.clone(),
            pattern,
            share(of.difference.share),
            share(of.difference.share_of_everyone_else),
            format!("{own} against {rest}"),
        ]
    });
    let columns = [("Persona", false), ("What is done", false), ("Share", true), ("Everyone else", true), ("Equally active", true)];
    let rows: Vec<Vec<String>> = rows.collect();
    let n_more = found.findings.len() - rows.len();
    let more = (n_more > 0).then(|| format!("{} weaker ones are not shown; personae journeys writes all of them.", count(n_more)));
    let table = (!rows.is_empty()).then(|| SheetPart::Table(SheetTable::new("What personas do more or less than others", &columns, rows)));
    let means = "An arrow means directly after, dots mean within seven days. A share is that of customers who did so at least once. \
                 Equally active: those who do more of everything also do more of this, which is not a finding.";
    TopicSheet {
        id: "what-they-do".into(),
        title: "What they do".into(),
        sentences: std::iter::once(tested).chain(visits).collect(),
        parts: table.into_iter().collect(),
        notes: more.into_iter().chain([means.to_owned()]).chain(did.notes.iter().cloned()).collect(),
        band: None,
    }
}

fn funnel_sheet(did: &WhatTheyDid, funnel: &FunnelReport) -> TopicSheet {
    let everyone = &funnel.everyone;
    let ends = everyone.steps.first().zip(everyone.steps.last());
    let title = ends.map_or_else(|| "Funnel".to_owned(), |(first, last)| format!("From {} to {}", first.name, last.name));
    let bar = |step: &crate::journeys::report::FunnelStep| SheetBar {
        label: step.name.clone(),
        value: or_withheld(step.conversion.map(percent)),
        length: step.conversion,
        interval: None,
        colour: hex(NOISE),
    };
    let bars = SheetBars {
        told: "Share of those who start that gets to each step".into(),
        bars: everyone.steps.iter().map(bar).collect(),
        mark: None,
    };
    let groups: Vec<&FunnelGroup> = std::iter::once(everyone).chain(&funnel.personas).collect();
    let titles: Vec<String> = groups.iter().map(|of| if of.name == "everyone" { "Everyone".to_owned() } else { of.name.clone() }).collect();
    let columns: Vec<(&str, bool)> = std::iter::once(("Step", false)).chain(titles.iter().map(|title| (title.as_str(), true))).collect();
    let counted = |of: &FunnelGroup| or_withheld(of.judged.map(count));
    let judged = std::iter::once("Judged".to_owned()).chain(groups.iter().map(|of| counted(of))).collect();
    let row = |at: usize| {
        let cell = |of: &&FunnelGroup| or_withheld(of.steps.get(at).and_then(|step| step.conversion).map(percent));
        std::iter::once(everyone.steps[at].name.clone()).chain(groups.iter().map(cell)).collect::<Vec<String>>()
    };
    let rows = std::iter::once(judged).chain((0..everyone.steps.len()).map(row)).collect();
    let sentences = did.answers.iter().filter(|answer| answer.funnel.is_some()).flat_map(|answer| answer.sentences.clone()).collect();
    let span = if did.window_hours.is_multiple_of(24) && did.window_hours > 24 {
        (did.window_hours / 24, "days")
    } else {
        (did.window_hours, "hours")
    };
    let open = everyone.open.filter(|open| *open > 0).map(|open| format!(" {} are still on their way and in no share.", count(open)));
    let means = format!("Shares are of all who did the first step. The way may take {} {}.{}", span.0, span.1, open.unwrap_or_default());
    TopicSheet {
        id: "funnel".into(),
        title,
        sentences,
        parts: vec![SheetPart::Bars(bars), SheetPart::Table(SheetTable::new("How far each persona gets", &columns, rows))],
        notes: vec![means],
        band: None,
    }
}

/// Rules that find those who will reach the goal stand first; the others are told as tried, since a list of the lucky ones alone would mislead.
fn rules_sheet(tried: &RulesTried) -> TopicSheet {
    let triggers = &tried.report.triggers;
    let is_ready = |of: &OfTrigger| of.verdict == Verdict::FindsThem;
    let n_ready = triggers.iter().filter(|of| is_ready(of)).count();
    let lead = match (n_ready, triggers.len()) {
        (0, 1) => "One rule was tried on the past, and it is not ready to use.".to_owned(),
        (0, n) => format!("{} rules were tried on the past; none is ready to use.", count(n)),
        (ready, n) => format!(
            "{} of {} rules that were tried on the past {} more often than others in the same situation.",
            count(ready),
            count(n),
            { if ready == 1 { "finds customers who reach its goal" } else { "find customers who reach their goal" } }
        ),
    };
    let mut order: Vec<usize> = (0..triggers.len()).collect();
    order.sort_by_key(|&at| !is_ready(&triggers[at]));
    let row = |at: usize| {
        let of = &triggers[at];
        let is_told = !is_hidden(of.hits) && !is_hidden(of.judged - of.hits);
        let rate = match (of.hit_rate, of.interval) {
            _ if !is_told => WITHHELD.to_owned(),
            (Some(rate), Some([low, high])) => format!("{} ({} to {})", percent(rate), percent(low), percent(high)),
            _ => "–".to_owned(),
        };
        let due = tried.due.get(at).copied().unwrap_or_default();
        let due = if is_hidden(due) { WITHHELD.to_owned() } else { count(due) };
        vec![of.name.clone(), few_digits(of.per_week), rate, of.verdict.words().to_owned(), due]
    };
    let columns = [("Rule", false), ("Fires per week", true), ("Worked", true), ("Verdict", false), ("Due now", true)];
    let said = order.iter().map(|&at| vec![triggers[at].name.clone(), triggers[at].sentence.clone()]).collect();
    let said = SheetTable::new("What each rule says", &[("Rule", false), ("When it fires, and what counts", false)], said);
    let rows = order.into_iter().map(row).collect();
    let period = format!("Tried on {} to {}.", tried.report.from, tried.report.to);
    let anyway = "Worked: how often the goal followed without any message. It shows whom a rule finds, not what a message would do; to know that, leave some out by chance.";
    TopicSheet {
        id: "triggers".into(),
        title: if n_ready > 0 { "Triggers ready to use" } else { "Triggers that were tried" }.into(),
        sentences: vec![lead],
        parts: vec![SheetPart::Table(SheetTable::new("Rules that were tried on the past", &columns, rows)), SheetPart::Table(said)],
        notes: std::iter::once(format!("{period} {anyway}")).chain(tried.report.notes.iter().cloned()).collect(),
        band: None,
    }
}
