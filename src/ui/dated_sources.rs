//! Which sources of the customer table tell what happened when? Journeys and segments that live may follow them.

use std::path::PathBuf;

use crate::data::Source;
use crate::engine::Answers;
use crate::session::Plan;

/// Their names and where they are.
pub fn dated_sources(plan: &Plan, answers: &Answers) -> Vec<(String, PathBuf)> {
    let Source::Sources(sourcing) = &plan.source else { return Vec::new() };
    let Some(understood) = answers.sources.as_ref().and_then(|sources| sources.understood.latest()) else { return Vec::new() };
    let known = sourcing.sources.iter().zip(&understood.sources).filter(|(_, of)| of.kind.has_days());
    known.map(|(source, of)| (of.name.clone(), source.path.clone())).collect()
}
