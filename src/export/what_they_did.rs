//! What was found about what customers do, as far as it leaves: journeys of the personas, a funnel, and the rules that were tried.
//!
//! In: the reports of journeys and triggers, which withhold what fewer than ten customers stand behind. Out: sentences for a card; pages are made of it by
//! [`super::journeys_sheets`].

use crate::journeys::report::{FindingReport, JourneysReport};
use crate::journeys::words;
use crate::triggers::report::TriggersReport;

/// Findings on a card.
const MOST_ON_CARD: usize = 5;

/// What the exports of events say.
#[derive(Debug, Clone, Default)]
pub struct WhatTheyDid {
    /// What the journeys call each persona, by cluster; empty where the personas of the journeys are no segments of the table.
    pub names: Vec<String>,
    /// The answers that were asked for, each question in one of them.
    pub answers: Vec<JourneysReport>,
    /// How long the funnel may take.
    pub window_hours: u32,
    /// The rules that were tried, if somebody looked.
    pub rules: Option<RulesTried>,
    /// What has no answer in these data, and what is to be known of it.
    pub notes: Vec<String>,
}

/// Rules tried on the past.
#[derive(Debug, Clone)]
pub struct RulesTried {
    /// What came of each.
    pub report: TriggersReport,
    /// How many customers are due at the end of the data, by rule.
    pub due: Vec<usize>,
}

impl WhatTheyDid {
    /// The first answer of a question.
    pub(super) fn found<'a, T>(&'a self, of: impl Fn(&'a JourneysReport) -> Option<&'a T>) -> Option<&'a T> {
        self.answers.iter().find_map(of)
    }

    /// What the persona of a cluster does more than others, in sentences.
    pub(super) fn on_card(&self, cluster: usize) -> Vec<String> {
        on_card(&self.names, self.answers.iter(), cluster)
    }
}

/// What the persona of a cluster does more than others, and its typical visit, in sentences; empty where nobody looked. `names` are those of the journeys, by cluster.
pub fn on_card<'a>(names: &[String], answers: impl Iterator<Item = &'a JourneysReport>, cluster: usize) -> Vec<String> {
    let answers: Vec<&JourneysReport> = answers.collect();
    let (Some(name), Some(found)) = (names.get(cluster), answers.iter().find_map(|answer| answer.does_more.as_ref())) else {
        return Vec::new();
    };
    let told: Vec<&FindingReport> = found.findings.iter().filter(|finding| finding.persona == *name).take(MOST_ON_CARD).collect();
    let nothing = told.is_empty().then(|| "Nothing that sets them apart from others who are as active.".to_owned());
    let typical = answers.iter().find_map(|answer| answer.typical.as_ref());
    let visit = typical
        .and_then(|typical| typical.iter().find(|of| of.name == *name))
        .map(|of| format!("Typical visit: {}.", words::typical_visit(of)));
    told.into_iter().map(words::finding).chain(nothing).chain(visit).collect()
}
